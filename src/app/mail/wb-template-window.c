/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-template-window.h"

#include "wb-address.h"
#include "wb-dialogs.h"
#include "wb-mail-template.h"
#include "wb-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _WbTemplateWindow
{
  AdwWindow parent_instance;

  WbAccount *account;
  WbSession *session;
  char *recipients;           /* whom the mail that is being written goes to, or NULL */
  WbComposition *composition; /* while its fields are filled in */
  GPtrArray *fields;          /* (element-type utf8): their names */
  GPtrArray *entries;         /* (element-type GtkEditable): borrowed, one a field */

  GtkStack *stack;
  GtkListBox *list;
  GtkGrid *grid;
  GtkLabel *problem;
  GtkWidget *back;
  GtkWidget *use;
};

/* What a worker does with a template. */
typedef struct
{
  WbTemplateWindow *self;
  WbAccount *account;
  char *name;
  char *to; /* NULL to delete it */
} Job;

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbTemplateWindow, wb_template_window, ADW_TYPE_WINDOW)

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->self);
  g_clear_object (&job->account);
  g_free (job->name);
  g_free (job->to);
  g_free (job);
}

static Job *
job_new (WbTemplateWindow *self, const char *name)
{
  Job *job = g_new0 (Job, 1);

  job->account = g_object_ref (self->account);
  job->name = g_strdup (name);
  return job;
}

static void
wb_template_window_dispose (GObject *object)
{
  WbTemplateWindow *self = WB_TEMPLATE_WINDOW (object);

  g_clear_object (&self->account);
  g_clear_object (&self->session);
  g_clear_pointer (&self->recipients, g_free);
  g_clear_pointer (&self->composition, wb_composition_free);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->entries, g_ptr_array_unref);

  G_OBJECT_CLASS (wb_template_window_parent_class)->dispose (object);
}

static void
wb_template_window_class_init (WbTemplateWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_template_window_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static void
show_problem (WbTemplateWindow *self, const char *text)
{
  gtk_label_set_text (self->problem, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

static void reload (WbTemplateWindow *self);

static gpointer
change_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  gboolean done = job->to ? wb_mail_template_rename (job->account, job->name, job->to, error)
                          : wb_mail_template_remove (job->account, job->name, error);

  return GINT_TO_POINTER (done);
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbTemplateWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  wb_session_run_finish (WB_SESSION (source), result, &error);
  if (!self->account)
    return;
  show_problem (self, error ? error->message : NULL);
  reload (self);
}

static void
change (WbTemplateWindow *self, const char *name, const char *to)
{
  Job *job = job_new (self, name);

  job->to = g_strdup (to);
  wb_session_run_async (self->session, change_thread, job, job_free, NULL, NULL, changed_cb,
                        g_object_ref (self));
}

static void
renamed_cb (const char *text, gpointer user_data)
{
  Job *job = user_data;

  if (job->self->account)
    change (job->self, job->name, text);
}

static void
delete_answer_cb (const char *response, gpointer user_data)
{
  Job *job = user_data;

  if (strcmp (response, "delete") == 0 && job->self->account)
    change (job->self, job->name, NULL);
}

static Job *
job_of (GtkWidget *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);
  WbTemplateWindow *self = WB_TEMPLATE_WINDOW (gtk_widget_get_root (button));
  Job *job = job_new (self, g_object_get_data (G_OBJECT (row), "name"));

  job->self = g_object_ref (self);
  return job;
}

static void
rename_clicked_cb (GtkButton *button, gpointer user_data)
{
  Job *job = job_of (GTK_WIDGET (button));

  wb_ask_text (GTK_WIDGET (job->self), _ ("Rename the Template"), _ ("Name"), job->name,
               _ ("_Rename"), renamed_cb, job, job_free);
}

static void
delete_clicked_cb (GtkButton *button, gpointer user_data)
{
  Job *job = job_of (GTK_WIDGET (button));
  /* Translators: %s is the name of a template */
  g_autofree char *heading = g_strdup_printf (_ ("Delete “%s”?"), job->name);

  wb_ask (GTK_WIDGET (job->self), heading, _ ("Mails that were written from it stay."), "delete",
          _ ("_Delete"), TRUE, delete_answer_cb, job, job_free);
}

static GtkWidget *
create_button (const char *icon, const char *name, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", clicked, NULL);
  return button;
}

static void
add_row (WbTemplateWindow *self, const char *name)
{
  GtkWidget *row = adw_action_row_new ();
  /* Translators: of a button; %s is the name of a template */
  g_autofree char *renames = g_strdup_printf (_ ("Rename %s"), name);
  /* Translators: of a button; %s is the name of a template */
  g_autofree char *deletes = g_strdup_printf (_ ("Delete %s"), name);
  g_autofree char *escaped = g_markup_escape_text (name, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), create_button ("document-edit-symbolic", renames,
                                                                  G_CALLBACK (rename_clicked_cb)));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), create_button ("user-trash-symbolic", deletes,
                                                                  G_CALLBACK (delete_clicked_cb)));
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (name), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_list_box_append (self->list, row);
}

static gpointer
list_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  return wb_mail_template_list (data, error);
}

static void
show_page (WbTemplateWindow *self, const char *name)
{
  gboolean fields = strcmp (name, "fields") == 0;

  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_widget_set_visible (self->back, fields);
  gtk_widget_set_visible (self->use, fields);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbTemplateWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = wb_session_run_finish (WB_SESSION (source), result, &error);
  GtkListBoxRow *row = NULL;

  if (!self->account)
    return;
  if (!names)
    {
      show_problem (self, error->message);
      return;
    }
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < names->len; i++)
    add_row (self, g_ptr_array_index (names, i));
  show_page (self, names->len > 0 ? "list" : "empty");
}

static void
reload (WbTemplateWindow *self)
{
  wb_session_run_async (self->session, list_thread, g_object_ref (self->account), g_object_unref,
                        (GDestroyNotify) g_ptr_array_unref, NULL, listed_cb, g_object_ref (self));
}

static void
choose (WbTemplateWindow *self, WbComposition *composition)
{
  g_signal_emit (self, signals[CHOSEN], 0, composition);
  gtk_window_destroy (GTK_WINDOW (self));
}

/* Whom the mail goes to, by the template or else by the mail that is being written. */
static char *
dup_recipient (WbTemplateWindow *self)
{
  const char *to = self->composition->to && *self->composition->to ? self->composition->to
                   : self->recipients                              ? self->recipients
                                                                   : "";
  g_autoptr (GPtrArray) list = wb_address_parse_list ("To", to, NULL);
  const WbAddress *first = list && list->len > 0 ? g_ptr_array_index (list, 0) : NULL;

  return g_strdup (first && first->name ? first->name : "");
}

/* What can be known of a field by its name. */
static char *
guess_value (WbTemplateWindow *self, const char *field)
{
  g_autofree char *folded = g_utf8_casefold (field, -1);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (strcmp (folded, "date") == 0 || strcmp (folded, "日期") == 0)
    return g_date_time_format (now, "%x");
  if (strcmp (folded, "name") == 0 || strcmp (folded, "姓名") == 0)
    return dup_recipient (self);
  return g_strdup ("");
}

static void
ask_fields (WbTemplateWindow *self)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  g_ptr_array_set_size (self->entries, 0);
  for (guint i = 0; i < self->fields->len; i++)
    {
      const char *field = g_ptr_array_index (self->fields, i);
      g_autofree char *value = guess_value (self, field);
      GtkWidget *label = gtk_label_new (field);
      GtkWidget *entry = gtk_entry_new ();

      gtk_label_set_xalign (GTK_LABEL (label), 1);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (label, "dim-label");
      gtk_editable_set_text (GTK_EDITABLE (entry), value);
      gtk_widget_set_hexpand (entry, TRUE);
      gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
      gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, field,
                                      -1);
      gtk_grid_attach (self->grid, label, 0, (int) i, 1, 1);
      gtk_grid_attach (self->grid, entry, 1, (int) i, 1, 1);
      g_ptr_array_add (self->entries, entry);
    }
  show_page (self, "fields");
  gtk_window_set_default_widget (GTK_WINDOW (self), self->use);
  gtk_widget_grab_focus (g_ptr_array_index (self->entries, 0));
}

static void
use_clicked_cb (WbTemplateWindow *self)
{
  g_autoptr (WbMergeTable) table = NULL;
  g_autoptr (WbComposition) filled = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) values = g_strv_builder_new ();

  for (guint i = 0; i < self->entries->len; i++)
    g_strv_builder_add (values, gtk_editable_get_text (g_ptr_array_index (self->entries, i)));
  table = wb_merge_table_new (self->fields, g_strv_builder_end (values));
  filled = wb_composition_merge (self->composition, table, 0, &error);
  if (filled)
    choose (self, filled);
  else
    show_problem (self, error->message);
}

static gpointer
load_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  return wb_mail_template_load (job->account, job->name, error);
}

static void
free_composition (gpointer data)
{
  wb_composition_free (data);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbTemplateWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  WbComposition *composition = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (!self->account || !composition)
    {
      if (self->account)
        show_problem (self, error->message);
      g_clear_pointer (&composition, wb_composition_free);
      return;
    }
  show_problem (self, NULL);
  g_clear_pointer (&self->composition, wb_composition_free);
  self->composition = composition;
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  self->fields = wb_composition_list_fields (composition);
  if (self->fields->len > 0)
    ask_fields (self);
  else
    choose (self, composition);
}

static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  WbTemplateWindow *self = user_data;

  wb_session_run_async (self->session, load_thread,
                        job_new (self, g_object_get_data (G_OBJECT (row), "name")), job_free,
                        free_composition, NULL, loaded_cb, g_object_ref (self));
}

static void
back_clicked_cb (WbTemplateWindow *self)
{
  show_problem (self, NULL);
  show_page (self, "list");
}

static GtkWidget *
create_header (WbTemplateWindow *self)
{
  GtkWidget *bar = adw_header_bar_new ();

  self->back = gtk_button_new_from_icon_name ("go-previous-symbolic");
  gtk_widget_set_tooltip_text (self->back, _ ("Back"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->back), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Back"), -1);
  g_signal_connect_swapped (self->back, "clicked", G_CALLBACK (back_clicked_cb), self);
  self->use = gtk_button_new_with_label (_ ("Use"));
  gtk_widget_add_css_class (self->use, "suggested-action");
  g_signal_connect_swapped (self->use, "clicked", G_CALLBACK (use_clicked_cb), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), self->back);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), self->use);
  return bar;
}

static GtkWidget *
create_scrolled (GtkWidget *child)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_margin_top (child, 12);
  gtk_widget_set_margin_bottom (child, 12);
  gtk_widget_set_margin_start (child, 12);
  gtk_widget_set_margin_end (child, 12);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
  return scrolled;
}

static void
wb_template_window_init (WbTemplateWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *empty = adw_status_page_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *grid = gtk_grid_new ();

  self->session = wb_session_new ("mail-templates");
  self->entries = g_ptr_array_new ();
  self->list = GTK_LIST_BOX (list);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_valign (list, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Templates"), -1);
  g_signal_connect (list, "row-activated", G_CALLBACK (row_activated_cb), self);
  self->grid = GTK_GRID (grid);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_grid_set_column_spacing (self->grid, 12);
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("No templates yet"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (empty),
      _ ("Write a mail and keep it as a template. Fields such as “{{name}}” are asked for when it "
         "is used."));
  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->problem, TRUE);
  gtk_label_set_xalign (self->problem, 0);
  gtk_widget_set_size_request (GTK_WIDGET (self->problem), -1, 48);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), "mail-note");
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), "mail-error");
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_stack_add_named (self->stack, create_scrolled (list), "list");
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, create_scrolled (grid), "fields");
  gtk_box_append (GTK_BOX (box), create_header (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->problem));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Templates"));
  gtk_window_set_default_size (GTK_WINDOW (self), 400, 360);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  show_page (self, "list");
}

/**
 * wb_template_window_new:
 * @parent: the window above which it stands
 * @account: whose templates
 * @recipients: (nullable): addresses that the mail goes to, for a field "name"
 *
 * Main thread.
 *
 * Returns: (transfer none): the window, not yet shown
 */
GtkWidget *
wb_template_window_new (GtkWindow *parent, WbAccount *account, const char *recipients)
{
  WbTemplateWindow *self = g_object_new (WB_TYPE_TEMPLATE_WINDOW, "transient-for", parent, NULL);

  self->account = g_object_ref (account);
  self->recipients = g_strdup (recipients);
  reload (self);
  return GTK_WIDGET (self);
}

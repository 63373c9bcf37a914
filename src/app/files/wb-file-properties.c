/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-properties.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-session.h"

#define N_BITS 9

struct _WbFileProperties
{
  AdwWindow parent_instance;

  WbFilePane *pane;
  GPtrArray *items;
  GCancellable *cancellable; /* of all that is asked for; the window's closing cancels */
  GCancellable *counting;    /* (nullable) */
  WbProgress *progress;      /* (nullable): of the counting */

  GtkWidget *problem;
  GtkWidget *size;
  GtkWidget *stop;
  GtkWidget *checksum;
  GtkWidget *make_checksum;
  GtkWidget *boxes[N_BITS];
  GtkWidget *octal;
  GtkWidget *scope;
  GtkWidget *apply;
  guint decided;       /* the bits that apply changes */
  gboolean is_unknown; /* some row does not tell its permissions */
  gboolean is_setting; /* the boxes change by themselves */
};

G_DEFINE_FINAL_TYPE (WbFileProperties, wb_file_properties, ADW_TYPE_WINDOW)

/* ── What is known ── */

static const char *
describe_kind (WbFtpEntryType type)
{
  switch (type)
    {
    case WB_FTP_ENTRY_FILE:
      return _ ("File");
    case WB_FTP_ENTRY_DIRECTORY:
      return _ ("Folder");
    case WB_FTP_ENTRY_LINK:
      return _ ("Link");
    case WB_FTP_ENTRY_OTHER:
    case WB_FTP_ENTRY_UNKNOWN:
    default:
      return _ ("Something else");
    }
}

static GtkWidget *
add_row (AdwPreferencesGroup *group, const char *title, const char *value)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (value);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_margin_top (label, 6);
  gtk_widget_set_margin_bottom (label, 6);
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (group, row);
  return label;
}

static WbFileItem *
first_item (WbFileProperties *self)
{
  return g_ptr_array_index (self->items, 0);
}

static gboolean
are_links (WbFileProperties *self)
{
  for (guint i = 0; i < self->items->len; i++)
    if (wb_file_item_get_entry_type (self->items->pdata[i]) != WB_FTP_ENTRY_LINK)
      return FALSE;
  return TRUE;
}

static void
add_known (WbFileProperties *self, AdwPreferencesGroup *group)
{
  WbFileItem *item = first_item (self);
  GDateTime *modified = wb_file_item_get_modified (item);
  g_autoptr (GDateTime) local = modified != NULL ? g_date_time_to_local (modified) : NULL;

  if (self->items->len > 1)
    {
      g_autofree char *many = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%u item", "%u items", self->items->len), self->items->len);

      add_row (group, _ ("Selected"), many);
    }
  else
    {
      add_row (group, _ ("Name"), wb_file_item_get_name (item));
      add_row (group, _ ("Kind"), describe_kind (wb_file_item_get_entry_type (item)));
      if (wb_file_item_get_target (item) != NULL)
        add_row (group, _ ("Leads to"), wb_file_item_get_target (item));
    }

  self->size = add_row (group, _ ("Size"), "");
  if (self->items->len > 1)
    return;
  if (local != NULL)
    {
      g_autofree char *text = g_date_time_format (local, "%Y-%m-%d %H:%M:%S");

      add_row (group, _ ("Modified"), text);
    }
  if (wb_file_item_get_owner (item) != NULL)
    add_row (group, _ ("Owner"), wb_file_item_get_owner (item));
}

static void
fail (WbFileProperties *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_label (GTK_LABEL (self->problem), error->message);
  gtk_widget_set_visible (self->problem, TRUE);
}

/* ── Counting ── */

static void
show_size (WbFileProperties *self, const WbFileFindings *findings)
{
  g_autofree char *size = g_format_size_full (findings->size, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *files = NULL;
  g_autofree char *text = NULL;
  guint n = findings->files + findings->folders;

  if (self->items->len == 1 && !wb_file_item_is_folder (first_item (self)))
    {
      gtk_label_set_label (GTK_LABEL (self->size), size);
      return;
    }
  files = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u item", "%u items", n), n);
  /* Translators: "14 items, 3.2 MB (3,200,000 bytes)"; of a folder, with itself. */
  text = g_strdup_printf (_ ("%s, %s"), files, size);
  if (findings->unread > 0 || findings->is_cut)
    {
      g_autofree char *whole = g_steal_pointer (&text);

      /* Translators: %s is a size; some folders could not be read. */
      text = g_strdup_printf (_ ("%s at least"), whole);
    }
  gtk_label_set_label (GTK_LABEL (self->size), text);
}

static void
counting_cb (WbProgress *progress, gpointer user_data)
{
  WbFileProperties *self = user_data;
  g_auto (WbProgressState) state = { 0 };
  g_autofree char *text = NULL;

  if (self->counting == NULL)
    return;
  wb_progress_get_state (progress, &state);
  text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "Counting… %u found", "Counting… %u found", (guint) state.done),
      (guint) state.done);
  gtk_label_set_label (GTK_LABEL (self->size), text);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFileProperties) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFileFindings) findings = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (self->pane == NULL)
    return;
  g_clear_object (&self->counting);
  gtk_widget_set_visible (self->stop, FALSE);
  if (findings != NULL)
    show_size (self, findings);
  else
    {
      gtk_label_set_label (GTK_LABEL (self->size), _ ("Not counted"));
      fail (self, error);
    }
}

static void
stop_cb (WbFileProperties *self)
{
  if (self->counting != NULL)
    g_cancellable_cancel (self->counting);
}

static void
run (WbFileProperties *self,
     WbFileTask *task,
     GCancellable *cancellable,
     GAsyncReadyCallback callback)
{
  /* The server may have been left since. */
  if (wb_file_pane_is_active (self->pane))
    WB_FILE_PANE_GET_CLASS (self->pane)
        ->run_task (self->pane, task, cancellable, callback, g_object_ref (self));
  else
    wb_file_task_free (task);
}

static void
count (WbFileProperties *self)
{
  WbFileTask *task = wb_file_task_new (WB_FILE_MEASURE, self->items);

  self->counting = g_cancellable_new ();
  self->progress = g_object_ref (task->progress);
  wb_progress_watch (self->progress, counting_cb, G_OBJECT (self));
  gtk_widget_set_visible (self->stop, TRUE);
  counting_cb (self->progress, self);
  run (self, task, self->counting, counted_cb);
}

static void
show_or_count_size (WbFileProperties *self)
{
  WbFileItem *item = first_item (self);

  if (self->items->len == 1 && !wb_file_item_is_folder (item))
    {
      WbFileFindings findings = { .size = (guint64) MAX (wb_file_item_get_size (item), 0) };

      if (wb_file_item_get_size (item) >= 0)
        show_size (self, &findings);
      else
        gtk_label_set_label (GTK_LABEL (self->size), _ ("Not known"));
    }
  else if (self->items->len == 1 && wb_file_item_get_entry_type (item) == WB_FTP_ENTRY_LINK)
    gtk_label_set_label (GTK_LABEL (self->size), _ ("Not counted: what a link leads to"));
  else
    count (self);
}

/* ── The checksum ── */

static void
summed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFileProperties) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFileFindings) findings = wb_session_run_finish (WB_SESSION (source), result, &error);
  g_autofree char *text = NULL;

  if (self->pane == NULL)
    return;
  if (findings == NULL)
    {
      gtk_label_set_label (GTK_LABEL (self->checksum), "");
      gtk_widget_set_visible (self->make_checksum, TRUE);
      fail (self, error);
      return;
    }
  text = g_strconcat (findings->algorithm, " ", findings->digest, NULL);
  gtk_label_set_label (GTK_LABEL (self->checksum), text);
}

static void
make_checksum_cb (WbFileProperties *self)
{
  gtk_widget_set_visible (self->make_checksum, FALSE);
  gtk_label_set_label (GTK_LABEL (self->checksum), _ ("Reading the file…"));
  run (self, wb_file_task_new (WB_FILE_CHECKSUM, self->items), self->cancellable, summed_cb);
}

/* ── Permissions ── */

static guint
bit_of (guint i)
{
  return 0400u >> i;
}

static guint
read_boxes (WbFileProperties *self)
{
  guint mode = 0;

  for (guint i = 0; i < N_BITS; i++)
    if (gtk_check_button_get_active (GTK_CHECK_BUTTON (self->boxes[i])))
      mode |= bit_of (i);
  return mode;
}

static void
show_octal (WbFileProperties *self)
{
  g_autofree char *text = g_strdup_printf ("%03o", read_boxes (self));
  gboolean clear = TRUE;

  for (guint i = 0; i < N_BITS; i++)
    clear = clear && !gtk_check_button_get_inconsistent (GTK_CHECK_BUTTON (self->boxes[i]));
  self->is_setting = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->octal),
                         clear && (!self->is_unknown || self->decided == 0777) ? text : "");
  self->is_setting = FALSE;
  gtk_widget_set_sensitive (self->apply, self->decided != 0);
}

/* What was said of one box is said of all where nothing is known of them. */
static void
box_cb (GtkCheckButton *box, WbFileProperties *self)
{
  if (self->is_setting)
    return;
  gtk_check_button_set_inconsistent (box, FALSE);
  for (guint i = 0; i < N_BITS; i++)
    if (self->boxes[i] == GTK_WIDGET (box))
      self->decided |= bit_of (i);
  if (self->is_unknown)
    self->decided = 0777;
  if (self->is_unknown)
    for (guint i = 0; i < N_BITS; i++)
      gtk_check_button_set_inconsistent (GTK_CHECK_BUTTON (self->boxes[i]), FALSE);
  show_octal (self);
}

static void
octal_cb (GtkEditable *octal, WbFileProperties *self)
{
  const char *text = gtk_editable_get_text (octal);
  guint64 mode = 0;

  if (self->is_setting)
    return;
  if (strlen (text) != 3 || !g_ascii_string_to_unsigned (text, 8, 0, 0777, &mode, NULL))
    {
      gtk_widget_set_sensitive (self->apply, FALSE);
      return;
    }
  self->is_setting = TRUE;
  for (guint i = 0; i < N_BITS; i++)
    {
      gtk_check_button_set_inconsistent (GTK_CHECK_BUTTON (self->boxes[i]), FALSE);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (self->boxes[i]), (mode & bit_of (i)) != 0);
    }
  self->is_setting = FALSE;
  self->decided = 0777;
  gtk_widget_set_sensitive (self->apply, TRUE);
}

static void
show_modes (WbFileProperties *self)
{
  guint all = 0777, any = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      guint mode = 0;

      if (!wb_file_mode_parse (wb_file_item_get_mode (self->items->pdata[i]), &mode))
        self->is_unknown = TRUE;
      all &= mode;
      any |= mode;
    }
  self->is_setting = TRUE;
  for (guint i = 0; i < N_BITS; i++)
    {
      GtkCheckButton *box = GTK_CHECK_BUTTON (self->boxes[i]);

      gtk_check_button_set_active (box, (all & bit_of (i)) != 0);
      gtk_check_button_set_inconsistent (box, self->is_unknown || ((any & ~all) & bit_of (i)) != 0);
    }
  self->is_setting = FALSE;
  show_octal (self);
}

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFileProperties) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFileFindings) findings = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (self->pane == NULL)
    return;
  /* Some may have changed, however it ended. */
  WB_FILE_PANE_GET_CLASS (self->pane)->reload (self->pane);
  if (findings != NULL)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  gtk_widget_set_sensitive (self->apply, TRUE);
  fail (self, error);
}

static void
apply_cb (WbFileProperties *self)
{
  WbFileTask *task = wb_file_task_new (WB_FILE_CHANGE_MODE, self->items);

  stop_cb (self);
  task->set = read_boxes (self) & self->decided;
  task->clear = ~read_boxes (self) & self->decided;
  if (self->scope != NULL)
    task->scope = (WbFileScope) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->scope));
  gtk_widget_set_visible (self->problem, FALSE);
  gtk_widget_set_sensitive (self->apply, FALSE);
  run (self, task, self->cancellable, applied_cb);
}

static GtkWidget *
create_boxes (WbFileProperties *self)
{
  static const char *const names[N_BITS] = {
    N_ ("Owner may read"),  N_ ("Owner may write"),  N_ ("Owner may execute"),
    N_ ("Group may read"),  N_ ("Group may write"),  N_ ("Group may execute"),
    N_ ("Others may read"), N_ ("Others may write"), N_ ("Others may execute"),
  };
  const char *rows[] = { _ ("Owner"), _ ("Group"), _ ("Others") };
  const char *columns[] = { C_ ("permission", "Read"), _ ("Write"), _ ("Execute") };
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_widget_add_css_class (grid, "card");
  for (int i = 0; i < 3; i++)
    {
      GtkWidget *row = gtk_label_new (rows[i]);
      GtkWidget *column = gtk_label_new (columns[i]);

      gtk_label_set_xalign (GTK_LABEL (row), 0);
      gtk_widget_set_margin_start (row, 12);
      if (i == 2)
        gtk_widget_set_margin_bottom (row, 9);
      gtk_label_set_ellipsize (GTK_LABEL (column), PANGO_ELLIPSIZE_END);
      gtk_widget_set_margin_top (column, 9);
      gtk_widget_add_css_class (column, "dim-label");
      gtk_grid_attach (GTK_GRID (grid), row, 0, i + 1, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), column, i + 1, 0, 1, 1);
    }
  for (int i = 0; i < N_BITS; i++)
    {
      GtkWidget *box = gtk_check_button_new ();

      self->boxes[i] = box;
      gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
      gtk_widget_set_tooltip_text (box, _ (names[i]));
      gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ (names[i]), -1);
      if (i >= 6)
        gtk_widget_set_margin_bottom (box, 9);
      g_signal_connect (box, "toggled", G_CALLBACK (box_cb), self);
      gtk_grid_attach (GTK_GRID (grid), box, i % 3 + 1, i / 3 + 1, 1, 1);
    }
  return grid;
}

static GtkWidget *
create_more (WbFileProperties *self)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *row = adw_action_row_new ();
  gboolean folders = FALSE;

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_margin_top (list, 12);

  self->octal = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->octal), 3);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->octal), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->octal), 5);
  gtk_widget_set_valign (self->octal, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->octal), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("As three digits"), -1);
  g_signal_connect (self->octal, "changed", G_CALLBACK (octal_cb), self);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("As three digits"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), self->octal);
  gtk_list_box_append (GTK_LIST_BOX (list), row);

  for (guint i = 0; i < self->items->len; i++)
    folders =
        folders || wb_file_item_get_entry_type (self->items->pdata[i]) == WB_FTP_ENTRY_DIRECTORY;
  if (folders)
    {
      const char *choices[] = { _ ("Nothing more"), _ ("All that is inside"),
                                _ ("The files inside"), _ ("The folders inside"), NULL };

      row = adw_action_row_new ();
      self->scope = gtk_drop_down_new_from_strings (choices);
      gtk_widget_set_valign (self->scope, GTK_ALIGN_CENTER);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->scope), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Change also"), -1);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Change also"));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), self->scope);
      gtk_list_box_append (GTK_LIST_BOX (list), row);
    }
  return list;
}

/* ── The window ── */

static void
fill (WbFileProperties *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *page = adw_preferences_page_new ();
  AdwPreferencesGroup *known = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  AdwPreferencesGroup *modes = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  self->apply = gtk_button_new_with_mnemonic (_ ("_Apply"));
  gtk_widget_add_css_class (self->apply, "suggested-action");
  g_signal_connect_swapped (self->apply, "clicked", G_CALLBACK (apply_cb), self);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->apply);

  self->problem = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->problem), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->problem), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->problem), 0);
  gtk_label_set_selectable (GTK_LABEL (self->problem), TRUE);
  gtk_widget_set_can_focus (self->problem, FALSE);
  gtk_widget_set_margin_start (self->problem, 18);
  gtk_widget_set_margin_end (self->problem, 18);
  gtk_widget_set_margin_top (self->problem, 12);
  gtk_widget_set_visible (self->problem, FALSE);
  gtk_widget_add_css_class (self->problem, "error");

  add_known (self, known);
  self->stop = gtk_button_new_with_label (_ ("Cancel"));
  gtk_widget_set_valign (self->stop, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->stop, FALSE);
  g_signal_connect_swapped (self->stop, "clicked", G_CALLBACK (stop_cb), self);
  adw_action_row_add_suffix (
      ADW_ACTION_ROW (gtk_widget_get_ancestor (self->size, ADW_TYPE_ACTION_ROW)), self->stop);

  if (self->items->len == 1 && wb_file_item_get_entry_type (first_item (self)) == WB_FTP_ENTRY_FILE)
    {
      self->checksum = add_row (known, _ ("Checksum"), "");
      /* A word of 64 letters or more, which would leave the row's title no room. */
      gtk_label_set_natural_wrap_mode (GTK_LABEL (self->checksum), GTK_NATURAL_WRAP_INHERIT);
      gtk_label_set_max_width_chars (GTK_LABEL (self->checksum), 32);
      self->make_checksum = gtk_button_new_with_label (_ ("Compute"));
      gtk_widget_set_valign (self->make_checksum, GTK_ALIGN_CENTER);
      g_signal_connect_swapped (self->make_checksum, "clicked", G_CALLBACK (make_checksum_cb),
                                self);
      adw_action_row_add_suffix (
          ADW_ACTION_ROW (gtk_widget_get_ancestor (self->checksum, ADW_TYPE_ACTION_ROW)),
          self->make_checksum);
    }

  adw_preferences_group_set_title (modes, _ ("Permissions"));
  adw_preferences_group_add (modes, create_boxes (self));
  adw_preferences_group_add (modes, create_more (self));

  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), known);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), modes);
  /* A link has no permissions of its own. */
  gtk_widget_set_visible (GTK_WIDGET (modes), !are_links (self));
  gtk_widget_set_visible (self->apply, !are_links (self));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), self->problem);
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  show_modes (self);
}

/**
 * wb_file_properties_show:
 * @pane: where the rows are, and who does what is asked
 * @items: (element-type WbFileItem): at least one
 *
 * Opens the window.
 */
void
wb_file_properties_show (WbFilePane *pane, GPtrArray *items)
{
  WbFileProperties *self = g_object_new (
      WB_TYPE_FILE_PROPERTIES, "title", _ ("Properties"), "modal", TRUE, "transient-for",
      gtk_widget_get_root (GTK_WIDGET (pane)), "default-width", 460, "default-height", 740, NULL);

  self->pane = g_object_ref (pane);
  self->items = g_ptr_array_ref (items);
  self->cancellable = g_cancellable_new ();
  fill (self);
  show_or_count_size (self);
  gtk_window_present (GTK_WINDOW (self));
}

static void
wb_file_properties_dispose (GObject *object)
{
  WbFileProperties *self = WB_FILE_PROPERTIES (object);

  stop_cb (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->counting);
  g_clear_object (&self->progress);
  g_clear_object (&self->pane);
  g_clear_pointer (&self->items, g_ptr_array_unref);

  G_OBJECT_CLASS (wb_file_properties_parent_class)->dispose (object);
}

static void
wb_file_properties_class_init (WbFilePropertiesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_file_properties_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wb_file_properties_init (WbFileProperties *self)
{
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-wire-panel.h"

#include "wb-dialogs.h"
#include "wb-follower.h"
#include "wb-menu-button.h"
#include "wb-wire-choice.h"
#include "wb-wire-export.h"
#include "wb-transcript-line.h"
#include "wb-verbatim.h"
#include "wb-width-bin.h"
#include "wb-wire-model.h"
#include "wb-wire-row.h"

#include <glib/gi18n-lib.h>

#define TICK_MILLISECONDS 80
#define COPY_ROWS_MAX 20000

struct _WbWirePanel
{
  GtkWidget parent_instance;

  /* Template */
  WbWidthBin *width;
  GtkDropDown *conversations;
  GtkSearchEntry *search;
  GtkScrolledWindow *scroller;
  GtkListView *list;
  GtkLabel *empty;
  GtkRevealer *newest;
  GtkRevealer *detail_revealer;
  GtkLabel *detail;
  GtkLabel *reference;
  GtkMenuButton *export_button;
  GMenuModel *export_menu;

  /* Owned */
  WbWorkbench *workbench;
  WbWireModel *model;
  GtkSelectionModel *selection;
  WbFollower *follower;
  WbSession *session; /* where exports are written */
  char *page;
  guint64 case_first;
  guint32 wanted; /* the conversation to choose once it is offered; 0 is none */
  guint tick_id;
  gboolean changing;
};

G_DEFINE_FINAL_TYPE (WbWirePanel, wb_wire_panel, GTK_TYPE_WIDGET)

static const struct
{
  const char *page;
  WbWireScope scope;
  const char *empty;
} pages[] = {
  { "mail", WB_WIRE_SCOPE_MAIL,
    N_ ("Send or fetch mail: every line to and from the server shows here.") },
  { "files", WB_WIRE_SCOPE_FILES, N_ ("Connect to a server: every command and reply shows here.") },
  { "sockets", WB_WIRE_SCOPE_SOCKETS,
    N_ ("Start an endpoint: every datagram and every block of a stream shows here.") },
  { "lab", WB_WIRE_SCOPE_LAB,
    N_ ("Point a program at one of these servers: what it says shows here.") },
  { "learn", WB_WIRE_SCOPE_RANGE, N_ ("Run a case: what it says shows here.") },
};

static guint
find_page (const char *page)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_strcmp0 (pages[i].page, page) == 0)
      return i;
  return 0;
}

static void
set_detail (WbWirePanel *self, WbWireRow *row)
{
  const char *meaning = row == NULL ? NULL : wb_wire_row_get_meaning (row);
  const char *reference = row == NULL ? NULL : wb_wire_row_get_reference (row);

  if (row != NULL)
    {
      g_autofree char *text = meaning == NULL
                                  ? g_strdup (wb_wire_row_get_text (row))
                                  : g_strdup_printf ("%s\n%s", wb_wire_row_get_text (row), meaning);

      gtk_label_set_text (self->detail, text);
      gtk_label_set_text (self->reference, reference == NULL ? "" : reference);
    }
  gtk_revealer_set_reveal_child (self->detail_revealer, row != NULL);
}

static void
selection_changed_cb (WbWirePanel *self)
{
  g_autoptr (GtkBitset) selected = NULL;
  g_autoptr (WbWireRow) row = NULL;

  /* The selection tells so when it goes, too. */
  if (self->selection == NULL)
    return;
  selected = gtk_selection_model_get_selection (self->selection);
  if (gtk_bitset_get_size (selected) == 1)
    row = g_list_model_get_item (G_LIST_MODEL (self->selection), gtk_bitset_get_nth (selected, 0));
  set_detail (self, row);
}

static void
update_empty (WbWirePanel *self)
{
  gboolean filtered = *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->model));

  gtk_widget_set_visible (GTK_WIDGET (self->empty), n_items == 0);
  if (n_items == 0)
    gtk_label_set_text (self->empty, filtered ? _ ("Nothing here contains that text.")
                                              : _ (pages[find_page (self->page)].empty));
}

static void
follows_changed_cb (WbWirePanel *self)
{
  gboolean follows;

  g_object_get (self->follower, "follows", &follows, NULL);
  gtk_revealer_set_reveal_child (self->newest, !follows);
}

static WbWireFilter
get_filter (WbWirePanel *self)
{
  WbWireChoice *choice = gtk_drop_down_get_selected_item (self->conversations);
  WbWireFilter filter = {
    .scope = pages[find_page (self->page)].scope,
    .conversation = choice == NULL ? 0 : wb_wire_choice_get_number (choice),
    .text = gtk_editable_get_text (GTK_EDITABLE (self->search)),
  };

  if (filter.scope == WB_WIRE_SCOPE_RANGE)
    wb_workbench_get_case (self->workbench, &filter.first, &filter.end, &filter.server);
  return filter;
}

static void
choose_wanted (WbWirePanel *self)
{
  GListModel *choices = wb_wire_model_get_conversations (self->model);

  for (guint i = 0; self->wanted != 0 && i < g_list_model_get_n_items (choices); i++)
    {
      g_autoptr (WbWireChoice) choice = g_list_model_get_item (choices, i);

      if (wb_wire_choice_get_number (choice) != self->wanted)
        continue;
      self->wanted = 0;
      gtk_drop_down_set_selected (self->conversations, i);
    }
}

static void
update_model (WbWirePanel *self)
{
  guint before = g_list_model_get_n_items (G_LIST_MODEL (self->model));

  wb_wire_model_update (self->model);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) != before)
    update_empty (self);
  if (self->wanted != 0)
    choose_wanted (self);
}

static void
apply_filter (WbWirePanel *self)
{
  WbWireFilter filter = get_filter (self);

  self->changing = TRUE;
  wb_wire_model_set_filter (self->model, &filter);
  self->changing = FALSE;
  wb_follower_catch_up (self->follower);
  update_model (self);
  update_empty (self);
}

static gboolean
tick_cb (gpointer user_data)
{
  WbWirePanel *self = user_data;

  if (pages[find_page (self->page)].scope == WB_WIRE_SCOPE_RANGE)
    {
      WbWireFilter filter = get_filter (self);

      if (filter.first != self->case_first)
        {
          self->case_first = filter.first;
          apply_filter (self);
        }
      else
        wb_wire_model_set_filter (self->model, &filter);
    }
  update_model (self);
  return G_SOURCE_CONTINUE;
}

static void
filter_changed_cb (WbWirePanel *self)
{
  if (self->workbench != NULL && !self->changing)
    apply_filter (self);
}

static void
search_stopped_cb (WbWirePanel *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbWirePanel *self = WB_WIRE_PANEL (widget);
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);
  gboolean all = gtk_bitset_is_empty (selected);
  guint64 n_rows =
      all ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : gtk_bitset_get_size (selected);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *said = NULL;

  if (n_rows == 0)
    return;
  n_rows = MIN (n_rows, COPY_ROWS_MAX);
  for (guint i = 0; i < n_rows; i++)
    {
      guint position = all ? i : gtk_bitset_get_nth (selected, i);
      g_autoptr (WbWireRow) row = g_list_model_get_item (G_LIST_MODEL (self->model), position);
      g_autofree char *line = row == NULL ? NULL : wb_wire_row_dup_line (row);

      if (line != NULL)
        g_string_append_printf (text, "%s\n", line);
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);

  said = g_strdup_printf (ngettext ("%u row copied", "%u rows copied", (guint) n_rows),
                          (guint) n_rows);
  wb_workbench_toast (self->workbench, said);
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbWirePanel *self = WB_WIRE_PANEL (widget);

  wb_wire_clear (wb_workbench_get_wire (self->workbench));
  update_model (self);
  update_empty (self);
}

static void
newest_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbWirePanel *self = WB_WIRE_PANEL (widget);

  wb_follower_catch_up (self->follower);
}

typedef struct
{
  WbWirePanel *panel;
  WbWire *wire;
  WbWireFormat format;
  guint32 conversation;
  GFile *file;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_object_unref (export->panel);
  g_object_unref (export->wire);
  g_clear_object (&export->file);
  g_free (export);
}

static gpointer
export_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Export *export = data;
  g_autoptr (GFileOutputStream) stream =
      g_file_replace (export->file, NULL, FALSE, G_FILE_CREATE_NONE, cancellable, error);

  if (stream == NULL ||
      !wb_wire_export (export->wire, export->format, export->conversation, G_OUTPUT_STREAM (stream),
                       cancellable, error) ||
      !g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, error))
    return NULL;
  return g_file_get_basename (export->file);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbWirePanel) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = wb_session_run_finish (WB_SESSION (source), result, &error);
  g_autofree char *said = NULL;

  if (self->workbench == NULL)
    return;
  if (name != NULL)
    /* Translators: %s is the name of a file. */
    said = g_strdup_printf (_ ("The Wire was written to %s"), name);
  else
    /* Translators: %s is the system's reason. */
    said = g_strdup_printf (_ ("The Wire could not be written: %s"), error->message);
  wb_workbench_toast (self->workbench, said);
}

static void
export_chosen_cb (GListModel *files, gpointer user_data)
{
  Export *chosen = user_data;
  WbWirePanel *self = chosen->panel;
  Export *export = g_new0 (Export, 1);

  *export = *chosen;
  export->panel = g_object_ref (self);
  export->wire = g_object_ref (chosen->wire);
  export->file = g_list_model_get_item (files, 0);

  if (self->session == NULL)
    self->session = wb_session_new ("wire-export");
  wb_session_run_async (self->session, export_thread, export, export_free, g_free, NULL,
                        exported_cb, g_object_ref (self));
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbWirePanel *self = WB_WIRE_PANEL (widget);
  const char *ending = g_variant_get_string (parameter, NULL);
  g_autofree char *file_name = g_strdup_printf ("wire.%s", ending);
  Export *export = g_new0 (Export, 1);

  export->panel = g_object_ref (self);
  export->wire = g_object_ref (wb_workbench_get_wire (self->workbench));
  export->conversation = get_filter (self).conversation;
  if (!wb_wire_format_from_name (file_name, &export->format, NULL))
    g_assert_not_reached ();

  wb_choose_files (widget, _ ("Export the Wire"), GTK_FILE_CHOOSER_ACTION_SAVE, FALSE, file_name,
                   export_chosen_cb, export, export_free);
}

/* Where there is no room for it, the detail of the selected row says what a row means. */
static void
wide_changed_cb (WbWidthBin *width, GParamSpec *pspec, WbTranscriptLine *line)
{
  wb_transcript_line_set_shows_meaning (line, wb_width_bin_get_wide (width));
}

static void
setup_line_cb (WbWirePanel *self, GtkListItem *item)
{
  GtkWidget *line = wb_transcript_line_new ();

  /* This ends with the line, whichever way the list lets go of it. */
  g_signal_connect_object (self->width, "notify::wide", G_CALLBACK (wide_changed_cb), line, 0);
  wide_changed_cb (self->width, NULL, WB_TRANSCRIPT_LINE (line));
  gtk_list_item_set_child (item, line);
}

static void
bind_line_cb (WbWirePanel *self, GtkListItem *item)
{
  wb_transcript_line_show (WB_TRANSCRIPT_LINE (gtk_list_item_get_child (item)),
                           WB_WIRE_ROW (gtk_list_item_get_item (item)));
}

static void
wb_wire_panel_map (GtkWidget *widget)
{
  WbWirePanel *self = WB_WIRE_PANEL (widget);

  GTK_WIDGET_CLASS (wb_wire_panel_parent_class)->map (widget);
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add (TICK_MILLISECONDS, tick_cb, self);
}

static void
wb_wire_panel_unmap (GtkWidget *widget)
{
  WbWirePanel *self = WB_WIRE_PANEL (widget);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (wb_wire_panel_parent_class)->unmap (widget);
}

static void
wb_wire_panel_dispose (GObject *object)
{
  WbWirePanel *self = WB_WIRE_PANEL (object);
  GtkWidget *child;

  g_clear_handle_id (&self->tick_id, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->follower);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->session);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_wire_panel_parent_class)->dispose (object);
}

static void
wb_wire_panel_finalize (GObject *object)
{
  WbWirePanel *self = WB_WIRE_PANEL (object);

  g_free (self->page);

  G_OBJECT_CLASS (wb_wire_panel_parent_class)->finalize (object);
}

static void
wb_wire_panel_class_init (WbWirePanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wb_wire_panel_dispose;
  object_class->finalize = wb_wire_panel_finalize;
  widget_class->map = wb_wire_panel_map;
  widget_class->unmap = wb_wire_panel_unmap;

  g_type_ensure (WB_TYPE_WIRE_CHOICE);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/wire/wb-wire-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, width);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, conversations);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, search);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, scroller);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, list);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, empty);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, newest);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, detail_revealer);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, detail);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, reference);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, export_button);
  gtk_widget_class_bind_template_child (widget_class, WbWirePanel, export_menu);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stopped_cb);

  gtk_widget_class_install_action (widget_class, "wire.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "wire.clear", NULL, clear_action);
  gtk_widget_class_install_action (widget_class, "wire.newest", NULL, newest_action);
  gtk_widget_class_install_action (widget_class, "wire.export", "s", export_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "wire.copy",
                                       NULL);
}

static void
wb_wire_panel_init (WbWirePanel *self)
{
  self->page = g_strdup ("mail");
  gtk_widget_init_template (GTK_WIDGET (self));
  wb_verbatim_label (self->detail);
  wb_menu_button_set_menu (self->export_button, self->export_menu);
}

static void
set_up_list (WbWirePanel *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_line_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_line_cb), self, G_CONNECT_SWAPPED);
  self->selection =
      GTK_SELECTION_MODEL (gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->model))));
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, self->selection);
  self->follower = wb_follower_new (self->list, self->scroller, G_LIST_MODEL (self->model));
  g_signal_connect_object (self->follower, "notify::follows", G_CALLBACK (follows_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
set_up_conversations (WbWirePanel *self)
{
  g_autoptr (GtkExpression) expression =
      gtk_property_expression_new (WB_TYPE_WIRE_CHOICE, NULL, "label");

  gtk_drop_down_set_expression (self->conversations, expression);
  gtk_drop_down_set_model (self->conversations, wb_wire_model_get_conversations (self->model));
}

/**
 * wb_wire_panel_new:
 *
 * Returns: (transfer floating): the panel
 */
GtkWidget *
wb_wire_panel_new (WbWorkbench *workbench)
{
  WbWirePanel *self = g_object_new (WB_TYPE_WIRE_PANEL, NULL);

  self->model = wb_wire_model_new (wb_workbench_get_wire (workbench));
  set_up_list (self);
  set_up_conversations (self);
  self->workbench = g_object_ref (workbench);
  update_empty (self);
  return GTK_WIDGET (self);
}

/**
 * wb_wire_panel_set_page:
 * @page: "mail", "files", "sockets", "lab" or "learn"
 *
 * Shows what the page in front says to its peers.
 */
void
wb_wire_panel_set_page (WbWirePanel *self, const char *page)
{
  g_return_if_fail (WB_IS_WIRE_PANEL (self));

  if (g_strcmp0 (self->page, page) == 0)
    return;
  g_free (self->page);
  self->page = g_strdup (page);
  gtk_drop_down_set_selected (self->conversations, 0);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  apply_filter (self);
}

/**
 * wb_wire_panel_show_conversation:
 * @conversation: 0 for all of the page's
 *
 * Shows one conversation alone, as soon as it has said something.
 */
void
wb_wire_panel_show_conversation (WbWirePanel *self, guint32 conversation)
{
  g_return_if_fail (WB_IS_WIRE_PANEL (self));

  self->wanted = conversation;
  if (conversation == 0)
    gtk_drop_down_set_selected (self->conversations, 0);
  else
    choose_wanted (self);
}

/**
 * wb_wire_panel_find:
 *
 * Puts the keyboard into the filter.
 */
void
wb_wire_panel_find (WbWirePanel *self)
{
  g_return_if_fail (WB_IS_WIRE_PANEL (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

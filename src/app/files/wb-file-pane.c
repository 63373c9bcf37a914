/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-pane.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include <string.h>

#include "wb-dialogs.h"
#include "wb-drop-target.h"
#include "wb-file-columns.h"

/* Above so many changes a list is made anew. */
#define MANY_CHANGES 200

typedef struct
{
  /* Template */
  GtkWidget *title;
  GtkWidget *toolbar;
  GtkEntry *location;
  GtkSpinner *spinner;
  GtkRevealer *problem;
  GtkLabel *problem_label;
  GtkButton *problem_reload;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkColumnView *view;
  GtkEditable *filter;
  GtkLabel *count;
  GtkButton *send;
  GtkWidget *footer;

  /* Owned */
  GListStore *rows;
  GtkCustomFilter *row_filter;
  GtkMultiSelection *selection;
  char *shown;  /* the location whose rows are shown */
  char *needle; /* what is filtered by, case-folded */
  gboolean show_hidden;
  gboolean active;
} WbFilePanePrivate;

enum
{
  PROP_0,
  PROP_SHOW_HIDDEN,
  PROP_TITLE,
  N_PROPS,
};

enum
{
  SEND,
  DROP_ITEMS,
  DROP_FILES,
  LOCATION_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WbFilePane, wb_file_pane, GTK_TYPE_WIDGET)

#define PRIVATE(self) ((WbFilePanePrivate *) wb_file_pane_get_instance_private (self))

/* ── Rows ── */

static gboolean
row_is_shown (gpointer item, gpointer user_data)
{
  WbFilePanePrivate *priv = PRIVATE (WB_FILE_PANE (user_data));
  g_autofree char *folded = NULL;

  if (!priv->show_hidden && wb_file_item_is_hidden (item))
    return FALSE;
  if (priv->needle == NULL)
    return TRUE;

  folded = g_utf8_casefold (wb_file_item_get_name (item), -1);
  return strstr (folded, priv->needle) != NULL;
}

static void
update_count (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autoptr (GtkBitset) selected = NULL;
  guint shown = 0, n_selected = 0;
  g_autofree char *text = NULL;

  /* A folder's rows may come when the window has gone. */
  if (priv->selection == NULL)
    return;
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (priv->selection));
  shown = g_list_model_get_n_items (G_LIST_MODEL (priv->selection));
  n_selected = gtk_bitset_get_size (selected);

  if (n_selected > 0)
    text = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u of %u selected", "%u of %u selected", shown), n_selected,
        shown);
  else
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u item", "%u items", shown), shown);
  gtk_label_set_label (priv->count, priv->active ? text : "");

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.send", n_selected > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.delete", n_selected > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.rename", n_selected == 1);
}

/**
 * wb_file_pane_dup_selected:
 *
 * Returns: (transfer full) (element-type WbFileItem): the selected rows, in order
 */
GPtrArray *
wb_file_pane_dup_selected (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) selected =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (priv->selection));
  GtkBitsetIter iter;
  guint position = 0;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (priv->selection), position));
  return items;
}

/* A folder that is read again changes row by row, so that the selection, the place in the list and
 * a drag that has just begun stay. With many changes the whole is quicker. */
static gboolean
update_rows (WbFilePane *self, GPtrArray *items)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (priv->rows));
  g_autoptr (GHashTable) fresh = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) stale = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < items->len; i++)
    {
      WbFileItem *item = g_ptr_array_index (items, i);

      g_hash_table_insert (fresh, (gpointer) wb_file_item_get_name (item), item);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFileItem) old = g_list_model_get_item (G_LIST_MODEL (priv->rows), i);
      WbFileItem *new = g_hash_table_lookup (fresh, wb_file_item_get_name (old));

      if (new != NULL && wb_file_item_is_same (old, new))
        g_hash_table_remove (fresh, wb_file_item_get_name (old));
      else
        g_array_append_val (stale, i);
    }
  if (stale->len + g_hash_table_size (fresh) > MANY_CHANGES)
    return FALSE;

  for (guint i = stale->len; i > 0; i--)
    g_list_store_remove (priv->rows, g_array_index (stale, guint, i - 1));
  for (guint i = 0; i < items->len; i++)
    {
      WbFileItem *item = g_ptr_array_index (items, i);

      if (g_hash_table_lookup (fresh, wb_file_item_get_name (item)) == item)
        g_list_store_append (priv->rows, item);
    }
  return TRUE;
}

/**
 * wb_file_pane_set_items:
 * @location: what the path bar shows
 * @items: (element-type WbFileItem): the rows
 *
 * Shows a folder, in place of what was there.
 */
void
wb_file_pane_set_items (WbFilePane *self, const char *location, GPtrArray *items)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  gboolean again = priv->active && g_strcmp0 (priv->shown, location) == 0;

  if (!again || !update_rows (self, items))
    {
      /* Sorting with a selection in place is slow with many rows: it goes first. */
      gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (priv->selection));
      g_list_store_splice (priv->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (priv->rows)),
                           items->pdata, items->len);
    }
  if (!again)
    {
      g_free (priv->shown);
      priv->shown = g_strdup (location);
      gtk_editable_set_text (GTK_EDITABLE (priv->location), location);
    }
  if (!again || gtk_widget_get_visible (GTK_WIDGET (priv->problem_reload)))
    gtk_revealer_set_reveal_child (priv->problem, FALSE);
  gtk_stack_set_visible_child_name (priv->stack, "list");
  wb_file_pane_set_active (self, TRUE);
  update_count (self);
  if (!again)
    g_signal_emit (self, signals[LOCATION_CHANGED], 0);
}

/**
 * wb_file_pane_set_empty:
 *
 * Shows, in place of the list, what to do to get one.
 */
void
wb_file_pane_set_empty (WbFilePane *self,
                        const char *icon_name,
                        const char *title,
                        const char *description)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  g_list_store_remove_all (priv->rows);
  gtk_editable_set_text (GTK_EDITABLE (priv->location), "");
  adw_status_page_set_icon_name (priv->empty, icon_name);
  adw_status_page_set_title (priv->empty, title);
  adw_status_page_set_description (priv->empty, description);
  gtk_stack_set_visible_child_name (priv->stack, "empty");
  wb_file_pane_set_active (self, FALSE);
}

/**
 * wb_file_pane_set_active:
 *
 * Whether there is a folder to work with.
 */
void
wb_file_pane_set_active (WbFilePane *self, gboolean active)
{
  static const char *const actions[] = { "pane.up", "pane.reload", "pane.new-folder",
                                         "pane.show-hidden" };
  WbFilePanePrivate *priv = PRIVATE (self);

  priv->active = active;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], active);
  gtk_widget_set_sensitive (GTK_WIDGET (priv->location), active);
  gtk_widget_set_visible (priv->footer, active);
  update_count (self);
}

/**
 * wb_file_pane_set_busy:
 *
 * Shows that something is on its way.
 */
void
wb_file_pane_set_busy (WbFilePane *self, gboolean busy)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_widget_set_visible (GTK_WIDGET (priv->spinner), busy);
  gtk_spinner_set_spinning (priv->spinner, busy);
}

/**
 * wb_file_pane_set_send:
 *
 * Names the button that sends the selected rows to the other pane.
 */
void
wb_file_pane_set_send (WbFilePane *self, const char *icon_name, const char *label)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  GtkWidget *content = adw_button_content_new ();

  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), icon_name);
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), label);
  adw_button_content_set_use_underline (ADW_BUTTON_CONTENT (content), TRUE);
  gtk_button_set_child (priv->send, content);
}

static void
show_problem (WbFilePane *self, const char *text)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_label_set_label (priv->problem_label, text);
  gtk_widget_set_visible (GTK_WIDGET (priv->problem_reload), FALSE);
  gtk_revealer_set_reveal_child (priv->problem, TRUE);
}

/**
 * wb_file_pane_fail:
 *
 * Shows an error above the list, until it is dismissed or the next folder is shown.
 * A cancel is no error.
 */
void
wb_file_pane_fail (WbFilePane *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

/**
 * wb_file_pane_offer_reload:
 * @label: what listing the folder again amounts to, with a mnemonic
 *
 * Puts a button for that beside the error that is shown.
 */
void
wb_file_pane_offer_reload (WbFilePane *self, const char *label)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_button_set_label (priv->problem_reload, label);
  gtk_widget_set_visible (GTK_WIDGET (priv->problem_reload), TRUE);
}

/**
 * wb_file_pane_has_name:
 *
 * Returns: whether the folder has an entry of that name, shown or not
 */
gboolean
wb_file_pane_has_name (WbFilePane *self, const char *name)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (priv->rows));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFileItem) item = g_list_model_get_item (G_LIST_MODEL (priv->rows), i);

      if (g_str_equal (wb_file_item_get_name (item), name))
        return TRUE;
    }
  return FALSE;
}

/* ── What the person does ── */

static void
location_activate_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  WB_FILE_PANE_GET_CLASS (self)->open_location (
      self, gtk_editable_get_text (GTK_EDITABLE (priv->location)));
}

static void
dismiss_cb (WbFilePane *self)
{
  gtk_revealer_set_reveal_child (PRIVATE (self)->problem, FALSE);
}

static void
filter_changed_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  const char *text = gtk_editable_get_text (priv->filter);

  g_clear_pointer (&priv->needle, g_free);
  if (*text != '\0')
    priv->needle = g_utf8_casefold (text, -1);
  gtk_filter_changed (GTK_FILTER (priv->row_filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_count (self);
}

static void
row_activate_cb (WbFilePane *self, guint position)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autoptr (WbFileItem) item = g_list_model_get_item (G_LIST_MODEL (priv->selection), position);

  if (item == NULL)
    return;
  if (wb_file_item_is_folder (item) || wb_file_item_get_entry_type (item) == WB_FTP_ENTRY_LINK)
    WB_FILE_PANE_GET_CLASS (self)->open_folder (self, item);
  else
    {
      g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

      g_ptr_array_add (items, g_steal_pointer (&item));
      g_signal_emit (self, signals[SEND], 0, items);
    }
}

static void
up_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WB_FILE_PANE_GET_CLASS (widget)->open_parent (WB_FILE_PANE (widget));
}

static void
reload_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WB_FILE_PANE_GET_CLASS (widget)->reload (WB_FILE_PANE (widget));
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = wb_file_pane_dup_selected (WB_FILE_PANE (widget));

  if (items->len > 0)
    g_signal_emit (widget, signals[SEND], 0, items);
}

static void
new_folder_named_cb (const char *text, gpointer user_data)
{
  WB_FILE_PANE_GET_CLASS (user_data)->make_folder (user_data, text);
}

static void
new_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_ask_text (widget, _ ("New Folder"), _ ("Name"), "", _ ("_Create"), new_folder_named_cb,
               g_object_ref (widget), g_object_unref);
}

typedef struct
{
  WbFilePane *pane;
  GPtrArray *items;
} Question;

static Question *
question_new (GtkWidget *pane)
{
  Question *question = g_new0 (Question, 1);

  question->pane = g_object_ref (WB_FILE_PANE (pane));
  question->items = wb_file_pane_dup_selected (question->pane);
  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->pane);
  g_ptr_array_unref (question->items);
  g_free (question);
}

static void
renamed_cb (const char *text, gpointer user_data)
{
  Question *question = user_data;
  WbFileItem *item = g_ptr_array_index (question->items, 0);

  if (!g_str_equal (text, wb_file_item_get_name (item)))
    WB_FILE_PANE_GET_CLASS (question->pane)->rename_item (question->pane, item, text);
}

static void
rename_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  Question *question = question_new (widget);

  if (question->items->len != 1)
    {
      question_free (question);
      return;
    }
  wb_ask_text (widget, _ ("Rename"), _ ("Name"),
               wb_file_item_get_name (g_ptr_array_index (question->items, 0)), _ ("_Rename"),
               renamed_cb, question, (GDestroyNotify) question_free);
}

static void
delete_answered_cb (const char *response, gpointer user_data)
{
  Question *question = user_data;

  if (g_str_equal (response, "delete"))
    WB_FILE_PANE_GET_CLASS (question->pane)->delete_items (question->pane, question->items);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  Question *question = question_new (widget);
  g_autofree char *heading = NULL;

  if (question->items->len == 0)
    {
      question_free (question);
      return;
    }
  if (question->items->len == 1)
    heading = g_strdup_printf (
        /* Translators: %s is the name of a file or folder. */
        _ ("Delete “%s”?"), wb_file_item_get_name (g_ptr_array_index (question->items, 0)));
  else
    heading = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "Delete %u item?", "Delete %u items?", question->items->len),
        question->items->len);
  wb_ask (widget, heading,
          _ ("What is deleted here cannot be brought back. A folder must be empty."), "delete",
          _ ("_Delete"), TRUE, delete_answered_cb, question, (GDestroyNotify) question_free);
}

/* ── Drops ── */

static gboolean
drop_cb (const GValue *value, const GError *error, gpointer user_data)
{
  WbFilePane *self = user_data;

  if (!PRIVATE (self)->active)
    return FALSE;

  if (value == NULL)
    {
      g_autofree char *text = wb_drop_error_explain (error);

      show_problem (self, text);
      return FALSE;
    }
  if (G_VALUE_HOLDS (value, WB_TYPE_FILE_DRAG))
    {
      WbFileDrag *drag = g_value_get_object (value);

      if (wb_file_drag_get_pane (drag) == GTK_WIDGET (self))
        return FALSE;
      g_signal_emit (self, signals[DROP_ITEMS], 0, drag);
      return TRUE;
    }
  g_signal_emit (self, signals[DROP_FILES], 0, g_value_get_boxed (value));
  return TRUE;
}

static void
add_drop_target (WbFilePane *self)
{
  GType types[] = { WB_TYPE_FILE_DRAG, GDK_TYPE_FILE_LIST };

  gtk_widget_add_controller (GTK_WIDGET (PRIVATE (self)->stack),
                             wb_drop_target_new (types, G_N_ELEMENTS (types), drop_cb, self));
}

/* ── The object ── */

static void
wb_file_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbFilePanePrivate *priv = PRIVATE (WB_FILE_PANE (object));

  switch (id)
    {
    case PROP_SHOW_HIDDEN:
      g_value_set_boolean (value, priv->show_hidden);
      break;
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_label (GTK_LABEL (priv->title)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_file_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WbFilePane *self = WB_FILE_PANE (object);
  WbFilePanePrivate *priv = PRIVATE (self);

  switch (id)
    {
    case PROP_SHOW_HIDDEN:
      priv->show_hidden = g_value_get_boolean (value);
      gtk_filter_changed (GTK_FILTER (priv->row_filter), GTK_FILTER_CHANGE_DIFFERENT);
      update_count (self);
      break;
    case PROP_TITLE:
      gtk_label_set_label (GTK_LABEL (priv->title), g_value_get_string (value));
      gtk_accessible_update_property (GTK_ACCESSIBLE (priv->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_file_pane_dispose (GObject *object)
{
  WbFilePane *self = WB_FILE_PANE (object);
  WbFilePanePrivate *priv = PRIVATE (self);
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&priv->rows);
  g_clear_object (&priv->row_filter);
  g_clear_object (&priv->selection);
  g_clear_pointer (&priv->needle, g_free);
  g_clear_pointer (&priv->shown, g_free);

  G_OBJECT_CLASS (wb_file_pane_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-file-pane.ui");
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, title);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, toolbar);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, location);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, spinner);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, problem);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, problem_label);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, problem_reload);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, stack);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, empty);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, view);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, filter);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, count);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, send);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, footer);
  gtk_widget_class_bind_template_callback (widget_class, location_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, dismiss_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "pane.up", NULL, up_action);
  gtk_widget_class_install_action (widget_class, "pane.reload", NULL, reload_action);
  gtk_widget_class_install_action (widget_class, "pane.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "pane.new-folder", NULL, new_folder_action);
  gtk_widget_class_install_action (widget_class, "pane.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "pane.delete", NULL, delete_action);
  gtk_widget_class_install_property_action (widget_class, "pane.show-hidden", "show-hidden");

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "pane.up", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "pane.reload", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "pane.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_h, GDK_CONTROL_MASK,
                                       "pane.show-hidden", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "pane.new-folder", NULL);
}

static void
wb_file_pane_class_init (WbFilePaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = wb_file_pane_dispose;
  object_class->get_property = wb_file_pane_get_property;
  object_class->set_property = wb_file_pane_set_property;

  properties[PROP_SHOW_HIDDEN] = g_param_spec_boolean ("show-hidden", NULL, NULL, FALSE,
                                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] =
      g_param_spec_string ("title", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SEND] = g_signal_new ("send", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_PTR_ARRAY);
  signals[DROP_ITEMS] = g_signal_new ("drop-items", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, WB_TYPE_FILE_DRAG);
  signals[DROP_FILES] = g_signal_new ("drop-files", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, GDK_TYPE_FILE_LIST);

  signals[LOCATION_CHANGED] = g_signal_new ("location-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
  install_actions (widget_class);
}

/* Delete is the list's key alone: in the entries it deletes text. */
static void
add_list_shortcuts (WbFilePane *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcut *delete = gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Delete, 0),
                                          gtk_named_action_new ("pane.delete"));
  GtkShortcut *up = gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_BackSpace, 0),
                                      gtk_named_action_new ("pane.up"));

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), delete);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), up);
  gtk_widget_add_controller (GTK_WIDGET (PRIVATE (self)->view), controller);
}

static void
wb_file_pane_init (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  GtkFilterListModel *filtered = NULL;
  GtkSortListModel *sorted = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  wb_file_columns_add (priv->view, self);
  priv->rows = g_list_store_new (WB_TYPE_FILE_ITEM);
  priv->row_filter = gtk_custom_filter_new (row_is_shown, self, NULL);
  filtered = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (priv->rows)),
                                        GTK_FILTER (g_object_ref (priv->row_filter)));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered),
                                    g_object_ref (gtk_column_view_get_sorter (priv->view)));
  gtk_sort_list_model_set_incremental (sorted, TRUE);
  priv->selection = gtk_multi_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (priv->view, GTK_SELECTION_MODEL (priv->selection));
  g_signal_connect_object (priv->selection, "selection-changed", G_CALLBACK (update_count), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->selection, "items-changed", G_CALLBACK (update_count), self,
                           G_CONNECT_SWAPPED);

  add_drop_target (self);
  add_list_shortcuts (self);
  wb_file_pane_set_active (self, FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-pane-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "wb-file-columns.h"
#include "wb-file-drop-target.h"

#define PRIVATE(self) wb_file_pane_get_private (self)

/* What is told stands for so long, in ms. */
#define TOLD_TIME 5000

enum
{
  PROP_0,
  PROP_SHOW_HIDDEN,
  PROP_SORT,
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

WbFilePanePrivate *
wb_file_pane_get_private (WbFilePane *self)
{
  return wb_file_pane_get_instance_private (self);
}

/* ── Rows ── */

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
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.copy", n_selected > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.delete", n_selected > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.properties", n_selected > 0);
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

  wb_file_model_set_items (priv->rows, items, again);
  if (!again)
    {
      gtk_editable_set_text (priv->filter, "");
      g_free (priv->shown);
      priv->shown = g_strdup (location);
      gtk_editable_set_text (GTK_EDITABLE (priv->location), location);
    }
  if (!again || (gtk_widget_get_visible (GTK_WIDGET (priv->problem_reload)) && !priv->retries))
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
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  wb_file_model_set_items (priv->rows, none, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (priv->location), "");
  g_free (priv->icon_name);
  priv->icon_name = g_strdup (icon_name);
  adw_status_page_set_icon_name (priv->empty, priv->low ? NULL : icon_name);
  adw_status_page_set_title (priv->empty, title);
  adw_status_page_set_description (priv->empty, description);
  gtk_stack_set_visible_child_name (priv->stack, "empty");
  wb_file_pane_set_active (self, FALSE);
}

/**
 * wb_file_pane_set_space:
 * @bytes: how much fits into the folder that is shown; -1 where nobody knows
 */
void
wb_file_pane_set_space (WbFilePane *self, gint64 bytes)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autofree char *size = g_format_size ((guint64) MAX (bytes, 0));
  /* Translators: %s is a size such as "3.2 GB": so much fits into this folder. */
  g_autofree char *text = g_strdup_printf (_ ("%s free"), size);

  gtk_label_set_label (priv->space, text);
  gtk_widget_set_visible (GTK_WIDGET (priv->space), bytes >= 0);
  /* Two lines are no higher than the buttons beside them. */
  if (bytes >= 0)
    gtk_widget_add_css_class (GTK_WIDGET (priv->count), "caption");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (priv->count), "caption");
}

/**
 * wb_file_pane_set_low:
 * @low: whether there is little height for it, as where one pane stands above the other
 *
 * Leaves out the icon and the space around what stands in place of the list, which would push its
 * words out of sight.
 */
void
wb_file_pane_set_low (WbFilePane *self, gboolean low)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  priv->low = low;
  adw_status_page_set_icon_name (priv->empty, low ? NULL : priv->icon_name);
  if (low)
    gtk_widget_add_css_class (GTK_WIDGET (priv->empty), "low");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (priv->empty), "low");
}

/**
 * wb_file_pane_set_active:
 *
 * Whether there is a folder to work with.
 */
void
wb_file_pane_set_active (WbFilePane *self, gboolean active)
{
  static const char *const actions[] = { "pane.up",          "pane.reload", "pane.new-folder",
                                         "pane.show-hidden", "pane.search", "pane.new-link" };
  WbFilePanePrivate *priv = PRIVATE (self);

  priv->active = active;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], active);
  gtk_widget_set_sensitive (GTK_WIDGET (priv->location), active);
  gtk_widget_set_visible (priv->footer, active);
  update_count (self);
}

/**
 * wb_file_pane_is_active:
 *
 * Returns: whether there is a folder to work with, and a window
 */
gboolean
wb_file_pane_is_active (WbFilePane *self)
{
  return PRIVATE (self)->active && PRIVATE (self)->selection != NULL;
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
  priv->retries = FALSE;
}

/**
 * wb_file_pane_fail_to_list:
 * @label: what trying again amounts to, with a mnemonic
 *
 * Shows why a folder could not be listed, with a button to try again.
 */
void
wb_file_pane_fail_to_list (WbFilePane *self, const GError *error, const char *label)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  wb_file_pane_fail (self, error);
  if (!priv->active)
    return;
  wb_file_pane_offer_reload (self, label);
  priv->retries = TRUE;
}

/**
 * wb_file_pane_offers_retry:
 *
 * Returns: whether an error stands above the list with a button to try again, which the person has
 *   neither taken nor dismissed
 */
gboolean
wb_file_pane_offers_retry (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  return priv->retries && gtk_widget_get_visible (GTK_WIDGET (priv->problem_reload)) &&
         gtk_revealer_get_reveal_child (priv->problem);
}

/**
 * wb_file_pane_has_name:
 *
 * Returns: whether the folder has an entry of that name, shown or not
 */
gboolean
wb_file_pane_has_name (WbFilePane *self, const char *name)
{
  return wb_file_model_has_name (PRIVATE (self)->rows, name);
}

void
wb_file_pane_scroll_to (WbFilePane *self, guint position)
{
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (PRIVATE (self)->view));

  gtk_widget_activate_action (list, "list.scroll-to-item", "u", position);
}

/**
 * wb_file_pane_reveal:
 * @folder: where it is, as the server's bytes or a path of this computer
 * @item: a row of that folder, or of one like it
 *
 * Goes there and selects it.
 */
void
wb_file_pane_reveal (WbFilePane *self, const char *folder, WbFileItem *item)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_editable_set_text (priv->filter, "");
  if (wb_file_item_is_hidden (item) && !priv->show_hidden)
    g_object_set (self, "show-hidden", TRUE, NULL);
  g_set_object (&priv->reveal, item);
  WB_FILE_PANE_GET_CLASS (self)->go_to (self, folder);
}

/**
 * wb_file_pane_focus_list:
 *
 * Gives the list the keys, also one without rows.
 */
void
wb_file_pane_focus_list (WbFilePane *self)
{
  if (!gtk_widget_grab_focus (GTK_WIDGET (PRIVATE (self)->view)))
    gtk_widget_grab_focus (PRIVATE (self)->list);
}

/* ── Work that takes long ── */

static void
cancel_work_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  if (priv->work != NULL)
    g_cancellable_cancel (priv->work);
}

static void
work_now_cb (WbFilePane *self)
{
  WB_FILE_PANE_GET_CLASS (self)->work_now (self);
}

/**
 * wb_file_pane_begin_work:
 * @text: what is being done
 * @cancellable: what the Cancel beside it cancels
 *
 * Shows that something takes long, above the list, until wb_file_pane_end_work().
 */
void
wb_file_pane_begin_work (WbFilePane *self, const char *text, GCancellable *cancellable)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  g_set_object (&priv->work, cancellable);
  gtk_label_set_label (priv->work_label, text);
  gtk_widget_set_visible (priv->work_now, FALSE);
  gtk_revealer_set_reveal_child (priv->work_bar, TRUE);
}

/**
 * wb_file_pane_offer_now:
 *
 * Puts a button beside what is shown by wb_file_pane_begin_work(), which need not wait.
 */
void
wb_file_pane_offer_now (WbFilePane *self)
{
  gtk_widget_set_visible (PRIVATE (self)->work_now, TRUE);
}

/**
 * wb_file_pane_set_work:
 * @text: how far it is
 */
void
wb_file_pane_set_work (WbFilePane *self, const char *text)
{
  gtk_label_set_label (PRIVATE (self)->work_label, text);
}

/**
 * wb_file_pane_end_work:
 */
void
wb_file_pane_end_work (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  g_clear_object (&priv->work);
  if (priv->work_bar != NULL)
    gtk_revealer_set_reveal_child (priv->work_bar, FALSE);
}

/**
 * wb_file_pane_toast:
 * @toast: (transfer full): one with a button, such as Undo
 *
 * Shows @toast over the list, where it hides no button.
 */
void
wb_file_pane_toast (WbFilePane *self, AdwToast *toast)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  if (priv->selection != NULL)
    adw_toast_overlay_add_toast (priv->toasts, toast);
  else
    g_object_unref (toast);
}

/**
 * wb_file_pane_offer_undo_move:
 * @name: of the first that was moved, in UTF-8
 * @count: how many were
 * @folder: the folder's name, in UTF-8
 * @undo: called as a handler of #AdwToast::button-clicked
 *
 * Tells of it, with a button that undoes it.
 */
void
wb_file_pane_offer_undo_move (WbFilePane *self,
                              const char *name,
                              guint count,
                              const char *folder,
                              GCallback undo,
                              gpointer user_data,
                              GClosureNotify free_func)
{
  g_autofree char *text = NULL;
  g_autofree char *escaped = NULL;
  AdwToast *toast = NULL;

  if (count == 1)
    /* Translators: the first %s is the name of a file or folder, the second that of a folder. */
    text = g_strdup_printf (_ ("“%s” moved to “%s”"), name, folder);
  else
    text = g_strdup_printf (
        /* Translators: %s is the name of a folder. */
        g_dngettext (GETTEXT_PACKAGE, "%u item moved to “%s”", "%u items moved to “%s”", count),
        count, folder);
  escaped = g_markup_escape_text (text, -1);
  toast = adw_toast_new (escaped);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", undo, user_data, free_func, 0);
  wb_file_pane_toast (self, toast);
}

static void
told_gone_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  g_clear_handle_id (&priv->told_id, g_source_remove);
  g_clear_object (&priv->told);
}

static gboolean
told_over_cb (gpointer user_data)
{
  WbFilePanePrivate *priv = PRIVATE (user_data);
  g_autoptr (AdwToast) told = g_object_ref (priv->told);

  priv->told_id = 0;
  adw_toast_dismiss (told);
  return G_SOURCE_REMOVE;
}

/**
 * wb_file_pane_tell:
 * @text: a short sentence; no markup
 *
 * Shows @text over the list for a moment, in place of what was told before: nobody waits for old
 * news.
 */
void
wb_file_pane_tell (WbFilePane *self, const char *text)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  if (priv->selection == NULL)
    return;
  /* The same toast with other words: libadwaita does not get along with one that goes while it is
   * still coming. */
  if (priv->told != NULL)
    adw_toast_set_title (priv->told, escaped);
  else
    {
      priv->told = adw_toast_new (escaped);
      adw_toast_set_timeout (priv->told, 0);
      adw_toast_set_priority (priv->told, ADW_TOAST_PRIORITY_HIGH);
      g_signal_connect_object (priv->told, "dismissed", G_CALLBACK (told_gone_cb), self,
                               G_CONNECT_SWAPPED);
      wb_file_pane_toast (self, g_object_ref (priv->told));
    }
  g_clear_handle_id (&priv->told_id, g_source_remove);
  priv->told_id = g_timeout_add (TOLD_TIME, told_over_cb, self);
}

/* ── Sorting ── */

/* Rows that come in another order stay selected. */
static void
replacing_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autoptr (GtkBitset) selected =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (priv->selection));

  if (!gtk_bitset_is_empty (selected))
    wb_file_model_follow (priv->rows, selected);
}

static void
reveal (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (priv->rows));

  for (guint i = 0; i < n && priv->reveal != NULL; i++)
    {
      g_autoptr (WbFileItem) item = g_list_model_get_item (G_LIST_MODEL (priv->rows), i);

      if (!g_str_equal (wb_file_item_get_name (item), wb_file_item_get_name (priv->reveal)))
        continue;
      g_clear_object (&priv->reveal);
      gtk_selection_model_select_item (GTK_SELECTION_MODEL (priv->selection), i, TRUE);
      wb_file_pane_scroll_to (self, i);
      /* The row that had the keys may be gone. */
      wb_file_pane_focus_list (self);
    }
}

static gboolean
reveal_cb (gpointer user_data)
{
  if (PRIVATE (user_data)->selection != NULL)
    reveal (user_data);
  return G_SOURCE_REMOVE;
}

/* A few rows come one by one, without the others being replaced. */
static void
rows_changed_cb (WbFilePane *self)
{
  update_count (self);
  if (PRIVATE (self)->reveal != NULL)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, reveal_cb, g_object_ref (self), g_object_unref);
}

static void
replaced_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (priv->rows));
  g_autoptr (GtkBitset) selected = wb_file_model_steal_followed (priv->rows);
  g_autoptr (GtkBitset) all = gtk_bitset_new_range (0, n);
  gboolean reveals = priv->reveal != NULL;

  reveal (self);
  if (selected != NULL && (!reveals || priv->reveal != NULL))
    gtk_selection_model_set_selection (GTK_SELECTION_MODEL (priv->selection), selected, all);
}

static const char *const order_names[] = { "name", "size", "modified", "mode", "owner" };

static void
sorter_changed_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  WbFileOrder order = WB_FILE_ORDER_NAME;
  gboolean descending = FALSE;

  /* It is told of also while the columns go with the window. */
  if (priv->rows == NULL || !GTK_IS_COLUMN_VIEW (priv->view) ||
      !wb_file_columns_get_order (priv->view, &order, &descending))
    return;
  g_free (priv->sort);
  priv->sort = g_strconcat (descending ? "-" : "", order_names[order], NULL);
  wb_file_model_set_order (priv->rows, order, descending);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SORT]);
}

static void
sort_by (WbFilePane *self, const char *sort)
{
  gboolean descending = *sort == '-';

  if (g_strcmp0 (sort, PRIVATE (self)->sort) == 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (order_names); i++)
    if (g_str_equal (sort + (descending ? 1 : 0), order_names[i]))
      wb_file_columns_set_order (PRIVATE (self)->view, (WbFileOrder) i, descending);
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
    case PROP_SORT:
      g_value_set_string (value, priv->sort);
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
      wb_file_model_set_show_hidden (priv->rows, priv->show_hidden);
      break;
    case PROP_SORT:
      sort_by (self, g_value_get_string (value));
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

  if (priv->context != NULL)
    gtk_widget_unparent (GTK_WIDGET (priv->context));
  priv->context = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  priv->work_bar = NULL;
  cancel_work_cb (self);
  g_clear_object (&priv->work);
  g_clear_object (&priv->drop_row);
  g_clear_object (&priv->reveal);
  g_clear_handle_id (&priv->told_id, g_source_remove);
  g_clear_object (&priv->told);
  g_clear_object (&priv->rows);
  g_clear_object (&priv->selection);
  g_clear_pointer (&priv->sort, g_free);
  g_clear_pointer (&priv->icon_name, g_free);
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
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, toasts);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, stack);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, list);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, menu);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, work_bar);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, work_label);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, work_now);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, empty);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, view);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, filter);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, count);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, space);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, send);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, footer);
  gtk_widget_class_bind_template_callback (widget_class, cancel_work_cb);
  gtk_widget_class_bind_template_callback (widget_class, work_now_cb);
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
  properties[PROP_SORT] =
      g_param_spec_string ("sort", NULL, NULL, "name", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] =
      g_param_spec_string ("title", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SEND] = g_signal_new ("send", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_PTR_ARRAY);
  signals[DROP_ITEMS] = g_signal_new ("drop-items", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 2, WB_TYPE_FILE_DRAG, WB_TYPE_FILE_ITEM);
  signals[DROP_FILES] = g_signal_new ("drop-files", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 2, GDK_TYPE_FILE_LIST, WB_TYPE_FILE_ITEM);
  signals[LOCATION_CHANGED] = g_signal_new ("location-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
  wb_file_pane_class_add_actions (widget_class);
}

static void
wb_file_pane_init (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_widget_init_template (GTK_WIDGET (self));

  wb_file_columns_add (priv->view);
  priv->rows = wb_file_model_new ();
  priv->selection = gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (priv->rows)));
  g_signal_connect_object (priv->rows, "replacing", G_CALLBACK (replacing_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->rows, "replaced", G_CALLBACK (replaced_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_column_view_set_model (priv->view, GTK_SELECTION_MODEL (priv->selection));
  g_signal_connect_object (priv->selection, "selection-changed", G_CALLBACK (update_count), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->selection, "items-changed", G_CALLBACK (rows_changed_cb), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (gtk_column_view_get_sorter (priv->view), "changed",
                           G_CALLBACK (sorter_changed_cb), self, G_CONNECT_SWAPPED);
  sorter_changed_cb (self);

  wb_file_drop_add_target (self, GTK_WIDGET (priv->stack));
  wb_file_pane_add_controls (self);
  wb_file_pane_set_active (self, FALSE);
}

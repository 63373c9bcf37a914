/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-list.h"

#include <glib/gi18n-lib.h>

struct _WbMailList
{
  GtkWidget parent_instance;

  GtkWidget *scrolled;
  GtkListView *view;
  GtkMultiSelection *selection;

  /* What was told of last */
  WbMailItem *only;
  guint64 count;
};

/* The widgets of one row, bound to one item after the other. */
typedef struct
{
  GtkLabel *who;
  GtkLabel *when;
  GtkLabel *subject;
  GtkLabel *note;
  GtkWidget *dot;
  GtkWidget *clip;
  WbMailItem *mail; /* while bound */
} Row;

enum
{
  SELECTED,
  ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbMailList, wb_mail_list, GTK_TYPE_WIDGET)

static void
show_state (WbMailItem *mail, GParamSpec *pspec, gpointer user_data)
{
  Row *row = user_data;
  gboolean unread = wb_mail_item_get_unread (mail);
  const char *note = wb_mail_item_get_note (mail);

  /* A hidden dot would move the names about. */
  gtk_widget_set_opacity (row->dot, unread ? 1 : 0);
  if (unread)
    gtk_widget_add_css_class (GTK_WIDGET (row->who), "heading");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row->who), "heading");
  gtk_label_set_text (row->note, note ? note : "");
  /* Whole: the row has place for its beginning. */
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->note), note);
  gtk_widget_set_visible (GTK_WIDGET (row->note), note != NULL);
}

static GtkLabel *
create_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  return GTK_LABEL (label);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *first = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *second = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  row->who = create_label (NULL);
  gtk_widget_set_hexpand (GTK_WIDGET (row->who), TRUE);
  row->when = create_label ("caption");
  gtk_widget_add_css_class (GTK_WIDGET (row->when), "dim-label");
  row->subject = create_label (NULL);
  gtk_widget_set_hexpand (GTK_WIDGET (row->subject), TRUE);
  row->note = create_label ("caption");
  gtk_widget_add_css_class (GTK_WIDGET (row->note), "warning");
  row->dot = gtk_image_new_from_icon_name ("media-record-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (row->dot), 8);
  gtk_widget_add_css_class (row->dot, "accent");
  row->clip = gtk_image_new_from_icon_name ("mail-attachment-symbolic");
  gtk_widget_add_css_class (row->clip, "dim-label");
  gtk_widget_set_tooltip_text (row->clip, _ ("Has attachments"));

  gtk_box_append (GTK_BOX (first), row->dot);
  gtk_box_append (GTK_BOX (first), GTK_WIDGET (row->who));
  gtk_box_append (GTK_BOX (first), GTK_WIDGET (row->when));
  gtk_box_append (GTK_BOX (second), GTK_WIDGET (row->subject));
  gtk_box_append (GTK_BOX (second), row->clip);
  gtk_widget_set_margin_start (second, 14);
  gtk_widget_set_margin_start (GTK_WIDGET (row->note), 14);
  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->note));
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_margin_end (box, 8);
  gtk_list_item_set_child (item, box);
  g_object_set_data_full (G_OBJECT (item), "row", row, g_free);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  Row *row = g_object_get_data (G_OBJECT (item), "row");
  g_autofree char *when = NULL;
  g_autofree char *size = NULL;
  g_autofree char *label = NULL;

  row->mail = gtk_list_item_get_item (item);
  when = wb_mail_item_dup_when (row->mail);
  size = g_format_size (wb_mail_item_get_size (row->mail));
  gtk_label_set_text (row->who, wb_mail_item_get_who (row->mail));
  gtk_label_set_text (row->when, when);
  gtk_label_set_text (row->subject, wb_mail_item_get_subject (row->mail));
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->when), size);
  gtk_widget_set_visible (row->clip, wb_mail_item_get_attachment (row->mail));
  /* Translators: of a row in a list of mails; %s are who, the subject and when */
  label = g_strdup_printf (_ ("%s: %s, %s"), wb_mail_item_get_who (row->mail),
                           wb_mail_item_get_subject (row->mail), when);
  /* The row's own name is new with GTK 4.12, which ignores that of a box. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (item), "accessible-label") != NULL)
    g_object_set (item, "accessible-label", label, NULL);
  else
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_list_item_get_child (item)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect (row->mail, "notify", G_CALLBACK (show_state), row);
  show_state (row->mail, NULL, row);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  Row *row = g_object_get_data (G_OBJECT (item), "row");

  if (row->mail)
    g_signal_handlers_disconnect_by_data (row->mail, row);
  row->mail = NULL;
}

/* Also where a mail that was selected has gone, of which the selection itself does not tell. */
static void
tell_selected (WbMailList *self)
{
  g_autoptr (GtkBitset) selected =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  guint64 count = gtk_bitset_get_size (selected);
  g_autoptr (WbMailItem) only = NULL;

  if (count == 1)
    only =
        g_list_model_get_item (G_LIST_MODEL (self->selection), gtk_bitset_get_minimum (selected));
  if (only == self->only && count == self->count)
    return;
  self->count = count;
  g_set_object (&self->only, only);
  g_signal_emit (self, signals[SELECTED], 0, self->only);
}

static void
activated_cb (GtkListView *view, guint position, gpointer user_data)
{
  WbMailList *self = user_data;
  g_autoptr (WbMailItem) mail = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (mail)
    g_signal_emit (self, signals[ACTIVATED], 0, mail);
}

static void
wb_mail_list_dispose (GObject *object)
{
  WbMailList *self = WB_MAIL_LIST (object);

  if (self->scrolled)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_clear_object (&self->only);
      g_clear_pointer (&self->scrolled, gtk_widget_unparent);
    }
  g_clear_object (&self->selection);

  G_OBJECT_CLASS (wb_mail_list_parent_class)->dispose (object);
}

static void
wb_mail_list_class_init (WbMailListClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_mail_list_dispose;
  signals[SELECTED] = g_signal_new ("selected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, WB_TYPE_MAIL_ITEM);
  signals[ACTIVATED] = g_signal_new ("activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, WB_TYPE_MAIL_ITEM);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
wb_mail_list_init (WbMailList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  self->selection = gtk_multi_selection_new (NULL);
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (tell_selected), self);
  g_signal_connect_data (self->selection, "items-changed", G_CALLBACK (tell_selected), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  self->view = GTK_LIST_VIEW (
      gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), factory));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Mails"), -1);
  gtk_list_view_set_show_separators (self->view, TRUE);
  g_signal_connect (self->view, "activate", G_CALLBACK (activated_cb), self);
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->view));
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}

/**
 * wb_mail_list_set_folder:
 * @self: the list
 * @folder: what to show; nothing is selected in it
 *
 * Main thread.
 */
void
wb_mail_list_set_folder (WbMailList *self, WbMailFolder *folder)
{
  g_return_if_fail (WB_IS_MAIL_LIST (self));

  gtk_multi_selection_set_model (self->selection, wb_mail_folder_get_items (folder));
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  tell_selected (self);
}

/**
 * wb_mail_list_get_selected:
 * @self: the list
 *
 * Returns: (transfer none) (nullable): the mail that is selected; %NULL for several
 */
WbMailItem *
wb_mail_list_get_selected (WbMailList *self)
{
  g_return_val_if_fail (WB_IS_MAIL_LIST (self), NULL);

  return self->only;
}

/**
 * wb_mail_list_dup_selected:
 * @self: the list
 *
 * Returns: (transfer full) (element-type WbMailItem): the mails that are selected, maybe none, in
 * the order of the list
 */
GPtrArray *
wb_mail_list_dup_selected (WbMailList *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) selected = NULL;
  GtkBitsetIter iter;
  guint position = 0;

  g_return_val_if_fail (WB_IS_MAIL_LIST (self), items);

  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      WbMailItem *item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

      /* While mails go, others may hear of it before the selection does. */
      if (item)
        g_ptr_array_add (items, item);
    }
  return items;
}

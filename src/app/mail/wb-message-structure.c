/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-message-structure.h"

#include "wb-mime-part.h"
#include "wb-text-codec.h"
#include "wb-verbatim.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What a person can look through; the whole part is saved, not shown. */
#define SHOWN_TEXT_MAX (256 * 1024)
#define SHOWN_BYTES_MAX (16 * 1024)
#define SHOWN_PICTURE_MAX (16 * 1024 * 1024)

struct _WbMessageStructure
{
  GtkWidget parent_instance;

  GtkWidget *paned;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkLabel *facts;
  GtkWidget *save;
  GtkStack *stack; /* text, picture */
  GtkTextView *text;
  GtkPicture *picture;
  gboolean savable;
};

enum
{
  SAVE_WANTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbMessageStructure, wb_message_structure, GTK_TYPE_WIDGET)

static WbMimePart *
dup_selected (WbMessageStructure *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);

  return row ? gtk_tree_list_row_get_item (row) : NULL;
}

static void
save_clicked_cb (GtkButton *button, gpointer user_data)
{
  WbMessageStructure *self = user_data;
  g_autoptr (WbMimePart) selected = dup_selected (self);

  if (selected)
    g_signal_emit (self, signals[SAVE_WANTED], 0, wb_mime_part_get_part (selected)->number);
}

static void
show_text (WbMessageStructure *self, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
  gtk_stack_set_visible_child_name (self->stack, "text");
}

static void
show_leaf (WbMessageStructure *self, WbMimePart *selected)
{
  const WbMessagePart *part = wb_mime_part_get_part (selected);
  g_autoptr (GBytes) bytes =
      wb_message_get_part_content (wb_mime_part_get_message (selected), part->number);
  gsize size = 0;
  const void *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;
  g_autofree char *text = NULL;

  if (bytes && g_str_has_prefix (part->type, "image/") && size <= SHOWN_PICTURE_MAX)
    {
      g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (bytes, NULL);

      if (texture)
        {
          gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
          gtk_stack_set_visible_child_name (self->stack, "picture");
          return;
        }
    }
  if (g_str_has_prefix (part->type, "text/"))
    text = wb_text_decode_lossy (
        data ? data : "", MIN (size, SHOWN_TEXT_MAX),
        part->charset && wb_text_charset_exists (part->charset) ? part->charset : "UTF-8");
  else
    text = wb_text_dump_hex (data ? data : "", size, SHOWN_BYTES_MAX);
  show_text (self, text);
}

static void
selected_cb (GtkSingleSelection *selection, GParamSpec *pspec, gpointer user_data)
{
  WbMessageStructure *self = user_data;
  g_autoptr (WbMimePart) selected = dup_selected (self);
  const WbMessagePart *part = selected ? wb_mime_part_get_part (selected) : NULL;
  gboolean leaf = part && (!part->parts || part->parts->len == 0);
  g_autofree char *facts = NULL;

  gtk_widget_set_visible (self->save, self->savable && leaf);
  if (!part)
    {
      gtk_label_set_text (self->facts, "");
      show_text (self, "");
      return;
    }
  if (leaf)
    {
      facts = g_strdup_printf ("%s  %s\nSHA-256 %s", part->number, part->type,
                               part->sha256 ? part->sha256 : "");
      show_leaf (self, selected);
    }
  else
    {
      facts = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%s holds %u part", "%s holds %u parts", part->parts->len),
          part->type, part->parts->len);
      show_text (self, "");
    }
  gtk_label_set_text (self->facts, facts);
}

static void
setup_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *type = gtk_label_new (NULL);
  GtkWidget *facts = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (type), 0);
  gtk_label_set_xalign (GTK_LABEL (facts), 0);
  gtk_label_set_ellipsize (GTK_LABEL (facts), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (facts, TRUE);
  gtk_widget_add_css_class (facts, "dim-label");
  gtk_box_append (GTK_BOX (box), type);
  gtk_box_append (GTK_BOX (box), facts);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
}

static void
bind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  GtkWidget *type = gtk_widget_get_first_child (gtk_tree_expander_get_child (expander));
  g_autoptr (WbMimePart) part = gtk_tree_list_row_get_item (row);
  g_autofree char *facts = wb_mime_part_describe (part);
  const char *name = wb_mime_part_get_part (part)->type;

  gtk_tree_expander_set_list_row (expander, row);
  gtk_label_set_text (GTK_LABEL (type), name);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (type)), facts);
}

static GListModel *
create_children_cb (gpointer item, gpointer user_data)
{
  return wb_mime_part_dup_children (item);
}

static void
wb_message_structure_dispose (GObject *object)
{
  WbMessageStructure *self = WB_MESSAGE_STRUCTURE (object);

  if (self->paned)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_clear_pointer (&self->paned, gtk_widget_unparent);
    }
  g_clear_object (&self->selection);

  G_OBJECT_CLASS (wb_message_structure_parent_class)->dispose (object);
}

static void
wb_message_structure_class_init (WbMessageStructureClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_message_structure_dispose;
  signals[SAVE_WANTED] = g_signal_new ("save-wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
create_list (WbMessageStructure *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_row_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row_cb), NULL);
  self->selection = gtk_single_selection_new (NULL);
  self->list = GTK_LIST_VIEW (
      gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "mail-tree");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Parts of the message"), -1);
  g_signal_connect (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 90);
  return scrolled;
}

static GtkWidget *
create_detail (WbMessageStructure *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *facts = gtk_label_new (NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *text = gtk_text_view_new ();
  GtkWidget *picture = gtk_picture_new ();
  GtkWidget *stack = gtk_stack_new ();

  self->facts = GTK_LABEL (facts);
  gtk_label_set_xalign (self->facts, 0);
  gtk_label_set_selectable (self->facts, TRUE);
  gtk_label_set_ellipsize (self->facts, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (facts, TRUE);
  gtk_widget_add_css_class (facts, "caption");
  gtk_widget_add_css_class (facts, "dim-label");
  self->save = gtk_button_new_with_label (_ ("Save part…"));
  gtk_widget_set_valign (self->save, GTK_ALIGN_CENTER);
  g_signal_connect (self->save, "clicked", G_CALLBACK (save_clicked_cb), self);
  gtk_box_append (GTK_BOX (bar), facts);
  gtk_box_append (GTK_BOX (bar), self->save);
  gtk_widget_set_margin_start (bar, 12);
  gtk_widget_set_margin_end (bar, 12);
  gtk_widget_set_margin_top (bar, 6);
  gtk_widget_set_margin_bottom (bar, 6);

  self->text = GTK_TEXT_VIEW (text);
  gtk_text_view_set_editable (self->text, FALSE);
  gtk_text_view_set_monospace (self->text, TRUE);
  gtk_text_view_set_wrap_mode (self->text, GTK_WRAP_WORD_CHAR);
  wb_verbatim_buffer (gtk_text_view_get_buffer (self->text));
  gtk_text_view_set_left_margin (self->text, 12);
  gtk_text_view_set_right_margin (self->text, 12);
  gtk_text_view_set_top_margin (self->text, 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Content of the part"), -1);
  /* All lines wrap. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 60);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), text);
  self->picture = GTK_PICTURE (picture);
  gtk_picture_set_can_shrink (self->picture, TRUE);
  gtk_picture_set_alternative_text (self->picture, _ ("The picture in this part"));
  self->stack = GTK_STACK (stack);
  gtk_stack_add_named (self->stack, scrolled, "text");
  gtk_stack_add_named (self->stack, picture, "picture");
  gtk_widget_set_vexpand (stack, TRUE);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), stack);
  return box;
}

static void
wb_message_structure_init (WbMessageStructure *self)
{
  self->savable = TRUE;
  self->paned = gtk_paned_new (GTK_ORIENTATION_VERTICAL);
  gtk_paned_set_start_child (GTK_PANED (self->paned), create_list (self));
  gtk_paned_set_end_child (GTK_PANED (self->paned), create_detail (self));
  gtk_paned_set_position (GTK_PANED (self->paned), 220);
  gtk_paned_set_shrink_start_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_resize_start_child (GTK_PANED (self->paned), FALSE);
  gtk_widget_set_parent (self->paned, GTK_WIDGET (self));
}

/**
 * wb_message_structure_new:
 *
 * Returns: (transfer floating): an empty view
 */
GtkWidget *
wb_message_structure_new (void)
{
  return g_object_new (WB_TYPE_MESSAGE_STRUCTURE, NULL);
}

/**
 * wb_message_structure_set_message:
 * @self: the view
 * @message: (nullable): what to show
 *
 * Main thread.
 */
void
wb_message_structure_set_message (WbMessageStructure *self, WbMessage *message)
{
  g_autoptr (GListStore) root = g_list_store_new (WB_TYPE_MIME_PART);
  g_autoptr (GtkTreeListModel) tree = NULL;
  guint selected = 0;

  g_return_if_fail (WB_IS_MESSAGE_STRUCTURE (self));

  /* The preview is replaced at each pause in the writing; the part looked at stays. */
  selected = gtk_single_selection_get_selected (self->selection);
  if (message)
    {
      g_autoptr (WbMimePart) part = wb_mime_part_new (message, wb_message_get_tree (message));

      g_list_store_append (root, part);
    }
  tree = gtk_tree_list_model_new (G_LIST_MODEL (g_object_ref (root)), FALSE, TRUE,
                                  create_children_cb, NULL, NULL);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (tree));
  if (selected != GTK_INVALID_LIST_POSITION &&
      selected < g_list_model_get_n_items (G_LIST_MODEL (tree)))
    gtk_single_selection_set_selected (self->selection, selected);
  selected_cb (self->selection, NULL, self);
}

/**
 * wb_message_structure_set_savable:
 * @self: the view
 * @savable: whether a part can be saved
 *
 * Main thread.
 */
void
wb_message_structure_set_savable (WbMessageStructure *self, gboolean savable)
{
  g_return_if_fail (WB_IS_MESSAGE_STRUCTURE (self));

  self->savable = savable;
  gtk_widget_set_visible (self->save, FALSE);
}

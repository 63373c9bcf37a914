/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer.h"

#include "wb-address.h"
#include "wb-composer-private.h"
#include "wb-dialogs.h"
#include "wb-verbatim.h"
#include "wb-wrap-box.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ATTACHMENT_ROWS 3

G_DEFINE_FINAL_TYPE (WbComposer, wb_composer, ADW_TYPE_WINDOW)

/**
 * wb_composer_get_account:
 * @self: the window
 *
 * Returns: (transfer none): who sends
 */
WbAccount *
wb_composer_get_account (WbComposer *self)
{
  WbSender *sender = gtk_drop_down_get_selected_item (self->from);

  return sender ? wb_sender_get_account (sender) : NULL;
}

/**
 * wb_composer_dup_from:
 * @self: the window
 *
 * Returns: (transfer full) (nullable): what goes into From
 */
char *
wb_composer_dup_from (WbComposer *self)
{
  WbSender *sender = gtk_drop_down_get_selected_item (self->from);

  return sender ? wb_mail_identity_dup_mailbox (wb_sender_get_identity (sender)) : NULL;
}

/**
 * wb_composer_set_busy:
 * @self: the window
 * @busy: whether a mail is on its way
 *
 * Nothing is edited while it is: what is seen is what is sent. Main thread.
 */
void
wb_composer_set_busy (WbComposer *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->paned), !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", !busy && !self->unknown);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send-later", !busy && !self->unknown);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.attach", !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.save-draft", !busy);
  gtk_widget_set_visible (self->progress_bar, busy);
  if (busy)
    gtk_widget_set_visible (self->error_bar, FALSE);
}

/**
 * wb_composer_show_error:
 * @self: the window
 * @text: step, cause and way out
 *
 * Main thread.
 */
void
wb_composer_show_error (WbComposer *self, const char *text)
{
  /* One paragraph: GTK 4.8 measures a wrapping label of several wrongly. */
  g_autofree char *line = g_strdelimit (g_strdup (text), "\r\n", ' ');

  gtk_label_set_text (self->error_text, line);
  gtk_widget_set_visible (self->details, self->conversation != 0);
  gtk_widget_set_visible (self->error_bar, TRUE);
}

/**
 * wb_composer_changed:
 * @self: the window
 *
 * Something in the mail is not as it was. Main thread.
 */
void
wb_composer_changed (WbComposer *self)
{
  if (self->filling)
    return;
  self->modified = TRUE;
  wb_composer_keep_back (self);
  wb_composer_queue_autosave (self);
  wb_composer_queue_preview (self);
}

static void
subject_changed_cb (WbComposer *self)
{
  const char *subject = gtk_editable_get_text (self->subject);

  gtk_window_set_title (GTK_WINDOW (self), *subject ? subject : _ ("New Mail"));
  wb_composer_changed (self);
}

static void
from_selected_cb (WbComposer *self)
{
  if (!self->filling)
    wb_composer_load_facts (self);
  wb_composer_changed (self);
}

/* Where there is little room the text has it. */
static void
set_attachment_rows (WbComposer *self)
{
  gboolean more = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->more));
  guint narrow = more ? 1 : 2;

  if (self->strip)
    wb_attachment_strip_set_rows (WB_ATTACHMENT_STRIP (self->strip),
                                  wb_width_bin_get_wide (self->width) ? ATTACHMENT_ROWS : narrow);
}

static void
more_toggled_cb (WbComposer *self)
{
  gboolean visible = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->more));
  GtkWidget *widgets[] = { self->cc_label,       GTK_WIDGET (self->cc),
                           self->bcc_label,      GTK_WIDGET (self->bcc),
                           self->reply_to_label, GTK_WIDGET (self->reply_to) };

  for (guint i = 0; i < G_N_ELEMENTS (widgets); i++)
    gtk_widget_set_visible (widgets[i], visible);
  set_attachment_rows (self);
}

/* What will be sent stands beside the mail, or below it where there is little room. */
static void
place_preview (WbComposer *self)
{
  gboolean wide = wb_width_bin_get_wide (self->width);
  GtkWidget *paned = GTK_WIDGET (self->paned);

  gtk_paned_set_position (self->paned, wide ? gtk_widget_get_width (paned) * 3 / 5
                                            : gtk_widget_get_height (paned) / 2);
}

/* The paned takes what it is told before it was laid out the new way round for a share of its size
 * the old way round. It is, one frame later. */
static gboolean
place_again_cb (GtkWidget *paned, GdkFrameClock *clock, gpointer user_data)
{
  WbComposer *self = user_data;

  if (!self->turned)
    {
      self->turned = TRUE;
      return G_SOURCE_CONTINUE;
    }
  place_preview (self);
  return G_SOURCE_REMOVE;
}

/* The button for more fields stands beside the first of them or, where the addresses need the
 * width, in the row above.
 */
static void
place_more (WbComposer *self, gboolean wide)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (self->fields);
  GtkLayoutChild *to = gtk_layout_manager_get_layout_child (layout, GTK_WIDGET (self->to));
  GtkWidget *parent = wide ? self->fields : self->format_box;

  if (gtk_widget_get_parent (self->more) == parent)
    return;
  g_object_ref (self->more);
  if (wide)
    {
      gtk_box_remove (GTK_BOX (self->format_box), self->more);
      gtk_grid_attach (GTK_GRID (self->fields), self->more, 2, 1, 1, 1);
    }
  else
    {
      gtk_grid_remove (GTK_GRID (self->fields), self->more);
      gtk_box_append (GTK_BOX (self->format_box), self->more);
    }
  g_object_unref (self->more);
  gtk_grid_layout_child_set_column_span (GTK_GRID_LAYOUT_CHILD (to), wide ? 1 : 2);
}

static void
wide_changed_cb (WbComposer *self)
{
  GtkOrientation row =
      wb_width_bin_get_wide (self->width) ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->from_box), row);
  place_more (self, row == GTK_ORIENTATION_HORIZONTAL);
  set_attachment_rows (self);
  wb_address_field_set_narrow (self->to, row == GTK_ORIENTATION_VERTICAL);
  wb_address_field_set_narrow (self->cc, row == GTK_ORIENTATION_VERTICAL);
  wb_address_field_set_narrow (self->bcc, row == GTK_ORIENTATION_VERTICAL);
  /* It is kept while it is written, and closing asks. */
  gtk_widget_set_visible (self->save, row == GTK_ORIENTATION_HORIZONTAL);
  /* The buttons leave no room for the title, which is the subject once more. */
  adw_header_bar_set_title_widget (self->header, row == GTK_ORIENTATION_HORIZONTAL
                                                     ? NULL
                                                     : gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  if (gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned)) == row)
    return;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->paned), row);
  if (gtk_widget_get_visible (GTK_WIDGET (self->preview)))
    {
      self->turned = FALSE;
      gtk_widget_add_tick_callback (GTK_WIDGET (self->paned), place_again_cb, self, NULL);
    }
}

static void
preview_toggled_cb (WbComposer *self)
{
  gboolean shown = gtk_toggle_button_get_active (self->preview_button);

  gtk_widget_set_visible (GTK_WIDGET (self->preview), shown);
  if (shown)
    place_preview (self);
  wb_composer_queue_preview (self);
}

static void
error_closed_cb (WbComposer *self)
{
  gtk_widget_set_visible (self->error_bar, FALSE);
}

static void
details_clicked_cb (WbComposer *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  GList *windows = application ? gtk_application_get_windows (application) : NULL;

  for (GList *window = windows; window; window = window->next)
    if (ADW_IS_APPLICATION_WINDOW (window->data))
      gtk_window_present (window->data);
  wb_workbench_show_wire (wb_mail_store_get_workbench (self->store), self->conversation);
}

static void
close_answer_cb (const char *response, gpointer user_data)
{
  WbComposer *self = user_data;

  if (strcmp (response, "save") == 0)
    {
      self->closing = TRUE;
      wb_composer_save_draft (self);
    }
  else if (strcmp (response, "discard") == 0)
    wb_composer_finish (self);
}

static gboolean
close_request_cb (WbComposer *self)
{
  /* It is in the Outbox: the sending goes on without its window, and ends in a toast. */
  if (self->cancellable)
    {
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      self->closing = TRUE;
      return TRUE;
    }
  if (!self->modified)
    {
      wb_composer_finish (self);
      return TRUE;
    }
  wb_ask_to_save (GTK_WIDGET (self), _ ("Keep this mail?"),
                  _ ("It was not sent. In Drafts it can be finished later."), close_answer_cb,
                  g_object_ref (self), g_object_unref);
  return TRUE;
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbComposer *self = WB_COMPOSER (widget);

  self->send_at = 0;
  wb_composer_send (self);
}

static void
send_later_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_composer_send_later (WB_COMPOSER (widget), g_variant_get_string (parameter, NULL));
}

static void
attach_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_composer_choose_files (WB_COMPOSER (widget));
}

static void
save_draft_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_composer_save_draft (WB_COMPOSER (widget));
}

static void
find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_composer_begin_find (WB_COMPOSER (widget));
}

static void
link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_format_bar_ask_link (WB_COMPOSER (widget)->format_bar);
}

static void
wb_composer_dispose (GObject *object)
{
  WbComposer *self = WB_COMPOSER (object);

  g_clear_handle_id (&self->preview_source, g_source_remove);
  g_clear_handle_id (&self->autosave_source, g_source_remove);
  g_clear_object (&self->autosave_account);
  g_clear_pointer (&self->autosave_name, g_free);
  wb_composer_let_go (self);
  g_clear_object (&self->store);
  g_clear_object (&self->session);
  g_clear_pointer (&self->facts, g_free);
  g_clear_object (&self->progress);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sending_from);
  g_clear_object (&self->draft_account);
  g_clear_pointer (&self->initial_html, g_free);
  g_clear_pointer (&self->converted, g_free);
  g_clear_pointer (&self->merge_path, g_free);
  g_clear_pointer (&self->template_name, g_free);
  g_clear_pointer (&self->source_pictures, g_ptr_array_unref);
  g_clear_pointer (&self->smaller, wb_picture_cache_unref);
  g_clear_pointer (&self->in_reply_to, g_free);
  g_clear_pointer (&self->references, g_free);
  g_clear_pointer (&self->identity, g_free);
  g_clear_pointer (&self->draft_name, g_free);
  g_clear_pointer (&self->outbox_name, g_free);
  self->editor = NULL;

  G_OBJECT_CLASS (wb_composer_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/mail/wb-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, WbComposer, content);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, fields);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, from);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, to);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, cc);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, bcc);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, more);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, cc_label);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, bcc_label);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, reply_to_label);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, reply_to);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, options);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, total);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, too_large);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, subject);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, format);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, format_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, picture_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, body);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, editor_box);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, early);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, plain);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, source);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, view_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, view_formatted);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, view_plain);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, view_source);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, anew);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, find_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, find_entry);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, why_plain);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, attachments_box);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, paned);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, width);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, header);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, from_box);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, format_box);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, preview);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, preview_button);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, send);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, save);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, step);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, error_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, error_text);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, details);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_changed);
  gtk_widget_class_bind_template_callback (widget_class, from_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, subject_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, preview_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, error_closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_command_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_picture_size_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_format_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_view_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_anew_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_find_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_find_next_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_find_previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_end_find);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_cancel_send);
}

static void
wb_composer_class_init (WbComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_composer_dispose;
  g_type_ensure (WB_TYPE_ADDRESS_FIELD);
  g_type_ensure (WB_TYPE_FORMAT_BAR);
  g_type_ensure (WB_TYPE_PICTURE_BAR);
  g_type_ensure (WB_TYPE_DRAFT_PREVIEW);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  g_type_ensure (WB_TYPE_WRAP_BOX);
  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "composer.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "composer.send-later", "s", send_later_action);
  gtk_widget_class_install_action (widget_class, "composer.attach", NULL, attach_action);
  gtk_widget_class_install_action (widget_class, "composer.save-draft", NULL, save_draft_action);
  gtk_widget_class_install_action (widget_class, "composer.link", NULL, link_action);
  gtk_widget_class_install_action (widget_class, "composer.find", NULL, find_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "composer.send", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK,
                                       "composer.save-draft", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static void
wb_composer_init (WbComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->session = wb_session_new ("mail-compose");
  self->smaller = wb_picture_cache_new ();
  wb_verbatim_buffer (gtk_text_view_get_buffer (self->plain));
  wb_verbatim_buffer (gtk_text_view_get_buffer (self->source));
  self->strip = wb_attachment_strip_new (TRUE);
  gtk_widget_set_margin_top (self->strip, 6);
  gtk_widget_set_margin_bottom (self->strip, 6);
  gtk_widget_set_hexpand (self->strip, TRUE);
  gtk_box_append (self->attachments_box, self->strip);
  gtk_box_reorder_child_after (self->attachments_box, self->strip, NULL);
  g_signal_connect_swapped (self->strip, "changed", G_CALLBACK (wb_composer_show_total), self);
  g_signal_connect_swapped (self->strip, "changed", G_CALLBACK (wb_composer_changed), self);
  g_signal_connect (self, "close-request", G_CALLBACK (close_request_cb), NULL);
  wb_composer_setup_body (self);
  wb_composer_setup_options (self);
  wb_composer_setup_book (self);
  wb_composer_setup_drops (self);
}

static void
setup_sender_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_sender_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const WbMailIdentity *identity = wb_sender_get_identity (gtk_list_item_get_item (item));
  g_autofree char *text = *identity->name
                              ? g_strdup_printf ("%s <%s>", identity->name, identity->address)
                              : g_strdup (identity->address);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

/* Whom a draft was from is found again, though the account may know the name as another one now. */
static gboolean
is_from (const WbMailIdentity *identity, const char *from)
{
  g_autoptr (GPtrArray) list = from ? wb_address_parse_list ("From", from, NULL) : NULL;
  const WbAddress *address = list && list->len > 0 ? g_ptr_array_index (list, 0) : NULL;

  return address && address->address &&
         g_ascii_strcasecmp (address->address, identity->address) == 0;
}

static void
choose_sender (WbComposer *self, WbAccount *account, const char *from)
{
  g_autoptr (GListModel) senders = wb_sender_list (wb_mail_store_get_accounts (self->store));
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  guint selected = GTK_INVALID_LIST_POSITION;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_sender_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_sender_cb), NULL);
  gtk_drop_down_set_factory (self->from, factory);
  gtk_drop_down_set_model (self->from, senders);
  for (guint i = 0; i < g_list_model_get_n_items (senders); i++)
    {
      g_autoptr (WbSender) sender = g_list_model_get_item (senders, i);
      gboolean first = selected == GTK_INVALID_LIST_POSITION;

      if (wb_sender_get_account (sender) == account &&
          (first || is_from (wb_sender_get_identity (sender), from)))
        selected = i;
    }
  if (selected != GTK_INVALID_LIST_POSITION)
    gtk_drop_down_set_selected (self->from, selected);
}

static void
fill (WbComposer *self, const WbComposition *composition)
{
  wb_address_field_set_text (self->to, composition->to);
  wb_address_field_set_text (self->cc, composition->cc);
  wb_address_field_set_text (self->bcc, composition->bcc);
  gtk_editable_set_text (self->subject, composition->subject ? composition->subject : "");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->more),
                                (composition->cc && *composition->cc) ||
                                    (composition->bcc && *composition->bcc) ||
                                    (composition->reply_to && *composition->reply_to));
  wb_composer_fill_options (self, composition);
  self->in_reply_to = g_strdup (composition->in_reply_to);
  self->references = g_strdup (composition->references);
  self->identity = wb_draft_create_identity ();
  for (guint i = 0; i < composition->attachments->len; i++)
    wb_attachment_strip_add (WB_ATTACHMENT_STRIP (self->strip),
                             g_ptr_array_index (composition->attachments, i));
}

static WbComposer *
create (WbMailStore *store,
        WbAccount *account,
        const WbComposition *composition,
        const char *draft_name,
        gboolean fresh)
{
  /* Set here: the context for it is made before this class has a say. */
  WbComposer *self =
      g_object_new (WB_TYPE_COMPOSER, "accessible-role", GTK_ACCESSIBLE_ROLE_WINDOW, NULL);

  self->store = g_object_ref (store);
  self->filling = TRUE;
  choose_sender (self, account, composition ? composition->from : NULL);
  wb_composer_load_facts (self);
  if (composition)
    fill (self, composition);
  wb_composer_fill_body (self, composition);
  wb_composer_begin_body (self, fresh);
  self->draft_name = g_strdup (draft_name);
  if (draft_name)
    g_set_object (&self->draft_account, account);
  self->filling = FALSE;
  self->modified = FALSE;
  if (composition && composition->to && *composition->to)
    gtk_widget_grab_focus (GTK_WIDGET (self->subject));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->to));
  return self;
}

/**
 * wb_composer_find_draft:
 * @account: whose Drafts
 * @draft_name: a copy in them
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): the window that continues it already
 */
GtkWidget *
wb_composer_find_draft (WbAccount *account, const char *draft_name)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      WbComposer *self = WB_IS_COMPOSER (window) ? WB_COMPOSER (window) : NULL;

      if (self && !self->finished &&
          ((self->draft_account == account && g_strcmp0 (self->draft_name, draft_name) == 0) ||
           (self->autosave_account == account && g_strcmp0 (self->autosave_name, draft_name) == 0)))
        return window;
    }
  return NULL;
}

/**
 * wb_composer_new_from_template:
 * @store: what the mail windows share
 * @account: (nullable): who sends
 * @composition: a mail that is finished but for what the person adds, with its signature
 *
 * Main thread.
 *
 * Returns: (transfer none): the window, not yet shown
 */
GtkWidget *
wb_composer_new_from_template (WbMailStore *store,
                               WbAccount *account,
                               const WbComposition *composition)
{
  WbComposer *self = create (store, account, composition, NULL, FALSE);

  /* The values of its fields were typed, and are not to be lost. */
  wb_composer_changed (self);
  return GTK_WIDGET (self);
}

/**
 * wb_composer_new:
 * @store: what the mail windows share
 * @account: (nullable): who sends
 * @composition: (nullable): what to begin with
 * @draft_name: (nullable): the copy in @account's Drafts that this continues
 *
 * Main thread.
 *
 * Returns: (transfer none): the window, not yet shown
 */
GtkWidget *
wb_composer_new (WbMailStore *store,
                 WbAccount *account,
                 const WbComposition *composition,
                 const char *draft_name)
{
  return GTK_WIDGET (create (store, account, composition, draft_name, draft_name == NULL));
}

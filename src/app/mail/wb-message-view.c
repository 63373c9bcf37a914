/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-message-view.h"

#include "wb-attachment-strip.h"
#include "wb-composition.h"
#include "wb-message-saver.h"
#include "wb-message-structure.h"
#include "wb-text-codec.h"
#include "wb-verbatim.h"
#include "wb-width-bin.h"
#include "wb-wrap-box.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A longer source is cut on screen; saving gives the whole. */
#define SOURCE_MAX (1024 * 1024)

struct _WbMessageView
{
  GtkWidget parent_instance;

  /* Template */
  GtkWidget *box;
  GtkLabel *subject;
  GtkWidget *actions;
  GtkGrid *headers;
  WbWidthBin *note_width;
  GtkWidget *note_bar;
  GtkLabel *note;
  GtkButton *send_again;
  GtkWidget *postpone;
  GtkWidget *edit_draft;
  GtkWidget *remote_bar;
  GtkStack *stack;
  GtkStack *body_stack;
  GtkLabel *why_plain;
  GtkTextView *text;
  GtkOverlay *html_overlay;
  GtkLabel *hovered;
  GtkTextView *plain;
  GtkTextView *source;
  WbMessageStructure *structure;
  GtkWidget *link_bar;
  GtkLabel *link;
  GtkWidget *open_link;
  GtkBox *attachments;
  GtkWidget *save_all;

  /* Owned */
  WbMailStore *store;
  WbMessage *message;
  GtkWidget *strip;
  GtkWidget *viewer; /* NULL until the first formatted mail */
  char *url;
  gboolean source_shown;
  gboolean structure_shown;
};

G_DEFINE_FINAL_TYPE (WbMessageView, wb_message_view, GTK_TYPE_WIDGET)

static void
set_text (GtkTextView *view, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), valid, -1);
}

static void
add_header (WbMessageView *self, int row, const char *title, const char *value)
{
  GtkWidget *name = gtk_label_new (title);
  GtkWidget *text = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (name), 1);
  gtk_label_set_yalign (GTK_LABEL (name), 0);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (text), PANGO_WRAP_WORD_CHAR);
  wb_verbatim_label (GTK_LABEL (text));
  gtk_label_set_lines (GTK_LABEL (text), 4);
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_label_set_selectable (GTK_LABEL (text), TRUE);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name,
                                  NULL, -1);
  gtk_grid_attach (self->headers, name, 0, row, 1, 1);
  gtk_grid_attach (self->headers, text, 1, row, 1, 1);
}

/* The name is what the sender says, the address is what counts: both are always there. */
static char *
format_mailboxes (WbMessage *message, const char *field)
{
  g_autoptr (GPtrArray) mailboxes = wb_message_get_mailboxes (message, field);
  GString *text = g_string_new (NULL);

  for (guint i = 0; mailboxes && i < mailboxes->len; i++)
    {
      const WbMailbox *mailbox = g_ptr_array_index (mailboxes, i);

      if (i > 0)
        g_string_append (text, ", ");
      if (mailbox->name && *mailbox->name)
        g_string_append_printf (text, "%s ", mailbox->name);
      g_string_append_printf (text, "<%s>", mailbox->address);
    }
  return g_string_free (text, FALSE);
}

static void
show_headers (WbMessageView *self, WbFolderKind kind)
{
  static const struct
  {
    const char *field;
    const char *title;
  } fields[] = {
    { "From", N_ ("From") },
    { "Reply-To", N_ ("Reply to") },
    { "To", N_ ("To") },
    { "Cc", N_ ("Cc") },
  };
  const char *subject = wb_message_get_header (self->message, "Subject");
  g_autoptr (GDateTime) date = wb_message_get_date (self->message);
  GtkWidget *child = NULL;
  int row = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->headers))) != NULL)
    gtk_grid_remove (self->headers, child);
  gtk_label_set_text (self->subject, subject && *subject ? subject : _ ("(no subject)"));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *value = format_mailboxes (self->message, fields[i].field);

      if (!*value && kind == WB_FOLDER_DRAFTS)
        {
          g_autofree char *key = g_ascii_strdown (fields[i].field, -1);

          g_free (value);
          value = wb_composition_dup_draft_field (self->message, key);
        }
      if (value && *value)
        add_header (self, row++, _ (fields[i].title), value);
    }
  if (date)
    {
      g_autoptr (GDateTime) local = g_date_time_to_local (date);
      g_autofree char *when = g_date_time_format (local, "%c");

      add_header (self, row++, _ ("Date"), when);
    }
}

static GBytes *
resolve_cb (const char *content_id, char **content_type, gpointer user_data)
{
  return wb_message_get_cid_content (user_data, content_id, content_type);
}

static void
show_why_plain (WbMessageView *self, const char *why)
{
  gtk_label_set_text (self->why_plain, why ? why : "");
  gtk_widget_set_visible (GTK_WIDGET (self->why_plain), why != NULL);
  gtk_stack_set_visible_child_name (self->body_stack, "text");
}

static void
link_activated_cb (GtkWidget *viewer, const char *url, gpointer user_data)
{
  WbMessageView *self = user_data;
  g_autofree char *scheme = g_uri_parse_scheme (url);
  gboolean known = g_strcmp0 (scheme, "http") == 0 || g_strcmp0 (scheme, "https") == 0 ||
                   g_strcmp0 (scheme, "ftp") == 0 || g_strcmp0 (scheme, "mailto") == 0;

  g_free (self->url);
  self->url = g_strdup (url);
  gtk_label_set_text (self->link, url);
  gtk_widget_set_sensitive (self->open_link, known);
  gtk_widget_set_visible (self->link_bar, TRUE);
}

static void
link_hovered_cb (GtkWidget *viewer, const char *url, gpointer user_data)
{
  WbMessageView *self = user_data;

  gtk_label_set_text (self->hovered, url ? url : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hovered), url != NULL);
}

static void
viewer_failed_cb (GtkWidget *viewer, const char *why, gpointer user_data)
{
  show_why_plain (user_data, why);
}

static gboolean
ensure_viewer (WbMessageView *self)
{
  WbHtml *html = wb_mail_store_get_html (self->store);

  if (self->viewer)
    return TRUE;
  if (!wb_html_is_loaded (html))
    return FALSE;
  self->viewer = wb_html_create_viewer (html);
  g_signal_connect_object (self->viewer, "link-activated", G_CALLBACK (link_activated_cb), self, 0);
  g_signal_connect_object (self->viewer, "link-hovered", G_CALLBACK (link_hovered_cb), self, 0);
  g_signal_connect_object (self->viewer, "failed", G_CALLBACK (viewer_failed_cb), self, 0);
  gtk_overlay_set_child (self->html_overlay, self->viewer);
  return TRUE;
}

static void
show_html (WbMessageView *self)
{
  const char *html = self->message ? wb_message_get_html (self->message) : NULL;

  if (!html || !ensure_viewer (self))
    return;
  wb_html_viewer_show (wb_mail_store_get_html (self->store), self->viewer, html, resolve_cb,
                       g_object_ref (self->message), g_object_unref);
  gtk_stack_set_visible_child_name (self->body_stack, "html");
}

static void
html_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMessageView) self = user_data;
  g_autoptr (GError) error = NULL;

  if (wb_html_load_finish (WB_HTML (source), result, &error))
    show_html (self);
  else if (self->message && wb_message_get_html (self->message))
    show_why_plain (self, error->message);
}

static void
show_body (WbMessageView *self)
{
  const char *html = wb_message_get_html (self->message);
  const char *text = wb_message_get_text (self->message);

  set_text (self->text, text);
  set_text (self->plain, text);
  gtk_widget_set_visible (self->remote_bar, html && wb_html_has_remote_content (html));
  show_why_plain (self, NULL);
  if (!html)
    return;
  if (wb_html_is_loaded (wb_mail_store_get_html (self->store)))
    show_html (self);
  else
    wb_html_load_async (wb_mail_store_get_html (self->store), NULL, html_loaded_cb,
                        g_object_ref (self));
}

static void
show_source (WbMessageView *self)
{
  GBytes *bytes = wb_message_get_source (self->message);
  gsize size = 0;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = wb_text_decode_lossy (data, MIN (size, SOURCE_MAX), "UTF-8");
  g_autofree char *shown = NULL;

  if (size > SOURCE_MAX)
    /* Translators: the first %s is text, the second a size such as "12 MB" */
    shown = g_strdup_printf (_ ("%s\n… (cut here on screen; the whole is %s)"), text,
                             g_format_size (size));
  set_text (self->source, shown ? shown : text);
  self->source_shown = TRUE;
}

static void
shown_view_changed_cb (WbMessageView *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  if (!self->message)
    return;
  if (g_strcmp0 (name, "source") == 0 && !self->source_shown)
    show_source (self);
  if (g_strcmp0 (name, "structure") == 0 && !self->structure_shown)
    {
      wb_message_structure_set_message (self->structure, self->message);
      self->structure_shown = TRUE;
    }
}

static void
show_attachments (WbMessageView *self)
{
  g_autoptr (GPtrArray) parts = wb_message_get_attachments (self->message);

  wb_attachment_strip_clear (WB_ATTACHMENT_STRIP (self->strip));
  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr (WbAttachment) attachment =
          wb_attachment_new_for_part (g_ptr_array_index (parts, i));

      wb_attachment_strip_add (WB_ATTACHMENT_STRIP (self->strip), attachment);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->attachments), parts->len > 0);
  gtk_widget_set_visible (self->save_all, parts->len > 1);
}

static void
save_activated_cb (WbAttachmentStrip *strip, WbAttachment *attachment, gpointer user_data)
{
  WbMessageView *self = user_data;

  wb_message_save_part_as (GTK_WIDGET (self), self->store, self->message,
                           wb_attachment_get_number (attachment));
}

static void
save_part_cb (WbMessageStructure *structure, const char *number, gpointer user_data)
{
  WbMessageView *self = user_data;

  wb_message_save_part_as (GTK_WIDGET (self), self->store, self->message, number);
}

static void
save_all_cb (WbMessageView *self)
{
  wb_message_save_all (GTK_WIDGET (self), self->store, self->message);
}

static void
link_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMessageView) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    wb_workbench_toast (wb_mail_store_get_workbench (self->store), error->message);
}

static void
open_link_cb (WbMessageView *self)
{
  g_autoptr (GdkAppLaunchContext) context =
      gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (self)));

  g_app_info_launch_default_for_uri_async (self->url, G_APP_LAUNCH_CONTEXT (context), NULL,
                                           link_opened_cb, g_object_ref (self));
  gtk_widget_set_visible (self->link_bar, FALSE);
}

static void
copy_link_cb (WbMessageView *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->url);
}

static void
close_link_cb (WbMessageView *self)
{
  gtk_widget_set_visible (self->link_bar, FALSE);
}

/* Beside its buttons, in a narrow window, the note would be a column of single words. */
static void
note_wide_cb (WbMessageView *self)
{
  gboolean wide = wb_width_bin_get_wide (self->note_width);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->note_bar),
                                  wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self->note_bar), wide ? 12 : 6);
}

static void
wb_message_view_dispose (GObject *object)
{
  WbMessageView *self = WB_MESSAGE_VIEW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->message);
  g_clear_object (&self->store);
  g_clear_pointer (&self->url, g_free);

  G_OBJECT_CLASS (wb_message_view_parent_class)->dispose (object);
}

static void
wb_message_view_class_init (WbMessageViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_message_view_dispose;
  g_type_ensure (WB_TYPE_MESSAGE_STRUCTURE);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  g_type_ensure (WB_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/mail/wb-message-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, box);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, subject);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, actions);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, headers);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, note_width);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, note_bar);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, note);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, send_again);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, postpone);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, edit_draft);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, remote_bar);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, stack);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, body_stack);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, why_plain);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, text);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, html_overlay);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, hovered);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, plain);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, source);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, structure);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, link_bar);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, link);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, open_link);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, attachments);
  gtk_widget_class_bind_template_child (widget_class, WbMessageView, save_all);
  gtk_widget_class_bind_template_callback (widget_class, note_wide_cb);
  gtk_widget_class_bind_template_callback (widget_class, shown_view_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_part_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_all_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_link_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_link_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_link_cb);
}

static void
wb_message_view_init (WbMessageView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wb_verbatim_buffer (gtk_text_view_get_buffer (self->plain));
  wb_verbatim_buffer (gtk_text_view_get_buffer (self->source));
  self->strip = wb_attachment_strip_new (FALSE);
  gtk_widget_set_hexpand (self->strip, TRUE);
  g_signal_connect (self->strip, "activated", G_CALLBACK (save_activated_cb), self);
  gtk_box_prepend (self->attachments, self->strip);
}

/**
 * wb_message_view_set_store:
 * @self: the reader
 * @store: what the mail windows share
 *
 * Once, before the first message. Main thread.
 */
void
wb_message_view_set_store (WbMessageView *self, WbMailStore *store)
{
  g_return_if_fail (WB_IS_MESSAGE_VIEW (self));

  g_set_object (&self->store, store);
}

/**
 * wb_message_view_set_note:
 * @self: the reader
 * @note: (nullable): why the mail is still in the Outbox
 *
 * Main thread.
 */
void
wb_message_view_set_note (WbMessageView *self, const char *note)
{
  /* One paragraph: GTK 4.8 measures a wrapping label of several wrongly. */
  g_autofree char *line = g_strdelimit (g_strdup (note ? note : ""), "\r\n", ' ');

  g_return_if_fail (WB_IS_MESSAGE_VIEW (self));

  gtk_label_set_text (self->note, line);
  gtk_widget_set_visible (self->note_bar, note != NULL);
}

/**
 * wb_message_view_set_tried:
 * @self: the reader
 * @tried: of a mail in the Outbox: whether it was tried to send it
 *
 * What was never tried is not sent again. Main thread.
 */
void
wb_message_view_set_tried (WbMessageView *self, gboolean tried)
{
  g_return_if_fail (WB_IS_MESSAGE_VIEW (self));

  gtk_button_set_label (self->send_again, tried ? _ ("Send Again") : _ ("Send Now"));
}

/**
 * wb_message_view_set_only_copy:
 * @self: the reader
 *
 * Of a mail in the Outbox that the server has: there is nothing to do but to put its copy into
 * Sent. Main thread.
 */
void
wb_message_view_set_only_copy (WbMessageView *self)
{
  g_return_if_fail (WB_IS_MESSAGE_VIEW (self));

  gtk_button_set_label (self->send_again, _ ("Keep the Copy"));
  gtk_widget_set_visible (self->postpone, FALSE);
  gtk_widget_set_visible (self->edit_draft, FALSE);
}

/**
 * wb_message_view_set_message:
 * @self: the reader
 * @message: what to show
 * @kind: the folder that it lies in
 * @note: (nullable): why it is still in the Outbox
 *
 * Main thread.
 */
void
wb_message_view_set_message (WbMessageView *self,
                             WbMessage *message,
                             WbFolderKind kind,
                             const char *note)
{
  g_return_if_fail (WB_IS_MESSAGE_VIEW (self));
  g_return_if_fail (WB_IS_MESSAGE (message));

  g_set_object (&self->message, message);
  self->source_shown = FALSE;
  self->structure_shown = FALSE;
  gtk_widget_set_visible (self->link_bar, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->hovered), FALSE);
  gtk_widget_set_visible (self->actions, kind == WB_FOLDER_INBOX || kind == WB_FOLDER_SENT);
  gtk_widget_set_visible (GTK_WIDGET (self->send_again), kind == WB_FOLDER_OUTBOX);
  gtk_widget_set_visible (self->postpone, kind == WB_FOLDER_OUTBOX);
  gtk_widget_set_visible (self->edit_draft, kind == WB_FOLDER_DRAFTS || kind == WB_FOLDER_OUTBOX);
  wb_message_view_set_note (self, note);
  show_headers (self, kind);
  show_body (self);
  show_attachments (self);
  shown_view_changed_cb (self);
}

/**
 * wb_message_view_get_message:
 * @self: the reader
 *
 * Returns: (transfer none) (nullable): what it shows
 */
WbMessage *
wb_message_view_get_message (WbMessageView *self)
{
  g_return_val_if_fail (WB_IS_MESSAGE_VIEW (self), NULL);

  return self->message;
}

/**
 * wb_message_view_warm_up:
 * @self: the reader
 *
 * Makes the viewer while nobody waits for it, if what it needs is loaded. Main thread.
 */
void
wb_message_view_warm_up (WbMessageView *self)
{
  g_return_if_fail (WB_IS_MESSAGE_VIEW (self));

  if (self->store)
    ensure_viewer (self);
}

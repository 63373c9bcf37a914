/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer.h"

#include "wb-composer-private.h"
#include "wb-dialogs.h"
#include "wb-reply.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* In the order of the list in the template. */
static const WbDraftFormat formats[] = { WB_DRAFT_BOTH, WB_DRAFT_HTML, WB_DRAFT_PLAIN };

typedef struct
{
  WbComposer *self;
  WbSnapshotFunc func;
} Snapshot;

G_DEFINE_FINAL_TYPE (WbComposer, wb_composer, ADW_TYPE_WINDOW)

static WbDraftFormat
get_format (WbComposer *self)
{
  return formats[MIN (gtk_drop_down_get_selected (self->format), G_N_ELEMENTS (formats) - 1)];
}

static char *
dup_plain (WbComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->plain);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
set_plain (WbComposer *self, const char *text)
{
  self->filling = TRUE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->plain), text ? text : "", -1);
  self->filling = FALSE;
}

/**
 * wb_composer_get_account:
 * @self: the window
 *
 * Returns: (transfer none): who sends
 */
WbAccount *
wb_composer_get_account (WbComposer *self)
{
  return gtk_drop_down_get_selected_item (self->from);
}

static WbComposition *
collect (WbComposer *self, const char *html)
{
  WbComposition *composition = wb_composition_new ();
  WbAccount *account = wb_composer_get_account (self);
  GListModel *items = wb_attachment_strip_get_items (WB_ATTACHMENT_STRIP (self->strip));

  composition->from = account ? wb_account_dup_mailbox (account) : NULL;
  composition->to = g_strdup (gtk_editable_get_text (self->to));
  composition->cc = g_strdup (gtk_editable_get_text (self->cc));
  composition->bcc = g_strdup (gtk_editable_get_text (self->bcc));
  composition->subject = g_strdup (gtk_editable_get_text (self->subject));
  composition->in_reply_to = g_strdup (self->in_reply_to);
  composition->references = g_strdup (self->references);
  /* Without WebKit what is written is plain text, whatever the list says. */
  composition->format = html ? get_format (self) : WB_DRAFT_PLAIN;
  composition->html = g_strdup (html);
  if (!html)
    composition->text = dup_plain (self);
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    g_ptr_array_add (composition->attachments, g_list_model_get_item (items, i));
  return composition;
}

static void
got_html_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Snapshot *snapshot = user_data;
  WbComposer *self = snapshot->self;
  g_autoptr (GError) error = NULL;
  g_autofree char *html = NULL;

  html = wb_html_editor_get_html_finish (wb_mail_store_get_html (self->store), self->editor, result,
                                         &error);
  snapshot->func (self, html ? collect (self, html) : NULL, error);
  g_object_unref (self);
  g_free (snapshot);
}

/**
 * wb_composer_snapshot:
 * @self: the window
 * @func: what gets it, in the main context
 *
 * Takes down what stands in the window. The formatted text comes from another process, so it
 * takes a moment. Main thread.
 */
void
wb_composer_snapshot (WbComposer *self, WbSnapshotFunc func)
{
  Snapshot *snapshot = NULL;

  if (!self->editor || get_format (self) == WB_DRAFT_PLAIN)
    {
      func (self, collect (self, NULL), NULL);
      return;
    }
  snapshot = g_new0 (Snapshot, 1);
  snapshot->self = g_object_ref (self);
  snapshot->func = func;
  wb_html_editor_get_html_async (wb_mail_store_get_html (self->store), self->editor, NULL,
                                 got_html_cb, snapshot);
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

static void
changed_cb (WbComposer *self)
{
  if (self->filling)
    return;
  self->modified = TRUE;
  wb_composer_queue_preview (self);
}

static void
subject_changed_cb (WbComposer *self)
{
  const char *subject = gtk_editable_get_text (self->subject);

  gtk_window_set_title (GTK_WINDOW (self), *subject ? subject : _ ("New Mail"));
  changed_cb (self);
}

static void
more_toggled_cb (WbComposer *self)
{
  gtk_widget_set_visible (self->more_bar,
                          gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->more)));
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

static void
wide_changed_cb (WbComposer *self)
{
  GtkOrientation row =
      wb_width_bin_get_wide (self->width) ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->from_box), row);
  /* The buttons leave no room for the title, which is the subject once more. */
  adw_header_bar_set_title_widget (self->header, row == GTK_ORIENTATION_HORIZONTAL
                                                     ? NULL
                                                     : gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  if (gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned)) == row)
    return;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->paned), row);
  if (gtk_widget_get_visible (GTK_WIDGET (self->preview)))
    place_preview (self);
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
execute (WbComposer *self, const char *command, const char *argument)
{
  if (!self->editor)
    return;
  wb_html_editor_execute (wb_mail_store_get_html (self->store), self->editor, command, argument);
  gtk_widget_grab_focus (self->editor);
}

static void
command_cb (WbFormatBar *bar, const char *command, const char *argument, gpointer user_data)
{
  WbComposer *self = user_data;

  if (strcmp (command, "InsertPicture") == 0)
    wb_composer_choose_picture (self);
  else
    execute (self, command, argument);
}

static void
show_body (WbComposer *self)
{
  gboolean plain = get_format (self) == WB_DRAFT_PLAIN || (!self->editor && !self->initial_html);

  gtk_widget_set_visible (GTK_WIDGET (self->format_bar), !plain);
  if (plain)
    gtk_stack_set_visible_child_name (self->body, "plain");
  else
    gtk_stack_set_visible_child_name (self->body, self->editor ? "formatted" : "loading");
}

static void
plain_from_html_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autofree char *html = wb_html_editor_get_html_finish (wb_mail_store_get_html (self->store),
                                                          self->editor, result, NULL);

  if (!html || get_format (self) != WB_DRAFT_PLAIN)
    return;
  g_free (self->converted);
  self->converted = wb_html_to_text (html);
  set_plain (self, self->converted);
  wb_composer_queue_preview (self);
}

static void
format_selected_cb (WbComposer *self)
{
  if (self->filling)
    return;
  if (self->editor && get_format (self) == WB_DRAFT_PLAIN)
    wb_html_editor_get_html_async (wb_mail_store_get_html (self->store), self->editor, NULL,
                                   plain_from_html_cb, g_object_ref (self));
  else if (self->editor && gtk_stack_get_visible_child (self->body) &&
           g_strcmp0 (gtk_stack_get_visible_child_name (self->body), "plain") == 0)
    {
      g_autofree char *text = dup_plain (self);

      /* What was formatted comes back as it was, unless the plain text was changed. */
      if (g_strcmp0 (text, self->converted) != 0)
        {
          g_autofree char *html = wb_html_from_text (text);

          wb_html_editor_set_html (wb_mail_store_get_html (self->store), self->editor, html);
        }
    }
  show_body (self);
  changed_cb (self);
}

static void
editor_state_cb (GtkWidget *editor,
                 guint state,
                 const char *block,
                 const char *link,
                 gpointer user_data)
{
  WbComposer *self = user_data;

  wb_format_bar_set_state (self->format_bar, state, block, link);
}

static void
editor_dropped_cb (GtkWidget *editor, GdkFileList *files, gpointer user_data)
{
  g_autoptr (GSList) list = gdk_file_list_get_files (files);

  wb_composer_attach_list (user_data, list, TRUE);
}

static void
fall_back_to_plain (WbComposer *self, const char *why)
{
  g_autofree char *text = self->initial_html ? wb_html_to_text (self->initial_html) : NULL;

  if (text)
    set_plain (self, text);
  g_clear_pointer (&self->initial_html, g_free);
  gtk_label_set_text (self->why_plain, why);
  gtk_widget_set_visible (GTK_WIDGET (self->why_plain), TRUE);
  self->filling = TRUE;
  gtk_drop_down_set_selected (self->format, G_N_ELEMENTS (formats) - 1);
  self->filling = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->format), FALSE);
  show_body (self);
}

static void
editor_failed_cb (GtkWidget *editor, const char *why, gpointer user_data)
{
  WbComposer *self = user_data;

  self->editor = NULL;
  adw_bin_set_child (ADW_BIN (self->editor_box), NULL);
  fall_back_to_plain (self, why);
}

static void
html_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  WbHtml *html = WB_HTML (source);
  g_autoptr (GError) error = NULL;

  if (!wb_html_load_finish (html, result, &error))
    {
      fall_back_to_plain (self, error->message);
      return;
    }
  self->editor = wb_html_create_editor (html);
  gtk_widget_set_hexpand (self->editor, TRUE);
  gtk_widget_set_vexpand (self->editor, TRUE);
  g_signal_connect_object (self->editor, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->editor, "state-changed", G_CALLBACK (editor_state_cb), self, 0);
  g_signal_connect_object (self->editor, "files-dropped", G_CALLBACK (editor_dropped_cb), self, 0);
  g_signal_connect_object (self->editor, "failed", G_CALLBACK (editor_failed_cb), self, 0);
  if (self->initial_html)
    wb_html_editor_set_html (html, self->editor, self->initial_html);
  g_clear_pointer (&self->initial_html, g_free);
  adw_bin_set_child (ADW_BIN (self->editor_box), self->editor);
  show_body (self);
  if (*gtk_editable_get_text (self->to) && *gtk_editable_get_text (self->subject))
    gtk_widget_grab_focus (self->editor);
  wb_composer_queue_preview (self);
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
    gtk_window_destroy (GTK_WINDOW (self));
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
    return FALSE;
  wb_ask_to_save (GTK_WIDGET (self), _ ("Keep this mail?"),
                  _ ("It was not sent. In Drafts it can be finished later."), close_answer_cb,
                  g_object_ref (self), g_object_unref);
  return TRUE;
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_composer_send (WB_COMPOSER (widget));
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
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  execute (WB_COMPOSER (widget), g_variant_get_string (parameter, NULL), NULL);
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
  g_clear_object (&self->store);
  g_clear_object (&self->session);
  g_clear_object (&self->progress);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sending_from);
  g_clear_object (&self->draft_account);
  g_clear_pointer (&self->initial_html, g_free);
  g_clear_pointer (&self->converted, g_free);
  g_clear_pointer (&self->in_reply_to, g_free);
  g_clear_pointer (&self->references, g_free);
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
  gtk_widget_class_bind_template_child (widget_class, WbComposer, more_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, subject);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, format);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, format_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, body);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, editor_box);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, plain);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, why_plain);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, attachments_box);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, paned);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, width);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, header);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, from_box);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, preview);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, preview_button);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, send);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, step);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, error_bar);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, error_text);
  gtk_widget_class_bind_template_child (widget_class, WbComposer, details);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, subject_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, preview_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, error_closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, command_cb);
  gtk_widget_class_bind_template_callback (widget_class, format_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_composer_cancel_send);
}

static void
wb_composer_class_init (WbComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_composer_dispose;
  g_type_ensure (WB_TYPE_FORMAT_BAR);
  g_type_ensure (WB_TYPE_DRAFT_PREVIEW);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "composer.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "composer.attach", NULL, attach_action);
  gtk_widget_class_install_action (widget_class, "composer.save-draft", NULL, save_draft_action);
  gtk_widget_class_install_action (widget_class, "composer.edit", "s", edit_action);
  gtk_widget_class_install_action (widget_class, "composer.link", NULL, link_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "composer.send", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK,
                                       "composer.save-draft", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

/* Before WebKit sees them, which takes them for text or does something else. Bold and italic are
 * WebKit's own keys: a command from here would overtake letters that are typed and not yet taken.
 */
static void
add_editing_keys (WbComposer *self)
{
  static const struct
  {
    const char *key;
    const char *command;
  } keys[] = {
    { "<Control>u", "Underline" },
    { "<Control>z", "Undo" },
    { "<Control><Shift>z", "Redo" },
    { "<Control>y", "Redo" },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcut *link = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      GtkShortcut *shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[i].key),
                                                gtk_named_action_new ("composer.edit"));

      gtk_shortcut_set_arguments (shortcut, g_variant_new_string (keys[i].command));
      gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
    }
  link = gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("<Control>k"),
                           gtk_named_action_new ("composer.link"));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), link);
  link = gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("<Control>Return"),
                           gtk_named_action_new ("composer.send"));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), link);
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (self->editor_box, controller);
}

static void
wb_composer_init (WbComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->session = wb_session_new ("mail-compose");
  self->strip = wb_attachment_strip_new (TRUE);
  gtk_widget_set_margin_top (self->strip, 6);
  gtk_widget_set_margin_bottom (self->strip, 6);
  gtk_widget_set_hexpand (self->strip, TRUE);
  gtk_box_append (self->attachments_box, self->strip);
  g_signal_connect_swapped (self->strip, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (gtk_text_view_get_buffer (self->plain), "changed",
                            G_CALLBACK (changed_cb), self);
  g_signal_connect (self, "close-request", G_CALLBACK (close_request_cb), NULL);
  add_editing_keys (self);
  wb_composer_setup_drops (self);
}

static void
setup_account_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_account_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  WbAccount *account = gtk_list_item_get_item (item);
  const char *name = wb_account_get_name (account);
  const char *address = wb_account_get_address (account);
  g_autofree char *text = *name ? g_strdup_printf ("%s <%s>", name, address) : g_strdup (address);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
choose_account (WbComposer *self, WbAccount *account)
{
  GListModel *accounts = wb_mail_store_get_accounts (self->store);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_account_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_account_cb), NULL);
  gtk_drop_down_set_factory (self->from, factory);
  gtk_drop_down_set_model (self->from, accounts);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (WbAccount) one = g_list_model_get_item (accounts, i);

      if (one == account)
        gtk_drop_down_set_selected (self->from, i);
    }
}

static void
fill (WbComposer *self, const WbComposition *composition)
{
  gtk_editable_set_text (self->to, composition->to ? composition->to : "");
  gtk_editable_set_text (self->cc, composition->cc ? composition->cc : "");
  gtk_editable_set_text (self->bcc, composition->bcc ? composition->bcc : "");
  gtk_editable_set_text (self->subject, composition->subject ? composition->subject : "");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->more),
                                (composition->cc && *composition->cc) ||
                                    (composition->bcc && *composition->bcc));
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i] == composition->format)
      gtk_drop_down_set_selected (self->format, i);
  set_plain (self, composition->text);
  self->filling = TRUE;
  self->initial_html = composition->html
                           ? g_strdup (composition->html)
                           : wb_html_from_text (composition->text ? composition->text : "");
  self->in_reply_to = g_strdup (composition->in_reply_to);
  self->references = g_strdup (composition->references);
  for (guint i = 0; i < composition->attachments->len; i++)
    wb_attachment_strip_add (WB_ATTACHMENT_STRIP (self->strip),
                             g_ptr_array_index (composition->attachments, i));
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
  /* Set here: the context for it is made before this class has a say. */
  WbComposer *self =
      g_object_new (WB_TYPE_COMPOSER, "accessible-role", GTK_ACCESSIBLE_ROLE_WINDOW, NULL);

  self->store = g_object_ref (store);
  self->filling = TRUE;
  choose_account (self, account);
  if (composition)
    fill (self, composition);
  if (!self->initial_html)
    self->initial_html = g_strdup ("");
  self->draft_name = g_strdup (draft_name);
  if (draft_name)
    g_set_object (&self->draft_account, account);
  self->filling = FALSE;
  self->modified = FALSE;
  show_body (self);
  wb_html_load_async (wb_mail_store_get_html (store), NULL, html_loaded_cb, g_object_ref (self));
  if (composition && composition->to && *composition->to)
    gtk_widget_grab_focus (GTK_WIDGET (self->subject));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->to));
  return GTK_WIDGET (self);
}

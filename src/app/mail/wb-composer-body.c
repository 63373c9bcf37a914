/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"
#include "wb-html-pictures.h"
#include "wb-reply.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The text itself: formatted in the editor, as plain text, and as the HTML it is made of. */

/* In the order of the list in the template. */
static const WbDraftFormat formats[] = { WB_DRAFT_BOTH, WB_DRAFT_HTML, WB_DRAFT_PLAIN };

typedef struct
{
  WbComposer *self;
  WbSnapshotFunc func;
} Snapshot;

static WbHtml *
get_engine (WbComposer *self)
{
  return wb_mail_store_get_html (self->store);
}

static WbDraftFormat
get_format (WbComposer *self)
{
  return formats[MIN (gtk_drop_down_get_selected (self->format), G_N_ELEMENTS (formats) - 1)];
}

static char *
dup_text (GtkTextView *view)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
set_text (WbComposer *self, GtkTextView *view, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  gboolean filling = self->filling;
  GtkTextIter start;

  self->filling = TRUE;
  gtk_text_buffer_set_text (buffer, text ? text : "", -1);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
  self->filling = filling;
}

static WbComposition *
collect (WbComposer *self, const char *html)
{
  WbComposition *composition = wb_composition_new ();
  GListModel *items = wb_attachment_strip_get_items (WB_ATTACHMENT_STRIP (self->strip));

  composition->from = wb_composer_dup_from (self);
  composition->to = wb_address_field_dup_text (self->to);
  composition->cc = wb_address_field_dup_text (self->cc);
  composition->bcc = wb_address_field_dup_text (self->bcc);
  composition->subject = g_strdup (gtk_editable_get_text (self->subject));
  wb_composer_collect_options (self, composition);
  composition->in_reply_to = g_strdup (self->in_reply_to);
  composition->references = g_strdup (self->references);
  composition->identity = g_strdup (self->identity);
  composition->smaller = wb_picture_cache_ref (self->smaller);
  /* Without WebKit what is written is plain text, whatever the list says. */
  composition->format = html ? get_format (self) : WB_DRAFT_PLAIN;
  composition->html = g_strdup (html);
  composition->plain_edited = html && self->plain_edited;
  if (!html || self->plain_edited)
    composition->text = dup_text (self->plain);
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

  /* The window may have been closed in the meantime. */
  if (self->store)
    {
      html =
          wb_html_editor_get_html_finish (get_engine (self), GTK_WIDGET (source), result, &error);
      snapshot->func (self, html ? collect (self, html) : NULL, error);
    }
  g_object_unref (self);
  g_free (snapshot);
}

static GBytes *
find_picture (const char *id, char **type, gpointer user_data)
{
  GPtrArray *pictures = user_data;

  for (guint i = 0; pictures && i < pictures->len; i++)
    {
      const WbHtmlPicture *picture = g_ptr_array_index (pictures, i);

      if (strcmp (picture->id, id) == 0)
        {
          *type = g_strdup (picture->type);
          return g_bytes_ref (picture->bytes);
        }
    }
  return NULL;
}

/* What was changed in the source goes into the editor, which cleans it. */
static void
push_source (WbComposer *self)
{
  g_autofree char *text = NULL;
  g_autofree char *html = NULL;

  if (!self->source_changed)
    return;
  self->source_changed = FALSE;
  text = dup_text (self->source);
  html = wb_html_put_pictures (text, find_picture, self->source_pictures);
  wb_html_editor_set_html (get_engine (self), self->editor, html);
}

/* What was typed before there was an editor, and what the editor begins with. */
static char *
join_early (WbComposer *self)
{
  g_autofree char *early = dup_text (self->early);
  g_autofree char *html = *early ? wb_html_from_text (early) : g_strdup ("");

  return g_strconcat (html, self->initial_html ? self->initial_html : "", NULL);
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

  if (get_format (self) == WB_DRAFT_PLAIN || (!self->editor_ready && !self->initial_html))
    {
      func (self, collect (self, NULL), NULL);
      return;
    }
  if (!self->editor_ready)
    {
      g_autofree char *html = join_early (self);

      func (self, collect (self, html), NULL);
      return;
    }
  push_source (self);
  snapshot = g_new0 (Snapshot, 1);
  snapshot->self = g_object_ref (self);
  snapshot->func = func;
  wb_html_editor_get_html_async (get_engine (self), self->editor, NULL, got_html_cb, snapshot);
}

static void
show_body (WbComposer *self)
{
  WbDraftFormat format = get_format (self);
  gboolean plain = format == WB_DRAFT_PLAIN || (!self->editor && !self->initial_html);

  if (self->view == WB_COMPOSER_PLAIN && format != WB_DRAFT_BOTH)
    self->view = WB_COMPOSER_FORMATTED;
  gtk_widget_set_visible (GTK_WIDGET (self->format_bar),
                          !plain && self->view == WB_COMPOSER_FORMATTED);
  gtk_widget_set_visible (GTK_WIDGET (self->picture_bar),
                          !plain && self->view == WB_COMPOSER_FORMATTED && self->editor_ready &&
                              self->pictures.count > 0);
  gtk_widget_set_visible (self->view_bar, !plain && self->editor_ready);
  gtk_widget_set_visible (GTK_WIDGET (self->view_plain), format == WB_DRAFT_BOTH);
  gtk_widget_set_visible (self->anew,
                          !plain && self->view == WB_COMPOSER_PLAIN && self->plain_edited);
  self->filling = TRUE;
  gtk_toggle_button_set_active (self->view_formatted, self->view == WB_COMPOSER_FORMATTED);
  gtk_toggle_button_set_active (self->view_plain, self->view == WB_COMPOSER_PLAIN);
  gtk_toggle_button_set_active (self->view_source, self->view == WB_COMPOSER_SOURCE);
  self->filling = FALSE;
  if (plain || self->view == WB_COMPOSER_PLAIN)
    gtk_stack_set_visible_child_name (self->body, "plain");
  else if (self->view == WB_COMPOSER_SOURCE)
    gtk_stack_set_visible_child_name (self->body, "source");
  else
    gtk_stack_set_visible_child_name (self->body, self->editor_ready ? "formatted" : "loading");
}

static void
plain_from_html_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autofree char *html = NULL;

  if (!self->editor)
    return;
  html = wb_html_editor_get_html_finish (get_engine (self), self->editor, result, NULL);
  if (!html || self->plain_edited ||
      (get_format (self) != WB_DRAFT_PLAIN && self->view != WB_COMPOSER_PLAIN))
    return;
  g_free (self->converted);
  self->converted = wb_html_to_text (html);
  set_text (self, self->plain, self->converted);
  gtk_text_view_set_editable (self->plain, TRUE);
  wb_composer_queue_preview (self);
}

/* The plain text follows the formatted one until the person has a hand in it. */
static void
make_plain (WbComposer *self)
{
  if (!self->editor_ready)
    return;
  if (self->plain_edited)
    {
      g_free (self->converted);
      self->converted = dup_text (self->plain);
      return;
    }
  /* For the moment that it takes, so that nothing typed is overwritten. */
  gtk_text_view_set_editable (self->plain, FALSE);
  push_source (self);
  wb_html_editor_get_html_async (get_engine (self), self->editor, NULL, plain_from_html_cb,
                                 g_object_ref (self));
}

static void
source_from_html_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autofree char *html = NULL;
  g_autofree char *text = NULL;

  if (!self->editor)
    return;
  html = wb_html_editor_get_html_finish (get_engine (self), self->editor, result, NULL);
  if (!html)
    return;
  g_clear_pointer (&self->source_pictures, g_ptr_array_unref);
  text = wb_html_take_pictures (html, NULL, &self->source_pictures);
  set_text (self, self->source, text);
  self->source_changed = FALSE;
  gtk_text_view_set_editable (self->source, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->source));
}

static void
set_view (WbComposer *self, WbComposerView view)
{
  if (self->view == view)
    return;
  push_source (self);
  self->view = view;
  wb_composer_end_find (self);
  if (view == WB_COMPOSER_PLAIN)
    make_plain (self);
  else if (view == WB_COMPOSER_SOURCE)
    {
      gtk_text_view_set_editable (self->source, FALSE);
      wb_html_editor_get_html_async (get_engine (self), self->editor, NULL, source_from_html_cb,
                                     g_object_ref (self));
    }
  show_body (self);
  if (view == WB_COMPOSER_FORMATTED)
    gtk_widget_grab_focus (self->editor);
  else if (view == WB_COMPOSER_PLAIN)
    gtk_widget_grab_focus (GTK_WIDGET (self->plain));
}

void
wb_composer_view_toggled_cb (WbComposer *self)
{
  if (self->filling)
    return;
  if (gtk_toggle_button_get_active (self->view_plain))
    set_view (self, WB_COMPOSER_PLAIN);
  else if (gtk_toggle_button_get_active (self->view_source))
    set_view (self, WB_COMPOSER_SOURCE);
  else
    set_view (self, WB_COMPOSER_FORMATTED);
}

void
wb_composer_anew_clicked_cb (WbComposer *self)
{
  self->plain_edited = FALSE;
  make_plain (self);
  show_body (self);
  wb_composer_changed (self);
}

static void
plain_changed_cb (WbComposer *self)
{
  if (self->filling)
    return;
  if (get_format (self) == WB_DRAFT_BOTH && !self->plain_edited)
    {
      self->plain_edited = TRUE;
      show_body (self);
    }
  wb_composer_changed (self);
}

static void
source_edited_cb (WbComposer *self)
{
  if (self->filling)
    return;
  self->source_changed = TRUE;
  wb_composer_changed (self);
}

void
wb_composer_format_selected_cb (WbComposer *self)
{
  if (self->filling)
    return;
  if (get_format (self) == WB_DRAFT_PLAIN)
    {
      make_plain (self);
      self->was_plain = TRUE;
    }
  else if (self->was_plain)
    {
      g_autofree char *text = dup_text (self->plain);

      self->was_plain = FALSE;
      /* What was formatted comes back as it was, unless the plain text was changed. */
      if (self->editor_ready && g_strcmp0 (text, self->converted) != 0)
        {
          g_autofree char *html = wb_html_from_text (text);

          wb_html_editor_set_html (get_engine (self), self->editor, html);
          self->plain_edited = FALSE;
        }
      self->view = WB_COMPOSER_FORMATTED;
    }
  show_body (self);
  wb_composer_changed (self);
}

/**
 * wb_composer_execute:
 * @self: the window
 * @command: see wb_html_editor_execute()
 * @argument: (nullable): for commands that take one
 *
 * Does something to the formatted text, and goes back to it. Main thread.
 */
void
wb_composer_execute (WbComposer *self, const char *command, const char *argument)
{
  if (!self->editor_ready)
    return;
  wb_html_editor_execute (get_engine (self), self->editor, command, argument);
  gtk_widget_grab_focus (self->editor);
}

void
wb_composer_command_cb (WbFormatBar *bar,
                        const char *command,
                        const char *argument,
                        gpointer user_data)
{
  WbComposer *self = user_data;

  if (strcmp (command, "InsertPicture") == 0)
    wb_composer_choose_picture (self);
  else if (strcmp (command, "Find") == 0)
    wb_composer_begin_find (self);
  else
    wb_composer_execute (self, command, argument);
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
editor_pictures_cb (GtkWidget *editor,
                    guint count,
                    guint width,
                    guint height,
                    guint64 bytes,
                    int longest,
                    gpointer user_data)
{
  WbComposer *self = user_data;

  self->pictures = (WbPictures){ count, width, height, bytes, longest };
  wb_picture_bar_set_pictures (self->picture_bar, &self->pictures);
  show_body (self);
}

void
wb_composer_picture_size_cb (WbComposer *self, int longest)
{
  g_autofree char *size = g_strdup_printf ("%d", longest);

  wb_composer_execute (self, "PictureSize", size);
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
  g_autofree char *html = self->initial_html ? join_early (self) : NULL;
  g_autofree char *text = html ? wb_html_to_text (html) : NULL;

  if (text)
    set_text (self, self->plain, text);
  g_clear_pointer (&self->initial_html, g_free);
  gtk_label_set_text (self->why_plain, why);
  gtk_widget_set_visible (GTK_WIDGET (self->why_plain), TRUE);
  self->filling = TRUE;
  gtk_drop_down_set_selected (self->format, G_N_ELEMENTS (formats) - 1);
  self->filling = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->format), FALSE);
  gtk_text_view_set_editable (self->plain, TRUE);
  show_body (self);
}

static void
editor_failed_cb (GtkWidget *editor, const char *why, gpointer user_data)
{
  WbComposer *self = user_data;

  self->editor = NULL;
  self->editor_ready = FALSE;
  self->pictures.count = 0;
  adw_bin_set_child (ADW_BIN (self->editor_box), NULL);
  fall_back_to_plain (self, why);
}

static void
editor_ready_cb (GtkWidget *editor, gpointer user_data)
{
  WbComposer *self = user_data;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean in_text = focus == GTK_WIDGET (self->early);
  g_autofree char *early = dup_text (self->early);
  g_autofree char *to = wb_address_field_dup_text (self->to);

  g_clear_pointer (&self->initial_html, g_free);
  self->editor_ready = TRUE;
  wb_composer_start_spelling (self);
  if (*early)
    {
      g_autofree char *html = wb_html_from_text (early);

      wb_html_editor_insert_html (get_engine (self), self->editor, html);
    }
  show_body (self);
  /* It has done its work, and is no second text to a screen reader. */
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->early)), FALSE);
  if (in_text || (*to && *gtk_editable_get_text (self->subject) && !self->modified))
    gtk_widget_grab_focus (self->editor);
  if (get_format (self) == WB_DRAFT_PLAIN && !self->was_plain)
    self->was_plain = TRUE;
  wb_composer_queue_preview (self);
}

static void
html_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  WbHtml *html = WB_HTML (source);
  g_autoptr (GError) error = NULL;
  gboolean loaded = wb_html_load_finish (html, result, &error);

  /* The window may have been closed in the meantime. */
  if (!self->store)
    return;
  if (!loaded)
    {
      fall_back_to_plain (self, error->message);
      return;
    }
  self->editor = wb_html_create_editor (html);
  gtk_widget_set_hexpand (self->editor, TRUE);
  gtk_widget_set_vexpand (self->editor, TRUE);
  g_signal_connect_object (self->editor, "changed", G_CALLBACK (wb_composer_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->editor, "state-changed", G_CALLBACK (editor_state_cb), self, 0);
  g_signal_connect_object (self->editor, "pictures-changed", G_CALLBACK (editor_pictures_cb), self,
                           0);
  g_signal_connect_object (self->editor, "files-dropped", G_CALLBACK (editor_dropped_cb), self, 0);
  g_signal_connect_object (self->editor, "found", G_CALLBACK (wb_composer_found_cb), self, 0);
  g_signal_connect_object (self->editor, "ready", G_CALLBACK (editor_ready_cb), self, 0);
  g_signal_connect_object (self->editor, "failed", G_CALLBACK (editor_failed_cb), self, 0);
  wb_html_editor_set_html (html, self->editor, self->initial_html ? self->initial_html : "");
  adw_bin_set_child (ADW_BIN (self->editor_box), self->editor);
}

/**
 * wb_composer_fill_body:
 * @self: the window
 * @composition: (nullable): what to begin with
 *
 * Shows the text as soon as there is an editor for it; what is typed until then is kept. Main
 * thread.
 */
void
wb_composer_fill_body (WbComposer *self, const WbComposition *composition)
{
  const char *text = composition && composition->text ? composition->text : "";

  for (guint i = 0; composition && i < G_N_ELEMENTS (formats); i++)
    if (formats[i] == composition->format)
      gtk_drop_down_set_selected (self->format, i);
  self->plain_edited = composition && composition->plain_edited;
  set_text (self, self->plain, text);
  self->converted = g_strdup (text);
  self->initial_html = composition && composition->html ? g_strdup (composition->html)
                       : *text                          ? wb_html_from_text (text)
                                                        : g_strdup ("");
  show_body (self);
}

/**
 * wb_composer_load_editor:
 * @self: the window
 *
 * Makes the editor, once, with what was filled in. Main thread.
 */
void
wb_composer_load_editor (WbComposer *self)
{
  wb_html_load_async (get_engine (self), NULL, html_loaded_cb, g_object_ref (self));
}

static void
follow_dark_cb (WbComposer *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  gtk_source_buffer_set_style_scheme (
      GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (self->source)),
      gtk_source_style_scheme_manager_get_scheme (gtk_source_style_scheme_manager_get_default (),
                                                  dark ? "Adwaita-dark" : "Adwaita"));
}

static void
add_shortcut (GtkEventController *controller, const char *key, const char *action)
{
  GtkShortcut *shortcut =
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string (key), gtk_named_action_new (action));

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
}

/* Before WebKit sees them, which takes them for text or does something else. Those that change the
 * text are keys of the editor's own: a command from here would overtake letters that are typed and
 * not yet taken. */
static void
add_editing_keys (WbComposer *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  add_shortcut (controller, "<Control>k", "composer.link");
  add_shortcut (controller, "<Control>f", "composer.find");
  add_shortcut (controller, "<Control>Return", "composer.send");
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (self->editor_box, controller);
}

/**
 * wb_composer_setup_body:
 * @self: the window
 *
 * Once, when its widgets are there. Main thread.
 */
void
wb_composer_setup_body (WbComposer *self)
{
  GtkTextBuffer *source = gtk_text_view_get_buffer (self->source);

  gtk_source_buffer_set_language (GTK_SOURCE_BUFFER (source),
                                  gtk_source_language_manager_get_language (
                                      gtk_source_language_manager_get_default (), "html"));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (follow_dark_cb), self, G_CONNECT_SWAPPED);
  follow_dark_cb (self);
  g_signal_connect_swapped (gtk_text_view_get_buffer (self->plain), "changed",
                            G_CALLBACK (plain_changed_cb), self);
  g_signal_connect_swapped (source, "changed", G_CALLBACK (source_edited_cb), self);
  g_signal_connect_swapped (gtk_text_view_get_buffer (self->early), "changed",
                            G_CALLBACK (wb_composer_changed), self);
  add_editing_keys (self);
}

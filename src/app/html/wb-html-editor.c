/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-html"

#include "config.h"

#include "wb-html-editor.h"

#include "wb-html-clipboard.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define RESOURCES "/io/github/wirebench/Wirebench/html/"

struct _WbHtmlEditor
{
  GtkWidget parent_instance;

  WebKitWebView *view;
  char *pending;    /* what to begin with, until the document is there */
  gboolean loading; /* until our own document is committed, the one navigation allowed */
  gboolean ready;
};

enum
{
  CHANGED,
  STATE_CHANGED,
  PICTURES_CHANGED,
  FILES_DROPPED,
  FOUND,
  READY,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbHtmlEditor, wb_html_editor, GTK_TYPE_WIDGET)

/* What a picture on the clipboard may be, best first; the web process is not asked, since it would
 * make a blob: URL of it that means nothing outside. */
static const char *const picture_types[] = { "image/png", "image/jpeg", "image/gif", "image/webp",
                                             NULL };

static void
called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JSCValue) value = webkit_web_view_call_async_javascript_function_finish (
      WEBKIT_WEB_VIEW (source), result, &error);

  if (!value)
    g_debug ("The editor's script: %s", error->message);
}

/* Calls one of the functions of editor.js; what is handed over travels as a value, not as code. */
static void
call (WbHtmlEditor *self, const char *body, const char *argument)
{
  GVariantDict arguments;

  g_variant_dict_init (&arguments, NULL);
  g_variant_dict_insert (&arguments, "argument", "s", argument ? argument : "");
  webkit_web_view_call_async_javascript_function (self->view, body, -1,
                                                  g_variant_dict_end (&arguments), WB_HTML_WORLD,
                                                  NULL, NULL, called_cb, NULL);
}

static void
picture_copied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbHtmlEditor) self = user_data;
  GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (source);
  const char *type = g_object_get_data (G_OBJECT (memory), "type");
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  g_autofree char *html = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (memory), result, &error) < 0)
    {
      g_debug ("Pasting a picture: %s", error->message);
      return;
    }
  data = g_base64_encode (g_memory_output_stream_get_data (memory),
                          g_memory_output_stream_get_data_size (memory));
  html = g_strdup_printf ("<img src=\"data:%s;base64,%s\" alt=\"\">", type, data);
  if (self->view)
    wb_html_editor_insert (self, html);
}

static void
picture_offered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbHtmlEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GInputStream) stream = NULL;
  const char *type = NULL;

  stream = gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, &type, &error);
  if (!stream)
    {
      g_debug ("Pasting a picture: %s", error->message);
      return;
    }
  g_object_set_data_full (G_OBJECT (memory), "type", g_strdup (type), g_free);
  g_output_stream_splice_async (
      memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
      G_PRIORITY_DEFAULT, NULL, picture_copied_cb, g_steal_pointer (&self));
}

/* Whether the clipboard held a picture and nothing better, which is then put in. */
static gboolean
paste_picture (WbHtmlEditor *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  gboolean found = FALSE;

  /* A picture that is copied from a page comes as HTML too, which only says where it was. */
  if (gdk_content_formats_contain_mime_type (formats, "text/plain") ||
      gdk_content_formats_contain_mime_type (formats, "text/plain;charset=utf-8"))
    return FALSE;
  for (guint i = 0; picture_types[i] && !found; i++)
    found = gdk_content_formats_contain_mime_type (formats, picture_types[i]);
  if (found)
    gdk_clipboard_read_async (clipboard, (const char **) picture_types, G_PRIORITY_DEFAULT, NULL,
                              picture_offered_cb, g_object_ref (self));
  return found;
}

static void
files_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbHtmlEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (value && self->view)
    g_signal_emit (self, signals[FILES_DROPPED], 0, g_value_get_boxed (value));
  else if (!value)
    g_debug ("Pasting files: %s", error->message);
}

/* Whether files were copied, which are then taken like dropped ones. */
static gboolean
paste_files (WbHtmlEditor *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);

  if (!gdk_content_formats_contain_mime_type (formats, "text/uri-list") ||
      gdk_content_formats_contain_mime_type (formats, "text/html"))
    return FALSE;
  gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL,
                                  files_read_cb, g_object_ref (self));
  return TRUE;
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  const GdkModifierType modifiers = state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK);

  if ((modifiers == GDK_CONTROL_MASK && gdk_keyval_to_lower (keyval) == GDK_KEY_v) ||
      (modifiers == GDK_SHIFT_MASK && keyval == GDK_KEY_Insert))
    return paste_files (user_data) || paste_picture (user_data);
  if (modifiers == (GDK_CONTROL_MASK | GDK_SHIFT_MASK) && gdk_keyval_to_lower (keyval) == GDK_KEY_v)
    {
      WbHtmlEditor *self = user_data;

      webkit_web_view_execute_editing_command (self->view,
                                               WEBKIT_EDITING_COMMAND_PASTE_AS_PLAIN_TEXT);
      return TRUE;
    }
  return FALSE;
}

static void
paste_activated_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WbHtmlEditor *self = user_data;

  if (!paste_files (self) && !paste_picture (self))
    webkit_web_view_execute_editing_command (self->view, WEBKIT_EDITING_COMMAND_PASTE);
}

static gboolean
decide_policy_cb (WebKitWebView *view,
                  WebKitPolicyDecision *decision,
                  WebKitPolicyDecisionType type,
                  gpointer user_data)
{
  WbHtmlEditor *self = user_data;

  if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE)
    {
      const char *uri = webkit_uri_request_get_uri (
          webkit_response_policy_decision_get_request (WEBKIT_RESPONSE_POLICY_DECISION (decision)));

      if (g_str_has_prefix (uri, "about:") || g_str_has_prefix (uri, "data:"))
        webkit_policy_decision_use (decision);
      else
        webkit_policy_decision_ignore (decision);
    }
  else
    {
      WebKitNavigationAction *action = webkit_navigation_policy_decision_get_navigation_action (
          WEBKIT_NAVIGATION_POLICY_DECISION (decision));
      const char *uri = webkit_uri_request_get_uri (webkit_navigation_action_get_request (action));

      /* A file dropped on the page is a navigation too, and would take the draft with it. */
      if (self->loading && type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION &&
          webkit_navigation_action_get_navigation_type (action) == WEBKIT_NAVIGATION_TYPE_OTHER &&
          g_strcmp0 (uri, "about:blank") == 0)
        webkit_policy_decision_use (decision);
      else
        webkit_policy_decision_ignore (decision);
    }
  return TRUE;
}

static void
load_changed_cb (WebKitWebView *view, WebKitLoadEvent event, gpointer user_data)
{
  WbHtmlEditor *self = user_data;

  if (event == WEBKIT_LOAD_COMMITTED)
    self->loading = FALSE;
}

static gboolean
context_menu_cb (WebKitWebView *view,
                 WebKitContextMenu *menu,
                 WebKitHitTestResult *hit,
                 gpointer user_data)
{
  g_autoptr (GList) items = g_list_copy (webkit_context_menu_get_items (menu));
  g_autoptr (GSimpleAction) paste = NULL;

  for (GList *item = items; item; item = item->next)
    {
      WebKitContextMenuAction action = webkit_context_menu_item_get_stock_action (item->data);

      if (action != WEBKIT_CONTEXT_MENU_ACTION_CUT && action != WEBKIT_CONTEXT_MENU_ACTION_COPY &&
          action != WEBKIT_CONTEXT_MENU_ACTION_PASTE_AS_PLAIN_TEXT &&
          action != WEBKIT_CONTEXT_MENU_ACTION_DELETE &&
          action != WEBKIT_CONTEXT_MENU_ACTION_SELECT_ALL &&
          action != WEBKIT_CONTEXT_MENU_ACTION_SPELLING_GUESS &&
          action != WEBKIT_CONTEXT_MENU_ACTION_NO_GUESSES_FOUND &&
          action != WEBKIT_CONTEXT_MENU_ACTION_IGNORE_SPELLING &&
          action != WEBKIT_CONTEXT_MENU_ACTION_LEARN_SPELLING &&
          action != WEBKIT_CONTEXT_MENU_ACTION_INSERT_EMOJI)
        webkit_context_menu_remove (menu, item->data);
    }
  paste = g_simple_action_new ("paste", NULL);
  g_signal_connect_object (paste, "activate", G_CALLBACK (paste_activated_cb), user_data, 0);
  webkit_context_menu_append (
      menu, webkit_context_menu_item_new_from_gaction (G_ACTION (paste), _ ("Paste"), NULL));
  return webkit_context_menu_get_n_items (menu) == 0;
}

static void
terminated_cb (WebKitWebView *view, WebKitWebProcessTerminationReason reason, gpointer user_data)
{
  WbHtmlEditor *self = user_data;

  if (reason != WEBKIT_WEB_PROCESS_TERMINATED_BY_API)
    g_signal_emit (self, signals[FAILED], 0, _ ("The process that edits formatted text ended."));
}

static gboolean
is_set (JSCValue *object, const char *name)
{
  g_autoptr (JSCValue) value = jsc_value_object_get_property (object, name);

  return jsc_value_to_boolean (value);
}

static char *
get_text (JSCValue *object, const char *name)
{
  g_autoptr (JSCValue) value = jsc_value_object_get_property (object, name);

  return jsc_value_is_string (value) ? jsc_value_to_string (value) : g_strdup ("");
}

static guint
get_size (JSCValue *object)
{
  g_autoptr (JSCValue) value = jsc_value_object_get_property (object, "size");

  return CLAMP (jsc_value_to_int32 (value), 1, 7);
}

static void
report_state (WbHtmlEditor *self, JSCValue *object)
{
  static const struct
  {
    const char *name;
    WbHtmlState state;
  } names[] = {
    { "bold", WB_HTML_BOLD },           { "italic", WB_HTML_ITALIC },
    { "underline", WB_HTML_UNDERLINE }, { "strikethrough", WB_HTML_STRIKETHROUGH },
    { "bullets", WB_HTML_BULLETS },     { "numbers", WB_HTML_NUMBERS },
    { "quote", WB_HTML_QUOTE },         { "code", WB_HTML_CODE },
    { "table", WB_HTML_TABLE },
  };
  g_autofree char *block = get_text (object, "block");
  g_autofree char *link = get_text (object, "link");
  guint state = *link ? WB_HTML_LINK : 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (is_set (object, names[i].name))
      state |= names[i].state;
  state |= get_size (object) << WB_HTML_SIZE_SHIFT;
  g_signal_emit (self, signals[STATE_CHANGED], 0, state, block, link);
}

static double
get_number (JSCValue *object, const char *name)
{
  g_autoptr (JSCValue) value = jsc_value_object_get_property (object, name);
  double number = jsc_value_to_double (value);

  return number > G_MININT && number < G_MAXINT ? number : 0;
}

static void
report_pictures (WbHtmlEditor *self, JSCValue *object)
{
  g_signal_emit (self, signals[PICTURES_CHANGED], 0, (guint) get_number (object, "count"),
                 (guint) get_number (object, "width"), (guint) get_number (object, "height"),
                 (guint64) get_number (object, "bytes"), (int) get_number (object, "longest"));
}

static void
html_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbHtmlEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *html = wb_html_clipboard_read_finish (result, &error);

  if (!html)
    g_debug ("Pasting: %s", error->message);
  if (self->view)
    call (self, "wirebench.paste(argument);", html);
}

static void
message_cb (WebKitUserContentManager *manager, JSCValue *value, gpointer user_data)
{
  WbHtmlEditor *self = user_data;
  g_autofree char *text = jsc_value_to_string (value);
  g_autoptr (JSCValue) object = jsc_value_new_from_json (jsc_value_get_context (value), text);
  g_autofree char *type = jsc_value_is_object (object) ? get_text (object, "type") : NULL;

  if (g_strcmp0 (type, "state") == 0)
    report_state (self, object);
  else if (g_strcmp0 (type, "pictures") == 0)
    report_pictures (self, object);
  else if (g_strcmp0 (type, "paste") == 0)
    wb_html_clipboard_read_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), html_read_cb,
                                  g_object_ref (self));
  else if (g_strcmp0 (type, "changed") == 0)
    g_signal_emit (self, signals[CHANGED], 0);
  else if (g_strcmp0 (type, "ready") == 0)
    {
      self->ready = TRUE;
      if (self->pending)
        call (self, "wirebench.setDocument(argument);", self->pending);
      g_clear_pointer (&self->pending, g_free);
      g_signal_emit (self, signals[READY], 0);
    }
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  WbHtmlEditor *self = user_data;

  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  g_signal_emit (self, signals[FILES_DROPPED], 0, g_value_get_boxed (value));
  return TRUE;
}

static gboolean
wb_html_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WB_HTML_EDITOR (widget)->view));
}

static void
wb_html_editor_dispose (GObject *object)
{
  WbHtmlEditor *self = WB_HTML_EDITOR (object);

  if (self->view)
    {
      WebKitUserContentManager *manager = webkit_web_view_get_user_content_manager (self->view);

      g_signal_handlers_disconnect_by_data (manager, self);
      g_signal_handlers_disconnect_by_data (self->view, self);
      gtk_widget_unparent (GTK_WIDGET (self->view));
      self->view = NULL;
    }
  g_clear_pointer (&self->pending, g_free);

  G_OBJECT_CLASS (wb_html_editor_parent_class)->dispose (object);
}

static void
wb_html_editor_class_init (WbHtmlEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_html_editor_dispose;
  widget_class->grab_focus = wb_html_editor_grab_focus;
  signals[CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STATE_CHANGED] =
      g_signal_new ("state-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  signals[PICTURES_CHANGED] =
      g_signal_new ("pictures-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    5, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT64, G_TYPE_INT);
  signals[FILES_DROPPED] = g_signal_new ("files-dropped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, GDK_TYPE_FILE_LIST);
  signals[FOUND] = g_signal_new ("found", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_BOOLEAN);
  signals[READY] =
      g_signal_new ("ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "htmleditor");
}

static void
wb_html_editor_init (WbHtmlEditor *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  GtkEventController *keys = gtk_event_controller_key_new ();

  /* Before WebKit sees it, which would open the file in the draft's place. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
found_cb (WebKitFindController *controller, guint matches, gpointer user_data)
{
  g_signal_emit (user_data, signals[FOUND], 0, TRUE);
}

static void
not_found_cb (WebKitFindController *controller, gpointer user_data)
{
  g_signal_emit (user_data, signals[FOUND], 0, FALSE);
}

static void
add_script (WebKitUserContentManager *manager)
{
  g_autoptr (GBytes) source =
      g_resources_lookup_data (RESOURCES "editor.js", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  WebKitUserScript *script = webkit_user_script_new_for_world (
      g_bytes_get_data (source, NULL), WEBKIT_USER_CONTENT_INJECT_TOP_FRAME,
      WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_END, WB_HTML_WORLD, NULL, NULL);

  webkit_user_content_manager_add_script (manager, script);
  webkit_user_script_unref (script);
}

/**
 * wb_html_editor_new:
 * @engine: what the views share
 *
 * Emits `ready` when the person can write. Main thread.
 *
 * Returns: (transfer floating): an empty editor
 */
GtkWidget *
wb_html_editor_new (WbHtmlEngine *engine)
{
  WbHtmlEditor *self = g_object_new (WB_TYPE_HTML_EDITOR, NULL);
  WebKitUserContentManager *manager = NULL;
  g_autoptr (GBytes) document =
      g_resources_lookup_data (RESOURCES "editor.html", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  self->view = wb_html_engine_create_view (engine, TRUE);
  manager = webkit_web_view_get_user_content_manager (self->view);
  g_signal_connect (manager, "script-message-received::wirebench", G_CALLBACK (message_cb), self);
  webkit_user_content_manager_register_script_message_handler (manager, "wirebench", WB_HTML_WORLD);
  add_script (manager);
  g_signal_connect (self->view, "decide-policy", G_CALLBACK (decide_policy_cb), self);
  g_signal_connect (self->view, "load-changed", G_CALLBACK (load_changed_cb), self);
  g_signal_connect (self->view, "context-menu", G_CALLBACK (context_menu_cb), self);
  g_signal_connect (self->view, "web-process-terminated", G_CALLBACK (terminated_cb), self);
  g_signal_connect_object (webkit_web_view_get_find_controller (self->view), "found-text",
                           G_CALLBACK (found_cb), self, 0);
  g_signal_connect_object (webkit_web_view_get_find_controller (self->view), "failed-to-find-text",
                           G_CALLBACK (not_found_cb), self, 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Message text"), -1);
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  self->loading = TRUE;
  webkit_web_view_load_html (self->view, g_bytes_get_data (document, NULL), "about:blank");
  return GTK_WIDGET (self);
}

/**
 * wb_html_editor_set_document:
 * @self: the editor
 * @html: what to begin with; it is cleaned first
 *
 * Replaces everything; what was there can't be brought back by Undo. Main thread.
 */
void
wb_html_editor_set_document (WbHtmlEditor *self, const char *html)
{
  g_return_if_fail (WB_IS_HTML_EDITOR (self));

  if (self->ready)
    {
      call (self, "wirebench.setDocument(argument);", html);
      return;
    }
  g_free (self->pending);
  self->pending = g_strdup (html);
}

/**
 * wb_html_editor_insert:
 * @self: the editor
 * @html: what to put at the caret, in place of the selection; it is cleaned first
 *
 * Main thread.
 */
void
wb_html_editor_insert (WbHtmlEditor *self, const char *html)
{
  g_return_if_fail (WB_IS_HTML_EDITOR (self));

  call (self, "wirebench.insert(argument);", html);
}

/* In the order of the text, round its end, whatever the case. */
static void
find (WbHtmlEditor *self, const char *command, const char *text)
{
  WebKitFindController *controller = webkit_web_view_get_find_controller (self->view);

  if (strcmp (command, "FindNext") == 0)
    webkit_find_controller_search_next (controller);
  else if (strcmp (command, "FindPrevious") == 0)
    webkit_find_controller_search_previous (controller);
  else if (text && *text)
    webkit_find_controller_search (
        controller, text, WEBKIT_FIND_OPTIONS_CASE_INSENSITIVE | WEBKIT_FIND_OPTIONS_WRAP_AROUND,
        G_MAXUINT);
  else
    webkit_find_controller_search_finish (controller);
}

/* Languages as "en_US,de_DE"; where there is no dictionary for one, WebKit leaves it out. */
static void
check_spelling (WbHtmlEditor *self, const char *languages)
{
  WebKitWebContext *context = webkit_web_view_get_context (self->view);
  g_auto (GStrv) names = g_strsplit (languages ? languages : "", ",", 32);

  webkit_web_context_set_spell_checking_languages (context, (const char *const *) names);
  webkit_web_context_set_spell_checking_enabled (context, names[0] != NULL && *names[0] != '\0');
}

/* Calls a function of editor.js whose name is one of ours and so no code of others'. */
static void
run (WbHtmlEditor *self, const char *command, const char *argument)
{
  g_autofree char *body = g_strdup_printf ("wirebench.run('%s', argument);", command);

  call (self, body, argument);
}

/**
 * wb_html_editor_run_command:
 * @self: the editor
 * @command: see wb_html_editor_execute()
 * @argument: (nullable): for commands that take one
 *
 * Main thread.
 */
void
wb_html_editor_run_command (WbHtmlEditor *self, const char *command, const char *argument)
{
  static const char *const ours[] = {
    "Quote",       "Code",        "Indent", "Outdent",   "Rule",          "Table", "FontSize",
    "HiliteColor", "PictureSize", "Clear",  "Underline", "Strikethrough", NULL,
  };

  g_return_if_fail (WB_IS_HTML_EDITOR (self));

  if (g_str_has_prefix (command, "Find"))
    {
      find (self, command, argument);
      return;
    }
  if (strcmp (command, "CheckSpelling") == 0)
    {
      check_spelling (self, argument);
      return;
    }
  if (g_strv_contains (ours, command))
    {
      run (self, command, argument);
      return;
    }
  if (strcmp (command, "CreateLink") == 0)
    call (self, "wirebench.link(argument);", argument);
  else if (strcmp (command, "Unlink") == 0)
    call (self, "wirebench.unlink();", NULL);
  else if (strcmp (command, WEBKIT_EDITING_COMMAND_PASTE) == 0 &&
           (paste_files (self) || paste_picture (self)))
    return;
  else if (argument)
    webkit_web_view_execute_editing_command_with_argument (self->view, command, argument);
  else
    webkit_web_view_execute_editing_command (self->view, command);
  call (self, "wirebench.report();", NULL);
}

static void
got_document_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (JSCValue) value = webkit_web_view_call_async_javascript_function_finish (
      WEBKIT_WEB_VIEW (source), result, &error);

  if (value)
    g_task_return_pointer (task, jsc_value_to_string (value), g_free);
  else
    g_task_return_error (task, error);
}

/**
 * wb_html_editor_get_document_async:
 * @self: the editor
 * @cancellable: (nullable): ends the call
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Asks for what was written. Main thread.
 */
void
wb_html_editor_get_document_async (WbHtmlEditor *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (WB_IS_HTML_EDITOR (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, wb_html_editor_get_document_async);
  if (!self->ready)
    {
      g_task_return_pointer (task, g_strdup (self->pending ? self->pending : ""), g_free);
      return;
    }
  webkit_web_view_call_async_javascript_function (self->view, "return wirebench.getDocument();", -1,
                                                  NULL, WB_HTML_WORLD, NULL, cancellable,
                                                  got_document_cb, g_steal_pointer (&task));
}

/**
 * wb_html_editor_get_document_finish:
 * @self: the editor
 * @result: what the callback was given
 * @error: set when the web process is gone
 *
 * Ends wb_html_editor_get_document_async().
 *
 * Returns: (transfer full): a whole HTML document
 */
char *
wb_html_editor_get_document_finish (WbHtmlEditor *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-html.h"

#include "wb-html-module.h"
#include "wb-html-sandbox.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <gmodule.h>
#include <string.h>

#define MODULE_FILE "wb-html-webkit.so"

struct _WbHtml
{
  GObject parent_instance;

  const WbHtmlModule *module;
  GObject *engine;
  GError *failure;    /* what the first try ended with; it is not tried again */
  GPtrArray *waiting; /* (element-type GTask): those who asked while it was being loaded */
  gboolean loading;
};

G_DEFINE_FINAL_TYPE (WbHtml, wb_html, G_TYPE_OBJECT)

/* The module beside the program where that is a build folder, else the installed one. */
static char *
find_module (void)
{
  const char *directory = g_getenv ("WIREBENCH_MODULE_DIR");
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program ? g_path_get_dirname (program) : NULL;
  g_autofree char *beside = NULL;

  if (directory)
    return g_build_filename (directory, MODULE_FILE, NULL);
  if (folder)
    {
      beside = g_build_filename (folder, "html", MODULE_FILE, NULL);
      if (g_file_test (beside, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&beside);
    }
  return g_build_filename (PKGLIBDIR, MODULE_FILE, NULL);
}

static void
open_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autofree char *path = find_module ();
  GModule *library = NULL;
  gpointer symbol = NULL;
  const WbHtmlModule *module = NULL;

  library = g_module_open (path, G_MODULE_BIND_LOCAL);
  if (library)
    {
      /* It registers types, which can't be taken back. */
      g_module_make_resident (library);
      if (g_module_symbol (library, WB_HTML_MODULE_SYMBOL, &symbol))
        module = ((WbHtmlModuleGetFunc) symbol) ();
    }
  if (!module || module->size != sizeof (WbHtmlModule))
    {
      g_task_return_new_error (
          task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
          /* Translators: the first %s is a file, the second what the system said */
          _ ("The part that shows formatted mail could not be loaded from %s (%s), so mail is "
             "shown "
             "as plain text. Is Wirebench installed completely?"),
          path, module ? "version" : g_module_error ());
      return;
    }
  g_task_return_pointer (task, (gpointer) module, NULL);
}

static void
finish_loading (WbHtml *self, GError *failure)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->loading = FALSE;
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_clear_error (&self->failure);
  self->failure = failure;
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (failure)
        g_task_return_error (task, g_error_copy (failure));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbHtml) self = user_data;
  GError *error = NULL;

  self->engine = self->module->prepare_finish (result, &error);
  finish_loading (self, error);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WbHtml *self = WB_HTML (source);
  GError *error = NULL;
  g_autofree char *cache = NULL;

  self->module = g_task_propagate_pointer (G_TASK (result), &error);
  if (!self->module)
    {
      finish_loading (self, error);
      return;
    }
  cache = g_build_filename (g_get_user_cache_dir (), "wirebench", "html", NULL);
  self->module->prepare_async (cache, NULL, prepared_cb, g_object_ref (self));
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbHtml) self = user_data;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  if (!wb_html_sandbox_check_finish (result, &error))
    {
      finish_loading (self, error);
      return;
    }
  task = g_task_new (self, NULL, opened_cb, NULL);
  g_task_set_source_tag (task, open_thread);
  g_task_run_in_thread (task, open_thread);
}

static void
wb_html_dispose (GObject *object)
{
  WbHtml *self = WB_HTML (object);

  g_clear_object (&self->engine);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);

  G_OBJECT_CLASS (wb_html_parent_class)->dispose (object);
}

static void
wb_html_class_init (WbHtmlClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_html_dispose;
}

static void
wb_html_init (WbHtml *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * wb_html_new:
 *
 * Loads nothing yet. One is enough for a program: it holds the one WebKit context. Main thread.
 *
 * Returns: (transfer full): the loader
 */
WbHtml *
wb_html_new (void)
{
  return g_object_new (WB_TYPE_HTML, NULL);
}

/**
 * wb_html_load_async:
 * @self: the loader
 * @cancellable: (nullable): not used for the loading itself, which goes on for others
 * @callback: called when viewers and editors can be created, or never will be
 * @user_data: for @callback
 *
 * Checks that WebKit's sandbox works, loads the module on another thread and compiles the filter
 * that keeps every page from the network. Calling it again is cheap; a failure is remembered.
 * Main thread.
 */
void
wb_html_load_async (WbHtml *self,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (WB_IS_HTML (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, wb_html_load_async);
  if (self->engine)
    g_task_return_boolean (task, TRUE);
  else if (self->failure)
    g_task_return_error (task, g_error_copy (self->failure));
  else
    {
      g_ptr_array_add (self->waiting, g_steal_pointer (&task));
      if (!self->loading)
        {
          self->loading = TRUE;
          wb_html_sandbox_check_async (NULL, checked_cb, g_object_ref (self));
        }
    }
}

/**
 * wb_html_load_finish:
 * @self: the loader
 * @result: what the callback was given
 * @error: set to `G_IO_ERROR_NOT_SUPPORTED` without a working sandbox, `G_IO_ERROR_NOT_FOUND`
 *   without the module
 *
 * Ends wb_html_load_async(). The error's message is fit for the person.
 *
 * Returns: whether viewers and editors can be created
 */
gboolean
wb_html_load_finish (WbHtml *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wb_html_is_loaded:
 * @self: the loader
 *
 * Returns: whether viewers and editors can be created now. Main thread.
 */
gboolean
wb_html_is_loaded (WbHtml *self)
{
  g_return_val_if_fail (WB_IS_HTML (self), FALSE);

  return self->engine != NULL;
}

/**
 * wb_html_create_viewer:
 * @self: a loader that is loaded
 *
 * A widget that shows HTML from a stranger: its scripts do not run, nothing is fetched, no link
 * is followed. Main thread.
 *
 * Returns: (transfer floating): the viewer
 */
GtkWidget *
wb_html_create_viewer (WbHtml *self)
{
  g_return_val_if_fail (WB_IS_HTML (self) && self->engine, NULL);

  return self->module->viewer_new (self->engine);
}

/**
 * wb_html_viewer_show:
 * @self: the loader
 * @viewer: from wb_html_create_viewer()
 * @html: the document; each MIME part is a document of its own
 * @resolve: (nullable): finds the pictures that came along
 * @user_data: for @resolve
 * @user_data_free: (nullable): called when @resolve is needed no more
 *
 * Shows @html in place of what was there. Main thread.
 */
void
wb_html_viewer_show (WbHtml *self,
                     GtkWidget *viewer,
                     const char *html,
                     WbHtmlResolveFunc resolve,
                     gpointer user_data,
                     GDestroyNotify user_data_free)
{
  g_return_if_fail (WB_IS_HTML (self) && self->engine);
  g_return_if_fail (html != NULL);

  self->module->viewer_show (viewer, html, resolve, user_data, user_data_free);
}

/**
 * wb_html_create_editor:
 * @self: a loader that is loaded
 *
 * A widget to write formatted text in. It fetches nothing either, and takes dropped files as
 * attachments (`files-dropped`). Main thread.
 *
 * Returns: (transfer floating): the editor
 */
GtkWidget *
wb_html_create_editor (WbHtml *self)
{
  g_return_val_if_fail (WB_IS_HTML (self) && self->engine, NULL);

  return self->module->editor_new (self->engine);
}

/**
 * wb_html_editor_set_html:
 * @self: the loader
 * @editor: from wb_html_create_editor()
 * @html: what to begin with; scripts, forms, frames and remote pictures are left out
 *
 * Main thread.
 */
void
wb_html_editor_set_html (WbHtml *self, GtkWidget *editor, const char *html)
{
  g_return_if_fail (WB_IS_HTML (self) && self->engine);
  g_return_if_fail (html != NULL);

  self->module->editor_set_html (editor, html);
}

/**
 * wb_html_editor_insert_html:
 * @self: the loader
 * @editor: from wb_html_create_editor()
 * @html: what to put in place of the selection, cleaned like the rest
 *
 * Main thread; can be undone.
 */
void
wb_html_editor_insert_html (WbHtml *self, GtkWidget *editor, const char *html)
{
  g_return_if_fail (WB_IS_HTML (self) && self->engine);
  g_return_if_fail (html != NULL);

  self->module->editor_insert_html (editor, html);
}

/**
 * wb_html_editor_execute:
 * @self: the loader
 * @editor: from wb_html_create_editor()
 * @command: "Undo", "Redo", "Bold", "Italic", "Underline", "Strikethrough", "RemoveFormat",
 *   "Clear", "InsertUnorderedList", "InsertOrderedList", "Indent", "Outdent", "Quote", "Code",
 *   "Rule", "Unlink", "SelectAll", "Cut", "Copy", "Paste", "FindNext", "FindPrevious"; with an
 *   argument "FormatBlock" (p, h1, h2, h3, pre), "ForeColor" and "HiliteColor" (#rrggbb),
 *   "FontSize" (1 to 7), "Table" (rows x columns, "2x3"), "PictureSize" (pixels,
 *   0 for the original), "CreateLink" (the address), "InsertText", "Find" (what; nothing ends it),
 *   "CheckSpelling" (languages, "en_US,de_DE"; nothing ends it)
 * @argument: (nullable): for the commands that take one
 *
 * Does to the selection what @command says. Main thread.
 */
void
wb_html_editor_execute (WbHtml *self, GtkWidget *editor, const char *command, const char *argument)
{
  g_return_if_fail (WB_IS_HTML (self) && self->engine);
  g_return_if_fail (command != NULL);

  self->module->editor_execute (editor, command, argument);
}

/**
 * wb_html_editor_get_html_async:
 * @self: the loader
 * @editor: from wb_html_create_editor()
 * @cancellable: (nullable): ends the call
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Asks for what was written. Main thread.
 */
void
wb_html_editor_get_html_async (WbHtml *self,
                               GtkWidget *editor,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (WB_IS_HTML (self) && self->engine);

  self->module->editor_get_html_async (editor, cancellable, callback, user_data);
}

/**
 * wb_html_editor_get_html_finish:
 * @self: the loader
 * @editor: from wb_html_create_editor()
 * @result: what the callback was given
 * @error: set when the web process has died
 *
 * Ends wb_html_editor_get_html_async().
 *
 * Returns: (transfer full): a whole HTML document; its own pictures are `data:` URLs
 */
char *
wb_html_editor_get_html_finish (WbHtml *self,
                                GtkWidget *editor,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (WB_IS_HTML (self) && self->engine, NULL);

  return self->module->editor_get_html_finish (editor, result, error);
}

static gboolean
points_outside (const char *value)
{
  while (g_ascii_isspace (*value) || *value == '"' || *value == '\'' || *value == '=' ||
         *value == '(')
    value++;
  return g_ascii_strncasecmp (value, "http:", 5) == 0 ||
         g_ascii_strncasecmp (value, "https:", 6) == 0 || g_str_has_prefix (value, "//");
}

/**
 * wb_html_has_remote_content:
 * @html: a document
 *
 * Whether it names something that a browser would fetch. A look at the text, good enough for a
 * line that says so; what keeps the page from fetching does not rest on it. Any thread.
 *
 * Returns: %TRUE when it does
 */
gboolean
wb_html_has_remote_content (const char *html)
{
  static const char *const marks[] = {
    "src", "srcset", "background", "poster", "data", "@import", "url(", "xlink:href", NULL,
  };

  g_return_val_if_fail (html != NULL, FALSE);

  for (const char *at = html; *at; at++)
    for (guint i = 0; marks[i]; i++)
      {
        gsize length = strlen (marks[i]);

        if (g_ascii_strncasecmp (at, marks[i], length) == 0 && points_outside (at + length))
          return TRUE;
      }
  for (const char *at = strcasestr (html, "<link"); at; at = strcasestr (at + 1, "<link"))
    {
      const char *end = strchr (at, '>');
      const char *target = strcasestr (at, "href");

      if (target && end && target < end && points_outside (target + 4))
        return TRUE;
    }
  return FALSE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-html-sandbox.h"

#include "wb-flatpak.h"

#include <glib/gi18n-lib.h>

#define HELPER "/usr/bin/bwrap"
#define PROXY "/usr/bin/xdg-dbus-proxy"

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_return_new_error (
      task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
      /* Translators: %s is what the system said, such as "Child process exited with code 1" */
      _ ("This system does not let programs lock themselves in (%s). Formatted mail is shown only "
         "locked in, so it is shown as plain text. An administrator can allow user namespaces."),
      error->message);
}

/**
 * wb_html_sandbox_check_async:
 * @cancellable: (nullable): ends the check
 * @callback: called in the caller's main context
 * @user_data: for @callback
 *
 * Tries out whether WebKit's sandbox will start: WebKit itself ends the whole program when it
 * does not. A child is run in namespaces of its own, exactly as WebKit's are; inside Flatpak that
 * is left to the Flatpak portal. Call it on the main thread.
 */
void
wb_html_sandbox_check_async (GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  const char *const direct[] = {
    HELPER,
    "--ro-bind",
    "/",
    "/",
    "--unshare-pid",
    "--unshare-uts",
    "--unshare-ipc",
    "--unshare-net",
    "--proc",
    "/proc",
    "--dev",
    "/dev",
    "--die-with-parent",
    "--",
    "/bin/true",
    NULL,
  };
  const char *const portal[] = { "flatpak-spawn", "--sandbox", "--no-network", "true", NULL };
  gboolean flatpak = wb_is_flatpak ();

  g_task_set_source_tag (task, wb_html_sandbox_check_async);
  if (!flatpak && (!g_file_test (HELPER, G_FILE_TEST_IS_EXECUTABLE) ||
                   !g_file_test (PROXY, G_FILE_TEST_IS_EXECUTABLE)))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                               _ ("The programs bwrap and xdg-dbus-proxy are not both installed. "
                                  "Formatted mail is shown "
                                  "only locked in by them, so it is shown as plain text."));
      return;
    }
  child = g_subprocess_newv (flatpak ? portal : direct,
                             G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                             &error);
  if (!child)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_subprocess_wait_check_async (child, cancellable, wait_cb, g_steal_pointer (&task));
}

/**
 * wb_html_sandbox_check_finish:
 * @result: what the callback was given
 * @error: set to `G_IO_ERROR_NOT_SUPPORTED` with what to do about it
 *
 * Ends wb_html_sandbox_check_async().
 *
 * Returns: whether web views can be created
 */
gboolean
wb_html_sandbox_check_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

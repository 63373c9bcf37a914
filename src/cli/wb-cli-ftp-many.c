/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-ftp-many.h"
#include "wb-ftp-queue.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* How often Cancel is looked at and the line on the terminal drawn, in ms. */
#define TICK 100

typedef struct
{
  WbCli *cli;
  WbFtpQueue *queue;
  GMainLoop *loop;
  gboolean terminal;
} Runner;

/* The line on the terminal. */
void
wb_cli_ftp_draw (gint64 done, gint64 total, double rate)
{
  g_autofree char *size = g_format_size_full (MAX (done, 0), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *speed =
      g_format_size_full (rate > 0 ? (guint64) rate : 0, G_FORMAT_SIZE_IEC_UNITS);

  if (total > 0)
    g_printerr ("\r\x1b[K%3d %%  %s  %s/s", (int) (done * 100.0 / total), size, speed);
  else
    g_printerr ("\r\x1b[K%s  %s/s", size, speed);
}

void
wb_cli_ftp_draw_end (void)
{
  g_printerr ("\r\x1b[K");
}

static gboolean
tick_cb (gpointer data)
{
  Runner *runner = data;
  GListModel *model = G_LIST_MODEL (runner->queue);
  guint n = g_list_model_get_n_items (model);
  gint64 done = 0;
  double rate = 0;

  if (g_cancellable_is_cancelled (wb_cli_get_cancellable (runner->cli)))
    wb_ftp_queue_cancel_all (runner->queue);
  if (!runner->terminal)
    return G_SOURCE_CONTINUE;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (model, i);

      done += wb_ftp_transfer_get_done (transfer);
      if (wb_ftp_transfer_get_state (transfer) == WB_FTP_TRANSFER_RUNNING)
        rate += wb_ftp_transfer_get_rate (transfer);
    }
  wb_cli_ftp_draw (done, -1, rate);
  return G_SOURCE_CONTINUE;
}

static int
tell_outcome (WbCli *cli, WbFtpQueue *queue, const WbCliFtpOptions *options)
{
  GListModel *model = G_LIST_MODEL (queue);
  guint n = g_list_model_get_n_items (model);
  const GError *first = NULL;
  g_autofree char *which = NULL;
  g_autofree char *message = NULL;
  guint failed = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (model, i);
      const GError *error = wb_ftp_transfer_get_error (transfer);

      if (error == NULL || (options->if_exists == WB_CLI_FTP_SKIP &&
                            g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS)))
        continue;
      failed++;
      if (first == NULL)
        {
          first = error;
          which = g_utf8_make_valid (wb_ftp_transfer_get_remote (transfer), -1);
        }
    }
  if (g_cancellable_is_cancelled (wb_cli_get_cancellable (cli)))
    {
      wb_cli_warn (cli, _ ("Interrupted."));
      return WB_CLI_FAILED;
    }
  if (failed == 0)
    return WB_CLI_DONE;

  message = g_strdup_printf (
      /* Translators: the first %s is a path, the second what went wrong; %u is how many failed. */
      g_dngettext (GETTEXT_PACKAGE, "%s: %s (%u transfer failed.)", "%s: %s (%u transfers failed.)",
                   failed),
      g_strdelimit (which, "\r\n\x1b", '?'), first->message, failed);
  wb_cli_warn (cli, message);
  return WB_CLI_FAILED;
}

static int
run_queue (WbCli *cli, WbFtpQueue *queue, const WbCliFtpOptions *options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Runner runner = { cli, queue, loop, isatty (STDERR_FILENO) };
  guint tick_id = 0;

  g_signal_connect_swapped (queue, "idle", G_CALLBACK (g_main_loop_quit), loop);
  tick_id = g_timeout_add (TICK, tick_cb, &runner);
  if (!wb_ftp_queue_is_idle (queue))
    g_main_loop_run (loop);
  g_source_remove (tick_id);
  if (runner.terminal)
    wb_cli_ftp_draw_end ();
  return tell_outcome (cli, queue, options);
}

static WbFtpQueue *
make_queue (WbCli *cli, const WbUrl *url, const WbCliFtpOptions *options)
{
  WbFtpQueue *queue =
      wb_ftp_queue_new (wb_cli_get_wire (cli), wb_cli_get_trust (cli, url->host, url->port, NULL),
                        url, options->jobs);

  wb_ftp_queue_set_timeout (queue, wb_cli_get_timeout (cli));
  return queue;
}

/* "" of "a", "/" of "/a", "x/y" of "x/y/a" */
static char *
folder_of (const char *path)
{
  const char *slash = strrchr (path, '/');

  if (slash == NULL)
    return g_strdup ("");
  return slash == path ? g_strdup ("/") : g_strndup (path, slash - path);
}

static void
add_named (WbFtpQueue *queue,
           const char *path,
           WbFtpEntryType type,
           GFile *target,
           gboolean overwrite)
{
  const char *slash = strrchr (path, '/');
  WbFtpEntryFields fields = { .name = slash != NULL ? slash + 1 : path, .type = type, .size = -1 };
  g_autoptr (WbFtpEntry) entry = wb_ftp_entry_new (&fields);
  g_autofree char *folder = folder_of (path);

  wb_ftp_queue_add_download (queue, entry, folder, target, overwrite);
}

/* Everything in a folder, into @target. */
static gboolean
add_content (WbCli *cli,
             WbFtpQueue *queue,
             WbFtpClient *client,
             const char *path,
             GFile *target,
             gboolean overwrite,
             GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;

  entries = wb_ftp_client_list (client, path, NULL, wb_cli_get_cancellable (cli), error);
  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    wb_ftp_queue_add_download (queue, entries->pdata[i], path, target, overwrite);
  return TRUE;
}

static gboolean
add_url (WbCli *cli,
         WbFtpQueue *queue,
         WbFtpClient *client,
         const WbUrl *url,
         GFile *target,
         gboolean as_target,
         const WbCliFtpOptions *options,
         GError **error)
{
  g_autofree char *path = wb_cli_ftp_trim_path (url->path);
  gboolean overwrite = options->if_exists == WB_CLI_FTP_OVERWRITE;
  gboolean root = *path == '\0' || g_str_equal (path, "/");

  if (!root && !wb_cli_ftp_is_folder (cli, client, path))
    {
      add_named (queue, path, WB_FTP_ENTRY_FILE, target, overwrite);
      return TRUE;
    }
  if (!options->recursive)
    {
      g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_FAILED,
                           _ ("The address names a folder, not a file. Say --recursive to get "
                              "everything in it."));
      return FALSE;
    }
  if (root || as_target)
    return add_content (cli, queue, client, path, target, overwrite, error);
  add_named (queue, path, WB_FTP_ENTRY_DIRECTORY, target, overwrite);
  return TRUE;
}

int
wb_cli_ftp_get_many (WbCli *cli,
                     GPtrArray *urls,
                     const char *target,
                     const WbCliFtpOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) folder = g_file_new_for_path (target);
  g_autoptr (WbFtpClient) client = NULL;
  g_autoptr (WbFtpQueue) queue = NULL;
  gboolean as_target = !g_file_test (target, G_FILE_TEST_EXISTS) && urls->len == 1;

  for (guint i = 1; i < urls->len; i++)
    if (!wb_cli_ftp_same_server (urls->pdata[0], urls->pdata[i]))
      return wb_cli_usage (cli, _ ("With --jobs or --recursive all addresses have to be of the "
                                   "same server."));
  client = wb_cli_ftp_connect (cli, urls->pdata[0], &error);
  if (client == NULL)
    return wb_cli_fail (cli, error);
  if (g_mkdir_with_parents (target, 0777) != 0)
    {
      g_set_error (&error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                   /* Translators: the first %s is the path of a folder, the second the reason. */
                   _ ("Could not make the folder “%s”: %s."), target, g_strerror (errno));
      return wb_cli_fail (cli, error);
    }

  queue = make_queue (cli, urls->pdata[0], options);
  for (guint i = 0; i < urls->len; i++)
    if (!add_url (cli, queue, client, urls->pdata[i], folder, as_target, options, &error))
      return wb_cli_fail (cli, error);
  wb_cli_ftp_quit (cli, client);
  return run_queue (cli, queue, options);
}

/* A folder that takes the name it is sent to: what is in it goes into the new one. */
static gboolean
add_children (WbFtpQueue *queue,
              const char *folder,
              const char *remote,
              gboolean overwrite,
              GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name = NULL;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autoptr (GFile) child = g_file_new_build_filename (folder, name, NULL);

      wb_ftp_queue_add_upload (queue, child, remote, overwrite);
    }
  return TRUE;
}

int
wb_cli_ftp_put_many (WbCli *cli,
                     char **files,
                     guint count,
                     const WbUrl *url,
                     const WbCliFtpOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFtpClient) client = NULL;
  g_autoptr (WbFtpQueue) queue = NULL;
  g_autofree char *path = wb_cli_ftp_trim_path (url->path);
  gboolean overwrite = options->if_exists == WB_CLI_FTP_OVERWRITE;
  gboolean is_new = FALSE;

  for (guint i = 0; i < count; i++)
    if (!options->recursive && g_file_test (files[i], G_FILE_TEST_IS_DIR))
      return wb_cli_usage (cli, _ ("A folder is sent with --recursive only."));
  client = wb_cli_ftp_connect (cli, url, &error);
  if (client == NULL)
    return wb_cli_fail (cli, error);

  is_new = *path != '\0' && !wb_cli_ftp_is_folder (cli, client, path);
  if (is_new && !wb_ftp_client_make_directory (client, path, wb_cli_get_cancellable (cli), &error))
    return wb_cli_fail (cli, error);
  wb_cli_ftp_quit (cli, client);

  queue = make_queue (cli, url, options);
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (files[i]);

      if (!is_new || count > 1 || !g_file_test (files[i], G_FILE_TEST_IS_DIR))
        wb_ftp_queue_add_upload (queue, file, path, overwrite);
      else if (!add_children (queue, files[i], path, overwrite, &error))
        return wb_cli_fail (cli, error);
    }
  return run_queue (cli, queue, options);
}

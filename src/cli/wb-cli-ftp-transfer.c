/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-ftp-many.h"
#include "wb-cli-ftp.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "name (2)", "name (3)" and so on, up to here. */
#define NAMES_MAX 1000

/* How often the line on the terminal is drawn, in µs. */
#define DRAW_INTERVAL (G_USEC_PER_SEC / 5)

/* ── Options ── */

static gboolean
read_policy (const char *text, WbCliFtpIfExists *policy)
{
  static const struct
  {
    const char *name;
    WbCliFtpIfExists policy;
  } policies[] = {
    { "ask", WB_CLI_FTP_ASK },
    { "overwrite", WB_CLI_FTP_OVERWRITE },
    { "rename", WB_CLI_FTP_RENAME },
    { "skip", WB_CLI_FTP_SKIP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (g_str_equal (text, policies[i].name))
      {
        *policy = policies[i].policy;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_options (WbCli *cli, WbCliFtpOptions *options, guint minimum, int *status)
{
  g_autofree char *if_exists = NULL;
  gboolean resume = FALSE;
  int jobs = G_MININT;
  const GOptionEntry entries[] = {
    { "recursive", 'r', 0, G_OPTION_ARG_NONE, &options->recursive,
      N_ ("Folders with everything in them"), NULL },
    { "jobs", 'j', 0, G_OPTION_ARG_INT, &jobs, N_ ("Transfers at once; 4 by default"), N_ ("N") },
    { "if-exists", 0, 0, G_OPTION_ARG_STRING, &if_exists,
      N_ ("What to do where a file exists: ask, overwrite, rename or skip"), N_ ("WHAT") },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &resume, N_ ("Go on where a transfer broke off"), NULL },
    { NULL },
  };

  if (!wb_cli_parse (cli, entries, minimum, G_MAXUINT, status))
    return FALSE;
  *status = WB_CLI_USAGE;
  if (resume || g_strcmp0 (if_exists, "resume") == 0)
    {
      wb_cli_usage (cli, _ ("Resuming a transfer: not yet."));
      return FALSE;
    }
  if (if_exists != NULL && !read_policy (if_exists, &options->if_exists))
    {
      wb_cli_usage (cli, _ ("--if-exists takes ask, overwrite, resume, rename or skip."));
      return FALSE;
    }
  if (jobs != G_MININT && (jobs < 1 || jobs > 16))
    {
      wb_cli_usage (cli, _ ("--jobs takes a number from 1 to 16."));
      return FALSE;
    }
  options->jobs = MAX (jobs, 0);
  options->many = options->recursive || options->jobs > 1;
  if (options->many && options->if_exists == WB_CLI_FTP_RENAME)
    {
      wb_cli_usage (cli, _ ("--if-exists rename with --recursive or --jobs: not yet."));
      return FALSE;
    }
  return TRUE;
}

/* ── The line on the terminal ── */

typedef struct
{
  WbProgress *progress;
  GThread *thread;
  GMutex mutex;
  GCond wake;
  gboolean stop;
} Ticker;

static gpointer
draw_thread (gpointer data)
{
  Ticker *ticker = data;

  g_mutex_lock (&ticker->mutex);
  while (!ticker->stop)
    {
      g_auto (WbProgressState) state = { 0 };

      g_cond_wait_until (&ticker->wake, &ticker->mutex, g_get_monotonic_time () + DRAW_INTERVAL);
      wb_progress_get_state (ticker->progress, &state);
      wb_cli_ftp_draw (state.done, state.total, state.rate);
    }
  g_mutex_unlock (&ticker->mutex);
  return NULL;
}

static void
ticker_begin (Ticker *ticker)
{
  ticker->progress = wb_progress_new ();
  g_mutex_init (&ticker->mutex);
  g_cond_init (&ticker->wake);
  if (isatty (STDERR_FILENO))
    ticker->thread = g_thread_new ("progress", draw_thread, ticker);
}

static void
ticker_end (Ticker *ticker)
{
  if (ticker->thread != NULL)
    {
      g_mutex_lock (&ticker->mutex);
      ticker->stop = TRUE;
      g_cond_signal (&ticker->wake);
      g_mutex_unlock (&ticker->mutex);
      g_thread_join (ticker->thread);
      wb_cli_ftp_draw_end ();
    }
  g_mutex_clear (&ticker->mutex);
  g_cond_clear (&ticker->wake);
  g_object_unref (ticker->progress);
}

/* ── One after the other ── */

/* "a.txt" → "a (2).txt" */
static char *
number_name (const char *path, guint number)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  const char *dot = strrchr (name, '.');
  gsize stem = dot != NULL && dot != name ? (gsize) (dot - path) : strlen (path);

  return g_strdup_printf ("%.*s (%u)%s", (int) stem, path, number, path + stem);
}

static gboolean
ask_overwrite (const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);
  char answer[16] = "";

  if (!isatty (STDIN_FILENO) || !isatty (STDERR_FILENO))
    return FALSE;
  /* Translators: %s is the path of a file; y and n are what is typed, in every language. */
  g_printerr (_ ("“%s” exists. Overwrite it? [y/n] "), shown);
  return fgets (answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

typedef gboolean (*MoveFunc) (WbCli *cli,
                              WbFtpClient *client,
                              const char *from,
                              const char *to,
                              gboolean overwrite,
                              WbProgress *progress,
                              GError **error);

static gboolean
move (WbCli *cli,
      WbFtpClient *client,
      MoveFunc func,
      const char *from,
      const char *to,
      gboolean overwrite,
      GError **error)
{
  Ticker ticker = { 0 };
  gboolean ok = FALSE;

  ticker_begin (&ticker);
  ok = func (cli, client, from, to, overwrite, ticker.progress, error);
  ticker_end (&ticker);
  return ok;
}

static gboolean
move_by_policy (WbCli *cli,
                WbFtpClient *client,
                MoveFunc func,
                const char *from,
                const char *to,
                WbCliFtpIfExists policy,
                GError **error)
{
  g_autoptr (GError) local = NULL;

  if (move (cli, client, func, from, to, policy == WB_CLI_FTP_OVERWRITE, &local))
    return TRUE;
  if (!g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (policy == WB_CLI_FTP_SKIP)
    return TRUE;
  if (policy == WB_CLI_FTP_ASK && ask_overwrite (to))
    return move (cli, client, func, from, to, TRUE, error);

  for (guint i = 2; policy == WB_CLI_FTP_RENAME && i < NAMES_MAX; i++)
    {
      g_autofree char *other = number_name (to, i);

      g_clear_error (&local);
      if (move (cli, client, func, from, other, FALSE, &local))
        return TRUE;
      if (!g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
get_file (WbCli *cli,
          WbFtpClient *client,
          const char *from,
          const char *to,
          gboolean overwrite,
          WbProgress *progress,
          GError **error)
{
  g_autoptr (GFile) target = g_file_new_for_path (to);

  return wb_ftp_client_retrieve (client, from, -1, target,
                                 overwrite ? WB_FTP_FILE_OVERWRITE : WB_FTP_FILE_FLAGS_NONE,
                                 progress, wb_cli_get_cancellable (cli), error);
}

static gboolean
put_file (WbCli *cli,
          WbFtpClient *client,
          const char *from,
          const char *to,
          gboolean overwrite,
          WbProgress *progress,
          GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);

  return wb_ftp_client_store (client, source, to,
                              overwrite ? WB_FTP_FILE_OVERWRITE : WB_FTP_FILE_FLAGS_NONE, progress,
                              wb_cli_get_cancellable (cli), error);
}

static int
get_each (WbCli *cli, GPtrArray *urls, const char *target, const WbCliFtpOptions *options)
{
  g_autoptr (WbFtpClient) client = NULL;
  gboolean into =
      urls->len > 1 || g_str_has_suffix (target, "/") || g_file_test (target, G_FILE_TEST_IS_DIR);

  for (guint i = 0; i < urls->len; i++)
    {
      const WbUrl *url = urls->pdata[i];
      g_autoptr (GError) error = NULL;
      const char *slash = strrchr (url->path, '/');
      const char *name = slash != NULL ? slash + 1 : url->path;
      g_autofree char *local = into ? g_build_filename (target, name, NULL) : g_strdup (target);

      if (!wb_ftp_name_is_usable (name))
        return wb_cli_usage (cli, _ ("The address names a folder, not a file. Say --recursive to "
                                     "get everything in it."));
      if (client != NULL && !wb_cli_ftp_same_server (urls->pdata[i - 1], url))
        g_clear_object (&client);
      if (client == NULL)
        client = wb_cli_ftp_connect (cli, url, &error);
      if (client == NULL ||
          !move_by_policy (cli, client, get_file, url->path, local, options->if_exists, &error))
        return wb_cli_fail (cli, error);
    }
  wb_cli_ftp_quit (cli, client);
  return WB_CLI_DONE;
}

int
wb_cli_ftp_get (WbCli *cli)
{
  WbCliFtpOptions options = { 0 };
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_url_free);
  char **arguments = NULL;
  const char *target = ".";
  guint count = 0;
  int status = 0;

  if (!parse_options (cli, &options, 1, &status))
    return status;
  arguments = wb_cli_get_arguments (cli);
  count = g_strv_length (arguments);
  if (count > 1 && strstr (arguments[count - 1], "://") == NULL)
    target = arguments[--count];

  for (guint i = 0; i < count; i++)
    if (!wb_cli_ftp_add_url (cli, urls, arguments[i], &status))
      return status;
  return options.many ? wb_cli_ftp_get_many (cli, urls, target, &options)
                      : get_each (cli, urls, target, &options);
}

static int
put_each (WbCli *cli, char **files, guint count, const WbUrl *url, const WbCliFtpOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFtpClient) client = NULL;
  gboolean into = FALSE;

  for (guint i = 0; i < count; i++)
    if (g_file_test (files[i], G_FILE_TEST_IS_DIR))
      return wb_cli_usage (cli, _ ("A folder is sent with --recursive only."));
  client = wb_cli_ftp_connect (cli, url, &error);
  if (client == NULL)
    return wb_cli_fail (cli, error);

  into = count > 1 || *url->path == '\0' || g_str_has_suffix (url->path, "/") ||
         wb_cli_ftp_is_folder (cli, client, url->path);
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name = g_path_get_basename (files[i]);
      g_autofree char *remote = into ? wb_cli_ftp_join (url->path, name) : g_strdup (url->path);

      if (!move_by_policy (cli, client, put_file, files[i], remote, options->if_exists, &error))
        return wb_cli_fail (cli, error);
    }
  wb_cli_ftp_quit (cli, client);
  return WB_CLI_DONE;
}

int
wb_cli_ftp_put (WbCli *cli)
{
  WbCliFtpOptions options = { 0 };
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_url_free);
  char **arguments = NULL;
  guint count = 0;
  int status = 0;

  if (!parse_options (cli, &options, 2, &status))
    return status;
  arguments = wb_cli_get_arguments (cli);
  count = g_strv_length (arguments) - 1;
  if (!wb_cli_ftp_add_url (cli, urls, arguments[count], &status))
    return status;
  return options.many ? wb_cli_ftp_put_many (cli, arguments, count, urls->pdata[0], &options)
                      : put_each (cli, arguments, count, urls->pdata[0], &options);
}

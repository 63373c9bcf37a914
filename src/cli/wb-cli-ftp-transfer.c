/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-ftp-many.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

static gboolean
parse_options (WbCli *cli, WbCliFtpOptions *options, guint minimum, int *status)
{
  const GOptionEntry entries[] = {
    { "recursive", 'r', 0, G_OPTION_ARG_NONE, &options->recursive,
      N_ ("Folders with everything in them"), NULL },
    { "if-exists", 0, 0, G_OPTION_ARG_STRING, &options->if_exists_text,
      N_ ("Where a file exists: ask, overwrite, newer, resume, rename or skip"), N_ ("WHAT") },
    { NULL },
  };

  return wb_cli_ftp_options_parse (options, cli, entries, minimum, G_MAXUINT, status);
}

/* What the type in an address (RFC 1738 §3.2.2) does not go with. */
static const char *
find_problem (const WbUrl *url, const WbCliFtpOptions *options)
{
  if (url->type == 'd' && !options->recursive)
    return _ (
        "An address that ends with ;type=d is a folder: say --recursive to move everything in "
        "it, or give its address alone to get for a list.");
  if (url->type == 'a' && (options->resume || options->verify || options->segments > 1 ||
                           options->if_exists == WB_FTP_IF_EXISTS_RESUME))
    return _ ("Text (;type=a) has another size at each end, so it cannot be gone on with, come in "
              "pieces or be compared. Leave out --resume, --segments and --verify, or ;type=a.");
  return NULL;
}

static const char *
name_of (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
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

/* ── get ── */

/* The queue does not write through a link, but the person who named one means the folder behind it.
 */
static GFile *
resolve (GFile *target)
{
  const char *path = g_file_peek_path (target);
  char *real = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? realpath (path, NULL) : NULL;
  GFile *resolved = real != NULL ? g_file_new_for_path (real) : g_object_ref (target);

  free (real);
  return resolved;
}

/* A folder becomes @target or goes into it. What is in it is the queue's to find: nobody has chosen
 * the links in there, which could lead round in a circle. */
static void
add_tree (WbCli *cli,
          WbFtpQueue *queue,
          WbFtpClient *client,
          const WbUrl *url,
          GFile *target,
          gboolean as_target,
          const WbCliFtpOptions *options)
{
  g_autofree char *path = wb_cli_ftp_trim_path (url->path);
  g_autofree char *folder = folder_of (path);
  gboolean root = *path == '\0' || g_str_equal (path, "/");
  gboolean is_folder = root || wb_cli_ftp_is_folder (cli, client, path);
  /* The root has no name that an entry could bear; nothing is called by it. */
  WbFtpEntryFields fields = { .name = root ? "root" : name_of (path), .size = -1 };
  g_autoptr (WbFtpEntry) entry = NULL;

  fields.type = is_folder ? WB_FTP_ENTRY_DIRECTORY : WB_FTP_ENTRY_FILE;
  entry = wb_ftp_entry_new (&fields);
  if (is_folder && (root || as_target))
    {
      g_autoptr (GFile) local = resolve (target);

      wb_ftp_queue_add_download_as (queue, entry, path, local, options->if_exists);
    }
  else
    wb_ftp_queue_add_download (queue, entry, folder, target, options->if_exists);
}

static void
add_file (WbFtpQueue *queue,
          const WbUrl *url,
          const char *target,
          gboolean into,
          const WbCliFtpOptions *options)
{
  g_autofree char *path =
      into ? g_build_filename (target, name_of (url->path), NULL) : g_strdup (target);
  g_autoptr (GFile) local = g_file_new_for_path (path);

  wb_ftp_queue_add_download_as (queue, NULL, url->path, local, options->if_exists);
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0777) == 0)
    return TRUE;
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
               /* Translators: the first %s is the path of a folder, the second the reason. */
               _ ("Could not make the folder “%s”: %s."), path, g_strerror (errno));
  return FALSE;
}

/* Folders, from @first on to the last URL of the same server. */
static int
get_trees (WbCli *cli,
           GPtrArray *urls,
           guint first,
           guint end,
           const char *target,
           const WbCliFtpOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) folder = g_file_new_for_path (target);
  g_autoptr (WbFtpClient) client = NULL;
  g_autoptr (WbFtpQueue) queue = NULL;
  gboolean as_target = !g_file_test (target, G_FILE_TEST_EXISTS) && urls->len == 1;

  client = wb_cli_ftp_connect (cli, urls->pdata[first], &error);
  if (client == NULL || !make_folder (target, &error))
    return wb_cli_fail (cli, error);
  queue = wb_cli_ftp_make_queue (cli, urls->pdata[first], options, &error);
  if (queue == NULL)
    return wb_cli_fail (cli, error);
  /* It begins when this session is free for it. */
  wb_ftp_queue_set_paused (queue, TRUE);
  for (guint i = first; i < end; i++)
    add_tree (cli, queue, client, urls->pdata[i], folder, as_target, options);
  wb_ftp_queue_give_client (queue, g_steal_pointer (&client));
  return wb_cli_ftp_run_queue (cli, queue, options);
}

static int
get_files (WbCli *cli,
           GPtrArray *urls,
           guint first,
           guint end,
           const char *target,
           const WbCliFtpOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFtpQueue) queue = wb_cli_ftp_make_queue (cli, urls->pdata[first], options, &error);
  gboolean into =
      urls->len > 1 || g_str_has_suffix (target, "/") || g_file_test (target, G_FILE_TEST_IS_DIR);

  if (queue == NULL)
    return wb_cli_fail (cli, error);
  for (guint i = first; i < end; i++)
    add_file (queue, urls->pdata[i], target, into, options);
  return wb_cli_ftp_run_queue (cli, queue, options);
}

/* Whether one queue does for both. */
static gboolean
is_like (const WbUrl *a, const WbUrl *b)
{
  return wb_cli_ftp_same_server (a, b) && (a->type == 'a') == (b->type == 'a');
}

int
wb_cli_ftp_get (WbCli *cli)
{
  g_auto (WbCliFtpOptions) options = { 0 };
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_url_free);
  char **arguments = NULL;
  const char *target = ".";
  guint count = 0;
  gboolean lists = FALSE;
  int status = 0;

  wb_cli_ftp_options_init (&options);
  options.lists = TRUE;
  if (!parse_options (cli, &options, 1, &status))
    return status;
  arguments = wb_cli_get_arguments (cli);
  count = g_strv_length (arguments);
  /* RFC 1738 §3.2.2: what such an address stands for is the list of a folder. */
  lists = count == 1 && !options.recursive;
  if (count > 1 && strstr (arguments[count - 1], "://") == NULL)
    target = arguments[--count];

  for (guint i = 0; i < count; i++)
    {
      const char *problem = NULL;

      if (!wb_cli_ftp_add_url (cli, urls, arguments[i], &status))
        return status;
      if (lists && ((WbUrl *) urls->pdata[i])->type == 'd')
        return wb_cli_ftp_list_url (cli, urls->pdata[i], WB_FTP_LIST_BEST);
      problem = find_problem (urls->pdata[i], &options);
      if (problem != NULL)
        return wb_cli_usage (cli, problem);
      if (!options.recursive && !wb_ftp_name_is_usable (name_of (((WbUrl *) urls->pdata[i])->path)))
        return wb_cli_usage (cli, _ ("The address names a folder, not a file. Say --recursive to "
                                     "get everything in it."));
    }

  status = WB_CLI_DONE;
  for (guint first = 0, end = 0; first < urls->len && status == WB_CLI_DONE; first = end)
    {
      for (end = first + 1; end < urls->len && is_like (urls->pdata[first], urls->pdata[end]);)
        end++;
      status = options.recursive ? get_trees (cli, urls, first, end, target, &options)
                                 : get_files (cli, urls, first, end, target, &options);
    }
  return status;
}

/* ── put ── */

/* Says what @files become on the server, and adds them. */
static gboolean
add_files (WbCli *cli,
           WbFtpQueue *queue,
           WbFtpClient *client,
           char **files,
           guint count,
           const WbUrl *url,
           const WbCliFtpOptions *options,
           GError **error)
{
  g_autofree char *path = wb_cli_ftp_trim_path (url->path);
  gboolean is_folder = *path == '\0' || wb_cli_ftp_is_folder (cli, client, path);
  gboolean into = is_folder || count > 1 || (g_str_has_suffix (url->path, "/") && *path != '\0');
  /* A folder takes the name that it is sent to. The queue makes it, and knows then that there is
     nothing in it yet. */
  gboolean alone = !is_folder && count == 1 && g_file_test (files[0], G_FILE_TEST_IS_DIR);

  if (!is_folder && into && !alone && options->recursive &&
      !wb_ftp_client_make_directory (client, path, wb_cli_get_cancellable (cli), error))
    return FALSE;
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (files[i]);

      if (into && !alone)
        wb_ftp_queue_add_upload (queue, file, path, options->if_exists);
      else
        wb_ftp_queue_add_upload_as (queue, file, path, options->if_exists);
    }
  return TRUE;
}

int
wb_cli_ftp_put (WbCli *cli)
{
  g_auto (WbCliFtpOptions) options = { 0 };
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_url_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFtpClient) client = NULL;
  g_autoptr (WbFtpQueue) queue = NULL;
  const char *problem = NULL;
  char **files = NULL;
  guint count = 0;
  int status = 0;

  wb_cli_ftp_options_init (&options);
  options.lists = TRUE;
  if (!parse_options (cli, &options, 2, &status))
    return status;
  files = wb_cli_get_arguments (cli);
  count = g_strv_length (files) - 1;
  if (!wb_cli_ftp_add_url (cli, urls, files[count], &status))
    return status;
  problem = find_problem (urls->pdata[0], &options);
  if (problem != NULL)
    return wb_cli_usage (cli, problem);
  for (guint i = 0; i < count; i++)
    if (!options.recursive && g_file_test (files[i], G_FILE_TEST_IS_DIR))
      return wb_cli_usage (cli, _ ("A folder is sent with --recursive only."));

  client = wb_cli_ftp_connect (cli, urls->pdata[0], &error);
  if (client == NULL)
    return wb_cli_fail (cli, error);
  queue = wb_cli_ftp_make_queue (cli, urls->pdata[0], &options, &error);
  if (queue == NULL)
    return wb_cli_fail (cli, error);
  /* It begins when this session is free for it. */
  wb_ftp_queue_set_paused (queue, TRUE);
  if (!add_files (cli, queue, client, files, count, urls->pdata[0], &options, &error))
    return wb_cli_fail (cli, error);
  wb_ftp_queue_give_client (queue, g_steal_pointer (&client));
  return wb_cli_ftp_run_queue (cli, queue, &options);
}

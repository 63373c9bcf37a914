/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-ftp.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Folders inside folders, to an end even where a server shows a loop. */
#define DEPTH_MAX 64

/* What the options say about any session. */
gboolean
wb_cli_ftp_apply_settings (WbCli *cli, WbFtpClient *client, GError **error)
{
  const WbCliFtpSettings *settings = wb_cli_get_ftp_settings (cli);

  wb_ftp_client_set_timeout (client, wb_cli_get_timeout (cli));
  wb_ftp_client_set_active_mode (client, settings->active);
  if (settings->time_offset != G_MININT)
    wb_ftp_client_set_time_offset (client, settings->time_offset);
  return wb_ftp_client_set_charset (client, settings->charset, error) &&
         wb_ftp_client_set_proxy (client, settings->proxy, error);
}

/* A session at the server of @url, logged in. */
WbFtpClient *
wb_cli_ftp_connect (WbCli *cli, const WbUrl *url, GError **error)
{
  g_autoptr (WbFtpClient) client = NULL;
  GCancellable *cancellable = wb_cli_get_cancellable (cli);
  WbTrust *trust = wb_cli_get_trust (cli, url->host, url->port, error);

  if (trust == NULL)
    return NULL;
  client = wb_ftp_client_new (wb_cli_get_wire (cli), trust);
  if (!wb_cli_ftp_apply_settings (cli, client, error) ||
      !wb_ftp_client_connect (client, url, cancellable, error) ||
      !wb_ftp_client_login (client, url->user, url->password, cancellable, error))
    return NULL;
  return g_steal_pointer (&client);
}

/* The work is done by then, so a goodbye that fails is nobody's trouble. */
void
wb_cli_ftp_quit (WbCli *cli, WbFtpClient *client)
{
  wb_ftp_client_quit (client, wb_cli_get_cancellable (cli), NULL);
}

gboolean
wb_cli_ftp_same_server (const WbUrl *a, const WbUrl *b)
{
  return g_str_equal (a->host, b->host) && a->port == b->port && a->tls == b->tls &&
         g_strcmp0 (a->user, b->user) == 0;
}

/* Without the slashes at its end, which say "folder" and are no part of a name. "/" stays. */
char *
wb_cli_ftp_trim_path (const char *path)
{
  gsize length = strlen (path);

  while (length > 1 && path[length - 1] == '/')
    length--;
  return g_strndup (path, length);
}

char *
wb_cli_ftp_join (const char *folder, const char *name)
{
  gboolean bare = *folder == '\0' || g_str_has_suffix (folder, "/");

  return g_strconcat (folder, bare ? "" : "/", name, NULL);
}

/* Whether the server has a folder there. The session comes back to where it was. */
gboolean
wb_cli_ftp_is_folder (WbCli *cli, WbFtpClient *client, const char *path)
{
  GCancellable *cancellable = wb_cli_get_cancellable (cli);
  g_autofree char *back = wb_ftp_client_get_directory (client, cancellable, NULL);

  return back != NULL && wb_ftp_client_change_directory (client, path, cancellable, NULL) &&
         wb_ftp_client_change_directory (client, back, cancellable, NULL);
}

/* The address of a server, and with it what the options say about any session there, so that
 * nothing begins where they make no sense. wb_cli_url_fail() has the exit code. */
WbUrl *
wb_cli_ftp_parse_url (WbCli *cli, const char *text, GError **error)
{
  g_autoptr (WbUrl) url = wb_cli_parse_url (cli, text, error);
  g_autoptr (WbFtpClient) unused = wb_ftp_client_new (NULL, NULL);

  if (url == NULL)
    return NULL;
  if (g_str_equal (url->protocol, "ftp"))
    return wb_cli_ftp_apply_settings (cli, unused, error) ? g_steal_pointer (&url) : NULL;
  g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                       _ ("This is not the address of an FTP server: it begins with ftp://, "
                          "ftps:// or ftpes://."));
  return NULL;
}

/* Adds what @text means; else sets @status to what the command returns. */
gboolean
wb_cli_ftp_add_url (WbCli *cli, GPtrArray *urls, const char *text, int *status)
{
  g_autoptr (GError) error = NULL;
  WbUrl *url = wb_cli_ftp_parse_url (cli, text, &error);

  if (url == NULL)
    *status = wb_cli_url_fail (cli, error);
  else
    g_ptr_array_add (urls, url);
  return url != NULL;
}

typedef gboolean (
    *PathFunc) (WbCli *cli, WbFtpClient *client, const char *path, gpointer data, GError **error);

/* Runs @func on the path of each URL, with one session for URLs of the same server in a row. */
static int
run_on_urls (WbCli *cli, char **texts, PathFunc func, gpointer data)
{
  g_autoptr (WbFtpClient) client = NULL;
  g_autoptr (WbUrl) at = NULL;

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbUrl) url = wb_cli_ftp_parse_url (cli, texts[i], &error);

      if (url == NULL)
        return wb_cli_url_fail (cli, error);
      if (client != NULL && !wb_cli_ftp_same_server (at, url))
        {
          wb_cli_ftp_quit (cli, client);
          g_clear_object (&client);
        }
      if (client == NULL)
        client = wb_cli_ftp_connect (cli, url, &error);
      if (client == NULL || !func (cli, client, url->path, data, &error))
        return wb_cli_fail (cli, error);
      g_clear_pointer (&at, wb_url_free);
      at = g_steal_pointer (&url);
    }
  wb_cli_ftp_quit (cli, client);
  return WB_CLI_DONE;
}

/* ── mkdir ── */

static gboolean
make_folder (WbCli *cli, WbFtpClient *client, const char *path, gpointer data, GError **error)
{
  gboolean parents = *(gboolean *) data;
  GCancellable *cancellable = wb_cli_get_cancellable (cli);
  g_autofree char *whole = wb_cli_ftp_trim_path (path);

  for (char *slash = strchr (whole, '/'); parents && slash != NULL; slash = strchr (slash + 1, '/'))
    if (slash > whole)
      {
        g_autofree char *above = g_strndup (whole, slash - whole);

        /* That it is there already is what is wanted; anything else shows in the next step. */
        wb_ftp_client_make_directory (client, above, cancellable, NULL);
      }
  return wb_ftp_client_make_directory (client, whole, cancellable, error);
}

int
wb_cli_ftp_mkdir (WbCli *cli)
{
  gboolean parents = FALSE;
  const GOptionEntry entries[] = {
    { "parents", 'p', 0, G_OPTION_ARG_NONE, &parents, N_ ("Make the folders above too"), NULL },
    { NULL },
  };
  int status = 0;

  if (!wb_cli_parse (cli, entries, 1, G_MAXUINT, &status))
    return status;
  return run_on_urls (cli, wb_cli_get_arguments (cli), make_folder, &parents);
}

/* ── rm ── */

static gboolean
remove_tree (WbFtpClient *client,
             const char *path,
             guint depth,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;

  if (depth > DEPTH_MAX)
    {
      g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_FAILED,
                   _ ("There are more than %d folders inside each other here, perhaps a loop of "
                      "links. Delete them one by one."),
                   DEPTH_MAX);
      return FALSE;
    }
  entries = wb_ftp_client_list (client, path, NULL, cancellable, error);
  if (entries == NULL)
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      const char *name = wb_ftp_entry_get_name (entries->pdata[i]);
      g_autofree char *child = wb_cli_ftp_join (path, name);
      gboolean folder = wb_ftp_entry_get_entry_type (entries->pdata[i]) == WB_FTP_ENTRY_DIRECTORY;

      if (folder ? !remove_tree (client, child, depth + 1, cancellable, error)
                 : !wb_ftp_client_remove_file (client, child, cancellable, error))
        return FALSE;
    }
  return wb_ftp_client_remove_directory (client, path, cancellable, error);
}

static gboolean
remove_path (WbCli *cli, WbFtpClient *client, const char *path, gpointer data, GError **error)
{
  gboolean recursive = *(gboolean *) data;
  GCancellable *cancellable = wb_cli_get_cancellable (cli);
  g_autofree char *whole = wb_cli_ftp_trim_path (path);
  g_autoptr (GError) local = NULL;

  if (!g_str_has_suffix (path, "/"))
    {
      if (wb_ftp_client_remove_file (client, whole, cancellable, &local))
        return TRUE;
      if (local->domain != WB_FTP_ERROR || !wb_ftp_client_is_usable (client) ||
          !wb_cli_ftp_is_folder (cli, client, whole))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  if (recursive)
    return remove_tree (client, whole, 0, cancellable, error);
  return wb_ftp_client_remove_directory (client, whole, cancellable, error);
}

int
wb_cli_ftp_rm (WbCli *cli)
{
  gboolean recursive = FALSE;
  const GOptionEntry entries[] = {
    { "recursive", 'r', 0, G_OPTION_ARG_NONE, &recursive,
      N_ ("Delete folders with everything in them"), NULL },
    { NULL },
  };
  int status = 0;

  if (!wb_cli_parse (cli, entries, 1, G_MAXUINT, &status))
    return status;
  return run_on_urls (cli, wb_cli_get_arguments (cli), remove_path, &recursive);
}

/* ── mv ── */

/* A URL of the same server, a path, or a name, which stays in the same folder. */
static char *
resolve_new_name (const WbUrl *url, const char *from, const char *text, GError **error)
{
  if (strstr (text, "://") != NULL)
    {
      g_autoptr (WbUrl) to = wb_url_parse (text, error);

      if (to == NULL)
        return NULL;
      if (g_str_equal (to->host, url->host) && to->port == url->port)
        return wb_cli_ftp_trim_path (to->path);
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("A file can be renamed on its own server only. Use get and put to "
                              "move it to another one."));
      return NULL;
    }
  if (strchr (text, '/') == NULL && strrchr (from, '/') != NULL)
    {
      g_autofree char *folder = g_strndup (from, strrchr (from, '/') + 1 - from);

      return g_strconcat (folder, text, NULL);
    }
  return g_strdup (text);
}

typedef struct
{
  char *to;
  char *if_exists;
} Renaming;

static void
renaming_clear (Renaming *renaming)
{
  g_free (renaming->to);
  g_free (renaming->if_exists);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Renaming, renaming_clear)

static gboolean
rename_path (WbCli *cli, WbFtpClient *client, const char *path, gpointer data, GError **error)
{
  const Renaming *renaming = data;
  GCancellable *cancellable = wb_cli_get_cancellable (cli);
  g_autofree char *from = wb_cli_ftp_trim_path (path);
  g_autoptr (GError) local = NULL;

  if (g_strcmp0 (renaming->if_exists, "overwrite") == 0)
    return wb_ftp_client_rename (client, from, renaming->to, cancellable, error);
  if (wb_ftp_client_rename_to_new (client, from, renaming->to, cancellable, &local) ||
      (g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS) &&
       g_strcmp0 (renaming->if_exists, "skip") == 0))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

int
wb_cli_ftp_mv (WbCli *cli)
{
  g_auto (Renaming) renaming = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "if-exists", 0, 0, G_OPTION_ARG_STRING, &renaming.if_exists,
      N_ ("Where the new name is taken: overwrite or skip; an error if left out"), N_ ("WHAT") },
    { NULL },
  };
  const char *const rules[] = { "overwrite", "skip", NULL };
  char **arguments = NULL;
  char *first[2] = { NULL, NULL };
  g_autofree char *from = NULL;
  g_autoptr (WbUrl) url = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!wb_cli_parse (cli, entries, 2, 2, &status))
    return status;
  if (renaming.if_exists != NULL && !g_strv_contains (rules, renaming.if_exists))
    return wb_cli_usage (cli, _ ("--if-exists takes overwrite or skip here."));
  arguments = wb_cli_get_arguments (cli);
  url = wb_cli_ftp_parse_url (cli, arguments[0], &error);
  if (url == NULL)
    return wb_cli_url_fail (cli, error);
  from = wb_cli_ftp_trim_path (url->path);
  renaming.to = resolve_new_name (url, from, arguments[1], &error);
  if (renaming.to == NULL)
    return wb_cli_usage (cli, error->message);

  first[0] = arguments[0];
  return run_on_urls (cli, first, rename_path, &renaming);
}

/* ── chmod ── */

/* "644" or "0755" */
static gboolean
read_mode (const char *text, guint *mode)
{
  guint64 number = 0;

  if (strlen (text) < 3 || !g_ascii_string_to_unsigned (text, 8, 0, 07777, &number, NULL))
    return FALSE;
  *mode = (guint) number;
  return TRUE;
}

static gboolean
change_mode (WbCli *cli, WbFtpClient *client, const char *path, gpointer data, GError **error)
{
  const guint *mode = data;
  g_autofree char *whole = wb_cli_ftp_trim_path (path);

  return wb_ftp_client_change_mode (client, whole, *mode, wb_cli_get_cancellable (cli), error);
}

int
wb_cli_ftp_chmod (WbCli *cli)
{
  const GOptionEntry entries[] = { { NULL } };
  char **arguments = NULL;
  guint mode = 0;
  int status = 0;

  if (!wb_cli_parse (cli, entries, 2, G_MAXUINT, &status))
    return status;
  arguments = wb_cli_get_arguments (cli);
  if (!read_mode (arguments[0], &mode))
    return wb_cli_usage (cli, _ ("Permissions are three or four digits from 0 to 7, such as 644."));
  return run_on_urls (cli, arguments + 1, change_mode, &mode);
}

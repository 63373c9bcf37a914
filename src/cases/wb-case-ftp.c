/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 06: FTP. */

#define G_LOG_DOMAIN "wb-cases"

#include "config.h"

#include "wb-case-private.h"

#include "wb-ftp-client.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define FILE_NAME "wirebench-case-06.txt"

/* Where nothing may be uploaded, a file of this size at most is fetched instead. */
#define DOWNLOAD_MAX (16 * 1024 * 1024)

typedef struct
{
  WbFtpClient *client;
  char *folder;
  GPtrArray *entries;
  GFile *source;
  GFile *target;
} Visit;

static void
delete_file (GFile **file)
{
  if (*file != NULL)
    g_file_delete (*file, NULL, NULL);
  g_clear_object (file);
}

static void
visit_clear (Visit *visit)
{
  delete_file (&visit->source);
  delete_file (&visit->target);
  g_clear_pointer (&visit->entries, g_ptr_array_unref);
  g_clear_pointer (&visit->folder, g_free);
  g_clear_object (&visit->client);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Visit, visit_clear)

static const char *
find_folder (WbCaseRun *run, Visit *visit, const WbUrl *url)
{
  if (run->options->against != NULL && *url->path != '\0')
    return url->path;
  for (guint i = 0; i < visit->entries->len; i++)
    if (wb_ftp_entry_get_entry_type (visit->entries->pdata[i]) == WB_FTP_ENTRY_DIRECTORY)
      return wb_ftp_entry_get_name (visit->entries->pdata[i]);
  return NULL;
}

/* Steps 0 and 1. */
static gboolean
connect_and_login (WbCaseRun *run, Visit *visit, const WbUrl *url, GError **error)
{
  const char *user = url->user != NULL ? url->user : "anonymous";
  const char *password = url->password != NULL ? url->password : "anonymous@example.org";

  wb_case_run_begin (run, 0);
  visit->client = wb_ftp_client_new (run->options->wire, run->trust);
  wb_ftp_client_set_timeout (visit->client, run->options->timeout);
  if (!wb_ftp_client_connect (visit->client, url, run->cancellable, error))
    return FALSE;
  /* Translators: the first %s is a host, the number its port, the second %s its greeting. */
  wb_case_run_done (run, _ ("%s, port %u: “%s”"), url->host, url->port,
                    wb_ftp_client_get_greeting (visit->client));

  wb_case_run_begin (run, 1);
  if (!wb_ftp_client_login (visit->client, user, password, run->cancellable, error))
    return FALSE;
  /* Translators: %s is a user name. */
  wb_case_run_done (run, _ ("logged in as %s"), user);
  return TRUE;
}

/* Steps 2 and 3. */
static gboolean
list_and_change (WbCaseRun *run, Visit *visit, const WbUrl *url, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *chosen = NULL;

  wb_case_run_begin (run, 2);
  visit->folder = wb_ftp_client_get_directory (visit->client, run->cancellable, error);
  if (visit->folder == NULL)
    return FALSE;
  visit->entries = wb_ftp_client_list (visit->client, NULL, NULL, run->cancellable, error);
  if (visit->entries == NULL)
    return FALSE;
  for (guint i = 0; i < visit->entries->len && i < 8; i++)
    g_string_append_printf (names, "%s%s", i == 0 ? "" : ", ",
                            wb_ftp_entry_get_display_name (visit->entries->pdata[i]));
  /* Translators: the first %s is a folder, the number counts what is in it, the second %s names it.
   */
  wb_case_run_done (run, _ ("%s holds %u: %s"), visit->folder, visit->entries->len, names->str);

  wb_case_run_begin (run, 3);
  chosen = g_strdup (find_folder (run, visit, url));
  if (chosen == NULL)
    {
      /* Translators: %s is a folder. */
      wb_case_run_done (run, _ ("there is no other folder; still in %s"), visit->folder);
      return TRUE;
    }
  if (!wb_ftp_client_change_directory (visit->client, chosen, run->cancellable, error))
    return FALSE;
  g_free (visit->folder);
  visit->folder = wb_ftp_client_get_directory (visit->client, run->cancellable, error);
  if (visit->folder == NULL)
    return FALSE;
  /* Translators: %s is a folder. */
  wb_case_run_done (run, _ ("now in %s"), visit->folder);
  return TRUE;
}

static GFile *
make_temporary (GBytes *content, GError **error)
{
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("wirebench-XXXXXX.txt", &stream, error);

  if (file == NULL)
    return NULL;
  if (content != NULL &&
      !g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                  g_bytes_get_data (content, NULL), g_bytes_get_size (content),
                                  NULL, NULL, error))
    {
      g_file_delete (file, NULL, NULL);
      return NULL;
    }
  g_io_stream_close (G_IO_STREAM (stream), NULL, NULL);
  return g_steal_pointer (&file);
}

/* Another server may let nobody upload; what can be shown there is a download. */
static gboolean
only_download (WbCaseRun *run, Visit *visit, GError **error)
{
  g_autoptr (GPtrArray) entries =
      wb_ftp_client_list (visit->client, NULL, NULL, run->cancellable, NULL);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      WbFtpEntry *entry = entries->pdata[i];
      gint64 size = wb_ftp_entry_get_size (entry);

      if (wb_ftp_entry_get_entry_type (entry) != WB_FTP_ENTRY_FILE || size < 0 ||
          size > DOWNLOAD_MAX)
        continue;
      if (!wb_ftp_client_retrieve (visit->client, wb_ftp_entry_get_name (entry), size,
                                   visit->target, WB_FTP_FILE_OVERWRITE, NULL, run->cancellable,
                                   error))
        return FALSE;
      /* Translators: %s is a file, the number counts bytes. */
      wb_case_run_done (run, _ ("no uploads here; downloaded %s, %" PRIi64 " bytes"),
                        wb_ftp_entry_get_display_name (entry), size);
      return TRUE;
    }
  wb_case_run_done (run, "%s", _ ("no uploads here, and no file to download"));
  return TRUE;
}

static gboolean
same_content (GFile *one, GBytes *content, GError **error)
{
  g_autoptr (GBytes) got = g_file_load_bytes (one, NULL, NULL, error);

  if (got == NULL)
    return FALSE;
  if (g_bytes_equal (got, content))
    return TRUE;
  g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE,
                       _ ("What came back is not what was sent."));
  return FALSE;
}

/* Step 4: a file up and down again, and nothing left behind. */
static gboolean
transfer (WbCaseRun *run, Visit *visit, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) refused = NULL;

  wb_case_run_begin (run, 4);
  content = wb_case_run_encode (run, wb_case_run_get_text (run), error);
  if (content == NULL)
    return FALSE;
  visit->source = make_temporary (content, error);
  visit->target = visit->source != NULL ? make_temporary (NULL, error) : NULL;
  if (visit->target == NULL)
    return FALSE;

  if (!wb_ftp_client_store (visit->client, visit->source, FILE_NAME, WB_FTP_FILE_OVERWRITE, NULL,
                            run->cancellable, &refused))
    {
      if (run->options->against != NULL && wb_ftp_client_is_usable (visit->client))
        return only_download (run, visit, error);
      g_propagate_error (error, g_steal_pointer (&refused));
      return FALSE;
    }
  if (!wb_ftp_client_retrieve (visit->client, FILE_NAME, g_bytes_get_size (content), visit->target,
                               WB_FTP_FILE_OVERWRITE, NULL, run->cancellable, error) ||
      !same_content (visit->target, content, error) ||
      !wb_ftp_client_remove_file (visit->client, FILE_NAME, run->cancellable, error))
    return FALSE;

  /* Translators: %s is a file, the number counts bytes. */
  wb_case_run_done (run, _ ("%s up and down again, %u bytes, equal; then deleted"), FILE_NAME,
                    (guint) g_bytes_get_size (content));
  return TRUE;
}

/**
 * wb_case_ftp: (skip)
 *
 * Case 06: connect, log in, list, change folder, transfer, leave.
 */
gboolean
wb_case_ftp (WbCaseRun *run, GError **error)
{
  g_auto (Visit) visit = { 0 };
  g_autoptr (WbUrl) url = wb_case_run_find_url (run, WB_LAB_FTP, "real", error);

  if (url == NULL || !connect_and_login (run, &visit, url, error) ||
      !list_and_change (run, &visit, url, error) || !transfer (run, &visit, error))
    return FALSE;

  wb_case_run_begin (run, 5);
  if (!wb_ftp_client_quit (visit.client, run->cancellable, error))
    return FALSE;
  wb_case_run_done (run, "%s", _ ("the server said good-bye"));
  return TRUE;
}

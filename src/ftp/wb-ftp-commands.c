/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-name.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How long after the last real command a session is kept alive, in µs. */
#define KEEP_ALIVE_MAX (30 * 60 * G_USEC_PER_SEC)

/* RFC 959 Appendix II: the name stands in quotes, and a quote in it is doubled. */
static char *
parse_quoted (const char *text)
{
  const char *p = strchr (text, '"');
  g_autoptr (GString) name = g_string_new (NULL);

  if (p == NULL)
    return NULL;
  for (p++; *p != '\0'; p++)
    {
      if (*p == '"' && p[1] != '"')
        return name->len > 0 ? g_string_free (g_steal_pointer (&name), FALSE) : NULL;
      if (*p == '"')
        p++;
      g_string_append_c (name, *p);
    }
  return NULL;
}

/**
 * wb_ftp_client_get_directory:
 *
 * The current folder (PWD, RFC 959 §4.1.3).
 *
 * Returns: (transfer full) (nullable): its path, or %NULL with @error set
 */
char *
wb_ftp_client_get_directory (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  g_autofree char *path = NULL;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), NULL);

  if (!wb_ftp_client_is_ready (self, error) ||
      !wb_ftp_client_talk (self, WB_FTP_STEP_DIRECTORY, "PWD", NULL, &reply, cancellable, error))
    return NULL;
  if (reply.code != 257)
    {
      wb_ftp_client_refuse (self, WB_FTP_STEP_DIRECTORY, &reply, error);
      return NULL;
    }

  path = parse_quoted (reply.text);
  if (path == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                           _ ("The server did not say in which folder it is."));
      wb_ftp_client_prefix (self, WB_FTP_STEP_DIRECTORY, error);
      return NULL;
    }
  return wb_ftp_name_decode (path, self->charset);
}

/**
 * wb_ftp_client_change_directory:
 * @path: the server's bytes
 *
 * Makes another folder the current one (CWD, RFC 959 §4.1.1).
 *
 * Errors: %WB_FTP_ERROR_NOT_FOUND, %WB_ERROR_INVALID, those of talking.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_change_directory (WbFtpClient *self,
                                const char *path,
                                GCancellable *cancellable,
                                GError **error)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (path, error) ||
      !wb_ftp_client_expect (self, WB_FTP_STEP_DIRECTORY, "CWD", path, cancellable, error))
    return FALSE;
  self->moved = TRUE;
  return TRUE;
}

/* What SIZE was answered with; -1 when that is no size. */
gint64
wb_ftp_client_read_size (WbFtpClient *self, const WbFtpReply *reply)
{
  g_autofree char *text = g_strdup (reply->text);
  guint64 size = 0;

  if (wb_ftp_reply_is_unknown_command (reply))
    self->size = WB_FTP_NO;
  if (reply->code != 213 ||
      !g_ascii_string_to_unsigned (g_strstrip (text), 10, 0, G_MAXINT64, &size, NULL))
    return -1;
  self->size = WB_FTP_YES;
  return (gint64) size;
}

/* -1 when the server has no answer, -2 with an error set when it could not be asked. */
gint64
wb_ftp_client_try_size (WbFtpClient *self,
                        const char *path,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  if (self->size == WB_FTP_NO)
    return -1;
  /* RFC 3659 §4: in another TYPE it would be another number, or a refusal. */
  if (!wb_ftp_data_choose_type (self, WB_FTP_STEP_SIZE, FALSE, cancellable, error))
    return -2;
  if (!wb_ftp_client_talk (self, WB_FTP_STEP_SIZE, "SIZE", path, &reply, cancellable, error))
    return -2;
  if (reply.code == 421)
    {
      wb_ftp_client_refuse (self, WB_FTP_STEP_SIZE, &reply, error);
      return -2;
    }
  return wb_ftp_client_read_size (self, &reply);
}

/**
 * wb_ftp_client_get_size:
 * @path: the server's bytes
 *
 * How many bytes a file has (SIZE, RFC 3659 §4).
 *
 * Errors: %WB_FTP_ERROR_NOT_FOUND, %WB_FTP_ERROR_UNSUPPORTED, %WB_ERROR_PROTOCOL for
 * an answer that is no size, those of talking.
 *
 * Returns: the size, or -1 with @error set
 */
gint64
wb_ftp_client_get_size (WbFtpClient *self,
                        const char *path,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  guint64 size = 0;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), -1);
  g_return_val_if_fail (path != NULL, -1);

  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (path, error) ||
      !wb_ftp_data_choose_type (self, WB_FTP_STEP_SIZE, FALSE, cancellable, error) ||
      !wb_ftp_client_talk (self, WB_FTP_STEP_SIZE, "SIZE", path, &reply, cancellable, error))
    return -1;
  if (reply.code != 213)
    {
      wb_ftp_client_refuse (self, WB_FTP_STEP_SIZE, &reply, error);
      return -1;
    }
  if (!g_ascii_string_to_unsigned (g_strstrip (reply.text), 10, 0, G_MAXINT64, &size, NULL))
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                           _ ("The server's answer is not a size."));
      wb_ftp_client_prefix (self, WB_FTP_STEP_SIZE, error);
      return -1;
    }
  return (gint64) size;
}

static gboolean
run_on_path (WbFtpClient *self,
             WbFtpStep step,
             const char *verb,
             const char *path,
             GCancellable *cancellable,
             GError **error)
{
  return wb_ftp_client_is_ready (self, error) && wb_ftp_client_check_path (path, error) &&
         wb_ftp_client_expect (self, step, verb, path, cancellable, error);
}

/**
 * wb_ftp_client_make_directory:
 * @path: the server's bytes
 *
 * Makes a folder (MKD, RFC 959 §4.1.3).
 *
 * Errors: %WB_FTP_ERROR_EXISTS, %WB_FTP_ERROR_PERMISSION, %WB_ERROR_INVALID, …
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_make_directory (WbFtpClient *self,
                              const char *path,
                              GCancellable *cancellable,
                              GError **error)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  return run_on_path (self, WB_FTP_STEP_MAKE_DIRECTORY, "MKD", path, cancellable, error);
}

/**
 * wb_ftp_client_remove_file:
 * @path: the server's bytes
 *
 * Deletes a file (DELE, RFC 959 §4.1.3).
 *
 * Errors: %WB_FTP_ERROR_NOT_FOUND, %WB_FTP_ERROR_PERMISSION, %WB_ERROR_INVALID, …
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_remove_file (WbFtpClient *self,
                           const char *path,
                           GCancellable *cancellable,
                           GError **error)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  return run_on_path (self, WB_FTP_STEP_REMOVE_FILE, "DELE", path, cancellable, error);
}

/**
 * wb_ftp_client_remove_directory:
 * @path: the server's bytes
 *
 * Deletes an empty folder (RMD, RFC 959 §4.1.3).
 *
 * Errors: %WB_FTP_ERROR_NOT_FOUND, %WB_FTP_ERROR_PERMISSION, %WB_ERROR_INVALID, …
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_remove_directory (WbFtpClient *self,
                                const char *path,
                                GCancellable *cancellable,
                                GError **error)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  return run_on_path (self, WB_FTP_STEP_REMOVE_DIRECTORY, "RMD", path, cancellable, error);
}

/**
 * wb_ftp_client_rename:
 * @from: the server's bytes
 * @to: the server's bytes
 *
 * Gives a file or folder another name or place (RNFR and RNTO, RFC 959 §4.1.3). What
 * happens to something that has the name @to already is up to the server.
 *
 * Errors: %WB_FTP_ERROR_NOT_FOUND, %WB_FTP_ERROR_PERMISSION, %WB_ERROR_INVALID, …
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_rename (WbFtpClient *self,
                      const char *from,
                      const char *to,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (from != NULL, FALSE);
  g_return_val_if_fail (to != NULL, FALSE);

  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (from, error) ||
      !wb_ftp_client_check_path (to, error) ||
      !wb_ftp_client_prepare_name (self, to, cancellable, error) ||
      !wb_ftp_client_talk (self, WB_FTP_STEP_RENAME, "RNFR", from, &reply, cancellable, error))
    return FALSE;
  if (reply.code != 350)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_RENAME, &reply, error);
  return wb_ftp_client_expect (self, WB_FTP_STEP_RENAME, "RNTO", to, cancellable, error);
}

/* RNFR said that @path is there, and that was all that is wanted. ProFTPD answers nothing but RNTO
 * from there on, as asking again shows; to itself, that changes nothing. */
gboolean
wb_ftp_client_end_question (WbFtpClient *self,
                            WbFtpStep step,
                            const char *path,
                            GCancellable *cancellable,
                            GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  if (!wb_ftp_client_talk (self, step, "RNFR", path, &reply, cancellable, error))
    return FALSE;
  if ((reply.code == 501 || reply.code == 503) &&
      !wb_ftp_client_talk (self, step, "RNTO", path, &reply, cancellable, error))
    return FALSE;
  return reply.code != 421 || wb_ftp_client_refuse (self, step, &reply, error);
}

/* Whether a folder's listing has the name, letter for letter. */
static gboolean
is_listed (WbFtpClient *self,
           const char *path,
           gboolean *found,
           GCancellable *cancellable,
           GError **error)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  g_autofree char *folder = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  if (slash != NULL)
    folder = g_strndup (path, MAX (slash - path, 1));
  entries = wb_ftp_client_list (self, folder, NULL, cancellable, error);
  if (entries == NULL)
    return FALSE;
  *found = FALSE;
  for (guint i = 0; i < entries->len && !*found; i++)
    *found = strcmp (wb_ftp_entry_get_name (entries->pdata[i]), name) == 0;
  return TRUE;
}

/* By RNFR, which changes nothing and knows folders, too. Some servers say yes to it whatever the
 * name, and some take "A" for "a": there the yes is looked at once more. */
static gboolean
is_taken (WbFtpClient *self,
          const char *from,
          const char *to,
          gboolean *taken,
          GCancellable *cancellable,
          GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  gint64 size = -1;

  *taken = FALSE;
  if (!wb_ftp_client_talk (self, WB_FTP_STEP_RENAME, "RNFR", to, &reply, cancellable, error))
    return FALSE;
  if (reply.code == 421)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_RENAME, &reply, error);
  if (reply.code != 350)
    return TRUE;
  if (!wb_ftp_client_end_question (self, WB_FTP_STEP_RENAME, to, cancellable, error))
    return FALSE;
  if (g_ascii_strcasecmp (from, to) != 0)
    size = wb_ftp_client_try_size (self, to, cancellable, error);
  if (size == -2)
    return FALSE;
  *taken = size >= 0;
  return *taken || is_listed (self, to, taken, cancellable, error);
}

/**
 * wb_ftp_client_rename_to_new:
 * @from: the server's bytes
 * @to: the server's bytes
 *
 * As wb_ftp_client_rename(), but only to a name that nothing has, as most servers replace a file
 * that has it without a word. The server is asked right before.
 *
 * Errors: %WB_FTP_ERROR_EXISTS when @to is there, those of wb_ftp_client_rename().
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_rename_to_new (WbFtpClient *self,
                             const char *from,
                             const char *to,
                             GCancellable *cancellable,
                             GError **error)
{
  gboolean taken = FALSE;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (from != NULL, FALSE);
  g_return_val_if_fail (to != NULL, FALSE);

  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (from, error) ||
      !wb_ftp_client_check_path (to, error) ||
      !is_taken (self, from, to, &taken, cancellable, error))
    return FALSE;
  if (!taken)
    return wb_ftp_client_rename (self, from, to, cancellable, error);
  g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS,
                       _ ("Could not rename it. The server has a file or folder of that name "
                          "already: choose another name."));
  return FALSE;
}

/**
 * wb_ftp_client_ping:
 *
 * Asks whether the session is still there (NOOP, RFC 959 §4.1.3).
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_ping (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);

  return wb_ftp_client_is_ready (self, error) &&
         wb_ftp_client_expect (self, WB_FTP_STEP_ANY, "NOOP", NULL, cancellable, error);
}

/**
 * wb_ftp_client_keep_alive:
 * @seconds: after how long a silence
 *
 * Asks whether the session is still there (NOOP, RFC 959 §4.1.3) when nothing has been said on it
 * for @seconds, so that neither the server nor a router in between takes it for forgotten. Half an
 * hour after the last real command that is what it is, and the server may have its connection back.
 *
 * Returns: %TRUE, also when there was nothing to ask, or %FALSE with @error set
 */
gboolean
wb_ftp_client_keep_alive (WbFtpClient *self,
                          guint seconds,
                          GCancellable *cancellable,
                          GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 last_used = 0;
  gboolean ok = FALSE;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);

  last_used = self->last_used;
  if (now - self->last_said < (gint64) seconds * G_USEC_PER_SEC || now - last_used > KEEP_ALIVE_MAX)
    return TRUE;
  ok = wb_ftp_client_ping (self, cancellable, error);
  self->last_used = last_used;
  return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-listing-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* RFC 3659 §2.3 */
#define TIME_FORMAT "%Y%m%d%H%M%S"

/* Some servers answer with more than the time. */
static GDateTime *
parse_time (char *text)
{
  g_strstrip (text);
  return wb_ftp_span_to_moment ((WbFtpSpan){ text, strcspn (text, " \n") });
}

/* FALSE with an error set only where the server could not be asked; without a time it has none to
 * tell. */
gboolean
wb_ftp_client_try_time (WbFtpClient *self,
                        const char *path,
                        GDateTime **time,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  *time = NULL;
  if (self->modified == WB_FTP_NO)
    return TRUE;
  if (!wb_ftp_client_talk (self, WB_FTP_STEP_TIME, "MDTM", path, &reply, cancellable, error))
    return FALSE;
  if (reply.code == 421)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_TIME, &reply, error);
  if (wb_ftp_reply_is_unknown_command (&reply))
    self->modified = WB_FTP_NO;
  if (reply.code == 213)
    *time = parse_time (reply.text);
  return TRUE;
}

/**
 * wb_ftp_client_get_modification_time:
 * @path: the server's bytes
 *
 * When a file's content changed last (MDTM, RFC 3659 §3).
 *
 * Errors: %WB_FTP_ERROR_NOT_FOUND, %WB_FTP_ERROR_UNSUPPORTED, %WB_ERROR_PROTOCOL for an
 * answer that is no time, those of talking.
 *
 * Returns: (transfer full) (nullable): the time in UTC, or %NULL with @error set
 */
GDateTime *
wb_ftp_client_get_modification_time (WbFtpClient *self,
                                     const char *path,
                                     GCancellable *cancellable,
                                     GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  GDateTime *time = NULL;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (path, error) ||
      !wb_ftp_client_talk (self, WB_FTP_STEP_TIME, "MDTM", path, &reply, cancellable, error))
    return NULL;
  if (reply.code != 213)
    {
      wb_ftp_client_refuse (self, WB_FTP_STEP_TIME, &reply, error);
      return NULL;
    }
  time = parse_time (reply.text);
  if (time == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                           _ ("The server's answer is not a time."));
      wb_ftp_client_prefix (self, WB_FTP_STEP_TIME, error);
    }
  return time;
}

/* In the order in which they are tried: the standard's own, then what came before it. What the last
 * one says is the answer. */
static const struct
{
  const char *verb;
  const char *feature; /* without it the verb is not tried; NULL: always */
} time_setters[] = {
  { "MFMT", "MFMT" },     /* draft-somers-ftp-mfxx-04 §3 */
  { "MDTM", NULL },       /* vsftpd, Serv-U */
  { "SITE UTIME", NULL }, /* Pure-FTPd, ProFTPD */
};

/**
 * wb_ftp_client_set_modification_time:
 * @path: the server's bytes
 * @time: in any time zone; fractions of a second are dropped
 *
 * Sets when a file's content changed last: by MFMT where the server has it, else by the
 * forms of MDTM and SITE UTIME that some servers know.
 *
 * Errors: %WB_FTP_ERROR_UNSUPPORTED, %WB_FTP_ERROR_PERMISSION,
 * %WB_FTP_ERROR_NOT_FOUND, those of talking.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_set_modification_time (WbFtpClient *self,
                                     const char *path,
                                     GDateTime *time,
                                     GCancellable *cancellable,
                                     GError **error)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autofree char *stamp = NULL;
  g_autofree char *argument = NULL;
  g_auto (WbFtpReply) reply = { 0 };

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (time != NULL, FALSE);

  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (path, error))
    return FALSE;
  utc = g_date_time_to_utc (time);
  stamp = g_date_time_format (utc, TIME_FORMAT);
  argument = g_strconcat (stamp, " ", path, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (time_setters); i++)
    {
      gboolean offered = time_setters[i].feature != NULL &&
                         wb_ftp_client_get_feature (self, time_setters[i].feature) != NULL;

      if (time_setters[i].feature != NULL && !offered)
        continue;
      if (!wb_ftp_client_talk (self, WB_FTP_STEP_TIME, time_setters[i].verb, argument, &reply,
                               cancellable, error))
        return FALSE;
      if (wb_ftp_reply_is_good (&reply))
        return TRUE;
      /* A server that does know it has the last word. */
      if (offered || reply.code == 421)
        break;
    }
  return wb_ftp_client_refuse (self, WB_FTP_STEP_TIME, &reply, error);
}

/**
 * wb_ftp_client_change_mode:
 * @path: the server's bytes
 * @mode: the permissions as in chmod(2), at most 07777
 *
 * Changes the permissions of a file or folder (SITE CHMOD, which no RFC has and most
 * servers know).
 *
 * Errors: %WB_FTP_ERROR_UNSUPPORTED, %WB_FTP_ERROR_PERMISSION,
 * %WB_FTP_ERROR_NOT_FOUND, %WB_ERROR_INVALID, those of talking.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_change_mode (WbFtpClient *self,
                           const char *path,
                           guint mode,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autofree char *argument = NULL;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (mode <= 07777, FALSE);

  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (path, error))
    return FALSE;
  argument = g_strdup_printf ("%03o %s", mode, path);
  return wb_ftp_client_expect (self, WB_FTP_STEP_MODE, "SITE CHMOD", argument, cancellable, error);
}

/**
 * wb_ftp_client_make_link:
 * @target: where the link leads, in the server's bytes
 * @path: the link, in the server's bytes
 *
 * Makes a symbolic link (SITE SYMLINK, which a few servers know). The command has no way
 * to tell a space in a name from the one between the names, so those are refused.
 *
 * Errors: %WB_FTP_ERROR_UNSUPPORTED, %WB_FTP_ERROR_PERMISSION, %WB_FTP_ERROR_EXISTS,
 * %WB_ERROR_INVALID, those of talking.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_make_link (WbFtpClient *self,
                         const char *target,
                         const char *path,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autofree char *argument = NULL;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (target != NULL, FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (target, error) ||
      !wb_ftp_client_check_path (path, error))
    return FALSE;
  if (strchr (target, ' ') != NULL || strchr (path, ' ') != NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("FTP cannot make a link whose name or target has a space in it."));
      return wb_ftp_client_prefix (self, WB_FTP_STEP_LINK, error);
    }
  argument = g_strconcat (target, " ", path, NULL);
  return wb_ftp_client_expect (self, WB_FTP_STEP_LINK, "SITE SYMLINK", argument, cancellable,
                               error);
}

/**
 * wb_ftp_client_get_free_space:
 * @path: (nullable): a folder, in the server's bytes; %NULL is the current one
 *
 * How much fits into a folder (AVBL, draft-peterson-streamlined-ftp-command-extensions-10
 * §4).
 *
 * Errors: %WB_FTP_ERROR_UNSUPPORTED, %WB_FTP_ERROR_NOT_FOUND, %WB_ERROR_PROTOCOL for an
 * answer that is no number, those of talking.
 *
 * Returns: bytes, or -1 with @error set
 */
gint64
wb_ftp_client_get_free_space (WbFtpClient *self,
                              const char *path,
                              GCancellable *cancellable,
                              GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  guint64 space = 0;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), -1);

  if (!wb_ftp_client_is_ready (self, error) ||
      (path != NULL && !wb_ftp_client_check_path (path, error)) ||
      !wb_ftp_client_talk (self, WB_FTP_STEP_SPACE, "AVBL", path, &reply, cancellable, error))
    return -1;
  if (reply.code != 213)
    {
      wb_ftp_client_refuse (self, WB_FTP_STEP_SPACE, &reply, error);
      return -1;
    }
  g_strstrip (reply.text);
  reply.text[strcspn (reply.text, " \n")] = '\0';
  if (!g_ascii_string_to_unsigned (reply.text, 10, 0, G_MAXINT64, &space, NULL))
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                           _ ("The server's answer is not a size."));
      wb_ftp_client_prefix (self, WB_FTP_STEP_SPACE, error);
      return -1;
    }
  return (gint64) space;
}

/* What this client has to know about itself, or what wants a data connection; sent behind its back
 * the session could not go on. Secrets are only masked where the login sends them. */
static gboolean
may_be_typed (const char *line, GError **error)
{
  static const char *const reserved[] = {
    "USER", "PASS", "ACCT", "REIN", "AUTH", "PBSZ", "PROT", "CCC",  "QUIT", "PORT", "EPRT",
    "PASV", "EPSV", "LPRT", "LPSV", "PRET", "RETR", "STOR", "STOU", "APPE", "LIST", "NLST",
    "MLSD", "REST", "ABOR", "MODE", "STRU", "RANG", "RNTO", "SPSV", "HOST",
  };
  gsize length = strcspn (line, " ");

  if (length == 0)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID, _ ("A command begins with a word."));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (strlen (reserved[i]) == length && g_ascii_strncasecmp (reserved[i], line, length) == 0)
      {
        g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                     /* Translators: %s is an FTP command, such as "PASV". */
                     _ ("%s is sent by Wirebench itself, where it is needed: it would upset the "
                        "session here."),
                     reserved[i]);
        return FALSE;
      }
  return TRUE;
}

/**
 * wb_ftp_client_command:
 * @line: a command as it goes over the wire, such as "SITE HELP"
 * @text: (out) (optional) (transfer full): the reply's text, its lines joined by LF, in
 *   valid UTF-8
 *
 * Sends a command that somebody typed and waits for its reply. A reply that says no is no
 * error. Line breaks and NUL are refused, and so is what this client does by itself or
 * what needs a data connection.
 *
 * Errors: %WB_ERROR_INVALID, those of talking.
 *
 * Returns: the reply's code, 200 to 699, or 0 with @error set
 */
int
wb_ftp_client_command (WbFtpClient *self,
                       const char *line,
                       char **text,
                       GCancellable *cancellable,
                       GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), 0);
  g_return_val_if_fail (line != NULL, 0);

  if (text != NULL)
    *text = NULL;
  if (!wb_ftp_client_is_ready (self, error) || !may_be_typed (line, error) ||
      !wb_ftp_client_talk (self, WB_FTP_STEP_ANY, line, NULL, &reply, cancellable, error))
    return 0;
  while (reply.code < 200)
    if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_ANY, &reply, cancellable, error))
      return 0;

  /* Whatever it was: the folder may be another now, and the next file may not come as bytes. */
  self->moved = TRUE;
  self->type_is_odd = TRUE;
  if (text != NULL)
    *text = g_utf8_make_valid (reply.text, -1);
  return reply.code;
}

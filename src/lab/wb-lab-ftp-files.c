/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-ftp-private.h"

#include <string.h>

/* A path as it stands in a 257 (RFC 959, appendix II): quotes are doubled. */
static char *
quote (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "\"", -1);

  return g_strjoinv ("\"\"", parts);
}

/**
 * wb_lab_ftp_pwd:
 *
 * PWD (RFC 959, section 4.1.3).
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_pwd (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autofree char *quoted = quote (self->folder);

  return wb_lab_peer_reply (self->peer, error, "257 \"%s\" is the current folder.", quoted);
}

/**
 * wb_lab_ftp_cwd:
 *
 * CWD (RFC 959, section 4.1.1).
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_cwd (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *path = NULL;
  struct stat st;

  path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_READ, &reason);
  if (path == NULL || !wb_lab_jail_stat (self->account->jail, path, &st, &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  if (!S_ISDIR (st.st_mode))
    return wb_lab_peer_reply (self->peer, error, "550 That is not a folder.");
  g_free (self->folder);
  self->folder = g_steal_pointer (&path);
  return wb_lab_peer_reply (self->peer, error, "250 The current folder is %s", self->folder);
}

/**
 * wb_lab_ftp_cdup:
 *
 * CDUP (RFC 959, section 4.1.1).
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_cdup (WbLabFtpSession *self, const char *argument, GError **error)
{
  return wb_lab_ftp_cwd (self, "..", error);
}

static char *
resolve_file (WbLabFtpSession *self, const char *argument, struct stat *st, GError **reason)
{
  g_autofree char *path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_READ, reason);

  if (path == NULL || !wb_lab_jail_stat (self->account->jail, path, st, reason))
    return NULL;
  return g_steal_pointer (&path);
}

/**
 * wb_lab_ftp_size:
 *
 * SIZE (RFC 3659, section 4).
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_size (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *path = NULL;
  struct stat st;

  if (self->ascii)
    return wb_lab_peer_reply (self->peer, error,
                              "550 In ASCII type the size is not known beforehand; send TYPE I.");
  path = resolve_file (self, argument, &st, &reason);
  if (path == NULL)
    return wb_lab_ftp_session_refuse (self, reason, error);
  if (!S_ISREG (st.st_mode))
    return wb_lab_peer_reply (self->peer, error, "550 That is no ordinary file.");
  return wb_lab_peer_reply (self->peer, error, "213 %" G_GINT64_FORMAT, (gint64) st.st_size);
}

/**
 * wb_lab_ftp_mdtm:
 *
 * MDTM (RFC 3659, section 3), in UTC.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_mdtm (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *path = NULL;
  g_autofree char *stamp = NULL;
  struct stat st;

  path = resolve_file (self, argument, &st, &reason);
  if (path == NULL)
    return wb_lab_ftp_session_refuse (self, reason, error);
  time = g_date_time_new_from_unix_utc (st.st_mtime);
  if (time == NULL)
    return wb_lab_peer_reply (self->peer, error, "550 Its time cannot be said.");
  stamp = g_date_time_format (time, "%Y%m%d%H%M%S");
  return wb_lab_peer_reply (self->peer, error, "213 %s", stamp);
}

/* YYYYMMDDHHMMSS in UTC; a fraction behind it is allowed and dropped (RFC 3659, section 2.3). */
static GDateTime *
parse_stamp (const char *text, const char **rest)
{
  static const guint widths[] = { 4, 2, 2, 2, 2, 2 };
  int numbers[G_N_ELEMENTS (widths)];

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      numbers[i] = 0;
      for (guint k = 0; k < widths[i]; k++, text++)
        {
          if (!g_ascii_isdigit (*text))
            return NULL;
          numbers[i] = numbers[i] * 10 + g_ascii_digit_value (*text);
        }
    }
  if (*text == '.')
    do
      text++;
    while (g_ascii_isdigit (*text));
  *rest = text;
  return g_date_time_new_utc (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4],
                              numbers[5]);
}

/**
 * wb_lab_ftp_mfmt:
 *
 * MFMT time path: sets the time of the last change (draft-somers-ftp-mfxx, section 3).
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_mfmt (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *path = NULL;
  g_autofree char *stamp = NULL;
  const char *rest = argument;

  time = parse_stamp (argument, &rest);
  if (time == NULL || *rest != ' ')
    return wb_lab_peer_reply (self->peer, error, "501 MFMT wants YYYYMMDDHHMMSS and a path.");
  path = wb_lab_ftp_session_resolve (self, rest + 1, WB_LAB_FTP_RENAME, &reason);
  if (path == NULL ||
      !wb_lab_jail_set_time (self->account->jail, path, g_date_time_to_unix (time), &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  stamp = g_date_time_format (time, "%Y%m%d%H%M%S");
  return wb_lab_peer_reply (self->peer, error, "213 Modify=%s; %s", stamp, path);
}

/**
 * wb_lab_ftp_dele:
 *
 * DELE (RFC 959, section 4.1.3).
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_dele (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_CHANGE, &reason);
  struct stat st = { 0 };

  if (path == NULL)
    return wb_lab_ftp_session_refuse (self, reason, error);
  if (!wb_lab_jail_stat (self->account->jail, path, &st, NULL))
    st.st_size = 0;
  if (!wb_lab_jail_remove (self->account->jail, path, FALSE, &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  wb_lab_ftp_take_quota (self->server, self->account, -(gint64) st.st_size);
  return wb_lab_peer_reply (self->peer, error, "250 Deleted.");
}

/**
 * wb_lab_ftp_mkd:
 *
 * MKD (RFC 959, section 4.1.3).
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_mkd (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_CHANGE, &reason);
  g_autofree char *quoted = NULL;

  if (path == NULL || !wb_lab_jail_mkdir (self->account->jail, path, 0755, &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  quoted = quote (path);
  return wb_lab_peer_reply (self->peer, error, "257 \"%s\" made.", quoted);
}

/**
 * wb_lab_ftp_rmd:
 *
 * RMD (RFC 959, section 4.1.3): an empty folder.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_rmd (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_CHANGE, &reason);

  if (path == NULL || !wb_lab_jail_remove (self->account->jail, path, TRUE, &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  return wb_lab_peer_reply (self->peer, error, "250 Folder removed.");
}

/**
 * wb_lab_ftp_rnfr:
 *
 * RNFR (RFC 959, section 4.1.3): what to rename.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_rnfr (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_RENAME, &reason);
  struct stat st;

  if (path == NULL || !wb_lab_jail_stat (self->account->jail, path, &st, &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  self->rename_from = g_steal_pointer (&path);
  return wb_lab_peer_reply (self->peer, error, "350 And its new name? Send RNTO.");
}

/**
 * wb_lab_ftp_rnto:
 *
 * RNTO (RFC 959, section 4.1.3): its new name; must follow RNFR at once.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_rnto (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *from = g_steal_pointer (&self->rename_from);
  g_autofree char *to = NULL;
  gboolean replace = self->account->kind != WB_LAB_FTP_ANONYMOUS;
  struct stat st;

  if (from == NULL)
    return wb_lab_peer_reply (self->peer, error, "503 Send RNFR first.");
  to = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_RENAME, &reason);
  if (to == NULL)
    return wb_lab_ftp_session_refuse (self, reason, error);
  if (!wb_lab_jail_stat (self->account->jail, to, &st, NULL) || !S_ISREG (st.st_mode))
    st.st_size = 0;
  if (!wb_lab_jail_rename (self->account->jail, from, to, replace, &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  if (!g_str_equal (from, to))
    wb_lab_ftp_take_quota (self->server, self->account, -(gint64) st.st_size);
  return wb_lab_peer_reply (self->peer, error, "250 Renamed.");
}

static gboolean
site_chmod (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *path = NULL;
  guint mode = 0;
  guint digits = 0;

  for (; *argument >= '0' && *argument <= '7'; argument++, digits++)
    mode = (mode << 3) | (*argument - '0');
  if (digits < 3 || digits > 4 || *argument != ' ')
    return wb_lab_peer_reply (self->peer, error,
                              "501 SITE CHMOD wants an octal number such as 644, and a path.");
  path = wb_lab_ftp_session_resolve (self, argument + 1, WB_LAB_FTP_CHANGE, &reason);
  if (path == NULL || !wb_lab_jail_chmod (self->account->jail, path, mode, &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  return wb_lab_peer_reply (self->peer, error, "200 Permissions set.");
}

/**
 * wb_lab_ftp_site:
 *
 * SITE CHMOD mode path, and SITE HELP.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_site (WbLabFtpSession *self, const char *argument, GError **error)
{
  if (g_ascii_strncasecmp (argument, "CHMOD ", 6) == 0)
    return site_chmod (self, argument + 6, error);
  if (g_ascii_strcasecmp (argument, "HELP") == 0)
    return wb_lab_peer_reply (self->peer, error, "214 SITE knows CHMOD and HELP.");
  return wb_lab_peer_reply (self->peer, error, "504 SITE knows CHMOD and HELP.");
}

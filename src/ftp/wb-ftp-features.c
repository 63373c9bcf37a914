/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"

#include <string.h>

/* RFC 2389 §3.2: a line a feature. A server without FEAT has none of them. */
gboolean
wb_ftp_client_ask_features (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  g_auto (GStrv) lines = NULL;

  g_clear_pointer (&self->features, g_hash_table_unref);
  self->features = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!wb_ftp_client_talk (self, WB_FTP_STEP_LOGIN, "FEAT", NULL, &reply, cancellable, error))
    return FALSE;
  if (reply.code != 211)
    return reply.code != 421 || wb_ftp_client_refuse (self, WB_FTP_STEP_LOGIN, &reply, error);

  lines = g_strsplit (reply.text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);
      char *space = strchr (line, ' ');

      if (*line == '\0')
        continue;
      if (space != NULL)
        *space++ = '\0';
      g_hash_table_insert (self->features, g_ascii_strup (line, -1),
                           g_strdup (space != NULL ? space : ""));
    }
  self->has_mlsd = wb_ftp_client_get_feature (self, "MLST") != NULL ||
                   wb_ftp_client_get_feature (self, "MLSD") != NULL;
  return TRUE;
}

/**
 * wb_ftp_client_has_feature:
 * @name: a command or feature in capitals, such as "AVBL"
 *
 * Whether the server told of it when it was asked what it has (FEAT, RFC 2389 §3), which is when
 * one logs in. Asks nothing.
 *
 * Returns: whether it did
 */
gboolean
wb_ftp_client_has_feature (WbFtpClient *self, const char *name)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);

  return wb_ftp_client_get_feature (self, name) != NULL;
}

/* What stands behind a feature's name, "" if nothing does, NULL where the server has it not. */
const char *
wb_ftp_client_get_feature (WbFtpClient *self, const char *name)
{
  return self->features != NULL ? g_hash_table_lookup (self->features, name) : NULL;
}

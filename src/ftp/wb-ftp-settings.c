/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>

/* No clock on earth is further from UTC. */
#define OFFSET_MAX (26 * 60)

/**
 * wb_ftp_client_set_charset:
 * @charset: (nullable): what the server's names are written in, such as "GBK"; %NULL or
 *   "UTF-8" is UTF-8
 *
 * Says how names are to be shown and typed. They are kept as the server's bytes all the
 * same. With a charset the server is not asked for UTF-8, so call this before the login.
 *
 * Errors: %WB_ERROR_INVALID for a charset that nobody knows.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 */
gboolean
wb_ftp_client_set_charset (WbFtpClient *self, const char *charset, GError **error)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);

  if (charset != NULL && (*charset == '\0' || g_ascii_strcasecmp (charset, "UTF-8") == 0 ||
                          g_ascii_strcasecmp (charset, "UTF8") == 0))
    charset = NULL;
  if (charset != NULL)
    {
      GIConv converter = g_iconv_open ("UTF-8", charset);

      /* g_iconv_open()'s own mark of failure. */
      if (converter == (GIConv) -1)
        {
          g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                       /* Translators: %s is the name of a character set. */
                       _ ("No character set is called “%s”. UTF-8, GBK and ISO-8859-1 are some."),
                       charset);
          return FALSE;
        }
      g_iconv_close (converter);
    }
  g_free (self->charset);
  self->charset = g_strdup (charset);
  return TRUE;
}

/**
 * wb_ftp_client_encode_name:
 * @name: a name that somebody typed, in UTF-8
 *
 * Errors: %WB_ERROR_INVALID where the server's charset lacks a character of it.
 *
 * Returns: (transfer full) (nullable): its bytes in the server's charset, or %NULL with
 *   @error set
 */
char *
wb_ftp_client_encode_name (WbFtpClient *self, const char *name, GError **error)
{
  char *bytes = NULL;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (self->charset == NULL)
    return g_strdup (name);
  bytes = g_convert (name, -1, self->charset, "UTF-8", NULL, NULL, NULL);
  if (bytes == NULL)
    g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                 /* Translators: the first %s is a file's name, the second a character set. */
                 _ ("“%s” cannot be written in %s, which this server's names are in. Choose "
                    "another name."),
                 name, self->charset);
  return bytes;
}

/**
 * wb_ftp_client_set_time_offset:
 * @minutes: how far the clock that the server's listings go by is ahead of UTC
 *
 * Lets the times of listings be told in UTC. Those of MLSD and MDTM are in UTC anyway.
 */
void
wb_ftp_client_set_time_offset (WbFtpClient *self, int minutes)
{
  g_return_if_fail (WB_IS_FTP_CLIENT (self));

  self->time_offset = CLAMP (minutes, -OFFSET_MAX, OFFSET_MAX);
  self->has_time_offset = TRUE;
}

/**
 * wb_ftp_client_set_active_mode:
 * @active: whether the server opens the data connections (EPRT, PORT), to a port here
 *
 * For servers behind a firewall that lets none in. Behind a proxy it has no effect.
 */
void
wb_ftp_client_set_active_mode (WbFtpClient *self, gboolean active)
{
  g_return_if_fail (WB_IS_FTP_CLIENT (self));

  self->active = active;
}

/**
 * wb_ftp_client_set_list_way:
 * @way: by which command folders are listed
 */
void
wb_ftp_client_set_list_way (WbFtpClient *self, WbFtpListWay way)
{
  g_return_if_fail (WB_IS_FTP_CLIENT (self));

  self->list_way = way;
}

/**
 * wb_ftp_client_set_proxy:
 * @uri: (nullable): such as "socks5://127.0.0.1:1080" or "http://user:password@host:3128";
 *   %NULL for none
 *
 * Has all connections go through a proxy. Call it before wb_ftp_client_connect().
 *
 * Errors: %WB_ERROR_INVALID.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 */
gboolean
wb_ftp_client_set_proxy (WbFtpClient *self, const char *uri, GError **error)
{
  g_autofree char *password = NULL;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);

  if (uri != NULL && *uri == '\0')
    uri = NULL;
  if (uri != NULL && !wb_parse_proxy (uri, &password, error))
    return FALSE;
  if (password != NULL && self->wire != NULL)
    wb_wire_hide (self->wire, password);
  g_free (self->proxy);
  self->proxy = g_strdup (uri);
  return TRUE;
}

/**
 * wb_ftp_client_copy_settings:
 * @from: another client, which may be busy with nothing meanwhile
 *
 * Takes over all that was set on @from: time-out, charset, time offset, active mode, way
 * of listing and proxy.
 */
void
wb_ftp_client_copy_settings (WbFtpClient *self, WbFtpClient *from)
{
  g_return_if_fail (WB_IS_FTP_CLIENT (self));
  g_return_if_fail (WB_IS_FTP_CLIENT (from));

  wb_ftp_client_set_timeout (self, from->timeout);
  g_free (self->charset);
  self->charset = g_strdup (from->charset);
  g_free (self->proxy);
  self->proxy = g_strdup (from->proxy);
  self->time_offset = from->time_offset;
  self->has_time_offset = from->has_time_offset;
  self->active = from->active;
  self->list_way = from->list_way;
}

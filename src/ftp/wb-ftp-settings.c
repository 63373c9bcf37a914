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
 * Names and paths are UTF-8 on this side, in whatever is given to a function and comes from
 * one, and in this charset on the server's, see wb_ftp_name_decode(). A name that the charset
 * cannot read keeps its bytes. With a charset the server is not asked for UTF-8, so call this
 * before the login.
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
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);

  return wb_set_proxy (&self->proxy, uri, self->wire, error);
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

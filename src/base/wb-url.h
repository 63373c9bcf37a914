/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbTlsMode:
 * @WB_TLS_NONE: in the clear; nothing was said about passwords, so mail sends none
 * @WB_TLS_NEVER: in the clear on purpose (`?starttls=never`): passwords may go over it
 * @WB_TLS_IMPLICIT: TLS from the first byte (RFC 8314)
 * @WB_TLS_REQUIRED: begin in the clear, then STARTTLS, AUTH TLS or STLS, or fail
 */
typedef enum
{
  WB_TLS_NONE,
  WB_TLS_NEVER,
  WB_TLS_IMPLICIT,
  WB_TLS_REQUIRED,
} WbTlsMode;

/**
 * WbUrl:
 * @scheme: "ftp", "ftps", "ftpes", "smtp", "smtps", "pop3", "pop3s", "imap",
 *   "imaps"
 * @protocol: the scheme without its TLS part: "ftp", "smtp", "pop3", "imap"
 * @user: (nullable): decoded
 * @password: (nullable): decoded
 * @host: without brackets, in ASCII (IDN as punycode)
 * @port: never 0: the scheme's own where the URL names none
 * @path: decoded bytes, without the leading "/" that ends the authority; may be ""
 * @tls: from the scheme and `?starttls=`
 * @type: of an FTP URL, as `;type=` says (RFC 1738 section 3.2.2): 'a' to move text, 'i'
 *   to move bytes, 'd' to list a folder; 0 where it says nothing
 *
 * The address of a server, with what it takes to log in.
 */
typedef struct
{
  char      *scheme;
  char      *protocol;
  char      *user;
  char      *password;
  char      *host;
  guint16    port;
  char      *path;
  WbTlsMode  tls;
  char       type;
} WbUrl;

WbUrl *wb_url_parse  (const char   *text,
                      GError      **error);
WbUrl *wb_url_copy   (const WbUrl  *self);
char  *wb_url_format (const WbUrl  *self);
void   wb_url_free   (WbUrl        *self);

gboolean wb_parse_host_port (const char  *text,
                             const char  *default_host,
                             char       **host,
                             guint16     *port,
                             GError     **error);

gboolean wb_parse_proxy     (const char  *text,
                             char       **password,
                             GError     **error);
gboolean wb_set_proxy       (char       **proxy,
                             const char  *uri,
                             WbWire      *wire,
                             GError     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbUrl, wb_url_free)

G_END_DECLS

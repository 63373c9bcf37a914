/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "wb-ftp-client.h"

G_BEGIN_DECLS

/**
 * WbFtpAccount:
 * @WB_FTP_ACCOUNT_REGISTERED: somebody whom the server knows by name
 * @WB_FTP_ACCOUNT_GUEST: a name that several people share, kept within a part of the server
 * @WB_FTP_ACCOUNT_ANONYMOUS: anybody (RFC 1635)
 *
 * As whom one logs in.
 */
typedef enum
{
  WB_FTP_ACCOUNT_REGISTERED,
  WB_FTP_ACCOUNT_GUEST,
  WB_FTP_ACCOUNT_ANONYMOUS,
} WbFtpAccount;

/**
 * WbFtpDataMode:
 * @WB_FTP_DATA_AUTOMATIC: what gets through
 * @WB_FTP_DATA_PASSIVE: connections from here to the server (EPSV, PASV)
 * @WB_FTP_DATA_ACTIVE: connections from the server to here (EPRT, PORT)
 *
 * Who opens the data connections.
 */
typedef enum
{
  WB_FTP_DATA_AUTOMATIC,
  WB_FTP_DATA_PASSIVE,
  WB_FTP_DATA_ACTIVE,
} WbFtpDataMode;

/**
 * WbFtpProxy:
 * @WB_FTP_PROXY_NONE: straight to the server
 * @WB_FTP_PROXY_SYSTEM: as the desktop says
 * @WB_FTP_PROXY_SOCKS5: RFC 1928
 * @WB_FTP_PROXY_HTTP: by CONNECT (RFC 9110 §9.3.6)
 *
 * What stands between.
 */
typedef enum
{
  WB_FTP_PROXY_NONE,
  WB_FTP_PROXY_SYSTEM,
  WB_FTP_PROXY_SOCKS5,
  WB_FTP_PROXY_HTTP,
} WbFtpProxy;

/**
 * WbFtpBookmark:
 * @name: what it is called
 * @local: (nullable): a folder of this computer, as a path in UTF-8
 * @remote: (nullable): a folder of the server, in UTF-8
 * @synchronized: whether going into a folder on one side does so on the other
 *
 * A pair of folders to go to at once.
 */
typedef struct
{
  char     *name;
  char     *local;
  char     *remote;
  gboolean  synchronized;
} WbFtpBookmark;

WbFtpBookmark *wb_ftp_bookmark_new       (const char           *name,
                                          const char           *local,
                                          const char           *remote);
WbFtpBookmark *wb_ftp_bookmark_copy      (const WbFtpBookmark  *self);
void           wb_ftp_bookmark_free      (WbFtpBookmark        *self);
JsonNode      *wb_ftp_bookmark_to_json   (const WbFtpBookmark  *self);
WbFtpBookmark *wb_ftp_bookmark_from_json (JsonNode             *node);

/**
 * WbFtpSite:
 * @id: by which it is found again, whatever it is called
 * @folder: where in the list it stands: "" or names with "/" between
 * @name: what it is called
 * @host: without brackets
 * @port: 0 for the usual one
 * @tls: %WB_TLS_NONE, %WB_TLS_REQUIRED or %WB_TLS_IMPLICIT
 * @user: not used for anonymous
 * @ask_password: whether the password is asked for each time and never kept
 * @local: where to begin on this computer, a path in UTF-8; "" for where one is
 * @remote: where to begin on the server, in UTF-8; "" for where one logs in to
 * @charset: of names; "" is UTF-8
 * @has_time_offset: whether @time_offset was set
 * @time_offset: minutes by which the clock of the server's listings is ahead of UTC
 * @connections: how many may be used at once
 * @download_limit: kB/s for all downloads together; 0 for none
 * @upload_limit: kB/s for all uploads together; 0 for none
 * @proxy_address: HOST:PORT, for SOCKS5 and HTTP
 * @keep_alive: seconds of silence after which the connection is kept up; 0 for never
 * @bookmarks: (element-type WbFtpBookmark)
 *
 * A server that one comes back to, and how. Never the password: that is the keyring's.
 * Strings are never %NULL.
 */
typedef struct
{
  char          *id;
  char          *folder;
  char          *name;
  char          *host;
  guint16        port;
  WbTlsMode      tls;
  WbFtpAccount   account;
  char          *user;
  gboolean       ask_password;
  char          *local;
  char          *remote;
  WbFtpDataMode  data_mode;
  char          *charset;
  gboolean       has_time_offset;
  int            time_offset;
  guint          connections;
  guint          download_limit;
  guint          upload_limit;
  WbFtpProxy     proxy;
  char          *proxy_address;
  guint          keep_alive;
  gboolean       synchronized;
  char          *notes;
  GPtrArray     *bookmarks;
} WbFtpSite;

/* How many connections where nothing else is said, and at most. */
#define WB_FTP_SITE_CONNECTIONS      4
#define WB_FTP_SITE_CONNECTIONS_MAX 16
#define WB_FTP_SITE_SPEED_MAX       (4 * 1024 * 1024)
/* Seconds of silence, where nothing else is said: less than the usual shortest time-out, 60. */
#define WB_FTP_SITE_KEEP_ALIVE      40
#define WB_FTP_SITE_KEEP_ALIVE_MAX  3600
#define WB_FTP_SITE_OFFSET_MAX      (14 * 60)

WbFtpSite   *wb_ftp_site_new       (void);
WbFtpSite   *wb_ftp_site_new_from_url (const WbUrl  *url);
WbFtpSite   *wb_ftp_site_copy      (const WbFtpSite *self);
void         wb_ftp_site_renew_id  (WbFtpSite       *self);
void         wb_ftp_site_free      (WbFtpSite       *self);
void         wb_ftp_site_set_text  (char           **field,
                                    const char      *text);
WbUrl       *wb_ftp_site_dup_url   (const WbFtpSite *self,
                                    GError         **error);
guint16      wb_ftp_site_get_port  (const WbFtpSite *self);
gboolean     wb_ftp_site_apply     (const WbFtpSite *self,
                                    WbFtpClient     *client,
                                    GCancellable    *cancellable,
                                    GError         **error);
JsonNode    *wb_ftp_site_to_json   (const WbFtpSite *self);
WbFtpSite   *wb_ftp_site_from_json (JsonNode        *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpBookmark, wb_ftp_bookmark_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpSite, wb_ftp_site_free)

G_END_DECLS

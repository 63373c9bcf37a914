/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-ftp-entry.h"
#include "wb-ftp-error.h"
#include "wb-progress.h"
#include "wb-url.h"

G_BEGIN_DECLS

/**
 * WbFtpClient:
 *
 * One control connection to an FTP server and the data connections beside it
 * (RFC 959, 2228, 2428, 3659, 4217). Every verb blocks, on one thread at a time.
 * Paths are what a listing gave or somebody typed: the server's bytes, or UTF-8 where
 * wb_ftp_client_set_charset() said what those are. CR, LF and NUL in them are refused.
 *
 * A file is received into "NAME.XXXXXXXX.part" beside its target and renamed only when the
 * server's 226, the close of the data connection and the size agree.
 *
 * What wb_ftp_client_set_…() sets counts from the next verb on; the proxy from
 * wb_ftp_client_connect() on.
 */
#define WB_TYPE_FTP_CLIENT (wb_ftp_client_get_type ())
G_DECLARE_FINAL_TYPE (WbFtpClient, wb_ftp_client, WB, FTP_CLIENT, GObject)

/**
 * WbFtpFileFlags:
 * @WB_FTP_FILE_OVERWRITE: a file that has the name already may be replaced
 * @WB_FTP_FILE_RESUME: what was moved before a failure stays, under its temporary
 *   name, and the next call with this flag goes on there if the file at the other
 *   end is still the one that it began with; else it starts again
 * @WB_FTP_FILE_KEEP_TIME: the copy gets the time of the original, where the server
 *   tells it or lets it be set
 * @WB_FTP_FILE_VERIFY: the checksums at both ends are compared before the file gets
 *   its name, where the server can make one
 * @WB_FTP_FILE_FRESH: a listing has just said that the server has nothing of that name: an
 *   upload then asks less, under a temporary name that nobody else can have
 * @WB_FTP_FILE_TEXT: lines of text and not bytes (TYPE A, RFC 959 §3.1.1.1): on the wire each
 *   ends with CR LF, on this computer with LF. Neither end knows the other's size then, so
 *   nothing can be gone on with or compared: %WB_FTP_FILE_RESUME and %WB_FTP_FILE_VERIFY do
 *   not count beside it
 */
typedef enum
{
  WB_FTP_FILE_FLAGS_NONE = 0,
  WB_FTP_FILE_OVERWRITE  = 1 << 0,
  WB_FTP_FILE_RESUME     = 1 << 1,
  WB_FTP_FILE_KEEP_TIME  = 1 << 2,
  WB_FTP_FILE_VERIFY     = 1 << 3,
  WB_FTP_FILE_FRESH      = 1 << 4,
  WB_FTP_FILE_TEXT       = 1 << 5,
} WbFtpFileFlags;

/**
 * WbFtpListWay:
 * @WB_FTP_LIST_BEST: MLSD where the server has it, else LIST, else NLST
 * @WB_FTP_LIST_MLSD: RFC 3659 §7
 * @WB_FTP_LIST_LIST: RFC 959 §4.1.3
 * @WB_FTP_LIST_NLST: names alone (RFC 959 §4.1.3)
 * @WB_FTP_LIST_STAT: over the control connection, where no data connection comes
 *   through (RFC 959 §4.1.3)
 *
 * By which command a folder is listed.
 */
typedef enum
{
  WB_FTP_LIST_BEST,
  WB_FTP_LIST_MLSD,
  WB_FTP_LIST_LIST,
  WB_FTP_LIST_NLST,
  WB_FTP_LIST_STAT,
} WbFtpListWay;

WbFtpClient *wb_ftp_client_new               (WbWire        *wire,
                                              WbTrust       *trust);
void         wb_ftp_client_set_timeout       (WbFtpClient   *self,
                                              guint          seconds);
gboolean     wb_ftp_client_set_charset       (WbFtpClient   *self,
                                              const char    *charset,
                                              GError       **error);
void         wb_ftp_client_set_time_offset   (WbFtpClient   *self,
                                              int            minutes);
void         wb_ftp_client_set_active_mode   (WbFtpClient   *self,
                                              gboolean       active);
void         wb_ftp_client_set_list_way      (WbFtpClient   *self,
                                              WbFtpListWay   way);
gboolean     wb_ftp_client_set_proxy         (WbFtpClient   *self,
                                              const char    *uri,
                                              GError       **error);
void         wb_ftp_client_copy_settings     (WbFtpClient   *self,
                                              WbFtpClient   *from);

gboolean     wb_ftp_client_connect           (WbFtpClient   *self,
                                              const WbUrl   *url,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_login             (WbFtpClient   *self,
                                              const char    *user,
                                              const char    *password,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_is_usable         (WbFtpClient   *self);
gboolean     wb_ftp_client_recover           (WbFtpClient      *self,
                                              GCancellable     *cancellable);
const char  *wb_ftp_client_get_greeting      (WbFtpClient   *self);
guint32      wb_ftp_client_get_conversation  (WbFtpClient   *self);

char        *wb_ftp_client_get_directory     (WbFtpClient   *self,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_change_directory  (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
GPtrArray   *wb_ftp_client_list              (WbFtpClient   *self,
                                              const char    *path,
                                              WbProgress    *progress,
                                              GCancellable  *cancellable,
                                              GError       **error);
gint64       wb_ftp_client_get_size          (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);

gboolean     wb_ftp_client_retrieve          (WbFtpClient   *self,
                                              const char    *path,
                                              gint64         expected_size,
                                              GFile         *target,
                                              WbFtpFileFlags flags,
                                              WbProgress    *progress,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_store             (WbFtpClient   *self,
                                              GFile         *source,
                                              const char    *path,
                                              WbFtpFileFlags flags,
                                              WbProgress    *progress,
                                              GCancellable  *cancellable,
                                              GError       **error);
gint64       wb_ftp_client_retrieve_range    (WbFtpClient   *self,
                                              const char    *path,
                                              gint64         offset,
                                              gint64         length,
                                              int            fd,
                                              WbProgress    *progress,
                                              GCancellable  *cancellable,
                                              GError       **error);

gboolean     wb_ftp_client_make_directory    (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_remove_file       (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_remove_directory  (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_rename            (WbFtpClient   *self,
                                              const char    *from,
                                              const char    *to,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_rename_to_new     (WbFtpClient   *self,
                                              const char    *from,
                                              const char    *to,
                                              GCancellable  *cancellable,
                                              GError       **error);

GDateTime   *wb_ftp_client_get_modification_time (WbFtpClient   *self,
                                                  const char    *path,
                                                  GCancellable  *cancellable,
                                                  GError       **error);
gboolean     wb_ftp_client_set_modification_time (WbFtpClient   *self,
                                                  const char    *path,
                                                  GDateTime     *time,
                                                  GCancellable  *cancellable,
                                                  GError       **error);
gboolean     wb_ftp_client_change_mode       (WbFtpClient   *self,
                                              const char    *path,
                                              guint          mode,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_make_link         (WbFtpClient   *self,
                                              const char    *target,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
char        *wb_ftp_client_hash              (WbFtpClient   *self,
                                              const char    *path,
                                              char         **algorithm,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_has_feature       (WbFtpClient   *self,
                                              const char    *name);
gint64       wb_ftp_client_get_free_space    (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
int          wb_ftp_client_command           (WbFtpClient   *self,
                                              const char    *line,
                                              char         **text,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_ping              (WbFtpClient   *self,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_keep_alive        (WbFtpClient   *self,
                                              guint          seconds,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_quit              (WbFtpClient   *self,
                                              GCancellable  *cancellable,
                                              GError       **error);

G_END_DECLS

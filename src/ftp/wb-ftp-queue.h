/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-client.h"

G_BEGIN_DECLS

/**
 * WbFtpTransferState:
 * @WB_FTP_TRANSFER_QUEUED: waits for its turn, or to be tried again
 * @WB_FTP_TRANSFER_RUNNING: is being moved
 * @WB_FTP_TRANSFER_DONE: is there, whole
 * @WB_FTP_TRANSFER_FAILED: see wb_ftp_transfer_get_error()
 * @WB_FTP_TRANSFER_CANCELLED: the person did not want it any more
 * @WB_FTP_TRANSFER_PAUSED: waits until wb_ftp_transfer_unpause()
 * @WB_FTP_TRANSFER_CONFLICT: the target exists: waits for wb_ftp_queue_answer()
 * @WB_FTP_TRANSFER_SKIPPED: the target exists, and by the rule that is well so
 */
typedef enum
{
  WB_FTP_TRANSFER_QUEUED,
  WB_FTP_TRANSFER_RUNNING,
  WB_FTP_TRANSFER_DONE,
  WB_FTP_TRANSFER_FAILED,
  WB_FTP_TRANSFER_CANCELLED,
  WB_FTP_TRANSFER_PAUSED,
  WB_FTP_TRANSFER_CONFLICT,
  WB_FTP_TRANSFER_SKIPPED,
} WbFtpTransferState;

#define WB_FTP_TRANSFER_N_STATES (WB_FTP_TRANSFER_SKIPPED + 1)

/**
 * WbFtpIfExists:
 * @WB_FTP_IF_EXISTS_ASK: the `conflict` signal asks; where nobody listens to it, it is an
 *   error
 * @WB_FTP_IF_EXISTS_OVERWRITE: it is replaced, once the new one is whole
 * @WB_FTP_IF_EXISTS_NEWER: replaced where the other one is newer, else skipped
 * @WB_FTP_IF_EXISTS_RESUME: skipped where the sizes are the same, replaced where it is shorter,
 *   and an error where it is longer; what an interrupted transfer left is gone on with
 * @WB_FTP_IF_EXISTS_RENAME: the new one becomes "name (2).txt"
 * @WB_FTP_IF_EXISTS_SKIP: it stays, and so does the other one
 *
 * What to do where the target of a file exists. Folders are joined.
 */
typedef enum
{
  WB_FTP_IF_EXISTS_ASK,
  WB_FTP_IF_EXISTS_OVERWRITE,
  WB_FTP_IF_EXISTS_NEWER,
  WB_FTP_IF_EXISTS_RESUME,
  WB_FTP_IF_EXISTS_RENAME,
  WB_FTP_IF_EXISTS_SKIP,
} WbFtpIfExists;

/**
 * WbFtpKeep:
 * @WB_FTP_KEEP_TIME: the copy gets the time of the original
 * @WB_FTP_KEEP_MODE: and its permissions, as far as the umask allows
 *
 * What of a file goes with it beside its content, where the server can do that.
 */
typedef enum
{
  WB_FTP_KEEP_NOTHING = 0,
  WB_FTP_KEEP_TIME    = 1 << 0,
  WB_FTP_KEEP_MODE    = 1 << 1,
} WbFtpKeep;

/**
 * WbFtpConflict:
 * @source_size: bytes, or -1
 * @source_modified: seconds since 1970 in UTC, or -1
 *
 * The two files that have the same name, as far as they are known.
 */
typedef struct
{
  gint64  source_size;
  gint64  source_modified;
  gint64  target_size;
  gint64  target_modified;
} WbFtpConflict;

/**
 * WbFtpTransfer:
 *
 * One file or folder on its way. Properties, all read-only and notified in the
 * main context that made the queue, progress at most ten times a second:
 * `state`, `done` and `total` (bytes), `rate` (bytes a second), `error-message`.
 */
#define WB_TYPE_FTP_TRANSFER (wb_ftp_transfer_get_type ())
G_DECLARE_FINAL_TYPE (WbFtpTransfer, wb_ftp_transfer, WB, FTP_TRANSFER, GObject)

gboolean             wb_ftp_transfer_is_upload         (WbFtpTransfer *self);
struct _WbFtpQueue  *wb_ftp_transfer_get_queue         (WbFtpTransfer *self);
guint64              wb_ftp_transfer_get_number        (WbFtpTransfer *self);
GFile               *wb_ftp_transfer_get_local         (WbFtpTransfer *self);
const char          *wb_ftp_transfer_get_remote        (WbFtpTransfer *self);
WbFtpTransferState   wb_ftp_transfer_get_state         (WbFtpTransfer *self);
gint64               wb_ftp_transfer_get_done          (WbFtpTransfer *self);
gint64               wb_ftp_transfer_get_total         (WbFtpTransfer *self);
double               wb_ftp_transfer_get_rate          (WbFtpTransfer *self);
gint64               wb_ftp_transfer_get_time_left     (WbFtpTransfer *self);
guint                wb_ftp_transfer_get_attempts      (WbFtpTransfer *self);
const GError        *wb_ftp_transfer_get_error         (WbFtpTransfer *self);
const char          *wb_ftp_transfer_get_error_message (WbFtpTransfer *self);
const WbFtpConflict *wb_ftp_transfer_get_conflict      (WbFtpTransfer *self);
void                 wb_ftp_transfer_cancel            (WbFtpTransfer *self);
void                 wb_ftp_transfer_pause             (WbFtpTransfer *self);
void                 wb_ftp_transfer_unpause           (WbFtpTransfer *self);

/**
 * WbFtpTotals:
 * @counts: how many transfers are in each #WbFtpTransferState
 * @done: bytes
 * @total: bytes, as far as sizes are known
 * @rate: bytes a second of what runs
 * @time_left: seconds, or -1 when nobody can tell
 *
 * All of a queue in numbers.
 */
typedef struct
{
  guint   counts[WB_FTP_TRANSFER_N_STATES];
  gint64  done;
  gint64  total;
  double  rate;
  gint64  time_left;
} WbFtpTotals;

/**
 * WbFtpQueue:
 *
 * The transfers of one server, run by connections of their own, a #GListModel of
 * #WbFtpTransfer. A folder becomes one transfer a file as it is walked. Belongs to
 * the thread that made it, as do its signals:
 *
 * - `idle`: nothing is left to do, or the queue is paused and nothing runs.
 * - `conflict` (transfer): the target exists and the rule is to ask. Comes for one
 *   transfer at a time; the next waits for wb_ftp_queue_answer(), and with its `for_all`
 *   there is no next.
 * - `crowded`: the server lets in nobody more, and this queue has no session; a listener that
 *   has one may give it, and says whether one may come.
 * - `ended` (transfer): it is done, failed, skipped or cancelled, and the queue has forgotten it:
 *   see wb_ftp_queue_set_forgets().
 * - `totals-changed`: wb_ftp_queue_get_totals() says something new; at most ten times a
 *   second.
 *
 * What breaks off for a reason that may pass (the connection, the server's limit) is
 * tried again after a while, see wb_ftp_queue_set_retries(). A server that takes fewer
 * connections than there are to be is left the number that it takes. A queue does not
 * outlive the program; a #WbFtpQueueStore keeps what is left in it.
 */
#define WB_TYPE_FTP_QUEUE (wb_ftp_queue_get_type ())
G_DECLARE_FINAL_TYPE (WbFtpQueue, wb_ftp_queue, WB, FTP_QUEUE, GObject)

WbFtpQueue  *wb_ftp_queue_new             (WbWire         *wire,
                                           WbTrust        *trust,
                                           const WbUrl    *url,
                                           guint           connections);

void         wb_ftp_queue_set_timeout     (WbFtpQueue     *self,
                                           guint           seconds);
void         wb_ftp_queue_set_settings    (WbFtpQueue     *self,
                                           WbFtpClient    *settings);
void         wb_ftp_queue_give_client     (WbFtpQueue     *self,
                                           WbFtpClient    *client);
WbFtpClient *wb_ftp_queue_take_client     (WbFtpQueue     *self);
void         wb_ftp_queue_set_connections (WbFtpQueue     *self,
                                           guint           connections);
void         wb_ftp_queue_set_password    (WbFtpQueue     *self,
                                           const char     *password);
void         wb_ftp_queue_set_limit       (WbFtpQueue     *self,
                                           WbLimit        *limit);
void         wb_ftp_queue_set_upload_limit (WbFtpQueue    *self,
                                           WbLimit        *limit);
void         wb_ftp_queue_set_flags       (WbFtpQueue     *self,
                                           WbFtpFileFlags  flags);
void         wb_ftp_queue_set_keep        (WbFtpQueue     *self,
                                           WbFtpKeep       keep);
void         wb_ftp_queue_set_retries     (WbFtpQueue     *self,
                                           guint           retries);
void         wb_ftp_queue_set_forgets     (WbFtpQueue     *self,
                                           gboolean        forgets);
void         wb_ftp_queue_set_segments    (WbFtpQueue     *self,
                                           guint           segments,
                                           gint64          minimum);

void         wb_ftp_queue_add_upload      (WbFtpQueue     *self,
                                           GFile          *local,
                                           const char     *remote_directory,
                                           WbFtpIfExists   if_exists);
void         wb_ftp_queue_add_upload_as   (WbFtpQueue     *self,
                                           GFile          *local,
                                           const char     *remote,
                                           WbFtpIfExists   if_exists);
void         wb_ftp_queue_add_download    (WbFtpQueue     *self,
                                           WbFtpEntry     *entry,
                                           const char     *remote_directory,
                                           GFile          *local_directory,
                                           WbFtpIfExists   if_exists);
void         wb_ftp_queue_add_download_as (WbFtpQueue     *self,
                                           WbFtpEntry     *entry,
                                           const char     *remote,
                                           GFile          *local,
                                           WbFtpIfExists   if_exists);

void         wb_ftp_queue_answer          (WbFtpQueue     *self,
                                           WbFtpTransfer  *transfer,
                                           WbFtpIfExists   rule,
                                           gboolean        for_all);
void         wb_ftp_queue_retry           (WbFtpQueue     *self,
                                           WbFtpTransfer  *transfer);
void         wb_ftp_queue_set_paused      (WbFtpQueue     *self,
                                           gboolean        paused);
gboolean     wb_ftp_queue_get_paused      (WbFtpQueue     *self);
void         wb_ftp_queue_clear_finished  (WbFtpQueue     *self);
void         wb_ftp_queue_cancel_all      (WbFtpQueue     *self);
void         wb_ftp_queue_hang_up_and_wait (WbFtpQueue    *self);
gboolean     wb_ftp_queue_is_idle         (WbFtpQueue     *self);
void         wb_ftp_queue_get_totals      (WbFtpQueue     *self,
                                           WbFtpTotals    *totals);
const WbUrl *wb_ftp_queue_get_url         (WbFtpQueue     *self);

G_END_DECLS

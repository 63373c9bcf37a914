/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-queue.h"
#include "wb-ftp-tree.h"

#include "wb-session.h"

G_BEGIN_DECLS

/* What a listing of the target's folder said about the target. */
typedef enum
{
  WB_FTP_THERE_MAYBE,
  WB_FTP_THERE_NO,
  WB_FTP_THERE_YES,
} WbFtpThere;

/**
 * WbFtpPlan:
 * @type: what a download is; of an upload file or unknown
 * @size: what the listing said, or the folder that was read for an upload; or -1
 * @modified: of a download, as the listing said: seconds since 1970 in UTC, or -1
 * @mode: of a download, or -1
 * @depth: how many folders were walked to get here
 * @there: of an upload, with @there_size and @there_modified
 *
 * What is to be moved from where to where. Counted by reference and immutable, so any
 * thread may read it.
 */
typedef struct
{
  gatomicrefcount ref_count;
  gboolean        upload;
  GFile          *local;
  char           *remote;
  WbFtpEntryType  type;
  gint64          size;
  gint64          modified;
  int             mode;
  guint           depth;
  WbFtpIfExists   if_exists;
  WbFtpThere      there;
  gint64          there_size;
  gint64          there_modified;
} WbFtpPlan;

WbFtpPlan *wb_ftp_plan_new      (gboolean              upload,
                                 GFile                *local,
                                 const char           *remote);
WbFtpPlan *wb_ftp_plan_new_in   (gboolean              upload,
                                 GFile                *local,
                                 const char           *remote_directory,
                                 const char           *name);
WbFtpPlan *wb_ftp_plan_change   (const WbFtpPlan      *plan,
                                 WbFtpIfExists         if_exists);
void       wb_ftp_plan_take_entry (WbFtpPlan          *plan,
                                   WbFtpEntry         *entry);
WbFtpPlan *wb_ftp_plan_ref      (WbFtpPlan            *plan);
void       wb_ftp_plan_unref    (WbFtpPlan            *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpPlan, wb_ftp_plan_unref)

/* wb-ftp-children.c: what is in a folder, before it becomes transfers */
typedef struct _WbFtpChildren WbFtpChildren;

WbFtpChildren *wb_ftp_children_new       (WbFtpPlan           *folder);
void           wb_ftp_children_free      (WbFtpChildren       *self);
void           wb_ftp_children_add       (WbFtpChildren       *self,
                                          const char          *name,
                                          const WbFtpPlan     *facts);
void           wb_ftp_children_clear     (WbFtpChildren       *self);
void           wb_ftp_children_cut       (WbFtpChildren       *self,
                                          guint                count);
void           wb_ftp_children_drop      (WbFtpChildren       *self,
                                          guint                count);
guint          wb_ftp_children_count     (const WbFtpChildren *self);
gint64         wb_ftp_children_get_total (const WbFtpChildren *self);
WbFtpPlan     *wb_ftp_children_make_plan (const WbFtpChildren *self,
                                          guint                place);

/**
 * WbFtpWorker:
 *
 * One connection of a queue and its thread. All but the counting of references
 * belongs to that thread while a job runs, and to nobody else in between.
 */
typedef struct
{
  gatomicrefcount ref_count;
  WbSession    *session;
  WbWire       *wire;
  WbTrust      *trust;
  WbUrl        *url;
  guint         timeout;
  WbFtpClient  *settings; /* never connected; what wb_ftp_client_copy_settings() takes */

  /* The session's thread alone */
  WbFtpClient  *client;
  char         *home;
  gint64        last_used;
  gboolean      cannot_keep_mode;
} WbFtpWorker;

WbFtpWorker *wb_ftp_worker_new    (WbWire            *wire,
                                   WbTrust           *trust,
                                   const WbUrl       *url,
                                   guint              timeout,
                                   WbFtpClient       *settings);
WbFtpWorker *wb_ftp_worker_ref    (WbFtpWorker       *self);
void         wb_ftp_worker_unref  (WbFtpWorker       *self);
void         wb_ftp_worker_hang_up (WbFtpWorker      *self);
gboolean     wb_ftp_worker_make_ready (WbFtpWorker   *self,
                                       GCancellable  *cancellable,
                                       GError       **error);
WbFtpClient *wb_ftp_worker_connect (WbFtpWorker      *self,
                                    GCancellable     *cancellable,
                                    GError          **error);
gboolean     wb_ftp_worker_is_remote_folder (WbFtpWorker  *self,
                                             const char   *path,
                                             GCancellable *cancellable);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpWorker, wb_ftp_worker_unref)

typedef enum
{
  WB_FTP_OUTCOME_DONE,
  WB_FTP_OUTCOME_FOLDER,
  WB_FTP_OUTCOME_SKIPPED,
  WB_FTP_OUTCOME_CONFLICT,
} WbFtpOutcome;

/**
 * WbFtpJob:
 * @can_ask: whether somebody would answer a conflict
 * @segments: how many connections a large file may take, this one counted
 * @minimum: from what size on it does
 * @begun: whether the session stood, so that an error is about the file and the job is not
 *   simply tried again
 * @children: of a folder: what is in it
 * @alone: in a batch: it is to be run by itself
 * @size: in a batch: how many bytes it had
 * @error: in a batch: why it failed
 * @cancellable: in a batch: its transfer's
 *
 * A plan on its way through a worker. Belongs to the worker's thread while it runs,
 * else to the queue's.
 */
typedef struct
{
  WbFtpWorker    *worker;
  WbFtpPlan      *plan;
  WbProgress     *progress;
  WbFtpFileFlags  flags;
  WbFtpKeep       keep;
  gboolean        can_ask;
  guint           segments;
  gint64          minimum;

  gboolean        begun;
  WbFtpOutcome    outcome;
  WbFtpConflict   conflict;
  WbFtpChildren  *children;

  gboolean        alone;
  gint64          size;
  GError         *error;
  GCancellable   *cancellable;
} WbFtpJob;

WbFtpJob *wb_ftp_job_new           (WbFtpWorker         *worker,
                                    WbFtpPlan           *plan,
                                    WbProgress          *progress);
void      wb_ftp_job_free          (WbFtpJob            *self);
gpointer  wb_ftp_job_run           (gpointer             data,
                                    GCancellable        *cancellable,
                                    GError             **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpJob, wb_ftp_job_free)

/* wb-ftp-move.c: one file, by the rule for names that exist */
gboolean wb_ftp_job_download_file  (WbFtpJob            *self,
                                    GCancellable        *cancellable,
                                    GError             **error);
gboolean wb_ftp_job_upload_file    (WbFtpJob            *self,
                                    GCancellable        *cancellable,
                                    GError             **error);
void     wb_ftp_job_keep_remote    (WbFtpJob            *self,
                                    gint64               modified,
                                    GCancellable        *cancellable);

/* wb-ftp-segments.c */
gboolean wb_ftp_job_download_segments (WbFtpJob         *self,
                                       GFile            *target,
                                       WbFtpFileFlags    flags,
                                       GCancellable     *cancellable,
                                       GError          **error);

/* wb-ftp-transfer.c */
WbFtpTransfer   *wb_ftp_transfer_new             (WbFtpQueue         *queue,
                                                  WbFtpPlan          *plan);
WbFtpTransfer   *wb_ftp_transfer_new_counted     (WbFtpQueue         *queue,
                                                  WbFtpPlan          *plan);
gboolean         wb_ftp_transfer_has_ended       (WbFtpTransfer      *self);
WbFtpPlan       *wb_ftp_transfer_get_plan        (WbFtpTransfer      *self);
void             wb_ftp_transfer_set_rule        (WbFtpTransfer      *self,
                                                  WbFtpIfExists       rule);
void             wb_ftp_transfer_set_conflict    (WbFtpTransfer      *self,
                                                  const WbFtpConflict *conflict);
WbProgress      *wb_ftp_transfer_get_progress    (WbFtpTransfer      *self);
GCancellable    *wb_ftp_transfer_get_cancellable (WbFtpTransfer      *self);
void             wb_ftp_transfer_set_state       (WbFtpTransfer      *self,
                                                  WbFtpTransferState  state,
                                                  const GError       *error);
void             wb_ftp_transfer_renew           (WbFtpTransfer      *self,
                                                  WbFtpTransferState  state);
void             wb_ftp_transfer_stop_to_pause   (WbFtpTransfer      *self);
gboolean         wb_ftp_transfer_take_pause      (WbFtpTransfer      *self);
void             wb_ftp_transfer_note_attempt    (WbFtpTransfer      *self,
                                                  guint               delay);
guint            wb_ftp_transfer_get_delay       (WbFtpTransfer      *self);
void             wb_ftp_transfer_leave           (WbFtpTransfer      *self);
void             wb_ftp_transfer_set_moved       (WbFtpTransfer      *self,
                                                  gint64              bytes,
                                                  double              rate);
void             wb_ftp_transfer_set_rate        (WbFtpTransfer      *self,
                                                  double              rate);
void             wb_ftp_transfer_set_alone       (WbFtpTransfer      *self);
gboolean         wb_ftp_transfer_get_alone       (WbFtpTransfer      *self);

/* How many small uploads one connection takes at once, before it is known how long they take. */
#define WB_FTP_BATCH_MIN 4

struct _WbFtpQueue
{
  GObject parent_instance;

  /* Borrowed, kept alive */
  WbWire *wire;
  WbTrust *trust;
  WbLimit *limit;
  WbLimit *upload_limit; /* NULL: uploads are under the same as downloads */
  WbFtpClient *settings;

  /* Owned */
  WbUrl *url;
  GPtrArray *transfers; /* what the model shows */
  GQueue waiting;       /* of WbFtpTransfer, each with a reference; some may be cancelled */
  GQueue asking;        /* the same: conflicts, of which the first has been asked */
  GQueue reserve;       /* of WbFtpChildren: they wait behind @waiting, counted, but no transfers */
  GPtrArray *workers;   /* of WbFtpWorker, NULL in the place of one that was never needed */
  GArray *busy;         /* of gboolean, by the worker's place */
  GArray *warm;         /* the same: whether it has a session, as far as is known */
  GPtrArray *now;       /* of WbFtpTransfer, borrowed: what runs */

  /* Settings */
  guint timeout;
  guint wanted; /* how many may run, if the server lets them */
  WbFtpFileFlags flags;
  WbFtpKeep keep;
  guint retries;
  guint segments;
  gint64 segments_minimum;
  guint pause_unit; /* the first pause for a server that takes nobody more, in ms */
  guint delay_unit; /* the first wait of a transfer that broke off, in ms */
  gboolean forgets; /* what has ended leaves the list */

  /* State */
  guint connections; /* how many may run; falls when the server takes no more */
  guint running;
  guint taken;     /* of the first of @reserve: how many of it are transfers by now */
  guint reserved;  /* how many in @reserve are not */
  guint forgotten; /* how many have ended and left */
  guint64 numbers; /* how many transfers there were */
  guint extra; /* connections that segments take, beside those of @running */
  guint linger_id;
  guint pause_id;
  guint totals_id;
  guint batch;  /* how many small files a connection takes at once */
  double batch_rate; /* bytes a second that the last batch made */
  guint pauses; /* in a row */
  guint pause;  /* the one that it makes, in ms */
  gboolean paused;
  gboolean idle;
  gboolean has_answer;  /* for all, until nothing is left to do */
  WbFtpIfExists answer;
  WbFtpTotals totals;
};

/* wb-ftp-queue-run.c */
void             wb_ftp_queue_dispatch           (WbFtpQueue         *self);
void             wb_ftp_queue_check_idle         (WbFtpQueue         *self);
void             wb_ftp_queue_ask_next           (WbFtpQueue         *self);
guint            wb_ftp_queue_get_pause          (WbFtpQueue         *self);
WbFtpTransfer   *wb_ftp_queue_take_reserved      (WbFtpQueue         *self);
void             wb_ftp_queue_forget             (WbFtpQueue         *self);
guint            wb_ftp_queue_find               (WbFtpQueue         *self,
                                                  WbFtpTransfer      *transfer);
void             wb_ftp_queue_hang_up            (WbFtpQueue         *self,
                                                  gboolean            busy_too);

/* wb-ftp-queue.c */
void             wb_ftp_queue_look_again         (WbFtpQueue         *self);
void             wb_ftp_queue_put_back           (WbFtpQueue         *self,
                                                  WbFtpTransfer      *transfer);
void             wb_ftp_queue_prepare_progress   (WbFtpQueue         *self,
                                                  WbProgress         *progress,
                                                  gboolean            upload);
void             wb_ftp_queue_count              (WbFtpQueue         *self,
                                                  int                 old_state,
                                                  int                 new_state,
                                                  gint64              done,
                                                  gint64              total);
void             wb_ftp_queue_add_plan           (WbFtpQueue         *self,
                                                  WbFtpPlan          *plan,
                                                  WbFtpTransferState  state);
GPtrArray       *wb_ftp_queue_get_unfinished     (WbFtpQueue         *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-queue.h"
#include "wb-ftp-tree.h"

#include "wb-session.h"

G_BEGIN_DECLS

/**
 * WbFtpPlan:
 * @type: what a download is; unknown for an upload until it is looked at
 * @size: what the listing said, or -1
 * @depth: how many folders were walked to get here
 *
 * What is to be moved from where to where. Immutable.
 */
typedef struct
{
  gboolean        upload;
  GFile          *local;
  char           *remote;
  WbFtpEntryType  type;
  gint64          size;
  guint           depth;
  gboolean        overwrite;
} WbFtpPlan;

WbFtpPlan *wb_ftp_plan_new      (gboolean              upload,
                                 GFile                *local,
                                 const char           *remote_directory,
                                 const char           *name);
WbFtpPlan *wb_ftp_plan_copy     (const WbFtpPlan      *plan);
void       wb_ftp_plan_free     (WbFtpPlan            *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpPlan, wb_ftp_plan_free)

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

  /* The session's thread alone */
  WbFtpClient  *client;
  char         *home;
  gint64        last_used;
} WbFtpWorker;

WbFtpWorker *wb_ftp_worker_new    (WbWire            *wire,
                                   WbTrust           *trust,
                                   const WbUrl       *url,
                                   guint              timeout);
WbFtpWorker *wb_ftp_worker_ref    (WbFtpWorker       *self);
void         wb_ftp_worker_unref  (WbFtpWorker       *self);
void         wb_ftp_worker_hang_up (WbFtpWorker      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpWorker, wb_ftp_worker_unref)

/**
 * WbFtpJob:
 * @begun: whether the session stood, so that an error is about the file and the job is not
 *   simply tried again
 * @was_folder: whether @children says what is in it
 *
 * A plan on its way through a worker. Belongs to the worker's thread while it runs,
 * else to the queue's.
 */
typedef struct
{
  WbFtpWorker *worker;
  WbFtpPlan   *plan;
  WbProgress  *progress;
  gboolean     begun;
  gboolean     was_folder;
  GPtrArray   *children;
} WbFtpJob;

WbFtpJob *wb_ftp_job_new           (WbFtpWorker         *worker,
                                    const WbFtpPlan     *plan,
                                    WbProgress          *progress);
void      wb_ftp_job_free          (WbFtpJob            *self);
gpointer  wb_ftp_job_run           (gpointer             data,
                                    GCancellable        *cancellable,
                                    GError             **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpJob, wb_ftp_job_free)

/* wb-ftp-transfer.c */
WbFtpTransfer   *wb_ftp_transfer_new             (WbFtpQueue         *queue,
                                                  WbFtpPlan          *plan);
const WbFtpPlan *wb_ftp_transfer_get_plan        (WbFtpTransfer      *self);
WbProgress      *wb_ftp_transfer_get_progress    (WbFtpTransfer      *self);
GCancellable    *wb_ftp_transfer_get_cancellable (WbFtpTransfer      *self);
void             wb_ftp_transfer_set_state       (WbFtpTransfer      *self,
                                                  WbFtpTransferState  state,
                                                  const GError       *error);
void             wb_ftp_transfer_renew           (WbFtpTransfer      *self);

/* wb-ftp-queue.c */
void             wb_ftp_queue_look_again         (WbFtpQueue         *self);

G_END_DECLS

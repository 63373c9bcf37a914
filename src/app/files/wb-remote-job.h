/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-task.h"
#include "wb-remote-server.h"
#include "wb-remote-tree.h"

G_BEGIN_DECLS

/**
 * WbRemoteVerb:
 *
 * What can be done in a server's folder; each ends with its listing, except that
 * %WB_REMOTE_COUNT only counts what is to be deleted.
 */
typedef enum
{
  WB_REMOTE_LIST,
  WB_REMOTE_OPEN,
  WB_REMOTE_PARENT,
  WB_REMOTE_MAKE_FOLDER,
  WB_REMOTE_RENAME,
  WB_REMOTE_COUNT,
  WB_REMOTE_DELETE,
} WbRemoteVerb;

/**
 * WbRemoteJob:
 * @items: (nullable) (element-type WbFileItem): the rows it is about
 * @argument: (nullable): a path or a name, as the server's bytes
 * @task: (nullable) (transfer full): for wb_remote_job_task(); set by who makes the job
 * @directory: (nullable): for wb_remote_job_move_back(); set by who makes the job
 * @client: (nullable) (transfer full): for wb_remote_job_take_back(); set by who makes the job
 * @progress: (nullable) (transfer full): counts what is done; set by who makes the job
 */
typedef struct
{
  WbRemoteServer *server;
  WbRemoteVerb    verb;
  GPtrArray      *items;
  char           *argument;
  WbFileTask     *task;
  WbFtpClient    *client;
  char           *directory;
  WbProgress     *progress;
} WbRemoteJob;

/**
 * WbRemoteListing:
 * @directory: where it is, as the server says
 * @items: (nullable) (element-type WbFileItem): what is there
 * @wanted: (nullable): the file that the server's URL names, if it is no folder
 * @space: bytes that fit into it, where the server tells, else -1; not asked for after a change
 * @has_checksums: whether the server says that it makes checksums
 * @count: for %WB_REMOTE_COUNT
 */
typedef struct
{
  char       *directory;
  GPtrArray  *items;
  WbFileItem *wanted;
  gint64      space;
  gboolean    has_checksums;
  WbTreeCount count;
} WbRemoteListing;

WbRemoteJob *wb_remote_job_new      (WbRemoteServer  *server,
                                     WbRemoteVerb     verb,
                                     GPtrArray       *items,
                                     const char      *argument);
void         wb_remote_job_free     (WbRemoteJob     *job);
gpointer     wb_remote_job_run      (gpointer         data,
                                     GCancellable    *cancellable,
                                     GError         **error);
gpointer     wb_remote_job_ping      (gpointer         data,
                                      GCancellable    *cancellable,
                                      GError         **error);
gpointer     wb_remote_job_command   (gpointer         data,
                                      GCancellable    *cancellable,
                                      GError         **error);
gpointer     wb_remote_job_task      (gpointer         data,
                                      GCancellable    *cancellable,
                                      GError         **error);
gpointer     wb_remote_job_move      (gpointer         data,
                                     GCancellable    *cancellable,
                                     GError         **error);
gpointer     wb_remote_job_move_back (gpointer         data,
                                     GCancellable    *cancellable,
                                     GError         **error);
gpointer     wb_remote_job_lend      (gpointer         data,
                                     GCancellable    *cancellable,
                                     GError         **error);
gpointer     wb_remote_job_take_back (gpointer         data,
                                     GCancellable    *cancellable,
                                     GError         **error);
gpointer     wb_remote_job_quit     (gpointer         data,
                                     GCancellable    *cancellable,
                                     GError         **error);
void         wb_remote_listing_free (WbRemoteListing *listing);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbRemoteListing, wb_remote_listing_free)

G_END_DECLS

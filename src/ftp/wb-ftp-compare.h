/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-tree.h"

G_BEGIN_DECLS

/**
 * WbFtpSyncKind:
 * @WB_FTP_SYNC_MAKE_FOLDER: the target has no such folder yet
 * @WB_FTP_SYNC_COPY: the target has no such file yet
 * @WB_FTP_SYNC_REPLACE: the target's file differs
 * @WB_FTP_SYNC_DELETE_FILE: the target has a file, or a link, that the source has not
 * @WB_FTP_SYNC_DELETE_FOLDER: the target has a folder that the source has not; what is in
 *   it comes before
 * @WB_FTP_SYNC_MAKE_LINK: the target has no such link yet, or one that leads elsewhere
 * @WB_FTP_SYNC_SKIP: nothing is done, although the two sides differ or cannot be
 *   compared: see the reason
 *
 * What is to be done about one name.
 */
typedef enum
{
  WB_FTP_SYNC_MAKE_FOLDER,
  WB_FTP_SYNC_COPY,
  WB_FTP_SYNC_REPLACE,
  WB_FTP_SYNC_DELETE_FILE,
  WB_FTP_SYNC_DELETE_FOLDER,
  WB_FTP_SYNC_MAKE_LINK,
  WB_FTP_SYNC_SKIP,
} WbFtpSyncKind;

/**
 * WbFtpSyncReason:
 * @WB_FTP_SYNC_MISSING: the target does not have it
 * @WB_FTP_SYNC_SIZE: the sizes differ
 * @WB_FTP_SYNC_TIME: the source is newer
 * @WB_FTP_SYNC_HASH: the contents differ
 * @WB_FTP_SYNC_EXTRA: the source does not have it
 * @WB_FTP_SYNC_IN_THE_WAY: it has the name of something of another kind
 * @WB_FTP_SYNC_TARGET_NEWER: the sizes differ, and the target is newer; with `only_newer`
 * @WB_FTP_SYNC_LINK: a link in the source is not followed
 * @WB_FTP_SYNC_ELSEWHERE: the two links lead to different places
 * @WB_FTP_SYNC_OUTSIDE: a link in the source leads out of the folder
 * @WB_FTP_SYNC_ODD: neither a file nor a folder, or a line of a listing that was not
 *   understood
 *
 * Why.
 */
typedef enum
{
  WB_FTP_SYNC_MISSING,
  WB_FTP_SYNC_SIZE,
  WB_FTP_SYNC_TIME,
  WB_FTP_SYNC_HASH,
  WB_FTP_SYNC_EXTRA,
  WB_FTP_SYNC_IN_THE_WAY,
  WB_FTP_SYNC_TARGET_NEWER,
  WB_FTP_SYNC_LINK,
  WB_FTP_SYNC_ELSEWHERE,
  WB_FTP_SYNC_OUTSIDE,
  WB_FTP_SYNC_ODD,
} WbFtpSyncReason;

/**
 * WbFtpSyncAction:
 * @path: below the two roots, raw bytes, "a/b"
 * @size: of the source's file, or of the target's where that is deleted; -1 unknown
 * @modified: of the source, see #WbFtpNode
 * @mode: of the source, or -1
 * @target: (nullable): of a link: where it is to lead
 * @chosen: whether it is to be carried out; a preview may clear it
 *
 * One row of a preview.
 */
typedef struct
{
  WbFtpSyncKind    kind;
  WbFtpSyncReason  reason;
  char            *path;
  gint64           size;
  gint64           modified;
  int              mode;
  char            *target;
  gboolean         chosen;
} WbFtpSyncAction;

/**
 * WbFtpSyncOptions:
 * @remove: whether what only the target has is deleted
 * @ignore_time: compare sizes, and hashes where both are known, alone
 * @ignore_size: compare times, and hashes where both are known, alone
 * @links: what becomes of the source's links
 * @only_newer: never replace what is newer on the target's side
 * @tolerance: seconds that two times may differ, beyond what the listings leave out; file
 *   systems with two seconds' precision are common
 * @offset: seconds to be added to the target's times before they are compared
 */
typedef struct
{
  gboolean    remove;
  WbFtpLinks  links;
  gboolean    ignore_time;
  gboolean    ignore_size;
  gboolean    only_newer;
  gint64      tolerance;
  gint64      offset;
} WbFtpSyncOptions;

GPtrArray  *wb_ftp_compare            (const WbFtpNode         *source,
                                       const WbFtpNode         *target,
                                       const WbFtpSyncOptions  *options);
void        wb_ftp_sync_action_free   (WbFtpSyncAction         *self);
const char *wb_ftp_sync_kind_get_id   (WbFtpSyncKind            kind);
const char *wb_ftp_sync_reason_get_id (WbFtpSyncReason          reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpSyncAction, wb_ftp_sync_action_free)

G_END_DECLS

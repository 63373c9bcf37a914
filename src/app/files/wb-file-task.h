/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-item.h"
#include "wb-progress.h"

G_BEGIN_DECLS

/**
 * WbFileVerb:
 * @WB_FILE_MEASURE: count what is in the rows, and its size
 * @WB_FILE_CHANGE_MODE: change permissions
 * @WB_FILE_CHECKSUM: of the first row
 * @WB_FILE_FIND: look for a name below the folder
 * @WB_FILE_MAKE_LINK: make a symbolic link in the folder
 */
typedef enum
{
  WB_FILE_MEASURE,
  WB_FILE_CHANGE_MODE,
  WB_FILE_CHECKSUM,
  WB_FILE_FIND,
  WB_FILE_MAKE_LINK,
} WbFileVerb;

/**
 * WbFileScope:
 *
 * What else than the rows themselves gets their new permissions.
 */
typedef enum
{
  WB_FILE_SCOPE_ROWS,
  WB_FILE_SCOPE_ALL_INSIDE,
  WB_FILE_SCOPE_FILES_INSIDE,
  WB_FILE_SCOPE_FOLDERS_INSIDE,
} WbFileScope;

/**
 * WbFileTask:
 * @items: (nullable) (element-type WbFileItem): the rows
 * @progress: counts what was looked at; an item at a time
 * @set: permission bits to give
 * @clear: permission bits to take
 * @pattern: a name, with * and ?
 * @name: of a link
 * @target: where it leads
 * @found: (element-type WbFileFound): gets what %WB_FILE_FIND finds, while it looks
 *
 * Something that goes through folders, here or on a server, on a session's thread. Only @found and
 * @progress may be read while it runs.
 */
typedef struct
{
  WbFileVerb  verb;
  GPtrArray  *items;
  WbProgress *progress;
  guint       set;
  guint       clear;
  WbFileScope scope;
  char       *pattern;
  char       *name;
  char       *target;
  GAsyncQueue *found;
} WbFileTask;

/**
 * WbFileFound:
 * @folder: where it is, as the server's bytes or a path of this computer
 * @path: the folders between, as they are shown; "" for none
 */
typedef struct
{
  WbFileItem *item;
  char       *folder;
  char       *path;
} WbFileFound;

/**
 * WbFileFindings:
 * @unread: folders that could not be listed
 * @is_cut: whether there was more than is looked at
 */
typedef struct
{
  guint   files;
  guint   folders;
  guint64 size;
  guint   unread;
  gboolean is_cut;
  char   *digest;
  char   *algorithm;
} WbFileFindings;

/**
 * WbFileAccess:
 *
 * What differs between this computer and a server. @where is theirs; paths are the server's bytes,
 * or a path of this computer.
 */
typedef struct
{
  GPtrArray *(*list)        (gpointer       where,
                             const char    *path,
                             GCancellable  *cancellable,
                             GError       **error);
  gboolean   (*change_mode) (gpointer       where,
                             const char    *path,
                             guint          mode,
                             GCancellable  *cancellable,
                             GError       **error);
  char      *(*checksum)    (gpointer       where,
                             const char    *path,
                             char         **algorithm,
                             GCancellable  *cancellable,
                             GError       **error);
  gboolean   (*make_link)   (gpointer       where,
                             const char    *folder,
                             const char    *name,
                             const char    *target,
                             GCancellable  *cancellable,
                             GError       **error);
} WbFileAccess;

WbFileTask     *wb_file_task_new      (WbFileVerb          verb,
                                       GPtrArray          *items);
void            wb_file_task_free     (WbFileTask         *task);
WbFileFindings *wb_file_task_run      (WbFileTask         *task,
                                       const WbFileAccess *access,
                                       gpointer            where,
                                       const char         *folder,
                                       GCancellable       *cancellable,
                                       GError            **error);
void            wb_file_findings_free (WbFileFindings     *findings);
void            wb_file_found_free    (WbFileFound        *found);
gboolean        wb_file_mode_parse    (const char         *letters,
                                       guint              *mode);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFileTask, wb_file_task_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFileFindings, wb_file_findings_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFileFound, wb_file_found_free)

G_END_DECLS

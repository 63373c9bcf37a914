/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-task.h"

G_BEGIN_DECLS

/**
 * WbLocalTask:
 *
 * A task for a folder of this computer. Owns both.
 */
typedef struct
{
  WbFileTask *task;
  GFile      *folder;
} WbLocalTask;

WbLocalTask *wb_local_task_new  (WbFileTask    *task,
                                 GFile         *folder);
void         wb_local_task_free (WbLocalTask   *self);
GPtrArray   *wb_local_list      (GFile         *folder,
                                 GCancellable  *cancellable,
                                 GError       **error);
gpointer     wb_local_task_job  (gpointer       data,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_END_DECLS

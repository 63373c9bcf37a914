/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbSession:
 *
 * One worker thread with a queue of blocking jobs, run in order. What runs there
 * may keep a connection between jobs, since no other thread touches it. The
 * thread ends when the last reference is dropped and the queue is empty.
 */
#define WB_TYPE_SESSION (wb_session_get_type ())
G_DECLARE_FINAL_TYPE (WbSession, wb_session, WB, SESSION, GObject)

/**
 * WbSessionFunc:
 *
 * A blocking job; runs on the session's thread.
 *
 * Returns: (nullable): the result; %NULL if and only if @error is set
 */
typedef gpointer (*WbSessionFunc) (gpointer       data,
                                   GCancellable  *cancellable,
                                   GError       **error);

WbSession *wb_session_new        (const char           *name);
void       wb_session_run_async  (WbSession            *self,
                                  WbSessionFunc         func,
                                  gpointer              data,
                                  GDestroyNotify        data_free,
                                  GDestroyNotify        result_free,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gpointer   wb_session_run_finish (WbSession            *self,
                                  GAsyncResult         *result,
                                  GError              **error);
gpointer   wb_session_run        (WbSession            *self,
                                  WbSessionFunc         func,
                                  gpointer              data,
                                  GDestroyNotify        data_free,
                                  GError              **error);
guint      wb_session_get_queued (WbSession            *self);

G_END_DECLS

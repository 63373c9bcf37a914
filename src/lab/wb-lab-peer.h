/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-lab-fault.h"

G_BEGIN_DECLS

/**
 * WbLabPeer:
 *
 * One client of one of the lab's line servers: commands in, replies out, and in
 * between what every server does alike: a cap on lines, HTTP dropped, faults on
 * demand. Belongs to one thread at a time.
 */
typedef struct _WbLabPeer WbLabPeer;

WbLabPeer        *wb_lab_peer_new              (WbConnection      *connection,
                                                const WbLabFault  *fault,
                                                gsize              line_max,
                                                const char        *too_long,
                                                GCancellable      *cancellable);
void              wb_lab_peer_free             (WbLabPeer         *self);
WbConnection     *wb_lab_peer_get_connection   (WbLabPeer         *self);
GCancellable     *wb_lab_peer_get_cancellable  (WbLabPeer         *self);
const WbLabFault *wb_lab_peer_get_fault        (WbLabPeer         *self);
void              wb_lab_peer_set_line_max     (WbLabPeer         *self,
                                                gsize              line_max);

char             *wb_lab_peer_read_command     (WbLabPeer         *self,
                                                gsize             *length,
                                                GError           **error);
gboolean          wb_lab_peer_queue            (WbLabPeer         *self,
                                                const char        *line,
                                                GError           **error);
gboolean          wb_lab_peer_flush            (WbLabPeer         *self,
                                                GError           **error);
gboolean          wb_lab_peer_reply            (WbLabPeer         *self,
                                                GError           **error,
                                                const char        *format,
                                                ...) G_GNUC_PRINTF (3, 4);
gboolean          wb_lab_peer_queue_text       (WbLabPeer         *self,
                                                const void        *text,
                                                gsize              length,
                                                GError           **error);
gboolean          wb_lab_peer_count            (WbLabPeer         *self,
                                                guint64            length,
                                                GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLabPeer, wb_lab_peer_free)

G_END_DECLS

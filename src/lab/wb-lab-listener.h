/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"

G_BEGIN_DECLS

/**
 * WbLabServeFunc:
 *
 * Serves one client to its end; runs on a thread of that client. It returns promptly
 * when @cancellable is triggered.
 */
typedef void (*WbLabServeFunc) (WbConnection  *connection,
                                GCancellable  *cancellable,
                                gpointer       user_data);

/**
 * WbLabListenerOptions:
 * @protocol: what the conversations are called in the log
 * @port: 0 takes a free one
 * @certificate: (nullable): begin each conversation with a TLS handshake
 * @busy: (nullable): the line that a client above the limit gets
 * @maximum: clients at a time; 0 is 64
 * @idle: seconds without a byte until a client is dropped
 */
typedef struct
{
  const char      *protocol;
  guint16          port;
  GTlsCertificate *certificate;
  const char      *busy;
  guint            maximum;
  guint            idle;
  WbWire          *wire;
  WbLabServeFunc   serve;
  gpointer         user_data;
} WbLabListenerOptions;

/**
 * WbLabListener:
 *
 * A TCP port on loopback with one thread that accepts and one a client.
 */
typedef struct _WbLabListener WbLabListener;

WbLabListener *wb_lab_listener_start    (const WbLabListenerOptions  *options,
                                         GError                     **error);
guint16        wb_lab_listener_get_port (WbLabListener               *self);
void           wb_lab_listener_stop     (WbLabListener               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLabListener, wb_lab_listener_stop)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-socket-client.h"
#include "wb-socket-server.h"
#include "wb-wire-model.h"
#include "wb-workbench.h"

G_BEGIN_DECLS

typedef enum
{
  WB_ENDPOINT_UDP_SERVER,
  WB_ENDPOINT_UDP_CLIENT,
  WB_ENDPOINT_TCP_SERVER,
  WB_ENDPOINT_TCP_CLIENT,
  WB_ENDPOINT_N_KINDS,
} WbEndpointKind;

/**
 * WbEndpointState:
 * @WB_ENDPOINT_IDLE: nothing is open
 * @WB_ENDPOINT_STARTING: binding or connecting
 * @WB_ENDPOINT_RUNNING: listening, or connected
 * @WB_ENDPOINT_STOPPING: a server's conversations are being ended
 */
typedef enum
{
  WB_ENDPOINT_IDLE,
  WB_ENDPOINT_STARTING,
  WB_ENDPOINT_RUNNING,
  WB_ENDPOINT_STOPPING,
} WbEndpointState;

/**
 * WbEndpoint:
 *
 * A UDP or TCP server or client as the Sockets page keeps it: what it is to do, and
 * what runs of it. Belongs to the main thread; its work is done on others.
 *
 * Properties to bind: `host`, `port` (as typed), `reply` (#WbSocketReply),
 * `reply-text`, `charset`, `line-end`, `hex-input`, `hex-view`; read only: `state`,
 * `error` (nullable, in plain words), `title`, `subtitle`.
 */
#define WB_TYPE_ENDPOINT (wb_endpoint_get_type ())
G_DECLARE_FINAL_TYPE (WbEndpoint, wb_endpoint, WB, ENDPOINT, GObject)

gboolean         wb_endpoint_kind_from_name  (const char      *name,
                                              WbEndpointKind  *kind);
WbEndpoint      *wb_endpoint_new             (WbWorkbench     *workbench,
                                              WbEndpointKind   kind);
WbEndpoint      *wb_endpoint_new_from_variant (WbWorkbench    *workbench,
                                              GVariant        *variant);
GVariant        *wb_endpoint_to_variant      (WbEndpoint      *self);

WbEndpointKind   wb_endpoint_get_kind        (WbEndpoint      *self);
gboolean         wb_endpoint_is_server       (WbEndpoint      *self);
gboolean         wb_endpoint_is_udp          (WbEndpoint      *self);
WbEndpointState  wb_endpoint_get_state       (WbEndpoint      *self);
const char      *wb_endpoint_get_charset     (WbEndpoint      *self);
gboolean         wb_endpoint_get_hex_view    (WbEndpoint      *self);
const char      *wb_endpoint_get_title       (WbEndpoint      *self);

void             wb_endpoint_start           (WbEndpoint      *self);
void             wb_endpoint_stop            (WbEndpoint      *self);
gboolean         wb_endpoint_send            (WbEndpoint      *self,
                                              const char      *text,
                                              guint64          peer,
                                              GError         **error);
WbWireFilter     wb_endpoint_get_filter      (WbEndpoint      *self);
GArray          *wb_endpoint_dup_peers       (WbEndpoint      *self);
char            *wb_endpoint_dup_counts      (WbEndpoint      *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-socket-server.h"
#include "wb-trust.h"

G_BEGIN_DECLS

/**
 * WbSocketClientOptions:
 * @host: a name or a numeric address
 * @tls: TCP; speak TLS
 * @timeout: seconds for connecting and for each send; 0 is 30
 * @receive_size: the longest datagram, or piece of a stream, that is taken whole; 0
 *   is 65,536
 */
typedef struct
{
  WbSocketTransport  transport;
  const char        *host;
  guint16            port;
  gboolean           tls;
  guint              timeout;
  WbWire            *wire;
  WbTrust           *trust;
  guint              receive_size;
} WbSocketClientOptions;

/**
 * WbSocketClient:
 *
 * A UDP or TCP client. The verbs block; one thread may receive while another
 * sends.
 */
#define WB_TYPE_SOCKET_CLIENT (wb_socket_client_get_type ())
G_DECLARE_FINAL_TYPE (WbSocketClient, wb_socket_client, WB, SOCKET_CLIENT, GObject)

WbSocketClient *wb_socket_client_connect  (const WbSocketClientOptions  *options,
                                           GCancellable                 *cancellable,
                                           GError                      **error);
gboolean        wb_socket_client_send     (WbSocketClient               *self,
                                           GBytes                       *bytes,
                                           GCancellable                 *cancellable,
                                           GError                      **error);
GBytes         *wb_socket_client_receive  (WbSocketClient               *self,
                                           gint64                        timeout_ms,
                                           gboolean                     *end,
                                           GCancellable                 *cancellable,
                                           GError                      **error);
gboolean        wb_socket_client_shutdown (WbSocketClient               *self,
                                           GError                      **error);
gboolean        wb_socket_client_get_truncated (WbSocketClient          *self);
void            wb_socket_client_close    (WbSocketClient               *self);
guint32         wb_socket_client_get_conversation (WbSocketClient       *self);
GSocketAddress *wb_socket_client_get_local        (WbSocketClient       *self);
GSocketAddress *wb_socket_client_get_peer         (WbSocketClient       *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-error.h"
#include "wb-socket-error.h"
#include "wb-wire.h"

G_BEGIN_DECLS

typedef enum
{
  WB_SOCKET_UDP,
  WB_SOCKET_TCP,
} WbSocketTransport;

/**
 * WbSocketReply:
 * @WB_SOCKET_REPLY_NONE: read and say nothing
 * @WB_SOCKET_REPLY_ECHO: send back what came
 * @WB_SOCKET_REPLY_FIXED: send the same bytes for each datagram or message
 */
typedef enum
{
  WB_SOCKET_REPLY_NONE,
  WB_SOCKET_REPLY_ECHO,
  WB_SOCKET_REPLY_FIXED,
} WbSocketReply;

/**
 * WbSocketFraming:
 *
 * Where one message ends in a TCP stream. With @WB_SOCKET_FRAMING_NONE each read
 * is a message; @WB_SOCKET_FRAMING_LINE ends at LF; the lengths are big-endian
 * and count what follows them; @WB_SOCKET_FRAMING_DELIMITER ends at given bytes.
 */
typedef enum
{
  WB_SOCKET_FRAMING_NONE,
  WB_SOCKET_FRAMING_LINE,
  WB_SOCKET_FRAMING_LENGTH2,
  WB_SOCKET_FRAMING_LENGTH4,
  WB_SOCKET_FRAMING_DELIMITER,
} WbSocketFraming;

/**
 * WbSocketEventKind:
 * @WB_SOCKET_EVENT_CONNECTED: TCP; a client was accepted
 * @WB_SOCKET_EVENT_RECEIVED: a datagram or a message came
 * @WB_SOCKET_EVENT_CLOSED: TCP; a client is gone
 */
typedef enum
{
  WB_SOCKET_EVENT_CONNECTED,
  WB_SOCKET_EVENT_RECEIVED,
  WB_SOCKET_EVENT_CLOSED,
} WbSocketEventKind;

/**
 * WbSocketEvent:
 * @peer: whose, as in #WbSocketPeer
 * @address: such as "127.0.0.1:40000"
 * @data: (nullable): what was received
 * @truncated: the datagram was longer than @length
 * @message: (nullable): why it was closed, where that was an error
 *
 * All of it is only valid during the call.
 */
typedef struct
{
  WbSocketEventKind  kind;
  guint64            peer;
  const char        *address;
  const void        *data;
  gsize              length;
  gboolean           truncated;
  const char        *message;
} WbSocketEvent;

/**
 * WbSocketEventFunc:
 *
 * Runs on the server's thread, for each event: it must be quick, and may not stop
 * or drop the server.
 */
typedef void (*WbSocketEventFunc) (const WbSocketEvent *event,
                                   gpointer             user_data);

/**
 * WbSocketServerOptions:
 * @address: (nullable): numeric; %NULL is 127.0.0.1
 * @port: 0 takes a free one
 * @reply_bytes: (nullable): for %WB_SOCKET_REPLY_FIXED
 * @delimiter: (nullable): for %WB_SOCKET_FRAMING_DELIMITER
 * @maximum_clients: TCP; 0 is 20,000, less what the system permits
 * @stop_after: stop by itself after so many messages; 0 is never
 * @certificate: (nullable): TCP; speak TLS with it
 * @wire: (nullable): where to log
 * @protocol: (nullable) (transfer none): what its conversations are called in the log,
 *   static; %NULL is "udp" or "tcp"
 * @receive_size: UDP; the longest datagram that is taken whole; 0 is 65,536
 * @event_func: (nullable): called for each event
 */
typedef struct
{
  WbSocketTransport  transport;
  const char        *address;
  guint16            port;
  WbSocketReply      reply;
  GBytes            *reply_bytes;
  WbSocketFraming    framing;
  GBytes            *delimiter;
  guint              maximum_clients;
  guint64            stop_after;
  GTlsCertificate   *certificate;
  WbWire            *wire;
  const char        *protocol;
  guint              receive_size;
  WbSocketEventFunc  event_func;
  gpointer           event_data;
} WbSocketServerOptions;

/**
 * WbSocketCounters:
 *
 * Totals since the start. @dropped are datagrams that the kernel dropped because
 * they came too fast (SO_RXQ_OVFL); @refused are clients above the limit.
 */
typedef struct
{
  guint64 clients;
  guint64 accepted;
  guint64 refused;
  guint64 messages;
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 dropped;
} WbSocketCounters;

/**
 * WbSocketServer:
 *
 * A UDP or TCP server on one epoll set in a thread of its own. Every call here is
 * safe from any thread and returns at once; wb_socket_server_stop() waits for the
 * thread to end.
 *
 * `stopped` is emitted once, in the main context that made it, when the server
 * ended by itself.
 */
#define WB_TYPE_SOCKET_SERVER (wb_socket_server_get_type ())
G_DECLARE_FINAL_TYPE (WbSocketServer, wb_socket_server, WB, SOCKET_SERVER, GObject)

WbSocketServer *wb_socket_server_start        (const WbSocketServerOptions  *options,
                                               GError                      **error);
void            wb_socket_server_stop         (WbSocketServer               *self);
gboolean        wb_socket_server_is_running   (WbSocketServer               *self);
void            wb_socket_server_wait         (WbSocketServer               *self);
GSocketAddress *wb_socket_server_get_address  (WbSocketServer               *self);
guint16         wb_socket_server_get_port     (WbSocketServer               *self);
guint32         wb_socket_server_get_conversation (WbSocketServer           *self);
void            wb_socket_server_get_counters (WbSocketServer               *self,
                                               WbSocketCounters             *counters);

/**
 * WbSocketPeer:
 * @id: its number, 1 and up, never used again
 * @conversation: its conversation on the wire
 */
typedef struct
{
  guint64  id;
  guint32  conversation;
  char    *address;
  guint64  bytes_in;
  guint64  bytes_out;
} WbSocketPeer;

GArray         *wb_socket_server_dup_peers    (WbSocketServer               *self,
                                               guint                         maximum);
gboolean        wb_socket_server_send         (WbSocketServer               *self,
                                               guint64                       peer,
                                               GBytes                       *bytes,
                                               GError                      **error);
void            wb_socket_server_disconnect   (WbSocketServer               *self,
                                               guint64                       peer);

GTlsCertificate *wb_socket_make_certificate   (const char                   *address,
                                               GError                      **error);

G_END_DECLS

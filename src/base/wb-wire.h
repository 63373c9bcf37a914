/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbWireKind:
 * @WB_WIRE_CONNECT: the conversation began (connected, accepted, bound)
 * @WB_WIRE_LINE: one line of a line protocol, without its CRLF
 * @WB_WIRE_DATA: a block of bytes or a datagram
 * @WB_WIRE_BULK: bytes that were counted and not kept, such as a file's content
 * @WB_WIRE_TLS: what TLS agreed on, or that it began; the text says it in words
 * @WB_WIRE_NOTE: a remark of ours
 * @WB_WIRE_ERROR: something failed; the text is the error's message
 * @WB_WIRE_CLOSE: the conversation ended
 */
typedef enum
{
  WB_WIRE_CONNECT,
  WB_WIRE_LINE,
  WB_WIRE_DATA,
  WB_WIRE_BULK,
  WB_WIRE_TLS,
  WB_WIRE_NOTE,
  WB_WIRE_ERROR,
  WB_WIRE_CLOSE,
} WbWireKind;

/**
 * WbWireDirection:
 * @WB_WIRE_LOCAL: nothing went by; we noted something
 * @WB_WIRE_SENT: from us to the peer
 * @WB_WIRE_RECEIVED: from the peer to us
 */
typedef enum
{
  WB_WIRE_LOCAL,
  WB_WIRE_SENT,
  WB_WIRE_RECEIVED,
} WbWireDirection;

/**
 * WbWireConversation:
 * @id: 1 and up, in the order of opening
 * @protocol: "ftp", "ftp-data", "smtp", "pop3", "imap", "tcp", "udp", …
 * @transport: "tcp" or "udp"
 * @server: whether we are the server of it
 * @tls: whether TLS protects it (now)
 *
 * Who speaks with whom.
 */
typedef struct
{
  guint32   id;
  char     *protocol;
  char     *transport;
  char     *local_host;
  guint16   local_port;
  char     *peer_host;
  guint16   peer_port;
  gboolean  server;
  gboolean  tls;
} WbWireConversation;

/**
 * WbWireEvent:
 * @index: its place in the log, counted from the log's birth
 * @monotonic_time: microseconds, as of g_get_monotonic_time()
 * @real_time: microseconds since the epoch, UTC
 * @length: how many bytes really went by; more than @data holds when the event
 *   is bulk or was cut
 * @data: what is kept of them
 */
typedef struct
{
  guint64          index;
  gint64           monotonic_time;
  gint64           real_time;
  guint32          conversation;
  WbWireKind       kind;
  WbWireDirection  direction;
  guint64          length;
  GBytes          *data;
} WbWireEvent;

/* What stands in the log where a secret went by; its length tells nothing. */
#define WB_WIRE_MASK "********"

/* The most bytes that one event keeps. */
#define WB_WIRE_EVENT_MAX (64 * 1024)

#define WB_TYPE_WIRE (wb_wire_get_type ())
G_DECLARE_FINAL_TYPE (WbWire, wb_wire, WB, WIRE, GObject)

WbWire             *wb_wire_new                (gsize                memory_limit);

guint32             wb_wire_open_conversation  (WbWire              *self,
                                                const char          *protocol,
                                                const char          *transport,
                                                gboolean             server,
                                                GSocketAddress      *local,
                                                GSocketAddress      *peer);
void                wb_wire_set_tls            (WbWire              *self,
                                                guint32              conversation,
                                                gboolean             tls);
void                wb_wire_append             (WbWire              *self,
                                                guint32              conversation,
                                                WbWireKind           kind,
                                                WbWireDirection      direction,
                                                const void          *data,
                                                gsize                length);
void                wb_wire_append_secret      (WbWire              *self,
                                                guint32              conversation,
                                                WbWireKind           kind,
                                                WbWireDirection      direction,
                                                const void          *visible,
                                                gsize                visible_length);
void                wb_wire_append_bulk        (WbWire              *self,
                                                guint32              conversation,
                                                WbWireDirection      direction,
                                                guint64              length);
void                wb_wire_note               (WbWire              *self,
                                                guint32              conversation,
                                                WbWireKind           kind,
                                                const char          *format,
                                                ...) G_GNUC_PRINTF (4, 5);
void                wb_wire_hide               (WbWire              *self,
                                                const char          *secret);

void                wb_wire_get_range          (WbWire              *self,
                                                guint64             *first,
                                                guint64             *end);
gboolean            wb_wire_get_event          (WbWire              *self,
                                                guint64              index,
                                                WbWireEvent         *event);
void                wb_wire_event_clear        (WbWireEvent         *event);
GPtrArray          *wb_wire_dup_conversations  (WbWire              *self);
WbWireConversation *wb_wire_dup_conversation   (WbWire              *self,
                                                guint32              id);
void                wb_wire_conversation_free  (WbWireConversation  *conversation);
gsize               wb_wire_get_memory         (WbWire              *self);
void                wb_wire_clear              (WbWire              *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbWireEvent, wb_wire_event_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbWireConversation, wb_wire_conversation_free)

G_END_DECLS

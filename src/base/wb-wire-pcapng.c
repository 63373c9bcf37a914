/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A capture for Wireshark (draft-ietf-opsawg-pcapng), made from the log. The bytes are those that
 * went by; the IP, TCP and UDP headers around them are made up. A server of a protocol that
 * Wireshark knows by its port gets that port, whichever it really used, and what passed under TLS
 * stands there in the clear, so that everything is dissected without a setting; a comment says what
 * is true instead.
 */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-wire-pcapng-block.h"
#include "wb-wire-writer.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define LINKTYPE_RAW 101

#define BLOCK_SECTION 0x0a0d0d0aU
#define BLOCK_INTERFACE 1
#define BLOCK_STATISTICS 5
#define BLOCK_PACKET 6

#define OPTION_END 0
#define OPTION_COMMENT 1
#define OPTION_SECTION_PROGRAM 4
#define OPTION_INTERFACE_NAME 2
#define OPTION_INTERFACE_DESCRIPTION 3
#define OPTION_INTERFACE_RESOLUTION 9
#define OPTION_PACKET_FLAGS 2

typedef struct
{
  guint32 id;
  char *name;
  char *tuple; /* both ends, client first; NULL where one is not known */
  gboolean muted;
  guint interface;
  gboolean tcp;
  gboolean ipv6;
  gboolean server;
  gboolean waiting; /* a server's first socket, which nobody talks with */
  gboolean dotted;  /* texts in it end with a line that is a dot */
  gboolean line_based;
  gboolean open;      /* TCP: SYN was written */
  gboolean spoke;     /* TCP: payload was written since */
  gboolean announced; /* the comment on what is made up was written */
  guint16 true_port;  /* of the server, where another one stands in the headers */
  WbWirePacketEnd local;
  WbWirePacketEnd peer;
  gboolean at_line_start[2]; /* sent, received */
  GPtrArray *comments;       /* for the next packet */
  gint64 time;               /* of the newest event */
} Flow;

struct _WbWirePcapng
{
  GHashTable *flows;      /* id -> Flow */
  GHashTable *interfaces; /* name -> number + 1 */
  GHashTable *owners;     /* tuple -> Flow that is open */
  GByteArray *packet;
  GByteArray *payload;
};

static const struct
{
  const char *protocol;
  guint16 port;
  guint16 also;
  gboolean dotted;
} well_known[] = {
  { "ftp", 21, 21, FALSE },
  { "smtp", 25, 587, TRUE },
  { "pop3", 110, 110, TRUE },
  { "imap", 143, 143, FALSE },
};

static void
flow_free (gpointer data)
{
  Flow *flow = data;

  g_free (flow->name);
  g_free (flow->tuple);
  g_ptr_array_unref (flow->comments);
  g_free (flow);
}

/**
 * wb_wire_pcapng_new: (skip)
 *
 * Returns: (transfer full): a capture without packets
 */
WbWirePcapng *
wb_wire_pcapng_new (void)
{
  WbWirePcapng *self = g_new0 (WbWirePcapng, 1);

  self->flows = g_hash_table_new_full (NULL, NULL, NULL, flow_free);
  self->interfaces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->owners = g_hash_table_new (g_str_hash, g_str_equal);
  self->packet = g_byte_array_new ();
  self->payload = g_byte_array_new ();
  return self;
}

/**
 * wb_wire_pcapng_free: (skip)
 */
void
wb_wire_pcapng_free (WbWirePcapng *self)
{
  g_hash_table_unref (self->owners);
  g_hash_table_unref (self->flows);
  g_hash_table_unref (self->interfaces);
  g_byte_array_unref (self->packet);
  g_byte_array_unref (self->payload);
  g_free (self);
}

/* ── Blocks ── */

/**
 * wb_wire_pcapng_begin: (skip)
 *
 * Appends the section header.
 */
void
wb_wire_pcapng_begin (WbWirePcapng *self, GByteArray *out)
{
  guint start = wb_pcapng_begin_block (out, BLOCK_SECTION);

  wb_pcapng_put32 (out, 0x1a2b3c4d);
  wb_pcapng_put16 (out, 1);
  wb_pcapng_put16 (out, 0);
  wb_pcapng_put32 (out, G_MAXUINT32);
  wb_pcapng_put32 (out, G_MAXUINT32);
  wb_pcapng_put_text (out, OPTION_SECTION_PROGRAM, "Wirebench " PACKAGE_VERSION);
  wb_pcapng_put_text (
      out, OPTION_COMMENT,
      _ ("Made from Wirebench's log. The bytes are those that were sent and received; "
         "the IP, TCP and UDP headers around them are made up. What went by under TLS "
         "stands here in the clear."));
  wb_pcapng_put_option (out, OPTION_END, NULL, 0);
  wb_pcapng_end_block (out, start);
}

static guint
find_interface (WbWirePcapng *self, const char *name, GByteArray *out)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->interfaces, name));
  g_autofree char *description = NULL;
  guint8 microseconds = 6;
  guint start;

  if (number > 0)
    return number - 1;

  number = g_hash_table_size (self->interfaces);
  g_hash_table_insert (self->interfaces, g_strdup (name), GUINT_TO_POINTER (number + 1));

  /* Translators: %s is a protocol, such as "smtp". */
  description = g_strdup_printf (_ ("Wirebench: all %s conversations"), name);
  start = wb_pcapng_begin_block (out, BLOCK_INTERFACE);
  wb_pcapng_put16 (out, LINKTYPE_RAW);
  wb_pcapng_put16 (out, 0);
  wb_pcapng_put32 (out, 0);
  wb_pcapng_put_text (out, OPTION_INTERFACE_NAME, name);
  wb_pcapng_put_text (out, OPTION_INTERFACE_DESCRIPTION, description);
  wb_pcapng_put_option (out, OPTION_INTERFACE_RESOLUTION, &microseconds, 1);
  wb_pcapng_put_option (out, OPTION_END, NULL, 0);
  wb_pcapng_end_block (out, start);
  return number;
}

/* Writes what stands in self->packet, and the comments that waited for a packet. */
static void
write_packet (WbWirePcapng *self, Flow *flow, gboolean sent, GByteArray *out)
{
  guint32 flags = sent ? 2 : 1;
  guint start = wb_pcapng_begin_block (out, BLOCK_PACKET);

  wb_pcapng_put32 (out, flow->interface);
  wb_pcapng_put_time (out, flow->time);
  wb_pcapng_put32 (out, self->packet->len);
  wb_pcapng_put32 (out, self->packet->len);
  g_byte_array_append (out, self->packet->data, self->packet->len);
  wb_pcapng_pad (out, self->packet->len);
  wb_pcapng_put_option (out, OPTION_PACKET_FLAGS, &flags, sizeof flags);
  for (guint i = 0; i < flow->comments->len; i++)
    wb_pcapng_put_text (out, OPTION_COMMENT, g_ptr_array_index (flow->comments, i));
  wb_pcapng_put_option (out, OPTION_END, NULL, 0);
  wb_pcapng_end_block (out, start);

  g_ptr_array_set_size (flow->comments, 0);
  g_byte_array_set_size (self->packet, 0);
}

/* ── Conversations ── */

static gboolean
parse_address (const char *host, guint8 address[16], gboolean *ipv6)
{
  g_autoptr (GInetAddress) parsed = NULL;
  g_autofree char *bare = host == NULL ? NULL : g_strdup (host);

  if (bare != NULL)
    parsed = g_inet_address_new_from_string (g_strdelimit (bare, "%", '\0'));
  if (parsed == NULL)
    return FALSE;

  *ipv6 = g_inet_address_get_family (parsed) == G_SOCKET_FAMILY_IPV6;
  memcpy (address, g_inet_address_to_bytes (parsed), g_inet_address_get_native_size (parsed));
  return TRUE;
}

/* ::ffff:a.b.c.d (RFC 4291 §2.5.5.2) */
static void
map_address (guint8 address[16])
{
  memmove (address + 12, address, 4);
  memset (address, 0, 10);
  memset (address + 10, 0xff, 2);
}

/* What is not known is taken from the block that is for documentation (RFC 5737). */
static void
set_addresses (Flow *flow, const WbWireConversation *conversation)
{
  gboolean local_ipv6 = FALSE;
  gboolean peer_ipv6 = FALSE;

  memcpy (flow->local.address, ((guint8[]){ 192, 0, 2, 1 }), 4);
  memcpy (flow->peer.address, ((guint8[]){ 192, 0, 2, 2 }), 4);
  if (conversation != NULL)
    {
      parse_address (conversation->local_host, flow->local.address, &local_ipv6);
      parse_address (conversation->peer_host, flow->peer.address, &peer_ipv6);
      flow->local.port = conversation->local_port;
      flow->peer.port = conversation->peer_port;
    }
  if (local_ipv6 && !peer_ipv6)
    map_address (flow->peer.address);
  if (peer_ipv6 && !local_ipv6)
    map_address (flow->local.address);
  flow->ipv6 = local_ipv6 || peer_ipv6;
}

static void
set_ports (Flow *flow, const char *protocol)
{
  WbWirePacketEnd *server = flow->server ? &flow->local : &flow->peer;
  WbWirePacketEnd *client = flow->server ? &flow->peer : &flow->local;

  if (client->port == 0)
    client->port = 49152 + flow->id % 16384;
  for (guint i = 0; i < G_N_ELEMENTS (well_known); i++)
    if (flow->tcp && g_strcmp0 (protocol, well_known[i].protocol) == 0)
      {
        flow->line_based = TRUE;
        flow->dotted = well_known[i].dotted;
        if (server->port != well_known[i].port && server->port != well_known[i].also)
          {
            flow->true_port = server->port;
            server->port = well_known[i].port;
          }
      }
  if (server->port == 0)
    server->port = 9; /* discard */
}

static char *
describe_tuple (const WbWireConversation *conversation)
{
  if (conversation == NULL || conversation->local_port == 0 || conversation->peer_port == 0)
    return NULL;
  return conversation->server ? g_strdup_printf ("%s %s %u %s %u", conversation->transport,
                                                 conversation->peer_host, conversation->peer_port,
                                                 conversation->local_host, conversation->local_port)
                              : g_strdup_printf ("%s %s %u %s %u", conversation->transport,
                                                 conversation->local_host, conversation->local_port,
                                                 conversation->peer_host, conversation->peer_port);
}

/* Where one of our clients talks with one of our servers the log has every byte twice, from either
 * end. On a wire it would go by once, so the end that came second is left out.
 */
static void
claim_tuple (WbWirePcapng *self, Flow *flow)
{
  if (flow->tuple == NULL)
    return;
  flow->muted = g_hash_table_contains (self->owners, flow->tuple);
  if (!flow->muted)
    g_hash_table_insert (self->owners, flow->tuple, flow);
}

static void
release_tuple (WbWirePcapng *self, Flow *flow)
{
  if (flow->tuple != NULL && g_hash_table_lookup (self->owners, flow->tuple) == flow)
    g_hash_table_remove (self->owners, flow->tuple);
}

static Flow *
find_flow (WbWirePcapng *self,
           const WbWireEvent *event,
           const WbWireConversation *conversation,
           GByteArray *out)
{
  Flow *flow = g_hash_table_lookup (self->flows, GUINT_TO_POINTER (event->conversation));
  const char *protocol = conversation != NULL ? conversation->protocol : "unknown";

  if (flow != NULL)
    return flow;

  flow = g_new0 (Flow, 1);
  flow->id = event->conversation;
  flow->comments = g_ptr_array_new_with_free_func (g_free);
  flow->tcp = conversation == NULL || g_strcmp0 (conversation->transport, "udp") != 0;
  flow->server = conversation != NULL && conversation->server;
  flow->waiting = conversation != NULL && conversation->peer_port == 0;
  flow->name = g_strdup_printf ("%s %u", protocol, flow->id);
  flow->interface = find_interface (self, protocol, out);
  /* Far apart, so that a connection on the same ports as an earlier one is not taken for it. */
  flow->local.sequence = flow->id * 0x9e3779b1U;
  flow->peer.sequence = flow->id * 0x85ebca6bU;
  flow->at_line_start[0] = flow->at_line_start[1] = TRUE;
  flow->tuple = describe_tuple (conversation);
  claim_tuple (self, flow);
  set_addresses (flow, conversation);
  set_ports (flow, protocol);
  g_hash_table_insert (self->flows, GUINT_TO_POINTER (flow->id), flow);
  return flow;
}

static void
add_comment (Flow *flow, char *text)
{
  g_ptr_array_add (flow->comments, text);
}

static void
announce (Flow *flow)
{
  if (flow->announced)
    return;
  flow->announced = TRUE;
  if (flow->true_port != 0)
    /* Translators: %s is a conversation, such as "smtp 3"; %u is a port number. */
    g_ptr_array_insert (
        flow->comments, 0,
        g_strdup_printf (_ ("%s: the server's real port is %u"), flow->name, flow->true_port));
  else
    g_ptr_array_insert (flow->comments, 0, g_strdup (flow->name));
}

/* ── Packets ── */

static void
write_tcp (WbWirePcapng *self,
           Flow *flow,
           gboolean sent,
           guint8 flags,
           const guint8 *payload,
           gsize length,
           GByteArray *out)
{
  WbWirePacketEnd *from = sent ? &flow->local : &flow->peer;
  WbWirePacketEnd *to = sent ? &flow->peer : &flow->local;

  wb_wire_packet_tcp (self->packet, flow->ipv6, from, to, flags, payload, length);
  write_packet (self, flow, sent, out);
  from->sequence += length;
  if ((flags & (WB_WIRE_TCP_SYN | WB_WIRE_TCP_FIN)) != 0)
    from->sequence++;
}

static void
open_tcp (WbWirePcapng *self, Flow *flow, GByteArray *out)
{
  gboolean by_us = !flow->server;

  if (flow->open)
    return;
  flow->open = TRUE;
  flow->spoke = FALSE;
  announce (flow);
  write_tcp (self, flow, by_us, WB_WIRE_TCP_SYN, NULL, 0, out);
  write_tcp (self, flow, !by_us, WB_WIRE_TCP_SYN | WB_WIRE_TCP_ACK, NULL, 0, out);
  write_tcp (self, flow, by_us, WB_WIRE_TCP_ACK, NULL, 0, out);
}

static void
close_tcp (WbWirePcapng *self, Flow *flow, gboolean by_us, GByteArray *out)
{
  if (!flow->open)
    return;
  flow->open = FALSE;
  write_tcp (self, flow, by_us, WB_WIRE_TCP_FIN | WB_WIRE_TCP_ACK, NULL, 0, out);
  write_tcp (self, flow, !by_us, WB_WIRE_TCP_FIN | WB_WIRE_TCP_ACK, NULL, 0, out);
  write_tcp (self, flow, by_us, WB_WIRE_TCP_ACK, NULL, 0, out);
}

/* A dissector that saw STARTTLS go by takes the rest for TLS, but what the log has of it is plain.
 * So what follows gets a made-up connection of its own, between the same ends.
 */
static void
restart_tcp (WbWirePcapng *self, Flow *flow, GByteArray *out)
{
  if (!flow->open || !flow->spoke || !flow->line_based)
    return;
  close_tcp (self, flow, !flow->server, out);
  flow->local.sequence += 0x10000000;
  flow->peer.sequence += 0x10000000;
}

/* The log has lines without their CRLF and texts without the dots that are doubled on the way
 * (RFC 5321 §4.5.2, RFC 1939 §3).
 */
static void
make_payload (WbWirePcapng *self, Flow *flow, const WbWireEvent *event)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (event->data, &length);
  gboolean *at_line_start = &flow->at_line_start[event->direction == WB_WIRE_RECEIVED];

  g_byte_array_set_size (self->payload, 0);
  if (event->kind == WB_WIRE_LINE)
    {
      if (flow->line_based && !*at_line_start)
        g_byte_array_append (self->payload, (const guint8 *) "\r\n", 2);
      g_byte_array_append (self->payload, data, length);
      g_byte_array_append (self->payload, (const guint8 *) "\r\n", 2);
      *at_line_start = TRUE;
      return;
    }
  if (!flow->dotted)
    {
      g_byte_array_append (self->payload, data, length);
      return;
    }
  for (gsize at = 0; at < length;)
    {
      const guint8 *lf = memchr (data + at, '\n', length - at);
      gsize end = lf != NULL ? (gsize) (lf - data) + 1 : length;

      if (*at_line_start && data[at] == '.')
        g_byte_array_append (self->payload, (const guint8 *) ".", 1);
      g_byte_array_append (self->payload, data + at, end - at);
      *at_line_start = lf != NULL;
      at = end;
    }
}

static void
write_payload (WbWirePcapng *self, Flow *flow, const WbWireEvent *event, GByteArray *out)
{
  gboolean sent = event->direction != WB_WIRE_RECEIVED;
  gsize kept = g_bytes_get_size (event->data);
  gsize done = 0;

  make_payload (self, flow, event);
  if (flow->tcp)
    open_tcp (self, flow, out);
  announce (flow);
  if (event->length > kept)
    /* Translators: both numbers count bytes. */
    add_comment (flow,
                 g_strdup_printf (_ ("Only the first %" PRIu64 " of %" PRIu64 " bytes were kept."),
                                  (guint64) kept, event->length));

  if (!flow->tcp)
    {
      wb_wire_packet_udp (self->packet, flow->ipv6, sent ? &flow->local : &flow->peer,
                          sent ? &flow->peer : &flow->local, self->payload->data,
                          MIN (self->payload->len, WB_WIRE_UDP_PAYLOAD_MAX));
      write_packet (self, flow, sent, out);
      return;
    }
  while (done < self->payload->len)
    {
      gsize step = MIN (self->payload->len - done, WB_WIRE_TCP_PAYLOAD_MAX);

      write_tcp (self, flow, sent, WB_WIRE_TCP_PSH | WB_WIRE_TCP_ACK, self->payload->data + done,
                 step, out);
      done += step;
    }
  flow->spoke = TRUE;
}

/* A packet without payload would be taken for a repeated acknowledgement, so this is a comment too.
 */
static void
add_bulk_comment (Flow *flow, const WbWireEvent *event)
{
  add_comment (
      flow,
      g_strdup_printf (
          event->direction == WB_WIRE_SENT
              /* Translators: the number counts bytes, such as those of a file. */
              ? _ ("%" PRIu64 " bytes were sent before this that the log counts and does not keep.")
              /* Translators: the number counts bytes, such as those of a file. */
              : _ ("%" PRIu64
                   " bytes were received before this that the log counts and does not keep."),
          event->length));
}

static void
add_text_comment (Flow *flow, const WbWireEvent *event)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (event->data, &length);

  if (length > 0)
    add_comment (flow, g_strndup (data, length));
}

/**
 * wb_wire_pcapng_event: (skip)
 * @conversation: (nullable): what is known of the event's conversation
 *
 * Appends the packets that the event makes; notes, errors and what TLS agreed on
 * become comments of the next packet.
 */
void
wb_wire_pcapng_event (WbWirePcapng *self,
                      const WbWireEvent *event,
                      const WbWireConversation *conversation,
                      GByteArray *out)
{
  Flow *flow = find_flow (self, event, conversation, out);

  flow->time = event->real_time;
  if (event->kind == WB_WIRE_CLOSE)
    release_tuple (self, flow);
  if (flow->muted)
    return;
  switch (event->kind)
    {
    case WB_WIRE_CONNECT:
      add_text_comment (flow, event);
      if (flow->tcp && !flow->waiting)
        open_tcp (self, flow, out);
      break;
    case WB_WIRE_LINE:
    case WB_WIRE_DATA:
      write_payload (self, flow, event, out);
      break;
    case WB_WIRE_BULK:
      if (flow->tcp)
        open_tcp (self, flow, out);
      add_bulk_comment (flow, event);
      break;
    case WB_WIRE_TLS:
      restart_tcp (self, flow, out);
      add_text_comment (flow, event);
      break;
    case WB_WIRE_CLOSE:
      add_text_comment (flow, event);
      close_tcp (self, flow, event->direction != WB_WIRE_RECEIVED, out);
      break;
    case WB_WIRE_NOTE:
    case WB_WIRE_ERROR:
    default:
      add_text_comment (flow, event);
      break;
    }
}

/**
 * wb_wire_pcapng_end: (skip)
 *
 * Appends the comments that no packet came for, in a block of statistics.
 */
void
wb_wire_pcapng_end (WbWirePcapng *self, GByteArray *out)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->flows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Flow *flow = value;
      guint start;

      if (flow->comments->len == 0)
        continue;
      start = wb_pcapng_begin_block (out, BLOCK_STATISTICS);
      wb_pcapng_put32 (out, flow->interface);
      wb_pcapng_put_time (out, flow->time);
      for (guint i = 0; i < flow->comments->len; i++)
        {
          g_autofree char *text = g_strdup_printf (
              "%s: %s", flow->name, (const char *) g_ptr_array_index (flow->comments, i));

          wb_pcapng_put_text (out, OPTION_COMMENT, text);
        }
      wb_pcapng_put_option (out, OPTION_END, NULL, 0);
      wb_pcapng_end_block (out, start);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* IP, TCP and UDP headers around bytes whose own are not known (RFC 791, 8200, 9293, 768). */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-wire-writer.h"

#include <netinet/in.h>
#include <string.h>

#define TTL 64

/* So much may be under way that no reader of the capture speaks of a full window. */
#define WINDOW 65535
#define WINDOW_SCALE 14

static void
put16 (GByteArray *out, guint16 value)
{
  guint16 big = GUINT16_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &big, sizeof big);
}

static void
put32 (GByteArray *out, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &big, sizeof big);
}

static void
put8 (GByteArray *out, guint8 value)
{
  g_byte_array_append (out, &value, 1);
}

/* RFC 1071: the sum of big-endian 16-bit words. */
static guint64
sum_words (guint64 sum, const guint8 *data, gsize length)
{
  gsize i;

  for (i = 0; i + 1 < length; i += 2)
    sum += (guint) data[i] << 8 | data[i + 1];
  if (i < length)
    sum += (guint) data[i] << 8;
  return sum;
}

static guint16
fold_sum (guint64 sum)
{
  while (sum >> 16 != 0)
    sum = (sum & 0xffff) + (sum >> 16);
  return (guint16) ~sum;
}

static void
set16 (GByteArray *out, guint at, guint16 value)
{
  out->data[at] = value >> 8;
  out->data[at + 1] = value & 0xff;
}

static gsize
address_size (gboolean ipv6)
{
  return ipv6 ? 16 : 4;
}

static void
put_ip (GByteArray *out,
        gboolean ipv6,
        const WbWirePacketEnd *from,
        const WbWirePacketEnd *to,
        guint8 protocol,
        gsize length)
{
  guint start = out->len;

  if (ipv6)
    {
      put32 (out, 6U << 28);
      put16 (out, length);
      put8 (out, protocol);
      put8 (out, TTL);
    }
  else
    {
      put8 (out, 0x45);
      put8 (out, 0);
      put16 (out, 20 + length);
      put16 (out, 0);
      put16 (out, 0x4000); /* do not fragment */
      put8 (out, TTL);
      put8 (out, protocol);
      put16 (out, 0);
    }
  g_byte_array_append (out, from->address, address_size (ipv6));
  g_byte_array_append (out, to->address, address_size (ipv6));

  if (!ipv6)
    set16 (out, start + 10, fold_sum (sum_words (0, out->data + start, 20)));
}

/* The checksum that TCP and UDP share: over a pseudo header, the header and the payload. */
static guint16
transport_sum (const GByteArray *out,
               guint start,
               gboolean ipv6,
               const WbWirePacketEnd *from,
               const WbWirePacketEnd *to,
               guint8 protocol)
{
  gsize length = out->len - start;
  guint64 sum = protocol + length;

  sum = sum_words (sum, from->address, address_size (ipv6));
  sum = sum_words (sum, to->address, address_size (ipv6));
  return fold_sum (sum_words (sum, out->data + start, length));
}

/**
 * wb_wire_packet_tcp: (skip)
 * @flags: of %WB_WIRE_TCP_FIN and its like
 * @length: at most %WB_WIRE_TCP_PAYLOAD_MAX
 *
 * Appends an IP packet with a TCP segment. With ACK it acknowledges all that the
 * other end sent so far.
 */
void
wb_wire_packet_tcp (GByteArray *out,
                    gboolean ipv6,
                    const WbWirePacketEnd *from,
                    const WbWirePacketEnd *to,
                    guint8 flags,
                    const void *payload,
                    gsize length)
{
  gboolean syn = (flags & WB_WIRE_TCP_SYN) != 0;
  guint header = syn ? 24 : 20;
  guint start;

  put_ip (out, ipv6, from, to, IPPROTO_TCP, header + length);
  start = out->len;
  put16 (out, from->port);
  put16 (out, to->port);
  put32 (out, from->sequence);
  put32 (out, (flags & WB_WIRE_TCP_ACK) != 0 ? to->sequence : 0);
  put8 (out, header / 4 << 4);
  put8 (out, flags);
  put16 (out, WINDOW);
  put16 (out, 0);
  put16 (out, 0);
  if (syn)
    {
      put8 (out, 1); /* no operation, for alignment */
      put8 (out, 3);
      put8 (out, 3);
      put8 (out, WINDOW_SCALE);
    }
  if (length > 0)
    g_byte_array_append (out, payload, length);

  set16 (out, start + 16, transport_sum (out, start, ipv6, from, to, IPPROTO_TCP));
}

/**
 * wb_wire_packet_udp: (skip)
 * @length: at most %WB_WIRE_UDP_PAYLOAD_MAX
 *
 * Appends an IP packet with a UDP datagram.
 */
void
wb_wire_packet_udp (GByteArray *out,
                    gboolean ipv6,
                    const WbWirePacketEnd *from,
                    const WbWirePacketEnd *to,
                    const void *payload,
                    gsize length)
{
  guint start;
  guint16 sum;

  put_ip (out, ipv6, from, to, IPPROTO_UDP, 8 + length);
  start = out->len;
  put16 (out, from->port);
  put16 (out, to->port);
  put16 (out, 8 + length);
  put16 (out, 0);
  if (length > 0)
    g_byte_array_append (out, payload, length);

  /* Zero would say that there is no checksum (RFC 768). */
  sum = transport_sum (out, start, ipv6, from, to, IPPROTO_UDP);
  set16 (out, start + 6, sum != 0 ? sum : 0xffff);
}

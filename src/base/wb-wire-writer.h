/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire.h"

G_BEGIN_DECLS

/* The makers of the single formats; wb_wire_export() hands them one event after the other and
 * writes out what they added to the array.
 */

void          wb_wire_jsonl_event   (const WbWireEvent        *event,
                                     const WbWireConversation *conversation,
                                     GByteArray               *out);

/**
 * WbWirePcapng:
 *
 * A capture in the making: what it must remember of each conversation so that the
 * made-up headers fit together.
 */
typedef struct _WbWirePcapng WbWirePcapng;

WbWirePcapng *wb_wire_pcapng_new    (void);
void          wb_wire_pcapng_free   (WbWirePcapng             *self);
void          wb_wire_pcapng_begin  (WbWirePcapng             *self,
                                     GByteArray               *out);
void          wb_wire_pcapng_event  (WbWirePcapng             *self,
                                     const WbWireEvent        *event,
                                     const WbWireConversation *conversation,
                                     GByteArray               *out);
void          wb_wire_pcapng_end    (WbWirePcapng             *self,
                                     GByteArray               *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbWirePcapng, wb_wire_pcapng_free)

/**
 * WbWirePacketEnd:
 * @address: 4 or 16 bytes in network order
 * @sequence: TCP: of the next byte that this end sends
 *
 * One end of a made-up packet.
 */
typedef struct
{
  guint8  address[16];
  guint16 port;
  guint32 sequence;
} WbWirePacketEnd;

/* The flags of TCP's header (RFC 9293 §3.1). */
#define WB_WIRE_TCP_FIN 0x01
#define WB_WIRE_TCP_SYN 0x02
#define WB_WIRE_TCP_PSH 0x08
#define WB_WIRE_TCP_ACK 0x10

/* The most payload that fits into one packet of either family. */
#define WB_WIRE_TCP_PAYLOAD_MAX (65535 - 20 - 32)
#define WB_WIRE_UDP_PAYLOAD_MAX (65535 - 20 - 8)

void          wb_wire_packet_tcp    (GByteArray               *out,
                                     gboolean                  ipv6,
                                     const WbWirePacketEnd    *from,
                                     const WbWirePacketEnd    *to,
                                     guint8                    flags,
                                     const void               *payload,
                                     gsize                     length);
void          wb_wire_packet_udp    (GByteArray               *out,
                                     gboolean                  ipv6,
                                     const WbWirePacketEnd    *from,
                                     const WbWirePacketEnd    *to,
                                     const void               *payload,
                                     gsize                     length);

G_END_DECLS

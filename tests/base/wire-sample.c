/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes a log of one conversation of each kind to the file that it is given, for test-pcapng.py.
 */

#include "config.h"

#include "wb-wire-export.h"

#include <string.h>

static guint32
open_conversation (WbWire *wire,
                   const char *protocol,
                   const char *transport,
                   gboolean server,
                   const char *host,
                   guint16 local_port,
                   guint16 peer_port)
{
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (host, local_port);
  g_autoptr (GSocketAddress) peer = g_inet_socket_address_new_from_string (host, peer_port);
  guint32 id = wb_wire_open_conversation (wire, protocol, transport, server, local, peer);

  wb_wire_note (wire, id, WB_WIRE_CONNECT, "connected");
  return id;
}

/* Lines that begin with ">" were sent, those with "<" received; "!" is the beginning of TLS. */
static void
talk (WbWire *wire, guint32 id, const char *const *lines)
{
  for (; *lines != NULL; lines++)
    if (**lines == '!')
      wb_wire_note (wire, id, WB_WIRE_TLS, "%s", *lines + 1);
    else
      wb_wire_append (wire, id, WB_WIRE_LINE, **lines == '>' ? WB_WIRE_SENT : WB_WIRE_RECEIVED,
                      *lines + 1, strlen (*lines + 1));
}

static void
talk_smtp (WbWire *wire, const char *host)
{
  static const char message[] =
      "From: a@lab-a.test\r\nSubject: Dots\r\n\r\n.hidden dot\r\n.\r\nlast line";
  guint32 id = open_conversation (wire, "smtp", "tcp", FALSE, host, 50001, 40025);

  talk (wire, id,
        (const char *[]){ "<220 lab ready", ">EHLO wirebench.local", "<250-lab", "<250 STARTTLS",
                          ">STARTTLS", "<220 go ahead", "!TLS 1.3", ">EHLO wirebench.local",
                          "<250-lab", "<250 AUTH PLAIN", ">AUTH PLAIN ********", "<235 welcome",
                          ">MAIL FROM:<a@lab-a.test>", "<250 fine", ">RCPT TO:<b@lab-b.test>",
                          "<250 fine", ">DATA", "<354 send it", NULL });
  wb_wire_append (wire, id, WB_WIRE_DATA, WB_WIRE_SENT, message, strlen (message));
  talk (wire, id, (const char *[]){ ">.", "<250 2.0.0 taken", ">QUIT", "<221 bye", NULL });
  wb_wire_note (wire, id, WB_WIRE_CLOSE, "closed");
}

static void
talk_ftp (WbWire *wire, gboolean server)
{
  guint32 id = open_conversation (wire, "ftp", "tcp", server, "127.0.0.1", server ? 40021 : 50002,
                                  server ? 50003 : 40021);
  guint32 data;

  if (server)
    talk (wire, id,
          (const char *[]){ ">220 lab ready", "<USER guest", ">331 password", "<PASS ********",
                            ">230 welcome", "<QUIT", ">221 bye", NULL });
  else
    talk (wire, id,
          (const char *[]){ "<220 lab ready", ">USER anonymous", "<331 e-mail", ">PASS ********",
                            "<230 welcome", ">EPSV", "<229 Entering (|||40099|)", ">RETR file.bin",
                            NULL });
  if (!server)
    {
      data = open_conversation (wire, "ftp-data", "tcp", FALSE, "127.0.0.1", 50012, 40099);
      wb_wire_append_bulk (wire, data, WB_WIRE_RECEIVED, G_GUINT64_CONSTANT (5000000000));
      wb_wire_note (wire, data, WB_WIRE_CLOSE, "closed");
      talk (wire, id, (const char *[]){ "<226 done", ">QUIT", "<221 bye", NULL });
    }
  wb_wire_note (wire, id, WB_WIRE_CLOSE, "closed");
}

static void
talk_pop3 (WbWire *wire)
{
  guint32 id = open_conversation (wire, "pop3", "tcp", FALSE, "127.0.0.1", 50004, 40110);

  talk (wire, id,
        (const char *[]){ "<+OK lab", ">STLS", "<+OK begin", "!TLS 1.3", ">USER student", "<+OK",
                          ">PASS ********", "<+OK", ">STAT", "<+OK 1 20", ">RETR 1", "<+OK",
                          "<Subject: x", "<", "<hello", "<.", ">QUIT", "<+OK bye", NULL });
  wb_wire_note (wire, id, WB_WIRE_CLOSE, "closed");
}

static void
talk_raw (WbWire *wire)
{
  g_autofree guint8 *big = g_malloc (200000);
  guint32 tcp = open_conversation (wire, "tcp", "tcp", FALSE, "127.0.0.1", 50005, 40991);
  guint32 tcp6 = open_conversation (wire, "tcp", "tcp", TRUE, "::1", 40992, 50006);
  guint32 udp = open_conversation (wire, "udp", "udp", FALSE, "127.0.0.1", 50007, 40993);
  guint32 udp6 = open_conversation (wire, "udp", "udp", TRUE, "::1", 40994, 50008);

  memset (big, 'x', 200000);
  wb_wire_append (wire, tcp, WB_WIRE_DATA, WB_WIRE_SENT, "ping\0", 5);
  wb_wire_note (wire, tcp, WB_WIRE_NOTE, "a remark with 王大鹏 and \xff");
  wb_wire_append (wire, tcp, WB_WIRE_DATA, WB_WIRE_RECEIVED, "pong", 4);
  wb_wire_append (wire, tcp, WB_WIRE_DATA, WB_WIRE_RECEIVED, big, 200000);
  wb_wire_append (wire, tcp, WB_WIRE_DATA, WB_WIRE_SENT, "thanks", 6);
  wb_wire_note (wire, tcp, WB_WIRE_ERROR, "it broke");
  wb_wire_note (wire, tcp, WB_WIRE_CLOSE, "closed");

  wb_wire_append (wire, tcp6, WB_WIRE_DATA, WB_WIRE_RECEIVED, "six", 3);
  wb_wire_append (wire, tcp6, WB_WIRE_DATA, WB_WIRE_SENT, "sixth", 5);

  wb_wire_append (wire, udp, WB_WIRE_DATA, WB_WIRE_SENT, "datagram", 8);
  wb_wire_append (wire, udp, WB_WIRE_DATA, WB_WIRE_RECEIVED, "odd", 3);
  wb_wire_append (wire, udp, WB_WIRE_DATA, WB_WIRE_SENT, "", 0);
  wb_wire_append (wire, udp, WB_WIRE_DATA, WB_WIRE_SENT, big, 65507);
  wb_wire_append (wire, udp6, WB_WIRE_DATA, WB_WIRE_RECEIVED, "datagram six", 12);
  wb_wire_note (wire, udp6, WB_WIRE_ERROR, "said after the last packet");

  wb_wire_append (wire, 9999, WB_WIRE_DATA, WB_WIRE_SENT, "of nobody", 9);
}

/* A socket that only takes requests. */
static void
wait_for_nobody (WbWire *wire)
{
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string ("127.0.0.1", 40996);
  guint32 id = wb_wire_open_conversation (wire, "tcp", "tcp", TRUE, local, NULL);

  wb_wire_note (wire, id, WB_WIRE_CONNECT, "waiting");
  wb_wire_note (wire, id, WB_WIRE_CLOSE, "closed");
}

/* A client and a server of our own, so that the log has both ends of it. */
static void
talk_with_ourselves (WbWire *wire)
{
  g_autoptr (GSocketAddress) one = g_inet_socket_address_new_from_string ("127.0.0.1", 50021);
  g_autoptr (GSocketAddress) other = g_inet_socket_address_new_from_string ("127.0.0.1", 40995);

  for (guint i = 0; i < 2; i++)
    {
      guint32 client = wb_wire_open_conversation (wire, "tcp", "tcp", FALSE, one, other);
      guint32 server = wb_wire_open_conversation (wire, "tcp", "tcp", TRUE, other, one);

      wb_wire_note (wire, client, WB_WIRE_CONNECT, "connected");
      wb_wire_note (wire, server, WB_WIRE_CONNECT, "connected");
      wb_wire_append (wire, client, WB_WIRE_DATA, WB_WIRE_SENT, "question", 8);
      wb_wire_append (wire, server, WB_WIRE_DATA, WB_WIRE_RECEIVED, "question", 8);
      wb_wire_append (wire, server, WB_WIRE_DATA, WB_WIRE_SENT, "answer", 6);
      wb_wire_append (wire, client, WB_WIRE_DATA, WB_WIRE_RECEIVED, "answer", 6);
      wb_wire_note (wire, client, WB_WIRE_CLOSE, "closed");
      wb_wire_note (wire, server, WB_WIRE_CLOSE, "closed");
    }
}

int
main (int argc, char *argv[])
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_autoptr (GError) error = NULL;

  talk_smtp (wire, "127.0.0.1");
  talk_smtp (wire, "::1");
  talk_ftp (wire, FALSE);
  talk_ftp (wire, TRUE);
  talk_pop3 (wire);
  talk_raw (wire);
  wait_for_nobody (wire);
  talk_with_ourselves (wire);

  if (argc != 2 || !wb_wire_export_file (wire, argv[1], NULL, &error))
    {
      g_printerr ("%s\n", error != NULL ? error->message : "wire-sample FILE");
      return 1;
    }
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sends many mails over one connection, logged as the program logs them:
 * bench-smtp-send PORT COUNT BYTES. */

#include "config.h"

#include "wb-smtp-client.h"

#include <stdlib.h>
#include <string.h>

static GBytes *
make_message (gsize size)
{
  static const char header[] = "From: <a@example.org>\r\nTo: <b@example.org>\r\n"
                               "Subject: bench\r\n\r\n";
  static const char line[] =
      "The quick brown fox jumps over the lazy dog, all day long and on.\r\n";
  GByteArray *text = g_byte_array_new ();

  g_byte_array_append (text, (const guint8 *) header, strlen (header));
  while (text->len < size)
    g_byte_array_append (text, (const guint8 *) line, strlen (line));
  return g_byte_array_free_to_bytes (text);
}

int
main (int argc, char **argv)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_autoptr (WbTrust) trust = wb_trust_new ();
  g_autoptr (WbSmtpClient) client = wb_smtp_client_new (wire, trust);
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;
  WbUrl url = { .host = (char *) "127.0.0.1", .tls = WB_TLS_NEVER };
  int count = 0;

  if (argc != 4)
    {
      g_printerr ("usage: bench-smtp-send PORT COUNT BYTES\n");
      return 2;
    }
  url.port = atoi (argv[1]);
  count = atoi (argv[2]);
  message = make_message (atoi (argv[3]));
  g_ptr_array_add (recipients, (gpointer) "b@example.org");

  if (!wb_smtp_client_connect (client, &url, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  for (int i = 0; i < count; i++)
    if (!wb_smtp_client_send (client, "a@example.org", recipients, message, NULL, NULL, NULL,
                              &error))
      {
        g_printerr ("mail %d: %s\n", i + 1, error->message);
        return 1;
      }
  if (!wb_smtp_client_quit (client, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}

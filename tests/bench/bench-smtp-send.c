/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sends many mails over one connection, logged as the program logs them:
 * bench-smtp-send PORT COUNT BYTES [CA-FILE], under TLS with the last. */

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

typedef struct
{
  WbSmtpMail mail;
  int left;
  gboolean fine;
} Run;

static gboolean
next_cb (WbSmtpMail *mail, gpointer user_data)
{
  Run *run = user_data;

  *mail = run->mail;
  return run->left-- > 0;
}

static void
sent_cb (const WbSmtpMail *mail, GPtrArray *results, const GError *error, gpointer user_data)
{
  Run *run = user_data;

  if (error != NULL)
    g_printerr ("%s\n", error->message);
  run->fine = run->fine && error == NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_autoptr (WbTrust) trust = wb_trust_new ();
  g_autoptr (WbSmtpClient) client = wb_smtp_client_new (wire, trust);
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();
  g_autoptr (GBytes) message = NULL;
  g_autoptr (WbMailSource) source = NULL;
  g_autoptr (GError) error = NULL;
  WbUrl url = { .host = (char *) "127.0.0.1", .tls = WB_TLS_NEVER };
  Run run = { { "a@example.org", recipients, NULL }, 0, TRUE };

  if (argc != 4 && argc != 5)
    {
      g_printerr ("usage: bench-smtp-send PORT COUNT BYTES [CA-FILE]\n");
      return 2;
    }
  if (argc == 5)
    {
      url.host = (char *) "localhost";
      url.tls = WB_TLS_IMPLICIT;
      if (!wb_trust_add_ca_file (trust, argv[4], &error))
        {
          g_printerr ("%s\n", error->message);
          return 1;
        }
    }
  url.port = atoi (argv[1]);
  run.left = atoi (argv[2]);
  message = make_message (atoi (argv[3]));
  source = wb_mail_source_new (message);
  g_ptr_array_add (recipients, (gpointer) "b@example.org");

  if (!wb_smtp_client_connect (client, &url, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  run.mail.message = source;
  wb_smtp_client_send_many (client, next_cb, sent_cb, &run, NULL);
  if (!run.fine)
    return 1;
  if (!wb_smtp_client_quit (client, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}

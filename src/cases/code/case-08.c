/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 08: an HTML mail. */

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
check (GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("%s\n", error->message);
  exit (1);
}

static GDataInputStream *replies;
static GOutputStream *commands;

/* Reads a reply to its last line, which has a space after the code. */
static void
read_reply (void)
{
  GError *error = NULL;
  char *line = NULL;

  do
    {
      g_free (line);
      line = g_data_input_stream_read_line (replies, NULL, NULL, &error);
      check (error);
      if (line == NULL)
        exit (1);
      printf ("S: %s\n", line);
    }
  while (strlen (line) > 3 && line[3] == '-');
  if (line[0] > '3')
    exit (1);
  g_free (line);
}

static void
say (const char *line)
{
  GError *error = NULL;

  printf ("C: %s\n", line);
  g_output_stream_printf (commands, NULL, NULL, &error, "%s\r\n", line);
  check (error);
  read_reply ();
}

/* From here to the relay in the clear; a real provider wants STARTTLS and a login first. */
static void
send_message (const char *message)
{
  GError *error = NULL;
  GSocketClient *dialler = g_socket_client_new ();
  GSocketConnection *connection = g_socket_client_connect_to_host (dialler, "127.0.0.1", 2525,
                                                                   NULL, &error);

  check (error);
  replies = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_data_input_stream_set_newline_type (replies, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  commands = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  read_reply ();
  say ("EHLO localhost");
  say ("MAIL FROM:<teacher@lab-a.test>");
  say ("RCPT TO:<student@lab-b.test>");
  say ("DATA");
  g_output_stream_printf (commands, NULL, NULL, &error, "%s", message);
  check (error);
  say (".");
  say ("QUIT");

  g_object_unref (replies);
  g_object_unref (connection);
  g_object_unref (dialler);
}

int
main (void)
{
  /* 1. Build the message: the same as plain text, but with subtype html. */
  const char *message = "From: teacher@lab-a.test\r\n"
                        "To: student@lab-b.test\r\n"
                        "Subject: A mail in HTML\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: text/html; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: 8bit\r\n"
                        "\r\n"
                        "<h1>Hello!</h1>\r\n"
                        "<p>This is <b>HTML</b>. 你好！</p>\r\n";

  /* 2. Send it by SMTP: MUA -> MTA. */
  send_message (message);

  return 0;
}

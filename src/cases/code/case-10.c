/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 10: headers with names in any script. */

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

/* One encoded word holds at most 75 letters, which is enough for the names here. */
static char *
encode_word (const char *text)
{
  char *letters = g_base64_encode ((const guchar *) text, strlen (text));
  char *word = g_strdup_printf ("=?utf-8?B?%s?=", letters);

  g_free (letters);
  return word;
}

int
main (void)
{
  /* 1. Write From, To, Cc and Subject as people read them. */
  const char *teacher = "李老师";
  const char *student = "王大鹏";
  const char *friend = "Zoë Müller";
  const char *subject = "你好，世界 – grüß dich";

  /* 2. Encode them as the standard says (RFC 2047): only ASCII goes by. */
  char *from = encode_word (teacher);
  char *to = encode_word (student);
  char *cc = encode_word (friend);
  char *title = encode_word (subject);
  char *message = g_strdup_printf ("From: %s <teacher@lab-a.test>\r\n"
                                   "To: %s <student@lab-b.test>\r\n"
                                   "Cc: %s <teacher@lab-a.test>\r\n"
                                   "Subject: %s\r\n"
                                   "\r\n"
                                   "Look at the headers of this mail.\r\n",
                                   from, to, cc, title);
  printf ("%s", message);

  /* 3. Send it by SMTP: MUA -> MTA. */
  send_message (message);

  g_free (message);
  g_free (title);
  g_free (cc);
  g_free (to);
  g_free (from);
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 06: FTP, there and back. */

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

static GSocketClient *dialler;
static GDataInputStream *replies;
static GOutputStream *commands;

/* Reads a reply to its last line, which has a space after the code. */
static char *
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
      printf ("%s\n", line);
    }
  while (strlen (line) < 4 || !g_ascii_isdigit (line[0]) || line[3] != ' ');
  if (line[0] > '3')
    exit (1);
  return line;
}

static void
command (const char *verb, const char *argument)
{
  GError *error = NULL;

  g_output_stream_printf (commands, NULL, NULL, &error, "%s%s%s\r\n", verb,
                          *argument != '\0' ? " " : "", argument);
  check (error);
  g_free (read_reply ());
}

/* Passive mode: the server names a port, and we connect to it. */
static GSocketConnection *
begin_transfer (const char *verb, const char *argument)
{
  GError *error = NULL;
  guint port = 0;

  g_output_stream_printf (commands, NULL, NULL, &error, "EPSV\r\n");
  check (error);
  char *reply = read_reply ();
  const char *bars = strstr (reply, "|||");
  if (bars != NULL)
    port = strtoul (bars + 3, NULL, 10);
  g_free (reply);

  GSocketConnection *data = g_socket_client_connect_to_host (dialler, "127.0.0.1", port, NULL,
                                                             &error);
  check (error);
  command (verb, argument);
  return data;
}

static void
end_transfer (GSocketConnection *data)
{
  g_io_stream_close (G_IO_STREAM (data), NULL, NULL);
  g_object_unref (data);
  g_free (read_reply ());
}

static void
print_all (GSocketConnection *data)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (data));
  char buffer[65536];
  gssize length;

  while ((length = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL)) > 0)
    printf ("%.*s", (int) length, buffer);
}

int
main (void)
{
  const char *content = "Hello, FTP! 你好！\n";
  GError *error = NULL;

  /* 1. Connect to the host. */
  dialler = g_socket_client_new ();
  GSocketConnection *control = g_socket_client_connect_to_host (dialler, "127.0.0.1", 2121, NULL,
                                                                &error);
  check (error);
  replies = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (control)));
  g_data_input_stream_set_newline_type (replies, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  commands = g_io_stream_get_output_stream (G_IO_STREAM (control));
  g_free (read_reply ());

  /* 2. Log in: user and password, or "anonymous" and an e-mail address. */
  command ("USER", "anonymous");
  command ("PASS", "me@example.org");
  command ("TYPE", "I");

  /* 3. List the folder. */
  GSocketConnection *data = begin_transfer ("LIST", "");
  print_all (data);
  end_transfer (data);

  /* 4. Change to another folder. */
  command ("CWD", "documents");

  /* 5. Transfer: a file up, and down again. */
  data = begin_transfer ("STOR", "hello.txt");
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (data)), content,
                             strlen (content), NULL, NULL, &error);
  check (error);
  end_transfer (data);
  data = begin_transfer ("RETR", "hello.txt");
  print_all (data);
  end_transfer (data);
  command ("DELE", "hello.txt");

  /* 6. Leave. */
  command ("QUIT", "");

  g_object_unref (replies);
  g_object_unref (control);
  g_object_unref (dialler);
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 12: receiving by POP3. */

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

static char *
read_line (void)
{
  GError *error = NULL;
  char *line = g_data_input_stream_read_line (replies, NULL, NULL, &error);

  check (error);
  if (line == NULL)
    exit (1);
  return line;
}

static char *
ask (const char *verb, const char *argument)
{
  GError *error = NULL;
  char *reply;

  g_output_stream_printf (commands, NULL, NULL, &error, "%s%s%s\r\n", verb,
                          *argument != '\0' ? " " : "", argument);
  check (error);
  reply = read_line ();
  printf ("%s\n", reply);
  if (!g_str_has_prefix (reply, "+OK"))
    exit (1);
  return reply;
}

/* The lines of a longer answer, up to the one that is a single dot. */
static GPtrArray *
read_lines (void)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  char *line;

  while (strcmp (line = read_line (), ".") != 0)
    {
      g_ptr_array_add (lines, g_strdup (*line == '.' ? line + 1 : line));
      g_free (line);
    }
  g_free (line);
  return lines;
}

int
main (void)
{
  GError *error = NULL;
  GSocketClient *dialler = g_socket_client_new ();
  GSocketConnection *connection = g_socket_client_connect_to_host (dialler, "127.0.0.1", 2110,
                                                                   NULL, &error);

  check (error);
  replies = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_data_input_stream_set_newline_type (replies, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  commands = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_free (read_line ());

  /* 1. Authenticate. Some providers want an authorization code as password. */
  g_free (ask ("USER", "student@lab-b.test"));
  g_free (ask ("PASS", "secret"));

  /* 2. Ask how much there is, and for the list. */
  char *state = ask ("STAT", "");
  guint count = strtoul (state + strlen ("+OK "), NULL, 10);
  g_free (ask ("LIST", ""));
  GPtrArray *list = read_lines ();
  for (guint i = 0; i < list->len; i++)
    printf ("%s\n", (char *) list->pdata[i]);

  /* 3. Fetch one message by its number: the newest. */
  char *number = g_strdup_printf ("%u", count);
  g_free (ask ("RETR", number));
  GPtrArray *lines = read_lines ();

  /* 4. Parse the structure: headers up to the empty line, then the body. */
  guint body = 0;
  while (body < lines->len && *(char *) lines->pdata[body] != '\0')
    printf ("header: %s\n", (char *) lines->pdata[body++]);
  for (guint i = body + 1; i < lines->len; i++)
    printf ("%s\n", (char *) lines->pdata[i]);

  g_free (ask ("QUIT", ""));
  g_ptr_array_unref (lines);
  g_ptr_array_unref (list);
  g_free (number);
  g_free (state);
  g_object_unref (replies);
  g_object_unref (connection);
  g_object_unref (dialler);
  return 0;
}

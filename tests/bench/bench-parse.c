/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads many mails: what a list and a reader need of each (subject, sender, recipients, date,
 * text), beside GMime alone doing the same; then keeps them in a mailbox. One JSON object on
 * stdout: bench-parse [COUNT [FOLDER]] */

#include "config.h"

#include "wb-draft.h"
#include "wb-maildir.h"
#include "wb-message.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 5

static char *
repeat (const char *text, guint count)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < count; i++)
    g_string_append (out, text);
  return g_string_free (out, FALSE);
}

/* Five kinds of mail, about 8 KiB each. */
static GBytes *
make_message (guint number)
{
  g_autoptr (WbDraft) draft = wb_draft_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *english = repeat ("The quick brown fox jumps over the lazy dog.\n", 60);
  g_autofree char *chinese = repeat ("您好，这是一封用来测量速度的测试邮件。\n", 90);
  g_autofree char *html =
      repeat ("<p>Grüße <b>naïve</b> <a href=\"https://x.example/\">x</a></p>\n", 50);
  g_autofree char *subject = g_strdup_printf ("测试主题 number %u", number);
  g_autofree guint8 *noise = g_malloc (4000);
  g_autoptr (GBytes) attached = NULL;
  GBytes *message;

  for (guint i = 0; i < 4000; i++)
    noise[i] = (guint8) (i * 37 + number);
  attached = g_bytes_new (noise, 4000);
  wb_draft_set_from (draft, "王大鹏 <user@example.com>");
  wb_draft_add_address (draft, WB_DRAFT_TO, "\"Doe, John\" <john@a.example>, 李娜 <li@b.example>");
  wb_draft_set_subject (draft, subject);
  switch (number % 5)
    {
    case 0:
      wb_draft_set_text (draft, english);
      break;
    case 1:
      wb_draft_set_text (draft, chinese);
      break;
    case 2:
      wb_draft_set_text (draft, chinese);
      wb_draft_set_charset (draft, "GB18030");
      break;
    case 3:
      wb_draft_set_text (draft, english);
      wb_draft_set_html (draft, html);
      break;
    default:
      wb_draft_set_text (draft, english);
      wb_draft_attach_bytes (draft, attached, "附件.bin", "application/octet-stream", NULL);
      break;
    }
  message = wb_draft_build (draft, &error);
  if (message == NULL)
    g_error ("%s", error->message);
  return message;
}

static gsize
read_ours (GBytes *bytes)
{
  g_autoptr (WbMessage) message = wb_message_parse (bytes, NULL);
  g_autoptr (GPtrArray) from = wb_message_get_mailboxes (message, "From");
  g_autoptr (GPtrArray) to = wb_message_get_mailboxes (message, "To");
  g_autoptr (GDateTime) date = wb_message_get_date (message);
  const char *html = wb_message_get_html (message);

  return strlen (wb_message_get_header (message, "Subject")) + from->len + to->len +
         (date != NULL) + strlen (wb_message_get_text (message)) +
         (html != NULL ? strlen (html) : 0);
}

static void
count_text_cb (GMimeObject *parent, GMimeObject *part, gpointer user_data)
{
  gsize *total = user_data;
  g_autofree char *text = NULL;

  if (!GMIME_IS_TEXT_PART (part))
    return;
  text = g_mime_text_part_get_text (GMIME_TEXT_PART (part));
  *total += text != NULL ? strlen (text) : 0;
}

static gsize
read_bare (GBytes *bytes)
{
  GMimeStream *stream =
      g_mime_stream_mem_new_with_buffer (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
  gsize total = strlen (g_mime_message_get_subject (message));

  total += internet_address_list_length (g_mime_message_get_from (message));
  total += internet_address_list_length (g_mime_message_get_to (message));
  total += g_mime_message_get_date (message) != NULL;
  g_mime_message_foreach (message, count_text_cb, &total);
  g_object_unref (message);
  g_object_unref (parser);
  g_object_unref (stream);
  return total;
}

/* Of the processor, which is all that this takes, so that other programs count less. */
static double
seconds_used (void)
{
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (double) used.tv_sec + (double) used.tv_nsec / 1e9;
}

static double
measure (GPtrArray *messages, gsize (*read_one) (GBytes *))
{
  double begin = seconds_used ();
  gsize total = 0;

  for (guint i = 0; i < messages->len; i++)
    total += read_one (messages->pdata[i]);
  if (total == 0)
    g_error ("nothing was read");
  return seconds_used () - begin;
}

/* The best of some rounds, in seconds; in turn, so that both meet the same machine. */
static void
compare (GPtrArray *messages, double *ours, double *bare)
{
  *ours = *bare = G_MAXDOUBLE;
  for (guint round = 0; round < ROUNDS; round++)
    {
      *bare = MIN (*bare, measure (messages, read_bare));
      *ours = MIN (*ours, measure (messages, read_ours));
    }
}

static double
measure_store (GPtrArray *messages, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbMaildir) maildir = wb_maildir_open (folder, &error);
  gint64 begin = g_get_monotonic_time ();

  if (maildir == NULL || !wb_maildir_deliver_many (maildir, messages, NULL, &error))
    g_error ("%s", error->message);
  return (g_get_monotonic_time () - begin) / 1e6;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  int count = argc > 1 ? atoi (argv[1]) : 10000;
  gsize bytes = 0;
  double ours;
  double bare;

  for (int i = 0; i < count; i++)
    {
      g_ptr_array_add (messages, make_message ((guint) i));
      bytes += g_bytes_get_size (messages->pdata[i]);
    }
  compare (messages, &ours, &bare);
  printf ("{\"bench\": \"parse\", \"messages\": %d, \"bytes\": %zu, \"rows\": [{\"what\": "
          "\"mail read\", \"unit\": \"1/s\", \"ours\": %.0f, \"peers\": {\"bare GMime\": %.0f}, "
          "\"ratio\": %.3f}",
          count, bytes, count / ours, count / bare, bare / ours);
  if (argc > 2)
    printf (
        ", {\"what\": \"mail stored in one go\", \"unit\": \"1/s\", \"ours\": %.0f, \"peers\": {}, "
        "\"ratio\": null}",
        count / measure_store (messages, argv[2]));
  printf ("]}\n");
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-mail-mailbox.h"

#include "wb-json.h"
#include "wb-message.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

/* What a line of the list shows of a message. */
typedef struct
{
  char *from;
  char *subject;
  GDateTime *date;
} Summary;

static void
summary_clear (Summary *summary)
{
  g_free (summary->from);
  g_free (summary->subject);
  g_clear_pointer (&summary->date, g_date_time_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Summary, summary_clear)

/* @top is the beginning of a message, or NULL where the server did not show it. */
static void
summary_init (Summary *summary, GBytes *top)
{
  g_autoptr (WbMessage) message = top != NULL ? wb_message_parse (top, NULL) : NULL;
  g_autoptr (GPtrArray) senders = NULL;

  if (message == NULL)
    return;
  senders = wb_message_get_mailboxes (message, "From");
  if (senders->len > 0)
    {
      const WbMailbox *sender = g_ptr_array_index (senders, 0);

      summary->from = sender->name != NULL
                          ? g_strdup_printf ("%s <%s>", sender->name, sender->address)
                          : g_strdup (sender->address);
    }
  summary->subject = g_strdup (wb_message_get_header (message, "Subject"));
  summary->date = wb_message_get_date (message);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
print_json (WbCli *cli, const WbPop3Item *item, const Summary *summary)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *date = NULL;
  g_autofree char *text = NULL;

  if (summary->date != NULL)
    date = g_date_time_format_iso8601 (summary->date);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "number");
  json_builder_add_int_value (builder, item->number);
  add_text (builder, "uid", item->uid);
  json_builder_set_member_name (builder, "size");
  json_builder_add_int_value (builder, item->size);
  add_text (builder, "from", summary->from);
  add_text (builder, "subject", summary->subject);
  add_text (builder, "date", date);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  text = wb_json_to_string (root);
  wb_cli_print (cli, "%s\n", text);
}

/* Text from strangers, cut to a column and without what steers a terminal. */
static char *
fit (const char *text, glong width)
{
  g_autoptr (GString) out = g_string_new (NULL);
  glong count = 0;

  for (const char *p = text != NULL ? text : ""; *p != '\0' && count < width;
       p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean shown = !g_unichar_iscntrl (c) && g_unichar_type (c) != G_UNICODE_FORMAT;

      count += g_unichar_iswide (c) ? 2 : 1;
      g_string_append_unichar (out, shown ? c : ' ');
    }
  for (; count < width; count++)
    g_string_append_c (out, ' ');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
print_line (WbCli *cli, const WbPop3Item *item, const Summary *summary)
{
  g_autofree char *size = g_format_size (item->size);
  g_autofree char *from = fit (summary->from, 32);
  g_autofree char *subject = fit (summary->subject, 60);
  g_autofree char *date = NULL;

  date =
      summary->date != NULL ? g_date_time_format (summary->date, "%Y-%m-%d %H:%M") : g_strdup ("");
  wb_cli_print (cli, "%5u  %10s  %-16s  %s  %s\n", item->number, size, date, from,
                g_strchomp (subject));
}

static gboolean
print_cb (const WbPop3Item *item, GBytes *top, gpointer user_data, GError **error)
{
  WbCli *cli = user_data;
  g_auto (Summary) summary = { 0 };

  summary_init (&summary, top);
  if (wb_cli_get_json (cli))
    print_json (cli, item, &summary);
  else
    print_line (cli, item, &summary);
  return TRUE;
}

/* The server may be able to show no beginnings, which TOP is for (an optional command): then what
 * LIST told has to do. */
static gboolean
print_all (WbCli *cli, WbCliMailbox *mailbox, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) first = NULL;
  GCancellable *cancellable = wb_cli_get_cancellable (cli);

  if (mailbox->chosen->len == 0)
    return TRUE;
  first = wb_pop3_client_top (mailbox->client,
                              ((WbPop3Item *) g_ptr_array_index (mailbox->chosen, 0))->number, 0,
                              cancellable, &local_error);
  if (first != NULL)
    return wb_pop3_client_top_many (mailbox->client, mailbox->chosen, 0, print_cb, cli, cancellable,
                                    error);
  if (!g_error_matches (local_error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  for (guint i = 0; i < mailbox->chosen->len; i++)
    print_cb (g_ptr_array_index (mailbox->chosen, i), NULL, cli, NULL);
  return TRUE;
}

/**
 * wb_cli_mail_list:
 *
 * `wire mail list URL`: a line a message.
 *
 * Returns: the exit code
 */
int
wb_cli_mail_list (WbCli *cli)
{
  g_auto (WbCliMailbox) mailbox = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean fine = FALSE;
  int status = WB_CLI_DONE;

  if (!wb_cli_mailbox_parse (cli, &mailbox, FALSE, &status))
    return status;

  fine = wb_cli_mailbox_open (cli, &mailbox, &error) && print_all (cli, &mailbox, &error);
  wb_cli_mailbox_warn (cli, &mailbox);
  if (!fine)
    return wb_cli_fail (cli, error);
  wb_pop3_client_quit (mailbox.client, wb_cli_get_cancellable (cli), NULL);
  return WB_CLI_DONE;
}

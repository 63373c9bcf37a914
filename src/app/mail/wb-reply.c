/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-reply.h"

#include "wb-html-pictures.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * wb_html_from_text:
 * @text: plain text
 *
 * Any thread.
 *
 * Returns: (transfer full): the same as HTML, a `div` a line
 */
char *
wb_html_from_text (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *html = g_string_new (NULL);

  for (guint i = 0; lines[i]; i++)
    {
      g_autofree char *escaped = g_markup_escape_text (g_strchomp (lines[i]), -1);

      g_string_append_printf (html, "<div>%s</div>", *escaped ? escaped : "<br>");
    }
  return g_string_free (html, FALSE);
}

static char *
format_mailbox (const WbMailbox *mailbox)
{
  g_auto (GStrv) pieces = NULL;
  g_autofree char *name = NULL;

  if (!mailbox->name || !*mailbox->name)
    return g_strdup (mailbox->address);
  pieces = g_strsplit_set (mailbox->name, "\\\"\r\n", -1);
  name = g_strjoinv ("", pieces);
  return g_strdup_printf ("\"%s\" <%s>", name, mailbox->address);
}

static void
append_mailboxes (GString *text, GHashTable *seen, WbMessage *message, const char *field)
{
  g_autoptr (GPtrArray) mailboxes = wb_message_get_mailboxes (message, field);

  for (guint i = 0; mailboxes && i < mailboxes->len; i++)
    {
      const WbMailbox *mailbox = g_ptr_array_index (mailboxes, i);
      g_autofree char *whole = NULL;

      if (!mailbox->address || !*mailbox->address ||
          !g_hash_table_add (seen, g_ascii_strdown (mailbox->address, -1)))
        continue;
      whole = format_mailbox (mailbox);
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", whole);
    }
}

static char *
prefix_subject (WbMessage *message, const char *prefix)
{
  const char *subject = wb_message_get_header (message, "Subject");

  if (!subject)
    subject = "";
  if (g_ascii_strncasecmp (subject, prefix, strlen (prefix)) == 0)
    return g_strdup (subject);
  return g_strdup_printf ("%s %s", prefix, subject);
}

static char *
first_sender (WbMessage *message)
{
  g_autoptr (GPtrArray) from = wb_message_get_mailboxes (message, "From");

  return from && from->len > 0 ? format_mailbox (g_ptr_array_index (from, 0))
                               : g_strdup (_ ("somebody"));
}

static char *
format_when (WbMessage *message)
{
  g_autoptr (GDateTime) date = wb_message_get_date (message);
  g_autoptr (GDateTime) local = date ? g_date_time_to_local (date) : NULL;

  return local ? g_date_time_format (local, "%x %H:%M") : g_strdup (_ ("an unknown day"));
}

static GBytes *
get_picture (const char *id, char **type, gpointer user_data)
{
  return wb_message_get_cid_content (user_data, id, type);
}

/* What was written before, as HTML with its pictures; the editor cleans it. */
static char *
quoted_html (WbMessage *message)
{
  const char *html = wb_message_get_html (message);
  const char *text = wb_message_get_text (message);

  if (html)
    return wb_html_put_pictures (html, get_picture, message);
  return wb_html_from_text (text ? text : "");
}

static char *
quoted_text (WbMessage *message)
{
  const char *text = wb_message_get_text (message);
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);
  GString *quoted = g_string_new (NULL);

  for (guint i = 0; lines[i]; i++)
    if (lines[i + 1] || *lines[i])
      g_string_append_printf (quoted, "> %s\n", g_strchomp (lines[i]));
  return g_string_free (quoted, FALSE);
}

/**
 * wb_reply_new:
 * @message: what to answer
 * @own_addresses: (nullable): those of who answers, and so needs no copy
 * @all: whether everybody gets the answer
 *
 * Any thread.
 *
 * Returns: (transfer full): addresses, subject, thread and quotation
 */
WbComposition *
wb_reply_new (WbMessage *message, const char *const *own_addresses, gboolean all)
{
  WbComposition *self = wb_composition_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GString *to = g_string_new (NULL);
  GString *cc = g_string_new (NULL);
  g_autofree char *sender = first_sender (message);
  g_autofree char *when = format_when (message);
  g_autofree char *line = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *html = quoted_html (message);
  g_autofree char *text = quoted_text (message);

  append_mailboxes (to, seen, message, "Reply-To");
  if (to->len == 0)
    append_mailboxes (to, seen, message, "From");
  for (guint i = 0; own_addresses && own_addresses[i]; i++)
    g_hash_table_add (seen, g_ascii_strdown (own_addresses[i], -1));
  if (all)
    {
      append_mailboxes (cc, seen, message, "To");
      append_mailboxes (cc, seen, message, "Cc");
    }
  self->to = g_string_free (to, FALSE);
  self->cc = g_string_free (cc, FALSE);
  self->subject = prefix_subject (message, "Re:");
  self->in_reply_to = g_strdup (wb_message_get_header (message, "Message-ID"));
  self->references = g_strdup (wb_message_get_header (message, "References"));
  /* Translators: the first %s is a day and time, the second a sender */
  line = g_strdup_printf (_ ("On %s, %s wrote:"), when, sender);
  escaped = g_markup_escape_text (line, -1);
  self->html =
      g_strdup_printf ("<div><br></div><div>%s</div><blockquote>%s</blockquote>", escaped, html);
  self->text = g_strdup_printf ("\n%s\n%s", line, text);
  return self;
}

/**
 * wb_forward_new:
 * @message: what to pass on
 *
 * Any thread.
 *
 * Returns: (transfer full): subject, text and attachments; no recipient yet
 */
WbComposition *
wb_forward_new (WbMessage *message)
{
  static const char *const fields[] = { "From", "Date", "Subject", "To", "Cc" };
  WbComposition *self = wb_composition_new ();
  g_autoptr (GPtrArray) attachments = wb_message_get_attachments (message);
  g_autofree char *quoted = quoted_html (message);
  const char *plain = wb_message_get_text (message);
  GString *html = g_string_new ("<div><br></div>");
  GString *text = g_string_new ("\n");
  g_autofree char *title = g_markup_escape_text (_ ("Forwarded mail:"), -1);

  g_string_append_printf (html, "<div>%s</div>", title);
  g_string_append_printf (text, "%s\n", _ ("Forwarded mail:"));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *value = wb_message_get_header (message, fields[i]);
      g_autofree char *escaped = value ? g_markup_escape_text (value, -1) : NULL;

      if (!value)
        continue;
      g_string_append_printf (html, "<div><b>%s:</b> %s</div>", fields[i], escaped);
      g_string_append_printf (text, "%s: %s\n", fields[i], value);
    }
  g_string_append_printf (html, "<div><br></div>%s", quoted);
  g_string_append_printf (text, "\n%s", plain ? plain : "");
  self->subject = prefix_subject (message, "Fwd:");
  self->html = g_string_free (html, FALSE);
  self->text = g_string_free (text, FALSE);
  for (guint i = 0; i < attachments->len; i++)
    {
      const WbMessagePart *part = g_ptr_array_index (attachments, i);
      g_autoptr (GBytes) bytes = wb_message_get_part_content (message, part->number);

      if (bytes)
        g_ptr_array_add (self->attachments,
                         wb_attachment_new_for_bytes (bytes, part->file_name, part->type));
    }
  return self;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-outbox-envelope.h"

#include <string.h>

/* The envelope travels with the message in one file, so that one durable write keeps both; Bcc
 * stands nowhere else. */
#define SENDER "X-Wirebench-Sender: "
#define RECIPIENT "X-Wirebench-Recipient: "
#define REPORTS "X-Wirebench-Reports: "

/**
 * wb_outbox_envelope_clear:
 *
 * Frees what is in it.
 */
void
wb_outbox_envelope_clear (WbOutboxEnvelope *self)
{
  g_clear_pointer (&self->sender, g_free);
  g_clear_pointer (&self->recipients, g_ptr_array_unref);
}

/**
 * wb_outbox_wrap:
 * @message: as it will be sent
 * @envelope: its envelope, with a sender and recipients
 *
 * Any thread.
 *
 * Returns: (transfer full): what to keep in the Outbox
 */
WbMailSource *
wb_outbox_wrap (WbMailSource *message, const WbOutboxEnvelope *envelope)
{
  GString *lines = g_string_new (NULL);
  g_autoptr (GBytes) front = NULL;

  g_string_append_printf (lines, SENDER "%s\r\n", envelope->sender);
  for (guint i = 0; i < envelope->recipients->len; i++)
    g_string_append_printf (lines, RECIPIENT "%s\r\n",
                            (const char *) envelope->recipients->pdata[i]);
  /* RFC 3461 */
  if (envelope->notify != WB_SMTP_NOTIFY_DEFAULT || envelope->returned != WB_SMTP_RETURN_DEFAULT)
    g_string_append_printf (lines, REPORTS "%u %u\r\n", envelope->notify, envelope->returned);
  front = g_string_free_to_bytes (lines);
  return wb_mail_source_replace_front (message, 0, front);
}

static void
read_reports (const char *values, WbOutboxEnvelope *envelope)
{
  char *end = NULL;

  envelope->notify = (WbSmtpNotify) (g_ascii_strtoull (values, &end, 10) & 0xf);
  envelope->returned =
      (WbSmtpReturn) MIN (g_ascii_strtoull (end, NULL, 10), WB_SMTP_RETURN_HEADERS);
}

/* Whether @line is one of the envelope, which is then in @envelope. */
static gboolean
read_line (const char *line, WbOutboxEnvelope *envelope)
{
  if (g_str_has_prefix (line, SENDER) && envelope->sender == NULL)
    envelope->sender = g_strdup (line + strlen (SENDER));
  else if (g_str_has_prefix (line, RECIPIENT))
    g_ptr_array_add (envelope->recipients, g_strdup (line + strlen (RECIPIENT)));
  else if (g_str_has_prefix (line, REPORTS))
    read_reports (line + strlen (REPORTS), envelope);
  else
    return FALSE;
  return TRUE;
}

/**
 * wb_outbox_unwrap:
 * @wrapped: from the Outbox
 * @envelope: (out) (optional): what to clear afterwards, also on failure
 *
 * Blocks where it is in a file; any thread.
 *
 * Returns: (transfer full): the message as it will be sent, or %NULL with %WB_MAIL_ERROR_INVALID
 *   set where it cannot be read
 */
WbMailSource *
wb_outbox_unwrap (WbMailSource *wrapped, WbOutboxEnvelope *envelope, GError **error)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) header = NULL;
  g_auto (WbOutboxEnvelope) found = {
    .recipients = g_ptr_array_new_with_free_func (g_free),
    .notify = WB_SMTP_NOTIFY_DEFAULT,
    .returned = WB_SMTP_RETURN_DEFAULT,
  };
  const char *data = NULL;
  gsize size = 0;
  gsize at = 0;

  if (envelope != NULL)
    *envelope = (WbOutboxEnvelope){ 0 };
  header = wb_mail_source_read_header (wrapped, error);
  if (header == NULL)
    return NULL;
  data = g_bytes_get_data (header, &size);
  while (at < size)
    {
      const char *end = memchr (data + at, '\n', size - at);
      g_autofree char *line = end != NULL ? g_strndup (data + at, (gsize) (end - data) - at) : NULL;

      if (line == NULL || !read_line (g_strchomp (line), &found))
        break;
      at = (gsize) (end - data) + 1;
    }
  if (envelope != NULL)
    {
      *envelope = found;
      found = (WbOutboxEnvelope){ 0 };
    }
  return wb_mail_source_replace_front (wrapped, at, nothing);
}

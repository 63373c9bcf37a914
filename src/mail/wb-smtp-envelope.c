/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-smtp-envelope.h"

#include "wb-error.h"
#include "wb-smtp-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* RFC 5321 §4.5.3.1.6, without the line's end. */
#define LINE_MAX_OCTETS 998

/* RFC 5321 §4.5.3.1.3 asks for 256 octets; some more does no harm. */
#define ADDRESS_MAX 512

/* Whether the text is all ASCII. Written so that the compiler turns it into vector code. */
static gboolean
is_ascii (const guint8 *text, gsize length)
{
  guint8 seen = 0;

  for (gsize i = 0; i < length; i++)
    seen |= text[i];
  return seen < 0x80;
}

/* What is known of a message of which some has been seen. */
typedef struct
{
  guint64 octets;
  guint64 line; /* of the line that is not ended yet */
  guint64 longest;
  char last;
  gboolean any;
  gboolean in_header;
} Scan;

/* How long the header is, up to the empty line. */
static gsize
get_header_length (const char *text, gsize length)
{
  const char *end = text + length;

  for (const char *p = text; p < end && (p = memchr (p, '\n', end - p)) != NULL; p++)
    {
      if (p + 1 < end && p[1] == '\n')
        return p - text;
      if (p + 2 < end && p[1] == '\r' && p[2] == '\n')
        return p - text;
    }
  return length;
}

/* Counts what the message will measure once every bare CR and bare LF is a CRLF. */
static void
count_octets (Scan *scan, const char *text, gsize length)
{
  const char *end = text + length;
  const char *line = text;

  scan->octets += length;
  for (const char *p = text; p < end && (p = memchr (p, '\n', end - p)) != NULL; p++)
    {
      scan->octets += (p > text ? p[-1] : scan->last) != '\r';
      scan->longest = MAX (scan->longest, scan->line + (p - line));
      scan->line = 0;
      line = p + 1;
    }
  scan->line += end - line;
  scan->longest = MAX (scan->longest, scan->line);

  /* A CR at the end of a piece is counted when it is known what follows. */
  scan->octets += scan->last == '\r' && *text != '\n';
  for (const char *p = text; p < end && (p = memchr (p, '\r', end - p)) != NULL; p++)
    scan->octets += p + 1 < end && p[1] != '\n';
}

static void
scan_piece (WbSmtpEnvelope *self, Scan *scan, const char *text, gsize length)
{
  count_octets (scan, text, length);
  self->binary = self->binary || memchr (text, '\0', length) != NULL;
  if (!is_ascii ((const guint8 *) text, length))
    self->eight_bit = TRUE;
  if (scan->in_header)
    {
      gsize header = get_header_length (text, length);

      if (self->needs_utf8 == NULL && !is_ascii ((const guint8 *) text, header))
        self->needs_utf8 = g_strdup ("");
      scan->in_header = header == length;
    }
  scan->last = text[length - 1];
  scan->any = TRUE;
}

/* Reads all of the message once. */
static gboolean
scan_message (WbSmtpEnvelope *self, WbMailSource *message, GError **error)
{
  Scan scan = { .in_header = TRUE };
  guint64 size = wb_mail_source_get_size (message);

  for (guint64 at = 0; at < size;)
    {
      g_autoptr (GBytes) piece = wb_mail_source_read (message, at, error);
      gsize length = 0;
      const char *text = NULL;

      if (piece == NULL)
        return FALSE;
      text = g_bytes_get_data (piece, &length);
      scan_piece (self, &scan, text, length);
      at += length;
    }
  if (scan.last == '\r')
    scan.octets++;
  else if (!scan.any || scan.last != '\n')
    scan.octets += 2;
  self->size = scan.octets;
  /* The CR of a CRLF is counted with its line. */
  self->long_lines = scan.longest > LINE_MAX_OCTETS + 1;
  return TRUE;
}

static gboolean
refuse_address (const char *address, const char *why, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (address, -1);

  for (char *p = shown; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
               /* Translators: the first %s is an address, the second a sentence that says what is
                  wrong with it. */
               _ ("“%s” cannot be used as a mail address. %s"), shown, why);
  return FALSE;
}

static gboolean
check_address (const char *address, GError **error)
{
  const char *at = strrchr (address, '@');
  gboolean quoted = FALSE;

  if (strpbrk (address, "\r\n") != NULL)
    return refuse_address (address,
                           _ ("It contains a line break, which would start a new command."), error);
  if (!g_utf8_validate (address, -1, NULL))
    return refuse_address (address, _ ("It is not valid UTF-8."), error);
  if (strlen (address) > ADDRESS_MAX)
    return refuse_address (address, _ ("It is too long."), error);
  if (at == address || (at != NULL && at[1] == '\0') || *address == '\0')
    return refuse_address (address, _ ("It needs a name before the @ and a domain after it."),
                           error);

  for (const char *p = address; *p != '\0'; p++)
    {
      if (g_ascii_iscntrl (*p))
        return refuse_address (address, _ ("It contains a control character."), error);
      if (*p == '\\' && quoted && p[1] != '\0')
        p++;
      else if (*p == '"')
        quoted = !quoted;
      else if (!quoted && strchr (" <>", *p) != NULL)
        return refuse_address (
            address, _ ("Spaces and angle brackets do not belong into it; give the bare address."),
            error);
    }
  if (quoted)
    return refuse_address (address, _ ("A quotation mark is missing."), error);
  return TRUE;
}

/* The form of an address that goes on the wire: a domain in another script becomes its ASCII
 * form, so that only a local part outside ASCII asks for SMTPUTF8. */
static char *
prepare_address (const char *address, GError **error)
{
  const char *at = NULL;
  g_autofree char *local = NULL;
  g_autofree char *domain = NULL;

  if (!check_address (address, error))
    return NULL;
  at = strrchr (address, '@');
  if (at == NULL || is_ascii ((const guint8 *) at, strlen (at)))
    return g_strdup (address);

  domain = g_hostname_to_ascii (at + 1);
  if (domain == NULL)
    {
      refuse_address (address, _ ("Its domain cannot be written in ASCII."), error);
      return NULL;
    }
  local = g_strndup (address, at + 1 - address);
  return g_strconcat (local, domain, NULL);
}

static void
note_utf8 (WbSmtpEnvelope *self, const char *address)
{
  if (self->needs_utf8 == NULL && !is_ascii ((const guint8 *) address, strlen (address)))
    self->needs_utf8 = g_strdup (address);
}

/**
 * wb_smtp_envelope_new:
 * @sender: user@host without angle brackets, or "" for a report that nobody answers
 * @recipients: (element-type utf8): one or more, of the same form
 * @message: header, empty line, body
 *
 * Looks at a message as SMTP does, before a byte is sent. An address with a line break, a
 * control character, a bare space or an angle bracket is refused here.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): the envelope, or %NULL with %WB_MAIL_ERROR_INVALID set
 */
WbSmtpEnvelope *
wb_smtp_envelope_new (const char *sender,
                      GPtrArray *recipients,
                      WbMailSource *message,
                      GError **error)
{
  g_autoptr (WbSmtpEnvelope) self = NULL;

  g_return_val_if_fail (sender != NULL, NULL);
  g_return_val_if_fail (recipients != NULL, NULL);
  g_return_val_if_fail (message != NULL, NULL);

  self = g_new0 (WbSmtpEnvelope, 1);
  self->recipients = g_ptr_array_new_with_free_func (g_free);
  self->sender = *sender == '\0' ? g_strdup ("") : prepare_address (sender, error);
  if (self->sender == NULL)
    {
      g_prefix_error (error, "%s ", _ ("The sender cannot be used."));
      return NULL;
    }
  note_utf8 (self, self->sender);

  if (recipients->len == 0)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           _ ("The message has no recipient. Add at least one."));
      return NULL;
    }
  for (guint i = 0; i < recipients->len; i++)
    {
      char *recipient = prepare_address (g_ptr_array_index (recipients, i), error);

      if (recipient == NULL)
        return NULL;
      g_ptr_array_add (self->recipients, recipient);
      note_utf8 (self, recipient);
    }

  if (!scan_message (self, message, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * wb_smtp_envelope_free:
 * @self: (nullable) (transfer full): an envelope
 */
void
wb_smtp_envelope_free (WbSmtpEnvelope *self)
{
  if (self == NULL)
    return;
  g_free (self->sender);
  g_ptr_array_unref (self->recipients);
  g_free (self->needs_utf8);
  g_free (self);
}

/* The end of the header field that begins at @p: behind its last folded line. */
static const char *
skip_field (const char *p, const char *end)
{
  do
    {
      const char *lf = memchr (p, '\n', end - p);

      if (lf == NULL)
        return end;
      p = lf + 1;
    }
  while (p < end && (*p == ' ' || *p == '\t'));
  return p;
}

static gboolean
is_hidden_field (const char *p, gsize length)
{
  static const char *const names[] = { "bcc", "resent-bcc" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize name = strlen (names[i]);

      if (length > name && g_ascii_strncasecmp (p, names[i], name) == 0 &&
          (p[name] == ':' || p[name] == ' ' || p[name] == '\t'))
        return TRUE;
    }
  return FALSE;
}

/**
 * wb_smtp_remove_bcc:
 * @message: header, empty line, body
 *
 * Takes each Bcc and Resent-Bcc field out of a finished message's header, so that what was meant
 * to stay hidden does not go over the wire (RFC 5322 §3.6.3, §3.6.6).
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the message without, which is @message where there was none; %NULL with
 *   %WB_MAIL_ERROR_INVALID set where it cannot be read
 */
WbMailSource *
wb_smtp_remove_bcc (WbMailSource *message, GError **error)
{
  g_autoptr (GByteArray) left = NULL;
  g_autoptr (GBytes) header = NULL;
  g_autoptr (GBytes) front = NULL;
  gsize length = 0;
  const char *text = NULL;
  const char *end = NULL;
  const char *p = NULL;
  const char *kept = NULL;

  g_return_val_if_fail (message != NULL, NULL);

  header = wb_mail_source_read_header (message, error);
  if (header == NULL)
    return NULL;
  text = g_bytes_get_data (header, &length);
  if (text == NULL)
    return wb_mail_source_ref (message);
  end = text + length;

  for (p = kept = text; p < end && *p != '\r' && *p != '\n';)
    {
      const char *next = skip_field (p, end);

      if (is_hidden_field (p, next - p))
        {
          if (left == NULL)
            left = g_byte_array_sized_new (length);
          g_byte_array_append (left, (const guint8 *) kept, p - kept);
          kept = next;
        }
      p = next;
    }
  if (left == NULL)
    return wb_mail_source_ref (message);
  g_byte_array_append (left, (const guint8 *) kept, end - kept);
  front = g_byte_array_free_to_bytes (g_steal_pointer (&left));
  return wb_mail_source_replace_front (message, length, front);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-smtp-private.h"

#include "wb-lab-secret.h"

#include <string.h>

/* What is above the cap is read and thrown away, so that the client hears 552; but not for ever. */
#define PATIENCE 4

/* A mail that went through so many servers goes round in circles (RFC 5321, section 6.3). */
#define HOPS_MAX 30

typedef struct
{
  WbLabMail *mail;
  GByteArray *bytes;
  gint64 reserved;
  gboolean too_large;
  gboolean no_room;
} Incoming;

static void
incoming_clear (Incoming *incoming)
{
  if (incoming->reserved > 0)
    wb_lab_mail_reserve (incoming->mail, -incoming->reserved);
  incoming->reserved = 0;
  g_clear_pointer (&incoming->bytes, g_byte_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Incoming, incoming_clear)

static gboolean
take_block (const void *data, gsize length, gpointer user_data, GError **error)
{
  Incoming *incoming = user_data;

  if (incoming->too_large || incoming->no_room)
    return TRUE;
  if (incoming->bytes->len + length > WB_LAB_MAIL_MAX)
    incoming->too_large = TRUE;
  else if (!wb_lab_mail_reserve (incoming->mail, length))
    incoming->no_room = TRUE;
  else
    {
      incoming->reserved += length;
      g_byte_array_append (incoming->bytes, data, length);
    }
  if (incoming->too_large || incoming->no_room)
    g_byte_array_set_size (incoming->bytes, 0);
  return TRUE;
}

/* How many servers have passed it on so far: the Received lines of its header. */
static guint
count_hops (const GByteArray *message)
{
  const char *at = (const char *) message->data;
  const char *end = at + message->len;
  guint hops = 0;

  while (at < end && *at != '\r' && *at != '\n')
    {
      const char *lf = memchr (at, '\n', end - at);

      if (end - at > 9 && g_ascii_strncasecmp (at, "Received:", 9) == 0)
        hops++;
      at = lf != NULL ? lf + 1 : end;
    }
  return hops;
}

/* RFC 3848, and RFC 6531 section 4.3. */
static char *
name_protocol (WbLabSmtpSession *self)
{
  return g_strconcat (self->utf8       ? "UTF8"
                      : self->extended ? "E"
                                       : "",
                      "SMTP", self->extended && wb_connection_get_tls (self->connection) ? "S" : "",
                      self->extended && self->user != NULL ? "A" : "", NULL);
}

/* The trace line of RFC 5321, section 4.4. Several recipients are not named: each would see the
   others, hidden ones too. */
static char *
make_received (WbLabSmtpSession *self, const char *id)
{
  g_autofree char *protocol = name_protocol (self);
  g_autofree char *date = wb_lab_mail_format_date ();
  g_autofree char *to = NULL;
  const char *peer = wb_connection_get_host (self->connection);

  to = self->recipients->len == 1
           ? g_strdup_printf ("\r\n\tfor <%s>", (char *) g_ptr_array_index (self->recipients, 0))
           : g_strdup ("");
  return g_strdup_printf ("Received: from %s (localhost [%s%s])\r\n"
                          "\tby %s (Wirebench lab) with %s id %s%s;\r\n\t%s\r\n",
                          self->helo, strchr (peer, ':') != NULL ? "IPv6:" : "", peer, self->domain,
                          protocol, id, to, date);
}

static gboolean
accept_mail (WbLabSmtpSession *self, Incoming *incoming, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GByteArray) whole = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *id = wb_lab_secret_create (12, &reason);
  g_autofree char *received = NULL;

  if (id == NULL)
    return wb_lab_peer_reply (self->peer, error, "451 4.3.0 Something failed here; try again.");
  received = make_received (self, id);
  whole = g_byte_array_sized_new (strlen (received) + incoming->bytes->len);
  g_byte_array_append (whole, (const guint8 *) received, strlen (received));
  g_byte_array_append (whole, incoming->bytes->data, incoming->bytes->len);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&whole));

  if (!wb_lab_mail_accept (self->server->mail, self->server->provider, self->sender,
                           self->recipients, bytes, &reason))
    {
      g_debug ("smtp: %s", reason->message);
      return wb_lab_peer_reply (self->peer, error,
                                "451 4.3.0 The mail could not be stored; try again.");
    }
  return wb_lab_peer_reply (self->peer, error, "250 2.0.0 Taken as %s.", id);
}

/**
 * wb_lab_smtp_reset:
 *
 * Forgets the envelope (RSET of RFC 5321, section 4.1.1.5, and after every mail).
 */
void
wb_lab_smtp_reset (WbLabSmtpSession *self)
{
  g_clear_pointer (&self->sender, g_free);
  g_ptr_array_set_size (self->recipients, 0);
  self->utf8 = FALSE;
  if (self->state != WB_LAB_SMTP_NEW)
    self->state = WB_LAB_SMTP_READY;
}

static gboolean
answer (WbLabSmtpSession *self, Incoming *incoming, GError **error)
{
  guint code = wb_lab_fault_get_reply (wb_lab_mail_get_fault (self->server->mail), ".");

  if (code != 0)
    {
      self->quit = code == 421;
      return wb_lab_peer_reply (self->peer, error, "%u Fault on demand.", code);
    }
  if (incoming->too_large)
    return wb_lab_peer_reply (self->peer, error,
                              "552 5.3.4 The mail is above %" G_GUINT64_FORMAT " bytes.",
                              WB_LAB_MAIL_MAX);
  if (incoming->no_room)
    return wb_lab_peer_reply (self->peer, error,
                              "452 4.3.1 Too much is coming in at once; try again.");
  if (count_hops (incoming->bytes) > HOPS_MAX)
    return wb_lab_peer_reply (self->peer, error, "554 5.4.6 This mail goes round in circles.");
  return accept_mail (self, incoming, error);
}

/**
 * wb_lab_smtp_data:
 *
 * DATA (RFC 5321, section 4.1.1.4): takes the mail, up to CRLF "." CRLF and nothing that
 * merely looks like it. The 250 goes out when the mail is on disk.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_smtp_data (WbLabSmtpSession *self, const char *argument, GError **error)
{
  g_auto (Incoming) incoming = { NULL };
  gboolean well;

  if (*argument != '\0')
    return wb_lab_peer_reply (self->peer, error, "501 5.5.4 DATA takes no argument.");
  if (self->state != WB_LAB_SMTP_RCPT)
    return wb_lab_peer_reply (self->peer, error, "503 5.5.1 Send MAIL and RCPT first.");
  if (!wb_lab_peer_reply (self->peer, error, "354 Send the mail; end with a line of one dot."))
    return FALSE;

  incoming.mail = self->server->mail;
  incoming.bytes = g_byte_array_new ();
  if (!wb_connection_read_dotted (self->connection, PATIENCE * WB_LAB_MAIL_MAX, take_block,
                                  &incoming, self->cancellable, error) ||
      !wb_lab_peer_count (self->peer, incoming.bytes->len, error))
    return FALSE;
  well = answer (self, &incoming, error);
  wb_lab_smtp_reset (self);
  return well;
}

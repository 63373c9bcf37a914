/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-smtp-private.h"

#include <string.h>

#define LINE_MAX_SMTP 2048
#define RECIPIENTS_MAX 100
#define MISTAKES_MAX 50
#define HELO_MAX 255

/* What a client calls itself goes into a header, so only what a name or address is made of. */
static char *
clean_helo (const char *name)
{
  if (*name == '\0' || strlen (name) > HELO_MAX)
    return NULL;
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (".-_:[]", *p) == NULL)
      return NULL;
  return g_strdup (name);
}

static void
greet (WbLabSmtpSession *self, const char *argument, gboolean extended)
{
  g_free (self->helo);
  self->helo = clean_helo (argument);
  if (self->helo == NULL)
    self->helo = g_strdup ("unknown");
  self->extended = extended;
  self->state = WB_LAB_SMTP_READY;
  wb_lab_smtp_reset (self);
}

static gboolean
refuse_nameless (WbLabSmtpSession *self, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "501 5.5.4 Say who you are: a name or [address].");
}

static gboolean
handle_helo (WbLabSmtpSession *self, const char *argument, GError **error)
{
  if (*argument == '\0')
    return refuse_nameless (self, error);
  greet (self, argument, FALSE);
  return wb_lab_peer_reply (self->peer, error, "250 %s", self->domain);
}

static gboolean
handle_ehlo (WbLabSmtpSession *self, const char *argument, GError **error)
{
  static const char *const lines[] = {
    "250-PIPELINING", "250-8BITMIME", "250-SMTPUTF8", "250-ENHANCEDSTATUSCODES", "250-HELP",
  };
  g_autofree char *first = g_strdup_printf ("250-%s", self->domain);

  if (*argument == '\0')
    return refuse_nameless (self, error);
  greet (self, argument, TRUE);

  if (!wb_lab_peer_queue (self->peer, first, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (!wb_lab_peer_queue (self->peer, lines[i], error))
      return FALSE;
  if (!wb_connection_get_tls (self->connection) &&
      !wb_lab_peer_queue (self->peer, "250-STARTTLS", error))
    return FALSE;
  if (!wb_lab_peer_queue (self->peer, "250-AUTH PLAIN LOGIN CRAM-MD5", error))
    return FALSE;
  return wb_lab_peer_reply (self->peer, error, "250 SIZE %" G_GUINT64_FORMAT, WB_LAB_MAIL_MAX);
}

/* MAIL's parameters: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), AUTH (RFC 4954).
   Returns the reply to refuse with. */
static const char *
take_parameters (WbLabSmtpSession *self, const char *parameters)
{
  g_auto (GStrv) words = g_strsplit (parameters, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = words[i];
      guint64 size;

      if (*word == '\0' || g_ascii_strcasecmp (word, "BODY=7BIT") == 0 ||
          g_ascii_strcasecmp (word, "BODY=8BITMIME") == 0 ||
          g_ascii_strncasecmp (word, "AUTH=", 5) == 0)
        continue;
      if (g_ascii_strcasecmp (word, "SMTPUTF8") == 0)
        self->utf8 = TRUE;
      else if (g_ascii_strncasecmp (word, "SIZE=", 5) == 0)
        {
          if (!g_ascii_string_to_unsigned (word + 5, 10, 0, G_MAXUINT64, &size, NULL))
            return "501 5.5.4 SIZE wants a number.";
          if (size > WB_LAB_MAIL_MAX)
            return "552 5.3.4 The mail is too large.";
        }
      else
        return "555 5.5.4 That parameter is not known here.";
    }
  return NULL;
}

static gboolean
handle_mail (WbLabSmtpSession *self, const char *argument, GError **error)
{
  const char *parameters = NULL;
  const char *refusal;
  g_autofree char *sender = NULL;

  if (self->state == WB_LAB_SMTP_NEW)
    return wb_lab_peer_reply (self->peer, error, "503 5.5.1 Say EHLO first.");
  if (self->state != WB_LAB_SMTP_READY)
    return wb_lab_peer_reply (self->peer, error,
                              "503 5.5.1 A mail is begun already; RSET ends it.");
  sender = wb_lab_smtp_parse_path (argument, "FROM:", &parameters);
  if (sender == NULL)
    return wb_lab_peer_reply (self->peer, error, "501 5.5.4 Write MAIL FROM:<user@domain>.");
  if (*parameters != '\0' && !self->extended)
    return wb_lab_peer_reply (self->peer, error, "555 5.5.4 Parameters need EHLO.");
  refusal = take_parameters (self, parameters);
  if (refusal == NULL && *sender != '\0' && !wb_lab_smtp_is_address (sender, self->utf8))
    refusal = "553 5.1.7 That is no address.";
  if (refusal != NULL)
    {
      self->utf8 = FALSE;
      return wb_lab_peer_reply (self->peer, error, "%s", refusal);
    }

  self->sender = g_steal_pointer (&sender);
  self->state = WB_LAB_SMTP_MAIL;
  return wb_lab_peer_reply (self->peer, error, "250 2.1.0 Sender taken.");
}

static gboolean
handle_rcpt (WbLabSmtpSession *self, const char *argument, GError **error)
{
  const char *parameters = NULL;
  g_autofree char *recipient = NULL;

  if (self->state != WB_LAB_SMTP_MAIL && self->state != WB_LAB_SMTP_RCPT)
    return wb_lab_peer_reply (self->peer, error, "503 5.5.1 Send MAIL first.");
  recipient = wb_lab_smtp_parse_path (argument, "TO:", &parameters);
  if (recipient == NULL)
    return wb_lab_peer_reply (self->peer, error, "501 5.5.4 Write RCPT TO:<user@domain>.");
  if (*parameters != '\0')
    return wb_lab_peer_reply (self->peer, error, "555 5.5.4 That parameter is not known here.");
  if (!wb_lab_smtp_is_address (recipient, self->utf8))
    return wb_lab_peer_reply (self->peer, error, "553 5.1.3 That is no address.");
  if (!wb_lab_mail_knows (self->server->mail, self->server->provider, recipient))
    return wb_lab_peer_reply (self->peer, error, "550 5.1.1 No such user here.");
  if (self->recipients->len >= RECIPIENTS_MAX)
    return wb_lab_peer_reply (self->peer, error,
                              "452 4.5.3 That is as many recipients as one mail can have.");

  g_ptr_array_add (self->recipients, g_steal_pointer (&recipient));
  self->state = WB_LAB_SMTP_RCPT;
  return wb_lab_peer_reply (self->peer, error, "250 2.1.5 Recipient taken.");
}

static gboolean
handle_rset (WbLabSmtpSession *self, const char *argument, GError **error)
{
  wb_lab_smtp_reset (self);
  return wb_lab_peer_reply (self->peer, error, "250 2.0.0 Forgotten.");
}

static gboolean
handle_vrfy (WbLabSmtpSession *self, const char *argument, GError **error)
{
  if (*argument == '\0')
    return wb_lab_peer_reply (self->peer, error, "501 5.5.4 VRFY wants a name.");
  return wb_lab_peer_reply (self->peer, error,
                            "252 2.5.2 Whether it exists is not told; send a mail and see.");
}

static gboolean
handle_help (WbLabSmtpSession *self, const char *argument, GError **error)
{
  return wb_lab_peer_queue (self->peer,
                            "214-2.0.0 HELO EHLO STARTTLS AUTH MAIL RCPT DATA RSET VRFY NOOP HELP "
                            "QUIT",
                            error) &&
         wb_lab_peer_reply (self->peer, error, "214 2.0.0 Nothing leaves this computer.");
}

static gboolean
handle_noop (WbLabSmtpSession *self, const char *argument, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "250 2.0.0 Still here.");
}

static gboolean
handle_quit (WbLabSmtpSession *self, const char *argument, GError **error)
{
  self->quit = TRUE;
  return wb_lab_peer_reply (self->peer, error, "221 2.0.0 Goodbye.");
}

static gboolean
handle_starttls (WbLabSmtpSession *self, const char *argument, GError **error)
{
  if (*argument != '\0')
    return wb_lab_peer_reply (self->peer, error, "501 5.5.4 STARTTLS takes no argument.");
  if (wb_connection_get_tls (self->connection))
    return wb_lab_peer_reply (self->peer, error,
                              "503 5.5.1 This conversation is under TLS already.");
  if (!wb_lab_peer_reply (self->peer, error, "220 2.0.0 Begin the TLS handshake."))
    return FALSE;

  /* RFC 3207, section 4.2: what was said in the clear counts for nothing afterwards. */
  self->state = WB_LAB_SMTP_NEW;
  self->user = NULL;
  self->extended = FALSE;
  wb_lab_smtp_reset (self);
  return wb_connection_start_tls_server (
      self->connection, wb_lab_mail_get_certificate (self->server->mail), self->cancellable, error);
}

/* RFC 5321, section 4.1.1, in its order; then RFC 3207 and 4954. */
static const struct
{
  const char *verb;
  gboolean (*handle) (WbLabSmtpSession *self, const char *argument, GError **error);
} commands[] = {
  { "HELO", handle_helo }, { "EHLO", handle_ehlo },         { "MAIL", handle_mail },
  { "RCPT", handle_rcpt }, { "DATA", wb_lab_smtp_data },    { "RSET", handle_rset },
  { "VRFY", handle_vrfy }, { "HELP", handle_help },         { "NOOP", handle_noop },
  { "QUIT", handle_quit }, { "STARTTLS", handle_starttls }, { "AUTH", wb_lab_smtp_auth },
};

static gssize
mask_secret (const char *line, gsize length, gpointer user_data)
{
  WbLabSmtpSession *self = user_data;
  const char *space;

  if (self->secret)
    return 0;
  if (length < 5 || g_ascii_strncasecmp (line, "AUTH ", 5) != 0)
    return -1;
  space = memchr (line + 5, ' ', length - 5);
  return space != NULL ? space + 1 - line : -1;
}

static gboolean
dispatch (WbLabSmtpSession *self, const char *line, GError **error)
{
  const char *space = strchr (line, ' ');
  g_autofree char *verb = g_ascii_strup (line, space != NULL ? space - line : -1);
  const char *argument = space != NULL ? space + strspn (space, " ") : "";
  guint code = wb_lab_fault_get_reply (wb_lab_mail_get_fault (self->server->mail), verb);

  if (code != 0)
    {
      self->quit = code == 421;
      return wb_lab_peer_reply (self->peer, error, "%u Fault on demand.", code);
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].verb, verb))
      return commands[i].handle (self, argument, error);
  if (++self->mistakes < MISTAKES_MAX)
    return wb_lab_peer_reply (self->peer, error, "500 5.5.1 Unknown command.");
  self->quit = TRUE;
  return wb_lab_peer_reply (self->peer, error, "421 4.7.0 Too many unknown commands. Goodbye.");
}

static gboolean
run (WbLabSmtpSession *self, GError **error)
{
  guint greeting = wb_lab_fault_get_reply (wb_lab_mail_get_fault (self->server->mail), "CONNECT");

  if (greeting != 0)
    self->quit = greeting >= 400;
  if (!(greeting != 0
            ? wb_lab_peer_reply (self->peer, error, "%u Fault on demand.", greeting)
            : wb_lab_peer_reply (self->peer, error, "220 %s ESMTP Wirebench lab", self->domain)))
    return FALSE;

  while (!self->quit)
    {
      gsize length;
      g_autofree char *line = wb_lab_peer_read_command (self->peer, &length, error);

      if (line == NULL)
        return FALSE;
      if (strlen (line) != length)
        {
          if (!wb_lab_peer_reply (self->peer, error, "500 5.5.2 NUL can stand in no command."))
            return FALSE;
        }
      else if (!dispatch (self, line, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wb_lab_smtp_serve:
 * @connection: a client, under TLS already on an implicit port
 * @cancellable: ends the session
 * @user_data: the #WbLabSmtp
 *
 * Serves one client to its end (RFC 5321), as the provider's submission and receiving
 * server in one: whoever can reach loopback may send. A #WbLabServeFunc.
 */
void
wb_lab_smtp_serve (WbConnection *connection, GCancellable *cancellable, gpointer user_data)
{
  WbLabSmtp *server = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) recipients = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WbLabPeer) peer = NULL;
  WbLabSmtpSession session = {
    .server = server,
    .connection = connection,
    .cancellable = cancellable,
    .domain = wb_lab_provider_get_domain (server->provider),
    .recipients = recipients,
  };

  peer = wb_lab_peer_new (connection, wb_lab_mail_get_fault (server->mail), LINE_MAX_SMTP,
                          "500 5.5.6 That line is too long.", cancellable);
  session.peer = peer;
  wb_connection_set_read_mask (connection, mask_secret, &session);
  if (!run (&session, &error))
    g_debug ("smtp: %s", error->message);
  wb_connection_set_read_mask (connection, NULL, NULL);
  g_free (session.helo);
  g_free (session.sender);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-pop3-client-private.h"
#include "wb-pop3-listing.h"

#include "wb-error.h"
#include "wb-mail-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A list of two million messages has less than this. */
#define LIST_MAX (64 * 1024 * 1024)
#define CAPABILITIES_MAX (64 * 1024)
#define WARNINGS_MAX 100

G_DEFINE_FINAL_TYPE (WbPop3Client, wb_pop3_client, G_TYPE_OBJECT)

static const char *const state_names[] = { "new", "authorization", "transaction", "ended" };

/* The response codes of RFC 2449 §8 and RFC 3206 say more than the step does. */
static const struct
{
  const char *tag;
  WbMailError error;
  const char *words;
} tag_meanings[] = {
  { "[IN-USE]", WB_MAIL_ERROR_TEMPORARY,
    N_ ("Another program has this mailbox open. Close it there, or try again later.") },
  { "[LOGIN-DELAY]", WB_MAIL_ERROR_TEMPORARY,
    N_ ("The server wants a longer pause between two logins. Try again later.") },
  { "[SYS/TEMP]", WB_MAIL_ERROR_TEMPORARY,
    N_ ("The server has trouble at the moment. Try again later.") },
  { "[SYS/PERM]", WB_MAIL_ERROR_FAILED,
    N_ ("The server has a lasting trouble with this mailbox. Ask its administrator.") },
};

static const struct
{
  WbMailError error;
  const char *words;
} step_meanings[] = {
  [WB_POP3_STEP_GREETING] = { WB_MAIL_ERROR_TEMPORARY,
                              N_ ("The server takes no connection at the moment.") },
  [WB_POP3_STEP_STLS] = { WB_MAIL_ERROR_NO_TLS, N_ ("The server refuses to encrypt, though that "
                                                    "was asked for. Nothing was sent.") },
  [WB_POP3_STEP_LOGIN] = { WB_MAIL_ERROR_LOGIN,
                           N_ ("The server refused the user name or the password.") },
  [WB_POP3_STEP_TOKEN] = { WB_MAIL_ERROR_LOGIN,
                           N_ ("The server refused the token. Tokens are good for about an hour "
                               "and for one purpose: get a new one that permits reading mail.") },
  [WB_POP3_STEP_STAT] = { WB_MAIL_ERROR_FAILED, N_ ("The server refused.") },
  [WB_POP3_STEP_LIST] = { WB_MAIL_ERROR_FAILED, N_ ("The server gives no list.") },
  [WB_POP3_STEP_MESSAGE] = { WB_MAIL_ERROR_NO_SUCH_MESSAGE,
                             N_ ("The server has no such message (any more).") },
  [WB_POP3_STEP_TOP] = { WB_MAIL_ERROR_NO_SUCH_MESSAGE,
                         N_ ("The server has no such message (any more), or cannot show the "
                             "beginning of one.") },
  [WB_POP3_STEP_QUIT] = { WB_MAIL_ERROR_FAILED,
                          N_ ("The server could not delete everything that it was asked to.") },
};

static void
wb_pop3_client_dispose (GObject *object)
{
  WbPop3Client *self = WB_POP3_CLIENT (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->trust);
  g_clear_object (&self->wire);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->proxy, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->peer, g_free);
  g_clear_pointer (&self->timestamp, g_free);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);

  G_OBJECT_CLASS (wb_pop3_client_parent_class)->dispose (object);
}

static void
wb_pop3_client_class_init (WbPop3ClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_pop3_client_dispose;
}

static void
wb_pop3_client_init (WbPop3Client *self)
{
  self->warnings = g_ptr_array_new_with_free_func (g_free);
}

/* The one place where the state changes. */
void
wb_pop3_client_set_state (WbPop3Client *self, WbPop3State state)
{
  if (self->state == state)
    return;
  g_debug ("pop3 %s: %s -> %s", self->peer, state_names[self->state], state_names[state]);
  self->state = state;
}

gboolean
wb_pop3_client_is_open (WbPop3Client *self, GError **error)
{
  if (self->connection != NULL && wb_connection_is_usable (self->connection) &&
      (self->state == WB_POP3_STATE_AUTHORIZATION || self->state == WB_POP3_STATE_TRANSACTION))
    return TRUE;

  g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED,
                       _ ("There is no connection to the mail server any more. Connect again."));
  return FALSE;
}

gboolean
wb_pop3_client_is_ready (WbPop3Client *self, GError **error)
{
  if (!wb_pop3_client_is_open (self, error))
    return FALSE;
  if (self->state == WB_POP3_STATE_TRANSACTION)
    return TRUE;

  g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
                       _ ("The mailbox is not open yet. Log in first."));
  return FALSE;
}

/* Something is odd, though the work goes on. */
void
wb_pop3_client_warn (WbPop3Client *self, const char *format, ...)
{
  va_list args;
  char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  if (self->wire != NULL)
    wb_wire_note (self->wire, wb_connection_get_conversation (self->connection), WB_WIRE_NOTE, "%s",
                  text);
  if (self->warnings->len < WARNINGS_MAX)
    g_ptr_array_add (self->warnings, text);
  else
    g_free (text);
}

void
wb_pop3_client_set_refusal (WbPop3Client *self, WbPop3Step step, const char *said, GError **error)
{
  g_autofree char *text = wb_mail_shorten_reply (said, self->secret);
  g_autofree char *explained = NULL;
  WbMailError code = step_meanings[step].error;
  const char *words = _ (step_meanings[step].words);
  const char *advice = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (tag_meanings); i++)
    if (g_ascii_strncasecmp (text, tag_meanings[i].tag, strlen (tag_meanings[i].tag)) == 0)
      {
        code = tag_meanings[i].error;
        words = _ (tag_meanings[i].words);
      }
  if (code == WB_MAIL_ERROR_LOGIN && step == WB_POP3_STEP_TOKEN)
    words = _ (step_meanings[step].words);
  else if (code == WB_MAIL_ERROR_LOGIN)
    advice = wb_mail_login_advice (self->host, text);

  explained = g_strjoin (" ", words, advice, NULL);
  g_set_error (error, WB_MAIL_ERROR, code,
               /* Translators: the first %s is one or more sentences on what went wrong, the second
                  the server's own words. */
               _ ("%s (The server said: %s)"), explained, text);
}

/* @more is set where the server wants an answer first, which is an error where that is NULL. */
static gboolean
read_reply (WbPop3Client *self,
            WbPop3Step step,
            gboolean *more,
            char **text,
            GCancellable *cancellable,
            GError **error)
{
  gsize length = 0;
  g_autofree char *line = wb_connection_read_line (self->connection, &length, cancellable, error);
  g_autofree char *said = NULL;
  gboolean good = FALSE;

  if (line == NULL)
    {
      wb_pop3_client_set_state (self, WB_POP3_STATE_ENDED);
      return FALSE;
    }

  if (more != NULL)
    {
      *more = line[0] == '+' && (line[1] == ' ' || line[1] == '\0');
      if (*more)
        {
          *text = g_strdup (g_strstrip (line + 1));
          return TRUE;
        }
    }
  good = strncmp (line, "+OK", 3) == 0 && (line[3] == ' ' || line[3] == '\0');
  if (!good && (strncmp (line, "-ERR", 4) != 0 || (line[4] != ' ' && line[4] != '\0')))
    {
      g_autofree char *shown = wb_mail_decode_reply (line, MIN (length, 80));

      g_set_error (error, WB_ERROR, WB_ERROR_PROTOCOL,
                   /* Translators: %s is the beginning of a line that the server sent. */
                   _ ("This is not how a POP3 server answers: “%s”. Check the host and the port."),
                   shown);
      wb_connection_break (self->connection);
      wb_pop3_client_set_state (self, WB_POP3_STATE_ENDED);
      return FALSE;
    }

  said = wb_mail_decode_reply (line + (good ? 3 : 4), -1);
  g_strstrip (said);
  if (!good)
    wb_pop3_client_set_refusal (self, step, said, error);
  else if (text != NULL)
    *text = g_steal_pointer (&said);
  return good;
}

/* RFC 1939 §3. On a refusal, which is the only error of WB_MAIL_ERROR here, the conversation goes
 * on. @text is what follows the status indicator. */
gboolean
wb_pop3_client_get_reply (WbPop3Client *self,
                          WbPop3Step step,
                          char **text,
                          GCancellable *cancellable,
                          GError **error)
{
  return read_reply (self, step, NULL, text, cancellable, error);
}

/* RFC 5034 §4. @text is the challenge where @more, else what a good reply says. */
gboolean
wb_pop3_client_get_challenge (WbPop3Client *self,
                              gboolean *more,
                              char **text,
                              GCancellable *cancellable,
                              GError **error)
{
  return read_reply (self, WB_POP3_STEP_TOKEN, more, text, cancellable, error);
}

gboolean
wb_pop3_client_ask (WbPop3Client *self,
                    const char *command,
                    WbPop3Step step,
                    char **text,
                    GCancellable *cancellable,
                    GError **error)
{
  return wb_connection_write_line (self->connection, command, cancellable, error) &&
         wb_pop3_client_get_reply (self, step, text, cancellable, error);
}

static gboolean
gather_cb (const void *data, gsize length, gpointer user_data, GError **error)
{
  g_byte_array_append (user_data, data, length);
  return TRUE;
}

/* The lines behind a good reply, up to the dot; for texts whose limit is small. */
static GByteArray *
read_lines (WbPop3Client *self, guint64 maximum, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) lines = g_byte_array_new ();

  if (wb_connection_read_dotted (self->connection, maximum, gather_cb, lines, cancellable, error))
    return g_steal_pointer (&lines);

  wb_pop3_client_set_state (self, WB_POP3_STATE_ENDED);
  return NULL;
}

/**
 * wb_pop3_client_new:
 * @wire: (nullable): where everything that goes by is logged
 * @trust: (nullable): judges certificates; without it no TLS can be had
 *
 * Returns: (transfer full): a client that is not connected
 */
WbPop3Client *
wb_pop3_client_new (WbWire *wire, WbTrust *trust)
{
  WbPop3Client *self = g_object_new (WB_TYPE_POP3_CLIENT, NULL);

  g_set_object (&self->wire, wire);
  g_set_object (&self->trust, trust);
  return self;
}

/**
 * wb_pop3_client_set_timeout:
 * @seconds: without a byte until an operation fails; 0 is 30
 */
void
wb_pop3_client_set_timeout (WbPop3Client *self, guint seconds)
{
  g_return_if_fail (WB_IS_POP3_CLIENT (self));

  self->timeout = seconds;
  if (self->connection != NULL)
    wb_connection_set_timeout (self->connection, seconds);
}

/**
 * wb_pop3_client_set_certificate:
 * @certificate: (nullable): our own, with its private key, shown to a server that asks for one
 */
void
wb_pop3_client_set_certificate (WbPop3Client *self, GTlsCertificate *certificate)
{
  g_return_if_fail (WB_IS_POP3_CLIENT (self));

  g_set_object (&self->certificate, certificate);
}

/**
 * wb_pop3_client_set_proxy:
 * @uri: (nullable): such as "socks5://127.0.0.1:1080" or "http://user:password@host:3128";
 *   %NULL for none
 *
 * Has the connection go through a proxy, which also resolves the server's name.
 *
 * Errors: %WB_ERROR_INVALID.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 */
gboolean
wb_pop3_client_set_proxy (WbPop3Client *self, const char *uri, GError **error)
{
  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), FALSE);

  return wb_set_proxy (&self->proxy, uri, self->wire, error);
}

static gboolean
open_connection (WbPop3Client *self, const WbUrl *url, GCancellable *cancellable, GError **error)
{
  WbConnectOptions options = {
    .protocol = "pop3",
    .host = url->host,
    .port = url->port,
    .tls = url->tls == WB_TLS_IMPLICIT,
    .timeout = self->timeout,
    .wire = self->wire,
    .trust = self->trust,
    .certificate = self->certificate,
    .proxy = self->proxy,
  };

  g_clear_object (&self->connection);
  g_free (self->host);
  self->host = g_strdup (url->host);
  g_free (self->peer);
  self->peer =
      g_strdup_printf (strchr (url->host, ':') != NULL ? "[%s]:%u" : "%s:%u", url->host, url->port);
  self->port = url->port;
  self->tls = url->tls;

  self->connection = wb_connection_open (&options, cancellable, error);
  return self->connection != NULL;
}

/* RFC 1939 §4 */
static gboolean
read_greeting (WbPop3Client *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = NULL;

  g_clear_pointer (&self->timestamp, g_free);
  if (!wb_pop3_client_get_reply (self, WB_POP3_STEP_GREETING, &text, cancellable, error))
    return FALSE;
  self->timestamp = wb_pop3_find_timestamp (text);
  return TRUE;
}

static void
learn_capability (WbPop3Client *self, const char *line)
{
  static const struct
  {
    const char *name;
    WbPop3Capabilities capability;
  } names[] = {
    { "STLS", WB_POP3_STLS },
    { "PIPELINING", WB_POP3_PIPELINING },
    { "USER", WB_POP3_USER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (line, names[i].name) == 0)
      self->capabilities |= names[i].capability;
  if (g_ascii_strncasecmp (line, "SASL ", 5) == 0)
    self->mechanisms = wb_sasl_parse_mechanisms (line + 5);
}

/* RFC 2449 §5. A server that does not know CAPA may know all the same what is older. */
static gboolean
ask_capabilities (WbPop3Client *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GByteArray) text = NULL;
  g_auto (GStrv) lines = NULL;

  self->capabilities = 0;
  self->mechanisms = WB_SASL_NONE;
  if (!wb_pop3_client_ask (self, "CAPA", WB_POP3_STEP_STAT, NULL, cancellable, &local_error))
    {
      if (local_error->domain == WB_MAIL_ERROR)
        {
          self->capabilities = WB_POP3_STLS | WB_POP3_USER;
          return TRUE;
        }
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  text = read_lines (self, CAPABILITIES_MAX, cancellable, error);
  if (text == NULL)
    return FALSE;
  g_byte_array_append (text, (const guint8 *) "", 1);
  lines = g_strsplit ((const char *) text->data, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    learn_capability (self, g_strstrip (lines[i]));
  return TRUE;
}

/* RFC 2595 §4. Required when it was asked for: never a quiet fall back to clear text. */
static gboolean
start_tls (WbPop3Client *self, GCancellable *cancellable, GError **error)
{
  if ((self->capabilities & WB_POP3_STLS) == 0)
    {
      g_set_error_literal (
          error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_TLS,
          _ ("The server does not offer STLS, though encryption was asked for, or "
             "someone on the way removed the offer. Nothing was sent. Try the port "
             "for TLS from the first byte (pop3s, usually 995)."));
      return FALSE;
    }
  /* A timestamp from before TLS may be anybody's. */
  g_clear_pointer (&self->timestamp, g_free);
  return wb_pop3_client_ask (self, "STLS", WB_POP3_STEP_STLS, NULL, cancellable, error) &&
         wb_connection_start_tls (self->connection, cancellable, error) &&
         ask_capabilities (self, cancellable, error);
}

/**
 * wb_pop3_client_connect:
 * @url: where to and how protected; its user and password are not looked at
 *
 * Connects, reads the greeting, asks what the server can do, and encrypts as @url says: at
 * once (%WB_TLS_IMPLICIT), or by STLS, without which nothing more is sent
 * (%WB_TLS_REQUIRED).
 *
 * Blocks; call it on the thread that owns @self. Errors are of %WB_ERROR and
 * %WB_MAIL_ERROR. RFC 1939 §4, 2449, 2595, 8314.
 *
 * Returns: %TRUE when wb_pop3_client_login() may be called
 */
gboolean
wb_pop3_client_connect (WbPop3Client *self,
                        const WbUrl *url,
                        GCancellable *cancellable,
                        GError **error)
{
  gboolean done = FALSE;

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), FALSE);
  g_return_val_if_fail (url != NULL, FALSE);
  g_return_val_if_fail (self->trust != NULL || url->tls == WB_TLS_NONE || url->tls == WB_TLS_NEVER,
                        FALSE);

  wb_pop3_client_set_state (self, WB_POP3_STATE_NEW);
  self->deletions = 0;
  if (!open_connection (self, url, cancellable, error))
    {
      /* Translators: %s is the server, such as "pop.example.org:995". */
      g_prefix_error (error, _ ("While connecting to %s: "), self->peer);
      return FALSE;
    }

  if (!read_greeting (self, cancellable, error))
    /* Translators: %s is the server, such as "pop.example.org:995". */
    g_prefix_error (error, _ ("While waiting for the greeting of %s: "), self->peer);
  else if (!ask_capabilities (self, cancellable, error))
    /* Translators: %s is the server, such as "pop.example.org:995". */
    g_prefix_error (error, _ ("While asking %s what it can do: "), self->peer);
  else if (self->tls == WB_TLS_REQUIRED && !start_tls (self, cancellable, error))
    /* Translators: %s is the server, such as "pop.example.org:110". */
    g_prefix_error (error, _ ("While starting encryption with %s: "), self->peer);
  else
    done = TRUE;

  if (!done)
    {
      wb_connection_break (self->connection);
      wb_pop3_client_set_state (self, WB_POP3_STATE_ENDED);
      return FALSE;
    }
  wb_pop3_client_set_state (self, WB_POP3_STATE_AUTHORIZATION);
  return TRUE;
}

/**
 * wb_pop3_client_get_conversation:
 *
 * Returns: its number in the log, 0 before there was a connection
 */
guint32
wb_pop3_client_get_conversation (WbPop3Client *self)
{
  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), 0);

  return self->connection != NULL ? wb_connection_get_conversation (self->connection) : 0;
}

/**
 * wb_pop3_client_take_warnings:
 *
 * What was odd since the last call though the work went on: a message of another size than
 * announced, missing unique-ids.
 *
 * Returns: (transfer full) (array zero-terminated=1): sentences, maybe none
 */
char **
wb_pop3_client_take_warnings (WbPop3Client *self)
{
  g_autoptr (GPtrArray) taken = NULL;

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), NULL);

  taken = g_steal_pointer (&self->warnings);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (taken, NULL);
  return (char **) g_ptr_array_steal (taken, NULL);
}

/**
 * wb_pop3_client_stat:
 * @count: (out): how many messages there are
 * @size: (out): octets of all
 *
 * Blocks; call it on the thread that owns @self. RFC 1939 §5.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_pop3_client_stat (WbPop3Client *self,
                     guint *count,
                     guint64 *size,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;
  guint64 number = 0;

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), FALSE);
  g_return_val_if_fail (count != NULL && size != NULL, FALSE);

  if (!wb_pop3_client_is_ready (self, error) ||
      !wb_pop3_client_ask (self, "STAT", WB_POP3_STEP_STAT, &text, cancellable, error))
    {
      g_prefix_error (error, "%s ", _ ("While asking how many messages there are:"));
      return FALSE;
    }

  words = g_strsplit (text, " ", 3);
  if (words[0] == NULL || words[1] == NULL ||
      !g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXINT, &number, NULL) ||
      !g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXINT64, size, NULL))
    {
      g_autofree char *shown = wb_mail_shorten_reply (text, NULL);

      g_set_error (error, WB_ERROR, WB_ERROR_PROTOCOL,
                   /* Translators: %s is what the server answered. */
                   _ ("The server did not say how many messages there are, but “%s”."), shown);
      return FALSE;
    }
  *count = number;
  return TRUE;
}

static gboolean
read_uids (WbPop3Client *self, GPtrArray *items, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) text = NULL;
  g_autoptr (GError) local_error = NULL;
  guint missing = items->len;

  if (wb_pop3_client_get_reply (self, WB_POP3_STEP_LIST, NULL, cancellable, &local_error))
    {
      text = read_lines (self, LIST_MAX, cancellable, error);
      if (text == NULL)
        return FALSE;
      missing = wb_pop3_merge_uids (items, (const char *) text->data, text->len);
    }
  else if (local_error->domain != WB_MAIL_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (missing > 0)
    wb_pop3_client_warn (self,
                         /* Translators: the first %u is how many of the second %u messages. */
                         _ ("The server names no unique mark (UIDL) for %u of %u messages, so they "
                            "cannot be told apart from new ones later."),
                         missing, items->len);
  return TRUE;
}

static GPtrArray *
read_list (WbPop3Client *self, GCancellable *cancellable, GError **error)
{
  gboolean together = (self->capabilities & WB_POP3_PIPELINING) != 0;
  g_autoptr (GByteArray) text = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) local_error = NULL;

  if (!wb_connection_queue_line (self->connection, "LIST", error) ||
      (together && !wb_connection_queue_line (self->connection, "UIDL", error)))
    return NULL;

  if (!wb_pop3_client_get_reply (self, WB_POP3_STEP_LIST, NULL, cancellable, &local_error))
    {
      /* The answer to the UIDL behind it stays unread. */
      if (together)
        wb_connection_break (self->connection);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  text = read_lines (self, LIST_MAX, cancellable, error);
  if (text == NULL)
    return NULL;

  items = wb_pop3_parse_list ((const char *) text->data, text->len);
  if (!together && !wb_connection_queue_line (self->connection, "UIDL", error))
    return NULL;
  if (!read_uids (self, items, cancellable, error))
    return NULL;
  return g_steal_pointer (&items);
}

/**
 * wb_pop3_client_list:
 *
 * Asks for number, size and uid of all messages (LIST and UIDL, RFC 1939 §5 and §7). A uid
 * that is missing, malformed or given twice is %NULL, which
 * wb_pop3_client_take_warnings() tells: such a message must not be deleted on the strength
 * of having been fetched before.
 *
 * Blocks; call it on the thread that owns @self.
 *
 * Returns: (transfer full) (element-type WbPop3Item): sorted by number, or %NULL with @error
 *   set
 */
GPtrArray *
wb_pop3_client_list (WbPop3Client *self, GCancellable *cancellable, GError **error)
{
  GPtrArray *items = NULL;

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), NULL);

  if (wb_pop3_client_is_ready (self, error))
    items = read_list (self, cancellable, error);
  if (items == NULL)
    g_prefix_error (error, "%s ", _ ("While asking for the list of messages:"));
  return items;
}

/**
 * wb_pop3_client_delete:
 * @number: which message
 *
 * Marks a message for deletion; it goes when wb_pop3_client_quit() succeeds (RFC 1939 §5).
 *
 * Blocks; call it on the thread that owns @self.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_pop3_client_delete (WbPop3Client *self, guint number, GCancellable *cancellable, GError **error)
{
  g_autofree char *line = g_strdup_printf ("DELE %u", number);

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), FALSE);

  if (wb_pop3_client_is_ready (self, error) &&
      wb_pop3_client_ask (self, line, WB_POP3_STEP_MESSAGE, NULL, cancellable, error))
    {
      self->deletions++;
      return TRUE;
    }
  /* Translators: %u is the number of a message. */
  g_prefix_error (error, _ ("While deleting message %u: "), number);
  return FALSE;
}

/**
 * wb_pop3_client_quit:
 *
 * Says good-bye, at which the server deletes what was marked (RFC 1939 §6), and closes.
 *
 * Blocks; call it on the thread that owns @self.
 *
 * Returns: %TRUE when the server confirmed it; %FALSE with @error set otherwise, which is
 *   %WB_MAIL_ERROR_UNKNOWN_STATE when messages were marked and no answer came
 */
gboolean
wb_pop3_client_quit (WbPop3Client *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), FALSE);

  if (!wb_pop3_client_is_open (self, error))
    return FALSE;

  if (wb_pop3_client_ask (self, "QUIT", WB_POP3_STEP_QUIT, NULL, cancellable, &local_error))
    {
      wb_pop3_client_set_state (self, WB_POP3_STATE_ENDED);
      return wb_connection_close (self->connection, cancellable, error);
    }

  wb_pop3_client_set_state (self, WB_POP3_STATE_ENDED);
  if (self->deletions > 0 && local_error->domain == WB_ERROR)
    g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNKNOWN_STATE,
                 /* Translators: %s says why no answer came. */
                 _ ("While leaving: the server did not confirm that it deleted the messages; they "
                    "may or may not be there still. %s"),
                 local_error->message);
  else
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      /* Translators: %s is the server, such as "pop.example.org:995". */
      g_prefix_error (error, _ ("While leaving %s: "), self->peer);
    }
  return FALSE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-smtp-transaction.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* So many recipients go out before their replies are read; more could fill the buffers of both
 * ends, and then each would wait for the other (RFC 2920 §3.1). */
#define RECIPIENTS_IN_FLIGHT 100

/* How long the server may think about a whole message (RFC 5321 §4.5.3.2.6). */
#define BODY_REPLY_TIMEOUT (10 * 60)

static void
recipient_free (WbSmtpRecipient *recipient)
{
  g_free (recipient->address);
  g_free (recipient->text);
  g_free (recipient);
}

static GPtrArray *
make_results (GPtrArray *recipients)
{
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) recipient_free);

  for (guint i = 0; i < recipients->len; i++)
    {
      WbSmtpRecipient *recipient = g_new0 (WbSmtpRecipient, 1);

      recipient->address = g_strdup (g_ptr_array_index (recipients, i));
      g_ptr_array_add (results, recipient);
    }
  return results;
}

static gboolean
takes_binary (WbSmtpClient *self)
{
  const guint both = WB_SMTP_CHUNKING | WB_SMTP_BINARYMIME;

  return (self->extensions & both) == both;
}

static gboolean
wants_reports (WbSmtpClient *self)
{
  return self->notify != WB_SMTP_NOTIFY_DEFAULT || self->returned != WB_SMTP_RETURN_DEFAULT ||
         self->envelope_id != NULL;
}

/* What the server cannot take is refused before it is bothered. */
static gboolean
check_fits (WbSmtpClient *self, const WbSmtpEnvelope *envelope, GError **error)
{
  if (self->maximum_size > 0 && envelope->size > self->maximum_size)
    {
      g_autofree char *size = g_format_size (envelope->size);
      g_autofree char *limit = g_format_size (self->maximum_size);

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                   /* Translators: both %s are sizes, such as "26.2 MB". */
                   _ ("The message has %s and the server takes at most %s. It was not sent; make "
                      "the attachments smaller."),
                   size, limit);
      return FALSE;
    }
  if (envelope->needs_utf8 != NULL && (self->extensions & WB_SMTP_SMTPUTF8) == 0)
    {
      if (*envelope->needs_utf8 != '\0')
        g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED,
                     /* Translators: %s is a mail address with letters outside ASCII. */
                     _ ("The server does not take addresses like “%s”, only ones in ASCII "
                        "(it offers no SMTPUTF8). The mail was not sent."),
                     envelope->needs_utf8);
      else
        g_set_error_literal (
            error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED,
            _ ("The message's header has bytes outside ASCII that are not encoded, "
               "and the server does not take that (it offers no SMTPUTF8). The "
               "mail was not sent; encode the header."));
      return FALSE;
    }
  if (envelope->eight_bit && (self->extensions & WB_SMTP_8BITMIME) == 0)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED,
                           _ ("The message has bytes outside ASCII that are not encoded, and the "
                              "server takes only ASCII (it offers no 8BITMIME). The mail was not "
                              "sent; encode it as quoted-printable or base64."));
      return FALSE;
    }
  if (wants_reports (self) && (self->extensions & WB_SMTP_DSN) == 0)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED,
                           _ ("The server sends no delivery reports (it offers no DSN). The mail "
                              "was not sent; send it without asking for a report."));
      return FALSE;
    }
  return TRUE;
}

/* §4.1.1.5: forget a mail that was begun and not finished. */
static gboolean
reset (WbSmtpClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbSmtpReply) reply = wb_smtp_client_ask (self, "RSET", cancellable, error);

  if (reply == NULL)
    return FALSE;
  if (!wb_smtp_reply_is_good (reply))
    {
      wb_smtp_reply_set_error (reply, WB_SMTP_STEP_RSET, self->host, NULL, error);
      return FALSE;
    }
  wb_smtp_client_set_state (self, WB_SMTP_STATE_READY);
  return TRUE;
}

/* RFC 3461 §4 */
static void
append_xtext (GString *line, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_isgraph (*p) && *p != '+' && *p != '=')
      g_string_append_c (line, *p);
    else
      g_string_append_printf (line, "+%02X", (guchar) *p);
}

/* §4.1.1.2, with SIZE of RFC 1870, BODY of RFC 6152 and 3030, SMTPUTF8 of RFC 6531 §3.4, RET and
 * ENVID of RFC 3461 §4.3 and §4.4. */
static gboolean
queue_mail (WbSmtpClient *self, const WbSmtpTransaction *transaction, GError **error)
{
  const WbSmtpEnvelope *envelope = transaction->envelope;
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (line, "MAIL FROM:<%s>", envelope->sender);
  if ((self->extensions & WB_SMTP_SIZE) != 0)
    g_string_append_printf (line, " SIZE=%" G_GUINT64_FORMAT, envelope->size);
  if (transaction->chunked && (envelope->binary || envelope->long_lines) && takes_binary (self))
    g_string_append (line, " BODY=BINARYMIME");
  else if (envelope->eight_bit)
    g_string_append (line, " BODY=8BITMIME");
  if (envelope->needs_utf8 != NULL)
    g_string_append (line, " SMTPUTF8");
  if (self->returned != WB_SMTP_RETURN_DEFAULT)
    g_string_append_printf (line, " RET=%s",
                            self->returned == WB_SMTP_RETURN_FULL ? "FULL" : "HDRS");
  if (self->envelope_id != NULL)
    {
      g_string_append (line, " ENVID=");
      append_xtext (line, self->envelope_id);
    }
  return wb_connection_queue_line (self->connection, line->str, error);
}

/* RFC 3461 §4.1 and §4.2 */
static void
append_reports (WbSmtpClient *self, GString *line, const char *recipient)
{
  static const struct
  {
    WbSmtpNotify notify;
    const char *word;
  } words[] = { { WB_SMTP_NOTIFY_NEVER, "NEVER" },
                { WB_SMTP_NOTIFY_SUCCESS, "SUCCESS" },
                { WB_SMTP_NOTIFY_FAILURE, "FAILURE" },
                { WB_SMTP_NOTIFY_DELAY, "DELAY" } };
  const char *divider = " NOTIFY=";

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((self->notify & words[i].notify) != 0)
      {
        g_string_append_printf (line, "%s%s", divider, words[i].word);
        divider = ",";
      }
  if (wants_reports (self) && g_str_is_ascii (recipient))
    {
      g_string_append (line, " ORCPT=rfc822;");
      append_xtext (line, recipient);
    }
}

/* §4.1.1.3 */
static gboolean
queue_recipient (WbSmtpClient *self, WbSmtpTransaction *transaction, GError **error)
{
  const char *recipient =
      g_ptr_array_index (transaction->envelope->recipients, transaction->queued);
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_printf (line, "RCPT TO:<%s>", recipient);
  append_reports (self, line, recipient);
  transaction->queued++;
  return wb_connection_queue_line (self->connection, line->str, error);
}

static gboolean
read_mail_reply (WbSmtpClient *self,
                 WbSmtpTransaction *transaction,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (WbSmtpReply) reply = wb_smtp_client_get_reply (self, cancellable, error);

  if (reply == NULL)
    {
      /* Translators: %s is the server, such as "smtp.example.org:465". */
      g_prefix_error (error, _ ("While naming the sender to %s: "), self->peer);
      return FALSE;
    }
  transaction->mail_answered = TRUE;
  if (!wb_smtp_reply_is_good (reply))
    {
      wb_smtp_reply_set_error (reply, WB_SMTP_STEP_MAIL, self->host, NULL, &transaction->refusal);
      /* Translators: %s is the sender's address. */
      g_prefix_error (&transaction->refusal, _ ("While sending from %s: "),
                      transaction->envelope->sender);
    }
  return TRUE;
}

static gboolean
read_recipient_reply (WbSmtpClient *self,
                      WbSmtpTransaction *transaction,
                      GCancellable *cancellable,
                      GError **error)
{
  WbSmtpRecipient *recipient = g_ptr_array_index (transaction->results, transaction->answered);
  g_autoptr (WbSmtpReply) reply = wb_smtp_client_get_reply (self, cancellable, error);

  if (reply == NULL)
    {
      /* Translators: the first %s is an address, the second the server. */
      g_prefix_error (error, _ ("While naming the recipient %s to %s: "), recipient->address,
                      self->peer);
      return FALSE;
    }
  transaction->answered++;
  recipient->code = reply->code;
  recipient->text = wb_smtp_reply_get_text (reply);
  recipient->accepted = wb_smtp_reply_is_good (reply);
  transaction->accepted += recipient->accepted;
  if (recipient->accepted)
    return TRUE;

  if (reply->code == 421 && transaction->refusal == NULL)
    wb_smtp_reply_set_error (reply, WB_SMTP_STEP_RCPT, self->host, NULL, &transaction->refusal);
  transaction->lasting = transaction->lasting || reply->code / 100 != 4;
  if (transaction->recipient_refusal == NULL)
    {
      wb_smtp_reply_set_error (reply, WB_SMTP_STEP_RCPT, self->host, NULL,
                               &transaction->recipient_refusal);
      /* Translators: %s is the recipient's address. */
      g_prefix_error (&transaction->recipient_refusal, _ ("While sending to %s: "),
                      recipient->address);
    }
  return TRUE;
}

/* Reads all that is outstanding of MAIL and RCPT. */
static gboolean
catch_up (WbSmtpClient *self,
          WbSmtpTransaction *transaction,
          GCancellable *cancellable,
          GError **error)
{
  if (!wb_connection_flush (self->connection, cancellable, error))
    {
      /* Translators: %s is the server, such as "smtp.example.org:465". */
      g_prefix_error (error, _ ("While naming the recipients to %s: "), self->peer);
      return FALSE;
    }
  if (!transaction->mail_answered && !read_mail_reply (self, transaction, cancellable, error))
    return FALSE;
  while (transaction->answered < transaction->queued && self->state != WB_SMTP_STATE_ENDED)
    if (!read_recipient_reply (self, transaction, cancellable, error))
      return FALSE;
  return TRUE;
}

static gboolean
can_go_on (WbSmtpClient *self, WbSmtpTransaction *transaction)
{
  return transaction->refusal == NULL && self->state != WB_SMTP_STATE_ENDED;
}

static guint
get_group_size (WbSmtpClient *self)
{
  return (self->extensions & WB_SMTP_PIPELINING) != 0 ? RECIPIENTS_IN_FLIGHT : 1;
}

/* MAIL, RCPT and DATA go out behind the text of the mail before, which may begin such a group
 * (RFC 2920 §3.1): that saves the wait for an answer. */
static gboolean
queue_behind_text (WbSmtpClient *self, WbSmtpTransaction *transaction, GError **error)
{
  if (!queue_mail (self, transaction, error))
    return FALSE;
  while (transaction->queued < transaction->results->len)
    if (!queue_recipient (self, transaction, error))
      return FALSE;
  transaction->asked = TRUE;
  return wb_connection_queue_line (self->connection, "DATA", error);
}

/* MAIL, RCPT and DATA, as one group where the server takes that (RFC 2920), else one by one.
 * Without an error and not @asked, somebody was refused before it came to DATA. */
static gboolean
ask (WbSmtpClient *self, WbSmtpTransaction *transaction, GCancellable *cancellable, GError **error)
{
  guint group = get_group_size (self);

  if (!queue_mail (self, transaction, error))
    return FALSE;
  if (group == 1 && !catch_up (self, transaction, cancellable, error))
    return FALSE;

  while (can_go_on (self, transaction) && transaction->queued < transaction->results->len)
    {
      if (!queue_recipient (self, transaction, error))
        return FALSE;
      if (transaction->queued - transaction->answered == group &&
          !catch_up (self, transaction, cancellable, error))
        return FALSE;
    }
  if (!can_go_on (self, transaction) ||
      (transaction->answered == transaction->queued && transaction->accepted == 0))
    return TRUE;

  transaction->asked = TRUE;
  return transaction->chunked || wb_connection_queue_line (self->connection, "DATA", error);
}

/* What is said to MAIL, RCPT and DATA. @invited tells whether the server waits for the text. */
static gboolean
hear (WbSmtpClient *self,
      WbSmtpTransaction *transaction,
      gboolean *invited,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (WbSmtpReply) reply = NULL;

  *invited = FALSE;
  if (!transaction->asked)
    return TRUE;
  if (!catch_up (self, transaction, cancellable, error))
    return FALSE;
  if (self->state == WB_SMTP_STATE_ENDED)
    return TRUE;
  if (transaction->chunked)
    {
      *invited = transaction->refusal == NULL && transaction->accepted > 0;
      return TRUE;
    }

  reply = wb_smtp_client_get_reply (self, cancellable, error);
  if (reply == NULL)
    {
      /* Translators: %s is the server, such as "smtp.example.org:465". */
      g_prefix_error (error, _ ("While asking %s to take the message: "), self->peer);
      return FALSE;
    }
  *invited = reply->code == 354;
  if (!*invited && transaction->refusal == NULL && transaction->accepted > 0)
    {
      wb_smtp_reply_set_error (reply, WB_SMTP_STEP_DATA, self->host, NULL, &transaction->refusal);
      /* Translators: %s is the server, such as "smtp.example.org:465". */
      g_prefix_error (&transaction->refusal, _ ("While asking %s to take the message: "),
                      self->peer);
    }
  return TRUE;
}

/* The server waits for a text that nobody is to get: end it at once (RFC 2920 §3.1). */
static gboolean
decline (WbSmtpClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbSmtpReply) reply = wb_smtp_client_ask (self, ".", cancellable, error);

  return reply != NULL;
}

static gboolean
fail_unknown (const GError *cause, GError **error)
{
  const char *unknown =
      _ ("The message is out, but its receipt was not confirmed: it may or may not have arrived. "
         "Ask the recipient before you send it again.");

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s %s", unknown, cause->message);
  else
    g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNKNOWN_STATE, "%s %s", unknown,
                 cause->message);
  return FALSE;
}

/* §4.5.4.2 and §4.2.5: once the final dot is out, only the server's word tells whether it has
 * taken charge of the mail. */
static gboolean
read_verdict (WbSmtpClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbSmtpReply) reply = NULL;
  g_autoptr (GError) local_error = NULL;

  if (self->timeout == 0)
    wb_connection_set_timeout (self->connection, BODY_REPLY_TIMEOUT);
  self->outcome_unknown = TRUE;
  reply = wb_smtp_client_get_reply (self, cancellable, &local_error);
  if (self->timeout == 0)
    wb_connection_set_timeout (self->connection, 0);

  if (reply == NULL)
    return fail_unknown (local_error, error);

  self->outcome_unknown = FALSE;
  if (self->state == WB_SMTP_STATE_DIRTY)
    wb_smtp_client_set_state (self, WB_SMTP_STATE_READY);
  if (wb_smtp_reply_is_good (reply))
    return TRUE;
  wb_smtp_reply_set_error (reply, WB_SMTP_STEP_BODY, self->host, NULL, error);
  /* Translators: %s is the server, such as "smtp.example.org:465". */
  g_prefix_error (error, _ ("While handing the message to %s: "), self->peer);
  return FALSE;
}

/**
 * wb_smtp_transaction_commit:
 *
 * Tells whoever wants to know that the end of the mail goes out now. If that is refused the
 * server is left without it, so the connection is of no more use.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_smtp_transaction_commit (WbSmtpClient *self, GError **error)
{
  if (self->commit == NULL || self->commit (self->commit_data, error))
    return TRUE;
  wb_connection_break (self->connection);
  return FALSE;
}

/* RFC 3030 §2. When a piece but the last is refused the mail is; until all of the last one is out
 * the server cannot have it. */
static gboolean
send_chunks (WbSmtpClient *self,
             WbSmtpTransaction *transaction,
             GCancellable *cancellable,
             GError **error)
{
  gboolean complete = FALSE;

  if (wb_smtp_transaction_send_chunks (transaction, self, &complete, cancellable, error) &&
      complete)
    return read_verdict (self, cancellable, error);
  /* Translators: %s is the server, such as "smtp.example.org:465". */
  g_prefix_error (error, _ ("While handing the message to %s: "), self->peer);
  return FALSE;
}

/* The text with its final dot, of which the last part is not out yet. A text that cannot be read to
 * its end has none: the server is left without it, so the connection is of no more use. */
static gboolean
queue_text (WbSmtpClient *self, WbMailSource *message, GCancellable *cancellable, GError **error)
{
  WbConnectionText state = WB_CONNECTION_TEXT_INIT;
  guint64 size = wb_mail_source_get_size (message);

  while (state.done < size)
    {
      g_autoptr (GBytes) piece = wb_mail_source_read (message, state.done, error);
      gsize length = 0;
      const void *text = piece != NULL ? g_bytes_get_data (piece, &length) : NULL;

      if (piece == NULL)
        {
          wb_connection_break (self->connection);
          return FALSE;
        }
      if (!wb_connection_queue_piece (self->connection, text, length, &state, cancellable, error))
        return FALSE;
    }
  if (!wb_mail_source_check (message, error))
    {
      wb_connection_break (self->connection);
      return FALSE;
    }
  return wb_connection_queue_end (self->connection, &state, error);
}

/* §4.1.1.4: the text and its final dot, in as few writes as can be. When the last of these fails
 * nobody has got the dot, unless something was written behind it. */
static gboolean
send_text (WbSmtpClient *self,
           WbSmtpTransaction *transaction,
           WbSmtpFollowFunc follow,
           gpointer user_data,
           GCancellable *cancellable,
           GError **error)
{
  WbSmtpTransaction *following = NULL;
  g_autoptr (GError) local_error = NULL;

  if (transaction->chunked)
    return send_chunks (self, transaction, cancellable, error);
  if (queue_text (self, transaction->message, cancellable, &local_error))
    {
      if (follow != NULL && get_group_size (self) > 1)
        following = follow (user_data);
      if (following != NULL &&
          (following->chunked || following->results->len > RECIPIENTS_IN_FLIGHT))
        following = NULL;
      if (wb_smtp_transaction_commit (self, &local_error) &&
          (following == NULL || queue_behind_text (self, following, &local_error)) &&
          wb_connection_flush (self->connection, cancellable, &local_error))
        return read_verdict (self, cancellable, error);
    }

  if (following != NULL && following->asked)
    {
      self->outcome_unknown = TRUE;
      return fail_unknown (local_error, error);
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  /* Translators: %s is the server, such as "smtp.example.org:465". */
  g_prefix_error (error, _ ("While handing the message to %s: "), self->peer);
  return FALSE;
}

/* Why an opened mail that may not go on does not. */
static void
set_refusal (WbSmtpTransaction *transaction, GError **error)
{
  if (transaction->refusal != NULL)
    g_propagate_error (error, g_steal_pointer (&transaction->refusal));
  else if (transaction->recipient_refusal != NULL)
    {
      if (transaction->recipient_refusal->domain == WB_MAIL_ERROR)
        transaction->recipient_refusal->code =
            transaction->lasting ? WB_MAIL_ERROR_RECIPIENT : WB_MAIL_ERROR_TEMPORARY;
      g_propagate_error (error, g_steal_pointer (&transaction->recipient_refusal));
    }
  else
    g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FAILED,
                         _ ("The server did not take the mail."));
}

/* A server that refuses and hangs up leaves the rest of a group without an answer: what it said is
 * the reason then, not that it went. */
static void
set_failure (WbSmtpTransaction *transaction, GError *failure, GError **error)
{
  const gboolean refused = transaction->refusal != NULL ||
                           (transaction->recipient_refusal != NULL && transaction->accepted == 0);

  if (!refused || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, failure);
      return;
    }
  g_error_free (failure);
  set_refusal (transaction, error);
}

/**
 * wb_smtp_transaction_run:
 * @follow: (nullable): asked, where the server takes groups, for the mail that is run next, so
 *   that its MAIL, RCPT and DATA can go out behind this one's text
 *
 * Takes a mail through MAIL, RCPT, DATA and its text. The connection is fit for the next one
 * afterwards, or ended.
 *
 * Returns: %TRUE when the server took the message for at least one recipient
 */
gboolean
wb_smtp_transaction_run (WbSmtpTransaction *transaction,
                         WbSmtpClient *self,
                         WbSmtpFollowFunc follow,
                         gpointer user_data,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean invited = FALSE;

  if (!transaction->asked && self->state == WB_SMTP_STATE_DIRTY &&
      !reset (self, cancellable, error))
    return FALSE;

  wb_smtp_client_set_state (self, WB_SMTP_STATE_DIRTY);
  if ((!transaction->asked && !ask (self, transaction, cancellable, &local_error)) ||
      !hear (self, transaction, &invited, cancellable, &local_error))
    {
      set_failure (transaction, g_steal_pointer (&local_error), error);
      return FALSE;
    }

  if (invited && transaction->refusal == NULL && transaction->accepted > 0)
    return send_text (self, transaction, follow, user_data, cancellable, error);

  if (invited && !decline (self, cancellable, error))
    return FALSE;
  set_refusal (transaction, error);
  return FALSE;
}

/* Whether the lines end as on the wire, to judge by the first. */
static gboolean
has_crlf (WbMailSource *message)
{
  g_autoptr (GBytes) piece = wb_mail_source_read (message, 0, NULL);
  gsize length = 0;
  const char *text = piece != NULL ? g_bytes_get_data (piece, &length) : NULL;
  const char *lf = length > 0 ? memchr (text, '\n', length) : NULL;

  return lf != NULL && lf > text && lf[-1] == '\r';
}

/**
 * wb_smtp_transaction_new:
 * @mail: what is to be sent; its message is kept, the rest copied
 *
 * Looks whether a mail can be sent over the connection, without sending a byte.
 *
 * Returns: (transfer full): a transaction to run, or %NULL with @error set
 */
WbSmtpTransaction *
wb_smtp_transaction_new (WbSmtpClient *client, const WbSmtpMail *mail, GError **error)
{
  g_autoptr (WbSmtpTransaction) self = g_new0 (WbSmtpTransaction, 1);

  self->envelope = wb_smtp_envelope_new (mail->sender, mail->recipients, mail->message, error);
  if (self->envelope == NULL || !wb_smtp_client_is_open (client, error) ||
      !check_fits (client, self->envelope, error))
    return NULL;
  self->results = make_results (mail->recipients);
  self->message = wb_mail_source_ref (mail->message);
  self->chunked = (client->chunking && (client->extensions & WB_SMTP_CHUNKING) != 0) ||
                  (takes_binary (client) && (self->envelope->binary || self->envelope->long_lines));
  self->raw = takes_binary (client) && self->envelope->binary && has_crlf (self->message);
  if (self->raw)
    self->envelope->size = wb_mail_source_get_size (self->message);
  return g_steal_pointer (&self);
}

/**
 * wb_smtp_transaction_free:
 * @self: (nullable) (transfer full): a transaction
 */
void
wb_smtp_transaction_free (WbSmtpTransaction *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->envelope, wb_smtp_envelope_free);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->message, wb_mail_source_unref);
  g_clear_error (&self->refusal);
  g_clear_error (&self->recipient_refusal);
  g_free (self);
}

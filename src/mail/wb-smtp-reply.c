/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-smtp-reply.h"

#include "wb-error.h"
#include "wb-mail-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Far more than any server says, and little enough to hold. */
#define REPLY_LINES_MAX 256
#define REPLY_SIZE_MAX (64 * 1024)

#define ANY_STEP 0xffffu
#define TRANSACTION (WB_SMTP_STEP_MAIL | WB_SMTP_STEP_RCPT | WB_SMTP_STEP_DATA | WB_SMTP_STEP_BODY)

/* The first row that fits tells what a refusal means. A code that ends in 00 stands for its
 * whole hundred, 0 for all; the detail is the enhanced code (RFC 3463) without its class. */
static const struct
{
  guint steps;
  guint code;
  const char *detail;
  WbMailError error;
  const char *words;
} meanings[] = {
  { ANY_STEP, 421, NULL, WB_MAIL_ERROR_TEMPORARY,
    N_ ("The server is closing the connection. Try again later.") },
  { WB_SMTP_STEP_GREETING, 400, NULL, WB_MAIL_ERROR_TEMPORARY,
    N_ ("The server takes no mail at the moment. Try again later.") },
  { WB_SMTP_STEP_GREETING, 500, NULL, WB_MAIL_ERROR_FAILED,
    N_ ("The server takes no mail from this computer.") },

  { WB_SMTP_STEP_STARTTLS, 400, NULL, WB_MAIL_ERROR_TEMPORARY,
    N_ ("The server cannot encrypt at the moment. Try again later.") },
  { WB_SMTP_STEP_STARTTLS, 500, NULL, WB_MAIL_ERROR_NO_TLS,
    N_ ("The server refuses to encrypt, though that was asked for. Nothing was sent.") },

  { WB_SMTP_STEP_AUTH, 535, NULL, WB_MAIL_ERROR_LOGIN,
    N_ ("The server refused the user name or the password.") },
  { WB_SMTP_STEP_AUTH, 534, NULL, WB_MAIL_ERROR_LOGIN,
    N_ ("The server refused this way of logging in.") },
  { WB_SMTP_STEP_AUTH, 538, NULL, WB_MAIL_ERROR_NO_TLS,
    N_ ("The server takes passwords over an encrypted connection only. Use TLS.") },
  { WB_SMTP_STEP_AUTH, 504, NULL, WB_MAIL_ERROR_UNSUPPORTED,
    N_ ("The server does not know this way of logging in.") },
  { WB_SMTP_STEP_AUTH, 400, NULL, WB_MAIL_ERROR_TEMPORARY,
    N_ ("The server cannot check the login at the moment. Try again later.") },
  { WB_SMTP_STEP_AUTH, 500, NULL, WB_MAIL_ERROR_LOGIN, N_ ("The server refused the login.") },

  { TRANSACTION, 500, "3.4", WB_MAIL_ERROR_TOO_LARGE,
    N_ ("The message is larger than the server takes.") },
  { TRANSACTION, 500, "2.3", WB_MAIL_ERROR_TOO_LARGE,
    N_ ("The message is larger than the recipient's mailbox takes.") },
  { TRANSACTION, 400, "2.2", WB_MAIL_ERROR_TEMPORARY,
    N_ ("The recipient's mailbox is full. Try again later.") },
  { TRANSACTION, 400, "7.1", WB_MAIL_ERROR_TEMPORARY,
    N_ ("The server does not take this mail yet, as many do with a sender that they do not know. "
        "Try again in some minutes.") },
  { TRANSACTION, 452, NULL, WB_MAIL_ERROR_TEMPORARY,
    N_ ("The server has no room for this mail at the moment. Try again later.") },
  { ANY_STEP, 400, NULL, WB_MAIL_ERROR_TEMPORARY,
    N_ ("The server cannot do it at the moment. Try again later.") },

  { TRANSACTION, 530, NULL, WB_MAIL_ERROR_LOGIN,
    N_ ("The server wants a login first. Give a user name and a password.") },
  { TRANSACTION, 500, "7.0", WB_MAIL_ERROR_FAILED, N_ ("The server's rules do not permit it.") },
  { WB_SMTP_STEP_MAIL, 500, "1.8", WB_MAIL_ERROR_SENDER,
    N_ ("The sender's domain does not exist. Check the sender's address.") },
  { WB_SMTP_STEP_MAIL, 552, NULL, WB_MAIL_ERROR_TOO_LARGE,
    N_ ("The message is larger than the server takes.") },
  { WB_SMTP_STEP_MAIL, 500, NULL, WB_MAIL_ERROR_SENDER,
    N_ ("The server refused the sender's address. Check it, and whether it belongs to the "
        "login.") },

  { WB_SMTP_STEP_RCPT, 500, "1.1", WB_MAIL_ERROR_RECIPIENT,
    N_ ("There is no such mailbox. Check the address.") },
  { WB_SMTP_STEP_RCPT, 500, "1.2", WB_MAIL_ERROR_RECIPIENT,
    N_ ("There is no such mail domain. Check what stands after the @.") },
  { WB_SMTP_STEP_RCPT, 500, "1.3", WB_MAIL_ERROR_RECIPIENT,
    N_ ("The server does not understand the address. Check its spelling.") },
  { WB_SMTP_STEP_RCPT, 500, "2.1", WB_MAIL_ERROR_RECIPIENT, N_ ("The mailbox is switched off.") },
  { WB_SMTP_STEP_RCPT, 500, "2.2", WB_MAIL_ERROR_RECIPIENT,
    N_ ("The recipient's mailbox is full.") },
  { WB_SMTP_STEP_RCPT, 552, NULL, WB_MAIL_ERROR_RECIPIENT,
    N_ ("The recipient's mailbox is full.") },
  { WB_SMTP_STEP_RCPT, 500, "7.1", WB_MAIL_ERROR_RECIPIENT,
    N_ ("The server does not pass mail on to this address. It may want a login first.") },
  { WB_SMTP_STEP_RCPT, 500, NULL, WB_MAIL_ERROR_RECIPIENT,
    N_ ("The server refused the recipient.") },

  { WB_SMTP_STEP_DATA | WB_SMTP_STEP_BODY, 552, NULL, WB_MAIL_ERROR_TOO_LARGE,
    N_ ("The message is larger than the server takes.") },
  { WB_SMTP_STEP_BODY, 500, "7.1", WB_MAIL_ERROR_FAILED,
    N_ ("The server refused the message, perhaps as unwanted mail.") },
  { WB_SMTP_STEP_BODY, 500, NULL, WB_MAIL_ERROR_FAILED, N_ ("The server refused the message.") },
  { ANY_STEP, 502, NULL, WB_MAIL_ERROR_UNSUPPORTED, N_ ("The server cannot do that.") },
  { ANY_STEP, 500, NULL, WB_MAIL_ERROR_FAILED, N_ ("The server refused.") },
  { ANY_STEP, 0, NULL, WB_MAIL_ERROR_FAILED,
    N_ ("The server's answer does not fit what it was asked.") },
};

/**
 * wb_smtp_reply_new:
 *
 * Returns: (transfer full): a reply without lines
 */
WbSmtpReply *
wb_smtp_reply_new (void)
{
  WbSmtpReply *self = g_new0 (WbSmtpReply, 1);

  self->lines = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * wb_smtp_reply_free:
 * @self: (nullable) (transfer full): a reply
 */
void
wb_smtp_reply_free (WbSmtpReply *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->lines);
  g_free (self);
}

static gboolean
refuse_line (const char *line, gsize length, GError **error)
{
  g_autofree char *shown = wb_mail_decode_reply (line, MIN (length, 80));

  g_set_error (error, WB_ERROR, WB_ERROR_PROTOCOL,
               /* Translators: %s is the beginning of a line that the server sent. */
               _ ("This is not how a mail server answers: “%s”. Check the host and the port."),
               shown);
  return FALSE;
}

/**
 * wb_smtp_reply_add_line:
 * @line: a line as received, without CRLF; need not end in NUL
 * @length: its bytes
 *
 * Adds the next line. Reads no further than @length and has a limit on the lines and
 * bytes that one reply may have, so that an endless one fails (RFC 5321 §4.2.1).
 *
 * Returns: %FALSE with %WB_ERROR_PROTOCOL or %WB_ERROR_TOO_LARGE set when @line cannot be
 *   part of this reply
 */
gboolean
wb_smtp_reply_add_line (WbSmtpReply *self, const char *line, gsize length, GError **error)
{
  guint code = 0;
  gsize skip = 3;

  g_return_val_if_fail (self != NULL && !self->complete, FALSE);

  if (length < 3 || !g_ascii_isdigit (line[0]) || !g_ascii_isdigit (line[1]) ||
      !g_ascii_isdigit (line[2]))
    return refuse_line (line, length, error);
  code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (code < 200 || code > 599 || (length > 3 && line[3] != ' ' && line[3] != '-') ||
      (self->code != 0 && self->code != code))
    return refuse_line (line, length, error);

  self->size += length;
  if (self->lines->len >= REPLY_LINES_MAX || self->size > REPLY_SIZE_MAX)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                           _ ("The server's answer does not end. It is no use to go on with it."));
      return FALSE;
    }

  self->code = code;
  self->complete = length == 3 || line[3] == ' ';
  if (length > 3)
    skip = 4;
  g_ptr_array_add (self->lines, wb_mail_decode_reply (line + skip, length - skip));
  return TRUE;
}

/**
 * wb_smtp_reply_read:
 * @connection: where the reply comes from
 *
 * Reads one reply. Blocks; call it on the thread that owns @connection.
 *
 * Returns: (transfer full): the reply, of whatever code, or %NULL with @error set when
 *   none came
 */
WbSmtpReply *
wb_smtp_reply_read (WbConnection *connection, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbSmtpReply) self = wb_smtp_reply_new ();

  while (!self->complete)
    {
      g_autofree char *line = NULL;
      gsize length = 0;

      line = wb_connection_read_line (connection, &length, cancellable, error);
      if (line == NULL)
        return NULL;
      if (!wb_smtp_reply_add_line (self, line, length, error))
        {
          wb_connection_break (connection);
          return NULL;
        }
    }
  return g_steal_pointer (&self);
}

/* How long the "5.1.1 " at the beginning of the text is, which each line of a reply repeats
 * (RFC 2034 section 4); 0 for none. */
static gsize
get_status_length (const WbSmtpReply *self)
{
  const char *text = g_ptr_array_index (self->lines, 0);
  const char *end = NULL;
  guint dots = 0;

  if ((guint) (text[0] - '0') != self->code / 100 || text[1] != '.')
    return 0;
  for (end = text + 1; g_ascii_isdigit (*end) || (*end == '.' && dots < 2); end++)
    dots += *end == '.';
  return dots == 2 && end[-1] != '.' && *end == ' ' ? (gsize) (end + 1 - text) : 0;
}

/**
 * wb_smtp_reply_get_text:
 *
 * Returns: (transfer full): the text of all lines in one, without codes; an enhanced status that
 *   begins each line stands there once
 */
char *
wb_smtp_reply_get_text (const WbSmtpReply *self)
{
  GString *text = g_string_new (NULL);
  gsize status = self->lines->len > 0 ? get_status_length (self) : 0;

  for (guint i = 0; i < self->lines->len; i++)
    {
      const char *line = g_ptr_array_index (self->lines, i);

      if (i > 0 && status > 0 && strncmp (line, g_ptr_array_index (self->lines, 0), status) == 0)
        line += status;
      if (i > 0)
        g_string_append_c (text, ' ');
      g_string_append (text, line);
    }
  return g_string_free (text, FALSE);
}

/**
 * wb_smtp_reply_is_good:
 *
 * Returns: whether the server did what it was asked (2xx)
 */
gboolean
wb_smtp_reply_is_good (const WbSmtpReply *self)
{
  return self->code / 100 == 2;
}

/* The "1.1" of "5.1.1 No such user", when it is of the reply's own class (RFC 2034). */
static char *
get_detail (const WbSmtpReply *self)
{
  const char *text = g_ptr_array_index (self->lines, 0);
  const char *end = NULL;
  guint dots = 0;

  if ((guint) (text[0] - '0') != self->code / 100 || text[1] != '.')
    return NULL;
  for (end = text + 2; g_ascii_isdigit (*end) || (*end == '.' && dots == 0); end++)
    dots += *end == '.';
  if (dots != 1 || end[-1] == '.' || (*end != ' ' && *end != '\0'))
    return NULL;
  return g_strndup (text + 2, end - text - 2);
}

static gboolean
code_fits (guint wanted, guint code)
{
  if (wanted == 0)
    return TRUE;
  return wanted % 100 == 0 ? code / 100 == wanted / 100 : code == wanted;
}

/**
 * wb_smtp_reply_set_error:
 * @step: what was being done
 * @host: the server's name, for advice on providers known to be particular
 * @secret: (nullable): what must not show, should the server have repeated it
 *
 * Turns a refusal into an error of %WB_MAIL_ERROR: what happened and what to do in plain
 * words, then what the server said.
 */
void
wb_smtp_reply_set_error (const WbSmtpReply *self,
                         WbSmtpStep step,
                         const char *host,
                         const char *secret,
                         GError **error)
{
  g_autofree char *detail = get_detail (self);
  g_autofree char *said = wb_smtp_reply_get_text (self);
  g_autofree char *text = wb_mail_shorten_reply (said, secret);
  g_autofree char *explained = NULL;
  guint row = 0;
  WbMailError code = WB_MAIL_ERROR_FAILED;
  const char *words = NULL;
  const char *advice = NULL;

  while (!((meanings[row].steps & step) != 0 && code_fits (meanings[row].code, self->code) &&
           (meanings[row].detail == NULL || g_strcmp0 (meanings[row].detail, detail) == 0)))
    row++;
  code = meanings[row].error;
  words = _ (meanings[row].words);

  if (self->code == 530 && strstr (text, "STARTTLS") != NULL)
    {
      code = WB_MAIL_ERROR_NO_TLS;
      words = _ ("The server takes mail over an encrypted connection only. Use TLS.");
    }
  if (code == WB_MAIL_ERROR_LOGIN && step == WB_SMTP_STEP_AUTH)
    advice = wb_mail_login_advice (host, text);

  explained = g_strjoin (" ", words, advice, NULL);
  g_set_error (error, WB_MAIL_ERROR, code,
               /* Translators: the first %s is one or more sentences on what went wrong, %u the
                  server's reply code, the last %s its text. */
               _ ("%s (The server said: %u %s)"), explained, self->code, text);
}

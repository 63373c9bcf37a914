/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-smtp-transaction.h"

#include <glib/gi18n-lib.h>

/* Runs a transaction and leaves the client's state as the connection's is. */
static gboolean
run (WbSmtpClient *self,
     WbSmtpTransaction *transaction,
     WbSmtpFollowFunc follow,
     gpointer user_data,
     GCancellable *cancellable,
     GError **error)
{
  gboolean done = FALSE;

  self->outcome_unknown = FALSE;
  done = wb_smtp_transaction_run (transaction, self, follow, user_data, cancellable, error);
  if (!wb_connection_is_usable (self->connection))
    wb_smtp_client_set_state (self, WB_SMTP_STATE_ENDED);
  else if (self->state == WB_SMTP_STATE_ENDED)
    wb_connection_break (self->connection);
  return done;
}

/**
 * wb_smtp_client_send_mail:
 * @mail: what is sent; a bare CR or LF in it becomes CRLF on the wire, so that whatever stands in
 *   it arrives as exactly one message
 * @results: (out) (optional) (nullable) (transfer full) (element-type WbSmtpRecipient): what
 *   became of each recipient, in the same order; set on failure too when they got asked
 * @progress: (nullable): counts the message's bytes
 *
 * Sends one message to all recipients that the server accepts. What the server cannot take
 * (too large, bytes or addresses outside ASCII) and an address that would break the line
 * are refused before a byte is sent. Any number of messages may follow each other; a failed
 * one leaves the connection fit for the next unless the connection itself broke.
 *
 * When the connection ends between the final dot and the reply, nobody knows whether the
 * mail was taken: %WB_MAIL_ERROR_UNKNOWN_STATE. A cancel at that point is
 * %G_IO_ERROR_CANCELLED like every other, and wb_smtp_client_is_outcome_unknown() tells it
 * apart.
 *
 * Blocks; call it on the thread that owns @self. RFC 5321 §3.3, 1870, 2920, 6152, 6531.
 *
 * Returns: %TRUE when the server took the message for at least one recipient
 */
gboolean
wb_smtp_client_send_mail (WbSmtpClient *self,
                          const WbSmtpMail *mail,
                          GPtrArray **results,
                          WbProgress *progress,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (WbSmtpTransaction) transaction = NULL;
  gboolean done = FALSE;

  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);
  g_return_val_if_fail (mail != NULL, FALSE);

  if (results != NULL)
    *results = NULL;
  self->outcome_unknown = FALSE;

  transaction = wb_smtp_transaction_new (self, mail, error);
  if (transaction == NULL)
    return FALSE;

  if (progress != NULL)
    wb_progress_begin (progress, _ ("Sending"), transaction->envelope->size);
  wb_connection_set_progress (self->connection, progress);
  done = run (self, transaction, NULL, NULL, cancellable, error);
  wb_connection_set_progress (self->connection, NULL);
  if (progress != NULL)
    {
      if (done)
        wb_progress_set_done (progress, transaction->envelope->size);
      wb_progress_end (progress);
    }

  if (results != NULL)
    *results = g_steal_pointer (&transaction->results);
  return done;
}

/**
 * wb_smtp_client_send:
 * @sender: the envelope's sender, user@host without angle brackets; "" for none
 * @recipients: (element-type utf8): the envelope's recipients, of the same form
 * @message: header, empty line, body
 * @results: (out) (optional) (nullable) (transfer full) (element-type WbSmtpRecipient): as above
 * @progress: (nullable): counts the message's bytes
 *
 * wb_smtp_client_send_mail() for a message in memory.
 *
 * Blocks; call it on the thread that owns @self.
 *
 * Returns: %TRUE when the server took the message for at least one recipient
 */
gboolean
wb_smtp_client_send (WbSmtpClient *self,
                     const char *sender,
                     GPtrArray *recipients,
                     GBytes *message,
                     GPtrArray **results,
                     WbProgress *progress,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (WbMailSource) source = NULL;

  g_return_val_if_fail (sender != NULL, FALSE);
  g_return_val_if_fail (recipients != NULL, FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  source = wb_mail_source_new (message);
  return wb_smtp_client_send_mail (self, &(WbSmtpMail){ sender, recipients, source }, results,
                                   progress, cancellable, error);
}

/* A mail of many: what the caller gave, and its transaction or why there is none. */
typedef struct
{
  WbSmtpMail mail;
  WbSmtpTransaction *transaction;
  GError *error;
} Job;

/* Mails that follow each other; @following is the one that was taken from @next early. */
typedef struct
{
  WbSmtpClient *client;
  WbSmtpNextFunc next;
  gpointer user_data;
  Job *following;
  gboolean exhausted;
} Series;

static void
job_free (Job *job)
{
  wb_smtp_transaction_free (job->transaction);
  g_clear_error (&job->error);
  g_free (job);
}

/* Takes the next mail from the caller, unless that was done already. */
static Job *
look_ahead (Series *series)
{
  g_autofree Job *job = NULL;

  if (series->following != NULL || series->exhausted)
    return series->following;

  job = g_new0 (Job, 1);
  series->exhausted = !series->next (&job->mail, series->user_data);
  if (series->exhausted)
    return NULL;
  job->transaction = wb_smtp_transaction_new (series->client, &job->mail, &job->error);
  series->following = g_steal_pointer (&job);
  return series->following;
}

static WbSmtpTransaction *
follow_cb (gpointer user_data)
{
  Job *job = look_ahead (user_data);

  return job != NULL ? job->transaction : NULL;
}

/**
 * wb_smtp_client_send_many:
 * @next: gives the mails, one after the other
 * @sent: told what became of each, in the same order
 *
 * Sends mails one after the other as wb_smtp_client_send() does, with one wait for the
 * server a mail where it takes groups of commands (RFC 2920). One that fails does not keep
 * back the others, unless the connection ended with it: then no further mail is taken from
 * @next, and one that was taken already is told as not sent.
 *
 * @next may be called for a mail before @sent is for the one in front of it. While @sent
 * runs, wb_smtp_client_is_outcome_unknown() is about the mail that it is told of.
 *
 * Blocks; call it on the thread that owns @self. The callbacks run on the same thread.
 *
 * Returns: how many mails the server took for at least one recipient
 */
guint
wb_smtp_client_send_many (WbSmtpClient *self,
                          WbSmtpNextFunc next,
                          WbSmtpSentFunc sent,
                          gpointer user_data,
                          GCancellable *cancellable)
{
  Series series = { self, next, user_data, NULL, FALSE };
  guint taken = 0;

  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), 0);
  g_return_val_if_fail (next != NULL && sent != NULL, 0);

  while (series.following != NULL || wb_smtp_client_is_connected (self))
    {
      Job *job = look_ahead (&series);
      GPtrArray *results = NULL;

      if (job == NULL)
        break;
      series.following = NULL;
      self->outcome_unknown = FALSE;
      if (job->transaction != NULL && wb_smtp_client_is_open (self, &job->error))
        {
          taken += run (self, job->transaction, follow_cb, &series, cancellable, &job->error);
          results = job->transaction->results;
        }
      sent (&job->mail, results, job->error, user_data);
      job_free (job);
    }
  return taken;
}

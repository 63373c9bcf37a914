/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-outbox.h"

#include <glib/gi18n-lib.h>

/* A mail of the Outbox on its way. */
typedef struct
{
  WbMaildir *outbox;
  const char *name;
} Sending;

/**
 * wb_outbox_begin:
 * @outbox: the Outbox
 * @name: which message
 * @again: whether the person wants it sent although it may have arrived
 * @state: (out): %WB_OUTBOX_SENDING, or %WB_OUTBOX_SENT when only its copy is missing
 *
 * Writes down that the mail is being sent. One that the server may have, and one that is being
 * sent already, is refused. Blocks; any thread but the main one.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_UNKNOWN_STATE, %WB_MAIL_ERROR_NO_SUCH_MESSAGE or
 *   %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_outbox_begin (WbMaildir *outbox,
                 const char *name,
                 gboolean again,
                 WbOutboxState *state,
                 GError **error)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);
  g_autoptr (WbMailSource) wrapped = wb_maildir_open_source (outbox, name, error);

  /* One that is gone was sent or deleted in the meantime, and leaves no record behind. */
  *state = record->state;
  if (wrapped == NULL)
    return FALSE;
  if (record->state == WB_OUTBOX_SENT)
    return TRUE;
  if (record->state == WB_OUTBOX_SENDING)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                           _ ("This mail is being sent already."));
      return FALSE;
    }
  if (wb_outbox_is_uncertain (record) && !again)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNKNOWN_STATE,
                           _ ("This mail may have arrived already. Ask the recipient, then send it "
                              "again or delete it."));
      return FALSE;
    }
  record->state = WB_OUTBOX_SENDING;
  record->attempts++;
  record->committed = FALSE;
  record->since = g_get_real_time () / G_USEC_PER_SEC;
  g_clear_pointer (&record->reason, g_free);
  g_clear_pointer (&record->refused, g_free);
  *state = WB_OUTBOX_SENDING;
  return wb_outbox_save (outbox, name, record, error);
}

/* From the next byte on the server may have it: that is on the disk first, or it is not sent. */
static gboolean
commit_cb (gpointer user_data, GError **error)
{
  Sending *sending = user_data;
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (sending->outbox, sending->name);

  record->state = WB_OUTBOX_SENDING;
  record->committed = TRUE;
  return wb_outbox_save (sending->outbox, sending->name, record, error);
}

/**
 * wb_outbox_fail:
 * @outbox: the Outbox
 * @name: a message for which wb_outbox_begin() was called
 * @unknown: whether the server may have it
 * @error: why it was not sent, or is not known to be
 *
 * Writes that down. If not even that can be, the record of the beginning tells as much when it
 * is found. Blocks; any thread but the main one.
 */
void
wb_outbox_fail (WbMaildir *outbox, const char *name, gboolean unknown, const GError *error)
{
  g_autoptr (GError) local_error = NULL;

  if (!wb_outbox_set_state (outbox, name, unknown ? WB_OUTBOX_UNKNOWN : WB_OUTBOX_FAILED,
                            error->message, &local_error))
    g_message ("%s", local_error->message);
}

/* Whom the server refused, each with its words; %NULL for nobody. */
static char *
list_refused (GPtrArray *results, GPtrArray *addresses)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      const WbSmtpRecipient *recipient = g_ptr_array_index (results, i);

      if (recipient->accepted || recipient->code == 0)
        continue;
      g_ptr_array_add (addresses, recipient->address);
      g_string_append_printf (text, "%s%s: %u %s", text->len > 0 ? "\n" : "", recipient->address,
                              recipient->code, recipient->text != NULL ? recipient->text : "");
      for (gsize k = 0; k < text->len; k++)
        if (text->str[k] == '\r')
          text->str[k] = ' ';
    }
  return g_string_free (text, text->len == 0);
}

/* For those who were refused when others were not the mail stays: once more to everybody would be
 * one too many for the others. It is there before the whole counts as sent. */
static void
keep_rest (const Sending *sending,
           WbMailSource *message,
           const WbOutboxEnvelope *envelope,
           GPtrArray *results)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  WbOutboxEnvelope left = *envelope;
  g_autoptr (WbMailSource) rest = NULL;
  g_autofree char *name = NULL;
  g_autofree char *refused = list_refused (results, addresses);
  g_autoptr (GError) error = NULL;
  WbOutboxRecord record = { .state = WB_OUTBOX_FAILED, .rest = TRUE, .attempts = 1 };

  if (refused == NULL)
    return;
  record.refused = refused;
  record.since = g_get_real_time () / G_USEC_PER_SEC;
  left.recipients = addresses;
  rest = wb_outbox_wrap (message, &left);
  name = wb_maildir_deliver_source (sending->outbox, rest, "S", &error);
  if (name == NULL || !wb_outbox_save (sending->outbox, name, &record, &error))
    g_message ("%s", error->message);
}

/* Where it were all of them: beside the reason, which names the first. */
static void
write_refused (const Sending *sending, GPtrArray *results)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  g_autofree char *refused = list_refused (results, addresses);
  g_autoptr (WbOutboxRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  if (refused == NULL || addresses->len < results->len)
    return;
  record = wb_outbox_load (sending->outbox, sending->name);
  g_free (record->refused);
  record->refused = g_steal_pointer (&refused);
  if (!wb_outbox_save (sending->outbox, sending->name, record, &error))
    g_message ("%s", error->message);
}

/**
 * wb_outbox_send:
 * @outbox: the Outbox
 * @name: a message for which wb_outbox_begin() was called
 * @client: connected and logged in
 * @results: (out) (nullable) (transfer full) (element-type WbSmtpRecipient): what became of each
 *   recipient; %NULL when none was asked
 * @progress: (nullable): counts the message's bytes
 *
 * Sends it with the envelope that it was kept with, and writes down how that ended: that its end
 * is about to go out, before it does; then that the server took it, or why not. When the server
 * took it and that cannot be written down, it stays uncertain on the disk. For recipients that were
 * refused when others were not, a mail of its own stays in @outbox.
 *
 * Blocks; on the thread that owns @client.
 *
 * Returns: %TRUE when the server took it for at least one recipient
 */
gboolean
wb_outbox_send (WbMaildir *outbox,
                const char *name,
                WbSmtpClient *client,
                GPtrArray **results,
                WbProgress *progress,
                GCancellable *cancellable,
                GError **error)
{
  Sending sending = { outbox, name };
  g_autoptr (WbMailSource) wrapped = NULL;
  g_autoptr (WbMailSource) message = NULL;
  g_auto (WbOutboxEnvelope) envelope = { 0 };
  g_autoptr (GError) local_error = NULL;
  gboolean done = FALSE;

  *results = NULL;
  wrapped = wb_maildir_open_source (outbox, name, &local_error);
  if (wrapped != NULL)
    message = wb_outbox_unwrap (wrapped, &envelope, &local_error);
  if (message != NULL && envelope.sender == NULL)
    envelope.sender = g_strdup ("");
  if (message != NULL)
    {
      const WbSmtpMail mail = { envelope.sender, envelope.recipients, message };

      wb_smtp_client_set_commit (client, commit_cb, &sending);
      done = wb_smtp_client_set_reports (client, envelope.notify, envelope.returned, NULL,
                                         &local_error) &&
             wb_smtp_client_send_mail (client, &mail, results, progress, cancellable, &local_error);
      wb_smtp_client_set_commit (client, NULL, NULL);
    }
  if (!done)
    {
      write_refused (&sending, *results);
      wb_outbox_fail (outbox, name,
                      g_error_matches (local_error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNKNOWN_STATE) ||
                          wb_smtp_client_is_outcome_unknown (client),
                      local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  keep_rest (&sending, message, &envelope, *results);
  if (!wb_outbox_set_state (outbox, name, WB_OUTBOX_SENT, NULL, &local_error))
    g_message ("%s", local_error->message);
  return TRUE;
}

/* Whether an earlier attempt got as far as the copy. */
static gboolean
has_copy (WbMaildir *sent, WbMailSource *message)
{
  g_autoptr (GPtrArray) items = wb_maildir_list (sent, NULL);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      const WbMaildirItem *item = g_ptr_array_index (items, i);
      g_autoptr (WbMailSource) copy = NULL;

      if (item->size != wb_mail_source_get_size (message))
        continue;
      copy = wb_maildir_open_source (sent, item->name, NULL);
      if (copy != NULL && wb_mail_source_equal (copy, message, NULL))
        return TRUE;
    }
  return FALSE;
}

/**
 * wb_outbox_file:
 * @outbox: the Outbox
 * @name: a message that the server took
 * @sent: the folder for copies
 *
 * Puts the copy into @sent, unless it is there, and the mail out of the Outbox. Can be called
 * again until it works: nothing goes over the wire. Blocks; any thread but the main one.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set and the reason written down
 */
gboolean
wb_outbox_file (WbMaildir *outbox, const char *name, WbMaildir *sent, GError **error)
{
  g_autoptr (WbMailSource) wrapped = wb_maildir_open_source (outbox, name, error);
  g_autoptr (WbMailSource) message = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *copy = NULL;

  if (wrapped != NULL)
    message = wb_outbox_unwrap (wrapped, NULL, error);
  if (message == NULL)
    return FALSE;
  if (!has_copy (sent, message))
    {
      copy = wb_maildir_deliver_source (sent, message, "S", &local_error);
      if (copy == NULL)
        {
          wb_outbox_set_state (outbox, name, WB_OUTBOX_SENT, local_error->message, NULL);
          g_propagate_prefixed_error (
              error, g_steal_pointer (&local_error), "%s",
              _ ("The mail is sent, but its copy could not be put into Sent: "));
          return FALSE;
        }
    }
  if (!wb_maildir_remove (outbox, name, error))
    return FALSE;
  wb_outbox_clear_state (outbox, name);
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-outbox.h"

#include <glib/gi18n-lib.h>
#include <string.h>

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
  /* Before its time somebody asks for it, who may know that there is such a mailbox by now. */
  if (record->next_try == 0 || record->since < record->next_try)
    g_clear_pointer (&record->lasting, g_free);
  /* One that was given up begins a new row. */
  if (record->next_try == 0)
    record->tries = 0;
  record->next_try = 0;
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
 * Writes that down, and when it is tried again by itself, if the reason is one that passes. If not
 * even that can be, the record of the beginning tells as much when it is found. Blocks; any thread
 * but the main one.
 */
void
wb_outbox_fail (WbMaildir *outbox, const char *name, gboolean unknown, const GError *error)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);
  g_autoptr (GError) local_error = NULL;

  record->state = unknown ? WB_OUTBOX_UNKNOWN : WB_OUTBOX_FAILED;
  g_free (record->reason);
  record->reason = g_strdup (error->message);
  record->since = g_get_real_time () / G_USEC_PER_SEC;
  record->committed = FALSE;
  /* Of some that were refused, others may still be taken. */
  wb_outbox_plan (record,
                  !unknown && (wb_outbox_passes (error) ||
                               (record->lasting != NULL &&
                                g_error_matches (error, WB_MAIL_ERROR, WB_MAIL_ERROR_RECIPIENT))));
  if (!wb_outbox_save (outbox, name, record, &local_error))
    g_message ("%s", local_error->message);
}

/* Of those that the server refused, those whom it will never take or those whom it may take later:
 * their addresses and, a line each, its words. */
typedef struct
{
  GPtrArray *addresses;
  GString *words;
} Refused;

static void
refused_init (Refused *self)
{
  self->addresses = g_ptr_array_new_with_free_func (g_free);
  self->words = g_string_new (NULL);
}

static void
refused_clear (Refused *self)
{
  g_ptr_array_unref (self->addresses);
  g_string_free (self->words, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Refused, refused_clear)

static void
refused_add (Refused *self, const char *address, const char *line)
{
  g_ptr_array_add (self->addresses, g_strdup (address));
  g_string_append_printf (self->words, "%s%s", self->words->len > 0 ? "\n" : "", line);
}

/* The line that an earlier try left of @address, or %NULL. */
static char *
find_line (const char *lines, const char *address)
{
  g_auto (GStrv) all = g_strsplit (lines != NULL ? lines : "", "\n", -1);
  gsize length = strlen (address);

  for (char **line = all; *line != NULL; line++)
    if (g_str_has_prefix (*line, address) && g_str_has_prefix (*line + length, ": "))
      return g_strdup (*line);
  return NULL;
}

/* @lasting is what an earlier try left of those who were not asked this time. */
static void
sort_refused (GPtrArray *results,
              GPtrArray *recipients,
              const char *lasting,
              Refused *for_now,
              Refused *for_good)
{
  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      const WbSmtpRecipient *recipient = g_ptr_array_index (results, i);
      g_autofree char *line = NULL;

      if (recipient->accepted || recipient->code == 0)
        continue;
      line = g_strdup_printf ("%s: %u %s", recipient->address, recipient->code,
                              recipient->text != NULL ? recipient->text : "");
      g_strdelimit (line, "\r\n", ' ');
      refused_add (recipient->code / 100 == 4 ? for_now : for_good, recipient->address, line);
    }
  for (guint i = 0; i < recipients->len; i++)
    {
      const char *address = g_ptr_array_index (recipients, i);
      g_autofree char *line = find_line (lasting, address);

      if (line != NULL)
        refused_add (for_good, address, line);
    }
}

/* Without those whom an earlier try found to be refused for good. */
static GPtrArray *
list_asked (GPtrArray *recipients, const char *lasting)
{
  g_autoptr (GPtrArray) asked = g_ptr_array_new ();

  for (guint i = 0; i < recipients->len; i++)
    {
      g_autofree char *line = find_line (lasting, g_ptr_array_index (recipients, i));

      if (line == NULL)
        g_ptr_array_add (asked, g_ptr_array_index (recipients, i));
    }
  return asked->len > 0 ? g_steal_pointer (&asked) : g_ptr_array_ref (recipients);
}

/* For those who were refused when others were not the mail stays: once more to everybody would be
 * one too many for the others. It is there before the whole counts as sent. */
static gboolean
keep_rest (const Sending *sending,
           WbMailSource *message,
           const WbOutboxEnvelope *envelope,
           const Refused *refused,
           gboolean passing,
           gboolean divided,
           GError **error)
{
  WbOutboxEnvelope left = *envelope;
  g_autoptr (WbMailSource) rest = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) local_error = NULL;
  WbOutboxRecord record = {
    .state = WB_OUTBOX_FAILED, .rest = TRUE, .divided = divided, .attempts = 1
  };

  if (refused->addresses->len == 0)
    return TRUE;
  record.refused = refused->words->str;
  record.since = g_get_real_time () / G_USEC_PER_SEC;
  wb_outbox_plan (&record, passing);
  left.recipients = refused->addresses;
  rest = wb_outbox_wrap (message, &left);
  name = wb_maildir_deliver_source (sending->outbox, rest, "S", error);
  if (name == NULL)
    return FALSE;
  /* Without its words it waits like a new one. */
  if (!wb_outbox_save (sending->outbox, name, &record, &local_error))
    g_message ("%s", local_error->message);
  return TRUE;
}

/* Where it were all that were asked: beside the reason, which names the first. */
static void
write_refused (const Sending *sending, const Refused *for_now, const Refused *for_good)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (sending->outbox, sending->name);
  const gboolean mixed = for_now->addresses->len > 0 && for_good->addresses->len > 0;
  g_autoptr (GError) error = NULL;

  g_free (record->refused);
  g_free (record->lasting);
  record->refused = g_strdup (for_now->words->len > 0 ? for_now->words->str : for_good->words->str);
  record->lasting = mixed ? g_strdup (for_good->words->str) : NULL;
  if (!wb_outbox_save (sending->outbox, sending->name, record, &error))
    g_message ("%s", error->message);
}

static gboolean
are_all_refused (GPtrArray *results)
{
  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      const WbSmtpRecipient *recipient = g_ptr_array_index (results, i);

      if (recipient->accepted || recipient->code == 0)
        return FALSE;
    }
  return results != NULL && results->len > 0;
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
 * refused when others were not, a mail of its own stays in @outbox; two where some were refused for
 * now and some for good, of which the first is tried again by itself (RFC 5321 §4.2.1). Where those
 * cannot be written, this one stays, uncertain: %WB_MAIL_ERROR_UNKNOWN_STATE.
 *
 * Blocks; on the thread that owns @client.
 *
 * Returns: %TRUE when the server took it for at least one recipient and nobody else is forgotten
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
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);
  g_autoptr (WbMailSource) wrapped = NULL;
  g_autoptr (WbMailSource) message = NULL;
  g_auto (WbOutboxEnvelope) envelope = { 0 };
  g_autoptr (GError) local_error = NULL;
  g_auto (Refused) for_now = { 0 };
  g_auto (Refused) for_good = { 0 };
  gboolean done = FALSE;

  *results = NULL;
  refused_init (&for_now);
  refused_init (&for_good);
  wrapped = wb_maildir_open_source (outbox, name, &local_error);
  if (wrapped != NULL)
    message = wb_outbox_unwrap (wrapped, &envelope, &local_error);
  if (message != NULL && envelope.sender == NULL)
    envelope.sender = g_strdup ("");
  if (message != NULL)
    {
      g_autoptr (GPtrArray) asked = list_asked (envelope.recipients, record->lasting);
      const WbSmtpMail mail = { envelope.sender, asked, message };

      wb_smtp_client_set_commit (client, commit_cb, &sending);
      done = wb_smtp_client_set_reports (client, envelope.notify, envelope.returned, NULL,
                                         &local_error) &&
             wb_smtp_client_send_mail (client, &mail, results, progress, cancellable, &local_error);
      wb_smtp_client_set_commit (client, NULL, NULL);
      sort_refused (*results, envelope.recipients,
                    asked != envelope.recipients ? record->lasting : NULL, &for_now, &for_good);
    }
  if (!done)
    {
      if (are_all_refused (*results))
        write_refused (&sending, &for_now, &for_good);
      wb_outbox_fail (outbox, name,
                      g_error_matches (local_error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNKNOWN_STATE) ||
                          wb_smtp_client_is_outcome_unknown (client),
                      local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!keep_rest (&sending, message, &envelope, &for_now, TRUE, for_good.addresses->len > 0,
                  &local_error) ||
      !keep_rest (&sending, message, &envelope, &for_good, FALSE, for_now.addresses->len > 0,
                  &local_error))
    {
      /* Filed as sent, it would be lost for them. */
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNKNOWN_STATE,
                   /* Translators: %s is the reason. */
                   _ ("The server took the mail, but not for everybody, and what is left for the "
                      "others could not be kept: %s. Make room, then send it again to them."),
                   local_error->message);
      write_refused (&sending, &for_now, &for_good);
      wb_outbox_fail (outbox, name, TRUE, *error);
      return FALSE;
    }
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

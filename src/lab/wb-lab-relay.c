/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-mail-private.h"

#include "wb-lab-lock.h"
#include "wb-smtp-client.h"

#include <string.h>

#define TIMEOUT 30
/* Of a mail that could not be delivered so much of its header goes into the report. */
#define QUOTED_MAX 4096

static WbSmtpClient *
connect_to (WbWire *wire, guint16 port, GCancellable *cancellable)
{
  g_autoptr (WbSmtpClient) client = wb_smtp_client_new (wire, NULL);
  g_autoptr (GError) error = NULL;
  char host[] = "127.0.0.1";
  char scheme[] = "smtp";
  char path[] = "";
  WbUrl url = {
    .scheme = scheme,
    .protocol = scheme,
    .host = host,
    .port = port,
    .path = path,
    .tls = WB_TLS_NEVER,
  };

  wb_smtp_client_set_timeout (client, TIMEOUT);
  if (wb_smtp_client_connect (client, &url, cancellable, &error))
    return g_steal_pointer (&client);
  g_debug ("relay: %s", error->message);
  return NULL;
}

static void
append_header_of (GString *report, GBytes *message)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);
  const char *end = data != NULL ? g_strstr_len (data, MIN (size, QUOTED_MAX), "\r\n\r\n") : NULL;
  gsize length = end != NULL ? (gsize) (end - data) : MIN (size, QUOTED_MAX);

  if (length > 0)
    g_string_append_len (report, data, length);
  g_string_append (report, "\r\n");
}

/* Tells the sender who did not get the mail, and what their provider said. */
static void
bounce (WbLabMail *mail, WbLabProvider from, const WbLabQueueEntry *entry, GPtrArray *refused)
{
  const char *domain = wb_lab_provider_get_domain (from);
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GPtrArray) to = g_ptr_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *date = wb_lab_mail_format_date ();
  g_autofree char *id = g_uuid_string_random ();

  /* A report about a report would go round for ever (RFC 5321, section 6.1). */
  if (*entry->sender == '\0')
    return;

  g_string_append_printf (report,
                          "From: Mail delivery <MAILER-DAEMON@%s>\r\nTo: <%s>\r\n"
                          "Subject: Your mail could not be delivered\r\nDate: %s\r\n"
                          "Message-ID: <%s@%s>\r\nAuto-Submitted: auto-replied\r\n"
                          "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: 8bit\r\n\r\n",
                          domain, entry->sender, date, id, domain);
  g_string_append (report, "These recipients did not get your mail:\r\n\r\n");
  for (guint i = 0; i < refused->len; i++)
    {
      const WbSmtpRecipient *recipient = g_ptr_array_index (refused, i);

      g_string_append_printf (report, "    <%s>: %u %s\r\n", recipient->address, recipient->code,
                              recipient->text != NULL ? recipient->text : "");
    }
  g_string_append (report, "\r\nIt began:\r\n\r\n");
  append_header_of (report, entry->message);

  bytes = g_string_free_to_bytes (g_steal_pointer (&report));
  g_ptr_array_add (to, entry->sender);
  if (!wb_lab_mail_accept (mail, from, "", to, bytes, &error))
    g_debug ("relay: %s", error->message);
}

/* What remains to be sent of an entry after an attempt: nobody, or those to try again. */
static GPtrArray *
sort_out (WbLabMail *mail,
          WbLabProvider from,
          const WbLabQueueEntry *entry,
          gboolean sent,
          const GError *failure,
          GPtrArray *results)
{
  g_autoptr (GPtrArray) again = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) refused = g_ptr_array_new ();

  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      WbSmtpRecipient *recipient = g_ptr_array_index (results, i);

      if (recipient->code >= 500)
        g_ptr_array_add (refused, recipient);
      else if (!(sent && recipient->accepted))
        g_ptr_array_add (again, g_strdup (recipient->address));
    }
  if (results == NULL)
    for (guint i = 0; i < entry->recipients->len; i++)
      g_ptr_array_add (again, g_strdup (g_ptr_array_index (entry->recipients, i)));

  /* Refused after the recipients were taken, by its content or size: trying again is vain. */
  if (!sent && failure != NULL && failure->domain == WB_MAIL_ERROR &&
      failure->code != WB_MAIL_ERROR_TEMPORARY && failure->code != WB_MAIL_ERROR_UNKNOWN_STATE)
    {
      WbSmtpRecipient *all = g_newa0 (WbSmtpRecipient, again->len + 1);

      for (guint i = 0; i < again->len; i++)
        {
          all[i].address = g_ptr_array_index (again, i);
          all[i].code = 554;
          all[i].text = failure->message;
          g_ptr_array_add (refused, &all[i]);
        }
      if (refused->len > 0)
        bounce (mail, from, entry, refused);
      return g_ptr_array_new ();
    }
  if (refused->len > 0)
    bounce (mail, from, entry, refused);
  return g_steal_pointer (&again);
}

/* Returns whether the entry is done with, for better or worse. */
static gboolean
relay_one (WbLabMail *mail,
           WbLabProvider from,
           WbMaildir *queue,
           const char *name,
           WbSmtpClient *client,
           GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) packed = wb_maildir_read (queue, name, &error);
  g_autoptr (WbLabQueueEntry) entry = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) again = NULL;
  gboolean sent;

  if (packed != NULL)
    entry = wb_lab_queue_entry_unpack (packed);
  if (entry == NULL)
    {
      /* Gone meanwhile, or not ours: either way nothing to try again. */
      g_debug ("relay: %s is no queued mail", name);
      return TRUE;
    }

  sent = wb_smtp_client_send (client, entry->sender, entry->recipients, entry->message, &results,
                              NULL, cancellable, &error);
  if (g_cancellable_is_cancelled (cancellable) && !sent)
    return FALSE;
  again = sort_out (mail, from, entry, sent, error, results);
  if (again->len == entry->recipients->len)
    return FALSE;
  if (again->len > 0)
    {
      g_autoptr (GBytes) rest = wb_lab_queue_entry_pack (entry->sender, again, entry->message);
      g_autofree char *kept = wb_maildir_deliver (queue, rest, "", NULL);

      if (kept == NULL)
        return FALSE;
    }
  return wb_maildir_remove (queue, name, NULL) && again->len == 0;
}

static gboolean
relay_all (WbLabMail *mail,
           WbLabProvider from,
           WbMaildir *queue,
           WbWire *wire,
           guint16 port,
           GCancellable *cancellable)
{
  g_autoptr (WbSmtpClient) client = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = wb_maildir_list (queue, &error);
  gboolean empty = TRUE;

  if (items == NULL)
    {
      g_debug ("relay: %s", error->message);
      return FALSE;
    }
  for (guint i = 0; i < items->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      const WbMaildirItem *item = g_ptr_array_index (items, i);

      if (client == NULL)
        client = connect_to (wire, port, cancellable);
      if (client == NULL)
        return FALSE;
      if (!relay_one (mail, from, queue, item->name, client, cancellable))
        {
          /* What the server would say next is not certain after a failure. */
          g_clear_object (&client);
          empty = FALSE;
        }
    }
  if (client != NULL)
    wb_smtp_client_quit (client, cancellable, NULL);
  return empty;
}

/**
 * wb_lab_relay_run:
 * @from: whose queue it is
 * @queue: the mails in it
 * @wire: where the conversation is logged
 * @port: of the other provider's server on this computer
 *
 * Carries what is queued to the other provider, on one connection. Whoever is refused for
 * good is reported to the sender. Blocks; called by the relaying thread alone.
 *
 * Returns: whether nothing is left to be tried again
 */
gboolean
wb_lab_relay_run (WbLabMail *mail,
                  WbLabProvider from,
                  WbMaildir *queue,
                  WbWire *wire,
                  guint16 port,
                  GCancellable *cancellable)
{
  int lock = wb_lab_lock_take (wb_maildir_get_path (queue), ".relay-lock", FALSE);
  gboolean empty;

  /* Another lab on the same state is at it; sending twice helps nobody. */
  if (lock < 0)
    return FALSE;
  empty = relay_all (mail, from, queue, wire, port, cancellable);
  wb_lab_lock_drop (lock);
  return empty;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-outbox.h"

#include "wb-error.h"

/* How long is waited before the next try, in seconds; from the last one on always the same. A
 * server that knows no sender at first (greylisting) takes the mail within some minutes. */
static const guint waits[] = { 60, 5 * 60, 15 * 60, 60 * 60 };

/* For how long it is tried, in seconds. What counts is the time that was waited, not the date: a
 * computer that was off for a week has not tried for one. */
#define LONGEST (24 * 60 * 60)

/**
 * wb_outbox_passes:
 * @error: why a mail was not sent
 *
 * Tells failures that mostly are over after a while: no network, no such host at the moment, nobody
 * there, silence, a connection that ended before the mail was out, and a server that says so itself
 * (4yz, RFC 5321 §4.2.1). Any thread.
 *
 * Returns: whether the same mail may well be taken later
 */
gboolean
wb_outbox_passes (const GError *error)
{
  if (error->domain == WB_MAIL_ERROR)
    return error->code == WB_MAIL_ERROR_TEMPORARY;
  if (error->domain != WB_ERROR)
    return FALSE;
  return error->code == WB_ERROR_NOT_FOUND || error->code == WB_ERROR_REFUSED ||
         error->code == WB_ERROR_UNREACHABLE || error->code == WB_ERROR_TIMED_OUT ||
         error->code == WB_ERROR_CLOSED;
}

/**
 * wb_outbox_get_wait:
 * @tries: how often it was tried in a row, at least once
 *
 * Any thread.
 *
 * Returns: after how many seconds it is tried again, 0 for never
 */
guint
wb_outbox_get_wait (guint tries)
{
  const guint last = G_N_ELEMENTS (waits) - 1;
  guint64 waited = 0;

  g_return_val_if_fail (tries > 0, 0);

  for (guint i = 0; i < MIN (tries, last); i++)
    waited += waits[i];
  if (tries > last)
    waited += (guint64) (tries - last) * waits[last];
  return waited <= LONGEST ? waits[MIN (tries - 1, last)] : 0;
}

/**
 * wb_outbox_plan:
 * @record: of a mail that was just tried
 * @again: whether it is to be tried again by itself
 *
 * Counts that try and sets when the next one is. Any thread.
 */
void
wb_outbox_plan (WbOutboxRecord *record, gboolean again)
{
  guint wait = 0;

  record->tries = again ? record->tries + 1 : 0;
  if (again)
    wait = wb_outbox_get_wait (record->tries);
  record->next_try = wait > 0 ? g_get_real_time () / G_USEC_PER_SEC + wait : 0;
}

/**
 * wb_outbox_get_due:
 * @record: of a mail
 *
 * One that the server may have is never due. Any thread.
 *
 * Returns: when it is to be sent without anybody asking, in seconds since the epoch; 0 for never
 */
gint64
wb_outbox_get_due (const WbOutboxRecord *record)
{
  if (record->state == WB_OUTBOX_FAILED)
    return record->next_try;
  if (record->state == WB_OUTBOX_QUEUED)
    return record->next_try > 0 ? record->next_try : record->not_before;
  return 0;
}

/**
 * wb_outbox_stop:
 * @outbox: the Outbox
 * @name: a message that is not being sent
 *
 * From here on it goes only when somebody asks for it. Durable when it returns %TRUE. Blocks; any
 * thread but the main one.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_outbox_stop (WbMaildir *outbox, const char *name, GError **error)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);

  if (wb_outbox_get_due (record) == 0)
    return TRUE;
  wb_outbox_plan (record, FALSE);
  record->not_before = 0;
  return wb_outbox_save (outbox, name, record, error);
}

/**
 * wb_outbox_take_out:
 * @outbox: the Outbox
 * @name: a message that is not being sent
 * @drafts: another folder
 * @draft: what is to stand there in its place
 * @error: set when it failed
 *
 * First it does not go by itself any more, then it is in @drafts, then it leaves the Outbox: what
 * ends the program in between leaves two, of which none is sent. Where @draft cannot be written all
 * is as it was. Blocks; any thread but the main one.
 *
 * Returns: (transfer full): the name in @drafts, or %NULL with %WB_MAIL_ERROR_STORE set
 */
char *
wb_outbox_take_out (WbMaildir *outbox,
                    const char *name,
                    WbMaildir *drafts,
                    WbMailSource *draft,
                    GError **error)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);
  g_autofree char *taken = NULL;

  if (!wb_outbox_stop (outbox, name, error))
    return NULL;
  taken = wb_maildir_deliver_source (drafts, draft, "DS", error);
  if (taken == NULL && wb_outbox_get_due (record) > 0)
    wb_outbox_save (outbox, name, record, NULL);
  if (taken == NULL || !wb_maildir_remove (outbox, name, error))
    return NULL;
  wb_outbox_clear_state (outbox, name);
  return g_steal_pointer (&taken);
}

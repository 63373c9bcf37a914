/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 12: receiving by POP3. */

#define G_LOG_DOMAIN "wb-cases"

#include "config.h"

#include "wb-case-private.h"

#include "wb-draft.h"
#include "wb-maildir.h"
#include "wb-message.h"
#include "wb-pop3-client.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#define STUDENT "student@lab-b.test"

/* So that there is something to fetch in a lab where nobody has sent anything yet. */
static gboolean
fill_empty_mailbox (WbCaseRun *run, GError **error)
{
  g_autofree char *path = wb_lab_dup_maildir_path (run->options->lab, STUDENT);
  g_autoptr (WbMaildir) mailbox = wb_maildir_open (path, error);
  g_autoptr (GPtrArray) items = mailbox != NULL ? wb_maildir_list (mailbox, error) : NULL;
  g_autoptr (WbDraft) draft = wb_draft_new ();
  g_autoptr (GBytes) message = NULL;
  g_autofree char *name = NULL;

  if (items == NULL)
    return FALSE;
  if (items->len > 0)
    return TRUE;

  wb_draft_set_from (draft, "李老师 <teacher@lab-a.test>");
  wb_draft_add_address (draft, WB_DRAFT_TO, "王大鹏 <" STUDENT ">");
  wb_draft_set_subject (draft, "你好，世界");
  wb_draft_set_text (draft, wb_case_run_get_text (run));
  wb_draft_set_html (draft, "<p>Across the Great Wall we can reach every corner in the world.</p>");
  wb_draft_set_format (draft, WB_DRAFT_BOTH);
  message = wb_draft_build (draft, error);
  name = message != NULL ? wb_maildir_deliver (mailbox, message, "", error) : NULL;
  return name != NULL;
}

static void
append_parts (GString *text, const WbMessagePart *part)
{
  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append_printf (text, "%s %s", part->number, part->type);
  for (guint i = 0; part->parts != NULL && i < part->parts->len; i++)
    append_parts (text, g_ptr_array_index (part->parts, i));
}

/* Step 3: what a person can read of it. */
static gboolean
parse (WbCaseRun *run, GBytes *source, GError **error)
{
  g_autoptr (WbMessage) message = NULL;
  g_autoptr (GString) parts = g_string_new (NULL);
  g_autofree char *text = NULL;
  const char *subject;
  const char *from;
  const char *body;

  wb_case_run_begin (run, 3);
  message = wb_message_parse (source, error);
  if (message == NULL)
    return FALSE;
  append_parts (parts, wb_message_get_tree (message));
  subject = wb_message_get_header (message, "Subject");
  from = wb_message_get_header (message, "From");
  body = wb_message_get_text (message);
  text = g_strdup (body != NULL ? body : "");
  g_strdelimit (g_strstrip (text), "\r\n\t", ' ');
  if (g_utf8_strlen (text, -1) > 120)
    {
      g_autofree char *start = g_utf8_substring (text, 0, 120);

      g_free (text);
      text = g_strconcat (start, "…", NULL);
    }
  /* Translators: who wrote, the subject, the beginning of the text, and the list of parts. */
  wb_case_run_done (run, _ ("from %s: “%s” — %s [%s]"), from != NULL ? from : "?",
                    subject != NULL ? subject : "", text, parts->str);
  return TRUE;
}

/**
 * wb_case_pop3: (skip)
 *
 * Case 12: authenticate, ask how much there is and for the list, fetch one message by
 * its number, parse it.
 */
gboolean
wb_case_pop3 (WbCaseRun *run, GError **error)
{
  g_autoptr (WbPop3Client) client = wb_pop3_client_new (run->options->wire, run->trust);
  g_autoptr (WbUrl) url = wb_case_run_find_url (run, WB_LAB_POP3, STUDENT, error);
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GBytes) source = NULL;
  const WbPop3Item *last;
  guint count = 0;
  guint64 size = 0;

  if (url == NULL || (run->options->against == NULL && !fill_empty_mailbox (run, error)))
    return FALSE;

  wb_case_run_begin (run, 0);
  wb_pop3_client_set_timeout (client, run->options->timeout);
  if (!wb_pop3_client_connect (client, url, run->cancellable, error) ||
      !wb_pop3_client_login (client, url->user != NULL ? url->user : "",
                             url->password != NULL ? url->password : "", run->cancellable, error))
    return FALSE;
  /* Translators: the first %s is a user, the second a host; the number is its port. */
  wb_case_run_done (run, _ ("logged in as %s at %s, port %u"), url->user, url->host, url->port);

  wb_case_run_begin (run, 1);
  if (!wb_pop3_client_stat (client, &count, &size, run->cancellable, error))
    return FALSE;
  items = wb_pop3_client_list (client, run->cancellable, error);
  if (items == NULL)
    return FALSE;
  /* Translators: the first number counts messages, the second bytes. */
  wb_case_run_done (run, _ ("messages: %u, bytes: %" PRIu64), count, size);

  wb_case_run_begin (run, 2);
  if (items->len == 0)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE,
                           _ ("The mailbox is empty, so there is nothing to fetch."));
      return FALSE;
    }
  last = g_ptr_array_index (items, items->len - 1);
  source = wb_pop3_client_retrieve (client, last->number, NULL, run->cancellable, error);
  if (source == NULL)
    return FALSE;
  /* Translators: the first number is a message's, the second counts bytes. */
  wb_case_run_done (run, _ ("message %u, %u bytes"), last->number,
                    (guint) g_bytes_get_size (source));

  return parse (run, source, error) && wb_pop3_client_quit (client, run->cancellable, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Cases 07 to 11: building a mail and sending it. */

#define G_LOG_DOMAIN "wb-cases"

#include "config.h"

#include "wb-case-private.h"

#include "wb-draft.h"
#include "wb-maildir.h"
#include "wb-message.h"
#include "wb-smtp-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TEACHER "teacher@lab-a.test"
#define STUDENT "student@lab-b.test"

/* Microseconds for a mail to come from one provider of the lab to the other. */
#define DELIVERY_TIME (10 * G_USEC_PER_SEC)

#define CSV "name,score\n王大鹏,98\nZoë Müller,97\n"
#define CSV_NAME "scores 成绩.csv"

/* A mail on its way: from whom, to whom, and by which server. */
typedef struct
{
  WbUrl *url;
  char *sender;
  char *recipient;
  WbDraft *draft;
} Mail;

static void
mail_clear (Mail *mail)
{
  g_clear_pointer (&mail->url, wb_url_free);
  g_clear_pointer (&mail->sender, g_free);
  g_clear_pointer (&mail->recipient, g_free);
  g_clear_object (&mail->draft);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Mail, mail_clear)

/* Against another server the URL's user writes, to the address in the URL's path or to himself. */
static gboolean
mail_init (Mail *mail, WbCaseRun *run, GError **error)
{
  mail->url = wb_case_run_find_url (run, WB_LAB_SMTP, TEACHER, error);
  if (mail->url == NULL)
    return FALSE;

  if (run->options->against == NULL)
    {
      mail->sender = g_strdup (TEACHER);
      mail->recipient = g_strdup (STUDENT);
      /* The mail is relayed to the student's provider, which must be there. */
      if (!wb_case_run_start_lab (run, WB_LAB_SMTP_B, error))
        return FALSE;
    }
  else
    {
      const char *user = mail->url->user != NULL ? mail->url->user : "wirebench";

      mail->sender = strchr (user, '@') != NULL ? g_strdup (user)
                                                : g_strdup_printf ("%s@%s", user, mail->url->host);
      mail->recipient =
          g_strdup (strchr (mail->url->path, '@') != NULL ? mail->url->path : mail->sender);
    }
  mail->draft = wb_draft_new ();
  wb_draft_set_charset (mail->draft, run->charset);
  return TRUE;
}

static void
address_plainly (Mail *mail, const char *subject)
{
  wb_draft_set_from (mail->draft, mail->sender);
  wb_draft_add_address (mail->draft, WB_DRAFT_TO, mail->recipient);
  wb_draft_set_subject (mail->draft, subject);
}

static char *
make_html (WbCaseRun *run)
{
  g_autofree char *text = g_markup_escape_text (wb_case_run_get_text (run), -1);

  return g_strdup_printf ("<html><body><h1>%s</h1>\n<p>This is <b>HTML</b>, "
                          "with <i>form</i> as well as words.</p></body></html>\n",
                          text);
}

/* Appends "multipart/mixed (text/plain, text/csv “x”)". */
static void
append_tree (GString *text, const WbMessagePart *part)
{
  g_string_append (text, part->type);
  if (part->file_name != NULL)
    g_string_append_printf (text, " “%s”", part->file_name);
  if (part->parts == NULL || part->parts->len == 0)
    return;
  g_string_append (text, " (");
  for (guint i = 0; i < part->parts->len; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      append_tree (text, g_ptr_array_index (part->parts, i));
    }
  g_string_append (text, ")");
}

/* What a message is made of, read back from its bytes. */
static char *
describe (GBytes *source, GError **error)
{
  g_autoptr (WbMessage) message = wb_message_parse (source, error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (message == NULL)
    return NULL;
  append_tree (text, wb_message_get_tree (message));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The header lines of that name as they are sent, folded lines joined. */
static char *
find_header (GBytes *source, const char *name)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (source, &length);
  g_autofree char *text = g_strndup (data, length);
  g_autofree char *pattern = g_strdup_printf ("^%s:.*(\\r?\\n[ \\t].*)*", name);
  g_autoptr (GRegex) regex =
      g_regex_new (pattern, G_REGEX_MULTILINE | G_REGEX_CASELESS | G_REGEX_RAW, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *found = NULL;

  if (!g_regex_match (regex, text, 0, &match))
    return g_strdup ("");
  found = g_match_info_fetch (match, 0);
  g_strdelimit (found, "\r\n\t", ' ');
  return g_utf8_make_valid (g_strstrip (found), -1);
}

/* How many messages the student has, in the lab; -1 where that is not known. */
static int
count_delivered (WbCaseRun *run)
{
  g_autofree char *path = NULL;
  g_autoptr (WbMaildir) mailbox = NULL;
  g_autoptr (GPtrArray) items = NULL;

  if (run->options->against != NULL)
    return -1;
  path = wb_lab_dup_maildir_path (run->options->lab, STUDENT);
  mailbox = path != NULL ? wb_maildir_open (path, NULL) : NULL;
  items = mailbox != NULL ? wb_maildir_list (mailbox, NULL) : NULL;
  return items != NULL ? (int) items->len : -1;
}

/* The mail goes on from the teacher's provider to the student's; waits until it lies there. */
static gboolean
wait_for_delivery (WbCaseRun *run, int before)
{
  gint64 end = g_get_monotonic_time () + DELIVERY_TIME;

  while (before >= 0 && g_get_monotonic_time () < end &&
         !g_cancellable_is_cancelled (run->cancellable))
    {
      if (count_delivered (run) > before)
        return TRUE;
      g_usleep (G_USEC_PER_SEC / 50);
    }
  return FALSE;
}

/* The last step of all of them. */
static gboolean
send_mail (WbCaseRun *run, guint step, Mail *mail, GBytes *message, GError **error)
{
  g_autoptr (WbSmtpClient) client = NULL;
  g_autoptr (GPtrArray) recipients = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autofree char *sender = NULL;
  int before;

  wb_case_run_begin (run, step);
  before = count_delivered (run);
  client = wb_smtp_client_new (run->options->wire, run->trust);
  wb_smtp_client_set_timeout (client, run->options->timeout);
  sender = wb_draft_get_sender (mail->draft, error);
  recipients = sender != NULL ? wb_draft_get_recipients (mail->draft, error) : NULL;
  if (recipients == NULL || !wb_smtp_client_connect (client, mail->url, run->cancellable, error))
    return FALSE;
  if (mail->url->user != NULL && mail->url->password != NULL &&
      !wb_smtp_client_login (client, mail->url->user, mail->url->password, run->cancellable, error))
    return FALSE;
  if (!wb_smtp_client_send (client, sender, recipients, message, &results, NULL, run->cancellable,
                            error) ||
      !wb_smtp_client_quit (client, run->cancellable, error))
    return FALSE;

  if (wait_for_delivery (run, before))
    wb_case_run_done (run,
                      /* Translators: a host, its port, a count of bytes, and an address. */
                      _ ("%s, port %u, took %u bytes, and they lie in the mailbox of %s"),
                      mail->url->host, mail->url->port, (guint) g_bytes_get_size (message),
                      mail->recipient);
  else
    wb_case_run_done (run,
                      /* Translators: a host, its port, a count of bytes, and an address. */
                      _ ("%s, port %u, took %u bytes for %s"), mail->url->host, mail->url->port,
                      (guint) g_bytes_get_size (message), mail->recipient);
  return TRUE;
}

/* Builds the message, tells its structure, and sends it in the step after. */
static gboolean
build_and_send (WbCaseRun *run, guint step, Mail *mail, GError **error)
{
  g_autoptr (GBytes) message = wb_draft_build (mail->draft, error);
  g_autofree char *tree = message != NULL ? describe (message, error) : NULL;

  if (tree == NULL)
    return FALSE;
  /* Translators: %s is the structure of a mail, such as "multipart/mixed (…)"; the number counts
   * bytes. */
  wb_case_run_done (run, _ ("%s, %u bytes"), tree, (guint) g_bytes_get_size (message));
  return send_mail (run, step + 1, mail, message, error);
}

/**
 * wb_case_mail_plain: (skip)
 *
 * Case 07: build a plain-text message, send it.
 */
gboolean
wb_case_mail_plain (WbCaseRun *run, GError **error)
{
  g_auto (Mail) mail = { 0 };

  if (!mail_init (&mail, run, error))
    return FALSE;
  wb_case_run_begin (run, 0);
  address_plainly (&mail, "A plain mail");
  wb_draft_set_text (mail.draft, wb_case_run_get_text (run));
  return build_and_send (run, 0, &mail, error);
}

/**
 * wb_case_mail_html: (skip)
 *
 * Case 08: the same with subtype html.
 */
gboolean
wb_case_mail_html (WbCaseRun *run, GError **error)
{
  g_auto (Mail) mail = { 0 };
  g_autofree char *html = NULL;

  if (!mail_init (&mail, run, error))
    return FALSE;
  wb_case_run_begin (run, 0);
  html = make_html (run);
  address_plainly (&mail, "A mail in HTML");
  wb_draft_set_html (mail.draft, html);
  wb_draft_set_format (mail.draft, WB_DRAFT_HTML);
  return build_and_send (run, 0, &mail, error);
}

/**
 * wb_case_mail_attachment: (skip)
 *
 * Case 09: a text body and a file, in multipart/mixed.
 */
gboolean
wb_case_mail_attachment (WbCaseRun *run, GError **error)
{
  g_auto (Mail) mail = { 0 };
  g_autoptr (GBytes) csv = g_bytes_new_static (CSV, strlen (CSV));

  if (!mail_init (&mail, run, error))
    return FALSE;
  wb_case_run_begin (run, 0);
  address_plainly (&mail, "A mail with an attachment");
  wb_draft_set_text (mail.draft, wb_case_run_get_text (run));
  wb_case_run_done (run, "“%s”", wb_case_run_get_text (run));

  wb_case_run_begin (run, 1);
  wb_draft_attach_bytes (mail.draft, csv, CSV_NAME, "text/csv", NULL);
  return build_and_send (run, 1, &mail, error);
}

/**
 * wb_case_mail_headers: (skip)
 *
 * Case 10: names in any script, encoded as RFC 2047 says.
 */
gboolean
wb_case_mail_headers (WbCaseRun *run, GError **error)
{
  g_auto (Mail) mail = { 0 };
  g_autoptr (GBytes) message = NULL;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  g_autofree char *cc = NULL;
  g_autofree char *sent_to = NULL;
  g_autofree char *sent_subject = NULL;

  if (!mail_init (&mail, run, error))
    return FALSE;
  wb_case_run_begin (run, 0);
  from = g_strdup_printf ("李老师 <%s>", mail.sender);
  to = g_strdup_printf ("王大鹏 <%s>", mail.recipient);
  cc = g_strdup_printf ("Zoë Müller <%s>", mail.sender);
  /* Names are shown whole in the wire's log, so the charset must have them all. */
  wb_draft_set_charset (mail.draft, "UTF-8");
  wb_draft_set_from (mail.draft, from);
  wb_draft_add_address (mail.draft, WB_DRAFT_TO, to);
  wb_draft_add_address (mail.draft, WB_DRAFT_CC, cc);
  wb_draft_set_subject (mail.draft, "你好，世界 – grüß dich");
  wb_draft_set_text (mail.draft, wb_case_run_get_text (run));
  wb_case_run_done (run, "From: %s · To: %s · Cc: %s", from, to, cc);

  wb_case_run_begin (run, 1);
  message = wb_draft_build (mail.draft, error);
  if (message == NULL)
    return FALSE;
  sent_to = find_header (message, "To");
  sent_subject = find_header (message, "Subject");
  wb_case_run_done (run, "%s · %s", sent_to, sent_subject);
  return send_mail (run, 2, &mail, message, error);
}

/**
 * wb_case_mail_alternative: (skip)
 *
 * Case 11: the same words as text and as HTML; the reader's program chooses.
 */
gboolean
wb_case_mail_alternative (WbCaseRun *run, GError **error)
{
  g_auto (Mail) mail = { 0 };
  g_autofree char *html = NULL;

  if (!mail_init (&mail, run, error))
    return FALSE;
  wb_case_run_begin (run, 0);
  address_plainly (&mail, "HTML and text");
  wb_draft_set_text (mail.draft, wb_case_run_get_text (run));
  wb_case_run_done (run, "“%s”", wb_case_run_get_text (run));

  wb_case_run_begin (run, 1);
  html = make_html (run);
  wb_draft_set_html (mail.draft, html);
  wb_draft_set_format (mail.draft, WB_DRAFT_BOTH);
  return build_and_send (run, 1, &mail, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the mail page stands on, without a display: compositions, replies, pictures in the text, the
 * Outbox's envelope and states, the list of received mails. */

#define G_LOG_DOMAIN "test-mail-model"

#include "config.h"

#include "wb-composition.h"
#include "wb-outbox-envelope.h"
#include "wb-html-pictures.h"
#include "wb-mail-seen.h"
#include "wb-reply.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PIXEL "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

static WbMessage *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  WbMessage *message = wb_message_parse (bytes, &error);

  g_assert_no_error (error);
  return message;
}

static char *
make_directory (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("wb-mail-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

static void
test_mailto (void)
{
  g_autoptr (WbComposition) composition = wb_composition_new_mailto (
      "mailto:a@example.org,b@example.org?cc=c%40example.org&bcc=d@example.org&to=e@example.org&"
      "subject=one%0D%0ABcc:%20evil@example.org&body=line%20one%0D%0Atwo%26&attach=/etc/passwd&"
      "X-Header=x");

  g_assert_cmpstr (composition->to, ==, "a@example.org,b@example.org, e@example.org");
  g_assert_cmpstr (composition->cc, ==, "c@example.org");
  g_assert_cmpstr (composition->bcc, ==, "d@example.org");
  g_assert_cmpstr (composition->subject, ==, "one  Bcc: evil@example.org");
  g_assert_cmpstr (composition->text, ==, "line one\r\ntwo&");
  g_assert_cmpstr (composition->html, ==, "<div>line one</div><div>two&amp;</div>");
  g_assert_cmpuint (composition->attachments->len, ==, 0);
}

static void
test_mailto_bad (void)
{
  static const char *const uris[] = { "mailto:", "mailto:?", "mailto:%",
                                      "mailto:?subject=%zz&&=&body" };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (WbComposition) composition = wb_composition_new_mailto (uris[i]);

      g_assert_nonnull (composition);
    }
}

static GBytes *
give_picture (const char *id, char **type, gpointer user_data)
{
  g_assert_cmpstr (id, ==, user_data);
  *type = g_strdup ("image/gif");
  return g_bytes_new_static ("GIF", 3);
}

static void
test_pictures (void)
{
  g_autoptr (GPtrArray) pictures = NULL;
  g_autofree char *taken = wb_html_take_pictures (
      "<p>a<img src=\"data:image/gif;base64," PIXEL "\"><img src='cid:kept'>"
      "<img src=\"data:text/html;base64,AAAA\"><img src=\"data:image/png;base64,\">b</p>",
      &pictures);
  const WbHtmlPicture *picture = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *put = NULL;

  g_assert_cmpuint (pictures->len, ==, 1);
  picture = g_ptr_array_index (pictures, 0);
  g_assert_cmpstr (picture->type, ==, "image/gif");
  g_assert_cmpuint (g_bytes_get_size (picture->bytes), ==, 42);
  expected = g_strdup_printf ("<p>a<img src=\"cid:%s\"><img src='cid:kept'>"
                              "<img src=\"data:text/html;base64,AAAA\">"
                              "<img src=\"data:image/png;base64,\">b</p>",
                              picture->id);
  g_assert_cmpstr (taken, ==, expected);

  put = wb_html_put_pictures ("x<img src=\"cid:a%20b\">y<img src=\"http://z/\">", give_picture,
                              (gpointer) "a b");
  g_assert_cmpstr (put, ==, "x<img src=\"data:image/gif;base64,R0lG\">y<img src=\"http://z/\">");
}

static WbComposition *
example (void)
{
  WbComposition *composition = wb_composition_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1\2", 3);

  composition->from = g_strdup ("\"王大鹏\" <teacher@lab-a.test>");
  composition->to = g_strdup ("student@lab-b.test");
  composition->bcc = g_strdup ("hidden@lab-b.test");
  composition->subject = g_strdup ("课程");
  composition->html =
      g_strdup ("<div>one <b>two</b></div><img src=\"data:image/gif;base64," PIXEL "\">");
  g_ptr_array_add (composition->attachments,
                   wb_attachment_new_for_bytes (bytes, "数据.bin", "application/octet-stream"));
  return composition;
}

static GBytes *
save (const WbComposition *composition, gboolean by_reference, GError **error)
{
  g_autoptr (WbMailSource) draft = wb_composition_save (composition, by_reference, NULL, error);

  return draft ? wb_mail_source_read_all (draft, error) : NULL;
}

/* As the server gets it, and what it is told apart from it. */
static WbMessage *
build (const WbComposition *composition, WbOutboxEnvelope *envelope, GError **error)
{
  g_autoptr (WbMailSource) wrapped = wb_composition_build (composition, NULL, error);
  g_autoptr (WbMailSource) mail = wrapped ? wb_outbox_unwrap (wrapped, envelope, error) : NULL;
  g_autoptr (GBytes) bytes = mail ? wb_mail_source_read_all (mail, error) : NULL;

  return bytes ? wb_message_parse (bytes, error) : NULL;
}

static void
test_build (void)
{
  g_autoptr (WbComposition) composition = example ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WbMessage) message = NULL;
  g_autoptr (GPtrArray) attachments = NULL;
  g_auto (WbOutboxEnvelope) envelope = { 0 };

  message = build (composition, &envelope, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (envelope.sender, ==, "teacher@lab-a.test");
  g_assert_cmpuint (envelope.recipients->len, ==, 2);
  g_assert_cmpstr (wb_message_get_header (message, "Subject"), ==, "课程");
  g_assert_null (wb_message_get_header (message, "Bcc"));
  g_assert_nonnull (strstr (wb_message_get_html (message), "src=\"cid:"));
  g_assert_nonnull (strstr (wb_message_get_text (message), "one"));
  attachments = wb_message_get_attachments (message);
  g_assert_cmpuint (attachments->len, ==, 1);
  g_assert_cmpstr (((WbMessagePart *) g_ptr_array_index (attachments, 0))->file_name, ==,
                   "数据.bin");
}

static void
test_build_refuses (void)
{
  static const char *const bad[] = { "", "nobody", "a@b\r\nBcc: c@d", "a@b, @" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (WbComposition) composition = example ();
      g_autoptr (GError) error = NULL;

      g_free (composition->to);
      g_clear_pointer (&composition->bcc, g_free);
      composition->to = g_strdup (bad[i]);
      g_assert_null (wb_composition_build (composition, NULL, &error));
      g_assert_nonnull (error);
    }
}

static void
test_draft (void)
{
  g_autoptr (WbComposition) composition = example ();
  g_autoptr (WbComposition) again = NULL;
  g_autoptr (GBytes) saved = NULL;
  g_autoptr (WbMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_free (composition->to);
  composition->to = g_strdup ("half typed, \"x");
  composition->cc = g_strdup ("");
  saved = save (composition, FALSE, &error);
  g_assert_no_error (error);
  message = wb_message_parse (saved, &error);
  g_assert_no_error (error);
  again = wb_composition_new_draft (message);
  g_assert_cmpstr (again->to, ==, composition->to);
  g_assert_cmpstr (again->bcc, ==, composition->bcc);
  g_assert_cmpstr (again->subject, ==, composition->subject);
  g_assert_cmpint (again->format, ==, WB_DRAFT_BOTH);
  g_assert_nonnull (strstr (again->html, "data:image/gif;base64," PIXEL));
  g_assert_nonnull (strstr (again->html, "<b>two</b>"));
  g_assert_cmpuint (again->attachments->len, ==, 1);
}

static void
test_reply (void)
{
  g_autoptr (WbMessage) message = parse (
      "From: =?utf-8?B?546L?= <wang@example.org>\r\nTo: me@example.org, Other <o@example.org>\r\n"
      "Cc: WANG@example.org, third@example.org\r\nSubject: Hello\r\n"
      "Message-ID: <1@example.org>\r\nReferences: <0@example.org>\r\n"
      "Date: Mon, 23 Nov 2026 08:00:00 +0000\r\n\r\nfirst <line>\r\nsecond\r\n");
  g_autoptr (WbComposition) reply = wb_reply_new (message, "me@example.org", FALSE);
  g_autoptr (WbComposition) all = wb_reply_new (message, "me@example.org", TRUE);
  g_autoptr (WbComposition) forward = wb_forward_new (message);

  g_assert_cmpstr (reply->to, ==, "\"王\" <wang@example.org>");
  g_assert_cmpstr (reply->cc, ==, "");
  g_assert_cmpstr (reply->subject, ==, "Re: Hello");
  g_assert_nonnull (strstr (reply->in_reply_to, "1@example.org"));
  g_assert_nonnull (strstr (reply->text, "> first <line>\n> second\n"));
  g_assert_nonnull (strstr (reply->html, "first &lt;line&gt;"));
  g_assert_cmpstr (all->cc, ==, "\"Other\" <o@example.org>, third@example.org");
  g_assert_cmpstr (forward->subject, ==, "Fwd: Hello");
  g_assert_null (forward->to);
  g_assert_nonnull (strstr (forward->text, "first <line>"));
}

static void
test_seen (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = g_build_filename (directory, "received", NULL);
  g_autoptr (GError) error = NULL;
  WbMailSeen *seen = wb_mail_seen_open (path, "me@host:995", &error);
  g_autofree char *text = NULL;
  gsize length = 0;

  g_assert_no_error (error);
  wb_mail_seen_add (seen, "uid 1\n%");
  g_assert_true (wb_mail_seen_contains (seen, "uid 1\n%"));
  g_assert_true (wb_mail_seen_flush (seen, &error));
  wb_mail_seen_add (seen, "never flushed");
  wb_mail_seen_free (seen);

  /* A line that was torn by a power cut is not a UID, and spoils none after it. */
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  {
    g_autofree char *torn = g_strconcat (text, "me@host:995 uid", NULL);

    g_assert_true (g_file_set_contents (path, torn, -1, &error));
  }
  seen = wb_mail_seen_open (path, "me@host:995", &error);
  g_assert_no_error (error);
  g_assert_true (wb_mail_seen_contains (seen, "uid 1\n%"));
  g_assert_false (wb_mail_seen_contains (seen, "uid"));
  g_assert_false (wb_mail_seen_contains (seen, "never flushed"));
  wb_mail_seen_add (seen, "uid 2");
  g_assert_true (wb_mail_seen_flush (seen, &error));
  wb_mail_seen_free (seen);

  seen = wb_mail_seen_open (path, "me@host:995", &error);
  g_assert_true (wb_mail_seen_contains (seen, "uid 2"));
  wb_mail_seen_free (seen);
  seen = wb_mail_seen_open (path, "other@host:995", &error);
  g_assert_false (wb_mail_seen_contains (seen, "uid 2"));
  wb_mail_seen_free (seen);
}

/* What looks like a picture in a text or an attribute is none. */
static void
test_no_pictures (void)
{
  static const char html[] =
      "<p title='<img '>src=\"data:image/gif;base64," PIXEL "\" &lt;img "
      "src=\"data:image/gif;base64," PIXEL "\"></p><img alt='src=\"data:image/gif;base64," PIXEL
      "\"' src='cid:a'>";
  g_autoptr (GPtrArray) pictures = NULL;
  g_autofree char *taken = wb_html_take_pictures (html, &pictures);

  g_assert_cmpuint (pictures->len, ==, 0);
  g_assert_cmpstr (taken, ==, html);
}

static WbComposition *
simple_composition (void)
{
  WbComposition *composition = wb_composition_new ();

  composition->from = g_strdup ("Anna <anna@a.example>");
  composition->to = g_strdup ("{{name}} <{{mail}}>");
  composition->subject = g_strdup ("For {{name}}");
  composition->html = g_strdup ("<p>Dear {{name}}</p>");
  return composition;
}

static void
test_merge (void)
{
  static const char csv[] =
      "name,mail\n\"<b>, x\",b@b.example\n\"a\nBcc: eve@e.example\",c@c.example\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (WbMergeTable) table = wb_merge_table_parse (csv, strlen (csv), &error);
  g_autoptr (WbComposition) base = simple_composition ();
  g_autoptr (WbComposition) first = NULL;
  g_autoptr (WbComposition) second = NULL;
  g_autoptr (WbMessage) built = NULL;
  g_auto (WbOutboxEnvelope) envelope = { 0 };

  g_assert_no_error (error);
  first = wb_composition_merge (base, table, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first->to, ==, "\"<b>, x\" <b@b.example>");
  g_assert_cmpstr (first->html, ==, "<p>Dear &lt;b&gt;, x</p>");
  built = build (first, &envelope, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (envelope.recipients->len, ==, 1);
  /* A cell cannot write a header. */
  second = wb_composition_merge (base, table, 1, &error);
  g_assert_no_error (error);
  g_assert_null (wb_composition_build (second, NULL, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
}

static void
test_wishes (void)
{
  static const char *const bad[] = { "no header", "Bcc: a@b.example", "Bad Name: x",
                                     "X-A: b\rX-B: c" };
  g_autoptr (WbComposition) composition = simple_composition ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WbMessage) message = NULL;

  g_free (composition->to);
  composition->to = g_strdup ("b@b.example");
  composition->reply_to = g_strdup ("office@a.example");
  composition->priority = 1;
  composition->receipt = TRUE;
  composition->charset = g_strdup ("GB18030");
  composition->headers = g_strdup ("X-Course: 网络\n\n X-Term:1\n");
  message = build (composition, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wb_message_get_header (message, "Importance"), ==, "high");
  g_assert_cmpstr (wb_message_get_header (message, "X-Priority"), ==, "1");
  g_assert_cmpstr (wb_message_get_header (message, "Disposition-Notification-To"), ==,
                   "anna@a.example");
  g_assert_cmpstr (wb_message_get_header (message, "Reply-To"), ==, "office@a.example");
  g_assert_cmpstr (wb_message_get_header (message, "X-Course"), ==, "网络");
  g_assert_cmpstr (wb_message_get_header (message, "X-Term"), ==, "1");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) refused = NULL;

      g_free (composition->headers);
      composition->headers = g_strdup (bad[i]);
      g_assert_null (wb_composition_build (composition, NULL, &refused));
      g_assert_error (refused, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
    }
}

/* The copy that is kept while writing holds all that was typed, and of files where they are. */
static void
test_draft_by_reference (void)
{
  g_autoptr (WbComposition) composition = simple_composition ();
  g_autoptr (WbComposition) again = NULL;
  g_autoptr (WbMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("wb-reference-XXXXXX", &path, NULL);

  g_assert_cmpint (write (fd, "0123456789", 10), ==, 10);
  close (fd);
  g_ptr_array_add (composition->attachments, wb_attachment_new_for_file (path, NULL, 10));
  composition->headers = g_strdup ("half a hea");
  composition->charset = g_strdup ("Big5");
  composition->text = g_strdup ("my own\n");
  composition->plain_edited = TRUE;
  composition->receipt = TRUE;
  composition->priority = 2;
  bytes = save (composition, TRUE, &error);
  g_assert_no_error (error);
  message = wb_message_parse (bytes, &error);
  again = wb_composition_new_draft (message);
  g_assert_cmpstr (again->to, ==, composition->to);
  g_assert_cmpstr (again->headers, ==, "half a hea");
  g_assert_cmpstr (again->charset, ==, "Big5");
  g_assert_cmpstr (again->text, ==, "my own\n");
  g_assert_true (again->plain_edited && again->receipt);
  g_assert_cmpuint (again->priority, ==, 2);
  g_assert_cmpuint (again->attachments->len, ==, 1);
  g_assert_cmpstr (wb_attachment_get_path (again->attachments->pdata[0]), ==, path);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail-model/mailto", test_mailto);
  g_test_add_func ("/mail-model/mailto-bad", test_mailto_bad);
  g_test_add_func ("/mail-model/pictures", test_pictures);
  g_test_add_func ("/mail-model/no-pictures", test_no_pictures);
  g_test_add_func ("/mail-model/merge", test_merge);
  g_test_add_func ("/mail-model/wishes", test_wishes);
  g_test_add_func ("/mail-model/draft-by-reference", test_draft_by_reference);
  g_test_add_func ("/mail-model/build", test_build);
  g_test_add_func ("/mail-model/build-refuses", test_build_refuses);
  g_test_add_func ("/mail-model/draft", test_draft);
  g_test_add_func ("/mail-model/reply", test_reply);
  g_test_add_func ("/mail-model/seen", test_seen);
  return g_test_run ();
}

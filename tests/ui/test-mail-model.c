/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the mail page stands on, without a display: compositions, replies, pictures in the text, the
 * Outbox's envelope and states, the list of received mails. */

#define G_LOG_DOMAIN "test-mail-model"

#include "config.h"

#include "wb-composition.h"
#include "wb-outbox-envelope.h"
#include "wb-html-pictures.h"
#include "wb-mail-item.h"
#include "wb-mail-seen.h"
#include "wb-reply.h"
#include "wb-verbatim.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
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
      NULL, &pictures);
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

/* But for the date, which is of the second of the building. */
static char *
build_undated (const WbComposition *composition)
{
  g_autoptr (WbMailPreview) preview = wb_composition_preview (composition, NULL);
  g_autofree char *text = NULL;
  char *date = NULL;

  g_assert_nonnull (preview);
  text = g_strndup (g_bytes_get_data (preview->message, NULL), g_bytes_get_size (preview->message));
  date = strstr (text, "Date: ");
  g_assert_nonnull (date);
  memset (date, '-', strcspn (date, "\r"));
  return g_steal_pointer (&text);
}

/* What was shown is what is sent. */
static void
test_build_again (void)
{
  g_autoptr (WbComposition) composition = example ();
  g_auto (WbOutboxEnvelope) envelope = { 0 };
  g_autoptr (WbMessage) sent = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *other = NULL;
  g_autofree char *found = NULL;
  g_autofree char *boundary = NULL;

  composition->identity = wb_draft_create_identity ();
  first = build_undated (composition);
  second = build_undated (composition);
  g_assert_cmpstr (first, ==, second);
  sent = build (composition, &envelope, NULL);
  found = g_strdup_printf ("Message-ID: %s\r\n", wb_message_get_header (sent, "Message-ID"));
  g_assert_nonnull (strstr (first, found));

  /* A text that has the boundary in it has another one. */
  g_assert_nonnull (strstr (first, "boundary=\"=_"));
  boundary = g_strndup (strstr (first, "boundary=\"=_"), strlen ("boundary=\"=_") + 32);
  composition->text = g_strdup_printf ("--%s\n", boundary + strlen ("boundary=\""));
  composition->plain_edited = TRUE;
  other = build_undated (composition);
  g_assert_null (strstr (other, boundary));
  g_clear_pointer (&composition->identity, g_free);
  g_clear_pointer (&second, g_free);
  second = build_undated (composition);
  g_assert_cmpstr (other, !=, second);
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
  static const char *const own[] = { "ME@example.org", "other@example.org", NULL };
  g_autoptr (WbComposition) reply = wb_reply_new (message, own, FALSE);
  g_autoptr (WbComposition) all = wb_reply_new (message, own, TRUE);
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
  g_autofree char *taken = wb_html_take_pictures (html, NULL, &pictures);

  g_assert_cmpuint (pictures->len, ==, 0);
  g_assert_cmpstr (taken, ==, html);
}

static void
test_picture_sizes (void)
{
  const char *html =
      "<p>data-longest=\"9\"<img data-longest=\"640\" src=\"data:image/gif;base64," PIXEL
      "\" alt='data-longest=\"7\"'><img src=\"data:image/gif;base64," PIXEL
      "\"><IMG alt=\"x\" src='data:image/gif;base64," PIXEL
      "' data-longest='1600' width=\"600\"><img src='cid:other' data-longest='3'></p>";
  g_autoptr (GPtrArray) pictures = NULL;
  g_autofree char *taken = wb_html_take_pictures (html, "same", &pictures);
  g_autofree char *without = wb_html_take_sizes (taken, pictures);
  const guint sizes[] = { 640, 0, 1600 };
  g_autofree char *expected = NULL;
  const WbHtmlPicture *all[3] = { NULL };

  g_assert_cmpuint (pictures->len, ==, 3);
  for (guint i = 0; i < pictures->len; i++)
    {
      all[i] = g_ptr_array_index (pictures, i);
      g_assert_cmpuint (all[i]->longest, ==, sizes[i]);
    }
  expected = g_strdup_printf ("<p>data-longest=\"9\"<img src=\"cid:%s\" alt='data-longest=\"7\"'>"
                              "<img src=\"cid:%s\"><IMG alt=\"x\" src='cid:%s' width=\"600\">"
                              "<img src='cid:other'></p>",
                              all[0]->id, all[1]->id, all[2]->id);
  g_assert_cmpstr (without, ==, expected);
}

static GBytes *
make_picture (const char *type, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autoptr (GRand) noise = g_rand_new_with_seed (1);
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  gsize size = 0;

  /* A pattern would have few bytes however large it is. */
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width * 3; x++)
      gdk_pixbuf_get_pixels (pixbuf)[y * gdk_pixbuf_get_rowstride (pixbuf) + x] =
          (guchar) g_rand_int (noise);
  gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, type, &error, NULL);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

static void
assert_size (GBytes *picture, const char *type, int width, int height)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type (type, NULL);
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = NULL;

  gdk_pixbuf_loader_write_bytes (loader, picture, &error);
  g_assert_no_error (error);
  gdk_pixbuf_loader_close (loader, &error);
  g_assert_no_error (error);
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, width);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, height);
}

static void
test_picture_scale (void)
{
  static const char *const types[] = { "png", "jpeg" };
  g_autoptr (WbPictureCache) cache = wb_picture_cache_new ();

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *mime_type = g_strconcat ("image/", types[i], NULL);
      g_autoptr (GBytes) picture = make_picture (types[i], 900, 300);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) small = wb_picture_scale (picture, mime_type, 600, &error);
      g_autoptr (GBytes) same = NULL;
      g_autoptr (GBytes) first = NULL;
      g_autoptr (GBytes) second = NULL;

      g_assert_no_error (error);
      assert_size (small, types[i], 600, 200);
      g_assert_cmpuint (g_bytes_get_size (small), <, g_bytes_get_size (picture));
      same = wb_picture_scale (picture, mime_type, 900, &error);
      g_assert_no_error (error);
      g_assert_true (same == picture);
      first = wb_picture_cache_scale (cache, picture, mime_type, 600, &error);
      second = wb_picture_cache_scale (cache, picture, mime_type, 600, &error);
      g_assert_true (first == second);
      g_assert_true (g_bytes_equal (first, small));
    }
}

/* A few bytes that say that they are a large picture, and what is none. */
static void
test_picture_scale_bad (void)
{
  /* With IHDR alone (PNG 3rd edition section 11.2.1): 20,000 by 20,000. */
  static const guchar bomb[] = { 0x89, 'P',  'N', 'G', '\r', '\n', 0x1a, '\n', 0,    0,    0,
                                 13,   'I',  'H', 'D', 'R',  0,    0,    0x4e, 0x20, 0,    0,
                                 0x4e, 0x20, 8,   2,   0,    0,    0,    0x6c, 0x12, 0xd1, 0x6e,
                                 0,    0,    0,   0,   'I',  'D',  'A',  'T' };
  static const struct
  {
    const char *type;
    const void *data;
    gsize size;
    const char *why;
  } bad[] = {
    { "image/png", bomb, sizeof bomb, "*80 million pixels*" },
    { "image/png", "no picture", 10, "*can't be made smaller:*" },
    { "image/jpeg", "", 0, "*can't be made smaller:*" },
    { "image/jpeg", "\xff\xd8\xff", 3, "*can't be made smaller:*" },
    { "image/gif", "GIF89a", 6, "*can't be made smaller: image/gif*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) picture = g_bytes_new_static (bad[i].data, bad[i].size);
      g_autoptr (GError) error = NULL;

      g_assert_null (wb_picture_scale (picture, bad[i].type, 640, &error));
      g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
      if (!g_pattern_match_simple (bad[i].why, error->message))
        g_error ("%u: %s", i, error->message);
    }
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

static GFileInfo *
query (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileInfo *info =
      g_file_query_info (file, WB_ATTACHMENT_ATTRIBUTES, G_FILE_QUERY_INFO_NONE, NULL, &error);

  g_assert_no_error (error);
  return info;
}

static WbAttachment *
attach (const char *path)
{
  g_autoptr (GFileInfo) info = query (path);

  return wb_attachment_new_for_file (path, NULL, info);
}

/* Also where it has as many bytes as before and a time that was set back. */
static void
test_changed_file (void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("wb-changed-XXXXXX", &path, NULL);
  g_autoptr (WbAttachment) attachment = NULL;
  g_autoptr (GFileInfo) before = NULL;
  g_autoptr (GFileInfo) after = NULL;
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = 1700000000 } };

  g_assert_cmpint (write (fd, "one", 3), ==, 3);
  g_assert_cmpint (futimens (fd, times), ==, 0);
  attachment = attach (path);
  before = query (path);
  g_assert_true (wb_attachment_is_as_it_was (attachment, before));
  /* Until the clock of the file system has gone on. */
  do
    {
      g_clear_object (&after);
      g_assert_cmpint (pwrite (fd, "two", 3, 0), ==, 3);
      g_assert_cmpint (futimens (fd, times), ==, 0);
      after = query (path);
    }
  while (g_file_info_get_attribute_uint32 (before, G_FILE_ATTRIBUTE_TIME_CHANGED_USEC) ==
         g_file_info_get_attribute_uint32 (after, G_FILE_ATTRIBUTE_TIME_CHANGED_USEC));
  g_assert_cmpuint (g_file_info_get_attribute_uint64 (after, G_FILE_ATTRIBUTE_TIME_MODIFIED), ==,
                    1700000000);
  g_assert_false (wb_attachment_is_as_it_was (attachment, after));
  close (fd);
  g_unlink (path);
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
  g_autoptr (WbAttachment) attachment = NULL;

  g_assert_cmpint (write (fd, "0123456789", 10), ==, 10);
  close (fd);
  attachment = attach (path);
  g_ptr_array_add (composition->attachments, g_object_ref (attachment));
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

/* No hyphen is drawn where a line is wrapped, wherever the text came from. */
static void
test_verbatim (void)
{
  g_autoptr (GtkTextBuffer) buffer = gtk_text_buffer_new (NULL);
  GtkTextIter iter;

  wb_verbatim_buffer (buffer);
  gtk_text_buffer_set_text (buffer, "quoted-printable", -1);
  gtk_text_buffer_get_iter_at_offset (buffer, &iter, 5);
  gtk_text_buffer_insert (buffer, &iter, "ein Wort – größer", -1);
  gtk_text_buffer_get_start_iter (buffer, &iter);
  for (; !gtk_text_iter_is_end (&iter); gtk_text_iter_forward_char (&iter))
    {
      g_autoptr (GSList) tags = gtk_text_iter_get_tags (&iter);
      gboolean hyphens = TRUE;

      g_assert_cmpuint (g_slist_length (tags), ==, 1);
      g_object_get (tags->data, "insert-hyphens", &hyphens, NULL);
      g_assert_false (hyphens);
    }
}

/* What is typed into a draft's fields may be no address yet. */
static void
test_draft_recipients (void)
{
  g_autoptr (WbComposition) composition = wb_composition_new ();
  g_autoptr (WbMailSource) saved = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WbMessage) message = NULL;
  g_autoptr (WbMailItem) item = NULL;
  g_autofree char *cc = NULL;
  g_autoptr (GError) error = NULL;
  const WbMaildirItem entry = { .name = (char *) "1.x", .flags = (char *) "DS" };

  composition->from = g_strdup ("me@example.org");
  composition->to = g_strdup ("wang@example.org, half");
  composition->cc = g_strdup ("li@example.org");
  saved = wb_composition_save (composition, TRUE, NULL, &error);
  g_assert_no_error (error);
  bytes = wb_mail_source_read_all (saved, &error);
  g_assert_no_error (error);
  item = wb_mail_item_new (&entry, bytes, TRUE);
  g_assert_cmpstr (wb_mail_item_get_who (item), ==, "wang@example.org, half");
  message = wb_message_parse (bytes, &error);
  g_assert_no_error (error);
  cc = wb_composition_dup_draft_field (message, "cc");
  g_assert_cmpstr (cc, ==, "li@example.org");
}

static void
test_check_recipients (void)
{
  g_autoptr (WbComposition) composition = wb_composition_new ();
  g_autoptr (GError) error = NULL;

  composition->to = g_strdup ("good@example.org");
  g_assert_true (wb_composition_check_recipients (composition, &error));
  g_assert_no_error (error);
  composition->bcc = g_strdup ("not an address");
  g_assert_false (wb_composition_check_recipients (composition, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail-model/mailto", test_mailto);
  g_test_add_func ("/mail-model/mailto-bad", test_mailto_bad);
  g_test_add_func ("/mail-model/pictures", test_pictures);
  g_test_add_func ("/mail-model/no-pictures", test_no_pictures);
  g_test_add_func ("/mail-model/picture-sizes", test_picture_sizes);
  g_test_add_func ("/mail-model/picture-scale", test_picture_scale);
  g_test_add_func ("/mail-model/picture-scale-bad", test_picture_scale_bad);
  g_test_add_func ("/mail-model/merge", test_merge);
  g_test_add_func ("/mail-model/wishes", test_wishes);
  g_test_add_func ("/mail-model/changed-file", test_changed_file);
  g_test_add_func ("/mail-model/draft-by-reference", test_draft_by_reference);
  g_test_add_func ("/mail-model/build", test_build);
  g_test_add_func ("/mail-model/build-again", test_build_again);
  g_test_add_func ("/mail-model/build-refuses", test_build_refuses);
  g_test_add_func ("/mail-model/draft", test_draft);
  g_test_add_func ("/mail-model/reply", test_reply);
  g_test_add_func ("/mail-model/seen", test_seen);
  g_test_add_func ("/mail-model/draft-recipients", test_draft_recipients);
  g_test_add_func ("/mail-model/check-recipients", test_check_recipients);
  g_test_add_func ("/mail-model/verbatim", test_verbatim);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-draft.h"
#include "wb-message.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static WbDraft *
simple_draft (void)
{
  WbDraft *draft = wb_draft_new ();

  wb_draft_set_from (draft, "Anna <anna@a.example>");
  wb_draft_add_address (draft, WB_DRAFT_TO, "bob@b.example");
  wb_draft_set_subject (draft, "Hello");
  wb_draft_set_text (draft, "Hello Bob\n");
  return draft;
}

static char *
build_text (WbDraft *draft)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = wb_draft_build (draft, &error);

  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static WbMessage *
build_message (WbDraft *draft)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = wb_draft_build (draft, &error);
  WbMessage *message;

  g_assert_no_error (error);
  message = wb_message_parse (bytes, &error);
  g_assert_no_error (error);
  return message;
}

/* What must hold for everything that is sent. */
static void
check_canonical (const char *text)
{
  const char *line = text;

  while (*line != '\0')
    {
      const char *end = strchr (line, '\n');

      g_assert_nonnull (end);
      g_assert_cmpint (end[-1], ==, '\r');
      g_assert_cmpint (end - 1 - line, <=, 998);
      g_assert_null (memchr (line, '\r', end - 1 - line));
      g_assert_false (g_str_has_prefix (line, "From "));
      line = end + 1;
    }
  g_assert_true (g_str_is_ascii (text));
}

static void
test_plain (void)
{
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autofree char *text = build_text (draft);
  g_autoptr (WbMessage) message = build_message (draft);

  check_canonical (text);
  g_assert_true (g_str_has_prefix (text, "From: Anna <anna@a.example>\r\nTo: bob@b.example\r\n"
                                         "Subject: Hello\r\nDate: "));
  g_assert_nonnull (strstr (text, "\r\nMIME-Version: 1.0\r\n"));
  g_assert_nonnull (strstr (text, "\r\nContent-Type: text/plain; charset=UTF-8\r\n"));
  g_assert_true (g_str_has_suffix (text, "\r\n\r\nHello Bob\r\n"));
  g_assert_cmpstr (wb_message_get_text (message), ==, "Hello Bob\n");
  g_assert_cmpuint (g_strv_length ((char **) wb_message_get_warnings (message)), ==, 0);
}

static void
test_message_id (void)
{
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autoptr (WbMessage) first = build_message (draft);
  g_autoptr (WbMessage) second = build_message (draft);
  const char *id = wb_message_get_header (first, "message-id");

  g_assert_true (g_str_has_suffix (id, "@a.example>"));
  g_assert_cmpstr (id, !=, wb_message_get_header (second, "message-id"));
  g_assert_null (strstr (id, g_get_host_name ()));
}

static void
test_shapes (void)
{
  static const guint8 pixel[] = { 0x89, 'P', 'N', 'G', 0, 1, 2, 255 };
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autoptr (WbMessage) message = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixel, sizeof pixel);
  g_autoptr (GPtrArray) attachments = NULL;
  g_autoptr (GBytes) picture = NULL;
  g_autofree char *type = NULL;
  const WbMessagePart *tree;
  const WbMessagePart *alternative;
  const WbMessagePart *related;

  wb_draft_set_html (draft, "<p>Hello <img src=\"cid:pic%40a\"></p>");
  wb_draft_attach_bytes (draft, bytes, "in.png", "image/png", "pic@a");
  wb_draft_attach_bytes (draft, bytes, "beside.png", "image/png", "other@a");
  message = build_message (draft);

  tree = wb_message_get_tree (message);
  g_assert_cmpstr (tree->type, ==, "multipart/mixed");
  g_assert_cmpuint (tree->parts->len, ==, 2);
  alternative = tree->parts->pdata[0];
  g_assert_cmpstr (alternative->type, ==, "multipart/alternative");
  g_assert_cmpstr (((WbMessagePart *) alternative->parts->pdata[0])->type, ==, "text/plain");
  related = alternative->parts->pdata[1];
  g_assert_cmpstr (related->type, ==, "multipart/related");
  g_assert_cmpstr (related->number, ==, "1.2");
  g_assert_cmpstr (((WbMessagePart *) related->parts->pdata[0])->type, ==, "text/html");
  g_assert_cmpstr (((WbMessagePart *) related->parts->pdata[1])->disposition, ==, "inline");
  g_assert_cmpstr (((WbMessagePart *) related->parts->pdata[1])->number, ==, "1.2.2");

  attachments = wb_message_get_attachments (message);
  g_assert_cmpuint (attachments->len, ==, 1);
  g_assert_cmpstr (((WbMessagePart *) attachments->pdata[0])->file_name, ==, "beside.png");
  picture = wb_message_get_cid_content (message, "pic@a", &type);
  g_assert_true (g_bytes_equal (picture, bytes));
  g_assert_cmpstr (type, ==, "image/png");
}

static void
test_formats (void)
{
  static const struct
  {
    const char *text;
    const char *html;
    WbDraftFormat format;
    const char *type;
  } cases[] = {
    { "a", NULL, WB_DRAFT_AUTO, "text/plain" },
    { NULL, "<b>a</b>", WB_DRAFT_AUTO, "text/html" },
    { "a", "<b>a</b>", WB_DRAFT_AUTO, "multipart/alternative" },
    { NULL, NULL, WB_DRAFT_AUTO, "text/plain" },
    { NULL, "<b>a</b>", WB_DRAFT_PLAIN, "text/plain" },
    { "a", "<b>a</b>", WB_DRAFT_PLAIN, "text/plain" },
    { "a", "<b>a</b>", WB_DRAFT_HTML, "text/html" },
    { "a", NULL, WB_DRAFT_HTML, "text/html" },
    { NULL, "<b>a</b>", WB_DRAFT_BOTH, "multipart/alternative" },
    { "a", NULL, WB_DRAFT_BOTH, "multipart/alternative" },
    { NULL, NULL, WB_DRAFT_BOTH, "text/plain" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WbDraft) draft = simple_draft ();
      g_autoptr (WbMessage) message = NULL;

      wb_draft_set_text (draft, cases[i].text);
      wb_draft_set_html (draft, cases[i].html);
      wb_draft_set_format (draft, cases[i].format);
      message = build_message (draft);
      g_assert_cmpstr (wb_message_get_tree (message)->type, ==, cases[i].type);
      if (wb_message_get_text (message) != NULL && (cases[i].text != NULL || cases[i].html != NULL))
        g_assert_cmpstr (wb_message_get_text (message), ==, "a\n");
    }
}

static void
test_long_lines (void)
{
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autofree char *long_word = g_strnfill (5000, 'x');
  g_autofree char *body = g_strconcat (long_word, "\nFrom here\n.\ntrailing \t\n", NULL);
  g_autofree char *text = NULL;
  g_autoptr (WbMessage) message = NULL;

  wb_draft_set_subject (draft, long_word);
  wb_draft_add_header (draft, "X-Long", long_word);
  wb_draft_set_text (draft, body);
  text = build_text (draft);
  check_canonical (text);
  message = build_message (draft);
  g_assert_cmpstr (wb_message_get_text (message), ==, body);
  g_assert_cmpstr (wb_message_get_header (message, "Subject"), ==, long_word);
  g_assert_cmpstr (wb_message_get_header (message, "X-Long"), ==, long_word);
}

static void
set_from (WbDraft *draft, const char *value)
{
  wb_draft_set_from (draft, value);
}

static void
add_to (WbDraft *draft, const char *value)
{
  wb_draft_add_address (draft, WB_DRAFT_TO, value);
}

static void
add_bcc (WbDraft *draft, const char *value)
{
  wb_draft_add_address (draft, WB_DRAFT_BCC, value);
}

static void
add_value (WbDraft *draft, const char *value)
{
  wb_draft_add_header (draft, "X-Test", value);
}

static void
add_name (WbDraft *draft, const char *value)
{
  wb_draft_add_header (draft, value, "test");
}

static void
set_reply (WbDraft *draft, const char *value)
{
  wb_draft_set_in_reply_to (draft, value, NULL);
}

static void
set_references (WbDraft *draft, const char *value)
{
  wb_draft_set_in_reply_to (draft, "<a@b>", value);
}

static void
attach (WbDraft *draft, const char *name, const char *type, const char *id)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a", 1);

  wb_draft_attach_bytes (draft, bytes, name, type, id);
}

static void
attach_name (WbDraft *draft, const char *value)
{
  attach (draft, value, "image/png", NULL);
}

static void
attach_type (WbDraft *draft, const char *value)
{
  attach (draft, "a", value, NULL);
}

static void
attach_id (WbDraft *draft, const char *value)
{
  attach (draft, "a", "image/png", value);
}

static const struct
{
  const char *field;
  void (*set) (WbDraft *, const char *);
  const char *good;
} setters[] = {
  { "From", set_from, "a@b.example" },
  { "To", add_to, "a@b.example" },
  { "Bcc", add_bcc, "a@b.example" },
  { "Subject", wb_draft_set_subject, "subject" },
  { "X-Test", add_value, "value" },
  { "Header name", add_name, "X-Name" },
  { "In-Reply-To", set_reply, "<a@b.example>" },
  { "References", set_references, "<a@b.example>" },
  { "File name", attach_name, "name.png" },
  { "Content-Type", attach_type, "image/png" },
  { "Content-ID", attach_id, "id@b.example" },
};

/* A line break anywhere in anything that becomes a header is refused, and the error says where. */
static void
test_injection (void)
{
  static const char *const breaks[] = { "\r\n", "\n",  "\r", "\r\nBcc: eve@e.example\r\n",
                                        "\x01", "\x7f" };

  for (gsize i = 0; i < G_N_ELEMENTS (setters); i++)
    {
      g_autoptr (WbDraft) fine = simple_draft ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;

      setters[i].set (fine, setters[i].good);
      bytes = wb_draft_build (fine, &error);
      g_assert_no_error (error);

      for (gsize k = 0; k < 3 * G_N_ELEMENTS (breaks); k++)
        {
          g_autoptr (WbDraft) draft = simple_draft ();
          g_autoptr (GError) refused = NULL;
          g_autoptr (GString) value = g_string_new (setters[i].good);
          gssize place = k % 3 == 0 ? 0 : k % 3 == 1 ? (gssize) value->len / 2 : -1;

          g_string_insert (value, place, breaks[k / 3]);
          setters[i].set (draft, value->str);
          g_assert_null (wb_draft_build (draft, &refused));
          g_assert_error (refused, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
          g_assert_nonnull (strstr (refused->message, setters[i].field));
        }
    }
}

static void
test_reserved_headers (void)
{
  static const char *const names[] = { "bcc",          "From",  "date",  "Content-Type",
                                       "MIME-Version", "a b",   "a:",    "",
                                       "Received",     "naïve", "Sender" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (WbDraft) draft = simple_draft ();
      g_autoptr (GError) error = NULL;

      wb_draft_add_header (draft, names[i], "x");
      g_assert_null (wb_draft_build (draft, &error));
      g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
    }
}

static void
test_bcc (void)
{
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) recipients = NULL;
  g_autofree char *text = NULL;

  wb_draft_add_address (draft, WB_DRAFT_CC, "Carol <carol@c.example>, bob@B.Example");
  wb_draft_add_address (draft, WB_DRAFT_BCC, "secret@s.example, carol@c.example");
  text = build_text (draft);
  g_assert_null (strstr (text, "secret"));
  g_assert_null (strstr (text, "Bcc"));

  recipients = wb_draft_get_recipients (draft, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (recipients->len, ==, 3);
  g_assert_cmpstr (recipients->pdata[0], ==, "bob@b.example");
  g_assert_cmpstr (recipients->pdata[1], ==, "carol@c.example");
  g_assert_cmpstr (recipients->pdata[2], ==, "secret@s.example");
}

static void
test_charset (void)
{
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WbMessage) message = NULL;
  g_autofree char *text = NULL;

  wb_draft_set_charset (draft, "GB18030");
  wb_draft_set_subject (draft, "测试主题");
  wb_draft_set_text (draft, "你好，世界\n");
  text = build_text (draft);
  check_canonical (text);
  g_assert_nonnull (strstr (text, "=?GB18030?B?"));
  message = build_message (draft);
  g_assert_cmpstr (wb_message_get_text (message), ==, "你好，世界\n");
  g_assert_cmpstr (wb_message_get_header (message, "Subject"), ==, "测试主题");

  wb_draft_set_charset (draft, "ISO-8859-1");
  g_assert_null (wb_draft_build (draft, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "“你” (character 1)"));
  g_clear_error (&error);

  wb_draft_set_text (draft, "na\303\257ve 你\n");
  g_assert_null (wb_draft_build (draft, &error));
  g_assert_nonnull (strstr (error->message, "“你” (character 7)"));
  g_clear_error (&error);

  wb_draft_set_charset (draft, "UTF-16");
  g_assert_null (wb_draft_build (draft, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
  g_clear_error (&error);
  wb_draft_set_charset (draft, "utf-8\"; x=\"");
  g_assert_null (wb_draft_build (draft, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
}

static void
test_reply (void)
{
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autoptr (WbMessage) message = NULL;

  wb_draft_set_in_reply_to (draft, "b@x.example", "<a@x.example> junk <no end <c@x.example>");
  message = build_message (draft);
  g_assert_cmpstr (wb_message_get_header (message, "In-Reply-To"), ==, "<b@x.example>");
  g_assert_cmpstr (wb_message_get_header (message, "References"), ==,
                   "<a@x.example> <c@x.example> <b@x.example>");
}

static void
refuse_file (WbDraft *draft, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_draft_attach_file (draft, path, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE);
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-draft-XXXXXX", NULL);
  g_autofree char *fifo = g_build_filename (folder, "fifo", NULL);
  g_autofree char *loop = g_build_filename (folder, "loop", NULL);
  g_autofree char *absent = g_build_filename (folder, "absent", NULL);
  g_autofree char *file = g_build_filename (folder, "王.txt", NULL);
  g_autofree char *big = g_build_filename (folder, "big", NULL);
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autoptr (WbMessage) message = NULL;
  g_autoptr (GPtrArray) attachments = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) error = NULL;
  const WbMessagePart *part;

  g_assert_no_errno (mkfifo (fifo, 0600));
  g_assert_no_errno (symlink (loop, loop));
  refuse_file (draft, fifo);
  refuse_file (draft, loop);
  refuse_file (draft, absent);
  refuse_file (draft, folder);
  refuse_file (draft, "/dev/zero");

  g_assert_true (g_file_set_contents (file, "你好\n", -1, NULL));
  g_assert_true (wb_draft_attach_file (draft, file, &error));
  g_assert_no_error (error);
  message = build_message (draft);
  attachments = wb_message_get_attachments (message);
  g_assert_cmpuint (attachments->len, ==, 1);
  part = attachments->pdata[0];
  g_assert_cmpstr (part->file_name, ==, "王.txt");
  g_assert_cmpstr (part->type, ==, "text/plain");
  g_assert_cmpstr (part->charset, ==, "utf-8");
  content = wb_message_get_part_content (message, part->number);
  g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), "你好\n", 7);

  /* Gone, or something else, when it is built. */
  g_assert_no_errno (g_unlink (file));
  g_assert_null (wb_draft_build (draft, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE);
  g_clear_error (&error);
  g_assert_no_errno (mkfifo (file, 0600));
  g_assert_null (wb_draft_build (draft, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (big, "", 0, NULL));
  g_assert_no_errno (truncate (big, (off_t) 5 * 1024 * 1024 * 1024));
  g_assert_false (wb_draft_attach_file (draft, big, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE);

  g_unlink (big);
  g_unlink (file);
  g_unlink (fifo);
  g_unlink (loop);
  g_rmdir (folder);
}

static void
test_html_to_text (void)
{
  static const char *const cases[][2] = {
    { "<p>One</p><p>Two <b>bold</b>\n  words</p>", "One\n\nTwo bold words\n" },
    { "a<br>b<br><br>c", "a\nb\n\nc\n" },
    { "<ul><li>one<li>two<ul><li>deep</ul></ul>", "- one\n- two\n  - deep\n" },
    { "<ol><li>one</li><li><p>two</p></li></ol>after", "1. one\n2. two\n\nafter\n" },
    { "<a href=\"https://x.example/?a=1&amp;b=2\">here</a>",
      "here <https://x.example/?a=1&b=2>\n" },
    { "<a href=\"mailto:a@b.example\">a@b.example</a> <a href=\"https://x.example\">"
      "https://x.example</a> <a href=\"javascript:x()\">z</a>",
      "a@b.example https://x.example z\n" },
    { "<blockquote>said<blockquote>before</blockquote></blockquote>me",
      "> said\n>\n> > before\n\nme\n" },
    { "<ol start=3><li>c<li>d<li value=9>i<li>j</ol>", "3. c\n4. d\n9. i\n10. j\n" },
    { "<ol start=-1><li>a<li>b<li>c</ol><ol start=x><li>d</ol>", "-1. a\n0. b\n1. c\n\n1. d\n" },
    { "a<p style='display:none'>b</p><span style='color: red; Display : None !important'>c</span>"
      "<div hidden><p>d<img alt=e></div><i style='visibility:hidden'>f</i><b style='display'>g</b>",
      "a\n\ng\n" },
    { "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
      "a | b\nc | d\n" },
    { "<table border=0><tr><td>a</td><td>b</td></tr></table>", "a\tb\n" },
    { "<table role=presentation><tr><td>a</td><td>b</td></tr></table>", "a\tb\n" },
    { "<table><tr><td><p>a</p></td><td><a href='http://b.c'>b</a></td></tr></table>",
      "a\n\nb <http://b.c>\n" },
    { "<table border=1><tr><th>Name</th><th>n</th></tr><tr><td>王</td><td>1<br></td></tr>"
      "<tr><td><br></td><td><div>2</div></td></tr></table><p>x",
      "Name | n\n王   | 1\n     | 2\n\nx\n" },
    { "<table border=1><tr><td><table "
      "border=1><tr><td>a</td><td>b</td></tr></table></td></tr></table>",
      "a | b\n" },
    { "<table border=0><tr><td>a<br>b</td><td>c</td></tr></table>", "a\nb\tc\n" },
    { "<h1>Title</h1>text<pre>  x\n   y</pre>", "Title\n\ntext\n\n  x\n   y\n" },
    { "<head><title>t</title><style>x</style></head><script>evil()</script><p>&lt;ok&gt;&nbsp;你好",
      "<ok> 你好\n" },
    { "<img src=x alt=\"a picture\">", "[a picture]\n" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = wb_html_to_text (cases[i][0]);

      g_assert_cmpstr (text, ==, cases[i][1]);
    }
}

/* Elements nested without end cost no stack and bounded memory. */
static void
test_html_depth (void)
{
  static const char *const tags[] = { "<div>", "<blockquote>a", "<ul><li>a", "<b>",
                                      "<table><tr><td>" };

  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      g_autoptr (GString) html = g_string_new (NULL);
      g_autofree char *text = NULL;

      for (guint k = 0; k < 20000; k++)
        g_string_append (html, tags[i]);
      g_string_append (html, "end");
      text = wb_html_to_text (html->str);
      g_assert_nonnull (text);
    }
}

static void
test_flowed (void)
{
  static const struct
  {
    const char *text;
    const char *flowed;
  } cases[] = {
    { "", "" },
    { "a\n", "a\n" },
    { "a  \n\nb\n", "a\n\nb\n" },
    { " indented\n", "  indented\n" },
    { "From here\n", " From here\n" },
    { "> quoted\n>> twice\n> > twice too\n", "> quoted\n>> twice\n>> twice too\n" },
    { "-- \nBob\n", "-- \nBob\n" },
    { "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh iiiiiiiii\n",
      "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg \nhhhhhhhhh "
      "iiiiiiiii\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *flowed = wb_text_flow (cases[i].text);

      g_assert_cmpstr (flowed, ==, cases[i].flowed);
    }
}

static void
test_unflowed (void)
{
  static const struct
  {
    const char *flowed;
    const char *text;
    const char *without_space; /* NULL where it is the same */
  } cases[] = {
    { "", "", NULL },
    { "a", "a", NULL },
    { "a\nb\n", "a\nb\n", NULL },
    { "a \nb\n", "a b\n", "ab\n" },
    { "a \nb \nc\n\nd\n", "a b c\n\nd\n", "abc\n\nd\n" },
    /* Stuffed: one space is none. */
    { " From here\n", "From here\n", NULL },
    { "  indented\n", " indented\n", NULL },
    { " > no quote\n", "> no quote\n", NULL },
    { " \n", "\n", NULL },
    { "a \n b\n", "a b\n", "ab\n" },
    /* Quoted, with the space that stuffs and without. */
    { "> a \n> b\n", "> a b\n", "> ab\n" },
    { ">a \n>b\n", "> a b\n", "> ab\n" },
    { ">>a\n>\n> b\n", ">> a\n>\n> b\n", NULL },
    /* Another depth ends a paragraph, whatever its last line says. */
    { "> a \n>> b \nc\n", "> a \n>> b \nc\n", "> a\n>> b\nc\n" },
    /* The line above a signature is no line that goes on, and nothing goes on into it. */
    { "-- \nBob\n", "-- \nBob\n", NULL },
    { "a \n-- \nBob\n", "a \n-- \nBob\n", "a\n-- \nBob\n" },
    { "> -- \n> Bob\n", "> -- \n> Bob\n", NULL },
    /* Cut short. */
    { "a ", "a \n", "a\n" },
    { "王 \n小明\n", "王 小明\n", "王小明\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = wb_text_unflow (cases[i].flowed, FALSE);
      g_autofree char *without_space = wb_text_unflow (cases[i].flowed, TRUE);

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpstr (without_space, ==,
                       cases[i].without_space != NULL ? cases[i].without_space : cases[i].text);
    }
}

/* What is written flowed is read as it was written, and only where the sender said so. */
static void
test_flowed_is_read (void)
{
  static const char paragraph[] =
      "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh iiiiiiiii\n"
      "> quoted aaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh iiii\n"
      " indented\n-- \nBob\n";
  static const struct
  {
    const char *type;
    const char *text;
  } cases[] = {
    { "text/plain; format=flowed", "a b\n" },
    { "text/plain; Format=\"Flowed\"; DelSp=Yes", "ab\n" },
    { "text/plain; delsp=yes", "a \nb\n" },
    { "text/plain", "a \nb\n" },
  };
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autoptr (GBytes) built = NULL;
  g_autoptr (WbMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  wb_draft_set_text (draft, paragraph);
  wb_draft_set_flowed (draft, TRUE);
  built = wb_draft_build (draft, &error);
  g_assert_no_error (error);
  message = wb_message_parse (built, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wb_message_get_text (message), ==, paragraph);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *source =
          g_strdup_printf ("From: a@b\r\nContent-Type: %s\r\n\r\na \r\nb\r\n", cases[i].type);
      g_autoptr (GBytes) bytes = g_bytes_new_static (source, strlen (source));
      g_autoptr (WbMessage) read = wb_message_parse (bytes, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (wb_message_get_text (read), ==, cases[i].text);
    }
}

/* Put together again as RFC 3676 section 4.1 says, it is what was written. */
static void
test_flowed_comes_back (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) back = g_string_new (NULL);
  g_autofree char *flowed = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (WbDraft) draft = simple_draft ();
  g_autofree char *built = NULL;

  for (guint i = 1; i < 120; i++)
    for (guint k = 0; k < i; k++)
      g_string_append_printf (text, "%.*s%s", (int) (1 + (i * 7 + k * 3) % 11), "wordwordword",
                              k + 1 < i ? " " : "\n");
  flowed = wb_text_flow (text->str);
  lines = g_strsplit (flowed, "\n", -1);
  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    {
      g_assert_cmpuint (strlen (lines[i]), <=, 78);
      g_string_append (back, *lines[i] == ' ' ? lines[i] + 1 : lines[i]);
      if (!g_str_has_suffix (lines[i], " "))
        g_string_append_c (back, '\n');
    }
  g_assert_cmpstr (back->str, ==, text->str);

  wb_draft_set_text (draft, text->str);
  wb_draft_set_flowed (draft, TRUE);
  built = build_text (draft);
  check_canonical (built);
  g_assert_nonnull (strstr (built, "Content-Type: text/plain; charset=UTF-8; format=flowed\r\n"));
  g_assert_null (strstr (built, "quoted-printable"));
}

static void
test_mentions_attachment (void)
{
  static const char *const yes[] = {
    "See the attached file.",
    "Attachment: notes",
    "I have attached it",
    "please find attached",
    "the invoice is enclosed",
    "请见附件",
    "随信附上照片",
    "附上我的简历",
    "ATTACHED",
  };
  static const char *const no[] = {
    "",           "Hello", "> see the attached file", "attache case", "I am very attached to it",
    "附近的餐馆",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (yes); i++)
    if (!wb_draft_mentions_attachment (yes[i]))
      g_error ("not seen: %s", yes[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (no); i++)
    if (wb_draft_mentions_attachment (no[i]))
      g_error ("seen wrongly: %s", no[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draft/plain", test_plain);
  g_test_add_func ("/draft/message-id", test_message_id);
  g_test_add_func ("/draft/shapes", test_shapes);
  g_test_add_func ("/draft/formats", test_formats);
  g_test_add_func ("/draft/long-lines", test_long_lines);
  g_test_add_func ("/draft/injection", test_injection);
  g_test_add_func ("/draft/reserved-headers", test_reserved_headers);
  g_test_add_func ("/draft/bcc", test_bcc);
  g_test_add_func ("/draft/charset", test_charset);
  g_test_add_func ("/draft/reply", test_reply);
  g_test_add_func ("/draft/files", test_files);
  g_test_add_func ("/draft/html-to-text", test_html_to_text);
  g_test_add_func ("/draft/html-depth", test_html_depth);
  g_test_add_func ("/draft/flowed", test_flowed);
  g_test_add_func ("/draft/flowed-comes-back", test_flowed_comes_back);
  g_test_add_func ("/draft/unflowed", test_unflowed);
  g_test_add_func ("/draft/flowed-is-read", test_flowed_is_read);
  g_test_add_func ("/draft/mentions-attachment", test_mentions_attachment);
  return g_test_run ();
}

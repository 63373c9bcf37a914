/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-header-decode.h"
#include "wb-message.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static WbMessage *
parse_bytes (const char *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  g_autoptr (GError) error = NULL;
  WbMessage *message = wb_message_parse (bytes, &error);

  g_assert_no_error (error);
  g_assert_nonnull (message);
  return message;
}

static WbMessage *
parse (const char *text)
{
  return parse_bytes (text, strlen (text));
}

static gboolean
warns_of (WbMessage *message, const char *words)
{
  const char *const *warnings = wb_message_get_warnings (message);

  for (gsize i = 0; warnings[i] != NULL; i++)
    if (strstr (warnings[i], words) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_subjects (void)
{
  static const struct
  {
    const char *raw;
    const char *decoded;
  } cases[] = {
    { "plain", "plain" },
    { "=?utf-8?Q?a_b=3D=E4=BD=A0?=", "a b=你" },
    /* The padding of the first ended the text in GMime up to 3.2.13. */
    { "=?utf-8?B?YWI=?= =?utf-8?B?5rWL?=", "ab测" },
    { "=?utf-8?B?YWI=?=\r\n =?utf-8?Q?=E6=B5=8B?= tail", "ab测 tail" },
    /* One character cut in two. */
    { "=?utf-8?B?5g==?= =?utf-8?B?tYs=?=", "测" },
    { "=?gb2312?B?xOO6ww==?= =?utf-8?B?5L2g?=", "你好你" },
    /* GBK behind a label that does not have it: 镕. */
    { "=?gb2312?B?6UY=?=", "镕" },
    { "=?utf-8*en?Q?a?=", "a" },
    { "=?utf-8?B?5L2g5aW9", "=?utf-8?B?5L2g5aW9" },
    { "=?utf-8?B?5L2g5aW9?", "=?utf-8?B?5L2g5aW9?" },
    { "a =?x?= b =? c", "a =?x?= b =? c" },
    { "=?utf-8?Q?"
      "?=",
      "" },
    { "=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x" },
    { "=?utf-8?Q?a=ZZ=?=", "a=ZZ=" },
    { "=?utf-8?B?YWI?=", "ab" },
    { "\304\343\272\303", "你好" },
    { "na\303\257ve", "naïve" },
    { "=?no-such-charset?Q?abc?=", "abc" },
    { "a\r\n b\r\n\tc", "a b\tc" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("Subject: %s\r\n\r\n", cases[i].raw);
      g_autoptr (WbMessage) message = parse (text);

      g_assert_cmpstr (wb_message_get_header (message, "subject"), ==, cases[i].decoded);
    }
}

static void
test_mailboxes (void)
{
  g_autoptr (WbMessage) message =
      parse ("From: =?utf-8?B?546L5aSn6bmP?= <user@example.com>\n"
             "To: \"Doe, John\" <john@a.example>, Friends: a@b.example,\n"
             " \"=?gb2312?B?xOO6ww==?=\" <c@d.example>;, plain@e.example\n"
             "To: late@f.example\n"
             "Cc: undisclosed-recipients:;\n"
             "Reply-To: \"boss@bank.example\" <evil@x.example>\n\n");
  static const char *const expected[][2] = { { "Doe, John", "john@a.example" },
                                             { NULL, "a@b.example" },
                                             { "你好", "c@d.example" },
                                             { NULL, "plain@e.example" },
                                             { NULL, "late@f.example" } };
  g_autoptr (GPtrArray) from = wb_message_get_mailboxes (message, "From");
  g_autoptr (GPtrArray) to = wb_message_get_mailboxes (message, "To");
  g_autoptr (GPtrArray) cc = wb_message_get_mailboxes (message, "Cc");
  g_autoptr (GPtrArray) reply_to = wb_message_get_mailboxes (message, "Reply-To");
  g_autoptr (GPtrArray) none = wb_message_get_mailboxes (message, "Sender");

  g_assert_cmpuint (from->len, ==, 1);
  g_assert_cmpstr (((WbMailbox *) from->pdata[0])->name, ==, "王大鹏");
  g_assert_cmpuint (to->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < to->len; i++)
    {
      g_assert_cmpstr (((WbMailbox *) to->pdata[i])->name, ==, expected[i][0]);
      g_assert_cmpstr (((WbMailbox *) to->pdata[i])->address, ==, expected[i][1]);
    }
  g_assert_cmpuint (cc->len, ==, 0);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpstr (((WbMailbox *) reply_to->pdata[0])->address, ==, "evil@x.example");
}

static void
test_bodies (void)
{
  static const struct
  {
    const char *type;
    const char *body;
    const char *text;
    const char *warning;
  } cases[] = {
    { "text/plain; charset=gb2312", "\304\343\272\303 \351F\r\n", "你好 镕\n", NULL },
    { "text/plain; charset=GBK", "\304\343\272\303", "你好", NULL },
    { "text/plain", "\304\343\272\303", "你好", NULL },
    { "text/plain", "\344\275\240", "你", NULL },
    { "text/plain; charset=us-ascii", "\344\275\240", "你", "ASCII" },
    { "text/plain; charset=x-nonsense", "\344\275\240", "你", "unknown" },
    { "text/plain; charset=iso-8859-1", "\200 na\357ve", "€ naïve", NULL },
    { "text/plain; charset=big5", "\247A\246n", "你好", NULL },
    { "text/plain; charset=utf-8", "ok \377 bad", "ok \357\277\275 bad", "does not fit" },
    /* Above U+10FFFF, which the C library decodes. */
    { "text/plain; charset=utf-8", "a\366\217\215\232b",
      "a\357\277\275\357\277\275\357\277\275\357\277\275b", "does not fit" },
    { "text/plain; charset=\"utf-8", "a", "a", NULL },
    { "text/plain;charset=utf-7", "+T2BZfQ-", "你好", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("Subject: x\r\nContent-Type: %s\r\n"
                                               "Content-Transfer-Encoding: 8bit\r\n\r\n%s",
                                               cases[i].type, cases[i].body);
      g_autoptr (WbMessage) message = parse (text);

      g_assert_cmpstr (wb_message_get_text (message), ==, cases[i].text);
      if (cases[i].warning != NULL)
        g_assert_true (warns_of (message, cases[i].warning));
    }
}

static const char complex_message[] =
    "From: a@a.example\r\n"
    "MIME-Version: 1.0\r\n"
    "Subject: outer\r\n"
    "Content-Type: multipart/mixed; boundary=\"x\"\r\n"
    "\r\n"
    "preamble\r\n"
    "--x\r\n"
    "Content-Type: multipart/related; boundary=y; type=\"text/html\"\r\n"
    "\r\n"
    "--y\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "\r\n"
    "<img src='cid:one@a'>\r\n"
    "--y\r\n"
    "Content-Type: image/png; name=one.png\r\n"
    "Content-ID: <one@a>\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "AAEC\r\n"
    "--y\r\n"
    "Content-Type: image/png\r\n"
    "Content-ID: <two@a>\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "AwQF\r\n"
    "--y--\r\n"
    "--x\r\n"
    "Content-Type: message/rfc822\r\n"
    "\r\n"
    "Subject: inner\r\n"
    "Content-Type: multipart/mixed; boundary=z\r\n"
    "\r\n"
    "--z\r\n"
    "\r\n"
    "inner text\r\n"
    "--z\r\n"
    "Content-Disposition: attachment; filename=\"../../etc/x\xE2\x80\xAEgpj.exe\"\r\n"
    "\r\n"
    "data\r\n"
    "--z--\r\n"
    "--x\r\n"
    "Content-Type: application/x-thing; name=\"=?utf-8?B?546L?=\r\n"
    " =?utf-8?B?5aSn.?=\"\r\n"
    "Content-Disposition: attachment\r\n"
    "\r\n"
    "raw\r\n"
    "--x--\r\n"
    "epilogue\r\n";

static const WbMessagePart *
child (const WbMessagePart *part, guint n)
{
  g_assert_nonnull (part->parts);
  g_assert_cmpuint (part->parts->len, >, n);
  return part->parts->pdata[n];
}

static void
test_tree (void)
{
  g_autoptr (WbMessage) message = parse (complex_message);
  const WbMessagePart *tree = wb_message_get_tree (message);
  const WbMessagePart *enclosed = child (tree, 1);
  const WbMessagePart *dangerous = child (child (enclosed, 0), 1);
  g_autoptr (GPtrArray) attachments = wb_message_get_attachments (message);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) inner = NULL;
  g_autoptr (WbMessage) inner_message = NULL;
  g_autofree char *inner_text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (tree->parts->len, ==, 3);
  g_assert_cmpstr (tree->number, ==, "0");
  g_assert_cmpstr (child (child (tree, 0), 1)->number, ==, "1.2");
  g_assert_cmpuint (child (child (tree, 0), 1)->size, ==, 3);
  g_assert_cmpstr (child (child (tree, 0), 1)->sha256, ==,
                   "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc");
  g_assert_cmpstr (enclosed->type, ==, "message/rfc822");
  g_assert_cmpstr (child (enclosed, 0)->type, ==, "multipart/mixed");
  g_assert_cmpstr (child (child (enclosed, 0), 0)->number, ==, "2.1");
  g_assert_cmpstr (dangerous->file_name, ==, "xgpj.exe");
  g_assert_cmpstr (wb_message_get_html (message), ==, "<img src='cid:one@a'>");
  g_assert_null (wb_message_get_text (message));

  /* Not the picture that is shown, but the one that is not. */
  g_assert_cmpuint (attachments->len, ==, 3);
  g_assert_cmpstr (((WbMessagePart *) attachments->pdata[0])->content_id, ==, "two@a");
  g_assert_true (attachments->pdata[1] == enclosed);
  g_assert_cmpstr (((WbMessagePart *) attachments->pdata[2])->file_name, ==, "王大");

  content = wb_message_get_part_content (message, "2.2");
  g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), "data", 4);
  g_assert_null (wb_message_get_part_content (message, "0"));
  g_assert_null (wb_message_get_part_content (message, "9.9"));

  /* An enclosed message is its bytes, to the last. */
  inner = wb_message_get_part_content (message, "2");
  inner_message = wb_message_parse (inner, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wb_message_get_header (inner_message, "Subject"), ==, "inner");
  inner_text = g_strndup (g_bytes_get_data (inner, NULL), g_bytes_get_size (inner));
  g_assert_true (g_str_has_prefix (inner_text, "Subject: inner\r\n"));
  g_assert_true (g_str_has_suffix (inner_text, "data\r\n--z--"));
}

/* Cut anywhere, it is still read, and nothing is read that is not there. */
static void
test_prefixes (void)
{
  for (gsize length = 0; length < sizeof complex_message; length++)
    {
      g_autoptr (WbMessage) message = parse_bytes (complex_message, length);
      g_autofree char *json = wb_message_to_json (message);
      g_autoptr (GPtrArray) attachments = wb_message_get_attachments (message);

      for (guint i = 0; i < attachments->len; i++)
        {
          const WbMessagePart *part = attachments->pdata[i];
          g_autoptr (GBytes) content = wb_message_get_part_content (message, part->number);

          g_assert_nonnull (content);
        }
    }
}

static void
test_no_mail (void)
{
  static const char *const cases[] = { "",
                                       "\r\n",
                                       "no headers at all",
                                       "\r\n\r\nbody\r\n",
                                       ":\n",
                                       "From a@b.example Mon Jan  1 00:00:00 2024\nSubject: x\n\ny",
                                       "a b c\nd\n",
                                       "\0\0\0" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WbMessage) message = parse (cases[i]);
      g_autofree char *json = wb_message_to_json (message);

      g_assert_nonnull (wb_message_get_tree (message));
      g_assert_nonnull (json);
    }

  g_autoptr (WbMessage) from_line = parse (cases[5]);

  g_assert_cmpstr (wb_message_get_header (from_line, "Subject"), ==, "x");
  g_assert_cmpstr (wb_message_get_text (from_line), ==, "y");
}

static void
refuse (GString *text)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_message_parse (bytes, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE);
}

static void
append_many (GString *text, const char *piece, guint count)
{
  for (guint i = 0; i < count; i++)
    g_string_append (text, piece);
}

static gsize
peak_kilobytes (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* What would cost a parser gigabytes or its stack is refused before it is parsed. */
static void
test_limits (void)
{
  gsize before = peak_kilobytes ();
  GString *text;

  text = g_string_new (NULL);
  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (text, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
  refuse (text);

  text = g_string_new (NULL);
  append_many (text, "Content-Type: message/rfc822\n\n", 10000);
  refuse (text);

  text = g_string_new ("Content-Type: multipart/mixed; boundary=b\n\n");
  append_many (text, "--b\n\nx\n", 1000000);
  refuse (text);

  text = g_string_new (NULL);
  append_many (text, "A: b\n", 1000000);
  refuse (text);

  text = g_string_new ("Subject: ");
  append_many (text, "0123456789", 1024 * 1024);
  refuse (text);

  text = g_string_new ("Subject: x\n");
  append_many (text, " 0123456789\n", 1024 * 1024);
  refuse (text);

  text = g_string_new ("To: ");
  append_many (text, "a:", 50000);
  refuse (text);

  text =
      g_string_new ("To                                                                      : ");
  append_many (text, "a:", 50000);
  refuse (text);

  text = g_string_new ("To: ");
  append_many (text, "a@b,", 100000);
  refuse (text);

  text = g_string_new (NULL);
  append_many (text, "To: a@b,c@d,e@f,g@h,i@j,k@l,m@n\n", 9000);
  refuse (text);

  /* Of two types, the one that nests may be either; a delimiter may end in white space. */
  for (guint variant = 0; variant < 3; variant++)
    {
      text = g_string_new (NULL);
      for (guint i = 0; i < 10000; i++)
        g_string_append_printf (text,
                                "%sContent-Type: multipart/mixed; boundary=\"b%u%s\"\n%s\n--b%u \n",
                                variant == 0 ? "Content-Type: text/plain; boundary=x\n" : "", i,
                                variant == 2 ? " " : "",
                                variant == 1 ? "Content-Type: text/plain; boundary=x\n" : "", i);
      refuse (text);
    }

  text = g_string_new (NULL);
  for (guint i = 0; i < 20; i++)
    {
      g_string_append (text, "X: ");
      append_many (text, "0123456789", 100000);
      g_string_append (text, "\n");
    }
  refuse (text);

  g_test_message ("peak grew by %zu kB", peak_kilobytes () - before);
}

/* What is large and harmless is read. */
static void
test_large (void)
{
  static const char *const heads[] = { "To: ", "Subject: ", "Content-Type: text/plain; x=",
                                       "Content-Disposition: attachment; filename=", "Date: " };
  static const char *const pieces[] = {
    "(", "\"", "\\", "<", "=?utf-8?Q?", "=?utf-8?B?YQ==?= ", ";a=", "@", "[", ".", "\377", "%", "'"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (pieces); k++)
      {
        GString *text = g_string_new (heads[i]);
        g_autoptr (GBytes) bytes = NULL;
        g_autoptr (WbMessage) message = NULL;
        g_autoptr (GPtrArray) to = NULL;

        while (text->len < 60000)
          g_string_append (text, pieces[k]);
        g_string_append (text, "\n\nbody");
        bytes = g_string_free_to_bytes (text);
        message = wb_message_parse (bytes, NULL);
        g_assert_nonnull (message);
        to = wb_message_get_mailboxes (message, "To");
        g_assert_nonnull (to);
      }
}

static void
test_file_names (void)
{
  static const char *const cases[][2] = {
    { "a.txt", "a.txt" },
    { "../../x", "x" },
    { "/etc/passwd", "passwd" },
    { "C:\\Users\\x\\a.doc", "a.doc" },
    { "..", NULL },
    { ".", NULL },
    { "", NULL },
    { "/", NULL },
    { ".bashrc", "bashrc" },
    { " a ", "a" },
    { "a\n\rb\x01.txt", "ab.txt" },
    { "jpg\xE2\x80\xAE.exe", "jpg.exe" },
    { "\xE2\x81\xA6x\xE2\x81\xA9", "x" },
    { "王大鹏.pdf", "王大鹏.pdf" },
    { "evil.desktop", "evil.desktop" },
    { "bad\377utf8", "bad\357\277\275utf8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = wb_mail_safe_file_name (cases[i][0]);

      g_assert_cmpstr (name, ==, cases[i][1]);
    }

  for (guint length = 150; length < 400; length++)
    {
      g_autoptr (GString) longer = g_string_new (NULL);
      g_autofree char *name = NULL;

      for (guint i = 0; i < length; i++)
        g_string_append (longer, i % 3 == 0 ? "王" : "a");
      g_string_append (longer, ".tar.gz");
      name = wb_mail_safe_file_name (longer->str);
      g_assert_cmpuint (strlen (name), <=, 200);
      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_true (g_str_has_suffix (name, ".gz"));
    }
}

static void
check_saved (GFile *file, const char *name)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *content = NULL;
  GStatBuf info;

  g_assert_cmpstr (base, ==, name);
  g_assert_no_errno (g_stat (path, &info));
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "[Desktop Entry]");
}

static void
test_save (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-save-XXXXXX", NULL);
  g_autofree char *aside = g_build_filename (folder, "evil (2).desktop", NULL);
  g_autoptr (GFile) directory = g_file_new_for_path (folder);
  g_autoptr (WbMessage) message =
      parse ("Content-Type: application/x-desktop\n"
             "Content-Disposition: attachment; filename=\"../evil.desktop\"\n\n[Desktop Entry]");
  const WbMessagePart *part = wb_message_get_tree (message);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) first = NULL;
  g_autoptr (GFile) second = NULL;
  g_autoptr (GFile) nowhere = g_file_get_child (directory, "absent");
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GDir) listing = NULL;
  g_autofree char *kept = NULL;
  guint count = 0;

  first = wb_message_save_part (message, part, directory, NULL, &error);
  g_assert_no_error (error);
  check_saved (first, "evil.desktop");

  g_assert_true (g_file_set_contents (aside, "mine", -1, NULL));
  second = wb_message_save_part (message, part, directory, NULL, &error);
  g_assert_no_error (error);
  check_saved (second, "evil (3).desktop");
  g_assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "mine");

  g_assert_null (wb_message_save_part (message, part, nowhere, NULL, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE);
  g_clear_error (&error);
  g_cancellable_cancel (cancelled);
  g_assert_null (wb_message_save_part (message, part, directory, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  listing = g_dir_open (folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (listing)) != NULL; count++)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_assert_cmpuint (count, ==, 3);
  g_rmdir (folder);
}

/* One message read by all, and another parsed meanwhile. */
static gpointer
read_all_thread (gpointer data)
{
  WbMessage *message = data;
  char *json = wb_message_to_json (message);

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (WbMessage) own = parse (complex_message);
      g_autofree char *own_json = wb_message_to_json (own);

      g_assert_cmpstr (own_json, ==, json);
    }
  return json;
}

static void
test_threads (void)
{
  g_autoptr (WbMessage) message = parse (complex_message);
  GThread *threads[8];
  g_autofree char *first = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_all_thread, message);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autofree char *json = g_thread_join (threads[i]);

      if (first == NULL)
        first = g_strdup (json);
      g_assert_cmpstr (json, ==, first);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/subjects", test_subjects);
  g_test_add_func ("/message/mailboxes", test_mailboxes);
  g_test_add_func ("/message/bodies", test_bodies);
  g_test_add_func ("/message/tree", test_tree);
  g_test_add_func ("/message/prefixes", test_prefixes);
  g_test_add_func ("/message/no-mail", test_no_mail);
  g_test_add_func ("/message/limits", test_limits);
  g_test_add_func ("/message/large", test_large);
  g_test_add_func ("/message/file-names", test_file_names);
  g_test_add_func ("/message/save", test_save);
  g_test_add_func ("/message/threads", test_threads);
  return g_test_run ();
}

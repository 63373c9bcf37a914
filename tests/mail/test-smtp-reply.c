/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-smtp-reply.h"

#include <string.h>

#include "wb-error.h"
#include "wb-mail-text.h"
#include "wb-smtp-envelope.h"

static WbSmtpReply *
parse (const char *text, GError **error)
{
  g_autoptr (WbSmtpReply) reply = wb_smtp_reply_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_assert_false (reply->complete);
      if (!wb_smtp_reply_add_line (reply, lines[i], strlen (lines[i]), error))
        return NULL;
    }
  return g_steal_pointer (&reply);
}

static void
test_lines (void)
{
  g_autoptr (WbSmtpReply) reply = parse ("250-one\n250-two three\n250", NULL);
  g_autofree char *text = NULL;

  g_assert_nonnull (reply);
  g_assert_true (reply->complete);
  g_assert_cmpuint (reply->code, ==, 250);
  g_assert_cmpuint (reply->lines->len, ==, 3);
  text = wb_smtp_reply_get_text (reply);
  g_assert_cmpstr (text, ==, "one two three ");
}

/* Each line begins with the enhanced status (RFC 2034), which is said once. */
static void
test_status_of_each_line (void)
{
  static const struct
  {
    const char *reply;
    const char *text;
  } replies[] = {
    { "550-5.1.1 Nobody is\n550-5.1.1 called\n550 5.1.1 two.", "5.1.1 Nobody is called two." },
    { "550-5.1.1 one\n550-5.1.10 two\n550 5.1.1", "5.1.1 one 5.1.10 two 5.1.1" },
    { "550-5.1.1\n550 5.1.1 two", "5.1.1 5.1.1 two" },
    { "550-4.1.1 one\n550 4.1.1 two", "4.1.1 one 4.1.1 two" },
    { "250-2.0.0.1 one\n250 2.0.0.1 two", "2.0.0.1 one 2.0.0.1 two" },
    { "550-one 5.1.1\n550 5.1.1 two", "one 5.1.1 5.1.1 two" },
    { "550-\n550 5.1.1 two", " 5.1.1 two" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (WbSmtpReply) reply = parse (replies[i].reply, NULL);
      g_autofree char *text = wb_smtp_reply_get_text (reply);

      g_assert_cmpstr (text, ==, replies[i].text);
    }
}

static void
test_bad_lines (void)
{
  static const char *const bad[] = { "\n",     "2",      "25",     "hello there", "150 no",
                                     "650 no", "250+no", "25a no", "250-a\n251 b" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbSmtpReply) reply = parse (bad[i], &error);

      g_test_message ("%s", bad[i]);
      g_assert_null (reply);
      g_assert_error (error, WB_ERROR, WB_ERROR_PROTOCOL);
    }
}

/* Reads no byte beyond the length, whatever the line is cut to. */
static void
test_every_length (void)
{
  static const char line[] = "250-SIZE 1000";

  for (gsize length = 0; length <= strlen (line); length++)
    {
      g_autoptr (WbSmtpReply) reply = wb_smtp_reply_new ();
      g_autofree char *exact = g_memdup2 (line, MAX (length, 1));

      wb_smtp_reply_add_line (reply, exact, length, NULL);
    }
}

static void
test_endless (void)
{
  g_autoptr (WbSmtpReply) reply = wb_smtp_reply_new ();
  g_autoptr (GError) error = NULL;
  guint count = 0;

  while (wb_smtp_reply_add_line (reply, "250-more", 8, &error))
    g_assert_cmpuint (++count, <, 100000);
  g_assert_error (error, WB_ERROR, WB_ERROR_TOO_LARGE);
}

static void
test_meanings (void)
{
  static const struct
  {
    const char *reply;
    WbSmtpStep step;
    WbMailError error;
    const char *words;
  } rows[] = {
    { "535 5.7.8 bad", WB_SMTP_STEP_AUTH, WB_MAIL_ERROR_LOGIN, "user name or the password" },
    { "535 Login Fail. Please enter your authorization code to login.", WB_SMTP_STEP_AUTH,
      WB_MAIL_ERROR_LOGIN, "wants an authorization code here" },
    { "534 5.7.9 Application-specific password required", WB_SMTP_STEP_AUTH, WB_MAIL_ERROR_LOGIN,
      "wants an app password here" },
    { "454 4.7.0 later", WB_SMTP_STEP_AUTH, WB_MAIL_ERROR_TEMPORARY, "later" },
    { "538 no", WB_SMTP_STEP_AUTH, WB_MAIL_ERROR_NO_TLS, "encrypted" },
    { "530 5.7.0 Must issue a STARTTLS command first", WB_SMTP_STEP_MAIL, WB_MAIL_ERROR_NO_TLS,
      "encrypted" },
    { "530 5.7.0 Authentication required", WB_SMTP_STEP_MAIL, WB_MAIL_ERROR_LOGIN, "login first" },
    { "552 5.3.4 too big", WB_SMTP_STEP_MAIL, WB_MAIL_ERROR_TOO_LARGE, "larger" },
    { "552 5.2.2 over quota", WB_SMTP_STEP_RCPT, WB_MAIL_ERROR_RECIPIENT, "full" },
    { "550 5.1.1 unknown", WB_SMTP_STEP_RCPT, WB_MAIL_ERROR_RECIPIENT, "no such mailbox" },
    { "550 5.7.1 relay", WB_SMTP_STEP_RCPT, WB_MAIL_ERROR_RECIPIENT, "pass mail on" },
    { "550 unknown", WB_SMTP_STEP_RCPT, WB_MAIL_ERROR_RECIPIENT, "refused the recipient" },
    { "450 4.7.1 greylisted", WB_SMTP_STEP_RCPT, WB_MAIL_ERROR_TEMPORARY, "some minutes" },
    { "553 5.1.8 no", WB_SMTP_STEP_MAIL, WB_MAIL_ERROR_SENDER, "domain does not exist" },
    { "550 no", WB_SMTP_STEP_MAIL, WB_MAIL_ERROR_SENDER, "sender" },
    { "552 no", WB_SMTP_STEP_BODY, WB_MAIL_ERROR_TOO_LARGE, "larger" },
    { "554 5.7.1 spam", WB_SMTP_STEP_BODY, WB_MAIL_ERROR_FAILED, "unwanted" },
    { "421 4.3.2 bye", WB_SMTP_STEP_DATA, WB_MAIL_ERROR_TEMPORARY, "closing" },
    { "554 go away", WB_SMTP_STEP_GREETING, WB_MAIL_ERROR_FAILED, "this computer" },
    { "454 TLS not available", WB_SMTP_STEP_STARTTLS, WB_MAIL_ERROR_TEMPORARY, "encrypt" },
    { "250 what", WB_SMTP_STEP_DATA, WB_MAIL_ERROR_FAILED, "does not fit" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WbSmtpReply) reply = parse (rows[i].reply, NULL);
      g_autoptr (GError) error = NULL;

      wb_smtp_reply_set_error (reply, rows[i].step, "smtp.example.org", NULL, &error);
      g_test_message ("%s -> %s", rows[i].reply, error->message);
      g_assert_error (error, WB_MAIL_ERROR, rows[i].error);
      g_assert_nonnull (strstr (error->message, rows[i].words));
      /* What the server said is always there. */
      g_assert_nonnull (strstr (error->message, rows[i].reply));
    }
}

static void
test_known_hosts (void)
{
  const char *generic = wb_mail_login_advice ("mail.example.org", NULL);
  const char *code = wb_mail_login_advice ("smtp.qq.com", NULL);

  g_assert_cmpstr (code, !=, generic);
  g_assert_cmpstr (wb_mail_login_advice ("pop.163.com", NULL), ==, code);
  g_assert_cmpstr (wb_mail_login_advice ("notqq.com", NULL), ==, generic);
  g_assert_cmpstr (wb_mail_login_advice ("mail.example.org", "请使用授权码登录"), ==, code);
  g_assert_cmpstr (wb_mail_login_advice ("smtp.gmail.com", NULL), !=, generic);
}

/* UTF-8 first, then GB18030, in which Chinese providers answer. */
static void
test_charsets (void)
{
  static const char gbk[] = "535 \xb5\xc7\xc2\xbc\xca\xa7\xb0\xdc";
  g_autoptr (WbSmtpReply) utf8 = parse ("535 登录失败", NULL);
  g_autoptr (WbSmtpReply) chinese = parse (gbk, NULL);
  g_autofree char *text = wb_smtp_reply_get_text (utf8);
  g_autofree char *chinese_text = wb_smtp_reply_get_text (chinese);
  g_autofree char *control = wb_mail_decode_reply ("a\033[2Jb\342\200\256c", -1);

  g_assert_cmpstr (text, ==, "登录失败");
  g_assert_cmpstr (chinese_text, ==, "登录失败");
  g_assert_cmpstr (control, ==, "a [2Jb c");
}

/* A server that repeats the password does not get it into an error. */
static void
test_secret_is_masked (void)
{
  g_autoptr (WbSmtpReply) reply = parse ("535 password c4n4ry is wrong", NULL);
  g_autoptr (GError) error = NULL;

  wb_smtp_reply_set_error (reply, WB_SMTP_STEP_AUTH, "h", "c4n4ry", &error);
  g_assert_null (strstr (error->message, "c4n4ry"));
  g_assert_nonnull (strstr (error->message, "is wrong"));
}

static WbSmtpEnvelope *
make_envelope (const char *sender, const char *recipient, const char *text, GError **error)
{
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();
  g_autoptr (GBytes) message = g_bytes_new_static (text, strlen (text));
  g_autoptr (WbMailSource) source = wb_mail_source_new (message);

  g_ptr_array_add (recipients, (gpointer) recipient);
  return wb_smtp_envelope_new (sender, recipients, source, error);
}

static void
test_addresses (void)
{
  static const char *const bad[] = { "",         "a@b\r\nDATA", "a@b\nDATA", "a@b\rDATA",
                                     "@b",       "a@",          "a b@c",     "<a@b>",
                                     "a@b> X=1", "a\001@b",     "\"a b@c",   "\xff@b" };
  static const char *const good[] = { "a@b", "a", "\"a b\"@c", "\"a\\\"> \"@c", "a+b@[127.0.0.1]" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) sender_error = NULL;

      g_test_message ("row %u", i);
      g_assert_null (make_envelope ("a@b", bad[i], "", &error));
      g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strpbrk (error->message, "\r\n"));
      if (*bad[i] == '\0')
        continue;
      g_assert_null (make_envelope (bad[i], "a@b", "", &sender_error));
      g_assert_error (sender_error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
    }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbSmtpEnvelope) envelope = make_envelope ("", good[i], "", &error);

      g_assert_no_error (error);
      g_assert_cmpstr (g_ptr_array_index (envelope->recipients, 0), ==, good[i]);
    }
}

static void
test_sizes (void)
{
  static const struct
  {
    const char *text;
    guint64 size;
  } rows[] = {
    { "", 2 },     { "a", 3 },      { "a\r\n", 3 },    { "a\n", 3 },
    { "a\r", 3 },  { "a\nb\n", 6 }, { "a\r\r\nb", 8 }, { "\n\n", 4 },
    { "\r\r", 4 }, { "\n\r", 4 },   { "a\r\nb\r", 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WbSmtpEnvelope) envelope = make_envelope ("a@b", "a@b", rows[i].text, NULL);

      g_test_message ("row %u", i);
      g_assert_cmpuint (envelope->size, ==, rows[i].size);
    }
}

static void
test_needs (void)
{
  g_autoptr (WbSmtpEnvelope) plain = make_envelope ("a@b", "c@d", "Subject: x\r\n\r\nhi", NULL);
  g_autoptr (WbSmtpEnvelope) body = make_envelope ("a@b", "c@d", "Subject: x\r\n\r\nhé", NULL);
  g_autoptr (WbSmtpEnvelope) header = make_envelope ("a@b", "c@d", "Subject: é\n\nhi", NULL);
  g_autoptr (WbSmtpEnvelope) local = make_envelope ("a@b", "王@d", "Subject: x\r\n\r\nhi", NULL);
  g_autoptr (WbSmtpEnvelope) domain = make_envelope ("a@b", "c@例子.测试", "", NULL);

  g_assert_false (plain->eight_bit);
  g_assert_null (plain->needs_utf8);
  g_assert_true (body->eight_bit);
  g_assert_null (body->needs_utf8);
  g_assert_true (header->eight_bit);
  g_assert_cmpstr (header->needs_utf8, ==, "");
  g_assert_cmpstr (local->needs_utf8, ==, "王@d");
  g_assert_null (domain->needs_utf8);
  g_assert_cmpstr (g_ptr_array_index (domain->recipients, 0), ==, "c@xn--fsqu00a.xn--0zwm56d");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp-reply/lines", test_lines);
  g_test_add_func ("/smtp-reply/status-of-each-line", test_status_of_each_line);
  g_test_add_func ("/smtp-reply/bad-lines", test_bad_lines);
  g_test_add_func ("/smtp-reply/every-length", test_every_length);
  g_test_add_func ("/smtp-reply/endless", test_endless);
  g_test_add_func ("/smtp-reply/meanings", test_meanings);
  g_test_add_func ("/smtp-reply/known-hosts", test_known_hosts);
  g_test_add_func ("/smtp-reply/charsets", test_charsets);
  g_test_add_func ("/smtp-reply/secret-is-masked", test_secret_is_masked);
  g_test_add_func ("/smtp-envelope/addresses", test_addresses);
  g_test_add_func ("/smtp-envelope/sizes", test_sizes);
  g_test_add_func ("/smtp-envelope/needs", test_needs);
  return g_test_run ();
}

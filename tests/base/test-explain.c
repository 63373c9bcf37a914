/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-explain.h"

#include <string.h>

/* The verbs that the RFCs define: 959, 2228, 2389, 2428, 2640, 3659, 4217, 7151. */
static const char *const ftp_verbs[] = {
  "USER", "PASS", "ACCT", "CWD",  "CDUP", "SMNT", "REIN", "QUIT", "PORT", "PASV", "TYPE",
  "STRU", "MODE", "RETR", "STOR", "STOU", "APPE", "ALLO", "REST", "RNFR", "RNTO", "ABOR",
  "DELE", "RMD",  "MKD",  "PWD",  "LIST", "NLST", "SITE", "SYST", "STAT", "HELP", "NOOP",
  "AUTH", "ADAT", "PBSZ", "PROT", "CCC",  "MIC",  "CONF", "ENC",  "FEAT", "OPTS", "EPRT",
  "EPSV", "LANG", "MDTM", "SIZE", "MLST", "MLSD", "HOST", NULL,
};

static const char *const smtp_verbs[] = {
  "EHLO a.test",
  "HELO a.test",
  "MAIL FROM:<a@b>",
  "RCPT TO:<a@b>",
  "DATA",
  "RSET",
  "VRFY a",
  "EXPN a",
  "HELP",
  "NOOP",
  "QUIT",
  "STARTTLS",
  "AUTH PLAIN",
  "AUTH LOGIN",
  "AUTH CRAM-MD5",
  "AUTH NEW-ONE",
  ".",
  "BDAT 10 LAST",
  "*",
  "mail from:<> SIZE=10",
  NULL,
};

static const char *const pop3_verbs[] = {
  "USER a",  "PASS ********", "APOP a ********",
  "AUTH",    "AUTH PLAIN",    "CAPA",
  "STLS",    "STAT",          "LIST",
  "LIST 1",  "UIDL",          "RETR 1",
  "TOP 1 0", "DELE 1",        "RSET",
  "NOOP",    "QUIT",          NULL,
};

static const char *const ftp_codes[] = {
  "110", "120", "125", "150", "200", "202", "211", "212", "213", "214", "215", "220", "221", "225",
  "226", "227", "229", "230", "232", "234", "235", "250", "257", "331", "332", "334", "335", "336",
  "350", "421", "425", "426", "431", "450", "451", "452", "500", "501", "502", "503", "504", "522",
  "530", "532", "533", "534", "535", "536", "537", "550", "551", "552", "553", NULL,
};

static const char *const smtp_codes[] = {
  "211", "214", "220", "221", "235", "250", "251", "252", "334", "354", "421", "432",
  "450", "451", "452", "454", "455", "500", "501", "502", "503", "504", "521", "530",
  "534", "535", "538", "550", "551", "552", "553", "554", "555", "556", NULL,
};

static void
assert_known (const char *protocol, gboolean from_client, const char *const *lines)
{
  for (; *lines != NULL; lines++)
    {
      WbExplanation explanation = { NULL, NULL };

      g_test_message ("%s %s", protocol, *lines);
      g_assert_true (wb_explain_line (protocol, from_client, *lines, -1, &explanation));
      g_assert_nonnull (explanation.meaning);
      g_assert_cmpuint (strlen (explanation.meaning), >, 3);
      g_assert_nonnull (explanation.reference);
      g_assert_true (g_str_has_prefix (explanation.reference, "RFC "));
    }
}

static void
test_complete (void)
{
  assert_known ("ftp", TRUE, ftp_verbs);
  assert_known ("smtp", TRUE, smtp_verbs);
  assert_known ("pop3", TRUE, pop3_verbs);
  assert_known ("ftp", FALSE, ftp_codes);
  assert_known ("smtp", FALSE, smtp_codes);
}

static void
test_lines (void)
{
  static const struct
  {
    const char *protocol;
    gboolean from_client;
    const char *line;
    const char *meaning;
    const char *reference;
  } cases[] = {
    { "smtp", TRUE, "EHLO wirebench.local",
      "greet the server, say who we are, and ask what it can do", "RFC 5321 §4.1.1.1" },
    { "SMTP", TRUE, "ehlo a", "greet the server, say who we are, and ask what it can do",
      "RFC 5321 §4.1.1.1" },
    { "smtp", FALSE, "250 OK", "done", "RFC 5321 §4.2.3" },
    { "smtp", FALSE, "250-SIZE 1000",
      "it can do this: tell the largest message that it takes, in bytes", "RFC 1870 §3" },
    { "smtp", FALSE, "250 2.1.5 Ok", "done: the recipient's address is fine",
      "RFC 5321 §4.2.3, RFC 3463 §3.2" },
    { "smtp", FALSE, "550-5.1.1 <x@y>: no",
      "refused: no such mailbox, or the server's policy says "
      "no: there is no such mailbox",
      "RFC 5321 §4.2.3, RFC 3463 §3.2" },
    { "smtp", FALSE, "550 4.1.1 a class that does not fit",
      "refused: no such mailbox, or the server's policy says no", "RFC 5321 §4.2.3" },
    { "smtp", FALSE, "599 odd", "it failed, and would fail again", "RFC 5321 §4.2.1" },
    { "smtp", FALSE, "451", "broken off: an error on the server's side; try later",
      "RFC 5321 §4.2.3" },
    { "ftp", FALSE, "558 odd", "it failed, and would fail again: about files", "RFC 959 §4.2" },
    { "ftp", TRUE, "TYPE I", "move files byte by byte, unchanged", "RFC 959 §3.1.1.3" },
    { "ftp", TRUE, "TYPE X", "choose how a file's bytes are represented", "RFC 959 §4.1.2" },
    { "ftp", TRUE, "PROT P", "encrypt the data connections too", "RFC 2228 §3, RFC 4217 §9" },
    { "ftp", FALSE, " MLST size*;modify*;",
      "it lists folders in a form made for programs, with these facts", "RFC 3659 §7.8" },
    { "ftp", FALSE, " REST STREAM", "a broken transfer can be resumed", "RFC 3659 §5.2" },
    { "ftp", FALSE, "211-Features:", "the state of the system, or what the server can do",
      "RFC 959 §4.2.2, RFC 2389" },
    { "pop3", FALSE, "+OK 2 320", "done", "RFC 1939 §3" },
    { "pop3", FALSE, "-ERR [IN-USE] busy",
      "not done; the text says why: another program has the "
      "mailbox open",
      "RFC 1939 §3, RFC 2449 §8.1.2" },
    { "pop3", FALSE, "+ ", "the next step of the login: a question in base64", "RFC 5034 §4" },
    { "pop3", FALSE, "SASL PLAIN LOGIN", "it can do this: log in with AUTH, in these ways",
      "RFC 2449 §6.3" },
    { "pop3", FALSE, "1 320", "a message's number, and its size or unique id", "RFC 1939 §5, §7" },
    { "pop3", FALSE, ".", "the list or the message ends here", "RFC 1939 §3" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WbExplanation explanation = { NULL, NULL };

      g_assert_true (wb_explain_line (cases[i].protocol, cases[i].from_client, cases[i].line, -1,
                                      &explanation));
      g_assert_cmpstr (explanation.meaning, ==, cases[i].meaning);
      g_assert_cmpstr (explanation.reference, ==, cases[i].reference);
    }
}

static void
test_unknown (void)
{
  static const struct
  {
    const char *protocol;
    gboolean from_client;
    const char *line;
  } cases[] = {
    { "tcp", TRUE, "USER a" },    { "ftp", TRUE, "" },        { "ftp", TRUE, "USERS" },
    { "ftp", TRUE, "RET" },       { "ftp", FALSE, "22 no" },  { "ftp", FALSE, "220x" },
    { "ftp", FALSE, "2200 no" },  { "smtp", FALSE, "150 x" }, { "smtp", TRUE, "Zm9vYmFy" },
    { "pop3", FALSE, "Subject" }, { "smtp", FALSE, "abc" },   { "ftp", FALSE, "  plain text" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WbExplanation explanation = { "left over", "left over" };

      g_test_message ("%s", cases[i].line);
      g_assert_false (wb_explain_line (cases[i].protocol, cases[i].from_client, cases[i].line, -1,
                                       &explanation));
      g_assert_null (explanation.meaning);
      g_assert_null (explanation.reference);
    }
}

/* Lines are not ended by NUL in the log, and hold anything; each is given as a block of its own
 * size, so that a sanitizer sees a byte too far.
 */
static void
test_any_bytes (void)
{
  static const char *const protocols[] = { "ftp", "smtp", "pop3" };
  static const char *const seeds[] = {
    "250 2.1.5 Ok", "-ERR [SYS/TEMP] x", "AUTH PLAIN x", " MLST a", "MAIL FROM:<a>", "+OK",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint round = 0; round < 20000; round++)
    {
      const char *seed = seeds[g_rand_int_range (rand, 0, G_N_ELEMENTS (seeds))];
      gsize length = g_rand_int_range (rand, 0, strlen (seed) + 1);
      g_autofree char *line = g_memdup2 (seed, MAX (length, 1));
      WbExplanation explanation;

      if (length > 0 && round % 2 == 0)
        line[g_rand_int_range (rand, 0, length)] = (char) g_rand_int_range (rand, 0, 256);
      for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
        {
          wb_explain_line (protocols[i], TRUE, line, length, &explanation);
          wb_explain_line (protocols[i], FALSE, line, length, &explanation);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/explain/complete", test_complete);
  g_test_add_func ("/explain/lines", test_lines);
  g_test_add_func ("/explain/unknown", test_unknown);
  g_test_add_func ("/explain/any-bytes", test_any_bytes);

  return g_test_run ();
}

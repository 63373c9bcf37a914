/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wb-error.h"
#include "wb-url.h"

#include <locale.h>
#include <string.h>

static const struct
{
  const char *text;
  const char *protocol;
  const char *user;
  const char *password;
  const char *host;
  guint16 port;
  const char *path;
  WbTlsMode tls;
  const char *formatted;
} good[] = {
  { "ftp://h", "ftp", NULL, NULL, "h", 21, "", WB_TLS_NONE, "ftp://h/" },
  { "ftp://h/a/b", "ftp", NULL, NULL, "h", 21, "a/b", WB_TLS_NONE, "ftp://h/a/b" },
  { "ftp://h/%2Fa", "ftp", NULL, NULL, "h", 21, "/a", WB_TLS_NONE, "ftp://h/%2Fa" },
  { "ftp://h/a;type=i", "ftp", NULL, NULL, "h", 21, "a", WB_TLS_NONE, "ftp://h/a" },
  { "ftp://h/a?b", "ftp", NULL, NULL, "h", 21, "a?b", WB_TLS_NONE, "ftp://h/a%3Fb" },
  { "ftp://h/%ff%fe", "ftp", NULL, NULL, "h", 21, "\xff\xfe", WB_TLS_NONE, "ftp://h/%FF%FE" },
  { "FTPS://h:2121/", "ftp", NULL, NULL, "h", 2121, "", WB_TLS_IMPLICIT, "ftps://h:2121/" },
  { "ftps://h", "ftp", NULL, NULL, "h", 990, "", WB_TLS_IMPLICIT, "ftps://h/" },
  { "ftpes://u:p@h/", "ftp", "u", "p", "h", 21, "", WB_TLS_REQUIRED, "ftpes://u@h/" },
  { "ftp://u:p%40%3a@h", "ftp", "u", "p@:", "h", 21, "", WB_TLS_NONE, "ftp://u@h/" },
  { "ftp://u:@h", "ftp", "u", "", "h", 21, "", WB_TLS_NONE, "ftp://u@h/" },
  { "smtp://me@example.org:secret@h:587?starttls=required", "smtp", "me@example.org", "secret", "h",
    587, "", WB_TLS_REQUIRED, "smtp://me%40example.org@h:587/?starttls=required" },
  { "smtp://h/?starttls=never", "smtp", NULL, NULL, "h", 25, "", WB_TLS_NEVER,
    "smtp://h/?starttls=never" },
  { "smtps://h", "smtp", NULL, NULL, "h", 465, "", WB_TLS_IMPLICIT, "smtps://h/" },
  { "pop3://h", "pop3", NULL, NULL, "h", 110, "", WB_TLS_NONE, "pop3://h/" },
  { "pop3s://h", "pop3", NULL, NULL, "h", 995, "", WB_TLS_IMPLICIT, "pop3s://h/" },
  { "imap://h/INBOX", "imap", NULL, NULL, "h", 143, "INBOX", WB_TLS_NONE, "imap://h/INBOX" },
  { "imaps://h", "imap", NULL, NULL, "h", 993, "", WB_TLS_IMPLICIT, "imaps://h/" },
  { "ftp://[::1]:7/x", "ftp", NULL, NULL, "::1", 7, "x", WB_TLS_NONE, "ftp://[::1]:7/x" },
  { "ftp://b\303\274cher.example/\347\216\213", "ftp", NULL, NULL, "xn--bcher-kva.example", 21,
    "\347\216\213", WB_TLS_NONE, "ftp://xn--bcher-kva.example/%E7%8E%8B" },
};

static const char *const bad[] = {
  "",
  "h",
  "http://h/",
  "ftp://",
  "ftp:///a",
  "ftp://h:0/",
  "ftp://h:65536/",
  "ftp://h:99999999999/",
  "ftp://h:2x/",
  "ftp://h:-1/",
  "ftp://h/%",
  "ftp://h/%4",
  "ftp://h/%zz",
  "ftp://h/%0d%0aDELE%20x",
  "ftp://h/%0A",
  "ftp://h/%00",
  "ftp://h/a\r\nDELE x",
  "ftp://u%0d@h/",
  "ftp://u:p%00@h/",
  "ftp://h%0a/",
  "ftp://h o/",
  "ftp://[::1/",
  "ftp://[1.2.3.4]/",
  "ftp://[::1]x/",
  "ftp://::1/",
  "ftp://h/#a",
  "ftp://h/a;type=x",
  "ftp://h/a;type=",
  "ftp://h/a;type=ai",
  "ftp://h/a;type=a/b",
  "smtp://h/?starttls=maybe",
  "smtps://h/?starttls=never",
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbUrl) url = wb_url_parse (good[i].text, &error);
      g_autoptr (WbUrl) copy = NULL;
      g_autofree char *formatted = NULL;

      g_assert_no_error (error);
      copy = wb_url_copy (url);
      g_assert_cmpstr (copy->protocol, ==, good[i].protocol);
      g_assert_cmpstr (copy->user, ==, good[i].user);
      g_assert_cmpstr (copy->password, ==, good[i].password);
      g_assert_cmpstr (copy->host, ==, good[i].host);
      g_assert_cmpuint (copy->port, ==, good[i].port);
      g_assert_cmpstr (copy->path, ==, good[i].path);
      g_assert_cmpint (copy->tls, ==, good[i].tls);
      formatted = wb_url_format (copy);
      g_assert_cmpstr (formatted, ==, good[i].formatted);
    }
}

/* RFC 1738, 3.2.2 */
static void
test_type (void)
{
  static const struct
  {
    const char *text;
    const char *path;
    char type;
  } urls[] = {
    { "ftp://h/a", "a", 0 },
    { "ftp://h/a;type=a", "a", 'a' },
    { "ftp://h/a;type=I", "a", 'i' },
    { "ftps://h/a/;type=D", "a/", 'd' },
    { "ftp://h/;type=d", "", 'd' },
    { "ftp://h/a%3Btype=a", "a;type=a", 0 },
    { "imap://h/a;type=x", "a;type=x", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbUrl) url = wb_url_parse (urls[i].text, &error);
      g_autoptr (WbUrl) copy = NULL;

      g_assert_no_error (error);
      copy = wb_url_copy (url);
      g_assert_cmpstr (copy->path, ==, urls[i].path);
      g_assert_cmpint (copy->type, ==, urls[i].type);
    }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbUrl) url = wb_url_parse (bad[i], &error);

      g_test_message ("%s", bad[i]);
      g_assert_null (url);
      g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
    }
}

/* Whatever is wrong with a URL, the password that it holds is not repeated. */
static void
test_no_secret_in_errors (void)
{
  static const char *const urls[] = {
    "ftp://u:canary@h:0/", "ftp://u:canary@h/%zz", "ftp://u:canary%@h/",
    "xyz://u:canary@h/",   "ftp://u:canary@h h/",  "u:canary@h",
    "ftp://u:canary",      "ftp://u:canary/x@h",   "smtp://u:canary@h/?x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbUrl) url = wb_url_parse (urls[i], &error);

      g_assert_null (url);
      g_assert_null (strstr (error->message, "canary"));
    }
}

/* One character of a good URL changed at a time: an answer or an error, never a crash, and what is
 * taken is written so that it is taken again. */
static void
test_mutations (void)
{
  static const char start[] = "ftp://u:p@[::1]:21/%2Fa;type=i";
  static const char bytes[] = "%:@/[]?#;=. \n\xff"
                              "a0";

  for (guint i = 0; i < sizeof start - 1; i++)
    for (guint j = 0; j < sizeof bytes - 1; j++)
      {
        g_autofree char *text = g_strdup (start);
        g_autoptr (GError) error = NULL;
        g_autoptr (WbUrl) url = NULL;

        text[i] = bytes[j];
        url = wb_url_parse (text, &error);
        g_assert_true ((url != NULL) != (error != NULL));
        if (url != NULL)
          {
            g_autofree char *formatted = wb_url_format (url);
            g_autoptr (WbUrl) again = wb_url_parse (formatted, &error);

            g_assert_no_error (error);
            g_assert_cmpstr (again->path, ==, url->path);
            g_assert_cmpstr (again->user, ==, url->user);
            g_assert_cmpstr (again->host, ==, url->host);
          }
      }
}

static void
test_host_port (void)
{
  static const struct
  {
    const char *text;
    const char *fallback;
    const char *host;
    guint16 port;
  } cases[] = {
    { "h:80", NULL, "h", 80 },
    { "[::1]:80", NULL, "::1", 80 },
    { "80", "127.0.0.1", "127.0.0.1", 80 },
    { ":80", "127.0.0.1", "127.0.0.1", 80 },
    { "0", "127.0.0.1", "127.0.0.1", 0 },
    { "127.0.0.1:65535", NULL, "127.0.0.1", 65535 },
    { "80", NULL, NULL, 0 },
    { "h", "x", NULL, 0 },
    { "h:", "x", NULL, 0 },
    { "h:65536", "x", NULL, 0 },
    { "::1:80", "x", NULL, 0 },
    { "[::1:80", "x", NULL, 0 },
    { "[]:80", "x", NULL, 0 },
    { "a b:80", "x", NULL, 0 },
    { "", "x", NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *host = NULL;
      guint16 port = 0;
      gboolean ok = wb_parse_host_port (cases[i].text, cases[i].fallback, &host, &port, &error);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (host, ==, cases[i].host);
      if (cases[i].host == NULL)
        {
          g_assert_false (ok);
          g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
        }
      else
        {
          g_assert_no_error (error);
          g_assert_cmpuint (port, ==, cases[i].port);
        }
    }
}

static void
test_proxy (void)
{
  static const struct
  {
    const char *text;
    gboolean ok;
    const char *password;
  } cases[] = {
    { "socks5://127.0.0.1:1080", TRUE, NULL },
    { "http://user:s%20t@proxy.test:3128", TRUE, "s t" },
    { "socks://[::1]:1080", TRUE, NULL },
    { "https://proxy.test:3128", FALSE, NULL },
    { "127.0.0.1:1080", FALSE, NULL },
    { "socks5://", FALSE, NULL },
    { "", FALSE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *password = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_true (wb_parse_proxy (cases[i].text, &password, &error) == cases[i].ok);
      g_assert_cmpstr (password, ==, cases[i].password);
      if (!cases[i].ok)
        g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/url/good", test_good);
  g_test_add_func ("/url/type", test_type);
  g_test_add_func ("/url/bad", test_bad);
  g_test_add_func ("/url/no-secret-in-errors", test_no_secret_in_errors);
  g_test_add_func ("/url/mutations", test_mutations);
  g_test_add_func ("/url/host-port", test_host_port);
  g_test_add_func ("/url/proxy", test_proxy);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "wb-autoconfig.h"
#include "wb-mail-error.h"
#include "wb-provider.h"

#define HEAD "<?xml version='1.0'?><clientConfig version='1.1'><emailProvider id='x'>"
#define TAIL "</emailProvider></clientConfig>"
#define SERVER(kind, type, host, port, tls, rest)                                                \
  "<" kind " type='" type "'><hostname>" host "</hostname><port>" port "</port><socketType>" tls \
  "</socketType>" rest "</" kind ">"
#define POP3(host, port, tls, rest) SERVER ("incomingServer", "pop3", host, port, tls, rest)
#define IMAP(host, port, tls, rest) SERVER ("incomingServer", "imap", host, port, tls, rest)
#define SMTP(host, port, tls, rest) SERVER ("outgoingServer", "smtp", host, port, tls, rest)

static char *
format (const WbAutoconfigDocument *document)
{
  GString *text = g_string_new (document->name);

  for (guint i = 0; i < document->servers->len; i++)
    {
      const WbAutoconfigServer *s = g_ptr_array_index (document->servers, i);

      g_string_append_printf (text, "|%s %s:%u %d %s %u", s->protocol, s->host, s->port, s->tls,
                              s->user, s->secrets);
    }
  return g_string_free (text, FALSE);
}

static void
test_table (void)
{
  static const struct
  {
    const char *text;
    const char *expected; /* NULL: refused */
  } rows[] = {
    { HEAD SMTP ("a.test", "465", "SSL", "") TAIL, "|smtp a.test:465 2  0" },
    { HEAD POP3 ("A.Test", "110", "STARTTLS", "") TAIL, "|pop3 a.test:110 3  0" },
    { HEAD POP3 ("a.test", "110", "plain", "") TAIL, "|pop3 a.test:110 1  0" },
    { HEAD "<displayName> N &amp; &#65; </displayName>" SMTP (" a.test ", " 25 ", " TLS ", "") TAIL,
      "N & A|smtp a.test:25 2  0" },
    { HEAD SMTP ("%EMAILDOMAIN%", "465", "SSL", "<username>%EMAILADDRESS%</username>") TAIL,
      "|smtp example.test:465 2 me@example.test 0" },
    { HEAD IMAP ("%EMAILLOCALPART%.a.test", "993", "SSL", "<username>x-%EMAILLOCALPART%</username>")
          TAIL,
      "|imap me.a.test:993 2 x-me 0" },
    { HEAD SMTP ("a.test", "465", "SSL",
                 "<authentication>password-cleartext</authentication>"
                 "<authentication>OAuth2</authentication>") TAIL,
      "|smtp a.test:465 2  5" },
    { HEAD SMTP ("a.test", "465", "SSL", "<authentication>NTLM</authentication>") TAIL,
      "|smtp a.test:465 2  8" },
    { HEAD SMTP ("a.test", "465", "SSL", "<![CDATA[x]]><restriction>clientIPAddress</restriction>")
          TAIL,
      "|smtp a.test:465 2  0" },
    { HEAD "<!-- no -->" SMTP ("::1", "465", "SSL", "") TAIL, "|smtp ::1:465 2  0" },
    /* What is not whole is left out, the rest stays. */
    { HEAD SMTP ("", "465", "SSL", "") SMTP ("b.test", "465", "SSL", "") TAIL,
      "|smtp b.test:465 2  0" },
    { HEAD SMTP ("a.test", "0", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("a.test", "65536", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("a.test", "-1", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("a.test", "465", "ROT13", "") TAIL, NULL },
    { HEAD SMTP ("a.test/x", "465", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("user@a.test", "465", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("a b", "465", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("%EMAILHOST%", "465", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("-a.test", "465", "SSL", "") TAIL, NULL },
    { HEAD SERVER ("incomingServer", "exchange", "a.test", "443", "SSL", "") TAIL, NULL },
    { HEAD TAIL, NULL },
    /* Outside of a provider, or no such document at all. */
    { "<clientConfig>" SMTP ("a.test", "465", "SSL", "") "</clientConfig>", NULL },
    { "<html>" SMTP ("a.test", "465", "SSL", "") "</html>", NULL },
    { "<html><clientConfig><emailProvider>" SMTP ("a.test", "465", "SSL", "") TAIL "</html>",
      NULL },
    { "", NULL },
    { "404 not found", NULL },
    { "{\"a\": 1}", NULL },
    { HEAD SMTP ("a.test", "465", "SSL", ""), NULL },
    { HEAD SMTP ("a.test", "465", "SSL", "") "</emailProvider></wrong>", NULL },
    { "<!DOCTYPE clientConfig>" HEAD SMTP ("a.test", "465", "SSL", "") TAIL, NULL },
    { "<!DOCTYPE x [<!ENTITY h 'a.test'>]>" HEAD SMTP ("&h;", "465", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("&h;", "465", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("a\xff.test", "465", "SSL", "") TAIL, NULL },
    { HEAD SMTP ("a&#0;.test", "465", "SSL", "") TAIL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length = strlen (rows[i].text);
      g_autofree char *exact = g_memdup2 (rows[i].text, MAX (length, 1));
      g_autoptr (GError) error = NULL;
      g_autoptr (WbAutoconfigDocument) document =
          wb_autoconfig_document_parse (exact, length, "me@example.test", &error);
      g_autofree char *text = document ? format (document) : NULL;

      g_test_message ("row %u: %s", i, error ? error->message : text);
      g_assert_cmpstr (text, ==, rows[i].expected);
      if (!document)
        g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
    }
}

/* All that the description of the format names, in the form that big directories have it: with
 * several domains, ways of signing in by order, and what this program has no use for. */
static void
test_whole_form (void)
{
  static const char text[] =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<!-- Settings of a school's own server -->\n"
      "<clientConfig version=\"1.1\">\n"
      "  <emailProvider id=\"example.test\">\n"
      "    <domain>example.test</domain>\n"
      "    <domain purpose=\"mx\">mx.example.test</domain>\n"
      "    <displayName>The Example School’s Mail</displayName>\n"
      "    <displayShortName>School</displayShortName>\n"
      "    <incomingServer type=\"imap\">\n"
      "      <hostname>imap.example.test</hostname>\n"
      "      <port>993</port>\n"
      "      <socketType>SSL</socketType>\n"
      "      <username>%EMAILADDRESS%</username>\n"
      "      <authentication>OAuth2</authentication>\n"
      "      <authentication>password-cleartext</authentication>\n"
      "    </incomingServer>\n"
      "    <incomingServer type=\"pop3\">\n"
      "      <hostname>pop.example.test</hostname>\n"
      "      <port>995</port>\n"
      "      <socketType>SSL</socketType>\n"
      "      <username>%EMAILLOCALPART%</username>\n"
      "      <authentication>password-cleartext</authentication>\n"
      "      <pop3>\n"
      "        <leaveMessagesOnServer>true</leaveMessagesOnServer>\n"
      "        <daysToLeaveMessagesOnServer>999</daysToLeaveMessagesOnServer>\n"
      "      </pop3>\n"
      "    </incomingServer>\n"
      "    <incomingServer type=\"exchange\">\n"
      "      <owaURL>https://owa.example.test/owa/</owaURL>\n"
      "      <ewsURL>https://owa.example.test/ews</ewsURL>\n"
      "      <useGlobalPreferredServer>true</useGlobalPreferredServer>\n"
      "    </incomingServer>\n"
      "    <outgoingServer type=\"smtp\">\n"
      "      <hostname>smtp.example.test</hostname>\n"
      "      <port>587</port>\n"
      "      <socketType>STARTTLS</socketType>\n"
      "      <username>%EMAILADDRESS%</username>\n"
      "      <authentication>password-encrypted</authentication>\n"
      "      <authentication>client-IP-address</authentication>\n"
      "      <addThisServer>true</addThisServer>\n"
      "      <useGlobalPreferredServer>false</useGlobalPreferredServer>\n"
      "    </outgoingServer>\n"
      "    <documentation url=\"https://help.example.test/mail?a=1&amp;b=2\">\n"
      "      <descr lang=\"en\">Set up your mail</descr>\n"
      "      <descr lang=\"de\">Ihre Post einrichten</descr>\n"
      "    </documentation>\n"
      "    <enable visiturl=\"https://mail.example.test/settings\">\n"
      "      <instruction>Check “Enable POP”</instruction>\n"
      "      <instruction lang=\"de\">POP einschalten</instruction>\n"
      "    </enable>\n"
      "  </emailProvider>\n"
      "  <oAuth2>\n"
      "    <issuer>login.example.test</issuer>\n"
      "    <scope>mail offline</scope>\n"
      "    <authURL>https://login.example.test/authorize</authURL>\n"
      "    <tokenURL>https://login.example.test/token</tokenURL>\n"
      "  </oAuth2>\n"
      "  <webMail>\n"
      "    <loginPage url=\"https://webmail.example.test/\"/>\n"
      "    <loginPageInfo url=\"https://webmail.example.test/\">\n"
      "      <username>%EMAILADDRESS%</username>\n"
      "      <usernameField id=\"user\" name=\"u\"/>\n"
      "    </loginPageInfo>\n"
      "  </webMail>\n"
      "  <clientConfigUpdate url=\"https://www.example.test/config/mail.xml\"/>\n"
      "</clientConfig>\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (WbAutoconfigDocument) document =
      wb_autoconfig_document_parse (text, strlen (text), "me@example.test", &error);
  g_autofree char *told = document ? format (document) : NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (
      told, ==,
      "The Example School’s Mail|imap imap.example.test:993 2 me@example.test 5"
      "|pop3 pop.example.test:995 2 me 1|smtp smtp.example.test:587 3 me@example.test 10");
  g_assert_cmpstr (document->help, ==, "https://help.example.test/mail?a=1&b=2");
  /* Cut anywhere it is refused, and never read too far. */
  for (gsize length = 0; length < sizeof text - 1 - strlen ("</clientConfig>\n"); length += 7)
    {
      g_autofree char *cut = g_memdup2 (text, MAX (length, 1));

      g_assert_null (wb_autoconfig_document_parse (cut, length, "me@example.test", NULL));
    }
}

static void
test_pick (void)
{
  static const char text[] = HEAD SMTP ("plain.test", "25", "plain", "")
      SMTP ("start.test", "587", "STARTTLS", "") SMTP ("kerberos.test", "465", "SSL",
                                                       "<authentication>GSSAPI</authentication>")
          SMTP ("first.test", "465", "SSL", "<authentication>password-cleartext</authentication>")
              SMTP ("second.test", "465", "SSL", "") POP3 ("pop.test", "110", "STARTTLS", "") TAIL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbAutoconfigDocument) document =
      wb_autoconfig_document_parse (text, strlen (text), "me@example.test", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (wb_autoconfig_document_pick (document, "smtp")->host, ==, "first.test");
  g_assert_cmpstr (wb_autoconfig_document_pick (document, "pop3")->host, ==, "pop.test");
  g_assert_null (wb_autoconfig_document_pick (document, "imap"));
}

static void
test_help (void)
{
  static const struct
  {
    const char *url;
    const char *expected;
  } rows[] = {
    { "https://help.test/x?a=b", "https://help.test/x?a=b" },
    { "http://help.test/", NULL },
    { "javascript:alert(1)", NULL },
    { "file:///etc/passwd", NULL },
    { "https://", "https://" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat (HEAD, SMTP ("a.test", "465", "SSL", ""),
                                           "<documentation url='", rows[i].url, "'/>", TAIL, NULL);
      g_autoptr (WbAutoconfigDocument) document =
          wb_autoconfig_document_parse (text, strlen (text), "me@a.test", NULL);

      g_assert_cmpstr (document->help, ==, rows[i].expected);
    }
}

/* Deep, long, many: refused or cut down, never slow. */
static void
test_limits (void)
{
  GString *deep = g_string_new (HEAD);
  GString *many = g_string_new (HEAD);
  g_autofree char *long_name = g_strnfill (5000, 'a');
  g_autofree char *long_text =
      g_strconcat (HEAD, "<displayName>", long_name, "</displayName>", TAIL, NULL);
  g_autofree char *huge = g_strnfill (WB_AUTOCONFIG_MAX + 1, ' ');
  g_autoptr (WbAutoconfigDocument) document = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append (deep, "<a>");
  for (guint i = 0; i < 1000; i++)
    g_string_append (many, SMTP ("a.test", "465", "SSL", ""));
  g_string_append (many, TAIL);
  g_assert_null (wb_autoconfig_document_parse (deep->str, deep->len, "me@a.test", NULL));
  g_assert_null (wb_autoconfig_document_parse (long_text, strlen (long_text), "me@a.test", NULL));
  g_assert_null (wb_autoconfig_document_parse (huge, strlen (huge), "me@a.test", NULL));
  document = wb_autoconfig_document_parse (many->str, many->len, "me@a.test", NULL);
  g_assert_nonnull (document);
  g_assert_cmpuint (document->servers->len, <=, 64);
  g_string_free (deep, TRUE);
  g_string_free (many, TRUE);
}

static void
test_providers (void)
{
  static const struct
  {
    const char *address;
    const char *id; /* NULL: not known */
    const char *smtp;
    guint16 smtp_port;
    const char *pop3;
  } rows[] = {
    { "12345@qq.com", "qq", "smtp.qq.com", 465, "pop.qq.com" },
    { "12345@QQ.COM", "qq", "smtp.qq.com", 465, "pop.qq.com" },
    { "a@foxmail.com", "qq", "smtp.qq.com", 465, "pop.qq.com" },
    { "a@163.com", "163", "smtp.163.com", 465, "pop.163.com" },
    { "a@126.com", "126", "smtp.126.com", 465, "pop.126.com" },
    { "a@yeah.net", "yeah", "smtp.yeah.net", 465, "pop.yeah.net" },
    { "a@sina.com", "sina", "smtp.sina.com", 465, "pop.sina.com" },
    { "a@gmail.com", "gmail", "smtp.gmail.com", 465, "pop.gmail.com" },
    { "a@hotmail.com", "outlook", "smtp-mail.outlook.com", 587, "outlook.office365.com" },
    { "a@icloud.com", "icloud", "smtp.mail.me.com", 587, NULL },
    { "a@notqq.com", NULL },
    { "a@qq.com.evil.test", NULL },
    { "qq.com", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const WbProvider *provider = wb_provider_find (rows[i].address);
      g_autofree char *told = provider ? wb_provider_explain_refusal (provider) : NULL;

      g_assert_cmpstr (provider ? provider->id : NULL, ==, rows[i].id);
      if (!provider)
        continue;
      g_assert_cmpstr (provider->smtp.host, ==, rows[i].smtp);
      g_assert_cmpuint (provider->smtp.port, ==, rows[i].smtp_port);
      g_assert_cmpstr (provider->pop3.host, ==, rows[i].pop3);
      g_assert_true (provider == wb_provider_find_for_host (provider->smtp.host) ||
                     g_str_equal (provider->id, "sina"));
      g_assert_nonnull (strstr (told, "\n1. "));
      g_assert_nonnull (strstr (told, wb_provider_get_name (provider)));
    }
  g_assert_cmpstr (wb_provider_find_for_host ("smtp.exmail.qq.com")->id, ==, "exmail");
  g_assert_cmpstr (wb_provider_find_for_mx ("mxbiz1.qq.com")->id, ==, "exmail");
  g_assert_cmpstr (wb_provider_find_for_mx ("aspmx.l.google.com")->id, ==, "gmail");
  g_assert_null (wb_provider_find_for_mx ("mx.evilgoogle.com"));
  g_assert_null (wb_provider_find_for_host ("smtp.myqq.com"));
}

static void
test_addresses (void)
{
  g_assert_true (wb_autoconfig_is_ready ("me@example.test"));
  g_assert_true (wb_autoconfig_is_ready ("me@b\303\274cher.test"));
  g_assert_false (wb_autoconfig_is_ready ("me"));
  g_assert_false (wb_autoconfig_is_ready ("@example.test"));
  g_assert_false (wb_autoconfig_is_ready ("me@"));
  g_assert_false (wb_autoconfig_is_ready ("me@ex/ample.test"));
  g_assert_false (wb_autoconfig_is_ready ("me@127.0.0.1"));
  g_assert_false (wb_autoconfig_is_ready ("me you@example.test"));
  g_assert_false (wb_autoconfig_is_ready ("me@example.test:99"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/autoconfig/table", test_table);
  g_test_add_func ("/autoconfig/whole-form", test_whole_form);
  g_test_add_func ("/autoconfig/pick", test_pick);
  g_test_add_func ("/autoconfig/help", test_help);
  g_test_add_func ("/autoconfig/limits", test_limits);
  g_test_add_func ("/autoconfig/providers", test_providers);
  g_test_add_func ("/autoconfig/addresses", test_addresses);
  return g_test_run ();
}

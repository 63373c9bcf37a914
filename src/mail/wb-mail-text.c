/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-mail-text.h"

#include "wb-wire-mask.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Characters of a reply that an error repeats. */
#define REPLY_SHOWN_MAX 400

/**
 * wb_mail_decode_reply:
 * @text: what a server said, in whatever charset
 * @length: bytes, or -1 when @text ends in NUL
 *
 * Makes a reply fit to be shown: as UTF-8 where it is that, else as GB18030, in which
 * Chinese providers answer, else with the bad bytes replaced. Control characters become
 * spaces.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): valid UTF-8
 */
char *
wb_mail_decode_reply (const char *text, gssize length)
{
  g_autofree char *decoded = NULL;
  GString *out = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (length < 0)
    length = strlen (text);
  if (!g_utf8_validate (text, length, NULL))
    decoded = g_convert (text, length, "UTF-8", "GB18030", NULL, NULL, NULL);
  if (decoded == NULL)
    decoded = g_utf8_make_valid (text, length);

  out = g_string_sized_new (strlen (decoded));
  for (const char *p = decoded; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean shown = !g_unichar_iscntrl (c) && g_unichar_type (c) != G_UNICODE_FORMAT;

      g_string_append_unichar (out, shown ? c : ' ');
    }
  return g_string_free (out, FALSE);
}

/* Takes a secret out, be it as it is or in base64, as AUTH sends it. */
static char *
mask (const char *text, const char *secret)
{
  g_autoptr (WbWireMaskSet) set = wb_wire_mask_set_new ();
  g_autoptr (GByteArray) masked = NULL;

  wb_wire_mask_set_add (set, secret);
  masked = wb_wire_mask_set_apply (set, (const guint8 *) text, strlen (text));
  if (masked == NULL)
    return g_strdup (text);
  return g_utf8_make_valid ((const char *) masked->data, masked->len);
}

/**
 * wb_mail_shorten_reply:
 * @text: what a server said, as UTF-8
 * @secret: (nullable): what must not be seen in it
 *
 * Makes a reply fit to stand in an error: at most some lines long, and without the secret
 * that some servers repeat when they refuse it.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): the text
 */
char *
wb_mail_shorten_reply (const char *text, const char *secret)
{
  g_autofree char *masked = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  masked = secret != NULL ? mask (text, secret) : g_strdup (text);

  if (g_utf8_strlen (masked, -1) > REPLY_SHOWN_MAX)
    {
      g_autofree char *start = g_utf8_substring (masked, 0, REPLY_SHOWN_MAX);

      return g_strconcat (start, "…", NULL);
    }
  return g_steal_pointer (&masked);
}

static gboolean
is_host_in (const char *host, const char *const *domains)
{
  for (guint i = 0; domains[i] != NULL; i++)
    {
      const char *tail = NULL;

      if (!g_str_has_suffix (host, domains[i]))
        continue;
      tail = host + strlen (host) - strlen (domains[i]);
      if (tail == host || tail[-1] == '.')
        return TRUE;
    }
  return FALSE;
}

/**
 * wb_mail_login_advice:
 * @host: the server
 * @reply: (nullable): what it said when it refused the login, decoded
 *
 * What to try when user and password were refused. Many providers take no account
 * password in a mail program, but a code that is made on their web page.
 *
 * Safe from any thread.
 *
 * Returns: one or two sentences, translated
 */
const char *
wb_mail_login_advice (const char *host, const char *reply)
{
  static const char *const code_hosts[] = { "qq.com",   "foxmail.com", "163.com",    "126.com",
                                            "yeah.net", "188.com",     "sina.com",   "sina.cn",
                                            "sohu.com", "139.com",     "aliyun.com", NULL };
  static const char *const app_hosts[] = {
    "gmail.com", "googlemail.com", "google.com",  "yahoo.com", "icloud.com",
    "me.com",    "fastmail.com",   "outlook.com", "zoho.com",  NULL
  };
  g_autofree char *said = g_utf8_strdown (reply != NULL ? reply : "", -1);

  g_return_val_if_fail (host != NULL, NULL);

  if (is_host_in (host, code_hosts) || strstr (said, "authorization code") != NULL ||
      strstr (said, "authorized code") != NULL || strstr (said, "授权码") != NULL)
    return _ ("This provider wants an authorization code here, not the account's password. On "
              "the mailbox's web page open Settings, switch on POP3/SMTP (or IMAP/SMTP), and "
              "make the code that it offers there.");
  if (is_host_in (host, app_hosts) || strstr (said, "application-specific") != NULL ||
      strstr (said, "app password") != NULL)
    return _ ("This provider wants an app password here, not the account's password. Make one on "
              "the security page of the account.");
  return _ ("Check both. Some providers (QQ Mail, 163, Gmail) want an authorization code or app "
            "password that is made on their web page, not the account's password.");
}

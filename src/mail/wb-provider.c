/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-provider.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const WbProvider providers[] = {
  {
      "qq",
      "qq.com vip.qq.com foxmail.com",
      "qq.com",
      "",
      { "smtp.qq.com", 465, WB_TLS_IMPLICIT },
      { "pop.qq.com", 995, WB_TLS_IMPLICIT },
      WB_PROVIDER_AUTHORIZATION_CODE,
      .name = N_ ("QQ Mail"),
      .steps = N_ ("1. Open mail.qq.com in a browser and sign in.\n"
                   "2. Settings (设置) → Account (账号) → POP3/IMAP/SMTP…: switch the service on "
                   "(开启服务).\n"
                   "3. Confirm by a text message from your phone.\n"
                   "4. Copy the authorization code (授权码) of 16 letters and use it here. It ends "
                   "when you change your QQ password."),
  },
  {
      "exmail",
      "exmail.qq.com",
      "exmail.qq.com",
      "mxbiz1.qq.com mxbiz2.qq.com",
      { "smtp.exmail.qq.com", 465, WB_TLS_IMPLICIT },
      { "pop.exmail.qq.com", 995, WB_TLS_IMPLICIT },
      WB_PROVIDER_AUTHORIZATION_CODE,
      .name = N_ ("Tencent Exmail"),
      .steps = N_ ("1. Open exmail.qq.com in a browser and sign in.\n"
                   "2. Settings (设置) → Client settings (客户端设置): switch POP/SMTP on.\n"
                   "3. Make a password for mail programs (客户端专用密码) and use it here."),
  },
  {
      "163",
      "163.com",
      "163.com",
      "",
      { "smtp.163.com", 465, WB_TLS_IMPLICIT },
      { "pop.163.com", 995, WB_TLS_IMPLICIT },
      WB_PROVIDER_AUTHORIZATION_CODE,
      .name = N_ ("NetEase 163"),
      .steps = N_ ("1. Open mail.163.com in a browser and sign in.\n"
                   "2. Settings (设置) → POP3/SMTP/IMAP: switch POP3/SMTP on (开启).\n"
                   "3. Confirm by a text message from your phone.\n"
                   "4. Copy the authorization code (授权密码), which is shown once only, and use "
                   "it here."),
  },
  {
      "126",
      "126.com",
      "126.com",
      "",
      { "smtp.126.com", 465, WB_TLS_IMPLICIT },
      { "pop.126.com", 995, WB_TLS_IMPLICIT },
      WB_PROVIDER_AUTHORIZATION_CODE,
      .name = N_ ("NetEase 126"),
      .steps = N_ ("1. Open mail.126.com in a browser and sign in.\n"
                   "2. Settings (设置) → POP3/SMTP/IMAP: switch POP3/SMTP on (开启).\n"
                   "3. Confirm by a text message from your phone.\n"
                   "4. Copy the authorization code (授权密码), which is shown once only, and use "
                   "it here."),
  },
  {
      "yeah",
      "yeah.net",
      "yeah.net",
      "",
      { "smtp.yeah.net", 465, WB_TLS_IMPLICIT },
      { "pop.yeah.net", 995, WB_TLS_IMPLICIT },
      WB_PROVIDER_AUTHORIZATION_CODE,
      .name = N_ ("NetEase Yeah"),
      .steps = N_ ("1. Open mail.yeah.net in a browser and sign in.\n"
                   "2. Settings (设置) → POP3/SMTP/IMAP: switch POP3/SMTP on (开启).\n"
                   "3. Confirm by a text message from your phone.\n"
                   "4. Copy the authorization code (授权密码), which is shown once only, and use "
                   "it here."),
  },
  {
      "sina",
      "sina.com",
      "sina.com sina.com.cn",
      "",
      { "smtp.sina.com", 465, WB_TLS_IMPLICIT },
      { "pop.sina.com", 995, WB_TLS_IMPLICIT },
      WB_PROVIDER_AUTHORIZATION_CODE,
      .name = N_ ("Sina Mail"),
      .steps = N_ ("1. Open mail.sina.com.cn in a browser and sign in.\n"
                   "2. Settings (设置) → Client POP/IMAP/SMTP (客户端pop/imap/smtp): switch "
                   "POP3/SMTP on (开启).\n"
                   "3. Confirm by a text message from your phone.\n"
                   "4. Copy the authorization code (授权码) and use it here."),
  },
  {
      "sina-cn",
      "sina.cn",
      "sina.cn",
      "",
      { "smtp.sina.cn", 465, WB_TLS_IMPLICIT },
      { "pop.sina.cn", 995, WB_TLS_IMPLICIT },
      WB_PROVIDER_AUTHORIZATION_CODE,
      .name = N_ ("Sina Mail"),
      .steps = N_ ("1. Open mail.sina.com.cn in a browser and sign in.\n"
                   "2. Settings (设置) → Client POP/IMAP/SMTP (客户端pop/imap/smtp): switch "
                   "POP3/SMTP on (开启).\n"
                   "3. Confirm by a text message from your phone.\n"
                   "4. Copy the authorization code (授权码) and use it here."),
  },
  {
      "gmail",
      "gmail.com googlemail.com",
      "gmail.com googlemail.com",
      "aspmx.l.google.com google.com googlemail.com",
      { "smtp.gmail.com", 465, WB_TLS_IMPLICIT },
      { "pop.gmail.com", 995, WB_TLS_IMPLICIT },
      WB_PROVIDER_APP_PASSWORD,
      "https://accounts.google.com/o/oauth2/v2/auth",
      "https://oauth2.googleapis.com/token",
      "https://mail.google.com/",
      .name = N_ ("Gmail"),
      .steps = N_ ("1. Open mail.google.com in a browser: Settings → Forwarding and POP/IMAP: "
                   "enable POP.\n"
                   "2. Open myaccount.google.com → Security: switch 2-Step Verification on.\n"
                   "3. Open myaccount.google.com/apppasswords and make a password for "
                   "“Wirebench”.\n"
                   "4. Use its 16 letters here, not your Google password."),
  },
  {
      "outlook",
      "outlook.com hotmail.com live.com msn.com live.cn outlook.cn",
      "outlook.com office365.com",
      "olc.protection.outlook.com",
      { "smtp-mail.outlook.com", 587, WB_TLS_REQUIRED },
      { "outlook.office365.com", 995, WB_TLS_IMPLICIT },
      WB_PROVIDER_OAUTH2,
      "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
      "https://login.microsoftonline.com/common/oauth2/v2.0/token",
      "https://outlook.office.com/SMTP.Send https://outlook.office.com/POP.AccessAsUser.All "
      "offline_access",
      .name = N_ ("Outlook"),
      .steps = N_ ("1. Open outlook.live.com in a browser: Settings → Mail → Forwarding and IMAP: "
                   "let devices and apps use POP.\n"
                   "2. Outlook takes no passwords from mail programs any more: fill in a client ID "
                   "below and sign in with the browser."),
  },
  {
      "icloud",
      "icloud.com me.com mac.com",
      "mail.me.com icloud.com",
      "mail.icloud.com",
      { "smtp.mail.me.com", 587, WB_TLS_REQUIRED },
      { NULL, 0, WB_TLS_NEVER },
      WB_PROVIDER_APP_PASSWORD,
      .name = N_ ("iCloud Mail"),
      .steps = N_ ("1. Open account.apple.com in a browser and sign in.\n"
                   "2. Sign-In and Security → App-Specific Passwords: make one for “Wirebench”.\n"
                   "3. Use it here, not your Apple password. iCloud has no POP3: mail can be sent "
                   "by this account, not received."),
  },
};

static gboolean
is_listed (const char *list, const char *word)
{
  g_auto (GStrv) words = g_strsplit (list, " ", -1);

  for (guint i = 0; words[i]; i++)
    if (*words[i] && g_ascii_strcasecmp (words[i], word) == 0)
      return TRUE;
  return FALSE;
}

/* The length of the longest of LIST that HOST is, or lies below; 0 for none. */
static gsize
match_suffix (const char *list, const char *host)
{
  g_auto (GStrv) words = g_strsplit (list, " ", -1);
  gsize length = strlen (host);
  gsize best = 0;

  for (guint i = 0; words[i]; i++)
    {
      gsize n = strlen (words[i]);

      if (n > 0 && n <= length && g_ascii_strcasecmp (host + length - n, words[i]) == 0 &&
          (n == length || host[length - n - 1] == '.'))
        best = MAX (best, n);
    }
  return best;
}

/**
 * wb_provider_find:
 * @address: user@host
 *
 * Returns: (transfer none) (nullable): the provider that gives out addresses of that domain
 */
const WbProvider *
wb_provider_find (const char *address)
{
  const char *at = strrchr (address, '@');

  for (guint i = 0; at && i < G_N_ELEMENTS (providers); i++)
    if (is_listed (providers[i].domains, at + 1))
      return &providers[i];
  return NULL;
}

/**
 * wb_provider_find_for_host:
 * @host: the name of a server
 *
 * Returns: (transfer none) (nullable): the provider whose server it is
 */
const WbProvider *
wb_provider_find_for_host (const char *host)
{
  const WbProvider *found = NULL;
  gsize best = 0;

  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    {
      gsize length = match_suffix (providers[i].hosts, host);

      if (length > best)
        {
          best = length;
          found = &providers[i];
        }
    }
  return found;
}

/**
 * wb_provider_find_for_mx:
 * @host: a mail exchanger of a domain (RFC 5321 §5.1)
 *
 * Returns: (transfer none) (nullable): the provider that lends its servers to that domain
 */
const WbProvider *
wb_provider_find_for_mx (const char *host)
{
  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    if (match_suffix (providers[i].mx, host) > 0)
      return &providers[i];
  return NULL;
}

/**
 * wb_provider_get_name:
 *
 * Returns: (transfer none): what people call it, translated
 */
const char *
wb_provider_get_name (const WbProvider *self)
{
  return _ (self->name);
}

/**
 * wb_provider_get_steps:
 *
 * Returns: (transfer none): how to get what it wants in the place of a password, a step a
 *   line, translated
 */
const char *
wb_provider_get_steps (const WbProvider *self)
{
  return _ (self->steps);
}

/**
 * wb_provider_get_secret_name:
 *
 * Returns: (transfer none): what to call that which it wants in the place of a password
 */
const char *
wb_provider_get_secret_name (const WbProvider *self)
{
  switch (self->secret)
    {
    case WB_PROVIDER_AUTHORIZATION_CODE:
      return _ ("Authorization code");
    case WB_PROVIDER_APP_PASSWORD:
      return _ ("App password");
    case WB_PROVIDER_OAUTH2:
    default:
      return _ ("Sign-in with the browser");
    }
}

/**
 * wb_provider_explain_refusal:
 *
 * Says what a refused sign-in (535, -ERR) mostly means at this provider. Any thread.
 *
 * Returns: (transfer full): a sentence, and the steps
 */
char *
wb_provider_explain_refusal (const WbProvider *self)
{
  g_autofree char *sentence = NULL;

  switch (self->secret)
    {
    case WB_PROVIDER_AUTHORIZATION_CODE:
      /* Translators: %s is a provider, such as "QQ Mail"; steps follow. */
      sentence = g_strdup_printf (_ ("%s wants an authorization code here, not your password:"),
                                  _ (self->name));
      break;
    case WB_PROVIDER_APP_PASSWORD:
      /* Translators: %s is a provider, such as "Gmail"; steps follow. */
      sentence =
          g_strdup_printf (_ ("%s wants an app password here, not your password:"), _ (self->name));
      break;
    case WB_PROVIDER_OAUTH2:
    default:
      /* Translators: %s is a provider, such as "Outlook"; steps follow. */
      sentence = g_strdup_printf (_ ("%s takes no passwords from mail programs:"), _ (self->name));
      break;
    }
  return g_strconcat (sentence, "\n", _ (self->steps), NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-login.h"

#include "wb-mail-certificate.h"
#include "wb-provider.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * wb_mail_login_init:
 * @self: all zero
 * @workbench: whose log, trust and secrets it uses
 * @account: for whom it speaks
 *
 * A lab account wants its @lab filled in beside. Main thread.
 */
void
wb_mail_login_init (WbMailLogin *self, WbWorkbench *workbench, WbAccount *account)
{
  self->account = g_object_ref (account);
  self->wire = g_object_ref (wb_workbench_get_wire (workbench));
  self->trust = g_object_ref (wb_workbench_get_trust (workbench));
  g_set_object (&self->secrets, wb_workbench_get_secrets (workbench));
}

/**
 * wb_mail_login_clear:
 * @self: what was used
 *
 * Drops what it holds. Any thread.
 */
void
wb_mail_login_clear (WbMailLogin *self)
{
  g_clear_object (&self->account);
  g_clear_object (&self->lab);
  g_clear_object (&self->secrets);
  g_clear_object (&self->wire);
  g_clear_object (&self->trust);
}

static WbUrl *
lab_url (WbMailLogin *self, gboolean smtp, GError **error)
{
  const char *address = wb_account_get_address (self->account);
  WbLabService service = smtp ? WB_LAB_SMTP : WB_LAB_POP3;
  g_autofree char *text = NULL;

  if (self->lab)
    text = wb_lab_dup_url (self->lab, service, address);
  /* The student's provider has a submission port of its own. */
  if (!text && self->lab && smtp)
    text = wb_lab_dup_url (self->lab, WB_LAB_SMTP_B, address);
  if (!text)
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FAILED,
                   /* Translators: %s is "SMTP" or "POP3" */
                   _ ("The lab's %s server does not run. Switch it on on the Lab page."),
                   smtp ? "SMTP" : "POP3");
      return NULL;
    }
  return wb_url_parse (text, error);
}

/* A token, renewed where it has to be. It takes the password's place. */
static gboolean
look_up_token (WbMailLogin *self, WbUrl *url, GCancellable *cancellable, GError **error)
{
  const WbOauth oauth = {
    .settings = wb_account_get_oauth (self->account),
    .user = wb_account_get_address (self->account),
    .secrets = self->secrets,
    .trust = self->trust,
  };

  if (!url->user)
    url->user = g_strdup (wb_account_get_address (self->account));
  wb_secret_free (url->password);
  url->password = wb_oauth_get_token (&oauth, cancellable, error);
  return url->password != NULL;
}

static gboolean
look_up_password (WbMailLogin *self, WbUrl *url, GCancellable *cancellable, GError **error)
{
  const WbSecretKey key = { url->protocol, url->host, url->port, url->user };
  g_autoptr (GError) local_error = NULL;

  if (wb_account_get_oauth (self->account) && self->secrets)
    return look_up_token (self, url, cancellable, error);
  if (!url->user || url->password)
    return TRUE;
  if (self->secrets)
    url->password = wb_secrets_lookup (self->secrets, &key, cancellable, &local_error);
  if (url->password)
    return TRUE;
  if (local_error)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
               /* Translators: the first %s is a user name, the second a host */
               _ ("No password is kept for %s at %s. Type it again in the account's settings."),
               url->user, url->host);
  return FALSE;
}

/* Where to go, with user and password. */
static WbUrl *
resolve (WbMailLogin *self, gboolean smtp, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbUrl) url = NULL;
  const char *text =
      smtp ? wb_account_get_smtp_url (self->account) : wb_account_get_pop3_url (self->account);

  if (wb_account_is_lab (self->account))
    return lab_url (self, smtp, error);
  if (!text)
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                   smtp ? _ ("The account %s has no server to send by. Add one in its settings.")
                        /* Translators: %s is a mail address */
                        : _ ("The account %s has no server to receive from. Add one in its "
                             "settings."),
                   wb_account_get_address (self->account));
      return NULL;
    }
  url = wb_url_parse (text, error);
  if (!url || !look_up_password (self, url, cancellable, error))
    return NULL;
  return g_steal_pointer (&url);
}

/* At a provider that is known, a refused password mostly is the wrong kind of password. */
static void
explain_refusal (WbMailLogin *self, const WbUrl *url, GError **error)
{
  const WbProvider *provider = wb_provider_find_for_host (url->host);
  g_autofree char *explanation = NULL;
  char *old = NULL;

  if (!error || !g_error_matches (*error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN) ||
      wb_account_get_oauth (self->account))
    return;
  if (!provider)
    provider = wb_provider_find (wb_account_get_address (self->account));
  if (!provider)
    return;
  explanation = wb_provider_explain_refusal (provider);
  old = (*error)->message;
  (*error)->message = g_strconcat (old, "\n", explanation, NULL);
  g_free (old);
}

/* A token that the server refused is not used again: the next attempt gets a new one. */
static void
drop_token (WbMailLogin *self, GCancellable *cancellable)
{
  const WbOauth oauth = {
    .settings = wb_account_get_oauth (self->account),
    .user = wb_account_get_address (self->account),
    .secrets = self->secrets,
    .trust = self->trust,
  };

  if (oauth.settings && oauth.secrets)
    wb_oauth_drop_token (&oauth, cancellable, NULL);
}

static void
refused (WbMailLogin *self,
         const WbUrl *url,
         GError *refusal,
         GCancellable *cancellable,
         GError **error)
{
  if (g_error_matches (refusal, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN))
    drop_token (self, cancellable);
  explain_refusal (self, url, &refusal);
  g_propagate_error (error, refusal);
}

/* What the desktop says for this server. */
static char *
look_up_proxy (const WbUrl *url, GCancellable *cancellable, GError **error)
{
  g_autofree char *uri = g_strdup_printf (strchr (url->host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
                                          url->protocol, url->host, url->port);
  g_auto (GStrv) found =
      g_proxy_resolver_lookup (g_proxy_resolver_get_default (), uri, cancellable, error);

  if (!found)
    return NULL;
  for (guint i = 0; found[i]; i++)
    if (!g_str_has_prefix (found[i], "direct:"))
      return g_strdup (found[i]);
  return g_strdup ("");
}

/* How to get to the server: "" for straight, and what to show to it. */
static gboolean
find_way (WbMailLogin *self,
          const WbUrl *url,
          char **proxy,
          GTlsCertificate **certificate,
          GCancellable *cancellable,
          GError **error)
{
  const char *through = wb_account_get_proxy (self->account);
  const char *path = wb_account_get_certificate (self->account);

  *proxy = g_strcmp0 (through, WB_ACCOUNT_PROXY_DESKTOP) == 0
               ? look_up_proxy (url, cancellable, error)
               : g_strdup (through ? through : "");
  *certificate = *proxy && path ? wb_mail_load_certificate (path, NULL, error) : NULL;
  return *proxy && (!path || *certificate);
}

static void
reach (WbMailLogin *self, gboolean signing_in, const WbUrl *url)
{
  if (self->reached)
    self->reached (signing_in, url, self->user_data);
}

static void
say_step (WbProgress *progress, char *step)
{
  g_autofree char *owned = step;

  if (progress)
    wb_progress_set_step (progress, owned);
}

/**
 * wb_mail_login_smtp:
 * @self: whose account
 * @progress: (nullable): told the steps
 * @conversation: (out): what to look for on the wire, 0 when it did not come so far
 * @cancellable: (nullable): ends it
 * @error: set with the step that failed
 *
 * Connects and logs in. Blocks; on the worker that uses the client.
 *
 * Returns: (transfer full) (nullable): a client ready to send
 */
WbSmtpClient *
wb_mail_login_smtp (WbMailLogin *self,
                    WbProgress *progress,
                    guint *conversation,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (WbUrl) url = resolve (self, TRUE, cancellable, error);
  g_autoptr (WbSmtpClient) client = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autofree char *proxy = NULL;
  gboolean connected;

  if (!url)
    return NULL;
  client = wb_smtp_client_new (self->wire, self->trust);
  reach (self, FALSE, url);
  /* Translators: %s is a host */
  say_step (progress, g_strdup_printf (_ ("Connecting to %s"), url->host));
  if (!find_way (self, url, &proxy, &certificate, cancellable, error) ||
      !wb_smtp_client_set_proxy (client, proxy, error))
    return NULL;
  wb_smtp_client_set_certificate (client, certificate);
  connected = wb_smtp_client_connect (client, url, cancellable, error);
  *conversation = wb_smtp_client_get_conversation (client);
  if (!connected)
    return NULL;
  reach (self, TRUE, url);
  if (url->user && url->password)
    {
      GError *refusal = NULL;

      /* Translators: %s is a host */
      say_step (progress, g_strdup_printf (_ ("Logging in to %s"), url->host));
      if (wb_account_get_oauth (self->account)
              ? !wb_smtp_client_login_token (client, url->user, url->password, cancellable,
                                             &refusal)
              : !wb_smtp_client_login (client, url->user, url->password, cancellable, &refusal))
        {
          refused (self, url, refusal, cancellable, error);
          return NULL;
        }
    }
  return g_steal_pointer (&client);
}

static gboolean
log_in_pop3 (WbMailLogin *self,
             WbPop3Client *client,
             const WbUrl *url,
             GCancellable *cancellable,
             GError **error)
{
  const char *user = url->user ? url->user : "";
  const char *password = url->password ? url->password : "";

  /* A token must not go out as a password. */
  if (wb_account_get_oauth (self->account))
    return wb_pop3_client_login_token (client, user, password, cancellable, error);
  return wb_pop3_client_login (client, user, password, cancellable, error);
}

/**
 * wb_mail_login_pop3:
 * @self: whose account
 * @progress: (nullable): told the steps
 * @conversation: (out): what to look for on the wire, 0 when it did not come so far
 * @server: (out): "user@host:port", to tell mailboxes apart
 * @cancellable: (nullable): ends it
 * @error: set with the step that failed
 *
 * Connects and logs in. Blocks; on the worker that uses the client.
 *
 * Returns: (transfer full) (nullable): a client in the transaction state
 */
WbPop3Client *
wb_mail_login_pop3 (WbMailLogin *self,
                    WbProgress *progress,
                    guint *conversation,
                    char **server,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (WbUrl) url = resolve (self, FALSE, cancellable, error);
  g_autoptr (WbPop3Client) client = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autofree char *proxy = NULL;
  GError *refusal = NULL;
  gboolean connected;

  if (!url)
    return NULL;
  client = wb_pop3_client_new (self->wire, self->trust);
  reach (self, FALSE, url);
  /* Translators: %s is a host */
  say_step (progress, g_strdup_printf (_ ("Connecting to %s"), url->host));
  if (!find_way (self, url, &proxy, &certificate, cancellable, error) ||
      !wb_pop3_client_set_proxy (client, proxy, error))
    return NULL;
  wb_pop3_client_set_certificate (client, certificate);
  connected = wb_pop3_client_connect (client, url, cancellable, error);
  *conversation = wb_pop3_client_get_conversation (client);
  if (!connected)
    return NULL;
  reach (self, TRUE, url);
  /* Translators: %s is a host */
  say_step (progress, g_strdup_printf (_ ("Logging in to %s"), url->host));
  if (!log_in_pop3 (self, client, url, cancellable, &refusal))
    {
      refused (self, url, refusal, cancellable, error);
      return NULL;
    }
  /* The lab's port changes from start to start, its mailbox does not. */
  if (wb_account_is_lab (self->account))
    *server = g_strdup_printf ("%s@lab", url->user ? url->user : "");
  else
    *server = g_strdup_printf ("%s@%s:%u", url->user ? url->user : "", url->host, url->port);
  return g_steal_pointer (&client);
}

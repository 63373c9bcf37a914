/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-autoconfig-private.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "wb-autoconfig-fetch.h"
#include "wb-mail-error.h"

/**
 * wb_autoconfig_free:
 * @self: (nullable): settings
 */
void
wb_autoconfig_free (WbAutoconfig *self)
{
  if (!self)
    return;
  wb_autoconfig_server_free (self->smtp);
  wb_autoconfig_server_free (self->pop3);
  g_free (self->source);
  g_free (self->warning);
  g_free (self->help);
  g_free (self);
}

void
wb_autoconfig_run_begin (WbAutoconfigRun *run, char *title)
{
  g_free (run->title);
  run->title = title;
  if (run->search->func)
    run->search->func (run->probe, title, WB_AUTOCONFIG_RUNNING, NULL, run->search->user_data);
}

void
wb_autoconfig_run_end (WbAutoconfigRun *run, WbAutoconfigState state, const char *detail)
{
  if (run->search->func)
    run->search->func (run->probe, run->title, state, detail, run->search->user_data);
  run->probe++;
}

void
wb_autoconfig_run_fail (WbAutoconfigRun *run, const GError *error)
{
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    wb_autoconfig_run_end (run, WB_AUTOCONFIG_NOTHING, _ ("There is no such name."));
  else
    wb_autoconfig_run_end (run, WB_AUTOCONFIG_FAILED, error->message);
}

gboolean
wb_autoconfig_run_is_over (WbAutoconfigRun *run)
{
  return g_cancellable_is_cancelled (run->cancellable);
}

WbAutoconfig *
wb_autoconfig_from_provider (const WbProvider *provider, const char *address)
{
  WbAutoconfig *self = g_new0 (WbAutoconfig, 1);

  self->provider = provider;
  if (provider->smtp.host)
    self->smtp = wb_autoconfig_server_new ("smtp", provider->smtp.host, provider->smtp.port,
                                           provider->smtp.tls, address);
  if (provider->pop3.host)
    self->pop3 = wb_autoconfig_server_new ("pop3", provider->pop3.host, provider->pop3.port,
                                           provider->pop3.tls, address);
  self->source = g_strdup (wb_provider_get_name (provider));
  return self;
}

static void
add_warning (WbAutoconfig *self, const char *text)
{
  char *old = self->warning;

  self->warning = old ? g_strconcat (old, "\n", text, NULL) : g_strdup (text);
  g_free (old);
}

static WbAutoconfig *
from_document (const WbAutoconfigDocument *document, const char *host, gboolean protected)
{
  const WbAutoconfigServer *smtp = wb_autoconfig_document_pick (document, "smtp");
  const WbAutoconfigServer *pop3 = wb_autoconfig_document_pick (document, "pop3");
  WbAutoconfig *self = g_new0 (WbAutoconfig, 1);

  self->smtp = wb_autoconfig_server_copy (smtp);
  self->pop3 = wb_autoconfig_server_copy (pop3);
  if (smtp)
    self->provider = wb_provider_find_for_host (smtp->host);
  self->source =
      document->name ? g_strdup_printf ("%s (%s)", document->name, host) : g_strdup (host);
  self->help = g_strdup (document->help);
  if (!protected)
    add_warning (self, _ ("This answer came unprotected: somebody on the way may have changed it. "
                          "Check the servers’ names before you give a password."));
  if ((smtp && smtp->tls == WB_TLS_NEVER) || (pop3 && pop3->tls == WB_TLS_NEVER))
    add_warning (self, _ ("The provider names a server without encryption: everything, the "
                          "password too, could be read on the way."));
  if (!pop3)
    add_warning (self, _ ("The provider names no POP3 server: mail can be sent by this account, "
                          "not received."));
  return self;
}

/* One place that may hold a config-v1.1.xml. */
static WbAutoconfig *
ask_place (WbAutoconfigRun *run, const char *url)
{
  const WbAutoconfigPlaces *places = run->search->places;
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  gboolean protected = g_str_has_prefix (url, "https:");
  g_autoptr (GBytes) body = NULL;
  g_autoptr (WbAutoconfigDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  guint status = 0;

  if (!uri || wb_autoconfig_run_is_over (run))
    return NULL;
  wb_autoconfig_run_begin (run, g_strdup_printf ("%s://%s%s", g_uri_get_scheme (uri),
                                                 g_uri_get_host (uri), g_uri_get_path (uri)));
  body = wb_autoconfig_fetch (url, NULL, places->resolver != NULL, run->search->trust, &status,
                              run->cancellable, &error);
  if (!body)
    {
      wb_autoconfig_run_fail (run, error);
      return NULL;
    }
  if (status != 200)
    {
      /* Translators: %u is a status of HTTP, such as 404. */
      g_autofree char *text = g_strdup_printf (_ ("It has no such page (%u)."), status);

      wb_autoconfig_run_end (run, WB_AUTOCONFIG_NOTHING, text);
      return NULL;
    }
  document = wb_autoconfig_document_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                                           run->search->address, &error);
  if (document && !wb_autoconfig_document_pick (document, "smtp") &&
      !wb_autoconfig_document_pick (document, "pop3"))
    g_set_error_literal (&error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED,
                         _ ("It names servers for IMAP only."));
  if (error)
    {
      wb_autoconfig_run_fail (run, error);
      return NULL;
    }
  wb_autoconfig_run_end (run, WB_AUTOCONFIG_FOUND,
                         protected ? NULL : _ ("Found, but it came unprotected."));
  return from_document (document, g_uri_get_host (uri), protected);
}

static char *
make_url (const char *scheme, const char *host, guint16 port, const char *path)
{
  guint16 usual = g_str_equal (scheme, "https") ? 443 : 80;

  if (port == usual)
    return g_strdup_printf ("%s://%s%s", scheme, host, path);
  return g_strdup_printf ("%s://%s:%u%s", scheme, host, port, path);
}

/* Draft-ietf-mailmaint-autoconfig §4: the domain's own two places. */
static WbAutoconfig *
ask_domain (WbAutoconfigRun *run, const char *domain, const char *scheme)
{
  const WbAutoconfigPlaces *places = run->search->places;
  guint16 port = g_str_equal (scheme, "https") ? places->https : places->http;
  g_autofree char *address = g_uri_escape_string (run->search->address, "@", FALSE);
  g_autofree char *path = g_strconcat ("/mail/config-v1.1.xml?emailaddress=", address, NULL);
  g_autofree char *host = g_strconcat ("autoconfig.", domain, NULL);
  g_autofree char *own = make_url (scheme, host, port, path);
  g_autofree char *known =
      make_url (scheme, domain, port, "/.well-known/autoconfig/mail/config-v1.1.xml");
  WbAutoconfig *found = ask_place (run, own);

  return found ? found : ask_place (run, known);
}

static WbAutoconfig *
ask_mozilla (WbAutoconfigRun *run, const char *domain)
{
  g_auto (GStrv) pieces = g_strsplit (run->search->places->ispdb, "%s", 2);
  g_autofree char *url = g_strjoinv (domain, pieces);

  if (wb_autoconfig_run_is_over (run))
    return NULL;
  if (run->search->ask_mozilla)
    return ask_place (run, url);
  wb_autoconfig_run_begin (run, g_strdup (_ ("Mozilla’s list of providers")));
  wb_autoconfig_run_end (run, WB_AUTOCONFIG_SKIPPED,
                         _ ("Not asked: Mozilla would learn which provider you have."));
  return NULL;
}

/* The domain that a host belongs to: by the list of public suffixes, or, where that does not know
 * its end, all but its first label. */
static const char *
get_base_domain (const char *host)
{
  const char *base = soup_tld_get_base_domain (host, NULL);
  const char *dot = strchr (host, '.');

  if (base)
    return base;
  return dot && strchr (dot + 1, '.') ? dot + 1 : NULL;
}

/* Whom the domain's mail goes to: a small domain's servers are mostly a provider's. */
static WbAutoconfig *
ask_exchanger (WbAutoconfigRun *run)
{
  g_autofree char *exchanger = wb_autoconfig_ask_mx (run);
  const WbProvider *provider = exchanger ? wb_provider_find_for_mx (exchanger) : NULL;
  const char *base = exchanger ? get_base_domain (exchanger) : NULL;
  WbAutoconfig *found = NULL;

  if (provider)
    found = wb_autoconfig_from_provider (provider, run->search->address);
  else if (base && strcmp (base, run->domain) != 0)
    {
      found = ask_domain (run, base, "https");
      if (!found && run->search->ask_mozilla)
        found = ask_mozilla (run, base);
    }
  if (found)
    add_warning (found, _ ("The name server’s answer, which led here, is not protected. Is this "
                           "your provider?"));
  return found;
}

static WbAutoconfig *
ask_preset (WbAutoconfigRun *run)
{
  const WbProvider *provider = wb_provider_find (run->search->address);

  wb_autoconfig_run_begin (run, g_strdup (_ ("Providers that Wirebench knows")));
  if (!provider)
    {
      wb_autoconfig_run_end (run, WB_AUTOCONFIG_NOTHING, NULL);
      return NULL;
    }
  wb_autoconfig_run_end (run, WB_AUTOCONFIG_FOUND, wb_provider_get_name (provider));
  return wb_autoconfig_from_provider (provider, run->search->address);
}

static WbAutoconfig *
search_everywhere (WbAutoconfigRun *run)
{
  WbAutoconfig *found = ask_preset (run);

  if (!found)
    found = ask_domain (run, run->domain, "https");
  if (!found)
    found = ask_mozilla (run, run->domain);
  if (!found)
    found = wb_autoconfig_ask_services (run);
  if (!found)
    found = ask_exchanger (run);
  if (!found)
    found = wb_autoconfig_guess (run);
  if (!found)
    found = ask_domain (run, run->domain, "http");
  return found;
}

static char *
make_domain (const char *address)
{
  const char *at = strrchr (address, '@');
  g_autofree char *ascii = at && at != address ? g_hostname_to_ascii (at + 1) : NULL;

  /* A host name may have spaces or slashes to IDN, not to us: it goes into URLs. */
  if (!ascii || !wb_autoconfig_is_host (ascii) || g_hostname_is_ip_address (ascii))
    return NULL;
  return g_ascii_strdown (ascii, -1);
}

/**
 * wb_autoconfig_is_ready:
 * @address: what was typed so far
 *
 * Returns: whether it is an address whose servers can be looked for
 */
gboolean
wb_autoconfig_is_ready (const char *address)
{
  g_autofree char *domain = make_domain (address);

  return domain != NULL && !strpbrk (address, " \t\r\n<>\"");
}

/**
 * wb_autoconfig_find:
 * @search: what to look for
 * @cancellable: (nullable): ends it
 * @error: set with %WB_MAIL_ERROR_INVALID when it is no address, with
 *   %WB_MAIL_ERROR_UNSUPPORTED when nobody knows
 *
 * Looks for the servers of an address, until somebody knows: the providers that this program
 * knows, the domain itself, Mozilla's list (only where the person agreed), the name server
 * (RFC 6186, RFC 8314), whoever takes the domain's mail, and usual names, of which only those
 * count that show a certificate which is to be trusted. What came without protection is taken
 * last and with a warning. No password is needed, and none is sent. Blocks; on a worker.
 *
 * Returns: (transfer full) (nullable): the settings
 */
WbAutoconfig *
wb_autoconfig_find (const WbAutoconfigSearch *search, GCancellable *cancellable, GError **error)
{
  g_autofree char *domain = make_domain (search->address);
  WbAutoconfigRun run = { .search = search, .cancellable = cancellable, .domain = domain };
  WbAutoconfig *found = NULL;

  if (!wb_autoconfig_is_ready (search->address))
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           _ ("The address needs a name and a host, such as user@example.org."));
      return NULL;
    }
  found = search_everywhere (&run);
  g_free (run.title);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      wb_autoconfig_free (found);
      return NULL;
    }
  if (!found)
    g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED,
                 /* Translators: %s is a domain. */
                 _ ("Nobody could say what the servers of %s are. Ask your provider, and fill them "
                    "in below."),
                 domain);
  return found;
}

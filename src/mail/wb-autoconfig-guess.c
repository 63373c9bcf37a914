/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-autoconfig-private.h"

#include <glib/gi18n-lib.h>

#include "wb-connection.h"
#include "wb-pop3-client.h"
#include "wb-smtp-client.h"

/* A server that is there answers sooner; the names are guesses, and there are many. */
#define SECONDS 5

/* Only far enough to see whose certificate it is: no name, no password. */
static gboolean
shake_hands (WbAutoconfigRun *run, const char *host, guint16 port, GError **error)
{
  const WbConnectOptions options = {
    .protocol = "tls",
    .host = host,
    .port = port,
    .tls = TRUE,
    .timeout = SECONDS,
    .deadline = 2 * SECONDS,
    .wire = run->search->wire,
    .trust = run->search->trust,
  };
  g_autoptr (WbConnection) connection = wb_connection_open (&options, run->cancellable, error);

  if (!connection)
    return FALSE;
  wb_connection_close (connection, run->cancellable, NULL);
  return TRUE;
}

static gboolean
start_tls (WbAutoconfigRun *run, const WbAutoconfigServer *server, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%s://%s:%u/?starttls=required", server->protocol,
                                           server->host, server->port);
  g_autoptr (WbUrl) url = wb_url_parse (text, error);
  g_autoptr (WbSmtpClient) smtp = NULL;
  g_autoptr (WbPop3Client) pop3 = NULL;

  if (!url)
    return FALSE;
  if (g_str_equal (server->protocol, "smtp"))
    {
      smtp = wb_smtp_client_new (run->search->wire, run->search->trust);
      wb_smtp_client_set_timeout (smtp, SECONDS);
      return wb_smtp_client_connect (smtp, url, run->cancellable, error);
    }
  pop3 = wb_pop3_client_new (run->search->wire, run->search->trust);
  wb_pop3_client_set_timeout (pop3, SECONDS);
  return wb_pop3_client_connect (pop3, url, run->cancellable, error);
}

static gboolean
has_name (WbAutoconfigRun *run, const char *host)
{
  g_autoptr (GResolver) resolver = run->search->places->resolver
                                       ? g_object_ref (run->search->places->resolver)
                                       : g_resolver_get_default ();
  GList *addresses = g_resolver_lookup_by_name (resolver, host, run->cancellable, NULL);

  if (!addresses)
    return FALSE;
  g_resolver_free_addresses (addresses);
  return TRUE;
}

static WbAutoconfigServer *
probe (WbAutoconfigRun *run, const char *protocol, const char *host, guint16 port, WbTlsMode tls)
{
  g_autoptr (WbAutoconfigServer) server =
      wb_autoconfig_server_new (protocol, host, port, tls, run->search->address);
  g_autoptr (GError) error = NULL;

  if (wb_autoconfig_run_is_over (run))
    return NULL;
  wb_autoconfig_run_begin (run, g_strdup_printf ("%s:%u", host, port));
  if (tls == WB_TLS_IMPLICIT ? !shake_hands (run, host, port, &error)
                             : !start_tls (run, server, &error))
    {
      wb_autoconfig_run_fail (run, error);
      return NULL;
    }
  wb_autoconfig_run_end (run, WB_AUTOCONFIG_FOUND, _ ("It shows a certificate that is trusted."));
  return g_steal_pointer (&server);
}

static WbAutoconfigServer *
guess_server (WbAutoconfigRun *run,
              const char *protocol,
              const char *first,
              guint16 implicit,
              guint16 explicit)
{
  const char *prefixes[] = { first, "mail.", "" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes) && !wb_autoconfig_run_is_over (run); i++)
    {
      g_autofree char *host = g_strconcat (prefixes[i], run->domain, NULL);
      WbAutoconfigServer *server = NULL;

      if (!has_name (run, host))
        {
          wb_autoconfig_run_begin (run, g_strdup (host));
          wb_autoconfig_run_end (run, WB_AUTOCONFIG_NOTHING, _ ("There is no such name."));
          continue;
        }
      server = probe (run, protocol, host, implicit, WB_TLS_IMPLICIT);
      if (!server)
        server = probe (run, protocol, host, explicit, WB_TLS_REQUIRED);
      if (server)
        return server;
    }
  return NULL;
}

/* Names that mail servers usually have, at the ports that they usually have. */
WbAutoconfig *
wb_autoconfig_guess (WbAutoconfigRun *run)
{
  const WbAutoconfigPlaces *places = run->search->places;
  WbAutoconfigServer *smtp = guess_server (run, "smtp", "smtp.", places->smtps, places->submission);
  WbAutoconfig *self = NULL;

  if (!smtp)
    return NULL;
  self = g_new0 (WbAutoconfig, 1);
  self->smtp = smtp;
  self->pop3 = guess_server (run, "pop3", "pop.", places->pop3s, places->pop3);
  self->provider = wb_provider_find_for_host (smtp->host);
  self->source = g_strdup (_ ("Guessed"));
  self->warning =
      g_strdup (_ ("These names were guessed. The servers are there, and their certificates are "
                   "to be trusted; whether they know you shows when you sign in."));
  return self;
}

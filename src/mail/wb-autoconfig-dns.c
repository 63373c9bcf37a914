/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-autoconfig-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static GResolver *
get_resolver (WbAutoconfigRun *run)
{
  return run->search->places->resolver ? g_object_ref (run->search->places->resolver)
                                       : g_resolver_get_default ();
}

/* The first target of _SERVICE._tcp; "." says that the domain does not have that service. */
static WbAutoconfigServer *
ask_service (WbAutoconfigRun *run, const char *service, const char *protocol, WbTlsMode tls)
{
  g_autoptr (GResolver) resolver = get_resolver (run);
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  GList *targets = NULL;
  GSrvTarget *target = NULL;
  WbAutoconfigServer *server = NULL;

  if (wb_autoconfig_run_is_over (run))
    return NULL;
  wb_autoconfig_run_begin (run, g_strdup_printf ("_%s._tcp.%s", service, run->domain));
  targets =
      g_resolver_lookup_service (resolver, service, "tcp", run->domain, run->cancellable, &error);
  if (!targets)
    {
      wb_autoconfig_run_fail (run, error);
      return NULL;
    }
  target = targets->data;
  host = g_ascii_strdown (g_srv_target_get_hostname (target), -1);
  if (g_str_has_suffix (host, "."))
    host[strlen (host) - 1] = '\0';
  if (*host == '\0' || g_srv_target_get_port (target) == 0)
    wb_autoconfig_run_end (run, WB_AUTOCONFIG_NOTHING, _ ("The domain says that it has none."));
  else if (!wb_autoconfig_is_host (host))
    wb_autoconfig_run_end (run, WB_AUTOCONFIG_FAILED, _ ("The answer is no host’s name."));
  else
    {
      g_autofree char *place = g_strdup_printf ("%s:%u", host, g_srv_target_get_port (target));

      wb_autoconfig_run_end (run, WB_AUTOCONFIG_FOUND, place);
      server = wb_autoconfig_server_new (protocol, host, g_srv_target_get_port (target), tls,
                                         run->search->address);
    }
  g_resolver_free_targets (targets);
  return server;
}

/* RFC 6186 §4: a person is asked about a host that is not the domain's own. */
static gboolean
is_below (const char *host, const char *domain)
{
  gsize length = strlen (host);
  gsize n = strlen (domain);

  return length >= n && strcmp (host + length - n, domain) == 0 &&
         (length == n || host[length - n - 1] == '.');
}

/*
 * The domain's service records (RFC 6186 §3, RFC 8314 §5.1), implicit TLS first; NULL when there
 * is none for sending.
 */
WbAutoconfig *
wb_autoconfig_ask_services (WbAutoconfigRun *run)
{
  g_autoptr (WbAutoconfigServer) smtp = ask_service (run, "submissions", "smtp", WB_TLS_IMPLICIT);
  g_autoptr (WbAutoconfigServer) pop3 = NULL;
  WbAutoconfig *self = NULL;
  const char *stranger = NULL;

  if (!smtp)
    smtp = ask_service (run, "submission", "smtp", WB_TLS_REQUIRED);
  if (!smtp)
    return NULL;
  pop3 = ask_service (run, "pop3s", "pop3", WB_TLS_IMPLICIT);
  if (!pop3)
    pop3 = ask_service (run, "pop3", "pop3", WB_TLS_REQUIRED);

  self = g_new0 (WbAutoconfig, 1);
  self->provider = wb_provider_find_for_host (smtp->host);
  /* Translators: %s is a domain. */
  self->source = g_strdup_printf (_ ("The name server of %s"), run->domain);
  if (!is_below (smtp->host, run->domain))
    stranger = smtp->host;
  else if (pop3 && !is_below (pop3->host, run->domain))
    stranger = pop3->host;
  if (stranger)
    self->warning = g_strdup_printf (
        /* Translators: the first %s is a host, the second a domain. */
        _ ("%s does not belong to %s, and a name server’s answer is not protected. Is it your "
           "provider’s?"),
        stranger, run->domain);
  self->smtp = g_steal_pointer (&smtp);
  self->pop3 = g_steal_pointer (&pop3);
  return self;
}

/* The mail exchanger that is preferred (RFC 5321 §5.1), in lower case; NULL for none. */
char *
wb_autoconfig_ask_mx (WbAutoconfigRun *run)
{
  g_autoptr (GResolver) resolver = get_resolver (run);
  g_autoptr (GError) error = NULL;
  g_autofree char *best = NULL;
  guint16 best_preference = G_MAXUINT16;
  GList *records = NULL;

  if (wb_autoconfig_run_is_over (run))
    return NULL;
  /* Translators: %s is a domain. */
  wb_autoconfig_run_begin (run, g_strdup_printf (_ ("Who takes mail for %s (MX)"), run->domain));
  records = g_resolver_lookup_records (resolver, run->domain, G_RESOLVER_RECORD_MX,
                                       run->cancellable, &error);
  if (!records)
    {
      wb_autoconfig_run_fail (run, error);
      return NULL;
    }
  for (GList *l = records; l; l = l->next)
    {
      guint16 preference = 0;
      const char *host = NULL;

      g_variant_get (l->data, "(q&s)", &preference, &host);
      if (best && preference >= best_preference)
        continue;
      g_free (best);
      best = g_ascii_strdown (host, -1);
      best_preference = preference;
    }
  g_list_free_full (records, (GDestroyNotify) g_variant_unref);
  if (g_str_has_suffix (best, "."))
    best[strlen (best) - 1] = '\0';
  if (!wb_autoconfig_is_host (best))
    {
      wb_autoconfig_run_end (run, WB_AUTOCONFIG_NOTHING, _ ("The answer is no host’s name."));
      return NULL;
    }
  wb_autoconfig_run_end (run, WB_AUTOCONFIG_FOUND, best);
  return g_steal_pointer (&best);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Looks for the settings of an address as the window does: autoconfig-driver ADDRESS FILE [mozilla]
 * [cancel=N]; with - for FILE, in the world as the system knows it. A line a probe,
 * "N|TITLE|STATE|DETAIL", then "smtp|…", "pop3|…" and so on. */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "wb-autoconfig.h"
#include "wb-init.h"

static int cancel_at = -1;
static GCancellable *cancellable;

static void
probed (guint probe, const char *title, WbAutoconfigState state, const char *detail, gpointer data)
{
  static const char *const states[] = { "running", "found", "nothing", "failed", "skipped" };

  if (state != WB_AUTOCONFIG_RUNNING)
    g_print ("%u|%s|%s|%s\n", probe, title, states[state], detail ? detail : "");
  else if ((int) probe == cancel_at)
    g_cancellable_cancel (cancellable);
}

static void
print_server (const WbAutoconfigServer *server)
{
  if (server)
    g_print ("%s|%s|%u|%d|%s\n", server->protocol, server->host, server->port, server->tls,
             server->user);
}

int
main (int argc, char **argv)
{
  g_autoptr (WbTrust) trust = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbAutoconfigPlaces) places = NULL;
  g_autoptr (WbAutoconfig) found = NULL;
  WbAutoconfigSearch search = { .address = argv[1], .func = probed };

  wb_init ();
  trust = wb_trust_new ();
  cancellable = g_cancellable_new ();
  places = g_str_equal (argv[2], "-") ? wb_autoconfig_places_new ()
                                      : wb_autoconfig_places_load (argv[2], trust, &error);
  if (!places)
    g_error ("%s", error->message);
  for (int i = 3; i < argc; i++)
    {
      search.ask_mozilla |= g_str_equal (argv[i], "mozilla");
      if (g_str_has_prefix (argv[i], "cancel="))
        cancel_at = atoi (argv[i] + 7);
    }
  search.places = places;
  search.trust = trust;
  found = wb_autoconfig_find (&search, cancellable, &error);
  g_object_unref (cancellable);
  if (!found)
    {
      g_print ("error|%s\n", error->message);
      return 1;
    }
  print_server (found->smtp);
  print_server (found->pop3);
  g_print ("source|%s\n", found->source);
  if (found->warning)
    g_print ("warning|%s\n", found->warning);
  if (found->help)
    g_print ("help|%s\n", found->help);
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Signs in as the window does: oauth-driver PLACES AUTHORIZE TOKEN USER. Reads commands from its
 * input, a line each, and answers with a line: "sign-in", "token", "drop", "forget",
 * "cancel-sign-in", "secret TEXT". The address for the browser comes as "open URI". */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "wb-autoconfig-places.h"
#include "wb-init.h"
#include "wb-oauth.h"

static GCancellable *cancellable;
static gboolean cancel_soon;

static void
say (const char *word, const char *text)
{
  printf ("%s %s\n", word, text);
  fflush (stdout);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

static void
open_browser (const char *uri, gpointer user_data)
{
  say ("open", uri);
  if (cancel_soon)
    g_thread_unref (g_thread_new ("cancel", cancel_thread, cancellable));
}

static void
run (const WbOauth *oauth, const char *command)
{
  g_autoptr (GError) error = NULL;
  char *token = NULL;

  cancellable = g_cancellable_new ();
  cancel_soon = g_str_equal (command, "cancel-sign-in");
  if (cancel_soon || g_str_equal (command, "sign-in"))
    wb_oauth_sign_in (oauth, open_browser, NULL, cancellable, &error);
  else if (g_str_equal (command, "token"))
    token = wb_oauth_get_token (oauth, NULL, &error);
  else if (g_str_equal (command, "drop"))
    wb_oauth_drop_token (oauth, NULL, &error);
  else if (g_str_equal (command, "forget"))
    wb_oauth_forget (oauth, NULL, &error);
  else if (g_str_has_prefix (command, "secret "))
    wb_oauth_set_client_secret (oauth, command + 7, NULL, &error);
  else
    g_error ("%s", command);
  if (error)
    say (g_quark_to_string (error->domain), error->message);
  else
    say ("done", token ? token : "");
  wb_secret_free (token);
  g_object_unref (cancellable);
}

int
main (int argc, char **argv)
{
  char line[1024];
  g_autoptr (WbTrust) trust = NULL;
  g_autoptr (WbSecrets) secrets = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbAutoconfigPlaces) places = NULL;
  g_autoptr (WbOauthSettings) settings =
      wb_oauth_settings_new (argv[2], argv[3], "client-1", "mail offline");
  WbOauth oauth = { .settings = settings, .user = argv[4], .direct = TRUE };

  wb_init ();
  oauth.trust = trust = wb_trust_new ();
  oauth.secrets = secrets = wb_secrets_new_memory ();
  places = wb_autoconfig_places_load (argv[1], trust, &error);
  if (!places)
    g_error ("%s", error->message);
  while (fgets (line, sizeof line, stdin))
    {
      line[strcspn (line, "\n")] = '\0';
      run (&oauth, line);
    }
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-autoconfig-places.h"

#include "wb-autoconfig-names.h"

/**
 * wb_autoconfig_places_new:
 *
 * Returns: (transfer full): the places that the standards name
 */
WbAutoconfigPlaces *
wb_autoconfig_places_new (void)
{
  WbAutoconfigPlaces *self = g_new0 (WbAutoconfigPlaces, 1);

  self->https = 443;
  self->http = 80;
  self->ispdb = g_strdup ("https://autoconfig.thunderbird.net/v1.1/%s");
  self->smtps = 465;
  self->submission = 587;
  self->pop3s = 995;
  self->pop3 = 110;
  return self;
}

static void
load_port (GKeyFile *file, const char *name, guint16 *port)
{
  guint64 number = g_key_file_get_uint64 (file, "places", name, NULL);

  if (number > 0 && number <= G_MAXUINT16)
    *port = (guint16) number;
}

/**
 * wb_autoconfig_places_load:
 * @path: a file with `[places]` (the ports by the names of the fields, `ispdb`, and `ca`, a CA
 *   file), and names as wb_autoconfig_names_new() takes them
 * @trust: trusts that CA, too
 * @error: set when it cannot be read
 *
 * For a network of one's own. From then on this process resolves no other names: whatever is
 * asked, nothing gets out.
 *
 * Returns: (transfer full) (nullable): the places that it names
 */
WbAutoconfigPlaces *
wb_autoconfig_places_load (const char *path, WbTrust *trust, GError **error)
{
  g_autoptr (WbAutoconfigPlaces) self = wb_autoconfig_places_new ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *ispdb = NULL;
  g_autofree char *ca = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error))
    return NULL;
  load_port (file, "https", &self->https);
  load_port (file, "http", &self->http);
  load_port (file, "smtps", &self->smtps);
  load_port (file, "submission", &self->submission);
  load_port (file, "pop3s", &self->pop3s);
  load_port (file, "pop3", &self->pop3);
  ispdb = g_key_file_get_string (file, "places", "ispdb", NULL);
  if (ispdb)
    {
      g_free (self->ispdb);
      self->ispdb = g_steal_pointer (&ispdb);
    }
  ca = g_key_file_get_string (file, "places", "ca", NULL);
  if (ca && !wb_trust_add_ca_file (trust, ca, error))
    return NULL;
  self->resolver = wb_autoconfig_names_new (file);
  g_resolver_set_default (self->resolver);
  return g_steal_pointer (&self);
}

/**
 * wb_autoconfig_places_free:
 * @self: (nullable): the places
 */
void
wb_autoconfig_places_free (WbAutoconfigPlaces *self)
{
  if (!self)
    return;
  g_clear_object (&self->resolver);
  g_free (self->ispdb);
  g_free (self);
}

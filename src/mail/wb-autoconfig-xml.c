/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-autoconfig-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-mail-error.h"

/* Real files have a depth of 5, at most a dozen servers, and values of one host name's length. */
#define MAX_DEPTH 32
#define MAX_SERVERS 64
#define MAX_VALUE 1024

typedef struct
{
  const char *address;
  WbAutoconfigDocument *document;
  guint depth;
  gboolean in_config; /* below <clientConfig>, so that a web page is not taken for one */
  gboolean in_provider;
  gboolean in_documentation;
  WbAutoconfigServer *server; /* the one being read */
  gboolean told_tls;          /* it named a kind of security that is known */
  gboolean declares;          /* it has a document type: the parser goes on after such an error */
  GString *value;
} Reading;

/**
 * wb_autoconfig_server_new:
 * @protocol: "smtp", "pop3" or "imap"
 * @host: a host
 * @port: its port
 * @tls: how it is spoken to
 * @user: (nullable): the name to sign in by
 *
 * Returns: (transfer full): a new server
 */
WbAutoconfigServer *
wb_autoconfig_server_new (const char *protocol,
                          const char *host,
                          guint16 port,
                          WbTlsMode tls,
                          const char *user)
{
  WbAutoconfigServer *self = g_new0 (WbAutoconfigServer, 1);

  self->protocol = g_strdup (protocol);
  self->host = g_strdup (host);
  self->port = port;
  self->tls = tls;
  self->user = g_strdup (user ? user : "");
  return self;
}

/**
 * wb_autoconfig_server_copy:
 * @self: (nullable): a server
 *
 * Returns: (transfer full) (nullable): another one that says the same
 */
WbAutoconfigServer *
wb_autoconfig_server_copy (const WbAutoconfigServer *self)
{
  WbAutoconfigServer *copy = NULL;

  if (!self)
    return NULL;
  copy = wb_autoconfig_server_new (self->protocol, self->host, self->port, self->tls, self->user);
  copy->secrets = self->secrets;
  return copy;
}

/**
 * wb_autoconfig_server_free:
 * @self: (nullable): a server
 */
void
wb_autoconfig_server_free (WbAutoconfigServer *self)
{
  if (!self)
    return;
  g_free (self->protocol);
  g_free (self->host);
  g_free (self->user);
  g_free (self);
}

static void
free_server (gpointer data)
{
  wb_autoconfig_server_free (data);
}

/**
 * wb_autoconfig_document_free:
 * @self: (nullable): a document
 */
void
wb_autoconfig_document_free (WbAutoconfigDocument *self)
{
  if (!self)
    return;
  g_free (self->name);
  g_free (self->help);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_free (self);
}

/**
 * wb_autoconfig_is_host:
 * @text: what somebody else calls a host
 *
 * Returns: whether @text is a numeric address or a host name of letters, digits, hyphens
 *   and dots (RFC 1123 §2.1), so that it may go into a URL
 */
gboolean
wb_autoconfig_is_host (const char *text)
{
  gsize length = strlen (text);

  if (g_hostname_is_ip_address (text))
    return TRUE;
  if (length == 0 || length > 253 || text[0] == '.' || text[0] == '-' || strstr (text, ".."))
    return FALSE;
  for (const char *p = text; *p; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '.')
      return FALSE;
  return TRUE;
}

static void
refuse (GError **error, const char *reason)
{
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
               /* Translators: %s says what is wrong. */
               _ ("The provider’s description of its servers cannot be used: %s"), reason);
}

/* Placeholders of the address; what else is in percent signs stays, and fails as a host. */
static char *
fill_in (const char *value, const char *address)
{
  const char *at = strrchr (address, '@');
  g_autofree char *local = at ? g_strndup (address, at - address) : g_strdup (address);
  GString *text = g_string_new (value);

  g_string_replace (text, "%EMAILADDRESS%", address, 0);
  g_string_replace (text, "%EMAILLOCALPART%", local, 0);
  g_string_replace (text, "%EMAILDOMAIN%", at ? at + 1 : "", 0);
  return g_string_free (text, FALSE);
}

static const char *
find_attribute (const char **names, const char **values, const char *wanted)
{
  for (guint i = 0; names[i]; i++)
    if (strcmp (names[i], wanted) == 0)
      return values[i];
  return NULL;
}

static void
start_server (Reading *reading, const char *protocol)
{
  if (!protocol)
    return;
  if (g_ascii_strcasecmp (protocol, "smtp") != 0 && g_ascii_strcasecmp (protocol, "pop3") != 0 &&
      g_ascii_strcasecmp (protocol, "imap") != 0)
    return;
  g_clear_pointer (&reading->server, wb_autoconfig_server_free);
  reading->server = wb_autoconfig_server_new (NULL, NULL, 0, WB_TLS_NEVER, NULL);
  reading->server->protocol = g_ascii_strdown (protocol, -1);
  reading->told_tls = FALSE;
}

static void
start_element_cb (GMarkupParseContext *context,
                  const char *element,
                  const char **names,
                  const char **values,
                  gpointer user_data,
                  GError **error)
{
  Reading *reading = user_data;

  if (++reading->depth > MAX_DEPTH)
    {
      refuse (error, _ ("it is nested too deeply"));
      return;
    }
  g_string_truncate (reading->value, 0);
  if (strcmp (element, "clientConfig") == 0 && reading->depth == 1)
    reading->in_config = TRUE;
  else if (strcmp (element, "emailProvider") == 0)
    reading->in_provider = reading->in_config;
  else if (!reading->in_provider)
    return;
  else if (strcmp (element, "incomingServer") == 0 || strcmp (element, "outgoingServer") == 0)
    start_server (reading, find_attribute (names, values, "type"));
  else if (strcmp (element, "documentation") == 0 && !reading->document->help)
    {
      const char *url = find_attribute (names, values, "url");

      reading->in_documentation = TRUE;
      if (url && g_str_has_prefix (url, "https://") && strlen (url) <= MAX_VALUE &&
          g_uri_is_valid (url, G_URI_FLAGS_NONE, NULL))
        reading->document->help = g_strdup (url);
    }
}

static void
read_secret (WbAutoconfigServer *server, const char *value)
{
  static const struct
  {
    const char *name;
    WbAutoconfigSecret secret;
  } names[] = {
    { "password-cleartext", WB_AUTOCONFIG_PASSWORD },
    { "plain", WB_AUTOCONFIG_PASSWORD },
    { "password-encrypted", WB_AUTOCONFIG_ENCRYPTED },
    { "secure", WB_AUTOCONFIG_ENCRYPTED },
    { "OAuth2", WB_AUTOCONFIG_OAUTH2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (value, names[i].name) == 0)
      {
        server->secrets |= names[i].secret;
        return;
      }
  server->secrets |= WB_AUTOCONFIG_OTHER;
}

static void
read_tls (Reading *reading, const char *value)
{
  static const struct
  {
    const char *name;
    WbTlsMode tls;
  } names[] = {
    { "SSL", WB_TLS_IMPLICIT },
    { "TLS", WB_TLS_IMPLICIT },
    { "STARTTLS", WB_TLS_REQUIRED },
    { "plain", WB_TLS_NEVER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (value, names[i].name) == 0)
      {
        reading->server->tls = names[i].tls;
        reading->told_tls = TRUE;
      }
}

static void
read_port (WbAutoconfigServer *server, const char *value)
{
  guint64 port = 0;

  if (g_ascii_string_to_unsigned (value, 10, 1, G_MAXUINT16, &port, NULL))
    server->port = (guint16) port;
}

/* Without a host, a port and a known kind of security a server is of no use, and guessing which
 * of them was meant is not for us. */
static void
end_server (Reading *reading)
{
  WbAutoconfigServer *server = g_steal_pointer (&reading->server);

  if (!server)
    return;
  if (server->host && server->port && reading->told_tls &&
      reading->document->servers->len < MAX_SERVERS)
    g_ptr_array_add (reading->document->servers, server);
  else
    wb_autoconfig_server_free (server);
}

static void
read_server_value (Reading *reading, const char *element, const char *value)
{
  WbAutoconfigServer *server = reading->server;

  if (strcmp (element, "hostname") == 0)
    {
      g_autofree char *host = fill_in (value, reading->address);

      g_clear_pointer (&server->host, g_free);
      if (wb_autoconfig_is_host (host))
        server->host = g_ascii_strdown (host, -1);
    }
  else if (strcmp (element, "port") == 0)
    read_port (server, value);
  else if (strcmp (element, "socketType") == 0)
    read_tls (reading, value);
  else if (strcmp (element, "authentication") == 0)
    read_secret (server, value);
  else if (strcmp (element, "username") == 0)
    {
      g_free (server->user);
      server->user = fill_in (value, reading->address);
    }
}

static void
end_element_cb (GMarkupParseContext *context,
                const char *element,
                gpointer user_data,
                GError **error)
{
  Reading *reading = user_data;
  char *value = g_strstrip (reading->value->str);

  reading->depth--;
  if (strcmp (element, "emailProvider") == 0)
    reading->in_provider = FALSE;
  else if (strcmp (element, "incomingServer") == 0 || strcmp (element, "outgoingServer") == 0)
    end_server (reading);
  else if (strcmp (element, "documentation") == 0)
    reading->in_documentation = FALSE;
  else if (reading->server)
    read_server_value (reading, element, value);
  else if (reading->in_provider && !reading->in_documentation && !reading->document->name &&
           strcmp (element, "displayName") == 0 && *value)
    reading->document->name = g_strdup (value);
  g_string_truncate (reading->value, 0);
}

static void
text_cb (GMarkupParseContext *context,
         const char *text,
         gsize length,
         gpointer user_data,
         GError **error)
{
  Reading *reading = user_data;

  if (reading->value->len + length > MAX_VALUE)
    refuse (error, _ ("a value is too long"));
  else
    g_string_append_len (reading->value, text, (gssize) length);
}

/* The parser knows the five entities of XML and no others, and reads no other document. A document
 * type is where others would be made: no provider needs one. */
static void
passthrough_cb (GMarkupParseContext *context,
                const char *text,
                gsize length,
                gpointer user_data,
                GError **error)
{
  Reading *reading = user_data;

  if (length >= 2 && text[0] == '<' && text[1] == '!' && !g_str_has_prefix (text, "<!--"))
    reading->declares = TRUE;
}

static const GMarkupParser callbacks = {
  start_element_cb, end_element_cb, text_cb, passthrough_cb, NULL,
};

/**
 * wb_autoconfig_document_parse:
 * @text: a config-v1.1.xml in UTF-8; need not end in NUL
 * @length: its bytes; more than %WB_AUTOCONFIG_MAX are refused
 * @address: the address that its placeholders stand for
 * @error: set with %WB_MAIL_ERROR_INVALID when it is none, or names no server
 *
 * Reads what a provider says of its servers, in the format that Mozilla's autoconfiguration
 * uses. Pure: nothing is looked up. Servers that are not wholly described are left out.
 *
 * Returns: (transfer full) (nullable): what it says
 */
WbAutoconfigDocument *
wb_autoconfig_document_parse (const char *text, gsize length, const char *address, GError **error)
{
  g_autoptr (WbAutoconfigDocument) document = g_new0 (WbAutoconfigDocument, 1);
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GString) value = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  Reading reading = { .address = address, .document = document, .value = value };
  gboolean whole;

  document->servers = g_ptr_array_new_with_free_func (free_server);
  if (length == 0 || length > WB_AUTOCONFIG_MAX)
    {
      refuse (error, length == 0 ? _ ("it is empty") : _ ("it is too long"));
      return NULL;
    }
  if (!g_utf8_validate_len (text, length, NULL))
    {
      refuse (error, _ ("it is not text in UTF-8"));
      return NULL;
    }
  context = g_markup_parse_context_new (&callbacks, G_MARKUP_TREAT_CDATA_AS_TEXT, &reading, NULL);
  whole = g_markup_parse_context_parse (context, text, (gssize) length, &local) &&
          g_markup_parse_context_end_parse (context, &local);
  wb_autoconfig_server_free (reading.server);
  if (reading.declares)
    {
      refuse (error, _ ("it declares entities or a document type"));
      return NULL;
    }
  if (!whole)
    {
      if (local->domain == WB_MAIL_ERROR)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        refuse (error, local->message);
      return NULL;
    }
  if (document->servers->len == 0)
    {
      refuse (error, _ ("it names no server"));
      return NULL;
    }
  return g_steal_pointer (&document);
}

/* How much a server is wanted; 0 for not at all. */
static int
rate (const WbAutoconfigServer *server)
{
  const WbAutoconfigSecret usable =
      WB_AUTOCONFIG_PASSWORD | WB_AUTOCONFIG_ENCRYPTED | WB_AUTOCONFIG_OAUTH2;
  int points = server->tls == WB_TLS_IMPLICIT ? 6 : server->tls == WB_TLS_REQUIRED ? 4 : 2;

  return points + (server->secrets == 0 || server->secrets & usable ? 1 : 0);
}

/**
 * wb_autoconfig_document_pick:
 * @self: a document
 * @protocol: "smtp", "pop3" or "imap"
 *
 * Chooses implicit TLS before STARTTLS (RFC 8314 §3), STARTTLS before none, and of alike ones
 * the provider's first.
 *
 * Returns: (transfer none) (nullable): the best server of that protocol
 */
const WbAutoconfigServer *
wb_autoconfig_document_pick (const WbAutoconfigDocument *self, const char *protocol)
{
  const WbAutoconfigServer *best = NULL;

  for (guint i = 0; i < self->servers->len; i++)
    {
      const WbAutoconfigServer *server = g_ptr_array_index (self->servers, i);

      if (strcmp (server->protocol, protocol) == 0 && (!best || rate (server) > rate (best)))
        best = server;
    }
  return best;
}

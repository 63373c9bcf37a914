/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-site.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* As %WbTlsMode and the enumerations of the header are ordered; %WB_TLS_NEVER is none for FTP. */
static const char *const tls_modes[] = { "none", "none", "implicit", "explicit" };
static const char *const accounts[] = { "registered", "guest", "anonymous" };
static const char *const data_modes[] = { "automatic", "passive", "active" };
static const char *const proxies[] = { "none", "system", "socks5", "http" };

/* All texts of a site: what is done with one is done with all. */
static const struct
{
  const char *name;
  gsize offset;
} texts[] = {
  { "id", G_STRUCT_OFFSET (WbFtpSite, id) },
  { "folder", G_STRUCT_OFFSET (WbFtpSite, folder) },
  { "name", G_STRUCT_OFFSET (WbFtpSite, name) },
  { "host", G_STRUCT_OFFSET (WbFtpSite, host) },
  { "user", G_STRUCT_OFFSET (WbFtpSite, user) },
  { "local", G_STRUCT_OFFSET (WbFtpSite, local) },
  { "remote", G_STRUCT_OFFSET (WbFtpSite, remote) },
  { "charset", G_STRUCT_OFFSET (WbFtpSite, charset) },
  { "proxy-address", G_STRUCT_OFFSET (WbFtpSite, proxy_address) },
  { "notes", G_STRUCT_OFFSET (WbFtpSite, notes) },
};

static char **
text_at (const WbFtpSite *self, guint i)
{
  return G_STRUCT_MEMBER_P (self, texts[i].offset);
}

/* ── Bookmarks ── */

/**
 * wb_ftp_bookmark_new:
 * @local: (nullable): a path in UTF-8
 * @remote: (nullable): a path in UTF-8
 *
 * Returns: (transfer full): a pair of folders
 */
WbFtpBookmark *
wb_ftp_bookmark_new (const char *name, const char *local, const char *remote)
{
  WbFtpBookmark *self = g_new0 (WbFtpBookmark, 1);

  self->name = g_strdup (name);
  self->local = g_strdup (local);
  self->remote = g_strdup (remote);
  return self;
}

/**
 * wb_ftp_bookmark_copy:
 *
 * Returns: (transfer full): a copy
 */
WbFtpBookmark *
wb_ftp_bookmark_copy (const WbFtpBookmark *self)
{
  WbFtpBookmark *copy = wb_ftp_bookmark_new (self->name, self->local, self->remote);

  copy->synchronized = self->synchronized;
  return copy;
}

/**
 * wb_ftp_bookmark_free:
 */
void
wb_ftp_bookmark_free (WbFtpBookmark *self)
{
  g_free (self->name);
  g_free (self->local);
  g_free (self->remote);
  g_free (self);
}

static gpointer
copy_bookmark (gconstpointer bookmark, gpointer user_data)
{
  return wb_ftp_bookmark_copy (bookmark);
}

/* ── Sites ── */

/**
 * wb_ftp_site_new:
 *
 * Returns: (transfer full): a site with an id of its own and what is usual
 */
WbFtpSite *
wb_ftp_site_new (void)
{
  WbFtpSite *self = g_new0 (WbFtpSite, 1);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *text_at (self, i) = g_strdup ("");
  wb_ftp_site_renew_id (self);
  self->tls = WB_TLS_REQUIRED;
  self->connections = WB_FTP_SITE_CONNECTIONS;
  self->keep_alive = WB_FTP_SITE_KEEP_ALIVE;
  self->bookmarks = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_bookmark_free);
  return self;
}

/**
 * wb_ftp_site_new_from_url:
 *
 * Returns: (transfer full): a site for the server of a URL, without its password
 */
WbFtpSite *
wb_ftp_site_new_from_url (const WbUrl *url)
{
  WbFtpSite *self = wb_ftp_site_new ();

  wb_ftp_site_set_text (&self->name, url->host);
  wb_ftp_site_set_text (&self->host, url->host);
  self->tls = url->tls;
  if (url->port != wb_ftp_site_get_port (self))
    self->port = url->port;
  if (url->user == NULL || g_str_equal (url->user, "anonymous") || g_str_equal (url->user, "ftp"))
    self->account = WB_FTP_ACCOUNT_ANONYMOUS;
  else
    wb_ftp_site_set_text (&self->user, url->user);
  if (g_utf8_validate (url->path, -1, NULL))
    wb_ftp_site_set_text (&self->remote, url->path);
  return self;
}

/**
 * wb_ftp_site_copy:
 *
 * Returns: (transfer full): a copy, with the same id
 */
WbFtpSite *
wb_ftp_site_copy (const WbFtpSite *self)
{
  WbFtpSite *copy = g_memdup2 (self, sizeof *self);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *text_at (copy, i) = g_strdup (*text_at (self, i));
  copy->bookmarks = g_ptr_array_copy (self->bookmarks, copy_bookmark, NULL);
  g_ptr_array_set_free_func (copy->bookmarks, (GDestroyNotify) wb_ftp_bookmark_free);
  return copy;
}

/**
 * wb_ftp_site_renew_id:
 *
 * Makes a copy a site of its own.
 */
void
wb_ftp_site_renew_id (WbFtpSite *self)
{
  g_free (self->id);
  self->id = g_uuid_string_random ();
}

/**
 * wb_ftp_site_free:
 */
void
wb_ftp_site_free (WbFtpSite *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*text_at (self, i));
  g_ptr_array_unref (self->bookmarks);
  g_free (self);
}

/**
 * wb_ftp_site_set_text:
 * @field: one of a site's texts
 * @text: (nullable): what it becomes; %NULL is ""
 */
void
wb_ftp_site_set_text (char **field, const char *text)
{
  char *copy = g_strdup (text != NULL ? text : "");

  g_free (*field);
  *field = copy;
}

/**
 * wb_ftp_site_get_port:
 *
 * Returns: the port, never 0
 */
guint16
wb_ftp_site_get_port (const WbFtpSite *self)
{
  if (self->port != 0)
    return self->port;
  return self->tls == WB_TLS_IMPLICIT ? 990 : 21;
}

/**
 * wb_ftp_site_dup_url:
 *
 * The address to connect to, without a password but for anonymous, where it is no secret
 * (RFC 1635). Its path is empty: wb_ftp_site_apply() knows the charset.
 *
 * Errors: %WB_ERROR_INVALID when the site is not complete.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL with @error set
 */
WbUrl *
wb_ftp_site_dup_url (const WbFtpSite *self, GError **error)
{
  static const char *const schemes[] = { "ftp", "ftp", "ftps", "ftpes" };
  gboolean anonymous = self->account == WB_FTP_ACCOUNT_ANONYMOUS;
  g_autofree char *text = NULL;
  WbUrl *url = NULL;

  if (*self->host == '\0')
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is what a person called a server. */
                   _ ("The site “%s” names no host. Enter one in the site manager."), self->name);
      return NULL;
    }
  if (!anonymous && *self->user == '\0')
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is what a person called a server. */
                   _ ("The site “%s” names no user. Enter one in the site manager, or choose "
                      "Anonymous there."),
                   self->name);
      return NULL;
    }
  text = g_strdup_printf (strchr (self->host, ':') != NULL ? "%s://[%s]:%u/" : "%s://%s:%u/",
                          schemes[self->tls], self->host, wb_ftp_site_get_port (self));
  url = wb_url_parse (text, error);
  if (url == NULL)
    return NULL;
  url->user = g_strdup (anonymous ? "anonymous" : self->user);
  if (anonymous)
    url->password = g_strdup ("anonymous@example.com");
  return url;
}

/* What the desktop says for this host. Blocks, as the answer may come from a script. */
static char *
look_up_proxy (const WbFtpSite *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *uri =
      g_strdup_printf (strchr (self->host, ':') != NULL ? "ftp://[%s]:%u" : "ftp://%s:%u",
                       self->host, wb_ftp_site_get_port (self));
  g_auto (GStrv) found =
      g_proxy_resolver_lookup (g_proxy_resolver_get_default (), uri, cancellable, error);

  if (found == NULL)
    return NULL;
  for (guint i = 0; found[i] != NULL; i++)
    if (!g_str_has_prefix (found[i], "direct:"))
      return g_strdup (found[i]);
  return g_strdup ("");
}

/**
 * wb_ftp_site_apply:
 * @client: one that has not connected
 *
 * Sets on @client all that the site says of connections. Blocks where the desktop is asked
 * for a proxy.
 *
 * Errors: %WB_ERROR_INVALID for an unknown charset or a bad address of a proxy; those of
 * g_proxy_resolver_lookup().
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_site_apply (const WbFtpSite *self,
                   WbFtpClient *client,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autofree char *proxy = NULL;

  if (!wb_ftp_client_set_charset (client, self->charset, error))
    return FALSE;
  if (self->has_time_offset)
    wb_ftp_client_set_time_offset (client, self->time_offset);
  wb_ftp_client_set_active_mode (client, self->data_mode == WB_FTP_DATA_ACTIVE);

  if (self->proxy >= WB_FTP_PROXY_SOCKS5 && strchr (self->proxy_address, '@') != NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("A proxy that asks for a password cannot be kept with a site. Enter "
                              "HOST:PORT alone."));
      return FALSE;
    }

  switch (self->proxy)
    {
    case WB_FTP_PROXY_SYSTEM:
      proxy = look_up_proxy (self, cancellable, error);
      if (proxy == NULL)
        return FALSE;
      break;
    case WB_FTP_PROXY_SOCKS5:
      proxy = g_strconcat ("socks5://", self->proxy_address, NULL);
      break;
    case WB_FTP_PROXY_HTTP:
      proxy = g_strconcat ("http://", self->proxy_address, NULL);
      break;
    case WB_FTP_PROXY_NONE:
    default:
      break;
    }
  return wb_ftp_client_set_proxy (client, proxy, error);
}

/* ── JSON ── */

static void
add_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    json_object_set_string_member (object, name, text);
}

static void
add_number (JsonObject *object, const char *name, gint64 number)
{
  if (number != 0)
    json_object_set_int_member (object, name, number);
}

static void
add_flag (JsonObject *object, const char *name, gboolean flag)
{
  if (flag)
    json_object_set_boolean_member (object, name, TRUE);
}

static JsonNode *
take_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/**
 * wb_ftp_bookmark_to_json:
 *
 * Returns: (transfer full): an object
 */
JsonNode *
wb_ftp_bookmark_to_json (const WbFtpBookmark *self)
{
  JsonObject *object = json_object_new ();

  add_text (object, "name", self->name);
  add_text (object, "local", self->local);
  add_text (object, "remote", self->remote);
  add_flag (object, "synchronized", self->synchronized);
  return take_object (object);
}

/* One figure was for both ways once, and says so still where they are the same. */
static void
add_limits (JsonObject *object, const WbFtpSite *self)
{
  if (self->download_limit == self->upload_limit)
    {
      add_number (object, "speed-limit", self->download_limit);
      return;
    }
  add_number (object, "download-limit", self->download_limit);
  add_number (object, "upload-limit", self->upload_limit);
}

/**
 * wb_ftp_site_to_json:
 *
 * Returns: (transfer full): an object in which what is usual is left out
 */
JsonNode *
wb_ftp_site_to_json (const WbFtpSite *self)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    /* An address with an "@" may have a password before it. */
    if (!g_str_equal (texts[i].name, "proxy-address") || strchr (*text_at (self, i), '@') == NULL)
      add_text (object, texts[i].name, *text_at (self, i));
  add_number (object, "port", self->port);
  add_text (object, "tls", tls_modes[self->tls]);
  add_text (object, "account", accounts[self->account]);
  add_flag (object, "ask-password", self->ask_password);
  add_text (object, "data", data_modes[self->data_mode]);
  if (self->has_time_offset)
    json_object_set_int_member (object, "time-offset", self->time_offset);
  add_number (object, "connections", self->connections);
  add_limits (object, self);
  add_text (object, "proxy", proxies[self->proxy]);
  add_number (object, "keep-alive", self->keep_alive);
  add_flag (object, "synchronized", self->synchronized);
  if (self->bookmarks->len > 0)
    {
      JsonArray *array = json_array_new ();

      for (guint i = 0; i < self->bookmarks->len; i++)
        json_array_add_element (array, wb_ftp_bookmark_to_json (self->bookmarks->pdata[i]));
      json_object_set_array_member (object, "bookmarks", array);
    }
  return take_object (object);
}

static JsonNode *
get_value (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name);

  return node != NULL ? json_node_get_string (node) : NULL;
}

static gint64
get_number (JsonObject *object, const char *name, gint64 least, gint64 most, gint64 fallback)
{
  JsonNode *node = get_value (object, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    return fallback;
  return CLAMP (json_node_get_int (node), least, most);
}

static gboolean
get_flag (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN &&
         json_node_get_boolean (node);
}

static guint
get_choice (JsonObject *object,
            const char *name,
            const char *const *choices,
            guint count,
            guint fallback)
{
  const char *value = get_text (object, name);

  for (guint i = 0; value != NULL && i < count; i++)
    if (g_str_equal (value, choices[i]))
      return i;
  return fallback;
}

/**
 * wb_ftp_bookmark_from_json:
 *
 * Returns: (transfer full) (nullable): a bookmark, or %NULL where @node holds none
 */
WbFtpBookmark *
wb_ftp_bookmark_from_json (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  WbFtpBookmark *self = NULL;

  if (object == NULL || get_text (object, "name") == NULL)
    return NULL;
  self = wb_ftp_bookmark_new (get_text (object, "name"), get_text (object, "local"),
                              get_text (object, "remote"));
  self->synchronized = get_flag (object, "synchronized");
  return self;
}

/**
 * wb_ftp_site_from_json:
 *
 * Reads what wb_ftp_site_to_json() wrote. Nothing is trusted to be there or of its kind;
 * numbers are brought within their limits.
 *
 * Returns: (transfer full) (nullable): a site, or %NULL where @node holds none
 */
WbFtpSite *
wb_ftp_site_from_json (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  WbFtpSite *self = NULL;
  JsonNode *bookmarks = NULL;
  gint64 both = 0;

  if (object == NULL || get_text (object, "name") == NULL)
    return NULL;
  self = wb_ftp_site_new ();
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (get_text (object, texts[i].name) != NULL)
      wb_ftp_site_set_text (text_at (self, i), get_text (object, texts[i].name));
  self->port = (guint16) get_number (object, "port", 0, G_MAXUINT16, 0);
  /* Something unknown must not become something in the clear. */
  self->tls = get_choice (object, "tls", tls_modes, G_N_ELEMENTS (tls_modes), WB_TLS_REQUIRED);
  self->account =
      get_choice (object, "account", accounts, G_N_ELEMENTS (accounts), WB_FTP_ACCOUNT_REGISTERED);
  self->ask_password = get_flag (object, "ask-password");
  self->data_mode =
      get_choice (object, "data", data_modes, G_N_ELEMENTS (data_modes), WB_FTP_DATA_AUTOMATIC);
  self->has_time_offset = get_value (object, "time-offset") != NULL;
  self->time_offset =
      (int) get_number (object, "time-offset", -WB_FTP_SITE_OFFSET_MAX, WB_FTP_SITE_OFFSET_MAX, 0);
  self->connections = (guint) get_number (object, "connections", 1, WB_FTP_SITE_CONNECTIONS_MAX,
                                          WB_FTP_SITE_CONNECTIONS);
  both = get_number (object, "speed-limit", 0, WB_FTP_SITE_SPEED_MAX, 0);
  self->download_limit =
      (guint) get_number (object, "download-limit", 0, WB_FTP_SITE_SPEED_MAX, both);
  self->upload_limit = (guint) get_number (object, "upload-limit", 0, WB_FTP_SITE_SPEED_MAX, both);
  self->proxy = get_choice (object, "proxy", proxies, G_N_ELEMENTS (proxies), WB_FTP_PROXY_NONE);
  self->keep_alive = (guint) get_number (object, "keep-alive", 0, WB_FTP_SITE_KEEP_ALIVE_MAX, 0);
  self->synchronized = get_flag (object, "synchronized");

  bookmarks = json_object_get_member (object, "bookmarks");
  if (bookmarks != NULL && JSON_NODE_HOLDS_ARRAY (bookmarks))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (bookmarks)); i++)
      {
        WbFtpBookmark *bookmark =
            wb_ftp_bookmark_from_json (json_array_get_element (json_node_get_array (bookmarks), i));

        if (bookmark != NULL)
          g_ptr_array_add (self->bookmarks, bookmark);
      }
  return self;
}

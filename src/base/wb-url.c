/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-url.h"

#include "wb-error.h"
#include "wb-wire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const struct
{
  const char *scheme;
  const char *protocol;
  guint16 port;
  WbTlsMode tls;
} schemes[] = {
  { "ftp", "ftp", 21, WB_TLS_NONE },         { "ftps", "ftp", 990, WB_TLS_IMPLICIT },
  { "ftpes", "ftp", 21, WB_TLS_REQUIRED },   { "smtp", "smtp", 25, WB_TLS_NONE },
  { "smtps", "smtp", 465, WB_TLS_IMPLICIT }, { "pop3", "pop3", 110, WB_TLS_NONE },
  { "pop3s", "pop3", 995, WB_TLS_IMPLICIT }, { "imap", "imap", 143, WB_TLS_NONE },
  { "imaps", "imap", 993, WB_TLS_IMPLICIT },
};

#define SCHEMES "ftp, ftps, ftpes, smtp, smtps, pop3, pop3s, imap, imaps"

static gboolean
parse_port (const char *text, gsize length, guint16 *port)
{
  guint value = 0;

  if (length == 0 || length > 5)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      value = value * 10 + (guint) (text[i] - '0');
    }
  if (value > 65535)
    return FALSE;
  *port = (guint16) value;
  return TRUE;
}

/* Never names the value: a password may be what is wrong. */
static char *
percent_decode (const char *what, const char *text, gsize length, GError **error)
{
  g_autoptr (GString) decoded = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      unsigned char byte = (unsigned char) text[i];

      if (byte == '%')
        {
          if (i + 2 >= length || !g_ascii_isxdigit (text[i + 1]) || !g_ascii_isxdigit (text[i + 2]))
            {
              g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                           /* Translators: %s is a part of a URL, such as "path". */
                           _ ("In the %s of the URL a “%%” is not followed by two hexadecimal "
                              "digits. Write “%%25” for the character itself."),
                           what);
              return NULL;
            }
          byte = (unsigned char) (g_ascii_xdigit_value (text[i + 1]) * 16 +
                                  g_ascii_xdigit_value (text[i + 2]));
          i += 2;
        }
      if (byte == '\0' || byte == '\r' || byte == '\n')
        {
          g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                       /* Translators: %s is a part of a URL, such as "path". */
                       _ ("The %s of the URL contains a line break or a zero byte. Remove it."),
                       what);
          return NULL;
        }
      g_string_append_c (decoded, (char) byte);
    }
  return g_string_free (g_steal_pointer (&decoded), FALSE);
}

static gboolean
set_host_error (GError **error, const char *host)
{
  g_autofree char *shown = g_utf8_make_valid (host, -1);

  g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
               /* Translators: %s is what was typed as a host name. */
               _ ("“%s” is not a host name or address."), shown);
  return FALSE;
}

/* A name in ASCII, or a numeric address; HOST comes without brackets. */
static gboolean
check_host (const char *host, gboolean bracketed, char **checked, GError **error)
{
  g_autofree char *ascii = NULL;

  if (bracketed || strchr (host, ':') != NULL)
    {
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, 0);

      if (address == NULL || g_socket_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
        return set_host_error (error, host);
      *checked = g_strdup (host);
      return TRUE;
    }

  if (!g_utf8_validate (host, -1, NULL))
    return set_host_error (error, host);
  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL || *ascii == '\0' || strlen (ascii) > 253)
    return set_host_error (error, host);
  for (const char *c = ascii; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-._", *c) == NULL)
      return set_host_error (error, host);
  *checked = g_steal_pointer (&ascii);
  return TRUE;
}

/* "host", "host:port" or "[v6]:port"; *PORT stays as it was where none is named. */
static gboolean
parse_authority (const char *text, gsize length, WbUrl *url, GError **error)
{
  g_autofree char *host = NULL;
  const char *end = text + length;
  const char *host_end;
  gboolean bracketed = length > 0 && *text == '[';

  if (bracketed)
    {
      host_end = memchr (text, ']', length);
      if (host_end == NULL)
        {
          g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                               _ ("The URL opens a bracket for an IPv6 address and never closes "
                                  "it."));
          return FALSE;
        }
      host = percent_decode (_ ("host"), text + 1, (gsize) (host_end - text) - 1, error);
      host_end++;
    }
  else
    {
      host_end = memchr (text, ':', length);
      if (host_end == NULL)
        host_end = end;
      host = percent_decode (_ ("host"), text, (gsize) (host_end - text), error);
    }
  if (host == NULL)
    return FALSE;
  if (*host == '\0')
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("The URL names no host. It looks like ftp://ftp.example.org/path."));
      return FALSE;
    }
  if (!check_host (host, bracketed, &url->host, error))
    return FALSE;

  if (host_end == end || (*host_end == ':' && host_end + 1 == end))
    return TRUE;
  if (*host_end != ':' || !parse_port (host_end + 1, (gsize) (end - host_end) - 1, &url->port) ||
      url->port == 0)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("The port in the URL is not a number from 1 to 65535."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_userinfo (const char *text, gsize length, WbUrl *url, GError **error)
{
  const char *colon = memchr (text, ':', length);
  gsize user_length = colon != NULL ? (gsize) (colon - text) : length;

  if (user_length > 0)
    {
      url->user = percent_decode (_ ("user name"), text, user_length, error);
      if (url->user == NULL)
        return FALSE;
    }
  if (colon != NULL)
    {
      url->password = percent_decode (_ ("password"), colon + 1, length - user_length - 1, error);
      if (url->password == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
parse_query (const char *query, WbUrl *url, GError **error)
{
  if (g_str_equal (query, "starttls=required") && url->tls == WB_TLS_NONE)
    url->tls = WB_TLS_REQUIRED;
  else if (g_str_equal (query, "starttls=never") && url->tls == WB_TLS_NONE)
    url->tls = WB_TLS_NEVER;
  else if (*query != '\0')
    {
      if (url->tls == WB_TLS_NONE)
        g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                             _ ("After “?” the URL can say starttls=required or starttls=never, "
                                "nothing else."));
      else
        g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                     /* Translators: %s is a URL scheme, such as "smtps". */
                     _ ("A URL that begins with %s:// takes nothing after “?”."), url->scheme);
      return FALSE;
    }
  return TRUE;
}

/* RFC 1738, 3.2.2. A ";" that is part of a name is encoded, so what follows here is meant to be one
 * of three letters. *LENGTH loses it. */
static gboolean
parse_type (const char *rest, gsize *length, WbUrl *url, GError **error)
{
  const char *tail = g_strrstr_len (rest, (gssize) *length, ";type=");

  if (tail == NULL)
    return TRUE;
  if (tail + 7 != rest + *length || strchr ("aidAID", tail[6]) == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("After “;type=” an FTP address ends with a (text), i (bytes as they "
                              "are) or d (a folder). Write “%3B” where the “;” is part of a "
                              "name."));
      return FALSE;
    }
  url->type = g_ascii_tolower (tail[6]);
  *length -= 7;
  return TRUE;
}

static gboolean
parse_rest (const char *rest, WbUrl *url, GError **error)
{
  gboolean ftp = g_str_equal (url->protocol, "ftp");
  gsize length = strlen (rest);
  /* In FTP a URL has no query (RFC 1738, 3.2): there "?" is a character of the name. */
  const char *query = ftp ? NULL : strchr (rest, '?');

  if (strchr (rest, '#') != NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("The URL contains “#”. Write “%23” where it is part of a name."));
      return FALSE;
    }
  if (query != NULL)
    {
      if (!parse_query (query + 1, url, error))
        return FALSE;
      length = (gsize) (query - rest);
    }
  if (ftp && !parse_type (rest, &length, url, error))
    return FALSE;
  if (length > 0 && *rest == '/')
    {
      rest++;
      length--;
    }
  url->path = percent_decode (_ ("path"), rest, length, error);
  return url->path != NULL;
}

static gboolean
parse_scheme (const char *text, gsize length, WbUrl *url, GError **error)
{
  g_autofree char *scheme = g_ascii_strdown (text, (gssize) length);

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (scheme, schemes[i].scheme))
      {
        url->scheme = g_strdup (schemes[i].scheme);
        url->protocol = g_strdup (schemes[i].protocol);
        url->port = schemes[i].port;
        url->tls = schemes[i].tls;
        return TRUE;
      }
  g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
               /* Translators: %s is a list of URL schemes, such as "ftp, ftps". */
               _ ("The URL begins with a scheme that is not known here. Known are: %s."), SCHEMES);
  return FALSE;
}

/**
 * wb_url_parse:
 * @text: a URL, such as "ftpes://me@ftp.example.org/pub/file"
 *
 * Takes a URL apart (RFC 3986; RFC 1738 section 3.2 for FTP). Percent-decoding is
 * strict, and CR, LF and NUL are refused in every part, encoded or not. A host
 * name beyond ASCII becomes punycode. The last "@" ends the user information, so
 * a mail address can stand there as user name. No error names the password.
 *
 * The path of an FTP URL is relative to the folder one logs in to:
 * "ftp://h/a/b" gives "a/b", "ftp://h/%2Fa" gives "/a". A `;type=` tail, which
 * takes a, i or d, becomes `type`. `?starttls=required` and `?starttls=never` are for `smtp`,
 * `pop3` and `imap`.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): the parts, or %NULL with %WB_ERROR_INVALID
 *   set
 */
WbUrl *
wb_url_parse (const char *text, GError **error)
{
  g_autoptr (WbUrl) url = g_new0 (WbUrl, 1);
  const char *separator;
  const char *authority;
  const char *at;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      {
        g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                             _ ("The URL contains a line break or another control character. "
                                "Remove it."));
        return NULL;
      }

  separator = strstr (text, "://");
  if (separator == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("This is not a URL. It looks like ftp://ftp.example.org/path."));
      return NULL;
    }
  if (!parse_scheme (text, (gsize) (separator - text), url, error))
    return NULL;

  authority = separator + 3;
  length = strcspn (authority, "/?#");
  at = memrchr (authority, '@', length);
  if (at != NULL)
    {
      if (!parse_userinfo (authority, (gsize) (at - authority), url, error))
        return NULL;
      length -= (gsize) (at + 1 - authority);
      authority = at + 1;
    }
  if (!parse_authority (authority, length, url, error) ||
      !parse_rest (authority + length, url, error))
    return NULL;
  return g_steal_pointer (&url);
}

/**
 * wb_url_copy:
 * @self: a URL
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): a copy, password included
 */
WbUrl *
wb_url_copy (const WbUrl *self)
{
  WbUrl *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (WbUrl, 1);
  copy->scheme = g_strdup (self->scheme);
  copy->protocol = g_strdup (self->protocol);
  copy->user = g_strdup (self->user);
  copy->password = g_strdup (self->password);
  copy->host = g_strdup (self->host);
  copy->port = self->port;
  copy->path = g_strdup (self->path);
  copy->tls = self->tls;
  copy->type = self->type;
  return copy;
}

static guint16
default_port (const char *scheme)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (scheme, schemes[i].scheme))
      return schemes[i].port;
  return 0;
}

/**
 * wb_url_format:
 * @self: a URL
 *
 * Writes a URL for people and logs to read: percent-encoded, in ASCII, the port
 * only where it is not the scheme's own, and never the password. It says where
 * something is, not how to move it: `type` is left out.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): the URL
 */
char *
wb_url_format (const WbUrl *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (self->scheme);
  g_string_append (text, "://");
  if (self->user != NULL)
    {
      g_string_append_uri_escaped (text, self->user, NULL, FALSE);
      g_string_append_c (text, '@');
    }
  if (strchr (self->host, ':') != NULL)
    {
      g_string_append_c (text, '[');
      g_string_append_uri_escaped (text, self->host, ":", FALSE);
      g_string_append_c (text, ']');
    }
  else
    g_string_append (text, self->host);
  if (self->port != default_port (self->scheme))
    g_string_append_printf (text, ":%u", self->port);
  g_string_append_c (text, '/');
  if (self->path != NULL)
    {
      const char *path = self->path;

      if (*path == '/')
        {
          g_string_append (text, "%2F");
          path++;
        }
      g_string_append_uri_escaped (text, path, "/!$'()*+,=:@", FALSE);
    }
  if (g_str_equal (self->scheme, self->protocol) && !g_str_equal (self->protocol, "ftp"))
    {
      if (self->tls == WB_TLS_REQUIRED)
        g_string_append (text, "?starttls=required");
      else if (self->tls == WB_TLS_NEVER)
        g_string_append (text, "?starttls=never");
    }
  return g_string_free (text, FALSE);
}

/**
 * wb_url_free:
 * @self: (nullable) (transfer full): a URL
 *
 * Frees a URL and wipes its password from memory.
 */
void
wb_url_free (WbUrl *self)
{
  if (self == NULL)
    return;
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_free (self->scheme);
  g_free (self->protocol);
  g_free (self->user);
  g_free (self->password);
  g_free (self->host);
  g_free (self->path);
  g_free (self);
}

/**
 * wb_parse_host_port:
 * @text: "HOST:PORT", "[IPV6]:PORT", ":PORT" or "PORT"
 * @default_host: (nullable): the host where @text names none; %NULL demands one
 * @host: (out) (transfer full): without brackets, in ASCII
 * @port: (out): 0 to 65535; 0 asks for a free port where one listens, and is for
 *   the caller to refuse where one connects
 *
 * Safe from any thread.
 *
 * Returns: %FALSE with %WB_ERROR_INVALID set where @text is something else
 */
gboolean
wb_parse_host_port (const char *text,
                    const char *default_host,
                    char **host,
                    guint16 *port,
                    GError **error)
{
  g_autofree char *name = NULL;
  const char *colon;
  const char *digits;
  gboolean bracketed;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (host != NULL && port != NULL, FALSE);

  colon = strrchr (text, ':');
  digits = colon != NULL ? colon + 1 : text;
  bracketed = *text == '[';
  if (!parse_port (digits, strlen (digits), port))
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("The port is missing or not a number up to 65535. An address looks "
                              "like example.org:7 or [::1]:7."));
      return FALSE;
    }

  if (colon == NULL || colon == text)
    {
      if (default_host == NULL)
        {
          g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                               _ ("The host is missing. An address looks like example.org:7 or "
                                  "[::1]:7."));
          return FALSE;
        }
      *host = g_strdup (default_host);
      return TRUE;
    }

  if (bracketed && colon[-1] == ']')
    name = g_strndup (text + 1, (gsize) (colon - text) - 2);
  else
    name = g_strndup (text, (gsize) (colon - text));
  if (!bracketed && strchr (name, ':') != NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Write an IPv6 address in brackets, such as [::1]:7."));
      return FALSE;
    }
  return check_host (name, bracketed, host, error);
}

/**
 * wb_parse_proxy:
 * @text: such as "socks5://127.0.0.1:1080" or "http://user:password@host:3128"
 * @password: (out) (transfer full) (nullable): what @text tells of it and no log may show
 *
 * Looks whether @text names a proxy of a kind that a connection can go through. Safe from any
 * thread.
 *
 * Returns: %FALSE with %WB_ERROR_INVALID set where it does not
 */
gboolean
wb_parse_proxy (const char *text, char **password, GError **error)
{
  static const char *const kinds[] = { "socks", "socks4", "socks4a", "socks5", "http", NULL };
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (text != NULL && password != NULL, FALSE);

  uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      !g_strv_contains (kinds, g_uri_get_scheme (uri)))
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("The address of a proxy looks like socks5://HOST:PORT or "
                              "http://HOST:PORT."));
      return FALSE;
    }
  *password = g_strdup (g_uri_get_password (uri));
  return TRUE;
}

/**
 * wb_set_proxy:
 * @proxy: (inout): where a client keeps it
 * @uri: (nullable): as wb_parse_proxy() takes it; %NULL or "" for none
 * @wire: (nullable): the log, which is to hide the password in it
 *
 * What setting a proxy comes to for every client. Safe from any thread.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_INVALID set and nothing changed
 */
gboolean
wb_set_proxy (char **proxy, const char *uri, WbWire *wire, GError **error)
{
  g_autofree char *password = NULL;

  if (uri != NULL && *uri == '\0')
    uri = NULL;
  if (uri != NULL && !wb_parse_proxy (uri, &password, error))
    return FALSE;
  if (password != NULL && wire != NULL)
    wb_wire_hide (wire, password);
  g_free (*proxy);
  *proxy = g_strdup (uri);
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-oauth-loopback.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-mail-error.h"

/* A browser opens connections ahead of need and leaves them silent, so there must be several. */
#define MAX_CLIENTS 16
#define MAX_REQUEST 8192
#define CLIENT_SECONDS 10

struct _WbOauthLoopback
{
  GSocket *socket;
  guint16 port;
  GPtrArray *clients; /* of Client */
};

typedef struct
{
  GSocket *socket;
  GString *request;
  gint64 end;
} Client;

typedef enum
{
  ANSWER_NONE,
  ANSWER_CODE,
  ANSWER_ERROR,
} Answer;

static void
client_free (gpointer data)
{
  Client *client = data;

  g_socket_close (client->socket, NULL);
  g_object_unref (client->socket);
  explicit_bzero (client->request->str, client->request->len);
  g_string_free (client->request, TRUE);
  g_free (client);
}

/**
 * wb_oauth_loopback_new:
 * @error: set when no port could be had
 *
 * Returns: (transfer full) (nullable): a place that takes connections from this computer
 */
WbOauthLoopback *
wb_oauth_loopback_new (GError **error)
{
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (address, 0);
  g_autoptr (GSocketAddress) own = NULL;
  WbOauthLoopback *self = NULL;

  if (!socket || !g_socket_bind (socket, any, FALSE, error) || !g_socket_listen (socket, error))
    return NULL;
  own = g_socket_get_local_address (socket, error);
  if (!own)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  self = g_new0 (WbOauthLoopback, 1);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own));
  self->socket = g_steal_pointer (&socket);
  self->clients = g_ptr_array_new_with_free_func (client_free);
  return self;
}

/**
 * wb_oauth_loopback_free:
 * @self: (nullable): the place
 *
 * Closes it.
 */
void
wb_oauth_loopback_free (WbOauthLoopback *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->clients);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_free (self);
}

/**
 * wb_oauth_loopback_dup_uri:
 *
 * Returns: (transfer full): its address, to be the `redirect_uri`
 */
char *
wb_oauth_loopback_dup_uri (WbOauthLoopback *self)
{
  return g_strdup_printf ("http://127.0.0.1:%u/", self->port);
}

/* A page without a script, a picture or a link: nothing of it can lead anywhere. */
static void
say (Client *client, const char *status, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_autofree char *page = g_strdup_printf (
      "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Wirebench</title></head>"
      "<body><p>%s</p></body></html>\n",
      escaped);
  g_autofree char *answer =
      g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\n"
                       "Content-Length: %" G_GSIZE_FORMAT "\r\nCache-Control: no-store\r\n"
                       "Content-Security-Policy: default-src 'none'\r\n"
                       "Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n%s",
                       status, strlen (page), page);

  /* Small enough for any socket's buffer; a browser that does not read it misses a courtesy. */
  g_socket_send (client->socket, answer, strlen (answer), NULL, NULL);
  g_socket_shutdown (client->socket, FALSE, TRUE, NULL);
}

/* In a time that does not tell how much was right. */
static gboolean
is_same (const char *a, const char *b)
{
  gsize length = strlen (a);
  guchar different = 0;

  if (strlen (b) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    different |= (guchar) a[i] ^ (guchar) b[i];
  return different == 0;
}

static void
set_refusal (GHashTable *values, GError **error)
{
  const char *code = g_hash_table_lookup (values, "error");
  const char *text = g_hash_table_lookup (values, "error_description");
  g_autofree char *said = text ? g_strdup_printf ("%s (%s)", text, code) : g_strdup (code);
  g_autofree char *clean = g_utf8_make_valid (said, -1);

  for (char *p = clean; *p; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  if (strcmp (code, "access_denied") == 0)
    g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
                         _ ("The sign-in was refused in the browser. Try again, and allow access "
                            "to your mail."));
  else
    g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
                 /* Translators: %s is what the provider said. */
                 _ ("The provider refused the sign-in: %.300s"), clean);
}

/* "GET /?code=…&state=… HTTP/1.1". What does not bear our state is answered, and changes nothing:
 * any page in the browser can ask this port for something. */
static Answer
judge (Client *client, const char *state, char **code, GError **error)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GHashTable) values = NULL;
  const char *given = NULL;
  char *line_end = strstr (client->request->str, "\r\n");

  *line_end = '\0';
  words = g_strsplit (client->request->str, " ", 3);
  if (g_strv_length (words) != 3 || strcmp (words[0], "GET") != 0)
    {
      say (client, "405 Method Not Allowed", _ ("This is not the answer that is waited for."));
      return ANSWER_NONE;
    }
  if (!g_str_has_prefix (words[1], "/?"))
    {
      say (client, "404 Not Found", _ ("This is not the answer that is waited for."));
      return ANSWER_NONE;
    }
  values = g_uri_parse_params (words[1] + 2, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  given = values ? g_hash_table_lookup (values, "state") : NULL;
  if (!given || !is_same (given, state))
    {
      say (
          client, "400 Bad Request",
          _ ("This answer does not belong to the sign-in that Wirebench began. Nothing was done."));
      return ANSWER_NONE;
    }
  if (g_hash_table_lookup (values, "error"))
    {
      set_refusal (values, error);
      say (client, "200 OK", _ ("The sign-in failed. Go back to Wirebench to see why."));
      return ANSWER_ERROR;
    }
  *code = g_strdup (g_hash_table_lookup (values, "code"));
  if (!*code || !**code)
    {
      g_clear_pointer (code, g_free);
      say (client, "400 Bad Request", _ ("This is not the answer that is waited for."));
      return ANSWER_NONE;
    }
  say (client, "200 OK", _ ("You are signed in. Close this page and go back to Wirebench."));
  return ANSWER_CODE;
}

static void
accept_client (WbOauthLoopback *self)
{
  GSocket *socket = g_socket_accept (self->socket, NULL, NULL);
  Client *client = NULL;

  if (!socket)
    return;
  /* The oldest has had its time; the newest may be the one. */
  if (self->clients->len == MAX_CLIENTS)
    g_ptr_array_remove_index (self->clients, 0);
  client = g_new0 (Client, 1);
  client->socket = socket;
  client->request = g_string_new (NULL);
  client->end = g_get_monotonic_time () + CLIENT_SECONDS * G_TIME_SPAN_SECOND;
  g_socket_set_blocking (socket, FALSE);
  g_ptr_array_add (self->clients, client);
}

/* Returns: whether there is more to wait for */
static gboolean
read_client (Client *client)
{
  char buffer[2048];
  gssize n = g_socket_receive (client->socket, buffer, sizeof buffer, NULL, NULL);

  if (n <= 0 || memchr (buffer, '\0', n) || client->request->len + n > MAX_REQUEST)
    return FALSE;
  g_string_append_len (client->request, buffer, n);
  explicit_bzero (buffer, sizeof buffer);
  return TRUE;
}

static gboolean
is_whole (const Client *client)
{
  return strstr (client->request->str, "\r\n\r\n") != NULL;
}

/* One round: whoever came, whoever said something. */
static Answer
serve (WbOauthLoopback *self, const char *state, char **code, GError **error)
{
  gint64 now = g_get_monotonic_time ();

  if (g_socket_condition_check (self->socket, G_IO_IN))
    accept_client (self);
  for (guint i = 0; i < self->clients->len;)
    {
      Client *client = g_ptr_array_index (self->clients, i);
      gboolean ready = g_socket_condition_check (client->socket, G_IO_IN | G_IO_HUP | G_IO_ERR);

      if (ready && !read_client (client))
        g_ptr_array_remove_index (self->clients, i);
      else if (is_whole (client))
        {
          Answer answer = judge (client, state, code, error);

          g_ptr_array_remove_index (self->clients, i);
          if (answer != ANSWER_NONE)
            return answer;
        }
      else if (now > client->end)
        g_ptr_array_remove_index (self->clients, i);
      else
        i++;
    }
  return ANSWER_NONE;
}

static void
wait_for_any (WbOauthLoopback *self, GCancellable *cancellable, int milliseconds)
{
  GPollFD fds[MAX_CLIENTS + 2];
  guint n = 0;
  gboolean watched;

  fds[n++] = (GPollFD){ g_socket_get_fd (self->socket), G_IO_IN, 0 };
  for (guint i = 0; i < self->clients->len; i++)
    {
      Client *client = g_ptr_array_index (self->clients, i);

      fds[n++] = (GPollFD){ g_socket_get_fd (client->socket), G_IO_IN, 0 };
    }
  watched = g_cancellable_make_pollfd (cancellable, &fds[n]);
  g_poll (fds, watched ? n + 1 : n, milliseconds);
  if (watched)
    g_cancellable_release_fd (cancellable);
}

/**
 * wb_oauth_loopback_wait:
 * @self: the place
 * @state: what the answer must bear (RFC 6749 §10.12)
 * @seconds: how long to wait for the person
 * @cancellable: (nullable): ends it
 * @error: set with %WB_MAIL_ERROR_LOGIN when the provider or the person refused, or nothing came
 *
 * Waits for the browser to come back. Whatever else comes, such as a request with another state,
 * is answered and not heeded. Blocks; on a worker.
 *
 * Returns: (transfer full) (nullable): the code (§4.1.2)
 */
char *
wb_oauth_loopback_wait (WbOauthLoopback *self,
                        const char *state,
                        guint seconds,
                        GCancellable *cancellable,
                        GError **error)
{
  gint64 end = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
  char *code = NULL;

  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      if (g_get_monotonic_time () >= end)
        {
          g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
                               _ ("Nobody signed in with the browser in time. Try again."));
          return NULL;
        }
      wait_for_any (self, cancellable, 1000);
      if (serve (self, state, &code, error) != ANSWER_NONE)
        return code;
    }
  return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-listener.h"

#include "wb-error.h"
#include "wb-lab-owner.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define CLIENTS_MAX 64
#define BACKLOG 128
/* The handshake of a client that says nothing must not hold a thread for the idle time. */
#define HANDSHAKE_TIMEOUT 30
/* What accept() failed for (EMFILE …) is seldom gone at once. */
#define RETRY_MSEC 100

typedef struct
{
  WbLabListener *listener;
  GSocketConnection *accepted;
  GThread *thread;
  gint done;
} Client;

/* Owned by the thread that starts and stops it, except @clients: by the accepting one. */
struct _WbLabListener
{
  char *protocol;
  char *busy;
  guint maximum;
  guint idle;
  guint16 port;
  GTlsCertificate *certificate;
  WbWire *wire;
  WbLabServeFunc serve;
  gpointer user_data;

  GSocket *sockets[2];
  guint n_sockets;
  GCancellable *cancellable;
  GThread *thread;
  GPtrArray *clients;
};

static void
client_free (Client *client)
{
  g_thread_join (client->thread);
  g_object_unref (client->accepted);
  g_free (client);
}

static gboolean
greet (WbLabListener *self, WbConnection *connection)
{
  g_autoptr (GError) error = NULL;

  if (self->certificate == NULL)
    return TRUE;
  wb_connection_set_timeout (connection, HANDSHAKE_TIMEOUT);
  if (!wb_connection_start_tls_server (connection, self->certificate, self->cancellable, &error))
    {
      g_debug ("%s: %s", self->protocol, error->message);
      return FALSE;
    }
  wb_connection_set_timeout (connection, self->idle);
  return TRUE;
}

/* Other people on this computer reach loopback as well; the lab is not theirs. */
static gboolean
is_ours (WbLabListener *self, GSocket *socket, WbConnection *connection)
{
  switch (wb_lab_owner_find (socket))
    {
    case WB_LAB_OWNER_OTHER:
      if (self->wire != NULL)
        wb_wire_note (self->wire, wb_connection_get_conversation (connection), WB_WIRE_NOTE, "%s",
                      _ ("Another user's program was turned away: the lab is for the person who "
                         "started it."));
      return FALSE;
    case WB_LAB_OWNER_GONE:
      return FALSE;
    case WB_LAB_OWNER_UNKNOWN:
    case WB_LAB_OWNER_SELF:
    default:
      return TRUE;
    }
}

static gpointer
client_thread (gpointer data)
{
  Client *client = data;
  WbLabListener *self = client->listener;
  GSocket *socket = g_socket_connection_get_socket (client->accepted);
  g_autoptr (WbConnection) connection = NULL;

  g_socket_set_option (socket, SOL_SOCKET, SO_OOBINLINE, 1, NULL);
  connection =
      wb_connection_new_accepted (client->accepted, self->protocol, self->wire, self->idle);
  if (is_ours (self, socket, connection) && greet (self, connection))
    self->serve (connection, self->cancellable, self->user_data);
  if (wb_connection_is_usable (connection) && !g_cancellable_is_cancelled (self->cancellable))
    wb_connection_close (connection, self->cancellable, NULL);
  else
    wb_connection_break (connection);
  g_atomic_int_set (&client->done, 1);
  return NULL;
}

/* Says so without blocking: this is the thread that accepts. */
static void
turn_away (WbLabListener *self, GSocket *socket)
{
  if (self->certificate == NULL && self->busy != NULL)
    {
      g_autofree char *line = g_strconcat (self->busy, "\r\n", NULL);

      g_socket_send_with_blocking (socket, line, strlen (line), FALSE, NULL, NULL);
    }
  g_socket_close (socket, NULL);
}

static void
reap (WbLabListener *self)
{
  for (guint i = self->clients->len; i > 0; i--)
    {
      Client *client = g_ptr_array_index (self->clients, i - 1);

      if (g_atomic_int_get (&client->done))
        g_ptr_array_remove_index_fast (self->clients, i - 1);
    }
}

static gboolean
accept_one (WbLabListener *self, GSocket *listening)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  Client *client;

  socket = g_socket_accept (listening, NULL, &error);
  if (socket == NULL)
    {
      g_debug ("%s: accept: %s", self->protocol, error->message);
      return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    }

  reap (self);
  if (self->clients->len >= self->maximum)
    {
      turn_away (self, socket);
      return TRUE;
    }

  client = g_new0 (Client, 1);
  client->listener = self;
  client->accepted = g_socket_connection_factory_create_connection (socket);
  name = g_strdup_printf ("lab-%s", self->protocol);
  client->thread = g_thread_try_new (name, client_thread, client, &error);
  if (client->thread == NULL)
    {
      g_debug ("%s: %s", self->protocol, error->message);
      turn_away (self, socket);
      g_object_unref (client->accepted);
      g_free (client);
      return FALSE;
    }
  g_ptr_array_add (self->clients, client);
  return TRUE;
}

static gpointer
accept_thread (gpointer data)
{
  WbLabListener *self = data;
  GPollFD fds[3];
  guint n = 0;

  if (!g_cancellable_make_pollfd (self->cancellable, &fds[n]))
    return NULL;
  n++;
  for (guint i = 0; i < self->n_sockets; i++, n++)
    {
      fds[n].fd = g_socket_get_fd (self->sockets[i]);
      fds[n].events = G_IO_IN;
    }

  while (!g_cancellable_is_cancelled (self->cancellable))
    {
      gboolean well = TRUE;

      for (guint i = 0; i < n; i++)
        fds[i].revents = 0;
      g_poll (fds, n, -1);
      for (guint i = 0; i < self->n_sockets; i++)
        if (fds[i + 1].revents != 0 && !g_cancellable_is_cancelled (self->cancellable))
          well = accept_one (self, self->sockets[i]) && well;
      if (!well)
        g_poll (fds, 1, RETRY_MSEC);
    }

  g_cancellable_release_fd (self->cancellable);
  g_ptr_array_set_size (self->clients, 0);
  return NULL;
}

static GSocket *
listen_on (GSocketFamily family, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  g_autoptr (GSocket) socket = NULL;

  socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static gboolean
open_sockets (WbLabListener *self, guint16 port, GError **error)
{
  g_autofree char *where = g_strdup_printf ("127.0.0.1:%u", port);
  g_autoptr (GSocketAddress) address = NULL;

  self->sockets[0] = listen_on (G_SOCKET_FAMILY_IPV4, port, error);
  if (self->sockets[0] != NULL)
    address = g_socket_get_local_address (self->sockets[0], error);
  if (address == NULL)
    {
      wb_error_translate (error, where);
      return FALSE;
    }
  self->n_sockets = 1;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

  /* IPv6 as well where the system has it and nobody else took that number there. */
  self->sockets[1] = listen_on (G_SOCKET_FAMILY_IPV6, self->port, NULL);
  if (self->sockets[1] != NULL)
    self->n_sockets = 2;
  return TRUE;
}

/**
 * wb_lab_listener_start:
 * @options: what to serve and how
 *
 * Listens on 127.0.0.1, and on ::1 where the same port is free there, never on another
 * address, and begins to accept.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): the listener, or %NULL with %WB_ERROR_ADDRESS_IN_USE,
 *   %WB_ERROR_PERMISSION or %WB_ERROR_FAILED set
 */
WbLabListener *
wb_lab_listener_start (const WbLabListenerOptions *options, GError **error)
{
  g_autoptr (WbLabListener) self = NULL;

  g_return_val_if_fail (options != NULL && options->serve != NULL, NULL);

  self = g_new0 (WbLabListener, 1);
  self->protocol = g_strdup (options->protocol);
  self->busy = g_strdup (options->busy);
  self->maximum = options->maximum != 0 ? options->maximum : CLIENTS_MAX;
  self->idle = options->idle;
  g_set_object (&self->certificate, options->certificate);
  g_set_object (&self->wire, options->wire);
  self->serve = options->serve;
  self->user_data = options->user_data;
  self->cancellable = g_cancellable_new ();
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);

  if (!open_sockets (self, options->port, error))
    return NULL;
  self->thread = g_thread_try_new ("lab-accept", accept_thread, self, error);
  if (self->thread == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * wb_lab_listener_get_port:
 *
 * Safe from any thread.
 *
 * Returns: the port that it listens on
 */
guint16
wb_lab_listener_get_port (WbLabListener *self)
{
  return self->port;
}

/**
 * wb_lab_listener_stop:
 * @self: (transfer full): the listener
 *
 * Stops listening, ends every client and waits for their threads, then frees the
 * listener.
 */
void
wb_lab_listener_stop (WbLabListener *self)
{
  g_return_if_fail (self != NULL);

  g_cancellable_cancel (self->cancellable);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  for (guint i = 0; i < G_N_ELEMENTS (self->sockets); i++)
    {
      if (self->sockets[i] != NULL)
        g_socket_close (self->sockets[i], NULL);
      g_clear_object (&self->sockets[i]);
    }
  g_ptr_array_unref (self->clients);
  g_object_unref (self->cancellable);
  g_clear_object (&self->certificate);
  g_clear_object (&self->wire);
  g_free (self->protocol);
  g_free (self->busy);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-server-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

#define BACKLOG 4096

static void
set_bind_error (GError **error, int code, const char *address, guint16 port)
{
  g_autofree char *name =
      g_strdup_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address, port);

  switch (code)
    {
    case EADDRINUSE:
      g_set_error (error, WB_ERROR, WB_ERROR_ADDRESS_IN_USE,
                   /* Translators: %s is an address and port, such as "127.0.0.1:8000". */
                   _ ("While opening the port: another program already uses %s. Choose another "
                      "port, or 0 for a free one."),
                   name);
      break;
    case EACCES:
    case EPERM:
      g_set_error (error, WB_ERROR, WB_ERROR_PERMISSION,
                   /* Translators: %s is an address and port, such as "127.0.0.1:80". */
                   _ ("While opening the port: the system keeps %s for itself, as it does with "
                      "the ports below 1024. Choose one above, or 0 for a free one."),
                   name);
      break;
    case EADDRNOTAVAIL:
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is a numeric address. */
                   _ ("While opening the port: this machine has no address %s. Choose 127.0.0.1 "
                      "for this machine alone, or 0.0.0.0 for all of its addresses."),
                   address);
      break;
    case EAFNOSUPPORT:
      g_set_error (error, WB_ERROR, WB_ERROR_UNSUPPORTED,
                   /* Translators: %s is a numeric address. */
                   _ ("While opening the port: this machine does not speak the protocol of the "
                      "address %s."),
                   address);
      break;
    default:
      g_set_error (error, WB_ERROR, WB_ERROR_FAILED,
                   /* Translators: %1$s is an address and port, %2$s the system's reason. */
                   _ ("While opening the port %1$s: %2$s"), name, g_strerror (code));
      break;
    }
}

/* A socket bound to an address, and listening if it is TCP; not blocking. */
GSocket *
wb_socket_bind (WbSocketTransport transport, const char *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) target = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) failure = NULL;
  gboolean stream = transport == WB_SOCKET_TCP;
  guint8 native[128];
  int yes = 1;
  int fd;

  if (target == NULL)
    {
      g_autofree char *shown = g_utf8_make_valid (address, -1);

      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is what was typed as an address. */
                   _ ("“%s” is not a numeric address. Choose 127.0.0.1 for this machine alone, or "
                      "0.0.0.0 for all of its addresses."),
                   shown);
      return NULL;
    }

  socket = g_socket_new (g_socket_address_get_family (target),
                         stream ? G_SOCKET_TYPE_STREAM : G_SOCKET_TYPE_DATAGRAM,
                         stream ? G_SOCKET_PROTOCOL_TCP : G_SOCKET_PROTOCOL_UDP, &failure);
  if (socket == NULL)
    {
      set_bind_error (error, EAFNOSUPPORT, address, port);
      return NULL;
    }
  g_socket_set_blocking (socket, FALSE);
  fd = g_socket_get_fd (socket);
  if (stream)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  else
    setsockopt (fd, SOL_SOCKET, SO_RXQ_OVFL, &yes, sizeof yes);

  /* Not g_socket_bind() and g_socket_listen(): of their errors only some can be told apart. */
  if (!g_socket_address_to_native (target, native, sizeof native, &failure) ||
      bind (fd, (struct sockaddr *) native, (socklen_t) g_socket_address_get_native_size (target)) <
          0 ||
      (stream && listen (fd, BACKLOG) < 0))
    {
      set_bind_error (error, failure != NULL ? EINVAL : errno, address, port);
      return NULL;
    }
  return g_steal_pointer (&socket);
}

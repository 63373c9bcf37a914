/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_QUARK (wb_error, wb_error)

/**
 * wb_check_line_argument:
 * @what: what the value is, in the person's language, such as "user name"
 * @value: what would be sent as part of a line
 *
 * Refuses a value that holds CR or LF, which would end the line early and let the
 * rest pass as a command of its own. (NUL cannot occur in a C string; whoever
 * makes one from bytes checks for it there.)
 *
 * Safe from any thread.
 *
 * Returns: %TRUE if @value can stand in a line, else %FALSE with
 *   %WB_ERROR_INVALID set
 */
gboolean
wb_check_line_argument (const char *what, const char *value, GError **error)
{
  g_return_val_if_fail (what != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (strpbrk (value, "\r\n") == NULL)
    return TRUE;

  g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
               /* Translators: %s is what was typed, such as "user name". */
               _ ("The %s contains a line break, which would start a new command. Remove it."),
               what);
  return FALSE;
}

static const struct
{
  int io_code;
  WbError code;
} io_codes[] = {
  { G_IO_ERROR_TIMED_OUT, WB_ERROR_TIMED_OUT },
  { G_IO_ERROR_CONNECTION_REFUSED, WB_ERROR_REFUSED },
  { G_IO_ERROR_HOST_NOT_FOUND, WB_ERROR_NOT_FOUND },
  { G_IO_ERROR_HOST_UNREACHABLE, WB_ERROR_UNREACHABLE },
  { G_IO_ERROR_NETWORK_UNREACHABLE, WB_ERROR_UNREACHABLE },
  { G_IO_ERROR_CONNECTION_CLOSED, WB_ERROR_CLOSED },
  { G_IO_ERROR_BROKEN_PIPE, WB_ERROR_CLOSED },
  { G_IO_ERROR_NOT_CONNECTED, WB_ERROR_CLOSED },
  { G_IO_ERROR_ADDRESS_IN_USE, WB_ERROR_ADDRESS_IN_USE },
  { G_IO_ERROR_PERMISSION_DENIED, WB_ERROR_PERMISSION },
};

static char *
describe (WbError code, const char *peer, const char *message)
{
  switch (code)
    {
    case WB_ERROR_TIMED_OUT:
      /* Translators: %s is the peer, such as "ftp.example.org:21". */
      return g_strdup_printf (_ ("%s did not answer in time. Check the address and the port, or "
                                 "try again later."),
                              peer);
    case WB_ERROR_REFUSED:
      /* Translators: %s is the peer, such as "ftp.example.org:21". */
      return g_strdup_printf (_ ("%s refused the connection: nothing listens there. Check the "
                                 "port, and that the server runs."),
                              peer);
    case WB_ERROR_NOT_FOUND:
      /* Translators: %s is the peer, such as "ftp.example.org:21". */
      return g_strdup_printf (_ ("%s was not found. Check the spelling of the host name."), peer);
    case WB_ERROR_UNREACHABLE:
      /* Translators: %s is the peer, such as "ftp.example.org:21". */
      return g_strdup_printf (_ ("No way leads to %s. Check the network connection."), peer);
    case WB_ERROR_CLOSED:
      /* Translators: %s is the peer, such as "ftp.example.org:21". */
      return g_strdup_printf (_ ("%s closed the connection."), peer);
    case WB_ERROR_ADDRESS_IN_USE:
      /* Translators: %s is an address and port, such as "127.0.0.1:8000". */
      return g_strdup_printf (_ ("Another program already uses %s. Choose another port, or 0 "
                                 "for a free one."),
                              peer);
    case WB_ERROR_PERMISSION:
      /* Translators: %s is an address and port, such as "127.0.0.1:80". */
      return g_strdup_printf (_ ("The system does not permit the use of %s. Ports below 1024 are "
                                 "the system's."),
                              peer);
    case WB_ERROR_FAILED:
    case WB_ERROR_INVALID:
    case WB_ERROR_PROTOCOL:
    case WB_ERROR_TOO_LARGE:
    case WB_ERROR_TLS:
    case WB_ERROR_UNTRUSTED:
    case WB_ERROR_UNSUPPORTED:
    default:
      return g_strdup_printf ("%s: %s", peer, message);
    }
}

/**
 * wb_error_translate:
 * @error: (inout): an error as GIO set it
 * @peer: whom it was about, such as "ftp.example.org:21"
 *
 * Turns an error of GIO's sockets, resolver or TLS into one of %WB_ERROR that says
 * in plain words what happened and what to do. Leaves `G_IO_ERROR_CANCELLED` and
 * errors of other domains as they are.
 */
void
wb_error_translate (GError **error, const char *peer)
{
  WbError code = WB_ERROR_FAILED;
  g_autofree char *message = NULL;

  g_return_if_fail (peer != NULL);

  if (error == NULL || *error == NULL)
    return;
  if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if ((*error)->domain == G_TLS_ERROR)
    code = WB_ERROR_TLS;
  else if ((*error)->domain == G_RESOLVER_ERROR)
    code = WB_ERROR_NOT_FOUND;
  else if ((*error)->domain == G_IO_ERROR)
    {
      for (guint i = 0; i < G_N_ELEMENTS (io_codes); i++)
        if (io_codes[i].io_code == (*error)->code)
          code = io_codes[i].code;
    }
  else
    return;

  message = describe (code, peer, (*error)->message);
  g_clear_error (error);
  g_set_error_literal (error, WB_ERROR, code, message);
}

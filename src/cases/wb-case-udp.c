/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Cases 01 to 03: UDP. */

#define G_LOG_DOMAIN "wb-cases"

#include "config.h"

#include "wb-case-private.h"

#include "wb-error.h"
#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define ANSWER "Got it: "
#define ANSWER_NO_TEXT "That was no text: "

/* The most that one datagram carries on IPv4 (RFC 768, RFC 791). */
#define DATAGRAM_MAX 65507

/* Microseconds between two reports of a server that is asked without end. */
#define REPORT_INTERVAL (G_USEC_PER_SEC / 10)

static void
unref_bytes (gpointer data)
{
  g_bytes_unref (data);
}

/* Steps 0 and 1 of a server: make a socket, bind it. Returns the address that it got. */
static GSocketAddress *
make_and_bind (WbCaseRun *run, WbCaseSocket *server, GError **error)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", run->options->port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *text = NULL;

  if (!wb_case_run_refuse_against (run, error))
    return NULL;

  wb_case_run_begin (run, 0);
  if (!wb_case_socket_make (server, run, G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, error))
    return NULL;
  wb_case_run_done (run, _ ("a UDP socket, file descriptor %d"), g_socket_get_fd (server->socket));

  wb_case_run_begin (run, 1);
  if (!g_socket_bind (server->socket, address, FALSE, error))
    {
      text = wb_case_describe_address (address);
      wb_error_translate (error, text);
      return NULL;
    }
  bound = g_socket_get_local_address (server->socket, error);
  if (bound == NULL)
    return NULL;
  text = wb_case_describe_address (bound);
  wb_case_socket_log_open (server, TRUE, NULL);
  /* Translators: %s is an address and port, such as "127.0.0.1:8001". */
  wb_case_run_done (run, _ ("bound to %s"), text);
  return g_steal_pointer (&bound);
}

static GBytes *
make_answer (const char *prefix, GBytes *received)
{
  GByteArray *answer = g_byte_array_new ();
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (received, &length);

  g_byte_array_append (answer, (const guint8 *) prefix, strlen (prefix));
  g_byte_array_append (answer, data, MIN (length, DATAGRAM_MAX - strlen (prefix)));
  return g_byte_array_free_to_bytes (answer);
}

static char *
show_bytes (WbCaseRun *run, GBytes *bytes)
{
  gsize length = 0;
  const void *data = g_bytes_get_data (bytes, &length);

  return wb_case_run_show (run, data != NULL ? data : "", length);
}

/**
 * wb_case_udp_server: (skip)
 *
 * Case 01: make a socket, bind it, receive, answer.
 */
gboolean
wb_case_udp_server (WbCaseRun *run, GError **error)
{
  g_auto (WbCaseSocket) server = { 0 };
  g_autoptr (WbCasePeer) peer = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (unref_bytes);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) client = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autofree char *from = NULL;
  g_autofree char *text = NULL;
  GBytes *message = wb_case_run_encode (run, wb_case_run_get_text (run), error);

  if (message == NULL)
    return FALSE;
  g_ptr_array_add (messages, message);
  address = make_and_bind (run, &server, error);
  if (address == NULL)
    return FALSE;

  wb_case_run_begin (run, 2);
  peer = wb_case_peer_start (address, G_SOCKET_TYPE_DATAGRAM, messages, NULL);
  received = wb_case_socket_receive (&server, &client, run->cancellable, error);
  if (received == NULL)
    return FALSE;
  from = wb_case_describe_address (client);
  text = show_bytes (run, received);
  /* Translators: the number counts bytes, the first %s is an address, the second what was said. */
  wb_case_run_done (run, _ ("%u bytes from %s: “%s”"), (guint) g_bytes_get_size (received), from,
                    text);

  wb_case_run_begin (run, 3);
  answer = make_answer (ANSWER, received);
  if (!wb_case_socket_send (&server, client, g_bytes_get_data (answer, NULL),
                            g_bytes_get_size (answer), run->cancellable, error))
    return FALSE;
  if (wb_case_peer_finish (g_steal_pointer (&peer)) == 1)
    /* Translators: the number counts bytes, %s is an address. */
    wb_case_run_done (run, _ ("%u bytes to %s, and they arrived"),
                      (guint) g_bytes_get_size (answer), from);
  else
    /* Translators: the number counts bytes, %s is an address. */
    wb_case_run_done (run, _ ("%u bytes to %s; the client did not see them"),
                      (guint) g_bytes_get_size (answer), from);
  return TRUE;
}

/* Whether nobody listens shows too late to try the next address, so IPv4 goes first, where most
 * listen.
 */
static GSocketAddress *
choose_address (GPtrArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    if (g_socket_address_get_family (addresses->pdata[i]) == G_SOCKET_FAMILY_IPV4)
      return addresses->pdata[i];
  return addresses->pdata[0];
}

/**
 * wb_case_udp_client: (skip)
 *
 * Case 02: make a socket, send to the server, receive the answer.
 */
gboolean
wb_case_udp_client (WbCaseRun *run, GError **error)
{
  g_auto (WbCaseSocket) client = { 0 };
  g_autoptr (GPtrArray) addresses = wb_case_run_find_addresses (run, WB_LAB_UDP_ECHO, error);
  GSocketAddress *address;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autofree char *to = NULL;
  g_autofree char *text = NULL;

  if (addresses == NULL)
    return FALSE;
  address = choose_address (addresses);
  to = wb_case_describe_address (address);
  message = wb_case_run_encode (run, wb_case_run_get_text (run), error);
  if (message == NULL)
    return FALSE;

  wb_case_run_begin (run, 0);
  if (!wb_case_socket_make (&client, run, g_socket_address_get_family (address),
                            G_SOCKET_TYPE_DATAGRAM, error))
    return FALSE;
  wb_case_run_done (run, _ ("a UDP socket, file descriptor %d"), g_socket_get_fd (client.socket));

  /* Connecting a UDP socket sends nothing; it lets the system report that nobody listens there. */
  wb_case_run_begin (run, 1);
  if (!g_socket_connect (client.socket, address, run->cancellable, error))
    return FALSE;
  wb_case_socket_log_open (&client, FALSE, address);
  if (!wb_case_socket_send (&client, NULL, g_bytes_get_data (message, NULL),
                            g_bytes_get_size (message), run->cancellable, error))
    return FALSE;
  /* Translators: the number counts bytes, the first %s is an address, the second a charset. */
  wb_case_run_done (run, _ ("%u bytes to %s, the text in %s"), (guint) g_bytes_get_size (message),
                    to, run->charset);

  wb_case_run_begin (run, 2);
  answer = wb_case_socket_receive (&client, NULL, run->cancellable, error);
  if (answer == NULL)
    return FALSE;
  text = show_bytes (run, answer);
  /* Translators: the number counts bytes, the first %s is an address, the second what was said. */
  wb_case_run_done (run, _ ("%u bytes from %s: “%s”"), (guint) g_bytes_get_size (answer), to, text);
  return TRUE;
}

/* What the client of case 03 says: good, odd, empty, long, good. */
static GPtrArray *
make_messages (WbCaseRun *run, GError **error)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (unref_bytes);
  g_autofree char *big = g_strnfill (60000, 'x');
  GBytes *text = wb_case_run_encode (run, wb_case_run_get_text (run), error);

  if (text == NULL)
    return NULL;
  g_ptr_array_add (messages, text);
  g_ptr_array_add (messages, g_bytes_new ("\xff\xfe\0\x80\xff", 5));
  g_ptr_array_add (messages, g_bytes_new ("", 0));
  g_ptr_array_add (messages, g_bytes_new (big, 60000));
  g_ptr_array_add (messages, g_bytes_ref (text));
  return g_steal_pointer (&messages);
}

typedef struct
{
  guint64 good;
  guint64 bad;
  gint64 reported;
} Endless;

/* Answers one datagram, whatever is in it. */
static gboolean
serve_one (WbCaseRun *run, WbCaseSocket *server, GCancellable *stop, Endless *count, GError **error)
{
  g_autoptr (GSocketAddress) client = NULL;
  g_autoptr (GBytes) received = wb_case_socket_receive (server, &client, stop, error);
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) problem = NULL;
  g_autofree char *decoded = NULL;
  g_autofree char *shown = NULL;
  gsize length = 0;
  const void *data;
  gint64 now = g_get_monotonic_time ();
  gboolean report;

  if (received == NULL)
    return FALSE;
  data = g_bytes_get_data (received, &length);
  decoded = wb_text_decode (data != NULL ? data : "", length, run->charset, &problem);
  answer = make_answer (decoded != NULL ? ANSWER : ANSWER_NO_TEXT, received);
  /* An answer that cannot be sent is the client's loss, not the server's end. */
  if (!wb_case_socket_send (server, client, g_bytes_get_data (answer, NULL),
                            g_bytes_get_size (answer), stop, NULL) &&
      g_cancellable_set_error_if_cancelled (stop, error))
    return FALSE;

  report = now - count->reported >= REPORT_INTERVAL || count->good + count->bad < 16;
  if (decoded != NULL)
    count->good++;
  else
    count->bad++;
  if (!report)
    return TRUE;

  count->reported = now;
  shown = show_bytes (run, received);
  /* The third step was begun before anybody came. */
  if (!run->in_step || decoded == NULL)
    wb_case_run_begin (run, decoded != NULL ? 2 : 3);
  if (decoded != NULL)
    /* Translators: the first number counts datagrams, the second bytes, %s is what was said. */
    wb_case_run_done (run, _ ("answered datagram %" PRIu64 ", %u bytes: “%s”"),
                      count->good + count->bad, (guint) length, shown);
  else
    /* Translators: the first %s is what was received, the second what is wrong with it. */
    wb_case_run_done (run, _ ("“%s” is no text, and the server goes on: %s"), shown,
                      problem->message);
  return TRUE;
}

static void
stop_cb (GCancellable *cancellable, gpointer stop)
{
  g_cancellable_cancel (stop);
}

/**
 * wb_case_udp_endless: (skip)
 *
 * Case 03: case 01 without end. It survives what is no text, what is empty and what
 * is long, and stops when it is cancelled, or when its own client is done.
 */
gboolean
wb_case_udp_endless (WbCaseRun *run, GError **error)
{
  g_auto (WbCaseSocket) server = { 0 };
  g_autoptr (WbCasePeer) peer = NULL;
  g_autoptr (GPtrArray) messages = make_messages (run, error);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  g_autoptr (GError) ended = NULL;
  Endless count = { 0 };
  gulong handler = 0;

  if (messages == NULL)
    return FALSE;
  address = make_and_bind (run, &server, error);
  if (address == NULL)
    return FALSE;

  g_socket_set_timeout (server.socket, 0);
  if (run->cancellable != NULL)
    handler = g_cancellable_connect (run->cancellable, G_CALLBACK (stop_cb), stop, NULL);
  wb_case_run_begin (run, 2);
  peer = wb_case_peer_start (address, G_SOCKET_TYPE_DATAGRAM, messages,
                             run->options->endless ? NULL : stop);
  while (serve_one (run, &server, stop, &count, &ended))
    continue;
  g_cancellable_disconnect (run->cancellable, handler);

  if (!g_error_matches (ended, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&ended));
      return FALSE;
    }

  if (count.bad == 0)
    {
      wb_case_run_begin (run, 3);
      /* Translators: %s is a charset, such as "ISO-8859-1". */
      wb_case_run_done (run,
                        _ ("whatever came was text in %s; empty and long ones were no trouble"),
                        run->charset);
    }

  wb_case_run_begin (run, 4);
  /* Translators: both numbers count datagrams. */
  wb_case_run_done (run,
                    _ ("stopped as asked after %" PRIu64 " datagrams, %" PRIu64 " of them no text"),
                    count.good + count.bad, count.bad);
  return TRUE;
}

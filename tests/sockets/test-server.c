/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wb-socket-client.h"
#include "wb-socket-server.h"

#include <locale.h>
#include <string.h>
#include <sys/socket.h>

static WbSocketServer *
start (const WbSocketServerOptions *options)
{
  g_autoptr (GError) error = NULL;
  WbSocketServer *server = wb_socket_server_start (options, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (wb_socket_server_get_port (server), >, 0);
  return server;
}

static WbSocketClient *
connect_to (WbSocketServer *server, WbSocketTransport transport, WbTrust *trust)
{
  WbSocketClientOptions options = { .transport = transport,
                                    .host = "127.0.0.1",
                                    .port = wb_socket_server_get_port (server),
                                    .tls = trust != NULL,
                                    .trust = trust };
  g_autoptr (GError) error = NULL;
  WbSocketClient *client = wb_socket_client_connect (&options, NULL, &error);

  g_assert_no_error (error);
  return client;
}

static void
send_text (WbSocketClient *client, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  g_assert_true (wb_socket_client_send (client, bytes, NULL, &error));
  g_assert_no_error (error);
}

static void
expect_text (WbSocketClient *client, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) got = g_string_new (NULL);
  gboolean end = FALSE;

  do
    {
      g_autoptr (GBytes) bytes = wb_socket_client_receive (client, 20000, &end, NULL, &error);

      g_assert_no_error (error);
      g_assert_false (end);
      g_string_append_len (got, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
    }
  while (got->len < strlen (text));
  g_assert_cmpstr (got->str, ==, text);
}

static void
expect_end (WbSocketClient *client)
{
  g_autoptr (GError) error = NULL;
  gboolean end = FALSE;
  g_autoptr (GBytes) bytes = wb_socket_client_receive (client, 20000, &end, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  g_assert_true (end);
}

static void
test_udp (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  WbSocketServerOptions options = { .transport = WB_SOCKET_UDP,
                                    .reply = WB_SOCKET_REPLY_ECHO,
                                    .wire = wire };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (WbSocketClient) client = connect_to (server, WB_SOCKET_UDP, NULL);
  WbSocketCounters counters;

  send_text (client, "one");
  expect_text (client, "one");
  /* An empty datagram is one, and not the end. */
  {
    g_autoptr (GError) error = NULL;
    gboolean end = TRUE;
    g_autoptr (GBytes) nothing = NULL;

    send_text (client, "");
    nothing = wb_socket_client_receive (client, 20000, &end, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (nothing), ==, 0);
    g_assert_false (end);
  }
  send_text (client, "two");
  expect_text (client, "two");
  wb_socket_server_get_counters (server, &counters);
  g_assert_cmpuint (counters.messages, ==, 3);
  g_assert_cmpuint (counters.bytes_in, ==, 6);
  g_assert_cmpuint (counters.bytes_out, ==, 6);
  g_assert_cmpuint (counters.clients, ==, 1);
}

/* The longest datagram goes there and back; one byte more is refused in plain words. */
static void
test_udp_too_long (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_UDP, .reply = WB_SOCKET_REPLY_ECHO };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (WbSocketClient) client = connect_to (server, WB_SOCKET_UDP, NULL);
  g_autofree char *many = g_strnfill (65508, 'x');
  g_autoptr (GBytes) long_one = g_bytes_new (many, 65508);
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_socket_client_send (client, long_one, NULL, &error));
  g_assert_error (error, WB_SOCKET_ERROR, WB_SOCKET_ERROR_TOO_LONG);
  g_assert_nonnull (strstr (error->message, "65508"));
  g_assert_nonnull (strstr (error->message, "65507"));
  many[65507] = '\0';
  send_text (client, many);
  expect_text (client, many);
}

static void
test_udp_truncated (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_UDP, .reply = WB_SOCKET_REPLY_ECHO };
  g_autoptr (WbSocketServer) server = start (&options);
  WbSocketClientOptions small = { .transport = WB_SOCKET_UDP,
                                  .host = "127.0.0.1",
                                  .port = wb_socket_server_get_port (server),
                                  .receive_size = 4 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbSocketClient) client = wb_socket_client_connect (&small, NULL, &error);

  g_assert_no_error (error);
  send_text (client, "four");
  expect_text (client, "four");
  g_assert_false (wb_socket_client_get_truncated (client));
  send_text (client, "fifth");
  expect_text (client, "fift");
  g_assert_true (wb_socket_client_get_truncated (client));
}

/* Nobody listens: the refusal is told, and the socket serves on when somebody does. */
static void
test_udp_refused (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_UDP, .reply = WB_SOCKET_REPLY_ECHO };
  WbSocketServer *server = start (&options);
  g_autoptr (WbSocketClient) client = connect_to (server, WB_SOCKET_UDP, NULL);
  g_autoptr (GError) error = NULL;

  options.port = wb_socket_server_get_port (server);
  g_object_unref (server);

  send_text (client, "anybody?");
  g_assert_null (wb_socket_client_receive (client, 20000, NULL, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_null (wb_socket_client_receive (client, 0, NULL, NULL, &error));
  g_assert_error (error, WB_SOCKET_ERROR, WB_SOCKET_ERROR_NO_ANSWER);

  server = start (&options);
  send_text (client, "now?");
  expect_text (client, "now?");
  g_object_unref (server);
}

static void
test_tcp (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP, .reply = WB_SOCKET_REPLY_ECHO };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (WbSocketClient) client = connect_to (server, WB_SOCKET_TCP, NULL);
  g_autoptr (GError) error = NULL;

  send_text (client, "one");
  expect_text (client, "one");
  send_text (client, "two");
  g_assert_true (wb_socket_client_shutdown (client, &error));
  g_assert_no_error (error);
  expect_text (client, "two");
  expect_end (client);
}

static void
test_tls (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = wb_socket_make_certificate (NULL, &error);
  g_autofree char *pin = wb_trust_get_fingerprint (certificate);
  g_autoptr (WbTrust) trust = wb_trust_new ();
  g_autoptr (WbTrust) stranger = wb_trust_new ();
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP,
                                    .reply = WB_SOCKET_REPLY_ECHO,
                                    .certificate = certificate };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (WbSocketClient) client = NULL;
  g_autoptr (WbSocketClient) refused = NULL;
  g_autofree char *many = g_strnfill (300000, 'x');
  WbSocketClientOptions unknown = { .transport = WB_SOCKET_TCP,
                                    .host = "127.0.0.1",
                                    .port = wb_socket_server_get_port (server),
                                    .tls = TRUE,
                                    .trust = stranger };

  g_assert_no_error (error);
  refused = wb_socket_client_connect (&unknown, NULL, &error);
  g_assert_null (refused);
  g_assert_error (error, WB_ERROR, WB_ERROR_UNTRUSTED);
  g_clear_error (&error);

  wb_trust_add_pin (trust, "127.0.0.1", wb_socket_server_get_port (server), pin, &error);
  g_assert_no_error (error);
  client = connect_to (server, WB_SOCKET_TCP, trust);
  send_text (client, "secret");
  expect_text (client, "secret");
  /* More than one record, and more than the socket takes at once. */
  send_text (client, many);
  expect_text (client, many);
  g_assert_true (wb_socket_client_shutdown (client, &error));
  g_assert_no_error (error);
  expect_end (client);
}

static void
test_framing (void)
{
  g_autoptr (GBytes) reply = g_bytes_new_static ("ok\n", 3);
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP,
                                    .reply = WB_SOCKET_REPLY_FIXED,
                                    .reply_bytes = reply,
                                    .framing = WB_SOCKET_FRAMING_LINE };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (WbSocketClient) client = connect_to (server, WB_SOCKET_TCP, NULL);
  g_autoptr (GError) error = NULL;
  WbSocketCounters counters;

  send_text (client, "a");
  send_text (client, "b\nc\nd");
  expect_text (client, "ok\nok\n");
  send_text (client, "\nlast");
  expect_text (client, "ok\n");
  g_assert_true (wb_socket_client_shutdown (client, &error));
  expect_text (client, "ok\n");
  expect_end (client);
  wb_socket_server_get_counters (server, &counters);
  g_assert_cmpuint (counters.messages, ==, 4);
}

static void
stopped_cb (WbSocketServer *server, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static void
test_stop_after (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP,
                                    .reply = WB_SOCKET_REPLY_ECHO,
                                    .stop_after = 2 };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (WbSocketClient) client = connect_to (server, WB_SOCKET_TCP, NULL);

  g_signal_connect (server, "stopped", G_CALLBACK (stopped_cb), loop);
  send_text (client, "one");
  expect_text (client, "one");
  g_assert_true (wb_socket_server_is_running (server));
  send_text (client, "two");
  expect_text (client, "two");
  expect_end (client);
  g_main_loop_run (loop);
  g_assert_false (wb_socket_server_is_running (server));
  wb_socket_server_wait (server);
}

/* The program speaks first, to one client of several, and ends it. */
static void
test_peers (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP, .reply = WB_SOCKET_REPLY_ECHO };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (WbSocketClient) first = connect_to (server, WB_SOCKET_TCP, NULL);
  g_autoptr (WbSocketClient) second = connect_to (server, WB_SOCKET_TCP, NULL);
  g_autoptr (GBytes) hello = g_bytes_new_static ("hello", 5);
  g_autoptr (GArray) peers = NULL;
  g_autoptr (GArray) one = NULL;
  g_autoptr (GError) error = NULL;
  guint64 id;

  send_text (first, "a");
  expect_text (first, "a");
  send_text (second, "b");
  expect_text (second, "b");
  peers = wb_socket_server_dup_peers (server, 10);
  g_assert_cmpuint (peers->len, ==, 2);
  one = wb_socket_server_dup_peers (server, 1);
  g_assert_cmpuint (one->len, ==, 1);
  id = g_array_index (peers, WbSocketPeer, 1).id;
  g_assert_cmpuint (id, <, g_array_index (one, WbSocketPeer, 0).id);
  g_assert_cmpuint (g_array_index (peers, WbSocketPeer, 1).bytes_in, ==, 1);

  g_assert_true (wb_socket_server_send (server, id, hello, &error));
  expect_text (first, "hello");
  wb_socket_server_disconnect (server, id);
  expect_end (first);
  g_assert_false (wb_socket_server_send (server, id, hello, &error));
  g_assert_error (error, WB_SOCKET_ERROR, WB_SOCKET_ERROR_NO_CLIENT);
  send_text (second, "c");
  expect_text (second, "c");
}

/* A client that sends and never reads: the server stops reading from it in time. */
static void
test_zero_window (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP, .reply = WB_SOCKET_REPLY_ECHO };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (GSocketClient) raw = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *many = g_malloc0 (65536);
  GSocket *socket;
  WbSocketCounters counters;
  guint64 sent = 0;
  guint64 got = 0;

  connection = g_socket_client_connect_to_host (raw, "127.0.0.1",
                                                wb_socket_server_get_port (server), NULL, &error);
  g_assert_no_error (error);
  socket = g_socket_connection_get_socket (connection);
  g_socket_set_blocking (socket, FALSE);
  /* Until nothing more goes for a while, since the server takes no more. */
  while (g_socket_condition_timed_wait (socket, G_IO_OUT, G_USEC_PER_SEC / 2, NULL, NULL))
    {
      gssize n = g_socket_send (socket, many, 65536, NULL, NULL);

      sent += (guint64) MAX (n, 0);
      g_assert_cmpuint (sent, <, 64 * 1024 * 1024);
    }
  wb_socket_server_get_counters (server, &counters);
  g_assert_cmpuint (counters.bytes_in - counters.bytes_out, <=, 512 * 1024);

  /* And when the client reads, it gets everything. */
  g_socket_shutdown (socket, FALSE, TRUE, NULL);
  g_socket_set_blocking (socket, TRUE);
  for (;;)
    {
      gssize n = g_socket_receive (socket, many, 65536, NULL, &error);

      g_assert_no_error (error);
      if (n == 0)
        break;
      got += (guint64) n;
    }
  g_assert_cmpuint (got, ==, sent);
}

static void
test_errors (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (WbSocketServer) second = NULL;
  g_autoptr (GError) error = NULL;

  options.port = wb_socket_server_get_port (server);
  second = wb_socket_server_start (&options, &error);
  g_assert_null (second);
  g_assert_error (error, WB_ERROR, WB_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, "0 for a free one"));
  g_clear_error (&error);

  options.address = "192.0.2.1";
  g_assert_null (wb_socket_server_start (&options, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "192.0.2.1"));
  g_clear_error (&error);

  options.address = "somewhere";
  g_assert_null (wb_socket_server_start (&options, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
  g_clear_error (&error);

  options.address = NULL;
  options.framing = WB_SOCKET_FRAMING_DELIMITER;
  g_assert_null (wb_socket_server_start (&options, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (20000);
  g_cancellable_cancel (data);
  return NULL;
}

/* Cancelled before, at once and soon. */
static void
test_cancel (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP };
  g_autoptr (WbSocketServer) server = start (&options);
  static const WbSocketTransport transports[] = { WB_SOCKET_TCP, WB_SOCKET_UDP };

  for (guint i = 0; i < G_N_ELEMENTS (transports); i++)
    {
      g_autoptr (WbSocketClient) client = connect_to (server, transports[i], NULL);
      g_autoptr (GCancellable) before = g_cancellable_new ();
      g_autoptr (GCancellable) soon = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread;

      g_cancellable_cancel (before);
      g_assert_null (wb_socket_client_receive (client, -1, NULL, before, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);

      thread = g_thread_new ("cancel", cancel_thread, soon);
      g_assert_null (wb_socket_client_receive (client, -1, NULL, soon, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_thread_join (thread);
    }
}

/* As many clients as are permitted, and one more. */
static void
test_limit (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP,
                                    .reply = WB_SOCKET_REPLY_ECHO,
                                    .maximum_clients = 1 };
  g_autoptr (WbSocketServer) server = start (&options);
  g_autoptr (WbSocketClient) first = connect_to (server, WB_SOCKET_TCP, NULL);
  g_autoptr (WbSocketClient) second = NULL;
  WbSocketCounters counters;

  send_text (first, "a");
  expect_text (first, "a");
  second = connect_to (server, WB_SOCKET_TCP, NULL);
  expect_end (second);
  wb_socket_server_get_counters (server, &counters);
  g_assert_cmpuint (counters.refused, ==, 1);
  g_assert_cmpuint (counters.clients, ==, 1);
  send_text (first, "b");
  expect_text (first, "b");
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/udp", test_udp);
  g_test_add_func ("/server/udp-too-long", test_udp_too_long);
  g_test_add_func ("/server/udp-truncated", test_udp_truncated);
  g_test_add_func ("/server/udp-refused", test_udp_refused);
  g_test_add_func ("/server/tcp", test_tcp);
  g_test_add_func ("/server/tls", test_tls);
  g_test_add_func ("/server/framing", test_framing);
  g_test_add_func ("/server/stop-after", test_stop_after);
  g_test_add_func ("/server/peers", test_peers);
  g_test_add_func ("/server/zero-window", test_zero_window);
  g_test_add_func ("/server/errors", test_errors);
  g_test_add_func ("/server/cancel", test_cancel);
  g_test_add_func ("/server/limit", test_limit);
  return g_test_run ();
}

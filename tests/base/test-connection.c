/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-connection.h"

#include <string.h>

#include "wb-error.h"

/* A peer of our own making: accepts one client and does as its script says. */
typedef struct
{
  GSocketListener *listener;
  guint16 port;
  void (*script) (GSocket *client, gpointer data);
  gpointer data;
  GThread *thread;
} Peer;

static gpointer
peer_thread (gpointer user_data)
{
  Peer *peer = user_data;
  g_autoptr (GSocketConnection) client = NULL;

  client = g_socket_listener_accept (peer->listener, NULL, NULL, NULL);
  if (client != NULL)
    peer->script (g_socket_connection_get_socket (client), peer->data);
  return NULL;
}

static Peer *
peer_new (void (*script) (GSocket *client, gpointer data), gpointer data)
{
  Peer *peer = g_new0 (Peer, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  peer->listener = g_socket_listener_new ();
  peer->script = script;
  peer->data = data;
  g_assert_true (g_socket_listener_add_address (peer->listener, any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  peer->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  peer->thread = g_thread_new ("peer", peer_thread, peer);
  return peer;
}

static void
peer_free (Peer *peer)
{
  g_thread_join (peer->thread);
  g_socket_listener_close (peer->listener);
  g_object_unref (peer->listener);
  g_free (peer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)

static WbConnection *
connect_to (Peer *peer, WbWire *wire, WbTrust *trust, guint timeout, guint deadline)
{
  g_autoptr (GError) error = NULL;
  WbConnectOptions options = {
    .protocol = "test",
    .host = "127.0.0.1",
    .port = peer->port,
    .timeout = timeout,
    .deadline = deadline,
    .wire = wire,
    .trust = trust,
  };
  WbConnection *connection = wb_connection_open (&options, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (connection);
  return connection;
}

/* Sends its text one byte at a time, then waits for the client to leave. */
static void
drip (GSocket *client, gpointer data)
{
  char end[16];

  for (const char *p = data; *p != '\0'; p++)
    if (g_socket_send (client, p, 1, NULL, NULL) != 1)
      return;
  g_socket_shutdown (client, FALSE, TRUE, NULL);
  while (g_socket_receive (client, end, sizeof end, NULL, NULL) > 0)
    ;
}

static void
gush (GSocket *client, gpointer data)
{
  char end[16];

  g_socket_send (client, data, strlen (data), NULL, NULL);
  g_socket_shutdown (client, FALSE, TRUE, NULL);
  while (g_socket_receive (client, end, sizeof end, NULL, NULL) > 0)
    ;
}

static void
be_silent (GSocket *client, gpointer data)
{
  char end[16];

  while (g_socket_receive (client, end, sizeof end, NULL, NULL) > 0)
    ;
}

static void
test_lines (gconstpointer script)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_autoptr (Peer) peer = peer_new (script, (gpointer) "220 hello\r\nno cr\n\r\nlast");
  g_autoptr (WbConnection) connection = connect_to (peer, wire, NULL, 0, 0);
  g_autoptr (GError) error = NULL;
  const char *expected[] = { "220 hello", "no cr", "" };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      gsize length = 99;
      g_autofree char *line = wb_connection_read_line (connection, &length, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (line, ==, expected[i]);
      g_assert_cmpuint (length, ==, strlen (expected[i]));
    }

  g_assert_null (wb_connection_read_line (connection, NULL, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_CLOSED);
  g_assert_false (wb_connection_is_usable (connection));
  g_clear_error (&error);
  g_assert_false (wb_connection_write_line (connection, "NOOP", NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_CLOSED);
  wb_connection_close (connection, NULL, NULL);
}

static gboolean
collect (const void *data, gsize length, gpointer user_data, GError **error)
{
  g_string_append_len (user_data, data, length);
  return TRUE;
}

static const struct
{
  const char *wire;
  const char *text;
} dotted[] = {
  { ".\r\n", "" },
  { "a\r\n.\r\n", "a\r\n" },
  { "..\r\n.\r\n", ".\r\n" },
  { "..a\r\nb.\r\n...\r\n.\r\n", ".a\r\nb.\r\n..\r\n" },
  { "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n" },
  { "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n" },
  { "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n" },
  { "\r\n\r\n.\r\n", "\r\n\r\n" },
  { "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n" },
};

static void
test_dotted_in (gconstpointer script)
{
  for (guint i = 0; i < G_N_ELEMENTS (dotted); i++)
    {
      g_autofree char *sent = g_strconcat (dotted[i].wire, "+OK next\r\n", NULL);
      g_autoptr (Peer) peer = peer_new (script, sent);
      g_autoptr (WbConnection) connection = connect_to (peer, NULL, NULL, 0, 0);
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *next = NULL;

      wb_connection_read_dotted (connection, 1000, collect, text, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text->str, ==, dotted[i].text);
      next = wb_connection_read_line (connection, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (next, ==, "+OK next");
      wb_connection_close (connection, NULL, NULL);
    }
}

static void
test_dotted_in_too_large (void)
{
  g_autoptr (Peer) peer = peer_new (gush, (gpointer) "0123456789\r\n.\r\n");
  g_autoptr (WbConnection) connection = connect_to (peer, NULL, NULL, 0, 0);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_connection_read_dotted (connection, 11, collect, text, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_TOO_LARGE);
  wb_connection_close (connection, NULL, NULL);
}

static void
read_all (GSocket *client, gpointer data)
{
  char buffer[4096];
  gssize got = 0;

  while ((got = g_socket_receive (client, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (data, buffer, got);
}

static const struct
{
  const char *text;
  const char *wire;
} dotted_out[] = {
  { "", ".\r\n" },
  { "a", "a\r\n.\r\n" },
  { "a\r\n", "a\r\n.\r\n" },
  { "a\n", "a\r\n.\r\n" },
  { ".", "..\r\n.\r\n" },
  { "..\r\n.\r\nQUIT\r\n", "...\r\n..\r\nQUIT\r\n.\r\n" },
  { "a\n.\nMAIL FROM:<x>\n", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n" },
  { "a\r.\rMAIL\r", "a\r\n..\r\nMAIL\r\n.\r\n" },
  { "a\r\n.\rb", "a\r\n..\r\nb\r\n.\r\n" },
  { "\n\n", "\r\n\r\n.\r\n" },
};

static void
test_dotted_out (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dotted_out); i++)
    {
      g_autoptr (GString) got = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      Peer *peer = peer_new (read_all, got);
      g_autoptr (WbConnection) connection = connect_to (peer, NULL, NULL, 0, 0);

      wb_connection_queue_dotted (connection, dotted_out[i].text, strlen (dotted_out[i].text), NULL,
                                  &error);
      g_assert_no_error (error);
      wb_connection_close (connection, NULL, &error);
      g_assert_no_error (error);
      peer_free (peer);
      g_assert_cmpstr (got->str, ==, dotted_out[i].wire);
    }
}

/* Wherever a text is cut, it goes out the same. */
static void
test_dotted_pieces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dotted_out); i++)
    for (gsize cut = 0; cut <= strlen (dotted_out[i].text); cut++)
      {
        g_autoptr (GString) got = g_string_new (NULL);
        g_autoptr (GError) error = NULL;
        Peer *peer = peer_new (read_all, got);
        g_autoptr (WbConnection) connection = connect_to (peer, NULL, NULL, 0, 0);
        const char *text = dotted_out[i].text;
        WbConnectionText state = WB_CONNECTION_TEXT_INIT;

        wb_connection_queue_piece (connection, text, cut, &state, NULL, &error);
        g_assert_no_error (error);
        wb_connection_queue_piece (connection, text + cut, strlen (text) - cut, &state, NULL,
                                   &error);
        g_assert_no_error (error);
        g_assert_cmpuint (state.done, ==, strlen (text));
        wb_connection_queue_end (connection, &state, &error);
        g_assert_no_error (error);
        wb_connection_close (connection, NULL, &error);
        g_assert_no_error (error);
        peer_free (peer);
        g_assert_cmpstr (got->str, ==, dotted_out[i].wire);
      }
}

static void
test_injection (void)
{
  g_autoptr (GString) got = g_string_new (NULL);
  Peer *peer = peer_new (read_all, got);
  g_autoptr (WbConnection) connection = connect_to (peer, NULL, NULL, 0, 0);
  const char *evil[] = { "DELE a\r\nDELE b", "NOOP\n", "NOOP\r" };

  for (guint i = 0; i < G_N_ELEMENTS (evil); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (wb_connection_write_line (connection, evil[i], NULL, &error));
      g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
      g_clear_error (&error);
      g_assert_false (wb_connection_write_secret_line (connection, "PASS ", evil[i], NULL, &error));
      g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
      g_assert_null (strstr (error->message, evil[i]));
    }
  wb_connection_close (connection, NULL, NULL);
  peer_free (peer);
  g_assert_cmpstr (got->str, ==, "");
}

static gboolean
wire_holds (WbWire *wire, const char *needle)
{
  guint64 first = 0;
  guint64 end = 0;

  wb_wire_get_range (wire, &first, &end);
  for (guint64 i = first; i < end; i++)
    {
      g_auto (WbWireEvent) event = { 0 };
      gsize length = 0;
      const char *data = NULL;

      g_assert_true (wb_wire_get_event (wire, i, &event));
      data = g_bytes_get_data (event.data, &length);
      if (g_strstr_len (data, length, needle) != NULL)
        return TRUE;
    }
  return FALSE;
}

static gssize
mask_pass (const char *line, gsize length, gpointer user_data)
{
  return length > 5 && strncmp (line, "PASS ", 5) == 0 ? 5 : -1;
}

static void
test_secrets_are_masked (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_autoptr (Peer) peer = peer_new (gush, (gpointer) "PASS in-canary\r\n");
  g_autoptr (WbConnection) connection = connect_to (peer, wire, NULL, 0, 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  wb_connection_set_read_mask (connection, mask_pass, NULL);
  line = wb_connection_read_line (connection, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "PASS in-canary");
  wb_connection_write_secret_line (connection, "PASS ", "out-canary", NULL, &error);
  g_assert_no_error (error);
  wb_connection_close (connection, NULL, NULL);

  g_assert_true (wire_holds (wire, "PASS " WB_WIRE_MASK));
  g_assert_false (wire_holds (wire, "in-canary"));
  g_assert_false (wire_holds (wire, "out-canary"));
}

/* 100 MB without a line end. */
static void
endless_line (GSocket *client, gpointer data)
{
  char block[65536];

  memset (block, 'x', sizeof block);
  for (guint i = 0; i < 1600; i++)
    if (g_socket_send (client, block, sizeof block, NULL, NULL) < 0)
      return;
}

static void
test_line_cap (void)
{
  g_autoptr (Peer) peer = peer_new (endless_line, NULL);
  g_autoptr (WbConnection) connection = connect_to (peer, NULL, NULL, 0, 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_connection_read_line (connection, NULL, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_TOO_LARGE);
  wb_connection_close (connection, NULL, NULL);
}

static void
test_silence_times_out (void)
{
  g_autoptr (Peer) peer = peer_new (be_silent, NULL);
  g_autoptr (WbConnection) connection = connect_to (peer, NULL, NULL, 1, 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_connection_read_line (connection, NULL, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_TIMED_OUT);
  wb_connection_close (connection, NULL, NULL);
}

/* A byte now and then, for ever: no single read times out, so the deadline has to. */
static void
trickle (GSocket *client, gpointer data)
{
  g_socket_set_blocking (client, FALSE);
  while (g_socket_send (client, "x", 1, NULL, NULL) == 1)
    if (g_socket_condition_timed_wait (client, G_IO_IN | G_IO_HUP, 100 * 1000, NULL, NULL))
      return;
}

static void
test_deadline (void)
{
  g_autoptr (Peer) peer = peer_new (trickle, NULL);
  g_autoptr (WbConnection) connection = connect_to (peer, NULL, NULL, 30, 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_connection_read_line (connection, NULL, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_TIMED_OUT);
  wb_connection_close (connection, NULL, NULL);
}

static gpointer
cancel_thread (gpointer data)
{
  GCancellable *cancellable = data;
  GPollFD fd = { 0 };

  /* Something to wait on that never comes; this is the "soon" of a cancel that arrives in the
   * middle of a blocked read. */
  g_poll (&fd, 0, 20);
  g_cancellable_cancel (cancellable);
  g_object_unref (cancellable);
  return NULL;
}

static void
test_cancel (gconstpointer when)
{
  g_autoptr (Peer) peer = peer_new (be_silent, NULL);
  g_autoptr (WbConnection) connection = connect_to (peer, NULL, NULL, 0, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  if (GPOINTER_TO_INT (when) == 0)
    g_cancellable_cancel (cancellable);
  else
    g_thread_unref (g_thread_new ("cancel", cancel_thread, g_object_ref (cancellable)));

  g_assert_null (wb_connection_read_line (connection, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (wb_connection_is_usable (connection));
  wb_connection_close (connection, NULL, NULL);
}

static void
test_start_tls_leftover (void)
{
  g_autoptr (WbTrust) trust = wb_trust_new ();
  g_autoptr (Peer) peer = peer_new (gush, (gpointer) "220 go ahead\r\n250 injected\r\n");
  g_autoptr (WbConnection) connection = connect_to (peer, NULL, trust, 0, 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = wb_connection_read_line (connection, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (wb_connection_start_tls (connection, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_PROTOCOL);
  g_assert_false (wb_connection_get_tls (connection));
  g_assert_false (wb_connection_is_usable (connection));
  wb_connection_close (connection, NULL, NULL);
}

static void
test_tls_to_plain_server (void)
{
  g_autoptr (WbTrust) trust = wb_trust_new ();
  g_autoptr (Peer) peer = peer_new (gush, (gpointer) "220 hello, I am plain\r\n");
  g_autoptr (GError) error = NULL;
  WbConnectOptions options = {
    .protocol = "test", .host = "127.0.0.1", .port = peer->port, .tls = TRUE, .trust = trust
  };

  g_assert_null (wb_connection_open (&options, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_TLS);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "does not speak TLS"));
}

static void
test_refused (void)
{
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  WbConnectOptions options = { .protocol = "test", .host = "127.0.0.1" };

  /* Bound and not listening: nobody else can have the port, and it refuses. */
  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  options.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));

  g_assert_null (wb_connection_open (&options, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_REFUSED);
}

/* A resolver of our own making, which knows one name: it has an address of either kind. */
#define TWO_ADDRESSES "both.test"

typedef struct
{
  GResolver parent_instance;
} TwoResolver;

typedef struct
{
  GResolverClass parent_class;
} TwoResolverClass;

GType two_resolver_get_type (void);

G_DEFINE_TYPE (TwoResolver, two_resolver, G_TYPE_RESOLVER)

static void
look_up (GResolver *resolver,
         const char *name,
         GResolverNameLookupFlags flags,
         GCancellable *cancellable,
         GAsyncReadyCallback callback,
         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GList *list = NULL;

  g_assert_cmpstr (name, ==, TWO_ADDRESSES);
  if (!(flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY))
    list = g_list_prepend (list, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
  if (!(flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY))
    list = g_list_prepend (list, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6));
  g_task_return_pointer (task, list, NULL);
}

static void
look_up_all (GResolver *resolver,
             const char *name,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  look_up (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback, user_data);
}

static GList *
looked_up (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
two_resolver_class_init (TwoResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_async = look_up_all;
  resolver_class->lookup_by_name_finish = looked_up;
  resolver_class->lookup_by_name_with_flags_async = look_up;
  resolver_class->lookup_by_name_with_flags_finish = looked_up;
}

static void
two_resolver_init (TwoResolver *self)
{
}

/* A socket at ::1 that answers nobody any more: what connects to it waits for ever. */
static GSocket *
listen_deaf (guint16 port, GPtrArray *waiting)
{
  GSocket *deaf =
      g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("::1", port);

  g_socket_set_listen_backlog (deaf, 0);
  if (!g_socket_bind (deaf, address, FALSE, NULL) || !g_socket_listen (deaf, NULL))
    {
      g_object_unref (deaf);
      return NULL;
    }
  for (;;)
    {
      GSocket *one =
          g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

      g_ptr_array_add (waiting, one);
      g_socket_set_blocking (one, FALSE);
      g_socket_connect (one, address, NULL, NULL);
      if (!g_socket_condition_timed_wait (one, G_IO_OUT, 500 * 1000, NULL, NULL))
        return deaf;
    }
}

static void
test_dead_ipv6 (void)
{
  g_autoptr (GResolver) before = g_resolver_get_default ();
  g_autoptr (GResolver) both = g_object_new (two_resolver_get_type (), NULL);
  g_autoptr (GPtrArray) waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (Peer) peer = peer_new (gush, (gpointer) "220 here\r\n");
  g_autoptr (GSocket) deaf = listen_deaf (peer->port, waiting);
  g_autoptr (WbConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  WbConnectOptions options = {
    .protocol = "test",
    .host = TWO_ADDRESSES,
    .port = peer->port,
    .timeout = 60,
  };

  if (deaf == NULL)
    options.host = "127.0.0.1";
  g_resolver_set_default (both);
  connection = wb_connection_open (&options, NULL, &error);
  g_resolver_set_default (before);
  g_assert_no_error (error);
  line = wb_connection_read_line (connection, NULL, NULL, &error);
  g_assert_cmpstr (line, ==, "220 here");
  wb_connection_close (connection, NULL, NULL);
  if (deaf == NULL)
    g_test_skip ("there is no IPv6 here, or its port is taken");
}

static void
test_not_found (void)
{
  g_autoptr (GError) error = NULL;
  WbConnectOptions options = { .protocol = "test", .host = "no-such-host.invalid", .port = 21 };

  g_assert_null (wb_connection_open (&options, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_NOT_FOUND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/connection/lines/drip", drip, test_lines);
  g_test_add_data_func ("/connection/lines/gush", gush, test_lines);
  g_test_add_data_func ("/connection/dotted-in/drip", drip, test_dotted_in);
  g_test_add_data_func ("/connection/dotted-in/gush", gush, test_dotted_in);
  g_test_add_func ("/connection/dotted-in/too-large", test_dotted_in_too_large);
  g_test_add_func ("/connection/dotted-out", test_dotted_out);
  g_test_add_func ("/connection/dotted-out-in-pieces", test_dotted_pieces);
  g_test_add_func ("/connection/injection", test_injection);
  g_test_add_func ("/connection/secrets-are-masked", test_secrets_are_masked);
  g_test_add_func ("/connection/line-cap", test_line_cap);
  g_test_add_func ("/connection/silence-times-out", test_silence_times_out);
  g_test_add_func ("/connection/deadline", test_deadline);
  g_test_add_data_func ("/connection/cancel/before", GINT_TO_POINTER (0), test_cancel);
  g_test_add_data_func ("/connection/cancel/soon", GINT_TO_POINTER (1), test_cancel);
  g_test_add_func ("/connection/start-tls-leftover", test_start_tls_leftover);
  g_test_add_func ("/connection/tls-to-plain-server", test_tls_to_plain_server);
  g_test_add_func ("/connection/refused", test_refused);
  g_test_add_func ("/connection/dead-ipv6", test_dead_ipv6);
  g_test_add_func ("/connection/not-found", test_not_found);

  return g_test_run ();
}

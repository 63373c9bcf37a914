/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-listen.h"
#include "wb-cli-payload.h"

#include "wb-json.h"
#include "wb-socket-client.h"
#include "wb-text-codec.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (256 * 1024 * 1024)
#define DEFAULT_TIMEOUT 30
#define PIECE (64 * 1024)

typedef struct
{
  WbCli *cli;
  WbSocketClient *client;
  GBytes *bytes;         /* NULL: the standard input */
  gboolean half_close;   /* when everything is sent */
  GCancellable *sending; /* cancelled when nothing needs to be sent any more */
  GError *error;
} Sender;

/* Sends the standard input as it comes. */
static gboolean
send_input (Sender *sender, GError **error)
{
  g_autofree char *buffer = g_malloc (PIECE);

  for (;;)
    {
      struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 },
                              { g_cancellable_get_fd (sender->sending), POLLIN, 0 } };
      g_autoptr (GBytes) piece = NULL;
      gssize n;

      poll (fds, 2, -1);
      g_cancellable_release_fd (sender->sending);
      if (g_cancellable_set_error_if_cancelled (sender->sending, error))
        return FALSE;
      if (fds[0].revents == 0)
        continue;
      n = read (STDIN_FILENO, buffer, PIECE);
      if (n < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n <= 0)
        return TRUE;
      piece = g_bytes_new (buffer, (gsize) n);
      if (!wb_socket_client_send (sender->client, piece, sender->sending, error))
        return FALSE;
    }
}

static gpointer
sender_thread (gpointer data)
{
  Sender *sender = data;
  gboolean ok;

  if (sender->bytes != NULL)
    ok = wb_socket_client_send (sender->client, sender->bytes, sender->sending, &sender->error);
  else
    ok = send_input (sender, &sender->error);
  if (ok && sender->half_close)
    wb_socket_client_shutdown (sender->client, &sender->error);
  return NULL;
}

static void
show_received (WbCli *cli, const WbCliPayload *payload, GBytes *bytes, gboolean raw)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  if (wb_cli_get_json (cli))
    {
      g_autofree char *text = wb_text_decode_lossy (data, length, payload->charset);
      g_autofree char *hex = wb_text_format_hex (data, length);
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autoptr (JsonNode) root = NULL;
      g_autofree char *line = NULL;

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "event");
      json_builder_add_string_value (builder, "received");
      json_builder_set_member_name (builder, "size");
      json_builder_add_int_value (builder, (gint64) length);
      json_builder_set_member_name (builder, "text");
      json_builder_add_string_value (builder, text);
      json_builder_set_member_name (builder, "hex");
      json_builder_add_string_value (builder, hex);
      json_builder_end_object (builder);
      root = json_builder_get_root (builder);
      line = wb_json_to_string (root);
      wb_cli_print (cli, "%s\n", line);
    }
  else if (raw)
    {
      if (fwrite (data, 1, length, stdout) != length || fflush (stdout) != 0)
        g_cancellable_cancel (wb_cli_get_cancellable (cli));
    }
  else
    {
      g_autofree char *shown = wb_cli_show_text (payload, data, length);

      wb_cli_print (cli, "%s", shown);
    }
}

/* Shows what comes until the end. With WAIT_MS ≥ 0 so long a silence is an end as well, unless
 * nothing came at all. */
static gboolean
receive_all (WbCli *cli,
             const WbCliPayload *payload,
             WbSocketClient *client,
             gint64 wait_ms,
             GError **error)
{
  gboolean raw = !isatty (STDOUT_FILENO) && payload->charset == NULL;
  gint64 timeout = wait_ms;
  gboolean any = FALSE;
  gboolean end = FALSE;

  if (wait_ms < 0)
    timeout =
        1000 * (gint64) (wb_cli_get_timeout (cli) > 0 ? wb_cli_get_timeout (cli) : DEFAULT_TIMEOUT);
  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      g_autoptr (GBytes) bytes =
          wb_socket_client_receive (client, timeout, &end, wb_cli_get_cancellable (cli), &failure);

      if (bytes == NULL && any && wait_ms >= 0 &&
          g_error_matches (failure, WB_SOCKET_ERROR, WB_SOCKET_ERROR_NO_ANSWER))
        return TRUE;
      if (bytes == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (end)
        return TRUE;
      any = TRUE;
      show_received (cli, payload, bytes, raw);
    }
}

static void
cancel_cb (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static int
talk (WbCli *cli,
      const WbCliPayload *payload,
      WbSocketClient *client,
      GBytes *bytes,
      gint64 wait_ms)
{
  g_autoptr (GCancellable) sending = g_cancellable_new ();
  Sender sender = { cli, client, bytes, wait_ms < 0, sending, NULL };
  g_autoptr (GError) error = NULL;
  GThread *thread;
  gulong handler;
  gboolean ok = TRUE;
  int status;

  handler =
      g_cancellable_connect (wb_cli_get_cancellable (cli), G_CALLBACK (cancel_cb), sending, NULL);
  thread = g_thread_new ("sender", sender_thread, &sender);
  /* Of what is given on the command line all is sent before the time of the answer begins. */
  if (bytes != NULL && wait_ms >= 0)
    {
      g_thread_join (g_steal_pointer (&thread));
      ok = sender.error == NULL;
    }
  ok = ok && receive_all (cli, payload, client, wait_ms, &error);
  g_cancellable_cancel (sending);
  if (thread != NULL)
    g_thread_join (thread);
  g_cancellable_disconnect (wb_cli_get_cancellable (cli), handler);
  wb_socket_client_close (client);

  /* A peer that ends before it has taken everything breaks the sending off: that comes first. */
  if (sender.error != NULL && (!g_error_matches (sender.error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
                               g_cancellable_is_cancelled (wb_cli_get_cancellable (cli))))
    status = wb_cli_fail (cli, sender.error);
  else
    status = ok ? WB_CLI_DONE : wb_cli_fail (cli, error);
  g_clear_error (&sender.error);
  return status;
}

/**
 * wb_cli_tcp_connect:
 *
 * `wire tcp connect HOST:PORT`: case 05.
 *
 * Returns: the exit code
 */
int
wb_cli_tcp_connect (WbCli *cli)
{
  g_auto (WbCliPayload) payload = { 0 };
  g_autofree char *wait = NULL;
  gboolean tls = FALSE;
  const GOptionEntry entries[] = {
    WB_CLI_PAYLOAD_ENTRIES (payload),
    { "tls", 0, 0, G_OPTION_ARG_NONE, &tls, N_ ("Speak TLS"), NULL },
    { "wait", 'w', 0, G_OPTION_ARG_STRING, &wait,
      N_ ("Keep the connection open until nothing has come for so long"), N_ ("SECONDS") },
    { NULL },
  };
  WbSocketClientOptions options = { .transport = WB_SOCKET_TCP };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WbSocketClient) client = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  gint64 wait_ms = -1;
  int status;

  if (!wb_cli_parse (cli, entries, 1, 1, &status))
    return status;
  if (!wb_parse_host_port (wb_cli_get_arguments (cli)[0], NULL, &host, &options.port, &error) ||
      !wb_cli_payload_check (&payload, &error) ||
      (wait != NULL && !wb_cli_parse_seconds (wait, &wait_ms, &error)))
    return wb_cli_usage (cli, error->message);
  if (wb_cli_payload_is_set (&payload))
    {
      bytes = wb_cli_payload_load (cli, &payload, FILE_MAX, &error);
      if (bytes == NULL)
        return payload.file != NULL ? wb_cli_fail (cli, error) : wb_cli_usage (cli, error->message);
    }

  options.host = host;
  options.tls = tls;
  options.timeout = wb_cli_get_timeout (cli);
  options.wire = wb_cli_get_wire (cli);
  options.trust = wb_cli_get_trust (cli, host, options.port, &error);
  if (options.trust == NULL)
    return wb_cli_fail (cli, error);
  client = wb_socket_client_connect (&options, wb_cli_get_cancellable (cli), &error);
  if (client == NULL)
    return wb_cli_fail (cli, error);
  return talk (cli, &payload, client, bytes, wait_ms);
}

static gboolean
parse_framing (const char *name, WbSocketFraming *framing)
{
  static const char *const names[] = { "none", "line", "length2", "length4", "delimiter" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      {
        *framing = (WbSocketFraming) i;
        return TRUE;
      }
  return FALSE;
}

/* The certificate of `--cert` and `--key`, or one that is made now. */
static GTlsCertificate *
get_certificate (WbCli *cli, const char *cert, const char *key, GError **error)
{
  g_autofree char *host = NULL;
  g_autoptr (GError) ignored = NULL;
  guint16 port;

  if (cert != NULL && key != NULL)
    return g_tls_certificate_new_from_files (cert, key, error);
  if (cert != NULL)
    return g_tls_certificate_new_from_file (cert, error);
  wb_parse_host_port (wb_cli_get_arguments (cli)[0], "127.0.0.1", &host, &port, &ignored);
  return wb_socket_make_certificate (host, error);
}

/**
 * wb_cli_tcp_listen:
 *
 * `wire tcp listen [ADDR:]PORT`: case 04.
 *
 * Returns: the exit code
 */
int
wb_cli_tcp_listen (WbCli *cli)
{
  g_auto (WbCliListen) listen = { 0 };
  g_autofree char *framing = NULL;
  g_autofree char *delimiter = NULL;
  g_autofree char *cert = NULL;
  g_autofree char *key = NULL;
  gboolean tls = FALSE;
  int clients = 0;
  const GOptionEntry entries[] = {
    WB_CLI_LISTEN_ENTRIES (listen),
    { "framing", 0, 0, G_OPTION_ARG_STRING, &framing,
      N_ ("Where a message ends: none, line, length2, length4 or delimiter"), N_ ("KIND") },
    { "delimiter", 0, 0, G_OPTION_ARG_STRING, &delimiter,
      N_ ("What ends a message, with escapes such as \\r\\n"), N_ ("TEXT") },
    { "tls", 0, 0, G_OPTION_ARG_NONE, &tls,
      N_ ("Speak TLS, with a certificate made for this run unless one is given"), NULL },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &cert, N_ ("The certificate, in PEM"), N_ ("FILE") },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, N_ ("Its private key, in PEM"), N_ ("FILE") },
    { "clients", 0, 0, G_OPTION_ARG_INT, &clients, N_ ("Serve so many at a time at most"),
      N_ ("NUMBER") },
    { NULL },
  };
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP };
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GBytes) end = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!wb_cli_parse (cli, entries, 1, 1, &status))
    return status;
  if (framing != NULL && !parse_framing (framing, &options.framing))
    return wb_cli_usage (cli, _ ("--framing takes none, line, length2, length4 or delimiter."));
  if (clients < 0)
    return wb_cli_usage (cli, _ ("--clients takes a number from 1 on."));
  if (options.framing == WB_SOCKET_FRAMING_DELIMITER && delimiter == NULL)
    return wb_cli_usage (cli, _ ("--framing delimiter needs --delimiter as well."));
  if (delimiter != NULL)
    {
      end = wb_text_parse_escapes (delimiter, listen.payload.charset, &error);
      if (end == NULL)
        return wb_cli_usage (cli, error->message);
      if (framing == NULL)
        options.framing = WB_SOCKET_FRAMING_DELIMITER;
    }
  if (key != NULL && cert == NULL)
    return wb_cli_usage (cli, _ ("--key needs --cert as well."));
  if (tls || cert != NULL)
    {
      certificate = get_certificate (cli, cert, key, &error);
      if (certificate == NULL)
        return wb_cli_fail (cli, error);
    }

  options.delimiter = end;
  options.certificate = certificate;
  options.maximum_clients = (guint) clients;
  return wb_cli_listen_run (cli, &listen, &options);
}

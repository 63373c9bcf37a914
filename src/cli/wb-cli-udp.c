/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-listen.h"
#include "wb-cli-payload.h"

#include "wb-json.h"
#include "wb-socket-client.h"
#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

/* More than any datagram holds, so that one that is too long is told so by the sending. */
#define FILE_MAX (16 * 1024 * 1024)

typedef struct
{
  WbCli *cli;
  const WbCliPayload *payload;
  WbSocketClient *client;
  guint64 sent;
  guint64 answers;
  gint64 last_sent; /* monotonic */
} Exchange;

static void
show_answer (Exchange *exchange, GBytes *answer)
{
  gsize length;
  const void *data = g_bytes_get_data (answer, &length);
  gboolean truncated = wb_socket_client_get_truncated (exchange->client);

  if (wb_cli_get_json (exchange->cli))
    {
      g_autofree char *text = wb_text_decode_lossy (data, length, exchange->payload->charset);
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
      json_builder_set_member_name (builder, "truncated");
      json_builder_add_boolean_value (builder, truncated);
      json_builder_set_member_name (builder, "milliseconds");
      json_builder_add_double_value (
          builder, (double) (g_get_monotonic_time () - exchange->last_sent) / 1000);
      json_builder_end_object (builder);
      root = json_builder_get_root (builder);
      line = wb_json_to_string (root);
      wb_cli_print (exchange->cli, "%s\n", line);
    }
  else
    {
      g_autofree char *shown = wb_cli_show_bytes (exchange->payload, data, length);

      wb_cli_print (exchange->cli, "%s%s%s\n", shown, truncated ? " " : "",
                    truncated ? _ ("(truncated)") : "");
    }
}

/* Shows what comes until UNTIL (monotonic), or until there are as many answers as datagrams. FALSE
 * when the exchange cannot go on; what was refused is the caller's to tell at the end. */
static gboolean
receive_until (Exchange *exchange, gint64 until, gboolean all, GError **error)
{
  while (all || exchange->answers < exchange->sent)
    {
      gint64 left = MAX ((until - g_get_monotonic_time () + 999) / 1000, 0);
      g_autoptr (GBytes) answer = NULL;
      g_autoptr (GError) failure = NULL;

      answer = wb_socket_client_receive (exchange->client, left, NULL,
                                         wb_cli_get_cancellable (exchange->cli), &failure);
      if (answer == NULL)
        {
          if (g_error_matches (failure, WB_SOCKET_ERROR, WB_SOCKET_ERROR_NO_ANSWER))
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      exchange->answers++;
      show_answer (exchange, answer);
    }
  return TRUE;
}

static gboolean
exchange_all (Exchange *exchange,
              GBytes *bytes,
              gint64 count,
              double rate,
              gint64 wait_ms,
              GError **error)
{
  gint64 begin = g_get_monotonic_time ();

  for (gint64 i = 0; i < count; i++)
    {
      gint64 next = rate > 0 ? begin + (gint64) ((double) i * G_USEC_PER_SEC / rate) : 0;

      /* Between two of them there is time for answers, or just time. */
      while (next > g_get_monotonic_time ())
        {
          if (wait_ms > 0 && !receive_until (exchange, next, TRUE, error))
            return FALSE;
          else if (wait_ms <= 0)
            wb_cli_wait (exchange->cli, (next - g_get_monotonic_time ()) / 1000 + 1);
          if (g_cancellable_set_error_if_cancelled (wb_cli_get_cancellable (exchange->cli), error))
            return FALSE;
        }
      if (!wb_socket_client_send (exchange->client, bytes, wb_cli_get_cancellable (exchange->cli),
                                  error))
        return FALSE;
      exchange->sent++;
      exchange->last_sent = g_get_monotonic_time ();
      if (wait_ms > 0 && (rate <= 0 || i == count - 1) &&
          !receive_until (exchange, exchange->last_sent + wait_ms * 1000, FALSE, error))
        return FALSE;
    }
  return TRUE;
}

static int
report (Exchange *exchange, gint64 wait_ms, const GError *error)
{
  g_autofree char *message = NULL;

  if (wb_cli_get_json (exchange->cli))
    wb_cli_print (exchange->cli,
                  "{\"event\":\"end\",\"sent\":%" G_GUINT64_FORMAT
                  ",\"received\":%" G_GUINT64_FORMAT "}\n",
                  exchange->sent, exchange->answers);
  if (error != NULL)
    return wb_cli_fail (exchange->cli, error);
  if (wait_ms <= 0 || exchange->answers >= exchange->sent)
    return WB_CLI_DONE;

  /* Translators: two counts, as %1$lu of %2$lu. */
  message = g_strdup_printf (_ ("While waiting for answers: %1$lu of %2$lu came in time. UDP "
                                "promises nothing: the datagram or its answer was lost, or nobody "
                                "answers there."),
                             (gulong) exchange->answers, (gulong) exchange->sent);
  wb_cli_warn (exchange->cli, message);
  return WB_CLI_FAILED;
}

/**
 * wb_cli_udp_send:
 *
 * `wire udp send HOST:PORT`: case 02.
 *
 * Returns: the exit code
 */
int
wb_cli_udp_send (WbCli *cli)
{
  g_auto (WbCliPayload) payload = { 0 };
  g_autofree char *wait = NULL;
  gint64 count = 1;
  double rate = 0;
  int receive_size = 0;
  const GOptionEntry entries[] = {
    WB_CLI_PAYLOAD_ENTRIES (payload),
    { "wait", 'w', 0, G_OPTION_ARG_STRING, &wait, N_ ("Wait so long for each answer"),
      N_ ("SECONDS") },
    { "count", 'n', 0, G_OPTION_ARG_INT64, &count, N_ ("Send it so many times"), N_ ("NUMBER") },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate, N_ ("Send so many a second"), N_ ("NUMBER") },
    { "receive-size", 0, 0, G_OPTION_ARG_INT, &receive_size,
      N_ ("Take at most so many bytes of a datagram"), N_ ("BYTES") },
    { NULL },
  };
  WbSocketClientOptions options = { .transport = WB_SOCKET_UDP };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WbSocketClient) client = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  Exchange exchange = { 0 };
  gint64 wait_ms = 0;
  int status;

  if (!wb_cli_parse (cli, entries, 1, 1, &status))
    return status;
  if (!wb_parse_host_port (wb_cli_get_arguments (cli)[0], NULL, &host, &options.port, &error) ||
      !wb_cli_payload_check (&payload, &error) ||
      (wait != NULL && !wb_cli_parse_seconds (wait, &wait_ms, &error)))
    return wb_cli_usage (cli, error->message);
  if (count < 1)
    return wb_cli_usage (cli, _ ("--count takes a number from 1 on."));
  if (!(rate >= 0 && rate <= 1e6))
    return wb_cli_usage (cli, _ ("--rate takes a number up to 1000000."));
  if (receive_size < 0 || receive_size > 65536)
    return wb_cli_usage (cli, _ ("--receive-size takes 1 to 65536 bytes."));
  bytes = wb_cli_payload_load (cli, &payload, FILE_MAX, &error);
  if (bytes == NULL)
    return payload.file != NULL ? wb_cli_fail (cli, error) : wb_cli_usage (cli, error->message);

  options.host = host;
  options.timeout = wb_cli_get_timeout (cli);
  options.wire = wb_cli_get_wire (cli);
  options.receive_size = (guint) receive_size;
  client = wb_socket_client_connect (&options, wb_cli_get_cancellable (cli), &error);
  if (client == NULL)
    return wb_cli_fail (cli, error);
  exchange.cli = cli;
  exchange.payload = &payload;
  exchange.client = client;
  exchange_all (&exchange, bytes, count, rate, wait_ms, &error);
  return report (&exchange, wait_ms, error);
}

/**
 * wb_cli_udp_listen:
 *
 * `wire udp listen [ADDR:]PORT`: cases 01 and 03.
 *
 * Returns: the exit code
 */
int
wb_cli_udp_listen (WbCli *cli)
{
  g_auto (WbCliListen) listen = { 0 };
  const GOptionEntry entries[] = {
    WB_CLI_LISTEN_ENTRIES (listen),
    { "receive-size", 0, 0, G_OPTION_ARG_INT, &listen.receive_size,
      N_ ("Take at most so many bytes of a datagram"), N_ ("BYTES") },
    { NULL },
  };
  WbSocketServerOptions options = { .transport = WB_SOCKET_UDP };
  int status;

  if (!wb_cli_parse (cli, entries, 1, 1, &status))
    return status;
  return wb_cli_listen_run (cli, &listen, &options);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-listen.h"

#include "wb-json.h"
#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

/* What waits to be written at most: the server does not wait for the terminal. */
#define WAITING_MAX (16 * 1024 * 1024)

/* Between the server's thread, which adds lines, and the main thread, which writes them. */
typedef struct
{
  WbCli *cli;
  const WbCliPayload *payload;
  gboolean json;

  GMutex mutex;
  GCond cond;
  GString *waiting;
  guint64 omitted;
  gboolean over;
} Printer;

static char *
event_to_json (Printer *printer, const WbSocketEvent *event)
{
  static const char *const names[] = { "connected", "received", "closed" };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "event");
  json_builder_add_string_value (builder, names[event->kind]);
  json_builder_set_member_name (builder, "peer");
  json_builder_add_int_value (builder, (gint64) event->peer);
  json_builder_set_member_name (builder, "from");
  json_builder_add_string_value (builder, event->address);
  if (event->kind == WB_SOCKET_EVENT_RECEIVED)
    {
      g_autofree char *text =
          wb_text_decode_lossy (event->data, event->length, printer->payload->charset);
      g_autofree char *hex = wb_text_format_hex (event->data, event->length);

      json_builder_set_member_name (builder, "size");
      json_builder_add_int_value (builder, (gint64) event->length);
      json_builder_set_member_name (builder, "text");
      json_builder_add_string_value (builder, text);
      json_builder_set_member_name (builder, "hex");
      json_builder_add_string_value (builder, hex);
      json_builder_set_member_name (builder, "truncated");
      json_builder_add_boolean_value (builder, event->truncated);
    }
  if (event->message != NULL)
    {
      json_builder_set_member_name (builder, "error");
      json_builder_add_string_value (builder, event->message);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return wb_json_to_string (root);
}

static void
event_cb (const WbSocketEvent *event, gpointer user_data)
{
  Printer *printer = user_data;
  g_autofree char *line = NULL;
  gboolean full;

  if (!printer->json && event->kind != WB_SOCKET_EVENT_RECEIVED)
    return;
  g_mutex_lock (&printer->mutex);
  full = printer->waiting->len > WAITING_MAX;
  if (full)
    printer->omitted++;
  g_mutex_unlock (&printer->mutex);
  if (full)
    return;

  if (printer->json)
    line = event_to_json (printer, event);
  else
    {
      g_autofree char *shown = wb_cli_show_bytes (printer->payload, event->data, event->length);

      line = g_strdup_printf ("%s %s%s%s", event->address, shown, event->truncated ? " " : "",
                              event->truncated ? _ ("(truncated)") : "");
    }
  g_mutex_lock (&printer->mutex);
  g_string_append (printer->waiting, line);
  g_string_append_c (printer->waiting, '\n');
  g_cond_signal (&printer->cond);
  g_mutex_unlock (&printer->mutex);
}

static gpointer
printer_thread (gpointer data)
{
  Printer *printer = data;
  gboolean over = FALSE;

  while (!over)
    {
      g_autoptr (GString) lines = NULL;

      g_mutex_lock (&printer->mutex);
      while (printer->waiting->len == 0 && !printer->over)
        g_cond_wait (&printer->cond, &printer->mutex);
      lines = printer->waiting;
      printer->waiting = g_string_new (NULL);
      over = printer->over && lines->len == 0;
      g_mutex_unlock (&printer->mutex);
      if (lines->len > 0)
        wb_cli_print (printer->cli, "%s", lines->str);
    }
  return NULL;
}

static void
print_start (WbCli *cli, WbSocketServer *server, GTlsCertificate *certificate)
{
  GInetSocketAddress *address = G_INET_SOCKET_ADDRESS (wb_socket_server_get_address (server));
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (address));
  g_autofree char *fingerprint =
      certificate != NULL ? wb_trust_get_fingerprint (certificate) : NULL;
  guint16 port = wb_socket_server_get_port (server);

  if (wb_cli_get_json (cli))
    {
      wb_cli_print (cli, "{\"event\":\"listening\",\"address\":\"%s\",\"port\":%u%s%s%s}\n", host,
                    port, fingerprint != NULL ? ",\"sha256\":\"" : "",
                    fingerprint != NULL ? fingerprint : "", fingerprint != NULL ? "\"" : "");
      return;
    }
  if (g_inet_address_get_family (g_inet_socket_address_get_address (address)) ==
      G_SOCKET_FAMILY_IPV6)
    /* Translators: %s is an address, %u a port; keep them last in the line. */
    wb_cli_print (cli, _ ("Listening on [%s]:%u\n"), host, port);
  else
    /* Translators: %s is an address, %u a port; keep them last in the line. */
    wb_cli_print (cli, _ ("Listening on %s:%u\n"), host, port);
  if (fingerprint != NULL)
    /* Translators: %s is a fingerprint in hexadecimal digits; keep it last in the line. */
    wb_cli_print (cli, _ ("The certificate’s SHA-256 is %s\n"), fingerprint);
}

static void
print_end (WbCli *cli, WbSocketServer *server, guint64 omitted)
{
  WbSocketCounters c;

  wb_socket_server_get_counters (server, &c);
  if (wb_cli_get_json (cli))
    {
      wb_cli_print (cli,
                    "{\"event\":\"end\",\"messages\":%" G_GUINT64_FORMAT
                    ",\"bytes_in\":%" G_GUINT64_FORMAT ",\"bytes_out\":%" G_GUINT64_FORMAT
                    ",\"accepted\":%" G_GUINT64_FORMAT ",\"refused\":%" G_GUINT64_FORMAT
                    ",\"dropped\":%" G_GUINT64_FORMAT ",\"omitted\":%" G_GUINT64_FORMAT "}\n",
                    c.messages, c.bytes_in, c.bytes_out, c.accepted, c.refused, c.dropped, omitted);
      return;
    }
  if (c.dropped > 0)
    wb_cli_print (
        cli,
        g_dngettext (GETTEXT_PACKAGE, "The system dropped %lu datagram that came too fast.\n",
                     "The system dropped %lu datagrams that came too fast.\n", (gulong) c.dropped),
        (gulong) c.dropped);
  if (c.refused > 0)
    wb_cli_print (cli,
                  g_dngettext (GETTEXT_PACKAGE, "%lu client was turned away.\n",
                               "%lu clients were turned away.\n", (gulong) c.refused),
                  (gulong) c.refused);
  if (omitted > 0)
    wb_cli_print (cli,
                  g_dngettext (GETTEXT_PACKAGE,
                               "%lu message came faster than it could be written here.\n",
                               "%lu messages came faster than they could be written here.\n",
                               (gulong) omitted),
                  (gulong) omitted);
}

static void
stop_cb (GCancellable *cancellable, gpointer user_data)
{
  wb_socket_server_stop (user_data);
}

/* FALSE with *STATUS set where the options make no sense. */
static gboolean
prepare (WbCli *cli, WbCliListen *listen, WbSocketServerOptions *options, int *status)
{
  g_autoptr (GError) error = NULL;

  if (!wb_cli_payload_check (&listen->payload, &error))
    {
      *status = wb_cli_usage (cli, error->message);
      return FALSE;
    }
  if (listen->echo && listen->reply != NULL)
    {
      *status = wb_cli_usage (cli, _ ("Only one of --echo and --reply can be had."));
      return FALSE;
    }
  if (listen->count < 0)
    {
      *status = wb_cli_usage (cli, _ ("--count takes a number from 1 on."));
      return FALSE;
    }
  if (listen->receive_size < 0 || listen->receive_size > 65536)
    {
      *status = wb_cli_usage (cli, _ ("--receive-size takes 1 to 65536 bytes."));
      return FALSE;
    }
  options->stop_after = (guint64) listen->count;
  options->receive_size = (guint) listen->receive_size;
  options->reply = listen->echo ? WB_SOCKET_REPLY_ECHO : WB_SOCKET_REPLY_NONE;
  if (listen->reply != NULL)
    {
      options->reply = WB_SOCKET_REPLY_FIXED;
      options->reply_bytes = wb_cli_payload_encode (&listen->payload, listen->reply, &error);
      if (options->reply_bytes == NULL)
        {
          *status = wb_cli_usage (cli, error->message);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * wb_cli_listen_run:
 * @listen: the options both commands share, filled
 * @options: the rest; its address stands in the first argument
 *
 * Serves until interrupted, or until `--count` messages have come.
 *
 * Returns: the exit code
 */
int
wb_cli_listen_run (WbCli *cli, WbCliListen *listen, WbSocketServerOptions *options)
{
  g_autoptr (WbSocketServer) server = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  Printer printer = { .cli = cli, .payload = &listen->payload, .json = wb_cli_get_json (cli) };
  GThread *thread;
  gulong handler;
  int status;

  if (!wb_parse_host_port (wb_cli_get_arguments (cli)[0], "127.0.0.1", &address, &options->port,
                           &error))
    return wb_cli_usage (cli, error->message);
  if (!prepare (cli, listen, options, &status))
    return status;
  reply = options->reply_bytes;

  options->address = g_str_equal (address, "localhost") ? "127.0.0.1" : address;
  options->wire = wb_cli_get_wire (cli);
  options->event_func = event_cb;
  options->event_data = &printer;
  g_mutex_init (&printer.mutex);
  g_cond_init (&printer.cond);
  printer.waiting = g_string_new (NULL);

  server = wb_socket_server_start (options, &error);
  if (server != NULL)
    {
      print_start (cli, server, options->certificate);
      thread = g_thread_new ("printer", printer_thread, &printer);
      handler =
          g_cancellable_connect (wb_cli_get_cancellable (cli), G_CALLBACK (stop_cb), server, NULL);
      wb_socket_server_wait (server);
      g_cancellable_disconnect (wb_cli_get_cancellable (cli), handler);

      g_mutex_lock (&printer.mutex);
      printer.over = TRUE;
      g_cond_signal (&printer.cond);
      g_mutex_unlock (&printer.mutex);
      g_thread_join (thread);
      print_end (cli, server, printer.omitted);
      status = WB_CLI_DONE;
    }
  else
    status = wb_cli_fail (cli, error);

  g_string_free (printer.waiting, TRUE);
  g_mutex_clear (&printer.mutex);
  g_cond_clear (&printer.cond);
  return status;
}

/**
 * wb_cli_listen_clear:
 *
 * Frees what the options filled.
 */
void
wb_cli_listen_clear (WbCliListen *listen)
{
  wb_cli_payload_clear (&listen->payload);
  g_free (listen->reply);
}

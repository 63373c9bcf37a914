/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long a queue waits for a server that takes nobody more, or that breaks off, as the queue
 * itself tells it: no clock is read. */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include <string.h>

#include "wb-error.h"
#include "wb-ftp-queue-private.h"

/* Never over while a test looks, in ms. */
#define AN_HOUR 3600000

/* A server that takes nobody, or closes at once, until so many came; then it makes folders. */
typedef struct
{
  GSocketService *service;
  guint16 port;
  const char *greeting; /* NULL: none */
  gint refusals;        /* that are left */
  gint came;
} Server;

static const char *
answer (const char *line)
{
  if (g_str_has_prefix (line, "USER"))
    return "230 welcome\r\n";
  if (g_str_has_prefix (line, "PWD"))
    return "257 \"/\"\r\n";
  if (g_str_has_prefix (line, "MKD"))
    return "257 made\r\n";
  if (g_str_has_prefix (line, "TYPE"))
    return "200 so be it\r\n";
  return "502 not here\r\n";
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source,
        gpointer data)
{
  Server *server = data;
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  gboolean refused = g_atomic_int_add (&server->refusals, -1) > 0;
  const char *greeting = refused ? server->greeting : "220 ready\r\n";

  g_atomic_int_inc (&server->came);
  if (greeting != NULL)
    g_output_stream_write_all (out, greeting, strlen (greeting), NULL, NULL, NULL);
  while (!refused)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
      const char *reply = line != NULL ? answer (line) : NULL;

      if (reply == NULL ||
          !g_output_stream_write_all (out, reply, strlen (reply), NULL, NULL, NULL))
        break;
    }
  return TRUE;
}

static void
server_init (Server *server, const char *greeting, guint refusals)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  server->greeting = greeting;
  server->refusals = (gint) refusals;
  server->came = 0;
  server->service = g_threaded_socket_service_new (4);
  g_signal_connect (server->service, "run", G_CALLBACK (run_cb), server);
  g_socket_listener_add_address (G_SOCKET_LISTENER (server->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  server->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_socket_service_start (server->service);
}

static void
server_clear (Server *server)
{
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  g_object_unref (server->service);
}

static WbFtpQueue *
make_queue (const Server *server, guint unit)
{
  g_autofree char *text = g_strdup_printf ("ftp://127.0.0.1:%u/", server->port);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbUrl) url = wb_url_parse (text, &error);
  WbFtpQueue *queue = NULL;

  g_assert_no_error (error);
  queue = wb_ftp_queue_new (NULL, NULL, url, 1);
  queue->pause_unit = queue->delay_unit = unit;
  return queue;
}

/* An empty folder: of all there is to be moved it takes the fewest words. */
static WbFtpTransfer *
add_folder (WbFtpQueue *queue)
{
  g_autofree char *path = g_dir_make_tmp ("wb-test-XXXXXX", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (WbFtpTransfer) transfer = NULL;

  wb_ftp_queue_add_upload (queue, folder, "", WB_FTP_IF_EXISTS_OVERWRITE);
  transfer = g_list_model_get_item (G_LIST_MODEL (queue),
                                    g_list_model_get_n_items (G_LIST_MODEL (queue)) - 1);
  return transfer;
}

/* Runs it to its end; all the pauses and delays in a row, as "p1 p2 d1". */
static char *
run (WbFtpQueue *queue, WbFtpTransfer *transfer)
{
  GString *told = g_string_new (NULL);
  guint pause = 0;
  guint delay = wb_ftp_transfer_get_delay (transfer);

  while (!wb_ftp_queue_is_idle (queue))
    {
      g_main_context_iteration (NULL, TRUE);
      if (wb_ftp_queue_get_pause (queue) != pause && wb_ftp_queue_get_pause (queue) != 0)
        g_string_append_printf (told, "p%u ", wb_ftp_queue_get_pause (queue));
      if (wb_ftp_transfer_get_delay (transfer) != delay)
        g_string_append_printf (told, "d%u ", wb_ftp_transfer_get_delay (transfer));
      pause = wb_ftp_queue_get_pause (queue);
      delay = wb_ftp_transfer_get_delay (transfer);
    }
  return g_strchomp (g_string_free (told, FALSE));
}

/* Each pause is twice as long as the one before, and there is an end to them. */
static void
test_grow (void)
{
  Server server;
  g_autoptr (WbFtpQueue) queue = NULL;
  g_autofree char *told = NULL;
  WbFtpTransfer *transfer = NULL;

  server_init (&server, "421 too many\r\n", G_MAXINT);
  queue = make_queue (&server, 1);
  transfer = add_folder (queue);
  told = run (queue, transfer);
  g_assert_cmpstr (told, ==, "p1 p2 p4 p8 p16 d1 d2");
  g_assert_cmpint (wb_ftp_transfer_get_state (transfer), ==, WB_FTP_TRANSFER_FAILED);
  g_assert_error (wb_ftp_transfer_get_error (transfer), WB_FTP_ERROR, WB_FTP_ERROR_BUSY);
  /* Once, and once behind each of them. */
  g_assert_cmpint (server.came, ==, 8);
  server_clear (&server);
}

/* Once it was let in, it is patient again. */
static void
test_begin_again (void)
{
  Server server;
  g_autoptr (WbFtpQueue) queue = NULL;

  server_init (&server, "421 too many\r\n", 3);
  queue = make_queue (&server, 1);
  for (guint turn = 0; turn < 2; turn++)
    {
      WbFtpTransfer *transfer = add_folder (queue);
      g_autofree char *told = run (queue, transfer);

      g_assert_cmpstr (told, ==, turn == 0 ? "p1 p2 p4" : "p1 p2");
      g_assert_cmpint (wb_ftp_transfer_get_state (transfer), ==, WB_FTP_TRANSFER_DONE);
      wb_ftp_queue_hang_up_and_wait (queue);
      g_atomic_int_set (&server.refusals, 2);
    }
  server_clear (&server);
}

/* What breaks off is another matter: that transfer alone waits. */
static void
test_delays (void)
{
  Server server;
  g_autoptr (WbFtpQueue) queue = NULL;
  g_autofree char *told = NULL;
  WbFtpTransfer *transfer = NULL;

  server_init (&server, NULL, 4);
  queue = make_queue (&server, 1);
  wb_ftp_queue_set_retries (queue, 5);
  transfer = add_folder (queue);
  told = run (queue, transfer);
  g_assert_cmpstr (told, ==, "d1 d2 d4 d8");
  g_assert_cmpint (wb_ftp_transfer_get_state (transfer), ==, WB_FTP_TRANSFER_DONE);
  server_clear (&server);
}

/* In the midst of a pause or a delay all is over at once, and nobody comes to the server any more.
 */
static void
test_cancel (gconstpointer greeting)
{
  for (guint turn = 0; turn < 3; turn++)
    {
      Server server;
      g_autoptr (WbFtpQueue) queue = NULL;
      WbFtpTransfer *transfer = NULL;

      server_init (&server, greeting, G_MAXINT);
      queue = make_queue (&server, AN_HOUR);
      transfer = add_folder (queue);
      while (wb_ftp_queue_get_pause (queue) == 0 && wb_ftp_transfer_get_delay (transfer) == 0)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (wb_ftp_transfer_get_state (transfer), ==, WB_FTP_TRANSFER_QUEUED);
      g_assert_cmpuint (wb_ftp_queue_get_pause (queue), ==, greeting != NULL ? AN_HOUR : 0);
      g_assert_cmpuint (wb_ftp_transfer_get_delay (transfer), ==, greeting != NULL ? 0 : AN_HOUR);

      if (turn == 0)
        wb_ftp_queue_cancel_all (queue);
      else if (turn == 1)
        wb_ftp_transfer_cancel (transfer);
      if (turn < 2)
        {
          g_assert_true (wb_ftp_queue_is_idle (queue));
          g_assert_cmpint (wb_ftp_transfer_get_state (transfer), ==, WB_FTP_TRANSFER_CANCELLED);
        }
      /* Else it ends with the queue. */
      g_clear_object (&queue);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_cmpint (server.came, ==, 1);
      server_clear (&server);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ftp/pauses/grow", test_grow);
  g_test_add_func ("/ftp/pauses/begin-again", test_begin_again);
  g_test_add_func ("/ftp/pauses/delays", test_delays);
  g_test_add_data_func ("/ftp/pauses/cancel", "421 too many\r\n", test_cancel);
  g_test_add_data_func ("/ftp/pauses/cancel-delay", NULL, test_cancel);

  return g_test_run ();
}

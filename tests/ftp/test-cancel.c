/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "wb-error.h"
#include "wb-ftp-client.h"

/* Every verb, cancelled before it begins, while the server is silent, half-way through its data,
 * and after it is done. */

#define FILE_SIZE 100000

/* A server that does as it is told, except that it falls silent at one command. */
typedef struct
{
  GSocketListener *listener;
  GCancellable *stop;
  guint16 port;
  const char *silent_at; /* a verb, "greeting", "data", or NULL */
  GMutex mutex;
  GCond reached;
  gboolean is_silent;
} Server;

typedef struct
{
  Server *server;
  GDataInputStream *in;
  GOutputStream *out;
  GSocketConnection *connection;
  GSocketListener *listener;
  guint16 told_port; /* by EPRT */
} Talk;

static void
say (Talk *talk, const char *line)
{
  g_autofree char *text = g_strconcat (line, "\r\n", NULL);

  g_output_stream_write_all (talk->out, text, strlen (text), NULL, NULL, NULL);
}

/* Silent until the client goes away. */
static void
fall_silent (Talk *talk)
{
  char byte = 0;

  g_mutex_lock (&talk->server->mutex);
  talk->server->is_silent = TRUE;
  g_cond_broadcast (&talk->server->reached);
  g_mutex_unlock (&talk->server->mutex);
  while (g_input_stream_read (G_INPUT_STREAM (talk->in), &byte, 1, NULL, NULL) > 0)
    ;
}

static void
offer_port (Talk *talk)
{
  g_autoptr (GSocketAddress) loopback = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *reply = NULL;

  g_clear_object (&talk->listener);
  talk->listener = g_socket_listener_new ();
  g_socket_listener_add_address (talk->listener, loopback, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL);
  reply = g_strdup_printf ("229 here (|||%u|)",
                           g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  say (talk, reply);
}

/* Returns FALSE when it fell silent on the way. */
static gboolean
move_data (Talk *talk, gboolean up, const char *content)
{
  g_autoptr (GSocketConnection) data = g_socket_listener_accept (talk->listener, NULL, NULL, NULL);
  gboolean silent = g_strcmp0 (talk->server->silent_at, "data") == 0;
  g_autofree char *buffer = g_malloc (65536);

  say (talk, "150 go");
  if (up)
    {
      GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (data));

      while (!silent && g_input_stream_read (in, buffer, 65536, NULL, NULL) > 0)
        ;
    }
  else
    {
      gsize length = strlen (content);

      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (data)), content,
                                 silent ? length / 2 : length, NULL, NULL, NULL);
    }
  if (silent)
    {
      fall_silent (talk);
      return FALSE;
    }
  g_io_stream_close (G_IO_STREAM (data), NULL, NULL);
  say (talk, "226 done");
  return TRUE;
}

/* Active mode: says that it comes, and comes, or not. */
static gboolean
come (Talk *talk)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) data = NULL;

  say (talk, "150 coming");
  if (g_strcmp0 (talk->server->silent_at, "accept") == 0)
    {
      fall_silent (talk);
      return FALSE;
    }
  data = g_socket_client_connect_to_host (client, "127.0.0.1", talk->told_port, NULL, NULL);
  if (data != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (data)), "a\r\n", 3, NULL,
                               NULL, NULL);
  g_clear_object (&data);
  say (talk, "226 done");
  return TRUE;
}

static gboolean
answer (Talk *talk, const char *line)
{
  static const struct
  {
    const char *verb;
    const char *reply;
  } replies[] = {
    { "USER", "331 password" },
    { "PASS", "230 hello" },
    { "FEAT", "211-Features:\r\n XMD5\r\n211 End" },
    { "TYPE", "200 ok" },
    { "PWD", "257 \"/\" here" },
    { "CWD", "250 ok" },
    { "SIZE", "213 100000" },
    { "MKD", "257 \"x\" made" },
    { "DELE", "250 ok" },
    { "RMD", "250 ok" },
    { "RNTO", "250 ok" },
    { "NOOP", "200 ok" },
    { "QUIT", "221 bye" },
    { "MDTM", "213 20260101120000" },
    { "SITE", "200 ok" },
    { "AVBL", "213 1" },
    { "XMD5", "250 d41d8cd98f00b204e9800998ecf8427e" },
    { "STAT", "213-Here\r\n-rw-r--r-- 1 u g 5 Jan 01 2020 a\r\n213 End" },
  };
  const char *silent_at = talk->server->silent_at;

  if (silent_at != NULL && g_str_has_prefix (line, silent_at))
    {
      fall_silent (talk);
      return FALSE;
    }
  if (g_str_has_prefix (line, "RNFR"))
    say (talk, strstr (line, ".part") != NULL ? "550 not found" : "350 to what");
  else if (g_str_has_prefix (line, "EPSV"))
    offer_port (talk);
  else if (g_str_has_prefix (line, "LIST"))
    return move_data (talk, FALSE, "-rw-r--r-- 1 u g 5 Jan 01 2020 a\r\n");
  else if (g_str_has_prefix (line, "RETR"))
    {
      g_autofree char *content = g_strnfill (FILE_SIZE, 'x');

      return move_data (talk, FALSE, content);
    }
  else if (g_str_has_prefix (line, "EPRT"))
    {
      talk->told_port = (guint16) g_ascii_strtoull (line + strlen ("EPRT |1|127.0.0.1|"), NULL, 10);
      say (talk, "200 ok");
    }
  else if (g_str_has_prefix (line, "NLST"))
    return come (talk);
  else if (g_str_has_prefix (line, "STOR"))
    return move_data (talk, TRUE, NULL);
  else
    for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
      if (g_str_has_prefix (line, replies[i].verb))
        say (talk, replies[i].reply);
  return TRUE;
}

static gpointer
talk_thread (gpointer data)
{
  Talk *talk = data;

  talk->in =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (talk->connection)));
  g_data_input_stream_set_newline_type (talk->in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  talk->out = g_io_stream_get_output_stream (G_IO_STREAM (talk->connection));

  if (g_strcmp0 (talk->server->silent_at, "greeting") == 0)
    fall_silent (talk);
  else
    {
      say (talk, "220 ready");
      for (;;)
        {
          g_autofree char *line = g_data_input_stream_read_line (talk->in, NULL, NULL, NULL);

          if (line == NULL || !answer (talk, line))
            break;
        }
    }
  g_clear_object (&talk->listener);
  g_object_unref (talk->in);
  g_object_unref (talk->connection);
  g_free (talk);
  return NULL;
}

/* Accepts until it is stopped, and waits for those it talks to, who end when the client does. */
static gpointer
server_thread (gpointer data)
{
  Server *server = data;
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();

  for (;;)
    {
      GSocketConnection *connection =
          g_socket_listener_accept (server->listener, NULL, server->stop, NULL);
      Talk *talk = NULL;

      if (connection == NULL)
        break;
      talk = g_new0 (Talk, 1);
      talk->server = server;
      talk->connection = connection;
      g_ptr_array_add (threads, g_thread_new ("talk", talk_thread, talk));
    }
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
  return NULL;
}

typedef struct
{
  Server server;
  GThread *thread;
  char *folder;
  GFile *source;
  GFile *target;
  WbFtpClient *client;
  GCancellable *cancellable;
  gint64 cancelled_at;
} Fixture;

static void
fixture_init (Fixture *fixture, const char *silent_at)
{
  g_autoptr (GSocketAddress) loopback = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *content = g_strnfill (20 * 1024 * 1024, 'u');

  g_mutex_init (&fixture->server.mutex);
  g_cond_init (&fixture->server.reached);
  fixture->server.silent_at = silent_at;
  fixture->server.stop = g_cancellable_new ();
  fixture->server.listener = g_socket_listener_new ();
  g_socket_listener_add_address (fixture->server.listener, loopback, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  fixture->server.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  fixture->thread = g_thread_new ("server", server_thread, &fixture->server);

  fixture->folder = g_dir_make_tmp ("wb-test-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (fixture->folder, "source", NULL);
  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
  fixture->source = g_file_new_for_path (path);
  fixture->target = g_file_new_build_filename (fixture->folder, "target", NULL);
  fixture->client = wb_ftp_client_new (NULL, NULL);
  fixture->cancellable = g_cancellable_new ();
}

static void
fixture_clear (Fixture *fixture)
{
  const char *names[] = { "source", "target" };

  g_clear_object (&fixture->client);
  g_cancellable_cancel (fixture->server.stop);
  g_thread_join (fixture->thread);
  g_object_unref (fixture->server.listener);
  g_object_unref (fixture->server.stop);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

      g_unlink (path);
    }
  /* Fails when a part was left behind. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_object_unref (fixture->source);
  g_object_unref (fixture->target);
  g_object_unref (fixture->cancellable);
  g_mutex_clear (&fixture->server.mutex);
  g_cond_clear (&fixture->server.reached);
}

/* ── The verbs ── */

static gboolean
do_connect (Fixture *f, GError **error)
{
  g_autofree char *text = g_strdup_printf ("ftp://127.0.0.1:%u/", f->server.port);
  g_autoptr (WbUrl) url = wb_url_parse (text, NULL);

  return wb_ftp_client_connect (f->client, url, f->cancellable, error);
}

static gboolean
do_login (Fixture *f, GError **error)
{
  return wb_ftp_client_login (f->client, "u", "password", f->cancellable, error);
}

static gboolean
do_pwd (Fixture *f, GError **error)
{
  g_autofree char *path = wb_ftp_client_get_directory (f->client, f->cancellable, error);

  return path != NULL;
}

static gboolean
do_cwd (Fixture *f, GError **error)
{
  return wb_ftp_client_change_directory (f->client, "x", f->cancellable, error);
}

static gboolean
do_list (Fixture *f, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;

  entries = wb_ftp_client_list (f->client, NULL, NULL, f->cancellable, error);
  return entries != NULL;
}

static gboolean
do_size (Fixture *f, GError **error)
{
  return wb_ftp_client_get_size (f->client, "x", f->cancellable, error) >= 0;
}

static gboolean
do_retrieve (Fixture *f, GError **error)
{
  return wb_ftp_client_retrieve (f->client, "x", FILE_SIZE, f->target, WB_FTP_FILE_FLAGS_NONE, NULL,
                                 f->cancellable, error);
}

static gboolean
do_store (Fixture *f, GError **error)
{
  g_autoptr (GError) local = NULL;

  /* The server counts nothing, so the size it names is always wrong. */
  if (wb_ftp_client_store (f->client, f->source, "x", WB_FTP_FILE_OVERWRITE, NULL, f->cancellable,
                           &local) ||
      g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
do_mkd (Fixture *f, GError **error)
{
  return wb_ftp_client_make_directory (f->client, "x", f->cancellable, error);
}

static gboolean
do_dele (Fixture *f, GError **error)
{
  return wb_ftp_client_remove_file (f->client, "x", f->cancellable, error);
}

static gboolean
do_rmd (Fixture *f, GError **error)
{
  return wb_ftp_client_remove_directory (f->client, "x", f->cancellable, error);
}

static gboolean
do_rename (Fixture *f, GError **error)
{
  return wb_ftp_client_rename (f->client, "x", "y", f->cancellable, error);
}

static gboolean
do_ping (Fixture *f, GError **error)
{
  return wb_ftp_client_ping (f->client, f->cancellable, error);
}

static gboolean
do_quit (Fixture *f, GError **error)
{
  return wb_ftp_client_quit (f->client, f->cancellable, error);
}

static gboolean
do_list_active (Fixture *f, GError **error)
{
  wb_ftp_client_set_active_mode (f->client, TRUE);
  wb_ftp_client_set_list_way (f->client, WB_FTP_LIST_NLST);
  return do_list (f, error);
}

static gboolean
do_list_by_stat (Fixture *f, GError **error)
{
  wb_ftp_client_set_list_way (f->client, WB_FTP_LIST_STAT);
  return do_list (f, error);
}

static gboolean
do_resume (Fixture *f, GError **error)
{
  return wb_ftp_client_retrieve (f->client, "x", FILE_SIZE, f->target,
                                 WB_FTP_FILE_RESUME | WB_FTP_FILE_KEEP_TIME, NULL, f->cancellable,
                                 error);
}

static gboolean
do_range (Fixture *f, GError **error)
{
  g_autofree char *path = g_build_filename (f->folder, "range", NULL);
  int fd = g_open (path, O_RDWR | O_CREAT, 0600);
  gint64 count =
      wb_ftp_client_retrieve_range (f->client, "x", 0, FILE_SIZE, fd, NULL, f->cancellable, error);

  close (fd);
  g_unlink (path);
  return count >= 0;
}

static gboolean
do_get_time (Fixture *f, GError **error)
{
  g_autoptr (GDateTime) time =
      wb_ftp_client_get_modification_time (f->client, "x", f->cancellable, error);

  return time != NULL;
}

static gboolean
do_set_time (Fixture *f, GError **error)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (1);

  return wb_ftp_client_set_modification_time (f->client, "x", time, f->cancellable, error);
}

static gboolean
do_chmod (Fixture *f, GError **error)
{
  return wb_ftp_client_change_mode (f->client, "x", 0644, f->cancellable, error);
}

static gboolean
do_link (Fixture *f, GError **error)
{
  return wb_ftp_client_make_link (f->client, "x", "y", f->cancellable, error);
}

static gboolean
do_hash (Fixture *f, GError **error)
{
  g_autofree char *digits = wb_ftp_client_hash (f->client, "x", NULL, f->cancellable, error);

  return digits != NULL;
}

static gboolean
do_space (Fixture *f, GError **error)
{
  return wb_ftp_client_get_free_space (f->client, NULL, f->cancellable, error) >= 0;
}

static gboolean
do_command (Fixture *f, GError **error)
{
  return wb_ftp_client_command (f->client, "SITE HELP", NULL, f->cancellable, error) > 0;
}

static const struct
{
  const char *name;
  gboolean (*func) (Fixture *f, GError **error);
  const char *silent_at; /* where the server stops in the middle of it */
  gboolean ends;         /* no verb can follow */
} verbs[] = {
  { "connect", do_connect, "greeting", TRUE },
  { "login", do_login, "PASS", FALSE },
  { "login-features", do_login, "FEAT", FALSE },
  { "get-directory", do_pwd, "PWD", FALSE },
  { "change-directory", do_cwd, "CWD", FALSE },
  { "list", do_list, "LIST", FALSE },
  { "list-data", do_list, "data", FALSE },
  { "list-port", do_list, "EPSV", FALSE },
  { "get-size", do_size, "SIZE", FALSE },
  { "retrieve", do_retrieve, "RETR", FALSE },
  { "retrieve-data", do_retrieve, "data", FALSE },
  { "list-active", do_list_active, "accept", FALSE },
  { "list-by-stat", do_list_by_stat, "STAT", FALSE },
  { "resume", do_resume, "RETR", FALSE },
  { "resume-time", do_resume, "MDTM", FALSE },
  { "range", do_range, "data", FALSE },
  { "get-time", do_get_time, "MDTM", FALSE },
  { "set-time", do_set_time, "MDTM", FALSE },
  { "change-mode", do_chmod, "SITE", FALSE },
  { "make-link", do_link, "SITE", FALSE },
  { "hash", do_hash, "XMD5", FALSE },
  { "free-space", do_space, "AVBL", FALSE },
  { "command", do_command, "SITE", FALSE },
  { "store", do_store, "STOR", FALSE },
  { "store-data", do_store, "data", FALSE },
  { "make-directory", do_mkd, "MKD", FALSE },
  { "remove-file", do_dele, "DELE", FALSE },
  { "remove-directory", do_rmd, "RMD", FALSE },
  { "rename", do_rename, "RNTO", FALSE },
  { "ping", do_ping, "NOOP", FALSE },
  { "quit", do_quit, "QUIT", TRUE },
};

/* Brings the client to where the verb can be tried. */
static void
prepare (Fixture *fixture, guint verb)
{
  g_autoptr (GError) error = NULL;

  if (verbs[verb].func == do_connect)
    return;
  do_connect (fixture, &error);
  g_assert_no_error (error);
  if (verbs[verb].func == do_login)
    return;
  do_login (fixture, &error);
  g_assert_no_error (error);
}

static void
check_cancelled (Fixture *fixture, guint verb)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = verbs[verb].func (fixture, &error);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (ok);
  g_assert_false (g_file_query_exists (fixture->target, NULL));
}

static void
test_before (gconstpointer data)
{
  guint verb = GPOINTER_TO_UINT (data);
  Fixture fixture = { 0 };

  fixture_init (&fixture, NULL);
  prepare (&fixture, verb);
  g_cancellable_cancel (fixture.cancellable);
  check_cancelled (&fixture, verb);
  fixture_clear (&fixture);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

/* From another thread with no pause: it may hit anywhere. */
static void
test_at_once (gconstpointer data)
{
  guint verb = GPOINTER_TO_UINT (data);
  Fixture fixture = { 0 };
  GThread *thread = NULL;

  fixture_init (&fixture, verbs[verb].silent_at);
  prepare (&fixture, verb);
  thread = g_thread_new ("cancel", cancel_thread, fixture.cancellable);
  check_cancelled (&fixture, verb);
  g_thread_join (thread);
  fixture_clear (&fixture);
}

static gpointer
cancel_when_silent_thread (gpointer data)
{
  Fixture *fixture = data;

  g_mutex_lock (&fixture->server.mutex);
  while (!fixture->server.is_silent)
    g_cond_wait (&fixture->server.reached, &fixture->server.mutex);
  g_mutex_unlock (&fixture->server.mutex);
  fixture->cancelled_at = g_get_monotonic_time ();
  g_cancellable_cancel (fixture->cancellable);
  return NULL;
}

/* While the server is known to be silent, so that nothing but Cancel can end it before the
 * time-out, which would be another error. */
static void
test_soon (gconstpointer data)
{
  guint verb = GPOINTER_TO_UINT (data);
  Fixture fixture = { 0 };
  GThread *thread = NULL;
  gint64 end = 0;

  fixture_init (&fixture, verbs[verb].silent_at);
  prepare (&fixture, verb);
  thread = g_thread_new ("cancel", cancel_when_silent_thread, &fixture);
  check_cancelled (&fixture, verb);
  end = g_get_monotonic_time ();
  g_thread_join (thread);
  /* For people to read: no test fails because a machine is busy. */
  g_test_minimized_result ((end - fixture.cancelled_at) / 1e6, "cancel of %s: %.1f ms",
                           verbs[verb].name, (end - fixture.cancelled_at) / 1e3);
  g_assert_false (wb_ftp_client_is_usable (fixture.client));

  if (!verbs[verb].ends)
    {
      g_autoptr (GError) error = NULL;

      g_cancellable_reset (fixture.cancellable);
      g_assert_false (do_pwd (&fixture, &error));
      g_assert_error (error, WB_ERROR, WB_ERROR_CLOSED);
    }
  fixture_clear (&fixture);
}

static void
test_after (gconstpointer data)
{
  guint verb = GPOINTER_TO_UINT (data);
  Fixture fixture = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture, NULL);
  prepare (&fixture, verb);
  g_assert_true (verbs[verb].func (&fixture, &error));
  g_assert_no_error (error);
  g_cancellable_cancel (fixture.cancellable);

  if (verbs[verb].func != do_connect && verbs[verb].func != do_quit)
    {
      g_cancellable_reset (fixture.cancellable);
      do_pwd (&fixture, &error);
      g_assert_no_error (error);
    }
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } moments[] = {
    { "before", test_before },
    { "at-once", test_at_once },
    { "soon", test_soon },
    { "after", test_after },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    for (guint j = 0; j < G_N_ELEMENTS (moments); j++)
      {
        g_autofree char *path =
            g_strdup_printf ("/ftp/cancel/%s/%s", verbs[i].name, moments[j].name);

        g_test_add_data_func (path, GUINT_TO_POINTER (i), moments[j].func);
      }
  return g_test_run ();
}

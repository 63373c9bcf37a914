/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Calls the client's verbs one after the other in one session, for the tests in Python:
 *
 *   ftp-driver [OPTION…] URL VERB [ARGUMENT…] [, VERB [ARGUMENT…]]…
 *
 * A line for each verb: "ok VALUE", or "error DOMAIN CODE MESSAGE". */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-init.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  WbFtpClient *client;
  char **words;
} Call;

typedef char *(*Verb) (Call *call, GError **error);

static WbFtpFileFlags
read_flags (const char *text)
{
  WbFtpFileFlags flags = WB_FTP_FILE_FLAGS_NONE;

  for (; text != NULL && *text != '\0'; text++)
    switch (*text)
      {
      case 'o':
        flags |= WB_FTP_FILE_OVERWRITE;
        break;
      case 'r':
        flags |= WB_FTP_FILE_RESUME;
        break;
      case 't':
        flags |= WB_FTP_FILE_KEEP_TIME;
        break;
      case 'v':
        flags |= WB_FTP_FILE_VERIFY;
        break;
      case 'a':
        flags |= WB_FTP_FILE_TEXT;
        break;
      default:
        break;
      }
  return flags;
}

static char *
word_for (gboolean ok)
{
  return ok ? g_strdup ("") : NULL;
}

static char *
do_get (Call *call, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (call->words[1]);
  g_autoptr (WbProgress) progress = wb_progress_new ();
  g_auto (WbProgressState) state = { 0 };
  gboolean ok = wb_ftp_client_retrieve (call->client, call->words[0], -1, file,
                                        read_flags (call->words[2]), progress, NULL, error);

  wb_progress_get_state (progress, &state);
  return ok ? g_strdup_printf ("%" G_GINT64_FORMAT, state.done) : NULL;
}

static char *
do_put (Call *call, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (call->words[0]);

  return word_for (wb_ftp_client_store (call->client, file, call->words[1],
                                        read_flags (call->words[2]), NULL, NULL, error));
}

/* Says a line at once, for a test that acts on it. */
static void
tell (const char *line)
{
  puts (line);
  fflush (stdout);
}

/* Tells when ABOR is in the log; what the test does then lets the server answer. */
static gpointer
watch_thread (gpointer data)
{
  WbWire *wire = data;
  guint64 next = 0;

  for (;;)
    {
      g_auto (WbWireEvent) event = { 0 };

      if (!wb_wire_get_event (wire, next, &event))
        {
          g_usleep (1000);
          continue;
        }
      next++;
      if (event.kind == WB_WIRE_LINE && event.direction == WB_WIRE_SENT &&
          g_bytes_get_size (event.data) == 4 &&
          memcmp (g_bytes_get_data (event.data, NULL), "ABOR", 4) == 0)
        tell ("abor");
    }
  return NULL;
}

typedef struct
{
  WbProgress *progress;
  GCancellable *cancellable;
  gboolean held; /* by the test, which writes a line when it has seen to the server */
} Stop;

static gpointer
stop_thread (gpointer data)
{
  Stop *stop = data;
  gint64 done = 0;
  int c = 0;

  while (done == 0)
    {
      g_auto (WbProgressState) state = { 0 };

      g_usleep (1000);
      wb_progress_get_state (stop->progress, &state);
      done = state.done;
    }
  if (stop->held)
    tell ("moving");
  while (stop->held && c != '\n' && c != EOF)
    c = getchar ();
  g_cancellable_cancel (stop->cancellable);
  return NULL;
}

/* Stops a transfer or a listing in the middle; says whether the session lives on. */
static char *
do_stop (Call *call, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (call->words[2]);
  g_autoptr (WbProgress) progress = wb_progress_new ();
  g_autoptr (WbLimit) limit = wb_limit_new (20000);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) local = NULL;
  Stop stop = { progress, cancellable, call->words[3] != NULL };
  GThread *thread = NULL;

  if (!wb_ftp_client_ping (call->client, NULL, error))
    return NULL;
  wb_progress_set_limit (progress, limit);
  thread = g_thread_new ("stop", stop_thread, &stop);
  if (g_str_equal (call->words[0], "get"))
    wb_ftp_client_retrieve (call->client, call->words[1], -1, file, WB_FTP_FILE_OVERWRITE, progress,
                            cancellable, &local);
  else if (g_str_equal (call->words[0], "list"))
    g_assert_null (wb_ftp_client_list (call->client, NULL, progress, cancellable, &local));
  else
    wb_ftp_client_store (call->client, file, call->words[1], WB_FTP_FILE_OVERWRITE, progress,
                         cancellable, &local);
  g_thread_join (thread);
  g_assert_error (local, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (wb_ftp_client_is_usable (call->client));
  return g_strdup (wb_ftp_client_recover (call->client, NULL) ? "lives" : "ended");
}

/* How often a line went out, as the log has it. */
static char *
do_said (Call *call, GError **error)
{
  gsize length = strlen (call->words[0]);
  guint count = 0;

  for (guint64 i = 0;; i++)
    {
      g_auto (WbWireEvent) event = { 0 };

      if (!wb_wire_get_event (call->client->wire, i, &event))
        return g_strdup_printf ("%u", count);
      if (event.kind == WB_WIRE_LINE && event.direction == WB_WIRE_SENT &&
          g_bytes_get_size (event.data) == length &&
          memcmp (g_bytes_get_data (event.data, NULL), call->words[0], length) == 0)
        count++;
    }
}

static char *
do_range (Call *call, GError **error)
{
  int fd = open (call->words[3], O_RDWR | O_CREAT, 0666);
  gint64 count = wb_ftp_client_retrieve_range (
      call->client, call->words[0], g_ascii_strtoll (call->words[1], NULL, 10),
      g_ascii_strtoll (call->words[2], NULL, 10), fd, NULL, NULL, error);

  close (fd);
  return count >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, count) : NULL;
}

static char *
do_mdtm (Call *call, GError **error)
{
  g_autoptr (GDateTime) time =
      wb_ftp_client_get_modification_time (call->client, call->words[0], NULL, error);

  return time != NULL ? g_strdup_printf ("%" G_GINT64_FORMAT, g_date_time_to_unix (time)) : NULL;
}

static char *
do_mfmt (Call *call, GError **error)
{
  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_utc (g_ascii_strtoll (call->words[1], NULL, 10));

  return word_for (
      wb_ftp_client_set_modification_time (call->client, call->words[0], time, NULL, error));
}

static char *
do_chmod (Call *call, GError **error)
{
  return word_for (wb_ftp_client_change_mode (
      call->client, call->words[1], (guint) strtoul (call->words[0], NULL, 8), NULL, error));
}

static char *
do_link (Call *call, GError **error)
{
  return word_for (
      wb_ftp_client_make_link (call->client, call->words[0], call->words[1], NULL, error));
}

static char *
do_hash (Call *call, GError **error)
{
  g_autofree char *algorithm = NULL;
  g_autofree char *digits =
      wb_ftp_client_hash (call->client, call->words[0], &algorithm, NULL, error);

  return digits != NULL ? g_strdup_printf ("%s %s", algorithm, digits) : NULL;
}

static char *
do_alive (Call *call, GError **error)
{
  return word_for (wb_ftp_client_keep_alive (
      call->client, (guint) strtoul (call->words[0], NULL, 10), NULL, error));
}

static char *
do_avbl (Call *call, GError **error)
{
  gint64 space = wb_ftp_client_get_free_space (call->client, call->words[0], NULL, error);

  return space >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, space) : NULL;
}

static char *
do_raw (Call *call, GError **error)
{
  g_autofree char *text = NULL;
  int code = wb_ftp_client_command (call->client, call->words[0], &text, NULL, error);

  return code > 0 ? g_strdup_printf ("%d %s", code, g_strdelimit (text, "\n", '|')) : NULL;
}

static char *
do_ls (Call *call, GError **error)
{
  g_autoptr (GPtrArray) entries =
      wb_ftp_client_list (call->client, call->words[0], NULL, NULL, error);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      WbFtpEntry *entry = entries->pdata[i];
      GDateTime *time = wb_ftp_entry_get_modified (entry);
      g_autofree char *modified =
          time != NULL ? g_date_time_format (time, "%FT%T") : g_strdup ("-");

      g_string_append_printf (
          text, "%s%d/%" G_GINT64_FORMAT "/%s%s/%s", i > 0 ? "|" : "",
          (int) wb_ftp_entry_get_entry_type (entry), wb_ftp_entry_get_size (entry), modified,
          wb_ftp_entry_is_modified_utc (entry) ? "Z" : "", wb_ftp_entry_get_display_name (entry));
    }
  return entries != NULL ? g_strdup (text->str) : NULL;
}

static char *
do_cd (Call *call, GError **error)
{
  return word_for (wb_ftp_client_change_directory (call->client, call->words[0], NULL, error));
}

static char *
do_pwd (Call *call, GError **error)
{
  return wb_ftp_client_get_directory (call->client, NULL, error);
}

static char *
do_mkdir (Call *call, GError **error)
{
  return word_for (wb_ftp_client_make_directory (call->client, call->words[0], NULL, error));
}

static char *
do_ping (Call *call, GError **error)
{
  return word_for (wb_ftp_client_ping (call->client, NULL, error));
}

static const struct
{
  const char *name;
  Verb verb;
} verbs[] = {
  { "get", do_get },     { "put", do_put },     { "range", do_range }, { "mdtm", do_mdtm },
  { "mfmt", do_mfmt },   { "chmod", do_chmod }, { "link", do_link },   { "hash", do_hash },
  { "alive", do_alive }, { "stop", do_stop },   { "said", do_said },   { "avbl", do_avbl },
  { "raw", do_raw },     { "ls", do_ls },       { "cd", do_cd },       { "pwd", do_pwd },
  { "ping", do_ping },   { "mkdir", do_mkdir },
};

static char *
run (Call *call, const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (verbs[i].name, name))
      return verbs[i].verb (call, error);
  g_error ("no verb is called %s", name);
}

static gboolean
say (const char *value, const GError *error)
{
  if (value != NULL)
    printf ("ok %s\n", value);
  else
    printf ("error %s %d %s\n", g_quark_to_string (error->domain), error->code, error->message);
  fflush (stdout);
  return value != NULL;
}

static WbFtpListWay
read_way (const char *text)
{
  static const char *const names[] = { "best", "mlsd", "list", "nlst", "stat" };

  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], text))
      return i;
  return WB_FTP_LIST_BEST;
}

static WbFtpClient *
log_in (const char *address, WbFtpClient *client, GError **error)
{
  g_autoptr (WbUrl) url = wb_url_parse (address, error);

  g_assert_nonnull (url);
  if (!wb_ftp_client_connect (client, url, NULL, error) ||
      !wb_ftp_client_login (client, url->user, url->password, NULL, error))
    return NULL;
  return client;
}

int
main (int argc, char **argv)
{
  gboolean active = FALSE;
  gboolean watch = FALSE;
  gboolean ok = TRUE;
  int timeout = 10;
  int offset = G_MININT;
  g_autofree char *charset = NULL;
  g_autofree char *proxy = NULL;
  g_autofree char *ca_file = NULL;
  g_autofree char *way = NULL;
  const GOptionEntry entries[] = {
    { "active", 0, 0, G_OPTION_ARG_NONE, &active, NULL, NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout, NULL, NULL },
    { "offset", 0, 0, G_OPTION_ARG_INT, &offset, NULL, NULL },
    { "charset", 0, 0, G_OPTION_ARG_STRING, &charset, NULL, NULL },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &proxy, NULL, NULL },
    { "ca-file", 0, 0, G_OPTION_ARG_STRING, &ca_file, NULL, NULL },
    { "way", 0, 0, G_OPTION_ARG_STRING, &way, NULL, NULL },
    { "watch", 0, 0, G_OPTION_ARG_NONE, &watch, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbWire) wire = wb_wire_new (16 * 1024 * 1024);
  g_autoptr (WbTrust) trust = wb_trust_new ();
  g_autoptr (WbFtpClient) client = NULL;
  Call call = { 0 };

  wb_init ();
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2)
    g_error ("wrong usage");
  if (ca_file != NULL && !wb_trust_add_ca_file (trust, ca_file, &error))
    g_error ("%s", error->message);

  if (watch)
    g_thread_unref (g_thread_new ("watch", watch_thread, g_object_ref (wire)));
  client = wb_ftp_client_new (wire, trust);
  wb_ftp_client_set_timeout (client, timeout);
  wb_ftp_client_set_active_mode (client, active);
  wb_ftp_client_set_list_way (client, read_way (way));
  if (offset != G_MININT)
    wb_ftp_client_set_time_offset (client, offset);
  if (!wb_ftp_client_set_charset (client, charset, &error) ||
      !wb_ftp_client_set_proxy (client, proxy, &error) || log_in (argv[1], client, &error) == NULL)
    ok = say (NULL, error);

  call.client = client;
  for (int i = 2; i < argc && error == NULL;)
    {
      g_autoptr (GPtrArray) words = g_ptr_array_new ();
      const char *name = argv[i++];
      g_autofree char *value = NULL;
      g_autoptr (GError) local = NULL;

      while (i < argc && strcmp (argv[i], ",") != 0)
        g_ptr_array_add (words, argv[i++]);
      i++;
      for (guint n = 0; n < 5; n++)
        g_ptr_array_add (words, NULL);
      call.words = (char **) words->pdata;
      value = run (&call, name, &local);
      ok = say (value, local) && ok;
    }
  wb_ftp_client_quit (client, NULL, NULL);
  return ok ? 0 : 1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-private.h"

#include "wb-init.h"
#include "wb-text-codec.h"
#include "wb-wire-export.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What a transcript keeps at most. */
#define WIRE_MEMORY (256 * 1024 * 1024)

struct _WbCli
{
  const WbCliCommand *command;
  GPtrArray *words; /* what stands behind the command's name; copies */

  /* From the common options. */
  char **arguments;
  char *transcript;
  int timeout;
  char *ca_file;
  char *pin;
  gboolean json;
  int password_fd;
  char *password_file;

  /* From those of all commands that talk to an FTP server. */
  WbCliFtpSettings ftp;

  WbWire *wire;
  WbTrust *trust;
  GCancellable *cancellable;
};

/* A terminal that is closed says SIGHUP; whom `nohup` keeps from hearing that goes on. */
static void
fill_signals (sigset_t *set)
{
  struct sigaction hang_up;

  sigemptyset (set);
  sigaddset (set, SIGINT);
  sigaddset (set, SIGTERM);
  if (sigaction (SIGHUP, NULL, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN)
    sigaddset (set, SIGHUP);
}

/* The signals are blocked in every thread, so that only this one takes them. */
static gpointer
signal_thread (gpointer data)
{
  g_autoptr (GCancellable) cancellable = data;
  sigset_t set;
  int number = 0;

  fill_signals (&set);
  while (sigwait (&set, &number) != 0)
    ;
  g_cancellable_cancel (cancellable);

  /* Whoever asks a second time does not want to wait for an orderly end; the shell and the system
     may each say once that the terminal is gone. */
  while (sigwait (&set, &number) != 0 || number == SIGHUP)
    ;
  _exit (WB_CLI_FAILED);
}

static void
watch_signals (GCancellable *cancellable)
{
  sigset_t set;

  fill_signals (&set);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  g_thread_unref (g_thread_new ("signals", signal_thread, g_object_ref (cancellable)));
}

/* One line that hides nothing, whatever a server put into a message. */
static char *
to_one_line (const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  GString *line = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gsize length = (gsize) (g_utf8_next_char (p) - p);
      g_autofree char *escaped = wb_text_escape (p, length, NULL);

      if (*p == '\n' || *p == '\r')
        g_string_append_c (line, ' ');
      else if (*p == '\\')
        g_string_append_c (line, '\\');
      else
        g_string_append (line, escaped);
    }
  return g_string_free (line, FALSE);
}

/**
 * wb_cli_warn:
 * @message: what to say, in the person's language
 *
 * Writes one line to stderr, after the name of the command.
 */
void
wb_cli_warn (WbCli *cli, const char *message)
{
  g_autofree char *line = to_one_line (message);

  fflush (stdout);
  if (cli->command != NULL)
    fprintf (stderr, "wire %s: %s\n", cli->command->name, line);
  else
    fprintf (stderr, "wire: %s\n", line);
}

/**
 * wb_cli_usage:
 * @message: what is wrong with what was typed, in the person's language
 *
 * Returns: %WB_CLI_USAGE, for the command to return
 */
int
wb_cli_usage (WbCli *cli, const char *message)
{
  wb_cli_warn (cli, message);
  return WB_CLI_USAGE;
}

/**
 * wb_cli_fail:
 * @error: what failed
 *
 * Returns: %WB_CLI_FAILED, for the command to return
 */
int
wb_cli_fail (WbCli *cli, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wb_cli_warn (cli, _ ("Interrupted."));
  else
    wb_cli_warn (cli, error->message);
  return WB_CLI_FAILED;
}

/**
 * wb_cli_url_fail:
 * @error: why wb_cli_parse_url() gave nothing
 *
 * Returns: the exit code: whether the URL makes no sense, or its password could not be read
 */
int
wb_cli_url_fail (WbCli *cli, const GError *error)
{
  if (g_error_matches (error, WB_ERROR, WB_ERROR_INVALID))
    return wb_cli_usage (cli, error->message);
  return wb_cli_fail (cli, error);
}

/**
 * wb_cli_print:
 * @format: what to write to stdout; as it is, no line end is added
 *
 * Writes a result, in UTF-8, and at once, so that whoever reads a pipe need not
 * wait. When nobody reads any more, the command is cancelled.
 */
void
wb_cli_print (WbCli *cli, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  vfprintf (stdout, format, arguments);
  va_end (arguments);
  if (fflush (stdout) != 0)
    g_cancellable_cancel (cli->cancellable);
}

static void
add_ftp_entries (WbCli *cli, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "active", 0, 0, G_OPTION_ARG_NONE, &cli->ftp.active,
      N_ ("Let the server open the data connections"), NULL },
    { "charset", 0, 0, G_OPTION_ARG_STRING, &cli->ftp.charset,
      N_ ("What the server’s names are written in, such as GBK"), N_ ("NAME") },
    { "time-offset", 0, 0, G_OPTION_ARG_INT, &cli->ftp.time_offset,
      N_ ("How far the server’s clock is ahead of UTC"), N_ ("MINUTES") },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &cli->ftp.proxy,
      N_ ("Go through a proxy: socks5://HOST:PORT or http://HOST:PORT"), N_ ("URL") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static GOptionContext *
make_context (WbCli *cli, const GOptionEntry *entries)
{
  const GOptionEntry common[] = {
    { "transcript", 0, 0, G_OPTION_ARG_FILENAME, &cli->transcript,
      N_ ("Write all that went by to a file: .txt, .jsonl or .pcapng"), N_ ("FILE") },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &cli->timeout,
      N_ ("Give up when nothing comes for so many seconds"), N_ ("SECONDS") },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &cli->ca_file,
      N_ ("Trust the certificate authorities in this file"), N_ ("FILE") },
    { "pin", 0, 0, G_OPTION_ARG_STRING, &cli->pin, N_ ("Trust this certificate alone"),
      N_ ("SHA256") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("Write one JSON object a line"), NULL },
    { "password-fd", 0, 0, G_OPTION_ARG_INT, &cli->password_fd,
      N_ ("Read the password from a file descriptor"), N_ ("NUMBER") },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &cli->password_file,
      N_ ("Read the password from a file"), N_ ("FILE") },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &cli->arguments, NULL,
      cli->command->arguments },
    { NULL },
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ (cli->command->summary));
  g_option_context_set_help_enabled (context, FALSE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (g_str_has_prefix (cli->command->name, "ftp ") &&
      !g_str_equal (cli->command->name, "ftp parse-listing"))
    add_ftp_entries (cli, context);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  return context;
}

static gboolean
wants_help (WbCli *cli)
{
  for (guint i = 0; i < cli->words->len; i++)
    {
      const char *word = cli->words->pdata[i];

      if (g_str_equal (word, "--"))
        return FALSE;
      if (g_str_equal (word, "--help") || g_str_equal (word, "-h"))
        return TRUE;
    }
  return FALSE;
}

static int
usage_with_hint (WbCli *cli, const char *message)
{
  g_autofree char *line = NULL;

  /* Translators: %1$s says what is wrong; %2$s is a command, such as "udp send". */
  line = g_strdup_printf (_ ("%1$s (“wire %2$s --help” shows how.)"), message, cli->command->name);
  return wb_cli_usage (cli, line);
}

static gboolean
check_common (WbCli *cli, GError **error)
{
  WbWireFormat format;

  if (cli->timeout != G_MININT && (cli->timeout < 1 || cli->timeout > 86400))
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("--timeout takes 1 to 86400 seconds."));
      return FALSE;
    }
  if (cli->pin != NULL)
    {
      g_autoptr (WbTrust) trust = wb_trust_new ();

      if (!wb_trust_add_pin (trust, NULL, 0, cli->pin, error))
        return FALSE;
    }
  if (cli->transcript != NULL && !wb_wire_format_from_name (cli->transcript, &format, error))
    return FALSE;
  if (cli->transcript != NULL)
    cli->wire = wb_wire_new (WIRE_MEMORY);
  return TRUE;
}

/**
 * wb_cli_parse:
 * @entries: (nullable): the command's own options
 * @minimum: how many arguments it takes at least
 * @maximum: and at most; %G_MAXUINT for any number
 * @status: (out): what to return where this returns %FALSE
 *
 * Reads what was typed behind the command's name. Help that was asked for, and
 * what is wrong, has been written when this returns %FALSE.
 *
 * Returns: whether to go on
 */
gboolean
wb_cli_parse (WbCli *cli, const GOptionEntry *entries, guint minimum, guint maximum, int *status)
{
  g_autoptr (GOptionContext) context = make_context (cli, entries);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  guint count;

  if (wants_help (cli))
    {
      g_autofree char *program = g_strdup_printf ("wire %s", cli->command->name);
      g_autofree char *help = NULL;

      g_set_prgname (program);
      help = g_option_context_get_help (context, TRUE, NULL);
      wb_cli_print (cli, "%s", help);
      *status = WB_CLI_DONE;
      return FALSE;
    }

  g_strv_builder_add (builder, "wire");
  for (guint i = 0; i < cli->words->len; i++)
    g_strv_builder_add (builder, cli->words->pdata[i]);
  words = g_strv_builder_end (builder);
  if (!g_option_context_parse_strv (context, &words, &error) || !check_common (cli, &error))
    {
      *status = usage_with_hint (cli, error->message);
      return FALSE;
    }

  if (cli->arguments == NULL)
    cli->arguments = g_new0 (char *, 1);
  count = g_strv_length (cli->arguments);
  if (count < minimum || count > maximum)
    {
      *status = usage_with_hint (cli, count < minimum ? _ ("Something is missing.")
                                                      : _ ("That is one argument too many."));
      return FALSE;
    }
  /* Before anything is done that could not be taken back. */
  if (cli->transcript != NULL && !wb_wire_export_file (cli->wire, cli->transcript, NULL, &error))
    {
      *status = wb_cli_fail (cli, error);
      return FALSE;
    }
  return TRUE;
}

/**
 * wb_cli_get_ftp_settings:
 *
 * Returns: (transfer none): what was said about talking to FTP servers
 */
const WbCliFtpSettings *
wb_cli_get_ftp_settings (WbCli *cli)
{
  return &cli->ftp;
}

/**
 * wb_cli_get_arguments:
 *
 * Returns: (transfer none): what is left when the options are taken out
 */
char **
wb_cli_get_arguments (WbCli *cli)
{
  return cli->arguments;
}

/**
 * wb_cli_get_json:
 *
 * Returns: whether `--json` was given
 */
gboolean
wb_cli_get_json (WbCli *cli)
{
  return cli->json;
}

/**
 * wb_cli_get_timeout:
 *
 * Returns: the seconds of `--timeout`, or 0 where it was not given
 */
guint
wb_cli_get_timeout (WbCli *cli)
{
  return (guint) MAX (cli->timeout, 0);
}

/**
 * wb_cli_get_cancellable:
 *
 * Returns: (transfer none): cancelled by SIGINT, SIGTERM or SIGHUP
 */
GCancellable *
wb_cli_get_cancellable (WbCli *cli)
{
  return cli->cancellable;
}

/**
 * wb_cli_wait:
 * @timeout_ms: how long at most; -1 for ever
 *
 * Waits for SIGINT, SIGTERM or SIGHUP.
 */
void
wb_cli_wait (WbCli *cli, gint64 timeout_ms)
{
  gint64 end = timeout_ms < 0 ? G_MAXINT64 : g_get_monotonic_time () + timeout_ms * 1000;
  struct pollfd stop = { g_cancellable_get_fd (cli->cancellable), POLLIN, 0 };

  while (!g_cancellable_is_cancelled (cli->cancellable))
    {
      gint64 left = timeout_ms < 0 ? -1 : (end - g_get_monotonic_time () + 999) / 1000;

      if (timeout_ms >= 0 && left <= 0)
        break;
      poll (&stop, 1, (int) MIN (left, G_MAXINT));
    }
  g_cancellable_release_fd (cli->cancellable);
}

/**
 * wb_cli_get_wire:
 *
 * Returns: (transfer none) (nullable): the wire of `--transcript`; %NULL where
 *   nobody wants one
 */
WbWire *
wb_cli_get_wire (WbCli *cli)
{
  return cli->wire;
}

/**
 * wb_cli_ensure_wire:
 *
 * Returns: (transfer none): the wire of `--transcript`, or one that is not written
 */
WbWire *
wb_cli_ensure_wire (WbCli *cli)
{
  if (cli->wire == NULL)
    cli->wire = wb_wire_new (WIRE_MEMORY);
  return cli->wire;
}

/**
 * wb_cli_get_trust:
 * @host: whom `--pin` is about
 *
 * Returns: (transfer none) (nullable): what to trust by `--ca-file` and `--pin`,
 *   or %NULL with @error set where one of them cannot be used
 */
WbTrust *
wb_cli_get_trust (WbCli *cli, const char *host, guint16 port, GError **error)
{
  if (cli->trust == NULL)
    {
      g_autoptr (WbTrust) trust = wb_trust_new ();

      if (cli->ca_file != NULL && !wb_trust_add_ca_file (trust, cli->ca_file, error))
        return NULL;
      cli->trust = g_steal_pointer (&trust);
    }
  if (cli->pin != NULL && !wb_trust_add_pin (cli->trust, host, port, cli->pin, error))
    return NULL;
  return cli->trust;
}

/**
 * wb_cli_parse_url:
 * @text: a URL as typed
 *
 * Reads a URL and finds the password that belongs to it: `--password-fd`,
 * `--password-file`, `WIRE_PASSWORD`, the keyring, the URL, in this order. From
 * then on the transcript cannot hold it.
 *
 * Returns: (transfer full) (nullable): the URL, or %NULL with @error set
 */
WbUrl *
wb_cli_parse_url (WbCli *cli, const char *text, GError **error)
{
  g_autoptr (WbUrl) url = wb_url_parse (text, error);

  if (url == NULL ||
      !wb_cli_fill_password (url, cli->password_fd, cli->password_file, cli->cancellable, error))
    return NULL;
  if (cli->wire != NULL && url->password != NULL && *url->password != '\0')
    wb_wire_hide (cli->wire, url->password);
  return g_steal_pointer (&url);
}

/**
 * wb_cli_read_file:
 * @path: a file, or "-" for the standard input
 * @maximum: the most bytes that are taken
 *
 * Returns: (transfer full) (nullable): what is in it, or %NULL with @error set
 */
GBytes *
wb_cli_read_file (WbCli *cli, const char *path, gsize maximum, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (64 * 1024);
  gboolean standard = g_str_equal (path, "-");
  int fd = standard ? STDIN_FILENO : open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  gssize n = fd < 0 ? -1 : 0;

  while (fd >= 0 && bytes->len <= maximum)
    {
      struct pollfd fds[] = { { fd, POLLIN, 0 },
                              { g_cancellable_get_fd (cli->cancellable), POLLIN, 0 } };
      int ready = poll (fds, 2, -1);

      g_cancellable_release_fd (cli->cancellable);
      if (g_cancellable_is_cancelled (cli->cancellable))
        break;
      n = ready < 0 ? -1 : read (fd, buffer, 64 * 1024);
      if (n < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n <= 0)
        break;
      g_byte_array_append (bytes, buffer, (guint) n);
    }

  if (n < 0)
    g_set_error (error, WB_ERROR, WB_ERROR_FAILED,
                 /* Translators: %1$s is a file name, %2$s the system's reason. */
                 _ ("%1$s could not be read: %2$s"), shown, g_strerror (errno));
  if (fd >= 0 && !standard)
    close (fd);
  if (n < 0 || g_cancellable_set_error_if_cancelled (cli->cancellable, error))
    return NULL;
  if (bytes->len > maximum)
    {
      g_autofree char *limit = g_format_size_full (maximum, G_FORMAT_SIZE_IEC_UNITS);

      g_set_error (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                   /* Translators: %1$s is a file name, %2$s a size. */
                   _ ("%1$s holds more than %2$s, which is the most that can be sent at once."),
                   shown, limit);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static void
print_commands (WbCli *cli, const WbCliCommand *commands, const char *group)
{
  g_autofree char *prefix = group != NULL ? g_strconcat (group, " ", NULL) : NULL;

  wb_cli_print (cli, "%s\n\n", _ ("Usage: wire COMMAND [OPTIONS…] [ARGUMENTS…]"));
  for (const WbCliCommand *c = commands; c->name != NULL; c++)
    if (prefix == NULL || g_str_has_prefix (c->name, prefix))
      wb_cli_print (cli, "  %-18s %s\n", c->name, _ (c->summary));
  wb_cli_print (cli, "\n%s\n",
                _ ("“wire COMMAND --help” tells more. A URL looks like "
                   "ftp://user@host:port/path; its password comes from --password-fd, "
                   "--password-file, the environment’s WIRE_PASSWORD or the keyring."));
}

/* How many words of ARGV name the command, or 0. */
static guint
find_command (WbCli *cli, const WbCliCommand *commands, guint n_words, char **words)
{
  for (const WbCliCommand *c = commands; c->name != NULL; c++)
    {
      g_auto (GStrv) parts = g_strsplit (c->name, " ", 2);
      guint n = g_strv_length (parts);

      if (n > n_words || !g_str_equal (parts[0], words[0]) ||
          (n == 2 && !g_str_equal (parts[1], words[1])))
        continue;
      cli->command = c;
      return n;
    }
  return 0;
}

static gboolean
is_group (const WbCliCommand *commands, const char *word)
{
  g_autofree char *prefix = g_strconcat (word, " ", NULL);

  for (const WbCliCommand *c = commands; c->name != NULL; c++)
    if (g_str_has_prefix (c->name, prefix))
      return TRUE;
  return FALSE;
}

static int
run (WbCli *cli, const WbCliCommand *commands, guint n_words, char **words)
{
  guint used;

  if (n_words == 0)
    return wb_cli_usage (cli, _ ("Which command? “wire --help” lists them."));
  if (g_str_equal (words[0], "--help") || g_str_equal (words[0], "-h") ||
      g_str_equal (words[0], "help"))
    {
      print_commands (cli, commands, NULL);
      return WB_CLI_DONE;
    }
  if (g_str_equal (words[0], "--version"))
    {
      wb_cli_print (cli, "wire %s (Wirebench)\n", PACKAGE_VERSION);
      return WB_CLI_DONE;
    }
  if (n_words == 2 && is_group (commands, words[0]) &&
      (g_str_equal (words[1], "--help") || g_str_equal (words[1], "-h")))
    {
      print_commands (cli, commands, words[0]);
      return WB_CLI_DONE;
    }

  used = find_command (cli, commands, n_words, words);
  if (used == 0)
    {
      g_autofree char *message = NULL;
      g_autofree char *typed = n_words > 1 && is_group (commands, words[0])
                                   ? g_strdup_printf ("%s %s", words[0], words[1])
                                   : g_strdup (words[0]);

      if (g_str_equal (words[0], "imap"))
        return wb_cli_usage (cli, _ ("imap: not yet."));
      /* Translators: %s is what was typed as a command. */
      message = g_strdup_printf (_ ("“%s” is not a command. “wire --help” lists them."), typed);
      return wb_cli_usage (cli, message);
    }

  for (guint i = used; i < n_words; i++)
    g_ptr_array_add (cli->words, words[i]);
  if (cli->command->func == NULL)
    return wb_cli_usage (cli, _ ("Not yet."));
  return cli->command->func (cli);
}

/* What must happen however the command ended. */
static int
finish (WbCli *cli, int status)
{
  if (cli->transcript != NULL && cli->wire != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (!wb_wire_export_file (cli->wire, cli->transcript, NULL, &error) && status == WB_CLI_DONE)
        {
          g_prefix_error (&error, "%s", _ ("All was done but this: "));
          status = wb_cli_fail (cli, error);
        }
    }
  if ((fflush (stdout) != 0 || ferror (stdout)) && status == WB_CLI_DONE)
    {
      wb_cli_warn (cli, _ ("The output could not be written."));
      status = WB_CLI_FAILED;
    }
  return status;
}

/* A standard descriptor that is closed would be taken by the next file or socket, which then got
 * what is printed. These fail instead, as closed ones do. */
static void
keep_standard_descriptors (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0)
      open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Without a locale, as in cron and containers, C takes every character beyond ASCII for a mistake,
 * while terminals and files are UTF-8. */
static void
use_utf8 (void)
{
  const char *locale = setlocale (LC_CTYPE, NULL);

  if (g_strcmp0 (locale, "C") == 0 || g_strcmp0 (locale, "POSIX") == 0)
    setlocale (LC_CTYPE, "C.UTF-8");
}

/**
 * wb_cli_main:
 * @commands: (array zero-terminated=1): what there is
 *
 * Runs `wire`.
 *
 * Returns: the exit code
 */
int
wb_cli_main (const WbCliCommand *commands, int argc, char **argv)
{
  WbCli cli = { .password_fd = -1, .timeout = G_MININT, .ftp.time_offset = G_MININT };
  g_auto (GStrv) words = g_new0 (char *, (gsize) argc + 1);
  int status;

  keep_standard_descriptors ();
  for (int i = 1; i < argc; i++)
    words[i - 1] = g_strdup (argv[i]);
  wb_cli_hide_passwords (argc, argv);
  wb_init ();
  use_utf8 ();

  cli.cancellable = g_cancellable_new ();
  /* Its descriptor is taken while there are some: a server's clients may leave none, and GLib
   * ends the program that asks for one then. */
  g_cancellable_get_fd (cli.cancellable);
  cli.words = g_ptr_array_new ();
  watch_signals (cli.cancellable);

  status = finish (&cli, run (&cli, commands, g_strv_length (words), words));

  g_clear_object (&cli.wire);
  g_clear_object (&cli.trust);
  g_clear_pointer (&cli.words, g_ptr_array_unref);
  g_clear_pointer (&cli.arguments, g_strfreev);
  g_free (cli.transcript);
  g_free (cli.ca_file);
  g_free (cli.pin);
  g_free (cli.password_file);
  g_free (cli.ftp.charset);
  g_free (cli.ftp.proxy);
  g_cancellable_release_fd (cli.cancellable);
  g_object_unref (cli.cancellable);
  return status;
}

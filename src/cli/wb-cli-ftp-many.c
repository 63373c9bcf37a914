/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-ftp-many.h"

#include "wb-json.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Runs a queue of transfers until nothing is left in it. */

/* How often Cancel is looked at and the line on the terminal drawn, in ms. */
#define TICK 100

/* From what size on a file is worth to be fetched in pieces. */
#define SEGMENTS_MIN (16 * 1024 * 1024)

/* So many failures are told one by one. */
#define TOLD_MAX 20

typedef struct
{
  WbCli *cli;
  WbFtpQueue *queue;
  GMainLoop *loop;
  gboolean draws;
  gboolean lists;    /* an object a transfer */
  GPtrArray *failed; /* of WbFtpTransfer: the first so many, in the order in which they came */
} Runner;

WbFtpQueue *
wb_cli_ftp_make_queue (WbCli *cli, const WbUrl *url, const WbCliFtpOptions *options, GError **error)
{
  WbTrust *trust = wb_cli_get_trust (cli, url->host, url->port, error);
  g_autoptr (WbFtpClient) settings = wb_ftp_client_new (NULL, NULL);
  WbFtpQueue *queue = NULL;
  WbFtpFileFlags flags = WB_FTP_FILE_FLAGS_NONE;

  if (trust == NULL || !wb_cli_ftp_apply_settings (cli, settings, error))
    return NULL;
  queue = wb_ftp_queue_new (wb_cli_get_wire (cli), trust, url, (guint) options->jobs);
  wb_ftp_queue_set_settings (queue, settings);
  if (options->resume || options->if_exists == WB_FTP_IF_EXISTS_RESUME)
    flags |= WB_FTP_FILE_RESUME;
  if (options->verify)
    flags |= WB_FTP_FILE_VERIFY;
  if (url->type == 'a')
    flags |= WB_FTP_FILE_TEXT;
  wb_ftp_queue_set_timeout (queue, wb_cli_get_timeout (cli));
  wb_ftp_queue_set_flags (queue, flags);
  wb_ftp_queue_set_keep (queue, options->preserve ? WB_FTP_KEEP_TIME | WB_FTP_KEEP_MODE
                                                  : WB_FTP_KEEP_NOTHING);
  wb_ftp_queue_set_retries (queue, (guint) options->retries);
  wb_ftp_queue_set_segments (queue, (guint) options->segments, SEGMENTS_MIN);
  wb_ftp_queue_set_forgets (queue, TRUE);
  if (options->limit > 0)
    {
      g_autoptr (WbLimit) limit = wb_limit_new (options->limit);

      wb_ftp_queue_set_limit (queue, limit);
    }
  return queue;
}

/* A path, fit to be shown on a terminal. */
char *
wb_cli_ftp_show_path (const char *path)
{
  g_autofree char *valid = g_utf8_make_valid (path, -1);
  GString *shown = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (shown, g_unichar_isprint (c) ? c : '?');
    }
  return g_string_free (shown, FALSE);
}

/* ── On the terminal ── */

static guint
count_all (const WbFtpTotals *totals)
{
  guint all = 0;

  for (guint i = 0; i < WB_FTP_TRANSFER_N_STATES; i++)
    all += totals->counts[i];
  return all;
}

static void
draw (Runner *runner)
{
  WbFtpTotals totals;
  g_autofree char *size = NULL;
  g_autofree char *speed = NULL;
  guint n = 0;
  GString *line = g_string_new ("\r\x1b[K");

  wb_ftp_queue_get_totals (runner->queue, &totals);
  n = count_all (&totals);
  size = g_format_size_full ((guint64) MAX (totals.done, 0), G_FORMAT_SIZE_IEC_UNITS);
  speed = g_format_size_full ((guint64) totals.rate, G_FORMAT_SIZE_IEC_UNITS);
  if (totals.total > 0)
    g_string_append_printf (line, "%3d %%  ", (int) (totals.done * 100.0 / totals.total));
  g_string_append_printf (line, "%s  %s/s", size, speed);
  if (totals.time_left >= 0)
    g_string_append_printf (line, "  %d:%02d", (int) (totals.time_left / 60),
                            (int) (totals.time_left % 60));
  if (n > 1)
    g_string_append_printf (line, "  %u/%u", totals.counts[WB_FTP_TRANSFER_DONE], n);
  g_printerr ("%s", line->str);
  g_string_free (line, TRUE);
}

static void
draw_end (Runner *runner)
{
  if (runner->draws)
    g_printerr ("\r\x1b[K");
}

static gboolean
tick_cb (gpointer data)
{
  Runner *runner = data;

  if (g_cancellable_is_cancelled (wb_cli_get_cancellable (runner->cli)))
    wb_ftp_queue_cancel_all (runner->queue);
  if (runner->draws)
    draw (runner);
  return G_SOURCE_CONTINUE;
}

static void
conflict_cb (WbFtpQueue *queue, WbFtpTransfer *transfer, Runner *runner)
{
  g_autofree char *target = wb_ftp_transfer_is_upload (transfer)
                                ? g_strdup (wb_ftp_transfer_get_remote (transfer))
                                : g_file_get_path (wb_ftp_transfer_get_local (transfer));
  g_autofree char *shown = wb_cli_ftp_show_path (target);
  char answer[16] = "";
  WbFtpIfExists rule = WB_FTP_IF_EXISTS_SKIP;
  gboolean understood = FALSE;

  draw_end (runner);
  while (!understood)
    {
      /* Translators: %s is the path of a file. The letters in brackets are what is typed, in every
         language: y and n for this file, Y and N for it and all that follow, r for another name. */
      g_printerr (_ ("“%s” exists. Overwrite it? [y/n, Y/N for all, r to rename] "), shown);
      if (fgets (answer, sizeof answer, stdin) == NULL)
        {
          wb_ftp_queue_answer (queue, transfer, WB_FTP_IF_EXISTS_ASK, TRUE);
          return;
        }
      understood = strchr ("yYnNr", answer[0]) != NULL && answer[0] != '\0';
    }
  if (answer[0] == 'y' || answer[0] == 'Y')
    rule = WB_FTP_IF_EXISTS_OVERWRITE;
  else if (answer[0] == 'r')
    rule = WB_FTP_IF_EXISTS_RENAME;
  wb_ftp_queue_answer (queue, transfer, rule, answer[0] == 'Y' || answer[0] == 'N');
}

/* ── What became of it ── */

static const char *
get_state_id (WbFtpTransfer *transfer)
{
  switch (wb_ftp_transfer_get_state (transfer))
    {
    case WB_FTP_TRANSFER_DONE:
      return "done";
    case WB_FTP_TRANSFER_SKIPPED:
      return "skipped";
    case WB_FTP_TRANSFER_FAILED:
      return "failed";
    case WB_FTP_TRANSFER_QUEUED:
    case WB_FTP_TRANSFER_RUNNING:
    case WB_FTP_TRANSFER_CANCELLED:
    case WB_FTP_TRANSFER_PAUSED:
    case WB_FTP_TRANSFER_CONFLICT:
    default:
      return "cancelled";
    }
}

static void
print_json (WbCli *cli, WbFtpTransfer *transfer)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *local =
      g_filename_display_name (g_file_peek_path (wb_ftp_transfer_get_local (transfer)));
  g_autofree char *remote = g_utf8_make_valid (wb_ftp_transfer_get_remote (transfer), -1);
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "upload");
  json_builder_add_boolean_value (builder, wb_ftp_transfer_is_upload (transfer));
  json_builder_set_member_name (builder, "local");
  json_builder_add_string_value (builder, local);
  json_builder_set_member_name (builder, "remote");
  json_builder_add_string_value (builder, remote);
  json_builder_set_member_name (builder, "state");
  json_builder_add_string_value (builder, get_state_id (transfer));
  json_builder_set_member_name (builder, "bytes");
  json_builder_add_int_value (builder, wb_ftp_transfer_get_done (transfer));
  json_builder_set_member_name (builder, "error");
  json_builder_add_string_value (builder, wb_ftp_transfer_get_error_message (transfer));
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = wb_json_to_string (root);
  wb_cli_print (cli, "%s\n", text);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 first = wb_ftp_transfer_get_number (*(WbFtpTransfer **) a);
  guint64 second = wb_ftp_transfer_get_number (*(WbFtpTransfer **) b);

  return first < second ? -1 : first > second;
}

/* What has ended is told of at once, or kept to be told of at the end. */
static void
ended_cb (WbFtpQueue *queue, WbFtpTransfer *transfer, Runner *runner)
{
  if (runner->lists)
    {
      draw_end (runner);
      print_json (runner->cli, transfer);
    }
  if (wb_ftp_transfer_get_error (transfer) == NULL)
    return;
  g_ptr_array_add (runner->failed, g_object_ref (transfer));
  g_ptr_array_sort (runner->failed, compare_numbers);
  if (runner->failed->len > TOLD_MAX)
    g_ptr_array_remove_index (runner->failed, TOLD_MAX);
}

/* @count: how many there were of which @failed are the first. */
static void
tell_failures (WbCli *cli, GPtrArray *failed, guint count)
{
  guint told = failed->len;

  for (guint i = 0; i < told; i++)
    {
      WbFtpTransfer *transfer = failed->pdata[i];
      const char *message = wb_ftp_transfer_get_error (transfer)->message;
      g_autofree char *path = wb_cli_ftp_show_path (wb_ftp_transfer_get_remote (transfer));
      g_autofree char *line = NULL;

      if (i < told - 1)
        /* Translators: the first %s is a path, the second what went wrong. */
        line = g_strdup_printf (_ ("%s: %s"), path, message);
      else
        line = g_strdup_printf (
            /* Translators: the first %s is a path, the second what went wrong; %u is how many
               failed. */
            g_dngettext (GETTEXT_PACKAGE, "%s: %s (%u transfer failed.)",
                         "%s: %s (%u transfers failed.)", count),
            path, message, count);
      wb_cli_warn (cli, line);
    }
  if (count > told)
    {
      g_autofree char *more =
          /* Translators: so many more transfers failed than the lines before tell of. */
          g_strdup_printf (
              g_dngettext (GETTEXT_PACKAGE, "… and %u more.", "… and %u more.", count - told),
              count - told);

      wb_cli_warn (cli, more);
    }
}

static int
tell_outcome (Runner *runner)
{
  WbCli *cli = runner->cli;
  WbFtpTotals totals;

  wb_ftp_queue_get_totals (runner->queue, &totals);
  if (g_cancellable_is_cancelled (wb_cli_get_cancellable (cli)) ||
      totals.counts[WB_FTP_TRANSFER_CANCELLED] > 0)
    {
      wb_cli_warn (cli, _ ("Interrupted."));
      return WB_CLI_FAILED;
    }
  if (runner->failed->len == 0)
    return WB_CLI_DONE;
  if (count_all (&totals) == 1)
    return wb_cli_fail (cli, wb_ftp_transfer_get_error (runner->failed->pdata[0]));
  tell_failures (cli, runner->failed, totals.counts[WB_FTP_TRANSFER_FAILED]);
  return WB_CLI_FAILED;
}

/* Runs it to its end. A person at a terminal is asked about files that exist. */
int
wb_cli_ftp_run_queue (WbCli *cli, WbFtpQueue *queue, const WbCliFtpOptions *options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GPtrArray) failed = g_ptr_array_new_with_free_func (g_object_unref);
  Runner runner = { cli,
                    queue,
                    loop,
                    isatty (STDERR_FILENO) && !options->quiet,
                    options->lists && wb_cli_get_json (cli),
                    failed };
  guint tick_id = 0;

  if (isatty (STDIN_FILENO) && isatty (STDERR_FILENO))
    g_signal_connect (queue, "conflict", G_CALLBACK (conflict_cb), &runner);
  g_signal_connect (queue, "ended", G_CALLBACK (ended_cb), &runner);
  g_signal_connect_swapped (queue, "idle", G_CALLBACK (g_main_loop_quit), loop);
  wb_ftp_queue_set_paused (queue, FALSE);
  tick_id = g_timeout_add (TICK, tick_cb, &runner);
  if (!wb_ftp_queue_is_idle (queue))
    g_main_loop_run (loop);
  g_source_remove (tick_id);
  g_signal_handlers_disconnect_by_data (queue, &runner);
  draw_end (&runner);
  if (g_cancellable_is_cancelled (wb_cli_get_cancellable (cli)))
    wb_ftp_queue_hang_up_and_wait (queue);
  return tell_outcome (&runner);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "wb-error.h"
#include "wb-ftp-queue.h"

/* Run by run-with-vsftpd.py, which starts vsftpd: WB_TEST_URL leads into its folder "upload", which
 * is WB_TEST_FOLDER here, and WB_TEST_LOCAL is an empty folder. */

#define FILES 120

static WbFtpQueue *
make_queue (guint connections)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbUrl) url = wb_url_parse (g_getenv ("WB_TEST_URL"), &error);

  g_assert_no_error (error);
  return wb_ftp_queue_new (NULL, NULL, url, connections);
}

static void
run_until_idle (WbFtpQueue *queue)
{
  while (!wb_ftp_queue_is_idle (queue))
    g_main_context_iteration (NULL, TRUE);
}

static guint
count_state (WbFtpQueue *queue, WbFtpTransferState state)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (queue));
  guint count = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (queue), i);

      if (wb_ftp_transfer_get_state (transfer) == WB_FTP_TRANSFER_FAILED)
        g_test_message ("%s: %s", wb_ftp_transfer_get_remote (transfer),
                        wb_ftp_transfer_get_error_message (transfer));
      if (wb_ftp_transfer_get_state (transfer) == state)
        count++;
    }
  return count;
}

static char *
local_path (const char *name)
{
  return g_build_filename (g_getenv ("WB_TEST_LOCAL"), name, NULL);
}

static GFile *
make_file (const char *name, gsize size, char fill)
{
  g_autofree char *path = local_path (name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *content = g_strnfill (size, fill);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0755);
  g_file_set_contents (path, content, size, &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

static WbFtpEntry *
make_entry (const char *name, WbFtpEntryType type)
{
  WbFtpEntryFields fields = { .name = name, .type = type, .size = -1 };

  return wb_ftp_entry_new (&fields);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_folders (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (4);
  g_autofree char *tree = local_path ("tree");
  g_autofree char *back = local_path ("back");
  g_autoptr (GFile) folder = g_file_new_for_path (tree);
  g_autoptr (GFile) target = g_file_new_for_path (back);
  g_autoptr (WbFtpEntry) entry = make_entry ("tree", WB_FTP_ENTRY_DIRECTORY);
  guint idle = 0;

  for (guint i = 0; i < FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("tree/%u/file-%u", i % 3, i);

      g_object_unref (make_file (name, i * 100, 'a' + i % 26));
    }
  g_mkdir (back, 0755);

  g_signal_connect_swapped (queue, "idle", G_CALLBACK (count_cb), &idle);
  g_assert_true (wb_ftp_queue_is_idle (queue));
  wb_ftp_queue_add_upload (queue, folder, "upload", FALSE);
  g_assert_false (wb_ftp_queue_is_idle (queue));
  run_until_idle (queue);
  g_assert_cmpuint (idle, ==, 1);
  g_assert_cmpuint (count_state (queue, WB_FTP_TRANSFER_DONE), ==, FILES);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, FILES);

  wb_ftp_queue_clear_finished (queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 0);
  wb_ftp_queue_add_download (queue, entry, "upload", target, FALSE);
  run_until_idle (queue);
  g_assert_cmpuint (idle, ==, 2);
  g_assert_cmpuint (count_state (queue, WB_FTP_TRANSFER_DONE), ==, FILES);

  for (guint i = 0; i < FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("tree/%u/file-%u", i % 3, i);
      g_autofree char *path = g_build_filename (back, name, NULL);
      g_autofree char *expected = g_strnfill (i * 100, 'a' + i % 26);
      g_autofree char *content = NULL;
      g_autoptr (GError) error = NULL;

      g_file_get_contents (path, &content, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (content, ==, expected);
    }
}

static void
test_exists_and_retry (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (1);
  g_autoptr (GFile) file = make_file ("once", 10, 'x');
  g_autoptr (WbFtpTransfer) transfer = NULL;
  g_autofree char *remote = g_build_filename (g_getenv ("WB_TEST_FOLDER"), "once", NULL);

  wb_ftp_queue_add_upload (queue, file, "upload", FALSE);
  run_until_idle (queue);
  g_assert_cmpuint (count_state (queue, WB_FTP_TRANSFER_DONE), ==, 1);

  wb_ftp_queue_add_upload (queue, file, "upload", FALSE);
  run_until_idle (queue);
  transfer = g_list_model_get_item (G_LIST_MODEL (queue), 1);
  g_assert_cmpint (wb_ftp_transfer_get_state (transfer), ==, WB_FTP_TRANSFER_FAILED);
  g_assert_error (wb_ftp_transfer_get_error (transfer), WB_FTP_ERROR, WB_FTP_ERROR_EXISTS);
  g_assert_nonnull (wb_ftp_transfer_get_error_message (transfer));

  g_assert_cmpint (g_unlink (remote), ==, 0);
  wb_ftp_queue_retry (queue, transfer);
  g_assert_null (wb_ftp_transfer_get_error_message (transfer));
  run_until_idle (queue);
  g_assert_cmpint (wb_ftp_transfer_get_state (transfer), ==, WB_FTP_TRANSFER_DONE);
  g_assert_cmpint (wb_ftp_transfer_get_done (transfer), ==, 10);
  g_assert_cmpint (wb_ftp_transfer_get_total (transfer), ==, 10);
}

static void
test_cancel (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (1);
  g_autoptr (WbFtpTransfer) waiting = NULL;
  guint idle = 0;

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("cancel-%u", i);
      g_autoptr (GFile) file = make_file (name, 1000, 'x');

      wb_ftp_queue_add_upload (queue, file, "upload", TRUE);
    }
  g_signal_connect_swapped (queue, "idle", G_CALLBACK (count_cb), &idle);
  waiting = g_list_model_get_item (G_LIST_MODEL (queue), 3);
  g_assert_cmpint (wb_ftp_transfer_get_state (waiting), ==, WB_FTP_TRANSFER_QUEUED);
  wb_ftp_transfer_cancel (waiting);
  g_assert_cmpint (wb_ftp_transfer_get_state (waiting), ==, WB_FTP_TRANSFER_CANCELLED);
  run_until_idle (queue);
  g_assert_cmpuint (count_state (queue, WB_FTP_TRANSFER_DONE), ==, 4);
  g_assert_cmpuint (idle, ==, 1);

  /* Again, and everything goes. */
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("cancel-%u", i);
      g_autoptr (GFile) file = make_file (name, 1000, 'x');

      wb_ftp_queue_add_upload (queue, file, "upload", TRUE);
    }
  wb_ftp_queue_cancel_all (queue);
  run_until_idle (queue);
  /* The first of them may have been done already. */
  g_assert_cmpuint (count_state (queue, WB_FTP_TRANSFER_CANCELLED), >=, 5);
  g_assert_cmpuint (count_state (queue, WB_FTP_TRANSFER_FAILED), ==, 0);
  g_assert_cmpuint (idle, ==, 2);

  /* A connection that was cancelled is replaced. */
  wb_ftp_queue_retry (queue, waiting);
  run_until_idle (queue);
  g_assert_cmpint (wb_ftp_transfer_get_state (waiting), ==, WB_FTP_TRANSFER_DONE);
}

static void
test_given_up_while_it_runs (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (2);
  g_autoptr (GFile) file = make_file ("given-up", 1000, 'x');
  g_autoptr (WbFtpTransfer) transfer = NULL;

  wb_ftp_queue_add_upload (queue, file, "upload", TRUE);
  transfer = g_list_model_get_item (G_LIST_MODEL (queue), 0);
  g_clear_object (&queue);
  while (wb_ftp_transfer_get_state (transfer) == WB_FTP_TRANSFER_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (wb_ftp_transfer_get_state (transfer), ==, WB_FTP_TRANSFER_CANCELLED);
}

static void
test_progress (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (1);
  g_autoptr (GFile) file = make_file ("large", 64 * 1024 * 1024, 'x');
  g_autoptr (WbFtpTransfer) transfer = NULL;
  gint64 begin = g_get_monotonic_time ();
  guint changes = 0;

  wb_ftp_queue_add_upload (queue, file, "upload", TRUE);
  transfer = g_list_model_get_item (G_LIST_MODEL (queue), 0);
  g_signal_connect_swapped (transfer, "notify::done", G_CALLBACK (count_cb), &changes);
  run_until_idle (queue);
  g_assert_cmpint (wb_ftp_transfer_get_done (transfer), ==, 64 * 1024 * 1024);
  g_assert_cmpuint (changes, >=, 1);
  /* Ten a second, and one at either end. */
  g_assert_cmpuint (changes, <=, (g_get_monotonic_time () - begin) / 100000 + 3);
}

static void
test_kinds_that_are_refused (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (1);
  g_autofree char *folder = local_path ("");
  g_autoptr (GFile) target = g_file_new_for_path (folder);
  g_autoptr (GFile) missing = g_file_get_child (target, "missing");
  g_autoptr (GFile) device = g_file_new_for_path ("/dev/zero");
  g_autoptr (WbFtpEntry) unknown = make_entry ("what is this", WB_FTP_ENTRY_UNKNOWN);
  g_autoptr (WbFtpEntry) other = make_entry ("socket", WB_FTP_ENTRY_OTHER);

  wb_ftp_queue_add_download (queue, unknown, "upload", target, TRUE);
  wb_ftp_queue_add_download (queue, other, "upload", target, TRUE);
  wb_ftp_queue_add_upload (queue, missing, "upload", TRUE);
  wb_ftp_queue_add_upload (queue, device, "upload", TRUE);
  run_until_idle (queue);
  g_assert_cmpuint (count_state (queue, WB_FTP_TRANSFER_FAILED), ==, 4);
}

/* Nothing listens there: all that waits fails with the first, and not one after the other. */
static void
test_nobody_there (void)
{
  g_autoptr (WbUrl) url = wb_url_parse ("ftp://127.0.0.1:1/", NULL);
  g_autoptr (WbFtpQueue) queue = wb_ftp_queue_new (NULL, NULL, url, 2);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GFile) file = make_file ("nobody", 1, 'x');

      wb_ftp_queue_add_upload (queue, file, "", TRUE);
    }
  run_until_idle (queue);
  g_assert_cmpuint (count_state (queue, WB_FTP_TRANSFER_FAILED), ==, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ftp/queue/folders", test_folders);
  g_test_add_func ("/ftp/queue/exists-and-retry", test_exists_and_retry);
  g_test_add_func ("/ftp/queue/cancel", test_cancel);
  g_test_add_func ("/ftp/queue/given-up-while-it-runs", test_given_up_while_it_runs);
  g_test_add_func ("/ftp/queue/progress", test_progress);
  g_test_add_func ("/ftp/queue/kinds-that-are-refused", test_kinds_that_are_refused);
  g_test_add_func ("/ftp/queue/nobody-there", test_nobody_there);

  return g_test_run ();
}

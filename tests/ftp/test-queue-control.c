/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#include "wb-error.h"
#include "wb-ftp-queue-store.h"

/* Run by run-with-vsftpd.py, see test-queue.c. */

/* Too slow to come to an end while a test looks. */
#define GLACIAL 20000

static WbUrl *
get_url (void)
{
  g_autoptr (GError) error = NULL;
  WbUrl *url = wb_url_parse (g_getenv ("WB_TEST_URL"), &error);

  g_assert_no_error (error);
  return url;
}

static WbFtpQueue *
make_queue (guint connections)
{
  g_autoptr (WbUrl) url = get_url ();

  return wb_ftp_queue_new (NULL, NULL, url, connections);
}

static void
run_until_idle (WbFtpQueue *queue)
{
  while (!wb_ftp_queue_is_idle (queue))
    g_main_context_iteration (NULL, TRUE);
}

static WbFtpTransfer *
get_transfer (WbFtpQueue *queue, guint i)
{
  g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (queue), i);

  /* The queue has one, too. */
  return transfer;
}

static void
assert_state (WbFtpTransfer *transfer, WbFtpTransferState state)
{
  if (wb_ftp_transfer_get_state (transfer) != state)
    g_test_message ("%s: %s", wb_ftp_transfer_get_remote (transfer),
                    wb_ftp_transfer_get_error_message (transfer));
  g_assert_cmpint (wb_ftp_transfer_get_state (transfer), ==, state);
}

static char *
local_path (const char *name)
{
  return g_build_filename (g_getenv ("WB_TEST_LOCAL"), name, NULL);
}

static char *
remote_path (const char *name)
{
  return g_build_filename (g_getenv ("WB_TEST_FOLDER"), name, NULL);
}

static void
write_file (const char *path, gsize size, char fill)
{
  g_autofree char *content = g_strnfill (size, fill);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, (gssize) size, &error);
  g_assert_no_error (error);
}

static GFile *
make_file (const char *name, gsize size, char fill)
{
  g_autofree char *path = local_path (name);

  write_file (path, size, fill);
  return g_file_new_for_path (path);
}

static void
assert_content (const char *path, gsize size, char fill)
{
  g_autofree char *expected = g_strnfill (size, fill);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (content, length, expected, size);
}

/* ── Pause ── */

static void
test_pause_transfer (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (1);
  g_autoptr (WbLimit) limit = wb_limit_new (GLACIAL);
  g_autoptr (GFile) large = make_file ("pause-large", 4 << 20, 'l');
  g_autoptr (GFile) small = make_file ("pause-small", 10, 's');
  g_autofree char *there = remote_path ("pause-large");
  WbFtpTransfer *first = NULL;
  WbFtpTransfer *second = NULL;

  wb_ftp_queue_set_limit (queue, limit);
  wb_ftp_queue_set_flags (queue, WB_FTP_FILE_RESUME);
  wb_ftp_queue_add_upload (queue, large, "upload", WB_FTP_IF_EXISTS_OVERWRITE);
  wb_ftp_queue_add_upload (queue, small, "upload", WB_FTP_IF_EXISTS_OVERWRITE);
  first = get_transfer (queue, 0);
  second = get_transfer (queue, 1);

  /* One that waits is paused at once, one that runs when it has stopped. */
  wb_ftp_transfer_pause (second);
  assert_state (second, WB_FTP_TRANSFER_PAUSED);
  while (wb_ftp_transfer_get_done (first) == 0)
    g_main_context_iteration (NULL, TRUE);
  assert_state (first, WB_FTP_TRANSFER_RUNNING);
  wb_ftp_transfer_pause (first);
  run_until_idle (queue);
  assert_state (first, WB_FTP_TRANSFER_PAUSED);
  assert_state (second, WB_FTP_TRANSFER_PAUSED);
  g_assert_false (g_file_test (there, G_FILE_TEST_EXISTS));

  wb_limit_set_rate (limit, 0);
  wb_ftp_transfer_unpause (first);
  wb_ftp_transfer_unpause (second);
  run_until_idle (queue);
  assert_state (first, WB_FTP_TRANSFER_DONE);
  assert_state (second, WB_FTP_TRANSFER_DONE);
  assert_content (there, 4 << 20, 'l');
}

static void
test_pause_queue (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (2);
  g_autoptr (WbLimit) limit = wb_limit_new (GLACIAL);
  WbFtpTotals totals;

  wb_ftp_queue_set_limit (queue, limit);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("paused-%u", i);
      g_autoptr (GFile) file = make_file (name, 2 << 20, 'p');

      wb_ftp_queue_add_upload (queue, file, "upload", WB_FTP_IF_EXISTS_OVERWRITE);
    }
  while (wb_ftp_transfer_get_done (get_transfer (queue, 0)) == 0)
    g_main_context_iteration (NULL, TRUE);
  wb_ftp_queue_set_paused (queue, TRUE);
  g_assert_true (wb_ftp_queue_get_paused (queue));
  run_until_idle (queue);
  wb_ftp_queue_get_totals (queue, &totals);
  g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_QUEUED], ==, 5);
  g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_RUNNING], ==, 0);

  wb_limit_set_rate (limit, 0);
  wb_ftp_queue_set_paused (queue, FALSE);
  run_until_idle (queue);
  wb_ftp_queue_get_totals (queue, &totals);
  g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_DONE], ==, 5);
  g_assert_cmpint (totals.done, ==, 5 * (2 << 20));
  g_assert_cmpint (totals.total, ==, 5 * (2 << 20));

  wb_ftp_queue_clear_finished (queue);
  wb_ftp_queue_get_totals (queue, &totals);
  g_assert_cmpint (totals.done, ==, 0);
  g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_DONE], ==, 0);
}

static guint
count_sessions (WbWire *wire)
{
  g_autoptr (GPtrArray) conversations = wb_wire_dup_conversations (wire);
  guint count = 0;

  for (guint i = 0; i < conversations->len; i++)
    {
      WbWireConversation *conversation = conversations->pdata[i];

      count += g_str_equal (conversation->protocol, "ftp");
    }
  return count;
}

static void
stop_in_the_middle (WbFtpQueue *queue, WbLimit *limit)
{
  WbFtpTransfer *transfer = get_transfer (queue, 0);

  while (wb_ftp_transfer_get_done (transfer) == 0)
    g_main_context_iteration (NULL, TRUE);
  wb_ftp_transfer_cancel (transfer);
  run_until_idle (queue);
  assert_state (transfer, WB_FTP_TRANSFER_CANCELLED);
  wb_ftp_queue_clear_finished (queue);
  wb_limit_set_rate (limit, 0);
}

/* A session outlives a transfer that is stopped, and what that had begun on the server goes. */
/* Whether the server's folder has a part of it, under whatever name. */
static gboolean
has_part (const char *name)
{
  g_autofree char *folder = remote_path (".");
  g_autofree char *begin = g_strconcat (name, ".", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file = NULL;
  gboolean found = FALSE;

  while (!found && (file = g_dir_read_name (dir)) != NULL)
    found = g_str_has_prefix (file, begin) && g_str_has_suffix (file, ".part");
  return found;
}

static void
test_stop (void)
{
  g_autoptr (WbUrl) url = get_url ();
  g_autoptr (WbWire) wire = wb_wire_new (1 << 20);
  g_autoptr (WbFtpQueue) queue = wb_ftp_queue_new (wire, NULL, url, 1);
  g_autoptr (WbLimit) limit = wb_limit_new (GLACIAL);
  g_autoptr (GFile) large = make_file ("stopped", 4 << 20, 's');
  g_autoptr (GFile) small = make_file ("stop-small", 10, 's');
  g_autofree char *back = local_path ("stop-back");
  g_autoptr (GFile) back_file = g_file_new_for_path (back);
  g_autofree char *there = remote_path ("stopped");

  wb_ftp_queue_set_limit (queue, limit);
  wb_ftp_queue_add_upload (queue, large, "upload", WB_FTP_IF_EXISTS_OVERWRITE);
  stop_in_the_middle (queue, limit);
  g_assert_true (has_part ("stopped"));
  wb_ftp_queue_add_upload (queue, small, "upload", WB_FTP_IF_EXISTS_OVERWRITE);
  run_until_idle (queue);
  assert_state (get_transfer (queue, 0), WB_FTP_TRANSFER_DONE);
  wb_ftp_queue_clear_finished (queue);
  g_assert_false (has_part ("stopped"));
  g_assert_false (g_file_test (there, G_FILE_TEST_EXISTS));

  write_file (there, 4 << 20, 's');
  for (guint i = 0; i < 3; i++)
    {
      wb_limit_set_rate (limit, GLACIAL);
      wb_ftp_queue_add_download_as (queue, NULL, "upload/stopped", back_file,
                                    WB_FTP_IF_EXISTS_OVERWRITE);
      stop_in_the_middle (queue, limit);
    }
  wb_ftp_queue_add_download_as (queue, NULL, "upload/stopped", back_file,
                                WB_FTP_IF_EXISTS_OVERWRITE);
  run_until_idle (queue);
  assert_state (get_transfer (queue, 0), WB_FTP_TRANSFER_DONE);
  assert_content (back, 4 << 20, 's');
  g_assert_cmpuint (count_sessions (wire), ==, 1);
}

/* ── Small files, of which a connection takes several at once ── */

#define CROWD 400

static GFile *
make_crowd (const char *name)
{
  g_autofree char *folder = local_path (name);

  g_assert_cmpint (g_mkdir (folder, 0777), ==, 0);
  for (guint i = 0; i < CROWD; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u", folder, i);

      write_file (path, 1000 + i, 'c');
    }
  return g_file_new_for_path (folder);
}

/* All of them whole; returns how many. What was stopped in the middle may have left a part. */
static guint
count_crowd (const char *name)
{
  g_autofree char *folder = remote_path (name);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file = NULL;
  guint count = 0;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, file, NULL);

      if (g_str_has_suffix (file, ".part"))
        continue;
      assert_content (path, 1000 + (gsize) g_ascii_strtoull (file, NULL, 10), 'c');
      count++;
    }
  return count;
}

static void
run_until_done (WbFtpQueue *queue, guint count)
{
  WbFtpTotals totals;

  for (;;)
    {
      wb_ftp_queue_get_totals (queue, &totals);
      if (totals.counts[WB_FTP_TRANSFER_DONE] >= count)
        return;
      g_main_context_iteration (NULL, TRUE);
    }
}

/* Up or down. */
static WbFtpQueue *
move_crowd (const char *name, gconstpointer up)
{
  WbFtpQueue *queue = make_queue (2);
  g_autofree char *here = local_path (name);
  g_autofree char *there = remote_path (name);
  g_autofree char *aside = g_strconcat (there, "-source", NULL);
  g_autofree char *remote = g_strconcat ("upload/", name, "-source", NULL);
  g_autoptr (GFile) folder = make_crowd (name);
  g_autoptr (GFile) target = g_file_new_for_path (there);
  WbFtpEntryFields fields = { .name = name, .type = WB_FTP_ENTRY_DIRECTORY, .size = -1 };
  g_autoptr (WbFtpEntry) entry = wb_ftp_entry_new (&fields);

  if (up != NULL)
    {
      wb_ftp_queue_add_upload (queue, folder, "upload", WB_FTP_IF_EXISTS_OVERWRITE);
      return queue;
    }
  /* What comes down lies where what went up does, and is counted there. */
  g_assert_cmpint (g_rename (here, aside), ==, 0);
  wb_ftp_queue_add_download_as (queue, entry, remote, target, WB_FTP_IF_EXISTS_OVERWRITE);
  return queue;
}

static void
test_pause_crowd (gconstpointer up)
{
  const char *name = up != NULL ? "crowd-up" : "crowd-down";
  g_autoptr (WbFtpQueue) queue = move_crowd (name, up);
  WbFtpTotals totals;

  for (guint done = 20; done < CROWD; done *= 2)
    {
      run_until_done (queue, done);
      wb_ftp_queue_set_paused (queue, TRUE);
      run_until_idle (queue);
      wb_ftp_queue_get_totals (queue, &totals);
      g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_RUNNING], ==, 0);
      g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_FAILED], ==, 0);
      g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_CANCELLED], ==, 0);
      wb_ftp_queue_set_paused (queue, FALSE);
    }
  run_until_idle (queue);
  wb_ftp_queue_get_totals (queue, &totals);
  g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_DONE], ==, CROWD);
  g_assert_cmpint (totals.done, ==, totals.total);
  g_assert_cmpint (totals.done, ==, 1000 * CROWD + CROWD * (CROWD - 1) / 2);
  g_assert_cmpuint (count_crowd (name), ==, CROWD);
}

/* One of them is not wanted any more; its neighbours are. */
static void
test_cancel_in_crowd (gconstpointer up)
{
  const char *name = up != NULL ? "thinned-up" : "thinned-down";
  g_autoptr (WbFtpQueue) queue = move_crowd (name, up);
  guint cancelled = 0;
  WbFtpTotals totals;

  run_until_done (queue, 10);
  for (guint i = 0; i < CROWD; i += 3)
    wb_ftp_transfer_cancel (get_transfer (queue, i));
  run_until_idle (queue);
  wb_ftp_queue_get_totals (queue, &totals);
  cancelled = totals.counts[WB_FTP_TRANSFER_CANCELLED];
  g_assert_cmpuint (cancelled, >, 0);
  g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_DONE] + cancelled, ==, CROWD);
  g_assert_cmpuint (count_crowd (name), ==, CROWD - cancelled);
}

/* The queue goes away while its connections are at it. */
static void
test_leave_crowd (gconstpointer up)
{
  const char *name = up != NULL ? "left-up" : "left-down";
  g_autoptr (WbFtpQueue) queue = move_crowd (name, up);
  WbFtpTransfer *last = NULL;

  run_until_done (queue, 10);
  last = g_list_model_get_item (G_LIST_MODEL (queue), CROWD - 1);
  for (guint i = 0; i < CROWD; i++)
    if (wb_ftp_transfer_get_state (get_transfer (queue, i)) == WB_FTP_TRANSFER_RUNNING)
      g_set_object (&last, get_transfer (queue, i));
  g_clear_object (&queue);
  while (wb_ftp_transfer_get_state (last) == WB_FTP_TRANSFER_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (last);
  g_assert_cmpuint (count_crowd (name), <, CROWD);
}

/* ── Conflicts ── */

typedef struct
{
  WbFtpIfExists rule;
  gboolean for_all;
  guint asked;
} Answer;

static void
conflict_cb (WbFtpQueue *queue, WbFtpTransfer *transfer, Answer *answer)
{
  const WbFtpConflict *conflict = wb_ftp_transfer_get_conflict (transfer);

  assert_state (transfer, WB_FTP_TRANSFER_CONFLICT);
  g_assert_nonnull (conflict);
  g_assert_cmpint (conflict->source_size, ==, 20);
  g_assert_cmpint (conflict->target_size, ==, 10);
  g_assert_cmpint (conflict->target_modified, >, 0);
  answer->asked++;
  wb_ftp_queue_answer (queue, transfer, answer->rule, answer->for_all);
}

/* Five files that are there already, sent as one folder or one by one. */
static void
upload_over (Answer *answer, WbFtpTransferState expected, gboolean folder)
{
  g_autoptr (WbFtpQueue) queue = make_queue (2);
  g_autofree char *tree = local_path ("over");
  g_autofree char *there = remote_path ("over");
  WbFtpTotals totals;

  g_signal_connect (queue, "conflict", G_CALLBACK (conflict_cb), answer);
  g_mkdir (tree, 0755);
  g_mkdir (there, 0777);
  g_chmod (there, 0777);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("over/%u", i);
      g_autofree char *remote = remote_path (name);
      g_autoptr (GFile) file = make_file (name, 20, 'n');

      g_unlink (remote);
      write_file (remote, 10, 'o');
      if (!folder)
        wb_ftp_queue_add_upload (queue, file, "upload/over", WB_FTP_IF_EXISTS_ASK);
    }
  if (folder)
    {
      g_autoptr (GFile) file = g_file_new_for_path (tree);

      wb_ftp_queue_add_upload (queue, file, "upload", WB_FTP_IF_EXISTS_ASK);
    }
  run_until_idle (queue);
  wb_ftp_queue_get_totals (queue, &totals);
  g_assert_cmpuint (totals.counts[expected], ==, 5);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("over/%u", i);
      g_autofree char *remote = remote_path (name);

      if (expected == WB_FTP_TRANSFER_DONE && answer->rule == WB_FTP_IF_EXISTS_OVERWRITE)
        assert_content (remote, 20, 'n');
      else
        assert_content (remote, 10, 'o');
    }
}

static void
test_conflict_each (void)
{
  Answer answer = { WB_FTP_IF_EXISTS_OVERWRITE, FALSE, 0 };

  upload_over (&answer, WB_FTP_TRANSFER_DONE, TRUE);
  g_assert_cmpuint (answer.asked, ==, 5);
}

static void
test_conflict_for_all (void)
{
  Answer answer = { WB_FTP_IF_EXISTS_OVERWRITE, TRUE, 0 };

  upload_over (&answer, WB_FTP_TRANSFER_DONE, TRUE);
  g_assert_cmpuint (answer.asked, ==, 1);
}

static void
test_conflict_skip (void)
{
  Answer answer = { WB_FTP_IF_EXISTS_SKIP, TRUE, 0 };

  upload_over (&answer, WB_FTP_TRANSFER_SKIPPED, FALSE);
  g_assert_cmpuint (answer.asked, ==, 1);
}

static void
test_conflict_rename (void)
{
  Answer answer = { WB_FTP_IF_EXISTS_RENAME, TRUE, 0 };
  g_autofree char *other = remote_path ("over/3 (2)");

  upload_over (&answer, WB_FTP_TRANSFER_DONE, FALSE);
  assert_content (other, 20, 'n');
}

static void
test_conflict_cancel (void)
{
  Answer answer = { WB_FTP_IF_EXISTS_ASK, TRUE, 0 };

  upload_over (&answer, WB_FTP_TRANSFER_CANCELLED, FALSE);
  g_assert_cmpuint (answer.asked, ==, 1);
}

static void
test_newer (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (1);
  g_autofree char *folder = local_path ("");
  g_autofree char *here = local_path ("newer");
  g_autofree char *there = remote_path ("newer");
  g_autoptr (GFile) target = g_file_new_for_path (folder);
  const WbFtpEntryFields fields = { .name = "newer", .type = WB_FTP_ENTRY_FILE, .size = -1 };
  g_autoptr (WbFtpEntry) entry = wb_ftp_entry_new (&fields);
  struct utimbuf times = { 1000000000, 1000000000 };

  write_file (here, 5, 'h');
  write_file (there, 5, 't');
  g_utime (there, &times);
  wb_ftp_queue_add_download (queue, entry, "upload", target, WB_FTP_IF_EXISTS_NEWER);
  run_until_idle (queue);
  assert_state (get_transfer (queue, 0), WB_FTP_TRANSFER_SKIPPED);
  assert_content (here, 5, 'h');

  g_utime (there, NULL);
  g_utime (here, &times);
  wb_ftp_queue_set_keep (queue, WB_FTP_KEEP_TIME);
  wb_ftp_queue_add_download (queue, entry, "upload", target, WB_FTP_IF_EXISTS_NEWER);
  run_until_idle (queue);
  assert_state (get_transfer (queue, 1), WB_FTP_TRANSFER_DONE);
  assert_content (here, 5, 't');

  /* Its time came with it, so it is not newer any more. */
  wb_ftp_queue_add_download (queue, entry, "upload", target, WB_FTP_IF_EXISTS_NEWER);
  run_until_idle (queue);
  assert_state (get_transfer (queue, 2), WB_FTP_TRANSFER_SKIPPED);
}

/* ── Many ── */

#define MANY 10000

static void
test_many (void)
{
  g_autoptr (WbFtpQueue) queue = make_queue (4);
  g_autoptr (GFile) file = make_file ("many", 1, 'x');
  WbFtpTotals totals;

  wb_ftp_queue_set_paused (queue, TRUE);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("upload/many-%u", i);

      wb_ftp_queue_add_upload_as (queue, file, name, WB_FTP_IF_EXISTS_OVERWRITE);
    }
  wb_ftp_queue_set_paused (queue, FALSE);
  g_assert_false (wb_ftp_queue_is_idle (queue));
  wb_ftp_queue_cancel_all (queue);
  wb_ftp_queue_get_totals (queue, &totals);
  g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_QUEUED], ==, 0);
  g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_CANCELLED], >=, MANY - 4);
  run_until_idle (queue);

  /* One by one, from the end, which is the worst order for a list. */
  for (guint i = MANY; i > 0; i--)
    wb_ftp_queue_retry (queue, get_transfer (queue, i - 1));
  for (guint i = MANY; i > 0; i--)
    wb_ftp_transfer_cancel (get_transfer (queue, i - 1));
  run_until_idle (queue);
  wb_ftp_queue_get_totals (queue, &totals);
  g_assert_cmpuint (totals.counts[WB_FTP_TRANSFER_FAILED], ==, 0);
  wb_ftp_queue_clear_finished (queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 0);
}

/* ── Restart ── */

static void
test_restart (void)
{
  g_autofree char *path = local_path ("data/transfers.json");
  g_autofree char *text = NULL;
  g_autofree char *odd = local_path ("odd \xe4%41\n");
  g_autofree char *there = remote_path ("restart-odd");
  g_autoptr (GFile) odd_file = g_file_new_for_path (odd);
  g_autoptr (GFile) file = make_file ("restart", 10, 'r');
  g_autoptr (WbUrl) url = get_url ();
  g_autoptr (GPtrArray) urls = NULL;
  g_autoptr (WbFtpQueueStore) store = wb_ftp_queue_store_new (path);
  g_autoptr (WbFtpQueue) queue = NULL;
  g_autoptr (GError) error = NULL;

  write_file (odd, 10, 'o');
  g_free (url->user);
  g_free (url->password);
  url->user = g_strdup ("anonymous");
  url->password = g_strdup ("canary-password");

  g_assert_true (wb_ftp_queue_store_load (store, &error));
  g_assert_no_error (error);
  queue = wb_ftp_queue_new (NULL, NULL, url, 2);
  g_assert_cmpuint (wb_ftp_queue_store_restore (store, queue, TRUE), ==, 0);
  wb_ftp_queue_set_paused (queue, TRUE);
  wb_ftp_queue_add_upload (queue, file, "upload", WB_FTP_IF_EXISTS_OVERWRITE);
  wb_ftp_queue_add_upload_as (queue, odd_file, "upload/restart-odd", WB_FTP_IF_EXISTS_RENAME);
  g_assert_true (wb_ftp_queue_store_flush (store, &error));
  g_assert_no_error (error);

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (text, "canary"));

  /* The program is gone, and comes back. */
  g_clear_object (&store);
  g_clear_object (&queue);
  store = wb_ftp_queue_store_new (path);
  g_assert_true (wb_ftp_queue_store_load (store, &error));
  urls = wb_ftp_queue_store_get_urls (store);
  g_assert_cmpuint (urls->len, ==, 1);
  g_assert_cmpstr (((WbUrl *) urls->pdata[0])->host, ==, url->host);
  g_assert_null (((WbUrl *) urls->pdata[0])->password);

  queue = wb_ftp_queue_new (NULL, NULL, url, 2);
  g_assert_cmpuint (wb_ftp_queue_store_restore (store, queue, TRUE), ==, 2);
  assert_state (get_transfer (queue, 0), WB_FTP_TRANSFER_PAUSED);
  g_assert_true (wb_ftp_queue_is_idle (queue));
  for (guint i = 0; i < 2; i++)
    wb_ftp_transfer_unpause (get_transfer (queue, i));
  run_until_idle (queue);
  assert_state (get_transfer (queue, 0), WB_FTP_TRANSFER_DONE);
  assert_state (get_transfer (queue, 1), WB_FTP_TRANSFER_DONE);
  assert_content (there, 10, 'o');

  /* Nothing is left, so there is no file any more. */
  g_assert_true (wb_ftp_queue_store_flush (store, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_damaged (void)
{
  static const char *const texts[] = {
    "",
    "{",
    "[]",
    "{\"version\": 2, \"servers\": []}",
    "{\"version\": 1, \"servers\": 7}",
    "{\"version\": \"1\"}",
  };
  static const char odd[] =
      "{\"version\": 1, \"servers\": [7, {}, {\"url\": \"http://x/\", \"transfers\": []},"
      " {\"url\": \"ftp://h/\", \"transfers\": [1, {}, {\"upload\": 1, \"local\": \"x\","
      " \"remote\": \"%00\"}, {\"upload\": true, \"local\": \"ftp://h/x\", \"remote\": \"a\"},"
      " {\"upload\": [], \"local\": [], \"remote\": {}}]}]}";
  g_autofree char *path = local_path ("damaged.json");
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (WbFtpQueueStore) store = wb_ftp_queue_store_new (path);
      g_autoptr (GPtrArray) urls = NULL;
      g_autoptr (GError) error = NULL;

      g_file_set_contents (path, texts[i], -1, NULL);
      g_assert_false (wb_ftp_queue_store_load (store, &error));
      g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
      g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      urls = wb_ftp_queue_store_get_urls (store);
      g_assert_cmpuint (urls->len, ==, 0);
    }
  {
    g_autoptr (WbUrl) url = wb_url_parse ("ftp://h/", NULL);
    g_autoptr (WbFtpQueue) queue = wb_ftp_queue_new (NULL, NULL, url, 1);
    g_autoptr (WbFtpQueueStore) store = wb_ftp_queue_store_new (path);
    g_autoptr (GError) error = NULL;

    g_file_set_contents (path, odd, -1, NULL);
    g_assert_true (wb_ftp_queue_store_load (store, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (wb_ftp_queue_store_restore (store, queue, TRUE), ==, 0);
  }
}

/* Small files go up at the rate of uploads and down at that of downloads, however many at once. */
static void
test_limit_crowd (gconstpointer up)
{
  const char *name = up != NULL ? "limited-up" : "limited-down";
  g_autoptr (WbLimit) slow = wb_limit_new (10 * GLACIAL);
  g_autoptr (WbLimit) free_rate = wb_limit_new (0);
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (WbFtpQueue) queue = move_crowd (name, up);

  wb_ftp_queue_set_limit (queue, up != NULL ? free_rate : slow);
  wb_ftp_queue_set_upload_limit (queue, up != NULL ? slow : free_rate);
  run_until_idle (queue);
  g_assert_cmpuint (count_crowd (name), ==, CROWD);
  /* 480 kB; the first second's worth may go at once. */
  g_assert_cmpint (g_get_monotonic_time () - begin, >, G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ftp/queue/pause-transfer", test_pause_transfer);
  g_test_add_func ("/ftp/queue/pause-queue", test_pause_queue);
  g_test_add_func ("/ftp/queue/stop", test_stop);
  g_test_add_data_func ("/ftp/queue/pause-crowd/up", "up", test_pause_crowd);
  g_test_add_data_func ("/ftp/queue/pause-crowd/down", NULL, test_pause_crowd);
  g_test_add_data_func ("/ftp/queue/cancel-in-crowd/up", "up", test_cancel_in_crowd);
  g_test_add_data_func ("/ftp/queue/cancel-in-crowd/down", NULL, test_cancel_in_crowd);
  g_test_add_data_func ("/ftp/queue/leave-crowd/up", "up", test_leave_crowd);
  g_test_add_data_func ("/ftp/queue/leave-crowd/down", NULL, test_leave_crowd);
  g_test_add_data_func ("/ftp/queue/limit-crowd/up", "up", test_limit_crowd);
  g_test_add_data_func ("/ftp/queue/limit-crowd/down", NULL, test_limit_crowd);
  g_test_add_func ("/ftp/queue/conflict/each", test_conflict_each);
  g_test_add_func ("/ftp/queue/conflict/for-all", test_conflict_for_all);
  g_test_add_func ("/ftp/queue/conflict/skip", test_conflict_skip);
  g_test_add_func ("/ftp/queue/conflict/rename", test_conflict_rename);
  g_test_add_func ("/ftp/queue/conflict/cancel", test_conflict_cancel);
  g_test_add_func ("/ftp/queue/newer", test_newer);
  g_test_add_func ("/ftp/queue/many", test_many);
  g_test_add_func ("/ftp/queue/restart", test_restart);
  g_test_add_func ("/ftp/queue/damaged", test_damaged);

  return g_test_run ();
}

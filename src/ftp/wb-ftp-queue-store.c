/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-queue-store.h"

#include "wb-ftp-queue-json.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

/* How long changes are gathered before they are written, in ms. */
#define DELAY 1000

struct _WbFtpQueueStore
{
  GObject parent_instance;

  char *path;
  WbSession *writer;
  GPtrArray *saved;  /* of WbFtpSaved: what was in the file and no queue has taken yet */
  GPtrArray *queues; /* of WbFtpQueue, borrowed; each tells when it goes */
  guint delay_id;
};

G_DEFINE_FINAL_TYPE (WbFtpQueueStore, wb_ftp_queue_store, G_TYPE_OBJECT)

/* What the writer's thread gets. */
typedef struct
{
  char *path;
  GPtrArray *saved;
} Snapshot;

static void queue_gone_cb (gpointer data, GObject *queue);
static void changed_cb (WbFtpQueueStore *self);

static void
let_go (WbFtpQueueStore *self)
{
  for (guint i = 0; i < self->queues->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->queues->pdata[i], self);
      g_object_weak_unref (self->queues->pdata[i], queue_gone_cb, self);
    }
  g_ptr_array_set_size (self->queues, 0);
}

static void
wb_ftp_queue_store_dispose (GObject *object)
{
  WbFtpQueueStore *self = WB_FTP_QUEUE_STORE (object);

  g_clear_handle_id (&self->delay_id, g_source_remove);
  let_go (self);
  g_clear_object (&self->writer);

  G_OBJECT_CLASS (wb_ftp_queue_store_parent_class)->dispose (object);
}

static void
wb_ftp_queue_store_finalize (GObject *object)
{
  WbFtpQueueStore *self = WB_FTP_QUEUE_STORE (object);

  g_free (self->path);
  g_ptr_array_unref (self->saved);
  g_ptr_array_unref (self->queues);

  G_OBJECT_CLASS (wb_ftp_queue_store_parent_class)->finalize (object);
}

static void
wb_ftp_queue_store_class_init (WbFtpQueueStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_ftp_queue_store_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_ftp_queue_store_finalize;
}

static void
wb_ftp_queue_store_init (WbFtpQueueStore *self)
{
  self->saved = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_saved_free);
  self->queues = g_ptr_array_new ();
  self->writer = wb_session_new ("queue-store");
}

/**
 * wb_ftp_queue_store_new:
 * @path: (nullable): the file; %NULL is "transfers.json" among the program's data
 *
 * Returns: (transfer full): a store in which nothing has been loaded yet
 */
WbFtpQueueStore *
wb_ftp_queue_store_new (const char *path)
{
  WbFtpQueueStore *self = g_object_new (WB_TYPE_FTP_QUEUE_STORE, NULL);

  self->path = path != NULL
                   ? g_strdup (path)
                   : g_build_filename (g_get_user_data_dir (), "wirebench", "transfers.json", NULL);
  return self;
}

/**
 * wb_ftp_queue_store_load:
 *
 * Reads the file, once, when the program begins. That there is none is no error. One
 * that is damaged is renamed to end in ".damaged".
 *
 * Errors: those of reading (`G_FILE_ERROR`), %WB_ERROR_INVALID.
 *
 * Returns: %TRUE, or %FALSE with @error set; the store can be used all the same
 */
gboolean
wb_ftp_queue_store_load (WbFtpQueueStore *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  GPtrArray *saved = NULL;
  gsize length = 0;

  g_return_val_if_fail (WB_IS_FTP_QUEUE_STORE (self), FALSE);

  if (!g_file_get_contents (self->path, &text, &length, &local))
    {
      if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  saved = wb_ftp_saved_from_json (text, length, error);
  if (saved == NULL)
    {
      g_autofree char *aside = g_strconcat (self->path, ".damaged", NULL);

      g_rename (self->path, aside);
      return FALSE;
    }
  g_ptr_array_unref (self->saved);
  self->saved = saved;
  return TRUE;
}

/**
 * wb_ftp_queue_store_get_urls:
 *
 * Returns: (transfer full) (element-type WbUrl): the servers for which something is left
 *   that no queue has taken, without passwords
 */
GPtrArray *
wb_ftp_queue_store_get_urls (WbFtpQueueStore *self)
{
  GPtrArray *urls = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_url_free);

  g_return_val_if_fail (WB_IS_FTP_QUEUE_STORE (self), urls);

  for (guint i = 0; i < self->saved->len; i++)
    g_ptr_array_add (urls, wb_url_copy (((WbFtpSaved *) self->saved->pdata[i])->url));
  return urls;
}

/**
 * wb_ftp_queue_store_restore:
 * @queue: an empty queue, or one that is in use already
 * @paused: whether each transfer is to wait until wb_ftp_transfer_unpause()
 *
 * Gives a queue what is left for its server: host, port, user and encryption are the
 * same. Give it flags and listeners before.
 *
 * Returns: how many transfers that were
 */
guint
wb_ftp_queue_store_restore (WbFtpQueueStore *self, WbFtpQueue *queue, gboolean paused)
{
  guint count = 0;

  g_return_val_if_fail (WB_IS_FTP_QUEUE_STORE (self), 0);
  g_return_val_if_fail (WB_IS_FTP_QUEUE (queue), 0);

  wb_ftp_queue_store_watch (self, queue);
  for (guint i = self->saved->len; i > 0; i--)
    {
      WbFtpSaved *saved = self->saved->pdata[i - 1];

      if (!wb_ftp_saved_is_for (saved, wb_ftp_queue_get_url (queue)))
        continue;
      g_ptr_array_steal_index (self->saved, i - 1);
      for (guint j = 0; j < saved->plans->len; j++)
        wb_ftp_queue_add_plan (queue, wb_ftp_plan_ref (saved->plans->pdata[j]),
                               paused ? WB_FTP_TRANSFER_PAUSED : WB_FTP_TRANSFER_QUEUED);
      count += saved->plans->len;
      wb_ftp_saved_free (saved);
    }
  return count;
}

/**
 * wb_ftp_queue_store_forget:
 * @url: a server
 *
 * Drops what is left for it and no queue has taken.
 */
void
wb_ftp_queue_store_forget (WbFtpQueueStore *self, const WbUrl *url)
{
  g_return_if_fail (WB_IS_FTP_QUEUE_STORE (self));

  for (guint i = self->saved->len; i > 0; i--)
    if (wb_ftp_saved_is_for (self->saved->pdata[i - 1], url))
      g_ptr_array_remove_index (self->saved, i - 1);
  changed_cb (self);
}

/* ── Writing ── */

static void
snapshot_free (Snapshot *snapshot)
{
  g_free (snapshot->path);
  g_ptr_array_unref (snapshot->saved);
  g_free (snapshot);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Snapshot, snapshot_free)

/* What there is now. Plans are not copied, so it costs little. */
static Snapshot *
take_snapshot (WbFtpQueueStore *self)
{
  Snapshot *snapshot = g_new0 (Snapshot, 1);

  snapshot->path = g_strdup (self->path);
  snapshot->saved = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_saved_free);
  for (guint i = 0; i < self->saved->len; i++)
    {
      const WbFtpSaved *saved = self->saved->pdata[i];

      g_ptr_array_add (snapshot->saved,
                       wb_ftp_saved_new (saved->url, g_ptr_array_ref (saved->plans)));
    }
  for (guint i = 0; i < self->queues->len; i++)
    {
      g_autoptr (GPtrArray) plans = wb_ftp_queue_get_unfinished (self->queues->pdata[i]);

      if (plans->len > 0)
        g_ptr_array_add (snapshot->saved,
                         wb_ftp_saved_new (wb_ftp_queue_get_url (self->queues->pdata[i]),
                                           g_steal_pointer (&plans)));
    }
  return snapshot;
}

static gboolean
write_snapshot (const Snapshot *snapshot, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (snapshot->path);
  g_autofree char *text = NULL;

  if (snapshot->saved->len == 0)
    {
      if (g_unlink (snapshot->path) == 0 || errno == ENOENT)
        return TRUE;
    }
  else if (g_mkdir_with_parents (folder, 0700) == 0)
    {
      text = wb_ftp_saved_to_json (snapshot->saved);
      return g_file_set_contents_full (snapshot->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                       0600, error);
    }
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               /* Translators: the first %s is the path of a file, the second the reason. */
               _ ("The list of transfers could not be kept in “%s”: %s."), snapshot->path,
               g_strerror (errno));
  return FALSE;
}

static gpointer
write_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  return write_snapshot (data, error) ? data : NULL;
}

static gboolean
delay_over_cb (gpointer user_data)
{
  WbFtpQueueStore *self = user_data;

  self->delay_id = 0;
  wb_session_run_async (self->writer, write_thread, take_snapshot (self),
                        (GDestroyNotify) snapshot_free, NULL, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (WbFtpQueueStore *self)
{
  if (self->delay_id == 0)
    self->delay_id = g_timeout_add (DELAY, delay_over_cb, self);
}

/* What it had left goes with it: a queue is dropped where its server is. */
static void
queue_gone_cb (gpointer data, GObject *queue)
{
  WbFtpQueueStore *self = data;

  g_ptr_array_remove (self->queues, queue);
  changed_cb (self);
}

/**
 * wb_ftp_queue_store_watch:
 * @queue: its transfers are kept from now on
 *
 * What is left in a queue that is dropped is kept no longer.
 */
void
wb_ftp_queue_store_watch (WbFtpQueueStore *self, WbFtpQueue *queue)
{
  g_return_if_fail (WB_IS_FTP_QUEUE_STORE (self));
  g_return_if_fail (WB_IS_FTP_QUEUE (queue));

  if (g_ptr_array_find (self->queues, queue, NULL))
    return;
  g_ptr_array_add (self->queues, queue);
  g_object_weak_ref (G_OBJECT (queue), queue_gone_cb, self);
  /* Each transfer that comes, goes or changes its state shows in the totals. */
  g_signal_connect_swapped (queue, "totals-changed", G_CALLBACK (changed_cb), self);
  changed_cb (self);
}

/**
 * wb_ftp_queue_store_flush:
 *
 * Writes what there is now and waits until that is done: for the end of the program.
 *
 * Errors: those of writing (`G_FILE_ERROR`).
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_queue_store_flush (WbFtpQueueStore *self, GError **error)
{
  g_return_val_if_fail (WB_IS_FTP_QUEUE_STORE (self), FALSE);

  g_clear_handle_id (&self->delay_id, g_source_remove);
  return wb_session_run (self->writer, write_thread, take_snapshot (self),
                         (GDestroyNotify) snapshot_free, error) != NULL;
}

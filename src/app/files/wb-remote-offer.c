/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-offer.h"

#include <errno.h>

#include "wb-file-offer.h"

/* What another program is given has to be there before its patience ends; GTK's own is 10 s in
 * some versions. More than this is for the pane beside. */
#define FILES_MAX 100
#define BYTES_MAX (64 * 1024 * 1024)

struct _WbRemoteOffer
{
  GdkContentProvider parent_instance;

  WbFtpQueue *queue;
  char *directory;
  GPtrArray *entries;
  gboolean folders;   /* among the entries */
  char *folder;       /* the offer makes its own in it */
  GFile *own;         /* NULL until a drop has asked */
  GPtrArray *waiting; /* of GTask: drops that asked before all was there */
  GError *error;      /* why something of it will not come */
};

G_DEFINE_FINAL_TYPE (WbRemoteOffer, wb_remote_offer, GDK_TYPE_CONTENT_PROVIDER)

/* A drop that wants the files in one of the forms. */
typedef struct
{
  const char *type; /* interned */
  GOutputStream *stream;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->stream);
  g_free (request);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gdk_content_serialize_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
write_list (WbRemoteOffer *self, GTask *task)
{
  Request *request = g_task_get_task_data (task);
  GSList *copies = NULL;

  for (guint i = self->entries->len; i > 0; i--)
    copies = g_slist_prepend (
        copies, g_file_get_child (self->own, wb_ftp_entry_get_name (self->entries->pdata[i - 1])));
  wb_file_offer_write_async (copies, request->type, request->stream, g_task_get_priority (task),
                             g_task_get_cancellable (task), written_cb, g_object_ref (task));
  g_slist_free_full (copies, g_object_unref);
}

/* What becomes of the files of this offer; a folder is many by and by. Returns whether all have
 * ended. */
static gboolean
look_at_transfers (WbRemoteOffer *self)
{
  GListModel *transfers = G_LIST_MODEL (self->queue);
  gboolean ended = TRUE;

  for (guint i = g_list_model_get_n_items (transfers); i > 0 && self->error == NULL; i--)
    {
      g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (transfers, i - 1);

      if (!g_file_has_prefix (wb_ftp_transfer_get_local (transfer), self->own))
        continue;
      switch (wb_ftp_transfer_get_state (transfer))
        {
        case WB_FTP_TRANSFER_DONE:
        case WB_FTP_TRANSFER_SKIPPED:
          break;
        case WB_FTP_TRANSFER_FAILED:
          self->error = g_error_copy (wb_ftp_transfer_get_error (transfer));
          break;
        case WB_FTP_TRANSFER_CANCELLED:
          self->error =
              g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled in the queue");
          break;
        case WB_FTP_TRANSFER_QUEUED:
        case WB_FTP_TRANSFER_RUNNING:
        case WB_FTP_TRANSFER_PAUSED:
        case WB_FTP_TRANSFER_CONFLICT:
        default:
          ended = FALSE;
        }
    }
  return ended || self->error != NULL;
}

/* Answers the drops that wait, as soon as every file is there or one will not come. */
static void
answer (WbRemoteOffer *self)
{
  g_autoptr (GPtrArray) waiting = NULL;

  if (self->waiting->len == 0 || !look_at_transfers (self))
    return;
  waiting = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    {
      if (self->error != NULL)
        g_task_return_error (g_ptr_array_index (waiting, i), g_error_copy (self->error));
      else
        write_list (self, g_ptr_array_index (waiting, i));
    }
}

static gboolean
fetch (WbRemoteOffer *self, GError **error)
{
  g_autofree char *own = g_build_filename (self->folder, "XXXXXX", NULL);

  if (g_mkdtemp (own) == NULL)
    {
      int saved = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved), g_strerror (saved));
      return FALSE;
    }
  self->own = g_file_new_for_path (own);
  /* A folder's files come into the queue as it is walked; whatever changes shows in these. */
  g_signal_connect_object (self->queue, "totals-changed", G_CALLBACK (answer), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < self->entries->len; i++)
    wb_ftp_queue_add_download (self->queue, g_ptr_array_index (self->entries, i), self->directory,
                               self->own, WB_FTP_IF_EXISTS_OVERWRITE);
  return TRUE;
}

static void
wb_remote_offer_write_mime_type_async (GdkContentProvider *provider,
                                       const char *type,
                                       GOutputStream *stream,
                                       int io_priority,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  WbRemoteOffer *self = WB_REMOTE_OFFER (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GdkContentFormats) formats = wb_file_offer_dup_formats (self->folders);
  Request *request = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, wb_remote_offer_write_mime_type_async);
  g_task_set_priority (task, io_priority);
  if (!gdk_content_formats_contain_mime_type (formats, type))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no %s here", type);
      return;
    }
  request = g_new0 (Request, 1);
  request->type = g_intern_string (type);
  request->stream = g_object_ref (stream);
  g_task_set_task_data (task, request, request_free);
  if (self->own == NULL && !fetch (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  answer (self);
}

static gboolean
wb_remote_offer_write_mime_type_finish (GdkContentProvider *provider,
                                        GAsyncResult *result,
                                        GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static GdkContentFormats *
wb_remote_offer_ref_formats (GdkContentProvider *provider)
{
  return wb_file_offer_dup_formats (WB_REMOTE_OFFER (provider)->folders);
}

static void
wb_remote_offer_finalize (GObject *object)
{
  WbRemoteOffer *self = WB_REMOTE_OFFER (object);

  g_object_unref (self->queue);
  g_free (self->directory);
  g_free (self->folder);
  g_ptr_array_unref (self->entries);
  g_clear_object (&self->own);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->waiting);

  G_OBJECT_CLASS (wb_remote_offer_parent_class)->finalize (object);
}

static void
wb_remote_offer_class_init (WbRemoteOfferClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wb_remote_offer_finalize;
  provider_class->ref_formats = wb_remote_offer_ref_formats;
  provider_class->write_mime_type_async = wb_remote_offer_write_mime_type_async;
  provider_class->write_mime_type_finish = wb_remote_offer_write_mime_type_finish;
}

static void
wb_remote_offer_init (WbRemoteOffer *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * wb_remote_offer_new:
 * @queue: the transfers of the server
 * @directory: the folder of the entries, in the server's bytes
 * @entries: (element-type WbFtpEntry): what is dragged
 * @folder: a private folder of this computer for the copies; they are left there
 *
 * Main thread only, like the queue.
 *
 * Returns: (transfer full) (nullable): what to offer, or %NULL when it is too much to be
 *   fetched while another program waits: a link, a size that is not known, a name that
 *   cannot be one here, more than 100 files or 64 MiB. Nobody knows what is in a folder
 *   before it is walked: it is offered, and can be cancelled in the queue
 */
GdkContentProvider *
wb_remote_offer_new (WbFtpQueue *queue,
                     const char *directory,
                     GPtrArray *entries,
                     const char *folder)
{
  WbRemoteOffer *self = NULL;
  gboolean folders = FALSE;
  gint64 bytes = 0;

  g_return_val_if_fail (WB_IS_FTP_QUEUE (queue), NULL);
  g_return_val_if_fail (directory != NULL && folder != NULL, NULL);

  if (entries->len == 0 || entries->len > FILES_MAX)
    return NULL;
  for (guint i = 0; i < entries->len; i++)
    {
      WbFtpEntry *entry = g_ptr_array_index (entries, i);
      gint64 size = wb_ftp_entry_get_size (entry);

      if (!wb_ftp_name_is_usable (wb_ftp_entry_get_name (entry)))
        return NULL;
      if (wb_ftp_entry_get_entry_type (entry) == WB_FTP_ENTRY_DIRECTORY)
        {
          folders = TRUE;
          continue;
        }
      if (wb_ftp_entry_get_entry_type (entry) != WB_FTP_ENTRY_FILE || size < 0 ||
          size > BYTES_MAX - bytes)
        return NULL;
      bytes += size;
    }

  self = g_object_new (WB_TYPE_REMOTE_OFFER, NULL);
  self->queue = g_object_ref (queue);
  self->directory = g_strdup (directory);
  self->entries = g_ptr_array_ref (entries);
  self->folders = folders;
  self->folder = g_strdup (folder);
  return GDK_CONTENT_PROVIDER (self);
}

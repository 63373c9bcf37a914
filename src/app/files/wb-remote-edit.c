/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-edit.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

#include "wb-session.h"

/* How long a file has to be left alone before it is sent, in ms: some programs write more than
 * once for one save. */
#define SETTLE 400

/* What would run when it is opened, or could by the hand of what opens it. */
static const char *const refused[] = {
  "application/x-desktop",
  "application/x-executable",
  "application/x-sharedlib",
  "application/x-pie-executable",
  "application/vnd.appimage",
  "application/x-ms-dos-executable",
  "application/x-msdownload",
  "application/x-java-archive",
  "application/vnd.microsoft.portable-executable",
  "application/x-shellscript",
  "application/x-msi",
};

struct _WbRemoteEdit
{
  GObject parent_instance;

  WbRemoteServer *server;
  WbFtpQueue *queue;
  WbFtpEntry *entry;
  char *directory;
  char *path; /* on the server, in its bytes */
  char *name; /* to be shown */
  GFile *folder;
  GFile *file;
  GtkWindow *parent; /* a weak pointer */
  WbSession *session;
  GFileMonitor *monitor;
  WbFtpTransfer *transfer; /* the last one, either way */
  char *stamp;             /* what was fetched or sent last */
  char *sending;           /* what is on its way */
  WbSyncStat there;        /* what the server had then */
  guint settle_id;
  gboolean busy;   /* being asked about, or on its way */
  gboolean unsent; /* saved, and not on the server yet */
  gboolean waits;  /* for the server to be there again, which was told */
};

enum
{
  TOLD,
  CHANGED_THERE,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbRemoteEdit, wb_remote_edit, G_TYPE_OBJECT)

static void look (WbRemoteEdit *self);

static void
fail (WbRemoteEdit *self, const char *text)
{
  g_signal_emit (self, signals[FAILED], 0, text);
}

/* What tells two versions of the copy apart, without reading it. */
static char *
make_stamp (GFile *file)
{
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, "standard::size,standard::type,time::modified,time::modified-usec,unix::inode",
      G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);

  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    return NULL;
  return g_strdup_printf ("%" G_GOFFSET_FORMAT " %" G_GUINT64_FORMAT ".%u %" G_GUINT64_FORMAT,
                          g_file_info_get_size (info),
                          g_file_info_get_attribute_uint64 (info, "time::modified"),
                          g_file_info_get_attribute_uint32 (info, "time::modified-usec"),
                          g_file_info_get_attribute_uint64 (info, "unix::inode"));
}

/* ── What the server has ── */

static void
ask_there (WbRemoteEdit *self, GAsyncReadyCallback callback)
{
  WbSyncJob *job = wb_sync_job_new (self->server, NULL);

  job->remote = g_strdup (self->path);
  wb_session_run_async (self->session, wb_sync_job_stat, job, wb_sync_job_free, g_free, NULL,
                        callback, g_object_ref (self));
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbRemoteEdit) self = user_data;
  g_autofree WbSyncStat *stat = wb_session_run_finish (WB_SESSION (source), result, NULL);

  if (stat != NULL)
    self->there = *stat;
  else
    {
      /* As much as is known of it: that it is ours, not what time the server gave it. */
      self->there.size = self->stamp != NULL ? g_ascii_strtoll (self->stamp, NULL, 10) : -1;
      self->there.modified = -1;
    }
  self->busy = FALSE;
  /* It may have been saved meanwhile. */
  look (self);
}

/* ── Sending ── */

/* The server cannot be asked or sent anything now; what was saved is kept for when it can. Told
 * once, as it is tried again and again; the pane says why. */
static void
wait_for_server (WbRemoteEdit *self)
{
  g_autofree char *text = NULL;

  self->busy = FALSE;
  if (self->waits)
    return;
  self->waits = TRUE;
  /* Translators: %s is the name of a file. */
  text = g_strdup_printf (_ ("“%s” is kept here and sent when the server answers"), self->name);
  g_signal_emit (self, signals[TOLD], 0, text);
}

static void
forget_transfer (WbRemoteEdit *self)
{
  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_clear_object (&self->transfer);
}

static void
sent_cb (WbRemoteEdit *self)
{
  g_autofree char *text = NULL;

  switch (wb_ftp_transfer_get_state (self->transfer))
    {
    case WB_FTP_TRANSFER_DONE:
    case WB_FTP_TRANSFER_SKIPPED:
      g_free (self->stamp);
      self->stamp = g_steal_pointer (&self->sending);
      self->unsent = FALSE;
      self->waits = FALSE;
      forget_transfer (self);
      /* Translators: %s is the name of a file. */
      text = g_strdup_printf (_ ("“%s” is on the server as you saved it"), self->name);
      break;
    case WB_FTP_TRANSFER_FAILED:
      /* Still watched: it may be tried again among the transfers. */
      if (wb_remote_server_is_loss (wb_ftp_transfer_get_error (self->transfer)))
        {
          wait_for_server (self);
          return;
        }
      G_GNUC_FALLTHROUGH;
    case WB_FTP_TRANSFER_CANCELLED:
      text = g_strdup_printf (
          /* Translators: %s is the name of a file. */
          _ ("“%s” was not sent to the server: try it again among the transfers, or save it again"),
          self->name);
      break;
    case WB_FTP_TRANSFER_QUEUED:
    case WB_FTP_TRANSFER_RUNNING:
    case WB_FTP_TRANSFER_PAUSED:
    case WB_FTP_TRANSFER_CONFLICT:
    default:
      self->busy = TRUE;
      return;
    }
  g_signal_emit (self, signals[TOLD], 0, text);
  if (self->unsent)
    self->busy = FALSE;
  else
    ask_there (self, noted_cb);
}

/* In place of what did not arrive before, so that no row of that is left. */
static gboolean
send_again (WbRemoteEdit *self)
{
  if (self->transfer == NULL ||
      wb_ftp_transfer_get_state (self->transfer) != WB_FTP_TRANSFER_FAILED ||
      wb_ftp_transfer_get_queue (self->transfer) != self->queue)
    return FALSE;
  wb_ftp_queue_retry (self->queue, self->transfer);
  return TRUE;
}

static void
send (WbRemoteEdit *self)
{
  GListModel *transfers = G_LIST_MODEL (self->queue);

  self->busy = TRUE;
  g_free (self->sending);
  self->sending = make_stamp (self->file);
  if (send_again (self))
    return;
  forget_transfer (self);
  wb_ftp_queue_add_upload_as (self->queue, self->file, self->path, WB_FTP_IF_EXISTS_OVERWRITE);
  self->transfer = g_list_model_get_item (transfers, g_list_model_get_n_items (transfers) - 1);
  g_signal_connect_object (self->transfer, "notify::state", G_CALLBACK (sent_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbRemoteEdit) self = user_data;
  g_autofree WbSyncStat *stat = wb_session_run_finish (WB_SESSION (source), result, NULL);

  self->busy = FALSE;
  if (stat == NULL)
    {
      wait_for_server (self);
      return;
    }
  self->waits = FALSE;
  if (stat->size != self->there.size ||
      (self->there.modified >= 0 && stat->modified != self->there.modified))
    g_signal_emit (self, signals[CHANGED_THERE], 0);
  else
    send (self);
}

/* Sends what was saved, if it was, and if it is still the same file that it goes in place of. */
static void
look (WbRemoteEdit *self)
{
  g_autofree char *stamp = make_stamp (self->file);

  /* While it is replaced there is none for a moment. */
  if (self->busy || stamp == NULL || g_strcmp0 (stamp, self->stamp) == 0)
    return;
  self->unsent = TRUE;
  self->busy = TRUE;
  ask_there (self, checked_cb);
}

static gboolean
settled_cb (gpointer user_data)
{
  WbRemoteEdit *self = user_data;

  self->settle_id = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

static void
monitor_cb (WbRemoteEdit *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add (SETTLE, settled_cb, self);
}

/* ── Opening ── */

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbRemoteEdit) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error))
    fail (self, error->message);
}

static gboolean
is_refused (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    if (g_content_type_is_a (type, refused[i]))
      return TRUE;
  return FALSE;
}

/* What its beginning looks like, whatever it is called; NULL when it cannot be read. */
static char *
guess_by_content (GFile *file)
{
  guchar data[4096];
  gsize length = 0;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);

  if (stream == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), data, sizeof data, &length, NULL, NULL))
    return NULL;
  return g_content_type_guess (NULL, data, length, NULL);
}

/* By its name and by its beginning: either may lie. */
static gboolean
may_open (WbRemoteEdit *self)
{
  g_autofree char *name = g_file_get_basename (self->file);
  g_autofree char *by_name = g_content_type_guess (name, NULL, 0, NULL);
  g_autofree char *by_content = guess_by_content (self->file);
  g_autofree char *text = NULL;

  if (by_content != NULL && !is_refused (by_name) && !is_refused (by_content))
    return TRUE;
  text = g_strdup_printf (
      /* Translators: %s is the name of a file. */
      _ ("“%s” is a program, or could start one, and is not opened from a server. Download it and "
         "look at it first."),
      self->name);
  fail (self, text);
  return FALSE;
}

static void
open_now (WbRemoteEdit *self)
{
  g_autofree char *uri = g_file_get_uri (self->file);

  if (!may_open (self))
    return;
  self->stamp = make_stamp (self->file);
  self->busy = TRUE;
  ask_there (self, noted_cb);
  /* The folder: many programs save by putting another file in the place of this one. */
  self->monitor = g_file_monitor_directory (self->folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (monitor_cb), self,
                             G_CONNECT_SWAPPED);
  if (self->parent != NULL)
    gtk_show_uri_full (self->parent, uri, GDK_CURRENT_TIME, NULL, opened_cb, g_object_ref (self));
}

static void
fetched_cb (WbRemoteEdit *self)
{
  g_autoptr (WbRemoteEdit) alive = g_object_ref (self);
  WbFtpTransferState state = wb_ftp_transfer_get_state (self->transfer);
  g_autoptr (WbFtpTransfer) transfer = NULL;

  if (state != WB_FTP_TRANSFER_DONE && state != WB_FTP_TRANSFER_FAILED &&
      state != WB_FTP_TRANSFER_CANCELLED && state != WB_FTP_TRANSFER_SKIPPED)
    return;
  transfer = g_steal_pointer (&self->transfer);
  g_signal_handlers_disconnect_by_data (transfer, self);
  if (state == WB_FTP_TRANSFER_DONE)
    open_now (self);
  else
    fail (self,
          state == WB_FTP_TRANSFER_FAILED ? wb_ftp_transfer_get_error_message (transfer) : NULL);
}

/* ── The object ── */

static void
remove_folder (WbRemoteEdit *self)
{
  g_autoptr (GFileEnumerator) children =
      g_file_enumerate_children (self->folder, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                 G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child = NULL;

  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) &&
         child != NULL)
    g_file_delete (child, NULL, NULL);
  g_file_delete (self->folder, NULL, NULL);
}

static void
gone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  wb_session_run_finish (WB_SESSION (source), result, NULL);
}

static void
wb_remote_edit_dispose (GObject *object)
{
  WbRemoteEdit *self = WB_REMOTE_EDIT (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  /* What was saved and could not be sent is all that there is of it. */
  if (self->folder != NULL && !self->unsent)
    remove_folder (self);
  if (self->session != NULL)
    wb_session_run_async (self->session, wb_sync_job_quit, wb_sync_job_new (self->server, NULL),
                          wb_sync_job_free, NULL, NULL, gone_cb, NULL);
  g_clear_object (&self->session);
  g_clear_object (&self->folder);
  g_clear_object (&self->file);
  g_clear_object (&self->transfer);
  g_clear_object (&self->queue);
  g_clear_object (&self->entry);
  g_clear_weak_pointer (&self->parent);
  g_clear_pointer (&self->server, wb_remote_server_unref);

  G_OBJECT_CLASS (wb_remote_edit_parent_class)->dispose (object);
}

static void
wb_remote_edit_finalize (GObject *object)
{
  WbRemoteEdit *self = WB_REMOTE_EDIT (object);

  g_free (self->directory);
  g_free (self->path);
  g_free (self->name);
  g_free (self->stamp);
  g_free (self->sending);

  G_OBJECT_CLASS (wb_remote_edit_parent_class)->finalize (object);
}

static void
wb_remote_edit_class_init (WbRemoteEditClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_remote_edit_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_remote_edit_finalize;
  signals[TOLD] = g_signal_new ("told", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);
  signals[CHANGED_THERE] =
      g_signal_new ("changed-there", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wb_remote_edit_init (WbRemoteEdit *self)
{
  self->session = wb_session_new ("wb-edit");
}

/**
 * wb_remote_edit_new:
 * @server: how to get to the server, for a look at what it has
 * @queue: what moves the file
 * @directory: where the file is, in the server's bytes
 * @entry: a file with a usable name
 *
 * Returns: (transfer full): nothing is fetched yet
 */
WbRemoteEdit *
wb_remote_edit_new (WbRemoteServer *server,
                    WbFtpQueue *queue,
                    const char *directory,
                    WbFtpEntry *entry)
{
  WbRemoteEdit *self = g_object_new (WB_TYPE_REMOTE_EDIT, NULL);
  const char *name = wb_ftp_entry_get_name (entry);

  self->server = wb_remote_server_ref (server);
  self->queue = g_object_ref (queue);
  self->entry = g_object_ref (entry);
  self->directory = g_strdup (directory);
  self->path = g_strconcat (directory, g_str_has_suffix (directory, "/") ? "" : "/", name, NULL);
  self->name = wb_ftp_name_dup_shown (name);
  return self;
}

/**
 * wb_remote_edit_begin:
 * @parent: the window that opens it
 *
 * Fetches the file, and opens it when it is there.
 */
void
wb_remote_edit_begin (WbRemoteEdit *self, GtkWindow *parent)
{
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "wirebench", NULL);
  g_autofree char *made = g_build_filename (cache, "edit-XXXXXX", NULL);
  GListModel *transfers = G_LIST_MODEL (self->queue);

  g_set_weak_pointer (&self->parent, parent);
  if (g_mkdir_with_parents (cache, 0700) != 0 || g_mkdtemp (made) == NULL)
    {
      fail (self, g_strerror (errno));
      return;
    }
  self->folder = g_file_new_for_path (made);
  self->file = g_file_get_child (self->folder, wb_ftp_entry_get_name (self->entry));
  wb_ftp_queue_add_download (self->queue, self->entry, self->directory, self->folder,
                             WB_FTP_IF_EXISTS_OVERWRITE);
  self->transfer = g_list_model_get_item (transfers, g_list_model_get_n_items (transfers) - 1);
  g_signal_connect_object (self->transfer, "notify::state", G_CALLBACK (fetched_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * wb_remote_edit_overwrite:
 *
 * Sends what was saved, whatever the server has by now.
 */
void
wb_remote_edit_overwrite (WbRemoteEdit *self)
{
  if (!self->busy)
    send (self);
}

/**
 * wb_remote_edit_server_answers:
 * @url: a server that has just answered
 * @queue: one of that server's
 *
 * Sends what was saved while the server could not be reached, if it is that one; by @queue from now
 * on.
 */
void
wb_remote_edit_server_answers (WbRemoteEdit *self, const WbUrl *url, WbFtpQueue *queue)
{
  const WbUrl *own = self->server->url;

  if (!g_str_equal (url->host, own->host) || url->port != own->port ||
      g_strcmp0 (url->user, own->user) != 0)
    return;
  if (!self->busy)
    g_set_object (&self->queue, queue);
  if (self->waits)
    look (self);
}

/**
 * wb_remote_edit_get_name:
 *
 * Returns: the file's name, to be shown
 */
const char *
wb_remote_edit_get_name (WbRemoteEdit *self)
{
  return self->name;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-pane.h"

#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"
#include "wb-error.h"
#include "wb-remote-job.h"
#include "wb-remote-offer.h"
#include "wb-session.h"

struct _WbRemotePane
{
  WbFilePane parent_instance;

  WbWire *wire;
  WbTrust *trust;
  WbSession *session;
  WbRemoteServer *server;
  GCancellable *cancellable; /* of everything asked of this server */
  WbUrl *url;
  char *directory;
  gboolean connected;
  WbFileItem *wanted; /* the file that the address names */
  guint keep_alive;   /* seconds, or 0 */
  guint keep_alive_id;
  WbRemoteVerb asked_verb; /* what was last asked to be shown, to try again */
  char *asked;
  GCancellable *work; /* (nullable): of what is counted or deleted */

  WbFtpQueue *queue; /* fetches what is dragged to other programs */
  char *dragged;     /* the folder of such files, gone with the pane */
};

enum
{
  CONNECTED,
  DISCONNECTED,
  FAILED,
  OPEN_FAILED,
  LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbRemotePane, wb_remote_pane, WB_TYPE_FILE_PANE)

static void
show_unconnected (WbRemotePane *self)
{
  wb_file_pane_set_empty (WB_FILE_PANE (self), "network-server-symbolic", _ ("Not Connected"),
                          _ ("Enter a server above and connect, or take the lab’s own."));
}

static char *
to_display (const char *bytes)
{
  return g_utf8_validate (bytes, -1, NULL) ? g_strdup (bytes) : g_utf8_make_valid (bytes, -1);
}

typedef struct
{
  WbRemotePane *pane;
  WbRemoteServer *server;
  WbRemoteVerb verb;
  char *opens; /* the folder that was asked for, or NULL */
} Pending;

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->pane);
  wb_remote_server_unref (pending->server);
  g_free (pending->opens);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static gboolean
is_loss (const GError *error)
{
  return g_error_matches (error, WB_ERROR, WB_ERROR_CLOSED) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_TIMED_OUT) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_UNREACHABLE) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_REFUSED) ||
         g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_BUSY);
}

static gboolean
is_listing (WbRemoteVerb verb)
{
  return verb == WB_REMOTE_LIST || verb == WB_REMOTE_OPEN || verb == WB_REMOTE_PARENT;
}

static void
show_error (WbRemotePane *self, const GError *error, gboolean listing)
{
  gboolean lost = is_loss (error);
  /* Where only the folder that is shown was asked for, any listing of it says that all is well. */
  gboolean elsewhere = listing && (!lost || self->asked_verb != WB_REMOTE_LIST);

  if (elsewhere)
    wb_file_pane_fail_to_list (WB_FILE_PANE (self), error, lost ? _ ("_Reconnect") : _ ("_Retry"));
  else
    wb_file_pane_fail (WB_FILE_PANE (self), error);
  if (!lost)
    return;
  if (!elsewhere)
    wb_file_pane_offer_reload (WB_FILE_PANE (self), _ ("_Reconnect"));
  g_signal_emit (self, signals[LOST], 0, error);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  WbRemotePane *self = pending->pane;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRemoteListing) listing = wb_session_run_finish (WB_SESSION (source), result, &error);
  gboolean handled = FALSE;

  /* The person has gone elsewhere since. */
  if (pending->server != self->server)
    return;

  wb_file_pane_set_busy (WB_FILE_PANE (self), FALSE);
  if (listing != NULL)
    {
      g_autofree char *location = to_display (listing->directory);

      g_free (self->directory);
      self->directory = g_strdup (listing->directory);
      wb_file_pane_set_items (WB_FILE_PANE (self), location, listing->items);
      if (!self->connected)
        {
          self->connected = TRUE;
          g_set_object (&self->wanted, listing->wanted);
          g_signal_emit (self, signals[CONNECTED], 0);
        }
      return;
    }

  if (self->connected)
    {
      if (pending->opens != NULL)
        g_signal_emit (self, signals[OPEN_FAILED], 0, pending->opens, error, &handled);
      if (!handled)
        show_error (self, error, is_listing (pending->verb));
      return;
    }
  wb_remote_pane_disconnect (self);
  wb_file_pane_fail (WB_FILE_PANE (self), error);
  g_signal_emit (self, signals[FAILED], 0, error);
}

/* ── A connection that is not to be ended for silence ── */

static void
pinged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GError) error = NULL;

  if (wb_session_run_finish (WB_SESSION (source), result, &error) != NULL ||
      pending->server != pending->pane->server || !pending->pane->connected)
    return;
  g_clear_handle_id (&pending->pane->keep_alive_id, g_source_remove);
  show_error (pending->pane, error, FALSE);
}

static gboolean
keep_alive_cb (gpointer user_data)
{
  WbRemotePane *self = user_data;
  Pending *pending = g_new0 (Pending, 1);

  pending->pane = g_object_ref (self);
  pending->server = wb_remote_server_ref (self->server);
  wb_session_run_async (self->session, wb_remote_job_ping,
                        wb_remote_job_new (self->server, WB_REMOTE_LIST, NULL, NULL),
                        (GDestroyNotify) wb_remote_job_free, NULL, self->cancellable, pinged_cb,
                        pending);
  return G_SOURCE_CONTINUE;
}

static void
restart_keep_alive (WbRemotePane *self)
{
  g_clear_handle_id (&self->keep_alive_id, g_source_remove);
  if (self->keep_alive > 0 && self->server != NULL)
    self->keep_alive_id = g_timeout_add_seconds (self->keep_alive, keep_alive_cb, self);
}

static void
run (WbRemotePane *self, WbRemoteVerb verb, GPtrArray *items, const char *argument)
{
  Pending *pending = NULL;

  if (self->server == NULL)
    return;
  pending = g_new0 (Pending, 1);
  pending->pane = g_object_ref (self);
  pending->server = wb_remote_server_ref (self->server);
  pending->verb = verb;
  pending->opens = verb == WB_REMOTE_OPEN ? g_strdup (argument) : NULL;
  restart_keep_alive (self);
  if (is_listing (verb))
    {
      g_autofree char *old = self->asked;

      self->asked = g_strdup (argument);
      self->asked_verb = verb;
    }

  wb_file_pane_set_busy (WB_FILE_PANE (self), TRUE);
  wb_session_run_async (
      self->session, wb_remote_job_run, wb_remote_job_new (self->server, verb, items, argument),
      (GDestroyNotify) wb_remote_job_free, (GDestroyNotify) wb_remote_listing_free,
      self->cancellable, listed_cb, pending);
}

/**
 * wb_remote_pane_set_channels:
 *
 * Hands over what connections need; once, before the first.
 */
void
wb_remote_pane_set_channels (WbRemotePane *self, WbWire *wire, WbTrust *trust)
{
  g_set_object (&self->wire, wire);
  g_set_object (&self->trust, trust);
}

/**
 * wb_remote_pane_set_queue:
 * @queue: (nullable): the transfers of the server that is connected
 *
 * What fetches files that are dragged to another program; without one they cannot be.
 */
void
wb_remote_pane_set_queue (WbRemotePane *self, WbFtpQueue *queue)
{
  g_set_object (&self->queue, queue);
}

/**
 * wb_remote_pane_set_keep_alive:
 * @seconds: of silence after which the server is told that somebody is there (NOOP); 0 for
 *   never
 */
void
wb_remote_pane_set_keep_alive (WbRemotePane *self, guint seconds)
{
  self->keep_alive = seconds;
  restart_keep_alive (self);
}

/**
 * wb_remote_pane_send_command:
 * @command: a line for the server; line breaks are refused
 * @callback: gets the session as its source; wb_session_run_finish() gives the reply's code
 *   and text (transfer full)
 *
 * Sends what a person typed, over the connection that lists. Only while connected.
 */
void
wb_remote_pane_send_command (WbRemotePane *self,
                             const char *command,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (self->server != NULL);

  restart_keep_alive (self);
  wb_session_run_async (self->session, wb_remote_job_command,
                        wb_remote_job_new (self->server, WB_REMOTE_LIST, NULL, command),
                        (GDestroyNotify) wb_remote_job_free, g_free, self->cancellable, callback,
                        user_data);
}

/**
 * wb_remote_pane_connect:
 * @settings: (nullable): a client that is not in use, whose settings the connection gets
 *
 * Connects, logs in and shows the URL's folder; `connected` or `failed` tells how
 * it ended. Leaves the server that was connected before.
 */
void
wb_remote_pane_connect (WbRemotePane *self, const WbUrl *url, WbFtpClient *settings)
{
  wb_remote_pane_disconnect (self);

  self->url = wb_url_copy (url);
  self->cancellable = g_cancellable_new ();
  self->session = wb_session_new ("wb-ftp");
  self->server = wb_remote_server_new (self->wire, self->trust, url, settings);
  wb_file_pane_set_empty (WB_FILE_PANE (self), "network-server-symbolic", _ ("Connecting…"),
                          url->host);
  run (self, WB_REMOTE_LIST, NULL, NULL);
}

static void
gone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  wb_session_run_finish (WB_SESSION (source), result, NULL);
}

/**
 * wb_remote_pane_disconnect:
 *
 * Cancels what is under way and leaves the server.
 */
void
wb_remote_pane_disconnect (WbRemotePane *self)
{
  gboolean was_connected = self->connected;

  if (self->server == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  if (self->work != NULL)
    g_cancellable_cancel (self->work);
  g_clear_object (&self->work);
  wb_file_pane_end_work (WB_FILE_PANE (self));
  g_clear_pointer (&self->asked, g_free);
  wb_session_run_async (self->session, wb_remote_job_quit,
                        wb_remote_job_new (self->server, WB_REMOTE_LIST, NULL, NULL),
                        (GDestroyNotify) wb_remote_job_free, NULL, NULL, gone_cb, NULL);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->server, wb_remote_server_unref);
  g_clear_pointer (&self->url, wb_url_free);
  g_clear_pointer (&self->directory, g_free);
  g_clear_object (&self->wanted);
  g_clear_handle_id (&self->keep_alive_id, g_source_remove);
  self->connected = FALSE;
  wb_file_pane_set_busy (WB_FILE_PANE (self), FALSE);
  show_unconnected (self);
  if (was_connected)
    g_signal_emit (self, signals[DISCONNECTED], 0);
}

/**
 * wb_remote_pane_is_connected:
 *
 * Returns: whether a server's folder is shown
 */
gboolean
wb_remote_pane_is_connected (WbRemotePane *self)
{
  return self->connected;
}

/**
 * wb_remote_pane_is_connecting:
 *
 * Returns: whether connecting is under way
 */
gboolean
wb_remote_pane_is_connecting (WbRemotePane *self)
{
  return self->server != NULL && !self->connected;
}

/**
 * wb_remote_pane_get_wanted:
 *
 * Returns: (transfer none) (nullable): the file that the address names, where it names no
 *   folder, once connected
 */
WbFileItem *
wb_remote_pane_get_wanted (WbRemotePane *self)
{
  return self->wanted;
}

/**
 * wb_remote_pane_get_url:
 *
 * Returns: (transfer none) (nullable): the server
 */
const WbUrl *
wb_remote_pane_get_url (WbRemotePane *self)
{
  return self->url;
}

/**
 * wb_remote_pane_get_directory:
 *
 * Returns: (nullable): the folder shown, as the server's bytes
 */
const char *
wb_remote_pane_get_directory (WbRemotePane *self)
{
  return self->directory;
}

static void
open_location (WbFilePane *pane, const char *location)
{
  run (WB_REMOTE_PANE (pane), WB_REMOTE_OPEN, NULL, location);
}

static void
open_folder (WbFilePane *pane, WbFileItem *item)
{
  run (WB_REMOTE_PANE (pane), WB_REMOTE_OPEN, NULL,
       wb_ftp_entry_get_name (wb_file_item_get_entry (item)));
}

static void
open_parent (WbFilePane *pane)
{
  run (WB_REMOTE_PANE (pane), WB_REMOTE_PARENT, NULL, NULL);
}

static void
reload (WbFilePane *pane)
{
  run (WB_REMOTE_PANE (pane), WB_REMOTE_LIST, NULL, NULL);
}

static void
make_folder (WbFilePane *pane, const char *name)
{
  run (WB_REMOTE_PANE (pane), WB_REMOTE_MAKE_FOLDER, NULL, name);
}

static void
rename_item (WbFilePane *pane, WbFileItem *item, const char *name)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (items, g_object_ref (item));
  run (WB_REMOTE_PANE (pane), WB_REMOTE_RENAME, items, name);
}

static void
retry (WbFilePane *pane)
{
  WbRemotePane *self = WB_REMOTE_PANE (pane);
  g_autofree char *asked = g_strdup (self->asked);

  run (self, self->asked_verb, NULL, asked);
}

static void
run_task (WbFilePane *pane,
          WbFileTask *task,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  WbRemotePane *self = WB_REMOTE_PANE (pane);
  WbRemoteJob *job = wb_remote_job_new (self->server, WB_REMOTE_LIST, NULL, NULL);

  job->task = task;
  restart_keep_alive (self);
  wb_session_run_async (self->session, wb_remote_job_task, job, (GDestroyNotify) wb_remote_job_free,
                        (GDestroyNotify) wb_file_findings_free, cancellable, callback, user_data);
}

static void
go_to (WbFilePane *pane, const char *folder)
{
  run (WB_REMOTE_PANE (pane), WB_REMOTE_OPEN, NULL, folder);
}

/* ── Deleting ── */

typedef struct
{
  WbRemotePane *pane;
  WbRemoteServer *server;
  GPtrArray *items;
  WbProgress *progress;
  gboolean delete; /* or only count */
} Deletion;

static void
deletion_free (gpointer data)
{
  Deletion *self = data;

  g_signal_handlers_disconnect_by_data (self->progress, self);
  g_object_unref (self->progress);
  g_object_unref (self->pane);
  wb_remote_server_unref (self->server);
  g_ptr_array_unref (self->items);
  g_free (self);
}

static void
progress_cb (Deletion *deletion)
{
  g_auto (WbProgressState) state = { 0 };
  g_autofree char *text = NULL;
  guint done = 0;

  wb_progress_get_state (deletion->progress, &state);
  done = (guint) state.done;
  if (deletion->delete)
    text = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "Deleting… %u gone", "Deleting… %u gone", done), done);
  else
    text = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "Counting… %u found", "Counting… %u found", done), done);
  wb_file_pane_set_work (WB_FILE_PANE (deletion->pane), text);
}

static void run_deletion (WbRemotePane *self, GPtrArray *items, gboolean delete);

static void
delete_answered_cb (const char *response, gpointer user_data)
{
  Deletion *deletion = user_data;

  /* The server may have gone, or another come, while the question stood. */
  if (g_str_equal (response, "delete") && deletion->server == deletion->pane->server)
    run_deletion (deletion->pane, deletion->items, TRUE);
}

static void
ask_to_delete (Deletion *deletion, const WbTreeCount *count)
{
  GPtrArray *items = deletion->items;
  g_autofree char *heading = NULL;
  g_autofree char *files = NULL;
  g_autofree char *folders = NULL;
  g_autofree char *body = NULL;

  if (items->len == 1)
    heading = g_strdup_printf (
        /* Translators: %s is the name of a file or folder. */
        _ ("Delete “%s” from the server?"), wb_file_item_get_name (g_ptr_array_index (items, 0)));
  else
    heading = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Delete %u item from the server?",
                                            "Delete %u items from the server?", items->len),
                               items->len);
  files = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u file", "%u files", count->files),
                           count->files);
  folders = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u folder", "%u folders", count->folders), count->folders);
  if (count->folders > 0)
    body = g_strdup_printf (
        /* Translators: the first %s is "3 files", the second "2 folders". */
        _ ("%s and %s will be gone. This cannot be undone."), files, folders);
  else
    /* Translators: %s is "3 files". */
    body = g_strdup_printf (_ ("%s will be gone. This cannot be undone."), files);
  wb_ask (GTK_WIDGET (deletion->pane), heading, body, "delete", _ ("_Delete"), TRUE,
          delete_answered_cb, deletion, deletion_free);
}

static void
deletion_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Deletion *deletion = user_data;
  WbRemotePane *self = deletion->pane;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRemoteListing) listing = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (deletion->server != self->server)
    {
      deletion_free (deletion);
      return;
    }
  g_clear_object (&self->work);
  wb_file_pane_end_work (WB_FILE_PANE (self));
  if (error != NULL)
    wb_file_pane_fail (WB_FILE_PANE (self), error);
  if (listing != NULL && !deletion->delete)
    {
      ask_to_delete (deletion, &listing->count);
      return;
    }
  /* Some may be gone, however it ended. */
  if (deletion->delete)
    run (self, WB_REMOTE_LIST, NULL, NULL);
  deletion_free (deletion);
}

static void
run_deletion (WbRemotePane *self, GPtrArray *items, gboolean delete)
{
  Deletion *deletion = NULL;
  WbRemoteJob *job = NULL;

  if (self->server == NULL || self->work != NULL)
    return;
  deletion = g_new0 (Deletion, 1);
  deletion->pane = g_object_ref (self);
  deletion->server = wb_remote_server_ref (self->server);
  deletion->items = g_ptr_array_ref (items);
  deletion->progress = wb_progress_new ();
  deletion->delete = delete;
  g_signal_connect_swapped (deletion->progress, "changed", G_CALLBACK (progress_cb), deletion);

  self->work = g_cancellable_new ();
  wb_file_pane_begin_work (WB_FILE_PANE (self), delete ? _ ("Deleting…") : _ ("Counting…"),
                           self->work);
  job = wb_remote_job_new (self->server, delete ? WB_REMOTE_DELETE : WB_REMOTE_COUNT, items, NULL);
  job->progress = g_object_ref (deletion->progress);
  wb_session_run_async (self->session, wb_remote_job_run, job, (GDestroyNotify) wb_remote_job_free,
                        (GDestroyNotify) wb_remote_listing_free, self->work, deletion_cb, deletion);
}

static void
delete_items (WbFilePane *pane, GPtrArray *items)
{
  run_deletion (WB_REMOTE_PANE (pane), items, FALSE);
}

/* ── Dragging to other programs ── */

/* The cache, not /tmp: from a Flatpak other programs see only that, and under the same path. */
static const char *
ensure_dragged_folder (WbRemotePane *self)
{
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "wirebench", NULL);
  g_autofree char *made = g_build_filename (cache, "dragged-XXXXXX", NULL);

  if (self->dragged == NULL && g_mkdir_with_parents (cache, 0700) == 0 && g_mkdtemp (made) != NULL)
    self->dragged = g_steal_pointer (&made);
  return self->dragged;
}

static void
remove_tree (GFile *folder)
{
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
      folder, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
      G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFileInfo *info = NULL;
  GFile *child = NULL;

  while (children != NULL && g_file_enumerator_iterate (children, &info, &child, NULL, NULL) &&
         info != NULL)
    {
      if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
        remove_tree (child);
      else
        g_file_delete (child, NULL, NULL);
    }
  g_file_delete (folder, NULL, NULL);
}

static GdkContentProvider *
prepare_drag (WbFilePane *pane, GPtrArray *items)
{
  WbRemotePane *self = WB_REMOTE_PANE (pane);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->queue == NULL || self->directory == NULL || ensure_dragged_folder (self) == NULL)
    return NULL;
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (entries, g_object_ref (wb_file_item_get_entry (g_ptr_array_index (items, i))));
  return wb_remote_offer_new (self->queue, self->directory, entries, self->dragged);
}

static void
wb_remote_pane_dispose (GObject *object)
{
  WbRemotePane *self = WB_REMOTE_PANE (object);

  if (self->dragged != NULL)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (self->dragged);

      remove_tree (folder);
    }
  g_clear_pointer (&self->dragged, g_free);
  g_clear_object (&self->queue);

  g_clear_handle_id (&self->keep_alive_id, g_source_remove);
  g_clear_object (&self->wanted);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->work != NULL)
    g_cancellable_cancel (self->work);
  g_clear_object (&self->work);
  g_clear_pointer (&self->asked, g_free);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->server, wb_remote_server_unref);
  g_clear_pointer (&self->url, wb_url_free);
  g_clear_pointer (&self->directory, g_free);
  g_clear_object (&self->wire);
  g_clear_object (&self->trust);

  G_OBJECT_CLASS (wb_remote_pane_parent_class)->dispose (object);
}

static void
wb_remote_pane_class_init (WbRemotePaneClass *klass)
{
  WbFilePaneClass *pane_class = WB_FILE_PANE_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_remote_pane_dispose;
  pane_class->open_location = open_location;
  pane_class->open_folder = open_folder;
  pane_class->open_parent = open_parent;
  pane_class->reload = reload;
  pane_class->make_folder = make_folder;
  pane_class->rename_item = rename_item;
  pane_class->retry = retry;
  pane_class->delete_items = delete_items;
  pane_class->prepare_drag = prepare_drag;
  pane_class->run_task = run_task;
  pane_class->go_to = go_to;

  signals[CONNECTED] =
      g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DISCONNECTED] =
      g_signal_new ("disconnected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[OPEN_FAILED] =
      g_signal_new ("open-failed", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled,
                    NULL, NULL, G_TYPE_BOOLEAN, 2, G_TYPE_STRING, G_TYPE_ERROR);
  signals[LOST] = g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_ERROR);
}

static void
wb_remote_pane_init (WbRemotePane *self)
{
  g_object_set (self, "title", _ ("Server"), NULL);
  wb_file_pane_set_send (WB_FILE_PANE (self), "document-save-symbolic", _ ("_Download"));
  show_unconnected (self);
}

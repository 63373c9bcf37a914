/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-pane.h"

#include <glib/gi18n-lib.h>

#include "wb-remote-job.h"
#include "wb-remote-offer.h"
#include "wb-session.h"

/* How often the connection is looked after, in s. */
#define KEEP_ALIVE 15

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
  guint alive_id;

  WbFtpQueue *queue; /* fetches what is dragged to other programs */
  char *dragged;     /* the folder of such files, gone with the pane */
};

enum
{
  CONNECTED,
  DISCONNECTED,
  FAILED,
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
} Pending;

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Pending *pending = user_data;
  g_autoptr (WbRemotePane) self = pending->pane;
  WbRemoteServer *server = pending->server;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRemoteListing) listing = wb_session_run_finish (WB_SESSION (source), result, &error);
  gboolean current = server == self->server;

  wb_remote_server_unref (server);
  /* The person has gone elsewhere since. */
  if (!current)
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
          g_signal_emit (self, signals[CONNECTED], 0);
        }
      return;
    }

  if (self->connected)
    {
      wb_file_pane_fail (WB_FILE_PANE (self), error);
      return;
    }
  wb_remote_pane_disconnect (self);
  wb_file_pane_fail (WB_FILE_PANE (self), error);
  g_signal_emit (self, signals[FAILED], 0, error);
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

static void
gone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  wb_session_run_finish (WB_SESSION (source), result, NULL);
}

/* What waits is for the server to hear, too, and comes first. */
static gboolean
keep_alive_cb (gpointer user_data)
{
  WbRemotePane *self = user_data;

  if (self->connected && wb_session_get_queued (self->session) == 0)
    wb_session_run_async (self->session, wb_remote_job_keep_alive,
                          wb_remote_job_new (self->server, WB_REMOTE_LIST, NULL, NULL),
                          (GDestroyNotify) wb_remote_job_free, NULL, self->cancellable, gone_cb,
                          NULL);
  return G_SOURCE_CONTINUE;
}

/**
 * wb_remote_pane_connect:
 *
 * Connects, logs in and shows the URL's folder; `connected` or `failed` tells how
 * it ended. Leaves the server that was connected before.
 */
void
wb_remote_pane_connect (WbRemotePane *self, const WbUrl *url)
{
  wb_remote_pane_disconnect (self);

  self->url = wb_url_copy (url);
  self->cancellable = g_cancellable_new ();
  self->session = wb_session_new ("wb-ftp");
  self->server = wb_remote_server_new (self->wire, self->trust, url);
  self->alive_id = g_timeout_add_seconds (KEEP_ALIVE, keep_alive_cb, self);
  wb_file_pane_set_empty (WB_FILE_PANE (self), "network-server-symbolic", _ ("Connecting…"),
                          url->host);
  run (self, WB_REMOTE_LIST, NULL, NULL);
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

  g_clear_handle_id (&self->alive_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  wb_session_run_async (self->session, wb_remote_job_quit,
                        wb_remote_job_new (self->server, WB_REMOTE_LIST, NULL, NULL),
                        (GDestroyNotify) wb_remote_job_free, NULL, NULL, gone_cb, NULL);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->server, wb_remote_server_unref);
  g_clear_pointer (&self->url, wb_url_free);
  g_clear_pointer (&self->directory, g_free);
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
delete_items (WbFilePane *pane, GPtrArray *items)
{
  run (WB_REMOTE_PANE (pane), WB_REMOTE_DELETE, items, NULL);
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

  g_clear_handle_id (&self->alive_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
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
  pane_class->delete_items = delete_items;
  pane_class->prepare_drag = prepare_drag;

  signals[CONNECTED] =
      g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DISCONNECTED] =
      g_signal_new ("disconnected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
wb_remote_pane_init (WbRemotePane *self)
{
  g_object_set (self, "title", _ ("Server"), NULL);
  wb_file_pane_set_send (WB_FILE_PANE (self), "document-save-symbolic", _ ("_Download"));
  show_unconnected (self);
}

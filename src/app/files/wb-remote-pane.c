/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-pane-private.h"

#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"
#include "wb-error.h"
#include "wb-remote-job.h"
#include "wb-remote-offer.h"
#include "wb-session.h"

/* A server that is full is asked again after so many seconds, then after twice as many, and so on.
 */
#define WAIT_LEAST 4
#define WAIT_MOST 64

enum
{
  CONNECTED,
  DISCONNECTED,
  FAILED,
  OPEN_FAILED,
  LOST,
  LISTED,
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
  guint serial; /* of the folder that was asked for, or 0 */
  char *opens;  /* its path, or NULL */
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
is_listing (WbRemoteVerb verb)
{
  return verb == WB_REMOTE_LIST || verb == WB_REMOTE_OPEN || verb == WB_REMOTE_PARENT;
}

/* Ways to another folder, whose name counts from the one that is shown. */
static gboolean
goes (WbRemoteVerb verb)
{
  return verb == WB_REMOTE_OPEN || verb == WB_REMOTE_PARENT;
}

static void
set_again (WbRemotePane *self, WbRemoteVerb verb, const char *argument)
{
  g_autofree char *old = self->again;

  self->again = g_strdup (argument);
  self->again_verb = verb;
}

static void
stop_going (WbRemotePane *self)
{
  self->going = WB_REMOTE_LIST;
  self->going_serial = 0;
  self->stranded = FALSE;
  g_clear_pointer (&self->going_to, g_free);
}

/* The server is gone: the way back leads to what was asked for last, be it this that failed or
 * what waits behind it. */
static void
show_loss (WbRemotePane *self, const GError *error)
{
  const char *label = self->lent ? _ ("_Retry") : _ ("_Reconnect");

  /* There is nobody to be told that somebody is there. */
  g_clear_handle_id (&self->keep_alive_id, g_source_remove);
  if (goes (self->going))
    {
      set_again (self, self->going, self->going_to);
      wb_file_pane_fail_to_list (WB_FILE_PANE (self), error, label);
    }
  else
    {
      wb_file_pane_fail (WB_FILE_PANE (self), error);
      wb_file_pane_offer_reload (WB_FILE_PANE (self), label);
    }
  g_signal_emit (self, signals[LOST], 0, error);
}

/* Of something else than a folder that was asked for. */
void
wb_remote_pane_show_error (WbRemotePane *self, const GError *error)
{
  if (wb_remote_server_is_loss (error))
    show_loss (self, error);
  else
    wb_file_pane_fail (WB_FILE_PANE (self), error);
}

static void
show_error (WbRemotePane *self, const GError *error, const Pending *pending)
{
  if (!wb_remote_server_is_loss (error) && is_listing (pending->verb))
    {
      set_again (self, pending->verb, pending->opens);
      wb_file_pane_fail_to_list (WB_FILE_PANE (self), error, _ ("_Retry"));
    }
  else
    wb_remote_pane_show_error (self, error);
}

static void
gone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  wb_session_run_finish (WB_SESSION (source), result, NULL);
}

/* ── A server that is full ── */

static void
show_wait (WbRemotePane *self)
{
  g_autofree char *text =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Trying again in %u second",
                                    "Trying again in %u seconds", self->wait_left),
                       self->wait_left);

  wb_file_pane_set_work (WB_FILE_PANE (self), text);
}

static void
end_wait (WbRemotePane *self)
{
  if (self->wait_id == 0)
    return;
  g_clear_handle_id (&self->wait_id, g_source_remove);
  wb_file_pane_end_work (WB_FILE_PANE (self));
}

static void
show_connecting (WbRemotePane *self)
{
  g_autofree char *host = g_markup_escape_text (self->url->host, -1);

  wb_file_pane_set_empty (WB_FILE_PANE (self), "network-server-symbolic", _ ("Connecting…"), host);
}

static void
work_now (WbFilePane *pane)
{
  WbRemotePane *self = WB_REMOTE_PANE (pane);

  if (self->wait_id == 0)
    return;
  end_wait (self);
  show_connecting (self);
  wb_remote_pane_run (self, WB_REMOTE_LIST, NULL, NULL);
}

static gboolean
wait_cb (gpointer user_data)
{
  WbRemotePane *self = user_data;

  if (--self->wait_left > 0)
    show_wait (self);
  else
    work_now (WB_FILE_PANE (self));
  return self->wait_id != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
give_up_cb (WbRemotePane *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "not waited for any longer");

  wb_remote_pane_disconnect (self);
  g_signal_emit (self, signals[FAILED], 0, error);
}

static void
wait_for_room (WbRemotePane *self, const GError *error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *words = g_markup_escape_text (error->message, -1);

  self->wait_left = MIN (WAIT_LEAST << MIN (self->waits, 8), WAIT_MOST);
  self->waits++;
  g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (give_up_cb), self,
                           G_CONNECT_SWAPPED);
  wb_file_pane_set_empty (WB_FILE_PANE (self), "network-server-symbolic", _ ("The Server Is Full"),
                          words);
  wb_file_pane_begin_work (WB_FILE_PANE (self), "", cancellable);
  wb_file_pane_offer_now (WB_FILE_PANE (self));
  self->wait_id = g_timeout_add_seconds (1, wait_cb, self);
  show_wait (self);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  WbRemotePane *self = pending->pane;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRemoteListing) listing = wb_session_run_finish (WB_SESSION (source), result, &error);
  gboolean handled = FALSE;
  gboolean there = pending->serial != 0 && pending->serial == self->going_serial;

  /* The person has gone elsewhere since. */
  if (pending->server != self->server)
    return;

  wb_file_pane_set_busy (WB_FILE_PANE (self), FALSE);
  if (listing != NULL)
    {
      gboolean goes_on = self->stranded && pending->verb == WB_REMOTE_LIST &&
                         wb_file_pane_offers_retry (WB_FILE_PANE (self));
      g_autofree char *location = to_display (listing->directory);

      /* Before anybody hears of it, who may ask for another folder. */
      if (there || (self->stranded && !goes_on))
        stop_going (self);
      g_free (self->directory);
      self->directory = g_strdup (listing->directory);
      wb_file_pane_set_items (WB_FILE_PANE (self), location, listing->items);
      if (is_listing (pending->verb))
        wb_file_pane_set_space (WB_FILE_PANE (self), listing->space);
      if (!self->connected)
        {
          self->connected = TRUE;
          self->has_checksums = listing->has_checksums;
          self->waits = 0;
          g_set_object (&self->wanted, listing->wanted);
          g_signal_emit (self, signals[CONNECTED], 0);
        }
      g_signal_emit (self, signals[LISTED], 0);
      /* The server is back, by whatever way. */
      if (goes_on)
        {
          g_autofree char *folder = g_strdup (self->going_to);

          wb_remote_pane_run (self, self->going, NULL, folder);
        }
      return;
    }

  if (self->connected)
    {
      if (there && wb_remote_server_is_loss (error))
        self->stranded = TRUE;
      else if (there)
        stop_going (self);
      if (pending->opens != NULL)
        g_signal_emit (self, signals[OPEN_FAILED], 0, pending->opens, error, &handled);
      if (!handled)
        show_error (self, error, pending);
      return;
    }
  if (g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_BUSY))
    {
      wait_for_room (self, error);
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
  /* That the server is gone may be known, and the way back shown, since this was asked. */
  if (wb_file_pane_offers_retry (WB_FILE_PANE (pending->pane)))
    return;
  wb_remote_pane_show_error (pending->pane, error);
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

/* Does something on the server and shows the folder. */
void
wb_remote_pane_run (WbRemotePane *self, WbRemoteVerb verb, GPtrArray *items, const char *argument)
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
  if (goes (verb))
    {
      g_autofree char *folder = g_strdup (argument);

      stop_going (self);
      self->going = verb;
      self->going_to = g_steal_pointer (&folder);
      self->going_serial = pending->serial = ++self->last_serial;
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

/* ── A server that lets in one alone ── */

typedef struct
{
  WbRemotePane *pane;
  WbRemoteServer *server;
} Loan;

static void
take_back (WbRemotePane *self)
{
  WbRemoteJob *job = wb_remote_job_new (self->server, WB_REMOTE_LIST, NULL, NULL);

  job->client = wb_ftp_queue_take_client (self->borrower);
  wb_session_run_async (self->session, wb_remote_job_take_back, job,
                        (GDestroyNotify) wb_remote_job_free, NULL, NULL, gone_cb, NULL);
  self->lent = FALSE;
  g_clear_object (&self->borrower);
}

static void
lent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Loan *loan = user_data;
  g_autoptr (WbRemotePane) self = loan->pane;
  WbFtpClient *client = wb_session_run_finish (WB_SESSION (source), result, NULL);
  gboolean here = loan->server == self->server && self->borrower != NULL;

  wb_remote_server_unref (loan->server);
  if (!here)
    {
      g_clear_object (&client);
      return;
    }
  if (client == NULL)
    {
      self->nothing_to_lend = TRUE;
      g_clear_object (&self->borrower);
      return;
    }
  self->lent = TRUE;
  wb_ftp_queue_give_client (self->borrower, client);
  /* What it was for may have been cancelled meanwhile. */
  if (wb_ftp_queue_is_idle (self->borrower))
    take_back (self);
}

/**
 * wb_remote_pane_lend:
 * @queue: for this server, which lets in nobody more
 *
 * Gives the session to @queue, behind what is asked of it already. Until wb_remote_pane_take_back()
 * no folder can be shown.
 *
 * Returns: whether a queue has the session or is to get it
 */
gboolean
wb_remote_pane_lend (WbRemotePane *self, WbFtpQueue *queue)
{
  Loan *loan = NULL;

  if (!self->connected || self->nothing_to_lend)
    return FALSE;
  if (self->borrower != NULL)
    return TRUE;
  self->borrower = g_object_ref (queue);
  loan = g_new0 (Loan, 1);
  loan->pane = g_object_ref (self);
  loan->server = wb_remote_server_ref (self->server);
  wb_session_run_async (self->session, wb_remote_job_lend,
                        wb_remote_job_new (self->server, WB_REMOTE_LIST, NULL, NULL),
                        (GDestroyNotify) wb_remote_job_free, g_object_unref, self->cancellable,
                        lent_cb, loan);
  return TRUE;
}

/**
 * wb_remote_pane_take_back:
 * @queue: which has nothing to do any more, or has stopped
 *
 * Takes the session back if @queue has it.
 */
void
wb_remote_pane_take_back (WbRemotePane *self, WbFtpQueue *queue)
{
  self->nothing_to_lend = FALSE;
  if (self->lent && self->borrower == queue)
    take_back (self);
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
  show_connecting (self);
  wb_remote_pane_run (self, WB_REMOTE_LIST, NULL, NULL);
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
  end_wait (self);
  self->waits = 0;
  self->lent = FALSE;
  self->nothing_to_lend = FALSE;
  g_clear_object (&self->borrower);
  wb_file_pane_end_work (WB_FILE_PANE (self));
  stop_going (self);
  set_again (self, WB_REMOTE_LIST, NULL);
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
 * wb_remote_pane_has_checksums:
 *
 * Returns: whether the server that is connected says that it makes checksums of its files
 */
gboolean
wb_remote_pane_has_checksums (WbRemotePane *self)
{
  return self->connected && self->has_checksums;
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
  wb_remote_pane_run (WB_REMOTE_PANE (pane), WB_REMOTE_OPEN, NULL, location);
}

static void
open_folder (WbFilePane *pane, WbFileItem *item)
{
  wb_remote_pane_run (WB_REMOTE_PANE (pane), WB_REMOTE_OPEN, NULL,
                      wb_ftp_entry_get_name (wb_file_item_get_entry (item)));
}

static void
open_parent (WbFilePane *pane)
{
  wb_remote_pane_run (WB_REMOTE_PANE (pane), WB_REMOTE_PARENT, NULL, NULL);
}

static void
reload (WbFilePane *pane)
{
  wb_remote_pane_run (WB_REMOTE_PANE (pane), WB_REMOTE_LIST, NULL, NULL);
}

static void
make_folder (WbFilePane *pane, const char *name)
{
  wb_remote_pane_run (WB_REMOTE_PANE (pane), WB_REMOTE_MAKE_FOLDER, NULL, name);
}

static void
rename_item (WbFilePane *pane, WbFileItem *item, const char *name)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (items, g_object_ref (item));
  wb_remote_pane_run (WB_REMOTE_PANE (pane), WB_REMOTE_RENAME, items, name);
}

static void
retry (WbFilePane *pane)
{
  WbRemotePane *self = WB_REMOTE_PANE (pane);
  g_autofree char *again = g_strdup (self->again);

  wb_remote_pane_run (self, self->again_verb, NULL, again);
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
  wb_remote_pane_run (WB_REMOTE_PANE (pane), WB_REMOTE_OPEN, NULL, folder);
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
  g_clear_object (&self->borrower);

  g_clear_handle_id (&self->keep_alive_id, g_source_remove);
  g_clear_handle_id (&self->wait_id, g_source_remove);
  g_clear_object (&self->wanted);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->work != NULL)
    g_cancellable_cancel (self->work);
  g_clear_object (&self->work);
  stop_going (self);
  g_clear_pointer (&self->again, g_free);
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
  pane_class->move_items = wb_remote_pane_move_items;
  pane_class->retry = retry;
  pane_class->delete_items = wb_remote_pane_delete_items;
  pane_class->prepare_drag = prepare_drag;
  pane_class->run_task = run_task;
  pane_class->work_now = work_now;
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
  signals[LISTED] =
      g_signal_new ("listed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wb_remote_pane_init (WbRemotePane *self)
{
  g_object_set (self, "title", _ ("Server"), NULL);
  wb_file_pane_set_send (WB_FILE_PANE (self), "document-save-symbolic", _ ("_Download"));
  show_unconnected (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-pane-private.h"

/* Rows that are dropped on a folder of the same list, and the way back. */

typedef struct
{
  WbRemotePane *pane; /* kept alive, but not for its own toast, which goes with it */
  gboolean of_toast;
  WbRemoteServer *server;
  GPtrArray *items;
  WbProgress *progress; /* counts those that are there */
  char *directory;      /* where they were */
  char *folder;         /* in it: where they are */
  gboolean back;
} Move;

static void
move_free (Move *move)
{
  if (!move->of_toast)
    g_object_unref (move->pane);
  wb_remote_server_unref (move->server);
  g_ptr_array_unref (move->items);
  g_object_unref (move->progress);
  g_free (move->directory);
  g_free (move->folder);
  g_free (move);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Move, move_free)

/* Of the first @count of @items. */
static Move *
move_new (WbRemotePane *pane,
          GPtrArray *items,
          guint count,
          const char *directory,
          const char *folder)
{
  Move *move = g_new0 (Move, 1);

  move->pane = g_object_ref (pane);
  move->server = wb_remote_server_ref (pane->server);
  move->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < count; i++)
    g_ptr_array_add (move->items, g_object_ref (items->pdata[i]));
  move->progress = wb_progress_new ();
  move->directory = g_strdup (directory);
  move->folder = g_strdup (folder);
  return move;
}

static void start (Move *move);

static void
undo_cb (AdwToast *toast, Move *move)
{
  Move *back = NULL;

  /* Of a server that was left. */
  if (move->server != move->pane->server)
    return;
  back = move_new (move->pane, move->items, move->items->len, move->directory, move->folder);
  back->back = TRUE;
  start (back);
}

static void
undo_free (gpointer data, GClosure *closure)
{
  move_free (data);
}

static void
moved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Move) move = user_data;
  WbRemotePane *self = move->pane;
  g_autoptr (GError) error = NULL;
  g_auto (WbProgressState) state = { 0 };

  wb_session_run_finish (WB_SESSION (source), result, &error);
  if (move->server != self->server)
    return;
  wb_file_pane_set_busy (WB_FILE_PANE (self), FALSE);
  if (error != NULL)
    wb_remote_pane_show_error (self, error);
  wb_progress_get_state (move->progress, &state);
  /* Some may have been moved, however it ended. */
  if (state.done > 0 && !move->back)
    {
      g_autofree char *folder = g_utf8_make_valid (move->folder, -1);

      Move *undo = move_new (self, move->items, (guint) state.done, move->directory, move->folder);

      undo->of_toast = TRUE;
      g_object_unref (undo->pane);
      wb_file_pane_offer_undo_move (
          WB_FILE_PANE (self), wb_file_item_get_name (move->items->pdata[0]), (guint) state.done,
          folder, G_CALLBACK (undo_cb), undo, undo_free);
    }
  if (wb_remote_server_is_loss (error))
    return;
  wb_remote_pane_run (self, WB_REMOTE_LIST, NULL, NULL);
}

static void
start (Move *move)
{
  WbRemotePane *self = move->pane;
  WbRemoteJob *job = wb_remote_job_new (move->server, WB_REMOTE_LIST, move->items, move->folder);

  job->progress = g_object_ref (move->progress);
  job->directory = g_strdup (move->directory);
  wb_file_pane_set_busy (WB_FILE_PANE (self), TRUE);
  wb_session_run_async (self->session, move->back ? wb_remote_job_move_back : wb_remote_job_move,
                        job, (GDestroyNotify) wb_remote_job_free, NULL, self->cancellable, moved_cb,
                        move);
}

void
wb_remote_pane_move_items (WbFilePane *pane, GPtrArray *items, WbFileItem *folder)
{
  WbRemotePane *self = WB_REMOTE_PANE (pane);

  if (self->server == NULL || self->directory == NULL)
    return;
  start (move_new (self, items, items->len, self->directory,
                   wb_ftp_entry_get_name (wb_file_item_get_entry (folder))));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-pane-private.h"

#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"

/* What is deleted is counted first, and the person asked. */

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

  wb_progress_watch (self->progress, NULL, NULL);
  g_object_unref (self->progress);
  g_object_unref (self->pane);
  wb_remote_server_unref (self->server);
  g_ptr_array_unref (self->items);
  g_free (self);
}

static guint
get_done (WbProgress *progress)
{
  g_auto (WbProgressState) state = { 0 };

  wb_progress_get_state (progress, &state);
  return (guint) state.done;
}

static void
deleting_cb (WbProgress *progress, gpointer pane)
{
  guint done = get_done (progress);
  g_autofree char *text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "Deleting… %u gone", "Deleting… %u gone", done), done);

  wb_file_pane_set_work (pane, text);
}

static void
counting_cb (WbProgress *progress, gpointer pane)
{
  guint done = get_done (progress);
  g_autofree char *text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "Counting… %u found", "Counting… %u found", done), done);

  wb_file_pane_set_work (pane, text);
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
    wb_remote_pane_run (self, WB_REMOTE_LIST, NULL, NULL);
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
  wb_progress_watch (deletion->progress, delete ? deleting_cb : counting_cb, G_OBJECT (self));

  self->work = g_cancellable_new ();
  wb_file_pane_begin_work (WB_FILE_PANE (self), delete ? _ ("Deleting…") : _ ("Counting…"),
                           self->work);
  job = wb_remote_job_new (self->server, delete ? WB_REMOTE_DELETE : WB_REMOTE_COUNT, items, NULL);
  job->progress = g_object_ref (deletion->progress);
  wb_session_run_async (self->session, wb_remote_job_run, job, (GDestroyNotify) wb_remote_job_free,
                        (GDestroyNotify) wb_remote_listing_free, self->work, deletion_cb, deletion);
}

void
wb_remote_pane_delete_items (WbFilePane *pane, GPtrArray *items)
{
  run_deletion (WB_REMOTE_PANE (pane), items, FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"

#include <glib/gi18n-lib.h>

/* How long a pause in the writing is. */
#define PAUSE_MS 400

typedef struct
{
  WbMailPreview *built;
  WbMessage *message;
} Preview;

static void
preview_free (gpointer data)
{
  Preview *preview = data;

  g_clear_pointer (&preview->built, wb_mail_preview_free);
  g_clear_object (&preview->message);
  g_free (preview);
}

static void
composition_free (gpointer data)
{
  wb_composition_free (data);
}

static gpointer
preview_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbMailPreview) built = wb_composition_preview (data, error);
  g_autoptr (WbMessage) message = NULL;
  Preview *preview = NULL;

  if (!built)
    return NULL;
  message = wb_message_parse (built->message, error);
  if (!message)
    return NULL;
  preview = g_new0 (Preview, 1);
  preview->built = g_steal_pointer (&built);
  preview->message = g_steal_pointer (&message);
  return preview;
}

static void
finish (WbComposer *self)
{
  self->previewing = FALSE;
  if (!self->preview_again)
    return;
  self->preview_again = FALSE;
  wb_composer_queue_preview (self);
}

static void
built_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  Preview *preview = wb_session_run_finish (WB_SESSION (source), result, &error);

  /* The window may have been closed in the meantime. */
  if (self->store && preview)
    wb_draft_preview_show (self->preview, preview->built, preview->message);
  else if (self->store)
    wb_draft_preview_error (self->preview, error->message);
  g_clear_pointer (&preview, preview_free);
  if (self->store)
    finish (self);
}

static void
snapshot_taken (WbComposer *self, WbComposition *composition, const GError *error)
{
  if (!composition)
    {
      wb_draft_preview_error (self->preview, error->message);
      finish (self);
      return;
    }
  wb_session_run_async (self->session, preview_thread, composition, composition_free, preview_free,
                        NULL, built_cb, g_object_ref (self));
}

static gboolean
pause_cb (gpointer user_data)
{
  WbComposer *self = user_data;

  self->preview_source = 0;
  if (self->previewing)
    self->preview_again = TRUE;
  else
    {
      self->previewing = TRUE;
      wb_composer_snapshot (self, snapshot_taken);
    }
  return G_SOURCE_REMOVE;
}

/**
 * wb_composer_queue_preview:
 * @self: the window
 *
 * Builds the mail anew after a pause in the writing, where the pane is shown. Main thread.
 */
void
wb_composer_queue_preview (WbComposer *self)
{
  g_clear_handle_id (&self->preview_source, g_source_remove);
  if (gtk_widget_get_visible (GTK_WIDGET (self->preview)))
    self->preview_source = g_timeout_add (PAUSE_MS, pause_cb, self);
}

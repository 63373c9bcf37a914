/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"
#include "wb-dialogs.h"
#include "wb-mail-template.h"
#include "wb-template-window.h"

#include <glib/gi18n-lib.h>

/* A mail kept as a template, and a new one from it. */

typedef struct
{
  WbAccount *account;
  char *name;
  WbComposition *composition;
} Keeping;

static void
keeping_free (gpointer data)
{
  Keeping *keeping = data;

  g_clear_object (&keeping->account);
  g_free (keeping->name);
  wb_composition_free (keeping->composition);
  g_free (keeping);
}

static gpointer
keep_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Keeping *keeping = data;

  return GINT_TO_POINTER (
      wb_mail_template_save (keeping->account, keeping->name, keeping->composition, error));
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GError) error = NULL;

  wb_session_run_finish (WB_SESSION (source), result, &error);
  if (!self->store)
    return;
  if (error)
    wb_composer_show_error (self, error->message);
  else
    wb_workbench_toast (wb_mail_store_get_workbench (self->store), _ ("Kept as a template"));
}

static void
snapshot_taken (WbComposer *self, WbComposition *composition, const GError *error)
{
  Keeping *keeping = NULL;

  if (!composition)
    {
      wb_composer_show_error (self, error->message);
      return;
    }
  /* It answers nothing. */
  g_clear_pointer (&composition->in_reply_to, g_free);
  g_clear_pointer (&composition->references, g_free);
  keeping = g_new0 (Keeping, 1);
  keeping->account = g_object_ref (wb_composer_get_account (self));
  keeping->name = g_steal_pointer (&self->template_name);
  keeping->composition = composition;
  wb_session_run_async (self->session, keep_thread, keeping, keeping_free, NULL, NULL, kept_cb,
                        g_object_ref (self));
}

static void
named_cb (const char *name, gpointer user_data)
{
  WbComposer *self = user_data;

  if (!self->store || !wb_composer_get_account (self))
    return;
  g_free (self->template_name);
  self->template_name = g_strstrip (g_strdup (name));
  wb_composer_snapshot (self, snapshot_taken);
}

/**
 * wb_composer_keep_template:
 * @self: the window
 *
 * Asks for a name, and keeps what stands there under it. Main thread.
 */
void
wb_composer_keep_template (WbComposer *self)
{
  wb_ask_text (GTK_WIDGET (self), _ ("Keep as a Template"), _ ("Name"),
               gtk_editable_get_text (self->subject), _ ("_Keep"), named_cb, g_object_ref (self),
               g_object_unref);
}

/* What stands here already is not written over: then the new mail gets a window of its own. */
static void
chosen_cb (WbTemplateWindow *window, WbComposition *composition, gpointer user_data)
{
  WbComposer *self = user_data;
  g_autofree char *to = NULL;
  GtkWidget *composer = NULL;

  if (!self->store)
    return;
  to = wb_address_field_dup_text (self->to);
  if (!composition->to || !*composition->to)
    {
      g_free (composition->to);
      composition->to = g_steal_pointer (&to);
    }
  composer =
      wb_composer_new_from_template (self->store, wb_composer_get_account (self), composition);
  gtk_window_set_application (GTK_WINDOW (composer),
                              gtk_window_get_application (GTK_WINDOW (self)));
  gtk_window_present (GTK_WINDOW (composer));
  if (!self->modified && !self->draft_name)
    wb_composer_finish (self);
}

/**
 * wb_composer_choose_template:
 * @self: the window
 *
 * Shows the templates of the account that sends, to write from. Main thread.
 */
void
wb_composer_choose_template (WbComposer *self)
{
  WbAccount *account = wb_composer_get_account (self);
  g_autofree char *to = wb_address_field_dup_text (self->to);
  GtkWidget *window = NULL;

  if (!account)
    return;
  window = wb_template_window_new (GTK_WINDOW (self), account, to);
  g_signal_connect_object (window, "chosen", G_CALLBACK (chosen_cb), self, 0);
  gtk_window_present (GTK_WINDOW (window));
}

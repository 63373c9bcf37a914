/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-account-dialog-private.h"

#include <glib/gi18n-lib.h>

/* Looking for the servers, on a worker of its own. */
typedef struct
{
  WbAutoconfigSearch search;
  char *address;
  WbAccountSteps *steps; /* borrowed: the dialog waits for us */
} Looking;

static void
looking_free (gpointer data)
{
  Looking *looking = data;

  g_object_unref (looking->search.trust);
  g_object_unref (looking->search.wire);
  g_free (looking->address);
  g_free (looking);
}

static gboolean
show_step_cb (gpointer user_data)
{
  WbAccountStep *step = user_data;

  wb_account_steps_set (step->steps, step->number, step->title, step->state, step->detail);
  return G_SOURCE_REMOVE;
}

static void
step_free (gpointer data)
{
  WbAccountStep *step = data;

  g_free (step->title);
  g_free (step->detail);
  g_free (step);
}

/* From a worker. The priority is that of the worker's end, which comes after, and which holds what
 * this needs until then. */
void
wb_account_step_post (WbAccountSteps *steps,
                      guint number,
                      const char *title,
                      WbAutoconfigState state,
                      const char *detail)
{
  WbAccountStep *step = g_new0 (WbAccountStep, 1);

  step->steps = steps;
  step->number = number;
  step->title = g_strdup (title);
  step->state = state;
  step->detail = g_strdup (detail);
  g_idle_add_full (G_PRIORITY_DEFAULT, show_step_cb, step, step_free);
}

static void
probed_cb (guint probe,
           const char *title,
           WbAutoconfigState state,
           const char *detail,
           gpointer user_data)
{
  Looking *looking = user_data;

  wb_account_step_post (looking->steps, probe, title, state, detail);
}

static gpointer
find_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Looking *looking = data;

  return wb_autoconfig_find (&looking->search, cancellable, error);
}

static void
autoconfig_free (gpointer data)
{
  wb_autoconfig_free (data);
}

static void
show_found (WbAccountDialog *self, const WbAutoconfig *found)
{
  g_autofree char *text =
      /* Translators: %s is who told the settings, such as "QQ Mail". */
      g_strdup_printf (_ ("Found: %s. Check what is filled in below."), found->source);

  /* There is one user name for both, and without sending there is no account. */
  wb_account_dialog_show_server (self, found->pop3);
  wb_account_dialog_show_server (self, found->smtp);
  if (!found->pop3)
    gtk_editable_set_text (self->pop3_host, "");
  if (found->provider)
    wb_account_dialog_show_provider (self, found->provider);
  adw_expander_row_set_subtitle (self->finding, text);
  if (found->warning)
    wb_account_dialog_show_error (self, found->warning);
  else if (found->smtp && found->pop3 && g_strcmp0 (found->smtp->user, found->pop3->user) != 0)
    wb_account_dialog_show_error (
        self, _ ("The provider wants one user name for sending and another for receiving. That of "
                 "sending is filled in; test whether it does for both."));
  else
    adw_expander_row_set_expanded (self->finding, FALSE);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbAutoconfig) found = wb_session_run_finish (WB_SESSION (source), result, &error);

  g_clear_object (&self->search);
  if (!self->store)
    return;
  gtk_button_set_label (self->find, _ ("Find"));
  if (found)
    show_found (self, found);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    adw_expander_row_set_subtitle (self->finding, _ ("Cancelled."));
  else
    adw_expander_row_set_subtitle (self->finding, error->message);
}

/* A network of one's own says where to look instead of the usual places. */
gboolean
wb_account_dialog_make_places (WbAccountDialog *self, GError **error)
{
  WbTrust *trust = wb_workbench_get_trust (wb_mail_store_get_workbench (self->store));
  const char *path = g_getenv ("WIREBENCH_PLACES");

  if (self->places)
    return TRUE;
  self->places =
      path ? wb_autoconfig_places_load (path, trust, error) : wb_autoconfig_places_new ();
  return self->places != NULL;
}

/*
 * Looks for the servers of the address that was typed, and shows each step; or ends that. The
 * places outlive the worker, since the dialog waits for it.
 */
void
wb_account_dialog_find (WbAccountDialog *self)
{
  WbWorkbench *workbench = wb_mail_store_get_workbench (self->store);
  g_autofree char *address = g_strstrip (g_strdup (gtk_editable_get_text (self->address)));
  g_autoptr (WbSession) session = NULL;
  g_autoptr (GError) error = NULL;
  Looking *looking = NULL;

  if (self->search)
    {
      g_cancellable_cancel (self->search);
      return;
    }
  wb_account_dialog_show_error (self, NULL);
  if (!wb_autoconfig_is_ready (address))
    {
      wb_account_dialog_show_error (
          self, _ ("The address needs a name and a host, such as user@example.org."));
      return;
    }
  if (!wb_account_dialog_make_places (self, &error))
    {
      wb_account_dialog_show_error (self, error->message);
      return;
    }
  wb_account_steps_clear (self->found_steps);
  adw_expander_row_set_subtitle (self->finding, _ ("Looking…"));
  adw_expander_row_set_expanded (self->finding, TRUE);
  gtk_button_set_label (self->find, _ ("Cancel"));
  looking = g_new0 (Looking, 1);
  looking->address = g_steal_pointer (&address);
  looking->steps = self->found_steps;
  looking->search = (WbAutoconfigSearch){
    .address = looking->address,
    .ask_mozilla = gtk_switch_get_active (self->mozilla),
    .places = self->places,
    .trust = g_object_ref (wb_workbench_get_trust (workbench)),
    .wire = g_object_ref (wb_workbench_get_wire (workbench)),
    .func = probed_cb,
    .user_data = looking,
  };
  self->search = g_cancellable_new ();
  session = wb_session_new ("mail-find");
  wb_session_run_async (session, find_thread, looking, looking_free, autoconfig_free, self->search,
                        found_cb, g_object_ref (self));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-send-delay.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* A mail that the person may still take back. */
typedef struct
{
  WbSendDelayFunc func;
  gpointer user_data;
  AdwToast *toast;
  guint timer;
} Delay;

/* The toast's own time-out begins when it is on the screen; a mail must not wait behind the toasts
 * before it. */
static void
end (Delay *delay, gboolean undone)
{
  AdwToast *toast = g_steal_pointer (&delay->toast);

  g_clear_handle_id (&delay->timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (toast, delay);
  adw_toast_dismiss (toast);
  g_object_unref (toast);
  delay->func (undone, delay->user_data);
  g_free (delay);
}

static void
undo_cb (AdwToast *toast, gpointer user_data)
{
  end (user_data, TRUE);
}

static gboolean
elapsed_cb (gpointer user_data)
{
  Delay *delay = user_data;

  delay->timer = 0;
  end (delay, FALSE);
  return G_SOURCE_REMOVE;
}

/**
 * wb_send_delay_start:
 * @workbench: whose window says so, and whose setting tells how long
 * @func: called at once where the setting is none, else when the time is over or the person has
 *   pressed Undo
 * @user_data: for @func
 *
 * Gives the person some seconds to take back a mail that lies in the Outbox. Main thread.
 */
void
wb_send_delay_start (WbWorkbench *workbench, WbSendDelayFunc func, gpointer user_data)
{
  int seconds = g_settings_get_int (wb_workbench_get_settings (workbench), "send-delay");
  g_autofree char *title = NULL;
  Delay *delay = NULL;

  if (seconds == 0)
    {
      func (FALSE, user_data);
      return;
    }
  title = g_strdup_printf (
      /* Translators: %d is a number of seconds. */
      g_dngettext (GETTEXT_PACKAGE, "Sending in %d second", "Sending in %d seconds", seconds),
      seconds);
  delay = g_new0 (Delay, 1);
  delay->func = func;
  delay->user_data = user_data;
  delay->toast = g_object_ref_sink (adw_toast_new (title));
  adw_toast_set_button_label (delay->toast, _ ("Undo"));
  adw_toast_set_priority (delay->toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_timeout (delay->toast, 0);
  g_signal_connect (delay->toast, "button-clicked", G_CALLBACK (undo_cb), delay);
  delay->timer = g_timeout_add_seconds (seconds, elapsed_cb, delay);
  wb_workbench_add_toast (workbench, g_object_ref (delay->toast));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-workbench.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>

struct _WbWorkbench
{
  GObject parent_instance;

  GSettings *settings;
  WbWire *wire;
  WbTrust *trust;
  WbSecrets *secrets;

  WbSession *lab_session; /* where the lab is made; NULL until it was asked for */
  GPtrArray *lab_waiting; /* GTask, those who asked while it was being made */
  WbLab *lab;

  guint64 case_first; /* the events that the case on show brought about */
  guint64 case_end;
  gboolean case_server;
};

enum
{
  TOAST,
  PAGE_WANTED,
  WIRE_WANTED,
  LAB_READY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbWorkbench, wb_workbench, G_TYPE_OBJECT)

static void
wb_workbench_dispose (GObject *object)
{
  WbWorkbench *self = WB_WORKBENCH (object);

  g_clear_object (&self->lab);
  g_clear_pointer (&self->lab_waiting, g_ptr_array_unref);
  g_clear_object (&self->lab_session);
  g_clear_object (&self->secrets);
  g_clear_object (&self->trust);
  g_clear_object (&self->wire);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (wb_workbench_parent_class)->dispose (object);
}

static void
wb_workbench_class_init (WbWorkbenchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_workbench_dispose;

  signals[TOAST] = g_signal_new ("toast", WB_TYPE_WORKBENCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, ADW_TYPE_TOAST);
  signals[PAGE_WANTED] = g_signal_new ("page-wanted", WB_TYPE_WORKBENCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[WIRE_WANTED] = g_signal_new ("wire-wanted", WB_TYPE_WORKBENCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[LAB_READY] = g_signal_new ("lab-ready", WB_TYPE_WORKBENCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 1, G_TYPE_OBJECT);
}

static void
wb_workbench_init (WbWorkbench *self)
{
  self->lab_waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * wb_workbench_check_installation:
 *
 * Looks whether the settings' schema can be found. GSettings ends the process without
 * it, which would not tell a person anything.
 *
 * Returns: %FALSE with %WB_ERROR_NOT_FOUND set if it is missing
 */
gboolean
wb_workbench_check_installation (GError **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE);
  if (schema != NULL)
    return TRUE;

  g_set_error (error, WB_ERROR, WB_ERROR_NOT_FOUND,
               /* Translators: %s is the name of a settings schema. */
               _ ("The settings schema %s is not installed. Start Wirebench with tools/run, or "
                  "install it."),
               APPLICATION_ID);
  return FALSE;
}

/**
 * wb_workbench_new:
 *
 * Makes what all pages share. The log is bounded by the setting `wire-memory`.
 *
 * Returns: (transfer full): a new workbench
 */
WbWorkbench *
wb_workbench_new (void)
{
  WbWorkbench *self = g_object_new (WB_TYPE_WORKBENCH, NULL);
  g_autofree char *pins =
      g_build_filename (g_get_user_data_dir (), "wirebench", "certificates.json", NULL);

  self->settings = g_settings_new (APPLICATION_ID);
  self->wire = wb_wire_new ((gsize) g_settings_get_uint (self->settings, "wire-memory") << 20);
  self->trust = wb_trust_new ();
  wb_trust_set_pin_file (self->trust, pins);
  self->secrets = wb_secrets_new ();
  return self;
}

/**
 * wb_workbench_get_settings:
 *
 * Returns: (transfer none): the program's settings
 */
GSettings *
wb_workbench_get_settings (WbWorkbench *self)
{
  g_return_val_if_fail (WB_IS_WORKBENCH (self), NULL);

  return self->settings;
}

/**
 * wb_workbench_get_wire:
 *
 * Returns: (transfer none): the log of everything sent and received
 */
WbWire *
wb_workbench_get_wire (WbWorkbench *self)
{
  g_return_val_if_fail (WB_IS_WORKBENCH (self), NULL);

  return self->wire;
}

/**
 * wb_workbench_get_trust:
 *
 * Returns: (transfer none): which certificates are trusted; the lab's own among them
 *   once the lab is there
 */
WbTrust *
wb_workbench_get_trust (WbWorkbench *self)
{
  g_return_val_if_fail (WB_IS_WORKBENCH (self), NULL);

  return self->trust;
}

/**
 * wb_workbench_get_secrets:
 *
 * Returns: (transfer none): the passwords; its verbs block, use them on a worker
 */
WbSecrets *
wb_workbench_get_secrets (WbWorkbench *self)
{
  g_return_val_if_fail (WB_IS_WORKBENCH (self), NULL);

  return self->secrets;
}

/**
 * wb_workbench_get_lab:
 *
 * Returns: (transfer none) (nullable): the lab, if it was made already; see
 *   wb_workbench_load_lab_async()
 */
WbLab *
wb_workbench_get_lab (WbWorkbench *self)
{
  g_return_val_if_fail (WB_IS_WORKBENCH (self), NULL);

  return self->lab;
}

static gpointer
make_lab_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  WbWorkbench *self = data;
  g_autofree char *directory = g_build_filename (g_get_user_state_dir (), "wirebench", "lab", NULL);
  g_autoptr (WbLab) lab = wb_lab_new (self->wire, directory, error);

  if (lab == NULL || !wb_lab_start_all (lab, error) ||
      !wb_trust_add_ca_file (self->trust, wb_lab_get_ca_file (lab), error))
    return NULL;
  return g_steal_pointer (&lab);
}

static void
lab_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbWorkbench) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->lab_waiting);

  self->lab = wb_session_run_finish (WB_SESSION (source), result, &error);
  self->lab_waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_clear_object (&self->lab_session);

  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (self->lab != NULL)
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, g_error_copy (error));
    }
  if (self->lab != NULL)
    g_signal_emit (self, signals[LAB_READY], 0, self->lab);
}

/**
 * wb_workbench_load_lab_async:
 * @cancellable: (nullable): only keeps the caller from being told
 * @callback: called in the main thread
 *
 * Makes the lab and starts its servers, on a worker thread and once only: whoever asks
 * later gets the same one. Its CA is trusted from then on. After a failure the next
 * caller tries again.
 */
void
wb_workbench_load_lab_async (WbWorkbench *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (WB_IS_WORKBENCH (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, wb_workbench_load_lab_async);
  if (self->lab != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_ptr_array_add (self->lab_waiting, g_steal_pointer (&task));
  if (self->lab_session == NULL)
    {
      self->lab_session = wb_session_new ("lab");
      wb_session_run_async (self->lab_session, make_lab_thread, g_object_ref (self), g_object_unref,
                            g_object_unref, NULL, lab_made_cb, g_object_ref (self));
    }
}

/**
 * wb_workbench_load_lab_finish:
 *
 * Returns: (transfer none) (nullable): the lab, which the workbench owns, or %NULL with
 *   @error set
 */
WbLab *
wb_workbench_load_lab_finish (WbWorkbench *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WB_IS_WORKBENCH (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_boolean (G_TASK (result), error) ? self->lab : NULL;
}

static gpointer
save_trust_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  return wb_trust_save_pins (data, error) ? data : NULL;
}

static void
trust_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbWorkbench) self = user_data;
  g_autoptr (GError) error = NULL;

  if (wb_session_run_finish (WB_SESSION (source), result, &error) == NULL)
    wb_workbench_toast (self, error->message);
}

/**
 * wb_workbench_save_trust:
 *
 * Keeps what was pinned or forgotten, on a worker thread; a toast tells when that fails.
 */
void
wb_workbench_save_trust (WbWorkbench *self)
{
  g_autoptr (WbSession) session = wb_session_new ("trust");

  g_return_if_fail (WB_IS_WORKBENCH (self));

  wb_session_run_async (session, save_trust_thread, g_object_ref (self->trust), g_object_unref,
                        NULL, NULL, trust_saved_cb, g_object_ref (self));
}

/**
 * wb_workbench_toast:
 * @text: a short sentence; no markup
 *
 * Shows @text for a moment at the bottom of the window.
 */
void
wb_workbench_toast (WbWorkbench *self, const char *text)
{
  g_autofree char *escaped = NULL;

  g_return_if_fail (WB_IS_WORKBENCH (self));
  g_return_if_fail (text != NULL);

  escaped = g_markup_escape_text (text, -1);
  wb_workbench_add_toast (self, adw_toast_new (escaped));
}

/**
 * wb_workbench_add_toast:
 * @toast: (transfer full): one with a button, such as Undo
 *
 * Shows @toast at the bottom of the window.
 */
void
wb_workbench_add_toast (WbWorkbench *self, AdwToast *toast)
{
  g_autoptr (AdwToast) owned = toast;

  g_return_if_fail (WB_IS_WORKBENCH (self));
  g_return_if_fail (ADW_IS_TOAST (toast));

  g_signal_emit (self, signals[TOAST], 0, owned);
}

/**
 * wb_workbench_show_page:
 * @page: "mail", "files", "sockets", "lab" or "learn"
 *
 * Brings a page to the front.
 */
void
wb_workbench_show_page (WbWorkbench *self, const char *page)
{
  g_return_if_fail (WB_IS_WORKBENCH (self));
  g_return_if_fail (page != NULL);

  g_signal_emit (self, signals[PAGE_WANTED], 0, page);
}

/**
 * wb_workbench_show_wire:
 * @conversation: which to show; 0 for all of the page's
 *
 * Opens the Wire panel, as the Details of an error do.
 */
void
wb_workbench_show_wire (WbWorkbench *self, guint32 conversation)
{
  g_return_if_fail (WB_IS_WORKBENCH (self));

  g_signal_emit (self, signals[WIRE_WANTED], 0, conversation);
}

/**
 * wb_workbench_set_case:
 * @first: the index of the first event on the wire
 * @end: the index after the last; %G_MAXUINT64 while the case runs
 * @server: whether the case is a server itself
 *
 * Tells which part of the log the case on the Learn page brought about. Of what it says
 * to the lab both ends are in the log; the case's own is the one to look at.
 */
void
wb_workbench_set_case (WbWorkbench *self, guint64 first, guint64 end, gboolean server)
{
  g_return_if_fail (WB_IS_WORKBENCH (self));

  self->case_first = first;
  self->case_end = end;
  self->case_server = server;
}

/**
 * wb_workbench_get_case:
 * @first: (out)
 * @end: (out)
 * @server: (out)
 *
 * Gets what wb_workbench_set_case() was told; an empty part before any case ran.
 */
void
wb_workbench_get_case (WbWorkbench *self, guint64 *first, guint64 *end, gboolean *server)
{
  g_return_if_fail (WB_IS_WORKBENCH (self));

  *first = self->case_first;
  *end = self->case_end;
  *server = self->case_server;
}

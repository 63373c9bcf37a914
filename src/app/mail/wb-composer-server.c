/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"

#include <glib/gi18n-lib.h>

/* What depends on the server by which the mail goes: reports of delivery, and the largest mail. */

static const WbSmtpReturn returns[] = { WB_SMTP_RETURN_DEFAULT, WB_SMTP_RETURN_FULL,
                                        WB_SMTP_RETURN_HEADERS };

static gpointer
load_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  return wb_server_facts_load (data);
}

static WbSmtpNotify
get_notify (WbComposer *self)
{
  WbSmtpNotify notify = WB_SMTP_NOTIFY_DEFAULT;

  for (guint i = 0; i < G_N_ELEMENTS (self->notify); i++)
    if (gtk_check_button_get_active (self->notify[i]))
      notify |= 1 << i;
  return notify;
}

/* A server that sends none takes no mail that asks for one: what is chosen can still be undone. */
static void
show_reports (WbComposer *self)
{
  gboolean known = self->facts && !self->facts->dsn;
  WbSmtpNotify notify = get_notify (self);

  gtk_widget_set_visible (GTK_WIDGET (self->no_reports), known);
  for (guint i = 0; i < G_N_ELEMENTS (self->notify); i++)
    gtk_widget_set_sensitive (GTK_WIDGET (self->notify[i]),
                              !known || gtk_check_button_get_active (self->notify[i]));
  gtk_widget_set_sensitive (GTK_WIDGET (self->returned),
                            notify != WB_SMTP_NOTIFY_DEFAULT && notify != WB_SMTP_NOTIFY_NEVER);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  WbServerFacts *facts = wb_session_run_finish (WB_SESSION (source), result, NULL);

  if (!self->store)
    {
      g_free (facts);
      return;
    }
  g_free (self->facts);
  self->facts = facts;
  show_reports (self);
  wb_composer_show_total (self);
}

/**
 * wb_composer_load_facts:
 * @self: the window
 *
 * Looks up what is known of the server of the account that sends. Main thread.
 */
void
wb_composer_load_facts (WbComposer *self)
{
  WbAccount *account = wb_composer_get_account (self);

  if (account)
    wb_session_run_async (self->session, load_thread, g_object_ref (account), g_object_unref,
                          g_free, NULL, loaded_cb, g_object_ref (self));
}

/* "Never" goes with none of the others. */
static void
notify_toggled_cb (GtkCheckButton *button, gpointer user_data)
{
  WbComposer *self = user_data;
  gboolean never = button == self->notify[0];

  if (gtk_check_button_get_active (button))
    for (guint i = 0; i < G_N_ELEMENTS (self->notify); i++)
      if (self->notify[i] != button && (never || i == 0))
        gtk_check_button_set_active (self->notify[i], FALSE);
  show_reports (self);
  wb_composer_changed (self);
}

/**
 * wb_composer_create_reports:
 * @self: the window
 *
 * Once. Main thread.
 *
 * Returns: (transfer floating): what chooses the reports of delivery that are asked for (RFC 3461)
 */
GtkWidget *
wb_composer_create_reports (WbComposer *self)
{
  const char *names[] = { _ ("Never"), _ ("On success"), _ ("On failure"), _ ("On delay") };
  const char *amounts[] = { _ ("As the server does"), _ ("With the whole mail"),
                            _ ("With the headers only"), NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *checks = gtk_grid_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      self->notify[i] = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (names[i]));
      gtk_grid_attach (GTK_GRID (checks), GTK_WIDGET (self->notify[i]), (int) i % 2, (int) i / 2, 1,
                       1);
      g_signal_connect (self->notify[i], "toggled", G_CALLBACK (notify_toggled_cb), self);
    }
  self->returned = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (amounts));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->returned), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What a report of delivery carries"), -1);
  g_signal_connect_swapped (self->returned, "notify::selected", G_CALLBACK (wb_composer_changed),
                            self);
  self->no_reports =
      GTK_LABEL (gtk_label_new (_ ("The server of this account offers no reports.")));
  gtk_label_set_wrap (self->no_reports, TRUE);
  gtk_label_set_max_width_chars (self->no_reports, 30);
  gtk_label_set_xalign (self->no_reports, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->no_reports), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->no_reports), "dim-label");
  gtk_box_append (GTK_BOX (box), checks);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->returned));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->no_reports));
  show_reports (self);
  return box;
}

/**
 * wb_composer_collect_reports:
 * @self: the window
 * @composition: what gets the choice
 *
 * Main thread.
 */
void
wb_composer_collect_reports (WbComposer *self, WbComposition *composition)
{
  composition->notify = get_notify (self);
  if (composition->notify != WB_SMTP_NOTIFY_DEFAULT && composition->notify != WB_SMTP_NOTIFY_NEVER)
    composition->returned = returns[MIN (gtk_drop_down_get_selected (self->returned), 2)];
}

/**
 * wb_composer_fill_reports:
 * @self: the window
 * @composition: where the choice comes from
 *
 * Main thread.
 */
void
wb_composer_fill_reports (WbComposer *self, const WbComposition *composition)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->notify); i++)
    gtk_check_button_set_active (self->notify[i], (composition->notify & (1 << i)) != 0);
  for (guint i = 0; i < G_N_ELEMENTS (returns); i++)
    if (returns[i] == composition->returned)
      gtk_drop_down_set_selected (self->returned, i);
}

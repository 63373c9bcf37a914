/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-lab-server-row.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>

struct _WbLabServerRow
{
  AdwActionRow parent_instance;

  /* Template */
  GtkEntry *port;
  GtkButton *copy;
  GtkSwitch *toggle;

  /* Owned */
  WbWorkbench *workbench;
  WbLab *lab;
  WbSession *session;
  WbLabService service;
};

G_DEFINE_FINAL_TYPE (WbLabServerRow, wb_lab_server_row, ADW_TYPE_ACTION_ROW)

static const struct
{
  const char *title;
  const char *about;
} texts[WB_LAB_N_SERVICES] = {
  [WB_LAB_UDP_ECHO] = { N_ ("UDP echo"), N_ ("Sends every datagram back to where it came from") },
  [WB_LAB_TCP_ECHO] = { N_ ("TCP echo"), N_ ("Sends back what it gets, in order") },
  [WB_LAB_TLS_ECHO] = { N_ ("TLS echo"), N_ ("The same, encrypted from the first byte") },
  [WB_LAB_FTP] = { N_ ("FTP"), N_ ("Files, in the clear or after AUTH TLS") },
  [WB_LAB_FTPS] = { N_ ("FTP over TLS"), N_ ("Files, encrypted from the first byte") },
  [WB_LAB_SMTP] = { N_ ("SMTP, the teacher’s provider"),
                    N_ ("Takes mail and relays what is not for lab-a.test; STARTTLS") },
  [WB_LAB_SMTPS] = { N_ ("SMTP over TLS, the teacher’s provider"),
                     N_ ("The same, encrypted from the first byte") },
  [WB_LAB_SMTP_B] = { N_ ("SMTP, the student’s provider"),
                      N_ ("Takes mail for lab-b.test; STARTTLS") },
  [WB_LAB_POP3] = { N_ ("POP3"), N_ ("Gives the mail of both providers to its owners; STLS") },
  [WB_LAB_POP3S] = { N_ ("POP3 over TLS"), N_ ("The same, encrypted from the first byte") },
  [WB_LAB_IMAP] = { N_ ("IMAP"), N_ ("Mail that stays on the server; STARTTLS") },
  [WB_LAB_IMAPS] = { N_ ("IMAP over TLS"), N_ ("The same, encrypted from the first byte") },
};

static void
show_state (WbLabServerRow *self, const GError *error)
{
  guint16 port = wb_lab_get_port (self->lab, self->service);
  gboolean runs = port != 0;

  if (runs)
    {
      g_autofree char *text = g_strdup_printf ("%u", port);

      gtk_editable_set_text (GTK_EDITABLE (self->port), text);
    }
  else if (error == NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->port), "");

  gtk_editable_set_editable (GTK_EDITABLE (self->port), !runs);
  gtk_widget_set_sensitive (GTK_WIDGET (self->copy), runs);
  gtk_widget_set_sensitive (GTK_WIDGET (self->toggle), TRUE);
  gtk_switch_set_active (self->toggle, runs);
  gtk_switch_set_state (self->toggle, runs);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                               error == NULL ? _ (texts[self->service].about) : error->message);
  if (error == NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
}

typedef struct
{
  WbLab *lab;
  WbLabService service;
  gboolean run;
  guint16 port;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_object_unref (change->lab);
  g_free (change);
}

static gpointer
change_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Change *change = data;

  if (!change->run)
    wb_lab_stop (change->lab, change->service);
  else if (!wb_lab_start (change->lab, change->service, change->port, error))
    return NULL;
  return g_object_ref (change->lab);
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbLabServerRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) done = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (self->lab != NULL)
    show_state (self, error);
}

static gboolean
read_port (WbLabServerRow *self, guint16 *port, GError **error)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->port));
  guint64 number = 0;

  if (*text != '\0' && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL))
    {
      g_set_error_literal (
          error, WB_ERROR, WB_ERROR_INVALID,
          _ ("A port is a number from 1 to 65535; leave it empty for a free one."));
      return FALSE;
    }
  *port = (guint16) number;
  return TRUE;
}

static gboolean
toggle_set_cb (WbLabServerRow *self, gboolean run)
{
  g_autoptr (GError) error = NULL;
  guint16 port = 0;
  Change *change;

  if (run == wb_lab_is_running (self->lab, self->service))
    return FALSE;
  if (run && !read_port (self, &port, &error))
    {
      show_state (self, error);
      return TRUE;
    }

  change = g_new0 (Change, 1);
  change->lab = g_object_ref (self->lab);
  change->service = self->service;
  change->run = run;
  change->port = port;
  gtk_widget_set_sensitive (GTK_WIDGET (self->toggle), FALSE);
  wb_session_run_async (self->session, change_thread, change, change_free, g_object_unref, NULL,
                        changed_cb, g_object_ref (self));
  return TRUE;
}

static void
port_activated_cb (WbLabServerRow *self)
{
  gtk_switch_set_active (self->toggle, TRUE);
}

static void
copy_clicked_cb (WbLabServerRow *self)
{
  g_autofree char *url = wb_lab_dup_url (self->lab, self->service, NULL);
  g_autofree char *said = NULL;

  if (url == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), url);
  /* Translators: %s is what is in the clipboard now, such as "ftp://127.0.0.1:2121/". */
  said = g_strdup_printf (_ ("Copied %s"), url);
  wb_workbench_toast (self->workbench, said);
}

static void
wb_lab_server_row_map (GtkWidget *widget)
{
  WbLabServerRow *self = WB_LAB_SERVER_ROW (widget);

  GTK_WIDGET_CLASS (wb_lab_server_row_parent_class)->map (widget);
  /* A case or a page may have started the server meanwhile. */
  if (wb_lab_is_running (self->lab, self->service) != gtk_switch_get_state (self->toggle))
    show_state (self, NULL);
}

static void
wb_lab_server_row_dispose (GObject *object)
{
  WbLabServerRow *self = WB_LAB_SERVER_ROW (object);

  g_clear_object (&self->session);
  g_clear_object (&self->lab);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_lab_server_row_parent_class)->dispose (object);
}

static void
wb_lab_server_row_class_init (WbLabServerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_lab_server_row_dispose;
  widget_class->map = wb_lab_server_row_map;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/lab/wb-lab-server-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WbLabServerRow, port);
  gtk_widget_class_bind_template_child (widget_class, WbLabServerRow, copy);
  gtk_widget_class_bind_template_child (widget_class, WbLabServerRow, toggle);
  gtk_widget_class_bind_template_callback (widget_class, port_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, toggle_set_cb);
}

static void
wb_lab_server_row_init (WbLabServerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wb_lab_server_row_new:
 * @session: the worker that starts and stops servers
 *
 * Returns: (transfer floating): a row for one server
 */
GtkWidget *
wb_lab_server_row_new (WbWorkbench *workbench, WbLab *lab, WbSession *session, WbLabService service)
{
  WbLabServerRow *self = g_object_new (WB_TYPE_LAB_SERVER_ROW, NULL);

  self->workbench = g_object_ref (workbench);
  self->lab = g_object_ref (lab);
  self->session = g_object_ref (session);
  self->service = service;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ (texts[service].title));
  show_state (self, NULL);
  return GTK_WIDGET (self);
}

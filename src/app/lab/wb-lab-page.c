/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-lab-page.h"

#include "wb-button.h"
#include "wb-lab-account-row.h"
#include "wb-lab-server-row.h"

#include <glib/gi18n-lib.h>

struct _WbLabPage
{
  AdwBin parent_instance;

  /* Template */
  GtkStack *stack;
  AdwStatusPage *failure;
  GtkButton *try_again;
  AdwPreferencesPage *page;
  AdwPreferencesGroup *echo_group;
  AdwPreferencesGroup *file_group;
  AdwPreferencesGroup *file_account_group;
  AdwPreferencesGroup *mail_group;
  AdwPreferencesGroup *mail_account_group;
  AdwPreferencesGroup *place_group;

  /* Owned */
  WbWorkbench *workbench;
  WbSession *session; /* where servers are started and stopped */
  gboolean loading;
};

G_DEFINE_FINAL_TYPE (WbLabPage, wb_lab_page, ADW_TYPE_BIN)

static void
copy_path_cb (WbLabPage *self, GtkButton *button)
{
  const char *path = g_object_get_data (G_OBJECT (button), "path");

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), path);
  wb_workbench_toast (self->workbench, _ ("Path copied"));
}

static void
add_place (WbLabPage *self, const char *title, const char *path)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), path);
  gtk_widget_set_tooltip_text (copy, _ ("Copy the path"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy the path"), -1);
  gtk_widget_set_valign (copy, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (copy, "flat");
  g_object_set_data_full (G_OBJECT (copy), "path", g_strdup (path), g_free);
  g_signal_connect_object (copy, "clicked", G_CALLBACK (copy_path_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), copy);
  adw_preferences_group_add (self->place_group, row);
}

static AdwPreferencesGroup *
get_group (WbLabPage *self, WbLabService service)
{
  switch (service)
    {
    case WB_LAB_UDP_ECHO:
    case WB_LAB_TCP_ECHO:
    case WB_LAB_TLS_ECHO:
      return self->echo_group;
    case WB_LAB_FTP:
    case WB_LAB_FTPS:
      return self->file_group;
    case WB_LAB_SMTP:
    case WB_LAB_SMTPS:
    case WB_LAB_SMTP_B:
    case WB_LAB_POP3:
    case WB_LAB_POP3S:
    case WB_LAB_IMAP:
    case WB_LAB_IMAPS:
    case WB_LAB_N_SERVICES:
    default:
      return self->mail_group;
    }
}

static void
show_lab (WbLabPage *self, WbLab *lab)
{
  g_autofree char *mail_directory =
      g_build_filename (wb_lab_get_state_directory (lab), "mail", NULL);
  GPtrArray *accounts = wb_lab_get_accounts (lab);

  for (guint i = 0; i < WB_LAB_N_SERVICES; i++)
    if (wb_lab_service_is_built (i))
      adw_preferences_group_add (get_group (self, i),
                                 wb_lab_server_row_new (self->workbench, lab, self->session, i));
  gtk_widget_set_visible (GTK_WIDGET (self->echo_group),
                          wb_lab_service_is_built (WB_LAB_UDP_ECHO) ||
                              wb_lab_service_is_built (WB_LAB_TCP_ECHO));

  for (guint i = 0; i < accounts->len; i++)
    {
      const WbLabAccount *account = g_ptr_array_index (accounts, i);

      adw_preferences_group_add (g_str_equal (account->service, "ftp") ? self->file_account_group
                                                                       : self->mail_account_group,
                                 wb_lab_account_row_new (self->workbench, account));
    }

  add_place (self, _ ("Files"), wb_lab_get_ftp_directory (lab));
  add_place (self, _ ("Mail"), mail_directory);
  add_place (self, _ ("Certificate of the lab’s CA"), wb_lab_get_ca_file (lab));
  gtk_stack_set_visible_child_name (self->stack, "servers");
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbLabPage) self = user_data;
  g_autoptr (GError) error = NULL;
  WbLab *lab = wb_workbench_load_lab_finish (WB_WORKBENCH (source), result, &error);

  self->loading = FALSE;
  if (self->workbench == NULL)
    return;
  if (lab != NULL)
    {
      show_lab (self, lab);
      return;
    }
  adw_status_page_set_description (self->failure, error->message);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
load_cb (WbLabPage *self)
{
  if (self->loading || g_str_equal (gtk_stack_get_visible_child_name (self->stack), "servers"))
    return;
  self->loading = TRUE;
  gtk_stack_set_visible_child_name (self->stack, "loading");
  wb_workbench_load_lab_async (self->workbench, NULL, loaded_cb, g_object_ref (self));
}

static void
wb_lab_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wb_lab_page_parent_class)->map (widget);
  load_cb (WB_LAB_PAGE (widget));
}

static void
wb_lab_page_dispose (GObject *object)
{
  WbLabPage *self = WB_LAB_PAGE (object);

  g_clear_object (&self->session);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_lab_page_parent_class)->dispose (object);
}

static void
wb_lab_page_class_init (WbLabPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_lab_page_dispose;
  widget_class->map = wb_lab_page_map;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/wirebench/Wirebench/lab/wb-lab-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, failure);
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, try_again);
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, page);
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, echo_group);
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, file_group);
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, file_account_group);
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, mail_group);
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, mail_account_group);
  gtk_widget_class_bind_template_child (widget_class, WbLabPage, place_group);
  gtk_widget_class_bind_template_callback (widget_class, load_cb);
}

static void
wb_lab_page_init (WbLabPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wb_button_name_by_label (self->try_again);
}

/**
 * wb_lab_page_new:
 *
 * Makes the page. The lab itself is made when the page first shows.
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wb_lab_page_new (WbWorkbench *workbench)
{
  WbLabPage *self = g_object_new (WB_TYPE_LAB_PAGE, NULL);

  self->workbench = g_object_ref (workbench);
  self->session = wb_session_new ("lab-switches");
  return GTK_WIDGET (self);
}

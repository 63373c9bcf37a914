/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-lab-account-row.h"

#include <glib/gi18n-lib.h>

#define HIDDEN "••••••"

struct _WbLabAccountRow
{
  AdwActionRow parent_instance;

  /* Template */
  GtkLabel *password;
  GtkToggleButton *reveal;

  /* Borrowed: accounts live as long as the lab, and that as long as the workbench */
  const WbLabAccount *account;

  /* Owned */
  WbWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (WbLabAccountRow, wb_lab_account_row, ADW_TYPE_ACTION_ROW)

static void
reveal_toggled_cb (WbLabAccountRow *self)
{
  gboolean reveal = gtk_toggle_button_get_active (self->reveal);
  const char *action = reveal ? _ ("Hide the password") : _ ("Show the password");

  gtk_label_set_text (self->password, reveal ? self->account->password : HIDDEN);
  gtk_button_set_icon_name (GTK_BUTTON (self->reveal),
                            reveal ? "view-conceal-symbolic" : "view-reveal-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->reveal), action);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reveal), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  action, -1);
}

static void
copy_user_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbLabAccountRow *self = WB_LAB_ACCOUNT_ROW (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->account->user);
  wb_workbench_toast (self->workbench, _ ("User copied"));
}

static void
copy_password_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbLabAccountRow *self = WB_LAB_ACCOUNT_ROW (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->account->password);
  wb_workbench_toast (self->workbench, _ ("Password copied"));
}

static void
wb_lab_account_row_dispose (GObject *object)
{
  WbLabAccountRow *self = WB_LAB_ACCOUNT_ROW (object);

  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_lab_account_row_parent_class)->dispose (object);
}

static void
wb_lab_account_row_class_init (WbLabAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_lab_account_row_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/lab/wb-lab-account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WbLabAccountRow, password);
  gtk_widget_class_bind_template_child (widget_class, WbLabAccountRow, reveal);
  gtk_widget_class_bind_template_callback (widget_class, reveal_toggled_cb);
  gtk_widget_class_install_action (widget_class, "account.copy-user", NULL, copy_user_action);
  gtk_widget_class_install_action (widget_class, "account.copy-password", NULL,
                                   copy_password_action);
}

static void
wb_lab_account_row_init (WbLabAccountRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static const char *
get_about (const WbLabAccount *account)
{
  if (g_str_equal (account->kind, "guest"))
    return _ ("Guest: may read and write, up to 16 MiB");
  if (g_str_equal (account->kind, "anonymous"))
    return _ ("Anonymous: anyone, with an e-mail address as the password");
  if (account->address == NULL)
    return _ ("Registered: a folder of its own");
  if (g_str_has_prefix (account->address, "catch-all"))
    return _ ("Gets the mail for every other address");
  return _ ("A mailbox of its own");
}

/**
 * wb_lab_account_row_new:
 * @account: one of the workbench's lab
 *
 * Returns: (transfer floating): a row for one account
 */
GtkWidget *
wb_lab_account_row_new (WbWorkbench *workbench, const WbLabAccount *account)
{
  WbLabAccountRow *self = g_object_new (WB_TYPE_LAB_ACCOUNT_ROW, NULL);

  self->workbench = g_object_ref (workbench);
  self->account = account;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), account->user);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), get_about (account));
  gtk_label_set_text (self->password, HIDDEN);
  return GTK_WIDGET (self);
}

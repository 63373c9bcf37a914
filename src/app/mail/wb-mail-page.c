/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-page.h"

#include <glib/gi18n-lib.h>

struct _WbMailPage
{
  AdwBin parent_instance;

  WbWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (WbMailPage, wb_mail_page, ADW_TYPE_BIN)

static void
wb_mail_page_dispose (GObject *object)
{
  WbMailPage *self = WB_MAIL_PAGE (object);

  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_mail_page_parent_class)->dispose (object);
}

static void
wb_mail_page_class_init (WbMailPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_mail_page_dispose;
}

static void
wb_mail_page_init (WbMailPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), "mail-unread-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (status), _ ("Mail"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _ ("Write and read mail."));
  adw_bin_set_child (ADW_BIN (self), status);
}

/**
 * wb_mail_page_new:
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wb_mail_page_new (WbWorkbench *workbench)
{
  WbMailPage *self = g_object_new (WB_TYPE_MAIL_PAGE, NULL);

  self->workbench = g_object_ref (workbench);
  return GTK_WIDGET (self);
}

/**
 * wb_mail_page_compose:
 * @mailto: (nullable): a `mailto:` URI (RFC 6068), or %NULL for an empty mail
 *
 * Opens a window to write a mail in.
 */
void
wb_mail_page_compose (WbMailPage *self, const char *mailto)
{
  g_return_if_fail (WB_IS_MAIL_PAGE (self));
}

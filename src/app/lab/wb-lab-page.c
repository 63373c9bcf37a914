/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-lab-page.h"

#include <glib/gi18n-lib.h>

struct _WbLabPage
{
  AdwBin parent_instance;

  WbWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (WbLabPage, wb_lab_page, ADW_TYPE_BIN)

static void
wb_lab_page_dispose (GObject *object)
{
  WbLabPage *self = WB_LAB_PAGE (object);

  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_lab_page_parent_class)->dispose (object);
}

static void
wb_lab_page_class_init (WbLabPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_lab_page_dispose;
}

static void
wb_lab_page_init (WbLabPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), "network-server-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (status), _ ("Lab"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _ ("Servers of your own."));
  adw_bin_set_child (ADW_BIN (self), status);
}

/**
 * wb_lab_page_new:
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wb_lab_page_new (WbWorkbench *workbench)
{
  WbLabPage *self = g_object_new (WB_TYPE_LAB_PAGE, NULL);

  self->workbench = g_object_ref (workbench);
  return GTK_WIDGET (self);
}

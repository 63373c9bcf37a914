/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-learn-page.h"

#include <glib/gi18n-lib.h>

struct _WbLearnPage
{
  AdwBin parent_instance;

  WbWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (WbLearnPage, wb_learn_page, ADW_TYPE_BIN)

static void
wb_learn_page_dispose (GObject *object)
{
  WbLearnPage *self = WB_LEARN_PAGE (object);

  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_learn_page_parent_class)->dispose (object);
}

static void
wb_learn_page_class_init (WbLearnPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_learn_page_dispose;
}

static void
wb_learn_page_init (WbLearnPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), "accessories-dictionary-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (status), _ ("Learn"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _ ("The twelve cases."));
  adw_bin_set_child (ADW_BIN (self), status);
}

/**
 * wb_learn_page_new:
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wb_learn_page_new (WbWorkbench *workbench)
{
  WbLearnPage *self = g_object_new (WB_TYPE_LEARN_PAGE, NULL);

  self->workbench = g_object_ref (workbench);
  return GTK_WIDGET (self);
}

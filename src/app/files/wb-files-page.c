/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page.h"

#include <glib/gi18n-lib.h>

struct _WbFilesPage
{
  AdwBin parent_instance;

  WbWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (WbFilesPage, wb_files_page, ADW_TYPE_BIN)

static void
wb_files_page_dispose (GObject *object)
{
  WbFilesPage *self = WB_FILES_PAGE (object);

  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_files_page_parent_class)->dispose (object);
}

static void
wb_files_page_class_init (WbFilesPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_files_page_dispose;
}

static void
wb_files_page_init (WbFilesPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), "folder-remote-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (status), _ ("Files"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status),
                                   _ ("Drag files to a server and back."));
  adw_bin_set_child (ADW_BIN (self), status);
}

/**
 * wb_files_page_new:
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wb_files_page_new (WbWorkbench *workbench)
{
  WbFilesPage *self = g_object_new (WB_TYPE_FILES_PAGE, NULL);

  self->workbench = g_object_ref (workbench);
  return GTK_WIDGET (self);
}

/**
 * wb_files_page_connect:
 * @url: (nullable): an FTP URL, or %NULL to ask for the address
 *
 * Connects to a server.
 */
void
wb_files_page_connect (WbFilesPage *self, const char *url)
{
  g_return_if_fail (WB_IS_FILES_PAGE (self));
}

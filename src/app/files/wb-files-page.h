/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbFilesPage:
 *
 * This computer's files beside an FTP server's, and the transfers between them.
 */
#define WB_TYPE_FILES_PAGE (wb_files_page_get_type ())
G_DECLARE_FINAL_TYPE (WbFilesPage, wb_files_page, WB, FILES_PAGE, GtkWidget)

GtkWidget *wb_files_page_new       (WbWorkbench  *workbench);
void       wb_files_page_connect   (WbFilesPage  *self,
                                    const char   *url);
gboolean   wb_files_page_may_close (WbFilesPage  *self);

G_END_DECLS

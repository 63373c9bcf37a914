/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "wb-ftp-site-store.h"
#include "wb-secrets.h"

G_BEGIN_DECLS

/**
 * WbSiteManager:
 *
 * The sites as a tree of folders, and beside it all that can be said of the one that is
 * selected. What is changed counts at once.
 *
 * Signals: `connect-wanted` (const char *id).
 */
#define WB_TYPE_SITE_MANAGER (wb_site_manager_get_type ())
G_DECLARE_FINAL_TYPE (WbSiteManager, wb_site_manager, WB, SITE_MANAGER, AdwWindow)

GtkWidget *wb_site_manager_new    (GtkWindow       *parent,
                                   WbFtpSiteStore  *store,
                                   WbSecrets       *secrets);
void       wb_site_manager_select (WbSiteManager   *self,
                                   const char      *id);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "wb-ftp-site.h"

G_BEGIN_DECLS

/**
 * WbSiteEditor:
 *
 * All that can be said of a site, to be changed. The password is only passed through: it is
 * empty at first, and what is entered goes to the keyring.
 *
 * Signals: `changed`: a person changed something; `password-entered`: the password that was
 * typed is to be kept, see wb_site_editor_get_password().
 */
#define WB_TYPE_SITE_EDITOR (wb_site_editor_get_type ())
G_DECLARE_FINAL_TYPE (WbSiteEditor, wb_site_editor, WB, SITE_EDITOR, AdwBin)

void        wb_site_editor_set_site     (WbSiteEditor     *self,
                                         const WbFtpSite  *site);
WbFtpSite  *wb_site_editor_dup_site     (WbSiteEditor     *self);
const char *wb_site_editor_get_password (WbSiteEditor     *self);
void        wb_site_editor_set_lasting  (WbSiteEditor     *self,
                                         gboolean          lasting);
void        wb_site_editor_focus_name   (WbSiteEditor     *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-site.h"

G_BEGIN_DECLS

/**
 * WbFtpSiteImport:
 * @sites: (element-type WbFtpSite): what was understood
 * @passwords: (element-type utf8): as long as @sites; %NULL where there is none. For the
 *   keyring and nothing else
 * @folders: (element-type utf8): folders, those without sites too
 * @left_out: how many sites could not be taken over
 * @notes: (element-type utf8): for the person to read, a sentence or two each: what was left
 *   out, and why
 *
 * What a list of sites of another program holds.
 */
typedef struct
{
  GPtrArray *sites;
  GPtrArray *passwords;
  GPtrArray *folders;
  guint      left_out;
  GPtrArray *notes;
} WbFtpSiteImport;

/* What is larger is no list of sites. */
#define WB_FTP_SITE_IMPORT_MAX (16 * 1024 * 1024)

WbFtpSiteImport *wb_ftp_site_import_filezilla (const char       *text,
                                               gsize             length,
                                               GError          **error);
void             wb_ftp_site_import_free      (WbFtpSiteImport  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpSiteImport, wb_ftp_site_import_free)

G_END_DECLS

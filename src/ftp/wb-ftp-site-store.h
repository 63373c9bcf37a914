/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-site.h"
#include "wb-session.h"

G_BEGIN_DECLS

/**
 * WbFtpSiteStore:
 *
 * The sites of a person, folders for them, bookmarks of no site, and the addresses that
 * were typed last, in one file. Belongs to the thread that made it; the file is read and
 * written by a thread of its own, beside the old one and then renamed.
 *
 * What cannot be understood is put aside and never overwritten. Until
 * wb_ftp_site_store_load_finish() nothing is written.
 *
 * Signals: `changed`: something is other than it was; `failed` (a #GError): it could not
 * be written.
 */
#define WB_TYPE_FTP_SITE_STORE (wb_ftp_site_store_get_type ())
G_DECLARE_FINAL_TYPE (WbFtpSiteStore, wb_ftp_site_store, WB, FTP_SITE_STORE, GObject)

WbFtpSiteStore  *wb_ftp_site_store_new             (const char          *path);
void             wb_ftp_site_store_load_async      (WbFtpSiteStore      *self,
                                                    GAsyncReadyCallback  callback,
                                                    gpointer             user_data);
gboolean         wb_ftp_site_store_load_finish     (WbFtpSiteStore      *self,
                                                    GAsyncResult        *result,
                                                    GError             **error);
gboolean         wb_ftp_site_store_flush           (WbFtpSiteStore      *self,
                                                    GError             **error);

GPtrArray       *wb_ftp_site_store_get_sites       (WbFtpSiteStore      *self);
const WbFtpSite *wb_ftp_site_store_find            (WbFtpSiteStore      *self,
                                                    const char          *id);
void             wb_ftp_site_store_put             (WbFtpSiteStore      *self,
                                                    const WbFtpSite     *site);
gboolean         wb_ftp_site_store_remove          (WbFtpSiteStore      *self,
                                                    const char          *id);

GPtrArray       *wb_ftp_site_store_dup_folders     (WbFtpSiteStore      *self);
void             wb_ftp_site_store_add_folder      (WbFtpSiteStore      *self,
                                                    const char          *folder);
void             wb_ftp_site_store_remove_folder   (WbFtpSiteStore      *self,
                                                    const char          *folder);

GPtrArray       *wb_ftp_site_store_get_bookmarks   (WbFtpSiteStore      *self,
                                                    const char          *site_id);
void             wb_ftp_site_store_add_bookmark    (WbFtpSiteStore      *self,
                                                    const char          *site_id,
                                                    const WbFtpBookmark *bookmark);
void             wb_ftp_site_store_remove_bookmark (WbFtpSiteStore      *self,
                                                    const char          *site_id,
                                                    guint                position);

GPtrArray       *wb_ftp_site_store_get_addresses   (WbFtpSiteStore      *self);
void             wb_ftp_site_store_add_address     (WbFtpSiteStore      *self,
                                                    const char          *address);
void             wb_ftp_site_store_forget_addresses (WbFtpSiteStore     *self);

G_END_DECLS

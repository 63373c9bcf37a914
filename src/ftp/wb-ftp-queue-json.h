/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-queue-private.h"

G_BEGIN_DECLS

/**
 * WbFtpSaved:
 * @url: without its password and path
 * @plans: (element-type WbFtpPlan): what is left
 *
 * The transfers of one server, as they are kept in a file.
 */
typedef struct
{
  WbUrl      *url;
  GPtrArray  *plans;
} WbFtpSaved;

WbFtpSaved *wb_ftp_saved_new       (const WbUrl       *url,
                                    GPtrArray         *plans);
void        wb_ftp_saved_free      (WbFtpSaved        *self);
gboolean    wb_ftp_saved_is_for    (const WbFtpSaved  *self,
                                    const WbUrl       *url);
char       *wb_ftp_saved_to_json   (GPtrArray         *saved);
GPtrArray  *wb_ftp_saved_from_json (const char        *text,
                                    gsize              length,
                                    GError           **error);

G_END_DECLS

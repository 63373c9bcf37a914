/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-entry.h"

G_BEGIN_DECLS

/**
 * WbFtpListingFormat:
 * @WB_FTP_LISTING_GUESS: each line by its own look
 * @WB_FTP_LISTING_MLSD: RFC 3659 §7.2 facts
 * @WB_FTP_LISTING_NAMES: a line is a name, with or without the path before it (NLST)
 */
typedef enum
{
  WB_FTP_LISTING_GUESS,
  WB_FTP_LISTING_MLSD,
  WB_FTP_LISTING_NAMES,
} WbFtpListingFormat;

GPtrArray  *wb_ftp_listing_parse      (const char          *text,
                                       gsize                length,
                                       WbFtpListingFormat   format,
                                       GDateTime           *now);
WbFtpEntry *wb_ftp_listing_parse_line (const char          *line,
                                       gsize                length,
                                       WbFtpListingFormat   format,
                                       GDateTime           *now);
gboolean    wb_ftp_listing_hold       (GByteArray          *held,
                                       const char          *line,
                                       gsize                length,
                                       WbFtpListingFormat   format);
gboolean    wb_ftp_listing_join       (GByteArray          *held,
                                       const char          *line,
                                       gsize                length);

G_END_DECLS

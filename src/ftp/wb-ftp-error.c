/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "wb-ftp-error.h"

G_DEFINE_QUARK (wb_ftp_error, wb_ftp_error)

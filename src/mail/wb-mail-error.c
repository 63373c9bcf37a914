/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "wb-mail-error.h"

G_DEFINE_QUARK (wb_mail_error, wb_mail_error)

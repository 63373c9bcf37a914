/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-account.h"
#include "wb-composition.h"

G_BEGIN_DECLS

/* Mails to begin with, each a file of its name beside the account's drafts. All of these block. */

GPtrArray     *wb_mail_template_list   (WbAccount            *account,
                                        GError              **error);
gboolean       wb_mail_template_save   (WbAccount            *account,
                                        const char           *name,
                                        const WbComposition  *composition,
                                        GError              **error);
WbComposition *wb_mail_template_load   (WbAccount            *account,
                                        const char           *name,
                                        GError              **error);
gboolean       wb_mail_template_rename (WbAccount            *account,
                                        const char           *name,
                                        const char           *to,
                                        GError              **error);
gboolean       wb_mail_template_remove (WbAccount            *account,
                                        const char           *name,
                                        GError              **error);

G_END_DECLS

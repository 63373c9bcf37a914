/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "wb-composition.h"
#include "wb-mail-store.h"

G_BEGIN_DECLS

/**
 * WbComposer:
 *
 * The window in which a mail is written and from which it is sent. What stands in it
 * is lost only when the person says so: closing asks, sending keeps it in the Outbox
 * first.
 */
#define WB_TYPE_COMPOSER (wb_composer_get_type ())
G_DECLARE_FINAL_TYPE (WbComposer, wb_composer, WB, COMPOSER, AdwWindow)

GtkWidget *wb_composer_new (WbMailStore          *store,
                            WbAccount            *account,
                            const WbComposition  *composition,
                            const char           *draft_name);
GtkWidget *wb_composer_find_draft (WbAccount        *account,
                                   const char       *draft_name);
GtkWidget *wb_composer_new_from_template (WbMailStore          *store,
                                          WbAccount            *account,
                                          const WbComposition  *composition);

G_END_DECLS

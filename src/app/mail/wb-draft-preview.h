/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-composition.h"

G_BEGIN_DECLS

/**
 * WbDraftPreview:
 *
 * What a mail will be made of: its MIME tree, its headers and its source.
 */
#define WB_TYPE_DRAFT_PREVIEW (wb_draft_preview_get_type ())
G_DECLARE_FINAL_TYPE (WbDraftPreview, wb_draft_preview, WB, DRAFT_PREVIEW, GtkWidget)

void wb_draft_preview_show  (WbDraftPreview     *self,
                             const WbMailPreview  *built,
                             WbMessage          *message);
void wb_draft_preview_error (WbDraftPreview     *self,
                             const char         *why);

G_END_DECLS

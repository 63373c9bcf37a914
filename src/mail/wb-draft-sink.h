/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-gmime.h"
#include "wb-mail-source.h"

G_BEGIN_DECLS

/**
 * WbDraftSink:
 *
 * Where a message is written that is being built: memory, or a file without a name. It takes no
 * more once the work is cancelled.
 */
#define WB_TYPE_DRAFT_SINK (wb_draft_sink_get_type ())
G_DECLARE_FINAL_TYPE (WbDraftSink, wb_draft_sink, WB, DRAFT_SINK, GMimeStream)

WbDraftSink  *wb_draft_sink_new    (GCancellable  *cancellable);
gboolean      wb_draft_sink_use_file (WbDraftSink *self,
                                    GError       **error);
gboolean      wb_draft_sink_failed (WbDraftSink   *self,
                                    GError       **error);
WbMailSource *wb_draft_sink_finish (WbDraftSink   *self,
                                    GError       **error);

G_END_DECLS

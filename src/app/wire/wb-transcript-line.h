/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire-row.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbTranscriptLine:
 *
 * A line of the transcript: time, arrow, text and, where there is room, the meaning.
 */
#define WB_TYPE_TRANSCRIPT_LINE (wb_transcript_line_get_type ())
G_DECLARE_FINAL_TYPE (WbTranscriptLine, wb_transcript_line, WB, TRANSCRIPT_LINE, GtkWidget)

GtkWidget *wb_transcript_line_new               (void);
void       wb_transcript_line_show              (WbTranscriptLine *self,
                                           WbWireRow  *row);
void       wb_transcript_line_set_shows_meaning (WbTranscriptLine *self,
                                           gboolean    shows_meaning);

G_END_DECLS

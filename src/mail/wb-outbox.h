/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-maildir.h"
#include "wb-outbox-envelope.h"

G_BEGIN_DECLS

/**
 * WbOutboxState:
 * @WB_OUTBOX_QUEUED: nobody has it; may be sent at any time from @not_before on
 * @WB_OUTBOX_SENDING: being sent, or the program ended in the middle of it
 * @WB_OUTBOX_FAILED: refused or not reached; may be tried again
 * @WB_OUTBOX_UNKNOWN: the server may have taken it; never sent again by itself
 * @WB_OUTBOX_SENT: the server has taken it, but the copy for Sent is not written yet
 */
typedef enum
{
  WB_OUTBOX_QUEUED,
  WB_OUTBOX_SENDING,
  WB_OUTBOX_FAILED,
  WB_OUTBOX_UNKNOWN,
  WB_OUTBOX_SENT,
} WbOutboxState;

/**
 * WbOutboxRecord:
 * @reason: (nullable): why it is in that state, in plain words
 * @since: when it came into it, in seconds since the epoch; 0 for when it was queued
 * @not_before: when it may be sent at the earliest, in seconds since the epoch; 0 for at once,
 *   but only when somebody asks for it
 * @attempts: how often it was tried
 * @committed: of one being sent: whether its end may have reached the server
 * @refused: (nullable): whom the server refused, each with its words, a line each
 * @lasting: (nullable): whom it refused for good while others are only refused for now, likewise;
 *   these are not asked for again when it is tried by itself
 * @rest: whether it is what is left of a mail that all others got
 * @divided: of such a one: whether there is another, since some were refused for now and some for
 *   good
 * @next_try: when it is tried again by itself, in seconds since the epoch; 0 for not
 * @tries: how often in a row it failed for a reason that passes
 *
 * What is known about a mail in the Outbox.
 */
typedef struct
{
  WbOutboxState  state;
  char          *reason;
  gint64         since;
  gint64         not_before;
  guint          attempts;
  gboolean       committed;
  char          *refused;
  gboolean       rest;
  gint64         next_try;
  guint          tries;
  char          *lasting;
  gboolean       divided;
} WbOutboxRecord;

void            wb_outbox_record_free (WbOutboxRecord        *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbOutboxRecord, wb_outbox_record_free)

WbOutboxRecord *wb_outbox_load        (WbMaildir             *outbox,
                                       const char            *name);
gboolean        wb_outbox_save        (WbMaildir             *outbox,
                                       const char            *name,
                                       const WbOutboxRecord  *record,
                                       GError               **error);
gboolean        wb_outbox_set_state   (WbMaildir             *outbox,
                                       const char            *name,
                                       WbOutboxState          state,
                                       const char            *reason,
                                       GError               **error);
gboolean        wb_outbox_postpone    (WbMaildir             *outbox,
                                       const char            *name,
                                       gint64                 not_before,
                                       GError               **error);
void            wb_outbox_clear_state (WbMaildir             *outbox,
                                       const char            *name);
gboolean        wb_outbox_recover     (WbMaildir             *outbox,
                                       GError               **error);
gboolean        wb_outbox_is_uncertain (const WbOutboxRecord *record);
char           *wb_outbox_describe    (const WbOutboxRecord  *record);

gboolean        wb_outbox_passes      (const GError          *error);
guint           wb_outbox_get_wait    (guint                  tries);
void            wb_outbox_plan        (WbOutboxRecord        *record,
                                       gboolean               again);
gint64          wb_outbox_get_due     (const WbOutboxRecord  *record);
gboolean        wb_outbox_stop        (WbMaildir             *outbox,
                                       const char            *name,
                                       GError               **error);
char           *wb_outbox_take_out    (WbMaildir             *outbox,
                                       const char            *name,
                                       WbMaildir             *drafts,
                                       WbMailSource          *draft,
                                       GError               **error);

gboolean        wb_outbox_begin       (WbMaildir             *outbox,
                                       const char            *name,
                                       gboolean               again,
                                       WbOutboxState         *state,
                                       GError               **error);
gboolean        wb_outbox_send        (WbMaildir             *outbox,
                                       const char            *name,
                                       WbSmtpClient          *client,
                                       GPtrArray            **results,
                                       WbProgress            *progress,
                                       GCancellable          *cancellable,
                                       GError               **error);
void            wb_outbox_fail        (WbMaildir             *outbox,
                                       const char            *name,
                                       gboolean               unknown,
                                       const GError          *error);
gboolean        wb_outbox_file        (WbMaildir             *outbox,
                                       const char            *name,
                                       WbMaildir             *sent,
                                       GError               **error);

G_END_DECLS

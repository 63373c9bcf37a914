/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-remote-job.h"
#include "wb-remote-pane.h"
#include "wb-session.h"

G_BEGIN_DECLS

/* For the files that make the pane together. */

struct _WbRemotePane
{
  WbFilePane parent_instance;

  WbWire *wire;
  WbTrust *trust;
  WbSession *session;
  WbRemoteServer *server;
  GCancellable *cancellable; /* of everything asked of this server */
  WbUrl *url;
  char *directory;
  gboolean connected;
  gboolean has_checksums; /* the server makes them */
  WbFileItem *wanted; /* the file that the address names */
  guint keep_alive;   /* seconds, or 0 */
  guint keep_alive_id;

  /* The folder that was asked for last, until it is shown or refused: whatever else runs meanwhile,
   * and fails when the connection does, does not stand for it. */
  WbRemoteVerb going; /* WB_REMOTE_LIST when nowhere */
  char *going_to;     /* (nullable) */
  guint going_serial;
  guint last_serial;
  gboolean stranded; /* the connection was lost on the way there */

  WbRemoteVerb again_verb; /* what the button beside an error asks for again */
  char *again;

  GCancellable *work; /* (nullable): of what is counted or deleted */

  WbFtpQueue *borrower; /* (nullable): has the session, or gets it */
  gboolean lent;        /* it has it */
  gboolean nothing_to_lend;

  guint waits;   /* how often the server was full */
  guint wait_id; /* ticks while it is waited for */
  guint wait_left;

  WbFtpQueue *queue; /* fetches what is dragged to other programs */
  char *dragged;     /* the folder of such files, gone with the pane */
};

void wb_remote_pane_run          (WbRemotePane *self,
                                  WbRemoteVerb  verb,
                                  GPtrArray    *items,
                                  const char   *argument);
void wb_remote_pane_show_error   (WbRemotePane *self,
                                  const GError *error);
void wb_remote_pane_move_items   (WbFilePane   *pane,
                                  GPtrArray    *items,
                                  WbFileItem   *folder);
void wb_remote_pane_delete_items (WbFilePane   *pane,
                                  GPtrArray    *items);

G_END_DECLS

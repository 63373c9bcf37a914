/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-files-page.h"

#include "wb-ftp-queue.h"
#include "wb-local-pane.h"
#include "wb-queue-view.h"
#include "wb-remote-pane.h"
#include "wb-server-bar.h"

G_BEGIN_DECLS

struct _WbFilesPage
{
  GtkWidget parent_instance;

  /* Template */
  GtkWidget *box;
  WbServerBar *bar;
  GtkPaned *paned;
  WbLocalPane *local;
  WbRemotePane *remote;
  WbQueueView *queue_view;

  /* Owned */
  WbWorkbench *workbench;
  WbSession *session; /* the keyring and the lab: both may block */
  WbFtpQueue *queue;
  WbUrl *url;            /* what was asked for last */
  WbFtpClient *settings; /* how to get there; never connects; NULL for what is usual */
  guint connections;     /* at most, for transfers; 0 for what is usual */
  WbLimit *limit;        /* of all transfers together, or NULL */
  guint orient_id;
};

void wb_files_page_leave_queue      (WbFilesPage     *self);
void wb_files_page_open_queue       (WbFilesPage     *self);

void wb_files_page_bind_connection  (GtkWidgetClass  *widget_class);
void wb_files_page_bind_transfers   (GtkWidgetClass  *widget_class);

G_END_DECLS

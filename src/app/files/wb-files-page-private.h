/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-files-page.h"

#include "wb-ftp-queue-store.h"
#include "wb-ftp-site-store.h"
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
  WbFtpQueue *queue;      /* of the server that is connected */
  WbFtpQueue *copies;     /* the same: what is fetched for other programs, and not kept */
  GListStore *queues;     /* of WbFtpQueue: these two, and those that have something left */
  WbFtpQueueStore *store; /* what is left in them, for the next start */
  WbLimit *down;
  WbLimit *up;
  GtkWidget *conflict; /* the dialog, borrowed; it tells when it goes */
  GPtrArray *edits;    /* of WbRemoteEdit: what is open in other programs */
  GQueue asked;        /* of WbFtpTransfer: conflicts that came while it asked about another */
  gint64 busy_since;   /* monotonic; 0 when nothing runs */
  gboolean stops;      /* the person wants to leave although something runs */
  WbUrl *url;            /* what was asked for last */
  WbFtpClient *settings; /* how to get there; never connects; NULL for what is usual */
  guint connections;     /* at most, for transfers; 0 for what is usual */
  WbLimit *site_down;    /* what the site's downloads share, or NULL for what is usual */
  WbLimit *site_up;
  WbFtpSiteStore *sites;
  GMenu *menu; /* of the button Sites */
  WbFtpSite *site;      /* what was asked for last, or NULL when an address was typed */
  GCancellable *preparing; /* what comes before connecting; NULL when nothing does */
  gboolean remember;    /* whether the password is kept once it has worked */
  gboolean as_text;     /* whether the address asked for the file as text */
  gboolean synchronized; /* whether the panes go into folders together */
  char *sync_local;     /* where they were last, both of them */
  char *sync_remote;
  guint orient_id;
};

void wb_files_page_tell             (WbFilesPage     *self,
                                     const char      *text);
void wb_files_page_leave_queue      (WbFilesPage     *self);
void wb_files_page_open_queue       (WbFilesPage     *self);
void wb_files_page_begin_queues     (WbFilesPage     *self);
void wb_files_page_end_queues       (WbFilesPage     *self);

void wb_files_page_connect_site     (WbFilesPage     *self,
                                     const char      *id);
void wb_files_page_open_remote      (WbFilesPage     *self,
                                     const char      *folder);
void wb_files_page_add_site_keys    (WbFilesPage     *self);
void wb_files_page_load_sites       (WbFilesPage     *self);
void wb_files_page_leave_sites      (WbFilesPage     *self);
void wb_files_page_arrived          (WbFilesPage     *self);
void wb_files_page_set_synchronized (WbFilesPage     *self,
                                     gboolean         synchronized);
void wb_files_page_bind_sites       (GtkWidgetClass  *widget_class);
void wb_files_page_bind_synchronized (GtkWidgetClass *widget_class);
void wb_files_page_begin_edits      (WbFilesPage     *self);
void wb_files_page_bind_edits       (GtkWidgetClass  *widget_class);
void wb_files_page_bind_connection  (GtkWidgetClass  *widget_class);
void wb_files_page_bind_queues      (GtkWidgetClass  *widget_class);
void wb_files_page_bind_transfers   (GtkWidgetClass  *widget_class);

G_END_DECLS

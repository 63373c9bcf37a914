/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-list.h"
#include "wb-mail-page.h"
#include "wb-mail-sidebar.h"
#include "wb-mail-store.h"
#include "wb-message-view.h"
#include "wb-progress.h"
#include "wb-split-view.h"

G_BEGIN_DECLS

struct _WbMailPage
{
  AdwBin parent_instance;

  /* Template */
  WbSplitView    *outer;
  WbSplitView    *inner;
  WbMailSidebar  *sidebar;
  WbMailList     *list;
  AdwBin         *reader;
  GtkStack       *list_stack;
  GtkStack       *reader_stack;
  AdwStatusPage  *none;
  AdwStatusPage  *empty;
  GtkWidget      *empty_button;
  GtkLabel       *folder_title;
  GtkWidget      *receive;
  GtkWidget      *send_all;
  GtkWidget      *several_bar;  /* what can be done with several mails */
  GtkLabel       *several;
  GtkButton      *several_send;
  GtkWidget    *progress_bar;
  GtkLabel       *step;
  GtkProgressBar *bar;
  GtkWidget    *error_bar;
  GtkLabel       *error_text;
  GtkWidget      *details;
  GtkLabel       *reader_problem;

  /* Owned */
  WbMailStore    *store;
  WbMailFolder   *folder;       /* the one on show */
  char           *open_name;    /* the mail on show or on its way to be */
  GCancellable   *reading;
  GCancellable   *working;      /* receiving, or sending from the Outbox */
  WbProgress     *progress;
  guint           conversation; /* of the last work that failed */
  gboolean        warmed_up;

  /* Borrowed */
  WbMessageView      *view;     /* NULL until the first mail is read */
  GtkEventController *keys;     /* while the page is in front */
};

void wb_mail_page_show_error     (WbMailPage     *self,
                                  const char     *text,
                                  guint           conversation);
void wb_mail_page_open_composer  (WbMailPage     *self,
                                  WbAccount      *account,
                                  gpointer        composition,
                                  const char     *draft_name);

/* wb-mail-page-actions.c */
void wb_mail_page_install_actions (GtkWidgetClass *widget_class);
void wb_mail_page_update_actions  (WbMailPage     *self);
void wb_mail_page_cancel_work     (WbMailPage     *self);

G_END_DECLS

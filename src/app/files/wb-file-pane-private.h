/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-model.h"
#include "wb-file-pane.h"

G_BEGIN_DECLS

/* For the files that make the pane together. */

typedef struct
{
  /* Template */
  GtkWidget *title;
  GtkWidget *toolbar;
  GtkEntry *location;
  GtkSpinner *spinner;
  GtkRevealer *problem;
  GtkLabel *problem_label;
  GtkButton *problem_reload;
  GtkWidget *list; /* the view's scrolled window */
  GMenuModel *menu;
  GtkPopover *context;
  GtkRevealer *work_bar;
  GtkLabel *work_label;
  GtkWidget *work_now;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkColumnView *view;
  GtkEditable *filter;
  GtkLabel *count;
  GtkLabel *space;
  GtkButton *send;
  GtkWidget *footer;

  /* Owned */
  WbFileModel *rows;
  GtkMultiSelection *selection;
  GCancellable *work; /* (nullable): what takes long just now */
  GtkWidget *drop_row; /* (nullable): shown as the folder that a drop would go into */
  WbFileItem *reveal; /* (nullable): what is selected once a row of its name is there */
  AdwToast *told;     /* (nullable): what was told last, while it is shown */
  guint told_id;      /* ends it */
  char *shown;        /* the location whose rows are shown */
  char *sort;         /* the column, with "-" before it when from the greatest down */
  char *icon_name;    /* (nullable): of what stands in place of the list */
  gboolean low;
  gboolean show_hidden;
  gboolean active;
  gboolean retries; /* what the button beside an error does */
} WbFilePanePrivate;

WbFilePanePrivate *wb_file_pane_get_private       (WbFilePane     *self);
void               wb_file_pane_scroll_to         (WbFilePane     *self,
                                                   guint           position);
void               wb_file_pane_class_add_actions (GtkWidgetClass *widget_class);
void               wb_file_pane_add_controls      (WbFilePane     *self);
void               wb_file_pane_add_pointer       (WbFilePane     *self);
void               wb_file_pane_open_menu         (WbFilePane     *self,
                                                   double          x,
                                                   double          y);

G_END_DECLS

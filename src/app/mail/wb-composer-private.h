/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-attachment-strip.h"
#include "wb-composer.h"
#include "wb-draft-preview.h"
#include "wb-format-bar.h"
#include "wb-progress.h"
#include "wb-width-bin.h"

G_BEGIN_DECLS

struct _WbComposer
{
  AdwWindow parent_instance;

  /* Template */
  GtkWidget      *content;
  GtkWidget      *fields;
  GtkDropDown    *from;
  GtkEditable    *to;
  GtkEditable    *cc;
  GtkEditable    *bcc;
  GtkWidget      *more;
  GtkWidget    *more_bar;
  GtkEditable    *subject;
  GtkDropDown    *format;
  WbFormatBar    *format_bar;
  GtkStack       *body;
  GtkWidget      *editor_box;
  GtkTextView    *plain;
  GtkLabel       *why_plain;
  GtkBox         *attachments_box;
  GtkPaned       *paned;
  WbWidthBin     *width;
  AdwHeaderBar   *header;
  GtkWidget      *from_box;
  WbDraftPreview *preview;
  GtkToggleButton *preview_button;
  GtkWidget      *send;
  GtkWidget    *progress_bar;
  GtkLabel       *step;
  GtkProgressBar *bar;
  GtkWidget    *error_bar;
  GtkLabel       *error_text;
  GtkWidget      *details;

  /* Owned */
  WbMailStore    *store;
  WbSession      *session;       /* builds and previews */
  GtkWidget      *strip;
  GtkWidget      *editor;        /* NULL without WebKit, or until it is loaded */
  char           *initial_html;
  char           *converted;     /* the plain text made from the HTML, to see whether it changed */
  char           *in_reply_to;
  char           *references;
  char           *draft_name;    /* of its copy in Drafts */
  WbAccount      *draft_account;
  guint           preview_source;
  gboolean        previewing;
  gboolean        preview_again;
  gboolean        filling;       /* while the window writes into its own fields */
  gboolean        modified;
  gboolean        closing;

  /* Sending */
  WbProgress     *progress;
  GCancellable   *cancellable;   /* NULL while nothing is being sent */
  WbAccount      *sending_from;
  char           *outbox_name;   /* of what failed, to be replaced by the next try */
  guint           conversation;
  gboolean        unknown;       /* it may have arrived: never again from here */
};

/**
 * WbSnapshotFunc:
 * @composition: (transfer full) (nullable): what stands in the window; %NULL with @error
 */
typedef void (*WbSnapshotFunc) (WbComposer     *self,
                                WbComposition  *composition,
                                const GError   *error);

WbAccount *wb_composer_get_account   (WbComposer      *self);
void       wb_composer_snapshot      (WbComposer      *self,
                                      WbSnapshotFunc   func);
void       wb_composer_set_busy      (WbComposer      *self,
                                      gboolean         busy);
void       wb_composer_show_error    (WbComposer      *self,
                                      const char      *text);

/* wb-composer-send.c */
void       wb_composer_send          (WbComposer      *self);
void       wb_composer_cancel_send   (WbComposer      *self);
void       wb_composer_save_draft    (WbComposer      *self);

/* wb-composer-files.c */
void       wb_composer_setup_drops   (WbComposer      *self);
void       wb_composer_attach_list   (WbComposer      *self,
                                      GSList          *files,
                                      gboolean         inline_pictures);
void       wb_composer_choose_files  (WbComposer      *self);
void       wb_composer_choose_picture (WbComposer     *self);

/* wb-composer-preview.c */
void       wb_composer_queue_preview (WbComposer      *self);

G_END_DECLS

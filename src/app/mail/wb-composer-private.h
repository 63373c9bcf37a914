/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-address-field.h"
#include "wb-attachment-strip.h"
#include "wb-composer.h"
#include "wb-draft-preview.h"
#include "wb-format-bar.h"
#include "wb-picture-bar.h"
#include "wb-progress.h"
#include "wb-sender.h"
#include "wb-server-facts.h"
#include "wb-width-bin.h"

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

/* What of the mail's text is on show. */
typedef enum
{
  WB_COMPOSER_FORMATTED,
  WB_COMPOSER_PLAIN,
  WB_COMPOSER_SOURCE,
} WbComposerView;

struct _WbComposer
{
  AdwWindow parent_instance;

  /* Template */
  GtkWidget      *content;
  GtkWidget      *fields;
  GtkDropDown    *from;
  WbAddressField *to;
  WbAddressField *cc;
  WbAddressField *bcc;
  GtkWidget      *more;
  GtkWidget      *cc_label;
  GtkWidget      *bcc_label;
  GtkWidget      *reply_to_label;
  WbAddressField *reply_to;
  GtkEditable    *subject;
  GtkGrid        *options;
  GtkDropDown    *priority;
  GtkDropDown    *charset;
  GtkDropDown    *spelling;
  GtkTextView    *headers;
  GtkCheckButton *receipt;
  GtkCheckButton *notify[4];      /* by the bits of WbSmtpNotify */
  GtkDropDown    *returned;
  GtkLabel       *no_reports;
  GtkLabel       *total;
  GtkLabel       *too_large;
  GtkDropDown    *format;
  WbFormatBar    *format_bar;
  WbPictureBar   *picture_bar;
  GtkStack       *body;
  GtkWidget      *editor_box;
  GtkTextView    *early;         /* what is typed until the editor is there */
  GtkTextView    *plain;
  GtkTextView    *source;
  GtkWidget      *view_bar;
  GtkToggleButton *view_formatted;
  GtkToggleButton *view_plain;
  GtkToggleButton *view_source;
  GtkWidget      *anew;
  GtkWidget      *find_bar;
  GtkEditable    *find_entry;
  GtkLabel       *why_plain;
  GtkBox         *attachments_box;
  GtkPaned       *paned;
  WbWidthBin     *width;
  AdwHeaderBar   *header;
  GtkWidget      *from_box;
  GtkWidget      *format_box;
  WbDraftPreview *preview;
  GtkToggleButton *preview_button;
  GtkWidget      *send;
  GtkWidget      *save;
  GtkWidget    *progress_bar;
  GtkLabel       *step;
  GtkProgressBar *bar;
  GtkWidget    *error_bar;
  GtkLabel       *error_text;
  GtkWidget      *details;

  /* Owned */
  WbMailStore    *store;
  WbSession      *session;       /* builds and previews */
  WbServerFacts  *facts;         /* NULL while nothing is known of the server */
  GtkWidget      *strip;
  GtkWidget      *editor;        /* NULL without WebKit, or until it is loaded */
  char           *initial_html;  /* NULL once the editor has it */
  char           *converted;     /* the plain text as it was made, to see whether it changed */
  WbPictures      pictures;      /* those in the text that a size can be chosen for */
  WbPictureCache *smaller;       /* copies of them in that size */
  GPtrArray      *source_pictures; /* what stands for cid: in the source */
  char           *in_reply_to;
  char           *references;
  char           *identity;      /* of the mail, from what is shown of it until it is sent */
  char           *draft_name;    /* of its copy in Drafts */
  WbAccount      *draft_account;
  guint           preview_source;

  /* The copy in Drafts that is kept while writing */
  char           *autosave_name;
  WbAccount      *autosave_account;
  guint           autosave_source;
  gint64          autosave_since;   /* monotonic time of the first change that is not kept, or 0 */
  gboolean        autosaving;
  gboolean        autosave_again;
  gboolean        autosave_unwanted;
  gboolean        autosave_failed;  /* and said so */
  gboolean        finished;

  WbComposerView  view;
  gboolean        editor_ready;
  gboolean        plain_edited;  /* the plain version is the person's own */
  gboolean        was_plain;     /* the format was plain text alone */
  gboolean        source_changed;
  gboolean        previewing;
  gboolean        preview_again;
  gboolean        filling;       /* while the window writes into its own fields */
  gboolean        modified;
  gboolean        closing;
  gboolean        turned;        /* the preview was laid out on its new side */
  char           *merge_path;    /* the table that was chosen, while the mail is taken down */
  gboolean        merge_now;     /* what is made of it does not only go to the Outbox */
  char           *template_name; /* what it is to be called, while the mail is taken down */
  gboolean        reminded;      /* and sends without an attachment */

  /* Sending */
  WbProgress     *progress;
  GCancellable   *cancellable;   /* NULL while nothing is being sent */
  WbAccount      *sending_from;
  gint64          send_at;       /* in seconds since the epoch, or 0 for now */
  char           *outbox_name;   /* of what failed, to be replaced by the next try */
  WbAccount      *held_account;
  char           *held_name;     /* of what is tried again when this window is gone, or NULL */
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
char      *wb_composer_dup_from      (WbComposer      *self);
void       wb_composer_changed       (WbComposer      *self);
void       wb_composer_set_busy      (WbComposer      *self,
                                      gboolean         busy);
void       wb_composer_show_error    (WbComposer      *self,
                                      const char      *text);

/* wb-composer-autosave.c */
void       wb_composer_queue_autosave (WbComposer     *self);
void       wb_composer_drop_autosave (WbComposer      *self);
void       wb_composer_finish        (WbComposer      *self);
void       wb_composer_let_go        (WbComposer      *self);
void       wb_composer_keep_back     (WbComposer      *self);

/* wb-composer-body.c */
void       wb_composer_setup_body    (WbComposer      *self);
void       wb_composer_fill_body     (WbComposer      *self,
                                      const WbComposition *composition);
void       wb_composer_load_editor   (WbComposer      *self);
void       wb_composer_snapshot      (WbComposer      *self,
                                      WbSnapshotFunc   func);
void       wb_composer_execute       (WbComposer      *self,
                                      const char      *command,
                                      const char      *argument);
void       wb_composer_command_cb    (WbFormatBar     *bar,
                                      const char      *command,
                                      const char      *argument,
                                      gpointer         user_data);
void       wb_composer_picture_size_cb (WbComposer    *self,
                                      int              longest);
void       wb_composer_format_selected_cb (WbComposer *self);
void       wb_composer_view_toggled_cb (WbComposer    *self);
void       wb_composer_anew_clicked_cb (WbComposer    *self);

/* wb-composer-book.c */
void       wb_composer_setup_book    (WbComposer      *self);
void       wb_composer_import_addresses (WbComposer   *self);
void       wb_composer_export_addresses (WbComposer   *self);

/* wb-composer-options.c */
void       wb_composer_setup_options (WbComposer      *self);
void       wb_composer_start_spelling (WbComposer     *self);
void       wb_composer_collect_options (WbComposer    *self,
                                        WbComposition *composition);
void       wb_composer_fill_options  (WbComposer      *self,
                                      const WbComposition *composition);

/* wb-composer-server.c */
void       wb_composer_load_facts    (WbComposer      *self);
GtkWidget *wb_composer_create_reports (WbComposer     *self);
void       wb_composer_collect_reports (WbComposer    *self,
                                        WbComposition *composition);
void       wb_composer_fill_reports  (WbComposer      *self,
                                      const WbComposition *composition);

/* wb-composer-merge.c */
void       wb_composer_merge         (WbComposer      *self);

/* wb-composer-signature.c */
void       wb_composer_begin_body    (WbComposer      *self,
                                      gboolean         fresh);
void       wb_composer_keep_signature (WbComposer     *self);
void       wb_composer_remove_signature (WbComposer   *self);

/* wb-composer-template.c */
void       wb_composer_keep_template (WbComposer      *self);
void       wb_composer_choose_template (WbComposer    *self);

/* wb-composer-remind.c */
gboolean   wb_composer_remind        (WbComposer      *self,
                                      const WbComposition *composition);
void       wb_composer_show_total    (WbComposer      *self);

/* wb-composer-find.c */
void       wb_composer_begin_find    (WbComposer      *self);
void       wb_composer_end_find      (WbComposer      *self);
void       wb_composer_find_changed_cb (WbComposer    *self);
void       wb_composer_find_next_cb  (WbComposer      *self);
void       wb_composer_find_previous_cb (WbComposer   *self);
void       wb_composer_found_cb      (GtkWidget       *editor,
                                      gboolean         found,
                                      gpointer         user_data);

/* wb-composer-send.c */
void       wb_composer_send          (WbComposer      *self);
void       wb_composer_send_merged   (WbComposer      *self,
                                      GPtrArray       *names);
void       wb_composer_send_later    (WbComposer      *self,
                                      const char      *when);
void       wb_composer_cancel_send   (WbComposer      *self);
void       wb_composer_save_draft    (WbComposer      *self);

/* wb-composer-files.c */
void       wb_composer_setup_drops   (WbComposer      *self);
void       wb_composer_attach_list   (WbComposer      *self,
                                      GSList          *files,
                                      gboolean         inline_pictures);
void       wb_composer_look_at_files (WbComposer      *self);
void       wb_composer_choose_files  (WbComposer      *self);
void       wb_composer_choose_picture (WbComposer     *self);

/* wb-composer-preview.c */
void       wb_composer_queue_preview (WbComposer      *self);

G_END_DECLS

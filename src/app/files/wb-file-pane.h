/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "wb-file-drag.h"
#include "wb-file-task.h"

G_BEGIN_DECLS

/**
 * WbFilePane:
 *
 * A folder as a list: where it is, its rows to sort, filter, select and drag. The
 * two kinds, this computer and a server, fill it and carry out what is asked.
 *
 * Signals: `send` (a #GPtrArray of #WbFileItem): these are to go to the other pane;
 * `drop-items` (a #WbFileDrag, a #WbFileItem): rows of the other pane were dropped here, on the
 * row of a folder or, with %NULL, into the folder that is shown; `drop-files` (a #GdkFileList, a
 * #WbFileItem): another program's files were; `location-changed`: another folder is shown;
 * `toast` (an #AdwToast): for the window to show.
 */
#define WB_TYPE_FILE_PANE (wb_file_pane_get_type ())
G_DECLARE_DERIVABLE_TYPE (WbFilePane, wb_file_pane, WB, FILE_PANE, GtkWidget)

/**
 * WbFilePaneClass:
 * @open_location: go to what was typed into the path bar
 * @open_folder: go into a folder of the list
 * @open_parent: go up
 * @reload: list again
 * @make_folder: make one of that name here
 * @rename_item: give a row another name
 * @retry: list again what could not be listed
 * @delete_items: ask, or make sure that it can be undone, and delete rows
 *   (element-type WbFileItem)
 * @move_items: move rows into a folder of the list
 * @run_task: do a task (transfer full) on the pane's thread; wb_session_run_finish() gives the
 *   #WbFileFindings
 * @go_to: go to a folder that a task found
 * @work_now: (nullable): what waits for its time is to be done at once
 * @prepare_drag: (nullable): what to offer other programs for these rows
 */
struct _WbFilePaneClass
{
  GtkWidgetClass parent_class;

  void                (*open_location) (WbFilePane  *self,
                                        const char  *location);
  void                (*open_folder)   (WbFilePane  *self,
                                        WbFileItem  *item);
  void                (*open_parent)   (WbFilePane  *self);
  void                (*reload)        (WbFilePane  *self);
  void                (*make_folder)   (WbFilePane  *self,
                                        const char  *name);
  void                (*rename_item)   (WbFilePane  *self,
                                        WbFileItem  *item,
                                        const char  *name);
  void                (*retry)         (WbFilePane  *self);
  void                (*delete_items)  (WbFilePane  *self,
                                        GPtrArray   *items);
  void                (*move_items)    (WbFilePane  *self,
                                        GPtrArray   *items,
                                        WbFileItem  *folder);
  void                (*run_task)      (WbFilePane  *self,
                                        WbFileTask  *task,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer     user_data);
  void                (*go_to)         (WbFilePane  *self,
                                        const char  *folder);
  void                (*work_now)      (WbFilePane  *self);
  GdkContentProvider *(*prepare_drag)  (WbFilePane  *self,
                                        GPtrArray   *items);
};

void        wb_file_pane_set_items    (WbFilePane    *self,
                                       const char    *location,
                                       GPtrArray     *items);
void        wb_file_pane_set_empty    (WbFilePane    *self,
                                       const char    *icon_name,
                                       const char    *title,
                                       const char    *description);
void        wb_file_pane_set_space    (WbFilePane    *self,
                                       gint64         bytes);
void        wb_file_pane_set_low      (WbFilePane    *self,
                                       gboolean       low);
void        wb_file_pane_set_busy     (WbFilePane    *self,
                                       gboolean       busy);
void        wb_file_pane_set_active   (WbFilePane    *self,
                                       gboolean       active);
gboolean    wb_file_pane_is_active    (WbFilePane    *self);
void        wb_file_pane_set_send     (WbFilePane    *self,
                                       const char    *icon_name,
                                       const char    *label);
void        wb_file_pane_fail         (WbFilePane    *self,
                                       const GError  *error);
void        wb_file_pane_offer_reload (WbFilePane   *self,
                                       const char    *label);
void        wb_file_pane_fail_to_list (WbFilePane    *self,
                                       const GError  *error,
                                       const char    *label);
gboolean    wb_file_pane_offers_retry (WbFilePane   *self);
void        wb_file_pane_begin_work   (WbFilePane    *self,
                                       const char    *text,
                                       GCancellable  *cancellable);
void        wb_file_pane_set_work     (WbFilePane    *self,
                                       const char    *text);
void        wb_file_pane_offer_now    (WbFilePane    *self);
void        wb_file_pane_end_work     (WbFilePane    *self);
void        wb_file_pane_toast        (WbFilePane    *self,
                                       AdwToast      *toast);
void        wb_file_pane_offer_undo_move (WbFilePane *self,
                                       const char    *name,
                                       guint          count,
                                       const char    *folder,
                                       GCallback      undo,
                                       gpointer       user_data,
                                       GClosureNotify free_func);
void        wb_file_pane_tell         (WbFilePane    *self,
                                       const char    *text);
gboolean    wb_file_pane_has_name     (WbFilePane    *self,
                                       const char    *name);
gboolean    wb_file_pane_check_name   (WbFilePane    *self,
                                       const char    *name);
void        wb_file_pane_reveal       (WbFilePane    *self,
                                       const char    *folder,
                                       WbFileItem    *item);
void        wb_file_pane_focus_list   (WbFilePane    *self);
GPtrArray  *wb_file_pane_dup_selected (WbFilePane    *self);

G_END_DECLS

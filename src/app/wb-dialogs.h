/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/*
 * Everything that the floor (GTK 4.8, libadwaita 1.2) has only in a form that later releases
 * deprecate stands behind these calls.
 */

/**
 * WbDialogFunc:
 * @response: the chosen response's id; "close" when the dialog was dismissed
 */
typedef void (*WbDialogFunc) (const char *response,
                              gpointer    user_data);

/**
 * WbFilesFunc:
 * @files: (element-type GFile): what was chosen; never empty
 *
 * Not called when the person dismissed the chooser.
 */
typedef void (*WbFilesFunc) (GListModel *files,
                             gpointer    user_data);

/**
 * WbTextFunc:
 * @text: what was entered; never empty
 *
 * Not called when the person dismissed the dialog.
 */
typedef void (*WbTextFunc) (const char *text,
                            gpointer    user_data);

/**
 * WbPasswordFunc:
 * @password: (nullable): what was entered; %NULL when the dialog was dismissed
 * @remember: whether it is to be kept, once it has worked
 */
typedef void (*WbPasswordFunc) (const char *password,
                                gboolean    remember,
                                gpointer    user_data);

void wb_show_about       (GtkWindow    *parent);
void wb_show_preferences (GtkWindow    *parent,
                          WbWorkbench  *workbench);

void wb_say              (GtkWidget    *parent,
                          const char   *heading,
                          const char   *body);
void wb_ask              (GtkWidget    *parent,
                          const char   *heading,
                          const char   *body,
                          const char   *action_id,
                          const char   *action_label,
                          gboolean      destructive,
                          WbDialogFunc  func,
                          gpointer      user_data,
                          GDestroyNotify user_data_free);
void wb_ask_to_save      (GtkWidget    *parent,
                          const char   *heading,
                          const char   *body,
                          WbDialogFunc  func,
                          gpointer      user_data,
                          GDestroyNotify user_data_free);
void wb_ask_text         (GtkWidget    *parent,
                          const char   *heading,
                          const char   *label,
                          const char   *initial,
                          const char   *action_label,
                          WbTextFunc    func,
                          gpointer      user_data,
                          GDestroyNotify user_data_free);
void wb_ask_password     (GtkWidget    *parent,
                          const char   *heading,
                          const char   *body,
                          gboolean      may_remember,
                          WbPasswordFunc func,
                          gpointer      user_data,
                          GDestroyNotify user_data_free);
void wb_choose_files     (GtkWidget    *parent,
                          const char   *title,
                          GtkFileChooserAction action,
                          gboolean      multiple,
                          const char   *suggested_name,
                          WbFilesFunc   func,
                          gpointer      user_data,
                          GDestroyNotify user_data_free);
void wb_close_on_escape  (GtkWidget    *window);

G_END_DECLS

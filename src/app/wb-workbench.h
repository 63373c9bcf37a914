/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "wb-lab.h"
#include "wb-secrets.h"
#include "wb-session.h"
#include "wb-trust.h"
#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbWorkbench:
 *
 * What all pages share: the log, trust, secrets, the lab and the settings. The
 * application makes one and hands it to every page. It belongs to the main thread.
 *
 * Signals, for the window to act on:
 * `toast` (AdwToast *toast), `page-wanted` (const char *page),
 * `wire-wanted` (guint conversation), `lab-ready` (WbLab *lab).
 */
#define WB_TYPE_WORKBENCH (wb_workbench_get_type ())
G_DECLARE_FINAL_TYPE (WbWorkbench, wb_workbench, WB, WORKBENCH, GObject)

gboolean     wb_workbench_check_installation (GError              **error);
WbWorkbench *wb_workbench_new                (void);
GSettings   *wb_workbench_get_settings       (WbWorkbench          *self);
WbWire      *wb_workbench_get_wire           (WbWorkbench          *self);
WbTrust     *wb_workbench_get_trust          (WbWorkbench          *self);
WbSecrets   *wb_workbench_get_secrets        (WbWorkbench          *self);

WbLab       *wb_workbench_get_lab            (WbWorkbench          *self);
void         wb_workbench_load_lab_async     (WbWorkbench          *self,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
WbLab       *wb_workbench_load_lab_finish    (WbWorkbench          *self,
                                              GAsyncResult         *result,
                                              GError              **error);

void         wb_workbench_save_trust         (WbWorkbench          *self);

void         wb_workbench_toast              (WbWorkbench          *self,
                                              const char           *text);
void         wb_workbench_add_toast          (WbWorkbench          *self,
                                              AdwToast             *toast);
void         wb_workbench_show_page          (WbWorkbench          *self,
                                              const char           *page);
void         wb_workbench_show_wire          (WbWorkbench          *self,
                                              guint32               conversation);

void         wb_workbench_set_case           (WbWorkbench          *self,
                                              guint64               first,
                                              guint64               end,
                                              gboolean              server);
void         wb_workbench_get_case           (WbWorkbench          *self,
                                              guint64              *first,
                                              guint64              *end,
                                              gboolean             *server);

G_END_DECLS

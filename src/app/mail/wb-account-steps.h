/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "wb-autoconfig.h"

G_BEGIN_DECLS

/**
 * WbAccountSteps:
 *
 * The steps of some work as rows below an expander's row, each with a light that tells how far
 * it is.
 */
#define WB_TYPE_ACCOUNT_STEPS (wb_account_steps_get_type ())
G_DECLARE_FINAL_TYPE (WbAccountSteps, wb_account_steps, WB, ACCOUNT_STEPS, GObject)

WbAccountSteps *wb_account_steps_new   (AdwExpanderRow     *parent);
void            wb_account_steps_set   (WbAccountSteps     *self,
                                        guint               number,
                                        const char         *title,
                                        WbAutoconfigState   state,
                                        const char         *detail);
void            wb_account_steps_clear (WbAccountSteps     *self);

G_END_DECLS

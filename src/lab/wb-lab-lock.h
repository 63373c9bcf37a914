/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

int  wb_lab_lock_take (const char  *directory,
                       const char  *name,
                       gboolean     wait);
void wb_lab_lock_drop (int          lock);

G_END_DECLS

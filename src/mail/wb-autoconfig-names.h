/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbAutoconfigNames:
 *
 * A resolver that knows what a file says and asks nobody: for a classroom without a name
 * server, and for tests.
 */
#define WB_TYPE_AUTOCONFIG_NAMES (wb_autoconfig_names_get_type ())
G_DECLARE_FINAL_TYPE (WbAutoconfigNames, wb_autoconfig_names, WB, AUTOCONFIG_NAMES, GResolver)

GResolver *wb_autoconfig_names_new (GKeyFile *file);

G_END_DECLS

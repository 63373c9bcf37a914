/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GHashTable *wb_html_list_cids (const char *html);

G_END_DECLS

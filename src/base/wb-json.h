/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

char *wb_json_to_string (JsonNode *root);

G_END_DECLS

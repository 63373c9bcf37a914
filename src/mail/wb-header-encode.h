/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-address.h"

G_BEGIN_DECLS

char *wb_header_encode_text          (const char         *name,
                                      const char         *text,
                                      const char         *charset);
char *wb_header_encode_addresses     (const char         *name,
                                      GPtrArray          *addresses,
                                      const char         *charset);
char *wb_header_encode_tokens        (const char         *name,
                                      const char * const *tokens);
void  wb_header_append_parameter     (GString            *out,
                                      const char         *name,
                                      const char         *value);
void  wb_header_append_old_parameter (GString            *out,
                                      const char         *name,
                                      const char         *value);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-composition.h"
#include "wb-mail-store.h"

G_BEGIN_DECLS

void           wb_outbox_edit_async  (WbMailStore          *store,
                                      WbAccount            *account,
                                      const char           *name,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
WbComposition *wb_outbox_edit_finish (WbMailStore          *store,
                                      GAsyncResult         *result,
                                      char                **draft_name,
                                      GError              **error);

G_END_DECLS

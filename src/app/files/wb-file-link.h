/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-pane.h"

G_BEGIN_DECLS

void wb_file_link_ask (WbFilePane *pane);

G_END_DECLS

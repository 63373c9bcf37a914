/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

void wb_toolkit_prepare (void);
void wb_toolkit_init    (void);

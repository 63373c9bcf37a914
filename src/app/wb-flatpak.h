/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* There by definition in every Flatpak; tells what this one may do. */
#define WB_FLATPAK_INFO "/.flatpak-info"

/**
 * wb_is_flatpak:
 *
 * Returns: whether the program runs in the sandbox of a Flatpak
 */
static inline gboolean
wb_is_flatpak (void)
{
  return g_file_test (WB_FLATPAK_INFO, G_FILE_TEST_EXISTS);
}

G_END_DECLS

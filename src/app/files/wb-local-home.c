/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-local-home.h"

#include "wb-flatpak.h"

#include <errno.h>

/* Whether the home folder is only in memory, as it is in a sandbox that was not given the real one.
 */
static gboolean
home_goes_at_the_end (void)
{
  g_autoptr (GKeyFile) info = g_key_file_new ();
  g_auto (GStrv) given = NULL;

  if (!g_key_file_load_from_file (info, WB_FLATPAK_INFO, G_KEY_FILE_NONE, NULL))
    return FALSE;
  given = g_key_file_get_string_list (info, "Context", "filesystems", NULL, NULL);
  for (guint i = 0; given != NULL && given[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (given[i], ":", 2);

      if (g_strcmp0 (parts[0], "home") == 0 || g_strcmp0 (parts[0], "host") == 0)
        return FALSE;
    }
  return TRUE;
}

/**
 * wb_local_home_get_path:
 *
 * The folder of this computer that is shown first, and that `~` stands for: the person's own. In a
 * Flatpak that home is empty, in memory, and gone with the program, and no other program sees what
 * is in it; there it is a folder among the program's data, which stays and has the same path
 * outside.
 *
 * Main thread only.
 *
 * Returns: a path that lives as long as the program
 */
const char *
wb_local_home_get_path (void)
{
  static char *home = NULL;

  if (home != NULL)
    return home;
  if (home_goes_at_the_end ())
    {
      home = g_build_filename (g_get_user_data_dir (), "wirebench", "files", NULL);
      if (g_mkdir_with_parents (home, 0700) == 0)
        return home;
      g_warning ("Could not make %s: %s", home, g_strerror (errno));
      g_free (home);
    }
  home = g_strdup (g_get_home_dir ());
  return home;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-drop.h"

#include "wb-flatpak.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <unistd.h>

/* So many refusals are told one by one. */
#define TOLD 3

/**
 * wb_dropped_free:
 */
void
wb_dropped_free (WbDropped *self)
{
  g_ptr_array_unref (self->files);
  g_free (self->refused);
  g_free (self);
}

/* Why a file cannot be sent; NULL when it can. Nothing is opened: opening a FIFO waits for whoever
 * writes into it. */
static const char *
find_fault (GFile *file)
{
  const char *path = g_file_peek_path (file);
  struct stat info = { 0 };

  if (path == NULL)
    return _ ("it is not on this computer");
  if (stat (path, &info) != 0)
    {
      if (lstat (path, &info) == 0)
        return _ ("it is a link that leads nowhere");
      /* From a program that knows nothing of portals there is only the path. */
      return wb_is_flatpak ()
                 ? _ ("a program in a sandbox does not see it; choose its folder with “Open "
                      "Folder…”")
                 : _ ("it is not there any more");
    }
  if (S_ISFIFO (info.st_mode))
    return _ ("it is a pipe, which has no end");
  if (S_ISSOCK (info.st_mode))
    return _ ("it is a socket, not a file");
  if (!S_ISREG (info.st_mode) && !S_ISDIR (info.st_mode))
    return _ ("it is a device, not a file");
  if (access (path, S_ISDIR (info.st_mode) ? R_OK | X_OK : R_OK) != 0)
    return _ ("you may not read it");
  return NULL;
}

/**
 * wb_file_drop_job:
 * @data: a #GPtrArray of #GFile
 *
 * A #WbSessionFunc: tells what can be sent from what cannot. Blocks.
 *
 * Returns: (transfer full): a #WbDropped, or %NULL with @error set
 */
gpointer
wb_file_drop_job (gpointer data, GCancellable *cancellable, GError **error)
{
  GPtrArray *files = data;
  g_autoptr (WbDropped) dropped = g_new0 (WbDropped, 1);
  g_autoptr (GString) refused = g_string_new (NULL);
  guint n = 0;

  dropped->files = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < files->len; i++)
    {
      GFile *file = g_ptr_array_index (files, i);
      const char *fault = find_fault (file);
      g_autofree char *name = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (fault == NULL)
        {
          g_ptr_array_add (dropped->files, g_object_ref (file));
          continue;
        }
      if (n++ >= TOLD)
        continue;
      name = g_file_get_parse_name (file);
      if (refused->len > 0)
        g_string_append_c (refused, '\n');
      /* Translators: the first %s is the path of a file, the second the reason, such as "you may
       * not read it". */
      g_string_append_printf (refused, _ ("“%s” was left out: %s."), name, fault);
    }
  if (n > TOLD)
    {
      g_string_append_c (refused, '\n');
      g_string_append_printf (refused,
                              g_dngettext (GETTEXT_PACKAGE, "%u more was left out.",
                                           "%u more were left out.", n - TOLD),
                              n - TOLD);
    }
  if (n > 0)
    dropped->refused = g_string_free (g_steal_pointer (&refused), FALSE);
  return g_steal_pointer (&dropped);
}

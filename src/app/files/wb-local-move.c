/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-local-move.h"

#include <glib/gi18n-lib.h>

/**
 * wb_local_moved_new:
 *
 * Returns: (transfer full): nothing yet
 */
WbLocalMoved *
wb_local_moved_new (void)
{
  WbLocalMoved *self = g_new0 (WbLocalMoved, 1);

  self->from = g_ptr_array_new_with_free_func (g_object_unref);
  self->to = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

/**
 * wb_local_moved_add:
 */
void
wb_local_moved_add (WbLocalMoved *self, GFile *from, GFile *to)
{
  g_ptr_array_add (self->from, g_object_ref (from));
  g_ptr_array_add (self->to, g_object_ref (to));
}

/**
 * wb_local_moved_free:
 */
void
wb_local_moved_free (WbLocalMoved *self)
{
  g_ptr_array_unref (self->from);
  g_ptr_array_unref (self->to);
  g_clear_error (&self->problem);
  g_free (self);
}

static gboolean
move_one (GFile *from, GFile *to, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *name = g_file_get_basename (to);
  g_autofree char *shown = g_filename_display_name (name);

  if (g_file_move (from, to, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_NO_FALLBACK_FOR_MOVE,
                   cancellable, NULL, NULL, &local))
    return TRUE;
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_set_error (error, local->domain, local->code,
                 /* Translators: %s is the name of a file or folder. */
                 _ ("“%s” is in that folder already. Rename one of the two first."), shown);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * wb_local_move_job:
 * @data: a #WbLocalMoved: from where to where
 *
 * A #WbSessionFunc: moves, never onto something, up to the first that cannot be moved. Blocks.
 *
 * Returns: (transfer full): the #WbLocalMoved of what was moved; @error is never set
 */
gpointer
wb_local_move_job (gpointer data, GCancellable *cancellable, GError **error)
{
  WbLocalMoved *wish = data;
  WbLocalMoved *moved = wb_local_moved_new ();

  for (guint i = 0; i < wish->from->len; i++)
    {
      if (!move_one (wish->from->pdata[i], wish->to->pdata[i], cancellable, &moved->problem))
        break;
      wb_local_moved_add (moved, wish->from->pdata[i], wish->to->pdata[i]);
    }
  return moved;
}

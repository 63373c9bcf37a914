/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-dialogs.h"
#include "wb-ftp-error.h"

/* What is asked when a folder is missing on one side: which, and on which side. */
typedef struct
{
  WbFilesPage *page;
  char *path; /* of this computer in its own encoding, or the server's bytes */
  gboolean local;
} Missing;

static void
missing_free (gpointer data)
{
  Missing *missing = data;

  g_object_unref (missing->page);
  g_free (missing->path);
  g_free (missing);
}

static const char *
get_local (WbFilesPage *self)
{
  GFile *folder = wb_local_pane_get_folder (self->local);

  return folder != NULL ? g_file_peek_path (folder) : NULL;
}

static void
remember (WbFilesPage *self)
{
  g_free (self->sync_local);
  g_free (self->sync_remote);
  self->sync_local = g_strdup (get_local (self));
  self->sync_remote = g_strdup (wb_remote_pane_get_directory (self->remote));
}

/**
 * wb_files_page_set_synchronized:
 *
 * Switches whether going into or out of a folder on one side does the same on the other. It
 * begins with the two folders that are shown.
 */
void
wb_files_page_set_synchronized (WbFilesPage *self, gboolean synchronized)
{
  if (self->synchronized == synchronized)
    return;
  self->synchronized = synchronized;
  remember (self);
  g_object_notify (G_OBJECT (self), "synchronized");
}

static void
give_up (WbFilesPage *self, const char *why)
{
  wb_files_page_set_synchronized (self, FALSE);
  wb_files_page_tell (self, why);
}

static const char *
get_below (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  while (length > 0 && folder[length - 1] == '/')
    length--;
  return strncmp (path, folder, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

/* Where @other goes when its partner goes from @from to @to; NULL if that is neither below nor
 * above, or above is more than there is. */
static char *
follow (const char *from, const char *to, const char *other)
{
  const char *below = get_below (to, from);
  g_autofree char *up = g_strdup (other);

  if (below != NULL)
    return g_build_filename (other, below, NULL);
  below = get_below (from, to);
  if (below == NULL)
    return NULL;
  for (const char *part = below; part != NULL;
       part = strchr (part, '/') != NULL ? strchr (part, '/') + 1 : NULL)
    {
      char *parent = NULL;

      if (g_str_equal (up, "/"))
        return NULL;
      parent = g_path_get_dirname (up);
      g_free (up);
      up = parent;
    }
  return g_steal_pointer (&up);
}

static gboolean
is_same (const char *a, const char *b)
{
  gsize length_a = a != NULL ? strlen (a) : 0;
  gsize length_b = b != NULL ? strlen (b) : 0;

  while (length_a > 1 && a[length_a - 1] == '/')
    length_a--;
  while (length_b > 1 && b[length_b - 1] == '/')
    length_b--;
  return length_a > 0 && length_a == length_b && strncmp (a, b, length_a) == 0;
}

static void
open_there (WbFilesPage *self, const char *path, gboolean local)
{
  if (local)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (path);

      wb_local_pane_open (self->local, folder);
    }
  else
    WB_FILE_PANE_GET_CLASS (self->remote)->open_location (WB_FILE_PANE (self->remote), path);
}

/* ── A folder that is missing ── */

static void
made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Missing *missing = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_make_directory_finish (G_FILE (source), result, &error))
    open_there (missing->page, missing->path, TRUE);
  else
    {
      wb_files_page_set_synchronized (missing->page, FALSE);
      wb_file_pane_fail (WB_FILE_PANE (missing->page->local), error);
    }
  missing_free (missing);
}

static void
answered_cb (const char *response, gpointer user_data)
{
  Missing *missing = user_data;
  WbFilesPage *self = missing->page;

  if (!g_str_equal (response, "make"))
    {
      give_up (self, _ ("The panes are browsed separately again"));
      return;
    }
  if (missing->local)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (missing->path);
      Missing *copy = g_new0 (Missing, 1);

      copy->page = g_object_ref (self);
      copy->path = g_strdup (missing->path);
      g_file_make_directory_async (folder, G_PRIORITY_DEFAULT, NULL, made_cb, copy);
      return;
    }
  WB_FILE_PANE_GET_CLASS (self->remote)->make_folder (WB_FILE_PANE (self->remote), missing->path);
  open_there (self, missing->path, FALSE);
}

static void
ask_to_make (WbFilesPage *self, const char *path, gboolean local)
{
  Missing *missing = g_new0 (Missing, 1);
  g_autofree char *shown = local ? g_filename_display_name (path) : g_utf8_make_valid (path, -1);
  g_autofree char *body = NULL;

  missing->page = g_object_ref (self);
  missing->path = g_strdup (path);
  missing->local = local;
  body = g_strdup_printf (
      /* Translators: %s is the path of a folder. */
      local ? _ ("Both panes are browsed together, and this computer has no “%s”. Make it, or "
                 "browse them separately from now on.")
            : _ ("Both panes are browsed together, and the server has no “%s”. Make it, or browse "
                 "them separately from now on."),
      shown);
  wb_ask (GTK_WIDGET (self), _ ("Make the Folder Here Too?"), body, "make", _ ("_Make Folder"),
          FALSE, answered_cb, missing, missing_free);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Missing *missing = user_data;
  WbFilesPage *self = missing->page;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (self->synchronized)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        ask_to_make (self, missing->path, TRUE);
      else
        open_there (self, missing->path, TRUE);
    }
  missing_free (missing);
}

/* ── Following ── */

static void
local_moved_cb (WbFilesPage *self)
{
  const char *here = get_local (self);
  g_autofree char *there = NULL;

  if (!self->synchronized || here == NULL || is_same (here, self->sync_local))
    return;
  there = self->sync_local != NULL && self->sync_remote != NULL
              ? follow (self->sync_local, here, self->sync_remote)
              : NULL;
  if (there == NULL)
    {
      give_up (self, _ ("This folder is in neither of the two, so the panes are browsed "
                        "separately again"));
      return;
    }
  g_free (self->sync_local);
  self->sync_local = g_strdup (here);
  g_free (self->sync_remote);
  self->sync_remote = g_strdup (there);
  open_there (self, there, FALSE);
}

static void
remote_moved_cb (WbFilesPage *self)
{
  const char *there = wb_remote_pane_get_directory (self->remote);
  g_autofree char *here = NULL;

  if (!self->synchronized || there == NULL || is_same (there, self->sync_remote))
    return;
  here = self->sync_local != NULL && self->sync_remote != NULL
             ? follow (self->sync_remote, there, self->sync_local)
             : NULL;
  if (here == NULL)
    {
      give_up (self, _ ("This folder is in neither of the two, so the panes are browsed "
                        "separately again"));
      return;
    }
  g_free (self->sync_local);
  self->sync_local = g_strdup (here);
  g_free (self->sync_remote);
  self->sync_remote = g_strdup (there);
  {
    g_autoptr (GFile) folder = g_file_new_for_path (here);
    Missing *missing = g_new0 (Missing, 1);

    missing->page = g_object_ref (self);
    missing->path = g_steal_pointer (&here);
    g_file_query_info_async (folder, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                             G_PRIORITY_DEFAULT, NULL, looked_cb, missing);
  }
}

/* The server has not what this side went into. */
static gboolean
remote_refused_cb (WbFilesPage *self, const char *path, GError *error)
{
  if (!self->synchronized || !is_same (path, self->sync_remote) ||
      !g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_NOT_FOUND))
    return FALSE;
  ask_to_make (self, path, FALSE);
  return TRUE;
}

/**
 * wb_files_page_bind_synchronized:
 *
 * Tells the template where its handlers for browsing both panes together are.
 */
void
wb_files_page_bind_synchronized (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, local_moved_cb);
  gtk_widget_class_bind_template_callback (widget_class, remote_moved_cb);
  gtk_widget_class_bind_template_callback (widget_class, remote_refused_cb);
  gtk_widget_class_install_property_action (widget_class, "files.synchronized", "synchronized");
}

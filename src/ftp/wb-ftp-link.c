/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-link.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What @path, "/a/b", is called below @root, "/a"; NULL where it is not below it. */
static const char *
get_path_below (const char *root, const char *path)
{
  gsize length = strlen (root);

  while (length > 0 && root[length - 1] == '/')
    length--;
  if (strncmp (root, path, length) != 0 || (path[length] != '/' && path[length] != '\0'))
    return NULL;
  path += length;
  return path + strspn (path, "/");
}

/**
 * wb_ftp_link_make_relative:
 * @root: (nullable): the folder itself, an absolute path without links
 * @path: of the link, below it
 * @target: where the link leads
 *
 * Some servers write all links with their whole path, and a folder that was moved would not
 * have them any more. Pure, so safe from any thread.
 *
 * Returns: (transfer full): @target, from the link's own folder on where it leads into @root
 */
char *
wb_ftp_link_make_relative (const char *root, const char *path, const char *target)
{
  const char *below = NULL;
  GString *relative = NULL;
  gsize common = 0;

  if (*target == '/' && root != NULL)
    below = get_path_below (root, target);
  if (below == NULL)
    return g_strdup (target);

  /* The folders that both are in need not be left. */
  for (gsize i = 0; path[i] != '\0' && path[i] == below[i]; i++)
    if (path[i] == '/')
      common = i + 1;
  relative = g_string_new (NULL);
  for (const char *slash = strchr (path + common, '/'); slash != NULL;
       slash = strchr (slash + 1, '/'))
    g_string_append (relative, "../");
  g_string_append (relative, below + common);
  if (relative->len == 0)
    g_string_append_c (relative, '.');
  return g_string_free (relative, FALSE);
}

/**
 * wb_ftp_link_stays_inside:
 * @path: of the link, below the folder
 * @target: where it leads
 *
 * Whether a link leads to something in the folder that it is in. One that goes up may do so
 * at its beginning only: behind a name, which may be a link itself, nobody knows where up
 * is. Pure, so safe from any thread.
 *
 * Returns: whether it does
 */
gboolean
wb_ftp_link_stays_inside (const char *path, const char *target)
{
  g_auto (GStrv) parts = NULL;
  guint depth = 0;
  gboolean named = FALSE;

  if (*target == '\0' || *target == '/' || strlen (target) >= PATH_MAX)
    return FALSE;
  for (const char *c = path; *c != '\0'; c++)
    depth += *c == '/';
  parts = g_strsplit (target, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      gboolean up = g_str_equal (parts[i], "..");

      if (up && (named || depth == 0))
        return FALSE;
      if (up)
        depth--;
      else if (*parts[i] != '\0' && !g_str_equal (parts[i], "."))
        named = TRUE;
    }
  return TRUE;
}

/* A link of the person's own that leads nowhere yet: where it would lead. */
static gboolean
dangles_inside (const char *root, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const char *below = get_path_below (root, path);
  char target[PATH_MAX];
  ssize_t length = readlink (path, target, sizeof target - 1);

  /* Nothing at all has this name. */
  if (length < 0)
    return errno == ENOENT;
  target[length] = '\0';
  return below != NULL && wb_ftp_link_stays_inside (below, target);
}

/* On its way the link may meet others, which were there before. */
static gboolean
meets_a_way_out (const char *root, const char *path, const char *target)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *folder = g_strndup (path, slash != NULL ? (gsize) (slash - path) : 0);
  g_autofree char *way = g_strconcat (folder, "/", target, NULL);
  g_auto (GStrv) parts = g_strsplit (way, "/", -1);
  g_autofree char *real_root = realpath (root, NULL);
  g_autofree char *at = NULL;

  if (real_root == NULL)
    return TRUE;
  at = g_strdup (real_root);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *next = NULL;
      g_autofree char *real = NULL;

      if (*parts[i] == '\0')
        continue;
      next = g_build_filename (at, parts[i], NULL);
      real = realpath (next, NULL);
      if (real == NULL)
        return !dangles_inside (real_root, at, parts[i]);
      if (get_path_below (real_root, real) == NULL)
        return TRUE;
      g_free (at);
      at = g_steal_pointer (&real);
    }
  return FALSE;
}

/**
 * wb_ftp_link_create:
 * @root: the folder that the link is not to lead out of, on this computer
 * @folder: a descriptor of the folder below it that the link will be in
 * @path: of the link, below @root
 * @target: where it is to lead
 * @replace: whether a link of that name gives way; nothing else ever does
 *
 * Makes a symbolic link. Blocks.
 *
 * Returns: %TRUE, or %FALSE with errno set, to %EXDEV where it would lead out
 */
gboolean
wb_ftp_link_create (const char *root,
                    int folder,
                    const char *path,
                    const char *target,
                    gboolean replace)
{
  const char *name = strrchr (path, '/') != NULL ? strrchr (path, '/') + 1 : path;
  g_autofree char *part = NULL;
  struct stat st;
  int code = 0;

  if (!wb_ftp_link_stays_inside (path, target) || meets_a_way_out (root, path, target))
    {
      errno = EXDEV;
      return FALSE;
    }
  if (!replace || fstatat (folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISLNK (st.st_mode))
    return symlinkat (target, folder, name) == 0;

  /* The one that there is stays where no other can be made. */
  part = g_strdup_printf ("%s.%08x.part", name, g_random_int ());
  if (symlinkat (target, folder, part) != 0)
    return FALSE;
  if (renameat (folder, part, folder, name) == 0)
    return TRUE;
  code = errno;
  unlinkat (folder, part, 0);
  errno = code;
  return FALSE;
}

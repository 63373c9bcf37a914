/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes each row of the listing parser's test into a file of its own, for its fuzzer to begin
 * with:
 *
 *   seed-listing FOLDER */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "listing-rows.h"

#include <glib/gstdio.h>

int
main (int argc, char **argv)
{
  if (argc != 2)
    g_error ("usage: %s FOLDER", argv[0]);
  if (g_mkdir_with_parents (argv[1], 0777) != 0)
    g_error ("%s cannot be made", argv[1]);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = g_strdup_printf ("row-%03u", i);
      g_autofree char *path = g_build_filename (argv[1], name, NULL);
      g_autoptr (GError) error = NULL;

      if (!g_file_set_contents (path, rows[i].line, -1, &error))
        g_error ("%s", error->message);
    }
  return 0;
}

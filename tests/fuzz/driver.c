/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs a fuzzer as an ordinary test: over every file of its folders, over the beginnings of each,
 * and over copies with single bytes changed. A crash or a sanitizer's report is the failure. */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include <glib.h>

#include "fuzz.h"

/* Enough changes to reach the odd paths, the same ones in every run. */
#define CHANGES 200

static void
run_changed (const guint8 *data, gsize size, GRand *rand)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);

  for (guint i = 0; size > 0 && i < CHANGES; i++)
    {
      gsize at = g_rand_int_range (rand, 0, (gint32) MIN (size, G_MAXINT32));
      guint8 was = copy[at];

      copy[at] = (guint8) g_rand_int (rand);
      LLVMFuzzerTestOneInput (copy, size);
      copy[at] = was;
    }
}

static void
test_file (gconstpointer user_data)
{
  const char *path = user_data;
  g_autofree char *data = NULL;
  gsize size = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);

  LLVMFuzzerTestOneInput ((const guint8 *) data, size);
  for (gsize n = 0; n < MIN (size, 1024); n++)
    {
      /* A copy of its own, so that reading behind the end is seen. */
      g_autofree guint8 *part = g_memdup2 (data, n);

      LLVMFuzzerTestOneInput (part, n);
    }
  run_changed ((const guint8 *) data, size, rand);
}

/* How many files there are. */
static guint
add_folder (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name = NULL;
  guint count = 0;

  if (dir == NULL)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *test = g_strconcat ("/fuzz/", name, NULL);

      g_test_add_data_func_full (test, g_build_filename (folder, name, NULL), test_file, g_free);
      count++;
    }
  return count;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc < 2)
    g_error ("usage: %s CORPUS-FOLDER…", argv[0]);
  for (int i = 1; i < argc; i++)
    g_assert_cmpuint (add_folder (argv[i]), >, 0);

  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-lab-jail.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A folder to be kept in, beside one that holds a secret; once with openat2(), once walked. */
typedef struct
{
  char *top;
  char *inside;
  char *outside;
  char *secret;
  WbLabJail *jail;
  gint over;
} Fixture;

static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
link_to (Fixture *f, const char *target, const char *name)
{
  g_autofree char *path = g_build_filename (f->inside, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
set_up (Fixture *f, gconstpointer walk)
{
  g_autofree char *sub = NULL;
  g_autoptr (GError) error = NULL;

  f->top = g_dir_make_tmp ("wb-jail-XXXXXX", NULL);
  f->inside = g_build_filename (f->top, "inside", NULL);
  f->outside = g_build_filename (f->top, "outside", NULL);
  f->secret = g_build_filename (f->outside, "secret", NULL);
  sub = g_build_filename (f->inside, "sub", NULL);
  g_assert_cmpint (g_mkdir (f->inside, 0755), ==, 0);
  g_assert_cmpint (g_mkdir (f->outside, 0755), ==, 0);
  g_assert_cmpint (g_mkdir (sub, 0755), ==, 0);
  put (f->inside, "file", "inside");
  put (sub, "deep", "deep");
  put (f->outside, "secret", "SECRET");
  g_assert_cmpint (g_chmod (f->secret, 0644), ==, 0);
  f->jail = wb_lab_jail_new (f->inside, GPOINTER_TO_INT (walk), &error);
  g_assert_no_error (error);
  if (GPOINTER_TO_INT (walk))
    g_assert_true (wb_lab_jail_get_walks (f->jail));
}

static void
remove_tree (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (!g_file_test (child, G_FILE_TEST_IS_SYMLINK) && g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_tree (child);
      else
        g_unlink (child);
    }
  if (dir != NULL)
    g_dir_close (dir);
  g_rmdir (path);
}

static void
tear_down (Fixture *f, gconstpointer walk)
{
  g_autofree char *content = NULL;
  GStatBuf st;

  /* Whatever a test did, nothing outside has changed. */
  g_assert_true (g_file_get_contents (f->secret, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "SECRET");
  g_assert_cmpint (g_stat (f->secret, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0644);
  g_assert_cmpint (g_unlink (f->secret), ==, 0);
  g_assert_cmpint (g_rmdir (f->outside), ==, 0);

  wb_lab_jail_free (f->jail);
  remove_tree (f->top);
  g_free (f->top);
  g_free (f->inside);
  g_free (f->outside);
  g_free (f->secret);
}

static char *
read_file (Fixture *f, const char *path)
{
  int fd = wb_lab_jail_open (f->jail, path, O_RDONLY, 0, NULL);
  char block[100];
  gssize n;

  if (fd < 0)
    return NULL;
  n = read (fd, block, sizeof block);
  close (fd);
  return n >= 0 ? g_strndup (block, n) : NULL;
}

static void
test_inside (Fixture *f, gconstpointer walk)
{
  g_autofree char *shallow = read_file (f, "/file");
  g_autofree char *deep = read_file (f, "/sub/deep");
  g_autoptr (GError) error = NULL;
  struct stat st;
  int fd;

  g_assert_cmpstr (shallow, ==, "inside");
  g_assert_cmpstr (deep, ==, "deep");
  g_assert_true (wb_lab_jail_stat (f->jail, "/", &st, NULL));
  g_assert_true (S_ISDIR (st.st_mode));
  g_assert_true (wb_lab_jail_mkdir (f->jail, "/sub/new", 0755, NULL));
  fd = wb_lab_jail_open (f->jail, "/sub/new/x", O_WRONLY | O_CREAT | O_EXCL, 0644, NULL);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (wb_lab_jail_chmod (f->jail, "/sub/new/x", 07000 | 0600, NULL));
  g_assert_true (wb_lab_jail_set_time (f->jail, "/sub/new/x", 1000, NULL));
  g_assert_true (wb_lab_jail_stat (f->jail, "/sub/new/x", &st, NULL));
  g_assert_cmpint (st.st_mode & 07777, ==, 0600);
  g_assert_cmpint (st.st_mtime, ==, 1000);
  g_assert_true (wb_lab_jail_rename (f->jail, "/sub/new/x", "/y", TRUE, NULL));
  g_assert_false (wb_lab_jail_rename (f->jail, "/y", "/file", FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_clear_error (&error);
  g_assert_false (wb_lab_jail_remove (f->jail, "/sub", TRUE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_clear_error (&error);
  g_assert_true (wb_lab_jail_remove (f->jail, "/sub/new", TRUE, NULL));
  g_assert_true (wb_lab_jail_remove (f->jail, "/y", FALSE, NULL));
  g_assert_false (wb_lab_jail_stat (f->jail, "/y", &st, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_false (wb_lab_jail_remove (f->jail, "/", TRUE, &error));
  g_assert_nonnull (error);
}

static void
test_links (Fixture *f, gconstpointer walk)
{
  static const char *const paths[] = { "/absolute/secret", "/relative/secret", "/magic/secret",
                                       "/absolute/new", "/climb/outside/secret" };
  struct stat st;

  link_to (f, f->outside, "absolute");
  link_to (f, "../outside", "relative");
  link_to (f, f->secret, "file-link");
  link_to (f, "/proc/self/cwd", "magic");
  link_to (f, "..", "climb");
  g_assert_cmpint (g_chdir (f->outside), ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_assert_cmpint (wb_lab_jail_open (f->jail, paths[i], O_RDONLY, 0, NULL), <, 0);
      g_assert_cmpint (wb_lab_jail_open (f->jail, paths[i], O_WRONLY | O_CREAT, 0644, NULL), <, 0);
      g_assert_false (wb_lab_jail_stat (f->jail, paths[i], &st, NULL));
      g_assert_false (wb_lab_jail_mkdir (f->jail, paths[i], 0755, NULL));
      g_assert_false (wb_lab_jail_remove (f->jail, paths[i], FALSE, NULL));
      g_assert_false (wb_lab_jail_remove (f->jail, paths[i], TRUE, NULL));
      g_assert_false (wb_lab_jail_rename (f->jail, paths[i], "/got", TRUE, NULL));
      g_assert_false (wb_lab_jail_rename (f->jail, "/file", paths[i], TRUE, NULL));
      g_assert_false (wb_lab_jail_chmod (f->jail, paths[i], 0777, NULL));
      g_assert_false (wb_lab_jail_set_time (f->jail, paths[i], 1, NULL));
    }
  g_assert_cmpint (wb_lab_jail_open (f->jail, "/file-link", O_RDONLY, 0, NULL), <, 0);
  g_assert_cmpint (wb_lab_jail_open (f->jail, "/file-link", O_WRONLY | O_CREAT, 0644, NULL), <, 0);
  g_assert_false (wb_lab_jail_chmod (f->jail, "/file-link", 0777, NULL));
  g_assert_false (wb_lab_jail_set_time (f->jail, "/file-link", 1, NULL));
  g_assert_true (wb_lab_jail_remove (f->jail, "/file-link", FALSE, NULL));
}

static void
test_links_inside (Fixture *f, gconstpointer walk)
{
  g_autofree char *content = NULL;

  link_to (f, "sub", "short");
  content = read_file (f, "/short/deep");
  /* Followed by the kernel, which knows that it stays inside; not followed where we walk. */
  g_assert_cmpstr (content, ==, wb_lab_jail_get_walks (f->jail) ? NULL : "deep");
  g_assert_cmpint (wb_lab_jail_open (f->jail, "/short/deep", O_WRONLY, 0, NULL), <, 0);
}

static gpointer
spin_thread (gpointer data)
{
  Fixture *f = data;
  g_autofree char *spin = g_build_filename (f->inside, "spin", NULL);
  g_autofree char *aside = g_build_filename (f->inside, "aside", NULL);
  g_autofree char *trap = g_build_filename (f->inside, "trap", NULL);

  while (!g_atomic_int_get (&f->over))
    {
      g_rename (spin, aside);
      g_rename (trap, spin);
      g_rename (spin, trap);
      g_rename (aside, spin);
    }
  return NULL;
}

static void
test_race (Fixture *f, gconstpointer walk)
{
  GThread *thread;
  guint made = 0;

  g_assert_true (wb_lab_jail_mkdir (f->jail, "/spin", 0755, NULL));
  link_to (f, f->outside, "trap");
  thread = g_thread_new ("spin", spin_thread, f);
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *path = g_strdup_printf ("/spin/x%u", i);
      g_autofree char *content = read_file (f, "/spin/secret");
      int fd = wb_lab_jail_open (f->jail, path, O_WRONLY | O_CREAT, 0644, NULL);

      g_assert_null (content);
      made += fd >= 0;
      if (fd >= 0)
        close (fd);
      g_assert_false (wb_lab_jail_chmod (f->jail, "/spin/secret", 0777, NULL));
      g_assert_false (wb_lab_jail_remove (f->jail, "/spin/secret", FALSE, NULL));
    }
  g_atomic_int_set (&f->over, 1);
  g_thread_join (thread);
  g_assert_cmpuint (made, >, 0);
}

static void
test_resolve (void)
{
  static const struct
  {
    const char *current;
    const char *path;
    const char *result;
  } cases[] = {
    { "/", "", "/" },
    { "/a/b", "", "/a/b" },
    { "/a/b", "c", "/a/b/c" },
    { "/a/b", "/c", "/c" },
    { "/a/b", "..", "/a" },
    { "/a/b", "../..", "/" },
    { "/a/b", "../../..", NULL },
    { "/", "..", NULL },
    { "/", "../x", NULL },
    { "/", "a/../../a", NULL },
    { "/", "//a///b/./c/", "/a/b/c" },
    { "/a", "...", "/a/..." },
    { "/a", "b/..c", "/a/b/..c" },
    { "/", "\xff\xfe", "/\xff\xfe" },
  };
  g_autofree char *endless = g_strnfill (WB_LAB_PATH_MAX + 1, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *result = wb_lab_jail_resolve (cases[i].current, cases[i].path, &error);

      g_assert_cmpstr (result, ==, cases[i].result);
      if (result == NULL)
        g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
    }
  g_assert_null (wb_lab_jail_resolve ("/", endless, NULL));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *f, gconstpointer walk);
  } tests[] = {
    { "inside", test_inside },
    { "links", test_links },
    { "links-inside", test_links_inside },
    { "race", test_race },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    for (int walk = 0; walk < 2; walk++)
      {
        g_autofree char *path =
            g_strdup_printf ("/jail/%s/%s", walk ? "walk" : "openat2", tests[i].name);

        g_test_add (path, Fixture, GINT_TO_POINTER (walk), set_up, tests[i].test, tear_down);
      }
  g_test_add_func ("/jail/resolve", test_resolve);
  return g_test_run ();
}

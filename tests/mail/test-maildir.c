/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-maildir.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

typedef struct
{
  char *folder;
  WbMaildir *maildir;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *parent = g_dir_make_tmp ("wb-maildir-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  fixture->folder = g_build_filename (parent, "box", NULL);
  fixture->maildir = wb_maildir_open (fixture->folder, &error);
  g_assert_no_error (error);
}

static void
remove_tree (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      g_autoptr (GDir) listing = g_dir_open (path, 0, NULL);

      for (const char *name; (name = g_dir_read_name (listing)) != NULL;)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          remove_tree (child);
        }
    }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *parent = g_path_get_dirname (fixture->folder);

  g_object_unref (fixture->maildir);
  remove_tree (parent);
  g_free (fixture->folder);
}

static char *
deliver (Fixture *fixture, const char *text, const char *flags)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  char *name = wb_maildir_deliver (fixture->maildir, bytes, flags, &error);

  g_assert_no_error (error);
  return name;
}

static GPtrArray *
list (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *items = wb_maildir_list (fixture->maildir, &error);

  g_assert_no_error (error);
  return items;
}

static char *
path_in (Fixture *fixture, const char *folder, const char *name)
{
  return g_build_filename (fixture->folder, folder, name, NULL);
}

static int
mode_of (const char *path)
{
  GStatBuf info;

  g_assert_no_errno (g_lstat (path, &info));
  return info.st_mode & 07777;
}

static void
test_life (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = deliver (fixture, "hello", NULL);
  g_autofree char *kept = deliver (fixture, "sent mail", "SF");
  g_autofree char *file = path_in (fixture, "new", name);
  g_autoptr (GPtrArray) items = list (fixture);
  g_autoptr (GPtrArray) later = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const WbMaildirItem *item;

  g_assert_cmpint (mode_of (file), ==, 0600);
  g_assert_cmpuint (items->len, ==, 2);
  item = items->pdata[strcmp (((WbMaildirItem *) items->pdata[0])->name, name) == 0 ? 0 : 1];
  g_assert_cmpstr (item->name, ==, name);
  g_assert_cmpstr (item->flags, ==, "");
  g_assert_cmpuint (item->size, ==, 5);
  g_assert_cmpint (ABS (item->delivered - g_get_real_time () / G_USEC_PER_SEC), <, 600);

  g_assert_true (wb_maildir_set_flags (fixture->maildir, name, "SRF", &error));
  g_assert_no_error (error);
  g_assert_true (wb_maildir_set_flags (fixture->maildir, name, "RSF", &error));
  bytes = wb_maildir_read (fixture->maildir, name, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hello", 5);

  g_assert_true (wb_maildir_remove (fixture->maildir, name, &error));
  g_assert_false (wb_maildir_remove (fixture->maildir, name, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE);
  g_clear_error (&error);
  g_assert_null (wb_maildir_read (fixture->maildir, name, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE);
  g_clear_error (&error);
  g_assert_false (wb_maildir_set_flags (fixture->maildir, name, "S", &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE);

  later = list (fixture);
  g_assert_cmpuint (later->len, ==, 1);
  g_assert_cmpstr (((WbMaildirItem *) later->pdata[0])->name, ==, kept);
  g_assert_cmpstr (((WbMaildirItem *) later->pdata[0])->flags, ==, "FS");
}

static void
test_modes (Fixture *fixture, gconstpointer data)
{
  static const char *const folders[] = { "", "tmp", "new", "cur" };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, folders[i], NULL);

      g_assert_cmpint (mode_of (path), ==, 0700);
    }
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 450; i++)
    {
      char *text = g_strdup_printf ("message %u", i);

      g_ptr_array_add (messages, g_bytes_new_take (text, strlen (text)));
    }
  g_assert_true (wb_maildir_deliver_many (fixture->maildir, messages, &names, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, 450);
  for (guint i = 0; i < names->len; i += 50)
    {
      g_autoptr (GBytes) bytes = wb_maildir_read (fixture->maildir, names->pdata[i], &error);

      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (bytes, messages->pdata[i]));
    }
  items = list (fixture);
  g_assert_cmpuint (items->len, ==, 450);
  g_assert_true (wb_maildir_deliver_many (fixture->maildir, none, NULL, &error));
  g_assert_no_error (error);
}

/* What another program, or another person, put there. */
static void
test_strange_names (Fixture *fixture, gconstpointer data)
{
  static const char *const ignored[] = { ".hidden", "with space", "line\nbreak", "\377\376",
                                         "tab\t" };
  static const char *const taken[] = { "1700000000.1_1.host", "1700000001.M1P2.h,S=3,W=4",
                                       "plain" };
  static const char *const refused[] = { "../cur/plain", "..",        ".",      "",
                                         "/etc/passwd",  "plain:2,S", "absent", "a/b" };
  g_autofree char *secret = g_build_filename (fixture->folder, "secret", NULL);
  g_autofree char *link_path = path_in (fixture, "new", "link");
  g_autofree char *fifo = path_in (fixture, "cur", "fifo");
  g_autofree char *subfolder = path_in (fixture, "cur", "folder");
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (ignored); i++)
    {
      g_autofree char *path = path_in (fixture, i % 2 == 0 ? "new" : "cur", ignored[i]);

      g_assert_true (g_file_set_contents (path, "x", 1, NULL));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    {
      g_autofree char *path = path_in (fixture, "new", taken[i]);

      g_assert_true (g_file_set_contents (path, "abc", 3, NULL));
    }
  g_assert_true (g_file_set_contents (secret, "secret", -1, NULL));
  g_assert_no_errno (symlink (secret, link_path));
  g_assert_no_errno (mkfifo (fifo, 0600));
  g_assert_no_errno (g_mkdir (subfolder, 0700));

  items = list (fixture);
  g_assert_cmpuint (items->len, ==, G_N_ELEMENTS (taken));
  for (guint i = 0; i < items->len; i++)
    g_assert_cmpuint (((WbMaildirItem *) items->pdata[i])->size, ==, 3);

  g_assert_null (wb_maildir_read (fixture->maildir, "link", &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE);
  g_clear_error (&error);
  g_assert_null (wb_maildir_read (fixture->maildir, "fifo", &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE);
  g_clear_error (&error);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_false (wb_maildir_remove (fixture->maildir, refused[i], &error));
      g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE);
      g_clear_error (&error);
    }
}

static void
test_leftovers (Fixture *fixture, gconstpointer data)
{
  g_autofree char *old = path_in (fixture, "tmp", "old");
  g_autofree char *young = path_in (fixture, "tmp", "young");
  g_autoptr (WbMaildir) again = NULL;
  g_autoptr (GError) error = NULL;
  time_t now = g_get_real_time () / G_USEC_PER_SEC;
  struct utimbuf old_time = { now - 37 * 3600, now - 37 * 3600 };
  struct utimbuf young_time = { now - 35 * 3600, now - 35 * 3600 };

  g_assert_true (g_file_set_contents (old, "x", 1, NULL));
  g_assert_true (g_file_set_contents (young, "x", 1, NULL));
  g_assert_no_errno (g_utime (old, &old_time));
  g_assert_no_errno (g_utime (young, &young_time));
  again = wb_maildir_open (fixture->folder, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (young, G_FILE_TEST_EXISTS));
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->folder, "file", NULL);
  g_autofree char *below = g_build_filename (file, "box", NULL);
  g_autofree char *outside = g_build_filename (fixture->folder, "outside", NULL);
  g_autofree char *link_path = g_build_filename (outside, "new", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_null (wb_maildir_open (file, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE);
  g_clear_error (&error);
  g_assert_null (wb_maildir_open (below, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE);
  g_clear_error (&error);

  /* A folder that leads elsewhere is not written to. */
  g_assert_no_errno (g_mkdir (outside, 0700));
  g_assert_no_errno (symlink ("/tmp", link_path));
  g_assert_null (wb_maildir_open (outside, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/maildir/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("life", test_life);
  ADD ("modes", test_modes);
  ADD ("many", test_many);
  ADD ("strange-names", test_strange_names);
  ADD ("leftovers", test_leftovers);
  ADD ("no-folder", test_no_folder);
  return g_test_run ();
}

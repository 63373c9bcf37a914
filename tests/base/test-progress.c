/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wb-progress.h"

#include <locale.h>

typedef struct
{
  GMainLoop *loop;
  GThread *thread;
  WbProgress *progress;
  guint changes;
  gint64 first;
  gint64 last;
  gint64 goal;
} Fixture;

static void
changed_cb (WbProgress *progress, gpointer watcher)
{
  Fixture *f = g_object_get_data (watcher, "fixture");
  g_auto (WbProgressState) state = { 0 };

  g_assert_true (g_thread_self () == f->thread);
  f->last = g_get_monotonic_time ();
  if (f->changes++ == 0)
    f->first = f->last;
  wb_progress_get_state (progress, &state);
  if (state.done == f->goal)
    g_main_loop_quit (f->loop);
}

static gpointer
worker_thread (gpointer data)
{
  WbProgress *progress = data;

  for (guint i = 0; i < 250000; i++)
    wb_progress_add (progress, 2);
  return NULL;
}

static void
test_coalesced (void)
{
  Fixture f = {
    g_main_loop_new (NULL, FALSE), g_thread_self (), wb_progress_new (), 0, 0, 0, 1000000
  };
  GThread *workers[2];
  g_autoptr (GObject) watcher = g_object_new (G_TYPE_OBJECT, NULL);
  g_auto (WbProgressState) state = { 0 };

  g_object_set_data (watcher, "fixture", &f);
  wb_progress_watch (f.progress, changed_cb, watcher);
  wb_progress_begin (f.progress, "Counting", 1000000);
  for (guint i = 0; i < 2; i++)
    workers[i] = g_thread_new ("worker", worker_thread, f.progress);
  g_main_loop_run (f.loop);
  for (guint i = 0; i < 2; i++)
    g_thread_join (workers[i]);

  wb_progress_get_state (f.progress, &state);
  g_assert_cmpstr (state.step, ==, "Counting");
  g_assert_cmpint (state.done, ==, 1000000);
  g_assert_cmpint (state.total, ==, 1000000);
  /* A tenth of a second between two of them, whatever the machine's speed. */
  g_assert_cmpint ((gint64) (f.changes - 1) * 90000, <=, f.last - f.first);
  g_object_unref (f.progress);
  g_main_loop_unref (f.loop);
}

static void
count_cb (WbProgress *progress, gpointer watcher)
{
  guint *changes = g_object_get_data (watcher, "changes");

  (*changes)++;
}

static GObject *
watch (WbProgress *progress, guint *changes)
{
  GObject *watcher = g_object_new (G_TYPE_OBJECT, NULL);

  g_object_set_data (watcher, "changes", changes);
  wb_progress_watch (progress, count_cb, watcher);
  return watcher;
}

static void
test_end_is_told (void)
{
  g_autoptr (WbProgress) progress = wb_progress_new ();
  g_auto (WbProgressState) before = { 0 };
  g_auto (WbProgressState) after = { 0 };
  guint changes = 0;
  g_autoptr (GObject) watcher = watch (progress, &changes);

  wb_progress_begin (progress, NULL, -1);
  while (changes == 0)
    g_main_context_iteration (NULL, TRUE);
  wb_progress_set_done (progress, 500);
  wb_progress_add (progress, 1);
  wb_progress_end (progress);
  while (changes == 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (changes, ==, 2);

  wb_progress_get_state (progress, &before);
  g_assert_cmpint (before.done, ==, 501);
  g_assert_cmpint (before.total, ==, -1);
  g_usleep (1000);
  wb_progress_get_state (progress, &after);
  g_assert_cmpfloat (before.elapsed, ==, after.elapsed);
}

/* One that dies with a change still on its way leaves nothing behind. */
static void
test_dies_early (void)
{
  WbProgress *progress = wb_progress_new ();
  guint changes = 0;
  g_autoptr (GObject) watcher = watch (progress, &changes);

  wb_progress_begin (progress, "x", 1);
  g_object_unref (progress);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (changes, ==, 0);
}

/* Nor does one whose watcher has died, or watches no more. */
static void
test_watcher_goes (void)
{
  g_autoptr (WbProgress) progress = wb_progress_new ();
  guint changes = 0;
  guint others = 0;
  g_autoptr (GObject) watcher = watch (progress, &changes);
  g_autoptr (GObject) other = NULL;

  g_clear_object (&watcher);
  wb_progress_end (progress);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (changes, ==, 0);

  watcher = watch (progress, &changes);
  other = watch (progress, &others);
  wb_progress_end (progress);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (changes, ==, 0);
  g_assert_cmpuint (others, ==, 1);

  wb_progress_watch (progress, NULL, NULL);
  wb_progress_end (progress);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (others, ==, 1);
}

static gpointer
let_go_thread (gpointer data)
{
  gpointer *handed = data;
  gpointer progress = NULL;

  while (progress != handed)
    {
      progress = g_atomic_pointer_get (handed);
      if (progress == NULL || progress == handed)
        continue;
      g_atomic_pointer_set (handed, NULL);
      g_object_unref (progress);
    }
  return NULL;
}

/* A worker lets go of the last reference in the very moment in which the watcher dies. */
static void
test_both_go (void)
{
  gpointer handed = NULL;
  GThread *thread = g_thread_new ("lets-go", let_go_thread, &handed);

  for (guint i = 0; i < 20000; i++)
    {
      WbProgress *progress = wb_progress_new ();
      GObject *watcher = watch (progress, NULL);

      g_atomic_pointer_set (&handed, progress);
      while (g_atomic_pointer_get (&handed) != NULL)
        ;
      g_object_unref (watcher);
    }
  g_atomic_pointer_set (&handed, &handed);
  g_thread_join (thread);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress/coalesced", test_coalesced);
  g_test_add_func ("/progress/end-is-told", test_end_is_told);
  g_test_add_func ("/progress/dies-early", test_dies_early);
  g_test_add_func ("/progress/watcher-goes", test_watcher_goes);
  g_test_add_func ("/progress/both-go", test_both_go);
  return g_test_run ();
}

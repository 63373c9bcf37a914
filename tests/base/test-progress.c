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
changed_cb (WbProgress *progress, gpointer user_data)
{
  Fixture *f = user_data;
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
  g_auto (WbProgressState) state = { 0 };

  g_signal_connect (f.progress, "changed", G_CALLBACK (changed_cb), &f);
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
count_cb (WbProgress *progress, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_end_is_told (void)
{
  g_autoptr (WbProgress) progress = wb_progress_new ();
  g_auto (WbProgressState) before = { 0 };
  g_auto (WbProgressState) after = { 0 };
  guint changes = 0;

  g_signal_connect (progress, "changed", G_CALLBACK (count_cb), &changes);
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

  g_signal_connect (progress, "changed", G_CALLBACK (count_cb), &changes);
  wb_progress_begin (progress, "x", 1);
  g_object_unref (progress);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (changes, ==, 0);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress/coalesced", test_coalesced);
  g_test_add_func ("/progress/end-is-told", test_end_is_told);
  g_test_add_func ("/progress/dies-early", test_dies_early);
  return g_test_run ();
}

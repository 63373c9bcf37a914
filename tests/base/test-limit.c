/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "wb-limit.h"

/* A rate at which nothing in these tests could ever come to its end by itself. */
#define GLACIAL 1

#define THREADS 3
#define BYTES 20000

static void
test_none (void)
{
  g_autoptr (WbLimit) limit = wb_limit_new (0);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (wb_limit_get_rate (limit), ==, 0);
  g_assert_cmpuint (wb_limit_get_block (limit, 65536), ==, 65536);
  for (guint i = 0; i < 1000; i++)
    g_assert_true (wb_limit_take (limit, G_MAXINT, NULL, &error));
  g_assert_no_error (error);
}

static void
test_block (void)
{
  g_autoptr (WbLimit) limit = wb_limit_new (1000000);

  g_assert_cmpuint (wb_limit_get_block (limit, 1 << 20), <, 100000);
  g_assert_cmpuint (wb_limit_get_block (limit, 100), ==, 100);
  wb_limit_set_rate (limit, 1);
  g_assert_cmpuint (wb_limit_get_block (limit, 1 << 20), >, 0);
}

static gpointer
take_thread (gpointer data)
{
  WbLimit *limit = data;

  for (guint i = 0; i < 10; i++)
    g_assert_true (wb_limit_take (limit, BYTES / 10, NULL, NULL));
  return NULL;
}

/* It cannot be faster than the rate, whoever shares it; how much slower is the machine's affair. */
static void
test_shared (void)
{
  g_autoptr (WbLimit) limit = wb_limit_new (100000);
  gint64 begin = g_get_monotonic_time ();
  GThread *threads[THREADS];

  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("take", take_thread, limit);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  /* 60,000 bytes take 0.6 s, of which a tenth may be made up for. */
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 500000);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (WbLimit) limit = wb_limit_new (GLACIAL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);

  g_assert_false (wb_limit_take (limit, 1000000, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static gpointer
lift_thread (gpointer data)
{
  wb_limit_set_rate (data, 0);
  return NULL;
}

/* Who is held up goes on when the limit is lifted. */
static void
test_lift (void)
{
  g_autoptr (WbLimit) limit = wb_limit_new (GLACIAL);
  GThread *thread = g_thread_new ("lift", lift_thread, limit);

  g_assert_true (wb_limit_take (limit, 1000000, NULL, NULL));
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/limit/none", test_none);
  g_test_add_func ("/base/limit/block", test_block);
  g_test_add_func ("/base/limit/shared", test_shared);
  g_test_add_func ("/base/limit/cancel", test_cancel);
  g_test_add_func ("/base/limit/lift", test_lift);

  return g_test_run ();
}

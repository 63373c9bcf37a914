/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-session.h"

static gpointer
append_job (gpointer data, GCancellable *cancellable, GError **error)
{
  GString *order = data;

  g_string_append_c (order, 'a' + order->len);
  return order;
}

static gpointer
fail_job (gpointer data, GCancellable *cancellable, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "no");
  return NULL;
}

static gpointer
gate_job (gpointer data, GCancellable *cancellable, GError **error)
{
  g_mutex_lock (data);
  g_mutex_unlock (data);
  return data;
}

static void
take_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *slot;
}

static void
test_order (void)
{
  g_autoptr (WbSession) session = wb_session_new ("test");
  g_autoptr (GString) order = g_string_new (NULL);
  GAsyncResult *results[3] = { NULL, NULL, NULL };

  for (guint i = 0; i < 3; i++)
    wb_session_run_async (session, append_job, order, NULL, NULL, NULL, take_result_cb,
                          &results[i]);
  for (guint i = 0; i < 3; i++)
    g_assert_true (wb_session_run_finish (session, wait_for (&results[i]), NULL) == order);
  g_assert_cmpstr (order->str, ==, "abc");
  for (guint i = 0; i < 3; i++)
    g_object_unref (results[i]);
}

static void
test_error (void)
{
  g_autoptr (WbSession) session = wb_session_new ("test");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wb_session_run_async (session, fail_job, NULL, NULL, NULL, NULL, take_result_cb, &result);
  g_assert_null (wb_session_run_finish (session, wait_for (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
}

/* A job that is cancelled while it waits for its turn never runs; one that lost its caller's
 * reference to the session still does. */
static void
test_cancelled_in_queue (void)
{
  WbSession *session = wb_session_new ("test");
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *results[3] = { NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;
  GMutex gate;

  g_mutex_init (&gate);
  g_mutex_lock (&gate);
  wb_session_run_async (session, gate_job, &gate, NULL, NULL, NULL, take_result_cb, &results[0]);
  wb_session_run_async (session, append_job, order, NULL, NULL, cancellable, take_result_cb,
                        &results[1]);
  wb_session_run_async (session, append_job, order, NULL, NULL, NULL, take_result_cb, &results[2]);
  g_cancellable_cancel (cancellable);
  g_mutex_unlock (&gate);

  g_assert_nonnull (wb_session_run_finish (session, wait_for (&results[0]), NULL));
  g_assert_null (wb_session_run_finish (session, wait_for (&results[1]), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_nonnull (wb_session_run_finish (session, wait_for (&results[2]), NULL));
  g_assert_cmpstr (order->str, ==, "a");
  for (guint i = 0; i < 3; i++)
    g_object_unref (results[i]);
  g_object_unref (session);
  g_mutex_clear (&gate);
}

static gpointer
nothing_job (gpointer data, GCancellable *cancellable, GError **error)
{
  return NULL;
}

static void
freed_here (gpointer data)
{
  g_assert_true (g_thread_self () == data);
}

/* What a job was given, and its own session, are let go in the caller's thread. */
static void
test_freed_by_the_caller (void)
{
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (WbSession) session = wb_session_new ("test");
      g_autoptr (GAsyncResult) result = NULL;

      wb_session_run_async (session, nothing_job, g_thread_self (), freed_here, NULL, NULL,
                            take_result_cb, &result);
      g_assert_null (wb_session_run_finish (session, wait_for (&result), NULL));
    }
}

static gboolean
note_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* All that was queued before is done when it returns, and nothing of the caller's own has run. */
static void
test_waits (void)
{
  g_autoptr (WbSession) session = wb_session_new ("test");
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean noted = FALSE;

  g_idle_add (note_cb, &noted);
  wb_session_run_async (session, append_job, order, NULL, NULL, NULL, take_result_cb, &result);
  g_assert_true (wb_session_run (session, append_job, order, NULL, &error) == order);
  g_assert_no_error (error);
  g_assert_cmpstr (order->str, ==, "ab");
  g_assert_null (wb_session_run (session, fail_job, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_false (noted);
  g_assert_true (wb_session_run_finish (session, wait_for (&result), NULL) == order);
  while (!noted)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session/order", test_order);
  g_test_add_func ("/session/error", test_error);
  g_test_add_func ("/session/cancelled-in-queue", test_cancelled_in_queue);
  g_test_add_func ("/session/freed-by-the-caller", test_freed_by_the_caller);
  g_test_add_func ("/session/waits", test_waits);

  return g_test_run ();
}

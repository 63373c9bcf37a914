/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-case.h"
#include "wb-error.h"

#include <glib/gstdio.h>
#include <string.h>

#define EVENTS_MAX 64

/* What a run told. */
typedef struct
{
  guint n;
  guint steps[EVENTS_MAX];
  WbCaseStepState states[EVENTS_MAX];
  char *details[EVENTS_MAX];
  GCancellable *cancel_at_step_3; /* borrowed, nullable */
} Told;

static void
told_clear (Told *told)
{
  for (guint i = 0; i < told->n; i++)
    g_free (told->details[i]);
  told->n = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Told, told_clear)

static void
tell (guint step, WbCaseStepState state, const char *detail, gpointer user_data)
{
  Told *told = user_data;

  g_test_message ("step %u, state %d: %s", step + 1, (int) state, detail != NULL ? detail : "");
  if (told->n < EVENTS_MAX)
    {
      told->steps[told->n] = step;
      told->states[told->n] = state;
      told->details[told->n] = g_strdup (detail);
      told->n++;
    }
  if (told->cancel_at_step_3 != NULL && step == 2 && state == WB_CASE_STEP_DONE)
    g_cancellable_cancel (told->cancel_at_step_3);
}

/* A lab in a folder of its own, that goes with it. */
typedef struct
{
  char *folder;
  WbWire *wire;
  WbLab *lab;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("wb-test-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->wire = wb_wire_new (0);
  fixture->lab = wb_lab_new (fixture->wire, fixture->folder, &error);
  g_assert_no_error (error);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir =
      g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  wb_lab_stop_all (fixture->lab);
  g_assert_finalize_object (fixture->lab);
  g_object_unref (fixture->wire);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* Every step of the case was begun and done, each for the first time in its order. */
static void
assert_steps_in_order (guint number, const Told *told)
{
  guint n_steps = 0;
  guint next = 0;

  wb_case_get_steps (number, &n_steps);
  for (guint i = 0; i < told->n; i++)
    {
      g_assert_cmpint (told->states[i], ==, i % 2 == 0 ? WB_CASE_STEP_BEGUN : WB_CASE_STEP_DONE);
      if (told->states[i] == WB_CASE_STEP_BEGUN)
        g_assert_null (told->details[i]);
      else
        {
          g_assert_cmpuint (told->steps[i], ==, told->steps[i - 1]);
          g_assert_nonnull (told->details[i]);
        }
      g_assert_cmpuint (told->steps[i], <=, next);
      if (told->steps[i] == next && told->states[i] == WB_CASE_STEP_DONE)
        next++;
    }
  g_assert_cmpuint (next, ==, n_steps);
}

static void
run_in_lab (Fixture *fixture, guint number, const char *text, const char *charset)
{
  g_autoptr (GError) error = NULL;
  g_auto (Told) told = { 0 };
  WbCaseOptions options = {
    .lab = fixture->lab,
    .wire = fixture->wire,
    .text = text,
    .charset = charset,
    .timeout = 10,
  };

  g_assert_true (wb_case_run (number, &options, tell, &told, NULL, &error));
  g_assert_no_error (error);
  assert_steps_in_order (number, &told);
}

static void
test_in_lab (Fixture *fixture, gconstpointer data)
{
  run_in_lab (fixture, GPOINTER_TO_UINT (data), NULL, NULL);
}

static void
test_charsets (Fixture *fixture, gconstpointer data)
{
  g_auto (WbWireEvent) event = { 0 };
  guint64 end = 0;

  run_in_lab (fixture, 1, "汉字", "GB18030");
  wb_wire_get_range (fixture->wire, NULL, &end);
  for (guint64 i = 0; i < end; i++)
    {
      wb_wire_event_clear (&event);
      g_assert_true (wb_wire_get_event (fixture->wire, i, &event));
      if (event.kind == WB_WIRE_DATA)
        break;
    }
  g_assert_cmpmem (g_bytes_get_data (event.data, NULL), g_bytes_get_size (event.data),
                   "\xba\xba\xd7\xd6", 4);

  /* A charset that has not all of our own words still runs. */
  run_in_lab (fixture, 1, NULL, "ISO-8859-1");
  run_in_lab (fixture, 3, NULL, "UTF-16LE");
}

/* The case's own client saw the answer, and the whole of it is in the log. */
static void
test_logged (Fixture *fixture, gconstpointer data)
{
  static const WbWireKind kinds[] = {
    WB_WIRE_CONNECT, WB_WIRE_CONNECT, WB_WIRE_DATA, WB_WIRE_DATA, WB_WIRE_CLOSE, WB_WIRE_CLOSE,
  };
  guint64 end = 0;

  run_in_lab (fixture, 4, "abc", NULL);
  wb_wire_get_range (fixture->wire, NULL, &end);
  g_assert_cmpuint (end, ==, G_N_ELEMENTS (kinds));
  for (guint64 i = 0; i < end; i++)
    {
      g_auto (WbWireEvent) event = { 0 };

      g_assert_true (wb_wire_get_event (fixture->wire, i, &event));
      g_assert_cmpint (event.kind, ==, kinds[i]);
      if (i == 2)
        g_assert_cmpmem (g_bytes_get_data (event.data, NULL), g_bytes_get_size (event.data), "abc",
                         3);
      if (i == 3)
        g_assert_cmpmem (g_bytes_get_data (event.data, NULL), g_bytes_get_size (event.data),
                         "Got it: abc", 11);
    }
}

static void
test_told (void)
{
  for (guint number = 1; number <= WB_CASE_COUNT; number++)
    {
      guint n_steps = 0;
      const WbCaseStep *steps = wb_case_get_steps (number, &n_steps);
      g_auto (GStrv) python = g_strsplit (wb_case_get_python (number), "\n", -1);
      g_auto (GStrv) c = g_strsplit (wb_case_get_c (number), "\n", -1);

      g_assert_cmpstr (wb_case_get_title (number), !=, "");
      g_assert_cmpstr (wb_case_get_summary (number), !=, "");
      g_assert_cmpuint (n_steps, >=, 2);
      g_assert_true (g_str_has_prefix (wb_case_get_python (number), "\"\"\"Case "));
      g_assert_true (g_str_has_prefix (wb_case_get_c (number), "/* Case "));
      g_assert_null (strstr (wb_case_get_python (number), "SPDX"));
      g_assert_null (strstr (wb_case_get_c (number), "SPDX"));

      for (guint i = 0; i < n_steps; i++)
        {
          g_autofree char *mark_python = g_strdup_printf ("# %u. ", i + 1);
          g_autofree char *mark_c = g_strdup_printf ("/* %u. ", i + 1);

          g_test_message ("case %u, step %u: python %u-%u, C %u-%u", number, i + 1,
                          steps[i].python[0], steps[i].python[1], steps[i].c[0], steps[i].c[1]);
          g_assert_cmpuint (steps[i].python[0], >, 0);
          g_assert_cmpuint (steps[i].python[1], >, steps[i].python[0]);
          g_assert_cmpuint (steps[i].python[1], <=, g_strv_length (python));
          g_assert_nonnull (strstr (python[steps[i].python[0] - 1], mark_python));
          g_assert_cmpstr (python[steps[i].python[1] - 1], !=, "");
          g_assert_cmpuint (steps[i].c[0], >, 0);
          g_assert_cmpuint (steps[i].c[1], >, steps[i].c[0]);
          g_assert_cmpuint (steps[i].c[1], <=, g_strv_length (c));
          g_assert_nonnull (strstr (c[steps[i].c[0] - 1], mark_c));
          g_assert_cmpstr (c[steps[i].c[1] - 1], !=, "");
        }
    }
}

/* A port that somebody has: the step that fails is the one that binds, and the error says so. */
static void
test_port_in_use (void)
{
  static const guint servers[] = { 1, 3, 4 };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) other = g_socket_new (
          G_SOCKET_FAMILY_IPV4, servers[i] == 4 ? G_SOCKET_TYPE_STREAM : G_SOCKET_TYPE_DATAGRAM,
          G_SOCKET_PROTOCOL_DEFAULT, NULL);
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
      g_autoptr (GSocketAddress) bound = NULL;
      g_auto (Told) told = { 0 };
      WbCaseOptions options = { 0 };

      g_assert_true (g_socket_bind (other, address, FALSE, NULL));
      if (servers[i] == 4)
        g_assert_true (g_socket_listen (other, NULL));
      bound = g_socket_get_local_address (other, NULL);
      options.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));

      g_assert_false (wb_case_run (servers[i], &options, tell, &told, NULL, &error));
      g_assert_error (error, WB_ERROR, WB_ERROR_ADDRESS_IN_USE);
      g_assert_nonnull (strstr (error->message, "bind it to an address and port"));
      g_assert_cmpuint (told.n, ==, 4);
      g_assert_cmpuint (told.steps[3], ==, 1);
      g_assert_cmpint (told.states[3], ==, WB_CASE_STEP_FAILED);
      g_assert_nonnull (told.details[3]);
    }
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  for (guint number = 1; number <= WB_CASE_COUNT; number++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      WbCaseOptions options = { .lab = fixture->lab, .wire = fixture->wire };

      g_cancellable_cancel (cancellable);
      g_test_message ("case %u", number);
      if (number == 3)
        {
          g_assert_true (wb_case_run (number, &options, NULL, NULL, cancellable, &error));
          g_assert_no_error (error);
        }
      else
        {
          g_assert_false (wb_case_run (number, &options, NULL, NULL, cancellable, &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        }
    }
}

/* It would go on for ever; being cancelled is how it is asked to stop. */
static void
test_endless (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Told) told = { .cancel_at_step_3 = cancellable };
  WbCaseOptions options = { .endless = TRUE };

  g_assert_true (wb_case_run (3, &options, tell, &told, cancellable, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (told.steps[told.n - 1], ==, 4);
  g_assert_cmpint (told.states[told.n - 1], ==, WB_CASE_STEP_DONE);
}

static void
test_bad_addresses (void)
{
  static const struct
  {
    guint number;
    const char *against;
    int code;
  } cases[] = {
    { 1, "127.0.0.1:7", WB_ERROR_INVALID },
    { 3, "127.0.0.1:7", WB_ERROR_INVALID },
    { 4, "127.0.0.1:7", WB_ERROR_INVALID },
    { 2, "127.0.0.1", WB_ERROR_INVALID },
    { 2, "127.0.0.1:0", WB_ERROR_INVALID },
    { 5, "", WB_ERROR_INVALID },
    { 6, "smtp://127.0.0.1/", WB_ERROR_INVALID },
    { 7, "ftp://127.0.0.1/", WB_ERROR_INVALID },
    { 12, "http://127.0.0.1/", WB_ERROR_INVALID },
    { 2, NULL, WB_ERROR_INVALID },
    { 6, NULL, WB_ERROR_INVALID },
    { 12, NULL, WB_ERROR_INVALID },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      WbCaseOptions options = { .against = cases[i].against };

      g_test_message ("case %u against %s", cases[i].number, cases[i].against);
      g_assert_false (wb_case_run (cases[i].number, &options, NULL, NULL, NULL, &error));
      g_assert_error (error, WB_ERROR, cases[i].code);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/case/told", test_told);
  for (guint number = 1; number <= WB_CASE_COUNT; number++)
    {
      g_autofree char *path = g_strdup_printf ("/case/in-lab/%02u", number);

      g_test_add (path, Fixture, GUINT_TO_POINTER (number), set_up, test_in_lab, tear_down);
    }
  g_test_add ("/case/charsets", Fixture, NULL, set_up, test_charsets, tear_down);
  g_test_add ("/case/logged", Fixture, NULL, set_up, test_logged, tear_down);
  g_test_add_func ("/case/port-in-use", test_port_in_use);
  g_test_add ("/case/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add_func ("/case/endless", test_endless);
  g_test_add_func ("/case/bad-addresses", test_bad_addresses);

  return g_test_run ();
}

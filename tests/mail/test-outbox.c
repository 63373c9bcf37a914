/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-outbox.h"

#include "wb-error.h"

#include <glib/gstdio.h>
#include <string.h>

static WbMaildir *
make_outbox (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-outbox-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  WbMaildir *outbox = wb_maildir_open (folder, &error);

  g_assert_no_error (error);
  return outbox;
}

/* To two, in an envelope that asks for @notify. */
static WbMailSource *
wrap (WbMailSource *message, WbSmtpNotify notify, WbSmtpReturn returned)
{
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();
  const WbOutboxEnvelope envelope = { (char *) "me@z", recipients, notify, returned };

  g_ptr_array_add (recipients, (gpointer) "a@x");
  g_ptr_array_add (recipients, (gpointer) "b@y");
  return wb_outbox_wrap (message, &envelope);
}

static WbMailSource *
make_message (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("Subject: x\r\n\r\nbody", 18);

  return wb_mail_source_new (bytes);
}

static char *
put (WbMaildir *outbox)
{
  g_autoptr (WbMailSource) message = make_message ();
  g_autoptr (WbMailSource) wrapped = wrap (message, WB_SMTP_NOTIFY_DEFAULT, WB_SMTP_RETURN_DEFAULT);
  g_autoptr (GError) error = NULL;
  char *name = wb_maildir_deliver_source (outbox, wrapped, "S", &error);

  g_assert_no_error (error);
  return name;
}

static void
assert_state (WbMaildir *outbox, const char *name, WbOutboxState state)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);

  g_assert_cmpint (record->state, ==, state);
}

static void
check_envelope (WbSmtpNotify notify, WbSmtpReturn returned)
{
  g_autoptr (WbMailSource) message = make_message ();
  g_autoptr (WbMailSource) wrapped = wrap (message, notify, returned);
  g_autoptr (WbMailSource) unwrapped = NULL;
  g_auto (WbOutboxEnvelope) got = { 0 };
  g_autoptr (GError) error = NULL;

  unwrapped = wb_outbox_unwrap (wrapped, &got, &error);
  g_assert_no_error (error);
  g_assert_true (wb_mail_source_equal (message, unwrapped, NULL));
  g_assert_cmpstr (got.sender, ==, "me@z");
  g_assert_cmpuint (got.recipients->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (got.recipients, 1), ==, "b@y");
  g_assert_cmpint (got.notify, ==, notify);
  g_assert_cmpint (got.returned, ==, returned);
}

static void
test_envelope (void)
{
  g_autoptr (WbMailSource) message = make_message ();
  g_autoptr (WbMailSource) plain = NULL;
  g_auto (WbOutboxEnvelope) none = { 0 };

  check_envelope (WB_SMTP_NOTIFY_DEFAULT, WB_SMTP_RETURN_DEFAULT);
  check_envelope (WB_SMTP_NOTIFY_NEVER, WB_SMTP_RETURN_FULL);
  check_envelope (WB_SMTP_NOTIFY_SUCCESS | WB_SMTP_NOTIFY_DELAY, WB_SMTP_RETURN_HEADERS);
  /* What came there without one. */
  plain = wb_outbox_unwrap (message, &none, NULL);
  g_assert_true (wb_mail_source_equal (message, plain, NULL));
  g_assert_null (none.sender);
}

static void
test_record (void)
{
  g_autoptr (WbMaildir) outbox = make_outbox ();
  g_autofree char *name = put (outbox);
  WbOutboxRecord record = { WB_OUTBOX_FAILED,
                            (char *) "why\nnot “ä”",
                            17,
                            23,
                            3,
                            TRUE,
                            (char *) "a@x: 550 no\nb@y: 551 “no”",
                            TRUE,
                            29,
                            5,
                            (char *) "c@z: 550 never",
                            TRUE };
  g_autoptr (WbOutboxRecord) read = NULL;
  g_autoptr (GError) error = NULL;

  assert_state (outbox, name, WB_OUTBOX_QUEUED);
  g_assert_true (wb_outbox_save (outbox, name, &record, &error));
  g_assert_no_error (error);
  read = wb_outbox_load (outbox, name);
  g_assert_cmpint (read->state, ==, WB_OUTBOX_FAILED);
  g_assert_cmpstr (read->reason, ==, "why\nnot “ä”");
  g_assert_cmpint (read->since, ==, 17);
  g_assert_cmpint (read->not_before, ==, 23);
  g_assert_cmpuint (read->attempts, ==, 3);
  g_assert_true (read->committed);
  g_assert_cmpstr (read->refused, ==, "a@x: 550 no\nb@y: 551 “no”");
  g_assert_true (read->rest);
  g_assert_cmpint (read->next_try, ==, 29);
  g_assert_cmpuint (read->tries, ==, 5);
  g_assert_cmpstr (read->lasting, ==, "c@z: 550 never");
  g_assert_true (read->divided);

  g_assert_true (wb_outbox_postpone (outbox, name, 99, &error));
  g_clear_pointer (&read, wb_outbox_record_free);
  read = wb_outbox_load (outbox, name);
  g_assert_cmpint (read->not_before, ==, 99);
  g_assert_cmpint (read->next_try, ==, 0);
  g_assert_cmpint (read->state, ==, WB_OUTBOX_FAILED);
  wb_outbox_clear_state (outbox, name);
  assert_state (outbox, name, WB_OUTBOX_QUEUED);
}

/* Whatever stands in a record that was damaged: never "may be sent again". */
static void
test_damaged_record (void)
{
  const char *const texts[] = { "",
                                "{",
                                "[]",
                                "{}",
                                "{\"state\":1}",
                                "{\"state\":\"sent\"",
                                "\xff",
                                "{\"state\":\"sending\"}",
                                "{\"state\":\"sending\",\"committed\":0}" };
  g_autoptr (WbMaildir) outbox = make_outbox ();
  g_autofree char *name = put (outbox);
  g_autofree char *path = g_build_filename (wb_maildir_get_path (outbox), "state", name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_outbox_set_state (outbox, name, WB_OUTBOX_FAILED, NULL, &error));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (WbOutboxRecord) record = NULL;

      g_assert_true (g_file_set_contents (path, texts[i], -1, &error));
      record = wb_outbox_load (outbox, name);
      g_assert_true (wb_outbox_is_uncertain (record));
    }
  g_unlink (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  assert_state (outbox, name, WB_OUTBOX_UNKNOWN);
}

static void
test_begin (void)
{
  g_autoptr (WbMaildir) outbox = make_outbox ();
  g_autofree char *name = put (outbox);
  WbOutboxState state = WB_OUTBOX_QUEUED;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) cause =
      g_error_new_literal (WB_MAIL_ERROR, WB_MAIL_ERROR_TEMPORARY, "Try again later.");
  g_autoptr (WbOutboxRecord) record = NULL;
  g_autofree char *words = NULL;

  g_assert_true (wb_outbox_begin (outbox, name, FALSE, &state, &error));
  assert_state (outbox, name, WB_OUTBOX_SENDING);
  /* Two at once would send it twice. */
  g_assert_false (wb_outbox_begin (outbox, name, TRUE, &state, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE);
  g_clear_error (&error);

  wb_outbox_fail (outbox, name, FALSE, cause);
  record = wb_outbox_load (outbox, name);
  words = wb_outbox_describe (record);
  g_assert_nonnull (strstr (words, "Try again later."));
  g_assert_cmpuint (record->attempts, ==, 1);
  g_assert_cmpint (record->since, >, 0);
  g_assert_true (wb_outbox_begin (outbox, name, FALSE, &state, &error));

  wb_outbox_fail (outbox, name, TRUE, cause);
  g_assert_false (wb_outbox_begin (outbox, name, FALSE, &state, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNKNOWN_STATE);
  g_clear_error (&error);
  g_assert_true (wb_outbox_begin (outbox, name, TRUE, &state, &error));
  g_assert_cmpint (state, ==, WB_OUTBOX_SENDING);

  g_assert_true (wb_outbox_set_state (outbox, name, WB_OUTBOX_SENT, NULL, &error));
  g_assert_true (wb_outbox_begin (outbox, name, TRUE, &state, &error));
  g_assert_cmpint (state, ==, WB_OUTBOX_SENT);

  g_assert_true (wb_maildir_remove (outbox, name, &error));
  wb_outbox_clear_state (outbox, name);
  g_assert_false (wb_outbox_begin (outbox, name, FALSE, &state, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE);
  assert_state (outbox, name, WB_OUTBOX_QUEUED);
}

static void
test_passes (void)
{
  const struct
  {
    GQuark domain;
    int code;
    gboolean passes;
  } cases[] = {
    { WB_ERROR, WB_ERROR_NOT_FOUND, TRUE },
    { WB_ERROR, WB_ERROR_REFUSED, TRUE },
    { WB_ERROR, WB_ERROR_UNREACHABLE, TRUE },
    { WB_ERROR, WB_ERROR_TIMED_OUT, TRUE },
    { WB_ERROR, WB_ERROR_CLOSED, TRUE },
    { WB_ERROR, WB_ERROR_UNTRUSTED, FALSE },
    { WB_ERROR, WB_ERROR_TLS, FALSE },
    { WB_ERROR, WB_ERROR_PROTOCOL, FALSE },
    { WB_MAIL_ERROR, WB_MAIL_ERROR_TEMPORARY, TRUE },
    { WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN, FALSE },
    { WB_MAIL_ERROR, WB_MAIL_ERROR_RECIPIENT, FALSE },
    { WB_MAIL_ERROR, WB_MAIL_ERROR_UNKNOWN_STATE, FALSE },
    { WB_MAIL_ERROR, WB_MAIL_ERROR_STORE, FALSE },
    { G_IO_ERROR, G_IO_ERROR_CANCELLED, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (cases[i].domain, cases[i].code, "x");

      g_assert_cmpint (wb_outbox_passes (error), ==, cases[i].passes);
    }
}

static void
test_waits (void)
{
  guint waited = 0;
  guint tries = 1;

  g_assert_cmpuint (wb_outbox_get_wait (1), ==, 60);
  g_assert_cmpuint (wb_outbox_get_wait (2), ==, 5 * 60);
  g_assert_cmpuint (wb_outbox_get_wait (3), ==, 15 * 60);
  g_assert_cmpuint (wb_outbox_get_wait (4), ==, 60 * 60);
  g_assert_cmpuint (wb_outbox_get_wait (5), ==, 60 * 60);
  for (; wb_outbox_get_wait (tries) > 0; tries++)
    waited += wb_outbox_get_wait (tries);
  g_assert_cmpuint (waited, <=, 24 * 60 * 60);
  g_assert_cmpuint (waited, >, 23 * 60 * 60);
  g_assert_cmpuint (wb_outbox_get_wait (tries + 1), ==, 0);
  g_assert_cmpuint (wb_outbox_get_wait (G_MAXUINT), ==, 0);
}

static void
fail_with (WbMaildir *outbox, const char *name, WbMailError code, gboolean unknown)
{
  g_autoptr (GError) cause = g_error_new_literal (WB_MAIL_ERROR, code, "Not now.");
  g_autoptr (GError) error = NULL;
  WbOutboxState state = WB_OUTBOX_QUEUED;

  g_assert_true (wb_outbox_begin (outbox, name, TRUE, &state, &error));
  g_assert_no_error (error);
  wb_outbox_fail (outbox, name, unknown, cause);
}

/* Whether it goes by itself, and what the person reads about that. */
static gint64
get_due (WbMaildir *outbox, const char *name, const char *words)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);
  g_autofree char *shown = wb_outbox_describe (record);

  if (words != NULL && strstr (shown, words) == NULL)
    g_error ("“%s” is not in “%s”", words, shown);
  if (words == NULL)
    g_assert_null (strstr (shown, "by itself"));
  return wb_outbox_get_due (record);
}

static void
test_retry (void)
{
  g_autoptr (WbMaildir) outbox = make_outbox ();
  g_autofree char *name = put (outbox);
  g_autoptr (WbOutboxRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_real_time () / G_USEC_PER_SEC;
  guint tries = 1;

  for (; wb_outbox_get_wait (tries) > 0; tries++)
    {
      fail_with (outbox, name, WB_MAIL_ERROR_TEMPORARY, FALSE);
      g_assert_cmpint (get_due (outbox, name, "Next try: "), >=,
                       start + wb_outbox_get_wait (tries));
    }
  /* A day is over. Whoever sends it then begins another one. */
  fail_with (outbox, name, WB_MAIL_ERROR_TEMPORARY, FALSE);
  g_assert_cmpint (get_due (outbox, name, "After a day"), ==, 0);
  fail_with (outbox, name, WB_MAIL_ERROR_TEMPORARY, FALSE);
  g_assert_cmpint (get_due (outbox, name, "Next try: "), <, start + 5 * 60);

  g_assert_true (wb_outbox_stop (outbox, name, &error));
  g_assert_cmpint (get_due (outbox, name, NULL), ==, 0);
  assert_state (outbox, name, WB_OUTBOX_FAILED);

  /* When its time is over while the program does not run. */
  fail_with (outbox, name, WB_MAIL_ERROR_TEMPORARY, FALSE);
  record = wb_outbox_load (outbox, name);
  record->next_try = 1;
  g_assert_true (wb_outbox_save (outbox, name, record, &error));
  g_assert_cmpint (get_due (outbox, name, "It is tried again by itself."), ==, 1);

  fail_with (outbox, name, WB_MAIL_ERROR_RECIPIENT, FALSE);
  g_assert_cmpint (get_due (outbox, name, NULL), ==, 0);
  fail_with (outbox, name, WB_MAIL_ERROR_TEMPORARY, FALSE);
  fail_with (outbox, name, WB_MAIL_ERROR_TEMPORARY, TRUE);
  g_assert_cmpint (get_due (outbox, name, NULL), ==, 0);
  assert_state (outbox, name, WB_OUTBOX_UNKNOWN);
}

/* Only what waits or is tried again goes by itself, whatever else stands in the record. */
static void
test_due (void)
{
  for (int state = WB_OUTBOX_QUEUED; state <= WB_OUTBOX_SENT; state++)
    {
      const WbOutboxRecord none = { .state = state };
      const WbOutboxRecord later = { .state = state, .not_before = 7 };
      const WbOutboxRecord again = { .state = state, .not_before = 7, .next_try = 9 };

      g_assert_cmpint (wb_outbox_get_due (&none), ==, 0);
      g_assert_cmpint (wb_outbox_get_due (&later), ==, state == WB_OUTBOX_QUEUED ? 7 : 0);
      g_assert_cmpint (wb_outbox_get_due (&again), ==,
                       state == WB_OUTBOX_QUEUED || state == WB_OUTBOX_FAILED ? 9 : 0);
    }
}

static void
test_recover (void)
{
  g_autoptr (WbMaildir) outbox = make_outbox ();
  g_autoptr (GError) error = NULL;

  for (int state = WB_OUTBOX_QUEUED; state <= WB_OUTBOX_SENT; state++)
    for (int committed = 0; committed <= 1; committed++)
      {
        g_autofree char *name = put (outbox);
        WbOutboxRecord record = { .state = state, .committed = committed };
        WbOutboxState expected = state;

        if (state == WB_OUTBOX_SENDING)
          expected = committed ? WB_OUTBOX_UNKNOWN : WB_OUTBOX_QUEUED;
        g_assert_true (wb_outbox_save (outbox, name, &record, &error));
        g_assert_true (wb_outbox_recover (outbox, &error));
        g_assert_no_error (error);
        assert_state (outbox, name, expected);
        g_assert_cmpint (get_due (outbox, name, NULL) > 0, ==,
                         state == WB_OUTBOX_SENDING && !committed);
      }
}

static void
test_file (void)
{
  g_autoptr (WbMaildir) outbox = make_outbox ();
  g_autoptr (WbMaildir) sent = make_outbox ();
  g_autoptr (GPtrArray) copies = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GBytes) message = g_bytes_new_static ("Subject: x\r\n\r\nbody", 18);
  g_autoptr (GBytes) copy = NULL;
  g_autofree char *name = put (outbox);
  g_autofree char *earlier = wb_maildir_deliver (sent, message, "S", NULL);
  g_autoptr (GError) error = NULL;

  /* The program ended between the copy and the Outbox: one copy is enough. */
  g_assert_nonnull (earlier);
  g_assert_true (wb_outbox_set_state (outbox, name, WB_OUTBOX_SENT, NULL, &error));
  g_assert_true (wb_outbox_file (outbox, name, sent, &error));
  g_assert_no_error (error);
  copies = wb_maildir_list (sent, &error);
  left = wb_maildir_list (outbox, &error);
  g_assert_cmpuint (copies->len, ==, 1);
  g_assert_cmpuint (left->len, ==, 0);
  copy = wb_maildir_read (sent, earlier, &error);
  g_assert_true (g_bytes_equal (copy, message));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/envelope", test_envelope);
  g_test_add_func ("/outbox/record", test_record);
  g_test_add_func ("/outbox/damaged-record", test_damaged_record);
  g_test_add_func ("/outbox/begin", test_begin);
  g_test_add_func ("/outbox/passes", test_passes);
  g_test_add_func ("/outbox/waits", test_waits);
  g_test_add_func ("/outbox/retry", test_retry);
  g_test_add_func ("/outbox/due", test_due);
  g_test_add_func ("/outbox/recover", test_recover);
  g_test_add_func ("/outbox/file", test_file);
  return g_test_run ();
}

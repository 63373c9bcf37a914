/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-error.h"
#include "wb-lab-fault.h"
#include "wb-lab-mail-private.h"
#include "wb-lab-pop3-private.h"
#include "wb-lab-secret.h"
#include "wb-lab-smtp-private.h"

#include <string.h>

static void
test_faults (void)
{
  static const char *const wrong[] = { "",
                                       "delay",
                                       "delay=",
                                       "delay=x",
                                       "delay=-1",
                                       "close-after=0",
                                       "reply=",
                                       "reply=RETR",
                                       "reply=:550",
                                       "reply=RETR:199",
                                       "reply=RETR:600",
                                       "x=1",
                                       "delay=1,,delay=2" };
  g_autoptr (WbLabFault) fault = wb_lab_fault_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_lab_fault_add (fault, "delay=5,close-after=7,reply=retr:550", &error));
  g_assert_no_error (error);
  g_assert_true (wb_lab_fault_add (fault, "reply=.:451", NULL));
  g_assert_cmpuint (fault->delay, ==, 5);
  g_assert_cmpuint (fault->close_after, ==, 7);
  g_assert_cmpuint (wb_lab_fault_get_reply (fault, "RETR"), ==, 550);
  g_assert_cmpuint (wb_lab_fault_get_reply (fault, "."), ==, 451);
  g_assert_cmpuint (wb_lab_fault_get_reply (fault, "STOR"), ==, 0);
  g_assert_cmpuint (wb_lab_fault_get_reply (NULL, "STOR"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_false (wb_lab_fault_add (fault, wrong[i], &error));
      g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
      g_clear_error (&error);
    }
}

static void
test_paths (void)
{
  static const struct
  {
    const char *argument;
    const char *address;
    const char *parameters;
  } cases[] = {
    { "FROM:<a@b>", "a@b", "" },
    { "from: <a@b> SIZE=5", "a@b", "SIZE=5" },
    { "FROM:<>", "", "" },
    { "FROM:<>  BODY=7BIT", "", "BODY=7BIT" },
    { "FROM:<\"a>b\"@c>", "\"a>b\"@c", "" },
    { "FROM:<\"a\\\"> \"@c>", "\"a\\\"> \"@c", "" },
    { "FROM:<@x,@y:a@b>", "a@b", "" },
    { "FROM:<@x>", NULL, NULL },
    { "FROM:a@b", NULL, NULL },
    { "FROM:<a@b", NULL, NULL },
    { "FROM:<a@b>x", NULL, NULL },
    { "FROM:<a b@c>", NULL, NULL },
    { "FROM:<\"a@b>", NULL, NULL },
    { "FROM:<\"a\\", NULL, NULL },
    { "FROM:", NULL, NULL },
    { "FROM", NULL, NULL },
    { "", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *parameters = NULL;
      g_autofree char *address = wb_lab_smtp_parse_path (cases[i].argument, "FROM:", &parameters);

      g_assert_cmpstr (address, ==, cases[i].address);
      g_assert_cmpstr (parameters, ==, cases[i].parameters);
    }
  g_assert_true (wb_lab_smtp_is_address ("a@b", FALSE));
  g_assert_true (wb_lab_smtp_is_address ("PostMaster", FALSE));
  g_assert_true (wb_lab_smtp_is_address ("a@[127.0.0.1]", FALSE));
  g_assert_false (wb_lab_smtp_is_address ("\303\274@b", FALSE));
  g_assert_true (wb_lab_smtp_is_address ("\303\274@b", TRUE));
  g_assert_false (wb_lab_smtp_is_address ("\303@b", TRUE));
  g_assert_false (wb_lab_smtp_is_address ("a\t@b", FALSE));
  g_assert_false (wb_lab_smtp_is_address ("a", FALSE));
  g_assert_false (wb_lab_smtp_is_address ("@b", FALSE));
  g_assert_false (wb_lab_smtp_is_address ("a@", FALSE));
}

static void
test_queue (void)
{
  static const char *const broken[] = { "", "a", "a\n", "a\nb", "a\nb\n", "a\n\nno recipient" };
  static const char text[] = "Subject: x\r\n\r\nwith \0 in it\n\n";
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();
  g_autoptr (GBytes) message = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (WbLabQueueEntry) entry = NULL;
  char first[] = "a@b";
  char second[] = "\"c d\"@e";

  g_ptr_array_add (recipients, first);
  g_ptr_array_add (recipients, second);
  packed = wb_lab_queue_entry_pack ("", recipients, message);
  entry = wb_lab_queue_entry_unpack (packed);
  g_assert_nonnull (entry);
  g_assert_cmpstr (entry->sender, ==, "");
  g_assert_cmpuint (entry->recipients->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (entry->recipients, 1), ==, second);
  g_assert_true (g_bytes_equal (entry->message, message));

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (broken[i], strlen (broken[i]));

      g_assert_null (wb_lab_queue_entry_unpack (bytes));
    }
}

static void
test_pop3_text (void)
{
  static const struct
  {
    const char *text;
    guint64 octets;
    guint64 lines;
    gsize top;
  } cases[] = {
    { "", 0, 5, 0 },
    { "a: b\r\n\r\nx\r\ny\r\n", 14, 0, 8 },
    { "a: b\r\n\r\nx\r\ny\r\n", 14, 1, 11 },
    { "a: b\r\n\r\nx\r\ny\r\n", 14, 9, 14 },
    { "a: b\n\nx\ny", 14, 1, 8 },
    { "a: b\r\rx\r", 11, 1, 8 },
    { "no body", 9, 0, 7 },
    { "\r\n.\r\n", 5, 0, 2 },
  };
  g_autofree char *long_name = g_strnfill (71, 'a');
  g_autofree char *uid = wb_lab_pop3_make_uid (long_name);
  g_autofree char *odd = wb_lab_pop3_make_uid ("a b");
  g_autofree char *plain = wb_lab_pop3_make_uid ("1.M2.x,S=3");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = strlen (cases[i].text);

      g_assert_cmpuint (wb_lab_pop3_measure (cases[i].text, length), ==, cases[i].octets);
      g_assert_cmpuint (wb_lab_pop3_find_top (cases[i].text, length, cases[i].lines), ==,
                        cases[i].top);
    }
  g_assert_cmpuint (wb_lab_pop3_measure (NULL, 0), ==, 0);
  g_assert_cmpuint (strlen (uid), <=, 70);
  g_assert_null (strchr (odd, ' '));
  g_assert_cmpstr (plain, ==, "1.M2.x,S=3");
}

static void
test_secrets (void)
{
  g_autofree char *one = wb_lab_secret_create (12, NULL);
  g_autofree char *two = wb_lab_secret_create (12, NULL);

  g_assert_cmpuint (strlen (one), ==, 12);
  g_assert_cmpstr (one, !=, two);
  g_assert_true (wb_lab_secret_equal ("", ""));
  g_assert_true (wb_lab_secret_equal ("abc", "abc"));
  g_assert_false (wb_lab_secret_equal ("abc", "abd"));
  g_assert_false (wb_lab_secret_equal ("abc", "ab"));
  g_assert_false (wb_lab_secret_equal ("abc", "abcd"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lab/faults", test_faults);
  g_test_add_func ("/lab/paths", test_paths);
  g_test_add_func ("/lab/queue", test_queue);
  g_test_add_func ("/lab/pop3-text", test_pop3_text);
  g_test_add_func ("/lab/secrets", test_secrets);
  return g_test_run ();
}

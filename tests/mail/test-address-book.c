/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-address-book.h"
#include "wb-address.h"

#include <glib/gstdio.h>
#include <string.h>

#define CARDS                                                                                \
  "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Wang;Dapeng;;;\r\nFN:王大鹏\r\nUID:urn:uuid:1\r\n"     \
  "EMAIL;TYPE=INTERNET:second@example.com\r\n"                                               \
  "item1.EMAIL;TYPE=INTERNET,pref:wang@example.com\r\nNOTE:a\\nb\r\nEND:VCARD\r\n"           \
  "BEGIN:VCARD\nVERSION:4.0\nFN:Doe\\, John\nEMAIL;PREF=\"1\":john\n .doe@exa\n\tmple.org\n" \
  "END:VCARD\n"                                                                              \
  "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Friends\nMEMBER:urn:uuid:1\n"                    \
  "MEMBER:mailto:x@example.net\nMEMBER:urn:uuid:nobody\nEND:VCARD\n"                         \
  "BEGIN:VCARD\nFN:No address\nEND:VCARD\nBEGIN:VCARD\nEMAIL:not an address\nEND:VCARD\n"

static void
assert_completes (WbAddressBook *book, const char *text, const char *expected)
{
  g_autoptr (GPtrArray) found = wb_address_book_complete (book, text, 5);
  g_autofree char *joined = NULL;

  g_ptr_array_add (found, NULL);
  joined = g_strjoinv (" | ", (char **) found->pdata);
  g_assert_cmpstr (joined, ==, expected);
}

static void
check_cards (WbAddressBook *book)
{
  g_assert_cmpuint (wb_address_book_get_contacts (book)->len, ==, 3);
  assert_completes (book, "王大", "王大鹏 <wang@example.com> | 王大鹏 <second@example.com>");
  assert_completes (book, "大鹏", "王大鹏 <wang@example.com> | 王大鹏 <second@example.com>");
  assert_completes (book, "JOHN", "\"Doe, John\" <john.doe@example.org>");
  assert_completes (book, "doe", "\"Doe, John\" <john.doe@example.org>");
  assert_completes (book, "oe", "");
  assert_completes (book, "fri", "wang@example.com, x@example.net");
  assert_completes (book, "", "");
  assert_completes (book, "  ", "");
}

static void
test_import (void)
{
  g_autoptr (WbAddressBook) book = wb_address_book_new ();

  g_assert_cmpuint (wb_address_book_import (book, CARDS, strlen (CARDS)), ==, 3);
  check_cards (book);
  /* Once more brings no double. */
  wb_address_book_import (book, CARDS, strlen (CARDS));
  check_cards (book);
}

static void
test_export (void)
{
  g_autoptr (WbAddressBook) book = wb_address_book_new ();

  wb_address_book_import (book, CARDS, strlen (CARDS));
  for (guint version = 3; version <= 4; version++)
    {
      g_autofree char *text = wb_address_book_export (book, version);
      g_autoptr (WbAddressBook) copy = wb_address_book_new ();

      g_assert_nonnull (strstr (text, version == 3 ? "VERSION:3.0\r\n" : "VERSION:4.0\r\n"));
      for (const char *line = text; *line != '\0'; line = strchr (line, '\n') + 1)
        g_assert_cmpint (strcspn (line, "\r"), <=, 75);
      wb_address_book_import (copy, text, strlen (text));
      check_cards (copy);
    }
}

static void
test_learn (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("wb-book-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "new", NULL);
  g_autofree char *path = g_build_filename (inner, "address-book.vcf", NULL);
  g_autoptr (WbAddressBook) book = wb_address_book_new ();

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GPtrArray) list = wb_address_parse_list (
          "To", i == 0 ? "Anna <anna@a.example>, anton@a.example" : "ANTON@a.example", NULL);

      g_assert_true (wb_address_book_learn (path, list, &error));
      g_assert_no_error (error);
    }
  g_assert_true (wb_address_book_load (book, path, &error));
  /* He was written to more often. */
  assert_completes (book, "an", "anton@a.example | Anna <anna@a.example>");
  g_unlink (path);
  g_rmdir (inner);
  g_rmdir (folder);
}

static void
test_bad (void)
{
  static const char *const texts[] = {
    "",
    "BEGIN:VCARD",
    "END:VCARD\n",
    "BEGIN:VCARD\nBEGIN:VCARD\nEND:VCARD\nEND:VCARD\n",
    "BEGIN:VCARD\nKIND:group\nMEMBER:mailto:%00\nMEMBER:\nEND:VCARD\n",
    ":::\n;;;\n\"\n",
    "BEGIN:VCARD\nFN\nFN:\nEMAIL:a@b.example\r\n \r\n \r\nX:\xff\nEND:VCARD\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize length = 0; length <= strlen (texts[i]); length++)
      {
        g_autoptr (WbAddressBook) book = wb_address_book_new ();

        wb_address_book_import (book, texts[i], length);
        g_assert_cmpuint (wb_address_book_get_contacts (book)->len, <=, 1);
      }
}

/* What stands in a card cannot write a header. */
static void
test_injection (void)
{
  static const char text[] =
      "BEGIN:VCARD\nFN:a\\nBcc: eve@example.org\\nx\nEMAIL:a@b.example\nEND:VCARD\n";
  g_autoptr (WbAddressBook) book = wb_address_book_new ();

  wb_address_book_import (book, text, strlen (text));
  assert_completes (book, "a", "\"a Bcc: eve@example.org x\" <a@b.example>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address-book/import", test_import);
  g_test_add_func ("/address-book/export", test_export);
  g_test_add_func ("/address-book/learn", test_learn);
  g_test_add_func ("/address-book/bad", test_bad);
  g_test_add_func ("/address-book/injection", test_injection);
  return g_test_run ();
}

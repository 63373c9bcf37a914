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

/* Version 2.1, as telephones write it: in a charset of their own, quoted-printable or not, and the
 * lines go on behind "=". */
static void
test_old_cards (void)
{
  static const struct
  {
    const char *name;
    const char *found;
  } rows[] = {
    { "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B=\r\n=E5=A4=A7=E9=B9=8F", "王大鹏" },
    { "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=GBK:=CD=F5=B4=F3=C5=F4", "王大鹏" },
    { "FN;QUOTED-PRINTABLE;CHARSET=UTF-8:=E7=8E=8B=\n =E5=A4=A7", "王 大" },
    { "FN;CHARSET=GBK:\xcd\xf5\xb4\xf3\xc5\xf4", "王大鹏" },
    { "FN:\xcd\xf5\xb4\xf3\xc5\xf4", "王大鹏" },
    /* One of the bytes is a backslash. */
    { "FN;CHARSET=GBK:\xd1\x5c\xbb\xa8", "裓花" },
    { "FN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=0D=0ABcc: x", "Bcc: x" },
    { "FN;CHARSET=NONSENSE:王大鹏", "王大鹏" },
    { "FN;ENCODING=QUOTED-PRINTABLE:=ZZ=4", "=ZZ=4" },
    { "FN;ENCODING=QUOTED-PRINTABLE:abc=", "abc" }, /* the address stands in the next line */
    { "FN:1=\r\nX-OTHER:2", "1=" },
    /* A broken one takes no property with it, known here or not; what has no such name goes on. */
    { "FN;ENCODING=QUOTED-PRINTABLE:ab=\r\nX-OTHER;TYPE=x:2", "ab" },
    { "FN;ENCODING=QUOTED-PRINTABLE:ab=\r\nitem1.X-ABLabel:2", "ab" },
    { "FN;ENCODING=QUOTED-PRINTABLE:ab=\r\nNICKNAME:c", "ab" },
    { "FN;ENCODING=QUOTED-PRINTABLE:ab=\r\nc: d", "abc: d" },
    { "FN;CHARSET=UTF-8;ENCODING=BASE64:546L5aSn6bmP", "王大鹏" },
    { "FN;BASE64;CHARSET=GBK:zfW088X0\r\n", "王大鹏" },
    { "FN;ENCODING=b:546L5aSn\r\n 6bmP", "王大鹏" },
    { "FN;ENCODING=b:!!", NULL },
    { "FN;ENCODING=b:", NULL },
    { "FN;ENCODING=b:x", "x" },
    { "N:Wang;Dapeng;;Dr.;", "Dr. Dapeng Wang" },
    { "N:王;大鹏;;;", "王大鹏" },
    { "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B;=E5=A4=A7=E9=B9=8F", "王大鹏" },
    { "N:Gro\xdf;J\xfcrgen", "Jürgen Groß" },
    { "N:a\\;b;c\\,d;;;\\", "c,d a;b \\" },
    { "N:;;;;", NULL },
    { "N:;;;;\r\nFN:Anna", "Anna" },
    { "FN:Anna\r\nN:X;Y;;;", "Anna" },
    { "FN:Andr\xe9", "André" },
    { "FN;ENCODING=QUOTED-PRINTABLE:Andr=E9", "André" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WbAddressBook) book = wb_address_book_new ();
      g_autofree char *text = g_strconcat ("BEGIN:VCARD\r\nVERSION:2.1\r\n", rows[i].name,
                                           "\r\nEMAIL:a@b.example\r\nEND:VCARD\r\n", NULL);
      const WbContact *contact = NULL;

      g_assert_cmpuint (wb_address_book_import (book, text, strlen (text)), ==, 1);
      contact = wb_address_book_get_contacts (book)->pdata[0];
      g_assert_cmpstr (contact->name, ==, rows[i].found);
      g_assert_cmpstr (contact->addresses->pdata[0], ==, "a@b.example");
    }
}

/* As other programs write them. */
static void
test_programs (void)
{
  static const struct
  {
    const char *text;
    const char *name;
    const char *addresses;
  } rows[] = {
    /* Outlook */
    { "BEGIN:VCARD\r\nVERSION:2.1\r\nX-MS-OL-DESIGN;CHARSET=utf-8:<card xmlns=\"http://a\" "
      "ver=\"1.0\"><fld "
      "name=\"x\"/></card>\r\nN;LANGUAGE=de;CHARSET=Windows-1252:M\xfcller;J\xf6rg\r\n"
      "FN;CHARSET=Windows-1252:J\xf6rg M\xfcller\r\nORG:School;\r\nTEL;WORK;VOICE:+49 1\r\n"
      "ADR;WORK;PREF;CHARSET=Windows-1252:;;Stra\xdf"
      "e 1;K\xf6ln;;;\r\nLABEL;WORK;PREF;ENCODING=QUOTED-PRINTABLE:Stra=DFe "
      "1=0D=0A=\r\n=\r\nK=F6ln\r\n"
      "EMAIL;PREF;INTERNET:joerg@a.example\r\nPHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n /9j/4AAQ\r\n "
      "AAAA\r\n\r\n"
      "REV:20260101T000000Z\r\n\r\nEND:VCARD\r\n",
      "Jörg Müller", "joerg@a.example" },
    /* Apple's Contacts */
    { "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Apple Inc.//macOS "
      "14.0//EN\r\nN:王;大鹏;;;\r\nFN:王大鹏\r\n"
      "EMAIL;type=INTERNET;type=HOME:home@a.example\r\nitem1.EMAIL;type=INTERNET;type=pref:wang@a."
      "example\r\n"
      "item1.X-ABLabel:_$!<Other>!$_\r\nTEL;type=CELL;type=VOICE;type=pref:1\r\n"
      "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBA\r\n QEB\r\n"
      "X-ABUID:5F0C:ABPerson\r\nEND:VCARD\r\n",
      "王大鹏", "wang@a.example home@a.example" },
    /* Google's contacts */
    { "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna O\\, Neil\r\nN:O\\, Neil;Anna;;;\r\n"
      "EMAIL;TYPE=INTERNET;TYPE=WORK:anna@a.example\r\nitem1.EMAIL;TYPE=INTERNET:an@b.example\r\n"
      "item1.X-ABLabel:\r\nNOTE:one\\ntwo\r\nCATEGORIES:myContacts\r\nEND:VCARD\r\n",
      "Anna O, Neil", "anna@a.example an@b.example" },
    /* Thunderbird */
    { "BEGIN:VCARD\r\nVERSION:4.0\r\nEMAIL;PREF=1:j@a.example\r\nFN:Jürgen "
      "Groß\r\nN:Groß;Jürgen;;;\r\n"
      "UID:2d9a3a3e-7a0b-4c6e-8ad6-1f1d2c3b4a5d\r\nX-CUSTOM1;VALUE=TEXT:x\r\nEND:VCARD\r\n",
      "Jürgen Groß", "j@a.example" },
    /* Evolution */
    { "BEGIN:VCARD\r\nVERSION:3.0\r\nURL:\r\nTITLE:\r\nX-EVOLUTION-MANAGER:\r\n"
      "UID:pas-id-5F0C0000\r\nEMAIL;X-EVOLUTION-UI-SLOT=1;TYPE=WORK:e@a.example\r\n"
      "X-EVOLUTION-FILE-AS:Doe\\, Eve\r\nN:Doe;Eve;;;\r\nFN:Eve Doe\r\nEND:VCARD",
      "Eve Doe", "e@a.example" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WbAddressBook) book = wb_address_book_new ();
      const WbContact *contact = NULL;
      g_autofree char *joined = NULL;

      g_assert_cmpuint (wb_address_book_import (book, rows[i].text, strlen (rows[i].text)), ==, 1);
      contact = wb_address_book_get_contacts (book)->pdata[0];
      g_assert_cmpstr (contact->name, ==, rows[i].name);
      g_ptr_array_add (contact->addresses, NULL);
      joined = g_strjoinv (" ", (char **) contact->addresses->pdata);
      g_ptr_array_set_size (contact->addresses, (int) contact->addresses->len - 1);
      g_assert_cmpstr (joined, ==, rows[i].addresses);
    }
}

/* What is too long is cut between two characters. */
static void
test_long_name (void)
{
  g_autoptr (WbAddressBook) book = wb_address_book_new ();
  g_autoptr (GString) text = g_string_new ("BEGIN:VCARD\nEMAIL:a@b.example\nFN:x");
  const WbContact *contact = NULL;

  for (guint i = 0; i < 4000; i++)
    g_string_append (text, "鹏");
  g_string_append (text, "\nEND:VCARD\n");
  g_assert_cmpuint (wb_address_book_import (book, text->str, text->len), ==, 1);
  contact = wb_address_book_get_contacts (book)->pdata[0];
  g_assert_true (g_utf8_validate (contact->name, -1, NULL));
  g_assert_cmpuint (strlen (contact->name), >, 4000);
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
    "BEGIN:VCARD\nFN;QUOTED-PRINTABLE:=\nFN;CHARSET=;ENCODING=QUOTED-PRINTABLE:==\nEMAIL:a@b."
    "example",
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
  g_test_add_func ("/address-book/old-cards", test_old_cards);
  g_test_add_func ("/address-book/programs", test_programs);
  g_test_add_func ("/address-book/long-name", test_long_name);
  g_test_add_func ("/address-book/bad", test_bad);
  g_test_add_func ("/address-book/injection", test_injection);
  return g_test_run ();
}

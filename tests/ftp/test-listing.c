/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "listing-rows.h"

#include <string.h>

static WbFtpEntry *
parse (const char *line, gsize length, WbFtpListingFormat format)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_iso8601 (now_text, NULL);

  return wb_ftp_listing_parse_line (line, length, format, now);
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (WbFtpEntry) entry = parse (row->line, strlen (row->line), WB_FTP_LISTING_GUESS);
  g_autofree char *modified = NULL;
  g_autofree char *shown = g_strescape (row->line, NULL);

  g_test_message ("%s", shown);
  if (row->type < 0)
    {
      g_assert_null (entry);
      return;
    }
  g_assert_nonnull (entry);
  g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, row->name);
  g_assert_cmpint (wb_ftp_entry_get_entry_type (entry), ==, row->type);
  g_assert_cmpint (wb_ftp_entry_get_size (entry), ==, row->size);
  if (wb_ftp_entry_get_modified (entry) != NULL)
    modified = g_date_time_format (wb_ftp_entry_get_modified (entry), "%Y-%m-%dT%H:%M:%S");
  g_assert_cmpstr (modified, ==, row->modified);
  g_assert_cmpstr (wb_ftp_entry_get_mode (entry), ==, row->mode);
  g_assert_cmpstr (wb_ftp_entry_get_owner (entry), ==, row->owner);
  g_assert_cmpstr (wb_ftp_entry_get_group (entry), ==, row->group);
  g_assert_cmpstr (wb_ftp_entry_get_target (entry), ==, row->target);
  g_assert_true (wb_ftp_name_is_usable (wb_ftp_entry_get_name (entry)));
}

/* "Dec 31" and "Jan 1" change places as the year turns. */
static void
test_turn_of_the_year (void)
{
  static const struct
  {
    const char *now;
    const char *line;
    const char *modified;
  } turns[] = {
    { "2026-01-01T00:10:00Z", "-rw-r--r-- 1 u g 1 Dec 31 23:59 x", "2025-12-31 23:59" },
    { "2026-12-31T23:50:00Z", "-rw-r--r-- 1 u g 1 Jan  1 00:10 x", "2027-01-01 00:10" },
    { "2026-12-31T23:50:00Z", "-rw-r--r-- 1 u g 1 Jan  2 00:10 x", "2026-01-02 00:10" },
    { "2026-02-28T23:50:00Z", "-rw-r--r-- 1 u g 1 Mar  1 10:10 x", "2026-03-01 10:10" },
    { "2026-04-30T23:50:00Z", "-rw-r--r-- 1 u g 1 May  1 10:10 x", "2026-05-01 10:10" },
    { "2026-01-31T23:50:00Z", "-rw-r--r-- 1 u g 1 Feb  1 10:10 x", "2026-02-01 10:10" },
    { "2024-02-29T23:50:00Z", "-rw-r--r-- 1 u g 1 Feb 29 10:10 x", "2024-02-29 10:10" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      g_autoptr (GDateTime) now = g_date_time_new_from_iso8601 (turns[i].now, NULL);
      g_autoptr (WbFtpEntry) entry = NULL;
      g_autofree char *modified = NULL;

      entry = wb_ftp_listing_parse_line (turns[i].line, strlen (turns[i].line),
                                         WB_FTP_LISTING_GUESS, now);
      g_assert_nonnull (entry);
      modified = g_date_time_format (wb_ftp_entry_get_modified (entry), "%Y-%m-%d %H:%M");
      g_assert_cmpstr (modified, ==, turns[i].modified);
    }
}

static void
test_mlsd_asked (void)
{
  static const char unix_line[] = "-rw-r--r-- 1 u g 1 Jan  1 00:10 x";
  g_autoptr (WbFtpEntry) entry = parse (unix_line, strlen (unix_line), WB_FTP_LISTING_MLSD);

  g_assert_cmpint (wb_ftp_entry_get_entry_type (entry), ==, WB_FTP_ENTRY_UNKNOWN);
  g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, unix_line);
}

static void
test_nul (void)
{
  static const char line[] = "-rw-r--r-- 1 u g 1 Jan  1 00:10 a\0b";
  g_autoptr (WbFtpEntry) entry = parse (line, sizeof line - 1, WB_FTP_LISTING_GUESS);

  g_assert_cmpint (wb_ftp_entry_get_entry_type (entry), ==, WB_FTP_ENTRY_UNKNOWN);
  g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, "-rw-r--r-- 1 u g 1 Jan  1 00:10 a?b");
}

static void
test_long (void)
{
  static const guint lengths[] = { 255, 4096, 4097, 8100, 8191, 8192, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *name = g_strnfill (lengths[i], 'n');
      g_autofree char *line = g_strconcat ("-rw-r--r-- 1 u g 1 Jan  1 00:10 ", name, NULL);
      g_autoptr (WbFtpEntry) entry = parse (line, strlen (line), WB_FTP_LISTING_GUESS);
      gboolean fits = lengths[i] <= 4096;

      g_assert_cmpint (wb_ftp_entry_get_entry_type (entry), ==,
                       fits ? WB_FTP_ENTRY_FILE : WB_FTP_ENTRY_UNKNOWN);
      if (fits)
        g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, name);
      g_assert_cmpuint (strlen (wb_ftp_entry_get_raw (entry)), <=, 8192);
    }
}

static void
test_display_name (void)
{
  static const struct
  {
    const char *name;
    const char *shown;
  } names[] = {
    { "plain", "plain" },
    { "\xe7\x8e\x8b", "\xe7\x8e\x8b" },
    { "\xcd\xf5", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "a\x1b[2Jb", "a\xef\xbf\xbd[2Jb" },
    { "txt.\xe2\x80\xae"
      "exe",
      "txt.\xef\xbf\xbd"
      "exe" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      WbFtpEntryFields fields = { .name = names[i].name, .size = -1 };
      g_autoptr (WbFtpEntry) entry = wb_ftp_entry_new (&fields);

      g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, names[i].name);
      g_assert_cmpstr (wb_ftp_entry_get_display_name (entry), ==, names[i].shown);
      g_assert_cmpstr (wb_ftp_entry_get_raw (entry), ==, names[i].name);
    }
}

static void
test_whole (void)
{
  static const char text[] = "total 2\r\n"
                             "-rw-r--r-- 1 u g 1 Jan  1 00:10 a\r\n"
                             "\r\n"
                             "drwxr-xr-x 2 u g 1 Jan  1 00:10 .b\n"
                             "what is this\n"
                             "-rw-r--r-- 1 u g 1 Jan  1 00:10 c";
  g_autoptr (GPtrArray) entries =
      wb_ftp_listing_parse (text, strlen (text), WB_FTP_LISTING_GUESS, NULL);

  g_assert_cmpuint (entries->len, ==, 4);
  g_assert_cmpstr (wb_ftp_entry_get_name (entries->pdata[0]), ==, "a");
  g_assert_cmpstr (wb_ftp_entry_get_name (entries->pdata[1]), ==, ".b");
  g_assert_true (wb_ftp_entry_is_hidden (entries->pdata[1]));
  g_assert_false (wb_ftp_entry_is_hidden (entries->pdata[0]));
  g_assert_cmpint (wb_ftp_entry_get_entry_type (entries->pdata[2]), ==, WB_FTP_ENTRY_UNKNOWN);
  g_assert_cmpstr (wb_ftp_entry_get_name (entries->pdata[3]), ==, "c");

  g_clear_pointer (&entries, g_ptr_array_unref);
  entries = wb_ftp_listing_parse ("", 0, WB_FTP_LISTING_GUESS, NULL);
  g_assert_cmpuint (entries->len, ==, 0);
}

#define DETAILS "10/12   9-NOV-2004 12:30 [GROUP,OWNER] (RWED,RWED,RE,)"

/* OpenVMS: a line that is a name alone, and the one behind it. */
static void
test_wrapped (void)
{
  static const struct
  {
    const char *text;
    guint count;
    int type; /* of the first */
    const char *name;
    gboolean known;   /* its time and owner */
    const char *last; /* the last one's name */
  } listings[] = {
    { "LONG.TXT;12\r\n                     " DETAILS "\r\n", 1, F, "LONG.TXT;12", TRUE,
      "LONG.TXT;12" },
    { "LONG.DIR;1\r\n\t" DETAILS "\r\nB.TXT;1 " DETAILS "\r\n", 2, D, "LONG", TRUE, "B.TXT;1" },
    { "LONG.TXT;1\n  %RMS-E-PRV, insufficient privilege\n", 1, F, "LONG.TXT;1", FALSE,
      "LONG.TXT;1" },
    { "LONG.TXT;1\nOTHER.TXT;2\n  " DETAILS, 2, F, "LONG.TXT;1", FALSE, "OTHER.TXT;2" },
    { "LONG.TXT;1\n  what is this\n", 2, F, "LONG.TXT;1", FALSE, "  what is this" },
    { "LONG.TXT;1\n  10 9-XYZ-2004\n", 2, F, "LONG.TXT;1", FALSE, "  10 9-XYZ-2004" },
    { "LONG.TXT;1\nTotal of 1 file, 2 blocks.\n", 1, F, "LONG.TXT;1", FALSE, "LONG.TXT;1" },
    { "LONG.TXT;1", 1, F, "LONG.TXT;1", FALSE, "LONG.TXT;1" },
    { "  10 9-NOV-2004 12:30\n", 1, U, "  10 9-NOV-2004 12:30", FALSE, "  10 9-NOV-2004 12:30" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (listings); i++)
    {
      const char *text = listings[i].text;
      g_autoptr (GPtrArray) entries =
          wb_ftp_listing_parse (text, strlen (text), WB_FTP_LISTING_GUESS, NULL);
      WbFtpEntry *first = NULL;

      g_assert_cmpuint (entries->len, ==, listings[i].count);
      first = entries->pdata[0];
      g_assert_cmpint (wb_ftp_entry_get_entry_type (first), ==, listings[i].type);
      g_assert_cmpstr (wb_ftp_entry_get_name (first), ==, listings[i].name);
      g_assert_cmpstr (wb_ftp_entry_get_name (entries->pdata[entries->len - 1]), ==,
                       listings[i].last);
      g_assert_cmpstr (wb_ftp_entry_get_owner (first), ==, listings[i].known ? "OWNER" : NULL);
      g_assert_true ((wb_ftp_entry_get_modified (first) != NULL) == listings[i].known);
    }
}

static void
test_endless (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) entries = NULL;

  for (guint i = 0; i < 1000010; i++)
    g_string_append (text, "x\n");
  entries = wb_ftp_listing_parse (text->str, text->len, WB_FTP_LISTING_GUESS, NULL);
  g_assert_cmpuint (entries->len, ==, 1000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ftp/listing/row/%03u", i);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/ftp/listing/turn-of-the-year", test_turn_of_the_year);
  g_test_add_func ("/ftp/listing/mlsd-asked", test_mlsd_asked);
  g_test_add_func ("/ftp/listing/nul", test_nul);
  g_test_add_func ("/ftp/listing/long", test_long);
  g_test_add_func ("/ftp/listing/display-name", test_display_name);
  g_test_add_func ("/ftp/listing/whole", test_whole);
  g_test_add_func ("/ftp/listing/wrapped", test_wrapped);
  g_test_add_func ("/ftp/listing/endless", test_endless);

  return g_test_run ();
}

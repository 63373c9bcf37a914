/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "fuzz.h"
#include "wb-ftp-listing.h"

static void
look_at (GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    {
      WbFtpEntry *entry = entries->pdata[i];

      g_assert_true (wb_ftp_name_is_usable (wb_ftp_entry_get_name (entry)));
      g_assert_true (g_utf8_validate (wb_ftp_entry_get_display_name (entry), -1, NULL));
      g_assert_cmpint (wb_ftp_entry_get_size (entry), >=, -1);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const WbFtpListingFormat formats[] = { WB_FTP_LISTING_GUESS, WB_FTP_LISTING_MLSD,
                                                WB_FTP_LISTING_NAMES };
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 3, 15, 12, 0, 0);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GPtrArray) entries =
          wb_ftp_listing_parse ((const char *) data, size, formats[i], now);

      look_at (entries);
    }
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "fuzz.h"
#include "wb-smtp-reply.h"

#include <string.h>

/* The input is what a server sends, cut into lines; whole replies are explained for each step. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *p = (const char *) data;
  const char *end = p + size;
  g_autoptr (WbSmtpReply) reply = wb_smtp_reply_new ();

  while (p < end)
    {
      const char *lf = memchr (p, '\n', end - p);
      gsize length = (lf != NULL ? lf : end) - p;
      g_autoptr (GError) error = NULL;

      if (!wb_smtp_reply_add_line (reply, p, length, &error))
        {
          g_assert_nonnull (error);
          return 0;
        }
      if (reply->complete)
        {
          for (guint step = 1; step <= WB_SMTP_STEP_QUIT; step <<= 1)
            {
              g_autoptr (GError) refusal = NULL;

              wb_smtp_reply_set_error (reply, step, "mail.example.org", "secret", &refusal);
              g_assert_true (g_utf8_validate (refusal->message, -1, NULL));
              g_assert_null (strpbrk (refusal->message, "\r\n"));
            }
          wb_smtp_reply_free (reply);
          reply = wb_smtp_reply_new ();
        }
      p += length + 1;
    }
  return 0;
}

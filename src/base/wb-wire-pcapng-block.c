/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Blocks and options of pcapng (draft-ietf-opsawg-pcapng §3). */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-wire-pcapng-block.h"

#include <string.h>

/* The most that fits the length of an option, with its padding. */
#define OPTION_MAX 65532

/* Numbers stand in the order of this machine, as the section header says. */
void
wb_pcapng_put16 (GByteArray *out, guint16 value)
{
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

void
wb_pcapng_put32 (GByteArray *out, guint32 value)
{
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

/* Fills up to a multiple of four. */
void
wb_pcapng_pad (GByteArray *out, gsize length)
{
  static const guint8 zeros[4];

  if (length % 4 != 0)
    g_byte_array_append (out, zeros, 4 - length % 4);
}

/* An option of any bytes; what is beyond its length field is cut. */
void
wb_pcapng_put_option (GByteArray *out, guint16 code, const void *value, gsize length)
{
  length = MIN (length, OPTION_MAX);
  wb_pcapng_put16 (out, code);
  wb_pcapng_put16 (out, length);
  g_byte_array_append (out, value, length);
  wb_pcapng_pad (out, length);
}

/* An option of text, made valid UTF-8. */
void
wb_pcapng_put_text (GByteArray *out, guint16 code, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, MIN (strlen (text), OPTION_MAX / 4));

  wb_pcapng_put_option (out, code, valid, strlen (valid));
}

/* Begins a block of that type; returns where, for wb_pcapng_end_block(). */
guint
wb_pcapng_begin_block (GByteArray *out, guint32 type)
{
  guint start = out->len;

  wb_pcapng_put32 (out, type);
  wb_pcapng_put32 (out, 0);
  return start;
}

/* Writes the length of the block that began at start, before and behind it. */
void
wb_pcapng_end_block (GByteArray *out, guint start)
{
  guint32 length = out->len - start + 4;

  memcpy (out->data + start + 4, &length, sizeof length);
  wb_pcapng_put32 (out, length);
}

/* Microseconds since the epoch, as two halves. */
void
wb_pcapng_put_time (GByteArray *out, gint64 real_time)
{
  wb_pcapng_put32 (out, (guint64) real_time >> 32);
  wb_pcapng_put32 (out, (guint64) real_time & 0xffffffff);
}

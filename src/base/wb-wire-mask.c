/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-wire-mask.h"
#include "wb-wire.h"

#include <string.h>

#define SECRET_MIN 4

/* One shape of one secret. before and after say how many bytes beside a match hold a
 * few of the secret's bits too, which is so where base64 spreads a byte over two letters.
 */
typedef struct _Needle Needle;
struct _Needle
{
  Needle *next;
  char *bytes;
  gsize length;
  gsize before;
  gsize after;
  gboolean base64;
  gboolean percent;
};

struct _WbWireMaskSet
{
  GMutex lock;
  Needle *needles; /* only ever prepended to; readers take the head atomically */
  gsize longest;   /* atomic */
};

typedef struct
{
  gsize start;
  gsize end;
} Span;

/**
 * wb_wire_mask_set_new: (skip)
 *
 * Returns: (transfer full): a set without secrets
 */
WbWireMaskSet *
wb_wire_mask_set_new (void)
{
  WbWireMaskSet *self = g_new0 (WbWireMaskSet, 1);

  g_mutex_init (&self->lock);
  return self;
}

/**
 * wb_wire_mask_set_free: (skip)
 *
 * Frees the set and wipes the secrets from memory.
 */
void
wb_wire_mask_set_free (WbWireMaskSet *self)
{
  Needle *needle = self->needles;

  while (needle != NULL)
    {
      Needle *next = needle->next;

      explicit_bzero (needle->bytes, needle->length);
      g_free (needle->bytes);
      g_free (needle);
      needle = next;
    }
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
has_needle (WbWireMaskSet *self, const char *bytes, gsize length, gboolean percent)
{
  for (Needle *needle = self->needles; needle != NULL; needle = needle->next)
    if (needle->percent == percent && needle->length == length &&
        memcmp (needle->bytes, bytes, length) == 0)
      return TRUE;
  return FALSE;
}

static Needle *
add_needle (WbWireMaskSet *self, const char *bytes, gsize length, gboolean percent)
{
  Needle *needle;
  gsize reach = percent ? 3 * length : length + 4;

  if (has_needle (self, bytes, length, percent))
    return NULL;

  needle = g_new0 (Needle, 1);
  needle->bytes = g_memdup2 (bytes, length + 1);
  needle->bytes[length] = '\0';
  needle->length = length;
  needle->percent = percent;
  needle->next = self->needles;
  g_atomic_pointer_set (&self->longest, MAX (self->longest, reach));
  return needle;
}

static void
publish_needle (WbWireMaskSet *self, Needle *needle)
{
  if (needle != NULL)
    g_atomic_pointer_set (&self->needles, needle);
}

/* Base64 of a text that holds the secret at shift bytes after a multiple of three. Only the letters
 * that are made of the secret's bits alone are always the same, so only they are looked for.
 */
static void
add_base64 (WbWireMaskSet *self, const char *secret, gsize length, guint shift, gboolean url_safe)
{
  g_autofree guchar *plain = g_malloc0 (length + shift);
  g_autofree char *letters = NULL;
  gsize first = (shift * 8 + 5) / 6;
  gsize end = (length + shift) * 8 / 6;
  Needle *needle;

  memcpy (plain + shift, secret, length);
  letters = g_base64_encode (plain, length + shift);
  explicit_bzero (plain, length + shift);
  if (url_safe)
    {
      if (strpbrk (letters, "+/") == NULL)
        {
          explicit_bzero (letters, strlen (letters));
          return;
        }
      g_strdelimit (letters, "+", '-');
      g_strdelimit (letters, "/", '_');
    }

  needle = add_needle (self, letters + first, end - first, FALSE);
  if (needle != NULL)
    {
      needle->base64 = TRUE;
      needle->before = shift == 0 ? 0 : 1;
      needle->after = (length + shift) % 3 == 0 ? 0 : 1;
      publish_needle (self, needle);
    }
  explicit_bzero (letters, strlen (letters));
}

/**
 * wb_wire_mask_set_add: (skip)
 * @secret: at least four bytes; a shorter one would hide half of every text and is
 *   ignored
 *
 * Looks for @secret from now on: as it is, percent-encoded in any mixture, and in
 * base64 wherever it stands in the encoded text. Safe from any thread.
 */
void
wb_wire_mask_set_add (WbWireMaskSet *self, const char *secret)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gsize length = strlen (secret);

  if (length < SECRET_MIN || has_needle (self, secret, length, FALSE))
    return;

  publish_needle (self, add_needle (self, secret, length, FALSE));
  publish_needle (self, add_needle (self, secret, length, TRUE));
  for (guint shift = 0; shift < 3; shift++)
    {
      add_base64 (self, secret, length, shift, FALSE);
      add_base64 (self, secret, length, shift, TRUE);
    }
}

/**
 * wb_wire_mask_set_is_empty: (skip)
 *
 * Returns: whether nothing is looked for; costs one atomic read
 */
gboolean
wb_wire_mask_set_is_empty (WbWireMaskSet *self)
{
  return g_atomic_pointer_get (&self->needles) == NULL;
}

/**
 * wb_wire_mask_set_longest: (skip)
 *
 * Returns: the most bytes that one secret can take in any of its shapes
 */
gsize
wb_wire_mask_set_longest (WbWireMaskSet *self)
{
  return (gsize) g_atomic_pointer_get (&self->longest);
}

/* The length of the percent-encoded secret at data, or 0. */
static gsize
match_percent (const Needle *needle, const guint8 *data, gsize length)
{
  gsize at = 0;

  for (gsize i = 0; i < needle->length; i++)
    {
      guint8 wanted = (guint8) needle->bytes[i];

      if (at + 2 < length && data[at] == '%' && g_ascii_isxdigit (data[at + 1]) &&
          g_ascii_isxdigit (data[at + 2]) &&
          g_ascii_xdigit_value (data[at + 1]) * 16 + g_ascii_xdigit_value (data[at + 2]) == wanted)
        at += 3;
      else if (at < length && (data[at] == wanted || (wanted == ' ' && data[at] == '+')))
        at += 1;
      else
        return 0;
    }
  return at;
}

static gboolean
is_base64_letter (guint8 c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/' || c == '-' || c == '_';
}

static void
find_percent (const Needle *needle, const guint8 *data, gsize length, GArray *spans)
{
  for (gsize at = 0; at < length; at++)
    {
      gsize matched;

      if (data[at] != '%' && data[at] != (guint8) needle->bytes[0])
        continue;
      matched = match_percent (needle, data + at, length - at);
      if (matched > 0)
        {
          g_array_append_val (spans, ((Span){ at, at + matched }));
          at += matched - 1;
        }
    }
}

static void
find_plain (const Needle *needle, const guint8 *data, gsize length, GArray *spans)
{
  const guint8 *at = data;
  const guint8 *end = data + length;

  while ((at = memmem (at, end - at, needle->bytes, needle->length)) != NULL)
    {
      Span span = { at - data, at - data + needle->length };

      for (gsize i = 0; i < needle->before && span.start > 0; i++)
        if (is_base64_letter (data[span.start - 1]))
          span.start--;
      for (gsize i = 0; i < needle->after && span.end < length; i++)
        if (is_base64_letter (data[span.end]))
          span.end++;
      if (needle->base64)
        while (span.end < length && data[span.end] == '=')
          span.end++;
      g_array_append_val (spans, span);
      at += needle->length;
    }
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *one = a;
  const Span *other = b;

  return one->start < other->start ? -1 : one->start > other->start;
}

/**
 * wb_wire_mask_set_apply: (skip)
 * @data: (array length=length): what is about to be logged
 *
 * Puts %WB_WIRE_MASK in the place of every secret. Safe from any thread, without a
 * lock.
 *
 * Returns: (transfer full) (nullable): the changed bytes; %NULL when there is no
 *   secret in @data
 */
GByteArray *
wb_wire_mask_set_apply (WbWireMaskSet *self, const guint8 *data, gsize length)
{
  g_autoptr (GArray) spans = NULL;
  GByteArray *masked;
  gsize done = 0;
  gboolean may_be_encoded =
      length > 0 && (memchr (data, '%', length) != NULL || memchr (data, '+', length) != NULL);

  for (Needle *needle = g_atomic_pointer_get (&self->needles); needle != NULL;
       needle = needle->next)
    {
      if (needle->percent ? !may_be_encoded
                          : memmem (data, length, needle->bytes, needle->length) == NULL)
        continue;
      if (spans == NULL)
        spans = g_array_new (FALSE, FALSE, sizeof (Span));
      if (needle->percent)
        find_percent (needle, data, length, spans);
      else
        find_plain (needle, data, length, spans);
    }
  if (spans == NULL || spans->len == 0)
    return NULL;

  g_array_sort (spans, compare_spans);
  masked = g_byte_array_sized_new (length);
  for (guint i = 0; i < spans->len;)
    {
      Span span = g_array_index (spans, Span, i);

      for (i++; i < spans->len && g_array_index (spans, Span, i).start < span.end; i++)
        span.end = MAX (span.end, g_array_index (spans, Span, i).end);
      g_byte_array_append (masked, data + done, span.start - done);
      g_byte_array_append (masked, (const guint8 *) WB_WIRE_MASK, strlen (WB_WIRE_MASK));
      done = span.end;
    }
  g_byte_array_append (masked, data + done, length - done);
  return masked;
}

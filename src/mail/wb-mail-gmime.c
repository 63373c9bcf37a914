/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-mail-gmime.h"

/**
 * wb_gmime_init:
 *
 * Prepares GMime, which registers its types without a lock: once, before any thread
 * uses it. Safe from any thread.
 */
void
wb_gmime_init (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      g_mime_init ();
      g_type_ensure (g_mime_part_iter_get_type ());
      g_once_init_leave (&done, 1);
    }
}

/* What a stream reads, and who keeps that alive. GMime reads no more of the array than its two
   public fields, and a copy of 100 MB is a lot. */
typedef struct
{
  GByteArray array;
  GBytes *bytes;
} Borrowed;

static void
borrowed_free (Borrowed *borrowed)
{
  g_bytes_unref (borrowed->bytes);
  g_free (borrowed);
}

/**
 * wb_gmime_stream_for_bytes:
 * @bytes: what to read, kept alive by the stream
 *
 * Returns: (transfer full): a stream that reads @bytes where they are; not to be written
 */
GMimeStream *
wb_gmime_stream_for_bytes (GBytes *bytes)
{
  GMimeStream *stream;
  Borrowed *borrowed;
  gsize length;
  const void *data;

  g_return_val_if_fail (bytes != NULL, NULL);

  borrowed = g_new0 (Borrowed, 1);
  borrowed->bytes = g_bytes_ref (bytes);
  data = g_bytes_get_data (bytes, &length);
  borrowed->array.data = (guint8 *) data;
  borrowed->array.len = MIN (length, G_MAXUINT);
  stream = g_mime_stream_mem_new_with_byte_array (&borrowed->array);
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  g_object_set_data_full (G_OBJECT (stream), "wb-borrowed", borrowed,
                          (GDestroyNotify) borrowed_free);
  return stream;
}

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
  GByteArray *array;
  gsize length;
  const void *data;

  g_return_val_if_fail (bytes != NULL, NULL);

  /* GMime reads no more of the array than these two fields, and a copy of 100 MB is a lot. */
  array = g_new0 (GByteArray, 1);
  data = g_bytes_get_data (bytes, &length);
  array->data = (guint8 *) data;
  array->len = MIN (length, G_MAXUINT);
  stream = g_mime_stream_mem_new ();
  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (stream), array);
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  g_object_set_data_full (G_OBJECT (stream), "wb-array", array, g_free);
  g_object_set_data_full (G_OBJECT (stream), "wb-bytes", g_bytes_ref (bytes),
                          (GDestroyNotify) g_bytes_unref);
  return stream;
}

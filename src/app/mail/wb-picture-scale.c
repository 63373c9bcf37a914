/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-picture-scale.h"

#include "wb-mail-error.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* Of 4 bytes each while it is scaled; more than any telephone takes, and less than what a small
 * file can claim to be. */
#define PIXELS_MAX (80 * 1000 * 1000)

/* What the eye does not tell from the original, at a third of the bytes of the best. */
#define JPEG_QUALITY "85"

/* Smaller copies that are kept; those of a mail with more pictures are made anew each time. */
#define CACHE_MAX 32

struct _WbPictureCache
{
  gatomicrefcount references;
  GMutex mutex;
  GHashTable *copies; /* checksum and size to GBytes; under the mutex */
};

/**
 * wb_picture_cache_new:
 *
 * Returns: (transfer full): an empty one
 */
WbPictureCache *
wb_picture_cache_new (void)
{
  WbPictureCache *self = g_new0 (WbPictureCache, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->copies =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  return self;
}

/**
 * wb_picture_cache_ref:
 * @self: the cache
 *
 * Returns: (transfer full): the same
 */
WbPictureCache *
wb_picture_cache_ref (WbPictureCache *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wb_picture_cache_unref:
 * @self: (transfer full): the cache
 */
void
wb_picture_cache_unref (WbPictureCache *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_hash_table_unref (self->copies);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * wb_picture_cache_scale:
 * @self: the cache
 * @picture: as wb_picture_scale() takes it
 * @type: the same
 * @longest: the same
 * @error: the same
 *
 * Like wb_picture_scale(), for which it remembers. Blocks; on a worker.
 *
 * Returns: (transfer full) (nullable): the smaller copy, or @picture
 */
GBytes *
wb_picture_cache_scale (WbPictureCache *self,
                        GBytes *picture,
                        const char *type,
                        guint longest,
                        GError **error)
{
  g_autofree char *checksum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, picture);
  g_autofree char *key = g_strdup_printf ("%s %u", checksum, longest);
  GBytes *copy = NULL;

  g_mutex_lock (&self->mutex);
  copy = g_hash_table_lookup (self->copies, key);
  if (copy)
    g_bytes_ref (copy);
  g_mutex_unlock (&self->mutex);
  if (copy)
    return copy;
  copy = wb_picture_scale (picture, type, longest, error);
  if (!copy)
    return NULL;
  g_mutex_lock (&self->mutex);
  if (g_hash_table_size (self->copies) >= CACHE_MAX)
    g_hash_table_remove_all (self->copies);
  g_hash_table_insert (self->copies, g_steal_pointer (&key), g_bytes_ref (copy));
  g_mutex_unlock (&self->mutex);
  return copy;
}

/**
 * wb_picture_can_scale:
 * @type: such as "image/png"
 *
 * A GIF may move, and like WebP it can't be written again as what it is.
 *
 * Returns: whether wb_picture_scale() makes a smaller one of the same type
 */
gboolean
wb_picture_can_scale (const char *type)
{
  return g_ascii_strcasecmp (type, "image/jpeg") == 0 ||
         g_ascii_strcasecmp (type, "image/png") == 0;
}

typedef struct
{
  guint longest;
  gboolean too_large;
  gboolean small_enough;
} Wanted;

/* Before the pixels are there, so that a JPEG is not even unpacked in full. */
static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer user_data)
{
  Wanted *wanted = user_data;
  const double scale = (double) wanted->longest / MAX (MAX (width, height), 1);

  wanted->too_large = (gint64) width * height > PIXELS_MAX;
  wanted->small_enough = scale >= 1;
  /* Nothing of such a one is unpacked. */
  if (wanted->too_large || wanted->small_enough)
    gdk_pixbuf_loader_set_size (loader, 0, 0);
  else
    gdk_pixbuf_loader_set_size (loader, MAX ((int) (width * scale + 0.5), 1),
                                MAX ((int) (height * scale + 0.5), 1));
}

static GdkPixbuf *
load (GBytes *picture, const char *type, Wanted *wanted, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_mime_type (type, error);
  GdkPixbuf *pixbuf = NULL;
  gboolean written = FALSE;

  if (!loader)
    return NULL;
  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), wanted);
  written = gdk_pixbuf_loader_write_bytes (loader, picture, error);
  /* Each loader has to be closed; its first error is the one that counts. */
  if (!gdk_pixbuf_loader_close (loader, written ? error : NULL) || !written)
    return NULL;
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (!pixbuf)
    {
      g_set_error_literal (error, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_CORRUPT_IMAGE,
                           _ ("there is no picture in it"));
      return NULL;
    }
  return g_object_ref (pixbuf);
}

/* The colours that it was taken in, where they are still those of the copy: unpacked, every picture
 * is red, green and blue. (ICC.1:2022 section 7.2.6.) */
static char *
dup_profile (GdkPixbuf *pixbuf)
{
  const char *encoded = gdk_pixbuf_get_option (pixbuf, "icc-profile");
  g_autofree guchar *profile = NULL;
  gsize size = 0;

  if (!encoded)
    return NULL;
  profile = g_base64_decode (encoded, &size);
  return size > 20 && memcmp (profile + 16, "RGB ", 4) == 0 ? g_strdup (encoded) : NULL;
}

static GBytes *
save (GdkPixbuf *pixbuf, const char *profile, const char *type, GError **error)
{
  const gboolean jpeg = g_ascii_strcasecmp (type, "image/jpeg") == 0;
  char *keys[3] = { NULL };
  char *values[3] = { NULL };
  char *data = NULL;
  gsize size = 0;
  guint n = 0;

  if (jpeg)
    {
      keys[n] = (char *) "quality";
      values[n++] = (char *) JPEG_QUALITY;
    }
  if (profile)
    {
      keys[n] = (char *) "icc-profile";
      values[n++] = (char *) profile;
    }
  if (!gdk_pixbuf_save_to_bufferv (pixbuf, &data, &size, jpeg ? "jpeg" : "png", keys, values,
                                   error))
    return NULL;
  return g_bytes_new_take (data, size);
}

/**
 * wb_picture_scale:
 * @picture: a file of @type
 * @type: "image/jpeg" or "image/png"
 * @longest: how wide or high the copy may be, in pixels
 * @error: set when it can't be read, is larger than a picture of a mail may be, or of another type
 *
 * Makes a smaller copy of the same type, the way round that it is to be seen, in its own colours
 * and without the rest of what a camera notes down. What is small enough already, or would have
 * more bytes as a copy, stays as it is. Blocks; on a worker.
 *
 * Returns: (transfer full) (nullable): the copy, or @picture
 */
GBytes *
wb_picture_scale (GBytes *picture, const char *type, guint longest, GError **error)
{
  Wanted wanted = { .longest = longest };
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GError) why = NULL;
  g_autoptr (GBytes) copy = NULL;
  g_autofree char *profile = NULL;

  g_return_val_if_fail (picture && type && longest > 0, NULL);

  if (wb_picture_can_scale (type))
    pixbuf = load (picture, type, &wanted, &why);
  else
    why = g_error_new_literal (GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE, type);
  if (wanted.small_enough && !wanted.too_large)
    return g_bytes_ref (picture);
  if (pixbuf)
    {
      /* How the camera was held, which the copy does not tell any more. */
      g_autoptr (GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);

      profile = dup_profile (pixbuf);
      copy = save (upright, profile, type, &why);
    }
  if (wanted.too_large)
    {
      g_set_error_literal (
          error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
          _ ("A picture of more than 80 million pixels can't be made smaller here. "
             "Choose its original size, or attach it as a file."));
      return NULL;
    }
  if (!copy)
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                   /* Translators: %s is the reason */
                   _ ("A picture can't be made smaller: %s. Choose its original size."),
                   why->message);
      return NULL;
    }
  return g_bytes_get_size (copy) < g_bytes_get_size (picture) ? g_steal_pointer (&copy)
                                                              : g_bytes_ref (picture);
}

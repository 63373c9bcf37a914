/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbPictureCache:
 *
 * Remembers the smaller copies of a few pictures, so that a mail that is built anew at each pause
 * in the writing does not scale them each time. Any thread.
 */
typedef struct _WbPictureCache WbPictureCache;

WbPictureCache *wb_picture_cache_new   (void);
WbPictureCache *wb_picture_cache_ref   (WbPictureCache  *self);
void            wb_picture_cache_unref (WbPictureCache  *self);
GBytes         *wb_picture_cache_scale (WbPictureCache  *self,
                                        GBytes          *picture,
                                        const char      *type,
                                        guint            longest,
                                        GError         **error);

gboolean        wb_picture_can_scale   (const char      *type);
GBytes         *wb_picture_scale       (GBytes          *picture,
                                        const char      *type,
                                        guint            longest,
                                        GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbPictureCache, wb_picture_cache_unref)

G_END_DECLS

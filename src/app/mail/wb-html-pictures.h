/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbHtmlPicture:
 * @id: what the HTML calls it after `cid:`
 * @type: such as "image/png"
 * @longest: how wide or high it is to be sent at most, in pixels; 0 for as it is
 */
typedef struct
{
  char   *id;
  char   *type;
  GBytes *bytes;
  guint   longest;
} WbHtmlPicture;

/**
 * WbHtmlPictureFunc:
 *
 * Returns: (nullable) (transfer full): the bytes of what @id names
 */
typedef GBytes *(*WbHtmlPictureFunc) (const char  *id,
                                      char       **type,
                                      gpointer     user_data);

char *wb_html_take_pictures (const char         *html,
                             const char         *identity,
                             GPtrArray         **pictures);
char *wb_html_take_sizes    (const char         *html,
                             GPtrArray          *pictures);
char *wb_html_put_pictures  (const char         *html,
                             WbHtmlPictureFunc   func,
                             gpointer            user_data);

G_END_DECLS

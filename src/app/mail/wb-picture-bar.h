/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbPictures:
 * @count: how many pictures the choice is for; 0 for none that could be sent smaller
 * @width: of the largest of them, in pixels
 * @height: of the same
 * @bytes: of all of them as they are
 * @longest: how wide or high they are to be sent at most; 0 for as they are, −1 where they differ
 */
typedef struct
{
  guint    count;
  guint    width;
  guint    height;
  guint64  bytes;
  int      longest;
} WbPictures;

/**
 * WbPictureBar:
 *
 * Asks in which size the pictures of a mail are to be sent: a bar above the text that is there
 * while there is something to choose, since a picture in the text is part of another process and
 * has no menu that the keyboard would find. Signal: `chosen (int longest)`, in pixels, 0 for the
 * original.
 */
#define WB_TYPE_PICTURE_BAR (wb_picture_bar_get_type ())
G_DECLARE_FINAL_TYPE (WbPictureBar, wb_picture_bar, WB, PICTURE_BAR, GtkWidget)

void wb_picture_bar_set_pictures (WbPictureBar      *self,
                                  const WbPictures  *pictures);

G_END_DECLS

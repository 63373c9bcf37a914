/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-mail-source.h"

G_BEGIN_DECLS

/**
 * WbMaildirItem:
 * @name: the file's name, without the flags; its identity in this mailbox
 * @flags: letters of the info part, sorted: D draft, F flagged, P passed,
 *   R replied, S seen, T trashed
 * @size: bytes
 * @delivered: seconds since the epoch
 */
typedef struct
{
  char    *name;
  char    *flags;
  guint64  size;
  gint64   delivered;
} WbMaildirItem;

void       wb_maildir_item_free (WbMaildirItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbMaildirItem, wb_maildir_item_free)

/**
 * WbMaildir:
 *
 * A Maildir folder on this computer, which is the truth about what was received
 * or kept. A message is written in `tmp/`, synced, closed, renamed into `new/` and
 * the folder synced before wb_maildir_deliver() returns. The verbs block and may be
 * called from any thread.
 */
#define WB_TYPE_MAILDIR (wb_maildir_get_type ())
G_DECLARE_FINAL_TYPE (WbMaildir, wb_maildir, WB, MAILDIR, GObject)

WbMaildir *wb_maildir_open      (const char    *path,
                                 GError       **error);
const char *wb_maildir_get_path (WbMaildir     *self);
char      *wb_maildir_deliver   (WbMaildir     *self,
                                 GBytes        *message,
                                 const char    *flags,
                                 GError       **error);
char      *wb_maildir_deliver_source (WbMaildir *self,
                                      WbMailSource *message,
                                      const char *flags,
                                      GError    **error);
gboolean   wb_maildir_deliver_sources (WbMaildir *self,
                                       GPtrArray *messages,
                                       GPtrArray **names,
                                       GError   **error);
gboolean   wb_maildir_deliver_many (WbMaildir  *self,
                                    GPtrArray  *messages,
                                    GPtrArray **names,
                                    GError    **error);
GPtrArray *wb_maildir_list      (WbMaildir     *self,
                                 GError       **error);
GBytes    *wb_maildir_read      (WbMaildir     *self,
                                 const char    *name,
                                 GError       **error);
WbMailSource *wb_maildir_open_source (WbMaildir *self,
                                      const char *name,
                                      GError    **error);
gboolean   wb_maildir_set_flags (WbMaildir     *self,
                                 const char    *name,
                                 const char    *flags,
                                 GError       **error);
gboolean   wb_maildir_remove    (WbMaildir     *self,
                                 const char    *name,
                                 GError       **error);

G_END_DECLS

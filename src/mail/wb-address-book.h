/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-mail-error.h"

G_BEGIN_DECLS

/**
 * WbContact:
 * @uid: (nullable): what groups refer to it by
 * @name: (nullable): display name
 * @addresses: (element-type utf8): mail addresses, the preferred one first; of a group those of its
 *   members
 * @group: whether it is a group
 * @used: how often mail went there
 *
 * Somebody, or some people, to whom mail goes.
 */
typedef struct
{
  char      *uid;
  char      *name;
  GPtrArray *addresses;
  gboolean   group;
  guint      used;
} WbContact;

/**
 * WbAddressBook:
 *
 * Whom one writes to: a file of vCards. One thread at a time; the file is replaced whole and
 * durably.
 */
#define WB_TYPE_ADDRESS_BOOK (wb_address_book_get_type ())
G_DECLARE_FINAL_TYPE (WbAddressBook, wb_address_book, WB, ADDRESS_BOOK, GObject)

WbAddressBook *wb_address_book_new         (void);
gboolean       wb_address_book_load        (WbAddressBook  *self,
                                            const char     *path,
                                            GError        **error);
gboolean       wb_address_book_save        (WbAddressBook  *self,
                                            const char     *path,
                                            GError        **error);
guint          wb_address_book_import      (WbAddressBook  *self,
                                            const char     *text,
                                            gsize           length);
char          *wb_address_book_export      (WbAddressBook  *self,
                                            guint           version);
void           wb_address_book_add         (WbAddressBook  *self,
                                            const char     *name,
                                            const char     *address,
                                            gboolean        used);
GPtrArray     *wb_address_book_complete    (WbAddressBook  *self,
                                            const char     *text,
                                            guint           most);
GPtrArray     *wb_address_book_get_contacts (WbAddressBook *self);
gboolean       wb_address_book_learn       (const char     *path,
                                            GPtrArray      *mailboxes,
                                            GError        **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-mail-error.h"

G_BEGIN_DECLS

/**
 * WbAddress:
 * @name: (nullable): display name
 * @address: (nullable): user@host, the host in its ASCII form; %NULL in an empty group
 * @group: (nullable): the group that it was listed in
 */
typedef struct
{
  char *name;
  char *address;
  char *group;
} WbAddress;

void       wb_address_free       (WbAddress   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbAddress, wb_address_free)

GPtrArray *wb_address_parse_list (const char  *field,
                                  const char  *text,
                                  GError     **error);
GPtrArray *wb_address_split      (const char  *text,
                                  const char **rest);
char      *wb_address_normalize  (const char  *address,
                                  GError     **error);
gboolean   wb_mail_check_value   (const char  *field,
                                  const char  *value,
                                  GError     **error);
char      *wb_mail_shorten       (const char  *text);

G_END_DECLS

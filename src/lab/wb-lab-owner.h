/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbLabOwner:
 * @WB_LAB_OWNER_UNKNOWN: the system does not say
 * @WB_LAB_OWNER_SELF: the person who runs the lab, or the system's administrator
 * @WB_LAB_OWNER_OTHER: somebody else on this computer
 * @WB_LAB_OWNER_GONE: the other end is closed already
 *
 * Whose program it is at the other end of a connection over loopback.
 */
typedef enum
{
  WB_LAB_OWNER_UNKNOWN,
  WB_LAB_OWNER_SELF,
  WB_LAB_OWNER_OTHER,
  WB_LAB_OWNER_GONE,
} WbLabOwner;

WbLabOwner wb_lab_owner_find (GSocket *accepted);

G_END_DECLS

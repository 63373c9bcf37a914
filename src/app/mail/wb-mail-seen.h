/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-error.h"

G_BEGIN_DECLS

/**
 * WbMailSeen:
 *
 * Which mails of a server are on this computer already, by their UIDL, or by their
 * content where the server has none. A file that only grows; a torn last line is
 * forgotten. Belongs to one worker.
 */
typedef struct _WbMailSeen WbMailSeen;

WbMailSeen *wb_mail_seen_open     (const char   *path,
                                   const char   *server,
                                   GError      **error);
gboolean    wb_mail_seen_contains (WbMailSeen   *self,
                                   const char   *uid);
void        wb_mail_seen_add      (WbMailSeen   *self,
                                   const char   *uid);
gboolean    wb_mail_seen_flush    (WbMailSeen   *self,
                                   GError      **error);
void        wb_mail_seen_free     (WbMailSeen   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbMailSeen, wb_mail_seen_free)

G_END_DECLS

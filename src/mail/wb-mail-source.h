/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-mail-error.h"

G_BEGIN_DECLS

/**
 * WbMailSource:
 *
 * A message's bytes, in memory or, where they are many, in a file from which they are read piece by
 * piece. A source does not change, and may be read by several threads.
 */
typedef struct _WbMailSource WbMailSource;

WbMailSource *wb_mail_source_new           (GBytes         *bytes);
WbMailSource *wb_mail_source_new_for_file  (int             fd,
                                            const char     *name,
                                            GError        **error);
WbMailSource *wb_mail_source_replace_front (WbMailSource   *self,
                                            guint64         length,
                                            GBytes         *front);
WbMailSource *wb_mail_source_ref           (WbMailSource   *self);
void          wb_mail_source_unref         (WbMailSource   *self);

guint64       wb_mail_source_get_size      (WbMailSource   *self);
GBytes       *wb_mail_source_read          (WbMailSource   *self,
                                            guint64         at,
                                            GError        **error);
GBytes       *wb_mail_source_read_all      (WbMailSource   *self,
                                            GError        **error);
GBytes       *wb_mail_source_read_header   (WbMailSource   *self,
                                            GError        **error);
gboolean      wb_mail_source_check         (WbMailSource   *self,
                                            GError        **error);
gboolean      wb_mail_source_equal         (WbMailSource   *self,
                                            WbMailSource   *other,
                                            GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbMailSource, wb_mail_source_unref)

G_END_DECLS

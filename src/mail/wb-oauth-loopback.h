/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbOauthLoopback:
 *
 * The place on this computer that the browser is sent back to (RFC 8252 §7.3): one free port
 * of 127.0.0.1, for one answer.
 */
typedef struct _WbOauthLoopback WbOauthLoopback;

WbOauthLoopback *wb_oauth_loopback_new     (GError           **error);
char            *wb_oauth_loopback_dup_uri (WbOauthLoopback   *self);
char            *wb_oauth_loopback_wait    (WbOauthLoopback   *self,
                                            const char        *state,
                                            guint              seconds,
                                            GCancellable      *cancellable,
                                            GError           **error);
void             wb_oauth_loopback_free    (WbOauthLoopback   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbOauthLoopback, wb_oauth_loopback_free)

G_END_DECLS

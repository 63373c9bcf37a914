/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbTrust:
 *
 * Decides whether a server's certificate is to be trusted: signed for that name
 * by a CA of the system or of a CA file, or pinned on purpose by the person. A
 * host that has a pin is trusted by that pin alone.
 *
 * Safe to use from any thread.
 */
#define WB_TYPE_TRUST (wb_trust_get_type ())
G_DECLARE_FINAL_TYPE (WbTrust, wb_trust, WB, TRUST, GObject)

WbTrust          *wb_trust_new               (void);
gboolean          wb_trust_add_ca_file       (WbTrust          *self,
                                              const char       *path,
                                              GError          **error);
gboolean          wb_trust_add_pin           (WbTrust          *self,
                                              const char       *host,
                                              guint16           port,
                                              const char       *sha256,
                                              GError          **error);
void              wb_trust_remove_pin        (WbTrust          *self,
                                              const char       *host,
                                              guint16           port);
char             *wb_trust_dup_pin           (WbTrust          *self,
                                              const char       *host,
                                              guint16           port);
void              wb_trust_set_pin_file      (WbTrust          *self,
                                              const char       *path);
gboolean          wb_trust_save_pins         (WbTrust          *self,
                                              GError          **error);
gboolean          wb_trust_check             (WbTrust          *self,
                                              const char       *host,
                                              guint16           port,
                                              GTlsCertificate  *certificate,
                                              GCancellable     *cancellable,
                                              GError          **error);
char             *wb_trust_get_fingerprint   (GTlsCertificate  *certificate);
GTlsCertificate  *wb_trust_dup_refused       (WbTrust          *self,
                                              const char       *host,
                                              guint16           port,
                                              char            **reason);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "wb-trust.h"

G_BEGIN_DECLS

/**
 * WbCertificateDialog:
 *
 * Shows the certificate that a server came with and that was not trusted: what it is, why
 * not, and what to do. Of a server without a pin it can be pinned, deliberately. Where a pin
 * was broken, both fingerprints are shown, and the old pin can be forgotten.
 *
 * Signals: `pinned`: it is trusted for this server from now on; `trust-changed`: so it is,
 * or a pin was forgotten.
 */
#define WB_TYPE_CERTIFICATE_DIALOG (wb_certificate_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WbCertificateDialog, wb_certificate_dialog, WB, CERTIFICATE_DIALOG, AdwWindow)

GtkWidget *wb_certificate_dialog_new (GtkWindow   *parent,
                                      WbTrust     *trust,
                                      const char  *host,
                                      guint16      port);

G_END_DECLS

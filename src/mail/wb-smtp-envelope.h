/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-mail-source.h"

G_BEGIN_DECLS

/**
 * WbSmtpEnvelope:
 * @sender: as it goes into MAIL FROM, without angle brackets; may be ""
 * @recipients: (element-type utf8): as they go into RCPT TO
 * @size: octets that the message has on the wire, CRLF counted as two, before dots are doubled
 * @eight_bit: whether the message holds a byte above 127
 * @binary: whether it holds what only BINARYMIME takes: a NUL
 * @long_lines: whether a line is longer than the 998 octets that every server takes
 * @needs_utf8: (nullable): what in it calls for SMTPUTF8: an address, or "" for a header
 *
 * What SMTP has to know about a message before it may be sent.
 */
typedef struct
{
  char      *sender;
  GPtrArray *recipients;
  guint64    size;
  gboolean   eight_bit;
  gboolean   binary;
  gboolean   long_lines;
  char      *needs_utf8;
} WbSmtpEnvelope;

WbSmtpEnvelope *wb_smtp_envelope_new  (const char      *sender,
                                       GPtrArray       *recipients,
                                       WbMailSource    *message,
                                       GError         **error);
void            wb_smtp_envelope_free (WbSmtpEnvelope  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbSmtpEnvelope, wb_smtp_envelope_free)

G_END_DECLS

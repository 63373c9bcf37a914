/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-lab-mail.h"

G_BEGIN_DECLS

/**
 * WbLabSmtp:
 *
 * One provider's SMTP server, as its sessions are handed it.
 */
typedef struct
{
  WbLabMail     *mail;
  WbLabProvider  provider;
} WbLabSmtp;

void wb_lab_smtp_serve (WbConnection  *connection,
                        GCancellable  *cancellable,
                        gpointer       user_data);

G_END_DECLS

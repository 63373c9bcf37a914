/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-lab-peer.h"
#include "wb-lab-smtp.h"

G_BEGIN_DECLS

/**
 * WbLabSmtpState:
 *
 * Where the conversation stands: what RFC 5321, section 4.1.4 calls the order of commands.
 */
typedef enum
{
  WB_LAB_SMTP_NEW,
  WB_LAB_SMTP_READY,
  WB_LAB_SMTP_MAIL,
  WB_LAB_SMTP_RCPT,
} WbLabSmtpState;

/**
 * WbLabSmtpSession:
 *
 * One client's conversation, on a thread of its own.
 */
typedef struct
{
  WbLabSmtp           *server;
  WbLabPeer           *peer;
  WbConnection        *connection;
  GCancellable        *cancellable;
  const char          *domain;

  WbLabSmtpState       state;
  char                *helo;
  gboolean             extended;
  const WbLabMailbox  *user;
  guint                failures;
  guint                mistakes;
  gboolean             quit;
  /* The next line is a secret from its first byte. */
  gboolean             secret;

  char                *sender;
  GPtrArray           *recipients;
  gboolean             utf8;
} WbLabSmtpSession;

/* wb-lab-smtp-auth.c */
gboolean wb_lab_smtp_auth          (WbLabSmtpSession  *self,
                                    const char        *argument,
                                    GError           **error);

/* wb-lab-smtp-data.c */
gboolean wb_lab_smtp_data          (WbLabSmtpSession  *self,
                                    const char        *argument,
                                    GError           **error);
void     wb_lab_smtp_reset         (WbLabSmtpSession  *self);

/* wb-lab-smtp-path.c */
char    *wb_lab_smtp_parse_path    (const char        *argument,
                                    const char        *keyword,
                                    const char       **parameters);
gboolean wb_lab_smtp_is_address    (const char        *address,
                                    gboolean           utf8);

G_END_DECLS

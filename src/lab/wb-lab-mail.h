/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-lab-fault.h"
#include "wb-maildir.h"
#include "wb-wire.h"

G_BEGIN_DECLS

/* The largest mail that the lab takes, in bytes. */
#define WB_LAB_MAIL_MAX (G_GUINT64_CONSTANT (25) * 1024 * 1024)

/**
 * WbLabProvider:
 *
 * The two mail providers: the teacher's and the student's.
 */
typedef enum
{
  WB_LAB_PROVIDER_A,
  WB_LAB_PROVIDER_B,
  WB_LAB_N_PROVIDERS,
} WbLabProvider;

/**
 * WbLabMailbox:
 * @address: user@domain
 * @path: its Maildir
 */
typedef struct
{
  char      *address;
  char      *password;
  char      *path;
  WbMaildir *maildir;
} WbLabMailbox;

/**
 * WbLabMail:
 *
 * What stands behind the mail servers: mailboxes, and the queues of mail on its way
 * from one provider to the other, with a thread that carries it there. A mail for any
 * domain but the two goes into a mailbox that catches all; none leaves this computer.
 * Safe from any thread.
 */
typedef struct _WbLabMail WbLabMail;

WbLabMail          *wb_lab_mail_new          (WbWire               *wire,
                                              const char           *directory,
                                              GTlsCertificate      *certificate,
                                              const WbLabFault     *fault,
                                              GError              **error);
void                wb_lab_mail_free         (WbLabMail            *self);
gboolean            wb_lab_mail_add_mailbox  (WbLabMail            *self,
                                              const char           *address,
                                              const char           *password,
                                              gboolean              catch_all,
                                              GError              **error);
GTlsCertificate    *wb_lab_mail_get_certificate (WbLabMail         *self);
const WbLabFault   *wb_lab_mail_get_fault    (WbLabMail            *self);
const char         *wb_lab_provider_get_domain (WbLabProvider       provider);

const WbLabMailbox *wb_lab_mail_find_mailbox (WbLabMail            *self,
                                              const char           *user);
void                wb_lab_mail_set_port     (WbLabMail            *self,
                                              WbLabProvider         provider,
                                              guint16               port);
gboolean            wb_lab_mail_reserve      (WbLabMail            *self,
                                              gint64                bytes);
gboolean            wb_lab_mail_knows        (WbLabMail            *self,
                                              WbLabProvider         provider,
                                              const char           *recipient);
gboolean            wb_lab_mail_accept       (WbLabMail            *self,
                                              WbLabProvider         provider,
                                              const char           *sender,
                                              GPtrArray            *recipients,
                                              GBytes               *message,
                                              GError              **error);
char               *wb_lab_mail_format_date  (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLabMail, wb_lab_mail_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbLabService:
 *
 * The lab's servers. Two mail providers relay to each other: the teacher's
 * (`WB_LAB_SMTP`, `WB_LAB_SMTPS`) and the student's (`WB_LAB_SMTP_B`).
 */
typedef enum
{
  WB_LAB_UDP_ECHO,
  WB_LAB_TCP_ECHO,
  WB_LAB_TLS_ECHO,
  WB_LAB_FTP,
  WB_LAB_FTPS,
  WB_LAB_SMTP,
  WB_LAB_SMTPS,
  WB_LAB_SMTP_B,
  WB_LAB_POP3,
  WB_LAB_POP3S,
  WB_LAB_IMAP,
  WB_LAB_IMAPS,
  WB_LAB_N_SERVICES,
} WbLabService;

/**
 * WbLabAccount:
 * @service: "mail" or "ftp"
 * @kind: "real", "guest" or "anonymous"
 * @address: (nullable): of a mail account
 */
typedef struct
{
  char *service;
  char *kind;
  char *address;
  char *user;
  char *password;
} WbLabAccount;

/**
 * WbLab:
 *
 * Wirebench's own servers, on loopback only, with random passwords at each start.
 * Every call is safe from any thread; starting and stopping block briefly.
 *
 * The teacher is `teacher@lab-a.test`, the student `student@lab-b.test`. A mail
 * from one to the other is relayed from the first provider to the second and
 * delivered into the student's Maildir, from where POP3 serves it.
 */
#define WB_TYPE_LAB (wb_lab_get_type ())
G_DECLARE_FINAL_TYPE (WbLab, wb_lab, WB, LAB, GObject)

WbLab              *wb_lab_new                 (WbWire        *wire,
                                                const char    *state_directory,
                                                GError       **error);
gboolean            wb_lab_add_fault           (WbLab         *self,
                                                const char    *spec,
                                                GError       **error);
const char         *wb_lab_service_get_name    (WbLabService   service);
gboolean            wb_lab_service_from_name   (const char    *name,
                                                WbLabService  *service);
gboolean            wb_lab_service_is_built    (WbLabService   service);
gboolean            wb_lab_start               (WbLab         *self,
                                                WbLabService   service,
                                                guint16        port,
                                                GError       **error);
gboolean            wb_lab_start_all           (WbLab         *self,
                                                GError       **error);
void                wb_lab_stop                (WbLab         *self,
                                                WbLabService   service);
void                wb_lab_stop_all            (WbLab         *self);
gboolean            wb_lab_is_running          (WbLab         *self,
                                                WbLabService   service);
guint16             wb_lab_get_port            (WbLab         *self,
                                                WbLabService   service);
const char         *wb_lab_get_ca_file         (WbLab         *self);
const char         *wb_lab_get_state_directory (WbLab         *self);
const char         *wb_lab_get_ftp_directory   (WbLab         *self);
char               *wb_lab_dup_maildir_path    (WbLab         *self,
                                                const char    *address);
GPtrArray          *wb_lab_get_accounts        (WbLab         *self);
const WbLabAccount *wb_lab_find_account        (WbLab         *self,
                                                const char    *service,
                                                const char    *kind_or_address);
char               *wb_lab_dup_url             (WbLab         *self,
                                                WbLabService   service,
                                                const char    *kind_or_address);
char               *wb_lab_to_json             (WbLab         *self);

G_END_DECLS

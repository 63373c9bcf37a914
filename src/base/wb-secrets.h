/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbSecrets:
 *
 * Passwords by service, host, port and user: in the desktop's keyring, or, where
 * there is none or it stays locked, in this process's memory only. Never a file.
 * All verbs block; call them on a worker thread.
 */
#define WB_TYPE_SECRETS (wb_secrets_get_type ())
G_DECLARE_FINAL_TYPE (WbSecrets, wb_secrets, WB, SECRETS, GObject)

typedef struct
{
  const char *service;   /* "ftp", "smtp", "pop3" */
  const char *host;
  guint16     port;
  const char *user;
} WbSecretKey;

WbSecrets *wb_secrets_new         (void);
WbSecrets *wb_secrets_new_memory  (void);
gboolean   wb_secrets_store       (WbSecrets          *self,
                                   const WbSecretKey  *key,
                                   const char         *password,
                                   GCancellable       *cancellable,
                                   GError            **error);
char      *wb_secrets_lookup      (WbSecrets          *self,
                                   const WbSecretKey  *key,
                                   GCancellable       *cancellable,
                                   GError            **error);
gboolean   wb_secrets_clear       (WbSecrets          *self,
                                   const WbSecretKey  *key,
                                   GCancellable       *cancellable,
                                   GError            **error);
gboolean   wb_secrets_is_lasting  (WbSecrets          *self);
void       wb_secret_free         (char               *secret);

G_END_DECLS

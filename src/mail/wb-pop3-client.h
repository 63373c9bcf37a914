/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-mail-error.h"
#include "wb-progress.h"
#include "wb-url.h"

G_BEGIN_DECLS

/**
 * WbPop3Item:
 * @number: 1 and up, valid in this session only
 * @size: octets, as the server says
 * @uid: (nullable): stays the same between sessions (UIDL)
 */
typedef struct
{
  guint   number;
  guint64 size;
  char   *uid;
} WbPop3Item;

/**
 * WbPop3Client:
 *
 * One POP3 session (RFC 1939, 2449, 2595, 5034). Every verb blocks, on one thread at a
 * time. Deletions happen when wb_pop3_client_quit() succeeds.
 */
#define WB_TYPE_POP3_CLIENT (wb_pop3_client_get_type ())
G_DECLARE_FINAL_TYPE (WbPop3Client, wb_pop3_client, WB, POP3_CLIENT, GObject)

/**
 * WbPop3MessageFunc:
 *
 * Takes one fetched message, dot-unstuffed, lines ending in CRLF. Returns: %FALSE
 * with @error set to stop.
 */
typedef gboolean (*WbPop3MessageFunc) (const WbPop3Item  *item,
                                       GBytes            *message,
                                       gpointer           user_data,
                                       GError           **error);

WbPop3Client *wb_pop3_client_new              (WbWire             *wire,
                                               WbTrust            *trust);
void          wb_pop3_client_set_timeout      (WbPop3Client       *self,
                                               guint               seconds);
void          wb_pop3_client_set_certificate  (WbPop3Client       *self,
                                               GTlsCertificate    *certificate);
gboolean      wb_pop3_client_set_proxy        (WbPop3Client       *self,
                                               const char         *uri,
                                               GError            **error);
gboolean      wb_pop3_client_connect          (WbPop3Client       *self,
                                               const WbUrl        *url,
                                               GCancellable       *cancellable,
                                               GError            **error);
gboolean      wb_pop3_client_login            (WbPop3Client       *self,
                                               const char         *user,
                                               const char         *password,
                                               GCancellable       *cancellable,
                                               GError            **error);
gboolean      wb_pop3_client_login_token      (WbPop3Client       *self,
                                               const char         *user,
                                               const char         *token,
                                               GCancellable       *cancellable,
                                               GError            **error);
guint32       wb_pop3_client_get_conversation (WbPop3Client       *self);
char        **wb_pop3_client_take_warnings    (WbPop3Client       *self);
gboolean      wb_pop3_client_stat             (WbPop3Client       *self,
                                               guint              *count,
                                               guint64            *size,
                                               GCancellable       *cancellable,
                                               GError            **error);
GPtrArray    *wb_pop3_client_list             (WbPop3Client       *self,
                                               GCancellable       *cancellable,
                                               GError            **error);
GBytes       *wb_pop3_client_top              (WbPop3Client       *self,
                                               guint               number,
                                               guint               lines,
                                               GCancellable       *cancellable,
                                               GError            **error);
GBytes       *wb_pop3_client_retrieve         (WbPop3Client       *self,
                                               guint               number,
                                               WbProgress         *progress,
                                               GCancellable       *cancellable,
                                               GError            **error);
gboolean      wb_pop3_client_retrieve_many    (WbPop3Client       *self,
                                               GPtrArray          *items,
                                               WbPop3MessageFunc   func,
                                               gpointer            user_data,
                                               WbProgress         *progress,
                                               GCancellable       *cancellable,
                                               GError            **error);
gboolean      wb_pop3_client_top_many         (WbPop3Client       *self,
                                               GPtrArray          *items,
                                               guint               lines,
                                               WbPop3MessageFunc   func,
                                               gpointer            user_data,
                                               GCancellable       *cancellable,
                                               GError            **error);
gboolean      wb_pop3_client_delete           (WbPop3Client       *self,
                                               guint               number,
                                               GCancellable       *cancellable,
                                               GError            **error);
gboolean      wb_pop3_client_quit             (WbPop3Client       *self,
                                               GCancellable       *cancellable,
                                               GError            **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-url.h"

G_BEGIN_DECLS

/* Longer answers are refused unread. */
#define WB_AUTOCONFIG_MAX (256 * 1024)

/**
 * WbAutoconfigSecret:
 *
 * What a server wants from a person who signs in, as flags.
 */
typedef enum
{
  WB_AUTOCONFIG_PASSWORD  = 1 << 0, /* sent as it is, so under TLS only */
  WB_AUTOCONFIG_ENCRYPTED = 1 << 1, /* CRAM-MD5, SCRAM and their like */
  WB_AUTOCONFIG_OAUTH2    = 1 << 2,
  WB_AUTOCONFIG_OTHER     = 1 << 3, /* NTLM, GSSAPI, client addresses and certificates */
} WbAutoconfigSecret;

/**
 * WbAutoconfigServer:
 * @protocol: "smtp", "pop3" or "imap"
 * @host: in ASCII, checked to be a host name or an address
 * @port: never 0
 * @tls: %WB_TLS_IMPLICIT, %WB_TLS_REQUIRED or %WB_TLS_NEVER
 * @user: the name to sign in by, its placeholders filled; may be ""
 * @secrets: which ways of signing in it takes; 0 where it did not say
 *
 * One server as a provider describes it.
 */
typedef struct
{
  char               *protocol;
  char               *host;
  guint16             port;
  WbTlsMode           tls;
  char               *user;
  WbAutoconfigSecret  secrets;
} WbAutoconfigServer;

/**
 * WbAutoconfigDocument:
 * @name: (nullable): what the provider calls itself
 * @servers: (element-type WbAutoconfigServer): in the provider's order of preference
 * @help: (nullable): an https address with more to read; never opened unasked
 *
 * What a config-v1.1.xml says.
 */
typedef struct
{
  char      *name;
  GPtrArray *servers;
  char      *help;
} WbAutoconfigDocument;

WbAutoconfigServer       *wb_autoconfig_server_new        (const char                  *protocol,
                                                           const char                  *host,
                                                           guint16                      port,
                                                           WbTlsMode                    tls,
                                                           const char                  *user);
WbAutoconfigServer       *wb_autoconfig_server_copy       (const WbAutoconfigServer    *self);
void                      wb_autoconfig_server_free       (WbAutoconfigServer          *self);
gboolean                  wb_autoconfig_is_host           (const char                  *text);

WbAutoconfigDocument     *wb_autoconfig_document_parse    (const char                  *text,
                                                           gsize                        length,
                                                           const char                  *address,
                                                           GError                     **error);
const WbAutoconfigServer *wb_autoconfig_document_pick     (const WbAutoconfigDocument  *self,
                                                           const char                  *protocol);
void                      wb_autoconfig_document_free     (WbAutoconfigDocument        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbAutoconfigServer, wb_autoconfig_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbAutoconfigDocument, wb_autoconfig_document_free)

G_END_DECLS

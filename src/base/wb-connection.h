/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-progress.h"
#include "wb-trust.h"
#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbConnectionText:
 * @done: how many bytes of the text are queued
 * @last: the last of them; what ends a line before the first
 *
 * How far a text is that goes out in pieces; begins as %WB_CONNECTION_TEXT_INIT.
 */
typedef struct
{
  guint64 done;
  char    last;
} WbConnectionText;

#define WB_CONNECTION_TEXT_INIT { 0, '\n' }

/**
 * WbConnection:
 *
 * One TCP conversation, in the clear or under TLS, as a line protocol needs it:
 * lines and blocks out, lines, blocks and dot-terminated texts in, everything
 * logged on a #WbWire as it goes by.
 *
 * All verbs block and belong to one thread at a time; a #GCancellable ends any
 * of them within 200 ms. After an error or a cancel the connection is broken
 * (wb_connection_is_usable() is %FALSE): what the peer would say next can no
 * longer be told apart, so every later verb fails.
 */
#define WB_TYPE_CONNECTION (wb_connection_get_type ())
G_DECLARE_FINAL_TYPE (WbConnection, wb_connection, WB, CONNECTION, GObject)

/* The longest line that is read, without its CRLF. */
#define WB_CONNECTION_LINE_MAX (64 * 1024)

/**
 * WbConnectOptions:
 * @protocol: what to call the conversation in the log, such as "smtp"
 * @host: a name or a numeric address, IPv6 without brackets
 * @tls: begin with a TLS handshake (implicit TLS)
 * @timeout: seconds without a byte until an operation fails; 0 is 30
 * @deadline: seconds for the whole conversation; 0 is none
 * @wire: (nullable): where to log
 * @trust: (nullable): needed when TLS is to be used
 * @resume: (nullable): a connection whose TLS session is offered for resumption,
 *   whenever TLS begins
 * @lends: others will be given this one to @resume: its TLS session is kept apart from those of
 *   other connections to the same server, which could else be handed out in its place
 * @address: (nullable): connect there instead of resolving @host; @host is then
 *   only the name to check the certificate against
 * @channel: (nullable): a channel to @host that stands already, instead of a new one
 * @proxy: (nullable): the URI of a proxy, such as "socks5://127.0.0.1:1080"; the name
 *   is resolved there
 * @certificate: (nullable): our own, with its private key, for a server that wants one
 */
typedef struct
{
  const char     *protocol;
  const char     *host;
  guint16         port;
  gboolean        tls;
  guint           timeout;
  guint           deadline;
  WbWire         *wire;
  WbTrust        *trust;
  WbConnection   *resume;
  gboolean        lends;
  GSocketAddress *address;
  GSocketConnection *channel;
  const char     *proxy;
  GTlsCertificate *certificate;
} WbConnectOptions;

/**
 * WbMaskFunc:
 * @line: a line that was received, without CRLF, not NUL-terminated
 *
 * Tells a server where the secret in a line begins ("PASS x" → 5).
 *
 * Returns: the offset of the secret, or -1 when there is none
 */
typedef gssize (*WbMaskFunc) (const char *line,
                              gsize       length,
                              gpointer    user_data);

/**
 * WbBlockFunc:
 *
 * Takes a piece of a longer text. Returns: %FALSE with @error set to stop
 */
typedef gboolean (*WbBlockFunc) (const void  *data,
                                 gsize        length,
                                 gpointer     user_data,
                                 GError     **error);

WbConnection   *wb_connection_open              (const WbConnectOptions  *options,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
WbConnection   *wb_connection_new_accepted      (GSocketConnection       *accepted,
                                                 const char              *protocol,
                                                 WbWire                  *wire,
                                                 guint                    timeout);

gboolean        wb_connection_start_tls         (WbConnection            *self,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_start_tls_server  (WbConnection            *self,
                                                 GTlsCertificate         *certificate,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_get_tls           (WbConnection            *self);

gboolean        wb_connection_queue_line        (WbConnection            *self,
                                                 const char              *line,
                                                 GError                 **error);
gboolean        wb_connection_queue_secret_line (WbConnection            *self,
                                                 const char              *visible,
                                                 const char              *secret,
                                                 GError                 **error);
gboolean        wb_connection_flush             (WbConnection            *self,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_write_line        (WbConnection            *self,
                                                 const char              *line,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_write_secret_line (WbConnection            *self,
                                                 const char              *visible,
                                                 const char              *secret,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_write             (WbConnection            *self,
                                                 const void              *data,
                                                 gsize                    length,
                                                 WbWireKind               kind,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_queue_piece       (WbConnection            *self,
                                                 const void              *text,
                                                 gsize                    length,
                                                 WbConnectionText        *state,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_queue_end         (WbConnection            *self,
                                                 const WbConnectionText  *state,
                                                 GError                 **error);
gboolean        wb_connection_queue_dotted      (WbConnection            *self,
                                                 const void              *text,
                                                 gsize                    length,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);

char           *wb_connection_read_line         (WbConnection            *self,
                                                 gsize                   *length,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gssize          wb_connection_read              (WbConnection            *self,
                                                 void                    *buffer,
                                                 gsize                    size,
                                                 WbWireKind               kind,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_read_dotted       (WbConnection            *self,
                                                 guint64                  maximum,
                                                 WbBlockFunc              func,
                                                 gpointer                 user_data,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_has_input         (WbConnection            *self);

gboolean        wb_connection_end_output        (WbConnection            *self,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
gboolean        wb_connection_close             (WbConnection            *self,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
void            wb_connection_break             (WbConnection            *self);
gboolean        wb_connection_is_usable         (WbConnection            *self);

void            wb_connection_set_read_mask     (WbConnection            *self,
                                                 WbMaskFunc               func,
                                                 gpointer                 user_data);
void            wb_connection_set_progress      (WbConnection            *self,
                                                 WbProgress              *progress);
void            wb_connection_set_timeout       (WbConnection            *self,
                                                 guint                    seconds);
GIOStream      *wb_connection_get_stream        (WbConnection            *self);
GSocket        *wb_connection_get_socket        (WbConnection            *self);
GSocketAddress *wb_connection_get_peer          (WbConnection            *self);
GSocketAddress *wb_connection_get_local         (WbConnection            *self);
const char     *wb_connection_get_host          (WbConnection            *self);
WbWire         *wb_connection_get_wire          (WbConnection            *self);
guint32         wb_connection_get_conversation  (WbConnection            *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-pop3-client.h"
#include "wb-sasl.h"

G_BEGIN_DECLS

/**
 * WbPop3State:
 * @WB_POP3_STATE_NEW: never connected, or connecting failed
 * @WB_POP3_STATE_AUTHORIZATION: greeted; not logged in
 * @WB_POP3_STATE_TRANSACTION: logged in
 * @WB_POP3_STATE_ENDED: after QUIT, or broken
 *
 * The states of RFC 1939 §3.
 */
typedef enum
{
  WB_POP3_STATE_NEW,
  WB_POP3_STATE_AUTHORIZATION,
  WB_POP3_STATE_TRANSACTION,
  WB_POP3_STATE_ENDED,
} WbPop3State;

typedef enum
{
  WB_POP3_STLS       = 1 << 0,
  WB_POP3_PIPELINING = 1 << 1,
  WB_POP3_USER       = 1 << 2,
} WbPop3Capabilities;

/* What a reply was to; the same refusal means different things. */
typedef enum
{
  WB_POP3_STEP_GREETING,
  WB_POP3_STEP_STLS,
  WB_POP3_STEP_LOGIN,
  WB_POP3_STEP_TOKEN,
  WB_POP3_STEP_STAT,
  WB_POP3_STEP_LIST,
  WB_POP3_STEP_MESSAGE,
  WB_POP3_STEP_TOP,
  WB_POP3_STEP_QUIT,
} WbPop3Step;

struct _WbPop3Client
{
  GObject parent_instance;

  /* Owned */
  WbWire             *wire;
  WbTrust            *trust;
  WbConnection       *connection;
  char               *host;
  char               *peer;           /* host:port, for errors */
  char               *timestamp;      /* for APOP */
  const char         *secret;         /* borrowed: the password, while a login goes on */
  GPtrArray          *warnings;       /* strings */
  GTlsCertificate    *certificate;    /* our own, or NULL */
  char               *proxy;          /* a URI, or NULL */

  WbTlsMode           tls;
  guint16             port;
  guint               timeout;
  WbPop3State         state;
  WbPop3Capabilities  capabilities;
  WbSaslMechanism     mechanisms;     /* that AUTH takes */
  guint               deletions;      /* marked in this session */
};

void     wb_pop3_client_set_state  (WbPop3Client   *self,
                                    WbPop3State     state);
gboolean wb_pop3_client_is_open    (WbPop3Client   *self,
                                    GError        **error);
gboolean wb_pop3_client_is_ready   (WbPop3Client   *self,
                                    GError        **error);
gboolean wb_pop3_client_get_reply  (WbPop3Client   *self,
                                    WbPop3Step      step,
                                    char          **text,
                                    GCancellable   *cancellable,
                                    GError        **error);
void     wb_pop3_client_set_refusal (WbPop3Client  *self,
                                    WbPop3Step      step,
                                    const char     *said,
                                    GError        **error);
gboolean wb_pop3_client_get_challenge (WbPop3Client *self,
                                    gboolean       *more,
                                    char          **text,
                                    GCancellable   *cancellable,
                                    GError        **error);
gboolean wb_pop3_client_ask        (WbPop3Client   *self,
                                    const char     *command,
                                    WbPop3Step      step,
                                    char          **text,
                                    GCancellable   *cancellable,
                                    GError        **error);
void     wb_pop3_client_warn       (WbPop3Client   *self,
                                    const char     *format,
                                    ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS

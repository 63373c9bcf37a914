/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-sasl.h"
#include "wb-smtp-client.h"
#include "wb-smtp-reply.h"

G_BEGIN_DECLS

/**
 * WbSmtpState:
 * @WB_SMTP_STATE_NEW: never connected, or connecting failed
 * @WB_SMTP_STATE_READY: the next command may be sent
 * @WB_SMTP_STATE_DIRTY: the same, but an unfinished mail must be reset first
 * @WB_SMTP_STATE_ENDED: after QUIT, after the server hung up, or broken
 */
typedef enum
{
  WB_SMTP_STATE_NEW,
  WB_SMTP_STATE_READY,
  WB_SMTP_STATE_DIRTY,
  WB_SMTP_STATE_ENDED,
} WbSmtpState;

struct _WbSmtpClient
{
  GObject parent_instance;

  /* Owned */
  WbWire           *wire;
  WbTrust          *trust;
  WbConnection     *connection;
  char             *host;
  char             *peer;         /* host:port, for errors */
  GTlsCertificate  *certificate;  /* ours, or NULL */
  char             *proxy;        /* a URI, or NULL */
  char             *envelope_id;  /* for delivery reports, or NULL */

  guint16           port;
  WbTlsMode         tls;
  guint             timeout;
  WbSmtpState       state;
  WbSmtpExtensions  extensions;
  WbSaslMechanism   mechanisms;   /* offered */
  WbSaslMechanism   permitted;    /* by the person; NONE is all */
  WbSmtpNotify      notify;
  WbSmtpReturn      returned;
  gboolean          chunking;
  WbSmtpCommitFunc  commit;
  gpointer          commit_data;
  guint64           maximum_size;
  gboolean          outcome_unknown;
};

void         wb_smtp_client_set_state (WbSmtpClient  *self,
                                       WbSmtpState    state);
gboolean     wb_smtp_client_is_open   (WbSmtpClient  *self,
                                       GError       **error);
WbSmtpReply *wb_smtp_client_get_reply (WbSmtpClient  *self,
                                       GCancellable  *cancellable,
                                       GError       **error);
WbSmtpReply *wb_smtp_client_ask       (WbSmtpClient  *self,
                                       const char    *command,
                                       GCancellable  *cancellable,
                                       GError       **error);

G_END_DECLS

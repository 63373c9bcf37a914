/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"

G_BEGIN_DECLS

/* How much is read ahead at once, and how much is gathered before it is written. */
#define WB_CONNECTION_BUFFER (64 * 1024)
#define WB_CONNECTION_OUT_MAX (256 * 1024)

typedef enum
{
  WB_CONNECTION_OPEN,
  WB_CONNECTION_BROKEN,
  WB_CONNECTION_CLOSED,
} WbConnectionState;

struct _WbConnection
{
  GObject parent_instance;

  /* Who */
  char              *protocol;
  char              *host;
  char              *peer_name;    /* "host:port", for messages */
  guint16            port;

  /* Borrowed from the caller, kept alive */
  WbWire            *wire;
  WbTrust           *trust;
  guint32            conversation;

  /* The channel; `state` may be set to broken by another thread, all else is the owner's */
  gint               state;
  GSocketConnection *base;
  GSocket           *socket;
  GTlsConnection    *tls;
  GTlsConnection    *resume;       /* whose session is offered, or NULL */
  gboolean           lends;        /* its own session will be offered */
  GTlsCertificate   *vouched;      /* accepted earlier for the same server */
  GTlsCertificate   *own;          /* shown to a server that asks for one, or NULL */
  GError            *trust_error;
  GCancellable      *polled;       /* whose file descriptor is held open, see wait_on() */

  /* Time */
  guint              timeout;
  gint64             deadline;     /* monotonic µs, or 0 */

  /* Bytes read ahead: in[in_start .. in_end) */
  guint8            *in;
  gsize              in_start;
  gsize              in_end;
  GByteArray        *out;

  /* Bulk bytes not yet logged */
  guint64            bulk_sent;
  guint64            bulk_received;

  WbProgress        *progress;     /* counts a long text on its way out */

  WbMaskFunc         mask;
  gpointer           mask_data;
};

gboolean wb_connection_begin    (WbConnection  *self,
                                 GCancellable  *cancellable,
                                 GError       **error);
gboolean wb_connection_fail     (WbConnection  *self,
                                 GError       **error);
void     wb_connection_log      (WbConnection  *self,
                                 WbWireKind     kind,
                                 WbWireDirection direction,
                                 const void    *data,
                                 gsize          length);
void     wb_connection_log_bulk (WbConnection  *self);
gboolean wb_connection_make_tls_client (WbConnection    *self,
                                        GError         **error);
gboolean wb_connection_shake    (WbConnection  *self,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_END_DECLS

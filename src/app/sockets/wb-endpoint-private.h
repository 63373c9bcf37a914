/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-endpoint.h"

G_BEGIN_DECLS

/* The conversation of an endpoint that has not run yet: no such number is ever given out. */
#define NO_CONVERSATION G_MAXUINT32

/* None, LF, CRLF, CR: the order of the drop-down list. */
#define WB_ENDPOINT_N_LINE_ENDS 4

struct _WbEndpoint
{
  GObject parent_instance;

  WbWorkbench *workbench;
  WbEndpointKind kind;

  char *host;
  char *port;
  guint reply;
  char *reply_text;
  char *charset;
  guint line_end;
  gboolean hex_input;
  gboolean hex_view;

  WbEndpointState state;
  char *error;
  char *title;
  char *subtitle;

  WbSession *session;  /* binds, connects, sends, stops */
  WbSession *receiver; /* a client's endless receive */
  GCancellable *cancellable;
  WbSocketServer *server;
  WbSocketClient *client;
  GQueue unsent; /* GBytes, waiting for the connection */
  guint16 server_port;
  guint64 first_event;
  guint32 conversation;

  /* Of a client; the receiver adds to the second pair. */
  guint64 sent;
  guint64 sent_bytes;
  gint received;
  gint64 received_bytes;
};

void wb_endpoint_set_state     (WbEndpoint      *self,
                                WbEndpointState  state);
void wb_endpoint_set_error     (WbEndpoint      *self,
                                const char      *error);
void wb_endpoint_forget_client (WbEndpoint      *self);

G_END_DECLS

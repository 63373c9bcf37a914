/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-socket-server.h"

#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <sys/epoll.h>

G_BEGIN_DECLS

/* One shared buffer a thread: an idle client holds none. */
#define WB_SOCKET_READ_SIZE (64 * 1024)

/* Nothing more is read from a client that has so much unsent; nor, once all clients together have
 * WB_SOCKET_OVERLOAD of it, from any that has some. */
#define WB_SOCKET_OUT_HIGH (256 * 1024)
#define WB_SOCKET_OVERLOAD (64 * 1024 * 1024)

/* A plain client's events come once for whatever arrives, which saves the kernel another look each
 * turn. TLS's do not: GnuTLS keeps bytes that epoll does not see. */
#define WB_SOCKET_EDGES ((guint32) EPOLLET | EPOLLRDHUP | EPOLLPRI)

typedef union
{
  struct sockaddr     any;
  struct sockaddr_in  in;
  struct sockaddr_in6 in6;
} WbSocketName;

typedef struct
{
  guint8 *data;
  gsize   start;
  gsize   end;
  gsize   size;
} WbSocketBuffer;

typedef enum
{
  WB_SOCKET_CLIENT_HANDSHAKE,
  WB_SOCKET_CLIENT_OPEN,
  WB_SOCKET_CLIENT_FLUSHING,   /* nothing more is read; closed when all is sent */
  WB_SOCKET_CLIENT_CLOSED,     /* freed when the events at hand are done */
} WbSocketClientState;

/* A TCP client, or the sender of a datagram. The server's thread owns it; what other threads may
 * read (who it is and its counts) stays until it has left the table, under the mutex. */
typedef struct _WbSocketRemote WbSocketRemote;
struct _WbSocketRemote
{
  guint64              id;
  guint64              bytes_in;
  guint64              bytes_out;
  WbSocketRemote      *older;
  WbSocketRemote      *newer;
  WbSocketName         name;
  guint32              conversation;
  int                  fd;
  guint32              interest;     /* what epoll was told to watch */
  WbSocketClientState  state;
  gboolean             paused;       /* nothing is read for now: too much is unsent */
  gboolean             ended;        /* the peer has sent its last byte */
  gboolean             reads_on;     /* a short read does not say that nothing is left */
  gsize                scanned;
  WbSocketBuffer       in;           /* part of a message */
  WbSocketBuffer       out;
  gnutls_session_t     tls;
  gboolean             tls_again;    /* gnutls_record_send() wants to be called again */
  gint64               handshake_end;
};

typedef struct _WbSocketAnswers WbSocketAnswers;

typedef struct
{
  guint64  peer;   /* 0 for the server as a whole */
  GBytes  *bytes;  /* to send; NULL to disconnect, or to stop */
} WbSocketCommand;

struct _WbSocketServer
{
  GObject parent_instance;

  /* Set before the thread starts */
  WbSocketServerOptions             options;
  GMainContext                     *owner;
  GSocket                          *socket;
  GSocketAddress                   *address;
  guint32                           conversation;
  gnutls_certificate_credentials_t  credentials;
  gnutls_priority_t                 priority;
  int                               epoll_fd;
  int                               wake_fd;
  GMainContext                     *context;

  /* The thread's own */
  GMainLoop       *loop;
  int              fd;             /* of the socket */
  int              reserve_fd;     /* given up for a moment to turn a client away */
  gboolean         stopping;       /* by itself; waits for what is unsent */
  gboolean         told_to_stop;
  guint            n_timers;       /* GLib's, in our context */
  guint8          *buffer;
  WbSocketAnswers *answers;        /* TCP: kept until all events at hand are read */
  gsize            unsent;
  gsize            partial;
  WbSocketRemote  *dead;
  gpointer         batch;          /* UDP: what recvmmsg fills */
  guint32          kernel_drops;
  gboolean         ignored_is_told;

  /* Written by the thread, read by any */
  WbSocketCounters counters;

  /* Any thread, under the mutex */
  GMutex           mutex;
  GCond            ended_cond;
  GThread         *thread;
  gboolean         running;
  gboolean         asked_to_stop;
  GQueue           commands;
  GHashTable      *remotes;        /* by id */
  WbSocketRemote  *oldest;
  WbSocketRemote  *newest;
  guint64          last_id;
};

/* Where the counters have one writer, an atomic addition would only cost. */
#define wb_socket_count(counter, n)                                                                \
  __atomic_store_n (&(counter), (counter) + (n), __ATOMIC_RELAXED)

/* wb-socket-server-thread.c */
void            wb_socket_server_table_add      (WbSocketServer       *self,
                                                 WbSocketRemote       *remote);
void            wb_socket_server_table_remove   (WbSocketServer       *self,
                                                 WbSocketRemote       *remote);
void            wb_socket_server_tell           (WbSocketServer       *self,
                                                 WbSocketEventKind     kind,
                                                 WbSocketRemote       *remote,
                                                 const void           *data,
                                                 gsize                 length,
                                                 gboolean              truncated,
                                                 const char           *message);
guint32         wb_socket_server_open_conversation (WbSocketServer    *self,
                                                    const WbSocketName *name);
gboolean        wb_socket_server_watch          (WbSocketServer       *self,
                                                 int                   fd,
                                                 guint32               events,
                                                 gpointer              data);
gboolean        wb_socket_server_count_message  (WbSocketServer       *self);
char           *wb_socket_name_to_string        (const WbSocketName   *name);
guint32         wb_socket_read_drops            (int                   fd);
void            wb_socket_command_free          (gpointer              command);
gpointer        wb_socket_server_thread         (gpointer              server);

/* wb-socket-bind.c */
GSocket        *wb_socket_bind                  (WbSocketTransport     transport,
                                                 const char           *address,
                                                 guint16               port,
                                                 GError              **error);

/* wb-socket-accept.c */
void            wb_socket_accept_clients         (WbSocketServer       *self);

/* wb-socket-stream.c */
void            wb_socket_stream_event          (WbSocketServer       *self,
                                                 WbSocketRemote       *remote,
                                                 guint32               events);
void            wb_socket_stream_send           (WbSocketServer       *self,
                                                 WbSocketRemote       *remote,
                                                 GBytes               *bytes);
void            wb_socket_stream_send_now       (WbSocketServer       *self,
                                                 WbSocketRemote       *remote,
                                                 const void           *data,
                                                 gsize                 length);
void            wb_socket_stream_close          (WbSocketServer       *self,
                                                 WbSocketRemote       *remote,
                                                 const char           *message);
void            wb_socket_stream_flush_all      (WbSocketServer       *self);
void            wb_socket_stream_free_dead      (WbSocketServer       *self);
void            wb_socket_stream_check_time     (WbSocketServer       *self);

/* wb-socket-answers.c */
WbSocketAnswers *wb_socket_answers_new          (void);
gboolean        wb_socket_answers_hold          (WbSocketAnswers      *self,
                                                 WbSocketRemote       *remote,
                                                 const void           *data,
                                                 gsize                 length);
void            wb_socket_answers_send          (WbSocketServer       *server);

/* wb-socket-stream-io.c */
gssize          wb_socket_stream_read           (WbSocketServer       *self,
                                                 WbSocketRemote       *remote,
                                                 gsize                 size,
                                                 const char          **message);
gssize          wb_socket_stream_write          (WbSocketServer       *self,
                                                 WbSocketRemote       *remote,
                                                 const void           *data,
                                                 gsize                 length,
                                                 const char          **message);
gboolean        wb_socket_stream_shake          (WbSocketServer       *self,
                                                 WbSocketRemote       *remote,
                                                 const char          **message);
void            wb_socket_buffer_append         (WbSocketBuffer       *buffer,
                                                 const void           *data,
                                                 gsize                 length);
void            wb_socket_buffer_consume        (WbSocketBuffer       *buffer,
                                                 gsize                 length);
void            wb_socket_buffer_clear          (WbSocketBuffer       *buffer);

/* wb-socket-datagram.c */
gpointer        wb_socket_datagram_batch_new    (WbSocketServer       *self);
void            wb_socket_datagram_batch_free   (gpointer              batch);
void            wb_socket_datagram_event        (WbSocketServer       *self);
void            wb_socket_datagram_send         (WbSocketServer       *self,
                                                 WbSocketRemote       *remote,
                                                 GBytes               *bytes);

/* wb-socket-credentials.c */
gboolean        wb_socket_credentials_load      (GTlsCertificate                   *certificate,
                                                 gnutls_certificate_credentials_t  *credentials,
                                                 GError                           **error);

G_END_DECLS

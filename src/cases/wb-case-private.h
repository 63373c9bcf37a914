/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-case.h"

#include "wb-url.h"

G_BEGIN_DECLS

/**
 * WbCaseRun:
 * @number: of the case, 1 to %WB_CASE_COUNT
 * @charset: never %NULL
 * @trust: never %NULL; trusts the lab's CA when the case runs against the lab
 * @step: the one that was begun last
 * @in_step: whether it is still going on
 *
 * One run of a case. Belongs to the thread that runs it.
 */
typedef struct
{
  guint                number;
  const WbCaseOptions *options;
  const char          *charset;
  WbTrust             *trust;
  WbCaseStepFunc       func;
  gpointer             user_data;
  GCancellable        *cancellable;
  guint                step;
  gboolean             in_step;
} WbCaseRun;

/* One step after the other; each begins with wb_case_run_begin() and ends with wb_case_run_done()
 * or by returning %FALSE with the error set.
 */
typedef gboolean (*WbCaseFunc) (WbCaseRun  *run,
                                GError    **error);

void      wb_case_run_begin        (WbCaseRun      *run,
                                    guint           step);
void      wb_case_run_done         (WbCaseRun      *run,
                                    const char     *format,
                                    ...) G_GNUC_PRINTF (2, 3);
GBytes   *wb_case_run_encode       (WbCaseRun      *run,
                                    const char     *text,
                                    GError        **error);
char     *wb_case_run_show         (WbCaseRun      *run,
                                    const void     *data,
                                    gsize           length);
const char *wb_case_run_get_text   (WbCaseRun      *run);
gboolean  wb_case_run_start_lab    (WbCaseRun      *run,
                                    WbLabService    service,
                                    GError        **error);
WbUrl    *wb_case_run_find_url     (WbCaseRun      *run,
                                    WbLabService    service,
                                    const char     *account,
                                    GError        **error);
GPtrArray *wb_case_run_find_addresses (WbCaseRun   *run,
                                       WbLabService service,
                                       GError     **error);
gboolean  wb_case_run_refuse_against (WbCaseRun    *run,
                                      GError      **error);

gboolean  wb_case_udp_server       (WbCaseRun *run, GError **error);
gboolean  wb_case_udp_client       (WbCaseRun *run, GError **error);
gboolean  wb_case_udp_endless      (WbCaseRun *run, GError **error);
gboolean  wb_case_tcp_server       (WbCaseRun *run, GError **error);
gboolean  wb_case_tcp_client       (WbCaseRun *run, GError **error);
gboolean  wb_case_ftp              (WbCaseRun *run, GError **error);
gboolean  wb_case_mail_plain       (WbCaseRun *run, GError **error);
gboolean  wb_case_mail_html        (WbCaseRun *run, GError **error);
gboolean  wb_case_mail_attachment  (WbCaseRun *run, GError **error);
gboolean  wb_case_mail_headers     (WbCaseRun *run, GError **error);
gboolean  wb_case_mail_alternative (WbCaseRun *run, GError **error);
gboolean  wb_case_pop3             (WbCaseRun *run, GError **error);

/**
 * WbCaseSocket:
 *
 * A socket of a case and its conversation on the wire.
 */
typedef struct
{
  GSocket *socket;
  WbWire  *wire;
  guint32  conversation;
} WbCaseSocket;

gboolean  wb_case_socket_make      (WbCaseSocket    *self,
                                    WbCaseRun       *run,
                                    GSocketFamily    family,
                                    GSocketType      type,
                                    GError         **error);
void      wb_case_socket_log_open  (WbCaseSocket    *self,
                                    gboolean         server,
                                    GSocketAddress  *peer);
gboolean  wb_case_socket_send      (WbCaseSocket    *self,
                                    GSocketAddress  *to,
                                    const void      *data,
                                    gsize            length,
                                    GCancellable    *cancellable,
                                    GError         **error);
GBytes   *wb_case_socket_receive   (WbCaseSocket    *self,
                                    GSocketAddress **from,
                                    GCancellable    *cancellable,
                                    GError         **error);
void      wb_case_socket_clear     (WbCaseSocket    *self);
char     *wb_case_describe_address (GSocketAddress  *address);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbCaseSocket, wb_case_socket_clear)

/**
 * WbCasePeer:
 *
 * The other side of a server case: a client in a thread of its own, so that the
 * case completes without anybody's help.
 */
typedef struct _WbCasePeer WbCasePeer;

WbCasePeer *wb_case_peer_start     (GSocketAddress  *server,
                                    GSocketType      type,
                                    GPtrArray       *messages,
                                    GCancellable    *stop_when_done);
guint       wb_case_peer_finish    (WbCasePeer      *self);
void        wb_case_peer_abandon   (WbCasePeer      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbCasePeer, wb_case_peer_abandon)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-mail-source.h"
#include "wb-progress.h"
#include "wb-sasl.h"
#include "wb-url.h"

G_BEGIN_DECLS

/**
 * WbSmtpExtensions:
 *
 * What the server's EHLO reply offered.
 */
typedef enum
{
  WB_SMTP_STARTTLS   = 1 << 0,
  WB_SMTP_AUTH       = 1 << 1,
  WB_SMTP_SIZE       = 1 << 2,
  WB_SMTP_8BITMIME   = 1 << 3,
  WB_SMTP_SMTPUTF8   = 1 << 4,
  WB_SMTP_PIPELINING = 1 << 5,
  WB_SMTP_DSN        = 1 << 6,
  WB_SMTP_CHUNKING   = 1 << 7,
  WB_SMTP_BINARYMIME = 1 << 8,
  WB_SMTP_ENHANCEDSTATUSCODES = 1 << 9,
} WbSmtpExtensions;

/**
 * WbSmtpNotify:
 * @WB_SMTP_NOTIFY_DEFAULT: what the servers do when nobody asks
 * @WB_SMTP_NOTIFY_NEVER: no report at all; goes with none of the others
 *
 * When a report is to come back about a mail, as flags (RFC 3461 §4.1).
 */
typedef enum
{
  WB_SMTP_NOTIFY_DEFAULT = 0,
  WB_SMTP_NOTIFY_NEVER   = 1 << 0,
  WB_SMTP_NOTIFY_SUCCESS = 1 << 1,
  WB_SMTP_NOTIFY_FAILURE = 1 << 2,
  WB_SMTP_NOTIFY_DELAY   = 1 << 3,
} WbSmtpNotify;

/**
 * WbSmtpReturn:
 *
 * How much of a mail comes back with a report about its failure (RFC 3461 §4.3).
 */
typedef enum
{
  WB_SMTP_RETURN_DEFAULT,
  WB_SMTP_RETURN_FULL,
  WB_SMTP_RETURN_HEADERS,
} WbSmtpReturn;

/**
 * WbSmtpRecipient:
 * @code: the reply code to its RCPT TO, 0 when it was never asked
 * @text: (nullable): the reply's text
 */
typedef struct
{
  char     *address;
  gboolean  accepted;
  guint     code;
  char     *text;
} WbSmtpRecipient;

/**
 * WbSmtpMail:
 * @sender: the envelope's sender, user@host without angle brackets; "" for none
 * @recipients: (element-type utf8): the envelope's recipients
 * @message: header, empty line, body
 */
typedef struct
{
  const char   *sender;
  GPtrArray    *recipients;
  WbMailSource *message;
} WbSmtpMail;

/**
 * WbSmtpNextFunc:
 *
 * Fills in the next mail; what it points to stays until the #WbSmtpSentFunc was called for
 * it. Returns: %FALSE when there is none
 */
typedef gboolean (*WbSmtpNextFunc) (WbSmtpMail  *mail,
                                    gpointer     user_data);

/**
 * WbSmtpSentFunc:
 * @results: (nullable) (element-type WbSmtpRecipient): what became of each recipient; %NULL
 *   when none was asked
 * @error: (nullable): why it was not sent
 */
typedef void (*WbSmtpSentFunc) (const WbSmtpMail  *mail,
                                GPtrArray         *results,
                                const GError      *error,
                                gpointer           user_data);

/**
 * WbSmtpCommitFunc:
 *
 * Called when all of a mail but its very end is out: from the next byte on the server may have
 * it. Returns: %FALSE with @error set to have it not sent
 */
typedef gboolean (*WbSmtpCommitFunc) (gpointer     user_data,
                                      GError     **error);

/**
 * WbSmtpClient:
 *
 * One connection to an SMTP server (RFC 5321, 3207, 4954, 1870, 6152, 6531, 2920, 3030, 3461).
 * What wb_smtp_client_set_…() sets about the connection counts from the next
 * wb_smtp_client_connect() on, what it sets about mails from the next mail on. Every verb
 * blocks, on one thread at a time. The connection serves any number of messages.
 */
#define WB_TYPE_SMTP_CLIENT (wb_smtp_client_get_type ())
G_DECLARE_FINAL_TYPE (WbSmtpClient, wb_smtp_client, WB, SMTP_CLIENT, GObject)

WbSmtpClient     *wb_smtp_client_new              (WbWire        *wire,
                                                   WbTrust       *trust);
void              wb_smtp_client_set_timeout      (WbSmtpClient  *self,
                                                   guint          seconds);
void              wb_smtp_client_set_certificate  (WbSmtpClient  *self,
                                                   GTlsCertificate *certificate);
gboolean          wb_smtp_client_set_proxy        (WbSmtpClient  *self,
                                                   const char    *uri,
                                                   GError       **error);
void              wb_smtp_client_set_mechanisms   (WbSmtpClient  *self,
                                                   WbSaslMechanism mechanisms);
gboolean          wb_smtp_client_set_reports      (WbSmtpClient  *self,
                                                   WbSmtpNotify   notify,
                                                   WbSmtpReturn   returned,
                                                   const char    *envelope_id,
                                                   GError       **error);
void              wb_smtp_client_set_chunking     (WbSmtpClient  *self,
                                                   gboolean       chunking);
void              wb_smtp_client_set_commit       (WbSmtpClient  *self,
                                                   WbSmtpCommitFunc func,
                                                   gpointer       user_data);
gboolean          wb_smtp_client_connect          (WbSmtpClient  *self,
                                                   const WbUrl   *url,
                                                   GCancellable  *cancellable,
                                                   GError       **error);
gboolean          wb_smtp_client_login            (WbSmtpClient  *self,
                                                   const char    *user,
                                                   const char    *password,
                                                   GCancellable  *cancellable,
                                                   GError       **error);
gboolean          wb_smtp_client_login_token      (WbSmtpClient  *self,
                                                   const char    *user,
                                                   const char    *token,
                                                   GCancellable  *cancellable,
                                                   GError       **error);
gboolean          wb_smtp_client_login_certificate (WbSmtpClient *self,
                                                   const char    *user,
                                                   GCancellable  *cancellable,
                                                   GError       **error);
WbSmtpExtensions  wb_smtp_client_get_extensions   (WbSmtpClient  *self);
guint64           wb_smtp_client_get_maximum_size (WbSmtpClient  *self);
guint32           wb_smtp_client_get_conversation (WbSmtpClient  *self);
gboolean          wb_smtp_client_send             (WbSmtpClient  *self,
                                                   const char    *sender,
                                                   GPtrArray     *recipients,
                                                   GBytes        *message,
                                                   GPtrArray    **results,
                                                   WbProgress    *progress,
                                                   GCancellable  *cancellable,
                                                   GError       **error);
gboolean          wb_smtp_client_send_mail        (WbSmtpClient  *self,
                                                   const WbSmtpMail *mail,
                                                   GPtrArray    **results,
                                                   WbProgress    *progress,
                                                   GCancellable  *cancellable,
                                                   GError       **error);
gboolean          wb_smtp_client_is_connected     (WbSmtpClient  *self);
gboolean          wb_smtp_client_is_outcome_unknown (WbSmtpClient *self);
guint             wb_smtp_client_send_many        (WbSmtpClient   *self,
                                                   WbSmtpNextFunc  next,
                                                   WbSmtpSentFunc  sent,
                                                   gpointer        user_data,
                                                   GCancellable   *cancellable);
gboolean          wb_smtp_client_quit             (WbSmtpClient  *self,
                                                   GCancellable  *cancellable,
                                                   GError       **error);

WbMailSource     *wb_smtp_remove_bcc              (WbMailSource  *message,
                                                   GError       **error);

G_END_DECLS

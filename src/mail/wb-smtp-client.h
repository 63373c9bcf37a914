/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-mail-error.h"
#include "wb-progress.h"
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
} WbSmtpExtensions;

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
  const char *sender;
  GPtrArray  *recipients;
  GBytes     *message;
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
 * WbSmtpClient:
 *
 * One connection to an SMTP server (RFC 5321, 3207, 4954, 1870, 6152, 6531, 2920).
 * Every verb blocks, on one thread at a time. The connection serves any number of
 * messages.
 */
#define WB_TYPE_SMTP_CLIENT (wb_smtp_client_get_type ())
G_DECLARE_FINAL_TYPE (WbSmtpClient, wb_smtp_client, WB, SMTP_CLIENT, GObject)

WbSmtpClient     *wb_smtp_client_new              (WbWire        *wire,
                                                   WbTrust       *trust);
void              wb_smtp_client_set_timeout      (WbSmtpClient  *self,
                                                   guint          seconds);
gboolean          wb_smtp_client_connect          (WbSmtpClient  *self,
                                                   const WbUrl   *url,
                                                   GCancellable  *cancellable,
                                                   GError       **error);
gboolean          wb_smtp_client_login            (WbSmtpClient  *self,
                                                   const char    *user,
                                                   const char    *password,
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

GBytes           *wb_smtp_remove_bcc              (GBytes        *message);

G_END_DECLS

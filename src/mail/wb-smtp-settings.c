/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-smtp-client-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* RFC 3461 §4.4 */
#define ENVELOPE_ID_MAX 100

/**
 * wb_smtp_client_set_timeout:
 * @seconds: without a byte until an operation fails; 0 is the default: 30, and ten minutes
 *   for the answer to a whole message (RFC 5321 §4.5.3.2.6)
 */
void
wb_smtp_client_set_timeout (WbSmtpClient *self, guint seconds)
{
  g_return_if_fail (WB_IS_SMTP_CLIENT (self));

  self->timeout = seconds;
  if (self->connection != NULL)
    wb_connection_set_timeout (self->connection, seconds);
}

/**
 * wb_smtp_client_set_certificate:
 * @certificate: (nullable): our own, with its private key, shown to a server that asks for one
 */
void
wb_smtp_client_set_certificate (WbSmtpClient *self, GTlsCertificate *certificate)
{
  g_return_if_fail (WB_IS_SMTP_CLIENT (self));

  g_set_object (&self->certificate, certificate);
}

/**
 * wb_smtp_client_set_proxy:
 * @uri: (nullable): such as "socks5://127.0.0.1:1080" or "http://user:password@host:3128";
 *   %NULL for none
 *
 * Has the connection go through a proxy, which also resolves the server's name.
 *
 * Errors: %WB_ERROR_INVALID.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 */
gboolean
wb_smtp_client_set_proxy (WbSmtpClient *self, const char *uri, GError **error)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);

  return wb_set_proxy (&self->proxy, uri, self->wire, error);
}

/**
 * wb_smtp_client_set_mechanisms:
 * @mechanisms: the ways of logging in that may be used; %WB_SASL_NONE for all, the strongest
 *   that the server offers first
 */
void
wb_smtp_client_set_mechanisms (WbSmtpClient *self, WbSaslMechanism mechanisms)
{
  g_return_if_fail (WB_IS_SMTP_CLIENT (self));

  self->permitted = mechanisms;
}

/* What may stand in it without being encoded, and a bound on what has to be. */
static gboolean
check_envelope_id (const char *id, GError **error)
{
  gsize length = strlen (id);

  for (const char *p = id; *p != '\0'; p++)
    if (!g_ascii_isprint (*p))
      length = G_MAXSIZE;
  if (length > 0 && length <= ENVELOPE_ID_MAX)
    return TRUE;
  g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
               /* Translators: %u is a number of characters. */
               _ ("The mark for delivery reports takes 1 to %u characters, all ASCII and visible."),
               ENVELOPE_ID_MAX);
  return FALSE;
}

/**
 * wb_smtp_client_set_reports:
 * @notify: when a report is to come back
 * @returned: how much of the mail it carries
 * @envelope_id: (nullable): a mark that comes back with it
 *
 * Asks for delivery reports about the next mails. A server that offers no DSN gets no mail then.
 *
 * Errors: %WB_ERROR_INVALID. RFC 3461.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 */
gboolean
wb_smtp_client_set_reports (WbSmtpClient *self,
                            WbSmtpNotify notify,
                            WbSmtpReturn returned,
                            const char *envelope_id,
                            GError **error)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);

  if ((notify & WB_SMTP_NOTIFY_NEVER) != 0 && notify != WB_SMTP_NOTIFY_NEVER)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("“never” goes with no other kind of delivery report."));
      return FALSE;
    }
  if (envelope_id != NULL && !check_envelope_id (envelope_id, error))
    return FALSE;
  self->notify = notify;
  self->returned = returned;
  g_free (self->envelope_id);
  self->envelope_id = g_strdup (envelope_id);
  return TRUE;
}

/**
 * wb_smtp_client_set_chunking:
 * @chunking: whether messages go out in counted pieces (BDAT) to a server that takes them, also
 *   where they need not (RFC 3030 §2)
 */
void
wb_smtp_client_set_chunking (WbSmtpClient *self, gboolean chunking)
{
  g_return_if_fail (WB_IS_SMTP_CLIENT (self));

  self->chunking = chunking;
}

/**
 * wb_smtp_client_set_commit:
 * @func: (nullable): called before the end of each mail goes out, on the thread that sends
 *
 * For who has to write down that a mail may have been taken before it can be.
 */
void
wb_smtp_client_set_commit (WbSmtpClient *self, WbSmtpCommitFunc func, gpointer user_data)
{
  g_return_if_fail (WB_IS_SMTP_CLIENT (self));

  self->commit = func;
  self->commit_data = user_data;
}

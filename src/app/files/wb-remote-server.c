/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-server.h"

#include "wb-error.h"

/**
 * wb_remote_server_new:
 * @settings: (nullable): a client that is not in use, whose settings the connection gets; it never
 * connects
 *
 * Returns: (transfer full): a server that is connected to when the first job runs
 */
WbRemoteServer *
wb_remote_server_new (WbWire *wire, WbTrust *trust, const WbUrl *url, WbFtpClient *settings)
{
  WbRemoteServer *self = g_new0 (WbRemoteServer, 1);

  g_atomic_ref_count_init (&self->references);
  self->wire = g_object_ref (wire);
  self->trust = g_object_ref (trust);
  self->url = wb_url_copy (url);
  g_set_object (&self->settings, settings);
  return self;
}

/**
 * wb_remote_server_ref:
 *
 * Returns: (transfer full): @self
 */
WbRemoteServer *
wb_remote_server_ref (WbRemoteServer *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wb_remote_server_unref:
 *
 * Drops a reference; the last one closes the connection.
 */
void
wb_remote_server_unref (WbRemoteServer *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->client);
  g_clear_object (&self->wire);
  g_clear_object (&self->trust);
  g_clear_object (&self->settings);
  wb_url_free (self->url);
  g_free (self->directory);
  g_free (self->wanted);
  g_free (self);
}

/**
 * wb_remote_server_is_open:
 *
 * Returns: whether there is a connection, as far as is known without a word to the server
 */
gboolean
wb_remote_server_is_open (WbRemoteServer *self)
{
  return self->client != NULL && wb_ftp_client_is_usable (self->client);
}

/**
 * wb_remote_server_connect:
 *
 * Connects and logs in, in place of the connection that there was. Blocks.
 *
 * Errors: those of wb_ftp_client_connect() and wb_ftp_client_login().
 *
 * Returns: %TRUE, or %FALSE with @error set and no connection
 */
gboolean
wb_remote_server_connect (WbRemoteServer *self, GCancellable *cancellable, GError **error)
{
  const WbUrl *url = self->url;

  g_clear_object (&self->client);
  self->astray = TRUE;
  self->client = wb_ftp_client_new (self->wire, self->trust);
  if (self->settings != NULL)
    wb_ftp_client_copy_settings (self->client, self->settings);
  if (wb_ftp_client_connect (self->client, url, cancellable, error) &&
      wb_ftp_client_login (self->client, url->user, url->password, cancellable, error))
    return TRUE;
  g_clear_object (&self->client);
  return FALSE;
}

/**
 * wb_remote_server_quit:
 *
 * Says goodbye, where there is a connection. Blocks.
 */
void
wb_remote_server_quit (WbRemoteServer *self, GCancellable *cancellable)
{
  if (wb_remote_server_is_open (self))
    wb_ftp_client_quit (self->client, cancellable, NULL);
  g_clear_object (&self->client);
}

/**
 * wb_remote_server_is_loss:
 *
 * Returns: whether there is no session after an error like that
 */
gboolean
wb_remote_server_is_loss (const GError *error)
{
  return g_error_matches (error, WB_ERROR, WB_ERROR_CLOSED) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_TIMED_OUT) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_UNREACHABLE) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_REFUSED) ||
         g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_BUSY);
}

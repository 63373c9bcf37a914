/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-connection-private.h"

#include <glib/gi18n-lib.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "wb-error.h"

static gboolean
accept_certificate_cb (GTlsConnection *tls,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags flags,
                       gpointer user_data)
{
  WbConnection *self = user_data;

  /* A data channel whose server shows the certificate that its control channel was trusted by. */
  if (self->vouched != NULL && g_tls_certificate_is_same (self->vouched, certificate))
    return TRUE;

  g_clear_error (&self->trust_error);
  return wb_trust_check (self->trust, self->host, self->port, certificate, NULL,
                         &self->trust_error);
}

static const char *
name_version (GTlsProtocolVersion version)
{
  switch (version)
    {
    case G_TLS_PROTOCOL_VERSION_TLS_1_3:
      return "TLS 1.3";
    case G_TLS_PROTOCOL_VERSION_TLS_1_2:
      return "TLS 1.2";
    case G_TLS_PROTOCOL_VERSION_TLS_1_1:
      return "TLS 1.1";
    case G_TLS_PROTOCOL_VERSION_TLS_1_0:
      return "TLS 1.0";
    case G_TLS_PROTOCOL_VERSION_SSL_3_0:
      return "SSL 3.0";
    case G_TLS_PROTOCOL_VERSION_DTLS_1_0:
    case G_TLS_PROTOCOL_VERSION_DTLS_1_2:
    case G_TLS_PROTOCOL_VERSION_UNKNOWN:
    default:
      return "TLS";
    }
}

/* GIO has G_TLS_ERROR_NOT_TLS for it, and does not always use it: then GnuTLS's own words tell. */
static gboolean
is_not_tls (const GError *error)
{
  static const int codes[] = { GNUTLS_E_UNEXPECTED_PACKET, GNUTLS_E_UNEXPECTED_PACKET_LENGTH,
                               GNUTLS_E_UNSUPPORTED_VERSION_PACKET,
                               /* A peer that sends back what it gets. */
                               GNUTLS_E_UNEXPECTED_HANDSHAKE_PACKET };

  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS))
    return TRUE;
  for (guint i = 0; error->domain == G_TLS_ERROR && i < G_N_ELEMENTS (codes); i++)
    if (strstr (error->message, gnutls_strerror (codes[i])) != NULL)
      return TRUE;
  return FALSE;
}

static void
explain_handshake_error (WbConnection *self, GError **error)
{
  g_autofree char *message = NULL;
  WbError code = WB_ERROR_TLS;

  if (self->trust_error != NULL)
    {
      g_clear_error (error);
      g_propagate_error (error, g_steal_pointer (&self->trust_error));
      return;
    }
  if (is_not_tls (*error))
    message = g_strdup_printf (
        /* Translators: %s is the peer, such as "mail.example.org:465". */
        _ ("%s does not speak TLS on this port. Choose STARTTLS, or another port."),
        self->peer_name);
  else if (g_error_matches (*error, G_TLS_ERROR, G_TLS_ERROR_EOF) ||
           g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
           g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
    message = g_strdup_printf (
        /* Translators: %s is the peer, such as "mail.example.org:465". */
        _ ("%s closed the connection during the TLS handshake. It may offer only TLS versions "
           "that are too old, or none on this port."),
        self->peer_name);
  else if ((*error)->domain == G_TLS_ERROR)
    message = g_strdup_printf (
        /* Translators: the first %s is the peer, the second says what went wrong. */
        _ ("The TLS handshake with %s failed: %s"), self->peer_name, (*error)->message);
  else
    return;

  g_clear_error (error);
  g_set_error_literal (error, WB_ERROR, code, message);
}

/* Our own check, whatever the TLS library was told to negotiate (RFC 8996). */
static gboolean
check_version (WbConnection *self, GError **error)
{
  GTlsProtocolVersion version = g_tls_connection_get_protocol_version (self->tls);

  if (version == G_TLS_PROTOCOL_VERSION_TLS_1_2 || version == G_TLS_PROTOCOL_VERSION_TLS_1_3)
    return TRUE;

  g_set_error (error, WB_ERROR, WB_ERROR_TLS,
               /* Translators: the first %s is the peer, the second a version such as "TLS 1.0". */
               _ ("%s offers only %s, which is no longer safe; TLS 1.2 is the least."),
               self->peer_name, name_version (version));
  return FALSE;
}

/* GIO keeps TLS sessions by address, port and identity, and hands them out in the order of their
 * arrival, whoever asks: a data channel would get that of another control connection, which servers
 * refuse. So a connection whose session will be offered goes by an identity of its own in there,
 * one of the addresses that nobody has (RFC 1112 §4). WbTrust checks against the true name all the
 * same. */
static GSocketConnectable *
make_own_identity (void)
{
  static gint count = 0;
  guint number = (guint) g_atomic_int_add (&count, 1);
  /* Of version 4: where the host is an address too, GIO puts it into SNI, where GnuTLS takes no
     colons. */
  g_autofree char *address =
      g_strdup_printf ("240.%u.%u.%u", (number >> 16) & 0xff, (number >> 8) & 0xff, number & 0xff);

  return g_network_address_new (address, 0);
}

/* Makes self->tls for the client's end. WbTrust decides, with more than one CA store and with pins,
 * so GIO gets no database; it has to be told while the object is made, since it would else read the
 * system's CA bundle for each connection, which takes 8 ms. */
gboolean
wb_connection_make_tls_client (WbConnection *self, GError **error)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new (self->host, self->port);
  g_autoptr (GSocketConnectable) own = self->lends ? make_own_identity () : NULL;
  GTlsBackend *backend = g_tls_backend_get_default ();

  self->tls = g_initable_new (g_tls_backend_get_client_connection_type (backend), NULL, error,
                              "base-io-stream", self->base, "server-identity",
                              own != NULL ? own : identity, "database", NULL, NULL);
  if (self->tls == NULL)
    return wb_connection_fail (self, error);

  if (own != NULL)
    {
      GTlsClientConnection *client = G_TLS_CLIENT_CONNECTION (self->tls);

      /* A name that was set goes out as SNI, and an address leaves that as it is. When it looks for
         sessions by it depends on the version: when the object is made, or at the handshake. */
      g_tls_client_connection_set_server_identity (client, identity);
      g_tls_client_connection_set_server_identity (client, own);
    }
  if (self->own != NULL)
    g_tls_connection_set_certificate (self->tls, self->own);
  if (self->resume != NULL)
    g_tls_client_connection_copy_session_state (G_TLS_CLIENT_CONNECTION (self->tls),
                                                G_TLS_CLIENT_CONNECTION (self->resume));
  g_signal_connect_object (self->tls, "accept-certificate", G_CALLBACK (accept_certificate_cb),
                           self, 0);
  return TRUE;
}

/* The handshake on self->tls, for either end. */
gboolean
wb_connection_shake (WbConnection *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *cipher = NULL;

  if (!wb_connection_begin (self, cancellable, error))
    return FALSE;

  if (!g_tls_connection_handshake (self->tls, cancellable, &local))
    {
      explain_handshake_error (self, &local);
      g_propagate_error (error, g_steal_pointer (&local));
      return wb_connection_fail (self, error);
    }
  if (!check_version (self, error))
    return wb_connection_fail (self, error);

  if (self->wire != NULL)
    {
      cipher = g_tls_connection_get_ciphersuite_name (self->tls);
      wb_wire_set_tls (self->wire, self->conversation, TRUE);
      wb_wire_note (self->wire, self->conversation, WB_WIRE_TLS,
                    /* Translators: the first %s is a version such as "TLS 1.3", the second the
                     * name of a cipher suite. */
                    _ ("%s begins, %s: from here on only the two ends can read it"),
                    name_version (g_tls_connection_get_protocol_version (self->tls)),
                    cipher != NULL ? cipher : "?");
    }
  return TRUE;
}

/* What came in the clear behind the "go ahead" would be taken for something said under TLS: the
 * command injection of CVE-2011-0411 and its kin. */
static gboolean
check_nothing_left (WbConnection *self, GError **error)
{
  if (!wb_connection_has_input (self))
    return TRUE;

  g_set_error (error, WB_ERROR, WB_ERROR_PROTOCOL,
               /* Translators: %s is the peer, such as "mail.example.org:25". */
               _ ("%s sent more in the clear after it agreed to begin TLS. Somebody may be "
                  "tampering with the connection, so it was ended."),
               self->peer_name);
  return wb_connection_fail (self, error);
}

/**
 * wb_connection_start_tls:
 *
 * Makes the client's TLS handshake on a connection that began in the clear, after
 * the server agreed to STARTTLS (RFC 3207), AUTH TLS (RFC 4217) or STLS (RFC 2595).
 * Bytes that the server sent in the clear after its reply are an attack: the
 * connection ends.
 *
 * Errors: %WB_ERROR_PROTOCOL, %WB_ERROR_TLS, %WB_ERROR_UNTRUSTED and those of reading.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_start_tls (WbConnection *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (self->tls == NULL, FALSE);
  g_return_val_if_fail (self->trust != NULL, FALSE);

  if (!wb_connection_flush (self, cancellable, error) || !check_nothing_left (self, error))
    return FALSE;

  return wb_connection_make_tls_client (self, error) &&
         wb_connection_shake (self, cancellable, error);
}

/**
 * wb_connection_start_tls_server:
 * @certificate: with its private key
 *
 * The same as the server, after it sent its "go ahead"; also for a port of implicit
 * TLS, before anything was sent.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_start_tls_server (WbConnection *self,
                                GTlsCertificate *certificate,
                                GCancellable *cancellable,
                                GError **error)
{
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (self->tls == NULL, FALSE);
  g_return_val_if_fail (G_IS_TLS_CERTIFICATE (certificate), FALSE);

  if (!wb_connection_flush (self, cancellable, error) || !check_nothing_left (self, error))
    return FALSE;

  self->tls = G_TLS_CONNECTION (
      g_tls_server_connection_new (G_IO_STREAM (self->base), certificate, &local));
  if (self->tls == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return wb_connection_fail (self, error);
    }
  return wb_connection_shake (self, cancellable, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-autoconfig-fetch.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "wb-autoconfig-xml.h"
#include "wb-error.h"

#define MAX_REDIRECTS 3
#define BLOCK 16384

/* One question, on the thread that asked, in a main context of its own. */
typedef struct
{
  WbTrust *trust;
  SoupSession *session;
  SoupMessage *message;
  GCancellable *cancellable; /* what ends it: the caller's, the time, a wrong certificate */
  GInputStream *body;
  GByteArray *data;
  gboolean checked; /* the certificate was judged */
  gboolean late;
  gboolean done;
  GError *error;
} Fetch;

/* The session is given no CAs, so that every certificate comes here and ours are the only rules. */
static gboolean
accept_certificate_cb (SoupMessage *message,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags flags,
                       gpointer user_data)
{
  Fetch *fetch = user_data;
  GUri *uri = soup_message_get_uri (message);

  g_clear_error (&fetch->error);
  fetch->checked =
      wb_trust_check (fetch->trust, g_uri_get_host (uri), (guint16) g_uri_get_port (uri),
                      certificate, NULL, &fetch->error);
  return fetch->checked;
}

static void
finish (Fetch *fetch, GError *error)
{
  /* What the certificate lacked says more than that the handshake failed. */
  if (!fetch->error)
    fetch->error = error;
  else
    g_clear_error (&error);
  fetch->done = TRUE;
}

static void read_more (Fetch *fetch);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (!bytes || g_bytes_get_size (bytes) == 0)
    {
      finish (fetch, error);
      return;
    }
  if (fetch->data->len + g_bytes_get_size (bytes) > WB_AUTOCONFIG_MAX)
    {
      finish (fetch, g_error_new_literal (WB_ERROR, WB_ERROR_TOO_LARGE,
                                          _ ("The answer is longer than any such answer is.")));
      return;
    }
  g_byte_array_append (fetch->data, g_bytes_get_data (bytes, NULL),
                       (guint) g_bytes_get_size (bytes));
  read_more (fetch);
}

static void
read_more (Fetch *fetch)
{
  g_input_stream_read_bytes_async (fetch->body, BLOCK, G_PRIORITY_DEFAULT, fetch->cancellable,
                                   read_cb, fetch);
}

/* RFC 8996, whatever the TLS library was told to negotiate. */
static gboolean
check_protection (Fetch *fetch, GError **error)
{
  GTlsProtocolVersion version = soup_message_get_tls_protocol_version (fetch->message);
  GTlsCertificate *certificate = soup_message_get_tls_peer_certificate (fetch->message);

  if (g_strcmp0 (g_uri_get_scheme (soup_message_get_uri (fetch->message)), "https") != 0)
    return TRUE;
  /* A session that was resumed shows no certificate: that of the first one is judged again. */
  if (!fetch->checked && certificate &&
      !accept_certificate_cb (fetch->message, certificate, 0, fetch))
    {
      g_propagate_error (error, g_steal_pointer (&fetch->error));
      return FALSE;
    }
  if (fetch->checked &&
      (version == G_TLS_PROTOCOL_VERSION_TLS_1_2 || version == G_TLS_PROTOCOL_VERSION_TLS_1_3))
    return TRUE;
  g_set_error_literal (error, WB_ERROR, WB_ERROR_TLS,
                       _ ("The server’s encryption is no longer safe; TLS 1.2 is the least."));
  return FALSE;
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  GError *error = NULL;

  fetch->body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (!fetch->body || !check_protection (fetch, &error))
    {
      finish (fetch, error);
      return;
    }
  read_more (fetch);
}

static gboolean
late_cb (gpointer user_data)
{
  Fetch *fetch = user_data;

  fetch->late = TRUE;
  g_cancellable_cancel (fetch->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Fetch *fetch = user_data;

  g_cancellable_cancel (fetch->cancellable);
  return G_SOURCE_REMOVE;
}

static GSource *
attach (GSource *source, GSourceFunc func, Fetch *fetch, GMainContext *context)
{
  g_source_set_callback (source, func, fetch, NULL);
  g_source_attach (source, context);
  return source;
}

static void
detach (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
run (Fetch *fetch, GMainContext *context, GCancellable *cancellable)
{
  GSource *clock =
      attach (g_timeout_source_new_seconds (WB_AUTOCONFIG_SECONDS), late_cb, fetch, context);
  GSource *cancel = attach (g_cancellable_source_new (cancellable),
                            (GSourceFunc) (void (*) (void)) cancelled_cb, fetch, context);

  soup_session_send_async (fetch->session, fetch->message, G_PRIORITY_DEFAULT, fetch->cancellable,
                           sent_cb, fetch);
  while (!fetch->done)
    g_main_context_iteration (context, TRUE);
  detach (clock);
  detach (cancel);
  if (fetch->late && g_error_matches (fetch->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&fetch->error);
      g_set_error_literal (&fetch->error, WB_ERROR, WB_ERROR_TIMED_OUT,
                           _ ("There was no whole answer in time."));
    }
}

static SoupSession *
make_session (gboolean direct)
{
  SoupSession *session = soup_session_new_with_options (
      "timeout", WB_AUTOCONFIG_SECONDS, "max-conns", 1, "user-agent", "Wirebench", NULL);

  soup_session_set_tls_database (session, NULL);
  if (direct)
    soup_session_set_proxy_resolver (session, NULL);
  return session;
}

static GBytes *
ask_once (GUri *uri,
          const char *form,
          gboolean direct,
          WbTrust *trust,
          guint *status,
          char **location,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GCancellable) ending = g_cancellable_new ();
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (SoupMessage) message = soup_message_new_from_uri (form ? "POST" : "GET", uri);
  Fetch fetch = { .trust = trust, .message = message, .cancellable = ending, .data = data };

  g_main_context_push_thread_default (context);
  fetch.session = make_session (direct);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), &fetch);
  if (form)
    {
      g_autoptr (GBytes) body = g_bytes_new (form, strlen (form));

      soup_message_set_request_body_from_bytes (message, "application/x-www-form-urlencoded", body);
      soup_message_headers_replace (soup_message_get_request_headers (message), "Accept",
                                    "application/json");
    }
  run (&fetch, context, cancellable);
  *status = soup_message_get_status (message);
  *location = g_strdup (
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Location"));
  g_clear_object (&fetch.body);
  soup_session_abort (fetch.session);
  g_clear_object (&fetch.session);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  if (fetch.error)
    {
      g_propagate_error (error, fetch.error);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&data));
}

/* From TLS only to TLS: else whoever sits on the way could send us where he likes. */
static GUri *
follow (GUri *uri, const char *location, GError **error)
{
  g_autoptr (GUri) next =
      location ? g_uri_parse_relative (uri, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  const char *scheme = next ? g_uri_get_scheme (next) : "";

  if (next && (g_str_equal (scheme, "https") ||
               (g_str_equal (scheme, "http") && g_str_equal (g_uri_get_scheme (uri), "http"))))
    return g_steal_pointer (&next);
  g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                       _ ("The server points to a place that is not protected."));
  return NULL;
}

/**
 * wb_autoconfig_fetch:
 * @url: an http or https address
 * @form: (nullable): what to post, URL-encoded; %NULL to get
 * @direct: whether to leave the desktop's proxy out
 * @trust: judges the certificate, by the rules of every other connection
 * @status: (out): the status of the answer (RFC 9110 §15)
 * @cancellable: (nullable): ends it
 * @error: set when there is no answer; a status of 404 is one
 *
 * Asks one small question by HTTP. No cookies, no cache; a form is never sent on to another
 * place; at most %WB_AUTOCONFIG_MAX bytes are taken, in %WB_AUTOCONFIG_SECONDS. Blocks; on a
 * worker.
 *
 * Returns: (transfer full) (nullable): the body of the answer
 */
GBytes *
wb_autoconfig_fetch (const char *url,
                     const char *form,
                     gboolean direct,
                     WbTrust *trust,
                     guint *status,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, error);

  *status = 0;
  for (guint hops = 0; uri; hops++)
    {
      g_autofree char *location = NULL;
      g_autoptr (GBytes) body =
          ask_once (uri, form, direct, trust, status, &location, cancellable, error);
      GUri *next = NULL;

      if (!body || form || !SOUP_STATUS_IS_REDIRECTION (*status) || hops == MAX_REDIRECTS)
        return g_steal_pointer (&body);
      next = follow (uri, location, error);
      g_uri_unref (uri);
      uri = next;
    }
  return NULL;
}

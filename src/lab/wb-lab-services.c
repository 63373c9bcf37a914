/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-private.h"

#include "wb-error.h"
#include "wb-json.h"
#include "wb-lab-pop3.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#define IDLE_SECONDS 300
/* RFC 1939, section 3: ten minutes at least. */
#define IDLE_SECONDS_POP3 600

typedef enum
{
  ENGINE_NONE,
  ENGINE_ECHO,
  ENGINE_FTP,
  ENGINE_SMTP_A,
  ENGINE_SMTP_B,
  ENGINE_POP3,
} Engine;

static const struct
{
  const char *name;
  const char *scheme;
  const char *protocol;
  const char *account;
  const char *query;
  Engine engine;
  gboolean tls;
} services[WB_LAB_N_SERVICES] = {
  [WB_LAB_UDP_ECHO] = { "udp-echo", NULL, "udp", NULL, "", ENGINE_ECHO, FALSE },
  [WB_LAB_TCP_ECHO] = { "tcp-echo", NULL, "tcp", NULL, "", ENGINE_ECHO, FALSE },
  [WB_LAB_TLS_ECHO] = { "tls-echo", NULL, "tcp", NULL, "", ENGINE_ECHO, TRUE },
  [WB_LAB_FTP] = { "ftp", "ftp", "ftp", "ftp", "", ENGINE_FTP, FALSE },
  [WB_LAB_FTPS] = { "ftps", "ftps", "ftp", "ftp", "", ENGINE_FTP, TRUE },
  [WB_LAB_SMTP] = { "smtp", "smtp", "smtp", "mail", "?starttls=required", ENGINE_SMTP_A, FALSE },
  [WB_LAB_SMTPS] = { "smtps", "smtps", "smtp", "mail", "", ENGINE_SMTP_A, TRUE },
  [WB_LAB_SMTP_B] = { "smtp-b", "smtp", "smtp", "mail", "?starttls=required", ENGINE_SMTP_B,
                      FALSE },
  [WB_LAB_POP3] = { "pop3", "pop3", "pop3", "mail", "?starttls=required", ENGINE_POP3, FALSE },
  [WB_LAB_POP3S] = { "pop3s", "pop3s", "pop3", "mail", "", ENGINE_POP3, TRUE },
  [WB_LAB_IMAP] = { "imap", "imap", "imap", "mail", "?starttls=required", ENGINE_NONE, FALSE },
  [WB_LAB_IMAPS] = { "imaps", "imaps", "imap", "mail", "", ENGINE_NONE, TRUE },
};

/**
 * wb_lab_service_get_name:
 *
 * Returns: (transfer none): "udp-echo", "ftp", "smtp-b", …
 */
const char *
wb_lab_service_get_name (WbLabService service)
{
  g_return_val_if_fail (service < WB_LAB_N_SERVICES, NULL);
  return services[service].name;
}

/**
 * wb_lab_service_from_name:
 * @name: "udp-echo", "ftp", "smtp-b", …
 * @service: (out): what it names
 *
 * Returns: whether there is a service of that name
 */
gboolean
wb_lab_service_from_name (const char *name, WbLabService *service)
{
  g_return_val_if_fail (name != NULL && service != NULL, FALSE);

  for (guint i = 0; i < WB_LAB_N_SERVICES; i++)
    if (g_str_equal (services[i].name, name))
      {
        *service = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * wb_lab_service_is_built:
 *
 * Returns: whether this version can run the service
 */
gboolean
wb_lab_service_is_built (WbLabService service)
{
  g_return_val_if_fail (service < WB_LAB_N_SERVICES, FALSE);
  return services[service].engine != ENGINE_NONE;
}

static WbLabListener *
start_listener (WbLab *self, WbLabService service, guint16 port, GError **error)
{
  WbLabListenerOptions options = {
    .protocol = services[service].protocol,
    .port = port,
    .certificate = services[service].tls ? self->certificate : NULL,
    .idle = IDLE_SECONDS,
    .wire = self->wire,
  };

  switch (services[service].engine)
    {
    case ENGINE_FTP:
      options.busy = "421 Too many clients; try again later.";
      options.serve = wb_lab_ftp_serve;
      options.user_data = self->ftp;
      break;
    case ENGINE_SMTP_A:
    case ENGINE_SMTP_B:
      options.busy = "421 4.3.2 Too many clients; try again later.";
      options.serve = wb_lab_smtp_serve;
      options.user_data =
          &self->smtp[services[service].engine == ENGINE_SMTP_A ? WB_LAB_PROVIDER_A
                                                                : WB_LAB_PROVIDER_B];
      break;
    case ENGINE_POP3:
      options.busy = "-ERR [SYS/TEMP] Too many clients; try again later.";
      options.serve = wb_lab_pop3_serve;
      options.user_data = self->mail;
      options.idle = IDLE_SECONDS_POP3;
      break;
    case ENGINE_NONE:
    case ENGINE_ECHO:
    default:
      g_set_error (error, WB_ERROR, WB_ERROR_UNSUPPORTED,
                   /* Translators: %s is a service, such as "imap". */
                   _ ("Not yet: this version of the lab has no %s server."),
                   services[service].name);
      return NULL;
    }
  return wb_lab_listener_start (&options, error);
}

static WbSocketServer *
start_echo (WbLab *self, WbLabService service, guint16 port, GError **error)
{
  WbSocketServerOptions options = {
    .transport = service == WB_LAB_UDP_ECHO ? WB_SOCKET_UDP : WB_SOCKET_TCP,
    .port = port,
    .reply = WB_SOCKET_REPLY_ECHO,
    .certificate = services[service].tls ? self->certificate : NULL,
    .wire = self->wire,
    .protocol = "echo",
  };

  return wb_socket_server_start (&options, error);
}

static gboolean
is_running_unlocked (WbLab *self, WbLabService service)
{
  return self->listeners[service] != NULL || self->echoes[service] != NULL;
}

/* The two providers find each other here. */
static void
announce (WbLab *self, WbLabService service)
{
  guint16 port =
      self->listeners[service] != NULL ? wb_lab_listener_get_port (self->listeners[service]) : 0;

  if (service == WB_LAB_SMTP)
    wb_lab_mail_set_port (self->mail, WB_LAB_PROVIDER_A, port);
  else if (service == WB_LAB_SMTP_B)
    wb_lab_mail_set_port (self->mail, WB_LAB_PROVIDER_B, port);
}

/**
 * wb_lab_start:
 * @port: 0 takes a free one
 *
 * Starts a service on loopback. One that runs already goes on as it is.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_ADDRESS_IN_USE, %WB_ERROR_PERMISSION,
 *   %WB_ERROR_UNSUPPORTED or %WB_ERROR_FAILED set
 */
gboolean
wb_lab_start (WbLab *self, WbLabService service, guint16 port, GError **error)
{
  gboolean runs;

  g_return_val_if_fail (WB_IS_LAB (self), FALSE);
  g_return_val_if_fail (service < WB_LAB_N_SERVICES, FALSE);

  g_mutex_lock (&self->lock);
  if (!is_running_unlocked (self, service) && services[service].engine == ENGINE_ECHO)
    self->echoes[service] = start_echo (self, service, port, error);
  else if (!is_running_unlocked (self, service))
    self->listeners[service] = start_listener (self, service, port, error);
  runs = is_running_unlocked (self, service);
  if (runs)
    announce (self, service);
  g_mutex_unlock (&self->lock);
  if (!runs)
    /* Translators: %s is a service, such as "ftp"; the reason follows. */
    g_prefix_error (error, _ ("While starting the lab's %s server: "), services[service].name);
  return runs;
}

/**
 * wb_lab_start_all:
 *
 * Starts all services that this version has, each on a free port. When one cannot, those
 * started by this call are stopped again.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_lab_start_all (WbLab *self, GError **error)
{
  gboolean started[WB_LAB_N_SERVICES] = { FALSE };

  g_return_val_if_fail (WB_IS_LAB (self), FALSE);

  for (guint i = 0; i < WB_LAB_N_SERVICES; i++)
    {
      if (!wb_lab_service_is_built (i) || wb_lab_is_running (self, i))
        continue;
      started[i] = wb_lab_start (self, i, 0, error);
      if (started[i])
        continue;
      for (guint k = 0; k < i; k++)
        if (started[k])
          wb_lab_stop (self, k);
      return FALSE;
    }
  return TRUE;
}

/**
 * wb_lab_stop:
 *
 * Stops a service and ends its conversations; waits until they have ended. Stopping what
 * does not run does nothing.
 */
void
wb_lab_stop (WbLab *self, WbLabService service)
{
  g_return_if_fail (WB_IS_LAB (self));
  g_return_if_fail (service < WB_LAB_N_SERVICES);

  g_mutex_lock (&self->lock);
  if (self->echoes[service] != NULL)
    wb_socket_server_stop (self->echoes[service]);
  g_clear_object (&self->echoes[service]);
  if (self->listeners[service] != NULL)
    {
      g_clear_pointer (&self->listeners[service], wb_lab_listener_stop);
      announce (self, service);
    }
  g_mutex_unlock (&self->lock);
}

/**
 * wb_lab_stop_all:
 *
 * Stops every service.
 */
void
wb_lab_stop_all (WbLab *self)
{
  g_return_if_fail (WB_IS_LAB (self));

  for (guint i = 0; i < WB_LAB_N_SERVICES; i++)
    wb_lab_stop (self, i);
}

/**
 * wb_lab_is_running:
 *
 * Returns: whether the service runs
 */
gboolean
wb_lab_is_running (WbLab *self, WbLabService service)
{
  return wb_lab_get_port (self, service) != 0;
}

/**
 * wb_lab_get_port:
 *
 * Returns: the port that the service listens on, 0 when it does not run
 */
guint16
wb_lab_get_port (WbLab *self, WbLabService service)
{
  guint16 port = 0;

  g_return_val_if_fail (WB_IS_LAB (self), 0);
  g_return_val_if_fail (service < WB_LAB_N_SERVICES, 0);

  g_mutex_lock (&self->lock);
  if (self->listeners[service] != NULL)
    port = wb_lab_listener_get_port (self->listeners[service]);
  else if (self->echoes[service] != NULL)
    port = wb_socket_server_get_port (self->echoes[service]);
  g_mutex_unlock (&self->lock);
  return port;
}

/* ── What a client needs to know ── */

/**
 * wb_lab_dup_url:
 * @kind_or_address: (nullable): whose account; %NULL for a URL without user and password
 *
 * The URL of a running service; of an echo server, which has no scheme, "HOST:PORT".
 * The ports that begin in the clear ask for STARTTLS where there are passwords of mail.
 *
 * Returns: (transfer full) (nullable): the URL, with the password in it; %NULL when the
 *   service does not run or has no such account
 */
char *
wb_lab_dup_url (WbLab *self, WbLabService service, const char *kind_or_address)
{
  const WbLabAccount *account = NULL;
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;
  g_autofree char *login = NULL;
  guint16 port;

  g_return_val_if_fail (WB_IS_LAB (self), NULL);
  g_return_val_if_fail (service < WB_LAB_N_SERVICES, NULL);

  port = wb_lab_get_port (self, service);
  if (port == 0)
    return NULL;
  if (services[service].scheme == NULL)
    return g_strdup_printf ("127.0.0.1:%u", port);

  if (kind_or_address != NULL)
    {
      account = wb_lab_find_account (self, services[service].account, kind_or_address);
      if (account == NULL)
        return NULL;
      user = g_uri_escape_string (account->user, NULL, FALSE);
      password = g_uri_escape_string (account->password, NULL, FALSE);
      login = g_strdup_printf ("%s:%s@", user, password);
    }
  return g_strdup_printf ("%s://%s127.0.0.1:%u/%s", services[service].scheme,
                          login != NULL ? login : "", port, services[service].query);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

/**
 * wb_lab_to_json:
 *
 * What `wire lab` prints: ports of the running services, CA file and accounts, as one JSON
 * object.
 *
 * Returns: (transfer full): the text, without a line end
 */
char *
wb_lab_to_json (WbLab *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (WB_IS_LAB (self), NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_object (builder);
  for (guint i = 0; i < WB_LAB_N_SERVICES; i++)
    {
      guint16 port = wb_lab_get_port (self, i);

      if (port == 0)
        continue;
      json_builder_set_member_name (builder, services[i].name);
      json_builder_add_int_value (builder, port);
    }
  json_builder_end_object (builder);

  add_string (builder, "ca_file", self->ca_file);
  json_builder_set_member_name (builder, "accounts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->accounts->len; i++)
    {
      const WbLabAccount *account = g_ptr_array_index (self->accounts, i);

      json_builder_begin_object (builder);
      add_string (builder, "service", account->service);
      add_string (builder, "kind", account->kind);
      add_string (builder, "address", account->address);
      add_string (builder, "user", account->user);
      add_string (builder, "password", account->password);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return wb_json_to_string (root);
}

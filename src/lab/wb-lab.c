/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab.h"

#include "wb-error.h"
#include "wb-lab-ca.h"
#include "wb-lab-fault.h"
#include "wb-lab-ftp.h"
#include "wb-lab-listener.h"
#include "wb-lab-lock.h"
#include "wb-lab-mail.h"
#include "wb-lab-pop3.h"
#include "wb-lab-secret.h"
#include "wb-lab-smtp.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#define PASSWORD_LENGTH 12
#define PASSWORD_VARIABLE "WIRE_LAB_PASSWORD"

#define FTP_REAL_USER "student"
#define FTP_GUEST_USER "guest"
/* By custom an e-mail address; any is taken. */
#define FTP_ANONYMOUS_PASSWORD "anonymous@example.org"
#define FTP_GUEST_QUOTA (G_GUINT64_CONSTANT (16) * 1024 * 1024)

#define TEACHER "teacher@" WB_LAB_DOMAIN_A
#define STUDENT "student@" WB_LAB_DOMAIN_B
/* Where mail for any other domain goes. */
#define CATCH_ALL "catch-all@" WB_LAB_DOMAIN_A

#define IDLE_SECONDS 300
/* RFC 1939, section 3: ten minutes at least. */
#define IDLE_SECONDS_POP3 600

/* Services are started and stopped under @lock; the rest never changes after wb_lab_new(). */
struct _WbLab
{
  GObject parent_instance;

  WbWire *wire;
  char *state_directory;
  char *ftp_directory;
  char *ca_file;
  GTlsCertificate *certificate;
  GPtrArray *accounts;
  WbLabFault *fault;
  WbLabFtp *ftp;
  WbLabMail *mail;
  WbLabSmtp smtp[WB_LAB_N_PROVIDERS];

  GMutex lock;
  WbLabListener *listeners[WB_LAB_N_SERVICES];
};

G_DEFINE_FINAL_TYPE (WbLab, wb_lab, G_TYPE_OBJECT)

typedef enum
{
  ENGINE_NONE,
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
  [WB_LAB_UDP_ECHO] = { "udp-echo", NULL, "udp", NULL, "", ENGINE_NONE, FALSE },
  [WB_LAB_TCP_ECHO] = { "tcp-echo", NULL, "tcp", NULL, "", ENGINE_NONE, FALSE },
  [WB_LAB_TLS_ECHO] = { "tls-echo", NULL, "tcp", NULL, "", ENGINE_NONE, TRUE },
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

static void
account_free (gpointer data)
{
  WbLabAccount *account = data;

  g_free (account->service);
  g_free (account->kind);
  g_free (account->address);
  g_free (account->user);
  g_free (account->password);
  g_free (account);
}

static void
wb_lab_dispose (GObject *object)
{
  WbLab *self = WB_LAB (object);

  wb_lab_stop_all (self);
  G_OBJECT_CLASS (wb_lab_parent_class)->dispose (object);
}

static void
wb_lab_finalize (GObject *object)
{
  WbLab *self = WB_LAB (object);

  g_clear_pointer (&self->ftp, wb_lab_ftp_free);
  g_clear_pointer (&self->mail, wb_lab_mail_free);
  g_clear_pointer (&self->fault, wb_lab_fault_free);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  g_clear_object (&self->certificate);
  g_clear_object (&self->wire);
  g_free (self->state_directory);
  g_free (self->ftp_directory);
  g_free (self->ca_file);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (wb_lab_parent_class)->finalize (object);
}

static void
wb_lab_class_init (WbLabClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wb_lab_dispose;
  object_class->finalize = wb_lab_finalize;
}

static void
wb_lab_init (WbLab *self)
{
  g_mutex_init (&self->lock);
  self->accounts = g_ptr_array_new_with_free_func (account_free);
  self->fault = wb_lab_fault_new ();
}

/* ── Making ── */

static gboolean
add_account (WbLab *self,
             const char *service,
             const char *kind,
             const char *address,
             const char *user,
             const char *password,
             GError **error)
{
  const char *fixed = g_getenv (PASSWORD_VARIABLE);
  WbLabAccount *account = g_new0 (WbLabAccount, 1);

  g_ptr_array_add (self->accounts, account);
  account->service = g_strdup (service);
  account->kind = g_strdup (kind);
  account->address = g_strdup (address);
  account->user = g_strdup (user);
  if (password != NULL)
    {
      account->password = g_strdup (password);
      return TRUE;
    }

  if (fixed != NULL && *fixed != '\0')
    {
      if (!wb_check_line_argument (PASSWORD_VARIABLE, fixed, error))
        return FALSE;
      account->password = g_strdup (fixed);
    }
  else
    account->password = wb_lab_secret_create (PASSWORD_LENGTH, error);
  if (account->password == NULL)
    return FALSE;
  wb_wire_hide (self->wire, account->password);
  return TRUE;
}

static gboolean
add_accounts (WbLab *self, GError **error)
{
  return add_account (self, "ftp", "real", NULL, FTP_REAL_USER, NULL, error) &&
         add_account (self, "ftp", "guest", NULL, FTP_GUEST_USER, NULL, error) &&
         add_account (self, "ftp", "anonymous", NULL, "anonymous", FTP_ANONYMOUS_PASSWORD, error) &&
         add_account (self, "mail", "real", TEACHER, TEACHER, NULL, error) &&
         add_account (self, "mail", "real", STUDENT, STUDENT, NULL, error) &&
         add_account (self, "mail", "real", CATCH_ALL, CATCH_ALL, NULL, error);
}

/* One at a time sets up a state directory: the window and `wire lab` share theirs. */
static int
lock_state (const char *directory, GError **error)
{
  int lock = -1;

  if (g_mkdir_with_parents (directory, 0700) == 0)
    lock = wb_lab_lock_take (directory, "lock", TRUE);
  if (lock < 0)
    g_set_error (error, WB_ERROR, WB_ERROR_PERMISSION,
                 /* Translators: the first %s is a folder, the second the system's reason. */
                 _ ("The lab cannot keep its files in %s: %s. Choose another folder."), directory,
                 g_strerror (errno));
  return lock;
}

static gboolean
set_up_ftp (WbLab *self, GError **error)
{
  const WbLabAccount *real = wb_lab_find_account (self, "ftp", "real");
  const WbLabAccount *guest = wb_lab_find_account (self, "ftp", "guest");
  WbLabFtpOptions options = {
    .directory = self->ftp_directory,
    .certificate = self->certificate,
    .fault = self->fault,
    .real_user = real->user,
    .real_password = real->password,
    .guest_user = guest->user,
    .guest_password = guest->password,
    .guest_quota = FTP_GUEST_QUOTA,
  };

  self->ftp = wb_lab_ftp_new (&options, error);
  return self->ftp != NULL;
}

static gboolean
set_up_mail (WbLab *self, GError **error)
{
  g_autofree char *directory = g_build_filename (self->state_directory, "mail", NULL);

  self->mail = wb_lab_mail_new (self->wire, directory, self->certificate, self->fault, error);
  if (self->mail == NULL)
    return FALSE;
  for (guint i = 0; i < self->accounts->len; i++)
    {
      const WbLabAccount *account = g_ptr_array_index (self->accounts, i);

      if (account->address != NULL &&
          !wb_lab_mail_add_mailbox (self->mail, account->address, account->password,
                                    g_str_equal (account->address, CATCH_ALL), error))
        return FALSE;
    }
  for (guint i = 0; i < WB_LAB_N_PROVIDERS; i++)
    {
      self->smtp[i].mail = self->mail;
      self->smtp[i].provider = i;
    }
  return TRUE;
}

static gboolean
set_up (WbLab *self, GError **error)
{
  return wb_lab_ca_ensure (self->state_directory, &self->ca_file, &self->certificate, error) &&
         add_accounts (self, error) && set_up_ftp (self, error) && set_up_mail (self, error);
}

/**
 * wb_lab_new:
 * @wire: where every conversation of the servers is logged
 * @state_directory: where certificates, files and mail are kept; made where missing
 *
 * Makes the lab: its CA and certificate (at the first start), its accounts with new
 * random passwords, or with that of the environment variable `WIRE_LAB_PASSWORD`. Nothing
 * listens yet. Blocks briefly.
 *
 * Returns: (transfer full): the lab, or %NULL with @error set
 */
WbLab *
wb_lab_new (WbWire *wire, const char *state_directory, GError **error)
{
  g_autoptr (WbLab) self = NULL;
  gboolean well;
  int lock;

  g_return_val_if_fail (WB_IS_WIRE (wire), NULL);
  g_return_val_if_fail (state_directory != NULL, NULL);

  self = g_object_new (WB_TYPE_LAB, NULL);
  self->wire = g_object_ref (wire);
  self->state_directory = g_canonicalize_filename (state_directory, NULL);
  self->ftp_directory = g_build_filename (self->state_directory, "ftp", NULL);

  lock = lock_state (self->state_directory, error);
  if (lock < 0)
    return NULL;
  well = set_up (self, error);
  wb_lab_lock_drop (lock);
  return well ? g_steal_pointer (&self) : NULL;
}

/**
 * wb_lab_add_fault:
 * @spec: `delay=MILLISECONDS`, `close-after=BYTES`, `reply=VERB:CODE`, or several with commas
 *
 * Has the line servers (FTP, SMTP, POP3) do something wrong on purpose. Only while
 * nothing runs.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_INVALID set
 */
gboolean
wb_lab_add_fault (WbLab *self, const char *spec, GError **error)
{
  g_return_val_if_fail (WB_IS_LAB (self), FALSE);

  for (guint i = 0; i < WB_LAB_N_SERVICES; i++)
    if (wb_lab_is_running (self, i))
      {
        g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                             _ ("Stop the lab's servers before you change their faults."));
        return FALSE;
      }
  return wb_lab_fault_add (self->fault, spec, error);
}

/* ── Services ── */

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
    default:
      g_set_error (error, WB_ERROR, WB_ERROR_UNSUPPORTED,
                   /* Translators: %s is a service, such as "imap". */
                   _ ("This version of the lab has no %s server."), services[service].name);
      return NULL;
    }
  return wb_lab_listener_start (&options, error);
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
  if (self->listeners[service] == NULL)
    self->listeners[service] = start_listener (self, service, port, error);
  runs = self->listeners[service] != NULL;
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
  g_mutex_unlock (&self->lock);
  return port;
}

/* ── What a client needs to know ── */

/**
 * wb_lab_get_ca_file:
 *
 * Returns: (transfer none): the certificate (PEM) of the lab's CA
 */
const char *
wb_lab_get_ca_file (WbLab *self)
{
  g_return_val_if_fail (WB_IS_LAB (self), NULL);
  return self->ca_file;
}

/**
 * wb_lab_get_state_directory:
 *
 * Returns: (transfer none): where the lab keeps everything, absolute
 */
const char *
wb_lab_get_state_directory (WbLab *self)
{
  g_return_val_if_fail (WB_IS_LAB (self), NULL);
  return self->state_directory;
}

/**
 * wb_lab_get_ftp_directory:
 *
 * Returns: (transfer none): the folder that holds `home`, `guest` and `anonymous`
 */
const char *
wb_lab_get_ftp_directory (WbLab *self)
{
  g_return_val_if_fail (WB_IS_LAB (self), NULL);
  return self->ftp_directory;
}

/**
 * wb_lab_dup_maildir_path:
 * @address: of a mail account
 *
 * Returns: (transfer full) (nullable): the Maildir that its mail is delivered into, %NULL
 *   when there is no such account
 */
char *
wb_lab_dup_maildir_path (WbLab *self, const char *address)
{
  g_return_val_if_fail (WB_IS_LAB (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  if (wb_lab_find_account (self, "mail", address) == NULL)
    return NULL;
  return g_build_filename (self->state_directory, "mail", address, NULL);
}

/**
 * wb_lab_get_accounts:
 *
 * Returns: (transfer none) (element-type WbLabAccount): all accounts; never changes
 */
GPtrArray *
wb_lab_get_accounts (WbLab *self)
{
  g_return_val_if_fail (WB_IS_LAB (self), NULL);
  return self->accounts;
}

/**
 * wb_lab_find_account:
 * @service: "mail" or "ftp"
 * @kind_or_address: "real", "guest", "anonymous", an address or a user name
 *
 * Returns: (transfer none) (nullable): the first such account
 */
const WbLabAccount *
wb_lab_find_account (WbLab *self, const char *service, const char *kind_or_address)
{
  g_return_val_if_fail (WB_IS_LAB (self), NULL);
  g_return_val_if_fail (service != NULL && kind_or_address != NULL, NULL);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      const WbLabAccount *account = g_ptr_array_index (self->accounts, i);

      if (g_str_equal (account->service, service) &&
          (g_str_equal (account->kind, kind_or_address) ||
           g_str_equal (account->user, kind_or_address) ||
           g_strcmp0 (account->address, kind_or_address) == 0))
        return account;
    }
  return NULL;
}

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
  return json_to_string (root, FALSE);
}

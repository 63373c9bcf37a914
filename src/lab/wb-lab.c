/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-private.h"

#include "wb-error.h"
#include "wb-lab-ca.h"
#include "wb-lab-lock.h"
#include "wb-lab-secret.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

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

G_DEFINE_FINAL_TYPE (WbLab, wb_lab, G_TYPE_OBJECT)

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

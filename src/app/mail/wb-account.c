/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-account.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

struct _WbAccount
{
  GObject parent_instance;

  char *id;
  char *name;
  char *address;
  char *smtp_url;
  char *pop3_url;
  gboolean leave_on_server;
  gboolean lab;
  gboolean preferred;
  WbOauthSettings *oauth;
  char *proxy;
  char *certificate;
  GPtrArray *identities; /* of WbMailIdentity; the account's own is the first */
};

G_DEFINE_FINAL_TYPE (WbAccount, wb_account, G_TYPE_OBJECT)

static const struct
{
  const char *directory;
  const char *title;
  const char *icon;
} folders[WB_FOLDER_N_KINDS] = {
  [WB_FOLDER_INBOX] = { "Inbox", N_ ("Inbox"), "mail-read-symbolic" },
  [WB_FOLDER_OUTBOX] = { "Outbox", N_ ("Outbox"), "document-send-symbolic" },
  [WB_FOLDER_DRAFTS] = { "Drafts", N_ ("Drafts"), "document-edit-symbolic" },
  [WB_FOLDER_SENT] = { "Sent", N_ ("Sent"), "mail-send-symbolic" },
};

static void
identity_free (gpointer data)
{
  WbMailIdentity *identity = data;

  g_free (identity->name);
  g_free (identity->address);
  g_free (identity);
}

static void
wb_account_finalize (GObject *object)
{
  WbAccount *self = WB_ACCOUNT (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->address);
  g_free (self->smtp_url);
  g_free (self->pop3_url);
  g_ptr_array_unref (self->identities);
  wb_oauth_settings_free (self->oauth);
  g_free (self->proxy);
  g_free (self->certificate);

  G_OBJECT_CLASS (wb_account_parent_class)->finalize (object);
}

static void
wb_account_class_init (WbAccountClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_account_finalize;
}

static void
wb_account_init (WbAccount *self)
{
  self->identities = g_ptr_array_new_with_free_func (identity_free);
}

/**
 * wb_account_new:
 * @id: the name of its folder and of its group in the file; letters, digits, "-"
 * @name: the person's name, which may be empty
 * @address: user@host
 * @smtp_url: (nullable): where to send, without a password; %NULL for the lab's
 * @pop3_url: (nullable): where to receive, without a password
 * @leave_on_server: whether received mail stays there
 * @lab: whether the lab knows its servers and passwords
 *
 * Any thread.
 *
 * Returns: (transfer full): the account
 */
WbAccount *
wb_account_new (const char *id,
                const char *name,
                const char *address,
                const char *smtp_url,
                const char *pop3_url,
                gboolean leave_on_server,
                gboolean lab)
{
  WbAccount *self = g_object_new (WB_TYPE_ACCOUNT, NULL);

  self->id = g_strdup (id);
  self->name = g_strdup (name);
  self->address = g_strdup (address);
  self->smtp_url = g_strdup (smtp_url);
  self->pop3_url = g_strdup (pop3_url);
  self->leave_on_server = leave_on_server;
  self->lab = lab;
  wb_account_add_identity (self, name, address);
  return self;
}

/**
 * wb_account_add_identity:
 * @self: an account that no other thread has seen yet
 * @name: a name, which may be empty
 * @address: user@host, another one that its mails may be from
 *
 * Adds an identity behind those that it has.
 */
void
wb_account_add_identity (WbAccount *self, const char *name, const char *address)
{
  WbMailIdentity *identity = NULL;

  g_return_if_fail (WB_IS_ACCOUNT (self));

  identity = g_new0 (WbMailIdentity, 1);
  identity->name = g_strdup (name);
  identity->address = g_strdup (address);
  g_ptr_array_add (self->identities, identity);
}

/**
 * wb_account_set_default:
 * @self: an account that no other thread has seen yet
 * @preferred: whether new mails are from it
 *
 * At most one account of a store is the default.
 */
void
wb_account_set_default (WbAccount *self, gboolean preferred)
{
  g_return_if_fail (WB_IS_ACCOUNT (self));

  self->preferred = preferred;
}

/**
 * wb_account_set_oauth:
 * @self: an account that no other thread has seen yet
 * @oauth: (nullable): how to sign in with the browser; %NULL for a password
 */
void
wb_account_set_oauth (WbAccount *self, const WbOauthSettings *oauth)
{
  g_return_if_fail (WB_IS_ACCOUNT (self));

  wb_oauth_settings_free (self->oauth);
  self->oauth = wb_oauth_settings_copy (oauth);
}

/**
 * wb_account_set_proxy:
 * @self: an account that no other thread has seen yet
 * @proxy: (nullable): such as "socks5://HOST:PORT", without a password, or
 *   %WB_ACCOUNT_PROXY_DESKTOP; %NULL for none
 *
 * Sets what its servers are reached through.
 */
void
wb_account_set_proxy (WbAccount *self, const char *proxy)
{
  g_return_if_fail (WB_IS_ACCOUNT (self));

  g_free (self->proxy);
  self->proxy = g_strdup (proxy);
}

/**
 * wb_account_set_certificate:
 * @self: an account that no other thread has seen yet
 * @path: (nullable): a file with a certificate and its key, PEM; %NULL for none
 *
 * Sets what is shown to a server that asks who it is that connects.
 */
void
wb_account_set_certificate (WbAccount *self, const char *path)
{
  g_return_if_fail (WB_IS_ACCOUNT (self));

  g_free (self->certificate);
  self->certificate = g_strdup (path);
}

static void
load_oauth (WbAccount *self, GKeyFile *file)
{
  g_autofree char *authorize = g_key_file_get_string (file, self->id, "oauth-authorize", NULL);
  g_autofree char *token = g_key_file_get_string (file, self->id, "oauth-token", NULL);
  g_autofree char *client_id = g_key_file_get_string (file, self->id, "oauth-client-id", NULL);
  g_autofree char *scope = g_key_file_get_string (file, self->id, "oauth-scope", NULL);

  if (authorize && token && client_id)
    self->oauth = wb_oauth_settings_new (authorize, token, client_id, scope);
}

static void
save_oauth (WbAccount *self, GKeyFile *file)
{
  if (!self->oauth)
    return;
  g_key_file_set_string (file, self->id, "oauth-authorize", self->oauth->authorize);
  g_key_file_set_string (file, self->id, "oauth-token", self->oauth->token);
  g_key_file_set_string (file, self->id, "oauth-client-id", self->oauth->client_id);
  g_key_file_set_string (file, self->id, "oauth-scope", self->oauth->scope);
}

static void
load_identities (WbAccount *self, GKeyFile *file)
{
  g_auto (GStrv) names = g_key_file_get_string_list (file, self->id, "identity-names", NULL, NULL);
  g_auto (GStrv) addresses =
      g_key_file_get_string_list (file, self->id, "identity-addresses", NULL, NULL);

  for (guint i = 0; names && addresses && names[i] && addresses[i]; i++)
    wb_account_add_identity (self, names[i], addresses[i]);
}

static void
save_identities (WbAccount *self, GKeyFile *file)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();

  if (self->identities->len < 2)
    return;
  for (guint i = 1; i < self->identities->len; i++)
    {
      const WbMailIdentity *identity = g_ptr_array_index (self->identities, i);

      g_ptr_array_add (names, identity->name);
      g_ptr_array_add (addresses, identity->address);
    }
  g_key_file_set_string_list (file, self->id, "identity-names", (const char *const *) names->pdata,
                              names->len);
  g_key_file_set_string_list (file, self->id, "identity-addresses",
                              (const char *const *) addresses->pdata, addresses->len);
}

/**
 * wb_account_load:
 * @file: the accounts
 * @id: the group's name
 * @error: set when the group lacks an address
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the account
 */
WbAccount *
wb_account_load (GKeyFile *file, const char *id, GError **error)
{
  g_autofree char *name = g_key_file_get_string (file, id, "name", NULL);
  g_autofree char *address = g_key_file_get_string (file, id, "address", error);
  g_autofree char *smtp_url = g_key_file_get_string (file, id, "smtp", NULL);
  g_autofree char *pop3_url = g_key_file_get_string (file, id, "pop3", NULL);
  /* A mail is deleted from a server only where the person said so in so many words. */
  gboolean remove = g_key_file_get_boolean (file, id, "delete-from-server", NULL);

  WbAccount *self = NULL;

  if (!address)
    return NULL;
  self = wb_account_new (id, name ? name : "", address, smtp_url, pop3_url, !remove, FALSE);
  load_identities (self, file);
  load_oauth (self, file);
  self->proxy = g_key_file_get_string (file, id, "proxy", NULL);
  self->certificate = g_key_file_get_string (file, id, "certificate", NULL);
  self->preferred = g_key_file_get_boolean (file, id, "default", NULL);
  return self;
}

/**
 * wb_account_save:
 * @self: the account
 * @file: where to put it
 *
 * Any thread.
 */
void
wb_account_save (WbAccount *self, GKeyFile *file)
{
  g_return_if_fail (WB_IS_ACCOUNT (self));

  g_key_file_set_string (file, self->id, "name", self->name);
  g_key_file_set_string (file, self->id, "address", self->address);
  if (self->smtp_url)
    g_key_file_set_string (file, self->id, "smtp", self->smtp_url);
  if (self->pop3_url)
    g_key_file_set_string (file, self->id, "pop3", self->pop3_url);
  g_key_file_set_boolean (file, self->id, "delete-from-server", !self->leave_on_server);
  if (self->preferred)
    g_key_file_set_boolean (file, self->id, "default", TRUE);
  save_identities (self, file);
  save_oauth (self, file);
  if (self->proxy)
    g_key_file_set_string (file, self->id, "proxy", self->proxy);
  if (self->certificate)
    g_key_file_set_string (file, self->id, "certificate", self->certificate);
}

/**
 * wb_account_get_id:
 * @self: the account
 *
 * Returns: (transfer none): the name of its folder
 */
const char *
wb_account_get_id (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return self->id;
}

/**
 * wb_account_get_name:
 * @self: the account
 *
 * Returns: (transfer none): the person's name, which may be empty
 */
const char *
wb_account_get_name (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return self->name;
}

/**
 * wb_account_get_address:
 * @self: the account
 *
 * Returns: (transfer none): user@host
 */
const char *
wb_account_get_address (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return self->address;
}

/**
 * wb_account_dup_mailbox:
 * @self: the account
 *
 * Returns: (transfer full): what goes into From: the name, quoted, and the address
 */
char *
wb_account_dup_mailbox (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return wb_mail_identity_dup_mailbox (g_ptr_array_index (self->identities, 0));
}

/**
 * wb_mail_identity_dup_mailbox:
 * @self: the identity
 *
 * Returns: (transfer full): what goes into From: the name, quoted, and the address
 */
char *
wb_mail_identity_dup_mailbox (const WbMailIdentity *self)
{
  g_auto (GStrv) pieces = NULL;
  g_autofree char *escaped = NULL;

  if (!*self->name)
    return g_strdup (self->address);
  pieces = g_strsplit_set (self->name, "\\\"\r\n", -1);
  escaped = g_strjoinv ("", pieces);
  return g_strdup_printf ("\"%s\" <%s>", escaped, self->address);
}

/**
 * wb_account_get_smtp_url:
 * @self: the account
 *
 * Returns: (transfer none) (nullable): where to send, without a password
 */
const char *
wb_account_get_smtp_url (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return self->smtp_url;
}

/**
 * wb_account_get_pop3_url:
 * @self: the account
 *
 * Returns: (transfer none) (nullable): where to receive, without a password
 */
const char *
wb_account_get_pop3_url (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return self->pop3_url;
}

/**
 * wb_account_get_leave_on_server:
 * @self: the account
 *
 * Returns: whether received mail stays on the server
 */
gboolean
wb_account_get_leave_on_server (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), TRUE);

  return self->leave_on_server;
}

/**
 * wb_account_get_identities:
 * @self: the account
 *
 * Returns: (transfer none) (element-type WbMailIdentity): whom its mails may be from; the
 *   account's own name and address first, so it is never empty
 */
GPtrArray *
wb_account_get_identities (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return self->identities;
}

/**
 * wb_account_get_oauth:
 * @self: the account
 *
 * Returns: (transfer none) (nullable): how to sign in with the browser; %NULL for a password
 */
const WbOauthSettings *
wb_account_get_oauth (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return self->oauth;
}

/**
 * wb_account_get_proxy:
 * @self: the account
 *
 * Returns: (transfer none) (nullable): as for wb_account_set_proxy()
 */
const char *
wb_account_get_proxy (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return self->proxy;
}

/**
 * wb_account_get_certificate:
 * @self: the account
 *
 * Returns: (transfer none) (nullable): the file of the certificate that its servers are shown
 */
const char *
wb_account_get_certificate (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return self->certificate;
}

/**
 * wb_account_is_default:
 * @self: the account
 *
 * Returns: whether the person chose it for new mails
 */
gboolean
wb_account_is_default (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), FALSE);

  return self->preferred;
}

/**
 * wb_account_is_lab:
 * @self: the account
 *
 * Returns: whether the lab knows its servers and passwords
 */
gboolean
wb_account_is_lab (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), FALSE);

  return self->lab;
}

/**
 * wb_account_dup_directory:
 * @self: the account
 *
 * Returns: (transfer full): where its folders are on this computer
 */
char *
wb_account_dup_directory (WbAccount *self)
{
  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);

  return g_build_filename (g_get_user_data_dir (), "wirebench", "mail", self->id, NULL);
}

/**
 * wb_account_open_folder:
 * @self: the account
 * @kind: which folder
 * @error: set when it can't be made or opened
 *
 * Blocks; not for the main thread.
 *
 * Returns: (transfer full) (nullable): the folder, made when it was not there
 */
WbMaildir *
wb_account_open_folder (WbAccount *self, WbFolderKind kind, GError **error)
{
  g_autofree char *directory = NULL;
  g_autofree char *path = NULL;

  g_return_val_if_fail (WB_IS_ACCOUNT (self), NULL);
  g_return_val_if_fail (kind < WB_FOLDER_N_KINDS, NULL);

  directory = wb_account_dup_directory (self);
  path = g_build_filename (directory, folders[kind].directory, NULL);
  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      int saved = errno;

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                   /* Translators: the first %s is a folder, the second the system's reason */
                   _ ("The folder %s for mail could not be made: %s"), directory,
                   g_strerror (saved));
      return NULL;
    }
  return wb_maildir_open (path, error);
}

/**
 * wb_folder_kind_get_title:
 * @kind: which folder
 *
 * Returns: (transfer none): what to call it, translated
 */
const char *
wb_folder_kind_get_title (WbFolderKind kind)
{
  g_return_val_if_fail (kind < WB_FOLDER_N_KINDS, NULL);

  return _ (folders[kind].title);
}

/**
 * wb_folder_kind_get_icon:
 * @kind: which folder
 *
 * Returns: (transfer none): the name of its symbol
 */
const char *
wb_folder_kind_get_icon (WbFolderKind kind)
{
  g_return_val_if_fail (kind < WB_FOLDER_N_KINDS, NULL);

  return folders[kind].icon;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-store.h"

#include "wb-outbox.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

struct _WbMailStore
{
  GObject parent_instance;

  WbWorkbench *workbench;
  WbHtml *html;
  WbSession *session;
  GListStore *accounts; /* of WbAccount */
  GHashTable *folders;  /* (element-type utf8 WbMailFolder), by account id and kind */
};

G_DEFINE_FINAL_TYPE (WbMailStore, wb_mail_store, G_TYPE_OBJECT)

static void
wb_mail_store_dispose (GObject *object)
{
  WbMailStore *self = WB_MAIL_STORE (object);

  g_clear_pointer (&self->folders, g_hash_table_unref);
  g_clear_object (&self->accounts);
  g_clear_object (&self->session);
  g_clear_object (&self->html);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_mail_store_parent_class)->dispose (object);
}

static void
wb_mail_store_class_init (WbMailStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_mail_store_dispose;
}

static void
wb_mail_store_init (WbMailStore *self)
{
  self->html = wb_html_new ();
  self->session = wb_session_new ("mail-store");
  self->accounts = g_list_store_new (WB_TYPE_ACCOUNT);
  self->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

static char *
accounts_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "wirebench", "mail", "accounts.ini", NULL);
}

static void
load_accounts (WbMailStore *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = accounts_path ();
  g_autoptr (WbAccount) student = NULL;
  g_autoptr (WbAccount) teacher = NULL;
  g_auto (GStrv) groups = NULL;
  g_autoptr (GError) error = NULL;

  student = wb_account_new ("lab-student", _ ("Student"), WB_LAB_STUDENT, NULL, NULL, TRUE, TRUE);
  teacher = wb_account_new ("lab-teacher", _ ("Teacher"), WB_LAB_TEACHER, NULL, NULL, TRUE, TRUE);
  g_list_store_append (self->accounts, teacher);
  g_list_store_append (self->accounts, student);
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error))
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_warning ("The accounts in %s could not be read: %s", path, error->message);
      return;
    }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i]; i++)
    {
      g_autoptr (GError) bad = NULL;
      g_autoptr (WbAccount) account = wb_account_load (file, groups[i], &bad);

      if (account)
        g_list_store_append (self->accounts, account);
      else
        g_warning ("An account in %s is not whole: %s", path, bad->message);
    }
}

static gboolean
save_accounts (WbMailStore *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = accounts_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  gsize length = 0;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (!wb_account_is_lab (account))
        wb_account_save (account, file);
    }
  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      int saved = errno;

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                   /* Translators: the first %s is a folder, the second the system's reason */
                   _ ("The folder %s could not be made: %s"), directory, g_strerror (saved));
      return FALSE;
    }
  text = g_key_file_to_data (file, &length, NULL);
  return g_file_set_contents_full (path, text, (gssize) length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/* What the program left half-sent when it last ended; before anything is read or sent. */
static gpointer
recover_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  GPtrArray *accounts = data;

  for (guint i = 0; i < accounts->len; i++)
    {
      WbAccount *account = g_ptr_array_index (accounts, i);
      g_autofree char *directory = wb_account_dup_directory (account);
      g_autoptr (GError) local_error = NULL;
      g_autoptr (WbMaildir) outbox = NULL;

      if (!g_file_test (directory, G_FILE_TEST_IS_DIR))
        continue;
      outbox = wb_account_open_folder (account, WB_FOLDER_OUTBOX, &local_error);
      if (!outbox || !wb_outbox_recover (outbox, &local_error))
        g_warning ("%s", local_error->message);
    }
  return GINT_TO_POINTER (TRUE);
}

static void
recover_outboxes (WbMailStore *self)
{
  GPtrArray *accounts = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (accounts, g_list_model_get_item (G_LIST_MODEL (self->accounts), i));
  wb_session_run_async (self->session, recover_thread, accounts, (GDestroyNotify) g_ptr_array_unref,
                        NULL, NULL, NULL, NULL);
}

/**
 * wb_mail_store_new:
 * @workbench: what all pages share
 *
 * Reads the list of accounts, a small file. Main thread.
 *
 * Returns: (transfer full): the store
 */
WbMailStore *
wb_mail_store_new (WbWorkbench *workbench)
{
  WbMailStore *self = g_object_new (WB_TYPE_MAIL_STORE, NULL);

  self->workbench = g_object_ref (workbench);
  load_accounts (self);
  recover_outboxes (self);
  return self;
}

/**
 * wb_mail_store_get_workbench:
 * @self: the store
 *
 * Returns: (transfer none): what all pages share
 */
WbWorkbench *
wb_mail_store_get_workbench (WbMailStore *self)
{
  g_return_val_if_fail (WB_IS_MAIL_STORE (self), NULL);

  return self->workbench;
}

/**
 * wb_mail_store_get_html:
 * @self: the store
 *
 * Returns: (transfer none): what shows and writes formatted mail
 */
WbHtml *
wb_mail_store_get_html (WbMailStore *self)
{
  g_return_val_if_fail (WB_IS_MAIL_STORE (self), NULL);

  return self->html;
}

/**
 * wb_mail_store_get_session:
 * @self: the store
 *
 * Returns: (transfer none): the worker that touches the disk
 */
WbSession *
wb_mail_store_get_session (WbMailStore *self)
{
  g_return_val_if_fail (WB_IS_MAIL_STORE (self), NULL);

  return self->session;
}

/**
 * wb_mail_store_get_accounts:
 * @self: the store
 *
 * Returns: (transfer none): a list of #WbAccount, the lab's first
 */
GListModel *
wb_mail_store_get_accounts (WbMailStore *self)
{
  g_return_val_if_fail (WB_IS_MAIL_STORE (self), NULL);

  return G_LIST_MODEL (self->accounts);
}

/**
 * wb_mail_store_find_account:
 * @self: the store
 * @address: user@host
 *
 * Returns: (transfer none) (nullable): the account of that address
 */
WbAccount *
wb_mail_store_find_account (WbMailStore *self, const char *address)
{
  guint n;

  g_return_val_if_fail (WB_IS_MAIL_STORE (self), NULL);

  n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (g_ascii_strcasecmp (wb_account_get_address (account), address) == 0)
        return account;
    }
  return NULL;
}

/**
 * wb_mail_store_get_folder:
 * @self: the store
 * @account: one of its accounts
 * @kind: which folder
 *
 * Returns: (transfer none): the folder, the same one each time
 */
WbMailFolder *
wb_mail_store_get_folder (WbMailStore *self, WbAccount *account, WbFolderKind kind)
{
  g_autofree char *key = NULL;
  WbMailFolder *folder = NULL;

  g_return_val_if_fail (WB_IS_MAIL_STORE (self), NULL);

  key = g_strdup_printf ("%s/%u", wb_account_get_id (account), kind);
  folder = g_hash_table_lookup (self->folders, key);
  if (!folder)
    {
      folder = wb_mail_folder_new (account, kind, self->session);
      g_hash_table_insert (self->folders, g_steal_pointer (&key), folder);
    }
  return folder;
}

static void
forget_folders (WbMailStore *self, WbAccount *account)
{
  for (WbFolderKind kind = 0; kind < WB_FOLDER_N_KINDS; kind++)
    {
      g_autofree char *key = g_strdup_printf ("%s/%u", wb_account_get_id (account), kind);

      g_hash_table_remove (self->folders, key);
    }
}

/**
 * wb_mail_store_replace_account:
 * @self: the store
 * @old: (nullable): one of its accounts; %NULL to add one
 * @account: what it becomes; its id is that of @old
 * @error: set when the list of accounts could not be written
 *
 * Writes a small file. Main thread.
 *
 * Returns: whether it is there now
 */
gboolean
wb_mail_store_replace_account (WbMailStore *self,
                               WbAccount *old,
                               WbAccount *account,
                               GError **error)
{
  g_autoptr (WbAccount) kept = old ? g_object_ref (old) : NULL;
  guint position = 0;
  guint removed = 0;

  g_return_val_if_fail (WB_IS_MAIL_STORE (self), FALSE);

  if (old && g_list_store_find (self->accounts, old, &position))
    removed = 1;
  else
    position = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));
  if (kept)
    forget_folders (self, kept);
  g_list_store_splice (self->accounts, position, removed, (gpointer *) &account, 1);
  if (save_accounts (self, error))
    return TRUE;
  forget_folders (self, account);
  g_list_store_splice (self->accounts, position, 1, (gpointer *) &kept, removed);
  return FALSE;
}

/**
 * wb_mail_store_remove_account:
 * @self: the store
 * @account: one that is not the lab's
 * @error: set when the list of accounts could not be written
 *
 * The mails stay on the disk. Main thread.
 *
 * Returns: whether it is gone from the list
 */
gboolean
wb_mail_store_remove_account (WbMailStore *self, WbAccount *account, GError **error)
{
  guint position = 0;

  g_return_val_if_fail (WB_IS_MAIL_STORE (self), FALSE);

  if (wb_account_is_lab (account) || !g_list_store_find (self->accounts, account, &position))
    return TRUE;
  g_list_store_remove (self->accounts, position);
  if (save_accounts (self, error))
    return TRUE;
  g_list_store_insert (self->accounts, position, account);
  return FALSE;
}

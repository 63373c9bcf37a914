/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-store.h"

#include "wb-outbox-clock.h"
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
  WbOutboxClock *clock;
  GListStore *accounts; /* of WbAccount */
  GHashTable *folders;  /* (element-type utf8 WbMailFolder), by account id and kind */
  char *problem;        /* why the list of accounts must not be written; NULL where it may */
};

G_DEFINE_FINAL_TYPE (WbMailStore, wb_mail_store, G_TYPE_OBJECT)

static void
wb_mail_store_dispose (GObject *object)
{
  WbMailStore *self = WB_MAIL_STORE (object);

  g_clear_object (&self->clock);
  g_clear_pointer (&self->folders, g_hash_table_unref);
  g_clear_object (&self->accounts);
  g_clear_object (&self->session);
  g_clear_object (&self->html);
  g_clear_object (&self->workbench);
  g_clear_pointer (&self->problem, g_free);

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

typedef struct
{
  WbWorkbench *workbench;
  char *text;
} Word;

static gboolean
say_cb (gpointer user_data)
{
  Word *word = user_data;

  wb_workbench_toast (word->workbench, word->text);
  return G_SOURCE_REMOVE;
}

static void
word_free (gpointer data)
{
  Word *word = data;

  g_object_unref (word->workbench);
  g_free (word->text);
  g_free (word);
}

/* Moves a damaged list out of the way of the next one that is written, and says where to. When
 * that fails nothing is written over it. */
static void
set_aside (WbMailStore *self, const char *path, const char *reason)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *aside = g_strdup_printf ("%s.damaged-%s", path, time);
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) to = g_file_new_for_path (aside);
  g_autoptr (GError) error = NULL;
  Word *word = NULL;

  g_message ("The list of mail accounts %s is damaged: %s", path, reason);
  if (!g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error))
    self->problem = g_strdup_printf (
        /* Translators: the first %s is a file, the second the system's reason. */
        _ ("The list of accounts %s is damaged and could not be set aside, so it is not written "
           "over: %s"),
        path, error->message);
  word = g_new0 (Word, 1);
  word->workbench = g_object_ref (self->workbench);
  word->text = self->problem ? g_strdup (self->problem)
                             : g_strdup_printf (
                                   /* Translators: %s is a file. */
                                   _ ("The list of mail accounts is damaged. It was set aside as "
                                      "%s; what could be read of it is here."),
                                   aside);
  /* The window that shows it is still being made. */
  g_idle_add_full (G_PRIORITY_LOW, say_cb, word, word_free);
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
        set_aside (self, path, error->message);
      return;
    }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i]; i++)
    {
      g_autoptr (GError) bad = NULL;
      g_autoptr (WbAccount) account = wb_account_load (file, groups[i], &bad);

      if (account)
        g_list_store_append (self->accounts, account);
      else if (!error)
        g_propagate_error (&error, g_steal_pointer (&bad));
    }
  if (error)
    set_aside (self, path, error->message);
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

  if (self->problem)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE, self->problem);
      return FALSE;
    }
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
  self->clock = wb_outbox_clock_new (self);
  wb_outbox_clock_look (self->clock);
  return self;
}

/**
 * wb_mail_store_get_clock:
 * @self: the store
 *
 * Returns: (transfer none): what sends the mails that wait for their time
 */
WbOutboxClock *
wb_mail_store_get_clock (WbMailStore *self)
{
  g_return_val_if_fail (WB_IS_MAIL_STORE (self), NULL);

  return self->clock;
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
 * wb_mail_store_get_default_account:
 * @self: the store
 *
 * Returns: (transfer none) (nullable): the account that the person chose for new mails
 */
WbAccount *
wb_mail_store_get_default_account (WbMailStore *self)
{
  guint n;

  g_return_val_if_fail (WB_IS_MAIL_STORE (self), NULL);

  n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (wb_account_is_default (account))
        return account;
    }
  return NULL;
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
  WbAccount *preferred = NULL;

  g_return_val_if_fail (WB_IS_MAIL_STORE (self), FALSE);

  preferred = wb_mail_store_get_default_account (self);
  if (preferred && preferred != old && wb_account_is_default (account))
    wb_account_set_default (preferred, FALSE);
  if (old && g_list_store_find (self->accounts, old, &position))
    removed = 1;
  else
    position = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));
  if (kept)
    forget_folders (self, kept);
  g_list_store_splice (self->accounts, position, removed, (gpointer *) &account, 1);
  if (save_accounts (self, error))
    return TRUE;
  if (preferred && preferred != old)
    wb_account_set_default (preferred, TRUE);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-folder.h"

#include "wb-outbox.h"

#include <string.h>

struct _WbMailFolder
{
  GObject parent_instance;

  WbAccount *account;
  WbFolderKind kind;
  WbSession *session;
  GListStore *items;  /* of WbMailItem, newest first */
  GHashTable *hidden; /* names that the person deleted and may still want back */
  guint unread;
  gboolean known; /* it was listed at least once */
  gboolean refreshing;
  gboolean again;
};

/* What a job is handed, and what it gives back of it. */
typedef struct
{
  WbAccount *account;
  WbFolderKind kind;
  GHashTable *known; /* names that need not be read again */
  char *name;
  char *flags;
  GBytes *message;
} Job;

typedef struct
{
  GHashTable *flags;     /* (element-type utf8 utf8): of everything there is */
  GHashTable *notes;     /* (element-type utf8 utf8): why it is still in the Outbox */
  GHashTable *uncertain; /* (element-type utf8): those that may have arrived */
  GHashTable *tried;     /* (element-type utf8): those that were tried to be sent */
  GHashTable *sent;      /* (element-type utf8): those of which only the copy is missing */
  GPtrArray *fresh;      /* (element-type WbMailItem) */
} Listing;

enum
{
  PROP_0,
  PROP_UNREAD,
  N_PROPS,
};

enum
{
  REFRESHED,
  FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbMailFolder, wb_mail_folder, G_TYPE_OBJECT)

static Job *
job_new (WbMailFolder *self, const char *name)
{
  Job *job = g_new0 (Job, 1);

  job->account = g_object_ref (self->account);
  job->kind = self->kind;
  job->name = g_strdup (name);
  return job;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->account);
  g_clear_pointer (&job->known, g_hash_table_unref);
  g_clear_pointer (&job->message, g_bytes_unref);
  g_free (job->name);
  g_free (job->flags);
  g_free (job);
}

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_hash_table_unref (listing->flags);
  g_hash_table_unref (listing->notes);
  g_hash_table_unref (listing->uncertain);
  g_hash_table_unref (listing->tried);
  g_hash_table_unref (listing->sent);
  g_ptr_array_unref (listing->fresh);
  g_free (listing);
}

static void
wb_mail_folder_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbMailFolder *self = WB_MAIL_FOLDER (object);

  if (id == PROP_UNREAD)
    g_value_set_uint (value, self->unread);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wb_mail_folder_dispose (GObject *object)
{
  WbMailFolder *self = WB_MAIL_FOLDER (object);

  g_clear_object (&self->account);
  g_clear_object (&self->session);
  g_clear_object (&self->items);
  g_clear_pointer (&self->hidden, g_hash_table_unref);

  G_OBJECT_CLASS (wb_mail_folder_parent_class)->dispose (object);
}

static void
wb_mail_folder_class_init (WbMailFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = wb_mail_folder_get_property;
  object_class->dispose = wb_mail_folder_dispose;
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[REFRESHED] =
      g_signal_new ("refreshed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wb_mail_folder_init (WbMailFolder *self)
{
  self->items = g_list_store_new (WB_TYPE_MAIL_ITEM);
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 left = wb_mail_item_get_time ((WbMailItem *) a);
  gint64 right = wb_mail_item_get_time ((WbMailItem *) b);

  if (left != right)
    return left < right ? 1 : -1;
  return -strcmp (wb_mail_item_get_name ((WbMailItem *) a),
                  wb_mail_item_get_name ((WbMailItem *) b));
}

static int
compare_pointers (gconstpointer a, gconstpointer b)
{
  return compare_items (*(WbMailItem *const *) a, *(WbMailItem *const *) b, NULL);
}

static void
count_unread (WbMailFolder *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  guint unread = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbMailItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      /* Nobody has read on who gets it: what waits counts. */
      unread += self->kind == WB_FOLDER_OUTBOX || wb_mail_item_get_unread (item);
    }
  if (unread == self->unread)
    return;
  self->unread = unread;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
}

static WbMailItem *
find_item (WbMailFolder *self, const char *name, guint *position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbMailItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      if (strcmp (wb_mail_item_get_name (item), name) == 0)
        {
          if (position)
            *position = i;
          return g_steal_pointer (&item);
        }
    }
  return NULL;
}

/* As it was or will be sent. */
static WbMailSource *
open_mail (const Job *job, WbMaildir *maildir, const char *name, GError **error)
{
  g_autoptr (WbMailSource) mail = wb_maildir_open_source (maildir, name, error);

  if (!mail || job->kind != WB_FOLDER_OUTBOX)
    return g_steal_pointer (&mail);
  return wb_outbox_unwrap (mail, NULL, error);
}

static gpointer
list_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbMaildir) maildir = wb_account_open_folder (job->account, job->kind, error);
  g_autoptr (GPtrArray) list = maildir ? wb_maildir_list (maildir, error) : NULL;
  Listing *listing = NULL;

  if (!list)
    return NULL;
  listing = g_new0 (Listing, 1);
  listing->flags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  listing->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  listing->uncertain = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  listing->tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  listing->sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  listing->fresh = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < list->len; i++)
    {
      const WbMaildirItem *entry = g_ptr_array_index (list, i);
      g_autoptr (WbMailSource) mail = NULL;
      g_autoptr (GBytes) header = NULL;

      g_hash_table_insert (listing->flags, g_strdup (entry->name), g_strdup (entry->flags));
      if (job->kind == WB_FOLDER_OUTBOX)
        {
          g_autoptr (WbOutboxRecord) record = wb_outbox_load (maildir, entry->name);

          g_hash_table_insert (listing->notes, g_strdup (entry->name), wb_outbox_describe (record));
          if (wb_outbox_is_uncertain (record))
            g_hash_table_add (listing->uncertain, g_strdup (entry->name));
          if (record->attempts > 0)
            g_hash_table_add (listing->tried, g_strdup (entry->name));
          if (record->state == WB_OUTBOX_SENT)
            g_hash_table_add (listing->sent, g_strdup (entry->name));
        }
      if (g_hash_table_contains (job->known, entry->name))
        continue;
      /* One that vanished in between is not there any more; that is all. */
      mail = open_mail (job, maildir, entry->name, NULL);
      header = mail ? wb_mail_source_read_header (mail, NULL) : NULL;
      if (header)
        g_ptr_array_add (listing->fresh,
                         wb_mail_item_new (entry, header, job->kind != WB_FOLDER_INBOX));
    }
  return listing;
}

static void
set_fate (WbMailItem *item, Listing *listing)
{
  const char *name = wb_mail_item_get_name (item);

  wb_mail_item_set_tried (item, g_hash_table_contains (listing->tried, name));
  wb_mail_item_set_sent (item, g_hash_table_contains (listing->sent, name));
  wb_mail_item_set_note (item, g_hash_table_lookup (listing->notes, name),
                         g_hash_table_contains (listing->uncertain, name));
}

static void
drop_vanished (WbMailFolder *self, Listing *listing)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->items)); i > 0; i--)
    {
      g_autoptr (WbMailItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i - 1);
      const char *name = wb_mail_item_get_name (item);

      if (!g_hash_table_contains (listing->flags, name) ||
          g_hash_table_contains (self->hidden, name))
        {
          g_list_store_remove (self->items, i - 1);
          continue;
        }
      wb_mail_item_set_flags (item, g_hash_table_lookup (listing->flags, name));
      set_fate (item, listing);
    }
}

static void
add_fresh (WbMailFolder *self, Listing *listing)
{
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < listing->fresh->len; i++)
    {
      WbMailItem *item = g_ptr_array_index (listing->fresh, i);
      const char *name = wb_mail_item_get_name (item);

      if (g_hash_table_contains (self->hidden, name))
        continue;
      set_fate (item, listing);
      g_ptr_array_add (fresh, g_object_ref (item));
    }
  if (g_list_model_get_n_items (G_LIST_MODEL (self->items)) == 0)
    {
      /* Sorted once and put in at once: ten thousand single insertions would freeze the window. */
      g_ptr_array_sort (fresh, compare_pointers);
      g_list_store_splice (self->items, 0, 0, fresh->pdata, fresh->len);
      return;
    }
  for (guint i = 0; i < fresh->len; i++)
    g_list_store_insert_sorted (self->items, g_ptr_array_index (fresh, i), compare_items, NULL);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailFolder) self = user_data;
  g_autoptr (GError) error = NULL;
  Listing *listing = wb_session_run_finish (WB_SESSION (source), result, &error);

  self->refreshing = FALSE;
  if (listing)
    {
      self->known = TRUE;
      drop_vanished (self, listing);
      add_fresh (self, listing);
      listing_free (listing);
      count_unread (self);
      g_signal_emit (self, signals[REFRESHED], 0);
    }
  else
    g_signal_emit (self, signals[FAILED], 0, error->message);
  if (self->again)
    {
      self->again = FALSE;
      wb_mail_folder_refresh (self);
    }
}

/**
 * wb_mail_folder_new:
 * @account: whose folder
 * @kind: which one
 * @session: where the disk is touched
 *
 * Reads nothing yet. Main thread.
 *
 * Returns: (transfer full): the folder
 */
WbMailFolder *
wb_mail_folder_new (WbAccount *account, WbFolderKind kind, WbSession *session)
{
  WbMailFolder *self = g_object_new (WB_TYPE_MAIL_FOLDER, NULL);

  self->account = g_object_ref (account);
  self->kind = kind;
  self->session = g_object_ref (session);
  return self;
}

/**
 * wb_mail_folder_get_account:
 * @self: the folder
 *
 * Returns: (transfer none): whose it is
 */
WbAccount *
wb_mail_folder_get_account (WbMailFolder *self)
{
  g_return_val_if_fail (WB_IS_MAIL_FOLDER (self), NULL);

  return self->account;
}

/**
 * wb_mail_folder_get_kind:
 * @self: the folder
 *
 * Returns: which one it is
 */
WbFolderKind
wb_mail_folder_get_kind (WbMailFolder *self)
{
  g_return_val_if_fail (WB_IS_MAIL_FOLDER (self), WB_FOLDER_INBOX);

  return self->kind;
}

/**
 * wb_mail_folder_get_items:
 * @self: the folder
 *
 * Returns: (transfer none): a list of #WbMailItem, newest first
 */
GListModel *
wb_mail_folder_get_items (WbMailFolder *self)
{
  g_return_val_if_fail (WB_IS_MAIL_FOLDER (self), NULL);

  return G_LIST_MODEL (self->items);
}

/**
 * wb_mail_folder_get_unread:
 * @self: the folder
 *
 * Returns: how many nobody has seen yet; of the Outbox, how many wait there
 */
guint
wb_mail_folder_get_unread (WbMailFolder *self)
{
  g_return_val_if_fail (WB_IS_MAIL_FOLDER (self), 0);

  return self->unread;
}

/**
 * wb_mail_folder_is_known:
 * @self: the folder
 *
 * Returns: whether it was listed at least once, so that "empty" means empty
 */
gboolean
wb_mail_folder_is_known (WbMailFolder *self)
{
  g_return_val_if_fail (WB_IS_MAIL_FOLDER (self), FALSE);

  return self->known;
}

/**
 * wb_mail_folder_refresh:
 * @self: the folder
 *
 * Looks at the disk again; `refreshed` or `failed` follows. Main thread.
 */
void
wb_mail_folder_refresh (WbMailFolder *self)
{
  Job *job = NULL;
  guint n;

  g_return_if_fail (WB_IS_MAIL_FOLDER (self));

  if (self->refreshing)
    {
      self->again = TRUE;
      return;
    }
  self->refreshing = TRUE;
  job = job_new (self, NULL);
  job->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbMailItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      g_hash_table_add (job->known, g_strdup (wb_mail_item_get_name (item)));
    }
  wb_session_run_async (self->session, list_thread, job, job_free, listing_free, NULL, listed_cb,
                        g_object_ref (self));
}

static gpointer
read_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbMaildir) maildir = wb_account_open_folder (job->account, job->kind, error);
  g_autoptr (WbMailSource) mail = maildir ? open_mail (job, maildir, job->name, error) : NULL;
  g_autoptr (GBytes) source = mail ? wb_mail_source_read_all (mail, error) : NULL;

  return source ? wb_message_parse (source, error) : NULL;
}

static void
forward_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GDestroyNotify result_free = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer value = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (value)
    g_task_return_pointer (task, value, result_free);
  else
    g_task_return_error (task, error);
}

/**
 * wb_mail_folder_read_async:
 * @self: the folder
 * @name: which message
 * @cancellable: (nullable): ends the wait
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Reads and parses a message on the worker. Main thread.
 */
void
wb_mail_folder_read_async (WbMailFolder *self,
                           const char *name,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (WB_IS_MAIL_FOLDER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, wb_mail_folder_read_async);
  g_task_set_task_data (task, g_object_unref, NULL);
  wb_session_run_async (self->session, read_thread, job_new (self, name), job_free, g_object_unref,
                        cancellable, forward_result_cb, task);
}

/**
 * wb_mail_folder_read_finish:
 * @self: the folder
 * @result: what the callback was given
 * @error: set when it can't be read or goes beyond the limits
 *
 * Returns: (transfer full) (nullable): the message
 */
WbMessage *
wb_mail_folder_read_finish (WbMailFolder *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
deliver_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbMaildir) maildir = wb_account_open_folder (job->account, job->kind, error);

  return maildir ? wb_maildir_deliver (maildir, job->message, job->flags, error) : NULL;
}

/**
 * wb_mail_folder_deliver_async:
 * @self: the folder
 * @message: what to keep
 * @flags: its flags
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Keeps a message durably. Main thread.
 */
void
wb_mail_folder_deliver_async (WbMailFolder *self,
                              GBytes *message,
                              const char *flags,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = NULL;
  Job *job = NULL;

  g_return_if_fail (WB_IS_MAIL_FOLDER (self));

  job = job_new (self, NULL);
  job->message = g_bytes_ref (message);
  job->flags = g_strdup (flags);
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, wb_mail_folder_deliver_async);
  g_task_set_task_data (task, g_free, NULL);
  wb_session_run_async (self->session, deliver_thread, job, job_free, g_free, NULL,
                        forward_result_cb, task);
}

/**
 * wb_mail_folder_deliver_finish:
 * @self: the folder
 * @result: what the callback was given
 * @error: set when it is not kept
 *
 * Returns: (transfer full) (nullable): the message's name in the folder
 */
char *
wb_mail_folder_deliver_finish (WbMailFolder *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailFolder) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wb_session_run_finish (WB_SESSION (source), result, &error))
    {
      g_signal_emit (self, signals[FAILED], 0, error->message);
      wb_mail_folder_refresh (self);
    }
}

static gpointer
flags_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbMaildir) maildir = wb_account_open_folder (job->account, job->kind, error);

  return maildir && wb_maildir_set_flags (maildir, job->name, job->flags, error)
             ? GINT_TO_POINTER (TRUE)
             : NULL;
}

/**
 * wb_mail_folder_set_flags:
 * @self: the folder
 * @name: which message
 * @flags: all its flags, sorted
 *
 * Shown at once, written on the worker; `failed` when that does not work. Main thread.
 */
void
wb_mail_folder_set_flags (WbMailFolder *self, const char *name, const char *flags)
{
  g_autoptr (WbMailItem) item = NULL;
  Job *job = NULL;

  g_return_if_fail (WB_IS_MAIL_FOLDER (self));

  item = find_item (self, name, NULL);
  if (!item || strcmp (wb_mail_item_get_flags (item), flags) == 0)
    return;
  wb_mail_item_set_flags (item, flags);
  count_unread (self);
  job = job_new (self, name);
  job->flags = g_strdup (flags);
  wb_session_run_async (self->session, flags_thread, job, job_free, NULL, NULL, changed_cb,
                        g_object_ref (self));
}

/**
 * wb_mail_folder_hide:
 * @self: the folder
 * @name: which message
 *
 * Takes it off the list and leaves it on the disk, until wb_mail_folder_remove() or
 * wb_mail_folder_unhide(). Main thread.
 */
void
wb_mail_folder_hide (WbMailFolder *self, const char *name)
{
  guint position = 0;
  g_autofree char *kept = g_strdup (name);
  g_autoptr (WbMailItem) item = NULL;

  g_return_if_fail (WB_IS_MAIL_FOLDER (self));

  item = find_item (self, kept, &position);
  g_hash_table_add (self->hidden, g_strdup (kept));
  if (item)
    g_list_store_remove (self->items, position);
  count_unread (self);
}

/**
 * wb_mail_folder_hide_many:
 * @self: the folder
 * @names: (array zero-terminated=1): which messages
 *
 * Like wb_mail_folder_hide() for each, in as few steps as there are rows of neighbours in the list.
 * Main thread.
 */
void
wb_mail_folder_hide_many (WbMailFolder *self, const char *const *names)
{
  guint end = 0;

  g_return_if_fail (WB_IS_MAIL_FOLDER (self));

  for (guint i = 0; names[i]; i++)
    g_hash_table_add (self->hidden, g_strdup (names[i]));
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->items)); i > 0; i--)
    {
      g_autoptr (WbMailItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i - 1);
      gboolean hidden = g_hash_table_contains (self->hidden, wb_mail_item_get_name (item));

      if (hidden && end == 0)
        end = i;
      if (!hidden && end > 0)
        {
          g_list_store_splice (self->items, i, end - i, NULL, 0);
          end = 0;
        }
    }
  if (end > 0)
    g_list_store_splice (self->items, 0, end, NULL, 0);
  count_unread (self);
}

/**
 * wb_mail_folder_unhide:
 * @self: the folder
 * @name: one that was hidden
 *
 * Main thread.
 */
void
wb_mail_folder_unhide (WbMailFolder *self, const char *name)
{
  g_return_if_fail (WB_IS_MAIL_FOLDER (self));

  if (g_hash_table_remove (self->hidden, name))
    wb_mail_folder_refresh (self);
}

static gpointer
remove_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbMaildir) maildir = wb_account_open_folder (job->account, job->kind, error);

  if (!maildir || !wb_maildir_remove (maildir, job->name, error))
    return NULL;
  if (job->kind == WB_FOLDER_OUTBOX)
    wb_outbox_clear_state (maildir, job->name);
  return GINT_TO_POINTER (TRUE);
}

/**
 * wb_mail_folder_remove:
 * @self: the folder
 * @name: which message
 *
 * Deletes it for good. Main thread; the disk is touched on the worker.
 */
void
wb_mail_folder_remove (WbMailFolder *self, const char *name)
{
  g_autofree char *kept = g_strdup (name);

  g_return_if_fail (WB_IS_MAIL_FOLDER (self));

  wb_mail_folder_hide (self, kept);
  wb_session_run_async (self->session, remove_thread, job_new (self, kept), job_free, NULL, NULL,
                        changed_cb, g_object_ref (self));
}

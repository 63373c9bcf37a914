/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-pop3-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* So many messages, or so many bytes of them, are made durable together. */
#define BATCH_MESSAGES 500
#define BATCH_BYTES (16 * 1024 * 1024)

#define MEMORY_NAME "wirebench-pop3-uids"
#define MEMORY_MAX (256 * 1024 * 1024)

/* How sure it is that the folder holds a message. The file has one line a message: this
 * character, the account, the uid. */
typedef enum
{
  MARK_NONE = 0,
  MARK_HELD = '=',
  MARK_UNSURE = '?',
} Mark;

/* Messages that are made durable together, on a thread of their own while the next ones come. */
typedef struct
{
  WbMaildir *maildir;
  const char *path;    /* of the memory */
  char *memory;        /* what is to stand there before the messages are kept */
  GPtrArray *messages; /* GBytes */
  GPtrArray *uids;     /* strings or NULL, in the same order */
  gsize size;
  GThread *thread;
  GError *error;
} Batch;

struct _WbPop3Store
{
  GObject parent_instance;

  WbMaildir *maildir;
  char *account;     /* without blanks */
  char *path;        /* of the memory */
  GHashTable *marks; /* uid -> Mark */
  GString *others;   /* lines of other accounts, as they were */
  int lock;          /* the folder, held while we live */
  gboolean changed;

  /* While fetching */
  Batch *gathering; /* grows with what comes */
  Batch *keeping;   /* its thread runs */
  guint fetched;
  gboolean failed; /* keeping did, and is not tried again */
};

G_DEFINE_FINAL_TYPE (WbPop3Store, wb_pop3_store, G_TYPE_OBJECT)

static void
wb_pop3_store_finalize (GObject *object)
{
  WbPop3Store *self = WB_POP3_STORE (object);

  if (self->lock >= 0)
    close (self->lock);
  g_clear_object (&self->maildir);
  g_free (self->account);
  g_free (self->path);
  g_hash_table_unref (self->marks);
  g_string_free (self->others, TRUE);

  G_OBJECT_CLASS (wb_pop3_store_parent_class)->finalize (object);
}

static void
wb_pop3_store_class_init (WbPop3StoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_pop3_store_finalize;
}

static void
wb_pop3_store_init (WbPop3Store *self)
{
  self->lock = -1;
  self->marks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->others = g_string_new (NULL);
}

static gboolean
fail (const char *path, const char *reason, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
               /* Translators: the first %s is a file, the second the system's reason. */
               _ ("What was fetched before could not be read from or written to “%s”: %s"), shown,
               reason);
  return FALSE;
}

static void
set_mark (WbPop3Store *self, const char *uid, Mark mark)
{
  g_hash_table_replace (self->marks, g_strdup (uid), GINT_TO_POINTER (mark));
  self->changed = TRUE;
}

static Mark
get_mark (WbPop3Store *self, const char *uid)
{
  return uid != NULL ? GPOINTER_TO_INT (g_hash_table_lookup (self->marks, uid)) : MARK_NONE;
}

static void
read_line (WbPop3Store *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  if (g_strv_length (words) != 3 || strlen (words[0]) != 1 || strchr ("=?", *words[0]) == NULL)
    return;
  if (strcmp (words[1], self->account) == 0)
    g_hash_table_replace (self->marks, g_strdup (words[2]), GINT_TO_POINTER (*words[0]));
  else
    g_string_append_printf (self->others, "%s\n", line);
}

static gboolean
read_memory (WbPop3Store *self, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  file = g_mapped_file_new (self->path, FALSE, &local_error);
  if (file == NULL)
    return g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
           fail (self->path, local_error->message, error);
  if (g_mapped_file_get_length (file) > MEMORY_MAX)
    return fail (self->path, g_strerror (EFBIG), error);

  text = g_strndup (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (self, lines[i]);
  return TRUE;
}

/* The text of the memory as it is now. */
static char *
format_memory (WbPop3Store *self)
{
  GString *text = g_string_new_len (self->others->str, self->others->len);
  GHashTableIter iter;
  gpointer uid = NULL;
  gpointer mark = NULL;

  g_hash_table_iter_init (&iter, self->marks);
  while (g_hash_table_iter_next (&iter, &uid, &mark))
    {
      g_string_append_c (text, GPOINTER_TO_INT (mark));
      g_string_append_c (text, ' ');
      g_string_append (text, self->account);
      g_string_append_c (text, ' ');
      g_string_append (text, uid);
      g_string_append_c (text, '\n');
    }
  self->changed = FALSE;
  return g_string_free (text, FALSE);
}

static gboolean
write_memory (const char *path, const char *text, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (g_file_set_contents_full (path, text, -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local_error))
    return TRUE;
  return fail (path, local_error->message, error);
}

static gboolean
take_lock (WbPop3Store *self, GError **error)
{
  const char *path = wb_maildir_get_path (self->maildir);
  g_autofree char *shown = g_filename_display_name (path);

  self->lock = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->lock < 0)
    return fail (self->path, g_strerror (errno), error);
  if (flock (self->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  if (errno != EWOULDBLOCK)
    return fail (self->path, g_strerror (errno), error);

  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
               /* Translators: %s is a folder. */
               _ ("Mail is being fetched into “%s” already. Wait until that is done."), shown);
  return FALSE;
}

/**
 * wb_pop3_store_open:
 * @maildir: where messages are kept
 * @account: whose uids are meant: user, host and port count
 *
 * Opens a Maildir for fetching and reads what it remembers of @account.
 *
 * Blocks briefly; may be called from any thread.
 *
 * Returns: (transfer full): the store, to be used by one thread at a time, or %NULL with
 *   %WB_MAIL_ERROR_STORE set
 */
WbPop3Store *
wb_pop3_store_open (WbMaildir *maildir, const WbUrl *account, GError **error)
{
  g_autoptr (WbPop3Store) self = NULL;
  g_autofree char *user = NULL;

  g_return_val_if_fail (WB_IS_MAILDIR (maildir), NULL);
  g_return_val_if_fail (account != NULL, NULL);

  self = g_object_new (WB_TYPE_POP3_STORE, NULL);
  self->maildir = g_object_ref (maildir);
  self->path = g_build_filename (wb_maildir_get_path (maildir), MEMORY_NAME, NULL);
  user = g_uri_escape_string (account->user != NULL ? account->user : "", NULL, FALSE);
  self->account = g_strdup_printf ("%s@%s:%u", user, account->host, account->port);

  if (!take_lock (self, error) || !read_memory (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * wb_pop3_store_has:
 * @uid: (nullable): a message's uid
 *
 * Returns: whether the message was fetched before and is safe on the disk
 */
gboolean
wb_pop3_store_has (WbPop3Store *self, const char *uid)
{
  g_return_val_if_fail (WB_IS_POP3_STORE (self), FALSE);

  return get_mark (self, uid) == MARK_HELD;
}

/* Whether the folder holds this very message, which an earlier fetch may have brought just before
 * it was cut off. */
static gboolean
find_in_maildir (WbPop3Store *self, GBytes *message)
{
  g_autoptr (GPtrArray) items = wb_maildir_list (self->maildir, NULL);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      const WbMaildirItem *item = g_ptr_array_index (items, i);
      g_autoptr (GBytes) held = NULL;

      if (item->size != g_bytes_get_size (message))
        continue;
      held = wb_maildir_read (self->maildir, item->name, NULL);
      if (held != NULL && g_bytes_equal (held, message))
        return TRUE;
    }
  return FALSE;
}

static Batch *
batch_new (WbPop3Store *self)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->maildir = self->maildir;
  batch->path = self->path;
  batch->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  batch->uids = g_ptr_array_new_with_free_func (g_free);
  return batch;
}

static void
batch_free (Batch *batch)
{
  g_ptr_array_unref (batch->messages);
  g_ptr_array_unref (batch->uids);
  g_clear_error (&batch->error);
  g_free (batch->memory);
  g_free (batch);
}

static void
mark_batch (WbPop3Store *self, Batch *batch, Mark mark)
{
  for (guint i = 0; i < batch->uids->len; i++)
    if (g_ptr_array_index (batch->uids, i) != NULL)
      set_mark (self, g_ptr_array_index (batch->uids, i), mark);
}

/* First says which messages are about to come, durably; then puts them into the folder, durably.
 * That they are there is written with the next batch or at the end: until then they are unsure,
 * and looked for before they are kept once more. */
static gpointer
keep_thread (gpointer data)
{
  Batch *batch = data;
  gboolean kept = FALSE;

  kept = write_memory (batch->path, batch->memory, &batch->error) &&
         wb_maildir_deliver_many (batch->maildir, batch->messages, NULL, &batch->error);
  return GINT_TO_POINTER (kept);
}

/* Waits until what is being kept is on the disk. */
static gboolean
finish_keeping (WbPop3Store *self, GError **error)
{
  Batch *batch = g_steal_pointer (&self->keeping);
  gboolean kept = FALSE;

  if (batch == NULL)
    return !self->failed;
  kept = GPOINTER_TO_INT (g_thread_join (g_steal_pointer (&batch->thread)));
  if (kept)
    {
      mark_batch (self, batch, MARK_HELD);
      self->fetched += batch->messages->len;
    }
  else
    {
      self->failed = TRUE;
      g_propagate_error (error, g_steal_pointer (&batch->error));
    }
  batch_free (batch);
  return kept;
}

/* Hands what was gathered to a thread that keeps it. */
static gboolean
begin_keeping (WbPop3Store *self, GError **error)
{
  if (!finish_keeping (self, error))
    return FALSE;
  if (self->gathering->messages->len == 0)
    return TRUE;

  mark_batch (self, self->gathering, MARK_UNSURE);
  self->keeping = g_steal_pointer (&self->gathering);
  self->gathering = batch_new (self);
  self->keeping->memory = format_memory (self);
  self->keeping->thread = g_thread_new ("pop3-store", keep_thread, self->keeping);
  return TRUE;
}

static gboolean
take_message_cb (const WbPop3Item *item, GBytes *message, gpointer user_data, GError **error)
{
  WbPop3Store *self = user_data;
  Batch *batch = self->gathering;

  if (get_mark (self, item->uid) == MARK_UNSURE && find_in_maildir (self, message))
    {
      set_mark (self, item->uid, MARK_HELD);
      return TRUE;
    }

  g_ptr_array_add (batch->messages, g_bytes_ref (message));
  g_ptr_array_add (batch->uids, g_strdup (item->uid));
  batch->size += g_bytes_get_size (message);
  return (batch->messages->len < BATCH_MESSAGES && batch->size < BATCH_BYTES) ||
         begin_keeping (self, error);
}

/* Keeps what was gathered and writes that all of it is there. */
static gboolean
keep_rest (WbPop3Store *self, GError **error)
{
  g_autofree char *memory = NULL;

  if (!begin_keeping (self, error) || !finish_keeping (self, error))
    return FALSE;
  if (!self->changed)
    return TRUE;
  memory = format_memory (self);
  return write_memory (self->path, memory, error);
}

/**
 * wb_pop3_store_fetch:
 * @client: logged in to the account that the store was opened for
 * @items: (element-type WbPop3Item): from wb_pop3_client_list(); those that the store has are
 *   passed over
 * @fetched: (out) (optional): how many messages came new into the folder, on failure too
 * @progress: (nullable): counts bytes
 *
 * Fetches messages and keeps them. When this returns, be it by failure, what @fetched counts
 * is on the disk and remembered; a message without a uid is kept and cannot be remembered.
 *
 * Blocks; call it on the thread that owns @client.
 *
 * Returns: %TRUE when all @items are there, or %FALSE with @error set
 */
gboolean
wb_pop3_store_fetch (WbPop3Store *self,
                     WbPop3Client *client,
                     GPtrArray *items,
                     guint *fetched,
                     WbProgress *progress,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();
  gboolean done = FALSE;
  gboolean kept = FALSE;

  g_return_val_if_fail (WB_IS_POP3_STORE (self), FALSE);
  g_return_val_if_fail (WB_IS_POP3_CLIENT (client), FALSE);
  g_return_val_if_fail (items != NULL, FALSE);

  for (guint i = 0; i < items->len; i++)
    {
      WbPop3Item *item = g_ptr_array_index (items, i);

      if (!wb_pop3_store_has (self, item->uid))
        g_ptr_array_add (wanted, item);
    }

  self->fetched = 0;
  self->failed = FALSE;
  self->gathering = batch_new (self);
  done = wb_pop3_client_retrieve_many (client, wanted, take_message_cb, self, progress, cancellable,
                                       error);
  /* What came before the conversation broke is kept. */
  kept = keep_rest (self, done ? error : NULL);
  g_clear_pointer (&self->gathering, batch_free);
  if (fetched != NULL)
    *fetched = self->fetched;
  return done && kept;
}

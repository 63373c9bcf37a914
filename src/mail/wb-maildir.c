/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What is older in tmp/ was given up by a process that ended: 36 hours, as the format has it. */
#define LEFTOVER_AGE (36 * 60 * 60)
#define MAXIMUM_NAME 200
#define MAXIMUM_MESSAGE ((guint64) 1024 * 1024 * 1024)
#define WRITE_SIZE (1024 * 1024)
/* Files held open between writing and syncing. */
#define BATCH 200
/* Who syncs them: a thread for every so many, and no more than so many threads. */
#define SYNC_SHARE 8
#define SYNC_THREADS 16

typedef enum
{
  FOLDER_TMP,
  FOLDER_NEW,
  FOLDER_CUR,
  N_FOLDERS,
} Folder;

static const char *const folder_names[N_FOLDERS] = { "tmp", "new", "cur" };

struct _WbMaildir
{
  GObject parent_instance;

  char *path;
  int folders[N_FOLDERS]; /* descriptors: what a name means cannot change under us */
  gint sequence;          /* atomic */
};

G_DEFINE_FINAL_TYPE (WbMaildir, wb_maildir, G_TYPE_OBJECT)

/* A message on its way into the mailbox. */
typedef struct
{
  char *name; /* in tmp/ and, without flags, its identity */
  char *goal; /* in new/ or cur/ */
  Folder folder;
  int fd;
  gboolean in_tmp;
  gboolean renamed;
} Delivery;

static void
wb_maildir_finalize (GObject *object)
{
  WbMaildir *self = WB_MAILDIR (object);

  for (Folder i = 0; i < N_FOLDERS; i++)
    if (self->folders[i] >= 0)
      close (self->folders[i]);
  g_free (self->path);

  G_OBJECT_CLASS (wb_maildir_parent_class)->finalize (object);
}

static void
wb_maildir_class_init (WbMaildirClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_maildir_finalize;
}

static void
wb_maildir_init (WbMaildir *self)
{
  for (Folder i = 0; i < N_FOLDERS; i++)
    self->folders[i] = -1;
}

void
wb_maildir_item_free (WbMaildirItem *item)
{
  g_free (item->name);
  g_free (item->flags);
  g_free (item);
}

static gboolean
fail (WbMaildir *self, GError **error, int code)
{
  g_autofree char *shown = g_filename_display_name (self->path);

  if (code == ENOSPC || code == EDQUOT)
    g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                 /* Translators: %s is a folder. */
                 _ ("There is no room left to keep mail in “%s”. What was there is unharmed; make "
                    "room and try again."),
                 shown);
  else
    g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                 /* Translators: the first %s is a folder, the second the system's reason. */
                 _ ("The mailbox “%s” could not be read or written: %s."), shown,
                 g_strerror (code));
  return FALSE;
}

static gboolean
no_such_message (WbMaildir *self, GError **error)
{
  g_autofree char *shown = g_filename_display_name (self->path);

  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE,
               /* Translators: %s is a folder. */
               _ ("The message is no longer in “%s”."), shown);
  return FALSE;
}

/* An fsync that failed may have dropped what it could not write: a second one that succeeds says
   nothing. It is done once. */
static gboolean
sync_folder (WbMaildir *self, Folder folder, GError **error)
{
  return fsync (self->folders[folder]) == 0 || fail (self, error, errno);
}

/* Opening */

static gboolean
sync_parent (WbMaildir *self, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (self->path);
  int fd = open (parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean fine = fd >= 0 && fsync (fd) == 0;

  if (!fine)
    fail (self, error, errno);
  if (fd >= 0)
    close (fd);
  return fine;
}

static gboolean
open_folders (WbMaildir *self, int top, GError **error)
{
  for (Folder i = 0; i < N_FOLDERS; i++)
    {
      if (mkdirat (top, folder_names[i], 0700) != 0 && errno != EEXIST)
        return fail (self, error, errno);
      self->folders[i] =
          openat (top, folder_names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (self->folders[i] < 0)
        return fail (self, error, errno);
    }
  return fsync (top) == 0 || fail (self, error, errno);
}

static DIR *
open_listing (WbMaildir *self, Folder folder)
{
  /* Of its own, since the place in a listing belongs to the open file. */
  int fd = openat (self->folders[folder], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *listing = fd >= 0 ? fdopendir (fd) : NULL;

  if (listing == NULL && fd >= 0)
    close (fd);
  return listing;
}

static void
sweep (WbMaildir *self)
{
  DIR *listing = open_listing (self, FOLDER_TMP);
  struct dirent *entry;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (listing == NULL)
    return;
  while ((entry = readdir (listing)) != NULL)
    {
      struct stat info;

      if (entry->d_name[0] != '.' &&
          fstatat (self->folders[FOLDER_TMP], entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
          S_ISREG (info.st_mode) && now - info.st_mtime > LEFTOVER_AGE)
        unlinkat (self->folders[FOLDER_TMP], entry->d_name, 0);
    }
  closedir (listing);
}

/**
 * wb_maildir_open:
 * @path: a folder; made, readable by the person alone, if it is not there
 *
 * Opens a mailbox. What a process that ended left half-written more than 36 hours ago is
 * removed.
 *
 * Safe from any thread; blocks.
 *
 * Returns: (transfer full): the mailbox, or %NULL with %WB_MAIL_ERROR_STORE set
 */
WbMaildir *
wb_maildir_open (const char *path, GError **error)
{
  g_autoptr (WbMaildir) self = NULL;
  gboolean made;
  gboolean fine;
  int top;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (WB_TYPE_MAILDIR, NULL);
  self->path = g_canonicalize_filename (path, NULL);
  made = !g_file_test (self->path, G_FILE_TEST_IS_DIR);
  if (made && g_mkdir_with_parents (self->path, 0700) != 0)
    {
      fail (self, error, errno);
      return NULL;
    }
  top = open (self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (top < 0)
    {
      fail (self, error, errno);
      return NULL;
    }
  fine = open_folders (self, top, error);
  close (top);
  if (!fine || (made && !sync_parent (self, error)))
    return NULL;
  sweep (self);
  return g_steal_pointer (&self);
}

/**
 * wb_maildir_get_path:
 *
 * Returns: (transfer none): the folder, an absolute path
 */
const char *
wb_maildir_get_path (WbMaildir *self)
{
  g_return_val_if_fail (WB_IS_MAILDIR (self), NULL);

  return self->path;
}

/* Delivering */

/* Time, and what keeps two apart that have the same: the process, a count, and chance, so that a
   clock set back makes no name a second time. The last part names no computer: a mailbox may be
   copied to where that is nobody's business. */
static char *
make_name (WbMaildir *self, gsize size)
{
  gint64 now = g_get_real_time ();
  guint count = g_atomic_int_add (&self->sequence, 1);
  guint64 chance = (guint64) g_random_int () << 32 | g_random_int ();

  return g_strdup_printf (
      "%" G_GINT64_FORMAT ".M%06dP%dQ%uR%016" G_GINT64_MODIFIER "x.localhost,S=%" G_GSIZE_FORMAT,
      now / G_USEC_PER_SEC, (int) (now % G_USEC_PER_SEC), (int) getpid (), count, chance, size);
}

static char *
sort_flags (const char *flags)
{
  g_autoptr (GString) sorted = g_string_new (NULL);

  for (char c = 'A'; c <= 'Z'; c++)
    if (strchr (flags, c) != NULL)
      g_string_append_c (sorted, c);
  return g_string_free (g_steal_pointer (&sorted), FALSE);
}

static void
delivery_clear (Delivery *delivery)
{
  g_free (delivery->name);
  g_free (delivery->goal);
}

static void
delivery_init (WbMaildir *self, Delivery *delivery, gsize size, const char *flags)
{
  memset (delivery, 0, sizeof *delivery);
  delivery->fd = -1;
  delivery->name = make_name (self, size);
  delivery->folder = FOLDER_NEW;
  if (flags != NULL && *flags != '\0')
    {
      g_autofree char *sorted = sort_flags (flags);

      delivery->folder = FOLDER_CUR;
      delivery->goal = g_strconcat (delivery->name, ":2,", sorted, NULL);
    }
  else
    delivery->goal = g_strdup (delivery->name);
}

static gboolean
write_bytes (WbMaildir *self, int fd, GBytes *bytes, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  while (length > 0)
    {
      gssize written = write (fd, data, MIN (length, WRITE_SIZE));

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return fail (self, error, errno);
      data += written;
      length -= written;
    }
  return TRUE;
}

static gboolean
write_message (WbMaildir *self, Delivery *delivery, WbMailSource *message, GError **error)
{
  guint64 size = wb_mail_source_get_size (message);

  do
    delivery->fd = openat (self->folders[FOLDER_TMP], delivery->name,
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  while (delivery->fd < 0 && errno == EINTR);
  if (delivery->fd < 0)
    return fail (self, error, errno);
  delivery->in_tmp = TRUE;
  for (guint64 at = 0; at < size;)
    {
      g_autoptr (GBytes) piece = wb_mail_source_read (message, at, error);

      if (piece == NULL || !write_bytes (self, delivery->fd, piece, error))
        return FALSE;
      at += g_bytes_get_size (piece);
    }
  return wb_mail_source_check (message, error);
}

/* Returns 0, or the number of the error. */
static int
sync_message (Delivery *delivery)
{
  int fd = delivery->fd;

  if (fsync (fd) != 0)
    return errno;
  delivery->fd = -1;
  /* After EINTR the descriptor is gone on Linux, and the data was synced. */
  return close (fd) == 0 || errno == EINTR ? 0 : errno;
}

/* Messages that several threads sync, each taking the next that nobody has taken. */
typedef struct
{
  Delivery *deliveries;
  guint count;
  gint next;  /* atomic */
  gint error; /* atomic; of the first that failed */
} SyncWork;

static gpointer
sync_thread (gpointer data)
{
  SyncWork *work = data;

  while (g_atomic_int_get (&work->error) == 0)
    {
      guint i = g_atomic_int_add (&work->next, 1);
      int code = i < work->count ? sync_message (&work->deliveries[i]) : 0;

      if (code != 0)
        g_atomic_int_compare_and_exchange (&work->error, 0, code);
      if (i >= work->count)
        break;
    }
  return NULL;
}

/* A file system commits its journal once for all who wait for it at that time, and lets one who
   comes alone wait for a commit of its own: so a batch comes together. */
static gboolean
sync_messages (WbMaildir *self, Delivery *deliveries, guint count, GError **error)
{
  SyncWork work = { deliveries, count, 0, 0 };
  GThread *threads[SYNC_THREADS] = { NULL };
  guint helpers = MIN (count / SYNC_SHARE, SYNC_THREADS);

  for (guint i = 0; i < helpers; i++)
    threads[i] = g_thread_try_new ("maildir-sync", sync_thread, &work, NULL);
  sync_thread (&work);
  for (guint i = 0; i < helpers; i++)
    if (threads[i] != NULL)
      g_thread_join (threads[i]);
  return work.error == 0 || fail (self, error, work.error);
}

static gboolean
publish_message (WbMaildir *self, Delivery *delivery, GError **error)
{
  if (renameat2 (self->folders[FOLDER_TMP], delivery->name, self->folders[delivery->folder],
                 delivery->goal, RENAME_NOREPLACE) != 0 &&
      (errno != EINVAL || renameat (self->folders[FOLDER_TMP], delivery->name,
                                    self->folders[delivery->folder], delivery->goal) != 0))
    return fail (self, error, errno);
  delivery->in_tmp = FALSE;
  delivery->renamed = TRUE;
  return TRUE;
}

/* What was not acknowledged is taken back, as far as the system lets us. */
static void
withdraw (WbMaildir *self, Delivery *deliveries, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      if (deliveries[i].fd >= 0)
        close (deliveries[i].fd);
      if (deliveries[i].in_tmp)
        unlinkat (self->folders[FOLDER_TMP], deliveries[i].name, 0);
      if (deliveries[i].renamed)
        unlinkat (self->folders[deliveries[i].folder], deliveries[i].goal, 0);
    }
}

/* Has the data on its way to the disk before anything waits for it. A file system may not know how;
   but an error that is told here will not be told again by fsync(). */
static gboolean
push_out (WbMaildir *self, Delivery *deliveries, guint count, unsigned int flags, GError **error)
{
  for (guint i = 0; i < count; i++)
    if (sync_file_range (deliveries[i].fd, 0, 0, flags) != 0 && errno != EINVAL &&
        errno != ENOSYS && errno != EOPNOTSUPP && errno != ESPIPE)
      return fail (self, error, errno);
  return TRUE;
}

/* Writes all and pushes all out before it syncs the first: the file system's journal is then
   committed for many at once, not for each message. */
static gboolean
write_batch (WbMaildir *self,
             Delivery *deliveries,
             WbMailSource **messages,
             guint count,
             GError **error)
{
  for (guint i = 0; i < count; i++)
    if (!write_message (self, &deliveries[i], messages[i], error))
      return FALSE;
  if (count > 1 &&
      (!push_out (self, deliveries, count, SYNC_FILE_RANGE_WRITE, error) ||
       !push_out (self, deliveries, count,
                  SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER,
                  error)))
    return FALSE;
  return sync_messages (self, deliveries, count, error);
}

static gboolean
deliver (WbMaildir *self,
         Delivery *deliveries,
         WbMailSource **messages,
         guint count,
         GError **error)
{
  gboolean fine = TRUE;
  gboolean touched[N_FOLDERS] = { FALSE };

  for (guint at = 0; fine && at < count; at += BATCH)
    fine = write_batch (self, deliveries + at, messages + at, MIN (BATCH, count - at), error);
  for (guint i = 0; fine && i < count; i++)
    {
      fine = publish_message (self, &deliveries[i], error);
      touched[deliveries[i].folder] = TRUE;
    }
  for (Folder i = 0; fine && i < N_FOLDERS; i++)
    if (touched[i])
      fine = sync_folder (self, i, error);
  if (!fine)
    withdraw (self, deliveries, count);
  return fine;
}

/**
 * wb_maildir_deliver:
 * @message: the bytes to keep
 * @flags: (nullable): letters as in #WbMaildirItem; with none it is new mail
 *
 * Keeps a message. When this returns a name, the message is on the disk, whole; when it
 * returns %NULL, the mailbox is as it was.
 *
 * Safe from any thread; blocks.
 *
 * Returns: (transfer full): the message's name, or %NULL with %WB_MAIL_ERROR_STORE set
 */
char *
wb_maildir_deliver (WbMaildir *self, GBytes *message, const char *flags, GError **error)
{
  g_autoptr (WbMailSource) source = NULL;

  g_return_val_if_fail (message != NULL, NULL);

  source = wb_mail_source_new (message);
  return wb_maildir_deliver_source (self, source, flags, error);
}

/**
 * wb_maildir_deliver_source:
 * @message: what to keep
 * @flags: (nullable): letters as in #WbMaildirItem; with none it is new mail
 *
 * wb_maildir_deliver() for a message that need not be in memory.
 *
 * Safe from any thread; blocks.
 *
 * Returns: (transfer full): the message's name, or %NULL with %WB_MAIL_ERROR_STORE set, or
 *   %WB_MAIL_ERROR_FILE where @message cannot be read
 */
char *
wb_maildir_deliver_source (WbMaildir *self,
                           WbMailSource *message,
                           const char *flags,
                           GError **error)
{
  Delivery delivery;
  char *name = NULL;

  g_return_val_if_fail (WB_IS_MAILDIR (self), NULL);
  g_return_val_if_fail (message != NULL, NULL);

  delivery_init (self, &delivery, wb_mail_source_get_size (message), flags);
  if (deliver (self, &delivery, &message, 1, error))
    name = g_strdup (delivery.name);
  delivery_clear (&delivery);
  return name;
}

/**
 * wb_maildir_deliver_sources:
 * @messages: (element-type WbMailSource): what to keep
 * @names: (out) (optional) (transfer full) (element-type utf8): their names, in the same order
 *
 * Keeps new mail, all of it or none, with one sync of the folder for all.
 *
 * Safe from any thread; blocks.
 *
 * Returns: %TRUE when all are on the disk, or %FALSE with %WB_MAIL_ERROR_STORE set, or
 *   %WB_MAIL_ERROR_INVALID where one cannot be read, and the mailbox as it was
 */
gboolean
wb_maildir_deliver_sources (WbMaildir *self, GPtrArray *messages, GPtrArray **names, GError **error)
{
  g_autofree Delivery *deliveries = NULL;
  gboolean fine;

  g_return_val_if_fail (WB_IS_MAILDIR (self), FALSE);
  g_return_val_if_fail (messages != NULL, FALSE);

  deliveries = g_new (Delivery, messages->len);
  for (guint i = 0; i < messages->len; i++)
    delivery_init (self, &deliveries[i], wb_mail_source_get_size (messages->pdata[i]), NULL);
  fine = deliver (self, deliveries, (WbMailSource **) messages->pdata, messages->len, error);
  if (fine && names != NULL)
    *names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < messages->len; i++)
    {
      if (fine && names != NULL)
        g_ptr_array_add (*names, g_strdup (deliveries[i].name));
      delivery_clear (&deliveries[i]);
    }
  return fine;
}

/**
 * wb_maildir_deliver_many:
 * @messages: (element-type GBytes): what to keep
 * @names: (out) (optional) (transfer full) (element-type utf8): their names, in the same order
 *
 * wb_maildir_deliver_sources() for messages in memory.
 *
 * Safe from any thread; blocks.
 *
 * Returns: %TRUE when all are on the disk, or %FALSE with %WB_MAIL_ERROR_STORE set and the
 *   mailbox as it was
 */
gboolean
wb_maildir_deliver_many (WbMaildir *self, GPtrArray *messages, GPtrArray **names, GError **error)
{
  g_autoptr (GPtrArray) sources = NULL;

  g_return_val_if_fail (messages != NULL, FALSE);

  sources = g_ptr_array_new_full (messages->len, (GDestroyNotify) wb_mail_source_unref);
  for (guint i = 0; i < messages->len; i++)
    g_ptr_array_add (sources, wb_mail_source_new (messages->pdata[i]));
  return wb_maildir_deliver_sources (self, sources, names, error);
}

/* Reading */

static gboolean
is_name (const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || length > MAXIMUM_NAME + 56 || name[0] == '.')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (name[i] <= ' ' || name[i] >= 0x7f || name[i] == '/')
      return FALSE;
  return TRUE;
}

static char *
flags_of (const char *file_name)
{
  const char *info = strstr (file_name, ":2,");

  return sort_flags (info != NULL ? info + 3 : "");
}

/* The size stands in the name, so that a list opens no file; a name of another program's may lack
   it. */
static gboolean
read_item (WbMaildir *self, Folder folder, const char *file_name, WbMaildirItem **item)
{
  gsize length = strcspn (file_name, ":");
  const char *size = strstr (file_name, ",S=");
  g_autofree char *name = g_strndup (file_name, length);
  guint64 bytes = 0;

  if (!is_name (file_name))
    return FALSE;
  if (size != NULL && size < file_name + length && g_ascii_isdigit (size[3]))
    bytes = g_ascii_strtoull (size + 3, NULL, 10);
  else
    {
      struct stat info;

      if (fstatat (self->folders[folder], file_name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
          !S_ISREG (info.st_mode))
        return FALSE;
      bytes = info.st_size;
    }
  *item = g_new0 (WbMaildirItem, 1);
  (*item)->name = g_steal_pointer (&name);
  (*item)->flags = folder == FOLDER_CUR ? flags_of (file_name) : g_strdup ("");
  (*item)->size = bytes;
  (*item)->delivered = g_ascii_strtoll (file_name, NULL, 10);
  return TRUE;
}

static gboolean
list_folder (WbMaildir *self, Folder folder, GPtrArray *items, GError **error)
{
  DIR *listing = open_listing (self, folder);
  struct dirent *entry;
  int code;

  if (listing == NULL)
    return fail (self, error, errno);
  while (errno = 0, (entry = readdir (listing)) != NULL)
    {
      WbMaildirItem *item = NULL;

      if (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN)
        continue;
      if (read_item (self, folder, entry->d_name, &item))
        g_ptr_array_add (items, item);
    }
  code = errno;
  closedir (listing);
  return code == 0 || fail (self, error, code);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const WbMaildirItem *first = *(WbMaildirItem *const *) a;
  const WbMaildirItem *second = *(WbMaildirItem *const *) b;

  if (first->delivered != second->delivered)
    return first->delivered < second->delivered ? -1 : 1;
  return strcmp (first->name, second->name);
}

/**
 * wb_maildir_list:
 *
 * Lists the messages without opening one, the oldest first. Names that no mail program makes
 * are passed over.
 *
 * Safe from any thread; blocks.
 *
 * Returns: (transfer full) (element-type WbMaildirItem): the messages, or %NULL with
 *   %WB_MAIL_ERROR_STORE set
 */
GPtrArray *
wb_maildir_list (WbMaildir *self, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;

  g_return_val_if_fail (WB_IS_MAILDIR (self), NULL);

  items = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_maildir_item_free);
  if (!list_folder (self, FOLDER_NEW, items, error) ||
      !list_folder (self, FOLDER_CUR, items, error))
    return NULL;
  g_ptr_array_sort (items, compare_items);
  return g_steal_pointer (&items);
}

/* Where a message is now: its flags are part of its file's name, and other programs change them. */
static gboolean
find (WbMaildir *self, const char *name, Folder *folder, char **file_name, GError **error)
{
  gsize length = strlen (name);

  if (!is_name (name) || strchr (name, ':') != NULL)
    return no_such_message (self, error);
  if (faccessat (self->folders[FOLDER_NEW], name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    {
      *folder = FOLDER_NEW;
      *file_name = g_strdup (name);
      return TRUE;
    }

  DIR *listing = open_listing (self, FOLDER_CUR);
  struct dirent *entry;

  *file_name = NULL;
  if (listing == NULL)
    return fail (self, error, errno);
  while (*file_name == NULL && (entry = readdir (listing)) != NULL)
    if (strncmp (entry->d_name, name, length) == 0 &&
        (entry->d_name[length] == ':' || entry->d_name[length] == '\0') && is_name (entry->d_name))
      *file_name = g_strdup (entry->d_name);
  closedir (listing);
  *folder = FOLDER_CUR;
  return *file_name != NULL || no_such_message (self, error);
}

static GBytes *
read_file (WbMaildir *self, int fd, GError **error)
{
  struct stat info;
  g_autofree char *data = NULL;
  gsize length = 0;

  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      fail (self, error, EINVAL);
      return NULL;
    }
  data = (guint64) info.st_size <= MAXIMUM_MESSAGE ? g_try_malloc (info.st_size + 1) : NULL;
  if (data == NULL)
    {
      fail (self, error, EFBIG);
      return NULL;
    }
  while (length < (gsize) info.st_size)
    {
      gssize got = read (fd, data + length, info.st_size - length);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          fail (self, error, errno);
          return NULL;
        }
      if (got == 0)
        break;
      length += got;
    }
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

/* Returns -1 with @error set where there is none. */
static int
open_message (WbMaildir *self, const char *name, GError **error)
{
  g_autofree char *file_name = NULL;
  Folder folder;
  int fd;

  if (!find (self, name, &folder, &file_name, error))
    return -1;
  fd = openat (self->folders[folder], file_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    no_such_message (self, error);
  else if (fd < 0)
    fail (self, error, errno);
  return fd;
}

/**
 * wb_maildir_read:
 * @name: a message's name
 *
 * Safe from any thread; blocks.
 *
 * Returns: (transfer full): its bytes, or %NULL with %WB_MAIL_ERROR_NO_SUCH_MESSAGE or
 *   %WB_MAIL_ERROR_STORE set
 */
GBytes *
wb_maildir_read (WbMaildir *self, const char *name, GError **error)
{
  GBytes *bytes;
  int fd;

  g_return_val_if_fail (WB_IS_MAILDIR (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  fd = open_message (self, name, error);
  if (fd < 0)
    return NULL;
  bytes = read_file (self, fd, error);
  close (fd);
  return bytes;
}

/**
 * wb_maildir_open_source:
 * @name: a message's name
 *
 * wb_maildir_read() for a message that need not get into memory as a whole.
 *
 * Safe from any thread; blocks.
 *
 * Returns: (transfer full): its bytes, or %NULL with %WB_MAIL_ERROR_NO_SUCH_MESSAGE or
 *   %WB_MAIL_ERROR_STORE set
 */
WbMailSource *
wb_maildir_open_source (WbMaildir *self, const char *name, GError **error)
{
  g_autofree char *shown = NULL;
  g_autoptr (GError) local_error = NULL;
  WbMailSource *source = NULL;
  int fd;

  g_return_val_if_fail (WB_IS_MAILDIR (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  fd = open_message (self, name, error);
  if (fd < 0)
    return NULL;
  shown = g_filename_display_name (name);
  source = wb_mail_source_new_for_file (fd, shown, &local_error);
  if (source == NULL)
    g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE, local_error->message);
  return source;
}

/**
 * wb_maildir_set_flags:
 * @name: a message's name
 * @flags: letters as in #WbMaildirItem, instead of those it has; "" takes it out of new mail
 *
 * Safe from any thread; blocks.
 *
 * Returns: %TRUE when it is on the disk, or %FALSE with %WB_MAIL_ERROR_NO_SUCH_MESSAGE or
 *   %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_maildir_set_flags (WbMaildir *self, const char *name, const char *flags, GError **error)
{
  g_autofree char *file_name = NULL;
  g_autofree char *sorted = NULL;
  g_autofree char *goal = NULL;
  Folder folder;

  g_return_val_if_fail (WB_IS_MAILDIR (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (flags != NULL, FALSE);

  if (!find (self, name, &folder, &file_name, error))
    return FALSE;
  sorted = sort_flags (flags);
  goal = g_strconcat (name, ":2,", sorted, NULL);
  if (folder == FOLDER_CUR && strcmp (file_name, goal) == 0)
    return TRUE;
  if (renameat (self->folders[folder], file_name, self->folders[FOLDER_CUR], goal) != 0)
    return errno == ENOENT ? no_such_message (self, error) : fail (self, error, errno);
  return sync_folder (self, FOLDER_CUR, error) &&
         (folder == FOLDER_CUR || sync_folder (self, folder, error));
}

/**
 * wb_maildir_remove:
 * @name: a message's name
 *
 * Safe from any thread; blocks.
 *
 * Returns: %TRUE when it is gone from the disk, or %FALSE with
 *   %WB_MAIL_ERROR_NO_SUCH_MESSAGE or %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_maildir_remove (WbMaildir *self, const char *name, GError **error)
{
  g_autofree char *file_name = NULL;
  Folder folder;

  g_return_val_if_fail (WB_IS_MAILDIR (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!find (self, name, &folder, &file_name, error))
    return FALSE;
  if (unlinkat (self->folders[folder], file_name, 0) != 0)
    return errno == ENOENT ? no_such_message (self, error) : fail (self, error, errno);
  return sync_folder (self, folder, error);
}

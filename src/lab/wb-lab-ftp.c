/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-ftp-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define SUM_DEPTH_MAX 64

struct _WbLabFtp
{
  WbLabFtpAccount accounts[WB_LAB_FTP_N_KINDS];
  GTlsCertificate *certificate;
  const WbLabFault *fault;

  GMutex lock;
  guint64 quota;
  guint64 used;
};

static const struct
{
  const char *folder;
  const char *name;
} kinds[WB_LAB_FTP_N_KINDS] = {
  [WB_LAB_FTP_REAL] = { "home", "real" },
  [WB_LAB_FTP_GUEST] = { "guest", "guest" },
  [WB_LAB_FTP_ANONYMOUS] = { "anonymous", "anonymous" },
};

/* What each account finds at the first start. */
static const struct
{
  const char *path;
  const char *text;
} samples[] = {
  { "home/README.txt",
    "This is the home of the registered account. It reads and writes everywhere in here.\n" },
  { "home/documents/notes.txt", "Connect, log in, list, transfer, leave: that is FTP.\n" },
  { "home/documents/\346\227\245\350\256\260.txt",
    "\350\277\231\346\230\257\344\270\200\344\270\252\344\270\255\346\226\207\346\226\207"
    "\344\273\266\343\200\202\n" },
  { "guest/README.txt",
    "This is the folder of the guests: temporary accounts of one group. Guests read everything "
    "here, write in upload/ alone, and share a limit on how much that may hold.\n" },
  { "guest/shared/minutes.txt", "What the group shares stands here.\n" },
  { "anonymous/pub/README",
    "Anyone may read what is in pub/: log in as \"anonymous\" with an e-mail address for a "
    "password. New files may be put into incoming/.\n" },
  { "anonymous/pub/android/focus/1.1-RC1/Klar-1.1-RC1.apk.txt",
    "Not really an application, only its place: HOST, DIR and FILE together are one URL.\n" },
};

static const char *const folders[] = { "home/documents", "guest/shared", "guest/upload",
                                       "anonymous/pub/android/focus/1.1-RC1",
                                       "anonymous/incoming" };

static gboolean
make_folder (const char *base, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (base, name, NULL);

  if (g_mkdir_with_parents (path, 0755) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               /* Translators: the first %s is a path, the second the system's reason. */
               _ ("While making the lab's folder %s: %s"), path, g_strerror (errno));
  return FALSE;
}

/* Something to look at, a few kilobytes large, so that a transfer takes more than one block. */
static gboolean
write_sample (const char *base, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (base, name, NULL);

  return g_file_set_contents (path, text, -1, error);
}

static gboolean
write_table (const char *base, GError **error)
{
  g_autoptr (GString) table = g_string_new ("number\tsquare\tcube\n");

  for (guint64 i = 1; i <= 500; i++)
    g_string_append_printf (table,
                            "%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT "\n",
                            i, i * i, i * i * i);
  return write_sample (base, "anonymous/pub/powers.tsv", table->str, error);
}

static gboolean
seed (const char *base, GError **error)
{
  g_autofree char *home = g_build_filename (base, "home", NULL);

  /* Only once: what the person deleted stays deleted. */
  if (g_file_test (home, G_FILE_TEST_IS_DIR))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (!make_folder (base, folders[i], error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    if (!write_sample (base, samples[i].path, samples[i].text, error))
      return FALSE;
  return write_table (base, error);
}

static guint64
sum_folder (int parent, const char *name, guint depth)
{
  int fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *directory = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;
  guint64 sum = 0;

  if (directory == NULL)
    {
      if (fd >= 0)
        close (fd);
      return 0;
    }
  while ((entry = readdir (directory)) != NULL)
    {
      struct stat st;

      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") ||
          fstatat (fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      if (S_ISREG (st.st_mode))
        sum += st.st_size;
      else if (S_ISDIR (st.st_mode) && depth < SUM_DEPTH_MAX)
        sum += sum_folder (fd, entry->d_name, depth + 1);
    }
  closedir (directory);
  return sum;
}

static gboolean
open_account (WbLabFtp *self,
              WbLabFtpKind kind,
              const char *base,
              const char *user,
              const char *password,
              GError **error)
{
  g_autofree char *root = g_build_filename (base, kinds[kind].folder, NULL);
  WbLabFtpAccount *account = &self->accounts[kind];

  if (!make_folder (base, kinds[kind].folder, error))
    return FALSE;
  account->kind = kind;
  account->user = g_strdup (user);
  account->password = g_strdup (password);
  account->jail = wb_lab_jail_new (root, FALSE, error);
  return account->jail != NULL;
}

/**
 * wb_lab_ftp_new:
 * @options: accounts, folder, certificate; only read during the call
 *
 * Makes the FTP server, and at the first start some files to look at.
 *
 * Returns: (transfer full): the server, or %NULL with a `G_FILE_ERROR` set
 */
WbLabFtp *
wb_lab_ftp_new (const WbLabFtpOptions *options, GError **error)
{
  g_autoptr (WbLabFtp) self = NULL;
  g_autofree char *upload = NULL;

  g_return_val_if_fail (options != NULL, NULL);

  self = g_new0 (WbLabFtp, 1);
  g_mutex_init (&self->lock);
  self->certificate = g_object_ref (options->certificate);
  self->fault = options->fault;
  self->quota = options->guest_quota;

  if (!make_folder (options->directory, ".", error) || !seed (options->directory, error))
    return NULL;
  if (!open_account (self, WB_LAB_FTP_REAL, options->directory, options->real_user,
                     options->real_password, error) ||
      !open_account (self, WB_LAB_FTP_GUEST, options->directory, options->guest_user,
                     options->guest_password, error) ||
      !open_account (self, WB_LAB_FTP_ANONYMOUS, options->directory, "anonymous", NULL, error))
    return NULL;

  if (wb_lab_jail_get_walks (self->accounts[WB_LAB_FTP_REAL].jail))
    g_message ("%s", _ ("This system has no openat2(): the lab's FTP server follows no symbolic "
                        "links at all."));

  upload = g_build_filename (options->directory, "guest", "upload", NULL);
  self->used = sum_folder (AT_FDCWD, upload, 0);
  return g_steal_pointer (&self);
}

/**
 * wb_lab_ftp_free:
 * @self: (transfer full): the server; no session of it runs
 *
 * Frees the server. Its files stay.
 */
void
wb_lab_ftp_free (WbLabFtp *self)
{
  for (guint i = 0; i < WB_LAB_FTP_N_KINDS; i++)
    {
      g_free (self->accounts[i].user);
      g_free (self->accounts[i].password);
      g_clear_pointer (&self->accounts[i].jail, wb_lab_jail_free);
    }
  g_clear_object (&self->certificate);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * wb_lab_ftp_serve:
 * @connection: a client's control connection, under TLS already on an implicit port
 * @cancellable: ends the session
 * @user_data: the #WbLabFtp
 *
 * Serves one client to its end (RFC 959). A #WbLabServeFunc.
 */
void
wb_lab_ftp_serve (WbConnection *connection, GCancellable *cancellable, gpointer user_data)
{
  WbLabFtp *self = user_data;
  WbLabFtpSession session = {
    .server = self,
    .control = connection,
    .cancellable = cancellable,
    /* Clients of the implicit port take it for granted that data is protected as well. */
    .protect = wb_connection_get_tls (connection),
  };

  wb_lab_ftp_session_run (&session);
}

/**
 * wb_lab_ftp_find_account:
 * @user: a name as a client gave it
 *
 * Looks up an account; "ftp" is another name for "anonymous" (RFC 1635).
 *
 * Returns: (transfer none) (nullable): the account
 */
const WbLabFtpAccount *
wb_lab_ftp_find_account (WbLabFtp *self, const char *user)
{
  if (g_ascii_strcasecmp (user, "ftp") == 0 || g_ascii_strcasecmp (user, "anonymous") == 0)
    return &self->accounts[WB_LAB_FTP_ANONYMOUS];
  for (guint i = 0; i < WB_LAB_FTP_N_KINDS; i++)
    if (g_str_equal (self->accounts[i].user, user))
      return &self->accounts[i];
  return NULL;
}

/**
 * wb_lab_ftp_get_certificate:
 *
 * Returns: (transfer none): the certificate for AUTH TLS
 */
GTlsCertificate *
wb_lab_ftp_get_certificate (WbLabFtp *self)
{
  return self->certificate;
}

/**
 * wb_lab_ftp_get_fault:
 *
 * Returns: (transfer none) (nullable): the faults in force
 */
const WbLabFault *
wb_lab_ftp_get_fault (WbLabFtp *self)
{
  return self->fault;
}

/**
 * wb_lab_ftp_permits:
 * @path: a resolved path
 *
 * Tells whether an account may do something there: the registered one everything, guests
 * what is below `/upload`, anonymous ones may drop new files below `/incoming`, and not
 * fetch from there what others dropped.
 *
 * Returns: whether it may
 */
gboolean
wb_lab_ftp_permits (const WbLabFtpAccount *account, WbLabFtpAction action, const char *path)
{
  gboolean below_incoming = g_str_has_prefix (path, "/incoming/");

  switch (account->kind)
    {
    case WB_LAB_FTP_REAL:
      return TRUE;
    case WB_LAB_FTP_GUEST:
      return action == WB_LAB_FTP_READ || action == WB_LAB_FTP_FETCH ||
             g_str_has_prefix (path, "/upload/");
    case WB_LAB_FTP_ANONYMOUS:
      if (action == WB_LAB_FTP_READ)
        return TRUE;
      if (action == WB_LAB_FTP_FETCH)
        return !below_incoming;
      return below_incoming && (action == WB_LAB_FTP_ADD || action == WB_LAB_FTP_RENAME);
    case WB_LAB_FTP_N_KINDS:
    default:
      return FALSE;
    }
}

/**
 * wb_lab_ftp_take_quota:
 * @bytes: how many to take, or, negative, to give back
 *
 * Counts what the guests have stored.
 *
 * Returns: whether there was room; nothing is taken when not
 */
gboolean
wb_lab_ftp_take_quota (WbLabFtp *self, const WbLabFtpAccount *account, gint64 bytes)
{
  gboolean room = TRUE;

  if (account->kind != WB_LAB_FTP_GUEST)
    return TRUE;
  g_mutex_lock (&self->lock);
  if (bytes < 0)
    self->used -= MIN (self->used, (guint64) -bytes);
  else if (self->used > self->quota || (guint64) bytes > self->quota - self->used)
    room = FALSE;
  else
    self->used += bytes;
  g_mutex_unlock (&self->lock);
  return room;
}

/**
 * wb_lab_ftp_kind_get_name:
 *
 * Returns: "real", "guest" or "anonymous"
 */
const char *
wb_lab_ftp_kind_get_name (WbLabFtpKind kind)
{
  return kinds[kind].name;
}

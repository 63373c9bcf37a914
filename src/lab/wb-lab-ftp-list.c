/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-ftp-private.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

/* ls -l tells the time of day for the last half year, and the year for the rest. */
#define RECENT (G_GINT64_CONSTANT (182) * 24 * 60 * 60)

typedef enum
{
  FORMAT_LONG,
  FORMAT_NAMES,
  FORMAT_FACTS,
} Format;

typedef struct
{
  char *name;
  struct stat st;
} Row;

static void
row_clear (gpointer data)
{
  g_free (((Row *) data)->name);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Row *) a)->name, ((const Row *) b)->name);
}

static void
append_mode (GString *out, mode_t mode)
{
  static const char letters[] = "rwxrwxrwx";

  g_string_append_c (out, S_ISDIR (mode) ? 'd' : S_ISLNK (mode) ? 'l' : '-');
  for (guint i = 0; i < 9; i++)
    g_string_append_c (out, (mode & (0400 >> i)) != 0 ? letters[i] : '-');
}

static void
append_long (GString *out, const Row *row, const WbLabFtpAccount *account, gint64 now)
{
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (row->st.st_mtime);
  gint64 age = now - row->st.st_mtime;

  append_mode (out, row->st.st_mode);
  g_string_append_printf (out, " %3lu %-8s %-8s %12" G_GINT64_FORMAT " ", (gulong) row->st.st_nlink,
                          account->user, wb_lab_ftp_kind_get_name (account->kind),
                          (gint64) row->st.st_size);
  if (time == NULL)
    g_string_append (out, "Jan  1  1970");
  else if (age >= 0 && age < RECENT)
    g_string_append_printf (out, "%s %2d %02d:%02d", months[g_date_time_get_month (time) - 1],
                            g_date_time_get_day_of_month (time), g_date_time_get_hour (time),
                            g_date_time_get_minute (time));
  else
    g_string_append_printf (out, "%s %2d  %04d", months[g_date_time_get_month (time) - 1],
                            g_date_time_get_day_of_month (time), g_date_time_get_year (time));
  g_string_append_printf (out, " %s\r\n", row->name);
}

/* What one may do with it (RFC 3659, section 7.5.5). */
static void
append_permissions (GString *out, const WbLabFtpAccount *account, const char *path, gboolean folder)
{
  g_autofree char *inside = g_build_path ("/", path, "x", NULL);

  if (folder)
    {
      g_string_append (out, "el");
      if (wb_lab_ftp_permits (account, WB_LAB_FTP_ADD, inside))
        g_string_append_c (out, 'c');
      if (wb_lab_ftp_permits (account, WB_LAB_FTP_CHANGE, inside))
        g_string_append (out, "mp");
    }
  else
    {
      if (wb_lab_ftp_permits (account, WB_LAB_FTP_FETCH, path))
        g_string_append_c (out, 'r');
      if (wb_lab_ftp_permits (account, WB_LAB_FTP_CHANGE, path))
        g_string_append (out, "aw");
    }
  if (wb_lab_ftp_permits (account, WB_LAB_FTP_RENAME, path))
    g_string_append_c (out, 'f');
  if (wb_lab_ftp_permits (account, WB_LAB_FTP_CHANGE, path))
    g_string_append_c (out, 'd');
}

/* RFC 3659, section 7.2. */
static void
append_facts (GString *out,
              const char *type,
              const struct stat *st,
              const WbLabFtpAccount *account,
              const char *path)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (st->st_mtime);
  g_autofree char *stamp = time != NULL ? g_date_time_format (time, "%Y%m%d%H%M%S") : NULL;

  g_string_append_printf (out, "type=%s;", type);
  if (S_ISREG (st->st_mode))
    g_string_append_printf (out, "size=%" G_GINT64_FORMAT ";", (gint64) st->st_size);
  if (stamp != NULL)
    g_string_append_printf (out, "modify=%s;", stamp);
  g_string_append (out, "perm=");
  append_permissions (out, account, path, S_ISDIR (st->st_mode));
  g_string_append_printf (out, ";UNIX.mode=0%03o; ", st->st_mode & 0777);
}

static const char *
type_of (const struct stat *st)
{
  if (S_ISDIR (st->st_mode))
    return "dir";
  return S_ISREG (st->st_mode) ? "file" : S_ISLNK (st->st_mode) ? "OS.unix=slink" : "OS.unix=other";
}

/* A name that would break the listing's lines cannot be shown, and cannot be asked for either. */
static gboolean
can_be_named (const char *name)
{
  return strpbrk (name, "\r\n") == NULL && !g_str_equal (name, ".") && !g_str_equal (name, "..");
}

static GArray *
read_folder (WbLabFtpSession *self,
             const char *path,
             const char *pattern,
             gboolean hidden,
             GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  DIR *directory;
  struct dirent *entry;
  int fd;

  fd = wb_lab_jail_open (self->account->jail, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0, error);
  if (fd < 0)
    return NULL;
  g_array_set_clear_func (rows, row_clear);
  directory = fdopendir (fd);
  if (directory == NULL)
    {
      close (fd);
      return g_steal_pointer (&rows);
    }

  while ((entry = readdir (directory)) != NULL)
    {
      Row row;

      if (!can_be_named (entry->d_name))
        continue;
      if (pattern != NULL ? fnmatch (pattern, entry->d_name, FNM_PERIOD) != 0
                          : !hidden && entry->d_name[0] == '.')
        continue;
      if (fstatat (fd, entry->d_name, &row.st, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      row.name = g_strdup (entry->d_name);
      g_array_append_val (rows, row);
    }
  closedir (directory);
  g_array_sort (rows, compare_rows);
  return g_steal_pointer (&rows);
}

/* Options as of ls, which clients send though no RFC knows them. */
static const char *
skip_options (const char *argument, gboolean *hidden)
{
  while (argument[0] == '-')
    {
      gsize length = strcspn (argument, " ");

      if (memchr (argument, 'a', length) != NULL || memchr (argument, 'A', length) != NULL)
        *hidden = TRUE;
      argument += length;
      argument += strspn (argument, " ");
    }
  return argument;
}

static GArray *
read_one (WbLabFtpSession *self, const char *path, GError **error)
{
  g_autoptr (GArray) rows = NULL;
  Row row;

  if (!wb_lab_jail_stat (self->account->jail, path, &row.st, error))
    return NULL;
  rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (rows, row_clear);
  row.name = g_path_get_basename (path);
  g_array_append_val (rows, row);
  return g_steal_pointer (&rows);
}

/* The rows that a LIST or NLST of @argument shows; @folder is where they are. */
static GArray *
collect (WbLabFtpSession *self,
         const char *argument,
         gboolean hidden,
         char **folder,
         GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *pattern = NULL;
  struct stat st;

  path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_READ, error);
  if (path == NULL)
    return NULL;
  if (wb_lab_jail_stat (self->account->jail, path, &st, NULL))
    {
      if (!S_ISDIR (st.st_mode))
        {
          *folder = g_path_get_dirname (path);
          return read_one (self, path, error);
        }
    }
  else if (strpbrk (argument, "*?[") != NULL)
    {
      char *parent = g_path_get_dirname (path);

      pattern = g_path_get_basename (path);
      g_free (path);
      path = parent;
    }
  *folder = g_strdup (path);
  return read_folder (self, path, pattern, hidden, error);
}

static GString *
format_rows (WbLabFtpSession *self, GArray *rows, const char *folder, Format format)
{
  GString *out = g_string_new (NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      g_autofree char *path = NULL;

      switch (format)
        {
        case FORMAT_LONG:
          append_long (out, row, self->account, now);
          break;
        case FORMAT_NAMES:
          g_string_append_printf (out, "%s\r\n", row->name);
          break;
        case FORMAT_FACTS:
        default:
          path = g_build_path ("/", folder, row->name, NULL);
          append_facts (out, type_of (&row->st), &row->st, self->account, path);
          g_string_append_printf (out, "%s\r\n", row->name);
          break;
        }
    }
  return out;
}

static gboolean
list (WbLabFtpSession *self, const char *argument, Format format, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GString) text = NULL;
  g_autofree char *folder = NULL;
  gboolean hidden = FALSE;

  argument = skip_options (argument, &hidden);
  rows = collect (self, argument, hidden, &folder, &reason);
  if (rows == NULL)
    return wb_lab_ftp_session_refuse (self, reason, error);
  text = format_rows (self, rows, folder, format);
  return wb_lab_ftp_send_text (self, "Here comes the listing.", text, error);
}

/**
 * wb_lab_ftp_list:
 *
 * LIST (RFC 959, section 4.1.3), in the form of `ls -l`, times in UTC.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_list (WbLabFtpSession *self, const char *argument, GError **error)
{
  return list (self, argument, FORMAT_LONG, error);
}

/**
 * wb_lab_ftp_nlst:
 *
 * NLST (RFC 959, section 4.1.3): names alone.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_nlst (WbLabFtpSession *self, const char *argument, GError **error)
{
  return list (self, argument, FORMAT_NAMES, error);
}

/**
 * wb_lab_ftp_mlsd:
 *
 * MLSD (RFC 3659, section 7): facts and names, hidden files too.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_mlsd (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GString) text = NULL;
  g_autofree char *path = NULL;
  struct stat st;

  path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_READ, &reason);
  if (path == NULL || !wb_lab_jail_stat (self->account->jail, path, &st, &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  if (!S_ISDIR (st.st_mode))
    return wb_lab_peer_reply (self->peer, error, "501 MLSD lists folders; use MLST for a file.");
  rows = read_folder (self, path, NULL, TRUE, &reason);
  if (rows == NULL)
    return wb_lab_ftp_session_refuse (self, reason, error);
  text = format_rows (self, rows, path, FORMAT_FACTS);
  return wb_lab_ftp_send_text (self, "Here comes the listing.", text, error);
}

/**
 * wb_lab_ftp_mlst:
 *
 * MLST (RFC 3659, section 7): the facts of one file or folder, on the control connection.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_mlst (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GString) line = g_string_new (" ");
  g_autofree char *path = NULL;
  struct stat st;

  path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_READ, &reason);
  if (path == NULL || !wb_lab_jail_stat (self->account->jail, path, &st, &reason))
    return wb_lab_ftp_session_refuse (self, reason, error);
  append_facts (line, type_of (&st), &st, self->account, path);
  g_string_append (line, path);
  return wb_lab_peer_queue (self->peer, "250-Facts:", error) &&
         wb_lab_peer_queue (self->peer, line->str, error) &&
         wb_lab_peer_reply (self->peer, error, "250 End");
}

/**
 * wb_lab_ftp_stat_path:
 *
 * STAT with a path (RFC 959, section 4.1.3): LIST on the control connection.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_stat_path (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GString) text = NULL;
  g_autofree char *folder = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean hidden = FALSE;

  argument = skip_options (argument, &hidden);
  rows = collect (self, argument, hidden, &folder, &reason);
  if (rows == NULL)
    return wb_lab_ftp_session_refuse (self, reason, error);

  text = format_rows (self, rows, folder, FORMAT_LONG);
  lines = g_strsplit (text->str, "\r\n", -1);
  if (!wb_lab_peer_queue (self->peer, "213-Status:", error))
    return FALSE;
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0' && !wb_lab_peer_queue (self->peer, lines[i], error))
      return FALSE;
  return wb_lab_peer_reply (self->peer, error, "213 End");
}

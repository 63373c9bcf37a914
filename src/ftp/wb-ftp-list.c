/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-listing.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* An endless listing, or an endless line, ends here. */
#define ENTRIES_MAX 1000000
#define BYTES_MAX (256 * 1024 * 1024)
#define LINE_MAX_BYTES (64 * 1024)

#define BLOCK_SIZE (64 * 1024)

/* How much of a listing the log shows; the rest is counted. */
#define LOGGED_MAX (256 * 1024)

typedef struct
{
  WbFtpClient *client;
  WbFtpListingFormat format;
  GDateTime *now;
  WbFtpEntryFunc func;
  gpointer data;
  guint count;
  WbFtpEntry *first;
  GByteArray *line; /* the beginning of one whose end has not come yet */
  GByteArray *held; /* one that may be one entry with the next */
  gsize total;
} Lister;

static void
lister_clear (Lister *lister)
{
  g_clear_pointer (&lister->now, g_date_time_unref);
  g_clear_object (&lister->first);
  g_clear_pointer (&lister->line, g_byte_array_unref);
  g_clear_pointer (&lister->held, g_byte_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lister, lister_clear)

static void
lister_init (Lister *lister, WbFtpClient *client, WbFtpEntryFunc func, gpointer data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  lister->client = client;
  lister->format = WB_FTP_LISTING_GUESS;
  lister->func = func;
  lister->data = data;
  lister->now = g_date_time_add_minutes (now, client->time_offset);
  lister->line = g_byte_array_new ();
  lister->held = g_byte_array_new ();
}

static gboolean
fail_too_large (GError **error)
{
  g_set_error_literal (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                       _ ("The server's list is longer than any folder can be. It was cut off."));
  return FALSE;
}

static gboolean
take_whole_line (Lister *lister, const guint8 *line, gsize length, GError **error)
{
  g_autoptr (WbFtpEntry) entry = NULL;

  if (lister->count >= ENTRIES_MAX)
    return fail_too_large (error);
  entry = wb_ftp_listing_parse_line ((const char *) line, length, lister->format, lister->now);
  if (entry == NULL)
    return TRUE;
  if (lister->client->has_time_offset)
    wb_ftp_entry_set_time_offset (entry, lister->client->time_offset);
  if (lister->client->charset != NULL)
    wb_ftp_entry_set_charset (entry, lister->client->charset);
  if (lister->count++ == 0)
    g_set_object (&lister->first, entry);
  lister->func (entry, lister->data);
  return TRUE;
}

/* What was held in vain. */
static gboolean
take_held (Lister *lister, GError **error)
{
  gboolean ok = lister->held->len == 0 ||
                take_whole_line (lister, lister->held->data, lister->held->len, error);

  g_byte_array_set_size (lister->held, 0);
  return ok;
}

static gboolean
take_line (Lister *lister, const guint8 *line, gsize length, GError **error)
{
  const char *text = (const char *) line;

  if (lister->held->len > 0 && wb_ftp_listing_join (lister->held, text, length))
    return take_held (lister, error);
  return take_held (lister, error) &&
         (wb_ftp_listing_hold (lister->held, text, length, lister->format) ||
          take_whole_line (lister, line, length, error));
}

static gboolean
take_block (Lister *lister, const guint8 *data, gsize length, GError **error)
{
  lister->total += length;
  if (lister->total > BYTES_MAX)
    return fail_too_large (error);

  while (length > 0)
    {
      const guint8 *lf = memchr (data, '\n', length);
      gsize n = lf != NULL ? (gsize) (lf - data) : length;

      if (lister->line->len + n > LINE_MAX_BYTES)
        return fail_too_large (error);
      if (lf == NULL)
        {
          g_byte_array_append (lister->line, data, n);
          return TRUE;
        }
      if (lister->line->len > 0)
        {
          g_byte_array_append (lister->line, data, n);
          if (!take_line (lister, lister->line->data, lister->line->len, error))
            return FALSE;
          g_byte_array_set_size (lister->line, 0);
        }
      else if (!take_line (lister, data, n, error))
        return FALSE;
      data += n + 1;
      length -= n + 1;
    }
  return TRUE;
}

static gboolean
read_all (WbConnection *data,
          Lister *lister,
          WbProgress *progress,
          GCancellable *cancellable,
          GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK_SIZE);

  for (;;)
    {
      WbWireKind kind = lister->total < LOGGED_MAX ? WB_WIRE_DATA : WB_WIRE_BULK;
      gssize got = wb_connection_read (data, block, BLOCK_SIZE, kind, cancellable, error);

      if (got < 0)
        return FALSE;
      if (got == 0)
        break;
      if (!take_block (lister, block, got, error))
        return FALSE;
      if (progress != NULL)
        wb_progress_add (progress, got);
    }
  return (lister->line->len == 0 ||
          take_line (lister, lister->line->data, lister->line->len, error)) &&
         take_held (lister, error);
}

/* One line of a reply that holds a listing: servers put a space before it, or the reply's code. */
static gboolean
take_reply_line (Lister *lister, const char *line, int code, GError **error)
{
  g_autofree char *marked = g_strdup_printf ("%d-", code);

  if (g_str_has_prefix (line, marked))
    line += strlen (marked);
  while (*line == ' ')
    line++;
  lister->total += strlen (line) + 2;
  if (lister->total > BYTES_MAX)
    return fail_too_large (error);
  return take_line (lister, (const guint8 *) line, strlen (line), error);
}

/* STAT with a path (RFC 959 §4.1.3): the listing stands in the reply, between its first line and
 * its last. */
static gboolean
list_by_stat (WbFtpClient *self,
              const char *path,
              Lister *lister,
              GCancellable *cancellable,
              GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  g_autofree char *command =
      wb_ftp_client_make_line (self, "STAT", path != NULL ? path : ".", error);
  gboolean ok =
      command != NULL && wb_connection_write_line (self->control, command, cancellable, error);
  g_autofree char *first = NULL;
  g_autofree char *ending = NULL;

  if (ok)
    first = wb_connection_read_line (self->control, NULL, cancellable, error);
  if (first == NULL)
    return wb_ftp_client_prefix (self, WB_FTP_STEP_LIST, error);
  if (strlen (first) < 4 || first[3] != '-' || *first != '2')
    {
      reply.code = (int) g_ascii_strtoll (first, NULL, 10);
      reply.text = g_strdup (first + MIN (strlen (first), 4));
      if (reply.code == 421)
        wb_ftp_client_break (self);
      return wb_ftp_client_refuse (self, WB_FTP_STEP_LIST, &reply, error);
    }

  reply.code = (int) g_ascii_strtoll (first, NULL, 10);
  ending = g_strdup_printf ("%d ", reply.code);
  for (;;)
    {
      g_autofree char *line = wb_connection_read_line (self->control, NULL, cancellable, error);

      if (line == NULL)
        return wb_ftp_client_prefix (self, WB_FTP_STEP_LIST, error);
      if (g_str_has_prefix (line, ending))
        return take_held (lister, error);
      if (!take_reply_line (lister, line, reply.code, error))
        {
          wb_ftp_client_break (self);
          return wb_ftp_client_prefix (self, WB_FTP_STEP_LIST, error);
        }
    }
}

/* Some servers refuse to list a folder that has nothing in it. */
static gboolean
says_empty (const WbFtpReply *reply)
{
  g_autofree char *lower = NULL;

  if (reply->code != 450 && reply->code != 550)
    return FALSE;
  lower = g_ascii_strdown (reply->text, -1);
  return strstr (lower, "no files") != NULL || strstr (lower, "is empty") != NULL;
}

/* vsftpd has done well, so it says, and has not. */
static gboolean
says_unread (const WbFtpReply *reply)
{
  return reply->text != NULL && strstr (reply->text, "failed to open") != NULL;
}

/* @reply gets what the server says behind the listing. %FALSE without an error: refused. */
static gboolean
list_once (WbFtpClient *self,
           const char *verb,
           const char *argument,
           Lister *lister,
           WbFtpReply *reply,
           WbFtpReply *refusal,
           WbProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (WbConnection) data = NULL;

  data = wb_ftp_data_begin (self, WB_FTP_STEP_LIST, verb, argument, 0, refusal, cancellable, error);
  if (data == NULL)
    return FALSE;

  if (!read_all (data, lister, progress, cancellable, error))
    {
      wb_ftp_client_give_up (self, data, NULL, cancellable);
      return wb_ftp_client_prefix (self, WB_FTP_STEP_LIST, error);
    }
  wb_connection_close (data, cancellable, NULL);

  /* Only now is it known to be whole, or empty. */
  return wb_ftp_client_read_reply (self, WB_FTP_STEP_LIST, reply, cancellable, error);
}

/* One command with a listing for an answer. %FALSE without an error: it was refused, see @refusal.
 */
static gboolean
list_by (WbFtpClient *self,
         const char *verb,
         const char *argument,
         Lister *lister,
         WbFtpReply *refusal,
         WbProgress *progress,
         GCancellable *cancellable,
         GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  if (!list_once (self, verb, argument, lister, &reply, refusal, progress, cancellable, error))
    return FALSE;
  /* Nothing came, for lack of a data connection, and the session goes on. */
  if (reply.code == 425 && lister->total == 0 &&
      !list_once (self, verb, argument, lister, &reply, refusal, progress, cancellable, error))
    return FALSE;
  if (!wb_ftp_reply_is_good (&reply) || (lister->total == 0 && says_unread (&reply)))
    return wb_ftp_client_refuse (self, WB_FTP_STEP_LIST, &reply, error);
  return TRUE;
}

/* `LIST -a PATH` is `ls -a PATH` in many a server, so the path may not look like an option or a
 * pattern. */
static gboolean
is_plain_path (const char *path)
{
  return path == NULL || (*path != '-' && *path != ' ' && strpbrk (path, "*?[]{}~\\\"'$`") == NULL);
}

static gboolean
accept_empty (WbFtpClient *self, const WbFtpReply *refusal, GError **error)
{
  if (says_empty (refusal))
    return TRUE;
  return wb_ftp_client_refuse (self, WB_FTP_STEP_LIST, refusal, error);
}

/* LIST, with hidden files where the server shows them on request. */
static gboolean
list_here (WbFtpClient *self,
           const char *path,
           Lister *lister,
           WbProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  g_auto (WbFtpReply) refusal = { 0 };
  GError *local = NULL;

  if (self->list_all != WB_FTP_NO && is_plain_path (path))
    {
      g_autofree char *argument = path != NULL ? g_strconcat ("-a ", path, NULL) : g_strdup ("-a");

      if (list_by (self, "LIST", argument, lister, &refusal, progress, cancellable, &local))
        {
          /* Not even "." was there: the server may have looked for a file named "-a". */
          if (lister->total > 0)
            {
              self->list_all = WB_FTP_YES;
              return TRUE;
            }
        }
      else if (local != NULL)
        {
          g_propagate_error (error, local);
          return FALSE;
        }
      else if (self->list_all == WB_FTP_YES)
        return accept_empty (self, &refusal, error);
    }

  if (list_by (self, "LIST", path, lister, &refusal, progress, cancellable, &local))
    {
      if (lister->total > 0 && is_plain_path (path))
        self->list_all = WB_FTP_NO;
      return TRUE;
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  return accept_empty (self, &refusal, error);
}

/* A path that LIST would misread is listed from inside, and then the session goes back. */
static gboolean
list_from_inside (WbFtpClient *self,
                  const char *path,
                  Lister *lister,
                  WbProgress *progress,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autofree char *back = wb_ftp_client_get_directory (self, cancellable, error);
  gboolean ok = FALSE;

  if (back == NULL ||
      !wb_ftp_client_expect (self, WB_FTP_STEP_LIST, "CWD", path, cancellable, error))
    return FALSE;
  ok = list_here (self, NULL, lister, progress, cancellable, error);
  /* Stopped: it would go on in another folder than before. */
  if (!ok && !wb_ftp_client_is_usable (self))
    wb_ftp_client_break (self);
  return wb_ftp_client_come_back (self, WB_FTP_STEP_LIST, back, ok, cancellable, error);
}

/* Of a folder that may not be read, `ls PATH` and the servers like it show the folder itself. */
static gboolean
lists_itself (Lister *lister, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  WbFtpEntry *entry = lister->count == 1 ? lister->first : NULL;

  return entry != NULL && wb_ftp_entry_get_entry_type (entry) == WB_FTP_ENTRY_DIRECTORY &&
         g_str_equal (wb_ftp_entry_get_name (entry), name);
}

/* Many a server answers LIST of what does not exist with nothing at all. */
static gboolean
check_exists (WbFtpClient *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *back = wb_ftp_client_get_directory (self, cancellable, error);

  return back != NULL &&
         wb_ftp_client_expect (self, WB_FTP_STEP_LIST, "CWD", path, cancellable, error) &&
         wb_ftp_client_come_back (self, WB_FTP_STEP_LIST, back, TRUE, cancellable, error);
}

/* NLST (RFC 959 §4.1.3): names alone, perhaps with the path before them. */
static gboolean
list_names (WbFtpClient *self,
            const char *path,
            Lister *lister,
            WbProgress *progress,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (WbFtpReply) refusal = { 0 };
  g_autoptr (GError) local = NULL;

  lister->format = WB_FTP_LISTING_NAMES;
  if (list_by (self, "NLST", path, lister, &refusal, progress, cancellable, &local))
    return TRUE;
  if (local == NULL)
    return accept_empty (self, &refusal, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
list_as_text (WbFtpClient *self,
              const char *path,
              Lister *lister,
              WbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
  gboolean ok = FALSE;

  if (is_plain_path (path))
    {
      ok = list_here (self, path, lister, progress, cancellable, error);
      if (ok && path != NULL && lists_itself (lister, path))
        {
          lister->func (NULL, lister->data);
          lister->count = 0;
          lister->total = 0;
          return list_from_inside (self, path, lister, progress, cancellable, error);
        }
    }
  else
    ok = list_from_inside (self, path, lister, progress, cancellable, error);
  if (ok && lister->total == 0 && path != NULL)
    ok = check_exists (self, path, cancellable, error);
  return ok;
}

/* FALSE without an error: the server does not know the command. */
static gboolean
list_by_facts (WbFtpClient *self,
               const char *path,
               Lister *lister,
               WbProgress *progress,
               GCancellable *cancellable,
               GError **error)
{
  g_auto (WbFtpReply) refusal = { 0 };
  g_autoptr (GError) local = NULL;

  lister->format = WB_FTP_LISTING_MLSD;
  if (list_by (self, "MLSD", path, lister, &refusal, progress, cancellable, &local))
    return TRUE;
  if (local == NULL && (refusal.code == 500 || refusal.code == 502))
    return FALSE;
  if (local == NULL && accept_empty (self, &refusal, &local))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* By the best way that there is. */
static gboolean
list_somehow (WbFtpClient *self,
              const char *path,
              Lister *lister,
              WbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GError) local = NULL;

  if (self->has_mlsd)
    {
      if (list_by_facts (self, path, lister, progress, cancellable, &local))
        return TRUE;
      self->has_mlsd = local != NULL;
    }
  lister->format = WB_FTP_LISTING_GUESS;
  if (local == NULL && list_as_text (self, path, lister, progress, cancellable, &local))
    return TRUE;
  if (g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_UNSUPPORTED) &&
      wb_ftp_client_is_usable (self))
    return list_names (self, path, lister, progress, cancellable, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
list_by_way (WbFtpClient *self,
             const char *path,
             Lister *lister,
             WbProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GError) local = NULL;

  switch (self->list_way)
    {
    case WB_FTP_LIST_MLSD:
      if (list_by_facts (self, path, lister, progress, cancellable, &local))
        return TRUE;
      if (local == NULL)
        g_set_error_literal (&local, WB_FTP_ERROR, WB_FTP_ERROR_UNSUPPORTED,
                             _ ("Could not list the folder. The server does not know MLSD: let "
                                "Wirebench choose the command."));
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    case WB_FTP_LIST_LIST:
      return list_as_text (self, path, lister, progress, cancellable, error);
    case WB_FTP_LIST_NLST:
      return list_names (self, path, lister, progress, cancellable, error);
    case WB_FTP_LIST_STAT:
      return list_by_stat (self, path, lister, cancellable, error);
    case WB_FTP_LIST_BEST:
    default:
      return list_somehow (self, path, lister, progress, cancellable, error);
    }
}

/* Hands each entry to @func while the listing comes; %NULL is to forget what came before. Only when
 * this returns %TRUE is the list known to be whole. Otherwise as wb_ftp_client_list(). */
gboolean
wb_ftp_client_list_each (WbFtpClient *self,
                         const char *path,
                         WbFtpEntryFunc func,
                         gpointer data,
                         WbProgress *progress,
                         GCancellable *cancellable,
                         GError **error)
{
  g_auto (Lister) lister = { 0 };

  if (!wb_ftp_client_is_ready (self, error))
    return FALSE;
  if (path != NULL && *path == '\0')
    path = NULL;
  if (path != NULL && !wb_ftp_client_check_path (path, error))
    return wb_ftp_client_prefix (self, WB_FTP_STEP_LIST, error);
  if (path != NULL && !wb_ftp_client_prepare_name (self, path, cancellable, error))
    return FALSE;
  lister_init (&lister, self, func, data);
  return list_by_way (self, path, &lister, progress, cancellable, error);
}

static void
collect (WbFtpEntry *entry, gpointer data)
{
  GPtrArray *entries = data;

  if (entry != NULL)
    g_ptr_array_add (entries, g_object_ref (entry));
  else
    g_ptr_array_set_size (entries, 0);
}

/**
 * wb_ftp_client_list:
 * @path: (nullable): a folder, in the server's bytes; %NULL or "" is the current one
 * @progress: (nullable): told of the bytes of the listing
 *
 * Lists a folder: by MLSD (RFC 3659 §7) where the server has it, else by LIST, else by
 * NLST (RFC 959 §4.1.3); or by the one command that wb_ftp_client_set_list_way() names.
 * Only after the server's closing reply is the list known to be whole. A list of more
 * than a million entries is cut off with %WB_ERROR_TOO_LARGE.
 *
 * Errors: %WB_FTP_ERROR_NOT_FOUND, %WB_FTP_ERROR_DATA, %WB_ERROR_INVALID, …
 *
 * Returns: (transfer full) (nullable) (element-type WbFtpEntry): the entries, in the
 *   server's order, or %NULL with @error set
 */
GPtrArray *
wb_ftp_client_list (WbFtpClient *self,
                    const char *path,
                    WbProgress *progress,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), NULL);

  if (!wb_ftp_client_list_each (self, path, collect, entries, progress, cancellable, error))
    return NULL;
  return g_steal_pointer (&entries);
}

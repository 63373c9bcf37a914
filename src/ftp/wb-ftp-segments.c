/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-part.h"
#include "wb-ftp-queue-private.h"

#include "wb-error.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One large file in pieces, over several connections at once, into one part file. A piece whose
 * connection breaks comes again over another one. */

/* A connection takes the next piece of this size when it is done with one, so a slow one does not
 * hold the others up. Each piece ends by a transfer that is stopped, so they are not small. */
#define PIECE_SIZE (8 * 1024 * 1024)

#define BLOCK_SIZE (64 * 1024)

/* A file of more is received in one: nobody has one that large, and a server that says so would
 * have us remember each piece. */
#define PIECES_MAX 2000000

/* So often connections may break until there is no more sense in making new ones. */
#define BREAKS_MAX 8

typedef struct
{
  WbFtpJob *job;
  int fd;
  gint64 size;
  GCancellable *stop; /* cancelled by the person, or by the first piece that cannot be had */

  /* Under the mutex */
  GMutex mutex;
  guint count;   /* of pieces */
  guint next;    /* the first one that nobody took yet */
  GArray *again; /* of guint: pieces that were taken and did not come */
  gboolean *done;
  guint breaks;
  GError *broke; /* why a connection broke last */
  GError *error; /* why pieces are no way at all */
} Segments;

static gint64
get_length (const Segments *segments, guint piece)
{
  return MIN (segments->size - (gint64) piece * PIECE_SIZE, PIECE_SIZE);
}

static gboolean
take_piece (Segments *segments, guint *piece)
{
  gboolean more = FALSE;

  g_mutex_lock (&segments->mutex);
  if (segments->error == NULL && segments->again->len > 0)
    {
      more = TRUE;
      *piece = g_array_index (segments->again, guint, segments->again->len - 1);
      g_array_set_size (segments->again, segments->again->len - 1);
    }
  else if (segments->error == NULL && segments->next < segments->count)
    {
      more = TRUE;
      *piece = segments->next++;
    }
  g_mutex_unlock (&segments->mutex);
  return more;
}

/* Whether it is the connection's fault alone. */
static gboolean
is_break (const GError *error)
{
  return g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_DATA) ||
         g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_BUSY) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_CLOSED) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_TLS) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_TIMED_OUT);
}

/* Takes @error. */
static void
take_error (Segments *segments, guint piece, GError *error)
{
  gboolean broke = is_break (error);
  GError **place = broke ? &segments->broke : &segments->error;

  g_debug ("a piece failed: %s", error->message);
  g_mutex_lock (&segments->mutex);
  g_array_append_val (segments->again, piece);
  if (broke)
    segments->breaks++;
  if (broke || segments->error == NULL)
    {
      g_clear_error (place);
      *place = error;
    }
  else
    g_error_free (error);
  g_mutex_unlock (&segments->mutex);
  if (!broke)
    g_cancellable_cancel (segments->stop);
}

static gboolean
may_go_on (Segments *segments)
{
  gboolean may = FALSE;

  g_mutex_lock (&segments->mutex);
  may = segments->error == NULL && segments->breaks <= BREAKS_MAX &&
        (segments->again->len > 0 || segments->next < segments->count);
  g_mutex_unlock (&segments->mutex);
  return may && !g_cancellable_is_cancelled (segments->stop);
}

/* Until there are no more, or the connection breaks. */
static void
fetch_pieces (Segments *segments, WbFtpClient *client)
{
  WbFtpJob *job = segments->job;
  guint piece = 0;

  while (wb_ftp_client_is_usable (client) && take_piece (segments, &piece))
    {
      GError *error = NULL;
      gint64 length = get_length (segments, piece);

      if (wb_ftp_client_retrieve_range (client, job->plan->remote, (gint64) piece * PIECE_SIZE,
                                        length, segments->fd, job->progress, segments->stop,
                                        &error) < 0)
        {
          take_error (segments, piece, error);
          return;
        }
      g_mutex_lock (&segments->mutex);
      segments->done[piece] = TRUE;
      g_mutex_unlock (&segments->mutex);
    }
}

/* A further connection. That the server refuses it is no error: the others do the work then. */
static gpointer
segment_thread (gpointer data)
{
  Segments *segments = data;

  while (may_go_on (segments))
    {
      g_autoptr (WbFtpClient) client =
          wb_ftp_worker_connect (segments->job->worker, segments->stop, NULL);

      if (client == NULL)
        return NULL;
      fetch_pieces (segments, client);
      wb_ftp_client_set_timeout (client, 2);
      wb_ftp_client_quit (client, NULL, NULL);
    }
  return NULL;
}

/* The job's own connection, which also takes what the others left behind. */
static void
fetch_here (Segments *segments)
{
  WbFtpWorker *worker = segments->job->worker;

  while (may_go_on (segments) && wb_ftp_worker_make_ready (worker, segments->stop, NULL))
    fetch_pieces (segments, worker->client);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
run (Segments *segments, GCancellable *cancellable)
{
  guint count = segments->job->segments - 1;
  g_autofree GThread **threads = g_new0 (GThread *, count + 1);
  gulong id = 0;

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), segments->stop, NULL);
  for (guint i = 0; i < count; i++)
    threads[i] = g_thread_new ("ftp-segment", segment_thread, segments);
  fetch_here (segments);
  for (guint i = 0; i < count; i++)
    g_thread_join (threads[i]);
  fetch_here (segments);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);
}

/* Size and time of the file on the server, in one string that can be compared; %NULL when the
 * server does not tell both. */
static char *
identify (WbFtpJob *self, gint64 *size, GDateTime **modified, GCancellable *cancellable)
{
  WbFtpClient *client = self->worker->client;
  g_autoptr (GDateTime) time = NULL;

  *size = wb_ftp_client_get_size (client, self->plan->remote, cancellable, NULL);
  if (*size < 0)
    return NULL;
  time = wb_ftp_client_get_modification_time (client, self->plan->remote, cancellable, NULL);
  if (time == NULL)
    return NULL;
  if (modified != NULL)
    *modified = g_date_time_ref (time);
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, *size,
                          g_date_time_to_unix (time));
}

static gboolean
is_the_same (WbFtpJob *self, const char *identity, GCancellable *cancellable)
{
  gint64 size = -1;
  g_autofree char *now = NULL;

  if (!wb_ftp_worker_make_ready (self->worker, cancellable, NULL))
    return FALSE;
  now = identify (self, &size, NULL, cancellable);
  return g_strcmp0 (now, identity) == 0;
}

static gboolean
retrieve_in_one (WbFtpJob *self,
                 GFile *target,
                 WbFtpFileFlags flags,
                 GCancellable *cancellable,
                 GError **error)
{
  if (!wb_ftp_worker_make_ready (self->worker, cancellable, error))
    return FALSE;
  return wb_ftp_client_retrieve (self->worker->client, self->plan->remote, -1, target, flags,
                                 self->progress, cancellable, error);
}

static gboolean
is_left (WbFtpJob *self, GFile *target)
{
  g_autofree char *address = wb_ftp_client_get_address (self->worker->client);
  const WbFtpOrigin origin = { address, self->plan->remote, -1, NULL };

  return wb_ftp_part_is_left (g_file_peek_path (target), &origin);
}

/* What came without a gap from the beginning on is what a transfer in one piece can go on with. */
static void
leave_beginning (Segments *segments, WbFtpPart *part, GFile *target, GDateTime *modified)
{
  WbFtpJob *job = segments->job;
  g_autofree char *address = wb_ftp_client_get_address (job->worker->client);
  const WbFtpOrigin origin = { address, job->plan->remote, segments->size, modified };
  g_autofree char *path = wb_ftp_part_get_path (g_file_peek_path (target), &origin);
  g_autofree char *record = g_strconcat (path, ".info", NULL);
  guint whole = 0;

  while (whole < segments->count && segments->done[whole])
    whole++;
  if (whole == 0 || access (record, F_OK) == 0 ||
      ftruncate (part->fd, MIN ((gint64) whole * PIECE_SIZE, segments->size)) != 0 ||
      renameat2 (AT_FDCWD, part->path, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
    return;
  g_clear_pointer (&part->path, g_free);
  if (!wb_ftp_origin_write (&origin, record, NULL))
    unlink (path);
}

static gboolean
is_complete (const Segments *segments)
{
  for (guint i = 0; i < segments->count; i++)
    if (!segments->done[i])
      return FALSE;
  return TRUE;
}

/* Whether @piece is the beginning of the file once more, as far as both go. */
static gboolean
is_the_beginning (const Segments *segments, guint piece)
{
  const gint64 length = get_length (segments, piece);
  g_autofree guint8 *first = g_malloc (BLOCK_SIZE);
  g_autofree guint8 *other = g_malloc (BLOCK_SIZE);

  for (gint64 at = 0; at < length; at += BLOCK_SIZE)
    {
      const gssize size = (gssize) MIN (length - at, BLOCK_SIZE);

      if (pread (segments->fd, first, size, at) != size ||
          pread (segments->fd, other, size, (gint64) piece * PIECE_SIZE + at) != size ||
          memcmp (first, other, size) != 0)
        return FALSE;
    }
  return TRUE;
}

/* A server that says yes to REST and begins at the beginning all the same (RFC 3659 §5) sends that
 * for each piece; a file that is so itself is received twice, which is no harm. */
static gboolean
heeds_rest (const Segments *segments)
{
  for (guint piece = 1; piece < segments->count; piece++)
    if (!is_the_beginning (segments, piece))
      return TRUE;
  return segments->count == 1;
}

/* Receives a file in pieces, into a part of another name than that which a transfer in one piece
 * would go on with: its size says nothing about what is in it. What a server cannot do in pieces,
 * or whose file changed meanwhile, is received in one. When it breaks off for good and is to be
 * gone on with, what came without a gap is left as the part of a transfer in one piece. */
gboolean
wb_ftp_job_download_segments (WbFtpJob *self,
                              GFile *target,
                              WbFtpFileFlags flags,
                              GCancellable *cancellable,
                              GError **error)
{
  gboolean overwrite = (flags & WB_FTP_FILE_OVERWRITE) != 0;
  gboolean resume = (flags & WB_FTP_FILE_RESUME) != 0;
  g_autofree char *pieces = g_strconcat (g_file_peek_path (target), ".pieces", NULL);
  g_autoptr (GFile) pieces_file = g_file_new_for_path (pieces);
  g_autoptr (GDateTime) modified = NULL;
  g_autofree char *identity = NULL;
  g_autofree gboolean *done = NULL;
  g_autoptr (GArray) again = g_array_new (FALSE, FALSE, sizeof (guint));
  g_auto (WbFtpPart) part = { .fd = -1 };
  Segments segments = { .job = self, .again = again };
  gboolean complete = FALSE;
  gboolean stopped = FALSE;
  gboolean ok = FALSE;

  if (resume && is_left (self, target))
    return retrieve_in_one (self, target, flags, cancellable, error);
  identity = identify (self, &segments.size, &modified, cancellable);
  /* A checksum, or somebody's file, in the way of the parts: the plain way sees to that. */
  if (identity == NULL || segments.size < self->minimum ||
      segments.size / PIECE_SIZE >= PIECES_MAX || (flags & WB_FTP_FILE_VERIFY) != 0 ||
      (!overwrite && g_file_query_exists (target, NULL)) ||
      !wb_ftp_part_open (&part, pieces_file, FALSE, NULL) || !wb_ftp_part_begin (&part, NULL, NULL))
    return retrieve_in_one (self, target, flags, cancellable, error);

  segments.fd = part.fd;
  segments.count = (guint) ((segments.size + PIECE_SIZE - 1) / PIECE_SIZE);
  segments.done = done = g_new0 (gboolean, segments.count);
  segments.stop = g_cancellable_new ();
  g_mutex_init (&segments.mutex);
  wb_progress_begin (self->progress, _ ("Receiving"), segments.size);
  run (&segments, cancellable);
  wb_progress_end (self->progress);
  g_mutex_clear (&segments.mutex);
  g_object_unref (segments.stop);

  complete = is_complete (&segments);
  stopped = g_cancellable_set_error_if_cancelled (cancellable, error);
  if (!complete && resume && self->worker->client != NULL && (stopped || segments.error == NULL))
    leave_beginning (&segments, &part, target, modified);
  if (stopped)
    ok = FALSE;
  else if (complete && heeds_rest (&segments) && is_the_same (self, identity, cancellable))
    {
      g_free (part.target);
      part.target = g_file_get_path (target);
      ok = wb_ftp_part_finish (&part, overwrite, NULL, error);
    }
  else if (!complete && segments.error == NULL && segments.broke != NULL)
    g_propagate_error (error, g_steal_pointer (&segments.broke));
  else
    ok = retrieve_in_one (self, target, flags, cancellable, error);
  g_clear_error (&segments.broke);
  g_clear_error (&segments.error);
  return ok;
}

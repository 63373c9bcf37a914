/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-part.h"
#include "wb-ftp-queue-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>

/* One large file in pieces, over several connections at once, into one part file. */

/* A connection takes the next piece of this size when it is done with one, so a slow one does not
 * hold the others up. The last bytes of each piece cost an ABOR, so they are not small. */
#define PIECE_SIZE (8 * 1024 * 1024)

typedef struct
{
  WbFtpJob *job;
  int fd;
  gint64 size;
  GCancellable *stop; /* cancelled by the person, or by the first piece that fails */

  /* Under the mutex */
  GMutex mutex;
  gint64 next;
  GError *error;
} Segments;

static gboolean
take_piece (Segments *segments, gint64 *offset, gint64 *length)
{
  gboolean more = FALSE;

  g_mutex_lock (&segments->mutex);
  *offset = segments->next;
  *length = MIN (segments->size - segments->next, PIECE_SIZE);
  more = *length > 0 && segments->error == NULL;
  segments->next += *length;
  g_mutex_unlock (&segments->mutex);
  return more;
}

static void
take_error (Segments *segments, GError *error)
{
  g_debug ("a piece failed: %s", error->message);
  g_mutex_lock (&segments->mutex);
  if (segments->error == NULL)
    segments->error = error;
  else
    g_error_free (error);
  g_mutex_unlock (&segments->mutex);
  g_cancellable_cancel (segments->stop);
}

static void
fetch_pieces (Segments *segments, WbFtpClient *client)
{
  WbFtpJob *job = segments->job;
  gint64 offset = 0;
  gint64 length = 0;

  while (take_piece (segments, &offset, &length))
    {
      GError *error = NULL;

      if (wb_ftp_client_retrieve_range (client, job->plan->remote, offset, length, segments->fd,
                                        job->progress, segments->stop, &error) < 0)
        {
          take_error (segments, error);
          return;
        }
    }
}

/* A further connection. That the server refuses it is no error: the others do the work then. */
static gpointer
segment_thread (gpointer data)
{
  Segments *segments = data;
  g_autoptr (WbFtpClient) client =
      wb_ftp_worker_connect (segments->job->worker, segments->stop, NULL);

  if (client == NULL)
    return NULL;
  fetch_pieces (segments, client);
  wb_ftp_client_set_timeout (client, 2);
  wb_ftp_client_quit (client, NULL, NULL);
  return NULL;
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
  fetch_pieces (segments, segments->job->worker->client);
  for (guint i = 0; i < count; i++)
    g_thread_join (threads[i]);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);
}

/* Size and time of the file on the server, in one string that can be compared; %NULL when the
 * server does not tell both. */
static char *
identify (WbFtpJob *self, gint64 *size, GCancellable *cancellable)
{
  WbFtpClient *client = self->worker->client;
  g_autoptr (GDateTime) time = NULL;

  *size = wb_ftp_client_get_size (client, self->plan->remote, cancellable, NULL);
  if (*size < 0)
    return NULL;
  time = wb_ftp_client_get_modification_time (client, self->plan->remote, cancellable, NULL);
  if (time == NULL)
    return NULL;
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
  now = identify (self, &size, cancellable);
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

/* Receives a file in pieces, into a part of another name than that which a transfer in one piece
 * would go on with: its size says nothing about what is in it. What a server cannot do in pieces,
 * or whose file changed meanwhile, is received in one. */
gboolean
wb_ftp_job_download_segments (WbFtpJob *self,
                              GFile *target,
                              WbFtpFileFlags flags,
                              GCancellable *cancellable,
                              GError **error)
{
  gboolean overwrite = (flags & WB_FTP_FILE_OVERWRITE) != 0;
  g_autofree char *pieces = g_strconcat (g_file_peek_path (target), ".pieces", NULL);
  g_autoptr (GFile) pieces_file = g_file_new_for_path (pieces);
  g_autofree char *identity = NULL;
  g_auto (WbFtpPart) part = { .fd = -1 };
  Segments segments = { .job = self };

  identity = identify (self, &segments.size, cancellable);
  /* A checksum, or somebody's file, in the way of the parts: the plain way sees to that. */
  if (identity == NULL || segments.size < self->minimum || (flags & WB_FTP_FILE_VERIFY) != 0 ||
      (!overwrite && g_file_query_exists (target, NULL)) ||
      !wb_ftp_part_open (&part, pieces_file, FALSE, NULL) || !wb_ftp_part_begin (&part, NULL, NULL))
    return retrieve_in_one (self, target, flags, cancellable, error);

  segments.fd = part.fd;
  segments.stop = g_cancellable_new ();
  g_mutex_init (&segments.mutex);
  wb_progress_begin (self->progress, _ ("Receiving"), segments.size);
  run (&segments, cancellable);
  wb_progress_end (self->progress);
  g_mutex_clear (&segments.mutex);
  g_object_unref (segments.stop);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_clear_error (&segments.error);
      return FALSE;
    }
  if (segments.error == NULL && is_the_same (self, identity, cancellable))
    {
      g_free (part.target);
      part.target = g_file_get_path (target);
      return wb_ftp_part_finish (&part, overwrite, NULL, error);
    }
  g_clear_error (&segments.error);
  return retrieve_in_one (self, target, flags, cancellable, error);
}

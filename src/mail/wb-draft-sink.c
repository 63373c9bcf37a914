/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-draft-sink.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* GMime writes in small parts; so many go to the file at once. */
#define GATHERED (256 * 1024)

struct _WbDraftSink
{
  GMimeStream parent_instance;

  GByteArray *bytes; /* all, or what is not in the file yet */
  int fd;            /* -1 where all stays in memory */
  int error;         /* number of the first that happened */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (WbDraftSink, wb_draft_sink, GMIME_TYPE_STREAM)

static int
flush (WbDraftSink *self)
{
  const guint8 *data = self->bytes->data;
  gsize left = self->bytes->len;

  while (self->error == 0 && left > 0)
    {
      gssize written = write (self->fd, data, left);

      if (written < 0 && errno != EINTR)
        self->error = errno;
      if (written <= 0)
        continue;
      data += written;
      left -= written;
    }
  g_byte_array_set_size (self->bytes, 0);
  return self->error == 0 ? 0 : -1;
}

static gssize
wb_draft_sink_write (GMimeStream *stream, const char *data, size_t length)
{
  WbDraftSink *self = WB_DRAFT_SINK (stream);

  if (self->error == 0 && g_cancellable_is_cancelled (self->cancellable))
    self->error = ECANCELED;
  if (self->error == 0 && length > 0)
    {
      g_byte_array_append (self->bytes, (const guint8 *) data, (guint) length);
      stream->position += length;
      if (self->fd >= 0 && self->bytes->len >= GATHERED)
        flush (self);
    }
  errno = self->error;
  return self->error == 0 ? (gssize) length : -1;
}

static int
wb_draft_sink_flush (GMimeStream *stream)
{
  WbDraftSink *self = WB_DRAFT_SINK (stream);

  if (self->fd >= 0)
    return flush (self);
  return self->error == 0 ? 0 : -1;
}

static int
wb_draft_sink_close (GMimeStream *stream)
{
  return wb_draft_sink_flush (stream);
}

static gint64
wb_draft_sink_tell (GMimeStream *stream)
{
  return stream->position;
}

static void
wb_draft_sink_finalize (GObject *object)
{
  WbDraftSink *self = WB_DRAFT_SINK (object);

  g_byte_array_unref (self->bytes);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (wb_draft_sink_parent_class)->finalize (object);
}

static void
wb_draft_sink_class_init (WbDraftSinkClass *klass)
{
  GMimeStreamClass *stream_class = GMIME_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wb_draft_sink_finalize;
  stream_class->write = wb_draft_sink_write;
  stream_class->flush = wb_draft_sink_flush;
  stream_class->close = wb_draft_sink_close;
  stream_class->tell = wb_draft_sink_tell;
  stream_class->length = wb_draft_sink_tell;
}

static void
wb_draft_sink_init (WbDraftSink *self)
{
  self->fd = -1;
  self->bytes = g_byte_array_new ();
  g_mime_stream_construct (GMIME_STREAM (self), 0, -1);
}

/**
 * wb_draft_sink_new:
 * @cancellable: (nullable): ends the writing
 *
 * Returns: (transfer full): an empty sink, in memory
 */
WbDraftSink *
wb_draft_sink_new (GCancellable *cancellable)
{
  WbDraftSink *self = g_object_new (WB_TYPE_DRAFT_SINK, NULL);

  g_set_object (&self->cancellable, cancellable);
  return self;
}

static gboolean
fail (int code, GError **error)
{
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
               /* Translators: %1$s is a folder, %2$s the system's reason. */
               _ ("The message could not be put into a temporary file in “%1$s”: %2$s."),
               g_get_tmp_dir (), g_strerror (code));
  return FALSE;
}

/**
 * wb_draft_sink_use_file:
 *
 * Has what comes from now on written to a file, which nobody else can open and which is gone with
 * the sink and its source.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_draft_sink_use_file (WbDraftSink *self, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self->fd < 0, FALSE);

  self->fd = g_file_open_tmp (NULL, &path, &local_error);
  if (self->fd < 0)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE, local_error->message);
      return FALSE;
    }
  g_unlink (path);
  return TRUE;
}

/**
 * wb_draft_sink_failed:
 *
 * Returns: whether something could not be written, with %WB_MAIL_ERROR_STORE or
 *   %G_IO_ERROR_CANCELLED set
 */
gboolean
wb_draft_sink_failed (WbDraftSink *self, GError **error)
{
  if (self->error == 0)
    return FALSE;
  if (!g_cancellable_set_error_if_cancelled (self->cancellable, error))
    fail (self->error, error);
  return TRUE;
}

/**
 * wb_draft_sink_finish:
 *
 * Returns: (transfer full): a source of all that was written, which takes it from the sink; %NULL
 *   with @error set as by wb_draft_sink_failed()
 */
WbMailSource *
wb_draft_sink_finish (WbDraftSink *self, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_mime_stream_flush (GMIME_STREAM (self));
  if (wb_draft_sink_failed (self, error))
    return NULL;
  if (self->fd >= 0)
    {
      int fd = self->fd;

      self->fd = -1;
      return wb_mail_source_new_for_file (fd, g_get_tmp_dir (), error);
    }
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&self->bytes));
  self->bytes = g_byte_array_new ();
  return wb_mail_source_new (bytes);
}

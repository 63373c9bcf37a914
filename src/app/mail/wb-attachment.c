/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-attachment.h"

#include <glib/gi18n-lib.h>

struct _WbAttachment
{
  GObject parent_instance;

  char *name;
  char *type;
  char *path;
  char *number;
  GBytes *bytes;
  guint64 size;
  gint64 modified; /* in microseconds since the epoch, as the next */
  gint64 changed;
};

G_DEFINE_FINAL_TYPE (WbAttachment, wb_attachment, G_TYPE_OBJECT)

static void
wb_attachment_finalize (GObject *object)
{
  WbAttachment *self = WB_ATTACHMENT (object);

  g_free (self->name);
  g_free (self->type);
  g_free (self->path);
  g_free (self->number);
  g_clear_pointer (&self->bytes, g_bytes_unref);

  G_OBJECT_CLASS (wb_attachment_parent_class)->finalize (object);
}

static void
wb_attachment_class_init (WbAttachmentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_attachment_finalize;
}

static void
wb_attachment_init (WbAttachment *self)
{
}

static gint64
get_time (GFileInfo *info, const char *seconds, const char *microseconds)
{
  return (gint64) g_file_info_get_attribute_uint64 (info, seconds) * G_USEC_PER_SEC +
         g_file_info_get_attribute_uint32 (info, microseconds);
}

static gint64
get_modified (GFileInfo *info)
{
  return get_time (info, G_FILE_ATTRIBUTE_TIME_MODIFIED, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC);
}

/* What sets the other time back, or puts another file in the place, leaves this one behind. The
 * number of the file would say no more, and is not always the same where a sandbox hands it in. */
static gint64
get_changed (GFileInfo *info)
{
  return get_time (info, G_FILE_ATTRIBUTE_TIME_CHANGED, G_FILE_ATTRIBUTE_TIME_CHANGED_USEC);
}

/**
 * wb_attachment_new_for_file:
 * @path: an ordinary file
 * @name: (nullable): what the reader sees; %NULL for the file's own name
 * @info: what it is like now, with %WB_ATTACHMENT_ATTRIBUTES
 *
 * The file is read when the mail is built.
 *
 * Returns: (transfer full): the attachment
 */
WbAttachment *
wb_attachment_new_for_file (const char *path, const char *name, GFileInfo *info)
{
  WbAttachment *self = g_object_new (WB_TYPE_ATTACHMENT, NULL);

  self->path = g_strdup (path);
  self->name = name ? g_strdup (name) : g_path_get_basename (path);
  self->size = (guint64) g_file_info_get_size (info);
  self->modified = get_modified (info);
  self->changed = get_changed (info);
  return self;
}

/**
 * wb_attachment_is_as_it_was:
 * @self: one that is a file
 * @info: what the file is like now, with %WB_ATTACHMENT_ATTRIBUTES
 *
 * Returns: whether nobody has written to the file since it was attached
 */
gboolean
wb_attachment_is_as_it_was (WbAttachment *self, GFileInfo *info)
{
  g_return_val_if_fail (WB_IS_ATTACHMENT (self), FALSE);

  return (guint64) g_file_info_get_size (info) == self->size &&
         get_modified (info) == self->modified && get_changed (info) == self->changed;
}

/**
 * wb_attachment_new_for_bytes:
 * @bytes: its content
 * @name: (nullable): what the reader sees
 * @type: (nullable): such as "image/png"
 *
 * Returns: (transfer full): the attachment
 */
WbAttachment *
wb_attachment_new_for_bytes (GBytes *bytes, const char *name, const char *type)
{
  WbAttachment *self = g_object_new (WB_TYPE_ATTACHMENT, NULL);

  self->bytes = g_bytes_ref (bytes);
  self->name = g_strdup (name && *name ? name : _ ("attachment"));
  self->type = g_strdup (type);
  self->size = g_bytes_get_size (bytes);
  return self;
}

/**
 * wb_attachment_new_for_part:
 * @part: of a received message
 *
 * Its bytes stay in the message.
 *
 * Returns: (transfer full): the attachment
 */
WbAttachment *
wb_attachment_new_for_part (const WbMessagePart *part)
{
  WbAttachment *self = g_object_new (WB_TYPE_ATTACHMENT, NULL);

  self->name = g_strdup (part->file_name && *part->file_name ? part->file_name : _ ("attachment"));
  self->type = g_strdup (part->type);
  self->number = g_strdup (part->number);
  self->size = part->size;
  return self;
}

/**
 * wb_attachment_get_name:
 * @self: the attachment
 *
 * Returns: (transfer none): what the reader sees
 */
const char *
wb_attachment_get_name (WbAttachment *self)
{
  g_return_val_if_fail (WB_IS_ATTACHMENT (self), NULL);

  return self->name;
}

/**
 * wb_attachment_get_type_name:
 * @self: the attachment
 *
 * Returns: (transfer none) (nullable): such as "image/png"
 */
const char *
wb_attachment_get_type_name (WbAttachment *self)
{
  g_return_val_if_fail (WB_IS_ATTACHMENT (self), NULL);

  return self->type;
}

/**
 * wb_attachment_get_path:
 * @self: the attachment
 *
 * Returns: (transfer none) (nullable): the file, where it is one
 */
const char *
wb_attachment_get_path (WbAttachment *self)
{
  g_return_val_if_fail (WB_IS_ATTACHMENT (self), NULL);

  return self->path;
}

/**
 * wb_attachment_get_bytes:
 * @self: the attachment
 *
 * Returns: (transfer none) (nullable): the content, where it is at hand
 */
GBytes *
wb_attachment_get_bytes (WbAttachment *self)
{
  g_return_val_if_fail (WB_IS_ATTACHMENT (self), NULL);

  return self->bytes;
}

/**
 * wb_attachment_get_size:
 * @self: the attachment
 *
 * Returns: bytes
 */
guint64
wb_attachment_get_size (WbAttachment *self)
{
  g_return_val_if_fail (WB_IS_ATTACHMENT (self), 0);

  return self->size;
}

/**
 * wb_attachment_get_number:
 * @self: the attachment
 *
 * Returns: (transfer none) (nullable): its place in the message that it came with
 */
const char *
wb_attachment_get_number (WbAttachment *self)
{
  g_return_val_if_fail (WB_IS_ATTACHMENT (self), NULL);

  return self->number;
}

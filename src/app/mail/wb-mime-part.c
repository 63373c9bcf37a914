/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mime-part.h"

#include <glib/gi18n-lib.h>

struct _WbMimePart
{
  GObject parent_instance;

  WbMessage *message;
  const WbMessagePart *part; /* the message's */
};

G_DEFINE_FINAL_TYPE (WbMimePart, wb_mime_part, G_TYPE_OBJECT)

static void
wb_mime_part_dispose (GObject *object)
{
  g_clear_object (&WB_MIME_PART (object)->message);

  G_OBJECT_CLASS (wb_mime_part_parent_class)->dispose (object);
}

static void
wb_mime_part_class_init (WbMimePartClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_mime_part_dispose;
}

static void
wb_mime_part_init (WbMimePart *self)
{
}

/**
 * wb_mime_part_new:
 * @message: the message
 * @part: a part of its tree
 *
 * Returns: (transfer full): an object for lists
 */
WbMimePart *
wb_mime_part_new (WbMessage *message, const WbMessagePart *part)
{
  WbMimePart *self = g_object_new (WB_TYPE_MIME_PART, NULL);

  self->message = g_object_ref (message);
  self->part = part;
  return self;
}

/**
 * wb_mime_part_get_part:
 * @self: the part
 *
 * Returns: (transfer none): what the message says of it
 */
const WbMessagePart *
wb_mime_part_get_part (WbMimePart *self)
{
  g_return_val_if_fail (WB_IS_MIME_PART (self), NULL);

  return self->part;
}

/**
 * wb_mime_part_get_message:
 * @self: the part
 *
 * Returns: (transfer none): whose part it is
 */
WbMessage *
wb_mime_part_get_message (WbMimePart *self)
{
  g_return_val_if_fail (WB_IS_MIME_PART (self), NULL);

  return self->message;
}

/**
 * wb_mime_part_dup_children:
 * @self: the part
 *
 * Returns: (transfer full) (nullable): a list of #WbMimePart; %NULL for a leaf
 */
GListModel *
wb_mime_part_dup_children (WbMimePart *self)
{
  g_autoptr (GListStore) children = NULL;

  g_return_val_if_fail (WB_IS_MIME_PART (self), NULL);

  if (!self->part->parts || self->part->parts->len == 0)
    return NULL;
  children = g_list_store_new (WB_TYPE_MIME_PART);
  for (guint i = 0; i < self->part->parts->len; i++)
    {
      g_autoptr (WbMimePart) child =
          wb_mime_part_new (self->message, g_ptr_array_index (self->part->parts, i));

      g_list_store_append (children, child);
    }
  return G_LIST_MODEL (g_steal_pointer (&children));
}

/**
 * wb_mime_part_describe:
 * @self: the part
 *
 * Returns: (transfer full): charset, name, content id and size, as far as there are any
 */
char *
wb_mime_part_describe (WbMimePart *self)
{
  GString *text = g_string_new (NULL);
  const WbMessagePart *part = self->part;

  g_return_val_if_fail (WB_IS_MIME_PART (self), NULL);

  if (part->file_name)
    g_string_append (text, part->file_name);
  if (part->charset)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part->charset);
  if (part->content_id)
    g_string_append_printf (text, "%scid:%s", text->len > 0 ? " · " : "", part->content_id);
  if (!part->parts || part->parts->len == 0)
    {
      g_autofree char *size = g_format_size (part->size);

      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", size);
    }
  return g_string_free (text, FALSE);
}

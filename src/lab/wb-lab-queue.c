/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-mail-private.h"

#include <string.h>

/**
 * wb_lab_queue_entry_pack:
 * @sender: as in MAIL FROM
 * @recipients: (element-type utf8): as in RCPT TO
 * @message: header and body
 *
 * Puts a mail and its envelope into one file: a line for the sender, one a recipient, an
 * empty one, the message. No address holds a line break, for none got through the line
 * that it came in.
 *
 * Returns: (transfer full): the file's content
 */
GBytes *
wb_lab_queue_entry_pack (const char *sender, GPtrArray *recipients, GBytes *message)
{
  GByteArray *packed = g_byte_array_sized_new (g_bytes_get_size (message) + 1024);

  g_byte_array_append (packed, (const guint8 *) sender, strlen (sender));
  g_byte_array_append (packed, (const guint8 *) "\n", 1);
  for (guint i = 0; i < recipients->len; i++)
    {
      const char *recipient = g_ptr_array_index (recipients, i);

      g_byte_array_append (packed, (const guint8 *) recipient, strlen (recipient));
      g_byte_array_append (packed, (const guint8 *) "\n", 1);
    }
  g_byte_array_append (packed, (const guint8 *) "\n", 1);
  g_byte_array_append (packed, g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  return g_byte_array_free_to_bytes (packed);
}

static char *
take_line (const char **at, const char *end)
{
  const char *lf = memchr (*at, '\n', end - *at);
  char *line;

  if (lf == NULL)
    return NULL;
  line = g_strndup (*at, lf - *at);
  *at = lf + 1;
  return line;
}

/**
 * wb_lab_queue_entry_unpack:
 * @packed: from wb_lab_queue_entry_pack()
 *
 * Returns: (transfer full) (nullable): the mail, %NULL when the file is none
 */
WbLabQueueEntry *
wb_lab_queue_entry_unpack (GBytes *packed)
{
  g_autoptr (WbLabQueueEntry) self = g_new0 (WbLabQueueEntry, 1);
  gsize size;
  const char *start = g_bytes_get_data (packed, &size);
  const char *at = start;

  self->recipients = g_ptr_array_new_with_free_func (g_free);
  if (start == NULL)
    return NULL;
  self->sender = take_line (&at, start + size);
  for (;;)
    {
      g_autofree char *line = take_line (&at, start + size);

      if (line == NULL)
        return NULL;
      if (*line == '\0')
        break;
      g_ptr_array_add (self->recipients, g_steal_pointer (&line));
    }
  if (self->recipients->len == 0)
    return NULL;
  self->message = g_bytes_new_from_bytes (packed, at - start, size - (at - start));
  return g_steal_pointer (&self);
}

/**
 * wb_lab_queue_entry_free:
 * @self: (transfer full): an entry
 *
 * Frees the entry; its file stays.
 */
void
wb_lab_queue_entry_free (WbLabQueueEntry *self)
{
  g_free (self->sender);
  g_clear_pointer (&self->recipients, g_ptr_array_unref);
  g_clear_pointer (&self->message, g_bytes_unref);
  g_free (self);
}

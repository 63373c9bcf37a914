/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-framing.h"

#include <string.h>

static WbSocketFrame
next_by_length (guint width, const guint8 *data, gsize length, gsize *size)
{
  gsize body = 0;

  if (length < width)
    return WB_SOCKET_FRAME_PARTIAL;
  for (guint i = 0; i < width; i++)
    body = body << 8 | data[i];
  if (body > WB_SOCKET_MESSAGE_MAX - width)
    return WB_SOCKET_FRAME_TOO_LONG;
  if (length - width < body)
    return WB_SOCKET_FRAME_PARTIAL;
  *size = width + body;
  return WB_SOCKET_FRAME_COMPLETE;
}

static WbSocketFrame
next_by_delimiter (const guint8 *delimiter,
                   gsize width,
                   const guint8 *data,
                   gsize length,
                   gsize scanned,
                   gsize *size)
{
  /* The delimiter may have begun in what was searched before. */
  gsize from = scanned >= width ? scanned - (width - 1) : 0;
  const guint8 *found = memmem (data + from, length - from, delimiter, width);

  if (found == NULL)
    return length >= WB_SOCKET_MESSAGE_MAX ? WB_SOCKET_FRAME_TOO_LONG : WB_SOCKET_FRAME_PARTIAL;
  *size = (gsize) (found - data) + width;
  return *size > WB_SOCKET_MESSAGE_MAX ? WB_SOCKET_FRAME_TOO_LONG : WB_SOCKET_FRAME_COMPLETE;
}

/**
 * wb_socket_framing_next:
 * @delimiter: (nullable): for %WB_SOCKET_FRAMING_DELIMITER
 * @data: (array length=length): what came and is not yet part of a message
 * @scanned: how much of it was searched in vain before
 * @size: (out): how long the first message is, its prefix or delimiter included
 *
 * Finds the end of the first message. Pure: no I/O and no state of its own.
 *
 * Returns: whether there is a whole message, a part of one, or the beginning of
 *   one above %WB_SOCKET_MESSAGE_MAX
 */
WbSocketFrame
wb_socket_framing_next (WbSocketFraming framing,
                        GBytes *delimiter,
                        const guint8 *data,
                        gsize length,
                        gsize scanned,
                        gsize *size)
{
  switch (framing)
    {
    case WB_SOCKET_FRAMING_LENGTH2:
      return next_by_length (2, data, length, size);
    case WB_SOCKET_FRAMING_LENGTH4:
      return next_by_length (4, data, length, size);
    case WB_SOCKET_FRAMING_LINE:
      return next_by_delimiter ((const guint8 *) "\n", 1, data, length, scanned, size);
    case WB_SOCKET_FRAMING_DELIMITER:
      {
        gsize width;
        const guint8 *bytes = g_bytes_get_data (delimiter, &width);

        return next_by_delimiter (bytes, width, data, length, scanned, size);
      }
    case WB_SOCKET_FRAMING_NONE:
    default:
      *size = length;
      return length > 0 ? WB_SOCKET_FRAME_COMPLETE : WB_SOCKET_FRAME_PARTIAL;
    }
}

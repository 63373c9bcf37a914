/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-text.h"

/**
 * wb_ftp_text_from_wire:
 * @in: what came
 * @length: how many bytes
 * @out: has room for one more than that
 * @after_cr: (inout): %FALSE at first: a CR was the last of what came, and is still to be
 *   written when nothing comes behind it
 *
 * Gives lines that end with CR LF (RFC 959 §3.1.1.1) the line ends of this computer, in pieces
 * that may begin and end anywhere. A CR or LF by itself is no line end there, and stays. Pure,
 * so safe from any thread.
 *
 * Returns: how many bytes @out has now
 */
gsize
wb_ftp_text_from_wire (const guint8 *in, gsize length, guint8 *out, gboolean *after_cr)
{
  guint8 *o = out;

  for (gsize i = 0; i < length; i++)
    {
      if (*after_cr && in[i] != '\n')
        *o++ = '\r';
      *after_cr = in[i] == '\r';
      if (!*after_cr)
        *o++ = in[i];
    }
  return (gsize) (o - out);
}

/**
 * wb_ftp_text_to_wire:
 * @in: from a file
 * @length: how many bytes
 * @out: has room for twice as many
 * @after_cr: (inout): %FALSE at first: whether a CR came last
 *
 * Ends lines with CR LF (RFC 959 §3.1.1.1), in pieces that may begin and end anywhere. A line
 * that ends so in the file already is not given a second CR. Pure, so safe from any thread.
 *
 * Returns: how many bytes @out has now
 */
gsize
wb_ftp_text_to_wire (const guint8 *in, gsize length, guint8 *out, gboolean *after_cr)
{
  guint8 *o = out;

  for (gsize i = 0; i < length; i++)
    {
      if (in[i] == '\n' && !*after_cr)
        *o++ = '\r';
      *after_cr = in[i] == '\r';
      *o++ = in[i];
    }
  return (gsize) (o - out);
}

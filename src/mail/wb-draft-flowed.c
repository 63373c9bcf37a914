/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-draft.h"

#include <string.h>

/* RFC 3676 section 4.2 wants 78 at most and names 72; longer words stay whole. */
#define WIDTH 72
#define LONGEST 78

/* How deep a line is quoted, as people and programs write it (">> a", "> > a"), and where what is
   quoted begins. */
static guint
quote_depth (const char **line)
{
  const char *at = *line;
  guint depth = 0;

  while (*at == '>')
    {
      depth++;
      at++;
      if (*at == ' ' && at[1] == '>')
        at++;
    }
  if (depth > 0 && *at == ' ')
    at++;
  *line = at;
  return depth;
}

static void
begin_line (GString *out, guint depth, const char *text)
{
  for (guint i = 0; i < depth; i++)
    g_string_append_c (out, '>');
  /* What would be taken for a quote, a stuffed line or a mailbox's separator is stuffed (RFC 3676
     section 4.4). */
  if (depth > 0 || *text == ' ' || *text == '>' || g_str_has_prefix (text, "From "))
    g_string_append_c (out, ' ');
}

static void
append_line (GString *out, const char *line)
{
  guint depth = quote_depth (&line);
  g_autofree char *text = g_strdup (line);
  const char *at = text;

  /* The line above a signature ends in the one space that is none (section 4.3). */
  if (strcmp (text, "-- ") == 0)
    {
      begin_line (out, depth, "");
      g_string_append (out, "-- \n");
      return;
    }
  g_strchomp (text);
  while (g_utf8_strlen (at, -1) + depth > LONGEST)
    {
      const char *limit = g_utf8_offset_to_pointer (at, MAX (WIDTH - (int) depth, 20));
      const char *space = NULL;

      for (const char *p = at + 1; *p != '\0' && (p < limit || space == NULL); p++)
        if (*p == ' ' && p[1] != ' ' && p[-1] != ' ')
          space = p;
      if (space == NULL)
        break;
      begin_line (out, depth, at);
      g_string_append_len (out, at, space + 1 - at);
      g_string_append_c (out, '\n');
      at = space + 1;
    }
  begin_line (out, depth, at);
  g_string_append (out, at);
  g_string_append_c (out, '\n');
}

/**
 * wb_text_flow:
 * @text: UTF-8, a paragraph a line, lines ending in LF
 *
 * Breaks long lines where a program that knows how puts them together again: a line that ends in a
 * space goes on. (RFC 3676 section 4.)
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): text for `format=flowed`
 */
char *
wb_text_flow (const char *text)
{
  g_auto (GStrv) lines = NULL;
  GString *out = g_string_sized_new (strlen (text) + strlen (text) / 16);

  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && (lines[i + 1] != NULL || *lines[i] != '\0'); i++)
    append_line (out, lines[i]);
  return g_string_free (out, FALSE);
}

/* A line as it arrived: how deep it is quoted, and its text without what was put before it (RFC
   3676 sections 4.4 and 4.5). */
static guint
strip_line (const char **text, gsize *length)
{
  const char *at = *text;
  const char *end = at + *length;
  guint depth = 0;

  while (at < end && *at == '>')
    {
      depth++;
      at++;
    }
  if (at < end && *at == ' ')
    at++;
  *text = at;
  *length = end - at;
  return depth;
}

/**
 * wb_text_unflow:
 * @text: UTF-8 of `format=flowed`, lines ending in LF
 * @delete_space: whether the space at which a line was broken is no part of the text (`DelSp=yes`),
 *   as where words are not divided by spaces
 *
 * Puts paragraphs together again, each quoted one behind as many ">" as it had and a space. The
 * line above a signature stays one. (RFC 3676 sections 4 and 4.6.)
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): a paragraph a line
 */
char *
wb_text_unflow (const char *text, gboolean delete_space)
{
  GString *out = g_string_sized_new (strlen (text));
  const char *end = text + strlen (text);
  gboolean open = FALSE; /* whether the paragraph goes on */
  guint open_depth = 0;

  for (const char *line = text; line < end;)
    {
      const char *lf = memchr (line, '\n', end - line);
      const char *at = line;
      gsize length = (lf != NULL ? lf : end) - line;
      guint depth = strip_line (&at, &length);
      gboolean signature = length == 3 && memcmp (at, "-- ", 3) == 0;
      gboolean flowed = length > 0 && at[length - 1] == ' ' && !signature;

      if (open && (depth != open_depth || signature))
        {
          g_string_append_c (out, '\n');
          open = FALSE;
        }
      if (!open)
        {
          for (guint i = 0; i < depth; i++)
            g_string_append_c (out, '>');
          if (depth > 0 && length > 0)
            g_string_append_c (out, ' ');
        }
      g_string_append_len (out, at, length - (flowed && delete_space));
      open = flowed;
      open_depth = depth;
      if (lf != NULL && !open)
        g_string_append_c (out, '\n');
      line = lf != NULL ? lf + 1 : end;
    }
  if (open)
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

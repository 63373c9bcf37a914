/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-mail-merge.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAXIMUM_FILE (32 * 1024 * 1024)
#define MAXIMUM_ROWS 100000
#define MAXIMUM_COLUMNS 200

/**
 * wb_merge_table_free:
 * @self: (nullable): what to free
 *
 * Any thread.
 */
void
wb_merge_table_free (WbMergeTable *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->columns);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/* What divides the columns: what the first line has most of. */
static char
guess_separator (const char *text)
{
  static const char separators[] = { ',', ';', '\t' };
  char best = ',';
  guint most = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (separators); i++)
    {
      guint n = 0;
      gboolean quoted = FALSE;

      for (const char *p = text; *p != '\0' && (quoted || (*p != '\n' && *p != '\r')); p++)
        {
          if (*p == '"')
            quoted = !quoted;
          else if (*p == separators[i] && !quoted)
            n++;
        }
      if (n > most)
        {
          most = n;
          best = separators[i];
        }
    }
  return best;
}

/* One line of cells (RFC 4180 section 2); @at comes to stand at the next. */
static GPtrArray *
take_record (const char **at, char separator)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) cell = g_string_new (NULL);
  const char *p = *at;
  gboolean quoted = FALSE;

  for (;; p++)
    {
      if (quoted && *p == '"' && p[1] == '"')
        g_string_append_c (cell, *p++);
      else if (*p == '"' && (quoted || cell->len == 0))
        quoted = !quoted;
      else if (*p == '\0' || (!quoted && (*p == separator || *p == '\r' || *p == '\n')))
        {
          if (cells->len < MAXIMUM_COLUMNS)
            g_ptr_array_add (cells, g_strstrip (g_strdup (cell->str)));
          g_string_truncate (cell, 0);
          if (*p != separator)
            break;
        }
      else
        g_string_append_c (cell, *p);
    }
  if (*p == '\r' && p[1] == '\n')
    p++;
  if (*p != '\0')
    p++;
  *at = p;
  return cells;
}

static gboolean
is_empty (GPtrArray *cells)
{
  for (guint i = 0; i < cells->len; i++)
    if (*(const char *) cells->pdata[i] != '\0')
      return FALSE;
  return TRUE;
}

static gboolean
take_rows (WbMergeTable *self, const char *text, char separator, GError **error)
{
  for (guint line = 2; *text != '\0'; line++)
    {
      g_autoptr (GPtrArray) cells = take_record (&text, separator);

      if (is_empty (cells))
        continue;
      if (cells->len > self->columns->len)
        {
          g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                       /* Translators: %u are numbers: of a row, of its cells, of columns. */
                       _ ("Row %u of the table has %u cells for %u columns. Is a quotation mark "
                          "missing?"),
                       line, cells->len, self->columns->len);
          return FALSE;
        }
      if (self->rows->len >= MAXIMUM_ROWS)
        {
          g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                       /* Translators: %d is a number. */
                       _ ("The table has more than %d rows. Divide it."), MAXIMUM_ROWS);
          return FALSE;
        }
      while (cells->len < self->columns->len)
        g_ptr_array_add (cells, g_strdup (""));
      g_ptr_array_add (cells, NULL);
      g_ptr_array_set_free_func (cells, NULL);
      g_ptr_array_add (self->rows, g_ptr_array_steal (cells, NULL));
    }
  return TRUE;
}

/**
 * wb_merge_table_parse:
 * @data: a table as spreadsheets write it: commas, semicolons or tabs between cells, the names of
 *   the columns in the first line; UTF-8 or GB18030
 * @length: bytes in @data
 *
 * (RFC 4180.) Safe from any thread.
 *
 * Returns: (transfer full): the table, or %NULL with %WB_MAIL_ERROR_INVALID or
 *   %WB_MAIL_ERROR_TOO_LARGE set
 */
WbMergeTable *
wb_merge_table_parse (const char *data, gsize length, GError **error)
{
  g_autoptr (WbMergeTable) self = g_new0 (WbMergeTable, 1);
  g_autofree char *text = NULL;
  const char *at = NULL;
  char separator;

  self->columns = g_ptr_array_new_with_free_func (g_free);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  if (length > MAXIMUM_FILE)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                           _ ("The table is too large. Divide it."));
      return NULL;
    }
  if (g_utf8_validate (data, (gssize) length, NULL))
    text = g_strndup (data, length);
  else
    text = g_convert (data, (gssize) length, "UTF-8", "GB18030", NULL, NULL, NULL);
  if (text == NULL || memchr (data, '\0', length) != NULL)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           _ ("The table is no text in UTF-8 or GB18030. Save it as CSV."));
      return NULL;
    }
  at = g_str_has_prefix (text, "\357\273\277") ? text + 3 : text;
  separator = guess_separator (at);
  g_ptr_array_unref (self->columns);
  self->columns = take_record (&at, separator);
  if (!take_rows (self, at, separator, error))
    return NULL;
  if (is_empty (self->columns) || self->rows->len == 0)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           _ ("The table is empty: it needs a first line with the names of its "
                              "columns, and a line for each mail."));
      return NULL;
    }
  return g_steal_pointer (&self);
}

static const char *
find_cell (const WbMergeTable *self, guint row, const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  for (guint i = 0; i < self->columns->len; i++)
    {
      g_autofree char *column = g_utf8_casefold (self->columns->pdata[i], -1);

      if (strcmp (column, folded) == 0)
        return ((char **) self->rows->pdata[row])[i];
    }
  return NULL;
}

static void
append_value (GString *out, const char *value, WbMergeKind kind)
{
  if (kind == WB_MERGE_HTML)
    {
      g_autofree char *escaped = g_markup_escape_text (value, -1);
      g_auto (GStrv) lines = g_strsplit (escaped, "\n", -1);
      g_autofree char *joined = g_strjoinv ("<br>", lines);

      g_string_append (out, joined);
    }
  else if (kind == WB_MERGE_ADDRESS && strchr (value, '@') == NULL &&
           strpbrk (value, "()<>[]:;\\,.\"") != NULL)
    {
      g_string_append_c (out, '"');
      for (const char *p = value; *p != '\0'; p++)
        {
          if (*p == '"' || *p == '\\')
            g_string_append_c (out, '\\');
          g_string_append_c (out, *p);
        }
      g_string_append_c (out, '"');
    }
  else
    g_string_append (out, value);
}

/**
 * wb_merge_table_fill:
 * @self: the table
 * @row: which of its rows
 * @text: with fields such as "{{name}}", whatever the case
 * @kind: what @text is
 *
 * Puts the row's cells into the fields. What comes of it is checked like everything that is typed.
 * Safe from any thread.
 *
 * Returns: (transfer full): the text, or %NULL with %WB_MAIL_ERROR_INVALID set when there is no
 *   such column
 */
char *
wb_merge_table_fill (const WbMergeTable *self,
                     guint row,
                     const char *text,
                     WbMergeKind kind,
                     GError **error)
{
  g_autoptr (GString) out = NULL;
  const char *open = NULL;

  g_return_val_if_fail (row < self->rows->len, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  out = g_string_new (NULL);
  while ((open = strstr (text, "{{")) != NULL)
    {
      const char *close = strstr (open, "}}");
      g_autofree char *name = NULL;
      const char *value = NULL;

      if (close == NULL)
        break;
      name = g_strstrip (g_strndup (open + 2, (gsize) (close - open) - 2));
      value = find_cell (self, row, name);
      if (value == NULL)
        {
          g_autoptr (GPtrArray) names = g_ptr_array_copy (self->columns, NULL, NULL);
          g_autofree char *columns = NULL;

          g_ptr_array_set_free_func (names, NULL);
          g_ptr_array_add (names, NULL);
          columns = g_strjoinv (", ", (char **) names->pdata);
          g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                       /* Translators: the first %s is a field, the second lists columns. */
                       _ ("“{{%s}}” is no column of the table, which has: %s."), name, columns);
          return NULL;
        }
      g_string_append_len (out, text, open - text);
      append_value (out, value, kind);
      text = close + 2;
    }
  g_string_append (out, text);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * wb_merge_table_new:
 * @names: (element-type utf8): of its columns
 * @values: (transfer full): as many, of its one row
 *
 * Any thread.
 *
 * Returns: (transfer full): a table for one mail
 */
WbMergeTable *
wb_merge_table_new (GPtrArray *names, GStrv values)
{
  WbMergeTable *self = g_new0 (WbMergeTable, 1);

  self->columns = g_ptr_array_new_with_free_func (g_free);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (self->columns, g_strdup (names->pdata[i]));
  g_ptr_array_add (self->rows, values);
  return self;
}

static gboolean
is_same_name (gconstpointer a, gconstpointer b)
{
  g_autofree char *left = g_utf8_casefold (a, -1);
  g_autofree char *right = g_utf8_casefold (b, -1);

  return strcmp (left, right) == 0;
}

/**
 * wb_merge_add_fields:
 * @names: (element-type utf8): the names that were found before
 * @text: with fields such as "{{name}}"
 *
 * Adds the names of the fields in @text that are not in @names, whatever the case. Any thread.
 */
void
wb_merge_add_fields (GPtrArray *names, const char *text)
{
  const char *open = NULL;

  while ((open = strstr (text, "{{")) != NULL)
    {
      const char *close = strstr (open, "}}");
      g_autofree char *name = NULL;

      if (close == NULL)
        return;
      name = g_strstrip (g_strndup (open + 2, (gsize) (close - open) - 2));
      if (!g_ptr_array_find_with_equal_func (names, name, is_same_name, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
      text = close + 2;
    }
}

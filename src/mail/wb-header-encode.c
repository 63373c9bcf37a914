/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-header-encode.h"

#include "wb-mail-charset.h"

#include <string.h>

/* GMime encodes headers too, but lets a word of 2,000 letters stand on one line, hands on text that
   looks like an encoded word but is none, and takes line breaks in some setters. What it is given
   here is therefore finished: folded and encoded. */

/* RFC 2047 section 2; RFC 5322 section 2.1.1. */
#define MAXIMUM_ENCODED_WORD 75
#define MAXIMUM_LINE 76
#define ENCODED_WORD_FRAME 7
#define MAXIMUM_PLAIN_WORD 60
/* RFC 2231 lets a value be cut in pieces, which not every program joins. */
#define MAXIMUM_WHOLE_PARAMETER 900
#define PARAMETER_PIECE 600

typedef struct
{
  GString *out;
  gsize column;
} Folder;

static void
folder_begin (Folder *folder, const char *name)
{
  folder->out = g_string_new (NULL);
  folder->column = strlen (name) + 1;
}

/* Appends @token after white space, on a new line if this one is full. */
static void
folder_add (Folder *folder, const char *space, const char *token)
{
  gsize length = strlen (space) + strlen (token);

  if (folder->column + length > MAXIMUM_LINE && *space != '\0' &&
      (folder->out->len > 0 || strlen (token) < MAXIMUM_LINE))
    {
      g_string_append_c (folder->out, '\n');
      folder->column = 0;
    }
  g_string_append (folder->out, space);
  g_string_append (folder->out, token);
  folder->column += length;
}

static char *
folder_end (Folder *folder)
{
  g_string_append_c (folder->out, '\n');
  return g_string_free (g_steal_pointer (&folder->out), FALSE);
}

static gboolean
stands_for_itself (guchar c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!*+-/", c) != NULL);
}

static gsize
q_length (const char *bytes, gsize length)
{
  gsize total = 0;

  for (gsize i = 0; i < length; i++)
    total += bytes[i] == ' ' || stands_for_itself (bytes[i]) ? 1 : 3;
  return total;
}

static char *
make_encoded_word (const char *bytes, gsize length, const char *charset, gboolean base64)
{
  g_autoptr (GString) word = g_string_new (NULL);

  g_string_append_printf (word, "=?%s?%c?", charset, base64 ? 'B' : 'Q');
  if (base64)
    {
      g_autofree char *encoded = g_base64_encode ((const guchar *) bytes, length);

      g_string_append (word, encoded);
    }
  else
    {
      for (gsize i = 0; i < length; i++)
        {
          if (bytes[i] == ' ')
            g_string_append_c (word, '_');
          else if (stands_for_itself (bytes[i]))
            g_string_append_c (word, bytes[i]);
          else
            g_string_append_printf (word, "=%02X", (guint) (guchar) bytes[i]);
        }
    }
  g_string_append (word, "?=");
  return g_string_free (g_steal_pointer (&word), FALSE);
}

/* The bytes of @length of @text in @charset, if they make a word that is short enough. */
static char *
convert_piece (const char *text,
               gsize length,
               const char *charset,
               gboolean base64,
               gsize limit,
               gsize *written)
{
  gsize room = limit - strlen (charset) - ENCODED_WORD_FRAME;
  g_autofree char *piece = g_strndup (text, length);
  g_autofree char *bytes = wb_mail_charset_encode (piece, charset, written, NULL);

  if (bytes == NULL)
    return NULL;
  if ((base64 ? (*written + 2) / 3 * 4 : q_length (bytes, *written)) > room)
    return NULL;
  return g_steal_pointer (&bytes);
}

/* Every word holds whole characters, so that each can be decoded alone (RFC 2047 section 5), and
   starts and ends in the charset's first state. Names stand @in_one word where they can: not every
   program joins two. */
static void
add_encoded (Folder *folder, const char *text, const char *charset, gboolean in_one)
{
  gsize total = 0;
  g_autofree char *whole = wb_mail_charset_encode (text, charset, &total, NULL);
  gboolean base64 = q_length (whole, total) > (total + 2) / 3 * 4;
  const char *at = text;

  while (*at != '\0')
    {
      g_autofree char *bytes = NULL;
      g_autofree char *word = NULL;
      gsize length = 0;
      gsize limit = MAXIMUM_ENCODED_WORD;
      const char *end = at;

      /* The first one shares its line with the header's name, unless it does better alone. */
      if (!in_one && folder->out->len == 0 && folder->column < MAXIMUM_LINE / 2 - 1)
        limit = MAXIMUM_LINE - 1 - folder->column;
      limit = MIN (limit, MAXIMUM_ENCODED_WORD);

      do
        {
          const char *next = g_utf8_next_char (end);
          gsize longer = 0;
          char *more = convert_piece (at, next - at, charset, base64, limit, &longer);

          if (more == NULL)
            break;
          g_free (bytes);
          bytes = more;
          length = longer;
          end = next;
        }
      while (*end != '\0');

      if (bytes == NULL)
        break;
      word = make_encoded_word (bytes, length, charset, base64);
      folder_add (folder, " ", word);
      at = end;
    }
}

static const char *
choose_charset (const char *text, const char *charset)
{
  gsize length;
  g_autofree char *bytes = NULL;

  if (strlen (charset) > 20)
    return "UTF-8";
  bytes = wb_mail_charset_encode (text, charset, &length, NULL);
  return bytes != NULL ? charset : "UTF-8";
}

static gboolean
must_encode (const char *text)
{
  gsize word = 0;
  gsize length = strlen (text);

  if (strstr (text, "=?") != NULL)
    return TRUE;
  if (length > 0 && (text[0] == ' ' || text[length - 1] == ' ' || strstr (text, "  ") != NULL))
    return TRUE;
  for (gsize i = 0; i < length; i++)
    {
      if ((guchar) text[i] < 0x20 || (guchar) text[i] >= 0x7f)
        return TRUE;
      word = text[i] == ' ' ? 0 : word + 1;
      if (word > MAXIMUM_PLAIN_WORD)
        return TRUE;
    }
  return FALSE;
}

static void
add_words (Folder *folder, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (gsize i = 0; words[i] != NULL; i++)
    folder_add (folder, " ", words[i]);
}

/**
 * wb_header_encode_text:
 * @name: the header's name, for the length of its first line
 * @text: UTF-8 without control characters other than tab
 * @charset: the charset to encode with where ASCII does not do; UTF-8 if it cannot hold @text
 *
 * Writes the value of an unstructured header such as Subject: as it is where it is short
 * printable ASCII, else in encoded words. (RFC 2047 sections 2 and 5.)
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): the value with the space before it, folded, ending in a newline
 */
char *
wb_header_encode_text (const char *name, const char *text, const char *charset)
{
  Folder folder;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (charset != NULL, NULL);

  folder_begin (&folder, name);
  if (must_encode (text))
    add_encoded (&folder, text, choose_charset (text, charset), FALSE);
  else
    add_words (&folder, text);
  return folder_end (&folder);
}

static gboolean
is_phrase_of_atoms (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (" !#$%&'*+-/=?^_`{|}~", *p) == NULL)
      return FALSE;
  return TRUE;
}

static void
add_phrase (Folder *folder, const char *text, const char *charset)
{
  if (must_encode (text) || strlen (text) > MAXIMUM_PLAIN_WORD)
    add_encoded (folder, text, choose_charset (text, charset), TRUE);
  else if (is_phrase_of_atoms (text))
    add_words (folder, text);
  else
    {
      g_autoptr (GString) quoted = g_string_new ("\"");

      for (const char *p = text; *p != '\0'; p++)
        {
          if (*p == '"' || *p == '\\')
            g_string_append_c (quoted, '\\');
          g_string_append_c (quoted, *p);
        }
      g_string_append_c (quoted, '"');
      folder_add (folder, " ", quoted->str);
    }
}

/**
 * wb_header_encode_addresses:
 * @name: the header's name, for the length of its first line
 * @addresses: (element-type WbAddress): as wb_address_parse_list() gives them
 * @charset: the charset to encode names with; UTF-8 where it cannot hold one
 *
 * Writes the value of a header of addresses, groups in one piece. A local part that is
 * not ASCII is written as it is. (RFC 5322 section 3.4, RFC 2047 section 5, RFC 6532.)
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): the value with the space before it, folded, ending in a newline
 */
char *
wb_header_encode_addresses (const char *name, GPtrArray *addresses, const char *charset)
{
  Folder folder;
  const char *group = NULL;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (addresses != NULL, NULL);
  g_return_val_if_fail (charset != NULL, NULL);

  folder_begin (&folder, name);
  for (guint i = 0; i < addresses->len; i++)
    {
      const WbAddress *address = g_ptr_array_index (addresses, i);
      const WbAddress *next = i + 1 < addresses->len ? addresses->pdata[i + 1] : NULL;
      gboolean last_of_group;
      g_autoptr (GString) token = g_string_new (NULL);

      if (address->group != NULL && g_strcmp0 (group, address->group) != 0)
        {
          add_phrase (&folder, address->group, charset);
          /* White space must follow an encoded word (RFC 2047 section 5). */
          folder_add (&folder, g_str_has_suffix (folder.out->str, "?=") ? " " : "", ":");
        }
      group = address->group;
      last_of_group = group != NULL && (next == NULL || g_strcmp0 (group, next->group) != 0);

      if (address->name != NULL)
        add_phrase (&folder, address->name, charset);
      if (address->address != NULL)
        g_string_append (token, address->address);
      if (address->address != NULL && address->name != NULL)
        {
          g_string_prepend_c (token, '<');
          g_string_append_c (token, '>');
        }
      if (last_of_group)
        g_string_append_c (token, ';');
      if (next != NULL)
        g_string_append_c (token, ',');
      folder_add (&folder, address->address != NULL ? " " : "", token->str);
    }
  return folder_end (&folder);
}

/**
 * wb_header_encode_tokens:
 * @name: the header's name, for the length of its first line
 * @tokens: (array zero-terminated=1): printable ASCII without spaces, as message ids are
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): the value with the space before it, folded, ending in a newline
 */
char *
wb_header_encode_tokens (const char *name, const char *const *tokens)
{
  Folder folder;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (tokens != NULL, NULL);

  folder_begin (&folder, name);
  for (gsize i = 0; tokens[i] != NULL; i++)
    folder_add (&folder, " ", tokens[i]);
  return folder_end (&folder);
}

/* RFC 2231 section 7, attribute-char. */
static char *
percent_encode (const char *text, gsize length)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    if (g_ascii_isalnum (text[i]) || (text[i] != '\0' && strchr ("!#$&+-.^_`|~", text[i]) != NULL))
      g_string_append_c (out, text[i]);
    else
      g_string_append_printf (out, "%%%02X", (guint) (guchar) text[i]);
  return g_string_free (out, FALSE);
}

static gboolean
is_plain_parameter (const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || (guchar) *p >= 0x7f || strchr ("\"\\%", *p) != NULL)
      return FALSE;
  return strlen (value) <= MAXIMUM_PLAIN_WORD && strstr (value, "=?") == NULL;
}

static void
append_pieces (GString *out, const char *name, const char *value)
{
  const char *at = value;

  for (guint i = 0; *at != '\0'; i++)
    {
      const char *end = at;
      g_autofree char *piece = NULL;

      while (*end != '\0' && g_utf8_next_char (end) - at <= PARAMETER_PIECE / 3)
        end = g_utf8_next_char (end);
      piece = percent_encode (at, end - at);
      g_string_append_printf (out, ";\n\t%s*%u*=%s%s", name, i, i == 0 ? "utf-8''" : "", piece);
      at = end;
    }
}

/**
 * wb_header_append_parameter:
 * @out: a header's raw value so far, without a newline at its end
 * @name: the parameter's name
 * @value: UTF-8 without control characters
 *
 * Adds a parameter such as `filename`: quoted where it is short printable ASCII, else in the
 * extended form, in one piece up to what a line may hold. A piece holds whole characters, since
 * some programs decode each alone. (RFC 2183, RFC 2231 sections 3 and 4.)
 *
 * Safe from any thread.
 */
void
wb_header_append_parameter (GString *out, const char *name, const char *value)
{
  g_autofree char *encoded = NULL;

  g_return_if_fail (out != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (value != NULL);

  if (is_plain_parameter (value))
    {
      g_string_append_printf (out, ";\n\t%s=\"%s\"", name, value);
      return;
    }
  encoded = percent_encode (value, strlen (value));
  if (strlen (encoded) <= MAXIMUM_WHOLE_PARAMETER)
    g_string_append_printf (out, ";\n\t%s*=utf-8''%s", name, encoded);
  else
    append_pieces (out, name, value);
}

/**
 * wb_header_append_old_parameter:
 * @out: a header's raw value so far, without a newline at its end
 * @name: the parameter's name
 * @value: UTF-8 without control characters
 *
 * Adds a parameter in the form that no standard allows and most programs read: encoded words in
 * quotes. It goes beside the standard one, never in its place.
 *
 * Safe from any thread.
 */
void
wb_header_append_old_parameter (GString *out, const char *name, const char *value)
{
  Folder folder;
  g_autofree char *words = NULL;

  g_return_if_fail (out != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (value != NULL);

  if (is_plain_parameter (value))
    {
      g_string_append_printf (out, ";\n\t%s=\"%s\"", name, value);
      return;
    }
  folder_begin (&folder, name);
  add_encoded (&folder, value, "UTF-8", FALSE);
  words = g_strstrip (folder_end (&folder));
  g_string_append_printf (out, ";\n\t%s=\"%s\"", name, words);
}

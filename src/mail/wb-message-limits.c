/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-message-limits.h"

#include "wb-mail-gmime.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Measured with GMime 3.2: 50,000 nested groups in one header overflow the stack, a million headers
   take half a gigabyte, a million parts 1.3. Real mail stays far below these. */
#define MAXIMUM_FIELD (1024 * 1024)
#define MAXIMUM_STRUCTURED_FIELD (64 * 1024)
#define MAXIMUM_FIELDS 100000
#define MAXIMUM_FIELDS_OF_A_PART 10000
#define MAXIMUM_HEADER_BYTES (16 * 1024 * 1024)
#define MAXIMUM_GROUPS 1000
#define MAXIMUM_ADDRESSES 50000

typedef enum
{
  FIELD_OTHER,
  FIELD_ADDRESSES,
  FIELD_TYPE,
  FIELD_ENCODING,
} FieldKind;

typedef struct
{
  GPtrArray *boundaries; /* "--boundary", "" for an enclosed message; the innermost last */
  GPtrArray *types;      /* GString: each Content-Type of the part whose headers are read */

  gboolean in_headers;
  gboolean encoded;
  FieldKind field;
  gsize field_length;
  gsize header_bytes;
  gsize groups;
  gsize addresses;
  guint fields_of_part;
  guint fields;
  guint parts;
} Scanner;

static const struct
{
  const char *name;
  FieldKind kind;
} field_kinds[] = {
  { "from", FIELD_ADDRESSES },
  { "sender", FIELD_ADDRESSES },
  { "reply-to", FIELD_ADDRESSES },
  { "to", FIELD_ADDRESSES },
  { "cc", FIELD_ADDRESSES },
  { "bcc", FIELD_ADDRESSES },
  { "resent-bcc", FIELD_ADDRESSES },
  { "content-type", FIELD_TYPE },
  { "content-transfer-encoding", FIELD_ENCODING },
  { "content-disposition", FIELD_ENCODING },
};

static gboolean
too_large (GError **error, const char *what)
{
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
               /* Translators: %s is a full sentence that says what is too large. */
               _ ("The message cannot be taken to pieces: %s It may have been made to do harm. Its "
                  "source can still be read."),
               what);
  return FALSE;
}

/* As GMime has it, white space may stand between the name and the colon. */
static FieldKind
kind_of (const char *line, gsize length)
{
  gsize name = 0;

  while (name < length && line[name] != ':' && line[name] != ' ' && line[name] != '\t')
    name++;
  for (gsize i = 0; i < G_N_ELEMENTS (field_kinds); i++)
    if (strlen (field_kinds[i].name) == name &&
        g_ascii_strncasecmp (line, field_kinds[i].name, name) == 0)
      return field_kinds[i].kind;
  return FIELD_OTHER;
}

static gboolean
take_field_line (Scanner *scanner, const char *line, gsize length, GError **error)
{
  gboolean more = line[0] == ' ' || line[0] == '\t';

  if (!more)
    {
      scanner->field = kind_of (line, length);
      scanner->field_length = 0;
      scanner->groups = 0;
      if (scanner->field == FIELD_TYPE)
        g_ptr_array_add (scanner->types, g_string_new (NULL));
      if (++scanner->fields > MAXIMUM_FIELDS ||
          ++scanner->fields_of_part > MAXIMUM_FIELDS_OF_A_PART)
        return too_large (error, _ ("It has too many header lines."));
    }

  scanner->header_bytes += length;
  if (scanner->header_bytes > MAXIMUM_HEADER_BYTES)
    return too_large (error, _ ("Its header lines are too long together."));
  scanner->field_length += length;
  if (scanner->field_length > MAXIMUM_FIELD ||
      ((scanner->field == FIELD_TYPE || scanner->field == FIELD_ENCODING) &&
       scanner->field_length > MAXIMUM_STRUCTURED_FIELD))
    return too_large (error, _ ("One of its header lines is too long."));

  if (scanner->field == FIELD_ADDRESSES)
    {
      for (gsize i = 0; i < length; i++)
        {
          scanner->groups += line[i] == ':';
          scanner->addresses += line[i] == ',';
        }
      if (scanner->groups > MAXIMUM_GROUPS || scanner->addresses > MAXIMUM_ADDRESSES)
        return too_large (error, _ ("One of its header lines has too many addresses."));
    }
  else if (scanner->field == FIELD_TYPE)
    {
      GString *type = scanner->types->pdata[scanner->types->len - 1];
      const char *colon = memchr (line, ':', length);
      const char *value = more || colon == NULL ? line : colon + 1;

      g_string_append_len (type, value, line + length - value);
    }
  else if (scanner->field == FIELD_ENCODING && !more)
    {
      g_autofree char *lower = g_ascii_strdown (line, MIN (length, 200));

      if (strstr (lower, "base64") != NULL || strstr (lower, "quoted-printable") != NULL)
        scanner->encoded = TRUE;
    }
  return TRUE;
}

static void
begin_headers (Scanner *scanner)
{
  scanner->in_headers = TRUE;
  scanner->encoded = FALSE;
  scanner->field = FIELD_OTHER;
  scanner->fields_of_part = 0;
  g_ptr_array_set_size (scanner->types, 0);
}

static void
free_string (gpointer data)
{
  g_string_free (data, TRUE);
}

static gboolean
push (Scanner *scanner, char *boundary, GError **error)
{
  g_ptr_array_add (scanner->boundaries, boundary);
  if (scanner->boundaries->len > WB_MESSAGE_MAXIMUM_DEPTH)
    return too_large (error, _ ("Its parts are nested too deeply."));
  return TRUE;
}

/* Of several types every one counts, whichever a parser goes by. */
static gboolean
end_headers (Scanner *scanner, GError **error)
{
  g_autoptr (GPtrArray) types = scanner->types;

  scanner->types = g_ptr_array_new_with_free_func (free_string);
  scanner->in_headers = FALSE;
  for (guint i = 0; i < types->len; i++)
    {
      const GString *text = types->pdata[i];
      g_autoptr (GMimeContentType) type = NULL;
      const char *boundary;

      if (strcasestr (text->str, "boundary") == NULL && strcasestr (text->str, "message") == NULL)
        continue;
      type = g_mime_content_type_parse (NULL, text->str);
      if (type == NULL)
        continue;
      boundary = g_mime_content_type_get_parameter (type, "boundary");
      if (boundary != NULL && *boundary != '\0' &&
          !push (scanner, g_strconcat ("--", boundary, NULL), error))
        return FALSE;
      if (!g_mime_content_type_is_type (type, "message", "*") || scanner->encoded)
        continue;
      if (++scanner->parts > WB_MESSAGE_MAXIMUM_PARTS)
        return too_large (error, _ ("It has too many parts."));
      begin_headers (scanner);
      if (!push (scanner, g_strdup (""), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_blank (const char *text, const char *end)
{
  while (text < end && (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n'))
    text++;
  return text == end;
}

/* Whether @line is the delimiter of a part that is open, or of one around it (RFC 2046 section
   5.1.1). */
static gboolean
take_boundary (Scanner *scanner, const char *line, gsize length, gboolean *is_one, GError **error)
{
  const char *end = line + length;

  *is_one = FALSE;
  if (length < 3 || line[0] != '-' || line[1] != '-')
    return TRUE;
  for (guint i = scanner->boundaries->len; i > 0; i--)
    {
      const char *boundary = scanner->boundaries->pdata[i - 1];
      gsize wanted = strlen (boundary);
      gboolean last;

      if (wanted == 0 || wanted > length || memcmp (line, boundary, wanted) != 0)
        continue;
      last = wanted + 2 <= length && memcmp (line + wanted, "--", 2) == 0 &&
             is_blank (line + wanted + 2, end);
      if (!last && !is_blank (line + wanted, end))
        continue;
      *is_one = TRUE;
      g_ptr_array_set_size (scanner->boundaries, last ? i - 1 : i);
      scanner->in_headers = FALSE;
      if (last)
        return TRUE;
      if (++scanner->parts > WB_MESSAGE_MAXIMUM_PARTS)
        return too_large (error, _ ("It has too many parts."));
      begin_headers (scanner);
      return TRUE;
    }
  return TRUE;
}

static gboolean
take_line (Scanner *scanner, const char *line, gsize length, GError **error)
{
  gboolean boundary;

  if (!take_boundary (scanner, line, length, &boundary, error))
    return FALSE;
  if (boundary || !scanner->in_headers)
    return TRUE;
  if (line[0] == '\n' || (line[0] == '\r' && length == 2))
    return end_headers (scanner, error);
  return take_field_line (scanner, line, length, error);
}

/* Of a text only a line that may end its part counts. Returns that from @line on, or @end. Hyphens
 * are rarer than line ends. */
static const char *
find_dashes (Scanner *scanner, const char *line, const char *end)
{
  const char *found = line;

  if (scanner->boundaries->len == 0)
    return end;
  while ((found = memchr (found, '-', end - found)) != NULL)
    {
      if (end - found >= 2 && found[1] == '-' && (found == line || found[-1] == '\n'))
        return found;
      found++;
    }
  return end;
}

/**
 * wb_message_check_limits:
 * @data: (array length=length): a message
 * @length: bytes
 *
 * Looks over a message, without taking it to pieces, for what would cost a parser too much
 * memory, time or stack: its size, the length and number of headers, addresses and groups, the
 * number and depth of parts. Pure; allocates next to nothing.
 *
 * Safe from any thread after wb_gmime_init().
 *
 * Returns: %TRUE if it may be parsed, else %FALSE with %WB_MAIL_ERROR_TOO_LARGE set
 */
gboolean
wb_message_check_limits (const char *data, gsize length, GError **error)
{
  Scanner scanner = { 0 };
  gboolean fine = TRUE;

  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (length > WB_MESSAGE_MAXIMUM_SIZE)
    return too_large (error, _ ("It is larger than 1 GiB."));

  scanner.boundaries = g_ptr_array_new_with_free_func (g_free);
  scanner.types = g_ptr_array_new_with_free_func (free_string);
  begin_headers (&scanner);
  for (const char *line = data, *end = data + length; fine && line < end;)
    {
      const char *newline = NULL;
      gsize line_length = 0;

      if (!scanner.in_headers)
        line = find_dashes (&scanner, line, end);
      newline = memchr (line, '\n', end - line);
      line_length = newline != NULL ? newline + 1 - line : end - line;
      if (line_length == 0)
        break;
      fine = take_line (&scanner, line, line_length, error);
      line += line_length;
    }
  g_ptr_array_unref (scanner.boundaries);
  g_ptr_array_unref (scanner.types);
  return fine;
}

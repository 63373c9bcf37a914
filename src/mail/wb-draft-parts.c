/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-draft-private.h"

#include "wb-address.h"
#include "wb-header-encode.h"
#include "wb-mail-charset.h"
#include "wb-mail-gmime.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* RFC 5322 section 2.1.1: 998 with room for what may yet be put before. */
#define MAXIMUM_LINE 990
#define MAXIMUM_FILE_NAME 1024
#define SNIFFED 65536

gboolean
wb_draft_invalid (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID, format, arguments));
  va_end (arguments);
  return FALSE;
}

void
wb_draft_watched_free (WbDraftWatched *watched)
{
  g_free (watched->path);
  g_object_unref (watched->stream);
  g_free (watched);
}

/* Text */

/* (transfer full): @text with every line ending in LF, and the last one too. GMime writes CRLF. */
char *
wb_draft_normalize_lines (const char *text)
{
  g_autoptr (GString) out = g_string_sized_new (strlen (text) + 1);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\r')
        {
          g_string_append_c (out, '\n');
          if (p[1] == '\n')
            p++;
        }
      else
        g_string_append_c (out, *p);
    }
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Mail servers break long lines, cut white space at the end of one and put ">" before "From ":
   whatever they could hurt, and whatever is not ASCII, is encoded, as short as can be. */
static GMimeContentEncoding
choose_encoding (const char *bytes, gsize length, gboolean flowed)
{
  gsize line = 0;
  gsize eight_bit = 0;
  gboolean plain = TRUE;

  for (gsize i = 0; i < length; i++)
    {
      char c = bytes[i];

      if (c == '\n')
        {
          /* The space at the end of a flowed line may get lost; it is a line then. */
          if (i > 0 && ((bytes[i - 1] == ' ' && !flowed) || bytes[i - 1] == '\t'))
            plain = FALSE;
          line = 0;
          continue;
        }
      if (line == 0 && length - i >= 5 && memcmp (bytes + i, "From ", 5) == 0)
        plain = FALSE;
      if ((guchar) c >= 0x80)
        eight_bit++;
      else if (c == '\0' || c == '\r')
        return GMIME_CONTENT_ENCODING_BASE64;
      if (++line > MAXIMUM_LINE)
        plain = FALSE;
    }
  if (eight_bit == 0)
    return plain ? GMIME_CONTENT_ENCODING_7BIT : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
  return eight_bit > length / 6 ? GMIME_CONTENT_ENCODING_BASE64
                                : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

static GMimeStream *
encode_text (const char *bytes, gsize length, GMimeContentEncoding encoding)
{
  g_autoptr (GMimeStream) plain = g_mime_stream_mem_new ();
  g_autoptr (GMimeStream) filtered = g_mime_stream_filter_new (plain);
  g_autoptr (GMimeFilter) encoder = NULL;
  g_autoptr (GMimeFilter) from = NULL;

  /* Base64 hides the line ends from GMime; text has CRLF before it is encoded (RFC 2045 section
     6.8). */
  if (encoding == GMIME_CONTENT_ENCODING_BASE64)
    {
      g_autoptr (GMimeFilter) dos = g_mime_filter_unix2dos_new (FALSE);

      g_mime_stream_filter_add (GMIME_STREAM_FILTER (filtered), dos);
    }
  if (encoding != GMIME_CONTENT_ENCODING_7BIT)
    {
      encoder = g_mime_filter_basic_new (encoding, TRUE);
      g_mime_stream_filter_add (GMIME_STREAM_FILTER (filtered), encoder);
    }
  if (encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
    {
      from = g_mime_filter_from_new (GMIME_FILTER_FROM_MODE_ARMOR);
      g_mime_stream_filter_add (GMIME_STREAM_FILTER (filtered), from);
    }
  g_mime_stream_write (filtered, bytes, length);
  g_mime_stream_flush (filtered);
  return g_steal_pointer (&plain);
}

GMimeObject *
wb_draft_make_text (WbDraftBuilder *builder, const char *subtype, const char *text, GError **error)
{
  const char *charset = builder->draft->charset;
  gboolean flowed = builder->draft->flowed && strcmp (subtype, "plain") == 0;
  g_autofree char *normal = NULL;
  g_autofree char *bytes = NULL;
  g_autoptr (GMimePart) part = NULL;
  g_autoptr (GMimeStream) stream = NULL;
  g_autoptr (GMimeDataWrapper) content = NULL;
  GMimeContentEncoding encoding;
  gsize length = 0;
  gsize bad = 0;

  if (strlen (text) > WB_DRAFT_MAXIMUM_TEXT)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                           _ ("The text is too long for a mail. Attach it as a file."));
      return NULL;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           _ ("The text is not valid UTF-8."));
      return NULL;
    }
  normal = wb_draft_normalize_lines (text);
  if (flowed)
    {
      g_autofree char *lines = g_steal_pointer (&normal);

      normal = wb_text_flow (lines);
    }
  bytes = wb_mail_charset_encode (normal, charset, &length, &bad);
  if (bytes == NULL)
    {
      g_autofree char *character = NULL;

      character = g_strndup (normal + bad, g_utf8_next_char (normal + bad) - (normal + bad));
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                   /* Translators: %1$s is one character, %2$ld its place in the text, %3$s a
                      charset such as "GB18030". */
                   _ ("The text holds “%1$s” (character %2$ld), which %3$s does not have. Choose "
                      "UTF-8."),
                   character, g_utf8_pointer_to_offset (normal, normal + bad) + 1, charset);
      return NULL;
    }

  encoding = choose_encoding (bytes, length, flowed);
  stream = encode_text (bytes, length, encoding);
  content = g_mime_data_wrapper_new_with_stream (stream, encoding);
  part = g_mime_part_new_with_type ("text", subtype);
  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", charset);
  if (flowed)
    g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "format", "flowed");
  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, encoding);
  return GMIME_OBJECT (g_steal_pointer (&part));
}

/* Attachments */

static gboolean
check_content_id (const char *content_id, GError **error)
{
  if (!wb_mail_check_value ("Content-ID", content_id, error))
    return FALSE;
  for (const char *p = content_id; *p != '\0'; p++)
    if (*p <= ' ' || *p >= 0x7f || strchr ("<>\"\\()", *p) != NULL)
      return wb_draft_invalid (
          error,
          /* Translators: %s is the name by which HTML refers to a picture. */
          _ ("“%s” cannot name a picture: use letters, digits, dots and one @."), content_id);
  if (*content_id == '\0' || strlen (content_id) > 200)
    return wb_draft_invalid (error,
                             /* Translators: %s is the name by which HTML refers to a picture. */
                             _ ("“%s” cannot name a picture: it is empty or too long."),
                             content_id);
  return TRUE;
}

gboolean
wb_mail_is_token (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] <= ' ' || text[i] >= 0x7f || strchr ("()<>@,;:\\\"/[]?=", text[i]) != NULL)
      return FALSE;
  return length > 0 && length <= 127;
}

/* RFC 2045 section 5.1. What has a structure of its own may not be encoded (RFC 2046
   section 5.2.1), and would not arrive byte for byte if it was not: it goes as plain bytes. */
static GMimeContentType *
make_content_type (WbDraftAttachment *attachment, GError **error)
{
  const char *text = attachment->content_type;
  const char *slash = strchr (text, '/');
  gsize length = strcspn (text, "; \t");

  if (!wb_mail_check_value ("Content-Type", text, error))
    return NULL;
  if (slash == NULL || !wb_mail_is_token (text, slash - text) || slash >= text + length ||
      !wb_mail_is_token (slash + 1, text + length - slash - 1))
    {
      /* Translators: %s is what was given as a content type. */
      wb_draft_invalid (error, _ ("“%s” is no content type: it needs the form type/subtype."),
                        text);
      return NULL;
    }
  if (g_ascii_strncasecmp (text, "multipart/", 10) == 0 ||
      g_ascii_strncasecmp (text, "message/", 8) == 0)
    return g_mime_content_type_new ("application", "octet-stream");
  return g_mime_content_type_parse (NULL, text);
}

static GMimeStream *
open_content (WbDraftBuilder *builder, WbDraftAttachment *attachment, GError **error)
{
  WbDraftWatched *watched;
  guint64 size;
  int fd;

  if (attachment->bytes != NULL)
    return wb_gmime_stream_for_bytes (attachment->bytes);

  fd = wb_draft_open_attachment (attachment->path, &size, error);
  if (fd < 0)
    return NULL;
  watched = g_new0 (WbDraftWatched, 1);
  watched->path = g_strdup (attachment->path);
  watched->fd = fd;
  watched->size = size;
  /* The stream owns the descriptor. Files of the kernel's say that they are empty and are not. */
  watched->stream = size > 0
                        ? g_mime_stream_fs_new_with_bounds (fd, 0, size)
                        : g_mime_stream_fs_new_with_bounds (fd, 0, WB_DRAFT_MAXIMUM_ATTACHED + 1);
  g_ptr_array_add (builder->watched, watched);
  return g_object_ref (watched->stream);
}

/* Text without a label is taken for ASCII; say UTF-8 where the beginning shows it. */
static void
label_text (GMimeContentType *type, GMimeStream *stream)
{
  g_autofree char *head = NULL;
  const char *end = NULL;
  gssize length;

  if (!g_mime_content_type_is_type (type, "text", "*") ||
      g_mime_content_type_get_parameter (type, "charset") != NULL)
    return;
  head = g_malloc (SNIFFED);
  length = g_mime_stream_read (stream, head, SNIFFED);
  g_mime_stream_reset (stream);
  if (length <= 0 || memchr (head, '\0', length) != NULL)
    return;
  /* The last character may be cut. */
  if (g_utf8_validate (head, length, &end) || head + length - end < 6)
    g_mime_content_type_set_parameter (type, "charset", "utf-8");
}

static void
set_raw (GMimePart *part, const char *name, GString *raw)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (GMIME_OBJECT (part));

  g_string_append_c (raw, '\n');
  g_mime_header_set_raw_value (g_mime_header_list_get_header (headers, name), raw->str);
}

/* The name twice, since some programs read only one: RFC 2231 where it belongs, RFC 2047 in the
   parameter that older ones look at. GMime writes long names by RFC 2231 in both, cut inside of
   characters. */
static gboolean
set_file_name (GMimePart *part, const char *file_name, GError **error)
{
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (part));
  GMimeParamList *parameters = g_mime_content_type_get_parameters (type);
  g_autofree char *mime_type = g_mime_content_type_get_mime_type (type);
  g_autoptr (GString) type_raw = g_string_new (" ");
  g_autoptr (GString) disposition_raw = g_string_new (" ");

  if (!wb_mail_check_value (_ ("File name"), file_name, error))
    return FALSE;
  if (strlen (file_name) > MAXIMUM_FILE_NAME)
    {
      g_autofree char *beginning = g_utf8_substring (file_name, 0, 40);

      return wb_draft_invalid (error,
                               /* Translators: %s is the beginning of a file name. */
                               _ ("The file name “%s…” is too long."), beginning);
    }

  g_string_append (type_raw, mime_type);
  for (int i = 0; i < g_mime_param_list_length (parameters); i++)
    {
      GMimeParam *parameter = g_mime_param_list_get_parameter_at (parameters, i);
      const char *name = g_mime_param_get_name (parameter);

      if (g_ascii_strcasecmp (name, "name") != 0)
        wb_header_append_parameter (type_raw, name, g_mime_param_get_value (parameter));
    }
  wb_header_append_old_parameter (type_raw, "name", file_name);
  set_raw (part, "Content-Type", type_raw);

  g_string_append (disposition_raw, g_mime_object_get_disposition (GMIME_OBJECT (part)));
  wb_header_append_parameter (disposition_raw, "filename", file_name);
  set_raw (part, "Content-Disposition", disposition_raw);
  return TRUE;
}

GMimeObject *
wb_draft_make_attachment (WbDraftBuilder *builder,
                          WbDraftAttachment *attachment,
                          gboolean inline_picture,
                          GError **error)
{
  g_autoptr (GMimePart) part = NULL;
  g_autoptr (GMimeContentType) type = NULL;
  g_autoptr (GMimeContentDisposition) disposition = NULL;
  g_autoptr (GMimeStream) stream = NULL;
  g_autoptr (GMimeDataWrapper) content = NULL;

  if (attachment->content_id != NULL && !check_content_id (attachment->content_id, error))
    return NULL;
  type = make_content_type (attachment, error);
  if (type == NULL)
    return NULL;
  stream = open_content (builder, attachment, error);
  if (stream == NULL)
    return NULL;
  label_text (type, stream);

  part = g_mime_part_new ();
  disposition = g_mime_content_disposition_new ();
  g_mime_content_disposition_set_disposition (disposition,
                                              inline_picture ? "inline" : "attachment");
  g_mime_object_set_content_type (GMIME_OBJECT (part), type);
  g_mime_object_set_content_disposition (GMIME_OBJECT (part), disposition);
  if (attachment->file_name != NULL && *attachment->file_name != '\0' &&
      !set_file_name (part, attachment->file_name, error))
    return NULL;
  if (attachment->content_id != NULL)
    g_mime_part_set_content_id (part, attachment->content_id);

  content = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);
  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_BASE64);
  return GMIME_OBJECT (g_steal_pointer (&part));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-draft.h"
#include "wb-draft-private.h"

#include "wb-address.h"
#include "wb-header-encode.h"
#include "wb-html-refs.h"
#include "wb-mail-charset.h"
#include "wb-mail-gmime.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* RFC 5322 section 2.1.1: 998 with room for what may yet be put before. */
#define MAXIMUM_LINE 990
#define MAXIMUM_HEADER (256 * 1024)
#define MAXIMUM_FILE_NAME 1024
#define SNIFFED 65536

typedef struct
{
  WbDraft *draft;
  GHashTable *cids;   /* what the HTML refers to, if HTML goes out */
  GPtrArray *watched; /* Watched: files being read */
} Builder;

typedef struct
{
  char *path;
  int fd;
  guint64 size;
  GMimeStream *stream;
} Watched;

static void
watched_free (Watched *watched)
{
  g_free (watched->path);
  g_object_unref (watched->stream);
  g_free (watched);
}

static gboolean invalid (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
invalid (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID, format, arguments));
  va_end (arguments);
  return FALSE;
}

/* Text */

/* (transfer full): @text with every line ending in LF, and the last one too. GMime writes CRLF. */
static char *
normalize_lines (const char *text)
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
choose_encoding (const char *bytes, gsize length)
{
  gsize line = 0;
  gsize eight_bit = 0;
  gboolean plain = TRUE;

  for (gsize i = 0; i < length; i++)
    {
      char c = bytes[i];

      if (c == '\n')
        {
          if (i > 0 && (bytes[i - 1] == ' ' || bytes[i - 1] == '\t'))
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

static GMimeObject *
make_text (Builder *builder, const char *subtype, const char *text, GError **error)
{
  const char *charset = builder->draft->charset;
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
  normal = normalize_lines (text);
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

  encoding = choose_encoding (bytes, length);
  stream = encode_text (bytes, length, encoding);
  content = g_mime_data_wrapper_new_with_stream (stream, encoding);
  part = g_mime_part_new_with_type ("text", subtype);
  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", charset);
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
      return invalid (error,
                      /* Translators: %s is the name by which HTML refers to a picture. */
                      _ ("“%s” cannot name a picture: use letters, digits, dots and one @."),
                      content_id);
  if (*content_id == '\0' || strlen (content_id) > 200)
    return invalid (error,
                    /* Translators: %s is the name by which HTML refers to a picture. */
                    _ ("“%s” cannot name a picture: it is empty or too long."), content_id);
  return TRUE;
}

static gboolean
is_token (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] <= ' ' || text[i] >= 0x7f || strchr ("()<>@,;:\\\"/[]?=", text[i]) != NULL)
      return FALSE;
  return length > 0 && length <= 127;
}

/* RFC 2045 section 5.1; what has a structure of its own goes as bytes, unless it may stand as it
   is. */
static GMimeContentType *
make_content_type (WbDraftAttachment *attachment, GError **error)
{
  const char *text = attachment->content_type;
  const char *slash = strchr (text, '/');
  gsize length = strcspn (text, "; \t");

  if (!wb_mail_check_value ("Content-Type", text, error))
    return NULL;
  if (slash == NULL || !is_token (text, slash - text) || slash >= text + length ||
      !is_token (slash + 1, text + length - slash - 1))
    {
      /* Translators: %s is what was given as a content type. */
      invalid (error, _ ("“%s” is no content type: it needs the form type/subtype."), text);
      return NULL;
    }
  if (g_ascii_strncasecmp (text, "multipart/", 10) == 0 ||
      g_ascii_strncasecmp (text, "message/", 8) == 0)
    return g_mime_content_type_new ("application", "octet-stream");
  return g_mime_content_type_parse (NULL, text);
}

static GMimeStream *
open_content (Builder *builder, WbDraftAttachment *attachment, GError **error)
{
  Watched *watched;
  guint64 size;
  int fd;

  if (attachment->bytes != NULL)
    return wb_gmime_stream_for_bytes (attachment->bytes);

  fd = wb_draft_open_attachment (attachment->path, &size, error);
  if (fd < 0)
    return NULL;
  watched = g_new0 (Watched, 1);
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

      return invalid (error,
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

static GMimeObject *
make_attachment (Builder *builder,
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

/* The tree */

static GMimeMultipart *
make_multipart (const char *subtype)
{
  GMimeMultipart *multipart = g_mime_multipart_new_with_subtype (subtype);
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *boundary = NULL;

  /* "=_" occurs in no base64 or quoted-printable text (RFC 2045 section 6.7). */
  boundary = g_strconcat ("=_", uuid, NULL);
  g_mime_object_set_content_type_parameter (GMIME_OBJECT (multipart), "boundary", boundary);
  return multipart;
}

static gboolean
is_inline (Builder *builder, WbDraftAttachment *attachment)
{
  return builder->cids != NULL && attachment->content_id != NULL &&
         g_hash_table_contains (builder->cids, attachment->content_id);
}

static GMimeObject *
make_html (Builder *builder, const char *html, GError **error)
{
  WbDraft *draft = builder->draft;
  g_autoptr (GMimeMultipart) related = NULL;
  g_autoptr (GMimeObject) body = make_text (builder, "html", html, error);

  if (body == NULL)
    return NULL;
  for (guint i = 0; i < draft->attachments->len; i++)
    {
      WbDraftAttachment *attachment = draft->attachments->pdata[i];
      g_autoptr (GMimeObject) part = NULL;

      if (!is_inline (builder, attachment))
        continue;
      if (related == NULL)
        {
          related = make_multipart ("related");
          g_mime_object_set_content_type_parameter (GMIME_OBJECT (related), "type", "text/html");
          g_mime_multipart_add (related, body);
        }
      part = make_attachment (builder, attachment, TRUE, error);
      if (part == NULL)
        return NULL;
      g_mime_multipart_add (related, part);
    }
  return related != NULL ? GMIME_OBJECT (g_steal_pointer (&related)) : g_steal_pointer (&body);
}

static char *
html_from_text (const char *text)
{
  g_autofree char *normal = normalize_lines (text);
  g_autofree char *escaped = g_markup_escape_text (normal, -1);
  g_auto (GStrv) lines = g_strsplit (escaped, "\n", -1);
  g_autofree char *joined = g_strjoinv ("<br>\n", lines);

  return g_strconcat ("<html><body>", joined, "</body></html>", NULL);
}

/* What was written, in the shape that was asked for. */
static GMimeObject *
make_body (Builder *builder, GError **error)
{
  WbDraft *draft = builder->draft;
  gboolean plain = draft->text != NULL;
  gboolean html = draft->html != NULL;
  g_autofree char *made = NULL;
  g_autoptr (GMimeObject) plain_part = NULL;
  g_autoptr (GMimeObject) html_part = NULL;
  g_autoptr (GMimeMultipart) alternative = NULL;

  if (draft->format == WB_DRAFT_PLAIN || (draft->format != WB_DRAFT_HTML && !html))
    {
      plain = TRUE;
      html = FALSE;
    }
  else if (draft->format == WB_DRAFT_HTML)
    {
      plain = FALSE;
      html = TRUE;
    }
  else if (draft->format == WB_DRAFT_BOTH)
    plain = TRUE;
  if (html && draft->html != NULL)
    builder->cids = wb_html_list_cids (draft->html);

  if (plain)
    {
      if (draft->text == NULL && draft->html != NULL)
        made = wb_html_to_text (draft->html);
      plain_part = make_text (builder, "plain",
                              draft->text != NULL ? draft->text
                              : made != NULL      ? made
                                                  : "",
                              error);
      if (plain_part == NULL || !html)
        return g_steal_pointer (&plain_part);
    }
  if (draft->html == NULL)
    made = html_from_text (draft->text != NULL ? draft->text : "");
  html_part = make_html (builder, draft->html != NULL ? draft->html : made, error);
  if (html_part == NULL || !plain)
    return g_steal_pointer (&html_part);

  /* The richest last (RFC 2046 section 5.1.4). */
  alternative = make_multipart ("alternative");
  g_mime_multipart_add (alternative, plain_part);
  g_mime_multipart_add (alternative, html_part);
  return GMIME_OBJECT (g_steal_pointer (&alternative));
}

static GMimeObject *
make_tree (Builder *builder, GError **error)
{
  WbDraft *draft = builder->draft;
  g_autoptr (GMimeObject) body = make_body (builder, error);
  g_autoptr (GMimeMultipart) mixed = NULL;

  if (body == NULL)
    return NULL;
  for (guint i = 0; i < draft->attachments->len; i++)
    {
      WbDraftAttachment *attachment = draft->attachments->pdata[i];
      g_autoptr (GMimeObject) part = NULL;

      if (is_inline (builder, attachment))
        continue;
      if (mixed == NULL)
        {
          mixed = make_multipart ("mixed");
          g_mime_multipart_add (mixed, body);
        }
      part = make_attachment (builder, attachment, FALSE, error);
      if (part == NULL)
        return NULL;
      g_mime_multipart_add (mixed, part);
    }
  return mixed != NULL ? GMIME_OBJECT (g_steal_pointer (&mixed)) : g_steal_pointer (&body);
}

/* Headers */

static void
add_raw (GMimeMessage *message, const char *name, const char *raw)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (GMIME_OBJECT (message));
  GMimeHeader *header;

  g_mime_header_list_append (headers, name, "", NULL);
  header = g_mime_header_list_get_header_at (headers, g_mime_header_list_get_count (headers) - 1);
  g_mime_header_set_raw_value (header, raw);
}

static gboolean
add_addresses (Builder *builder,
               GMimeMessage *message,
               const char *name,
               GPtrArray *addresses,
               GError **error)
{
  g_autofree char *raw = NULL;

  if (addresses == NULL)
    return FALSE;
  if (addresses->len == 0)
    return TRUE;
  raw = wb_header_encode_addresses (name, addresses, builder->draft->charset);
  add_raw (message, name, raw);
  return TRUE;
}

static gboolean
add_text (Builder *builder,
          GMimeMessage *message,
          const char *name,
          const char *value,
          GError **error)
{
  g_autofree char *raw = NULL;

  if (!wb_mail_check_value (name, value, error))
    return FALSE;
  if (strlen (value) > MAXIMUM_HEADER)
    return invalid (error,
                    /* Translators: %s is a header field such as "Subject". */
                    _ ("“%s” is too long."), name);
  raw = wb_header_encode_text (name, value, builder->draft->charset);
  add_raw (message, name, raw);
  return TRUE;
}

/* The ids in @text, each once; what is none is left out, since they come from other people's mail.
 */
static void
collect_ids (GPtrArray *ids, const char *text)
{
  const char *at = text;

  while (at != NULL && (at = strchr (at, '<')) != NULL)
    {
      const char *end = at + 1;

      while (*end > ' ' && *end < 0x7f && *end != '<' && *end != '>')
        end++;
      if (*end == '>' && end - at > 2 && end - at < 900)
        {
          char *id = g_strndup (at, end + 1 - at);

          if (g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL))
            g_free (id);
          else
            g_ptr_array_add (ids, id);
        }
      at++;
    }
}

static gboolean
add_references (Builder *builder, GMimeMessage *message, GError **error)
{
  WbDraft *draft = builder->draft;
  g_autoptr (GPtrArray) parent = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *raw = NULL;
  g_autofree char *raw_all = NULL;

  if (draft->in_reply_to == NULL)
    return TRUE;
  if (!wb_mail_check_value ("In-Reply-To", draft->in_reply_to, error) ||
      (draft->references != NULL && !wb_mail_check_value ("References", draft->references, error)))
    return FALSE;

  collect_ids (parent, draft->in_reply_to);
  if (parent->len == 0)
    {
      g_autofree char *id = g_strconcat ("<", draft->in_reply_to, ">", NULL);

      collect_ids (parent, id);
    }
  if (parent->len == 0)
    return TRUE;
  collect_ids (all, draft->references);
  for (guint i = 0; i < parent->len; i++)
    collect_ids (all, parent->pdata[i]);
  /* The first names the conversation, the last the way to here (RFC 5537 section 3.4.4). */
  while (all->len > 40)
    g_ptr_array_remove_index (all, 1);

  g_ptr_array_add (parent, NULL);
  g_ptr_array_add (all, NULL);
  raw = wb_header_encode_tokens ("In-Reply-To", (const char *const *) parent->pdata);
  add_raw (message, "In-Reply-To", raw);
  raw_all = wb_header_encode_tokens ("References", (const char *const *) all->pdata);
  add_raw (message, "References", raw_all);
  return TRUE;
}

/* Of the sender's domain, never of this computer: its name is nobody's business. */
static char *
make_message_id (const char *sender)
{
  g_autofree char *uuid = g_uuid_string_random ();

  return g_strdup_printf (" <%" G_GINT64_FORMAT ".%s@%s>\n", g_get_real_time () / G_USEC_PER_SEC,
                          uuid, strrchr (sender, '@') + 1);
}

static gboolean
add_custom_headers (Builder *builder, GMimeMessage *message, GError **error)
{
  static const char *const ours[] = { "From",        "To",         "Cc",     "Bcc",
                                      "Reply-To",    "Subject",    "Date",   "Message-ID",
                                      "In-Reply-To", "References", "Sender", "MIME-Version",
                                      "Received",    "Return-Path" };
  GPtrArray *headers = builder->draft->headers;

  for (guint i = 0; i < headers->len; i++)
    {
      WbDraftHeader *header = headers->pdata[i];

      if (!wb_mail_check_value (_ ("Header name"), header->name, error))
        return FALSE;
      for (const char *p = header->name; *p != '\0'; p++)
        if (*p <= ' ' || *p >= 0x7f || *p == ':')
          return invalid (error,
                          /* Translators: %s is what was given as a header's name. */
                          _ ("“%s” cannot name a header: use letters, digits and “-”."),
                          header->name);
      if (*header->name == '\0' || strlen (header->name) > 76)
        return invalid (error,
                        /* Translators: %s is what was given as a header's name. */
                        _ ("“%s” cannot name a header: it is empty or too long."), header->name);
      for (gsize k = 0; k < G_N_ELEMENTS (ours); k++)
        if (g_ascii_strcasecmp (header->name, ours[k]) == 0 ||
            g_ascii_strncasecmp (header->name, "Content-", 8) == 0)
          return invalid (error,
                          /* Translators: %s is a header field such as "Date". */
                          _ ("The header “%s” is written by this program and cannot be added."),
                          header->name);
      if (!add_text (builder, message, header->name, header->value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_headers (Builder *builder, GMimeMessage *message, GError **error)
{
  WbDraft *draft = builder->draft;
  g_autofree char *sender = wb_draft_get_sender (draft, error);
  g_autoptr (GPtrArray) from = NULL;
  g_autoptr (GPtrArray) reply_to = NULL;
  g_autoptr (GPtrArray) to = NULL;
  g_autoptr (GPtrArray) cc = NULL;
  g_autoptr (GPtrArray) bcc = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = NULL;
  g_autofree char *date_line = NULL;
  g_autofree char *id_line = NULL;

  if (sender == NULL)
    return FALSE;
  from = wb_address_parse_list ("From", draft->from, error);
  if (!add_addresses (builder, message, "From", from, error))
    return FALSE;
  reply_to = wb_draft_parse_field (draft, WB_DRAFT_REPLY_TO, error);
  if (!add_addresses (builder, message, "Reply-To", reply_to, error))
    return FALSE;
  to = wb_draft_parse_field (draft, WB_DRAFT_TO, error);
  if (!add_addresses (builder, message, "To", to, error))
    return FALSE;
  cc = wb_draft_parse_field (draft, WB_DRAFT_CC, error);
  if (!add_addresses (builder, message, "Cc", cc, error))
    return FALSE;
  /* Checked like the others and written nowhere. */
  bcc = wb_draft_parse_field (draft, WB_DRAFT_BCC, error);
  if (bcc == NULL)
    return FALSE;

  if (!add_text (builder, message, "Subject", draft->subject != NULL ? draft->subject : "", error))
    return FALSE;
  date = g_mime_utils_header_format_date (now);
  date_line = g_strdup_printf (" %s\n", date);
  add_raw (message, "Date", date_line);
  id_line = make_message_id (sender);
  add_raw (message, "Message-ID", id_line);
  if (!add_references (builder, message, error) || !add_custom_headers (builder, message, error))
    return FALSE;
  add_raw (message, "MIME-Version", " 1.0\n");
  return TRUE;
}

/* Building */

static gboolean
check_charset (const char *charset, GError **error)
{
  gsize length;
  gsize bad;
  g_autofree char *probe = NULL;

  if (!is_token (charset, strlen (charset)) || !wb_mail_charset_is_known (charset))
    return invalid (error,
                    /* Translators: %s is the name of a charset. */
                    _ ("“%s” is no charset that this system knows."), charset);
  /* Mail needs line ends that are CR LF in bytes (RFC 2046 section 4.1.1). */
  probe = wb_mail_charset_encode ("a\n", charset, &length, &bad);
  if (probe == NULL || length != 2 || memcmp (probe, "a\n", 2) != 0)
    return invalid (error,
                    /* Translators: %s is the name of a charset. */
                    _ ("%s cannot be used in mail. Choose UTF-8."), charset);
  return TRUE;
}

static gboolean
check_attached (WbDraft *draft, GError **error)
{
  guint64 total = 0;

  for (guint i = 0; i < draft->attachments->len; i++)
    {
      WbDraftAttachment *attachment = draft->attachments->pdata[i];
      struct stat info;

      if (attachment->bytes != NULL)
        total += g_bytes_get_size (attachment->bytes);
      else if (stat (attachment->path, &info) == 0)
        total += info.st_size;
    }
  if (total <= WB_DRAFT_MAXIMUM_ATTACHED)
    return TRUE;
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
               /* Translators: %d is a number of MiB. */
               _ ("The attachments are too large together: a mail holds %d MiB at most. Send them "
                  "by FTP and mail their address."),
               (int) (WB_DRAFT_MAXIMUM_ATTACHED / 1024 / 1024));
  return FALSE;
}

static gboolean
check_watched (Builder *builder, GError **error)
{
  for (guint i = 0; i < builder->watched->len; i++)
    {
      Watched *watched = builder->watched->pdata[i];
      gint64 read = g_mime_stream_tell (watched->stream);
      g_autofree char *shown = g_filename_display_name (watched->path);
      struct stat info = { 0 };

      if (fstat (watched->fd, &info) != 0 || (guint64) info.st_size != watched->size)
        return invalid (error,
                        /* Translators: %s is a file. */
                        _ ("“%s” changed while it was read. Try again when nothing writes to it."),
                        shown);
      if (read > (gint64) WB_DRAFT_MAXIMUM_ATTACHED)
        return invalid (error,
                        /* Translators: %s is a file. */
                        _ ("“%s” is too large to send by mail."), shown);
    }
  return TRUE;
}

static GBytes *
write_message (Builder *builder, GMimeMessage *message, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GMimeStream) memory = g_mime_stream_mem_new_with_byte_array (bytes);
  g_autoptr (GBytes) result = NULL;
  GMimeFormatOptions *options = g_mime_format_options_new ();
  gssize written;

  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (memory), FALSE);
  g_mime_format_options_set_newline_format (options, GMIME_NEWLINE_FORMAT_DOS);
  g_mime_format_options_add_hidden_header (options, "Bcc");
  errno = 0;
  written = g_mime_object_write_to_stream (GMIME_OBJECT (message), options, memory);
  g_mime_format_options_free (options);
  result = g_byte_array_free_to_bytes (bytes);

  if (written < 0)
    {
      /* Translators: %s is the system's reason. */
      invalid (error, _ ("An attachment could not be read to its end: %s."), g_strerror (errno));
      return NULL;
    }
  return check_watched (builder, error) ? g_steal_pointer (&result) : NULL;
}

/**
 * wb_draft_build:
 *
 * Makes the message: MIME of the shape that the draft needs, lines ending in CRLF and
 * below 998 bytes, ASCII throughout unless an address is not, without Bcc. Whatever
 * stands in a header is checked here. (RFC 5322, 2045–2047, 2231, 2387.)
 *
 * May be called on any thread, by one at a time.
 *
 * Returns: (transfer full): the message, or %NULL with %WB_MAIL_ERROR_INVALID or
 *   %WB_MAIL_ERROR_TOO_LARGE set
 */
GBytes *
wb_draft_build (WbDraft *self, GError **error)
{
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GMimeObject) tree = NULL;
  g_autoptr (GPtrArray) watched = NULL;
  Builder builder = { 0 };

  g_return_val_if_fail (WB_IS_DRAFT (self), NULL);

  wb_gmime_init ();
  if (!check_charset (self->charset, error) || !check_attached (self, error))
    return NULL;

  watched = g_ptr_array_new_with_free_func ((GDestroyNotify) watched_free);
  builder.draft = self;
  builder.watched = watched;
  message = g_mime_message_new (FALSE);
  if (!add_headers (&builder, message, error))
    return NULL;
  tree = make_tree (&builder, error);
  g_clear_pointer (&builder.cids, g_hash_table_unref);
  if (tree == NULL)
    return NULL;
  g_mime_message_set_mime_part (message, tree);
  return write_message (&builder, message, error);
}

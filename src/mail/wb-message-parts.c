/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-message.h"
#include "wb-message-private.h"

#include "wb-draft.h"
#include "wb-header-decode.h"
#include "wb-html-refs.h"
#include "wb-mail-charset.h"
#include "wb-mail-gmime.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CHUNK (64 * 1024)
#define SNIFFED 2048

WbMessagePart *
wb_message_part_new (const char *type)
{
  WbPartSource *source = g_new0 (WbPartSource, 1);

  source->part.type = g_ascii_strdown (type, -1);
  return &source->part;
}

void
wb_message_part_free (WbMessagePart *part)
{
  g_free (part->number);
  g_free (part->type);
  g_free (part->charset);
  g_free (part->disposition);
  g_free (part->file_name);
  g_free (part->content_id);
  g_free (part->sha256);
  g_clear_pointer (&part->parts, g_ptr_array_unref);
  g_free ((WbPartSource *) part);
}

/* Building the tree */

/* Where the part that starts at @start ends: before the next delimiter of the multipart around it.
 */
static gsize
find_end (WbMessage *self, gsize start, gsize end, const char *boundary)
{
  const char *data = g_bytes_get_data (self->source, NULL);
  g_autofree char *delimiter = NULL;
  const char *found;

  if (boundary == NULL || start >= end)
    return end;
  delimiter = g_strconcat ("\n--", boundary, NULL);
  found = memmem (data + start, end - start, delimiter, strlen (delimiter));
  if (found == NULL)
    return end;
  return found > data + start && found[-1] == '\r' ? found - 1 - data : found - data;
}

static gsize
find_start (GMimeMessage *message, gsize end)
{
  GMimeObject *objects[] = { GMIME_OBJECT (message), g_mime_message_get_mime_part (message) };
  gint64 start = end;

  for (gsize i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      GMimeHeaderList *headers =
          objects[i] != NULL ? g_mime_object_get_header_list (objects[i]) : NULL;

      if (headers == NULL || g_mime_header_list_get_count (headers) == 0)
        continue;
      start = MIN (start, g_mime_header_get_offset (g_mime_header_list_get_header_at (headers, 0)));
    }
  return MAX (start, 0);
}

/* A parameter of a header, decoded; where GMime might decode it wrongly, from a header in which it
   cannot. */
static char *
get_parameter (GMimeObject *object, const char *name, const char *parameter)
{
  const char *raw = NULL;
  g_autofree char *unified = NULL;
  GMimeHeader *header;
  gboolean disposition = strcmp (name, "Content-Disposition") == 0;

  header = g_mime_header_list_get_header (g_mime_object_get_header_list (object), name);
  if (header != NULL)
    raw = g_mime_header_get_raw_value (header);
  if (raw == NULL)
    return NULL;
  if (g_str_is_ascii (raw) && strstr (raw, "=?") == NULL)
    return g_strdup (disposition
                         ? g_mime_object_get_content_disposition_parameter (object, parameter)
                         : g_mime_object_get_content_type_parameter (object, parameter));
  unified = wb_header_unify_words (raw, NULL);
  if (disposition)
    {
      g_autoptr (GMimeContentDisposition) parsed = g_mime_content_disposition_parse (NULL, unified);

      return parsed != NULL
                 ? g_strdup (g_mime_content_disposition_get_parameter (parsed, parameter))
                 : NULL;
    }
  else
    {
      g_autoptr (GMimeContentType) parsed = g_mime_content_type_parse (NULL, unified);

      return parsed != NULL ? g_strdup (g_mime_content_type_get_parameter (parsed, parameter))
                            : NULL;
    }
}

static char *
get_file_name (GMimeObject *object)
{
  g_autofree char *name = get_parameter (object, "Content-Disposition", "filename");

  if (name == NULL || *name == '\0')
    {
      g_free (name);
      name = get_parameter (object, "Content-Type", "name");
    }
  return wb_mail_safe_file_name (name);
}

static void
describe (WbMessagePart *part, GMimeObject *object)
{
  GMimeContentType *type = g_mime_object_get_content_type (object);
  const char *charset = g_mime_content_type_get_parameter (type, "charset");
  const char *disposition = g_mime_object_get_disposition (object);
  const char *content_id = g_mime_object_get_content_id (object);

  if (charset != NULL && *charset != '\0')
    part->charset = g_utf8_make_valid (charset, -1);
  /* What is unknown is an attachment (RFC 2183 section 2.8). */
  if (disposition != NULL && *disposition != '\0')
    part->disposition =
        g_strdup (g_ascii_strcasecmp (disposition, "inline") == 0 ? "inline" : "attachment");
  if (content_id != NULL && *content_id != '\0')
    part->content_id = g_utf8_make_valid (content_id, -1);
  part->file_name = get_file_name (object);
}

static void
place_content (WbPartSource *source, GMimePart *leaf, gsize end)
{
  GMimeDataWrapper *content = g_mime_part_get_content (leaf);
  GMimeStream *stream = content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL;

  if (stream == NULL)
    return;
  source->offset = stream->bound_start;
  source->length = (stream->bound_end < 0 ? (gint64) end : stream->bound_end) - stream->bound_start;
  source->encoding = g_mime_part_get_content_encoding (leaf);
}

/* RFC 3676 section 3 */
static void
find_flow (WbPartSource *source, GMimeObject *object)
{
  GMimeContentType *type = g_mime_object_get_content_type (object);
  const char *format = g_mime_content_type_get_parameter (type, "format");
  const char *delete_space = g_mime_content_type_get_parameter (type, "delsp");

  source->flowed = format != NULL && g_ascii_strcasecmp (format, "flowed") == 0;
  source->delete_space = delete_space != NULL && g_ascii_strcasecmp (delete_space, "yes") == 0;
}

static WbMessagePart *build (WbMessage *self,
                             GMimeObject *object,
                             const char *prefix,
                             guint index,
                             gsize end,
                             const char *boundary);

static void
build_enclosed (WbMessage *self, WbMessagePart *part, GMimeObject *object, gsize end)
{
  GMimeMessage *message = g_mime_message_part_get_message (GMIME_MESSAGE_PART (object));
  GMimeObject *root = message != NULL ? g_mime_message_get_mime_part (message) : NULL;
  WbPartSource *source = (WbPartSource *) part;

  part->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_message_part_free);
  source->encoding = GMIME_CONTENT_ENCODING_DEFAULT;
  if (message == NULL)
    return;
  source->offset = find_start (message, end);
  source->length = end - source->offset;
  if (root != NULL)
    g_ptr_array_add (part->parts, build (self, root, part->number,
                                         GMIME_IS_MULTIPART (root) ? 0 : 1, end, NULL));
}

/* How deep this goes was checked before. */
static WbMessagePart *
build (WbMessage *self,
       GMimeObject *object,
       const char *prefix,
       guint index,
       gsize end,
       const char *boundary)
{
  GMimeContentType *type = g_mime_object_get_content_type (object);
  g_autofree char *name = g_mime_content_type_get_mime_type (type);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  WbMessagePart *part = wb_message_part_new (valid);

  part->number =
      *prefix != '\0' ? g_strdup_printf ("%s.%u", prefix, index) : g_strdup_printf ("%u", index);
  describe (part, object);
  if (GMIME_IS_MULTIPART (object))
    {
      GMimeMultipart *multipart = GMIME_MULTIPART (object);
      const char *own = g_mime_object_get_content_type_parameter (object, "boundary");
      int count = g_mime_multipart_get_count (multipart);

      part->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_message_part_free);
      for (int i = 0; i < count; i++)
        g_ptr_array_add (part->parts, build (self, g_mime_multipart_get_part (multipart, i),
                                             index == 0 ? prefix : part->number, i + 1, end, own));
    }
  else if (GMIME_IS_MESSAGE_PART (object))
    {
      GMimeMessage *message = g_mime_message_part_get_message (GMIME_MESSAGE_PART (object));

      if (message != NULL)
        end = find_end (self, find_start (message, end), end, boundary);
      build_enclosed (self, part, object, end);
    }
  else if (GMIME_IS_PART (object))
    {
      place_content ((WbPartSource *) part, GMIME_PART (object), end);
      find_flow ((WbPartSource *) part, object);
    }
  return part;
}

/* (transfer full): what @root and the parts in it are, and where in the source, which ends at @end.
 */
WbMessagePart *
wb_message_build_tree (WbMessage *self, GMimeObject *root, gsize end)
{
  return build (self, root, "", GMIME_IS_MULTIPART (root) ? 0 : 1, end, NULL);
}

/* Content */

static gboolean
is_encoded (const WbPartSource *source)
{
  return source->encoding == GMIME_CONTENT_ENCODING_BASE64 ||
         source->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
         source->encoding == GMIME_CONTENT_ENCODING_UUENCODE;
}

typedef void (*ChunkFunc) (const guint8 *data, gsize length, gpointer user_data);

/* Decodes piece by piece, so that a large part costs no memory of its own, until @maximum encoded
   bytes. */
static void
decode_in_chunks (WbMessage *self,
                  const WbPartSource *source,
                  gsize maximum,
                  ChunkFunc func,
                  gpointer user_data)
{
  const char *data = (const char *) g_bytes_get_data (self->source, NULL) + source->offset;
  gsize length = MIN (source->length, maximum);
  g_autoptr (GMimeFilter) filter = NULL;

  if (!is_encoded (source))
    {
      func ((const guint8 *) data, length, user_data);
      return;
    }
  filter = g_mime_filter_basic_new (source->encoding, FALSE);
  for (gsize at = 0; at < length || at == 0; at += CHUNK)
    {
      gsize take = MIN (CHUNK, length - at);
      char *out = NULL;
      size_t written = 0;
      size_t room = 0;

      /* GMime reads only. */
      if (at + take < length)
        g_mime_filter_filter (filter, (char *) data + at, take, 0, &out, &written, &room);
      else
        g_mime_filter_complete (filter, (char *) data + at, take, 0, &out, &written, &room);
      func ((const guint8 *) out, written, user_data);
    }
}

static void
append_cb (const guint8 *data, gsize length, gpointer user_data)
{
  g_byte_array_append (user_data, data, length);
}

typedef struct
{
  GChecksum *checksum;
  guint64 size;
} Hash;

static void
hash_cb (const guint8 *data, gsize length, gpointer user_data)
{
  Hash *hash = user_data;

  g_checksum_update (hash->checksum, data, length);
  hash->size += length;
}

/* The usual small part, without the filter and the copies that pieces need. */
static GBytes *
decode_at_once (WbMessage *self, const WbPartSource *source, gsize length)
{
  const char *data = (const char *) g_bytes_get_data (self->source, NULL) + source->offset;
  GMimeEncoding decoder;
  char *out;
  gsize written;

  g_mime_encoding_init_decode (&decoder, source->encoding);
  out = g_malloc (g_mime_encoding_outlen (&decoder, length) + 1);
  written = g_mime_encoding_flush (&decoder, data, length, out);
  return g_bytes_new_take (out, written);
}

/* (transfer full): the decoded content of a leaf, of its first @maximum bytes as they are sent. */
GBytes *
wb_message_part_decode (WbMessage *self, const WbMessagePart *part, gsize maximum)
{
  const WbPartSource *source = (const WbPartSource *) part;
  GByteArray *bytes;

  if (!is_encoded (source))
    return g_bytes_new_from_bytes (self->source, source->offset, MIN (source->length, maximum));
  if (source->encoding != GMIME_CONTENT_ENCODING_UUENCODE && source->length <= CHUNK)
    return decode_at_once (self, source, MIN (source->length, maximum));
  bytes = g_byte_array_new ();
  decode_in_chunks (self, source, maximum, append_cb, bytes);
  return g_byte_array_free_to_bytes (bytes);
}

void
wb_message_part_hash (WbMessage *self, WbMessagePart *part)
{
  Hash hash = { 0 };

  if (part->parts != NULL)
    for (guint i = 0; i < part->parts->len; i++)
      wb_message_part_hash (self, part->parts->pdata[i]);
  if (part->parts != NULL && g_str_has_prefix (part->type, "multipart/"))
    return;

  hash.checksum = g_checksum_new (G_CHECKSUM_SHA256);
  decode_in_chunks (self, (const WbPartSource *) part, G_MAXSIZE, hash_cb, &hash);
  part->size = hash.size;
  part->sha256 = g_strdup (g_checksum_get_string (hash.checksum));
  g_checksum_free (hash.checksum);
}

/* The text to read */

static void
find_bodies (WbMessage *self, const WbMessagePart *part)
{
  if (part->parts == NULL)
    {
      if (g_strcmp0 (part->disposition, "attachment") == 0)
        return;
      if (self->text_part == NULL && strcmp (part->type, "text/plain") == 0)
        self->text_part = part;
      else if (self->html_part == NULL && strcmp (part->type, "text/html") == 0)
        self->html_part = part;
      return;
    }
  /* A message that was enclosed is to be opened by itself. */
  if (!g_str_has_prefix (part->type, "multipart/"))
    return;
  for (guint i = 0; i < part->parts->len; i++)
    {
      find_bodies (self, part->parts->pdata[i]);
      /* What follows is what the first part refers to (RFC 2387). */
      if (strcmp (part->type, "multipart/related") == 0)
        break;
    }
}

/* HTML may name its charset itself where the header does not. */
static char *
find_meta_charset (const char *data, gsize length)
{
  g_autofree char *head = g_ascii_strdown (data, MIN (length, SNIFFED));
  const char *at = strstr (head, "charset=");
  gsize name;

  if (at == NULL)
    return NULL;
  at += strlen ("charset=");
  at += strspn (at, "\"' ");
  name = strcspn (at, "\"' >;/");
  return name > 0 && name < 60 ? g_strndup (at, name) : NULL;
}

/* Lines end in LF for whoever reads on. */
static void
remove_carriage_returns (char *text)
{
  char *end = text + strlen (text);
  char *to = text;
  char *from = text;

  while (from < end)
    {
      char *found = memchr (from, '\r', end - from);
      char *stop = found != NULL ? found : end;
      gboolean ends_line = found != NULL && found[1] == '\n';

      stop += found != NULL && !ends_line;
      memmove (to, from, stop - from);
      to += stop - from;
      from = ends_line ? stop + 1 : stop;
    }
  *to = '\0';
}

static char *
read_text (WbMessage *self, const WbMessagePart *part)
{
  const WbPartSource *source = (const WbPartSource *) part;
  g_autoptr (GBytes) bytes = wb_message_part_decode (self, part, WB_MESSAGE_MAXIMUM_TEXT);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *meta = NULL;
  g_autofree char *text = NULL;
  const char *trouble = NULL;

  if (length > 0 && part->charset == NULL && strcmp (part->type, "text/html") == 0)
    meta = find_meta_charset (data, length);
  text =
      wb_mail_charset_decode (data, length, part->charset != NULL ? part->charset : meta, &trouble);
  wb_message_warn (self, trouble);
  if (source->length > WB_MESSAGE_MAXIMUM_TEXT)
    wb_message_warn (self, _ ("The text is very long; only its beginning is shown."));

  remove_carriage_returns (text);
  if (source->flowed && strcmp (part->type, "text/plain") == 0)
    {
      g_autofree char *lines = g_steal_pointer (&text);

      text = wb_text_unflow (lines, source->delete_space);
    }
  return g_steal_pointer (&text);
}

void
wb_message_find_bodies (WbMessage *self)
{
  find_bodies (self, self->tree);
  if (self->text_part != NULL)
    self->text = read_text (self, self->text_part);
  if (self->html_part != NULL)
    {
      self->html = read_text (self, self->html_part);
      self->cids = wb_html_list_cids (self->html);
    }
}

/**
 * wb_message_get_text:
 *
 * Returns: (transfer none) (nullable): the plain text meant for reading, lines ending in LF and,
 * where the sender said so (`format=flowed`), a paragraph each; %NULL if the sender wrote none
 */
const char *
wb_message_get_text (WbMessage *self)
{
  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);

  return self->text;
}

/**
 * wb_message_get_html:
 *
 * Returns: (transfer none) (nullable): the formatted text meant for reading, to be shown with
 *   scripts off and nothing loaded; %NULL if the sender wrote none
 */
const char *
wb_message_get_html (WbMessage *self)
{
  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);

  return self->html;
}

/**
 * wb_message_get_tree:
 *
 * Gives the parts as they are nested. The first call reads and hashes them all.
 *
 * Safe from any thread.
 *
 * Returns: (transfer none): the outermost part
 */
const WbMessagePart *
wb_message_get_tree (WbMessage *self)
{
  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);

  g_mutex_lock (&self->lock);
  if (!self->hashed)
    wb_message_part_hash (self, self->tree);
  self->hashed = TRUE;
  g_mutex_unlock (&self->lock);
  return self->tree;
}

static void
collect_attachments (WbMessage *self, const WbMessagePart *part, GPtrArray *attachments)
{
  if (g_str_has_prefix (part->type, "multipart/") && part->parts != NULL)
    {
      for (guint i = 0; i < part->parts->len; i++)
        collect_attachments (self, part->parts->pdata[i], attachments);
      return;
    }
  if (part == self->text_part || part == self->html_part)
    return;
  if (self->cids != NULL && part->content_id != NULL &&
      g_hash_table_contains (self->cids, part->content_id))
    return;
  g_ptr_array_add (attachments, (gpointer) part);
}

/**
 * wb_message_get_attachments:
 *
 * Gives all parts that the text does not show: not the text itself, and not the pictures that
 * the HTML refers to. An enclosed message is one attachment.
 *
 * Safe from any thread.
 *
 * Returns: (transfer container) (element-type WbMessagePart): the parts, owned by the message
 */
GPtrArray *
wb_message_get_attachments (WbMessage *self)
{
  GPtrArray *attachments;

  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);

  attachments = g_ptr_array_new ();
  collect_attachments (self, wb_message_get_tree (self), attachments);
  return attachments;
}

static const WbMessagePart *
find_part (const WbMessagePart *part, const char *number)
{
  if (g_strcmp0 (part->number, number) == 0)
    return part;
  for (guint i = 0; part->parts != NULL && i < part->parts->len; i++)
    {
      const WbMessagePart *found = find_part (part->parts->pdata[i], number);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/**
 * wb_message_get_part_content:
 * @number: a part's number
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): its decoded bytes, those of the whole message for an
 *   enclosed one; %NULL if there is no such part or it is a multipart
 */
GBytes *
wb_message_get_part_content (WbMessage *self, const char *number)
{
  const WbMessagePart *part;

  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (number != NULL, NULL);

  part = find_part (self->tree, number);
  if (part == NULL || (part->parts != NULL && g_str_has_prefix (part->type, "multipart/")))
    return NULL;
  return wb_message_part_decode (self, part, G_MAXSIZE);
}

static const WbMessagePart *
find_cid (const WbMessagePart *part, const char *content_id)
{
  if (part->parts == NULL)
    return g_strcmp0 (part->content_id, content_id) == 0 ? part : NULL;
  /* Another message's pictures are its own. */
  if (!g_str_has_prefix (part->type, "multipart/"))
    return NULL;
  for (guint i = 0; i < part->parts->len; i++)
    {
      const WbMessagePart *found = find_cid (part->parts->pdata[i], content_id);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/**
 * wb_message_get_cid_content:
 * @content_id: what the HTML calls it after `cid:`
 * @content_type: (out) (optional): its type
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): the part's decoded bytes, or %NULL if there is none
 */
GBytes *
wb_message_get_cid_content (WbMessage *self, const char *content_id, char **content_type)
{
  const WbMessagePart *part;

  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (content_id != NULL, NULL);

  part = find_cid (self->tree, content_id);
  if (part == NULL)
    return NULL;
  if (content_type != NULL)
    *content_type = g_strdup (part->type);
  return wb_message_part_decode (self, part, G_MAXSIZE);
}

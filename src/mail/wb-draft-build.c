/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-draft.h"
#include "wb-draft-private.h"
#include "wb-draft-sink.h"

#include "wb-address.h"
#include "wb-header-encode.h"
#include "wb-html-refs.h"
#include "wb-mail-charset.h"
#include "wb-mail-gmime.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#define MAXIMUM_HEADER (256 * 1024)

/* The tree */

/* Of the texts too, so that it stands in none of them, were one a copy of this very mail. */
static char *
make_boundary (WbDraft *draft, const char *subtype)
{
  const char *texts[] = { draft->identity, subtype, draft->text, draft->html };
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  if (draft->identity == NULL)
    return g_uuid_string_random ();
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL)
      g_checksum_update (sum, (const guchar *) texts[i], (gssize) strlen (texts[i]) + 1);
  return g_strndup (g_checksum_get_string (sum), 32);
}

static GMimeMultipart *
make_multipart (WbDraftBuilder *builder, const char *subtype)
{
  GMimeMultipart *multipart = g_mime_multipart_new_with_subtype (subtype);
  g_autofree char *unique = make_boundary (builder->draft, subtype);
  g_autofree char *boundary = NULL;

  /* "=_" occurs in no base64 or quoted-printable text (RFC 2045 section 6.7). */
  boundary = g_strconcat ("=_", unique, NULL);
  g_mime_object_set_content_type_parameter (GMIME_OBJECT (multipart), "boundary", boundary);
  return multipart;
}

static gboolean
is_inline (WbDraftBuilder *builder, WbDraftAttachment *attachment)
{
  return builder->cids != NULL && attachment->content_id != NULL &&
         g_hash_table_contains (builder->cids, attachment->content_id);
}

static GMimeObject *
make_html (WbDraftBuilder *builder, const char *html, GError **error)
{
  WbDraft *draft = builder->draft;
  g_autoptr (GMimeMultipart) related = NULL;
  g_autoptr (GMimeObject) body = wb_draft_make_text (builder, "html", html, error);

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
          related = make_multipart (builder, "related");
          g_mime_object_set_content_type_parameter (GMIME_OBJECT (related), "type", "text/html");
          g_mime_multipart_add (related, body);
        }
      part = wb_draft_make_attachment (builder, attachment, TRUE, error);
      if (part == NULL)
        return NULL;
      g_mime_multipart_add (related, part);
    }
  return related != NULL ? GMIME_OBJECT (g_steal_pointer (&related)) : g_steal_pointer (&body);
}

static char *
html_from_text (const char *text)
{
  g_autofree char *normal = wb_draft_normalize_lines (text);
  g_autofree char *escaped = g_markup_escape_text (normal, -1);
  g_auto (GStrv) lines = g_strsplit (escaped, "\n", -1);
  g_autofree char *joined = g_strjoinv ("<br>\n", lines);

  return g_strconcat ("<html><body>", joined, "</body></html>", NULL);
}

/* What was written, in the shape that was asked for. */
static GMimeObject *
make_body (WbDraftBuilder *builder, GError **error)
{
  WbDraft *draft = builder->draft;
  gboolean plain = draft->text != NULL;
  gboolean html = draft->html != NULL;
  g_autofree char *made = NULL;
  g_autoptr (GMimeObject) plain_part = NULL;
  g_autoptr (GMimeObject) html_part = NULL;
  g_autoptr (GMimeMultipart) alternative = NULL;

  if (draft->format == WB_DRAFT_BOTH)
    plain = html = plain || html;
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
  if (html && draft->html != NULL)
    builder->cids = wb_html_list_cids (draft->html);

  if (plain)
    {
      if (draft->text == NULL && draft->html != NULL)
        made = wb_html_to_text (draft->html);
      plain_part = wb_draft_make_text (builder, "plain",
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
  alternative = make_multipart (builder, "alternative");
  g_mime_multipart_add (alternative, plain_part);
  g_mime_multipart_add (alternative, html_part);
  return GMIME_OBJECT (g_steal_pointer (&alternative));
}

static GMimeObject *
make_tree (WbDraftBuilder *builder, GError **error)
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
          mixed = make_multipart (builder, "mixed");
          g_mime_multipart_add (mixed, body);
        }
      part = wb_draft_make_attachment (builder, attachment, FALSE, error);
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
add_addresses (WbDraftBuilder *builder,
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
add_text (WbDraftBuilder *builder,
          GMimeMessage *message,
          const char *name,
          const char *value,
          GError **error)
{
  g_autofree char *raw = NULL;

  if (!wb_mail_check_value (name, value, error))
    return FALSE;
  if (strlen (value) > MAXIMUM_HEADER)
    return wb_draft_invalid (error,
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
add_references (WbDraftBuilder *builder, GMimeMessage *message, GError **error)
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
make_message_id (WbDraft *draft, const char *sender)
{
  g_autofree char *identity =
      draft->identity != NULL ? g_strdup (draft->identity) : wb_draft_create_identity ();

  return g_strdup_printf (" <%s@%s>\n", identity, strrchr (sender, '@') + 1);
}

static gboolean
add_custom_headers (WbDraftBuilder *builder, GMimeMessage *message, GError **error)
{
  static const char *const ours[] = { "From",        "To",          "Cc",        "Bcc",
                                      "Reply-To",    "Subject",     "Date",      "Message-ID",
                                      "In-Reply-To", "References",  "Sender",    "MIME-Version",
                                      "Received",    "Return-Path", "Resent-Bcc" };
  GPtrArray *headers = builder->draft->headers;

  for (guint i = 0; i < headers->len; i++)
    {
      WbDraftHeader *header = headers->pdata[i];
      g_autofree char *shown = wb_mail_shorten (header->name);

      if (!wb_mail_check_value (_ ("Header name"), header->name, error))
        return FALSE;
      for (const char *p = header->name; *p != '\0'; p++)
        if (*p <= ' ' || *p >= 0x7f || *p == ':')
          return wb_draft_invalid (error,
                                   /* Translators: %s is what was given as a header's name. */
                                   _ ("“%s” cannot name a header: use letters, digits and “-”."),
                                   shown);
      if (*header->name == '\0' || strlen (header->name) > 76)
        return wb_draft_invalid (error,
                                 /* Translators: %s is what was given as a header's name. */
                                 _ ("“%s” cannot name a header: it is empty or too long."), shown);
      for (gsize k = 0; k < G_N_ELEMENTS (ours); k++)
        if (g_ascii_strcasecmp (header->name, ours[k]) == 0 ||
            g_ascii_strncasecmp (header->name, "Content-", 8) == 0)
          return wb_draft_invalid (
              error,
              /* Translators: %s is a header field such as "Date". */
              _ ("The header “%s” is written by this program and cannot be added."), header->name);
      if (!add_text (builder, message, header->name, header->value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_headers (WbDraftBuilder *builder, GMimeMessage *message, GError **error)
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
  id_line = make_message_id (draft, sender);
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

  if (!wb_mail_is_token (charset, strlen (charset)) || !wb_mail_charset_is_known (charset))
    {
      g_autofree char *shown = wb_mail_shorten (charset);

      return wb_draft_invalid (error,
                               /* Translators: %s is the name of a charset. */
                               _ ("“%s” is no charset that this system knows."), shown);
    }
  /* Mail needs line ends that are CR LF in bytes (RFC 2046 section 4.1.1). */
  probe = wb_mail_charset_encode ("a\n", charset, &length, &bad);
  if (probe == NULL || length != 2 || memcmp (probe, "a\n", 2) != 0)
    return wb_draft_invalid (error,
                             /* Translators: %s is the name of a charset. */
                             _ ("%s cannot be used in mail. Choose UTF-8."), charset);
  return TRUE;
}

static gboolean
check_attached (WbDraft *draft, guint64 *attached, GError **error)
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
  *attached = total;
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
check_watched (WbDraftBuilder *builder, GError **error)
{
  for (guint i = 0; i < builder->watched->len; i++)
    {
      WbDraftWatched *watched = builder->watched->pdata[i];
      gint64 read = g_mime_stream_tell (watched->stream);
      g_autofree char *shown = g_filename_display_name (watched->path);
      struct stat info = { 0 };

      if (fstat (watched->fd, &info) != 0 || (guint64) info.st_size != watched->size)
        {
          g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE,
                       /* Translators: %s is a file. */
                       _ ("“%s” changed while it was read. Try again when nothing writes to it."),
                       shown);
          return FALSE;
        }
      if (read > (gint64) WB_DRAFT_MAXIMUM_ATTACHED)
        {
          g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                       /* Translators: %s is a file. */
                       _ ("“%s” is too large to send by mail."), shown);
          return FALSE;
        }
    }
  return TRUE;
}

static WbMailSource *
write_message (WbDraftBuilder *builder, GMimeMessage *message, WbDraftSink *sink, GError **error)
{
  GMimeFormatOptions *options = g_mime_format_options_new ();
  gssize written;
  int code;

  g_mime_format_options_set_newline_format (options, GMIME_NEWLINE_FORMAT_DOS);
  g_mime_format_options_add_hidden_header (options, "Bcc");
  g_mime_format_options_add_hidden_header (options, "Resent-Bcc");
  errno = 0;
  written = g_mime_object_write_to_stream (GMIME_OBJECT (message), options, GMIME_STREAM (sink));
  code = errno;
  g_mime_format_options_free (options);

  if (wb_draft_sink_failed (sink, error))
    return NULL;
  if (written < 0)
    {
      /* Translators: %s is the system's reason. */
      wb_draft_invalid (error, _ ("An attachment could not be read to its end: %s."),
                        g_strerror (code));
      return NULL;
    }
  return check_watched (builder, error) ? wb_draft_sink_finish (sink, error) : NULL;
}

static WbMailSource *
build (WbDraft *self, gboolean in_memory, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GMimeObject) tree = NULL;
  g_autoptr (GPtrArray) watched = NULL;
  g_autoptr (WbDraftSink) sink = NULL;
  WbDraftBuilder builder = { 0 };
  guint64 attached = 0;

  wb_gmime_init ();
  if (!check_charset (self->charset, error) || !check_attached (self, &attached, error))
    return NULL;
  sink = wb_draft_sink_new (cancellable);
  if (!in_memory && attached > WB_DRAFT_MAXIMUM_IN_MEMORY && !wb_draft_sink_use_file (sink, error))
    return NULL;

  watched = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_draft_watched_free);
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
  return write_message (&builder, message, sink, error);
}

/**
 * wb_draft_build_source:
 *
 * Makes the message: MIME of the shape that the draft needs, lines ending in CRLF and
 * below 998 bytes, ASCII throughout unless an address is not, without Bcc. Whatever
 * stands in a header is checked here. (RFC 5322, 2045–2047, 2231, 2387.) One with large
 * attachments is in a temporary file, not in memory.
 *
 * Blocks; may be called on any thread, by one at a time.
 *
 * Returns: (transfer full): the message, or %NULL with %WB_MAIL_ERROR_INVALID,
 *   %WB_MAIL_ERROR_FILE, %WB_MAIL_ERROR_TOO_LARGE, %WB_MAIL_ERROR_STORE or
 *   %G_IO_ERROR_CANCELLED set
 */
WbMailSource *
wb_draft_build_source (WbDraft *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (WB_IS_DRAFT (self), NULL);

  return build (self, FALSE, cancellable, error);
}

/**
 * wb_draft_build:
 *
 * wb_draft_build_source() in memory.
 *
 * May be called on any thread, by one at a time.
 *
 * Returns: (transfer full): the message, or %NULL with %WB_MAIL_ERROR_INVALID,
 *   %WB_MAIL_ERROR_FILE or %WB_MAIL_ERROR_TOO_LARGE set
 */
GBytes *
wb_draft_build (WbDraft *self, GError **error)
{
  g_autoptr (WbMailSource) source = NULL;

  g_return_val_if_fail (WB_IS_DRAFT (self), NULL);

  source = build (self, TRUE, NULL, error);
  return source != NULL ? wb_mail_source_read (source, 0, error) : NULL;
}

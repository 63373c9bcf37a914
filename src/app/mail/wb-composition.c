/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composition.h"

#include "wb-address-book.h"
#include "wb-address.h"
#include "wb-html-pictures.h"
#include "wb-outbox.h"
#include "wb-reply.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What only a draft needs, such as an address that is half typed, stands in one header of it. */
#define DRAFT_HEADER "X-Wirebench-Draft"
#define DRAFT_GROUP "draft"

/* Attachments above this are not read for a preview that is made anew at each pause. */
#define PREVIEW_MAX (256 * 1024)

/**
 * wb_composition_new:
 *
 * Any thread.
 *
 * Returns: (transfer full): an empty one
 */
WbComposition *
wb_composition_new (void)
{
  WbComposition *self = g_new0 (WbComposition, 1);

  self->format = WB_DRAFT_BOTH;
  self->attachments = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

/**
 * wb_composition_free:
 * @self: (nullable): what to free
 *
 * Any thread.
 */
void
wb_composition_free (WbComposition *self)
{
  if (!self)
    return;
  g_free (self->from);
  g_free (self->to);
  g_free (self->cc);
  g_free (self->bcc);
  g_free (self->reply_to);
  g_free (self->charset);
  g_free (self->headers);
  g_free (self->subject);
  g_free (self->html);
  g_free (self->text);
  g_free (self->in_reply_to);
  g_free (self->references);
  g_free (self->identity);
  g_clear_pointer (&self->smaller, wb_picture_cache_unref);
  g_ptr_array_unref (self->attachments);
  g_free (self);
}

/**
 * wb_mail_preview_free:
 * @self: (nullable): what to free
 *
 * Any thread.
 */
void
wb_mail_preview_free (WbMailPreview *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->message, g_bytes_unref);
  g_free (self);
}

/**
 * wb_composition_dup_book_path:
 *
 * Any thread.
 *
 * Returns: (transfer full): where the address book is
 */
char *
wb_composition_dup_book_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "wirebench", "address-book.vcf", NULL);
}

/**
 * wb_composition_learn:
 * @self: a mail that goes out
 *
 * Takes its recipients into the address book, so that they are offered the next time. That it could
 * not is no reason not to send. Blocks; on a worker.
 */
void
wb_composition_learn (const WbComposition *self)
{
  const char *fields[] = { self->to, self->cc, self->bcc };
  g_autofree char *path = wb_composition_dup_book_path ();

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (GPtrArray) list = wb_address_parse_list ("To", fields[i] ? fields[i] : "", NULL);
      g_autoptr (GError) error = NULL;

      if (list && list->len > 0 && !wb_address_book_learn (path, list, &error))
        g_message ("%s", error->message);
    }
}

static void
append_address (char **field, const char *addresses)
{
  char *joined = NULL;

  if (!addresses || !*addresses)
    return;
  joined = *field && **field ? g_strconcat (*field, ", ", addresses, NULL) : g_strdup (addresses);
  g_free (*field);
  *field = joined;
}

static char *
unescape_line (const char *escaped)
{
  char *text = g_uri_unescape_string (escaped, NULL);

  /* A link on a web page does not get to write headers. */
  if (text)
    g_strdelimit (text, "\r\n", ' ');
  return text;
}

/**
 * wb_composition_new_mailto:
 * @uri: `mailto:…` (RFC 6068)
 *
 * Takes the addresses, the subject and the text, and nothing else: `attach` above all would let a
 * web page take files along. Any thread.
 *
 * Returns: (transfer full): what the link says, for the person to look at
 */
WbComposition *
wb_composition_new_mailto (const char *uri)
{
  WbComposition *self = wb_composition_new ();
  const char *path = g_ascii_strncasecmp (uri, "mailto:", 7) == 0 ? uri + 7 : uri;
  const char *query = strchr (path, '?');
  g_autofree char *escaped = query ? g_strndup (path, (gsize) (query - path)) : g_strdup (path);
  g_auto (GStrv) fields = g_strsplit (query ? query + 1 : "", "&", 64);

  self->to = unescape_line (escaped);
  for (guint i = 0; fields[i]; i++)
    {
      char *value = strchr (fields[i], '=');
      g_autofree char *line = NULL;

      if (!value)
        continue;
      *value++ = '\0';
      line = unescape_line (value);
      if (g_ascii_strcasecmp (fields[i], "to") == 0)
        append_address (&self->to, line);
      else if (g_ascii_strcasecmp (fields[i], "cc") == 0)
        append_address (&self->cc, line);
      else if (g_ascii_strcasecmp (fields[i], "bcc") == 0)
        append_address (&self->bcc, line);
      else if (g_ascii_strcasecmp (fields[i], "reply-to") == 0)
        append_address (&self->reply_to, line);
      else if (g_ascii_strcasecmp (fields[i], "subject") == 0 && !self->subject)
        self->subject = g_steal_pointer (&line);
      else if (g_ascii_strcasecmp (fields[i], "body") == 0 && !self->text)
        {
          self->text = g_uri_unescape_string (value, NULL);
          self->html = self->text ? wb_html_from_text (self->text) : NULL;
        }
    }
  return self;
}

static GBytes *
get_picture (const char *id, char **type, gpointer user_data)
{
  return wb_message_get_cid_content (user_data, id, type);
}

static GKeyFile *
read_draft_header (WbMessage *message)
{
  const char *value = wb_message_get_header (message, DRAFT_HEADER);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree guchar *text = NULL;
  gsize length = 0;

  if (!value)
    return NULL;
  /* g_base64_decode() skips the folds. */
  text = g_base64_decode (value, &length);
  if (!g_key_file_load_from_data (file, (const char *) text, length, G_KEY_FILE_NONE, NULL))
    return NULL;
  return g_steal_pointer (&file);
}

/**
 * wb_composition_dup_draft_field:
 * @message: one that wb_composition_save() made, or its header
 * @field: "to", "cc" and so on
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): what was typed there, finished or not; %NULL for nothing
 */
char *
wb_composition_dup_draft_field (WbMessage *message, const char *field)
{
  g_autoptr (GKeyFile) file = read_draft_header (message);

  return file ? g_key_file_get_string (file, DRAFT_GROUP, field, NULL) : NULL;
}

static GFileInfo *
query_file (GFile *file)
{
  return g_file_query_info (file, WB_ATTACHMENT_ATTRIBUTES "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                            G_FILE_QUERY_INFO_NONE, NULL, NULL);
}

static void
load_paths (WbComposition *self, GKeyFile *file)
{
  g_auto (GStrv) paths = g_key_file_get_string_list (file, DRAFT_GROUP, "files", NULL, NULL);

  for (guint i = 0; paths && paths[i]; i++)
    {
      g_autoptr (GFile) local = g_file_new_for_path (paths[i]);
      g_autoptr (GFileInfo) info = query_file (local);

      /* What has gone since is left out, as it is when it is attached. */
      if (info && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
        g_ptr_array_add (self->attachments, wb_attachment_new_for_file (paths[i], NULL, info));
    }
}

/**
 * wb_composition_new_draft:
 * @message: one that wb_composition_save() made
 *
 * Any thread.
 *
 * Returns: (transfer full): what was saved, as far as it can be read
 */
WbComposition *
wb_composition_new_draft (WbMessage *message)
{
  WbComposition *self = wb_composition_new ();
  g_autoptr (GKeyFile) file = read_draft_header (message);
  g_autoptr (GPtrArray) attachments = wb_message_get_attachments (message);
  const char *html = wb_message_get_html (message);

  if (file)
    {
      self->from = g_key_file_get_string (file, DRAFT_GROUP, "from", NULL);
      self->to = g_key_file_get_string (file, DRAFT_GROUP, "to", NULL);
      self->cc = g_key_file_get_string (file, DRAFT_GROUP, "cc", NULL);
      self->bcc = g_key_file_get_string (file, DRAFT_GROUP, "bcc", NULL);
      self->reply_to = g_key_file_get_string (file, DRAFT_GROUP, "reply-to", NULL);
      self->charset = g_key_file_get_string (file, DRAFT_GROUP, "charset", NULL);
      self->headers = g_key_file_get_string (file, DRAFT_GROUP, "headers", NULL);
      self->priority = (guint) g_key_file_get_integer (file, DRAFT_GROUP, "priority", NULL);
      self->receipt = g_key_file_get_boolean (file, DRAFT_GROUP, "receipt", NULL);
      self->notify = (WbSmtpNotify) g_key_file_get_integer (file, DRAFT_GROUP, "notify", NULL);
      self->returned = (WbSmtpReturn) g_key_file_get_integer (file, DRAFT_GROUP, "return", NULL);
      self->subject = g_key_file_get_string (file, DRAFT_GROUP, "subject", NULL);
      self->in_reply_to = g_key_file_get_string (file, DRAFT_GROUP, "in-reply-to", NULL);
      self->references = g_key_file_get_string (file, DRAFT_GROUP, "references", NULL);
      self->format = g_key_file_get_integer (file, DRAFT_GROUP, "format", NULL);
      self->plain_edited = g_key_file_get_boolean (file, DRAFT_GROUP, "plain-edited", NULL);
    }
  if (file)
    load_paths (self, file);
  self->text = g_strdup (wb_message_get_text (message));
  if (html)
    self->html = wb_html_put_pictures (html, get_picture, message);
  for (guint i = 0; i < attachments->len; i++)
    {
      const WbMessagePart *part = g_ptr_array_index (attachments, i);
      g_autoptr (GBytes) bytes = wb_message_get_part_content (message, part->number);

      if (bytes)
        g_ptr_array_add (self->attachments,
                         wb_attachment_new_for_bytes (bytes, part->file_name, part->type));
    }
  return self;
}

static gboolean
add_attachments (const WbComposition *self,
                 WbDraft *draft,
                 gboolean by_reference,
                 guint64 maximum,
                 guint64 *left_out,
                 GError **error)
{
  for (guint i = 0; i < self->attachments->len; i++)
    {
      WbAttachment *attachment = g_ptr_array_index (self->attachments, i);
      const char *path = wb_attachment_get_path (attachment);

      if (by_reference && path)
        continue;
      if (wb_attachment_get_size (attachment) > maximum)
        {
          const char *note = _ ("(left out of this preview)\n");
          g_autoptr (GBytes) bytes = g_bytes_new_static (note, strlen (note));

          *left_out += wb_attachment_get_size (attachment);
          wb_draft_attach_bytes (draft, bytes, wb_attachment_get_name (attachment),
                                 "application/octet-stream", NULL);
        }
      else if (!path)
        wb_draft_attach_bytes (draft, wb_attachment_get_bytes (attachment),
                               wb_attachment_get_name (attachment),
                               wb_attachment_get_type_name (attachment), NULL);
      else if (!wb_draft_attach_file (draft, path, error))
        return FALSE;
    }
  return TRUE;
}

static GBytes *
scale (const WbComposition *self, const WbHtmlPicture *picture, GError **error)
{
  if (picture->longest == 0)
    return g_bytes_ref (picture->bytes);
  return self->smaller ? wb_picture_cache_scale (self->smaller, picture->bytes, picture->type,
                                                 picture->longest, error)
                       : wb_picture_scale (picture->bytes, picture->type, picture->longest, error);
}

/* What is only kept keeps the pictures as they are, so that another size can still be chosen. */
static gboolean
add_texts (const WbComposition *self, WbDraft *draft, gboolean to_send, GError **error)
{
  g_autoptr (GPtrArray) pictures = NULL;
  g_autofree char *html = NULL;

  wb_draft_set_format (draft, self->format);
  if (self->format == WB_DRAFT_PLAIN)
    {
      wb_draft_set_text (draft, self->text ? self->text : "");
      return TRUE;
    }
  html = wb_html_take_pictures (self->html ? self->html : "", self->identity, &pictures);
  if (to_send)
    {
      g_autofree char *with_sizes = g_steal_pointer (&html);

      html = wb_html_take_sizes (with_sizes, pictures);
    }
  wb_draft_set_html (draft, html);
  if (self->format == WB_DRAFT_BOTH && self->plain_edited)
    wb_draft_set_text (draft, self->text);
  for (guint i = 0; i < pictures->len; i++)
    {
      const WbHtmlPicture *picture = g_ptr_array_index (pictures, i);
      const char *ending = strchr (picture->type, '/') + 1;
      g_autofree char *name = g_strdup_printf ("picture-%u.%s", i + 1, ending);
      g_autoptr (GBytes) bytes = scale (self, picture, error);

      if (!bytes)
        return FALSE;
      wb_draft_attach_bytes (draft, bytes, name, picture->type, picture->id);
    }
  return TRUE;
}

/* Each line is checked where it is written, like every value of a header. */
static gboolean
add_headers (const WbComposition *self, WbDraft *draft, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (self->headers ? self->headers : "", "\n", -1);

  for (guint i = 0; lines[i]; i++)
    {
      const char *line = g_strstrip (lines[i]);
      char *colon = strchr (lines[i], ':');

      if (!*line)
        continue;
      if (!colon)
        {
          g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                       /* Translators: %s is a line that somebody typed. */
                       _ ("“%s” is no header: it needs the form “Name: value”."), lines[i]);
          return FALSE;
        }
      *colon = '\0';
      wb_draft_add_header (draft, lines[i], g_strstrip (colon + 1));
    }
  return TRUE;
}

/* RFC 4021 section 2.1.54 and the header that older programs look at; RFC 8098 section 2.1. */
static gboolean
add_wishes (const WbComposition *self, WbDraft *draft, GError **error)
{
  if (self->reply_to && *self->reply_to)
    wb_draft_add_address (draft, WB_DRAFT_REPLY_TO, self->reply_to);
  if (self->priority == 1 || self->priority == 2)
    {
      wb_draft_add_header (draft, "Importance", self->priority == 1 ? "high" : "low");
      wb_draft_add_header (draft, "X-Priority", self->priority == 1 ? "1" : "5");
    }
  if (self->receipt)
    {
      g_autofree char *sender = wb_draft_get_sender (draft, error);

      if (!sender)
        return FALSE;
      wb_draft_add_header (draft, "Disposition-Notification-To", sender);
    }
  wb_draft_set_charset (draft, self->charset);
  wb_draft_set_flowed (draft, TRUE);
  return add_headers (self, draft, error);
}

static void
add_recipients (const WbComposition *self, WbDraft *draft)
{
  if (self->to && *self->to)
    wb_draft_add_address (draft, WB_DRAFT_TO, self->to);
  if (self->cc && *self->cc)
    wb_draft_add_address (draft, WB_DRAFT_CC, self->cc);
  if (self->bcc && *self->bcc)
    wb_draft_add_address (draft, WB_DRAFT_BCC, self->bcc);
}

/**
 * wb_composition_check_recipients:
 * @self: what was written
 * @error: set when one of them can't be written to, or there is none
 *
 * Any thread.
 *
 * Returns: whether a mail to them can be built
 */
gboolean
wb_composition_check_recipients (const WbComposition *self, GError **error)
{
  g_autoptr (WbDraft) draft = wb_draft_new ();
  g_autoptr (GPtrArray) recipients = NULL;

  add_recipients (self, draft);
  recipients = wb_draft_get_recipients (draft, error);
  return recipients != NULL;
}

static WbDraft *
fill_draft (const WbComposition *self,
            gboolean with_recipients,
            gboolean by_reference,
            guint64 maximum,
            guint64 *left_out,
            GError **error)
{
  g_autoptr (WbDraft) draft = wb_draft_new ();

  wb_draft_set_from (draft, self->from);
  wb_draft_set_subject (draft, self->subject);
  wb_draft_set_identity (draft, self->identity);
  if (with_recipients)
    {
      add_recipients (self, draft);
      if (!add_wishes (self, draft, error))
        return NULL;
    }
  if (self->in_reply_to && *self->in_reply_to)
    wb_draft_set_in_reply_to (draft, self->in_reply_to, self->references);
  if (!add_texts (self, draft, with_recipients, error) ||
      !add_attachments (self, draft, by_reference, maximum, left_out, error))
    return NULL;
  return g_steal_pointer (&draft);
}

/* What was looked at when it was attached may not be what is there now. */
static gboolean
check_files (const WbComposition *self, GError **error)
{
  for (guint i = 0; i < self->attachments->len; i++)
    {
      WbAttachment *attachment = g_ptr_array_index (self->attachments, i);
      const char *path = wb_attachment_get_path (attachment);
      g_autoptr (GFile) file = path ? g_file_new_for_path (path) : NULL;
      g_autoptr (GFileInfo) info = file ? query_file (file) : NULL;
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;

      /* One that has gone is told by the building. */
      if (!info || wb_attachment_is_as_it_was (attachment, info))
        continue;
      before = g_format_size (wb_attachment_get_size (attachment));
      after = g_format_size ((guint64) g_file_info_get_size (info));
      if (strcmp (before, after) == 0)
        {
          g_set_error (
              error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE,
              /* Translators: %s is a file */
              _ ("“%s” has changed since it was attached. Send again to send it as it is."),
              wb_attachment_get_name (attachment));
          return FALSE;
        }
      g_set_error (
          error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE,
          /* Translators: the first %s is a file, the others are sizes such as "4 kB" */
          _ ("“%s” has changed since it was attached: it had %s and has %s now. Send again "
             "to send it as it is."),
          wb_attachment_get_name (attachment), before, after);
      return FALSE;
    }
  return TRUE;
}

/**
 * wb_composition_build:
 * @self: what was written
 * @cancellable: (nullable): ends the building of a large mail
 * @error: set when something can't be sent as it is
 *
 * Builds the mail, with its envelope in front. Blocks while it reads the attachments; on a worker.
 * A file that has changed since it was attached is %WB_MAIL_ERROR_FILE.
 *
 * Returns: (transfer full) (nullable): what to keep in the Outbox
 */
WbMailSource *
wb_composition_build (const WbComposition *self, GCancellable *cancellable, GError **error)
{
  guint64 left_out = 0;
  g_autoptr (WbDraft) draft = fill_draft (self, TRUE, FALSE, G_MAXUINT64, &left_out, error);
  g_auto (WbOutboxEnvelope) envelope = { .notify = self->notify, .returned = self->returned };
  g_autoptr (WbMailSource) message = NULL;

  if (!draft || !check_files (self, error))
    return NULL;
  envelope.sender = wb_draft_get_sender (draft, error);
  if (!envelope.sender)
    return NULL;
  envelope.recipients = wb_draft_get_recipients (draft, error);
  if (!envelope.recipients)
    return NULL;
  message = wb_draft_build_source (draft, cancellable, error);
  return message ? wb_outbox_wrap (message, &envelope) : NULL;
}

/**
 * wb_composition_preview:
 * @self: what was written so far
 * @error: set when something can't be sent as it is
 *
 * The mail as it would go out, in memory; large attachments are stood in for. Blocks; on a worker.
 *
 * Returns: (transfer full) (nullable): the mail
 */
WbMailPreview *
wb_composition_preview (const WbComposition *self, GError **error)
{
  g_autoptr (WbMailPreview) preview = g_new0 (WbMailPreview, 1);
  g_autoptr (WbDraft) draft =
      fill_draft (self, TRUE, FALSE, PREVIEW_MAX, &preview->left_out, error);

  if (!draft)
    return NULL;
  preview->message = wb_draft_build (draft, error);
  return preview->message ? g_steal_pointer (&preview) : NULL;
}

static void
save_paths (const WbComposition *self, GKeyFile *file)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < self->attachments->len; i++)
    {
      const char *path = wb_attachment_get_path (g_ptr_array_index (self->attachments, i));

      if (path && g_utf8_validate (path, -1, NULL))
        g_ptr_array_add (paths, (gpointer) path);
    }
  if (paths->len > 0)
    g_key_file_set_string_list (file, DRAFT_GROUP, "files", (const char *const *) paths->pdata,
                                paths->len);
}

static void
save_string (GKeyFile *file, const char *key, const char *value)
{
  if (value && *value)
    g_key_file_set_string (file, DRAFT_GROUP, key, value);
}

/**
 * wb_composition_save:
 * @self: what was written so far, finished or not
 * @by_reference: whether of attached files only the paths are kept
 * @cancellable: (nullable): ends the building of a large mail
 * @error: set when an attachment can't be read
 *
 * Makes a message for the Drafts folder, from which wb_composition_new_draft() makes the same
 * composition again, half-typed addresses and all. Blocks; on a worker.
 *
 * Returns: (transfer full) (nullable): the message
 */
WbMailSource *
wb_composition_save (const WbComposition *self,
                     gboolean by_reference,
                     GCancellable *cancellable,
                     GError **error)
{
  guint64 left_out = 0;
  g_autoptr (WbDraft) draft = NULL;
  g_autoptr (WbMailSource) message = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  g_autofree char *encoded = NULL;
  GString *header = NULL;
  g_autoptr (GBytes) front = NULL;
  gsize length = 0;

  draft = fill_draft (self, FALSE, by_reference, G_MAXUINT64, &left_out, error);
  message = draft ? wb_draft_build_source (draft, cancellable, error) : NULL;
  if (!message)
    return NULL;
  save_string (file, "from", self->from);
  save_string (file, "to", self->to);
  save_string (file, "cc", self->cc);
  save_string (file, "bcc", self->bcc);
  save_string (file, "reply-to", self->reply_to);
  save_string (file, "charset", self->charset);
  save_string (file, "headers", self->headers);
  g_key_file_set_integer (file, DRAFT_GROUP, "priority", (int) self->priority);
  g_key_file_set_boolean (file, DRAFT_GROUP, "receipt", self->receipt);
  g_key_file_set_integer (file, DRAFT_GROUP, "notify", (int) self->notify);
  g_key_file_set_integer (file, DRAFT_GROUP, "return", (int) self->returned);
  save_string (file, "subject", self->subject);
  save_string (file, "in-reply-to", self->in_reply_to);
  save_string (file, "references", self->references);
  g_key_file_set_integer (file, DRAFT_GROUP, "format", (int) self->format);
  g_key_file_set_boolean (file, DRAFT_GROUP, "plain-edited", self->plain_edited);
  if (by_reference)
    save_paths (self, file);
  text = g_key_file_to_data (file, &length, NULL);
  encoded = g_base64_encode ((const guchar *) text, length);
  header = g_string_new (DRAFT_HEADER ":");
  for (gsize at = 0; encoded[at]; at += MIN (strlen (encoded + at), 70))
    g_string_append_printf (header, at == 0 ? " %.70s" : "\r\n %.70s", encoded + at);
  g_string_append (header, "\r\n");
  front = g_string_free_to_bytes (header);
  return wb_mail_source_replace_front (message, 0, front);
}

static gboolean
fill_field (char **field,
            const char *text,
            const WbMergeTable *table,
            guint row,
            WbMergeKind kind,
            GError **error)
{
  if (!text)
    return TRUE;
  *field = wb_merge_table_fill (table, row, text, kind, error);
  return *field != NULL;
}

/**
 * wb_composition_merge:
 * @self: a mail with fields such as "{{name}}"
 * @table: what stands in the fields
 * @row: which of its rows
 * @error: set when there is no such column
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the mail for that row
 */
WbComposition *
wb_composition_merge (const WbComposition *self,
                      const WbMergeTable *table,
                      guint row,
                      GError **error)
{
  g_autoptr (WbComposition) one = wb_composition_new ();

  one->from = g_strdup (self->from);
  one->reply_to = g_strdup (self->reply_to);
  one->charset = g_strdup (self->charset);
  one->priority = self->priority;
  one->receipt = self->receipt;
  one->notify = self->notify;
  one->returned = self->returned;
  one->format = self->format;
  one->plain_edited = self->plain_edited;
  one->in_reply_to = g_strdup (self->in_reply_to);
  one->references = g_strdup (self->references);
  one->smaller = self->smaller ? wb_picture_cache_ref (self->smaller) : NULL;
  for (guint i = 0; i < self->attachments->len; i++)
    g_ptr_array_add (one->attachments, g_object_ref (g_ptr_array_index (self->attachments, i)));
  if (!fill_field (&one->to, self->to, table, row, WB_MERGE_ADDRESS, error) ||
      !fill_field (&one->cc, self->cc, table, row, WB_MERGE_ADDRESS, error) ||
      !fill_field (&one->bcc, self->bcc, table, row, WB_MERGE_ADDRESS, error) ||
      !fill_field (&one->subject, self->subject, table, row, WB_MERGE_TEXT, error) ||
      !fill_field (&one->headers, self->headers, table, row, WB_MERGE_TEXT, error) ||
      !fill_field (&one->html, self->html, table, row, WB_MERGE_HTML, error) ||
      !fill_field (&one->text, self->text, table, row, WB_MERGE_TEXT, error))
    return NULL;
  return g_steal_pointer (&one);
}

/**
 * wb_composition_list_fields:
 * @self: a mail
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type utf8): the names of its fields such as "{{name}}", each
 *   once, in the order of the mail
 */
GPtrArray *
wb_composition_list_fields (const WbComposition *self)
{
  const char *texts[] = { self->to,      self->cc,   self->bcc, self->subject,
                          self->headers, self->html, self->text };
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i])
      wb_merge_add_fields (fields, texts[i]);
  return fields;
}

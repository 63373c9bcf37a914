/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-draft.h"
#include "wb-draft-private.h"

#include "wb-address.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_FINAL_TYPE (WbDraft, wb_draft, G_TYPE_OBJECT)

static const char *const field_names[] = {
  [WB_DRAFT_TO] = "To",
  [WB_DRAFT_CC] = "Cc",
  [WB_DRAFT_BCC] = "Bcc",
  [WB_DRAFT_REPLY_TO] = "Reply-To",
};

static void
attachment_free (WbDraftAttachment *attachment)
{
  g_free (attachment->path);
  g_clear_pointer (&attachment->bytes, g_bytes_unref);
  g_free (attachment->file_name);
  g_free (attachment->content_type);
  g_free (attachment->content_id);
  g_free (attachment);
}

static void
header_free (WbDraftHeader *header)
{
  g_free (header->name);
  g_free (header->value);
  g_free (header);
}

static void
wb_draft_finalize (GObject *object)
{
  WbDraft *self = WB_DRAFT (object);

  g_free (self->from);
  for (gsize i = 0; i < G_N_ELEMENTS (self->addresses); i++)
    g_ptr_array_unref (self->addresses[i]);
  g_free (self->subject);
  g_free (self->text);
  g_free (self->html);
  g_free (self->charset);
  g_free (self->in_reply_to);
  g_free (self->references);
  g_free (self->identity);
  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->attachments);

  G_OBJECT_CLASS (wb_draft_parent_class)->finalize (object);
}

static void
wb_draft_class_init (WbDraftClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_draft_finalize;
}

static void
wb_draft_init (WbDraft *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->addresses); i++)
    self->addresses[i] = g_ptr_array_new_with_free_func (g_free);
  self->charset = g_strdup ("UTF-8");
  self->headers = g_ptr_array_new_with_free_func ((GDestroyNotify) header_free);
  self->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) attachment_free);
}

/**
 * wb_draft_new:
 *
 * Returns: (transfer full): an empty draft, to be used by one thread at a time
 */
WbDraft *
wb_draft_new (void)
{
  return g_object_new (WB_TYPE_DRAFT, NULL);
}

/**
 * wb_draft_set_from:
 * @address: (nullable): one address, with or without a name
 *
 * Sets who sends. (RFC 5322 section 3.6.2.)
 */
void
wb_draft_set_from (WbDraft *self, const char *address)
{
  g_return_if_fail (WB_IS_DRAFT (self));

  g_free (self->from);
  self->from = g_strdup (address);
}

/**
 * wb_draft_add_address:
 * @field: what the addresses are
 * @addresses: addresses as a person types them, separated by commas
 *
 * Adds to whom it goes. What stands in %WB_DRAFT_BCC is for the envelope alone and never
 * in what wb_draft_build() returns. (RFC 5322 section 3.6.3.)
 */
void
wb_draft_add_address (WbDraft *self, WbDraftField field, const char *addresses)
{
  g_return_if_fail (WB_IS_DRAFT (self));
  g_return_if_fail (field <= WB_DRAFT_REPLY_TO);
  g_return_if_fail (addresses != NULL);

  g_ptr_array_add (self->addresses[field], g_strdup (addresses));
}

/**
 * wb_draft_set_subject:
 * @subject: (nullable): UTF-8, one line
 */
void
wb_draft_set_subject (WbDraft *self, const char *subject)
{
  g_return_if_fail (WB_IS_DRAFT (self));

  g_free (self->subject);
  self->subject = g_strdup (subject);
}

/**
 * wb_draft_set_text:
 * @text: (nullable): the plain text, UTF-8, lines ending in any of the usual ways
 */
void
wb_draft_set_text (WbDraft *self, const char *text)
{
  g_return_if_fail (WB_IS_DRAFT (self));

  g_free (self->text);
  self->text = g_strdup (text);
}

/**
 * wb_draft_set_html:
 * @html: (nullable): the formatted text, UTF-8; pictures as `<img src="cid:ID">`
 */
void
wb_draft_set_html (WbDraft *self, const char *html)
{
  g_return_if_fail (WB_IS_DRAFT (self));

  g_free (self->html);
  self->html = g_strdup (html);
}

/**
 * wb_draft_set_format:
 * @format: which of the two texts go out
 */
void
wb_draft_set_format (WbDraft *self, WbDraftFormat format)
{
  g_return_if_fail (WB_IS_DRAFT (self));

  self->format = format;
}

/**
 * wb_draft_set_flowed:
 * @flowed: whether long lines of the plain text are broken for `format=flowed`; %FALSE at first
 *
 * (RFC 3676.)
 */
void
wb_draft_set_flowed (WbDraft *self, gboolean flowed)
{
  g_return_if_fail (WB_IS_DRAFT (self));

  self->flowed = flowed;
}

/**
 * wb_draft_set_charset:
 * @charset: (nullable): what texts and headers are encoded in; %NULL for UTF-8
 */
void
wb_draft_set_charset (WbDraft *self, const char *charset)
{
  g_return_if_fail (WB_IS_DRAFT (self));

  g_free (self->charset);
  self->charset = g_strdup (charset != NULL ? charset : "UTF-8");
}

/**
 * wb_draft_set_in_reply_to:
 * @message_id: (nullable): the Message-ID of what this answers
 * @references: (nullable): its References, to which @message_id is added
 *
 * Makes the draft an answer. (RFC 5322 section 3.6.4.)
 */
void
wb_draft_set_in_reply_to (WbDraft *self, const char *message_id, const char *references)
{
  g_return_if_fail (WB_IS_DRAFT (self));

  g_free (self->in_reply_to);
  self->in_reply_to = g_strdup (message_id);
  g_free (self->references);
  self->references = g_strdup (references);
}

/**
 * wb_draft_create_identity:
 *
 * Any thread.
 *
 * Returns: (transfer full): what no other message in the world has
 */
char *
wb_draft_create_identity (void)
{
  g_autofree char *uuid = g_uuid_string_random ();

  return g_strdup_printf ("%" G_GINT64_FORMAT ".%s", g_get_real_time () / G_USEC_PER_SEC, uuid);
}

/**
 * wb_draft_set_identity:
 * @identity: (nullable): from wb_draft_create_identity(); %NULL for a new one at each building
 *
 * Sets what stands before the "@" of the Message-ID (RFC 5322 section 3.6.4). With one, a draft of
 * the same content is built of the same bytes each time, but for the Date.
 */
void
wb_draft_set_identity (WbDraft *self, const char *identity)
{
  g_return_if_fail (WB_IS_DRAFT (self));

  g_free (self->identity);
  self->identity = g_strdup (identity);
}

/**
 * wb_draft_add_header:
 * @name: a name that this type does not write itself, such as "X-Priority"
 * @value: UTF-8, one line
 */
void
wb_draft_add_header (WbDraft *self, const char *name, const char *value)
{
  WbDraftHeader *header;

  g_return_if_fail (WB_IS_DRAFT (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (value != NULL);

  header = g_new0 (WbDraftHeader, 1);
  header->name = g_strdup (name);
  header->value = g_strdup (value);
  g_ptr_array_add (self->headers, header);
}

static void
set_file_error (GError **error, const char *path, int code)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE,
               /* Translators: the first %s is a file, the second the system's reason. */
               _ ("“%s” cannot be attached: %s."), shown, g_strerror (code));
}

/* Opens a regular file for reading; a FIFO would block and a device never end. The descriptor, or
   -1 with @error set. */
int
wb_draft_open_attachment (const char *path, guint64 *size, GError **error)
{
  struct stat info;
  int fd;

  /* Looked at first too, since to open some devices is to act on them. */
  if (stat (path, &info) != 0)
    {
      set_file_error (error, path, errno);
      return -1;
    }
  fd = S_ISREG (info.st_mode) ? open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) : -1;
  if (S_ISREG (info.st_mode) && (fd < 0 || fstat (fd, &info) != 0))
    {
      set_file_error (error, path, errno);
      if (fd >= 0)
        close (fd);
      return -1;
    }
  if (!S_ISREG (info.st_mode))
    {
      g_autofree char *shown = g_filename_display_name (path);

      if (S_ISDIR (info.st_mode))
        g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE,
                     /* Translators: %s is a folder. */
                     _ ("“%s” is a folder and cannot be attached. Pack it into an archive first."),
                     shown);
      else
        g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE,
                     /* Translators: %s is a file. */
                     _ ("“%s” is no ordinary file and cannot be attached."), shown);
      if (fd >= 0)
        close (fd);
      return -1;
    }
  if ((guint64) info.st_size > WB_DRAFT_MAXIMUM_ATTACHED)
    {
      g_autofree char *shown = g_filename_display_name (path);
      g_autofree char *limit = g_format_size (WB_DRAFT_MAXIMUM_ATTACHED);

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                   /* Translators: %s is a file, then a size such as "268.4 MB". */
                   _ ("“%s” is too large to send by mail: more than %s. Send it by FTP and mail "
                      "its address."),
                   shown, limit);
      close (fd);
      return -1;
    }
  *size = info.st_size;
  return fd;
}

/**
 * wb_draft_attach_file:
 * @path: an ordinary file
 *
 * Attaches a file under its own name, with the type that its name and first bytes show.
 * It is read when the message is built, as it is then.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_FILE set for what is no ordinary file
 *   or cannot be read, %WB_MAIL_ERROR_TOO_LARGE above 256 MiB
 */
gboolean
wb_draft_attach_file (WbDraft *self, const char *path, GError **error)
{
  WbDraftAttachment *attachment;
  g_autofree char *base = NULL;
  g_autofree char *type = NULL;
  guchar head[4096];
  guint64 size;
  gssize got;
  int fd;

  g_return_val_if_fail (WB_IS_DRAFT (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  fd = wb_draft_open_attachment (path, &size, error);
  if (fd < 0)
    return FALSE;
  do
    got = read (fd, head, sizeof head);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    {
      set_file_error (error, path, errno);
      close (fd);
      return FALSE;
    }
  close (fd);

  base = g_path_get_basename (path);
  type = g_content_type_guess (base, head, got, NULL);
  attachment = g_new0 (WbDraftAttachment, 1);
  attachment->path = g_strdup (path);
  attachment->file_name = g_filename_display_name (base);
  attachment->content_type = g_content_type_get_mime_type (type);
  g_ptr_array_add (self->attachments, attachment);
  return TRUE;
}

/**
 * wb_draft_attach_bytes:
 * @bytes: the content
 * @file_name: (nullable): the name that the reader sees, UTF-8
 * @content_type: (nullable): such as "image/png"; %NULL to guess
 * @content_id: (nullable): what the HTML calls it after `cid:`; a part that the HTML does
 *   not name is an ordinary attachment
 */
void
wb_draft_attach_bytes (WbDraft *self,
                       GBytes *bytes,
                       const char *file_name,
                       const char *content_type,
                       const char *content_id)
{
  WbDraftAttachment *attachment;

  g_return_if_fail (WB_IS_DRAFT (self));
  g_return_if_fail (bytes != NULL);

  attachment = g_new0 (WbDraftAttachment, 1);
  attachment->bytes = g_bytes_ref (bytes);
  attachment->file_name = g_strdup (file_name);
  attachment->content_id = g_strdup (content_id);
  if (content_type != NULL)
    attachment->content_type = g_strdup (content_type);
  else
    {
      gsize length;
      const guchar *data = g_bytes_get_data (bytes, &length);
      g_autofree char *type = g_content_type_guess (file_name, data, MIN (length, 4096), NULL);

      attachment->content_type = g_content_type_get_mime_type (type);
    }
  g_ptr_array_add (self->attachments, attachment);
}

/* (transfer full) (element-type WbAddress): all that was added to @field. */
GPtrArray *
wb_draft_parse_field (WbDraft *self, WbDraftField field, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_address_free);
  GPtrArray *texts = self->addresses[field];

  for (guint i = 0; i < texts->len; i++)
    {
      GPtrArray *some = wb_address_parse_list (field_names[field], texts->pdata[i], error);

      if (some == NULL)
        return NULL;
      g_ptr_array_extend_and_steal (all, some);
    }
  return g_steal_pointer (&all);
}

/**
 * wb_draft_get_sender:
 *
 * Returns: (transfer full): the address alone, for the envelope, the host in its ASCII
 *   form, or %NULL with %WB_MAIL_ERROR_INVALID set when there is not exactly one
 */
char *
wb_draft_get_sender (WbDraft *self, GError **error)
{
  g_autoptr (GPtrArray) addresses = NULL;
  WbAddress *address;

  g_return_val_if_fail (WB_IS_DRAFT (self), NULL);

  addresses = wb_address_parse_list ("From", self->from != NULL ? self->from : "", error);
  if (addresses == NULL)
    return NULL;
  address = addresses->len == 1 ? addresses->pdata[0] : NULL;
  if (address == NULL || address->group != NULL)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           addresses->len == 0
                               ? _ ("The sender is missing: give one address in “From”.")
                               : _ ("“From” takes exactly one address."));
      return NULL;
    }
  return g_strdup (address->address);
}

/**
 * wb_draft_get_recipients:
 *
 * Gives the envelope's recipients: what stands in To, Cc and Bcc, in this order, each
 * once. The host's case does not count, the local part's does.
 * (RFC 5321 section 2.3.11.)
 *
 * Returns: (transfer full) (element-type utf8): addresses, the host in its ASCII form, or
 *   %NULL with %WB_MAIL_ERROR_INVALID set when one is wrong or there is none
 */
GPtrArray *
wb_draft_get_recipients (WbDraft *self, GError **error)
{
  static const WbDraftField fields[] = { WB_DRAFT_TO, WB_DRAFT_CC, WB_DRAFT_BCC };
  g_autoptr (GPtrArray) recipients = NULL;
  g_autoptr (GHashTable) seen = NULL;

  g_return_val_if_fail (WB_IS_DRAFT (self), NULL);

  recipients = g_ptr_array_new_with_free_func (g_free);
  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (GPtrArray) addresses = wb_draft_parse_field (self, fields[i], error);

      if (addresses == NULL)
        return NULL;
      for (guint k = 0; k < addresses->len; k++)
        {
          WbAddress *address = addresses->pdata[k];
          char *key = g_strdup (address->address);

          if (key == NULL)
            continue;
          for (char *p = strrchr (key, '@'); *p != '\0'; p++)
            *p = g_ascii_tolower (*p);
          if (g_hash_table_add (seen, key))
            g_ptr_array_add (recipients, g_strdup (address->address));
        }
    }
  if (recipients->len == 0)
    {
      g_set_error_literal (
          error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
          _ ("The mail has no recipient: give an address in “To”, “Cc” or “Bcc”."));
      return NULL;
    }
  return g_steal_pointer (&recipients);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-entry.h"

#include "wb-ftp-name.h"

#include <string.h>

/* A folder may have 100,000 of these: all strings lie in one block, and a name that ends the raw
 * line, as nearly every one does, is not stored twice. */
struct _WbFtpEntry
{
  GObject parent_instance;

  WbFtpEntryType type;
  guint modified_is_utc : 1;
  gint64 size;
  GDateTime *modified;

  char *strings;
  const char *name;
  const char *mode;
  const char *owner;
  const char *group;
  const char *target;
  const char *raw;
  char *display_name; /* only where it differs from the name */
  char *read_name;    /* what a charset made of the name, and of the target */
  char *read_target;
};

G_DEFINE_FINAL_TYPE (WbFtpEntry, wb_ftp_entry, G_TYPE_OBJECT)

static void
wb_ftp_entry_finalize (GObject *object)
{
  WbFtpEntry *self = WB_FTP_ENTRY (object);

  g_clear_pointer (&self->modified, g_date_time_unref);
  g_free (self->strings);
  g_free (self->display_name);
  g_free (self->read_name);
  g_free (self->read_target);

  G_OBJECT_CLASS (wb_ftp_entry_parent_class)->finalize (object);
}

static void
wb_ftp_entry_class_init (WbFtpEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_ftp_entry_finalize;
}

static void
wb_ftp_entry_init (WbFtpEntry *self)
{
}

/* Characters that would break a row, or turn round what stands beside them. */
static gboolean
is_misleading (gunichar c)
{
  return c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
         (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
         c == 0x200f || c == 0x061c;
}

/* NULL when the name can be shown as it is. */
static char *
make_display_name (const char *name)
{
  g_autofree char *valid = NULL;
  GString *shown = NULL;
  gboolean clean = TRUE;

  for (const char *p = name; clean && *p != '\0'; p++)
    clean = (guchar) *p >= 0x20 && (guchar) *p < 0x7f;
  if (clean)
    return NULL;

  valid = g_utf8_make_valid (name, -1);
  shown = g_string_sized_new (strlen (valid));
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (shown, is_misleading (c) ? 0xfffd : c);
    }
  if (strcmp (shown->str, name) == 0)
    {
      g_string_free (shown, TRUE);
      return NULL;
    }
  return g_string_free (shown, FALSE);
}

static const char *
take_string (char **at, const char *text)
{
  const char *begin = *at;
  gsize size = 0;

  if (text == NULL)
    return NULL;
  size = strlen (text) + 1;
  memcpy (*at, text, size);
  *at += size;
  return begin;
}

static gsize
measure (const char *text)
{
  return text != NULL ? strlen (text) + 1 : 0;
}

/**
 * wb_ftp_name_dup_shown:
 * @name: a name or a path, in any bytes
 *
 * What can be shown of it: characters that would break a row, or turn round what stands beside
 * them so that a file seems to be of another kind, are U+FFFD there, as what is no UTF-8 is. Safe
 * from any thread.
 *
 * Returns: (transfer full): valid UTF-8
 */
char *
wb_ftp_name_dup_shown (const char *name)
{
  char *shown = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  shown = make_display_name (name);
  return shown != NULL ? shown : g_strdup (name);
}

/**
 * wb_ftp_name_is_usable:
 * @name: a name as a server gave it
 *
 * Whether @name can stand for one thing inside a folder and cannot lead out of it:
 * not empty, not "." or "..", without "/". Safe from any thread.
 *
 * Returns: %TRUE if so
 */
gboolean
wb_ftp_name_is_usable (const char *name)
{
  return name != NULL && *name != '\0' && strcmp (name, ".") != 0 && strcmp (name, "..") != 0 &&
         strchr (name, '/') == NULL;
}

/**
 * wb_ftp_entry_new:
 * @fields: what the entry says; copied
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): a new entry
 */
WbFtpEntry *
wb_ftp_entry_new (const WbFtpEntryFields *fields)
{
  WbFtpEntry *self = NULL;
  const char *raw = NULL;
  char *at = NULL;
  gsize raw_length = 0;
  gsize name_length = 0;
  gboolean ends_raw = FALSE;

  g_return_val_if_fail (fields != NULL, NULL);
  g_return_val_if_fail (wb_ftp_name_is_usable (fields->name), NULL);

  self = g_object_new (WB_TYPE_FTP_ENTRY, NULL);
  self->type = fields->type;
  self->size = fields->size;
  self->modified_is_utc = fields->modified_is_utc != FALSE;
  if (fields->modified != NULL)
    self->modified = g_date_time_ref (fields->modified);

  raw = fields->raw != NULL ? fields->raw : fields->name;
  raw_length = strlen (raw);
  name_length = strlen (fields->name);
  ends_raw = raw_length >= name_length &&
             memcmp (raw + raw_length - name_length, fields->name, name_length) == 0;
  self->strings =
      g_malloc (raw_length + 1 + (ends_raw ? 0 : name_length + 1) + measure (fields->mode) +
                measure (fields->owner) + measure (fields->group) + measure (fields->target));
  at = self->strings;
  self->raw = take_string (&at, raw);
  self->name = ends_raw ? self->raw + raw_length - name_length : take_string (&at, fields->name);
  self->mode = take_string (&at, fields->mode);
  self->owner = take_string (&at, fields->owner);
  self->group = take_string (&at, fields->group);
  self->target = take_string (&at, fields->target);
  self->display_name = make_display_name (self->name);
  return self;
}

/**
 * wb_ftp_entry_set_charset:
 * @charset: what the names are written in, such as "GBK"
 *
 * Makes the name, and where a link leads, what that charset reads, see
 * wb_ftp_name_decode(). A name that does not fit the charset keeps its bytes, and is shown as
 * well as can be. For whoever made the entry, before anybody else has it.
 */
void
wb_ftp_entry_set_charset (WbFtpEntry *self, const char *charset)
{
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;

  g_return_if_fail (WB_IS_FTP_ENTRY (self));
  g_return_if_fail (charset != NULL);

  text = g_convert (self->name, -1, "UTF-8", charset, NULL, NULL, NULL);
  if (text == NULL)
    text = g_strdup (wb_ftp_entry_get_display_name (self));
  shown = make_display_name (text);
  if (shown == NULL)
    shown = g_steal_pointer (&text);

  /* In another charset the bytes may say what no name can be. */
  name = wb_ftp_name_decode (self->name, charset);
  if (strcmp (name, self->name) != 0 && wb_ftp_name_is_usable (name))
    {
      g_free (self->read_name);
      self->name = self->read_name = g_steal_pointer (&name);
    }
  g_clear_pointer (&self->display_name, g_free);
  if (strcmp (shown, self->name) != 0)
    self->display_name = g_steal_pointer (&shown);

  if (self->target != NULL)
    {
      g_free (self->read_target);
      self->target = self->read_target = wb_ftp_name_decode (self->target, charset);
    }
}

/**
 * wb_ftp_entry_set_time_offset:
 * @minutes: how far the server's clock is ahead of UTC
 *
 * Turns a time in the server's own clock into UTC. For whoever made the entry, before
 * anybody else has it.
 */
void
wb_ftp_entry_set_time_offset (WbFtpEntry *self, int minutes)
{
  GDateTime *utc = NULL;

  g_return_if_fail (WB_IS_FTP_ENTRY (self));

  if (self->modified == NULL || self->modified_is_utc)
    return;
  utc = g_date_time_add_minutes (self->modified, -minutes);
  if (utc == NULL)
    return;
  g_date_time_unref (self->modified);
  self->modified = utc;
  self->modified_is_utc = TRUE;
}

/**
 * wb_ftp_entry_get_name:
 *
 * Returns: the name, as it is to be given back to the client: the server's bytes, or what a
 *   charset made of them
 */
const char *
wb_ftp_entry_get_name (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), NULL);

  return self->name;
}

/**
 * wb_ftp_entry_get_display_name:
 *
 * Returns: the name in valid UTF-8, with U+FFFD for what cannot be shown: other
 *   bytes, control characters, and those that turn the direction of writing
 */
const char *
wb_ftp_entry_get_display_name (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), NULL);

  return self->display_name != NULL ? self->display_name : self->name;
}

/**
 * wb_ftp_entry_get_entry_type:
 *
 * Returns: what it is; %WB_FTP_ENTRY_UNKNOWN when its line was not understood
 */
WbFtpEntryType
wb_ftp_entry_get_entry_type (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), WB_FTP_ENTRY_UNKNOWN);

  return self->type;
}

/**
 * wb_ftp_entry_get_size:
 *
 * Returns: bytes, or -1 when the listing does not say
 */
gint64
wb_ftp_entry_get_size (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), -1);

  return self->size;
}

/**
 * wb_ftp_entry_get_modified:
 *
 * Returns: (transfer none) (nullable): when its content changed last; in UTC if
 *   wb_ftp_entry_is_modified_utc() says so, else in the server's own time
 */
GDateTime *
wb_ftp_entry_get_modified (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), NULL);

  return self->modified;
}

/**
 * wb_ftp_entry_is_modified_utc:
 *
 * Returns: whether the time is known to be in UTC
 */
gboolean
wb_ftp_entry_is_modified_utc (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), FALSE);

  return self->modified_is_utc;
}

/**
 * wb_ftp_entry_get_mode:
 *
 * Returns: (nullable): nine letters such as "rwxr-xr-x"
 */
const char *
wb_ftp_entry_get_mode (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), NULL);

  return self->mode;
}

/**
 * wb_ftp_entry_get_owner:
 *
 * Returns: (nullable): a name or a number, in the server's bytes
 */
const char *
wb_ftp_entry_get_owner (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), NULL);

  return self->owner;
}

/**
 * wb_ftp_entry_get_group:
 *
 * Returns: (nullable): a name or a number, in the server's bytes
 */
const char *
wb_ftp_entry_get_group (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), NULL);

  return self->group;
}

/**
 * wb_ftp_entry_get_target:
 *
 * Returns: (nullable): where a link leads, in the server's bytes
 */
const char *
wb_ftp_entry_get_target (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), NULL);

  return self->target;
}

/**
 * wb_ftp_entry_get_raw:
 *
 * Returns: the line that it came from, cut when it was very long
 */
const char *
wb_ftp_entry_get_raw (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), NULL);

  return self->raw;
}

/**
 * wb_ftp_entry_is_hidden:
 *
 * Returns: whether the name begins with a dot
 */
gboolean
wb_ftp_entry_is_hidden (WbFtpEntry *self)
{
  g_return_val_if_fail (WB_IS_FTP_ENTRY (self), FALSE);

  return self->name[0] == '.';
}

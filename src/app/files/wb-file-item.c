/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-item.h"

struct _WbFileItem
{
  GObject parent_instance;

  char *name;
  char *folded;
  char *sort_key;
  WbFtpEntryType type;
  gboolean folder;
  gboolean hidden;
  gint64 size;
  GDateTime *modified;
  char *mode;
  char *owner;
  char *target;
  GFile *file;
  WbFtpEntry *entry;
};

G_DEFINE_FINAL_TYPE (WbFileItem, wb_file_item, G_TYPE_OBJECT)

static void
wb_file_item_finalize (GObject *object)
{
  WbFileItem *self = WB_FILE_ITEM (object);

  g_free (self->name);
  g_free (self->folded);
  g_free (self->sort_key);
  g_free (self->mode);
  g_free (self->owner);
  g_free (self->target);
  g_clear_pointer (&self->modified, g_date_time_unref);
  g_clear_object (&self->file);
  g_clear_object (&self->entry);

  G_OBJECT_CLASS (wb_file_item_parent_class)->finalize (object);
}

static void
wb_file_item_class_init (WbFileItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_file_item_finalize;
}

static void
wb_file_item_init (WbFileItem *self)
{
}

/* Made where the folder is read, which is a thread: sorting and filtering then only compare. */
static void
take_name (WbFileItem *self, const char *name)
{
  self->name = g_strdup (name);
  self->folded = g_utf8_casefold (name, -1);
  self->sort_key = g_utf8_collate_key_for_filename (name, -1);
}

static char *
format_mode (guint32 mode)
{
  static const char letters[] = "rwxrwxrwx";
  char *text = g_strdup ("---------");

  for (guint i = 0; i < 9; i++)
    if (mode & (0400u >> i))
      text[i] = letters[i];
  return text;
}

static WbFtpEntryType
type_of_info (GFileInfo *info)
{
  if (g_file_info_get_is_symlink (info))
    return WB_FTP_ENTRY_LINK;
  switch (g_file_info_get_file_type (info))
    {
    case G_FILE_TYPE_REGULAR:
      return WB_FTP_ENTRY_FILE;
    case G_FILE_TYPE_DIRECTORY:
      return WB_FTP_ENTRY_DIRECTORY;
    case G_FILE_TYPE_SYMBOLIC_LINK:
      return WB_FTP_ENTRY_LINK;
    case G_FILE_TYPE_SPECIAL:
    case G_FILE_TYPE_SHORTCUT:
    case G_FILE_TYPE_MOUNTABLE:
    case G_FILE_TYPE_UNKNOWN:
    default:
      return WB_FTP_ENTRY_OTHER;
    }
}

/**
 * wb_file_item_new_local:
 * @info: with the `standard::*`, `time::modified`, `unix::mode` and `owner::user`
 *   attributes, symlinks followed
 *
 * Returns: (transfer full): a row for a file of this computer
 */
WbFileItem *
wb_file_item_new_local (GFile *file, GFileInfo *info)
{
  WbFileItem *self = g_object_new (WB_TYPE_FILE_ITEM, NULL);
  g_autofree char *shown = NULL;

  self->file = g_object_ref (file);
  shown = wb_ftp_name_dup_shown (g_file_info_get_display_name (info));
  take_name (self, shown);
  self->type = type_of_info (info);
  self->folder = g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY;
  self->hidden = g_file_info_get_is_hidden (info);
  self->size = self->folder ? -1 : g_file_info_get_size (info);
  self->modified = g_file_info_get_modification_date_time (info);
  if (g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_UNIX_MODE))
    self->mode = format_mode (g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_UNIX_MODE));
  self->owner = g_strdup (g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_OWNER_USER));
  if (g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_STANDARD_SYMLINK_TARGET))
    self->target = wb_ftp_name_dup_shown (g_file_info_get_symlink_target (info));
  return self;
}

/**
 * wb_file_item_new_remote:
 *
 * Returns: (transfer full): a row for an entry of a server's folder
 */
WbFileItem *
wb_file_item_new_remote (WbFtpEntry *entry)
{
  WbFileItem *self = g_object_new (WB_TYPE_FILE_ITEM, NULL);
  GDateTime *modified = wb_ftp_entry_get_modified (entry);

  self->entry = g_object_ref (entry);
  take_name (self, wb_ftp_entry_get_display_name (entry));
  self->type = wb_ftp_entry_get_entry_type (entry);
  self->folder = self->type == WB_FTP_ENTRY_DIRECTORY;
  self->hidden = wb_ftp_entry_is_hidden (entry);
  self->size = self->folder ? -1 : wb_ftp_entry_get_size (entry);
  self->modified = modified != NULL ? g_date_time_ref (modified) : NULL;
  self->mode = g_strdup (wb_ftp_entry_get_mode (entry));
  self->owner = g_strdup (wb_ftp_entry_get_owner (entry));
  if (wb_ftp_entry_get_target (entry) != NULL)
    self->target = wb_ftp_name_dup_shown (wb_ftp_entry_get_target (entry));
  return self;
}

/**
 * wb_file_item_get_name:
 *
 * Returns: what to show; valid UTF-8
 */
const char *
wb_file_item_get_name (WbFileItem *self)
{
  return self->name;
}

/**
 * wb_file_item_get_folded:
 *
 * Returns: the name without upper and lower case, to search in
 */
const char *
wb_file_item_get_folded (WbFileItem *self)
{
  return self->folded;
}

/**
 * wb_file_item_get_sort_key:
 *
 * Returns: what strcmp() puts into the order of names, numbers by their value
 */
const char *
wb_file_item_get_sort_key (WbFileItem *self)
{
  return self->sort_key;
}

/**
 * wb_file_item_get_entry_type:
 *
 * Returns: what it is; a link stays one here, wherever it leads
 */
WbFtpEntryType
wb_file_item_get_entry_type (WbFileItem *self)
{
  return self->type;
}

/**
 * wb_file_item_is_folder:
 *
 * Returns: whether one can go into it
 */
gboolean
wb_file_item_is_folder (WbFileItem *self)
{
  return self->folder;
}

/**
 * wb_file_item_is_hidden:
 *
 * Returns: whether it is shown only with the hidden files
 */
gboolean
wb_file_item_is_hidden (WbFileItem *self)
{
  return self->hidden;
}

/**
 * wb_file_item_get_size:
 *
 * Returns: bytes, or -1 when unknown or a folder
 */
gint64
wb_file_item_get_size (WbFileItem *self)
{
  return self->size;
}

/**
 * wb_file_item_get_modified:
 *
 * Returns: (transfer none) (nullable): when it was last changed
 */
GDateTime *
wb_file_item_get_modified (WbFileItem *self)
{
  return self->modified;
}

/**
 * wb_file_item_get_time:
 *
 * Returns: when it was last changed, in seconds since 1970, or -1 when unknown
 */
gint64
wb_file_item_get_time (WbFileItem *self)
{
  return self->modified != NULL ? g_date_time_to_unix (self->modified) : -1;
}

/**
 * wb_file_item_get_mode:
 *
 * Returns: (nullable): nine letters, "rwxr-xr-x"
 */
const char *
wb_file_item_get_mode (WbFileItem *self)
{
  return self->mode;
}

/**
 * wb_file_item_get_owner:
 *
 * Returns: (nullable): its owner's name
 */
const char *
wb_file_item_get_owner (WbFileItem *self)
{
  return self->owner;
}

/**
 * wb_file_item_get_target:
 *
 * Returns: (nullable): where a link leads, to be shown
 */
const char *
wb_file_item_get_target (WbFileItem *self)
{
  return self->target;
}

/**
 * wb_file_item_get_file:
 *
 * Returns: (transfer none) (nullable): the file, of a local row
 */
GFile *
wb_file_item_get_file (WbFileItem *self)
{
  return self->file;
}

/**
 * wb_file_item_get_entry:
 *
 * Returns: (transfer none) (nullable): the entry, of a server's row
 */
WbFtpEntry *
wb_file_item_get_entry (WbFileItem *self)
{
  return self->entry;
}

/**
 * wb_file_item_get_icon_name:
 *
 * Returns: a symbolic icon for its kind
 */
const char *
wb_file_item_get_icon_name (WbFileItem *self)
{
  if (self->folder)
    return "folder-symbolic";
  switch (self->type)
    {
    case WB_FTP_ENTRY_LINK:
      return "emblem-symbolic-link";
    case WB_FTP_ENTRY_FILE:
      return "text-x-generic-symbolic";
    case WB_FTP_ENTRY_DIRECTORY:
      return "folder-symbolic";
    case WB_FTP_ENTRY_OTHER:
    case WB_FTP_ENTRY_UNKNOWN:
    default:
      return "dialog-question-symbolic";
    }
}

static gboolean
is_same_time (GDateTime *a, GDateTime *b)
{
  return a == NULL || b == NULL ? a == b : g_date_time_equal (a, b);
}

/**
 * wb_file_item_is_same:
 *
 * Returns: whether both rows show the same
 */
gboolean
wb_file_item_is_same (WbFileItem *self, WbFileItem *other)
{
  return g_str_equal (self->name, other->name) && self->type == other->type &&
         self->folder == other->folder && self->size == other->size &&
         is_same_time (self->modified, other->modified) &&
         g_strcmp0 (self->mode, other->mode) == 0 && g_strcmp0 (self->owner, other->owner) == 0;
}

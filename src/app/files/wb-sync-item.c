/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-sync-item.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

struct _WbSyncItem
{
  GObject parent_instance;

  WbFtpSyncAction *action; /* borrowed */
};

enum
{
  PROP_CHOSEN = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WbSyncItem, wb_sync_item, G_TYPE_OBJECT)

static void
wb_sync_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHOSEN)
    g_value_set_boolean (value, WB_SYNC_ITEM (object)->action->chosen);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wb_sync_item_class_init (WbSyncItemClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = wb_sync_item_get_property;
  properties[PROP_CHOSEN] =
      g_param_spec_boolean ("chosen", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
wb_sync_item_init (WbSyncItem *self)
{
}

/**
 * wb_sync_item_new:
 * @action: lives longer than the item
 *
 * Returns: (transfer full): a row
 */
WbSyncItem *
wb_sync_item_new (WbFtpSyncAction *action)
{
  WbSyncItem *self = g_object_new (WB_TYPE_SYNC_ITEM, NULL);

  self->action = action;
  return self;
}

/**
 * wb_sync_item_get_action:
 *
 * Returns: (transfer none): what would be done
 */
const WbFtpSyncAction *
wb_sync_item_get_action (WbSyncItem *self)
{
  return self->action;
}

/**
 * wb_sync_item_deletes:
 *
 * Returns: whether something would be gone
 */
gboolean
wb_sync_item_deletes (WbSyncItem *self)
{
  return self->action->kind == WB_FTP_SYNC_DELETE_FILE ||
         self->action->kind == WB_FTP_SYNC_DELETE_FOLDER;
}

/**
 * wb_sync_item_can_choose:
 *
 * Returns: whether there is something to be done
 */
gboolean
wb_sync_item_can_choose (WbSyncItem *self)
{
  return self->action->kind != WB_FTP_SYNC_SKIP;
}

/**
 * wb_sync_item_set_chosen:
 *
 * This row alone; see wb_sync_items_choose().
 */
void
wb_sync_item_set_chosen (WbSyncItem *self, gboolean chosen)
{
  if (!wb_sync_item_can_choose (self) || self->action->chosen == !!chosen)
    return;
  self->action->chosen = !!chosen;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOSEN]);
}

/**
 * wb_sync_item_get_icon_name:
 *
 * Returns: a picture of what would be done
 */
const char *
wb_sync_item_get_icon_name (WbSyncItem *self)
{
  switch (self->action->kind)
    {
    case WB_FTP_SYNC_MAKE_FOLDER:
      return "folder-new-symbolic";
    case WB_FTP_SYNC_COPY:
    case WB_FTP_SYNC_MAKE_LINK:
      return "list-add-symbolic";
    case WB_FTP_SYNC_REPLACE:
      return "emblem-synchronizing-symbolic";
    case WB_FTP_SYNC_DELETE_FILE:
    case WB_FTP_SYNC_DELETE_FOLDER:
      return "user-trash-symbolic";
    case WB_FTP_SYNC_SKIP:
    default:
      return "action-unavailable-symbolic";
    }
}

/**
 * wb_sync_item_dup_name:
 *
 * Returns: (transfer full): the path below the two folders, to be shown
 */
char *
wb_sync_item_dup_name (WbSyncItem *self)
{
  gboolean folder = self->action->kind == WB_FTP_SYNC_MAKE_FOLDER ||
                    self->action->kind == WB_FTP_SYNC_DELETE_FOLDER;
  g_autofree char *path = wb_ftp_name_dup_shown (self->action->path);

  return g_strconcat (path, folder ? "/" : "", NULL);
}

/**
 * wb_sync_item_get_reason:
 *
 * Returns: what would be done and why, in words
 */
const char *
wb_sync_item_get_reason (WbSyncItem *self)
{
  switch (self->action->reason)
    {
    case WB_FTP_SYNC_MISSING:
      return self->action->kind == WB_FTP_SYNC_MAKE_FOLDER
                 ? _ ("New folder: the target has none")
                 : _ ("Copy: the target does not have it");
    case WB_FTP_SYNC_SIZE:
      return _ ("Replace: the sizes differ");
    case WB_FTP_SYNC_TIME:
      return _ ("Replace: the source is newer");
    case WB_FTP_SYNC_HASH:
      return _ ("Replace: the contents differ");
    case WB_FTP_SYNC_EXTRA:
      return _ ("Delete: only the target has it");
    case WB_FTP_SYNC_IN_THE_WAY:
      return wb_sync_item_deletes (self)
                 ? _ ("Delete: it is in the way of something else of that name")
                 : _ ("Left alone: something else has that name");
    case WB_FTP_SYNC_TARGET_NEWER:
      return _ ("Left alone: the target is newer");
    case WB_FTP_SYNC_LINK:
      return _ ("Left alone: links are not followed");
    case WB_FTP_SYNC_ELSEWHERE:
      return _ ("Replace: the link leads elsewhere");
    case WB_FTP_SYNC_OUTSIDE:
      return _ ("Left alone: the link leads out of the folder");
    case WB_FTP_SYNC_ODD:
    default:
      return _ ("Left alone: neither a file nor a folder");
    }
}

/**
 * wb_sync_item_dup_details:
 *
 * Returns: (transfer full): size and time, as far as they are known
 */
char *
wb_sync_item_dup_details (WbSyncItem *self)
{
  const WbFtpSyncAction *action = self->action;
  g_autofree char *size = action->size >= 0 ? g_format_size (action->size) : NULL;
  g_autoptr (GDateTime) time =
      action->modified >= 0 ? g_date_time_new_from_unix_local (action->modified) : NULL;
  g_autofree char *when = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : NULL;

  if (size == NULL || action->kind == WB_FTP_SYNC_MAKE_FOLDER)
    return g_strdup ("");
  return when != NULL ? g_strdup_printf ("%s\n%s", size, when) : g_steal_pointer (&size);
}

/* ── What hangs together ── */

static gboolean
is_below (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0 && path[length] == '/';
}

/* What has to follow when @item is chosen or not; @other is another row. */
static void
follow (WbSyncItem *item, WbSyncItem *other, gboolean chosen)
{
  const WbFtpSyncAction *a = item->action;
  const WbFtpSyncAction *b = other->action;
  gboolean b_in_the_way = wb_sync_item_deletes (other) && b->reason == WB_FTP_SYNC_IN_THE_WAY;
  gboolean same = g_str_equal (a->path, b->path);

  if (!wb_sync_item_deletes (item))
    {
      /* A file needs its folder, and the place for it. */
      if (chosen && is_below (a->path, b->path) &&
          (b->kind == WB_FTP_SYNC_MAKE_FOLDER || b_in_the_way))
        wb_sync_item_set_chosen (other, TRUE);
      if (chosen && b_in_the_way && (same || is_below (b->path, a->path)))
        wb_sync_item_set_chosen (other, TRUE);
      if (!chosen && a->kind == WB_FTP_SYNC_MAKE_FOLDER && is_below (b->path, a->path) &&
          !wb_sync_item_deletes (other))
        wb_sync_item_set_chosen (other, FALSE);
      return;
    }

  /* A folder goes only when all in it goes. */
  if (chosen && a->kind == WB_FTP_SYNC_DELETE_FOLDER && is_below (b->path, a->path) &&
      wb_sync_item_deletes (other))
    wb_sync_item_set_chosen (other, TRUE);
  if (!chosen && b->kind == WB_FTP_SYNC_DELETE_FOLDER && is_below (a->path, b->path))
    wb_sync_item_set_chosen (other, FALSE);
  if (!chosen && a->reason == WB_FTP_SYNC_IN_THE_WAY && !wb_sync_item_deletes (other) &&
      (same || is_below (b->path, a->path) || is_below (a->path, b->path)))
    wb_sync_item_set_chosen (other, FALSE);
}

/**
 * wb_sync_items_choose:
 * @items: of #WbSyncItem: all rows
 * @item: the one that the person meant
 *
 * Chooses a row or not, and what cannot be done otherwise with it.
 */
void
wb_sync_items_choose (GListModel *items, WbSyncItem *item, gboolean chosen)
{
  guint n = g_list_model_get_n_items (items);

  wb_sync_item_set_chosen (item, chosen);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbSyncItem) other = g_list_model_get_item (items, i);

      if (other != item)
        follow (item, other, chosen);
    }
}

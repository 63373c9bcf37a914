/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-model.h"

#include <string.h>

/* Up to so many rows are arranged at once: quicker than a thread, and seen at once. */
#define FEW_ROWS 1000

/* Above so much work a changed list is taken over whole: each single change costs the list and its
 * selection a walk. */
#define MANY_CHANGES 64
#define MUCH_WORK 200000

/* So many rows of a new arrangement are handed to the list at a time, the first ones before the
 * next frame: what the list does with all of them at once takes longer than a frame may. It has
 * widgets for its first two hundred rows, which are what takes long; the others only count. */
#define ROWS_WITH_WIDGETS 256
#define WIDGETS_AT_ONCE 32
#define ROWS_AT_ONCE 10000

/* A row that was not there before. */
#define NEW G_MAXUINT

/* All that a thread needs to arrange a folder, and what it came to. */
typedef struct
{
  GPtrArray *before; /* (nullable): the folder as it was, if these are its rows read again */
  GPtrArray *items;
  char *needle;
  gboolean show_hidden;
  WbFileOrder order;
  gboolean descending;
  GPtrArray *was; /* shown until now */
  GPtrArray *shown;
  GArray *origins;   /* of each row shown: its place in what was, or NEW */
  GArray *gone;      /* places in what was */
  gboolean in_order; /* whether what stays has the order that it had */
} Arrangement;

struct _WbFileModel
{
  GObject parent_instance;

  GPtrArray *items; /* all, as they were read */
  GPtrArray *shown;
  guint published; /* so many of them are told of */
  guint publish_id;
  GtkBitset *followed; /* (nullable): rows that are followed to their places in an arrangement */
  GHashTable *names;   /* (nullable): of all; made when first asked */
  GPtrArray *fresh;    /* (nullable): what comes after the arrangement under way */
  gboolean fresh_again;

  char *needle; /* (nullable): case-folded */
  gboolean show_hidden;
  WbFileOrder order;
  gboolean descending;

  gboolean running;
  gboolean stale; /* something was asked since the arrangement under way began */
};

enum
{
  REPLACING,
  REPLACED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void wb_file_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WbFileModel,
                               wb_file_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, wb_file_model_iface_init))

static void
arrangement_free (gpointer data)
{
  Arrangement *work = data;

  g_clear_pointer (&work->before, g_ptr_array_unref);
  g_clear_pointer (&work->items, g_ptr_array_unref);
  g_clear_pointer (&work->was, g_ptr_array_unref);
  g_clear_pointer (&work->shown, g_ptr_array_unref);
  g_clear_pointer (&work->origins, g_array_unref);
  g_clear_pointer (&work->gone, g_array_unref);
  g_free (work->needle);
  g_free (work);
}

static void
let_go_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_ptr_array_unref (data);
  g_task_return_boolean (task, TRUE);
}

/* A hundred thousand rows take longer to free than a frame may. */
static void
let_go (GPtrArray *items)
{
  g_autoptr (GTask) task = NULL;

  if (items == NULL)
    return;
  if (items->len <= FEW_ROWS)
    {
      g_ptr_array_unref (items);
      return;
    }
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, items, NULL);
  g_task_run_in_thread (task, let_go_thread);
}

/* ── Arranging, on any thread ── */

static int
compare_by (WbFileItem *a, WbFileItem *b, WbFileOrder order)
{
  gint64 left = 0, right = 0;

  switch (order)
    {
    case WB_FILE_ORDER_SIZE:
      left = wb_file_item_get_size (a);
      right = wb_file_item_get_size (b);
      return (left > right) - (left < right);
    case WB_FILE_ORDER_MODIFIED:
      left = wb_file_item_get_time (a);
      right = wb_file_item_get_time (b);
      return (left > right) - (left < right);
    case WB_FILE_ORDER_MODE:
      return g_strcmp0 (wb_file_item_get_mode (a), wb_file_item_get_mode (b));
    case WB_FILE_ORDER_OWNER:
      return g_strcmp0 (wb_file_item_get_owner (a), wb_file_item_get_owner (b));
    case WB_FILE_ORDER_NAME:
    default:
      return strcmp (wb_file_item_get_sort_key (a), wb_file_item_get_sort_key (b));
    }
}

static int
compare (gconstpointer first, gconstpointer second, gpointer user_data)
{
  WbFileItem *a = *(WbFileItem *const *) first;
  WbFileItem *b = *(WbFileItem *const *) second;
  const Arrangement *work = user_data;
  int order = (int) wb_file_item_is_folder (b) - (int) wb_file_item_is_folder (a);

  if (order != 0)
    return order;
  order = compare_by (a, b, work->order);
  if (order == 0 && work->order != WB_FILE_ORDER_NAME)
    return compare_by (a, b, WB_FILE_ORDER_NAME);
  return work->descending ? -order : order;
}

/* Rows that have not changed stay the same objects, and so selected. */
static void
keep_unchanged (Arrangement *work)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *kept = g_ptr_array_new_full (work->items->len, g_object_unref);

  for (guint i = 0; i < work->before->len; i++)
    {
      WbFileItem *item = g_ptr_array_index (work->before, i);

      g_hash_table_insert (known, (gpointer) wb_file_item_get_name (item), item);
    }
  for (guint i = 0; i < work->items->len; i++)
    {
      WbFileItem *item = g_ptr_array_index (work->items, i);
      WbFileItem *old = g_hash_table_lookup (known, wb_file_item_get_name (item));

      g_ptr_array_add (kept,
                       g_object_ref (old != NULL && wb_file_item_is_same (old, item) ? old : item));
    }
  g_ptr_array_unref (work->items);
  work->items = kept;
}

/* What becomes of each row, which is all that taking over needs to know of the many. */
static void
trace (Arrangement *work)
{
  guint n = work->shown->len, last = 0;
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  g_autofree guint8 *stays = g_new0 (guint8, work->was->len + 1);

  for (guint i = 0; i < work->was->len; i++)
    g_hash_table_insert (places, g_ptr_array_index (work->was, i), GUINT_TO_POINTER (i + 1));
  work->origins = g_array_sized_new (FALSE, FALSE, sizeof (guint), n);
  work->gone = g_array_new (FALSE, FALSE, sizeof (guint));
  work->in_order = TRUE;
  for (guint i = 0; i < n; i++)
    {
      guint place =
          GPOINTER_TO_UINT (g_hash_table_lookup (places, g_ptr_array_index (work->shown, i)));
      guint origin = place > 0 ? place - 1 : NEW;

      g_array_append_val (work->origins, origin);
      if (place == 0)
        continue;
      stays[origin] = TRUE;
      work->in_order = work->in_order && place > last;
      last = place;
    }
  for (guint i = 0; i < work->was->len; i++)
    if (!stays[i])
      g_array_append_val (work->gone, i);
}

static void
arrange (Arrangement *work)
{
  if (work->before != NULL)
    keep_unchanged (work);
  g_clear_pointer (&work->before, g_ptr_array_unref);
  work->shown = g_ptr_array_new_full (work->items->len, g_object_unref);
  for (guint i = 0; i < work->items->len; i++)
    {
      WbFileItem *item = g_ptr_array_index (work->items, i);

      if ((work->show_hidden || !wb_file_item_is_hidden (item)) &&
          (work->needle == NULL || strstr (wb_file_item_get_folded (item), work->needle) != NULL))
        g_ptr_array_add (work->shown, g_object_ref (item));
    }
  g_ptr_array_sort_with_data (work->shown, compare, work);
  trace (work);
}

static void
arrange_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  arrange (data);
  g_task_return_boolean (task, TRUE);
}

/* ── Taking over ── */

/* Row by row, so that the place in the list and a drag that has just begun stay. The rows that are
 * in both lists have to be in the same order there. */
static gboolean
take_over_rows (WbFileModel *self, const Arrangement *work)
{
  GPtrArray *shown = work->shown;
  guint n_gone = work->gone->len;
  guint n_new = shown->len + n_gone - self->shown->len;

  if (!work->in_order || n_gone > MANY_CHANGES || n_new > MANY_CHANGES ||
      (guint64) (n_new + n_gone) * shown->len > MUCH_WORK)
    return FALSE;
  for (guint i = n_gone; i > 0; i--)
    {
      guint position = g_array_index (work->gone, guint, i - 1);

      g_ptr_array_remove_index (self->shown, position);
      self->published--;
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
    }
  for (guint i = 0; i < shown->len && n_new > 0; i++)
    {
      if (g_array_index (work->origins, guint, i) != NEW)
        continue;
      g_ptr_array_insert (self->shown, (int) i, g_object_ref (g_ptr_array_index (shown, i)));
      self->published++;
      g_list_model_items_changed (G_LIST_MODEL (self), i, 0, 1);
    }
  return TRUE;
}

static guint
next_published (WbFileModel *self, guint published)
{
  return MIN (self->shown->len,
              published + (published < ROWS_WITH_WIDGETS ? WIDGETS_AT_ONCE : ROWS_AT_ONCE));
}

static gboolean
publish_cb (gpointer user_data)
{
  WbFileModel *self = user_data;
  guint before = self->published;

  self->published = next_published (self, before);
  g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->published - before);
  if (self->published < self->shown->len)
    return G_SOURCE_CONTINUE;
  self->publish_id = 0;
  g_signal_emit (self, signals[REPLACED], 0);
  return G_SOURCE_REMOVE;
}

static void
follow (WbFileModel *self, const GArray *origins)
{
  g_autoptr (GtkBitset) before = g_steal_pointer (&self->followed);

  if (before == NULL)
    return;
  self->followed = gtk_bitset_new_empty ();
  for (guint i = 0; i < origins->len; i++)
    {
      guint origin = g_array_index (origins, guint, i);

      if (origin != NEW && gtk_bitset_contains (before, origin))
        gtk_bitset_add (self->followed, i);
    }
}

static void
replace_rows (WbFileModel *self, Arrangement *work)
{
  guint before = self->published;
  GPtrArray *old = self->shown;

  if (self->publish_id == 0)
    g_signal_emit (self, signals[REPLACING], 0);
  g_clear_handle_id (&self->publish_id, g_source_remove);
  follow (self, work->origins);
  self->shown = g_steal_pointer (&work->shown);
  self->published = next_published (self, 0);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->published);
  let_go (old);
  if (self->published < self->shown->len)
    self->publish_id = g_idle_add (publish_cb, self);
  else
    g_signal_emit (self, signals[REPLACED], 0);
}

static void
take_over (WbFileModel *self, Arrangement *work)
{
  GPtrArray *old_items = self->items;

  self->items = g_steal_pointer (&work->items);
  if (old_items == self->items)
    g_ptr_array_unref (old_items);
  else
    {
      g_clear_pointer (&self->names, g_hash_table_unref);
      let_go (old_items);
    }
  let_go (g_steal_pointer (&work->was));
  if (self->publish_id == 0 && take_over_rows (self, work))
    let_go (g_steal_pointer (&work->shown));
  else
    replace_rows (self, work);
}

static void start (WbFileModel *self);

static void
arranged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WbFileModel *self = WB_FILE_MODEL (source);
  Arrangement *work = g_task_get_task_data (G_TASK (result));

  self->running = FALSE;
  take_over (self, work);
  if (self->stale)
    start (self);
}

static void
start (WbFileModel *self)
{
  Arrangement *work = NULL;
  g_autoptr (GTask) task = NULL;

  self->stale = self->running;
  if (self->running)
    return;

  work = g_new0 (Arrangement, 1);
  if (self->fresh != NULL && self->fresh_again)
    work->before = g_ptr_array_ref (self->items);
  work->items =
      self->fresh != NULL ? g_steal_pointer (&self->fresh) : g_ptr_array_ref (self->items);
  work->was = g_ptr_array_ref (self->shown);
  work->needle = g_strdup (self->needle);
  work->show_hidden = self->show_hidden;
  work->order = self->order;
  work->descending = self->descending;

  if (work->items->len <= FEW_ROWS)
    {
      arrange (work);
      take_over (self, work);
      arrangement_free (work);
      return;
    }
  self->running = TRUE;
  task = g_task_new (self, NULL, arranged_cb, NULL);
  g_task_set_task_data (task, work, arrangement_free);
  g_task_run_in_thread (task, arrange_thread);
}

/**
 * wb_file_model_set_items:
 * @items: (element-type WbFileItem): the folder's rows; not changed any more
 * @again: whether it is the same folder as before: rows that did not change then stay
 */
void
wb_file_model_set_items (WbFileModel *self, GPtrArray *items, gboolean again)
{
  /* Of what was never shown nothing can stay. */
  self->fresh_again = again && (self->fresh == NULL || self->fresh_again);
  if (self->fresh != NULL)
    let_go (self->fresh);
  self->fresh = g_ptr_array_ref (items);
  g_clear_pointer (&self->names, g_hash_table_unref);
  start (self);
}

/**
 * wb_file_model_set_needle:
 * @needle: a part of the names to show, in upper or lower case; "" for all
 */
void
wb_file_model_set_needle (WbFileModel *self, const char *needle)
{
  g_clear_pointer (&self->needle, g_free);
  if (*needle != '\0')
    self->needle = g_utf8_casefold (needle, -1);
  start (self);
}

/**
 * wb_file_model_set_show_hidden:
 */
void
wb_file_model_set_show_hidden (WbFileModel *self, gboolean show_hidden)
{
  self->show_hidden = show_hidden;
  start (self);
}

/**
 * wb_file_model_set_order:
 */
void
wb_file_model_set_order (WbFileModel *self, WbFileOrder order, gboolean descending)
{
  if (self->order == order && self->descending == descending)
    return;
  self->order = order;
  self->descending = descending;
  start (self);
}

/**
 * wb_file_model_has_name:
 *
 * Returns: whether the folder has an entry of that name, shown or not
 */
gboolean
wb_file_model_has_name (WbFileModel *self, const char *name)
{
  GPtrArray *items = self->fresh != NULL ? self->fresh : self->items;

  if (self->names == NULL)
    {
      self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (guint i = 0; i < items->len; i++)
        g_hash_table_add (self->names,
                          g_strdup (wb_file_item_get_name (g_ptr_array_index (items, i))));
    }
  return g_hash_table_contains (self->names, name);
}

/**
 * wb_file_model_follow:
 * @rows: places in what is shown
 *
 * While `replacing` is told of: has these rows followed to where they come.
 */
void
wb_file_model_follow (WbFileModel *self, GtkBitset *rows)
{
  g_clear_pointer (&self->followed, gtk_bitset_unref);
  self->followed = gtk_bitset_copy (rows);
}

/**
 * wb_file_model_steal_followed:
 *
 * While `replaced` is told of.
 *
 * Returns: (transfer full) (nullable): where the rows are now that are still there; %NULL when none
 *   were to be followed
 */
GtkBitset *
wb_file_model_steal_followed (WbFileModel *self)
{
  return g_steal_pointer (&self->followed);
}

/**
 * wb_file_model_is_busy:
 *
 * Returns: whether what is shown is about to be replaced
 */
gboolean
wb_file_model_is_busy (WbFileModel *self)
{
  return self->running || self->publish_id != 0;
}

static GType
wb_file_model_get_item_type (GListModel *model)
{
  return WB_TYPE_FILE_ITEM;
}

static guint
wb_file_model_get_n_items (GListModel *model)
{
  return WB_FILE_MODEL (model)->published;
}

static gpointer
wb_file_model_get_item (GListModel *model, guint position)
{
  WbFileModel *self = WB_FILE_MODEL (model);

  return position < self->published ? g_object_ref (g_ptr_array_index (self->shown, position))
                                    : NULL;
}

static void
wb_file_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = wb_file_model_get_item_type;
  iface->get_n_items = wb_file_model_get_n_items;
  iface->get_item = wb_file_model_get_item;
}

static void
wb_file_model_finalize (GObject *object)
{
  WbFileModel *self = WB_FILE_MODEL (object);

  g_clear_handle_id (&self->publish_id, g_source_remove);
  g_clear_pointer (&self->followed, gtk_bitset_unref);
  g_clear_pointer (&self->items, let_go);
  g_clear_pointer (&self->shown, let_go);
  g_clear_pointer (&self->fresh, let_go);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_free (self->needle);

  G_OBJECT_CLASS (wb_file_model_parent_class)->finalize (object);
}

static void
wb_file_model_class_init (WbFileModelClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wb_file_model_finalize;
  signals[REPLACING] =
      g_signal_new ("replacing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REPLACED] =
      g_signal_new ("replaced", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wb_file_model_init (WbFileModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * wb_file_model_new:
 *
 * Returns: (transfer full): an empty folder, sorted by name
 */
WbFileModel *
wb_file_model_new (void)
{
  return g_object_new (WB_TYPE_FILE_MODEL, NULL);
}

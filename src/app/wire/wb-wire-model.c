/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-wire-model.h"

#include "wb-wire-choice.h"
#include "wb-wire-row.h"

#include <string.h>

/* How long one update may look at the log, so that a flood costs a part of a frame and no more. */
#define UPDATE_MICROSECONDS 6000
#define EVENTS_BETWEEN_CLOCKS 256

/* A drop-down list with more than this is no help to anybody. */
#define CHOICES_MAX 200

typedef struct
{
  WbWireConversation *info;
  gboolean in_scope;
} Known;

struct _WbWireModel
{
  GObject parent_instance;

  WbWire *wire;
  WbWireFilter filter;
  char *text; /* in lower case, what filter.text points to */

  /* The indices that were let through; those before @head are gone from the log. */
  GArray *indices;
  guint head;
  guint64 next; /* the first event that was not looked at */

  GHashTable *known;   /* conversation -> Known */
  GListStore *choices; /* WbWireChoice */
};

static GType
wb_wire_model_get_item_type (GListModel *model)
{
  return WB_TYPE_WIRE_ROW;
}

static guint
wb_wire_model_get_n_items (GListModel *model)
{
  WbWireModel *self = WB_WIRE_MODEL (model);

  return self->indices->len - self->head;
}

static gpointer
wb_wire_model_get_item (GListModel *model, guint position)
{
  WbWireModel *self = WB_WIRE_MODEL (model);

  if (position >= wb_wire_model_get_n_items (model))
    return NULL;
  return wb_wire_row_new (self->wire,
                          g_array_index (self->indices, guint64, self->head + position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = wb_wire_model_get_item_type;
  iface->get_n_items = wb_wire_model_get_n_items;
  iface->get_item = wb_wire_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WbWireModel,
                               wb_wire_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
known_free (gpointer data)
{
  Known *known = data;

  wb_wire_conversation_free (known->info);
  g_free (known);
}

static void
wb_wire_model_finalize (GObject *object)
{
  WbWireModel *self = WB_WIRE_MODEL (object);

  g_object_unref (self->wire);
  g_object_unref (self->choices);
  g_array_unref (self->indices);
  g_hash_table_unref (self->known);
  g_free (self->text);

  G_OBJECT_CLASS (wb_wire_model_parent_class)->finalize (object);
}

static void
wb_wire_model_class_init (WbWireModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_wire_model_finalize;
}

static void
reset_choices (WbWireModel *self)
{
  g_autoptr (WbWireChoice) all = wb_wire_choice_new (NULL);

  g_list_store_remove_all (self->choices);
  g_list_store_append (self->choices, all);
}

static void
wb_wire_model_init (WbWireModel *self)
{
  self->indices = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->known = g_hash_table_new_full (NULL, NULL, NULL, known_free);
  self->choices = g_list_store_new (WB_TYPE_WIRE_CHOICE);
  reset_choices (self);
}

/**
 * wb_wire_model_new:
 *
 * Returns: (transfer full): an empty model; the first wb_wire_model_update() fills it
 */
WbWireModel *
wb_wire_model_new (WbWire *wire)
{
  WbWireModel *self;

  g_return_val_if_fail (WB_IS_WIRE (wire), NULL);

  self = g_object_new (WB_TYPE_WIRE_MODEL, NULL);
  self->wire = g_object_ref (wire);
  return self;
}

static gboolean
is_in_scope (const WbWireFilter *filter, const WbWireConversation *info)
{
  static const char *const mail[] = { "smtp", "pop3", "imap", NULL };
  static const char *const files[] = { "ftp", "ftp-data", NULL };
  static const char *const sockets[] = { "tcp", "udp", NULL };

  switch (filter->scope)
    {
    case WB_WIRE_SCOPE_MAIL:
      return !info->server && g_strv_contains (mail, info->protocol);
    case WB_WIRE_SCOPE_FILES:
      return !info->server && g_strv_contains (files, info->protocol);
    case WB_WIRE_SCOPE_SOCKETS:
      return g_strv_contains (sockets, info->protocol);
    case WB_WIRE_SCOPE_LAB:
      return info->server && !g_strv_contains (sockets, info->protocol);
    case WB_WIRE_SCOPE_SERVER:
      return info->server && info->local_port == filter->port &&
             g_str_equal (info->transport, filter->udp ? "udp" : "tcp");
    case WB_WIRE_SCOPE_RANGE:
    default:
      return info->server == filter->server;
    }
}

static void
offer_choice (WbWireModel *self, const WbWireConversation *info)
{
  g_autoptr (WbWireChoice) choice = wb_wire_choice_new (info);

  g_list_store_append (self->choices, choice);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->choices)) > CHOICES_MAX + 1)
    g_list_store_remove (self->choices, 1);
}

static const Known *
get_known (WbWireModel *self, guint32 conversation)
{
  Known *known = g_hash_table_lookup (self->known, GUINT_TO_POINTER (conversation));

  if (known != NULL)
    return known;

  known = g_new0 (Known, 1);
  known->info = wb_wire_dup_conversation (self->wire, conversation);
  known->in_scope = known->info != NULL && is_in_scope (&self->filter, known->info);
  g_hash_table_insert (self->known, GUINT_TO_POINTER (conversation), known);
  if (known->in_scope)
    offer_choice (self, known->info);
  return known;
}

static gboolean
contains_text (GBytes *bytes, const char *lower)
{
  gsize size = 0, length = strlen (lower);
  const char *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i + length <= size; i++)
    {
      gsize same = 0;

      while (same < length && g_ascii_tolower (data[i + same]) == lower[same])
        same++;
      if (same == length)
        return TRUE;
    }
  return FALSE;
}

static gboolean
lets_through (WbWireModel *self, const WbWireEvent *event)
{
  const WbWireFilter *filter = &self->filter;

  if (filter->scope == WB_WIRE_SCOPE_RANGE && event->index >= filter->end)
    return FALSE;
  if (!get_known (self, event->conversation)->in_scope)
    return FALSE;
  if (filter->conversation != 0 && event->conversation != filter->conversation)
    return FALSE;
  return filter->text == NULL || contains_text (event->data, filter->text);
}

static int
compare_indices (const void *a, const void *b)
{
  guint64 one = *(const guint64 *) a, other = *(const guint64 *) b;

  return one < other ? -1 : one > other;
}

/* How many of the first rows stand for events that the log has dropped. */
static guint
count_gone (WbWireModel *self, guint64 first)
{
  guint low = self->head, high = self->indices->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare_indices (&g_array_index (self->indices, guint64, middle), &first) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low - self->head;
}

static void
drop_gone (WbWireModel *self, guint gone)
{
  self->head += gone;
  if (self->head > self->indices->len / 2)
    {
      g_array_remove_range (self->indices, 0, self->head);
      self->head = 0;
    }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, gone, 0);
}

/**
 * wb_wire_model_update:
 *
 * Looks at what came to the log since the last time, for some milliseconds at most, and
 * emits `items-changed` at most once. When the log has dropped old events, that is told
 * first and what is new comes with the next update.
 *
 * Returns: whether there is more to look at
 */
gboolean
wb_wire_model_update (WbWireModel *self)
{
  gint64 stop = g_get_monotonic_time () + UPDATE_MICROSECONDS;
  guint before, gone, looked = 0;
  guint64 first, end;

  g_return_val_if_fail (WB_IS_WIRE_MODEL (self), FALSE);

  wb_wire_get_range (self->wire, &first, &end);
  before = wb_wire_model_get_n_items (G_LIST_MODEL (self));
  gone = count_gone (self, first);
  self->next = MAX (self->next, first);
  if (gone > 0 && (gone == before || gone * 8 > before))
    {
      drop_gone (self, gone);
      return self->next < end;
    }

  while (self->next < end)
    {
      g_auto (WbWireEvent) event = { 0 };

      if (wb_wire_get_event (self->wire, self->next, &event) && lets_through (self, &event))
        g_array_append_val (self->indices, event.index);
      self->next++;
      if (++looked % EVENTS_BETWEEN_CLOCKS == 0 && g_get_monotonic_time () > stop)
        break;
    }

  if (wb_wire_model_get_n_items (G_LIST_MODEL (self)) > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0,
                                wb_wire_model_get_n_items (G_LIST_MODEL (self)) - before);
  return self->next < end;
}

static void
look_from_the_start (WbWireModel *self)
{
  guint n_items = wb_wire_model_get_n_items (G_LIST_MODEL (self));

  self->next = self->filter.first;
  self->head = 0;
  g_array_set_size (self->indices, 0);
  if (n_items > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_items, 0);
}

static void
change_scope (WbWireModel *self)
{
  /* Conversations are forgotten with the scope: in the order of the log they come back, and with
   * them the choices.
   */
  g_hash_table_remove_all (self->known);
  reset_choices (self);
}

/**
 * wb_wire_model_set_filter:
 *
 * Changes what is let through. The rows go at once; the next updates bring those that
 * pass now. A filter that lets the same through costs nothing.
 */
void
wb_wire_model_set_filter (WbWireModel *self, const WbWireFilter *filter)
{
  g_autofree char *lower = NULL;
  gboolean same_scope, same;

  g_return_if_fail (WB_IS_WIRE_MODEL (self));
  g_return_if_fail (filter != NULL);

  if (filter->text != NULL && *filter->text != '\0')
    lower = g_ascii_strdown (filter->text, -1);
  same_scope = filter->scope == self->filter.scope && filter->first == self->filter.first &&
               filter->port == self->filter.port && filter->udp == self->filter.udp &&
               filter->server == self->filter.server;
  same = same_scope && filter->conversation == self->filter.conversation &&
         g_strcmp0 (lower, self->text) == 0;

  g_free (self->text);
  self->text = g_steal_pointer (&lower);
  self->filter = *filter;
  self->filter.text = self->text;

  if (!same_scope)
    change_scope (self);
  if (!same)
    look_from_the_start (self);
}

/**
 * wb_wire_model_get_conversations:
 *
 * Returns: (transfer none): the conversations of the scope as #WbWireChoice, "all" first
 */
GListModel *
wb_wire_model_get_conversations (WbWireModel *self)
{
  g_return_val_if_fail (WB_IS_WIRE_MODEL (self), NULL);

  return G_LIST_MODEL (self->choices);
}

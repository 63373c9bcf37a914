/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-wire-store.h"

#include <string.h>

/* Records grow from the start of room, and the table of where each one begins from its end, so that
 * a block is one allocation whatever the size of its events. What is written once stays as it is
 * until the last reference goes, which lets a reader copy it without the lock.
 */
struct _WbWireBlock
{
  gatomicrefcount refs;
  guint count;
  guint used;
  guint64 first;
  guint8 room[] __attribute__ ((aligned (8)));
};

#define ROOM (WB_WIRE_BLOCK_SIZE - sizeof (WbWireBlock))

G_STATIC_ASSERT (ROOM > WB_WIRE_EVENT_MAX + sizeof (WbWireRecord) + 2 * sizeof (guint32));

static WbWireBlock *
block_new (void)
{
  WbWireBlock *block = g_malloc (WB_WIRE_BLOCK_SIZE);

  g_atomic_ref_count_init (&block->refs);
  return block;
}

/**
 * wb_wire_block_unref: (skip)
 *
 * Gives back what wb_wire_store_find() handed out. Safe from any thread.
 */
void
wb_wire_block_unref (WbWireBlock *block)
{
  if (g_atomic_ref_count_dec (&block->refs))
    g_free (block);
}

static inline guint32 *
block_slot (WbWireBlock *block, guint i)
{
  return (guint32 *) (gpointer) (block->room + ROOM) - 1 - i;
}

static inline gboolean
block_has_room (const WbWireBlock *block, gsize size)
{
  return block->used + size + (block->count + 1) * sizeof (guint32) <= ROOM;
}

static inline WbWireBlock *
store_block (const WbWireStore *self, guint i)
{
  guint at = self->head + i;

  return self->ring[at < self->capacity ? at : at - self->capacity];
}

/**
 * wb_wire_store_init: (skip)
 * @memory_limit: bytes; what is less than %WB_WIRE_BLOCKS_MIN blocks counts as that
 */
void
wb_wire_store_init (WbWireStore *self, gsize memory_limit)
{
  self->capacity = CLAMP (memory_limit / WB_WIRE_BLOCK_SIZE, WB_WIRE_BLOCKS_MIN, G_MAXINT);
  self->ring = g_new0 (WbWireBlock *, self->capacity);
  self->head = 0;
  self->n_blocks = 0;
  self->end = 0;
}

/**
 * wb_wire_store_clear: (skip)
 *
 * Forgets all events; indices go on counting where they were.
 */
void
wb_wire_store_clear (WbWireStore *self)
{
  for (guint i = 0; i < self->n_blocks; i++)
    wb_wire_block_unref (store_block (self, i));
  self->n_blocks = 0;
}

/**
 * wb_wire_store_finish: (skip)
 *
 * Frees what the store holds.
 */
void
wb_wire_store_finish (WbWireStore *self)
{
  wb_wire_store_clear (self);
  g_clear_pointer (&self->ring, g_free);
}

/* A block to write into, at the end of the ring. At the limit it is the oldest one used again,
 * unless a reader still holds that.
 */
static WbWireBlock *
store_add_block (WbWireStore *self)
{
  WbWireBlock *block = NULL;

  if (self->n_blocks == self->capacity)
    {
      block = store_block (self, 0);
      self->head = self->head + 1 < self->capacity ? self->head + 1 : 0;
      self->n_blocks--;
      if (!g_atomic_ref_count_compare (&block->refs, 1))
        g_clear_pointer (&block, wb_wire_block_unref);
    }
  if (block == NULL)
    block = block_new ();

  block->count = 0;
  block->used = 0;
  block->first = self->end;
  self->ring[(self->head + self->n_blocks) % self->capacity] = block;
  self->n_blocks++;
  return block;
}

/**
 * wb_wire_store_append: (skip)
 * @record: what is known of the event; its kept is at most %WB_WIRE_EVENT_MAX
 * @data: (nullable): record->kept bytes
 */
void
wb_wire_store_append (WbWireStore *self, const WbWireRecord *record, const void *data)
{
  gsize size = (sizeof (WbWireRecord) + record->kept + 7) & ~(gsize) 7;
  WbWireBlock *block = self->n_blocks > 0 ? store_block (self, self->n_blocks - 1) : NULL;

  if (block == NULL || !block_has_room (block, size))
    block = store_add_block (self);

  memcpy (block->room + block->used, record, sizeof (WbWireRecord));
  if (record->kept > 0)
    memcpy (block->room + block->used + sizeof (WbWireRecord), data, record->kept);
  *block_slot (block, block->count) = block->used;
  block->used += size;
  block->count++;
  self->end++;
}

/**
 * wb_wire_store_first: (skip)
 *
 * Returns: the index of the oldest event that is still there, or the end
 */
guint64
wb_wire_store_first (const WbWireStore *self)
{
  return self->n_blocks > 0 ? store_block (self, 0)->first : self->end;
}

/**
 * wb_wire_store_memory: (skip)
 *
 * Returns: the bytes that the blocks take
 */
gsize
wb_wire_store_memory (const WbWireStore *self)
{
  return (gsize) self->n_blocks * WB_WIRE_BLOCK_SIZE;
}

/**
 * wb_wire_store_find: (skip)
 * @record: (out): where the event stands; its bytes follow it
 *
 * Finds an event in a time that grows with the logarithm of the number of blocks.
 *
 * Returns: (transfer full) (nullable): the block that keeps @record alive, also
 *   after the lock was given back; %NULL if there is no such event (any more)
 */
WbWireBlock *
wb_wire_store_find (WbWireStore *self, guint64 index, const WbWireRecord **record)
{
  guint low = 0;
  guint high = self->n_blocks;
  WbWireBlock *block;

  if (index >= self->end || index < wb_wire_store_first (self))
    return NULL;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (store_block (self, middle)->first <= index)
        low = middle;
      else
        high = middle;
    }

  block = store_block (self, low);
  *record =
      (const WbWireRecord *) (gpointer) (block->room + *block_slot (block, index - block->first));
  g_atomic_ref_count_inc (&block->refs);
  return block;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire.h"

G_BEGIN_DECLS

/* What a block of the store weighs, and the fewest blocks that a store is made of. */
#define WB_WIRE_BLOCK_SIZE (256 * 1024)
#define WB_WIRE_BLOCKS_MIN 2

typedef struct _WbWireBlock WbWireBlock;

/**
 * WbWireRecord:
 *
 * What stands before the bytes of an event in the store.
 */
typedef struct
{
  gint64   monotonic_time;
  gint64   real_time;
  guint64  length;
  guint32  conversation;
  guint32  kept;
  guint8   kind;
  guint8   direction;
} WbWireRecord;

/**
 * WbWireStore:
 *
 * Blocks of packed records in a ring: the oldest block goes when a new one is
 * needed and the limit is reached. It has no lock; whoever owns it holds one.
 */
typedef struct
{
  WbWireBlock **ring;
  guint         capacity;
  guint         head;
  guint         n_blocks;
  guint64       end;
} WbWireStore;

void                wb_wire_store_init    (WbWireStore         *self,
                                           gsize                memory_limit);
void                wb_wire_store_finish  (WbWireStore         *self);
void                wb_wire_store_clear   (WbWireStore         *self);
void                wb_wire_store_append  (WbWireStore         *self,
                                           const WbWireRecord  *record,
                                           const void          *data);
guint64             wb_wire_store_first   (const WbWireStore   *self);
gsize               wb_wire_store_memory  (const WbWireStore   *self);
WbWireBlock        *wb_wire_store_find    (WbWireStore         *self,
                                           guint64              index,
                                           const WbWireRecord **record);
void                wb_wire_block_unref   (WbWireBlock         *block);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbWireBlock, wb_wire_block_unref)

G_END_DECLS

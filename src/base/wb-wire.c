/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-wire.h"

#include "wb-wire-mask.h"
#include "wb-wire-store.h"

#include <gio/gunixsocketaddress.h>
#include <stdarg.h>
#include <string.h>

#define MEMORY_DEFAULT (64 * 1024 * 1024)

/* How many conversations are remembered; beyond that the ones that closed first are forgotten. */
#define CONVERSATIONS_MAX 20000

struct _WbWire
{
  GObject parent_instance;

  WbWireMaskSet *masks;

  GMutex lock; /* guards all that follows; held for a copy of at most one event */
  WbWireStore store;
  GHashTable *conversations; /* id -> Conversation */
  GQueue closed;             /* ids, in the order of closing */
  guint32 last_id;
};

typedef struct
{
  WbWireConversation info; /* first, so that a pointer to it is one to this */
  gboolean closed;
} Conversation;

G_DEFINE_FINAL_TYPE (WbWire, wb_wire, G_TYPE_OBJECT)

static void
conversation_clear (WbWireConversation *info)
{
  g_free (info->protocol);
  g_free (info->transport);
  g_free (info->local_host);
  g_free (info->peer_host);
}

static void
conversation_free (gpointer data)
{
  Conversation *conversation = data;

  conversation_clear (&conversation->info);
  g_free (conversation);
}

static void
wb_wire_finalize (GObject *object)
{
  WbWire *self = WB_WIRE (object);

  wb_wire_store_finish (&self->store);
  g_hash_table_unref (self->conversations);
  g_queue_clear (&self->closed);
  wb_wire_mask_set_free (self->masks);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (wb_wire_parent_class)->finalize (object);
}

static void
wb_wire_class_init (WbWireClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_wire_finalize;
}

static void
wb_wire_init (WbWire *self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->closed);
  self->masks = wb_wire_mask_set_new ();
  self->conversations = g_hash_table_new_full (NULL, NULL, NULL, conversation_free);
}

/**
 * wb_wire_new:
 * @memory_limit: how many bytes the events may take; 0 is 64 MiB; less than 512 KiB
 *   counts as that
 *
 * An empty log. Every function of it is safe from any thread, and none waits for
 * more than the copy of one event.
 *
 * Returns: (transfer full): the log
 */
WbWire *
wb_wire_new (gsize memory_limit)
{
  WbWire *self = g_object_new (WB_TYPE_WIRE, NULL);

  wb_wire_store_init (&self->store, memory_limit == 0 ? MEMORY_DEFAULT : memory_limit);
  return self;
}

static char *
dup_host (GSocketAddress *address, guint16 *port)
{
  *port = 0;
  if (G_IS_INET_SOCKET_ADDRESS (address))
    {
      GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);

      *port = g_inet_socket_address_get_port (inet);
      return g_inet_address_to_string (g_inet_socket_address_get_address (inet));
    }
  if (G_IS_UNIX_SOCKET_ADDRESS (address))
    return g_strdup (g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (address)));
  return g_strdup ("");
}

static void
forget_oldest_closed (WbWire *self)
{
  while (g_hash_table_size (self->conversations) > CONVERSATIONS_MAX &&
         !g_queue_is_empty (&self->closed))
    g_hash_table_remove (self->conversations, g_queue_pop_head (&self->closed));
}

/**
 * wb_wire_open_conversation:
 * @protocol: "ftp", "smtp", "pop3", "tcp", "udp", …
 * @transport: "tcp" or "udp"
 * @server: whether we are the server of it
 * @local: (nullable): our end
 * @peer: (nullable): the other end
 *
 * Begins a conversation. It is up to the caller to append the event of kind
 * %WB_WIRE_CONNECT that says so, and to end it by one of kind %WB_WIRE_CLOSE: of
 * more than 20,000 conversations the first to be closed are forgotten. Open ones
 * never are.
 *
 * Returns: its id, 1 and up
 */
guint32
wb_wire_open_conversation (WbWire *self,
                           const char *protocol,
                           const char *transport,
                           gboolean server,
                           GSocketAddress *local,
                           GSocketAddress *peer)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Conversation *conversation;

  g_return_val_if_fail (WB_IS_WIRE (self), 0);
  g_return_val_if_fail (protocol != NULL && transport != NULL, 0);

  conversation = g_new0 (Conversation, 1);
  conversation->info.protocol = g_strdup (protocol);
  conversation->info.transport = g_strdup (transport);
  conversation->info.local_host = dup_host (local, &conversation->info.local_port);
  conversation->info.peer_host = dup_host (peer, &conversation->info.peer_port);
  conversation->info.server = server;

  locker = g_mutex_locker_new (&self->lock);
  conversation->info.id = ++self->last_id;
  g_hash_table_insert (self->conversations, GUINT_TO_POINTER (conversation->info.id), conversation);
  forget_oldest_closed (self);
  return conversation->info.id;
}

/**
 * wb_wire_set_tls:
 * @conversation: an id from wb_wire_open_conversation()
 *
 * Marks whether TLS protects the conversation from now on.
 */
void
wb_wire_set_tls (WbWire *self, guint32 conversation, gboolean tls)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Conversation *found;

  g_return_if_fail (WB_IS_WIRE (self));

  locker = g_mutex_locker_new (&self->lock);
  found = g_hash_table_lookup (self->conversations, GUINT_TO_POINTER (conversation));
  if (found != NULL)
    found->info.tls = tls;
}

static void
mark_closed (WbWire *self, guint32 conversation)
{
  Conversation *found = g_hash_table_lookup (self->conversations, GUINT_TO_POINTER (conversation));

  if (found == NULL || found->closed)
    return;
  found->closed = TRUE;
  g_queue_push_tail (&self->closed, GUINT_TO_POINTER (conversation));
  forget_oldest_closed (self);
}

static void
append_record (WbWire *self, WbWireRecord *record, const void *data)
{
  g_mutex_lock (&self->lock);
  record->monotonic_time = g_get_monotonic_time ();
  record->real_time = g_get_real_time ();
  wb_wire_store_append (&self->store, record, data);
  if (record->kind == WB_WIRE_CLOSE)
    mark_closed (self, record->conversation);
  g_mutex_unlock (&self->lock);
}

/* Only what may be kept, and the little beyond it that a secret cut in two would reach into, is
 * searched. The true length is told with the mask counted instead of the secret, whose length would
 * show otherwise.
 */
static void
append_masked (WbWire *self, WbWireRecord *record, const guint8 *data)
{
  gsize searched = MIN (record->length, WB_WIRE_EVENT_MAX + wb_wire_mask_set_longest (self->masks));
  g_autoptr (GByteArray) masked = wb_wire_mask_set_apply (self->masks, data, searched);

  if (masked != NULL)
    {
      record->length = record->length - searched + masked->len;
      record->kept = MIN (masked->len, WB_WIRE_EVENT_MAX);
      data = masked->data;
    }
  append_record (self, record, data);
}

/**
 * wb_wire_append:
 * @kind: any but %WB_WIRE_BULK
 * @data: (nullable) (array length=length): a line without its CRLF, a block of bytes,
 *   a datagram, or the text of a note
 *
 * Appends an event. Of @data the first %WB_WIRE_EVENT_MAX bytes are kept.
 */
void
wb_wire_append (WbWire *self,
                guint32 conversation,
                WbWireKind kind,
                WbWireDirection direction,
                const void *data,
                gsize length)
{
  WbWireRecord record = {
    .conversation = conversation,
    .kind = kind,
    .direction = direction,
    .length = length,
    .kept = MIN (length, WB_WIRE_EVENT_MAX),
  };

  g_return_if_fail (WB_IS_WIRE (self));
  g_return_if_fail (data != NULL || length == 0);

  if (length == 0 || wb_wire_mask_set_is_empty (self->masks))
    append_record (self, &record, data);
  else
    append_masked (self, &record, data);
}

/**
 * wb_wire_append_secret:
 * @visible: (nullable) (array length=visible_length): what may be shown of it, such as
 *   "PASS "
 *
 * Appends an event in which %WB_WIRE_MASK stands after @visible in the place of a
 * secret. This is the first line of defence: whoever sends a secret logs it with
 * this call.
 */
void
wb_wire_append_secret (WbWire *self,
                       guint32 conversation,
                       WbWireKind kind,
                       WbWireDirection direction,
                       const void *visible,
                       gsize visible_length)
{
  g_autoptr (GByteArray) bytes = NULL;

  g_return_if_fail (WB_IS_WIRE (self));
  g_return_if_fail (visible != NULL || visible_length == 0);

  bytes = g_byte_array_sized_new (visible_length + strlen (WB_WIRE_MASK));
  g_byte_array_append (bytes, visible, visible_length);
  g_byte_array_append (bytes, (const guint8 *) WB_WIRE_MASK, strlen (WB_WIRE_MASK));
  wb_wire_append (self, conversation, kind, direction, bytes->data, bytes->len);
}

/**
 * wb_wire_append_bulk:
 * @length: how many bytes went by
 *
 * Appends that so many bytes went by, without keeping any.
 */
void
wb_wire_append_bulk (WbWire *self, guint32 conversation, WbWireDirection direction, guint64 length)
{
  WbWireRecord record = {
    .conversation = conversation,
    .kind = WB_WIRE_BULK,
    .direction = direction,
    .length = length,
  };

  g_return_if_fail (WB_IS_WIRE (self));

  append_record (self, &record, NULL);
}

/**
 * wb_wire_note:
 * @kind: %WB_WIRE_NOTE, %WB_WIRE_ERROR, %WB_WIRE_TLS, %WB_WIRE_CONNECT or %WB_WIRE_CLOSE
 * @format: as for printf()
 *
 * Appends a text of ours; its direction is %WB_WIRE_LOCAL.
 */
void
wb_wire_note (WbWire *self, guint32 conversation, WbWireKind kind, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  g_return_if_fail (WB_IS_WIRE (self));
  g_return_if_fail (format != NULL);

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  wb_wire_append (self, conversation, kind, WB_WIRE_LOCAL, text, strlen (text));
}

/**
 * wb_wire_hide:
 * @secret: a password or token; one of less than four bytes is ignored, since hiding
 *   it would spoil everything else
 *
 * Registers a secret, as a second line of defence behind wb_wire_append_secret():
 * wherever an event appended from now on holds it as it is, percent-encoded, or in
 * base64 (whatever stands beside it in the encoded text, as in AUTH PLAIN of
 * RFC 4616), %WB_WIRE_MASK is kept instead.
 *
 * A secret that is split over two events is out of reach, and so is one in any other
 * encoding.
 */
void
wb_wire_hide (WbWire *self, const char *secret)
{
  g_return_if_fail (WB_IS_WIRE (self));
  g_return_if_fail (secret != NULL);

  wb_wire_mask_set_add (self->masks, secret);
}

/**
 * wb_wire_get_range:
 * @first: (out) (optional): the index of the oldest event that is still there
 * @end: (out) (optional): the index that the next event will have
 *
 * Tells which events can be had.
 */
void
wb_wire_get_range (WbWire *self, guint64 *first, guint64 *end)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_if_fail (WB_IS_WIRE (self));

  locker = g_mutex_locker_new (&self->lock);
  if (first != NULL)
    *first = wb_wire_store_first (&self->store);
  if (end != NULL)
    *end = self->store.end;
}

/**
 * wb_wire_get_event:
 * @event: (out caller-allocates): the event; clear it with wb_wire_event_clear()
 *
 * Copies one event out, whichever, at the same cost.
 *
 * Returns: %FALSE, with @event cleared, if there is no such event (any more)
 */
gboolean
wb_wire_get_event (WbWire *self, guint64 index, WbWireEvent *event)
{
  g_autoptr (WbWireBlock) block = NULL;
  const WbWireRecord *record = NULL;

  g_return_val_if_fail (WB_IS_WIRE (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  memset (event, 0, sizeof *event);
  g_mutex_lock (&self->lock);
  block = wb_wire_store_find (&self->store, index, &record);
  g_mutex_unlock (&self->lock);
  if (block == NULL)
    return FALSE;

  event->index = index;
  event->monotonic_time = record->monotonic_time;
  event->real_time = record->real_time;
  event->conversation = record->conversation;
  event->kind = record->kind;
  event->direction = record->direction;
  event->length = record->length;
  event->data = g_bytes_new (record + 1, record->kept);
  return TRUE;
}

/**
 * wb_wire_event_clear:
 *
 * Frees what wb_wire_get_event() filled in; harmless when called twice.
 */
void
wb_wire_event_clear (WbWireEvent *event)
{
  g_return_if_fail (event != NULL);

  g_clear_pointer (&event->data, g_bytes_unref);
}

static WbWireConversation *
conversation_copy (const WbWireConversation *info)
{
  WbWireConversation *copy = g_memdup2 (info, sizeof *info);

  copy->protocol = g_strdup (info->protocol);
  copy->transport = g_strdup (info->transport);
  copy->local_host = g_strdup (info->local_host);
  copy->peer_host = g_strdup (info->peer_host);
  return copy;
}

static int
compare_conversations (gconstpointer a, gconstpointer b)
{
  const WbWireConversation *one = *(const WbWireConversation *const *) a;
  const WbWireConversation *other = *(const WbWireConversation *const *) b;

  return one->id < other->id ? -1 : one->id > other->id;
}

static void
unref_conversation (gpointer data)
{
  wb_wire_conversation_free (data);
}

/**
 * wb_wire_dup_conversations:
 *
 * Returns: (transfer full) (element-type WbWireConversation): those remembered, in the
 *   order of opening
 */
GPtrArray *
wb_wire_dup_conversations (WbWire *self)
{
  GPtrArray *all;
  GHashTableIter iter;
  gpointer value;

  g_return_val_if_fail (WB_IS_WIRE (self), NULL);

  all = g_ptr_array_new_with_free_func (unref_conversation);
  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (all, conversation_copy (&((Conversation *) value)->info));
  g_mutex_unlock (&self->lock);

  g_ptr_array_sort (all, compare_conversations);
  return all;
}

/**
 * wb_wire_dup_conversation:
 * @id: an id from wb_wire_open_conversation()
 *
 * Returns: (transfer full) (nullable): what is known of it; %NULL if it is forgotten or
 *   never was
 */
WbWireConversation *
wb_wire_dup_conversation (WbWire *self, guint32 id)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Conversation *found;

  g_return_val_if_fail (WB_IS_WIRE (self), NULL);

  locker = g_mutex_locker_new (&self->lock);
  found = g_hash_table_lookup (self->conversations, GUINT_TO_POINTER (id));
  return found == NULL ? NULL : conversation_copy (&found->info);
}

/**
 * wb_wire_conversation_free:
 *
 * Frees what wb_wire_dup_conversation() returned.
 */
void
wb_wire_conversation_free (WbWireConversation *conversation)
{
  if (conversation == NULL)
    return;
  conversation_clear (conversation);
  g_free (conversation);
}

/**
 * wb_wire_get_memory:
 *
 * Returns: the bytes that the events take now; never above the limit
 */
gsize
wb_wire_get_memory (WbWire *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (WB_IS_WIRE (self), 0);

  locker = g_mutex_locker_new (&self->lock);
  return wb_wire_store_memory (&self->store);
}

/**
 * wb_wire_clear:
 *
 * Forgets all events, and the conversations that are closed. Indices and ids go on
 * counting where they were, and registered secrets stay hidden.
 */
void
wb_wire_clear (WbWire *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_if_fail (WB_IS_WIRE (self));

  locker = g_mutex_locker_new (&self->lock);
  wb_wire_store_clear (&self->store);
  while (!g_queue_is_empty (&self->closed))
    g_hash_table_remove (self->conversations, g_queue_pop_head (&self->closed));
}

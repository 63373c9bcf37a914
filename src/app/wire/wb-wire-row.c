/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-wire-row.h"

#include "wb-explain.h"
#include "wb-wire-export.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What is shown in one row; the whole of an event is in the export. */
#define TEXT_MAX 2048

struct _WbWireRow
{
  GObject parent_instance;

  WbWireEvent event;
  WbWireConversation *conversation;
  char *line; /* time, arrow and text, cut in three by NUL bytes */
  const char *arrow;
  const char *text;
  WbExplanation explanation;
};

G_DEFINE_FINAL_TYPE (WbWireRow, wb_wire_row, G_TYPE_OBJECT)

static void
wb_wire_row_finalize (GObject *object)
{
  WbWireRow *self = WB_WIRE_ROW (object);

  wb_wire_event_clear (&self->event);
  g_clear_pointer (&self->conversation, wb_wire_conversation_free);
  g_free (self->line);

  G_OBJECT_CLASS (wb_wire_row_parent_class)->finalize (object);
}

static void
wb_wire_row_class_init (WbWireRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_wire_row_finalize;
}

static void
wb_wire_row_init (WbWireRow *self)
{
}

static void
cut_line (WbWireRow *self)
{
  char *arrow = strstr (self->line, "  ");
  char *text = arrow == NULL ? NULL : strstr (arrow + 2, "  ");

  if (text == NULL)
    {
      self->arrow = "";
      self->text = self->line;
      return;
    }
  *arrow = '\0';
  *text = '\0';
  self->arrow = arrow + 2;
  self->text = text + 2;
}

static void
explain (WbWireRow *self)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (self->event.data, &length);
  gboolean sent = self->event.direction == WB_WIRE_SENT;

  if (self->event.kind != WB_WIRE_LINE || self->conversation == NULL || data == NULL)
    return;
  wb_explain_line (self->conversation->protocol, sent != self->conversation->server, data,
                   (gssize) length, &self->explanation);
}

/**
 * wb_wire_row_new:
 * @index: of the event
 *
 * Reads an event from the log. One that is there no more gives a row that says so.
 *
 * Returns: (transfer full): a row
 */
WbWireRow *
wb_wire_row_new (WbWire *wire, guint64 index)
{
  WbWireRow *self = g_object_new (WB_TYPE_WIRE_ROW, NULL);
  g_autoptr (GBytes) whole = NULL;

  if (!wb_wire_get_event (wire, index, &self->event))
    {
      self->event.kind = WB_WIRE_NOTE;
      self->line = g_strdup ("");
      self->arrow = "";
      self->text = _ ("No longer kept");
      return self;
    }

  self->conversation = wb_wire_dup_conversation (wire, self->event.conversation);
  explain (self);

  whole = g_bytes_ref (self->event.data);
  if (g_bytes_get_size (whole) > TEXT_MAX)
    {
      g_bytes_unref (self->event.data);
      self->event.data = g_bytes_new_from_bytes (whole, 0, TEXT_MAX);
    }
  self->line = wb_wire_format_event (&self->event, NULL);
  cut_line (self);
  return self;
}

/**
 * wb_wire_row_get_event:
 *
 * Returns: (transfer none): the event; of a long one only the beginning
 */
const WbWireEvent *
wb_wire_row_get_event (WbWireRow *self)
{
  g_return_val_if_fail (WB_IS_WIRE_ROW (self), NULL);

  return &self->event;
}

/**
 * wb_wire_row_get_conversation:
 *
 * Returns: (transfer none) (nullable): what it is a part of; %NULL if that is forgotten
 */
const WbWireConversation *
wb_wire_row_get_conversation (WbWireRow *self)
{
  g_return_val_if_fail (WB_IS_WIRE_ROW (self), NULL);

  return self->conversation;
}

/**
 * wb_wire_row_get_time:
 *
 * Returns: the local time with milliseconds
 */
const char *
wb_wire_row_get_time (WbWireRow *self)
{
  g_return_val_if_fail (WB_IS_WIRE_ROW (self), NULL);

  return self->text == self->line ? "" : self->line;
}

/**
 * wb_wire_row_get_arrow:
 *
 * Returns: a sign for the direction or the kind
 */
const char *
wb_wire_row_get_arrow (WbWireRow *self)
{
  g_return_val_if_fail (WB_IS_WIRE_ROW (self), NULL);

  return self->arrow;
}

/**
 * wb_wire_row_get_text:
 *
 * Returns: what went by, on one line, control bytes escaped
 */
const char *
wb_wire_row_get_text (WbWireRow *self)
{
  g_return_val_if_fail (WB_IS_WIRE_ROW (self), NULL);

  return self->text;
}

/**
 * wb_wire_row_get_meaning:
 *
 * Returns: (nullable): what it means, in plain words
 */
const char *
wb_wire_row_get_meaning (WbWireRow *self)
{
  g_return_val_if_fail (WB_IS_WIRE_ROW (self), NULL);

  return self->explanation.meaning;
}

/**
 * wb_wire_row_get_reference:
 *
 * Returns: (nullable): where that is defined, such as "RFC 5321 §4.1.1.1"
 */
const char *
wb_wire_row_get_reference (WbWireRow *self)
{
  g_return_val_if_fail (WB_IS_WIRE_ROW (self), NULL);

  return self->explanation.reference;
}

/**
 * wb_wire_row_dup_line:
 *
 * Returns: (transfer full): the row as a line of text, for the clipboard
 */
char *
wb_wire_row_dup_line (WbWireRow *self)
{
  g_return_val_if_fail (WB_IS_WIRE_ROW (self), NULL);

  return g_strdup_printf ("%s  %s  %s", wb_wire_row_get_time (self), self->arrow, self->text);
}

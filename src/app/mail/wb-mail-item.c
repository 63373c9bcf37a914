/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-item.h"

#include "wb-composition.h"
#include "wb-message.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _WbMailItem
{
  GObject parent_instance;

  char *name;
  char *flags;
  char *who;
  char *subject;
  char *note;
  gint64 time;
  guint64 size;
  gboolean attachment;
  gboolean uncertain;
  gboolean tried;
  gboolean sent;
};

enum
{
  PROP_0,
  PROP_UNREAD,
  PROP_NOTE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WbMailItem, wb_mail_item, G_TYPE_OBJECT)

static void
wb_mail_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbMailItem *self = WB_MAIL_ITEM (object);

  if (id == PROP_UNREAD)
    g_value_set_boolean (value, wb_mail_item_get_unread (self));
  else if (id == PROP_NOTE)
    g_value_set_string (value, self->note);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wb_mail_item_finalize (GObject *object)
{
  WbMailItem *self = WB_MAIL_ITEM (object);

  g_free (self->name);
  g_free (self->flags);
  g_free (self->who);
  g_free (self->subject);
  g_free (self->note);

  G_OBJECT_CLASS (wb_mail_item_parent_class)->finalize (object);
}

static void
wb_mail_item_class_init (WbMailItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = wb_mail_item_get_property;
  object_class->finalize = wb_mail_item_finalize;
  properties[PROP_UNREAD] =
      g_param_spec_boolean ("unread", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NOTE] =
      g_param_spec_string ("note", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wb_mail_item_init (WbMailItem *self)
{
}

static char *
join_mailboxes (WbMessage *message, const char *field)
{
  g_autoptr (GPtrArray) mailboxes = wb_message_get_mailboxes (message, field);
  GString *text = g_string_new (NULL);

  for (guint i = 0; mailboxes && i < mailboxes->len; i++)
    {
      const WbMailbox *mailbox = g_ptr_array_index (mailboxes, i);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                              mailbox->name && *mailbox->name ? mailbox->name : mailbox->address);
    }
  return g_string_free (text, FALSE);
}

/**
 * wb_mail_item_new:
 * @item: what the folder says of it
 * @header: the message's header
 * @outgoing: whether to name the recipients rather than the sender
 *
 * Any thread.
 *
 * Returns: (transfer full): the line
 */
WbMailItem *
wb_mail_item_new (const WbMaildirItem *item, GBytes *header, gboolean outgoing)
{
  WbMailItem *self = g_object_new (WB_TYPE_MAIL_ITEM, NULL);
  g_autoptr (WbMessage) message = wb_message_parse (header, NULL);
  const char *type = message ? wb_message_get_header (message, "Content-Type") : NULL;
  const char *subject = message ? wb_message_get_header (message, "Subject") : NULL;
  g_autoptr (GDateTime) date = message ? wb_message_get_date (message) : NULL;

  self->name = g_strdup (item->name);
  self->flags = g_strdup (item->flags ? item->flags : "");
  self->size = item->size;
  self->time = date ? g_date_time_to_unix (date) : item->delivered;
  self->subject = g_strdup (subject && *subject ? subject : _ ("(no subject)"));
  self->who = message ? join_mailboxes (message, outgoing ? "To" : "From") : g_strdup ("");
  if (!*self->who && message && outgoing)
    {
      /* A draft may be addressed to what is no address yet. */
      g_free (self->who);
      self->who = wb_composition_dup_draft_field (message, "to");
    }
  if (!self->who || !*self->who)
    {
      g_free (self->who);
      self->who = g_strdup (outgoing ? _ ("(no recipient)") : _ ("(no sender)"));
    }
  self->attachment = type && g_ascii_strncasecmp (type, "multipart/mixed", 15) == 0;
  return self;
}

/**
 * wb_mail_item_get_name:
 * @self: the line
 *
 * Returns: (transfer none): its identity in the folder
 */
const char *
wb_mail_item_get_name (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), NULL);

  return self->name;
}

/**
 * wb_mail_item_get_who:
 * @self: the line
 *
 * Returns: (transfer none): who it is from, or to
 */
const char *
wb_mail_item_get_who (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), NULL);

  return self->who;
}

/**
 * wb_mail_item_get_subject:
 * @self: the line
 *
 * Returns: (transfer none): decoded
 */
const char *
wb_mail_item_get_subject (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), NULL);

  return self->subject;
}

/**
 * wb_mail_item_get_time:
 * @self: the line
 *
 * Returns: seconds since the epoch, from its Date or else its delivery
 */
gint64
wb_mail_item_get_time (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), 0);

  return self->time;
}

/**
 * wb_mail_item_dup_when:
 * @self: the line
 *
 * Returns: (transfer full): the time of today's, the day of others, as the language writes it
 */
char *
wb_mail_item_dup_when (WbMailItem *self)
{
  g_autoptr (GDateTime) then = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), NULL);

  then = g_date_time_new_from_unix_local (self->time);
  if (!then)
    return g_strdup ("");
  if (g_date_time_get_year (then) != g_date_time_get_year (now))
    return g_date_time_format (then, "%x");
  if (g_date_time_get_day_of_year (then) != g_date_time_get_day_of_year (now))
    /* Translators: a day of this year, see strftime(3) */
    return g_date_time_format (then, _ ("%b %-d"));
  /* Translators: a time of today, see strftime(3) */
  return g_date_time_format (then, _ ("%H:%M"));
}

/**
 * wb_mail_item_get_size:
 * @self: the line
 *
 * Returns: bytes of the whole message
 */
guint64
wb_mail_item_get_size (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), 0);

  return self->size;
}

/**
 * wb_mail_item_get_attachment:
 * @self: the line
 *
 * Returns: whether it says that it carries attachments
 */
gboolean
wb_mail_item_get_attachment (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), FALSE);

  return self->attachment;
}

/**
 * wb_mail_item_get_unread:
 * @self: the line
 *
 * Returns: whether nobody has seen it yet
 */
gboolean
wb_mail_item_get_unread (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), FALSE);

  return !strchr (self->flags, 'S');
}

/**
 * wb_mail_item_get_flags:
 * @self: the line
 *
 * Returns: (transfer none): see #WbMaildirItem
 */
const char *
wb_mail_item_get_flags (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), NULL);

  return self->flags;
}

/**
 * wb_mail_item_set_flags:
 * @self: the line
 * @flags: what the folder holds now
 *
 * Main thread.
 */
void
wb_mail_item_set_flags (WbMailItem *self, const char *flags)
{
  g_return_if_fail (WB_IS_MAIL_ITEM (self));

  if (g_strcmp0 (self->flags, flags) == 0)
    return;
  g_free (self->flags);
  self->flags = g_strdup (flags ? flags : "");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
}

/**
 * wb_mail_item_get_note:
 * @self: the line
 *
 * Returns: (transfer none) (nullable): why it is still in the Outbox
 */
const char *
wb_mail_item_get_note (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), NULL);

  return self->note;
}

/**
 * wb_mail_item_set_note:
 * @self: the line
 * @note: (nullable): why it is still in the Outbox
 * @uncertain: whether it may have arrived all the same
 *
 * Main thread, or the worker before the line is handed over.
 */
void
wb_mail_item_set_note (WbMailItem *self, const char *note, gboolean uncertain)
{
  g_return_if_fail (WB_IS_MAIL_ITEM (self));

  self->uncertain = uncertain;
  if (g_strcmp0 (self->note, note) == 0)
    return;
  g_free (self->note);
  self->note = g_strdup (note);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTE]);
}

/**
 * wb_mail_item_get_uncertain:
 * @self: the line
 *
 * Returns: whether it is in the Outbox and may have arrived all the same
 */
gboolean
wb_mail_item_get_uncertain (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), FALSE);

  return self->uncertain;
}

/**
 * wb_mail_item_set_tried:
 * @self: the line
 * @tried: of a mail in the Outbox: whether it was tried to send it
 *
 * Main thread, or where it was made.
 */
void
wb_mail_item_set_tried (WbMailItem *self, gboolean tried)
{
  g_return_if_fail (WB_IS_MAIL_ITEM (self));

  self->tried = tried;
}

/**
 * wb_mail_item_get_tried:
 * @self: the line
 *
 * Returns: of a mail in the Outbox: whether it was tried to send it
 */
gboolean
wb_mail_item_get_tried (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), FALSE);

  return self->tried;
}

/**
 * wb_mail_item_set_sent:
 * @self: the line
 * @sent: of a mail in the Outbox: whether the server has it and only its copy is missing
 *
 * Main thread.
 */
void
wb_mail_item_set_sent (WbMailItem *self, gboolean sent)
{
  g_return_if_fail (WB_IS_MAIL_ITEM (self));

  self->sent = sent;
}

/**
 * wb_mail_item_get_sent:
 * @self: the line
 *
 * Returns: of a mail in the Outbox: whether the server has it and only its copy is missing
 */
gboolean
wb_mail_item_get_sent (WbMailItem *self)
{
  g_return_val_if_fail (WB_IS_MAIL_ITEM (self), FALSE);

  return self->sent;
}

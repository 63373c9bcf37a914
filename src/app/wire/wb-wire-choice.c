/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-wire-choice.h"

#include <glib/gi18n-lib.h>

struct _WbWireChoice
{
  GObject parent_instance;

  guint32 number;
  char *label;
};

enum
{
  PROP_0,
  PROP_LABEL,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WbWireChoice, wb_wire_choice, G_TYPE_OBJECT)

static void
wb_wire_choice_finalize (GObject *object)
{
  WbWireChoice *self = WB_WIRE_CHOICE (object);

  g_free (self->label);

  G_OBJECT_CLASS (wb_wire_choice_parent_class)->finalize (object);
}

static void
wb_wire_choice_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbWireChoice *self = WB_WIRE_CHOICE (object);

  if (id == PROP_LABEL)
    g_value_set_string (value, self->label);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wb_wire_choice_class_init (WbWireChoiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = wb_wire_choice_finalize;
  object_class->get_property = wb_wire_choice_get_property;

  properties[PROP_LABEL] =
      g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
wb_wire_choice_init (WbWireChoice *self)
{
}

/**
 * wb_wire_choice_new:
 * @conversation: (nullable): which; %NULL for all
 *
 * Returns: (transfer full): a choice
 */
WbWireChoice *
wb_wire_choice_new (const WbWireConversation *conversation)
{
  WbWireChoice *self = g_object_new (WB_TYPE_WIRE_CHOICE, NULL);

  if (conversation == NULL)
    {
      self->label = g_strdup (_ ("All conversations"));
      return self;
    }

  self->number = conversation->id;
  if (conversation->peer_port != 0)
    self->label = g_strdup_printf (conversation->server ? "%u · %s ← %s:%u" : "%u · %s → %s:%u",
                                   conversation->id, conversation->protocol,
                                   conversation->peer_host, conversation->peer_port);
  else
    self->label = g_strdup_printf ("%u · %s %s:%u", conversation->id, conversation->protocol,
                                   conversation->local_host, conversation->local_port);
  return self;
}

/**
 * wb_wire_choice_get_number:
 *
 * Returns: the conversation's number on the wire; 0 for all
 */
guint32
wb_wire_choice_get_number (WbWireChoice *self)
{
  g_return_val_if_fail (WB_IS_WIRE_CHOICE (self), 0);

  return self->number;
}

/**
 * wb_wire_choice_get_label:
 *
 * Returns: what to show, such as "3 · smtp → 127.0.0.1:25"
 */
const char *
wb_wire_choice_get_label (WbWireChoice *self)
{
  g_return_val_if_fail (WB_IS_WIRE_CHOICE (self), NULL);

  return self->label;
}

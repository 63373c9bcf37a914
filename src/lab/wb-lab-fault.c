/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-fault.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DELAY_MAX (10 * 60 * 1000)

/**
 * wb_lab_fault_new:
 *
 * Makes a set of faults with none in it.
 *
 * Returns: (transfer full): the faults
 */
WbLabFault *
wb_lab_fault_new (void)
{
  WbLabFault *self = g_new0 (WbLabFault, 1);

  self->replies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * wb_lab_fault_free:
 * @self: (transfer full): the faults
 *
 * Frees the faults.
 */
void
wb_lab_fault_free (WbLabFault *self)
{
  g_hash_table_unref (self->replies);
  g_free (self);
}

static gboolean
refuse (const char *spec, GError **error)
{
  g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
               /* Translators: %s is what was typed; the words with "=" stay as they are. */
               _ ("“%s” is no fault that the lab knows. Use delay=MILLISECONDS, close-after=BYTES "
                  "or reply=VERB:CODE, with commas between several."),
               spec);
  return FALSE;
}

static gboolean
add_reply (WbLabFault *self, const char *value)
{
  const char *colon = strrchr (value, ':');
  guint64 code;

  if (colon == NULL || colon == value)
    return FALSE;
  if (!g_ascii_string_to_unsigned (colon + 1, 10, 200, 599, &code, NULL))
    return FALSE;
  g_hash_table_insert (self->replies, g_ascii_strup (value, colon - value),
                       GUINT_TO_POINTER ((guint) code));
  return TRUE;
}

static gboolean
add_one (WbLabFault *self, const char *item)
{
  guint64 number;

  if (g_str_has_prefix (item, "delay="))
    {
      if (!g_ascii_string_to_unsigned (item + strlen ("delay="), 10, 0, DELAY_MAX, &number, NULL))
        return FALSE;
      self->delay = number;
      return TRUE;
    }
  if (g_str_has_prefix (item, "close-after="))
    return g_ascii_string_to_unsigned (item + strlen ("close-after="), 10, 1, G_MAXINT64,
                                       &self->close_after, NULL);
  if (g_str_has_prefix (item, "reply="))
    return add_reply (self, item + strlen ("reply="));
  return FALSE;
}

/**
 * wb_lab_fault_add:
 * @self: the faults, not in use yet
 * @spec: `delay=MILLISECONDS`, `close-after=BYTES` or `reply=VERB:CODE` (200 to 599), or
 *   several with commas between them
 *
 * Adds faults. The verb of a reply is a command of any of the protocols, `CONNECT` for
 * the greeting, or `.` for what is said after a mail's last line. POP3 has no codes:
 * from 400 up means `-ERR`.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_INVALID set
 */
gboolean
wb_lab_fault_add (WbLabFault *self, const char *spec, GError **error)
{
  g_auto (GStrv) items = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (spec != NULL, FALSE);

  items = g_strsplit (spec, ",", -1);
  if (items[0] == NULL)
    return refuse (spec, error);
  for (guint i = 0; items[i] != NULL; i++)
    if (!add_one (self, items[i]))
      return refuse (spec, error);
  return TRUE;
}

/**
 * wb_lab_fault_get_reply:
 * @self: (nullable): the faults
 * @verb: in upper case
 *
 * Looks up the reply that @verb gets instead of being carried out.
 *
 * Returns: a reply code, or 0 to carry on as usual
 */
guint
wb_lab_fault_get_reply (const WbLabFault *self, const char *verb)
{
  if (self == NULL)
    return 0;
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->replies, verb));
}

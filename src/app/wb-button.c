/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-button.h"

/**
 * wb_button_name_by_label:
 * @button: one whose text has a mnemonic
 *
 * Has a screen reader say the text once. GTK 4.8 names such a button twice over, by its
 * label and by what the mnemonic stands in: "_Connect Connect".
 */
void
wb_button_name_by_label (GtkButton *button)
{
  g_return_if_fail (GTK_IS_BUTTON (button));

  gtk_accessible_reset_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

/**
 * wb_button_set_text:
 * @button: one that takes mnemonics
 * @text: what it says now, with its mnemonic
 *
 * Changes the text of a button, and its name with it.
 */
void
wb_button_set_text (GtkButton *button, const char *text)
{
  g_return_if_fail (GTK_IS_BUTTON (button));

  gtk_button_set_label (button, text);
  wb_button_name_by_label (button);
}

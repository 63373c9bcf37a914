/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"

#include <glib/gi18n-lib.h>

/* Finding in the text that is written. */

static void
find (WbComposer *self, const char *command, const char *text)
{
  if (self->editor_ready)
    wb_html_editor_execute (wb_mail_store_get_html (self->store), self->editor, command, text);
}

/**
 * wb_composer_begin_find:
 * @self: the window
 *
 * Asks what to look for. Main thread.
 */
void
wb_composer_begin_find (WbComposer *self)
{
  if (!self->editor_ready || self->view != WB_COMPOSER_FORMATTED)
    return;
  gtk_widget_set_visible (self->find_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->find_entry));
  gtk_editable_select_region (self->find_entry, 0, -1);
}

/**
 * wb_composer_end_find:
 * @self: the window
 *
 * Main thread.
 */
void
wb_composer_end_find (WbComposer *self)
{
  if (!gtk_widget_get_visible (self->find_bar))
    return;
  gtk_widget_set_visible (self->find_bar, FALSE);
  find (self, "Find", NULL);
  if (self->editor_ready && self->view == WB_COMPOSER_FORMATTED)
    gtk_widget_grab_focus (self->editor);
}

void
wb_composer_find_changed_cb (WbComposer *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->find_entry), "error");
  find (self, "Find", gtk_editable_get_text (self->find_entry));
}

void
wb_composer_find_next_cb (WbComposer *self)
{
  find (self, "FindNext", NULL);
}

void
wb_composer_find_previous_cb (WbComposer *self)
{
  find (self, "FindPrevious", NULL);
}

void
wb_composer_found_cb (GtkWidget *editor, gboolean found, gpointer user_data)
{
  WbComposer *self = user_data;

  if (found)
    gtk_widget_remove_css_class (GTK_WIDGET (self->find_entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->find_entry), "error");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->find_entry), found ? NULL : _ ("Not found"));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-step-row.h"

#include <glib/gi18n-lib.h>

struct _WbStepRow
{
  AdwActionRow parent_instance;

  GtkStack *stack; /* "number", "spinner" or "icon" */
  GtkLabel *number;
  GtkSpinner *spinner;
  GtkImage *icon;
};

G_DEFINE_FINAL_TYPE (WbStepRow, wb_step_row, ADW_TYPE_ACTION_ROW)

static void
wb_step_row_class_init (WbStepRowClass *klass)
{
}

static void
wb_step_row_init (WbStepRow *self)
{
  self->stack = GTK_STACK (gtk_stack_new ());
  self->number = GTK_LABEL (gtk_label_new (NULL));
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->number), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->number), "numeric");
  gtk_widget_set_size_request (GTK_WIDGET (self->stack), 16, 16);
  gtk_widget_set_valign (GTK_WIDGET (self->stack), GTK_ALIGN_CENTER);

  gtk_stack_add_named (self->stack, GTK_WIDGET (self->number), "number");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->spinner), "spinner");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->icon), "icon");
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->stack));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

/**
 * wb_step_row_new:
 * @number: from 1
 * @title: what is done
 *
 * Returns: (transfer floating): a step that waits
 */
GtkWidget *
wb_step_row_new (guint number, const char *title)
{
  WbStepRow *self = g_object_new (WB_TYPE_STEP_ROW, NULL);
  g_autofree char *text = g_strdup_printf ("%u", number);

  gtk_label_set_text (self->number, text);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  return GTK_WIDGET (self);
}

static void
show_icon (WbStepRow *self, const char *icon, const char *css_class, const char *label)
{
  const char *classes[] = { css_class, NULL };

  gtk_image_set_from_icon_name (self->icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_stack_set_visible_child_name (self->stack, "icon");
}

/**
 * wb_step_row_set_state:
 * @detail: (nullable): what was seen
 *
 * Shows how the step goes.
 */
void
wb_step_row_set_state (WbStepRow *self, WbStepState state, const char *detail)
{
  g_return_if_fail (WB_IS_STEP_ROW (self));

  gtk_spinner_set_spinning (self->spinner, state == WB_STEP_BEGUN);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "current-step");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), detail == NULL ? "" : detail);
  switch (state)
    {
    case WB_STEP_BEGUN:
      gtk_widget_add_css_class (GTK_WIDGET (self), "current-step");
      gtk_stack_set_visible_child_name (self->stack, "spinner");
      break;
    case WB_STEP_DONE:
      show_icon (self, "emblem-ok-symbolic", "success", _ ("Done"));
      break;
    case WB_STEP_FAILED:
      show_icon (self, "dialog-error-symbolic", "error", _ ("Failed"));
      break;
    case WB_STEP_WAITING:
    default:
      gtk_stack_set_visible_child_name (self->stack, "number");
    }
}

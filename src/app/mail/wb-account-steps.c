/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-account-steps.h"

#include <glib/gi18n-lib.h>

struct _WbAccountSteps
{
  GObject parent_instance;

  AdwExpanderRow *parent; /* weak: NULL once its window is gone, and the rows with it */
  GPtrArray *rows;        /* of AdwActionRow */
  GPtrArray *lights;      /* of GtkStack */
};

G_DEFINE_FINAL_TYPE (WbAccountSteps, wb_account_steps, G_TYPE_OBJECT)

static const struct
{
  const char *icon;
  const char *style;
  const char *word; /* what a screen reader says of the light */
} looks[] = {
  [WB_AUTOCONFIG_FOUND] = { "emblem-ok-symbolic", "success", N_ ("done") },
  [WB_AUTOCONFIG_NOTHING] = { "list-remove-symbolic", "dim-label", N_ ("nothing") },
  [WB_AUTOCONFIG_FAILED] = { "dialog-warning-symbolic", "warning", N_ ("failed") },
  [WB_AUTOCONFIG_SKIPPED] = { "action-unavailable-symbolic", "dim-label", N_ ("not asked") },
};

static void
wb_account_steps_finalize (GObject *object)
{
  WbAccountSteps *self = WB_ACCOUNT_STEPS (object);

  g_clear_weak_pointer (&self->parent);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->lights);

  G_OBJECT_CLASS (wb_account_steps_parent_class)->finalize (object);
}

static void
wb_account_steps_class_init (WbAccountStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_account_steps_finalize;
}

static void
wb_account_steps_init (WbAccountSteps *self)
{
  self->rows = g_ptr_array_new ();
  self->lights = g_ptr_array_new ();
}

/**
 * wb_account_steps_new:
 * @parent: the row that they are below
 *
 * Main thread.
 *
 * Returns: (transfer full): no steps yet
 */
WbAccountSteps *
wb_account_steps_new (AdwExpanderRow *parent)
{
  WbAccountSteps *self = g_object_new (WB_TYPE_ACCOUNT_STEPS, NULL);

  g_set_weak_pointer (&self->parent, parent);
  return self;
}

static void
add_row (WbAccountSteps *self)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *light = gtk_stack_new ();
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_stack_add_named (GTK_STACK (light), spinner, "running");
  gtk_stack_add_named (GTK_STACK (light), gtk_image_new (), "ended");
  gtk_widget_set_valign (light, GTK_ALIGN_CENTER);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), light);
  gtk_widget_add_css_class (row, "account-step");
  g_ptr_array_add (self->rows, row);
  g_ptr_array_add (self->lights, light);
  adw_expander_row_add_row (self->parent, row);
}

static void
light_up (GtkStack *light, WbAutoconfigState state)
{
  GtkWidget *image = gtk_stack_get_child_by_name (light, "ended");

  if (state == WB_AUTOCONFIG_RUNNING)
    {
      gtk_stack_set_visible_child_name (light, "running");
      return;
    }
  gtk_image_set_from_icon_name (GTK_IMAGE (image), looks[state].icon);
  gtk_widget_set_css_classes (image, (const char *[]){ looks[state].style, NULL });
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (looks[state].word), -1);
  gtk_stack_set_visible_child_name (light, "ended");
}

/**
 * wb_account_steps_set:
 * @self: the steps
 * @number: which one; a new one comes after the last
 * @title: what it does
 * @state: how far it is
 * @detail: (nullable): what came of it
 *
 * Main thread.
 */
void
wb_account_steps_set (WbAccountSteps *self,
                      guint number,
                      const char *title,
                      WbAutoconfigState state,
                      const char *detail)
{
  g_return_if_fail (WB_IS_ACCOUNT_STEPS (self));

  if (!self->parent)
    return;
  while (self->rows->len <= number)
    add_row (self);
  adw_preferences_row_set_title (g_ptr_array_index (self->rows, number), title);
  adw_action_row_set_subtitle (g_ptr_array_index (self->rows, number), detail ? detail : "");
  light_up (g_ptr_array_index (self->lights, number), state);
}

/**
 * wb_account_steps_clear:
 * @self: the steps
 *
 * Takes them away. Main thread.
 */
void
wb_account_steps_clear (WbAccountSteps *self)
{
  g_return_if_fail (WB_IS_ACCOUNT_STEPS (self));

  for (guint i = 0; self->parent && i < self->rows->len; i++)
    adw_expander_row_remove (self->parent, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->lights, 0);
}

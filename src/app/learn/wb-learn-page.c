/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-learn-page.h"

#include "wb-capitalize.h"
#include "wb-case-view.h"
#include "wb-case.h"
#include "wb-split-view.h"

#include <glib/gi18n-lib.h>

struct _WbLearnPage
{
  AdwBin parent_instance;

  /* Template */
  WbSplitView *split;
  GtkListBox *list;
  WbCaseView *view;

  /* Owned */
  WbWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (WbLearnPage, wb_learn_page, ADW_TYPE_BIN)

static void
row_selected_cb (WbLearnPage *self, GtkListBoxRow *row)
{
  if (row != NULL && self->workbench != NULL)
    wb_case_view_set_case (self->view, (guint) gtk_list_box_row_get_index (row) + 1);
}

static void
row_activated_cb (WbLearnPage *self, GtkListBoxRow *row)
{
  wb_split_view_set_show_content (self->split, TRUE);
}

static void
collapsed_cb (WbLearnPage *self)
{
  wb_case_view_set_collapsed (self->view, wb_split_view_get_collapsed (self->split));
}

static void
wb_learn_page_dispose (GObject *object)
{
  WbLearnPage *self = WB_LEARN_PAGE (object);

  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_learn_page_parent_class)->dispose (object);
}

static void
wb_learn_page_class_init (WbLearnPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_learn_page_dispose;

  g_type_ensure (WB_TYPE_SPLIT_VIEW);
  g_type_ensure (WB_TYPE_CASE_VIEW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/learn/wb-learn-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WbLearnPage, split);
  gtk_widget_class_bind_template_child (widget_class, WbLearnPage, list);
  gtk_widget_class_bind_template_child (widget_class, WbLearnPage, view);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, collapsed_cb);
}

static void
wb_learn_page_init (WbLearnPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GtkWidget *
create_row (guint number)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  g_autofree char *text = g_strdup_printf ("%02u", number);
  GtkWidget *count = gtk_label_new (text);
  g_autofree char *name = wb_capitalize (wb_case_get_title (number));
  GtkWidget *title = gtk_label_new (name);

  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), count);
  gtk_box_append (GTK_BOX (box), title);
  return box;
}

/**
 * wb_learn_page_new:
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wb_learn_page_new (WbWorkbench *workbench)
{
  WbLearnPage *self = g_object_new (WB_TYPE_LEARN_PAGE, NULL);

  self->workbench = g_object_ref (workbench);
  wb_case_view_set_workbench (self->view, workbench);
  for (guint i = 1; i <= WB_CASE_COUNT; i++)
    gtk_list_box_append (self->list, create_row (i));
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  return GTK_WIDGET (self);
}

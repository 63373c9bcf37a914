/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-picture-bar.h"

#include "wb-wrap-box.h"

#include <glib/gi18n-lib.h>

/* As wide or high as telephones, the text of a mail and screens are. */
static const struct
{
  const char *name;
  guint longest;
} sizes[] = {
  { N_ ("Small"), 640 },
  { N_ ("Medium"), 1024 },
  { N_ ("Large"), 1600 },
  { N_ ("Original"), 0 },
};

struct _WbPictureBar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *what;
  GtkToggleButton *buttons[G_N_ELEMENTS (sizes)];
  gboolean filling; /* while the buttons are set from here */
  int longest;
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbPictureBar, wb_picture_bar, GTK_TYPE_WIDGET)

static void
show_choice (WbPictureBar *self)
{
  self->filling = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    gtk_toggle_button_set_active (self->buttons[i], self->longest == (int) sizes[i].longest);
  self->filling = FALSE;
}

static void
toggled_cb (GtkToggleButton *button, gpointer user_data)
{
  WbPictureBar *self = user_data;

  if (self->filling)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (self->buttons[i] == button)
      self->longest = (int) sizes[i].longest;
  /* Who presses the one that is chosen leaves it chosen. */
  show_choice (self);
  g_signal_emit (self, signals[CHOSEN], 0, self->longest);
}

static void
wb_picture_bar_dispose (GObject *object)
{
  g_clear_pointer (&WB_PICTURE_BAR (object)->box, gtk_widget_unparent);

  G_OBJECT_CLASS (wb_picture_bar_parent_class)->dispose (object);
}

static void
wb_picture_bar_class_init (WbPictureBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_picture_bar_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
wb_picture_bar_init (WbPictureBar *self)
{
  GtkWidget *what = gtk_label_new (NULL);
  GtkWidget *linked = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->what = GTK_LABEL (what);
  gtk_label_set_xalign (self->what, 0);
  gtk_label_set_wrap (self->what, TRUE);
  gtk_widget_set_hexpand (what, TRUE);
  gtk_widget_add_css_class (linked, "linked");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (_ (sizes[i].name));

      self->buttons[i] = GTK_TOGGLE_BUTTON (button);
      /* The caret stays in the text, and the picture selected. */
      gtk_widget_set_focus_on_click (button, FALSE);
      g_signal_connect (button, "toggled", G_CALLBACK (toggled_cb), self);
      gtk_box_append (GTK_BOX (linked), button);
    }
  self->box = wb_wrap_box_new (6);
  gtk_widget_add_css_class (self->box, "mail-note");
  wb_wrap_box_insert (WB_WRAP_BOX (self->box), what, NULL);
  wb_wrap_box_insert (WB_WRAP_BOX (self->box), linked, NULL);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Size that pictures are sent in"), -1);
}

/* How large the largest picture is when it is sent so. */
static void
describe_size (GtkWidget *button, const WbPictures *pictures, guint longest)
{
  const guint whole = MAX (pictures->width, pictures->height);
  guint width = pictures->width;
  guint height = pictures->height;
  g_autofree char *text = NULL;

  if (longest > 0)
    {
      width = (guint) MAX (((guint64) width * longest + whole / 2) / whole, 1);
      height = (guint) MAX (((guint64) height * longest + whole / 2) / whole, 1);
    }
  /* Translators: a picture's width and height in pixels */
  text = g_strdup_printf (_ ("%u × %u pixels"), width, height);
  gtk_widget_set_tooltip_text (button, text);
}

/**
 * wb_picture_bar_set_pictures:
 * @self: the bar
 * @pictures: what the choice is for
 *
 * Shows no size that would make nothing smaller. Main thread.
 */
void
wb_picture_bar_set_pictures (WbPictureBar *self, const WbPictures *pictures)
{
  const guint whole = MAX (pictures->width, pictures->height);
  g_autofree char *size = g_format_size (pictures->bytes);
  g_autofree char *text = NULL;

  g_return_if_fail (WB_IS_PICTURE_BAR (self));

  if (pictures->count == 0)
    return;
  if (pictures->count == 1)
    text = g_strdup_printf (
        /* Translators: a picture's width and height in pixels, and its size such as "5 MB" */
        _ ("Send the picture of %u × %u, %s, as"), pictures->width, pictures->height, size);
  else
    text = g_strdup_printf (
        /* Translators: %u is a number of pictures, %s their size together such as "5 MB" */
        g_dngettext (GETTEXT_PACKAGE, "Send %u large picture, %s, as",
                     "Send %u large pictures, %s, as", pictures->count),
        pictures->count, size);
  gtk_label_set_text (self->what, text);
  self->longest = pictures->longest;
  show_choice (self);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->buttons[i]), sizes[i].longest < whole);
      describe_size (GTK_WIDGET (self->buttons[i]), pictures, sizes[i].longest);
    }
}

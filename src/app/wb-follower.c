/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-follower.h"

/* So near to the end counts as at the end. */
#define NEAR 24

struct _WbFollower
{
  GObject parent_instance;

  /* Borrowed: they own this object by way of their page */
  GtkListView *list;
  GtkAdjustment *adjustment;

  GListModel *model;
  gboolean follows;
  double upper; /* of the adjustment, when it was last looked at */
  double page_size;
  guint tick; /* set while a look is due before the next frame */
};

enum
{
  PROP_0,
  PROP_FOLLOWS,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WbFollower, wb_follower, G_TYPE_OBJECT)

static void
wb_follower_dispose (GObject *object)
{
  WbFollower *self = WB_FOLLOWER (object);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->list), self->tick);
  self->tick = 0;
  g_clear_object (&self->model);

  G_OBJECT_CLASS (wb_follower_parent_class)->dispose (object);
}

static void
wb_follower_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbFollower *self = WB_FOLLOWER (object);

  if (id == PROP_FOLLOWS)
    g_value_set_boolean (value, self->follows);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wb_follower_class_init (WbFollowerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wb_follower_dispose;
  object_class->get_property = wb_follower_get_property;

  properties[PROP_FOLLOWS] =
      g_param_spec_boolean ("follows", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
wb_follower_init (WbFollower *self)
{
  self->follows = TRUE;
}

static void
set_follows (WbFollower *self, gboolean follows)
{
  if (self->follows == follows)
    return;
  self->follows = follows;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWS]);
}

static double
get_rest (WbFollower *self)
{
  return gtk_adjustment_get_upper (self->adjustment) -
         gtk_adjustment_get_page_size (self->adjustment) -
         gtk_adjustment_get_value (self->adjustment);
}

/* Returns whether the list has another height than before, or another room. */
static gboolean
note_size (WbFollower *self)
{
  double upper = gtk_adjustment_get_upper (self->adjustment);
  double page_size = gtk_adjustment_get_page_size (self->adjustment);
  gboolean changed = upper != self->upper || page_size != self->page_size;

  self->upper = upper;
  self->page_size = page_size;
  return changed;
}

static void
go_to_newest (WbFollower *self)
{
  guint n_items = g_list_model_get_n_items (self->model);

  if (n_items > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", n_items - 1);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  WbFollower *self = user_data;

  self->tick = 0;
  if (self->follows && get_rest (self) >= 1)
    go_to_newest (self);
  return G_SOURCE_REMOVE;
}

/* The list goes to the row that it was told of and stays with it: when the row's height was guessed
 * too low, a row came meanwhile, or the room became less, the end is somewhere else by then. While
 * the list is being laid out it must not be moved. */
static void
size_changed_cb (WbFollower *self)
{
  if (note_size (self) && self->follows && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self->list), tick_cb, self, NULL);
}

static void
scrolled_cb (WbFollower *self)
{
  if (get_rest (self) < NEAR)
    set_follows (self, TRUE);
  else if (self->tick == 0)
    /* Rows that come or go, or turn out to be higher than was guessed, and another room for them,
     * move the list by themselves; that says nothing of what a person wants. */
    set_follows (self, FALSE);
}

static void
items_changed_cb (WbFollower *self)
{
  if (self->follows)
    go_to_newest (self);
}

/**
 * wb_follower_new:
 * @list: a list that shows @model; its owner has to keep the follower no longer than it
 * @scroller: what @list scrolls in
 *
 * Returns: (transfer full): a follower, which follows
 */
WbFollower *
wb_follower_new (GtkListView *list, GtkScrolledWindow *scroller, GListModel *model)
{
  WbFollower *self = g_object_new (WB_TYPE_FOLLOWER, NULL);

  self->list = list;
  self->adjustment = gtk_scrolled_window_get_vadjustment (scroller);
  self->model = g_object_ref (model);
  g_signal_connect_object (self->adjustment, "value-changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->adjustment, "changed", G_CALLBACK (size_changed_cb), self,
                           G_CONNECT_SWAPPED);
  /* After, since the list has to know of the new rows first. */
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  return self;
}

/**
 * wb_follower_catch_up:
 *
 * Goes to the newest row and follows from there.
 */
void
wb_follower_catch_up (WbFollower *self)
{
  g_return_if_fail (WB_IS_FOLLOWER (self));

  set_follows (self, TRUE);
  go_to_newest (self);
}

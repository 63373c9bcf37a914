/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "frame-meter.h"

#include <time.h>

static gint64
thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
note (Longest *longest, gint64 wall, gint64 cpu)
{
  longest->wall = MAX (longest->wall, wall / 1000.0);
  longest->cpu = MAX (longest->cpu, cpu / 1000.0);
}

static void
before_paint_cb (FrameMeter *self)
{
  self->frame_wall = g_get_monotonic_time ();
  self->frame_cpu = thread_time ();
}

static void
after_paint_cb (FrameMeter *self)
{
  note (&self->frame, g_get_monotonic_time () - self->frame_wall, thread_time () - self->frame_cpu);
}

static gboolean
round_cb (gpointer user_data)
{
  FrameMeter *self = user_data;
  gint64 wall = g_get_monotonic_time (), cpu = thread_time ();

  note (&self->stall, wall - self->loop_wall, cpu - self->loop_cpu);
  self->loop_wall = wall;
  self->loop_cpu = cpu;
  return G_SOURCE_CONTINUE;
}

/* From now on, the main loop comes round each ms at the latest. */
void
frame_meter_watch_loop (FrameMeter *self)
{
  g_autoptr (GSource) source = g_timeout_source_new (1);

  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, round_cb, self, NULL);
  g_source_attach (source, NULL);
}

/* @window: one that is presented */
void
frame_meter_watch_window (FrameMeter *self, GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (before_paint_cb), self);
  g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (after_paint_cb), self);
}

/* Forgets what was the longest until now. */
void
frame_meter_begin (FrameMeter *self)
{
  self->frame = self->stall = (Longest){ 0 };
  self->begun = self->loop_wall = g_get_monotonic_time ();
  self->loop_cpu = thread_time ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

/* The longest of something, in ms: by the clock, and what the main thread used of the processor,
 * since a busy machine lengthens every wait. */
typedef struct
{
  double wall, cpu;
} Longest;

/**
 * FrameMeter:
 * @frame: from the frame clock's before-paint to its after-paint
 * @stall: how long the main loop did not come round
 * @begun: the monotonic time of frame_meter_begin(), in µs
 *
 * How smooth a window is. Main thread; a variable that lives as long as the main loop runs.
 */
typedef struct
{
  Longest frame, stall;
  gint64  begun;

  gint64  frame_wall, frame_cpu, loop_wall, loop_cpu;
} FrameMeter;

void frame_meter_watch_loop   (FrameMeter *self);
void frame_meter_watch_window (FrameMeter *self,
                               GtkWidget  *window);
void frame_meter_begin        (FrameMeter *self);

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How many lines of 64 bytes a second the log takes: bench-wire [THREADS [EVENTS [SECRETS]]]. */

#include "config.h"

#include "wb-wire.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  WbWire *wire;
  guint64 events;
} Job;

static gpointer
append_thread (gpointer data)
{
  Job *job = data;
  char line[64];

  memset (line, 'x', sizeof line);
  for (guint64 i = 0; i < job->events; i++)
    wb_wire_append (job->wire, 1, WB_WIRE_LINE, WB_WIRE_SENT, line, sizeof line);
  return NULL;
}

int
main (int argc, char *argv[])
{
  guint threads = argc > 1 ? strtoul (argv[1], NULL, 10) : 1;
  guint64 events = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 10 * 1000 * 1000;
  guint secrets = argc > 3 ? strtoul (argv[3], NULL, 10) : 0;
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_autoptr (GPtrArray) running = g_ptr_array_new ();
  Job job = { .wire = wire, .events = events / MAX (threads, 1) };
  gint64 start;
  double seconds;

  for (guint i = 0; i < secrets; i++)
    {
      g_autofree char *secret = g_strdup_printf ("secret-%u", i);

      wb_wire_hide (wire, secret);
    }

  start = g_get_monotonic_time ();
  for (guint i = 0; i < MAX (threads, 1); i++)
    g_ptr_array_add (running, g_thread_new ("append", append_thread, &job));
  for (guint i = 0; i < running->len; i++)
    g_thread_join (g_ptr_array_index (running, i));
  seconds = (g_get_monotonic_time () - start) / 1e6;

  g_print ("{\"bench\": \"wire\", \"events\": %" G_GUINT64_FORMAT ", \"secrets\": %u, "
           "\"memory\": %" G_GSIZE_FORMAT
           ", \"rows\": [{\"what\": \"64-byte lines logged, threads: %u, "
           "secrets: %u\", \"unit\": \"1/s\", \"ours\": %.0f, \"peers\": {}, \"ratio\": "
           "null}]}\n",
           job.events * MAX (threads, 1), secrets, wb_wire_get_memory (wire), MAX (threads, 1),
           secrets, job.events * MAX (threads, 1) / seconds);
  return 0;
}

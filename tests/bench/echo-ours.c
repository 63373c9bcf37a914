/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Our echo server, as a program like echo-peer. */

#include "wb-init.h"
#include "wb-socket-server.h"

#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  WbSocketServerOptions options = { .transport = WB_SOCKET_TCP, .reply = WB_SOCKET_REPLY_ECHO };
  g_autoptr (WbSocketServer) server = NULL;
  g_autoptr (GError) error = NULL;
  char byte;

  wb_init ();
  server = wb_socket_server_start (&options, &error);
  if (server == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  printf ("%u\n", wb_socket_server_get_port (server));
  fflush (stdout);
  while (read (STDIN_FILENO, &byte, 1) > 0)
    ;
  return 0;
}

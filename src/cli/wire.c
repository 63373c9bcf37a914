/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"

int
main (int argc, char *argv[])
{
  return wb_cli_main (wb_cli_commands, argc, argv);
}

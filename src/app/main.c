/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-application.h"
#include "wb-init.h"
#include "wb-toolkit.h"
#include "wb-workbench.h"

#include <glib/gi18n-lib.h>

int
main (int argc, char **argv)
{
  g_autoptr (WbApplication) application = NULL;
  g_autoptr (GError) error = NULL;

  wb_init ();
  wb_toolkit_prepare ();
  textdomain (GETTEXT_PACKAGE);

  if (!wb_workbench_check_installation (&error))
    {
      g_printerr ("wirebench: %s\n", error->message);
      return 1;
    }

  g_set_application_name (_ ("Wirebench"));
  application = wb_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-application.h"
#include "wb-workbench.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  g_autoptr (WbApplication) application = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
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

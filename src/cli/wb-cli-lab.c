/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"

#include "wb-lab.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

/* What the log of the conversations may take when nobody wants a transcript. */
#define WIRE_MEMORY (1024 * 1024)

typedef struct
{
  WbLabService service;
  guint16 port;
} Wanted;

/* "NAME" or "NAME:PORT". */
static gboolean
parse_wanted (const char *text, Wanted *wanted, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *name = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);
  guint64 port = 0;

  if (!wb_lab_service_from_name (name, &wanted->service))
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is what was typed; the names stay as they are. */
                   _ ("The lab has no server “%s”. There are udp-echo, tcp-echo, tls-echo, ftp, "
                      "ftps, smtp, smtps, smtp-b, pop3 and pop3s."),
                   name);
      return FALSE;
    }
  if (colon != NULL && !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is what was typed. */
                   _ ("“%s” is no port. Use 0 to 65535; 0 takes a free one."), colon + 1);
      return FALSE;
    }
  wanted->port = port;
  return TRUE;
}

static GArray *
parse_list (const char *list, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Wanted));
  g_auto (GStrv) items = g_strsplit (*list != '\0' ? list : ",", ",", -1);

  for (guint i = 0; items[i] != NULL; i++)
    {
      Wanted wanted;

      if (!parse_wanted (g_strstrip (items[i]), &wanted, error))
        return NULL;
      g_array_append_val (all, wanted);
    }
  return g_steal_pointer (&all);
}

static gboolean
start (WbLab *lab, GArray *wanted, GError **error)
{
  if (wanted == NULL)
    return wb_lab_start_all (lab, error);
  for (guint i = 0; i < wanted->len; i++)
    {
      const Wanted *one = &g_array_index (wanted, Wanted, i);

      if (!wb_lab_start (lab, one->service, one->port, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
announce (WbCli *cli, WbLab *lab, const char *ports_file, GError **error)
{
  g_autofree char *json = wb_lab_to_json (lab);

  if (ports_file != NULL)
    {
      g_autofree char *line = g_strconcat (json, "\n", NULL);
      struct stat st;

      /* It is renamed into place, and must not take the place of a device or a pipe. */
      if (lstat (ports_file, &st) == 0 && !S_ISREG (st.st_mode) && !S_ISLNK (st.st_mode))
        {
          g_autofree char *shown = g_filename_display_name (ports_file);

          g_set_error (error, WB_ERROR, WB_ERROR_FAILED,
                       /* Translators: %s is a file name. */
                       _ ("While writing the ports file: “%s” is not an ordinary file."), shown);
          return FALSE;
        }
      /* There are passwords in it. Whoever waits for the file finds it whole. */
      if (!g_file_set_contents_full (ports_file, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                     error))
        {
          g_prefix_error (error, "%s", _ ("While writing the ports file: "));
          return FALSE;
        }
    }
  wb_cli_print (cli, "%s\n", json);
  return TRUE;
}

static int
run (WbCli *cli, WbLab *lab, GArray *wanted, const char *ports_file)
{
  g_autoptr (GError) error = NULL;

  if (!start (lab, wanted, &error) || !announce (cli, lab, ports_file, &error))
    return g_error_matches (error, WB_ERROR, WB_ERROR_UNSUPPORTED)
               ? wb_cli_usage (cli, error->message)
               : wb_cli_fail (cli, error);
  wb_cli_wait (cli, -1);
  wb_lab_stop_all (lab);
  return WB_CLI_DONE;
}

/**
 * wb_cli_lab:
 *
 * `wire lab`: runs the lab's servers until SIGINT or SIGTERM.
 *
 * Returns: the exit code
 */
int
wb_cli_lab (WbCli *cli)
{
  g_autofree char *servers = NULL;
  g_autofree char *state = NULL;
  g_autofree char *ports_file = NULL;
  g_auto (GStrv) faults = NULL;
  const GOptionEntry entries[] = {
    { "servers", 0, 0, G_OPTION_ARG_STRING, &servers,
      N_ ("Run these servers alone: names with commas between them, each with :PORT or without"),
      N_ ("LIST") },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &state,
      N_ ("Keep certificates, files and mail in this folder"), N_ ("DIR") },
    { "ports-file", 0, 0, G_OPTION_ARG_FILENAME, &ports_file,
      N_ ("Write ports and passwords to this file too, once all servers listen"), N_ ("FILE") },
    { "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &faults,
      N_ ("Do something wrong on purpose: delay=MILLISECONDS, close-after=BYTES or "
          "reply=VERB:CODE"),
      N_ ("SPEC") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) wanted = NULL;
  g_autoptr (WbWire) wire = NULL;
  g_autoptr (WbLab) lab = NULL;
  int status;

  if (!wb_cli_parse (cli, entries, 0, 0, &status))
    return status;
  if (servers != NULL)
    {
      wanted = parse_list (servers, &error);
      if (wanted == NULL)
        return wb_cli_usage (cli, error->message);
    }
  if (state == NULL)
    state = g_build_filename (g_get_user_state_dir (), "wirebench", "lab", NULL);

  wire = wb_cli_get_wire (cli) != NULL ? g_object_ref (wb_cli_get_wire (cli))
                                       : wb_wire_new (WIRE_MEMORY);
  lab = wb_lab_new (wire, state, &error);
  if (lab == NULL)
    return wb_cli_fail (cli, error);
  for (guint i = 0; faults != NULL && faults[i] != NULL; i++)
    if (!wb_lab_add_fault (lab, faults[i], &error))
      return wb_cli_usage (cli, error->message);
  return run (cli, lab, wanted, ports_file);
}

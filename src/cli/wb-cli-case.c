/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"

#include "wb-case.h"
#include "wb-json.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

typedef struct
{
  WbCli *cli;
  guint number;
  const WbCaseStep *steps;
  int shown; /* the step whose title was printed last */
} Report;

static void
report_json (Report *report, guint step, const char *state, const char *detail)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *line = NULL;

  json_object_set_int_member (object, "case", report->number);
  json_object_set_int_member (object, "step", step + 1);
  json_object_set_string_member (object, "title", report->steps[step].title);
  json_object_set_string_member (object, "state", state);
  if (detail != NULL)
    json_object_set_string_member (object, "detail", detail);
  json_node_init_object (node, object);
  line = wb_json_to_string (node);
  wb_cli_print (report->cli, "%s\n", line);
}

static void
report_step (guint step, WbCaseStepState state, const char *detail, gpointer user_data)
{
  static const char *const names[] = {
    [WB_CASE_STEP_BEGUN] = "begun",
    [WB_CASE_STEP_DONE] = "done",
    [WB_CASE_STEP_FAILED] = "failed",
  };
  Report *report = user_data;

  if (wb_cli_get_json (report->cli))
    report_json (report, step, names[state], detail);
  else if (state != WB_CASE_STEP_BEGUN)
    wb_cli_print (report->cli, "   %s %s\n", state == WB_CASE_STEP_DONE ? "✓" : "✗",
                  detail != NULL ? detail : "");
  else if (report->shown != (int) step)
    {
      report->shown = (int) step;
      wb_cli_print (report->cli, "%u. %s\n", step + 1, report->steps[step].title);
    }
}

static WbLab *
make_lab (WbCli *cli, const char *state, GError **error)
{
  g_autofree char *usual = g_build_filename (g_get_user_state_dir (), "wirebench", "lab", NULL);

  return wb_lab_new (wb_cli_ensure_wire (cli), state != NULL ? state : usual, error);
}

static int
run (WbCli *cli, guint number, WbCaseOptions *options, const char *state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbLab) lab = NULL;
  g_autoptr (WbUrl) url = NULL;
  Report report = { cli, number, NULL, -1 };
  guint n_steps = 0;
  gboolean done;

  if (options->against == NULL)
    {
      lab = make_lab (cli, state, &error);
      if (lab == NULL)
        return wb_cli_fail (cli, error);
      options->lab = lab;
    }
  else if (number >= 6)
    {
      url = wb_cli_parse_url (cli, options->against, &error);
      if (url == NULL)
        return wb_cli_url_fail (cli, error);
      options->password = url->password;
      options->trust = wb_cli_get_trust (cli, url->host, url->port, &error);
      if (options->trust == NULL)
        return wb_cli_fail (cli, error);
    }

  report.steps = wb_case_get_steps (number, &n_steps);
  if (!wb_cli_get_json (cli))
    wb_cli_print (cli, "%02u %s\n", number, wb_case_get_title (number));
  options->wire = wb_cli_ensure_wire (cli);
  options->timeout = wb_cli_get_timeout (cli);
  done = wb_case_run (number, options, report_step, &report, wb_cli_get_cancellable (cli), &error);
  if (lab != NULL)
    wb_lab_stop_all (lab);
  return done ? WB_CLI_DONE : wb_cli_fail (cli, error);
}

/**
 * wb_cli_case:
 *
 * `wire case 01` … `12`: runs one of the twelve cases, its steps printed as they
 * happen.
 *
 * Returns: the exit code
 */
int
wb_cli_case (WbCli *cli)
{
  g_autofree char *against = NULL;
  g_autofree char *text = NULL;
  g_autofree char *charset = NULL;
  g_autofree char *state = NULL;
  int port = 0;
  gboolean endless = FALSE;
  const GOptionEntry entries[] = {
    { "against", 0, 0, G_OPTION_ARG_STRING, &against,
      N_ ("Run it against this server instead of the lab"), N_ ("URL|HOST:PORT") },
    { "text", 0, 0, G_OPTION_ARG_STRING, &text, N_ ("Say this"), N_ ("TEXT") },
    { "charset", 0, 0, G_OPTION_ARG_STRING, &charset, N_ ("Send text in this charset"),
      N_ ("CHARSET") },
    { "port", 0, 0, G_OPTION_ARG_INT, &port, N_ ("Serve on this port (01, 03, 04)"), N_ ("PORT") },
    { "endless", 0, 0, G_OPTION_ARG_NONE, &endless, N_ ("Serve until interrupted (03)"), NULL },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &state, N_ ("Keep the lab’s files in this folder"),
      N_ ("DIR") },
    { NULL },
  };
  WbCaseOptions options = { 0 };
  guint64 number = 0;
  int status;

  if (!wb_cli_parse (cli, entries, 1, 1, &status))
    return status;
  if (!g_ascii_string_to_unsigned (wb_cli_get_arguments (cli)[0], 10, 1, WB_CASE_COUNT, &number,
                                   NULL))
    return wb_cli_usage (cli, _ ("There are the cases 01 to 12."));
  if (port < 0 || port > G_MAXUINT16)
    return wb_cli_usage (cli, _ ("A port is a number from 0 to 65535."));

  options.against = against;
  options.text = text;
  options.charset = charset;
  options.port = port;
  options.endless = endless;
  return run (cli, number, &options, state);
}

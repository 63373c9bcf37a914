/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-ftp-many.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How often a transfer that may be gone on with is tried again, if nobody says otherwise. */
#define RETRIES 5

#define JOBS_MAX 16

/* Folders and several files go over this many connections. */
#define JOBS_DEFAULT 4

void
wb_cli_ftp_options_init (WbCliFtpOptions *self)
{
  *self = (WbCliFtpOptions){ .jobs = G_MININT, .segments = G_MININT, .retries = G_MININT };
}

void
wb_cli_ftp_options_clear (WbCliFtpOptions *self)
{
  g_clear_pointer (&self->limit_text, g_free);
  g_clear_pointer (&self->if_exists_text, g_free);
}

/* "300", "300K", "1.5M", "2G": bytes a second. */
static gboolean
read_limit (const char *text, gint64 *limit)
{
  static const char units[] = "KMG";
  char *end = NULL;
  double value = g_ascii_strtod (text, &end);
  const char *unit = *end != '\0' ? strchr (units, g_ascii_toupper (*end)) : NULL;

  if (end == text || !(value > 0) || value > 1e15 || (*end != '\0' && (unit == NULL || end[1])))
    return FALSE;
  for (const char *u = units; unit != NULL && u <= unit; u++)
    value *= 1024;
  if (value < 1 || value > 1e15)
    return FALSE;
  *limit = (gint64) value;
  return TRUE;
}

static gboolean
read_rule (const char *text, WbFtpIfExists *rule)
{
  static const struct
  {
    const char *name;
    WbFtpIfExists rule;
  } rules[] = {
    { "ask", WB_FTP_IF_EXISTS_ASK },       { "overwrite", WB_FTP_IF_EXISTS_OVERWRITE },
    { "newer", WB_FTP_IF_EXISTS_NEWER },   { "resume", WB_FTP_IF_EXISTS_RESUME },
    { "rename", WB_FTP_IF_EXISTS_RENAME }, { "skip", WB_FTP_IF_EXISTS_SKIP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (text, rules[i].name))
      {
        *rule = rules[i].rule;
        return TRUE;
      }
  return FALSE;
}

static gboolean
check (WbCliFtpOptions *self, WbCli *cli)
{
  const char *problem = NULL;

  if (self->if_exists_text != NULL && !read_rule (self->if_exists_text, &self->if_exists))
    problem = _ ("--if-exists takes ask, overwrite, newer, resume, rename or skip.");
  else if (self->jobs != G_MININT && (self->jobs < 1 || self->jobs > JOBS_MAX))
    problem = _ ("--jobs takes a number from 1 to 16.");
  else if (self->segments != G_MININT && (self->segments < 1 || self->segments > JOBS_MAX))
    problem = _ ("--segments takes a number from 1 to 16.");
  else if (self->retries != G_MININT && (self->retries < 0 || self->retries > 1000))
    problem = _ ("--retries takes a number from 0 to 1000.");
  else if (self->limit_text != NULL && !read_limit (self->limit_text, &self->limit))
    problem = _ ("--limit takes bytes a second, as in 500K or 2M.");
  if (problem == NULL)
    return TRUE;
  wb_cli_usage (cli, problem);
  return FALSE;
}

/* Parses the common options and @more, which has at most seven. */
gboolean
wb_cli_ftp_options_parse (WbCliFtpOptions *self,
                          WbCli *cli,
                          const GOptionEntry *more,
                          guint minimum,
                          guint maximum,
                          int *status)
{
  const GOptionEntry common[] = {
    { "jobs", 'j', 0, G_OPTION_ARG_INT, &self->jobs, N_ ("Transfers at once; 4 by default"),
      N_ ("N") },
    { "segments", 0, 0, G_OPTION_ARG_INT, &self->segments,
      N_ ("Download a large file in pieces, over this many connections"), N_ ("N") },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &self->resume, N_ ("Go on where a transfer broke off"),
      NULL },
    { "retries", 0, 0, G_OPTION_ARG_INT, &self->retries,
      N_ ("Further attempts when a connection breaks; 5 with --resume, else none"), N_ ("N") },
    { "limit", 0, 0, G_OPTION_ARG_STRING, &self->limit_text,
      N_ ("No more than this many bytes a second in all, as in 500K or 2M"), N_ ("RATE") },
    { "preserve", 'p', 0, G_OPTION_ARG_NONE, &self->preserve, N_ ("Keep times and permissions"),
      NULL },
    { "verify", 0, 0, G_OPTION_ARG_NONE, &self->verify,
      N_ ("Compare checksums, where the server can make them"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, N_ ("No progress on the terminal"), NULL },
  };
  GOptionEntry entries[G_N_ELEMENTS (common) + 8] = { { NULL } };
  guint count = 0;

  while (more[count].long_name != NULL && count < 7)
    {
      entries[count] = more[count];
      count++;
    }
  memcpy (entries + count, common, sizeof common);
  if (!wb_cli_parse (cli, entries, minimum, maximum, status))
    return FALSE;
  *status = WB_CLI_USAGE;
  if (!check (self, cli))
    return FALSE;
  if (self->retries == G_MININT)
    self->retries = self->resume ? RETRIES : 0;
  if (self->segments == G_MININT)
    self->segments = 1;
  if (self->jobs == G_MININT)
    self->jobs = MAX (JOBS_DEFAULT, self->segments);
  return TRUE;
}

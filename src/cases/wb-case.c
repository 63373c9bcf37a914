/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cases"

#include "config.h"

#include "wb-case.h"

#include "wb-case-code.h"
#include "wb-case-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define STEPS_MAX 8

typedef struct
{
  WbCaseFunc func;
  const char *title;
  const char *summary;
  const char *steps[STEPS_MAX];
} Case;

static const Case cases[WB_CASE_COUNT] = {
  { wb_case_udp_server,
    N_ ("UDP server"),
    N_ ("A server that waits for a datagram and answers it. UDP has no connection: each "
        "datagram stands for itself and says where it comes from."),
    { N_ ("make a socket"), N_ ("bind it to an address and port"), N_ ("receive"),
      N_ ("answer") } },
  { wb_case_udp_client,
    N_ ("UDP client"),
    N_ ("A client that sends one datagram and waits for the answer. Nothing is promised: "
        "a datagram may be lost, doubled or late."),
    { N_ ("make a socket"), N_ ("send to the server"), N_ ("receive the answer") } },
  { wb_case_udp_endless,
    N_ ("UDP server that runs for ever"),
    N_ ("The server of case 01 in an endless loop. It must survive whatever anybody sends, and "
        "stop when it is asked to."),
    { N_ ("make a socket"), N_ ("bind it to an address and port"),
      N_ ("receive and answer, for ever"), N_ ("survive bad input"), N_ ("stop when asked") } },
  { wb_case_tcp_server,
    N_ ("TCP server"),
    N_ ("A server for one conversation. Accepting makes a new socket, which carries the "
        "conversation; the first one only takes requests."),
    { N_ ("make a socket"), N_ ("bind it to an address and port"), N_ ("listen"),
      N_ ("accept a request"), N_ ("receive"), N_ ("answer"), N_ ("close the connection") } },
  { wb_case_tcp_client,
    N_ ("TCP client"),
    N_ ("A client that connects, sends, receives and closes. TCP costs a handshake first, and "
        "then every byte arrives, in order."),
    { N_ ("make a socket"), N_ ("connect"), N_ ("send"), N_ ("receive"), N_ ("close") } },
  { wb_case_ftp,
    N_ ("FTP"),
    N_ ("A visit to a file server: one connection for the commands, and another one for each "
        "listing and each file."),
    { N_ ("connect to the host"), N_ ("log in"), N_ ("list"), N_ ("change folder"), N_ ("transfer"),
      N_ ("leave") } },
  { wb_case_mail_plain,
    N_ ("plain-text mail"),
    N_ ("The simplest mail: headers, an empty line, text; handed to a mail server by SMTP."),
    { N_ ("build the message"), N_ ("send it by SMTP") } },
  { wb_case_mail_html,
    N_ ("HTML mail"),
    N_ ("The same as a plain mail, but its subtype is html instead of plain."),
    { N_ ("build the message, with subtype html"), N_ ("send it by SMTP") } },
  { wb_case_mail_attachment,
    N_ ("mail with an attachment"),
    N_ ("A message of several parts, multipart/mixed: a text body, and a file turned into "
        "letters by base64."),
    { N_ ("write the text body"), N_ ("add the attachment"), N_ ("send it by SMTP") } },
  { wb_case_mail_headers,
    N_ ("headers"),
    N_ ("From, To, Cc and Subject with names in any script. Headers are ASCII on their way, so "
        "the names are encoded as RFC 2047 says."),
    { N_ ("write From, To, Cc and Subject"), N_ ("encode them as the standard says"),
      N_ ("send it by SMTP") } },
  { wb_case_mail_alternative,
    N_ ("HTML and text in one mail"),
    N_ ("multipart/alternative: the same words twice, as text and as HTML. The reader's program "
        "shows the best form that it can."),
    { N_ ("write it as text"), N_ ("add the same as HTML"), N_ ("send it by SMTP") } },
  { wb_case_pop3,
    N_ ("receiving by POP3"),
    N_ ("Fetching mail from the server that keeps it: the whole message comes, and is taken "
        "apart on this computer."),
    { N_ ("authenticate"), N_ ("ask how much there is, and for the list"),
      N_ ("fetch one message by its number"), N_ ("parse its structure") } },
};

static const Case *
get_case (guint number)
{
  g_return_val_if_fail (number >= 1 && number <= WB_CASE_COUNT, NULL);
  return &cases[number - 1];
}

/**
 * wb_case_get_title:
 * @number: 1 to %WB_CASE_COUNT
 *
 * Returns: (transfer none): such as "UDP server", translated
 */
const char *
wb_case_get_title (guint number)
{
  const Case *found = get_case (number);

  return found != NULL ? _ (found->title) : NULL;
}

/**
 * wb_case_get_summary:
 * @number: 1 to %WB_CASE_COUNT
 *
 * Returns: (transfer none): a sentence or two on what it shows, translated
 */
const char *
wb_case_get_summary (guint number)
{
  const Case *found = get_case (number);

  return found != NULL ? _ (found->summary) : NULL;
}

/* ── Code ── */

/* The source without its licence line, which is ours and not the learner's. */
static const char *
get_code (guint number, const char *ending)
{
  g_autofree char *path = g_strdup_printf ("/wirebench/cases/case-%02u.%s", number, ending);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (wb_case_code_get_resource (), path,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  const char *text;
  const char *start;

  /* The resource is part of the program, uncompressed and ended by NUL, so its bytes stay. */
  g_assert (bytes != NULL);
  text = g_bytes_get_data (bytes, NULL);
  start = strstr (text, "\n\n");
  return start != NULL ? start + 2 : text;
}

/**
 * wb_case_get_python:
 * @number: 1 to %WB_CASE_COUNT
 *
 * Returns: (transfer none): the case as a Python program
 */
const char *
wb_case_get_python (guint number)
{
  return get_case (number) != NULL ? get_code (number, "py") : NULL;
}

/**
 * wb_case_get_c:
 * @number: 1 to %WB_CASE_COUNT
 *
 * Returns: (transfer none): the case as a C program with GIO
 */
const char *
wb_case_get_c (guint number)
{
  return get_case (number) != NULL ? get_code (number, "c") : NULL;
}

/* The lines of a step: from a comment that begins with its number to the line before the next such
 * comment or the next empty line.
 */
static void
find_lines (const char *code, guint step, guint lines[2])
{
  g_auto (GStrv) all = g_strsplit (code, "\n", -1);
  g_autofree char *python = g_strdup_printf ("# %u. ", step);
  g_autofree char *c = g_strdup_printf ("/* %u. ", step);

  for (guint i = 0; all[i] != NULL; i++)
    {
      const char *line = g_strchug (all[i]);
      gboolean marker = g_str_has_prefix (line, "# ") || g_str_has_prefix (line, "/* ");
      gboolean number = marker && g_ascii_isdigit (line[line[0] == '#' ? 2 : 3]);

      if (lines[0] == 0 && (g_str_has_prefix (line, python) || g_str_has_prefix (line, c)))
        lines[0] = i + 1;
      else if (lines[0] != 0 && (number || *line == '\0'))
        return;
      if (lines[0] != 0)
        lines[1] = i + 1;
    }
}

typedef struct
{
  WbCaseStep steps[WB_CASE_COUNT][STEPS_MAX];
  guint n_steps[WB_CASE_COUNT];
} AllSteps;

static gpointer
make_steps (gpointer data)
{
  AllSteps *all = g_new0 (AllSteps, 1);

  for (guint i = 0; i < WB_CASE_COUNT; i++)
    for (guint j = 0; j < STEPS_MAX && cases[i].steps[j] != NULL; j++)
      {
        WbCaseStep *step = &all->steps[i][j];

        step->title = _ (cases[i].steps[j]);
        find_lines (get_code (i + 1, "py"), j + 1, step->python);
        find_lines (get_code (i + 1, "c"), j + 1, step->c);
        all->n_steps[i] = j + 1;
      }
  return all;
}

/**
 * wb_case_get_steps:
 * @number: 1 to %WB_CASE_COUNT
 * @n_steps: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_steps): the steps in their order
 */
const WbCaseStep *
wb_case_get_steps (guint number, guint *n_steps)
{
  static GOnce once = G_ONCE_INIT;
  const AllSteps *all;

  g_return_val_if_fail (n_steps != NULL, NULL);
  *n_steps = 0;
  if (get_case (number) == NULL)
    return NULL;
  all = g_once (&once, make_steps, NULL);
  *n_steps = all->n_steps[number - 1];
  return all->steps[number - 1];
}

/* ── Running ── */

static gboolean
prepare (WbCaseRun *run, GError **error)
{
  if (run->options->trust != NULL)
    {
      run->trust = g_object_ref (run->options->trust);
      return TRUE;
    }
  run->trust = wb_trust_new ();
  return run->options->lab == NULL ||
         wb_trust_add_ca_file (run->trust, wb_lab_get_ca_file (run->options->lab), error);
}

/**
 * wb_case_run:
 * @number: 1 to %WB_CASE_COUNT
 * @options: what to run against and what to say; its trust, when it is not %NULL, must
 *   trust the lab's CA (wb_lab_get_ca_file()) where the lab is used
 * @func: (nullable): told of each step
 *
 * Performs the case for real, step by step. A case that is a server plays its client
 * too, in a thread of its own. Blocks; to be called on a worker thread.
 *
 * Case 03 ends well when it is cancelled, since being asked to stop is its last step;
 * every other case then fails with `G_IO_ERROR_CANCELLED`.
 *
 * Errors: those of the step that failed, with the step named; %WB_ERROR_INVALID for an
 * address that does not fit the case.
 *
 * Returns: %TRUE when all steps were done, else %FALSE with @error set
 */
gboolean
wb_case_run (guint number,
             const WbCaseOptions *options,
             WbCaseStepFunc func,
             gpointer user_data,
             GCancellable *cancellable,
             GError **error)
{
  const Case *found = get_case (number);
  g_autoptr (GError) local = NULL;
  WbCaseRun run = {
    .number = number,
    .options = options,
    .func = func,
    .user_data = user_data,
    .cancellable = cancellable,
  };
  gboolean done;

  g_return_val_if_fail (found != NULL && options != NULL, FALSE);

  run.charset = options->charset != NULL ? options->charset : "UTF-8";
  done = prepare (&run, &local) && found->func (&run, &local);
  g_clear_object (&run.trust);
  if (done)
    return TRUE;

  g_assert (local != NULL);
  if (run.in_step)
    {
      if (func != NULL)
        func (run.step, WB_CASE_STEP_FAILED, local->message, user_data);
      if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        /* Translators: the number is a case's, %s the step that failed; the reason follows. */
        g_prefix_error (&local, _ ("Case %02u, step “%s”: "), number, _ (found->steps[run.step]));
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

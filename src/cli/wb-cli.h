/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-error.h"
#include "wb-trust.h"
#include "wb-url.h"
#include "wb-wire.h"

G_BEGIN_DECLS

/*
 * How to add a command
 * ====================
 * 1. A file wb-cli-NAME.c in src/cli/meson.build, with a function
 *
 *      int
 *      wb_cli_ftp_mkdir (WbCli *cli)
 *      {
 *        gboolean parents = FALSE;
 *        const GOptionEntry entries[] = {
 *          { "parents", 'p', 0, G_OPTION_ARG_NONE, &parents, N_ ("Make the folders above too"),
 *            NULL },
 *          { NULL },
 *        };
 *        g_autoptr (GError) error = NULL;
 *        g_autoptr (WbUrl) url = NULL;
 *        WbTrust *trust;
 *        int status;
 *
 *        if (!wb_cli_parse (cli, entries, 1, 1, &status))      one URL, no less, no more
 *          return status;
 *        url = wb_cli_parse_url (cli, wb_cli_get_arguments (cli)[0], &error);
 *        if (url == NULL)
 *          return wb_cli_usage (cli, error->message);
 *        trust = wb_cli_get_trust (cli, url->host, url->port, &error);
 *        if (trust == NULL)
 *          return wb_cli_fail (cli, error);
 *        …blocking verbs with wb_cli_get_wire (), wb_cli_get_timeout (), wb_cli_get_cancellable ()…
 *        return WB_CLI_DONE;
 *      }
 *
 * 2. Its prototype in wb-cli-commands.h, its line in the table of wb-cli-commands.c.
 *
 * A command returns one of the three codes below and ends in no other way. Results go to stdout
 * with wb_cli_print() (JSON, one object a line, when wb_cli_get_json()); errors only through
 * wb_cli_fail() and wb_cli_usage(), once. The common options (--transcript, --timeout, --ca-file,
 * --pin, --json, --password-fd, --password-file, --help), SIGINT, SIGTERM and SIGHUP, the
 * transcript at the end and the exit code are taken care of. Everything here belongs to the main
 * thread, except the wire, the trust and the cancellable.
 */

enum
{
  WB_CLI_DONE   = 0,
  WB_CLI_FAILED = 1,
  WB_CLI_USAGE  = 2,
};

typedef struct _WbCli WbCli;

/**
 * WbCliCommand:
 * @name: one or two words, such as "udp send"
 * @arguments: what stands after the options, such as "HOST:PORT"
 * @summary: one line, marked with N_()
 * @func: (nullable): %NULL answers "not yet"
 */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  int       (*func) (WbCli *cli);
} WbCliCommand;

/**
 * WbCliFtpSettings:
 * @charset: (nullable): of the server's names
 * @proxy: (nullable): its URL
 * @time_offset: minutes ahead of UTC, or %G_MININT where nothing was said
 */
typedef struct
{
  gboolean  active;
  char     *charset;
  char     *proxy;
  int       time_offset;
} WbCliFtpSettings;

int           wb_cli_main            (const WbCliCommand  *commands,
                                      int                  argc,
                                      char               **argv);

gboolean      wb_cli_parse           (WbCli               *cli,
                                      const GOptionEntry  *entries,
                                      guint                minimum,
                                      guint                maximum,
                                      int                 *status);
char        **wb_cli_get_arguments   (WbCli               *cli);

const WbCliFtpSettings *
              wb_cli_get_ftp_settings (WbCli              *cli);

int           wb_cli_usage           (WbCli               *cli,
                                      const char          *message);
int           wb_cli_url_fail        (WbCli               *cli,
                                      const GError        *error);
int           wb_cli_fail            (WbCli               *cli,
                                      const GError        *error);
void          wb_cli_print           (WbCli               *cli,
                                      const char          *format,
                                      ...) G_GNUC_PRINTF (2, 3);
void          wb_cli_warn            (WbCli               *cli,
                                      const char          *message);

gboolean      wb_cli_get_json        (WbCli               *cli);
guint         wb_cli_get_timeout     (WbCli               *cli);
GCancellable *wb_cli_get_cancellable (WbCli               *cli);
void          wb_cli_wait            (WbCli               *cli,
                                      gint64               timeout_ms);
WbWire       *wb_cli_get_wire        (WbCli               *cli);
WbWire       *wb_cli_ensure_wire     (WbCli               *cli);
WbTrust      *wb_cli_get_trust       (WbCli               *cli,
                                      const char          *host,
                                      guint16              port,
                                      GError             **error);
WbUrl        *wb_cli_parse_url       (WbCli               *cli,
                                      const char          *text,
                                      GError             **error);
GBytes       *wb_cli_read_file       (WbCli               *cli,
                                      const char          *path,
                                      gsize                maximum,
                                      GError             **error);

G_END_DECLS

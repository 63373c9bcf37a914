/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli.h"

G_BEGIN_DECLS

/**
 * WbCliPayload:
 *
 * What the socket commands take as the bytes to send, and in which charset they
 * show those that come. Its fields are filled by the options of
 * wb_cli_payload_entries().
 */
typedef struct
{
  char     *text;
  char     *hex;
  char     *file;
  char     *charset;
  gboolean  escapes;
} WbCliPayload;

#define WB_CLI_PAYLOAD_ENTRIES(p)                                                                  \
  { "text", 't', 0, G_OPTION_ARG_FILENAME, &(p).text, N_ ("Send this text"), N_ ("TEXT") },        \
  { "hex", 'x', 0, G_OPTION_ARG_STRING, &(p).hex, N_ ("Send these bytes"), N_ ("HEX") },           \
  { "file", 'f', 0, G_OPTION_ARG_FILENAME, &(p).file,                                              \
    N_ ("Send what is in a file; - is the standard input"), N_ ("FILE") },                         \
  WB_CLI_CHARSET_ENTRIES (p)

#define WB_CLI_CHARSET_ENTRIES(p)                                                                  \
  { "charset", 'c', 0, G_OPTION_ARG_STRING, &(p).charset,                                          \
    N_ ("The charset of what is sent and received; UTF-8 if not given"), N_ ("CHARSET") },         \
  { "escapes", 'e', 0, G_OPTION_ARG_NONE, &(p).escapes,                                            \
    N_ ("In what is typed, \\n, \\r, \\t, \\0, \\\\, \\xHH and \\uXXXX stand for bytes"), NULL }

void      wb_cli_payload_clear   (WbCliPayload         *payload);
gboolean  wb_cli_payload_check   (const WbCliPayload   *payload,
                                  GError              **error);
gboolean  wb_cli_payload_is_set  (const WbCliPayload   *payload);
GBytes   *wb_cli_payload_load    (WbCli                *cli,
                                  const WbCliPayload   *payload,
                                  gsize                 maximum,
                                  GError              **error);
GBytes   *wb_cli_payload_encode  (const WbCliPayload   *payload,
                                  const char           *text,
                                  GError              **error);
char     *wb_cli_show_bytes      (const WbCliPayload   *payload,
                                  const void           *data,
                                  gsize                 length);
char     *wb_cli_show_text       (const WbCliPayload   *payload,
                                  const void           *data,
                                  gsize                 length);
gboolean  wb_cli_parse_seconds   (const char           *text,
                                  gint64               *milliseconds,
                                  GError              **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbCliPayload, wb_cli_payload_clear)

G_END_DECLS

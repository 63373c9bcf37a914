/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-payload.h"

#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/**
 * wb_cli_payload_clear:
 *
 * Frees what the options filled.
 */
void
wb_cli_payload_clear (WbCliPayload *payload)
{
  g_free (payload->text);
  g_free (payload->hex);
  g_free (payload->file);
  g_free (payload->charset);
}

/**
 * wb_cli_payload_is_set:
 *
 * Returns: whether any of `--text`, `--hex`, `--file` was given
 */
gboolean
wb_cli_payload_is_set (const WbCliPayload *payload)
{
  return payload->text != NULL || payload->hex != NULL || payload->file != NULL;
}

/**
 * wb_cli_payload_check:
 *
 * Returns: %FALSE with %WB_ERROR_INVALID set where more than one source was given,
 *   or a charset that does not exist
 */
gboolean
wb_cli_payload_check (const WbCliPayload *payload, GError **error)
{
  if ((payload->text != NULL) + (payload->hex != NULL) + (payload->file != NULL) > 1)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Only one of --text, --hex and --file can be sent."));
      return FALSE;
    }
  if (payload->charset != NULL && !wb_text_charset_exists (payload->charset))
    {
      g_autofree char *shown = g_utf8_make_valid (payload->charset, -1);

      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is what was typed as a charset. */
                   _ ("No charset is called “%s”. UTF-8, GB18030, Big5 and ISO-8859-1 are some."),
                   shown);
      return FALSE;
    }
  return TRUE;
}

/**
 * wb_cli_payload_encode:
 * @text: what was typed
 *
 * Returns: (transfer full) (nullable): its bytes in the charset, or %NULL with
 *   %WB_ERROR_INVALID set
 */
GBytes *
wb_cli_payload_encode (const WbCliPayload *payload, const char *text, GError **error)
{
  g_autofree char *utf8 = NULL;

  /* Nearly every terminal gives UTF-8, whatever the locale claims. */
  if (!g_utf8_validate (text, -1, NULL))
    utf8 = g_locale_to_utf8 (text, -1, NULL, NULL, NULL);
  if (utf8 != NULL)
    text = utf8;
  if (payload->escapes)
    return wb_text_parse_escapes (text, payload->charset, error);
  return wb_text_encode (text, payload->charset, error);
}

/**
 * wb_cli_payload_load:
 * @maximum: the most bytes that a file may have
 *
 * Returns: (transfer full) (nullable): what `--text`, `--hex` or `--file` says, no
 *   bytes if none was given; or %NULL with @error set
 */
GBytes *
wb_cli_payload_load (WbCli *cli, const WbCliPayload *payload, gsize maximum, GError **error)
{
  if (payload->hex != NULL)
    return wb_text_parse_hex (payload->hex, error);
  if (payload->file != NULL)
    return wb_cli_read_file (cli, payload->file, maximum, error);
  return wb_cli_payload_encode (payload, payload->text != NULL ? payload->text : "", error);
}

/**
 * wb_cli_show_bytes:
 *
 * Returns: (transfer full): bytes as one line of text in which nothing hides
 */
char *
wb_cli_show_bytes (const WbCliPayload *payload, const void *data, gsize length)
{
  return wb_text_escape (data, length, payload->charset);
}

/**
 * wb_cli_show_text:
 *
 * Returns: (transfer full): bytes as text for a terminal: its lines are lines, and
 *   everything else that would not be seen is escaped
 */
char *
wb_cli_show_text (const WbCliPayload *payload, const void *data, gsize length)
{
  g_autofree char *escaped = wb_text_escape (data, length, payload->charset);
  GString *text = g_string_sized_new (strlen (escaped));

  for (const char *p = escaped; *p != '\0'; p++)
    {
      if (p[0] != '\\')
        g_string_append_c (text, *p);
      else if (p[1] == 'n' || p[1] == 't' || p[1] == '\\')
        {
          g_string_append_c (text, p[1] == 'n' ? '\n' : p[1] == 't' ? '\t' : '\\');
          p++;
        }
      else if (strncmp (p, "\\r\\n", 4) == 0)
        p++;
      else
        {
          g_string_append_len (text, p, 2);
          p++;
        }
    }
  return g_string_free (text, FALSE);
}

/**
 * wb_cli_parse_seconds:
 * @text: seconds, such as "2" or "0.5"
 *
 * Returns: %FALSE with %WB_ERROR_INVALID set where that is no duration
 */
gboolean
wb_cli_parse_seconds (const char *text, gint64 *milliseconds, GError **error)
{
  char *end = NULL;
  double seconds = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (seconds) || seconds < 0 || seconds > 86400)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("--wait takes a number of seconds, such as 2 or 0.5."));
      return FALSE;
    }
  *milliseconds = (gint64) (seconds * 1000 + 0.999);
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-mail-draft.h"

#include "wb-address.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAXIMUM_TEXT (32 * 1024 * 1024)
#define MAXIMUM_PICTURE (256 * 1024 * 1024)

static const struct
{
  const char *name;
  WbDraftFormat format;
} formats[] = {
  { "auto", WB_DRAFT_AUTO },
  { "plain", WB_DRAFT_PLAIN },
  { "html", WB_DRAFT_HTML },
  { "both", WB_DRAFT_BOTH },
};

/**
 * wb_cli_draft_entries:
 * @options: what the entries fill; stays until the command line is parsed
 * @more: (nullable): the command's own entries, which come first
 *
 * Returns: (transfer full): entries for wb_cli_parse(), to be freed with g_free()
 */
GOptionEntry *
wb_cli_draft_entries (WbCliDraft *options, const GOptionEntry *more)
{
  const GOptionEntry ours[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &options->from, N_ ("Who sends"), N_ ("ADDRESS") },
    { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->to, N_ ("To whom; may be given again"),
      N_ ("ADDRESS") },
    { "cc", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->cc, N_ ("Who gets a copy"), N_ ("ADDRESS") },
    { "bcc", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->bcc,
      N_ ("Who gets a copy that the others do not see"), N_ ("ADDRESS") },
    { "reply-to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->reply_to, N_ ("Where answers go"),
      N_ ("ADDRESS") },
    { "subject", 0, 0, G_OPTION_ARG_STRING, &options->subject, N_ ("What it is about"),
      N_ ("TEXT") },
    { "text", 0, 0, G_OPTION_ARG_FILENAME, &options->text,
      N_ ("The plain text, from a file or “-”"), N_ ("FILE") },
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &options->html,
      N_ ("The formatted text, from a file or “-”"), N_ ("FILE") },
    { "format", 0, 0, G_OPTION_ARG_STRING, &options->format,
      N_ ("Which texts are sent: auto, plain, html or both"), N_ ("FORMAT") },
    { "attach", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->attachments,
      N_ ("Attach a file; may be given again"), N_ ("FILE") },
    { "picture", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->pictures,
      N_ ("A picture that the HTML shows as cid:ID"), N_ ("ID=FILE") },
    { "charset", 0, 0, G_OPTION_ARG_STRING, &options->charset,
      N_ ("Encode in this charset, not UTF-8"), N_ ("CHARSET") },
    { "flowed", 0, 0, G_OPTION_ARG_NONE, &options->flowed,
      N_ ("Let the reader’s window decide where lines of the plain text are wrapped"), NULL },
    { "header", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->headers,
      N_ ("Another header; may be given again"), N_ ("NAME: VALUE") },
    { "in-reply-to", 0, 0, G_OPTION_ARG_STRING, &options->in_reply_to,
      N_ ("The Message-ID of what this answers"), N_ ("ID") },
    { "references", 0, 0, G_OPTION_ARG_STRING, &options->references,
      N_ ("The References of what this answers"), N_ ("IDS") },
  };
  gsize count = 0;
  GOptionEntry *entries;

  while (more != NULL && more[count].long_name != NULL)
    count++;
  entries = g_new0 (GOptionEntry, count + G_N_ELEMENTS (ours) + 1);
  if (count > 0)
    memcpy (entries, more, count * sizeof *more);
  memcpy (entries + count, ours, sizeof ours);
  return entries;
}

static char *
read_text (WbCli *cli, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = wb_cli_read_file (cli, path, MAXIMUM_TEXT, error);
  g_autofree char *shown = g_filename_display_name (path);
  const char *data;
  gsize length;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  if (length > 0 && !g_utf8_validate_len (data, length, NULL))
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE,
                   /* Translators: %s is a file name. */
                   _ ("%s is not UTF-8 text. Convert it first, or attach it."), shown);
      return NULL;
    }
  return length > 0 ? g_strndup (data, length) : g_strdup ("");
}

static void
add_addresses (WbDraft *draft, WbDraftField field, char **addresses)
{
  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    wb_draft_add_address (draft, field, addresses[i]);
}

/* What one option reads from standard input is not there for another. */
static gboolean
check_standard_input (const WbCliDraft *options, GError **error)
{
  guint count = g_strcmp0 (options->text, "-") == 0;

  count += g_strcmp0 (options->html, "-") == 0;
  for (gsize i = 0; options->pictures != NULL && options->pictures[i] != NULL; i++)
    count += g_strcmp0 (strchr (options->pictures[i], '='), "=-") == 0;
  if (count <= 1)
    return TRUE;
  g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID, wb_cli_draft_one_input ());
  return FALSE;
}

/* RFC 5322 section 3.6.4, without the angle brackets. */
static gboolean
is_message_id (const char *id)
{
  const char *at = strrchr (id, '@');

  for (const char *p = id; *p != '\0'; p++)
    if (*p <= ' ' || *p >= 0x7f || *p == '<' || *p == '>')
      return FALSE;
  return at != NULL && at > id && at[1] != '\0';
}

/* The ids in @text, of which the angle brackets need not be typed. The library leaves out what is
 * none, since it comes from other people's mail; what was typed is a mistake. */
static char *
read_ids (const char *field, const char *text, GError **error)
{
  g_autoptr (GString) read = g_string_new (NULL);
  g_auto (GStrv) words = NULL;

  if (!wb_mail_check_value (field, text, error))
    return NULL;
  words = g_strsplit_set (text, " \t", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      gsize length = strlen (words[i]);
      gboolean angled = length > 2 && words[i][0] == '<' && words[i][length - 1] == '>';
      g_autofree char *id = angled ? g_strndup (words[i] + 1, length - 2) : g_strdup (words[i]);

      if (length == 0)
        continue;
      if (!is_message_id (id))
        {
          g_autofree char *shown = wb_mail_shorten (words[i]);

          g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                       /* Translators: %s is what was typed as a Message-ID. */
                       _ ("“%s” is no Message-ID: it needs the form <name@host>."), shown);
          return NULL;
        }
      g_string_append_printf (read, " <%s>", id);
    }
  return g_strdup (read->str);
}

static gboolean
set_answer (WbDraft *draft, const WbCliDraft *options, GError **error)
{
  g_autofree char *parent = NULL;
  g_autofree char *references = NULL;

  if (options->in_reply_to == NULL && options->references == NULL)
    return TRUE;
  if (options->in_reply_to == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("--references says more about --in-reply-to, which is missing."));
      return FALSE;
    }
  parent = read_ids ("In-Reply-To", options->in_reply_to, error);
  if (parent == NULL)
    return FALSE;
  if (options->references != NULL)
    references = read_ids ("References", options->references, error);
  if (options->references != NULL && references == NULL)
    return FALSE;
  wb_draft_set_in_reply_to (draft, parent, references);
  return TRUE;
}

static gboolean
add_picture (WbCli *cli, WbDraft *draft, const char *option, GHashTable *ids, GError **error)
{
  const char *equals = strchr (option, '=');
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (equals == NULL || equals == option)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("--picture takes ID=FILE, where the HTML says cid:ID."));
      return FALSE;
    }
  id = g_strndup (option, equals - option);
  if (!g_hash_table_add (ids, g_strdup (id)))
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is what HTML calls a picture. */
                   _ ("--picture has the ID “%s” twice."), id);
      return FALSE;
    }
  bytes = wb_cli_read_file (cli, equals + 1, MAXIMUM_PICTURE, error);
  if (bytes == NULL)
    return FALSE;
  name = g_path_get_basename (equals + 1);
  shown = g_filename_display_name (name);
  wb_draft_attach_bytes (draft, bytes, shown, NULL, id);
  return TRUE;
}

static gboolean
add_header (WbDraft *draft, const char *option, GError **error)
{
  const char *colon = strchr (option, ':');
  g_autofree char *name = NULL;

  if (colon == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID, _ ("--header takes “Name: value”."));
      return FALSE;
    }
  name = g_strndup (option, colon - option);
  wb_draft_add_header (draft, name, colon[1] == ' ' ? colon + 2 : colon + 1);
  return TRUE;
}

static gboolean
set_format (WbDraft *draft, const char *name, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, name) == 0)
      {
        wb_draft_set_format (draft, formats[i].format);
        return TRUE;
      }
  g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                       _ ("--format takes auto, plain, html or both."));
  return FALSE;
}

/**
 * wb_cli_draft_one_input:
 *
 * Returns: (transfer none): what to say where two options would read standard input
 */
const char *
wb_cli_draft_one_input (void)
{
  return _ ("Standard input (“-”) can be read for one option only.");
}

/**
 * wb_cli_draft_make:
 * @options: as filled by wb_cli_parse()
 *
 * Reads the files that the options name and makes a draft of it all.
 *
 * Returns: (transfer full): the draft, or %NULL with @error set: %WB_ERROR_INVALID where what was
 *   typed makes no sense
 */
WbDraft *
wb_cli_draft_make (WbCli *cli, const WbCliDraft *options, GError **error)
{
  g_autoptr (WbDraft) draft = wb_draft_new ();
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = NULL;
  g_autofree char *html = NULL;

  if (!check_standard_input (options, error) || !set_answer (draft, options, error))
    return NULL;
  wb_draft_set_from (draft, options->from);
  add_addresses (draft, WB_DRAFT_TO, options->to);
  add_addresses (draft, WB_DRAFT_CC, options->cc);
  add_addresses (draft, WB_DRAFT_BCC, options->bcc);
  add_addresses (draft, WB_DRAFT_REPLY_TO, options->reply_to);
  wb_draft_set_subject (draft, options->subject);
  wb_draft_set_charset (draft, options->charset);
  wb_draft_set_flowed (draft, options->flowed);
  if (options->format != NULL && !set_format (draft, options->format, error))
    return NULL;
  for (gsize i = 0; options->headers != NULL && options->headers[i] != NULL; i++)
    if (!add_header (draft, options->headers[i], error))
      return NULL;

  if (options->text != NULL)
    {
      text = read_text (cli, options->text, error);
      if (text == NULL)
        return NULL;
      wb_draft_set_text (draft, text);
    }
  if (options->html != NULL)
    {
      html = read_text (cli, options->html, error);
      if (html == NULL)
        return NULL;
      wb_draft_set_html (draft, html);
    }
  for (gsize i = 0; options->pictures != NULL && options->pictures[i] != NULL; i++)
    if (!add_picture (cli, draft, options->pictures[i], ids, error))
      return NULL;
  for (gsize i = 0; options->attachments != NULL && options->attachments[i] != NULL; i++)
    if (!wb_draft_attach_file (draft, options->attachments[i], error))
      return NULL;
  return g_steal_pointer (&draft);
}

/**
 * wb_cli_draft_fail:
 * @error: why there is no message
 *
 * Returns: the exit code: whether the options make no sense, or what they name cannot be sent
 */
int
wb_cli_draft_fail (WbCli *cli, const GError *error)
{
  if (g_error_matches (error, WB_ERROR, WB_ERROR_INVALID) ||
      g_error_matches (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID))
    return wb_cli_usage (cli, error->message);
  return wb_cli_fail (cli, error);
}

/**
 * wb_cli_draft_clear:
 *
 * Frees what the options hold.
 */
void
wb_cli_draft_clear (WbCliDraft *options)
{
  g_free (options->from);
  g_strfreev (options->to);
  g_strfreev (options->cc);
  g_strfreev (options->bcc);
  g_strfreev (options->reply_to);
  g_free (options->subject);
  g_free (options->text);
  g_free (options->html);
  g_free (options->format);
  g_strfreev (options->attachments);
  g_strfreev (options->pictures);
  g_free (options->charset);
  g_strfreev (options->headers);
  g_free (options->in_reply_to);
  g_free (options->references);
}

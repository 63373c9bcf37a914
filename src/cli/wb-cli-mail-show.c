/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-draft.h"
#include "wb-message.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAXIMUM_MESSAGE (1024 * 1024 * 1024)

typedef struct
{
  gboolean text;
  gboolean html;
  gboolean tree;
  char *save;
} ShowOptions;

/* Text from strangers, for a terminal: without the characters that steer one. */
static char *
to_harmless (const char *text, gboolean one_line)
{
  g_autoptr (GString) out = g_string_sized_new (strlen (text));

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if ((c == '\n' || c == '\t') && !one_line)
        g_string_append_unichar (out, c);
      else if (g_unichar_iscntrl (c) || (c >= 0x202a && c <= 0x202e) ||
               (c >= 0x2066 && c <= 0x2069))
        g_string_append (out, "\357\277\275");
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Bytes as they are for a program, harmless for a terminal. */
static void
print_text (WbCli *cli, const char *text)
{
  g_autofree char *harmless = NULL;

  if (!isatty (STDOUT_FILENO))
    {
      fputs (text, stdout);
      return;
    }
  harmless = to_harmless (text, FALSE);
  wb_cli_print (cli, "%s", harmless);
}

static void
print_part (WbCli *cli, const WbMessagePart *part, guint depth)
{
  g_autofree char *type = to_harmless (part->type, TRUE);

  wb_cli_print (cli, "%*s%-6s %s", (int) depth * 2, "", part->number, type);
  if (part->charset != NULL)
    {
      g_autofree char *charset = to_harmless (part->charset, TRUE);

      wb_cli_print (cli, " (%s)", charset);
    }
  if (part->parts == NULL)
    {
      g_autofree char *size = g_format_size (part->size);

      wb_cli_print (cli, ", %s", size);
    }
  if (part->disposition != NULL)
    wb_cli_print (cli, ", %s", part->disposition);
  if (part->file_name != NULL)
    wb_cli_print (cli, ", “%s”", part->file_name);
  wb_cli_print (cli, "\n");
  for (guint i = 0; part->parts != NULL && i < part->parts->len; i++)
    print_part (cli, part->parts->pdata[i], depth + 1);
}

static void
print_mailboxes (WbCli *cli, WbMessage *message, const char *field)
{
  g_autoptr (GPtrArray) mailboxes = wb_message_get_mailboxes (message, field);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *harmless = NULL;

  for (guint i = 0; i < mailboxes->len; i++)
    {
      const WbMailbox *mailbox = mailboxes->pdata[i];

      g_string_append (line, i > 0 ? ", " : "");
      if (mailbox->name != NULL)
        g_string_append_printf (line, "%s <%s>", mailbox->name, mailbox->address);
      else
        g_string_append (line, mailbox->address);
    }
  if (line->len == 0)
    return;
  harmless = to_harmless (line->str, TRUE);
  wb_cli_print (cli, "%s: %s\n", field, harmless);
}

static void
print_header (WbCli *cli, WbMessage *message, const char *name)
{
  const char *value = wb_message_get_header (message, name);
  g_autofree char *harmless = value != NULL ? to_harmless (value, TRUE) : NULL;

  if (harmless != NULL)
    wb_cli_print (cli, "%s: %s\n", name, harmless);
}

static char *
best_text (WbMessage *message)
{
  const char *html = wb_message_get_html (message);

  if (wb_message_get_text (message) != NULL)
    return g_strdup (wb_message_get_text (message));
  return html != NULL ? wb_html_to_text (html) : g_strdup ("");
}

static void
print_summary (WbCli *cli, WbMessage *message)
{
  g_autoptr (GPtrArray) attachments = wb_message_get_attachments (message);
  g_autofree char *text = best_text (message);
  g_autofree char *harmless = to_harmless (text, FALSE);

  print_mailboxes (cli, message, "From");
  print_mailboxes (cli, message, "Reply-To");
  print_mailboxes (cli, message, "To");
  print_mailboxes (cli, message, "Cc");
  print_header (cli, message, "Date");
  print_header (cli, message, "Subject");
  wb_cli_print (cli, "\n%s", harmless);
  if (*harmless != '\0' && !g_str_has_suffix (harmless, "\n"))
    wb_cli_print (cli, "\n");
  if (attachments->len > 0)
    wb_cli_print (cli, "\n%s\n", _ ("Attachments:"));
  for (guint i = 0; i < attachments->len; i++)
    print_part (cli, attachments->pdata[i], 1);
}

static gboolean
save_attachments (WbCli *cli, WbMessage *message, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) attachments = wb_message_get_attachments (message);
  g_autoptr (GFile) directory = g_file_new_for_path (folder);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_autofree char *shown = g_filename_display_name (folder);

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                   /* Translators: the first %s is a folder, the second the system's reason. */
                   _ ("The folder “%s” could not be made: %s."), shown, g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; i < attachments->len; i++)
    {
      g_autoptr (GFile) saved = NULL;

      saved = wb_message_save_part (message, attachments->pdata[i], directory,
                                    wb_cli_get_cancellable (cli), error);
      if (saved == NULL)
        return FALSE;
      wb_cli_print (cli, "%s\n", g_file_peek_path (saved));
    }
  return TRUE;
}

static int
show (WbCli *cli, WbMessage *message, const ShowOptions *options)
{
  const char *const *warnings = wb_message_get_warnings (message);
  g_autoptr (GError) error = NULL;

  if (options->save != NULL)
    return save_attachments (cli, message, options->save, &error) ? WB_CLI_DONE
                                                                  : wb_cli_fail (cli, error);
  if (wb_cli_get_json (cli))
    {
      g_autofree char *json = wb_message_to_json (message);

      wb_cli_print (cli, "%s\n", json);
      return WB_CLI_DONE;
    }
  if (options->text)
    {
      g_autofree char *text = best_text (message);

      print_text (cli, text);
    }
  else if (options->html)
    {
      if (wb_message_get_html (message) == NULL)
        {
          g_set_error_literal (&error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                               _ ("The message has no HTML text."));
          return wb_cli_fail (cli, error);
        }
      print_text (cli, wb_message_get_html (message));
    }
  else if (options->tree)
    print_part (cli, wb_message_get_tree (message), 0);
  else
    print_summary (cli, message);
  for (gsize i = 0; warnings[i] != NULL; i++)
    wb_cli_warn (cli, warnings[i]);
  return WB_CLI_DONE;
}

/**
 * wb_cli_mail_show:
 *
 * `wire mail show FILE`: what is in a message, for a person or, with `--json`, a program.
 *
 * Returns: the exit code
 */
int
wb_cli_mail_show (WbCli *cli)
{
  ShowOptions options = { 0 };
  const GOptionEntry entries[] = {
    { "text", 0, 0, G_OPTION_ARG_NONE, &options.text, N_ ("Write the plain text alone"), NULL },
    { "html", 0, 0, G_OPTION_ARG_NONE, &options.html, N_ ("Write the HTML alone"), NULL },
    { "tree", 0, 0, G_OPTION_ARG_NONE, &options.tree, N_ ("Show the parts as they are nested"),
      NULL },
    { "save-attachments", 0, 0, G_OPTION_ARG_FILENAME, &options.save,
      N_ ("Save the attachments in a folder"), N_ ("FOLDER") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) source = NULL;
  g_autoptr (WbMessage) message = NULL;
  g_autofree char *folder = NULL;
  int status;

  if (!wb_cli_parse (cli, entries, 1, 1, &status))
    {
      g_free (options.save);
      return status;
    }
  folder = options.save;
  if (options.text + options.html + options.tree + wb_cli_get_json (cli) + (options.save != NULL) >
      1)
    return wb_cli_usage (cli, _ ("Give one of --json, --text, --html, --tree and "
                                 "--save-attachments."));
  source = wb_cli_read_file (cli, wb_cli_get_arguments (cli)[0], MAXIMUM_MESSAGE, &error);
  if (source == NULL)
    return wb_cli_fail (cli, error);
  message = wb_message_parse (source, &error);
  if (message == NULL)
    return wb_cli_fail (cli, error);
  return show (cli, message, &options);
}

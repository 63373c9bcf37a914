/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-mail-draft.h"
#include "wb-cli-mail-server.h"

#include "wb-json.h"
#include "wb-mail-mbox.h"
#include "wb-mail-spool.h"
#include "wb-message.h"
#include "wb-smtp-client.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <unistd.h>

#define MAXIMUM_MESSAGE (1024 * 1024 * 1024)
#define MAXIMUM_IN_MEMORY (4 * 1024 * 1024)

typedef struct
{
  WbCliDraft draft;
  WbCliMailServer server;
  char **files;
} SendOptions;

/* One mail to be sent: who, to whom, what. */
typedef struct
{
  char *sender;
  GPtrArray *recipients;
  WbMailSource *message;
} Mail;

static void
send_options_clear (SendOptions *options)
{
  wb_cli_draft_clear (&options->draft);
  wb_cli_mail_server_clear (&options->server);
  g_strfreev (options->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SendOptions, send_options_clear)

static void
mail_clear (Mail *mail)
{
  g_clear_pointer (&mail->sender, g_free);
  g_clear_pointer (&mail->recipients, g_ptr_array_unref);
  g_clear_pointer (&mail->message, wb_mail_source_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Mail, mail_clear)

static gboolean
make_from_draft (WbCli *cli, const SendOptions *options, Mail *mail, GError **error)
{
  g_autoptr (WbDraft) draft = wb_cli_draft_make (cli, &options->draft, error);

  if (draft == NULL)
    return FALSE;
  mail->sender = wb_draft_get_sender (draft, error);
  if (mail->sender != NULL)
    mail->recipients = wb_draft_get_recipients (draft, error);
  if (mail->recipients != NULL)
    mail->message = wb_draft_build_source (draft, wb_cli_get_cancellable (cli), error);
  return mail->message != NULL;
}

static char *
find_sender (WbMessage *message, GError **error)
{
  g_autoptr (GPtrArray) senders = g_ptr_array_new_with_free_func (g_free);

  if (!wb_message_collect_addresses (message, "From", senders, error))
    return NULL;
  if (senders->len == 0)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           _ ("The message does not say in “From” who sends it. Say it with "
                              "--from."));
      return NULL;
    }
  return g_strdup (g_ptr_array_index (senders, 0));
}

static gboolean
add_header_recipients (WbMessage *message, WbDraft *draft, GError **error)
{
  static const char *const fields[] = { "To", "Cc", "Bcc", "Resent-Bcc" };
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!wb_message_collect_addresses (message, fields[i], addresses, error))
      return FALSE;
  for (guint i = 0; i < addresses->len; i++)
    wb_draft_add_address (draft, WB_DRAFT_BCC, g_ptr_array_index (addresses, i));
  return TRUE;
}

/* The envelope of a finished message: --from and --to in place of what its header says, --cc and
 * --bcc beside it. */
static gboolean
make_envelope (const SendOptions *options, WbMailSource *source, Mail *mail, GError **error)
{
  g_autoptr (WbDraft) draft = wb_draft_new ();
  g_autoptr (WbMessage) message = NULL;
  char **const typed[] = { options->draft.to, options->draft.cc, options->draft.bcc };

  if (options->draft.from == NULL || options->draft.to == NULL)
    {
      g_autoptr (GBytes) header = wb_mail_source_read_header (source, error);

      if (header != NULL)
        message = wb_message_parse (header, error);
      if (message == NULL)
        return FALSE;
    }

  wb_draft_set_from (draft, options->draft.from);
  mail->sender = options->draft.from != NULL ? wb_draft_get_sender (draft, error)
                                             : find_sender (message, error);
  if (mail->sender == NULL ||
      (options->draft.to == NULL && !add_header_recipients (message, draft, error)))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    for (char **address = typed[i]; address != NULL && *address != NULL; address++)
      wb_draft_add_address (draft, WB_DRAFT_BCC, *address);
  mail->recipients = wb_draft_get_recipients (draft, error);
  return mail->recipients != NULL;
}

/* A small file is read at once, a large one as it is sent. What comes from a program comes but
 * once, and must be whole before it is sent. */
static WbMailSource *
open_file (WbCli *cli, const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  gboolean standard = g_str_equal (path, "-");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WbMailSource) spooled = NULL;
  GStatBuf info = { 0 };
  int fd = standard ? STDIN_FILENO : -1;

  if (!standard && g_stat (path, &info) == 0 &&
      (!S_ISREG (info.st_mode) || info.st_size > MAXIMUM_IN_MEMORY))
    fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    {
      bytes = wb_cli_read_file (cli, path, MAXIMUM_MESSAGE, error);
      return bytes != NULL ? wb_mail_source_new (bytes) : NULL;
    }
  if (S_ISREG (info.st_mode) && info.st_size <= MAXIMUM_MESSAGE)
    return wb_mail_source_new_for_file (fd, shown, error);
  spooled = wb_mail_spool (fd, shown, MAXIMUM_MESSAGE, wb_cli_get_cancellable (cli), error);
  if (!standard)
    close (fd);
  return g_steal_pointer (&spooled);
}

static gboolean
make_from_file (WbCli *cli,
                const SendOptions *options,
                const char *path,
                Mail *mail,
                GError **error)
{
  g_autoptr (WbMailSource) file = open_file (cli, path, error);
  g_autoptr (WbMailSource) source = file != NULL ? wb_mail_skip_mbox_line (file, error) : NULL;

  if (source == NULL || !make_envelope (options, source, mail, error))
    return FALSE;
  mail->message = wb_smtp_remove_bcc (source, error);
  return mail->message != NULL;
}

/* @name is the file that the mail is from, or NULL; @error why it was not sent, or NULL. */
static void
print_json (WbCli *cli, const char *name, GPtrArray *results, const char *error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, name);
  json_builder_set_member_name (builder, "sent");
  json_builder_add_boolean_value (builder, error == NULL);
  json_builder_set_member_name (builder, "error");
  json_builder_add_string_value (builder, error);
  json_builder_set_member_name (builder, "recipients");
  json_builder_begin_array (builder);
  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      const WbSmtpRecipient *recipient = g_ptr_array_index (results, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "address");
      json_builder_add_string_value (builder, recipient->address);
      json_builder_set_member_name (builder, "accepted");
      json_builder_add_boolean_value (builder, recipient->accepted);
      json_builder_set_member_name (builder, "code");
      json_builder_add_int_value (builder, recipient->code);
      json_builder_set_member_name (builder, "text");
      json_builder_add_string_value (builder, recipient->text);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  text = wb_json_to_string (root);
  wb_cli_print (cli, "%s\n", text);
}

/* Whom the server refused and what it said about each, in one line; @count is how many these are.
 */
static char *
list_refused (GPtrArray *results, guint *count)
{
  GString *refused = g_string_new (NULL);

  *count = 0;
  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      const WbSmtpRecipient *recipient = g_ptr_array_index (results, i);

      if (recipient->accepted || recipient->code == 0)
        continue;
      if ((*count)++ > 0)
        g_string_append (refused, "; ");
      g_string_append_printf (refused, "%s: %u %s", recipient->address, recipient->code,
                              recipient->text != NULL ? recipient->text : "");
    }
  return g_string_free (refused, FALSE);
}

/* Says which recipients were refused when others were not. Returns whether none was. */
static gboolean
report_refused (WbCli *cli, GPtrArray *results)
{
  guint count = 0;
  g_autofree char *refused = list_refused (results, &count);
  g_autofree char *line = NULL;

  if (count == 0)
    return TRUE;

  line = g_strdup_printf (
      /* Translators: the numbers are of recipients; %s lists addresses and what the server said
         about each. */
      _ ("The mail went to %u of %u recipients. The server refused these: %s"),
      results->len - count, results->len, refused);
  wb_cli_warn (cli, line);
  return FALSE;
}

/* Where a mail failed behind its recipients, whoever was refused did not get it in any case: that
 * is to be known, above all where nobody knows about the others. If all were refused, that is what
 * the error is about. */
static void
add_refused (GError *error, GPtrArray *results)
{
  guint count = 0;
  g_autofree char *refused = list_refused (results, &count);
  char *message = NULL;

  if (count == 0 || count == results->len)
    return;
  message = g_strdup_printf (
      /* Translators: the first %s is what went wrong, the second lists addresses and what the
         server said about each. */
      _ ("%s The server refused these recipients: %s"), error->message, refused);
  g_free (error->message);
  error->message = message;
}

/* Says what became of the mail that was last sent. @name is the file it is from, or NULL. Returns
 * whether all is well. */
static gboolean
report (WbCli *cli, WbSmtpClient *client, GPtrArray *results, const GError *error, const char *name)
{
  g_autoptr (GError) named = NULL;

  if (wb_cli_get_json (cli))
    print_json (cli, name, results, error != NULL ? error->message : NULL);
  if (error == NULL)
    return report_refused (cli, results);

  named = g_error_copy (error);
  add_refused (named, results);
  if (name != NULL)
    g_prefix_error (&named, "%s: ", name);
  /* Interrupted, too, it may have arrived. */
  if (wb_smtp_client_is_outcome_unknown (client))
    wb_cli_warn (cli, named->message);
  else
    wb_cli_fail (cli, named);
  return FALSE;
}

static gboolean
send_mail (WbCli *cli, WbSmtpClient *client, const Mail *mail)
{
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GError) error = NULL;

  wb_smtp_client_send_mail (client, &(WbSmtpMail){ mail->sender, mail->recipients, mail->message },
                            &results, NULL, wb_cli_get_cancellable (cli), &error);
  return report (cli, client, results, error, NULL);
}

/* Finished messages on their way, of which at most two are held at a time. */
typedef struct
{
  WbCli *cli;
  WbSmtpClient *client;
  const SendOptions *options;
  char **path;   /* of the next one */
  GQueue *mails; /* Mail: given away and not yet reported */
  GQueue *names; /* of their files, for messages */
  gboolean fine;
} Files;

static void
mail_free (Mail *mail)
{
  mail_clear (mail);
  g_free (mail);
}

/* A file that cannot be sent is told at once, and the next one taken. */
static gboolean
next_file_cb (WbSmtpMail *out, gpointer user_data)
{
  Files *files = user_data;

  for (; *files->path != NULL; files->path++)
    {
      g_autofree char *name = g_filename_display_name (*files->path);
      g_autoptr (GError) error = NULL;
      Mail *mail = g_new0 (Mail, 1);

      if (make_from_file (files->cli, files->options, *files->path, mail, &error))
        {
          *out = (WbSmtpMail){ mail->sender, mail->recipients, mail->message };
          g_queue_push_tail (files->mails, mail);
          g_queue_push_tail (files->names, g_steal_pointer (&name));
          files->path++;
          return TRUE;
        }
      mail_free (mail);
      if (wb_cli_get_json (files->cli))
        print_json (files->cli, name, NULL, error->message);
      g_prefix_error (&error, "%s: ", name);
      wb_cli_fail (files->cli, error);
      files->fine = FALSE;
    }
  return FALSE;
}

static void
file_sent_cb (const WbSmtpMail *mail, GPtrArray *results, const GError *error, gpointer user_data)
{
  Files *files = user_data;
  g_autofree char *name = g_queue_pop_head (files->names);

  files->fine = report (files->cli, files->client, results, error, name) && files->fine;
  mail_free (g_queue_pop_head (files->mails));
}

/* Each file has its line, those too that nobody came to. */
static void
print_unsent (WbCli *cli, char **paths, const char *error)
{
  for (; wb_cli_get_json (cli) && paths != NULL && *paths != NULL; paths++)
    {
      g_autofree char *name = g_filename_display_name (*paths);

      print_json (cli, name, NULL, error);
    }
}

static gboolean
send_files (WbCli *cli, WbSmtpClient *client, const SendOptions *options)
{
  Files files = { cli, client, options, options->files, g_queue_new (), g_queue_new (), TRUE };
  g_autofree char *left = NULL;

  wb_smtp_client_send_many (client, next_file_cb, file_sent_cb, &files,
                            wb_cli_get_cancellable (cli));
  g_queue_free_full (files.mails, (GDestroyNotify) mail_free);
  g_queue_free_full (files.names, g_free);
  if (*files.path == NULL)
    return files.fine;

  print_unsent (cli, files.path, _ ("Not sent, because the sending ended before."));
  left = g_strdup_printf (
      /* Translators: %u is a number of files. */
      g_dngettext (GETTEXT_PACKAGE, "%u more message was not sent.",
                   "%u more messages were not sent.", g_strv_length (files.path)),
      g_strv_length (files.path));
  wb_cli_warn (cli, left);
  return FALSE;
}

/* Which option was given that changes what is in a mail, or NULL. */
static const char *
find_content (const WbCliDraft *draft)
{
  const struct
  {
    const char *option;
    gboolean given;
  } contents[] = {
    { "--subject", draft->subject != NULL },
    { "--text", draft->text != NULL },
    { "--html", draft->html != NULL },
    { "--format", draft->format != NULL },
    { "--attach", draft->attachments != NULL },
    { "--picture", draft->pictures != NULL },
    { "--reply-to", draft->reply_to != NULL },
    { "--charset", draft->charset != NULL },
    { "--header", draft->headers != NULL },
    { "--in-reply-to", draft->in_reply_to != NULL },
    { "--references", draft->references != NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    if (contents[i].given)
      return contents[i].option;
  return NULL;
}

static int
refuse_content (WbCli *cli, const char *option)
{
  g_autofree char *line = g_strdup_printf (
      /* Translators: %s is an option such as "--subject". */
      _ ("--eml sends a finished message, to which %s cannot be added."), option);

  return wb_cli_usage (cli, line);
}

/**
 * wb_cli_mail_send:
 *
 * `wire mail send`: builds a message, or takes finished ones, and hands them to a server over
 * one connection.
 *
 * Returns: the exit code
 */
int
wb_cli_mail_send (WbCli *cli)
{
  g_auto (SendOptions) options = { 0 };
  const GOptionEntry own[] = {
    { "eml", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.files,
      N_ ("Send a finished message; --to replaces its recipients, --cc and --bcc add to them; may "
          "be given again"),
      N_ ("FILE") },
    { NULL },
  };
  g_autofree GOptionEntry *front = wb_cli_mail_server_entries (&options.server, own);
  g_autofree GOptionEntry *entries = wb_cli_draft_entries (&options.draft, front);
  g_auto (Mail) mail = { 0 };
  g_autoptr (WbSmtpClient) client = NULL;
  g_autoptr (GError) error = NULL;
  gboolean fine = FALSE;
  guint inputs = 0;
  int status = WB_CLI_DONE;

  if (!wb_cli_parse (cli, entries, 0, 0, &status) ||
      !wb_cli_mail_server_check (cli, &options.server, &status))
    return status;
  if (options.files != NULL && find_content (&options.draft) != NULL)
    return refuse_content (cli, find_content (&options.draft));
  for (char **path = options.files; path != NULL && *path != NULL; path++)
    inputs += g_str_equal (*path, "-");
  if (inputs > 1)
    return wb_cli_usage (cli, wb_cli_draft_one_input ());
  if (options.files == NULL && !make_from_draft (cli, &options, &mail, &error))
    return wb_cli_draft_fail (cli, error);

  client = wb_cli_mail_server_open (cli, &options.server, &error);
  if (client == NULL)
    {
      status = wb_cli_url_fail (cli, error);
      if (status != WB_CLI_USAGE)
        print_unsent (cli, options.files, error->message);
      return status;
    }
  fine =
      options.files != NULL ? send_files (cli, client, &options) : send_mail (cli, client, &mail);

  /* What was taken stays taken, however the good-bye goes. */
  if (wb_smtp_client_is_connected (client))
    wb_smtp_client_quit (client, wb_cli_get_cancellable (cli), NULL);
  return fine ? WB_CLI_DONE : WB_CLI_FAILED;
}

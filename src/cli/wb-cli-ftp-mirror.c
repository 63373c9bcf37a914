/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-ftp-many.h"
#include "wb-ftp-sync.h"
#include "wb-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Two clocks, and file systems that know every other second only. */
#define TOLERANCE 2

typedef struct
{
  WbFtpSyncOptions compare;
  gboolean dry_run;
  gboolean hash;
  int tolerance;
  char *links;
} Mirror;

static void
mirror_clear (Mirror *mirror)
{
  g_clear_pointer (&mirror->links, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Mirror, mirror_clear)

static gboolean
read_links (const char *text, WbFtpLinks *links)
{
  static const struct
  {
    const char *name;
    WbFtpLinks links;
  } names[] = {
    { "copy", WB_FTP_LINKS_COPY },
    { "follow", WB_FTP_LINKS_FOLLOW },
    { "skip", WB_FTP_LINKS_SKIP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i].name))
      {
        *links = names[i].links;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_options (WbCli *cli, WbCliFtpOptions *options, Mirror *mirror, int *status)
{
  const GOptionEntry entries[] = {
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &mirror->dry_run, N_ ("Only say what would be done"),
      NULL },
    { "delete", 0, 0, G_OPTION_ARG_NONE, &mirror->compare.remove,
      N_ ("Delete what only the target has"), NULL },
    { "only-newer", 0, 0, G_OPTION_ARG_NONE, &mirror->compare.only_newer,
      N_ ("Never replace what is newer at the target"), NULL },
    { "size-only", 0, 0, G_OPTION_ARG_NONE, &mirror->compare.ignore_time,
      N_ ("Files of one size are the same, whatever their times"), NULL },
    { "checksum", 0, 0, G_OPTION_ARG_NONE, &mirror->hash,
      N_ ("Compare files of one size by checksums that the server makes"), NULL },
    { "tolerance", 0, 0, G_OPTION_ARG_INT, &mirror->tolerance,
      N_ ("How far times may differ; 2 seconds by default"), N_ ("SECONDS") },
    { "links", 0, 0, G_OPTION_ARG_STRING, &mirror->links,
      N_ ("What becomes of symbolic links: copy, follow or skip"), N_ ("WHAT") },
    { NULL },
  };

  mirror->tolerance = TOLERANCE;
  if (!wb_cli_ftp_options_parse (options, cli, entries, 2, 2, status))
    return FALSE;
  *status = WB_CLI_USAGE;
  if (mirror->tolerance < 0)
    {
      wb_cli_usage (cli, _ ("--tolerance takes a number of seconds."));
      return FALSE;
    }
  if (mirror->links != NULL && !read_links (mirror->links, &mirror->compare.links))
    {
      wb_cli_usage (cli, _ ("--links takes copy, follow or skip."));
      return FALSE;
    }
  mirror->compare.tolerance = mirror->tolerance;
  return TRUE;
}

static void
print_json (WbCli *cli, const WbFtpSyncAction *action)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *path = g_utf8_make_valid (action->path, -1);
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "action");
  json_builder_add_string_value (builder, wb_ftp_sync_kind_get_id (action->kind));
  json_builder_set_member_name (builder, "path");
  json_builder_add_string_value (builder, path);
  json_builder_set_member_name (builder, "reason");
  json_builder_add_string_value (builder, wb_ftp_sync_reason_get_id (action->reason));
  json_builder_set_member_name (builder, "size");
  if (action->size >= 0)
    json_builder_add_int_value (builder, action->size);
  else
    json_builder_add_null_value (builder);
  if (action->target != NULL)
    {
      g_autofree char *target = g_utf8_make_valid (action->target, -1);

      json_builder_set_member_name (builder, "target");
      json_builder_add_string_value (builder, target);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = wb_json_to_string (root);
  wb_cli_print (cli, "%s\n", text);
}

static void
print_actions (WbCli *cli, WbFtpSync *sync)
{
  for (guint i = 0; i < sync->actions->len; i++)
    {
      const WbFtpSyncAction *action = sync->actions->pdata[i];
      g_autofree char *shown = NULL;

      if (wb_cli_get_json (cli))
        {
          print_json (cli, action);
          continue;
        }
      shown = wb_cli_ftp_show_path (action->path);
      wb_cli_print (cli, "%-8s %-12s %s\n", wb_ftp_sync_kind_get_id (action->kind),
                    wb_ftp_sync_reason_get_id (action->reason), shown);
    }
}

/* A link that is left out would else only be noticed by its absence. */
static void
tell_links (WbCli *cli, WbFtpSync *sync, WbFtpSyncReason reason, WbFtpLinks links)
{
  g_autofree char *first = NULL;
  g_autofree char *message = NULL;
  guint count = 0;

  for (guint i = 0; i < sync->actions->len; i++)
    {
      const WbFtpSyncAction *action = sync->actions->pdata[i];

      if (action->kind != WB_FTP_SYNC_SKIP || action->reason != reason)
        continue;
      if (count++ == 0)
        first = wb_cli_ftp_show_path (action->path);
    }
  if (count == 0)
    return;
  if (reason == WB_FTP_SYNC_OUTSIDE)
    message = g_strdup_printf (
        /* Translators: %u is how many; %s is the path of the first one. */
        g_dngettext (GETTEXT_PACKAGE, "%u link was left out, since it leads out of the folder: %s",
                     "%u links were left out, since they lead out of the folder; the first is %s",
                     count),
        count, first);
  else if (links == WB_FTP_LINKS_FOLLOW)
    message = g_strdup_printf (
        /* Translators: %u is how many; %s is the path of the first one. */
        g_dngettext (GETTEXT_PACKAGE,
                     "%u link was left out, since it leads nowhere or in a circle: %s",
                     "%u links were left out, since they lead nowhere or in a circle; the first "
                     "is %s",
                     count),
        count, first);
  else
    message = g_strdup_printf (
        /* Translators: %u is how many; %s is the path of the first one. */
        g_dngettext (GETTEXT_PACKAGE, "%u link was left out, since links are not followed: %s",
                     "%u links were left out, since links are not followed; the first is %s",
                     count),
        count, first);
  wb_cli_warn (cli, message);
}

static int
carry_out (WbCli *cli,
           WbFtpSync *sync,
           WbFtpClient *client,
           const WbUrl *url,
           const WbCliFtpOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFtpQueue) queue = wb_cli_ftp_make_queue (cli, url, options, &error);
  GCancellable *cancellable = wb_cli_get_cancellable (cli);
  g_autoptr (WbFtpClient) last = NULL;
  gboolean finishes = FALSE;
  int status = 0;

  if (queue == NULL || !wb_ftp_sync_prepare (sync, client, cancellable, &error))
    return wb_cli_fail (cli, error);
  for (guint i = 0; i < sync->actions->len && !finishes; i++)
    {
      const WbFtpSyncAction *action = sync->actions->pdata[i];

      finishes = action->reason == WB_FTP_SYNC_EXTRA || action->kind == WB_FTP_SYNC_MAKE_LINK;
    }

  /* Otherwise all would look newer the next time. */
  wb_ftp_queue_set_keep (queue, options->preserve ? WB_FTP_KEEP_TIME | WB_FTP_KEEP_MODE
                                                  : WB_FTP_KEEP_TIME);
  wb_ftp_queue_set_paused (queue, TRUE);
  wb_ftp_sync_enqueue (sync, queue);
  wb_ftp_queue_give_client (queue, g_object_ref (client));
  status = wb_cli_ftp_run_queue (cli, queue, options);
  if (status != WB_CLI_DONE || !finishes)
    return status;

  /* The first session is the queue's by now, and there may be none beside those that it has. */
  if (sync->upload)
    last = wb_ftp_queue_take_client (queue);
  if (last != NULL && !wb_ftp_client_ping (last, cancellable, NULL))
    g_clear_object (&last);
  if (sync->upload && last == NULL)
    last = wb_cli_ftp_connect (cli, url, &error);
  if (sync->upload && last == NULL)
    return wb_cli_fail (cli, error);
  if (!wb_ftp_sync_finish (sync, last != NULL ? last : client, cancellable, &error))
    return wb_cli_fail (cli, error);
  if (last != NULL)
    wb_cli_ftp_quit (cli, last);
  return WB_CLI_DONE;
}

int
wb_cli_ftp_mirror (WbCli *cli)
{
  g_auto (WbCliFtpOptions) options = { 0 };
  g_auto (Mirror) mirror = { 0 };
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_url_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFtpClient) client = NULL;
  g_autoptr (WbFtpSync) sync = NULL;
  g_autoptr (GFile) folder = NULL;
  g_autofree char *path = NULL;
  char **arguments = NULL;
  gboolean upload = FALSE;
  int status = 0;

  wb_cli_ftp_options_init (&options);
  if (!parse_options (cli, &options, &mirror, &status))
    return status;
  arguments = wb_cli_get_arguments (cli);
  upload = strstr (arguments[0], "://") == NULL;
  if (upload == (strstr (arguments[1], "://") == NULL))
    return wb_cli_usage (cli, _ ("One of the two is an address, and the other a folder here."));
  if (!wb_cli_ftp_add_url (cli, urls, arguments[upload ? 1 : 0], &status))
    return status;
  if (((WbUrl *) urls->pdata[0])->type == 'a')
    return wb_cli_usage (cli, _ ("A folder is mirrored in bytes, since sizes are compared. Leave "
                                 ";type=a out of its address."));

  folder = g_file_new_for_path (arguments[upload ? 0 : 1]);
  path = wb_cli_ftp_trim_path (((WbUrl *) urls->pdata[0])->path);
  client = wb_cli_ftp_connect (cli, urls->pdata[0], &error);
  if (client == NULL)
    return wb_cli_fail (cli, error);
  sync = wb_ftp_sync_new (client, upload, folder, path, &mirror.compare, mirror.hash, NULL,
                          wb_cli_get_cancellable (cli), &error);
  if (sync == NULL)
    return wb_cli_fail (cli, error);

  if (mirror.dry_run || wb_cli_get_json (cli))
    print_actions (cli, sync);
  /* Who asked for it knows. */
  if (!options.quiet && g_strcmp0 (mirror.links, "skip") != 0)
    {
      tell_links (cli, sync, WB_FTP_SYNC_OUTSIDE, mirror.compare.links);
      /* With "copy": of which the server does not tell where they lead. */
      tell_links (cli, sync, WB_FTP_SYNC_LINK, mirror.compare.links);
    }
  if (!mirror.dry_run)
    return carry_out (cli, sync, client, urls->pdata[0], &options);
  wb_cli_ftp_quit (cli, client);
  return WB_CLI_DONE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-ftp.h"
#include "wb-ftp-listing.h"
#include "wb-json.h"
#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define LISTING_MAX (512 * 1024 * 1024)

static const char *const type_names[] = {
  [WB_FTP_ENTRY_UNKNOWN] = "unknown",     [WB_FTP_ENTRY_FILE] = "file",
  [WB_FTP_ENTRY_DIRECTORY] = "directory", [WB_FTP_ENTRY_LINK] = "link",
  [WB_FTP_ENTRY_OTHER] = "other",
};

static const char type_letters[] = {
  [WB_FTP_ENTRY_UNKNOWN] = '?', [WB_FTP_ENTRY_FILE] = '-',  [WB_FTP_ENTRY_DIRECTORY] = 'd',
  [WB_FTP_ENTRY_LINK] = 'l',    [WB_FTP_ENTRY_OTHER] = 'o',
};

/* JSON is UTF-8, names are the server's bytes: those that are not UTF-8 are said in hex, too. */
static void
set_text (JsonObject *object, const char *key, const char *text)
{
  g_autofree char *valid = NULL;

  if (text == NULL)
    {
      json_object_set_null_member (object, key);
      return;
    }
  valid = g_utf8_make_valid (text, -1);
  json_object_set_string_member (object, key, valid);
}

/* In the server's charset where it was named. */
static void
set_name (JsonObject *object, WbFtpEntry *entry)
{
  const char *name = wb_ftp_entry_get_name (entry);

  set_text (object, "name", name);
  if (!g_utf8_validate (name, -1, NULL))
    {
      g_autofree char *hex = wb_text_format_hex (name, strlen (name));

      json_object_set_string_member (object, "name", wb_ftp_entry_get_display_name (entry));
      json_object_set_string_member (object, "name_hex", hex);
    }
}

static void
print_json (WbCli *cli, WbFtpEntry *entry)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *line = NULL;
  g_autofree char *modified = NULL;
  GDateTime *time = wb_ftp_entry_get_modified (entry);

  if (time != NULL)
    modified = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  set_name (object, entry);
  json_object_set_string_member (object, "type", type_names[wb_ftp_entry_get_entry_type (entry)]);
  if (wb_ftp_entry_get_size (entry) >= 0)
    json_object_set_int_member (object, "size", wb_ftp_entry_get_size (entry));
  else
    json_object_set_null_member (object, "size");
  set_text (object, "modified", modified);
  set_text (object, "mode", wb_ftp_entry_get_mode (entry));
  set_text (object, "owner", wb_ftp_entry_get_owner (entry));
  set_text (object, "group", wb_ftp_entry_get_group (entry));
  set_text (object, "target", wb_ftp_entry_get_target (entry));
  set_text (object, "raw", wb_ftp_entry_get_raw (entry));

  json_node_init_object (node, object);
  line = wb_json_to_string (node);
  wb_cli_print (cli, "%s\n", line);
}

static void
print_row (WbCli *cli, WbFtpEntry *entry)
{
  WbFtpEntryType type = wb_ftp_entry_get_entry_type (entry);
  const char *mode = wb_ftp_entry_get_mode (entry);
  GDateTime *time = wb_ftp_entry_get_modified (entry);
  g_autofree char *modified = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : NULL;
  g_autofree char *size = NULL;
  g_autofree char *target = NULL;

  if (wb_ftp_entry_get_size (entry) >= 0)
    size = g_strdup_printf ("%" G_GINT64_FORMAT, wb_ftp_entry_get_size (entry));
  if (wb_ftp_entry_get_target (entry) != NULL)
    target = g_utf8_make_valid (wb_ftp_entry_get_target (entry), -1);
  wb_cli_print (cli, "%c%-9s %12s  %-16s  %s%s%s%s\n", type_letters[type], mode != NULL ? mode : "",
                size != NULL ? size : "-", modified != NULL ? modified : "-",
                wb_ftp_entry_get_display_name (entry), type == WB_FTP_ENTRY_DIRECTORY ? "/" : "",
                target != NULL ? " -> " : "",
                target != NULL ? g_strdelimit (target, "\r\n\x1b", '?') : "");
}

void
wb_cli_ftp_print_entry (WbCli *cli, WbFtpEntry *entry, gboolean as_json)
{
  if (as_json)
    print_json (cli, entry);
  else
    print_row (cli, entry);
}

static void
print_entries (WbCli *cli, GPtrArray *entries, gboolean as_json)
{
  for (guint i = 0; i < entries->len; i++)
    wb_cli_ftp_print_entry (cli, entries->pdata[i], as_json);
}

static gboolean
read_way (const char *text, WbFtpListWay *way)
{
  static const struct
  {
    const char *name;
    WbFtpListWay way;
  } ways[] = {
    { "mlsd", WB_FTP_LIST_MLSD },
    { "list", WB_FTP_LIST_LIST },
    { "nlst", WB_FTP_LIST_NLST },
    { "stat", WB_FTP_LIST_STAT },
  };

  *way = WB_FTP_LIST_BEST;
  if (text == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (g_ascii_strcasecmp (text, ways[i].name) == 0)
      {
        *way = ways[i].way;
        return TRUE;
      }
  return FALSE;
}

/* What is in the folder of @url, on stdout. */
int
wb_cli_ftp_list_url (WbCli *cli, const WbUrl *url, WbFtpListWay way)
{
  g_autofree char *path = wb_cli_ftp_trim_path (url->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFtpClient) client = wb_cli_ftp_connect (cli, url, &error);
  g_autoptr (GPtrArray) found = NULL;

  if (client == NULL)
    return wb_cli_fail (cli, error);
  wb_ftp_client_set_list_way (client, way);
  found = wb_ftp_client_list (client, path, NULL, wb_cli_get_cancellable (cli), &error);
  if (found == NULL)
    return wb_cli_fail (cli, error);
  print_entries (cli, found, wb_cli_get_json (cli));
  wb_cli_ftp_quit (cli, client);
  return WB_CLI_DONE;
}

int
wb_cli_ftp_ls (WbCli *cli)
{
  g_autofree char *list_by = NULL;
  WbFtpListWay way = WB_FTP_LIST_BEST;
  const GOptionEntry entries[] = {
    { "list-by", 0, 0, G_OPTION_ARG_STRING, &list_by,
      N_ ("The command to list with: mlsd, list, nlst or stat"), N_ ("COMMAND") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbUrl) url = NULL;
  int status = 0;

  if (!wb_cli_parse (cli, entries, 1, 1, &status))
    return status;
  if (!read_way (list_by, &way))
    return wb_cli_usage (cli, _ ("--list-by takes mlsd, list, nlst or stat."));
  url = wb_cli_ftp_parse_url (cli, wb_cli_get_arguments (cli)[0], &error);
  if (url == NULL)
    return wb_cli_url_fail (cli, error);
  return wb_cli_ftp_list_url (cli, url, way);
}

/* "2026-03-15T12:00:00", with or without a zone, or the day alone. */
static GDateTime *
parse_moment (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  GDateTime *moment = g_date_time_new_from_iso8601 (text, utc);

  if (moment == NULL)
    {
      g_autofree char *midnight = g_strconcat (text, "T00:00:00", NULL);

      moment = g_date_time_new_from_iso8601 (midnight, utc);
    }
  return moment;
}

int
wb_cli_ftp_parse_listing (WbCli *cli)
{
  g_autofree char *now_text = NULL;
  const GOptionEntry entries[] = {
    { "now", 0, 0, G_OPTION_ARG_STRING, &now_text,
      N_ ("The time at the server, from which years that it left out are guessed"), N_ ("ISO") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GPtrArray) found = NULL;
  const char *path = NULL;
  int status = 0;

  if (!wb_cli_parse (cli, entries, 0, 1, &status))
    return status;
  if (now_text != NULL)
    {
      now = parse_moment (now_text);
      if (now == NULL)
        return wb_cli_usage (cli, _ ("--now takes a time such as 2026-03-15T12:00:00."));
    }

  path = wb_cli_get_arguments (cli)[0];
  text = wb_cli_read_file (cli, path != NULL ? path : "-", LISTING_MAX, &error);
  if (text == NULL)
    return wb_cli_fail (cli, error);
  found = wb_ftp_listing_parse (g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                                WB_FTP_LISTING_GUESS, now);
  print_entries (cli, found, TRUE);
  return WB_CLI_DONE;
}

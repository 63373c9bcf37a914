/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sites, the file that keeps them, and lists of them from elsewhere. */

#include "wb-error.h"
#include "wb-ftp-site-import.h"
#include "wb-ftp-site-store.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *path;
  GMainLoop *loop;
  WbFtpSiteStore *store;
  GError *error;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("wb-site-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "new", "sites.json", NULL);
  fixture->loop = g_main_loop_new (NULL, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", fixture->folder);

  g_clear_object (&fixture->store);
  g_clear_error (&fixture->error);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_main_loop_unref (fixture->loop);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  wb_ftp_site_store_load_finish (fixture->store, result, &fixture->error);
  g_main_loop_quit (fixture->loop);
}

static void
load (Fixture *fixture)
{
  g_clear_object (&fixture->store);
  g_clear_error (&fixture->error);
  fixture->store = wb_ftp_site_store_new (fixture->path);
  wb_ftp_site_store_load_async (fixture->store, loaded_cb, fixture);
  g_main_loop_run (fixture->loop);
}

static void
flush (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  wb_ftp_site_store_flush (fixture->store, &error);
  g_assert_no_error (error);
}

static WbFtpSite *
make_site (const char *name)
{
  WbFtpSite *site = wb_ftp_site_new ();

  wb_ftp_site_set_text (&site->name, name);
  wb_ftp_site_set_text (&site->folder, "Work/北京");
  wb_ftp_site_set_text (&site->host, "ftp.example.org");
  wb_ftp_site_set_text (&site->user, "me");
  wb_ftp_site_set_text (&site->charset, "GB18030");
  wb_ftp_site_set_text (&site->notes, "line\nline\x1f");
  site->tls = WB_TLS_IMPLICIT;
  site->port = 2121;
  site->has_time_offset = TRUE;
  site->time_offset = 480;
  site->data_mode = WB_FTP_DATA_ACTIVE;
  site->proxy = WB_FTP_PROXY_SOCKS5;
  wb_ftp_site_set_text (&site->proxy_address, "localhost:1080");
  site->keep_alive = 30;
  g_ptr_array_add (site->bookmarks, wb_ftp_bookmark_new ("both", "/tmp", "/pub"));
  return site;
}

static void
assert_same (const WbFtpSite *a, const WbFtpSite *b)
{
  g_autoptr (JsonNode) one = wb_ftp_site_to_json (a);
  g_autoptr (JsonNode) other = wb_ftp_site_to_json (b);

  g_assert_true (json_node_equal (one, other));
}

static void
test_keep (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbFtpSite) site = make_site ("kept");
  g_autoptr (WbFtpBookmark) bookmark = wb_ftp_bookmark_new ("home", "/root", NULL);
  g_autoptr (GPtrArray) folders = NULL;
  GStatBuf about;

  load (fixture);
  g_assert_no_error (fixture->error);
  wb_ftp_site_store_put (fixture->store, site);
  wb_ftp_site_store_add_folder (fixture->store, "Empty");
  wb_ftp_site_store_add_bookmark (fixture->store, NULL, bookmark);
  wb_ftp_site_store_add_address (fixture->store, "first");
  wb_ftp_site_store_add_address (fixture->store, "second");
  wb_ftp_site_store_add_address (fixture->store, "first");
  flush (fixture);
  g_assert_cmpint (g_stat (fixture->path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);

  load (fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (wb_ftp_site_store_get_sites (fixture->store)->len, ==, 1);
  assert_same (wb_ftp_site_store_find (fixture->store, site->id), site);
  folders = wb_ftp_site_store_dup_folders (fixture->store);
  g_assert_cmpuint (folders->len, ==, 3);
  g_assert_cmpstr (folders->pdata[0], ==, "Empty");
  g_assert_cmpstr (folders->pdata[1], ==, "Work");
  g_assert_cmpstr (folders->pdata[2], ==, "Work/北京");
  g_assert_cmpuint (wb_ftp_site_store_get_bookmarks (fixture->store, NULL)->len, ==, 1);
  g_assert_cmpuint (wb_ftp_site_store_get_addresses (fixture->store)->len, ==, 2);
  g_assert_cmpstr (wb_ftp_site_store_get_addresses (fixture->store)->pdata[0], ==, "first");

  wb_ftp_site_store_remove_bookmark (fixture->store, NULL, 7);
  wb_ftp_site_store_remove_bookmark (fixture->store, NULL, 0);
  g_assert_cmpuint (wb_ftp_site_store_get_bookmarks (fixture->store, NULL)->len, ==, 0);
  wb_ftp_site_store_remove_bookmark (fixture->store, site->id, 0);
  g_assert_cmpuint (wb_ftp_site_store_get_bookmarks (fixture->store, site->id)->len, ==, 0);
  wb_ftp_site_store_remove_folder (fixture->store, "Work/北京");
  g_assert_cmpstr (wb_ftp_site_store_find (fixture->store, site->id)->folder, ==, "Work");
  g_assert_true (wb_ftp_site_store_remove (fixture->store, site->id));
  g_assert_false (wb_ftp_site_store_remove (fixture->store, site->id));
}

static void
assert_contents (const char *path, const char *expected)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const char *const contents[] = {
    "{\"version\": 1, \"sites\": [{\"na",
    "{\"version\": 2, \"sites\": []}",
    "{\"version\": 1, \"sites\": [7]}",
    "{\"version\": 1, \"sites\": {}}",
    "[]",
    "",
  };
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autoptr (WbFtpSite) site = make_site ("new");

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (GError) error = NULL;

      g_file_set_contents (fixture->path, contents[i], -1, &error);
      g_assert_no_error (error);
      load (fixture);
      g_assert_error (fixture->error, WB_ERROR, WB_ERROR_INVALID);
      g_assert_nonnull (strstr (fixture->error->message, ".damaged"));
      g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
      wb_ftp_site_store_put (fixture->store, site);
      flush (fixture);
    }
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autofree char *aside = i == 0 ? g_strconcat (fixture->path, ".damaged", NULL)
                                      : g_strdup_printf ("%s.damaged-%u", fixture->path, i + 1);

      assert_contents (aside, contents[i]);
    }
}

/* Once there was one figure for both ways, which older programs still find where it says it all. */
static void
test_limits (void)
{
  static const struct
  {
    const char *json;
    guint down;
    guint up;
    const char *kept;
  } cases[] = {
    { "{\"name\": \"a\", \"speed-limit\": 300}", 300, 300, "\"speed-limit\":300" },
    { "{\"name\": \"a\", \"download-limit\": 300}", 300, 0, "\"download-limit\":300" },
    { "{\"name\": \"a\", \"upload-limit\": 40}", 0, 40, "\"upload-limit\":40" },
    { "{\"name\": \"a\", \"upload-limit\": 40, \"download-limit\": 300}", 300, 40,
      "\"download-limit\":300,\"upload-limit\":40" },
    { "{\"name\": \"a\", \"speed-limit\": 300, \"upload-limit\": 0}", 300, 0,
      "\"download-limit\":300" },
    { "{\"name\": \"a\", \"download-limit\": -1, \"upload-limit\": \"40\"}", 0, 0, NULL },
    { "{\"name\": \"a\"}", 0, 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (cases[i].json, NULL);
      g_autoptr (WbFtpSite) site = wb_ftp_site_from_json (node);
      g_autoptr (WbFtpSite) copy = wb_ftp_site_copy (site);
      g_autoptr (JsonNode) kept = wb_ftp_site_to_json (copy);
      g_autofree char *text = json_to_string (kept, FALSE);

      g_assert_cmpuint (copy->download_limit, ==, cases[i].down);
      g_assert_cmpuint (copy->upload_limit, ==, cases[i].up);
      if (cases[i].kept != NULL)
        g_assert_nonnull (strstr (text, cases[i].kept));
      else
        g_assert_null (strstr (text, "limit"));
    }
}

/* What cannot be read is not written over. */
static void
test_unreadable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbFtpSite) site = make_site ("new");
  g_autofree char *loop = g_build_filename (fixture->folder, "loop", NULL);

  g_assert_cmpint (symlink (loop, loop), ==, 0);
  g_free (fixture->path);
  fixture->path = g_build_filename (loop, "sites.json", NULL);
  load (fixture);
  g_assert_nonnull (fixture->error);
  wb_ftp_site_store_put (fixture->store, site);
  flush (fixture);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_unknown_is_not_in_the_clear (void)
{
  g_autoptr (JsonNode) node =
      json_from_string ("{\"name\": \"n\", \"tls\": \"quantum\", \"port\": 70000, \"user\": 5, "
                        "\"connections\": -4, \"bookmarks\": [1, {}]}",
                        NULL);
  g_autoptr (WbFtpSite) site = wb_ftp_site_from_json (node);

  g_assert_cmpint (site->tls, ==, WB_TLS_REQUIRED);
  g_assert_cmpuint (site->port, ==, 65535);
  g_assert_cmpuint (site->connections, ==, 1);
  g_assert_cmpstr (site->user, ==, "");
  g_assert_cmpuint (site->bookmarks->len, ==, 0);
}

static void
test_proxy_password_is_not_kept (void)
{
  g_autoptr (WbFtpSite) site = make_site ("p");
  g_autoptr (WbFtpClient) client = wb_ftp_client_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  wb_ftp_site_set_text (&site->proxy_address, "me:canary@host:1");
  node = wb_ftp_site_to_json (site);
  text = json_to_string (node, FALSE);
  g_assert_null (strstr (text, "canary"));
  g_assert_false (wb_ftp_site_apply (site, client, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
  g_assert_null (strstr (error->message, "canary"));
}

/* ── Import ── */

#define HEAD "<?xml version=\"1.0\"?>\n<FileZilla3 version=\"3.63.0\" platform=\"*nix\"><Servers>"
#define TAIL "</Servers></FileZilla3>"

static WbFtpSiteImport *
import (const char *text)
{
  g_autoptr (GError) error = NULL;
  WbFtpSiteImport *result = wb_ftp_site_import_filezilla (text, strlen (text), &error);

  g_assert_no_error (error);
  return result;
}

static gboolean
has_note (WbFtpSiteImport *result, const char *words)
{
  for (guint i = 0; i < result->notes->len; i++)
    if (strstr (result->notes->pdata[i], words) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_import_all (void)
{
  g_autoptr (WbFtpSiteImport) result = import (
      HEAD "<Folder expanded=\"1\">Work&#xA;<Folder>In/ner"
           "<Server><Host>ftp.example.org</Host><Port>2121</Port><Protocol>4</Protocol>"
           "<User>me</User><Pass encoding=\"base64\">5a+G56CBMQ==</Pass><Logontype>1</Logontype>"
           "<TimezoneOffset>-480</TimezoneOffset><PasvMode>MODE_ACTIVE</PasvMode>"
           "<MaximumMultipleConnections>3</MaximumMultipleConnections>"
           "<EncodingType>Custom</EncodingType><CustomEncoding>GB18030</CustomEncoding>"
           "<Name>One &amp; only</Name><Comments>two\nlines</Comments><LocalDir>/home/me</LocalDir>"
           "<RemoteDir>1 0 3 pub 7 a 文 b/</RemoteDir><SyncBrowsing>1</SyncBrowsing>"
           "<Bookmark><Name>mark</Name><LocalDir>/tmp</LocalDir><RemoteDir>1 0 3 tmp</RemoteDir>"
           "<SyncBrowsing>1</SyncBrowsing></Bookmark></Server></Folder><Folder>Bare</Folder>"
           "</Folder>" TAIL);
  const WbFtpSite *site = NULL;
  const WbFtpBookmark *bookmark = NULL;

  g_assert_cmpuint (result->sites->len, ==, 1);
  g_assert_cmpuint (result->left_out, ==, 0);
  g_assert_cmpuint (result->folders->len, ==, 3);
  site = result->sites->pdata[0];
  g_assert_cmpstr (site->name, ==, "One & only");
  g_assert_cmpstr (site->folder, ==, "Work/In∕ner");
  g_assert_cmpstr (site->host, ==, "ftp.example.org");
  g_assert_cmpuint (site->port, ==, 2121);
  g_assert_cmpint (site->tls, ==, WB_TLS_REQUIRED);
  g_assert_cmpstr (site->user, ==, "me");
  g_assert_cmpstr (result->passwords->pdata[0], ==, "密码1");
  g_assert_cmpint (site->time_offset, ==, 480);
  g_assert_true (site->has_time_offset);
  g_assert_cmpint (site->data_mode, ==, WB_FTP_DATA_ACTIVE);
  g_assert_cmpuint (site->connections, ==, 3);
  g_assert_cmpstr (site->charset, ==, "GB18030");
  g_assert_cmpstr (site->notes, ==, "two\nlines");
  g_assert_cmpstr (site->local, ==, "/home/me");
  g_assert_cmpstr (site->remote, ==, "/pub/a 文 b/");
  g_assert_true (site->synchronized);
  g_assert_cmpuint (site->bookmarks->len, ==, 1);
  bookmark = site->bookmarks->pdata[0];
  g_assert_cmpstr (bookmark->name, ==, "mark");
  g_assert_cmpstr (bookmark->local, ==, "/tmp");
  g_assert_cmpstr (bookmark->remote, ==, "/tmp");
  g_assert_true (bookmark->synchronized);
}

/* What one <Server> becomes: how it is protected, its account, its password and what is said. */
static const struct
{
  const char *server;
  gboolean taken;
  WbTlsMode tls;
  WbFtpAccount account;
  gboolean ask;
  const char *password;
  const char *note;
} cases[] = {
  { "<Host>h</Host><Protocol>0</Protocol><User>u</User><Pass>open</Pass><Logontype>1</Logontype>",
    TRUE, WB_TLS_REQUIRED, WB_FTP_ACCOUNT_REGISTERED, FALSE, "open", "encryption is required" },
  { "<Host>h</Host><Protocol>3</Protocol><Logontype>0</Logontype>", TRUE, WB_TLS_IMPLICIT,
    WB_FTP_ACCOUNT_ANONYMOUS, FALSE, NULL, NULL },
  { "<Host>[::1]</Host><Protocol>6</Protocol><User>u</User><Logontype>2</Logontype>", TRUE,
    WB_TLS_NONE, WB_FTP_ACCOUNT_REGISTERED, TRUE, NULL, NULL },
  { "<Host>h</Host><Protocol>1</Protocol><User>u</User>", FALSE, 0, 0, FALSE, NULL,
    "SFTP is not supported" },
  { "<Host>h</Host><Protocol>7</Protocol><User>u</User>", FALSE, 0, 0, FALSE, NULL,
    "S3 is not supported" },
  { "<Host>h</Host><Protocol>99</Protocol><User>u</User>", FALSE, 0, 0, FALSE, NULL,
    "99 is not supported" },
  { "<Host>h</Host><Protocol>6</Protocol><User>u</User><Pass encoding=\"base64\">no!</Pass>", TRUE,
    WB_TLS_NONE, WB_FTP_ACCOUNT_REGISTERED, FALSE, NULL, "password cannot be read" },
  { "<Host>h</Host><Protocol>6</Protocol><User>u</User><Pass encoding=\"base64\">YQ0KYg==</Pass>",
    TRUE, WB_TLS_NONE, WB_FTP_ACCOUNT_REGISTERED, FALSE, NULL, "password cannot be read" },
  { "<Host>h</Host><Protocol>6</Protocol><User>u</User><Pass encoding=\"crypt\">AA==</Pass>", TRUE,
    WB_TLS_NONE, WB_FTP_ACCOUNT_REGISTERED, FALSE, NULL, "master password" },
  { "<Host>h</Host><Protocol>6</Protocol><User>a&#13;&#10;DELE x</User>", FALSE, 0, 0, FALSE, NULL,
    "host or user" },
  { "<Host>a&#10;b</Host><Protocol>6</Protocol><User>u</User>", FALSE, 0, 0, FALSE, NULL,
    "host or user" },
  { "<Host>me:pw@evil</Host><Protocol>6</Protocol><User>u</User>", FALSE, 0, 0, FALSE, NULL,
    "host or user" },
  { "<Protocol>6</Protocol><User>u</User>", FALSE, 0, 0, FALSE, NULL, "host or user" },
  { "<Host>h</Host><Protocol>6</Protocol><User>u</User><LocalDir>C:\\Users</LocalDir>", TRUE,
    WB_TLS_NONE, WB_FTP_ACCOUNT_REGISTERED, FALSE, NULL, "none of this computer" },
  { "<Host>h</Host><Protocol>6</Protocol><User>u</User><RemoteDir>2 0 3 DIR</RemoteDir>", TRUE,
    WB_TLS_NONE, WB_FTP_ACCOUNT_REGISTERED, FALSE, NULL, "folder on the server" },
  { "<Host>h</Host><Protocol>6</Protocol><User>u</User><EncodingType>Custom</EncodingType>"
    "<CustomEncoding>klingon</CustomEncoding>",
    TRUE, WB_TLS_NONE, WB_FTP_ACCOUNT_REGISTERED, FALSE, NULL, "character set" },
};

static void
test_import_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat (HEAD "<Server><Name>a\tb\x7f</Name>", cases[i].server,
                                           "</Server>" TAIL, NULL);
      g_autoptr (WbFtpSiteImport) result = import (text);
      const WbFtpSite *site = NULL;

      g_test_message ("%s", cases[i].server);
      g_assert_cmpuint (result->sites->len, ==, cases[i].taken ? 1 : 0);
      g_assert_cmpuint (result->left_out, ==, cases[i].taken ? 0 : 1);
      if (cases[i].note != NULL)
        g_assert_true (has_note (result, cases[i].note));
      else
        g_assert_cmpuint (result->notes->len, ==, 0);
      if (!cases[i].taken)
        continue;
      site = result->sites->pdata[0];
      g_assert_cmpstr (site->name, ==,
                       "a\xef\xbf\xbd"
                       "b\xef\xbf\xbd");
      g_assert_cmpint (site->tls, ==, cases[i].tls);
      g_assert_cmpint (site->account, ==, cases[i].account);
      g_assert_cmpint (site->ask_password, ==, cases[i].ask);
      g_assert_cmpstr (result->passwords->pdata[0], ==, cases[i].password);
    }
}

static void
assert_refused (const char *text, gsize length, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_ftp_site_import_filezilla (text, length, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (strlen (error->message), <, 2000);
  g_assert_nonnull (strstr (error->message, "Nothing was imported"));
  if (words != NULL)
    g_assert_nonnull (strstr (error->message, words));
}

static char *
repeat (const char *before, const char *what, guint count, const char *after)
{
  GString *text = g_string_new (before);

  for (guint i = 0; i < count; i++)
    g_string_append (text, what);
  g_string_append (text, after);
  return g_string_free (text, FALSE);
}

static void
test_import_hostile (void)
{
  static const char laughs[] = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"ha\">"
                               "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
                               "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
                               "<FileZilla3><Servers><Server><Host>&c;</Host></Server>" TAIL;
  static const char outside[] = "<!DOCTYPE l [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
                                "<FileZilla3><Servers><Server><Host>h</Host><Name>&f;</Name>"
                                "</Server>" TAIL;
  g_autofree char *deep = repeat (HEAD, "<Folder>", 100000, "");
  g_autofree char *wide = repeat (HEAD, "<a/>", 500000, TAIL);
  g_autofree char *huge = repeat ("", "0123456789abcdef", 1024 * 1024 + 1, "");
  g_autofree char *long_name = repeat (HEAD "<Server><Host>h</Host><Logontype>0</Logontype><Name>",
                                       "0123456789", 1024 * 1024, "</Name></Server>" TAIL);
  g_autofree char *long_element = repeat ("<", "a", 1024 * 1024, "></b>");
  g_autoptr (WbFtpSiteImport) result = NULL;

  assert_refused (laughs, strlen (laughs), NULL);
  assert_refused (outside, strlen (outside), NULL);
  assert_refused (deep, strlen (deep), "too deeply");
  assert_refused (wide, strlen (wide), "too much");
  assert_refused (huge, strlen (huge), "16 MiB");
  assert_refused (long_element, strlen (long_element), NULL);
  assert_refused ("", 0, NULL);
  assert_refused ("<FileZilla3><Servers>", 21, NULL);
  assert_refused ("<html></html>", 13, "not a list of sites");
  assert_refused (HEAD "<Server><Host>a\xff</Host></Server>" TAIL, 50, NULL);
  assert_refused ("PK\x03\x04\0\0\0", 7, NULL);

  result = import (long_name);
  g_assert_cmpuint (result->sites->len, ==, 1);
  g_assert_cmpuint (strlen (((WbFtpSite *) result->sites->pdata[0])->name), ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/site/keep", Fixture, NULL, set_up, test_keep, tear_down);
  g_test_add ("/site/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/site/unreadable", Fixture, NULL, set_up, test_unreadable, tear_down);
  g_test_add_func ("/site/unknown-is-not-in-the-clear", test_unknown_is_not_in_the_clear);
  g_test_add_func ("/site/proxy-password-is-not-kept", test_proxy_password_is_not_kept);
  g_test_add_func ("/site/limits", test_limits);
  g_test_add_func ("/site/import/all", test_import_all);
  g_test_add_func ("/site/import/cases", test_import_cases);
  g_test_add_func ("/site/import/hostile", test_import_hostile);
  return g_test_run ();
}

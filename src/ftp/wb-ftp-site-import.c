/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-site-import.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* FileZilla's sitemanager.xml: <FileZilla3><Servers>, in which a <Folder> is named by its text and
 * a <Server> by <Name>. GMarkup knows no entities but XML's own five, and asks no network. */

#define DEPTH_MAX 40
#define NODES_MAX 400000
#define FIELD_MAX 4096
#define NOTES_MAX (64 * 1024)
#define SHOWN_MAX 60

/* An element, as far as it matters. */
typedef struct _Element Element;

struct _Element
{
  char *name;
  char *encoding; /* its attribute of that name */
  GString *text;
  GPtrArray *children;
};

typedef struct
{
  GPtrArray *open; /* of Element, borrowed but for the first */
  Element *root;
  guint count;
} Reading;

static void
element_free (gpointer data)
{
  Element *element = data;

  g_free (element->name);
  g_free (element->encoding);
  /* It may be a password. */
  explicit_bzero (element->text->str, element->text->len);
  g_string_free (element->text, TRUE);
  g_ptr_array_unref (element->children);
  g_free (element);
}

static Element *
element_new (const char *name)
{
  Element *element = g_new0 (Element, 1);

  element->name = g_strdup (name);
  element->text = g_string_new (NULL);
  element->children = g_ptr_array_new_with_free_func (element_free);
  return element;
}

static void
start_element (GMarkupParseContext *context,
               const char *name,
               const char **attributes,
               const char **values,
               gpointer user_data,
               GError **error)
{
  Reading *reading = user_data;
  Element *element = NULL;

  if (reading->open->len >= DEPTH_MAX || ++reading->count > NODES_MAX)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                           _ ("It is nested too deeply or holds too much to be a list of sites."));
      return;
    }
  element = element_new (name);
  for (guint i = 0; attributes[i] != NULL; i++)
    if (g_str_equal (attributes[i], "encoding") && element->encoding == NULL)
      element->encoding = g_strdup (values[i]);
  if (reading->open->len > 0)
    g_ptr_array_add (((Element *) reading->open->pdata[reading->open->len - 1])->children, element);
  else
    {
      g_clear_pointer (&reading->root, element_free);
      reading->root = element;
    }
  g_ptr_array_add (reading->open, element);
}

static void
end_element (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Reading *reading = user_data;

  g_ptr_array_set_size (reading->open, (int) reading->open->len - 1);
}

static void
add_text (GMarkupParseContext *context,
          const char *text,
          gsize length,
          gpointer user_data,
          GError **error)
{
  Reading *reading = user_data;

  if (reading->open->len > 0)
    g_string_append_len (((Element *) reading->open->pdata[reading->open->len - 1])->text, text,
                         (gssize) length);
}

static const GMarkupParser parser = { start_element, end_element, add_text, NULL, NULL };

static const Element *
find_child (const Element *element, const char *name)
{
  for (guint i = 0; i < element->children->len; i++)
    if (g_str_equal (((Element *) element->children->pdata[i])->name, name))
      return element->children->pdata[i];
  return NULL;
}

static const char *
get_text (const Element *element, const char *name)
{
  const Element *child = find_child (element, name);

  return child != NULL ? child->text->str : "";
}

static gint64
get_number (const Element *element, const char *name, gint64 least, gint64 most, gint64 fallback)
{
  gint64 number = 0;

  return g_ascii_string_to_signed (get_text (element, name), 10, least, most, &number, NULL)
             ? number
             : fallback;
}

static gboolean
has_control (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return TRUE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

/* One line for a list: nothing in it can hide, turn around or go on for pages. */
static char *
make_name (const char *text, glong most, const char *fallback)
{
  g_autofree char *trimmed = g_strstrip (g_utf8_make_valid (text, -1));
  GString *name = g_string_new (NULL);
  glong length = 0;

  for (const char *p = trimmed; *p != '\0' && length < most; p = g_utf8_next_char (p), length++)
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
          type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
        g_string_append_unichar (name, 0xfffd);
      else
        /* "/" stands between folders. */
        g_string_append_unichar (name, c == '/' ? 0x2215 : c);
    }
  if (name->len == 0)
    g_string_append (name, fallback);
  return g_string_free (name, FALSE);
}

static void
add_note (WbFtpSiteImport *import, const char *site, const char *text)
{
  g_autofree char *name = make_name (site, SHOWN_MAX, "?");

  /* Translators: the first %s is what a server is called, the second a sentence about it. */
  g_ptr_array_add (import->notes, g_strdup_printf (_ ("%s: %s"), name, text));
}

/* ── Fields ── */

/* "1 0 4 home 2 me" is /home/me: the kind of path, a prefix, then each part with its length. */
static char *
read_remote (const char *text)
{
  GString *path = NULL;
  char *end = NULL;
  guint64 type = 0;
  guint64 prefix = 0;

  if (*text == '\0')
    return g_strdup ("");
  type = g_ascii_strtoull (text, &end, 10);
  if (end == text || *end != ' ')
    return NULL;
  text = end + 1;
  prefix = g_ascii_strtoull (text, &end, 10);
  /* Those of Unix and what writes its paths alike. */
  if (end == text || prefix != 0 || !(type <= 1 || type == 5 || type == 9))
    return NULL;

  path = g_string_new (NULL);
  while (*end == ' ')
    {
      const char *digits = end + 1;
      guint64 characters = g_ascii_strtoull (digits, &end, 10);
      const char *part = end + 1;

      if (end == digits || *end != ' ' || characters == 0 || characters > FIELD_MAX)
        break;
      g_string_append_c (path, '/');
      for (guint64 i = 0; i < characters && *part != '\0'; i++)
        {
          const char *next = g_utf8_next_char (part);

          g_string_append_len (path, part, next - part);
          part = next;
        }
      end = (char *) part;
    }
  if (*end != '\0')
    {
      g_string_free (path, TRUE);
      return NULL;
    }
  if (path->len == 0)
    g_string_append_c (path, '/');
  return g_string_free (path, FALSE);
}

/* Strict, unlike GLib's, which reads something into anything. */
static char *
decode_base64 (const char *text)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  gsize length = strlen (text);
  gsize good = strspn (text, alphabet);
  gsize padding = length - good;
  guchar *bytes = NULL;
  char *password = NULL;
  gsize size = 0;

  if (length % 4 != 0 || padding > 2 || strspn (text + good, "=") != padding)
    return NULL;
  bytes = g_base64_decode (text, &size);
  if (memchr (bytes, '\0', size) == NULL && g_utf8_validate ((char *) bytes, (gssize) size, NULL))
    password = g_strndup ((char *) bytes, size);
  explicit_bzero (bytes, size);
  g_free (bytes);
  return password;
}

static char *
read_password (WbFtpSiteImport *import, const WbFtpSite *site, const Element *server)
{
  const Element *pass = find_child (server, "Pass");
  char *password = NULL;

  if (pass == NULL || pass->text->len == 0)
    return NULL;
  if (g_strcmp0 (pass->encoding, "crypt") == 0)
    {
      add_note (import, site->name,
                _ ("Its password is locked with a master password and stays there. It will be "
                   "asked for."));
      return NULL;
    }
  if (pass->text->len <= FIELD_MAX)
    password = g_strcmp0 (pass->encoding, "base64") == 0 ? decode_base64 (pass->text->str)
                                                         : g_strdup (pass->text->str);
  if (password != NULL && !has_control (password))
    return password;
  g_free (password);
  add_note (import, site->name, _ ("Its password cannot be read. It will be asked for."));
  return NULL;
}

static const struct
{
  int number;
  WbTlsMode tls;
} protocols[] = {
  { 0, WB_TLS_REQUIRED },
  { 3, WB_TLS_IMPLICIT },
  { 4, WB_TLS_REQUIRED },
  { 6, WB_TLS_NONE },
};

static const struct
{
  int number;
  const char *name;
} other_protocols[] = {
  { 1, "SFTP" },
  { 2, "HTTP" },
  { 5, "HTTPS" },
  { 7, "S3" },
  { 8, "Storj" },
  { 9, "WebDAV" },
  { 10, "Azure File" },
  { 11, "Azure Blob" },
  { 12, "OpenStack Swift" },
  { 13, "Google Cloud" },
  { 14, "Google Drive" },
  { 15, "Dropbox" },
  { 16, "OneDrive" },
  { 17, "Backblaze B2" },
  { 18, "Box" },
};

static gboolean
read_protocol (WbFtpSiteImport *import, WbFtpSite *site, const Element *server)
{
  gint64 number = get_number (server, "Protocol", 0, G_MAXINT, -1);
  const char *name = get_text (server, "Protocol");
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;

  if (*name == '\0')
    number = 0;
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (protocols[i].number == number)
      {
        site->tls = protocols[i].tls;
        if (number == 0)
          add_note (import, site->name,
                    _ ("There it used encryption if the server had it. Here encryption is "
                       "required; where the server has none, choose None for it."));
        return TRUE;
      }
  for (guint i = 0; i < G_N_ELEMENTS (other_protocols); i++)
    if (other_protocols[i].number == number)
      name = other_protocols[i].name;
  shown = make_name (name, SHOWN_MAX, "?");
  /* Translators: %s is a protocol, such as "SFTP". */
  text = g_strdup_printf (_ ("Left out: %s is not supported."), shown);
  add_note (import, site->name, text);
  return FALSE;
}

/* What FileZilla calls Logontype: anonymous, normal, ask, interactive, account, key. */
static gboolean
read_account (WbFtpSiteImport *import, WbFtpSite *site, const Element *server)
{
  const char *user = get_text (server, "User");

  switch (get_number (server, "Logontype", 0, 20, *user != '\0' ? 1 : 0))
    {
    case 0:
      site->account = WB_FTP_ACCOUNT_ANONYMOUS;
      return TRUE;
    case 2:
    case 3:
      site->ask_password = TRUE;
      break;
    case 4:
      add_note (import, site->name,
                _ ("It names an account beside the user (ACCT), which was left out."));
      break;
    case 5:
      site->ask_password = TRUE;
      add_note (import, site->name, _ ("It logs in by a key file, which FTP has not."));
      break;
    default:
      break;
    }
  wb_ftp_site_set_text (&site->user, user);
  return !has_control (user) && strlen (user) <= FIELD_MAX;
}

static void
read_charset (WbFtpSiteImport *import, WbFtpSite *site, const Element *server)
{
  const char *charset = get_text (server, "CustomEncoding");
  GIConv converter = NULL;

  if (!g_str_equal (get_text (server, "EncodingType"), "Custom"))
    return;
  if (strlen (charset) <= SHOWN_MAX && *charset != '\0' && !has_control (charset))
    {
      converter = g_iconv_open ("UTF-8", charset);
      /* g_iconv_open()'s own mark of failure. */
      if (converter != (GIConv) -1)
        {
          g_iconv_close (converter);
          wb_ftp_site_set_text (&site->charset, charset);
          return;
        }
    }
  add_note (import, site->name, _ ("Its character set is not known here; UTF-8 was taken."));
}

static char *
read_local (WbFtpSiteImport *import, const char *site, const char *text)
{
  if (*text == '\0' || (*text == '/' && strlen (text) <= FIELD_MAX && !has_control (text)))
    return g_strdup (text);
  add_note (import, site,
            _ ("Its folder on the computer is none of this computer's, and was left "
               "out."));
  return g_strdup ("");
}

static char *
read_remote_folder (WbFtpSiteImport *import, const char *site, const char *text)
{
  char *remote = strlen (text) <= FIELD_MAX && !has_control (text) ? read_remote (text) : NULL;

  if (remote != NULL)
    return remote;
  add_note (import, site, _ ("Its folder on the server cannot be read, and was left out."));
  return g_strdup ("");
}

static void
read_bookmark (WbFtpSiteImport *import, WbFtpSite *site, const Element *element)
{
  g_autofree char *name = make_name (get_text (element, "Name"), FIELD_MAX, _ ("Bookmark"));
  g_autofree char *local = read_local (import, name, get_text (element, "LocalDir"));
  g_autofree char *remote = read_remote_folder (import, name, get_text (element, "RemoteDir"));
  WbFtpBookmark *bookmark = NULL;

  if (*local == '\0' && *remote == '\0')
    return;
  bookmark = wb_ftp_bookmark_new (name, local, remote);
  bookmark->synchronized = g_str_equal (get_text (element, "SyncBrowsing"), "1");
  g_ptr_array_add (site->bookmarks, bookmark);
}

static void
read_rest (WbFtpSiteImport *import, WbFtpSite *site, const Element *server)
{
  const char *passive = get_text (server, "PasvMode");
  const char *notes = get_text (server, "Comments");
  /* There it is what is added to times; here, what they are ahead by. */
  int offset = (int) -get_number (server, "TimezoneOffset", -WB_FTP_SITE_OFFSET_MAX,
                                  WB_FTP_SITE_OFFSET_MAX, 0);

  g_free (site->local);
  g_free (site->remote);
  site->local = read_local (import, site->name, get_text (server, "LocalDir"));
  site->remote = read_remote_folder (import, site->name, get_text (server, "RemoteDir"));
  site->synchronized = g_str_equal (get_text (server, "SyncBrowsing"), "1");
  read_charset (import, site, server);
  site->has_time_offset = offset != 0;
  site->time_offset = offset;
  if (g_str_equal (passive, "MODE_ACTIVE"))
    site->data_mode = WB_FTP_DATA_ACTIVE;
  else if (g_str_equal (passive, "MODE_PASSIVE"))
    site->data_mode = WB_FTP_DATA_PASSIVE;
  site->connections = (guint) get_number (server, "MaximumMultipleConnections", 1,
                                          WB_FTP_SITE_CONNECTIONS_MAX, WB_FTP_SITE_CONNECTIONS);
  if (strlen (notes) <= NOTES_MAX)
    wb_ftp_site_set_text (&site->notes, notes);
  else
    add_note (import, site->name, _ ("Its comment is too long, and was left out."));
  for (guint i = 0; i < server->children->len; i++)
    if (g_str_equal (((Element *) server->children->pdata[i])->name, "Bookmark"))
      read_bookmark (import, site, server->children->pdata[i]);
}

static gboolean
is_host (const char *host)
{
  g_autofree char *text =
      g_strdup_printf (strchr (host, ':') != NULL ? "ftp://[%s]/" : "ftp://%s/", host);
  g_autoptr (WbUrl) url = NULL;

  if (*host == '\0' || strlen (host) > FIELD_MAX || strpbrk (host, "@/?#[]%") != NULL)
    return FALSE;
  url = wb_url_parse (text, NULL);
  return url != NULL;
}

static void
read_server (WbFtpSiteImport *import, const Element *server, const char *folder)
{
  g_autoptr (WbFtpSite) site = wb_ftp_site_new ();
  g_autofree char *host = g_strstrip (g_strdup (get_text (server, "Host")));
  gsize length = strlen (host);

  /* Also an IPv6 address in brackets. */
  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    {
      memmove (host, host + 1, length - 2);
      host[length - 2] = '\0';
    }
  g_free (site->name);
  site->name = make_name (*get_text (server, "Name") != '\0' ? get_text (server, "Name") : host,
                          200, _ ("Site"));
  wb_ftp_site_set_text (&site->folder, folder);
  if (!read_protocol (import, site, server))
    {
      import->left_out++;
      return;
    }
  if (!is_host (host) || !read_account (import, site, server))
    {
      import->left_out++;
      add_note (import, site->name, _ ("Left out: its host or user is missing or cannot be one."));
      return;
    }
  wb_ftp_site_set_text (&site->host, host);
  site->port = (guint16) get_number (server, "Port", 0, G_MAXUINT16, 0);
  if (site->port == (site->tls == WB_TLS_IMPLICIT ? 990 : 21))
    site->port = 0;
  read_rest (import, site, server);
  g_ptr_array_add (import->passwords,
                   site->account == WB_FTP_ACCOUNT_ANONYMOUS || site->ask_password
                       ? NULL
                       : read_password (import, site, server));
  g_ptr_array_add (import->sites, g_steal_pointer (&site));
}

/* As deep as start_element() lets it be. */
static void
read_folder (WbFtpSiteImport *import, const Element *element, const char *folder)
{
  for (guint i = 0; i < element->children->len; i++)
    {
      const Element *child = element->children->pdata[i];

      if (g_str_equal (child->name, "Server"))
        read_server (import, child, folder);
      else if (g_str_equal (child->name, "Folder"))
        {
          g_autofree char *name = make_name (child->text->str, 100, _ ("Folder"));
          g_autofree char *path =
              *folder != '\0' ? g_strconcat (folder, "/", name, NULL) : g_strdup (name);

          g_ptr_array_add (import->folders, g_strdup (path));
          read_folder (import, child, path);
        }
    }
}

static void
free_password (gpointer password)
{
  if (password != NULL)
    explicit_bzero (password, strlen (password));
  g_free (password);
}

/**
 * wb_ftp_site_import_free:
 */
void
wb_ftp_site_import_free (WbFtpSiteImport *self)
{
  g_ptr_array_unref (self->sites);
  g_ptr_array_unref (self->passwords);
  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

/**
 * wb_ftp_site_import_filezilla:
 * @text: a sitemanager.xml, or what FileZilla exports
 *
 * Reads sites, folders, bookmarks and passwords. What cannot be taken over is told in the
 * notes. May be called on any thread.
 *
 * Errors: %WB_ERROR_INVALID, %WB_ERROR_TOO_LARGE.
 *
 * Returns: (transfer full) (nullable): what it holds, or %NULL with @error set
 */
WbFtpSiteImport *
wb_ftp_site_import_filezilla (const char *text, gsize length, GError **error)
{
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GError) cause = NULL;
  g_autofree char *shown = g_strdup ("");
  Reading reading = { .open = g_ptr_array_new () };
  const Element *servers = NULL;
  WbFtpSiteImport *import = NULL;

  if (length > WB_FTP_SITE_IMPORT_MAX)
    g_set_error_literal (&cause, WB_ERROR, WB_ERROR_TOO_LARGE, _ ("It is larger than 16 MiB."));
  else
    {
      if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
        {
          text += 3;
          length -= 3;
        }
      context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reading, NULL);
      if (length == 0 || g_markup_parse_context_parse (context, text, (gssize) length, &cause))
        g_markup_parse_context_end_parse (context, &cause);
    }
  if (cause == NULL && reading.root != NULL && g_str_equal (reading.root->name, "FileZilla3"))
    servers = find_child (reading.root, "Servers");

  if (cause != NULL)
    {
      g_free (shown);
      shown = make_name (cause->message, 200, "");
    }
  if (servers != NULL)
    {
      import = g_new0 (WbFtpSiteImport, 1);
      import->sites = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_site_free);
      import->passwords = g_ptr_array_new_with_free_func (free_password);
      import->folders = g_ptr_array_new_with_free_func (g_free);
      import->notes = g_ptr_array_new_with_free_func (g_free);
      read_folder (import, servers, "");
    }
  else
    g_set_error (error, WB_ERROR,
                 g_error_matches (cause, WB_ERROR, WB_ERROR_TOO_LARGE) ? WB_ERROR_TOO_LARGE
                                                                       : WB_ERROR_INVALID,
                 /* Translators: %s is a sentence that says what is wrong. */
                 _ ("Nothing was imported: this is not a list of sites from FileZilla "
                    "(sitemanager.xml, or an export of its sites). %s"),
                 shown);
  g_clear_pointer (&reading.root, element_free);
  g_ptr_array_unref (reading.open);
  return import;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-site-store.h"

#include "wb-error.h"
#include "wb-json.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/* {"version": 1, "folders": ["Work", …], "sites": […], "bookmarks": […], "addresses": […]} */

#define VERSION 1

/* How long changes are gathered before they are written, in ms: a person types. */
#define DELAY 400

/* Nobody has that many sites; what is larger was not written here. */
#define SIZE_MAX_BYTES (64 * 1024 * 1024)

#define ADDRESSES_MAX 50
#define ASIDE_MAX 1000

/* What the file holds. */
typedef struct
{
  GPtrArray *sites;     /* of WbFtpSite */
  GPtrArray *folders;   /* of char: those that a person made, be they empty or not */
  GPtrArray *bookmarks; /* of WbFtpBookmark */
  GPtrArray *addresses; /* of char, the latest first, without passwords */
} Content;

struct _WbFtpSiteStore
{
  GObject parent_instance;

  char *path;
  WbSession *session;
  Content *content;
  gboolean writable; /* once the file was read, or was found not to be there */
  gboolean dirty;
  guint delay_id;
};

enum
{
  CHANGED,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbFtpSiteStore, wb_ftp_site_store, G_TYPE_OBJECT)

static Content *
content_new (void)
{
  Content *content = g_new0 (Content, 1);

  content->sites = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_site_free);
  content->folders = g_ptr_array_new_with_free_func (g_free);
  content->bookmarks = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_bookmark_free);
  content->addresses = g_ptr_array_new_with_free_func (g_free);
  return content;
}

static void
content_free (Content *content)
{
  g_ptr_array_unref (content->sites);
  g_ptr_array_unref (content->folders);
  g_ptr_array_unref (content->bookmarks);
  g_ptr_array_unref (content->addresses);
  g_free (content);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Content, content_free)

static void changed (WbFtpSiteStore *self);

/* ── Reading ── */

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static void
read_strings (JsonObject *object, const char *name, GPtrArray *strings)
{
  JsonArray *array = get_array (object, name);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_string (node) != NULL)
        g_ptr_array_add (strings, g_strdup (json_node_get_string (node)));
    }
}

static Content *
parse (const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (Content) content = content_new ();
  JsonNode *root = NULL;
  JsonObject *object = NULL;
  JsonArray *array = NULL;

  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  if (object == NULL || !json_object_has_member (object, "version") ||
      !JSON_NODE_HOLDS_VALUE (json_object_get_member (object, "version")) ||
      json_object_get_int_member (object, "version") != VERSION ||
      get_array (object, "sites") == NULL)
    return NULL;

  array = get_array (object, "sites");
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      WbFtpSite *site = wb_ftp_site_from_json (json_array_get_element (array, i));

      /* A site that cannot be read would be gone with the next write: the file goes aside. */
      if (site == NULL)
        return NULL;
      g_ptr_array_add (content->sites, site);
    }
  array = get_array (object, "bookmarks");
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      WbFtpBookmark *bookmark = wb_ftp_bookmark_from_json (json_array_get_element (array, i));

      if (bookmark == NULL)
        return NULL;
      g_ptr_array_add (content->bookmarks, bookmark);
    }
  read_strings (object, "folders", content->folders);
  read_strings (object, "addresses", content->addresses);
  return g_steal_pointer (&content);
}

/* Renames the file to a name that nothing has yet, and says what it did. */
static void
put_aside (const char *path, GError **error)
{
  for (guint i = 1; i <= ASIDE_MAX; i++)
    {
      g_autofree char *aside = i == 1 ? g_strconcat (path, ".damaged", NULL)
                                      : g_strdup_printf ("%s.damaged-%u", path, i);

      if (g_file_test (aside, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
        continue;
      if (g_rename (path, aside) != 0)
        break;
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is the path of a file. */
                   _ ("The list of sites is damaged. It was put aside as “%s”, and a new one was "
                      "begun."),
                   aside);
      return;
    }
  g_set_error (error, WB_ERROR, WB_ERROR_PERMISSION,
               /* Translators: %s is the path of a file. */
               _ ("The list of sites, “%s”, is damaged and cannot be put aside. Nothing will be "
                  "written until it is moved away."),
               path);
}

/* What the reading thread found. */
typedef struct
{
  Content *content; /* NULL if it must stay as it is */
  GError *error;
} Found;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_clear_pointer (&found->content, content_free);
  g_clear_error (&found->error);
  g_free (found);
}

static gpointer
load_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  const char *path = data;
  g_autofree char *text = NULL;
  gsize length = 0;
  GStatBuf about;
  Found *found = g_new0 (Found, 1);

  if (g_stat (path, &about) != 0 && errno == ENOENT)
    {
      found->content = content_new ();
      return found;
    }
  if (about.st_size > SIZE_MAX_BYTES || !S_ISREG (about.st_mode))
    {
      put_aside (path, &found->error);
      if (g_error_matches (found->error, WB_ERROR, WB_ERROR_INVALID))
        found->content = content_new ();
      return found;
    }
  if (!g_file_get_contents (path, &text, &length, &found->error))
    {
      g_prefix_error (&found->error, "%s ", _ ("The list of sites could not be read."));
      return found;
    }
  found->content = parse (text, length);
  if (found->content == NULL)
    {
      put_aside (path, &found->error);
      if (g_error_matches (found->error, WB_ERROR, WB_ERROR_INVALID))
        found->content = content_new ();
    }
  return found;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WbFtpSiteStore *self = g_task_get_source_object (task);
  Found *found = wb_session_run_finish (WB_SESSION (source), result, NULL);

  if (found->content != NULL)
    {
      content_free (self->content);
      self->content = g_steal_pointer (&found->content);
      self->writable = TRUE;
      g_signal_emit (self, signals[CHANGED], 0);
    }
  if (found->error != NULL)
    g_task_return_error (task, g_steal_pointer (&found->error));
  else
    g_task_return_boolean (task, TRUE);
  found_free (found);
}

/**
 * wb_ftp_site_store_load_async:
 *
 * Reads the file, once, before anything is changed. That there is none is no error.
 */
void
wb_ftp_site_store_load_async (WbFtpSiteStore *self,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, wb_ftp_site_store_load_async);
  wb_session_run_async (self->session, load_thread, g_strdup (self->path), g_free, found_free, NULL,
                        loaded_cb, task);
}

/**
 * wb_ftp_site_store_load_finish:
 *
 * Errors: %WB_ERROR_INVALID when the file was damaged and put aside; any other when it could
 * not be read and nothing will be written over it.
 *
 * Returns: %TRUE, or %FALSE with @error set; the store can be used all the same
 */
gboolean
wb_ftp_site_store_load_finish (WbFtpSiteStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ── Writing ── */

typedef struct
{
  char *path;
  JsonNode *root;
} Snapshot;

static void
snapshot_free (gpointer data)
{
  Snapshot *snapshot = data;

  g_free (snapshot->path);
  json_node_unref (snapshot->root);
  g_free (snapshot);
}

static void
set_strings (JsonObject *object, const char *name, GPtrArray *strings)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < strings->len; i++)
    json_array_add_string_element (array, strings->pdata[i]);
  json_object_set_array_member (object, name, array);
}

static Snapshot *
take_snapshot (WbFtpSiteStore *self)
{
  Snapshot *snapshot = g_new0 (Snapshot, 1);
  JsonObject *object = json_object_new ();
  JsonArray *sites = json_array_new ();
  JsonArray *bookmarks = json_array_new ();

  for (guint i = 0; i < self->content->sites->len; i++)
    json_array_add_element (sites, wb_ftp_site_to_json (self->content->sites->pdata[i]));
  for (guint i = 0; i < self->content->bookmarks->len; i++)
    json_array_add_element (bookmarks,
                            wb_ftp_bookmark_to_json (self->content->bookmarks->pdata[i]));
  json_object_set_int_member (object, "version", VERSION);
  set_strings (object, "folders", self->content->folders);
  json_object_set_array_member (object, "sites", sites);
  json_object_set_array_member (object, "bookmarks", bookmarks);
  set_strings (object, "addresses", self->content->addresses);

  snapshot->path = g_strdup (self->path);
  snapshot->root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (snapshot->root, object);
  return snapshot;
}

static gpointer
write_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Snapshot *snapshot = data;
  g_autofree char *folder = g_path_get_dirname (snapshot->path);
  g_autofree char *text = wb_json_to_string (snapshot->root);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   /* Translators: the first %s is the path of a folder, the second the reason. */
                   _ ("The sites could not be kept in “%s”: %s."), folder, g_strerror (errno));
      return NULL;
    }
  if (!g_file_set_contents_full (snapshot->path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 error))
    {
      g_prefix_error (error, "%s ",
                      _ ("The sites could not be kept; the file from before is as it was."));
      return NULL;
    }
  return data;
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFtpSiteStore) self = user_data;
  g_autoptr (GError) error = NULL;

  if (wb_session_run_finish (WB_SESSION (source), result, &error) == NULL)
    {
      self->dirty = TRUE;
      g_signal_emit (self, signals[FAILED], 0, error);
    }
}

static gboolean
delay_over_cb (gpointer user_data)
{
  WbFtpSiteStore *self = user_data;

  self->delay_id = 0;
  self->dirty = FALSE;
  wb_session_run_async (self->session, write_thread, take_snapshot (self), snapshot_free, NULL,
                        NULL, written_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
changed (WbFtpSiteStore *self)
{
  self->dirty = TRUE;
  if (self->writable && self->delay_id == 0)
    self->delay_id = g_timeout_add (DELAY, delay_over_cb, self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gpointer
nothing_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  return data;
}

/**
 * wb_ftp_site_store_flush:
 *
 * Writes what has changed and waits until that is done: for the end of the program.
 *
 * Errors: those of writing (`G_FILE_ERROR`).
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_site_store_flush (WbFtpSiteStore *self, GError **error)
{
  gboolean write = FALSE;

  g_return_val_if_fail (WB_IS_FTP_SITE_STORE (self), FALSE);

  g_clear_handle_id (&self->delay_id, g_source_remove);
  write = self->dirty && self->writable;
  self->dirty = FALSE;
  if (write)
    return wb_session_run (self->session, write_thread, take_snapshot (self), snapshot_free,
                           error) != NULL;
  return wb_session_run (self->session, nothing_thread, self, NULL, error) != NULL;
}

/* ── What is in it ── */

/**
 * wb_ftp_site_store_get_sites:
 *
 * Returns: (transfer none) (element-type WbFtpSite): all sites, to be looked at
 */
GPtrArray *
wb_ftp_site_store_get_sites (WbFtpSiteStore *self)
{
  return self->content->sites;
}

static guint
position_of (WbFtpSiteStore *self, const char *id)
{
  for (guint i = 0; id != NULL && i < self->content->sites->len; i++)
    if (g_str_equal (((WbFtpSite *) self->content->sites->pdata[i])->id, id))
      return i;
  return G_MAXUINT;
}

/**
 * wb_ftp_site_store_find:
 * @id: (nullable): a site's id
 *
 * Returns: (transfer none) (nullable): the site, until the store changes
 */
const WbFtpSite *
wb_ftp_site_store_find (WbFtpSiteStore *self, const char *id)
{
  guint position = position_of (self, id);

  return position != G_MAXUINT ? self->content->sites->pdata[position] : NULL;
}

/**
 * wb_ftp_site_store_put:
 *
 * Adds a copy of @site, or has it take the place of the one with the same id.
 */
void
wb_ftp_site_store_put (WbFtpSiteStore *self, const WbFtpSite *site)
{
  guint position = position_of (self, site->id);
  WbFtpSite *copy = wb_ftp_site_copy (site);

  if (position == G_MAXUINT)
    g_ptr_array_add (self->content->sites, copy);
  else
    {
      wb_ftp_site_free (self->content->sites->pdata[position]);
      self->content->sites->pdata[position] = copy;
    }
  changed (self);
}

/**
 * wb_ftp_site_store_remove:
 *
 * Returns: whether there was such a site
 */
gboolean
wb_ftp_site_store_remove (WbFtpSiteStore *self, const char *id)
{
  guint position = position_of (self, id);

  if (position == G_MAXUINT)
    return FALSE;
  g_ptr_array_remove_index (self->content->sites, position);
  changed (self);
  return TRUE;
}

static void
add_with_parents (GHashTable *seen, const char *folder)
{
  for (const char *p = folder; *p != '\0'; p++)
    if (*p == '/')
      g_hash_table_add (seen, g_strndup (folder, p - folder));
  if (*folder != '\0')
    g_hash_table_add (seen, g_strdup (folder));
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *) a, *(const char *const *) b);
}

/**
 * wb_ftp_site_store_dup_folders:
 *
 * Returns: (transfer full) (element-type utf8): all folders, those with something in them
 *   and those without, each behind the one that it is in
 */
GPtrArray *
wb_ftp_site_store_dup_folders (WbFtpSiteStore *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer folder = NULL;

  for (guint i = 0; i < self->content->folders->len; i++)
    add_with_parents (seen, self->content->folders->pdata[i]);
  for (guint i = 0; i < self->content->sites->len; i++)
    add_with_parents (seen, ((WbFtpSite *) self->content->sites->pdata[i])->folder);
  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    g_ptr_array_add (folders, folder);
  g_ptr_array_sort (folders, compare_texts);
  return folders;
}

/**
 * wb_ftp_site_store_add_folder:
 * @folder: names with "/" between
 */
void
wb_ftp_site_store_add_folder (WbFtpSiteStore *self, const char *folder)
{
  if (*folder == '\0' ||
      g_ptr_array_find_with_equal_func (self->content->folders, folder, g_str_equal, NULL))
    return;
  g_ptr_array_add (self->content->folders, g_strdup (folder));
  changed (self);
}

static gboolean
is_within (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/**
 * wb_ftp_site_store_remove_folder:
 *
 * Removes a folder and those in it. Their sites move to where the folder was.
 */
void
wb_ftp_site_store_remove_folder (WbFtpSiteStore *self, const char *folder)
{
  const char *slash = strrchr (folder, '/');
  g_autofree char *parent = g_strndup (folder, slash != NULL ? slash - folder : 0);

  for (guint i = self->content->folders->len; i > 0; i--)
    if (is_within (self->content->folders->pdata[i - 1], folder))
      g_ptr_array_remove_index (self->content->folders, i - 1);
  for (guint i = 0; i < self->content->sites->len; i++)
    {
      WbFtpSite *site = self->content->sites->pdata[i];

      if (is_within (site->folder, folder))
        wb_ftp_site_set_text (&site->folder, parent);
    }
  changed (self);
}

/**
 * wb_ftp_site_store_get_bookmarks:
 * @site_id: (nullable): a site, or %NULL for those of no site
 *
 * Returns: (transfer none) (nullable) (element-type WbFtpBookmark): its bookmarks, to be
 *   looked at; %NULL where there is no such site
 */
GPtrArray *
wb_ftp_site_store_get_bookmarks (WbFtpSiteStore *self, const char *site_id)
{
  const WbFtpSite *site = NULL;

  if (site_id == NULL)
    return self->content->bookmarks;
  site = wb_ftp_site_store_find (self, site_id);
  return site != NULL ? site->bookmarks : NULL;
}

/**
 * wb_ftp_site_store_add_bookmark:
 * @site_id: (nullable): a site, or %NULL for none
 */
void
wb_ftp_site_store_add_bookmark (WbFtpSiteStore *self,
                                const char *site_id,
                                const WbFtpBookmark *bookmark)
{
  GPtrArray *bookmarks = wb_ftp_site_store_get_bookmarks (self, site_id);

  if (bookmarks == NULL)
    return;
  g_ptr_array_add (bookmarks, wb_ftp_bookmark_copy (bookmark));
  changed (self);
}

/**
 * wb_ftp_site_store_remove_bookmark:
 * @site_id: (nullable): a site, or %NULL for none
 */
void
wb_ftp_site_store_remove_bookmark (WbFtpSiteStore *self, const char *site_id, guint position)
{
  GPtrArray *bookmarks = wb_ftp_site_store_get_bookmarks (self, site_id);

  if (bookmarks == NULL || position >= bookmarks->len)
    return;
  g_ptr_array_remove_index (bookmarks, position);
  changed (self);
}

/**
 * wb_ftp_site_store_get_addresses:
 *
 * Returns: (transfer none) (element-type utf8): what was typed to connect to, the latest
 *   first
 */
GPtrArray *
wb_ftp_site_store_get_addresses (WbFtpSiteStore *self)
{
  return self->content->addresses;
}

/**
 * wb_ftp_site_store_add_address:
 * @address: as it is to be shown; never with a password in it
 */
void
wb_ftp_site_store_add_address (WbFtpSiteStore *self, const char *address)
{
  guint position = 0;

  if (g_ptr_array_find_with_equal_func (self->content->addresses, address, g_str_equal, &position))
    {
      if (position == 0)
        return;
      g_ptr_array_remove_index (self->content->addresses, position);
    }
  g_ptr_array_insert (self->content->addresses, 0, g_strdup (address));
  if (self->content->addresses->len > ADDRESSES_MAX)
    g_ptr_array_set_size (self->content->addresses, ADDRESSES_MAX);
  changed (self);
}

/**
 * wb_ftp_site_store_forget_addresses:
 *
 * Drops all addresses that were typed.
 */
void
wb_ftp_site_store_forget_addresses (WbFtpSiteStore *self)
{
  g_ptr_array_set_size (self->content->addresses, 0);
  changed (self);
}

static void
wb_ftp_site_store_dispose (GObject *object)
{
  WbFtpSiteStore *self = WB_FTP_SITE_STORE (object);

  g_clear_handle_id (&self->delay_id, g_source_remove);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (wb_ftp_site_store_parent_class)->dispose (object);
}

static void
wb_ftp_site_store_finalize (GObject *object)
{
  WbFtpSiteStore *self = WB_FTP_SITE_STORE (object);

  g_free (self->path);
  content_free (self->content);

  G_OBJECT_CLASS (wb_ftp_site_store_parent_class)->finalize (object);
}

static void
wb_ftp_site_store_class_init (WbFtpSiteStoreClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_ftp_site_store_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_ftp_site_store_finalize;

  signals[CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
wb_ftp_site_store_init (WbFtpSiteStore *self)
{
  self->content = content_new ();
  self->session = wb_session_new ("site-store");
}

/**
 * wb_ftp_site_store_new:
 * @path: (nullable): the file; %NULL is "sites.json" among the program's data
 *
 * Returns: (transfer full): a store in which nothing has been loaded yet
 */
WbFtpSiteStore *
wb_ftp_site_store_new (const char *path)
{
  WbFtpSiteStore *self = g_object_new (WB_TYPE_FTP_SITE_STORE, NULL);

  self->path = path != NULL
                   ? g_strdup (path)
                   : g_build_filename (g_get_user_data_dir (), "wirebench", "sites.json", NULL);
  return self;
}

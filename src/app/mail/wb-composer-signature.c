/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* What stands below each new mail of an account: formatted text in a file of its own. */

#define MAXIMUM ((gsize) 4 * 1024 * 1024)
#define ABOVE "<div><br></div><div>--</div>"

typedef struct
{
  char *path;
  char *html; /* NULL to remove */
} Keeping;

static void
keeping_free (gpointer data)
{
  Keeping *keeping = data;

  g_free (keeping->path);
  g_free (keeping->html);
  g_free (keeping);
}

static char *
dup_path (WbAccount *account)
{
  g_autofree char *name = g_strconcat (wb_account_get_id (account), ".html", NULL);

  return g_build_filename (g_get_user_data_dir (), "wirebench", "signatures", name, NULL);
}

static gpointer
load_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree char *html = NULL;
  gsize length = 0;

  if (!g_file_get_contents (data, &html, &length, NULL) || length > MAXIMUM)
    return g_strdup ("");
  return g_utf8_make_valid (html, (gssize) length);
}

static gpointer
keep_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Keeping *keeping = data;
  g_autofree char *folder = g_path_get_dirname (keeping->path);

  if (!keeping->html)
    {
      if (g_unlink (keeping->path) != 0 && errno != ENOENT)
        {
          int saved = errno;

          g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (saved),
                       /* Translators: %s is the system's reason */
                       _ ("The signature could not be removed: %s"), g_strerror (saved));
          return NULL;
        }
      return g_strdup (_ ("The signature is removed"));
    }
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents_full (keeping->path, keeping->html, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 error))
    return NULL;
  return g_strdup (_ ("New mails of this account end in it"));
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (!self->store)
    return;
  if (text)
    wb_workbench_toast (wb_mail_store_get_workbench (self->store), text);
  else
    wb_composer_show_error (self, error->message);
}

static void
keep (WbComposer *self, const char *html)
{
  WbAccount *account = wb_composer_get_account (self);
  Keeping *keeping = NULL;

  if (!account)
    return;
  keeping = g_new0 (Keeping, 1);
  keeping->path = dup_path (account);
  keeping->html = g_strdup (html);
  wb_session_run_async (self->session, keep_thread, keeping, keeping_free, g_free, NULL, kept_cb,
                        g_object_ref (self));
}

static void
snapshot_taken (WbComposer *self, WbComposition *composition, const GError *error)
{
  g_autoptr (WbComposition) owned = composition;

  if (!owned)
    wb_composer_show_error (self, error->message);
  else if (owned->html)
    keep (self, owned->html);
  else
    wb_composer_show_error (self, _ ("A signature is formatted text. Choose another format."));
}

/**
 * wb_composer_keep_signature:
 * @self: the window
 *
 * What stands in it becomes the signature of its account. Main thread.
 */
void
wb_composer_keep_signature (WbComposer *self)
{
  wb_composer_snapshot (self, snapshot_taken);
}

/**
 * wb_composer_remove_signature:
 * @self: the window
 *
 * Main thread.
 */
void
wb_composer_remove_signature (WbComposer *self)
{
  keep (self, NULL);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autofree char *signature = wb_session_run_finish (WB_SESSION (source), result, NULL);

  if (!self->store)
    return;
  if (signature && *signature && self->initial_html)
    {
      g_autofree char *html = g_steal_pointer (&self->initial_html);

      self->initial_html =
          g_strconcat (ABOVE, signature, *html ? "<div><br></div>" : "", html, NULL);
    }
  wb_composer_load_editor (self);
}

/**
 * wb_composer_begin_body:
 * @self: the window
 * @fresh: whether the mail is new, and gets a signature
 *
 * Goes on to the editor when it is known what stands in it. Main thread.
 */
void
wb_composer_begin_body (WbComposer *self, gboolean fresh)
{
  WbAccount *account = wb_composer_get_account (self);

  if (fresh && account)
    wb_session_run_async (self->session, load_thread, dup_path (account), g_free, g_free, NULL,
                          loaded_cb, g_object_ref (self));
  else
    wb_composer_load_editor (self);
}

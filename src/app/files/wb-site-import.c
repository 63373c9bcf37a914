/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-site-import.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"
#include "wb-error.h"
#include "wb-ftp-site-import.h"
#include "wb-session.h"

/* One import: from the chooser to the report. */
typedef struct
{
  GtkWidget *parent;
  WbFtpSiteStore *store;
  WbSecrets *secrets;
} Import;

static Import *
import_copy (const Import *import)
{
  Import *copy = g_new0 (Import, 1);

  copy->parent = g_object_ref (import->parent);
  copy->store = g_object_ref (import->store);
  copy->secrets = g_object_ref (import->secrets);
  return copy;
}

static void
import_free (gpointer data)
{
  Import *import = data;

  g_object_unref (import->parent);
  g_object_unref (import->store);
  g_object_unref (import->secrets);
  g_free (import);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Import, import_free)

/* ── On a thread of its own ── */

typedef struct
{
  GFile *file;
  WbSecrets *secrets;
  GPtrArray *have; /* of WbFtpSite: what is there already */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->file);
  g_object_unref (job->secrets);
  g_ptr_array_unref (job->have);
  g_free (job);
}

static gboolean
is_same (const WbFtpSite *a, const WbFtpSite *b)
{
  return g_str_equal (a->name, b->name) && g_str_equal (a->folder, b->folder) &&
         g_str_equal (a->host, b->host) && g_str_equal (a->user, b->user) && a->port == b->port;
}

static void
drop_doubles (WbFtpSiteImport *found, GPtrArray *have)
{
  for (guint i = found->sites->len; i > 0; i--)
    {
      const WbFtpSite *site = found->sites->pdata[i - 1];
      gboolean there = FALSE;

      for (guint j = 0; j < have->len && !there; j++)
        there = is_same (site, have->pdata[j]);
      if (!there)
        continue;
      found->left_out++;
      g_ptr_array_insert (
          found->notes, 0,
          /* Translators: %s is what a server is called. */
          g_strdup_printf (_ ("%s: Left out: it is in the list already."), site->name));
      g_ptr_array_remove_index (found->sites, i - 1);
      g_ptr_array_remove_index (found->passwords, i - 1);
    }
}

static gboolean
keep_passwords (WbFtpSiteImport *found,
                WbSecrets *secrets,
                GCancellable *cancellable,
                GError **error)
{
  for (guint i = 0; i < found->sites->len; i++)
    {
      const WbFtpSite *site = found->sites->pdata[i];
      const WbSecretKey key = { "ftp", site->host, wb_ftp_site_get_port (site), site->user };

      if (found->passwords->pdata[i] != NULL &&
          !wb_secrets_store (secrets, &key, found->passwords->pdata[i], cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static char *
read_file (GFile *file, gsize *length, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  char *text = NULL;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) != G_FILE_TYPE_REGULAR)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("That is no file. Choose a sitemanager.xml."));
      return NULL;
    }
  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return NULL;
  text = g_malloc (WB_FTP_SITE_IMPORT_MAX + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), text, WB_FTP_SITE_IMPORT_MAX + 1, length,
                                cancellable, error))
    g_clear_pointer (&text, g_free);
  return text;
}

static gpointer
import_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  gsize length = 0;
  g_autofree char *text = read_file (job->file, &length, cancellable, error);
  g_autoptr (WbFtpSiteImport) found = NULL;

  if (text == NULL)
    return NULL;
  found = wb_ftp_site_import_filezilla (text, length, error);
  explicit_bzero (text, length);
  if (found == NULL)
    return NULL;
  drop_doubles (found, job->have);
  if (!keep_passwords (found, job->secrets, cancellable, error))
    return NULL;
  return g_steal_pointer (&found);
}

/* ── The report ── */

static GtkWidget *
create_note (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_end (label, 12);
  gtk_widget_set_margin_top (label, 9);
  gtk_widget_set_margin_bottom (label, 9);
  return label;
}

static void
show_report (const Import *import, WbFtpSiteImport *found)
{
  GtkWidget *window =
      g_object_new (ADW_TYPE_WINDOW, "title", _ ("Import from FileZilla"), "modal", TRUE,
                    "transient-for", gtk_widget_get_root (import->parent), "default-width", 480,
                    "default-height", 420, "accessible-role", GTK_ACCESSIBLE_ROLE_DIALOG, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();
  g_autofree char *imported = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u site imported", "%u sites imported", found->sites->len),
      found->sites->len);
  g_autofree char *left =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u left out", "%u left out", found->left_out),
                       found->left_out);
  /* Translators: "3 sites imported, 1 left out". */
  g_autofree char *title = g_strdup_printf (_ ("%s, %s"), imported, left);

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; i < found->notes->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (list), create_note (found->notes->pdata[i]));
  if (found->notes->len > 0)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  else
    g_object_unref (g_object_ref_sink (list));
  if (!wb_secrets_is_lasting (import->secrets))
    adw_preferences_group_set_description (
        ADW_PREFERENCES_GROUP (group),
        _ ("There is no keyring, so passwords are kept until Wirebench ends."));

  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  gtk_window_present (GTK_WINDOW (window));
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Import) import = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFtpSiteImport) found = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (found == NULL)
    {
      wb_say (import->parent, _ ("Import Failed"), error->message);
      return;
    }
  for (guint i = 0; i < found->folders->len; i++)
    wb_ftp_site_store_add_folder (import->store, found->folders->pdata[i]);
  for (guint i = 0; i < found->sites->len; i++)
    wb_ftp_site_store_put (import->store, found->sites->pdata[i]);
  show_report (import, found);
}

static gpointer
copy_site (gconstpointer site, gpointer user_data)
{
  return wb_ftp_site_copy (site);
}

static void
chosen_cb (GListModel *files, gpointer user_data)
{
  const Import *import = user_data;
  g_autoptr (WbSession) session = wb_session_new ("site-import");
  Job *job = g_new0 (Job, 1);

  job->file = g_list_model_get_item (files, 0);
  job->secrets = g_object_ref (import->secrets);
  job->have = g_ptr_array_copy (wb_ftp_site_store_get_sites (import->store), copy_site, NULL);
  g_ptr_array_set_free_func (job->have, (GDestroyNotify) wb_ftp_site_free);
  wb_session_run_async (session, import_thread, job, job_free,
                        (GDestroyNotify) wb_ftp_site_import_free, NULL, imported_cb,
                        import_copy (import));
}

/**
 * wb_site_import_choose:
 * @parent: any widget of the window that asks
 * @store: where sites go
 * @secrets: where passwords go
 *
 * Has the person choose FileZilla's list of sites, takes over what it holds, and shows a
 * report of that.
 */
void
wb_site_import_choose (GtkWidget *parent, WbFtpSiteStore *store, WbSecrets *secrets)
{
  const Import import = { parent, store, secrets };

  wb_choose_files (parent, _ ("Import Sites from FileZilla (sitemanager.xml)"),
                   GTK_FILE_CHOOSER_ACTION_OPEN, FALSE, NULL, chosen_cb, import_copy (&import),
                   import_free);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-site-editor.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _WbSiteEditor
{
  AdwBin parent_instance;

  /* Template */
  GtkEditable *name;
  GtkEditable *folder;
  GtkEditable *host;
  GtkEditable *port;
  AdwComboRow *tls;
  GtkWidget *clear_warning;
  AdwComboRow *account;
  GtkEditable *user;
  GtkEditable *password;
  GtkLabel *password_note;
  GtkSwitch *ask;
  GtkWidget *ask_row;
  GtkEditable *local;
  GtkEditable *remote;
  GtkSwitch *synchronized;
  AdwComboRow *data_mode;
  AdwComboRow *charset;
  GtkSpinButton *time_offset;
  GtkSpinButton *connections;
  GtkSpinButton *download_limit;
  GtkSpinButton *upload_limit;
  GtkSpinButton *keep_alive;
  AdwComboRow *proxy;
  GtkEditable *proxy_address;
  GtkWidget *bookmark_group;
  GtkListBox *bookmarks;
  GtkTextView *notes;

  /* Owned */
  WbFtpSite *site; /* as it was set, with its bookmarks as they are now */
  gboolean filling;
  gboolean lasting; /* whether there is a keyring */
};

/* In the order of the list in the template. */
static const WbTlsMode tls_modes[] = { WB_TLS_REQUIRED, WB_TLS_IMPLICIT, WB_TLS_NONE };

enum
{
  CHANGED,
  PASSWORD_ENTERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbSiteEditor, wb_site_editor, ADW_TYPE_BIN)

static void fill_bookmarks (WbSiteEditor *self);

static void
update_rows (WbSiteEditor *self)
{
  gboolean named = adw_combo_row_get_selected (self->account) != WB_FTP_ACCOUNT_ANONYMOUS;
  gboolean ask = gtk_switch_get_active (self->ask);
  guint tls = MIN (adw_combo_row_get_selected (self->tls), G_N_ELEMENTS (tls_modes) - 1);
  const char *port = gtk_editable_get_text (self->port);
  const char *proxy = gtk_editable_get_text (self->proxy_address);
  guint64 number = 0;
  gboolean good_port =
      *port == '\0' || g_ascii_string_to_unsigned (port, 10, 1, G_MAXUINT16, &number, NULL);

  gtk_widget_set_visible (self->clear_warning, tls_modes[tls] == WB_TLS_NONE);
  gtk_widget_set_visible (GTK_WIDGET (self->user), named);
  gtk_widget_set_visible (GTK_WIDGET (self->password), named && !ask);
  gtk_widget_set_visible (GTK_WIDGET (self->password_note), named && !ask);
  gtk_widget_set_visible (self->ask_row, named);
  gtk_label_set_label (self->password_note,
                       self->lasting ? _ ("Goes to the desktop’s keyring, never into a file.")
                                     : _ ("There is no keyring, so it is kept until Wirebench "
                                          "ends, and never in a file."));
  gtk_widget_set_visible (GTK_WIDGET (self->proxy_address),
                          adw_combo_row_get_selected (self->proxy) >= WB_FTP_PROXY_SOCKS5);
  if (good_port)
    gtk_widget_remove_css_class (GTK_WIDGET (self->port), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->port), "error");
  /* A password there would go into the file. */
  if (strchr (proxy, '@') == NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->proxy_address), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->proxy_address), "error");
}

static void
changed_cb (WbSiteEditor *self)
{
  if (self->filling)
    return;
  update_rows (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
password_applied_cb (WbSiteEditor *self)
{
  if (*gtk_editable_get_text (self->password) == '\0')
    return;
  g_signal_emit (self, signals[PASSWORD_ENTERED], 0);
  gtk_editable_set_text (self->password, "");
}

/* ── Bookmarks ── */

static void
remove_bookmark_cb (GtkWidget *button, WbSiteEditor *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);

  g_ptr_array_remove_index (self->site->bookmarks,
                            (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)));
  fill_bookmarks (self);
  changed_cb (self);
}

static void
fill_bookmarks (WbSiteEditor *self)
{
  GtkWidget *row = NULL;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->bookmarks))) != NULL)
    gtk_list_box_remove (self->bookmarks, row);
  gtk_widget_set_visible (GTK_WIDGET (self->bookmarks), self->site->bookmarks->len > 0);
  for (guint i = 0; i < self->site->bookmarks->len; i++)
    {
      const WbFtpBookmark *bookmark = self->site->bookmarks->pdata[i];
      const gboolean both = bookmark->local != NULL && bookmark->remote != NULL;
      GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
      g_autofree char *pair =
          g_strdup_printf ("%s%s%s", bookmark->local != NULL ? bookmark->local : "",
                           both ? " ↔ " : "", bookmark->remote != NULL ? bookmark->remote : "");
      g_autofree char *escaped = g_markup_escape_text (pair, -1);
      /* Translators: %s is what a bookmark is called. */
      g_autofree char *label = g_strdup_printf (_ ("Remove “%s”"), bookmark->name);
      g_autofree char *title = g_markup_escape_text (bookmark->name, -1);

      row = adw_action_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                      -1);
      g_signal_connect (button, "clicked", G_CALLBACK (remove_bookmark_cb), self);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
      gtk_list_box_append (self->bookmarks, row);
    }
}

/* ── Charsets ── */

/* The first is UTF-8; one that the list has not is added to it. */
static void
select_charset (WbSiteEditor *self, const char *charset)
{
  GtkStringList *model = GTK_STRING_LIST (adw_combo_row_get_model (self->charset));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (model));
  guint selected = 0;

  for (guint i = 1; *charset != '\0' && i < n; i++)
    if (g_ascii_strcasecmp (gtk_string_list_get_string (model, i), charset) == 0)
      selected = i;
  if (*charset != '\0' && selected == 0 && g_ascii_strcasecmp (charset, "UTF-8") != 0)
    {
      gtk_string_list_append (model, charset);
      selected = n;
    }
  adw_combo_row_set_selected (self->charset, selected);
}

static const char *
get_charset (WbSiteEditor *self)
{
  guint selected = adw_combo_row_get_selected (self->charset);
  GtkStringList *model = GTK_STRING_LIST (adw_combo_row_get_model (self->charset));

  return selected == 0 || selected == GTK_INVALID_LIST_POSITION
             ? ""
             : gtk_string_list_get_string (model, selected);
}

/* ── A site in and out ── */

/**
 * wb_site_editor_set_site:
 *
 * Shows a site.
 */
void
wb_site_editor_set_site (WbSiteEditor *self, const WbFtpSite *site)
{
  g_autofree char *port = site->port != 0 ? g_strdup_printf ("%u", site->port) : g_strdup ("");
  guint tls = 0;

  g_return_if_fail (WB_IS_SITE_EDITOR (self));

  for (guint i = 0; i < G_N_ELEMENTS (tls_modes); i++)
    if (tls_modes[i] == site->tls)
      tls = i;
  self->filling = TRUE;
  g_clear_pointer (&self->site, wb_ftp_site_free);
  self->site = wb_ftp_site_copy (site);
  gtk_editable_set_text (self->name, site->name);
  gtk_editable_set_text (self->folder, site->folder);
  gtk_editable_set_text (self->host, site->host);
  gtk_editable_set_text (self->port, port);
  adw_combo_row_set_selected (self->tls, tls);
  adw_combo_row_set_selected (self->account, site->account);
  gtk_editable_set_text (self->user, site->user);
  gtk_editable_set_text (self->password, "");
  gtk_switch_set_active (self->ask, site->ask_password);
  gtk_editable_set_text (self->local, site->local);
  gtk_editable_set_text (self->remote, site->remote);
  gtk_switch_set_active (self->synchronized, site->synchronized);
  adw_combo_row_set_selected (self->data_mode, site->data_mode);
  select_charset (self, site->charset);
  gtk_spin_button_set_value (self->time_offset, site->has_time_offset ? site->time_offset : 0);
  gtk_spin_button_set_value (self->connections, site->connections);
  gtk_spin_button_set_value (self->download_limit, site->download_limit);
  gtk_spin_button_set_value (self->upload_limit, site->upload_limit);
  gtk_spin_button_set_value (self->keep_alive, site->keep_alive);
  adw_combo_row_set_selected (self->proxy, site->proxy);
  gtk_editable_set_text (self->proxy_address, site->proxy_address);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->notes), site->notes, -1);
  fill_bookmarks (self);
  self->filling = FALSE;
  update_rows (self);
}

static void
take_text (char **field, GtkEditable *entry)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  wb_ftp_site_set_text (field, text);
}

/* "a//b/" is a/b. */
static void
take_folder (WbSiteEditor *self, WbFtpSite *site)
{
  g_auto (GStrv) parts = g_strsplit (gtk_editable_get_text (self->folder), "/", -1);
  g_autoptr (GPtrArray) good = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_ptr_array_add (good, parts[i]);
  g_ptr_array_add (good, NULL);
  joined = g_strjoinv ("/", (char **) good->pdata);
  wb_ftp_site_set_text (&site->folder, joined);
}

static void
take_notes (WbSiteEditor *self, WbFtpSite *site)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->notes);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_free (site->notes);
  site->notes = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/**
 * wb_site_editor_dup_site:
 *
 * Returns: (transfer full) (nullable): the site as it is entered; %NULL before one was set
 */
WbFtpSite *
wb_site_editor_dup_site (WbSiteEditor *self)
{
  WbFtpSite *site = NULL;
  guint64 port = 0;

  g_return_val_if_fail (WB_IS_SITE_EDITOR (self), NULL);

  if (self->site == NULL)
    return NULL;
  site = wb_ftp_site_copy (self->site);
  take_text (&site->name, self->name);
  take_text (&site->host, self->host);
  take_text (&site->user, self->user);
  take_text (&site->local, self->local);
  take_text (&site->remote, self->remote);
  take_text (&site->proxy_address, self->proxy_address);
  take_folder (self, site);
  take_notes (self, site);
  if (*site->name == '\0')
    wb_ftp_site_set_text (&site->name, *site->host != '\0' ? site->host : _ ("Unnamed"));
  g_ascii_string_to_unsigned (gtk_editable_get_text (self->port), 10, 0, G_MAXUINT16, &port, NULL);
  site->port = (guint16) port;
  site->tls = tls_modes[MIN (adw_combo_row_get_selected (self->tls), G_N_ELEMENTS (tls_modes) - 1)];
  site->account = MIN (adw_combo_row_get_selected (self->account), WB_FTP_ACCOUNT_ANONYMOUS);
  site->ask_password = gtk_switch_get_active (self->ask);
  site->synchronized = gtk_switch_get_active (self->synchronized);
  site->data_mode = MIN (adw_combo_row_get_selected (self->data_mode), WB_FTP_DATA_ACTIVE);
  wb_ftp_site_set_text (&site->charset, get_charset (self));
  site->time_offset = gtk_spin_button_get_value_as_int (self->time_offset);
  site->has_time_offset = site->time_offset != 0;
  site->connections = (guint) gtk_spin_button_get_value_as_int (self->connections);
  site->download_limit = (guint) gtk_spin_button_get_value_as_int (self->download_limit);
  site->upload_limit = (guint) gtk_spin_button_get_value_as_int (self->upload_limit);
  site->keep_alive = (guint) gtk_spin_button_get_value_as_int (self->keep_alive);
  site->proxy = MIN (adw_combo_row_get_selected (self->proxy), WB_FTP_PROXY_HTTP);
  return site;
}

/**
 * wb_site_editor_get_password:
 *
 * Returns: (transfer none): what stands in the password's entry; "" mostly
 */
const char *
wb_site_editor_get_password (WbSiteEditor *self)
{
  return gtk_editable_get_text (self->password);
}

/**
 * wb_site_editor_set_lasting:
 * @lasting: whether passwords outlive the program
 */
void
wb_site_editor_set_lasting (WbSiteEditor *self, gboolean lasting)
{
  self->lasting = lasting;
  update_rows (self);
}

/**
 * wb_site_editor_focus_name:
 *
 * Has the person begin with the name, or with the host where the name is there.
 */
void
wb_site_editor_focus_name (WbSiteEditor *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  gtk_editable_select_region (self->name, 0, -1);
}

static void
wb_site_editor_finalize (GObject *object)
{
  g_clear_pointer (&WB_SITE_EDITOR (object)->site, wb_ftp_site_free);

  G_OBJECT_CLASS (wb_site_editor_parent_class)->finalize (object);
}

static void
wb_site_editor_class_init (WbSiteEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wb_site_editor_finalize;

  signals[CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PASSWORD_ENTERED] = g_signal_new ("password-entered", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-site-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, name);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, folder);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, host);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, port);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, tls);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, clear_warning);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, account);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, user);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, password);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, password_note);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, ask);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, ask_row);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, local);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, remote);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, synchronized);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, data_mode);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, charset);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, time_offset);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, connections);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, download_limit);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, upload_limit);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, keep_alive);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, proxy);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, proxy_address);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, bookmark_group);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, bookmarks);
  gtk_widget_class_bind_template_child (widget_class, WbSiteEditor, notes);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, password_applied_cb);
}

static void
wb_site_editor_init (WbSiteEditor *self)
{
  /* What the template sets is no change by a person. */
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling = FALSE;
  g_signal_connect_object (gtk_text_view_get_buffer (self->notes), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}

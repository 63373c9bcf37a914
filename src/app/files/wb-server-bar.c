/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-server-bar.h"

#include "wb-address-popover.h"
#include "wb-error.h"
#include "wb-menu-button.h"
#include "wb-width-bin.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* The order of the rows in the template. */
enum
{
  KIND_REGISTERED,
  KIND_GUEST,
  KIND_ANONYMOUS,
};

static const char *const kind_names[] = { "real", "guest", "anonymous" };
static const char *const tls_schemes[] = { "ftp", "ftpes", "ftps" };

struct _WbServerBar
{
  GtkWidget parent_instance;

  /* Template */
  GtkEditable *address;
  GtkLabel *account_label;
  WbWidthBin *width;
  GtkBox *rows;
  GtkWidget *account;
  GtkWidget *lab;
  GtkMenuButton *sites;
  GtkButton *connect;
  GtkLabel *parts;
  AdwComboRow *kind;
  GtkEditable *user;
  GtkEditable *password;
  AdwComboRow *tls;
  GtkSwitch *remember;
  GtkWidget *remember_row;

  WbAddressPopover *history;
  WbServerBarState state;
  /* The HOST:PORT that the account was filled in for; NULL if a person typed it. */
  char *account_of;
};

enum
{
  CONNECT_WANTED,
  DISCONNECT_WANTED,
  LAB_WANTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbServerBar, wb_server_bar, GTK_TYPE_WIDGET)

/* "HOST · FOLDER · FILE" as one address: the three parts as a person may write them. */
static char *
join_parts (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "·", -1);
  GString *joined = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);

      if (*part == '\0')
        continue;
      if (joined->len > 0 && joined->str[joined->len - 1] != '/')
        g_string_append_c (joined, '/');
      g_string_append (joined, part);
    }
  return g_string_free (joined, FALSE);
}

/* The tail of an FTP URL: 'a', 'd' or 'i', or 0 (RFC 1738 §3.2.2). */
static char
get_type_code (const char *text)
{
  gsize length = strlen (text);

  if (length < 7 || strncmp (text + length - 7, ";type=", 6) != 0)
    return 0;
  return strchr ("adiADI", text[length - 1]) != NULL ? g_ascii_tolower (text[length - 1]) : 0;
}

/* An address without a scheme gets the one that the encryption asks for. */
static WbUrl *
parse_address (WbServerBar *self, GError **error)
{
  g_autofree char *text = join_parts (gtk_editable_get_text (self->address));
  g_autofree char *full = NULL;
  g_autoptr (WbUrl) url = NULL;

  if (*text == '\0')
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Enter the name or address of an FTP server first."));
      return NULL;
    }
  if (strstr (text, "://") == NULL)
    full = g_strdup_printf ("%s://%s", tls_schemes[adw_combo_row_get_selected (self->tls)], text);
  url = wb_url_parse (full != NULL ? full : text, error);
  if (url != NULL && !g_str_equal (url->protocol, "ftp"))
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is the first part of a URL, such as "http". */
                   _ ("“%s” is not an FTP address. Use ftp://, ftpes:// or ftps://."), url->scheme);
      return NULL;
    }
  /* What is asked for as a folder is one, whatever it looks like. */
  if (get_type_code (text) == 'd' && *url->path != '\0' && !g_str_has_suffix (url->path, "/"))
    {
      char *folder = g_strconcat (url->path, "/", NULL);

      g_free (url->path);
      url->path = folder;
    }
  return g_steal_pointer (&url);
}

static char *
get_server (const WbUrl *url)
{
  return g_strdup_printf ("%s:%u", url->host, url->port);
}

/* An account that came with one server is none of the next one's business. */
static void
keep_account_to_its_server (WbServerBar *self, const WbUrl *url)
{
  g_autofree char *server = url != NULL ? get_server (url) : NULL;

  if (self->account_of == NULL || g_strcmp0 (self->account_of, server) == 0)
    return;
  g_clear_pointer (&self->account_of, g_free);
  gtk_editable_set_text (self->user, "");
  gtk_editable_set_text (self->password, "");
  adw_combo_row_set_selected (self->kind, KIND_ANONYMOUS);
}

/* HOST · DIR · FILE, as a file on a server is named. */
static void
address_changed_cb (WbServerBar *self)
{
  g_autoptr (WbUrl) url = parse_address (self, NULL);
  g_autofree char *directory = NULL;
  g_autofree char *text = NULL;
  const char *slash = NULL;

  keep_account_to_its_server (self, url);
  gtk_widget_set_visible (GTK_WIDGET (self->parts), url != NULL && *url->path != '\0');
  if (url == NULL || *url->path == '\0' || !g_utf8_validate (url->path, -1, NULL))
    return;

  slash = strrchr (url->path, '/');
  directory = slash != NULL ? g_strndup (url->path, slash + 1 - url->path) : g_strdup ("");
  text = g_strdup_printf (
      /* Translators: the three parts of a file's name on a server. */
      _ ("Host %s · Folder %s · File %s"), url->host, *directory != '\0' ? directory : "–",
      slash == NULL      ? url->path
      : slash[1] != '\0' ? slash + 1
                         : "–");
  gtk_label_set_label (self->parts, text);
}

static void
kind_changed_cb (WbServerBar *self)
{
  gboolean named = adw_combo_row_get_selected (self->kind) != KIND_ANONYMOUS;
  const char *user = gtk_editable_get_text (self->user);

  gtk_widget_set_visible (GTK_WIDGET (self->user), named);
  gtk_widget_set_visible (GTK_WIDGET (self->password), named);
  gtk_widget_set_visible (self->remember_row, named);
  if (named && *user != '\0')
    gtk_label_set_label (self->account_label, user);
  else
    {
      GtkStringObject *item = adw_combo_row_get_selected_item (self->kind);

      gtk_label_set_label (self->account_label, gtk_string_object_get_string (item));
    }
}

/* A password that came with an address goes where passwords are not shown. */
static void
hide_password (WbServerBar *self)
{
  g_autoptr (WbUrl) url = parse_address (self, NULL);

  if (url != NULL && url->password != NULL)
    wb_server_bar_set_url (self, url, NULL);
}

static void
connect_cb (WbServerBar *self)
{
  guint signal = self->state == WB_SERVER_BAR_IDLE ? CONNECT_WANTED : DISCONNECT_WANTED;

  if (self->state == WB_SERVER_BAR_IDLE)
    hide_password (self);
  g_signal_emit (self, signals[signal], 0);
}

/* Return behind the password. */
static void
entered_cb (WbServerBar *self)
{
  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->account));
  connect_cb (self);
}

/* An address of before comes with the user of before, and how it was protected. */
static void
chosen_cb (WbServerBar *self, const char *address)
{
  g_autoptr (WbUrl) url = wb_url_parse (address, NULL);

  if (url != NULL)
    wb_server_bar_set_url (self, url, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->address));
  gtk_editable_set_position (self->address, -1);
}

static void
lab_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[LAB_WANTED], 0, g_variant_get_string (parameter, NULL));
}

/**
 * wb_server_bar_dup_url:
 *
 * What the person entered. Anonymous has the user "anonymous" and an e-mail-like
 * password, as RFC 1635 asks.
 *
 * Returns: (transfer full) (nullable): the server and how to log in, or %NULL with
 *   %WB_ERROR_INVALID set
 */
WbUrl *
wb_server_bar_dup_url (WbServerBar *self, GError **error)
{
  WbUrl *url = NULL;

  g_return_val_if_fail (WB_IS_SERVER_BAR (self), NULL);

  url = parse_address (self, error);
  if (url == NULL || url->user != NULL)
    return url;

  if (adw_combo_row_get_selected (self->kind) == KIND_ANONYMOUS)
    {
      url->user = g_strdup ("anonymous");
      g_free (url->password);
      url->password = g_strdup ("anonymous@example.com");
      return url;
    }

  url->user = g_strdup (gtk_editable_get_text (self->user));
  url->password = g_strdup (gtk_editable_get_text (self->password));
  if (*url->user == '\0')
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Enter a user name under Account, or choose Anonymous there."));
      g_clear_pointer (&url, wb_url_free);
    }
  return url;
}

/**
 * wb_server_bar_set_url:
 * @kind: (nullable): "real", "guest" or "anonymous"; taken from the user if %NULL
 *
 * Fills in a server and how to log in. The password stands in its own field, never in the address,
 * and is forgotten when the address becomes that of another server.
 */
void
wb_server_bar_set_url (WbServerBar *self, const WbUrl *url, const char *kind)
{
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;
  g_autofree char *address = NULL;
  guint tls = 0;
  guint selected = KIND_REGISTERED;

  g_return_if_fail (WB_IS_SERVER_BAR (self));
  g_return_if_fail (url != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tls_schemes); i++)
    if (g_str_equal (url->scheme, tls_schemes[i]))
      tls = i;
  if (url->user == NULL || g_str_equal (url->user, "anonymous") || g_str_equal (url->user, "ftp"))
    selected = KIND_ANONYMOUS;
  for (guint i = 0; kind != NULL && i < G_N_ELEMENTS (kind_names); i++)
    if (g_str_equal (kind, kind_names[i]))
      selected = i;

  /* As parse_address() reads it, and as people do: only what would be misread is encoded. */
  host = g_strdup_printf (strchr (url->host, ':') != NULL ? "[%s]" : "%s", url->host);
  path = g_uri_escape_string (url->path, "/!$'()*+,=:@ ", TRUE);
  address = url->port == (tls == 2 ? 990 : 21)
                ? g_strdup_printf ("%s/%s", host, path)
                : g_strdup_printf ("%s:%u/%s", host, url->port, path);
  if (*path == '\0')
    address[strlen (address) - 1] = '\0';

  g_clear_pointer (&self->account_of, g_free);
  adw_combo_row_set_selected (self->tls, tls);
  adw_combo_row_set_selected (self->kind, selected);
  gtk_editable_set_text (self->user,
                         selected != KIND_ANONYMOUS && url->user != NULL ? url->user : "");
  gtk_editable_set_text (self->password,
                         selected != KIND_ANONYMOUS && url->password != NULL ? url->password : "");
  gtk_editable_set_text (self->address, address);
  self->account_of = get_server (url);
  kind_changed_cb (self);
}

/**
 * wb_server_bar_get_remember:
 *
 * Returns: whether the password is to be stored in the keyring
 */
gboolean
wb_server_bar_get_remember (WbServerBar *self)
{
  g_return_val_if_fail (WB_IS_SERVER_BAR (self), FALSE);

  return gtk_switch_get_active (self->remember) &&
         adw_combo_row_get_selected (self->kind) != KIND_ANONYMOUS;
}

/**
 * wb_server_bar_get_as_text:
 *
 * Returns: whether the address asks for its file as text (";type=a")
 */
gboolean
wb_server_bar_get_as_text (WbServerBar *self)
{
  g_return_val_if_fail (WB_IS_SERVER_BAR (self), FALSE);

  return get_type_code (gtk_editable_get_text (self->address)) == 'a';
}

/**
 * wb_server_bar_dup_address:
 *
 * Returns: (transfer full) (nullable): the address as it can be kept and shown: with its user,
 *   never with a password; %NULL while it is none
 */
char *
wb_server_bar_dup_address (WbServerBar *self)
{
  g_autoptr (WbUrl) url = wb_server_bar_dup_url (self, NULL);

  if (url == NULL)
    return NULL;
  if (adw_combo_row_get_selected (self->kind) == KIND_ANONYMOUS)
    g_clear_pointer (&url->user, g_free);
  return wb_url_format (url);
}

/**
 * wb_server_bar_ask_password:
 *
 * Opens the account where the password is entered, with the one that was wrong selected.
 */
void
wb_server_bar_ask_password (WbServerBar *self)
{
  g_return_if_fail (WB_IS_SERVER_BAR (self));

  if (adw_combo_row_get_selected (self->kind) == KIND_ANONYMOUS)
    return;
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->account));
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
  gtk_editable_select_region (self->password, 0, -1);
}

/**
 * wb_server_bar_set_menu:
 *
 * Gives the button Sites what it opens.
 */
void
wb_server_bar_set_menu (WbServerBar *self, GMenuModel *menu)
{
  g_return_if_fail (WB_IS_SERVER_BAR (self));

  wb_menu_button_set_menu (self->sites, menu);
}

/**
 * wb_server_bar_set_history:
 * @addresses: (element-type utf8): what was connected to before, the latest first
 */
void
wb_server_bar_set_history (WbServerBar *self, GPtrArray *addresses)
{
  g_return_if_fail (WB_IS_SERVER_BAR (self));

  wb_address_popover_set_addresses (self->history, addresses);
}

/**
 * wb_server_bar_set_state:
 *
 * Names the button accordingly.
 */
void
wb_server_bar_set_state (WbServerBar *self, WbServerBarState state)
{
  g_return_if_fail (WB_IS_SERVER_BAR (self));

  self->state = state;
  gtk_widget_remove_css_class (GTK_WIDGET (self->connect), "suggested-action");
  switch (state)
    {
    case WB_SERVER_BAR_CONNECTED:
      gtk_button_set_label (self->connect, _ ("Disconnect"));
      break;
    case WB_SERVER_BAR_CONNECTING:
      gtk_button_set_label (self->connect, _ ("Cancel"));
      break;
    case WB_SERVER_BAR_IDLE:
    default:
      gtk_button_set_label (self->connect, _ ("Connect"));
      gtk_widget_add_css_class (GTK_WIDGET (self->connect), "suggested-action");
      break;
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->address), state == WB_SERVER_BAR_IDLE);
  gtk_widget_set_sensitive (self->account, state == WB_SERVER_BAR_IDLE);
  gtk_widget_set_sensitive (self->lab, state == WB_SERVER_BAR_IDLE);
}

static void
wide_changed_cb (WbServerBar *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->rows), wb_width_bin_get_wide (self->width)
                                                                   ? GTK_ORIENTATION_HORIZONTAL
                                                                   : GTK_ORIENTATION_VERTICAL);
}

static gboolean
wb_server_bar_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WB_SERVER_BAR (widget)->address));
}

static void
wb_server_bar_dispose (GObject *object)
{
  GtkWidget *child = NULL;

  g_clear_object (&WB_SERVER_BAR (object)->history);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (wb_server_bar_parent_class)->dispose (object);
}

static void
wb_server_bar_finalize (GObject *object)
{
  g_free (WB_SERVER_BAR (object)->account_of);

  G_OBJECT_CLASS (wb_server_bar_parent_class)->finalize (object);
}

static void
wb_server_bar_class_init (WbServerBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_server_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_server_bar_finalize;
  widget_class->grab_focus = wb_server_bar_grab_focus;

  g_type_ensure (WB_TYPE_WIDTH_BIN);

  signals[CONNECT_WANTED] =
      g_signal_new ("connect-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DISCONNECT_WANTED] = g_signal_new ("disconnect-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                             NULL, NULL, G_TYPE_NONE, 0);
  signals[LAB_WANTED] = g_signal_new ("lab-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-server-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, address);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, account_label);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, width);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, rows);
  gtk_widget_class_bind_template_callback (widget_class, wide_changed_cb);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, account);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, lab);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, sites);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, connect);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, parts);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, kind);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, user);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, password);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, tls);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, remember);
  gtk_widget_class_bind_template_child (widget_class, WbServerBar, remember_row);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, entered_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, kind_changed_cb);
  gtk_widget_class_install_action (widget_class, "server.lab", "s", lab_action);
}

static void
wb_server_bar_init (WbServerBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_combo_row_set_selected (self->kind, KIND_ANONYMOUS);
  kind_changed_cb (self);
  wb_server_bar_set_state (self, WB_SERVER_BAR_IDLE);
  self->history = wb_address_popover_new (self->address);
  g_signal_connect_object (self->history, "chosen", G_CALLBACK (chosen_cb), self,
                           G_CONNECT_SWAPPED);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-account-dialog-private.h"

#include "wb-dialogs.h"
#include "wb-mail-error.h"
#include "wb-url.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* In the order of the list in the template. */
static const WbTlsMode securities[] = { WB_TLS_IMPLICIT, WB_TLS_REQUIRED, WB_TLS_NEVER };

/* The same for proxies; from SOCKS5 on an address goes behind it. */
static const char *const proxies[] = { "", WB_ACCOUNT_PROXY_DESKTOP, "socks5://", "http://" };
#define SOCKS5 2

/* Keeping the password, or forgetting it, on the store's worker. */
typedef struct
{
  WbSecrets *secrets;
  WbAccount *account;
  char *password; /* NULL to forget it */
} Keeping;

G_DEFINE_FINAL_TYPE (WbAccountDialog, wb_account_dialog, ADW_TYPE_WINDOW)

static void
keeping_free (gpointer data)
{
  Keeping *keeping = data;

  g_object_unref (keeping->secrets);
  g_object_unref (keeping->account);
  wb_secret_free (keeping->password);
  g_free (keeping);
}

/* Puts a password where wb-mail-login looks for it, or takes it away. */
gboolean
wb_account_dialog_keep_secret (WbSecrets *secrets,
                               WbAccount *account,
                               const char *password,
                               GCancellable *cancellable,
                               GError **error)
{
  const char *const places[] = { wb_account_get_smtp_url (account),
                                 wb_account_get_pop3_url (account) };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (WbUrl) url = places[i] ? wb_url_parse (places[i], NULL) : NULL;
      WbSecretKey key;

      if (!url || !url->user)
        continue;
      key = (WbSecretKey){ url->protocol, url->host, url->port, url->user };
      if (password ? !wb_secrets_store (secrets, &key, password, cancellable, error)
                   : !wb_secrets_clear (secrets, &key, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gpointer
keep_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Keeping *keeping = data;
  const WbOauth oauth = {
    .settings = wb_account_get_oauth (keeping->account),
    .user = wb_account_get_address (keeping->account),
    .secrets = keeping->secrets,
  };

  if (!wb_account_dialog_keep_secret (keeping->secrets, keeping->account, keeping->password,
                                      cancellable, error))
    return NULL;
  if (!keeping->password && oauth.settings && !wb_oauth_forget (&oauth, cancellable, error))
    return NULL;
  return GINT_TO_POINTER (TRUE);
}

/* Once in the life of the program is enough. */
static void
say_once (WbWorkbench *workbench, const char *text)
{
  static const char said[] = "wb-said-no-keyring";

  if (g_object_get_data (G_OBJECT (workbench), said))
    return;
  g_object_set_data (G_OBJECT (workbench), said, GINT_TO_POINTER (TRUE));
  wb_workbench_toast (workbench, text);
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailStore) store = user_data;
  WbWorkbench *workbench = wb_mail_store_get_workbench (store);
  g_autoptr (GError) error = NULL;

  if (!wb_session_run_finish (WB_SESSION (source), result, &error))
    wb_workbench_toast (workbench, error->message);
  else if (!wb_secrets_is_lasting (wb_workbench_get_secrets (workbench)))
    say_once (workbench, _ ("There is no keyring, so the password is kept until "
                            "Wirebench ends."));
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailStore) store = user_data;
  g_autoptr (GError) error = NULL;

  if (!wb_session_run_finish (WB_SESSION (source), result, &error))
    wb_workbench_toast (wb_mail_store_get_workbench (store), error->message);
}

/* NULL: there is nothing to say. What is said is scrolled to, since it is above all. */
void
wb_account_dialog_show_error (WbAccountDialog *self, const char *text)
{
  gtk_label_set_text (self->error, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), text != NULL);
}

/* "HOST:PORT" and the choice as one URL without a password; NULL without an error for no server. */
static char *
make_url (WbAccountDialog *self,
          const char *protocol,
          GtkEditable *host,
          AdwComboRow *security,
          WbUrl **url,
          GError **error)
{
  g_autofree char *place = g_strstrip (g_strdup (gtk_editable_get_text (host)));
  guint selected = MIN (adw_combo_row_get_selected (security), G_N_ELEMENTS (securities) - 1);
  WbTlsMode tls = securities[selected];
  g_autofree char *user = g_uri_escape_string (gtk_editable_get_text (self->user), NULL, FALSE);
  g_autofree char *text = NULL;

  if (!*place)
    return NULL;
  text = g_strdup_printf ("%s%s://%s%s%s/%s", protocol, tls == WB_TLS_IMPLICIT ? "s" : "", user,
                          *user ? "@" : "", place,
                          tls == WB_TLS_REQUIRED ? "?starttls=required"
                          : tls == WB_TLS_NEVER  ? "?starttls=never"
                                                 : "");
  *url = wb_url_parse (text, error);
  return *url ? g_steal_pointer (&text) : NULL;
}

static char *
make_id (const char *address)
{
  g_autofree char *lower = g_ascii_strdown (address, -1);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, lower, -1);

  hash[12] = '\0';
  return g_strconcat ("account-", hash, NULL);
}

static void
start_keeping (WbAccountDialog *self, WbAccount *account, const char *password)
{
  WbWorkbench *workbench = wb_mail_store_get_workbench (self->store);
  Keeping *keeping = NULL;

  if (!wb_workbench_get_secrets (workbench))
    return;
  keeping = g_new0 (Keeping, 1);
  keeping->secrets = g_object_ref (wb_workbench_get_secrets (workbench));
  keeping->account = g_object_ref (account);
  keeping->password = g_strdup (password);
  wb_session_run_async (wb_mail_store_get_session (self->store), keep_thread, keeping, keeping_free,
                        NULL, NULL, password ? kept_cb : forgotten_cb, g_object_ref (self->store));
}

static char *
get_stripped (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

static gboolean
is_address (const char *text)
{
  return strchr (text, '@') && text[0] != '@' && !g_str_has_suffix (text, "@") &&
         !strpbrk (text, " \t\r\n<>");
}

/* "Name <user@host>" or "user@host" */
static gboolean
add_identity (WbAccount *account, const char *text, GError **error)
{
  const char *open = strrchr (text, '<');
  g_autofree char *name = open ? g_strstrip (g_strndup (text, open - text)) : g_strdup ("");
  g_autofree char *address = open ? g_strdup (open + 1) : g_strdup (text);

  if (open && g_str_has_suffix (address, ">"))
    address[strlen (address) - 1] = '\0';
  if (!is_address (address))
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                   /* Translators: %s is what was typed. */
                   _ ("“%s” is no address such as Name <user@example.org>."), text);
      return FALSE;
    }
  wb_account_add_identity (account, name, address);
  return TRUE;
}

static gboolean
add_identities (WbAccountDialog *self, WbAccount *account, GError **error)
{
  for (guint i = 0; i < self->identity_rows->len; i++)
    {
      g_autofree char *text = get_stripped (g_ptr_array_index (self->identity_rows, i));

      if (*text && !add_identity (account, text, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_oauth (WbAccountDialog *self, WbAccount *account, GError **error)
{
  g_autofree char *authorize = get_stripped (self->oauth_authorize);
  g_autofree char *token = get_stripped (self->oauth_token);
  g_autofree char *client_id = get_stripped (self->oauth_client_id);
  g_autofree char *scope = get_stripped (self->oauth_scope);
  g_autoptr (WbOauthSettings) settings = NULL;

  if (!adw_expander_row_get_enable_expansion (self->oauth))
    return TRUE;
  settings = wb_oauth_settings_new (authorize, token, client_id, scope);
  if (!wb_oauth_settings_check (settings, error))
    return FALSE;
  wb_account_set_oauth (account, settings);
  return TRUE;
}

static gboolean
add_way (WbAccountDialog *self, WbAccount *account, GError **error)
{
  guint kind = MIN (adw_combo_row_get_selected (self->proxy), G_N_ELEMENTS (proxies) - 1);
  g_autofree char *address = get_stripped (self->proxy_address);
  g_autofree char *certificate = get_stripped (self->certificate);
  g_autofree char *proxy = g_strconcat (proxies[kind], kind >= SOCKS5 ? address : "", NULL);
  g_autofree char *secret = NULL;

  if (kind >= SOCKS5 && strchr (address, '@'))
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           _ ("A proxy that asks for a password cannot be kept with an account. "
                              "Enter HOST:PORT alone."));
      return FALSE;
    }
  if (kind >= SOCKS5 && !wb_parse_proxy (proxy, &secret, error))
    return FALSE;
  wb_account_set_proxy (account, *proxy ? proxy : NULL);
  wb_account_set_certificate (account, *certificate ? certificate : NULL);
  return TRUE;
}

/* The account that is filled in, checked. */
WbAccount *
wb_account_dialog_make_account (WbAccountDialog *self, GError **error)
{
  g_autofree char *address = get_stripped (self->address);
  g_autofree char *name = get_stripped (self->name);
  g_autofree char *id = NULL;
  g_autofree char *smtp_text = NULL;
  g_autofree char *pop3_text = NULL;
  g_autoptr (WbUrl) smtp = NULL;
  g_autoptr (WbUrl) pop3 = NULL;
  g_autoptr (WbAccount) account = NULL;
  g_autoptr (GError) local = NULL;
  WbAccount *same = wb_mail_store_find_account (self->store, address);

  if (!is_address (address))
    g_set_error_literal (&local, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                         _ ("The address needs a name and a host, such as user@example.org."));
  else if (same && same != self->account)
    g_set_error_literal (&local, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                         _ ("There is an account of that address already."));
  if (!local)
    smtp_text = make_url (self, "smtp", self->smtp_host, self->smtp_security, &smtp, &local);
  if (!local)
    pop3_text = make_url (self, "pop3", self->pop3_host, self->pop3_security, &pop3, &local);
  if (!local && !smtp && !pop3)
    g_set_error_literal (&local, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                         _ ("Name a server to send by, one to receive from, or both."));
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  id = self->account ? g_strdup (wb_account_get_id (self->account)) : make_id (address);
  account = wb_account_new (id, name, address, smtp_text, pop3_text,
                            !gtk_switch_get_active (self->delete), FALSE);
  wb_account_set_default (account, gtk_switch_get_active (self->preferred));
  if (!add_identities (self, account, error) || !add_oauth (self, account, error) ||
      !add_way (self, account, error))
    return NULL;
  return g_steal_pointer (&account);
}

static void
apply_cb (WbAccountDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbAccount) account = wb_account_dialog_make_account (self, &error);
  const char *password = gtk_editable_get_text (self->password);

  if (!account || !wb_mail_store_replace_account (self->store, self->account, account, &error))
    {
      wb_account_dialog_show_error (self, error->message);
      return;
    }
  if (*password)
    start_keeping (self, account, password);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
remove_answer_cb (const char *response, gpointer user_data)
{
  WbAccountDialog *self = user_data;
  g_autoptr (GError) error = NULL;

  if (strcmp (response, "remove") != 0)
    return;
  if (wb_mail_store_remove_account (self->store, self->account, &error))
    {
      start_keeping (self, self->account, NULL);
      gtk_window_destroy (GTK_WINDOW (self));
    }
  else
    wb_account_dialog_show_error (self, error->message);
}

static void
remove_cb (WbAccountDialog *self)
{
  g_autofree char *directory = wb_account_dup_directory (self->account);
  g_autofree char *body = g_strdup_printf (
      /* Translators: %s is a folder. */
      _ ("Its password is forgotten. Its mails stay on this computer, in %s, and come back when "
         "the account is added again. Nothing is deleted from the server."),
      directory);

  wb_ask (GTK_WIDGET (self), _ ("Remove this account?"), body, "remove", _ ("_Remove"), TRUE,
          remove_answer_cb, g_object_ref (self), g_object_unref);
}

/* Says right at the password what the provider wants there. NULL: nothing is known of it. */
void
wb_account_dialog_show_provider (WbAccountDialog *self, const WbProvider *provider)
{
  g_autofree char *title = NULL;

  if (self->provider == provider)
    return;
  self->provider = provider;
  gtk_widget_set_visible (GTK_WIDGET (self->help), provider != NULL);
  if (!provider)
    return;
  title = g_strdup_printf (provider->secret == WB_PROVIDER_OAUTH2
                               /* Translators: %s is a provider, such as "Outlook". */
                               ? _ ("%s takes no password: how to sign in")
                               : provider->secret == WB_PROVIDER_APP_PASSWORD
                                     /* Translators: %s is a provider, such as "Gmail". */
                                     ? _ ("%s wants an app password: how to get it")
                                     /* Translators: %s is a provider, such as "QQ Mail". */
                                     : _ ("%s wants an authorization code: how to get it"),
                           wb_provider_get_name (provider));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->help), title);
  gtk_label_set_text (self->help_steps, wb_provider_get_steps (provider));
  if (provider->authorize && !*gtk_editable_get_text (self->oauth_authorize))
    {
      gtk_editable_set_text (self->oauth_authorize, provider->authorize);
      gtk_editable_set_text (self->oauth_token, provider->token);
      gtk_editable_set_text (self->oauth_scope, provider->scope);
    }
}

static void
find_cb (WbAccountDialog *self)
{
  wb_account_dialog_find (self);
}

static void
test_cb (WbAccountDialog *self)
{
  wb_account_dialog_test (self);
}

static void
sign_in_cb (WbAccountDialog *self)
{
  wb_account_dialog_sign_in (self);
}

static void
proxy_chosen_cb (WbAccountDialog *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->proxy_address),
                          adw_combo_row_get_selected (self->proxy) >= SOCKS5);
}

static void
certificate_chosen_cb (GListModel *files, gpointer user_data)
{
  WbAccountDialog *self = user_data;
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  if (file && self->store && g_file_peek_path (file))
    gtk_editable_set_text (self->certificate, g_file_peek_path (file));
}

static void
choose_certificate_cb (WbAccountDialog *self)
{
  wb_choose_files (GTK_WIDGET (self), _ ("Choose a Certificate"), GTK_FILE_CHOOSER_ACTION_OPEN,
                   FALSE, NULL, certificate_chosen_cb, g_object_ref (self), g_object_unref);
}

static void
remove_identity_cb (GtkButton *button, gpointer user_data)
{
  GtkWidget *row = user_data;
  WbAccountDialog *self = WB_ACCOUNT_DIALOG (gtk_widget_get_root (row));

  g_ptr_array_remove (self->identity_rows, row);
  adw_preferences_group_remove (self->identities, row);
  gtk_widget_grab_focus (GTK_WIDGET (self->identities));
}

static GtkWidget *
add_identity_row (WbAccountDialog *self, const char *text)
{
  GtkWidget *row = adw_entry_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Name <user@host>"));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Remove this address"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Remove this address"), -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_identity_cb), row, 0);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), button);
  g_ptr_array_add (self->identity_rows, row);
  adw_preferences_group_add (self->identities, row);
  return row;
}

static void
add_identity_cb (WbAccountDialog *self)
{
  gtk_widget_grab_focus (add_identity_row (self, ""));
}

static void
address_changed_cb (WbAccountDialog *self)
{
  const char *address = gtk_editable_get_text (self->address);

  wb_account_dialog_show_provider (self, wb_provider_find (address));
  /* Most providers want the whole address; what was typed by hand stays. */
  if (g_strcmp0 (gtk_editable_get_text (self->user), self->guessed ? self->guessed : "") != 0)
    return;
  g_free (self->guessed);
  self->guessed = g_strdup (address);
  gtk_editable_set_text (self->user, address);
}

static void
show_place (GtkEditable *host_row,
            AdwComboRow *security,
            const char *host,
            guint16 port,
            WbTlsMode tls)
{
  g_autofree char *place = g_strdup_printf (strchr (host, ':') ? "[%s]:%u" : "%s:%u", host, port);

  gtk_editable_set_text (host_row, place);
  for (guint i = 0; i < G_N_ELEMENTS (securities); i++)
    if (securities[i] == tls)
      adw_combo_row_set_selected (security, i);
}

/* Fills in a server that was found; NULL changes nothing. */
void
wb_account_dialog_show_server (WbAccountDialog *self, const WbAutoconfigServer *server)
{
  gboolean smtp = server && strcmp (server->protocol, "smtp") == 0;

  if (!server)
    return;
  show_place (smtp ? self->smtp_host : self->pop3_host,
              smtp ? self->smtp_security : self->pop3_security, server->host, server->port,
              server->tls);
  if (!*server->user)
    return;
  /* It follows the address again, as what was typed by hand does not. */
  g_free (self->guessed);
  self->guessed = g_strdup (server->user);
  gtk_editable_set_text (self->user, server->user);
}

static void
show_url (WbAccountDialog *self, const char *text, GtkEditable *host, AdwComboRow *security)
{
  g_autoptr (WbUrl) url = text ? wb_url_parse (text, NULL) : NULL;

  if (!url)
    return;
  show_place (host, security, url->host, url->port, url->tls);
  if (url->user)
    gtk_editable_set_text (self->user, url->user);
}

static void
show_oauth (WbAccountDialog *self, const WbOauthSettings *oauth)
{
  if (!oauth)
    return;
  adw_expander_row_set_enable_expansion (self->oauth, TRUE);
  gtk_editable_set_text (self->oauth_authorize, oauth->authorize);
  gtk_editable_set_text (self->oauth_token, oauth->token);
  gtk_editable_set_text (self->oauth_client_id, oauth->client_id);
  gtk_editable_set_text (self->oauth_scope, oauth->scope);
}

static void
show_way (WbAccountDialog *self, WbAccount *account)
{
  const char *proxy = wb_account_get_proxy (account);
  const char *certificate = wb_account_get_certificate (account);

  for (guint i = 1; proxy && i < G_N_ELEMENTS (proxies); i++)
    if (g_str_has_prefix (proxy, proxies[i]))
      {
        adw_combo_row_set_selected (self->proxy, i);
        gtk_editable_set_text (self->proxy_address, proxy + strlen (proxies[i]));
      }
  gtk_editable_set_text (self->certificate, certificate ? certificate : "");
  adw_expander_row_set_expanded (self->way, proxy || certificate);
}

static void
show_account (WbAccountDialog *self, WbAccount *account)
{
  GPtrArray *identities = wb_account_get_identities (account);

  show_oauth (self, wb_account_get_oauth (account));
  show_way (self, account);
  gtk_editable_set_text (self->name, wb_account_get_name (account));
  gtk_editable_set_text (self->address, wb_account_get_address (account));
  show_url (self, wb_account_get_pop3_url (account), self->pop3_host, self->pop3_security);
  show_url (self, wb_account_get_smtp_url (account), self->smtp_host, self->smtp_security);
  gtk_switch_set_active (self->delete, !wb_account_get_leave_on_server (account));
  gtk_switch_set_active (self->preferred, wb_account_is_default (account));
  for (guint i = 1; i < identities->len; i++)
    {
      const WbMailIdentity *identity = g_ptr_array_index (identities, i);
      g_autofree char *text = *identity->name
                                  ? g_strdup_printf ("%s <%s>", identity->name, identity->address)
                                  : g_strdup (identity->address);

      add_identity_row (self, text);
    }
  gtk_widget_set_visible (self->removal, TRUE);
}

static void
wb_account_dialog_dispose (GObject *object)
{
  WbAccountDialog *self = WB_ACCOUNT_DIALOG (object);

  /* Whoever works for the window holds it until he has ended. */
  g_cancellable_cancel (self->search);
  g_cancellable_cancel (self->trial);
  g_cancellable_cancel (self->sign_in);
  g_clear_object (&self->store);
  g_clear_object (&self->account);
  g_clear_pointer (&self->guessed, g_free);
  g_ptr_array_set_size (self->identity_rows, 0);

  G_OBJECT_CLASS (wb_account_dialog_parent_class)->dispose (object);
}

static void
wb_account_dialog_finalize (GObject *object)
{
  WbAccountDialog *self = WB_ACCOUNT_DIALOG (object);

  g_clear_object (&self->found_steps);
  g_clear_object (&self->test_steps);
  g_clear_pointer (&self->places, wb_autoconfig_places_free);
  g_ptr_array_unref (self->identity_rows);

  G_OBJECT_CLASS (wb_account_dialog_parent_class)->finalize (object);
}

static void
wb_account_dialog_class_init (WbAccountDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_account_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_account_dialog_finalize;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/mail/wb-account-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, error);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, apply);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, name);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, address);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, user);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, password);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, smtp_host);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, smtp_security);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, pop3_host);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, pop3_security);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, delete);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, finding);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, find);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, mozilla);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, help);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, help_steps);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, testing);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, test);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, way);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, proxy);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, proxy_address);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, certificate);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, oauth);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, oauth_authorize);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, oauth_token);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, oauth_client_id);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, oauth_client_secret);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, oauth_scope);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, oauth_state);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, oauth_sign_in);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, identities);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, preferred);
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, removal);
  gtk_widget_class_bind_template_callback (widget_class, find_cb);
  gtk_widget_class_bind_template_callback (widget_class, test_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_in_cb);
  gtk_widget_class_bind_template_callback (widget_class, proxy_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_certificate_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_identity_cb);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

/* The switch of an expander's row has no name of its own for a screen reader. */
static void
name_switch (GtkWidget *widget, const char *name)
{
  if (GTK_IS_SWITCH (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    name_switch (child, name);
}

static void
wb_account_dialog_init (WbAccountDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  name_switch (GTK_WIDGET (self->oauth), _ ("Sign in with the browser"));
  self->found_steps = wb_account_steps_new (self->finding);
  self->test_steps = wb_account_steps_new (self->testing);
  self->identity_rows = g_ptr_array_new ();
}

/**
 * wb_account_dialog_new:
 * @parent: the window that asks
 * @store: where the account goes
 * @account: (nullable): one to change; %NULL for a new one
 *
 * Main thread.
 *
 * Returns: (transfer none): the dialog, not yet shown
 */
GtkWidget *
wb_account_dialog_new (GtkWindow *parent, WbMailStore *store, WbAccount *account)
{
  WbAccountDialog *self = g_object_new (WB_TYPE_ACCOUNT_DIALOG, "accessible-role",
                                        GTK_ACCESSIBLE_ROLE_DIALOG, "transient-for", parent, NULL);

  self->store = g_object_ref (store);
  g_set_object (&self->account, account);
  if (account)
    show_account (self, account);
  return GTK_WIDGET (self);
}

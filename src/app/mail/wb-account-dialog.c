/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-account-dialog.h"

#include "wb-dialogs.h"
#include "wb-url.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _WbAccountDialog
{
  AdwWindow parent_instance;

  /* Template */
  GtkLabel *error;
  GtkWidget *apply;
  GtkEditable *name;
  GtkEditable *address;
  GtkEditable *user;
  GtkEditable *password;
  GtkEditable *smtp_host;
  AdwComboRow *smtp_security;
  GtkEditable *pop3_host;
  AdwComboRow *pop3_security;
  GtkSwitch *delete;
  GtkWidget *removal;

  /* Owned */
  WbMailStore *store;
  WbAccount *account; /* NULL for a new one */
  char *guessed;      /* the user name that followed the address */
};

/* In the order of the list in the template. */
static const WbTlsMode securities[] = { WB_TLS_IMPLICIT, WB_TLS_REQUIRED, WB_TLS_NEVER };

/* Keeping the password, on the store's worker. */
typedef struct
{
  WbSecrets *secrets;
  WbUrl *smtp;
  WbUrl *pop3;
  char *password;
} Keeping;

G_DEFINE_FINAL_TYPE (WbAccountDialog, wb_account_dialog, ADW_TYPE_WINDOW)

static void
keeping_free (gpointer data)
{
  Keeping *keeping = data;

  g_clear_object (&keeping->secrets);
  g_clear_pointer (&keeping->smtp, wb_url_free);
  g_clear_pointer (&keeping->pop3, wb_url_free);
  wb_secret_free (keeping->password);
  g_free (keeping);
}

static gboolean
keep_password (WbSecrets *secrets,
               const WbUrl *url,
               const char *password,
               GCancellable *cancellable,
               GError **error)
{
  const WbSecretKey key = { url->protocol, url->host, url->port, url->user };

  return wb_secrets_store (secrets, &key, password, cancellable, error);
}

static gpointer
keep_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Keeping *keeping = data;

  if ((keeping->smtp &&
       !keep_password (keeping->secrets, keeping->smtp, keeping->password, cancellable, error)) ||
      (keeping->pop3 &&
       !keep_password (keeping->secrets, keeping->pop3, keeping->password, cancellable, error)))
    return NULL;
  return GINT_TO_POINTER (TRUE);
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
    wb_workbench_toast (workbench, _ ("There is no keyring, so the password is kept until "
                                      "Wirebench ends."));
}

static void
show_error (WbAccountDialog *self, const char *text)
{
  gtk_label_set_text (self->error, text);
  gtk_widget_set_visible (GTK_WIDGET (self->error), TRUE);
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
start_keeping (WbAccountDialog *self, WbUrl *smtp, WbUrl *pop3)
{
  WbWorkbench *workbench = wb_mail_store_get_workbench (self->store);
  const char *password = gtk_editable_get_text (self->password);
  Keeping *keeping = NULL;

  if (!*password || !wb_workbench_get_secrets (workbench))
    return;
  keeping = g_new0 (Keeping, 1);
  keeping->secrets = g_object_ref (wb_workbench_get_secrets (workbench));
  keeping->smtp = smtp && smtp->user ? wb_url_copy (smtp) : NULL;
  keeping->pop3 = pop3 && pop3->user ? wb_url_copy (pop3) : NULL;
  keeping->password = g_strdup (password);
  wb_session_run_async (wb_mail_store_get_session (self->store), keep_thread, keeping, keeping_free,
                        NULL, NULL, kept_cb, g_object_ref (self->store));
}

static void
apply_cb (WbAccountDialog *self)
{
  g_autofree char *address = g_strstrip (g_strdup (gtk_editable_get_text (self->address)));
  g_autofree char *id = NULL;
  g_autofree char *smtp_text = NULL;
  g_autofree char *pop3_text = NULL;
  g_autoptr (WbUrl) smtp = NULL;
  g_autoptr (WbUrl) pop3 = NULL;
  g_autoptr (WbAccount) account = NULL;
  g_autoptr (GError) error = NULL;
  WbAccount *same = wb_mail_store_find_account (self->store, address);

  if (!strchr (address, '@') || address[0] == '@' || g_str_has_suffix (address, "@"))
    {
      show_error (self, _ ("The address needs a name and a host, such as user@example.org."));
      return;
    }
  if (same && same != self->account)
    {
      show_error (self, _ ("There is an account of that address already."));
      return;
    }
  smtp_text = make_url (self, "smtp", self->smtp_host, self->smtp_security, &smtp, &error);
  if (!error)
    pop3_text = make_url (self, "pop3", self->pop3_host, self->pop3_security, &pop3, &error);
  if (error)
    {
      show_error (self, error->message);
      return;
    }
  if (!smtp && !pop3)
    {
      show_error (self, _ ("Name a server to send by, one to receive from, or both."));
      return;
    }
  id = self->account ? g_strdup (wb_account_get_id (self->account)) : make_id (address);
  account = wb_account_new (id, gtk_editable_get_text (self->name), address, smtp_text, pop3_text,
                            !gtk_switch_get_active (self->delete), FALSE);
  if (!wb_mail_store_replace_account (self->store, self->account, account, &error))
    {
      show_error (self, error->message);
      return;
    }
  start_keeping (self, smtp, pop3);
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
    gtk_window_destroy (GTK_WINDOW (self));
  else
    show_error (self, error->message);
}

static void
remove_cb (WbAccountDialog *self)
{
  wb_ask (GTK_WIDGET (self), _ ("Remove this account?"),
          _ ("Its mails stay on this computer and come back when it is added again."), "remove",
          _ ("_Remove"), TRUE, remove_answer_cb, g_object_ref (self), g_object_unref);
}

static void
address_changed_cb (WbAccountDialog *self)
{
  const char *address = gtk_editable_get_text (self->address);

  /* Most providers want the whole address; what was typed by hand stays. */
  if (g_strcmp0 (gtk_editable_get_text (self->user), self->guessed ? self->guessed : "") != 0)
    return;
  g_free (self->guessed);
  self->guessed = g_strdup (address);
  gtk_editable_set_text (self->user, address);
}

static void
show_url (WbAccountDialog *self, const char *text, GtkEditable *host, AdwComboRow *security)
{
  g_autoptr (WbUrl) url = text ? wb_url_parse (text, NULL) : NULL;
  g_autofree char *place = NULL;

  if (!url)
    return;
  place = strchr (url->host, ':') ? g_strdup_printf ("[%s]:%u", url->host, url->port)
                                  : g_strdup_printf ("%s:%u", url->host, url->port);
  gtk_editable_set_text (host, place);
  if (url->user)
    gtk_editable_set_text (self->user, url->user);
  for (guint i = 0; i < G_N_ELEMENTS (securities); i++)
    if (securities[i] == url->tls)
      adw_combo_row_set_selected (security, i);
}

static void
wb_account_dialog_dispose (GObject *object)
{
  WbAccountDialog *self = WB_ACCOUNT_DIALOG (object);

  g_clear_object (&self->store);
  g_clear_object (&self->account);
  g_clear_pointer (&self->guessed, g_free);

  G_OBJECT_CLASS (wb_account_dialog_parent_class)->dispose (object);
}

static void
wb_account_dialog_class_init (WbAccountDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_account_dialog_dispose;
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
  gtk_widget_class_bind_template_child (widget_class, WbAccountDialog, removal);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wb_account_dialog_init (WbAccountDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
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
  if (!account)
    return GTK_WIDGET (self);
  gtk_editable_set_text (self->name, wb_account_get_name (account));
  gtk_editable_set_text (self->address, wb_account_get_address (account));
  show_url (self, wb_account_get_smtp_url (account), self->smtp_host, self->smtp_security);
  show_url (self, wb_account_get_pop3_url (account), self->pop3_host, self->pop3_security);
  gtk_switch_set_active (self->delete, !wb_account_get_leave_on_server (account));
  gtk_widget_set_visible (self->removal, TRUE);
  return GTK_WIDGET (self);
}

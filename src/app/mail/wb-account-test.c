/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-account-dialog-private.h"

#include <glib/gi18n-lib.h>

#include "wb-mail-login.h"

/* A trial of what is filled in, on a worker of its own. Nothing is sent and nothing is fetched. */
typedef struct
{
  WbMailLogin login;
  char *password;        /* "" for the one that is kept */
  WbAccountSteps *steps; /* borrowed: the dialog waits for us */
  guint number;
  char *title; /* of the step that runs; NULL when none does */
} Trial;

/* A sign-in with the browser, on a worker of its own. */
typedef struct
{
  WbOauthSettings *settings;
  char *user;
  char *client_secret;
  WbSecrets *secrets;
  WbTrust *trust;
  gboolean direct;
  WbAccountDialog *dialog; /* borrowed: it waits for us */
} SignIn;

static void
trial_free (gpointer data)
{
  Trial *trial = data;

  wb_mail_login_clear (&trial->login);
  wb_secret_free (trial->password);
  g_free (trial->title);
  g_free (trial);
}

static void
end_step (Trial *trial, WbAutoconfigState state, const char *detail)
{
  if (!trial->title)
    return;
  wb_account_step_post (trial->steps, trial->number, trial->title, state, detail);
  g_clear_pointer (&trial->title, g_free);
  trial->number++;
}

static void
begin_step (Trial *trial, char *title)
{
  end_step (trial, WB_AUTOCONFIG_FOUND, NULL);
  trial->title = title;
  wb_account_step_post (trial->steps, trial->number, title, WB_AUTOCONFIG_RUNNING, NULL);
}

static void
reached_cb (gboolean signing_in, const WbUrl *url, gpointer user_data)
{
  Trial *trial = user_data;

  if (!signing_in)
    /* Translators: %1$s is a host, %2$u a port. */
    begin_step (trial, g_strdup_printf (_ ("Connect to %1$s, port %2$u, and check whose it is"),
                                        url->host, url->port));
  else if (url->user)
    /* Translators: the first %s is a user name, the second a host. */
    begin_step (trial, g_strdup_printf (_ ("Sign in as %s at %s"), url->user, url->host));
}

static gboolean
try_smtp (Trial *trial, GCancellable *cancellable, GError **error)
{
  guint conversation = 0;
  g_autoptr (WbSmtpClient) client =
      wb_mail_login_smtp (&trial->login, NULL, &conversation, cancellable, error);

  if (!client)
    return FALSE;
  wb_smtp_client_quit (client, cancellable, NULL);
  return TRUE;
}

static gboolean
try_pop3 (Trial *trial, GCancellable *cancellable, GError **error)
{
  guint conversation = 0;
  g_autofree char *server = NULL;
  g_autoptr (WbPop3Client) client =
      wb_mail_login_pop3 (&trial->login, NULL, &conversation, &server, cancellable, error);

  if (!client)
    return FALSE;
  wb_pop3_client_quit (client, cancellable, NULL);
  return TRUE;
}

/* Both ways are tried, whatever comes of the first. */
static gboolean
try_one (Trial *trial,
         gboolean (*func) (Trial *, GCancellable *, GError **),
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (GError) local = NULL;

  if (func (trial, cancellable, &local))
    {
      end_step (trial, WB_AUTOCONFIG_FOUND, NULL);
      return TRUE;
    }
  end_step (trial, WB_AUTOCONFIG_FAILED, local->message);
  if (error && !*error)
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gpointer
try_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Trial *trial = data;
  WbAccount *account = trial->login.account;
  gboolean good = TRUE;

  /* What was typed is tried without being kept. */
  if (*trial->password)
    {
      g_autoptr (WbSecrets) typed = wb_secrets_new_memory ();

      if (!wb_account_dialog_keep_secret (typed, account, trial->password, cancellable, error))
        return NULL;
      g_set_object (&trial->login.secrets, typed);
    }
  if (wb_account_get_smtp_url (account))
    good = try_one (trial, try_smtp, cancellable, error);
  if (wb_account_get_pop3_url (account) && !g_cancellable_is_cancelled (cancellable))
    good = try_one (trial, try_pop3, cancellable, good ? error : NULL) && good;
  return good ? GINT_TO_POINTER (TRUE) : NULL;
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = wb_session_run_finish (WB_SESSION (source), result, &error) != NULL;

  g_clear_object (&self->trial);
  if (!self->store)
    return;
  gtk_button_set_label (self->test, _ ("Test"));
  if (good)
    adw_expander_row_set_subtitle (self->testing, _ ("All is well: the servers know you."));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    adw_expander_row_set_subtitle (self->testing, _ ("Cancelled."));
  else
    adw_expander_row_set_subtitle (self->testing, _ ("It does not work yet. See below why."));
}

/* Tries what is filled in, and shows each step; or ends that. */
void
wb_account_dialog_test (WbAccountDialog *self)
{
  WbWorkbench *workbench = wb_mail_store_get_workbench (self->store);
  g_autoptr (WbAccount) account = NULL;
  g_autoptr (WbSession) session = NULL;
  g_autoptr (GError) error = NULL;
  Trial *trial = NULL;

  if (self->trial)
    {
      g_cancellable_cancel (self->trial);
      return;
    }
  wb_account_dialog_show_error (self, NULL);
  account = wb_account_dialog_make_account (self, &error);
  if (!account)
    {
      wb_account_dialog_show_error (self, error->message);
      return;
    }
  wb_account_steps_clear (self->test_steps);
  adw_expander_row_set_subtitle (self->testing, _ ("Trying…"));
  adw_expander_row_set_expanded (self->testing, TRUE);
  gtk_button_set_label (self->test, _ ("Cancel"));
  trial = g_new0 (Trial, 1);
  wb_mail_login_init (&trial->login, workbench, account);
  trial->login.reached = reached_cb;
  trial->login.user_data = trial;
  trial->password = wb_account_get_oauth (trial->login.account)
                        ? g_strdup ("")
                        : g_strdup (gtk_editable_get_text (self->password));
  trial->steps = self->test_steps;
  self->trial = g_cancellable_new ();
  session = wb_session_new ("mail-test");
  wb_session_run_async (session, try_thread, trial, trial_free, NULL, self->trial, tried_cb,
                        g_object_ref (self));
}

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  wb_oauth_settings_free (sign_in->settings);
  g_free (sign_in->user);
  wb_secret_free (sign_in->client_secret);
  g_object_unref (sign_in->secrets);
  g_object_unref (sign_in->trust);
  g_free (sign_in);
}

typedef struct
{
  WbAccountDialog *dialog;
  char *uri;
} Opening;

static gboolean
open_cb (gpointer user_data)
{
  Opening *opening = user_data;

  if (opening->dialog->store)
    gtk_show_uri (GTK_WINDOW (opening->dialog), opening->uri, GDK_CURRENT_TIME);
  return G_SOURCE_REMOVE;
}

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->uri);
  g_free (opening);
}

/* On the worker; the browser belongs to the main thread. */
static void
open_browser (const char *uri, gpointer user_data)
{
  SignIn *sign_in = user_data;
  Opening *opening = g_new0 (Opening, 1);

  opening->dialog = sign_in->dialog;
  opening->uri = g_strdup (uri);
  g_idle_add_full (G_PRIORITY_DEFAULT, open_cb, opening, opening_free);
}

static gpointer
sign_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  SignIn *sign_in = data;
  const WbOauth oauth = { sign_in->settings, sign_in->user, sign_in->secrets, sign_in->trust,
                          sign_in->direct };

  if (*sign_in->client_secret &&
      !wb_oauth_set_client_secret (&oauth, sign_in->client_secret, cancellable, error))
    return NULL;
  return wb_oauth_sign_in (&oauth, open_browser, sign_in, cancellable, error)
             ? GINT_TO_POINTER (TRUE)
             : NULL;
}

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = wb_session_run_finish (WB_SESSION (source), result, &error) != NULL;

  g_clear_object (&self->sign_in);
  if (!self->store)
    return;
  gtk_button_set_label (self->oauth_sign_in, _ ("Sign in…"));
  if (good)
    adw_action_row_set_subtitle (self->oauth_state, _ ("You are signed in."));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    adw_action_row_set_subtitle (self->oauth_state, _ ("Cancelled."));
  else
    adw_action_row_set_subtitle (self->oauth_state, error->message);
}

/* Opens the browser for the person to sign in, or ends the waiting for it. */
void
wb_account_dialog_sign_in (WbAccountDialog *self)
{
  WbWorkbench *workbench = wb_mail_store_get_workbench (self->store);
  g_autoptr (WbAccount) account = NULL;
  g_autoptr (WbSession) session = NULL;
  g_autoptr (GError) error = NULL;
  SignIn *sign_in = NULL;

  if (self->sign_in)
    {
      g_cancellable_cancel (self->sign_in);
      return;
    }
  wb_account_dialog_show_error (self, NULL);
  account = wb_account_dialog_make_account (self, &error);
  if (!account || !wb_account_get_oauth (account) ||
      !wb_account_dialog_make_places (self, &error) ||
      !wb_oauth_settings_check (wb_account_get_oauth (account), &error))
    {
      if (error)
        wb_account_dialog_show_error (self, error->message);
      return;
    }
  gtk_button_set_label (self->oauth_sign_in, _ ("Cancel"));
  adw_action_row_set_subtitle (self->oauth_state, _ ("Waiting for your browser…"));
  sign_in = g_new0 (SignIn, 1);
  sign_in->settings = wb_oauth_settings_copy (wb_account_get_oauth (account));
  sign_in->user = g_strdup (wb_account_get_address (account));
  sign_in->client_secret = g_strdup (gtk_editable_get_text (self->oauth_client_secret));
  sign_in->secrets = g_object_ref (wb_workbench_get_secrets (workbench));
  sign_in->trust = g_object_ref (wb_workbench_get_trust (workbench));
  sign_in->direct = self->places->resolver != NULL;
  sign_in->dialog = self;
  self->sign_in = g_cancellable_new ();
  session = wb_session_new ("mail-sign-in");
  wb_session_run_async (session, sign_in_thread, sign_in, sign_in_free, NULL, self->sign_in,
                        signed_in_cb, g_object_ref (self));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-account-dialog.h"
#include "wb-account-steps.h"
#include "wb-provider.h"

G_BEGIN_DECLS

struct _WbAccountDialog
{
  AdwWindow parent_instance;

  /* Template */
  GtkLabel *error;
  GtkWidget *apply;
  GtkEditable *name;
  GtkEditable *address;
  AdwExpanderRow *finding;
  GtkButton *find;
  GtkSwitch *mozilla;
  GtkEditable *user;
  GtkEditable *password;
  AdwExpanderRow *help;
  GtkLabel *help_steps;
  GtkEditable *smtp_host;
  AdwComboRow *smtp_security;
  GtkEditable *pop3_host;
  AdwComboRow *pop3_security;
  GtkSwitch *delete;
  AdwExpanderRow *testing;
  GtkButton *test;
  AdwExpanderRow *way;
  AdwComboRow *proxy;
  GtkEditable *proxy_address;
  GtkEditable *certificate;
  AdwExpanderRow *oauth;
  GtkEditable *oauth_authorize;
  GtkEditable *oauth_token;
  GtkEditable *oauth_client_id;
  GtkEditable *oauth_client_secret;
  GtkEditable *oauth_scope;
  AdwActionRow *oauth_state;
  GtkButton *oauth_sign_in;
  AdwPreferencesGroup *identities;
  GtkSwitch *preferred;
  GtkWidget *removal;

  /* Owned */
  WbMailStore *store; /* NULL once the window is closed */
  WbAccount *account; /* NULL for a new one */
  char *guessed;      /* the user name that followed the address */
  const WbProvider *provider;
  WbAutoconfigPlaces *places;
  WbAccountSteps *found_steps;
  WbAccountSteps *test_steps;
  GPtrArray *identity_rows; /* of AdwEntryRow */
  GCancellable *search;     /* NULL while none runs */
  GCancellable *trial;      /* the same */
  GCancellable *sign_in;    /* the same */
};

/* wb-account-dialog.c */
void       wb_account_dialog_show_error    (WbAccountDialog       *self,
                                            const char            *text);
void       wb_account_dialog_show_provider (WbAccountDialog       *self,
                                            const WbProvider      *provider);
void       wb_account_dialog_show_server   (WbAccountDialog       *self,
                                            const WbAutoconfigServer *server);
WbAccount *wb_account_dialog_make_account  (WbAccountDialog       *self,
                                            GError               **error);
gboolean   wb_account_dialog_keep_secret   (WbSecrets             *secrets,
                                            WbAccount             *account,
                                            const char            *password,
                                            GCancellable          *cancellable,
                                            GError               **error);

/* wb-account-find.c */
void       wb_account_dialog_find          (WbAccountDialog       *self);
gboolean   wb_account_dialog_make_places   (WbAccountDialog       *self,
                                            GError               **error);

/* wb-account-test.c */
void       wb_account_dialog_test          (WbAccountDialog       *self);
void       wb_account_dialog_sign_in       (WbAccountDialog       *self);

/* wb-account-steps of a worker, shown in the main thread. */
typedef struct
{
  WbAccountSteps *steps; /* borrowed: whoever waits for the worker has it */
  guint number;
  char *title;
  WbAutoconfigState state;
  char *detail;
} WbAccountStep;

void       wb_account_step_post            (WbAccountSteps        *steps,
                                            guint                  number,
                                            const char            *title,
                                            WbAutoconfigState      state,
                                            const char            *detail);

G_END_DECLS

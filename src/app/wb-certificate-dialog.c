/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-certificate-dialog.h"

#include <glib/gi18n-lib.h>

/* A certificate may bear thousands of names. */
#define NAMES_MAX 20

struct _WbCertificateDialog
{
  AdwWindow parent_instance;

  /* Template */
  GtkLabel *heading;
  GtkLabel *reason;
  AdwPreferencesGroup *facts;
  GtkLabel *advice;
  GtkCheckButton *compared;
  GtkLabel *compared_label;
  GtkButton *act;

  /* Owned */
  WbTrust *trust;
  char *host;
  guint16 port;
  char *fingerprint;
  char *pin; /* what was pinned before, or NULL */
};

enum
{
  PINNED,
  TRUST_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbCertificateDialog, wb_certificate_dialog, ADW_TYPE_WINDOW)

static void
compared_cb (WbCertificateDialog *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->act), gtk_check_button_get_active (self->compared));
}

static void
act_cb (WbCertificateDialog *self)
{
  g_autoptr (WbCertificateDialog) held = g_object_ref (self);

  if (self->pin != NULL)
    wb_trust_remove_pin (self->trust, self->host, self->port);
  else
    wb_trust_add_pin (self->trust, self->host, self->port, self->fingerprint, NULL);
  g_signal_emit (self, signals[TRUST_CHANGED], 0);
  gtk_window_destroy (GTK_WINDOW (self));
  if (self->pin == NULL)
    g_signal_emit (self, signals[PINNED], 0);
}

static void
add_fact (WbCertificateDialog *self, const char *title, const char *value)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *escaped = g_markup_escape_text (value, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_add_css_class (row, "property");
  adw_preferences_group_add (self->facts, row);
}

/* In eights, as people read them to each other. */
static void
add_fingerprint (WbCertificateDialog *self, const char *title, const char *fingerprint)
{
  GString *grouped = g_string_new (NULL);

  for (const char *p = fingerprint; *p != '\0'; p++)
    {
      if (p != fingerprint && (p - fingerprint) % 8 == 0)
        g_string_append_c (grouped, ' ');
      g_string_append_c (grouped, *p);
    }
  add_fact (self, title, grouped->str);
  g_string_free (grouped, TRUE);
}

static char *
describe_name (char *name)
{
  g_autofree char *owned = name;

  return owned != NULL && *owned != '\0' ? g_utf8_make_valid (owned, -1) : g_strdup ("–");
}

static char *
describe_hosts (GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr (GPtrArray) addresses = g_tls_certificate_get_ip_addresses (certificate);
  GString *text = g_string_new (NULL);

  for (guint i = 0; names != NULL && i < MIN (names->len, NAMES_MAX); i++)
    {
      gsize length = 0;
      const char *bytes = g_bytes_get_data (names->pdata[i], &length);
      g_autofree char *name = g_utf8_make_valid (bytes, (gssize) length);

      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", name);
    }
  for (guint i = 0; addresses != NULL && i < MIN (addresses->len, NAMES_MAX); i++)
    {
      g_autofree char *address = g_inet_address_to_string (addresses->pdata[i]);

      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", address);
    }
  if (text->len == 0)
    g_string_append (text, _ ("No host"));
  return g_string_free (text, FALSE);
}

static char *
format_time (GDateTime *time)
{
  g_autoptr (GDateTime) owned = time;

  return owned != NULL ? g_date_time_format (owned, "%Y-%m-%d %H:%M UTC") : g_strdup ("?");
}

static void
show_certificate (WbCertificateDialog *self, GTlsCertificate *certificate)
{
  g_autofree char *subject = describe_name (g_tls_certificate_get_subject_name (certificate));
  g_autofree char *issuer = describe_name (g_tls_certificate_get_issuer_name (certificate));
  g_autofree char *hosts = describe_hosts (certificate);
  g_autofree char *from = format_time (g_tls_certificate_get_not_valid_before (certificate));
  g_autofree char *until = format_time (g_tls_certificate_get_not_valid_after (certificate));
  /* Translators: two times, from when until when. */
  g_autofree char *validity = g_strdup_printf (_ ("%s – %s"), from, until);

  add_fact (self, _ ("Issued to"), subject);
  add_fact (self, _ ("Made for the hosts"), hosts);
  add_fact (self, _ ("Issued by"), issuer);
  add_fact (self, _ ("Valid"), validity);
  if (self->pin != NULL)
    add_fingerprint (self, _ ("Pinned fingerprint (SHA-256)"), self->pin);
  add_fingerprint (
      self, self->pin != NULL ? _ ("Fingerprint now (SHA-256)") : _ ("Fingerprint (SHA-256)"),
      self->fingerprint);
}

static void
set_condition (WbCertificateDialog *self, const char *text)
{
  gtk_label_set_label (self->compared_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->compared), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
}

static void
show_choice (WbCertificateDialog *self)
{
  if (self->pin != NULL)
    {
      gtk_window_set_title (GTK_WINDOW (self), _ ("Certificate Changed"));
      gtk_label_set_label (
          self->advice,
          _ ("Nothing was sent. Do not go on before whoever runs the server has told you, by phone "
             "or on paper, that the certificate was replaced, and what its fingerprint is now. "
             "Then "
             "forget the old pin, and connect again: the new certificate is shown once more."));
      set_condition (self, _ ("I was told that the certificate was replaced"));
      gtk_button_set_label (self->act, _ ("_Forget the Old Pin"));
      return;
    }
  gtk_label_set_label (
      self->advice,
      _ ("Nothing was sent. Ask whoever runs the server for the fingerprint, and compare. When it "
         "is pinned this certificate alone is trusted for this server, and any other is refused."));
  set_condition (self, _ ("I have compared the fingerprint"));
  gtk_button_set_label (self->act, _ ("_Pin and Connect"));
}

static void
wb_certificate_dialog_dispose (GObject *object)
{
  WbCertificateDialog *self = WB_CERTIFICATE_DIALOG (object);

  g_clear_object (&self->trust);

  G_OBJECT_CLASS (wb_certificate_dialog_parent_class)->dispose (object);
}

static void
wb_certificate_dialog_finalize (GObject *object)
{
  WbCertificateDialog *self = WB_CERTIFICATE_DIALOG (object);

  g_free (self->host);
  g_free (self->fingerprint);
  g_free (self->pin);

  G_OBJECT_CLASS (wb_certificate_dialog_parent_class)->finalize (object);
}

static void
wb_certificate_dialog_class_init (WbCertificateDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_certificate_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_certificate_dialog_finalize;

  signals[PINNED] =
      g_signal_new ("pinned", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TRUST_CHANGED] =
      g_signal_new ("trust-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/wb-certificate-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WbCertificateDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, WbCertificateDialog, reason);
  gtk_widget_class_bind_template_child (widget_class, WbCertificateDialog, facts);
  gtk_widget_class_bind_template_child (widget_class, WbCertificateDialog, advice);
  gtk_widget_class_bind_template_child (widget_class, WbCertificateDialog, compared);
  gtk_widget_class_bind_template_child (widget_class, WbCertificateDialog, compared_label);
  gtk_widget_class_bind_template_child (widget_class, WbCertificateDialog, act);
  gtk_widget_class_bind_template_callback (widget_class, compared_cb);
  gtk_widget_class_bind_template_callback (widget_class, act_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wb_certificate_dialog_init (WbCertificateDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wb_certificate_dialog_new:
 * @parent: the window that wanted to connect
 * @host: as it was connected to
 *
 * Returns: (transfer none): the dialog for the certificate that was refused last for @host and
 *   @port, not yet shown
 */
GtkWidget *
wb_certificate_dialog_new (GtkWindow *parent, WbTrust *trust, const char *host, guint16 port)
{
  WbCertificateDialog *self = g_object_new (WB_TYPE_CERTIFICATE_DIALOG, "transient-for", parent,
                                            "accessible-role", GTK_ACCESSIBLE_ROLE_DIALOG, NULL);
  g_autofree char *reason = NULL;
  g_autoptr (GTlsCertificate) certificate = wb_trust_dup_refused (trust, host, port, &reason);
  g_autofree char *heading = NULL;

  self->trust = g_object_ref (trust);
  self->host = g_strdup (host);
  self->port = port;
  self->pin = wb_trust_dup_pin (trust, host, port);
  heading = g_strdup_printf (
      /* Translators: %s is a host, %u a port. */
      self->pin != NULL ? _ ("%s:%u Has Another Certificate Now")
                        : _ ("The Certificate of %s:%u Is Not Trusted"),
      host, port);
  gtk_label_set_label (self->heading, heading);
  gtk_label_set_label (self->reason, reason != NULL ? reason : "");
  show_choice (self);
  if (certificate == NULL)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (self->compared), FALSE);
      return GTK_WIDGET (self);
    }
  self->fingerprint = wb_trust_get_fingerprint (certificate);
  show_certificate (self, certificate);
  return GTK_WIDGET (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-trust.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "wb-error.h"
#include "wb-json.h"

/* {"version": 1, "pins": {"host:port": "64 hex digits", …}} */
#define PINS_VERSION 1

struct _WbTrust
{
  GObject parent_instance;

  GMutex lock;
  GTlsDatabase *system; /* made on first need: reading the CA bundle costs 15 ms */
  GPtrArray *ca_files;  /* of GTlsDatabase */
  GHashTable *pins;     /* "host:port" -> fingerprint */
  GHashTable *any_host; /* set of fingerprints that are good for every host */
  GHashTable *refused;  /* "host:port" -> Refused */
  char *pin_file;       /* or NULL */
  gboolean pins_loaded; /* whether what @pin_file holds is among @pins */
};

/* A certificate that was not trusted, and why. */
typedef struct
{
  GTlsCertificate *certificate;
  char *reason;
} Refused;

G_DEFINE_FINAL_TYPE (WbTrust, wb_trust, G_TYPE_OBJECT)

static void
refused_free (gpointer data)
{
  Refused *refused = data;

  g_object_unref (refused->certificate);
  g_free (refused->reason);
  g_free (refused);
}

static void
wb_trust_finalize (GObject *object)
{
  WbTrust *self = WB_TRUST (object);

  g_clear_object (&self->system);
  g_ptr_array_unref (self->ca_files);
  g_hash_table_unref (self->pins);
  g_hash_table_unref (self->any_host);
  g_hash_table_unref (self->refused);
  g_free (self->pin_file);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (wb_trust_parent_class)->finalize (object);
}

static void
wb_trust_class_init (WbTrustClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_trust_finalize;
}

static void
wb_trust_init (WbTrust *self)
{
  g_mutex_init (&self->lock);
  self->ca_files = g_ptr_array_new_with_free_func (g_object_unref);
  self->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->any_host = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, refused_free);
}

static char *
make_key (const char *host, guint16 port)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return g_strdup_printf ("%s:%u", lower, port);
}

/**
 * wb_trust_new:
 *
 * Returns: (transfer full): one that trusts the system's CAs and nothing else
 */
WbTrust *
wb_trust_new (void)
{
  return g_object_new (WB_TYPE_TRUST, NULL);
}

/**
 * wb_trust_add_ca_file:
 * @path: a PEM file with one CA certificate or more
 *
 * Trusts certificates signed by the CAs in @path, beside the system's.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_INVALID set when it cannot be read or
 *   holds no certificate
 */
gboolean
wb_trust_add_ca_file (WbTrust *self, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GTlsDatabase) database = NULL;
  g_autofree char *absolute = NULL;
  GList *certificates = NULL;

  g_return_val_if_fail (WB_IS_TRUST (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  /* An empty file makes a database that trusts nothing: say so now, not at the handshake. */
  certificates = g_tls_certificate_list_new_from_file (path, &local);
  if (local == NULL && certificates != NULL)
    {
      absolute = g_canonicalize_filename (path, NULL);
      database = g_tls_file_database_new (absolute, &local);
    }
  g_list_free_full (certificates, g_object_unref);

  if (database == NULL)
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: the first %s is a file name, the second says what is wrong. */
                   _ ("The CA file “%s” cannot be used: %s"), path,
                   local != NULL ? local->message : _ ("it holds no certificate"));
      return FALSE;
    }

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->ca_files, g_steal_pointer (&database));
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static char *
normalize_fingerprint (const char *text)
{
  GString *hex = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == ':' || *p == ' ')
        continue;
      if (!g_ascii_isxdigit (*p))
        {
          g_string_free (hex, TRUE);
          return NULL;
        }
      g_string_append_c (hex, g_ascii_tolower (*p));
    }

  return g_string_free (hex, hex->len != 64);
}

/**
 * wb_trust_add_pin:
 * @host: (nullable): the host it is for; %NULL for every host
 * @port: the port it is for; not used when @host is %NULL
 * @sha256: the SHA-256 of the certificate in DER, 64 hex digits, colons allowed
 *
 * Trusts exactly this certificate, whoever signed it and whatever names it bears,
 * and from then on no other for that host and port.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_INVALID set when @sha256 is none
 */
gboolean
wb_trust_add_pin (WbTrust *self, const char *host, guint16 port, const char *sha256, GError **error)
{
  g_autofree char *pin = NULL;

  g_return_val_if_fail (WB_IS_TRUST (self), FALSE);
  g_return_val_if_fail (sha256 != NULL, FALSE);

  pin = normalize_fingerprint (sha256);
  if (pin == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("A certificate’s fingerprint is 64 hexadecimal digits (SHA-256)."));
      return FALSE;
    }

  g_mutex_lock (&self->lock);
  if (host != NULL)
    g_hash_table_insert (self->pins, make_key (host, port), g_steal_pointer (&pin));
  else
    g_hash_table_add (self->any_host, g_steal_pointer (&pin));
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/**
 * wb_trust_remove_pin:
 *
 * Forgets which certificate was pinned for @host and @port, if one was. What CAs say
 * counts again.
 */
void
wb_trust_remove_pin (WbTrust *self, const char *host, guint16 port)
{
  g_autofree char *key = NULL;

  g_return_if_fail (WB_IS_TRUST (self));
  g_return_if_fail (host != NULL);

  key = make_key (host, port);
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->pins, key);
  g_mutex_unlock (&self->lock);
}

/**
 * wb_trust_dup_pin:
 *
 * Returns: (transfer full) (nullable): the fingerprint that is pinned for @host and @port, as
 *   far as is known before the first wb_trust_check()
 */
char *
wb_trust_dup_pin (WbTrust *self, const char *host, guint16 port)
{
  g_autofree char *key = NULL;
  char *pin = NULL;

  g_return_val_if_fail (WB_IS_TRUST (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  key = make_key (host, port);
  g_mutex_lock (&self->lock);
  pin = g_strdup (g_hash_table_lookup (self->pins, key));
  g_mutex_unlock (&self->lock);
  return pin;
}

/**
 * wb_trust_set_pin_file:
 * @path: a file, which need not be there
 *
 * Says where pins are kept. The file is read when the first certificate is checked, on
 * that thread; once, before that.
 */
void
wb_trust_set_pin_file (WbTrust *self, const char *path)
{
  g_return_if_fail (WB_IS_TRUST (self));

  g_mutex_lock (&self->lock);
  g_free (self->pin_file);
  self->pin_file = g_strdup (path);
  self->pins_loaded = FALSE;
  g_mutex_unlock (&self->lock);
}

static gboolean
parse_pins (const char *text, gsize length, GHashTable *pins)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;
  JsonNode *node = NULL;
  JsonObject *object = NULL;
  JsonObjectIter iter;
  const char *key = NULL;

  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return FALSE;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  object = json_node_get_object (root);
  node = json_object_get_member (object, "version");
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_int (node) != PINS_VERSION)
    return FALSE;
  node = json_object_get_member (object, "pins");
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &key, &node))
    {
      char *pin = JSON_NODE_HOLDS_VALUE (node) && json_node_get_string (node) != NULL
                      ? normalize_fingerprint (json_node_get_string (node))
                      : NULL;

      if (pin == NULL)
        return FALSE;
      g_hash_table_insert (pins, g_strdup (key), pin);
    }
  return TRUE;
}

/* Under the lock. A file that cannot be used stops one check, and is said: without it a changed
 * certificate would go unseen. */
static gboolean
load_pins (WbTrust *self, GError **error)
{
  g_autoptr (GHashTable) pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  g_autofree char *aside = NULL;
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer pin = NULL;
  gsize length = 0;

  if (self->pins_loaded || self->pin_file == NULL)
    return TRUE;
  if (!g_file_get_contents (self->pin_file, &text, &length, &local))
    {
      if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        {
          self->pins_loaded = TRUE;
          return TRUE;
        }
      g_set_error (error, WB_ERROR, WB_ERROR_PERMISSION,
                   /* Translators: %s says what is wrong with which file. */
                   _ ("The list of pinned certificates cannot be read, so none is trusted: %s"),
                   local->message);
      return FALSE;
    }
  if (!parse_pins (text, length, pins))
    {
      aside = g_strdup_printf ("%s.damaged-%" G_GINT64_FORMAT, self->pin_file, g_get_real_time ());
      if (g_rename (self->pin_file, aside) == 0)
        self->pins_loaded = TRUE;
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is the path of a file. */
                   _ ("The list of pinned certificates is damaged and was put aside as “%s”. "
                      "Nothing was sent. Connect again to go by what authorities say alone."),
                   aside);
      return FALSE;
    }
  /* What was pinned since the start is newer. */
  g_hash_table_iter_init (&iter, pins);
  while (g_hash_table_iter_next (&iter, &key, &pin))
    if (!g_hash_table_contains (self->pins, key))
      g_hash_table_insert (self->pins, g_strdup (key), g_strdup (pin));
  self->pins_loaded = TRUE;
  return TRUE;
}

/**
 * wb_trust_save_pins:
 *
 * Writes the pins of all hosts to the file of wb_trust_set_pin_file(), beside the old one
 * and then renamed. Blocks.
 *
 * Errors: those of reading and writing (`G_FILE_ERROR`), %WB_ERROR_INVALID for a damaged file.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_trust_save_pins (WbTrust *self, GError **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonObject *pins = json_object_new ();
  g_autofree char *text = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer pin = NULL;
  gboolean loaded = FALSE;

  g_return_val_if_fail (WB_IS_TRUST (self), FALSE);

  json_object_set_int_member (object, "version", PINS_VERSION);
  json_object_set_object_member (object, "pins", pins);
  json_node_take_object (root, object);
  g_mutex_lock (&self->lock);
  loaded = load_pins (self, error);
  path = g_strdup (self->pin_file);
  g_hash_table_iter_init (&iter, self->pins);
  while (g_hash_table_iter_next (&iter, &key, &pin))
    json_object_set_string_member (pins, key, pin);
  g_mutex_unlock (&self->lock);
  if (!loaded)
    return FALSE;
  if (path == NULL)
    return TRUE;

  text = wb_json_to_string (root);
  folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   /* Translators: the first %s is the path of a folder, the second the reason. */
                   _ ("The pinned certificates could not be kept in “%s”: %s."), folder,
                   g_strerror (errno));
      return FALSE;
    }
  return g_file_set_contents_full (
      path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

/**
 * wb_trust_get_fingerprint:
 *
 * Returns: (transfer full): the SHA-256 of the certificate in DER, in lower-case hex
 */
char *
wb_trust_get_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  g_return_val_if_fail (G_IS_TLS_CERTIFICATE (certificate), NULL);

  g_object_get (certificate, "certificate", &der, NULL);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}

static char *
describe_names (GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) dns = g_tls_certificate_get_dns_names (certificate);
  g_autoptr (GPtrArray) ips = g_tls_certificate_get_ip_addresses (certificate);
  GString *names = g_string_new (NULL);

  for (guint i = 0; dns != NULL && i < dns->len && i < 8; i++)
    {
      GBytes *name = g_ptr_array_index (dns, i);
      gsize length = 0;
      const char *data = g_bytes_get_data (name, &length);
      g_autofree char *text = g_utf8_make_valid (data, length);

      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", text);
    }
  for (guint i = 0; ips != NULL && i < ips->len && i < 8; i++)
    {
      g_autofree char *text = g_inet_address_to_string (g_ptr_array_index (ips, i));

      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", text);
    }
  if (names->len == 0)
    g_string_append (names, _ ("no host at all"));

  return g_string_free (names, FALSE);
}

static char *
format_day (GDateTime *time)
{
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d") : g_strdup ("?");
}

static char *
describe_flags (GTlsCertificate *certificate, GTlsCertificateFlags flags, const char *host)
{
  GString *reasons = g_string_new (NULL);

  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    g_string_append (reasons, _ ("It is not signed by an authority that this computer knows. "));
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    {
      g_autofree char *names = describe_names (certificate);

      /* Translators: the first %s is the certificate's names, the second the host's name. */
      g_string_append_printf (reasons, _ ("It was made for %s, not for %s. "), names, host);
    }
  if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    {
      g_autoptr (GDateTime) from = g_tls_certificate_get_not_valid_before (certificate);
      g_autofree char *day = format_day (from);

      g_string_append_printf (reasons,
                              /* Translators: %s is a date. */
                              _ ("It is not valid before %s; is this computer’s clock right? "),
                              day);
    }
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    {
      g_autoptr (GDateTime) until = g_tls_certificate_get_not_valid_after (certificate);
      g_autofree char *day = format_day (until);

      /* Translators: %s is a date. */
      g_string_append_printf (reasons, _ ("It expired on %s. "), day);
    }
  if (flags & G_TLS_CERTIFICATE_REVOKED)
    g_string_append (reasons, _ ("It was revoked. "));
  if (flags & G_TLS_CERTIFICATE_INSECURE)
    g_string_append (reasons, _ ("Its algorithm is no longer safe. "));
  if (reasons->len == 0)
    g_string_append (reasons, _ ("It could not be verified. "));

  return g_string_free (reasons, FALSE);
}

static GPtrArray *
dup_databases (WbTrust *self)
{
  GPtrArray *databases = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->ca_files->len; i++)
    g_ptr_array_add (databases, g_object_ref (g_ptr_array_index (self->ca_files, i)));
  if (self->system == NULL)
    self->system = g_tls_backend_get_default_database (g_tls_backend_get_default ());
  if (self->system != NULL)
    g_ptr_array_add (databases, g_object_ref (self->system));
  g_mutex_unlock (&self->lock);

  return databases;
}

/* The CA that objects least decides: a certificate that a CA file vouches for needs no other. */
static GTlsCertificateFlags
verify (WbTrust *self,
        const char *host,
        guint16 port,
        GTlsCertificate *certificate,
        GCancellable *cancellable)
{
  g_autoptr (GPtrArray) databases = dup_databases (self);
  g_autoptr (GSocketConnectable) identity = g_network_address_new (host, port);
  GTlsCertificateFlags best = G_TLS_CERTIFICATE_UNKNOWN_CA;
  gboolean first = TRUE;

  for (guint i = 0; i < databases->len; i++)
    {
      g_autoptr (GError) error = NULL;
      GTlsCertificateFlags flags = 0;

      flags = g_tls_database_verify_chain (g_ptr_array_index (databases, i), certificate,
                                           G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, identity,
                                           NULL, G_TLS_DATABASE_VERIFY_NONE, cancellable, &error);
      if (error != NULL)
        flags = G_TLS_CERTIFICATE_GENERIC_ERROR;
      if (flags == 0)
        return 0;
      if (first || (best & G_TLS_CERTIFICATE_UNKNOWN_CA && !(flags & G_TLS_CERTIFICATE_UNKNOWN_CA)))
        best = flags;
      first = FALSE;
    }

  return best;
}

typedef enum
{
  PIN_NONE,
  PIN_MATCHES,
  PIN_DIFFERS,
} PinState;

static PinState
check_pins (WbTrust *self, const char *key, const char *fingerprint)
{
  PinState state = PIN_NONE;
  const char *pin = NULL;

  g_mutex_lock (&self->lock);
  pin = g_hash_table_lookup (self->pins, key);
  if (pin != NULL)
    state = g_str_equal (pin, fingerprint) ? PIN_MATCHES : PIN_DIFFERS;
  else if (g_hash_table_size (self->any_host) > 0)
    state = g_hash_table_contains (self->any_host, fingerprint) ? PIN_MATCHES : PIN_DIFFERS;
  g_mutex_unlock (&self->lock);

  return state;
}

static void
remember_refused (WbTrust *self, const char *key, GTlsCertificate *certificate, const char *reason)
{
  Refused *refused = g_new0 (Refused, 1);

  refused->certificate = g_object_ref (certificate);
  refused->reason = g_strchomp (g_strdup (reason));
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->refused, g_strdup (key), refused);
  g_mutex_unlock (&self->lock);
}

/**
 * wb_trust_check:
 * @host: the name that was asked for, or a numeric address
 * @port: its port
 * @certificate: what the server presented, with its chain as issuers
 *
 * Decides whether @certificate is to be trusted for @host (RFC 5280 path
 * validation, RFC 9525 names, then pins). A refused certificate is kept for
 * wb_trust_dup_refused().
 *
 * Returns: %TRUE if so, else %FALSE with %WB_ERROR_UNTRUSTED set; the message says
 *   why in plain words and gives the fingerprint
 */
gboolean
wb_trust_check (WbTrust *self,
                const char *host,
                guint16 port,
                GTlsCertificate *certificate,
                GCancellable *cancellable,
                GError **error)
{
  g_autofree char *key = NULL;
  g_autofree char *fingerprint = NULL;
  g_autofree char *reason = NULL;
  PinState pin = PIN_NONE;
  GTlsCertificateFlags flags = 0;
  gboolean loaded = FALSE;

  g_return_val_if_fail (WB_IS_TRUST (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);
  g_return_val_if_fail (G_IS_TLS_CERTIFICATE (certificate), FALSE);

  key = make_key (host, port);
  fingerprint = wb_trust_get_fingerprint (certificate);
  g_mutex_lock (&self->lock);
  loaded = load_pins (self, error);
  g_mutex_unlock (&self->lock);
  if (!loaded)
    return FALSE;
  pin = check_pins (self, key, fingerprint);
  if (pin == PIN_MATCHES)
    return TRUE;

  if (pin == PIN_DIFFERS)
    reason = g_strdup (_ ("It is not the one that was pinned for this host: the server was "
                          "changed, or somebody is in between. "));
  else
    {
      flags = verify (self, host, port, certificate, cancellable);
      if (flags == 0)
        return TRUE;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      reason = describe_flags (certificate, flags, host);
    }

  remember_refused (self, key, certificate, reason);
  g_set_error (error, WB_ERROR, WB_ERROR_UNTRUSTED,
               /* Translators: the first %s is "host:port", the second is one sentence or more on
                * what is wrong, the last a long hexadecimal number. */
               _ ("The certificate of %s is not to be trusted. %sNothing was sent. If you are sure "
                  "that it is the right one, pin it: SHA-256 %s"),
               key, reason, fingerprint);
  return FALSE;
}

/**
 * wb_trust_dup_refused:
 * @reason: (out) (optional) (transfer full): why, in sentences; %NULL if there is none
 *
 * Returns: (transfer full) (nullable): the certificate that was last refused for
 *   @host and @port, to show it to the person
 */
GTlsCertificate *
wb_trust_dup_refused (WbTrust *self, const char *host, guint16 port, char **reason)
{
  g_autofree char *key = NULL;
  GTlsCertificate *certificate = NULL;
  Refused *refused = NULL;

  g_return_val_if_fail (WB_IS_TRUST (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  key = make_key (host, port);
  g_mutex_lock (&self->lock);
  refused = g_hash_table_lookup (self->refused, key);
  if (refused != NULL)
    certificate = g_object_ref (refused->certificate);
  if (reason != NULL)
    *reason = refused != NULL ? g_strdup (refused->reason) : NULL;
  g_mutex_unlock (&self->lock);

  return certificate;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-secrets.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>
#include <string.h>

struct _WbSecrets
{
  GObject parent_instance;

  /* Any thread, under the mutex; it is not held while the keyring is asked. */
  GMutex mutex;
  gboolean keyring;
  GHashTable *memory; /* the key as one string → password */
};

G_DEFINE_FINAL_TYPE (WbSecrets, wb_secrets, G_TYPE_OBJECT)

static const SecretSchema schema = {
  .name = APPLICATION_ID ".Password",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "service", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "host", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "port", SECRET_SCHEMA_ATTRIBUTE_INTEGER },
    { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

static char *
key_to_string (const WbSecretKey *key)
{
  return g_strdup_printf ("%s\n%s\n%u\n%s", key->service, key->host, key->port,
                          key->user != NULL ? key->user : "");
}

static GHashTable *
key_to_attributes (const WbSecretKey *key)
{
  return secret_attributes_build (&schema, "service", key->service, "host", key->host, "port",
                                  (int) key->port, "user", key->user != NULL ? key->user : "",
                                  NULL);
}

static gboolean
is_key (const WbSecretKey *key)
{
  return key != NULL && key->service != NULL && key->host != NULL;
}

/* Without a bus GIO would try to start one. */
static gboolean
has_session_bus (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *path = NULL;

  if (address != NULL && *address != '\0')
    return TRUE;
  path = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
wb_secrets_finalize (GObject *object)
{
  WbSecrets *self = WB_SECRETS (object);

  g_hash_table_unref (self->memory);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (wb_secrets_parent_class)->finalize (object);
}

static void
wb_secrets_class_init (WbSecretsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_secrets_finalize;
}

static void
wb_secrets_init (WbSecrets *self)
{
  g_mutex_init (&self->mutex);
  self->memory = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) (void (*) (void)) wb_secret_free);
}

/**
 * wb_secrets_new:
 *
 * Uses the keyring of the desktop, where there is a session bus and the
 * environment does not say `WIREBENCH_SECRETS=memory`.
 *
 * Returns: (transfer full): a new object
 */
WbSecrets *
wb_secrets_new (void)
{
  WbSecrets *self = g_object_new (WB_TYPE_SECRETS, NULL);

  self->keyring = g_strcmp0 (g_getenv ("WIREBENCH_SECRETS"), "memory") != 0 && has_session_bus ();
  return self;
}

/**
 * wb_secrets_new_memory:
 *
 * Returns: (transfer full): a new object that forgets everything at its end
 */
WbSecrets *
wb_secrets_new_memory (void)
{
  return g_object_new (WB_TYPE_SECRETS, NULL);
}

static gboolean
uses_keyring (WbSecrets *self)
{
  gboolean keyring;

  g_mutex_lock (&self->mutex);
  keyring = self->keyring;
  g_mutex_unlock (&self->mutex);
  return keyring;
}

/* Takes an error of libsecret: cancelling is passed on; after anything else (no service, a keyring
 * that stays locked, a prompt that was dismissed) memory takes over until the program ends. */
static gboolean
give_up_keyring (WbSecrets *self, GError *failure, GError **error)
{
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  g_debug ("No keyring: %s", failure->message);
  g_error_free (failure);
  g_mutex_lock (&self->mutex);
  self->keyring = FALSE;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

/**
 * wb_secrets_store:
 * @key: whose password
 * @password: the password
 *
 * Keeps a password, in the keyring if possible, else in memory. Blocks, perhaps
 * while the person unlocks the keyring.
 *
 * Returns: %FALSE only with `G_IO_ERROR_CANCELLED`
 */
gboolean
wb_secrets_store (WbSecrets *self,
                  const WbSecretKey *key,
                  const char *password,
                  GCancellable *cancellable,
                  GError **error)
{
  g_return_val_if_fail (WB_IS_SECRETS (self), FALSE);
  g_return_val_if_fail (is_key (key), FALSE);
  g_return_val_if_fail (password != NULL, FALSE);

  if (uses_keyring (self))
    {
      g_autoptr (GHashTable) attributes = key_to_attributes (key);
      g_autofree char *label = NULL;
      GError *failure = NULL;

      /* Translators: how a password is listed in the keyring; %1$s is a service such as "smtp",
       * %2$s a user name, %3$s a host. */
      label = g_strdup_printf (_ ("Wirebench: %1$s password of %2$s at %3$s"), key->service,
                               key->user != NULL ? key->user : "", key->host);
      if (secret_password_storev_sync (&schema, attributes, SECRET_COLLECTION_DEFAULT, label,
                                       password, cancellable, &failure))
        return TRUE;
      if (!give_up_keyring (self, failure, error))
        return FALSE;
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  g_mutex_lock (&self->mutex);
  g_hash_table_replace (self->memory, key_to_string (key), g_strdup (password));
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

/**
 * wb_secrets_lookup:
 * @key: whose password
 *
 * Blocks, perhaps while the person unlocks the keyring.
 *
 * Returns: (transfer full) (nullable): the password, to be freed with
 *   wb_secret_free(); %NULL without an error where none is kept, with
 *   `G_IO_ERROR_CANCELLED` set where that happened
 */
char *
wb_secrets_lookup (WbSecrets *self,
                   const WbSecretKey *key,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autofree char *name = NULL;
  char *password = NULL;

  g_return_val_if_fail (WB_IS_SECRETS (self), NULL);
  g_return_val_if_fail (is_key (key), NULL);

  if (uses_keyring (self))
    {
      g_autoptr (GHashTable) attributes = key_to_attributes (key);
      GError *failure = NULL;
      char *kept = secret_password_lookupv_sync (&schema, attributes, cancellable, &failure);

      if (kept != NULL)
        {
          password = g_strdup (kept);
          secret_password_free (kept);
          return password;
        }
      if (failure != NULL && !give_up_keyring (self, failure, error))
        return NULL;
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  name = key_to_string (key);
  g_mutex_lock (&self->mutex);
  password = g_strdup (g_hash_table_lookup (self->memory, name));
  g_mutex_unlock (&self->mutex);
  return password;
}

/**
 * wb_secrets_clear:
 * @key: whose password
 *
 * Forgets a password; that there was none is no error.
 *
 * Returns: %FALSE only with `G_IO_ERROR_CANCELLED`
 */
gboolean
wb_secrets_clear (WbSecrets *self,
                  const WbSecretKey *key,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (WB_IS_SECRETS (self), FALSE);
  g_return_val_if_fail (is_key (key), FALSE);

  if (uses_keyring (self))
    {
      g_autoptr (GHashTable) attributes = key_to_attributes (key);
      GError *failure = NULL;

      secret_password_clearv_sync (&schema, attributes, cancellable, &failure);
      if (failure != NULL && !give_up_keyring (self, failure, error))
        return FALSE;
    }

  name = key_to_string (key);
  g_mutex_lock (&self->mutex);
  g_hash_table_remove (self->memory, name);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

/**
 * wb_secrets_is_lasting:
 *
 * Safe from any thread; does not block.
 *
 * Returns: whether a password stored now would outlive the program, as far as is
 *   known before the keyring was asked
 */
gboolean
wb_secrets_is_lasting (WbSecrets *self)
{
  g_return_val_if_fail (WB_IS_SECRETS (self), FALSE);

  return uses_keyring (self);
}

/**
 * wb_secret_free:
 * @secret: (nullable) (transfer full): a password
 *
 * Wipes it from memory and frees it.
 */
void
wb_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

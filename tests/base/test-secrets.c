/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wb-secrets.h"

#include <locale.h>

static const WbSecretKey key = { "smtp", "mail.example.org", 465, "teacher" };
static const WbSecretKey other = { "smtp", "mail.example.org", 587, "teacher" };

static void
store_and_forget (WbSecrets *secrets)
{
  g_autoptr (GError) error = NULL;
  char *password;

  g_assert_null (wb_secrets_lookup (secrets, &key, NULL, &error));
  g_assert_no_error (error);

  g_assert_true (wb_secrets_store (secrets, &key, "first", NULL, &error));
  g_assert_true (wb_secrets_store (secrets, &key, "second", NULL, &error));
  g_assert_no_error (error);

  password = wb_secrets_lookup (secrets, &key, NULL, &error);
  g_assert_cmpstr (password, ==, "second");
  wb_secret_free (password);
  g_assert_null (wb_secrets_lookup (secrets, &other, NULL, &error));
  g_assert_no_error (error);

  g_assert_true (wb_secrets_clear (secrets, &key, NULL, &error));
  g_assert_true (wb_secrets_clear (secrets, &key, NULL, &error));
  g_assert_null (wb_secrets_lookup (secrets, &key, NULL, &error));
  g_assert_no_error (error);
}

static void
test_memory (void)
{
  g_autoptr (WbSecrets) secrets = wb_secrets_new_memory ();

  g_assert_false (wb_secrets_is_lasting (secrets));
  store_and_forget (secrets);
}

static void
test_environment_asks_for_memory (void)
{
  g_autoptr (WbSecrets) secrets = NULL;

  g_setenv ("WIREBENCH_SECRETS", "memory", TRUE);
  secrets = wb_secrets_new ();
  g_unsetenv ("WIREBENCH_SECRETS");
  g_assert_false (wb_secrets_is_lasting (secrets));
  store_and_forget (secrets);
}

/* A bus on which nobody keeps secrets: the first verb finds out, memory serves from then on. */
static void
test_no_service (void)
{
  GTestDBus *bus = g_test_dbus_new (G_TEST_DBUS_NONE);

  g_test_dbus_up (bus);
  {
    g_autoptr (WbSecrets) secrets = wb_secrets_new ();

    g_assert_true (wb_secrets_is_lasting (secrets));
    store_and_forget (secrets);
    g_assert_false (wb_secrets_is_lasting (secrets));
  }
  g_test_dbus_stop (bus);
  g_object_unref (bus);
}

static void
test_cancelled (void)
{
  g_autoptr (WbSecrets) secrets = wb_secrets_new_memory ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (wb_secrets_store (secrets, &key, "x", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (wb_secrets_lookup (secrets, &key, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secrets/memory", test_memory);
  g_test_add_func ("/secrets/environment-asks-for-memory", test_environment_asks_for_memory);
  g_test_add_func ("/secrets/cancelled", test_cancelled);
  g_test_add_func ("/secrets/no-service", test_no_service);
  return g_test_run ();
}

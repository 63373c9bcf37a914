/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wb-secrets.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

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
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

/* A real keyring, in a folder of its own: what one object stores another one finds. */
static void
test_keyring (void)
{
  static const char *const argv[] = { "gnome-keyring-daemon", "--foreground", "--unlock",
                                      "--components=secrets", NULL };
  g_autofree char *program = g_find_program_in_path (argv[0]);
  g_autofree char *folder = NULL;
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) daemon = NULL;
  g_autoptr (GError) error = NULL;
  GOutputStream *password;
  GTestDBus *bus;

  if (program == NULL)
    {
      g_test_skip ("gnome-keyring-daemon is not installed");
      return;
    }
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  folder = g_dir_make_tmp ("wb-keyring-XXXXXX", &error);
  g_assert_no_error (error);
  launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                 G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_setenv (launcher, "HOME", folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", folder, TRUE);
  /* Its warnings are its own. */
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  daemon = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  password = g_subprocess_get_stdin_pipe (daemon);
  g_output_stream_write_all (password, "master", 6, NULL, NULL, NULL);
  g_output_stream_close (password, NULL, NULL);

  {
    g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
    gboolean ready = FALSE;

    g_assert_no_error (error);
    g_dbus_connection_set_exit_on_close (connection, FALSE);
    /* It takes its name before it has made and unlocked the keyring that things are kept in. */
    while (!ready)
      {
        g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
            connection, "org.freedesktop.secrets", "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service", "ReadAlias", g_variant_new ("(s)", "default"), NULL,
            G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL);
        const char *path = NULL;

        if (reply != NULL)
          g_variant_get (reply, "(&o)", &path);
        ready = path != NULL && strlen (path) > 1;
      }
  }
  {
    g_autoptr (WbSecrets) first = wb_secrets_new ();
    g_autoptr (WbSecrets) second = wb_secrets_new ();
    char *found;

    store_and_forget (first);
    g_assert_true (wb_secrets_store (first, &key, "kept", NULL, &error));
    g_assert_no_error (error);
    g_assert_true (wb_secrets_is_lasting (first));
    found = wb_secrets_lookup (second, &key, NULL, &error);
    g_assert_cmpstr (found, ==, "kept");
    wb_secret_free (found);
    g_assert_true (wb_secrets_is_lasting (second));
  }
  g_subprocess_force_exit (daemon);
  g_subprocess_wait (daemon, NULL, NULL);
  remove_tree (folder);
  g_test_dbus_stop (bus);
  /* libsecret keeps a hold of the bus, for whose end the object would wait; the process ends. */
  _exit (0);
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
  g_test_add_func ("/secrets/keyring", test_keyring);
  g_test_add_func ("/secrets/no-service", test_no_service);
  return g_test_run ();
}

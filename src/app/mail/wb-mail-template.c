/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-template.h"

#include "wb-address.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define ENDING ".eml"
#define LONGEST_NAME 120

static char *
dup_folder (WbAccount *account)
{
  g_autofree char *directory = wb_account_dup_directory (account);

  return g_build_filename (directory, "Templates", NULL);
}

static char *
dup_path (WbAccount *account, const char *name)
{
  g_autofree char *folder = dup_folder (account);
  g_autofree char *file = g_strconcat (name, ENDING, NULL);

  return g_build_filename (folder, file, NULL);
}

static gboolean
fail (const char *name, int code, GError **error)
{
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
               /* Translators: the first %s is the name of a template, the second the system's
                  reason. */
               _ ("The template “%s” could not be reached on this computer: %s."), name,
               g_strerror (code));
  return FALSE;
}

/* It becomes the name of a file, and must not lead out of the folder. */
static gboolean
check_new_name (WbAccount *account, const char *name, GError **error)
{
  g_autofree char *path = NULL;

  if (*name == '\0' || *name == '.' || strchr (name, '/') || strlen (name) > LONGEST_NAME ||
      !wb_mail_check_value (_ ("Name"), name, NULL))
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                   /* Translators: %s is what was typed as a name */
                   _ ("“%s” can be no name of a template: it must be short, have no “/” and not "
                      "begin with a dot."),
                   name);
      return FALSE;
    }
  path = dup_path (account, name);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
               /* Translators: %s is the name of a template */
               _ ("There is a template “%s” already. Choose another name, or delete that one."),
               name);
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *) a, *(const char *const *) b);
}

/**
 * wb_mail_template_list:
 * @account: whose templates
 * @error: set when they can't be read
 *
 * Any thread but the main one.
 *
 * Returns: (transfer full) (nullable) (element-type utf8): their names, sorted
 */
GPtrArray *
wb_mail_template_list (WbAccount *account, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = dup_folder (account);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &local_error);
  const char *file = NULL;

  if (!dir && !g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  while (dir && (file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, ENDING) && *file != '.' && g_utf8_validate (file, -1, NULL))
      g_ptr_array_add (names, g_strndup (file, strlen (file) - strlen (ENDING)));
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

/**
 * wb_mail_template_save:
 * @account: whose template
 * @name: what it is to be called
 * @composition: the mail
 * @error: set when it could not be written, or there is one of that name
 *
 * Durable when it returns %TRUE. Any thread but the main one.
 *
 * Returns: whether it is written
 */
gboolean
wb_mail_template_save (WbAccount *account,
                       const char *name,
                       const WbComposition *composition,
                       GError **error)
{
  g_autofree char *folder = dup_folder (account);
  g_autofree char *path = dup_path (account, name);
  g_autoptr (WbMailSource) mail = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!check_new_name (account, name, error))
    return FALSE;
  mail = wb_composition_save (composition, FALSE, NULL, error);
  bytes = mail ? wb_mail_source_read_all (mail, error) : NULL;
  if (!bytes)
    return FALSE;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return fail (name, errno, error);
  return g_file_set_contents_full (
      path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

/**
 * wb_mail_template_load:
 * @account: whose template
 * @name: which one
 * @error: set when it can't be read
 *
 * Any thread but the main one.
 *
 * Returns: (transfer full) (nullable): the mail, its fields not filled in
 */
WbComposition *
wb_mail_template_load (WbAccount *account, const char *name, GError **error)
{
  g_autofree char *path = dup_path (account, name);
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WbMessage) message = NULL;

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  message = wb_message_parse (bytes, error);
  return message ? wb_composition_new_draft (message) : NULL;
}

/**
 * wb_mail_template_rename:
 * @account: whose template
 * @name: which one
 * @to: what it is to be called
 * @error: set when there is one of that name, or it can't be
 *
 * Any thread but the main one.
 *
 * Returns: whether it is called so now
 */
gboolean
wb_mail_template_rename (WbAccount *account, const char *name, const char *to, GError **error)
{
  g_autofree char *from_path = dup_path (account, name);
  g_autofree char *to_path = dup_path (account, to);

  if (strcmp (name, to) == 0)
    return TRUE;
  if (!check_new_name (account, to, error))
    return FALSE;
  return g_rename (from_path, to_path) == 0 || fail (name, errno, error);
}

/**
 * wb_mail_template_remove:
 * @account: whose template
 * @name: which one
 * @error: set when it is still there
 *
 * Any thread but the main one.
 *
 * Returns: whether it is gone
 */
gboolean
wb_mail_template_remove (WbAccount *account, const char *name, GError **error)
{
  g_autofree char *path = dup_path (account, name);

  return g_unlink (path) == 0 || errno == ENOENT || fail (name, errno, error);
}

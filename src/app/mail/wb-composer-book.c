/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"
#include "wb-dialogs.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The address book of a composer: offered while addresses are typed, read from and written to
 * files of vCards. */

typedef struct
{
  char *path;
  char *other; /* the file that is read from or written to */
  guint taken;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_free (job->other);
  g_free (job);
}

static Job *
job_new (GFile *file)
{
  Job *job = g_new0 (Job, 1);

  job->path = wb_composition_dup_book_path ();
  job->other = file ? g_file_get_path (file) : NULL;
  return job;
}

static gpointer
load_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbAddressBook) book = wb_address_book_new ();

  if (!wb_address_book_load (book, job->path, error))
    return NULL;
  if (job->other)
    {
      guint before = wb_address_book_get_contacts (book)->len;

      if (!wb_address_book_load (book, job->other, error) ||
          !wb_address_book_save (book, job->path, error))
        return NULL;
      job->taken = wb_address_book_get_contacts (book)->len - before;
    }
  return g_steal_pointer (&book);
}

static gpointer
export_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbAddressBook) book = wb_address_book_new ();

  if (!wb_address_book_load (book, job->path, error) ||
      !wb_address_book_save (book, job->other, error))
    return NULL;
  return g_steal_pointer (&book);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbAddressBook) book = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (!self->store)
    return;
  if (!book)
    {
      wb_composer_show_error (self, error->message);
      return;
    }
  wb_address_field_set_book (self->to, book);
  wb_address_field_set_book (self->cc, book);
  wb_address_field_set_book (self->bcc, book);
  wb_address_field_set_book (self->reply_to, book);
}

static void
import_chosen_cb (GListModel *files, gpointer user_data)
{
  WbComposer *self = user_data;
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  if (file && self->store)
    wb_session_run_async (self->session, load_thread, job_new (file), job_free, g_object_unref,
                          NULL, loaded_cb, g_object_ref (self));
}

static void
export_chosen_cb (GListModel *files, gpointer user_data)
{
  WbComposer *self = user_data;
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  if (file && self->store)
    wb_session_run_async (self->session, export_thread, job_new (file), job_free, g_object_unref,
                          NULL, loaded_cb, g_object_ref (self));
}

/**
 * wb_composer_import_addresses:
 * @self: the window
 *
 * Asks for a file of vCards and takes what it holds. Main thread.
 */
void
wb_composer_import_addresses (WbComposer *self)
{
  wb_choose_files (GTK_WIDGET (self), _ ("Import Addresses"), GTK_FILE_CHOOSER_ACTION_OPEN, FALSE,
                   NULL, import_chosen_cb, g_object_ref (self), g_object_unref);
}

/**
 * wb_composer_export_addresses:
 * @self: the window
 *
 * Asks where to, and writes the address book there as vCards. Main thread.
 */
void
wb_composer_export_addresses (WbComposer *self)
{
  wb_choose_files (GTK_WIDGET (self), _ ("Export Addresses"), GTK_FILE_CHOOSER_ACTION_SAVE, FALSE,
                   "addresses.vcf", export_chosen_cb, g_object_ref (self), g_object_unref);
}

/**
 * wb_composer_setup_book:
 * @self: the window
 *
 * Reads it, once; from then on the fields offer what is in it. Main thread.
 */
void
wb_composer_setup_book (WbComposer *self)
{
  wb_session_run_async (self->session, load_thread, job_new (NULL), job_free, g_object_unref, NULL,
                        loaded_cb, g_object_ref (self));
}

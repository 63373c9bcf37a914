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
  char *other; /* the file that is read from or written to, or NULL */
} Job;

typedef struct
{
  WbAddressBook *book;
  char *told; /* what has been done, or NULL */
} Done;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_free (job->other);
  g_free (job);
}

static Job *
job_new (const char *other)
{
  Job *job = g_new0 (Job, 1);

  job->path = wb_composition_dup_book_path ();
  job->other = g_strdup (other);
  return job;
}

static void
done_free (gpointer data)
{
  Done *done = data;

  g_clear_object (&done->book);
  g_free (done->told);
  g_free (done);
}

static Done *
done_new (WbAddressBook *book, char *told)
{
  Done *done = g_new0 (Done, 1);

  done->book = g_object_ref (book);
  done->told = told;
  return done;
}

static char *
describe_taken (guint taken)
{
  if (taken == 0)
    return g_strdup (_ ("No new address is in that file"));
  return g_strdup_printf (
      /* Translators: %u is a number of addresses. */
      g_dngettext (GETTEXT_PACKAGE, "%u address is new in the address book",
                   "%u addresses are new in the address book", taken),
      taken);
}

static gpointer
load_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbAddressBook) book = wb_address_book_new ();
  guint before = 0;

  if (!wb_address_book_load (book, job->path, error))
    return NULL;
  if (!job->other)
    return done_new (book, NULL);
  before = wb_address_book_get_contacts (book)->len;
  if (!wb_address_book_load (book, job->other, error) ||
      !wb_address_book_save (book, job->path, error))
    return NULL;
  return done_new (book, describe_taken (wb_address_book_get_contacts (book)->len - before));
}

static gpointer
export_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbAddressBook) book = wb_address_book_new ();
  g_autofree char *name = g_filename_display_basename (job->other);

  if (!wb_address_book_load (book, job->path, error) ||
      !wb_address_book_save (book, job->other, error))
    return NULL;
  /* Translators: %s is a file */
  return done_new (book, g_strdup_printf (_ ("The address book is written to %s"), name));
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  Done *done = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (self->store && done)
    {
      wb_address_field_set_book (self->to, done->book);
      wb_address_field_set_book (self->cc, done->book);
      wb_address_field_set_book (self->bcc, done->book);
      wb_address_field_set_book (self->reply_to, done->book);
      if (done->told)
        wb_workbench_toast (wb_mail_store_get_workbench (self->store), done->told);
    }
  else if (self->store)
    wb_composer_show_error (self, error->message);
  g_clear_pointer (&done, done_free);
}

static void
run (WbComposer *self, WbSessionFunc func, const char *other)
{
  wb_session_run_async (self->session, func, job_new (other), job_free, done_free, NULL, done_cb,
                        g_object_ref (self));
}

static void
run_with_chosen (WbComposer *self, WbSessionFunc func, GListModel *files)
{
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (!file || !self->store)
    return;
  if (path)
    run (self, func, path);
  else
    wb_composer_show_error (self, _ ("That file is not on this computer. Choose one that is."));
}

static void
import_chosen_cb (GListModel *files, gpointer user_data)
{
  run_with_chosen (user_data, load_thread, files);
}

static void
export_chosen_cb (GListModel *files, gpointer user_data)
{
  run_with_chosen (user_data, export_thread, files);
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
  run (self, load_thread, NULL);
}

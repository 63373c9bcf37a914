/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-outbox-clock.h"

#include "wb-mail-send.h"
#include "wb-outbox.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* How long to wait at most before the clock on the wall is looked at again: it jumps when the
 * computer wakes up or is set, and a timer of the program does not. */
#define LONGEST_WAIT 30

struct _WbOutboxClock
{
  GObject parent_instance;

  WbMailStore *store; /* which owns this */
  GHashTable *tried;  /* (element-type utf8 gint64): for when each was due that was begun */
  guint timer;
  gboolean looking;
  gboolean again;
  gboolean sending;
  gboolean retrying; /* what is being sent was tried before */
};

/* Where to look, and what was found: which mail is to be sent now, or else when to look again. */
typedef struct
{
  GPtrArray *accounts; /* (element-type WbAccount) */
  GHashTable *tried;   /* (element-type utf8 gint64) */
  GHashTable *claimed; /* (element-type utf8): keys of those that somebody has in hand */
  WbAccount *account;  /* of @name */
  char *name;          /* NULL when none is due */
  gint64 due;          /* when @name was */
  gboolean retrying;   /* whether @name was tried before */
  gint64 next;         /* when the next one is, or 0 */
  gboolean waiting;    /* whether there is anything that a later start has to look for */
} Look;

typedef struct
{
  WbAccount *account;
  char *name;
  gint64 time;
} Postponing;

G_DEFINE_FINAL_TYPE (WbOutboxClock, wb_outbox_clock, G_TYPE_OBJECT)

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_pointer (&look->accounts, g_ptr_array_unref);
  g_clear_pointer (&look->tried, g_hash_table_unref);
  g_clear_pointer (&look->claimed, g_hash_table_unref);
  g_clear_object (&look->account);
  g_free (look->name);
  g_free (look);
}

static void
postponing_free (gpointer data)
{
  Postponing *postponing = data;

  g_clear_object (&postponing->account);
  g_free (postponing->name);
  g_free (postponing);
}

static void
wb_outbox_clock_dispose (GObject *object)
{
  WbOutboxClock *self = WB_OUTBOX_CLOCK (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->tried, g_hash_table_unref);
  g_clear_weak_pointer (&self->store);

  G_OBJECT_CLASS (wb_outbox_clock_parent_class)->dispose (object);
}

static void
wb_outbox_clock_class_init (WbOutboxClockClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_outbox_clock_dispose;
}

static void
wb_outbox_clock_init (WbOutboxClock *self)
{
  self->tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static char *
dup_marker (void)
{
  return g_build_filename (g_get_user_data_dir (), "wirebench", "mail", "waiting", NULL);
}

/* The next start looks at it, so that a program without a page of mail still sends what is due. */
static void
mark (gboolean waiting)
{
  g_autofree char *path = dup_marker ();

  if (!waiting)
    g_unlink (path);
  else if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_file_set_contents (path, "", 0, NULL);
}

/**
 * wb_outbox_clock_is_needed:
 *
 * One look at the disk. Any thread.
 *
 * Returns: whether a mail waited for its time, or was being sent, when the program last looked
 */
gboolean
wb_outbox_clock_is_needed (void)
{
  g_autofree char *path = dup_marker ();

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/**
 * wb_outbox_clock_remember:
 *
 * Has the next start look into the Outboxes, should the program end before this one does. Any
 * thread but the main one.
 */
void
wb_outbox_clock_remember (void)
{
  mark (TRUE);
}

/* What became of a try is on the disk, and with it another time; where that could not be written,
 * the mail is not tried again and again. */
static gboolean
was_tried (Look *look, const char *name, gint64 due)
{
  const gint64 *tried = g_hash_table_lookup (look->tried, name);

  return tried && *tried == due;
}

/* One that was refused for good, or may have arrived, is the person's to send. */
static void
look_into (Look *look, WbAccount *account, WbMaildir *outbox)
{
  g_autoptr (GPtrArray) items = wb_maildir_list (outbox, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  for (guint i = 0; items && i < items->len; i++)
    {
      const WbMaildirItem *item = g_ptr_array_index (items, i);
      g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, item->name);
      g_autofree char *key = wb_mail_send_dup_key (account, item->name);
      gint64 due = wb_outbox_get_due (record);

      look->waiting = look->waiting || due > 0 || record->state == WB_OUTBOX_SENDING;
      if (due == 0)
        continue;
      if (due > now)
        {
          if (look->next == 0 || due < look->next)
            look->next = due;
        }
      else if (!look->name && !was_tried (look, item->name, due) &&
               !g_hash_table_contains (look->claimed, key))
        {
          look->name = g_strdup (item->name);
          look->account = g_object_ref (account);
          look->due = due;
          look->retrying = record->attempts > 0;
        }
    }
}

static gpointer
look_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Look *asked = data;
  Look *look = g_new0 (Look, 1);

  look->tried = g_hash_table_ref (asked->tried);
  look->claimed = g_hash_table_ref (asked->claimed);
  for (guint i = 0; i < asked->accounts->len; i++)
    {
      WbAccount *account = g_ptr_array_index (asked->accounts, i);
      g_autofree char *directory = wb_account_dup_directory (account);
      g_autoptr (WbMaildir) outbox = NULL;

      if (g_file_test (directory, G_FILE_TEST_IS_DIR))
        outbox = wb_account_open_folder (account, WB_FOLDER_OUTBOX, NULL);
      if (outbox)
        look_into (look, account, outbox);
    }
  mark (look->waiting);
  return look;
}

static gboolean
elapsed_cb (gpointer user_data)
{
  WbOutboxClock *self = user_data;

  self->timer = 0;
  wb_outbox_clock_look (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for (WbOutboxClock *self, gint64 next)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer =
      g_timeout_add_seconds ((guint) CLAMP (next - now, 1, LONGEST_WAIT), elapsed_cb, self);
}

/* What to say about one that was sent or not; %NULL for nothing: that a try failed is said once. */
static char *
describe_outcome (const WbMailSent *sent, gboolean good, gboolean retrying)
{
  if (good && sent->refused)
    /* Translators: %s lists addresses with the server's reasons */
    return g_strdup_printf (_ ("Sent, but not to everybody: %s"), sent->refused);
  if (good)
    return g_strdup (retrying ? _ ("A mail that could not be sent before is sent")
                              : _ ("A mail that waited for its time is sent"));
  if (sent->next_try == 0)
    return g_strdup (_ ("A mail that waited for its time could not be sent; the Outbox says why"));
  return retrying ? NULL
                  : g_strdup (_ ("A mail that waited for its time could not be sent yet; it is "
                                 "tried again by itself"));
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbOutboxClock) self = user_data;
  WbMailStore *store = WB_MAIL_STORE (source);
  g_auto (WbMailSent) sent = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean good = wb_mail_send_finish (store, result, &sent, &error);
  g_autofree char *text = NULL;

  self->sending = FALSE;
  if (!self->store)
    return;
  text = describe_outcome (&sent, good, self->retrying);
  if (text)
    wb_workbench_toast (wb_mail_store_get_workbench (store), text);
  wb_outbox_clock_look (self);
}

static void
begin (WbOutboxClock *self, const Look *look)
{
  g_autoptr (WbProgress) progress = wb_progress_new ();

  self->sending = TRUE;
  self->retrying = look->retrying;
  g_hash_table_insert (self->tried, g_strdup (look->name),
                       g_memdup2 (&look->due, sizeof look->due));
  wb_mail_send_async (self->store, look->account, look->name, FALSE, progress, NULL, sent_cb,
                      g_object_ref (self));
}

/* Somebody may have taken it in hand while the disk was looked at. */
static gboolean
is_free (WbOutboxClock *self, const Look *look)
{
  g_autoptr (GHashTable) claimed = wb_mail_send_dup_claimed (self->store);
  g_autofree char *key = wb_mail_send_dup_key (look->account, look->name);

  return !g_hash_table_contains (claimed, key);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbOutboxClock) self = user_data;
  Look *look = wb_session_run_finish (WB_SESSION (source), result, NULL);

  self->looking = FALSE;
  if (!self->store || !look)
    {
      g_clear_pointer (&look, look_free);
      return;
    }
  if (look->name && !self->sending && is_free (self, look))
    begin (self, look);
  else if (look->name && !self->sending)
    self->again = TRUE;
  else if (look->next != 0)
    wait_for (self, look->next);
  look_free (look);
  if (self->again)
    {
      self->again = FALSE;
      wb_outbox_clock_look (self);
    }
}

/**
 * wb_outbox_clock_look:
 * @self: the clock
 *
 * Looks for what is due, sends it, and waits for the next. Main thread; the disk is touched on the
 * worker.
 */
void
wb_outbox_clock_look (WbOutboxClock *self)
{
  Look *look = NULL;
  GListModel *model = NULL;
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer due = NULL;

  g_return_if_fail (WB_IS_OUTBOX_CLOCK (self));

  if (!self->store || self->sending)
    return;
  if (self->looking)
    {
      self->again = TRUE;
      return;
    }
  self->looking = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  model = wb_mail_store_get_accounts (self->store);
  look = g_new0 (Look, 1);
  look->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  look->tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  look->claimed = wb_mail_send_dup_claimed (self->store);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_ptr_array_add (look->accounts, g_list_model_get_item (model, i));
  g_hash_table_iter_init (&iter, self->tried);
  while (g_hash_table_iter_next (&iter, &name, &due))
    g_hash_table_insert (look->tried, g_strdup (name), g_memdup2 (due, sizeof (gint64)));
  wb_session_run_async (wb_mail_store_get_session (self->store), look_thread, look, look_free,
                        look_free, NULL, looked_cb, g_object_ref (self));
}

static gpointer
postpone_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Postponing *postponing = data;
  g_autoptr (WbMaildir) outbox =
      wb_account_open_folder (postponing->account, WB_FOLDER_OUTBOX, error);
  g_autoptr (WbOutboxRecord) record = NULL;

  if (!outbox)
    return NULL;
  record = wb_outbox_load (outbox, postponing->name);
  if (record->state != WB_OUTBOX_QUEUED && record->state != WB_OUTBOX_FAILED)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                           _ ("It is too late to change this mail: it is being sent, or sent."));
      return NULL;
    }
  record->state = WB_OUTBOX_QUEUED;
  record->not_before = postponing->time;
  wb_outbox_plan (record, FALSE);
  return GINT_TO_POINTER (wb_outbox_save (outbox, postponing->name, record, error));
}

static void
postponed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WbOutboxClock *self = g_task_get_source_object (task);
  Postponing *postponing = g_task_get_task_data (task);
  GError *error = NULL;

  if (self->store)
    {
      wb_mail_folder_refresh (
          wb_mail_store_get_folder (self->store, postponing->account, WB_FOLDER_OUTBOX));
      wb_mail_send_release (self->store, postponing->account, postponing->name);
    }
  if (wb_session_run_finish (WB_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * wb_outbox_clock_postpone_async:
 * @self: the clock
 * @account: whose Outbox
 * @name: a message of it that is not being sent
 * @time: when it is to be sent, in seconds since the epoch; 0 for when somebody asks
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Main thread; the disk is touched on the worker.
 */
void
wb_outbox_clock_postpone_async (WbOutboxClock *self,
                                WbAccount *account,
                                const char *name,
                                gint64 time,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Postponing *postponing = g_new0 (Postponing, 1);

  postponing->account = g_object_ref (account);
  postponing->name = g_strdup (name);
  postponing->time = time;
  g_hash_table_remove (self->tried, name);
  g_task_set_source_tag (task, wb_outbox_clock_postpone_async);
  g_task_set_task_data (task, postponing, postponing_free);
  if (!wb_mail_send_claim (self->store, account, name))
    {
      g_task_return_new_error (task, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE, "%s",
                               _ ("This mail is being sent already, or is open in a window."));
      g_object_unref (task);
      return;
    }
  wb_session_run_async (wb_mail_store_get_session (self->store), postpone_thread, postponing, NULL,
                        NULL, NULL, postponed_cb, task);
}

/**
 * wb_outbox_clock_postpone_finish:
 * @self: the clock
 * @result: what the callback was given
 * @error: set when it is as it was
 *
 * Returns: whether its time is written down
 */
gboolean
wb_outbox_clock_postpone_finish (WbOutboxClock *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wb_outbox_clock_new:
 * @store: the accounts, which owns the clock
 *
 * Main thread.
 *
 * Returns: (transfer full): a clock that has looked at nothing yet
 */
WbOutboxClock *
wb_outbox_clock_new (WbMailStore *store)
{
  WbOutboxClock *self = g_object_new (WB_TYPE_OUTBOX_CLOCK, NULL);

  g_set_weak_pointer (&self->store, store);
  return self;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const states[] = {
  [WB_OUTBOX_QUEUED] = "queued",   [WB_OUTBOX_SENDING] = "sending", [WB_OUTBOX_FAILED] = "failed",
  [WB_OUTBOX_UNKNOWN] = "unknown", [WB_OUTBOX_SENT] = "sent",
};

/**
 * wb_outbox_record_free:
 * @record: (nullable) (transfer full): a record
 */
void
wb_outbox_record_free (WbOutboxRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->reason);
  g_free (record->refused);
  g_free (record->lasting);
  g_free (record);
}

static char *
get_folder (WbMaildir *outbox)
{
  return g_build_filename (wb_maildir_get_path (outbox), "state", NULL);
}

static gboolean
fail (const char *folder, int code, GError **error)
{
  g_autofree char *shown = g_filename_display_name (folder);

  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
               /* Translators: the first %s is a folder, the second the system's reason. */
               _ ("What becomes of the mail could not be written down in “%s”: %s."), shown,
               g_strerror (code));
  return FALSE;
}

/* Opens the folder of the records, made where it is missing. */
static int
open_folder (WbMaildir *outbox, GError **error)
{
  g_autofree char *folder = get_folder (outbox);
  int fd = -1;
  int top = -1;

  if (mkdir (folder, 0700) == 0)
    {
      top = open (wb_maildir_get_path (outbox), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (top < 0 || fsync (top) != 0)
        {
          fail (folder, errno, error);
          if (top >= 0)
            close (top);
          return -1;
        }
      close (top);
    }
  else if (errno != EEXIST)
    {
      fail (folder, errno, error);
      return -1;
    }
  fd = open (folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    fail (folder, errno, error);
  return fd;
}

static gboolean
write_all (int fd, const char *text, gsize length)
{
  while (length > 0)
    {
      gssize written = write (fd, text, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      text += written;
      length -= written;
    }
  return TRUE;
}

/* Written aside, synced, renamed, and the folder synced: the old record or the new one is there,
 * whole. An fsync that failed is not tried again; a second one would prove nothing. */
static gboolean
replace (int folder, const char *name, const char *text, gsize length)
{
  g_autofree char *aside = g_strconcat (".", name, NULL);
  int saved = 0;
  int fd = -1;

  do
    fd = openat (folder, aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  while (fd < 0 && errno == EINTR);
  if (fd < 0)
    return FALSE;
  if (write_all (fd, text, length) && fsync (fd) == 0)
    {
      if (close (fd) != 0 && errno != EINTR)
        fd = -1;
      else if (renameat (folder, aside, folder, name) == 0)
        return fsync (folder) == 0;
      saved = errno;
    }
  else
    {
      saved = errno;
      close (fd);
    }
  unlinkat (folder, aside, 0);
  errno = saved;
  return FALSE;
}

static char *
make_text (const WbOutboxRecord *record, gsize *length)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "state");
  json_builder_add_string_value (builder, states[record->state]);
  if (record->reason != NULL)
    {
      g_autofree char *reason = g_utf8_make_valid (record->reason, -1);

      json_builder_set_member_name (builder, "reason");
      json_builder_add_string_value (builder, reason);
    }
  json_builder_set_member_name (builder, "since");
  json_builder_add_int_value (builder, record->since);
  json_builder_set_member_name (builder, "not-before");
  json_builder_add_int_value (builder, record->not_before);
  json_builder_set_member_name (builder, "attempts");
  json_builder_add_int_value (builder, record->attempts);
  json_builder_set_member_name (builder, "committed");
  json_builder_add_boolean_value (builder, record->committed);
  if (record->refused != NULL)
    {
      g_autofree char *refused = g_utf8_make_valid (record->refused, -1);

      json_builder_set_member_name (builder, "refused");
      json_builder_add_string_value (builder, refused);
    }
  if (record->lasting != NULL)
    {
      g_autofree char *lasting = g_utf8_make_valid (record->lasting, -1);

      json_builder_set_member_name (builder, "lasting");
      json_builder_add_string_value (builder, lasting);
    }
  json_builder_set_member_name (builder, "divided");
  json_builder_add_boolean_value (builder, record->divided);
  json_builder_set_member_name (builder, "rest");
  json_builder_add_boolean_value (builder, record->rest);
  json_builder_set_member_name (builder, "next-try");
  json_builder_add_int_value (builder, record->next_try);
  json_builder_set_member_name (builder, "tries");
  json_builder_add_int_value (builder, record->tries);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  return json_generator_to_data (generator, length);
}

/**
 * wb_outbox_save:
 * @outbox: the Outbox
 * @name: which message
 * @record: what is known about it
 *
 * Durable when it returns %TRUE. Blocks; any thread but the main one.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_outbox_save (WbMaildir *outbox, const char *name, const WbOutboxRecord *record, GError **error)
{
  g_autofree char *path = get_folder (outbox);
  g_autofree char *text = NULL;
  gsize length = 0;
  gboolean done = FALSE;
  int folder = open_folder (outbox, error);

  if (folder < 0)
    return FALSE;
  text = make_text (record, &length);
  done = replace (folder, name, text, length);
  if (!done)
    fail (path, errno, error);
  close (folder);
  return done;
}

static gint64
get_number (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node)
                                                                         : 0;
}

static gboolean
get_flag (JsonObject *object, const char *name, gboolean otherwise)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN
             ? json_node_get_boolean (node)
             : otherwise;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* A record that says anything else than it may leaves the mail uncertain. */
static void
read_record (JsonNode *root, WbOutboxRecord *record)
{
  JsonObject *object = NULL;
  const char *word = NULL;

  record->state = WB_OUTBOX_UNKNOWN;
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  object = json_node_get_object (root);
  word = get_text (object, "state");
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (word, states[i]) == 0)
      record->state = i;
  record->reason = g_strdup (get_text (object, "reason"));
  record->since = get_number (object, "since");
  record->not_before = get_number (object, "not-before");
  record->attempts = (guint) CLAMP (get_number (object, "attempts"), 0, G_MAXINT);
  record->committed = get_flag (object, "committed", TRUE);
  record->refused = g_strdup (get_text (object, "refused"));
  record->lasting = g_strdup (get_text (object, "lasting"));
  record->rest = get_flag (object, "rest", FALSE);
  record->divided = get_flag (object, "divided", FALSE);
  record->next_try = get_number (object, "next-try");
  record->tries = (guint) CLAMP (get_number (object, "tries"), 0, G_MAXINT);
}

/**
 * wb_outbox_load:
 * @outbox: the Outbox
 * @name: which message
 *
 * A mail without a record was put there and never tried; one whose record cannot be read is
 * uncertain. Blocks; any thread but the main one.
 *
 * Returns: (transfer full): what is known about it
 */
WbOutboxRecord *
wb_outbox_load (WbMaildir *outbox, const char *name)
{
  WbOutboxRecord *record = g_new0 (WbOutboxRecord, 1);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *folder = get_folder (outbox);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, &error))
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        record->state = WB_OUTBOX_UNKNOWN;
      return record;
    }
  read_record (json_parser_load_from_data (parser, text, length, NULL)
                   ? json_parser_get_root (parser)
                   : NULL,
               record);
  return record;
}

/**
 * wb_outbox_set_state:
 * @outbox: the Outbox
 * @name: which message
 * @state: how far it is
 * @reason: (nullable): why, in plain words
 * @error: set when it could not be written
 *
 * It is not tried again by itself then. Durable when it returns. Blocks; any thread but the main
 * one.
 *
 * Returns: whether it is written
 */
gboolean
wb_outbox_set_state (WbMaildir *outbox,
                     const char *name,
                     WbOutboxState state,
                     const char *reason,
                     GError **error)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);

  record->state = state;
  g_free (record->reason);
  record->reason = g_strdup (reason);
  record->since = g_get_real_time () / G_USEC_PER_SEC;
  record->committed = FALSE;
  wb_outbox_plan (record, FALSE);
  return wb_outbox_save (outbox, name, record, error);
}

/**
 * wb_outbox_postpone:
 * @outbox: the Outbox
 * @name: a message that was not sent
 * @not_before: when it is to be sent, in seconds since the epoch; 0 for when somebody asks
 *
 * Durable when it returns %TRUE. Blocks; any thread but the main one.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_outbox_postpone (WbMaildir *outbox, const char *name, gint64 not_before, GError **error)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);

  record->not_before = not_before;
  wb_outbox_plan (record, FALSE);
  return wb_outbox_save (outbox, name, record, error);
}

/**
 * wb_outbox_clear_state:
 * @outbox: the Outbox
 * @name: a message that is gone from it
 *
 * Blocks; any thread but the main one.
 */
void
wb_outbox_clear_state (WbMaildir *outbox, const char *name)
{
  g_autofree char *folder = get_folder (outbox);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_unlink (path);
}

/* Somebody wanted it sent, so it is tried again by itself; not at once, should it be what ended the
 * program. */
static gboolean
queue_again (WbMaildir *outbox, const char *name, WbOutboxRecord *record, GError **error)
{
  record->state = WB_OUTBOX_QUEUED;
  g_free (record->reason);
  record->reason = g_strdup (_ ("Wirebench ended before the mail was handed over."));
  record->since = g_get_real_time () / G_USEC_PER_SEC;
  record->not_before = 0;
  wb_outbox_plan (record, TRUE);
  return wb_outbox_save (outbox, name, record, error);
}

/**
 * wb_outbox_recover:
 * @outbox: the Outbox, out of which nobody sends at the moment
 *
 * Looks for what a program that ended left half-done: a mail whose end never went out is queued
 * again; one whose end may have reached the server is uncertain. Blocks; any thread but the main
 * one.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_outbox_recover (WbMaildir *outbox, GError **error)
{
  g_autoptr (GPtrArray) items = wb_maildir_list (outbox, error);

  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      const WbMaildirItem *item = g_ptr_array_index (items, i);
      g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, item->name);

      if (record->state != WB_OUTBOX_SENDING)
        continue;
      if (record->committed
              ? !wb_outbox_set_state (outbox, item->name, WB_OUTBOX_UNKNOWN,
                                      _ ("Wirebench ended while the mail was being handed over: it "
                                         "may or may not have arrived. Ask the recipient before "
                                         "you send it again."),
                                      error)
              : !queue_again (outbox, item->name, record, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wb_outbox_is_uncertain:
 * @record: of a mail
 *
 * Returns: whether the server may have it, so that it is sent only when the person says so
 */
gboolean
wb_outbox_is_uncertain (const WbOutboxRecord *record)
{
  return record->state == WB_OUTBOX_UNKNOWN ||
         (record->state == WB_OUTBOX_SENDING && record->committed);
}

/* Whether it is tried again by itself: a sentence, or %NULL when that is no question. */
static char *
describe_next_try (const WbOutboxRecord *record)
{
  g_autoptr (GDateTime) when = NULL;
  g_autofree char *shown = NULL;

  if (record->next_try == 0)
    return record->tries > 0
               ? g_strdup (_ ("After a day of tries it goes only when you send it again."))
               : NULL;
  if (record->next_try > g_get_real_time () / G_USEC_PER_SEC)
    when = g_date_time_new_from_unix_local (record->next_try);
  if (when == NULL)
    return g_strdup (_ ("It is tried again by itself."));
  /* Translators: a time of today, see strftime(3) */
  shown = g_date_time_format (when, _ ("%H:%M"));
  /* Translators: %s is a time, such as 14:05. */
  return g_strdup_printf (_ ("Next try: %s."), shown);
}

/* Takes @text, and puts the sentence about the next try behind it. */
static char *
add_next_try (const WbOutboxRecord *record, char *text)
{
  g_autofree char *owned = text;
  g_autofree char *next = describe_next_try (record);

  return next != NULL ? g_strjoin (" ", owned, next, NULL) : g_steal_pointer (&owned);
}

static char *
describe_queued (const WbOutboxRecord *record)
{
  g_autoptr (GDateTime) when = NULL;
  g_autofree char *shown = NULL;

  if (record->not_before > g_get_real_time () / G_USEC_PER_SEC)
    when = g_date_time_new_from_unix_local (record->not_before);
  if (when != NULL)
    {
      shown = g_date_time_format (when, "%c");
      /* Translators: %s is a date with its time. */
      return g_strdup_printf (_ ("Will be sent: %s."), shown);
    }
  if (record->reason != NULL)
    /* Translators: %s is a sentence that says why. */
    return add_next_try (record, g_strdup_printf (_ ("Not sent yet. %s"), record->reason));
  return g_strdup (_ ("Not sent yet."));
}

/* One that was refused is named by the reason; of more each has its own. */
static char *
describe_reason (const WbOutboxRecord *record)
{
  g_autofree char *both =
      record->refused != NULL && record->lasting != NULL
          ? g_strconcat (record->refused, "\n", record->lasting, NULL)
          : g_strdup (record->refused != NULL ? record->refused : record->lasting);
  g_auto (GStrv) lines = g_strsplit (both != NULL ? both : "", "\n", -1);
  g_autofree char *all = g_strjoinv ("; ", lines);

  if (record->divided && *all != '\0')
    /* Translators: %s lists addresses, each with the server's words. */
    return g_strdup_printf (_ ("Others have got it. Refused: %s."), all);
  if (record->rest && *all != '\0')
    /* Translators: %s lists addresses, each with the server's words. */
    return g_strdup_printf (_ ("Everybody else has got it. Refused: %s."), all);
  if (record->reason != NULL && g_strv_length (lines) > 1)
    /* Translators: the first %s says why, the second lists addresses with the server's words. */
    return g_strdup_printf (_ ("%s Refused were all: %s."), record->reason, all);
  return g_strdup (record->reason);
}

static char *
describe_failed (const WbOutboxRecord *record)
{
  g_autofree char *reason = describe_reason (record);
  g_autoptr (GDateTime) when = NULL;
  g_autofree char *shown = NULL;

  if (record->since > 0)
    when = g_date_time_new_from_unix_local (record->since);
  if (when == NULL || reason == NULL)
    return add_next_try (record, g_strdup (reason != NULL ? reason : _ ("It could not be sent.")));
  shown = g_date_time_format (when, "%c");
  /* Translators: the first %s says why, the second is a date with its time. */
  return add_next_try (record, g_strdup_printf (_ ("%s Last tried: %s."), reason, shown));
}

/**
 * wb_outbox_describe:
 * @record: of a mail
 *
 * Any thread.
 *
 * Returns: (transfer full): what is with it, for the person
 */
char *
wb_outbox_describe (const WbOutboxRecord *record)
{
  switch (record->state)
    {
    case WB_OUTBOX_QUEUED:
      return describe_queued (record);
    case WB_OUTBOX_SENDING:
      return g_strdup (_ ("Being sent."));
    case WB_OUTBOX_FAILED:
      return describe_failed (record);
    case WB_OUTBOX_SENT:
      if (record->reason == NULL)
        return g_strdup (_ ("It is sent; its copy for Sent is not written yet."));
      return g_strdup_printf (
          /* Translators: %s is the reason why a file could not be written */
          _ ("It is sent, but the copy for Sent could not be written: %s"), record->reason);
    case WB_OUTBOX_UNKNOWN:
    default:
      return g_strdup (record->reason ? record->reason
                                      : _ ("It may or may not have arrived. Ask the recipient "
                                           "before you send it again."));
    }
}

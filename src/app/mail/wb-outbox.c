/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-outbox.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/* The envelope travels with the message in one file, so that one durable write keeps both; Bcc
 * stands nowhere else. */
#define SENDER "X-Wirebench-Sender: "
#define RECIPIENT "X-Wirebench-Recipient: "
#define GROUP "outbox"

static const char *const states[] = {
  [WB_OUTBOX_WAITING] = "waiting", [WB_OUTBOX_SENDING] = "sending", [WB_OUTBOX_FAILED] = "failed",
  [WB_OUTBOX_UNKNOWN] = "unknown", [WB_OUTBOX_SENT] = "sent",
};

/**
 * wb_outbox_wrap:
 * @message: as it will be sent
 * @sender: of the envelope
 * @recipients: (element-type utf8): of the envelope, those of Bcc too
 *
 * Any thread.
 *
 * Returns: (transfer full): what to keep in the Outbox
 */
GBytes *
wb_outbox_wrap (GBytes *message, const char *sender, GPtrArray *recipients)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (message, &size);
  g_autofree char *line = g_strdup_printf (SENDER "%s\r\n", sender);

  g_byte_array_append (bytes, (const guint8 *) line, strlen (line));
  for (guint i = 0; i < recipients->len; i++)
    {
      g_autofree char *recipient =
          g_strdup_printf (RECIPIENT "%s\r\n", (const char *) g_ptr_array_index (recipients, i));

      g_byte_array_append (bytes, (const guint8 *) recipient, strlen (recipient));
    }
  g_byte_array_append (bytes, data, size);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * wb_outbox_unwrap:
 * @wrapped: from the Outbox
 * @sender: (out) (optional) (nullable): of the envelope; %NULL when there is none
 * @recipients: (out) (optional) (element-type utf8): of the envelope
 *
 * Any thread.
 *
 * Returns: (transfer full): the message as it will be sent
 */
GBytes *
wb_outbox_unwrap (GBytes *wrapped, char **sender, GPtrArray **recipients)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (wrapped, &size);
  gsize at = 0;
  g_autofree char *from = NULL;
  g_autoptr (GPtrArray) to = g_ptr_array_new_with_free_func (g_free);

  while (at < size)
    {
      const char *end = memchr (data + at, '\n', size - at);
      g_autofree char *line = end ? g_strndup (data + at, (gsize) (end - data) - at) : NULL;

      if (!line)
        break;
      g_strchomp (line);
      if (g_str_has_prefix (line, SENDER) && !from)
        from = g_strdup (line + strlen (SENDER));
      else if (g_str_has_prefix (line, RECIPIENT))
        g_ptr_array_add (to, g_strdup (line + strlen (RECIPIENT)));
      else
        break;
      at = (gsize) (end - data) + 1;
    }
  if (sender)
    *sender = g_steal_pointer (&from);
  if (recipients)
    *recipients = g_steal_pointer (&to);
  return g_bytes_new_from_bytes (wrapped, at, size - at);
}

static char *
state_path (WbMaildir *outbox, const char *name)
{
  return g_build_filename (wb_maildir_get_path (outbox), "state", name, NULL);
}

/**
 * wb_outbox_set_state:
 * @outbox: the Outbox
 * @name: which message
 * @state: how far it is
 * @reason: (nullable): why, in plain words
 * @error: set when it could not be written
 *
 * Durable when it returns. Blocks; any thread but the main one.
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
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = state_path (outbox, name);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  gsize length = 0;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      int saved = errno;

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                   /* Translators: the first %s is a folder, the second the system's reason */
                   _ ("The folder %s could not be made: %s"), directory, g_strerror (saved));
      return FALSE;
    }
  g_key_file_set_string (file, GROUP, "state", states[state]);
  if (reason)
    g_key_file_set_string (file, GROUP, "reason", reason);
  text = g_key_file_to_data (file, &length, NULL);
  return g_file_set_contents_full (path, text, (gssize) length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/**
 * wb_outbox_get_state:
 * @outbox: the Outbox
 * @name: which message
 * @reason: (out) (optional) (nullable): why, in plain words
 *
 * Blocks; any thread but the main one.
 *
 * Returns: how far it is
 */
WbOutboxState
wb_outbox_get_state (WbMaildir *outbox, const char *name, char **reason)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = state_path (outbox, name);
  g_autofree char *word = NULL;

  if (reason)
    *reason = NULL;
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return WB_OUTBOX_WAITING;
  if (reason)
    *reason = g_key_file_get_string (file, GROUP, "reason", NULL);
  word = g_key_file_get_string (file, GROUP, "state", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (word, states[i]) == 0)
      return i;
  return WB_OUTBOX_UNKNOWN;
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
  g_autofree char *path = state_path (outbox, name);

  g_unlink (path);
}

/**
 * wb_outbox_describe:
 * @state: how far it is
 * @reason: (nullable): why
 *
 * Any thread.
 *
 * Returns: (transfer full): a sentence for the person
 */
char *
wb_outbox_describe (WbOutboxState state, const char *reason)
{
  switch (state)
    {
    case WB_OUTBOX_WAITING:
      return g_strdup (_ ("Not sent yet."));
    case WB_OUTBOX_SENDING:
      return g_strdup (_ ("Being sent, or Wirebench ended while it was: it may or may not have "
                          "arrived. Ask the recipient before you send it again."));
    case WB_OUTBOX_FAILED:
      return g_strdup (reason ? reason : _ ("It could not be sent."));
    case WB_OUTBOX_SENT:
      return g_strdup_printf (
          /* Translators: %s is the reason why a file could not be written */
          _ ("It is sent, but the copy for Sent could not be written: %s"), reason ? reason : "?");
    case WB_OUTBOX_UNKNOWN:
    default:
      return g_strdup (reason ? reason
                              : _ ("It may or may not have arrived. Ask the recipient before you "
                                   "send it again."));
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-pop3.h"

#include "wb-lab-lock.h"
#include "wb-lab-peer.h"
#include "wb-lab-pop3-private.h"
#include "wb-lab-secret.h"

#include <string.h>

/* RFC 2449, section 4. */
#define LINE_MAX_POP3 255
#define FAILURES_MAX 3
#define MISTAKES_MAX 50

typedef struct
{
  char *name;
  char *uid;
  gint64 delivered;
  guint64 octets;
  gboolean deleted;
} Message;

/* One client's conversation, on a thread of its own. Without @mailbox it is in the AUTHORIZATION
   state, with it in TRANSACTION (RFC 1939, section 3). */
typedef struct
{
  WbLabMail *mail;
  WbLabPeer *peer;
  WbConnection *connection;
  GCancellable *cancellable;
  char *stamp;
  char *user;
  guint failures;
  guint mistakes;
  gboolean quit;

  const WbLabMailbox *mailbox;
  int lock;
  GArray *messages;
} Session;

static void
message_clear (gpointer data)
{
  Message *message = data;

  g_free (message->name);
  g_free (message->uid);
}

static int
compare_messages (gconstpointer a, gconstpointer b)
{
  const Message *first = a;
  const Message *second = b;

  if (first->delivered != second->delivered)
    return first->delivered < second->delivered ? -1 : 1;
  return strcmp (first->name, second->name);
}

/* ── AUTHORIZATION ── */

static gboolean
load_messages (Session *self, const WbLabMailbox *mailbox)
{
  g_autoptr (GPtrArray) items = wb_maildir_list (mailbox->maildir, NULL);

  if (items == NULL)
    return FALSE;
  g_array_set_size (self->messages, 0);
  for (guint i = 0; i < items->len; i++)
    {
      const WbMaildirItem *item = g_ptr_array_index (items, i);
      g_autoptr (GBytes) bytes = wb_maildir_read (mailbox->maildir, item->name, NULL);
      Message message = { 0 };
      const char *text;
      gsize length;

      if (bytes == NULL)
        continue;
      text = g_bytes_get_data (bytes, &length);
      message.octets = wb_lab_pop3_measure (text, length);
      message.name = g_strdup (item->name);
      message.uid = wb_lab_pop3_make_uid (item->name);
      message.delivered = item->delivered;
      g_array_append_val (self->messages, message);
    }
  g_array_sort (self->messages, compare_messages);
  return TRUE;
}

static gboolean
log_in (Session *self, const WbLabMailbox *mailbox, GError **error)
{
  if (mailbox == NULL)
    {
      g_clear_pointer (&self->user, g_free);
      if (++self->failures >= FAILURES_MAX)
        self->quit = TRUE;
      return wb_lab_peer_reply (self->peer, error, "-ERR [AUTH] User or password is wrong.");
    }
  self->lock = wb_lab_lock_take (mailbox->path, ".pop3-lock", FALSE);
  if (self->lock < 0)
    return wb_lab_peer_reply (self->peer, error,
                              "-ERR [IN-USE] Another session has this mailbox open.");
  if (!load_messages (self, mailbox))
    {
      wb_lab_lock_drop (self->lock);
      self->lock = -1;
      return wb_lab_peer_reply (self->peer, error,
                                "-ERR [SYS/TEMP] The mailbox could not be read.");
    }
  self->mailbox = mailbox;
  return wb_lab_peer_reply (self->peer, error, "+OK %u messages.", self->messages->len);
}

static gboolean
handle_user (Session *self, const char *argument, GError **error)
{
  if (*argument == '\0')
    return wb_lab_peer_reply (self->peer, error, "-ERR USER wants a name.");
  g_free (self->user);
  self->user = g_strdup (argument);
  /* The same words for a name that does not exist. */
  return wb_lab_peer_reply (self->peer, error, "+OK Password, please.");
}

static gboolean
handle_pass (Session *self, const char *argument, GError **error)
{
  const WbLabMailbox *mailbox;

  if (self->user == NULL)
    return wb_lab_peer_reply (self->peer, error, "-ERR Send USER first.");
  mailbox = wb_lab_mail_find_mailbox (self->mail, self->user);
  if (mailbox != NULL && !wb_lab_secret_equal (mailbox->password, argument))
    mailbox = NULL;
  return log_in (self, mailbox, error);
}

static gboolean
handle_apop (Session *self, const char *argument, GError **error)
{
  const char *space = strrchr (argument, ' ');
  g_autofree char *user = NULL;
  g_autofree char *secret = NULL;
  g_autofree char *digest = NULL;
  const WbLabMailbox *mailbox;

  if (space == NULL)
    return wb_lab_peer_reply (self->peer, error, "-ERR APOP wants a name and a digest.");
  user = g_strndup (argument, space - argument);
  mailbox = wb_lab_mail_find_mailbox (self->mail, user);
  if (mailbox != NULL)
    {
      secret = g_strconcat (self->stamp, mailbox->password, NULL);
      digest = g_compute_checksum_for_string (G_CHECKSUM_MD5, secret, -1);
      if (!wb_lab_secret_equal (digest, space + 1))
        mailbox = NULL;
    }
  return log_in (self, mailbox, error);
}

static gboolean
handle_stls (Session *self, const char *argument, GError **error)
{
  if (wb_connection_get_tls (self->connection))
    return wb_lab_peer_reply (self->peer, error, "-ERR This conversation is under TLS already.");
  if (!wb_lab_peer_reply (self->peer, error, "+OK Begin the TLS handshake."))
    return FALSE;
  g_clear_pointer (&self->user, g_free);
  return wb_connection_start_tls_server (self->connection, wb_lab_mail_get_certificate (self->mail),
                                         self->cancellable, error);
}

/* ── TRANSACTION ── */

/* A message by its number; @rest is what follows it. */
static Message *
find_message (Session *self, const char *argument, const char **rest)
{
  g_autofree char *number = g_strndup (argument, strcspn (argument, " "));
  Message *message;
  guint64 n;

  *rest = argument + strlen (number);
  *rest += strspn (*rest, " ");
  if (!g_ascii_string_to_unsigned (number, 10, 1, G_MAXUINT, &n, NULL) || n > self->messages->len)
    return NULL;
  message = &g_array_index (self->messages, Message, n - 1);
  return message->deleted ? NULL : message;
}

static gboolean
refuse_number (Session *self, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "-ERR No such message.");
}

static void
sum_up (Session *self, guint *count, guint64 *octets)
{
  *count = 0;
  *octets = 0;
  for (guint i = 0; i < self->messages->len; i++)
    {
      const Message *message = &g_array_index (self->messages, Message, i);

      if (message->deleted)
        continue;
      *count += 1;
      *octets += message->octets;
    }
}

static gboolean
handle_stat (Session *self, const char *argument, GError **error)
{
  guint count;
  guint64 octets;

  sum_up (self, &count, &octets);
  return wb_lab_peer_reply (self->peer, error, "+OK %u %" G_GUINT64_FORMAT, count, octets);
}

static char *
format_row (const Message *message, guint number, gboolean uids)
{
  return uids ? g_strdup_printf ("%u %s", number, message->uid)
              : g_strdup_printf ("%u %" G_GUINT64_FORMAT, number, message->octets);
}

static gboolean
list (Session *self, const char *argument, gboolean uids, GError **error)
{
  const char *rest;

  if (*argument != '\0')
    {
      Message *message = find_message (self, argument, &rest);
      g_autofree char *row = NULL;

      if (message == NULL)
        return refuse_number (self, error);
      row = format_row (message, message - (Message *) self->messages->data + 1, uids);
      return wb_lab_peer_reply (self->peer, error, "+OK %s", row);
    }

  if (!wb_lab_peer_queue (self->peer, "+OK They are:", error))
    return FALSE;
  for (guint i = 0; i < self->messages->len; i++)
    {
      const Message *message = &g_array_index (self->messages, Message, i);
      g_autofree char *row = NULL;

      if (message->deleted)
        continue;
      row = format_row (message, i + 1, uids);
      if (!wb_lab_peer_queue (self->peer, row, error))
        return FALSE;
    }
  return wb_lab_peer_reply (self->peer, error, ".");
}

static gboolean
handle_list (Session *self, const char *argument, GError **error)
{
  return list (self, argument, FALSE, error);
}

static gboolean
handle_uidl (Session *self, const char *argument, GError **error)
{
  return list (self, argument, TRUE, error);
}

static gboolean
send_message (Session *self, const Message *message, gboolean whole, guint64 lines, GError **error)
{
  g_autoptr (GBytes) bytes = wb_maildir_read (self->mailbox->maildir, message->name, NULL);
  g_autofree char *first = NULL;
  const char *text;
  gsize length;

  if (bytes == NULL)
    return wb_lab_peer_reply (self->peer, error, "-ERR [SYS/TEMP] The message could not be read.");
  text = g_bytes_get_data (bytes, &length);
  first = whole ? g_strdup_printf ("+OK %" G_GUINT64_FORMAT " octets", message->octets)
                : g_strdup ("+OK It begins:");
  if (!whole)
    length = wb_lab_pop3_find_top (text, length, lines);
  return wb_lab_peer_queue (self->peer, first, error) &&
         wb_lab_peer_queue_text (self->peer, text, length, error) &&
         wb_lab_peer_flush (self->peer, error);
}

static gboolean
handle_retr (Session *self, const char *argument, GError **error)
{
  const char *rest;
  const Message *message = find_message (self, argument, &rest);

  if (message == NULL || *rest != '\0')
    return refuse_number (self, error);
  return send_message (self, message, TRUE, 0, error);
}

static gboolean
handle_top (Session *self, const char *argument, GError **error)
{
  const char *rest;
  const Message *message = find_message (self, argument, &rest);
  guint64 lines;

  if (message == NULL)
    return refuse_number (self, error);
  if (!g_ascii_string_to_unsigned (rest, 10, 0, G_MAXUINT, &lines, NULL))
    return wb_lab_peer_reply (self->peer, error, "-ERR TOP wants a message and a number of lines.");
  return send_message (self, message, FALSE, lines, error);
}

static gboolean
handle_dele (Session *self, const char *argument, GError **error)
{
  const char *rest;
  Message *message = find_message (self, argument, &rest);

  if (message == NULL || *rest != '\0')
    return refuse_number (self, error);
  message->deleted = TRUE;
  return wb_lab_peer_reply (self->peer, error, "+OK It goes when you QUIT.");
}

static gboolean
handle_rset (Session *self, const char *argument, GError **error)
{
  for (guint i = 0; i < self->messages->len; i++)
    g_array_index (self->messages, Message, i).deleted = FALSE;
  return wb_lab_peer_reply (self->peer, error, "+OK Nothing goes.");
}

static gboolean
handle_noop (Session *self, const char *argument, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "+OK");
}

/* ── Any time ── */

static gboolean
handle_capa (Session *self, const char *argument, GError **error)
{
  static const char *const lines[] = {
    "+OK This is what I can do:",
    "USER",
    "TOP",
    "UIDL",
    "RESP-CODES",
    "AUTH-RESP-CODE",
    "PIPELINING",
    "UTF8",
    "IMPLEMENTATION Wirebench-lab",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (!wb_lab_peer_queue (self->peer, lines[i], error))
      return FALSE;
  if (!wb_connection_get_tls (self->connection) && self->mailbox == NULL &&
      !wb_lab_peer_queue (self->peer, "STLS", error))
    return FALSE;
  return wb_lab_peer_reply (self->peer, error, ".");
}

static gboolean
handle_utf8 (Session *self, const char *argument, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "+OK Headers come as they are stored.");
}

/* The UPDATE state (RFC 1939, section 6): only now are messages removed. */
static gboolean
handle_quit (Session *self, const char *argument, GError **error)
{
  gboolean well = TRUE;

  self->quit = TRUE;
  for (guint i = 0; self->mailbox != NULL && i < self->messages->len; i++)
    {
      const Message *message = &g_array_index (self->messages, Message, i);

      if (message->deleted)
        well = wb_maildir_remove (self->mailbox->maildir, message->name, NULL) && well;
    }
  wb_lab_lock_drop (self->lock);
  self->lock = -1;
  return wb_lab_peer_reply (self->peer, error, "%s",
                            well ? "+OK Goodbye."
                                 : "-ERR [SYS/TEMP] Not all deleted messages could be removed.");
}

typedef enum
{
  BEFORE,
  AFTER,
  ALWAYS,
} When;

/* RFC 1939, sections 4 to 7, in its order; then RFC 2449, 2595 and 6856. */
static const struct
{
  const char *verb;
  When when;
  gboolean (*handle) (Session *self, const char *argument, GError **error);
} commands[] = {
  { "QUIT", ALWAYS, handle_quit }, { "STAT", AFTER, handle_stat },  { "LIST", AFTER, handle_list },
  { "RETR", AFTER, handle_retr },  { "DELE", AFTER, handle_dele },  { "NOOP", AFTER, handle_noop },
  { "RSET", AFTER, handle_rset },  { "TOP", AFTER, handle_top },    { "UIDL", AFTER, handle_uidl },
  { "USER", BEFORE, handle_user }, { "PASS", BEFORE, handle_pass }, { "APOP", BEFORE, handle_apop },
  { "CAPA", ALWAYS, handle_capa }, { "STLS", BEFORE, handle_stls }, { "UTF8", BEFORE, handle_utf8 },
};

static gssize
mask_secret (const char *line, gsize length, gpointer user_data)
{
  if (length >= 5 && g_ascii_strncasecmp (line, "PASS ", 5) == 0)
    return 5;
  if (length >= 5 && g_ascii_strncasecmp (line, "APOP ", 5) == 0)
    {
      const char *space = memrchr (line, ' ', length);

      return space + 1 - line;
    }
  return -1;
}

static gboolean
reply_fault (Session *self, guint code, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "%s Fault on demand.", code >= 400 ? "-ERR" : "+OK");
}

static gboolean
dispatch (Session *self, const char *line, GError **error)
{
  const char *space = strchr (line, ' ');
  g_autofree char *verb = g_ascii_strup (line, space != NULL ? space - line : -1);
  const char *argument = space != NULL ? space + 1 : "";
  guint code = wb_lab_fault_get_reply (wb_lab_mail_get_fault (self->mail), verb);

  if (code != 0)
    return reply_fault (self, code, error);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (!g_str_equal (commands[i].verb, verb))
        continue;
      if (commands[i].when == BEFORE && self->mailbox != NULL)
        return wb_lab_peer_reply (self->peer, error, "-ERR You are logged in already.");
      if (commands[i].when == AFTER && self->mailbox == NULL)
        return wb_lab_peer_reply (self->peer, error, "-ERR Log in first.");
      return commands[i].handle (self, argument, error);
    }
  self->quit = ++self->mistakes >= MISTAKES_MAX;
  return wb_lab_peer_reply (self->peer, error, "-ERR Unknown command.");
}

static gboolean
run (Session *self, GError **error)
{
  guint greeting = wb_lab_fault_get_reply (wb_lab_mail_get_fault (self->mail), "CONNECT");

  if (greeting != 0)
    {
      self->quit = greeting >= 400;
      if (!reply_fault (self, greeting, error))
        return FALSE;
    }
  else if (!wb_lab_peer_reply (self->peer, error, "+OK Wirebench lab POP3 server %s", self->stamp))
    return FALSE;

  while (!self->quit)
    {
      gsize length;
      g_autofree char *line = wb_lab_peer_read_command (self->peer, &length, error);

      if (line == NULL)
        return FALSE;
      if (strlen (line) != length)
        {
          if (!wb_lab_peer_reply (self->peer, error, "-ERR NUL can stand in no command."))
            return FALSE;
        }
      else if (!dispatch (self, line, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wb_lab_pop3_serve:
 * @connection: a client, under TLS already on an implicit port
 * @cancellable: ends the session
 * @user_data: the #WbLabMail
 *
 * Serves one client to its end (RFC 1939). A #WbLabServeFunc.
 */
void
wb_lab_pop3_serve (WbConnection *connection, GCancellable *cancellable, gpointer user_data)
{
  WbLabMail *mail = user_data;
  g_autofree char *unique = g_uuid_string_random ();
  g_autofree char *stamp =
      g_strdup_printf ("<%s@%s>", unique, wb_lab_provider_get_domain (WB_LAB_PROVIDER_B));
  g_autoptr (GArray) messages = g_array_new (FALSE, FALSE, sizeof (Message));
  g_autoptr (GError) error = NULL;
  g_autoptr (WbLabPeer) peer = NULL;
  Session session = {
    .mail = mail,
    .connection = connection,
    .cancellable = cancellable,
    .stamp = stamp,
    .lock = -1,
    .messages = messages,
  };

  g_array_set_clear_func (messages, message_clear);
  peer = wb_lab_peer_new (connection, wb_lab_mail_get_fault (mail), LINE_MAX_POP3,
                          "-ERR That line is too long.", cancellable);
  session.peer = peer;
  wb_connection_set_read_mask (connection, mask_secret, NULL);
  if (!run (&session, &error))
    g_debug ("pop3: %s", error->message);
  wb_connection_set_read_mask (connection, NULL, NULL);
  wb_lab_lock_drop (session.lock);
  g_free (session.user);
}

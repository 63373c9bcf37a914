/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every blocking verb of the mail clients is cancelled before it begins, at once from another
 * thread, while the server is silent about it, and after it is done. */

#include "config.h"

#include "mail-peer.h"
#include "wb-pop3-client.h"
#include "wb-smtp-client.h"

#include <string.h>

/* Nothing here may end by itself. */
#define NEVER 3600

typedef struct
{
  WbSmtpClient *smtp;
  WbPop3Client *pop3;
  GPtrArray *recipients;
  GPtrArray *items;
  GBytes *message;
} Clients;

typedef gboolean (*VerbFunc) (Clients *clients,
                              MailPeer *peer,
                              GCancellable *cancellable,
                              GError **error);

/**
 * Verb:
 * @call: the verb
 * @silence: the command about which the server is silent
 */
typedef struct
{
  const char *name;
  VerbFunc call;
  const char *silence;
} Verb;

static gboolean
smtp_connect (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  return wb_smtp_client_connect (clients->smtp, mail_peer_get_url (peer), cancellable, error);
}

static gboolean
smtp_login (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  return wb_smtp_client_login (clients->smtp, "user", "password", cancellable, error);
}

static gboolean
smtp_send (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  return wb_smtp_client_send (clients->smtp, "a@b", clients->recipients, clients->message, NULL,
                              NULL, cancellable, error);
}

static gboolean
smtp_quit (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  return wb_smtp_client_quit (clients->smtp, cancellable, error);
}

static gboolean
pop3_connect (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  return wb_pop3_client_connect (clients->pop3, mail_peer_get_url (peer), cancellable, error);
}

static gboolean
pop3_login (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  return wb_pop3_client_login (clients->pop3, "user", "password", cancellable, error);
}

static gboolean
pop3_stat (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  guint count = 0;
  guint64 size = 0;

  return wb_pop3_client_stat (clients->pop3, &count, &size, cancellable, error);
}

static gboolean
pop3_list (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  g_clear_pointer (&clients->items, g_ptr_array_unref);
  clients->items = wb_pop3_client_list (clients->pop3, cancellable, error);
  return clients->items != NULL;
}

static gboolean
pop3_top (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) top = wb_pop3_client_top (clients->pop3, 1, 5, cancellable, error);

  return top != NULL;
}

static gboolean
pop3_retrieve (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) message = NULL;

  message = wb_pop3_client_retrieve (clients->pop3, 1, NULL, cancellable, error);
  return message != NULL;
}

static gboolean
take_cb (const WbPop3Item *item, GBytes *message, gpointer user_data, GError **error)
{
  return TRUE;
}

static gboolean
pop3_retrieve_many (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  return wb_pop3_client_retrieve_many (clients->pop3, clients->items, take_cb, NULL, NULL,
                                       cancellable, error);
}

static gboolean
pop3_delete (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  return wb_pop3_client_delete (clients->pop3, 1, cancellable, error);
}

static gboolean
pop3_quit (Clients *clients, MailPeer *peer, GCancellable *cancellable, GError **error)
{
  return wb_pop3_client_quit (clients->pop3, cancellable, error);
}

static const MailPeerRule smtp_rules[] = {
  { "", "220 ready\r\n" },        { "EHLO", "250-me\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n" },
  { "AUTH PLAIN", "235 in\r\n" }, { "MAIL", "250 ok\r\n" },
  { "RCPT", "250 ok\r\n" },       { "DATA", "354 go\r\n" },
  { ".", "250 taken\r\n" },       { "RSET", "250 ok\r\n" },
  { "QUIT", "221 bye\r\n" },      { NULL, NULL },
};

static const MailPeerRule pop3_rules[] = {
  { "", "+OK ready\r\n" },
  { "CAPA", "+OK\r\nUSER\r\nPIPELINING\r\n.\r\n" },
  { "USER", "+OK\r\n" },
  { "PASS", "+OK\r\n" },
  { "STAT", "+OK 2 20\r\n" },
  { "LIST", "+OK\r\n1 10\r\n2 10\r\n.\r\n" },
  { "UIDL", "+OK\r\n1 a\r\n2 b\r\n.\r\n" },
  { "TOP", "+OK\r\nA: b\r\n\r\n.\r\n" },
  { "RETR", "+OK\r\nA: b\r\n\r\nc\r\n.\r\n" },
  { "DELE", "+OK\r\n" },
  { "QUIT", "+OK\r\n" },
  { NULL, NULL },
};

/* In the order in which they can be called. */
static const Verb smtp_verbs[] = {
  { "connect-greeting", smtp_connect, "" },
  { "connect", smtp_connect, "EHLO" },
  { "login", smtp_login, "AUTH PLAIN" },
  { "send-envelope", smtp_send, "MAIL" },
  { "send-data", smtp_send, "DATA" },
  { "send", smtp_send, "." },
  { "quit", smtp_quit, "QUIT" },
};

static const Verb pop3_verbs[] = {
  { "connect-greeting", pop3_connect, "" },
  { "connect", pop3_connect, "CAPA" },
  { "login", pop3_login, "PASS" },
  { "stat", pop3_stat, "STAT" },
  { "list", pop3_list, "LIST" },
  { "top", pop3_top, "TOP" },
  { "retrieve", pop3_retrieve, "RETR" },
  { "retrieve-many", pop3_retrieve_many, "RETR" },
  { "delete", pop3_delete, "DELE" },
  { "quit", pop3_quit, "QUIT" },
};

static void
clients_init (Clients *clients)
{
  static const char text[] = "Subject: x\r\n\r\nhi\r\n";

  clients->smtp = wb_smtp_client_new (NULL, NULL);
  clients->pop3 = wb_pop3_client_new (NULL, NULL);
  wb_smtp_client_set_timeout (clients->smtp, NEVER);
  wb_pop3_client_set_timeout (clients->pop3, NEVER);
  clients->recipients = g_ptr_array_new ();
  g_ptr_array_add (clients->recipients, (gpointer) "c@d");
  clients->items = NULL;
  clients->message = g_bytes_new_static (text, strlen (text));
}

static void
clients_clear (Clients *clients)
{
  g_clear_object (&clients->smtp);
  g_clear_object (&clients->pop3);
  g_clear_pointer (&clients->recipients, g_ptr_array_unref);
  g_clear_pointer (&clients->items, g_ptr_array_unref);
  g_clear_pointer (&clients->message, g_bytes_unref);
}

/* A table of rules like @rules, but silent about one command. */
static MailPeerRule *
silence (const MailPeerRule *rules, const char *command)
{
  GArray *table = g_array_new (TRUE, TRUE, sizeof (MailPeerRule));

  for (; rules->command != NULL; rules++)
    {
      MailPeerRule rule = *rules;

      if (strcmp (rule.command, command) == 0)
        rule.reply = NULL;
      g_array_append_val (table, rule);
    }
  return (MailPeerRule *) g_array_free (table, FALSE);
}

/* Calls all verbs that lead up to the one in question. */
static void
lead_up (Clients *clients, MailPeer *peer, const Verb *verbs, const Verb *verb)
{
  VerbFunc last = NULL;

  for (const Verb *v = verbs; v < verb && v->call != verb->call; v++)
    {
      g_autoptr (GError) error = NULL;

      if (v->call != last)
        {
          v->call (clients, peer, NULL, &error);
          g_assert_no_error (error);
        }
      last = v->call;
    }
}

static void
check_before (const MailPeerRule *rules, const Verb *verbs, const Verb *verb)
{
  g_autoptr (MailPeer) peer = mail_peer_new (rules);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Clients clients;

  clients_init (&clients);
  lead_up (&clients, peer, verbs, verb);
  g_cancellable_cancel (cancellable);
  g_assert_false (verb->call (&clients, peer, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  clients_clear (&clients);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

/* Whoever is first: it ends, and as cancelled or done. */
static void
check_at_once (const MailPeerRule *rules, const Verb *verbs, const Verb *verb)
{
  g_autoptr (MailPeer) peer = mail_peer_new (rules);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = NULL;
  Clients clients;

  clients_init (&clients);
  lead_up (&clients, peer, verbs, verb);
  thread = g_thread_new ("cancel", cancel_thread, cancellable);
  if (!verb->call (&clients, peer, cancellable, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  clients_clear (&clients);
}

static void
note_time_cb (GCancellable *cancellable, gint64 *time)
{
  *time = g_get_monotonic_time ();
}

/* The server got the command, says nothing, and the person cancels. */
static void
check_soon (const MailPeerRule *rules, const Verb *verbs, const Verb *verb)
{
  g_autofree MailPeerRule *silent = silence (rules, verb->silence);
  gboolean led_up_by_it = verb->call == pop3_retrieve_many;
  g_autoptr (MailPeer) peer = mail_peer_new (silent);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  gint64 begin = 0;
  gint64 end = 0;
  gulong handler = 0;
  Clients clients;

  clients_init (&clients);
  lead_up (&clients, peer, verbs, led_up_by_it ? verb - 1 : verb);
  handler = g_cancellable_connect (cancellable, G_CALLBACK (note_time_cb), &begin, NULL);
  mail_peer_cancel_when_silent (peer, cancellable);
  g_assert_false (verb->call (&clients, peer, cancellable, &error));
  end = g_get_monotonic_time ();
  g_cancellable_disconnect (cancellable, handler);
  /* For people to read: no test fails because a machine is busy. */
  g_test_minimized_result ((end - begin) / 1e6, "cancel of %s: %.2f ms", verb->name,
                           (end - begin) / 1e3);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (verb->call == smtp_send)
    g_assert_cmpint (wb_smtp_client_is_outcome_unknown (clients.smtp), ==,
                     strcmp (verb->silence, ".") == 0);

  /* The answer may come yet, so the conversation is over. */
  if (verb->call != smtp_connect && verb->call != pop3_connect)
    {
      g_assert_false (verb->call (&clients, peer, NULL, &again));
      g_assert_nonnull (again);
    }
  clients_clear (&clients);
}

static void
check_after (const MailPeerRule *rules, const Verb *verbs, const Verb *verb)
{
  g_autoptr (MailPeer) peer = mail_peer_new (rules);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Clients clients;

  clients_init (&clients);
  lead_up (&clients, peer, verbs, verb);
  verb->call (&clients, peer, cancellable, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  if (verb->call == smtp_connect || verb->call == smtp_send)
    g_assert_true (smtp_send (&clients, peer, NULL, &error));
  else if (verb->call != smtp_quit && verb->call != pop3_connect && verb->call != pop3_quit &&
           verb->call != smtp_login)
    g_assert_true (pop3_stat (&clients, peer, NULL, &error));
  g_assert_no_error (error);
  clients_clear (&clients);
}

static void
test_verb (const MailPeerRule *rules, const Verb *verbs, const Verb *verb)
{
  check_before (rules, verbs, verb);
  for (guint i = 0; i < 20; i++)
    check_at_once (rules, verbs, verb);
  check_soon (rules, verbs, verb);
  check_after (rules, verbs, verb);
}

static void
test_smtp (gconstpointer data)
{
  test_verb (smtp_rules, smtp_verbs, data);
}

static void
test_pop3 (gconstpointer data)
{
  test_verb (pop3_rules, pop3_verbs, data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (smtp_verbs); i++)
    {
      g_autofree char *path = g_strconcat ("/smtp/cancel/", smtp_verbs[i].name, NULL);

      g_test_add_data_func (path, &smtp_verbs[i], test_smtp);
    }
  for (guint i = 0; i < G_N_ELEMENTS (pop3_verbs); i++)
    {
      g_autofree char *path = g_strconcat ("/pop3/cancel/", pop3_verbs[i].name, NULL);

      g_test_add_data_func (path, &pop3_verbs[i], test_pop3);
    }
  return g_test_run ();
}

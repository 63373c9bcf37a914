/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "mail-peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

struct _MailPeer
{
  const MailPeerRule *rules;
  GSocketListener *listener;
  GThread *thread;
  GCancellable *to_cancel;
  GString *received;
  WbUrl url;
};

static const char *
find_reply (MailPeer *self, const char *line)
{
  for (const MailPeerRule *rule = self->rules; rule->command != NULL; rule++)
    if (*line == '\0' || *rule->command == '\0' ? strcmp (line, rule->command) == 0
                                                : g_str_has_prefix (line, rule->command))
      return rule->reply;
  return NULL;
}

/* Says what the rule has for a line. Returns whether the conversation goes on. */
static gboolean
answer (MailPeer *self, GOutputStream *out, const char *line)
{
  const char *reply = find_reply (self, line);

  if (reply == NULL)
    {
      if (self->to_cancel != NULL)
        g_cancellable_cancel (self->to_cancel);
      return TRUE;
    }
  return *reply != '\0' && g_output_stream_write_all (out, reply, strlen (reply), NULL, NULL, NULL);
}

static gpointer
serve_thread (gpointer data)
{
  MailPeer *self = data;
  g_autoptr (GSocketConnection) client = NULL;
  g_autoptr (GDataInputStream) in = NULL;
  GOutputStream *out = NULL;
  gboolean in_text = FALSE;
  gboolean going = FALSE;

  client = g_socket_listener_accept (self->listener, NULL, NULL, NULL);
  g_assert_nonnull (client);
  g_socket_set_option (g_socket_connection_get_socket (client), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  in = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (client)));
  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  out = g_io_stream_get_output_stream (G_IO_STREAM (client));

  going = answer (self, out, "");
  while (going)
    {
      g_autofree char *line = g_data_input_stream_read_line (in, NULL, NULL, NULL);

      if (line == NULL)
        break;
      g_string_append (self->received, line);
      g_string_append_c (self->received, '\n');
      if (in_text && strcmp (line, ".") != 0)
        continue;
      going = answer (self, out, line);
      in_text = !in_text && g_str_has_prefix (find_reply (self, line) ?: "", "354");
    }
  return NULL;
}

MailPeer *
mail_peer_new (const MailPeerRule *rules)
{
  MailPeer *self = g_new0 (MailPeer, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->rules = rules;
  self->received = g_string_new (NULL);
  self->listener = g_socket_listener_new ();
  g_assert_true (g_socket_listener_add_address (self->listener, any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  self->url.host = (char *) "127.0.0.1";
  self->url.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->url.tls = WB_TLS_NEVER;
  self->thread = g_thread_new ("mail-peer", serve_thread, self);
  return self;
}

/* What is cancelled as soon as a line came to which nothing is said. */
void
mail_peer_cancel_when_silent (MailPeer *self, GCancellable *cancellable)
{
  g_set_object (&self->to_cancel, cancellable);
}

WbUrl *
mail_peer_get_url (MailPeer *self)
{
  return &self->url;
}

/* Waits until the client has left. All lines that came from it, each ended by LF. */
char *
mail_peer_finish (MailPeer *self)
{
  g_autoptr (GSocketClient) nobody = g_socket_client_new ();
  g_autoptr (GSocketConnection) knock = NULL;

  if (self->thread == NULL)
    return g_strdup (self->received->str);
  /* Should no client have come at all, this one takes its place. */
  knock = g_socket_client_connect_to_host (nobody, "127.0.0.1", self->url.port, NULL, NULL);
  g_clear_object (&knock);
  g_thread_join (g_steal_pointer (&self->thread));
  return g_strdup (self->received->str);
}

void
mail_peer_free (MailPeer *self)
{
  g_autofree char *unused = mail_peer_finish (self);

  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_clear_object (&self->to_cancel);
  g_string_free (self->received, TRUE);
  g_free (self);
}

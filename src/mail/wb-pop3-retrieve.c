/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-pop3-client-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* No message may be larger; no first guess may be, either. */
#define MESSAGE_MAX (G_GUINT64_CONSTANT (512) * 1024 * 1024)
/* The beginning of a message, whatever the server makes of that. */
#define TOP_MAX (16 * 1024 * 1024)
#define GUESS_MAX (16 * 1024 * 1024)

/* So many RETR, and so many octets of what they bring, are on their way at once. */
#define IN_FLIGHT_MAX 200
#define OCTETS_IN_FLIGHT_MAX (8 * 1024 * 1024)

/* A message on its way in. */
typedef struct
{
  guint8 *data;
  gsize length;
  gsize room;
  WbProgress *progress;
} Incoming;

static void
incoming_clear (Incoming *self)
{
  g_clear_pointer (&self->data, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Incoming, incoming_clear)

static gboolean
make_room (Incoming *self, gsize wanted, GError **error)
{
  guint8 *data = NULL;

  if (wanted <= self->room)
    return TRUE;
  wanted = MAX (wanted, MIN (self->room * 2, MESSAGE_MAX));
  data = g_try_realloc (self->data, wanted);
  if (data == NULL)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                           _ ("The message is larger than this computer has memory for."));
      return FALSE;
    }
  self->data = data;
  self->room = wanted;
  return TRUE;
}

static gboolean
receive_cb (const void *data, gsize length, gpointer user_data, GError **error)
{
  Incoming *self = user_data;

  if (!make_room (self, self->length + length, error))
    return FALSE;
  memcpy (self->data + self->length, data, length);
  self->length += length;
  if (self->progress != NULL)
    wb_progress_add (self->progress, length);
  return TRUE;
}

/* The text behind a good reply, of @maximum bytes at most. @expected is how large it is said to be,
 * 0 when unknown. */
static GBytes *
read_message (WbPop3Client *self,
              guint64 expected,
              guint64 maximum,
              WbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
  g_auto (Incoming) incoming = { .progress = progress };
  gsize length = 0;

  /* A little more than announced, so that a server that counts badly costs no second piece. */
  if (!make_room (&incoming, MIN (expected, GUESS_MAX) + 256, error))
    {
      wb_connection_break (self->connection);
      wb_pop3_client_set_state (self, WB_POP3_STATE_ENDED);
      return NULL;
    }
  if (!wb_connection_read_dotted (self->connection, maximum, receive_cb, &incoming, cancellable,
                                  error))
    {
      wb_pop3_client_set_state (self, WB_POP3_STATE_ENDED);
      return NULL;
    }
  length = incoming.length;
  return g_bytes_new_take (g_steal_pointer (&incoming.data), length);
}

static void
check_size (WbPop3Client *self, guint number, guint64 expected, GBytes *message)
{
  gsize size = g_bytes_get_size (message);

  if (size != expected)
    wb_pop3_client_warn (
        self,
        /* Translators: the first %u is a message's number, the second and third
           are sizes in bytes. */
        _ ("Message %u was announced with %" PRIu64 " bytes and came with %" PRIu64 "."), number,
        expected, (guint64) size);
}

/* "+OK 1234 octets" is custom, not law. */
static guint64
parse_octets (const char *text)
{
  char *end = NULL;
  guint64 octets = 0;

  if (!g_ascii_isdigit (*text))
    return 0;
  octets = g_ascii_strtoull (text, &end, 10);
  return g_str_has_prefix (end, " octets") || g_str_has_prefix (end, " bytes") ? octets : 0;
}

/**
 * wb_pop3_client_top:
 * @number: which message
 * @lines: how many lines of the body
 *
 * Fetches the header and the first lines of a message (RFC 1939 §7).
 *
 * Blocks; call it on the thread that owns @self.
 *
 * Returns: (transfer full): them, or %NULL with @error set
 */
GBytes *
wb_pop3_client_top (WbPop3Client *self,
                    guint number,
                    guint lines,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autofree char *line = g_strdup_printf ("TOP %u %u", number, lines);
  GBytes *message = NULL;

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), NULL);

  if (wb_pop3_client_is_ready (self, error) &&
      wb_pop3_client_ask (self, line, WB_POP3_STEP_TOP, NULL, cancellable, error))
    message = read_message (self, 0, TOP_MAX, NULL, cancellable, error);
  if (message == NULL)
    /* Translators: %u is the number of a message. */
    g_prefix_error (error, _ ("While fetching the beginning of message %u: "), number);
  return message;
}

/**
 * wb_pop3_client_retrieve:
 * @number: which message
 * @progress: (nullable): counts bytes
 *
 * Fetches one whole message (RETR, RFC 1939 §5), dots undone, line ends as the server has
 * them. One above 512 MiB is refused.
 *
 * Blocks; call it on the thread that owns @self.
 *
 * Returns: (transfer full): the message, or %NULL with @error set
 */
GBytes *
wb_pop3_client_retrieve (WbPop3Client *self,
                         guint number,
                         WbProgress *progress,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autofree char *line = g_strdup_printf ("RETR %u", number);
  g_autofree char *text = NULL;
  GBytes *message = NULL;
  guint64 expected = 0;

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), NULL);

  if (wb_pop3_client_is_ready (self, error) &&
      wb_pop3_client_ask (self, line, WB_POP3_STEP_MESSAGE, &text, cancellable, error))
    {
      expected = parse_octets (text);
      if (progress != NULL)
        wb_progress_begin (progress, _ ("Fetching"), expected > 0 ? (gint64) expected : -1);
      message = read_message (self, expected, MESSAGE_MAX, progress, cancellable, error);
      if (progress != NULL)
        wb_progress_end (progress);
    }

  if (message == NULL)
    /* Translators: %u is the number of a message. */
    g_prefix_error (error, _ ("While fetching message %u: "), number);
  else if (expected > 0)
    check_size (self, number, expected, message);
  return message;
}

/* Many messages on their way: those up to @asked were asked for, those up to @answered came. */
typedef struct
{
  GPtrArray *items;
  guint asked;
  guint answered;
  guint64 octets; /* of those asked for and not answered, as announced */
  gint lines;     /* of each body, or -1 for whole messages */
  guint window;
  GError *first_refusal;
} Pipeline;

static void
pipeline_clear (Pipeline *self)
{
  g_clear_error (&self->first_refusal);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pipeline, pipeline_clear)

/* Asks for as many as may be in flight. Waits until half of them have come, so that the requests
 * leave in few large writes. */
static gboolean
ask_for_more (WbPop3Client *self, Pipeline *pipeline, GError **error)
{
  if (pipeline->asked - pipeline->answered > pipeline->window / 2)
    return TRUE;

  while (pipeline->asked < pipeline->items->len)
    {
      const WbPop3Item *item = g_ptr_array_index (pipeline->items, pipeline->asked);
      guint in_flight = pipeline->asked - pipeline->answered;
      char line[48];

      if (in_flight >= pipeline->window ||
          (in_flight > 0 && (item->size > OCTETS_IN_FLIGHT_MAX ||
                             pipeline->octets + item->size > OCTETS_IN_FLIGHT_MAX)))
        break;
      if (pipeline->lines < 0)
        g_snprintf (line, sizeof line, "RETR %u", item->number);
      else
        g_snprintf (line, sizeof line, "TOP %u %d", item->number, pipeline->lines);
      if (!wb_connection_queue_line (self->connection, line, error))
        return FALSE;
      pipeline->octets += item->size;
      pipeline->asked++;
    }
  return TRUE;
}

/* The answer to the oldest request. A refusal of one message does not stop the others. */
static gboolean
take_next (WbPop3Client *self,
           Pipeline *pipeline,
           WbPop3MessageFunc func,
           gpointer user_data,
           WbProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  const WbPop3Item *item = g_ptr_array_index (pipeline->items, pipeline->answered);
  gboolean whole = pipeline->lines < 0;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) local_error = NULL;

  if (wb_pop3_client_get_reply (self, whole ? WB_POP3_STEP_MESSAGE : WB_POP3_STEP_TOP, NULL,
                                cancellable, &local_error))
    message = read_message (self, whole ? item->size : 0, whole ? MESSAGE_MAX : TOP_MAX, progress,
                            cancellable, &local_error);

  if (message == NULL)
    {
      /* Translators: %u is the number of a message. */
      g_prefix_error (&local_error, _ ("While fetching message %u: "), item->number);
      if (self->state == WB_POP3_STATE_ENDED)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (pipeline->first_refusal == NULL)
        pipeline->first_refusal = g_steal_pointer (&local_error);
    }

  pipeline->answered++;
  pipeline->octets -= item->size;
  if (message == NULL)
    return TRUE;

  if (whole)
    check_size (self, item->number, item->size, message);
  if (func (item, message, user_data, error))
    return TRUE;

  if (pipeline->asked > pipeline->answered)
    {
      wb_connection_break (self->connection);
      wb_pop3_client_set_state (self, WB_POP3_STATE_ENDED);
    }
  return FALSE;
}

static gint64
sum_sizes (GPtrArray *items)
{
  guint64 sum = 0;

  for (guint i = 0; i < items->len; i++)
    {
      const WbPop3Item *item = g_ptr_array_index (items, i);

      sum = MIN (sum + MIN (item->size, G_MAXINT64 / 2), G_MAXINT64 / 2);
    }
  return sum;
}

/* Runs a pipeline to its end. */
static gboolean
run (WbPop3Client *self,
     Pipeline *pipeline,
     WbPop3MessageFunc func,
     gpointer user_data,
     WbProgress *progress,
     GCancellable *cancellable,
     GError **error)
{
  gboolean done = TRUE;

  if (!wb_pop3_client_is_ready (self, error))
    return FALSE;

  pipeline->window = (self->capabilities & WB_POP3_PIPELINING) != 0 ? IN_FLIGHT_MAX : 1;
  while (done && pipeline->answered < pipeline->items->len)
    done = ask_for_more (self, pipeline, error) &&
           take_next (self, pipeline, func, user_data, progress, cancellable, error);

  if (done && pipeline->first_refusal != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&pipeline->first_refusal));
      return FALSE;
    }
  return done;
}

/**
 * wb_pop3_client_retrieve_many:
 * @items: (element-type WbPop3Item): which messages, from wb_pop3_client_list()
 * @func: called with each message as it comes, in the order of @items, on this thread
 * @progress: (nullable): counts the bytes of all
 *
 * Fetches many messages. Where the server offers PIPELINING (RFC 2449 §6.6) up to 200
 * requests are on their way at once, or as many as announce 8 MiB; else one.
 *
 * What was handed to @func is whole; what was cut off is not handed over. A message that the
 * server refuses is left out and the others are fetched; the first such refusal is the error
 * then, and the session can go on. When @func fails while answers are still to come, the
 * session ends.
 *
 * Blocks; call it on the thread that owns @self.
 *
 * Returns: %TRUE when all were fetched, or %FALSE with @error set
 */
gboolean
wb_pop3_client_retrieve_many (WbPop3Client *self,
                              GPtrArray *items,
                              WbPop3MessageFunc func,
                              gpointer user_data,
                              WbProgress *progress,
                              GCancellable *cancellable,
                              GError **error)
{
  g_auto (Pipeline) pipeline = { .items = items, .lines = -1 };
  gboolean done = FALSE;

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), FALSE);
  g_return_val_if_fail (items != NULL, FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  if (progress != NULL)
    wb_progress_begin (progress, _ ("Fetching"), sum_sizes (items));
  done = run (self, &pipeline, func, user_data, progress, cancellable, error);
  if (progress != NULL)
    wb_progress_end (progress);
  return done;
}

/**
 * wb_pop3_client_top_many:
 * @items: (element-type WbPop3Item): which messages, from wb_pop3_client_list()
 * @lines: how many lines of each body
 * @func: called with each beginning as it comes, in the order of @items, on this thread
 *
 * wb_pop3_client_top() for many messages, as wb_pop3_client_retrieve_many() is for whole
 * ones.
 *
 * Blocks; call it on the thread that owns @self.
 *
 * Returns: %TRUE when all were fetched, or %FALSE with @error set
 */
gboolean
wb_pop3_client_top_many (WbPop3Client *self,
                         GPtrArray *items,
                         guint lines,
                         WbPop3MessageFunc func,
                         gpointer user_data,
                         GCancellable *cancellable,
                         GError **error)
{
  g_auto (Pipeline) pipeline = { .items = items, .lines = MIN (lines, G_MAXINT) };

  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), FALSE);
  g_return_val_if_fail (items != NULL, FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  return run (self, &pipeline, func, user_data, NULL, cancellable, error);
}

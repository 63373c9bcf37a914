/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-wire.h"

#include <stdio.h>
#include <string.h>

#define BLOCK (256 * 1024)

static char *
dup_text (WbWire *wire, guint64 index)
{
  g_auto (WbWireEvent) event = { 0 };
  gsize length = 0;
  const char *data;

  if (!wb_wire_get_event (wire, index, &event))
    return NULL;
  data = g_bytes_get_data (event.data, &length);
  return length == 0 ? g_strdup ("") : g_strndup (data, length);
}

static void
append_text (WbWire *wire, const char *text)
{
  wb_wire_append (wire, 1, WB_WIRE_LINE, WB_WIRE_SENT, text, strlen (text));
}

/* What the log holds of a text that was appended just now. */
static char *
logged (WbWire *wire, const char *text)
{
  guint64 end = 0;

  append_text (wire, text);
  wb_wire_get_range (wire, NULL, &end);
  return dup_text (wire, end - 1);
}

static void
test_append (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_auto (WbWireEvent) event = { 0 };
  g_auto (WbWireEvent) bulk = { 0 };
  g_autofree char *note = NULL;
  gint64 before = g_get_monotonic_time ();
  gint64 before_real = g_get_real_time ();
  guint64 first = 1;
  guint64 end = 1;

  wb_wire_get_range (wire, &first, &end);
  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (end, ==, 0);
  g_assert_false (wb_wire_get_event (wire, 0, &event));

  wb_wire_append (wire, 7, WB_WIRE_DATA, WB_WIRE_RECEIVED, "a\0b", 3);
  wb_wire_append_bulk (wire, 7, WB_WIRE_SENT, G_GUINT64_CONSTANT (5000000000));
  wb_wire_note (wire, 7, WB_WIRE_ERROR, "%s, %d", "broken", 3);

  g_assert_true (wb_wire_get_event (wire, 0, &event));
  g_assert_cmpuint (event.index, ==, 0);
  g_assert_cmpuint (event.conversation, ==, 7);
  g_assert_cmpint (event.kind, ==, WB_WIRE_DATA);
  g_assert_cmpint (event.direction, ==, WB_WIRE_RECEIVED);
  g_assert_cmpuint (event.length, ==, 3);
  g_assert_cmpmem (g_bytes_get_data (event.data, NULL), g_bytes_get_size (event.data), "a\0b", 3);
  g_assert_cmpint (event.monotonic_time, >=, before);
  g_assert_cmpint (event.monotonic_time, <=, g_get_monotonic_time ());
  g_assert_cmpint (event.real_time, >=, before_real);

  g_assert_true (wb_wire_get_event (wire, 1, &bulk));
  g_assert_cmpint (bulk.kind, ==, WB_WIRE_BULK);
  g_assert_cmpuint (bulk.length, ==, G_GUINT64_CONSTANT (5000000000));
  g_assert_cmpuint (g_bytes_get_size (bulk.data), ==, 0);

  note = dup_text (wire, 2);
  g_assert_cmpstr (note, ==, "broken, 3");
}

static void
test_long_event (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_autofree guint8 *data = g_malloc (WB_WIRE_EVENT_MAX + 1);

  for (gsize i = 0; i <= WB_WIRE_EVENT_MAX; i++)
    data[i] = (guint8) (i * 7 + i / 251);

  for (int more = -1; more <= 1; more++)
    {
      g_auto (WbWireEvent) event = { 0 };
      gsize length = WB_WIRE_EVENT_MAX + more;

      wb_wire_append (wire, 1, WB_WIRE_DATA, WB_WIRE_SENT, data, length);
      g_assert_true (wb_wire_get_event (wire, more + 1, &event));
      g_assert_cmpuint (event.length, ==, length);
      g_assert_cmpmem (g_bytes_get_data (event.data, NULL), g_bytes_get_size (event.data), data,
                       MIN (length, WB_WIRE_EVENT_MAX));
    }
}

static void
test_bound (void)
{
  const gsize limit = 4 * BLOCK;
  g_autoptr (WbWire) wire = wb_wire_new (limit);
  guint64 first = 0;
  guint64 end = 0;

  for (guint i = 0; i < 100000; i++)
    {
      char text[64];

      g_snprintf (text, sizeof text, "event %u", i);
      append_text (wire, text);
      g_assert_cmpuint (wb_wire_get_memory (wire), <=, limit);
    }

  wb_wire_get_range (wire, &first, &end);
  g_assert_cmpuint (end, ==, 100000);
  g_assert_cmpuint (first, >, 0);
  /* Three full blocks of events of about 60 bytes are the least that must be left. */
  g_assert_cmpuint (end - first, >, 3 * BLOCK / 80);

  for (guint64 i = first; i < end; i++)
    {
      g_autofree char *text = dup_text (wire, i);
      g_autofree char *expected = g_strdup_printf ("event %" G_GUINT64_FORMAT, i);

      g_assert_cmpstr (text, ==, expected);
    }
  g_assert_null (dup_text (wire, first - 1));
  g_assert_null (dup_text (wire, end));
}

/* Events of every size side by side, so that blocks end at odd places. */
static void
test_random_access (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (8 * BLOCK);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);
  g_autofree guint8 *data = g_malloc (WB_WIRE_EVENT_MAX);
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64 first = 0;

  for (guint i = 0; i < 3000; i++)
    {
      guint32 size = g_rand_int_range (rand, 0, i % 10 == 0 ? WB_WIRE_EVENT_MAX + 1 : 200);

      memset (data, (int) (i & 0xff), size);
      wb_wire_append (wire, 1, WB_WIRE_DATA, WB_WIRE_SENT, data, size);
      g_array_append_val (sizes, size);
    }

  wb_wire_get_range (wire, &first, NULL);
  for (guint i = 0; i < 5000; i++)
    {
      g_auto (WbWireEvent) event = { 0 };
      guint64 index = g_rand_int_range (rand, 0, 3000);
      gsize length = 0;
      const guint8 *got;

      g_assert_cmpint (wb_wire_get_event (wire, index, &event), ==, index >= first);
      if (index < first)
        continue;
      got = g_bytes_get_data (event.data, &length);
      g_assert_cmpuint (length, ==, g_array_index (sizes, guint32, index));
      for (gsize j = 0; j < length; j++)
        g_assert_cmpuint (got[j], ==, index & 0xff);
    }
}

typedef struct
{
  WbWire *wire;
  guint32 number;
  guint events;
} Writer;

static gpointer
write_thread (gpointer data)
{
  Writer *writer = data;

  for (guint i = 0; i < writer->events; i++)
    {
      char text[80];

      g_snprintf (text, sizeof text, "%u %u ....................................", writer->number,
                  i);
      wb_wire_append (writer->wire, writer->number, WB_WIRE_LINE, WB_WIRE_SENT, text,
                      strlen (text));
    }
  return NULL;
}

/* Four write into a log that must drop again and again while it is read. */
static void
test_threads (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (2 * BLOCK);
  GThread *threads[4];
  Writer writers[4];
  guint last[4] = { 0 };
  guint64 next = 0;
  guint64 end = 0;
  guint seen = 0;

  for (guint i = 0; i < 4; i++)
    {
      writers[i] = (Writer){ wire, i, 50000 };
      threads[i] = g_thread_new ("write", write_thread, &writers[i]);
    }

  while (end < 200000 || next < end)
    {
      g_auto (WbWireEvent) event = { 0 };
      g_autofree char *text = NULL;
      gsize length = 0;
      const char *data;
      guint number = 0;
      guint count = 0;

      wb_wire_get_range (wire, NULL, &end);
      if (next == end)
        {
          g_thread_yield ();
          continue;
        }
      if (!wb_wire_get_event (wire, next, &event))
        {
          guint64 first = 0;

          wb_wire_get_range (wire, &first, NULL);
          g_assert_cmpuint (first, >, next);
          next = first;
          continue;
        }
      data = g_bytes_get_data (event.data, &length);
      text = g_strndup (data, length);
      g_assert_cmpint (sscanf (text, "%u %u", &number, &count), ==, 2);
      g_assert_cmpuint (number, ==, event.conversation);
      /* Each writer's own order is kept. */
      g_assert_cmpuint (count, >=, last[number]);
      last[number] = count;
      next++;
      seen++;
    }

  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (end, ==, 200000);
  g_assert_cmpuint (seen, >, 0);
  g_assert_cmpuint (wb_wire_get_memory (wire), <=, 2 * BLOCK);
}

static void
test_secret (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_auto (WbWireEvent) event = { 0 };
  g_autofree char *text = NULL;

  wb_wire_append_secret (wire, 1, WB_WIRE_LINE, WB_WIRE_SENT, "PASS ", 5);
  text = dup_text (wire, 0);
  g_assert_cmpstr (text, ==, "PASS " WB_WIRE_MASK);
  g_assert_true (wb_wire_get_event (wire, 0, &event));
  g_assert_cmpuint (event.length, ==, strlen ("PASS " WB_WIRE_MASK));
}

static void
test_hide_plain (void)
{
  static const struct
  {
    const char *sent;
    const char *kept;
  } cases[] = {
    { "PASS Tr0ub4dor&3", "PASS ********" },
    { "Tr0ub4dor&3", "********" },
    { "aTr0ub4dor&3bTr0ub4dor&3", "a********b********" },
    { "?password=Tr0ub4dor%263&x=1", "?password=********&x=1" },
    { "%54%72%30%75%62%34%64%6F%72%26%33", "********" },
    { "%54%72%30%75%62%34%64%6f%72%26%33.", "********." },
    { "Tr0ub4dor&", "Tr0ub4dor&" },
    { "Tr0ub4dor%2", "Tr0ub4dor%2" },
    { "nothing to hide", "nothing to hide" },
    { "", "" },
  };
  g_autoptr (WbWire) wire = wb_wire_new (0);

  wb_wire_hide (wire, "Tr0ub4dor&3");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = logged (wire, cases[i].sent);

      g_assert_cmpstr (text, ==, cases[i].kept);
    }
}

/* The secret's length shows neither in the text nor in the count. */
static void
test_hide_length (void)
{
  static const char *const secrets[] = { "four", "a very long secret that nobody guesses" };

  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_autoptr (WbWire) wire = wb_wire_new (0);
      g_autofree char *line = g_strconcat ("PASS ", secrets[i], NULL);
      g_autofree char *text = NULL;
      g_auto (WbWireEvent) event = { 0 };

      wb_wire_hide (wire, secrets[i]);
      text = logged (wire, line);
      g_assert_cmpstr (text, ==, "PASS ********");
      g_assert_true (wb_wire_get_event (wire, 0, &event));
      g_assert_cmpuint (event.length, ==, strlen ("PASS ********"));
    }
}

static gboolean
holds (const guchar *data, gsize length, const char *secret)
{
  return memmem (data, length, secret, strlen (secret)) != NULL;
}

/* Whatever is decoded from what the log kept, from any of its letters on, the secret is not in it,
 * and not so much as four bytes of it.
 */
static void
assert_not_in_base64 (const char *kept, const char *secret)
{
  for (gsize length = strlen (secret), start = 0; start + 4 <= length; start++)
    {
      g_autofree char *piece = g_strndup (secret + start, 4);

      for (const char *at = kept; *at != '\0'; at++)
        {
          gsize size = 0;
          g_autofree guchar *plain = g_base64_decode (at, &size);

          g_assert_false (holds (plain, size, piece));
        }
    }
}

static void
test_hide_base64 (void)
{
  static const char *const secrets[] = { "hush", "hushh", "hushhh", "s3cret-with-Ümläut>?" };

  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    for (guint before = 0; before < 7; before++)
      for (guint after = 0; after < 4; after++)
        {
          g_autoptr (WbWire) wire = wb_wire_new (0);
          g_autoptr (GByteArray) plain = g_byte_array_new ();
          g_autofree char *encoded = NULL;
          g_autofree char *line = NULL;
          g_autofree char *text = NULL;
          g_autofree char *url_safe = NULL;
          g_autofree char *url_text = NULL;

          g_byte_array_append (plain, (const guint8 *) "\0user\0", before);
          g_byte_array_append (plain, (const guint8 *) secrets[i], strlen (secrets[i]));
          g_byte_array_append (plain, (const guint8 *) "xyz", after);
          encoded = g_base64_encode (plain->data, plain->len);
          line = g_strconcat ("AUTH PLAIN ", encoded, NULL);

          wb_wire_hide (wire, secrets[i]);
          text = logged (wire, line);
          g_assert_true (g_str_has_prefix (text, "AUTH PLAIN "));
          g_assert_nonnull (strstr (text, WB_WIRE_MASK));
          assert_not_in_base64 (text + strlen ("AUTH PLAIN "), secrets[i]);

          url_safe = g_strdelimit (g_strdelimit (g_strdup (encoded), "+", '-'), "/", '_');
          url_text = logged (wire, url_safe);
          g_assert_nonnull (strstr (url_text, WB_WIRE_MASK));
        }
}

/* A secret across the place where a long event is cut must not leave its beginning behind. */
static void
test_hide_at_cut (void)
{
  for (guint back = 0; back <= 8; back++)
    {
      g_autoptr (WbWire) wire = wb_wire_new (0);
      g_autofree char *data = g_malloc (WB_WIRE_EVENT_MAX + 100);
      g_auto (WbWireEvent) event = { 0 };

      memset (data, '.', WB_WIRE_EVENT_MAX + 100);
      memcpy (data + WB_WIRE_EVENT_MAX - back, "password", 8);
      wb_wire_hide (wire, "password");
      wb_wire_append (wire, 1, WB_WIRE_DATA, WB_WIRE_SENT, data, WB_WIRE_EVENT_MAX + 100);

      g_assert_true (wb_wire_get_event (wire, 0, &event));
      g_assert_cmpuint (g_bytes_get_size (event.data), ==, WB_WIRE_EVENT_MAX);
      g_assert_cmpuint (event.length, ==, WB_WIRE_EVENT_MAX + 100);
      g_assert_null (memmem (g_bytes_get_data (event.data, NULL), WB_WIRE_EVENT_MAX, "p", 1));
    }
}

static void
test_hide_every_kind (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  guint64 end = 0;

  wb_wire_hide (wire, "canary-7f3a");
  wb_wire_hide (wire, "abc"); /* too short to be hidden */
  wb_wire_append (wire, 1, WB_WIRE_LINE, WB_WIRE_SENT, "abc canary-7f3a", 15);
  wb_wire_append (wire, 1, WB_WIRE_DATA, WB_WIRE_RECEIVED, "canary-7f3a\r\n", 13);
  wb_wire_append_secret (wire, 1, WB_WIRE_LINE, WB_WIRE_SENT, "USER canary-7f3a ", 17);
  wb_wire_note (wire, 1, WB_WIRE_NOTE, "note %s", "canary-7f3a");
  wb_wire_note (wire, 1, WB_WIRE_ERROR, "error %s", "canary-7f3a");

  wb_wire_get_range (wire, NULL, &end);
  g_assert_cmpuint (end, ==, 5);
  for (guint64 i = 0; i < end; i++)
    {
      g_autofree char *text = dup_text (wire, i);

      g_assert_null (strstr (text, "canary"));
      g_assert_nonnull (strstr (text, WB_WIRE_MASK));
      if (i == 0)
        g_assert_cmpstr (text, ==, "abc ********");
    }
}

static void
test_conversations (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string ("127.0.0.1", 4000);
  g_autoptr (GSocketAddress) peer = g_inet_socket_address_new_from_string ("::1", 25);
  g_autoptr (WbWireConversation) one = NULL;
  g_autoptr (WbWireConversation) other = NULL;
  g_autoptr (GPtrArray) all = NULL;

  g_assert_cmpuint (wb_wire_open_conversation (wire, "smtp", "tcp", FALSE, local, peer), ==, 1);
  g_assert_cmpuint (wb_wire_open_conversation (wire, "udp", "udp", TRUE, local, NULL), ==, 2);
  wb_wire_set_tls (wire, 1, TRUE);
  wb_wire_set_tls (wire, 99, TRUE);

  one = wb_wire_dup_conversation (wire, 1);
  g_assert_cmpstr (one->protocol, ==, "smtp");
  g_assert_cmpstr (one->transport, ==, "tcp");
  g_assert_cmpstr (one->local_host, ==, "127.0.0.1");
  g_assert_cmpuint (one->local_port, ==, 4000);
  g_assert_cmpstr (one->peer_host, ==, "::1");
  g_assert_cmpuint (one->peer_port, ==, 25);
  g_assert_false (one->server);
  g_assert_true (one->tls);

  other = wb_wire_dup_conversation (wire, 2);
  g_assert_cmpstr (other->peer_host, ==, "");
  g_assert_cmpuint (other->peer_port, ==, 0);
  g_assert_true (other->server);
  g_assert_null (wb_wire_dup_conversation (wire, 3));

  all = wb_wire_dup_conversations (wire);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpuint (((WbWireConversation *) all->pdata[0])->id, ==, 1);
  g_assert_cmpuint (((WbWireConversation *) all->pdata[1])->id, ==, 2);
}

static void
test_conversations_bound (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  g_autoptr (GPtrArray) all = NULL;
  guint32 open = wb_wire_open_conversation (wire, "ftp", "tcp", FALSE, NULL, NULL);
  g_autoptr (WbWireConversation) still = NULL;

  for (guint i = 0; i < 50000; i++)
    {
      guint32 id = wb_wire_open_conversation (wire, "tcp", "tcp", TRUE, NULL, NULL);

      wb_wire_note (wire, id, WB_WIRE_CLOSE, "closed");
      wb_wire_note (wire, id, WB_WIRE_CLOSE, "closed twice");
    }

  all = wb_wire_dup_conversations (wire);
  g_assert_cmpuint (all->len, ==, 20000);
  still = wb_wire_dup_conversation (wire, open);
  g_assert_nonnull (still);
  g_assert_null (wb_wire_dup_conversation (wire, open + 1));
  g_assert_cmpuint (((WbWireConversation *) all->pdata[19999])->id, ==, 50001);
}

static void
test_clear (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (0);
  guint32 open = wb_wire_open_conversation (wire, "ftp", "tcp", FALSE, NULL, NULL);
  guint32 closed = wb_wire_open_conversation (wire, "ftp", "tcp", FALSE, NULL, NULL);
  g_autoptr (WbWireConversation) still = NULL;
  g_autofree char *text = NULL;
  guint64 first = 0;
  guint64 end = 0;

  append_text (wire, "one");
  wb_wire_note (wire, closed, WB_WIRE_CLOSE, "closed");
  wb_wire_clear (wire);
  wb_wire_get_range (wire, &first, &end);
  g_assert_cmpuint (first, ==, 2);
  g_assert_cmpuint (end, ==, 2);
  g_assert_cmpuint (wb_wire_get_memory (wire), ==, 0);
  still = wb_wire_dup_conversation (wire, open);
  g_assert_nonnull (still);
  g_assert_null (wb_wire_dup_conversation (wire, closed));

  append_text (wire, "two");
  text = dup_text (wire, 2);
  g_assert_cmpstr (text, ==, "two");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/append", test_append);
  g_test_add_func ("/wire/long-event", test_long_event);
  g_test_add_func ("/wire/bound", test_bound);
  g_test_add_func ("/wire/random-access", test_random_access);
  g_test_add_func ("/wire/threads", test_threads);
  g_test_add_func ("/wire/secret", test_secret);
  g_test_add_func ("/wire/hide/plain", test_hide_plain);
  g_test_add_func ("/wire/hide/length", test_hide_length);
  g_test_add_func ("/wire/hide/base64", test_hide_base64);
  g_test_add_func ("/wire/hide/at-cut", test_hide_at_cut);
  g_test_add_func ("/wire/hide/every-kind", test_hide_every_kind);
  g_test_add_func ("/wire/conversations", test_conversations);
  g_test_add_func ("/wire/conversations/bound", test_conversations_bound);
  g_test_add_func ("/wire/clear", test_clear);

  return g_test_run ();
}

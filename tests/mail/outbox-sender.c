/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Does with an Outbox what the window does, and says how far it came as soon as it is so:
 *
 *   outbox-sender FOLDER queue SENDER RECIPIENT…   keeps a mail from stdin: its name
 *   outbox-sender FOLDER send PORT NAME [again]    "taken" by the server, then "filed"; PORT may
 *                                                  be a URL, for WIRE_PASSWORD and CA_FILE
 *   outbox-sender FOLDER recover
 *   outbox-sender FOLDER postpone NAME SECONDS     until then, since the epoch
 *   outbox-sender FOLDER edit NAME                 out of it into FOLDER/Drafts: the name there
 *   outbox-sender FOLDER list                      a line a mail: name, state, words
 *   outbox-sender FOLDER due                       a line a mail: name, when it goes by itself, or
 * 0
 *
 * The Outbox is FOLDER/Outbox, the copies are in FOLDER/Sent. */

#include "config.h"

#include "wb-outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
say (const char *word)
{
  printf ("%s\n", word);
  fflush (stdout);
}

static WbMaildir *
open_folder (const char *top, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (top, name, NULL);

  return wb_maildir_open (path, error);
}

static GBytes *
read_input (void)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 buffer[65536];
  gssize n = 0;

  while ((n = read (STDIN_FILENO, buffer, sizeof buffer)) > 0)
    g_byte_array_append (bytes, buffer, n);
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
queue (WbMaildir *outbox, char **words, GError **error)
{
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();
  g_autoptr (GBytes) input = read_input ();
  g_autoptr (WbMailSource) message = wb_mail_source_new (input);
  const WbOutboxEnvelope envelope = { words[0], recipients, WB_SMTP_NOTIFY_DEFAULT,
                                      WB_SMTP_RETURN_DEFAULT };
  g_autoptr (WbMailSource) wrapped = NULL;
  g_autofree char *name = NULL;

  for (char **recipient = words + 1; *recipient != NULL; recipient++)
    g_ptr_array_add (recipients, *recipient);
  wrapped = wb_outbox_wrap (message, &envelope);
  name = wb_maildir_deliver_source (outbox, wrapped, "S", error);
  if (name != NULL)
    say (name);
  return name != NULL;
}

/* What PORT or URL says, connected and logged in. */
static gboolean
open_server (WbSmtpClient *client, const char *where, GError **error)
{
  const WbUrl port = { .host = (char *) "127.0.0.1", .port = atoi (where), .tls = WB_TLS_NEVER };
  g_autoptr (WbUrl) url = NULL;

  wb_smtp_client_set_timeout (client, 20);
  if (strstr (where, "://") == NULL)
    return wb_smtp_client_connect (client, &port, NULL, error);
  url = wb_url_parse (where, error);
  return url != NULL && wb_smtp_client_connect (client, url, NULL, error) &&
         (url->user == NULL ||
          wb_smtp_client_login (client, url->user, g_getenv ("WIRE_PASSWORD"), NULL, error));
}

static gboolean
postpone (WbMaildir *outbox, char **words, GError **error)
{
  return wb_outbox_postpone (outbox, words[0], g_ascii_strtoll (words[1], NULL, 10), error);
}

static gboolean
edit (const char *top, WbMaildir *outbox, const char *name, GError **error)
{
  g_autoptr (WbMaildir) drafts = open_folder (top, "Drafts", error);
  g_autoptr (WbMailSource) wrapped =
      drafts != NULL ? wb_maildir_open_source (outbox, name, error) : NULL;
  g_autoptr (WbMailSource) mail = wrapped != NULL ? wb_outbox_unwrap (wrapped, NULL, error) : NULL;
  g_autofree char *draft = NULL;

  if (mail != NULL)
    draft = wb_outbox_take_out (outbox, name, drafts, mail, error);
  if (draft != NULL)
    say (draft);
  return draft != NULL;
}

static gboolean
send_mail (const char *top, WbMaildir *outbox, char **words, GError **error)
{
  g_autoptr (WbTrust) trust = wb_trust_new ();
  g_autoptr (WbSmtpClient) client = wb_smtp_client_new (NULL, trust);
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (WbMaildir) sent = NULL;
  g_autoptr (GError) local_error = NULL;
  WbOutboxState state = WB_OUTBOX_QUEUED;
  const char *ca = g_getenv ("CA_FILE");

  if (ca != NULL && !wb_trust_add_ca_file (trust, ca, error))
    return FALSE;
  if (!wb_outbox_begin (outbox, words[1], words[2] != NULL, &state, error))
    return FALSE;
  if (state != WB_OUTBOX_SENT)
    {
      if (!open_server (client, words[0], &local_error))
        {
          wb_outbox_fail (outbox, words[1], FALSE, local_error);
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (!wb_outbox_send (outbox, words[1], client, &results, NULL, NULL, error))
        return FALSE;
      say ("taken");
    }
  sent = open_folder (top, "Sent", error);
  if (sent == NULL || !wb_outbox_file (outbox, words[1], sent, error))
    return FALSE;
  say ("filed");
  return TRUE;
}

static gboolean
list (WbMaildir *outbox, GError **error)
{
  g_autoptr (GPtrArray) items = wb_maildir_list (outbox, error);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      const WbMaildirItem *item = g_ptr_array_index (items, i);
      g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, item->name);
      g_autofree char *words = wb_outbox_describe (record);

      printf ("%s %u %s\n", item->name, record->state, words);
    }
  return items != NULL;
}

static gboolean
list_due (WbMaildir *outbox, GError **error)
{
  g_autoptr (GPtrArray) items = wb_maildir_list (outbox, error);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      const WbMaildirItem *item = g_ptr_array_index (items, i);
      g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, item->name);

      printf ("%s %" G_GINT64_FORMAT "\n", item->name, wb_outbox_get_due (record));
    }
  return items != NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbMaildir) outbox = NULL;
  gboolean fine = FALSE;

  if (argc < 3)
    return 2;
  outbox = open_folder (argv[1], "Outbox", &error);
  if (outbox == NULL)
    fine = FALSE;
  else if (strcmp (argv[2], "queue") == 0 && argc > 4)
    fine = queue (outbox, argv + 3, &error);
  else if (strcmp (argv[2], "send") == 0 && argc > 4)
    fine = send_mail (argv[1], outbox, argv + 3, &error);
  else if (strcmp (argv[2], "recover") == 0)
    fine = wb_outbox_recover (outbox, &error);
  else if (strcmp (argv[2], "postpone") == 0 && argc > 4)
    fine = postpone (outbox, argv + 3, &error);
  else if (strcmp (argv[2], "edit") == 0 && argc > 3)
    fine = edit (argv[1], outbox, argv[3], &error);
  else if (strcmp (argv[2], "list") == 0)
    fine = list (outbox, &error);
  else if (strcmp (argv[2], "due") == 0)
    fine = list_due (outbox, &error);
  if (!fine)
    fprintf (stderr, "%s\n", error != NULL ? error->message : "usage");
  return fine ? 0 : 1;
}

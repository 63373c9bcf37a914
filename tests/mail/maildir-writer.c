/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Delivers messages, and says the name of each as soon as the store has acknowledged it:
 * maildir-writer FOLDER one|flags|many COUNT SIZE. The content follows from the size alone. */

#include "config.h"

#include "wb-maildir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static GBytes *
make_message (gsize size)
{
  char *data = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    data[i] = "Subject: kept\r\n\r\n"[i % 17];
  return g_bytes_new_take (data, size);
}

static void
say (const char *name)
{
  printf ("%s\n", name);
  fflush (stdout);
}

static gboolean
deliver_each (WbMaildir *maildir, const char *flags, guint count, gsize size, GError **error)
{
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GBytes) message = make_message (size + i);
      g_autofree char *name = wb_maildir_deliver (maildir, message, flags, error);

      if (name == NULL)
        return FALSE;
      say (name);
    }
  return TRUE;
}

static gboolean
deliver_all (WbMaildir *maildir, guint count, gsize size, GError **error)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) names = NULL;

  for (guint i = 0; i < count; i++)
    g_ptr_array_add (messages, make_message (size + i));
  if (!wb_maildir_deliver_many (maildir, messages, &names, error))
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    say (names->pdata[i]);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbMaildir) maildir = NULL;
  gboolean fine = FALSE;

  if (argc != 5)
    return 2;
  maildir = wb_maildir_open (argv[1], &error);
  if (maildir != NULL && strcmp (argv[2], "many") == 0)
    fine = deliver_all (maildir, (guint) atoi (argv[3]), (gsize) atol (argv[4]), &error);
  else if (maildir != NULL)
    fine = deliver_each (maildir, strcmp (argv[2], "flags") == 0 ? "SF" : NULL,
                         (guint) atoi (argv[3]), (gsize) atol (argv[4]), &error);
  if (!fine)
    fprintf (stderr, "%s\n", error->message);
  return fine ? 0 : 1;
}

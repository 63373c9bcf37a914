/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-link.h"

#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"
#include "wb-session.h"

/* A link that is being asked for. */
typedef struct
{
  WbFilePane *pane;
  char *target;
} Link;

static Link *
link_new (WbFilePane *pane, const char *target)
{
  Link *self = g_new0 (Link, 1);

  self->pane = g_object_ref (pane);
  self->target = g_strdup (target);
  return self;
}

static void
link_free (gpointer data)
{
  Link *self = data;

  g_object_unref (self->pane);
  g_free (self->target);
  g_free (self);
}

static void
made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFilePane) pane = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFileFindings) findings = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (!wb_file_pane_is_active (pane))
    return;
  if (findings == NULL)
    wb_file_pane_fail (pane, error);
  else
    WB_FILE_PANE_GET_CLASS (pane)->reload (pane);
}

static void
named_cb (const char *name, gpointer user_data)
{
  Link *self = user_data;
  WbFileTask *task = NULL;

  /* The server may have been left since. */
  if (!wb_file_pane_is_active (self->pane) || !wb_file_pane_check_name (self->pane, name))
    return;
  task = wb_file_task_new (WB_FILE_MAKE_LINK, NULL);
  task->name = g_strdup (name);
  task->target = g_strdup (self->target);
  WB_FILE_PANE_GET_CLASS (self->pane)
      ->run_task (self->pane, task, NULL, made_cb, g_object_ref (self->pane));
}

static void
target_cb (const char *target, gpointer user_data)
{
  Link *self = user_data;
  g_autofree char *base = g_path_get_basename (target);
  gboolean taken = wb_file_pane_has_name (self->pane, base);
  g_autofree char *name = g_strconcat (base, taken ? "-link" : "", NULL);

  wb_ask_text (GTK_WIDGET (self->pane), _ ("New Link"), _ ("Name"), name, _ ("_Create"), named_cb,
               link_new (self->pane, target), link_free);
}

/**
 * wb_file_link_ask:
 *
 * Asks where a symbolic link is to lead, which the selected row proposes, and for its name, and
 * makes it in the folder that is shown.
 */
void
wb_file_link_ask (WbFilePane *pane)
{
  g_autoptr (GPtrArray) items = wb_file_pane_dup_selected (pane);
  const char *proposed = items->len == 1 ? wb_file_item_get_name (items->pdata[0]) : "";

  wb_ask_text (GTK_WIDGET (pane), _ ("New Link"), _ ("Leads to"), proposed, _ ("_Next"), target_cb,
               link_new (pane, NULL), link_free);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-queue-private.h"

#include <string.h>

/* What is in a folder, before any of it is a transfer: a few dozen bytes a file, where a plan takes
 * some hundreds. */

typedef struct
{
  gsize name; /* where it begins in @names */
  gint64 size;
  gint64 modified;
  gint64 there_size;
  gint64 there_modified;
  gint16 mode;
  guint8 type;
  guint8 there;
} Child;

struct _WbFtpChildren
{
  WbFtpPlan *folder;
  GArray *children; /* of Child */
  GString *names;   /* each with its end */
  gint64 total;
};

/* Of the folder that @folder moves. */
WbFtpChildren *
wb_ftp_children_new (WbFtpPlan *folder)
{
  WbFtpChildren *self = g_new0 (WbFtpChildren, 1);

  self->folder = wb_ftp_plan_ref (folder);
  self->children = g_array_new (FALSE, FALSE, sizeof (Child));
  self->names = g_string_new (NULL);
  return self;
}

void
wb_ftp_children_free (WbFtpChildren *self)
{
  wb_ftp_plan_unref (self->folder);
  g_array_unref (self->children);
  g_string_free (self->names, TRUE);
  g_free (self);
}

/* Adds one called @name, with what @facts says of it beside its place. */
void
wb_ftp_children_add (WbFtpChildren *self, const char *name, const WbFtpPlan *facts)
{
  Child child = {
    .name = self->names->len,
    .size = facts->size,
    .modified = facts->modified,
    .there_size = facts->there_size,
    .there_modified = facts->there_modified,
    .mode = (gint16) facts->mode,
    .type = (guint8) facts->type,
    .there = (guint8) facts->there,
  };

  g_array_append_val (self->children, child);
  g_string_append_len (self->names, name, (gssize) strlen (name) + 1);
  self->total += MAX (facts->size, 0);
}

/* The listing that they came from begins again. */
void
wb_ftp_children_clear (WbFtpChildren *self)
{
  g_array_set_size (self->children, 0);
  g_string_set_size (self->names, 0);
  self->total = 0;
}

/* Keeps the first @count alone. */
void
wb_ftp_children_cut (WbFtpChildren *self, guint count)
{
  for (guint i = count; i < self->children->len; i++)
    self->total -= MAX (g_array_index (self->children, Child, i).size, 0);
  if (count < self->children->len)
    g_array_set_size (self->children, count);
}

/* Without the first @count any more. */
void
wb_ftp_children_drop (WbFtpChildren *self, guint count)
{
  for (guint i = 0; i < count; i++)
    self->total -= MAX (g_array_index (self->children, Child, i).size, 0);
  g_array_remove_range (self->children, 0, count);
}

guint
wb_ftp_children_count (const WbFtpChildren *self)
{
  return self->children->len;
}

/* How many bytes they have, as far as is known. */
gint64
wb_ftp_children_get_total (const WbFtpChildren *self)
{
  return self->total;
}

/* A new plan for the one at @place. */
WbFtpPlan *
wb_ftp_children_make_plan (const WbFtpChildren *self, guint place)
{
  const Child *child = &g_array_index (self->children, Child, place);
  const char *name = self->names->str + child->name;
  g_autoptr (GFile) local = g_file_get_child (self->folder->local, name);
  WbFtpPlan *plan = wb_ftp_plan_new_in (self->folder->upload, local, self->folder->remote, name);

  plan->type = child->type;
  plan->size = child->size;
  plan->modified = child->modified;
  plan->mode = child->mode;
  plan->there = child->there;
  plan->there_size = child->there_size;
  plan->there_modified = child->there_modified;
  plan->depth = self->folder->depth + 1;
  plan->if_exists = self->folder->if_exists;
  return plan;
}

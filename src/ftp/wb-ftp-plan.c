/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-queue-private.h"

/* What is to be moved between @local and @remote. */
WbFtpPlan *
wb_ftp_plan_new (gboolean upload, GFile *local, const char *remote)
{
  WbFtpPlan *plan = g_new0 (WbFtpPlan, 1);

  g_atomic_ref_count_init (&plan->ref_count);
  plan->upload = upload;
  plan->local = g_object_ref (local);
  plan->remote = g_strdup (remote);
  plan->size = -1;
  plan->modified = -1;
  plan->mode = -1;
  plan->there_size = -1;
  plan->there_modified = -1;
  return plan;
}

/* The same with @name put behind @remote_directory. */
WbFtpPlan *
wb_ftp_plan_new_in (gboolean upload, GFile *local, const char *remote_directory, const char *name)
{
  gboolean bare = *remote_directory == '\0' || g_str_has_suffix (remote_directory, "/");
  g_autofree char *remote = g_strconcat (remote_directory, bare ? "" : "/", name, NULL);

  return wb_ftp_plan_new (upload, local, remote);
}

/* The same plan under another rule. */
WbFtpPlan *
wb_ftp_plan_change (const WbFtpPlan *plan, WbFtpIfExists if_exists)
{
  WbFtpPlan *copy = g_new (WbFtpPlan, 1);

  *copy = *plan;
  g_atomic_ref_count_init (&copy->ref_count);
  g_object_ref (copy->local);
  copy->remote = g_strdup (plan->remote);
  copy->if_exists = if_exists;
  return copy;
}

/* What a listing says, before anybody else knows the plan. */
void
wb_ftp_plan_take_entry (WbFtpPlan *plan, WbFtpEntry *entry)
{
  GDateTime *time = wb_ftp_entry_get_modified (entry);

  plan->type = wb_ftp_entry_get_entry_type (entry);
  plan->mode = wb_ftp_mode_parse (wb_ftp_entry_get_mode (entry));
  if (plan->type != WB_FTP_ENTRY_FILE)
    return;
  /* A link's size is its own, not that of what it leads to. */
  plan->size = wb_ftp_entry_get_size (entry);
  plan->modified = time != NULL ? g_date_time_to_unix (time) : -1;
}

WbFtpPlan *
wb_ftp_plan_ref (WbFtpPlan *plan)
{
  g_atomic_ref_count_inc (&plan->ref_count);
  return plan;
}

void
wb_ftp_plan_unref (WbFtpPlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->ref_count))
    return;
  g_object_unref (plan->local);
  g_free (plan->remote);
  g_free (plan);
}

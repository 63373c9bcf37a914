/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"
#include "wb-dialogs.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Above this many servers refuse a mail, as they say of themselves. */
#define USUAL_MAXIMUM ((guint64) 25 * 1000 * 1000)

static void
answered_cb (const char *response, gpointer user_data)
{
  WbComposer *self = user_data;

  if (strcmp (response, "send") != 0 || !self->store)
    return;
  self->reminded = TRUE;
  wb_composer_send (self);
}

/**
 * wb_composer_remind:
 * @self: the window
 * @composition: what would be sent
 *
 * Asks, once, where the text speaks of an attachment and there is none. Main thread.
 *
 * Returns: whether it asks, and nothing is to be sent now
 */
gboolean
wb_composer_remind (WbComposer *self, const WbComposition *composition)
{
  g_autofree char *made = NULL;
  const char *text = composition->text;

  if (self->reminded || composition->attachments->len > 0)
    return FALSE;
  if (composition->html)
    text = made = wb_html_to_text (composition->html);
  if (!(text && wb_draft_mentions_attachment (text)) &&
      !(composition->subject && wb_draft_mentions_attachment (composition->subject)))
    return FALSE;
  wb_ask (GTK_WIDGET (self), _ ("Send without an attachment?"),
          _ ("The text speaks of one, and none is attached."), "send", _ ("_Send as It Is"), FALSE,
          answered_cb, g_object_ref (self), g_object_unref);
  return TRUE;
}

static char *
describe_limit (WbComposer *self, guint64 travelling, guint64 limit)
{
  g_autofree char *whole = g_format_size (travelling);
  g_autofree char *most = g_format_size (limit);

  if (self->facts && self->facts->maximum_size > 0)
    return g_strdup_printf (
        /* Translators: both %s are sizes such as "25 MB" */
        _ ("On its way the mail is about %s, and the server of this account takes no more than "
           "%s. Send large files by FTP and mail their address."),
        whole, most);
  return g_strdup_printf (
      /* Translators: both %s are sizes such as "25 MB" */
      _ ("On its way it is %s, and many servers take no more than %s. Send large files by FTP "
         "and mail their address."),
      whole, most);
}

/**
 * wb_composer_show_total:
 * @self: the window
 *
 * Says how much the attachments are together, and where the server takes less than that as it
 * travels. Main thread.
 */
void
wb_composer_show_total (WbComposer *self)
{
  GListModel *items = wb_attachment_strip_get_items (WB_ATTACHMENT_STRIP (self->strip));
  guint n = g_list_model_get_n_items (items);
  guint64 limit = USUAL_MAXIMUM;
  guint64 total = 0;
  guint64 travelling = 0;
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;
  g_autofree char *why = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbAttachment) attachment = g_list_model_get_item (items, i);

      total += wb_attachment_get_size (attachment);
    }
  if (self->facts && self->facts->maximum_size > 0)
    limit = self->facts->maximum_size;
  /* Base64 makes four bytes of three, and a line end of each 76. */
  travelling = total * 4 / 3 * 78 / 76;
  size = g_format_size (total);
  text = g_strdup_printf (
      /* Translators: %u is a number of files, %s their size together such as "12 kB" */
      g_dngettext (GETTEXT_PACKAGE, "%u file, %s", "%u files, %s", n), n, size);
  gtk_label_set_text (self->total, text);
  gtk_widget_set_visible (GTK_WIDGET (self->total), n > 0);
  if (travelling > limit)
    {
      why = describe_limit (self, travelling, limit);
      gtk_widget_add_css_class (GTK_WIDGET (self->total), "warning");
    }
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->total), "warning");
  gtk_label_set_text (self->too_large, why ? why : "");
  gtk_widget_set_visible (GTK_WIDGET (self->too_large), why != NULL);
}

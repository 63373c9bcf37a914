/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-sockets-page.h"

#include <glib/gi18n-lib.h>

struct _WbSocketsPage
{
  AdwBin parent_instance;

  WbWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (WbSocketsPage, wb_sockets_page, ADW_TYPE_BIN)

static void
wb_sockets_page_dispose (GObject *object)
{
  WbSocketsPage *self = WB_SOCKETS_PAGE (object);

  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_sockets_page_parent_class)->dispose (object);
}

static void
wb_sockets_page_class_init (WbSocketsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_sockets_page_dispose;
}

static void
wb_sockets_page_init (WbSocketsPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), "network-transmit-receive-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (status), _ ("Sockets"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _ ("UDP and TCP, server and client."));
  adw_bin_set_child (ADW_BIN (self), status);
}

/**
 * wb_sockets_page_new:
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wb_sockets_page_new (WbWorkbench *workbench)
{
  WbSocketsPage *self = g_object_new (WB_TYPE_SOCKETS_PAGE, NULL);

  self->workbench = g_object_ref (workbench);
  return GTK_WIDGET (self);
}

/**
 * wb_sockets_page_add:
 * @kind: "udp-server", "udp-client", "tcp-server" or "tcp-client"
 *
 * Adds an endpoint and shows it.
 */
void
wb_sockets_page_add (WbSocketsPage *self, const char *kind)
{
  g_return_if_fail (WB_IS_SOCKETS_PAGE (self));
}

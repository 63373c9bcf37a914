/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-sender.h"

#include <gtk/gtk.h>

struct _WbSender
{
  GObject parent_instance;

  WbAccount *account;
  const WbMailIdentity *identity; /* of the account, which keeps it */
};

G_DEFINE_FINAL_TYPE (WbSender, wb_sender, G_TYPE_OBJECT)

static void
wb_sender_finalize (GObject *object)
{
  g_object_unref (WB_SENDER (object)->account);

  G_OBJECT_CLASS (wb_sender_parent_class)->finalize (object);
}

static void
wb_sender_class_init (WbSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_sender_finalize;
}

static void
wb_sender_init (WbSender *self)
{
}

/* One model for each account. */
static gpointer
list_identities (gpointer item, gpointer user_data)
{
  g_autoptr (WbAccount) account = item;
  GPtrArray *identities = wb_account_get_identities (account);
  GListStore *list = g_list_store_new (WB_TYPE_SENDER);

  for (guint i = 0; i < identities->len; i++)
    {
      g_autoptr (WbSender) sender = g_object_new (WB_TYPE_SENDER, NULL);

      sender->account = g_object_ref (account);
      sender->identity = g_ptr_array_index (identities, i);
      g_list_store_append (list, sender);
    }
  return list;
}

/**
 * wb_sender_list:
 * @accounts: #WbAccount objects
 *
 * Main thread.
 *
 * Returns: (transfer full): a list of #WbSender objects that follows @accounts: each with its own
 *   address and its other identities behind that
 */
GListModel *
wb_sender_list (GListModel *accounts)
{
  GtkMapListModel *lists =
      gtk_map_list_model_new (g_object_ref (accounts), list_identities, NULL, NULL);

  return G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (lists)));
}

/**
 * wb_sender_get_account:
 * @self: the sender
 *
 * Returns: (transfer none): whose servers a mail from it goes by
 */
WbAccount *
wb_sender_get_account (WbSender *self)
{
  g_return_val_if_fail (WB_IS_SENDER (self), NULL);

  return self->account;
}

/**
 * wb_sender_get_identity:
 * @self: the sender
 *
 * Returns: (transfer none): its name and address
 */
const WbMailIdentity *
wb_sender_get_identity (WbSender *self)
{
  g_return_val_if_fail (WB_IS_SENDER (self), NULL);

  return self->identity;
}

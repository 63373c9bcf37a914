/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-mail-private.h"

#include "wb-lab-ca.h"

#include <string.h>

/* All mails that are being received at one moment together. */
#define RECEIVING_MAX (8 * WB_LAB_MAIL_MAX)

/* Between two attempts to reach the other provider, in seconds: doubled each time. */
#define RETRY_FIRST 1
#define RETRY_LAST 60

struct _WbLabMail
{
  WbWire *wire;
  char *directory;
  GTlsCertificate *certificate;
  const WbLabFault *fault;
  GPtrArray *mailboxes;
  const WbLabMailbox *catch_all;
  WbMaildir *queues[WB_LAB_N_PROVIDERS];

  /* Under @lock, which @wake belongs to: */
  GMutex lock;
  GCond wake;
  guint16 ports[WB_LAB_N_PROVIDERS];
  gint64 receiving;
  gboolean work;
  gboolean ending;

  GCancellable *cancellable;
  GThread *thread;
};

static const char *const domains[WB_LAB_N_PROVIDERS] = {
  [WB_LAB_PROVIDER_A] = WB_LAB_DOMAIN_A,
  [WB_LAB_PROVIDER_B] = WB_LAB_DOMAIN_B,
};

static void
mailbox_free (gpointer data)
{
  WbLabMailbox *mailbox = data;

  g_free (mailbox->address);
  g_free (mailbox->password);
  g_free (mailbox->path);
  g_clear_object (&mailbox->maildir);
  g_free (mailbox);
}

/* ── Carrying mail from one provider to the other ── */

static WbLabProvider
other (WbLabProvider provider)
{
  return provider == WB_LAB_PROVIDER_A ? WB_LAB_PROVIDER_B : WB_LAB_PROVIDER_A;
}

static gboolean
run_queues (WbLabMail *self)
{
  gboolean empty = TRUE;

  for (guint from = 0; from < WB_LAB_N_PROVIDERS; from++)
    {
      guint16 port;

      g_mutex_lock (&self->lock);
      port = self->ports[other (from)];
      g_mutex_unlock (&self->lock);
      /* A provider that is switched off is no reason to try again: being switched on is. */
      if (port != 0)
        empty = wb_lab_relay_run (self, from, self->queues[from], self->wire, port,
                                  self->cancellable) &&
                empty;
    }
  return empty;
}

static gpointer
relay_thread (gpointer data)
{
  WbLabMail *self = data;
  guint wait = RETRY_FIRST;

  g_mutex_lock (&self->lock);
  while (!self->ending)
    {
      gboolean empty;

      while (!self->work && !self->ending)
        g_cond_wait (&self->wake, &self->lock);
      if (self->ending)
        break;
      self->work = FALSE;
      g_mutex_unlock (&self->lock);
      empty = run_queues (self);
      g_mutex_lock (&self->lock);

      if (empty)
        {
          wait = RETRY_FIRST;
          continue;
        }
      if (!self->work && !self->ending)
        g_cond_wait_until (&self->wake, &self->lock,
                           g_get_monotonic_time () + wait * G_USEC_PER_SEC);
      self->work = TRUE;
      wait = MIN (wait * 2, RETRY_LAST);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
kick (WbLabMail *self)
{
  g_mutex_lock (&self->lock);
  self->work = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

/* ── Making ── */

/**
 * wb_lab_mail_new:
 * @wire: where the conversations between the providers are logged
 * @directory: holds the mailboxes and queues; made where missing
 * @certificate: for STARTTLS and STLS
 * @fault: (nullable): faults on demand; must outlive the mail
 *
 * Opens the queues and starts the thread that carries mail from one provider to the other.
 *
 * Returns: (transfer full): the mail, or %NULL with %WB_MAIL_ERROR_STORE set
 */
WbLabMail *
wb_lab_mail_new (WbWire *wire,
                 const char *directory,
                 GTlsCertificate *certificate,
                 const WbLabFault *fault,
                 GError **error)
{
  g_autoptr (WbLabMail) self = g_new0 (WbLabMail, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->wire = g_object_ref (wire);
  self->directory = g_strdup (directory);
  self->certificate = g_object_ref (certificate);
  self->fault = fault;
  self->mailboxes = g_ptr_array_new_with_free_func (mailbox_free);
  self->cancellable = g_cancellable_new ();
  for (guint i = 0; i < WB_LAB_N_PROVIDERS; i++)
    {
      g_autofree char *name = g_strconcat ("queue-", domains[i], NULL);
      g_autofree char *path = g_build_filename (directory, name, NULL);

      self->queues[i] = wb_maildir_open (path, error);
      if (self->queues[i] == NULL)
        return NULL;
    }
  self->thread = g_thread_try_new ("lab-relay", relay_thread, self, error);
  if (self->thread == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * wb_lab_mail_free:
 * @self: (transfer full): the mail; no server uses it any more
 *
 * Ends the relaying thread. What is queued stays and goes out at the next start.
 */
void
wb_lab_mail_free (WbLabMail *self)
{
  if (self->thread != NULL)
    {
      g_cancellable_cancel (self->cancellable);
      g_mutex_lock (&self->lock);
      self->ending = TRUE;
      g_cond_signal (&self->wake);
      g_mutex_unlock (&self->lock);
      g_thread_join (self->thread);
    }
  for (guint i = 0; i < WB_LAB_N_PROVIDERS; i++)
    g_clear_object (&self->queues[i]);
  g_ptr_array_unref (self->mailboxes);
  g_object_unref (self->cancellable);
  g_object_unref (self->certificate);
  g_object_unref (self->wire);
  g_free (self->directory);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * wb_lab_mail_add_mailbox:
 * @address: user@domain
 * @catch_all: whether mail for any other domain goes there
 *
 * Adds a mailbox; only before the servers start.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_lab_mail_add_mailbox (WbLabMail *self,
                         const char *address,
                         const char *password,
                         gboolean catch_all,
                         GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, address, NULL);
  g_autoptr (WbMaildir) maildir = wb_maildir_open (path, error);
  WbLabMailbox *mailbox;

  if (maildir == NULL)
    return FALSE;
  mailbox = g_new0 (WbLabMailbox, 1);
  mailbox->address = g_strdup (address);
  mailbox->password = g_strdup (password);
  mailbox->path = g_steal_pointer (&path);
  mailbox->maildir = g_steal_pointer (&maildir);
  g_ptr_array_add (self->mailboxes, mailbox);
  if (catch_all)
    self->catch_all = mailbox;
  return TRUE;
}

/**
 * wb_lab_mail_get_certificate:
 *
 * Returns: (transfer none): the certificate for STARTTLS and STLS
 */
GTlsCertificate *
wb_lab_mail_get_certificate (WbLabMail *self)
{
  return self->certificate;
}

/**
 * wb_lab_mail_get_fault:
 *
 * Returns: (transfer none) (nullable): the faults in force
 */
const WbLabFault *
wb_lab_mail_get_fault (WbLabMail *self)
{
  return self->fault;
}

/**
 * wb_lab_provider_get_domain:
 *
 * Returns: (transfer none): "lab-a.test" or "lab-b.test"
 */
const char *
wb_lab_provider_get_domain (WbLabProvider provider)
{
  return domains[provider];
}

/**
 * wb_lab_mail_find_mailbox:
 * @user: an address, or what stands before its "@"
 *
 * Returns: (transfer none) (nullable): the mailbox
 */
const WbLabMailbox *
wb_lab_mail_find_mailbox (WbLabMail *self, const char *user)
{
  for (guint i = 0; i < self->mailboxes->len; i++)
    {
      const WbLabMailbox *mailbox = g_ptr_array_index (self->mailboxes, i);
      gsize local = strcspn (mailbox->address, "@");

      if (g_ascii_strcasecmp (mailbox->address, user) == 0 ||
          (strlen (user) == local && g_ascii_strncasecmp (mailbox->address, user, local) == 0))
        return mailbox;
    }
  return NULL;
}

/**
 * wb_lab_mail_set_port:
 * @port: where the provider's server listens; 0 when it does not
 *
 * Tells the relaying thread where to carry mail for @provider.
 */
void
wb_lab_mail_set_port (WbLabMail *self, WbLabProvider provider, guint16 port)
{
  g_mutex_lock (&self->lock);
  self->ports[provider] = port;
  g_mutex_unlock (&self->lock);
  kick (self);
}

/**
 * wb_lab_mail_reserve:
 * @bytes: to hold in memory while a mail comes in, or, negative, no longer to
 *
 * Bounds the memory of all mails that are being received at one moment.
 *
 * Returns: whether there is room; nothing is reserved when not
 */
gboolean
wb_lab_mail_reserve (WbLabMail *self, gint64 bytes)
{
  gboolean room;

  g_mutex_lock (&self->lock);
  room = bytes < 0 || self->receiving + bytes <= (gint64) RECEIVING_MAX;
  if (room)
    self->receiving += bytes;
  g_mutex_unlock (&self->lock);
  return room;
}

/* ── Where a mail goes ── */

static gboolean
has_domain (const char *address, const char *domain)
{
  const char *at = strrchr (address, '@');

  return at != NULL && g_ascii_strcasecmp (at + 1, domain) == 0;
}

static const WbLabMailbox *
find_local (WbLabMail *self, WbLabProvider provider, const char *recipient)
{
  g_autofree char *whole = NULL;

  /* RFC 5321, section 4.5.1: postmaster is always somebody, even without a domain. */
  if (g_ascii_strncasecmp (recipient, "postmaster", 10) == 0 &&
      (recipient[10] == '\0' || recipient[10] == '@'))
    for (guint i = 0; i < self->mailboxes->len; i++)
      {
        const WbLabMailbox *mailbox = g_ptr_array_index (self->mailboxes, i);

        if (has_domain (mailbox->address, domains[provider]))
          return mailbox;
      }
  whole = strchr (recipient, '@') == NULL ? g_strconcat (recipient, "@", domains[provider], NULL)
                                          : g_strdup (recipient);
  return strchr (whole, '@') != NULL ? wb_lab_mail_find_mailbox (self, whole) : NULL;
}

static gboolean
is_local (WbLabProvider provider, const char *recipient)
{
  return strchr (recipient, '@') == NULL || has_domain (recipient, domains[provider]);
}

/**
 * wb_lab_mail_knows:
 * @provider: whose server was asked
 * @recipient: an address
 *
 * Tells whether @provider takes mail for @recipient: for its own users, for everybody at
 * the other provider, who will say whether it knows them, and for all other domains, since
 * that mail is caught.
 *
 * Returns: whether it takes it
 */
gboolean
wb_lab_mail_knows (WbLabMail *self, WbLabProvider provider, const char *recipient)
{
  return !is_local (provider, recipient) || find_local (self, provider, recipient) != NULL;
}

static gboolean
deliver_into (const WbLabMailbox *mailbox,
              const char *sender,
              const char *recipient,
              GBytes *message,
              GError **error)
{
  g_autofree char *head =
      g_strdup_printf ("Return-Path: <%s>\r\nDelivered-To: %s\r\n", sender, recipient);
  g_autoptr (GByteArray) whole = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;

  whole = g_byte_array_sized_new (strlen (head) + g_bytes_get_size (message));
  g_byte_array_append (whole, (const guint8 *) head, strlen (head));
  g_byte_array_append (whole, g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&whole));
  name = wb_maildir_deliver (mailbox->maildir, bytes, "", error);
  return name != NULL;
}

/**
 * wb_lab_mail_accept:
 * @provider: who took the mail
 * @sender: as in MAIL FROM; "" for a report
 * @recipients: (element-type utf8): as in RCPT TO
 * @message: header, with a Received line of @provider's, and body
 *
 * Delivers a mail into local mailboxes, queues it for the other provider, or catches it. When this
 * returns, it is on disk; so it is the moment for "250". Blocks.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_lab_mail_accept (WbLabMail *self,
                    WbLabProvider provider,
                    const char *sender,
                    GPtrArray *recipients,
                    GBytes *message,
                    GError **error)
{
  g_autoptr (GPtrArray) onward = g_ptr_array_new ();

  for (guint i = 0; i < recipients->len; i++)
    {
      char *recipient = g_ptr_array_index (recipients, i);
      const WbLabMailbox *mailbox = NULL;

      if (is_local (provider, recipient))
        mailbox = find_local (self, provider, recipient);
      else if (has_domain (recipient, domains[other (provider)]))
        {
          g_ptr_array_add (onward, recipient);
          continue;
        }
      if (mailbox == NULL)
        mailbox = self->catch_all;
      if (mailbox != NULL && !deliver_into (mailbox, sender, recipient, message, error))
        return FALSE;
    }

  if (onward->len > 0)
    {
      g_autoptr (GBytes) packed = wb_lab_queue_entry_pack (sender, onward, message);
      g_autofree char *name = wb_maildir_deliver (self->queues[provider], packed, "", error);

      if (name == NULL)
        return FALSE;
      kick (self);
    }
  return TRUE;
}

/**
 * wb_lab_mail_format_date:
 *
 * The time, as it stands in a header (RFC 5322, section 3.3), in UTC and in English whatever
 * the locale.
 *
 * Returns: (transfer full): such as "Mon, 23 Nov 2026 07:17:00 +0000"
 */
char *
wb_lab_mail_format_date (void)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_strdup_printf (
      "%s, %d %s %04d %02d:%02d:%02d +0000", days[g_date_time_get_day_of_week (now) - 1],
      g_date_time_get_day_of_month (now), months[g_date_time_get_month (now) - 1],
      g_date_time_get_year (now), g_date_time_get_hour (now), g_date_time_get_minute (now),
      g_date_time_get_second (now));
}

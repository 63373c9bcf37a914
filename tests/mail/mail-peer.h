/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-url.h"

G_BEGIN_DECLS

/**
 * MailPeerRule:
 * @command: how a line begins; "" is the greeting, "." the end of a text
 * @reply: what is said to it, with line ends; %NULL is silence, "" hangs up
 *
 * One thing that a scripted mail server does. The first rule that fits is followed.
 */
typedef struct
{
  const char *command;
  const char *reply;
} MailPeerRule;

/**
 * MailPeer:
 *
 * A mail server on loopback, in a thread of its own, that follows rules with one client. A
 * reply of 354 makes it take a text up to its dot.
 */
typedef struct _MailPeer MailPeer;

MailPeer *mail_peer_new          (const MailPeerRule  *rules);
void      mail_peer_free         (MailPeer            *self);
void      mail_peer_cancel_when_silent (MailPeer      *self,
                                        GCancellable  *cancellable);
WbUrl    *mail_peer_get_url      (MailPeer            *self);
char     *mail_peer_finish       (MailPeer            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailPeer, mail_peer_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-autoconfig-places.h"
#include "wb-autoconfig-xml.h"
#include "wb-provider.h"
#include "wb-trust.h"
#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbAutoconfigState:
 * @WB_AUTOCONFIG_RUNNING: it is being asked
 * @WB_AUTOCONFIG_FOUND: it has the settings
 * @WB_AUTOCONFIG_NOTHING: it answered that it has none
 * @WB_AUTOCONFIG_FAILED: it did not answer, or not as it should
 * @WB_AUTOCONFIG_SKIPPED: it was not asked
 */
typedef enum
{
  WB_AUTOCONFIG_RUNNING,
  WB_AUTOCONFIG_FOUND,
  WB_AUTOCONFIG_NOTHING,
  WB_AUTOCONFIG_FAILED,
  WB_AUTOCONFIG_SKIPPED,
} WbAutoconfigState;

/**
 * WbAutoconfigFunc:
 * @probe: counts up from 0; each is told first as running, then with its end
 * @title: what is asked
 * @state: how far it is
 * @detail: (nullable): what came of it
 *
 * Is told each probe, on the worker.
 */
typedef void (*WbAutoconfigFunc) (guint              probe,
                                  const char        *title,
                                  WbAutoconfigState  state,
                                  const char        *detail,
                                  gpointer           user_data);

/**
 * WbAutoconfigSearch:
 * @address: user@host
 * @ask_mozilla: whether the person agreed that Mozilla's list is told the domain
 * @places: where to look
 * @trust: judges certificates
 * @wire: (nullable): where probes of mail servers are logged
 * @func: (nullable): is told the probes
 * @user_data: for @func
 *
 * What to look for.
 */
typedef struct
{
  const char               *address;
  gboolean                  ask_mozilla;
  const WbAutoconfigPlaces *places;
  WbTrust                  *trust;
  WbWire                   *wire;
  WbAutoconfigFunc          func;
  gpointer                  user_data;
} WbAutoconfigSearch;

/**
 * WbAutoconfig:
 * @provider: (nullable): a provider that is known
 * @smtp: (nullable): where to send
 * @pop3: (nullable): where to receive
 * @source: who said so, for people
 * @warning: (nullable): what to look at before believing it, for people
 * @help: (nullable): an https address with more to read
 *
 * The settings that were found.
 */
typedef struct
{
  const WbProvider   *provider;
  WbAutoconfigServer *smtp;
  WbAutoconfigServer *pop3;
  char               *source;
  char               *warning;
  char               *help;
} WbAutoconfig;

WbAutoconfig *wb_autoconfig_find      (const WbAutoconfigSearch  *search,
                                       GCancellable              *cancellable,
                                       GError                   **error);
gboolean      wb_autoconfig_is_ready  (const char                *address);
void          wb_autoconfig_free      (WbAutoconfig              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbAutoconfig, wb_autoconfig_free)

G_END_DECLS

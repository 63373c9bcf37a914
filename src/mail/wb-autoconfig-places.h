/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-trust.h"

G_BEGIN_DECLS

/**
 * WbAutoconfigPlaces:
 * @https: the port where a domain describes its servers
 * @http: the same without TLS
 * @ispdb: Mozilla's list of providers; "%s" stands for the domain
 * @smtps: the port of implicit TLS for sending (RFC 8314)
 * @submission: the port of STARTTLS for sending (RFC 6409)
 * @pop3s: the port of implicit TLS for receiving
 * @pop3: the port of STLS for receiving
 * @resolver: (nullable): knows all names; %NULL for the system's
 *
 * Where settings are looked for. Not changed once it is made, so any thread may read it.
 */
typedef struct
{
  guint16    https;
  guint16    http;
  char      *ispdb;
  guint16    smtps;
  guint16    submission;
  guint16    pop3s;
  guint16    pop3;
  GResolver *resolver;
} WbAutoconfigPlaces;

WbAutoconfigPlaces *wb_autoconfig_places_new  (void);
WbAutoconfigPlaces *wb_autoconfig_places_load (const char          *path,
                                               WbTrust             *trust,
                                               GError             **error);
void                wb_autoconfig_places_free (WbAutoconfigPlaces  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbAutoconfigPlaces, wb_autoconfig_places_free)

G_END_DECLS

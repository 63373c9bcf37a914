/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-autoconfig.h"

G_BEGIN_DECLS

/*
 * One search, on its worker. Each kind of place has a function that tells its probes and returns
 * the settings, or NULL: what failed was told, and the next place is asked. After a cancel they
 * return NULL at once.
 */
typedef struct
{
  const WbAutoconfigSearch *search;
  GCancellable             *cancellable;
  char                     *domain; /* of the address, in ASCII and lower case */
  guint                     probe;
  char                     *title;  /* of the probe that runs */
} WbAutoconfigRun;

void          wb_autoconfig_run_begin    (WbAutoconfigRun    *run,
                                          char               *title);
void          wb_autoconfig_run_end      (WbAutoconfigRun    *run,
                                          WbAutoconfigState   state,
                                          const char         *detail);
void          wb_autoconfig_run_fail     (WbAutoconfigRun    *run,
                                          const GError       *error);
gboolean      wb_autoconfig_run_is_over  (WbAutoconfigRun    *run);
WbAutoconfig *wb_autoconfig_from_provider (const WbProvider  *provider,
                                           const char        *address);

WbAutoconfig *wb_autoconfig_ask_services (WbAutoconfigRun    *run);
char         *wb_autoconfig_ask_mx       (WbAutoconfigRun    *run);
WbAutoconfig *wb_autoconfig_guess        (WbAutoconfigRun    *run);

G_END_DECLS

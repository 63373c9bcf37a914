/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-ftp-site-store.h"
#include "wb-secrets.h"

G_BEGIN_DECLS

void wb_site_import_choose (GtkWidget       *parent,
                            WbFtpSiteStore  *store,
                            WbSecrets       *secrets);

G_END_DECLS

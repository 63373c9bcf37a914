/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The names and addresses that the lab's certificate is good for. */
#define WB_LAB_DOMAIN_A "lab-a.test"
#define WB_LAB_DOMAIN_B "lab-b.test"

gboolean wb_lab_ca_ensure (const char       *directory,
                           char            **ca_file,
                           GTlsCertificate **certificate,
                           GError          **error);

G_END_DECLS

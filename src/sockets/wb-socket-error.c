/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "wb-socket-error.h"

G_DEFINE_QUARK (wb_socket_error, wb_socket_error)

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-lab-fault.h"
#include "wb-lab-ftp.h"
#include "wb-lab-listener.h"
#include "wb-lab-mail.h"
#include "wb-lab-smtp.h"
#include "wb-lab.h"
#include "wb-socket-server.h"

G_BEGIN_DECLS

/* Services are started and stopped under @lock; the rest never changes after wb_lab_new(). */
struct _WbLab
{
  GObject parent_instance;

  WbWire *wire;
  char *state_directory;
  char *ftp_directory;
  char *ca_file;
  GTlsCertificate *certificate;
  GPtrArray *accounts;
  WbLabFault *fault;
  WbLabFtp *ftp;
  WbLabMail *mail;
  WbLabSmtp smtp[WB_LAB_N_PROVIDERS];

  GMutex lock;
  WbLabListener *listeners[WB_LAB_N_SERVICES];
  WbSocketServer *echoes[WB_LAB_N_SERVICES];
};

G_END_DECLS

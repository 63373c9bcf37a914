/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-init.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>
#include <sys/resource.h>

#define OPEN_FILES 65536

/* A server of ten thousand clients needs more than the usual 1,024. */
static void
raise_open_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= OPEN_FILES)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, OPEN_FILES);
  setrlimit (RLIMIT_NOFILE, &limit);
}

/**
 * wb_init:
 *
 * What a program must do before anything else, while it has one thread: take the
 * person's language, keep old versions of TLS and the signal for a broken pipe away,
 * and permit itself as many open files as the system lets it. Does it again without harm.
 */
void
wb_init (void)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  /* The floor's glib-networking would negotiate TLS 1.0; it reads this at its first use. */
  g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", FALSE);

  /* GLib makes the locale it reads numbers in when the first is read. Of two threads that read one
   * just then, the second waits, which leaves an errno that g_ascii_string_to_unsigned() takes for
   * a number that is none. */
  g_ascii_strtoull ("0", NULL, 10);

  signal (SIGPIPE, SIG_IGN);
  raise_open_files ();
}

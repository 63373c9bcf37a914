/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cases"

#include "config.h"

#include "wb-case-private.h"

#include "wb-error.h"
#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <string.h>

/* What is said when nobody chose other words, and what is left of it in a charset that cannot. */
#define TEXT "Hello, network! 你好，网络！"
#define TEXT_ASCII "Hello, network!"

#define SHOWN_MAX 100

/* Tells that a step began; steps count from 0. */
void
wb_case_run_begin (WbCaseRun *run, guint step)
{
  run->step = step;
  run->in_step = TRUE;
  if (run->func != NULL)
    run->func (step, WB_CASE_STEP_BEGUN, NULL, run->user_data);
}

/* Tells that the step is done, and what was seen. */
void
wb_case_run_done (WbCaseRun *run, const char *format, ...)
{
  g_autofree char *detail = NULL;
  va_list arguments;

  va_start (arguments, format);
  detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  run->in_step = FALSE;
  if (run->func != NULL)
    run->func (run->step, WB_CASE_STEP_DONE, detail, run->user_data);
}

/* The words to say: the person's, or ours as far as the charset has them. */
const char *
wb_case_run_get_text (WbCaseRun *run)
{
  g_autoptr (GBytes) bytes = NULL;

  if (run->options->text != NULL)
    return run->options->text;
  bytes = wb_text_encode (TEXT, run->charset, NULL);
  return bytes != NULL ? TEXT : TEXT_ASCII;
}

/* Text as bytes of the run's charset. */
GBytes *
wb_case_run_encode (WbCaseRun *run, const char *text, GError **error)
{
  return wb_text_encode (text, run->charset, error);
}

/* Bytes as one line that can be shown. */
char *
wb_case_run_show (WbCaseRun *run, const void *data, gsize length)
{
  g_autofree char *text = wb_text_escape (data, MIN (length, SHOWN_MAX * 4), run->charset);

  if (g_utf8_strlen (text, -1) > SHOWN_MAX)
    {
      g_autofree char *start = g_utf8_substring (text, 0, SHOWN_MAX);

      return g_strconcat (start, "…", NULL);
    }
  return g_steal_pointer (&text);
}

/* Starts one of the lab's servers, if it does not run yet. */
gboolean
wb_case_run_start_lab (WbCaseRun *run, WbLabService service, GError **error)
{
  if (run->options->lab == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("This case needs a server: the lab, or the address of another one."));
      return FALSE;
    }
  return wb_lab_is_running (run->options->lab, service) ||
         wb_lab_start (run->options->lab, service, 0, error);
}

/* Where to go and as whom: the server that the person named, or the lab's. */
WbUrl *
wb_case_run_find_url (WbCaseRun *run, WbLabService service, const char *account, GError **error)
{
  g_autoptr (WbUrl) url = NULL;
  g_autofree char *text = NULL;
  const char *wanted = service == WB_LAB_FTP ? "ftp" : (service == WB_LAB_POP3 ? "pop3" : "smtp");

  if (run->options->against == NULL)
    {
      if (!wb_case_run_start_lab (run, service, error))
        return NULL;
      text = wb_lab_dup_url (run->options->lab, service, account);
    }
  url = wb_url_parse (text != NULL ? text : run->options->against, error);
  if (url == NULL)
    return NULL;

  if (strcmp (url->protocol, wanted) != 0)
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: both %s are protocols, such as "ftp" and "smtp". */
                   _ ("This case talks %s, and the address is one for %s."), wanted, url->protocol);
      return NULL;
    }
  if (run->options->against != NULL && run->options->password != NULL)
    {
      g_free (url->password);
      url->password = g_strdup (run->options->password);
    }
  return g_steal_pointer (&url);
}

static void
unref_address (gpointer data)
{
  g_object_unref (data);
}

static GPtrArray *
resolve (const char *host, guint16 port, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketConnectable) name = g_network_address_new (host, port);
  g_autoptr (GSocketAddressEnumerator) enumerator = g_socket_connectable_enumerate (name);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (unref_address);
  g_autoptr (GError) local = NULL;
  GSocketAddress *address;

  while ((address = g_socket_address_enumerator_next (enumerator, cancellable, &local)) != NULL)
    g_ptr_array_add (addresses, address);
  if (addresses->len == 0)
    {
      g_autofree char *peer = g_strdup_printf ("%s:%u", host, port);

      if (local == NULL)
        g_set_error_literal (&local, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, peer);
      wb_error_translate (&local, peer);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return g_steal_pointer (&addresses);
}

/* The addresses of an echo server, at least one: those of the host that the person named, or the
 * lab's.
 */
GPtrArray *
wb_case_run_find_addresses (WbCaseRun *run, WbLabService service, GError **error)
{
  const char *against = run->options->against;
  g_autofree char *host = NULL;
  guint16 port = 0;

  if (against == NULL)
    {
      if (!wb_case_run_start_lab (run, service, error))
        return NULL;
      return resolve ("127.0.0.1", wb_lab_get_port (run->options->lab, service), run->cancellable,
                      error);
    }

  if (g_str_has_prefix (against, "udp://") || g_str_has_prefix (against, "tcp://"))
    against += strlen ("udp://");
  if (!wb_parse_host_port (against, NULL, &host, &port, error))
    return NULL;
  if (port == 0)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Nothing can be sent to port 0. Name the port that the server has."));
      return NULL;
    }
  return resolve (host, port, run->cancellable, error);
}

/* A case that is a server cannot be run against one. */
gboolean
wb_case_run_refuse_against (WbCaseRun *run, GError **error)
{
  if (run->options->against == NULL)
    return TRUE;
  g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                       _ ("This case is a server itself, so it is not run against another one."));
  return FALSE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-ftp-private.h"

#include "wb-lab-secret.h"

#include <string.h>

#define LINE_MAX_FTP 4096
#define FAILURES_MAX 3
/* Commands that may wait while a file goes by. */
#define TYPED_AHEAD_MAX 16

/* Telnet (RFC 854), which RFC 959 builds on: IAC, and what follows it before ABOR. */
#define TELNET_IAC 0xff
#define TELNET_FIRST 0xf0

static gboolean
handle_user (WbLabFtpSession *self, const char *argument, GError **error)
{
  const WbLabFtpAccount *account;

  g_clear_pointer (&self->user, g_free);
  self->account = NULL;
  if (*argument == '\0')
    return wb_lab_peer_reply (self->peer, error, "501 USER wants a name.");

  self->user = g_strdup (argument);
  account = wb_lab_ftp_find_account (self->server, argument);
  if (account != NULL && account->kind == WB_LAB_FTP_ANONYMOUS)
    return wb_lab_peer_reply (self->peer, error,
                              "331 Anonymous login: send your e-mail address as the password.");
  /* The same words for a name that does not exist. */
  return wb_lab_peer_reply (self->peer, error, "331 Password, please.");
}

static gboolean
handle_pass (WbLabFtpSession *self, const char *argument, GError **error)
{
  const WbLabFtpAccount *account;

  if (self->user == NULL)
    return wb_lab_peer_reply (self->peer, error, "503 Send USER first.");

  account = wb_lab_ftp_find_account (self->server, self->user);
  if (account == NULL ||
      (account->password != NULL && !wb_lab_secret_equal (account->password, argument)))
    {
      g_clear_pointer (&self->user, g_free);
      if (++self->failures < FAILURES_MAX)
        return wb_lab_peer_reply (self->peer, error, "530 User or password is wrong.");
      self->quit = TRUE;
      return wb_lab_peer_reply (self->peer, error, "421 Too many wrong passwords. Goodbye.");
    }

  self->account = account;
  self->failures = 0;
  g_free (self->folder);
  self->folder = g_strdup ("/");
  switch (account->kind)
    {
    case WB_LAB_FTP_GUEST:
      return wb_lab_peer_reply (self->peer, error,
                                "230 Logged in as a guest; you may write in /upload.");
    case WB_LAB_FTP_ANONYMOUS:
      return wb_lab_peer_reply (self->peer, error,
                                "230 Logged in anonymously; you may read /pub and put new files "
                                "into /incoming.");
    case WB_LAB_FTP_REAL:
    case WB_LAB_FTP_N_KINDS:
    default:
      return wb_lab_peer_reply (self->peer, error, "230 Logged in; this is your home.");
    }
}

static gboolean
handle_acct (WbLabFtpSession *self, const char *argument, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "202 No account is needed here.");
}

static void
log_out (WbLabFtpSession *self)
{
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->rename_from, g_free);
  self->account = NULL;
  self->restart = 0;
  self->ascii = FALSE;
  wb_lab_ftp_data_reset (self);
}

static gboolean
handle_rein (WbLabFtpSession *self, const char *argument, GError **error)
{
  log_out (self);
  return wb_lab_peer_reply (self->peer, error, "220 Ready for another user.");
}

static gboolean
handle_quit (WbLabFtpSession *self, const char *argument, GError **error)
{
  self->quit = TRUE;
  return wb_lab_peer_reply (self->peer, error, "221 Goodbye.");
}

static gboolean
handle_auth (WbLabFtpSession *self, const char *argument, GError **error)
{
  if (g_ascii_strcasecmp (argument, "TLS") != 0 && g_ascii_strcasecmp (argument, "TLS-C") != 0 &&
      g_ascii_strcasecmp (argument, "SSL") != 0)
    return wb_lab_peer_reply (self->peer, error, "504 AUTH TLS is the only one here.");
  if (wb_connection_get_tls (self->control))
    return wb_lab_peer_reply (self->peer, error, "503 This conversation is under TLS already.");

  if (!wb_lab_peer_reply (self->peer, error, "234 Begin the TLS handshake."))
    return FALSE;
  log_out (self);
  return wb_connection_start_tls_server (self->control, wb_lab_ftp_get_certificate (self->server),
                                         self->cancellable, error);
}

static gboolean
handle_pbsz (WbLabFtpSession *self, const char *argument, GError **error)
{
  if (!wb_connection_get_tls (self->control))
    return wb_lab_peer_reply (self->peer, error, "503 Send AUTH TLS first.");
  return wb_lab_peer_reply (self->peer, error, "200 PBSZ=0");
}

static gboolean
handle_prot (WbLabFtpSession *self, const char *argument, GError **error)
{
  if (!wb_connection_get_tls (self->control))
    return wb_lab_peer_reply (self->peer, error, "503 Send AUTH TLS first.");
  if (g_ascii_strcasecmp (argument, "P") == 0)
    self->protect = TRUE;
  else if (g_ascii_strcasecmp (argument, "C") == 0)
    self->protect = FALSE;
  else
    return wb_lab_peer_reply (self->peer, error, "504 PROT takes P (private) or C (clear).");
  return wb_lab_peer_reply (self->peer, error, "200 Data connections will be %s.",
                            self->protect ? "under TLS" : "in the clear");
}

static gboolean
handle_type (WbLabFtpSession *self, const char *argument, GError **error)
{
  char type = g_ascii_toupper (argument[0]);

  if (type == 'A' && (argument[1] == '\0' || g_ascii_strcasecmp (argument, "A N") == 0))
    self->ascii = TRUE;
  else if ((type == 'I' && argument[1] == '\0') || g_ascii_strcasecmp (argument, "L 8") == 0)
    self->ascii = FALSE;
  else
    return wb_lab_peer_reply (self->peer, error, "504 TYPE takes A or I.");
  return wb_lab_peer_reply (self->peer, error, "200 Type is %s.",
                            self->ascii ? "ASCII: line ends are converted"
                                        : "image: bytes as they are");
}

static gboolean
handle_mode (WbLabFtpSession *self, const char *argument, GError **error)
{
  if (g_ascii_strcasecmp (argument, "S") != 0)
    return wb_lab_peer_reply (self->peer, error, "504 MODE takes S (stream) alone.");
  return wb_lab_peer_reply (self->peer, error, "200 Mode is stream.");
}

static gboolean
handle_stru (WbLabFtpSession *self, const char *argument, GError **error)
{
  if (g_ascii_strcasecmp (argument, "F") != 0)
    return wb_lab_peer_reply (self->peer, error, "504 STRU takes F (file) alone.");
  return wb_lab_peer_reply (self->peer, error, "200 Structure is file.");
}

static gboolean
handle_rest (WbLabFtpSession *self, const char *argument, GError **error)
{
  guint64 offset;

  if (self->ascii)
    return wb_lab_peer_reply (self->peer, error,
                              "504 REST counts bytes, which ASCII type changes; send TYPE I.");
  if (!g_ascii_string_to_unsigned (argument, 10, 0, G_MAXINT64, &offset, NULL))
    return wb_lab_peer_reply (self->peer, error, "501 REST wants a number of bytes.");
  self->restart = offset;
  return wb_lab_peer_reply (self->peer, error,
                            "350 The next transfer begins at byte %" G_GUINT64_FORMAT ".", offset);
}

static gboolean
handle_allo (WbLabFtpSession *self, const char *argument, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "202 No storage needs to be reserved here.");
}

static gboolean
handle_noop (WbLabFtpSession *self, const char *argument, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "200 Still here.");
}

static gboolean
handle_abor (WbLabFtpSession *self, const char *argument, GError **error)
{
  wb_lab_ftp_data_reset (self);
  return wb_lab_peer_reply (self->peer, error, "226 Nothing was under way.");
}

static gboolean
handle_syst (WbLabFtpSession *self, const char *argument, GError **error)
{
  return wb_lab_peer_reply (self->peer, error, "215 UNIX Type: L8");
}

static gboolean
queue_lines (WbLabFtpSession *self, const char *const *lines, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (!wb_lab_peer_queue (self->peer, lines[i], error))
      return FALSE;
  return wb_lab_peer_flush (self->peer, error);
}

static gboolean
handle_feat (WbLabFtpSession *self, const char *argument, GError **error)
{
  static const char *const lines[] = {
    "211-Features:",
    " AUTH TLS",
    " EPRT",
    " EPSV",
    " MDTM",
    " MFMT",
    " MLST type*;size*;modify*;perm*;UNIX.mode*;",
    " PBSZ",
    " PROT",
    " REST STREAM",
    " SIZE",
    " TVFS",
    " UTF8",
    "211 End",
  };

  return queue_lines (self, lines, G_N_ELEMENTS (lines), error);
}

static gboolean
handle_opts (WbLabFtpSession *self, const char *argument, GError **error)
{
  if (g_ascii_strncasecmp (argument, "UTF8", 4) == 0)
    return wb_lab_peer_reply (self->peer, error, "200 Names are bytes here, UTF-8 welcome.");
  if (g_ascii_strncasecmp (argument, "MLST", 4) == 0)
    return wb_lab_peer_reply (self->peer, error, "200 MLST OPTS type;size;modify;perm;UNIX.mode;");
  return wb_lab_peer_reply (self->peer, error, "501 No such option.");
}

static gboolean
handle_stat (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autofree char *user = NULL;
  g_autofree char *channel = NULL;
  const char *lines[6];

  if (*argument != '\0')
    {
      if (self->account == NULL)
        return wb_lab_peer_reply (self->peer, error, "530 Log in first.");
      return wb_lab_ftp_stat_path (self, argument, error);
    }

  user = self->account != NULL ? g_strdup_printf (" Logged in as %s (%s)", self->account->user,
                                                  wb_lab_ftp_kind_get_name (self->account->kind))
                               : g_strdup (" Not logged in");
  channel = g_strdup_printf (" Control connection %s; data connections %s",
                             wb_connection_get_tls (self->control) ? "under TLS" : "in the clear",
                             self->protect ? "under TLS" : "in the clear");
  lines[0] = "211-Wirebench lab FTP server:";
  lines[1] = user;
  lines[2] =
      self->ascii ? " TYPE ASCII, STRU file, MODE stream" : " TYPE image, STRU file, MODE stream";
  lines[3] = channel;
  lines[4] = "211 End";
  return queue_lines (self, lines, 5, error);
}

static gboolean
handle_help (WbLabFtpSession *self, const char *argument, GError **error)
{
  static const char *const lines[] = {
    "214-These commands are known:",
    " USER PASS ACCT REIN QUIT AUTH PBSZ PROT PWD CWD CDUP TYPE MODE STRU PASV EPSV PORT EPRT",
    " LIST NLST MLSD MLST RETR STOR APPE REST ALLO ABOR SIZE MDTM MFMT DELE MKD RMD RNFR RNTO",
    " SITE FEAT OPTS STAT SYST HELP NOOP; SITE knows CHMOD",
    "214 End",
  };

  return queue_lines (self, lines, G_N_ELEMENTS (lines), error);
}

/* RFC 959 section 4.1, in its order; then RFC 2228, 2389, 2428, 3659 and 4217. */
static const struct
{
  const char *verb;
  gboolean login;
  WbLabFtpHandler handle;
} commands[] = {
  { "USER", FALSE, handle_user },    { "PASS", FALSE, handle_pass },
  { "ACCT", FALSE, handle_acct },    { "CWD", TRUE, wb_lab_ftp_cwd },
  { "XCWD", TRUE, wb_lab_ftp_cwd },  { "CDUP", TRUE, wb_lab_ftp_cdup },
  { "XCUP", TRUE, wb_lab_ftp_cdup }, { "REIN", FALSE, handle_rein },
  { "QUIT", FALSE, handle_quit },    { "PORT", TRUE, wb_lab_ftp_port },
  { "PASV", TRUE, wb_lab_ftp_pasv }, { "TYPE", TRUE, handle_type },
  { "STRU", TRUE, handle_stru },     { "MODE", TRUE, handle_mode },
  { "RETR", TRUE, wb_lab_ftp_retr }, { "STOR", TRUE, wb_lab_ftp_stor },
  { "APPE", TRUE, wb_lab_ftp_appe }, { "ALLO", TRUE, handle_allo },
  { "REST", TRUE, handle_rest },     { "RNFR", TRUE, wb_lab_ftp_rnfr },
  { "RNTO", TRUE, wb_lab_ftp_rnto }, { "ABOR", TRUE, handle_abor },
  { "DELE", TRUE, wb_lab_ftp_dele }, { "RMD", TRUE, wb_lab_ftp_rmd },
  { "XRMD", TRUE, wb_lab_ftp_rmd },  { "MKD", TRUE, wb_lab_ftp_mkd },
  { "XMKD", TRUE, wb_lab_ftp_mkd },  { "PWD", TRUE, wb_lab_ftp_pwd },
  { "XPWD", TRUE, wb_lab_ftp_pwd },  { "LIST", TRUE, wb_lab_ftp_list },
  { "NLST", TRUE, wb_lab_ftp_nlst }, { "SITE", TRUE, wb_lab_ftp_site },
  { "SYST", FALSE, handle_syst },    { "STAT", FALSE, handle_stat },
  { "HELP", FALSE, handle_help },    { "NOOP", FALSE, handle_noop },
  { "AUTH", FALSE, handle_auth },    { "PBSZ", FALSE, handle_pbsz },
  { "PROT", FALSE, handle_prot },    { "FEAT", FALSE, handle_feat },
  { "OPTS", FALSE, handle_opts },    { "EPRT", TRUE, wb_lab_ftp_eprt },
  { "EPSV", TRUE, wb_lab_ftp_epsv }, { "SIZE", TRUE, wb_lab_ftp_size },
  { "MDTM", TRUE, wb_lab_ftp_mdtm }, { "MLSD", TRUE, wb_lab_ftp_mlsd },
  { "MLST", TRUE, wb_lab_ftp_mlst }, { "MFMT", TRUE, wb_lab_ftp_mfmt },
};

/* Old clients announce ABOR and STAT by Telnet's "interrupt process" and "synch". */
static const char *
skip_telnet (const char *line)
{
  while ((guchar) line[0] >= TELNET_FIRST && line[0] != '\0')
    {
      if ((guchar) line[0] == TELNET_IAC && line[1] == line[0])
        break;
      line++;
    }
  return line;
}

static gssize
mask_secret (const char *line, gsize length, gpointer user_data)
{
  gsize at = 0;

  while (at < length && (guchar) line[at] >= TELNET_FIRST)
    at++;
  if (length - at >= 5 && (g_ascii_strncasecmp (line + at, "PASS ", 5) == 0 ||
                           g_ascii_strncasecmp (line + at, "ACCT ", 5) == 0))
    return at + 5;
  return -1;
}

static gboolean
dispatch (WbLabFtpSession *self, const char *line, GError **error)
{
  const char *space;
  const char *argument;
  g_autofree char *verb = NULL;
  guint code;

  line = skip_telnet (line);
  space = strchr (line, ' ');
  verb = space != NULL ? g_ascii_strup (line, space - line) : g_ascii_strup (line, -1);
  argument = space != NULL ? space + 1 : "";

  if (!g_str_equal (verb, "RNTO"))
    g_clear_pointer (&self->rename_from, g_free);

  code = wb_lab_fault_get_reply (wb_lab_ftp_get_fault (self->server), verb);
  if (code != 0)
    {
      self->quit = code == 421;
      return wb_lab_peer_reply (self->peer, error, "%u Fault on demand.", code);
    }

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (!g_str_equal (commands[i].verb, verb))
        continue;
      if (commands[i].login && self->account == NULL)
        return wb_lab_peer_reply (self->peer, error, "530 Log in first, by USER and PASS.");
      return commands[i].handle (self, argument, error);
    }
  return wb_lab_peer_reply (self->peer, error, "500 Unknown command.");
}

static char *
read_line (WbLabFtpSession *self, GError **error)
{
  for (;;)
    {
      g_autofree char *line = NULL;
      gsize length;

      line = wb_lab_peer_read_command (self->peer, &length, error);
      if (line == NULL || strlen (line) == length)
        return g_steal_pointer (&line);
      if (!wb_lab_peer_reply (self->peer, error, "501 A NUL byte can stand in no command."))
        return NULL;
    }
}

/**
 * wb_lab_ftp_session_hear:
 *
 * Reads one command that came while a data connection is waited for or used, and acts on
 * it: ABOR sets @self->aborted, STAT and NOOP are answered, everything else waits until
 * the transfer is over (RFC 959, section 4.1.3). Called by whichever thread has
 * the control connection then.
 *
 * Returns: %FALSE when there is nothing more to listen for: aborted, lost, or too much
 *   waits already
 */
gboolean
wb_lab_ftp_session_hear (WbLabFtpSession *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = read_line (self, &error);
  const char *verb;

  if (line == NULL)
    {
      self->lost = TRUE;
      return FALSE;
    }

  verb = skip_telnet (line);
  if (g_ascii_strcasecmp (verb, "ABOR") == 0)
    {
      self->aborted = TRUE;
      return FALSE;
    }
  if (g_ascii_strcasecmp (verb, "NOOP") == 0 || g_ascii_strcasecmp (verb, "STAT") == 0)
    {
      self->lost = !dispatch (self, verb, &error);
      return !self->lost;
    }
  g_queue_push_tail (&self->typed_ahead, g_steal_pointer (&line));
  return g_queue_get_length (&self->typed_ahead) < TYPED_AHEAD_MAX;
}

/**
 * wb_lab_ftp_session_run:
 * @self: with server, control connection and cancellable set
 *
 * Greets, then reads and carries out commands until the client leaves.
 */
void
wb_lab_ftp_session_run (WbLabFtpSession *self)
{
  g_autoptr (GError) error = NULL;
  guint greeting = wb_lab_fault_get_reply (wb_lab_ftp_get_fault (self->server), "CONNECT");

  self->peer = wb_lab_peer_new (self->control, wb_lab_ftp_get_fault (self->server), LINE_MAX_FTP,
                                "500 That line is too long.", self->cancellable);
  self->folder = g_strdup ("/");
  g_queue_init (&self->typed_ahead);
  wb_connection_set_read_mask (self->control, mask_secret, NULL);

  if (greeting != 0)
    self->quit =
        wb_lab_peer_reply (self->peer, &error, "%u Fault on demand.", greeting) && greeting >= 400;
  else
    self->lost = !wb_lab_peer_reply (self->peer, &error, "220 Wirebench lab FTP server.");

  while (!self->quit && !self->lost)
    {
      g_autofree char *line = g_queue_pop_head (&self->typed_ahead);

      if (line == NULL)
        line = read_line (self, &error);
      if (line == NULL || !dispatch (self, line, &error))
        break;
    }

  if (error != NULL)
    g_debug ("ftp: %s", error->message);
  wb_lab_ftp_data_reset (self);
  wb_connection_set_read_mask (self->control, NULL, NULL);
  g_queue_clear_full (&self->typed_ahead, g_free);
  g_clear_pointer (&self->peer, wb_lab_peer_free);
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->rename_from, g_free);
}

static const struct
{
  GFileError code;
  const char *text;
} reasons[] = {
  { G_FILE_ERROR_NOENT, "550 No such file or folder." },
  { G_FILE_ERROR_ACCES, "550 Permission denied." },
  { G_FILE_ERROR_PERM, "550 Permission denied." },
  { G_FILE_ERROR_EXIST, "550 It exists already, or is not empty." },
  { G_FILE_ERROR_NOTDIR, "550 That is not a folder." },
  { G_FILE_ERROR_ISDIR, "550 That is a folder." },
  { G_FILE_ERROR_NAMETOOLONG, "553 That name is too long." },
  { G_FILE_ERROR_ROFS, "550 This disk can only be read." },
  { G_FILE_ERROR_NOSPC, "452 The disk is full." },
  { G_FILE_ERROR_MFILE, "451 Too many files are open; try again." },
  { G_FILE_ERROR_NFILE, "451 Too many files are open; try again." },
};

/**
 * wb_lab_ftp_session_refuse:
 * @reason: what the file system said
 *
 * Replies with the code and words that fit @reason.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_session_refuse (WbLabFtpSession *self, const GError *reason, GError **error)
{
  if (reason->domain == G_FILE_ERROR)
    for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
      if (reasons[i].code == (GFileError) reason->code)
        return wb_lab_peer_reply (self->peer, error, "%s", reasons[i].text);
  return wb_lab_peer_reply (self->peer, error, "550 That cannot be done.");
}

/**
 * wb_lab_ftp_session_resolve:
 * @argument: a path as the client sent it; "" is the current folder
 * @action: what is to be done there
 *
 * Makes a path of the jail from a client's, and checks that the account may.
 *
 * Returns: (transfer full): the path, or %NULL with a `G_FILE_ERROR` set
 */
char *
wb_lab_ftp_session_resolve (WbLabFtpSession *self,
                            const char *argument,
                            WbLabFtpAction action,
                            GError **error)
{
  g_autofree char *path = wb_lab_jail_resolve (self->folder, argument, error);

  if (path == NULL)
    return NULL;
  if (!wb_lab_ftp_permits (self->account, action, path))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES, "%s", path);
      return NULL;
    }
  return g_steal_pointer (&path);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-name.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A reply is read no further than this. */
#define REPLY_LINES_MAX 2000
#define REPLY_BYTES_MAX (256 * 1024)

/* How much of the server's words an error repeats. */
#define WORDS_MAX 300

static const char *const step_words[] = {
  [WB_FTP_STEP_ANY] = N_ ("The command failed."),
  [WB_FTP_STEP_CONNECT] = N_ ("Could not connect."),
  [WB_FTP_STEP_TLS] = N_ ("Could not begin to encrypt. No password was sent."),
  [WB_FTP_STEP_LOGIN] = N_ ("Could not log in."),
  [WB_FTP_STEP_DIRECTORY] = N_ ("Could not open the folder."),
  [WB_FTP_STEP_LIST] = N_ ("Could not list the folder."),
  [WB_FTP_STEP_SIZE] = N_ ("Could not ask for the size."),
  [WB_FTP_STEP_DOWNLOAD] = N_ ("Could not receive the file."),
  [WB_FTP_STEP_UPLOAD] = N_ ("Could not send the file."),
  [WB_FTP_STEP_MAKE_DIRECTORY] = N_ ("Could not make the folder."),
  [WB_FTP_STEP_REMOVE_FILE] = N_ ("Could not delete the file."),
  [WB_FTP_STEP_REMOVE_DIRECTORY] = N_ ("Could not delete the folder."),
  [WB_FTP_STEP_RENAME] = N_ ("Could not rename."),
  [WB_FTP_STEP_TIME] = N_ ("Could not ask for or set the time of the file."),
  [WB_FTP_STEP_MODE] = N_ ("Could not change the permissions."),
  [WB_FTP_STEP_LINK] = N_ ("Could not make the link."),
  [WB_FTP_STEP_HASH] = N_ ("Could not ask for the checksum."),
  [WB_FTP_STEP_SPACE] = N_ ("Could not ask for the free space."),
  [WB_FTP_STEP_QUIT] = N_ ("Could not say goodbye."),
};

#define ACCOUNT_WORDS N_ ("The server wants an account name, which Wirebench cannot give.")
#define FULL_WORDS \
  N_ ("The server takes no more connections. Try again later, or with fewer connections.")
#define NO_TLS_WORDS                                                                              \
  N_ ("The server does not encrypt on this port. Choose another port, or an address that begins " \
      "with ftp:// if nobody else can listen in.")

/* What a reply code means to a person, in that step if one is named, when the server's words hold
 * @holds if that is named. The first row that fits counts. */
static const struct
{
  int code;
  WbFtpStep step;
  const char *holds;
  WbFtpError error;
  const char *words;
} meanings[] = {
  /* So says vsftpd of a folder that may not be read, after a listing of nothing. */
  { 226, WB_FTP_STEP_LIST, "failed to open", WB_FTP_ERROR_PERMISSION,
    N_ ("This account may not do that here.") },
  { 332, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_PERMISSION, ACCOUNT_WORDS },
  { 500, WB_FTP_STEP_TLS, NULL, WB_FTP_ERROR_UNSUPPORTED, NO_TLS_WORDS },
  { 501, WB_FTP_STEP_TLS, NULL, WB_FTP_ERROR_UNSUPPORTED, NO_TLS_WORDS },
  { 502, WB_FTP_STEP_TLS, NULL, WB_FTP_ERROR_UNSUPPORTED, NO_TLS_WORDS },
  { 504, WB_FTP_STEP_TLS, NULL, WB_FTP_ERROR_UNSUPPORTED, NO_TLS_WORDS },
  { 530, WB_FTP_STEP_TLS, NULL, WB_FTP_ERROR_UNSUPPORTED, NO_TLS_WORDS },
  { 534, WB_FTP_STEP_TLS, NULL, WB_FTP_ERROR_UNSUPPORTED, NO_TLS_WORDS },
  { 421, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_BUSY,
    N_ ("The server takes no more connections, or is going down. Try again later, or with fewer "
        "connections.") },
  { 425, WB_FTP_STEP_ANY, "too many", WB_FTP_ERROR_BUSY, FULL_WORDS },
  { 425, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_DATA,
    N_ ("The data connection could not be opened. A firewall may be in the way.") },
  { 426, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_DATA, N_ ("The data connection broke. Try again.") },
  { 430, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_LOGIN,
    N_ ("The user name or the password is wrong. Check both, and connect again.") },
  { 450, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_FAILED,
    N_ ("The file is in use or cannot be reached at the moment. Try again later.") },
  { 451, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_FAILED,
    N_ ("Something went wrong inside the server. Try again later.") },
  { 452, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_NO_SPACE,
    N_ ("There is no space left on the server.") },
  { 500, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_UNSUPPORTED,
    N_ ("The server does not know this command.") },
  { 501, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_FAILED, N_ ("The server does not accept this name.") },
  { 502, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_UNSUPPORTED,
    N_ ("The server does not offer this command.") },
  { 504, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_UNSUPPORTED,
    N_ ("The server does not offer this kind of the command.") },
  { 522, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_DATA,
    N_ ("The server did not accept how the data connection was encrypted.") },
  /* Who it is has to be known first. "Too many" alone could as well be of wrong passwords. */
  { 530, WB_FTP_STEP_LOGIN, "maximum number", WB_FTP_ERROR_BUSY, FULL_WORDS },
  { 530, WB_FTP_STEP_LOGIN, "too many users", WB_FTP_ERROR_BUSY, FULL_WORDS },
  { 530, WB_FTP_STEP_LOGIN, "too many clients", WB_FTP_ERROR_BUSY, FULL_WORDS },
  { 530, WB_FTP_STEP_LOGIN, "too many connections", WB_FTP_ERROR_BUSY, FULL_WORDS },
  { 530, WB_FTP_STEP_LOGIN, NULL, WB_FTP_ERROR_LOGIN,
    N_ ("The user name or the password is wrong, or this account may not log in. Check both, and "
        "connect again.") },
  { 530, WB_FTP_STEP_CONNECT, NULL, WB_FTP_ERROR_BUSY,
    N_ ("The server takes no more connections. Try again later.") },
  { 530, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_LOGIN,
    N_ ("The server wants a login first. Connect again.") },
  { 532, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_PERMISSION, ACCOUNT_WORDS },
  { 534, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_UNSUPPORTED, N_ ("The server refuses to encrypt.") },
  { 550, WB_FTP_STEP_ANY, "not exist", WB_FTP_ERROR_NOT_FOUND,
    N_ ("There is no such file or folder.") },
  { 550, WB_FTP_STEP_ANY, "n't exist", WB_FTP_ERROR_NOT_FOUND,
    N_ ("There is no such file or folder.") },
  { 550, WB_FTP_STEP_ANY, "no such", WB_FTP_ERROR_NOT_FOUND,
    N_ ("There is no such file or folder.") },
  { 550, WB_FTP_STEP_ANY, "not found", WB_FTP_ERROR_NOT_FOUND,
    N_ ("There is no such file or folder.") },
  /* "Can't check for file existence": Pure-FTPd, asked to list what is not there. */
  { 550, WB_FTP_STEP_ANY, "file existence", WB_FTP_ERROR_NOT_FOUND,
    N_ ("There is no such file or folder.") },
  /* Some servers have one text for both: "exists already, or is not empty". */
  { 550, WB_FTP_STEP_REMOVE_DIRECTORY, "not empty", WB_FTP_ERROR_FAILED,
    N_ ("The folder is not empty. Delete what is in it first.") },
  { 550, WB_FTP_STEP_ANY, "exist", WB_FTP_ERROR_EXISTS,
    N_ ("There is a file or folder of that name already.") },
  { 550, WB_FTP_STEP_ANY, "permission", WB_FTP_ERROR_PERMISSION,
    N_ ("This account may not do that here.") },
  { 550, WB_FTP_STEP_ANY, "denied", WB_FTP_ERROR_PERMISSION,
    N_ ("This account may not do that here.") },
  { 550, WB_FTP_STEP_ANY, "privilege", WB_FTP_ERROR_PERMISSION,
    N_ ("This account may not do that here.") },
  { 550, WB_FTP_STEP_ANY, "not permitted", WB_FTP_ERROR_PERMISSION,
    N_ ("This account may not do that here.") },
  { 550, WB_FTP_STEP_ANY, "forbidden", WB_FTP_ERROR_PERMISSION,
    N_ ("The server does not allow this name, or this account may not write here.") },
  { 550, WB_FTP_STEP_ANY, "prohibited", WB_FTP_ERROR_PERMISSION,
    N_ ("The server does not allow this name, or this account may not write here.") },
  { 550, WB_FTP_STEP_ANY, "not empty", WB_FTP_ERROR_FAILED,
    N_ ("The folder is not empty. Delete what is in it first.") },
  { 550, WB_FTP_STEP_MAKE_DIRECTORY, NULL, WB_FTP_ERROR_PERMISSION,
    N_ ("It may exist already, or this account may not make folders here.") },
  { 550, WB_FTP_STEP_REMOVE_DIRECTORY, NULL, WB_FTP_ERROR_PERMISSION,
    N_ ("It may not be empty, or this account may not delete it.") },
  { 550, WB_FTP_STEP_UPLOAD, NULL, WB_FTP_ERROR_PERMISSION,
    N_ ("The folder may not exist, or this account may not write there.") },
  { 550, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_NOT_FOUND,
    N_ ("There is no such file or folder, or this account has no access to it.") },
  { 552, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_NO_SPACE,
    N_ ("There is no space left on the server, or this account may not use more.") },
  { 553, WB_FTP_STEP_ANY, NULL, WB_FTP_ERROR_PERMISSION,
    N_ ("The server does not allow this name, or this account may not write here.") },
};

void
wb_ftp_reply_clear (WbFtpReply *reply)
{
  reply->code = 0;
  g_clear_pointer (&reply->text, g_free);
}

/* RFC 959 §4.2: 2yz is done. */
gboolean
wb_ftp_reply_is_good (const WbFtpReply *reply)
{
  return reply->code >= 200 && reply->code < 300;
}

/* Not known, or not in this form: worth trying another way. */
gboolean
wb_ftp_reply_is_unknown_command (const WbFtpReply *reply)
{
  return reply->code == 500 || reply->code == 501 || reply->code == 502 || reply->code == 504;
}

static int
parse_code (const char *line)
{
  if (line[0] < '1' || line[0] > '6' || !g_ascii_isdigit (line[1]) || !g_ascii_isdigit (line[2]) ||
      (line[3] != ' ' && line[3] != '-' && line[3] != '\0'))
    return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/* What a server said, fit to be shown: one line, short, without a password that it echoes. */
static char *
quote_words (WbFtpClient *self, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, MIN (strlen (text), WORDS_MAX));
  GString *words = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (words, g_unichar_isprint (c) ? c : ' ');
    }
  if (self->password != NULL && strlen (self->password) >= 4)
    g_string_replace (words, self->password, WB_WIRE_MASK, 0);
  return g_string_free (words, FALSE);
}

/* Puts what was being done before what went wrong; returns FALSE. */
gboolean
wb_ftp_client_prefix (WbFtpClient *self, WbFtpStep step, GError **error)
{
  if (error != NULL && *error != NULL && (*error)->domain != WB_FTP_ERROR &&
      !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_prefix_error (error, "%s ", _ (step_words[step]));
  return FALSE;
}

static gboolean
has_words (const char *text, const char *words)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);

  return strstr (lower, words) != NULL;
}

/* What a reply that says no means in that step. */
WbFtpError
wb_ftp_reply_get_error (const WbFtpReply *reply, WbFtpStep step, const char **words)
{
  const char *text = reply->text != NULL ? reply->text : "";

  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].code == reply->code &&
        (meanings[i].step == WB_FTP_STEP_ANY || meanings[i].step == step) &&
        (meanings[i].holds == NULL || has_words (text, meanings[i].holds)))
      {
        *words = _ (meanings[i].words);
        return meanings[i].error;
      }
  *words = _ ("The server refused.");
  return WB_FTP_ERROR_FAILED;
}

/* Turns a reply that says no into an error; returns FALSE. */
gboolean
wb_ftp_client_refuse (WbFtpClient *self, WbFtpStep step, const WbFtpReply *reply, GError **error)
{
  g_autofree char *said = quote_words (self, reply->text != NULL ? reply->text : "");
  const char *words = NULL;
  WbFtpError code = wb_ftp_reply_get_error (reply, step, &words);

  g_set_error (error, WB_FTP_ERROR, code,
               /* Translators: the first %s is what was being done, the second why it failed, both
                  whole sentences; %d and the last %s are the server's reply. */
               _ ("%s %s (The server said: %d %s)"), _ (step_words[step]), words, reply->code,
               said);
  return FALSE;
}

static gboolean
fail_protocol (WbFtpClient *self, const char *line, GError **error)
{
  g_autofree char *said = quote_words (self, line);

  g_set_error (error, WB_ERROR, WB_ERROR_PROTOCOL,
               /* Translators: %s is a line that the server sent. */
               _ ("This is not how an FTP server answers: “%.80s”. Check the host and the port."),
               said);
  wb_ftp_client_break (self);
  return FALSE;
}

static gboolean
read_more_lines (WbFtpClient *self,
                 int code,
                 GString *text,
                 GCancellable *cancellable,
                 GError **error)
{
  for (guint count = 1; count < REPLY_LINES_MAX && text->len < REPLY_BYTES_MAX; count++)
    {
      g_autofree char *line = wb_connection_read_line (self->control, NULL, cancellable, error);
      gboolean last = FALSE;

      if (line == NULL)
        return FALSE;
      last = parse_code (line) == code && line[3] != '-';
      g_string_append_c (text, '\n');
      g_string_append (text, last ? line + MIN (strlen (line), 4) : line);
      if (last)
        return TRUE;
    }

  g_set_error_literal (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                       _ ("The server's reply does not end. The connection was ended."));
  wb_ftp_client_break (self);
  return FALSE;
}

/* The one function that receives replies (RFC 959 §4.2). 421 ends the session, whatever it answers,
 * so nothing can be sent a second time on it. */
gboolean
wb_ftp_client_read_reply (WbFtpClient *self,
                          WbFtpStep step,
                          WbFtpReply *reply,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autofree char *line = NULL;
  g_autoptr (GString) text = NULL;

  wb_ftp_reply_clear (reply);
  line = wb_connection_read_line (self->control, NULL, cancellable, error);
  if (line == NULL)
    return wb_ftp_client_prefix (self, step, error);

  reply->code = parse_code (line);
  if (reply->code == 0)
    {
      fail_protocol (self, line, error);
      return wb_ftp_client_prefix (self, step, error);
    }

  text = g_string_new (line + MIN (strlen (line), 4));
  if (line[3] == '-' && !read_more_lines (self, reply->code, text, cancellable, error))
    return wb_ftp_client_prefix (self, step, error);
  reply->text = g_string_free (g_steal_pointer (&text), FALSE);

  self->last_said = self->last_used = g_get_monotonic_time ();
  if (reply->code == 421)
    wb_ftp_client_break (self);
  return TRUE;
}

/* ── Names ── */

#define TELNET_IAC '\xff'

/* RFC 959 §3.1.2 has the control connection follow Telnet, where the byte 0xFF begins a command and
 * is doubled where it is meant (RFC 854): some servers do that, others take it as it is. A name
 * that nothing has, as the server repeats it, tells. Between RNFR and RNTO, or PASV and STOR, there
 * is no room for such a question, so whoever sends those calls this before. */
gboolean
wb_ftp_client_prepare_name (WbFtpClient *self,
                            const char *name,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autofree char *bytes = NULL;
  g_autofree char *end = NULL;
  g_autofree char *command = NULL;
  g_autofree char *as_it_is = NULL;
  g_autofree char *halved = NULL;
  g_auto (WbFtpReply) reply = { 0 };

  if (self->telnet_asked)
    return TRUE;
  bytes = wb_ftp_name_encode (name, self->charset, NULL);
  if (bytes == NULL || strchr (bytes, TELNET_IAC) == NULL)
    return TRUE;

  end = g_strdup_printf ("-%08x", g_random_int ());
  as_it_is = g_strconcat ("wb-\xff\xff", end, NULL);
  halved = g_strconcat ("wb-\xff", end, NULL);
  command = g_strconcat ("CWD ", as_it_is, NULL);
  if (!wb_connection_write_line (self->control, command, cancellable, error) ||
      !wb_ftp_client_read_reply (self, WB_FTP_STEP_ANY, &reply, cancellable, error))
    return FALSE;
  if (strstr (reply.text, as_it_is) != NULL)
    self->telnet = WB_FTP_NO;
  else if (strstr (reply.text, halved) != NULL)
    self->telnet = WB_FTP_YES;
  else if (reply.code != 421)
    {
      /* vsftpd repeats nothing, but says its name. */
      if (!wb_connection_write_line (self->control, "STAT", cancellable, error) ||
          !wb_ftp_client_read_reply (self, WB_FTP_STEP_ANY, &reply, cancellable, error))
        return FALSE;
      if (strstr (reply.text, "vsFTPd") != NULL)
        self->telnet = WB_FTP_NO;
    }
  if (reply.code == 421)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_ANY, &reply, error);
  self->telnet_asked = TRUE;
  return TRUE;
}

/* What only looks at things does no harm under a wrong name. */
static gboolean
only_looks (const char *line)
{
  static const char *const verbs[] = { "RETR ", "LIST ", "MLSD ", "MLST ",     "NLST ",    "STAT ",
                                       "CWD ",  "SIZE ", "MDTM ", "PRET RETR", "PRET LIST" };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_has_prefix (line, verbs[i]))
      return TRUE;
  return FALSE;
}

/* A command as it goes over the wire: the one place where names become the server's bytes. */
char *
wb_ftp_client_make_line (WbFtpClient *self, const char *verb, const char *argument, GError **error)
{
  g_autofree char *line =
      argument != NULL ? g_strconcat (verb, " ", argument, NULL) : g_strdup (verb);
  g_autofree char *bytes = wb_ftp_name_encode (line, self->charset, error);
  g_autofree char *shown = NULL;
  GString *doubled = NULL;

  if (bytes == NULL || strchr (bytes, TELNET_IAC) == NULL || self->telnet == WB_FTP_NO)
    return g_steal_pointer (&bytes);
  if (self->telnet == WB_FTP_YES)
    {
      doubled = g_string_new (bytes);
      g_string_replace (doubled, "\xff", "\xff\xff", 0);
      return g_string_free (doubled, FALSE);
    }
  if (only_looks (bytes))
    return g_steal_pointer (&bytes);
  shown = g_utf8_make_valid (argument != NULL ? argument : verb, -1);
  g_set_error (
      error, WB_ERROR, WB_ERROR_INVALID,
      /* Translators: %s is a file's name. 0xFF is a number: how programs write a byte. */
      _ ("“%s” holds the byte 0xFF, and this server does not show how it takes that, so the "
         "file could get another name there. Choose another name."),
      shown);
  return NULL;
}

/* The one function that sends commands. CR and LF in the argument are refused before anything is
 * sent, and so is a name that the server's charset does not have, so the session stays usable. */
gboolean
wb_ftp_client_talk (WbFtpClient *self,
                    WbFtpStep step,
                    const char *verb,
                    const char *argument,
                    WbFtpReply *reply,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autofree char *line = NULL;

  if (!wb_check_line_argument (_ ("command"), verb, error) ||
      (argument != NULL && !wb_check_line_argument (_ ("name"), argument, error)))
    return wb_ftp_client_prefix (self, step, error);

  /* The name of an account is sent as it was typed, as its password is. */
  if (step == WB_FTP_STEP_LOGIN && argument != NULL)
    line = g_strconcat (verb, " ", argument, NULL);
  else if (wb_ftp_client_prepare_name (self, argument != NULL ? argument : verb, cancellable,
                                       error))
    line = wb_ftp_client_make_line (self, verb, argument, error);
  if (line == NULL || !wb_connection_write_line (self->control, line, cancellable, error))
    return wb_ftp_client_prefix (self, step, error);
  return wb_ftp_client_read_reply (self, step, reply, cancellable, error);
}

/* A command that is done when the server says 2yz. */
gboolean
wb_ftp_client_expect (WbFtpClient *self,
                      WbFtpStep step,
                      const char *verb,
                      const char *argument,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  if (!wb_ftp_client_talk (self, step, verb, argument, &reply, cancellable, error))
    return FALSE;
  return wb_ftp_reply_is_good (&reply) || wb_ftp_client_refuse (self, step, &reply, error);
}

/* Goes back to the folder @back, from which a CWD led away for something that is @ok. Also where it
 * failed: names are sent without their folder, so a session that does not get back is broken.
 * Returns @ok, or FALSE with @error set. */
gboolean
wb_ftp_client_come_back (WbFtpClient *self,
                         WbFtpStep step,
                         const char *back,
                         gboolean ok,
                         GCancellable *cancellable,
                         GError **error)
{
  if (!ok && !wb_ftp_client_is_usable (self))
    return FALSE;
  if (wb_ftp_client_expect (self, step, "CWD", back, cancellable, ok ? error : NULL))
    return ok;
  wb_ftp_client_break (self);
  return FALSE;
}

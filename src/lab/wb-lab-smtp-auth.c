/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-smtp-private.h"

#include "wb-lab-secret.h"

#include <string.h>

#define LINE_MAX_AUTH 12288
#define LINE_MAX_SMTP 2048
#define FAILURES_MAX 3

/* What became of reading one line of the dialogue. */
typedef enum
{
  ANSWER_GIVEN,
  ANSWER_NONE,
  ANSWER_OVER,
} Answer;

static char *
decode (const char *text)
{
  g_autofree guchar *bytes = NULL;
  gsize length;

  /* RFC 4954, section 4: an empty response is "=". */
  if (g_str_equal (text, "="))
    return g_strdup ("");
  if (strlen (text) % 4 != 0 ||
      strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") !=
          strlen (text))
    return NULL;
  bytes = g_base64_decode (text, &length);
  /* NUL separates the parts of PLAIN; it becomes LF, which no part may hold. */
  if (memchr (bytes, '\n', length) != NULL)
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (bytes[i] == '\0')
      bytes[i] = '\n';
  return g_strndup ((char *) bytes, length);
}

/* Asks, and reads the answer, which the log does not get to see. */
static Answer
ask (WbLabSmtpSession *self, const char *challenge, char **answer, GError **error)
{
  g_autofree char *line = NULL;

  if (!wb_lab_peer_reply (self->peer, error, "334 %s", challenge))
    return ANSWER_OVER;
  self->secret = TRUE;
  line = wb_lab_peer_read_command (self->peer, NULL, error);
  self->secret = FALSE;
  if (line == NULL)
    return ANSWER_OVER;
  if (g_str_equal (line, "*"))
    return ANSWER_NONE;
  *answer = decode (line);
  return *answer != NULL ? ANSWER_GIVEN : ANSWER_NONE;
}

static const WbLabMailbox *
check_plain (WbLabSmtpSession *self, const char *response)
{
  g_auto (GStrv) parts = g_strsplit (response, "\n", 4);
  const WbLabMailbox *mailbox;

  if (g_strv_length (parts) != 3)
    return NULL;
  /* Nobody may act for somebody else here (RFC 4616, section 2). */
  if (*parts[0] != '\0' && !g_str_equal (parts[0], parts[1]))
    return NULL;
  mailbox = wb_lab_mail_find_mailbox (self->server->mail, parts[1]);
  return mailbox != NULL && wb_lab_secret_equal (mailbox->password, parts[2]) ? mailbox : NULL;
}

static Answer
run_plain (WbLabSmtpSession *self, char *initial, const WbLabMailbox **user, GError **error)
{
  g_autofree char *response = NULL;
  Answer got;

  if (initial != NULL)
    response = decode (initial);
  else if ((got = ask (self, "", &response, error)) != ANSWER_GIVEN)
    return got;
  if (response == NULL)
    return ANSWER_NONE;
  *user = check_plain (self, response);
  return ANSWER_GIVEN;
}

static Answer
run_login (WbLabSmtpSession *self, char *initial, const WbLabMailbox **user, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *password = NULL;
  const WbLabMailbox *mailbox;
  Answer got;

  if (initial != NULL)
    name = decode (initial);
  /* "Username:" and "Password:", which is what clients of this unwritten mechanism expect. */
  else if ((got = ask (self, "VXNlcm5hbWU6", &name, error)) != ANSWER_GIVEN)
    return got;
  if (name == NULL)
    return ANSWER_NONE;
  got = ask (self, "UGFzc3dvcmQ6", &password, error);
  if (got != ANSWER_GIVEN)
    return got;
  mailbox = wb_lab_mail_find_mailbox (self->server->mail, name);
  if (mailbox != NULL && wb_lab_secret_equal (mailbox->password, password))
    *user = mailbox;
  return ANSWER_GIVEN;
}

static Answer
run_cram_md5 (WbLabSmtpSession *self, char *initial, const WbLabMailbox **user, GError **error)
{
  g_autofree char *unique = g_uuid_string_random ();
  g_autofree char *challenge = g_strdup_printf ("<%s@%s>", unique, self->domain);
  g_autofree char *encoded = NULL;
  g_autofree char *response = NULL;
  g_autofree char *digest = NULL;
  const WbLabMailbox *mailbox;
  char *space;
  Answer got;

  /* RFC 2195: the server speaks first. */
  if (initial != NULL)
    return ANSWER_NONE;
  encoded = g_base64_encode ((const guchar *) challenge, strlen (challenge));
  got = ask (self, encoded, &response, error);
  if (got != ANSWER_GIVEN)
    return got;
  space = strrchr (response, ' ');
  if (space == NULL)
    return ANSWER_NONE;
  *space = '\0';
  mailbox = wb_lab_mail_find_mailbox (self->server->mail, response);
  if (mailbox == NULL)
    return ANSWER_GIVEN;
  digest = g_compute_hmac_for_string (G_CHECKSUM_MD5, (const guchar *) mailbox->password,
                                      strlen (mailbox->password), challenge, -1);
  if (wb_lab_secret_equal (digest, space + 1))
    *user = mailbox;
  return ANSWER_GIVEN;
}

static const struct
{
  const char *name;
  Answer (*run) (WbLabSmtpSession *self, char *initial, const WbLabMailbox **user, GError **error);
} mechanisms[] = {
  { "PLAIN", run_plain },
  { "LOGIN", run_login },
  { "CRAM-MD5", run_cram_md5 },
};

static gboolean
conclude (WbLabSmtpSession *self, Answer got, const WbLabMailbox *user, GError **error)
{
  switch (got)
    {
    case ANSWER_OVER:
      return FALSE;
    case ANSWER_NONE:
      return wb_lab_peer_reply (self->peer, error, "501 5.5.2 Authentication given up.");
    case ANSWER_GIVEN:
    default:
      break;
    }
  if (user != NULL)
    {
      self->user = user;
      return wb_lab_peer_reply (self->peer, error, "235 2.7.0 Logged in.");
    }
  if (++self->failures < FAILURES_MAX)
    return wb_lab_peer_reply (self->peer, error, "535 5.7.8 User or password is wrong.");
  self->quit = TRUE;
  return wb_lab_peer_reply (self->peer, error, "421 4.7.0 Too many wrong passwords. Goodbye.");
}

/**
 * wb_lab_smtp_auth:
 *
 * AUTH (RFC 4954, section 4) by PLAIN, LOGIN or CRAM-MD5.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_smtp_auth (WbLabSmtpSession *self, const char *argument, GError **error)
{
  g_auto (GStrv) words = g_strsplit (argument, " ", 2);
  const WbLabMailbox *user = NULL;
  Answer got;

  if (self->user != NULL)
    return wb_lab_peer_reply (self->peer, error, "503 5.5.1 You are logged in already.");
  if (self->state != WB_LAB_SMTP_READY || !self->extended)
    return wb_lab_peer_reply (self->peer, error, "503 5.5.1 AUTH comes after EHLO, before MAIL.");

  for (guint i = 0; words[0] != NULL && i < G_N_ELEMENTS (mechanisms); i++)
    {
      if (g_ascii_strcasecmp (words[0], mechanisms[i].name) != 0)
        continue;
      wb_lab_peer_set_line_max (self->peer, LINE_MAX_AUTH);
      got = mechanisms[i].run (self, words[1], &user, error);
      wb_lab_peer_set_line_max (self->peer, LINE_MAX_SMTP);
      return conclude (self, got, user, error);
    }
  return wb_lab_peer_reply (self->peer, error, "504 5.5.4 Use PLAIN, LOGIN or CRAM-MD5.");
}

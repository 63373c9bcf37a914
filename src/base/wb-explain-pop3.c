/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What POP3's commands and replies mean: RFC 1939, 2449, 2595, 3206, 5034, 6856. */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-explain-tables.h"

#include <glib/gi18n-lib.h>

static const WbExplainEntry commands[] = {
  { "USER", N_ ("say whose mailbox to open"), "RFC 1939 §7" },
  { "PASS", N_ ("prove it with the password"), "RFC 1939 §7" },
  { "APOP", N_ ("log in with a digest of greeting and password, so that the password is not sent"),
    "RFC 1939 §7" },
  { "AUTH PLAIN", N_ ("log in: name and password together, in base64, which hides nothing"),
    "RFC 5034 §4, RFC 4616" },
  { "AUTH LOGIN", N_ ("log in: the server asks for name and password in turn, in base64"),
    "RFC 5034 §4" },
  { "AUTH CRAM-MD5", N_ ("log in: answer the server's riddle, so that the password is never sent"),
    "RFC 5034 §4, RFC 2195" },
  { "AUTH SCRAM-SHA-1", N_ ("log in: both sides prove that they know the password"),
    "RFC 5034 §4, RFC 5802" },
  { "AUTH SCRAM-SHA-256", N_ ("log in: both sides prove that they know the password"),
    "RFC 5034 §4, RFC 7677" },
  { "AUTH XOAUTH2", N_ ("log in with a token instead of a password"), "RFC 5034 §4" },
  { "AUTH OAUTHBEARER", N_ ("log in with a token instead of a password"), "RFC 5034 §4, RFC 7628" },
  { "AUTH EXTERNAL", N_ ("log in as whom the TLS certificate says"), "RFC 5034 §4, RFC 4422" },
  { "AUTH", N_ ("log in, or ask in which ways that can be done"), "RFC 5034 §4" },
  { "CAPA", N_ ("ask what the server can do"), "RFC 2449 §5" },
  { "STLS", N_ ("ask to encrypt this connection with TLS from here on"), "RFC 2595 §4" },
  { "STAT", N_ ("ask how many messages there are and how many bytes in all"), "RFC 1939 §5" },
  { "LIST", N_ ("ask for the number and size of each message"), "RFC 1939 §5" },
  { "UIDL", N_ ("ask for each message's unique id, by which it is known again next time"),
    "RFC 1939 §7" },
  { "RETR", N_ ("fetch a message, all of it"), "RFC 1939 §5" },
  { "TOP", N_ ("fetch a message's headers and its first lines"), "RFC 1939 §7" },
  { "DELE", N_ ("mark a message; it is deleted when we leave with QUIT"), "RFC 1939 §5" },
  { "RSET", N_ ("take back all marks for deletion"), "RFC 1939 §5" },
  { "NOOP", N_ ("do nothing; keeps the connection from being closed"), "RFC 1939 §5" },
  { "QUIT", N_ ("say good-bye; what is marked is deleted now"), "RFC 1939 §6" },
  { "UTF8", N_ ("switch to addresses and headers in UTF-8"), "RFC 6856 §2" },
  { "LANG", N_ ("choose the language of the server's replies"), "RFC 6856 §3" },
  { "*", N_ ("break off the login"), "RFC 5034 §4" },
  { "********", N_ ("an answer with a secret in it, which the log does not keep"), "RFC 5034 §4" },
  { NULL, NULL, NULL },
};

static const WbExplainEntry replies[] = {
  { "+OK", N_ ("done"), "RFC 1939 §3" },
  { "-ERR", N_ ("not done; the text says why"), "RFC 1939 §3" },
  { "+", N_ ("the next step of the login: a question in base64"), "RFC 5034 §4" },
  { ".", N_ ("the list or the message ends here"), "RFC 1939 §3" },
  { NULL, NULL, NULL },
};

static const WbExplainEntry keywords[] = {
  { "TOP", N_ ("it can do this: send a message's first lines"), "RFC 2449 §6.1" },
  { "USER", N_ ("it can do this: log in with USER and PASS"), "RFC 2449 §6.2" },
  { "SASL", N_ ("it can do this: log in with AUTH, in these ways"), "RFC 2449 §6.3" },
  { "RESP-CODES", N_ ("it can do this: say in brackets why something failed"), "RFC 2449 §6.4" },
  { "LOGIN-DELAY", N_ ("it wants so many seconds between two logins"), "RFC 2449 §6.5" },
  { "PIPELINING", N_ ("it can do this: take several commands at once"), "RFC 2449 §6.6" },
  { "EXPIRE", N_ ("it keeps messages for so many days"), "RFC 2449 §6.7" },
  { "UIDL", N_ ("it can do this: tell unique ids"), "RFC 2449 §6.8" },
  { "IMPLEMENTATION", N_ ("the name of the server program"), "RFC 2449 §6.9" },
  { "AUTH-RESP-CODE", N_ ("it can do this: tell a wrong password from other trouble"),
    "RFC 3206 §6" },
  { "STLS", N_ ("it can do this: encrypt this connection"), "RFC 2595 §4" },
  { "UTF8", N_ ("it can do this: addresses and headers in UTF-8"), "RFC 6856 §2" },
  { "LANG", N_ ("it can do this: reply in other languages"), "RFC 6856 §3" },
  { NULL, NULL, NULL },
};

static const WbExplainEntry details[] = {
  { "LOGIN-DELAY", N_ ("logged in too soon after the last time; wait"), "RFC 2449 §8.1.1" },
  { "IN-USE", N_ ("another program has the mailbox open"), "RFC 2449 §8.1.2" },
  { "SYS/TEMP", N_ ("trouble on the server's side; try later"), "RFC 3206 §4" },
  { "SYS/PERM", N_ ("trouble on the server's side that its operator must mend"), "RFC 3206 §4" },
  { "AUTH", N_ ("user name or password is wrong"), "RFC 3206 §5" },
  { "UTF8", N_ ("the message holds UTF-8, which was not switched on"), "RFC 6856 §5" },
  { NULL, NULL, NULL },
};

static const WbExplainEntry none[] = { { NULL, NULL, NULL } };

/**
 * wb_explain_get_pop3: (skip)
 *
 * Returns: (transfer none): the tables of POP3
 */
const WbExplainProtocol *
wb_explain_get_pop3 (void)
{
  static const WbExplainProtocol protocol = {
    .protocol = "pop3",
    .commands = commands,
    .replies = replies,
    .keywords = keywords,
    .classes = none,
    .subjects = none,
    .details = details,
  };

  return &protocol;
}

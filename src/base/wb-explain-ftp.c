/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What FTP's commands and replies mean: RFC 959, 2228, 2389, 2428, 2640, 3659, 4217, 7151. */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-explain-tables.h"

#include <glib/gi18n-lib.h>

static const WbExplainEntry commands[] = {
  /* Access (RFC 959 §4.1.1) */
  { "USER", N_ ("say who wants to log in"), "RFC 959 §4.1.1" },
  { "PASS", N_ ("prove it with the password; an anonymous guest gives an e-mail address"),
    "RFC 959 §4.1.1" },
  { "ACCT", N_ ("name the account to be charged, where a server wants one"), "RFC 959 §4.1.1" },
  { "CWD", N_ ("go to another folder"), "RFC 959 §4.1.1" },
  { "CDUP", N_ ("go one folder up"), "RFC 959 §4.1.1" },
  { "SMNT", N_ ("mount another file system on the server"), "RFC 959 §4.1.1" },
  { "REIN", N_ ("log out and begin again on the same connection"), "RFC 959 §4.1.1" },
  { "QUIT", N_ ("say good-bye; the connection ends"), "RFC 959 §4.1.1" },

  /* Transfer parameters (RFC 959 §4.1.2) */
  { "PORT", N_ ("active mode: tell the server at which address and port to connect to us"),
    "RFC 959 §4.1.2" },
  { "PASV", N_ ("passive mode: ask the server for a port that we connect to for the data"),
    "RFC 959 §4.1.2" },
  { "TYPE I", N_ ("move files byte by byte, unchanged"), "RFC 959 §3.1.1.3" },
  { "TYPE A", N_ ("move files as text; line ends may be changed on the way"), "RFC 959 §3.1.1.1" },
  { "TYPE E", N_ ("move files as EBCDIC text"), "RFC 959 §3.1.1.2" },
  { "TYPE L", N_ ("move files in bytes of a given number of bits"), "RFC 959 §3.1.1.4" },
  { "TYPE", N_ ("choose how a file's bytes are represented"), "RFC 959 §4.1.2" },
  { "STRU", N_ ("choose a file's structure; today always a plain file"), "RFC 959 §4.1.2" },
  { "MODE Z", N_ ("compress what goes over the data connection"), "draft-preston-ftpext-deflate" },
  { "MODE", N_ ("choose how data is packed on its way; nearly always as a plain stream"),
    "RFC 959 §4.1.2" },

  /* Service (RFC 959 §4.1.3) */
  { "RETR", N_ ("download a file; its content comes over the data connection"), "RFC 959 §4.1.3" },
  { "STOR", N_ ("upload a file, in place of one of that name"), "RFC 959 §4.1.3" },
  { "STOU", N_ ("upload a file under a name that the server makes up"), "RFC 959 §4.1.3" },
  { "APPE", N_ ("upload to the end of a file that is there already"), "RFC 959 §4.1.3" },
  { "ALLO", N_ ("ask the server to set aside room for an upload"), "RFC 959 §4.1.3" },
  { "REST", N_ ("begin the next transfer so many bytes into the file"), "RFC 3659 §5" },
  { "RNFR", N_ ("rename: this is the old name, the new one follows"), "RFC 959 §4.1.3" },
  { "RNTO", N_ ("rename: this is the new name"), "RFC 959 §4.1.3" },
  { "ABOR", N_ ("break off the transfer that is running"), "RFC 959 §4.1.3" },
  { "DELE", N_ ("delete a file"), "RFC 959 §4.1.3" },
  { "RMD", N_ ("delete an empty folder"), "RFC 959 §4.1.3" },
  { "MKD", N_ ("make a folder"), "RFC 959 §4.1.3" },
  { "PWD", N_ ("ask which folder we are in"), "RFC 959 §4.1.3" },
  { "LIST", N_ ("list a folder for people to read; it comes over the data connection"),
    "RFC 959 §4.1.3" },
  { "NLST", N_ ("list the names in a folder and nothing else"), "RFC 959 §4.1.3" },
  { "SITE CHMOD", N_ ("change a file's permissions, where the server knows how"),
    "RFC 959 §4.1.3" },
  { "SITE", N_ ("a command of this server's own"), "RFC 959 §4.1.3" },
  { "SYST", N_ ("ask what operating system the server runs"), "RFC 959 §4.1.3" },
  { "STAT", N_ ("ask for the state of things, or a listing over this same connection"),
    "RFC 959 §4.1.3" },
  { "HELP", N_ ("ask which commands the server knows"), "RFC 959 §4.1.3" },
  { "NOOP", N_ ("do nothing; keeps the connection from being closed"), "RFC 959 §4.1.3" },

  /* Old names of the same (RFC 775) */
  { "XCUP", N_ ("go one folder up (old name of CDUP)"), "RFC 775" },
  { "XCWD", N_ ("go to another folder (old name of CWD)"), "RFC 775" },
  { "XMKD", N_ ("make a folder (old name of MKD)"), "RFC 775" },
  { "XPWD", N_ ("ask which folder we are in (old name of PWD)"), "RFC 775" },
  { "XRMD", N_ ("delete an empty folder (old name of RMD)"), "RFC 775" },

  /* Security (RFC 2228, 4217) */
  { "AUTH TLS", N_ ("ask to encrypt this connection with TLS from here on"), "RFC 4217 §4" },
  { "AUTH SSL", N_ ("ask to encrypt this connection (an older way of AUTH TLS)"), "RFC 4217 §4" },
  { "AUTH", N_ ("choose a way to protect the conversation"), "RFC 2228 §3" },
  { "ADAT", N_ ("carry a step of the security dialogue"), "RFC 2228 §3" },
  { "PBSZ", N_ ("agree on the size of protected blocks; 0 under TLS"), "RFC 2228 §3, RFC 4217 §8" },
  { "PROT P", N_ ("encrypt the data connections too"), "RFC 2228 §3, RFC 4217 §9" },
  { "PROT C", N_ ("leave the data connections in the clear"), "RFC 2228 §3, RFC 4217 §9" },
  { "PROT", N_ ("choose how data connections are protected"), "RFC 2228 §3" },
  { "CCC", N_ ("go back to the clear on this connection"), "RFC 2228 §3, RFC 4217 §6" },
  { "MIC", N_ ("a command with a seal against changes"), "RFC 2228 §3" },
  { "CONF", N_ ("a command that is encrypted, without a seal"), "RFC 2228 §3" },
  { "ENC", N_ ("a command that is encrypted and sealed"), "RFC 2228 §3" },

  /* What came later */
  { "FEAT", N_ ("ask what the server can do beyond the oldest standard"), "RFC 2389 §3" },
  { "OPTS UTF8", N_ ("ask for file names in UTF-8"), "RFC 2389 §4, RFC 2640" },
  { "OPTS MLST", N_ ("choose which facts a listing tells of each file"), "RFC 3659 §7.9" },
  { "OPTS", N_ ("set how another command behaves"), "RFC 2389 §4" },
  { "LANG", N_ ("choose the language of the server's replies"), "RFC 2640 §4" },
  { "EPRT", N_ ("active mode, for IPv4 and IPv6: tell the server where to connect to us"),
    "RFC 2428 §2" },
  { "EPSV", N_ ("passive mode, for IPv4 and IPv6: ask for a port that we connect to for the data"),
    "RFC 2428 §3" },
  { "LPRT", N_ ("active mode with long addresses (given up in favour of EPRT)"), "RFC 1639" },
  { "LPSV", N_ ("passive mode with long addresses (given up in favour of EPSV)"), "RFC 1639" },
  { "MDTM", N_ ("ask when a file was last changed"), "RFC 3659 §3" },
  { "SIZE", N_ ("ask how many bytes a file has"), "RFC 3659 §4" },
  { "TVFS", N_ ("not a command: paths work as on Unix"), "RFC 3659 §6" },
  { "MLST", N_ ("ask for the facts of one file, in a form made for programs"), "RFC 3659 §7" },
  { "MLSD", N_ ("list a folder in a form made for programs"), "RFC 3659 §7" },
  { "MFMT", N_ ("set when a file was last changed"), "draft-somers-ftp-mfxx" },
  { "HOST", N_ ("say which of the servers at this address is meant"), "RFC 7151 §3" },
  { "CLNT", N_ ("say the name of this program"), NULL },
  { "PRET", N_ ("say what the next transfer will be, before asking for a port"), NULL },
  { "HASH", N_ ("ask for a checksum of a file"), "draft-bryan-ftp-hash" },
  { "XCRC", N_ ("ask for the CRC checksum of a file"), NULL },
  { "XMD5", N_ ("ask for the MD5 checksum of a file"), NULL },
  { "XSHA1", N_ ("ask for the SHA-1 checksum of a file"), NULL },
  { "XSHA256", N_ ("ask for the SHA-256 checksum of a file"), NULL },
  { "AVBL", N_ ("ask how much room is left"), "draft-peterson-streamlined-ftp-command-extensions" },
  { NULL, NULL, NULL },
};

static const WbExplainEntry replies[] = {
  { "110", N_ ("the place in the file to begin again from, should the transfer break"),
    "RFC 959 §4.2.2" },
  { "120", N_ ("the server will be ready in some minutes"), "RFC 959 §4.2.2" },
  { "125", N_ ("the data connection is open already; the transfer begins"), "RFC 959 §4.2.2" },
  { "150", N_ ("all is well; the server opens the data connection and the transfer begins"),
    "RFC 959 §4.2.2" },
  { "200", N_ ("done"), "RFC 959 §4.2.2" },
  { "202", N_ ("not needed on this server; nothing was done"), "RFC 959 §4.2.2" },
  { "211", N_ ("the state of the system, or what the server can do"), "RFC 959 §4.2.2, RFC 2389" },
  { "212", N_ ("the state of a folder"), "RFC 959 §4.2.2" },
  { "213", N_ ("what was asked about a file: its size, time or state"),
    "RFC 959 §4.2.2, RFC 3659" },
  { "214", N_ ("help, for a person to read"), "RFC 959 §4.2.2" },
  { "215", N_ ("the operating system of the server"), "RFC 959 §4.2.2" },
  { "220", N_ ("the server is ready; this is its greeting"), "RFC 959 §4.2.2" },
  { "221", N_ ("good-bye; the server closes the connection"), "RFC 959 §4.2.2" },
  { "225", N_ ("the data connection is open and nothing is being transferred"), "RFC 959 §4.2.2" },
  { "226", N_ ("the transfer is complete; the data connection closes"), "RFC 959 §4.2.2" },
  { "227", N_ ("passive mode: the address and port to connect to, as six numbers"),
    "RFC 959 §4.2.2" },
  { "228", N_ ("passive mode with a long address"), "RFC 1639" },
  { "229", N_ ("passive mode: the port to connect to, on the same address"), "RFC 2428 §3" },
  { "230", N_ ("logged in; go ahead"), "RFC 959 §4.2.2" },
  { "231", N_ ("logged out"), "RFC 959 §4.2.2" },
  { "232", N_ ("logged in by the certificate, without a password"), "RFC 2228 §5.1" },
  { "234", N_ ("agreed; the TLS handshake begins now"), "RFC 2228 §5.1, RFC 4217 §4" },
  { "235", N_ ("the security dialogue is complete"), "RFC 2228 §5.1" },
  { "250", N_ ("the action on the file or folder is done"), "RFC 959 §4.2.2" },
  { "257", N_ ("the folder's name, in quotes: where we are, or the one just made"),
    "RFC 959 §4.2.2" },
  { "331", N_ ("the name is known; now the password"), "RFC 959 §4.2.2" },
  { "332", N_ ("an account is needed to log in"), "RFC 959 §4.2.2" },
  { "334", N_ ("the way of protection is accepted; more is needed"), "RFC 2228 §5.1" },
  { "335", N_ ("that step of the security dialogue is fine; more is needed"), "RFC 2228 §5.1" },
  { "336", N_ ("the user name is fine; this is the question to answer"), "RFC 2228 §5.1" },
  { "350", N_ ("half done; the command that belongs to it must follow"), "RFC 959 §4.2.2" },
  { "421", N_ ("the server is closing: too busy, too many connections, or idle for too long"),
    "RFC 959 §4.2.2" },
  { "425", N_ ("the data connection could not be opened"), "RFC 959 §4.2.2" },
  { "426", N_ ("the data connection broke; the transfer is incomplete"), "RFC 959 §4.2.2" },
  { "430", N_ ("user name or password is wrong"), NULL },
  { "431", N_ ("something needed for protection is not available just now"), "RFC 2228 §5.1" },
  { "434", N_ ("that host is not available"), NULL },
  { "450", N_ ("not done: the file is in use just now"), "RFC 959 §4.2.2" },
  { "451", N_ ("broken off: an error on the server's side"), "RFC 959 §4.2.2" },
  { "452", N_ ("not done: no room on the server"), "RFC 959 §4.2.2" },
  { "500", N_ ("the server does not understand the command"), "RFC 959 §4.2.2" },
  { "501", N_ ("something is wrong with what follows the command"), "RFC 959 §4.2.2" },
  { "502", N_ ("the server does not know this command"), "RFC 959 §4.2.2" },
  { "503", N_ ("not in this order: another command must come first"), "RFC 959 §4.2.2" },
  { "504", N_ ("the server does not know this variant of the command"), "RFC 959 §4.2.2" },
  { "521", N_ ("data connections cannot be opened with this protection"), "RFC 4217 §9" },
  { "522", N_ ("that network protocol is not supported, or the data connection must be protected"),
    "RFC 2428 §2, RFC 4217 §9" },
  { "530", N_ ("not logged in: the name or the password is wrong, or login must come first"),
    "RFC 959 §4.2.2" },
  { "532", N_ ("an account is needed to store files"), "RFC 959 §4.2.2" },
  { "533", N_ ("refused: the command must be protected"), "RFC 2228 §5.1" },
  { "534", N_ ("refused: the server's policy does not permit this protection"), "RFC 2228 §5.1" },
  { "535", N_ ("a security check failed"), "RFC 2228 §5.1" },
  { "536", N_ ("the server does not support that level of protection"), "RFC 2228 §5.1" },
  { "537", N_ ("the level of protection does not go with the way that was chosen"),
    "RFC 2228 §5.1" },
  { "550", N_ ("not done: no such file or folder, or no permission"), "RFC 959 §4.2.2" },
  { "551", N_ ("broken off: the kind of page is unknown"), "RFC 959 §4.2.2" },
  { "552", N_ ("broken off: more room than the account may use"), "RFC 959 §4.2.2" },
  { "553", N_ ("not done: that file name is not permitted"), "RFC 959 §4.2.2" },
  { "554", N_ ("not done: the place to restart from is not valid"), "RFC 3659 §5" },
  { "631", N_ ("a sealed reply"), "RFC 2228 §5.1" },
  { "632", N_ ("an encrypted and sealed reply"), "RFC 2228 §5.1" },
  { "633", N_ ("an encrypted reply"), "RFC 2228 §5.1" },
  { NULL, NULL, NULL },
};

static const WbExplainEntry keywords[] = {
  { "AUTH TLS", N_ ("it can encrypt this connection with TLS"), "RFC 4217 §3" },
  { "AUTH", N_ ("it can protect the conversation in these ways"), "RFC 2228 §3" },
  { "PBSZ", N_ ("it takes a size of protected blocks"), "RFC 4217 §3" },
  { "PROT", N_ ("it can encrypt data connections"), "RFC 4217 §3" },
  { "CCC", N_ ("it can go back to the clear"), "RFC 4217 §6" },
  { "EPRT", N_ ("it knows active mode for IPv6"), "RFC 2428" },
  { "EPSV", N_ ("it knows passive mode for IPv6"), "RFC 2428" },
  { "PASV", N_ ("it knows passive mode"), "RFC 959 §4.1.2" },
  { "MDTM", N_ ("it can tell when a file was changed"), "RFC 3659 §3.3" },
  { "MFMT", N_ ("the time of a file can be set"), "draft-somers-ftp-mfxx" },
  { "SIZE", N_ ("it can tell a file's size"), "RFC 3659 §4.3" },
  { "REST STREAM", N_ ("a broken transfer can be resumed"), "RFC 3659 §5.2" },
  { "TVFS", N_ ("its paths work as on Unix"), "RFC 3659 §6" },
  { "MLST", N_ ("it lists folders in a form made for programs, with these facts"),
    "RFC 3659 §7.8" },
  { "MLSD", N_ ("it lists folders in a form made for programs"), "RFC 3659 §7.8" },
  { "UTF8", N_ ("its file names are UTF-8"), "RFC 2640 §3.2" },
  { "LANG", N_ ("it can reply in these languages"), "RFC 2640 §4.3" },
  { "HOST", N_ ("several servers live at this address"), "RFC 7151" },
  { "CLNT", N_ ("it likes to know the client program's name"), NULL },
  { "PRET", N_ ("it wants to know the transfer before it gives a port"), NULL },
  { "MODE Z", N_ ("it can compress data"), "draft-preston-ftpext-deflate" },
  { "HASH", N_ ("it can tell checksums of files"), "draft-bryan-ftp-hash" },
  { NULL, NULL, NULL },
};

static const WbExplainEntry classes[] = {
  { "1", N_ ("it has begun; another reply will follow"), "RFC 959 §4.2" },
  { "2", N_ ("it is done"), "RFC 959 §4.2" },
  { "3", N_ ("fine so far; more is needed"), "RFC 959 §4.2" },
  { "4", N_ ("it failed this time; it may work later"), "RFC 959 §4.2" },
  { "5", N_ ("it failed, and would fail again"), "RFC 959 §4.2" },
  { "6", N_ ("a protected reply"), "RFC 2228 §5" },
  { NULL, NULL, NULL },
};

static const WbExplainEntry subjects[] = {
  { "0", N_ ("about the command's form"), NULL },
  { "1", N_ ("information"), NULL },
  { "2", N_ ("about the connections"), NULL },
  { "3", N_ ("about login and accounts"), NULL },
  { "5", N_ ("about files"), NULL },
  { NULL, NULL, NULL },
};

/**
 * wb_explain_get_ftp: (skip)
 *
 * Returns: (transfer none): the tables of FTP
 */
const WbExplainProtocol *
wb_explain_get_ftp (void)
{
  static const WbExplainProtocol protocol = {
    .protocol = "ftp",
    .commands = commands,
    .replies = replies,
    .keywords = keywords,
    .classes = classes,
    .subjects = subjects,
  };

  return &protocol;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"

#include "wb-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How many times as long as for other answers. */
#define PATIENCE 10
#define DEFAULT_TIMEOUT 30

#define BUFFER_SIZE (256 * 1024)

/* The polynomial of CRC-32 (ISO 3309), mirrored. */
#define CRC_POLYNOMIAL 0xedb88320u

#define CRC_TYPE (-1)

/* The strongest first. The commands with an X are in no standard; HASH is
 * draft-bryan-ftpext-hash-02. */
static const struct
{
  const char *name; /* as HASH has it, and as it is shown */
  const char *verb; /* on servers without HASH */
  int type;         /* GChecksumType */
  guint digits;
} algorithms[] = {
  { "SHA-512", "XSHA512", G_CHECKSUM_SHA512, 128 },
  { "SHA-256", "XSHA256", G_CHECKSUM_SHA256, 64 },
  { "SHA-1", "XSHA1", G_CHECKSUM_SHA1, 40 },
  { "SHA-1", "XSHA", G_CHECKSUM_SHA1, 40 },
  { "MD5", "XMD5", G_CHECKSUM_MD5, 32 },
  { "MD5", "MD5", G_CHECKSUM_MD5, 32 },
  { "CRC32", "XCRC", CRC_TYPE, 8 },
};

#define NO_ALGORITHM G_N_ELEMENTS (algorithms)

/* Whether "SHA-1;SHA-256*" names it. */
static gboolean
is_listed (const char *list, const char *name)
{
  g_auto (GStrv) words = g_strsplit_set (list, ";* ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], name) == 0)
      return TRUE;
  return FALSE;
}

static guint
choose (WbFtpClient *self, gboolean *by_hash)
{
  const char *list = wb_ftp_client_get_feature (self, "HASH");

  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      *by_hash = list != NULL && is_listed (list, algorithms[i].name);
      if (*by_hash || wb_ftp_client_get_feature (self, algorithms[i].verb) != NULL)
        return i;
    }
  return NO_ALGORITHM;
}

/* The word of hexadecimal digits. */
static char *
find_digits (const char *text, guint digits)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \n\t", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (strlen (words[i]) == digits &&
        strspn (words[i], "0123456789abcdefABCDEF") == strlen (words[i]))
      return g_ascii_strdown (words[i], -1);
  return NULL;
}

/* Asks for the checksum; @digits stays NULL, without an error, where the server gives none. */
static gboolean
ask (WbFtpClient *self,
     const char *path,
     guint *algorithm,
     char **digits,
     WbFtpReply *reply,
     GCancellable *cancellable,
     GError **error)
{
  gboolean by_hash = FALSE;
  const char *verb = NULL;
  gboolean ok = FALSE;

  *algorithm = choose (self, &by_hash);
  if (*algorithm == NO_ALGORITHM)
    return TRUE;
  if (by_hash && !wb_ftp_client_talk (self, WB_FTP_STEP_HASH, "OPTS HASH",
                                      algorithms[*algorithm].name, reply, cancellable, error))
    return FALSE;

  verb = by_hash ? "HASH" : algorithms[*algorithm].verb;
  wb_connection_set_timeout (self->control,
                             (self->timeout > 0 ? self->timeout : DEFAULT_TIMEOUT) * PATIENCE);
  ok = wb_ftp_client_talk (self, WB_FTP_STEP_HASH, verb, path, reply, cancellable, error);
  wb_connection_set_timeout (self->control, self->timeout);
  if (!ok)
    return FALSE;
  if (reply->code == 421)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_HASH, reply, error);
  if (wb_ftp_reply_is_good (reply))
    *digits = find_digits (reply->text, algorithms[*algorithm].digits);
  return TRUE;
}

/**
 * wb_ftp_client_hash:
 * @path: the server's bytes
 * @algorithm: (out) (optional) (transfer full): its name, such as "SHA-256"
 *
 * The checksum of a file as the server makes it, by the strongest algorithm that it has:
 * HASH (draft-bryan-ftpext-hash-02), or XSHA512, XSHA256, XSHA1, XSHA, XMD5, MD5 or XCRC,
 * which no standard has. Reading a large file takes the server a while, so it gets more
 * time than for other answers.
 *
 * Errors: %WB_FTP_ERROR_UNSUPPORTED, %WB_FTP_ERROR_NOT_FOUND, %WB_ERROR_PROTOCOL for an
 * answer without a checksum, those of talking.
 *
 * Returns: (transfer full) (nullable): hexadecimal digits in lower case, or %NULL with
 *   @error set
 */
char *
wb_ftp_client_hash (WbFtpClient *self,
                    const char *path,
                    char **algorithm,
                    GCancellable *cancellable,
                    GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  char *digits = NULL;
  guint found = 0;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  if (algorithm != NULL)
    *algorithm = NULL;
  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (path, error) ||
      !ask (self, path, &found, &digits, &reply, cancellable, error))
    return NULL;

  if (found == NO_ALGORITHM)
    g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_UNSUPPORTED,
                         _ ("The server cannot make checksums of files."));
  else if (digits == NULL && !wb_ftp_reply_is_good (&reply))
    wb_ftp_client_refuse (self, WB_FTP_STEP_HASH, &reply, error);
  else if (digits == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                           _ ("The server's answer is not a checksum."));
      wb_ftp_client_prefix (self, WB_FTP_STEP_HASH, error);
    }
  else if (algorithm != NULL)
    *algorithm = g_strdup (algorithms[found].name);
  return digits;
}

static void
fail_to_read (int code, GError **error)
{
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
               /* Translators: %s is the system's reason. */
               _ ("Could not compare the checksums. Reading the file failed: %s."),
               g_strerror (code));
}

static guint32
add_to_crc (guint32 crc, const guint8 *data, gsize length)
{
  static guint32 table[256];
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      for (guint32 i = 0; i < G_N_ELEMENTS (table); i++)
        {
          table[i] = i;
          for (guint bit = 0; bit < 8; bit++)
            table[i] = (table[i] >> 1) ^ ((table[i] & 1) != 0 ? CRC_POLYNOMIAL : 0);
        }
      g_once_init_leave (&ready, 1);
    }
  while (length-- > 0)
    crc = (crc >> 8) ^ table[(crc ^ *data++) & 0xff];
  return crc;
}

/* The same of a file on this computer, from its beginning. */
static char *
hash_fd (int fd, int type, GCancellable *cancellable, GError **error)
{
  g_autoptr (GChecksum) checksum = type != CRC_TYPE ? g_checksum_new (type) : NULL;
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  guint32 crc = G_MAXUINT32;
  off_t at = 0;

  for (;;)
    {
      ssize_t got = pread (fd, buffer, BUFFER_SIZE, at);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          fail_to_read (errno, error);
          return NULL;
        }
      if (got == 0)
        break;
      if (checksum != NULL)
        g_checksum_update (checksum, buffer, got);
      else
        crc = add_to_crc (crc, buffer, got);
      at += got;
    }
  if (checksum != NULL)
    return g_strdup (g_checksum_get_string (checksum));
  return g_strdup_printf ("%08x", crc ^ G_MAXUINT32);
}

/* What wb_ftp_client_hash() would say of @file, by an algorithm that it named. An ordinary file
 * alone is read: a pipe in its place would never end. */
char *
wb_ftp_hash_file (GFile *file, const char *algorithm, GCancellable *cancellable, GError **error)
{
  int fd = open (g_file_peek_path (file), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat st;
  char *digits = NULL;
  guint found = 0;

  while (found < NO_ALGORITHM && !g_str_equal (algorithms[found].name, algorithm))
    found++;
  g_assert (found < NO_ALGORITHM);

  if (fd < 0 || fstat (fd, &st) != 0)
    fail_to_read (errno, error);
  else if (!S_ISREG (st.st_mode))
    fail_to_read (EINVAL, error);
  else
    digits = hash_fd (fd, algorithms[found].type, cancellable, error);
  if (fd >= 0)
    close (fd);
  return digits;
}

/* Compares the checksums of @path and @fd. Where the server makes none there is nothing to compare,
 * and all is well. */
gboolean
wb_ftp_client_verify (WbFtpClient *self,
                      WbFtpStep step,
                      const char *path,
                      int fd,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  g_autofree char *there = NULL;
  g_autofree char *here = NULL;
  guint found = 0;

  if (!ask (self, path, &found, &there, &reply, cancellable, error))
    return FALSE;
  if (there == NULL)
    {
      if (self->wire != NULL)
        wb_wire_note (self->wire, wb_connection_get_conversation (self->control), WB_WIRE_NOTE,
                      _ ("The server made no checksum, so none was compared."));
      return TRUE;
    }
  here = hash_fd (fd, algorithms[found].type, cancellable, error);
  if (here == NULL)
    return FALSE;
  if (g_str_equal (here, there))
    return TRUE;

  if (step == WB_FTP_STEP_UPLOAD)
    g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE,
                 /* Translators: %s is a kind of checksum, such as "SHA-256". */
                 _ ("Could not send the file. Its %s checksum on the server is another than here. "
                    "Try again."),
                 algorithms[found].name);
  else
    g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE,
                 /* Translators: %s is a kind of checksum, such as "SHA-256". */
                 _ ("Could not receive the file. Its %s checksum here is another than on the "
                    "server. Try again."),
                 algorithms[found].name);
  return FALSE;
}

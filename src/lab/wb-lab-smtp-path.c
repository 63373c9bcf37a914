/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-smtp-private.h"

#include <string.h>

/* RFC 5321, section 4.5.3.1, with some room for what is longer in practice. */
#define LOCAL_PART_MAX 128
#define DOMAIN_MAX 255

/**
 * wb_lab_smtp_parse_path:
 * @argument: what follows MAIL or RCPT
 * @keyword: "FROM:" or "TO:"
 * @parameters: (out): what follows the path, without leading spaces
 *
 * Takes a path apart (RFC 5321, section 4.1.2). A source route is dropped, as its
 * appendix C tells servers to. Pure.
 *
 * Returns: (transfer full) (nullable): the address, "" for "<>"; %NULL when it is none
 */
char *
wb_lab_smtp_parse_path (const char *argument, const char *keyword, const char **parameters)
{
  const char *at;
  const char *start;
  gboolean quoted = FALSE;

  if (g_ascii_strncasecmp (argument, keyword, strlen (keyword)) != 0)
    return NULL;
  at = argument + strlen (keyword);
  at += strspn (at, " ");
  if (*at != '<')
    return NULL;

  start = ++at;
  if (*at == '@')
    {
      at = strchr (at, ':');
      if (at == NULL)
        return NULL;
      start = ++at;
    }
  for (; *at != '\0' && (quoted || *at != '>'); at++)
    {
      if (quoted && *at == '\\' && at[1] != '\0')
        at++;
      else if (*at == '"')
        quoted = !quoted;
      else if (!quoted && (*at == '<' || *at == ' '))
        return NULL;
    }
  if (*at != '>' || (at[1] != '\0' && at[1] != ' '))
    return NULL;
  *parameters = at + 1 + strspn (at + 1, " ");
  return g_strndup (start, at - start);
}

static gboolean
is_plain (const char *text, gsize length, gboolean utf8)
{
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (text[i]) || (!utf8 && (guchar) text[i] > 127))
      return FALSE;
  return !utf8 || g_utf8_validate_len (text, length, NULL);
}

/**
 * wb_lab_smtp_is_address:
 * @address: from wb_lab_smtp_parse_path()
 * @utf8: whether SMTPUTF8 was asked for (RFC 6531)
 *
 * Checks that an address has a local part and a domain that can be one. Pure.
 *
 * Returns: whether it has
 */
gboolean
wb_lab_smtp_is_address (const char *address, gboolean utf8)
{
  const char *at = strrchr (address, '@');
  const char *domain;

  if (g_ascii_strcasecmp (address, "postmaster") == 0)
    return TRUE;
  if (at == NULL || at == address || at - address > LOCAL_PART_MAX ||
      !is_plain (address, at - address, utf8))
    return FALSE;
  domain = at + 1;
  if (*domain == '\0' || strlen (domain) > DOMAIN_MAX || *domain == '.' || *domain == '-' ||
      strstr (domain, "..") != NULL || !is_plain (domain, strlen (domain), utf8))
    return FALSE;
  for (; *domain != '\0'; domain++)
    if ((guchar) *domain < 128 && !g_ascii_isalnum (*domain) && strchr (".-[]:_", *domain) == NULL)
      return FALSE;
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-address.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Characters of what was typed that an error repeats. */
#define MAXIMUM_SHOWN 100
/* RFC 5321 section 4.5.3.1. */
#define MAXIMUM_LOCAL_PART 64
#define MAXIMUM_DOMAIN 255
#define MAXIMUM_COMMENT_DEPTH 16

/* What one entry of a list looked like before it is known to be a name, an address or a group. */
typedef struct
{
  GString *phrase;  /* unquoted, white space collapsed: what a display name says */
  GString *raw;     /* without comments and outer white space: what an address says */
  GString *comment; /* the text of the last comment: "user@host (Name)" */
} Entry;

typedef struct
{
  const char *field;
  const char *text;
  const char *at;
  GPtrArray *addresses;
} Parser;

void
wb_address_free (WbAddress *self)
{
  g_free (self->name);
  g_free (self->address);
  g_free (self->group);
  g_free (self);
}

static void
entry_clear (Entry *entry)
{
  g_string_free (entry->phrase, TRUE);
  g_string_free (entry->raw, TRUE);
  g_string_free (entry->comment, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)

/**
 * wb_mail_check_value:
 * @field: the header field or the thing that the value is for, as the person knows it
 * @value: what would stand in a header
 *
 * The one place where what goes into a header is refused for CR, LF, NUL and other
 * control characters, which would start a header or a message of their own, and for
 * bytes that are not UTF-8. A tab passes. (RFC 5322 section 2.2.)
 *
 * Safe from any thread.
 *
 * Returns: %TRUE if @value may be written, else %FALSE with %WB_MAIL_ERROR_INVALID set
 */
gboolean
wb_mail_check_value (const char *field, const char *value, GError **error)
{
  g_return_val_if_fail (field != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  for (const char *p = value; *p != '\0'; p++)
    {
      if (((guchar) *p >= 0x20 && *p != 0x7f) || *p == '\t')
        continue;
      if (*p == '\r' || *p == '\n')
        g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                     /* Translators: %s is a header field such as "Subject". */
                     _ ("“%s” contains a line break, which would start a header of its own. "
                        "Remove it."),
                     field);
      else
        g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                     /* Translators: %s is a header field such as "Subject", %d a number. */
                     _ ("“%s” contains the control character number %d. Remove it."), field,
                     (int) *p);
      return FALSE;
    }

  if (!g_utf8_validate (value, -1, NULL))
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                   /* Translators: %s is a header field such as "Subject". */
                   _ ("“%s” is not valid UTF-8 text. Type it again."), field);
      return FALSE;
    }
  return TRUE;
}

/**
 * wb_mail_shorten:
 * @text: what somebody typed
 *
 * What an error repeats must leave room for what it says. Safe from any thread.
 *
 * Returns: (transfer full): @text, or its beginning
 */
char *
wb_mail_shorten (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *beginning = NULL;

  if (g_utf8_strlen (valid, -1) <= MAXIMUM_SHOWN)
    return g_steal_pointer (&valid);
  beginning = g_utf8_substring (valid, 0, MAXIMUM_SHOWN);
  return g_strconcat (beginning, "…", NULL);
}

/* RFC 5322 section 3.2.3 and, for what is not ASCII, RFC 6532 section 3.2. */
static gboolean
is_atext (char c)
{
  return g_ascii_isalnum (c) || (guchar) c >= 0x80 || strchr ("!#$%&'*+-/=?^_`{|}~", c) != NULL;
}

static gboolean
is_dot_atom (const char *text, gsize length)
{
  gboolean after_dot = TRUE;

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '.' ? after_dot : text[i] == '\0' || !is_atext (text[i]))
        return FALSE;
      after_dot = text[i] == '.';
    }
  return !after_dot;
}

static gboolean
is_quoted_string (const char *text, gsize length)
{
  if (length < 3 || text[0] != '"' || text[length - 1] != '"')
    return FALSE;
  for (gsize i = 1; i < length - 1; i++)
    {
      if (text[i] == '"')
        return FALSE;
      if (text[i] == '\\' && ++i == length - 1)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_host_name (const char *domain)
{
  g_auto (GStrv) labels = g_strsplit (domain, ".", -1);

  if (*domain == '\0' || strlen (domain) > MAXIMUM_DOMAIN)
    return FALSE;
  for (gsize i = 0; labels[i] != NULL; i++)
    {
      gsize length = strlen (labels[i]);

      if (length == 0 || length > 63 || labels[i][0] == '-' || labels[i][length - 1] == '-')
        return FALSE;
      for (gsize k = 0; k < length; k++)
        if (!g_ascii_isalnum (labels[i][k]) && labels[i][k] != '-')
          return FALSE;
    }
  return TRUE;
}

/* RFC 5321 section 4.1.3: [192.0.2.1] and [IPv6:2001:db8::1]. */
static gboolean
is_address_literal (const char *domain)
{
  gsize length = strlen (domain);
  g_autofree char *inner = NULL;
  g_autoptr (GInetAddress) address = NULL;
  gboolean ipv6;

  if (length < 3 || domain[0] != '[' || domain[length - 1] != ']')
    return FALSE;
  inner = g_strndup (domain + 1, length - 2);
  ipv6 = g_ascii_strncasecmp (inner, "IPv6:", 5) == 0;
  address = g_inet_address_new_from_string (ipv6 ? inner + 5 : inner);
  return address != NULL && (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6) == ipv6;
}

/**
 * wb_address_normalize:
 * @address: user@host, UTF-8
 *
 * Checks one address: a dot-atom or quoted local part in any script, and a host name
 * (in any script) or an address in brackets. A host name of one label passes, for
 * networks of one's own. (RFC 5321 section 4.1.2, RFC 6531 section 3.3, RFC 5891.)
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): @address with the host in its ASCII form ("xn--…"), or
 *   %NULL with %WB_MAIL_ERROR_INVALID set
 */
char *
wb_address_normalize (const char *address, GError **error)
{
  const char *at;
  gsize local;
  g_autofree char *domain = NULL;

  g_return_val_if_fail (address != NULL, NULL);

  if (!wb_mail_check_value (_ ("Address"), address, error))
    return NULL;
  at = strrchr (address, '@');
  if (at == NULL || at == address || at[1] == '\0')
    {
      g_autofree char *shown = wb_mail_shorten (address);

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                   /* Translators: %s is what was typed as a mail address. */
                   _ ("“%s” is not a mail address: it needs the form name@host."), shown);
      return NULL;
    }

  local = at - address;
  if (local > MAXIMUM_LOCAL_PART ||
      (!is_dot_atom (address, local) && !is_quoted_string (address, local)))
    {
      g_autofree char *shown = wb_mail_shorten (address);

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                   /* Translators: %s is what was typed as a mail address. */
                   _ ("“%s” is not a mail address: what stands before the @ is too long or has "
                      "characters that must be in quotes."),
                   shown);
      return NULL;
    }

  if (is_address_literal (at + 1))
    return g_strdup (address);
  domain = g_hostname_to_ascii (at + 1);
  if (domain == NULL || !is_host_name (domain))
    {
      g_autofree char *shown = wb_mail_shorten (address);

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                   /* Translators: %s is what was typed as a mail address. */
                   _ ("“%s” is not a mail address: what stands after the @ is no host name."),
                   shown);
      return NULL;
    }
  return g_strdup_printf ("%.*s@%s", (int) local, address, domain);
}

static gboolean
fail (Parser *parser, GError **error, const char *why)
{
  g_autofree char *shown = wb_mail_shorten (parser->text);

  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
               /* Translators: the first %s is a header field such as "To", the second what was
                  typed there, the third what is wrong, a full sentence. */
               _ ("The addresses in “%s” cannot be used (“%s”): %s"), parser->field, shown, why);
  return FALSE;
}

static gboolean
take_comment (Parser *parser, Entry *entry, GError **error)
{
  guint depth = 0;

  g_string_truncate (entry->comment, 0);
  for (; *parser->at != '\0'; parser->at++)
    {
      char c = *parser->at;

      if (c == '(')
        {
          if (++depth > MAXIMUM_COMMENT_DEPTH)
            return fail (parser, error, _ ("The brackets are nested too deeply."));
          if (depth == 1)
            continue;
        }
      else if (c == ')' && --depth == 0)
        {
          parser->at++;
          return TRUE;
        }
      else if (c == '\\' && parser->at[1] != '\0')
        c = *++parser->at;
      g_string_append_c (entry->comment, c);
    }
  return fail (parser, error, _ ("A “)” is missing."));
}

static gboolean
take_quoted (Parser *parser, Entry *entry, GError **error)
{
  const char *start = parser->at++;

  for (; *parser->at != '\0'; parser->at++)
    {
      if (*parser->at == '"')
        {
          parser->at++;
          g_string_append_len (entry->raw, start, parser->at - start);
          return TRUE;
        }
      if (*parser->at == '\\' && parser->at[1] != '\0')
        parser->at++;
      g_string_append_c (entry->phrase, *parser->at);
    }
  return fail (parser, error, _ ("A quotation mark is missing."));
}

/* Reads up to one of "<,;:" or the end, which stays for the caller. */
static gboolean
take_phrase (Parser *parser, Entry *entry, GError **error)
{
  gboolean space = FALSE;
  gboolean bracket = FALSE;

  while (*parser->at != '\0' && (bracket || strchr ("<,;:", *parser->at) == NULL))
    {
      char c = *parser->at;

      if (c == ' ' || c == '\t')
        {
          space = entry->raw->len > 0;
          parser->at++;
          continue;
        }
      if (c == '(')
        {
          if (!take_comment (parser, entry, error))
            return FALSE;
          continue;
        }
      if (space)
        {
          g_string_append_c (entry->phrase, ' ');
          g_string_append_c (entry->raw, ' ');
          space = FALSE;
        }
      if (c == '"')
        {
          if (!take_quoted (parser, entry, error))
            return FALSE;
          continue;
        }
      if (c == '>')
        return fail (parser, error, _ ("A “>” has no “<”."));
      /* The colons of an IPv6 address are no group. */
      bracket = c == '[' ? entry->raw->len > 0 && entry->raw->str[entry->raw->len - 1] == '@'
                         : bracket && c != ']';
      g_string_append_c (entry->phrase, c);
      g_string_append_c (entry->raw, c);
      parser->at++;
    }
  return TRUE;
}

static gboolean
add_address (Parser *parser,
             const char *name,
             const char *address,
             const char *group,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *normal = wb_address_normalize (address, &local_error);
  WbAddress *entry;

  if (normal == NULL)
    return fail (parser, error, local_error->message);
  entry = g_new0 (WbAddress, 1);
  entry->name = name != NULL && *name != '\0' ? g_strdup (name) : NULL;
  entry->address = g_steal_pointer (&normal);
  entry->group = g_strdup (group);
  g_ptr_array_add (parser->addresses, entry);
  return TRUE;
}

static gboolean
take_angle_address (Parser *parser, Entry *entry, const char *group, GError **error)
{
  const char *end = strchr (parser->at, '>');
  g_autofree char *address = NULL;
  g_auto (Entry) rest = { g_string_new (NULL), g_string_new (NULL), g_string_new (NULL) };

  if (end == NULL)
    return fail (parser, error, _ ("A “>” is missing."));
  /* A quoted local part may hold the ">" too. */
  if (parser->at[1] == '"')
    {
      const char *at = strstr (parser->at, "\"@");

      end = at != NULL ? strchr (at, '>') : NULL;
      if (end == NULL)
        return fail (parser, error, _ ("A “>” is missing."));
    }
  address = g_strstrip (g_strndup (parser->at + 1, end - parser->at - 1));
  parser->at = end + 1;
  if (!add_address (parser, entry->phrase->str, address, group, error))
    return FALSE;
  if (!take_phrase (parser, &rest, error))
    return FALSE;
  if (rest.raw->len > 0 || *parser->at == '<' || *parser->at == ':')
    return fail (parser, error, _ ("A comma is missing between two addresses."));
  return TRUE;
}

static gboolean take_entries (Parser *parser, const char *group, GError **error);

static gboolean
take_group (Parser *parser, const char *name, GError **error)
{
  guint before = parser->addresses->len;

  parser->at++;
  if (!take_entries (parser, name, error))
    return FALSE;
  if (*parser->at != ';')
    return fail (parser, error, _ ("A group of addresses must end with “;”."));
  parser->at++;
  if (parser->addresses->len == before)
    {
      WbAddress *empty = g_new0 (WbAddress, 1);

      empty->group = g_strdup (name);
      g_ptr_array_add (parser->addresses, empty);
    }
  return TRUE;
}

static gboolean
take_entries (Parser *parser, const char *group, GError **error)
{
  for (;;)
    {
      g_auto (Entry) entry = { g_string_new (NULL), g_string_new (NULL), g_string_new (NULL) };

      /* Many people separate addresses with semicolons, as one program taught them. */
      while (*parser->at != '\0' && strchr (group != NULL ? ", \t" : ",; \t", *parser->at) != NULL)
        parser->at++;
      if (*parser->at == '\0' || *parser->at == ';')
        return TRUE;
      if (!take_phrase (parser, &entry, error))
        return FALSE;

      if (*parser->at == '<')
        {
          if (!take_angle_address (parser, &entry, group, error))
            return FALSE;
        }
      else if (*parser->at == ':')
        {
          if (group != NULL || entry.phrase->len == 0)
            return fail (parser, error, _ ("A “:” is only for the name of a group."));
          if (!take_group (parser, entry.phrase->str, error))
            return FALSE;
        }
      else if (entry.raw->len > 0 &&
               !add_address (parser, entry.comment->str, entry.raw->str, group, error))
        return FALSE;
    }
}

/**
 * wb_address_parse_list:
 * @field: the header field that the list is for, for the error: "To"
 * @text: addresses as a person types them, UTF-8, separated by commas: with or without
 *   display names, quoted or not, and groups
 *
 * Takes a list of addresses to pieces, strictly: what cannot be understood is refused,
 * never guessed, since a mail must not go to a wrong address. (RFC 5322 section 3.4,
 * RFC 6531 section 3.3.)
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (element-type WbAddress): the addresses, maybe none, or
 *   %NULL with %WB_MAIL_ERROR_INVALID set
 */
GPtrArray *
wb_address_parse_list (const char *field, const char *text, GError **error)
{
  g_autoptr (GPtrArray) addresses = NULL;
  Parser parser = { 0 };

  g_return_val_if_fail (field != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  if (!wb_mail_check_value (field, text, error))
    return NULL;

  addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_address_free);
  parser.field = field;
  parser.text = text;
  parser.at = text;
  parser.addresses = addresses;
  if (!take_entries (&parser, NULL, error))
    return NULL;
  return g_steal_pointer (&addresses);
}

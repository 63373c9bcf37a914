/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-address-book.h"

#include "wb-address.h"
#include "wb-mail-charset.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <gmime/gmime.h>
#include <string.h>

/* An address book is a file that anybody may have written. */
#define MAXIMUM_FILE (32 * 1024 * 1024)
#define MAXIMUM_CONTACTS 100000
#define MAXIMUM_ADDRESSES 1000
#define MAXIMUM_VALUE 4096

/* How often somebody was written to stands in a property of our own (RFC 6350 section 6.10). */
#define USED "X-WIREBENCH-USED"

struct _WbAddressBook
{
  GObject parent_instance;

  GPtrArray *contacts;
  GHashTable *by_address; /* (element-type utf8 WbContact): folded, keys and values unowned */
};

G_DEFINE_FINAL_TYPE (WbAddressBook, wb_address_book, G_TYPE_OBJECT)

static void
contact_free (gpointer data)
{
  WbContact *contact = data;

  g_free (contact->uid);
  g_free (contact->name);
  g_ptr_array_unref (contact->addresses);
  g_free (contact);
}

static WbContact *
contact_new (void)
{
  WbContact *contact = g_new0 (WbContact, 1);

  contact->addresses = g_ptr_array_new_with_free_func (g_free);
  return contact;
}

static void
wb_address_book_finalize (GObject *object)
{
  WbAddressBook *self = WB_ADDRESS_BOOK (object);

  g_hash_table_unref (self->by_address);
  g_ptr_array_unref (self->contacts);

  G_OBJECT_CLASS (wb_address_book_parent_class)->finalize (object);
}

static void
wb_address_book_class_init (WbAddressBookClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_address_book_finalize;
}

static void
wb_address_book_init (WbAddressBook *self)
{
  self->contacts = g_ptr_array_new_with_free_func (contact_free);
  self->by_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * wb_address_book_new:
 *
 * Returns: (transfer full): an empty one
 */
WbAddressBook *
wb_address_book_new (void)
{
  return g_object_new (WB_TYPE_ADDRESS_BOOK, NULL);
}

static gboolean
has_address (WbContact *contact, const char *address)
{
  for (guint i = 0; i < contact->addresses->len; i++)
    if (g_ascii_strcasecmp (contact->addresses->pdata[i], address) == 0)
      return TRUE;
  return FALSE;
}

static void
add_address (WbContact *contact, const char *address)
{
  g_autofree char *normal = wb_address_normalize (address, NULL);

  if (normal != NULL && contact->addresses->len < MAXIMUM_ADDRESSES &&
      !has_address (contact, normal))
    g_ptr_array_add (contact->addresses, g_steal_pointer (&normal));
}

static WbContact *
find_address (WbAddressBook *self, const char *address)
{
  g_autofree char *folded = g_utf8_casefold (address, -1);

  return g_hash_table_lookup (self->by_address, folded);
}

/* Takes @contact. Of somebody who is there already the name and what is new is taken over. */
static gboolean
take (WbAddressBook *self, WbContact *contact)
{
  WbContact *old = contact->group ? NULL : find_address (self, contact->addresses->pdata[0]);

  if (old == NULL && contact->group)
    for (guint i = 0; i < self->contacts->len && old == NULL; i++)
      {
        WbContact *other = self->contacts->pdata[i];

        if (other->group && g_strcmp0 (other->name, contact->name) == 0)
          old = other;
      }
  if (old == NULL && self->contacts->len >= MAXIMUM_CONTACTS)
    {
      contact_free (contact);
      return FALSE;
    }
  if (old == NULL)
    {
      g_ptr_array_add (self->contacts, contact);
      old = contact;
    }
  else
    {
      if (contact->name != NULL)
        {
          g_free (old->name);
          old->name = g_strdup (contact->name);
        }
      for (guint i = 0; i < contact->addresses->len; i++)
        add_address (old, contact->addresses->pdata[i]);
      old->used = MAX (old->used, contact->used);
      contact_free (contact);
    }
  for (guint i = 0; i < old->addresses->len && !old->group; i++)
    g_hash_table_replace (self->by_address, g_utf8_casefold (old->addresses->pdata[i], -1), old);
  return TRUE;
}

/* vCards: RFC 6350 and 2426, and version 2.1 before them, as telephones still write it */

/* (transfer full): a value without its escapes, up to the first ";" when @piece. */
static char *
unescape (const char *value, gboolean piece)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *end = NULL;

  for (const char *p = value; *p != '\0' && out->len < MAXIMUM_VALUE; p++)
    {
      if (*p == ';' && piece)
        break;
      if (*p == '\\' && p[1] != '\0')
        {
          p++;
          g_string_append_c (out, *p == 'n' || *p == 'N' ? ' ' : *p);
        }
      else if ((guchar) *p >= ' ' && *p != 0x7f)
        g_string_append_c (out, *p);
    }
  /* It may have been cut inside of a character. */
  g_utf8_validate (out->str, -1, &end);
  g_string_truncate (out, (gsize) (end - out->str));
  g_strstrip (out->str);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
append_escaped (GString *out, const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    {
      if (strchr (",;\\", *p) != NULL)
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
}

/* The name of a property, without its group, and its value; FALSE for what is no property. */
static gboolean
split_line (char *line, const char **name, const char **parameters, const char **value)
{
  gboolean quoted = FALSE;
  char *at = line;
  char *dot = NULL;

  for (; *at != '\0' && (quoted || *at != ':'); at++)
    if (*at == '"')
      quoted = !quoted;
  if (*at == '\0')
    return FALSE;
  *at = '\0';
  *value = at + 1;
  at = strchr (line, ';');
  *parameters = "";
  if (at != NULL)
    {
      *at = '\0';
      *parameters = at + 1;
    }
  dot = strrchr (line, '.');
  *name = dot != NULL ? dot + 1 : line;
  return TRUE;
}

/* Where a line is quoted-printable, "=" at its end means that it goes on. */
static gboolean
goes_on (GString *line)
{
  const char *colon = strchr (line->str, ':');
  g_autofree char *head = NULL;

  if (colon == NULL || line->str[line->len - 1] != '=')
    return FALSE;
  head = g_strndup (line->str, colon - line->str);
  return strcasestr (head, "QUOTED-PRINTABLE") != NULL;
}

/* A broken value ends in "=" too, and must not take the next property with it. What is no known
 * name may be how the value goes on. */
static gboolean
begins_property (const char *line)
{
  static const char *const names[] = {
    "ADR",        "AGENT",   "ANNIVERSARY", "BDAY",     "BEGIN", "CALADRURI", "CALURI",
    "CATEGORIES", "CLASS",   "EMAIL",       "END",      "FBURL", "FN",        "GENDER",
    "GEO",        "IMPP",    "KEY",         "KIND",     "LABEL", "LANG",      "LOGO",
    "MAILER",     "MEMBER",  "N",           "NICKNAME", "NOTE",  "ORG",       "PHOTO",
    "PRODID",     "RELATED", "REV",         "ROLE",     "SOUND", "SOURCE",    "SORT-STRING",
    "TEL",        "TITLE",   "TZ",          "UID",      "URL",   "VERSION",
  };
  const char *dot = line + strspn (line, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-");

  /* Its group. */
  if (*dot == '.' && dot > line)
    line = dot + 1;
  if (g_ascii_strncasecmp (line, "X-", 2) == 0)
    {
      line += strspn (line, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-");
      return *line == ':' || *line == ';';
    }
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize length = strlen (names[i]);

      if (g_ascii_strncasecmp (line, names[i], length) == 0 &&
          (line[length] == ':' || line[length] == ';'))
        return TRUE;
    }
  return FALSE;
}

/* Version 2.1 says BASE64, version 3 says B. */
static gboolean
is_base64 (char **parameters)
{
  for (char **parameter = parameters; *parameter != NULL; parameter++)
    {
      const char *value = *parameter;

      if (g_ascii_strncasecmp (value, "ENCODING=", 9) == 0)
        value += 9;
      if (g_ascii_strcasecmp (value, "BASE64") == 0 ||
          (value > *parameter && g_ascii_strcasecmp (value, "B") == 0))
        return TRUE;
    }
  return FALSE;
}

/* Whether bytes without a label are Latin rather than Chinese: accents stand alone among letters,
 * and no byte goes with the next one. */
static gboolean
looks_latin (const char *bytes, gsize length)
{
  guint accents = 0;

  for (gsize i = 0; i < length; i++)
    {
      guchar c = bytes[i];

      if (c < 0x80)
        continue;
      if (c < 0xc0 || (i + 1 < length && (guchar) bytes[i + 1] >= 0x80))
        return FALSE;
      accents++;
    }
  return accents > 0;
}

/* (transfer full): UTF-8, whatever the charset and the encoding of @value. */
static char *
decode (const char *parameters, const char *value)
{
  g_auto (GStrv) list = g_strsplit (parameters, ";", -1);
  gsize length = strlen (value);
  const char *charset = NULL;
  const char *trouble = NULL;
  g_autofree char *bytes = NULL;

  for (char **parameter = list; *parameter != NULL; parameter++)
    if (g_ascii_strncasecmp (*parameter, "CHARSET=", 8) == 0)
      charset = *parameter + 8;
  if (strcasestr (parameters, "QUOTED-PRINTABLE") != NULL)
    {
      /* Without the end of a line the decoder would keep an unfinished "=4" for itself. */
      g_autofree char *text = g_strconcat (value, "\n", NULL);
      GMimeEncoding encoding;

      length++;
      g_mime_encoding_init_decode (&encoding, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
      bytes = g_malloc (g_mime_encoding_outlen (&encoding, length) + 1);
      length = g_mime_encoding_flush (&encoding, text, length, bytes);
      if (length > 0 && bytes[length - 1] == '\n')
        length--;
    }
  else if (length > 1 && is_base64 (list))
    {
      bytes = g_strdup (value);
      g_base64_decode_inplace (bytes, &length);
    }
  if (charset == NULL && looks_latin (bytes != NULL ? bytes : value, length))
    charset = "windows-1252";
  return wb_mail_charset_decode (bytes != NULL ? bytes : value, length, charset, &trouble);
}

typedef struct
{
  WbAddressBook *book;
  WbContact *contact; /* NULL between cards */
  char *pieces;       /* the name in its parts, for a card without one to show */
  GPtrArray *members; /* of a group, until all cards are read */
  GPtrArray *groups;  /* (element-type GPtrArray): each with its contact first */
  guint taken;
} Reader;

static void
end_card (Reader *reader)
{
  WbContact *contact = g_steal_pointer (&reader->contact);

  if (contact->name == NULL)
    contact->name = g_steal_pointer (&reader->pieces);
  g_clear_pointer (&reader->pieces, g_free);
  /* A card must have a name; who has none was written with the address. */
  if (!contact->group && contact->name != NULL && has_address (contact, contact->name))
    g_clear_pointer (&contact->name, g_free);
  if (contact->group)
    {
      /* fill_group() takes them one by one, and the first is of another kind. */
      g_ptr_array_set_free_func (reader->members, NULL);
      g_ptr_array_insert (reader->members, 0, contact);
      g_ptr_array_add (reader->groups, g_steal_pointer (&reader->members));
    }
  else if (contact->addresses->len == 0)
    contact_free (contact);
  else
    {
      char *uid = contact->uid;

      /* Kept for the groups that may follow, which take() does not do for what is merged. */
      if (uid != NULL)
        {
          WbContact *old = find_address (reader->book, contact->addresses->pdata[0]);

          if (old != NULL)
            {
              g_free (old->uid);
              old->uid = g_strdup (uid);
            }
        }
      if (take (reader->book, contact))
        reader->taken++;
    }
  g_clear_pointer (&reader->members, g_ptr_array_unref);
}

/* (transfer full) (nullable): the name that the parts in N make: family; given; others; before;
 * behind (RFC 6350 section 6.2.2). */
static char *
join_name (const char *value)
{
  static const guint order[] = { 3, 1, 2, 0, 4 };
  char *parts[5] = { NULL };
  GString *name = g_string_new (NULL);
  const char *at = value;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      parts[i] = unescape (at, TRUE);
      while (*at != '\0' && *at != ';')
        at += at[0] == '\\' && at[1] != '\0' ? 2 : 1;
      if (*at == ';')
        at++;
    }
  /* In Chinese, Japanese and Korean the family comes first, and no spaces are put. */
  if (g_utf8_get_char (parts[0]) >= 0x2e80)
    g_string_append_printf (name, "%s%s", parts[0], parts[1]);
  else
    for (guint i = 0; i < G_N_ELEMENTS (order); i++)
      if (*parts[order[i]] != '\0')
        g_string_append_printf (name, "%s%s", name->len > 0 ? " " : "", parts[order[i]]);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_free (parts[i]);
  return g_string_free (name, name->len == 0);
}

static void
take_property (Reader *reader, const char *name, const char *parameters, const char *value)
{
  WbContact *contact = reader->contact;
  g_autofree char *text = NULL;

  if (g_ascii_strcasecmp (name, "FN") == 0)
    {
      text = unescape (value, FALSE);
      if (*text != '\0')
        {
          g_free (contact->name);
          contact->name = g_steal_pointer (&text);
        }
    }
  else if (g_ascii_strcasecmp (name, "N") == 0)
    {
      g_free (reader->pieces);
      reader->pieces = join_name (value);
    }
  else if (g_ascii_strcasecmp (name, "EMAIL") == 0)
    {
      text = unescape (value, FALSE);
      add_address (contact, text);
      /* The preferred one first: PREF=1, TYPE=pref or a type of its own. */
      if (contact->addresses->len > 1 && strcasestr (parameters, "pref") != NULL)
        {
          gpointer last = g_ptr_array_steal_index (contact->addresses, contact->addresses->len - 1);

          g_ptr_array_insert (contact->addresses, 0, last);
        }
    }
  else if (g_ascii_strcasecmp (name, "UID") == 0 && contact->uid == NULL)
    contact->uid = unescape (value, FALSE);
  else if (g_ascii_strcasecmp (name, "KIND") == 0 ||
           g_ascii_strcasecmp (name, "X-ADDRESSBOOKSERVER-KIND") == 0)
    contact->group = g_ascii_strcasecmp (value, "group") == 0;
  else if (g_ascii_strcasecmp (name, "MEMBER") == 0 ||
           g_ascii_strcasecmp (name, "X-ADDRESSBOOKSERVER-MEMBER") == 0)
    {
      if (reader->members->len < MAXIMUM_ADDRESSES)
        g_ptr_array_add (reader->members, unescape (value, FALSE));
    }
  else if (g_ascii_strcasecmp (name, USED) == 0)
    contact->used = (guint) CLAMP (g_ascii_strtoll (value, NULL, 10), 0, 1000000);
}

static void
take_line (Reader *reader, char *line)
{
  const char *name = NULL;
  const char *parameters = NULL;
  const char *raw = NULL;
  g_autofree char *value = NULL;

  if (!split_line (line, &name, &parameters, &raw))
    return;
  value = decode (parameters, raw);
  if (g_ascii_strcasecmp (name, "BEGIN") == 0 && g_ascii_strcasecmp (value, "VCARD") == 0)
    {
      g_clear_pointer (&reader->contact, contact_free);
      g_clear_pointer (&reader->members, g_ptr_array_unref);
      g_clear_pointer (&reader->pieces, g_free);
      reader->contact = contact_new ();
      reader->members = g_ptr_array_new_with_free_func (g_free);
    }
  else if (reader->contact == NULL)
    return;
  else if (g_ascii_strcasecmp (name, "END") == 0)
    end_card (reader);
  else
    take_property (reader, name, parameters, value);
}

static void
fill_group (Reader *reader, GPtrArray *pieces)
{
  WbContact *group = pieces->pdata[0];

  for (guint i = 1; i < pieces->len; i++)
    {
      const char *member = pieces->pdata[i];

      if (g_ascii_strncasecmp (member, "mailto:", 7) == 0)
        {
          g_autofree char *address = g_uri_unescape_string (member + 7, NULL);

          if (address != NULL)
            add_address (group, address);
          continue;
        }
      for (guint k = 0; k < reader->book->contacts->len; k++)
        {
          WbContact *contact = reader->book->contacts->pdata[k];

          if (contact->uid != NULL && !contact->group && strcmp (contact->uid, member) == 0)
            add_address (group, contact->addresses->pdata[0]);
        }
    }
  for (guint i = 1; i < pieces->len; i++)
    g_free (pieces->pdata[i]);
  if (group->name == NULL || group->addresses->len == 0)
    contact_free (group);
  else if (take (reader->book, group))
    reader->taken++;
}

/**
 * wb_address_book_import:
 * @self: the book
 * @text: vCards of version 2.1, 3 or 4
 * @length: bytes in @text
 *
 * Takes what it can use of @text: names, mail addresses and groups. What is no vCard or has no
 * valid address is left out. (RFC 6350, RFC 2426.)
 *
 * Returns: how many were taken
 */
guint
wb_address_book_import (WbAddressBook *self, const char *text, gsize length)
{
  g_autofree char *copy = NULL;
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GPtrArray) groups =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  Reader reader = { .book = self, .groups = groups };
  const char *at = NULL;

  g_return_val_if_fail (WB_IS_ADDRESS_BOOK (self), 0);

  length = MIN (length, MAXIMUM_FILE);
  copy = g_malloc (length + 1);
  memcpy (copy, text, length);
  copy[length] = '\0';
  for (gsize i = 0; i < length; i++)
    if (copy[i] == '\0')
      copy[i] = ' ';
  at = copy;
  while (*at != '\0')
    {
      const char *end = at + strcspn (at, "\r\n");

      g_string_append_len (line, at, MIN (end - at, MAXIMUM_VALUE * 4));
      at = end;
      if (*at == '\r')
        at++;
      if (*at == '\n')
        at++;
      if (line->len < MAXIMUM_VALUE * 4 && goes_on (line) && !begins_property (at))
        {
          g_string_truncate (line, line->len - 1);
          continue;
        }
      /* A line that begins with white space goes on with the one before (section 3.2). */
      if (*at == ' ' || *at == '\t')
        {
          at++;
          if (line->len < MAXIMUM_VALUE * 4)
            continue;
        }
      take_line (&reader, line->str);
      g_string_truncate (line, 0);
    }
  g_clear_pointer (&reader.contact, contact_free);
  g_clear_pointer (&reader.members, g_ptr_array_unref);
  g_clear_pointer (&reader.pieces, g_free);
  for (guint i = 0; i < groups->len; i++)
    fill_group (&reader, groups->pdata[i]);
  return reader.taken;
}

/* Folded at 75 bytes, not inside of a character (section 3.2). */
static void
append_folded (GString *out, const char *line)
{
  gsize room = 75;

  while (strlen (line) > room)
    {
      gsize cut = room;

      while (cut > 1 && ((guchar) line[cut] & 0xc0) == 0x80)
        cut--;
      g_string_append_len (out, line, (gssize) cut);
      g_string_append (out, "\r\n ");
      line += cut;
      room = 74;
    }
  g_string_append (out, line);
  g_string_append (out, "\r\n");
}

static void
append_property (GString *out, const char *name, const char *value, gboolean escape)
{
  g_autoptr (GString) line = g_string_new (name);

  g_string_append_c (line, ':');
  if (escape)
    append_escaped (line, value);
  else
    g_string_append (line, value);
  append_folded (out, line->str);
}

/**
 * wb_address_book_export:
 * @self: the book
 * @version: 3 or 4
 *
 * Version 3 knows no groups: there they are written the way that address book servers do.
 *
 * Returns: (transfer full): vCards, lines ending in CRLF
 */
char *
wb_address_book_export (WbAddressBook *self, guint version)
{
  GString *out = g_string_new (NULL);

  g_return_val_if_fail (WB_IS_ADDRESS_BOOK (self), NULL);

  for (guint i = 0; i < self->contacts->len; i++)
    {
      WbContact *contact = self->contacts->pdata[i];
      const char *name = contact->name != NULL ? contact->name : contact->addresses->pdata[0];
      g_autofree char *used = g_strdup_printf ("%u", contact->used);

      g_string_append (out, "BEGIN:VCARD\r\n");
      append_property (out, "VERSION", version == 3 ? "3.0" : "4.0", FALSE);
      if (contact->uid != NULL)
        append_property (out, "UID", contact->uid, TRUE);
      append_property (out, "FN", name, TRUE);
      if (version == 3)
        {
          g_autofree char *escaped = g_strdelimit (g_strdup (name), ";,\\", ' ');
          g_autofree char *pieces = g_strconcat (escaped, ";;;;", NULL);

          append_property (out, "N", pieces, FALSE);
        }
      if (contact->group)
        append_property (out, version == 3 ? "X-ADDRESSBOOKSERVER-KIND" : "KIND", "group", FALSE);
      for (guint k = 0; k < contact->addresses->len; k++)
        {
          const char *address = contact->addresses->pdata[k];

          if (contact->group)
            {
              g_autofree char *member = g_strconcat ("mailto:", address, NULL);

              append_property (out, version == 3 ? "X-ADDRESSBOOKSERVER-MEMBER" : "MEMBER", member,
                               FALSE);
            }
          else
            append_property (out, version == 3 ? "EMAIL;TYPE=INTERNET" : "EMAIL", address, TRUE);
        }
      if (contact->used > 0)
        append_property (out, USED, used, FALSE);
      g_string_append (out, "END:VCARD\r\n");
    }
  return g_string_free (out, FALSE);
}

/**
 * wb_address_book_load:
 * @self: the book
 * @path: a file of vCards; one that is not there is an empty one
 *
 * Adds what stands in @path. Blocks.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_address_book_load (WbAddressBook *self, const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  GStatBuf info;

  g_return_val_if_fail (WB_IS_ADDRESS_BOOK (self), FALSE);

  if (g_stat (path, &info) == 0 && (!S_ISREG (info.st_mode) || info.st_size > MAXIMUM_FILE))
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                   /* Translators: %s is a file. */
                   _ ("“%s” is no address book, or too large to be one."), path);
      return FALSE;
    }
  if (!g_file_get_contents (path, &text, &length, &local_error))
    {
      if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                   /* Translators: %s is what the system said, with the file. */
                   _ ("The address book could not be read: %s"), local_error->message);
      return FALSE;
    }
  wb_address_book_import (self, text, length);
  return TRUE;
}

/**
 * wb_address_book_save:
 * @self: the book
 * @path: the file, which is replaced whole; its folder is made where it is missing
 *
 * Durable when it returns. Blocks.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_address_book_save (WbAddressBook *self, const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;

  g_return_val_if_fail (WB_IS_ADDRESS_BOOK (self), FALSE);

  text = wb_address_book_export (self, 4);
  g_mkdir_with_parents (folder, 0700);
  if (g_file_set_contents_full (path, text, -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local_error))
    return TRUE;
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
               /* Translators: %s is what the system said, with the file. */
               _ ("The address book could not be written: %s"), local_error->message);
  return FALSE;
}

/**
 * wb_address_book_add:
 * @self: the book
 * @name: (nullable): display name; of somebody known the one before stays when %NULL
 * @address: user@host
 * @used: whether mail went there just now
 *
 * What is no valid address is left out.
 */
void
wb_address_book_add (WbAddressBook *self, const char *name, const char *address, gboolean used)
{
  WbContact *contact = NULL;
  WbContact *old = NULL;

  g_return_if_fail (WB_IS_ADDRESS_BOOK (self));
  g_return_if_fail (address != NULL);

  contact = contact_new ();
  add_address (contact, address);
  if (contact->addresses->len == 0)
    {
      contact_free (contact);
      return;
    }
  old = find_address (self, contact->addresses->pdata[0]);
  contact->name = name != NULL && *name != '\0' ? g_strdup (name) : NULL;
  contact->used = (old != NULL ? old->used : 0) + (used ? 1 : 0);
  take (self, contact);
}

/**
 * wb_address_book_get_contacts:
 * @self: the book
 *
 * Returns: (transfer none) (element-type WbContact): everybody
 */
GPtrArray *
wb_address_book_get_contacts (WbAddressBook *self)
{
  g_return_val_if_fail (WB_IS_ADDRESS_BOOK (self), NULL);

  return self->contacts;
}

/* (transfer full): as it stands in a field: a name in quotes where it needs them. */
static char *
format_entry (const char *name, const char *address)
{
  g_autoptr (GString) text = NULL;

  if (name == NULL || *name == '\0')
    return g_strdup (address);
  text = g_string_new (NULL);
  if (strpbrk (name, "()<>[]:;@\\,.\"") == NULL)
    g_string_append (text, name);
  else
    {
      g_string_append_c (text, '"');
      for (const char *p = name; *p != '\0'; p++)
        {
          if (*p == '"' || *p == '\\')
            g_string_append_c (text, '\\');
          g_string_append_c (text, *p);
        }
      g_string_append_c (text, '"');
    }
  g_string_append_printf (text, " <%s>", address);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
format_group (WbContact *group)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < group->addresses->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (char *) group->addresses->pdata[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Whether a word of @text begins with @folded, in any script. */
static gboolean
begins (const char *text, const char *folded)
{
  g_autofree char *whole = g_utf8_casefold (text, -1);
  const char *at = whole;

  while ((at = strstr (at, folded)) != NULL)
    {
      gunichar before = at == whole ? 0 : g_utf8_get_char (g_utf8_prev_char (at));

      /* Chinese names are not divided by spaces. */
      if (before == 0 || !g_unichar_isalnum (before) || before >= 0x2e80)
        return TRUE;
      at = g_utf8_next_char (at);
    }
  return FALSE;
}

static int
compare_used (gconstpointer a, gconstpointer b)
{
  const WbContact *one = *(const WbContact *const *) a;
  const WbContact *other = *(const WbContact *const *) b;

  if (one->used != other->used)
    return one->used > other->used ? -1 : 1;
  return g_strcmp0 (one->name, other->name);
}

/**
 * wb_address_book_complete:
 * @self: the book
 * @text: the beginning of a word of a name, or of an address
 * @most: how many at most
 *
 * Those to whom mail went most often first.
 *
 * Returns: (transfer full) (element-type utf8): addresses as they stand in a field; a group as all
 *   of its members
 */
GPtrArray *
wb_address_book_complete (WbAddressBook *self, const char *text, guint most)
{
  g_autoptr (GPtrArray) matches = g_ptr_array_new ();
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folded = NULL;

  g_return_val_if_fail (WB_IS_ADDRESS_BOOK (self), NULL);

  folded = g_utf8_casefold (text, -1);
  g_strstrip (folded);
  if (*folded == '\0')
    return found;
  for (guint i = 0; i < self->contacts->len; i++)
    {
      WbContact *contact = self->contacts->pdata[i];
      gboolean good = contact->name != NULL && begins (contact->name, folded);

      for (guint k = 0; k < contact->addresses->len && !good && !contact->group; k++)
        good = begins (contact->addresses->pdata[k], folded);
      if (good)
        g_ptr_array_add (matches, contact);
    }
  g_ptr_array_sort (matches, compare_used);
  for (guint i = 0; i < matches->len && found->len < most; i++)
    {
      WbContact *contact = matches->pdata[i];

      if (contact->group)
        g_ptr_array_add (found, format_group (contact));
      for (guint k = 0; k < contact->addresses->len && found->len < most && !contact->group; k++)
        g_ptr_array_add (found, format_entry (contact->name, contact->addresses->pdata[k]));
    }
  return found;
}

/**
 * wb_address_book_learn:
 * @path: the file of the book
 * @mailboxes: (element-type WbAddress): to whom mail went
 *
 * Reads the book, adds, and writes it again; one at a time in this program. Blocks; any thread but
 * the main one.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_STORE set
 */
gboolean
wb_address_book_learn (const char *path, GPtrArray *mailboxes, GError **error)
{
  static GMutex mutex;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  g_autoptr (WbAddressBook) book = wb_address_book_new ();

  if (!wb_address_book_load (book, path, error))
    return FALSE;
  for (guint i = 0; i < mailboxes->len; i++)
    {
      const WbAddress *mailbox = mailboxes->pdata[i];

      if (mailbox->address != NULL)
        wb_address_book_add (book, mailbox->name, mailbox->address, TRUE);
    }
  return wb_address_book_save (book, path, error);
}

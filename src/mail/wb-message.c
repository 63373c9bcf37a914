/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-message.h"
#include "wb-message-private.h"

#include "wb-address.h"
#include "wb-header-decode.h"
#include "wb-html-refs.h"
#include "wb-mail-charset.h"
#include "wb-mail-gmime.h"
#include "wb-message-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAXIMUM_MAILBOXES 100000
#define MAXIMUM_GROUPS 1000

G_DEFINE_FINAL_TYPE (WbMessage, wb_message, G_TYPE_OBJECT)

void
wb_mailbox_free (WbMailbox *self)
{
  g_free (self->name);
  g_free (self->address);
  g_free (self);
}

static void
header_clear (WbMessageHeader *header)
{
  g_free (header->name);
  g_free (header->value);
  g_free (header->raw);
}

static void
wb_message_finalize (GObject *object)
{
  WbMessage *self = WB_MESSAGE (object);

  g_clear_pointer (&self->source, g_bytes_unref);
  g_array_unref (self->headers);
  g_clear_pointer (&self->date, g_date_time_unref);
  g_clear_pointer (&self->tree, wb_message_part_free);
  g_ptr_array_unref (self->warnings);
  g_mutex_clear (&self->lock);
  g_free (self->text);
  g_free (self->html);
  g_clear_pointer (&self->cids, g_hash_table_unref);

  G_OBJECT_CLASS (wb_message_parent_class)->finalize (object);
}

static void
wb_message_class_init (WbMessageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_message_finalize;
}

static void
wb_message_init (WbMessage *self)
{
  g_mutex_init (&self->lock);
  self->headers = g_array_new (FALSE, TRUE, sizeof (WbMessageHeader));
  g_array_set_clear_func (self->headers, (GDestroyNotify) header_clear);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
}

/* While parsing only: afterwards other threads may read the list. */
void
wb_message_warn (WbMessage *self, const char *warning)
{
  if (warning == NULL || self->warnings->len >= WB_MESSAGE_MAXIMUM_WARNINGS ||
      g_ptr_array_find_with_equal_func (self->warnings, warning, g_str_equal, NULL))
    return;
  g_ptr_array_add (self->warnings, g_strdup (warning));
}

static const char *
describe_warning (GMimeParserWarning code)
{
  switch (code)
    {
    case GMIME_WARN_DUPLICATED_HEADER:
    case GMIME_CRIT_CONFLICTING_HEADER:
      return _ ("A header that may stand once only occurs several times.");
    case GMIME_WARN_DUPLICATED_PARAMETER:
    case GMIME_CRIT_CONFLICTING_PARAMETER:
    case GMIME_WARN_INVALID_PARAMETER:
      return _ ("A header has a parameter that is wrong or occurs twice.");
    case GMIME_WARN_UNENCODED_8BIT_HEADER:
      return _ ("A header has letters that are not encoded as mail requires; its charset was "
                "guessed.");
    case GMIME_WARN_INVALID_CONTENT_TYPE:
      return _ ("A part has a content type that cannot be understood.");
    case GMIME_WARN_INVALID_RFC2047_HEADER_VALUE:
      return _ ("A header has an encoded word that cannot be understood.");
    case GMIME_WARN_MALFORMED_MULTIPART:
    case GMIME_WARN_TRUNCATED_MESSAGE:
      return _ ("The message ends before all its parts do; some of it may be missing.");
    case GMIME_WARN_MALFORMED_MESSAGE:
    case GMIME_CRIT_INVALID_HEADER_NAME:
      return _ ("The message has a line among its headers that is none.");
    case GMIME_CRIT_MULTIPART_WITHOUT_BOUNDARY:
      return _ ("A part says that it has parts but not where they begin.");
    case GMIME_WARN_INVALID_ADDRESS_LIST:
      return _ ("A header has addresses that cannot be understood.");
    case GMIME_CRIT_NESTING_OVERFLOW:
      return _ ("The parts of the message are nested too deeply.");
    case GMIME_WARN_PART_WITHOUT_CONTENT:
    case GMIME_CRIT_PART_WITHOUT_HEADERS_OR_CONTENT:
      return _ ("A part of the message is empty.");
    default:
      return NULL;
    }
}

static void
warning_cb (gint64 offset, GMimeParserWarning code, const char *item, gpointer user_data)
{
  wb_message_warn (user_data, describe_warning (code));
}

static GMimeParserOptions *
make_options (WbMessage *self)
{
  static const char *fallbacks[] = { "utf-8", "gb18030", "iso-8859-1", NULL };
  GMimeParserOptions *options = g_mime_parser_options_new ();

  g_mime_parser_options_set_fallback_charsets (options, fallbacks);
#ifdef WB_GMIME_FREES_WARNING_DATA
  g_mime_parser_options_set_warning_callback (options, warning_cb, self, NULL);
#else
  g_mime_parser_options_set_warning_callback (options, warning_cb, self);
#endif
  return options;
}

static int
compare_headers (gconstpointer a, gconstpointer b)
{
  const WbMessageHeader *first = a;
  const WbMessageHeader *second = b;

  return (first->offset > second->offset) - (first->offset < second->offset);
}

static void
take_headers (WbMessage *self, GMimeHeaderList *list)
{
  int count = g_mime_header_list_get_count (list);

  for (int i = 0; i < count; i++)
    {
      GMimeHeader *found = g_mime_header_list_get_header_at (list, i);
      const char *raw = g_mime_header_get_raw_value (found);
      const char *trouble = NULL;
      WbMessageHeader header = { 0 };

      header.name = g_utf8_make_valid (g_mime_header_get_name (found), -1);
      header.value = wb_header_decode_text (raw != NULL ? raw : "", &trouble);
      if (raw != NULL && strstr (raw, "=?") != NULL)
        header.raw = g_strdup (raw);
      header.offset = g_mime_header_get_offset (found);
      wb_message_warn (self, trouble);
      g_array_append_val (self->headers, header);
    }
}

/* Programs that keep mail in one file put a line before each that is no header. */
static gsize
skip_from_line (const char *data, gsize length)
{
  const char *newline;

  if (length < 5 || memcmp (data, "From ", 5) != 0)
    return 0;
  newline = memchr (data, '\n', length);
  return newline != NULL ? newline + 1 - data : 0;
}

static void
read_tree (WbMessage *self, gsize start, gsize length)
{
  g_autoptr (GMimeStream) stream = wb_gmime_stream_for_bytes (self->source);
  g_autoptr (GMimeStream) bounded =
      start > 0 ? g_mime_stream_substream (stream, start, length) : g_object_ref (stream);
  g_autoptr (GMimeParser) parser = g_mime_parser_new_with_stream (bounded);
  g_autoptr (GMimeMessage) message = NULL;
  GMimeParserOptions *options = make_options (self);
  GMimeObject *root;
  const char *date;

  g_mime_parser_set_persist_stream (parser, TRUE);
  message = g_mime_parser_construct_message (parser, options);
  g_mime_parser_options_free (options);
  root = message != NULL ? g_mime_message_get_mime_part (message) : NULL;

  if (message == NULL)
    {
      WbPartSource *whole = (WbPartSource *) wb_message_part_new ("text/plain");

      whole->part.number = g_strdup ("1");
      whole->offset = start;
      whole->length = length - start;
      self->tree = &whole->part;
      wb_message_warn (self, _ ("This is no mail message: it does not begin with headers."));
      return;
    }

  take_headers (self, g_mime_object_get_header_list (GMIME_OBJECT (message)));
  if (root != NULL)
    {
      /* GMime keeps the outermost part's headers apart from the others. */
      take_headers (self, g_mime_object_get_header_list (root));
      g_array_sort (self->headers, compare_headers);
      self->tree = wb_message_build_tree (self, root, length);
    }
  else
    {
      self->tree = wb_message_part_new ("text/plain");
      self->tree->number = g_strdup ("1");
    }
  date = wb_message_get_header (self, "Date");
  self->date = date != NULL ? g_mime_utils_header_decode_date (date) : NULL;
}

/**
 * wb_message_parse:
 * @source: a message as received, kept by reference
 *
 * Takes a message to pieces. What is wrong with it stands in wb_message_get_warnings().
 * (RFC 5322, 2045–2047, 2231.)
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): the message, or %NULL with %WB_MAIL_ERROR_TOO_LARGE set when
 *   it is above what a program can bear: 1 GiB, a header line of 1 MiB, 10,000 parts, 100
 *   levels
 */
WbMessage *
wb_message_parse (GBytes *source, GError **error)
{
  g_autoptr (WbMessage) self = NULL;
  const char *data;
  gsize length;
  gsize start;

  g_return_val_if_fail (source != NULL, NULL);

  wb_gmime_init ();
  data = g_bytes_get_data (source, &length);
  start = skip_from_line (data, length);
  if (!wb_message_check_limits (data + start, length - start, error))
    return NULL;

  self = g_object_new (WB_TYPE_MESSAGE, NULL);
  self->source = g_bytes_ref (source);
  read_tree (self, start, length);
  wb_message_find_bodies (self);
  g_ptr_array_add (self->warnings, NULL);
  return g_steal_pointer (&self);
}

/**
 * wb_message_get_source:
 *
 * Returns: (transfer none): the bytes that were parsed
 */
GBytes *
wb_message_get_source (WbMessage *self)
{
  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);

  return self->source;
}

static const WbMessageHeader *
find_header (WbMessage *self, const char *name)
{
  for (guint i = 0; i < self->headers->len; i++)
    {
      const WbMessageHeader *header = &g_array_index (self->headers, WbMessageHeader, i);

      if (g_ascii_strcasecmp (header->name, name) == 0)
        return header;
    }
  return NULL;
}

/**
 * wb_message_get_header:
 * @name: in any case
 *
 * Returns: (transfer none) (nullable): the decoded value of the first header of that name
 */
const char *
wb_message_get_header (WbMessage *self, const char *name)
{
  const WbMessageHeader *header;

  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  header = find_header (self, name);
  return header != NULL ? header->value : NULL;
}

/**
 * wb_message_get_n_headers:
 *
 * Returns: how many headers the message has, those of its outermost part among them
 */
guint
wb_message_get_n_headers (WbMessage *self)
{
  g_return_val_if_fail (WB_IS_MESSAGE (self), 0);

  return self->headers->len;
}

/**
 * wb_message_get_nth_header:
 * @n: below wb_message_get_n_headers()
 * @name: (out) (optional) (transfer none): its name as written
 * @value: (out) (optional) (transfer none): its decoded value
 */
void
wb_message_get_nth_header (WbMessage *self, guint n, const char **name, const char **value)
{
  const WbMessageHeader *header;

  g_return_if_fail (WB_IS_MESSAGE (self));
  g_return_if_fail (n < self->headers->len);

  header = &g_array_index (self->headers, WbMessageHeader, n);
  if (name != NULL)
    *name = header->name;
  if (value != NULL)
    *value = header->value;
}

static void
add_mailboxes (GPtrArray *mailboxes, InternetAddressList *list)
{
  int count = internet_address_list_length (list);

  for (int i = 0; i < count; i++)
    {
      InternetAddress *address = internet_address_list_get_address (list, i);

      if (INTERNET_ADDRESS_IS_GROUP (address))
        add_mailboxes (mailboxes,
                       internet_address_group_get_members (INTERNET_ADDRESS_GROUP (address)));
      else
        {
          const char *name = internet_address_get_name (address);
          const char *addr = internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address));
          WbMailbox *mailbox = g_new0 (WbMailbox, 1);

          mailbox->name = name != NULL && *name != '\0' ? g_utf8_make_valid (name, -1) : NULL;
          mailbox->address = g_utf8_make_valid (addr != NULL ? addr : "", -1);
          g_ptr_array_add (mailboxes, mailbox);
        }
    }
}

/* GMime reads groups by recursion. The headers that are usual for addresses were checked before
   parsing; this is for the others. */
static gboolean
has_too_many_groups (const char *text)
{
  guint colons = 0;

  for (const char *p = text; *p != '\0'; p++)
    colons += *p == ':';
  return colons > MAXIMUM_GROUPS;
}

/**
 * wb_message_get_mailboxes:
 * @field: a header of addresses, such as "To"
 *
 * Gives the addresses of all headers of that name, groups opened, at most 100,000.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (element-type WbMailbox): the mailboxes, maybe none
 */
GPtrArray *
wb_message_get_mailboxes (WbMessage *self, const char *field)
{
  GPtrArray *mailboxes;

  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (field != NULL, NULL);

  mailboxes = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_mailbox_free);
  for (guint i = 0; i < self->headers->len && mailboxes->len < MAXIMUM_MAILBOXES; i++)
    {
      const WbMessageHeader *header = &g_array_index (self->headers, WbMessageHeader, i);
      g_autofree char *unified = NULL;
      g_autoptr (InternetAddressList) list = NULL;
      const char *raw = header->value;

      if (g_ascii_strcasecmp (header->name, field) != 0)
        continue;
      /* Most headers are never asked for addresses. */
      if (header->raw != NULL)
        raw = unified = wb_header_unify_words (header->raw, NULL);
      if (has_too_many_groups (raw))
        continue;
      list = internet_address_list_parse (NULL, raw);
      if (list != NULL)
        add_mailboxes (mailboxes, list);
    }
  return mailboxes;
}

/* Some programs write where nobody is to be seen what is no address, and not even a group that is
 * empty ("undisclosed-recipients:;") but its name alone: not in RFC 5322, nor in its obsolete
 * syntax (section 4.4), and known by its words. Any other phrase may be an address that was
 * mistyped. */
static gboolean
names_nobody (const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  const char *allowed = "abcdefghijklmnopqrstuvwxyz-_ \t\"'.:;";

  return strspn (lower, allowed) == strlen (lower) && strstr (lower, "recipient") != NULL;
}

/**
 * wb_message_collect_addresses:
 * @field: a header of addresses, such as "To"
 * @addresses: (element-type utf8): what gets those of all headers of that name, groups opened, the
 *   hosts in their ASCII form
 *
 * For the envelope, and so strict where wb_message_get_mailboxes() makes the best of everything: a
 * mail must not go to some of those that it names. (RFC 5322 section 3.4.) A header of recipients
 * that says in words that they are not to be seen names none.
 *
 * Safe from any thread.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_INVALID set, which tells the address that is wrong
 */
gboolean
wb_message_collect_addresses (WbMessage *self,
                              const char *field,
                              GPtrArray *addresses,
                              GError **error)
{
  g_return_val_if_fail (WB_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (field != NULL, FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);

  for (guint i = 0; i < self->headers->len; i++)
    {
      const WbMessageHeader *header = &g_array_index (self->headers, WbMessageHeader, i);
      g_autofree char *unified = NULL;
      g_autoptr (GPtrArray) list = NULL;

      if (g_ascii_strcasecmp (header->name, field) != 0)
        continue;
      if (header->raw != NULL)
        unified = wb_header_unify_words (header->raw, NULL);
      if (names_nobody (header->value))
        continue;
      list = wb_address_parse_list (field, unified != NULL ? unified : header->value, error);
      if (list == NULL)
        return FALSE;
      for (guint k = 0; k < list->len; k++)
        {
          const WbAddress *address = g_ptr_array_index (list, k);

          if (address->address != NULL)
            g_ptr_array_add (addresses, g_strdup (address->address));
        }
    }
  return TRUE;
}

/**
 * wb_message_get_date:
 *
 * Returns: (transfer full) (nullable): when it says that it was sent, in the sender's zone
 */
GDateTime *
wb_message_get_date (WbMessage *self)
{
  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);

  return self->date != NULL ? g_date_time_ref (self->date) : NULL;
}

/**
 * wb_message_get_warnings:
 *
 * Returns: (transfer none) (array zero-terminated=1): what is odd about the message,
 *   sentences for the person; maybe none
 */
const char *const *
wb_message_get_warnings (WbMessage *self)
{
  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);

  return (const char *const *) self->warnings->pdata;
}

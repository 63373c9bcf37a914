/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-html-pictures.h"

#include <string.h>

#define DATA_PREFIX "data:image/"
#define BASE64_MARK ";base64,"
#define CID_PREFIX "cid:"

/* What the editor writes down of the size that was chosen for a picture. */
#define SIZE_ATTRIBUTE "data-longest"

static void
picture_free (gpointer data)
{
  WbHtmlPicture *picture = data;

  g_free (picture->id);
  g_free (picture->type);
  g_bytes_unref (picture->bytes);
  g_free (picture);
}

/* In a tag, from somewhere after its name: the next attribute called @name, as WebKit and the
 * common composers write it. @at is left behind its value, or at the end of the tag. */
static const char *
find_attribute (const char **at, const char *name, const char **end)
{
  const gsize length = strlen (name);

  while (**at && **at != '>')
    {
      gboolean found = g_ascii_isspace ((*at)[-1]) &&
                       g_ascii_strncasecmp (*at, name, length) == 0 && (*at)[length] == '=';
      const char *value = strchr ("\"'", **at) ? *at : NULL;

      if (found && ((*at)[length + 1] == '"' || (*at)[length + 1] == '\''))
        value = *at + length + 1;
      if (!value)
        {
          (*at)++;
          continue;
        }
      *end = strchr (value + 1, *value);
      *at = *end ? *end + 1 : value + strlen (value);
      if (found)
        return *end ? value + 1 : NULL;
    }
  return NULL;
}

/* The value of the `src` of the next picture; what only looks like one in the text, where a "<" is
 * escaped, is none. */
static const char *
find_source (const char *at, const char **end)
{
  while ((at = strcasestr (at, "<img")) != NULL)
    {
      const char *value = NULL;

      at += 4;
      value = find_attribute (&at, "src", end);
      if (value)
        return value;
    }
  return NULL;
}

static char *
make_id (const char *identity, guint number)
{
  g_autofree char *text = g_strdup_printf ("%s %u", identity ? identity : "", number);
  g_autofree char *unique = identity ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1)
                                     : g_uuid_string_random ();

  return g_strdup_printf ("%.36s@wirebench", unique);
}

static WbHtmlPicture *
parse_data_url (const char *url, gsize length)
{
  const char *mark = memmem (url, length, BASE64_MARK, strlen (BASE64_MARK));
  WbHtmlPicture *picture = NULL;
  g_autofree char *text = NULL;
  guchar *bytes = NULL;
  gsize n = 0;

  if (length < strlen (DATA_PREFIX) ||
      g_ascii_strncasecmp (url, DATA_PREFIX, strlen (DATA_PREFIX)) != 0 || !mark)
    return NULL;
  text =
      g_strndup (mark + strlen (BASE64_MARK), length - (gsize) (mark - url) - strlen (BASE64_MARK));
  bytes = g_base64_decode (text, &n);
  if (n == 0)
    {
      g_free (bytes);
      return NULL;
    }
  picture = g_new0 (WbHtmlPicture, 1);
  picture->type = g_strndup (url + strlen ("data:"), (gsize) (mark - url) - strlen ("data:"));
  picture->bytes = g_bytes_new_take (bytes, n);
  return picture;
}

/**
 * wb_html_take_pictures:
 * @html: from the editor, its pictures as `data:` URLs
 * @identity: (nullable): of the mail, for the same names each time; %NULL for names of no mail
 * @pictures: (out) (element-type WbHtmlPicture): what was taken out
 *
 * Turns each picture in the text into a part of its own. Any thread.
 *
 * Returns: (transfer full): the HTML, its pictures as `cid:` URLs
 */
char *
wb_html_take_pictures (const char *html, const char *identity, GPtrArray **pictures)
{
  GString *result = g_string_sized_new (4096);
  const char *done = html;
  const char *end = NULL;
  const char *at = html;

  *pictures = g_ptr_array_new_with_free_func (picture_free);
  while ((at = find_source (at, &end)) != NULL)
    {
      WbHtmlPicture *picture = parse_data_url (at, (gsize) (end - at));

      if (picture)
        {
          picture->id = make_id (identity, (*pictures)->len);
          g_string_append_len (result, done, at - done);
          g_string_append_printf (result, CID_PREFIX "%s", picture->id);
          g_ptr_array_add (*pictures, picture);
          done = end;
        }
      at = end;
    }
  g_string_append (result, done);
  return g_string_free (result, FALSE);
}

static WbHtmlPicture *
find_picture (GPtrArray *pictures, const char *source, const char *end)
{
  gsize length = (gsize) (end - source);

  if (length <= strlen (CID_PREFIX) || !g_str_has_prefix (source, CID_PREFIX))
    return NULL;
  source += strlen (CID_PREFIX);
  length -= strlen (CID_PREFIX);
  for (guint i = 0; i < pictures->len; i++)
    {
      WbHtmlPicture *picture = g_ptr_array_index (pictures, i);

      if (strlen (picture->id) == length && memcmp (picture->id, source, length) == 0)
        return picture;
    }
  return NULL;
}

/**
 * wb_html_take_sizes:
 * @html: from wb_html_take_pictures()
 * @pictures: (element-type WbHtmlPicture): the pictures in it, which learn how large they are to be
 * sent
 *
 * Any thread.
 *
 * Returns: (transfer full): the HTML without the sizes, which mean nothing to anybody else
 */
char *
wb_html_take_sizes (const char *html, GPtrArray *pictures)
{
  GString *result = g_string_sized_new (4096);
  const char *done = html;
  const char *tag = html;

  while ((tag = strcasestr (tag, "<img")) != NULL)
    {
      const char *source_end = NULL;
      const char *value_end = NULL;
      const char *after = tag + 4;
      const char *source = find_attribute (&after, "src", &source_end);
      const char *value = NULL;
      WbHtmlPicture *picture = source ? find_picture (pictures, source, source_end) : NULL;

      after = tag + 4;
      value = find_attribute (&after, SIZE_ATTRIBUTE, &value_end);
      tag += 4;
      if (!value)
        continue;
      if (picture)
        picture->longest = (guint) MIN (g_ascii_strtoull (value, NULL, 10), G_MAXINT);
      /* From the space before its name. */
      g_string_append_len (result, done, value - strlen (SIZE_ATTRIBUTE "=\"") - 1 - done);
      done = tag = value_end + 1;
    }
  g_string_append (result, done);
  return g_string_free (result, FALSE);
}

/**
 * wb_html_put_pictures:
 * @html: from a message, its pictures as `cid:` URLs
 * @func: finds their bytes
 * @user_data: for @func
 *
 * The other way round, for an editor. Any thread.
 *
 * Returns: (transfer full): the HTML, its pictures as `data:` URLs
 */
char *
wb_html_put_pictures (const char *html, WbHtmlPictureFunc func, gpointer user_data)
{
  GString *result = g_string_sized_new (4096);
  const char *done = html;
  const char *end = NULL;
  const char *at = html;

  while ((at = find_source (at, &end)) != NULL)
    {
      g_autofree char *escaped = NULL;
      g_autofree char *id = NULL;
      g_autofree char *type = NULL;
      g_autoptr (GBytes) bytes = NULL;

      if (g_ascii_strncasecmp (at, CID_PREFIX, strlen (CID_PREFIX)) == 0)
        {
          escaped = g_strndup (at + strlen (CID_PREFIX), (gsize) (end - at) - strlen (CID_PREFIX));
          id = g_uri_unescape_string (escaped, NULL);
        }
      if (id)
        bytes = func (id, &type, user_data);
      if (bytes && type)
        {
          g_autofree char *data =
              g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

          g_string_append_len (result, done, at - done);
          g_string_append_printf (result, "data:%s" BASE64_MARK "%s", type, data);
          done = end;
        }
      at = end;
    }
  g_string_append (result, done);
  return g_string_free (result, FALSE);
}

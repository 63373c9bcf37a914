/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-html-pictures.h"

#include <string.h>

#define DATA_PREFIX "data:image/"
#define BASE64_MARK ";base64,"
#define CID_PREFIX "cid:"

static void
picture_free (gpointer data)
{
  WbHtmlPicture *picture = data;

  g_free (picture->id);
  g_free (picture->type);
  g_bytes_unref (picture->bytes);
  g_free (picture);
}

/* The value of the `src` of the next picture, as WebKit and the common composers write it; what
 * only looks like one in the text, where a "<" is escaped, is none. */
static const char *
find_source (const char *at, const char **end)
{
  while ((at = strcasestr (at, "<img")) != NULL)
    {
      at += 4;
      while (*at && *at != '>')
        {
          gboolean source = g_ascii_isspace (at[-1]) && g_ascii_strncasecmp (at, "src=", 4) == 0;
          const char *value = strchr ("\"'", *at) ? at : NULL;

          if (source && (at[4] == '"' || at[4] == '\''))
            value = at + 4;
          if (!value)
            {
              at++;
              continue;
            }
          *end = strchr (value + 1, *value);
          if (!*end)
            return NULL;
          if (source)
            return value + 1;
          at = *end + 1;
        }
    }
  return NULL;
}

static WbHtmlPicture *
parse_data_url (const char *url, gsize length)
{
  const char *mark = memmem (url, length, BASE64_MARK, strlen (BASE64_MARK));
  WbHtmlPicture *picture = NULL;
  g_autofree char *text = NULL;
  g_autofree char *uuid = NULL;
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
  uuid = g_uuid_string_random ();
  picture = g_new0 (WbHtmlPicture, 1);
  picture->id = g_strconcat (uuid, "@wirebench", NULL);
  picture->type = g_strndup (url + strlen ("data:"), (gsize) (mark - url) - strlen ("data:"));
  picture->bytes = g_bytes_new_take (bytes, n);
  return picture;
}

/**
 * wb_html_take_pictures:
 * @html: from the editor, its pictures as `data:` URLs
 * @pictures: (out) (element-type WbHtmlPicture): what was taken out
 *
 * Turns each picture in the text into a part of its own. Any thread.
 *
 * Returns: (transfer full): the HTML, its pictures as `cid:` URLs
 */
char *
wb_html_take_pictures (const char *html, GPtrArray **pictures)
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

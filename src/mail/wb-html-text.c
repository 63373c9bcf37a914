/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-draft.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <string.h>

#define MAXIMUM_HTML (16 * 1024 * 1024)
#define MAXIMUM_TEXT (16 * 1024 * 1024)
#define MAXIMUM_QUOTES 16
#define MAXIMUM_INDENT 40
#define MAXIMUM_BREAKS 100
#define MAXIMUM_URL 2000
#define MAXIMUM_CELL 40
#define MAXIMUM_CELLS 200
#define MAXIMUM_NUMBER 99999
/* In place of the number of an item. */
#define BULLETS G_MININT

/* What ends a cell until it is known how wide its column is; no text holds it. */
#define CELL_END "\037"

typedef enum
{
  KIND_INLINE,
  KIND_HIDDEN,
  KIND_LINE,
  KIND_PARAGRAPH,
  KIND_BREAK,
  KIND_RULE,
  KIND_CELL,
  KIND_TABLE,
  KIND_LINK,
  KIND_PICTURE,
  KIND_PREFORMATTED,
  KIND_QUOTE,
  KIND_BULLETS,
  KIND_NUMBERS,
  KIND_ITEM,
} Kind;

static const struct
{
  const char *name;
  Kind kind;
} kinds[] = {
  { "a", KIND_LINK },           { "address", KIND_LINE },     { "article", KIND_LINE },
  { "blockquote", KIND_QUOTE }, { "br", KIND_BREAK },         { "center", KIND_LINE },
  { "dd", KIND_LINE },          { "div", KIND_LINE },         { "dl", KIND_PARAGRAPH },
  { "dt", KIND_LINE },          { "figcaption", KIND_LINE },  { "figure", KIND_PARAGRAPH },
  { "footer", KIND_LINE },      { "form", KIND_LINE },        { "h1", KIND_PARAGRAPH },
  { "h2", KIND_PARAGRAPH },     { "h3", KIND_PARAGRAPH },     { "h4", KIND_PARAGRAPH },
  { "h5", KIND_PARAGRAPH },     { "h6", KIND_PARAGRAPH },     { "head", KIND_HIDDEN },
  { "header", KIND_LINE },      { "hr", KIND_RULE },          { "iframe", KIND_HIDDEN },
  { "img", KIND_PICTURE },      { "li", KIND_ITEM },          { "main", KIND_LINE },
  { "nav", KIND_LINE },         { "object", KIND_HIDDEN },    { "ol", KIND_NUMBERS },
  { "p", KIND_PARAGRAPH },      { "pre", KIND_PREFORMATTED }, { "script", KIND_HIDDEN },
  { "section", KIND_LINE },     { "select", KIND_HIDDEN },    { "style", KIND_HIDDEN },
  { "svg", KIND_HIDDEN },       { "table", KIND_TABLE },      { "td", KIND_CELL },
  { "template", KIND_HIDDEN },  { "textarea", KIND_HIDDEN },  { "th", KIND_CELL },
  { "title", KIND_HIDDEN },     { "tr", KIND_LINE },          { "ul", KIND_BULLETS },
};

typedef struct
{
  GString *out;
  guint breaks;   /* line ends owed before the next text: 1 a new line, 2 a blank one too */
  gboolean space; /* white space owed */
  guint preformatted;
  guint quotes;
  guint quotes_above; /* of the last line written */
  GArray *lists;      /* int: the number of the last item, or BULLETS */
  guint indent;
  char *marker;   /* of an item that has no text yet */
  xmlNode *table; /* one that holds data, not the layout of a page */
  gboolean cell;  /* inside of a cell of it, which is one line */
  gsize link_start;
} Writer;

static Kind
kind_of (const xmlNode *node)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp ((const char *) node->name, kinds[i].name) == 0)
      return kinds[i].kind;
  return KIND_INLINE;
}

static gboolean
has_word (xmlNode *node, const char *attribute, const char *word)
{
  xmlChar *value = xmlGetProp (node, (const xmlChar *) attribute);
  gboolean same = value != NULL && g_ascii_strcasecmp (g_strstrip ((char *) value), word) == 0;

  xmlFree (value);
  return same;
}

/* What the reader of the HTML does not see. Of styles those of the element itself count. */
static gboolean
is_hidden (xmlNode *node)
{
  xmlChar *style = NULL;
  g_auto (GStrv) rules = NULL;
  gboolean hidden = kind_of (node) == KIND_HIDDEN || xmlHasProp (node, (const xmlChar *) "hidden");

  if (hidden)
    return TRUE;
  style = xmlGetProp (node, (const xmlChar *) "style");
  if (style == NULL)
    return FALSE;
  rules = g_strsplit ((const char *) style, ";", -1);
  xmlFree (style);
  for (gsize i = 0; rules[i] != NULL && !hidden; i++)
    {
      char *colon = strchr (rules[i], ':');
      const char *value = colon != NULL ? g_strchug (colon + 1) : "";

      if (colon != NULL)
        *colon = '\0';
      g_strstrip (rules[i]);
      hidden = (g_ascii_strcasecmp (rules[i], "display") == 0 &&
                g_ascii_strncasecmp (value, "none", 4) == 0) ||
               (g_ascii_strcasecmp (rules[i], "visibility") == 0 &&
                g_ascii_strncasecmp (value, "hidden", 6) == 0);
    }
  return hidden;
}

/* What is in @attribute, if that is a number that a list may have. */
static gboolean
get_number (xmlNode *node, const char *attribute, int *number)
{
  xmlChar *text = xmlGetProp (node, (const xmlChar *) attribute);
  char *end = NULL;
  gint64 value = text != NULL ? g_ascii_strtoll ((const char *) text, &end, 10) : 0;
  gboolean good = text != NULL && end != (char *) text && *g_strchug (end) == '\0' &&
                  value >= -MAXIMUM_NUMBER && value <= MAXIMUM_NUMBER;

  xmlFree (text);
  if (good)
    *number = (int) value;
  return good;
}

static void
owe_breaks (Writer *writer, guint breaks)
{
  if (writer->cell)
    {
      writer->space = TRUE;
      return;
    }
  /* An item's first paragraph stands beside its bullet. */
  if (writer->marker != NULL)
    breaks = MIN (breaks, 1);
  writer->breaks = MAX (writer->breaks, breaks);
  writer->space = FALSE;
}

static void
begin_line (Writer *writer)
{
  int indent = MIN (writer->indent, MAXIMUM_INDENT);

  for (guint i = 0; i < MIN (writer->quotes, MAXIMUM_QUOTES); i++)
    g_string_append (writer->out, "> ");
  writer->quotes_above = writer->quotes;
  if (writer->marker != NULL)
    {
      indent = MAX (0, indent - (int) strlen (writer->marker));
      g_string_append_printf (writer->out, "%*s%s", indent, "", writer->marker);
      g_clear_pointer (&writer->marker, g_free);
    }
  else
    g_string_append_printf (writer->out, "%*s", indent, "");
}

static void
pay_breaks (Writer *writer)
{
  if (writer->out->len == 0)
    begin_line (writer);
  else if (writer->breaks > 0)
    {
      guint quotes = MIN (MIN (writer->quotes, writer->quotes_above), MAXIMUM_QUOTES);

      for (guint i = 0; i < MIN (writer->breaks, MAXIMUM_BREAKS); i++)
        {
          if (i > 0)
            for (guint k = 0; k < quotes; k++)
              g_string_append_c (writer->out, '>');
          g_string_append_c (writer->out, '\n');
        }
      begin_line (writer);
    }
  writer->breaks = 0;
}

static void
put (Writer *writer, const char *text, gsize length)
{
  if (writer->out->len > MAXIMUM_TEXT)
    return;
  if (writer->space && writer->breaks == 0 && writer->out->len > 0 &&
      writer->out->str[writer->out->len - 1] != *CELL_END)
    g_string_append_c (writer->out, ' ');
  writer->space = FALSE;
  pay_breaks (writer);
  g_string_append_len (writer->out, text, length);
}

static gboolean
is_space (const char *text, gsize *length)
{
  *length = 1;
  if (strchr (" \t\r\n\f", *text) != NULL)
    return TRUE;
  *length = 2;
  return strncmp (text, "\302\240", 2) == 0;
}

static void
put_flowing (Writer *writer, const char *text)
{
  while (*text != '\0')
    {
      const char *end = text;
      gsize length;

      if (is_space (text, &length))
        {
          writer->space = TRUE;
          text += length;
          continue;
        }
      while (*end != '\0' && !is_space (end, &length))
        end++;
      put (writer, text, end - text);
      text = end;
    }
}

static void
put_preformatted (Writer *writer, const char *text)
{
  while (*text != '\0')
    {
      gsize length = strcspn (text, "\r\n");

      if (length > 0)
        put (writer, text, length);
      text += length;
      if (*text == '\r' && text[1] == '\n')
        text++;
      if (*text != '\0')
        {
          writer->breaks++;
          text++;
        }
    }
}

/* What a link says beside its text, unless the text says it already. */
static void
put_link (Writer *writer, xmlNode *node)
{
  g_autofree char *shown = NULL;
  const char *url;
  xmlChar *href = xmlGetProp (node, (const xmlChar *) "href");

  if (href == NULL)
    return;
  url = g_strstrip ((char *) href);
  shown = writer->link_start <= writer->out->len
              ? g_strstrip (g_strdup (writer->out->str + writer->link_start))
              : g_strdup ("");
  if (*url != '#' && *url != '\0' && strlen (url) <= MAXIMUM_URL &&
      strpbrk (url, "\r\n\t") == NULL && g_ascii_strncasecmp (url, "javascript:", 11) != 0)
    {
      const char *bare = g_ascii_strncasecmp (url, "mailto:", 7) == 0 ? url + 7 : url;

      if (strcmp (shown, url) != 0 && strcmp (shown, bare) != 0)
        {
          if (*shown != '\0')
            writer->space = TRUE;
          put (writer, "<", 1);
          g_string_append (writer->out, bare);
          g_string_append_c (writer->out, '>');
        }
    }
  xmlFree (href);
}

static void
put_picture (Writer *writer, xmlNode *node)
{
  xmlChar *alt = xmlGetProp (node, (const xmlChar *) "alt");

  if (alt != NULL && *alt != '\0')
    {
      put (writer, "[", 1);
      put_flowing (writer, (const char *) alt);
      writer->space = FALSE;
      put (writer, "]", 1);
    }
  xmlFree (alt);
}

static void
begin_item (Writer *writer, xmlNode *node)
{
  int given = 0;
  int *number =
      writer->lists->len > 0 ? &g_array_index (writer->lists, int, writer->lists->len - 1) : NULL;

  owe_breaks (writer, 1);
  g_clear_pointer (&writer->marker, g_free);
  if (number == NULL || *number == BULLETS)
    writer->marker = g_strdup ("- ");
  else
    {
      *number = get_number (node, "value", &given) ? given : *number + 1;
      writer->marker = g_strdup_printf ("%d. ", *number);
    }
}

static void
begin_list (Writer *writer, int before)
{
  owe_breaks (writer, writer->lists->len > 0 ? 1 : 2);
  g_clear_pointer (&writer->marker, g_free);
  g_array_append_val (writer->lists, before);
}

/* The width of an item's bullet, for the lines below its first. */
static guint
item_width (Writer *writer)
{
  int number =
      writer->lists->len > 0 ? g_array_index (writer->lists, int, writer->lists->len - 1) : BULLETS;
  g_autofree char *marker = number != BULLETS ? g_strdup_printf ("%d. ", number) : g_strdup ("- ");

  return strlen (marker);
}

/* The node after @node in @root, in the order of the text. */
static xmlNode *
next_inside (xmlNode *node, xmlNode *root)
{
  if (node->children != NULL)
    return node->children;
  while (node != root && node->next == NULL)
    node = node->parent;
  return node == root ? NULL : node->next;
}

/* Tables lay out whole mails, too: what has lines between its cells, and no table in it, is one.
 * So is what says nothing of lines, if its cells hold mere words. */
static gboolean
holds_data (xmlNode *table)
{
  gboolean told = xmlHasProp (table, (const xmlChar *) "border") != NULL;
  gboolean good = !has_word (table, "border", "0") && !has_word (table, "role", "presentation");

  for (xmlNode *node = next_inside (table, table); node != NULL && good;
       node = next_inside (node, table))
    {
      Kind kind = node->type == XML_ELEMENT_NODE ? kind_of (node) : KIND_INLINE;

      good = told ? kind != KIND_TABLE
                  : kind == KIND_INLINE || kind == KIND_LINK || kind == KIND_CELL ||
                        kind == KIND_HIDDEN || strcmp ((const char *) node->name, "tr") == 0;
    }
  return good;
}

/* How many columns of a terminal @text takes. */
static guint
text_width (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    width += g_unichar_iszerowidth (g_utf8_get_char (text)) ? 0
             : g_unichar_iswide (g_utf8_get_char (text))    ? 2
                                                            : 1;
  return width;
}

static void
append_rows (GString *out, GPtrArray *rows)
{
  g_autoptr (GArray) widths = g_array_new (FALSE, TRUE, sizeof (guint));

  for (guint i = 0; i < rows->len; i++)
    for (guint k = 0; ((char **) rows->pdata[i])[k] != NULL; k++)
      {
        guint width = text_width (((char **) rows->pdata[i])[k]);

        if (widths->len <= k)
          g_array_set_size (widths, k + 1);
        g_array_index (widths, guint, k) =
            MIN (MAX (g_array_index (widths, guint, k), width), MAXIMUM_CELL);
      }
  for (guint i = 0; i < rows->len; i++)
    {
      char **cells = rows->pdata[i];

      for (guint k = 0; cells[k] != NULL; k++)
        {
          guint width = text_width (cells[k]);
          guint wanted = g_array_index (widths, guint, k);

          g_string_append (out, cells[k]);
          if (cells[k + 1] != NULL)
            g_string_append_printf (out, "%*s | ", (int) (wanted > width ? wanted - width : 0), "");
        }
      g_string_append_c (out, '\n');
    }
}

/* Puts the cells of each table below each other. */
static char *
align_tables (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_auto (GStrv) lines = NULL;

  if (strstr (text, CELL_END) == NULL)
    return g_string_free (g_string_append (out, text), FALSE);
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      if (strstr (lines[i], CELL_END) != NULL)
        {
          g_ptr_array_add (rows, g_strsplit (lines[i], CELL_END, MAXIMUM_CELLS));
          continue;
        }
      append_rows (out, rows);
      g_ptr_array_set_size (rows, 0);
      g_string_append (out, lines[i]);
      if (lines[i + 1] != NULL)
        g_string_append_c (out, '\n');
    }
  append_rows (out, rows);
  return g_string_free (out, FALSE);
}

/* Returns: whether what is inside counts. */
static gboolean
enter (Writer *writer, xmlNode *node)
{
  int first = 1;

  if (is_hidden (node))
    return FALSE;
  switch (kind_of (node))
    {
    case KIND_HIDDEN:
      return FALSE;
    case KIND_LINE:
      owe_breaks (writer, 1);
      break;
    case KIND_PARAGRAPH:
      owe_breaks (writer, 2);
      break;
    case KIND_PREFORMATTED:
      owe_breaks (writer, 2);
      writer->preformatted++;
      break;
    case KIND_BREAK:
      if (!writer->cell)
        writer->breaks++;
      writer->space = writer->cell;
      break;
    case KIND_TABLE:
      owe_breaks (writer, 2);
      if (writer->table == NULL && holds_data (node))
        writer->table = node;
      break;
    case KIND_CELL:
      writer->cell = writer->table != NULL;
      writer->space = FALSE;
      break;
    case KIND_RULE:
      owe_breaks (writer, 2);
      put (writer, "----------------------------------------", 40);
      owe_breaks (writer, 2);
      break;
    case KIND_LINK:
      writer->link_start = writer->out->len;
      break;
    case KIND_PICTURE:
      put_picture (writer, node);
      break;
    case KIND_QUOTE:
      owe_breaks (writer, 2);
      writer->quotes++;
      break;
    case KIND_BULLETS:
      begin_list (writer, BULLETS);
      break;
    case KIND_NUMBERS:
      get_number (node, "start", &first);
      begin_list (writer, first - 1);
      break;
    case KIND_ITEM:
      begin_item (writer, node);
      writer->indent += item_width (writer);
      break;
    case KIND_INLINE:
    default:
      break;
    }
  return TRUE;
}

static void
leave (Writer *writer, xmlNode *node)
{
  switch (kind_of (node))
    {
    case KIND_LINE:
      owe_breaks (writer, 1);
      break;
    case KIND_PARAGRAPH:
      owe_breaks (writer, 2);
      break;
    case KIND_PREFORMATTED:
      owe_breaks (writer, 2);
      writer->preformatted--;
      break;
    case KIND_LINK:
      put_link (writer, node);
      break;
    case KIND_TABLE:
      if (writer->table == node)
        writer->table = NULL;
      owe_breaks (writer, 2);
      break;
    case KIND_CELL:
      if (writer->cell)
        {
          writer->cell = FALSE;
          writer->space = FALSE;
          if (xmlNextElementSibling (node) != NULL)
            {
              pay_breaks (writer);
              g_string_append (writer->out, CELL_END);
            }
          break;
        }
      if (node->next != NULL && writer->breaks == 0 && writer->out->len > 0)
        {
          g_string_append_c (writer->out, '\t');
          writer->space = FALSE;
        }
      break;
    case KIND_QUOTE:
      owe_breaks (writer, 2);
      writer->quotes--;
      break;
    case KIND_BULLETS:
    case KIND_NUMBERS:
      g_array_set_size (writer->lists, writer->lists->len - 1);
      owe_breaks (writer, writer->lists->len > 0 ? 1 : 2);
      break;
    case KIND_ITEM:
      writer->indent -= MIN (writer->indent, item_width (writer));
      g_clear_pointer (&writer->marker, g_free);
      owe_breaks (writer, 1);
      break;
    case KIND_HIDDEN:
    case KIND_BREAK:
    case KIND_RULE:
    case KIND_PICTURE:
    case KIND_INLINE:
    default:
      break;
    }
}

/* Without recursion: how deep the elements nest is the sender's choice. */
static void
walk (Writer *writer, xmlNode *root)
{
  xmlNode *node = root;

  while (node != NULL)
    {
      if (node->type == XML_ELEMENT_NODE)
        {
          gboolean inside = enter (writer, node);

          if (inside && node->children != NULL)
            {
              node = node->children;
              continue;
            }
          if (inside)
            leave (writer, node);
        }
      else if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) &&
               node->content != NULL)
        {
          if (writer->preformatted > 0)
            put_preformatted (writer, (const char *) node->content);
          else
            put_flowing (writer, (const char *) node->content);
        }

      while (node != root && node->next == NULL)
        {
          node = node->parent;
          leave (writer, node);
        }
      node = node == root ? NULL : node->next;
    }
}

static void
prepare_parser (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      xmlInitParser ();
      g_once_init_leave (&done, 1);
    }
}

/**
 * wb_html_to_text:
 * @html: UTF-8
 *
 * Makes readable plain text of HTML: paragraphs, lists, quotes with ">", links as
 * "text <address>". Nothing is loaded, and what is hidden is left out, as is what is above 16 MiB.
 * Of tables that hold data the columns stand below each other, with lines between the cells; those
 * that lay out a page have tabs.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): UTF-8, lines ending in LF
 */
char *
wb_html_to_text (const char *html)
{
  g_autofree char *valid = NULL;
  g_autofree char *text = NULL;
  Writer writer = { 0 };
  htmlDocPtr document;
  xmlNode *root;

  g_return_val_if_fail (html != NULL, NULL);

  prepare_parser ();
  valid = g_utf8_make_valid (html, strnlen (html, MAXIMUM_HTML));
  document = htmlReadMemory (valid, strlen (valid), NULL, "UTF-8",
                             HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                 HTML_PARSE_NONET | HTML_PARSE_COMPACT);
  if (document == NULL)
    return g_strdup ("");

  writer.out = g_string_new (NULL);
  writer.lists = g_array_new (FALSE, FALSE, sizeof (int));
  root = xmlDocGetRootElement (document);
  if (root != NULL)
    walk (&writer, root);
  if (writer.out->len > 0)
    g_string_append_c (writer.out, '\n');

  /* The line above a signature ends in a space (RFC 3676 section 4.3), which HTML knows not. */
  g_string_replace (writer.out, "\n--\n", "\n-- \n", 1);

  xmlFreeDoc (document);
  g_array_unref (writer.lists);
  g_free (writer.marker);
  text = g_string_free (writer.out, FALSE);
  return align_tables (text);
}

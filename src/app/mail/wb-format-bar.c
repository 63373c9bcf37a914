/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-format-bar.h"

#include "wb-html.h"
#include "wb-wrap-box.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _WbFormatBar
{
  GtkWidget parent_instance;

  /* Template */
  GtkWidget *box;
  GtkDropDown *style;
  GtkToggleButton *bold;
  GtkToggleButton *italic;
  GtkToggleButton *underline;
  GtkToggleButton *strikethrough;
  GtkToggleButton *bullets;
  GtkToggleButton *numbers;
  GtkToggleButton *quote;
  GtkToggleButton *code;
  GtkDropDown *size;
  GtkGrid *colors;
  GtkPopover *color_popover;
  GtkGrid *highlights;
  GtkPopover *highlight_popover;
  GtkPopover *table_popover;
  GtkSpinButton *rows;
  GtkSpinButton *columns;
  GtkMenuButton *link;
  GtkPopover *link_popover;
  GtkEntry *link_entry;
  GtkWidget *link_remove;

  /* Owned */
  char *address;    /* of the link at the caret */
  gboolean showing; /* while the buttons follow the caret rather than lead it */
};

enum
{
  COMMAND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* In the order of the list in the template. */
static const char *const blocks[] = { "div", "h1", "h2", "h3", "pre" };

/* As HTML counts sizes, in the order of the list in the template. */
static const char *const sizes[] = { "2", "3", "5", "6" };

typedef struct
{
  const char *color;
  const char *name;
} Color;

/* Dark enough to be read on paper; the palette of GNOME. */
static const Color palette[] = {
  { "#000000", N_ ("Black") },  { "#5e5c64", N_ ("Grey") },   { "#a51d2d", N_ ("Red") },
  { "#c64600", N_ ("Orange") }, { "#986a44", N_ ("Brown") },  { "#26a269", N_ ("Green") },
  { "#1a5fb4", N_ ("Blue") },   { "#613583", N_ ("Purple") },
};

/* Light enough to be read through. */
static const Color markers[] = {
  { "#f9f06b", N_ ("Yellow") },   { "#8ff0a4", N_ ("Green") }, { "#99c1f1", N_ ("Blue") },
  { "#ffbe6f", N_ ("Orange") },   { "#f9b4d5", N_ ("Pink") },  { "#deddda", N_ ("Grey") },
  { "transparent", N_ ("None") },
};

G_DEFINE_FINAL_TYPE (WbFormatBar, wb_format_bar, GTK_TYPE_WIDGET)

static void
command_clicked_cb (GtkButton *button, gpointer user_data)
{
  WbFormatBar *self = user_data;

  g_signal_emit (self, signals[COMMAND], 0, gtk_widget_get_name (GTK_WIDGET (button)), NULL);
}

static void
style_selected_cb (WbFormatBar *self)
{
  guint selected = gtk_drop_down_get_selected (self->style);

  if (!self->showing && selected < G_N_ELEMENTS (blocks))
    g_signal_emit (self, signals[COMMAND], 0, "FormatBlock", blocks[selected]);
}

static void
color_clicked_cb (GtkButton *button, gpointer user_data)
{
  WbFormatBar *self = user_data;

  gtk_popover_popdown (self->color_popover);
  g_signal_emit (self, signals[COMMAND], 0, "ForeColor", gtk_widget_get_name (GTK_WIDGET (button)));
}

static void
highlight_clicked_cb (GtkButton *button, gpointer user_data)
{
  WbFormatBar *self = user_data;

  gtk_popover_popdown (self->highlight_popover);
  g_signal_emit (self, signals[COMMAND], 0, "HiliteColor",
                 gtk_widget_get_name (GTK_WIDGET (button)));
}

static void
size_selected_cb (WbFormatBar *self)
{
  guint selected = gtk_drop_down_get_selected (self->size);

  if (!self->showing && selected < G_N_ELEMENTS (sizes))
    g_signal_emit (self, signals[COMMAND], 0, "FontSize", sizes[selected]);
}

static void
table_applied_cb (WbFormatBar *self)
{
  g_autofree char *size = g_strdup_printf ("%dx%d", gtk_spin_button_get_value_as_int (self->rows),
                                           gtk_spin_button_get_value_as_int (self->columns));

  gtk_popover_popdown (self->table_popover);
  g_signal_emit (self, signals[COMMAND], 0, "Table", size);
}

static void
link_shown_cb (WbFormatBar *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->link_entry), self->address ? self->address : "");
  gtk_widget_set_visible (self->link_remove, self->address && *self->address);
  gtk_widget_grab_focus (GTK_WIDGET (self->link_entry));
}

static void
link_applied_cb (WbFormatBar *self)
{
  g_autofree char *address =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->link_entry))));
  g_autofree char *scheme = g_uri_parse_scheme (address);
  g_autofree char *whole = NULL;

  gtk_popover_popdown (self->link_popover);
  if (!*address)
    return;
  if (scheme)
    whole = g_strdup (address);
  else
    whole = g_strconcat (strchr (address, '@') ? "mailto:" : "https://", address, NULL);
  g_signal_emit (self, signals[COMMAND], 0, "CreateLink", whole);
}

static void
link_removed_cb (WbFormatBar *self)
{
  gtk_popover_popdown (self->link_popover);
  g_signal_emit (self, signals[COMMAND], 0, "Unlink", NULL);
}

static void
add_colors (WbFormatBar *self, GtkGrid *grid, const Color *colors, guint n, GCallback clicked_cb)
{
  for (guint i = 0; i < n; i++)
    {
      GtkWidget *button = gtk_button_new ();
      GtkWidget *label = gtk_label_new (NULL);
      g_autofree char *markup =
          *colors[i].color == '#'
              ? g_strdup_printf ("<span foreground=\"%s\" size=\"x-large\">⬤</span>",
                                 colors[i].color)
              : g_strdup ("<span size=\"x-large\">◯</span>");

      gtk_label_set_markup (GTK_LABEL (label), markup);
      gtk_button_set_child (GTK_BUTTON (button), label);
      gtk_widget_set_name (button, colors[i].color);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_add_css_class (button, "circular");
      gtk_widget_set_tooltip_text (button, _ (colors[i].name));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ (colors[i].name), -1);
      g_signal_connect (button, "clicked", clicked_cb, self);
      gtk_grid_attach (grid, button, (int) (i % 4), (int) (i / 4), 1, 1);
    }
}

static void
wb_format_bar_dispose (GObject *object)
{
  WbFormatBar *self = WB_FORMAT_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->address, g_free);

  G_OBJECT_CLASS (wb_format_bar_parent_class)->dispose (object);
}

static void
wb_format_bar_class_init (WbFormatBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_format_bar_dispose;
  g_type_ensure (WB_TYPE_WRAP_BOX);
  signals[COMMAND] = g_signal_new ("command", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/mail/wb-format-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, box);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, style);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, bold);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, italic);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, underline);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, strikethrough);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, bullets);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, numbers);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, quote);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, code);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, size);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, highlights);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, highlight_popover);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, table_popover);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, rows);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, columns);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, colors);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, color_popover);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, link);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, link_popover);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, link_entry);
  gtk_widget_class_bind_template_child (widget_class, WbFormatBar, link_remove);
  gtk_widget_class_bind_template_callback (widget_class, command_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, style_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, size_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, table_applied_cb);
  gtk_widget_class_bind_template_callback (widget_class, link_shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, link_applied_cb);
  gtk_widget_class_bind_template_callback (widget_class, link_removed_cb);
}

static void
wb_format_bar_init (WbFormatBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_colors (self, self->colors, palette, G_N_ELEMENTS (palette), G_CALLBACK (color_clicked_cb));
  add_colors (self, self->highlights, markers, G_N_ELEMENTS (markers),
              G_CALLBACK (highlight_clicked_cb));
}

/**
 * wb_format_bar_set_state:
 * @self: the bar
 * @state: #WbHtmlState flags of the text at the caret
 * @block: its element, such as "h1"
 * @link: (nullable): the address of the link it stands in
 *
 * Main thread.
 */
void
wb_format_bar_set_state (WbFormatBar *self, guint state, const char *block, const char *link)
{
  guint style = 0;
  guint size = 1;
  guint html_size = state >> WB_HTML_SIZE_SHIFT;

  g_return_if_fail (WB_IS_FORMAT_BAR (self));

  self->showing = TRUE;
  gtk_toggle_button_set_active (self->bold, (state & WB_HTML_BOLD) != 0);
  gtk_toggle_button_set_active (self->italic, (state & WB_HTML_ITALIC) != 0);
  gtk_toggle_button_set_active (self->underline, (state & WB_HTML_UNDERLINE) != 0);
  gtk_toggle_button_set_active (self->strikethrough, (state & WB_HTML_STRIKETHROUGH) != 0);
  gtk_toggle_button_set_active (self->bullets, (state & WB_HTML_BULLETS) != 0);
  gtk_toggle_button_set_active (self->numbers, (state & WB_HTML_NUMBERS) != 0);
  gtk_toggle_button_set_active (self->quote, (state & WB_HTML_QUOTE) != 0);
  gtk_toggle_button_set_active (self->code, (state & WB_HTML_CODE) != 0);
  /* A heading has a size of its own, which is not that of the text in it. */
  if (html_size > 0 && (!block || block[0] != 'h'))
    size = html_size <= 2 ? 0 : html_size == 3 ? 1 : html_size <= 5 ? 2 : 3;
  gtk_drop_down_set_selected (self->size, size);
  for (guint i = 1; i < G_N_ELEMENTS (blocks); i++)
    if (g_strcmp0 (block, blocks[i]) == 0)
      style = i;
  gtk_drop_down_set_selected (self->style, style);
  self->showing = FALSE;
  g_free (self->address);
  self->address = g_strdup (link);
}

/**
 * wb_format_bar_ask_link:
 * @self: the bar
 *
 * Asks for the address of a link, as the key for it does. Main thread.
 */
void
wb_format_bar_ask_link (WbFormatBar *self)
{
  g_return_if_fail (WB_IS_FORMAT_BAR (self));

  gtk_menu_button_popup (self->link);
}

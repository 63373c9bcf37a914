/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-transfer-settings.h"

#include <glib/gi18n-lib.h>

/* What a limit is given in. */
#define KB 1000

/* From what size on a download is in pieces, where it is to be. */
#define SEGMENTS_MIN (16 * 1024 * 1024)

typedef struct
{
  const char *key;
  const char *label;
  double least;
  double most;
  double step;
} Number;

static const Number numbers[] = {
  { "transfer-connections", N_ ("Transfers at once"), 1, 16, 1 },
  { "transfer-limit-down", N_ ("Download limit (kB/s)"), 0, 10000000, 100 },
  { "transfer-limit-up", N_ ("Upload limit (kB/s)"), 0, 10000000, 100 },
  { "transfer-retries", N_ ("More attempts after a break"), 0, 20, 1 },
  { "transfer-segments", N_ ("Pieces of a large download"), 1, 8, 1 },
};

static const struct
{
  const char *key;
  const char *label;
} choices[] = {
  { "transfer-keep-times", N_ ("Keep times") },
  { "transfer-keep-permissions", N_ ("Keep permissions") },
  { "transfer-verify", N_ ("Compare checksums afterwards") },
};

static GtkWidget *
create_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* With a figure beside it no wider than a narrow screen. */
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_set_hexpand (label, TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_number (GtkGrid *grid, GSettings *settings, const Number *number, int row)
{
  GtkWidget *label = create_label (_ (number->label), NULL);
  GtkWidget *spin = gtk_spin_button_new_with_range (number->least, number->most, number->step);

  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 8);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (number->label), -1);
  g_settings_bind (settings, number->key, spin, "value", G_SETTINGS_BIND_DEFAULT);
  gtk_grid_attach (grid, label, 0, row, 1, 1);
  gtk_grid_attach (grid, spin, 1, row, 1, 1);
}

/**
 * wb_transfer_settings_new:
 *
 * Returns: (transfer floating): a popover with what counts for all transfers
 */
GtkWidget *
wb_transfer_settings_new (GSettings *settings)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *grid = gtk_grid_new ();
  int row = 0;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_widget_set_margin_start (grid, 6);
  gtk_widget_set_margin_end (grid, 6);
  gtk_widget_set_margin_top (grid, 6);
  gtk_widget_set_margin_bottom (grid, 6);
  gtk_grid_attach (GTK_GRID (grid), create_label (_ ("How Files Are Moved"), "heading"), 0, row++,
                   2, 1);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    add_number (GTK_GRID (grid), settings, &numbers[i], row++);
  gtk_grid_attach (GTK_GRID (grid), create_label (_ ("A limit of 0 is none."), "caption"), 0, row++,
                   2, 1);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (_ (choices[i].label));

      g_settings_bind (settings, choices[i].key, check, "active", G_SETTINGS_BIND_DEFAULT);
      gtk_grid_attach (GTK_GRID (grid), check, 0, row++, 2, 1);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), grid);
  return popover;
}

/**
 * wb_transfer_settings_apply:
 * @has_checksums: whether the server makes checksums; where it makes none there is nothing to
 *   compare, and files need not go one by one and in one piece for that
 *
 * Has a queue move files in the way that the person wants; what runs goes on as it began.
 * Its connections are left to whoever knows the server.
 */
void
wb_transfer_settings_apply (GSettings *settings, WbFtpQueue *queue, gboolean has_checksums)
{
  WbFtpKeep keep = WB_FTP_KEEP_NOTHING;
  WbFtpFileFlags flags = WB_FTP_FILE_RESUME;

  if (g_settings_get_boolean (settings, "transfer-keep-times"))
    keep |= WB_FTP_KEEP_TIME;
  if (g_settings_get_boolean (settings, "transfer-keep-permissions"))
    keep |= WB_FTP_KEEP_MODE;
  if (has_checksums && g_settings_get_boolean (settings, "transfer-verify"))
    flags |= WB_FTP_FILE_VERIFY;
  wb_ftp_queue_set_keep (queue, keep);
  wb_ftp_queue_set_flags (queue, flags);
  wb_ftp_queue_set_retries (queue, g_settings_get_uint (settings, "transfer-retries"));
  wb_ftp_queue_set_segments (queue, g_settings_get_uint (settings, "transfer-segments"),
                             SEGMENTS_MIN);
}

/**
 * wb_transfer_settings_limit:
 * @down: what all downloads share
 * @up: what all uploads share
 *
 * Sets the two rates, also for what is on its way.
 */
void
wb_transfer_settings_limit (GSettings *settings, WbLimit *down, WbLimit *up)
{
  wb_limit_set_rate (down, (gint64) g_settings_get_uint (settings, "transfer-limit-down") * KB);
  wb_limit_set_rate (up, (gint64) g_settings_get_uint (settings, "transfer-limit-up") * KB);
}

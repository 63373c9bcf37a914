/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The smallest libadwaita program that is of any use: a header bar, a view switcher and a page with
 * something to read and an icon behind each of its three names. With "bare" as its argument it is
 * a header bar and a word: what any window costs before it shows anything of its own.
 */

#include <adwaita.h>

static GtkWidget *
create_pages (AdwHeaderBar *bar)
{
  static const struct
  {
    const char *title;
    const char *icon;
  } pages[] = {
    { "Mail", "mail-unread-symbolic" },
    { "Files", "folder-symbolic" },
    { "Servers", "network-server-symbolic" },
  };
  GtkWidget *stack = adw_view_stack_new ();
  GtkWidget *switcher = adw_view_switcher_new ();

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *page = adw_status_page_new ();

      adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), pages[i].icon);
      adw_status_page_set_title (ADW_STATUS_PAGE (page), pages[i].title);
      adw_status_page_set_description (ADW_STATUS_PAGE (page), "Nothing is here yet.");
      adw_view_stack_page_set_icon_name (
          adw_view_stack_add_titled (ADW_VIEW_STACK (stack), page, NULL, pages[i].title),
          pages[i].icon);
    }
  adw_view_switcher_set_policy (ADW_VIEW_SWITCHER (switcher), ADW_VIEW_SWITCHER_POLICY_WIDE);
  adw_view_switcher_set_stack (ADW_VIEW_SWITCHER (switcher), ADW_VIEW_STACK (stack));
  adw_header_bar_set_title_widget (bar, switcher);
  gtk_widget_set_vexpand (stack, TRUE);
  return stack;
}

static void
activate_cb (GtkApplication *application, gpointer user_data)
{
  const gboolean *bare = user_data;
  GtkWidget *window = adw_application_window_new (application);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = adw_header_bar_new ();

  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box),
                  *bare ? gtk_label_new ("Hello") : create_pages (ADW_HEADER_BAR (bar)));
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  /* As large as Wirebench's: what a window draws into grows with it. */
  gtk_window_set_default_size (GTK_WINDOW (window), 1100, 760);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application =
      adw_application_new ("org.example.Minimal", G_APPLICATION_NON_UNIQUE);
  gboolean bare = argc > 1 && g_str_equal (argv[1], "bare");

  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), &bare);
  return g_application_run (G_APPLICATION (application), 1, argv);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-toolkit.h"

#include <gtk/gtk.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* When the first window has long been drawn. */
#define SETTLED_MS 800

/* What was put into the environment for GTK alone, and is taken out again when GTK has read it. */
static const char *set_names[2];
static guint n_set;

static void
set_for_gtk (const char *name, const char *value)
{
  g_assert (n_set < G_N_ELEMENTS (set_names));

  if (g_getenv (name) == NULL && g_setenv (name, value, FALSE))
    set_names[n_set++] = name;
}

/* Where none of these is, GL is drawn by the processor. */
static gboolean
have_graphics_card (void)
{
  static const char *const nodes[] = {
    "/dev/dri", "/dev/nvidiactl", "/dev/dxg", "/dev/kgsl-3d0", "/dev/mali0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    if (g_file_test (nodes[i], G_FILE_TEST_EXISTS))
      return TRUE;
  return FALSE;
}

/**
 * wb_toolkit_prepare:
 *
 * Spares GTK what it would do in vain while it starts. Each is left alone if the person has set the
 * variable. Call it while the program has one thread, and wb_toolkit_init() when GTK is wanted.
 *
 * - GTK reads the whole style sheet of its own theme, in the place of which libadwaita puts an
 *   empty one a moment later. It is told of the empty one at once.
 * - Without a graphics card, GL is drawn by the processor, which is slower than drawing without it
 *   and loads a compiler to do so. There GTK draws with cairo.
 */
void
wb_toolkit_prepare (void)
{
  set_for_gtk ("GTK_THEME", "Adwaita-empty");
  if (g_getenv ("GSK_RENDERER") == NULL || g_str_equal (g_getenv ("GSK_RENDERER"), "cairo"))
    if (!have_graphics_card ())
      {
        /* GTK 4.16 moved it to a variable of its own. */
        if (gtk_get_minor_version () < 16)
          set_for_gtk ("GDK_DEBUG", "gl-disable");
        else
          set_for_gtk ("GDK_DISABLE", "gl,vulkan");
      }
}

static gboolean
settled_cb (gpointer user_data)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return G_SOURCE_REMOVE;
}

/**
 * wb_toolkit_init:
 *
 * Starts GTK and takes out of the environment what wb_toolkit_prepare() put there: libadwaita
 * leaves its own style sheet out when it finds a theme named, and children are to start as ever.
 * Call it before adw_init(), on the main thread.
 *
 * When all has come to rest, it gives back to the system the memory that only the start needed,
 * most of it for style sheets and templates.
 */
void
wb_toolkit_init (void)
{
  gtk_init ();
  /* The theme is read with the settings, not before. */
  gtk_settings_get_default ();

  /* The last first: an entry at the end goes without moving another under a thread that reads. */
  while (n_set > 0)
    g_unsetenv (set_names[--n_set]);

  g_timeout_add_full (G_PRIORITY_LOW, SETTLED_MS, settled_cb, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbHtmlResolveFunc:
 * @content_id: what stands after `cid:`, decoded
 * @content_type: (out): such as "image/png"
 *
 * Finds a picture that came with the message. Runs on the main thread.
 *
 * Returns: (nullable) (transfer full): its bytes
 */
typedef GBytes *(*WbHtmlResolveFunc) (const char  *content_id,
                                      char       **content_type,
                                      gpointer     user_data);

/**
 * WbHtmlState:
 *
 * How the text at the editor's caret is formatted. Above %WB_HTML_SIZE_SHIFT its size, 1 to 7,
 * as HTML counts them; 3 is the usual one.
 */
#define WB_HTML_SIZE_SHIFT 16
typedef enum
{
  WB_HTML_BOLD          = 1 << 0,
  WB_HTML_ITALIC        = 1 << 1,
  WB_HTML_UNDERLINE     = 1 << 2,
  WB_HTML_STRIKETHROUGH = 1 << 3,
  WB_HTML_BULLETS       = 1 << 4,
  WB_HTML_NUMBERS       = 1 << 5,
  WB_HTML_QUOTE         = 1 << 6,
  WB_HTML_LINK          = 1 << 7,
  WB_HTML_CODE          = 1 << 8,
  WB_HTML_TABLE         = 1 << 9,
} WbHtmlState;

/**
 * WbHtml:
 *
 * HTML shown and written. The work is done by a module that is linked with
 * WebKitGTK and loaded on first use, so that no one pays for it at every start.
 *
 * A viewer has the signals `link-activated (char *url)`, `link-hovered (char *url or
 * NULL)` and `failed (char *why)`; an editor has `changed ()`, `state-changed (guint
 * state, char *block, char *link)`, `files-dropped (GdkFileList *)`, `found (gboolean)`,
 * `ready ()`, `failed (char *why)`, and `pictures-changed (guint count, guint width, guint
 * height, guint64 bytes, int longest)`, which tells of the picture that is selected or else
 * of all that are large: how many, the width and height of the largest, the bytes of all, and
 * what was chosen by the command `PictureSize`, or −1 where they differ.
 *
 * Belongs to the main thread.
 */
#define WB_TYPE_HTML (wb_html_get_type ())
G_DECLARE_FINAL_TYPE (WbHtml, wb_html, WB, HTML, GObject)

WbHtml    *wb_html_new                    (void);
void       wb_html_load_async             (WbHtml               *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean   wb_html_load_finish            (WbHtml               *self,
                                           GAsyncResult         *result,
                                           GError              **error);
gboolean   wb_html_is_loaded              (WbHtml               *self);

GtkWidget *wb_html_create_viewer          (WbHtml               *self);
void       wb_html_viewer_show            (WbHtml               *self,
                                           GtkWidget            *viewer,
                                           const char           *html,
                                           WbHtmlResolveFunc     resolve,
                                           gpointer              user_data,
                                           GDestroyNotify        user_data_free);

GtkWidget *wb_html_create_editor          (WbHtml               *self);
void       wb_html_editor_set_html        (WbHtml               *self,
                                           GtkWidget            *editor,
                                           const char           *html);
void       wb_html_editor_insert_html     (WbHtml               *self,
                                           GtkWidget            *editor,
                                           const char           *html);
void       wb_html_editor_execute         (WbHtml               *self,
                                           GtkWidget            *editor,
                                           const char           *command,
                                           const char           *argument);
void       wb_html_editor_get_html_async  (WbHtml               *self,
                                           GtkWidget            *editor,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
char      *wb_html_editor_get_html_finish (WbHtml               *self,
                                           GtkWidget            *editor,
                                           GAsyncResult         *result,
                                           GError              **error);

gboolean   wb_html_has_remote_content     (const char           *html);

G_END_DECLS

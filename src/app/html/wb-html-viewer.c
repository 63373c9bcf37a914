/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-html"

#include "config.h"

#include "wb-html-viewer.h"

#include <glib/gi18n-lib.h>

struct _WbHtmlViewer
{
  GtkWidget parent_instance;

  WbHtmlEngine *engine;
  WebKitWebView *view;
  gboolean loading; /* between our own load and its commit, the one navigation allowed */
};

enum
{
  LINK_ACTIVATED,
  LINK_HOVERED,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbHtmlViewer, wb_html_viewer, GTK_TYPE_WIDGET)

static gboolean
decide_policy_cb (WebKitWebView *view,
                  WebKitPolicyDecision *decision,
                  WebKitPolicyDecisionType type,
                  gpointer user_data)
{
  WbHtmlViewer *self = user_data;
  WebKitNavigationAction *action = NULL;
  const char *uri = NULL;

  if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE)
    {
      WebKitURIRequest *request =
          webkit_response_policy_decision_get_request (WEBKIT_RESPONSE_POLICY_DECISION (decision));

      uri = webkit_uri_request_get_uri (request);
      if (g_str_has_prefix (uri, "about:") || g_str_has_prefix (uri, "cid:") ||
          g_str_has_prefix (uri, "data:"))
        webkit_policy_decision_use (decision);
      else
        webkit_policy_decision_ignore (decision);
      return TRUE;
    }
  action = webkit_navigation_policy_decision_get_navigation_action (
      WEBKIT_NAVIGATION_POLICY_DECISION (decision));
  uri = webkit_uri_request_get_uri (webkit_navigation_action_get_request (action));
  if (self->loading && type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION &&
      webkit_navigation_action_get_navigation_type (action) == WEBKIT_NAVIGATION_TYPE_OTHER &&
      !webkit_navigation_action_is_user_gesture (action) && g_strcmp0 (uri, "about:blank") == 0)
    {
      webkit_policy_decision_use (decision);
      return TRUE;
    }
  webkit_policy_decision_ignore (decision);
  if (webkit_navigation_action_get_navigation_type (action) ==
          WEBKIT_NAVIGATION_TYPE_LINK_CLICKED &&
      webkit_navigation_action_is_user_gesture (action))
    g_signal_emit (self, signals[LINK_ACTIVATED], 0, uri);
  return TRUE;
}

static void
load_changed_cb (WebKitWebView *view, WebKitLoadEvent event, gpointer user_data)
{
  WbHtmlViewer *self = user_data;

  if (event == WEBKIT_LOAD_COMMITTED)
    self->loading = FALSE;
}

static void
mouse_target_cb (WebKitWebView *view, WebKitHitTestResult *hit, guint modifiers, gpointer user_data)
{
  WbHtmlViewer *self = user_data;
  const char *uri = NULL;

  if (webkit_hit_test_result_context_is_link (hit))
    uri = webkit_hit_test_result_get_link_uri (hit);
  g_signal_emit (self, signals[LINK_HOVERED], 0, uri);
}

static gboolean
context_menu_cb (WebKitWebView *view,
                 WebKitContextMenu *menu,
                 WebKitHitTestResult *hit,
                 gpointer user_data)
{
  g_autoptr (GList) items = g_list_copy (webkit_context_menu_get_items (menu));

  for (GList *item = items; item; item = item->next)
    {
      WebKitContextMenuAction action = webkit_context_menu_item_get_stock_action (item->data);

      if (action != WEBKIT_CONTEXT_MENU_ACTION_COPY &&
          action != WEBKIT_CONTEXT_MENU_ACTION_COPY_LINK_TO_CLIPBOARD &&
          action != WEBKIT_CONTEXT_MENU_ACTION_COPY_IMAGE_TO_CLIPBOARD &&
          action != WEBKIT_CONTEXT_MENU_ACTION_SELECT_ALL)
        webkit_context_menu_remove (menu, item->data);
    }
  return webkit_context_menu_get_n_items (menu) == 0;
}

static void
terminated_cb (WebKitWebView *view, WebKitWebProcessTerminationReason reason, gpointer user_data)
{
  WbHtmlViewer *self = user_data;

  if (reason != WEBKIT_WEB_PROCESS_TERMINATED_BY_API)
    g_signal_emit (self, signals[FAILED], 0,
                   reason == WEBKIT_WEB_PROCESS_EXCEEDED_MEMORY_LIMIT
                       ? _ ("Showing this mail formatted would take too much memory.")
                       : _ ("The process that shows formatted mail ended on this one."));
}

static void
wb_html_viewer_dispose (GObject *object)
{
  WbHtmlViewer *self = WB_HTML_VIEWER (object);

  if (self->view)
    {
      g_signal_handlers_disconnect_by_data (self->view, self);
      gtk_widget_unparent (GTK_WIDGET (self->view));
      self->view = NULL;
    }
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (wb_html_viewer_parent_class)->dispose (object);
}

static gboolean
wb_html_viewer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WB_HTML_VIEWER (widget)->view));
}

static void
wb_html_viewer_class_init (WbHtmlViewerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_html_viewer_dispose;
  widget_class->grab_focus = wb_html_viewer_grab_focus;
  signals[LINK_ACTIVATED] =
      g_signal_new ("link-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[LINK_HOVERED] =
      g_signal_new ("link-hovered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "htmlviewer");
}

static void
wb_html_viewer_init (WbHtmlViewer *self)
{
}

/**
 * wb_html_viewer_new:
 * @engine: what the views share
 *
 * Main thread.
 *
 * Returns: (transfer floating): an empty viewer
 */
GtkWidget *
wb_html_viewer_new (WbHtmlEngine *engine)
{
  WbHtmlViewer *self = g_object_new (WB_TYPE_HTML_VIEWER, NULL);

  self->engine = g_object_ref (engine);
  self->view = wb_html_engine_create_view (engine, FALSE);
  g_signal_connect (self->view, "decide-policy", G_CALLBACK (decide_policy_cb), self);
  g_signal_connect (self->view, "load-changed", G_CALLBACK (load_changed_cb), self);
  g_signal_connect (self->view, "mouse-target-changed", G_CALLBACK (mouse_target_cb), self);
  g_signal_connect (self->view, "context-menu", G_CALLBACK (context_menu_cb), self);
  g_signal_connect (self->view, "web-process-terminated", G_CALLBACK (terminated_cb), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Formatted mail"), -1);
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

/**
 * wb_html_viewer_show_html:
 * @self: the viewer
 * @html: the document, whatever it holds
 * @resolve: (nullable): finds its pictures
 * @user_data: for @resolve
 * @user_data_free: (nullable): called when @resolve is needed no more
 *
 * Shows @html. Main thread.
 */
void
wb_html_viewer_show_html (WbHtmlViewer *self,
                          const char *html,
                          WbHtmlResolveFunc resolve,
                          gpointer user_data,
                          GDestroyNotify user_data_free)
{
  g_return_if_fail (WB_IS_HTML_VIEWER (self));

  wb_html_engine_set_resolver (self->engine, self->view, resolve, user_data, user_data_free);
  self->loading = TRUE;
  webkit_web_view_load_html (self->view, html, "about:blank");
}

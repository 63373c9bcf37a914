/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-html"

#include "config.h"

#include "wb-html-engine.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/* One of five walls. Its sentence is the same as the next one's, said to another part of WebKit:
 * nothing but the mail's own pictures is ever loaded. */
#define POLICY "default-src 'none'; img-src cid: data:; style-src 'unsafe-inline'"
#define FILTER                                                                                 \
  "[{\"trigger\":{\"url-filter\":\".*\"},\"action\":{\"type\":\"block\"}},"                    \
  "{\"trigger\":{\"url-filter\":\"^cid:\"},\"action\":{\"type\":\"ignore-previous-rules\"}},"  \
  "{\"trigger\":{\"url-filter\":\"^data:\"},\"action\":{\"type\":\"ignore-previous-rules\"}}," \
  "{\"trigger\":{\"url-filter\":\"^about:\"},\"action\":{\"type\":\"ignore-previous-rules\"}}]"
/* A click on a link makes WebKit connect to the link's host before it asks whether it may; so all
 * the network there is leads to a port of this computer where nothing listens. */
#define DEAD_END "http://127.0.0.1:1"
#define FILTER_NAME "nothing-from-outside"

/* The largest picture that is handed to the web process. */
#define PICTURE_MAX (64 * 1024 * 1024)

typedef struct
{
  WbHtmlResolveFunc resolve;
  gpointer user_data;
  GDestroyNotify user_data_free;
} Resolver;

struct _WbHtmlEngine
{
  GObject parent_instance;

  WebKitWebContext *context;
  WebKitNetworkSession *network;
  WebKitUserContentFilter *filter;
  GHashTable *resolvers; /* (element-type WebKitWebView Resolver), keys unowned */
};

G_DEFINE_FINAL_TYPE (WbHtmlEngine, wb_html_engine, G_TYPE_OBJECT)

static void
resolver_free (gpointer data)
{
  Resolver *resolver = data;

  if (resolver->user_data_free)
    resolver->user_data_free (resolver->user_data);
  g_free (resolver);
}

static void
picture_requested_cb (WebKitURISchemeRequest *request, gpointer user_data)
{
  WbHtmlEngine *self = user_data;
  WebKitWebView *view = webkit_uri_scheme_request_get_web_view (request);
  Resolver *resolver = view ? g_hash_table_lookup (self->resolvers, view) : NULL;
  const char *escaped = webkit_uri_scheme_request_get_uri (request) + strlen ("cid:");
  g_autofree char *id = g_uri_unescape_string (escaped, NULL);
  g_autofree char *type = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GInputStream) stream = NULL;

  if (resolver && resolver->resolve && id)
    bytes = resolver->resolve (id, &type, resolver->user_data);
  if (!bytes || g_bytes_get_size (bytes) > PICTURE_MAX || !type ||
      !g_str_has_prefix (type, "image/"))
    {
      g_autoptr (GError) error =
          g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such picture in the message");

      webkit_uri_scheme_request_finish_error (request, error);
      return;
    }
  stream = g_memory_input_stream_new_from_bytes (bytes);
  webkit_uri_scheme_request_finish (request, stream, (gint64) g_bytes_get_size (bytes), type);
}

static void
download_started_cb (WebKitNetworkSession *network, WebKitDownload *download, gpointer user_data)
{
  webkit_download_cancel (download);
}

static void
wb_html_engine_dispose (GObject *object)
{
  WbHtmlEngine *self = WB_HTML_ENGINE (object);

  g_clear_pointer (&self->filter, webkit_user_content_filter_unref);
  g_clear_object (&self->network);
  g_clear_object (&self->context);
  g_clear_pointer (&self->resolvers, g_hash_table_unref);

  G_OBJECT_CLASS (wb_html_engine_parent_class)->dispose (object);
}

static void
wb_html_engine_class_init (WbHtmlEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_html_engine_dispose;
}

static void
wb_html_engine_init (WbHtmlEngine *self)
{
  WebKitNetworkProxySettings *dead_end = webkit_network_proxy_settings_new (DEAD_END, NULL);
  WebKitSecurityManager *security = NULL;

  self->resolvers = g_hash_table_new_full (NULL, NULL, NULL, resolver_free);
  self->context = webkit_web_context_new ();
  /* Two mails may call different pictures by the same content id: nothing is remembered. */
  webkit_web_context_set_cache_model (self->context, WEBKIT_CACHE_MODEL_DOCUMENT_VIEWER);
  webkit_web_context_register_uri_scheme (self->context, "cid", picture_requested_cb, self, NULL);
  security = webkit_web_context_get_security_manager (self->context);
  webkit_security_manager_register_uri_scheme_as_no_access (security, "cid");
  self->network = webkit_network_session_new_ephemeral ();
  webkit_network_session_set_itp_enabled (self->network, FALSE);
  webkit_network_session_set_proxy_settings (self->network, WEBKIT_NETWORK_PROXY_MODE_CUSTOM,
                                             dead_end);
  webkit_network_proxy_settings_free (dead_end);
  g_signal_connect (self->network, "download-started", G_CALLBACK (download_started_cb), NULL);
}

static void
filter_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (WbHtmlEngine) self = NULL;
  GError *error = NULL;
  WebKitUserContentFilter *filter = webkit_user_content_filter_store_save_finish (
      WEBKIT_USER_CONTENT_FILTER_STORE (source), result, &error);

  if (!filter)
    {
      g_prefix_error (
          &error, "%s",
          _ ("The filter that keeps mails from the network could not be prepared, so mail is "
             "shown as plain text: "));
      g_task_return_error (task, error);
      return;
    }
  self = g_object_new (WB_TYPE_HTML_ENGINE, NULL);
  self->filter = filter;
  g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
}

/**
 * wb_html_engine_prepare_async:
 * @cache_directory: where the compiled filter may lie; created when missing
 * @cancellable: (nullable): ends the work
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Compiles the filter. No view exists before it is there. Main thread.
 */
void
wb_html_engine_prepare_async (const char *cache_directory,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (WebKitUserContentFilterStore) store = NULL;
  g_autoptr (GBytes) rules = g_bytes_new_static (FILTER, strlen (FILTER));

  g_task_set_source_tag (task, wb_html_engine_prepare_async);
  if (g_mkdir_with_parents (cache_directory, 0700) != 0)
    {
      int saved = errno;

      g_task_return_new_error (
          task, G_IO_ERROR, g_io_error_from_errno (saved),
          /* Translators: the first %s is a folder, the second the system's reason */
          _ ("The folder %s could not be made (%s), so mail is shown as plain text."),
          cache_directory, g_strerror (saved));
      return;
    }
  store = webkit_user_content_filter_store_new (cache_directory);
  webkit_user_content_filter_store_save (store, FILTER_NAME, rules, cancellable, filter_saved_cb,
                                         g_steal_pointer (&task));
}

/**
 * wb_html_engine_prepare_finish:
 * @result: what the callback was given
 * @error: set when the filter could not be compiled or kept
 *
 * Ends wb_html_engine_prepare_async().
 *
 * Returns: (transfer full): the engine
 */
WbHtmlEngine *
wb_html_engine_prepare_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What fetches, connects or tells on the reader of its own accord. */
static void
switch_off_features (WebKitSettings *settings)
{
  static const char *const names[] = {
    "BeaconAPI",    "LinkDNSPrefetch", "LinkPreconnect", "LinkPreconnectEarlyHints",
    "LinkPrefetch", "LinkPreload",
  };
  g_autoptr (WebKitFeatureList) features = webkit_settings_get_all_features ();

  for (gsize i = 0; i < webkit_feature_list_get_length (features); i++)
    {
      WebKitFeature *feature = webkit_feature_list_get (features, i);

      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        if (g_strcmp0 (webkit_feature_get_identifier (feature), names[j]) == 0)
          webkit_settings_set_feature_enabled (settings, feature, FALSE);
    }
}

static WebKitSettings *
create_settings (gboolean own_scripts)
{
  WebKitSettings *settings = webkit_settings_new ();

  webkit_settings_set_enable_javascript (settings, own_scripts);
  webkit_settings_set_enable_javascript_markup (settings, FALSE);
  webkit_settings_set_javascript_can_open_windows_automatically (settings, FALSE);
  webkit_settings_set_enable_media (settings, FALSE);
  webkit_settings_set_enable_media_stream (settings, FALSE);
  webkit_settings_set_enable_mediasource (settings, FALSE);
  webkit_settings_set_enable_webaudio (settings, FALSE);
  webkit_settings_set_enable_webgl (settings, FALSE);
  webkit_settings_set_enable_webrtc (settings, FALSE);
  webkit_settings_set_enable_html5_local_storage (settings, FALSE);
  webkit_settings_set_enable_html5_database (settings, FALSE);
  webkit_settings_set_enable_page_cache (settings, FALSE);
  webkit_settings_set_enable_fullscreen (settings, FALSE);
  webkit_settings_set_enable_developer_extras (settings, FALSE);
  webkit_settings_set_enable_back_forward_navigation_gestures (settings, FALSE);
  webkit_settings_set_allow_modal_dialogs (settings, FALSE);
  /* A mail of text and pictures gains nothing from the GPU and pays 47 MB for it. */
  webkit_settings_set_hardware_acceleration_policy (settings,
                                                    WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER);
  switch_off_features (settings);
  return settings;
}

static void
view_gone (gpointer data, GObject *where_it_was)
{
  g_autoptr (WbHtmlEngine) self = data;

  g_hash_table_remove (self->resolvers, where_it_was);
}

static GtkWidget *
new_window_cb (WebKitWebView *view, WebKitNavigationAction *action, gpointer user_data)
{
  return NULL;
}

static gboolean
permission_cb (WebKitWebView *view, WebKitPermissionRequest *request, gpointer user_data)
{
  webkit_permission_request_deny (request);
  return TRUE;
}

static gboolean
file_chooser_cb (WebKitWebView *view, WebKitFileChooserRequest *request, gpointer user_data)
{
  webkit_file_chooser_request_cancel (request);
  return TRUE;
}

static gboolean
nothing_cb (void)
{
  return TRUE;
}

/**
 * wb_html_engine_create_view:
 * @self: the engine
 * @own_scripts: whether scripts that we evaluate run; a page's never do
 *
 * A web view behind all walls but one: who creates it must connect `decide-policy` and refuse
 * every navigation. Main thread.
 *
 * Returns: (transfer floating): the view
 */
WebKitWebView *
wb_html_engine_create_view (WbHtmlEngine *self, gboolean own_scripts)
{
  g_autoptr (WebKitSettings) settings = create_settings (own_scripts);
  g_autoptr (WebKitUserContentManager) manager = webkit_user_content_manager_new ();
  const GdkRGBA paper = { 1, 1, 1, 1 };
  WebKitWebView *view = NULL;

  webkit_user_content_manager_add_filter (manager, self->filter);
  view = g_object_new (WEBKIT_TYPE_WEB_VIEW, "web-context", self->context, "network-session",
                       self->network, "settings", settings, "user-content-manager", manager,
                       "default-content-security-policy", POLICY, NULL);
  webkit_web_view_set_background_color (view, &paper);
  g_signal_connect (view, "create", G_CALLBACK (new_window_cb), NULL);
  g_signal_connect (view, "permission-request", G_CALLBACK (permission_cb), NULL);
  g_signal_connect (view, "run-file-chooser", G_CALLBACK (file_chooser_cb), NULL);
  g_signal_connect (view, "script-dialog", G_CALLBACK (nothing_cb), NULL);
  g_signal_connect (view, "print", G_CALLBACK (nothing_cb), NULL);
  g_signal_connect (view, "show-notification", G_CALLBACK (nothing_cb), NULL);
  g_object_weak_ref (G_OBJECT (view), view_gone, g_object_ref (self));
  return view;
}

/**
 * wb_html_engine_set_resolver:
 * @self: the engine
 * @view: one of its views
 * @resolve: (nullable): finds pictures by content id; %NULL for none
 * @user_data: for @resolve
 * @user_data_free: (nullable): called when it is replaced or the view is gone
 *
 * Says where the pictures of what @view shows come from. Main thread.
 */
void
wb_html_engine_set_resolver (WbHtmlEngine *self,
                             WebKitWebView *view,
                             WbHtmlResolveFunc resolve,
                             gpointer user_data,
                             GDestroyNotify user_data_free)
{
  Resolver *resolver = g_new0 (Resolver, 1);

  resolver->resolve = resolve;
  resolver->user_data = user_data;
  resolver->user_data_free = user_data_free;
  g_hash_table_insert (self->resolvers, view, resolver);
}

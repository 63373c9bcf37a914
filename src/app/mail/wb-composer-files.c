/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"
#include "wb-dialogs.h"

#include <glib/gi18n-lib.h>

#define ATTRIBUTES                                                    \
  WB_ATTACHMENT_ATTRIBUTES "," G_FILE_ATTRIBUTE_STANDARD_TYPE         \
                           "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME \
                           "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE

/* A picture in the text is copied about while it is edited; a larger one is an attachment. */
#define INLINE_MAX (8 * 1024 * 1024)

/* One file after the other, so that they stand in the order in which they were chosen. */
typedef struct
{
  WbComposer *self;
  GQueue *files; /* of GFile */
  char *type;    /* of the picture that is read */
  gboolean inline_pictures;
} Taking;

static void take_next (Taking *taking);

static void
taking_free (Taking *taking)
{
  g_clear_object (&taking->self);
  g_queue_free_full (taking->files, g_object_unref);
  g_free (taking->type);
  g_free (taking);
}

static void
refuse (WbComposer *self, GFile *file, const char *why)
{
  g_autofree char *name = g_file_get_parse_name (file);
  g_autofree char *text = g_strdup_printf (
      /* Translators: the first %s is a file, the second the reason */
      _ ("%s was not attached: %s"), name, why);

  wb_composer_show_error (self, text);
}

static void
attach (WbComposer *self, GFile *file, GFileInfo *info)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (WbAttachment) attachment = NULL;

  if (!path)
    {
      refuse (self, file, _ ("It is not on this computer. Copy it here first."));
      return;
    }
  attachment = wb_attachment_new_for_file (path, g_file_info_get_display_name (info), info);
  wb_attachment_strip_add (WB_ATTACHMENT_STRIP (self->strip), attachment);
}

static void
picture_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Taking *taking = user_data;
  WbComposer *self = taking->self;
  g_autofree char *data = NULL;
  gsize size = 0;
  g_autoptr (GError) error = NULL;

  if (!g_file_load_contents_finish (G_FILE (source), result, &data, &size, NULL, &error))
    refuse (self, G_FILE (source), error->message);
  else if (self->editor)
    {
      g_autofree char *encoded = g_base64_encode ((const guchar *) data, size);
      g_autofree char *name = g_file_get_basename (G_FILE (source));
      g_autofree char *escaped = g_markup_escape_text (name, -1);
      g_autofree char *html =
          g_strdup_printf ("<img src=\"data:%s;base64,%s\" alt=\"%s\" style=\"max-width: 100%%\">",
                           taking->type, encoded, escaped);

      wb_html_editor_insert_html (wb_mail_store_get_html (self->store), self->editor, html);
    }
  take_next (taking);
}

static gboolean
can_be_inline (WbComposer *self, const char *mime_type, goffset size)
{
  static const char *const types[] = { "image/png", "image/jpeg", "image/gif", "image/webp", NULL };

  return self->editor && size <= INLINE_MAX && mime_type && g_strv_contains (types, mime_type);
}

static void
queried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Taking *taking = user_data;
  WbComposer *self = taking->self;
  GFile *file = G_FILE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (file, result, &error);
  g_autofree char *mime_type = NULL;

  if (!info)
    refuse (self, file, error->message);
  else if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    refuse (self, file, _ ("It is a folder. Attach the files in it, or an archive of it."));
  else if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    refuse (self, file, _ ("It is not an ordinary file."));
  else
    {
      mime_type = g_content_type_get_mime_type (g_file_info_get_content_type (info));
      if (taking->inline_pictures && can_be_inline (self, mime_type, g_file_info_get_size (info)))
        {
          g_free (taking->type);
          taking->type = g_steal_pointer (&mime_type);
          g_file_load_contents_async (file, NULL, picture_loaded_cb, taking);
          return;
        }
      attach (self, file, info);
    }
  take_next (taking);
}

static void
take_next (Taking *taking)
{
  g_autoptr (GFile) file = taking->self->store ? g_queue_pop_head (taking->files) : NULL;

  if (file)
    g_file_query_info_async (file, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL,
                             queried_cb, taking);
  else
    taking_free (taking);
}

/* @files: (transfer full) */
static void
take (WbComposer *self, GQueue *files, gboolean inline_pictures)
{
  Taking *taking = g_new0 (Taking, 1);

  taking->self = g_object_ref (self);
  taking->files = files;
  taking->inline_pictures = inline_pictures;
  take_next (taking);
}

typedef struct
{
  WbComposer *self;
  WbAttachment *attachment;
} Looking;

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Looking *looking = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);

  if (info && looking->self->store && !wb_attachment_is_as_it_was (looking->attachment, info))
    {
      g_autoptr (WbAttachment) now =
          wb_attachment_new_for_file (wb_attachment_get_path (looking->attachment),
                                      wb_attachment_get_name (looking->attachment), info);

      wb_attachment_strip_replace (WB_ATTACHMENT_STRIP (looking->self->strip), looking->attachment,
                                   now);
    }
  g_object_unref (looking->self);
  g_object_unref (looking->attachment);
  g_free (looking);
}

/**
 * wb_composer_look_at_files:
 * @self: the window
 *
 * Shows how large the attached files are now. Main thread.
 */
void
wb_composer_look_at_files (WbComposer *self)
{
  GListModel *items = wb_attachment_strip_get_items (WB_ATTACHMENT_STRIP (self->strip));

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (WbAttachment) attachment = g_list_model_get_item (items, i);
      const char *path = wb_attachment_get_path (attachment);
      g_autoptr (GFile) file = path ? g_file_new_for_path (path) : NULL;
      Looking *looking = NULL;

      if (!file)
        continue;
      looking = g_new0 (Looking, 1);
      looking->self = g_object_ref (self);
      looking->attachment = g_steal_pointer (&attachment);
      g_file_query_info_async (file, WB_ATTACHMENT_ATTRIBUTES, G_FILE_QUERY_INFO_NONE,
                               G_PRIORITY_DEFAULT, NULL, looked_cb, looking);
    }
}

/**
 * wb_composer_attach_list:
 * @self: the window
 * @files: (element-type GFile): what was dropped or chosen
 * @inline_pictures: whether pictures go into the text where they can
 *
 * Takes ordinary files and says why it does not take others. Main thread.
 */
void
wb_composer_attach_list (WbComposer *self, GSList *files, gboolean inline_pictures)
{
  GQueue *queue = g_queue_new ();

  for (GSList *file = files; file; file = file->next)
    g_queue_push_tail (queue, g_object_ref (file->data));
  take (self, queue, inline_pictures);
}

static void
take_model (WbComposer *self, GListModel *files, gboolean inline_pictures)
{
  GQueue *queue = g_queue_new ();

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_queue_push_tail (queue, g_list_model_get_item (files, i));
  take (self, queue, inline_pictures);
}

static void
files_chosen_cb (GListModel *files, gpointer user_data)
{
  take_model (user_data, files, FALSE);
}

static void
picture_chosen_cb (GListModel *files, gpointer user_data)
{
  take_model (user_data, files, TRUE);
}

/**
 * wb_composer_choose_files:
 * @self: the window
 *
 * Asks which files to attach. Main thread.
 */
void
wb_composer_choose_files (WbComposer *self)
{
  wb_choose_files (GTK_WIDGET (self), _ ("Attach Files"), GTK_FILE_CHOOSER_ACTION_OPEN, TRUE, NULL,
                   files_chosen_cb, g_object_ref (self), g_object_unref);
}

/**
 * wb_composer_choose_picture:
 * @self: the window
 *
 * Asks which picture to put into the text. Main thread.
 */
void
wb_composer_choose_picture (WbComposer *self)
{
  wb_choose_files (GTK_WIDGET (self), _ ("Insert Picture"), GTK_FILE_CHOOSER_ACTION_OPEN, FALSE,
                   NULL, picture_chosen_cb, g_object_ref (self), g_object_unref);
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  g_autoptr (GSList) files = NULL;

  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  files = gdk_file_list_get_files (g_value_get_boxed (value));
  wb_composer_attach_list (user_data, files, FALSE);
  return TRUE;
}

/**
 * wb_composer_setup_drops:
 * @self: the window
 *
 * Files dropped anywhere but on the text become attachments. Main thread.
 */
void
wb_composer_setup_drops (WbComposer *self)
{
  GtkDropTarget *fields = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  GtkDropTarget *plain = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (fields, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (self->content, GTK_EVENT_CONTROLLER (fields));
  /* Before the text view, which would write the file's name. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (plain), GTK_PHASE_CAPTURE);
  g_signal_connect (plain, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->plain), GTK_EVENT_CONTROLLER (plain));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-dialogs.h"

#include <glib/gi18n-lib.h>

/* All that later releases deprecate and the floor has nothing else for. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/**
 * wb_show_about:
 *
 * Shows who made the program, under which licence.
 */
void
wb_show_about (GtkWindow *parent)
{
  static const char *developers[] = { "The Wirebench contributors", NULL };

  /* clang-format off */
  adw_show_about_window (parent,
                         "application-name", _ ("Wirebench"),
                         "application-icon", APPLICATION_ID,
                         "version", PACKAGE_VERSION,
                         "developer-name", _ ("The Wirebench contributors"),
                         "developers", developers,
                         /* Translators: put your name here, one translator a line. */
                         "translator-credits", _ ("translator-credits"),
                         "comments", _ ("Sockets, files and mail, with every byte on show."),
                         "copyright", "© 2026 The Wirebench contributors",
                         "license-type", GTK_LICENSE_GPL_3_0,
                         NULL);
  /* clang-format on */
}

static gboolean
enum_to_position (GValue *value, GVariant *variant, gpointer user_data)
{
  const char *const *names = user_data;

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], g_variant_get_string (variant, NULL)))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
position_to_enum (const GValue *value, const GVariantType *type, gpointer user_data)
{
  const char *const *names = user_data;

  return g_variant_new_string (names[g_value_get_uint (value)]);
}

static GtkWidget *
create_color_row (GSettings *settings)
{
  static const char *names[] = { "system", "light", "dark", NULL };
  const char *labels[] = { _ ("Follow the System"), _ ("Light"), _ ("Dark"), NULL };
  g_autoptr (GtkStringList) model = gtk_string_list_new (labels);
  GtkWidget *row = adw_combo_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("_Colors"));
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (row), TRUE);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  g_settings_bind_with_mapping (settings, "color-scheme", row, "selected", G_SETTINGS_BIND_DEFAULT,
                                enum_to_position, position_to_enum, names, NULL);
  return row;
}

static GtkWidget *
create_number_row (GSettings *settings,
                   const char *key,
                   const char *title,
                   const char *subtitle,
                   double min,
                   double max,
                   double step)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *spin = gtk_spin_button_new_with_range (min, max, step);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (row), TRUE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  g_settings_bind (settings, key, spin, "value", G_SETTINGS_BIND_DEFAULT);
  return row;
}

/**
 * wb_show_preferences:
 *
 * Shows the few settings that have no place on a page.
 */
void
wb_show_preferences (GtkWindow *parent, WbWorkbench *workbench)
{
  GSettings *settings = wb_workbench_get_settings (workbench);
  GtkWidget *window = adw_preferences_window_new ();
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), create_color_row (settings));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                             create_number_row (settings, "wire-memory",
                                                _ ("_Memory for the Wire (MiB)"),
                                                _ ("When it is full the oldest events go. Counts "
                                                   "from the next start."),
                                                8, 2048, 8));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                             create_number_row (settings, "send-delay", _ ("_Undo Send (seconds)"),
                                                _ ("So long a mail waits and can be taken back. "
                                                   "0 sends it at once."),
                                                0, 30, 1));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);

  gtk_window_set_title (GTK_WINDOW (window), _ ("Preferences"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 480, 360);
  gtk_window_present (GTK_WINDOW (window));
}

typedef struct
{
  WbDialogFunc func;
  WbFilesFunc files_func;
  gpointer user_data;
  GDestroyNotify user_data_free;
} Answer;

static void
answer_free (gpointer data, GClosure *closure)
{
  Answer *answer = data;

  if (answer->user_data_free != NULL)
    answer->user_data_free (answer->user_data);
  g_free (answer);
}

static void
ask_response_cb (AdwMessageDialog *dialog, const char *response, Answer *answer)
{
  answer->func (response, answer->user_data);
}

/**
 * wb_say:
 * @parent: any widget of the window that it is about
 * @heading: what happened, short
 * @body: why, and what to do
 *
 * Says something that has to be read.
 */
void
wb_say (GtkWidget *parent, const char *heading, const char *body)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (root), heading, body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * wb_ask:
 * @parent: any widget of the window that asks
 * @heading: the question, short
 * @body: (nullable): what hangs on the answer
 * @action_id: what @func is told when the action was chosen; anything but "close"
 * @action_label: a verb, with a mnemonic
 * @destructive: whether the action cannot be undone
 * @user_data_free: (nullable): frees @user_data when the dialog is gone
 *
 * Asks whether to do something; the other answer is always Cancel ("close").
 */
void
wb_ask (GtkWidget *parent,
        const char *heading,
        const char *body,
        const char *action_id,
        const char *action_label,
        gboolean destructive,
        WbDialogFunc func,
        gpointer user_data,
        GDestroyNotify user_data_free)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (root), heading, body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  Answer *answer = g_new0 (Answer, 1);

  answer->func = func;
  answer->user_data = user_data;
  answer->user_data_free = user_data_free;

  adw_message_dialog_add_response (message, "close", _ ("_Cancel"));
  adw_message_dialog_add_response (message, action_id, action_label);
  adw_message_dialog_set_response_appearance (
      message, action_id, destructive ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, destructive ? "close" : action_id);
  adw_message_dialog_set_close_response (message, "close");
  g_signal_connect_data (dialog, "response", G_CALLBACK (ask_response_cb), answer, answer_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * wb_ask_to_save:
 * @parent: any widget of the window that is being closed
 * @heading: the question
 * @body: what hangs on the answer
 * @func: called with "save", "discard" or "close"
 * @user_data_free: (nullable): frees @user_data when the dialog is gone
 *
 * Asks what becomes of something that is not finished.
 */
void
wb_ask_to_save (GtkWidget *parent,
                const char *heading,
                const char *body,
                WbDialogFunc func,
                gpointer user_data,
                GDestroyNotify user_data_free)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (root), heading, body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  Answer *answer = g_new0 (Answer, 1);

  answer->func = func;
  answer->user_data = user_data;
  answer->user_data_free = user_data_free;

  adw_message_dialog_add_response (message, "close", _ ("_Cancel"));
  adw_message_dialog_add_response (message, "discard", _ ("_Discard"));
  adw_message_dialog_add_response (message, "save", _ ("_Keep"));
  adw_message_dialog_set_response_appearance (message, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (message, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "save");
  adw_message_dialog_set_close_response (message, "close");
  g_signal_connect_data (dialog, "response", G_CALLBACK (ask_response_cb), answer, answer_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

typedef struct
{
  WbTextFunc func;
  gpointer user_data;
  GDestroyNotify user_data_free;
  GtkEditable *entry; /* in the dialog, which outlives this */
} TextAnswer;

static void
text_answer_free (gpointer data, GClosure *closure)
{
  TextAnswer *answer = data;

  if (answer->user_data_free != NULL)
    answer->user_data_free (answer->user_data);
  g_free (answer);
}

static void
text_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  TextAnswer *answer = user_data;
  const char *text = gtk_editable_get_text (answer->entry);

  if (g_str_equal (response, "accept") && *text != '\0')
    answer->func (text, answer->user_data);
}

static void
text_changed_cb (GtkEditable *entry, AdwMessageDialog *dialog)
{
  adw_message_dialog_set_response_enabled (dialog, "accept",
                                           *gtk_editable_get_text (entry) != '\0');
}

/**
 * wb_ask_text:
 * @parent: any widget of the window that asks
 * @heading: the question
 * @label: what is to be entered, such as "Name"
 * @initial: what stands in the entry at first
 * @action_label: the button that accepts, with a mnemonic
 * @func: called with what was entered
 * @user_data_free: (nullable): frees @user_data when the dialog is gone
 *
 * Asks for a line of text.
 */
void
wb_ask_text (GtkWidget *parent,
             const char *heading,
             const char *label,
             const char *initial,
             const char *action_label,
             WbTextFunc func,
             gpointer user_data,
             GDestroyNotify user_data_free)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (root), heading, NULL);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  GtkWidget *entry = gtk_entry_new ();
  TextAnswer *answer = g_new0 (TextAnswer, 1);

  answer->func = func;
  answer->user_data = user_data;
  answer->user_data_free = user_data_free;
  answer->entry = GTK_EDITABLE (entry);

  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  adw_message_dialog_set_extra_child (message, entry);
  adw_message_dialog_add_response (message, "close", _ ("_Cancel"));
  adw_message_dialog_add_response (message, "accept", action_label);
  adw_message_dialog_set_response_appearance (message, "accept", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "accept");
  adw_message_dialog_set_close_response (message, "close");
  g_signal_connect (entry, "changed", G_CALLBACK (text_changed_cb), dialog);
  gtk_editable_set_text (GTK_EDITABLE (entry), initial);
  text_changed_cb (GTK_EDITABLE (entry), message);
  g_signal_connect_data (dialog, "response", G_CALLBACK (text_response_cb), answer,
                         text_answer_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

typedef struct
{
  WbPasswordFunc func;
  gpointer user_data;
  GDestroyNotify user_data_free;
  GtkEditable *entry; /* in the dialog, which outlives this */
  GtkCheckButton *remember;
} PasswordAnswer;

static void
password_answer_free (gpointer data, GClosure *closure)
{
  PasswordAnswer *answer = data;

  if (answer->user_data_free != NULL)
    answer->user_data_free (answer->user_data);
  g_free (answer);
}

static void
password_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  PasswordAnswer *answer = user_data;
  gboolean accepted = g_str_equal (response, "accept");

  answer->func (accepted ? gtk_editable_get_text (answer->entry) : NULL,
                accepted && gtk_check_button_get_active (answer->remember), answer->user_data);
}

static void
peek_cb (GtkEntry *entry)
{
  gboolean shown = !gtk_entry_get_visibility (entry);

  gtk_entry_set_visibility (entry, shown);
  gtk_entry_set_icon_from_icon_name (entry, GTK_ENTRY_ICON_SECONDARY,
                                     shown ? "view-conceal-symbolic" : "view-reveal-symbolic");
}

/**
 * wb_ask_password:
 * @parent: any widget of the window that asks
 * @heading: whose password
 * @body: (nullable): what was wrong with the one before
 * @may_remember: whether it can be kept
 * @func: called with what was entered, or with %NULL
 * @user_data_free: (nullable): frees @user_data when the dialog is gone
 *
 * Asks for a password. No #GtkPasswordEntry: with one the program was seen to crash on GTK 4.8 when
 * the dialog had gone; why is not known.
 */
void
wb_ask_password (GtkWidget *parent,
                 const char *heading,
                 const char *body,
                 gboolean may_remember,
                 WbPasswordFunc func,
                 gpointer user_data,
                 GDestroyNotify user_data_free)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (root), heading, body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  g_autoptr (GtkEntryBuffer) buffer = gtk_password_entry_buffer_new ();
  GtkWidget *entry = gtk_entry_new_with_buffer (buffer);
  GtkWidget *remember =
      gtk_check_button_new_with_mnemonic (_ ("_Keep it in the keyring once it has worked"));
  PasswordAnswer *answer = g_new0 (PasswordAnswer, 1);

  answer->func = func;
  answer->user_data = user_data;
  answer->user_data_free = user_data_free;
  answer->entry = GTK_EDITABLE (entry);
  answer->remember = GTK_CHECK_BUTTON (remember);

  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Password"), -1);
  gtk_entry_set_visibility (GTK_ENTRY (entry), FALSE);
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), GTK_INPUT_PURPOSE_PASSWORD);
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (entry), GTK_ENTRY_ICON_SECONDARY,
                                     "view-reveal-symbolic");
  gtk_entry_set_icon_tooltip_text (GTK_ENTRY (entry), GTK_ENTRY_ICON_SECONDARY,
                                   _ ("Show the Password"));
  g_signal_connect (entry, "icon-press", G_CALLBACK (peek_cb), NULL);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_widget_set_visible (remember, may_remember);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), remember);
  adw_message_dialog_set_extra_child (message, box);
  adw_message_dialog_add_response (message, "close", _ ("_Cancel"));
  adw_message_dialog_add_response (message, "accept", _ ("C_onnect"));
  adw_message_dialog_set_response_appearance (message, "accept", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "accept");
  adw_message_dialog_set_close_response (message, "close");
  g_signal_connect_data (dialog, "response", G_CALLBACK (password_response_cb), answer,
                         password_answer_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

static void
chooser_response_cb (GtkNativeDialog *dialog, int response, Answer *answer)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));

      if (g_list_model_get_n_items (files) > 0)
        answer->files_func (files, answer->user_data);
    }
  g_object_unref (dialog);
}

/**
 * wb_choose_files:
 * @parent: any widget of the window that asks
 * @suggested_name: (nullable): for %GTK_FILE_CHOOSER_ACTION_SAVE
 * @user_data_free: (nullable): frees @user_data when the chooser is gone
 *
 * Lets the person choose files or a folder, by way of the portal where there is one.
 */
void
wb_choose_files (GtkWidget *parent,
                 const char *title,
                 GtkFileChooserAction action,
                 gboolean multiple,
                 const char *suggested_name,
                 WbFilesFunc func,
                 gpointer user_data,
                 GDestroyNotify user_data_free)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, GTK_WINDOW (root), action,
      action == GTK_FILE_CHOOSER_ACTION_SAVE ? _ ("_Save") : _ ("_Open"), _ ("_Cancel"));
  Answer *answer = g_new0 (Answer, 1);

  answer->files_func = func;
  answer->user_data = user_data;
  answer->user_data_free = user_data_free;

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), multiple);
  if (suggested_name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), suggested_name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (chooser_response_cb), answer, answer_free,
                         0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

G_GNUC_END_IGNORE_DEPRECATIONS

/**
 * wb_close_on_escape:
 * @window: a window that asks for something
 *
 * What dialogs of a type of their own have in their class. Main thread.
 */
void
wb_close_on_escape (GtkWidget *window)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "fuzz.h"
#include "wb-draft.h"
#include "wb-message.h"

#include <string.h>

static void
look_at_part (WbMessage *message, const WbMessagePart *part, gsize size)
{
  g_assert_nonnull (part->number);
  g_assert_true (g_utf8_validate (part->type, -1, NULL));
  if (part->file_name != NULL)
    {
      g_assert_cmpuint (strlen (part->file_name), <=, 200);
      g_assert_null (strchr (part->file_name, '/'));
      g_assert_cmpint (part->file_name[0], !=, '.');
      g_assert_true (g_utf8_validate (part->file_name, -1, NULL));
    }
  for (guint i = 0; part->parts != NULL && i < part->parts->len; i++)
    look_at_part (message, part->parts->pdata[i], size);
  if (part->parts == NULL)
    {
      g_autoptr (GBytes) content = wb_message_get_part_content (message, part->number);

      g_assert_cmpuint (g_bytes_get_size (content), ==, part->size);
      g_assert_cmpuint (part->size, <=, size);
    }
}

static void
look_at_message (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) source = g_bytes_new_static (data, size);
  g_autoptr (WbMessage) message = wb_message_parse (source, NULL);
  g_autoptr (GPtrArray) attachments = NULL;
  g_autoptr (GPtrArray) mailboxes = NULL;
  g_autofree char *json = NULL;

  if (message == NULL)
    return;
  json = wb_message_to_json (message);
  g_assert_true (g_utf8_validate (json, -1, NULL));
  look_at_part (message, wb_message_get_tree (message), size);
  attachments = wb_message_get_attachments (message);
  mailboxes = wb_message_get_mailboxes (message, "To");
  for (guint i = 0; i < mailboxes->len; i++)
    g_assert_true (g_utf8_validate (((WbMailbox *) mailboxes->pdata[i])->address, -1, NULL));
  if (wb_message_get_html (message) != NULL)
    {
      g_autofree char *text = wb_html_to_text (wb_message_get_html (message));

      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

/* What a draft makes of anything is a message, or nothing. */
static void
look_at_draft (const char *text)
{
  g_autoptr (WbDraft) draft = wb_draft_new ();
  g_autoptr (GBytes) built = NULL;
  g_autoptr (WbMessage) message = NULL;

  wb_draft_set_from (draft, "a@b.example");
  wb_draft_add_address (draft, WB_DRAFT_TO, text);
  wb_draft_set_subject (draft, text);
  wb_draft_set_text (draft, text);
  wb_draft_set_html (draft, text);
  built = wb_draft_build (draft, NULL);
  if (built == NULL)
    return;
  message = wb_message_parse (built, NULL);
  g_assert_nonnull (message);
  g_assert_cmpstr (wb_message_get_header (message, "Bcc"), ==, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);

  look_at_message (data, size);
  look_at_draft (text);
  return 0;
}

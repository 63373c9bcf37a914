/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include <string.h>

#include "wb-ftp-compare.h"

/* A tree as words: "a/" is a folder, "a=10@100" a file of 10 bytes and the time 100, "a->" a link,
 * "a?" something odd; "~60" behind a file is its precision and "#ab" its hash. A path has its
 * folders before it. */
static WbFtpNode *
find_folder (WbFtpNode *root, const char *path, const char **name)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  WbFtpNode *at = root;

  for (guint i = 0; parts[i] != NULL && parts[i + 1] != NULL && *parts[i + 1] != '\0'; i++)
    for (guint j = 0; j < at->children->len; j++)
      if (g_str_equal (((WbFtpNode *) at->children->pdata[j])->name, parts[i]))
        {
          at = at->children->pdata[j];
          break;
        }
  *name = strrchr (path, '/') != NULL ? strrchr (path, '/') + 1 : path;
  return at;
}

static void
add_word (WbFtpNode *root, const char *word)
{
  g_autofree char *path = g_strndup (word, strcspn (word, "=?>"));
  WbFtpEntryType type = WB_FTP_ENTRY_DIRECTORY;
  const char *at = strchr (word, '@');
  const char *precision = strchr (word, '~');
  const char *hash = strchr (word, '#');
  const char *name = NULL;
  WbFtpNode *folder = NULL;
  WbFtpNode *node = NULL;

  if (strchr (word, '=') != NULL)
    type = WB_FTP_ENTRY_FILE;
  else if (g_str_has_suffix (word, "?"))
    type = WB_FTP_ENTRY_OTHER;
  else if (g_str_has_suffix (word, "->"))
    {
      type = WB_FTP_ENTRY_LINK;
      path[strlen (path) - 1] = '\0';
    }
  else
    path[strlen (path) - 1] = '\0';

  folder = find_folder (root, path, &name);
  node =
      wb_ftp_node_new (name, type, type == WB_FTP_ENTRY_FILE ? atoi (strchr (word, '=') + 1) : -1,
                       at != NULL ? atoi (at + 1) : -1);
  if (precision != NULL)
    node->precision = atoi (precision + 1);
  if (hash != NULL)
    node->hash = g_strdup (hash + 1);
  g_assert_true (wb_ftp_node_add (folder, node));
}

static WbFtpNode *
make_tree (const char *words)
{
  WbFtpNode *root = wb_ftp_node_new ("", WB_FTP_ENTRY_DIRECTORY, -1, -1);
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0')
      add_word (root, list[i]);
  wb_ftp_node_sort (root);
  return root;
}

static char *
describe (GPtrArray *actions)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < actions->len; i++)
    {
      WbFtpSyncAction *action = actions->pdata[i];

      g_string_append_printf (text, "%s%s %s (%s)", i > 0 ? ", " : "",
                              wb_ftp_sync_kind_get_id (action->kind), action->path,
                              wb_ftp_sync_reason_get_id (action->reason));
      g_assert_cmpint (action->chosen, ==, action->kind != WB_FTP_SYNC_SKIP);
    }
  return g_string_free (text, FALSE);
}

static const struct
{
  const char *what;
  const char *source;
  const char *target;
  WbFtpSyncOptions options;
  const char *expected;
} rows[] = {
  { "nothing", "", "", { 0 }, "" },
  { "the same", "a=1@5 d/ d/b=2@5", "a=1@5 d/ d/b=2@5", { .remove = TRUE }, "" },
  { "all new",
    "d/ d/e/ d/e/f=1@1 a=0@1",
    "",
    { 0 },
    "copy a (missing), mkdir d (missing), mkdir d/e (missing), copy d/e/f (missing)" },
  { "another size", "a=1@5", "a=2@5", { 0 }, "replace a (size)" },
  { "another size, older", "a=1@5", "a=2@50", { 0 }, "replace a (size)" },
  { "another size, only newer",
    "a=1@5",
    "a=2@50",
    { .only_newer = TRUE },
    "skip a (target-newer)" },
  { "newer", "a=1@50", "a=1@5", { 0 }, "replace a (time)" },
  { "older", "a=1@5", "a=1@50", { 0 }, "" },
  { "newer within the tolerance", "a=1@7", "a=1@5", { .tolerance = 2 }, "" },
  { "newer beyond the tolerance", "a=1@8", "a=1@5", { .tolerance = 2 }, "replace a (time)" },
  { "newer within the minute of the listing", "a=1@119", "a=1@60~60", { 0 }, "" },
  { "newer than the minute of the listing", "a=1@120", "a=1@60~60", { 0 }, "replace a (time)" },
  { "a server whose clock is an hour behind", "a=1@4000", "a=1@400", { .offset = 3600 }, "" },
  { "and a change there", "a=1@4001", "a=1@400", { .offset = 3600 }, "replace a (time)" },
  { "times do not count", "a=1@50", "a=1@5", { .ignore_time = TRUE }, "" },
  { "sizes do not count", "a=1@5", "a=2@5", { .ignore_size = TRUE }, "" },
  { "a time that nobody knows", "a=1@50", "a=1", { 0 }, "" },
  { "a size that nobody knows", "a=-1@5", "a=2@5", { 0 }, "" },
  { "the same content, newer", "a=1@50#ab", "a=1@5#ab", { 0 }, "" },
  { "another content, older", "a=1@5#ab", "a=1@50#cd", { 0 }, "replace a (hash)" },
  { "only one hash is known", "a=1@5#ab", "a=1@5", { 0 }, "" },
  { "extra files stay", "a=1@5", "a=1@5 b=1@5 d/ d/c=1@5", { 0 }, "" },
  { "extra files go, what is inside first",
    "a=1@5",
    "a=1@5 b=1@5 d/ d/c=1@5 l->",
    { .remove = TRUE },
    "delete b (extra), delete d/c (extra), rmdir d (extra), delete l (extra)" },
  { "a file where a folder is to be", "x/ x/a=1@1", "x=5@5", { 0 }, "skip x (in-the-way)" },
  { "the same, with deletion",
    "x/ x/a=1@1",
    "x=5@5",
    { .remove = TRUE },
    "delete x (in-the-way), mkdir x (missing), copy x/a (missing)" },
  { "a folder where a file is to be",
    "x=5@5",
    "x/ x/a=1@1",
    { .remove = TRUE },
    "delete x/a (in-the-way), rmdir x (in-the-way), copy x (missing)" },
  { "a link where a folder is to be", "x/ x/a=1@1", "x->", { 0 }, "skip x (in-the-way)" },
  { "links and devices are left alone, on both sides",
    "l-> o?",
    "l=1@1 o=1@1",
    { .remove = TRUE },
    "skip l (link), skip o (odd)" },
  { "hidden files are files",
    ".a=1@1 .d/ .d/.b=1@1",
    "",
    { 0 },
    "copy .a (missing), mkdir .d (missing), copy .d/.b (missing)" },
  { "order is by bytes",
    "B=1@1 a=1@1 \xe4=1@1",
    "a=1@1",
    { 0 },
    "copy B (missing), copy \xe4 (missing)" },
  { "only in deep folders",
    "d/ d/e/ d/e/f=1@1 d/e/g=2@1",
    "d/ d/e/ d/e/f=1@1",
    { 0 },
    "copy d/e/g (missing)" },
};

static void
test_table (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (WbFtpNode) source = make_tree (rows[row].source);
  g_autoptr (WbFtpNode) target = make_tree (rows[row].target);
  g_autoptr (GPtrArray) actions = wb_ftp_compare (source, target, &rows[row].options);
  g_autofree char *got = describe (actions);

  g_assert_cmpstr (got, ==, rows[row].expected);
}

/* Whatever a server says: a name that leads out of the folder is in no tree. */
static void
test_names (void)
{
  static const char *const bad[] = { "", ".", "..", "a/b", "/etc/passwd", "../x" };
  g_autoptr (WbFtpNode) root = wb_ftp_node_new ("", WB_FTP_ENTRY_DIRECTORY, -1, -1);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (wb_ftp_node_add (root, wb_ftp_node_new (bad[i], WB_FTP_ENTRY_FILE, 1, 1)));
  g_assert_null (root->children);
}

static void
test_doubles (void)
{
  g_autoptr (WbFtpNode) source = make_tree ("a=1@1 b=1@1 a=2@1 a/ b=7@7");
  g_autoptr (WbFtpNode) target = make_tree ("");
  g_autoptr (GPtrArray) actions = NULL;
  const WbFtpSyncOptions options = { 0 };

  g_assert_cmpuint (source->children->len, ==, 2);
  actions = wb_ftp_compare (source, target, &options);
  g_assert_cmpuint (actions->len, ==, 2);
}

static void
test_modes (void)
{
  g_assert_cmpint (wb_ftp_mode_parse ("rwxr-xr-x"), ==, 0755);
  g_assert_cmpint (wb_ftp_mode_parse ("rw-r-----"), ==, 0640);
  g_assert_cmpint (wb_ftp_mode_parse ("rwsr-Sr-t"), ==, 0745);
  g_assert_cmpint (wb_ftp_mode_parse ("rwxr-xr-"), ==, -1);
  g_assert_cmpint (wb_ftp_mode_parse ("what is th"), ==, -1);
  g_assert_cmpint (wb_ftp_mode_parse (NULL), ==, -1);
}

/* A hundred thousand on each side, in one walk. */
static void
test_many (void)
{
  g_autoptr (WbFtpNode) source = wb_ftp_node_new ("", WB_FTP_ENTRY_DIRECTORY, -1, -1);
  g_autoptr (WbFtpNode) target = wb_ftp_node_new ("", WB_FTP_ENTRY_DIRECTORY, -1, -1);
  g_autoptr (GPtrArray) actions = NULL;
  const WbFtpSyncOptions options = { .remove = TRUE };

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *name = g_strdup_printf ("file-%06u", i);
      g_autofree char *other = g_strdup_printf ("file-%06u", i + 1);

      wb_ftp_node_add (source, wb_ftp_node_new (name, WB_FTP_ENTRY_FILE, i, 1));
      wb_ftp_node_add (target, wb_ftp_node_new (other, WB_FTP_ENTRY_FILE, i + 1, 1));
    }
  wb_ftp_node_sort (source);
  wb_ftp_node_sort (target);
  actions = wb_ftp_compare (source, target, &options);
  g_assert_cmpuint (actions->len, ==, 2);
}

/* Where links lead, without asking anybody. */
static void
test_links (void)
{
  static const struct
  {
    const char *path;
    const char *target;
    gboolean inside;
  } links[] = {
    { "a", "b", TRUE },          { "a", ".", TRUE },
    { "a", "./b/./c", TRUE },    { "a", "..b", TRUE },
    { "d/a", "..", TRUE },       { "d/e/a", "../..", TRUE },
    { "d/e/a", "../f/g", TRUE }, { "a", "", FALSE },
    { "a", "/", FALSE },         { "a", "/etc", FALSE },
    { "a", "..", FALSE },        { "a", "./..", FALSE },
    { "a", "b/..", FALSE },      { "a", "b/../../c", FALSE },
    { "d/a", "../..", FALSE },   { "d/a", "../e/../../f", FALSE },
  };
  static const struct
  {
    const char *root;
    const char *path;
    const char *target;
    const char *relative;
  } moved[] = {
    { "/s", "a", "/s/b", "b" },      { "/s", "d/a", "/s/b", "../b" },
    { "/s", "d/a", "/s/d/b", "b" },  { "/s", "d/e/a", "/s/d/f/b", "../f/b" },
    { "/s", "a", "/s", "." },        { "/s", "d/a", "/s", "../" },
    { "/", "d/a", "/b", "../b" },    { "/s/", "a", "/s/b", "b" },
    { "/s", "a", "/sx/b", "/sx/b" }, { "/s", "a", "b", "b" },
    { NULL, "a", "/s/b", "/s/b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_test_message ("%s → %s", links[i].path, links[i].target);
      g_assert_cmpint (wb_ftp_link_stays_inside (links[i].path, links[i].target), ==,
                       links[i].inside);
    }
  for (guint i = 0; i < G_N_ELEMENTS (moved); i++)
    {
      g_autofree char *relative =
          wb_ftp_link_make_relative (moved[i].root, moved[i].path, moved[i].target);

      g_assert_cmpstr (relative, ==, moved[i].relative);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *slug = g_strdelimit (g_strdup (rows[i].what), " ,", '-');
      g_autofree char *path = g_strconcat ("/ftp/compare/table/", slug, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_table);
    }
  g_test_add_func ("/ftp/compare/names", test_names);
  g_test_add_func ("/ftp/compare/doubles", test_doubles);
  g_test_add_func ("/ftp/compare/modes", test_modes);
  g_test_add_func ("/ftp/compare/many", test_many);
  g_test_add_func ("/ftp/compare/links", test_links);

  return g_test_run ();
}

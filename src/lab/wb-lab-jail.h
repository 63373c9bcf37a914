/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/**
 * WbLabJail:
 *
 * A folder that nobody gets out of: not by `..`, not by a symbolic link, not by
 * renaming folders while a path is being walked. Paths are virtual, absolute ("/" is
 * the folder itself) and already resolved by wb_lab_jail_resolve(). Errors are
 * `G_FILE_ERROR`s; what leads outside is %G_FILE_ERROR_ACCES.
 *
 * Immutable once made; every verb is safe from any thread.
 */
typedef struct _WbLabJail WbLabJail;

/* The longest virtual path. */
#define WB_LAB_PATH_MAX 4000

WbLabJail *wb_lab_jail_new         (const char       *root,
                                    gboolean          force_walk,
                                    GError          **error);
void       wb_lab_jail_free        (WbLabJail        *self);
gboolean   wb_lab_jail_get_walks   (WbLabJail        *self);

char      *wb_lab_jail_resolve     (const char       *current,
                                    const char       *path,
                                    GError          **error);

int        wb_lab_jail_open        (WbLabJail        *self,
                                    const char       *path,
                                    int               flags,
                                    mode_t            mode,
                                    GError          **error);
gboolean   wb_lab_jail_stat        (WbLabJail        *self,
                                    const char       *path,
                                    struct stat      *st,
                                    GError          **error);
gboolean   wb_lab_jail_mkdir       (WbLabJail        *self,
                                    const char       *path,
                                    mode_t            mode,
                                    GError          **error);
gboolean   wb_lab_jail_remove      (WbLabJail        *self,
                                    const char       *path,
                                    gboolean          directory,
                                    GError          **error);
gboolean   wb_lab_jail_rename      (WbLabJail        *self,
                                    const char       *from,
                                    const char       *to,
                                    gboolean          replace,
                                    GError          **error);
gboolean   wb_lab_jail_chmod       (WbLabJail        *self,
                                    const char       *path,
                                    mode_t            mode,
                                    GError          **error);
gboolean   wb_lab_jail_set_time    (WbLabJail        *self,
                                    const char       *path,
                                    gint64            seconds,
                                    GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLabJail, wb_lab_jail_free)

G_END_DECLS

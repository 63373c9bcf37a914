/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

/**
 * wb_lab_lock_take:
 * @directory: what is to be locked; it exists
 * @name: of the file in it that stands for the lock
 * @wait: whether to wait for whoever has it
 *
 * Locks a folder against other threads and against other labs on the same state: the
 * window and `wire lab` share theirs. The lock ends with its process at the latest.
 *
 * Returns: the lock, or -1 with `errno` set
 */
int
wb_lab_lock_take (const char *directory, const char *name, gboolean wait)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    return -1;
  if (flock (fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0)
    {
      close (fd);
      return -1;
    }
  return fd;
}

/**
 * wb_lab_lock_drop:
 * @lock: from wb_lab_lock_take(), or -1
 *
 * Gives the lock back.
 */
void
wb_lab_lock_drop (int lock)
{
  if (lock >= 0)
    close (lock);
}

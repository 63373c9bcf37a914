/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A library to put before a program by LD_PRELOAD, so that its calls that change files fail, fall
 * short, or are its last. Descriptors 0 to 2 are left alone: by them the program says what it did.
 *
 *   WB_FAULT_TRACE=FILE   write down every such call, a line each: number, name, what it was about
 *   WB_FAULT_KILL=N       end the process, as SIGKILL would, at the N-th; a write() is cut in half
 *   WB_FAULT_ERROR=N      the N-th fails
 *   WB_FAULT_ERRNO=E      with this number (28, ENOSPC, if unset)
 *   WB_FAULT_STAY=1       and so do all after it
 *   WB_FAULT_EINTR=N      every N-th open, read and write is interrupted
 *   WB_FAULT_SHORT=1      a write moves half of what it is given, or one byte
 *   WB_FAULT_CLOCK=S      it is always this second of the epoch
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))

/* What the fortified headers call instead. */
int __open_2 (const char *path, int flags);
int __open64_2 (const char *path, int flags);
int __openat_2 (int folder, const char *path, int flags);
int __openat64_2 (int folder, const char *path, int flags);

typedef struct
{
  long kill_at;
  long error_at;
  int error;
  int stay;
  long interrupt_every;
  int short_writes;
  long clock;
  int trace;
  long changes;
  long interruptible;
} Faults;

static Faults faults;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static long
number (const char *name)
{
  const char *text = getenv (name);

  return text != NULL ? atol (text) : 0;
}

static void
read_environment (void)
{
  const char *trace = getenv ("WB_FAULT_TRACE");

  faults.kill_at = number ("WB_FAULT_KILL");
  faults.error_at = number ("WB_FAULT_ERROR");
  faults.error = number ("WB_FAULT_ERRNO") != 0 ? (int) number ("WB_FAULT_ERRNO") : ENOSPC;
  faults.stay = (int) number ("WB_FAULT_STAY");
  faults.interrupt_every = number ("WB_FAULT_EINTR");
  faults.short_writes = (int) number ("WB_FAULT_SHORT");
  faults.clock = number ("WB_FAULT_CLOCK");
  faults.trace = -1;
  if (trace != NULL)
    faults.trace = (int) syscall (SYS_openat, AT_FDCWD, trace,
                                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static Faults *
get_faults (void)
{
  pthread_once (&once, read_environment);
  return &faults;
}

static void
die (void)
{
  syscall (SYS_exit_group, 137);
}

/* The place where a call that changes something stands before it does: 0 to go on, -1 to fail, 1 to
   die in the middle. */
static int
change (const char *call, int fd, const char *what)
{
  Faults *f = get_faults ();
  long count = __atomic_add_fetch (&f->changes, 1, __ATOMIC_SEQ_CST);

  if (f->trace >= 0)
    {
      char line[512];
      int length = snprintf (line, sizeof line, "%ld %s %d %s\n", count, call, fd, what);

      if (length > 0)
        syscall (SYS_write, f->trace, line,
                 (size_t) length < sizeof line ? (size_t) length : sizeof line - 1);
    }
  if (f->kill_at == count)
    return 1;
  if (f->error_at != 0 && (f->stay ? count >= f->error_at : count == f->error_at))
    {
      errno = f->error;
      return -1;
    }
  return 0;
}

static int
fails (const char *call, int fd, const char *what)
{
  int verdict = change (call, fd, what);

  if (verdict > 0)
    die ();
  return verdict < 0;
}

static int
interrupted (void)
{
  Faults *f = get_faults ();
  long count;

  if (f->interrupt_every == 0)
    return 0;
  count = __atomic_add_fetch (&f->interruptible, 1, __ATOMIC_SEQ_CST);
  if (count % f->interrupt_every != 0)
    return 0;
  errno = EINTR;
  return 1;
}

static int
open_any (int folder, const char *path, int flags, mode_t mode)
{
  if ((flags & (O_CREAT | O_TRUNC)) != 0 && (interrupted () || fails ("open", folder, path)))
    return -1;
  return (int) syscall (SYS_openat, folder, path, flags, mode);
}

static mode_t
mode_of (int flags, va_list arguments)
{
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (arguments, mode_t) : 0;
}

#define DEFINE_OPEN(name)                            \
  EXPORT int name (const char *path, int flags, ...) \
  {                                                  \
    va_list arguments;                               \
    mode_t mode;                                     \
    va_start (arguments, flags);                     \
    mode = mode_of (flags, arguments);               \
    va_end (arguments);                              \
    return open_any (AT_FDCWD, path, flags, mode);   \
  }

#define DEFINE_OPENAT(name)                                      \
  EXPORT int name (int folder, const char *path, int flags, ...) \
  {                                                              \
    va_list arguments;                                           \
    mode_t mode;                                                 \
    va_start (arguments, flags);                                 \
    mode = mode_of (flags, arguments);                           \
    va_end (arguments);                                          \
    return open_any (folder, path, flags, mode);                 \
  }

DEFINE_OPEN (open)
DEFINE_OPEN (open64)
DEFINE_OPENAT (openat)
DEFINE_OPENAT (openat64)

EXPORT int
__open_2 (const char *path, int flags)
{
  return open_any (AT_FDCWD, path, flags, 0);
}

EXPORT int
__open64_2 (const char *path, int flags)
{
  return open_any (AT_FDCWD, path, flags, 0);
}

EXPORT int
__openat_2 (int folder, const char *path, int flags)
{
  return open_any (folder, path, flags, 0);
}

EXPORT int
__openat64_2 (int folder, const char *path, int flags)
{
  return open_any (folder, path, flags, 0);
}

EXPORT ssize_t
read (int fd, void *buffer, size_t length)
{
  if (fd > 2 && interrupted ())
    return -1;
  return syscall (SYS_read, fd, buffer, length);
}

EXPORT ssize_t
write (int fd, const void *buffer, size_t length)
{
  int verdict;

  if (fd <= 2)
    return syscall (SYS_write, fd, buffer, length);
  if (interrupted ())
    return -1;
  verdict = change ("write", fd, "");
  if (verdict < 0)
    return -1;
  if (verdict > 0)
    {
      syscall (SYS_write, fd, buffer, length / 2);
      die ();
    }
  if (get_faults ()->short_writes && length > 1)
    length /= 2;
  return syscall (SYS_write, fd, buffer, length);
}

EXPORT int
fsync (int fd)
{
  return fails ("fsync", fd, "") ? -1 : (int) syscall (SYS_fsync, fd);
}

EXPORT int
fdatasync (int fd)
{
  return fails ("fsync", fd, "") ? -1 : (int) syscall (SYS_fdatasync, fd);
}

EXPORT int
sync_file_range (int fd, off_t offset, off_t length, unsigned int flags)
{
  return fails ("range", fd, "") ? -1
                                 : (int) syscall (SYS_sync_file_range, fd, offset, length, flags);
}

/* A close that fails has closed all the same. */
EXPORT int
close (int fd)
{
  int bad = fd > 2 && (fcntl (fd, F_GETFL) & O_ACCMODE) != O_RDONLY && fails ("close", fd, "");
  int code = errno;
  int result = (int) syscall (SYS_close, fd);

  if (!bad)
    return result;
  errno = code;
  return -1;
}

EXPORT int
renameat2 (int from, const char *old, int to, const char *new, unsigned int flags)
{
  return fails ("rename", to, new) ? -1 : (int) syscall (SYS_renameat2, from, old, to, new, flags);
}

EXPORT int
renameat (int from, const char *old, int to, const char *new)
{
  return renameat2 (from, old, to, new, 0);
}

EXPORT int
rename (const char *old, const char *new)
{
  return renameat2 (AT_FDCWD, old, AT_FDCWD, new, 0);
}

EXPORT int
linkat (int from, const char *old, int to, const char *new, int flags)
{
  return fails ("link", to, new) ? -1 : (int) syscall (SYS_linkat, from, old, to, new, flags);
}

EXPORT int
link (const char *old, const char *new)
{
  return linkat (AT_FDCWD, old, AT_FDCWD, new, 0);
}

EXPORT int
unlinkat (int folder, const char *path, int flags)
{
  return fails ("unlink", folder, path) ? -1 : (int) syscall (SYS_unlinkat, folder, path, flags);
}

EXPORT int
unlink (const char *path)
{
  return unlinkat (AT_FDCWD, path, 0);
}

EXPORT int
mkdirat (int folder, const char *path, mode_t mode)
{
  return fails ("mkdir", folder, path) ? -1 : (int) syscall (SYS_mkdirat, folder, path, mode);
}

EXPORT int
mkdir (const char *path, mode_t mode)
{
  return mkdirat (AT_FDCWD, path, mode);
}

EXPORT int
ftruncate (int fd, off_t length)
{
  return fails ("truncate", fd, "") ? -1 : (int) syscall (SYS_ftruncate, fd, length);
}

EXPORT int
clock_gettime (clockid_t clock, struct timespec *now)
{
  Faults *f = get_faults ();

  if (clock == CLOCK_REALTIME && f->clock != 0)
    {
      now->tv_sec = f->clock;
      now->tv_nsec = 0;
      return 0;
    }
  return (int) syscall (SYS_clock_gettime, clock, now);
}

EXPORT int
gettimeofday (struct timeval *restrict now, void *restrict zone)
{
  struct timespec precise;

  clock_gettime (CLOCK_REALTIME, &precise);
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return 0;
}

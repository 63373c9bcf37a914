/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The least that an echo server can be: one thread, one epoll set, one buffer. What bench-echo
 * compares with. Prints its port and serves until its standard input ends. With --thread, the same
 * on a second thread, while the first one waits. */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void
watch (int set, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

  epoll_ctl (set, EPOLL_CTL_ADD, fd, &event);
}

static void
accept_all (int set, int listener)
{
  int fd;
  int yes = 1;

  while ((fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
    {
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      watch (set, fd);
    }
}

static void
echo (int fd)
{
  static char buffer[65536];
  ssize_t n = recv (fd, buffer, sizeof buffer, 0);

  if (n > 0)
    n = send (fd, buffer, (size_t) n, MSG_NOSIGNAL);
  if (n == 0 || (n < 0 && errno != EAGAIN))
    close (fd);
}

static void *
serve (void *nothing)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int set = epoll_create1 (EPOLL_CLOEXEC);
  struct epoll_event events[256];
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  if (bind (listener, (struct sockaddr *) &address, sizeof address) < 0 ||
      listen (listener, 4096) < 0 ||
      getsockname (listener, (struct sockaddr *) &address, &size) < 0)
    exit (1);
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);

  watch (set, listener);
  watch (set, STDIN_FILENO);
  for (;;)
    {
      int n = epoll_wait (set, events, 256, -1);

      for (int i = 0; i < n; i++)
        {
          if (events[i].data.fd == listener)
            accept_all (set, listener);
          else if (events[i].data.fd == STDIN_FILENO)
            return NULL;
          else
            echo (events[i].data.fd);
        }
    }
}

int
main (int argc, char *argv[])
{
  pthread_t thread;

  if (argc < 2 || strcmp (argv[1], "--thread") != 0)
    serve (NULL);
  else if (pthread_create (&thread, NULL, serve, NULL) != 0 || pthread_join (thread, NULL) != 0)
    return 1;
  return 0;
}

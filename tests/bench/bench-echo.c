/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Echo round trips a second with few and with many open connections, of our server and of a bare
 * epoll program in turns, so that all see the same machine; of the latter also with its loop on a
 * second thread, which is what a program with a window has to do. One JSON object on stdout.
 *
 *   bench-echo [--seconds S] [--rounds N] [--connections N]… */

#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUSY 10
#define MESSAGE 64
#define ROUNDS_MAX 32

/* So many connections at once wait to be accepted. Far fewer than a listener's backlog: where that
 * runs over, the kernel drops the client's SYN, and its next one comes a second later. */
#define FLIGHT 64

/* Ours comes first, and the ratio is to the one behind it. */
static const struct
{
  const char *program;
  const char *argument;
  const char *name;
} servers[] = {
  { "echo-ours", NULL, NULL },
  { "echo-peer", NULL, "bare epoll" },
  { "echo-peer", "--thread", "bare epoll on a thread" },
};

typedef struct
{
  GPid pid;
  int input;
  guint16 port;
} Server;

typedef struct
{
  double round_trips; /* a second */
  double trip_time;   /* ns of the server's processor time for one */
  double accepts;     /* a second */
  double idle_bytes;  /* of the server's own memory, a connection */
} Result;

static Server
start_server (const char *program, const char *argument)
{
  char *argv[] = { (char *) program, (char *) argument, NULL };
  g_autoptr (GError) error = NULL;
  Server server = { 0 };
  char line[32] = "";
  int output;

  if (!g_spawn_async_with_pipes (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                 &server.pid, &server.input, &output, NULL, &error))
    g_error ("%s", error->message);
  for (gsize n = 0; n < sizeof line - 1 && strchr (line, '\n') == NULL; n++)
    if (read (output, line + n, 1) != 1)
      g_error ("%s did not start", program);
  close (output);
  server.port = (guint16) atoi (line);
  return server;
}

static void
stop_server (Server *server)
{
  close (server->input);
  waitpid (server->pid, NULL, 0);
}

static double
read_memory (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *text = NULL;
  const char *row;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  row = strstr (text, "RssAnon:");
  return row != NULL ? g_ascii_strtod (row + 8, NULL) * 1024 : 0;
}

/* Nanoseconds of processor time that all threads of a program have had. */
static double
read_time (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;
  double sum = 0;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, "schedstat", NULL);
      g_autofree char *text = NULL;

      if (g_file_get_contents (file, &text, NULL, NULL))
        sum += g_ascii_strtod (text, NULL);
    }
  return sum;
}

static int
dial (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int yes = 1;

  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    g_error ("connecting: %s", g_strerror (errno));
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

/* One message there and back, so that the server is known to have accepted. */
static void
round_trip (int fd)
{
  char message[MESSAGE] = "";

  if (send (fd, message, MESSAGE, MSG_NOSIGNAL) != MESSAGE ||
      recv (fd, message, MESSAGE, MSG_WAITALL) != MESSAGE)
    g_error ("round trip: %s", g_strerror (errno));
}

static double
drive (const int *fds, double seconds)
{
  int set = epoll_create1 (EPOLL_CLOEXEC);
  char buffer[MESSAGE] = "";
  guint64 trips = 0;
  gint64 begin;
  gint64 now;

  for (guint i = 0; i < BUSY; i++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.fd = fds[i] };

      epoll_ctl (set, EPOLL_CTL_ADD, fds[i], &event);
    }
  begin = g_get_monotonic_time ();
  for (guint i = 0; i < BUSY; i++)
    if (send (fds[i], buffer, MESSAGE, MSG_NOSIGNAL) != MESSAGE)
      g_error ("sending: %s", g_strerror (errno));
  do
    {
      struct epoll_event events[BUSY];
      int n = epoll_wait (set, events, BUSY, 5000);

      if (n <= 0)
        g_error ("no answer");
      for (int i = 0; i < n; i++)
        {
          int fd = events[i].data.fd;

          if (recv (fd, buffer, MESSAGE, MSG_WAITALL) != MESSAGE ||
              send (fd, buffer, MESSAGE, MSG_NOSIGNAL) != MESSAGE)
            g_error ("round trip: %s", g_strerror (errno));
          trips++;
        }
      now = g_get_monotonic_time ();
    }
  while ((double) (now - begin) < seconds * G_USEC_PER_SEC);
  for (guint i = 0; i < BUSY; i++)
    if (recv (fds[i], buffer, MESSAGE, MSG_WAITALL) != MESSAGE)
      g_error ("last answer: %s", g_strerror (errno));
  close (set);
  return (double) trips * G_USEC_PER_SEC / (double) (now - begin);
}

/* Connections accepted a second: dialled in flights, each of which is done when its last one, which
 * is accepted after all others, has its answer. Closing them is not counted, but waited for. */
static double
knock (guint16 port, int open_fd, double seconds)
{
  const struct linger reset = { .l_onoff = 1 };
  guint64 accepts = 0;
  gint64 taken = 0;

  while ((double) taken < seconds * G_USEC_PER_SEC)
    {
      int fds[FLIGHT];
      gint64 begin = g_get_monotonic_time ();

      for (guint i = 0; i < FLIGHT; i++)
        fds[i] = dial (port);
      round_trip (fds[FLIGHT - 1]);
      taken += g_get_monotonic_time () - begin;
      accepts += FLIGHT;
      /* By a reset, which leaves no port in TIME_WAIT. */
      for (guint i = 0; i < FLIGHT; i++)
        {
          setsockopt (fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
          close (fds[i]);
        }
      round_trip (open_fd);
    }
  return (double) accepts * G_USEC_PER_SEC / (double) taken;
}

static Result
measure (const char *program, const char *argument, guint connections, double seconds)
{
  Server server = start_server (program, argument);
  g_autofree int *fds = g_new (int, connections);
  Result result;
  double memory;
  double time;
  gint64 begin;

  /* The first one takes what the server needs once, such as its buffers. */
  fds[0] = dial (server.port);
  round_trip (fds[0]);
  memory = read_memory (server.pid);
  for (guint i = 1; i < connections; i++)
    {
      fds[i] = dial (server.port);
      if (i % FLIGHT == 0 || i == connections - 1)
        round_trip (fds[i]);
    }
  result.idle_bytes = (read_memory (server.pid) - memory) / connections;
  drive (fds, 0.2);
  time = read_time (server.pid);
  begin = g_get_monotonic_time ();
  result.round_trips = drive (fds, seconds);
  result.trip_time = (read_time (server.pid) - time) * G_USEC_PER_SEC /
                     (result.round_trips * (double) (g_get_monotonic_time () - begin));
  result.accepts = knock (server.port, fds[0], seconds / 2);
  for (guint i = 0; i < connections; i++)
    close (fds[i]);
  stop_server (&server);
  return result;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (Result *results, guint count, gsize offset)
{
  double values[ROUNDS_MAX];

  for (guint i = 0; i < count; i++)
    values[i] = G_STRUCT_MEMBER (double, &results[i], offset);
  qsort (values, count, sizeof *values, compare);
  return values[count / 2];
}

/* The greatest of a rate, the least of anything else. */
static double
best (Result *results, guint count, gsize offset, gboolean rate)
{
  double found = G_STRUCT_MEMBER (double, &results[0], offset);

  for (guint i = 1; i < count; i++)
    {
      double value = G_STRUCT_MEMBER (double, &results[i], offset);

      found = rate ? MAX (found, value) : MIN (found, value);
    }
  return found;
}

static void
compare_servers (const char *folder, guint connections, int rounds, double seconds, gboolean first)
{
  static const struct
  {
    const char *what;
    const char *unit;
    gsize offset;
  } rows[] = {
    { "round trips", "1/s", G_STRUCT_OFFSET (Result, round_trips) },
    { "processor time of a round trip", "ns", G_STRUCT_OFFSET (Result, trip_time) },
    { "accepts", "1/s", G_STRUCT_OFFSET (Result, accepts) },
    { "memory of an idle connection", "bytes", G_STRUCT_OFFSET (Result, idle_bytes) },
  };
  Result results[G_N_ELEMENTS (servers)][ROUNDS_MAX];

  for (int round = 0; round < rounds; round++)
    for (guint turn = 0; turn < G_N_ELEMENTS (servers); turn++)
      {
        /* Nobody is always the first. */
        guint s = (turn + (guint) round) % G_N_ELEMENTS (servers);
        g_autofree char *program = g_build_filename (folder, servers[s].program, NULL);

        results[s][round] = measure (program, servers[s].argument, connections, seconds);
      }

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double medians[G_N_ELEMENTS (servers)];

      for (guint k = 0; k < G_N_ELEMENTS (servers); k++)
        medians[k] = median (results[k], rounds, rows[i].offset);
      printf ("%s{\"what\":\"%s, %u connections\",\"unit\":\"%s\",\"ours\":%.0f,\"peers\":{",
              first && i == 0 ? "" : ",", rows[i].what, connections, rows[i].unit, medians[0]);
      for (guint k = 1; k < G_N_ELEMENTS (servers); k++)
        printf ("%s\"%s\":%.0f", k > 1 ? "," : "", servers[k].name, medians[k]);
      printf ("},\"best\":[");
      for (guint k = 0; k < G_N_ELEMENTS (servers); k++)
        printf ("%s%.0f", k > 0 ? "," : "",
                best (results[k], rounds, rows[i].offset, rows[i].unit[0] == '1'));
      if (medians[1] > 0)
        printf ("],\"ratio\":%.3f}", medians[0] / medians[1]);
      else
        printf ("],\"ratio\":null}");
    }
  fflush (stdout);
}

int
main (int argc, char *argv[])
{
  double seconds = 2;
  int rounds = 5;
  int connections = 0;
  const GOptionEntry entries[] = {
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "How long each measurement takes", "S" },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "How often, in turns", "N" },
    { "connections", 0, 0, G_OPTION_ARG_INT, &connections, "Only with so many", "N" },
    { NULL },
  };
  static const guint sizes[] = { 10, 9000 };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  struct rlimit limit;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || rounds < 1 ||
      rounds > ROUNDS_MAX || (connections != 0 && connections < BUSY))
    {
      fprintf (stderr, "%s\n", error != NULL ? error->message : "that makes no sense");
      return 2;
    }
  signal (SIGPIPE, SIG_IGN);
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  folder = g_path_get_dirname (argv[0]);

  printf ("{\"bench\":\"echo\",\"seconds\":%g,\"rounds\":%d,\"busy\":%d,\"rows\":[", seconds,
          rounds, BUSY);
  if (connections > 0)
    compare_servers (folder, (guint) connections, rounds, seconds, TRUE);
  else
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      compare_servers (folder, sizes[i], rounds, seconds, i == 0);
  printf ("]}\n");
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-owner.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  struct nlmsghdr header;
  struct inet_diag_req_v2 body;
} Request;

typedef union
{
  struct nlmsghdr header;
  char bytes[8192];
} Answer;

static gboolean
take_address (GSocketAddress *address, guint8 *family, guint32 *host, guint16 *port)
{
  struct sockaddr_storage native = { 0 };

  if (address == NULL || g_socket_address_get_native_size (address) > (gssize) sizeof native ||
      !g_socket_address_to_native (address, &native, sizeof native, NULL))
    return FALSE;
  *family = native.ss_family;
  if (native.ss_family == AF_INET)
    {
      const struct sockaddr_in *in = (const struct sockaddr_in *) &native;

      memcpy (host, &in->sin_addr, sizeof in->sin_addr);
      *port = in->sin_port;
      return TRUE;
    }
  if (native.ss_family == AF_INET6)
    {
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) &native;

      memcpy (host, &in6->sin6_addr, sizeof in6->sin6_addr);
      *port = in6->sin6_port;
      return TRUE;
    }
  return FALSE;
}

/* The question is about the peer's socket, so its end is the source. */
static gboolean
make_request (GSocket *accepted, Request *request)
{
  g_autoptr (GSocketAddress) peer = g_socket_get_remote_address (accepted, NULL);
  g_autoptr (GSocketAddress) own = g_socket_get_local_address (accepted, NULL);
  struct inet_diag_sockid *id = &request->body.id;
  guint8 own_family;

  memset (request, 0, sizeof *request);
  request->header.nlmsg_len = sizeof *request;
  request->header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request->header.nlmsg_flags = NLM_F_REQUEST;
  request->body.sdiag_protocol = IPPROTO_TCP;
  request->body.idiag_states = ~0u;
  id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return take_address (peer, &request->body.sdiag_family, id->idiag_src, &id->idiag_sport) &&
         take_address (own, &own_family, id->idiag_dst, &id->idiag_dport);
}

static WbLabOwner
judge (const Answer *answer, gssize length)
{
  const struct nlmsghdr *header = &answer->header;
  const struct inet_diag_msg *found;

  if (length < 0 || !NLMSG_OK (header, (gsize) length))
    return WB_LAB_OWNER_UNKNOWN;
  if (header->nlmsg_type == NLMSG_ERROR)
    {
      const struct nlmsgerr *failure = NLMSG_DATA (header);

      if (header->nlmsg_len < NLMSG_LENGTH (sizeof *failure))
        return WB_LAB_OWNER_UNKNOWN;
      return failure->error == -ENOENT ? WB_LAB_OWNER_GONE : WB_LAB_OWNER_UNKNOWN;
    }
  if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY || header->nlmsg_len < NLMSG_LENGTH (sizeof *found))
    return WB_LAB_OWNER_UNKNOWN;

  found = NLMSG_DATA (header);
  /* A socket that its program has closed keeps no owner; the kernel gives 0 and no inode. */
  if (found->idiag_inode == 0)
    return WB_LAB_OWNER_GONE;
  return found->idiag_uid == getuid () || found->idiag_uid == 0 ? WB_LAB_OWNER_SELF
                                                                : WB_LAB_OWNER_OTHER;
}

/**
 * wb_lab_owner_find:
 * @accepted: a connection over loopback
 *
 * Asks the kernel (sock_diag(7)) whose socket it is at the other end. Loopback is shared by
 * everybody who is logged in to the computer, and not all of the lab asks for a password.
 *
 * Safe from any thread; does not block.
 *
 * Returns: who it is
 */
WbLabOwner
wb_lab_owner_find (GSocket *accepted)
{
  WbLabOwner owner = WB_LAB_OWNER_UNKNOWN;
  Request request;
  Answer answer;
  int fd;

  if (!make_request (accepted, &request))
    return WB_LAB_OWNER_UNKNOWN;
  fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0)
    return WB_LAB_OWNER_UNKNOWN;
  /* The kernel answers before send() returns; there is nothing to wait for. */
  if (send (fd, &request, sizeof request, 0) == sizeof request)
    owner = judge (&answer, recv (fd, &answer, sizeof answer, MSG_DONTWAIT));
  close (fd);
  return owner;
}

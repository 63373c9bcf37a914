/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include <string.h>

#include "wb-ftp-listing.h"

#define F WB_FTP_ENTRY_FILE
#define D WB_FTP_ENTRY_DIRECTORY
#define L WB_FTP_ENTRY_LINK
#define O WB_FTP_ENTRY_OTHER
#define U WB_FTP_ENTRY_UNKNOWN

/* Every row is read as if it were this moment at the server. */
static const char now_text[] = "2026-03-15T12:00:00Z";

typedef struct
{
  const char *line;
  int type; /* -1: no entry at all */
  const char *name;
  gint64 size;
  const char *modified;
  const char *mode;
  const char *owner;
  const char *group;
  const char *target;
} Row;

static const Row rows[] = {
  /* vsftpd, ProFTPD, Pure-FTPd, GNU ls */
  { "-rw-r--r--    1 1000     1000           42 Jan 05 09:30 a.txt", F, "a.txt", 42,
    "2026-01-05T09:30:00", "rw-r--r--", "1000", "1000", NULL },
  { "drwxr-xr-x    2 0        0            4096 Mar 15 11:59 pub", D, "pub", 4096,
    "2026-03-15T11:59:00", "rwxr-xr-x", "0", "0", NULL },
  { "-rw-rw-r--   1 ftp      ftp      5368709120 Dec 31 23:59 big.iso", F, "big.iso", 5368709120,
    "2025-12-31T23:59:00", "rw-rw-r--", "ftp", "ftp", NULL },
  { "-rw-r--r--   1 ftp ftp 9223372036854775807 Feb  1  2020 huge", F, "huge", G_MAXINT64,
    "2020-02-01T00:00:00", "rw-r--r--", "ftp", "ftp", NULL },
  { "lrwxrwxrwx   1 root     root            7 Jan 25 00:17 bin -> usr/bin", L, "bin", 7,
    "2026-01-25T00:17:00", "rwxrwxrwx", "root", "root", "usr/bin" },
  { "lrwxrwxrwx   1 root     root            1 Jan 25 00:17 a -> b -> c", L, "a -> b", 1,
    "2026-01-25T00:17:00", "rwxrwxrwx", "root", "root", "c" },
  { "lrwxrwxrwx   1 root     root           99 Jan 25 00:17 a -> b -> c", L, "a", 99,
    "2026-01-25T00:17:00", "rwxrwxrwx", "root", "root", "b -> c" },
  { "lrwxrwxrwx   1 root     root            7 Jan 25 00:17 lost", L, "lost", 7,
    "2026-01-25T00:17:00", "rwxrwxrwx", "root", "root", NULL },
  { "lrwxrwxrwx 1 u g 6 Jan 25 2019 up -> ../../x", L, "up", 6, "2019-01-25T00:00:00", "rwxrwxrwx",
    "u", "g", "../../x" },
  { "-rwsr-sr-t   1 root root 10 Apr  8  1994 set id", F, "set id", 10, "1994-04-08T00:00:00",
    "rwsr-sr-t", "root", "root", NULL },
  { "-rwSr-Sr-T   1 root root 10 Apr 18  1994 set", F, "set", 10, "1994-04-18T00:00:00",
    "rwSr-Sr-T", "root", "root", NULL },
  { "-rw-r--r--+  1 u g 10 Apr  8  1994 acl", F, "acl", 10, "1994-04-08T00:00:00", "rw-r--r--", "u",
    "g", NULL },
  { "-rw-r--r--.  1 u g 10 Apr  8  1994 selinux", F, "selinux", 10, "1994-04-08T00:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--@  1 u staff 10 Apr  8  1994 mac", F, "mac", 10, "1994-04-08T00:00:00", "rw-r--r--",
    "u", "staff", NULL },
  { "drwxrwxrwt+ 12 u g 10 Apr  8  1994 both", D, "both", 10, "1994-04-08T00:00:00", "rwxrwxrwt",
    "u", "g", NULL },
  { "drwxr-xr-x1234 u g 10 Apr  8  1994 stuck", D, "stuck", 10, "1994-04-08T00:00:00", "rwxr-xr-x",
    "u", "g", NULL },
  /* The name's own spaces */
  { "-rw-r--r--  1 u g 10 Apr  8  1994  leading", F, " leading", 10, "1994-04-08T00:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Apr  8  1994    three", F, "   three", 10, "1994-04-08T00:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Apr  8  1994 trailing  ", F, "trailing  ", 10, "1994-04-08T00:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 two  words", F, "two  words", 10, "2026-01-08T10:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 Jan 8 10:00 x", F, "Jan 8 10:00 x", 10,
    "2026-01-08T10:00:00", "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 2024", F, "2024", 10, "2026-01-08T10:00:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 -> x", F, "-> x", 10, "2026-01-08T10:00:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 a -> b", F, "a -> b", 10, "2026-01-08T10:00:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 .hidden", F, ".hidden", 10, "2026-01-08T10:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 ...", F, "...", 10, "2026-01-08T10:00:00", "rw-r--r--", "u",
    "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 \xe7\x8e\x8b\xe5\xa4\xa7\xe9\xb9\x8f.txt", F,
    "\xe7\x8e\x8b\xe5\xa4\xa7\xe9\xb9\x8f.txt", 10, "2026-01-08T10:00:00", "rw-r--r--", "u", "g",
    NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 \xcd\xf5\xb4\xf3.txt", F, "\xcd\xf5\xb4\xf3.txt", 10,
    "2026-01-08T10:00:00", "rw-r--r--", "u", "g", NULL },
  { "drwxr-xr-x  2 u g 10 Jan  8 10:00 slash/", D, "slash", 10, "2026-01-08T10:00:00", "rwxr-xr-x",
    "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 crlf\r\n", F, "crlf", 10, "2026-01-08T10:00:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r--  1 u g 10 Jan  8 10:00 crcrlf\r\r\n", F, "crcrlf", 10, "2026-01-08T10:00:00",
    "rw-r--r--", "u", "g", NULL },
  /* Columns that are missing, or doubled */
  { "-rw-r--r--   1 frank       2342 Jan  8 10:00 nogroup", F, "nogroup", 2342,
    "2026-01-08T10:00:00", "rw-r--r--", "frank", NULL, NULL },
  { "-rw-r--r--   1 2342 Jan  8 10:00 nobody", F, "nobody", 2342, "2026-01-08T10:00:00",
    "rw-r--r--", NULL, NULL, NULL },
  { "-rw-r--r--   2342 Jan  8 10:00 sizeonly", F, "sizeonly", 2342, "2026-01-08T10:00:00",
    "rw-r--r--", NULL, NULL, NULL },
  { "-rw-r--r--   frank users 2342 Jan  8 10:00 nolinks", F, "nolinks", 2342, "2026-01-08T10:00:00",
    "rw-r--r--", "frank", "users", NULL },
  { "-rw-r--r--   1 frank domain users 2342 Jan  8 10:00 windows", F, "windows", 2342,
    "2026-01-08T10:00:00", "rw-r--r--", "frank", "domain users", NULL },
  { "----------   1 owner    group         1803128 Jul 10 10:18 ls-lR.Z", F, "ls-lR.Z", 1803128,
    "2025-07-10T10:18:00", "---------", "owner", "group", NULL },
  { "d---------   1 owner    group               0 May  9 19:45 Softlib", D, "Softlib", 0,
    "2025-05-09T19:45:00", "---------", "owner", "group", NULL },
  { "-rw-r--r--   1 u g 0 Jan  8 10:00 empty", F, "empty", 0, "2026-01-08T10:00:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r--\t1\tu\tg\t7\tJan\t8\t10:00\ttabs", F, "tabs", 7, "2026-01-08T10:00:00", "rw-r--r--",
    "u", "g", NULL },
  /* Devices, sockets, pipes */
  { "crw-rw-rw-   1 root     root       1,   3 Jan  8 10:00 null", O, "null", -1,
    "2026-01-08T10:00:00", "rw-rw-rw-", "root", "root", NULL },
  { "brw-rw----   1 root     disk     8,0 Jan  8 10:00 sda", O, "sda", -1, "2026-01-08T10:00:00",
    "rw-rw----", "root", "disk", NULL },
  { "srwxrwxrwx   1 root     root            0 Jan  8 10:00 socket", O, "socket", 0,
    "2026-01-08T10:00:00", "rwxrwxrwx", "root", "root", NULL },
  { "prw-r--r--   1 root     root            0 Jan  8 10:00 fifo", O, "fifo", 0,
    "2026-01-08T10:00:00", "rw-r--r--", "root", "root", NULL },
  /* Times */
  { "-rw-r--r-- 1 u g 1 Mar 15 23:00 today", F, "today", 1, "2026-03-15T23:00:00", "rw-r--r--", "u",
    "g", NULL },
  { "-rw-r--r-- 1 u g 1 Mar 16 11:59 tomorrow", F, "tomorrow", 1, "2026-03-16T11:59:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 Mar 16 12:01 lastyear", F, "lastyear", 1, "2025-03-16T12:01:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 Sep 15 12:01 halfayear", F, "halfayear", 1, "2025-09-15T12:01:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 Feb 29 12:01 leap", F, "leap", 1, "2024-02-29T12:01:00", "rw-r--r--", "u",
    "g", NULL },
  { "-rw-r--r-- 1 u g 1 Feb 29  2024 leapyear", F, "leapyear", 1, "2024-02-29T00:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 Feb 30  2024 never", U, "-rw-r--r-- 1 u g 1 Feb 30  2024 never", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g 1 Jan 15 10:30:05 2020 bsd", F, "bsd", 1, "2020-01-15T10:30:05", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 Jan 15 10:30:05 seconds", F, "seconds", 1, "2026-01-15T10:30:05",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 15 Jan 10:30 dayfirst", F, "dayfirst", 1, "2026-01-15T10:30:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 15. Jan 2020 german", F, "german", 1, "2020-01-15T00:00:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 M\xc3\xa4r 15  2020 german", F, "german", 1, "2020-03-15T00:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 d\xc3\xa9"
    "c. 15  2020 french",
    F, "french", 1, "2020-12-15T00:00:00", "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 1\xe6\x9c\x88 15 10:30 chinese", F, "chinese", 1, "2026-01-15T10:30:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 12\xe6\x9c\x88 15\xe6\x97\xa5 2020\xe5\xb9\xb4 japanese", F, "japanese", 1,
    "2020-12-15T00:00:00", "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 2020-01-15 10:30 long-iso", F, "long-iso", 1, "2020-01-15T10:30:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 2020-01-15 10:30:05.123456789 +0200 full-iso", F, "full-iso", 1,
    "2020-01-15T08:30:05", "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 2020-01-01 00:30:05.000000000 -0530 west", F, "west", 1,
    "2020-01-01T06:00:05", "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 JAN 15 2020 shouted", F, "shouted", 1, "2020-01-15T00:00:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 Jan 15 9:05 shorthour", F, "shorthour", 1, "2026-01-15T09:05:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 1 Jan 15 24:05 nohour", U, "-rw-r--r-- 1 u g 1 Jan 15 24:05 nohour", -1, NULL,
    NULL, NULL, NULL, NULL },
  /* NetWare, Mac */
  { "d [R----F--] supervisor            512       Jan 16 18:53    login", D, "login", 512,
    "2026-01-16T18:53:00", NULL, "supervisor", NULL, NULL },
  { "- [R----F--] rhesus             214059       Oct 20 15:27    cx.exe", F, "cx.exe", 214059,
    "2025-10-20T15:27:00", NULL, "rhesus", NULL, NULL },
  { "-[RWCEAFMS] admin 7 Jan 16  2019 n", F, "n", 7, "2019-01-16T00:00:00", NULL, "admin", NULL,
    NULL },
  { "drwxrwxr-x               folder        2 May 10  1996 network", D, "network", -1,
    "1996-05-10T00:00:00", "rwxrwxr-x", NULL, NULL, NULL },
  /* What is no entry */
  { "total 12", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "total 1.5M", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "Total 0\r\n", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "insgesamt 12", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "\xe6\x80\xbb\xe7\x94\xa8\xe9\x87\x8f 12", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "\r\n", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "drwxr-xr-x 2 u g 1 Jan 15 10:05 .", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "drwxr-xr-x 2 u g 1 Jan 15 10:05 ..", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  /* Names that climb */
  { "-rw-r--r-- 1 u g 1 Jan 15 10:05 ../x", U, "-rw-r--r-- 1 u g 1 Jan 15 10:05 ..?x", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g 1 Jan 15 10:05 /etc/passwd", U, "-rw-r--r-- 1 u g 1 Jan 15 10:05 ?etc?passwd",
    -1, NULL, NULL, NULL, NULL, NULL },
  { "drwxr-xr-x 2 u g 1 Jan 15 10:05 ../", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "type=file;size=1; ../x", U, "type=file;size=1; ..?x", -1, NULL, NULL, NULL, NULL, NULL },
  { "01-31-24  10:16AM  1 ..\\x", F, "..\\x", 1, "2024-01-31T10:16:00", NULL, NULL, NULL, NULL },
  /* Not understood */
  { "readme.txt", U, "readme.txt", -1, NULL, NULL, NULL, NULL, NULL },
  { "CORE.DIR;1          1/16     8-SEP-1996 16:09 [SYSTEM]", U,
    "CORE.DIR;1          1?16     8-SEP-1996 16:09 [SYSTEM]", -1, NULL, NULL, NULL, NULL, NULL },
  { "-rw-r--r--", U, "-rw-r--r--", -1, NULL, NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g 1 Jan 15 10:05", U, "-rw-r--r-- 1 u g 1 Jan 15 10:05", -1, NULL, NULL, NULL,
    NULL, NULL },
  { "-rw-r--r-- 1 u g 99999999999999999999 Jan 15 10:05 x", U,
    "-rw-r--r-- 1 u g 99999999999999999999 Jan 15 10:05 x", -1, NULL, NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g -5 Jan 15 10:05 x", U, "-rw-r--r-- 1 u g -5 Jan 15 10:05 x", -1, NULL, NULL,
    NULL, NULL, NULL },
  /* IIS and others on Windows */
  { "04-27-00  09:09PM       <DIR>          licensed", D, "licensed", -1, "2000-04-27T21:09:00",
    NULL, NULL, NULL, NULL },
  { "07-18-00  12:16AM       <DIR>          pub stuff", D, "pub stuff", -1, "2000-07-18T00:16:00",
    NULL, NULL, NULL, NULL },
  { "04-14-99  12:47PM                  589 readme.htm", F, "readme.htm", 589,
    "1999-04-14T12:47:00", NULL, NULL, NULL, NULL },
  { "04-14-2023  03:47PM           5368709120 big one.iso", F, "big one.iso", 5368709120,
    "2023-04-14T15:47:00", NULL, NULL, NULL, NULL },
  { "04-14-23  15:47                 589 24h.htm", F, "24h.htm", 589, "2023-04-14T15:47:00", NULL,
    NULL, NULL, NULL },
  { "2023-04-14  15:47       <DIR>          iso", D, "iso", -1, "2023-04-14T15:47:00", NULL, NULL,
    NULL, NULL },
  { "14.04.2023  15:47              1.589 german.txt", F, "german.txt", 1589, "2023-04-14T15:47:00",
    NULL, NULL, NULL, NULL },
  { "4/14/2023  3:47 PM         1,234,567 us.txt", F, "us.txt", 1234567, "2023-04-14T15:47:00",
    NULL, NULL, NULL, NULL },
  { "04-14-23  03:47PM       <JUNCTION>     Documents [C:\\Users\\x]", L, "Documents", -1,
    "2023-04-14T15:47:00", NULL, NULL, NULL, "C:\\Users\\x" },
  { "04-14-23  03:47PM  589  leading", F, " leading", 589, "2023-04-14T15:47:00", NULL, NULL, NULL,
    NULL },
  { "04-14-23  03:47PM  <DIR>           leading", D, " leading", -1, "2023-04-14T15:47:00", NULL,
    NULL, NULL, NULL },
  { "04-14-23  03:47PM  <DIR> short", D, "short", -1, "2023-04-14T15:47:00", NULL, NULL, NULL,
    NULL },
  { "04-14-23  03:47PM       <DIR>          ..", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "13-14-23  13:47PM  <DIR> x", U, "13-14-23  13:47PM  <DIR> x", -1, NULL, NULL, NULL, NULL,
    NULL },
  /* MLSD */
  { "type=file;size=1024990;modify=19970214165800;perm=r; cap60.pl198.tar.gz", F,
    "cap60.pl198.tar.gz", 1024990, "1997-02-14T16:58:00", NULL, NULL, NULL, NULL },
  { "Type=dir;Modify=19981107085215;Perm=el; tmp", D, "tmp", -1, "1998-11-07T08:52:15", NULL, NULL,
    NULL, NULL },
  { "type=cdir;modify=19981107085215; /pub", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "type=pdir;modify=19981107085215; ..", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "modify=20240131103005.123;type=file;size=5; fraction", F, "fraction", 5, "2024-01-31T10:30:05",
    NULL, NULL, NULL, NULL },
  { "type=OS.unix=slink:/foo;UNIX.mode=0777; link", L, "link", -1, NULL, "rwxrwxrwx", NULL, NULL,
    "/foo" },
  { "type=OS.unix=symlink;UNIX.mode=0777; link2", L, "link2", -1, NULL, "rwxrwxrwx", NULL, NULL,
    NULL },
  { "type=OS.unix=chr-13/29; device", O, "device", -1, NULL, NULL, NULL, NULL, NULL },
  { "type=OS.unix=blk-1/2; device2", O, "device2", -1, NULL, NULL, NULL, NULL, NULL },
  { "type=file;size=5;unique=801U2;UNIX.mode=0644;UNIX.owner=root;UNIX.group=wheel; facts", F,
    "facts", 5, NULL, "rw-r--r--", "root", "wheel", NULL },
  { "type=file;size=5;UNIX.uid=0;UNIX.gid=7;UNIX.mode=4755; numbers", F, "numbers", 5, NULL,
    "rwsr-xr-x", "0", "7", NULL },
  { "type=file;size=5;UNIX.uid=0;UNIX.ownername=root;UNIX.groupname=w; names", F, "names", 5, NULL,
    NULL, "root", "w", NULL },
  { "type=file;size=5;  leading", F, " leading", 5, NULL, NULL, NULL, NULL, NULL },
  { "type=file;size=5; trailing ", F, "trailing ", 5, NULL, NULL, NULL, NULL, NULL },
  { "type=file;size=5; semi;colon=x; y", F, "semi;colon=x; y", 5, NULL, NULL, NULL, NULL, NULL },
  { "size=5; typeless", F, "typeless", 5, NULL, NULL, NULL, NULL, NULL },
  { "type=file;size=-1;modify=2024; bad", F, "bad", -1, NULL, NULL, NULL, NULL, NULL },
  { "type=file;size=5;modify=20241331000000; month13", F, "month13", 5, NULL, NULL, NULL, NULL,
    NULL },
  { "type=file;size=8589934592;modify=20161231235960; leapsecond", F, "leapsecond", 8589934592,
    "2016-12-31T23:59:59", NULL, NULL, NULL, NULL },
  { "type=file;size=5;", U, "type=file;size=5;", -1, NULL, NULL, NULL, NULL, NULL },
};

static WbFtpEntry *
parse (const char *line, gsize length, WbFtpListingFormat format)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_iso8601 (now_text, NULL);

  return wb_ftp_listing_parse_line (line, length, format, now);
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (WbFtpEntry) entry = parse (row->line, strlen (row->line), WB_FTP_LISTING_GUESS);
  g_autofree char *modified = NULL;
  g_autofree char *shown = g_strescape (row->line, NULL);

  g_test_message ("%s", shown);
  if (row->type < 0)
    {
      g_assert_null (entry);
      return;
    }
  g_assert_nonnull (entry);
  g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, row->name);
  g_assert_cmpint (wb_ftp_entry_get_entry_type (entry), ==, row->type);
  g_assert_cmpint (wb_ftp_entry_get_size (entry), ==, row->size);
  if (wb_ftp_entry_get_modified (entry) != NULL)
    modified = g_date_time_format (wb_ftp_entry_get_modified (entry), "%Y-%m-%dT%H:%M:%S");
  g_assert_cmpstr (modified, ==, row->modified);
  g_assert_cmpstr (wb_ftp_entry_get_mode (entry), ==, row->mode);
  g_assert_cmpstr (wb_ftp_entry_get_owner (entry), ==, row->owner);
  g_assert_cmpstr (wb_ftp_entry_get_group (entry), ==, row->group);
  g_assert_cmpstr (wb_ftp_entry_get_target (entry), ==, row->target);
  g_assert_true (wb_ftp_name_is_usable (wb_ftp_entry_get_name (entry)));
}

/* "Dec 31" and "Jan 1" change places as the year turns. */
static void
test_turn_of_the_year (void)
{
  static const struct
  {
    const char *now;
    const char *line;
    const char *modified;
  } turns[] = {
    { "2026-01-01T00:10:00Z", "-rw-r--r-- 1 u g 1 Dec 31 23:59 x", "2025-12-31 23:59" },
    { "2026-12-31T23:50:00Z", "-rw-r--r-- 1 u g 1 Jan  1 00:10 x", "2027-01-01 00:10" },
    { "2026-12-31T23:50:00Z", "-rw-r--r-- 1 u g 1 Jan  2 00:10 x", "2026-01-02 00:10" },
    { "2026-02-28T23:50:00Z", "-rw-r--r-- 1 u g 1 Mar  1 10:10 x", "2026-03-01 10:10" },
    { "2026-04-30T23:50:00Z", "-rw-r--r-- 1 u g 1 May  1 10:10 x", "2026-05-01 10:10" },
    { "2026-01-31T23:50:00Z", "-rw-r--r-- 1 u g 1 Feb  1 10:10 x", "2026-02-01 10:10" },
    { "2024-02-29T23:50:00Z", "-rw-r--r-- 1 u g 1 Feb 29 10:10 x", "2024-02-29 10:10" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      g_autoptr (GDateTime) now = g_date_time_new_from_iso8601 (turns[i].now, NULL);
      g_autoptr (WbFtpEntry) entry = NULL;
      g_autofree char *modified = NULL;

      entry = wb_ftp_listing_parse_line (turns[i].line, strlen (turns[i].line),
                                         WB_FTP_LISTING_GUESS, now);
      g_assert_nonnull (entry);
      modified = g_date_time_format (wb_ftp_entry_get_modified (entry), "%Y-%m-%d %H:%M");
      g_assert_cmpstr (modified, ==, turns[i].modified);
    }
}

static void
test_mlsd_asked (void)
{
  static const char unix_line[] = "-rw-r--r-- 1 u g 1 Jan  1 00:10 x";
  g_autoptr (WbFtpEntry) entry = parse (unix_line, strlen (unix_line), WB_FTP_LISTING_MLSD);

  g_assert_cmpint (wb_ftp_entry_get_entry_type (entry), ==, WB_FTP_ENTRY_UNKNOWN);
  g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, unix_line);
}

static void
test_nul (void)
{
  static const char line[] = "-rw-r--r-- 1 u g 1 Jan  1 00:10 a\0b";
  g_autoptr (WbFtpEntry) entry = parse (line, sizeof line - 1, WB_FTP_LISTING_GUESS);

  g_assert_cmpint (wb_ftp_entry_get_entry_type (entry), ==, WB_FTP_ENTRY_UNKNOWN);
  g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, "-rw-r--r-- 1 u g 1 Jan  1 00:10 a?b");
}

static void
test_long (void)
{
  static const guint lengths[] = { 255, 4096, 4097, 8100, 8191, 8192, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *name = g_strnfill (lengths[i], 'n');
      g_autofree char *line = g_strconcat ("-rw-r--r-- 1 u g 1 Jan  1 00:10 ", name, NULL);
      g_autoptr (WbFtpEntry) entry = parse (line, strlen (line), WB_FTP_LISTING_GUESS);
      gboolean fits = lengths[i] <= 4096;

      g_assert_cmpint (wb_ftp_entry_get_entry_type (entry), ==,
                       fits ? WB_FTP_ENTRY_FILE : WB_FTP_ENTRY_UNKNOWN);
      if (fits)
        g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, name);
      g_assert_cmpuint (strlen (wb_ftp_entry_get_raw (entry)), <=, 8192);
    }
}

static void
test_display_name (void)
{
  static const struct
  {
    const char *name;
    const char *shown;
  } names[] = {
    { "plain", "plain" },
    { "\xe7\x8e\x8b", "\xe7\x8e\x8b" },
    { "\xcd\xf5", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "a\x1b[2Jb", "a\xef\xbf\xbd[2Jb" },
    { "txt.\xe2\x80\xae"
      "exe",
      "txt.\xef\xbf\xbd"
      "exe" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      WbFtpEntryFields fields = { .name = names[i].name, .size = -1 };
      g_autoptr (WbFtpEntry) entry = wb_ftp_entry_new (&fields);

      g_assert_cmpstr (wb_ftp_entry_get_name (entry), ==, names[i].name);
      g_assert_cmpstr (wb_ftp_entry_get_display_name (entry), ==, names[i].shown);
      g_assert_cmpstr (wb_ftp_entry_get_raw (entry), ==, names[i].name);
    }
}

static void
test_whole (void)
{
  static const char text[] = "total 2\r\n"
                             "-rw-r--r-- 1 u g 1 Jan  1 00:10 a\r\n"
                             "\r\n"
                             "drwxr-xr-x 2 u g 1 Jan  1 00:10 .b\n"
                             "what is this\n"
                             "-rw-r--r-- 1 u g 1 Jan  1 00:10 c";
  g_autoptr (GPtrArray) entries =
      wb_ftp_listing_parse (text, strlen (text), WB_FTP_LISTING_GUESS, NULL);

  g_assert_cmpuint (entries->len, ==, 4);
  g_assert_cmpstr (wb_ftp_entry_get_name (entries->pdata[0]), ==, "a");
  g_assert_cmpstr (wb_ftp_entry_get_name (entries->pdata[1]), ==, ".b");
  g_assert_true (wb_ftp_entry_is_hidden (entries->pdata[1]));
  g_assert_false (wb_ftp_entry_is_hidden (entries->pdata[0]));
  g_assert_cmpint (wb_ftp_entry_get_entry_type (entries->pdata[2]), ==, WB_FTP_ENTRY_UNKNOWN);
  g_assert_cmpstr (wb_ftp_entry_get_name (entries->pdata[3]), ==, "c");

  g_clear_pointer (&entries, g_ptr_array_unref);
  entries = wb_ftp_listing_parse ("", 0, WB_FTP_LISTING_GUESS, NULL);
  g_assert_cmpuint (entries->len, ==, 0);
}

static void
test_endless (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) entries = NULL;

  for (guint i = 0; i < 1000010; i++)
    g_string_append (text, "x\n");
  entries = wb_ftp_listing_parse (text->str, text->len, WB_FTP_LISTING_GUESS, NULL);
  g_assert_cmpuint (entries->len, ==, 1000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ftp/listing/row/%03u", i);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/ftp/listing/turn-of-the-year", test_turn_of_the_year);
  g_test_add_func ("/ftp/listing/mlsd-asked", test_mlsd_asked);
  g_test_add_func ("/ftp/listing/nul", test_nul);
  g_test_add_func ("/ftp/listing/long", test_long);
  g_test_add_func ("/ftp/listing/display-name", test_display_name);
  g_test_add_func ("/ftp/listing/whole", test_whole);
  g_test_add_func ("/ftp/listing/endless", test_endless);

  return g_test_run ();
}

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
  /* Dates in one word */
  { "-rw-r--r-- 1 u g 531 09-26 2000 name", F, "name", 531, "2000-09-26T00:00:00", "rw-r--r--", "u",
    "g", NULL },
  { "-rw-r--r-- 1 u g 531 09-26 13:45 name", F, "name", 531, "2025-09-26T13:45:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r-- 1 u g 531 09/26 13:45 name", F, "name", 531, "2025-09-26T13:45:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r-- 1 u g 531 03-15 11:59 name", F, "name", 531, "2026-03-15T11:59:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r-- 1 u g 531 26-Sep-2000 name", F, "name", 531, "2000-09-26T00:00:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r-- 1 u g 531 26-Sep-2000 13:45 name", F, "name", 531, "2000-09-26T13:45:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 531 9.Jan.2001 13:45:06 name", F, "name", 531, "2001-01-09T13:45:06",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 531 09/26/2001 name", F, "name", 531, "2001-09-26T00:00:00", "rw-r--r--", "u",
    "g", NULL },
  { "-rw-r--r-- 1 u g 531 26.09.2001 13:45 name", F, "name", 531, "2001-09-26T13:45:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 531 26-09-2001 13:45 name", F, "name", 531, "2001-09-26T13:45:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r-- 1 u g 531 13-26 13:45 name", U, "-rw-r--r-- 1 u g 531 13-26 13:45 name", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g 531 00-10 13:45 name", U, "-rw-r--r-- 1 u g 531 00-10 13:45 name", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g 531 26-Xyz-2000 name", U, "-rw-r--r-- 1 u g 531 26-Xyz-2000 name", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g 531 99.99.2001 13:45 name", U, "-rw-r--r-- 1 u g 531 99.99.2001 13:45 name",
    -1, NULL, NULL, NULL, NULL, NULL },
  { "type=file;size=5;", U, "type=file;size=5;", -1, NULL, NULL, NULL, NULL, NULL },
  /* OpenVMS: blocks are no size; a folder's name has no type or version; a long name wraps */
  { "CORE.DIR;1          1/1    8-SEP-1996 16:09 [SYSTEM] (RWE,RWE,RE,RE)", D, "CORE", -1,
    "1996-09-08T16:09:00", NULL, "SYSTEM", NULL, NULL },
  { "CII-MANUAL.TEX;1  213/216  29-JAN-1996 03:33:12  [ANONYMOU,ANONYMOUS]   (RWED,RWED,,)", F,
    "CII-MANUAL.TEX;1", -1, "1996-01-29T03:33:12", NULL, "ANONYMOUS", "ANONYMOU", NULL },
  { "README.;1 2 4-NOV-1999 12:00:00.50 [GROUP,OWNER] (RWED,RWED,RE,)", F, "README.;1", -1,
    "1999-11-04T12:00:00", NULL, "OWNER", "GROUP", NULL },
  { "LOGIN.COM;32767 4 1-JAN-2000 00:00 [X] (RWED,,,)", F, "LOGIN.COM;32767", -1,
    "2000-01-01T00:00:00", NULL, "X", NULL, NULL },
  { "a$b_c-d.e;2 12/15 31-DEC-2025 23:59:59 [1,2] (RE,RE,RE,RE)", F, "a$b_c-d.e;2", -1,
    "2025-12-31T23:59:59", NULL, "2", "1", NULL },
  { "00DIR.DIR;1 1 8-SEP-1996 16:09", D, "00DIR", -1, "1996-09-08T16:09:00", NULL, NULL, NULL,
    NULL },
  { "LOCKED.TXT;1  %RMS-E-PRV, insufficient privilege or file protection violation", F,
    "LOCKED.TXT;1", -1, NULL, NULL, NULL, NULL, NULL },
  { "A_NAME_THAT_IS_LONG_ENOUGH_TO_WRAP.TXT;12", F, "A_NAME_THAT_IS_LONG_ENOUGH_TO_WRAP.TXT;12", -1,
    NULL, NULL, NULL, NULL, NULL },
  { "                     10/12   9-NOV-2004 12:30 [GROUP,OWNER] (RWED,RWED,RE,)", -1, NULL, 0,
    NULL, NULL, NULL, NULL, NULL },
  { "Directory DISK$USER:[ANON.PUB]", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "Total of 11 files, 230 blocks.", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "Grand total of 3 directories, 40 files, 900 blocks.", -1, NULL, 0, NULL, NULL, NULL, NULL,
    NULL },
  { "NOVERSION.TXT 1/1 8-SEP-1996 16:09 [SYSTEM] (RWE,RWE,RE,RE)", U,
    "NOVERSION.TXT 1?1 8-SEP-1996 16:09 [SYSTEM] (RWE,RWE,RE,RE)", -1, NULL, NULL, NULL, NULL,
    NULL },
  { "BAD.TXT;1 1/1 8-XYZ-1996 16:09 [SYSTEM]", U, "BAD.TXT;1 1?1 8-XYZ-1996 16:09 [SYSTEM]", -1,
    NULL, NULL, NULL, NULL, NULL },
  { "BAD.TXT;99999 1/1 8-SEP-1996 16:09 [SYSTEM]", U, "BAD.TXT;99999 1?1 8-SEP-1996 16:09 [SYSTEM]",
    -1, NULL, NULL, NULL, NULL, NULL },
  { "BAD.TXT;1 1/1 31-FEB-1996 16:09 [SYSTEM]", U, "BAD.TXT;1 1?1 31-FEB-1996 16:09 [SYSTEM]", -1,
    NULL, NULL, NULL, NULL, NULL },
  /* z/OS and MVS: data sets, partitioned ones with members, load modules' neighbours */
  { "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname", -1, NULL, 0, NULL, NULL,
    NULL, NULL, NULL },
  { "WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  USER.DATA", F, "USER.DATA", -1,
    "2003-05-21T00:00:00", NULL, NULL, NULL, NULL },
  { "WPTA01 3290   2004/03/04  1    3  FB      80  3125  PO  USER.LIB", D, "USER.LIB", -1,
    "2004-03-04T00:00:00", NULL, NULL, NULL, NULL },
  { "WPTA01 3390   2004/03/04  1    3  FB      80  3125  PO-E  USER.PDSE", D, "USER.PDSE", -1,
    "2004-03-04T00:00:00", NULL, NULL, NULL, NULL },
  { "NRP004 3390   **NONE**    1   15  NONE     0     0  NONE USER.NONE", F, "USER.NONE", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "TSO005 3390   2005/06/06 213000 U 0 27998 PO USER.LOAD", D, "USER.LOAD", -1,
    "2005-06-06T00:00:00", NULL, NULL, NULL, NULL },
  { "TSO004 3390   VSAM USER.VSAM", U, "TSO004 3390   VSAM USER.VSAM", -1, NULL, NULL, NULL, NULL,
    NULL },
  { "WYOSPT 3390   2003/05/21  1  200  VB   32756 32760  PS  'SYS1.LOG'", F, "'SYS1.LOG'", -1,
    "2003-05-21T00:00:00", NULL, NULL, NULL, NULL },
  { "Migrated                                                USER.OLD", F, "USER.OLD", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "Pseudo Directory                                        USER.SUB", D, "USER.SUB", -1, NULL,
    NULL, NULL, NULL, NULL },
  { " Name     VV.MM   Created       Changed      Size  Init   Mod   Id", -1, NULL, 0, NULL, NULL,
    NULL, NULL, NULL },
  { " Name      Size     TTR   Alias-of AC--------- Attributes--------- Amode Rmode", -1, NULL, 0,
    NULL, NULL, NULL, NULL, NULL },
  { "MEMBER1   01.01 2004/04/06 2004/04/15 11:43    20    19     0 BOBY12", F, "MEMBER1", -1,
    "2004-04-15T11:43:00", NULL, "BOBY12", NULL, NULL },
  { "$JCL      01.00 2001/06/05 2001/06/05 13:20     1     1     0 OWNER", F, "$JCL", -1,
    "2001-06-05T13:20:00", NULL, "OWNER", NULL, NULL },
  { "MEMBER1   01.01 2004/13/06 2004/13/15 11:43    20    19     x BOBY12", U,
    "MEMBER1   01.01 2004?13?06 2004?13?15 11:43    20    19     x BOBY12", -1, NULL, NULL, NULL,
    NULL, NULL },
  { "MEMBER2   01x01 2004/04/06 2004/04/15 11:43    20    19     0 BOBY12", U,
    "MEMBER2   01x01 2004?04?06 2004?04?15 11:43    20    19     0 BOBY12", -1, NULL, NULL, NULL,
    NULL, NULL },
  /* OS/400 and IBM i */
  { "QSYS            77824 02/23/00 15:09:55 *DIR       home/", D, "home", -1,
    "2000-02-23T15:09:55", NULL, "QSYS", NULL, NULL },
  { "BOBY            61440 14.03.04 14:06:34 *STMF      file.txt", F, "file.txt", 61440,
    "2004-03-14T14:06:34", NULL, "BOBY", NULL, NULL },
  { "BOBY            61440 04/03/24 14:06:34 *STMF      two words", F, "two words", 61440,
    "2024-04-03T14:06:34", NULL, "BOBY", NULL, NULL },
  { "QPGMR                                *MEM       MEMBER.MBR", F, "MEMBER.MBR", -1, NULL, NULL,
    "QPGMR", NULL, NULL },
  { "QTCP           262144 05/01/98 09:00:00 *LIB       QGPL.LIB/", D, "QGPL.LIB", -1,
    "1998-05-01T09:00:00", NULL, "QTCP", NULL, NULL },
  { "QSECOFR         36864 12/31/25 23:59:59 *FILE      DATA.FILE", F, "DATA.FILE", 36864,
    "2025-12-31T23:59:59", NULL, "QSECOFR", NULL, NULL },
  { "QSECOFR         36864 12/31/25 23:59:59 *FILE      DATA.FILE/", D, "DATA.FILE", -1,
    "2025-12-31T23:59:59", NULL, "QSECOFR", NULL, NULL },
  { "QSYS                0 12/31/99 23:59:59 *DDIR      QOpenSys/", D, "QOpenSys", -1,
    "1999-12-31T23:59:59", NULL, "QSYS", NULL, NULL },
  { "QSYS               12 12/31/99 23:59:59 *SYMLNK    bin", L, "bin", 12, "1999-12-31T23:59:59",
    NULL, "QSYS", NULL, NULL },
  { "QPGMR                                *MEM       DATA.FILE/MEMBER.MBR", U,
    "QPGMR                                *MEM       DATA.FILE?MEMBER.MBR", -1, NULL, NULL, NULL,
    NULL, NULL },
  { "BOBY            61440 14.03.04 14:06:34 STMF      file.txt", U,
    "BOBY            61440 14.03.04 14:06:34 STMF      file.txt", -1, NULL, NULL, NULL, NULL,
    NULL },
  /* EPLF: anonftpd, publicfile */
  { "+i8388621.48594,m825718503,r,s280,\tdjb.html", F, "djb.html", 280, "1996-03-01T22:15:03", NULL,
    NULL, NULL, NULL },
  { "+i8388621.50690,m824255907,/,\t514", D, "514", -1, "1996-02-13T23:58:27", NULL, NULL, NULL,
    NULL },
  { "+i8388621.50690,m824255907,/,r,\tboth", D, "both", -1, "1996-02-13T23:58:27", NULL, NULL, NULL,
    NULL },
  { "+up644,m825718503,r,s2,\ta=b;c d", F, "a=b;c d", 2, "1996-03-01T22:15:03", "rw-r--r--", NULL,
    NULL, NULL },
  { "+r,s5368709120,\t big one", F, " big one", 5368709120, NULL, NULL, NULL, NULL, NULL },
  { "+\tnothing known", U, "nothing known", -1, NULL, NULL, NULL, NULL, NULL },
  { "+r,sx,m-1,up9,\tbad facts", F, "bad facts", -1, NULL, NULL, NULL, NULL, NULL },
  { "+i1,m1,r,s1 no tab", U, "+i1,m1,r,s1 no tab", -1, NULL, NULL, NULL, NULL, NULL },
  { "+r,\t..", -1, NULL, 0, NULL, NULL, NULL, NULL, NULL },
  { "+r,\t../x", U, "+r,\t..?x", -1, NULL, NULL, NULL, NULL, NULL },
  /* VxWorks */
  { "    2048    Feb-28-1998  05:23:30   NT       <DIR>", D, "NT", -1, "1998-02-28T05:23:30", NULL,
    NULL, NULL, NULL },
  { "  262144    Jan-01-1970  00:00:00   my file.bin", F, "my file.bin", 262144,
    "1970-01-01T00:00:00", NULL, NULL, NULL, NULL },
  { "     0      Dec-31-2025  23:59:59   EMPTY.TXT", F, "EMPTY.TXT", 0, "2025-12-31T23:59:59", NULL,
    NULL, NULL, NULL },
  { "  262144    Xxx-01-1970  00:00:00   name", U, "  262144    Xxx-01-1970  00:00:00   name", -1,
    NULL, NULL, NULL, NULL, NULL },
  { "  262144    Feb-30-1999  00:00:00   name", U, "  262144    Feb-30-1999  00:00:00   name", -1,
    NULL, NULL, NULL, NULL, NULL },
  /* NetPresenz on Mac OS: the two forks before their sum */
  { "-------r--         326  1391972  1392298 Nov 22  1995 MegaPhone.sit", F, "MegaPhone.sit",
    1392298, "1995-11-22T00:00:00", "------r--", NULL, NULL, NULL },
  { "-------r--           0     4096     4096 Jan  5 09:30 data only", F, "data only", 4096,
    "2026-01-05T09:30:00", "------r--", NULL, NULL, NULL },
  { "drwxrwxr-x               folder        0 Jan 22 14:05 Incoming f", D, "Incoming f", -1,
    "2026-01-22T14:05:00", "rwxrwxr-x", NULL, NULL, NULL },
  /* ProFTPD, Pure-FTPd, vsftpd, wu-ftpd, glFTPd, Serv-U, FileZilla Server, Titan, Cerberus,
   * WS_FTP */
  { "drwxr-xr-x   3 real     ftpgroup     4096 Mar 14 20:00 public_html", D, "public_html", 4096,
    "2026-03-14T20:00:00", "rwxr-xr-x", "real", "ftpgroup", NULL },
  { "-rw-r--r--   1 real     ftpgroup        0 Mar 14  2024 .ftpquota", F, ".ftpquota", 0,
    "2024-03-14T00:00:00", "rw-r--r--", "real", "ftpgroup", NULL },
  { "-rw-r--r--    1 116        65534    1048576 Dec 01 00:00 vsftpd.bin", F, "vsftpd.bin", 1048576,
    "2025-12-01T00:00:00", "rw-r--r--", "116", "65534", NULL },
  { "-rw-r--r--   1 user     group           5 Jan  1  1970 epoch", F, "epoch", 5,
    "1970-01-01T00:00:00", "rw-r--r--", "user", "group", NULL },
  { "-rw-rw-rw-   1 user     group    2147483648 Feb 10 12:34 two gib", F, "two gib", 2147483648,
    "2026-02-10T12:34:00", "rw-rw-rw-", "user", "group", NULL },
  { "drwxrwxrwx   1 ftp      ftp             0 Jan 01 00:00 filezilla server", D,
    "filezilla server", 0, "2026-01-01T00:00:00", "rwxrwxrwx", "ftp", "ftp", NULL },
  { "-r--r--r--   1 ftp      ftp          1234 Apr 30  2019 read only.txt", F, "read only.txt",
    1234, "2019-04-30T00:00:00", "r--r--r--", "ftp", "ftp", NULL },
  { "drwxr-xr-x   2 glftpd   NoGroup      4096 Nov  9  2025 [ 5 of 5 ] complete", D,
    "[ 5 of 5 ] complete", 4096, "2025-11-09T00:00:00", "rwxr-xr-x", "glftpd", "NoGroup", NULL },
  { "-rw-r--r--   1 ftp      Domain Users      77 Jan 12 08:01 cerberus", F, "cerberus", 77,
    "2026-01-12T08:01:00", "rw-r--r--", "ftp", "Domain Users", NULL },
  { "-rwx------   1 bob@example.org users     77 Jan 12 08:01 mail owner", F, "mail owner", 77,
    "2026-01-12T08:01:00", "rwx------", "bob@example.org", "users", NULL },
  { "-rwx------   1 EXAMPLE\\bob   EXAMPLE\\staff     77 Jan 12 08:01 domain", F, "domain", 77,
    "2026-01-12T08:01:00", "rwx------", "EXAMPLE\\bob", "EXAMPLE\\staff", NULL },
  { "lrwxrwxrwx   1 0        0              11 Mar 01 10:00 latest -> releases/42", L, "latest", 11,
    "2026-03-01T10:00:00", "rwxrwxrwx", "0", "0", "releases/42" },
  { "drwx--S---   2 u g 4096 Mar 01 10:00 setgid", D, "setgid", 4096, "2026-03-01T10:00:00",
    "rwx--S---", "u", "g", NULL },
  { "-rw-r--r--   1 u g 12 Oct  9 10:00 q", F, "q", 12, "2025-10-09T10:00:00", "rw-r--r--", "u",
    "g", NULL },
  { "-rw-r--r--   1 u g 12 Mar 15 12:00 now", F, "now", 12, "2026-03-15T12:00:00", "rw-r--r--", "u",
    "g", NULL },
  { "-rw-r--r--   1 u g 12 Mar 15 12:00 %s%n%d", F, "%s%n%d", 12, "2026-03-15T12:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--   1 u g 12 Mar 15 12:00 a;b=c", F, "a;b=c", 12, "2026-03-15T12:00:00", "rw-r--r--",
    "u", "g", NULL },
  { "-rw-r--r--   1 u g 12 Mar 15 12:00 C:\\temp", F, "C:\\temp", 12, "2026-03-15T12:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--   1 u g 12 Mar 15 12:00 \"quoted\"", F, "\"quoted\"", 12, "2026-03-15T12:00:00",
    "rw-r--r--", "u", "g", NULL },
  { "-rw-r--r--   1 1000 1000 12 Mar 15  2026 12", F, "12", 12, "2026-03-15T00:00:00", "rw-r--r--",
    "1000", "1000", NULL },
  /* IIS and Windows again */
  { "01-31-24  12:00AM       <DIR>          midnight", D, "midnight", -1, "2024-01-31T00:00:00",
    NULL, NULL, NULL, NULL },
  { "01-31-24  12:00PM                    0 noon", F, "noon", 0, "2024-01-31T12:00:00", NULL, NULL,
    NULL, NULL },
  { "12-31-69  11:59PM                    1 1969?", F, "1969?", 1, "2069-12-31T23:59:00", NULL,
    NULL, NULL, NULL },
  { "01-01-70  11:59PM                    1 1970", F, "1970", 1, "1970-01-01T23:59:00", NULL, NULL,
    NULL, NULL },
  { "02-29-2024  01:05AM                    1 leap", F, "leap", 1, "2024-02-29T01:05:00", NULL,
    NULL, NULL, NULL },
  { "02-30-2024  01:05AM                    1 never", U,
    "02-30-2024  01:05AM                    1 never", -1, NULL, NULL, NULL, NULL, NULL },
  { "10-19-23  10:16AM       <SYMLINKD>     users [\\?\?\\C:\\Users]", L, "users", -1,
    "2023-10-19T10:16:00", NULL, NULL, NULL, "\\?\?\\C:\\Users" },
  { "2024/01/31  10:16    12 slashes", F, "slashes", 12, "2024-01-31T10:16:00", NULL, NULL, NULL,
    NULL },
  /* MLSD as real daemons send it */
  { "modify=20260101120000;perm=adfr;size=5;type=file;unique=FE01U2;UNIX.group=65534;UNIX."
    "groupname=nogroup;UNIX.mode=0644;UNIX.owner=112;UNIX.ownername=ftp; proftpd",
    F, "proftpd", 5, "2026-01-01T12:00:00", "rw-r--r--", "ftp", "nogroup", NULL },
  { "type=dir;sizd=4096;modify=20260101120000;UNIX.mode=0755;UNIX.uid=1000;UNIX.gid=1000;unique="
    "801g2; pure-ftpd",
    D, "pure-ftpd", -1, "2026-01-01T12:00:00", "rwxr-xr-x", "1000", "1000", NULL },
  { "type=file;size=0;perm=radfwMT;modify=20260101120000;unique=801gab; pyftpdlib", F, "pyftpdlib",
    0, "2026-01-01T12:00:00", NULL, NULL, NULL, NULL },
  { "Type=OS.unix=slink:/a b/c;Size=3; link", L, "link", 3, NULL, NULL, NULL, NULL, "/a b/c" },
  { "type=OS.UNIX=symlink; upper", L, "upper", -1, NULL, NULL, NULL, NULL, NULL },
  { "type=pipe; odd", O, "odd", -1, NULL, NULL, NULL, NULL, NULL },
  { "TYPE=FILE;SIZE=1; SHOUTED", F, "SHOUTED", 1, NULL, NULL, NULL, NULL, NULL },
  { "type=file;media-type=text/html;charset=utf-8;lang=zh;size=1; media", F, "media", 1, NULL, NULL,
    NULL, NULL, NULL },
  /* More that is not understood, and is shown */
  { "-C--E-----FTP B QUA1I1      18128       41 Aug 12 13:56 QUADTEST", U,
    "-C--E-----FTP B QUA1I1      18128       41 Aug 12 13:56 QUADTEST", -1, NULL, NULL, NULL, NULL,
    NULL },
  { "550 Permission denied", U, "550 Permission denied", -1, NULL, NULL, NULL, NULL, NULL },
  { "ls: cannot access 'x': No such file or directory", U,
    "ls: cannot access 'x': No such file or directory", -1, NULL, NULL, NULL, NULL, NULL },
  { "drwxr-xr-x", U, "drwxr-xr-x", -1, NULL, NULL, NULL, NULL, NULL },
  { "+++", U, "+++", -1, NULL, NULL, NULL, NULL, NULL },
  { "<html><body>not a listing</body></html>", U, "<html><body>not a listing<?body><?html>", -1,
    NULL, NULL, NULL, NULL, NULL },
  { "\xe7\x8e\x8b\xe5\xa4\xa7\xe9\xb9\x8f", U, "\xe7\x8e\x8b\xe5\xa4\xa7\xe9\xb9\x8f", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "drwxr-xr-x 2 u g 4096 Mar", U, "drwxr-xr-x 2 u g 4096 Mar", -1, NULL, NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g 12 Xyz 15 12:00 month", U, "-rw-r--r-- 1 u g 12 Xyz 15 12:00 month", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g 12 Mar 32 12:00 day", U, "-rw-r--r-- 1 u g 12 Mar 32 12:00 day", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "-rw-r--r-- 1 u g 12 Mar 15 12:60 minute", U, "-rw-r--r-- 1 u g 12 Mar 15 12:60 minute", -1,
    NULL, NULL, NULL, NULL, NULL },
  { "zrw-r--r-- 1 u g 12 Mar 15 12:00 type", U, "zrw-r--r-- 1 u g 12 Mar 15 12:00 type", -1, NULL,
    NULL, NULL, NULL, NULL },
  { "-rwzr--r-- 1 u g 12 Mar 15 12:00 mode", U, "-rwzr--r-- 1 u g 12 Mar 15 12:00 mode", -1, NULL,
    NULL, NULL, NULL, NULL },
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

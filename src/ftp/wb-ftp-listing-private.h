/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-listing.h"

G_BEGIN_DECLS

/* Lines above this are shown cut, and never understood. */
#define WB_FTP_LINE_MAX 8192

/* The longest name that any file system of ours can take as a path. */
#define WB_FTP_NAME_MAX 4096

/* A piece of a line; not NUL-terminated. */
typedef struct
{
  const char *text;
  gsize       length;
} WbFtpSpan;

/* What a dialect's parser found; spans point into the line, a length of 0 is "not said". */
typedef struct
{
  WbFtpSpan       name;
  WbFtpSpan       target;
  WbFtpSpan       owner;
  WbFtpSpan       group;
  WbFtpEntryType  type;
  gint64          size;
  char            mode[10];       /* "" or nine letters */
  GDateTime      *modified;       /* owned by whoever called the parser */
  gboolean        modified_is_utc;
} WbFtpParsed;

typedef enum
{
  WB_FTP_LINE_FOREIGN,     /* not this dialect */
  WB_FTP_LINE_ENTRY,
  WB_FTP_LINE_NOTHING,     /* understood, and no entry: "total 12", "." */
} WbFtpLineResult;

/* The calendar of @now, taken apart once. */
typedef struct
{
  int year;
  int month;
  int day;
  int minute_of_day;
} WbFtpMoment;

typedef WbFtpLineResult (*WbFtpLineParser) (WbFtpSpan           line,
                                            const WbFtpMoment  *now,
                                            WbFtpParsed        *parsed);

WbFtpLineResult wb_ftp_listing_unix      (WbFtpSpan           line,
                                          const WbFtpMoment  *now,
                                          WbFtpParsed        *parsed);
WbFtpLineResult wb_ftp_listing_dos       (WbFtpSpan           line,
                                          const WbFtpMoment  *now,
                                          WbFtpParsed        *parsed);
WbFtpLineResult wb_ftp_listing_mlsd      (WbFtpSpan           line,
                                          const WbFtpMoment  *now,
                                          WbFtpParsed        *parsed);
WbFtpLineResult wb_ftp_listing_eplf      (WbFtpSpan           line,
                                          const WbFtpMoment  *now,
                                          WbFtpParsed        *parsed);
WbFtpLineResult wb_ftp_listing_vms       (WbFtpSpan           line,
                                          const WbFtpMoment  *now,
                                          WbFtpParsed        *parsed);
WbFtpLineResult wb_ftp_listing_mvs       (WbFtpSpan           line,
                                          const WbFtpMoment  *now,
                                          WbFtpParsed        *parsed);
WbFtpLineResult wb_ftp_listing_os400     (WbFtpSpan           line,
                                          const WbFtpMoment  *now,
                                          WbFtpParsed        *parsed);
WbFtpLineResult wb_ftp_listing_vxworks   (WbFtpSpan           line,
                                          const WbFtpMoment  *now,
                                          WbFtpParsed        *parsed);

gboolean        wb_ftp_listing_vms_is_wrapped (WbFtpSpan      line);
gboolean        wb_ftp_listing_vms_goes_on    (WbFtpSpan      line);

gboolean        wb_ftp_span_equal        (WbFtpSpan           span,
                                          const char         *text);
gboolean        wb_ftp_span_to_number    (WbFtpSpan           span,
                                          gint64             *number);
gboolean        wb_ftp_span_to_date      (WbFtpSpan           span,
                                          int                *year,
                                          int                *month,
                                          int                *day);
GDateTime      *wb_ftp_span_to_moment    (WbFtpSpan           span);
gboolean        wb_ftp_span_next_token   (WbFtpSpan          *rest,
                                          WbFtpSpan          *token);
gboolean        wb_ftp_span_to_time      (WbFtpSpan           span,
                                          int                *hour,
                                          int                *minute,
                                          double             *seconds,
                                          gboolean           *has_seconds);

G_END_DECLS

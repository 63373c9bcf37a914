/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-client.h"
#include "wb-ftp-small.h"

G_BEGIN_DECLS

typedef enum
{
  WB_FTP_STATE_NEW,
  WB_FTP_STATE_CONNECTED,
  WB_FTP_STATE_LOGGED_IN,
  WB_FTP_STATE_INTERRUPTED, /* a transfer was stopped, and the reply to that is still to come */
  WB_FTP_STATE_ENDED,
} WbFtpState;

/* What is being done, for messages and for what a reply code means there. */
typedef enum
{
  WB_FTP_STEP_ANY,
  WB_FTP_STEP_CONNECT,
  WB_FTP_STEP_TLS,
  WB_FTP_STEP_LOGIN,
  WB_FTP_STEP_DIRECTORY,
  WB_FTP_STEP_LIST,
  WB_FTP_STEP_SIZE,
  WB_FTP_STEP_DOWNLOAD,
  WB_FTP_STEP_UPLOAD,
  WB_FTP_STEP_MAKE_DIRECTORY,
  WB_FTP_STEP_REMOVE_FILE,
  WB_FTP_STEP_REMOVE_DIRECTORY,
  WB_FTP_STEP_RENAME,
  WB_FTP_STEP_TIME,
  WB_FTP_STEP_MODE,
  WB_FTP_STEP_LINK,
  WB_FTP_STEP_HASH,
  WB_FTP_STEP_SPACE,
  WB_FTP_STEP_QUIT,
} WbFtpStep;

/* Learnt as the session goes on. */
typedef enum
{
  WB_FTP_MAYBE,
  WB_FTP_YES,
  WB_FTP_NO,
} WbFtpAnswer;

struct _WbFtpClient
{
  GObject parent_instance;

  /* Borrowed from the caller, kept alive */
  WbWire       *wire;
  WbTrust      *trust;

  /* Owned */
  WbConnection *control;
  WbUrl        *url;
  char         *user;
  char         *password;
  char         *greeting;
  WbFtpState    state;

  /* Settings */
  guint         timeout;
  char         *charset;          /* of names that are not UTF-8, or NULL */
  int           time_offset;      /* minutes that the clock in listings is ahead of UTC */
  gboolean      has_time_offset;
  gboolean      active;
  WbFtpListWay  list_way;
  char         *proxy;            /* a URI, or NULL */

  /* What the server can do */
  GHashTable   *features;         /* upper-case names of FEAT → what stands behind them */
  gboolean      has_mlsd;
  gboolean      protect_data;     /* PROT P was agreed on */
  gboolean      moved;            /* a folder was changed to, so relative paths depend on it */
  gboolean      type_is_odd;      /* TYPE may not be I: a command was typed, or text moved */
  gboolean      text;             /* the next transfer is to be one of text */
  WbFtpAnswer   epsv;
  WbFtpAnswer   eprt;
  gint64        piece;            /* how many bytes the next RETR is to send, or 0 for all */
  WbFtpAnswer   rest;             /* RETR and STOR can begin in the middle */
  WbFtpAnswer   list_all;         /* LIST -a */
  WbFtpAnswer   size;
  WbFtpAnswer   modified;         /* MDTM */
  WbFtpAnswer   rename;
  WbFtpAnswer   telnet;           /* a byte 0xFF in a name has to be doubled */
  gboolean      telnet_asked;     /* so WB_FTP_MAYBE is all that can be found out */
  WbFtpAnswer   pipelining;       /* several commands may be sent at once */
  WbFtpAnswer   port_ahead;       /* also while a transfer is under way */
  guint16       next_port;        /* the server listens there for the next one already; or 0 */
  char         *left_part;        /* of an upload that was stopped, to be taken away; or NULL */
  gboolean      one_by_one;       /* small files had better be sent one after the other */

  /* When, in monotonic µs */
  gint64        last_said;        /* the last reply came */
  gint64        last_used;        /* the same, without those that only kept the session alive */
};

/* RFC 959 §4.2: the text of a reply of several lines is joined by LF. */
typedef struct
{
  int   code;
  char *text;
} WbFtpReply;

void     wb_ftp_reply_clear          (WbFtpReply    *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbFtpReply, wb_ftp_reply_clear)

/* wb-ftp-list.c */
typedef void (*WbFtpEntryFunc) (WbFtpEntry *entry, gpointer data);

gboolean wb_ftp_client_list_each     (WbFtpClient   *self,
                                      const char    *path,
                                      WbFtpEntryFunc func,
                                      gpointer       data,
                                      WbProgress    *progress,
                                      GCancellable  *cancellable,
                                      GError       **error);

/* wb-ftp-reply.c */
gboolean wb_ftp_client_prepare_name  (WbFtpClient   *self,
                                      const char    *name,
                                      GCancellable  *cancellable,
                                      GError       **error);
char    *wb_ftp_client_make_line     (WbFtpClient   *self,
                                      const char    *verb,
                                      const char    *argument,
                                      GError       **error);
gboolean wb_ftp_client_read_reply    (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      WbFtpReply    *reply,
                                      GCancellable  *cancellable,
                                      GError       **error);
gboolean wb_ftp_client_talk          (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      const char    *verb,
                                      const char    *argument,
                                      WbFtpReply    *reply,
                                      GCancellable  *cancellable,
                                      GError       **error);
gboolean wb_ftp_client_expect        (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      const char    *verb,
                                      const char    *argument,
                                      GCancellable  *cancellable,
                                      GError       **error);
gboolean wb_ftp_client_come_back     (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      const char    *back,
                                      gboolean       ok,
                                      GCancellable  *cancellable,
                                      GError       **error);
gboolean wb_ftp_client_refuse        (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      const WbFtpReply *reply,
                                      GError       **error);
WbFtpError wb_ftp_reply_get_error    (const WbFtpReply *reply,
                                      WbFtpStep      step,
                                      const char   **words);
gboolean wb_ftp_client_prefix        (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      GError       **error);
gboolean wb_ftp_reply_is_good        (const WbFtpReply *reply);
gboolean wb_ftp_reply_is_unknown_command (const WbFtpReply *reply);

/* wb-ftp-client.c */
gboolean wb_ftp_client_is_ready      (WbFtpClient   *self,
                                      GError       **error);
gboolean wb_ftp_client_check_path    (const char    *path,
                                      GError       **error);
void     wb_ftp_client_set_state     (WbFtpClient   *self,
                                      WbFtpState     state);
void     wb_ftp_client_break         (WbFtpClient   *self);
WbFtpClient *wb_ftp_client_again     (WbFtpClient   *self,
                                      GCancellable  *cancellable,
                                      GError       **error);
gint64   wb_ftp_client_try_size      (WbFtpClient   *self,
                                      const char    *path,
                                      GCancellable  *cancellable,
                                      GError       **error);

gint64   wb_ftp_client_read_size     (WbFtpClient   *self,
                                      const WbFtpReply *reply);
void     wb_ftp_client_learn         (WbFtpClient   *self,
                                      WbFtpClient   *before);

/* wb-ftp-commands.c */
gboolean wb_ftp_client_end_question  (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      const char    *path,
                                      GCancellable  *cancellable,
                                      GError       **error);

/* wb-ftp-active.c */
GSocket *wb_ftp_active_listen        (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      GCancellable  *cancellable,
                                      GError       **error);
GSocketConnection *wb_ftp_active_accept (WbFtpClient   *self,
                                         WbFtpStep      step,
                                         GSocket       *listener,
                                         GCancellable  *cancellable,
                                         GError       **error);

/* wb-ftp-attributes.c */
gboolean wb_ftp_client_try_time      (WbFtpClient   *self,
                                      const char    *path,
                                      GDateTime    **time,
                                      GCancellable  *cancellable,
                                      GError       **error);

/* wb-ftp-features.c */
gboolean wb_ftp_client_ask_features  (WbFtpClient   *self,
                                      GCancellable  *cancellable,
                                      GError       **error);
const char *wb_ftp_client_get_feature (WbFtpClient  *self,
                                       const char   *name);

/* wb-ftp-hash.c */
char    *wb_ftp_hash_file            (GFile         *file,
                                      const char    *algorithm,
                                      GCancellable  *cancellable,
                                      GError       **error);
gboolean wb_ftp_client_verify        (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      const char    *path,
                                      int            fd,
                                      GCancellable  *cancellable,
                                      GError       **error);

/* wb-ftp-data.c */
gboolean wb_ftp_data_choose_type     (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      gboolean       text,
                                      GCancellable  *cancellable,
                                      GError       **error);
guint16  wb_ftp_data_read_port       (const WbFtpReply *reply);
WbConnection *wb_ftp_data_connect    (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      const char    *verb,
                                      const char    *argument,
                                      GCancellable  *cancellable,
                                      GError       **error);
WbConnection *wb_ftp_data_begin      (WbFtpClient   *self,
                                      WbFtpStep      step,
                                      const char    *verb,
                                      const char    *argument,
                                      gint64         offset,
                                      WbFtpReply    *refusal,
                                      GCancellable  *cancellable,
                                      GError       **error);

/* wb-ftp-range.c */
gboolean wb_ftp_client_abort_transfer (WbFtpClient   *self,
                                       WbConnection  *data,
                                       GCancellable  *cancellable,
                                       GError       **error);
void     wb_ftp_client_give_up        (WbFtpClient   *self,
                                       WbConnection  *data,
                                       const char    *part,
                                       GCancellable  *cancellable);

/* wb-ftp-retrieve.c */
char    *wb_ftp_client_get_address    (WbFtpClient   *self);

/* wb-ftp-pump.c */
gboolean wb_ftp_pump_down            (WbConnection  *data,
                                      int            fd,
                                      gboolean       text,
                                      guint          timeout,
                                      WbProgress    *progress,
                                      gint64        *count,
                                      GCancellable  *cancellable,
                                      GError       **error);
gboolean wb_ftp_pump_up              (WbConnection  *data,
                                      int            fd,
                                      gint64         length,
                                      gboolean       text,
                                      guint          timeout,
                                      WbProgress    *progress,
                                      gint64        *count,
                                      GCancellable  *cancellable,
                                      GError       **error);

G_END_DECLS

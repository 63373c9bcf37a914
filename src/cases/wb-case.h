/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-lab.h"
#include "wb-trust.h"

G_BEGIN_DECLS

#define WB_CASE_COUNT 12

/**
 * WbCaseStep:
 * @title: what is done, translated
 * @python: the lines of wb_case_get_python() that do it, first and last, from 1;
 *   0 where it has none
 * @c: the same of wb_case_get_c()
 */
typedef struct
{
  const char *title;
  guint       python[2];
  guint       c[2];
} WbCaseStep;

/**
 * WbCaseOptions:
 * @lab: the servers to run against; those that the case needs are started
 * @against: (nullable): a URL or HOST:PORT of a real server instead of the lab's; a
 *   mail goes to the address in its path, or else to its user
 * @password: (nullable): goes before the one in @against
 * @text: (nullable): what to say, instead of the case's own words
 * @charset: (nullable): "UTF-8" if %NULL
 * @port: the port for a case that is a server; 0 takes a free one
 * @timeout: seconds that each step may wait for the other side; 0 is 30
 * @wire: (nullable): where to log
 * @endless: case 03: go on until cancelled; else it stops by itself when the client
 *   that belongs to it has had its answers
 */
typedef struct
{
  WbLab      *lab;
  WbTrust    *trust;
  WbWire     *wire;
  const char *against;
  const char *password;
  const char *text;
  const char *charset;
  guint16     port;
  guint       timeout;
  gboolean    endless;
} WbCaseOptions;

typedef enum
{
  WB_CASE_STEP_BEGUN,
  WB_CASE_STEP_DONE,
  WB_CASE_STEP_FAILED,
} WbCaseStepState;

/**
 * WbCaseStepFunc:
 * @step: from 0
 * @detail: (nullable): what was seen, translated
 *
 * Told from the thread that runs the case, in the order of events.
 */
typedef void (*WbCaseStepFunc) (guint            step,
                                WbCaseStepState  state,
                                const char      *detail,
                                gpointer         user_data);

const char       *wb_case_get_title   (guint                 number);
const char       *wb_case_get_summary (guint                 number);
const WbCaseStep *wb_case_get_steps   (guint                 number,
                                       guint                *n_steps);
const char       *wb_case_get_python  (guint                 number);
const char       *wb_case_get_c       (guint                 number);
gboolean          wb_case_run         (guint                 number,
                                       const WbCaseOptions  *options,
                                       WbCaseStepFunc        func,
                                       gpointer              user_data,
                                       GCancellable         *cancellable,
                                       GError              **error);

G_END_DECLS

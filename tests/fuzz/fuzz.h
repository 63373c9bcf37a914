/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stddef.h>
#include <stdint.h>

/* The one function of a fuzzer, under the name that libFuzzer calls. */
int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

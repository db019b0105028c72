/* SPDX-License-Identifier: MIT
 *
 * For the tests of the interface in use. */
#ifndef USE_FIXTURE_H
#define USE_FIXTURE_H

#include "any.h"

enum { CLASSES = 3 };

/* The idiom for errors: one line, right in any order of evaluation. */
void need(bp_status status);

/* A net for CLASSES classes. */
bp_net *class_net(int32_t dtype, size_t inputs);

#endif

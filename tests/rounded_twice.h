/* SPDX-License-Identifier: MIT
 *
 * Where C computes with more bits than its types have, as on 32-bit x86 without SSE, numbers are rounded twice, and
 * results are not the bits of other machines: see docs/numerics.md. To be included after cmocka.h. */
#ifndef TESTS_ROUNDED_TWICE_H
#define TESTS_ROUNDED_TWICE_H

#include <float.h>

enum { ROUNDED_TWICE = FLT_EVAL_METHOD > 1 };

/* For a test that compares with the bits of other machines. */
#define SKIP_IF_ROUNDED_TWICE()                                                                                        \
    if (ROUNDED_TWICE) {                                                                                               \
        print_message("skipped: numbers are rounded twice here\n");                                                    \
        skip();                                                                                                        \
    }

#endif

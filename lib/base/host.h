/* SPDX-License-Identifier: MIT
 *
 * What a call that reads or writes files puts aside, and puts back when it returns: errno, which is not the library's
 * to change, and the floating-point mode, so that text and numbers are the same bits in every mode of the host. */
#ifndef BP_BASE_HOST_H
#define BP_BASE_HOST_H

#include "base/float_mode.h"

struct bp_host {
    int number; /* errno */
    struct bp_float_mode mode;
};

/* The default mode from here to bp_host_leave(). */
struct bp_host bp_host_enter(void);
void bp_host_leave(const struct bp_host *host);

#endif

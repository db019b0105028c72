/* SPDX-License-Identifier: MIT */
#include "base/host.h"

#include <errno.h>

struct bp_host bp_host_enter(void) { return (struct bp_host){errno, bp_float_mode_default()}; }

void bp_host_leave(const struct bp_host *host)
{
    bp_float_mode_set(&host->mode);
    errno = host->number;
}

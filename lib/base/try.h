/* SPDX-License-Identifier: MIT */
#ifndef BP_BASE_TRY_H
#define BP_BASE_TRY_H

#include <bp/bp.h>

/* Returns from the function when a check fails: the one way that errors leave the library. */
#define BP_TRY(check)                                                                                                  \
    do {                                                                                                               \
        const bp_status bp_try_status = (check);                                                                       \
        if (bp_try_status != BP_OK)                                                                                    \
            return bp_try_status;                                                                                      \
    } while (0)

#endif

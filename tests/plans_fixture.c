/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "plans_fixture.h"

#include <errno.h>

bp_status watched(bp_status (*run)(void *context), void *context, struct plan wanted)
{
    plan = wanted;
    errno = 4711;
    plan.counts = true;
    const bp_status status = run(context);
    plan.counts = false;
    assert_int_equal(errno, 4711);
    return status;
}

static const int errors[] = {EIO, ENOSPC, EACCES, EINTR, EMFILE, EINVAL, ONE_BYTE, NOTHING};

size_t try_plans(bool (*check)(void *context, struct plan wanted), void *context)
{
    size_t tried = 0;
    for (size_t i = 0; i < 2 * sizeof(errors) / sizeof(errors[0]); i++)
        for (enum call call = 0; call < CALLS; call++) {
            struct plan wanted = {.fails = call, .by = errors[i / 2], .from_then_on = i % 2};
            if (wanted.by < 0 && call != READ && call != WRITE)
                continue;
            if (wanted.by == EINTR && wanted.from_then_on && (call == READ || call == WRITE || call == FSYNC))
                continue; /* these are called again until they are not interrupted */
            for (wanted.at = 1; check(context, wanted); wanted.at++)
                tried += plan.failed;
        }
    return tried;
}

bool is_borne(struct plan wanted)
{
    const bool moves = wanted.fails == READ || wanted.fails == WRITE;
    if (wanted.fails == CLOSE || wanted.fails == FLOCK || wanted.fails == LINKAT || wanted.fails == UNLINK)
        return true;
    if (wanted.by == EINTR && wanted.fails == OPENAT)
        return !wanted.from_then_on; /* under another name */
    if (wanted.by == EINTR)
        return moves || wanted.fails == FSYNC;
    return moves && wanted.by == ONE_BYTE;
}

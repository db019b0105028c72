/* SPDX-License-Identifier: MIT
 *
 * A save or a load under many plans: each of its system calls fails in turn, in each way. For programs that are
 * linked with failing_calls.c. */
#ifndef PLANS_FIXTURE_H
#define PLANS_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "failing_calls.h"
#include "saves_fixture.h"

/** Runs it under this plan. The errno of the host must stay what it was. */
bp_status watched(bp_status (*run)(void *context), void *context, struct plan wanted);

/**
 * Tries every plan: each error of each call, at its n-th time, once and from then on. `check` runs what is tested under
 * the plan, checks the result, and returns whether the call was made n times. Returns how many calls have failed.
 */
size_t try_plans(bool (*check)(void *context, struct plan wanted), void *context);

/**
 * Whether a save or a load must succeed although this call fails. What close() returns does not matter. An interrupted
 * read, write or sync is repeated; an interrupted openat() is tried with another name. After a call that did a part of
 * its work, the rest is done. A save works without a lock, and where a file cannot be given its name later. A file that
 * a save cannot remove is no failure.
 */
bool is_borne(struct plan wanted);

#endif

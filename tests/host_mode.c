/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* feenableexcept */
#include "host_mode.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/base.h> /* not bp.h, which in the tests' include path is the one with the wrappers */

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

enum kind { UNKNOWN, NONE, TRAPS, UPWARD, DOWNWARD, TOWARD_ZERO, FLUSH };

static _Atomic int wish, masked;
static _Thread_local unsigned failures;

static enum kind find_wish(void)
{
    static const char *const names[] = {[TRAPS] = "traps",
                                        [UPWARD] = "upward",
                                        [DOWNWARD] = "downward",
                                        [TOWARD_ZERO] = "toward_zero",
                                        [FLUSH] = "flush"};
    const char *name = getenv("BP_TEST_HOST");
    if (!name || !*name)
        return NONE;
    for (size_t i = TRAPS; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return (enum kind)i;
    fprintf(stderr, "BP_TEST_HOST is %s, which is no mode of tests/host_mode.h\n", name);
    exit(2);
}

static enum kind mode(void)
{
    if (atomic_load(&wish) == UNKNOWN)
        atomic_store(&wish, find_wish());
    const enum kind kind = (enum kind)atomic_load(&wish);
    return kind == TRAPS && atomic_load(&masked) > 0 ? NONE : kind;
}

static void unmask(void)
{
    feclearexcept(FE_ALL_EXCEPT);
#if defined(__GLIBC__)
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
#elif defined(__SSE2__)
    _mm_setcsr(_mm_getcsr() & ~(unsigned)(_MM_MASK_DIV_ZERO | _MM_MASK_INVALID | _MM_MASK_OVERFLOW));
#else
    fputs("this C library cannot unmask exceptions\n", stderr);
    exit(77);
#endif
}

static void flush(void)
{
#if defined(__SSE2__)
    _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined(__aarch64__)
    unsigned long word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    __asm__ volatile("msr fpcr, %0" : : "r"(word | 1UL << 24));
#else
    fputs("subnormal numbers cannot be flushed here\n", stderr);
    exit(77);
#endif
}

static void change(enum kind kind)
{
    switch (kind) {
    case TRAPS:
        unmask();
        break;
    case UPWARD:
        fesetround(FE_UPWARD);
        break;
    case DOWNWARD:
        fesetround(FE_DOWNWARD);
        break;
    case TOWARD_ZERO:
        fesetround(FE_TOWARDZERO);
        break;
    case FLUSH:
        flush();
        break;
    default:
        break;
    }
}

struct host_mode host_enter(void)
{
    struct host_mode before = {.failures = failures};
    const enum kind kind = mode();
    strcpy(before.said, bp_last_error());
    if (kind == NONE)
        return before;
    before.changed = true;
    fegetenv(&before.before);
    change(kind);
    return before;
}

void host_leave(struct host_mode before)
{
    if (before.changed)
        fesetenv(&before.before);
}

void host_judge(const struct host_mode *before, const char *function, int32_t status)
{
    const char *sentence = bp_last_error();
    const size_t size = strlen(function);
    const bool named = strncmp(sentence, function, size) == 0 && strncmp(sentence + size, ": ", 2) == 0;
    if (status < 0 ? named || strcmp(sentence, bp_status_string(status)) == 0
                   : failures != before->failures || strcmp(sentence, before->said) == 0) {
        failures += status < 0;
        return;
    }
    fprintf(stderr, "%s returned %d, and bp_last_error() is \"%s\"; before the call it was \"%s\"\n", function,
            (int)status, sentence, before->said);
    abort();
}

bool host_is_foreign(void) { return mode() != NONE; }

void host_mask(bool where) { atomic_fetch_add(&masked, where ? 1 : 0); }
void host_unmask(bool where) { atomic_fetch_sub(&masked, where ? 1 : 0); }

int host_masked(void **state)
{
    (void)state;
    host_mask(true);
    return 0;
}

int host_again(void **state)
{
    (void)state;
    host_unmask(true);
    return 0;
}

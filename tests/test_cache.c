/* SPDX-License-Identifier: MIT
 *
 * The size of the cache that blocks are made for, and what BP_CACHE makes of it, which the library reads once:
 * tests/meson.build runs this once for each text. The arguments are the bounds of the size,
 * and a size that it may not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#ifndef _WIN32
#include <unistd.h>
#endif

#include <cmocka.h>

#include "base/cache.h"

static size_t least = BP_CACHE_LEAST, most = BP_CACHE_MOST, other;

static void the_size_is_what_the_text_says_within_the_bounds(void **state)
{
    (void)state;
    const size_t size = bp_cache_size();
    assert_in_range(size, least, most);
    assert_int_not_equal(size, other);
    assert_int_equal(bp_cache_size(), size);
}

/* As the C library says it, if it does. */
static void without_a_text_the_size_is_that_of_the_processor(void **state)
{
    (void)state;
#if defined(__x86_64__) && defined(_SC_LEVEL2_CACHE_SIZE)
    const long size = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (!getenv("BP_CACHE") && size > 0) {
        assert_int_equal(bp_cache_size(), size < BP_CACHE_LEAST  ? BP_CACHE_LEAST
                                          : size > BP_CACHE_MOST ? BP_CACHE_MOST
                                                                 : size);
        return;
    }
#endif
    print_message("skipped: BP_CACHE is set, or the C library does not say the size\n");
    skip();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_size_is_what_the_text_says_within_the_bounds),
        cmocka_unit_test(without_a_text_the_size_is_that_of_the_processor),
    };
    if (argc > 2) {
        least = strtoul(argv[1], NULL, 10);
        most = strtoul(argv[2], NULL, 10);
    }
    other = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

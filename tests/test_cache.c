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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_size_is_what_the_text_says_within_the_bounds)};
    if (argc > 2) {
        least = strtoul(argv[1], NULL, 10);
        most = strtoul(argv[2], NULL, 10);
    }
    other = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

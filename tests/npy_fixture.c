/* SPDX-License-Identifier: MIT */
#include "npy_fixture.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

struct array array_of(const char *header, const void *numbers, size_t size)
{
    static const unsigned char magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    const size_t length = strlen(header);
    struct array array = {.size = sizeof(magic) + 2 + length + size};
    assert_true(array.size <= ARRAY_CAPACITY);
    memcpy(array.bytes, magic, sizeof(magic));
    array.bytes[8] = (unsigned char)(length & 255);
    array.bytes[9] = (unsigned char)(length >> 8);
    memcpy(array.bytes + 10, header, length);
    memcpy(array.bytes + 10 + length, numbers, size);
    return array;
}

struct array known_bytes(const char *name)
{
    const struct vector *file = vectors_need(name, "file");
    struct array array = {.size = (size_t)vectors_need(name, "size")->values[0]};
    assert_true(array.size <= 8 * file->count && 8 * file->count <= ARRAY_CAPACITY);
    for (size_t i = 0; i < array.size; i++) {
        uint64_t word;
        memcpy(&word, &file->values[i / 8], sizeof(word));
        array.bytes[i] = (unsigned char)(word >> (56 - 8 * (i % 8)));
    }
    return array;
}

const char *known_file(int number, const char *name)
{
    const struct array array = known_bytes(name);
    return file_of(number, array.bytes, array.size);
}

static bool same(double a, double b) { return (isnan(a) && isnan(b)) || (a == b && !signbit(a) == !signbit(b)); }

void known_is_read(const bp_data *data, const char *name)
{
    const struct vector *shape = vectors_need(name, "shape"), *inputs = vectors_need(name, "inputs");
    const size_t rows = (size_t)shape->values[0], columns = (size_t)shape->values[1];
    assert_int_equal(bp_data_rows(data), rows);
    assert_int_equal(bp_data_inputs(data), columns);
    assert_int_equal(inputs->count, rows * columns);
    double *x = calloc(inputs->count, sizeof(*x));
    assert_non_null(x);
    assert_int_equal(bp_data_copy_inputs(data, 0, rows, BP_F64, x), BP_OK);
    for (size_t i = 0; i < inputs->count; i++)
        if (!same(x[i], inputs->values[i]))
            fail_msg("%s: number %zu is %.17g, NumPy says %.17g", name, i, x[i], inputs->values[i]);
    free(x);
}

/* One reading with its n-th allocation failing. Returns whether any failed. */
static bool fails_cleanly(bp_status (*open)(bp_data *data), size_t n, bool from_then_on, size_t rows, size_t inputs)
{
    struct set set;
    set_begin(&set);
    assert_int_equal(open(set.data), BP_OK);
    const size_t live = set.failing.live;
    set.failing.calls = 0;
    set.failing.fail_at = n;
    set.failing.from_then_on = from_then_on;
    errno = SENTINEL;
    const bp_status status = bp_data_next(set.data, 0);
    const bool failed = set.failing.failures > 0;
    set.failing.fail_at = 0;
    assert_int_equal(errno, SENTINEL);
    assert_int_equal(status, failed ? BP_ERR_MEMORY : BP_OK);
    if (failed) {
        assert_int_equal(set.failing.live, live);
        assert_non_null(strstr(bp_last_error(), "no memory"));
        set_is_unchanged(&set);
        assert_int_equal(bp_data_next(set.data, 0), BP_OK);
    }
    assert_int_equal(bp_data_rows(set.data), rows);
    assert_int_equal(bp_data_inputs(set.data), inputs);
    set_end(&set);
    return failed;
}

void allocations_may_fail(bp_status (*open)(bp_data *data), size_t rows, size_t inputs)
{
    for (int from_then_on = 0; from_then_on < 2; from_then_on++) {
        size_t n = 1;
        while (fails_cleanly(open, n, from_then_on, rows, inputs))
            n++;
        assert_in_range(n, 8, 100); /* at less, some buffer never grew */
    }
}

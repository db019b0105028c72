/* SPDX-License-Identifier: MIT */
#include "shown_fixture.h"

#include <string.h>

struct failing failing;

int shown_begin(void **state)
{
    (void)state;
    failing = (struct failing){0};
    return 0;
}

int shown_end(void **state)
{
    (void)state;
    return failing.live != 0 || failing.wrong != 0;
}

int32_t class_of(size_t row) { return row * 5 % 6 == 0 ? 0 : row * 5 % 6 < 3 ? 1 : 2; }

bp_data *make(size_t rows, bool labelled)
{
    const bp_allocator allocator = failing_allocator(&failing);
    float x[MOST];
    int32_t labels[MOST];
    bp_data *data = NULL;
    assert_true(rows <= MOST);
    for (size_t i = 0; i < rows; i++) {
        x[i] = (float)i;
        labels[i] = class_of(i);
    }
    assert_int_equal(bp_data_create(&data, &allocator), BP_OK);
    assert_int_equal(bp_data_set_inputs(data, BP_F32, x, rows, 1, 0, BP_HOLD_COPY), BP_OK);
    if (labelled)
        assert_int_equal(bp_data_set_labels(data, BP_I32, labels, CLASSES, BP_HOLD_COPY), BP_OK);
    return data;
}

struct shown shown_by(const bp_data *data)
{
    struct shown s = {.count = bp_data_rows(data)};
    for (size_t i = 0; i < s.count; i++) {
        float x;
        assert_int_equal(bp_data_copy_inputs(data, i, 1, BP_F32, &x), BP_OK);
        s.row[i] = (size_t)x;
        s.of_class[class_of(s.row[i])]++;
    }
    return s;
}

bool same_rows(const struct shown *a, const struct shown *b)
{
    return a->count == b->count && memcmp(a->row, b->row, a->count * sizeof(a->row[0])) == 0;
}

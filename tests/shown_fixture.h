/* SPDX-License-Identifier: MIT
 *
 * For the tests of splits, folds and views: data sets whose inputs are the numbers of their rows, and the rows that a
 * data set shows. */
#ifndef SHOWN_FIXTURE_H
#define SHOWN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#include <cmocka.h>

#include <bp/bp.h>

#include "failing_allocator.h"

enum { MOST = 120, CLASSES = 3 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The allocator of all data sets of a test. The test fails if memory is left at its end. */
extern struct failing failing;

#define TEST(test) cmocka_unit_test_setup_teardown(test, shown_begin, shown_end)
int shown_begin(void **state);
int shown_end(void **state);

/* The class of a row. The classes differ in size, and their rows are mixed: of 12 rows, 2, 4 and 6. */
int32_t class_of(size_t row);

/* A data set of up to MOST rows; the input of each is its number. */
bp_data *make(size_t rows, bool labelled);

/* The rows that a data set shows, by their numbers in what make() gave. */
struct shown {
    size_t count, row[MOST], of_class[CLASSES];
};

struct shown shown_by(const bp_data *data);
bool same_rows(const struct shown *a, const struct shown *b);

#endif

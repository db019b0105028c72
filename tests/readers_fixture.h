/* SPDX-License-Identifier: MIT
 *
 * For test_readers: a file of the test, gzip without zlib, and a data set that must stay as it was. */
#ifndef READERS_FIXTURE_H
#define READERS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bp/bp.h>

#include "failing_allocator.h"

enum { SENTINEL = 4711 }; /* an errno that nobody sets */

/* The path of file number 0 or 1 of this process, which now holds these bytes. Both are removed at the end. */
const char *file_of(int number, const void *bytes, size_t size);
const char *path_of(int number); /* as it is since then */
const char *text_file(const char *text);

/* Packs as gzip with stored blocks, without zlib. `to` has space for size + 64 bytes. Returns the size. */
size_t gzip_stored(const void *bytes, size_t size, unsigned char *to);

/* The path of a file below the root of the sources, such as "../shared/data/mnist". The test is skipped if there is
 * no such file. */
const char *source_file(const char *below);

/* A data set on an allocator that counts. It holds one row, the inputs 7 and 8, until it reads. */
struct set {
    bp_data *data;
    struct failing failing;
};
void set_begin(struct set *set);
void set_end(struct set *set); /* nothing may be left */
void set_is_unchanged(const struct set *set);

/* After a failed call: checks its status and errno, that the data set is unchanged, and that the sentence is
 * "FUNCTION: PATH" and `rest`. */
void set_refuses(const struct set *set, bp_status expected, bp_status status, const char *function, const char *path,
                 const char *rest);

/* A set that has read this text. The test fails if it cannot. */
void read_text(struct set *set, const char *text, const char *targets);
void set_reads(struct set *set, const char *path, const char *targets);

/* The numbers of a row, and the whole of a column. */
double input_at(const bp_data *data, size_t row, size_t input);
double target_at(const bp_data *data, size_t row, size_t output);
int32_t label_at(const bp_data *data, size_t row);

/* The next number of Knuth's MMIX. */
uint64_t draw(uint64_t *state);

/* readers_numbers.c, readers_csv.c, readers_csv_errors.c, readers_csv_texts.c, readers_idx.c, readers_libsvm.c and
 * readers_limits.c */
extern const struct CMUnitTest number_tests[], csv_tests[], csv_error_tests[], csv_text_tests[], idx_tests[],
    libsvm_tests[], limit_tests[];
extern const size_t number_test_count, csv_test_count, csv_error_test_count, csv_text_test_count, idx_test_count,
    libsvm_test_count, limit_test_count;

#endif

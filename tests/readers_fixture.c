/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "readers_fixture.h"
#include "read_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- files */

static char paths[2][64];

static void remove_files(void)
{
    for (int i = 0; i < 2; i++)
        if (paths[i][0])
            (void)unlink(paths[i]);
}

static void make_path(int number)
{
    snprintf(paths[number], sizeof(paths[number]), "/tmp/bp-readers-XXXXXX");
    const int file = mkstemp(paths[number]);
    assert_true(file >= 0);
    close(file);
}

const char *file_of(int number, const void *bytes, size_t size)
{
    if (!paths[0][0] && !paths[1][0])
        atexit(remove_files);
    if (!paths[number][0])
        make_path(number);
    FILE *file = fopen(paths[number], "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return paths[number];
}

const char *path_of(int number) { return paths[number]; }

const char *text_file(const char *text) { return file_of(0, text, strlen(text)); }

static uint32_t crc32_of(const unsigned char *bytes, size_t size)
{
    uint32_t crc = ~UINT32_C(0);
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
    }
    return ~crc;
}

static unsigned char *little_endian(unsigned char *to, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++, number >>= 8)
        *to++ = (unsigned char)(number & 0xff);
    return to;
}

size_t gzip_stored(const void *bytes, size_t size, unsigned char *to)
{
    static const unsigned char header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    unsigned char *at = to;
    assert_true(size <= 0xffff);
    memcpy(at, header, sizeof(header));
    at += sizeof(header);
    *at++ = 1; /* the last block, stored */
    at = little_endian(at, (uint32_t)size, 2);
    at = little_endian(at, ~(uint32_t)size & 0xffff, 2);
    memcpy(at, bytes, size);
    at = little_endian(at + size, crc32_of(bytes, size), 4);
    at = little_endian(at, (uint32_t)size, 4);
    return (size_t)(at - to);
}

const char *source_file(const char *below)
{
    static char path[2][1024];
    static int next;
    char *here = path[next = !next];
    const char *root = getenv("BP_SOURCE_ROOT");
    snprintf(here, sizeof(path[0]), "%s/%s", root ? root : ".", below);
    if (access(here, R_OK) != 0) {
        print_message("skipped: %s is not there\n", here);
        skip();
    }
    return here;
}

/* ---- data sets */

void set_begin(struct set *set)
{
    set->failing = (struct failing){0};
    const bp_allocator allocator = failing_allocator(&set->failing);
    assert_int_equal(bp_data_create(&set->data, &allocator), BP_OK);
    assert_int_equal(bp_data_set_inputs(set->data, BP_F64, (const double[]){7, 8}, 1, 2, 0, BP_HOLD_COPY), BP_OK);
}

void set_end(struct set *set)
{
    bp_data_destroy(set->data);
    assert_int_equal(set->failing.live, 0);
    assert_int_equal(set->failing.wrong, 0);
}

void set_is_unchanged(const struct set *set)
{
    assert_int_equal(bp_data_rows(set->data), 1);
    assert_int_equal(bp_data_inputs(set->data), 2);
    assert_int_equal(bp_data_outputs(set->data), 0);
    assert_null(bp_data_name(set->data, BP_TEXT_INPUT, 0));
    assert_true(input_at(set->data, 0, 0) == 7 && input_at(set->data, 0, 1) == 8);
}

void set_refuses(const struct set *set, bp_status expected, bp_status status, const char *function, const char *path,
                 const char *rest)
{
    char sentence[512];
    assert_int_equal(errno, SENTINEL);
    snprintf(sentence, sizeof(sentence), "%s: %s%s", function, path, rest);
    assert_string_equal(bp_last_error(), sentence);
    assert_int_equal(status, expected);
    set_is_unchanged(set);
}

void set_reads(struct set *set, const char *path, const char *targets)
{
    errno = SENTINEL;
    const bp_status status = read_csv(set->data, path, targets);
    if (status != BP_OK)
        fail_msg("%s", bp_last_error());
    assert_int_equal(errno, SENTINEL);
}

void read_text(struct set *set, const char *text, const char *targets)
{
    set_begin(set);
    set_reads(set, text_file(text), targets);
}

double input_at(const bp_data *data, size_t row, size_t input)
{
    double *x = calloc(bp_data_inputs(data), sizeof(*x));
    assert_true(x && input < bp_data_inputs(data));
    assert_int_equal(bp_data_copy_inputs(data, row, 1, BP_F64, x), BP_OK);
    const double number = x[input];
    free(x);
    return number;
}

double target_at(const bp_data *data, size_t row, size_t output)
{
    double target[8];
    assert_true(output < bp_data_outputs(data) && bp_data_outputs(data) <= 8);
    assert_int_equal(bp_data_copy_target(data, row, 1, BP_F64, target), BP_OK);
    return target[output];
}

int32_t label_at(const bp_data *data, size_t row)
{
    int32_t label = -1;
    assert_int_equal(bp_data_copy_labels(data, row, 1, &label), BP_OK);
    return label;
}

uint64_t draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state ^ *state >> 32;
}

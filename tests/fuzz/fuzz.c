/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../clean.h"

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

#define MUST(what) must((what), #what)

const char *fuzz_file(int number, const uint8_t *bytes, size_t size)
{
    static int files[2];
    static char paths[2][32];
    if (!paths[number][0]) {
        files[number] = memfd_create("fuzz", 0);
        MUST(files[number] >= 0);
        snprintf(paths[number], sizeof(paths[number]), "/proc/self/fd/%d", files[number]);
    }
    MUST(ftruncate(files[number], 0) == 0);
    MUST(pwrite(files[number], bytes, size, 0) == (ssize_t)size);
    return paths[number];
}

static void check_rows(const bp_data *data, int finite)
{
    const size_t rows = bp_data_rows(data), inputs = bp_data_inputs(data), outputs = bp_data_outputs(data);
    const int32_t classes = (int32_t)bp_data_classes(data);
    const size_t columns = inputs + (classes > 0 ? 1 : outputs);
    double *x = malloc(columns * sizeof(*x));
    MUST(x != NULL);
    for (size_t row = 0; row < rows; row++) {
        MUST(bp_data_copy_inputs(data, row, 1, BP_F64, x) == BP_OK);
        for (size_t i = 0; i < inputs; i++)
            MUST(!finite || isfinite(x[i]));
        if (classes > 0) {
            int32_t label = -1;
            MUST(bp_data_copy_labels(data, row, 1, &label) == BP_OK);
            MUST(label >= 0 && label < classes);
            MUST(!finite || bp_data_name(data, BP_TEXT_CLASS, label) != NULL);
        } else if (outputs > 0) {
            MUST(bp_data_copy_target(data, row, 1, BP_F64, x) == BP_OK);
            for (size_t i = 0; i < outputs; i++)
                MUST(!finite || isfinite(x[i]));
        }
    }
    free(x);
}

void fuzz_check(const bp_data *data, bp_status status, int finite)
{
    const char *sentence = bp_last_error();
    if (status == BP_OK) {
        MUST(bp_data_rows(data) > 0 && bp_data_inputs(data) > 0 && bp_data_classes(data) != 1);
        check_rows(data, finite);
        return;
    }
    MUST(status == BP_ERR_FORMAT || status == BP_ERR_ARG || status == BP_ERR_UNSUPPORTED);
    MUST(strstr(sentence, "/proc/self/fd/") != NULL);
    MUST(bp_data_rows(data) == 0 && bp_data_inputs(data) == 0);
    MUST(clean_fault(sentence, false) == NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * The first byte sets the option; its bit 6 sets bounds that small files exceed. The second byte is the number of
 * inputs that is asked for. The rest is the file. */
#include <math.h>
#include <stdlib.h>

#include "fuzz.h"
#include "../read_file.h"

/* Rows of more inputs are not written out. */
enum { MOST_INPUTS = 4096 };

/* The rows as they are given: columns that ascend, and finite numbers. */
static void check_sparse(const bp_data *data)
{
    const size_t rows = bp_data_rows(data), count = bp_data_nonzeros(data, 0, rows) + 1;
    double *values = malloc(count * sizeof(*values));
    int32_t *columns = malloc(count * sizeof(*columns));
    int64_t *starts = malloc((rows + 1) * sizeof(*starts));
    if (!values || !columns || !starts || bp_data_copy_sparse(data, 0, rows, BP_F64, values, columns, starts) != BP_OK)
        abort();
    for (size_t row = 0; row < rows; row++)
        for (int64_t i = starts[row]; i < starts[row + 1]; i++)
            if (!isfinite(values[i]) || columns[i] < 0 || (size_t)columns[i] >= bp_data_inputs(data) ||
                (i > starts[row] && columns[i] <= columns[i - 1]))
                abort();
    free(values);
    free(columns);
    free(starts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bp_data *data;
    if (size < 2)
        return 0;
    if (bp_data_create(&data, NULL) != BP_OK)
        return 0;
    (void)bp_data_set(data, BP_DATA_NUMBERS, bytes[0] % 3 - 1);
    if (bytes[0] & 64) {
        (void)bp_data_set(data, BP_DATA_MOST_RECORD, 40);
        (void)bp_data_set(data, BP_DATA_MOST_CLASSES, 3);
    }
    const char *path = fuzz_file(0, bytes + 2, size - 2);
    const bp_status status = read_libsvm(data, path, bytes[1]);
    if (status != BP_OK || bp_data_inputs(data) <= MOST_INPUTS)
        fuzz_check(data, status, 1);
    if (status == BP_OK)
        check_sparse(data);
    bp_data_destroy(data);
    return 0;
}

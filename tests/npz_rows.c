/* SPDX-License-Identifier: MIT
 *
 * The side of libbp in tests/check_npz.py. Each line of standard input is the path of an archive and the names of
 * two arrays, tabs between them; the second may be empty. The answer is a line "status rows inputs outputs classes",
 * and where the status is 0 the inputs and the target as doubles of this machine, labels too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

#include "read_file.h"

enum { LINE = 4096 };

static int write_numbers(const double *numbers, size_t count)
{
    return fwrite(numbers, sizeof(*numbers), count, stdout) == count ? 0 : 1;
}

static int write_target(const bp_data *data, size_t rows)
{
    const size_t width = bp_data_classes(data) > 0 ? 1 : bp_data_outputs(data);
    double *target = calloc(rows * width + 1, sizeof(*target));
    int32_t *labels = calloc(rows + 1, sizeof(*labels));
    int wrong = !target || !labels;
    if (!wrong && bp_data_classes(data) > 0) {
        wrong = bp_data_copy_labels(data, 0, rows, labels) != BP_OK;
        for (size_t row = 0; row < rows; row++)
            target[row] = labels[row];
    } else if (!wrong && width > 0) {
        wrong = bp_data_copy_target(data, 0, rows, BP_F64, target) != BP_OK;
    }
    wrong = wrong || write_numbers(target, rows * width);
    free(target);
    free(labels);
    return wrong;
}

static int write_rows(const bp_data *data)
{
    const size_t rows = bp_data_rows(data), inputs = bp_data_inputs(data);
    double *x = calloc(rows * inputs, sizeof(*x));
    const int wrong = !x || bp_data_copy_inputs(data, 0, rows, BP_F64, x) != BP_OK || write_numbers(x, rows * inputs) ||
                      write_target(data, rows);
    free(x);
    return wrong;
}

static int answer(char *line)
{
    bp_data *data = NULL;
    char *inputs = strchr(line, '\t'), *target = inputs ? strchr(inputs + 1, '\t') : NULL;
    if (!target)
        return 1;
    *inputs++ = *target++ = '\0';
    target[strcspn(target, "\n")] = '\0';
    const bp_status status = load_npz(&data, line, inputs, *target ? target : NULL);
    printf("%d %zu %zu %zu %zu\n", (int)status, bp_data_rows(data), bp_data_inputs(data), bp_data_outputs(data),
           bp_data_classes(data));
    if (status != BP_OK)
        fprintf(stderr, "%s\n", bp_last_error());
    const int wrong = status == BP_OK && write_rows(data);
    bp_data_destroy(data);
    return wrong || fflush(stdout) != 0;
}

int main(void)
{
    static char line[LINE];
    int wrong = 0;
    while (!wrong && fgets(line, sizeof(line), stdin))
        wrong = answer(line);
    return wrong;
}

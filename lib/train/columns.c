/* SPDX-License-Identifier: MIT */
#include "train/columns.h"

#include <math.h>
#include <stdio.h>

#include "base/memory.h"

/* Mean and squares row by row (Welford, 1962). */
static void add(struct bp_look_column *c, double x, double low, double high)
{
    if (!isfinite(x)) {
        c->nonfinite++;
        return;
    }
    const double from_mean = x - c->mean;
    c->outside += x < low || x > high;
    c->low = c->count == 0 ? x : fmin(c->low, x);
    c->high = c->count == 0 ? x : fmax(c->high, x);
    c->count++;
    c->mean += from_mean / (double)c->count;
    c->squares += from_mean * (x - c->mean);
}

double bp_look_column_spread(const struct bp_look_column *c)
{
    return c->count > 0 ? sqrt(c->squares / (double)c->count) : 0;
}

/* Rows as the net is given them, [some][columns]: the one place that follows whatever lies between data and net. */
static void take_block(const struct bp_doctor *doctor, enum bp_part_kind kind, const size_t *row, size_t some,
                       double *block)
{
    bp_data_gather(doctor->train->data, kind, row, some, BP_F64, block);
}

bp_status bp_look_columns_take(const struct bp_doctor *doctor, enum bp_part_kind kind, double low, double high,
                               struct bp_look_columns *c)
{
    const bp_data *data = doctor->train->data;
    const size_t columns = kind == BP_PART_INPUTS ? bp_data_inputs(data) : bp_data_outputs(data);
    size_t numbers;
    *c = (struct bp_look_columns){.count = columns, .low = low, .high = high};
    if (!bp_size_multiply(columns, BP_LOOK_ROWS, &numbers))
        return BP_ERR_MEMORY;
    c->of = bp_memory_allocate(doctor->allocator, columns, sizeof(*c->of));
    c->block = bp_memory_allocate(doctor->allocator, numbers, sizeof(*c->block));
    if (!c->of || !c->block)
        return BP_ERR_MEMORY;
    for (size_t row = 0; row < doctor->rows; row += BP_LOOK_ROWS) {
        const size_t some = bp_look_some(doctor->rows, row);
        take_block(doctor, kind, doctor->row + row, some, c->block);
        for (size_t i = 0; i < some * columns; i++)
            add(&c->of[i % columns], c->block[i], low, high);
    }
    return BP_OK;
}

void bp_look_columns_release(const struct bp_doctor *doctor, struct bp_look_columns *c)
{
    bp_memory_release(doctor->allocator, c->of);
    bp_memory_release(doctor->allocator, c->block);
}

struct bp_look_column_name bp_look_column_name(const struct bp_doctor *doctor, enum bp_part_kind kind, size_t column)
{
    const bp_data *data = doctor->train->data;
    const char *given = kind == BP_PART_INPUTS ? bp_data_input_name(data, column) : bp_data_output_name(data, column);
    struct bp_look_column_name name;
    if (given)
        snprintf(name.text, sizeof(name.text), "column %zu (%s)", column, bp_quote_text(given).text);
    else
        snprintf(name.text, sizeof(name.text), "column %zu", column);
    return name;
}

bp_status bp_look_columns_tell_nonfinite(struct bp_doctor *d, enum bp_part_kind kind, const struct bp_look_columns *c)
{
    const bool input = kind == BP_PART_INPUTS;
    size_t first = 0, many = 0;
    for (size_t i = c->count; i-- > 0;)
        if (c->of[i].nonfinite > 0) {
            first = i;
            many++;
        }
    if (many == 0)
        return BP_OK;
    const double share = (double)c->of[first].nonfinite / (double)d->rows;
    return bp_doctor_tell(
        d, input ? BP_FINDING_INPUT_NONFINITE : BP_FINDING_TARGET_NONFINITE, first, share,
        "%s: %zu of %zu columns have numbers that are infinite or NaN, the first is %s, in %s %% of the "
        "%zu rows looked at. Leave these rows out (BP_DATA_MISSING for a CSV file) or fill them in",
        input ? "inputs" : "target", many, c->count, bp_look_column_name(d, kind, first).text, bp_percent(share).text,
        d->rows);
}

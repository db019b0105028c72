/* SPDX-License-Identifier: MIT */
#include "train/doctor/column_facts.h"

#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "data/asked_net.h"

/* Numbers beyond it are counted as it, so that no sum of squares overflows. */
#define MOST 1e140

/* Mean and squares row by row (Welford, 1962). */
static void add(struct bp_column_fact *c, double x, double low, double high)
{
    if (!isfinite(x)) {
        c->nonfinite++;
        return;
    }
    x = fmin(fmax(x, -MOST), MOST);
    const double from_mean = x - c->mean;
    c->outside += x < low || x > high;
    c->low = c->count == 0 ? x : fmin(c->low, x);
    c->high = c->count == 0 ? x : fmax(c->high, x);
    c->count++;
    c->mean += from_mean / (double)c->count;
    c->squares += from_mean * (x - c->mean);
}

double bp_column_fact_spread(const struct bp_column_fact *c)
{
    return c->count > 0 ? sqrt(c->squares / (double)c->count) : 0;
}

/* What lies between the data and the network: 0 and 1 where nothing does. */
static bp_status take_scaling(const struct bp_doctor *doctor, enum bp_part_kind kind, struct bp_column_facts *c)
{
    if (bp_doctor_option(doctor->net, BP_OPT_RAW) != 0) {
        for (size_t i = 0; i < c->count; i++)
            c->factor[i] = 1;
        return BP_OK;
    }
    return bp_read_scaling(doctor->net, kind == BP_PART_TARGET, c->count, c->center, c->factor);
}

static bp_status make(const struct bp_doctor *doctor, struct bp_column_facts *c)
{
    size_t numbers;
    if (!bp_size_multiply(c->count, BP_DOCTOR_ROWS, &numbers))
        return BP_ERR_MEMORY;
    c->of = bp_memory_allocate(doctor->allocator, c->count, sizeof(*c->of));
    c->center = bp_memory_allocate(doctor->allocator, c->count, sizeof(*c->center));
    c->factor = bp_memory_allocate(doctor->allocator, c->count, sizeof(*c->factor));
    c->block = bp_memory_allocate(doctor->allocator, numbers, sizeof(*c->block));
    return c->of && c->center && c->factor && c->block ? BP_OK : BP_ERR_MEMORY;
}

bp_status bp_column_facts_take(struct bp_doctor *doctor, enum bp_part_kind kind, double low, double high,
                               struct bp_column_facts *c)
{
    const bp_data *data = doctor->train->data;
    const size_t columns = kind == BP_PART_INPUTS ? bp_data_inputs(data) : bp_data_outputs(data);
    *c = (struct bp_column_facts){.count = columns};
    BP_TRY(make(doctor, c));
    BP_TRY(take_scaling(doctor, kind, c));
    for (size_t row = 0; row < doctor->rows; row += BP_DOCTOR_ROWS) {
        const size_t some = bp_doctor_block(doctor->rows, row);
        if (kind == BP_PART_INPUTS)
            BP_TRY(bp_data_check_columns(data, doctor->call, doctor->row + row, some));
        bp_data_gather(data, kind, doctor->row + row, some, BP_F64, c->block);
        for (size_t i = 0; i < some * columns; i++) {
            const size_t k = i % columns;
            add(&c->of[k], (c->block[i] - c->center[k]) * c->factor[k], low, high);
        }
    }
    return BP_OK;
}

void bp_column_facts_release(const struct bp_doctor *doctor, struct bp_column_facts *c)
{
    bp_memory_release(doctor->allocator, c->of);
    bp_memory_release(doctor->allocator, c->center);
    bp_memory_release(doctor->allocator, c->factor);
    bp_memory_release(doctor->allocator, c->block);
}

struct bp_doctor_column_name bp_doctor_column_name(const struct bp_doctor *doctor, enum bp_part_kind kind,
                                                   size_t column)
{
    const bp_data *data = doctor->train->data;
    const char *given =
        kind == BP_PART_INPUTS ? bp_data_name(data, BP_TEXT_INPUT, column) : bp_data_name(data, BP_TEXT_OUTPUT, column);
    struct bp_doctor_column_name name;
    if (given)
        snprintf(name.text, sizeof(name.text), "column %zu (%s)", column, bp_quote_text(given).text);
    else
        snprintf(name.text, sizeof(name.text), "column %zu", column);
    return name;
}

bp_status bp_column_facts_report_nonfinite(struct bp_doctor *d, enum bp_part_kind kind, const struct bp_column_facts *c)
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
    return bp_doctor_report(d, input ? BP_FINDING_INPUT_NONFINITE : BP_FINDING_TARGET_NONFINITE, first, share,
                            "%s: infinite numbers or NaN in %zu of %s, the first is %s, in %s %% of the %s examined. "
                            "Leave these rows out (BP_DATA_MISSING for a CSV file) or replace the numbers",
                            input ? "inputs" : "target", many, bp_message_count(c->count, "column").text,
                            bp_doctor_column_name(d, kind, first).text, bp_percent(share).text,
                            bp_message_count(d->rows, "row").text);
}

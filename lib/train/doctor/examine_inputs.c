/* SPDX-License-Identifier: MIT
 *
 * Examines the inputs: columns that are not scaled, or constant, or have numbers that are not finite. */
#include <math.h>

#include "train/doctor/column_facts.h"

static bool is_constant(const struct bp_column_fact *c)
{
    return c->count > 1 && c->nonfinite == 0 && c->low == c->high;
}

static double root_mean_square(const struct bp_column_fact *c) { return hypot(c->mean, bp_column_fact_spread(c)); }

/* The number in the data; where the factor is 0, which is for constant columns, that is the center. */
static double in_data(const struct bp_column_facts *c, size_t column, double seen)
{
    return c->factor[column] == 0 ? c->center[column] : seen / c->factor[column] + c->center[column];
}

static bp_status report_constant(struct bp_doctor *d, const struct bp_column_facts *c)
{
    size_t first = 0, many = 0;
    for (size_t i = c->count; i-- > 0;)
        if (is_constant(&c->of[i])) {
            first = i;
            many++;
        }
    if (many == 0)
        return BP_OK;
    return bp_doctor_report(
        d, BP_FINDING_INPUT_CONSTANT, first, (double)many / (double)c->count,
        "inputs: %zu of %s with the same number in all of the %s examined, the first is %s with %s. Such a "
        "column carries no information: leave it out, or check that it was read correctly",
        many, bp_message_count(c->count, "column").text, bp_message_count(d->rows, "row").text,
        bp_doctor_column_name(d, BP_PART_INPUTS, first).text, bp_short(in_data(c, first, c->of[first].low)).text);
}

/* What is wrong with a column, from the least evil to the greatest. */
enum fault { FITS, SMALL, NARROW, LARGE };

/* A column of mostly zeros, as of an image's edge, is not small but sparse. */
static enum fault fault_of(const struct bp_column_fact *c)
{
    const double size = root_mean_square(c), largest = fmax(fabs(c->low), fabs(c->high));
    if (c->count < 2 || c->low == c->high)
        return FITS;
    if (size > bp_thresholds.large_input)
        return LARGE;
    if (bp_column_fact_spread(c) < bp_thresholds.narrow_input * fabs(c->mean))
        return NARROW;
    return size < bp_thresholds.small_input && size > bp_thresholds.dense_input * largest ? SMALL : FITS;
}

/* How much it is so, to compare columns with the same fault: the larger, or the narrower, the worse. */
static double much_of(const struct bp_column_fact *c, enum fault fault)
{
    return fault == LARGE ? root_mean_square(c) : -bp_column_fact_spread(c);
}

static size_t worst_of(const struct bp_column_facts *c, enum fault *worst, size_t *many)
{
    size_t at = 0;
    *worst = FITS;
    *many = 0;
    for (size_t i = 0; i < c->count; i++) {
        const enum fault fault = fault_of(&c->of[i]);
        *many += fault != FITS;
        if (fault > *worst || (fault == *worst && much_of(&c->of[i], fault) > much_of(&c->of[at], fault))) {
            *worst = fault;
            at = i;
        }
    }
    return at;
}

static bp_status report_scale(struct bp_doctor *d, const struct bp_column_facts *c)
{
    static const char *const faults[] = {"", "is very small", "varies little compared with its mean", "is large"};
    enum fault fault;
    size_t many;
    const size_t at = worst_of(c, &fault, &many);
    const struct bp_column_fact *worst = &c->of[at];
    if (fault == FITS)
        return BP_OK;
    return bp_doctor_report(
        d, BP_FINDING_INPUT_SCALE, at, root_mean_square(worst),
        "inputs: %zu of %s not scaled as the network sees them, the worst is %s, which "
        "%s: its mean is %s, its standard deviation %s. Scale each column to mean 0 and standard deviation 1",
        many, bp_message_count(c->count, "column").text, bp_doctor_column_name(d, BP_PART_INPUTS, at).text,
        faults[fault], bp_short(worst->mean).text, bp_short(bp_column_fact_spread(worst)).text);
}

bp_status bp_examine_inputs(struct bp_doctor *doctor)
{
    struct bp_column_facts columns;
    bp_status status = bp_column_facts_take(doctor, BP_PART_INPUTS, -(double)INFINITY, (double)INFINITY, &columns);
    if (status == BP_OK)
        status = bp_column_facts_report_nonfinite(doctor, BP_PART_INPUTS, &columns);
    if (status == BP_OK)
        status = report_scale(doctor, &columns);
    if (status == BP_OK)
        status = report_constant(doctor, &columns);
    bp_column_facts_release(doctor, &columns);
    return status;
}

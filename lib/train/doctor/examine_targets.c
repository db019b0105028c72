/* SPDX-License-Identifier: MIT
 *
 * Examines what is to be learned: targets that the output cannot give, labels that are no class. */
#include <math.h>

#include "train/doctor/column_facts.h"
#include "train/doctor/probe.h"

/* ---- target */

static size_t last_layer(const bp_net *net) { return bp_net_layers(net) - 1; }

/* What the last layer can give. Softmax, and log-softmax with its loss, are compared with probabilities. */
static bp_status range_of(const struct bp_doctor *doctor, double *low, double *high)
{
    const int32_t activation =
        (int32_t)bp_doctor_layer_option(doctor->net, last_layer(doctor->net), BP_LAYER_ACTIVATION);
    bp_net *probe = NULL;
    struct bp_shape shape = {.low = 0, .high = 1};
    bp_status status = BP_OK;
    if (activation != BP_ACT_SOFTMAX && activation != BP_ACT_LOG_SOFTMAX) {
        status = bp_probe_create(&probe, doctor->net, last_layer(doctor->net), doctor->allocator);
        if (status == BP_OK)
            status = bp_probe_shape(probe, &shape);
        bp_net_destroy(probe);
    }
    *low = shape.low;
    *high = shape.high;
    return status;
}

/* The column with most numbers outside. */
static size_t worst_of(const struct bp_column_facts *c, size_t *outside, size_t *numbers)
{
    size_t at = 0;
    *outside = *numbers = 0;
    for (size_t i = 0; i < c->count; i++) {
        *outside += c->of[i].outside;
        *numbers += c->of[i].count;
        if (c->of[i].outside > c->of[at].outside)
            at = i;
    }
    return at;
}

static bp_status report_range(struct bp_doctor *d, const struct bp_column_facts *c, double low, double high)
{
    size_t outside, numbers;
    const size_t at = worst_of(c, &outside, &numbers);
    if (outside == 0)
        return BP_OK;
    const double share = (double)outside / (double)numbers;
    const int32_t activation = (int32_t)bp_doctor_layer_option(d->net, last_layer(d->net), BP_LAYER_ACTIVATION);
    return bp_doctor_report(d, BP_FINDING_TARGET_RANGE, at, share,
                            "target: %s %% of the numbers are outside the range of the output (%s), which is %s to %s; "
                            "most of them in %s, which has %s to %s. Use BP_ACT_IDENTITY for the last layer, or scale "
                            "the target",
                            bp_percent(share).text, bp_key_name(activation), bp_short(low).text, bp_short(high).text,
                            bp_doctor_column_name(d, BP_PART_TARGET, at).text, bp_short(c->of[at].low).text,
                            bp_short(c->of[at].high).text);
}

bp_status bp_examine_target(struct bp_doctor *doctor)
{
    struct bp_column_facts columns = {0};
    double low, high;
    if (doctor->train->labels)
        return BP_OK;
    BP_TRY(range_of(doctor, &low, &high));
    const double slack = bp_thresholds.target_slack * (isfinite(high - low) ? high - low : 1);
    bp_status status = bp_column_facts_take(doctor, BP_PART_TARGET, low - slack, high + slack, &columns);
    if (status == BP_OK)
        status = bp_column_facts_report_nonfinite(doctor, BP_PART_TARGET, &columns);
    if (status == BP_OK)
        status = report_range(doctor, &columns, low, high);
    bp_column_facts_release(doctor, &columns);
    return status;
}

/* ---- labels */

static bp_status report_label_range(struct bp_doctor *d)
{
    const size_t rows = bp_data_rows(d->train->data), classes = bp_data_classes(d->train->data);
    size_t outside = 0, first = 0;
    int32_t first_label = 0;
    for (size_t row = 0; row < rows; row++) {
        int32_t label;
        bp_data_gather(d->train->data, BP_PART_LABELS, &row, 1, BP_I32, &label);
        if (label >= 0 && (size_t)label < classes)
            continue;
        if (outside++ == 0) {
            first = row;
            first_label = label;
        }
    }
    if (outside == 0)
        return BP_OK;
    return bp_doctor_report(
        d, BP_FINDING_LABEL_RANGE, first, (double)outside / (double)rows,
        "labels: %zu of %zu outside the %s, the first is %d in row %zu. Borrowed labels must not be changed", outside,
        rows, bp_message_count(classes, "class").text, (int)first_label, first);
}

/* The weights that balance the classes are 0 for one without rows. */
static bp_status report_unused(struct bp_doctor *d)
{
    const bp_data *data = d->train->data;
    const size_t classes = bp_data_classes(data);
    size_t unused = 0, first = 0;
    for (size_t i = classes; i-- > 0;)
        if (d->train->class_weights[i] == 0) {
            first = i;
            unused++;
        }
    if (unused == 0)
        return BP_OK;
    const char *name = bp_data_name(data, BP_TEXT_CLASS, first);
    return bp_doctor_report(d, BP_FINDING_CLASS_UNUSED, first, (double)unused / (double)classes,
                            "labels: no row for %zu of %s, the first is %zu%s%s%s. Labels count from 0: check that "
                            "yours do, and that the split left rows of every class",
                            unused, bp_message_count(classes, "class").text, first, name ? " (" : "",
                            name ? bp_quote_text(name).text : "", name ? ")" : "");
}

bp_status bp_examine_labels(struct bp_doctor *doctor)
{
    if (!doctor->train->labels)
        return BP_OK;
    BP_TRY(report_label_range(doctor));
    return report_unused(doctor);
}

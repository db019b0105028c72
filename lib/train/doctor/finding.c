/* SPDX-License-Identifier: MIT */
#include "train/doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/message.h"
#include "train/train_families.h"

const struct bp_thresholds bp_thresholds = {
    .rows = 1024,
    .large_input = 10,
    .small_input = 0.01,
    .dense_input = 0.1,
    .narrow_input = 0.01,
    .target_slack = 1e-3,
    .flat = 0.01,
    .dead_units = 0.4,
    .saturated_rows = 0.95,
    .saturated_units = 0.5,
    .learned = 0.25,
    .risen = 1.2,
    .course = 10,
    .restless = 0.1,
    .no_progress = 0.9,
    .low_level = 0.25,
    .steady = 0.8,
    .straight = 0.5,
    .slow = 0.2,
    .still = 1e-6,
    .least_gradient = 1e-3,
    .unfinished = 0.5,
    .overfit_much = 1.5,
    .overfit_rise = 1.1,
    .overfit_lost = 0.1,
    .overfit_epochs = 5,
};

static const struct bp_named kinds[] = {
    {BP_FINDING_NONFINITE, "nonfinite", "A loss or step was infinite or NaN"},
    {BP_FINDING_INPUT_NONFINITE, "input_nonfinite", "Inputs are infinite or NaN"},
    {BP_FINDING_INPUT_SCALE, "input_scale", "Inputs are not scaled"},
    {BP_FINDING_INPUT_CONSTANT, "input_constant", "Inputs are the same in all rows"},
    {BP_FINDING_TARGET_NONFINITE, "target_nonfinite", "Targets are infinite or NaN"},
    {BP_FINDING_TARGET_RANGE, "target_range", "Targets are outside the range of the last layer's activation"},
    {BP_FINDING_LABEL_RANGE, "label_range", "Labels are not a class"},
    {BP_FINDING_CLASS_UNUSED, "class_unused", "Classes have no rows"},
    {BP_FINDING_DEAD_UNITS, "dead_units", "Units give almost no gradient for any row"},
    {BP_FINDING_SATURATED_UNITS, "saturated_units",
     "Units are at the flat ends of their activation for nearly all rows"},
    {BP_FINDING_RATE_HIGH, "rate_high", "The loss rises or jumps: the learning rate is too high"},
    {BP_FINDING_RATE_LOW, "rate_low", "The loss hardly changes: the learning rate is too low"},
    {BP_FINDING_OVERFITTING, "overfitting", "The validation loss rises while the training loss falls"},
};

const struct bp_family bp_finding_kinds =
    BP_FAMILY(BP_FAMILY_FINDING, "finding", "What the doctor finds in a training", kinds);

bp_status bp_finding_add(const bp_allocator *allocator, struct bp_buffer *findings, int32_t kind, size_t place,
                         double measure, const char *format, ...)
{
    struct bp_finding finding = {.kind = kind, .place = place, .measure = measure};
    va_list arguments;
    va_start(arguments, format);
    bp_message_format(finding.text, sizeof(finding.text), format, arguments);
    va_end(arguments);
    return bp_buffer_add(allocator, findings, &finding, sizeof(finding)) ? BP_OK : BP_ERR_MEMORY;
}

size_t bp_finding_count(const struct bp_buffer *findings) { return findings->used / sizeof(struct bp_finding); }

const struct bp_finding *bp_finding_of(const struct bp_buffer *findings, size_t index)
{
    return index < bp_finding_count(findings) ? (const struct bp_finding *)findings->bytes + index : NULL;
}

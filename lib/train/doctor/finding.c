/* SPDX-License-Identifier: MIT */
#include "train/doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/message.h"
#include "base/names.h"

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

static const struct {
    struct bp_named named;
} kinds[] = {
    {{BP_FINDING_NONFINITE, "nonfinite"}},
    {{BP_FINDING_INPUT_NONFINITE, "input_nonfinite"}},
    {{BP_FINDING_INPUT_SCALE, "input_scale"}},
    {{BP_FINDING_INPUT_CONSTANT, "input_constant"}},
    {{BP_FINDING_TARGET_NONFINITE, "target_nonfinite"}},
    {{BP_FINDING_TARGET_RANGE, "target_range"}},
    {{BP_FINDING_LABEL_RANGE, "label_range"}},
    {{BP_FINDING_CLASS_UNUSED, "class_unused"}},
    {{BP_FINDING_DEAD_UNITS, "dead_units"}},
    {{BP_FINDING_SATURATED_UNITS, "saturated_units"}},
    {{BP_FINDING_RATE_HIGH, "rate_high"}},
    {{BP_FINDING_RATE_LOW, "rate_low"}},
    {{BP_FINDING_OVERFITTING, "overfitting"}},
};

static const struct bp_names names = BP_NAMES(kinds);

const char *bp_finding_name(int32_t finding) { return bp_names_name(&names, finding); }
int32_t bp_finding_find(const char *name) { return bp_names_find(&names, name); }
int32_t bp_finding_at(size_t index) { return bp_names_at(&names, index); }

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

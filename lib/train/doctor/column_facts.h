/* SPDX-License-Identifier: MIT
 *
 * Columns of inputs or of a target, over the rows that the doctor looks at. */
#ifndef BP_TRAIN_DOCTOR_COLUMN_FACTS_H
#define BP_TRAIN_DOCTOR_COLUMN_FACTS_H

#include "base/quote.h"
#include "train/doctor/doctor.h"

/* Numbers that are not finite are counted and else left out. */
struct bp_column_fact {
    size_t count, nonfinite;
    size_t outside; /* of bounds */
    double low, high, mean;
    double squares; /* of the distances from the mean, summed */
};

struct bp_column_facts {
    size_t count;
    struct bp_column_fact *of; /* [count] */
    double *center, *factor;   /* [count]: the network sees (x - center) factor */
    double *block;             /* [BP_DOCTOR_ROWS][count] */
};

/* Takes all rows of a part, inputs or target, as the network sees them, and counts the numbers that are not from low to
 * high. To be released in any case. */
bp_status bp_column_facts_take(struct bp_doctor *doctor, enum bp_part_kind kind, double low, double high,
                               struct bp_column_facts *columns);
void bp_column_facts_release(const struct bp_doctor *doctor, struct bp_column_facts *columns);

double bp_column_fact_spread(const struct bp_column_fact *column);

/* Reports columns with numbers that are infinite or NaN. */
bp_status bp_column_facts_report_nonfinite(struct bp_doctor *doctor, enum bp_part_kind kind,
                                           const struct bp_column_facts *columns);

/* "column 2", or "column 2 (width)" where it has a name. */
struct bp_doctor_column_name {
    char text[BP_QUOTE_SIZE + 40];
};

struct bp_doctor_column_name bp_doctor_column_name(const struct bp_doctor *doctor, enum bp_part_kind kind,
                                                   size_t column);

#endif

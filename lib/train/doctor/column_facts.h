/* SPDX-License-Identifier: MIT
 *
 * Columns of inputs or of a target, over the rows that the doctor looks at. */
#ifndef BP_TRAIN_DOCTOR_COLUMN_FACTS_H
#define BP_TRAIN_DOCTOR_COLUMN_FACTS_H

#include "base/quote.h"
#include "train/doctor/doctor.h"

/* Numbers that are not finite are counted and else left out. */
struct bp_look_column {
    size_t count, nonfinite;
    size_t outside; /* of bounds */
    double low, high, mean;
    double squares; /* of the distances from the mean, summed */
};

struct bp_look_columns {
    size_t count;
    struct bp_look_column *of; /* [count] */
    double *center, *factor;   /* [count]: the network sees (x - center) factor */
    double *block;             /* [BP_LOOK_ROWS][count] */
};

/* Takes all rows of a part, inputs or target, as the network sees them, and counts the numbers that are not from low to
 * high. To be released in any case. */
bp_status bp_look_columns_take(struct bp_doctor *doctor, enum bp_part_kind kind, double low, double high,
                               struct bp_look_columns *columns);
void bp_look_columns_release(const struct bp_doctor *doctor, struct bp_look_columns *columns);

double bp_look_column_spread(const struct bp_look_column *column);

/* Tells of columns with numbers that are infinite or NaN. */
bp_status bp_look_columns_tell_nonfinite(struct bp_doctor *doctor, enum bp_part_kind kind,
                                         const struct bp_look_columns *columns);

/* "column 2", or "column 2 (width)" where it has a name. */
struct bp_look_column_name {
    char text[BP_QUOTE_ROOM + 40];
};

struct bp_look_column_name bp_look_column_name(const struct bp_doctor *doctor, enum bp_part_kind kind, size_t column);

#endif

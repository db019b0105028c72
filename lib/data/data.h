/* SPDX-License-Identifier: MIT
 *
 * The data set's handle: some rows of a table, in some order. */
#ifndef BP_DATA_DATA_H
#define BP_DATA_DATA_H

#include "base/message.h"
#include "data/table.h"

struct bp_data {
    bp_allocator allocator;
    struct bp_messages messages;
    struct bp_table *table;
    size_t *row; /* the rows of the table that are shown; NULL: all of them, in order */
    size_t rows;
    double options[3]; /* of data/options.c, in its order */
};

#if defined(__GNUC__)
#define BP_DATA_FORMAT __attribute__((format(printf, 4, 5)))
#else
#define BP_DATA_FORMAT
#endif
/* Keep the sentence "function: ..." and return the status; the first for calls that change the data set. */
BP_DATA_FORMAT bp_status bp_data_fail(bp_data *data, const char *function, bp_status status, const char *format, ...);
BP_DATA_FORMAT bp_status bp_data_fail_shared(const bp_data *data, const char *function, bp_status status,
                                             const char *format, ...);

/* Puts a finished table in place of the old one; all its rows are shown. */
void bp_data_take(bp_data *data, struct bp_table *table);

/* A data set that shows `rows` of another's rows: row[i] counts among those that the other shows. It takes `row`, from
 * bp_memory_allocate() of the other's allocator, also where it fails. NULL if there is no memory. */
bp_data *bp_data_show(const bp_data *data, size_t *row, size_t rows);

/* Another handle of the same rows. NULL if there is no memory. */
bp_data *bp_data_share(const bp_data *data);

/* Row i in the table. */
static inline size_t bp_data_row(const bp_data *data, size_t i) { return data->row ? data->row[i] : i; }

/* Rows row[0..count), counted among those shown, of a part that is there, as `count` x columns numbers of `dtype`, or as
 * int32_t labels. */
void bp_data_gather(const bp_data *data, enum bp_part_kind kind, const size_t *row, size_t count, int32_t dtype,
                    void *numbers);

/* These rows of a part as they lie in the table; NULL unless they lie there one after the other, as numbers of `dtype`. */
const void *bp_data_in_place(const bp_data *data, enum bp_part_kind kind, const size_t *row, size_t count,
                             int32_t dtype);

/* Has the inputs of these rows fetched, to be gathered soon. */
void bp_data_prefetch(const bp_data *data, const size_t *row, size_t count);

/* Returns from the function when a check fails. */
#define BP_DATA_TRY(check)                                                                                             \
    do {                                                                                                               \
        const bp_status bp_try_status = (check);                                                                       \
        if (bp_try_status != BP_OK)                                                                                    \
            return bp_try_status;                                                                                      \
    } while (0)

#endif

/* SPDX-License-Identifier: MIT
 *
 * The data set's handle: some rows of a table, in some order. */
#ifndef BP_DATA_DATA_SET_H
#define BP_DATA_DATA_SET_H

#include "base/call.h"
#include "base/try.h"
#include "data/table.h"
#include "data/text_options.h"

/* What a user may set as a number; all double, so that one table serves them. data/data_options.c has names, bounds and
 * defaults. */
struct bp_data_settings {
    double separator, header, missing, class_, numbers, byte, format, width;
    double most_texts, most_record, most_ratio, most_classes;
};

struct bp_data {
    bp_allocator allocator;
    struct bp_table *table;
    const size_t *row; /* the rows of the table that are shown; NULL: all of them, in order */
    size_t rows;
    struct bp_buffer own_row; /* memory for `row`, which stays */
    struct bp_data_settings set;
    struct bp_data_texts texts;
    char *path; /* of the file that bp_data_next() reads; NULL: none is open */
    bool ended; /* it has been read */
};

/* bp_data_create() for any call. */
bp_status bp_data_begin(const struct bp_call *call, bp_data **data, const bp_allocator *allocator);
/* The status of filling a data set that this call has made: after a failure there is none. */
bp_status bp_data_finish(bp_data **data, bp_status status);

/* Puts a finished table in place of the old one; all its rows are shown. */
void bp_data_take(bp_data *data, struct bp_table *table);

/* Lets a data set show `rows` of another's rows: row[i] counts among those that the other shows; NULL: the first
 * ones. False, and nothing changes, if there is no memory, of which it needs none for no more rows than it once had. */
bool bp_data_show_rows(bp_data *view, const bp_data *data, const size_t *row, size_t rows);
/* A data set with the memory to show so many rows, whose numbers may be written to `row`. NULL if there is no
 * memory. It has no table before bp_data_show_rows(), and may only be destroyed. */
bp_data *bp_data_make_view(const bp_data *data, size_t rows, size_t **row);

/* Another handle of the same rows. NULL if there is no memory. */
bp_data *bp_data_share(const bp_data *data);

/* Row i in the table. */
static inline size_t bp_data_row(const bp_data *data, size_t i) { return data->row ? data->row[i] : i; }

static inline bool bp_data_is_sparse(const bp_data *data) { return data->table->part[BP_PART_INPUTS].starts; }
static inline bool bp_data_is_weighted(const bp_data *data) { return data->table->part[BP_PART_WEIGHTS].numbers; }

/* Rows, or numbers of a row, that are looked at together. */
enum { BP_DATA_CHUNK = 64 };

/* The numbers of up to BP_DATA_CHUNK rows from `first` on, before `end`; returns how many. */
static inline size_t bp_data_next_rows(size_t first, size_t end, size_t row[BP_DATA_CHUNK])
{
    const size_t n = end - first < BP_DATA_CHUNK ? end - first : BP_DATA_CHUNK;
    for (size_t i = 0; i < n; i++)
        row[i] = first + i;
    return n;
}

/* Rows row[0..count), counted among those shown, of a part that is there, as `count` x columns numbers of `dtype`,
 * or as int32_t labels. */
void bp_data_gather(const bp_data *data, enum bp_part_kind kind, const size_t *row, size_t count, int32_t dtype,
                    void *numbers);

bp_status bp_data_check_hold(const struct bp_call *call, int32_t hold);
/* data/sparse_rows.c: that the data set may take such sparse rows. */
bp_status bp_data_check_sparse(const struct bp_call *call, struct bp_sparse *sparse, int32_t type, size_t rows,
                               size_t inputs);

/* data/sparse_rows.c, where the inputs are sparse: numbers and columns of rows row[0..count), row i from starts[i]
 * on, of which the first is given; how many numbers any `rows` rows have at most; and one row written out. */
void bp_data_gather_sparse(const bp_data *data, const size_t *row, size_t count, int32_t dtype, void *values,
                           int32_t *columns, int64_t *starts);
size_t bp_data_most_nonzeros(const bp_data *data, size_t rows);
void bp_data_write_out(const struct bp_part *part, size_t row, int32_t dtype, void *numbers);

/* data/take_names.c: that the rows fit the net in number; and that no name of a column or class is another in the
 * data than in the net. */
bp_status bp_data_check_fit(const bp_data *data, const struct bp_call *call, const bp_net *net);
/* Copies of the data set's names for the net, perhaps only of the `missing` kinds, of which the net has none. */
bp_status bp_data_make_names(const bp_data *data, const struct bp_call *call, const bp_net *net, bool missing,
                             struct bp_net_names *made);
/* Gives the net the names of the kinds of which it has none. */
bp_status bp_data_give_names(const bp_data *data, const struct bp_call *call, bp_net *net);
/* data/fit_scaling.c: fits the net's scaling by its options BP_OPT_SCALE_*; the names stay. */
bp_status bp_data_fit_scaling(const bp_data *data, const struct bp_call *call, bp_net *net);
bp_status bp_data_check_names(const struct bp_call *call, const bp_net *net, const bp_data *given);

/* data/borrowed.c: borrowed arrays may have changed since they were set. Every use of labels, columns or starts as
 * an index comes after one of these, for bp_data_gather() and related functions trust what they find. Each returns
 * BP_ERR_ARG, with a sentence on the data set that names the row or number of the array, where something no longer
 * fits.  As bp_data_gather(), of labels, and of weights. */
bp_status bp_data_gather_labels(const bp_data *data, const struct bp_call *call, const size_t *row, size_t count,
                                int32_t *labels);
bp_status bp_data_gather_weights(const bp_data *data, const struct bp_call *call, const size_t *row, size_t count,
                                 double *weights);
/* All labels, if there are any. */
bp_status bp_data_check_labels(const bp_data *data, const struct bp_call *call);
/* That sparse rows row[0..count), or the first `count` where `row` is NULL, lie within the arrays; and in addition
 * that their columns are in order and below the inputs. Dense rows fit. */
bp_status bp_data_check_starts(const bp_data *data, const struct bp_call *call, const size_t *row, size_t count);
bp_status bp_data_check_columns(const bp_data *data, const struct bp_call *call, const size_t *row, size_t count);

/* Has the inputs of these rows fetched, to be gathered soon. */
void bp_data_prefetch(const bp_data *data, const size_t *row, size_t count);

#endif

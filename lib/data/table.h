/* SPDX-License-Identifier: MIT
 *
 * What a data set holds: columns of numbers, a row for each sample, shared by all data sets that show some of the
 * rows. */
#ifndef BP_DATA_TABLE_H
#define BP_DATA_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <bp/bp.h>

#include "base/buffer.h"
#include "base/column_name.h"
#include "base/csr.h"
#include "data/number_types.h"

/* Memory of a part's own: for its numbers, and for columns and starts of sparse ones. */
enum { BP_OWN_NUMBERS, BP_OWN_COLUMNS, BP_OWN_STARTS, BP_OWN };

/* A part of a table: [rows][columns] numbers of one type, or nothing where `numbers` is NULL. Inputs may be sparse:
 * then row i has numbers[starts[i] .. starts[i + 1]) in the columns `at` these indices, and else zeros. */
struct bp_part {
    int32_t type;
    size_t columns;
    size_t stride; /* from row to row, in numbers */
    const void *numbers;
    double scale; /* of u8: what a number is multiplied with */
    const int32_t *at;
    const int64_t *starts;        /* [rows + 1]; NULL: not sparse */
    int64_t first, end;           /* starts[0] and starts[rows] as they were set: borrowed starts may change */
    struct bp_buffer own[BP_OWN]; /* stays when the part holds nothing or the caller's arrays, for a later copy */
};

/* Whether the numbers are the caller's. */
static inline bool bp_part_is_borrowed(const struct bp_part *part)
{
    return part->numbers && part->numbers != part->own[BP_OWN_NUMBERS].bytes;
}

/* A row of a part that is not sparse. */
static inline const void *bp_part_row(const struct bp_part *part, size_t row)
{
    return (const char *)part->numbers + row * part->stride * bp_part_size(part->type);
}

/* How many numbers a sparse row of the table has; 0 where its starts no longer lie within the arrays. */
static inline size_t bp_part_nonzeros(const struct bp_part *part, size_t row)
{
    return bp_sparse_row_fits(part->starts, row, part->first, part->end)
               ? (size_t)(part->starts[row + 1] - part->starts[row])
               : 0;
}

/* Names, one after the other, each ended by a NUL, and where each begins. */
struct bp_texts {
    struct bp_buffer text, at; /* of char, of size_t */
};

enum bp_part_kind { BP_PART_INPUTS, BP_PART_TARGET, BP_PART_LABELS, BP_PART_WEIGHTS, BP_PARTS };

struct bp_table {
    bp_allocator allocator;
    atomic_size_t users;
    size_t rows, classes;
    struct bp_part part[BP_PARTS];
    struct bp_texts texts[BP_NAME_KINDS]; /* of the inputs, of the target's columns, and of the classes */
};

/* An empty table with one user; NULL if there is no memory. */
struct bp_table *bp_table_create(const bp_allocator *allocator);
struct bp_table *bp_table_share(struct bp_table *table);
/* The last to leave gives all back. NULL is fine. */
void bp_table_leave(struct bp_table *table);
/* Its inputs are those of so many new rows: all else is gone, but not the parts' own memory. */
void bp_table_begin(struct bp_table *table, size_t rows);
/* Makes a part nothing. Its own memory stays. */
void bp_table_drop(struct bp_table *table, enum bp_part_kind kind);
/* Makes a part what `part` says, except its own memory. */
void bp_table_put(struct bp_table *table, enum bp_part_kind kind, struct bp_part part);
/* At least so many bytes in each of a part's own blocks. A block that is too small is replaced: what it held is gone.
 * False, and nothing changes, if there is no memory. */
bool bp_table_reserve(struct bp_table *table, enum bp_part_kind kind, const size_t bytes[BP_OWN]);

/* Whether the bytes of rows x columns numbers fit in a size, as doubles, which they may be asked for as. */
bool bp_table_fits(size_t rows, size_t columns);

/* A buffer of rows x columns zeros, which the table owns from then on, in place of what the part held. NULL, and no
 * change, if that does not fit in a size or there is no memory. */
void *bp_table_make(struct bp_table *table, enum bp_part_kind kind, int32_t type, size_t rows, size_t columns);

/* bp_table_make() for the table's rows, filled with the numbers of a buffer; or with the buffer itself, which is then
 * empty, where it has little memory left over. */
bool bp_table_fill(struct bp_table *table, enum bp_part_kind kind, int32_t type, size_t columns,
                   struct bp_buffer *numbers);

/* The inputs as sparse rows, `rows` of them, copied; their starts from 0. False, and nothing changes, if there is no
 * memory. */
bool bp_table_fill_sparse(struct bp_table *table, int32_t type, size_t rows, size_t columns,
                          const struct bp_sparse *sparse);

/* Appends a name of `size` bytes, without NUL. False if there is no memory. */
bool bp_texts_add(const bp_allocator *allocator, struct bp_texts *texts, const char *name, size_t size);
size_t bp_texts_count(const struct bp_texts *texts);
const char *bp_texts_at(const struct bp_texts *texts, size_t index); /* NULL if there is none */
void bp_texts_release(const bp_allocator *allocator, struct bp_texts *texts);

#endif

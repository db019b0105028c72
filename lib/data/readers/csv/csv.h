/* SPDX-License-Identifier: MIT
 *
 * A table of text on its way into a data set: bytes become records of fields (csv_record.c), the columns get their
 * parts (csv_columns.c), the fields become numbers and labels (csv_rows.c), the columns inputs (csv_inputs.c), and all
 * of it a table (csv.c). Calls go down this list: csv.c, csv_columns.c, csv_rows.c, csv_inputs.c, csv_record.c,
 * csv_fail.c. */
#ifndef BP_DATA_READERS_CSV_CSV_H
#define BP_DATA_READERS_CSV_CSV_H

#include "base/message.h"
#include "data/readers/classes.h"
#include "data/readers/readers.h"

/* What a column holds; its first value decides where that is unknown. */
enum bp_csv_kind { BP_CSV_UNKNOWN, BP_CSV_NUMBERS, BP_CSV_TEXTS };

/* What a column is for, and which number of that part's rows it is. */
struct bp_column {
    bool target;
    enum bp_csv_kind kind;
    size_t place;
    size_t texts; /* of an input: how many differ, */
    size_t first; /* and the label of the first, when they are in order */
};

struct bp_csv {
    bp_data *data;
    const struct bp_call *call;
    const char *path;
    struct bp_reader *reader;
    int separator;          /* 0 until it is found out */
    uint64_t record_start;  /* the byte where the record begins, */
    uint64_t most_record;   /* and how many it may have */
    size_t line;            /* of the file, from 1: of the next byte, */
    size_t record_line;     /* where the record begins, */
    size_t first_line;      /* and the first row */
    struct bp_texts record; /* the fields of the record */
    struct bp_texts names;  /* of the columns; none without a header */
    struct bp_column *column;
    size_t columns, inputs, outputs;
    struct bp_buffer x, target; /* double [rows][inputs], where text is its label; [rows][outputs] */
    struct bp_buffer labels;    /* int32_t [rows] */
    struct bp_classes classes, texts;
    size_t most_texts; /* of a column */
    size_t rows;
    bool gaps;    /* some of x are NaN, to be filled */
    bool dropped; /* some row was left out */
};

#if defined(__GNUC__)
#define BP_CSV_FORMAT BP_MESSAGE_FORMAT(5, 6)
#else
#define BP_CSV_FORMAT
#endif
/* Keeps "function: path, line, column (name): ..."; a line or column of 0 is left out. Where the file could not be read
 * on, that is what is kept. */
BP_CSV_FORMAT bp_status bp_csv_fail(struct bp_csv *csv, bp_status status, size_t line, size_t column,
                                    const char *format, ...);
bp_status bp_csv_no_memory(struct bp_csv *csv);

/* The next record that is not blank; `*got` says whether there was one. */
bp_status bp_csv_next(struct bp_csv *csv, bool *got);

/* Finds out what each column is for; there are as many as fields in the first line. */
bp_status bp_csv_set_columns(struct bp_csv *csv, const struct bp_texts *first);

/* Adds the record as a row. */
bp_status bp_csv_add_row(struct bp_csv *csv);

/* Fails where a column of text has it in the first row alone, above numbers: a line of names of which another is a
 * number is not found to be one. */
bp_status bp_csv_check_name(struct bp_csv *csv, size_t column);

/* What the input of a column is called: the column's name, or its number from 1 where it has none. */
struct bp_csv_name {
    const char *text; /* unless there is a number */
    char number[24];
    size_t size;
};
struct bp_csv_name bp_csv_name_of(const struct bp_csv *csv, size_t column);

/* Gives the table its inputs and their names. */
bp_status bp_csv_make_inputs(struct bp_csv *csv, struct bp_table *table);

/* Whether a text is a missing value. */
bool bp_csv_is_missing(const char *text);

#endif

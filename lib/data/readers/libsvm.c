/* SPDX-License-Identifier: MIT */
#include "data/readers/libsvm.h"

#include <string.h>

#include "base/memory.h"
#include "data/data_options.h"

/* ---- the table */

/* Indices count from 1, or from 0 where one is 0. */
static bp_status count_inputs(struct bp_libsvm *s, size_t *inputs)
{
    const size_t found = (size_t)s->greatest + (s->from_zero ? 1 : 0);
    if (s->greatest < 0 && s->inputs == 0)
        return bp_libsvm_fail(s, BP_ERR_FORMAT, 0, 0, "has no index: set width=N for N inputs");
    if (s->greatest >= 0 && s->inputs > 0 && found > s->inputs)
        return bp_libsvm_fail(s, BP_ERR_FORMAT, s->greatest_line, s->greatest_column,
                              "index %d is too large for %s: the indices count from 0, because one of them is 0",
                              (int)s->greatest, bp_message_count(s->inputs, "input").text);
    *inputs = s->inputs > 0 ? s->inputs : found;
    return BP_OK;
}

static bool add_labels(struct bp_libsvm *s, struct bp_table *table)
{
    if (!s->whole)
        return bp_table_fill(table, BP_PART_TARGET, BP_F64, 1, &s->target);
    int32_t *sorted = bp_classes_sort(&table->allocator, &s->classes), *labels = (int32_t *)(void *)s->labels.bytes;
    for (size_t i = 0; sorted && i < s->rows; i++)
        labels[i] = sorted[labels[i]];
    bp_memory_release(&table->allocator, sorted);
    if (!sorted || !bp_table_fill(table, BP_PART_LABELS, BP_I32, 1, &s->labels))
        return false;
    const size_t classes = bp_texts_count(&s->classes.names);
    table->classes = classes < 2 ? 2 : classes;
    table->texts[BP_NAMES_OF_CLASSES] = s->classes.names;
    s->classes.names = (struct bp_texts){0};
    return true;
}

static bp_status finish(struct bp_libsvm *s)
{
    size_t inputs = 0;
    if (s->rows == 0)
        return bp_libsvm_fail(s, BP_ERR_FORMAT, 0, 0, "has no row");
    if (s->whole && s->many_line > 0)
        return bp_libsvm_fail(s, BP_ERR_FORMAT, s->many_line, s->many_column,
                              "there are more than %zu classes: BP_DATA_MOST_CLASSES allows more, and BP_DATA_NUMBERS "
                              "makes the labels numbers",
                              s->classes.most);
    BP_TRY(count_inputs(s, &inputs));
    if (!bp_table_fits(s->rows + 1, inputs))
        return bp_libsvm_fail(s, BP_ERR_FORMAT, 0, 0, "%zu x %zu numbers do not fit in memory", s->rows, inputs);
    int32_t *columns = (int32_t *)(void *)s->columns.bytes;
    for (size_t i = 0; !s->from_zero && i < s->columns.used / sizeof(*columns); i++)
        columns[i]--;
    const struct bp_sparse sparse = {s->values.bytes, columns, (const int64_t *)(void *)s->starts.bytes, 0};
    struct bp_table *table = bp_table_create(&s->data->allocator);
    if (!table)
        return bp_libsvm_no_memory(s);
    table->rows = s->rows;
    if (bp_table_fill_sparse(table, BP_F64, s->rows, inputs, &sparse) && add_labels(s, table)) {
        bp_data_take(s->data, table);
        return BP_OK;
    }
    bp_table_leave(table);
    return bp_libsvm_no_memory(s);
}

/* ---- the whole */

static bp_status read_all(struct bp_libsvm *s)
{
    const int64_t start = 0;
    bool got = true;
    if (s->reader->end >= 3 && memcmp(s->reader->bytes, "\xef\xbb\xbf", 3) == 0) /* the byte order mark of UTF-8 */
        s->reader->at = 3;
    if (!bp_buffer_add(&s->data->allocator, &s->starts, &start, sizeof(start)))
        return bp_libsvm_no_memory(s);
    while (got)
        BP_TRY(bp_libsvm_next(s, &got));
    return finish(s);
}

static void release(struct bp_libsvm *s)
{
    const bp_allocator *allocator = &s->data->allocator;
    struct bp_buffer *const buffers[] = {&s->token, &s->values, &s->columns, &s->starts, &s->target, &s->labels};
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        bp_buffer_release(allocator, buffers[i]);
    bp_classes_release(allocator, &s->classes);
}

static bp_status read_libsvm(struct bp_reading *reading)
{
    bp_data *data = reading->data;
    struct bp_libsvm s = {.data = data,
                          .call = reading->call,
                          .path = reading->path,
                          .reader = &reading->file,
                          .inputs = (size_t)bp_data_option(data, BP_DATA_WIDTH),
                          .line = 1,
                          .column = 1,
                          .whole = true,
                          .greatest = -1};
    s.most_record = bp_data_bound(data, BP_DATA_MOST_RECORD);
    s.classes.most = (size_t)bp_data_option(data, BP_DATA_MOST_CLASSES);
    const bp_status status = read_all(&s);
    release(&s);
    return status;
}

/* ---- the first row, as far as the bytes go */

struct bytes {
    const unsigned char *at, *end;
};

static bool next_is(const struct bytes *b, const char *any) { return b->at < b->end && *b->at && strchr(any, *b->at); }

/* Takes all bytes that are one of these. False if there are none. */
static bool take_any(struct bytes *b, const char *any)
{
    const unsigned char *const from = b->at;
    while (next_is(b, any))
        b->at++;
    return b->at > from;
}

static void skip_lines_without_row(struct bytes *b)
{
    while (take_any(b, " \t\r\n") || next_is(b, "#"))
        for (bool comment = next_is(b, "#"); comment && b->at < b->end && !next_is(b, "\r\n");)
            b->at++;
}

#define DIGITS "0123456789"

static bool take_pair(struct bytes *b)
{
    if (b->end - b->at > 3 && memcmp(b->at, "qid", 3) == 0)
        b->at += 3;
    else if (!take_any(b, DIGITS))
        return false;
    if (!next_is(b, ":"))
        return false;
    b->at++;
    return take_any(b, DIGITS "+-.eE");
}

/* A number, and then pairs of index:value alone, one at least; the bytes may end within another. */
static bool begins(const unsigned char *bytes, size_t size)
{
    struct bytes b = {bytes, bytes + size};
    size_t pairs = 0;
    skip_lines_without_row(&b);
    if (!take_any(&b, DIGITS "+-.eE"))
        return false;
    while (take_any(&b, " \t") && !next_is(&b, "\r\n#")) {
        if (b.at < b.end && !take_pair(&b))
            return b.at == b.end && pairs > 0;
        pairs++;
    }
    return pairs > 0 && (b.at == b.end || next_is(&b, "\r\n#"));
}

const struct bp_format bp_format_libsvm = {
    .begins = begins, .endings = ".libsvm .svmlight .svm ", .uses = {BP_DATA_WIDTH}, .read = read_libsvm};

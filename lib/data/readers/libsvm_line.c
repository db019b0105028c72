/* SPDX-License-Identifier: MIT
 *
 * A line: a label, and numbers with their indices, `1 3:0.5 17:2 # words`. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "data/readers/libsvm.h"
#include "base/number.h"
#include "data/data_options.h"

enum { END = -1 };

static const bp_allocator *allocator_of(const struct bp_libsvm *s) { return &s->data->allocator; }

static bool is_line_end(int c) { return c == '\n' || c == '\r'; }

static bool is_blank(int c) { return c == ' ' || c == '\t'; }

static const char *token_of(const struct bp_libsvm *s) { return (const char *)s->token.bytes; }

#define FAIL_HERE(s, ...) bp_libsvm_fail(s, BP_ERR_FORMAT, (s)->line, (s)->token_column, __VA_ARGS__)

/* ---- bytes */

static void take(struct bp_libsvm *s)
{
    s->reader->at++;
    s->column++;
}

/* Takes a line end if there is one. */
static bool skip_line_end(struct bp_libsvm *s)
{
    const int c = bp_reader_peek(s->reader);
    if (!is_line_end(c))
        return false;
    take(s);
    if (c == '\r' && bp_reader_peek(s->reader) == '\n')
        take(s);
    s->line++;
    s->column = 1;
    return true;
}

/* Up to what may be a token: past blanks, and past a comment, which continues to the line's end. */
static void skip_blanks(struct bp_libsvm *s)
{
    while (is_blank(bp_reader_peek(s->reader)))
        take(s);
    if (bp_reader_peek(s->reader) == '#')
        for (int c; (c = bp_reader_peek(s->reader)) != END && !is_line_end(c);)
            take(s);
}

/* Takes bytes of a token, as many as are there. */
static bool take_run(struct bp_libsvm *s)
{
    struct bp_reader *reader = s->reader;
    const size_t from = reader->at;
    for (bool ended = false; reader->at < reader->end && !ended; reader->at += !ended) {
        const int c = reader->bytes[reader->at];
        ended = is_blank(c) || is_line_end(c) || c == '#' || c == '\0';
    }
    s->column += reader->at - from;
    return bp_buffer_put(allocator_of(s), &s->token, reader->bytes + from, reader->at - from);
}

static bp_status check_size(struct bp_libsvm *s)
{
    if (s->column - 1 <= s->most_record)
        return BP_OK;
    return FAIL_HERE(s, "the record has more than %s: BP_DATA_MOST_RECORD allows more",
                     bp_message_count(s->most_record, "byte").text);
}

/* The next token of the line; an empty one at its end. */
static bp_status read_token(struct bp_libsvm *s)
{
    skip_blanks(s);
    s->token.used = 0;
    s->token_column = s->column;
    for (int c; (c = bp_reader_peek(s->reader)) != END && !is_blank(c) && !is_line_end(c) && c != '#';) {
        if (c == '\0')
            return bp_libsvm_fail(s, BP_ERR_FORMAT, s->line, s->column, "a byte is 0: this is not text");
        if (!take_run(s))
            return bp_libsvm_no_memory(s);
        BP_TRY(check_size(s));
    }
    if (!bp_buffer_put(allocator_of(s), &s->token, "", 1))
        return bp_libsvm_no_memory(s);
    if (s->reader->status != BP_OK)
        return bp_libsvm_fail(s, s->reader->status, 0, 0, "%s", s->reader->problem);
    return BP_OK;
}

/* ---- the label */

/* A double holds every whole number up to here, so that their digits differ. */
#define MOST_WHOLE 0x1p53

/* The class is the number, however it is written: "+1" and "1.0" are "1". */
static bp_status add_class(struct bp_libsvm *s, double value)
{
    char name[32];
    int32_t label;
    snprintf(name, sizeof(name), "%.0f", value == 0 ? 0 : value);
    const enum bp_label_result result = bp_classes_label(allocator_of(s), &s->classes, 0, name, &label);
    if (result == BP_LABEL_TOO_MANY) { /* which does not matter where a later label is no whole number */
        s->many_line = s->line;
        s->many_column = s->token_column;
        return BP_OK;
    }
    if (result != BP_LABEL_FOUND || !bp_buffer_add(allocator_of(s), &s->labels, &label, sizeof(label)))
        return bp_libsvm_no_memory(s);
    return BP_OK;
}

static bp_status read_number(struct bp_libsvm *s, const char *text, double *number)
{
    const enum bp_number_result result = bp_number_parse(text, number);
    if (result == BP_NUMBER_TOO_LARGE)
        return FAIL_HERE(s, "\"%s\" is too large for a double", bp_quote_text(text).text);
    if (result != BP_NUMBER_OK)
        return FAIL_HERE(s, "\"%s\" is no number", bp_quote_text(text).text);
    return BP_OK;
}

static bp_status add_label(struct bp_libsvm *s)
{
    double value;
    if (strchr(token_of(s), ':'))
        return FAIL_HERE(s, "\"%s\" is no label: a line begins with its label", bp_quote_text(token_of(s)).text);
    if (strchr(token_of(s), ','))
        return FAIL_HERE(s, "\"%s\": a row has only one label", bp_quote_text(token_of(s)).text);
    BP_TRY(read_number(s, token_of(s), &value));
    const int32_t numbers = bp_data_option(s->data, BP_DATA_NUMBERS);
    const bool whole = value == floor(value) && fabs(value) <= MOST_WHOLE;
    if (!whole && numbers == 0)
        return FAIL_HERE(s, "\"%s\" is no whole number, and BP_DATA_NUMBERS is 0", bp_quote_text(token_of(s)).text);
    s->whole = s->whole && whole && numbers != 1;
    if (!bp_buffer_add(allocator_of(s), &s->target, &value, sizeof(value)))
        return bp_libsvm_no_memory(s);
    return s->whole && s->many_line == 0 ? add_class(s, value) : BP_OK;
}

/* ---- the numbers */

/* The index at the beginning of the token; `*value` is the text after its colon. */
static bp_status read_index(struct bp_libsvm *s, int32_t *index, const char **value)
{
    const char *text = token_of(s);
    const size_t digits = strspn(text, "0123456789");
    int64_t number = 0;
    if (digits == 0 || text[digits] != ':')
        return FAIL_HERE(s, "\"%s\" is no index:value", bp_quote_text(text).text);
    for (size_t i = 0; i < digits && number <= INT32_MAX; i++)
        number = number * 10 + (text[i] - '0');
    if (number > INT32_MAX || (s->inputs > 0 && (uint64_t)number > s->inputs))
        return FAIL_HERE(s, "\"%s\": the greatest index is %zu", bp_quote_text(text).text,
                         s->inputs > 0 && s->inputs < INT32_MAX ? s->inputs : (size_t)INT32_MAX);
    *index = (int32_t)number;
    *value = text + digits + 1;
    return BP_OK;
}

static bp_status add_number(struct bp_libsvm *s, int32_t *last)
{
    int32_t index;
    const char *text = NULL;
    double value;
    BP_TRY(read_index(s, &index, &text));
    if (index <= *last)
        return FAIL_HERE(s, "index %d comes after index %d: they must ascend", (int)index, (int)*last);
    BP_TRY(read_number(s, text, &value));
    if (!bp_buffer_add(allocator_of(s), &s->values, &value, sizeof(value)) ||
        !bp_buffer_add(allocator_of(s), &s->columns, &index, sizeof(index)))
        return bp_libsvm_no_memory(s);
    *last = index;
    s->from_zero = s->from_zero || index == 0;
    if (index > s->greatest) {
        s->greatest = index;
        s->greatest_line = s->line;
        s->greatest_column = s->token_column;
    }
    return BP_OK;
}

/* ---- the line */

bp_status bp_libsvm_next(struct bp_libsvm *s, bool *got)
{
    int32_t last = -1;
    do
        BP_TRY(read_token(s));
    while (s->token.used == 1 && skip_line_end(s));
    *got = s->token.used > 1;
    if (!*got)
        return BP_OK;
    BP_TRY(add_label(s));
    for (;;) {
        BP_TRY(read_token(s));
        if (s->token.used == 1)
            break;
        if (strncmp(token_of(s), "qid:", 4) != 0) /* which query a row belongs to says nothing to a net */
            BP_TRY(add_number(s, &last));
    }
    const int64_t end = (int64_t)(s->values.used / sizeof(double));
    if (!bp_buffer_add(allocator_of(s), &s->starts, &end, sizeof(end)))
        return bp_libsvm_no_memory(s);
    s->rows++;
    bp_reader_found_rows(s->reader);
    return BP_OK;
}

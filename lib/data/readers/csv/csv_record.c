/* SPDX-License-Identifier: MIT
 *
 * RFC 4180, and what else is written: any separator, LF, CR LF or CR, blanks around fields, blank lines. */
#include "data/readers/csv/csv.h"

enum { END = -1 };

static const struct bp_allocator *allocator_of(const struct bp_csv *csv) { return &csv->data->allocator; }

static bool is_line_end(int c) { return c == '\n' || c == '\r'; }

/* A space that separates stands for any run of spaces and tabs. */
static bool is_separator(const struct bp_csv *csv, int c)
{
    return c == csv->separator || (csv->separator == ' ' && c == '\t');
}

static bool is_blank(const struct bp_csv *csv, int c) { return c == ' ' || (c == '\t' && csv->separator != '\t'); }

static void skip_blanks(struct bp_csv *csv)
{
    while (is_blank(csv, bp_reader_peek(csv->reader)))
        csv->reader->at++;
}

/* Takes a line end if there is one. */
static bool skip_line_end(struct bp_csv *csv)
{
    const int c = bp_reader_peek(csv->reader);
    if (!is_line_end(c))
        return false;
    csv->reader->at++;
    if (c == '\r' && bp_reader_peek(csv->reader) == '\n')
        csv->reader->at++;
    csv->line++;
    return true;
}

static size_t column(const struct bp_csv *csv) { return bp_texts_count(&csv->record) + 1; }

static bool add(struct bp_csv *csv, const void *bytes, size_t size)
{
    return bp_buffer_put(allocator_of(csv), &csv->record.text, bytes, size);
}

/* Before more memory is taken for it. */
static bp_status check_size(struct bp_csv *csv)
{
    if (bp_reader_offset(csv->reader) - csv->record_start <= csv->most_record)
        return BP_OK;
    return bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, column(csv),
                       "the record has more than %s: BP_DATA_MOST_RECORD allows more",
                       bp_message_count(csv->most_record, "byte").text);
}

/* ---- fields */

/* Up to a separator or the line's end. */
static bp_status read_plain(struct bp_csv *csv, size_t start)
{
    struct bp_reader *reader = csv->reader;
    bool ended = false;
    while (!ended && bp_reader_peek(reader) != END) {
        const size_t from = reader->at;
        while (reader->at < reader->end && !ended) {
            const int c = reader->bytes[reader->at];
            ended = is_separator(csv, c) || is_line_end(c) || c == '\0';
            reader->at += !ended;
        }
        if (!add(csv, reader->bytes + from, reader->at - from))
            return bp_csv_no_memory(csv);
        if (!ended)
            BP_TRY(check_size(csv));
    }
    struct bp_buffer *text = &csv->record.text;
    while (text->used > start && is_blank(csv, text->bytes[text->used - 1]))
        text->used--;
    return BP_OK;
}

/* Takes bytes that mean themselves within quotes, as many as are there. */
static bool take_run(struct bp_csv *csv)
{
    struct bp_reader *reader = csv->reader;
    const size_t from = reader->at;
    for (bool ended = false; reader->at < reader->end && !ended; reader->at += !ended) {
        const int c = reader->bytes[reader->at];
        ended = c == '"' || is_line_end(c) || c == '\0';
    }
    return add(csv, reader->bytes + from, reader->at - from);
}

/* Within quotes, of which two stand for one, all but NUL is text. The line's end is LF there, as it would be
 * outside. */
static bp_status read_quoted(struct bp_csv *csv)
{
    struct bp_reader *reader = csv->reader;
    const size_t line = csv->line;
    reader->at++;
    for (int c; (c = bp_reader_peek(reader)) != END && c != '\0';) {
        bool enough;
        if (skip_line_end(csv)) {
            enough = add(csv, "\n", 1);
        } else if (c == '"') {
            reader->at++;
            if (bp_reader_peek(reader) != '"')
                return BP_OK;
            reader->at++;
            enough = add(csv, "\"", 1);
        } else {
            enough = take_run(csv);
        }
        if (!enough)
            return bp_csv_no_memory(csv);
        BP_TRY(check_size(csv));
    }
    if (bp_reader_peek(reader) == '\0')
        return BP_OK; /* said by the caller */
    return bp_csv_fail(csv, BP_ERR_FORMAT, line, column(csv), "the quote is never closed");
}

/* Takes what ends a field; `*last` says whether that ends the record too. */
static bp_status end_field(struct bp_csv *csv, bool *last)
{
    if (csv->separator == ' ')
        skip_blanks(csv);
    const int c = bp_reader_peek(csv->reader);
    *last = c == END || is_line_end(c);
    if (*last) {
        skip_line_end(csv);
        return BP_OK;
    }
    if (c == '\0')
        return bp_csv_fail(csv, BP_ERR_FORMAT, csv->line, column(csv), "a byte is 0: this is not text in UTF-8");
    if (csv->separator == ' ')
        return BP_OK;
    if (!is_separator(csv, c))
        return bp_csv_fail(csv, BP_ERR_FORMAT, csv->line, column(csv), "there is text after the closing quote");
    csv->reader->at++;
    return BP_OK;
}

static bp_status read_field(struct bp_csv *csv, bool *quoted)
{
    const size_t start = csv->record.text.used;
    skip_blanks(csv);
    *quoted = bp_reader_peek(csv->reader) == '"';
    if (*quoted) {
        BP_TRY(read_quoted(csv));
        skip_blanks(csv);
    } else {
        BP_TRY(read_plain(csv, start));
    }
    if (!add(csv, "", 1))
        return bp_csv_no_memory(csv);
    return BP_OK;
}

/* ---- records */

/* The separator is the first of these that the first line has outside of quotes: the rarer within a name come first. */
static int find_separator(struct bp_csv *csv)
{
    static const char separators[] = "\t;|, ";
    bool quoted = false, seen[sizeof(separators)] = {false};
    const size_t size = bp_reader_fill(csv->reader);
    for (size_t i = 0; i < size && (quoted || !is_line_end(csv->reader->bytes[i])); i++) {
        quoted ^= csv->reader->bytes[i] == '"';
        for (size_t s = 0; !quoted && separators[s]; s++)
            seen[s] |= csv->reader->bytes[i] == (unsigned char)separators[s];
    }
    size_t s = 0;
    while (separators[s] && !seen[s])
        s++;
    return separators[s] ? separators[s] : ',';
}

/* The end of the file may be where it could not be read on. */
static bp_status read_well(struct bp_csv *csv)
{
    const bp_status status = csv->reader->status;
    return status == BP_OK ? BP_OK : bp_csv_fail(csv, status, 0, 0, "%s", csv->reader->problem);
}

static bp_status read_record(struct bp_csv *csv, bool *blank)
{
    bool last = false, quoted = false;
    csv->record.text.used = csv->record.at.used = 0;
    csv->record_line = csv->line;
    csv->record_start = bp_reader_offset(csv->reader);
    while (!last) {
        const size_t start = csv->record.text.used;
        BP_TRY(read_field(csv, &quoted));
        BP_TRY(check_size(csv));
        BP_TRY(end_field(csv, &last));
        if (!bp_buffer_put(allocator_of(csv), &csv->record.at, &start, sizeof(start)))
            return bp_csv_no_memory(csv);
    }
    *blank = bp_texts_count(&csv->record) == 1 && !quoted && csv->record.text.used == 1;
    return read_well(csv);
}

bp_status bp_csv_next(struct bp_csv *csv, bool *got)
{
    bool blank = true;
    while (blank) {
        while (skip_line_end(csv))
            ;
        *got = bp_reader_peek(csv->reader) != END;
        if (!*got)
            return read_well(csv);
        const bool found = csv->separator == 0;
        if (found)
            csv->separator = find_separator(csv);
        BP_TRY(read_record(csv, &blank));
        if (blank && found)
            csv->separator = 0; /* a line of spaces decides nothing */
    }
    return BP_OK;
}

/* SPDX-License-Identifier: MIT
 *
 * The header, by NEP 1 and numpy.lib.format: "\x93NUMPY", the version, how long the rest is, and a literal of Python's:
 * {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }, with blanks up to its end. Only this is understood of
 * Python, and nothing is kept of it but what it says, so that no length need be believed. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"
#include "data/readers/npy.h"
#include "data/data_options.h"

enum { MOST_WORD = 40 };

static uint64_t offset_of(const struct bp_npy *npy) { return bp_reader_offset(npy->reader); }

/* ---- characters */

/* -1 at the header's end. */
static int peek(struct bp_npy *npy) { return npy->left > 0 ? bp_reader_peek(npy->reader) : -1; }

static void pass(struct bp_npy *npy)
{
    npy->reader->at++;
    npy->left--;
}

static int peek_past_blanks(struct bp_npy *npy)
{
    int c;
    while ((c = peek(npy)) == ' ' || c == '\t' || c == '\n' || c == '\r')
        pass(npy);
    return c;
}

/* That something else was there than should be. */
static bp_status fail_here(struct bp_npy *npy, const char *expected)
{
    const int c = peek(npy);
    char what[16];
    if (c < 0)
        return bp_npy_fail(npy, BP_ERR_FORMAT, offset_of(npy), "ends within the header, before %s", expected);
    snprintf(what, sizeof(what), c > ' ' && c < 0x7f ? "'%c'" : "byte %02x", (unsigned)c);
    return bp_npy_fail(npy, BP_ERR_FORMAT, offset_of(npy), "the header has %s in place of %s", what, expected);
}

static bp_status take(struct bp_npy *npy, char wanted, const char *name)
{
    if (peek_past_blanks(npy) != wanted)
        return fail_here(npy, name);
    pass(npy);
    return BP_OK;
}

/* ---- values */

/* A text in quotes of either kind. */
static bp_status take_text(struct bp_npy *npy, char text[MOST_WORD], const char *name)
{
    const int quote = peek_past_blanks(npy);
    size_t length = 0;
    int c;
    if (quote != '\'' && quote != '"')
        return fail_here(npy, name);
    for (pass(npy); (c = peek(npy)) != quote; pass(npy)) {
        if (c < ' ' || c > '~' || c == '\\' || length == MOST_WORD - 1)
            return fail_here(npy, "a quotation mark");
        text[length++] = (char)c;
    }
    text[length] = '\0';
    pass(npy);
    return BP_OK;
}

/* A number without sign or leading zeros. */
static bp_status take_size(struct bp_npy *npy, size_t *size)
{
    const uint64_t offset = offset_of(npy);
    const int first = peek(npy);
    int c = first;
    if (c < '0' || c > '9')
        return fail_here(npy, "a whole number");
    for (*size = 0; c >= '0' && c <= '9'; c = peek(npy)) {
        if (!bp_size_multiply(*size, 10, size) || !bp_size_add(*size, (size_t)(c - '0'), size))
            return bp_npy_fail(npy, BP_ERR_FORMAT, offset, "the header's dimension does not fit in memory");
        pass(npy);
        if (first == '0')
            break;
    }
    return BP_OK;
}

/* The types that are read, by their letter and bytes. */
static const struct {
    char kind;
    size_t size;
    int32_t type;
} types[] = {
    {'f', 2, BP_F32}, {'f', 4, BP_F32}, {'f', 8, BP_F64}, {'b', 1, BP_U8},  {'u', 1, BP_U8},  {'u', 2, BP_F64},
    {'u', 4, BP_F64}, {'u', 8, BP_F64}, {'i', 1, BP_F64}, {'i', 2, BP_F64}, {'i', 4, BP_F64}, {'i', 8, BP_F64},
};

static bp_status take_descr(struct bp_npy *npy)
{
    char descr[MOST_WORD];
    const int first = peek_past_blanks(npy);
    const uint64_t offset = offset_of(npy);
    if (first == '[')
        return bp_npy_fail(npy, BP_ERR_UNSUPPORTED, offset,
                           "the header's descr is a list of fields: only numbers are read");
    BP_TRY(take_text(npy, descr, "a type"));
    const bool plain = strlen(descr) == 3 && strchr("<>|", descr[0]);
    for (size_t i = 0; plain && i < sizeof(types) / sizeof(types[0]); i++)
        if (types[i].kind == descr[1] && (char)('0' + types[i].size) == descr[2] &&
            (descr[0] != '|' || types[i].size == 1)) {
            npy->kind = types[i].kind;
            npy->size = types[i].size;
            npy->type = types[i].type;
            npy->big_endian = descr[0] == '>';
            return BP_OK;
        }
    return bp_npy_fail(npy, BP_ERR_UNSUPPORTED, offset,
                       "the header's descr is %s: f2, f4, f8, i1 to i8, u1 to u8 and b1 can be read",
                       bp_quote_text(descr).text);
}

static bp_status take_order(struct bp_npy *npy)
{
    static const char *const words[] = {"False", "True"};
    const int first = peek_past_blanks(npy);
    npy->fortran = first == 'T';
    if (first != 'T' && first != 'F')
        return fail_here(npy, "True or False");
    for (const char *c = words[npy->fortran]; *c; c++) {
        if (peek(npy) != *c)
            return fail_here(npy, "True or False");
        pass(npy);
    }
    return BP_OK;
}

/* (n,) or (n, m) or (n, m, ...): a comma must follow the only number, for (n) is a number to Python. */
static bp_status take_shape(struct bp_npy *npy)
{
    BP_TRY(take(npy, '(', "the shape's '('"));
    for (npy->dimensions = 0; peek_past_blanks(npy) != ')'; npy->dimensions++) {
        if (npy->dimensions == BP_NPY_DIMENSIONS)
            return bp_npy_fail(npy, BP_ERR_UNSUPPORTED, offset_of(npy),
                               "the header's shape has more than %d dimensions", BP_NPY_DIMENSIONS);
        BP_TRY(take_size(npy, &npy->dimension[npy->dimensions]));
        if (peek_past_blanks(npy) == ',')
            pass(npy);
        else if (npy->dimensions == 0 || peek(npy) != ')')
            return fail_here(npy, "a comma");
    }
    pass(npy);
    return BP_OK;
}

/* ---- the whole */

static const struct {
    const char *name;
    bp_status (*take)(struct bp_npy *npy);
} keys[] = {{"descr", take_descr}, {"fortran_order", take_order}, {"shape", take_shape}};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static bp_status take_item(struct bp_npy *npy, bool seen[KEYS])
{
    char key[MOST_WORD];
    size_t i = 0;
    (void)peek_past_blanks(npy);
    const uint64_t offset = offset_of(npy);
    BP_TRY(take_text(npy, key, "a key"));
    while (i < KEYS && strcmp(keys[i].name, key) != 0)
        i++;
    if (i == KEYS || seen[i])
        return bp_npy_fail(npy, BP_ERR_FORMAT, offset, "the header's key %s is %s", bp_quote_text(key).text,
                           i == KEYS ? "none of descr, fortran_order and shape" : "given twice");
    seen[i] = true;
    BP_TRY(take(npy, ':', "a colon"));
    BP_TRY(keys[i].take(npy));
    if (peek_past_blanks(npy) == ',')
        pass(npy);
    else if (peek(npy) != '}')
        return fail_here(npy, "a comma or '}'");
    return BP_OK;
}

static bp_status take_literal(struct bp_npy *npy)
{
    bool seen[KEYS] = {false};
    BP_TRY(take(npy, '{', "'{'"));
    while (peek_past_blanks(npy) != '}')
        BP_TRY(take_item(npy, seen));
    pass(npy);
    for (size_t i = 0; i < KEYS; i++)
        if (!seen[i])
            return bp_npy_fail(npy, BP_ERR_FORMAT, offset_of(npy), "the header has no %s", keys[i].name);
    if (peek_past_blanks(npy) >= 0 || npy->left > 0)
        return fail_here(npy, "blanks up to the header's end");
    return BP_OK;
}

/* Everything before the literal. */
static bp_status take_magic(struct bp_npy *npy)
{
    static const unsigned char magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    unsigned char head[sizeof(magic) + 2], size[4];
    const size_t got = bp_reader_take(npy->reader, head, sizeof(head));
    const size_t some = got < sizeof(magic) ? got : sizeof(magic);
    if (some == 0 || memcmp(head, magic, some) != 0)
        return bp_npy_fail(npy, BP_ERR_FORMAT, 0, "does not begin as an .npy file does, with 93 4e 55 4d 50 59");
    npy->left = sizeof(head) - got;
    if (got < sizeof(head))
        return fail_here(npy, "its version");
    if (head[6] < 1 || head[6] > 3 || head[7] != 0)
        return bp_npy_fail(npy, BP_ERR_UNSUPPORTED, sizeof(magic), "the version is %u.%u: 1.0, 2.0 and 3.0 can be read",
                           head[6], head[7]);
    const size_t bytes = head[6] == 1 ? 2 : 4;
    if (bp_reader_take(npy->reader, size, bytes) < bytes)
        return fail_here(npy, "its length");
    for (size_t i = bytes; i-- > 0;)
        npy->left = npy->left << 8 | size[i];
    const uint64_t most = bp_data_bound(npy->data, BP_DATA_MOST_RECORD);
    if (npy->left > most)
        return bp_npy_fail(npy, BP_ERR_FORMAT, sizeof(head),
                           "the header has %llu bytes: BP_DATA_MOST_RECORD allows more than %llu",
                           (unsigned long long)npy->left, (unsigned long long)most);
    return BP_OK;
}

bp_status bp_npy_read_header(struct bp_npy *npy)
{
    size_t bytes;
    BP_TRY(take_magic(npy));
    BP_TRY(take_literal(npy));
    bp_reader_found_rows(npy->reader);
    if (npy->dimensions == 0)
        return bp_npy_fail(npy, BP_ERR_FORMAT, offset_of(npy), "the shape is (): an array of rows is needed");
    npy->rows = npy->dimension[0];
    npy->columns = 1;
    bool fits = true;
    for (size_t i = 0; i < npy->dimensions; i++) {
        if (npy->dimension[i] == 0)
            return bp_npy_fail(npy, BP_ERR_FORMAT, offset_of(npy), "dimension %zu of the shape's %zu is 0", i + 1,
                               npy->dimensions);
        fits = fits && (i == 0 || bp_size_multiply(npy->columns, npy->dimension[i], &npy->columns));
    }
    if (!fits || !bp_size_multiply(npy->rows, npy->columns, &bytes) || !bp_size_multiply(bytes, sizeof(double), &bytes))
        return bp_npy_fail(npy, BP_ERR_FORMAT, offset_of(npy), "a shape of %s does not fit in memory",
                           bp_message_count(npy->dimensions, "dimension").text);
    return BP_OK;
}

/* SPDX-License-Identifier: MIT */
#include "base/option_text.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"
#include "base/sort.h"

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
static bool is_quote(char c) { return c == '"' || c == '\''; }
static bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
static bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

/* Where an item ends outside of quotes. */
static bool ends_item(char c) { return c == '\0' || is_blank(c) || c == ',' || c == '#'; }
static bool is_bare(char c) { return !ends_item(c) && !is_quote(c); }

static bp_status wrong(struct bp_option_fault *fault, size_t at, const char *problem)
{
    fault->at = at;
    snprintf(fault->problem, sizeof(fault->problem), "%s", problem);
    return BP_ERR_FORMAT;
}

/* ---- from a byte of the text to the one behind something */

static size_t skip_between(const char *text, size_t at)
{
    while (is_blank(text[at]) || text[at] == '#')
        if (text[at++] == '#')
            at += strcspn(text + at, "\n");
    return at;
}

/* A name's size, 0 where there is none. A point belongs to it only with a word behind. */
static size_t name_size(const char *name)
{
    size_t size = 0;
    if (!is_letter(*name))
        return 0;
    while (is_word(name[size]) || (name[size] == '.' && is_word(name[size + 1])))
        size++;
    return size;
}

/* Behind the quoted part that begins at `at`; 0 if its quote has no end. */
static size_t skip_quoted(const char *text, size_t at)
{
    const char quote = text[at++];
    for (;;) {
        const char *end = strchr(text + at, quote);
        if (!end)
            return 0;
        at = (size_t)(end - text) + 1;
        if (text[at] != quote)
            return at;
        at++;
    }
}

static bp_status skip_value(const char *text, size_t *at, struct bp_option_fault *fault)
{
    while (!ends_item(text[*at]) || text[*at] == ',') {
        const size_t begin = *at;
        *at = is_quote(text[begin]) ? skip_quoted(text, begin) : begin + 1;
        if (*at == 0)
            return wrong(fault, begin, "this quote is not closed");
    }
    return BP_OK;
}

/* ---- pairs */

/* The pair that begins at *at. Its name is kept as soon as "=" stands behind it. */
static bp_status take_pair(struct bp_buffer *pairs, const char *text, size_t *at, const bp_allocator *allocator,
                           struct bp_option_fault *fault)
{
    struct bp_option_pair pair = {.name = text + *at, .name_size = name_size(text + *at), .at = *at};
    if (pair.name_size == 0)
        return wrong(fault, *at, "expected a name");
    *at += pair.name_size;
    if (text[*at] != '=') {
        fault->at = *at;
        snprintf(fault->problem, sizeof(fault->problem), "expected \"=\" after %s",
                 bp_quote_bytes(pair.name, pair.name_size).text);
        return BP_ERR_FORMAT;
    }
    const size_t value = ++*at;
    const bp_status status = skip_value(text, at, fault);
    pair.value = text + value;
    pair.value_size = status == BP_OK ? *at - value : 0;
    return bp_buffer_add(allocator, pairs, &pair, sizeof(pair)) ? status : BP_ERR_MEMORY;
}

/* By name, and those of one name in the text's order. */
static bool comes_before(const void *context, size_t a, size_t b)
{
    const struct bp_option_pair *pairs = context, *p = pairs + a, *q = pairs + b;
    const size_t shorter = p->name_size < q->name_size ? p->name_size : q->name_size;
    const int order = memcmp(p->name, q->name, shorter);
    if (order != 0)
        return order < 0;
    return p->name_size != q->name_size ? p->name_size < q->name_size : a < b;
}

static bool same_name(const struct bp_option_pair *p, const struct bp_option_pair *q)
{
    return p->name_size == q->name_size && memcmp(p->name, q->name, p->name_size) == 0;
}

/* The first pair of the text whose name stands before it too; NULL if there is none. False if there is no memory. */
static bool find_twice(const struct bp_option_pair *pairs, size_t count, const bp_allocator *allocator,
                       const struct bp_option_pair **twice)
{
    *twice = NULL;
    if (count < 2)
        return true;
    size_t *order = bp_memory_allocate(allocator, count, sizeof(*order));
    if (!order)
        return false;
    bp_sort(order, count, comes_before, pairs);
    for (size_t i = 1; i < count; i++) {
        const struct bp_option_pair *later = &pairs[order[i]];
        if (same_name(&pairs[order[i - 1]], later) && (!*twice || later < *twice))
            *twice = later;
    }
    bp_memory_release(allocator, order);
    return true;
}

/* A name that is given twice is the earlier fault: it was kept before what is wrong behind it. */
static bp_status parse(struct bp_buffer *pairs, const char *text, const bp_allocator *allocator,
                       struct bp_option_fault *fault)
{
    bp_status status = BP_OK;
    const struct bp_option_pair *twice;
    for (size_t at = 0; status == BP_OK && text[at = skip_between(text, at)];)
        status = take_pair(pairs, text, &at, allocator, fault);
    if (status == BP_ERR_MEMORY || !find_twice((const struct bp_option_pair *)(const void *)pairs->bytes,
                                               pairs->used / sizeof(*twice), allocator, &twice))
        return BP_ERR_MEMORY;
    if (!twice)
        return status;
    fault->at = twice->at;
    snprintf(fault->problem, sizeof(fault->problem), "%s is given twice",
             bp_quote_bytes(twice->name, twice->name_size).text);
    return BP_ERR_FORMAT;
}

bp_status bp_option_text_parse(struct bp_option_text *options, const char *text, const bp_allocator *allocator,
                               struct bp_option_fault *fault)
{
    *options = (struct bp_option_text){0};
    const bp_status status = parse(&options->memory, text, allocator, fault);
    if (status != BP_OK) {
        bp_option_text_release(options, allocator);
        return status;
    }
    options->pairs = (const struct bp_option_pair *)(const void *)options->memory.bytes;
    options->count = options->memory.used / sizeof(*options->pairs);
    return BP_OK;
}

void bp_option_text_release(struct bp_option_text *options, const bp_allocator *allocator)
{
    bp_buffer_release(allocator, &options->memory);
    *options = (struct bp_option_text){0};
}

/* ---- values */

bool bp_option_next_item(const struct bp_option_pair *pair, size_t *at, struct bp_option_item *item)
{
    const size_t begin = *at;
    if (begin > pair->value_size) /* behind the last one a comma would follow */
        return false;
    while (*at < pair->value_size && pair->value[*at] != ',')
        *at = is_quote(pair->value[*at]) ? skip_quoted(pair->value, *at) : *at + 1;
    *item = (struct bp_option_item){pair->value + begin, *at - begin};
    ++*at;
    return true;
}

bool bp_option_next_part(const struct bp_option_item *item, size_t *at, struct bp_option_part *part)
{
    const size_t begin = *at;
    if (begin == item->size)
        return false;
    if (is_quote(item->bytes[begin])) {
        *at = skip_quoted(item->bytes, begin);
        *part = (struct bp_option_part){item->bytes + begin + 1, *at - begin - 2, item->bytes[begin]};
        return true;
    }
    while (*at < item->size && is_bare(item->bytes[*at]))
        ++*at;
    *part = (struct bp_option_part){item->bytes + begin, *at - begin, '\0'};
    return true;
}

size_t bp_option_unquote(const struct bp_option_part *part, char *text)
{
    size_t size = 0;
    for (size_t i = 0; i < part->size; i++) {
        text[size++] = part->bytes[i];
        i += part->quote && part->bytes[i] == part->quote; /* its double */
    }
    return size;
}

bool bp_option_value_text(const struct bp_option_pair *pair, char *text, size_t capacity, bool *quoted)
{
    size_t next = 0, at = 0, size = 0;
    struct bp_option_item item;
    struct bp_option_part part;
    *quoted = false;
    (void)bp_option_next_item(pair, &next, &item); /* there always is one */
    if (next <= pair->value_size)
        return false;
    while (bp_option_next_part(&item, &at, &part)) {
        if (part.size >= capacity - size)
            return false;
        size += bp_option_unquote(&part, text + size);
        *quoted = *quoted || part.quote;
    }
    text[size] = '\0';
    return true;
}

/* ---- the writer */

static void put(struct bp_option_writer *writer, char c)
{
    if (writer->size < writer->capacity)
        writer->text[writer->size] = c;
    writer->size++;
    writer->quote = '\0';
}

static void put_bytes(struct bp_option_writer *writer, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        put(writer, bytes[i]);
}

void bp_option_put_name(struct bp_option_writer *writer, const char *name, size_t size)
{
    if (writer->size > 0)
        put(writer, ' ');
    put_bytes(writer, name, size);
    put(writer, '=');
}

void bp_option_put_value(struct bp_option_writer *writer, const char *value)
{
    put_bytes(writer, value, strlen(value));
}

void bp_option_put_comma(struct bp_option_writer *writer) { put(writer, ','); }

static bool must_quote(const char *text, size_t size)
{
    size_t bare = 0;
    while (bare < size && is_bare(text[bare]))
        bare++;
    return size == 0 || bare < size;
}

/* Behind a quoted part the quotes are of the other kind: two of one kind would be a quote inside. */
void bp_option_put_part(struct bp_option_writer *writer, const char *text, size_t size, bool quoted)
{
    const char quote = writer->quote == '"' ? '\'' : '"';
    if (!quoted && !must_quote(text, size)) {
        put_bytes(writer, text, size);
        return;
    }
    put(writer, quote);
    for (size_t i = 0; i < size; i++) {
        if (text[i] == quote)
            put(writer, quote);
        put(writer, text[i]);
    }
    put(writer, quote);
    writer->quote = quote;
}

/* SPDX-License-Identifier: MIT
 *
 * An option text is read, written and read again: the pairs are the same. A wrong text gives a byte and a clean
 * sentence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../clean.h"
#include "base/memory.h"
#include "base/option_text.h"
#include "fuzz.h"

#define MUST(what) must((what), #what)

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

/* The bytes up to a NUL, as a text in a block of its size, so that a read behind it is seen. */
static char *text_of(const void *bytes, size_t size)
{
    char *text = malloc(size + 1);
    MUST(text != NULL);
    memcpy(text, bytes, size);
    text[size] = '\0';
    return text;
}

static bool read_text(struct bp_option_text *options, const char *text)
{
    struct bp_option_fault fault;
    const bp_status status = bp_option_text_parse(options, text, &bp_memory_malloc, &fault);
    if (status == BP_OK)
        return true;
    MUST(status == BP_ERR_FORMAT && fault.at <= strlen(text));
    MUST(fault.problem[0] != '\0' && strlen(fault.problem) + 1 < sizeof(fault.problem));
    MUST(clean_fault(fault.problem, false) == NULL);
    return false;
}

static void write_pair(struct bp_option_writer *writer, const struct bp_option_pair *pair)
{
    struct bp_option_item item;
    struct bp_option_part part;
    char *text = malloc(pair->value_size + 1);
    MUST(text != NULL);
    bp_option_put_name(writer, pair->name, pair->name_size);
    for (size_t at = 0, items = 0; bp_option_next_item(pair, &at, &item); items++) {
        if (items > 0)
            bp_option_put_comma(writer);
        for (size_t within = 0; bp_option_next_part(&item, &within, &part);)
            bp_option_put_part(writer, text, bp_option_unquote(&part, text), part.quote != '\0');
    }
    free(text);
}

static char *write_text(const struct bp_option_text *options)
{
    struct bp_option_writer counted = {0};
    for (size_t i = 0; i < options->count; i++)
        write_pair(&counted, &options->pairs[i]);
    char *text = malloc(counted.size + 1);
    MUST(text != NULL);
    struct bp_option_writer kept = {.text = text, .capacity = counted.size};
    for (size_t i = 0; i < options->count; i++)
        write_pair(&kept, &options->pairs[i]);
    MUST(kept.size == counted.size);
    text[kept.size] = '\0';
    return text;
}

static void same_part(const struct bp_option_part *a, const struct bp_option_part *b)
{
    char *of_a = malloc(a->size + 1), *of_b = malloc(b->size + 1);
    MUST(of_a != NULL && of_b != NULL);
    const size_t size = bp_option_unquote(a, of_a);
    MUST(bp_option_unquote(b, of_b) == size && memcmp(of_a, of_b, size) == 0);
    MUST((a->quote != '\0') == (b->quote != '\0'));
    free(of_a);
    free(of_b);
}

static void same_item(const struct bp_option_item *a, const struct bp_option_item *b)
{
    struct bp_option_part of_a, of_b;
    size_t at_a = 0, at_b = 0;
    while (bp_option_next_part(a, &at_a, &of_a)) {
        MUST(bp_option_next_part(b, &at_b, &of_b));
        same_part(&of_a, &of_b);
    }
    MUST(!bp_option_next_part(b, &at_b, &of_b));
}

static void same_pair(const struct bp_option_pair *a, const struct bp_option_pair *b)
{
    struct bp_option_item of_a, of_b;
    size_t at_a = 0, at_b = 0;
    MUST(a->name_size == b->name_size && memcmp(a->name, b->name, a->name_size) == 0);
    while (bp_option_next_item(a, &at_a, &of_a)) {
        MUST(bp_option_next_item(b, &at_b, &of_b));
        same_item(&of_a, &of_b);
    }
    MUST(!bp_option_next_item(b, &at_b, &of_b));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct bp_option_text first, second;
    const uint8_t *end = size > 0 ? memchr(bytes, 0, size) : NULL;
    char *text = text_of(bytes, end ? (size_t)(end - bytes) : size);
    if (read_text(&first, text)) {
        char *written = write_text(&first);
        MUST(read_text(&second, written));
        MUST(first.count == second.count);
        for (size_t i = 0; i < first.count; i++)
            same_pair(&first.pairs[i], &second.pairs[i]);
        bp_option_text_release(&first, &bp_memory_malloc);
        bp_option_text_release(&second, &bp_memory_malloc);
        free(written);
    }
    free(text);
    return 0;
}

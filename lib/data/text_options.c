/* SPDX-License-Identifier: MIT */
#include "data/text_options.h"

#include <string.h>

#include "base/memory.h"

char **bp_data_text_place(struct bp_data_texts *texts, const struct bp_option *option)
{
    return (char **)(void *)((char *)texts + option->offset);
}

const char *bp_data_text_of(const struct bp_data_texts *texts, const struct bp_option *option)
{
    return *(char *const *)(const void *)((const char *)texts + option->offset);
}

/* ---- life */

enum { TEXTS = sizeof(struct bp_data_texts) / sizeof(char *) };

static bool copy_text(const bp_allocator *allocator, char **copy, const char *text, size_t size)
{
    *copy = bp_memory_allocate(allocator, size + 1, 1);
    if (*copy)
        memcpy(*copy, text, size);
    return *copy;
}

bool bp_data_texts_copy(const bp_allocator *allocator, struct bp_data_texts *copy, const struct bp_data_texts *texts)
{
    char *const *from = (char *const *)(const void *)texts, **to = (char **)(void *)copy;
    *copy = (struct bp_data_texts){0};
    for (size_t i = 0; i < TEXTS; i++)
        if (from[i] && !copy_text(allocator, &to[i], from[i], strlen(from[i]))) {
            bp_data_texts_release(allocator, copy);
            return false;
        }
    return true;
}

void bp_data_texts_release(const bp_allocator *allocator, struct bp_data_texts *texts)
{
    char **text = (char **)(void *)texts;
    for (size_t i = 0; i < TEXTS; i++)
        bp_memory_release(allocator, text[i]);
    *texts = (struct bp_data_texts){0};
}

/* ---- out of an option text */

bp_status bp_data_texts_read(const struct bp_call *call, const bp_allocator *allocator, struct bp_data_texts *texts,
                             const struct bp_option *option, const struct bp_option_pair *pair)
{
    struct bp_option_item item;
    size_t at = 0, items = 0;
    char *text = NULL, **const place = bp_data_text_place(texts, option);
    while (bp_option_next_item(pair, &at, &item)) {
        items++;
        if (item.size == 0 && pair->value_size > 0)
            return bp_fail(call, BP_ERR_ARG, "byte %zu: %s: item %zu is empty", pair->at, option->named.name, items);
    }
    if ((double)items > option->high)
        return bp_fail(call, BP_ERR_ARG, "byte %zu: %s has %s: it takes %d at most", pair->at, option->named.name,
                       bp_message_count(items, "item").text, (int)option->high);
    if (pair->value_size > 0 && !copy_text(allocator, &text, pair->value, pair->value_size))
        return bp_fail_memory(call);
    bp_memory_release(allocator, *place);
    *place = text;
    return BP_OK;
}

struct bp_option_pair bp_data_text_pair(const char *text)
{
    return (struct bp_option_pair){.value = text, .value_size = strlen(text)};
}

bool bp_data_text_item(const bp_allocator *allocator, const char *text, size_t index, char **item)
{
    const struct bp_option_pair pair = bp_data_text_pair(text ? text : "");
    struct bp_option_item found = {0};
    struct bp_option_part part;
    size_t next = 0, at = 0, size = 0;
    *item = NULL;
    for (size_t i = 0; i <= index; i++)
        if (!text || !bp_option_next_item(&pair, &next, &found))
            return true;
    *item = bp_memory_allocate(allocator, found.size + 1, 1);
    while (*item && bp_option_next_part(&found, &at, &part))
        size += bp_option_unquote(&part, *item + size);
    return *item;
}

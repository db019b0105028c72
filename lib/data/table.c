/* SPDX-License-Identifier: MIT */
#include "data/table.h"

#include <string.h>

#include "base/memory.h"

struct bp_table *bp_table_create(const bp_allocator *allocator)
{
    struct bp_table *table = bp_memory_allocate(allocator, 1, sizeof(*table));
    if (!table)
        return NULL;
    table->allocator = *allocator;
    atomic_init(&table->users, 1);
    return table;
}

struct bp_table *bp_table_share(struct bp_table *table)
{
    atomic_fetch_add(&table->users, 1);
    return table;
}

void bp_table_put(struct bp_table *table, enum bp_part_kind kind, struct bp_part part)
{
    memcpy(part.own, table->part[kind].own, sizeof(part.own));
    table->part[kind] = part;
}

void bp_table_drop(struct bp_table *table, enum bp_part_kind kind) { bp_table_put(table, kind, (struct bp_part){0}); }

bool bp_table_reserve(struct bp_table *table, enum bp_part_kind kind, const size_t bytes[BP_OWN])
{
    struct bp_buffer *own = table->part[kind].own, made[BP_OWN] = {0};
    bool enough = true;
    for (size_t i = 0; enough && i < BP_OWN; i++)
        enough = bytes[i] <= own[i].capacity || bp_buffer_reserve(&table->allocator, &made[i], bytes[i]);
    for (size_t i = 0; i < BP_OWN; i++) {
        if (!made[i].bytes)
            continue;
        bp_buffer_release(&table->allocator, enough ? &own[i] : &made[i]);
        if (enough)
            own[i] = made[i];
    }
    return enough;
}

static void release_texts(struct bp_table *table)
{
    for (size_t i = 0; i < BP_NAME_KINDS; i++)
        bp_texts_release(&table->allocator, &table->texts[i]);
}

void bp_table_begin(struct bp_table *table, size_t rows)
{
    for (size_t i = 0; i < BP_PARTS; i++)
        if (i != BP_PART_INPUTS)
            bp_table_drop(table, (enum bp_part_kind)i);
    release_texts(table);
    table->rows = rows;
    table->classes = 0;
}

static void clear(struct bp_table *table)
{
    for (size_t i = 0; i < BP_PARTS; i++) {
        bp_table_drop(table, (enum bp_part_kind)i);
        for (size_t own = 0; own < BP_OWN; own++)
            bp_buffer_release(&table->allocator, &table->part[i].own[own]);
    }
    release_texts(table);
}

void bp_table_leave(struct bp_table *table)
{
    if (!table || atomic_fetch_sub(&table->users, 1) > 1)
        return;
    const bp_allocator allocator = table->allocator;
    clear(table);
    bp_memory_release(&allocator, table);
}

bool bp_table_fits(size_t rows, size_t columns)
{
    size_t count, bytes;
    return bp_size_multiply(rows, columns, &count) && bp_size_multiply(count, sizeof(double), &bytes);
}

/* A buffer with no more memory left than this part of what is used is taken as it is. */
enum { MOST_WASTE = 8 };

/* Takes a buffer for the part's numbers. */
static void own_numbers(struct bp_table *table, enum bp_part_kind kind, int32_t type, size_t columns,
                        struct bp_buffer *numbers)
{
    struct bp_buffer *own = &table->part[kind].own[BP_OWN_NUMBERS];
    bp_buffer_release(&table->allocator, own);
    *own = *numbers;
    *numbers = (struct bp_buffer){0};
    bp_table_put(
        table, kind,
        (struct bp_part){.type = type, .columns = columns, .stride = columns, .numbers = own->bytes, .scale = 1});
}

void *bp_table_make(struct bp_table *table, enum bp_part_kind kind, int32_t type, size_t rows, size_t columns)
{
    if (!bp_table_fits(rows, columns))
        return NULL;
    const size_t bytes = rows * columns * bp_part_size(type);
    struct bp_buffer made = {.bytes = bp_memory_allocate(&table->allocator, bytes, 1), .capacity = bytes};
    if (!made.bytes)
        return NULL;
    own_numbers(table, kind, type, columns, &made);
    return table->part[kind].own[BP_OWN_NUMBERS].bytes;
}

bool bp_table_fill_sparse(struct bp_table *table, int32_t type, size_t rows, size_t columns,
                          const struct bp_sparse *sparse)
{
    const size_t first = bp_sparse_start(sparse, 0), count = bp_sparse_nonzeros(sparse, rows);
    const size_t numbers = count > 0 ? count : 1, size = bp_part_size(type); /* there are inputs even if all are 0 */
    const struct bp_buffer *own = table->part[BP_PART_INPUTS].own;
    if (!bp_table_reserve(table, BP_PART_INPUTS,
                          (size_t[BP_OWN]){numbers * size, numbers * sizeof(int32_t), (rows + 1) * sizeof(int64_t)}))
        return false;
    int32_t *at = (int32_t *)(void *)own[BP_OWN_COLUMNS].bytes;
    int64_t *starts = (int64_t *)(void *)own[BP_OWN_STARTS].bytes;
    if (count > 0) {
        memcpy(own[BP_OWN_NUMBERS].bytes, (const char *)sparse->values + first * size, count * size);
        memcpy(at, sparse->columns + first, count * sizeof(*at));
    }
    for (size_t row = 0; row <= rows; row++)
        starts[row] = sparse->starts[row] - sparse->starts[0];
    bp_table_put(table, BP_PART_INPUTS,
                 (struct bp_part){.type = type,
                                  .columns = columns,
                                  .numbers = own[BP_OWN_NUMBERS].bytes,
                                  .scale = 1,
                                  .at = at,
                                  .starts = starts,
                                  .end = (int64_t)count});
    return true;
}

bool bp_table_fill(struct bp_table *table, enum bp_part_kind kind, int32_t type, size_t columns,
                   struct bp_buffer *numbers)
{
    if (numbers->capacity - numbers->used <= numbers->used / MOST_WASTE && bp_table_fits(table->rows, columns)) {
        own_numbers(table, kind, type, columns, numbers);
        return true;
    }
    void *made = bp_table_make(table, kind, type, table->rows, columns);
    if (made)
        memcpy(made, numbers->bytes, numbers->used);
    return made;
}

bool bp_texts_add(const bp_allocator *allocator, struct bp_texts *texts, const char *name, size_t size)
{
    const size_t start = texts->text.used;
    if (!bp_buffer_add(allocator, &texts->text, name, size) || !bp_buffer_add(allocator, &texts->text, NULL, 1) ||
        !bp_buffer_add(allocator, &texts->at, &start, sizeof(start))) {
        texts->text.used = start;
        return false;
    }
    return true;
}

size_t bp_texts_count(const struct bp_texts *texts) { return texts->at.used / sizeof(size_t); }

const char *bp_texts_at(const struct bp_texts *texts, size_t index)
{
    size_t start;
    if (index >= bp_texts_count(texts))
        return NULL;
    memcpy(&start, texts->at.bytes + index * sizeof(start), sizeof(start));
    return (const char *)texts->text.bytes + start;
}

void bp_texts_release(const bp_allocator *allocator, struct bp_texts *texts)
{
    bp_buffer_release(allocator, &texts->text);
    bp_buffer_release(allocator, &texts->at);
}

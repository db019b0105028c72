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

void bp_table_drop(struct bp_table *table, enum bp_part_kind kind)
{
    struct bp_part *part = &table->part[kind];
    const void *const blocks[] = {part->numbers, part->at, part->starts};
    for (size_t i = 0; part->owned && i < sizeof(blocks) / sizeof(blocks[0]); i++)
        bp_memory_release(&table->allocator, (void *)blocks[i]);
    *part = (struct bp_part){0};
}

void bp_table_clear(struct bp_table *table)
{
    for (size_t i = 0; i < BP_PARTS; i++)
        bp_table_drop(table, (enum bp_part_kind)i);
    for (size_t i = 0; i < BP_NAME_KINDS; i++)
        bp_texts_release(&table->allocator, &table->texts[i]);
    table->rows = table->classes = 0;
}

void bp_table_leave(struct bp_table *table)
{
    if (!table || atomic_fetch_sub(&table->users, 1) > 1)
        return;
    const bp_allocator allocator = table->allocator;
    bp_table_clear(table);
    bp_memory_release(&allocator, table);
}

size_t bp_part_size(int32_t type)
{
    return type == BP_F64 ? sizeof(double) : type == BP_F32 ? sizeof(float) : type == BP_DATA_I32 ? sizeof(int32_t) : 1;
}

bool bp_table_fits(size_t rows, size_t columns)
{
    size_t count, bytes;
    return bp_size_multiply(rows, columns, &count) && bp_size_multiply(count, sizeof(double), &bytes);
}

/* A buffer with no more room left than this part of what is used is taken as it is. */
enum { MOST_WASTE = 8 };

void *bp_table_make(struct bp_table *table, enum bp_part_kind kind, int32_t type, size_t rows, size_t columns)
{
    if (!bp_table_fits(rows, columns))
        return NULL;
    void *numbers = bp_memory_allocate(&table->allocator, rows * columns, bp_part_size(type));
    if (!numbers)
        return NULL;
    bp_table_drop(table, kind);
    table->part[kind] =
        (struct bp_part){.type = type, .owned = true, .columns = columns, .numbers = numbers, .scale = 1};
    return numbers;
}

bool bp_table_fill_sparse(struct bp_table *table, int32_t type, size_t columns, const struct bp_sparse *sparse)
{
    const bp_allocator *allocator = &table->allocator;
    const size_t first = sparse->starts[0], count = bp_sparse_nonzeros(sparse, table->rows);
    const size_t room = count > 0 ? count : 1, size = bp_part_size(type); /* there are inputs even if all are 0 */
    void *numbers = bp_memory_allocate(allocator, room, size);
    int32_t *at = bp_memory_allocate(allocator, room, sizeof(*at));
    size_t *starts = bp_memory_allocate(allocator, table->rows + 1, sizeof(*starts));
    if (!numbers || !at || !starts) {
        bp_memory_release(allocator, numbers);
        bp_memory_release(allocator, at);
        bp_memory_release(allocator, starts);
        return false;
    }
    if (count > 0) {
        memcpy(numbers, (const char *)sparse->values + first * size, count * size);
        memcpy(at, sparse->columns + first, count * sizeof(*at));
    }
    for (size_t row = 0; row <= table->rows; row++)
        starts[row] = sparse->starts[row] - first;
    bp_table_drop(table, BP_PART_INPUTS);
    table->part[BP_PART_INPUTS] = (struct bp_part){type, true, columns, numbers, 1, at, starts, 0, count};
    return true;
}

bool bp_table_fill(struct bp_table *table, enum bp_part_kind kind, int32_t type, size_t columns,
                   struct bp_buffer *numbers)
{
    if (numbers->room - numbers->used <= numbers->used / MOST_WASTE && bp_table_fits(table->rows, columns)) {
        bp_table_drop(table, kind);
        table->part[kind] = (struct bp_part){type, true, columns, numbers->bytes, 1, NULL, NULL, 0, 0};
        *numbers = (struct bp_buffer){0};
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

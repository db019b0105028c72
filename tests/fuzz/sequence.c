/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* ftruncate, pwrite */
#include "sequence.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MOST_ROWS = 5, MOST_COLUMNS = 1 << 16, MOST_NAMES = 256, OFTEN = 224 };

void seq_must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

/* ---- memory that runs out */

static void *allocate(void *user, size_t size)
{
    struct seq_budget *budget = user;
    const bool fails = budget->fails_in > 0 && --budget->fails_in == 0;
    if (!budget->lifted && (fails || size > budget->left)) {
        budget->refused = true;
        return NULL;
    }
    void *memory = malloc(size);
    MUST(memory != NULL);
    memset(memory, 0xa5, size); /* nobody may count on zeros */
    budget->left -= size;       /* below 0 while it is lifted, and back */
    budget->blocks++;
    return memory;
}

static void release(void *user, void *memory, size_t size)
{
    struct seq_budget *budget = user;
    budget->left += size;
    budget->blocks--;
    free(memory);
}

void seq_start(struct sequence *s, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < SEQ_NETS; i++)
        s->nets[i] = NULL;
    s->at = bytes;
    s->end = bytes + size;
    s->budget = (struct seq_budget){.left = SEQ_BUDGET};
    s->scratch = NULL;
    s->file.size = s->block_count = 0;
    s->whole = false;
    s->deep = s->saves = s->checks = 0;
    s->allocator = (bp_allocator){sizeof(bp_allocator), &s->budget, allocate, release};
}

const bp_allocator *seq_allocator(struct sequence *s, bp_allocator *copy)
{
    const bp_allocator wrong[] = {s->allocator,
                                  {0, &s->budget, allocate, release},
                                  {sizeof(bp_allocator), &s->budget, NULL, release},
                                  {sizeof(bp_allocator), &s->budget, allocate, NULL}};
    *copy = wrong[seq_pick(s, 1, COUNT(wrong))];
    return seq_perhaps(s, copy);
}

/* ---- the program's bytes */

uint8_t seq_byte(struct sequence *s) { return s->at < s->end ? *s->at++ : 0; }

size_t seq_pick(struct sequence *s, size_t good, size_t all)
{
    const size_t byte = seq_byte(s);
    return byte < OFTEN || good == all ? byte % good : good + byte % (all - good);
}

void *seq_perhaps(struct sequence *s, void *pointer) { return seq_byte(s) < OFTEN ? pointer : NULL; }

/* ---- values */

size_t seq_size(struct sequence *s)
{
    static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 0, 100, (size_t)1 << 33, SIZE_MAX / 8, SIZE_MAX};
    return sizes[seq_pick(s, 11, COUNT(sizes))];
}

size_t seq_rows(struct sequence *s)
{
    static const size_t rows[] = {1, 2, 3, MOST_ROWS, 0, SIZE_MAX};
    return rows[seq_pick(s, 4, COUNT(rows))];
}

size_t seq_layer(struct sequence *s)
{
    const size_t layers = bp_net_layers(s->net), wrong[] = {layers, SIZE_MAX};
    const size_t good = layers < OFTEN ? layers : OFTEN;
    if (good == 0)
        return seq_byte(s);
    const size_t layer = seq_pick(s, good, good + COUNT(wrong));
    return layer < good ? layer : wrong[layer - good];
}

static int32_t option_at(size_t index)
{
    size_t of_nets = 0;
    while (bp_key_at(BP_FAMILY_NET_OPTION, of_nets) != 0)
        of_nets++;
    return index < of_nets ? bp_key_at(BP_FAMILY_NET_OPTION, index)
                           : bp_key_at(BP_FAMILY_LAYER_OPTION, index - of_nets);
}

int32_t seq_key(struct sequence *s, bool of_layer)
{
    static size_t options, all; /* those of the net come first */
    while (option_at(all) != 0)
        options += option_at(all++) / 1000 * 1000 == BP_FAMILY_NET_OPTION;
    const size_t first = of_layer ? options : 0, good = of_layer ? all - options : options;
    const size_t index = seq_pick(s, good, all + 1);
    return option_at((first + index) % (all + 1)); /* the last is none */
}

double seq_value(struct sequence *s, int32_t key)
{
    double low = 0, high = 1, initial = 0;
    (void)bp_key_bounds(key, &low, &high, &initial);
    const double member = low + 10.0 * (seq_byte(s) % 32), part = low + (high - low) * seq_byte(s) / 255;
    const double values[] = {initial, low,     high,         member, part,  0,        1,  2,
                             -1,      low - 1, high * 2 + 1, 0.5,    1e300, INFINITY, NAN};
    return values[seq_pick(s, 8, COUNT(values))];
}

/* ---- blocks */

void *seq_block(struct sequence *s, size_t count, size_t size)
{
    MUST(s->block_count < SEQ_BLOCKS);
    void *block = malloc(count * size);
    MUST(block != NULL);
    return s->blocks[s->block_count++] = block;
}

void seq_release(struct sequence *s)
{
    while (s->block_count > 0)
        free(s->blocks[--s->block_count]);
}

size_t seq_count(size_t rows, size_t columns)
{
    return (rows <= MOST_ROWS ? rows : 1) * (columns <= MOST_COLUMNS ? columns : 1);
}

/* Before init a net may have any sizes, but then nothing is read or written. */
static size_t bounded(size_t count) { return count <= MOST_ROWS * MOST_COLUMNS ? count : 1; }

void *seq_buffer(struct sequence *s, size_t count)
{
    count = bounded(count);
    return seq_perhaps(s, seq_block(s, count, s->wide ? sizeof(double) : sizeof(float)));
}

/* Kinds of numbers, the good ones first. */
static double number(size_t kind, size_t index, size_t count)
{
    const double numbers[] = {
        (double)(index % 7) / 8 - 0.375, 0, 1, (double)(index % 2), -1e-3, 1e30, 1e-42, index + 1 == count ? NAN : 1,
        index == 0 ? INFINITY : 0};
    return numbers[kind];
}

enum { GOOD_NUMBERS = 5, NUMBERS = 9 };

const void *seq_numbers(struct sequence *s, size_t count)
{
    const size_t kind = seq_pick(s, GOOD_NUMBERS, NUMBERS);
    void *block = seq_buffer(s, count);
    count = bounded(count);
    for (size_t i = 0; block && i < count; i++)
        if (s->wide)
            ((double *)block)[i] = number(kind, i, count);
        else
            ((float *)block)[i] = (float)number(kind, i, count);
    return block;
}

const double *seq_doubles(struct sequence *s, size_t count)
{
    const size_t kind = seq_pick(s, GOOD_NUMBERS, NUMBERS);
    double *block = seq_perhaps(s, seq_block(s, count, sizeof(*block)));
    for (size_t i = 0; block && i < count; i++)
        block[i] = number(kind, i, count);
    return block;
}

const int32_t *seq_labels(struct sequence *s, size_t count)
{
    const int32_t wrong[] = {0, 0, 1, -1, INT32_MAX, INT32_MIN};
    const size_t kind = seq_pick(s, 3, COUNT(wrong)), classes = bp_net_outputs(s->net) + !bp_net_outputs(s->net);
    int32_t *block = seq_perhaps(s, seq_block(s, count, sizeof(*block)));
    for (size_t i = 0; block && i < count; i++)
        block[i] = kind == 0 ? (int32_t)(i % classes) : wrong[kind];
    return block;
}

/* 11,000 bytes are more than a file holds. */
static const char *name(struct sequence *s)
{
    static char longest[11001];
    static const char *const names[] = {"a", NULL,   "b c",          "\xc3\xa4", "\"\\\n\x7f",
                                        "",  "\xff", "\xed\xa0\x80", longest};
    memset(longest, 'x', sizeof(longest) - 1);
    return names[seq_pick(s, 6, COUNT(names))];
}

/* The program chooses two names: one for the first place, one for all others. */
const char *const *seq_names(struct sequence *s, size_t count)
{
    count = count < MOST_NAMES ? count : 0;
    const char **names = seq_block(s, count, sizeof(*names)), *first = name(s), *second = name(s);
    for (size_t i = 0; i < count; i++)
        names[i] = i == 0 ? first : second;
    return count > 0 ? seq_perhaps(s, names) : NULL;
}

/* Rows of two numbers, one number or none, in columns 0 and 1; or rows that are wrong in one way. */
struct seq_sparse seq_sparse(struct sequence *s, size_t rows)
{
    const size_t count = seq_count(rows, 1), kind = seq_pick(s, 3, 7);
    int32_t *columns = seq_block(s, 2 * count + 1, sizeof(*columns));
    int64_t *starts = seq_block(s, count + 1, sizeof(*starts));
    for (size_t i = 0; i <= 2 * count; i++)
        columns[i] = kind == 3 ? -1 : kind == 4 ? INT32_MAX : (int32_t)(i % 2);
    for (size_t i = 0; i <= count; i++)
        starts[i] = (int64_t)(kind == 5 ? count - i : kind == 6 ? i + 1 : i * (2 - kind % 3));
    struct seq_sparse sparse = {.values = seq_numbers(s, 2 * count + 1)};
    sparse.columns = seq_perhaps(s, columns);
    sparse.starts = seq_perhaps(s, starts);
    return sparse;
}

/* ---- files */

enum { TO_READ, TO_WRITE, PATHS };

static char paths[PATHS][256];

static void remove_files(void)
{
    for (int i = 0; i < PATHS; i++)
        (void)remove(paths[i]);
}

static const char *path_of(int which)
{
    const char *folder = getenv("TMPDIR");
    if (paths[0][0])
        return paths[which];
    for (int i = 0; i < PATHS; i++)
        snprintf(paths[i], sizeof(paths[i]), "%s/bp-sequence-%ld-%d", folder ? folder : "/tmp", (long)getpid(), i);
    MUST(atexit(remove_files) == 0);
    return paths[which];
}

const char *seq_path(struct sequence *s)
{
    static int file = -1;
    const char *const choice[] = {path_of(TO_READ), NULL, "/", "/none/of/these", ""};
    if (file < 0)
        file = open(choice[0], O_RDWR | O_CREAT, 0600);
    MUST(file >= 0 && ftruncate(file, 0) == 0);
    MUST(pwrite(file, s->file.bytes, s->file.size, 0) == (ssize_t)s->file.size);
    return choice[seq_pick(s, 1, COUNT(choice))];
}

const char *seq_other_path(struct sequence *s)
{
    const char *const choice[] = {path_of(TO_WRITE), NULL, "/", "/none/of/these", "", "/dev/null"};
    return choice[seq_pick(s, 1, COUNT(choice))];
}

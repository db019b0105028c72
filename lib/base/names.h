/* SPDX-License-Identifier: MIT
 *
 * Tables whose rows begin with a key and its name: activations, losses, optimisers, initialisers, options. */
#ifndef BP_BASE_NAMES_H
#define BP_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What every row begins with. */
struct bp_named {
    int32_t key;
    const char *name;
};

struct bp_names {
    const void *rows;
    size_t count, size; /* rows, and bytes in each */
};

#define BP_NAMES(table)                                                                                                \
    {                                                                                                                  \
        (table), sizeof(table) / sizeof((table)[0]), sizeof((table)[0])                                                \
    }

/* The row at an index, of a key, or of a name; NULL if there is none. */
const void *bp_names_row(const struct bp_names *names, size_t index);
const void *bp_names_by_key(const struct bp_names *names, int32_t key);
const void *bp_names_by_name(const struct bp_names *names, const char *name);

/* The public *_name(), *_find() and *_at(). */
const char *bp_names_name(const struct bp_names *names, int32_t key);
int32_t bp_names_find(const struct bp_names *names, const char *name);
int32_t bp_names_at(const struct bp_names *names, size_t index);

#endif

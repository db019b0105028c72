/* SPDX-License-Identifier: MIT
 *
 * Keys: every constant of the interface but a status. A family is a table with a row for each of its keys; the rooms
 * own their families, and lib/families.c lists them. Sizes, bounds, loops, files and texts follow from the rows. */
#ifndef BP_BASE_KEYS_H
#define BP_BASE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

/* What every row begins with. */
struct bp_named {
    int32_t key;
    const char *name, *help; /* help is one sentence, without its full stop */
};

struct bp_family {
    struct bp_named named; /* BP_FAMILY_* */
    const void *rows;
    size_t count, size; /* rows, and bytes of each */
    bool options;       /* the rows begin with a struct bp_option */
};

#define BP_FAMILY(key, name, help, rows)                                                                               \
    {                                                                                                                  \
        {key, name, help}, rows, sizeof(rows) / sizeof((rows)[0]), sizeof((rows)[0]), false                            \
    }
#define BP_OPTION_FAMILY(key, name, help, rows)                                                                        \
    {                                                                                                                  \
        {key, name, help}, rows, sizeof(rows) / sizeof((rows)[0]), sizeof((rows)[0]), true                             \
    }

/* The row at an index, of a key, or of a name of `size` bytes; NULL if there is none. */
const void *bp_family_row(const struct bp_family *family, size_t index);
const void *bp_family_by_key(const struct bp_family *family, int32_t key);
const void *bp_family_by_name(const struct bp_family *family, const char *name, size_t size);

/* The name of a key that is there. */
const char *bp_family_name(const struct bp_family *family, int32_t key);

/* ---- options */

/* What a folder of lib/ makes of an option beside its value. */
enum {
    BP_OPTION_READ_ONLY = 1,
    BP_OPTION_BEFORE_INIT = 2, /* fixed by bp_net_init() */
    BP_OPTION_FOLLOWS = 4,     /* NaN, until it is set, stands for the optimiser's own value */
    BP_OPTION_OF_MACHINE = 8,  /* no file keeps it */
    /* In texts: -1 is "auto", 0 and 1 are a switch; or a character, and 0 is "auto". */
    BP_OPTION_AUTO = 16,
    BP_OPTION_CHARACTER = 32,
    BP_OPTION_FORWARD = 64,    /* of a layer: z and a depend on it */
    BP_OPTION_OF_FORMAT = 128, /* of a data set: once set, a format that does not use it refuses it */
    BP_OPTION_OF_INIT = 256,   /* of a layer: only bp_net_init() uses it */
    BP_OPTION_OF_LOSS = 512    /* of a net: the loss of a row, its penalty or its rounding depends on it */
};

struct bp_option {
    struct bp_named named;
    int32_t domain; /* BP_DOMAIN_* */
    double low, high,
        initial; /* 0, 0 for a MEMBER: its family's least and greatest key; high of a TEXT: its most items */
    const struct bp_family *members;
    size_t offset; /* of its double in the struct of settings; of a TEXT, of its char * in the struct of texts */
    unsigned rules;
    bool (*suits)(int32_t value); /* of a WHOLE; NULL: all that are within the bounds do */
    /* Not a setting, but a fact that the net or data set is asked for: no file and no text has it. NULL: a setting. */
    double (*fact)(const void *handle);
};

/* The parts of a row. */
#define BP_NAMED(key, name, help) .named = {key, name, help}
#define BP_IN(settings, field) .offset = offsetof(struct settings, field)
#define BP_REAL(from, to, first) .domain = BP_DOMAIN_REAL, .low = from, .high = to, .initial = first
#define BP_WHOLE(from, to, first) .domain = BP_DOMAIN_WHOLE, .low = from, .high = to, .initial = first
#define BP_SWITCH(to, first) .domain = BP_DOMAIN_SWITCH, .low = 0, .high = to, .initial = first
#define BP_ITEMS(most) .domain = BP_DOMAIN_TEXT, .high = most
#define BP_MEMBER(family, first) .domain = BP_DOMAIN_MEMBER, .members = &(family), .initial = first

static inline double *bp_option_place(void *settings, const struct bp_option *option)
{
    return (double *)(void *)((char *)settings + option->offset);
}

static inline double bp_option_value(const void *settings, const struct bp_option *option)
{
    return *(const double *)(const void *)((const char *)settings + option->offset);
}

/* lib/families.c: the row of an option of any family; NULL if the key is no option. */
const struct bp_option *bp_option_by_key(int32_t key);

/* All options of the family get their first values; texts have none. */
void bp_options_start(const struct bp_family *family, void *settings);

void bp_option_bounds(const struct bp_option *option, double *low, double *high);

struct bp_option_problem {
    char problem[160];
};

/* Whether the value may stand in the option; else what is wrong with it, in words. */
bool bp_option_check(const struct bp_option *option, double value, struct bp_option_problem *problem);

/* ---- the ground floor's own families */

extern const struct bp_family bp_types, bp_domains;

/* Bytes of a number of BP_F32 or BP_F64, and its bits, by which the type is called F32 or F64. */
static inline size_t bp_type_size(int32_t type) { return type == BP_F32 ? sizeof(float) : sizeof(double); }
static inline int bp_type_bits(int32_t type) { return (int)bp_type_size(type) * 8; }

/* A number of an array of that type. */
static inline double bp_number_at(int32_t type, const void *numbers, size_t i)
{
    return type == BP_F32 ? (double)((const float *)numbers)[i] : ((const double *)numbers)[i];
}

#endif

/* SPDX-License-Identifier: MIT
 *
 * For fuzz_sequence.c: the input as a program of calls, the values that it picks, good and wrong, and memory that
 * runs out. */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

void seq_must(bool holds, const char *what);
#define MUST(what) seq_must((what), #what)

enum { SEQ_NETS = 3, SEQ_BLOCKS = 12, SEQ_MOST_FILE = 1 << 15, SEQ_BUDGET = 1 << 18 };

struct seq_file {
    uint8_t bytes[SEQ_MOST_FILE];
    size_t size;
};

/* What the nets may have of memory. */
struct seq_budget {
    size_t left, blocks; /* bytes that may still be allocated, and blocks that are allocated */
    size_t fails_in;     /* the number, from now, of the allocation that fails; 0: none */
    bool refused;        /* one has failed since this was last set to false */
    bool lifted;         /* nothing is refused: the fuzzer calls, not the program */
};

struct sequence {
    const uint8_t *at, *end;
    struct seq_budget budget;
    bp_allocator allocator;
    bp_net *nets[SEQ_NETS];
    size_t slot; /* of the net that the call is about */
    bp_net *net;
    bool wide; /* the call's _f64 function, else its _f32 */
    bp_scratch *scratch;
    struct seq_file file;    /* the last that was saved */
    bool whole;              /* and it is as it was saved */
    int deep, saves, checks; /* so far: comparisons of files; saves; checks whether a file loads again */
    void *blocks[SEQ_BLOCKS];
    size_t block_count;
};

void seq_start(struct sequence *s, const uint8_t *bytes, size_t size);

/* ---- the program's bytes, 0 after its end */

uint8_t seq_byte(struct sequence *s);
/* An index below `all`, mostly below `good`. */
size_t seq_pick(struct sequence *s, size_t good, size_t all);
/* The pointer, or now and then NULL. */
void *seq_perhaps(struct sequence *s, void *pointer);

/* ---- values */

size_t seq_size(struct sequence *s);
size_t seq_rows(struct sequence *s);
size_t seq_layer(struct sequence *s);
/* An option or a key of layers, and a value for it. */
int32_t seq_key(struct sequence *s, bool of_layer);
double seq_value(struct sequence *s, int32_t key);
const bp_allocator *seq_allocator(struct sequence *s, bp_allocator *copy);

/* ---- blocks of exactly so many bytes, given back by seq_release(); the typed ones are of the call's type */

void *seq_block(struct sequence *s, size_t count, size_t size);
void seq_release(struct sequence *s);
/* The numbers of `rows` rows; if `rows` is wrong, as many as the net needs. */
size_t seq_count(size_t rows, size_t columns);
void *seq_buffer(struct sequence *s, size_t count);
const void *seq_numbers(struct sequence *s, size_t count);
const double *seq_doubles(struct sequence *s, size_t count);
const int32_t *seq_labels(struct sequence *s, size_t count);
const char *const *seq_names(struct sequence *s, size_t count);

struct seq_sparse {
    const void *values;
    const int32_t *columns;
    const int64_t *starts;
};

struct seq_sparse seq_sparse(struct sequence *s, size_t rows);

/* ---- files */

/* The path of a file that has the bytes of s->file, and one that may be written to; or wrong ones. */
const char *seq_path(struct sequence *s);
const char *seq_other_path(struct sequence *s);

#endif

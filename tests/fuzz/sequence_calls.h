/* SPDX-License-Identifier: MIT
 *
 * For fuzz_sequence.c: the calls that a program is made of, in tables by what they are about. */
#ifndef SEQUENCE_CALLS_H
#define SEQUENCE_CALLS_H

#include "sequence.h"

/* The failures that bp.h lists for a call, as bits. */
#define SEQ_BIT(status) (1 << (-(status) / 10))
enum {
    ARG = SEQ_BIT(BP_ERR_ARG),
    MEMORY = SEQ_BIT(BP_ERR_MEMORY),
    SHAPE = SEQ_BIT(BP_ERR_SHAPE),
    STATE = SEQ_BIT(BP_ERR_STATE),
    UNSUPPORTED = SEQ_BIT(BP_ERR_UNSUPPORTED),
    NONFINITE = SEQ_BIT(BP_ERR_NONFINITE),
    IO = SEQ_BIT(BP_ERR_IO),
    FORMAT = SEQ_BIT(BP_ERR_FORMAT)
};

enum {
    SEQ_KEEPS = 0,
    SEQ_MAKES = 1, /* the net is another one afterwards */
    SEQ_PASSES = 2 /* what fails with NONFINITE leaves another pass behind */
};

struct seq_call {
    const char *name; /* the function's, without its number type; NULL ends a table */
    bp_status (*run)(struct sequence *s);
    int may, rules;
};

extern const struct seq_call seq_net_calls[], seq_compute_calls[], seq_layer_calls[], seq_file_calls[];

/* 0 of no net. */
int32_t seq_type(const bp_net *net);

/* Calls the function of the call's type. */
#define TYPED(s, name, ...) ((s)->wide ? name##_f64(__VA_ARGS__) : name##_f32(__VA_ARGS__))

/* Into `file`, whatever the budget; false where the net cannot be saved or does not fit. */
bool seq_save(struct sequence *s, const bp_net *net, struct seq_file *file);
bool seq_same(const struct seq_file *a, const struct seq_file *b);

/* No net where there was one; and the handle that a call has made, or what it left. */
void seq_drop(struct sequence *s);
bp_status seq_keep(struct sequence *s, bp_net *net, bp_status status);

#endif

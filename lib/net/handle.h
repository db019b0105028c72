/* SPDX-License-Identifier: MIT
 *
 * The handle, and how the public border checks what it is given. */
#ifndef BP_NET_HANDLE_H
#define BP_NET_HANDLE_H

#include <stdbool.h>

#include <bp/bp.h>

#include "base/call.h"
#include "base/column_name.h"
#include "base/try.h"
#include "nn/model.h"
#include "nn/ops.h"

struct bp_net {
    bp_allocator allocator;
    struct bp_model model;
    size_t layers_capacity; /* of model.layers */
    bool initialised;
    bool fresh;                    /* the parameters are as init drew them */
    char **names[BP_NAME_KINDS];   /* of [inputs], [outputs], and [outputs], or 2 for one output */
    const char *refusal;           /* why loss and last layer do not go together; NULL if they do */
    size_t rows;                   /* of the last forward; 0 before one */
    bool delta_cached;             /* delta belongs to those rows */
    bool may_backward;             /* the last forward still fits the parameters, and x is kept */
    bool may_pass_down;            /* so does the last backward */
    struct bp_row_buffers buffers; /* of its exclusive calls */
    size_t nonfinite_layer;        /* 1 more than the layer where the last pass was not finite; 0 for none */
};

struct bp_scratch {
    bp_allocator allocator;
    int32_t dtype;
    struct bp_scratch_buffers evaluation;
    struct bp_row_buffers buffers;
};

/* Each returns BP_OK or fails with a sentence. */
bp_status bp_check_net(const struct bp_call *call); /* that there is one */
bp_status bp_check_initialised(const struct bp_call *call);
bp_status bp_check_layer(const struct bp_call *call, size_t layer);
/* At least a row, and [rows][inputs] and [rows][all units] fit in memory. */
bp_status bp_check_rows(const struct bp_call *call, size_t rows);
/* The target or labels of the rows, which are there, and the loss that is to measure them; labels are looked at one by
 * one. */
bp_status bp_check_target(const struct bp_call *call, const struct bp_rows *rows);

/* net/net_names.c: names of one kind in a block of pointers and a block for each; NULL, or single ones NULL, where
 * there are none. False if there is no memory. */
bool bp_names_copy(const bp_net *net, size_t kind, const char *const *names, char ***copy);
void bp_names_release(const bp_net *net, size_t kind, char **names);

/* Keeps `size` bytes, without NUL, as the name at an index. False if there is no memory. */
bool bp_names_keep(bp_net *net, size_t kind, size_t index, const char *name, size_t size);
size_t bp_names_count(const bp_net *net, size_t kind);

/* net/net_scaling.c: the same scaling of another net, which has none. False if there is no memory. */
bool bp_scaling_copy(const bp_net *copy, struct bp_scaling *to, const struct bp_scaling *from, size_t columns);

/* Appends a layer of a kind: with so many units if it chooses them, and this value of its first option. */
bp_status bp_net_append(const struct bp_call *call, bp_net *net, int32_t kind, size_t units, double value);

/* What bp_net_init() does; without `draw` all parameters are 0. */
bp_status bp_net_lay_out(const struct bp_call *call, bp_net *net, uint64_t seed, bool draw);

/* Brings what follows from the options up to date, after each change of them. */
void bp_net_settle(bp_net *net);

/* net/exchange.c. Options that no file keeps get the values of the other net, though the threads stay; and nets of one
 * type and one allocator change places, except for their threads. */
void bp_net_use_machine_options(bp_net *net, const bp_net *like);
void bp_net_exchange(bp_net *a, bp_net *b);
/* Makes the memory of the net's threads enough for the net that will take its place. */
bp_status bp_net_prepare_exchange(const struct bp_call *call, bp_net *net, const bp_net *with);

/* The operations of a number type; NULL if there is none or it is not built in. */
const struct bp_ops *bp_ops_of(int32_t dtype);

#endif

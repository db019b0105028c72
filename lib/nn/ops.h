/* SPDX-License-Identifier: MIT
 *
 * The border between what knows no number type and what does: one table of operations for each type. A caller has
 * checked every argument and made every allocation; nothing here can fail but where it says so. `void *` are vectors of
 * the type's numbers. */
#ifndef BP_NN_OPS_H
#define BP_NN_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

#include "nn/model.h"

/* Buffers for the evaluation pass over BP_SCRATCH_ROWS rows at a time, where a layer's rows have up to `stride`
 * numbers. */
enum { BP_SCRATCH_ROWS = 64 };

struct bp_scratch_buffers {
    size_t stride, input_stride;
    void *z, *a, *b; /* [BP_SCRATCH_ROWS][stride]; a layer reads a and writes b, and they change places */
    void *label_row; /* [stride] */
    void *x;         /* [BP_SCRATCH_ROWS][input_stride]; NULL where the caller's x serves as it is */
};

/* How far a train came: to the end, to a loss that is not finite, or to a step that was refused. */
enum bp_train_end { BP_END_DONE, BP_END_LOSS, BP_END_STEP };

struct bp_ops {
    int32_t dtype;
    size_t size;  /* bytes of a number */
    size_t lanes; /* numbers in a vector of a panel */

    size_t plan_size;               /* bytes */
    size_t narrow_size;             /* bytes of a layer in model->narrow */
    size_t (*workspace_size)(void); /* bytes that a thread works in */
    /* Numbers that a thread packs at most for a batch of so many rows. */
    size_t (*packed_size)(const struct bp_model *model, size_t batch);
    void (*choose_kernels)(void *plan, uint32_t cpu);
    /* Brings the plan up to date with settings and arenas. */
    void (*settle)(struct bp_model *model);

    /* The kind of a key; NULL if there is none. */
    const struct bp_layer_kind *(*kind_of)(int32_t kind);

    /* Draws all parameters into an arena of zeros; false if there is no memory for what orthogonal ones need. */
    bool (*draw)(const struct bp_model *model, const bp_allocator *allocator, void *parameters);

    /* Keeps the input, scaled, and fills z and a of every layer. */
    void (*forward)(struct bp_model *model, const struct bp_rows *rows);
    /* y: [rows][outputs] of the last forward, in the user's numbers of this type. */
    void (*outputs)(const struct bp_model *model, size_t rows, int32_t type, void *y);
    /* Mean loss of the rows of the last forward. */
    double (*loss)(const struct bp_model *model, const struct bp_rows *rows);
    /* The last layer's delta, from the loss or from dy. */
    void (*loss_delta)(struct bp_model *model, const struct bp_rows *rows);
    void (*delta_from)(struct bp_model *model, const void *dy, size_t rows);
    /* From the last layer's delta down: every delta, and the gradient added to. */
    void (*backward)(struct bp_model *model, size_t rows);
    void (*input_gradient)(const struct bp_model *model, void *dx, size_t rows);
    /* BP_ERR_NONFINITE, with the layer, leaves everything as it was. */
    bp_status (*step)(struct bp_model *model, size_t *layer);
    /* All of them; after a failed step the gradient may have been added to. */
    enum bp_train_end (*train)(struct bp_model *model, const struct bp_rows *rows, double *loss, size_t *layer);

    void (*predict)(const struct bp_model *model, const struct bp_rows *rows, void *y,
                    const struct bp_scratch_buffers *buffers);
    double (*evaluate)(const struct bp_model *model, const struct bp_rows *rows,
                       const struct bp_scratch_buffers *buffers);

    /* Weights or bias of a layer between an arena and the user's order, in numbers of a type, BP_F32 or BP_F64; reading
     * multiplies by `scale`. */
    void (*read)(const struct bp_model *model, const void *arena, const struct bp_layer *layer, bool bias, double scale,
                 int32_t type, void *values);
    void (*write)(void *arena, const struct bp_layer *layer, bool bias, int32_t type, const void *values);
    /* To be called before a gradient is written: it becomes whole, and zeros where there was none. */
    void (*gradient_open)(struct bp_model *model);
    /* The norm of the gradient times `scale`, its squares summed in the user's order. */
    double (*gradient_norm)(const struct bp_model *model, double scale);
    /* [rows][stride] of the net's numbers to [rows][columns] of this type. */
    void (*copy_rows)(size_t rows, size_t columns, size_t stride, const void *from, int32_t type, void *values);

    /* What follows from a scaling's numbers. */
    void (*settle_scaling)(struct bp_scaling *scaling, size_t columns);

    /* The number at an index as a double, and the first index of one that is infinite or NaN, n if there is none. */
    double (*number)(const void *values, size_t index);
    size_t (*first_nonfinite)(const void *values, size_t n);
    /* The first number of this type that is infinite or NaN in the net's; n if there is none. */
    size_t (*first_misfit)(int32_t type, const void *values, size_t n);
};

extern const struct bp_ops bp_ops_f32, bp_ops_f64;

#endif

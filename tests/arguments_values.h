/* SPDX-License-Identifier: MIT
 *
 * What the expressions of arguments.txt are made of: good arguments that must be made first, and wrong ones. */
#ifndef ARGUMENTS_VALUES_H
#define ARGUMENTS_VALUES_H

#include "arguments_fixture.h"

/** A good argument for a role of a function's parameter, and the value of a row of wrongs[]. */
union arg good_value(struct fixture *f, const struct call *call, enum role role);
union arg wrong_value(struct fixture *f, const struct call *call, size_t wrong);

/** Numbers in the type of the net. */
void *typed(struct fixture *f, struct numbers *numbers);

/** Numbers in the type of the function. */
void *own_numbers(const struct call *call, struct numbers *numbers);

/** Handles for a function to destroy. */
bp_net *given_net(struct fixture *f);
bp_scratch *given_scratch(struct fixture *f);
bp_data *given_set(struct fixture *f);
bp_train *given_train(struct fixture *f);

/** The allocator of the fixture; where it has none, one without functions. */
const bp_allocator *allocator_of(const struct fixture *f);

/** The file of the inputs (0) or labels (1) that the function reads, by the end of its name. */
const char *table_file(const struct fixture *f);

/** The path of a checkpoint that a function can load. */
const char *checkpoint_of(struct fixture *f);

/** Its bytes, and how many there are. */
const void *bytes_of_checkpoint(struct fixture *f);
size_t size_of_checkpoint(struct fixture *f);

/** A callback. */
void in_turn(void *user, size_t count, bp_task *task, void *context);

/** Wrong ones. */
extern int32_t labels_below[ROWS], labels_above[ROWS];
extern double weights_below[ROWS], weights_nan[ROWS], weights_above[ROWS];
extern size_t rows_above[ROWS];
extern int64_t starts_back[ROWS + 1], starts_negative[ROWS + 1];
extern int32_t columns_below[ROWS + 1], columns_above[ROWS + 1], columns_back[ROWS + 1];

/** NaN throughout, and allocators without a size or a function, which the test fills in. */
extern struct numbers with_nan;
extern bp_allocator no_size, no_allocate, no_release;

#endif

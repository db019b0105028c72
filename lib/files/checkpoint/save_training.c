/* SPDX-License-Identifier: MIT
 *
 * Where a training stands, into the file of its net. */
#include <stdio.h>
#include <string.h>

#include "files/bytes.h"
#include "files/model/saving.h"
#include "train/train_families.h"
#include "train/state.h"

/* The state gives the places of its numbers to readers and writers alike; here they are read. */
static bp_train *state_of(const struct bp_saving *s) { return (bp_train *)s->train; }

static void put_settings(struct bp_saving *s)
{
    const struct bp_option *option;
    char key[BP_METADATA_KEY];
    for (size_t i = 0; (option = bp_family_row(&bp_train_options, i)); i++) {
        snprintf(key, sizeof(key), BP_META_TRAIN_OPTION, option->named.name);
        if (!(option->rules & BP_OPTION_OF_MACHINE))
            bp_save_option(s, key, option, bp_option_value(&s->train->set, option));
    }
}

void bp_save_training(struct bp_saving *s)
{
    struct bp_state_number number;
    char key[BP_METADATA_KEY];
    bp_save_whole(s, BP_META_TRAIN_ROWS, bp_data_rows(s->train->data));
    bp_save_whole(s, BP_META_TRAIN_VALID_ROWS, s->train->valid ? bp_data_rows(s->train->valid) : 0);
    put_settings(s);
    bp_save_whole(s, BP_META_TRAIN_BEGUN, bp_full_batch_is_begun(s->train));
    for (size_t i = 0; bp_state_next_number(state_of(s), &i, &number);) {
        snprintf(key, sizeof(key), BP_META_TRAIN_STATE, number.name);
        if (number.kind == BP_STATE_NUMBER)
            bp_save_value(s, key, *(const double *)number.at);
        else
            bp_save_whole(s, key, bp_state_whole(&number));
    }
}

void bp_save_training_tensors(struct bp_saving *s)
{
    struct bp_state_vector vector;
    char key[BP_METADATA_KEY];
    for (size_t i = 0; bp_state_next_vector(state_of(s), &i, &vector);) {
        snprintf(key, sizeof(key), BP_TENSOR_TRAIN, vector.name);
        bp_save_tensor(s, key, vector.dtype, vector.count, 0);
    }
}

static void put_vector(struct bp_sink *sink, const struct bp_state_vector *vector)
{
    unsigned char block[512];
    const size_t size = bp_type_size(vector->dtype), capacity = sizeof(block) / size;
    for (size_t i = 0; i < vector->count;) {
        size_t some = 0;
        for (; some < capacity && i < vector->count; some++, i++)
            memcpy(block + some * size, vector->at + i * vector->stride, size);
        bp_bytes_order(block, some, size);
        bp_sink_put(sink, block, some * size);
    }
}

void bp_save_training_numbers(struct bp_saving *s)
{
    struct bp_state_vector vector;
    for (size_t i = 0; bp_state_next_vector(state_of(s), &i, &vector);) /* a sink that has failed takes nothing */
        put_vector(s->sink, &vector);
}

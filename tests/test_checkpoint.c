/* SPDX-License-Identifier: MIT
 *
 * A training that is saved and gone on with, and a net that is saved with its optimiser. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint_fixture.h"

static const size_t to_the_end = SIZE_MAX;

/* Stops before each of its batches and behind the last, and once at every one of them. */
static void a_training_comes_to_the_same_bits_wherever_it_was_saved_and_resumed(void **state)
{
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    for (const struct kind *kind = kinds; kind->name; kind++) {
        struct course whole = checkpoint_begin(kind, dtype), halting = checkpoint_begin(kind, dtype);
        checkpoint_go(&whole, to_the_end);
        size_t batches = 0;
        for (bp_status status = BP_OK; status == BP_OK; batches++) {
            struct course parted = checkpoint_begin(kind, dtype);
            checkpoint_go(&parted, batches);
            checkpoint_again(&parted);
            checkpoint_go(&parted, to_the_end);
            checkpoint_same(&parted, &whole);
            checkpoint_end(&parted);
            checkpoint_again(&halting);
            status = bp_train_batches(halting.train, 1);
        }
        checkpoint_same(&halting, &whole);
        assert_true(batches > 5);
        checkpoint_end(&halting);
        checkpoint_end(&whole);
    }
}

static void a_checkpoint_is_a_model_file_of_its_net_with_the_optimiser(void **state)
{
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    for (const struct kind *kind = kinds; kind->name; kind++) {
        struct course course = checkpoint_begin(kind, dtype);
        checkpoint_go(&course, 4);
        const struct file file = checkpoint_save(course.train);
        struct course loaded = {.kind = kind, .train = course.train};
        assert_int_equal(bp_net_load_memory(&loaded.net, file.bytes, file.size), BP_OK);
        checkpoint_same(&loaded, &course);
        bp_net_destroy(loaded.net);
        free(file.bytes);
        checkpoint_end(&course);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_training_comes_to_the_same_bits_wherever_it_was_saved_and_resumed),
        ANY_BOTH(a_checkpoint_is_a_model_file_of_its_net_with_the_optimiser),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

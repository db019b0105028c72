/* SPDX-License-Identifier: MIT
 *
 * Any number of threads read one data set, and each has its own last error. */
#include "data_fixture.h"

#include <locale.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 12, ROUNDS = 200 };

struct worker {
    pthread_t thread;
    size_t number;
    bool right;
};

static void check(struct worker *w, bool right) { w->right = w->right && right; }

/* Copies rows, splits and destroys. The first few threads also make a call that fails, and read the sentence of their
 * own failure. */
static void *read_over_and_over(void *argument)
{
    struct worker *w = argument;
    const struct given g = make_given();
    char words[32];
    snprintf(words, sizeof(words), "from row %zu on", 100 + w->number);
    w->right = true;
    for (size_t round = 0; round < ROUNDS; round++) {
        const size_t row = (round + w->number) % ROWS;
        float x[COLUMNS], again[COLUMNS];
        int32_t label;
        bp_data *first = NULL, *second = NULL, *one = NULL;
        check(w, bp_data_copy_inputs(data, row, 1, BP_F32, x) == BP_OK &&
                     x[1] == (float)(g.u8[row * COLUMNS + 1] * SCALE));
        check(w, bp_data_copy_labels(data, row, 1, &label) == BP_OK && label == g.labels[row]);
        check(w, bp_data_split(data, 0.5, round, &first, &second) == BP_OK && bp_data_rows(first) == 3);
        check(w, bp_data_create(&one, NULL) == BP_OK && bp_data_show(one, data, &row, 1) == BP_OK &&
                     bp_data_copy_inputs(one, 0, 1, BP_F32, again) == BP_OK);
        check(w, memcmp(x, again, sizeof(x)) == 0);
        bp_data_destroy(first);
        bp_data_destroy(one);
        bp_data_destroy(second);
        if (w->number < 8)
            check(w, bp_data_copy_labels(data, 100 + w->number, 1, &label) == BP_ERR_ARG &&
                         strstr(bp_last_error(), words));
    }
    return NULL;
}

static void many_threads_read_one_data_set(void **state)
{
    static struct worker workers[THREADS];
    const struct given g = make_given();
    (void)state;
    bp_data_destroy(data);
    ok(bp_data_create(&data, NULL)); /* with malloc: the allocator of the other tests is for one thread */
    set_inputs(&g, BP_U8, BP_HOLD_BORROW);
    ok(bp_data_set_labels(data, BP_I32, g.labels, CLASSES, BP_HOLD_COPY));
    for (size_t i = 0; i < THREADS; i++) {
        workers[i].number = i;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, read_over_and_over, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_true(workers[i].right);
    ok(bp_data_set_weights(data, BP_F64, g.weights, BP_HOLD_COPY)); /* it is alone again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_threads_read_one_data_set),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

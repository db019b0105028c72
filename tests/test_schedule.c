/* SPDX-License-Identifier: MIT
 *
 * Learning rates over the epochs of a training. */
#include <math.h>
#include <string.h>

#include "train_fixture.h"

static void rates_follow_the_schedule(void **state)
{
    static const struct {
        int32_t schedule;
        double warmup, rates[6];
    } rows[] = {
        {BP_SCHEDULE_CONSTANT, 0, {1, 1, 1, 1, 1, 1}},
        {BP_SCHEDULE_CONSTANT, 2, {0.5, 1, 1, 1, 1, 1}},
        {BP_SCHEDULE_STEP, 0, {1, 1, 0.5, 0.5, 0.25, 0.25}},
        {BP_SCHEDULE_EXPONENTIAL, 0, {1, 0.5, 0.25, 0.125, 0.1, 0.1}},
        /* 0.1 + 0.9 (1 + cos(pi e / 6)) / 2 */
        {BP_SCHEDULE_COSINE, 0, {1, 0.93971143170299741, 0.775, 0.55, 0.325, 0.16028856829700261}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct training t = training_of(any_dtype(state), 0.8, false);
        any_ok(bp_net_set(t.net, BP_OPT_LEARNING_RATE, 1));
        any_ok(bp_net_set(t.net, BP_OPT_OPTIMIZER, BP_OPTIM_SGD));
        set_key(&t, BP_TRAIN_SCHEDULE, rows[i].schedule);
        set_key(&t, BP_TRAIN_WARMUP, rows[i].warmup);
        set_key(&t, BP_TRAIN_DECAY, 0.5);
        set_key(&t, BP_TRAIN_PERIOD, 2);
        set_key(&t, BP_TRAIN_LEAST_RATE, 0.1);
        set_key(&t, BP_TRAIN_EPOCHS, 6);
        for (size_t epoch = 0; epoch < 6; epoch++) {
            any_ok(bp_train_epoch(t.train));
            const double rate = value_of(&t, BP_RECORD_RATE);
            if (fabs(rate - rows[i].rates[epoch]) > 1e-15)
                fail_msg("schedule %zu, epoch %zu: %.17g and not %.17g", i, epoch, rate, rows[i].rates[epoch]);
        }
        double after;
        any_ok(bp_net_get(t.net, BP_OPT_LEARNING_RATE, &after));
        assert_true(after == 1); /* as it was found */
        end_training(&t);
    }
}

/* Up for three tenths of the epochs, then down to the least rate. */
static void one_cycle_goes_up_and_down_within_epochs(void **state)
{
    struct training t = training_of(any_dtype(state), 0.8, false);
    double rate, most = 0, last = 0;
    size_t peak = 0, batches = 0;
    any_ok(bp_net_set(t.net, BP_OPT_LEARNING_RATE, 0.01));
    set_key(&t, BP_TRAIN_SCHEDULE, BP_SCHEDULE_ONE_CYCLE);
    set_key(&t, BP_TRAIN_EPOCHS, 5);
    for (; bp_train_batches(t.train, 1) == BP_OK && value_of(&t, BP_RECORD_EPOCH) < 5; batches++) {
        any_ok(bp_net_get(t.net, BP_OPT_LEARNING_RATE, &rate));
        assert_true(batches <= 9 ? rate >= last : rate <= last);
        if (rate > most) {
            most = rate;
            peak = batches;
        }
        last = rate;
    }
    assert_int_equal(batches, 29); /* 5 x 6 and the last, after which the rate is the net's again */
    assert_int_equal(peak, 9);
    assert_true(most > 0.099 && most <= 0.1 && last < 0.002);
    end_training(&t);
}

static void plateau_lowers_the_rate_when_the_loss_does_not_fall(void **state)
{
    struct training t = training_of(any_dtype(state), 2, true);
    size_t fell = 0;
    set_key(&t, BP_TRAIN_SCHEDULE, BP_SCHEDULE_PLATEAU);
    set_key(&t, BP_TRAIN_DECAY, 0.5);
    set_key(&t, BP_TRAIN_PERIOD, 3);
    set_key(&t, BP_TRAIN_PATIENCE, 0);
    set_key(&t, BP_TRAIN_EPOCHS, 80);
    any_ok(bp_train_run(t.train, NULL, NULL));
    double least = INFINITY, rate = 0.02;
    for (size_t epoch = 1, flat = 0; epoch <= 80; epoch++) {
        double recorded, loss;
        any_ok(bp_train_record(t.train, epoch, BP_RECORD_RATE, &recorded));
        any_ok(bp_train_record(t.train, epoch, BP_RECORD_VALID_LOSS, &loss));
        assert_true(recorded == rate);
        flat = loss < least ? 0 : flat + 1;
        least = loss < least ? loss : least;
        if (flat == 3) {
            rate *= 0.5;
            flat = 0;
            fell++;
        }
    }
    assert_true(fell >= 2);
    end_training(&t);
}

/* FNV-1a over the bits of the rates of all epochs. */
static uint64_t hash_of_rates(const struct training *t, size_t epochs)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t epoch = 1; epoch <= epochs; epoch++) {
        double rate;
        uint64_t bits;
        any_ok(bp_train_record(t->train, epoch, BP_RECORD_RATE, &rate));
        memcpy(&bits, &rate, sizeof(bits));
        hash = (hash ^ bits) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static void rates_have_the_same_bits_on_every_machine(void **state)
{
    enum { EPOCHS = 2000 };
    static const struct {
        int32_t schedule;
        uint64_t hash;
    } rows[] = {{BP_SCHEDULE_COSINE, UINT64_C(0x38da80f3efffa083)},
                {BP_SCHEDULE_ONE_CYCLE, UINT64_C(0x7b8315dc7d923a35)},
                {BP_SCHEDULE_EXPONENTIAL, UINT64_C(0xc5ea1fc4dde2c93c)}};
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    const double x = 0.125, target = 1;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct training t = {.net = any_net(dtype, 1, &layer, 1, 1)};
        bp_data *data = NULL;
        any_ok(bp_net_set(t.net, BP_OPT_RAW, 1));
        any_ok(bp_net_set(t.net, BP_OPT_LEARNING_RATE, 1));
        assert_int_equal(any_data(&data, BP_F64, &x, 1, 1, &target, 1), BP_OK);
        assert_int_equal(bp_train_create(&t.train, t.net, data, NULL), BP_OK);
        bp_data_destroy(data);
        set_key(&t, BP_TRAIN_SCHEDULE, rows[i].schedule);
        set_key(&t, BP_TRAIN_DECAY, 0.99);
        set_key(&t, BP_TRAIN_EPOCHS, EPOCHS);
        any_ok(bp_train_run(t.train, NULL, NULL));
        const uint64_t hash = hash_of_rates(&t, EPOCHS);
        if (hash != rows[i].hash)
            fail_msg("schedule %zu: the hash is %016llx", i, (unsigned long long)hash);
        end_training(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(rates_follow_the_schedule),
        ANY_BOTH(one_cycle_goes_up_and_down_within_epochs),
        ANY_BOTH(rates_have_the_same_bits_on_every_machine),
        ANY_BOTH(plateau_lowers_the_rate_when_the_loss_does_not_fall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

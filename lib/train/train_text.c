/* SPDX-License-Identifier: MIT
 *
 * The options of a training, of its net and of the net's layers as one text. */
#include <string.h>

#include "base/memory.h"
#include "base/option_value.h"
#include "train/train_families.h"
#include "train/training.h"

static const struct bp_option *option_of(const struct bp_option_pair *pair)
{
    return bp_family_by_name(&bp_train_options, pair->name, pair->name_size);
}

/* Whether the name may be the net's: that of one of its options, or one with a point in it. */
static bool is_of_net(const struct bp_option_pair *pair)
{
    const char *of_net;
    if (memchr(pair->name, '.', pair->name_size))
        return true;
    for (size_t i = 0; (of_net = bp_key_name(bp_key_at(BP_FAMILY_NET_OPTION, i))); i++)
        if (strlen(of_net) == pair->name_size && memcmp(of_net, pair->name, pair->name_size) == 0)
            return true;
    return false;
}

static bp_status refuse_unknown(const struct bp_call *call, const struct bp_option_pair *pair)
{
    struct bp_nearest nearest = bp_option_nearest(pair, pair->name, &bp_train_options);
    const char *of_net;
    for (size_t i = 0; (of_net = bp_key_name(bp_key_at(BP_FAMILY_NET_OPTION, i))); i++)
        bp_nearest_try(&nearest, of_net);
    return bp_option_unknown(call, pair, &nearest);
}

static bp_status read_pairs(const struct bp_call *call, const struct bp_option_text *options, bp_train *train,
                            struct bp_train_settings *set)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct bp_option_pair *pair = &options->pairs[i];
        const struct bp_option *option = option_of(pair);
        if (!option && is_of_net(pair))
            continue;
        if (!option)
            return refuse_unknown(call, pair);
        BP_TRY(bp_option_read(call, option, pair, bp_option_place(set, option)));
        const bp_status status = bp_train_check_change(call, train, option, bp_option_value(set, option));
        if (status != BP_OK)
            return bp_option_fail_at(call, status, pair);
    }
    return BP_OK;
}

/* Blanks in place of the training's own pairs: what is left is the net's text, with all bytes where they were. */
static void blank_own(const struct bp_option_text *options, const char *text, char *of_net)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct bp_option_pair *pair = &options->pairs[i];
        const char *end = pair->value + pair->value_size;
        if (option_of(pair))
            memset(of_net + pair->at, ' ', (size_t)(end - text) - pair->at);
    }
}

static bp_status set_net(const struct bp_call *call, const bp_train *train, const struct bp_option_text *options,
                         const char *text)
{
    const size_t size = strlen(text) + 1;
    char *of_net = bp_memory_allocate(&train->allocator, size, 1);
    if (!of_net)
        return bp_fail_memory(call);
    memcpy(of_net, text, size);
    blank_own(options, text, of_net);
    const bp_status status = bp_net_set_text(train->net, of_net);
    bp_memory_release(&train->allocator, of_net);
    return status == BP_OK ? BP_OK : bp_fail_within(call, status);
}

/* The net is the last that can fail, and then changes nothing. */
bp_status bp_train_set_text(bp_train *train, const char *text)
{
    const struct bp_call *call = BP_CALL;
    struct bp_option_text options;
    BP_TRY(bp_need(call, train, "train"));
    BP_TRY(bp_option_text_open(call, &options, text, &train->allocator));
    struct bp_train_settings set = train->set;
    bp_status status = read_pairs(call, &options, train, &set);
    if (status == BP_OK)
        status = set_net(call, train, &options, text);
    bool own = false;
    for (size_t i = 0; i < options.count; i++)
        own = own || option_of(&options.pairs[i]);
    bp_option_text_release(&options, &train->allocator);
    if (status == BP_OK && own)
        bp_train_change(train, &set);
    return status;
}

static void write_options(struct bp_option_writer *writer, const void *handle)
{
    const bp_train *train = handle;
    const struct bp_option *option;
    for (size_t i = 0; (option = bp_family_row(&bp_train_options, i)); i++)
        bp_option_write(writer, "", option, bp_option_value(&train->set, option));
}

/* The training's options, a blank, and the net's text, which is never empty. */
bp_status bp_train_get_text(const bp_train *train, char *text, size_t capacity, size_t *size)
{
    const struct bp_call *call = BP_CALL;
    size_t own, of_net;
    BP_TRY(bp_need(call, train, "train"));
    if (!text && !size)
        return bp_fail(call, BP_ERR_ARG, "text and size are NULL: one must be given");
    BP_TRY(bp_option_give(call, write_options, train, NULL, 0, &own));
    BP_TRY(bp_net_get_text(train->net, NULL, 0, &of_net));
    if (size)
        *size = own + of_net;
    if (!text)
        return BP_OK;
    if (capacity < own + of_net)
        return bp_fail(call, BP_ERR_SHAPE, "capacity is %zu: the text takes %zu bytes", capacity, own + of_net);
    BP_TRY(bp_option_give(call, write_options, train, text, own, NULL));
    text[own - 1] = ' ';
    return bp_net_get_text(train->net, text + own, of_net, NULL);
}

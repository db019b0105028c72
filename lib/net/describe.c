/* SPDX-License-Identifier: MIT
 *
 * A net in words: its layers, what it makes of the user's columns, and how it is trained. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "base/quote.h"
#include "net/handle.h"
#include "nn/optimizer.h"

/* Text that is counted as far as it goes, and kept as far as it fits; NUL included. */
struct text {
    char *at;
    size_t capacity, size;
};

static void add(struct text *text, const char *words)
{
    for (; *words; words++, text->size++)
        if (text->size < text->capacity)
            text->at[text->size] = *words;
}

/* Whole numbers and words, the rest by bp_message_number(). */
#if defined(__GNUC__)
BP_MESSAGE_FORMAT(2, 3)
#endif
static void print(struct text *text, const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    bp_message_format(line, sizeof(line), format, arguments);
    va_end(arguments);
    add(text, line);
}

static void add_count(struct text *text, size_t count, const char *what)
{
    add(text, bp_message_count(count, what).text);
}
static void add_number(struct text *text, double value) { add(text, bp_message_number(value).text); }

static void describe_layer(struct text *text, const struct bp_layer *layer, size_t index)
{
    char words[BP_LAYER_TEXT];
    layer->kind->describe(layer, words);
    print(text, "layer %zu: %s\n", index, words);
}

/* `center` and `factor` are NULL where there is no scaling. */
static void describe_column(struct text *text, const char *word, size_t index, const char *name, const double *center,
                            const double *factor)
{
    if (!name && !center)
        return;
    print(text, "%s %zu", word, index);
    if (name)
        print(text, " %s", bp_quote_name(name).text);
    if (center && *factor == 0)
        add(text, ": constant, ignored");
    else if (center) {
        print(text, ": (%c - ", *word == 'o' ? 't' : 'x');
        add_number(text, *center);
        add(text, ") * ");
        add_number(text, *factor);
    }
    add(text, "\n");
}

/* Those of a kind, if something is known of them: before init there may be any number. */
static void describe_columns(struct text *text, const bp_net *net, size_t kind, const char *word,
                             const struct bp_scaling *scaling)
{
    char **names = net->names[kind];
    const double *numbers = scaling->numbers;
    const size_t count = names || numbers ? bp_names_count(net, kind) : 0;
    for (size_t i = 0; i < count; i++)
        describe_column(text, word, i, names ? names[i] : NULL, numbers ? numbers + i : NULL,
                        numbers ? numbers + count + i : NULL);
}

static void describe_data(struct text *text, const bp_net *net)
{
    static const struct bp_scaling none = {0};
    const struct bp_model *m = &net->model;
    describe_columns(text, net, BP_NAMES_OF_INPUTS, "input", &m->of_inputs);
    describe_columns(text, net, BP_NAMES_OF_OUTPUTS, "output", &m->of_targets);
    describe_columns(text, net, BP_NAMES_OF_CLASSES, "class", &none);
    if (m->settings.raw != 0)
        add(text, "raw: columns are not scaled\n");
}

static void describe_training(struct text *text, const bp_net *net)
{
    const struct bp_settings set = bp_optimizer_settings(&net->model.settings);
    print(text, "loss %s, optimizer %s, learning rate ", bp_key_name(bp_key(set.loss)),
          bp_key_name(bp_key(set.optimizer)));
    add_number(text, set.learning_rate);
    add(text, "\n");
}

static void describe(struct text *text, const bp_net *net)
{
    const struct bp_model *m = &net->model;
    print(text, "%s net of ", m->ops->dtype == BP_F32 ? "f32" : "f64");
    add_count(text, m->inputs, "input");
    add(text, ", ");
    add_count(text, bp_model_outputs(m), "output");
    add(text, " and ");
    add_count(text, bp_model_parameters(m), "parameter");
    add(text, "\n");
    for (size_t i = 0; i < m->count; i++)
        describe_layer(text, &m->layers[i], i);
    describe_data(text, net);
    describe_training(text, net);
}

bp_status bp_net_describe(const bp_net *net, char *text, size_t capacity, size_t *size)
{
    const struct bp_call *call = BP_NET_CALL(net);
    BP_TRY(bp_check_net(call));
    if (!text && !size)
        return bp_fail(call, BP_ERR_ARG, "text and size are NULL: one must be given");
    struct text counted = {0};
    describe(&counted, net);
    if (size)
        *size = counted.size + 1;
    if (!text)
        return BP_OK;
    if (capacity < counted.size + 1)
        return bp_fail(call, BP_ERR_SHAPE, "capacity is %zu: the text takes %zu bytes", capacity, counted.size + 1);
    struct text kept = {.at = text, .capacity = capacity};
    describe(&kept, net);
    text[kept.size] = '\0';
    return BP_OK;
}

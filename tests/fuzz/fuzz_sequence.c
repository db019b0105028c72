/* SPDX-License-Identifier: MIT
 *
 * The input is a program of calls. Each call is a byte for its row in the tables, one for its net, and bytes for its
 * arguments, good and wrong. In every order: a call returns BP_OK or a failure that the header lists for it. After a
 * failure there is a sentence, and the net is as it was. A saved net loads again and gives the same bytes. All memory
 * is released. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../clean.h"
#include "fuzz.h"
#include "sequence_calls.h"

/* MOST_DEEP: comparisons of files; one takes ten times as long as a call */
enum { MOST_CALLS = 16, MOST_DEEP = 1, MOST_PARAMETERS = 1 << 12 };

/* ---- what a failed call must leave */

struct state {
    size_t inputs, outputs, layers, parameters, rows, of_inputs, of_targets; /* the last two: numbers of a scaling */
    double fresh, gradient_rows;
    const char *names[3]; /* which stay where they are */
    bool saved;
    struct seq_file file;
    double numbers[MOST_PARAMETERS];
};

static void record_numbers(const bp_net *net, struct state *state)
{
    if (state->parameters > MOST_PARAMETERS)
        return;
    if (!net ||
        bp_net_read_f64(net, BP_ARRAY_PARAMETERS, 0, state->numbers, state->parameters) != BP_OK) /* before init */
        memset(state->numbers, 0, state->parameters * sizeof(state->numbers[0]));
}

static size_t numbers_of(const bp_net *net, int32_t array)
{
    size_t rows = 0, columns = 0;
    return net && bp_net_shape(net, array, 0, &rows, &columns) == BP_OK ? rows * columns : 0;
}

static double option_of(const bp_net *net, int32_t option)
{
    double value = 0;
    if (net)
        (void)bp_net_get(net, option, &value);
    return value;
}

/* Records what can be asked of the net; `deeply`: also the bytes of its file. */
static void record(struct sequence *s, struct state *state, bool deeply)
{
    const bp_net *net = s->net;
    state->inputs = bp_net_inputs(net);
    state->outputs = bp_net_outputs(net);
    state->layers = bp_net_layers(net);
    state->parameters = numbers_of(net, BP_ARRAY_PARAMETERS);
    state->rows = numbers_of(net, BP_ARRAY_OUTPUTS);
    state->of_inputs = numbers_of(net, BP_ARRAY_INPUT_FACTOR);
    state->of_targets = numbers_of(net, BP_ARRAY_TARGET_FACTOR);
    state->fresh = option_of(net, BP_OPT_FRESH);
    state->gradient_rows = option_of(net, BP_OPT_GRADIENT_ROWS);
    state->names[0] = bp_net_name(net, BP_TEXT_INPUT, 0);
    state->names[1] = bp_net_name(net, BP_TEXT_OUTPUT, 0);
    state->names[2] = bp_net_name(net, BP_TEXT_CLASS, 0);
    record_numbers(net, state);
    state->saved = deeply && seq_save(s, net, &state->file);
}

/* `passed`: rows were forwarded before the failure, and the net counts them. */
static void check_same(const struct state *a, const struct state *b, bool passed)
{
    const size_t size = a->parameters * sizeof(a->numbers[0]);
    MUST(a->inputs == b->inputs && a->outputs == b->outputs && a->layers == b->layers);
    MUST(a->parameters == b->parameters && a->fresh == b->fresh);
    MUST(a->of_inputs == b->of_inputs && a->of_targets == b->of_targets);
    MUST(a->gradient_rows == b->gradient_rows || passed);
    MUST(memcmp(a->names, b->names, sizeof(a->names)) == 0);
    MUST(a->rows == b->rows || passed);
    MUST(a->parameters > MOST_PARAMETERS || memcmp(a->numbers, b->numbers, size) == 0);
    MUST(a->saved == b->saved && (!a->saved || seq_same(&a->file, &b->file) || passed));
}

/* ---- what a status must be */

static void check_sentence(const char *sentence, const char *function)
{
    MUST(strncmp(sentence, function, strlen(function)) == 0);
    MUST(strstr(sentence, ": ") != NULL && strlen(sentence) > strlen(function) + 10);
    MUST(clean_fault(sentence, false) == NULL);
}

/* `there` was a net before the call. */
static void check_failure(const struct sequence *s, const struct seq_call *call, bp_status status, bool there)
{
    MUST(status < 0 && status % 10 == 0 && strcmp(bp_status_string(status), "unknown status") != 0);
    MUST(status != BP_ERR_MEMORY || s->budget.refused);
    check_sentence(bp_last_error(), call->name);
    if (call->rules & SEQ_MAKES)
        MUST(call->may & SEQ_BIT(status) && s->net == NULL);
    else if (there)
        MUST(call->may & SEQ_BIT(status));
    else
        MUST(status == BP_ERR_ARG);
}

/* ---- calls */

static const struct seq_call *const tables[] = {seq_net_calls, seq_compute_calls, seq_layer_calls, seq_file_calls};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

static size_t count_of(const struct seq_call *table)
{
    size_t count = 0;
    while (table[count].name)
        count++;
    return count;
}

static const struct seq_call *call_of(uint8_t byte)
{
    size_t all = 0, table = 0;
    for (size_t i = 0; i < TABLES; i++)
        all += count_of(tables[i]);
    size_t index = byte % all;
    for (; index >= count_of(tables[table]); table++)
        index -= count_of(tables[table]);
    return &tables[table][index];
}

/* BP_FUZZ_PRINT=1 in the environment shows the calls of a finding. */
static bool prints_calls(void)
{
    static int prints = -1;
    prints = prints >= 0 ? prints : getenv("BP_FUZZ_PRINT") != NULL;
    return prints;
}

/* Of the second byte, two bits choose the net. Three choose the wrong number type, one time in eight. Three choose
 * whether the bytes of the net's file are compared. */
static void call(struct sequence *s)
{
    static struct state before, after;
    const struct seq_call *row = call_of(seq_byte(s));
    const uint8_t how = seq_byte(s);
    s->slot = (how & 3) % SEQ_NETS;
    s->net = s->nets[s->slot];
    s->wide = (seq_type(s->net) == BP_F64) != ((how >> 2 & 7) == 7);
    const bool deeply = how >> 5 == 7 && s->deep++ < MOST_DEEP, there = s->net;
    record(s, &before, deeply);
    s->budget.refused = false;
    const bp_status status = row->run(s);
    if (prints_calls())
        fprintf(stderr, "net %zu: %s: %d %s\n", s->slot, row->name, (int)status, status ? bp_last_error() : "");
    if (status != BP_OK)
        check_failure(s, row, status, there);
    if (status != BP_OK && !(row->rules & SEQ_MAKES)) {
        record(s, &after, deeply);
        check_same(&before, &after, status == BP_ERR_NONFINITE && row->rules & SEQ_PASSES);
    }
    seq_release(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct sequence s;
    seq_start(&s, bytes, size);
    for (int i = 0; i < MOST_CALLS && s.at < s.end; i++)
        call(&s);
    for (s.slot = 0; s.slot < SEQ_NETS; s.slot++) {
        s.net = s.nets[s.slot];
        seq_drop(&s);
    }
    bp_scratch_destroy(s.scratch);
    MUST(s.budget.blocks == 0 && s.budget.left == SEQ_BUDGET);
    return 0;
}

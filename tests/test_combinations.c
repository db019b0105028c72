/* SPDX-License-Identifier: MIT
 *
 * Every loss with every last layer, target and metric: what has a meaning by docs/combinations.md works. All else is
 * refused, with a sentence that names no function except the called one. */
#include "any.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 6, INPUTS = 2, MOST_OUTPUTS = 6, LINE = 400 };

/* ---- the tables of the documentation */

struct row {
    char cells[4][LINE];
};

static struct row losses[32], metrics[32];
static size_t loss_count, metric_count;

static void read_cells(const char *line, struct row *row)
{
    for (size_t i = 0; i < 4; i++) {
        const char *begin = *line == '|' ? line + 1 : line;
        const size_t size = strcspn(begin, "|\n");
        memcpy(row->cells[i], begin, size);
        row->cells[i][size] = '\0';
        line = begin + size;
    }
}

/* The rows whose first cell is a member in backquotes belong to the table of the heading above them. */
static int read_tables(void **state)
{
    char path[LINE], line[LINE];
    const char *root = getenv("BP_SOURCE_ROOT");
    bool of_metrics = false;
    (void)state;
    snprintf(path, sizeof(path), "%s/docs/combinations.md", root ? root : ".");
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    while (fgets(line, sizeof(line), file)) {
        of_metrics = of_metrics || strncmp(line, "## Metrics", strlen("## Metrics")) == 0;
        if (strncmp(line, "| `", 3) == 0)
            read_cells(line, of_metrics ? &metrics[metric_count++] : &losses[loss_count++]);
    }
    fclose(file);
    return 0;
}

static bool names(const char *cell, const char *name)
{
    char quoted[64];
    snprintf(quoted, sizeof(quoted), "`%s`", name);
    return strstr(cell, quoted) != NULL;
}

/* A cell lists activations, or is "all", or "all but" a list. */
static bool covers(const char *cell, int32_t activation)
{
    const bool listed = names(cell, bp_key_name(activation));
    return strncmp(cell, " all", 4) == 0 ? !listed : listed;
}

static const struct row *row_of(const struct row *rows, size_t count, int32_t key)
{
    for (size_t i = 0; i < count; i++)
        if (names(rows[i].cells[0], bp_key_name(key)))
            return &rows[i];
    fail_msg("docs/combinations.md has no row for %s", bp_key_name(key));
    return NULL;
}

static void each_table_has_a_row_for_every_member_and_no_other(void **state)
{
    size_t i = 0;
    (void)state;
    for (; bp_key_at(BP_FAMILY_LOSS, i) != 0; i++)
        row_of(losses, loss_count, bp_key_at(BP_FAMILY_LOSS, i));
    assert_int_equal(loss_count, i);
    for (i = 0; bp_key_at(BP_FAMILY_METRIC, i) != 0; i++)
        row_of(metrics, metric_count, bp_key_at(BP_FAMILY_METRIC, i));
    assert_int_equal(metric_count, i);
}

/* ---- a combination */

struct combination {
    int32_t loss, activation;
    bool labels;
    size_t outputs;
};

static bool is_constant(const struct combination *c)
{
    return c->outputs == 1 && (c->activation == BP_ACT_SOFTMAX || c->activation == BP_ACT_LOG_SOFTMAX);
}

static bool loss_has_meaning(const struct combination *c)
{
    const struct row *row = row_of(losses, loss_count, c->loss);
    return !is_constant(c) && !(c->labels && c->activation == BP_ACT_IDENTITY) && covers(row->cells[1], c->activation);
}

static bool metric_has_meaning(const struct combination *c, int32_t metric)
{
    const struct row *row = row_of(metrics, metric_count, metric);
    const size_t classes = c->outputs == 1 ? 2 : c->outputs;
    if (metric == BP_METRIC_LOSS)
        return loss_has_meaning(c);
    if ((metric == BP_METRIC_TOP_3 && classes < 3) || (metric == BP_METRIC_TOP_5 && classes < 5))
        return false;
    return !is_constant(c) && strstr(row->cells[1], c->labels ? "labels" : "numbers") != NULL &&
           covers(row->cells[2], c->activation);
}

static bp_net *net_of(const struct combination *c, int32_t dtype)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, INPUTS));
    any_ok(bp_net_add_dense(net, c->outputs, c->activation));
    any_ok(bp_net_init(net, 1));
    any_ok(bp_net_set(net, BP_OPT_LOSS, c->loss));
    return net;
}

/* A row of each class. */
static bp_data *data_of(const struct combination *c)
{
    static const double x[ROWS * INPUTS] = {0.5, -1, 0.25, 1, -0.5, 0.75, 1, 0, -1, 0.5, 0, -0.25};
    static const int32_t classes[2][ROWS] = {{0, 1, 0, 1, 0, 1}, {0, 1, 2, 3, 4, 5}};
    static double target[ROWS * MOST_OUTPUTS];
    bp_data *data = NULL;
    for (size_t i = 0; i < ROWS * MOST_OUTPUTS; i++)
        target[i] = (double)(i % 5) / 4;
    any_ok(bp_data_create(&data, NULL));
    any_ok(bp_data_set_inputs(data, BP_F64, x, ROWS, INPUTS, 0, BP_HOLD_COPY));
    if (c->labels)
        any_ok(
            bp_data_set_labels(data, BP_I32, classes[c->outputs > 1], c->outputs == 1 ? 2 : c->outputs, BP_HOLD_COPY));
    else
        any_ok(bp_data_set_target(data, BP_F64, target, c->outputs, 0, BP_HOLD_COPY));
    return data;
}

/* The sentence begins with the called function's name, and names no other. */
static void check(const struct combination *c, const char *function, const char *of, bp_status status, bool meaning)
{
    const size_t size = strlen(function);
    if (status != (meaning ? BP_OK : BP_ERR_UNSUPPORTED))
        fail_msg("%s: %s with %s, %s, %zu outputs: %s, %s", function, of, bp_key_name(c->loss),
                 bp_key_name(c->activation), c->outputs, c->labels ? "labels" : "numbers", bp_status_string(status));
    if (!meaning && (strncmp(bp_last_error(), function, size) != 0 || strstr(bp_last_error() + size, "bp_") != NULL))
        fail_msg("%s: %s", function, bp_last_error());
}

/* ---- what it is used for */

static void evaluate(const struct combination *c, const bp_net *net, const bp_data *data)
{
    size_t counts[MOST_OUTPUTS * MOST_OUTPUTS];
    for (size_t i = 0; bp_key_at(BP_FAMILY_METRIC, i) != 0; i++) {
        const int32_t metric = bp_key_at(BP_FAMILY_METRIC, i);
        double value = -7;
        const bp_status status = bp_net_evaluate(net, data, metric, &value);
        check(c, "bp_net_evaluate", bp_key_name(metric), status, metric_has_meaning(c, metric));
        assert_true(status == BP_OK || value == -7);
    }
    check(c, "bp_net_confusion", "", bp_net_confusion(net, data, counts), metric_has_meaning(c, BP_METRIC_ACCURACY));
}

static void train(const struct combination *c, bp_net *net, const bp_data *data)
{
    for (size_t i = 0; bp_key_at(BP_FAMILY_METHOD, i) != 0; i++) {
        const int32_t method = bp_key_at(BP_FAMILY_METHOD, i);
        const bool squares = method == BP_METHOD_LM || method == BP_METHOD_BR;
        const bool fits = !squares || c->loss == BP_LOSS_SQUARED || c->loss == BP_LOSS_MSE;
        bp_train *training = NULL;
        any_ok(bp_train_create(&training, net, data, NULL));
        any_ok(bp_train_set(training, BP_TRAIN_METHOD, method));
        any_ok(bp_train_set(training, BP_TRAIN_BALANCE, 1));
        any_ok(bp_train_set(training, BP_TRAIN_BALANCE, c->labels));
        const bp_status status = bp_train_epoch(training);
        check(c, "bp_train_epoch", bp_key_name(method), status == BP_DONE ? BP_OK : status,
              fits && loss_has_meaning(c));
        any_ok(bp_train_set(training, BP_TRAIN_BALANCE, 1));
        if (!c->labels)
            check(c, "bp_train_epoch", "balance", bp_train_epoch(training), false);
        bp_train_destroy(training);
    }
}

static void walk(int32_t dtype, void (*visit)(const struct combination *c, int32_t dtype))
{
    for (size_t loss = 0; bp_key_at(BP_FAMILY_LOSS, loss) != 0; loss++)
        for (size_t activation = 0; bp_key_at(BP_FAMILY_ACTIVATION, activation) != 0; activation++)
            for (size_t i = 0; i < 4; i++) {
                const struct combination c = {bp_key_at(BP_FAMILY_LOSS, loss),
                                              bp_key_at(BP_FAMILY_ACTIVATION, activation), i % 2 == 0,
                                              i / 2 == 0 ? 1 : MOST_OUTPUTS};
                visit(&c, dtype);
            }
}

static void try_all(const struct combination *c, int32_t dtype)
{
    bp_net *net = net_of(c, dtype);
    bp_data *data = data_of(c);
    evaluate(c, net, data);
    train(c, net, data);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

static void every_combination_has_a_written_meaning_or_is_refused(void **state) { walk(any_dtype(state), try_all); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_table_has_a_row_for_every_member_and_no_other),
        ANY_BOTH(every_combination_has_a_written_meaning_or_is_refused),
    };
    return cmocka_run_group_tests(tests, read_tables, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * A metric taken of a net on a data set. */
#include "base/memory.h"
#include "base/targets.h"
#include "data/data_set.h"
#include "train/metrics/metric.h"

/* ---- measuring */

/* The class of a row is its label. */
static bp_status check_labels(const struct bp_blocks *blocks, const char *what)
{
    if (!blocks->target)
        return BP_OK;
    return bp_fail(blocks->call, BP_ERR_UNSUPPORTED,
                   "%s counts classes, and the target is numbers: give the classes as labels", what);
}

static bp_status check_outputs(const struct bp_blocks *blocks, double *activation)
{
    *activation = 0;
    (void)bp_net_layer_get(blocks->net, bp_net_layers(blocks->net) - 1, BP_LAYER_ACTIVATION, activation);
    if (blocks->outputs > 1 || (*activation != BP_ACT_SOFTMAX && *activation != BP_ACT_LOG_SOFTMAX))
        return BP_OK;
    return bp_fail(blocks->call, BP_ERR_UNSUPPORTED,
                   "softmax of one output is the same for every row: use BP_ACT_SIGMOID");
}

static bp_status check_metric(const struct bp_blocks *blocks, const struct bp_metric *metric)
{
    double activation;
    BP_TRY(check_outputs(blocks, &activation));
    if (metric->classes > 0)
        BP_TRY(check_labels(blocks, metric->named.name));
    if (blocks->classes < metric->classes)
        return bp_fail(blocks->call, BP_ERR_UNSUPPORTED, "%s needs %zu classes or more: the net has outputs for %zu",
                       metric->named.name, metric->classes, blocks->classes);
    if (metric->probabilities && activation == BP_ACT_LOG_SOFTMAX)
        return bp_fail(blocks->call, BP_ERR_UNSUPPORTED,
                       "%s needs probabilities, and log-softmax gives their logarithms: use "
                       "BP_METRIC_LOSS with BP_LOSS_CROSS_ENTROPY",
                       metric->named.name);
    return BP_OK;
}

static bp_status make_buffer(struct bp_tally *tally)
{
    const struct bp_blocks *blocks = tally->blocks;
    const struct {
        size_t count, size;
    } tallies[] = {[BP_TALLY_CLASS] = {blocks->classes, sizeof(struct bp_class_sums)},
                   [BP_TALLY_OUTPUT] = {blocks->outputs, sizeof(struct bp_output_sums)},
                   [BP_TALLY_SCORE] = {bp_score_columns(blocks), sizeof(struct bp_score)}};
    const enum bp_tally_kind kind = tally->metric->tally;
    size_t count;
    if (kind == BP_TALLY_NONE)
        return BP_OK;
    if (bp_size_multiply(tallies[kind].count, kind == BP_TALLY_SCORE ? blocks->data->rows : 1, &count))
        tally->of.buffer = bp_memory_allocate(&blocks->data->allocator, count, tallies[kind].size);
    return tally->of.buffer ? BP_OK
                            : bp_fail(blocks->call, BP_ERR_MEMORY, "no memory for %s", tally->metric->named.name);
}

static bp_status add_block(void *context, const struct bp_block *block)
{
    struct bp_tally *tally = context;
    for (size_t i = 0; i < block->rows; i++, tally->row++) {
        const struct bp_sample sample = bp_block_sample(block, i);
        tally->weight += sample.weight;
        tally->metric->add(tally, &sample);
    }
    return BP_OK;
}

static bp_status finish(const struct bp_tally *tally, double *value)
{
    if (tally->weight == 0)
        return bp_fail(tally->blocks->call, BP_ERR_UNSUPPORTED, "the weights of all rows are 0");
    return tally->metric->finish(tally, value);
}

bp_status bp_metric_measure(struct bp_blocks *blocks, int32_t metric, double *value)
{
    struct bp_tally tally = {.metric = bp_family_by_key(&bp_metrics, metric), .blocks = blocks};
    if (metric == BP_METRIC_LOSS)
        return bp_blocks_loss(blocks, value);
    BP_TRY(check_metric(blocks, tally.metric));
    BP_TRY(make_buffer(&tally));
    bp_status status = bp_blocks_visit(blocks, add_block, &tally);
    if (status == BP_OK)
        status = finish(&tally, value);
    bp_memory_release(&blocks->data->allocator, tally.of.buffer);
    return status;
}

/* ---- the border */

bp_status bp_net_evaluate(const bp_net *net, const bp_data *data, int32_t metric, double *value)
{
    const struct bp_call *call = BP_NET_CALL(net);
    struct bp_blocks blocks;
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(bp_need(BP_CALL, value, "value"));
    if (!bp_family_by_key(&bp_metrics, metric))
        return bp_fail(BP_CALL, BP_ERR_ARG, "there is no metric %d", (int)metric);
    BP_TRY(bp_blocks_create(&blocks, call, net, data));
    const bp_status status = bp_metric_measure(&blocks, metric, value);
    bp_blocks_release(&blocks);
    return status;
}

struct confusion {
    size_t classes, *counts; /* [classes][classes] */
};

static bp_status count_block(void *context, const struct bp_block *block)
{
    const struct confusion *confusion = context;
    for (size_t i = 0; i < block->rows; i++) {
        const struct bp_sample sample = bp_block_sample(block, i);
        const size_t predicted = bp_class_of(BP_F64, sample.y, sample.outputs);
        confusion->counts[(size_t)sample.label * confusion->classes + predicted]++;
    }
    return BP_OK;
}

static bp_status count_all(struct bp_blocks *blocks, size_t *counts)
{
    struct confusion confusion = {blocks->classes, counts};
    double activation;
    BP_TRY(check_outputs(blocks, &activation));
    BP_TRY(check_labels(blocks, "the confusion matrix"));
    for (size_t i = 0; i < blocks->classes * blocks->classes; i++)
        counts[i] = 0;
    return bp_blocks_visit(blocks, count_block, &confusion);
}

bp_status bp_net_confusion(const bp_net *net, const bp_data *data, size_t *counts)
{
    const struct bp_call *call = BP_NET_CALL(net);
    struct bp_blocks blocks;
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(bp_need(call, counts, "counts"));
    BP_TRY(bp_blocks_create(&blocks, call, net, data));
    const bp_status status = count_all(&blocks, counts);
    bp_blocks_release(&blocks);
    return status;
}

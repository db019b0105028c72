/* SPDX-License-Identifier: MIT
 *
 * Examines the units: z of every layer in the evaluation pass, and where the slope of its activation is almost 0. */
#include <math.h>

#include "base/memory.h"
#include "data/asked_net.h"
#include "train/doctor/doctor.h"
#include "train/doctor/probe.h"

/* A layer that is looked at: its probe, and for how many rows each unit is flat. */
struct layer {
    size_t units;
    bool last, bounded; /* bounded: it saturates on both sides, else it is dead on one */
    double limit;       /* a slope that is no greater is flat */
    bp_net *probe;      /* NULL: not looked at */
    size_t *flat;       /* [units] */
};

struct units {
    struct bp_doctor *doctor;
    struct layer *layers;
    size_t count, widest;
    void *z, *slopes; /* [BP_DOCTOR_ROWS][widest], of the net's type */
    struct bp_batch batch;
};

static bool is_f32(const bp_net *net) { return bp_type_of_net(net) == BP_F32; }

/* ---- preparing */

static bool is_looked_at(const bp_net *net, size_t layer)
{
    const int32_t activation = (int32_t)bp_doctor_layer_option(net, layer, BP_LAYER_ACTIVATION); /* 0: it has none */
    return activation != 0 && activation != BP_ACT_SOFTMAX && activation != BP_ACT_LOG_SOFTMAX;
}

/* Activations that are flat nowhere are passed over, and bounded ones on top: an output that saturates is sure. There a
 * dead one has to have no slope at all, since losses that are fused with their output do not need one. */
static bp_status prepare_layer(struct units *units, size_t index)
{
    struct layer *layer = &units->layers[index];
    const bp_net *net = units->doctor->net;
    struct bp_shape shape;
    if (!is_looked_at(net, index))
        return BP_OK;
    layer->units = (size_t)bp_doctor_layer_option(net, index, BP_LAYER_UNITS);
    layer->last = index == units->count - 1;
    BP_TRY(bp_probe_create(&layer->probe, net, index, units->doctor->allocator));
    BP_TRY(bp_probe_shape(layer->probe, &shape));
    layer->bounded = shape.flat_below && shape.flat_above && !shape.same_ends;
    layer->limit = layer->last ? 0 : bp_thresholds.flat * shape.steepest;
    if ((!shape.flat_below && !shape.flat_above) || (layer->bounded && layer->last)) {
        bp_net_destroy(layer->probe);
        layer->probe = NULL;
        return BP_OK;
    }
    layer->flat = bp_memory_allocate(units->doctor->allocator, layer->units, sizeof(*layer->flat));
    units->widest = units->widest < layer->units ? layer->units : units->widest;
    return layer->flat ? BP_OK : BP_ERR_MEMORY;
}

/* No layer of the clone is random. */
static bp_status prepare(struct units *units)
{
    const struct bp_doctor *doctor = units->doctor;
    const size_t size = is_f32(doctor->net) ? sizeof(float) : sizeof(double);
    size_t numbers;
    units->count = bp_net_layers(doctor->net);
    units->layers = bp_memory_allocate(doctor->allocator, units->count, sizeof(*units->layers));
    if (!units->layers)
        return BP_ERR_MEMORY;
    for (size_t i = 0; i < units->count; i++) {
        if (bp_doctor_layer_option(doctor->net, i, BP_LAYER_RANDOM) != 0)
            BP_TRY(bp_net_layer_set(doctor->net, i, BP_LAYER_RATE, 0));
        BP_TRY(prepare_layer(units, i));
    }
    if (units->widest == 0)
        return BP_OK;
    if (!bp_size_multiply(units->widest, BP_DOCTOR_ROWS, &numbers))
        return BP_ERR_MEMORY;
    units->z = bp_memory_allocate(doctor->allocator, numbers, size);
    units->slopes = bp_memory_allocate(doctor->allocator, numbers, size);
    return units->z && units->slopes &&
                   bp_batch_make(doctor->allocator, &units->batch, doctor->net, doctor->train->data, BP_DOCTOR_ROWS)
               ? BP_OK
               : BP_ERR_MEMORY;
}

static void release(struct units *units)
{
    const bp_allocator *allocator = units->doctor->allocator;
    for (size_t i = 0; units->layers && i < units->count; i++) {
        bp_net_destroy(units->layers[i].probe);
        bp_memory_release(allocator, units->layers[i].flat);
    }
    bp_memory_release(allocator, units->layers);
    bp_memory_release(allocator, units->z);
    bp_memory_release(allocator, units->slopes);
    bp_batch_release(allocator, &units->batch);
}

/* ---- counting */

static double slope_at(const struct units *units, size_t i)
{
    return is_f32(units->doctor->net) ? (double)((const float *)units->slopes)[i] : ((const double *)units->slopes)[i];
}

/* A slope that is not a number is not flat. */
static bp_status count_layer(struct units *units, size_t index, size_t rows)
{
    struct layer *layer = &units->layers[index];
    const bp_net *net = units->doctor->net;
    if (!layer->probe)
        return BP_OK;
    BP_TRY(bp_read_net(net, BP_ARRAY_Z, index, units->z));
    BP_TRY(bp_probe_slopes(layer->probe, units->z, rows * layer->units, units->slopes));
    for (size_t row = 0; row < rows; row++)
        for (size_t unit = 0; unit < layer->units; unit++)
            layer->flat[unit] += fabs(slope_at(units, row * layer->units + unit)) <= layer->limit;
    return BP_OK;
}

static bp_status count(struct units *units)
{
    struct bp_doctor *doctor = units->doctor;
    for (size_t row = 0; row < doctor->rows && units->widest > 0; row += BP_DOCTOR_ROWS) {
        const size_t some = bp_doctor_block(doctor->rows, row);
        BP_TRY(bp_batch_fill_inputs(&units->batch, doctor->call, doctor->train->data, doctor->row + row, some));
        BP_TRY(bp_batch_forward(&units->batch, doctor->net));
        for (size_t i = 0; i < units->count; i++)
            BP_TRY(count_layer(units, i, some));
    }
    return BP_OK;
}

/* ---- telling */

/* Units that are flat for so large a share of the rows. */
static double share_of(const struct layer *layer, size_t rows, double of_rows)
{
    size_t units = 0;
    for (size_t i = 0; i < layer->units; i++)
        units += (double)layer->flat[i] >= of_rows * (double)rows;
    return (double)units / (double)layer->units;
}

/* A net may well end with saturated units, of which it has made switches. */
static bool has_learned(const bp_train *t)
{
    const struct bp_train_epoch_record *last = bp_train_last(t);
    return last && last->loss < bp_thresholds.learned * bp_train_at(t, 1)->loss;
}

static const char *activation_of(const bp_net *net, size_t layer)
{
    return bp_key_name((int32_t)bp_doctor_layer_option(net, layer, BP_LAYER_ACTIVATION));
}

static bp_status report_dead(struct bp_doctor *doctor, const struct layer *layer, size_t index)
{
    const double share = share_of(layer, doctor->rows, 1);
    if (share < bp_thresholds.dead_units)
        return BP_OK;
    return bp_doctor_report(
        doctor, BP_FINDING_DEAD_UNITS, index, share,
        "layer %zu (%s): %s %% of %s dead: the slope of the activation is almost 0 in each of the %s examined, so they "
        "do not learn. Try a lower learning rate, BP_ACT_LEAKY_RELU, BP_INIT_AUTO for "
        "the weights, or scaled inputs, and begin again with bp_net_init",
        index, activation_of(doctor->net, index), bp_percent(share).text, bp_message_count(layer->units, "unit").text,
        bp_message_count(doctor->rows, "row").text);
}

static bp_status report_saturated(struct bp_doctor *doctor, const struct layer *layer, size_t index)
{
    const double share = share_of(layer, doctor->rows, bp_thresholds.saturated_rows);
    if (share < bp_thresholds.saturated_units || has_learned(doctor->train))
        return BP_OK;
    return bp_doctor_report(doctor, BP_FINDING_SATURATED_UNITS, index, share,
                            "layer %zu (%s): %s %% of %s saturated: the slope is below %s %% of the steepest for "
                            "nearly all rows, so they hardly learn. Try scaled inputs, a lower learning rate, "
                            "BP_INIT_AUTO for the weights, or BP_OPT_L2, and begin again with bp_net_init",
                            index, activation_of(doctor->net, index), bp_percent(share).text,
                            bp_message_count(layer->units, "unit").text, bp_percent(bp_thresholds.flat).text);
}

bp_status bp_examine_units(struct bp_doctor *doctor)
{
    struct units units = {.doctor = doctor};
    bp_status status = prepare(&units);
    if (status == BP_OK)
        status = count(&units);
    for (size_t i = 0; status == BP_OK && i < units.count; i++)
        if (units.layers[i].probe)
            status = units.layers[i].bounded ? report_saturated(doctor, &units.layers[i], i)
                                             : report_dead(doctor, &units.layers[i], i);
    release(&units);
    return status;
}

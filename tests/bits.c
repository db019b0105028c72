/* SPDX-License-Identifier: MIT
 *
 * Trains a few nets of each number type and prints a hash of all that came out: two machines, instruction sets or
 * thread counts that print the same lines compute the same bits. It needs the public interface alone, and no libm: the
 * data is made of integers.
 *
 * Where numbers are rounded twice, the bits are others. For tests/compare-ulps, --save saves the nets after some steps,
 * and --step takes one more step of each saved net, and prints every number of it.
 *
 * usage: bits [--steps N] [--threads N] | bits --save FOLDER | bits --step FOLDER | bits --info
 * Ends with 77, saying why, where the library refuses the threads. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

enum { MOST_LAYERS = 4, MOST_OPTIONS = 6, MOST_PARTS = 3, MOST_NUMBERS = 40000, DATA_ROWS = 64, REFUSED = 77 };

struct layer {
    size_t units;
    int32_t activation;
    double rate; /* of a dropout layer, which has no units */
};

struct recipe {
    const char *name;
    size_t inputs;
    struct layer layers[MOST_LAYERS];
    struct {
        int32_t option;
        double value;
    } options[MOST_OPTIONS];
    size_t rows;              /* a step's */
    size_t parts[MOST_PARTS]; /* so many rows for each forward and backward before a step; none for train */
    bool one_hot;
    size_t share;   /* takes one of so many steps */
    bool hash_only; /* too many numbers to compare one by one */
};

static const struct recipe recipes[] = {
    {
        .name = "sigmoid-sgd",
        .inputs = 2,
        .layers = {{.units = 3, .activation = BP_ACT_SIGMOID}, {.units = 2, .activation = BP_ACT_SIGMOID}},
        .options = {{BP_OPT_LEARNING_RATE, 0.3}},
        .rows = 1,
        .share = 1,
    },
    {
        /* the product takes the step */
        .name = "tanh-identity-sgd",
        .inputs = 37,
        .layers = {{.units = 40, .activation = BP_ACT_TANH}, {.units = 3, .activation = BP_ACT_IDENTITY}},
        .options = {{BP_OPT_LEARNING_RATE, 0.05}},
        .rows = 6,
        .share = 2,
    },
    {
        .name = "gelu-tanh-softmax-adam",
        .inputs = 19,
        .layers = {{.units = 33, .activation = BP_ACT_GELU},
                   {.rate = 0.2},
                   {.units = 7, .activation = BP_ACT_TANH},
                   {.units = 5, .activation = BP_ACT_SOFTMAX}},
        .options = {{BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY}, {BP_OPT_OPTIMIZER, BP_OPTIM_ADAM}, {BP_OPT_CLIP_NORM, 0.25}},
        .rows = 12,
        .one_hot = true,
        .share = 1,
    },
    {
        .name = "softplus-huber-rmsprop",
        .inputs = 30,
        .layers = {{.units = 17, .activation = BP_ACT_SOFTPLUS}, {.units = 1, .activation = BP_ACT_IDENTITY}},
        .options = {{BP_OPT_LOSS, BP_LOSS_HUBER},
                    {BP_OPT_HUBER_DELTA, 0.25},
                    {BP_OPT_OPTIMIZER, BP_OPTIM_RMSPROP},
                    {BP_OPT_LEARNING_RATE, 0.001},
                    {BP_OPT_MOMENTUM, 0.9}},
        .rows = 7,
        .parts = {3, 4},
        .share = 1,
    },
    {
        /* without an elementary function: a difference here is a kernel's */
        .name = "leaky-relu-mse-adagrad",
        .inputs = 21,
        .layers = {{.units = 18, .activation = BP_ACT_LEAKY_RELU}, {.units = 3, .activation = BP_ACT_HARD_SIGMOID}},
        .options = {{BP_OPT_LOSS, BP_LOSS_MSE}, {BP_OPT_OPTIMIZER, BP_OPTIM_ADAGRAD}, {BP_OPT_L2, 0.125}},
        .rows = 5,
        .share = 1,
    },
    {
        .name = "elu-tanh-rprop",
        .inputs = 23,
        .layers = {{.units = 19, .activation = BP_ACT_ELU}, {.units = 4, .activation = BP_ACT_TANH}},
        .options = {{BP_OPT_OPTIMIZER, BP_OPTIM_RPROP}, {BP_OPT_STEP_MAX, 0.5}, {BP_OPT_L1, 0.0009765625}},
        .rows = DATA_ROWS,
        .share = 1,
    },
    {
        .name = "sigmoid-tanh-quickprop",
        .inputs = 19,
        .layers = {{.units = 17, .activation = BP_ACT_SIGMOID}, {.units = 3, .activation = BP_ACT_TANH}},
        .options = {{BP_OPT_OPTIMIZER, BP_OPTIM_QUICKPROP}, {BP_OPT_GROWTH, 1.25}, {BP_OPT_L2, 0.0009765625}},
        .rows = DATA_ROWS,
        .share = 1,
    },
    {
        /* so wide that several threads have work */
        .name = "wide-relu-log-softmax-adamw",
        .inputs = 128,
        .layers = {{.units = 256, .activation = BP_ACT_RELU},
                   {.rate = 0.5},
                   {.units = 10, .activation = BP_ACT_LOG_SOFTMAX}},
        .options = {{BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY}, {BP_OPT_OPTIMIZER, BP_OPTIM_ADAMW}, {BP_OPT_CLIP_NORM, 1}},
        .rows = 61,
        .one_hot = true,
        .share = 200,
    },
    {
        /* so wide, and with so many rows, that the operands of the gradient are packed, in f64 also by 7 threads, which
         * begin in the middle of a row of blocks */
        .name = "packed-relu-sgd",
        .inputs = 32,
        .layers = {{.units = 912, .activation = BP_ACT_RELU}, {.units = 3, .activation = BP_ACT_SIGMOID}},
        .options = {{BP_OPT_LEARNING_RATE, 0.1}},
        .rows = 121,
        .share = 200,
        .hash_only = true,
    },
    {
        .name = "packed-tanh-adam",
        .inputs = 32,
        .layers = {{.units = 912, .activation = BP_ACT_TANH}, {.units = 3, .activation = BP_ACT_SIGMOID}},
        .options = {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAM}},
        .rows = 121,
        .parts = {96, 25},
        .share = 200,
        .hash_only = true,
    },
};

/* ---- a net of either number type */

/* The rows of a step, in both number types, and buffers for what a net gives; make_net() holds the nets to it. */
static struct {
    double x[MOST_NUMBERS], target[MOST_NUMBERS], out[MOST_NUMBERS];
    float x_f32[MOST_NUMBERS], target_f32[MOST_NUMBERS], out_f32[MOST_NUMBERS];
} batch;

static void ok(bp_status status)
{
    if (status == BP_OK)
        return;
    fprintf(stderr, "%s\n", bp_last_error());
    exit(1);
}

static bool is_f32(const bp_net *net)
{
    double type;
    ok(bp_net_get(net, BP_OPT_TYPE, &type));
    return type == BP_F32;
}

static size_t parameters_of(const bp_net *net)
{
    size_t rows, columns;
    ok(bp_net_shape(net, BP_ARRAY_PARAMETERS, 0, &rows, &columns));
    return columns;
}

static void add_dropout(bp_net *net, double rate)
{
    ok(bp_net_add(net, BP_KIND_DROPOUT, NULL));
    ok(bp_net_layer_set(net, bp_net_layers(net) - 1, BP_LAYER_RATE, rate));
}

static void forward_backward(bp_net *net, size_t first, size_t rows, double *loss)
{
    const size_t x = first * bp_net_inputs(net), target = first * bp_net_outputs(net);
    if (is_f32(net)) {
        ok(bp_net_forward_f32(net, batch.x_f32 + x, rows, NULL));
        ok(bp_net_backward_f32(net, batch.target_f32 + target, rows, loss));
    } else {
        ok(bp_net_forward_f64(net, batch.x + x, rows, NULL));
        ok(bp_net_backward_f64(net, batch.target + target, rows, loss));
    }
}

static void train(bp_net *net, size_t rows, double *loss)
{
    ok(is_f32(net) ? bp_net_train_f32(net, batch.x_f32, batch.target_f32, rows, loss)
                   : bp_net_train_f64(net, batch.x, batch.target, rows, loss));
}

/* ---- the hash: FNV-1a of 64 bits, over the bytes of each number from the least significant on */

static void hash_bytes(uint64_t *hash, uint64_t bits, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        *hash = (*hash ^ (bits >> (8 * i) & 0xff)) * UINT64_C(0x100000001b3);
}

static void hash_f32(uint64_t *hash, const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof(bits));
        hash_bytes(hash, bits, sizeof(bits));
    }
}

static void hash_f64(uint64_t *hash, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof(bits));
        hash_bytes(hash, bits, sizeof(bits));
    }
}

/* The parameters, and a prediction of the batch. */
static void hash_net(uint64_t *hash, const bp_net *net, size_t rows)
{
    const size_t parameters = parameters_of(net), outputs = rows * bp_net_outputs(net);
    if (is_f32(net)) {
        ok(bp_net_read_f32(net, BP_ARRAY_PARAMETERS, 0, batch.out_f32, parameters));
        hash_f32(hash, batch.out_f32, parameters);
        ok(bp_net_predict_f32(net, batch.x_f32, rows, batch.out_f32, NULL));
        hash_f32(hash, batch.out_f32, outputs);
    } else {
        ok(bp_net_read_f64(net, BP_ARRAY_PARAMETERS, 0, batch.out, parameters));
        hash_f64(hash, batch.out, parameters);
        ok(bp_net_predict_f64(net, batch.x, rows, batch.out, NULL));
        hash_f64(hash, batch.out, outputs);
    }
}

/* ---- the run */

/* A fixed sequence of multiples of 1/1024 in [-1, 1), exact in either type. */
static double fraction(size_t index)
{
    const uint32_t mixed = ((uint32_t)index + 1) * UINT32_C(2654435761);
    return (double)(mixed >> 21) / 1024 - 1;
}

static void put(double *value, float *value_f32, double number)
{
    *value = number;
    *value_f32 = (float)number;
}

/* x: [rows][inputs], target: [rows][outputs], the rows from `first` on */
static void make_batch(const struct recipe *recipe, size_t outputs, size_t first)
{
    for (size_t row = 0; row < recipe->rows; row++) {
        const size_t sample = (first + row) % DATA_ROWS, x = row * recipe->inputs, target = row * outputs;
        for (size_t i = 0; i < recipe->inputs; i++)
            put(&batch.x[x + i], &batch.x_f32[x + i], fraction(sample * recipe->inputs + i));
        for (size_t j = 0; j < outputs; j++)
            put(&batch.target[target + j], &batch.target_f32[target + j],
                recipe->one_hot ? j == sample * sample % outputs : (fraction(sample * outputs + j + 7777) + 1) / 2);
    }
}

static bp_net *make_net(const struct recipe *recipe, int32_t dtype, double threads)
{
    bp_net *net;
    if (bp_net_create(&net, dtype, recipe->inputs) != BP_OK)
        return NULL; /* built without this type */
    for (size_t i = 0; i < MOST_LAYERS; i++)
        if (recipe->layers[i].units > 0)
            ok(bp_net_add_dense(net, recipe->layers[i].units, recipe->layers[i].activation));
        else if (recipe->layers[i].rate > 0)
            add_dropout(net, recipe->layers[i].rate);
    for (size_t i = 0; i < MOST_OPTIONS && recipe->options[i].option != 0; i++)
        ok(bp_net_set(net, recipe->options[i].option, recipe->options[i].value));
    if (bp_net_set(net, BP_OPT_THREADS, threads) != BP_OK) {
        fprintf(stderr, "%s\n", bp_last_error());
        exit(REFUSED);
    }
    ok(bp_net_init(net, 42));
    if (parameters_of(net) > MOST_NUMBERS || recipe->rows * recipe->inputs > MOST_NUMBERS)
        exit(2);
    return net;
}

static void take_step(bp_net *net, const struct recipe *recipe, uint64_t *hash)
{
    double loss;
    if (recipe->parts[0] == 0) {
        train(net, recipe->rows, &loss);
        hash_f64(hash, &loss, 1);
        return;
    }
    for (size_t i = 0, done = 0; done < recipe->rows; done += recipe->parts[i++]) {
        forward_backward(net, done, recipe->parts[i], &loss);
        hash_f64(hash, &loss, 1);
    }
    ok(bp_net_step(net));
}

static void run(const struct recipe *recipe, int32_t dtype, double threads, size_t steps)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    bp_net *net = make_net(recipe, dtype, threads);
    if (!net)
        return;
    for (size_t step = 0; step < steps; step += recipe->share) {
        make_batch(recipe, bp_net_outputs(net), step * recipe->rows);
        take_step(net, recipe, &hash);
    }
    hash_net(&hash, net, recipe->rows);
    printf("%s-%s %016" PRIx64 "\n", recipe->name, is_f32(net) ? "f32" : "f64", hash);
    bp_net_destroy(net);
}

/* ---- one step, in numbers */

enum { SAVED = 3 };
static const size_t saved_after[SAVED] = {0, 3, 30};

static const char *path_of(const char *folder, const struct recipe *recipe, int32_t dtype, size_t steps)
{
    static char path[1024];
    snprintf(path, sizeof(path), "%s/%s-%s-%zu.safetensors", folder, recipe->name, bp_key_name(dtype), steps);
    return path;
}

static void save(const struct recipe *recipe, int32_t dtype, const char *folder)
{
    uint64_t hash = 0;
    bp_net *net = make_net(recipe, dtype, 1);
    if (!net)
        return;
    ok(bp_net_set(net, BP_OPT_SAVE_STATE, 1));
    for (size_t i = 0, step = 0; i < SAVED; i++) {
        for (; step < saved_after[i]; step++) {
            make_batch(recipe, bp_net_outputs(net), step * recipe->rows);
            take_step(net, recipe, &hash);
        }
        ok(bp_net_save(net, path_of(folder, recipe, dtype, step)));
    }
    bp_net_destroy(net);
}

static void print_array(const bp_net *net, const char *name, int32_t array)
{
    for (size_t layer = 0; layer < bp_net_layers(net); layer++) {
        size_t rows, columns;
        ok(bp_net_shape(net, array, layer, &rows, &columns));
        if (rows * columns == 0)
            continue;
        if (rows * columns > MOST_NUMBERS)
            exit(2);
        ok(bp_net_read_f64(net, array, layer, batch.out, rows * columns));
        printf("%s %s.%zu", name, bp_key_name(array), layer);
        for (size_t i = 0; i < rows * columns; i++)
            printf(" %a", batch.out[i]);
        putchar('\n');
    }
}

static void print_step(const struct recipe *recipe, int32_t dtype, const char *folder)
{
    static const int32_t computed[] = {BP_ARRAY_ACTIVATION, BP_ARRAY_DELTA, BP_ARRAY_WEIGHT_GRADIENT,
                                       BP_ARRAY_BIAS_GRADIENT};
    char name[100];
    for (size_t i = 0; i < SAVED; i++) {
        double loss;
        bp_net *net;
        const bp_status status = bp_net_load(&net, path_of(folder, recipe, dtype, saved_after[i]));
        if (status == BP_ERR_UNSUPPORTED)
            return; /* built without this type */
        ok(status);
        snprintf(name, sizeof(name), "%s %s %zu", recipe->name, bp_key_name(dtype), saved_after[i]);
        make_batch(recipe, bp_net_outputs(net), saved_after[i] * recipe->rows);
        forward_backward(net, 0, recipe->rows, &loss);
        printf("%s loss %a\n", name, loss);
        for (size_t k = 0; k < sizeof(computed) / sizeof(computed[0]); k++)
            print_array(net, name, computed[k]);
        ok(bp_net_step(net));
        print_array(net, name, BP_ARRAY_WEIGHTS);
        print_array(net, name, BP_ARRAY_BIAS);
        bp_net_destroy(net);
    }
}

static void each_net(void act(const struct recipe *recipe, int32_t dtype, const char *folder), const char *folder)
{
    for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++) {
        if (recipes[i].hash_only)
            continue;
        act(&recipes[i], BP_F32, folder);
        act(&recipes[i], BP_F64, folder);
    }
}

int main(int argc, char **argv)
{
    size_t steps = 1000;
    double threads = 1;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
            steps = strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            threads = (double)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--info") == 0)
            return puts(bp_build_info()) < 0;
        else if (strcmp(argv[i], "--save") == 0 && i + 1 < argc)
            return each_net(save, argv[i + 1]), 0;
        else if (strcmp(argv[i], "--step") == 0 && i + 1 < argc)
            return each_net(print_step, argv[i + 1]), 0;
        else {
            fprintf(stderr, "usage: bits [--steps N] [--threads N] | bits --save FOLDER | bits --step FOLDER | "
                            "bits --info\n");
            return 2;
        }
    if (steps == 0)
        return 2;
    for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++) {
        run(&recipes[i], BP_F32, threads, steps);
        run(&recipes[i], BP_F64, threads, steps);
    }
    return 0;
}

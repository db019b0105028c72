/* SPDX-License-Identifier: MIT
 *
 * Weights from files of PyTorch: the net predicts what PyTorch predicted. A tensor that does not fit is refused by its
 * name, and the net stays as it was. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "files_fixture.h"
#include "vectors.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUTS = 4, OUTPUTS = 3, ROWS = 8, LAYERS = 6 };

/* The net of tests/vectors/make_torch_files.py. */
static bp_net *torch_net(int32_t dtype)
{
    static const struct any_layer layers[LAYERS] = {{6, BP_ACT_TANH, 0, 0},    {5, BP_ACT_RELU, BP_BIAS_NONE, 0},
                                                    {6, BP_ACT_SIGMOID, 0, 0}, {4, BP_ACT_TANH, 0, 0},
                                                    {4, BP_ACT_ELU, 0, 0},     {OUTPUTS, BP_ACT_IDENTITY, 0, 0}};
    return any_net(dtype, INPUTS, layers, LAYERS, 1);
}

/* Greatest difference from what PyTorch predicted. */
static double difference(const bp_net *net, const char *of)
{
    double y[ROWS * OUTPUTS];
    any_ok(any_predict(net, vectors_need(of, "x")->values, ROWS, y, NULL));
    return any_relative_difference(y, vectors_need(of, "y")->values, ROWS * OUTPUTS, 1);
}

/* Files of both types into nets of both types: the less exact type decides the tolerance. */
static void a_net_predicts_as_pytorch_does(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = torch_net(dtype);
    any_ok(bp_net_load_weights(net, files_path("torch-f32.safetensors"), NULL));
    assert_true(difference(net, "f32") <= 1e-6);
    assert_int_equal(any_is_fresh(net), 0);
    any_ok(bp_net_load_weights(net, files_path("torch-f64.safetensors"), NULL));
    assert_true(difference(net, "f64") <= (dtype == BP_F64 ? 1e-12 : 1e-6));
    assert_true(difference(net, "f32") > 1e-3); /* the two are different nets */
    bp_net_destroy(net);
}

/* The names of the tensors of torch_net(); the second layer has no bias. */
static const char *const all_names[2 * LAYERS] = {"0.weight", "0.bias", "2.weight", NULL,     "4.weight",  "4.bias",
                                                  "6.weight", "6.bias", "8.weight", "8.bias", "10.weight", "10.bias"};

static void names_choose_what_goes_where(void **state)
{
    const int32_t dtype = any_dtype(state);
    const char *names[2 * LAYERS] = {NULL};
    double before[30], after[30];
    bp_net *net = torch_net(dtype);
    any_ok(any_get_weights(net, 2, before));
    names[0] = "0.weight";
    any_ok(bp_net_load_weights(net, files_path("torch-f64.safetensors"), names));
    any_ok(any_get_weights(net, 2, after));
    any_same_bits(before, after, 30); /* what is not named stays */
    any_ok(bp_net_load_weights(net, files_path("torch-f64.safetensors"), all_names));
    assert_true(difference(net, "f64") <= (dtype == BP_F64 ? 1e-12 : 1e-6));
    memcpy(names, all_names, sizeof(names));
    names[7] = "8.bias"; /* a tensor in two places */
    any_ok(bp_net_load_weights(net, files_path("torch-f64.safetensors"), names));
    any_ok(any_get_bias(net, 3, before));
    any_ok(any_get_bias(net, 4, after));
    any_same_bits(before, after, 4);
    bp_net_destroy(net);
}

static void what_does_not_fit_is_named(void **state)
{
    static const struct {
        const char *name;
        size_t place;
        const char *tensor;
        bp_status status;
        const char *sentence;
    } rows[] = {
        {"a bias for a layer without", 3, "4.bias", BP_ERR_ARG, "names[3] is \"4.bias\", but layer 1 has no bias"},
        {"no such tensor", 4, "5.weight", BP_ERR_FORMAT, "no tensor \"5.weight\" for the weight of layer 2"},
        {"the metadata", 4, "__metadata__", BP_ERR_FORMAT, "no tensor \"__metadata__\" for the weight of layer 2"},
        {"another shape", 4, "6.weight", BP_ERR_SHAPE, "tensor \"6.weight\" is [4, 6], but the layer has [6, 5]"},
        {"another length", 1, "6.bias", BP_ERR_SHAPE, "tensor \"6.bias\" is [4], but the layer has [6]"},
        {"another rank", 0, "0.bias", BP_ERR_SHAPE, "tensor \"0.bias\" has 1 dimension, but the layer has 2"},
        {"a name with a quote", 4, "4.weight\"", BP_ERR_FORMAT, "no tensor \"4.weight\"\" for the weight of layer 2"},
        {"a name that continues after a quote", 4, "4.weight\":", BP_ERR_FORMAT, "for the weight of layer 2"},
        {"another rank of a bias", 1, "0.weight", BP_ERR_SHAPE, "has 2 dimensions, but the layer has 1"},
    };
    const int32_t dtype = any_dtype(state);
    bp_net *net = torch_net(dtype);
    const struct file before = files_save(net);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *names[2 * LAYERS];
        memcpy(names, all_names, sizeof(names));
        names[rows[i].place] = rows[i].tensor;
        const bp_status status = bp_net_load_weights(net, files_path("torch-f32.safetensors"), names);
        if (status != rows[i].status || !strstr(bp_last_error(), rows[i].sentence))
            fail_msg("%s: %d, %s", rows[i].name, (int)status, bp_last_error());
        const struct file after = files_save(net);
        assert_memory_equal(before.bytes, after.bytes, before.size);
        free(after.bytes);
    }
    free(before.bytes);
    bp_net_destroy(net);
}

/* ---- by order */

static char folder[] = "/tmp/bp-weights-XXXXXX", path[64];

static void put(const char *header, size_t payload, const double *numbers)
{
    const struct file file = files_of_header(header, payload);
    for (size_t i = 0; numbers && i < payload; i += sizeof(double))
        (void)files_put_number(file.bytes + file.size - payload + i, BP_F64, numbers[i / sizeof(double)]);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(file.bytes, 1, file.size, stream), file.size);
    assert_int_equal(fclose(stream), 0);
    free(file.bytes);
}

#define TENSOR(name, shape, offsets)                                                                                   \
    "\"" name "\":{\"dtype\":\"F64\",\"shape\":[" shape "],\"data_offsets\":[" offsets "]}"

static void layers_take_tensors_in_the_order_of_their_names(void **state)
{
    static const struct {
        const char *names[2];
        bp_status status;
        const char *sentence;
    } rows[] = {
        {{"9.weight", "10.weight"}, BP_OK, ""},
        {{"fc9.weight", "fc10.weight"}, BP_OK, ""},
        {{"a009.weight", "a10.weight"}, BP_OK, ""},
        {{"weight", "x.weight"}, BP_OK, ""},
        {{"0.weight", "0.weight.weight"}, BP_OK, ""},
        {{"1a.weight", "aa.weight"}, BP_OK, ""},
        {{"a1", "a2"}, BP_ERR_FORMAT, "\"a1\" is in the place of the weight of layer 0"},
        {{"a10", "a90"}, BP_ERR_FORMAT, "\"a10\" is in the place of the weight of layer 0"},
        {{"a0", "a9"}, BP_ERR_FORMAT, "\"a0\" is in the place of the weight of layer 0"},
        {{"w", "weights"}, BP_ERR_FORMAT, "\"w\" is in the place of the weight of layer 0"},
        {{"a01", "a1"}, BP_ERR_FORMAT, " is in the place of the weight of layer 0"}, /* the same place: as they lie */
        {{"0.weight", "1.running_mean"}, BP_ERR_FORMAT, "\"1.running_mean\" is in the place of the weight of layer 1"},
        {{"0.bias", "1.weight"}, BP_ERR_FORMAT, "\"0.bias\" is in the place of the weight of layer 0"},
        {{"0.weight", "1.xweight"}, BP_ERR_FORMAT, "\"1.xweight\" is in the place"},
    };
    static const struct any_layer layers[] = {{1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0}, {1, BP_ACT_TANH, BP_BIAS_NONE, 0}};
    static const double values[] = {0.5, -2};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        char header[512];
        double parameters[2];
        const bool swapped = i % 2;
        snprintf(header, sizeof(header), "{" TENSOR("%s", "1,1", "0,8") "," TENSOR("%s", "1,1", "8,16") "}",
                 rows[i / 2].names[swapped], rows[i / 2].names[!swapped]);
        const double swapped_values[] = {values[1], values[0]};
        put(header, 16, swapped ? swapped_values : values);
        bp_net *net = any_net(dtype, 1, layers, 2, 1);
        const bp_status status = bp_net_load_weights(net, path, NULL);
        if (status != rows[i / 2].status || !strstr(bp_last_error(), rows[i / 2].sentence))
            fail_msg("%zu: %d, %s", i, (int)status, bp_last_error());
        any_ok(any_get_parameters(net, parameters));
        if (status == BP_OK)
            any_same_bits(parameters, values, 2);
        bp_net_destroy(net);
    }
}

/* Every order of many names costs about the same. The values show for which layer a tensor is meant. */
static void many_tensors_are_taken_in_any_order(void **state)
{
    enum { MANY = 500, CAPACITY = 100 };
    static struct any_layer layers[MANY];
    static char header[MANY * CAPACITY];
    static double numbers[MANY];
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < MANY; i++)
        layers[i] = (struct any_layer){1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    bp_net *net = any_net(dtype, 1, layers, MANY, 1);
    for (size_t how = 0; how < 3; how++) {
        size_t used = 0;
        for (size_t i = 0; i < MANY; i++) {
            const size_t layer = how == 0 ? i : how == 1 ? MANY - 1 - i : i * 7 % MANY;
            numbers[i] = (double)layer;
            used += (size_t)snprintf(header + used, CAPACITY,
                                     "%c\"%zu.weight\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[%zu,%zu]}",
                                     i == 0 ? '{' : ',', layer, 8 * i, 8 * i + 8);
        }
        snprintf(header + used, 2, "}");
        put(header, sizeof(numbers), numbers);
        any_ok(bp_net_load_weights(net, path, NULL));
        for (size_t i = 0; i < MANY; i++) {
            double weight = -1;
            any_ok(any_get_weights(net, i, &weight));
            assert_true(weight == (double)i);
        }
    }
    bp_net_destroy(net);
}

/* "1", "01" and "001" are the same number: such tensors are taken in the order of the file. */
static void tensors_of_one_place_are_taken_as_they_lie(void **state)
{
    enum { MANY = 20, CAPACITY = 120 };
    static struct any_layer layers[MANY];
    char header[MANY * CAPACITY];
    double numbers[MANY], weights[MANY];
    size_t used = 0;
    const int32_t dtype = any_dtype(state);
    for (int i = 0; i < MANY; i++) {
        layers[i] = (struct any_layer){1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
        numbers[i] = i;
        used += (size_t)snprintf(header + used, CAPACITY,
                                 "%c\"%0*d.weight\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[%d,%d]}",
                                 i == 0 ? '{' : ',', 1 + i * 7 % MANY, 1, 8 * i, 8 * i + 8);
    }
    snprintf(header + used, 2, "}");
    put(header, sizeof(numbers), numbers);
    bp_net *net = any_net(dtype, 1, layers, MANY, 1);
    any_ok(bp_net_load_weights(net, path, NULL));
    any_ok(any_get_parameters(net, weights));
    any_same_bits(weights, numbers, MANY);
    bp_net_destroy(net);
}

static void tensors_too_few_too_many_or_too_large(void **state)
{
    static const struct {
        const char *header;
        size_t payload;
        bp_status status;
        const char *sentence;
    } rows[] = {
        {"{}", 0, BP_ERR_FORMAT, "has 0 tensors, but the net's layers take 2"},
        {"{" TENSOR("0.weight", "1,1", "0,8") "}", 8, BP_ERR_FORMAT, "has 1 tensor, but the net's layers take 2"},
        {"{" TENSOR("0.bias", "1", "0,8") "," TENSOR("0.weight", "1,1", "8,16") "," TENSOR("1.weight", "1,1",
                                                                                           "16,24") "}",
         24, BP_ERR_FORMAT, "has more tensors than the 2 that the net's layers take"},
        {"{" TENSOR("0.bias", "1", "0,8") "," TENSOR("1.weight", "1,1", "8,16") "}", 16, BP_ERR_FORMAT,
         "\"0.bias\" is in the place of the bias of layer 0"},
        {"{" TENSOR("0.bias", "1", "0,8") "," TENSOR("10.weight", "1,1", "8,16") "}", 16, BP_ERR_FORMAT,
         "\"0.bias\" is in the place of the bias of layer 0"},
        {"{" TENSOR("0.bias", "1", "0,8") "," TENSOR("0.weight", "2,1", "8,24") "}", 24, BP_ERR_SHAPE,
         "\"0.weight\" is [2, 1], but the layer has [1, 1]"},
        {"{" TENSOR("0.bias", "1", "0,8") "," TENSOR("0.weight", "1,1", "8,16") "}", 16, BP_OK, ""},
    };
    static const struct any_layer layers[] = {{1, BP_ACT_IDENTITY, 0, 0}};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        put(rows[i].header, rows[i].payload, NULL);
        bp_net *net = any_net(dtype, 1, layers, 1, 1);
        const bp_status status = bp_net_load_weights(net, path, NULL);
        if (status != rows[i].status || !strstr(bp_last_error(), rows[i].sentence))
            fail_msg("%zu: %d, %s", i, (int)status, bp_last_error());
        bp_net_destroy(net);
    }
    static const double large[] = {0, 1e300};
    put(rows[sizeof(rows) / sizeof(rows[0]) - 1].header, 16, large);
    bp_net *net = any_net(dtype, 1, layers, 1, 1);
    assert_int_equal(bp_net_load_weights(net, path, NULL), dtype == BP_F64 ? BP_OK : BP_ERR_NONFINITE);
    bp_net_destroy(net);
}

static int begin(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof(path), "%s/weights", folder);
    return vectors_read("torch_files.txt");
}

static int end(void **state)
{
    remove(path);
    rmdir(folder);
    return vectors_free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_net_predicts_as_pytorch_does),
        ANY_BOTH(names_choose_what_goes_where),
        ANY_BOTH(what_does_not_fit_is_named),
        ANY_BOTH(layers_take_tensors_in_the_order_of_their_names),
        ANY_BOTH(many_tensors_are_taken_in_any_order),
        ANY_BOTH(tensors_of_one_place_are_taken_as_they_lie),
        ANY_BOTH(tensors_too_few_too_many_or_too_large),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, begin, end);
}

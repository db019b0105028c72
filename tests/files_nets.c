/* SPDX-License-Identifier: MIT
 *
 * The side of libbp in tests/read_safetensors.py.
 *     files_nets write FOLDER  net-*.safetensors, in which every activation occurs
 *     files_nets predict FILE  what its net makes of the rows on standard input, in hexadecimal */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

enum { MOST = 64, LINE = 4096 };

static int complain(void)
{
    fprintf(stderr, "%s\n", bp_last_error());
    return 1;
}

/* A net with one activation below and one on top, with scalings, and, of some, dropout or no bias. */
static int write_net(const char *folder, int32_t dtype, size_t index)
{
    static const double center[] = {0.25, -1, 3}, factor[] = {2, 0.5, -0.125}, target_factor[] = {2, 1, -4};
    char path[1024];
    bp_net *net;
    snprintf(path, sizeof(path), "%s/net-%s-%02zu.safetensors", folder, bp_key_name(dtype), index);
    if (bp_net_create(&net, dtype, 3) != BP_OK)
        return complain();
    int wrong = bp_net_add_dense(net, 9, bp_key_at(BP_FAMILY_ACTIVATION, index)) ||
                (index % 2 && bp_net_add(net, BP_KIND_DROPOUT, "rate=0.5")) || bp_net_add_dense(net, 3, BP_ACT_TANH) ||
                bp_net_layer_set(net, bp_net_layers(net) - 1, BP_LAYER_BIAS, BP_BIAS_NONE + 10 * (int)(index % 3)) ||
                bp_net_layer_set(net, 0, BP_LAYER_BIAS_INIT, BP_INIT_UNIFORM) || bp_net_init(net, index) ||
                bp_net_set(net, BP_OPT_RAW, index % 5 == 0) ||
                bp_net_write_f64(net, BP_ARRAY_INPUT_CENTER, 0, center, 3) ||
                bp_net_write_f64(net, BP_ARRAY_INPUT_FACTOR, 0, factor, 3) ||
                (index % 2 && (bp_net_write_f64(net, BP_ARRAY_TARGET_CENTER, 0, center, 3) ||
                               bp_net_write_f64(net, BP_ARRAY_TARGET_FACTOR, 0, target_factor, 3))) ||
                bp_net_save(net, path);
    if (wrong)
        complain();
    bp_net_destroy(net);
    return wrong;
}

static int write_nets(const char *folder)
{
    static const int32_t dtypes[] = {BP_F32, BP_F64};
    for (size_t i = 0; i < 2; i++) {
        bp_net *net = NULL;
        const bp_status status = bp_net_create(&net, dtypes[i], 1);
        bp_net_destroy(net);
        for (size_t index = 0; status == BP_OK && bp_key_at(BP_FAMILY_ACTIVATION, index) != 0; index++)
            if (write_net(folder, dtypes[i], index))
                return 1;
    }
    return 0;
}

static bp_status predict_row(const bp_net *net, const double *x, double *y)
{
    float narrow_x[MOST], narrow_y[MOST];
    double type = 0;
    (void)bp_net_get(net, BP_OPT_TYPE, &type);
    if (type == BP_F64)
        return bp_net_predict_f64(net, x, 1, y, NULL);
    for (size_t i = 0; i < bp_net_inputs(net); i++)
        narrow_x[i] = (float)x[i];
    const bp_status status = bp_net_predict_f32(net, narrow_x, 1, narrow_y, NULL);
    for (size_t i = 0; i < bp_net_outputs(net); i++)
        y[i] = narrow_y[i];
    return status;
}

static int predict(const char *path)
{
    char line[LINE];
    double x[MOST] = {0}, y[MOST] = {0};
    bp_net *net;
    if (bp_net_load(&net, path) != BP_OK)
        return complain();
    while (fgets(line, sizeof(line), stdin)) {
        char *at = line;
        for (size_t i = 0; i < bp_net_inputs(net); i++)
            x[i] = strtod(at, &at);
        if (predict_row(net, x, y) != BP_OK)
            return complain();
        for (size_t i = 0; i < bp_net_outputs(net); i++)
            printf("%a%c", y[i], i + 1 < bp_net_outputs(net) ? ' ' : '\n');
    }
    bp_net_destroy(net);
    return 0;
}

int main(int count, char **arguments)
{
    if (count == 3 && strcmp(arguments[1], "write") == 0)
        return write_nets(arguments[2]);
    if (count == 3 && strcmp(arguments[1], "predict") == 0)
        return predict(arguments[2]);
    fprintf(stderr, "usage: files_nets write FOLDER, or files_nets predict FILE\n");
    return 2;
}

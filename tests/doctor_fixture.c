/* SPDX-License-Identifier: MIT */
#include "doctor_fixture.h"
#include "read_file.h"

#include <stdlib.h>
#include <string.h>

struct patient patient_of(int32_t dtype, const struct recipe *r, bp_data *data, bp_data *valid)
{
    struct patient p = {.data = data, .valid = valid};
    size_t layers = 0;
    while (layers < MOST_LAYERS && (r->layers[layers].units > 0 || r->layers[layers].rate > 0))
        layers++;
    p.net = any_net(dtype, bp_data_inputs(data), r->layers, layers, 1);
    const struct {
        int32_t option;
        double value;
    } options[] = {{BP_OPT_LOSS, r->loss}, {BP_OPT_OPTIMIZER, r->optimizer}, {BP_OPT_LEARNING_RATE, r->rate}};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (options[i].value != 0)
            any_ok(bp_net_set(p.net, options[i].option, options[i].value));
    any_ok(bp_net_set(p.net, BP_OPT_RAW, 1));
    assert_int_equal(bp_train_create(&p.train, p.net, data, valid), BP_OK);
    any_ok(bp_train_set(p.train, BP_TRAIN_BATCH, r->batch));
    any_ok(bp_train_set(p.train, BP_TRAIN_EPOCHS, r->epochs));
    if (r->method != 0)
        any_ok(bp_train_set(p.train, BP_TRAIN_METHOD, r->method));
    return p;
}

void end_patient(struct patient *p)
{
    bp_train_destroy(p->train);
    bp_net_destroy(p->net);
    bp_data_destroy(p->data);
    bp_data_destroy(p->valid);
}

void examine(struct patient *p)
{
    any_ok(bp_train_diagnose(p->train, &p->findings));
    assert_true(p->findings <= MOST_FINDINGS);
    for (size_t i = 0; i < p->findings; i++) {
        any_ok(bp_train_finding(p->train, i, &p->kind[i], &p->place[i], &p->measure[i]));
        assert_non_null(bp_key_name(p->kind[i]));
        assert_true(strlen(bp_train_finding_text(p->train, i)) > 20);
    }
    assert_null(bp_train_finding_text(p->train, p->findings));
}

size_t find(const struct patient *p, int32_t kind)
{
    for (size_t i = 0; i < p->findings; i++)
        if (p->kind[i] == kind)
            return i;
    return MOST_FINDINGS;
}

void check_healthy(const struct patient *p, int32_t allowed, const char *file, int line)
{
    bool healthy = true;
    for (size_t i = 0; i < p->findings; i++)
        if (p->kind[i] != allowed) {
            print_error("%s: %s\n", bp_key_name(p->kind[i]), bp_train_finding_text(p->train, i));
            healthy = false;
        }
    if (!healthy)
        _fail(file, line);
}

bp_data *data_with_target(const double *x, size_t rows, size_t inputs, const double *target, size_t outputs)
{
    bp_data *data = NULL;
    assert_int_equal(any_data(&data, BP_F64, x, rows, inputs, target, outputs), BP_OK);
    return data;
}

bp_data *data_with_labels(const double *x, size_t rows, size_t inputs, const int32_t *labels, size_t classes)
{
    bp_data *data = NULL;
    assert_int_equal(any_labelled(&data, BP_F64, x, rows, inputs, labels, classes), BP_OK);
    return data;
}

static const char *path_of(const char *name, char *path, size_t capacity)
{
    const char *root = getenv("BP_SOURCE_ROOT");
    snprintf(path, capacity, "%s/examples/data/%s", root ? root : ".", name);
    return path;
}

bp_data *iris(void)
{
    char path[512];
    bp_data *data = NULL;
    assert_int_equal(load_csv(&data, path_of("iris.csv", path, sizeof(path)), "-1"), BP_OK);
    return data;
}

/* Pixels go from 0 to 16, and are worth 1/255 each as they are read. */
bp_data *digits(void)
{
    char images[512], labels[512];
    bp_data *read = NULL;
    assert_int_equal(load_idx(&read, path_of("digits-images-idx3-ubyte", images, sizeof(images)),
                              path_of("digits-labels-idx1-ubyte", labels, sizeof(labels))),
                     BP_OK);
    const size_t rows = bp_data_rows(read), inputs = bp_data_inputs(read);
    double *x = any_buffer(rows * inputs);
    int32_t *label = calloc(rows, sizeof(*label));
    assert_non_null(label);
    assert_int_equal(bp_data_copy_inputs(read, 0, rows, BP_F64, x), BP_OK);
    assert_int_equal(bp_data_copy_labels(read, 0, rows, label), BP_OK);
    for (size_t i = 0; i < rows * inputs; i++)
        x[i] *= 255.0 / 16;
    bp_data *data = data_with_labels(x, rows, inputs, label, bp_data_classes(read));
    free(x);
    free(label);
    bp_data_destroy(read);
    return data;
}

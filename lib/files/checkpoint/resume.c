/* SPDX-License-Identifier: MIT
 *
 * A training out of a file, with its net. */
#include "data/data_set.h"
#include "files/checkpoint/load_training.h"

/* Both or none. */
static bp_status finish(struct bp_loading *l, struct bp_source *source, bp_status status, bp_train **train,
                        bp_net **net)
{
    if (status == BP_OK)
        status = bp_load_all(l, source);
    bp_safetensors_close(&l->file);
    bp_source_close(source);
    if (status == BP_OK) {
        *train = l->train;
        *net = l->net;
        return BP_OK;
    }
    bp_train_destroy(l->train);
    bp_net_destroy(l->net);
    return status;
}

/* What can be given wrongly. */
static bp_status begin(struct bp_call *call, const char *function, bp_train **train, bp_net **net, const bp_data *data)
{
    if (train)
        *train = NULL;
    if (net)
        *net = NULL;
    *call = (struct bp_call){.function = function};
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(bp_need(call, train, "train"));
    BP_TRY(bp_need(call, net, "net"));
    call->allocator = &data->allocator;
    return BP_OK;
}

bp_status bp_train_resume(bp_train **train, bp_net **net, const char *path, const bp_data *data,
                          const bp_data *validation)
{
    struct bp_call call;
    struct bp_source source;
    BP_TRY(begin(&call, __func__, train, net, data));
    BP_TRY(bp_need(&call, path, "path"));
    const struct bp_host host = bp_host_enter();
    call.path = path;
    call.host = &host;
    struct bp_loading loading = {.call = &call,
                                 .file = {.call = &call},
                                 .training = &bp_load_of_training,
                                 .data = data,
                                 .validation = validation};
    const bp_status status = finish(&loading, &source, bp_source_open(&source, &call), train, net);
    bp_host_leave(&host);
    return status;
}

bp_status bp_train_resume_stream(bp_train **train, bp_net **net, bp_read_fn *read, void *user, const bp_data *data,
                                 const bp_data *validation)
{
    struct bp_call call;
    BP_TRY(begin(&call, __func__, train, net, data));
    BP_TRY(bp_need(&call, read ? &call : NULL, "read"));
    const struct bp_host host = bp_host_enter();
    call.host = &host;
    struct bp_source source = bp_source_stream(&call, read, user);
    struct bp_loading loading = {.call = &call,
                                 .file = {.call = &call},
                                 .training = &bp_load_of_training,
                                 .data = data,
                                 .validation = validation};
    const bp_status status = finish(&loading, &source, BP_OK, train, net);
    bp_host_leave(&host);
    return status;
}

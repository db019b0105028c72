/* SPDX-License-Identifier: MIT
 *
 * A training continues from a file. All of the file becomes a net and a training of their own; only when nothing can
 * fail any more do they change places with those of the caller. */
#include "files/checkpoint/load_training.h"
#include "train/training.h"

static bp_status begin(struct bp_call *call, const char *function, const bp_train *train, const void *from,
                       const char *name)
{
    *call = (struct bp_call){.function = function};
    BP_TRY(bp_need(call, train, "train"));
    call->allocator = &train->net->allocator;
    return bp_need(call, from, name);
}

static bp_status load(bp_train *train, const struct bp_call *call, struct bp_source *source, bp_status status)
{
    struct bp_loading l = {.call = call, .file = {.call = call}, .training = &bp_load_of_training, .onto = train};
    if (status == BP_OK)
        status = bp_load_all(&l, source);
    bp_safetensors_close(&l.file);
    bp_source_close(source);
    if (status == BP_OK)
        status = bp_net_prepare_exchange(call, train->net, l.net);
    if (status == BP_OK) {
        bp_train_exchange(train, l.train);
        bp_net_exchange(train->net, l.net);
    }
    bp_train_destroy(l.train);
    bp_net_destroy(l.net);
    bp_host_leave(call->host);
    return status;
}

bp_status bp_train_load(bp_train *train, const char *path)
{
    struct bp_call call;
    struct bp_source source;
    BP_TRY(begin(&call, __func__, train, path, "path"));
    const struct bp_host host = bp_host_enter();
    call.path = path;
    call.host = &host;
    return load(train, &call, &source, bp_source_open(&source, &call));
}

bp_status bp_train_load_memory(bp_train *train, const void *bytes, size_t size)
{
    struct bp_call call;
    BP_TRY(begin(&call, __func__, train, bytes, "bytes"));
    const struct bp_host host = bp_host_enter();
    struct bp_source source = bp_source_memory(&call, bytes, size);
    call.host = &host;
    return load(train, &call, &source, BP_OK);
}

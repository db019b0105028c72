/* SPDX-License-Identifier: MIT
 *
 * A training out of a file, with its net. */
#include "data/data_set.h"
#include "files/model/load.h"

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

/* What can be given wrongly. The data set keeps the sentence, as it does for bp_train_create(). */
static bp_status begin(struct bp_io *io, const char *function, bp_train **train, bp_net **net, const bp_data *data)
{
    if (train)
        *train = NULL;
    if (net)
        *net = NULL;
    if (!data)
        return BP_ERR_ARG;
    *io = (struct bp_io){.told = (struct bp_messages *)&data->messages,
                         .function = function,
                         .shared = true,
                         .allocator = &data->allocator};
    return train && net ? BP_OK : bp_io_fail(io, BP_ERR_ARG, "%s is NULL", train ? "net" : "train");
}

bp_status bp_train_resume(bp_train **train, bp_net **net, const char *path, const bp_data *data,
                          const bp_data *validation)
{
    struct bp_io io;
    struct bp_source source;
    BP_TRY(begin(&io, __func__, train, net, data));
    if (!path)
        return bp_io_fail(&io, BP_ERR_ARG, "path is NULL");
    const struct bp_host host = bp_host_enter();
    io.path = path;
    io.host = &host;
    struct bp_loading loading = {.io = &io, .file = {.io = &io}, .data = data, .validation = validation};
    const bp_status status = finish(&loading, &source, bp_source_open(&source, &io), train, net);
    bp_host_leave(&host);
    return status;
}

bp_status bp_train_resume_stream(bp_train **train, bp_net **net, bp_read_fn *read, void *user, const bp_data *data,
                                 const bp_data *validation)
{
    struct bp_io io;
    BP_TRY(begin(&io, __func__, train, net, data));
    if (!read)
        return bp_io_fail(&io, BP_ERR_ARG, "read is NULL");
    const struct bp_host host = bp_host_enter();
    io.host = &host;
    struct bp_source source = bp_source_stream(&io, read, user);
    struct bp_loading loading = {.io = &io, .file = {.io = &io}, .data = data, .validation = validation};
    const bp_status status = finish(&loading, &source, BP_OK, train, net);
    bp_host_leave(&host);
    return status;
}

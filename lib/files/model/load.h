/* SPDX-License-Identifier: MIT
 *
 * A net out of a file, in the order in which nothing is believed before it is proved: the header, by
 * files/safetensors/safetensors.h; the layers, which must have the tensors' shapes; that the payload is there; and only
 * then the memory for it. */
#ifndef BP_FILES_MODEL_LOAD_H
#define BP_FILES_MODEL_LOAD_H

#include "base/keys.h"
#include "files/model/metadata.h"

struct bp_loading;

/* What loads a training with its net; files/checkpoint hands it in, which lies above. */
struct bp_load_training {
    bp_status (*begin)(
        struct bp_loading *loading); /* once the net is there except its parameters: makes the training */
    /* Fills in one of its vectors, each of which is a tensor called BP_TENSOR_TRAIN. */
    bp_status (*vector)(const struct bp_loading *loading, const struct bp_json_member *member);
    bp_status (*settle)(const struct bp_loading *loading); /* once all numbers are there */
};

struct bp_loading {
    const struct bp_call *call;
    struct bp_safetensors file;
    bp_net *net;           /* on its way; NULL before its number type is known */
    uint64_t major, minor; /* version of the format */
    uint64_t steps;        /* of the optimiser */

    const struct bp_load_training *training; /* NULL: the net alone is loaded */
    const bp_train *onto;                    /* whose place the training is to take */
    bp_train *train;                         /* on its way */
};

/* bp_net_load(), with every byte from `allocator`. */
bp_status bp_load_path(bp_net **net, const char *function, const char *path, const bp_allocator *allocator);

/* All of it. After a failure too the net, the training and the file are to be released, and the source closed. */
bp_status bp_load_all(struct bp_loading *loading, struct bp_source *source);

/* The value that the metadata give an option, if they do: of a member its name. */
bp_status bp_load_option(const struct bp_loading *loading, const char *key, const struct bp_option *option,
                         double *value, bool *there);

/* files/model/load_layers.c: makes the net, without parameters, and sees that each tensor fits its layer; then the
 * options. */
bp_status bp_load_layers(struct bp_loading *loading);

/* A tensor of the net's number type. */
bp_status bp_load_find(const struct bp_loading *loading, const char *key, struct bp_json_member *member,
                       struct bp_tensor *tensor);

/* Whether the file has this arena of the optimiser's state. */
bool bp_load_has_arena(const struct bp_loading *loading, size_t arena);

/* files/model/load_columns.c: scalings and names, once the net is laid out. */
bp_status bp_load_columns(struct bp_loading *loading);

/* files/model/load_check.c, which all parts of a load share. */

/* That each tensor of the net, or of the training, has been asked for, if the version of the format is known. */
bp_status bp_load_check_tensors(const struct bp_loading *loading, bool of_training);

/* Whether a name begins so. */
bool bp_load_begins(const struct bp_json_member *member, const char *with);

/* The failure of a call on the net on its way, as one of the file's: `what` says where. */
bp_status bp_load_fail(const struct bp_loading *loading, bp_status status, const char *what);

#endif

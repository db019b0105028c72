/* SPDX-License-Identifier: MIT
 *
 * A net out of a file, in the order in which nothing is believed before it is proved: the header, by io/safetensors.h; the
 * layers, which must have the tensors' shapes; that the payload is there; and only then the room for it. */
#ifndef BP_IO_LOAD_H
#define BP_IO_LOAD_H

#include "io/metadata.h"

struct bp_loading {
    const struct bp_io *io;
    struct bp_safetensors file;
    bp_net *net; /* on its way; NULL before its number type is known */
    int32_t flags;
    uint64_t major, minor; /* version of the format */
};

/* io/load_layers.c: makes the net, without parameters, and sees that each tensor fits its layer; then the options. */
bp_status bp_load_layers(struct bp_loading *loading);

/* io/load_columns.c: scalings and names, once the net is laid out. */
bp_status bp_load_columns(struct bp_loading *loading);

/* The failure of a call on the net on its way, as one of the file's: `what` says where. */
bp_status bp_load_fail(const struct bp_loading *loading, bp_status status, const char *what);

#endif

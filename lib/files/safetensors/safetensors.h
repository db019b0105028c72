/* SPDX-License-Identifier: MIT
 *
 * A safetensors file: 8 bytes, little-endian, with the size of the header; the header, JSON; and the numbers of the
 * tensors, little-endian, one tensor after the other. docs/format.md has it all. */
#ifndef BP_FILES_SAFETENSORS_SAFETENSORS_H
#define BP_FILES_SAFETENSORS_SAFETENSORS_H

#include "files/safetensors/json.h"
#include "files/source.h"

/* Bytes of a header: what the format's own library allows. */
#define BP_SAFETENSORS_MOST_HEADER ((size_t)100000000)

struct bp_safetensors {
    const struct bp_call *call;
    struct bp_source *source;
    char *text; /* of the header, and a NUL */
    size_t payload;
    struct bp_json_object tensors, metadata; /* both in their order by name; __metadata__ is among the tensors */
};

struct bp_tensor {
    int32_t dtype; /* BP_F32 or BP_F64 */
    size_t rank, shape[BP_JSON_MOST_LIST];
    size_t count, bytes; /* numbers, and bytes of them all */
};

/* Reads the header and sees that it describes the payload to the last byte: the tensors in the order in which they lie,
 * none empty, no gap, no overlap, no byte more and none less. After a failure too it is to be closed; the source is
 * not. */
bp_status bp_safetensors_open(struct bp_safetensors *file, const struct bp_call *call, struct bp_source *source);
void bp_safetensors_close(struct bp_safetensors *file);

/* The next tensor in the order in which they lie; `at` begins at file->text. */
bool bp_safetensors_next(const struct bp_safetensors *file, const char **at, struct bp_json_member *member);

/* What a member says of its tensor. */
bp_status bp_safetensors_tensor(const struct bp_safetensors *file, const struct bp_json_member *member,
                                struct bp_tensor *tensor);

/* That a tensor has this shape, of rank 2, or of rank 1 where inputs is 0; else `refusal`. */
bp_status bp_safetensors_check_shape(const struct bp_safetensors *file, const struct bp_json_member *member,
                                     const struct bp_tensor *tensor, size_t units, size_t inputs, bp_status refusal);

#define BP_METADATA "__metadata__"

#endif

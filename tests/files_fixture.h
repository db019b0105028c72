/* SPDX-License-Identifier: MIT
 *
 * Random nets, their files in memory, and files that were changed. */
#ifndef FILES_FIXTURE_H
#define FILES_FIXTURE_H

#include "any.h"

enum { FILES_START = 8 }; /* bytes before the header */

/** A file in memory; release `bytes` with free(). */
struct file {
    unsigned char *bytes;
    size_t size;
};

/** A net of 1 to 5 layers whose sizes, kinds, options, scalings, names and parameters come from `seed`. */
bp_net *files_random_net(int32_t dtype, uint64_t seed);

/** A small net that has a part of every kind: each byte of its file can be changed in turn. */
bp_net *files_small_net(int32_t dtype);

/** The net of tests/vectors/files/v1.0-f32.safetensors and -f64: that of tests/arguments_fixture.h. */
bp_net *files_corpus_net(int32_t dtype);

/** The path of a file of tests/vectors/files, valid until the next call. */
const char *files_path(const char *name);

/** A file of tests/vectors/files; a NUL follows its bytes, which `size` does not count. */
struct file files_read(const char *name);

/** What bp_net_save_memory() makes of it. */
struct file files_save(const bp_net *net);

/** The same of a copy that has BP_OPT_SAVE_STATE. */
struct file files_save_state(const bp_net *net);

/** Replaces the first `old` in the header by `new`, and corrects the size before the header. */
struct file files_edit(struct file file, const char *old, const char *new);

/** A file of a header and `payload` bytes of 0. */
struct file files_of_header(const char *header, size_t payload);

/** A number of this type as a file has it, little-endian; returns its bytes. */
size_t files_put_number(unsigned char *bytes, int32_t dtype, double value);

/** The status of bp_net_load_memory(), and the beginning of its sentence. A net that was made is destroyed. */
bp_status files_try(struct file file, char *sentence, size_t capacity);

/** Asserts that all that queries return of two nets is the same, to the bit. */
void files_same_nets(const bp_net *a, const bp_net *b);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Reads files of one format, whatever their first bytes and names are. Each call sets all options that say where
 * something is. */
#ifndef READ_FILE_H
#define READ_FILE_H

#include <bp/bp.h>

/* Sets the options and opens the file, for bp_data_next(). `target` is as in an option text, and more pairs may
 * follow it: "-1 class=yes"; NULL: no target. */
bp_status open_csv(bp_data *data, const char *path, const char *target);
bp_status open_libsvm(bp_data *data, const char *path, size_t width);
bp_status open_idx(bp_data *data, const char *images, const char *labels); /* NULL: no labels */
bp_status open_npy(bp_data *data, const char *inputs, const char *target); /* NULL: no target */
bp_status open_npz(bp_data *data, const char *path, const char *inputs, const char *target);

/* The same and bp_data_next(). */
bp_status read_csv(bp_data *data, const char *path, const char *target);
bp_status read_libsvm(bp_data *data, const char *path, size_t width);
bp_status read_idx(bp_data *data, const char *images, const char *labels);
bp_status read_npy(bp_data *data, const char *inputs, const char *target);
bp_status read_npz(bp_data *data, const char *path, const char *inputs, const char *target);

/* bp_data_load(). */
bp_status load_csv(bp_data **data, const char *path, const char *target);
bp_status load_libsvm(bp_data **data, const char *path, size_t width);
bp_status load_idx(bp_data **data, const char *images, const char *labels);
bp_status load_npy(bp_data **data, const char *inputs, const char *target);
bp_status load_npz(bp_data **data, const char *path, const char *inputs, const char *target);

#endif

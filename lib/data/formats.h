/* SPDX-License-Identifier: MIT
 *
 * The list of formats of files, a line for each, in the order in which files are recognised: key, name, help. */
#ifndef BP_DATA_FORMATS_H
#define BP_DATA_FORMATS_H

/* clang-format off */
#define BP_FORMATS(row) \
    row(BP_FORMAT_NPY, npy, "A NumPy array, with an optional second file for the target") \
    row(BP_FORMAT_NPZ, npz, "NumPy arrays in a ZIP archive") \
    row(BP_FORMAT_IDX, idx, "The format of MNIST, with an optional second file for the labels") \
    row(BP_FORMAT_LIBSVM, libsvm, "Sparse rows: a label, then index:value") \
    row(BP_FORMAT_CSV, csv, "A table of text, a line for each row")
/* clang-format on */

#endif

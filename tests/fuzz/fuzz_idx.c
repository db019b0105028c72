/* SPDX-License-Identifier: MIT
 *
 * The first byte is the number of bytes of the labels, which follow it; 0: no file of labels. The rest is the
 * images. */
#include "fuzz.h"
#include "../read_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bp_data *data;
    if (size == 0)
        return 0;
    const size_t labels = bytes[0] < size - 1 ? bytes[0] : size - 1;
    if (bp_data_create(&data, NULL) != BP_OK)
        return 0;
    const char *images_path = fuzz_file(0, bytes + 1 + labels, size - 1 - labels);
    const char *labels_path = fuzz_file(1, bytes + 1, labels);
    fuzz_check(data, read_idx(data, images_path, labels > 0 ? labels_path : NULL), 0);
    bp_data_destroy(data);
    return 0;
}

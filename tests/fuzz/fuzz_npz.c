/* SPDX-License-Identifier: MIT
 *
 * The first byte sets the option and whether there is a target; the rest is the archive, of which the arrays x and y
 * are read. */
#include "fuzz.h"
#include "../read_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bp_data *data;
    if (size == 0 || bp_data_create(&data, NULL) != BP_OK)
        return 0;
    (void)bp_data_set(data, BP_DATA_CLASS, (bytes[0] >> 1) % 3 - 1);
    const char *path = fuzz_file(0, bytes + 1, size - 1);
    fuzz_check(data, read_npz(data, path, "x", bytes[0] & 1 ? "y" : NULL), 0);
    bp_data_destroy(data);
    return 0;
}

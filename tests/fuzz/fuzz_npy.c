/* SPDX-License-Identifier: MIT
 *
 * The first byte sets the option. The second is the number of bytes of the target, which follow it; 0: no file of a
 * target. The rest is the inputs. */
#include "fuzz.h"
#include "../read_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bp_data *data;
    if (size < 2)
        return 0;
    const size_t target = bytes[1] < size - 2 ? bytes[1] : size - 2;
    if (bp_data_create(&data, NULL) != BP_OK)
        return 0;
    (void)bp_data_set(data, BP_DATA_CLASS, bytes[0] % 3 - 1);
    const char *inputs_path = fuzz_file(0, bytes + 2 + target, size - 2 - target);
    const char *target_path = fuzz_file(1, bytes + 2, target);
    fuzz_check(data, read_npy(data, inputs_path, target > 0 ? target_path : NULL), 0);
    bp_data_destroy(data);
    return 0;
}

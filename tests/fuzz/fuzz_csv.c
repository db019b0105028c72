/* SPDX-License-Identifier: MIT
 *
 * The first byte sets the options. Its bit 6 sets bounds that small files exceed, its bit 7 makes the target a class.
 * The bytes up to the end of the first line are the value of the option text "target=...". The rest is the file. */
#include <string.h>

#include "fuzz.h"
#include "../read_file.h"

enum { MOST_TARGETS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const int32_t missing[] = {BP_MISSING_REFUSE, BP_MISSING_DROP, BP_MISSING_MEAN, BP_MISSING_MEAN};
    static const char separators[] = {0, 0, ',', ' '};
    static const struct {
        int32_t key;
        double value;
    } bounds[] = {
        {BP_DATA_MOST_RECORD, 40}, {BP_DATA_MOST_TEXTS, 2}, {BP_DATA_MOST_CLASSES, 3}, {BP_DATA_MOST_RATIO, 1}};
    char targets[MOST_TARGETS + 1];
    bp_data *data;
    size_t length = 1;
    if (size == 0)
        return 0;
    while (length < size && length <= MOST_TARGETS && bytes[length] != '\n')
        length++;
    memcpy(targets, bytes + 1, length - 1);
    targets[length - 1] = '\0';
    const size_t start = length < size ? length + 1 : size;
    if (bp_data_create(&data, NULL) != BP_OK)
        return 0;
    (void)bp_data_set(data, BP_DATA_MISSING, missing[bytes[0] & 3]);
    (void)bp_data_set(data, BP_DATA_HEADER, (bytes[0] >> 2 & 3) < 3 ? (bytes[0] >> 2 & 3) - 1 : -1);
    (void)bp_data_set(data, BP_DATA_SEPARATOR, separators[bytes[0] >> 4 & 3]);
    for (size_t i = 0; bytes[0] & 64 && i < sizeof(bounds) / sizeof(bounds[0]); i++)
        (void)bp_data_set(data, bounds[i].key, bounds[i].value);
    const char *path = fuzz_file(0, bytes + start, size - start);
    (void)bp_data_set(data, BP_DATA_CLASS, bytes[0] & 128 ? 1 : -1);
    if (open_csv(data, path, targets) == BP_OK)
        fuzz_check(data, bp_data_next(data, 0), 1);
    bp_data_destroy(data);
    return 0;
}

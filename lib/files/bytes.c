/* SPDX-License-Identifier: MIT */
#include "files/bytes.h"

#include <stdbool.h>
#include <string.h>

uint64_t bp_bytes_get_u64(const unsigned char *bytes)
{
    uint64_t value = 0;
    for (int i = BP_BYTES_U64 - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

void bp_bytes_put_u64(unsigned char *bytes, uint64_t value)
{
    for (int i = 0; i < BP_BYTES_U64; i++, value >>= 8)
        bytes[i] = (unsigned char)value;
}

void bp_bytes_turn(void *numbers, size_t count, size_t size)
{
    unsigned char *at = numbers;
    for (size_t i = 0; i < count; i++, at += size)
        for (size_t low = 0, high = size - 1; low < high; low++, high--) {
            const unsigned char byte = at[low];
            at[low] = at[high];
            at[high] = byte;
        }
}

static bool host_is_little(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

void bp_bytes_order(void *numbers, size_t count, size_t size)
{
    if (!host_is_little())
        bp_bytes_turn(numbers, count, size);
}

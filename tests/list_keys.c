/* SPDX-License-Identifier: MIT
 *
 * For check-keys: every key that the library lists, with its family and its name, a line each; and bp_key_at() of
 * the families themselves first. */
#include <inttypes.h>
#include <stdio.h>

#include <bp/bp.h>

static void list(int32_t family)
{
    int32_t key;
    for (size_t i = 0; (key = bp_key_at(family, i)) != 0; i++)
        printf("%" PRId32 " %" PRId32 " %s\n", family, key, bp_key_name(key));
}

int main(void)
{
    int32_t family;
    list(0);
    for (size_t i = 0; (family = bp_key_at(0, i)) != 0; i++)
        list(family);
    return 0;
}

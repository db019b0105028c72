/* SPDX-License-Identifier: MIT */
#undef _GNU_SOURCE /* it has another strerror_r */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>

#include "base/platform.h"

void bp_platform_error_text(int number, char *text, size_t size)
{
    if (strerror_r(number, text, size) != 0)
        snprintf(text, size, "error %d", number);
}

/* SPDX-License-Identifier: MIT */
#include "base/column_name.h"

#include "base/utf8.h"

const char *bp_column_name_problem(const char *name, size_t size)
{
    const unsigned char *at = (const unsigned char *)name;
    if (size > BP_COLUMN_NAME_MOST)
        return BP_COLUMN_NAME_LONG;
    for (size_t left = size, character; left > 0; left -= character, at += character) {
        character = bp_utf8_character(at, left);
        if (character == 0)
            return "is not UTF-8";
    }
    return NULL;
}

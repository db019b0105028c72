/* SPDX-License-Identifier: MIT */
#include "base/column_name.h"

#include "base/utf8.h"

static const struct bp_named kinds[BP_NAME_KINDS] = {
    {BP_TEXT_INPUT, "input", "Inputs"},
    {BP_TEXT_OUTPUT, "output", "Outputs"},
    {BP_TEXT_CLASS, "class", "Classes"},
};
const struct bp_family bp_name_kinds = BP_FAMILY(BP_FAMILY_TEXT, "text", "Whose name a text is", kinds);

size_t bp_name_kind(int32_t what)
{
    size_t kind = 0;
    while (kind < BP_NAME_KINDS && kinds[kind].key != what)
        kind++;
    return kind;
}

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

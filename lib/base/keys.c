/* SPDX-License-Identifier: MIT */
#include "base/keys.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"

static const struct bp_named types[] = {
    {BP_F32, "f32", "Numbers of 32 bits, C's float"},          {BP_F64, "f64", "Numbers of 64 bits, C's double"},
    {BP_U8, "u8", "Whole numbers from 0 to 255, C's uint8_t"}, {BP_I32, "i32", "Whole numbers of 32 bits, C's int32_t"},
    {BP_I64, "i64", "Whole numbers of 64 bits, C's int64_t"},
};
const struct bp_family bp_types = BP_FAMILY(BP_FAMILY_TYPE, "type", "Types of numbers", types);

static const struct bp_named domains[] = {
    {BP_DOMAIN_REAL, "real", "Any number within the bounds"},
    {BP_DOMAIN_WHOLE, "whole", "A whole number within the bounds"},
    {BP_DOMAIN_SWITCH, "switch", "0 or 1, in texts no or yes"},
    {BP_DOMAIN_MEMBER, "member", "A key of another family, in texts its name"},
    {BP_DOMAIN_TEXT, "text", "A list of texts, which only an option text sets"},
};
const struct bp_family bp_domains = BP_FAMILY(BP_FAMILY_DOMAIN, "domain", "Which values an option takes", domains);

const void *bp_family_row(const struct bp_family *family, size_t index)
{
    return index < family->count ? (const char *)family->rows + index * family->size : NULL;
}

const void *bp_family_by_key(const struct bp_family *family, int32_t key)
{
    const struct bp_named *row;
    for (size_t i = 0; (row = bp_family_row(family, i)); i++)
        if (row->key == key)
            return row;
    return NULL;
}

const void *bp_family_by_name(const struct bp_family *family, const char *name, size_t size)
{
    const struct bp_named *row;
    for (size_t i = 0; (row = bp_family_row(family, i)); i++)
        if (strlen(row->name) == size && memcmp(row->name, name, size) == 0)
            return row;
    return NULL;
}

const char *bp_family_name(const struct bp_family *family, int32_t key)
{
    const struct bp_named *row = bp_family_by_key(family, key);
    return row->name;
}

/* ---- options */

void bp_options_start(const struct bp_family *family, void *settings)
{
    const struct bp_option *option;
    for (size_t i = 0; (option = bp_family_row(family, i)); i++)
        if (!option->fact && option->domain != BP_DOMAIN_TEXT)
            *bp_option_place(settings, option) = option->rules & BP_OPTION_FOLLOWS ? (double)NAN : option->initial;
}

void bp_option_bounds(const struct bp_option *option, double *low, double *high)
{
    const struct bp_named *member;
    *low = option->low;
    *high = option->high;
    if (!option->members || *high != 0)
        return;
    *low = INT32_MAX;
    for (size_t i = 0; (member = bp_family_row(option->members, i)); i++) {
        *low = fmin(*low, member->key);
        *high = fmax(*high, member->key);
    }
}

/* A member that is not there is within the bounds, and whole. */
static bool is_none(const struct bp_option *option, double value)
{
    return (option->members && !bp_family_by_key(option->members, (int32_t)value)) ||
           (option->suits && !option->suits((int32_t)value));
}

bool bp_option_check(const struct bp_option *option, double value, struct bp_option_problem *problem)
{
    double low, high;
    bp_option_bounds(option, &low, &high);
    const bool outside = !(value >= low && value <= high);
    const bool whole = option->domain == BP_DOMAIN_REAL || value == floor(value);
    if (!outside && whole && !is_none(option, value))
        return true;
    const struct bp_number given = bp_message_number(value);
    if (outside)
        snprintf(problem->problem, sizeof(problem->problem), "%s is %s: it must be %s to %s", option->named.name,
                 given.text, bp_message_number(low).text, bp_message_number(high).text);
    else
        snprintf(problem->problem, sizeof(problem->problem), "%s is %s%s", option->named.name, given.text,
                 whole ? ", which is none of its values" : ": it must be a whole number");
    return false;
}

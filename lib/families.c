/* SPDX-License-Identifier: MIT
 *
 * The list of all families, which the rooms own, and the functions that search them all. */
#include <string.h>

#include "base/call.h"
#include "base/column_name.h"
#include "base/keys.h"
#include "data/data_families.h"
#include "net/arrays.h"
#include "net/net_options.h"
#include "nn/activation.h"
#include "nn/initializer.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "train/train_families.h"

/* By number. tests/check-keys compares them with the public headers. */
static const struct bp_family *const families[] = {
    &bp_activations, &bp_losses,       &bp_optimizers,    &bp_initializers, &bp_biases,  &bp_layer_options,
    &bp_net_options, &bp_data_options, &bp_train_options, &bp_records,      &bp_metrics, &bp_finding_kinds,
    &bp_scales,      &bp_methods,      &bp_schedules,     &bp_stops,        &bp_kinds,   &bp_missing_rules,
    &bp_arrays,      &bp_name_kinds,   &bp_types,         &bp_holds,        &bp_domains, &bp_formats,
};

enum { FAMILIES = sizeof(families) / sizeof(families[0]), MEMBERS = 1000 };

static const struct bp_family *family_of(int32_t key)
{
    for (size_t i = 0; i < FAMILIES; i++)
        if (families[i]->named.key == key / MEMBERS * MEMBERS)
            return families[i];
    return NULL;
}

static const struct bp_named *row_of(int32_t key)
{
    const struct bp_family *family = family_of(key);
    if (!family || family->named.key == key)
        return family ? &family->named : NULL;
    return bp_family_by_key(family, key);
}

const struct bp_option *bp_option_by_key(int32_t key)
{
    const struct bp_family *family = family_of(key);
    return family && family->options ? bp_family_by_key(family, key) : NULL;
}

const char *bp_key_name(int32_t key)
{
    const struct bp_named *row = row_of(key);
    return row ? row->name : NULL;
}

const char *bp_key_help(int32_t key)
{
    const struct bp_named *row = row_of(key);
    return row ? row->help : NULL;
}

int32_t bp_key_find(int32_t family, const char *name)
{
    int32_t key;
    for (size_t i = 0; name && (key = bp_key_at(family, i)); i++)
        if (strcmp(bp_key_name(key), name) == 0)
            return key;
    return 0;
}

int32_t bp_key_at(int32_t family, size_t index)
{
    if (family == 0)
        return index < FAMILIES ? families[index]->named.key : 0;
    const struct bp_family *of = family_of(family);
    const struct bp_named *row = of && of->named.key == family ? bp_family_row(of, index) : NULL;
    return row ? row->key : 0;
}

int32_t bp_key_domain(int32_t key)
{
    const struct bp_option *option = bp_option_by_key(key);
    return option ? option->domain : 0;
}

int32_t bp_key_members(int32_t key)
{
    const struct bp_option *option = bp_option_by_key(key);
    return option && option->members ? option->members->named.key : 0;
}

bp_status bp_key_bounds(int32_t key, double *low, double *high, double *initial)
{
    const struct bp_option *option = bp_option_by_key(key);
    double bounds[2];
    if (!option)
        return bp_fail(BP_CALL, BP_ERR_ARG, "%d is no option", (int)key);
    if (option->domain == BP_DOMAIN_TEXT)
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s is a text, which has no bounds", option->named.name);
    bp_option_bounds(option, &bounds[0], &bounds[1]);
    if (low)
        *low = bounds[0];
    if (high)
        *high = bounds[1];
    if (initial)
        *initial = option->initial;
    return BP_OK;
}

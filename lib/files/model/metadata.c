/* SPDX-License-Identifier: MIT */
#include "files/model/metadata.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

const char *const bp_metadata_kinds[BP_NAME_KINDS] = {"input", "output", "class"};

void bp_metadata_tensor(char key[BP_METADATA_KEY], size_t arena, size_t layer, bool bias)
{
    const char *part = bias ? "bias" : "weight";
    if (arena == 0)
        snprintf(key, BP_METADATA_KEY, "layers.%zu.%s", layer, part);
    else
        snprintf(key, BP_METADATA_KEY, "optimizer.%zu.layers.%zu.%s", arena - 1, layer, part);
}

struct bp_number bp_metadata_number(double value)
{
    if (isnan(value))
        return (struct bp_number){"nan"}; /* whatever its sign */
    return bp_number_shortest(value);
}

static bp_status find(const struct bp_safetensors *file, const char *key, bool *there, struct bp_json_member *member)
{
    const bool found = bp_json_find(&file->metadata, key, member);
    if (there)
        *there = found;
    if (!found && !there)
        return bp_fail(file->call, BP_ERR_FORMAT, "its metadata have no %s", key);
    member->value = found ? member->value : NULL;
    return BP_OK;
}

static bp_status refuse(const struct bp_safetensors *file, const char *key, const char *text, const char *wanted)
{
    return bp_fail(file->call, BP_ERR_FORMAT, "%s is \"%s\": it must be %s", key, bp_quote_text(text).text, wanted);
}

bp_status bp_metadata_text(const struct bp_safetensors *file, const char *key, char text[BP_METADATA_TEXT], bool *there)
{
    struct bp_json_member member;
    BP_TRY(find(file, key, there, &member));
    return member.value ? bp_json_short_text(file->call, &member, text, BP_METADATA_TEXT) : BP_OK;
}

bp_status bp_metadata_whole(const struct bp_safetensors *file, const char *key, uint64_t *value, bool *there)
{
    char text[BP_METADATA_TEXT] = "";
    uint64_t whole = 0;
    bool found = false;
    BP_TRY(bp_metadata_text(file, key, text, there ? &found : NULL));
    if (there)
        *there = found;
    if (there && !found)
        return BP_OK;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        const uint64_t digit = (uint64_t)(*at - '0');
        if (whole > (UINT64_MAX - digit) / 10)
            return refuse(file, key, text, "less than 2^64");
        whole = whole * 10 + digit;
    }
    if (*at || at == text)
        return refuse(file, key, text, "a whole number in digits");
    *value = whole;
    return BP_OK;
}

bp_status bp_metadata_value(const struct bp_safetensors *file, const char *key, double *value, bool *there)
{
    char text[BP_METADATA_TEXT] = "";
    bool found = false;
    BP_TRY(bp_metadata_text(file, key, text, there ? &found : NULL));
    if (there)
        *there = found;
    if (there && !found)
        return BP_OK;
    return bp_number_parse(text, value) == BP_NUMBER_OK ? BP_OK : refuse(file, key, text, "a number");
}

bp_status bp_metadata_any_value(const struct bp_safetensors *file, const char *key, double *value)
{
    static const struct {
        const char *text;
        double value;
    } others[] = {{"nan", (double)NAN}, {"inf", (double)INFINITY}, {"-inf", -(double)INFINITY}};
    char text[BP_METADATA_TEXT] = "";
    BP_TRY(bp_metadata_text(file, key, text, NULL));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(text, others[i].text) == 0) {
            *value = others[i].value;
            return BP_OK;
        }
    return bp_metadata_value(file, key, value, NULL);
}

/* Reads where the text stands: it has no escape, or it has what is no number. */
bp_status bp_metadata_values(const struct bp_safetensors *file, const char *key, size_t count, double *values,
                             bool *there)
{
    struct bp_json_member member;
    BP_TRY(find(file, key, there, &member));
    if (!member.value)
        return BP_OK;
    const char *at = member.value + 1, *end = member.value + member.value_size - 1;
    for (size_t i = 0; i < count; i++) {
        char text[BP_METADATA_TEXT];
        size_t size = 0;
        while (at < end && *at != ' ' && size + 1 < sizeof(text))
            text[size++] = *at++;
        text[size] = '\0';
        const bool whole = at == end || *at == ' ';
        if (!whole || bp_number_parse(text, &values[i]) != BP_NUMBER_OK)
            return bp_fail(file->call, BP_ERR_FORMAT, "%s: number %zu of %zu is \"%s\"", key, i, count,
                           bp_quote_text(text).text);
        if (i + 1 < count && at < end)
            at++;
    }
    if (at != end)
        return bp_fail(file->call, BP_ERR_FORMAT, "%s has more than %s", key, bp_message_count(count, "number").text);
    return BP_OK;
}

/* SPDX-License-Identifier: MIT */
#include "base/option_value.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/quote.h"

bp_status bp_option_text_open(const struct bp_call *call, struct bp_option_text *options, const char *text,
                              const bp_allocator *allocator)
{
    struct bp_option_fault fault;
    const bp_status needed = bp_need(call, text, "text");
    if (needed != BP_OK)
        return needed;
    const bp_status status = bp_option_text_parse(options, text, allocator, &fault);
    if (status == BP_ERR_FORMAT)
        return bp_fail(call, status, "byte %zu: %s", fault.at, fault.problem);
    return status == BP_OK ? BP_OK : bp_fail_memory(call);
}

bp_status bp_option_fail_at(const struct bp_call *call, bp_status status, const struct bp_option_pair *pair)
{
    return bp_fail(call, status, "byte %zu: %s", pair->at, bp_error_reason());
}

/* ---- values out of a text */

enum { CAPACITY = 64 }; /* of a value, with its NUL: names are shorter, and so are numbers that someone writes */

struct value {
    char text[CAPACITY];
    bool quoted;
};

static const struct word {
    const char *text;
    double value;
} words[] = {{"no", 0}, {"yes", 1}, {"off", 0}, {"on", 1}, {"0", 0}, {"1", 1}, {"auto", -1}};

static bool read_word(const char *text, double *value)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i].text, text) == 0) {
            *value = words[i].value;
            return true;
        }
    return false;
}

static bool read_character(const char *text, double *value)
{
    const bool is_auto = strcmp(text, "auto") == 0;
    *value = is_auto ? 0 : (unsigned char)text[0];
    return is_auto || (text[0] != '\0' && text[1] == '\0');
}

static bool read_member(const struct bp_family *members, const char *text, double *value)
{
    const struct bp_named *member = bp_family_by_name(members, text, strlen(text));
    *value = member ? member->key : 0;
    return member != NULL;
}

/* What a value of the option looks like, and whether this does. */
static const char *read_value(const struct bp_option *option, const struct value *given, double *value)
{
    if (option->members)
        return read_member(option->members, given->text, value) ? NULL : "it must be the name of one of its values";
    if (option->rules & BP_OPTION_CHARACTER)
        return read_character(given->text, value) ? NULL : "it must be a character or auto";
    if (option->rules & BP_OPTION_AUTO)
        return read_word(given->text, value) ? NULL : "it must be yes, no or auto";
    if (option->domain == BP_DOMAIN_SWITCH)
        return read_word(given->text, value) && *value >= 0 ? NULL : "it must be yes or no";
    return !given->quoted && bp_number_parse(given->text, value) == BP_NUMBER_OK ? NULL : "it must be a number";
}

static const char *nearest_member(const struct bp_option *option, const char *text)
{
    struct bp_nearest nearest = bp_nearest_begin(text, strlen(text));
    const struct bp_named *member;
    for (size_t i = 0; option->members && (member = bp_family_row(option->members, i)); i++)
        bp_nearest_try(&nearest, member->name);
    return nearest.name;
}

static bp_status refuse(const struct bp_call *call, const struct bp_option *option, const struct bp_option_pair *pair,
                        const struct value *given, const char *problem)
{
    const char *name = nearest_member(option, given->text);
    return bp_fail(call, BP_ERR_ARG, "byte %zu: %s is \"%s\": %s%s%s%s", pair->at, option->named.name,
                   bp_quote_bytes(pair->value, pair->value_size).text, problem, name ? " (did you mean " : "",
                   name ? name : "", name ? "?)" : "");
}

bp_status bp_option_read(const struct bp_call *call, const struct bp_option *option, const struct bp_option_pair *pair,
                         double *value)
{
    struct value given = {.text = ""};
    struct bp_option_problem wrong;
    if (!bp_option_value_text(pair, given.text, sizeof(given.text), &given.quoted))
        return refuse(call, option, pair, &(struct value){.text = ""}, "it takes a single short value");
    const char *problem = read_value(option, &given, value);
    if (problem)
        return refuse(call, option, pair, &given, problem);
    if (!bp_option_check(option, *value, &wrong))
        return bp_fail(call, BP_ERR_ARG, "byte %zu: %s", pair->at, wrong.problem);
    return BP_OK;
}

struct bp_nearest bp_option_nearest(const struct bp_option_pair *pair, const char *name, const struct bp_family *family)
{
    struct bp_nearest nearest = bp_nearest_begin(name, pair->name_size - (size_t)(name - pair->name));
    const struct bp_named *row;
    for (size_t i = 0; (row = bp_family_row(family, i)); i++)
        bp_nearest_try(&nearest, row->name);
    return nearest;
}

bp_status bp_option_unknown(const struct bp_call *call, const struct bp_option_pair *pair,
                            const struct bp_nearest *nearest)
{
    const char *name = nearest->name;
    return bp_fail(call, BP_ERR_ARG, "byte %zu: there is no option %s here%s%s%s", pair->at,
                   bp_quote_bytes(pair->name, pair->name_size).text, name ? " (did you mean " : "", name ? name : "",
                   name ? "?)" : "");
}

/* ---- and into one */

static void put_word(struct bp_option_writer *writer, const char *text)
{
    bp_option_put_part(writer, text, strlen(text), false);
}

void bp_option_write(struct bp_option_writer *writer, const char *prefix, const struct bp_option *option, double value)
{
    char name[80];
    snprintf(name, sizeof(name), "%s%s", prefix, option->named.name);
    bp_option_put_name(writer, name, strlen(name));
    if (option->members)
        put_word(writer, bp_family_name(option->members, (int32_t)value));
    else if (option->rules & BP_OPTION_CHARACTER && value != 0)
        bp_option_put_part(writer, &(const char){(char)value}, 1, false);
    else if (option->rules & (BP_OPTION_AUTO | BP_OPTION_CHARACTER) && value <= 0)
        put_word(writer, option->rules & BP_OPTION_AUTO && value == 0 ? "no" : "auto");
    else if (option->domain == BP_DOMAIN_SWITCH || option->rules & BP_OPTION_AUTO)
        put_word(writer, value != 0 ? "yes" : "no");
    else
        put_word(writer, bp_number_shortest(value).text);
}

bp_status bp_option_give(const struct bp_call *call, bp_option_write_fn *write, const void *handle, char *text,
                         size_t capacity, size_t *size)
{
    struct bp_option_writer counted = {0}, kept = {.text = text, .capacity = capacity};
    if (!text && !size)
        return bp_fail(call, BP_ERR_ARG, "text and size are NULL: one must be given");
    write(&counted, handle);
    if (size)
        *size = counted.size + 1;
    if (!text)
        return BP_OK;
    if (capacity < counted.size + 1)
        return bp_fail(call, BP_ERR_SHAPE, "capacity is %zu: the text takes %zu bytes", capacity, counted.size + 1);
    write(&kept, handle);
    text[kept.size] = '\0';
    return BP_OK;
}

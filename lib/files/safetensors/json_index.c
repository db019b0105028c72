/* SPDX-License-Identifier: MIT
 *
 * The members of an object that bp_json_check() has looked through, so that nothing here can be wrong but names that
 * come twice. */
#include <string.h>

#include "base/quote.h"
#include "files/safetensors/json.h"

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
        at++;
    return at;
}

/* From the opening quote to behind the closing one. */
static const char *skip_string(const char *at)
{
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

static const char *skip_value(const char *at)
{
    int depth = 0;
    if (*at == '"')
        return skip_string(at);
    if (*at != '{' && *at != '[') {
        while (*at >= '0' && *at <= '9')
            at++;
        return at;
    }
    do {
        if (*at == '"') {
            at = skip_string(at);
            continue;
        }
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at++;
    } while (depth > 0);
    return at;
}

/* The member whose name begins with the quote at `at`; returns where it ends. */
static const char *read_member(const char *at, struct bp_json_member *member)
{
    member->key = at + 1;
    at = skip_string(at);
    member->key_size = (size_t)(at - 1 - member->key);
    member->value = skip_blanks(skip_blanks(at) + 1);
    at = skip_value(member->value);
    member->value_size = (size_t)(at - member->value);
    return at;
}

/* `at` is at the opening bracket, or behind a member. */
bool bp_json_next(const char **at, struct bp_json_member *member)
{
    const char *next = skip_blanks(*at);
    if (*next == '}')
        return false;
    next = skip_blanks(next + 1); /* behind the bracket or the comma */
    if (*next == '}')
        return false;
    *at = read_member(next, member);
    return true;
}

static const char *key_at(const struct bp_json_object *index, size_t i)
{
    return index->text + (index->member[i] & ~BP_JSON_USED);
}

/* Names end with a quote, which none has inside. */
static int compare(const char *a, const char *b)
{
    while (*a == *b && *a != '"') {
        a++;
        b++;
    }
    if (*a == '"' || *b == '"')
        return (*b == '"') - (*a == '"');
    return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

static void sift_down(struct bp_json_object *index, size_t i, size_t count)
{
    for (size_t child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && compare(key_at(index, child), key_at(index, child + 1)) < 0)
            child++;
        if (compare(key_at(index, i), key_at(index, child)) >= 0)
            return;
        const uint32_t greater = index->member[child];
        index->member[child] = index->member[i];
        index->member[i] = greater;
    }
}

/* Heapsort (Williams, 1964): no memory of its own, and no order of names makes it slow. */
static void sort(struct bp_json_object *index)
{
    for (size_t i = index->count / 2; i-- > 0;)
        sift_down(index, i, index->count);
    for (size_t count = index->count; count > 1;) {
        const uint32_t greatest = index->member[0];
        index->member[0] = index->member[--count];
        index->member[count] = greatest;
        sift_down(index, 0, count);
    }
}

struct bp_quote bp_json_quote(const struct bp_json_member *member)
{
    return bp_quote_bytes(member->key, member->key_size);
}

static bp_status refuse_twice(const struct bp_call *call, const struct bp_json_object *index)
{
    struct bp_json_member member;
    for (size_t i = 1; i < index->count; i++)
        if (compare(key_at(index, i - 1), key_at(index, i)) == 0) {
            (void)read_member(key_at(index, i) - 1, &member);
            return bp_fail(call, BP_ERR_FORMAT, "header: the name \"%s\" comes twice", bp_json_quote(&member).text);
        }
    return BP_OK;
}

bp_status bp_json_index(const struct bp_call *call, const char *object, struct bp_json_object *index)
{
    struct bp_json_member member;
    const char *at = object;
    *index = (struct bp_json_object){.text = object};
    while (bp_json_next(&at, &member))
        if (++index->count > BP_JSON_MOST_MEMBERS)
            return bp_fail(call, BP_ERR_FORMAT, "header: an object of more than %d names", BP_JSON_MOST_MEMBERS);
    if (index->count == 0)
        return BP_OK;
    index->member = bp_memory_allocate(call->allocator, index->count, sizeof(*index->member));
    if (!index->member)
        return bp_fail_memory(call);
    at = object;
    for (size_t i = 0; bp_json_next(&at, &member); i++)
        index->member[i] = (uint32_t)(member.key - object);
    sort(index);
    return refuse_twice(call, index);
}

void bp_json_release(const struct bp_call *call, struct bp_json_object *index)
{
    bp_memory_release(call->allocator, index->member);
    index->member = NULL;
    index->count = 0;
}

/* compare() with a name that ends with a NUL. */
static int compare_text(const char *key, const char *text)
{
    while (*key == *text && *key != '"') {
        key++;
        text++;
    }
    if (*key == '"')
        return *text ? -1 : 0;
    return *text && (unsigned char)*key < (unsigned char)*text ? -1 : 1;
}

bool bp_json_find(const struct bp_json_object *index, const char *key, struct bp_json_member *member)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_text(key_at(index, middle), key);
        if (order == 0) {
            (void)read_member(key_at(index, middle) - 1, member);
            index->member[middle] |= BP_JSON_USED;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool bp_json_was_used(const struct bp_json_object *index, const struct bp_json_member *member)
{
    size_t low = 0, high = index->count;
    while (low + 1 < high) { /* it is one of them */
        const size_t middle = low + (high - low) / 2;
        if (compare(key_at(index, middle), member->key) <= 0)
            low = middle;
        else
            high = middle;
    }
    return index->member[low] & BP_JSON_USED;
}

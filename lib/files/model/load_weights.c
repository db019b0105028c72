/* SPDX-License-Identifier: MIT
 *
 * Weights and biases of another program's file into a net: first into an arena beside the net's own, and only when all
 * are there in its place. */
#include <string.h>

#include "base/keys.h"
#include "base/sort.h"
#include "files/bytes.h"
#include "files/safetensors/safetensors.h"

/* Layer i / 2's weights, and its bias where i is odd, come from these tensors; `key` is NULL for none. */
struct taking {
    struct bp_call call;
    struct bp_safetensors file;
    bp_net *net;
    struct bp_json_member *part; /* [parts] */
    size_t parts, *by_key;       /* [parts], in the order in which their names lie in the header */
    void *arena;
};

static const struct bp_layer *layer_of(const struct taking *t, size_t part) { return &t->net->model.layers[part / 2]; }

static size_t numbers_of(const struct taking *t, size_t part)
{
    return part % 2 ? bp_layer_biases(layer_of(t, part)) : bp_layer_weights(layer_of(t, part));
}

static const char *word(size_t part) { return part % 2 ? "bias" : "weight"; }

/* ---- which tensor is whose: by name */

static bp_status choose_by_name(struct taking *t, const char *const *names)
{
    for (size_t i = 0; i < t->parts; i++) {
        if (!names[i])
            continue;
        if (numbers_of(t, i) == 0)
            return bp_fail(&t->call, BP_ERR_ARG, "names[%zu] is \"%s\", but layer %zu has no %s", i,
                           bp_quote_text(names[i]).text, i / 2, word(i));
        if (strcmp(names[i], BP_METADATA) == 0 || !bp_json_find(&t->file.tensors, names[i], &t->part[i]))
            return bp_fail(&t->call, BP_ERR_FORMAT, "there is no tensor \"%s\" for the %s of layer %zu",
                           bp_quote_text(names[i]).text, word(i), i / 2);
    }
    return BP_OK;
}

/* ---- and by order */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Passes over a number in each text, and says which is less, as memcmp() does: without leading zeros, the shorter
 * one. */
static int compare_numbers(const char **a, const char *end, const char **b, const char *stop)
{
    while (*a + 1 < end && **a == '0' && is_digit((*a)[1]))
        (*a)++;
    while (*b + 1 < stop && **b == '0' && is_digit((*b)[1]))
        (*b)++;
    const char *m = *a, *n = *b;
    while (*a < end && is_digit(**a))
        (*a)++;
    while (*b < stop && is_digit(**b))
        (*b)++;
    if (*a - m != *b - n)
        return *a - m < *b - n ? -1 : 1;
    return memcmp(m, n, (size_t)(*a - m));
}

/* The order of names in which digits that stand together count as a number; of equal names that of the header. */
static bool is_before(const void *context, size_t i, size_t j)
{
    const struct bp_json_member *members = context, *a = &members[i], *b = &members[j];
    const char *p = a->key, *q = b->key, *end = p + a->key_size, *stop = q + b->key_size;
    while (p < end && q < stop) {
        if (is_digit(*p) && is_digit(*q)) {
            const int order = compare_numbers(&p, end, &q, stop);
            if (order != 0)
                return order < 0;
            continue;
        }
        if (*p != *q)
            return (unsigned char)*p < (unsigned char)*q;
        p++;
        q++;
    }
    return p == end && q == stop ? i < j : p == end;
}

/* The bytes of a name before "weight" or "bias" at its end; SIZE_MAX where it ends otherwise. */
static size_t stem_of(const struct bp_json_member *member, const char *ending)
{
    const size_t size = strlen(ending);
    if (member->key_size < size || memcmp(member->key + member->key_size - size, ending, size) != 0)
        return SIZE_MAX;
    const size_t stem = member->key_size - size;
    return stem == 0 || member->key[stem - 1] == '.' ? stem : SIZE_MAX;
}

static bp_status read_members(const struct taking *t, size_t count, struct bp_json_member *members)
{
    const char *at = t->file.text;
    struct bp_json_member member;
    size_t found = 0;
    while (bp_safetensors_next(&t->file, &at, &member)) {
        if (found == count)
            return bp_fail(&t->call, BP_ERR_FORMAT, "has more tensors than the %zu that the net's layers take", count);
        members[found++] = member;
    }
    if (found < count)
        return bp_fail(&t->call, BP_ERR_FORMAT, "has %s, but the net's layers take %zu",
                       bp_message_count(found, "tensor").text, count);
    return BP_OK;
}

/* "0.bias" comes before "0.weight". */
static bp_status give_out(struct taking *t, const struct bp_json_member *members, const size_t *order)
{
    for (size_t i = 0; i < t->parts; i += 2) {
        const bool biased = numbers_of(t, i + 1) > 0;
        if (numbers_of(t, i) == 0)
            continue;
        const struct bp_json_member *bias = biased ? &members[*order++] : NULL, *weight = &members[*order++];
        const size_t stem = stem_of(weight, "weight");
        if (stem == SIZE_MAX)
            return bp_fail(&t->call, BP_ERR_FORMAT, "tensor \"%s\" is in the place of the weight of layer %zu",
                           bp_json_quote(weight).text, i / 2);
        if (bias && (stem_of(bias, "bias") != stem || memcmp(bias->key, weight->key, stem) != 0))
            return bp_fail(&t->call, BP_ERR_FORMAT, "tensor \"%s\" is in the place of the bias of layer %zu",
                           bp_json_quote(bias).text, i / 2);
        t->part[i] = *weight;
        if (bias)
            t->part[i + 1] = *bias;
    }
    return BP_OK;
}

static bp_status choose_by_order(struct taking *t)
{
    size_t count = 0;
    for (size_t i = 0; i < t->parts; i++)
        count += numbers_of(t, i) > 0;
    struct bp_json_member *members = bp_memory_allocate(t->call.allocator, count, sizeof(*members));
    size_t *order = bp_memory_allocate(t->call.allocator, count, sizeof(*order));
    bp_status status = members && order ? read_members(t, count, members) : bp_fail_memory(&t->call);
    if (status == BP_OK) {
        bp_sort(order, count, is_before, members);
        status = give_out(t, members, order);
    }
    bp_memory_release(t->call.allocator, members);
    bp_memory_release(t->call.allocator, order);
    return status;
}

/* ---- their numbers */

static bool is_key_before(const void *context, size_t a, size_t b)
{
    const struct bp_json_member *part = context;
    const uintptr_t first = (uintptr_t)part[a].key, second = (uintptr_t)part[b].key;
    return first != second ? first < second : a < b;
}

/* The first place in by_key of a part that takes the tensor, or one whose name lies behind it. */
static size_t find_part(const struct taking *t, const struct bp_json_member *member)
{
    size_t low = 0, high = t->parts;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if ((uintptr_t)t->part[t->by_key[middle]].key < (uintptr_t)member->key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool takes(const struct taking *t, size_t place, const struct bp_json_member *member)
{
    return place < t->parts && t->part[t->by_key[place]].key == member->key;
}

static bp_status check_shapes(const struct taking *t, size_t *most)
{
    struct bp_tensor tensor;
    *most = 0;
    for (size_t i = 0; i < t->parts; i++) {
        const struct bp_layer *layer = layer_of(t, i);
        const bool bias = i % 2;
        if (!t->part[i].key)
            continue;
        BP_TRY(bp_safetensors_tensor(&t->file, &t->part[i], &tensor));
        BP_TRY(bp_safetensors_check_shape(&t->file, &t->part[i], &tensor, bias ? numbers_of(t, i) : layer->units,
                                          bias ? 0 : layer->columns, BP_ERR_SHAPE));
        *most = tensor.count > *most ? tensor.count : *most;
    }
    return BP_OK;
}

/* In place, from the last where they grow; what is too large for a float becomes infinite. */
static void convert(void *numbers, size_t count, int32_t from, int32_t to)
{
    char *bytes = numbers;
    for (size_t i = 0; from == BP_F64 && to == BP_F32 && i < count; i++) {
        double wide;
        memcpy(&wide, bytes + i * sizeof(wide), sizeof(wide));
        const float narrow = (float)wide;
        memcpy(bytes + i * sizeof(narrow), &narrow, sizeof(narrow));
    }
    for (size_t i = count; from == BP_F32 && to == BP_F64 && i-- > 0;) {
        float narrow;
        memcpy(&narrow, bytes + i * sizeof(narrow), sizeof(narrow));
        const double wide = narrow;
        memcpy(bytes + i * sizeof(wide), &wide, sizeof(wide));
    }
}

static bp_status take_tensor(const struct taking *t, const struct bp_json_member *member,
                             const struct bp_tensor *tensor, void *numbers)
{
    const struct bp_ops *ops = t->net->model.ops;
    BP_TRY(bp_source_take(t->file.source, numbers, tensor->bytes));
    bp_bytes_order(numbers, tensor->count, bp_type_size(tensor->dtype));
    convert(numbers, tensor->count, tensor->dtype, ops->dtype);
    const size_t bad = ops->first_nonfinite(numbers, tensor->count);
    if (bad < tensor->count)
        return bp_fail(&t->call, BP_ERR_NONFINITE, "tensor \"%s\": number %zu is %s", bp_json_quote(member).text, bad,
                       bp_message_number(ops->number(numbers, bad)).text);
    for (size_t i = find_part(t, member); takes(t, i, member); i++) /* a tensor may be that of several layers */
        ops->write(t->arena, layer_of(t, t->by_key[i]), t->by_key[i] % 2, ops->dtype, numbers);
    return BP_OK;
}

static bp_status take_tensors(const struct taking *t, void *numbers)
{
    const char *at = t->file.text;
    struct bp_json_member member;
    struct bp_tensor tensor;
    while (bp_safetensors_next(&t->file, &at, &member)) {
        BP_TRY(bp_safetensors_tensor(&t->file, &member, &tensor));
        BP_TRY(takes(t, find_part(t, &member), &member) ? take_tensor(t, &member, &tensor, numbers)
                                                        : bp_source_skip(t->file.source, tensor.bytes));
    }
    return BP_OK;
}

/* The new parameters in the place of the old, in their arena, to which others point. */
static bp_status take(struct taking *t, const char *const *names)
{
    struct bp_model *m = &t->net->model;
    size_t most;
    BP_TRY(names ? choose_by_name(t, names) : choose_by_order(t));
    BP_TRY(check_shapes(t, &most));
    bp_sort(t->by_key, t->parts, is_key_before, t->part);
    t->arena = bp_memory_allocate(t->call.allocator, m->arena_size, m->ops->size);
    void *numbers = bp_memory_allocate(t->call.allocator, most, sizeof(double));
    bp_status status = t->arena && numbers ? BP_OK : bp_fail_memory(&t->call);
    if (status == BP_OK) {
        memcpy(t->arena, m->parameters, m->arena_size * m->ops->size);
        status = take_tensors(t, numbers);
    }
    bp_memory_release(t->call.allocator, numbers);
    if (status == BP_OK) {
        memcpy(m->parameters, t->arena, m->arena_size * m->ops->size);
        t->net->may_backward = t->net->may_pass_down = t->net->fresh = m->first_is_normal = false;
    }
    return status;
}

static bp_status load_weights(struct taking *t, struct bp_source *source, const char *const *names)
{
    BP_TRY(bp_source_open(source, &t->call));
    BP_TRY(bp_safetensors_open(&t->file, &t->call, source));
    t->part = bp_memory_allocate(t->call.allocator, t->parts, sizeof(*t->part));
    t->by_key = bp_memory_allocate(t->call.allocator, t->parts, sizeof(*t->by_key));
    return t->part && t->by_key ? take(t, names) : bp_fail_memory(&t->call);
}

bp_status bp_net_load_weights(bp_net *net, const char *path, const char *const *names)
{
    const struct bp_call *call = BP_NET_CALL(net);
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_need(call, path, "path"));
    BP_TRY(bp_check_initialised(call));
    const struct bp_host host = bp_host_enter();
    struct taking taking = {.call = bp_file_call(call), .net = net, .parts = 2 * net->model.count};
    taking.call.path = path;
    struct bp_source source;
    taking.file.call = &taking.call;
    const bp_status status = load_weights(&taking, &source, names);
    bp_memory_release(taking.call.allocator, taking.arena);
    bp_memory_release(taking.call.allocator, taking.part);
    bp_memory_release(taking.call.allocator, taking.by_key);
    bp_safetensors_close(&taking.file);
    bp_source_close(&source);
    bp_host_leave(&host);
    return status;
}

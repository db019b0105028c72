/* SPDX-License-Identifier: MIT */
#include "files/safetensors/safetensors.h"

#include <string.h>

#include "base/keys.h"
#include "base/quote.h"
#include "files/bytes.h"

static bool is_metadata(const struct bp_json_member *member)
{
    const size_t size = sizeof(BP_METADATA) - 1;
    return member->key_size == size && memcmp(member->key, BP_METADATA, size) == 0;
}

bool bp_safetensors_next(const struct bp_safetensors *file, const char **at, struct bp_json_member *member)
{
    (void)file;
    while (bp_json_next(at, member))
        if (!is_metadata(member))
            return true;
    return false;
}

static bp_status read_text(struct bp_safetensors *file)
{
    unsigned char start[BP_BYTES_U64];
    struct bp_source *source = file->source;
    BP_TRY(bp_source_need(source, sizeof(start)));
    BP_TRY(bp_source_take(source, start, sizeof(start)));
    const uint64_t size = bp_bytes_get_u64(start);
    if (size > BP_SAFETENSORS_MOST_HEADER)
        return bp_fail(file->call, BP_ERR_FORMAT,
                       "the first 8 bytes announce a header of %llu bytes: is it a safetensors file?",
                       (unsigned long long)size);
    BP_TRY(bp_source_need(source, (size_t)size));
    file->text = bp_memory_allocate(file->call->allocator, (size_t)size + 1, 1);
    if (!file->text)
        return bp_fail_memory(file->call);
    BP_TRY(bp_source_take(source, file->text, (size_t)size));
    return bp_json_check(file->call, file->text, (size_t)size);
}

static int32_t dtype_of(const char *name)
{
    if (strcmp(name, "F32") == 0)
        return BP_F32;
    return strcmp(name, "F64") == 0 ? BP_F64 : 0;
}

/* The shape in sizes of this machine, and what it comes to. */
static bool count_numbers(const struct bp_json_tensor *entry, struct bp_tensor *tensor)
{
    tensor->rank = entry->rank;
    tensor->count = 1;
    for (size_t i = 0; i < entry->rank; i++) {
        if (entry->shape[i] > SIZE_MAX || !bp_size_multiply(tensor->count, (size_t)entry->shape[i], &tensor->count))
            return false;
        tensor->shape[i] = (size_t)entry->shape[i];
    }
    return bp_size_multiply(tensor->count, bp_type_size(tensor->dtype), &tensor->bytes);
}

static bp_status read_tensor(const struct bp_safetensors *file, const struct bp_json_member *member,
                             struct bp_json_tensor *entry, struct bp_tensor *tensor)
{
    BP_TRY(bp_json_tensor(file->call, member, entry));
    *tensor = (struct bp_tensor){.dtype = dtype_of(entry->dtype)};
    const struct bp_quote name = bp_json_quote(member);
    if (tensor->dtype == 0)
        return bp_fail(file->call, BP_ERR_UNSUPPORTED, "tensor \"%s\" is of %s: only F32 and F64 are read", name.text,
                       bp_quote_text(entry->dtype).text);
    if (!count_numbers(entry, tensor))
        return bp_fail(file->call, BP_ERR_FORMAT, "tensor \"%s\" has more numbers than can be counted", name.text);
    if (tensor->count == 0)
        return bp_fail(file->call, BP_ERR_FORMAT, "tensor \"%s\" has a dimension of 0", name.text);
    if (entry->end < entry->begin || entry->end - entry->begin != tensor->bytes)
        return bp_fail(file->call, BP_ERR_FORMAT, "tensor \"%s\" takes %s, but its data_offsets are %llu to %llu",
                       name.text, bp_message_count(tensor->bytes, "byte").text, (unsigned long long)entry->begin,
                       (unsigned long long)entry->end);
    return BP_OK;
}

bp_status bp_safetensors_tensor(const struct bp_safetensors *file, const struct bp_json_member *member,
                                struct bp_tensor *tensor)
{
    struct bp_json_tensor entry;
    return read_tensor(file, member, &entry, tensor);
}

/* Each tensor begins where the one before it ends. */
static bp_status check_tensors(struct bp_safetensors *file)
{
    const char *at = file->text;
    struct bp_json_member member;
    struct bp_json_tensor entry;
    struct bp_tensor tensor;
    while (bp_safetensors_next(file, &at, &member)) {
        BP_TRY(read_tensor(file, &member, &entry, &tensor));
        if (entry.begin != file->payload)
            return bp_fail(file->call, BP_ERR_FORMAT, "tensor \"%s\" begins at %llu, and the one before it ends at %zu",
                           bp_json_quote(&member).text, (unsigned long long)entry.begin, file->payload);
        if (!bp_size_add(file->payload, tensor.bytes, &file->payload))
            return bp_fail(file->call, BP_ERR_FORMAT, "the tensors have more bytes than can be counted");
    }
    return BP_OK;
}

static bp_status check_size(const struct bp_safetensors *file)
{
    const struct bp_source *source = file->source;
    const size_t left = source->size - source->at;
    if (left == file->payload)
        return BP_OK;
    return bp_fail(file->call, BP_ERR_FORMAT, "has %s after the header, and its tensors take %zu",
                   bp_message_count(left, "byte").text, file->payload);
}

/* All of them are texts. */
static bp_status index_metadata(struct bp_safetensors *file)
{
    struct bp_json_member member;
    if (!bp_json_find(&file->tensors, BP_METADATA, &member))
        return BP_OK;
    if (*member.value != '{')
        return bp_fail(file->call, BP_ERR_FORMAT, "header: " BP_METADATA " is no object");
    BP_TRY(bp_json_index(file->call, member.value, &file->metadata));
    const char *at = member.value;
    while (bp_json_next(&at, &member))
        if (*member.value != '"')
            return bp_fail(file->call, BP_ERR_FORMAT, "header: \"%s\" in " BP_METADATA " is no text",
                           bp_json_quote(&member).text);
    return BP_OK;
}

bp_status bp_safetensors_open(struct bp_safetensors *file, const struct bp_call *call, struct bp_source *source)
{
    *file = (struct bp_safetensors){.call = call, .source = source};
    BP_TRY(read_text(file));
    BP_TRY(bp_json_index(call, file->text, &file->tensors));
    BP_TRY(check_tensors(file));
    BP_TRY(check_size(file));
    return index_metadata(file);
}

void bp_safetensors_close(struct bp_safetensors *file)
{
    bp_json_release(file->call, &file->tensors);
    bp_json_release(file->call, &file->metadata);
    bp_memory_release(file->call->allocator, file->text);
    file->text = NULL;
}

bp_status bp_safetensors_check_shape(const struct bp_safetensors *file, const struct bp_json_member *member,
                                     const struct bp_tensor *tensor, size_t units, size_t inputs, bp_status refusal)
{
    const size_t rank = inputs > 0 ? 2 : 1;
    if (tensor->rank == rank && tensor->shape[0] == units && (rank == 1 || tensor->shape[1] == inputs))
        return BP_OK;
    const struct bp_quote quote = bp_json_quote(member);
    const char *const name = quote.text;
    if (tensor->rank != rank)
        return bp_fail(file->call, refusal, "tensor \"%s\" has %s, but the layer has %zu", name,
                       bp_message_count(tensor->rank, "dimension").text, rank);
    if (rank == 1)
        return bp_fail(file->call, refusal, "tensor \"%s\" is [%zu], but the layer has [%zu]", name, tensor->shape[0],
                       units);
    return bp_fail(file->call, refusal, "tensor \"%s\" is [%zu, %zu], but the layer has [%zu, %zu]", name,
                   tensor->shape[0], tensor->shape[1], units, inputs);
}

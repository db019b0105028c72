/* SPDX-License-Identifier: MIT */
#include "read_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 1 << 16 };

/* An option text. */
struct text {
    char bytes[CAPACITY];
};

static void add(struct text *text, const char *more)
{
    const size_t used = strlen(text->bytes), size = strlen(more) + 1;
    if (size > CAPACITY - used)
        abort();
    memcpy(text->bytes + used, more, size);
}

/* In quotes; nothing for NULL. */
static void add_quoted(struct text *text, const char *item)
{
    add(text, item ? "\"" : "");
    for (; item && *item; item++)
        add(text, *item == '"' ? "\"\"" : (const char[]){*item, '\0'});
    add(text, item ? "\"" : "");
}

static struct text csv_text(const char *target)
{
    struct text text = {"format=csv labels_file= array= width=0 target="};
    add(&text, target ? target : "");
    return text;
}

static struct text libsvm_text(size_t width)
{
    struct text text;
    snprintf(text.bytes, CAPACITY, "format=libsvm target= labels_file= array= width=%zu", width);
    return text;
}

static struct text second_file_text(const char *format, const char *path)
{
    struct text text;
    snprintf(text.bytes, CAPACITY, "format=%s target= array= width=0 labels_file=", format);
    add_quoted(&text, path);
    return text;
}

static struct text arrays_text(const char *inputs, const char *target)
{
    struct text text = {"format=npz target= labels_file= width=0 array="};
    add_quoted(&text, inputs);
    add(&text, target ? "," : "");
    add_quoted(&text, target);
    return text;
}

static bp_status open_by(bp_data *data, const char *path, struct text text)
{
    const bp_status status = bp_data_set_text(data, text.bytes);
    return status == BP_OK ? bp_data_open(data, path) : status;
}

static bp_status next(bp_data *data, bp_status opened) { return opened == BP_OK ? bp_data_next(data, 0) : opened; }

static bp_status load_by(bp_data **data, const char *path, struct text text)
{
    return bp_data_load(data, path, text.bytes);
}

bp_status open_csv(bp_data *data, const char *path, const char *target)
{
    return open_by(data, path, csv_text(target));
}

bp_status read_csv(bp_data *data, const char *path, const char *target)
{
    return next(data, open_csv(data, path, target));
}

bp_status load_csv(bp_data **data, const char *path, const char *target)
{
    return load_by(data, path, csv_text(target));
}

bp_status open_libsvm(bp_data *data, const char *path, size_t width) { return open_by(data, path, libsvm_text(width)); }

bp_status read_libsvm(bp_data *data, const char *path, size_t width)
{
    return next(data, open_libsvm(data, path, width));
}

bp_status load_libsvm(bp_data **data, const char *path, size_t width)
{
    return load_by(data, path, libsvm_text(width));
}

bp_status open_idx(bp_data *data, const char *images, const char *labels)
{
    return open_by(data, images, second_file_text("idx", labels));
}

bp_status read_idx(bp_data *data, const char *images, const char *labels)
{
    return next(data, open_idx(data, images, labels));
}

bp_status load_idx(bp_data **data, const char *images, const char *labels)
{
    return load_by(data, images, second_file_text("idx", labels));
}

bp_status open_npy(bp_data *data, const char *inputs, const char *target)
{
    return open_by(data, inputs, second_file_text("npy", target));
}

bp_status read_npy(bp_data *data, const char *inputs, const char *target)
{
    return next(data, open_npy(data, inputs, target));
}

bp_status load_npy(bp_data **data, const char *inputs, const char *target)
{
    return load_by(data, inputs, second_file_text("npy", target));
}

bp_status open_npz(bp_data *data, const char *path, const char *inputs, const char *target)
{
    return open_by(data, path, arrays_text(inputs, target));
}

bp_status read_npz(bp_data *data, const char *path, const char *inputs, const char *target)
{
    return next(data, open_npz(data, path, inputs, target));
}

bp_status load_npz(bp_data **data, const char *path, const char *inputs, const char *target)
{
    return load_by(data, path, arrays_text(inputs, target));
}

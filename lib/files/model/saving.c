/* SPDX-License-Identifier: MIT */
#include "files/model/saving.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_control(unsigned char c) { return c < ' ' || c == 0x7f; }

/* Bytes that need no escape. */
static size_t count_plain(const char *text)
{
    size_t size = 0;
    while (!is_control((unsigned char)text[size]) && text[size] != '"' && text[size] != '\\')
        size++;
    return size;
}

static void put_quoted(struct bp_sink *sink, const char *text)
{
    bp_sink_text(sink, "\"");
    while (*text) {
        char escape[8];
        const unsigned char c = (unsigned char)*text;
        const size_t plain = count_plain(text);
        bp_sink_put(sink, text, plain);
        text += plain;
        if (plain > 0)
            continue;
        snprintf(escape, sizeof(escape), is_control(c) ? "\\u%04x" : "\\%c", c);
        bp_sink_text(sink, escape);
        text++;
    }
    bp_sink_text(sink, "\"");
}

void bp_save_key(struct bp_saving *s, const char *key)
{
    bp_sink_text(s->sink, s->members++ > 0 ? ",\"" : "\"");
    bp_sink_text(s->sink, key);
    bp_sink_text(s->sink, "\":");
}

void bp_save_text(struct bp_saving *s, const char *key, const char *text)
{
    bp_save_key(s, key);
    put_quoted(s->sink, text);
}

void bp_save_whole(struct bp_saving *s, const char *key, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof(text), "%" PRIu64, value);
    bp_save_text(s, key, text);
}

void bp_save_value(struct bp_saving *s, const char *key, double value)
{
    bp_save_text(s, key, bp_metadata_number(value).text);
}

void bp_save_option(struct bp_saving *s, const char *key, const struct bp_option *option, double value)
{
    if (option->members)
        bp_save_text(s, key, bp_family_name(option->members, bp_key(value)));
    else
        bp_save_value(s, key, value);
}

void bp_save_tensor(struct bp_saving *s, const char *key, int32_t dtype, size_t units, size_t inputs)
{
    char text[160], more[32] = "";
    const size_t bytes = units * (inputs > 0 ? inputs : 1) * bp_type_size(dtype);
    if (inputs > 0)
        snprintf(more, sizeof(more), ",%zu", inputs);
    snprintf(text, sizeof(text), "{\"dtype\":\"F%d\",\"shape\":[%zu%s],\"data_offsets\":[%zu,%zu]}",
             bp_type_bits(dtype), units, more, s->payload, s->payload + bytes);
    bp_save_key(s, key);
    bp_sink_text(s->sink, text);
    s->payload += bytes;
}

/* SPDX-License-Identifier: MIT */
#include "base/message.h"

#include <stdio.h>
#include <string.h>

#include "base/float_mode.h"
#include "base/platform_thread.h"
#include "base/quote.h"

/* The slot of this thread, or -1. */
static int find_slot(const struct bp_messages *messages)
{
    for (int i = 0; i < BP_MESSAGE_SLOTS; i++)
        if (atomic_load(&messages->shared[i].thread) == bp_thread_self())
            return i;
    return -1;
}

static int claim_slot(struct bp_messages *messages)
{
    const int mine = find_slot(messages);
    if (mine >= 0)
        return mine;
    for (int i = 0; i < BP_MESSAGE_SLOTS; i++) {
        uintptr_t nobody = 0;
        if (atomic_compare_exchange_strong(&messages->shared[i].thread, &nobody, bp_thread_self()))
            return i;
    }
    return -1;
}

/* Where this failure is to be told; NULL if there is no room for its text. */
static char *text_for(struct bp_messages *messages, bool shared)
{
    if (shared) {
        const int slot = claim_slot(messages);
        return slot < 0 ? NULL : messages->shared[slot].text;
    }
    for (int i = 0; i < BP_MESSAGE_SLOTS; i++)
        atomic_store(&messages->shared[i].thread, 0);
    atomic_store(&messages->unheard, BP_OK);
    return messages->own;
}

void bp_message_format(char *text, size_t room, const char *format, va_list arguments)
{
    const int length = vsnprintf(text, room, format, arguments);
    if (length >= 0 && (size_t)length >= room)
        bp_quote_mend_end(text);
}

void bp_message_write(struct bp_messages *messages, bool shared, bp_status status, const char *function,
                      const char *format, va_list arguments)
{
    char *text = text_for(messages, shared);
    if (!text) {
        atomic_store(&messages->unheard, status);
        return;
    }
    const int length = snprintf(text, BP_MESSAGE_SIZE, "%s: ", function);
    if (length > 0 && length < BP_MESSAGE_SIZE)
        bp_message_format(text + length, BP_MESSAGE_SIZE - (size_t)length, format, arguments);
}

bp_status bp_message_fail(struct bp_messages *messages, bool shared, const char *function, bp_status status,
                          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_message_write(messages, shared, status, function, format, arguments);
    va_end(arguments);
    return status;
}

const char *bp_message_read(const struct bp_messages *messages)
{
    const int slot = find_slot(messages);
    if (slot >= 0)
        return messages->shared[slot].text;
    const bp_status unheard = atomic_load(&messages->unheard);
    return unheard != BP_OK ? bp_status_string(unheard) : messages->own;
}

struct bp_number bp_message_number(double value) { return bp_message_digits(value, 9); }

struct bp_number bp_message_digits(double value, int digits)
{
    struct bp_number number, plain;
    const struct bp_float_mode host = bp_float_mode_default(); /* which rounds a decimal too */
    snprintf(number.text, sizeof(number.text), "%.*g", digits, value);
    bp_float_mode_set(&host);
    size_t n = 0;
    for (const char *c = number.text; *c; c++) {
        if (strchr("0123456789+-einfa", *c))
            plain.text[n++] = *c;
        else if (n > 0 && plain.text[n - 1] != '.') /* the locale's separator may be several bytes */
            plain.text[n++] = '.';
    }
    plain.text[n] = '\0';
    return plain;
}

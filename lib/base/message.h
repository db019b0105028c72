/* SPDX-License-Identifier: MIT
 *
 * The last sentence of failure that a handle keeps. A failed exclusive call writes the handle's own text. Failed shared
 * calls may come from many threads at once and must not write one text together, so each thread claims a slot; the
 * next failed exclusive call, at which no other thread may be about, frees the slots. */
#ifndef BP_BASE_MESSAGE_H
#define BP_BASE_MESSAGE_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <bp/bp.h>

enum { BP_MESSAGE_SIZE = 256, BP_MESSAGE_SLOTS = 8 };

struct bp_messages {
    char own[BP_MESSAGE_SIZE];
    struct {
        atomic_uintptr_t thread; /* 0 while free */
        char text[BP_MESSAGE_SIZE];
    } shared[BP_MESSAGE_SLOTS];
    _Atomic int32_t unheard; /* status of a failed shared call that found no slot */
};

#if defined(__GNUC__)
#define BP_MESSAGE_FORMAT(place, first) __attribute__((format(printf, place, first)))
#else
#define BP_MESSAGE_FORMAT(place, first)
#endif

/* vsnprintf(), but what does not fit into `room` bytes is cut between two characters. Names and other texts from outside go
 * through base/quote.h, numbers that may have a fraction through bp_message_number(). */
BP_MESSAGE_FORMAT(3, 0) void bp_message_format(char *text, size_t room, const char *format, va_list arguments);

/* Keeps "function: format ...". */
BP_MESSAGE_FORMAT(5, 0)
void bp_message_write(struct bp_messages *messages, bool shared, bp_status status, const char *function,
                      const char *format, va_list arguments);

/* The same, and returns the status. */
BP_MESSAGE_FORMAT(5, 6)
bp_status bp_message_fail(struct bp_messages *messages, bool shared, const char *function, bp_status status,
                          const char *format, ...);

/* What the calling thread is to read. */
const char *bp_message_read(const struct bp_messages *messages);

struct bp_number {
    char text[40];
};

/* A number as text with a decimal point, whatever the locale. */
struct bp_number bp_message_number(double value);
struct bp_number bp_message_digits(double value, int digits); /* significant ones, up to 17 */

#endif

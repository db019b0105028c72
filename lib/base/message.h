/* SPDX-License-Identifier: MIT
 *
 * What sentences are made of: formatted text that is cut between two characters, and numbers. */
#ifndef BP_BASE_MESSAGE_H
#define BP_BASE_MESSAGE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__GNUC__)
/* With MinGW printf alone stands for the functions of Microsoft's C library. */
#ifdef __MINGW32__
#define BP_MESSAGE_FORMAT(place, first) __attribute__((format(gnu_printf, place, first)))
#else
#define BP_MESSAGE_FORMAT(place, first) __attribute__((format(printf, place, first)))
#endif
#else
#define BP_MESSAGE_FORMAT(place, first)
#endif

/* vsnprintf(), but what does not fit into `capacity` bytes is cut between two characters. Names and other texts from
 * outside go through base/quote.h, numbers that may have a fraction through bp_message_number(). */
BP_MESSAGE_FORMAT(3, 0) void bp_message_format(char *text, size_t capacity, const char *format, va_list arguments);

struct bp_number {
    char text[40];
};

/* A number as text with a decimal point, whatever the locale. */
struct bp_number bp_message_number(double value);
struct bp_number bp_message_digits(double value, int digits); /* significant ones, up to 17 */

struct bp_counted {
    char text[48];
};

/* "1 row", "2 rows", "3 classes". A sentence must be right for one and for many: no verb may follow. */
struct bp_counted bp_message_count(uint64_t count, const char *noun);
#endif

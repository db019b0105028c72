/* SPDX-License-Identifier: MIT */
#include "base/message.h"

#include <stdio.h>
#include <string.h>

#include "base/float_mode.h"
#include "base/quote.h"

void bp_message_format(char *text, size_t capacity, const char *format, va_list arguments)
{
    const int length = vsnprintf(text, capacity, format, arguments);
    if (length >= 0 && (size_t)length >= capacity)
        bp_quote_mend_end(text);
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

struct bp_counted bp_message_count(uint64_t count, const char *noun)
{
    struct bp_counted counted;
    const char *plural = count == 1 ? "" : noun[strlen(noun) - 1] == 's' ? "es" : "s";
    snprintf(counted.text, sizeof(counted.text), "%llu %s%s", (unsigned long long)count, noun, plural);
    return counted;
}

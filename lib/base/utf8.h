/* SPDX-License-Identifier: MIT */
#ifndef BP_BASE_UTF8_H
#define BP_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character of UTF-8 that a text of `size` bytes, at least 1, begins with; 0 if it begins with none: an
 * overlong form, half of a surrogate pair and what lies beyond U+10FFFF are none (RFC 3629). */
size_t bp_utf8_character(const unsigned char *text, size_t size);

/* Which character its `bytes` bytes are, as many as bp_utf8_character() says. */
uint32_t bp_utf8_code(const unsigned char *text, size_t bytes);

/* Writes a character, of up to 4 bytes; returns how many. */
size_t bp_utf8_put(char *to, uint32_t character);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Texts of an attacker, and the bytes that no sentence may contain. */
#ifndef HOSTILE_FIXTURE_H
#define HOSTILE_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "files_fixture.h"
#include "readers_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { TEXT = 1 << 16 };

/* Control characters of ASCII, and of ISO 6429 as UTF-8 and as single bytes; controls of lines and of directions;
 * bytes that are no UTF-8; and texts that are cut. The quoted forms of CSV files take all of them; JSON takes only
 * those that are `plain`. */
struct hostile {
    const char *text;
    bool plain; /* UTF-8 without controls of ASCII */
};

extern const struct hostile hostile[];
extern const size_t hostile_count;

#define FOR_HOSTILE(index) for (size_t index = 0; index < hostile_count; index++)

/* Those that a column or a class may have as its name: UTF-8. */
bool may_be_name(const char *text);

#define FOR_NAMES(index) FOR_HOSTILE(index) if (may_be_name(hostile[index].text))

/* Fails the test, with its line, where a text is not clean. `lines`: it may have line feeds. */
void check_clean(const char *text, bool lines, int line);

#define SENTENCE(text) check_clean((text), false, __LINE__)

/* A call that must fail, and its sentence. */
#define REFUSED(status, sentence)                                                                                      \
    do {                                                                                                               \
        assert_true((status) < 0);                                                                                     \
        SENTENCE(sentence);                                                                                            \
    } while (0)

size_t count_lines(const char *text);

/* Appends a field in quotes. */
void put(char *text, const char *field);

/* Two inputs and a target; the second input is constant. Their names are `name` and a letter that differs. */
bp_data *table_of(const char *name);

/* A net for it. */
bp_net *regression(int32_t dtype, int32_t activation);

#endif

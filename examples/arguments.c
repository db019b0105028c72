/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits only: strtoull alone would take "-1" and "" too. */
static bool whole(const char *text, uint64_t *value)
{
    char *end = NULL;

    if (!isdigit((unsigned char)text[0]))
        return false;
    *value = strtoull(text, &end, 10);
    return *end == '\0';
}

static bool fraction(const char *text, double *value)
{
    char *end = NULL;

    *value = strtod(text, &end);
    return end != text && *end == '\0' && *value >= 0 && *value <= 1;
}

static bool option(struct arguments *arguments, const char *name, const char *value)
{
    uint64_t number = 0;

    if (strcmp(name, "--seed") == 0)
        return whole(value, &arguments->seed);
    if (strcmp(name, "--expect") == 0)
        return fraction(value, &arguments->expect);
    if (strcmp(name, "--epochs") != 0 || !whole(value, &number) || number == 0)
        return false;
    arguments->epochs = (size_t)number;
    return true;
}

bool arguments_read(struct arguments *arguments, int argc, char **argv)
{
    bool good = true;

    for (int i = 1; good && i < argc; i++) {
        if (argv[i][0] != '-') {
            arguments->folder = argv[i];
        } else {
            good = i + 1 < argc && option(arguments, argv[i], argv[i + 1]);
            i++;
        }
    }
    if (good && arguments->folder)
        return true;
    fprintf(stderr, "usage: %s FOLDER [--seed N] [--epochs N] [--expect ACCURACY]\n", argv[0]);
    return false;
}

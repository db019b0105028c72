/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse(const struct arguments *arguments, const char *problem)
{
    fprintf(stderr, "%s\n%s", problem, arguments->usage);
    exit(EXIT_FAILURE);
}

static double number(const struct arguments *arguments, const char *text)
{
    char *end = NULL;
    const double value = text ? strtod(text, &end) : 0;
    if (!text || end == text || *end != '\0')
        refuse(arguments, "--expect needs a number");
    return value;
}

void arguments_read(struct arguments *arguments, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(arguments->usage, stdout);
            exit(EXIT_SUCCESS);
        } else if (strcmp(argv[i], "--expect") == 0) {
            i++;
            arguments->expect = number(arguments, argv[i]); /* argv[argc] is NULL */
        } else if (argv[i][0] == '-') {
            refuse(arguments, "there is no such option");
        } else {
            arguments->path = argv[i];
        }
    }
    if (!arguments->path)
        refuse(arguments, "a path is missing");
}

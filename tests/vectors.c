/* SPDX-License-Identifier: MIT */
#include "vectors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct {
    struct vector *all;
    size_t count;
} file;

static double *read_values(FILE *from, size_t count)
{
    double *values = any_buffer(count);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        if (fscanf(from, "%16" SCNx64, &bits) != 1)
            fail_msg("the vector file ends within a vector");
        memcpy(&values[i], &bits, sizeof bits);
    }
    return values;
}

/** The first character of the next line that is no comment, unread; EOF if there is none. */
static int next_line(FILE *from)
{
    for (;;) {
        int c = fscanf(from, " ") == EOF ? EOF : fgetc(from);
        if (c != '#')
            return c == EOF ? EOF : ungetc(c, from);
        while (c != '\n' && c != EOF)
            c = fgetc(from);
    }
}

static bool read_vector(FILE *from, struct vector *vector)
{
    if (next_line(from) == EOF)
        return false;
    if (fscanf(from, "%79s %zu", vector->name, &vector->count) != 2)
        fail_msg("the vector file has no name and count where one should be");
    vector->values = read_values(from, vector->count);
    return true;
}

int vectors_read(const char *name)
{
    const char *root = getenv("BP_SOURCE_ROOT");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/vectors/%s", root != NULL ? root : ".", name);
    FILE *from = fopen(path, "r");
    if (from == NULL) {
        print_error("%s cannot be read; is BP_SOURCE_ROOT the project's root?\n", path);
        return -1;
    }
    struct vector next;
    while (read_vector(from, &next)) {
        struct vector *more = realloc(file.all, (file.count + 1) * sizeof *more);
        assert_non_null(more);
        file.all = more;
        file.all[file.count++] = next;
    }
    fclose(from);
    return 0;
}

int vectors_free(void **state)
{
    (void)state;
    for (size_t i = 0; i < file.count; i++)
        free(file.all[i].values);
    free(file.all);
    return 0;
}

const struct vector *vectors_find(const char *name, const char *what)
{
    const size_t length = strcspn(name, ":");
    for (size_t i = 0; i < file.count; i++) {
        const char *candidate = file.all[i].name;
        if (strncmp(candidate, name, length) == 0 && candidate[length] == ':' &&
            strcmp(candidate + length + 1, what) == 0)
            return &file.all[i];
    }
    return NULL;
}

const struct vector *vectors_need(const char *name, const char *what)
{
    const struct vector *vector = vectors_find(name, what);
    if (vector == NULL)
        fail_msg("%s has no %s", name, what);
    return vector;
}

int vectors_case(const char *name) { return (int)strcspn(name, ":"); }

void vectors_each(const char *group, const char *what, int32_t dtype, void (*check)(int32_t dtype, const char *name))
{
    size_t cases = 0;
    for (size_t i = 0; i < file.count; i++) {
        const char *name = file.all[i].name, *colon = strchr(name, ':');
        if (strncmp(name, group, strlen(group)) != 0 || colon == NULL || strcmp(colon + 1, what) != 0)
            continue;
        check(dtype, name);
        cases++;
    }
    assert_true(cases > 0);
}

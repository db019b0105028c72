/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bp/bp.h>

/* The object that is being written, and whether the next member is the first of its parent. */
struct writer {
    FILE *file;
    bool first;
};

/* A comma after the member before, and the key; NULL in an array. */
static void begin_member(struct writer *w, const char *key)
{
    fputs(w->first ? "\n" : ",\n", w->file);
    w->first = false;
    if (key)
        fprintf(w->file, "\"%s\": ", key);
}

static void begin(struct writer *w, const char *key, char bracket)
{
    begin_member(w, key);
    fputc(bracket, w->file);
    w->first = true;
}

static void end(struct writer *w, char bracket)
{
    fprintf(w->file, "\n%c", bracket);
    w->first = false;
}

/* n bytes; those that JSON does not allow in a string become spaces. */
static void put_text(struct writer *w, const char *key, const char *text, size_t n)
{
    begin_member(w, key);
    fputc('"', w->file);
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            fputc('\\', w->file);
        fputc(c < ' ' || c > '~' ? ' ' : c, w->file);
    }
    fputc('"', w->file);
}

static void put_word(struct writer *w, const char *key, const char *text) { put_text(w, key, text, strlen(text)); }

/* null where there is no figure. */
static void put_number(struct writer *w, const char *key, double x)
{
    begin_member(w, key);
    if (isfinite(x))
        fprintf(w->file, "%.9g", x);
    else
        fputs("null", w->file);
}

static void put_bool(struct writer *w, const char *key, bool x)
{
    begin_member(w, key);
    fputs(x ? "true" : "false", w->file);
}

/* ---- the machine and the build */

/* The value of the first line of /proc/cpuinfo with this key; false if there is none. */
static bool find_cpuinfo(const char *key, char *value, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[1024];
    bool found = false;
    while (file && !found && fgets(line, sizeof(line), file)) {
        const char *colon = strchr(line, ':');
        const size_t n = strlen(key);
        found = colon && strncmp(line, key, n) == 0 && strspn(line + n, " \t") == (size_t)(colon - line) - n;
        if (found)
            snprintf(value, size, "%.*s", (int)strcspn(colon + 1 + strspn(colon + 1, " "), "\n"),
                     colon + 1 + strspn(colon + 1, " "));
    }
    if (file)
        fclose(file);
    return found;
}

/* As /proc/cpuinfo of x86 has it; null for what another processor or system does not have there. */
static void put_processor(struct writer *w)
{
    static const char *const numbers[][2] = {{"family", "cpu family"}, {"model", "model"}, {"stepping", "stepping"}};
    char value[256];
    begin(w, "processor", '{');
    if (find_cpuinfo("model name", value, sizeof(value)))
        put_word(w, "name", value);
    else
        put_number(w, "name", NAN);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        put_number(w, numbers[i][0],
                   find_cpuinfo(numbers[i][1], value, sizeof(value)) ? strtod(value, NULL) : (double)NAN);
    end(w, '}');
}

/* bp_build_info() is "libbp VERSION, COMPILER; ...; active: SET" and perhaps more. */
static void put_library(struct writer *w)
{
    const char *info = bp_build_info(), *comma = strstr(info, ", "), *active = strstr(info, "active: ");
    begin(w, "library", '{');
    put_word(w, "version", bp_version_string());
    put_text(w, "compiler", comma + 2, strcspn(comma + 2, ";"));
    put_text(w, "instruction_set", active + strlen("active: "), strcspn(active + strlen("active: "), ",; "));
    put_word(w, "build_info", info);
    end(w, '}');
}

static void put_date(struct writer *w)
{
    const time_t seconds = time(NULL);
    const struct tm *utc = gmtime(&seconds);
    char date[32];
    const size_t n = utc ? strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", utc) : 0;
    put_text(w, "date", date, n);
}

static void put_peak(struct writer *w, double peak32, double peak64)
{
    begin(w, "peak_gflops", '{');
    put_number(w, "f32", peak32);
    put_number(w, "f64", peak64);
    end(w, '}');
}

/* ---- the figures */

static void put_work(struct writer *w, const struct work *work, const struct result *result)
{
    begin(w, NULL, '{');
    put_word(w, "name", work->name);
    put_word(w, "what", work->what);
    put_number(w, "operations", work_operations(work));
    put_peak(w, result->peak32, result->peak64);
    begin(w, "median_ns", '{');
    for (size_t i = 0; i < PEERS; i++)
        put_number(w, peer_name(i), result->seconds[i] * 1e9);
    end(w, '}');
    end(w, '}');
}

static void put_target(struct writer *w, const struct target *target)
{
    begin(w, NULL, '{');
    put_word(w, "what", target->what);
    put_word(w, "unit", target->unit + strspn(target->unit, " "));
    put_bool(w, "at_least", target->at_least);
    put_number(w, "asked", target->asked);
    put_number(w, "measured", target->measured);
    if (isfinite(target->measured))
        put_bool(w, "pass", target_met(target));
    else
        put_number(w, "pass", NAN);
    end(w, '}');
}

void json_write(FILE *file, const struct run *run)
{
    struct writer w = {file, true};
    fputc('{', file);
    put_date(&w);
    put_bool(&w, "quick", run->quick);
    put_processor(&w);
    put_library(&w);
    put_peak(&w, run->peak32, run->peak64);
    begin(&w, "works", '[');
    for (size_t i = 0; i < work_count; i++)
        if (run->measured[i])
            put_work(&w, &works[i], &run->results[i]);
    end(&w, ']');
    begin(&w, "targets", '[');
    for (size_t i = 0; i < run->targets.count; i++)
        put_target(&w, &run->targets.rows[i]);
    end(&w, ']');
    end(&w, '}');
    fputc('\n', file);
}

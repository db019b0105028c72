/* SPDX-License-Identifier: MIT
 *
 * See Documentation/admin-guide/cgroup-v2.rst, Documentation/admin-guide/cgroup-v1/cgroups.rst and
 * Documentation/scheduler/sched-bwc.rst of the kernel; proc_pid_cgroup(5) and proc_pid_mountinfo(5). */
#include "base/linux_cpus.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/platform_file.h"

#define NO_LIMIT SIZE_MAX

enum {
    SIZE = BP_LINUX_LINE + 1, /* of a line or path, with its NUL */
    CHUNK = 1024,
    MOST_SIBLINGS = 8 /* of a core of any processor; a machine that names more is described wrongly */
};

static size_t lesser(size_t a, size_t b) { return a < b ? a : b; }

/* One text after the other; false if they do not fit. */
static bool join(char path[SIZE], const char *const *parts, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t more = strlen(parts[i]);
        if (more >= SIZE - size)
            return false;
        memcpy(path + size, parts[i], more);
        size += more;
    }
    path[size] = '\0';
    return true;
}

/* ---- lines of files */

struct lines {
    int file;
    size_t at, end; /* what is left of the chunk */
    char chunk[CHUNK], line[SIZE];
};

static bool open_lines(struct lines *lines, const char *folder, const char *name)
{
    char path[SIZE];
    lines->at = lines->end = 0;
    lines->file = join(path, (const char *const[]){folder, name}, 2) ? bp_file_open(path, true) : -1;
    return lines->file >= 0;
}

/* -1 at the end. */
static int next_byte(struct lines *lines)
{
    if (lines->at == lines->end) {
        const int64_t got = bp_file_read(lines->file, lines->chunk, sizeof(lines->chunk));
        if (got <= 0)
            return -1;
        lines->at = 0;
        lines->end = (size_t)got;
    }
    return (unsigned char)lines->chunk[lines->at++];
}

/* The next line that is not too long, without its end; false at the end of the file. */
static bool next_line(struct lines *lines)
{
    size_t size = 0;
    int byte;
    while ((byte = next_byte(lines)) >= 0) {
        if (byte != '\n' && size < SIZE)
            lines->line[size++] = (char)byte;
        else if (byte == '\n' && size < SIZE)
            break;
        else if (byte == '\n')
            size = 0;
    }
    lines->line[size < SIZE ? size : 0] = '\0';
    return byte >= 0 || (size > 0 && size < SIZE);
}

/* The first line of a file. */
static bool read_line(struct lines *lines, const char *folder, const char *name)
{
    if (!open_lines(lines, folder, name))
        return false;
    const bool found = next_line(lines);
    bp_file_close(lines->file);
    return found;
}

/* ---- what stands in a line */

/* Moves behind digits; false if there are none, or if the number is too large. */
static bool read_number(const char **at, uint64_t *number)
{
    const char *const first = *at;
    for (*number = 0; **at >= '0' && **at <= '9'; (*at)++) {
        const uint64_t digit = (uint64_t)(**at - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = 10 * *number + digit;
    }
    return *at > first;
}

static bool is_number(const char *text, uint64_t *number) { return read_number(&text, number) && *text == '\0'; }

/* Whether a list with commas has the word. */
static bool has_word(const char *list, const char *word)
{
    const size_t size = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, size) == 0 && (at[size] == ',' || at[size] == '\0'))
            return true;
    }
    return false;
}

/* The text up to a separator, which becomes its NUL; NULL if there is no more. */
static char *next_field(char **at, char separator)
{
    char *const field = *at, *const end = field ? strchr(field, separator) : NULL;
    if (end)
        *end = '\0';
    *at = end ? end + 1 : NULL;
    return field;
}

/* ---- limits of control groups */

/* CPUs that so much time in each period comes to, rounded up. */
static size_t cpus_of(uint64_t quota, uint64_t period)
{
    if (quota == 0 || period == 0)
        return NO_LIMIT;
    const uint64_t cpus = quota / period + (quota % period != 0);
    return cpus < NO_LIMIT ? (size_t)cpus : NO_LIMIT;
}

/* "50000 100000"; "max 100000" is no number. */
static size_t limit_v2(const char *folder)
{
    struct lines lines;
    uint64_t quota, period;
    if (!read_line(&lines, folder, "/cpu.max"))
        return NO_LIMIT;
    char *rest = lines.line;
    const char *const first = next_field(&rest, ' ');
    return rest && is_number(first, &quota) && is_number(rest, &period) ? cpus_of(quota, period) : NO_LIMIT;
}

/* A quota of -1 is no number. */
static size_t limit_v1(const char *folder)
{
    struct lines lines;
    uint64_t quota, period;
    if (!read_line(&lines, folder, "/cpu.cfs_quota_us") || !is_number(lines.line, &quota) ||
        !read_line(&lines, folder, "/cpu.cfs_period_us") || !is_number(lines.line, &period))
        return NO_LIMIT;
    return cpus_of(quota, period);
}

typedef size_t limit_fn(const char *folder);

/* The paths of this process's groups; empty if there is none. */
struct groups {
    char v1[SIZE], v2[SIZE];
};

/* Of lines such as "4:cpu,cpuacct:/a/b" and "0::/a/b". */
static void read_groups(const char *root, struct groups *groups)
{
    struct lines lines;
    groups->v1[0] = groups->v2[0] = '\0';
    if (!open_lines(&lines, root, "/proc/self/cgroup"))
        return;
    while (next_line(&lines)) {
        char *path = lines.line;
        const char *const hierarchy = next_field(&path, ':'), *const controllers = next_field(&path, ':');
        if (path && path[0] == '/' && controllers[0] == '\0' && strcmp(hierarchy, "0") == 0)
            memcpy(groups->v2, path, strlen(path) + 1);
        else if (path && path[0] == '/' && has_word(controllers, "cpu"))
            memcpy(groups->v1, path, strlen(path) + 1);
    }
    bp_file_close(lines.file);
}

struct mount {
    char *root, *point; /* the group that is mounted, and where */
    const char *type, *options;
};

/* A space is "\040", and similarly a few others. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        unsigned value = 0;
        size_t digits = 0;
        while (*from == '\\' && digits < 3 && from[digits + 1] >= '0' && from[digits + 1] <= '7')
            value = 8 * value + (unsigned)(from[++digits] - '0');
        *to++ = digits == 3 ? (char)value : *from;
        from += digits == 3 ? 3 : 0;
    }
    *to = '\0';
}

/* "33 31 0:30 /root /point rw,relatime shared:7 - cgroup cgroup rw,cpu": there may be several fields such as the
 * seventh, or none. */
static bool split_mount(char *line, struct mount *mount)
{
    const char *field;
    for (int i = 0; i < 3; i++)
        (void)next_field(&line, ' ');
    mount->root = next_field(&line, ' ');
    mount->point = next_field(&line, ' ');
    while ((field = next_field(&line, ' ')) && strcmp(field, "-") != 0)
        ;
    mount->type = next_field(&line, ' ');
    (void)next_field(&line, ' ');
    mount->options = next_field(&line, ' ');
    if (!mount->options)
        return false;
    unescape(mount->root);
    unescape(mount->point);
    return true;
}

static bool leads_up(const char *path)
{
    for (const char *at = path; (at = strstr(at, "/..")); at++)
        if (at[3] == '/' || at[3] == '\0')
            return true;
    return false;
}

/* A group's path below the group that is mounted; NULL if it is elsewhere. */
static const char *path_below(const char *group, const char *mounted)
{
    const size_t size = strcmp(mounted, "/") == 0 ? 0 : strlen(mounted);
    if (strncmp(group, mounted, size) != 0 || (group[size] != '/' && group[size] != '\0') || leads_up(group + size))
        return NULL;
    return strcmp(group + size, "/") == 0 ? "" : group + size;
}

/* The least limit of a group and of those above it, as far as they are mounted. */
static size_t least_limit(const char *root, const struct mount *mount, const char *group, limit_fn *limit_of)
{
    char folder[SIZE];
    const char *const path = path_below(group, mount->root);
    if (!path || !join(folder, (const char *const[]){root, mount->point, path}, 3))
        return NO_LIMIT;
    const size_t bottom = strlen(folder), top = bottom - strlen(path);
    size_t least = limit_of(folder);
    for (size_t end = bottom; end > top; end--)
        if (folder[end - 1] == '/') {
            folder[end - 1] = '\0';
            least = lesser(least, limit_of(folder));
        }
    return least;
}

/* A system may have both versions mounted, and a group more than once. */
static size_t limit_of_groups(const char *root)
{
    struct groups groups;
    struct lines lines;
    struct mount mount;
    size_t least = NO_LIMIT;
    read_groups(root, &groups);
    if (!open_lines(&lines, root, "/proc/self/mountinfo"))
        return NO_LIMIT;
    while (next_line(&lines)) {
        if (!split_mount(lines.line, &mount))
            continue;
        if (strcmp(mount.type, "cgroup2") == 0 && groups.v2[0] != '\0')
            least = lesser(least, least_limit(root, &mount, groups.v2, limit_v2));
        else if (strcmp(mount.type, "cgroup") == 0 && groups.v1[0] != '\0' && has_word(mount.options, "cpu"))
            least = lesser(least, least_limit(root, &mount, groups.v1, limit_v1));
    }
    bp_file_close(lines.file);
    return least;
}

/* ---- CPUs and cores */

static bool has_cpu(const struct bp_linux_mask *mask, size_t cpu)
{
    return mask->words[cpu / BP_LINUX_WORD] >> cpu % BP_LINUX_WORD & 1;
}

static void remove_cpu(struct bp_linux_mask *mask, size_t cpu)
{
    mask->words[cpu / BP_LINUX_WORD] &= ~(1UL << cpu % BP_LINUX_WORD);
}

static size_t count_cpus(const struct bp_linux_mask *mask)
{
    size_t count = 0;
    for (size_t cpu = 0; cpu < BP_LINUX_CPUS; cpu++)
        count += has_cpu(mask, cpu);
    return count;
}

/* Moves behind "3" or "0-3". */
static bool read_range(const char **at, uint64_t *first, uint64_t *last)
{
    if (!read_number(at, first))
        return false;
    *last = *first;
    if (**at != '-')
        return true;
    (*at)++;
    return read_number(at, last) && *last >= *first;
}

/* The CPUs of a list such as "0-3,8", in `siblings`; how many they are, or 0 if it is not such a list, or one of more
 * than a core has. */
static size_t read_siblings(const char *list, size_t siblings[MOST_SIBLINGS])
{
    size_t count = 0;
    for (;; list++) {
        uint64_t first, last;
        if (!read_range(&list, &first, &last) || last >= BP_LINUX_CPUS || last - first >= MOST_SIBLINGS - count)
            return 0;
        for (; first <= last; first++)
            siblings[count++] = (size_t)first;
        if (*list != ',')
            return *list == '\0' ? count : 0;
    }
}

/* Kernels from 5.2 on have a second name for the file. */
static size_t siblings_of(const char *root, size_t cpu, size_t siblings[MOST_SIBLINGS])
{
    static const char *const names[] = {"thread_siblings_list", "core_cpus_list"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct lines lines;
        char path[100];
        snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%zu/topology/%s", cpu, names[i]);
        const size_t count = read_line(&lines, root, path) ? read_siblings(lines.line, siblings) : 0;
        for (size_t k = 0; k < count; k++)
            if (siblings[k] == cpu)
                return count;
    }
    return 0;
}

static size_t count_cores(const char *root, const struct bp_linux_mask *mask)
{
    struct bp_linux_mask left = *mask;
    size_t count = 0;
    for (size_t cpu = 0; cpu < BP_LINUX_CPUS; cpu++)
        if (has_cpu(&left, cpu)) {
            size_t siblings[MOST_SIBLINGS];
            const size_t others = siblings_of(root, cpu, siblings);
            for (size_t i = 0; i < others; i++)
                remove_cpu(&left, siblings[i]);
            count++;
        }
    return count;
}

static size_t limited(const char *root, size_t count)
{
    const size_t allowed = lesser(count, limit_of_groups(root));
    return allowed > 0 ? allowed : 1;
}

size_t bp_linux_cpus(const char *root, const struct bp_linux_mask *mask) { return limited(root, count_cpus(mask)); }

size_t bp_linux_cores(const char *root, const struct bp_linux_mask *mask)
{
    return limited(root, count_cores(root, mask));
}

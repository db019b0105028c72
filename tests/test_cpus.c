/* SPDX-License-Identifier: MIT
 *
 * How many threads Linux lets run: affinity mask, limits of control groups and threads of a core, read from made-up
 * folders. */
#define _GNU_SOURCE /* nftw, mkdtemp */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "any.h"
#include "base/linux_cpus.h"
#include "base/parallel.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { FILES = 12, PATH = 4500, DAMAGES = 400 };

/* Files of a folder that holds /proc and /sys, and what is to come out for CPUs of a mask. */
struct machine {
    const char *name;
    size_t first, count; /* CPUs of the mask */
    struct {
        const char *path, *text;
    } files[FILES];
    size_t cpus, cores;
};

#define GROUP "/proc/self/cgroup"
#define MOUNTS "/proc/self/mountinfo"
#define FS "/sys/fs/cgroup"
#define SIBLINGS(cpu) "/sys/devices/system/cpu/cpu" #cpu "/topology/thread_siblings_list"
#define CORE(cpu) "/sys/devices/system/cpu/cpu" #cpu "/topology/core_cpus_list"
#define QUOTA "/cpu.cfs_quota_us"
#define PERIOD "/cpu.cfs_period_us"
#define V2                                                                                                             \
    {                                                                                                                  \
        MOUNTS, "22 1 0:20 / / rw - ext4 /dev/vda rw\n30 23 0:26 / " FS " rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"   \
    }
#define V1                                                                                                             \
    {                                                                                                                  \
        MOUNTS, "33 31 0:30 / " FS "/cpu,cpuacct rw master:7 shared:9 - cgroup cgroup rw,cpu,cpuacct\n"                \
    }
#define OF_V1(file) FS "/cpu,cpuacct" file

static const struct machine machines[] = {
    {"nothing", 0, 4, {{0}}, 4, 4},
    {"empty mask", 0, 0, {{0}}, 1, 1},
    {"every CPU that a mask has", 0, BP_LINUX_CPUS, {{0}}, BP_LINUX_CPUS, BP_LINUX_CPUS},
    {"the last CPU", BP_LINUX_CPUS - 1, 1, {{0}}, 1, 1},

    {"v2, a limit", 0, 8, {V2, {GROUP, "0::/a\n"}, {FS "/a/cpu.max", "300000 100000\n"}}, 3, 3},
    {"v2, a limit of part of a CPU", 0, 8, {V2, {GROUP, "0::/a\n"}, {FS "/a/cpu.max", "1000 100000\n"}}, 1, 1},
    {"v2, rounded up", 0, 8, {V2, {GROUP, "0::/a\n"}, {FS "/a/cpu.max", "300001 100000\n"}}, 4, 4},
    {"v2, more than the mask", 0, 2, {V2, {GROUP, "0::/a\n"}, {FS "/a/cpu.max", "300000 100000\n"}}, 2, 2},
    {"v2, max", 0, 8, {V2, {GROUP, "0::/a\n"}, {FS "/a/cpu.max", "max 100000\n"}}, 8, 8},
    {"v2, without the end of the line", 0, 8, {V2, {GROUP, "0::/a"}, {FS "/a/cpu.max", "200000 100000"}}, 2, 2},
    {"v2, the group that is mounted", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "200000 100000\n"}}, 2, 2},
    {"v2, the least is above",
     0,
     8,
     {V2,
      {GROUP, "0::/a/b/c\n"},
      {FS "/a/b/c/cpu.max", "500000 100000\n"},
      {FS "/a/b/cpu.max", "200000 100000\n"},
      {FS "/a/cpu.max", "max 100000\n"},
      {FS "/cpu.max", "600000 100000\n"}},
     2,
     2},
    {"v2, the least is the group's own",
     0,
     8,
     {V2,
      {GROUP, "0::/a/b\n"},
      {FS "/a/b/cpu.max", "300000 100000\n"},
      {FS "/a/cpu.max", "400000 100000\n"},
      {FS "/b/cpu.max", "100000 100000\n"}},
     3,
     3},
    {"v2, the least is at the mount", 0, 8, {V2, {GROUP, "0::/a/b\n"}, {FS "/cpu.max", "300000 100000\n"}}, 3, 3},
    {"v2, nothing above the mount", 0, 8, {V2, {GROUP, "0::/a\n"}, {"/sys/fs/cpu.max", "100000 100000\n"}}, 8, 8},
    {"v2, a group that was removed",
     0,
     8,
     {V2, {GROUP, "0::/a (deleted)\n"}, {FS "/cpu.max", "200000 100000\n"}},
     2,
     2},
    {"v2, a colon in the name", 0, 8, {V2, {GROUP, "0::/a:b\n"}, {FS "/a:b/cpu.max", "200000 100000\n"}}, 2, 2},
    {"v2, only part of the groups mounted",
     0,
     8,
     {{MOUNTS, "30 23 0:26 /a " FS " rw - cgroup2 none rw\n"},
      {GROUP, "0::/a/b\n"},
      {FS "/b/cpu.max", "300000 100000\n"},
      {FS "/a/b/cpu.max", "100000 100000\n"}},
     3,
     3},
    {"v2, the mounted group itself",
     0,
     8,
     {{MOUNTS, "30 23 0:26 /a " FS " rw - cgroup2 none rw\n"}, {GROUP, "0::/a\n"}, {FS "/cpu.max", "300000 100000\n"}},
     3,
     3},
    {"v2, other groups mounted",
     0,
     8,
     {{MOUNTS, "30 23 0:26 /a " FS " rw - cgroup2 none rw\n"},
      {GROUP, "0::/ab/c\n"},
      {FS "/cpu.max", "100000 100000\n"},
      {FS "b/cpu.max", "100000 100000\n"}},
     8,
     8},
    {"v2, outside of the namespace",
     0,
     8,
     {V2, {GROUP, "0::/../a\n"}, {FS "/cpu.max", "100000 100000\n"}, {"/sys/fs/a/cpu.max", "100000 100000\n"}},
     8,
     8},
    {"v2, a group whose name begins with dots",
     0,
     8,
     {V2, {GROUP, "0::/..a\n"}, {FS "/..a/cpu.max", "300000 100000\n"}},
     3,
     3},
    {"v2, a space in the folder",
     0,
     8,
     {{MOUNTS, "30 23 0:26 /\\134x " FS "\\040\\x rw - cgroup2 none rw\n"},
      {GROUP, "0::/\\x\n"},
      {FS " \\x/cpu.max", "300000 100000\n"}},
     3,
     3},
    {"v2, mounted twice",
     0,
     8,
     {{MOUNTS, "30 23 0:26 / /one rw - cgroup2 none rw\n31 23 0:26 / " FS " rw - cgroup2 none rw\n"},
      {GROUP, "0::/a\n"},
      {FS "/a/cpu.max", "300000 100000\n"}},
     3,
     3},
    {"v2, no group", 0, 8, {V2, {GROUP, "1::/\n0:cpu:x\n0:x:/\n0::a\n"}, {FS "/cpu.max", "100000 100000\n"}}, 8, 8},
    {"v2, no mount", 0, 8, {{MOUNTS, ""}, {GROUP, "0::/\n"}, {FS "/cpu.max", "100000 100000\n"}}, 8, 8},
    {"v2, no list of mounts", 0, 8, {{GROUP, "0::/\n"}, {FS "/cpu.max", "100000 100000\n"}}, 8, 8},
    {"v2, no list of groups", 0, 8, {V2, {FS "/cpu.max", "100000 100000\n"}}, 8, 8},
    {"v2, a quota of 0", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "0 100000\n"}}, 8, 8},
    {"v2, a period of 0", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "100000 0\n"}}, 8, 8},
    {"v2, no period", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "100000\n"}}, 8, 8},
    {"v2, an empty period", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "100000 \n"}}, 8, 8},
    {"v2, text after the period", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "100000 100000 1\n"}}, 8, 8},
    {"v2, a sign", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "+100000 100000\n"}}, 8, 8},
    {"v2, an empty file", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", ""}}, 8, 8},
    {"v2, an empty line", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "\n100000 100000\n"}}, 8, 8},
    {"v2, the largest quota", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "18446744073709551615 1\n"}}, 8, 8},
    {"v2, the largest period", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "1 18446744073709551615\n"}}, 1, 1},
    {"v2, a larger quota", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "18446744073709551617 1\n"}}, 8, 8},
    {"v2, 2^64 and 1 CPU", 0, 8, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "18446744073709651616 100000\n"}}, 8, 8},

    {"v1, a limit",
     0,
     8,
     {V1, {GROUP, "4:cpu,cpuacct:/a\n"}, {OF_V1("/a" QUOTA), "250000\n"}, {OF_V1("/a" PERIOD), "100000\n"}},
     3,
     3},
    {"v1, none",
     0,
     8,
     {V1, {GROUP, "4:cpu,cpuacct:/a\n"}, {OF_V1("/a" QUOTA), "-1\n"}, {OF_V1("/a" PERIOD), "100000\n"}},
     8,
     8},
    {"v1, no period", 0, 8, {V1, {GROUP, "4:cpu,cpuacct:/a\n"}, {OF_V1("/a" QUOTA), "250000\n"}}, 8, 8},
    {"v1, no quota", 0, 8, {V1, {GROUP, "4:cpu,cpuacct:/a\n"}, {OF_V1("/a" PERIOD), "250000\n"}}, 8, 8},
    {"v1, the least is above",
     0,
     8,
     {V1,
      {GROUP, "5:cpuset:/\n4:cpuacct,cpu:/a/b\n"},
      {OF_V1("/a/b" QUOTA), "800000\n"},
      {OF_V1("/a/b" PERIOD), "200000\n"},
      {OF_V1("/a" QUOTA), "200000\n"},
      {OF_V1("/a" PERIOD), "100000\n"}},
     2,
     2},
    {"v1, a container that sees its own group alone",
     0,
     8,
     {{MOUNTS, "33 31 0:30 /docker/1 " FS "/cpu rw - cgroup cgroup rw,cpu\n"},
      {GROUP, "1:cpu:/docker/1\n"},
      {FS "/cpu" QUOTA, "300000\n"},
      {FS "/cpu" PERIOD, "100000\n"}},
     3,
     3},
    {"v1, another controller",
     0,
     8,
     {{MOUNTS, "33 31 0:30 / " FS "/cpu rw - cgroup cgroup rw,cpuset,xcpu,\n"},
      {GROUP, "1:cpu:/\n"},
      {FS "/cpu" QUOTA, "100000\n"},
      {FS "/cpu" PERIOD, "100000\n"}},
     8,
     8},
    {"v1, groups of another controller",
     0,
     8,
     {V1, {GROUP, "1:cpuset:/\n2:cpuacct:/\n"}, {OF_V1(QUOTA), "100000\n"}, {OF_V1(PERIOD), "100000\n"}},
     8,
     8},
    {"hybrid, the limit is of v1",
     0,
     8,
     {{MOUNTS,
       "33 31 0:30 / " FS "/cpu rw - cgroup cgroup rw,cpu\n34 31 0:38 / " FS "/unified rw - cgroup2 cgroup2 rw\n"},
      {GROUP, "1:name=systemd:/x\n2:cpu:/a\n0::/b\n"},
      {FS "/cpu/a" QUOTA, "300000\n"},
      {FS "/cpu/a" PERIOD, "100000\n"}},
     3,
     3},
    {"hybrid, the limit is of v2",
     0,
     8,
     {{MOUNTS,
       "34 31 0:38 / " FS "/unified rw - cgroup2 cgroup2 rw\n33 31 0:30 / " FS "/cpu rw - cgroup cgroup rw,cpu\n"},
      {GROUP, "2:cpu:/a\n0::/b\n"},
      {FS "/cpu/a" QUOTA, "300000\n"},
      {FS "/cpu/a" PERIOD, "100000\n"},
      {FS "/unified/b/cpu.max", "200000 100000\n"}},
     2,
     2},
    {"mounts of nonsense",
     0,
     8,
     {{MOUNTS, "\n \n- \n33\n33 31 0:30 / " FS "\n33 31 0:30 / " FS " rw\n33 31 0:30 / " FS " rw -\n33 31 0:30 / " FS
               " rw - cgroup2\n33 31 0:30 / " FS " rw - cgroup2 none\n33 31 0:30 / " FS " rw cgroup2 none rw\n"},
      {GROUP, "0::/\n::\n:\n\n2:cpu\n"},
      {FS "/cpu.max", "100000 100000\n"}},
     8,
     8},

    {"two threads a core",
     0,
     4,
     {{SIBLINGS(0), "0,2\n"}, {SIBLINGS(1), "1,3\n"}, {SIBLINGS(2), "0,2\n"}, {SIBLINGS(3), "1,3\n"}},
     4,
     2},
    {"two threads a core, as a range", 0, 4, {{SIBLINGS(0), "0-1\n"}, {SIBLINGS(2), "2-3\n"}}, 4, 2},
    {"two threads a core, of another name", 0, 4, {{CORE(0), "0-1\n"}, {CORE(2), "2-3\n"}}, 4, 2},
    {"the second name where the first is strange", 0, 2, {{SIBLINGS(0), "x\n"}, {CORE(0), "0-1\n"}}, 2, 1},
    {"one of two threads in the mask", 1, 2, {{SIBLINGS(1), "0-1\n"}, {SIBLINGS(2), "2-3\n"}}, 2, 2},
    {"only second threads in the mask", 2, 2, {{SIBLINGS(2), "0,2\n"}, {SIBLINGS(3), "1,3\n"}}, 2, 2},
    {"one thread a core", 0, 2, {{SIBLINGS(0), "0\n"}, {SIBLINGS(1), "1\n"}}, 2, 2},
    {"eight threads a core", 0, 16, {{SIBLINGS(0), "0-7\n"}, {SIBLINGS(8), "8,9,10-12,13-15\n"}}, 16, 2},
    {"nine threads a core are too many", 0, 9, {{SIBLINGS(0), "0-8\n"}}, 9, 9},
    {"nine threads a core in two ranges", 0, 9, {{SIBLINGS(0), "0-6,7-8\n"}}, 9, 9},
    {"the last CPUs of a mask", BP_LINUX_CPUS - 2, 2, {{SIBLINGS(8190), "8190-8191\n"}}, 2, 1},
    {"a CPU outside of masks", BP_LINUX_CPUS - 2, 2, {{SIBLINGS(8190), "8190-8192\n"}}, 2, 2},
    {"a list without its CPU", 0, 4, {{SIBLINGS(0), "1-3\n"}}, 4, 4},
    {"a range that goes down", 0, 2, {{SIBLINGS(0), "0,1-0\n"}}, 2, 2},
    {"a range without an end", 0, 2, {{SIBLINGS(0), "0-\n"}}, 2, 2},
    {"a list without an end", 0, 2, {{SIBLINGS(0), "0-1,\n"}}, 2, 2},
    {"text after a list", 0, 2, {{SIBLINGS(0), "0-1 2\n"}}, 2, 2},
    {"an empty list", 0, 2, {{SIBLINGS(0), "\n"}}, 2, 2},
    {"huge numbers",
     0,
     2,
     {{SIBLINGS(0), "0-18446744073709551615\n"}, {SIBLINGS(1), "1,18446744073709551616\n"}},
     2,
     2},
    {"cores and a limit above them",
     0,
     4,
     {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "300000 100000\n"}, {SIBLINGS(0), "0-1\n"}, {SIBLINGS(2), "2-3\n"}},
     3,
     2},
    {"cores and a limit below them",
     0,
     4,
     {V2, {GROUP, "0::/\n"}, {FS "/cpu.max", "100000 100000\n"}, {SIBLINGS(0), "0-1\n"}, {SIBLINGS(2), "2-3\n"}},
     1,
     1},
};

/* ---- made-up folders */

static char root[] = "/tmp/bp-test-cpus-XXXXXX"; /* absolute, as in Linux */

static void path_in_root(char path[PATH], const char *name)
{
    assert_true(snprintf(path, PATH, "%s%s", root, name) < PATH);
}

static void write_file(const char *name, const char *text, size_t size)
{
    char path[PATH];
    path_in_root(path, name);
    for (char *at = path + strlen(root) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
        *at = '/';
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    return walk->level == 0 ? 0 : remove(path);
}

static void remove_files(void) { assert_int_equal(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0); }

static void write_machine(const struct machine *machine)
{
    remove_files();
    for (size_t i = 0; i < FILES && machine->files[i].path; i++)
        write_file(machine->files[i].path, machine->files[i].text, strlen(machine->files[i].text));
}

static struct bp_linux_mask mask_of(const struct machine *machine)
{
    struct bp_linux_mask mask = {{0}};
    for (size_t cpu = machine->first; cpu < machine->first + machine->count; cpu++)
        mask.words[cpu / BP_LINUX_WORD] |= 1UL << cpu % BP_LINUX_WORD;
    return mask;
}

/* The number that the next open file gets. */
static int next_descriptor(void)
{
    const int next = dup(STDERR_FILENO);
    assert_true(next >= 0);
    close(next);
    return next;
}

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    remove_files();
    return rmdir(root);
}

/* ---- tests */

static void cpus_and_cores_are_those_that_limits_allow(void **state)
{
    const int next = next_descriptor();
    (void)state;
    for (size_t i = 0; i < COUNT(machines); i++) {
        const struct bp_linux_mask mask = mask_of(&machines[i]);
        write_machine(&machines[i]);
        const size_t cpus = bp_linux_cpus(root, &mask), cores = bp_linux_cores(root, &mask);
        if (cpus != machines[i].cpus || cores != machines[i].cores)
            fail_msg("%s: %zu CPUs and %zu cores", machines[i].name, cpus, cores);
    }
    assert_int_equal(next_descriptor(), next);
}

/* A path that cannot be opened: the path of a folder, and one without permission for whoever is not root. */
static void what_cannot_be_read_limits_nothing(void **state)
{
    const struct machine machine = {"", 0, 4, {V2, {GROUP, "0::/\n"}, {FS "/cpu.max/file", ""}}, 4, 4};
    const struct bp_linux_mask mask = mask_of(&machine);
    (void)state;
    write_machine(&machine);
    assert_int_equal(bp_linux_cpus(root, &mask), 4);
    assert_int_equal(bp_linux_cpus("/nowhere at all", &mask), 4);
}

/* Of a mount whose last field fills the line up. */
static size_t cpus_with_line_of(size_t size)
{
    static const char mount[] = "33 31 0:30 / " FS " rw - cgroup cgroup rw,cpu,";
    static char text[2 * BP_LINUX_LINE];
    const struct machine machine = {"", 0, 8, {{GROUP, "1:cpu:/\n"}, {FS QUOTA, "300000\n"}, {FS PERIOD, "100000\n"}},
                                    8,  8};
    const struct bp_linux_mask mask = mask_of(&machine);
    write_machine(&machine);
    memset(text, 'x', size);
    memcpy(text, mount, sizeof(mount) - 1);
    text[size] = '\n';
    write_file(MOUNTS, text, size + 1);
    const size_t ended = bp_linux_cpus(root, &mask);
    write_file(MOUNTS, text, size);
    assert_int_equal(bp_linux_cpus(root, &mask), ended);
    return ended;
}

static void longer_lines_are_left_out(void **state)
{
    (void)state;
    assert_int_equal(cpus_with_line_of(1024), 3);
    assert_int_equal(cpus_with_line_of(BP_LINUX_LINE), 3);
    assert_int_equal(cpus_with_line_of(BP_LINUX_LINE + 1), 8);
    assert_int_equal(cpus_with_line_of(2 * BP_LINUX_LINE - 1), 8);
}

static void lines_after_a_longer_one_count(void **state)
{
    static char text[3 * BP_LINUX_LINE];
    const struct machine machine = {"", 0, 8, {{GROUP, "0::/\n"}, {FS "/cpu.max", "300000 100000\n"}}, 8, 8};
    const struct bp_linux_mask mask = mask_of(&machine);
    (void)state;
    write_machine(&machine);
    memset(text, 'x', sizeof(text));
    snprintf(text + 2 * BP_LINUX_LINE, BP_LINUX_LINE, "\n30 23 0:26 / " FS " rw - cgroup2 none rw\n");
    write_file(MOUNTS, text, strlen(text));
    assert_int_equal(bp_linux_cpus(root, &mask), 3);
}

/* The folders that a path of 2,047 bytes names cannot all be made: its limit is that of the folders above, which the
 * walk up reaches. A longer path is not walked. */
static void longer_paths_are_left_out(void **state)
{
    static char group[PATH];
    const struct machine machine = {"", 0, 8, {V2, {FS "/cpu.max", "300000 100000\n"}}, 8, 8};
    const struct bp_linux_mask mask = mask_of(&machine);
    (void)state;
    for (size_t size = BP_LINUX_LINE - 100; size <= BP_LINUX_LINE; size++) {
        const bool fits = size - 3 + strlen(root) + strlen(FS) <= BP_LINUX_LINE;
        write_machine(&machine);
        memset(group, 'x', size);
        memcpy(group, "0::/", 4);
        write_file(GROUP, group, size);
        assert_int_equal(bp_linux_cpus(root, &mask), fits ? 3 : 8);
    }
}

/* Each file with bytes changed, and cut. */
static void damaged_files_break_nothing(void **state)
{
    static const char bytes[] = " -,:/\\\n0179.x";
    uint64_t seed = 14;
    (void)state;
    for (size_t i = 0; i < COUNT(machines); i++) {
        const struct bp_linux_mask mask = mask_of(&machines[i]);
        const size_t most = machines[i].count > 0 ? machines[i].count : 1;
        write_machine(&machines[i]);
        for (size_t k = 0; machines[i].files[0].path && k < DAMAGES / COUNT(machines) + 1; k++) {
            char text[1000];
            size_t file = 0;
            while (file + 1 < FILES && machines[i].files[file + 1].path && any_uniform(&seed, 0, 1) < 0.7)
                file++;
            size_t size = strlen(machines[i].files[file].text);
            assert_true(size < sizeof(text));
            memcpy(text, machines[i].files[file].text, size + 1);
            for (size_t change = 0; size > 0 && change < 3; change++)
                text[(size_t)any_uniform(&seed, 0, (double)size)] = bytes[(size_t)any_uniform(&seed, 0, sizeof(bytes))];
            if (any_uniform(&seed, 0, 1) < 0.2)
                size = (size_t)any_uniform(&seed, 0, (double)size);
            write_file(machines[i].files[file].path, text, size);
            const size_t cpus = bp_linux_cpus(root, &mask), cores = bp_linux_cores(root, &mask);
            assert_true(cores >= 1 && cores <= cpus && cpus <= most);
        }
    }
}

static void this_machine_has_no_more_cores_than_cpus(void **state)
{
    enum { SENTINEL = 4711 };
    (void)state;
    errno = SENTINEL;
    const size_t cpus = bp_parallel_cpus(), cores = bp_parallel_cores();
    assert_int_equal(errno, SENTINEL);
    assert_true(cores >= 1 && cores <= cpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpus_and_cores_are_those_that_limits_allow),
        cmocka_unit_test(what_cannot_be_read_limits_nothing),
        cmocka_unit_test(longer_lines_are_left_out),
        cmocka_unit_test(lines_after_a_longer_one_count),
        cmocka_unit_test(longer_paths_are_left_out),
        cmocka_unit_test(damaged_files_break_nothing),
        cmocka_unit_test(this_machine_has_no_more_cores_than_cpus),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}

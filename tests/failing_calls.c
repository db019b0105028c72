/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "failing_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const call_names[CALLS] = {"open",  "openat", "read",    "write",  "fsync", "rename",
                                       "close", "fstat",  "fstatat", "fchmod", "unlink"};

struct plan plan;
struct cut cut;

/* Whether this call is the one. Another that is interrupted may be called again. */
static bool turns(enum call call)
{
    if (!plan.counts)
        return false;
    const size_t count = ++plan.calls[call];
    const bool sticks = plan.sticks && call == UNLINK;
    const bool fails =
        plan.fails == call && plan.at > 0 && (count == plan.at || (plan.from_then_on && count > plan.at));
    if (!fails && !sticks)
        return false;
    plan.failed++;
    errno = fails ? plan.by : EIO;
    return true;
}

#define WRAP(type, name, ...)                                                                                          \
    type __real_##name(__VA_ARGS__);                                                                                   \
    type __wrap_##name(__VA_ARGS__);                                                                                   \
    type __wrap_##name(__VA_ARGS__)

WRAP(int, open64, const char *path, int flags, mode_t mode)
{
    return turns(OPEN) ? -1 : __real_open64(path, flags, mode);
}

WRAP(int, openat64, int folder, const char *path, int flags, mode_t mode)
{
    return turns(OPENAT) ? -1 : __real_openat64(folder, path, flags, mode);
}

WRAP(ssize_t, read, int file, void *bytes, size_t size)
{
    if (plan.counts && plan.calls[READ] + 1 == cut.before && truncate(cut.path, cut.size) != 0)
        abort();
    if (turns(READ))
        return plan.by == NOTHING ? 0 : plan.by == ONE_BYTE ? __real_read(file, bytes, 1) : -1;
    return __real_read(file, bytes, size);
}

WRAP(ssize_t, write, int file, const void *bytes, size_t size)
{
    if (turns(WRITE))
        return plan.by == NOTHING ? 0 : plan.by == ONE_BYTE ? __real_write(file, bytes, 1) : -1;
    return __real_write(file, bytes, size);
}

WRAP(int, fsync, int file) { return turns(FSYNC) ? -1 : __real_fsync(file); }

WRAP(int, renameat, int from_folder, const char *from, int to_folder, const char *to)
{
    return turns(RENAME) ? -1 : __real_renameat(from_folder, from, to_folder, to);
}

/* It closes, whatever it says. */
WRAP(int, close, int file)
{
    const bool fails = turns(CLOSE);
    const int error = errno, result = __real_close(file);
    errno = fails ? error : errno;
    return fails ? -1 : result;
}

WRAP(int, fstat64, int file, struct stat *status) { return turns(FSTAT) ? -1 : __real_fstat64(file, status); }

WRAP(int, fstatat64, int folder, const char *path, struct stat *status, int flags)
{
    return turns(FSTATAT) ? -1 : __real_fstatat64(folder, path, status, flags);
}

WRAP(int, fchmod, int file, mode_t mode) { return turns(FCHMOD) ? -1 : __real_fchmod(file, mode); }

WRAP(int, unlinkat, int folder, const char *path, int flags)
{
    return turns(UNLINK) ? -1 : __real_unlinkat(folder, path, flags);
}

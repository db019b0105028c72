/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "io/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/bytes.h"

enum { MOST_NAMES = 100 }; /* tried, of 2^64 */

#define NEW_FILE 0666 /* less the umask, as any program's */
#define PERMISSIONS 07777

/* The folder is opened, so that it is the same one to the end, whatever becomes of its name. */
static bp_status open_folder(struct bp_replacement *r)
{
    const char *path = r->io->path, *slash = strrchr(path, '/');
    const size_t size = slash ? (size_t)(slash - path) + 1 : 0; /* "/" stays itself */
    r->base = slash ? slash + 1 : path;
    if (!*r->base)
        return bp_io_fail(r->io, BP_ERR_IO, "is the name of a folder, not of a file");
    char *folder = bp_memory_allocate(r->io->allocator, size + 2, 1);
    if (!folder)
        return bp_io_no_memory(r->io);
    memcpy(folder, size ? path : ".", size ? size : 1);
    r->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int number = errno;
    bp_memory_release(r->io->allocator, folder);
    errno = number;
    return r->folder < 0 ? bp_io_fail_errno(r->io, "its folder cannot be opened") : BP_OK;
}

static bp_status draw(const struct bp_replacement *r, uint64_t *number)
{
    unsigned char bytes[BP_BYTES_U64];
    size_t got = 0;
    const int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return bp_io_fail_errno(r->io, "/dev/urandom cannot be opened");
    while (got < sizeof(bytes)) {
        const ssize_t more = read(file, bytes + got, sizeof(bytes) - got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            break;
        got += (size_t)more;
    }
    const bp_status status = got < sizeof(bytes) ? bp_io_fail_errno(r->io, "/dev/urandom cannot be read") : BP_OK;
    (void)close(file);
    *number = bp_bytes_get_u64(bytes);
    return status;
}

/* Nobody else's file, and not readable by more than the old one. */
static bp_status open_file(struct bp_replacement *r, mode_t mode)
{
    for (int i = 0; i < MOST_NAMES; i++) {
        uint64_t number = 0;
        BP_TRY(draw(r, &number));
        snprintf(r->name, sizeof(r->name), ".bp-%016llx.tmp", (unsigned long long)number);
        r->file = openat(r->folder, r->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        r->named = r->file >= 0;
        if (r->named)
            return BP_OK;
        if (errno != EEXIST && errno != EINTR)
            break;
    }
    return bp_io_fail_errno(r->io, "no file can be made in its folder");
}

bp_status bp_replace_begin(struct bp_replacement *r, const struct bp_io *io)
{
    struct stat old;
    *r = (struct bp_replacement){.io = io, .folder = -1, .file = -1};
    BP_TRY(open_folder(r));
    const bool there = fstatat(r->folder, r->base, &old, AT_SYMLINK_NOFOLLOW) == 0;
    if (!there && errno != ENOENT)
        return bp_io_fail_errno(io, "cannot be looked at");
    if (there && !S_ISREG(old.st_mode))
        return bp_io_fail(io, BP_ERR_IO, "is %s: only regular files are replaced",
                          S_ISDIR(old.st_mode)   ? "a folder"
                          : S_ISLNK(old.st_mode) ? "a symbolic link"
                                                 : "a device or a pipe");
    BP_TRY(open_file(r, there ? old.st_mode & S_IRWXU : NEW_FILE));
    if (there && fchmod(r->file, old.st_mode & PERMISSIONS) != 0)
        return bp_io_fail_errno(io, "its permissions cannot be given to a new file");
    return BP_OK;
}

static int sync_again(int file)
{
    int result;
    do
        result = fsync(file);
    while (result != 0 && errno == EINTR);
    return result;
}

/* An interrupted close has closed: what was written is on the disk already. */
static int close_once(int *file)
{
    const int result = close(*file);
    *file = -1;
    return result != 0 && errno == EINTR ? 0 : result;
}

bp_status bp_replace_finish(struct bp_replacement *r)
{
    if (sync_again(r->file) != 0)
        return bp_io_fail_errno(r->io, "cannot be brought to the disk");
    if (close_once(&r->file) != 0)
        return bp_io_fail_errno(r->io, "cannot be closed");
    if (renameat(r->folder, r->name, r->folder, r->base) != 0)
        return bp_io_fail_errno(r->io, "cannot be put in place");
    r->named = false;
    if (sync_again(r->folder) != 0 && errno != EINVAL) /* which says that a folder needs none there */
        return bp_io_fail_errno(r->io, "is saved, but may be the old file again after a power failure");
    return BP_OK;
}

void bp_replace_abandon(struct bp_replacement *r)
{
    if (r->file >= 0)
        (void)close(r->file);
    if (r->named)
        (void)unlinkat(r->folder, r->name, 0);
    if (r->folder >= 0)
        (void)close(r->folder);
    r->file = r->folder = -1;
    r->named = false;
}

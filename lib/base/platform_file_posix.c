/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sync_file_range */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/platform_file.h"

#define PERMISSIONS (S_ISUID | S_ISGID | S_ISVTX | S_IRWXU | S_IRWXG | S_IRWXO)

enum { MOST_AT_ONCE = 1 << 30 }; /* Linux moves less than 2^31 bytes at once */

int bp_file_open(const char *path, bool follows_links)
{
    /* not to wait for the other end of a pipe, nor to take a terminal */
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follows_links ? 0 : O_NOFOLLOW));
}

static struct bp_file_status status_of(const struct stat *found)
{
    return (struct bp_file_status){.kind = S_ISREG(found->st_mode)   ? BP_FILE_REGULAR
                                           : S_ISDIR(found->st_mode) ? BP_FILE_FOLDER
                                           : S_ISLNK(found->st_mode) ? BP_FILE_LINK
                                                                     : BP_FILE_OTHER,
                                   .size = (uint64_t)found->st_size,
                                   .owner = found->st_uid,
                                   .group = found->st_gid,
                                   .permissions = found->st_mode & PERMISSIONS};
}

bool bp_file_get_status(int file, struct bp_file_status *status)
{
    struct stat found;
    if (fstat(file, &found) != 0)
        return false;
    *status = status_of(&found);
    return true;
}

int64_t bp_file_read(int file, void *bytes, size_t size)
{
    ssize_t got;
    do
        got = read(file, bytes, size < MOST_AT_ONCE ? size : MOST_AT_ONCE);
    while (got < 0 && errno == EINTR);
    return got;
}

int64_t bp_file_write(int file, const void *bytes, size_t size)
{
    ssize_t done;
    do
        done = write(file, bytes, size < MOST_AT_ONCE ? size : MOST_AT_ONCE);
    while (done < 0 && errno == EINTR);
    return done;
}

int64_t bp_file_seek_end(int file) { return lseek(file, 0, SEEK_END); }

bool bp_file_seek(int file, uint64_t offset) { return lseek(file, (off_t)offset, SEEK_SET) >= 0; }

void bp_file_push(int file, uint64_t offset, uint64_t size)
{
#ifdef SYNC_FILE_RANGE_WRITE
    (void)sync_file_range(file, (off_t)offset, (off_t)size, SYNC_FILE_RANGE_WRITE);
#else
    (void)file;
    (void)offset;
    (void)size;
#endif
}

bool bp_file_sync(int file)
{
    int result;
    do
        result = fsync(file);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

void bp_file_close(int file) { (void)close(file); }

/* ---- owner, group and permissions */

/* Which of the old file's permissions a file of another owner or group may have, so that nobody gets more than they
 * had. Users of the old group count among the others then, and others may be in the new group: both get what both
 * had. */
static mode_t narrowed(mode_t mode, bool owner_kept, bool group_kept)
{
    if (!owner_kept)
        mode &= ~(mode_t)S_ISUID;
    if (!group_kept) {
        const mode_t both = mode >> 3 & mode & S_IRWXO;
        mode = (mode & ~(mode_t)(S_ISGID | S_IRWXG | S_IRWXO)) | both << 3 | both;
    }
    return mode;
}

static bool may_not(void)
{
    return errno == EPERM || errno == EINVAL;
} /* the latter of users that a container does not have */

/* Root may give a file away, others may give it to a group of their own. The permissions come last, for a change of
 * owner takes set-user-ID and set-group-ID away. */
const char *bp_file_give(int file, const struct bp_file_status *old)
{
    const uid_t owner = (uid_t)old->owner;
    const gid_t group = (gid_t)old->group;
    struct stat made;
    if (fstat(file, &made) != 0)
        return "the owner of the new file cannot be read";
    bool owner_kept = made.st_uid == owner, group_kept = made.st_gid == group;
    if (!owner_kept) {
        owner_kept = fchown(file, owner, group) == 0;
        group_kept = group_kept || owner_kept;
        if (!owner_kept && !may_not())
            return "the new file cannot get its owner";
    }
    if (!group_kept) {
        group_kept = fchown(file, (uid_t)-1, group) == 0;
        if (!group_kept && !may_not())
            return "the new file cannot get its group";
    }
    if (fchmod(file, narrowed((mode_t)old->permissions, owner_kept, group_kept)) != 0)
        return "the new file cannot get its permissions";
    return NULL;
}

/* ---- folders */

bool bp_folder_open(struct bp_folder *folder, const char *path)
{
    *folder = (struct bp_folder){open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path};
    return folder->file >= 0;
}

void bp_folder_close(struct bp_folder *folder)
{
    if (folder->file >= 0)
        (void)close(folder->file);
    folder->file = -1;
}

/* EINVAL says that a folder needs none there. */
bool bp_folder_sync(const struct bp_folder *folder) { return bp_file_sync(folder->file) || errno == EINVAL; }

bool bp_folder_get_status(const struct bp_folder *folder, const char *name, struct bp_file_status *status)
{
    struct stat found;
    if (fstatat(folder->file, name, &found, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    *status = status_of(&found);
    return true;
}

const char *bp_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

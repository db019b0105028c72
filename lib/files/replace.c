/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* S_ISVTX */
#include "files/replace.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "files/temporary.h"

#define NEW_FILE 0666 /* less the umask, as any program's */
#define PERMISSIONS (S_ISUID | S_ISGID | S_ISVTX | S_IRWXU | S_IRWXG | S_IRWXO)

struct replacement {
    const struct bp_call *call;
    const char *base; /* of the path */
    int folder;       /* -1: none */
    bool there;       /* the old file is */
    struct stat old;
    struct bp_temporary file;
};

static bp_status fail_to_open(const struct bp_call *call, const char *what)
{
    if (errno == EMFILE || errno == ENFILE)
        return bp_fail(call, BP_ERR_IO, "%s: no descriptor is free, and a save takes two", what);
    return bp_fail_errno(call, what);
}

/* The folder is opened, so that it is the same one to the end, whatever becomes of its name. */
static bp_status open_folder(struct replacement *r)
{
    const char *path = r->call->path, *slash = strrchr(path, '/');
    const size_t size = slash ? (size_t)(slash - path) + 1 : 0; /* "/" stays itself */
    r->base = slash ? slash + 1 : path;
    if (!*r->base)
        return bp_fail(r->call, BP_ERR_IO, "is the name of a folder, not of a file");
    char *folder = bp_memory_allocate(r->call->allocator, size + 2, 1);
    if (!folder)
        return bp_fail_memory(r->call);
    memcpy(folder, size ? path : ".", size ? size : 1);
    r->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int number = errno;
    bp_memory_release(r->call->allocator, folder);
    errno = number;
    return r->folder < 0 ? fail_to_open(r->call, "its folder cannot be opened") : BP_OK;
}

static bp_status look_at_old(struct replacement *r)
{
    r->there = fstatat(r->folder, r->base, &r->old, AT_SYMLINK_NOFOLLOW) == 0;
    if (!r->there && errno != ENOENT)
        return bp_fail_errno(r->call, "cannot be looked at");
    if (r->there && !S_ISREG(r->old.st_mode))
        return bp_fail(r->call, BP_ERR_IO, "is %s: only regular files are replaced",
                       S_ISDIR(r->old.st_mode)   ? "a folder"
                       : S_ISLNK(r->old.st_mode) ? "a symbolic link"
                                                 : "a device or a pipe");
    return BP_OK;
}

/* Until it has the old file's owner the new one is for its maker alone. */
static mode_t permissions_at_first(const struct replacement *r) { return r->there ? S_IRUSR | S_IWUSR : NEW_FILE; }

/* ---- owner, group and permissions */

/* Which of the old file's permissions a file of another owner or group may have, so that nobody gets more than they had. Users of the
 * old group count among the others then, and others may be in the new group: both get what both had. */
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

/* The old file's owner, group and permissions, as far as this process may give them: root may give a file away, others may give it
 * to a group of their own. The permissions come last, for a change of owner takes set-user-ID and set-group-ID away. */
static bp_status give(const struct replacement *r)
{
    const int file = r->file.file;
    const struct stat *old = &r->old;
    struct stat made;
    if (!r->there)
        return BP_OK;
    if (fstat(file, &made) != 0)
        return bp_fail_errno(r->call, "its new file cannot be looked at");
    bool owner_kept = made.st_uid == old->st_uid, group_kept = made.st_gid == old->st_gid;
    if (!owner_kept) {
        owner_kept = fchown(file, old->st_uid, old->st_gid) == 0;
        group_kept = group_kept || owner_kept;
        if (!owner_kept && !may_not())
            return bp_fail_errno(r->call, "its owner cannot be given to a new file");
    }
    if (!group_kept) {
        group_kept = fchown(file, (uid_t)-1, old->st_gid) == 0;
        if (!group_kept && !may_not())
            return bp_fail_errno(r->call, "its group cannot be given to a new file");
    }
    if (fchmod(file, narrowed(old->st_mode & PERMISSIONS, owner_kept, group_kept)) != 0)
        return bp_fail_errno(r->call, "its permissions cannot be given to a new file");
    return BP_OK;
}

/* ---- the new file */

static int sync_again(int file)
{
    int result;
    do
        result = fsync(file);
    while (result != 0 && errno == EINTR);
    return result;
}

static bp_status write_whole(struct replacement *r, bp_put_fn *put, void *context)
{
    BP_TRY(put(context, r->file.file));
    BP_TRY(give(r));
    return sync_again(r->file.file) == 0 ? BP_OK : bp_fail_errno(r->call, "cannot be brought to the disk");
}

/* Whether that is possible at all shows only when the whole file is to get its name. */
static bp_status write_unnamed(struct replacement *r, bp_put_fn *put, void *context)
{
    if (!bp_temporary_open_unnamed(&r->file, permissions_at_first(r)))
        return BP_OK;
    BP_TRY(write_whole(r, put, context));
    if (!bp_temporary_link(&r->file))
        bp_temporary_drop(&r->file);
    return BP_OK;
}

static bp_status write_named(struct replacement *r, bp_put_fn *put, void *context)
{
    if (!bp_temporary_open_named(&r->file, permissions_at_first(r)))
        return fail_to_open(r->call, "no file can be made in its folder");
    return write_whole(r, put, context);
}

static bp_status put_in_place(struct replacement *r)
{
    if (!bp_temporary_rename(&r->file, r->base))
        return bp_fail_errno(r->call, "cannot be put in place");
    if (sync_again(r->folder) != 0 && errno != EINVAL) /* which says that a folder needs none there */
        return bp_fail_errno(r->call, "is saved, but may be the old file again after a power failure");
    return BP_OK;
}

static bp_status replace(struct replacement *r, bp_put_fn *put, void *context)
{
    BP_TRY(open_folder(r));
    BP_TRY(look_at_old(r));
    r->file = bp_temporary_of(r->folder, r->base);
    bp_temporary_sweep(&r->file, r->there ? r->old.st_uid : geteuid());
    BP_TRY(write_unnamed(r, put, context));
    if (!r->file.named)
        BP_TRY(write_named(r, put, context));
    return put_in_place(r);
}

bp_status bp_replace(const struct bp_call *call, bp_put_fn *put, void *context)
{
    struct replacement r = {.call = call, .folder = -1, .file = {.file = -1}};
    const bp_status status = replace(&r, put, context);
    bp_temporary_drop(&r.file);
    if (r.folder >= 0)
        (void)close(r.folder);
    return status;
}

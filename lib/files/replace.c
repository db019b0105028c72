/* SPDX-License-Identifier: MIT */
#include "files/replace.h"

#include <errno.h>
#include <string.h>

#include "base/platform_temporary.h"

enum { NEW_FILE = 0666, ITS_MAKERS = 0600 }; /* less the umask, as any program's */

struct replacement {
    const struct bp_call *call;
    const char *base; /* of the path */
    char *path;       /* of the folder */
    struct bp_folder folder;
    bool there; /* the old file is */
    struct bp_file_status old;
    struct bp_temporary file;
};

static bp_status fail_to_open(const struct bp_call *call, const char *what)
{
    if (errno == EMFILE || errno == ENFILE)
        return bp_fail(call, BP_ERR_IO, "%s: no file descriptor is free, and a save needs two", what);
    return bp_fail_errno(call, what);
}

/* The folder is opened, so that it is the same one to the end, whatever becomes of its name. */
static bp_status open_folder(struct replacement *r)
{
    const char *path = r->call->path;
    r->base = bp_path_base(path);
    const size_t size = (size_t)(r->base - path); /* "/" stays itself */
    if (!*r->base)
        return bp_fail(r->call, BP_ERR_IO, "is the name of a folder, not of a file");
    r->path = bp_memory_allocate(r->call->allocator, size + 2, 1);
    if (!r->path)
        return bp_fail_memory(r->call);
    memcpy(r->path, size ? path : ".", size ? size : 1);
    return bp_folder_open(&r->folder, r->path) ? BP_OK : fail_to_open(r->call, "its folder cannot be opened");
}

static bp_status find_old(struct replacement *r)
{
    r->there = bp_folder_get_status(&r->folder, r->base, &r->old);
    if (!r->there && errno != ENOENT)
        return bp_fail_errno(r->call, "cannot be examined");
    if (r->there && r->old.kind != BP_FILE_REGULAR)
        return bp_fail(r->call, BP_ERR_IO, "is %s: only regular files are replaced",
                       r->old.kind == BP_FILE_FOLDER ? "a folder"
                       : r->old.kind == BP_FILE_LINK ? "a symbolic link"
                                                     : "a device or a pipe");
    return BP_OK;
}

/* Until it has the old file's owner the new one is for its maker alone. */
static uint32_t permissions_at_first(const struct replacement *r) { return r->there ? ITS_MAKERS : NEW_FILE; }

/* ---- the new file */

/* The old file's owner, group and permissions, as far as this process may give them. */
static bp_status give(const struct replacement *r)
{
    const char *failed = r->there ? bp_file_give(r->file.file, &r->old) : NULL;
    return failed ? bp_fail_errno(r->call, failed) : BP_OK;
}

static bp_status write_whole(struct replacement *r, bp_put_fn *put, void *context)
{
    BP_TRY(put(context, r->file.file));
    BP_TRY(give(r));
    return bp_file_sync(r->file.file) ? BP_OK : bp_fail_errno(r->call, "cannot be synced to the disk");
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
        return bp_fail_errno(r->call, "the new file cannot be renamed to this path");
    if (!bp_folder_sync(&r->folder))
        return bp_fail_errno(r->call, "is saved, but may be the old file again after a power failure");
    return BP_OK;
}

static bp_status replace(struct replacement *r, bp_put_fn *put, void *context)
{
    BP_TRY(open_folder(r));
    BP_TRY(find_old(r));
    r->file = bp_temporary_of(&r->folder, r->base);
    bp_temporary_sweep(&r->file, r->there ? &r->old : NULL);
    BP_TRY(write_unnamed(r, put, context));
    if (!r->file.named)
        BP_TRY(write_named(r, put, context));
    return put_in_place(r);
}

bp_status bp_replace(const struct bp_call *call, bp_put_fn *put, void *context)
{
    struct replacement r = {.call = call, .folder = {.file = -1}, .file = {.file = -1}};
    const bp_status status = replace(&r, put, context);
    bp_temporary_drop(&r.file);
    bp_folder_close(&r.folder);
    bp_memory_release(call->allocator, r.path);
    return status;
}

/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "base/platform_temporary.h"
#include "base/windows.h"

/* The name goes when the handle is closed. */
static void mark_deleted(HANDLE handle)
{
    FILE_DISPOSITION_INFO disposition = {.DeleteFile = TRUE};
    (void)SetFileInformationByHandle(handle, FileDispositionInfo, &disposition, sizeof(disposition));
}

/* ---- what killed saves have left */

/* A file of a save that lives cannot be opened. */
static void remove_left(const wchar_t *path)
{
    BY_HANDLE_FILE_INFORMATION found;
    const HANDLE handle =
        CreateFileW(path, DELETE | FILE_READ_ATTRIBUTES, 0, NULL, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return;
    if (GetFileInformationByHandle(handle, &found) &&
        (found.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) == 0)
        mark_deleted(handle);
    (void)CloseHandle(handle);
}

void bp_temporary_sweep(const struct bp_temporary *t, const struct bp_file_status *old)
{
    (void)old;
    for (int i = 0; i < BP_TEMPORARY_OWN; i++) {
        char name[BP_TEMPORARY_NAME];
        wchar_t path[BP_WIDE_PATH];
        bp_temporary_name_own(name, t->path, i);
        if (bp_wide_path_in(path, t->folder->path, name))
            remove_left(path);
    }
}

/* ---- with a name from the beginning */

static bool create(struct bp_temporary *t)
{
    wchar_t path[BP_WIDE_PATH];
    if (!bp_wide_path_in(path, t->folder->path, t->name))
        return false;
    t->file = bp_windows_descriptor(
        CreateFileW(path, GENERIC_WRITE | DELETE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL));
    t->named = t->file >= 0;
    return t->named;
}

bool bp_temporary_open_named(struct bp_temporary *t, uint32_t permissions)
{
    (void)permissions;
    for (int tries = 0; tries < BP_TEMPORARY_TRIES; tries++) {
        bp_temporary_name(t, tries);
        if (create(t))
            return true;
        if (errno != EEXIST)
            break;
    }
    return false;
}

/* ---- without a name there are none */

bool bp_temporary_open_unnamed(struct bp_temporary *t, uint32_t permissions)
{
    (void)t;
    (void)permissions;
    return false;
}

bool bp_temporary_link(struct bp_temporary *t) { return t->named; }

/* ---- its end */

struct renaming {
    FILE_RENAME_INFO info;
    wchar_t buffer[BP_WIDE_PATH];
};

/* Of Windows 10. The flags stand where older ones have a BOOLEAN, whether the other file is replaced. */
enum { RENAME_INFO_EX = 22, REPLACE = 1, POSIX_SEMANTICS = 2 };

static bool rename_by(HANDLE handle, struct renaming *renaming, int kind, DWORD flags)
{
    memcpy(&renaming->info, &flags, sizeof(flags));
    return SetFileInformationByHandle(handle, (FILE_INFO_BY_HANDLE_CLASS)kind, renaming, sizeof(*renaming));
}

/* By the handle, so that nobody can open the file in between. As POSIX does where the system can: a file that others
 * are reading is replaced too. */
bool bp_temporary_rename(struct bp_temporary *t, const char *base)
{
    const HANDLE handle = bp_windows_handle(t->file);
    struct renaming renaming = {0};
    wchar_t path[BP_WIDE_PATH];
    if (!bp_wide_path_in(path, t->folder->path, base))
        return false;
    const DWORD length = GetFullPathNameW(path, BP_WIDE_PATH, renaming.info.FileName, NULL);
    if (length == 0 || length >= BP_WIDE_PATH) {
        errno = ENAMETOOLONG;
        return false;
    }
    renaming.info.FileNameLength = length * (DWORD)sizeof(*path);
    if (!rename_by(handle, &renaming, RENAME_INFO_EX, REPLACE | POSIX_SEMANTICS) &&
        !rename_by(handle, &renaming, FileRenameInfo, REPLACE))
        return bp_windows_failed();
    t->named = false;
    return true;
}

void bp_temporary_drop(struct bp_temporary *t)
{
    if (t->named)
        mark_deleted(bp_windows_handle(t->file));
    if (t->file >= 0)
        bp_file_close(t->file);
    t->named = false;
    t->file = -1;
}

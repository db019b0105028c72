/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <string.h>

#include "base/platform_file.h"
#include "base/windows.h"

enum { MOST_AT_ONCE = 1 << 30 }; /* a DWORD counts them */
enum { ALL_MAY = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

/* ---- paths */

static bool append(wchar_t wide[BP_WIDE_PATH], size_t *length, const char *text)
{
    const int capacity = BP_WIDE_PATH - (int)*length;
    const int units = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide + *length, capacity);
    if (units == 0) {
        errno = GetLastError() == ERROR_INSUFFICIENT_BUFFER ? ENAMETOOLONG : EILSEQ;
        return false;
    }
    *length += (size_t)units - 1;
    return true;
}

bool bp_wide_path(wchar_t wide[BP_WIDE_PATH], const char *path)
{
    size_t length = 0;
    return append(wide, &length, path);
}

/* Whether the character ends the name of a folder, or of a disk. */
static bool ends_folder(char c) { return c == '/' || c == '\\' || c == ':'; }

bool bp_wide_path_in(wchar_t wide[BP_WIDE_PATH], const char *folder, const char *name)
{
    const size_t size = strlen(folder);
    size_t length = 0;
    return append(wide, &length, folder) && (ends_folder(folder[size - 1]) || append(wide, &length, "/")) &&
           append(wide, &length, name);
}

const char *bp_path_base(const char *path)
{
    const char *base = path;
    for (; *path; path++)
        if (ends_folder(*path))
            base = path + 1;
    return base;
}

/* ---- descriptors and handles */

int bp_windows_descriptor(HANDLE handle)
{
    if (handle == INVALID_HANDLE_VALUE) {
        bp_windows_failed();
        return -1;
    }
    const int file = _open_osfhandle((intptr_t)handle, _O_BINARY);
    if (file < 0)
        (void)CloseHandle(handle);
    return file;
}

HANDLE bp_windows_handle(int file) { return (HANDLE)_get_osfhandle(file); }

bool bp_windows_is_link(HANDLE handle)
{
    FILE_ATTRIBUTE_TAG_INFO tag;
    return GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &tag, sizeof(tag)) &&
           (tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
           (tag.ReparseTag == IO_REPARSE_TAG_SYMLINK || tag.ReparseTag == IO_REPARSE_TAG_MOUNT_POINT);
}

static HANDLE open_there(const wchar_t *path, DWORD access, DWORD share, DWORD flags)
{
    return CreateFileW(path, access, share, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
}

/* Whether a link is at the path. What is no link may still be kept in another way, as in a cloud: the system opens
 * it. */
static bool is_link(const wchar_t *path)
{
    const HANDLE handle = open_there(path, 0, ALL_MAY, FILE_FLAG_OPEN_REPARSE_POINT);
    if (handle == INVALID_HANDLE_VALUE)
        return false;
    const bool link = bp_windows_is_link(handle);
    (void)CloseHandle(handle);
    return link;
}

int bp_file_open(const char *path, bool follows_links)
{
    wchar_t wide[BP_WIDE_PATH];
    if (!bp_wide_path(wide, path))
        return -1;
    if (!follows_links && is_link(wide)) {
        errno = ELOOP;
        return -1;
    }
    return bp_windows_descriptor(open_there(wide, GENERIC_READ, ALL_MAY, 0));
}

static bool get_status(HANDLE handle, struct bp_file_status *status)
{
    BY_HANDLE_FILE_INFORMATION found;
    *status = (struct bp_file_status){.kind = BP_FILE_OTHER};
    if (GetFileType(handle) != FILE_TYPE_DISK)
        return true;
    if (!GetFileInformationByHandle(handle, &found))
        return bp_windows_failed();
    status->size = (uint64_t)found.nFileSizeHigh << 32 | found.nFileSizeLow;
    status->kind = bp_windows_is_link(handle)                                 ? BP_FILE_LINK
                   : (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? BP_FILE_FOLDER
                                                                              : BP_FILE_REGULAR;
    return true;
}

bool bp_file_get_status(int file, struct bp_file_status *status) { return get_status(bp_windows_handle(file), status); }

/* A pipe whose other end is closed has ended. */
int64_t bp_file_read(int file, void *bytes, size_t size)
{
    DWORD got;
    if (ReadFile(bp_windows_handle(file), bytes, (DWORD)(size < MOST_AT_ONCE ? size : MOST_AT_ONCE), &got, NULL))
        return got;
    if (GetLastError() == ERROR_BROKEN_PIPE)
        return 0;
    bp_windows_failed();
    return -1;
}

int64_t bp_file_write(int file, const void *bytes, size_t size)
{
    DWORD done;
    if (WriteFile(bp_windows_handle(file), bytes, (DWORD)(size < MOST_AT_ONCE ? size : MOST_AT_ONCE), &done, NULL))
        return done;
    bp_windows_failed();
    return -1;
}

static int64_t seek(int file, int64_t offset, DWORD from)
{
    LARGE_INTEGER at;
    if (GetFileType(bp_windows_handle(file)) != FILE_TYPE_DISK) {
        errno = ESPIPE;
        return -1;
    }
    if (SetFilePointerEx(bp_windows_handle(file), (LARGE_INTEGER){.QuadPart = offset}, &at, from))
        return at.QuadPart;
    bp_windows_failed();
    return -1;
}

int64_t bp_file_seek_end(int file) { return seek(file, 0, FILE_END); }

bool bp_file_seek(int file, uint64_t offset) { return seek(file, (int64_t)offset, FILE_BEGIN) >= 0; }

void bp_file_push(int file, uint64_t offset, uint64_t size)
{
    (void)file;
    (void)offset;
    (void)size;
}

bool bp_file_sync(int file) { return FlushFileBuffers(bp_windows_handle(file)) || bp_windows_failed(); }

void bp_file_close(int file) { (void)_close(file); }

/* A new file has the rights that its folder gives. */
const char *bp_file_give(int file, const struct bp_file_status *old)
{
    (void)file;
    (void)old;
    return NULL;
}

/* ---- folders */

bool bp_folder_open(struct bp_folder *folder, const char *path)
{
    wchar_t wide[BP_WIDE_PATH];
    struct bp_file_status status;
    *folder = (struct bp_folder){-1, path};
    if (!bp_wide_path(wide, path))
        return false;
    folder->file = bp_windows_descriptor(open_there(wide, FILE_LIST_DIRECTORY, FILE_SHARE_READ | FILE_SHARE_WRITE, 0));
    if (folder->file < 0)
        return false;
    if (bp_file_get_status(folder->file, &status) && status.kind == BP_FILE_FOLDER)
        return true;
    bp_folder_close(folder);
    errno = ENOTDIR;
    return false;
}

void bp_folder_close(struct bp_folder *folder)
{
    if (folder->file >= 0)
        (void)_close(folder->file);
    folder->file = -1;
}

/* The system has no call for it. */
bool bp_folder_sync(const struct bp_folder *folder)
{
    (void)folder;
    return true;
}

bool bp_folder_get_status(const struct bp_folder *folder, const char *name, struct bp_file_status *status)
{
    wchar_t wide[BP_WIDE_PATH];
    if (!bp_wide_path_in(wide, folder->path, name))
        return false;
    const HANDLE handle = open_there(wide, 0, ALL_MAY, FILE_FLAG_OPEN_REPARSE_POINT);
    if (handle == INVALID_HANDLE_VALUE)
        return bp_windows_failed();
    const bool found = get_status(handle, status);
    (void)CloseHandle(handle);
    return found;
}

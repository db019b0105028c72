/* SPDX-License-Identifier: MIT
 *
 * Files and folders of the system, by descriptors. Paths are UTF-8 on Windows, and bytes elsewhere. What fails leaves
 * its reason in errno. See platform.h. */
#ifndef BP_BASE_PLATFORM_FILE_H
#define BP_BASE_PLATFORM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bp_file_kind { BP_FILE_REGULAR, BP_FILE_FOLDER, BP_FILE_LINK, BP_FILE_OTHER };

struct bp_file_status {
    enum bp_file_kind kind;
    uint64_t size;
    uint64_t owner, group; /* 0 on Windows, as the next */
    uint32_t permissions;  /* the twelve bits of POSIX */
};

/* For reading, without waiting for others. A path that leads to a symbolic link: -1 with ELOOP unless links are
 * followed. Whatever else is at the path is opened, and bp_file_get_status() says what it is. */
int bp_file_open(const char *path, bool follows_links);

bool bp_file_get_status(int file, struct bp_file_status *status);

/* Moves up to `size` bytes, and returns how many; -1 if none can be. Both continue after a signal interrupts them. */
int64_t bp_file_read(int file, void *bytes, size_t size);
int64_t bp_file_write(int file, const void *bytes, size_t size);

/* Where the file ends, from which it is read from now on; -1 if it has no end. */
int64_t bp_file_seek_end(int file);
bool bp_file_seek(int file, uint64_t offset);

/* Lets the disk begin with bytes that were written. A hint, which cannot fail. */
void bp_file_push(int file, uint64_t offset, uint64_t size);

/* Returns when all of the file is on the disk; continues after a signal interrupts it. */
bool bp_file_sync(int file);

/* Gives a new file the owner, group and permissions of an old one, as far as this process may. Returns NULL, or what
 * could not be done, with errno. */
const char *bp_file_give(int file, const struct bp_file_status *old);

void bp_file_close(int file);

/* ---- folders */

/* An open folder stays the same one, whatever becomes of its name. Windows has no files relative to a folder: there the
 * path is used, and as long as the folder is open it can be neither renamed nor removed. */
struct bp_folder {
    int file; /* -1: not open */
    const char *path;
};

/* The path belongs to the caller, and stays until the folder is closed. False if it is not open. */
bool bp_folder_open(struct bp_folder *folder, const char *path);
void bp_folder_close(struct bp_folder *folder);

/* Returns when the names in the folder are on the disk, as far as the system knows how to. */
bool bp_folder_sync(const struct bp_folder *folder);

/* Of a file in the folder; links are not followed. False with ENOENT: there is none. */
bool bp_folder_get_status(const struct bp_folder *folder, const char *name, struct bp_file_status *status);

/* Where the last part of a path begins: the end of the path, if it is the name of a folder. */
const char *bp_path_base(const char *path);

#endif

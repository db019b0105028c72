/* SPDX-License-Identifier: MIT
 *
 * Windows 8 and newer, for the platform_*_windows.c alone. */
#ifndef BP_BASE_WINDOWS_H
#define BP_BASE_WINDOWS_H

#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0602
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdbool.h>
#include <stdint.h>

/* Units of 16 bits in a path with its NUL: more than Windows takes without a prefix, and little enough for the
 * stack. */
enum { BP_WIDE_PATH = 4096 };

/* A path, or a name in a folder, in UTF-16. False with errno: it is not UTF-8, or too long. */
bool bp_wide_path(wchar_t wide[BP_WIDE_PATH], const char *path);
bool bp_wide_path_in(wchar_t wide[BP_WIDE_PATH], const char *folder, const char *name);

/* errno for the reason of the last failed call of the system. False. */
bool bp_windows_failed(void);

/* A file's descriptor, which closes the handle; -1 with errno: the handle is INVALID_HANDLE_VALUE, or there is no
 * descriptor. */
int bp_windows_descriptor(HANDLE handle);
HANDLE bp_windows_handle(int file);

/* A link, or another name for something that stands elsewhere. */
bool bp_windows_is_link(HANDLE handle);

#endif

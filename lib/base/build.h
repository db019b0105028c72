/* SPDX-License-Identifier: MIT
 *
 * How the library was built, as text: literals alone, so that they are valid for ever. lib/meson.build gives BP_TYPES
 * and BP_LEVELS, the names of the number types and of the instruction sets. */
#ifndef BP_BASE_BUILD_H
#define BP_BASE_BUILD_H

#include <bp/version.h>

#define BP_TEXT_(x) #x
#define BP_TEXT(x) BP_TEXT_(x)

#define BP_VERSION_TEXT BP_TEXT(BP_VERSION_MAJOR) "." BP_TEXT(BP_VERSION_MINOR) "." BP_TEXT(BP_VERSION_PATCH)

#if defined(__clang__)
#define BP_COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define BP_COMPILER "gcc " __VERSION__
#else
#define BP_COMPILER "an unknown compiler"
#endif

#define BP_BUILD_INFO(active)                                                                                          \
    "libbp " BP_VERSION_TEXT ", " BP_COMPILER "; types: " BP_TYPES "; kernels: " BP_LEVELS "; active: " active
#define BP_BUILD_INFO_REFUSED "; BP_CPU is ignored: its value is not one of these kernels"

#endif

/* SPDX-License-Identifier: MIT
 *
 * The version of libbp, written here and nowhere else: the build, the soname, bp.pc and the CMake package read it
 * from this file. docs/abi.md says when each number moves. */
#ifndef BP_VERSION_H
#define BP_VERSION_H

#define BP_VERSION_MAJOR 0
#define BP_VERSION_MINOR 1
#define BP_VERSION_PATCH 0

/** The ABI number, which is the soname's: it rises when a program must be compiled again. */
#define BP_ABI_VERSION 0

#endif

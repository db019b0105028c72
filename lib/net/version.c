/* SPDX-License-Identifier: MIT
 *
 * What this library is: its version and how it was built. */
#include <bp/bp.h>

#include "base/build.h"
#include "base/cpu.h"

uint32_t bp_version(void) { return BP_VERSION_MAJOR * 1000000 + BP_VERSION_MINOR * 1000 + BP_VERSION_PATCH; }

const char *bp_version_string(void) { return BP_VERSION_TEXT; }

const char *bp_build_info(void) { return bp_cpu_build_info(); }

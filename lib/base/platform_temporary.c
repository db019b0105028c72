/* SPDX-License-Identifier: MIT
 *
 * The names of temporary files, which are the same on all systems. */
#include "base/platform_temporary.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/entropy.h"

struct bp_temporary bp_temporary_of(const struct bp_folder *folder, const char *base)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a: two paths with one hash only share their names */
    for (; *base; base++)
        hash = (hash ^ (unsigned char)*base) * UINT64_C(0x100000001b3);
    return (struct bp_temporary){.folder = folder, .path = hash, .file = -1, .locks = true};
}

void bp_temporary_name_own(char name[BP_TEMPORARY_NAME], uint64_t path, int number)
{
    snprintf(name, BP_TEMPORARY_NAME, ".bp-%016" PRIx64 "-%d.tmp", path, number);
}

void bp_temporary_name(struct bp_temporary *t, int tries)
{
    t->belongs = t->locks && tries < BP_TEMPORARY_OWN;
    if (t->belongs)
        bp_temporary_name_own(t->name, t->path, tries);
    else
        snprintf(t->name, sizeof(t->name), ".bp-%016" PRIx64 "-%016" PRIx64 ".tmp", t->path, bp_entropy());
}

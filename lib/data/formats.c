/* SPDX-License-Identifier: MIT */
#include "data/formats.h"

#include "data/data_families.h"

#define ROW(key, name, help) {key, #name, help},
static const struct bp_named rows[] = {
    {BP_FORMAT_AUTO, "auto", "Recognised by the first bytes of the file, else by its name"}, BP_FORMATS(ROW)};
const struct bp_family bp_formats = BP_FAMILY(BP_FAMILY_FORMAT, "format", "Formats of files", rows);

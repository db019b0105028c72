/* SPDX-License-Identifier: MIT
 *
 * What names of columns and classes may be: the same wherever one comes in, so that each can be saved and loaded again. */
#ifndef BP_BASE_COLUMN_NAME_H
#define BP_BASE_COLUMN_NAME_H

#include <stddef.h>

#include "base/build.h"

/* Bytes of a name. A file of a net holds as many also where each becomes an escape. */
#define BP_COLUMN_NAME_MOST 10000
#define BP_COLUMN_NAME_LONG "has more than " BP_TEXT(BP_COLUMN_NAME_MOST) " bytes"

/* What is wrong with a name of `size` bytes, as the end of a sentence that begins with it; NULL if nothing is. */
const char *bp_column_name_problem(const char *name, size_t size);

#endif

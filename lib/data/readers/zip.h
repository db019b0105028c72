/* SPDX-License-Identifier: MIT
 *
 * ZIP (PKWARE's APPNOTE 6.3, with its zip64), by the directory at the end: it alone says where a member is and how
 * long, so that what lies between the members, or pretends to be one, is never looked at. */
#ifndef BP_DATA_READERS_ZIP_H
#define BP_DATA_READERS_ZIP_H

#include "data/readers/input_file.h"

/* The reader continues with the contents of the member `name`, or `name` and ".npy", stored or deflated. Its size and
 * CRC-32 are checked when its end is reached. A failure is the reader's: ARG where there is no such member. */
bp_status bp_zip_enter(struct bp_reader *reader, const char *name);

#endif

/* SPDX-License-Identifier: MIT
 *
 * For the fuzzers: bytes as a file with a path, and checks of a data set. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

/* The path of file number 0 or 1, in memory, which now holds these bytes. */
const char *fuzz_file(int number, const uint8_t *bytes, size_t size);

/* What is true after every reading; else the process aborts. `finite`: also that every number is finite. */
void fuzz_check(const bp_data *data, bp_status status, int finite);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif

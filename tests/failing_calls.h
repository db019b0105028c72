/* SPDX-License-Identifier: MIT
 *
 * System calls that fail when they are told to, in a program that is linked with --wrap for each of them: see
 * tests/meson.build. */
#ifndef FAILING_CALLS_H
#define FAILING_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#include <sys/types.h>

enum call { OPEN, OPENAT, READ, WRITE, FSYNC, RENAME, CLOSE, FSTAT, FSTATAT, FCHMOD, UNLINK, CALLS };

extern const char *const call_names[CALLS];

/* What the n-th call from 1 does in place of its work: it fails by an error, or, of reads and writes, moves a byte. */
enum { ONE_BYTE = -1, NOTHING = -2 };

struct plan {
    bool counts;
    size_t calls[CALLS]; /* so far, while it counts */
    enum call fails;
    size_t at;         /* 0: none */
    bool from_then_on; /* and all of its kind after it */
    int by;            /* an error, ONE_BYTE, NOTHING */
    size_t failed;     /* calls that did not do their work */
    bool sticks;       /* no file can be removed, whatever else fails */
};

extern struct plan plan;

/* Somebody else cuts the file before a read, counted from 1, to so many bytes; 0: nobody does. */
struct cut {
    const char *path;
    size_t before;
    off_t size;
};

extern struct cut cut;

#endif

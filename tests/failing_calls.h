/* SPDX-License-Identifier: MIT
 *
 * System calls that fail where a test wants it. The program is linked with --wrap for each of them: see
 * tests/meson.build. */
#ifndef FAILING_CALLS_H
#define FAILING_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#include <sys/types.h>

enum call {
    OPEN,
    OPENAT,
    READ,
    WRITE,
    FSYNC,
    RENAME,
    CLOSE,
    FSTAT,
    FSTATAT,
    FCHMOD,
    FCHOWN,
    FLOCK,
    LINKAT,
    UNLINK,
    CALLS
};

extern const char *const call_names[CALLS];

/* What the n-th call, from 1, does in place of its work: it fails with an error, or a read or write moves one byte or
 * nothing. */
enum { ONE_BYTE = -1, NOTHING = -2 };

struct plan {
    bool counts;
    size_t calls[CALLS]; /* so far, while it counts */
    size_t first[CALLS]; /* the number, among all calls, of the first call of its kind, from 1, and of the last */
    size_t last[CALLS];
    size_t all;
    enum call fails;
    size_t at;         /* 0: none */
    bool from_then_on; /* and all of its kind after it */
    int by;            /* an error, ONE_BYTE, NOTHING */
    size_t failed;     /* calls that did not do their work */
    bool sticks;       /* no file can be removed, whatever else fails */
};

extern struct plan plan;

/* Another process cuts the file to `size` bytes before the read number `before`, from 1; 0: nobody does. */
struct cut {
    const char *path;
    size_t before;
    off_t size;
};

extern struct cut cut;

/* A system that differs from this one: each member that is not 0 is in force for all calls while the plan counts. */
struct other_system {
    int unnamed;         /* the error with which the system refuses a file without a name */
    bool no_proc;        /* there is no /proc */
    bool other_proc;     /* or it leads to files of another device */
    const char *foreign; /* fstatat() says that the file of this name belongs to others; fstat() does not */
    uid_t owner;         /* to this user */
    gid_t group;         /* and this group */
    bool gives_owner;    /* it can be given away */
    bool gives_group;    /* to this group, at least */
    uid_t given_owner;   /* what it was given last */
    gid_t given_group;
};

extern struct other_system other_system;

/* Called before a lock is taken while the plan counts, with the number of locks so far. Returns 0, or an error for
 * the lock. NULL: not called. */
extern int (*before_lock)(size_t count);

#endif

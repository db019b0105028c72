/* SPDX-License-Identifier: MIT
 *
 * A call that reads or writes a file: who keeps the sentence, where memory comes from, and how the file is named. */
#ifndef BP_FILES_FILE_CALL_H
#define BP_FILES_FILE_CALL_H

#include "base/host.h"
#include "base/memory.h"
#include "base/try.h"
#include "net/handle.h"

struct bp_io {
    struct bp_messages *told;
    const char *function;
    bool shared;
    const bp_allocator *allocator;
    const char *path;           /* NULL: memory or a stream */
    const struct bp_host *host; /* of a stream, whose function runs in the host's mode, and of a training */
};

/* Of a call whose net, which keeps the sentence, is there. */
struct bp_io bp_io_of_net(const struct bp_call *call);

#if defined(__GNUC__)
#define BP_IO_FORMAT __attribute__((format(printf, 3, 4)))
#else
#define BP_IO_FORMAT
#endif

/* Keeps "function: path: ..." and returns the status. */
BP_IO_FORMAT bp_status bp_io_fail(const struct bp_io *io, bp_status status, const char *format, ...);

/* BP_ERR_IO with what errno says. */
bp_status bp_io_fail_errno(const struct bp_io *io, const char *what);

bp_status bp_io_no_memory(const struct bp_io *io);

#endif

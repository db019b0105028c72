/* SPDX-License-Identifier: MIT */
#ifndef BP_NET_THREADS_H
#define BP_NET_THREADS_H

#include "net/handle.h"

enum { BP_MOST_THREADS = 256 };

/* Gives the net so many threads, 0 for as many as there are cores; BP_ERR_MEMORY leaves it as it was. */
bp_status bp_net_use_threads(const struct bp_call *call, bp_net *net, size_t threads);

#endif

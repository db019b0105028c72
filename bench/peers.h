/* SPDX-License-Identifier: MIT
 *
 * Everything that can do a work: libbp in its ways, and those it is compared with, each in a file of its own. */
#ifndef BP_BENCH_PEERS_H
#define BP_BENCH_PEERS_H

#include "works.h"

struct peer {
    const char *name;
    bool threads; /* works on two threads */
    /* NULL if it does not do this work. */
    void *(*create)(const struct work *work, const struct batch *batch);
    void (*step)(void *state);
    void (*destroy)(void *state);
};

/* In the order of these. One that was not built has no create. */
enum {
    BP_TRAIN_F32,
    BP_TRAIN_F64,
    BP_SEPARATE, /* forward, backward, step; f32, as all below */
    BP_TWO_THREADS,
    LIBFANN,   /* a sample at a time */
    PYTORCH,   /* a child process */
    CBLAS_NET, /* a plain network on OpenBLAS */
    OPENBLAS,  /* its products alone */
    ONEDNN,    /* its products alone */
    PEERS
};

extern const struct peer peer_bp_f32, peer_bp_f64, peer_bp_separate, peer_bp_threads;
extern const struct peer peer_fann, peer_cblas, peer_openblas, peer_onednn;

/* The name of one of these in tables. */
const char *peer_name(size_t peer);

/* Microseconds a step of PyTorch, or NAN if there is none. */
double torch_microseconds(const struct work *work);

#endif

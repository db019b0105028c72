/* SPDX-License-Identifier: MIT
 *
 * The functions that a host finds in a library which it loads and takes away: libbp.so itself, or a plug-in with
 * libbp.a. */
#ifndef BP_TESTS_PLUGIN_H
#define BP_TESTS_PLUGIN_H

#include <bp/bp.h>

struct plugin {
    __typeof__(bp_net_create) *create;
    __typeof__(bp_net_add_dense) *add_dense;
    __typeof__(bp_net_init) *init;
    __typeof__(bp_net_set) *set;
    __typeof__(bp_net_train_f32) *train_f32;
    __typeof__(bp_net_train_f64) *train_f64;
    __typeof__(bp_net_destroy) *destroy;
    __typeof__(bp_last_error) *last_error;
};

typedef struct plugin plugin_fn(void);

plugin_fn plugin;

#endif

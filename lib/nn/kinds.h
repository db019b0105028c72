/* SPDX-License-Identifier: MIT
 *
 * The kinds of layers: a row for each, with its key, its name and a sentence. The file nn/NAME_tmpl.c, or for the dense
 * layer nn/dense_kind_tmpl.c, holds its struct, REAL(bp_kind_NAME). docs/add-a-layer-kind.md describes how to add
 * one. */
#ifndef BP_NN_KINDS_H
#define BP_NN_KINDS_H

#define BP_LAYER_KINDS(ROW)                                                                                            \
    ROW(BP_KIND_DENSE, dense, "Each unit uses all inputs of the layer")                                                \
    ROW(BP_KIND_DROPOUT, dropout, "Sets numbers to 0 at random while the net is trained")

#endif

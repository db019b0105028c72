/* SPDX-License-Identifier: MIT */
#ifndef BP_BP_H
#define BP_BP_H

/**
 * @file bp.h
 * libbp: feed-forward neural networks, trained by back-propagation, behind one handle.
 *
 * This header includes the whole interface: bp/base.h (statuses, version, memory), bp/net.h (a net), bp/data.h (data
 * sets and metrics), bp/train.h (trainings) and bp/files.h (files). Each of them compiles alone.
 *
 * @section life A net's life
 * bp_net_create(), then bp_net_add_dense() for each layer, bp_net_init(), then any number of bp_net_train_f32() (or
 * bp_net_forward_f32(), bp_net_backward_f32(), bp_net_step()) and bp_net_predict_f32(), and bp_net_destroy().
 *
 * @section notation Notation
 * Layer l computes z_l = W_l a_{l-1} + b_l and a_l = f(z_l); a_{-1} is the input x. delta_l is dLoss/dz_l. Matrices are
 * row-major with a row per sample: x is [rows][inputs], y and target are [rows][outputs], z, activation and delta of
 * a layer are [rows][units], weights are [units][inputs of the layer]. Layers are numbered from 0, and dropout counts
 * as a layer. docs/derivation.md works the equations out.
 *
 * @section shapes Shapes
 * The shape of an array stands in brackets where its parameter is described: [rows][inputs]; [1] is one number. It is
 * made of the function's parameters, and of
 * - inputs: bp_net_inputs(net) or bp_data_inputs(data)
 * - outputs: bp_net_outputs(net) or bp_data_outputs(data)
 * - layers: bp_net_layers(net)
 * - forwarded: bp_net_shape(net, BP_ARRAY_OUTPUTS, 0).rows
 * - nonzeros: bp_data_nonzeros(data, row, rows)
 *
 * @section types Number types
 * A net is f32 or f64 for life. Functions that take numbers come in pairs, _f32 with float and _f64 with double. The
 * suffix is the type of the caller's array: bp_net_read_f32(), bp_net_write_f32() and bp_net_classify_f32() take either
 * for every net. The functions that compute return BP_ERR_UNSUPPORTED where the suffix is not the net's type.
 *
 * @section errors Errors
 * A function that can fail returns a bp_status: BP_OK, or a negative BP_ERR_*. bp_last_error() then gives a sentence,
 * which belongs to the thread. A failed call leaves the handle as it was; one that was to make a handle gives NULL, and
 * nothing is to be destroyed. The library never prints, exits, or changes errno, the locale, signals or the
 * floating-point mode; docs/numerics.md says what holds where a host's mode is not the default one. "Errors:" below
 * names what a function may return beside BP_OK; a NULL handle or a NULL pointer that is not said to be optional is
 * BP_ERR_ARG everywhere.
 *
 * @section threads Threads
 * "Threads: shared" means that any number of threads may make this call on one net at once, so long as no thread makes
 * an exclusive call on it. "Threads: exclusive" means that only one thread may use the net during the call. "Threads:
 * any" means that the function touches no handle. Different nets are independent.
 *
 * @section memory Memory
 * The library keeps no pointer of the caller's after a call returns. All that belongs to a net comes from its
 * allocator. Forward, train and step each allocate what they need at their first call, and again only for more rows
 * than before: after one of each, no order of calls for up to so many rows allocates. Forward and train of sparse rows
 * are two more such calls, and count the numbers in the rows too. Rows of a data set that are of another type than the
 * net, or do not lie one after the other, need memory for a copy, which the net or the scratch keeps. Backward, and
 * predict and loss with a scratch, never allocate else. bp_net_reserve() allocates all of it beforehand, except such
 * copies. Another optimiser or scaling may need more.
 *
 * @section readers Readers of data
 * bp_data_next() reads regular files, also by a symbolic link. A folder, a device, a pipe and a socket
 * are refused with IO, and not waited for.
 *
 * Whatever is in a file, a reader takes no more memory than
 * - three times what it holds the numbers in that have come: 8 bytes as f64, 4 as f32, 1 as a byte; of sparse rows 12
 * bytes for
 *   each number and 20 for each row;
 * - of a table of text, for the longest record and again for the line of names, 4 times its bytes and 150 bytes for
 * each of its
 *   fields; and for each different class or text 200 bytes and 6 times the bytes of its name;
 * - 256 KiB.
 *
 * No size in a header is believed before the bytes have come. BP_DATA_MOST_RECORD, BP_DATA_MOST_RATIO,
 * BP_DATA_MOST_TEXTS and
 * BP_DATA_MOST_CLASSES bound what a hostile file may ask for. Rows have no bound, and a packed file may unpack to 1032
 * times its bytes of them: to bound the whole, give bp_data_create() an allocator that does.
 */

#include <bp/base.h>
#include <bp/data.h>
#include <bp/files.h>
#include <bp/net.h>
#include <bp/train.h>

#endif

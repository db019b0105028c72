/* SPDX-License-Identifier: MIT */
#ifndef BP_BP_H
#define BP_BP_H

/**
 * @file bp.h
 * libbp: feed-forward neural networks, trained by back-propagation. A net is one handle.
 *
 * This header includes the whole interface: bp/base.h (statuses, version, memory), bp/net.h (a net), bp/data.h (data
 * sets and metrics), bp/train.h (trainings) and bp/files.h (files). Each of them can also be included alone.
 *
 * @section life A net's life
 * A program calls bp_net_create(), bp_net_add_dense() for each layer, and bp_net_init(). Then it calls any number of
 * times bp_net_train_f32() (or bp_net_forward_f32(), bp_net_backward_f32(), bp_net_step()) and bp_net_predict_f32(). At
 * the end it calls bp_net_destroy().
 *
 * @section notation Notation
 * Layer l computes z_l = W_l a_{l-1} + b_l and a_l = f(z_l); a_{-1} is the input x. delta_l is dLoss/dz_l. Matrices are
 * row-major. Matrices of samples have a row for each sample: x is [rows][inputs], y and target are [rows][outputs], z,
 * activation and delta of a layer are [rows][units]. Weights are [units][inputs of the layer]. Layers are numbered from
 * 0, and dropout counts as a layer. docs/derivation.md derives the equations.
 *
 * @section shapes Shapes
 * The description of an array parameter begins with its shape in brackets: [rows][inputs]; [1] is one number. A shape
 * is made of the function's parameters, and of
 * - inputs: bp_net_inputs(net) or bp_data_inputs(data)
 * - outputs: bp_net_outputs(net) or bp_data_outputs(data)
 * - layers: bp_net_layers(net)
 * - forwarded: bp_net_shape(net, BP_ARRAY_OUTPUTS, 0).rows
 * - nonzeros: bp_data_nonzeros(data, first, rows)
 *
 * @section types Number types
 * A net is f32 or f64, and this never changes. Functions that take numbers come in pairs, _f32 with float and _f64 with
 * double. The suffix is the type of the caller's array. The functions that compute return BP_ERR_UNSUPPORTED if the
 * suffix is not the net's type. bp_net_read_f32(), bp_net_write_f32(), bp_net_classify_f32() and their _f64 forms work
 * with every net.
 *
 * @section errors Errors
 * A function that can fail returns a bp_status: BP_OK, or a negative BP_ERR_*. After a failure, bp_last_error() returns
 * a sentence; each thread has its own. A failed call leaves the handle as it was. If a call that makes a handle fails,
 * the handle is NULL, and there is nothing to destroy. The library never prints, exits, or changes errno, the locale,
 * signals or the floating-point mode. docs/numerics.md describes what happens in other floating-point modes than the
 * default one. "Errors:" lists what a function may return besides BP_OK. A NULL handle, or a NULL pointer that is not
 * described as optional, is BP_ERR_ARG everywhere.
 *
 * @section threads Threads
 * "Threads: shared" means that any number of threads may make this call on one net at once, as long as no thread makes
 * an exclusive call on it. "Threads: exclusive" means that no other thread may use the net during the call. "Threads:
 * any" means that any thread may make the call at any time. Different nets are independent.
 *
 * @section memory Memory
 * The library keeps no pointer to the caller's memory after a call returns, except with BP_HOLD_BORROW, and the `user`
 * of bp_allocator and bp_net_set_parallel_for(). All memory of a net comes from its allocator.
 *
 * Forward, train and step each allocate at their first call, and later only for more rows than before. After one call
 * of each, no further call for as many rows or fewer allocates, in any order. The same is true for forward and train
 * with sparse rows, which also allocate for more numbers in the rows than before. Rows of a data set need memory for a
 * copy if their type is not the net's, or if they are not contiguous; the net or the scratch keeps this memory. Apart
 * from such copies, backward never allocates, nor do predict and loss with a scratch. bp_net_reserve() allocates
 * everything in advance, except such copies. Another optimiser or scaling may need more memory.
 *
 * @section readers Readers of data
 * bp_data_next() reads regular files, also through a symbolic link. It refuses a folder, a device, a pipe and a socket
 * with IO, without waiting.
 *
 * For every file, valid or not, the memory of a reader is at most the sum of
 * - three times the size of the numbers read so far: 8 bytes for a number held as f64, 4 as f32, 1 as a byte; for
 *   sparse rows 12 bytes for each number and 20 for each row;
 * - for a table of text: 4 times the bytes of the longest record and 150 bytes for each of its fields; the same for the
 *   line of names; and for each different class or text 200 bytes and 6 times the bytes of its name;
 * - 256 KiB.
 *
 * A reader allocates nothing for a size in a header before the bytes have been read. BP_DATA_MOST_RECORD,
 * BP_DATA_MOST_RATIO, BP_DATA_MOST_TEXTS and BP_DATA_MOST_CLASSES limit the memory that a hostile file can take. The
 * number of rows has no limit, and the rows of a packed file may take 1032 times its bytes. To limit the total, give
 * bp_data_create() an allocator that has a limit.
 */

#include <bp/base.h>
#include <bp/data.h>
#include <bp/files.h>
#include <bp/net.h>
#include <bp/train.h>

#endif

/* SPDX-License-Identifier: MIT */
#ifndef BP_FILES_H
#define BP_FILES_H

#include <bp/train.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @file files.h
 * Nets and trainings as files.
 */

/* ------------------------------------------------------------------------------------------------------------ files */

/**
 * A net as a file, in the safetensors format: weights and biases under "layers.0.weight" [units][inputs],
 * "layers.0.bias", ..., in the net's number type and as PyTorch has them, and all else as text: layers, options, the
 * seed and the count of rows that dropout goes by, scaling, names, BP_OPT_FRESH. docs/format.md describes it. The same
 * net gives the same bytes, on every machine.
 *
 * With BP_OPT_SAVE_STATE the file also holds the optimiser's state and its count of steps. A net that is loaded from it
 * takes the same steps, to the bit, as the net that was saved. To continue a bp_train, see bp_train_save().
 *
 * A file never holds the gradient, what the last forward cached, and what belongs to the machine that runs the net:
 * BP_OPT_THREADS, BP_OPT_BLAS and bp_net_set_parallel_for().
 */

/**
 * Saves a net, all or nothing: the bytes go to a new file in the same folder, which takes the path's place when all of
 * it is on the disk. Until then, and after a failure or the end of the process, the old file is as it was. The path is
 * that of a regular file or of none: a folder, a device or a symbolic link is refused. A save needs two free
 * descriptors, and neither /dev nor /proc.
 *
 * The new file has the owner, group and permissions of the old one, as far as the process may give them: root may give
 * a file to any user, others may only give it to a group that they are in. If the owner cannot stay, the new file
 * belongs to the user who saves, without set-user-ID. If the group cannot stay, it loses set-group-ID, and its group
 * and all others may do what both the old group and others could. So nobody else gets more access than they had, at any
 * moment. Access control lists and extended attributes are not copied. A file that was not there gets the permissions
 * that the umask leaves.
 *
 * A process that is killed during a save leaves no other file where the file system can make files without a name
 * (O_TMPFILE), except in the moment before the rename. Elsewhere it leaves a file ".bp-*.tmp" in the folder. The next
 * save to the path removes it, and knows by a lock (flock) the files of saves that still run. docs/format.md has the
 * details.
 *
 * Where the process has a bound on the size of its files (RLIMIT_FSIZE), the system sends SIGXFSZ. Its default action
 * ends the process; where the signal is ignored or handled, the save returns IO. The old file stays in both cases.
 * Errors: ARG, MEMORY, STATE (before init; with BP_OPT_SAVE_STATE also while a gradient waits for a step), IO (also,
 * "... is saved, but", if the folder could not be synced), UNSUPPORTED (there are more layers and names than a header
 * holds).
 * Threads: shared; of calls for one path at once one is the last.
 */
BP_API bp_status bp_net_save(const bp_net *net, const char *path);

/**
 * As bp_net_save(), into memory.
 * @param[out] bytes [capacity] bytes of room; NULL: only the size
 * @param[out] size  [1], bytes of the file; or NULL
 * Errors: ARG, MEMORY, STATE, SHAPE (capacity is less than the size; nothing is written but that), UNSUPPORTED.
 * Threads: shared.
 */
BP_API bp_status bp_net_save_memory(const bp_net *net, void *bytes, size_t capacity, size_t *size);

/**
 * Loads a net that bp_net_save() or another program has written, on malloc and free. It predicts the same bits as the
 * one that was saved. If the file has the optimiser's state, the net also takes the same steps; else it steps as that
 * net would with a new optimiser. From a file of bp_train_save() it loads the net as it was then, with the optimiser's
 * state.
 *
 * Nothing in the file is believed: whatever it is, it makes a net that holds together, or an error and a sentence that
 * says where. Until the file has shown that it has all the numbers that it promises, no more memory is taken than its
 * size and a MiB. Of a file of a newer minor version of the format, the known parts are read; one of a newer major
 * version is refused. The path is that of a regular file: a symbolic link is refused.
 * @param[out] net the handle; NULL after a failure
 * Errors: ARG, FORMAT, IO, MEMORY, NONFINITE (a weight, a bias or a number of the optimiser's state is infinite or
 * NaN), UNSUPPORTED (a newer major version, or a number type that is not built in). Threads: any.
 */
BP_API bp_status bp_net_load(bp_net **net, const char *path);

/** As bp_net_load(), from memory.
 *  @param bytes [size]
 *  @param allocator the source of all memory of the net, or NULL: malloc and free */
BP_API bp_status bp_net_load_memory(bp_net **net, const void *bytes, size_t size, const bp_allocator *allocator);

/**
 * Takes weights and biases from a safetensors file of another program, as PyTorch's for the state_dict of an
 * nn.Sequential of Linear layers, into a net that has been built for them. Numbers are converted to the net's type, to
 * the nearest. The optimiser's state stays; the net is no longer fresh.
 * @param names [2 * layers], for each layer the name of its tensor of weights, [units, inputs], and of its bias,
 *              [units], or [1] if the layer shares one. An element may be NULL, which leaves that part of the net as it
 *              is; a layer without such a part takes no name. Tensors that are not named are passed over. NULL: the
 *              file has a "*.weight" for each dense layer, a "*.bias" for each that has one, and nothing else, and the
 *              layers take them in the order of their names, in which numbers count as numbers: "2.weight" is before
 *              "10.weight"
 * Errors: ARG (a name for a part that the layer does not have), FORMAT (also a tensor missing, or one too many), IO,
 * MEMORY, NONFINITE (a number is, or becomes so in the net's type), SHAPE (of a tensor and the layer differ), STATE
 * (before init), UNSUPPORTED (a tensor is neither F32 nor F64). Threads: exclusive.
 */
BP_API bp_status bp_net_load_weights(bp_net *net, const char *path, const char *const *names);

/* ------------------------------------------------------------------------------------------------------ checkpoints */

/**
 * A checkpoint is the file of a training, from which bp_train_load() continues later, perhaps in another process. It is
 * a file as of bp_net_save(), which bp_net_load() opens too, with the optimiser's state and the state of the training:
 * its options, the record, the place in the epoch and the order of its rows, the schedule, the parameters of the best
 * epoch, and what a method that takes all rows has learned of the loss. The data and the findings of the doctor are not
 * in it.
 */

/**
 * Saves a training between two calls, after any batch, all or nothing as bp_net_save().
 * Errors: ARG, as bp_net_save(), STATE (a gradient waits for a step). Threads: shared, on the net too.
 */
BP_API bp_status bp_train_save(const bp_train *train, const char *path);

/**
 * Continues from a checkpoint: the training and its net become as they were when bp_train_save() wrote the file. Make
 * the training first: the net by bp_net_load() from the same file, or with the same layers by yourself; then
 * bp_train_create() with the same data. With the same calls, weights and record then come to the bits of a training
 * that never stopped, except for
 * BP_RECORD_SECONDS.
 *
 * What the net and the training were before is lost: parameters, options, names and scaling of the net, its gradient
 * and the optimiser's state, options and record of the training. What belongs to the machine stays as it is:
 * BP_OPT_THREADS, BP_OPT_BLAS, bp_net_set_parallel_for() and BP_TRAIN_LAPACK. BP_METHOD_LM and BP_METHOD_BR read all
 * rows during the call, and begin again if other layers are frozen than when they last took a step.
 *
 * A call that fails leaves the training and its net as they were. The call takes memory for a second net and training.
 * Errors: as bp_net_load() and bp_train_create(), FORMAT (also a file of a net alone), SHAPE (also other layers, or
 * another number of rows), UNSUPPORTED (also another number type). Threads: exclusive, on the net too; shared on the
 * data sets.
 */
BP_API bp_status bp_train_load(bp_train *train, const char *path);

/** See bp_train_save() and bp_net_save_memory(). */
BP_API bp_status bp_train_save_memory(const bp_train *train, void *bytes, size_t capacity, size_t *size);

/** As bp_train_load(), from memory.
 *  @param bytes [size] */
BP_API bp_status bp_train_load_memory(bp_train *train, const void *bytes, size_t size);

#ifdef __cplusplus
}
#endif

#endif

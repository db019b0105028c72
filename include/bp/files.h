/* SPDX-License-Identifier: MIT */
#ifndef BP_FILES_H
#define BP_FILES_H

#include <bp/train.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @file files.h
 * Saving nets and trainings in files, and loading them.
 */

/* ------------------------------------------------------------------------------------------------------------ files */

/**
 * The file of a net, in the safetensors format. It has weights and biases under "layers.0.weight" [units][inputs],
 * "layers.0.bias", ..., in the net's number type and with PyTorch's names and layout. Everything else is text: layers,
 * options, the seed and the count of rows for dropout, scaling, names, BP_OPT_FRESH. docs/format.md describes the
 * format. The same net gives the same bytes, on every machine.
 *
 * With BP_OPT_SAVE_STATE the file also holds the optimiser's state and its count of steps. A net that is loaded from it
 * takes the same steps, to the bit, as the net that was saved. To continue a bp_train, see bp_train_save().
 *
 * A file never holds the gradient, the cache of the last forward, or the settings for the machine that runs the net:
 * BP_OPT_THREADS, BP_OPT_SPIN, BP_OPT_BLAS and bp_net_set_parallel_for().
 */

/**
 * Saves a net, completely or not at all. The bytes go to a new file in the same folder. When the whole file is on the
 * disk, it replaces the old file at the path. Until then, and after a failure or the end of the process, the old file
 * is as it was. The path must be that of a regular file or of no file: a folder, a device or a symbolic link is
 * refused. A save needs two free file descriptors, but neither /dev nor /proc.
 *
 * The new file has the owner, group and permissions of the old one, as far as the process may set them: root may give a
 * file to any user, others may only give it to a group that they are in. If the owner cannot be kept, the new file
 * belongs to the user who saves, without set-user-ID. If the group cannot be kept, the file loses set-group-ID, and its
 * group and all others get only the permissions that both the old group and others had. So at no time does anybody else
 * get more access than before. Access control lists and extended attributes are not copied. If there was no old file,
 * the umask decides the permissions.
 *
 * A process that is killed during a save can leave a temporary file. If the file system can make files without a name
 * (O_TMPFILE), this can happen only in the moment before the rename; else at any time during the save. The file is
 * ".bp-*.tmp" in the same folder, and the next save to the path removes it. A lock (flock) protects the temporary files
 * of saves that are still running. docs/format.md has the details.
 *
 * If a save exceeds the process's limit on the size of files (RLIMIT_FSIZE), the system sends SIGXFSZ. The default
 * action of this signal ends the process; if it is ignored or handled, the save returns IO. The old file stays in both
 * cases.
 * Errors: ARG, MEMORY, STATE (before init; with BP_OPT_SAVE_STATE also while a gradient waits for a step), IO (also,
 * "... is saved, but", if the folder could not be synced), UNSUPPORTED (there are more layers and names than a header
 * holds).
 * Threads: shared; if several calls save to one path at once, the file of one of them stays.
 */
BP_API bp_status bp_net_save(const bp_net *net, const char *path);

/**
 * As bp_net_save(), into memory.
 * @param[out] bytes [capacity] memory for the file; NULL: only the size
 * @param[out] size  [1], bytes of the file; or NULL
 * Errors: ARG, MEMORY, STATE, SHAPE (capacity is less than the size; only `size` is written), UNSUPPORTED.
 * Threads: shared.
 */
BP_API bp_status bp_net_save_memory(const bp_net *net, void *bytes, size_t capacity, size_t *size);

/**
 * Loads a net that bp_net_save() or another program has written. Its memory comes from malloc and free. It predicts the
 * same bits as the net that was saved. If the file has the optimiser's state, the net also takes the same steps; else
 * it takes the steps of the saved net with a new optimiser. From a file of bp_train_save() it loads the net as it was
 * at that time, with the optimiser's state.
 *
 * Everything in the file is checked. Any file gives either a valid net, or an error and a sentence that says where the
 * fault is. Until the file is known to have all the numbers that its header declares, the load takes at most the size
 * of the file and 1 MiB of memory. From a file of a newer minor version of the format, the known parts are read; a file
 * of a newer major version is refused. The path must be that of a regular file: a symbolic link is refused.
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
 * Loads weights and biases from a safetensors file of another program into a net with matching layers. An example is a
 * file that PyTorch wrote for the state_dict of an nn.Sequential of Linear layers. Numbers are converted to the net's
 * type, to the nearest. The optimiser's state stays; BP_OPT_FRESH becomes 0.
 * @param names [2 * layers], for each layer the name of its tensor of weights, [units, inputs], and of its bias,
 *              [units], or [1] if the layer has a shared bias. An element may be NULL, which leaves that part of the
 *              net as it is. If a layer does not have a part, give no name for it. Tensors without a name here are
 *              ignored. NULL: the file has a "*.weight" for each dense layer, a "*.bias" for each layer with a bias,
 *              and nothing else. The layers take them in the order of their names. Numbers in names are ordered as
 *              numbers: "2.weight" is before "10.weight"
 * Errors: ARG (a name for a part that the layer does not have), FORMAT (also a tensor missing, or one too many), IO,
 * MEMORY, NONFINITE (a number is not finite, or not finite in the net's type), SHAPE (a tensor does not fit the layer),
 * STATE (before init), UNSUPPORTED (a tensor is neither F32 nor F64). Threads: exclusive.
 */
BP_API bp_status bp_net_load_weights(bp_net *net, const char *path, const char *const *names);

/* ------------------------------------------------------------------------------------------------------ checkpoints */

/**
 * A checkpoint is the file of a training. bp_train_load() continues from it later, also in another process. It is a
 * file as from bp_net_save(), so bp_net_load() can load the net from it. It also has the optimiser's state and the
 * state of the training: its options, the record, the position in the epoch and the order of its rows, the schedule,
 * the parameters of the best epoch, and the state of the method. The data and the findings of bp_train_diagnose() are
 * not in it.
 */

/**
 * Saves a training between two calls, after any batch, completely or not at all as bp_net_save().
 * Errors: ARG, as bp_net_save(), STATE (a gradient waits for a step). Threads: shared, on the net too.
 */
BP_API bp_status bp_train_save(const bp_train *train, const char *path);

/**
 * Continues from a checkpoint: the training and its net become as they were when bp_train_save() wrote the file. First
 * make the net, by bp_net_load() from the same file or with the same layers yourself; then the training, by
 * bp_train_create() with the same data. If you then make the same calls, weights and record have the same bits as those
 * of a training that never stopped, except BP_RECORD_SECONDS.
 *
 * The former state of the net and the training is lost: parameters, options, names, scaling, gradient and optimiser
 * state of the net, options and record of the training. The settings for the machine stay: BP_OPT_THREADS, BP_OPT_SPIN,
 * BP_OPT_BLAS, bp_net_set_parallel_for() and BP_TRAIN_LAPACK. BP_METHOD_LM and BP_METHOD_BR read all rows during the
 * call. They start from the beginning if the frozen layers are not the same as at their last step.
 *
 * A call that fails leaves the training and its net as they were. The call takes memory for a second net and training.
 * Errors: as bp_net_load() and bp_train_create(), FORMAT (also a file of bp_net_save()), SHAPE (also other layers, or
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

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

/* ------------------------------------------------------------------------------------------------------------- files */

/**
 * A net as a file, in the safetensors format: weights and biases under "layers.0.weight" [units][inputs], "layers.0.bias",
 * ..., in the net's number type and as PyTorch has them, and all else as text: layers, options, the seed and the count of
 * rows that dropout goes by, scaling, names, BP_OPT_FRESH. docs/format.md describes it. The same net gives the same
 * bytes, on every machine.
 *
 * What is not in it: the gradient, the optimiser's state (but see bp_net_save_with() and bp_train_save()) and what the last
 * forward cached; and what belongs to the machine that runs the net: BP_OPT_THREADS, BP_OPT_BLAS and
 * bp_net_set_parallel_for().
 */

/**
 * Saves a net, all or nothing: the bytes go to a new file in the same folder, which takes the path's place when all of it
 * is on the disk. Until then, and after a failure or the end of the process, the old file is as it was. The path is that of a
 * regular file or of none: a folder, a device or a symbolic link is refused. A save needs two free descriptors, and neither
 * /dev nor /proc.
 *
 * The new file has the owner, group and permissions of the old one, as far as the process may give them: root may give a file to
 * any user, others may only give it to a group that they are in. If the owner cannot stay, the new file belongs to the user who
 * saves, without set-user-ID. If the group cannot stay, it loses set-group-ID, and its group and all others may do what
 * both the old group and others could. So nobody else gets more access than they had, at any moment. Access control lists and
 * extended attributes are not copied. A file that was not there gets the permissions that the umask leaves.
 *
 * A process that is killed during a save leaves no other file where the file system can make files without a name (O_TMPFILE),
 * except in the moment before the rename. Elsewhere it leaves a file ".bp-*.tmp" in the folder. The next save to the path
 * removes it, and knows by a lock (flock) the files of saves that still run. docs/format.md has the details.
 *
 * Where the process has a bound on the size of its files (RLIMIT_FSIZE), the system sends SIGXFSZ. Its default action ends the
 * process; where the signal is ignored or handled, the save returns IO. The old file stays in both cases.
 * Errors: ARG, MEMORY, STATE (before init), IO (also, "... is saved, but", where the folder could not be synced), UNSUPPORTED
 * (there are more layers and names than a header holds).
 * Threads: shared; of calls for one path at once one is the last.
 */
BP_API bp_status bp_net_save(const bp_net *net, const char *path);

/**
 * As bp_net_save(), into memory.
 * @param[out] bytes [capacity] bytes of room; NULL: only the size
 * @param[out] size  [1], bytes of the file; or NULL
 * Errors: ARG, MEMORY, STATE, SHAPE (capacity is less than the size; nothing is written but that), UNSUPPORTED. Threads: shared.
 */
BP_API bp_status bp_net_save_memory(const bp_net *net, void *bytes, size_t capacity, size_t *size);

/** Takes the next bytes of a file. Returns 0, or something else where it could not.
 *  @param bytes [size] */
typedef int32_t bp_write_fn(void *user, const void *bytes, size_t size);

/** As bp_net_save(), into a function, called on the calling thread until it fails. */
BP_API bp_status bp_net_save_stream(const bp_net *net, bp_write_fn *write, void *user);

/**
 * What the functions below may save beside the net, as a sum; 0 for nothing. With the optimiser's state and its count of steps,
 * who goes on stepping the net that is loaded gets the bits of who never stopped; STATE while a gradient waits for a step.
 */
enum { BP_SAVE_OPTIMIZER = 1 /**< the optimiser's state */ };

/** As bp_net_save(), with more beside the net. To go on with a bp_train, see bp_train_save().
 *  @param flags a sum of BP_SAVE_*, or 0 */
BP_API bp_status bp_net_save_with(const bp_net *net, const char *path, int32_t flags);
/** See bp_net_save_memory() and bp_net_save_with(). */
BP_API bp_status bp_net_save_memory_with(const bp_net *net, void *bytes, size_t capacity, size_t *size, int32_t flags);
/** See bp_net_save_stream() and bp_net_save_with(). */
BP_API bp_status bp_net_save_stream_with(const bp_net *net, bp_write_fn *write, void *user, int32_t flags);

/**
 * Loads a net that bp_net_save() or another program has written, on malloc and free. It predicts the same bits as the one
 * that was saved, and goes on as that would have with an optimiser set anew; with the optimiser's state, where the file has
 * it. Of a file of bp_train_save() it is the net as it was then.
 *
 * Nothing in the file is believed: whatever it is, it makes a net that holds together, or an error and a sentence that says
 * where. Until the file has shown that it has all the numbers it tells of, no more memory is taken than its size and a MiB.
 * A file of a newer minor version of the format is read as far as it is known, one of a newer major version refused. The path
 * is that of a regular file: a symbolic link is refused.
 * @param[out] net the handle; NULL after a failure
 * Errors: ARG, FORMAT, IO, MEMORY, NONFINITE (a weight, a bias or a number of the optimiser's state is infinite or NaN),
 * UNSUPPORTED (a newer major version). Threads: any.
 */
BP_API bp_status bp_net_load(bp_net **net, const char *path);

/** As bp_net_load(), from memory.
 *  @param bytes [size] */
BP_API bp_status bp_net_load_memory(bp_net **net, const void *bytes, size_t size);

/** Gives up to `size` bytes, at least 1. Returns how many, 0 at the end, or less than 0 where it could not.
 *  @param[out] bytes [size] */
typedef int64_t bp_read_fn(void *user, void *bytes, size_t size);

/**
 * As bp_net_load(), from a function, called on the calling thread. It is asked for the file's bytes and no more, so that
 * others may follow; they take memory as they come.
 */
BP_API bp_status bp_net_load_stream(bp_net **net, bp_read_fn *read, void *user);

/** What the functions below may let pass, as a sum; 0 for nothing. */
enum { BP_LOAD_NONFINITE = 1 /**< weights and biases that are infinite or NaN */ };

/** As bp_net_load(), with every byte from `allocator`.
 *  @param flags a sum of BP_LOAD_*, or 0 */
BP_API bp_status bp_net_load_with(bp_net **net, const char *path, int32_t flags, const bp_allocator *allocator);
/** See bp_net_load_memory() and bp_net_load_with(). */
BP_API bp_status bp_net_load_memory_with(bp_net **net, const void *bytes, size_t size, int32_t flags,
                                         const bp_allocator *allocator);
/** See bp_net_load_stream() and bp_net_load_with(). */
BP_API bp_status bp_net_load_stream_with(bp_net **net, bp_read_fn *read, void *user, int32_t flags,
                                         const bp_allocator *allocator);

/**
 * Takes weights and biases from a safetensors file of another program, as PyTorch's for the state_dict of an nn.Sequential of
 * Linear layers, into a net that has been built for them. Numbers are converted to the net's type, to the nearest. The
 * optimiser's state stays; the net is no longer fresh.
 * @param names [2 * layers], for each layer the name of its tensor of weights, [units, inputs], and of its bias,
 *              [units], or [1] if the layer shares one. An element may be NULL, which leaves that part of the net as it is, and is
 *              so where a layer has none. Tensors that are not named are passed over. NULL: the file has a "*.weight" for each dense
 *              layer, a "*.bias" for each that has one, and nothing else, and the layers take them in the order of
 *              their names, in which numbers count as numbers: "2.weight" is before "10.weight"
 * Errors: ARG (a name for what a layer has not), FORMAT (also a tensor missing, or one too many), IO, MEMORY, NONFINITE (a number
 * is, or becomes so in the net's type), SHAPE (of a tensor and the layer differ), STATE (before init), UNSUPPORTED (a tensor is
 * neither F32 nor F64). Threads: exclusive.
 */
BP_API bp_status bp_net_load_weights(bp_net *net, const char *path, const char *const *names);

/**
 * Saves a training between two calls, at any batch, to go on from there in another process: a file as of bp_net_save(), which
 * bp_net_load() opens too, with the optimiser's state and where the training stands: its settings, the record, the place in
 * the epoch and the order of its rows, the schedule, the parameters of the best epoch, and what a method that takes all rows
 * has learned of the loss. The data are not in it, nor the findings of the doctor.
 * Errors: ARG, as bp_net_save_with(). Threads: shared, on the net too.
 */
BP_API bp_status bp_train_save(const bp_train *train, const char *path);

/** As bp_train_save(), into a function, as bp_net_save_stream(). */
BP_API bp_status bp_train_save_stream(const bp_train *train, bp_write_fn *write, void *user);

/**
 * Goes on with a training that bp_train_save() has saved: makes its net and the training of that, as bp_train_create() does.
 * Given the same data, and with the same calls, weights and record come to the bits of a training that never stopped,
 * but for BP_RECORD_SECONDS. Set anew what belongs to the machine: BP_OPT_THREADS, BP_OPT_BLAS and BP_TRAIN_LAPACK.
 * BP_METHOD_LM and BP_METHOD_BR look at all rows meanwhile, and begin anew where other layers are frozen than when they
 * last took a step. Memory is from the allocator of `data`.
 * @param[out] train the training; NULL after a failure
 * @param[out] net   its net, to be destroyed after it; NULL likewise
 * @param data       as when it was saved, as many rows in the same order
 * @param validation likewise, or NULL: there was none
 * Errors: as bp_net_load() and bp_train_create(), FORMAT (also where the file is of a net alone), SHAPE (also where there were
 * more or fewer rows). Threads: shared on the data sets.
 */
BP_API bp_status bp_train_resume(bp_train **train, bp_net **net, const char *path, const bp_data *data,
                                 const bp_data *validation);

/** As bp_train_resume(), from a function, as bp_net_load_stream(). */
BP_API bp_status bp_train_resume_stream(bp_train **train, bp_net **net, bp_read_fn *read, void *user,
                                        const bp_data *data, const bp_data *validation);

#ifdef __cplusplus
}
#endif

#endif

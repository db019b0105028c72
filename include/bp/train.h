/* SPDX-License-Identifier: MIT */
#ifndef BP_TRAIN_H
#define BP_TRAIN_H

#include <bp/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @file train.h
 * The training of a net on a data set.
 */

/* --------------------------------------------------------------------------------------------------------- training */

/** The training of a net on a data set, epoch by epoch. */
typedef struct bp_train bp_train;

/** Options of a training, for bp_train_set() and bp_train_get(). Each description ends with the first (default) value;
 *  "it" is the training. bp_key_domain() says whether the values are whole numbers. */
enum {
    BP_TRAIN_EPOCHS = 9010,       /**< total number of passes over the data; 200 */
    BP_TRAIN_BATCH = 9020,        /**< rows in a step; the last step of an epoch may have fewer. 0: all rows; 32 */
    BP_TRAIN_SEED = 9030,         /**< seed of the order of rows, which is drawn again for every epoch; 0 */
    BP_TRAIN_SHUFFLE = 9040,      /**< switch: 0 takes the rows in their own order, 1 in a random order; 1 */
    BP_TRAIN_PATIENCE = 9050,     /**< it stops after this many epochs without a lower validation loss; 0 is off; 6 */
    BP_TRAIN_RESTORE = 9060,      /**< switch; 1. When it stops, unless it was cancelled, the net gets back the
                                       parameters of the least validation loss */
    BP_TRAIN_GOAL = 9070,         /**< it stops when an epoch's loss is no greater; -1e300 */
    BP_TRAIN_MIN_GRADIENT = 9080, /**< it stops when the norm of the gradient is less than this; 0 */
    BP_TRAIN_TIME = 9090,         /**< it stops when its calls have taken this many seconds; 0 is off; 0 */
    BP_TRAIN_SCHEDULE = 9100,     /**< a BP_SCHEDULE_*; BP_SCHEDULE_CONSTANT */
    BP_TRAIN_WARMUP = 9110,       /**< number of epochs, also a fraction, in which the rate rises from 0; 0 */
    BP_TRAIN_DECAY = 9120,        /**< factor of STEP, EXPONENTIAL and PLATEAU; 0.1 */
    BP_TRAIN_PERIOD = 9130,       /**< epochs of STEP and PLATEAU; 10 */
    BP_TRAIN_LEAST_RATE = 9140,   /**< the lowest rate of every schedule, after the warm-up; 0 */
    BP_TRAIN_MOST_RATE = 9150,    /**< the highest rate of ONE_CYCLE; 0 means ten times the net's rate; 0 */
    BP_TRAIN_BALANCE = 9160,      /**< switch: 1 gives a row the weight rows / (classes x rows of its class) in loss and
                                       step, so that every class has the same total weight; 0 */
    BP_TRAIN_METHOD = 9170,       /**< a BP_METHOD_*; BP_METHOD_STEPS */
    BP_TRAIN_MU = 9180,           /**< the initial mu of BP_METHOD_LM and BP_METHOD_BR; 0.001 */
    BP_TRAIN_MU_DECREASE = 9190,  /**< factor of mu after a step that lowers the objective; 0.1 */
    BP_TRAIN_MU_INCREASE = 9200,  /**< factor of mu after a step that does not; 10 */
    BP_TRAIN_MU_MAX = 9210,       /**< with a greater mu the method stops with BP_STOP_STUCK; 1e10 */
    /** switch: 1 solves the equations of LM and BR with the LAPACK that the library was built with. Then the bits
     *  depend on that LAPACK. The upper bound is 0 if no LAPACK was built in; 0 */
    BP_TRAIN_LAPACK = 9300
};

/**
 * Methods of training. BP_METHOD_STEPS trains in batches. With each other method, an epoch is one iteration with the
 * loss and gradient of all rows. It lowers the objective (see below; for BR it is F) or leaves the net as it is; only
 * IRPROP_PLUS may raise it. These methods use no optimiser, no clipping and no order of rows. They use no learning
 * rate, except for the first steps of IRPROP_PLUS.
 *
 * The objective is the loss over all rows plus (BP_OPT_L2 + BP_OPT_WEIGHT_DECAY) / 2 times the sum of the squares of
 * the trained weights, and with BP_OPT_DECAY_BIAS also of the trained biases. The weight decay is the value that
 * bp_net_get() returns, so it includes the 0.01 of ADAMW. BP_RECORD_LOSS and BP_RECORD_GRADIENT are those of the
 * objective. The objective must be smooth and the same at each evaluation, so BP_OPT_L1 and dropout are refused. Use
 * these methods if a pass over all rows takes little time. Frozen parameters keep their values.
 *
 * The arithmetic uses double, with +, -, *, / and sqrt in a fixed order: the results have the same bits on every
 * machine and with any number of threads. At their first use, LBFGS takes memory for 27 doubles for each parameter, SCG
 * for 5 and IRPROP_PLUS for 7. If parameters, loss or penalties are changed between two epochs, a method starts from
 * the beginning.
 *
 * LM and BR are least-squares methods: they need BP_LOSS_SQUARED or BP_LOSS_MSE, and refuse other losses. r are the
 * residuals, scaled so that half the sum of r^2 is rows times the loss: outputs minus targets, with BP_LOSS_MSE times
 * sqrt(2/n), times the square root of the row's weight. J is the Jacobian of r for the P trained parameters; it takes
 * one backward pass for each row and output. An epoch takes P^2 / 2 multiplications for each residual and P^3 / 6 for
 * each mu that is tried. The memory is some 2 P^2 + 140 P doubles, and P above 10000 is refused. The equations are
 * solved by Cholesky decomposition. With BR, BP_RECORD_LOSS does not include the penalty.
 */
enum {
    BP_METHOD_STEPS = 14010, /**< batches, and after each batch a step of the net's BP_OPT_OPTIMIZER */
    /** w += a d, d = -H g, with H from the last 10 steps and changes of g (Nocedal, Wright: Numerical Optimization, 2nd
     *  edition, 2006, algorithms 7.4 and 7.5). The step length a fulfils the strong Wolfe conditions (algorithms 3.5
     *  and 3.6, c1 = 1e-4, c2 = 0.9, at most 20 evaluations). If no such a is found, the iteration tries once more with
     *  d = -g and without H */
    BP_METHOD_LBFGS = 14020,
    /** scaled conjugate gradient: w += a p, a = p r / (p H p + lambda p p), with H p from two gradients; lambda depends
     *  on how much the loss fell (Moller, 1993; sigma 5e-5 and at first lambda 5e-7, as MATLAB's trainscg; a comparison
     *  parameter below -100 is set to -100). An epoch may leave the net as it is; then the next epoch tries a
     *  lesser step. Gradients of f32 are coarse for it: better in f64 */
    BP_METHOD_SCG = 14030,
    BP_METHOD_LM = 14040, /**< Levenberg-Marquardt: w += d, (J^T J + D + mu I) d = -(J^T r + D w), where D is rows times
                               the decay of the penalties. mu is multiplied by BP_TRAIN_MU_INCREASE until the objective
                               is lower. Then the epoch ends, and mu is multiplied by BP_TRAIN_MU_DECREASE, but stays at
                               least 1e-20. If mu is above BP_TRAIN_MU_MAX, the method is stuck (Marquardt, 1963; Hagan,
                               Menhaj, 1994; MATLAB's trainlm) */
    /** Bayesian regularisation: as LM, but it minimises F = beta E_D + alpha E_W, with E_D = sum r^2 and E_W = the sum
     *  of the squares of all trained parameters, including biases: (beta J^T J + (alpha + mu) I) d = -(beta J^T r +
     *  alpha w). At first alpha = 0, beta = 1. At the end of each epoch, gamma = P - 2 alpha tr H^-1 with H = 2 beta
     *  J^T J + 2 alpha I (after the first epoch gamma = P), alpha = gamma / (2 E_W), beta = (N - gamma) / (2 E_D). If
     *  the formula of alpha or beta gives no number above 0, it is 1. N is the number of residuals in rows whose weight
     *  is not 0. mu begins at the same 0.001 as in LM (trainbr: 0.005). L2 and weight decay are refused. Start with
     *  BP_INIT_NGUYEN_WIDROW, as the paper does: with small initial weights, alpha can become so large that nothing is
     *  learned (MacKay, 1992; Foresee, Hagan, 1997) */
    BP_METHOD_BR = 14050,
    /** iRPROP+: each w has a step s, at first BP_OPT_LEARNING_RATE, and its last g, called p, at first 0. If g p > 0: s
     *  = min(eta+ s, step max). If g p < 0: s = max(eta- s, step min); w returns to its value before the last step if
     *  the loss has risen since, else it stays; and p = 0. If g p >= 0: w -= s sign(g), p = g (Igel, Huesken, 2000,
     *  algorithm 1). The constants are BP_OPT_ETA_PLUS and the three after it. An epoch may raise the loss. If the new
     *  loss would not be finite, the net stays as it is, all s are multiplied by eta- and all p are set to 0 */
    BP_METHOD_IRPROP_PLUS = 14060
};

/**
 * The record of a training, which bp_train_record() returns. LOSS to SECONDS and WARNING are kept for each epoch. For
 * epoch 0, which means now, all keys can be read: those that are kept for each epoch then have their values of the last
 * epoch, or NaN if there is none.
 */
enum {
    BP_RECORD_EPOCH = 10010,    /**< number of epochs done */
    BP_RECORD_LOSS = 10020,     /**< mean loss over the epoch's rows, each at the time of its step. With other methods
                                     than BP_METHOD_STEPS: after the epoch, with the penalties */
    BP_RECORD_ACCURACY = 10030, /**< fraction of these rows whose class is predicted; NaN without labels. The predicted
                                     class is that of the greatest output; with a single output, 1 from 0.5 on */
    BP_RECORD_VALID_LOSS = 10040,     /**< mean loss over the validation data after the epoch; NaN without such data */
    BP_RECORD_VALID_ACCURACY = 10050, /**< accuracy on the validation data; NaN without such labels */
    BP_RECORD_RATE = 10060,           /**< learning rate of the epoch's last batch; NaN with other methods than STEPS */
    BP_RECORD_GRADIENT = 10070,   /**< 2-norm of the mean gradient of the epoch's last batch; with the other methods of
                                       the gradient of the objective, with BR of F / (2 rows beta) */
    BP_RECORD_SECONDS = 10080,    /**< seconds that the calls took for the epoch */
    BP_RECORD_BEST_EPOCH = 10090, /**< the epoch with the least validation loss, from 1; 0 for none */
    BP_RECORD_BEST_LOSS = 10100,  /**< the least validation loss */
    BP_RECORD_STOP = 10110,       /**< why the training stopped, a BP_STOP_* */
    BP_RECORD_MU = 10120,         /**< of BP_METHOD_LM and BP_METHOD_BR: mu at the beginning of the next epoch */
    BP_RECORD_ALPHA = 10130,      /**< of BP_METHOD_BR: alpha */
    BP_RECORD_BETA = 10140,       /**< of BP_METHOD_BR: beta */
    BP_RECORD_GAMMA = 10150,      /**< of BP_METHOD_BR: gamma, the effective number of parameters */
    BP_RECORD_WARNING = 10160     /**< the most serious BP_FINDING_* that the losses up to the epoch show (NONFINITE,
                                       RATE_HIGH, OVERFITTING, RATE_LOW, in this order); 0 for none */
};

/** Schedules: the learning rate in epoch e, from 0. lr is the net's BP_OPT_LEARNING_RATE; when the training stops, the
 *  net has this rate again. */
enum {
    BP_SCHEDULE_CONSTANT = 15010,    /**< lr, also if it is set during the training */
    BP_SCHEDULE_STEP = 15020,        /**< lr decay^floor(e / period) */
    BP_SCHEDULE_EXPONENTIAL = 15030, /**< lr decay^e */
    BP_SCHEDULE_COSINE = 15040, /**< least + (lr - least) (1 + cos(pi e / epochs)) / 2 (Loshchilov, Hutter, 2017) */
    BP_SCHEDULE_PLATEAU =
        15050, /**< lr, multiplied by decay after each `period` epochs without a lower loss. If there is validation
                    data, this is the validation loss */
    BP_SCHEDULE_ONE_CYCLE =
        15060 /**< in the first 3/10 of all batches, from lr up to the most rate; in the others down to the least rate;
                   both by cosines (Smith, Topin, 2018) */
};

/** Why a training stopped. */
enum {
    BP_STOP_NONE = 0,          /**< it has not stopped */
    BP_STOP_EPOCHS = 16010,    /**< BP_TRAIN_EPOCHS are done */
    BP_STOP_GOAL = 16020,      /**< BP_TRAIN_GOAL is reached */
    BP_STOP_GRADIENT = 16030,  /**< the gradient is below BP_TRAIN_MIN_GRADIENT */
    BP_STOP_PATIENCE = 16040,  /**< BP_TRAIN_PATIENCE is used up */
    BP_STOP_TIME = 16050,      /**< BP_TRAIN_TIME is used up */
    BP_STOP_CANCELLED = 16060, /**< bp_train_cancel() or a callback cancelled it */
    BP_STOP_STUCK =
        16070 /**< only with other methods than BP_METHOD_STEPS: no step lowers the loss, or no step changes a weight */
};

/**
 * Makes a training of `net` on `data`, with the net's own loss and optimiser. The net must live as long as the
 * training; the data sets may be destroyed earlier. The memory comes from the allocator of `data`.
 * @param validation rows on which the net is evaluated after each epoch, for early stopping; or NULL for none
 * @param[out] train the handle; NULL after a failure
 * Errors: ARG, MEMORY, SHAPE (the numbers of inputs or outputs do not fit, though two classes fit one output; a column
 * or class has another name in the net), STATE (the net before init; no rows; neither target nor labels; one data set
 * has a target and the other has labels). Threads: exclusive on the net, shared on the data sets.
 */
BP_API bp_status bp_train_create(bp_train **train, bp_net *net, const bp_data *data, const bp_data *validation);

/** Destroys a training and releases its memory; the net does not change. NULL is fine. Threads: exclusive. */
BP_API void bp_train_destroy(bp_train *train);

/**
 * Sets an option, at any time. A training that has stopped may continue after that, for example with more epochs.
 * @param key a BP_TRAIN_*
 * Errors: ARG (unknown or outside its bounds), STATE (the batch, within an epoch). Threads: exclusive.
 */
BP_API bp_status bp_train_set(bp_train *train, int32_t key, double value);

/** Reads an option.
 *  @param key        a BP_TRAIN_*
 *  @param[out] value [1]
 *  Errors: ARG. Threads: shared. */
BP_API bp_status bp_train_get(const bp_train *train, int32_t key, double *value);

/**
 * Sets options of the training, of its net and of the net's layers by their names: `epochs=100 patience=10
 * optimizer=adamw`. bp_net_set_text() describes the text. A failure changes nothing, neither in the training nor in the
 * net.
 * Errors: as bp_net_set_text(), STATE (also the batch or the method within an epoch). Threads: exclusive, on the net
 * too.
 */
BP_API bp_status bp_train_set_text(bp_train *train, const char *text);

/** As bp_net_get_text(): gives all options of the training, its net and the net's layers as a text for
 * bp_train_set_text(). */
BP_API bp_status bp_train_get_text(const bp_train *train, char *text, size_t capacity, size_t *size);

/**
 * Reads a value of the record.
 * @param epoch      from 1; 0 is the present, at which every key can be read
 * @param key        a BP_RECORD_*
 * @param[out] value [1]
 * Errors: ARG (also an epoch that is not done, or a key that is not kept for each epoch). Threads: shared.
 */
BP_API bp_status bp_train_record(const bp_train *train, size_t epoch, int32_t key, double *value);

/**
 * Trains to the end of the current epoch.
 * Returns BP_OK, or BP_DONE if training had stopped before and nothing was done: BP_RECORD_STOP says why.
 * After a failure of bp_net_train_f32(), the sentence also gives the epoch and the row; the batches before it are done.
 * With other methods than BP_METHOD_STEPS, the net is after any failure as it was after the last epoch.
 * Errors: ARG, MEMORY, CANCELLED, as bp_net_train_f32(), UNSUPPORTED (also BP_TRAIN_BALANCE without labels; with the
 * other methods L1 and dropout; with LM and BR another loss or too many parameters, with BR a penalty), NONFINITE (with
 * the other methods: the loss or gradient at the beginning of an epoch).
 * Threads: exclusive, on the net too.
 */
BP_API bp_status bp_train_epoch(bp_train *train);

/** As bp_train_epoch(), but trains up to `batches` batches, also across the ends of epochs. For event loops. */
BP_API bp_status bp_train_batches(bp_train *train, size_t batches);

/**
 * A callback, called after each epoch on the thread that trains. If it returns a number other than 0, the training is
 * cancelled. If a call inside the callback failed, the sentence of bp_train_run() ends with the sentence of that call.
 */
typedef int32_t bp_train_fn(bp_train *train, void *user);

/**
 * Trains until it stops.
 * @param each_epoch called after each epoch, or NULL for none
 * Errors: as bp_train_epoch(). Threads: exclusive, on the net too.
 */
BP_API bp_status bp_train_run(bp_train *train, bp_train_fn *each_epoch, void *user);

/**
 * Cancels a training: the call that trains returns BP_ERR_CANCELLED before its next batch or its next pass over all
 * rows. If no such call is running, or if it ends before, the next call that would train returns BP_ERR_CANCELLED.
 * Training may continue afterwards. NULL is fine. Threads: any, also while another thread trains.
 */
BP_API void bp_train_cancel(bp_train *train);

/**
 * Findings of bp_train_diagnose(). A description has the place and the measure in parentheses. Layers, columns, classes
 * and rows count from 0. docs/doctor.md gives the thresholds and their sources.
 */
enum {
    /** a loss or step was infinite or NaN in this epoch or in the last finished one, or the validation loss is (the
     *  layer, see BP_OPT_NONFINITE_LAYER, or bp_net_layers() if the target, the sum over the rows or the validation
     *  loss was not finite; the epoch) */
    BP_FINDING_NONFINITE = 12010,
    BP_FINDING_INPUT_NONFINITE = 12020, /**< inputs that are infinite or NaN (first such column; share of its rows) */
    BP_FINDING_INPUT_SCALE = 12030,     /**< inputs that are not scaled (worst column; its root mean square) */
    BP_FINDING_INPUT_CONSTANT =
        12040, /**< inputs that are the same in all rows (first such column; share of columns) */
    BP_FINDING_TARGET_NONFINITE = 12050, /**< targets that are infinite or NaN (first such column; share of its rows) */
    BP_FINDING_TARGET_RANGE = 12060, /**< targets outside the range of the last layer's activation (column with most of
                                          them; share of all numbers) */
    BP_FINDING_LABEL_RANGE = 12070,  /**< labels that are not a class, for example after borrowed labels were changed
                                          (first such row; share of rows) */
    BP_FINDING_CLASS_UNUSED =
        12080, /**< classes without a row, for example if labels count from 1 (first; share of classes) */
    BP_FINDING_DEAD_UNITS = 12090, /**< units whose activation has a slope of almost 0 for every row (layer; share of
                                        its units) */
    BP_FINDING_SATURATED_UNITS =
        12100,                     /**< units at the flat ends of a bounded activation for nearly all rows, while the
                                        loss is still high (layer; share of its units) */
    BP_FINDING_RATE_HIGH = 12110,  /**< the loss rises, or jumps without getting lower (epoch; loss / loss of epoch
                                        1) */
    BP_FINDING_RATE_LOW = 12120,   /**< the loss hardly changes (epoch; loss / loss of epoch 1) */
    BP_FINDING_OVERFITTING = 12130 /**< the validation loss rises while the training loss falls (best epoch; validation
                                        loss / that of the best epoch) */
};

/**
 * Looks for common problems. It examines up to 1024 rows of the data, evenly spaced, and the first rows of a batch that
 * failed, as the network sees them; all labels; the net's units for these rows; and the record. It may be called at any
 * time, also after a failure and before the first epoch. Before the first epoch it passes over all rows, to compute the
 * scaling that the training will fit. It changes nothing that the training depends on, so the training continues with
 * the same bits. Former findings are removed. It takes memory for a clone of the net and for 128 rows of it.
 * @param[out] findings [1], the number of findings
 * Errors: ARG (also if borrowed sparse rows were changed and are no longer valid), MEMORY. Threads: exclusive, shared
 * on the net.
 */
BP_API bp_status bp_train_diagnose(bp_train *train, size_t *findings);

/**
 * A finding of the last bp_train_diagnose().
 * @param index        from 0
 * @param[out] kind    [1], a BP_FINDING_*
 * @param[out] place   [1], the column, layer, class, row or epoch it is about, as BP_FINDING_* says
 * @param[out] measure [1], how strong the finding is, as BP_FINDING_* says
 * Errors: ARG (also if there is no such finding). Threads: shared.
 */
BP_API bp_status bp_train_finding(const bp_train *train, size_t index, int32_t *kind, size_t *place, double *measure);

/**
 * The finding in words: what was seen, with the names of columns if the data have them, and what to try. NULL if there
 * is no such finding, and for NULL. Valid until the next bp_train_diagnose() or the training is destroyed.
 * Threads: shared.
 */
BP_API const char *bp_train_finding_text(const bp_train *train, size_t index);

/**
 * Cross-validation (Stone, 1974): measures the result of a training on rows that it has not seen. For each fold of
 * bp_data_fold() it copies the net, as it is now but with the learning rate before any schedule. A new training with
 * the options of `like` trains the copy on the other rows until it stops. Then the metric is computed on the rows held
 * out. The net and the training of `like` do not change.
 *
 * Begin with a net that has not been trained. Then the scaling of each copy is fitted to the rows that it is trained
 * on, and does not depend on the rows held out. The new trainings have no validation data, even if `like` has some. So
 * BP_TRAIN_PATIENCE and BP_TRAIN_RESTORE have no effect: use BP_TRAIN_EPOCHS, a goal or a schedule to end the training.
 * BP_TRAIN_TIME applies to each fold.
 *
 * The same seed gives the same bits with any number of threads, and the same calls made by hand give the same values.
 * @param folds       2 to the number of rows
 * @param seed        of the folds
 * @param metric      a BP_METRIC_*
 * @param[out] values [folds]; after a failure only the values of the folds before it are written. The sentence gives
 *                    the fold, from 0
 * Errors: ARG, MEMORY, CANCELLED (bp_train_cancel() of `like`), as bp_train_epoch() and bp_net_evaluate().
 * Threads: exclusive, shared on the net.
 */
BP_API bp_status bp_train_cross_validate(bp_train *like, size_t folds, uint64_t seed, int32_t metric, double *values);

#ifdef __cplusplus
}
#endif

#endif

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

/** Options of a training, for bp_train_set() and bp_train_get(). Whole numbers where no unit is given. */
enum {
    BP_TRAIN_EPOCHS = 9010,       /**< passes over the data in all; 200 */
    BP_TRAIN_BATCH = 9020,        /**< rows of a step, the last of an epoch perhaps fewer; 0 for all; 32 */
    BP_TRAIN_SEED = 9030,         /**< of the order of rows, which is drawn again for every epoch; 0 */
    BP_TRAIN_SHUFFLE = 9040,      /**< switch; 1. With 0 rows come in their own order */
    BP_TRAIN_PATIENCE = 9050,     /**< epochs without a lesser validation loss, after which it stops; 0 is off; 6 */
    BP_TRAIN_RESTORE = 9060,      /**< switch; 1: when it stops, except by a cancellation, the parameters of the least
                                       validation loss come back */
    BP_TRAIN_GOAL = 9070,         /**< it stops when an epoch's loss is no greater; -1e300 */
    BP_TRAIN_MIN_GRADIENT = 9080, /**< it stops when the norm of the gradient is less; 0 */
    BP_TRAIN_TIME = 9090,         /**< seconds in its calls, after which it stops; 0 is off; 0 */
    BP_TRAIN_SCHEDULE = 9100,     /**< a BP_SCHEDULE_*; BP_SCHEDULE_CONSTANT */
    BP_TRAIN_WARMUP = 9110,       /**< epochs, perhaps a part of one, over which the rate rises from 0; 0 */
    BP_TRAIN_DECAY = 9120,        /**< factor of STEP, EXPONENTIAL and PLATEAU; 0.1 */
    BP_TRAIN_PERIOD = 9130,       /**< epochs of STEP and PLATEAU; 10 */
    BP_TRAIN_LEAST_RATE = 9140,   /**< no schedule goes below it; 0 */
    BP_TRAIN_MOST_RATE = 9150,    /**< of ONE_CYCLE; 0 for ten times the net's rate; 0 */
    BP_TRAIN_BALANCE = 9160,      /**< switch; 0. With 1 a row weighs rows / (classes x rows of its class) in loss and
                                       step, so that every class weighs the same, however rare */
    BP_TRAIN_METHOD = 9170,       /**< a BP_METHOD_*; BP_METHOD_STEPS */
    BP_TRAIN_MU = 9180,           /**< of BP_METHOD_LM and BP_METHOD_BR: mu when they begin; 0.001 */
    BP_TRAIN_MU_DECREASE = 9190,  /**< its factor after a step that was lower; 0.1 */
    BP_TRAIN_MU_INCREASE = 9200,  /**< its factor after one that was not; 10 */
    BP_TRAIN_MU_MAX = 9210,       /**< above which they are stuck; 1e10 */
    /** switch: the equations of LM and BR by the LAPACK that the library was built with, 0. Then the bits are that
     *  library's. The greatest value is 0 where none was built in */
    BP_TRAIN_LAPACK = 9300
};

/**
 * How a training goes down. Of all but the first an epoch is one iteration with the loss and gradient of all rows,
 * which lowers the loss (of BR: F) or leaves the net as it is, but with IRPROP_PLUS: no optimiser, no clipping, no
 * order of rows, and except, for the first steps of that one, no learning rate. What they minimise, and what
 * BP_RECORD_LOSS and BP_RECORD_GRADIENT give of, is the loss over all rows plus (BP_OPT_L2 + BP_OPT_WEIGHT_DECAY) / 2
 * times the sum of the squares of the trained weights, with BP_OPT_DECAY_BIAS of the biases too; the decay is what
 * bp_net_get() returns, ADAMW's 0.01 as well. It must be smooth and the same at each look:
 * BP_OPT_L1 and dropout are refused. They are for data that pass through the net in a moment. Frozen parameters keep
 * their values.
 *
 * Arithmetic is in double, of +, -, *, / and sqrt in a fixed order: the same bits on every machine and with any
 * threads. LBFGS, SCG and IRPROP_PLUS take 27, 5 or 7 doubles for each parameter when they are first used. All begin
 * afresh where parameters, loss or penalties were changed between two epochs.
 *
 * LM and BR are least squares: they need BP_LOSS_SQUARED or BP_LOSS_MSE, and other losses are refused. r are the
 * residuals, such that half the sum of r^2 is rows times the loss: outputs less targets, with BP_LOSS_MSE times
 * sqrt(2/n), times the root of the row's weight; J are their derivatives by the P trained parameters, for which the net
 * goes backward once for each row and output. An epoch takes P^2 / 2 multiplications for each residual and P^3 / 6 for
 * each mu that is tried; memory is some 2 P^2 + 140 P doubles, and P above 10000 is refused. The equations are solved
 * by Cholesky. Of what is reported,
 * BP_RECORD_LOSS of BR is without its penalty.
 */
enum {
    BP_METHOD_STEPS = 14010, /**< batches, and after each a step of the net's BP_OPT_OPTIMIZER */
    /** w += a d, d = -H g, with H from the last 10 steps and changes of g (Nocedal, Wright: Numerical Optimization, 2nd
     *  edition, 2006, algorithms 7.4 and 7.5); a by the strong Wolfe conditions (algorithms 3.5 and 3.6, c1 = 1e-4, c2
     *  = 0.9, 20 looks at most). Where no a will do, once more with d = -g and no H */
    BP_METHOD_LBFGS = 14020,
    /** scaled conjugate gradient: w += a p, a = p r / (p H p + lambda p p), with H p from two gradients and lambda
     *  moved by how well the loss fell (Moller, 1993; sigma 5e-5 and at first lambda 5e-7, as MATLAB's trainscg; a
     *  comparison parameter below -100 counts as that). An epoch may leave the net as it is, and the next tries a
     *  lesser step. Gradients of f32 are coarse for it: better in f64 */
    BP_METHOD_SCG = 14030,
    BP_METHOD_LM = 14040, /**< Levenberg-Marquardt: w += d, (J^T J + D + mu I) d = -(J^T r + D w), with D rows times the
                               penalties' decay; mu grows by BP_TRAIN_MU_INCREASE until that is lower, which ends the
                               epoch, and then shrinks by BP_TRAIN_MU_DECREASE, to no less than 1e-20. Above
                               BP_TRAIN_MU_MAX it is stuck (Marquardt, 1963; Hagan, Menhaj, 1994; MATLAB's trainlm) */
    /** Bayesian regularisation: the same on F = beta E_D + alpha E_W, E_D = sum r^2, E_W = the sum of the squares of
     *  all trained parameters, biases too: (beta J^T J + (alpha + mu) I) d = -(beta J^T r + alpha w). At first alpha =
     *  0, beta = 1. After each epoch, where it ended, gamma = P - 2 alpha tr H^-1 with H = 2 beta J^T J + 2 alpha I (P
     *  after the first), alpha = gamma / (2 E_W), beta = (N - gamma) / (2 E_D), each 1 where that is not above 0; N
     *  counts residuals in rows whose weight is not 0. mu begins at the same 0.001 as LM's (trainbr: 0.005). L2 and
     *  weight decay are refused. Best from BP_INIT_NGUYEN_WIDROW, as the paper has it: from small weights alpha can
     *  grow so large that nothing is learned (MacKay, 1992; Foresee, Hagan, 1997) */
    BP_METHOD_BR = 14050,
    /** iRPROP+: of each w the step s, at first BP_OPT_LEARNING_RATE, and the last g, p, at first 0. If g p > 0: s =
     *  min(eta+ s, step max); if g p < 0: s = max(eta- s, step min), w goes back to where it was before if the loss has
     *  risen since, else stays, and p = 0; otherwise w -= s sign(g), p = g (Igel, Huesken, 2000, algorithm 1), with
     *  BP_OPT_ETA_PLUS and so on. An epoch may raise the loss. Where that would not be finite, the net stays as it is,
     *  all s shrink by eta- and all p are 0 */
    BP_METHOD_IRPROP_PLUS = 14060
};

/**
 * The record, which can be asked by bp_train_record(): LOSS to SECONDS and WARNING of each epoch, and all of now. Of
 * now, numbers of an epoch are the last one's, NaN where there is none.
 */
enum {
    BP_RECORD_EPOCH = 10010,    /**< epochs done */
    BP_RECORD_LOSS = 10020,     /**< mean over the epoch's rows, each as it was trained on; with the other methods see
                                     BP_METHOD_STEPS: after the epoch, with the penalties */
    BP_RECORD_ACCURACY = 10030, /**< right answers among them, as a fraction; NaN without labels. An answer is the class
                                     of the greatest output; of a single output, 1 from 0.5 on */
    BP_RECORD_VALID_LOSS = 10040,     /**< mean over the validation data after the epoch; NaN without */
    BP_RECORD_VALID_ACCURACY = 10050, /**< the same of their labels */
    BP_RECORD_RATE = 10060,           /**< learning rate of the epoch's last batch; NaN but with BP_METHOD_STEPS */
    BP_RECORD_GRADIENT = 10070, /**< 2-norm of the mean gradient of the epoch's last batch, or of that loss; with BR of
                                     F / (2 rows beta) */
    BP_RECORD_SECONDS = 10080,  /**< that the epoch took in calls */
    BP_RECORD_BEST_EPOCH = 10090, /**< with the least validation loss, from 1; 0 for none */
    BP_RECORD_BEST_LOSS = 10100,  /**< that loss */
    BP_RECORD_STOP = 10110,       /**< a BP_STOP_* */
    BP_RECORD_MU = 10120,         /**< mu of BP_METHOD_LM and BP_METHOD_BR, with which the next epoch begins */
    BP_RECORD_ALPHA = 10130,      /**< of BP_METHOD_BR: alpha */
    BP_RECORD_BETA = 10140,       /**< of BP_METHOD_BR: beta */
    BP_RECORD_GAMMA = 10150,      /**< of BP_METHOD_BR: gamma, how many parameters the data account for */
    BP_RECORD_WARNING = 10160 /**< the gravest BP_FINDING_* that the losses up to the epoch show (NONFINITE, RATE_HIGH,
                                   OVERFITTING, RATE_LOW, in this order); 0 for none */
};

/** Learning rates over epochs e, from the net's BP_OPT_LEARNING_RATE lr, which it has again when the training stops. */
enum {
    BP_SCHEDULE_CONSTANT = 15010,    /**< lr, also where that is set meanwhile */
    BP_SCHEDULE_STEP = 15020,        /**< lr decay^floor(e / period) */
    BP_SCHEDULE_EXPONENTIAL = 15030, /**< lr decay^e */
    BP_SCHEDULE_COSINE = 15040, /**< least + (lr - least) (1 + cos(pi e / epochs)) / 2 (Loshchilov, Hutter, 2017) */
    BP_SCHEDULE_PLATEAU =
        15050, /**< lr, times decay after each `period` epochs without a lesser loss, of the validation
                    data where there are some */
    BP_SCHEDULE_ONE_CYCLE =
        15060 /**< from lr up to the most in 3/10 of all batches and down to the least in the others,
                   by cosines (Smith, Topin, 2018) */
};

/** Why a training stopped. */
enum {
    BP_STOP_NONE = 0,          /**< it did not */
    BP_STOP_EPOCHS = 16010,    /**< BP_TRAIN_EPOCHS are done */
    BP_STOP_GOAL = 16020,      /**< BP_TRAIN_GOAL is reached */
    BP_STOP_GRADIENT = 16030,  /**< BP_TRAIN_MIN_GRADIENT */
    BP_STOP_PATIENCE = 16040,  /**< BP_TRAIN_PATIENCE */
    BP_STOP_TIME = 16050,      /**< BP_TRAIN_TIME */
    BP_STOP_CANCELLED = 16060, /**< bp_train_cancel() */
    BP_STOP_STUCK =
        16070 /**< other methods than BP_METHOD_STEPS: no step lowers the loss, or moves a weight, any more */
};

/**
 * The training of `net` on `data`, with the net's own loss and optimiser. The net must live as long as the training;
 * the data sets may be destroyed before. Its memory is from the allocator of `data`.
 * @param validation rows that the net is judged by after each epoch, for early stopping; or NULL for none
 * @param[out] train the handle; NULL after a failure
 * Errors: ARG, MEMORY, SHAPE (the numbers of inputs or outputs do not fit, though two classes fit one output; a column
 * or class has another name in the net), STATE (the net before init; no rows; neither target nor labels; a target in
 * one and labels in the other). Threads: exclusive on the net, shared on the data sets.
 */
BP_API bp_status bp_train_create(bp_train **train, bp_net *net, const bp_data *data, const bp_data *validation);

/** Gives back all that the training holds; the net is not touched. NULL is fine. Threads: exclusive. */
BP_API void bp_train_destroy(bp_train *train);

/**
 * Sets an option, at any time; a training that has stopped may then have more to do.
 * @param key a BP_TRAIN_*
 * Errors: ARG (unknown or out of its bounds), STATE (the batch, within an epoch). Threads: exclusive.
 */
BP_API bp_status bp_train_set(bp_train *train, int32_t key, double value);

/** Reads what is set.
 *  @param key        a BP_TRAIN_*
 *  @param[out] value [1]
 *  Errors: ARG. Threads: shared. */
BP_API bp_status bp_train_get(const bp_train *train, int32_t key, double *value);

/**
 * Sets options of the training, of its net and of the net's layers by their names: `epochs=100 patience=10
 * optimizer=adamw`. See bp_net_set_text() for the text. After a failure nothing has changed, neither here nor in the
 * net.
 * Errors: as bp_net_set_text(), STATE (also the batch or the method within an epoch). Threads: exclusive, on the net
 * too.
 */
BP_API bp_status bp_train_set_text(bp_train *train, const char *text);

/** As bp_net_get_text(): all options of the training, its net and the net's layers, as bp_train_set_text() takes
 * them. */
BP_API bp_status bp_train_get_text(const bp_train *train, char *text, size_t capacity, size_t *size);

/**
 * Reads a number of the record.
 * @param epoch      from 1; 0 for now, when all of them can be read
 * @param key        a BP_RECORD_*
 * @param[out] value [1]
 * Errors: ARG (also an epoch that is not done, or a key that is not kept for each epoch). Threads: shared.
 */
BP_API bp_status bp_train_record(const bp_train *train, size_t epoch, int32_t key, double *value);

/**
 * Trains to the end of the epoch that it is in.
 * Returns BP_OK, or BP_DONE if training had stopped before and nothing was done: BP_RECORD_STOP says why.
 * A failure of bp_net_train_f32() comes with the epoch and the row in the sentence: the batches before it are done.
 * With the other methods, after any failure the net is where the last epoch left it.
 * Errors: ARG, MEMORY, CANCELLED, as bp_net_train_f32(), UNSUPPORTED (also BP_TRAIN_BALANCE without labels; with the
 * other methods L1 and dropout; with LM and BR another loss or too many parameters, with BR a penalty), NONFINITE (with
 * the other methods of the parameters that an epoch begins with).
 * Threads: exclusive, on the net too.
 */
BP_API bp_status bp_train_epoch(bp_train *train);

/** As bp_train_epoch(), for up to `batches` batches, through the ends of epochs. For event loops. */
BP_API bp_status bp_train_batches(bp_train *train, size_t batches);

/**
 * Called after each epoch, on the thread that trains; other than 0 cancels the training. If a call within it failed,
 * the sentence of bp_train_run() ends with the sentence of that call.
 */
typedef int32_t bp_train_fn(bp_train *train, void *user);

/**
 * Trains until it stops.
 * @param each_epoch called after each epoch, or NULL for none
 * Errors: as bp_train_epoch(). Threads: exclusive, on the net too.
 */
BP_API bp_status bp_train_run(bp_train *train, bp_train_fn *each_epoch, void *user);

/**
 * The call that trains returns BP_ERR_CANCELLED before its next batch or look at all rows, or if there is none the next
 * that would. Training may continue afterwards. NULL is fine. Threads: any, also while another thread trains.
 */
BP_API void bp_train_cancel(bp_train *train);

/**
 * What bp_train_diagnose() finds: in brackets the place, and the measure. Layers and columns count from 0.
 * docs/doctor.md gives the thresholds and where they come from.
 */
enum {
    /** a loss or step was infinite or NaN in this epoch or the last one ended, or the validation loss is (the layer, of
     *  which BP_OPT_NONFINITE_LAYER gives the last; the epoch) */
    BP_FINDING_NONFINITE = 12010,
    BP_FINDING_INPUT_NONFINITE = 12020, /**< inputs that are infinite or NaN (first such column; share of its rows) */
    BP_FINDING_INPUT_SCALE = 12030,     /**< inputs that are not scaled (worst column; its root mean square) */
    BP_FINDING_INPUT_CONSTANT =
        12040, /**< inputs that are the same in all rows (first such column; share of columns) */
    BP_FINDING_TARGET_NONFINITE = 12050, /**< targets that are infinite or NaN (first such column; share of its rows) */
    BP_FINDING_TARGET_RANGE = 12060, /**< targets outside of what the last layer's activation can give (column with most
                                          of them; share of all numbers) */
    BP_FINDING_LABEL_RANGE = 12070,  /**< labels that are no class, as when borrowed ones were changed (first such row;
                                          share of rows) */
    BP_FINDING_CLASS_UNUSED =
        12080,                     /**< classes without a row, as when labels count from 1 (first; share of classes) */
    BP_FINDING_DEAD_UNITS = 12090, /**< units whose activation has no slope for any row (layer; share of its units) */
    BP_FINDING_SATURATED_UNITS =
        12100,                     /**< units at the flat ends of a bounded activation for nearly all rows, while the
                                        loss is still high (layer; share of its units) */
    BP_FINDING_RATE_HIGH = 12110,  /**< the loss rises, or jumps and does not get on (epoch; loss by that of epoch 1) */
    BP_FINDING_RATE_LOW = 12120,   /**< the loss hardly moves (epoch; loss by that of epoch 1) */
    BP_FINDING_OVERFITTING = 12130 /**< validation loss rising while the other falls (best epoch; loss by the best) */
};

/**
 * Looks for what goes wrong in practice: at up to 1024 rows of the data, evenly spaced, and the first ones of a batch
 * that failed, as the network sees them; at all labels; at the net's units for these rows; and at the record. At any
 * time, before the first epoch, when it passes over all rows to find the scaling that will be, and after a failure too.
 * Nothing that the training depends on is touched: it continues to the same bits. What was found before is forgotten.
 * Room: a clone of the net, and 128 rows of it.
 * @param[out] findings [1], how many there are
 * Errors: ARG (also where borrowed sparse rows were changed and fit no more), MEMORY. Threads: exclusive, shared on the
 * net.
 */
BP_API bp_status bp_train_diagnose(bp_train *train, size_t *findings);

/**
 * A finding of the last bp_train_diagnose().
 * @param index        from 0
 * @param[out] kind    [1], a BP_FINDING_*
 * @param[out] place   [1], the column, layer, class or row it is about, as BP_FINDING_* says
 * @param[out] measure [1], how much it is so, as BP_FINDING_* says
 * Errors: ARG (also where there is no such finding). Threads: shared.
 */
BP_API bp_status bp_train_finding(const bp_train *train, size_t index, int32_t *kind, size_t *place, double *measure);

/**
 * The finding in words: what was seen, with names of columns where the data have them, and what to try. NULL where
 * there is no such finding, and for NULL. Valid until the next bp_train_diagnose() or the training's destruction.
 * Threads: shared.
 */
BP_API const char *bp_train_finding_text(const bp_train *train, size_t index);

/**
 * What a training comes to on rows that it has not seen (cross-validation; Stone, 1974). For each fold of
 * bp_data_fold() a copy of the net as it is now, but at the learning rate that no schedule has moved, is trained until
 * it stops by a new training on the other rows, as `like` is set; then the metric is measured on the rows held out.
 * Neither the net nor the training of `like` continues by this.
 *
 * Begin with a net that has not been trained: each copy is then scaled by the rows that it is trained on, and no fold
 * knows of what it is judged by. There is no validation data, also where `like` has some: BP_TRAIN_PATIENCE and
 * BP_TRAIN_RESTORE do nothing, so let BP_TRAIN_EPOCHS, a goal or a schedule set the end. BP_TRAIN_TIME is for each
 * fold.
 *
 * The values are the same bits for the same seed with any threads, and those of the same calls by hand.
 * @param folds       2 to the rows
 * @param seed        of the folds
 * @param metric      a BP_METRIC_*
 * @param[out] values [folds]; after a failure, whose sentence has the fold from 0, those of the folds before it are
 * there
 * Errors: ARG, MEMORY, CANCELLED (bp_train_cancel() of `like`), as bp_train_epoch() and bp_net_evaluate().
 * Threads: exclusive, shared on the net.
 */
BP_API bp_status bp_train_cross_validate(bp_train *like, size_t folds, uint64_t seed, int32_t metric, double *values);

#ifdef __cplusplus
}
#endif

#endif

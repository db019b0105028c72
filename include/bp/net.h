/* SPDX-License-Identifier: MIT */
#ifndef BP_NET_H
#define BP_NET_H

#include <bp/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @file net.h
 * A net: how to make and destroy it, its layers, options, names and scalings, its computations, and its arrays.
 */

/* ------------------------------------------------------------------------------------------------------------- life */

/** A network: layers, parameters, gradient, optimiser and options. */
typedef struct bp_net bp_net;

/** Workspace of bp_net_predict_f32() and related functions. With it they do not allocate. */
typedef struct bp_scratch bp_scratch;

/**
 * Makes a net without layers, for rows of `inputs` numbers of type `dtype`. Its memory comes from malloc and free.
 * @param[out] net the handle; NULL after a failure
 * @param dtype    BP_F32 or BP_F64
 * Errors: ARG, MEMORY, SHAPE (inputs is 0 or too large), UNSUPPORTED (a type that this library was built without).
 * Threads: any.
 */
BP_API bp_status bp_net_create(bp_net **net, int32_t dtype, size_t inputs);

/**
 * As bp_net_create(), with all memory from `allocator`. The allocator must be thread-safe if it serves nets in several
 * threads, or bp_net_predict_f32() without a scratch in several threads.
 * Errors: ARG (also a struct_size below that of the first release, or a NULL function), MEMORY, SHAPE, UNSUPPORTED.
 * Threads: any.
 */
BP_API bp_status bp_net_create_with(bp_net **net, int32_t dtype, size_t inputs, const bp_allocator *allocator);

/**
 * Makes a copy of a net, with its own memory from the same allocator: layers, options, parameters, gradient, optimiser
 * and random state. What the last forward cached (z, activation, delta) is not copied.
 * @param[out] copy the new handle; NULL after a failure
 * Errors: ARG, MEMORY. Threads: shared.
 */
BP_API bp_status bp_net_clone(bp_net **copy, const bp_net *net);

/** Destroys a net and releases its memory. NULL is fine. Threads: exclusive. */
BP_API void bp_net_destroy(bp_net *net);

/* --------------------------------------------------------------------------------------------------------- topology */

/**
 * Activations f. a = f(z), delta uses f'(z, a). `s` is the layer's BP_LAYER_SLOPE; its first value is in parentheses
 * after the formula. docs/derivation.md gives each derivative.
 */
enum {
    BP_ACT_IDENTITY = 1010,     /**< z */
    BP_ACT_SIGMOID = 1020,      /**< 1 / (1 + exp(-z)) */
    BP_ACT_TANH = 1030,         /**< tanh(z) */
    BP_ACT_SCALED_TANH = 1040,  /**< 1.7159 tanh(2z/3) (LeCun, Bottou, Orr, Mueller: Efficient BackProp, 1998) */
    BP_ACT_RELU = 1050,         /**< max(0, z) */
    BP_ACT_LEAKY_RELU = 1060,   /**< z > 0 ? z : s z (0.01) (Maas, Hannun, Ng, 2013) */
    BP_ACT_ELU = 1070,          /**< z > 0 ? z : s (exp(z) - 1) (1) (Clevert, Unterthiner, Hochreiter, 2016) */
    BP_ACT_SELU = 1080,         /**< 1.0507.. ELU with 1.6732.. (Klambauer et al., 2017) */
    BP_ACT_CELU = 1090,         /**< max(0, z) + min(0, s (exp(z/s) - 1)) (1) (Barron, 2017) */
    BP_ACT_SOFTPLUS = 1100,     /**< log(1 + exp(s z)) / s (1) (Dugas et al., 2001) */
    BP_ACT_SOFTSIGN = 1110,     /**< z / (1 + |z|); MATLAB's elliotsig, FANN's symmetric Elliott */
    BP_ACT_GELU = 1120,         /**< z (1 + erf(z / sqrt 2)) / 2 (Hendrycks, Gimpel, 2016) */
    BP_ACT_GELU_TANH = 1130,    /**< z (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))) / 2 (the same paper's approximation) */
    BP_ACT_SILU = 1140,         /**< z sigmoid(z) (Elfwing, Uchibe, Doya, 2018) */
    BP_ACT_MISH = 1150,         /**< z tanh(log(1 + exp(z))) (Misra, 2019) */
    BP_ACT_HARD_SIGMOID = 1160, /**< min(1, max(0, z/6 + 1/2)), as PyTorch's */
    BP_ACT_HARD_TANH = 1170,    /**< min(1, max(-1, z)) */
    BP_ACT_HARD_SWISH = 1180,   /**< z hard_sigmoid(z) (Howard et al., MobileNetV3, 2019) */
    BP_ACT_ELLIOTT = 1190,      /**< z / (2 (1 + |z|)) + 1/2, in (0, 1) (Elliott, 1993; FANN's ELLIOT) */
    BP_ACT_GAUSSIAN = 1200,     /**< exp(-z^2); MATLAB's radbas */
    BP_ACT_TRIANGULAR = 1210,   /**< max(0, 1 - |z|); MATLAB's tribas */
    BP_ACT_SINE = 1220,         /**< sin(z) */
    BP_ACT_COSINE = 1230,       /**< cos(z) */
    BP_ACT_EXP = 1240,          /**< exp(z) */
    BP_ACT_STEP = 1250,         /**< z >= 0 ? 1 : 0. For inference: its derivative is 0, so nothing below it learns */
    BP_ACT_SOFTMAX = 1260,      /**< exp(z_j) / sum_k exp(z_k), over the layer's units */
    BP_ACT_LOG_SOFTMAX = 1270   /**< z_j - log sum_k exp(z_k), over the layer's units */
};

/** Values of BP_LAYER_BIAS. */
enum {
    BP_BIAS_NONE = 5010,  /**< no bias */
    BP_BIAS_UNIT = 5020,  /**< a bias for each unit */
    BP_BIAS_SHARED = 5030 /**< one number for all units of the layer */
};

/**
 * Initialisers. `s` is BP_LAYER_INIT_SCALE (for biases BP_LAYER_BIAS_INIT_SCALE), 1 unless set; `in` and `out` are the
 * layer's inputs and units. A normal initialiser with standard deviation sd draws from N(0, sd^2), a uniform one from
 * (-w, w) with w = sd sqrt(3).
 */
enum {
    BP_INIT_AUTO = 4010,           /**< weights: He normal for RELU, LEAKY_RELU, ELU, CELU, SOFTPLUS, GELU,
                                        GELU_TANH, SILU, MISH and HARD_SWISH, LeCun normal for SELU, Glorot uniform
                                        for the rest; biases: those of Nguyen-Widrow if the weights are, else zeros */
    BP_INIT_ZEROS = 4020,          /**< 0 */
    BP_INIT_CONSTANT = 4030,       /**< s */
    BP_INIT_UNIFORM = 4040,        /**< uniform in (-s, s) */
    BP_INIT_NORMAL = 4050,         /**< N(0, s^2) */
    BP_INIT_GLOROT_UNIFORM = 4060, /**< sd = s sqrt(2 / (in + out)) (Glorot, Bengio, 2010, equation 16) */
    BP_INIT_GLOROT_NORMAL = 4070,  /**< the same, normal */
    BP_INIT_HE_UNIFORM = 4080,     /**< sd = s sqrt(2 / in) (He et al., 2015, equation 10) */
    BP_INIT_HE_NORMAL = 4090,      /**< the same, normal */
    BP_INIT_LECUN_UNIFORM = 4100,  /**< sd = s sqrt(1 / in) (LeCun et al., 1998, equation 16) */
    BP_INIT_LECUN_NORMAL = 4110,   /**< the same, normal */
    BP_INIT_ORTHOGONAL = 4120,   /**< s times orthonormal rows, or columns if there are more rows (Saxe et al., 2014) */
    BP_INIT_NGUYEN_WIDROW = 4130 /**< rows of norm 0.7 s out^(1/in), biases uniform within it (Nguyen, Widrow, 1990) */
};

/** Kinds of layers, for bp_net_add(). */
enum {
    BP_KIND_DENSE = 17010,  /**< a = f(W in + b), see bp_net_add_dense() */
    BP_KIND_DROPOUT = 17020 /**< in bp_net_forward_f32() and bp_net_train_f32() each number is 0 with probability
                                 BP_LAYER_RATE and else multiplied by 1 / (1 - rate); in bp_net_predict_f32() it passes
                                 unchanged (Srivastava et al., 2014, in its inverted form). The mask depends on the seed
                                 of bp_net_init(), the layer, and the count of rows that have been forwarded since, not
                                 on how the rows were split into batches. It cannot be the last layer of a net */
};

/**
 * Keys of bp_net_layer_set() and bp_net_layer_get(). A key that says "before init" is refused after bp_net_init(), with
 * BP_ERR_STATE.
 */
enum {
    BP_LAYER_ACTIVATION = 6010,    /**< dense: a BP_ACT_*. Before init. Setting it resets BP_LAYER_SLOPE */
    BP_LAYER_BIAS = 6020,          /**< dense: BP_BIAS_UNIT unless set. Before init */
    BP_LAYER_TRAIN_WEIGHTS = 6030, /**< dense: 0 freezes the weights: they keep their values to the bit. 1 unless set */
    BP_LAYER_TRAIN_BIAS = 6040,    /**< dense: 0 freezes the bias. 1 unless set */
    BP_LAYER_INIT = 6050,          /**< dense: a BP_INIT_* for the weights; BP_INIT_AUTO unless set */
    BP_LAYER_INIT_SCALE = 6060,    /**< dense: that initialiser's s; 1 unless set */
    BP_LAYER_BIAS_INIT = 6070,     /**< dense: AUTO (unless set), ZEROS, CONSTANT, UNIFORM or NORMAL */
    BP_LAYER_BIAS_INIT_SCALE = 6080, /**< dense: that initialiser's s; 1 unless set */
    BP_LAYER_SLOPE = 6090,           /**< dense: the activation's parameter, where it has one (see BP_ACT_*) */
    BP_LAYER_RATE = 6100,            /**< dropout: the share of numbers that are dropped, in [0, 0.99] */
    BP_LAYER_KIND = 6110,            /**< read only: BP_KIND_* */
    BP_LAYER_UNITS = 6120,           /**< read only: outputs of the layer for each row. bp_net_add() takes it */
    BP_LAYER_INPUTS = 6130,          /**< read only: inputs of the layer for each row */
    BP_LAYER_RANDOM = 6140           /**< read only: 1 if the training pass draws random numbers in this layer (dropout
                                          with a rate that is not 0), else 0 */
};

/**
 * Appends a dense layer of `units` units.
 * @param activation a BP_ACT_*
 * Errors: ARG (unknown activation), MEMORY, SHAPE (0 units or too many), STATE (after init). Threads: exclusive.
 */
BP_API bp_status bp_net_add_dense(bp_net *net, size_t units, int32_t activation);

/**
 * Appends a layer of any kind. Its options are a text in the grammar of bp_net_set_text(), without "layers." and index:
 * bp_net_add(net, BP_KIND_DROPOUT, "rate=0.2"), bp_net_add(net, BP_KIND_DENSE, "units=4 activation=tanh bias=none"). A
 * dense layer has the option `units`; dropout has as many outputs as inputs. An option that is not in the text has its
 * first value (bp_key_bounds()). After a failure there is no new layer.
 * @param kind    a BP_KIND_*
 * @param options ended by a NUL; or NULL: no options
 * Errors: ARG (no such kind, an option that the kind does not have, a value that the option does not take), FORMAT (the
 * text is not a list of name=value, or a name appears twice), MEMORY, SHAPE (0 units or too many), STATE (after init).
 * Threads: exclusive.
 */
BP_API bp_status bp_net_add(bp_net *net, int32_t kind, const char *options);

/**
 * Sets an option of a layer.
 * @param key a BP_LAYER_*
 * Errors: ARG (no such layer or key, a key of another kind of layer, a read-only key, or a value outside its bounds),
 * STATE (a "before init" key after init). Threads: exclusive.
 */
BP_API bp_status bp_net_layer_set(bp_net *net, size_t layer, int32_t key, double value);

/**
 * Reads an option of a layer.
 * @param key        a BP_LAYER_*
 * @param[out] value [1]
 * Errors: ARG (no such layer or key, or a key of another kind of layer). Threads: shared.
 */
BP_API bp_status bp_net_layer_get(const bp_net *net, size_t layer, int32_t key, double *value);

/**
 * Fixes the layers, allocates the parameters and draws them from the counter-based generator Philox4x32-10 (Salmon et
 * al., 2011). The same seed gives the same numbers on every platform. A second call starts from the beginning: new
 * parameters, no gradient, no optimiser state.
 * Errors: ARG, MEMORY, SHAPE (a size overflows), STATE (no layer, or the last one is dropout). Threads: exclusive.
 */
BP_API bp_status bp_net_init(bp_net *net, uint64_t seed);

/** Numbers in a row of inputs. 0 for NULL. Threads: shared. */
BP_API size_t bp_net_inputs(const bp_net *net);

/** Numbers in a row of outputs: the units of the last layer, or the inputs if there is no layer yet. 0 for NULL.
 * Threads: shared. */
BP_API size_t bp_net_outputs(const bp_net *net);

/** Number of layers, including dropout. 0 for NULL. Threads: shared. */
BP_API size_t bp_net_layers(const bp_net *net);

/* ---------------------------------------------------------------------------------------------------------- options */

/**
 * Losses of a row, for outputs a, targets t and n outputs. The loss of a batch is the mean over its rows. Penalties
 * (L1, L2, weight decay) are not part of it. If a description lists activations, the loss needs one of these in the
 * last layer: any other is refused with BP_ERR_UNSUPPORTED when the loss is used. A log-softmax layer can only be used
 * with CROSS_ENTROPY. Softmax of one output is refused with every loss: its output is the same for every row. Labels
 * are refused if the last layer is identity: see docs/combinations.md.
 */
enum {
    BP_LOSS_SQUARED = 2010,              /**< 1/2 sum (a - t)^2 */
    BP_LOSS_MSE = 2020,                  /**< 1/n sum (a - t)^2 */
    BP_LOSS_MAE = 2030,                  /**< 1/n sum |a - t|; the derivative at 0 is 0 */
    BP_LOSS_HUBER = 2040,                /**< 1/n sum h(a - t): h(e) = e^2/2 for |e| <= d, else d (|e| - d/2); d is
                                              BP_OPT_HUBER_DELTA (Huber, 1964) */
    BP_LOSS_LOG_COSH = 2050,             /**< 1/n sum log cosh(a - t) */
    BP_LOSS_BINARY_CROSS_ENTROPY = 2060, /**< -sum (t log a + (1 - t) log(1 - a)). Sigmoid (fused: delta = a - t),
                                              Elliott, softmax; with the last two, logarithms are at least -100 and
                                              a (1 - a) at least 1e-12, as in PyTorch */
    /** -sum t log a, t one-hot, soft or labels, smoothed by BP_OPT_LABEL_SMOOTHING. Softmax and log-softmax of 2 or
     *  more outputs, fused: delta = softmax(z) sum(t) - t, which is a - t where the targets sum to 1 */
    BP_LOSS_CROSS_ENTROPY = 2070,
    BP_LOSS_POISSON = 2080, /**< sum (a - t log a). Exp (fused: delta = a - t), softplus, sigmoid, Elliott, softmax;
                                 with the last four, a + 1e-8 takes the place of a in the logarithm, as in PyTorch */
    BP_LOSS_QUANTILE = 2090 /**< 1/n sum max(q (t - a), (q - 1) (t - a)), q is BP_OPT_QUANTILE (Koenker,
                                 Bassett, 1978) */
};

/**
 * Optimisers. g is the mean gradient, clipped, with the penalties added; w is a parameter; lr is the learning rate. The
 * formulas are those of PyTorch, which follow the papers.
 */
enum {
    BP_OPTIM_SGD = 3010,     /**< w -= lr g, rounded once. With BP_OPT_MOMENTUM m: v = m v + g, w -= lr v (Polyak,
                                  1964); with BP_OPT_NESTEROV 1: w -= lr (g + m v) (Nesterov, 1983; Sutskever et al.,
                                  2013) */
    BP_OPTIM_ADAGRAD = 3020, /**< v += g^2, w -= lr g / (sqrt v + eps) (Duchi, Hazan, Singer, 2011) */
    BP_OPTIM_RMSPROP = 3030, /**< v = rho v + (1 - rho) g^2, w -= lr g / (sqrt v + eps); with momentum m:
                                  u = m u + g / (sqrt v + eps), w -= lr u (Tieleman, Hinton, 2012) */
    /** m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, at step t: w -= lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
     *  (Kingma, Ba, 2015, algorithm 1) */
    BP_OPTIM_ADAM = 3040,
    BP_OPTIM_ADAMW = 3050, /**< w -= lr decay w, then ADAM; decay is not in g (Loshchilov, Hutter, 2019) */
    BP_OPTIM_RPROP = 3060, /**< iRPROP-: each w has a step s, at first lr, and its last g, called p, at first 0. If
                                g p > 0: s = min(eta+ s, step max); if g p < 0: s = max(eta- s, step min) and g = 0;
                                then w -= s sign(g), p = g (Riedmiller, Braun, 1993; Igel, Huesken, 2000). Made for
                                batches of all rows: with smaller batches, signs also change with the choice of rows,
                                which misleads it */
    /** each w has its last step d and its last g, called p, both at first 0; mu is BP_OPT_GROWTH. If d = 0: d = -lr g.
     *  Else with r = g / p: d = f d - (r > 0 ? lr g : 0), f = r / (1 - r) if r < mu / (1 + mu), else mu; then w += d, p
     *  = g. This goes to the vertex of the parabola through both slopes, and at most mu times as far as the last step
     *  (Fahlman, 1988). The linear term lr g is left out if the slope has changed its sign. Use it with batches of all
     *  rows, like RPROP */
    BP_OPTIM_QUICKPROP = 3070
};

/** Scalings: how a column x is converted to what the network sees. A column is constant if its values differ at most in
 *  the last 3 bits of the net's type. A constant input becomes 0. From a constant target only its mean is
 *  subtracted. */
enum {
    /** Inputs: STANDARD; LARGEST if they are bytes; NONE if they are sparse rows. Targets: STANDARD if the last layer
     *  is BP_ACT_IDENTITY, else NONE: the outputs of other activations have a fixed range, which the targets must
     *  fit. */
    BP_SCALE_AUTO = 13010,
    BP_SCALE_NONE = 13020, /**< x */
    /** (x - mean) / sd, where sd^2 is the mean of (x - mean)^2. */
    BP_SCALE_STANDARD = 13030,
    /** The least x becomes -1 and the greatest x becomes 1, as in MATLAB's mapminmax. */
    BP_SCALE_RANGE = 13040,
    /** x / the largest |x| of all columns: one factor for all columns, which suits images; 0 stays 0. */
    BP_SCALE_LARGEST = 13050
};

/**
 * Options of a net, for bp_net_set() and bp_net_get(). bp_key_bounds() returns the bounds and the first (default) value
 * of each; most descriptions end with the first value. Switches are 0 or 1. Options may be set at any time, and are
 * used from the next call on.
 */
enum {
    BP_OPT_LOSS = 7010,            /**< a BP_LOSS_*; BP_LOSS_SQUARED unless set */
    BP_OPT_OPTIMIZER = 7020,       /**< a BP_OPTIM_*; BP_OPTIM_SGD unless set. A new optimiser starts with new state */
    BP_OPT_LEARNING_RATE = 7030,   /**< lr; unless set the optimiser's: 0.01, for ADAM and ADAMW 0.001 */
    BP_OPT_MOMENTUM = 7040,        /**< m of SGD and RMSPROP; 0 */
    BP_OPT_NESTEROV = 7050,        /**< switch, for SGD with momentum; 0 */
    BP_OPT_BETA1 = 7060,           /**< b1 of ADAM and ADAMW; 0.9 */
    BP_OPT_BETA2 = 7070,           /**< b2 of ADAM and ADAMW; 0.999 */
    BP_OPT_RHO = 7080,             /**< rho of RMSPROP (PyTorch's alpha); 0.99 */
    BP_OPT_EPSILON = 7090,         /**< eps; unless set the optimiser's: 1e-8, for ADAGRAD 1e-10 */
    BP_OPT_WEIGHT_DECAY = 7100,    /**< adds decay * w to g, with ADAMW decoupled; unless set 0, for ADAMW 0.01 */
    BP_OPT_L1 = 7110,              /**< adds l1 * sign(w) to g; 0 */
    BP_OPT_L2 = 7120,              /**< adds l2 * w to g, with every optimiser; 0 */
    BP_OPT_DECAY_BIAS = 7130,      /**< switch: weight decay, L1 and L2 act on biases too; 0 */
    BP_OPT_CLIP_VALUE = 7140,      /**< first, each number of the mean gradient is clamped to +- this; 0 is off */
    BP_OPT_CLIP_NORM = 7150,       /**< then, if the 2-norm of the mean gradient over all trained parameters is above
                                        this, the gradient is multiplied by this / (norm + 1e-6) (Pascanu, Mikolov,
                                        Bengio, 2013; as in PyTorch); 0 is off */
    BP_OPT_HUBER_DELTA = 7160,     /**< d of BP_LOSS_HUBER; 1 */
    BP_OPT_QUANTILE = 7170,        /**< q of BP_LOSS_QUANTILE; 0.5 */
    BP_OPT_LABEL_SMOOTHING = 7180, /**< e of BP_LOSS_CROSS_ENTROPY: t becomes t (1 - e) + e / outputs (Szegedy et al.,
                                        2016); 0 */
    /** number of threads that an exclusive call may use; the results have the same bits for every number. 0: as many as
     *  there are cores, among the CPUs that the calling thread may run on. On Linux these are the CPUs of its affinity
     *  mask; the threads of one core count once; and there are no more threads than the CPU limits of the process's
     *  control groups (cgroups) allow, rounded up. They are counted when 0 is set. The threads are made when there is
     *  enough work for the first time, and again in a forked child; 1 */
    BP_OPT_THREADS = 7190,
    BP_OPT_BLAS = 7200, /**< switch: 1 computes matrix products with the CBLAS that the library was built with. Then the
                             bits depend on the CBLAS, its threads, the processor and the batch. The upper bound is 0 if
                             no CBLAS was built in; 0 */
    /** eta+ of RPROP and BP_METHOD_IRPROP_PLUS: a step grows by this factor while the sign of g stays the same; 1.2 */
    BP_OPT_ETA_PLUS = 7210,
    BP_OPT_ETA_MINUS = 7220, /**< eta- of the same two: a step shrinks by this factor when the sign of g changes; 0.5 */
    BP_OPT_STEP_MIN = 7230,  /**< step min of the same two. If it is greater than the step max, that is used; 1e-6 */
    BP_OPT_STEP_MAX = 7240,  /**< step max of the same two. The first step too is between step min and step max; 50 */
    BP_OPT_GROWTH =
        7250, /**< mu of QUICKPROP: a step, without the linear term, is at most this many times the last step; 1.75 */
    /** microseconds for which a thread of the net that waits for others, or for the next call, spins before it sleeps.
     *  A thread that spins starts at once when there is work, but uses its CPU in the meantime. To wake a thread that
     *  sleeps takes some tens of microseconds. With 0 a thread sleeps at once, which suits a machine that others use
     *  too. If there are fewer CPUs than threads when they start, none spins. The results have the same bits for every
     *  number. It is never in a file; 50 */
    BP_OPT_SPIN = 7260,
    BP_OPT_RAW = 7310, /**< switch: 1 turns the scalings (BP_ARRAY_INPUT_CENTER and the others) off: all calls take and
                            return numbers as the network sees them, and a training fits no scaling; 0 */
    /** a BP_SCALE_*: the scaling of inputs that bp_net_take_columns() fits. A training fits it too, before its first
     *  step, if the net has no scaling of inputs or targets, is as bp_net_init() left it, and BP_OPT_RAW is 0; AUTO */
    BP_OPT_SCALE_INPUTS = 7320,
    BP_OPT_SCALE_TARGETS = 7330, /**< the same for targets; AUTO */
    BP_OPT_SAVE_STATE = 7340, /**< switch: 1 puts the optimiser's state into files of this net, so that the training of
                                   a loaded net can continue: see bp_net_save(); 0 */
    BP_OPT_GRADIENT_ROWS =
        7360, /**< number of rows in the sum BP_ARRAY_GRADIENT_SUM. If you add rows to the sum yourself, set it to the
                   new number. Changing it from 0 to another number starts a sum of zeros; setting it to 0 clears the
                   gradient. It is not in texts and files */
    BP_OPT_TYPE = 7910,           /**< read only: BP_F32 or BP_F64 */
    BP_OPT_FRESH = 7920,          /**< read only: 1 while all parameters are those that bp_net_init() drew, with no step
                                       taken and no parameter written; else 0 */
    BP_OPT_GRADIENT_NORM = 7930,  /**< read only: the 2-norm of BP_ARRAY_GRADIENT, summed in double in the order of the
                                       array; it may be infinite or NaN. After sparse rows the cost is that of the
                                       columns that the rows used */
    BP_OPT_NONFINITE_LAYER = 7940 /**< read only: the layer where the last pass, or a call after it, failed with
                                       BP_ERR_NONFINITE; the sentence names it too. It is the first layer that computed
                                       an infinite or NaN number, or the layer whose step was not finite. -1 if there
                                       was no such failure, or if the target was the reason */
};

/**
 * Sets an option.
 * @param option a BP_OPT_*
 * Errors: ARG (an unknown or read-only option; a value outside its bounds, not whole where it must be, or not a key of
 * the family), MEMORY (BP_OPT_THREADS), STATE (BP_OPT_GRADIENT_ROWS before init). Threads: exclusive.
 */
BP_API bp_status bp_net_set(bp_net *net, int32_t option, double value);

/**
 * Sets options by their names: `optimizer=adamw learning_rate=0.01 layers.0.bias=none`. The content of a file of
 * options has the same form.
 *
 * The text is a list of name=value with blanks between them. "#" begins a comment, which ends with the line. The names
 * are those of bp_key_name(); the names of a layer's options begin with "layers." and its index, from 0. The value of a
 * switch is yes or no (or on, off, 1, 0). If an option takes a key, the value is the name of the key. All other values
 * are numbers. A value that is not a number may be in quotes, " or '; inside quotes the quote itself is doubled.
 *
 * The call sets all options, or none. Each name may appear once, and the order does not matter. An option that already
 * has the value is not set again. So bp_net_set_text() takes what bp_net_get_text() returns, also after bp_net_init().
 * After a failure, the sentence gives the byte in the text, from 0, and for an unknown name the most similar known one.
 * Errors: FORMAT (the text is not a list of name=value, or a name appears twice), ARG (an unknown name or layer, a
 * value that the option does not take), STATE (a "before init" option after init), MEMORY. Threads: exclusive.
 */
BP_API bp_status bp_net_set_text(bp_net *net, const char *text);

/**
 * Gives all options of a net and its layers as a text for bp_net_set_text(), except read-only options and
 * BP_OPT_GRADIENT_ROWS. An option whose first value depends on the optimiser is left out until it is set.
 * @param[out] text [capacity] bytes for the text and its NUL; NULL: only the size
 * @param[out] size [1], bytes of the text, with its NUL; or NULL
 * Errors: ARG, SHAPE (capacity is less than the size; only `size` is written). Threads: shared.
 */
BP_API bp_status bp_net_get_text(const bp_net *net, char *text, size_t capacity, size_t *size);

/** Does one part of some work: `context` is that of bp_parallel_for, `index` is the number of the part. */
typedef void bp_task(void *context, size_t index);

/**
 * Calls task(context, index) once for every index below `count`, on any threads, and returns when all calls have ended.
 * It must not call functions of the net, and no exception or longjmp may leave it.
 */
typedef void bp_parallel_for(void *user, size_t count, bp_task *task, void *context);

/**
 * Lets the host's own threads do the net's parallel work. The net passes up to BP_OPT_THREADS parts to `parallel_for`,
 * and makes no threads itself. The results have the same bits. Clones use `parallel_for` too. The net keeps `user`
 * until the next call of this function or until the net is destroyed.
 * @param parallel_for the host's function, or NULL: the net's own threads again
 * Errors: ARG. Threads: exclusive.
 */
BP_API bp_status bp_net_set_parallel_for(bp_net *net, bp_parallel_for *parallel_for, void *user);

/**
 * Reads an option. If the option depends on the optimiser and is not set, this is the current optimiser's value.
 * @param option     a BP_OPT_*
 * @param[out] value [1]
 * Errors: ARG. Threads: shared.
 */
BP_API bp_status bp_net_get(const bp_net *net, int32_t option, double *value);

/* ---------------------------------------------------------------------------------------------------------- columns */

/** Kinds of names. */
enum {
    BP_TEXT_INPUT = 21010,  /**< the name of an input, [inputs] */
    BP_TEXT_OUTPUT = 21020, /**< the name of an output, [outputs] */
    BP_TEXT_CLASS = 21030   /**< the name of a class, [outputs]; with one output [2] */
};

/**
 * Sets the name of an input, an output or a class. The net keeps a copy. A name is UTF-8 of at most 10,000 bytes. The
 * same limit holds in files of nets and for names that a data set reads, so every name can be saved and loaded again.
 *
 * If the net has no names of a kind, bp_train_create() takes them from the data. bp_train_create() and
 * bp_net_evaluate() refuse data whose columns or classes have other names than the net's.
 * @param what  a BP_TEXT_*
 * @param index of the input, output or class, from 0
 * @param name  ended by a NUL; NULL: removes the name
 * Errors: ARG (also a name that is longer or not UTF-8), MEMORY, STATE (before init). Threads: exclusive.
 */
BP_API bp_status bp_net_set_name(bp_net *net, int32_t what, size_t index, const char *name);

/**
 * The name of an input, output or class; NULL if it has none, and for NULL. It has exactly the bytes that were set, or
 * that the data or a file had, including control characters. Valid until the name is set again or the net is
 * destroyed.
 * @param what a BP_TEXT_*
 * Threads: shared.
 */
BP_API const char *bp_net_name(const bp_net *net, int32_t what, size_t index);

/**
 * Describes the net in words, for people, one fact a line: number type, layers, names and scaling of the columns, loss
 * and optimiser. The wording may change from release to release. Names are cut after 60 bytes, and a '?' replaces
 * control characters, as in bp_last_error(), so a name cannot add a line.
 * @param[out] text [capacity] bytes for the text; NULL: only the size
 * @param[out] size [1], bytes of the text, with the NUL that ends it; or NULL
 * Errors: ARG, SHAPE (capacity is less than the size; only `size` is written). Threads: shared.
 */
BP_API bp_status bp_net_describe(const bp_net *net, char *text, size_t capacity, size_t *size);

/* ---------------------------------------------------------------------------------------------------------- compute
 *
 * The suffix of a function is the type of its arrays, and the net must be of that type: otherwise UNSUPPORTED. A data
 * set (data.h) takes arrays of any type, for nets of either. */

/**
 * Allocates the memory for training on up to `rows` rows, including the optimiser's state. After that, no call for as
 * many rows or fewer allocates or fails with MEMORY, if the rows have the net's type and are contiguous. If this call
 * allocates for more rows than before, what the last forward cached is lost.
 * @param nonzeros 0: dense rows. Else sparse rows with up to this many numbers in all, see bp_data_set_sparse()
 * Errors: ARG, MEMORY (also where so many nonzeros do not fit in memory), SHAPE (rows is 0 or too large), STATE (before
 * init). Threads: exclusive.
 */
BP_API bp_status bp_net_reserve(bp_net *net, size_t rows, size_t nonzeros);

/**
 * The training pass: z_l = W_l a_{l-1} + b_l, a_l = f(z_l), dropout active. Every layer keeps z and a.
 * @param x      [rows][inputs]
 * @param rows   samples, at least 1
 * @param[out] y [rows][outputs], which do not overlap x, or NULL
 * Errors: ARG, MEMORY, SHAPE, UNSUPPORTED, STATE (before init). Threads: exclusive.
 */
BP_API bp_status bp_net_forward_f32(bp_net *net, const float *x, size_t rows, float *y);
/** See bp_net_forward_f32(). */
BP_API bp_status bp_net_forward_f64(bp_net *net, const double *x, size_t rows, double *y);

/**
 * Back-propagates the loss BP_OPT_LOSS of the last forward: delta_L = dLoss/da_L f'(z_L, a_L), delta_l = (W_{l+1}^T
 * delta_{l+1}) f'(z_l, a_l), dW_l += sum over rows of delta_l a_{l-1}^T, db_l += sum over rows of delta_l (Rumelhart,
 * Hinton, Williams, 1986). Each call adds its rows to the gradient, one after the other: four calls of 16 rows give the
 * same sum as one call of 64, to the bit. It may be called several times after one forward, but not after a step.
 * @param target     [rows][outputs]
 * @param rows       as in the forward
 * @param[out] loss  [1], mean over the rows, or NULL
 * Errors: ARG, MEMORY, SHAPE (not the number of rows of the forward), STATE (no forward since the parameters changed),
 * UNSUPPORTED (loss, last layer and target cannot be combined), NONFINITE (the loss; nothing is added).
 * Threads: exclusive.
 */
BP_API bp_status bp_net_backward_f32(bp_net *net, const float *target, size_t rows, double *loss);
/** See bp_net_backward_f32(). */
BP_API bp_status bp_net_backward_f64(bp_net *net, const double *target, size_t rows, double *loss);

/**
 * As bp_net_backward_f32(), with a class for each row: the target is one-hot, or with one output the label itself. It
 * works with both number types.
 * @param labels [rows], each in 0 .. outputs - 1, or 0 or 1 for one output
 * Errors: as bp_net_backward_f32(), ARG (also a label out of range). Threads: exclusive.
 */
BP_API bp_status bp_net_backward_labels(bp_net *net, const int32_t *labels, size_t rows, double *loss);

/**
 * As bp_net_backward_f32(), with the caller's gradient instead of a loss: delta_L = dy f'(z_L, a_L).
 * @param dy [rows][outputs], for each row the derivative of its own loss with respect to its outputs
 * Errors: ARG, MEMORY, SHAPE, UNSUPPORTED, STATE, NONFINITE (dy; nothing is added). Threads: exclusive.
 */
BP_API bp_status bp_net_backward_from_f32(bp_net *net, const float *dy, size_t rows);
/** See bp_net_backward_from_f32(). */
BP_API bp_status bp_net_backward_from_f64(bp_net *net, const double *dy, size_t rows);

/**
 * The gradient with respect to the inputs, W_0^T delta_0, from the last backward: for each row the derivative of its
 * own loss, not divided by the number of rows. After bp_net_backward_from_f32() it is J^T dy, where J is the Jacobian.
 * @param[out] dx [forwarded][inputs], the rows of the last forward
 * Errors: ARG, UNSUPPORTED, STATE (no backward since the last forward, or the parameters have changed since).
 * Threads: exclusive.
 */
BP_API bp_status bp_net_input_gradient_f32(bp_net *net, float *dx);
/** See bp_net_input_gradient_f32(). */
BP_API bp_status bp_net_input_gradient_f64(bp_net *net, double *dx);

/**
 * Takes one step of BP_OPT_OPTIMIZER with the mean gradient over all rows added since the last step, then clears the
 * gradient. The order is clipping, penalties, the optimiser's formula. Frozen parameters keep their values.
 * Errors: ARG, MEMORY (state, at the first step), STATE (no gradient), NONFINITE (the gradient, or the parameters or
 * the state after the step: nothing changes; call bp_net_zero_gradient() to clear the gradient). Threads: exclusive.
 */
BP_API bp_status bp_net_step(bp_net *net);

/** Clears the gradient. Errors: ARG, STATE (before init). Threads: exclusive. */
BP_API bp_status bp_net_zero_gradient(bp_net *net);

/**
 * Forward, backward and step in one call, with the same bits. x is not copied, so bp_net_input_gradient_f32() and
 * another backward are refused afterwards. After NONFINITE the parameters are as before, the rows count as forwarded
 * (for dropout), and the gradient is cleared if this call added to it.
 * @param x         [rows][inputs]
 * @param target    [rows][outputs]
 * @param[out] loss [1], mean over the rows, or NULL
 * Errors: as bp_net_forward_f32(), bp_net_backward_f32() and bp_net_step(). Threads: exclusive.
 */
BP_API bp_status bp_net_train_f32(bp_net *net, const float *x, const float *target, size_t rows, double *loss);
/** See bp_net_train_f32(). */
BP_API bp_status bp_net_train_f64(bp_net *net, const double *x, const double *target, size_t rows, double *loss);
/** See bp_net_train_f32() and bp_net_backward_labels(). */
BP_API bp_status bp_net_train_labels_f32(bp_net *net, const float *x, const int32_t *labels, size_t rows, double *loss);
/** See bp_net_train_f32() and bp_net_backward_labels(). */
BP_API bp_status bp_net_train_labels_f64(bp_net *net, const double *x, const int32_t *labels, size_t rows,
                                         double *loss);
/**
 * The evaluation pass: the y of forward without dropout, with the same bits. Nothing is cached.
 * @param x       [rows][inputs]
 * @param[out] y  [rows][outputs], which do not overlap x
 * @param scratch of this net, or NULL: then the call allocates its workspace and releases it
 * Errors: ARG, MEMORY (only without scratch), SHAPE (also a scratch made for narrower layers or the other type),
 * UNSUPPORTED, STATE (before init). Threads: shared, a scratch per thread.
 */
BP_API bp_status bp_net_predict_f32(const bp_net *net, const float *x, size_t rows, float *y, bp_scratch *scratch);
/** See bp_net_predict_f32(). */
BP_API bp_status bp_net_predict_f64(const bp_net *net, const double *x, size_t rows, double *y, bp_scratch *scratch);

/**
 * The predicted class of each row of outputs, as in bp_net_evaluate(): the class of the greatest output, of equal ones
 * the first. With one output, class 1 if it is at least 0.5, else class 0.
 * @param y           [rows][outputs], of either number type
 * @param[out] labels [rows]
 * Errors: ARG, SHAPE (rows is 0 or too large), STATE (before init), NONFINITE (an output is NaN; nothing is written).
 * Threads: shared.
 */
BP_API bp_status bp_net_classify_f32(const bp_net *net, const float *y, size_t rows, int32_t *labels);
/** See bp_net_classify_f32(). */
BP_API bp_status bp_net_classify_f64(const bp_net *net, const double *y, size_t rows, int32_t *labels);

/**
 * Workspace for predicting with `net`, or with any net of the same number type whose layers are not wider. It may be
 * destroyed after the net, but before the net's allocator.
 * @param[out] scratch the new scratch; NULL after a failure
 * Errors: ARG, MEMORY, STATE (before init). Threads: shared.
 */
BP_API bp_status bp_scratch_create(bp_scratch **scratch, const bp_net *net);

/** Destroys a scratch. NULL is fine. Threads: exclusive (of the scratch). */
BP_API void bp_scratch_destroy(bp_scratch *scratch);

/* ------------------------------------------------------------------------------------------------- what a net holds */

/**
 * Arrays of a net, for bp_net_shape(), bp_net_read_f32() and bp_net_write_f32(). For an array of a layer, pass the
 * index of the layer; for an array of the whole net, pass layer 0. Vectors are [1][n]. An array that cannot be written
 * is described as "read only".
 *
 * The scalings convert between the user's units and the network's. The network sees inputs x' = (x - center) factor and
 * is trained on targets t' = (t - center) factor; outputs are y = a / factor + center. forward, backward, train,
 * predict and loss convert by themselves, in the net's number type, so callers always use their own units. In the
 * user's units are x, target, y, dy of bp_net_backward_from_f32() and dx of bp_net_input_gradient_f32(). In the
 * network's units are the loss, the parameters, and z, activation and delta of the layers. Labels need a net that does
 * not scale targets. BP_OPT_RAW 1 turns all scalings off.
 *
 * A scaling is a center and a factor. If the net has none, writing one of the two makes a scaling, in which the other
 * is neutral: a center of 0 or a factor of 1. If it has one, writing one part does not change the other. Writing 0
 * numbers to either part removes both. Scalings are stored as double for both net types.
 */
enum {
    BP_ARRAY_PARAMETERS =
        20010,                /**< of the net: layer 0 weights, layer 0 bias, layer 1 weights, ..., frozen ones too */
    BP_ARRAY_WEIGHTS = 20020, /**< of a layer: [units][inputs of the layer] */
    BP_ARRAY_BIAS = 20030,    /**< of a layer: [1][units], or [1][1] if it is shared */
    /** read only, of the net: the mean gradient over the rows added since the last step, in the order of the
     *  parameters; 0 if there are no rows or the parameter is frozen. Clipping and penalties are not in it */
    BP_ARRAY_GRADIENT = 20110,
    BP_ARRAY_WEIGHT_GRADIENT = 20120, /**< read only, of a layer: mean gradient of its weights, as BP_ARRAY_WEIGHTS */
    BP_ARRAY_BIAS_GRADIENT = 20130,   /**< read only, of a layer: mean gradient of its bias, as BP_ARRAY_BIAS */
    /** of the net: the sum of the gradients over these rows; BP_OPT_GRADIENT_ROWS is their number. With both, several
     *  machines can add their gradients. If the number is 0, set it before you write the sum */
    BP_ARRAY_GRADIENT_SUM = 20140,
    BP_ARRAY_Z = 20210,             /**< read only, of a layer: [rows][units], z at the last forward or train; for
                                         dropout, its inputs */
    BP_ARRAY_ACTIVATION = 20220,    /**< read only, of a layer: [rows][units], a at the last forward or train */
    BP_ARRAY_DELTA = 20230,         /**< read only, of a layer: [rows][units], delta at the last backward or train: the
                                         derivative of each row's own loss with respect to z */
    BP_ARRAY_OUTPUTS = 20240,       /**< read only, of the net: [rows][outputs], y of the last forward or train */
    BP_ARRAY_INPUT_CENTER = 20310,  /**< of the net: [1][inputs] */
    BP_ARRAY_INPUT_FACTOR = 20320,  /**< of the net: [1][inputs]. With factor 0 the column is 0 in every row */
    BP_ARRAY_TARGET_CENTER = 20330, /**< of the net: [1][outputs] */
    BP_ARRAY_TARGET_FACTOR = 20340  /**< of the net: [1][outputs], none of them 0 */
};

/**
 * The shape of an array. It is 0 and 0 if the layer has no such parameters, there was no forward yet (for delta, no
 * backward since the last forward), or the net has no such scaling. Shapes of parameters are known before init.
 * @param array              a BP_ARRAY_*
 * @param layer              of an array of a layer; else 0
 * @param[out] rows, columns [1]
 * Errors: ARG (also if there is no such layer). Threads: shared.
 */
BP_API bp_status bp_net_shape(const bp_net *net, int32_t array, size_t layer, size_t *rows, size_t *columns);

/**
 * Copies an array of the net to `numbers`, row by row. If the net has the other number type, each number is rounded
 * once, to the nearest.
 * @param array        a BP_ARRAY_*
 * @param layer        of an array of a layer; else 0
 * @param[out] numbers [count]
 * @param count        rows * columns of bp_net_shape(). If it is 0, `numbers` is not used
 * Errors: ARG (also if there is no such layer), SHAPE (count), STATE (before init; z, activation or outputs before a
 * forward; delta without a backward since the last forward). Threads: shared.
 */
BP_API bp_status bp_net_read_f32(const bp_net *net, int32_t array, size_t layer, float *numbers, size_t count);
/** See bp_net_read_f32(). */
BP_API bp_status bp_net_read_f64(const bp_net *net, int32_t array, size_t layer, double *numbers, size_t count);

/**
 * Writes an array of the net; frozen parameters can be written too. The optimiser's state stays. After new parameters
 * or a new scaling, the next backward needs a new forward.
 * @param array   a BP_ARRAY_* that is not read only
 * @param layer   of an array of a layer; else 0
 * @param numbers [count]
 * @param count   rows * columns of bp_net_shape(). For a scaling the number of columns, also if the net has no scaling
 *                yet; or 0, which removes the scaling and does not use `numbers`
 * Errors: ARG (also if there is no such layer, the array is read only, or the factor of a target is 0), MEMORY (only
 * for a scaling), SHAPE (count), STATE (before init; BP_ARRAY_GRADIENT_SUM while BP_OPT_GRADIENT_ROWS is 0), NONFINITE
 * (a number is not finite in the net's type). Threads: exclusive.
 */
BP_API bp_status bp_net_write_f32(bp_net *net, int32_t array, size_t layer, const float *numbers, size_t count);
/** See bp_net_write_f32(). */
BP_API bp_status bp_net_write_f64(bp_net *net, int32_t array, size_t layer, const double *numbers, size_t count);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
#ifndef BP_BP_H
#define BP_BP_H

#include <stddef.h>
#include <stdint.h>

#include <bp/version.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef BP_API
#define BP_API
#endif

/**
 * @file bp.h
 * libbp: feed-forward neural networks, trained by back-propagation, behind one handle.
 *
 * The interface is this one file, so that it can be read from end to end and handed to an FFI whole. Its sections go as a
 * program does: status and version, life, topology, options, columns, compute, what a layer holds, files, data, training,
 * metrics.
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
 * @section types Number types
 * A net is f32 or f64 for life. Functions that take numbers come in pairs, _f32 with float and _f64 with double; the
 * one that does not match the net's type returns BP_ERR_DTYPE.
 *
 * @section errors Errors
 * A function that can fail returns a bp_status: BP_OK, or a negative BP_ERR_*. bp_net_error() then gives a sentence.
 * A failed call leaves the handle as it was. The library never prints, exits, or changes errno, the locale, signals
 * or the floating-point mode; docs/numerics.md says what holds where a host's mode is not the default one. "Errors:" below
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
 * allocator. Forward, train and step each allocate what they need at their first call, and again only for more rows than
 * before: after one of each, no order of calls for up to so many rows allocates. Forward and train of sparse rows are two
 * more such calls, and count the numbers in the rows too. Backward, and predict and loss with a scratch, never allocate.
 * bp_net_reserve() and bp_net_reserve_sparse() allocate all of it beforehand. Another optimiser or scaling may need more.
 *
 * @section readers Readers of data
 * bp_data_read_csv() and the other readers take regular files, also by a symbolic link. A folder, a device, a pipe and a socket
 * are refused with IO, and not waited for.
 *
 * Whatever is in a file, a reader takes no more memory than
 * - three times what it holds the numbers in that have come: 8 bytes as f64, 4 as f32, 1 as a byte; of sparse rows 12 bytes for
 *   each number and 20 for each row;
 * - of a table of text, for the longest record and again for the line of names, 4 times its bytes and 150 bytes for each of its
 *   fields; and for each different class or text 200 bytes and 6 times the bytes of its name;
 * - 256 KiB.
 *
 * No size in a header is believed before the bytes have come. BP_DATA_MOST_RECORD, BP_DATA_MOST_RATIO, BP_DATA_MOST_TEXTS and
 * BP_DATA_MOST_CLASSES bound what a hostile file may ask for. Rows have no bound, and a packed file may unpack to 1032 times its
 * bytes of them: to bound the whole, give bp_data_create() an allocator that does.
 */

/* ------------------------------------------------------------------------------------------------ status and version */

/** What a call came to: BP_OK or a negative BP_ERR_*. */
typedef int32_t bp_status;

enum {
    BP_OK = 0,
    BP_ERR_ARG = -10,         /**< an argument is NULL, unknown or out of its bounds */
    BP_ERR_MEMORY = -20,      /**< the allocator had no memory */
    BP_ERR_SHAPE = -30,       /**< a size is 0, too large, or does not match */
    BP_ERR_DTYPE = -40,       /**< unknown number type, not built in, or not the net's */
    BP_ERR_STATE = -50,       /**< calls in the wrong order */
    BP_ERR_UNSUPPORTED = -60, /**< a combination that makes no sense, such as a loss with an activation */
    BP_ERR_NONFINITE = -70,   /**< a loss, a gradient or a step is infinite or NaN */
    BP_ERR_IO = -80,          /**< a file could not be opened, read or written */
    BP_ERR_FORMAT = -90,      /**< what was read is not what it should be */
    BP_ERR_CANCELLED = -100,  /**< stopped by bp_train_cancel() or a callback */
    BP_DONE = 10              /**< not an error: training is finished, and nothing was done */
};

/** The library's version as major * 1000000 + minor * 1000 + patch. Threads: any. */
BP_API uint32_t bp_version(void);

/** The library's version as "major.minor.patch". Valid for ever. Threads: any. */
BP_API const char *bp_version_string(void);

/** The ABI number of the library that runs; it equals BP_ABI_VERSION of the header it was compiled with. Threads: any. */
BP_API uint32_t bp_abi_version(void);

/** Compiler, number types, and the instruction sets built in and active, as one line. Valid for ever. Threads: any. */
BP_API const char *bp_build_info(void);

/** A status as a short sentence; "unknown status" for a number that is none. Valid for ever. Threads: any. */
BP_API const char *bp_status_string(bp_status status);

/* -------------------------------------------------------------------------------------------------------------- life */

/** A network: layers, parameters, gradient, optimiser and options. */
typedef struct bp_net bp_net;

/** Room for bp_net_predict_f32() and its kin, so that they need not allocate. */
typedef struct bp_scratch bp_scratch;

/** Number types. */
enum { BP_F32 = 32, BP_F64 = 64 };

/** Where a net's memory comes from. It is copied; `user` must live as long as the net and its scratches. */
typedef struct bp_allocator {
    size_t struct_size; /**< sizeof(bp_allocator), as the caller compiled it */
    void *user;         /**< handed to both functions */
    /** At least `size` bytes, aligned as malloc aligns them, or NULL. `size` is never 0. */
    void *(*allocate)(void *user, size_t size);
    /** Takes back what allocate gave, with the same size; `memory` is never NULL. */
    void (*release)(void *user, void *memory, size_t size);
} bp_allocator;

/**
 * A net without layers, for rows of `inputs` numbers of type `dtype` (BP_F32 or BP_F64), on malloc and free.
 * @param[out] net the handle; NULL after a failure
 * Errors: ARG, MEMORY, SHAPE (inputs is 0 or too large), DTYPE. Threads: any.
 */
BP_API bp_status bp_net_create(bp_net **net, int32_t dtype, size_t inputs);

/**
 * As bp_net_create(), with every byte from `allocator`. One that serves nets in several threads, or calls of
 * bp_net_predict_f32() without a scratch from several threads, must be thread-safe itself.
 * Errors: ARG (also a struct_size below the first release's, or a NULL function), MEMORY, SHAPE, DTYPE. Threads: any.
 */
BP_API bp_status bp_net_create_with(bp_net **net, int32_t dtype, size_t inputs, const bp_allocator *allocator);

/**
 * A copy with its own memory from the same allocator: layers, options, parameters, gradient, optimiser and random state.
 * What the last forward cached (z, activation, delta) is not copied.
 * @param[out] copy the new handle; NULL after a failure
 * Errors: ARG, MEMORY. Threads: shared.
 */
BP_API bp_status bp_net_clone(bp_net **copy, const bp_net *net);

/** Gives back all that the net holds. NULL is fine. Threads: exclusive. */
BP_API void bp_net_destroy(bp_net *net);

/**
 * The last failure on this net, or the loading of it, as a sentence: which argument, what was expected, what came. "" when there was none.
 * After failures of shared calls each thread reads its own. When more than 8 threads have failed so since the last failed
 * exclusive call, the later ones read bp_status_string() of a failure instead. For a NULL net, the sentence that the net
 * is NULL. Valid until this thread's next failure on the net, or its destruction.
 *
 * A sentence is one line of UTF-8 of at most 255 bytes that a terminal or a log can take. Names, paths and other texts from
 * files or the caller appear in it shortened, and each byte that is no UTF-8 and each control character as a '?': those below
 * U+0020, U+007F to U+009F, line separators (U+2028, U+2029) and the controls of direction (U+061C, U+200E, U+200F, U+202A to
 * U+202E, U+2066 to U+2069). The same holds for bp_data_error(), bp_train_error() and, with at most 399 bytes,
 * bp_train_finding_text().
 * Threads: shared.
 */
BP_API const char *bp_net_error(const bp_net *net);

/* ---------------------------------------------------------------------------------------------------------- topology */

/**
 * Activations f. a = f(z), delta uses f'(z, a). `s` is the layer's BP_LAYER_SLOPE, in brackets its first value.
 * docs/derivation.md gives each derivative.
 */
enum {
    BP_ACT_IDENTITY = 1000,     /**< z */
    BP_ACT_SIGMOID = 1010,      /**< 1 / (1 + exp(-z)) */
    BP_ACT_TANH = 1020,         /**< tanh(z) */
    BP_ACT_SCALED_TANH = 1030,  /**< 1.7159 tanh(2z/3) (LeCun, Bottou, Orr, Mueller: Efficient BackProp, 1998) */
    BP_ACT_RELU = 1040,         /**< max(0, z) */
    BP_ACT_LEAKY_RELU = 1050,   /**< z > 0 ? z : s z (0.01) (Maas, Hannun, Ng, 2013) */
    BP_ACT_ELU = 1060,          /**< z > 0 ? z : s (exp(z) - 1) (1) (Clevert, Unterthiner, Hochreiter, 2016) */
    BP_ACT_SELU = 1070,         /**< 1.0507.. ELU with 1.6732.. (Klambauer et al., 2017) */
    BP_ACT_CELU = 1080,         /**< max(0, z) + min(0, s (exp(z/s) - 1)) (1) (Barron, 2017) */
    BP_ACT_SOFTPLUS = 1090,     /**< log(1 + exp(s z)) / s (1) (Dugas et al., 2001) */
    BP_ACT_SOFTSIGN = 1100,     /**< z / (1 + |z|); MATLAB's elliotsig, FANN's symmetric Elliott */
    BP_ACT_GELU = 1110,         /**< z (1 + erf(z / sqrt 2)) / 2 (Hendrycks, Gimpel, 2016) */
    BP_ACT_GELU_TANH = 1120,    /**< z (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))) / 2 (the same paper's approximation) */
    BP_ACT_SILU = 1130,         /**< z sigmoid(z) (Elfwing, Uchibe, Doya, 2018) */
    BP_ACT_MISH = 1140,         /**< z tanh(log(1 + exp(z))) (Misra, 2019) */
    BP_ACT_HARD_SIGMOID = 1150, /**< min(1, max(0, z/6 + 1/2)), as PyTorch's */
    BP_ACT_HARD_TANH = 1160,    /**< min(1, max(-1, z)) */
    BP_ACT_HARD_SWISH = 1170,   /**< z hard_sigmoid(z) (Howard et al., MobileNetV3, 2019) */
    BP_ACT_ELLIOTT = 1180,      /**< z / (2 (1 + |z|)) + 1/2, in (0, 1) (Elliott, 1993; FANN's ELLIOT) */
    BP_ACT_GAUSSIAN = 1190,     /**< exp(-z^2); MATLAB's radbas */
    BP_ACT_TRIANGULAR = 1200,   /**< max(0, 1 - |z|); MATLAB's tribas */
    BP_ACT_SINE = 1210,         /**< sin(z) */
    BP_ACT_COSINE = 1220,       /**< cos(z) */
    BP_ACT_EXP = 1230,          /**< exp(z) */
    BP_ACT_STEP = 1240,         /**< z >= 0 ? 1 : 0. For inference: its derivative is 0, so nothing below it learns */
    BP_ACT_SOFTMAX = 1250,      /**< exp(z_j) / sum_k exp(z_k), over the layer's units */
    BP_ACT_LOG_SOFTMAX = 1260   /**< z_j - log sum_k exp(z_k), over the layer's units */
};

/** What BP_LAYER_BIAS may be. */
enum {
    BP_BIAS_NONE = 5000,
    BP_BIAS_UNIT = 5010,  /**< a bias for each unit */
    BP_BIAS_SHARED = 5020 /**< one number for all units of the layer */
};

/**
 * Initialisers. `s` is BP_LAYER_INIT_SCALE (for biases BP_LAYER_BIAS_INIT_SCALE), 1 unless set; `in` and `out` are the
 * layer's inputs and units. A normal one draws from N(0, sd^2), a uniform one from (-w, w) with w = sd sqrt(3).
 */
enum {
    BP_INIT_AUTO = 4000,           /**< weights: He normal for RELU, LEAKY_RELU, ELU, CELU, SOFTPLUS, GELU,
                                        GELU_TANH, SILU, MISH and HARD_SWISH, LeCun normal for SELU, Glorot uniform
                                        for the rest; biases: zeros, or Nguyen-Widrow's with its weights */
    BP_INIT_ZEROS = 4010,          /**< 0 */
    BP_INIT_CONSTANT = 4020,       /**< s */
    BP_INIT_UNIFORM = 4030,        /**< uniform in (-s, s) */
    BP_INIT_NORMAL = 4040,         /**< N(0, s^2) */
    BP_INIT_GLOROT_UNIFORM = 4050, /**< sd = s sqrt(2 / (in + out)) (Glorot, Bengio, 2010, equation 16) */
    BP_INIT_GLOROT_NORMAL = 4060,  /**< the same, normal */
    BP_INIT_HE_UNIFORM = 4070,     /**< sd = s sqrt(2 / in) (He et al., 2015, equation 10) */
    BP_INIT_HE_NORMAL = 4080,      /**< the same, normal */
    BP_INIT_LECUN_UNIFORM = 4090,  /**< sd = s sqrt(1 / in) (LeCun et al., 1998, equation 16) */
    BP_INIT_LECUN_NORMAL = 4100,   /**< the same, normal */
    BP_INIT_ORTHOGONAL = 4110,   /**< s times orthonormal rows, or columns if there are more rows (Saxe et al., 2014) */
    BP_INIT_NGUYEN_WIDROW = 4120 /**< rows of norm 0.7 s out^(1/in), biases uniform within it (Nguyen, Widrow, 1990) */
};

/** What BP_LAYER_KIND tells. */
enum { BP_KIND_DENSE = 8000, BP_KIND_DROPOUT = 8010 };

/**
 * Keys of bp_net_layer_set() and bp_net_layer_get(). "Before init" ones are refused afterwards with BP_ERR_STATE.
 * bp_option_bounds(), bp_option_name() and bp_option_find() know them too.
 */
enum {
    BP_LAYER_ACTIVATION = 6000,    /**< dense: a BP_ACT_*. Before init. Setting it resets BP_LAYER_SLOPE */
    BP_LAYER_BIAS = 6010,          /**< dense: BP_BIAS_UNIT unless set. Before init */
    BP_LAYER_TRAIN_WEIGHTS = 6020, /**< dense: 0 freezes the weights: they keep their values to the bit. 1 unless set */
    BP_LAYER_TRAIN_BIAS = 6030,    /**< dense: 0 freezes the bias. 1 unless set */
    BP_LAYER_INIT = 6040,          /**< dense: a BP_INIT_* for the weights; BP_INIT_AUTO unless set */
    BP_LAYER_INIT_SCALE = 6050,    /**< dense: that initialiser's s; 1 unless set */
    BP_LAYER_BIAS_INIT = 6060,     /**< dense: AUTO (unless set), ZEROS, CONSTANT, UNIFORM or NORMAL */
    BP_LAYER_BIAS_INIT_SCALE = 6070, /**< dense: that initialiser's s; 1 unless set */
    BP_LAYER_SLOPE = 6080,           /**< dense: the activation's parameter, where it has one (see BP_ACT_*) */
    BP_LAYER_RATE = 6090,            /**< dropout: the share of numbers that are dropped, in [0, 0.99] */
    BP_LAYER_KIND = 6100             /**< read only: BP_KIND_* */
};

/**
 * Appends a dense layer of `units` units with activation BP_ACT_*.
 * Errors: ARG (unknown activation), MEMORY, SHAPE (0 units or too many), STATE (after init). Threads: exclusive.
 */
BP_API bp_status bp_net_add_dense(bp_net *net, size_t units, int32_t activation);

/**
 * Appends a dropout layer: in bp_net_forward_f32() and bp_net_train_f32() each number is 0 with probability `rate` and
 * else multiplied by 1 / (1 - rate); in bp_net_predict_f32() it passes unchanged (Srivastava et al., 2014, in its inverted form).
 * The mask depends on the seed of bp_net_init(), the layer, and the count of rows that have been forwarded since, not
 * on how the rows were split into batches. The last layer of a net cannot be dropout.
 * Errors: ARG (rate not in [0, 0.99]), MEMORY, STATE (after init). Threads: exclusive.
 */
BP_API bp_status bp_net_add_dropout(bp_net *net, double rate);

/**
 * Sets a BP_LAYER_* of a layer.
 * Errors: ARG (no such layer or key, a key of the other kind, a read-only one, or a value out of its bounds), STATE (a
 * "before init" key after init). Threads: exclusive.
 */
BP_API bp_status bp_net_layer_set(bp_net *net, size_t layer, int32_t key, double value);

/** Reads a BP_LAYER_* of a layer. Errors: ARG (no such layer or key, or a key of the other kind). Threads: shared. */
BP_API bp_status bp_net_layer_get(const bp_net *net, size_t layer, int32_t key, double *value);

/**
 * Fixes the layers, allocates the parameters and draws them from the counter-based generator Philox4x32-10 (Salmon et
 * al., 2011): the same seed gives the same numbers on every platform. Called again it starts afresh: new numbers, no
 * gradient, no optimiser state.
 * Errors: MEMORY, SHAPE (a size overflows), STATE (no layer, or the last one is dropout). Threads: exclusive.
 */
BP_API bp_status bp_net_init(bp_net *net, uint64_t seed);

/** Numbers in a row of input. 0 for NULL. Threads: shared. */
BP_API size_t bp_net_inputs(const bp_net *net);

/** Numbers in a row of output: the last layer's units, or the inputs if there is none yet. 0 for NULL. Threads: shared. */
BP_API size_t bp_net_outputs(const bp_net *net);

/** Layers, dropout included. 0 for NULL. Threads: shared. */
BP_API size_t bp_net_layers(const bp_net *net);

/** Weights and biases of all layers, frozen ones included; 0 for NULL. Threads: shared. */
BP_API size_t bp_net_parameters(const bp_net *net);

/** Units of a layer; 0 if there is no such layer. Threads: shared. */
BP_API size_t bp_net_layer_units(const bp_net *net, size_t layer);

/** Weights of a layer, its units times its inputs; 0 for dropout or if there is no such layer. Threads: shared. */
BP_API size_t bp_net_layer_weights(const bp_net *net, size_t layer);

/** Biases of a layer: its units, 1 if shared, 0 if none or there is no such layer. Threads: shared. */
BP_API size_t bp_net_layer_biases(const bp_net *net, size_t layer);

/** BP_F32 or BP_F64; 0 for NULL. Threads: shared. */
BP_API int32_t bp_net_dtype(const bp_net *net);

/* ----------------------------------------------------------------------------------------------------------- options */

/**
 * Losses of a row, for outputs a, targets t and n outputs. The loss of a batch is the mean over its rows. Penalties (L1,
 * L2, weight decay) are not part of it. For which activation of the last layer each is made, see the last column:
 * another one is refused with BP_ERR_UNSUPPORTED when the loss is used. Log-softmax takes CROSS_ENTROPY alone.
 */
enum {
    BP_LOSS_SQUARED = 2000,              /**< 1/2 sum (a - t)^2 */
    BP_LOSS_MSE = 2010,                  /**< 1/n sum (a - t)^2 */
    BP_LOSS_MAE = 2020,                  /**< 1/n sum |a - t|; the derivative at 0 is 0 */
    BP_LOSS_HUBER = 2030,                /**< 1/n sum h(a - t): h(e) = e^2/2 for |e| <= d, else d (|e| - d/2); d is
                                              BP_OPT_HUBER_DELTA (Huber, 1964) */
    BP_LOSS_LOG_COSH = 2040,             /**< 1/n sum log cosh(a - t) */
    BP_LOSS_BINARY_CROSS_ENTROPY = 2050, /**< -sum (t log a + (1 - t) log(1 - a)). Sigmoid (fused: delta = a - t),
                                              Elliott, softmax; there logarithms stay above -100 and a (1 - a) above
                                              1e-12, as in PyTorch */
    BP_LOSS_CROSS_ENTROPY = 2060,        /**< -sum t log a, t one-hot, soft or labels, smoothed by
                                              BP_OPT_LABEL_SMOOTHING. Softmax and log-softmax of 2 or more outputs, fused:
                                              delta = softmax(z) sum(t) - t, which is a - t where the targets sum to 1 */
    BP_LOSS_POISSON = 2070,              /**< sum (a - t log a). Exp (fused: delta = a - t), softplus, sigmoid, Elliott,
                                              softmax; there a + 1e-8 stands in the logarithm, as in PyTorch */
    BP_LOSS_QUANTILE = 2080              /**< 1/n sum max(q (t - a), (q - 1) (t - a)), q is BP_OPT_QUANTILE (Koenker,
                                              Bassett, 1978) */
};

/**
 * Optimisers. g is the mean gradient, clipped, with the penalties added; w a parameter; lr the learning rate. The
 * formulas are PyTorch's, which follow the papers.
 */
enum {
    BP_OPTIM_SGD = 3000,     /**< w -= lr g. With BP_OPT_MOMENTUM m: v = m v + g, w -= lr v (Polyak, 1964); with
                                  BP_OPT_NESTEROV 1: w -= lr (g + m v) (Nesterov, 1983; Sutskever et al., 2013) */
    BP_OPTIM_ADAGRAD = 3010, /**< v += g^2, w -= lr g / (sqrt v + eps) (Duchi, Hazan, Singer, 2011) */
    BP_OPTIM_RMSPROP = 3020, /**< v = rho v + (1 - rho) g^2, w -= lr g / (sqrt v + eps); with momentum m:
                                  u = m u + g / (sqrt v + eps), w -= lr u (Tieleman, Hinton, 2012) */
    BP_OPTIM_ADAM = 3030,    /**< m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, at step t:
                                  w -= lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) (Kingma, Ba, 2015, algorithm 1) */
    BP_OPTIM_ADAMW = 3040,   /**< the same after w -= lr decay w; decay is not in g (Loshchilov, Hutter, 2019) */
    BP_OPTIM_RPROP = 3050,   /**< iRPROP-: of each w the step s, at first lr, and the last g, p, at first 0. If g p > 0:
                                  s = min(eta+ s, step max); if g p < 0: s = max(eta- s, step min) and g = 0; then
                                  w -= s sign(g), p = g (Riedmiller, Braun, 1993; Igel, Huesken, 2000). Made for
                                  batches of all rows: signs that turn with the choice of rows mislead it */
    BP_OPTIM_QUICKPROP = 3060 /**< of each w the last step d and the last g, p, both at first 0, and mu, which is
                                  BP_OPT_GROWTH. Where d = 0: d = -lr g. Else with r = g / p: d = f d - (r > 0 ? lr g : 0),
                                  f = r / (1 - r) where r < mu / (1 + mu), else mu; then w += d, p = g: to the vertex of
                                  the parabola through both slopes, and no further than mu steps like the last (Fahlman,
                                  1988: also the linear term, but where the slope has turned). Made for batches of all
                                  rows, as RPROP */
};

/**
 * Options of a net, for bp_net_set() and bp_net_get(). bp_option_bounds() tells the bounds and first value of each.
 * Switches are 0 or 1. They may be set at any time and hold from the next call on.
 */
enum {
    BP_OPT_LOSS = 7000,            /**< a BP_LOSS_*; BP_LOSS_SQUARED unless set */
    BP_OPT_OPTIMIZER = 7010,       /**< a BP_OPTIM_*; BP_OPTIM_SGD unless set. Another one starts with fresh state */
    BP_OPT_LEARNING_RATE = 7020,   /**< lr; unless set the optimiser's: 0.01, for ADAM and ADAMW 0.001 */
    BP_OPT_MOMENTUM = 7030,        /**< m of SGD and RMSPROP; 0 */
    BP_OPT_NESTEROV = 7040,        /**< switch, for SGD with momentum; 0 */
    BP_OPT_BETA1 = 7050,           /**< b1 of ADAM and ADAMW; 0.9 */
    BP_OPT_BETA2 = 7060,           /**< b2 of ADAM and ADAMW; 0.999 */
    BP_OPT_RHO = 7070,             /**< rho of RMSPROP (PyTorch's alpha); 0.99 */
    BP_OPT_EPSILON = 7080,         /**< eps; unless set the optimiser's: 1e-8, for ADAGRAD 1e-10 */
    BP_OPT_WEIGHT_DECAY = 7090,    /**< adds decay * w to g, with ADAMW decoupled; unless set 0, for ADAMW 0.01 */
    BP_OPT_L1 = 7100,              /**< adds l1 * sign(w) to g; 0 */
    BP_OPT_L2 = 7110,              /**< adds l2 * w to g, with every optimiser; 0 */
    BP_OPT_DECAY_BIAS = 7120,      /**< switch: weight decay, L1 and L2 act on biases too; 0 */
    BP_OPT_CLIP_VALUE = 7130,      /**< the mean gradient is clamped to +- this before all else; 0 is off */
    BP_OPT_CLIP_NORM = 7140,       /**< then, if its 2-norm over all trained parameters is above this, scaled by this /
                                       (norm + 1e-6) (Pascanu, Mikolov, Bengio, 2013; as PyTorch); 0 is off */
    BP_OPT_HUBER_DELTA = 7150,     /**< d of BP_LOSS_HUBER; 1 */
    BP_OPT_QUANTILE = 7160,        /**< q of BP_LOSS_QUANTILE; 0.5 */
    BP_OPT_LABEL_SMOOTHING = 7170, /**< e of BP_LOSS_CROSS_ENTROPY: t becomes t (1 - e) + e / outputs (Szegedy et al.,
                                        2016); 0 */
    BP_OPT_THREADS = 7180, /**< threads that an exclusive call may use, with the same bits: 1; 0 for as many as there
                                        are CPUs. Made at the first work that is worth them, and again in a forked child */
    BP_OPT_BLAS = 7190,    /**< products by the CBLAS that the library was built with, 0. Then the bits are that
                                        library's: they depend on it, its threads, the processor and the batch. The
                                        greatest value is 0 where none was built in */
    BP_OPT_ETA_PLUS =
        7200, /**< eta+ of RPROP, and of BP_METHOD_IRPROP_PLUS as the next three, by which a step grows while the sign of g stays; 1.2 */
    BP_OPT_ETA_MINUS = 7210, /**< eta- of RPROP, by which it shrinks when the sign turns; 0.5 */
    BP_OPT_STEP_MIN = 7220,  /**< RPROP's step min, 1e-6; the step max counts where it is less */
    BP_OPT_STEP_MAX = 7230,  /**< RPROP's step max, 50. The first step too lies between the two */
    BP_OPT_GROWTH =
        7240,         /**< mu of QUICKPROP, 1.75: a step is at most so many times the last, but for the linear term */
    BP_OPT_RAW = 7300 /**< switch: the scaling of bp_net_set_scaling() rests, and all calls take and give numbers as
                                        the network sees them; bp_train_run() fits none. 0 */
};

/**
 * Sets an option. Errors: ARG (unknown option, or a value out of its bounds, not whole where it must be, or no member of
 * its enumeration), MEMORY (BP_OPT_THREADS). Threads: exclusive.
 */
BP_API bp_status bp_net_set(bp_net *net, int32_t option, double value);

/** Does a part of some work: `context` as it came, an index of a part. */
typedef void bp_task(void *context, size_t index);

/**
 * Calls task(context, index) once for every index below `count`, on whatever threads, and returns when all are done. It
 * must not call into the net, nor let an exception or a jump through.
 */
typedef void bp_parallel_for(void *user, size_t count, bp_task *task, void *context);

/**
 * Lets a host with threads of its own do the work that BP_OPT_THREADS divides: up to that many parts go to
 * `parallel_for` in place of the net's own threads, which are then never made. NULL gives the work back to those. The
 * results are the same bits. Clones have it too. The net keeps `user` until this is called again or it is destroyed.
 * Errors: ARG. Threads: exclusive.
 */
BP_API bp_status bp_net_set_parallel_for(bp_net *net, bp_parallel_for *parallel_for, void *user);

/** Reads an option; one that follows the optimiser tells what is in force. Errors: ARG. Threads: shared. */
BP_API bp_status bp_net_get(const bp_net *net, int32_t option, double *value);

/**
 * The least, the greatest and the first value of a BP_OPT_* or BP_LAYER_*; each pointer may be NULL. For an option that
 * follows the optimiser the first value is SGD's; for BP_LAYER_SLOPE leaky ReLU's; for an enumeration the bounds are its
 * least and greatest members.
 * Errors: ARG (unknown option). Threads: any.
 */
BP_API bp_status bp_option_bounds(int32_t option, double *low, double *high, double *initial);

/**
 * Names, for command lines, files and bindings: *_name() gives the lower-case name of a value ("learning_rate",
 * "leaky_relu"), NULL if there is none; *_find() the value of a name, BP_ERR_ARG if there is none or it is NULL; *_at()
 * the value at an index from 0, BP_ERR_ARG past the last, so that a program can list them all. Options cover BP_OPT_* and
 * BP_LAYER_*. The names are valid for ever. Threads: any.
 */
BP_API const char *bp_option_name(int32_t option);
BP_API int32_t bp_option_find(const char *name);             /**< see bp_option_name() */
BP_API int32_t bp_option_at(size_t index);                   /**< see bp_option_name() */
BP_API const char *bp_activation_name(int32_t activation);   /**< see bp_option_name() */
BP_API int32_t bp_activation_find(const char *name);         /**< see bp_option_name() */
BP_API int32_t bp_activation_at(size_t index);               /**< see bp_option_name() */
BP_API const char *bp_loss_name(int32_t loss);               /**< see bp_option_name() */
BP_API int32_t bp_loss_find(const char *name);               /**< see bp_option_name() */
BP_API int32_t bp_loss_at(size_t index);                     /**< see bp_option_name() */
BP_API const char *bp_optimizer_name(int32_t optimizer);     /**< see bp_option_name() */
BP_API int32_t bp_optimizer_find(const char *name);          /**< see bp_option_name() */
BP_API int32_t bp_optimizer_at(size_t index);                /**< see bp_option_name() */
BP_API const char *bp_initializer_name(int32_t initializer); /**< see bp_option_name() */
BP_API int32_t bp_initializer_find(const char *name);        /**< see bp_option_name() */
BP_API int32_t bp_initializer_at(size_t index);              /**< see bp_option_name() */

/* ----------------------------------------------------------------------------------------------------------- columns */

/**
 * The scaling that a net has for the user's columns. The network sees inputs x' = (x - center) factor and is trained on
 * targets t' = (t - center) factor; outputs are y = a / factor + center. forward, backward, train, predict and loss do all
 * this by themselves, in the net's number type, so that whoever has the net needs no more than the numbers they have.
 *
 * What is in the user's numbers: x, target, y, dy of bp_net_backward_from_f32() and dx of bp_net_input_gradient_f32(). What is
 * in the network's: the loss, z, activation and delta of the layers, and the parameters. Labels go with a net that does not
 * scale targets. BP_OPT_RAW 1 switches it all off.
 * @param input_center, input_factor   [inputs] each, or both NULL for none. A factor of 0 makes the column the same 0 for
 *                                     every row
 * @param target_center, target_factor [outputs] each, or both NULL for none. No factor is 0
 * Errors: ARG, MEMORY, STATE (before init), NONFINITE (a number, in the net's type). Threads: exclusive.
 */
BP_API bp_status bp_net_set_scaling(bp_net *net, const double *input_center, const double *input_factor,
                                    const double *target_center, const double *target_factor);

/** The scaling of the inputs, [inputs] each: 0 and 1 where there is none. Errors: ARG, STATE (before init). Threads: shared. */
BP_API bp_status bp_net_get_input_scaling(const bp_net *net, double *center, double *factor);
/** As bp_net_get_input_scaling(), of the targets, [outputs] each. */
BP_API bp_status bp_net_get_target_scaling(const bp_net *net, double *center, double *factor);
/** 1 if the net has a scaling of inputs, else 0. Threads: shared. */
BP_API int32_t bp_net_scales_inputs(const bp_net *net);
/** 1 if the net has a scaling of targets, else 0. Threads: shared. */
BP_API int32_t bp_net_scales_targets(const bp_net *net);

/** 1 while all parameters are those that bp_net_init() drew: no step was taken and none were set. Else 0. Threads: shared. */
BP_API int32_t bp_net_is_fresh(const bp_net *net);

/**
 * The names of the user's columns and classes, which the net copies and keeps. A name is UTF-8 of at most 10,000 bytes, here, in
 * a file of a net and in what bp_data_read_csv() reads, so that each can be saved and loaded again. bp_train_create() takes those of a kind from the
 * data where the net has none; and both it and bp_net_evaluate() refuse data that name a column or class otherwise.
 * @param inputs  [inputs] names, each NULL or ended by a NUL; NULL: they stay as they are
 * @param outputs [outputs], likewise
 * @param classes [outputs], or of one output [2], likewise
 * Errors: ARG (also a name that is longer or not UTF-8), MEMORY, STATE (before init). Threads: exclusive.
 */
BP_API bp_status bp_net_set_names(bp_net *net, const char *const *inputs, const char *const *outputs,
                                  const char *const *classes);
/** The name of an input, NULL if it has none: byte for byte as it was set, or as the data or a file had it, with whatever
 *  control characters. Valid until the names are set again or the net is destroyed. Threads: shared. */
BP_API const char *bp_net_input_name(const bp_net *net, size_t input);
/** As bp_net_input_name(), of an output. */
BP_API const char *bp_net_output_name(const bp_net *net, size_t output);
/** As bp_net_input_name(), of a class. */
BP_API const char *bp_net_class_name(const bp_net *net, int32_t label);

/**
 * The net in words, for people: number type, layers, names and scaling of the columns, loss and optimiser, a line each. The
 * wording may change from release to release. Of each name it has the first 60 bytes, as sentences have names (bp_net_error()),
 * so that no name makes a line of its own.
 * @param text      room for `capacity` bytes; NULL: only the size
 * @param[out] size bytes of the text, with the NUL that ends it; NULL if unwanted
 * Errors: ARG, SHAPE (capacity is less than the size; nothing is written but that). Threads: shared.
 */
BP_API bp_status bp_net_describe(const bp_net *net, char *text, size_t capacity, size_t *size);

/* ----------------------------------------------------------------------------------------------------------- compute */

/**
 * Makes the room that training on up to `rows` rows takes, with the optimiser's state, so that no later call for as many
 * dense rows allocates or can fail for lack of memory. Where there was less room, what the last forward cached is gone.
 * Errors: ARG, MEMORY, SHAPE (rows is 0 or too large), STATE (before init). Threads: exclusive.
 */
BP_API bp_status bp_net_reserve(bp_net *net, size_t rows);

/**
 * The training pass: z_l = W_l a_{l-1} + b_l, a_l = f(z_l), dropout active. Every layer keeps z and a.
 * @param x      [rows][inputs]
 * @param rows   samples, at least 1
 * @param[out] y [rows][outputs], or NULL
 * Errors: ARG, MEMORY, SHAPE, DTYPE, STATE (before init). Threads: exclusive.
 */
BP_API bp_status bp_net_forward_f32(bp_net *net, const float *x, size_t rows, float *y);
/** See bp_net_forward_f32(). */
BP_API bp_status bp_net_forward_f64(bp_net *net, const double *x, size_t rows, double *y);

/**
 * Back-propagates the loss BP_OPT_LOSS of the last forward: delta_L = dLoss/da_L f'(z_L, a_L), delta_l = (W_{l+1}^T
 * delta_{l+1}) f'(z_l, a_l), dW_l += sum over rows of delta_l a_{l-1}^T, db_l += sum over rows of delta_l (Rumelhart,
 * Hinton, Williams, 1986). The gradient is a sum that goes on, row by row in order: four calls of 16 rows add up to one
 * of 64, to the bit. May be called several times after one forward; not after a step.
 * @param target     [rows][outputs]
 * @param rows       as in the forward
 * @param[out] loss  mean over the rows, or NULL
 * Errors: ARG, MEMORY, SHAPE (rows are not the forward's), DTYPE, STATE (no forward since the parameters changed),
 * UNSUPPORTED (loss and activation do not go together), NONFINITE (the loss; nothing is added). Threads: exclusive.
 */
BP_API bp_status bp_net_backward_f32(bp_net *net, const float *target, size_t rows, double *loss);
/** See bp_net_backward_f32(). */
BP_API bp_status bp_net_backward_f64(bp_net *net, const double *target, size_t rows, double *loss);

/**
 * As bp_net_backward_f32(), with a class per row: the target is one-hot, and with one output it is the label itself.
 * For either number type.
 * @param labels [rows], each in 0 .. outputs - 1, or 0 or 1 for one output
 * Errors: as bp_net_backward_f32(); ARG also for a label out of range. Threads: exclusive.
 */
BP_API bp_status bp_net_backward_labels(bp_net *net, const int32_t *labels, size_t rows, double *loss);

/**
 * As bp_net_backward_f32(), with the caller's gradient in place of a loss: delta_L = dy f'(z_L, a_L).
 * @param dy [rows][outputs], each row the derivative of that row's own loss by its outputs
 * Errors: ARG, MEMORY, SHAPE, DTYPE, STATE, NONFINITE (dy; nothing is added). Threads: exclusive.
 */
BP_API bp_status bp_net_backward_from_f32(bp_net *net, const float *dy, size_t rows);
/** See bp_net_backward_from_f32(). */
BP_API bp_status bp_net_backward_from_f64(bp_net *net, const double *dy, size_t rows);

/**
 * The gradient for the inputs of the last backward, W_0^T delta_0: for every row that row's own loss by its inputs, not
 * divided by the rows. After bp_net_backward_from_f32() it is J^T dy.
 * @param[out] dx [rows][inputs], the rows of the last forward
 * Errors: ARG, DTYPE, STATE (no backward since the last forward, or the parameters have changed since). Threads:
 * exclusive.
 */
BP_API bp_status bp_net_input_gradient_f32(bp_net *net, float *dx);
/** See bp_net_input_gradient_f32(). */
BP_API bp_status bp_net_input_gradient_f64(bp_net *net, double *dx);

/**
 * One step of BP_OPT_OPTIMIZER with the mean gradient over all rows added since the last step; then the gradient is
 * cleared. Frozen parameters keep their values. Clipping, then penalties, then the optimiser's formula.
 * Errors: ARG, MEMORY (state, at the first step), STATE (no gradient), NONFINITE (the gradient, or what the step would
 * make of parameters or state: nothing changes; bp_net_zero_gradient() lets go of the gradient). Threads: exclusive.
 */
BP_API bp_status bp_net_step(bp_net *net);

/**
 * The layer that the last pass blamed, in its sentence too, where it or what followed it failed with BP_ERR_NONFINITE: the
 * first that gave such a number, or the one whose step was not finite. bp_net_layers() where that pass did not fail so,
 * or the target was to blame. 0 for NULL. Threads: shared.
 */
BP_API size_t bp_net_nonfinite_layer(const bp_net *net);

/**
 * As bp_net_backward_f32() or bp_net_backward_labels(), each row's loss times its weight. The loss is still the mean over
 * the rows, and `step` divides by their number: weights whose mean is 1 keep its size.
 * @param target, labels one of them, the other NULL
 * @param weights [rows], finite and at least 0
 * Errors: as bp_net_backward_f32(). Threads: exclusive.
 */
BP_API bp_status bp_net_backward_weighted_f32(bp_net *net, const float *target, const int32_t *labels,
                                              const double *weights, size_t rows, double *loss);
/** See bp_net_backward_weighted_f32(). */
BP_API bp_status bp_net_backward_weighted_f64(bp_net *net, const double *target, const int32_t *labels,
                                              const double *weights, size_t rows, double *loss);

/** Forgets the gradient added so far. Errors: ARG, STATE (before init). Threads: exclusive. */
BP_API bp_status bp_net_zero_gradient(bp_net *net);

/**
 * Forward, backward and step in one call, to the same bits. x is not copied, so bp_net_input_gradient_f32() and another
 * backward are refused afterwards.
 * Errors: as the three; after NONFINITE the parameters are as before, the rows count as forwarded, and the gradient is
 * cleared if this call added to it. Threads: exclusive.
 */
BP_API bp_status bp_net_train_f32(bp_net *net, const float *x, const float *target, size_t rows, double *loss);
/** See bp_net_train_f32(). */
BP_API bp_status bp_net_train_f64(bp_net *net, const double *x, const double *target, size_t rows, double *loss);
/** See bp_net_train_f32() and bp_net_backward_labels(). */
BP_API bp_status bp_net_train_labels_f32(bp_net *net, const float *x, const int32_t *labels, size_t rows, double *loss);
/** See bp_net_train_f32() and bp_net_backward_labels(). */
BP_API bp_status bp_net_train_labels_f64(bp_net *net, const double *x, const int32_t *labels, size_t rows,
                                         double *loss);
/** As bp_net_train_f32(), with the weights of bp_net_backward_weighted_f32(). Errors and threads: as bp_net_train_f32(). */
BP_API bp_status bp_net_train_weighted_f32(bp_net *net, const float *x, const float *target, const int32_t *labels,
                                           const double *weights, size_t rows, double *loss);
/** See bp_net_train_weighted_f32(). */
BP_API bp_status bp_net_train_weighted_f64(bp_net *net, const double *x, const double *target, const int32_t *labels,
                                           const double *weights, size_t rows, double *loss);

/**
 * The evaluation pass: y as forward gives it without dropout, to the same bits. Nothing is cached.
 * @param x       [rows][inputs]
 * @param[out] y  [rows][outputs]
 * @param scratch of this net, or NULL: then the call allocates and releases
 * Errors: ARG, MEMORY (only without scratch), SHAPE (also a scratch made for narrower layers or the other type), DTYPE,
 * STATE (before init). Threads: shared, a scratch per thread.
 */
BP_API bp_status bp_net_predict_f32(const bp_net *net, const float *x, size_t rows, float *y, bp_scratch *scratch);
/** See bp_net_predict_f32(). */
BP_API bp_status bp_net_predict_f64(const bp_net *net, const double *x, size_t rows, double *y, bp_scratch *scratch);

/**
 * Room for predicting with `net`, or with any net of its number type whose layers are no wider. It must be destroyed
 * while the net's allocator lives, and may outlive the net.
 * @param[out] scratch the new scratch; NULL after a failure
 * Errors: ARG, MEMORY, STATE (before init). Threads: shared.
 */
BP_API bp_status bp_scratch_create(bp_scratch **scratch, const bp_net *net);

/** Gives a scratch back. NULL is fine. Threads: exclusive (of the scratch). */
BP_API void bp_scratch_destroy(bp_scratch *scratch);

/**
 * The loss BP_OPT_LOSS of the evaluation pass, the mean over the rows.
 * @param x         [rows][inputs]
 * @param target    [rows][outputs]
 * @param[out] loss the loss, as it is: it may be infinite or NaN
 * @param scratch   as in bp_net_predict_f32()
 * Errors: as bp_net_predict_f32(), and UNSUPPORTED. Threads: shared, a scratch per thread.
 */
BP_API bp_status bp_net_loss_f32(const bp_net *net, const float *x, const float *target, size_t rows, double *loss,
                                 bp_scratch *scratch);
/** See bp_net_loss_f32(). */
BP_API bp_status bp_net_loss_f64(const bp_net *net, const double *x, const double *target, size_t rows, double *loss,
                                 bp_scratch *scratch);
/** See bp_net_loss_f32() and bp_net_backward_labels(). */
BP_API bp_status bp_net_loss_labels_f32(const bp_net *net, const float *x, const int32_t *labels, size_t rows,
                                        double *loss, bp_scratch *scratch);
/** See bp_net_loss_f32() and bp_net_backward_labels(). */
BP_API bp_status bp_net_loss_labels_f64(const bp_net *net, const double *x, const int32_t *labels, size_t rows,
                                        double *loss, bp_scratch *scratch);
/** As bp_net_loss_f32(), with the weights of bp_net_backward_weighted_f32(). Errors and threads: as bp_net_loss_f32(). */
BP_API bp_status bp_net_loss_weighted_f32(const bp_net *net, const float *x, const float *target, const int32_t *labels,
                                          const double *weights, size_t rows, double *loss, bp_scratch *scratch);
/** See bp_net_loss_weighted_f32(). */
BP_API bp_status bp_net_loss_weighted_f64(const bp_net *net, const double *x, const double *target,
                                          const int32_t *labels, const double *weights, size_t rows, double *loss,
                                          bp_scratch *scratch);

/* ------------------------------------------------------------------------------------------------------ sparse rows */

/**
 * Rows that are almost all zeros, as CSR (compressed sparse rows): row i has the numbers values[starts[i]] to
 * values[starts[i + 1] - 1], in the columns of the same indices, and is 0 elsewhere. Columns count from 0, and ascend
 * within a row. They are int32_t as SciPy's `indices` are. starts[0] need not be 0: `starts + n` are the rows from n on.
 *
 * Each result is that of the same rows written out, to the bit, at a cost that goes with the numbers given instead of the
 * inputs: in forward, for the gradient of the first layer's weights, and in its step where the optimiser leaves a
 * parameter alone whose gradient is 0. That is SGD without momentum and Adagrad, clipped or not, without L1, L2 and
 * weight decay. Any other step changes, or may change, every weight and its state, and passes over all of them, as it
 * does for dense rows: to catch up later, to the bit, would be the same work. For a loss and its step all else is
 * independent of the inputs, but for a bit for each. A first layer that is dropout takes no sparse rows, nor does a net whose
 * scaling has a center that is not 0: zeros must stay zeros. BP_SCALE_LARGEST keeps them.
 *
 * Errors are those of the functions for dense rows, and UNSUPPORTED (a net that takes no sparse rows) and ARG: starts or columns
 * do not ascend, a column is not below the inputs, or a value is not finite; the sentence names row and number.
 *
 * This makes the room that training on up to `rows` sparse rows takes, with up to `nonzeros` numbers in all, as
 * bp_net_reserve() does for dense ones, of which it makes none.
 * Errors: ARG, MEMORY, SHAPE (rows is 0 or too large), STATE (before init). Threads: exclusive.
 */
BP_API bp_status bp_net_reserve_sparse(bp_net *net, size_t rows, size_t nonzeros);

/**
 * bp_net_forward_f32() of sparse rows, which are copied: bp_net_backward_f32() and its kin follow as ever.
 * @param values, columns, starts the rows, see bp_net_reserve_sparse(); starts is [rows + 1]
 * Errors: ARG, MEMORY, SHAPE, DTYPE, STATE, UNSUPPORTED. Threads: exclusive.
 */
BP_API bp_status bp_net_forward_sparse_f32(bp_net *net, const float *values, const int32_t *columns,
                                           const size_t *starts, size_t rows, float *y);
/** See bp_net_forward_sparse_f32(). */
BP_API bp_status bp_net_forward_sparse_f64(bp_net *net, const double *values, const int32_t *columns,
                                           const size_t *starts, size_t rows, double *y);

/**
 * bp_net_train_f32() of sparse rows.
 * @param target, labels one of them, the other NULL
 * @param weights of the rows, as in bp_net_backward_weighted_f32(), or NULL: all 1
 * Errors: as bp_net_train_f32() and bp_net_forward_sparse_f32(). Threads: exclusive.
 */
BP_API bp_status bp_net_train_sparse_f32(bp_net *net, const float *values, const int32_t *columns, const size_t *starts,
                                         const float *target, const int32_t *labels, const double *weights, size_t rows,
                                         double *loss);
/** See bp_net_train_sparse_f32(). */
BP_API bp_status bp_net_train_sparse_f64(bp_net *net, const double *values, const int32_t *columns,
                                         const size_t *starts, const double *target, const int32_t *labels,
                                         const double *weights, size_t rows, double *loss);

/** bp_net_predict_f32() of sparse rows. Errors: as that and bp_net_forward_sparse_f32(). Threads: shared, a scratch per
 *  thread. */
BP_API bp_status bp_net_predict_sparse_f32(const bp_net *net, const float *values, const int32_t *columns,
                                           const size_t *starts, size_t rows, float *y, bp_scratch *scratch);
/** See bp_net_predict_sparse_f32(). */
BP_API bp_status bp_net_predict_sparse_f64(const bp_net *net, const double *values, const int32_t *columns,
                                           const size_t *starts, size_t rows, double *y, bp_scratch *scratch);

/** bp_net_loss_f32() of sparse rows; target, labels and weights as in bp_net_train_sparse_f32(). Errors: as those two.
 *  Threads: shared, a scratch per thread. */
BP_API bp_status bp_net_loss_sparse_f32(const bp_net *net, const float *values, const int32_t *columns,
                                        const size_t *starts, const float *target, const int32_t *labels,
                                        const double *weights, size_t rows, double *loss, bp_scratch *scratch);
/** See bp_net_loss_sparse_f32(). */
BP_API bp_status bp_net_loss_sparse_f64(const bp_net *net, const double *values, const int32_t *columns,
                                        const size_t *starts, const double *target, const int32_t *labels,
                                        const double *weights, size_t rows, double *loss, bp_scratch *scratch);

/* ------------------------------------------------------------------------------------------------ what a layer holds */

/**
 * Copies a layer's weights out, [units][inputs of the layer].
 * Errors: ARG (no such layer, or dropout), DTYPE, STATE (before init). Threads: shared.
 */
BP_API bp_status bp_net_get_weights_f32(const bp_net *net, size_t layer, float *w);
/** See bp_net_get_weights_f32(). */
BP_API bp_status bp_net_get_weights_f64(const bp_net *net, size_t layer, double *w);

/**
 * Sets a layer's weights, [units][inputs of the layer], frozen or not. The optimiser's state stays.
 * Errors: ARG (no such layer, or dropout), DTYPE, STATE (before init), NONFINITE (a weight is infinite or NaN).
 * Threads: exclusive.
 */
BP_API bp_status bp_net_set_weights_f32(bp_net *net, size_t layer, const float *w);
/** See bp_net_set_weights_f32(). */
BP_API bp_status bp_net_set_weights_f64(bp_net *net, size_t layer, const double *w);

/**
 * Copies a layer's bias out: [units], or 1 number if it is shared.
 * Errors: ARG (no such layer, or it has no bias), DTYPE, STATE (before init). Threads: shared.
 */
BP_API bp_status bp_net_get_bias_f32(const bp_net *net, size_t layer, float *b);
/** See bp_net_get_bias_f32(). */
BP_API bp_status bp_net_get_bias_f64(const bp_net *net, size_t layer, double *b);

/**
 * Sets a layer's bias: [units], or 1 number if it is shared.
 * Errors: ARG (no such layer, or it has no bias), DTYPE, STATE (before init), NONFINITE. Threads: exclusive.
 */
BP_API bp_status bp_net_set_bias_f32(bp_net *net, size_t layer, const float *b);
/** See bp_net_set_bias_f32(). */
BP_API bp_status bp_net_set_bias_f64(bp_net *net, size_t layer, const double *b);

/**
 * The gradient of a layer's weights, [units][inputs of the layer]: the mean over the rows added since the last step, 0
 * where there are none or the weights are frozen. Clipping and penalties are not in it.
 * Errors: as bp_net_get_weights_f32(). Threads: shared.
 */
BP_API bp_status bp_net_get_weight_gradient_f32(const bp_net *net, size_t layer, float *dw);
/** See bp_net_get_weight_gradient_f32(). */
BP_API bp_status bp_net_get_weight_gradient_f64(const bp_net *net, size_t layer, double *dw);

/** The gradient of a layer's bias, [units] or 1 number, as bp_net_get_weight_gradient_f32() for the weights. */
BP_API bp_status bp_net_get_bias_gradient_f32(const bp_net *net, size_t layer, float *db);
/** See bp_net_get_bias_gradient_f32(). */
BP_API bp_status bp_net_get_bias_gradient_f64(const bp_net *net, size_t layer, double *db);

/**
 * All parameters as one vector of bp_net_parameters() numbers: layer 0 weights, layer 0 bias, layer 1 weights, ...
 * Errors: ARG, DTYPE, STATE (before init). Threads: shared.
 */
BP_API bp_status bp_net_get_parameters_f32(const bp_net *net, float *flat);
/** See bp_net_get_parameters_f32(). */
BP_API bp_status bp_net_get_parameters_f64(const bp_net *net, double *flat);

/** Sets all parameters, frozen or not. Errors: ARG, DTYPE, STATE (before init), NONFINITE. Threads: exclusive. */
BP_API bp_status bp_net_set_parameters_f32(bp_net *net, const float *flat);
/** See bp_net_set_parameters_f32(). */
BP_API bp_status bp_net_set_parameters_f64(bp_net *net, const double *flat);

/** The gradient in the order of bp_net_get_parameters_f32(), as bp_net_get_weight_gradient_f32() gives it. */
BP_API bp_status bp_net_get_gradient_f32(const bp_net *net, float *flat);
/** See bp_net_get_gradient_f32(). */
BP_API bp_status bp_net_get_gradient_f64(const bp_net *net, double *flat);

/**
 * The 2-norm of the gradient as bp_net_get_gradient_f32() gives it, one sum in double in its order. After sparse rows it costs
 * what their columns cost. Errors: ARG, STATE (before init). Threads: shared.
 */
BP_API bp_status bp_net_get_gradient_norm(const bp_net *net, double *norm);

/** Rows of the last forward or train: how many rows z, activation and delta have. 0 for none or NULL. Threads: shared. */
BP_API size_t bp_net_rows(const bp_net *net);

/**
 * z of a layer at the last forward, [rows][units]; for dropout, what went in.
 * Errors: ARG (no such layer), DTYPE, STATE (no forward yet). Threads: shared.
 */
BP_API bp_status bp_net_get_z_f32(const bp_net *net, size_t layer, float *z);
/** See bp_net_get_z_f32(). */
BP_API bp_status bp_net_get_z_f64(const bp_net *net, size_t layer, double *z);

/** a of a layer at the last forward, [rows][units]. Errors: as bp_net_get_z_f32(). Threads: shared. */
BP_API bp_status bp_net_get_activation_f32(const bp_net *net, size_t layer, float *a);
/** See bp_net_get_activation_f32(). */
BP_API bp_status bp_net_get_activation_f64(const bp_net *net, size_t layer, double *a);

/**
 * delta of a layer at the last backward, [rows][units]: the derivative of each row's own loss by z.
 * Errors: ARG (no such layer), DTYPE, STATE (no backward since the last forward). Threads: shared.
 */
BP_API bp_status bp_net_get_delta_f32(const bp_net *net, size_t layer, float *delta);
/** See bp_net_get_delta_f32(). */
BP_API bp_status bp_net_get_delta_f64(const bp_net *net, size_t layer, double *delta);

/* ------------------------------------------------------------------------------------------------------------- files */

/**
 * A net as a file, in the safetensors format: weights and biases under "layers.0.weight" [units][inputs], "layers.0.bias",
 * ..., in the net's number type and as PyTorch has them, and all else as text: layers, options, the seed and the count of
 * rows that dropout goes by, scaling, names, bp_net_is_fresh(). docs/format.md describes it. The same net gives the same
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
 * The same into memory.
 * @param bytes     room for `capacity` bytes; NULL: only the size
 * @param[out] size bytes of the file; NULL if unwanted
 * Errors: ARG, MEMORY, STATE, SHAPE (capacity is less than the size; nothing is written but that), UNSUPPORTED. Threads: shared.
 */
BP_API bp_status bp_net_save_memory(const bp_net *net, void *bytes, size_t capacity, size_t *size);

/** Takes the next `size` bytes of a file. Returns 0, or something else where it could not. */
typedef int32_t bp_write_fn(void *user, const void *bytes, size_t size);

/** The same into a function, called on the calling thread until it fails. Errors: as bp_net_save(). Threads: shared. */
BP_API bp_status bp_net_save_stream(const bp_net *net, bp_write_fn *write, void *user);

/**
 * What the functions below may save beside the net, as a sum; 0 for nothing. With the optimiser's state and its count of steps,
 * who goes on stepping the net that is loaded gets the bits of who never stopped; STATE while a gradient waits for a step.
 */
enum { BP_SAVE_OPTIMIZER = 1 /**< the optimiser's state */ };

/** As bp_net_save(), with flags BP_SAVE_*. To go on with a bp_train, see bp_train_save(). */
BP_API bp_status bp_net_save_with(const bp_net *net, const char *path, int32_t flags);
/** See bp_net_save_with() and bp_net_save_memory(). */
BP_API bp_status bp_net_save_memory_with(const bp_net *net, void *bytes, size_t capacity, size_t *size, int32_t flags);
/** See bp_net_save_with() and bp_net_save_stream(). */
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
 * @param[out] net the handle. After a failure one that serves bp_net_error() and bp_net_destroy() alone: all else on it is
 *                 BP_ERR_STATE or 0. NULL after ARG for `net` or the allocator, or where there was no memory for that
 * Errors: ARG, DTYPE (its number type is not built in), FORMAT, IO, MEMORY, NONFINITE (a weight, a bias or a number of the optimiser's state is infinite or NaN),
 * UNSUPPORTED (a newer major version; or libbp was built without jansson). Threads: any.
 */
BP_API bp_status bp_net_load(bp_net **net, const char *path);

/** As bp_net_load(), from memory. */
BP_API bp_status bp_net_load_memory(bp_net **net, const void *bytes, size_t size);

/** Gives up to `size` bytes, at least 1. Returns how many, 0 at the end, or less than 0 where it could not. */
typedef int64_t bp_read_fn(void *user, void *bytes, size_t size);

/**
 * As bp_net_load(), from a function, called on the calling thread. It is asked for the file's bytes and no more, so that
 * others may follow; they take memory as they come.
 */
BP_API bp_status bp_net_load_stream(bp_net **net, bp_read_fn *read, void *user);

/** What the functions below may let pass, as a sum; 0 for nothing. */
enum { BP_LOAD_NONFINITE = 1 /**< weights and biases that are infinite or NaN */ };

/** As bp_net_load(), with flags BP_LOAD_*, and every byte but jansson's from `allocator`. */
BP_API bp_status bp_net_load_with(bp_net **net, const char *path, int32_t flags, const bp_allocator *allocator);
/** See bp_net_load_with() and bp_net_load_memory(). */
BP_API bp_status bp_net_load_memory_with(bp_net **net, const void *bytes, size_t size, int32_t flags,
                                         const bp_allocator *allocator);
/** See bp_net_load_with() and bp_net_load_stream(). */
BP_API bp_status bp_net_load_stream_with(bp_net **net, bp_read_fn *read, void *user, int32_t flags,
                                         const bp_allocator *allocator);

/**
 * Takes weights and biases from a safetensors file of another program, as PyTorch's for the state_dict of an nn.Sequential of
 * Linear layers, into a net that has been built for them. Numbers are converted to the net's type, to the nearest. The
 * optimiser's state stays; the net is no longer fresh.
 * @param names [2 * bp_net_layers()], for each layer the name of its tensor of weights, [units, inputs], and of its bias,
 *              [units], or [1] if the layer shares one; NULL leaves that part of the net as it is, and must stand where a layer
 *              has none. Tensors that are not named are passed over. NULL for all: the file has a "*.weight" for each dense
 *              layer, a "*.bias" for each that has one, and nothing else, and the layers take them in the order of
 *              their names, in which numbers count as numbers: "2.weight" is before "10.weight"
 * Errors: ARG (a name for what a layer has not), FORMAT (also a tensor missing, or one too many), IO, MEMORY, NONFINITE (a number
 * is, or becomes so in the net's type), SHAPE (of a tensor and the layer differ), STATE (before init), UNSUPPORTED (a tensor is
 * neither F32 nor F64; or libbp was built without jansson). Threads: exclusive.
 */
BP_API bp_status bp_net_load_weights(bp_net *net, const char *path, const char *const *names);

/* -------------------------------------------------------------------------------------------------------------- data */

/**
 * A data set: rows of inputs, with a target or a label each, and perhaps a weight. Several data sets can show rows of the
 * same numbers, which are kept until the last of them is destroyed.
 */
typedef struct bp_data bp_data;

/** How a data set holds an array: its own copy, or the caller's, which must stay as it is until every data set that shows
 *  it is destroyed. If it is changed all the same, results are those of the new numbers, or a call that takes labels, weights
 *  or sparse rows returns ARG where these are no longer what may be set, and its sentence names the number or row of the
 *  array. No call then reads or writes beyond an array, as long as all of it is still there. */
enum { BP_HOLD_COPY = 0, BP_HOLD_BORROW = 1 };

/**
 * An empty data set, to be filled by bp_data_set_inputs_f32() and its kin.
 * @param[out] data the handle; NULL after a failure
 * @param allocator where its memory comes from; NULL is malloc and free
 * Errors: ARG, MEMORY. Threads: any.
 */
BP_API bp_status bp_data_create(bp_data **data, const bp_allocator *allocator);

/** Gives back all that no other data set shows. NULL is fine. Threads: exclusive. */
BP_API void bp_data_destroy(bp_data *data);

/** The last failure on this data set as a sentence, by the rules of bp_net_error(). Threads: shared. */
BP_API const char *bp_data_error(const bp_data *data);

/**
 * The inputs, [rows][inputs]. They begin a data set anew: target, labels, weights and names of before are gone.
 * @param hold BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG, MEMORY, SHAPE (rows or inputs is 0 or too large). Threads: exclusive.
 */
BP_API bp_status bp_data_set_inputs_f32(bp_data *data, const float *x, size_t rows, size_t inputs, int32_t hold);
/** See bp_data_set_inputs_f32(). */
BP_API bp_status bp_data_set_inputs_f64(bp_data *data, const double *x, size_t rows, size_t inputs, int32_t hold);
/** As bp_data_set_inputs_f32(), for bytes, each worth x * scale as a double, converted as rows are taken out. Errors: also
 *  ARG (scale is 0 or not finite). */
BP_API bp_status bp_data_set_inputs_u8(bp_data *data, const uint8_t *x, size_t rows, size_t inputs, double scale,
                                       int32_t hold);

/**
 * The inputs as sparse rows, see bp_net_reserve_sparse(). Training and metrics take them as such, at their cost, and
 * bp_data_get_inputs_f32() writes them out. They begin a data set anew.
 * @param values, columns, starts the rows; starts is [rows + 1]
 * @param inputs numbers of a row, zeros included
 * Errors: ARG (also where starts or columns do not ascend, a column is not below `inputs`, or a value is not finite; the
 * sentence names row and number), MEMORY, SHAPE (rows or inputs is 0 or too large). Threads: exclusive.
 */
BP_API bp_status bp_data_set_inputs_sparse_f32(bp_data *data, const float *values, const int32_t *columns,
                                               const size_t *starts, size_t rows, size_t inputs, int32_t hold);
/** See bp_data_set_inputs_sparse_f32(). */
BP_API bp_status bp_data_set_inputs_sparse_f64(bp_data *data, const double *values, const int32_t *columns,
                                               const size_t *starts, size_t rows, size_t inputs, int32_t hold);

/**
 * The target, [rows][outputs], in place of target or labels of before.
 * Errors: ARG, MEMORY, SHAPE (outputs is 0 or too large), STATE (no inputs yet, or the data set shows rows of another, or
 * another shows its rows). Threads: exclusive.
 */
BP_API bp_status bp_data_set_target_f32(bp_data *data, const float *target, size_t outputs, int32_t hold);
/** See bp_data_set_target_f32(). */
BP_API bp_status bp_data_set_target_f64(bp_data *data, const double *target, size_t outputs, int32_t hold);

/**
 * A label from 0 to classes - 1 for each row, in place of target or labels of before.
 * Errors: ARG (also a label out of range), MEMORY, SHAPE (classes is below 2 or above INT32_MAX), STATE. Threads: exclusive.
 */
BP_API bp_status bp_data_set_labels(bp_data *data, const int32_t *labels, size_t classes, int32_t hold);

/**
 * A weight for each row, finite and at least 0, that its loss is multiplied with.
 * Errors: ARG, MEMORY, STATE. Threads: exclusive.
 */
BP_API bp_status bp_data_set_weights(bp_data *data, const double *weights, int32_t hold);

/**
 * bp_data_create(), bp_data_set_inputs_f32() and, unless `target` is NULL, bp_data_set_target_f32() in one, on copies.
 * @param[out] data the handle; after a failure, but of ARG or MEMORY at its making, empty and there to be asked for
 *                  bp_data_error() and destroyed
 * Errors: as those three. Threads: any.
 */
BP_API bp_status bp_data_create_f32(bp_data **data, const float *x, size_t rows, size_t inputs, const float *target,
                                    size_t outputs);
/** See bp_data_create_f32(). */
BP_API bp_status bp_data_create_f64(bp_data **data, const double *x, size_t rows, size_t inputs, const double *target,
                                    size_t outputs);
/** As bp_data_create_f32(), with labels. */
BP_API bp_status bp_data_create_labels_f32(bp_data **data, const float *x, size_t rows, size_t inputs,
                                           const int32_t *labels, size_t classes);
/** See bp_data_create_labels_f32(). */
BP_API bp_status bp_data_create_labels_f64(bp_data **data, const double *x, size_t rows, size_t inputs,
                                           const int32_t *labels, size_t classes);

/** Options of a data set, which say how bp_data_read_csv(), bp_data_read_npy() and bp_data_read_libsvm()
 *  read, and what a file may not have more of. The first value is in brackets. */
enum {
    /** The character between two fields, as a number [0]. 0: the first of tab, semicolon, bar, comma and space that the
     *  first line has outside of quotes. A space stands for any run of spaces and tabs. */
    BP_DATA_SEPARATOR = 8010,
    /** 1: the first line is the columns' names; 0: it is not; -1: it is if none of its fields is a number [-1]. */
    BP_DATA_HEADER = 8020,
    /** What becomes of a missing value, a BP_MISSING_* [BP_MISSING_REFUSE]. Missing is an empty field and, in letters
     *  of either case, ?, NA, NaN and null. The inputs that a column of text becomes each have their mean, the share of
     *  that text. */
    BP_DATA_MISSING = 8030,
    /** Of bp_data_read_npy() and bp_data_read_npz(), whether the target is a class. 1: it is, also where it is of floats that
     *  are whole, or of shape (n, 1); 0: it is numbers; -1: it is if it has one dimension and is of integers or bool [-1]. */
    BP_DATA_CLASS = 8040,
    /** What the labels of a LIBSVM file are. 1: numbers, a target of one number; 0: classes, whole numbers; -1: classes if
     *  all are whole numbers, else numbers [-1]. */
    BP_DATA_NUMBERS = 8050,
    /** The most different texts that a column of inputs of a CSV file may have: each becomes an input [1000]. */
    BP_DATA_MOST_TEXTS = 8450,
    /** The most bytes that a record may have: a row of a CSV file without its line's end, a line of a LIBSVM file up to its last
     *  number, or the header of an .npy file [16777216]. */
    BP_DATA_MOST_RECORD = 8490,
    /** How many bytes a packed file may unpack to for each of its own, before its first row [100]. The first MiB is free. Above
     *  1032, which is as much as there can be, there is no bound. */
    BP_DATA_MOST_RATIO = 8500,
    /** The most classes that a file may have [1000000]. */
    BP_DATA_MOST_CLASSES = 8510
};

/** Values of BP_DATA_MISSING. */
enum {
    BP_MISSING_REFUSE = 8110, /**< it is an error */
    BP_MISSING_DROP = 8120,   /**< its row is left out */
    BP_MISSING_MEAN = 8130    /**< an input becomes the mean of its column; a row without its target is left out */
};

/** Sets an option, BP_DATA_SEPARATOR and so on, for the reading that follows. Errors: ARG. Threads: exclusive. */
BP_API bp_status bp_data_set(bp_data *data, int32_t key, double value);
/** The value of an option. Errors: ARG. Threads: shared. */
BP_API bp_status bp_data_get(const bp_data *data, int32_t key, double *value);

/**
 * Reads a table of text (CSV), plain or gzipped: inputs, and a target or labels. It begins the data set anew; numbers are
 * held as f64.
 *
 * A line is a row, and its fields are quoted or not, as in RFC 4180; lines end in LF, CR LF or CR. Blank lines, blanks
 * around a field and a byte order mark are passed over. A number is decimal, with a point in every locale, and becomes
 * the nearest double. Text is UTF-8.
 *
 * A column of inputs whose first value is text becomes, in its place, an input for each text in the rows that are read: 1
 * in the rows that have the text, 0 in the others, in the order of the texts' bytes. Numbers there are texts like others;
 * a first value with a decimal comma is an error. So is a column of more different texts than
 * BP_DATA_MOST_TEXTS, for one of free text is no input; a field thus takes the memory of 1000 numbers at most, unless that is
 * set. Another file gives the same inputs only if it has the same texts: read one file and split it. Where it has not, the names
 * of its inputs are others, and bp_net_evaluate() and bp_train_create() refuse them.
 * @param targets the columns that are the target, in this order, by number from 1, by number from the end from -1, or by
 *                name: "-1", "species", "3,4"; NULL: none. All others are inputs. A name that has a comma or looks like a
 *                number stands in quotes. If one column alone is the target and its first value is text, it is a class,
 *                as is one of numbers after "class:", "class:-1". The labels count the classes in order: numbers by
 *                value, then text by its bytes. There are at least 2 classes.
 *
 * Names in the file are those of the inputs and of the target's columns, the class's column too; classes have their text,
 * and the inputs of a column of text are called "NAME=TEXT". A column without a name has its number from 1 in place of
 * it, "1=F", where other inputs have names. A name is UTF-8 of at most 10,000 bytes, "NAME=TEXT" too; others are an error.
 * Errors: ARG (also where `targets` names no column, or leaves none for the inputs), FORMAT (bp_data_error() names the
 * line where the row begins and the column; also where BP_DATA_HEADER is -1 and a column has text in the first row alone
 * and numbers in all others, for that may be a name), IO, MEMORY, UNSUPPORTED (gzipped, and libbp was built without zlib).
 * Threads: exclusive.
 */
BP_API bp_status bp_data_read_csv(bp_data *data, const char *path, const char *targets);

/**
 * bp_data_create() and bp_data_read_csv() in one.
 * @param[out] data the handle, by the rules of bp_data_create_f32()
 * Errors: as those two. Threads: any.
 */
BP_API bp_status bp_data_load_csv(bp_data **data, const char *path, const char *targets);

/**
 * Reads IDX files, plain or gzipped, the format of MNIST. It begins the data set anew.
 * @param images the inputs: the first dimension is the rows, the product of the others the inputs. Bytes stay bytes,
 *               each worth 1/255 of itself; other numbers (i8, i16, i32, f32, f64) become f64 as they are
 * @param labels whole numbers from 0, below BP_DATA_MOST_CLASSES, in one dimension, or NULL for none. The classes are 1 more
 *               than the largest, at least 2
 * Errors: ARG, FORMAT (also where there are not as many labels as images), IO, MEMORY, UNSUPPORTED (gzipped, and libbp was
 * built without zlib). Threads: exclusive.
 */
BP_API bp_status bp_data_read_idx(bp_data *data, const char *images, const char *labels);

/** bp_data_create() and bp_data_read_idx() in one, as bp_data_load_csv(). Errors: as those two. Threads: any. */
BP_API bp_status bp_data_load_idx(bp_data **data, const char *images, const char *labels);

/**
 * Reads .npy files, plain or gzipped, which numpy.save() writes: versions 1.0, 2.0 and 3.0 (NEP 1). It begins the data set anew.
 *
 * An array of shape (n,) is n rows of 1 number, one of (n, m, ...) n rows of as many numbers as the product of the others, in
 * C order, whichever order the file has. Numbers of either byte order are what they are to NumPy: f2 and f4 are held as
 * f32, f8 as f64, u1 and bool (0 or 1) as bytes, other integers as f64, to the nearest double above 2^53. Infinities and NaN
 * pass. Nothing of Python is run: pickled objects, complex numbers, texts, dates and fields are refused.
 * @param inputs  the inputs
 * @param targets a row for each row of the inputs, or NULL for none. Integers or bool of shape (n,) are labels from 0, below
 *                BP_DATA_MOST_CLASSES, as scikit-learn's y: the classes are 1 more than the largest, at least 2. All else is a
 *                target of numbers. BP_DATA_CLASS says otherwise
 * Errors: ARG, FORMAT (bp_data_error() names the byte of the unpacked file; also where the rows are not as many), IO, MEMORY,
 * UNSUPPORTED (of the types, or gzipped, and libbp was built without zlib). Threads: exclusive.
 */
BP_API bp_status bp_data_read_npy(bp_data *data, const char *inputs, const char *targets);

/** bp_data_create() and bp_data_read_npy() in one, as bp_data_load_csv(). Errors: as those two. Threads: any. */
BP_API bp_status bp_data_load_npy(bp_data **data, const char *inputs, const char *targets);

/**
 * As bp_data_read_npy(), for two arrays of an .npz file, which numpy.savez() and numpy.savez_compressed() write: a ZIP
 * archive, large ones by zip64, of stored or deflated members, whose sizes and CRC-32 are checked. Where a member is
 * is told by the archive's directory alone.
 * @param inputs, targets names of arrays, with or without ".npy": "x", "y"
 * Errors: as bp_data_read_npy(), where the byte is that of the unpacked array, or in the archive's own records that of the
 * file; ARG also where there is no such array; UNSUPPORTED also where a member is encrypted, packed in another way, or
 * deflated, and libbp was built without zlib. Threads: exclusive.
 */
BP_API bp_status bp_data_read_npz(bp_data *data, const char *path, const char *inputs, const char *targets);

/** bp_data_create() and bp_data_read_npz() in one, as bp_data_load_csv(). Errors: as those two. Threads: any. */
BP_API bp_status bp_data_load_npz(bp_data **data, const char *path, const char *inputs, const char *targets);

/**
 * Reads a LIBSVM (SVMlight) file, plain or gzipped: sparse inputs, held as f64, and labels or a target, see
 * BP_DATA_NUMBERS. It begins the data set anew.
 *
 * A line is a row: its label, then index:value for each input that is not 0, the indices ascending; blanks between them. They
 * count from 1, but where one in the file is 0, from 0, as scikit-learn takes it (zero_based="auto"); of files that
 * belong together either all should have a 0 or none. Blank lines, what follows a '#', `qid:` with its number and a byte
 * order mark are passed over. Lines end in LF, CR LF or CR. A number is decimal, with a point in every locale, and becomes the
 * nearest double. Classes are in order of their numbers, and named by them: "-1", "1". There are at least 2.
 * @param inputs numbers of a row; 0: as many as the greatest index of the file tells
 * Errors: ARG, FORMAT (bp_data_error() names the line, and the column, in bytes, of what is wrong; also where an index is
 * above `inputs`), IO, MEMORY, UNSUPPORTED (gzipped, and libbp was built without zlib). Threads: exclusive.
 */
BP_API bp_status bp_data_read_libsvm(bp_data *data, const char *path, size_t inputs);

/** bp_data_create() and bp_data_read_libsvm() in one, as bp_data_load_csv(). Errors: as those two. Threads: any. */
BP_API bp_status bp_data_load_libsvm(bp_data **data, const char *path, size_t inputs);

/** Rows shown. 0 for NULL. Threads: shared. */
BP_API size_t bp_data_rows(const bp_data *data);
/** Inputs of a row. 0 for NULL or before there are any. Threads: shared. */
BP_API size_t bp_data_inputs(const bp_data *data);
/** Numbers of a row's target, or classes where there are labels; else 0. Threads: shared. */
BP_API size_t bp_data_outputs(const bp_data *data);
/** Classes, where there are labels; else 0. Threads: shared. */
BP_API size_t bp_data_classes(const bp_data *data);
/** 1 if rows have weights, else 0. Threads: shared. */
BP_API int32_t bp_data_weighted(const bp_data *data);
/** 1 if the inputs are sparse, else 0. Threads: shared. */
BP_API int32_t bp_data_sparse(const bp_data *data);
/** How many numbers sparse inputs give in `rows` rows from `row` on; 0 if they are not sparse, or there are not so many
 *  rows. A row whose borrowed starts were changed and lie beyond the arrays counts 0. Threads: shared. */
BP_API size_t bp_data_nonzeros(const bp_data *data, size_t row, size_t rows);

/**
 * Inputs of `rows` rows from `row` on, [rows][inputs], converted.
 * Errors: ARG (also where there are not so many rows), STATE (there are none). Threads: shared.
 */
BP_API bp_status bp_data_get_inputs_f32(const bp_data *data, size_t row, size_t rows, float *x);
/** See bp_data_get_inputs_f32(). */
BP_API bp_status bp_data_get_inputs_f64(const bp_data *data, size_t row, size_t rows, double *x);
/**
 * The same rows as they are given, of sparse inputs; converted.
 * @param[out] values, columns room for as many numbers as bp_data_nonzeros() tells
 * @param[out] starts [rows + 1], the first 0
 * Errors: ARG (also where there are not so many rows), STATE (the inputs are not sparse). Threads: shared.
 */
BP_API bp_status bp_data_get_sparse_f32(const bp_data *data, size_t row, size_t rows, float *values, int32_t *columns,
                                        size_t *starts);
/** See bp_data_get_sparse_f32(). */
BP_API bp_status bp_data_get_sparse_f64(const bp_data *data, size_t row, size_t rows, double *values, int32_t *columns,
                                        size_t *starts);
/** As bp_data_get_inputs_f32(), the target, [rows][outputs]. */
BP_API bp_status bp_data_get_target_f32(const bp_data *data, size_t row, size_t rows, float *target);
/** See bp_data_get_target_f32(). */
BP_API bp_status bp_data_get_target_f64(const bp_data *data, size_t row, size_t rows, double *target);
/** As bp_data_get_inputs_f32(), the labels, [rows]. */
BP_API bp_status bp_data_get_labels(const bp_data *data, size_t row, size_t rows, int32_t *labels);
/** As bp_data_get_inputs_f32(), the weights, [rows]. */
BP_API bp_status bp_data_get_weights(const bp_data *data, size_t row, size_t rows, double *weights);

/** The name of an input, NULL if it has none: byte for byte as the file has it, with whatever control characters. Valid
 *  until the last data set that shows it is destroyed or filled anew. Threads: shared. */
BP_API const char *bp_data_input_name(const bp_data *data, size_t input);
/** As bp_data_input_name(), of a number of the target, which is gone with the target. */
BP_API const char *bp_data_output_name(const bp_data *data, size_t output);
/** As bp_data_input_name(), of a class, which is gone with the labels. */
BP_API const char *bp_data_class_name(const bp_data *data, int32_t label);

/**
 * Two data sets with all rows between them: `fraction` of the rows, drawn by `seed`, and the others, each in the order of
 * `data`. The same rows for a seed on every machine. Nothing but indices is copied; `data` may be destroyed before them.
 * @param[out] first, second the handles; NULL after a failure
 * Errors: ARG (also a fraction not between 0 and 1, or one place for both), MEMORY, SHAPE (a part would have no rows).
 * Threads: shared.
 */
BP_API bp_status bp_data_split(const bp_data *data, double fraction, uint64_t seed, bp_data **first, bp_data **second);

/** As bp_data_split(), with that fraction of every class. Errors: also STATE (no labels). Threads: shared. */
BP_API bp_status bp_data_split_by_class(const bp_data *data, double fraction, uint64_t seed, bp_data **first,
                                        bp_data **second);

/**
 * Fold number `fold` of `folds` for cross-validation: the rows held out, and the others. Over all folds each row is held
 * out once. The numbers of rows held out differ by 1 at most between folds, and, where there are labels, also those of every
 * class.
 * @param[out] others, held the handles; NULL after a failure
 * Errors: ARG (folds is below 2 or above the rows, or there is no such fold), MEMORY, SHAPE. Threads: shared.
 */
BP_API bp_status bp_data_fold(const bp_data *data, size_t folds, size_t fold, uint64_t seed, bp_data **others,
                              bp_data **held);

/**
 * A data set of the rows given by number, in that order; a row may come more than once.
 * @param[out] selected the handle; NULL after a failure
 * Errors: ARG (also where there is no such row), MEMORY, SHAPE (count is 0 or too large). Threads: shared.
 */
BP_API bp_status bp_data_select(const bp_data *data, const size_t *rows, size_t count, bp_data **selected);

/** How bp_net_fit_scaling() makes a column, x, what the network sees. A constant column becomes 0 and a constant target stays,
 *  less itself: constant is what differs in the last 3 bits of the net's type at most. */
enum {
    BP_SCALE_AUTO =
        12000, /**< inputs: STANDARD, of bytes LARGEST, of sparse rows NONE. Targets: STANDARD if the last layer is
                                    BP_ACT_IDENTITY, else NONE: others have a range of their own, which targets must fit */
    BP_SCALE_NONE = 12010,     /**< x */
    BP_SCALE_STANDARD = 12020, /**< (x - mean) / sd, with sd^2 the mean of (x - mean)^2 */
    BP_SCALE_RANGE = 12030,    /**< from the least to the greatest x: -1 to 1, as MATLAB's mapminmax */
    BP_SCALE_LARGEST =
        12040 /**< x / the largest |x| of all columns: one factor for all, as images want it; 0 stays 0 */
};

/**
 * Fits the net's scaling to a data set, whose rows should be those that it is trained on, and to no others. Weights of rows do
 * not count. bp_train_run() and its kin do this by themselves where the net has no scaling and is still as bp_net_init() left
 * it (bp_net_is_fresh()): see BP_TRAIN_SCALE_INPUTS.
 * @param inputs, targets BP_SCALE_*. Labels are never scaled
 * Errors: ARG, MEMORY, SHAPE (the numbers of inputs or outputs do not fit), STATE (the net before init, or no rows),
 * UNSUPPORTED (sparse inputs and a scale that takes 0 elsewhere), NONFINITE (a number is infinite or NaN, or a column's range). bp_data_error(data) says why.
 * Threads: exclusive on the net, shared on the data set.
 */
BP_API bp_status bp_net_fit_scaling(bp_net *net, const bp_data *data, int32_t inputs, int32_t targets);

/**
 * Gives the net the names that the data set has for inputs, outputs and classes; where it has none, the net's stay.
 * Errors: ARG, MEMORY, SHAPE, STATE, as bp_net_fit_scaling(). Threads: exclusive on the net, shared on the data set.
 */
BP_API bp_status bp_net_take_names(bp_net *net, const bp_data *data);

/* ---------------------------------------------------------------------------------------------------------- training */

/** The training of a net on a data set, epoch by epoch. */
typedef struct bp_train bp_train;

/**
 * What can be set of a training, by bp_train_set(); bp_train_get() reads these and the next. Whole numbers where no unit
 * is given.
 */
enum {
    BP_TRAIN_EPOCHS = 9000,       /**< passes over the data in all; 200 */
    BP_TRAIN_BATCH = 9010,        /**< rows of a step, the last of an epoch perhaps fewer; 0 for all; 32 */
    BP_TRAIN_SEED = 9020,         /**< of the order of rows, which is drawn anew for every epoch; 0 */
    BP_TRAIN_SHUFFLE = 9030,      /**< switch; 1. With 0 rows come in their own order */
    BP_TRAIN_PATIENCE = 9040,     /**< epochs without a lesser validation loss, after which it stops; 0 is off; 6 */
    BP_TRAIN_RESTORE = 9050,      /**< switch; 1: when it stops, but for a cancellation, the parameters of the least
                                   validation loss come back */
    BP_TRAIN_GOAL = 9060,         /**< it stops when an epoch's loss is no greater; -1e300 */
    BP_TRAIN_MIN_GRADIENT = 9070, /**< it stops when the norm of the gradient is less; 0 */
    BP_TRAIN_TIME = 9080,         /**< seconds in its calls, after which it stops; 0 is off; 0 */
    BP_TRAIN_SCHEDULE = 9090,     /**< a BP_SCHEDULE_*; BP_SCHEDULE_CONSTANT */
    BP_TRAIN_WARMUP = 9100,       /**< epochs, perhaps a part of one, over which the rate rises from 0; 0 */
    BP_TRAIN_DECAY = 9110,        /**< factor of STEP, EXPONENTIAL and PLATEAU; 0.1 */
    BP_TRAIN_PERIOD = 9120,       /**< epochs of STEP and PLATEAU; 10 */
    BP_TRAIN_LEAST_RATE = 9130,   /**< no schedule goes below it; 0 */
    BP_TRAIN_MOST_RATE = 9140,    /**< of ONE_CYCLE; 0 for ten times the net's rate; 0 */
    BP_TRAIN_BALANCE = 9150,      /**< switch; 0. With 1 a row weighs rows / (classes x rows of its class) in loss and
                                       step, so that every class weighs the same, however rare */
    BP_TRAIN_METHOD = 9160,       /**< a BP_METHOD_*; BP_METHOD_STEPS */
    BP_TRAIN_MU = 9170,           /**< of BP_METHOD_LM and BP_METHOD_BR: mu when they begin; 0.001 */
    BP_TRAIN_MU_DECREASE = 9180,  /**< its factor after a step that was lower; 0.1 */
    BP_TRAIN_MU_INCREASE = 9190,  /**< its factor after one that was not; 10 */
    BP_TRAIN_MU_MAX = 9200,       /**< above which they are stuck; 1e10 */
    BP_TRAIN_SCALE_INPUTS =
        9250, /**< a BP_SCALE_*, by which bp_net_fit_scaling() gives the net a scaling before its first
                                       step: where it has none, neither of inputs nor of targets, is bp_net_is_fresh() and
                                       not BP_OPT_RAW. AUTO */
    BP_TRAIN_SCALE_TARGETS = 9260, /**< likewise, of the targets. AUTO */
    BP_TRAIN_LAPACK = 9290 /**< switch: the equations of LM and BR by the LAPACK that the library was built with, 0.
                                       Then the bits are that library's. The greatest value is 0 where none was built in */
};

/**
 * How a training goes down. Of all but the first an epoch is one iteration with the loss and gradient of all rows, which
 * lowers the loss (of BR: F) or leaves the net as it is, but with IRPROP_PLUS: no optimiser, no clipping, no order of rows, and
 * but for the first steps of that one no learning rate. What they minimise, and what BP_TRAIN_LOSS and BP_TRAIN_GRADIENT tell
 * of, is the loss over all rows plus
 * (BP_OPT_L2 + BP_OPT_WEIGHT_DECAY) / 2 times the sum of the squares of the trained weights, with BP_OPT_DECAY_BIAS of the
 * biases too; the decay is what bp_net_get() tells, ADAMW's 0.01 as well. It must be smooth and the same at each look:
 * BP_OPT_L1 and dropout are refused. They are for data that pass through the net in a moment. Frozen parameters keep
 * their values.
 *
 * Arithmetic is in double, of +, -, *, / and sqrt in a fixed order: the same bits on every machine and with any threads.
 * LBFGS, SCG and IRPROP_PLUS take 27, 5 or 7 doubles for each parameter when they are first used. All begin afresh where parameters, loss
 * or penalties were changed between two epochs.
 *
 * LM and BR are least squares: they need BP_LOSS_SQUARED or BP_LOSS_MSE, and other losses are refused. r are the residuals,
 * such that half the sum of r^2 is rows times the loss: outputs less targets, with BP_LOSS_MSE times sqrt(2/n), times the
 * root of the row's weight; J are their derivatives by the P trained parameters, for which the net goes backward once for
 * each row and output. An epoch takes P^2 / 2 multiplications for each residual and P^3 / 6 for each mu that is tried; memory
 * is some 2 P^2 + 140 P doubles, and P above 10000 is refused. The equations are solved by Cholesky. Of what is told,
 * BP_TRAIN_LOSS of BR is without its penalty.
 */
enum {
    BP_METHOD_STEPS = 9900, /**< batches, and after each a step of the net's BP_OPT_OPTIMIZER */
    BP_METHOD_LBFGS = 9910, /**< w += a d, d = -H g, with H from the last 10 steps and changes of g (Nocedal, Wright:
                                 Numerical Optimization, 2nd edition, 2006, algorithms 7.4 and 7.5); a by the strong
                                 Wolfe conditions (algorithms 3.5 and 3.6, c1 = 1e-4, c2 = 0.9, 20 looks at most). Where
                                 no a will do, once more with d = -g and no H */
    BP_METHOD_SCG = 9920,   /**< scaled conjugate gradient: w += a p, a = p r / (p H p + lambda p p), with H p from two
                                 gradients and lambda moved by how well the loss fell (Moller, 1993; sigma 5e-5 and at
                                 first lambda 5e-7, as MATLAB's trainscg; a comparison parameter below -100 counts as that).
                                 An epoch may leave the net as it is, and the next tries a lesser step. Gradients of
                                 f32 are coarse for it: better in f64 */
    BP_METHOD_LM = 9930, /**< Levenberg-Marquardt: w += d, (J^T J + D + mu I) d = -(J^T r + D w), with D rows times the
                                 penalties' decay; mu grows by BP_TRAIN_MU_INCREASE until that is lower, which ends the
                                 epoch, and then shrinks by BP_TRAIN_MU_DECREASE, to no less than 1e-20. Above
                                 BP_TRAIN_MU_MAX it is stuck (Marquardt, 1963; Hagan, Menhaj, 1994; MATLAB's trainlm) */
    BP_METHOD_BR =
        9940, /**< Bayesian regularisation: the same on F = beta E_D + alpha E_W, E_D = sum r^2, E_W = the sum
                                 of the squares of all trained parameters, biases too: (beta J^T J + (alpha + mu) I) d =
                                 -(beta J^T r + alpha w). At first alpha = 0, beta = 1. After each epoch, where it
                                 ended, gamma = P - 2 alpha tr H^-1 with H = 2 beta J^T J + 2 alpha I (P after the first),
                                 alpha = gamma / (2 E_W), beta = (N - gamma) / (2 E_D), each 1 where that is not above 0;
                                 N counts residuals in rows whose weight is not 0. mu begins at the same 0.001 as LM's
                                 (trainbr: 0.005). L2 and weight decay are refused. Best from
                                 BP_INIT_NGUYEN_WIDROW, as the paper has it: from small weights alpha can grow so large
                                 that nothing is learned (MacKay, 1992; Foresee, Hagan, 1997) */
    BP_METHOD_IRPROP_PLUS =
        9950 /**< iRPROP+: of each w the step s, at first BP_OPT_LEARNING_RATE, and the last g, p, at
                                 first 0. If g p > 0: s = min(eta+ s, step max); if g p < 0: s = max(eta- s, step min), w goes
                                 back to where it was before if the loss has risen since, else stays, and p = 0; otherwise
                                 w -= s sign(g), p = g (Igel, Huesken, 2000, algorithm 1), with BP_OPT_ETA_PLUS and so on. An
                                 epoch may raise the loss. Where that would not be finite, the net stays as it is, all s
                                 shrink by eta- and all p are 0 */
};

/** What can only be asked, by bp_train_get(). Numbers of an epoch are the last one's, NaN where there is none. */
enum {
    BP_TRAIN_EPOCH = 9500,      /**< epochs done */
    BP_TRAIN_LOSS = 9510,       /**< mean over the epoch's rows, each as it was trained on; with the other methods see
                                        BP_METHOD_STEPS: after the epoch, with the penalties */
    BP_TRAIN_ACCURACY = 9520,   /**< right answers among them, as a fraction; NaN without labels. An answer is the class
                                        of the greatest output; of a single output, 1 from 0.5 on */
    BP_TRAIN_VALID_LOSS = 9530, /**< mean over the validation data after the epoch; NaN without */
    BP_TRAIN_VALID_ACCURACY = 9540,
    BP_TRAIN_RATE = 9550,        /**< learning rate of the epoch's last batch; NaN but with BP_METHOD_STEPS */
    BP_TRAIN_GRADIENT = 9560,    /**< 2-norm of the mean gradient of the epoch's last batch, or of that loss; with BR of
                                      F / (2 rows beta) */
    BP_TRAIN_SECONDS = 9570,     /**< that the epoch took in calls */
    BP_TRAIN_BEST_EPOCH = 9580,  /**< with the least validation loss, from 1; 0 for none */
    BP_TRAIN_BEST_LOSS = 9590,   /**< that loss */
    BP_TRAIN_STOP_REASON = 9600, /**< a BP_STOP_* */
    BP_TRAIN_MU_NOW = 9610,      /**< mu of BP_METHOD_LM and BP_METHOD_BR, with which the next epoch begins */
    BP_TRAIN_ALPHA = 9620,       /**< of BP_METHOD_BR: alpha */
    BP_TRAIN_BETA = 9630,        /**< of BP_METHOD_BR: beta */
    BP_TRAIN_GAMMA = 9640,       /**< of BP_METHOD_BR: gamma, how many parameters the data account for */
    BP_TRAIN_WARNING = 9650 /**< the gravest BP_FINDING_* that the losses up to the epoch show (NONFINITE, RATE_HIGH,
                                      OVERFITTING, RATE_LOW, in this order); 0 for none */
};

/** Learning rates over epochs e, from the net's BP_OPT_LEARNING_RATE lr, which it has again when the training stops. */
enum {
    BP_SCHEDULE_CONSTANT = 9700,    /**< lr, also where that is set meanwhile */
    BP_SCHEDULE_STEP = 9710,        /**< lr decay^floor(e / period) */
    BP_SCHEDULE_EXPONENTIAL = 9720, /**< lr decay^e */
    BP_SCHEDULE_COSINE = 9730,      /**< least + (lr - least) (1 + cos(pi e / epochs)) / 2 (Loshchilov, Hutter, 2017) */
    BP_SCHEDULE_PLATEAU = 9740, /**< lr, times decay after each `period` epochs without a lesser loss, of the validation
                                         data where there are some */
    BP_SCHEDULE_ONE_CYCLE = 9750 /**< from lr up to the most in 3/10 of all batches and down to the least in the others,
                                         by cosines (Smith, Topin, 2018) */
};

/** Why a training stopped. */
enum {
    BP_STOP_NONE = 0,         /**< it did not */
    BP_STOP_EPOCHS = 9810,    /**< BP_TRAIN_EPOCHS are done */
    BP_STOP_GOAL = 9820,      /**< BP_TRAIN_GOAL is reached */
    BP_STOP_GRADIENT = 9830,  /**< BP_TRAIN_MIN_GRADIENT */
    BP_STOP_PATIENCE = 9840,  /**< BP_TRAIN_PATIENCE */
    BP_STOP_TIME = 9850,      /**< BP_TRAIN_TIME */
    BP_STOP_CANCELLED = 9860, /**< bp_train_cancel() */
    BP_STOP_STUCK =
        9870 /**< other methods than BP_METHOD_STEPS: no step lowers the loss, or moves a weight, any more */
};

/**
 * The training of `net` on `data`, with the net's own loss and optimiser. The net must live as long as the training; the
 * data sets may be destroyed before. Its memory is from the allocator of `data`.
 * @param validation rows that the net is judged by after each epoch, for early stopping; NULL for none
 * @param[out] train the handle; NULL after a failure, of which bp_data_error(data) tells
 * Errors: ARG, MEMORY, SHAPE (the numbers of inputs or outputs do not fit, though two classes fit one output; a column or class
 * has another name in the net), STATE (the net
 * before init; no rows; neither target nor labels; a target in one and labels in the other). Threads: exclusive on the
 * net, shared on the data sets.
 */
BP_API bp_status bp_train_create(bp_train **train, bp_net *net, const bp_data *data, const bp_data *validation);

/** Gives back all that the training holds; the net is not touched. NULL is fine. Threads: exclusive. */
BP_API void bp_train_destroy(bp_train *train);

/** The last failure of this training as a sentence, by the rules of bp_net_error(). Threads: shared. */
BP_API const char *bp_train_error(const bp_train *train);

/**
 * Sets a BP_TRAIN_*, at any time; one that has stopped may then have more to do.
 * Errors: ARG (unknown or out of its bounds), STATE (the batch, within an epoch). Threads: exclusive.
 */
BP_API bp_status bp_train_set(bp_train *train, int32_t key, double value);

/** Reads what is set, or what can only be asked. Errors: ARG. Threads: shared. */
BP_API bp_status bp_train_get(const bp_train *train, int32_t key, double *value);

/** A number of an epoch, from 1: BP_TRAIN_LOSS to BP_TRAIN_SECONDS, and BP_TRAIN_WARNING. Errors: ARG. Threads: shared. */
BP_API bp_status bp_train_record(const bp_train *train, size_t epoch, int32_t key, double *value);

/**
 * Trains to the end of the epoch that it is in.
 * Returns BP_OK, or BP_DONE if training had stopped before and nothing was done: BP_TRAIN_STOP_REASON tells why.
 * Errors: ARG, MEMORY, CANCELLED, and what bp_net_train_f32() returns, with the epoch and the row in the sentence: the
 * batches before it are done. With the other methods also UNSUPPORTED (L1, dropout; with LM and BR another loss or too
 * many parameters, with BR a penalty), and NONFINITE is of the parameters that an epoch begins with; after any error the
 * net is where the last epoch left it.
 * Threads: exclusive, on the net too.
 */
BP_API bp_status bp_train_epoch(bp_train *train);

/** As bp_train_epoch(), for up to `batches` batches, through the ends of epochs. For event loops. */
BP_API bp_status bp_train_batches(bp_train *train, size_t batches);

/** Called after each epoch, on the thread that trains; other than 0 cancels the training. */
typedef int32_t bp_train_fn(bp_train *train, void *user);

/**
 * Trains until it stops. @param each_epoch NULL for none.
 * Errors: as bp_train_epoch(). Threads: exclusive, on the net too.
 */
BP_API bp_status bp_train_run(bp_train *train, bp_train_fn *each_epoch, void *user);

/**
 * The call that trains returns BP_ERR_CANCELLED before its next batch or look at all rows, or if there is none the next that would. Training
 * may go on afterwards. NULL is fine. Threads: any, also while another thread trains.
 */
BP_API void bp_train_cancel(bp_train *train);

/**
 * Saves a training between two calls, at any batch, to go on from there in another process: a file as of bp_net_save(), which
 * bp_net_load() opens too, with the optimiser's state and where the training stands: its settings, the record, the place in
 * the epoch and the order of its rows, the schedule, the parameters of the best epoch, and what a method that takes all rows
 * has learned of the loss. The data are not in it, nor the findings of the doctor.
 * Errors: ARG, and those of bp_net_save_with(); bp_train_error() tells. Threads: shared, on the net too.
 */
BP_API bp_status bp_train_save(const bp_train *train, const char *path);

/** The same into a function: see bp_net_save_stream(). */
BP_API bp_status bp_train_save_stream(const bp_train *train, bp_write_fn *write, void *user);

/**
 * Goes on with a training that bp_train_save() has saved: makes its net and the training of that, as bp_train_create() does.
 * Given the same data, and with the same calls, weights and record come to the bits of a training that never stopped,
 * but for BP_TRAIN_SECONDS. Set anew what belongs to the machine: BP_OPT_THREADS, BP_OPT_BLAS and BP_TRAIN_LAPACK.
 * BP_METHOD_LM and BP_METHOD_BR look at all rows meanwhile, and begin anew where other layers are frozen than when they
 * last took a step. Memory is from the allocator of `data`.
 * @param[out] train the training; NULL after a failure, of which bp_data_error(data) tells
 * @param[out] net   its net, to be destroyed after it; NULL likewise
 * @param data       as when it was saved, as many rows in the same order
 * @param validation likewise; NULL where there was none
 * Errors: those of bp_net_load() and bp_train_create(), FORMAT too where the file is of a net alone, SHAPE where there were
 * more or fewer rows. Threads: shared on the data sets.
 */
BP_API bp_status bp_train_resume(bp_train **train, bp_net **net, const char *path, const bp_data *data,
                                 const bp_data *validation);

/** The same from a function: see bp_net_load_stream(). */
BP_API bp_status bp_train_resume_stream(bp_train **train, bp_net **net, bp_read_fn *read, void *user,
                                        const bp_data *data, const bp_data *validation);

/**
 * What bp_train_diagnose() finds: in brackets the place, and the measure. Layers and columns count from 0. docs/doctor.md
 * gives the thresholds and where they come from.
 */
enum {
    BP_FINDING_NONFINITE = 11000, /**< a loss or step was infinite or NaN in this epoch or the last one ended, or the
                                              validation loss is (the layer as bp_net_nonfinite_layer(); the epoch) */
    BP_FINDING_INPUT_NONFINITE = 11010, /**< inputs that are infinite or NaN (first such column; share of its rows) */
    BP_FINDING_INPUT_SCALE = 11020,     /**< inputs that are not scaled (worst column; its root mean square) */
    BP_FINDING_INPUT_CONSTANT =
        11030, /**< inputs that are the same in all rows (first such column; share of columns) */
    BP_FINDING_TARGET_NONFINITE = 11040, /**< targets that are infinite or NaN (first such column; share of its rows) */
    BP_FINDING_TARGET_RANGE = 11050, /**< targets outside of what the last layer's activation can give (column with most
                                              of them; share of all numbers) */
    BP_FINDING_LABEL_RANGE = 11060,  /**< labels that are no class, as when borrowed ones were changed (first such row;
                                              share of rows) */
    BP_FINDING_CLASS_UNUSED =
        11070,                     /**< classes without a row, as when labels count from 1 (first; share of classes) */
    BP_FINDING_DEAD_UNITS = 11080, /**< units whose activation has no slope for any row (layer; share of its units) */
    BP_FINDING_SATURATED_UNITS =
        11090,                     /**< units at the flat ends of a bounded activation for nearly all rows, while the
                                              loss is still high (layer; share of its units) */
    BP_FINDING_RATE_HIGH = 11100,  /**< the loss rises, or jumps and does not get on (epoch; loss by that of epoch 1) */
    BP_FINDING_RATE_LOW = 11110,   /**< the loss hardly moves (epoch; loss by that of epoch 1) */
    BP_FINDING_OVERFITTING = 11120 /**< validation loss rising while the other falls (best epoch; loss by the best) */
};

BP_API const char *bp_finding_name(int32_t finding); /**< see bp_option_name() */
BP_API int32_t bp_finding_find(const char *name);    /**< see bp_option_name() */
BP_API int32_t bp_finding_at(size_t index);          /**< see bp_option_name() */

/**
 * Looks for what goes wrong in practice: at up to 1024 rows of the data, evenly spaced, and the first ones of a batch that
 * failed, as the network sees them; at all labels; at the net's units for these rows; and at the record. At any time, before
 * the first epoch, when it passes over all rows to find the scaling that will be, and after a failure too. Nothing that the training depends on is touched: it goes on to the same bits. What was found before
 * is forgotten. Room: a clone of the net, and 128 rows of it.
 * @param[out] findings how many there are
 * Errors: ARG (also where borrowed sparse rows were changed and fit no more), MEMORY. Threads: exclusive, shared on the net.
 */
BP_API bp_status bp_train_diagnose(bp_train *train, size_t *findings);

/**
 * A finding of the last bp_train_diagnose().
 * @param index        from 0
 * @param[out] kind    a BP_FINDING_*
 * @param[out] place   the column, layer, class or row it is about, as BP_FINDING_* says
 * @param[out] measure how much it is so, as BP_FINDING_* says
 * Errors: ARG (also where there is no such finding). Threads: shared.
 */
BP_API bp_status bp_train_finding(const bp_train *train, size_t index, int32_t *kind, size_t *place, double *measure);

/**
 * The finding in words: what was seen, with names of columns where the data have them, and what to try. NULL where there is
 * no such finding. Valid until the next bp_train_diagnose() or the training's destruction. Threads: shared.
 */
BP_API const char *bp_train_finding_text(const bp_train *train, size_t index);

/**
 * What a training comes to on rows that it has not seen (cross-validation; Stone, 1974). For each fold of bp_data_fold() a
 * copy of the net as it is now, but at the learning rate that no schedule has moved, is trained until it stops by a new
 * training on the other rows, as `like` is set; then the metric is measured on the rows held out. Neither the net nor the
 * training of `like` goes on by this.
 *
 * Begin with a net that has not been trained: each copy is then scaled by the rows that it is trained on, and no fold knows of
 * what it is judged by. There is no validation data, also where `like` has some: BP_TRAIN_PATIENCE and BP_TRAIN_RESTORE do
 * nothing, so let BP_TRAIN_EPOCHS, a goal or a schedule set the end. BP_TRAIN_TIME is for each fold.
 *
 * The values are the same bits for the same seed with any threads, and those of the same calls by hand.
 * @param folds       2 to the rows
 * @param seed        of the folds
 * @param metric      a BP_METRIC_*
 * @param[out] values [folds]; after a failure those of the folds before it are there
 * Errors: ARG, MEMORY, CANCELLED (bp_train_cancel() of `like`), and as bp_train_epoch() and bp_net_evaluate(), with the fold in
 * the sentence, from 0. Threads: exclusive, shared on the net.
 */
BP_API bp_status bp_train_cross_validate(bp_train *like, size_t folds, uint64_t seed, int32_t metric, double *values);

/* ---------------------------------------------------------------------------------------------------------- metrics */

/**
 * What bp_net_evaluate() measures, for outputs y and targets t of all rows of a data set. Where there are weights, each
 * row counts by its weight, as with scikit-learn's sample_weight: a mean is sum w v / sum w. BIT_FAIL counts all alike.
 *
 * Those that need numbers (LOSS, MSE, MAE, R2, BIT_FAIL) take a label as one-hot, and with one output as 0 or 1. Those
 * that need a class (ACCURACY to F1, LOG_LOSS, AUC) take of numbers the first of the greatest, and of a single one 1 if
 * it is 0.5 or more, else 0; so too the predicted class, which with one output is meant for a probability of class 1.
 * Means over the classes are over those that occur, in the data or among the predictions.
 *
 * The values are scikit-learn 1.2's (Pedregosa et al., 2011) where it has the metric. Sums are in double and in the
 * order of the rows: the same bits on every machine for the same outputs.
 */
enum {
    BP_METRIC_LOSS = 10010,      /**< the net's BP_OPT_LOSS, the mean over the rows, infinite or NaN if it is so */
    BP_METRIC_ACCURACY = 10020,  /**< rows whose class is predicted, as a fraction */
    BP_METRIC_TOP_3 = 10030,     /**< rows whose class is among the 3 greatest outputs, the first of equals first, as a
                                      fraction. For 3 classes or more */
    BP_METRIC_TOP_5 = 10040,     /**< the same among 5. For 5 classes or more */
    BP_METRIC_PRECISION = 10050, /**< the mean over the classes of hits / predicted, 0 where none is predicted
                                      (average='macro', zero_division=0) */
    BP_METRIC_RECALL = 10060,    /**< the mean over the classes of hits / rows, 0 where there are no rows */
    BP_METRIC_F1 = 10070,        /**< the mean over the classes of 2 hits / (predicted + rows) */
    BP_METRIC_MSE = 10080,       /**< the mean of (y - t)^2 over outputs and rows */
    BP_METRIC_MAE = 10090,       /**< the mean of |y - t| over outputs and rows */
    BP_METRIC_R2 = 10100,        /**< the mean over the outputs of 1 - sum (y - t)^2 / sum (t - mean t)^2; of a constant
                                      target, as that of a single row is, 1 if all y are t, else 0 */
    BP_METRIC_LOG_LOSS = 10110,  /**< the mean over the rows of -ln(p / sum p), p being the output of the row's class,
                                      and with one output y 1 - y or y. All are clipped to [eps, 1 - eps] first, eps
                                      being 2^-23 for f32 nets and 2^-52 for f64. Not for log-softmax */
    BP_METRIC_AUC = 10120,       /**< the area under the ROC curve: of the pairs of a row of the class and one of
                                      another the share where the first has the greater output, equal ones half
                                      (Hanley, McNeil, 1982). With one output it is of class 1; with two of the second;
                                      with more the mean over all, each against the rest. Keeps two doubles for each
                                      row and class (for two classes: for each row). Not where a class has no rows, or
                                      all */
    BP_METRIC_BIT_FAIL = 10130   /**< how many outputs of all rows differ from t by 0.35 or more (FANN's bit fail at its
                                      first limit, but FANN halves the difference of symmetric activations) */
};

BP_API const char *bp_metric_name(int32_t metric); /**< see bp_option_name() */
BP_API int32_t bp_metric_find(const char *name);   /**< see bp_option_name() */
BP_API int32_t bp_metric_at(size_t index);         /**< see bp_option_name() */

/**
 * Predicts all rows of a data set, some hundreds at a time, and measures the outputs. Memory comes from the data set's
 * allocator and, for a scratch, from the net's.
 * @param data       with the net's inputs, and a target of its outputs or labels of as many classes (one output: 2)
 * @param metric     a BP_METRIC_*
 * @param[out] value untouched after a failure
 * Errors: ARG, MEMORY, SHAPE (data and net do not match, in number or name), STATE (before init, or data without rows, target and labels),
 * UNSUPPORTED (the metric does not fit the net or the data, or the loss the last layer, or all weights are 0),
 * NONFINITE (an output or a target is NaN; not for BP_METRIC_LOSS). bp_data_error(data) says why.
 * Threads: shared, for both.
 */
BP_API bp_status bp_net_evaluate(const bp_net *net, const bp_data *data, int32_t metric, double *value);

/**
 * Counts rows by their class and the predicted one, as BP_METRIC_ACCURACY sees them. Weights are not used.
 * @param[out] counts [classes][classes], a row for the true class and a column for the predicted one; as many classes
 *                    as outputs, 2 for one output. After NONFINITE or ARG some rows have been counted
 * Errors: as bp_net_evaluate(). Threads: shared, for both.
 */
BP_API bp_status bp_net_confusion(const bp_net *net, const bp_data *data, size_t *counts);

#ifdef __cplusplus
}
#endif

#endif

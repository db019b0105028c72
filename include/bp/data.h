/* SPDX-License-Identifier: MIT */
#ifndef BP_DATA_H
#define BP_DATA_H

#include <bp/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @file data.h
 * Data sets, the readers of files, and what is measured of a net on a data set.
 */

/* ------------------------------------------------------------------------------------------------------------- data */

/**
 * A data set: rows of inputs, with a target or a label each, and perhaps a weight. Several data sets can show rows of
 * the same numbers, which are kept until the last of them is destroyed.
 */
typedef struct bp_data bp_data;

/** How a data set holds an array: its own copy, or the caller's, which must stay as it is until every data set that
 *  shows it is destroyed or given other inputs. If it is changed all the same, results are those of the new numbers, or
 *  a call that takes labels, weights or sparse rows returns ARG where these are no longer what may be set, and its
 *  sentence names the number or row of the array. No call then reads or writes beyond an array, as long as all of it is
 *  still there. */
enum {
    BP_HOLD_COPY = 23010,  /**< its own copy */
    BP_HOLD_BORROW = 23020 /**< the caller's array */
};

/**
 * An empty data set, to be filled by bp_data_set_inputs() and related functions.
 * @param[out] data the handle; NULL after a failure
 * @param allocator where its memory comes from, or NULL: malloc and free
 * Errors: ARG, MEMORY. Threads: any.
 */
BP_API bp_status bp_data_create(bp_data **data, const bp_allocator *allocator);

/** Gives back all that no other data set shows. NULL is fine. Threads: exclusive. */
BP_API void bp_data_destroy(bp_data *data);

/**
 * The inputs. The data set begins again: target, labels, weights and names of before are gone.
 *
 * Arrays that are no greater than those before, borrowed or copied again, allocate nothing, unless another data set
 * shows the rows of before. So one data set can take batch after batch.
 * @param type   of the numbers: BP_F32, BP_F64, BP_U8 (each worth BP_DATA_BYTE), BP_I32 or BP_I64
 * @param x [rows][max(stride, inputs)], of which each row's first `inputs` numbers are used, and the last row ends with
 * them
 * @param stride from row to row, in numbers, so that some columns of a table can be inputs; 0: as many as inputs
 * @param hold   BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG (also another type), MEMORY, SHAPE (rows or inputs is 0 or too large; a stride below the inputs).
 * Threads: exclusive.
 */
BP_API bp_status bp_data_set_inputs(bp_data *data, int32_t type, const void *x, size_t rows, size_t inputs,
                                    size_t stride, int32_t hold);

/**
 * The inputs as sparse rows, almost all of whose numbers are 0, as CSR (compressed sparse rows): row i has the numbers
 * values[starts[i]] to values[starts[i + 1] - 1], in the columns of the same indices, and is 0 elsewhere. Columns count
 * from 0, and ascend within a row. starts[0] need not be 0. The data set begins again, as bp_data_set_inputs() says.
 *
 * Each result is that of the same rows written out, to the bit, at a cost that goes with the numbers given instead of
 * the inputs: in forward, for the gradient of the first layer's weights, and in its step where the optimiser leaves a
 * parameter as it is whose gradient is 0. That is SGD without momentum and Adagrad, clipped or not, without L1, L2 and
 * weight decay. Any other step changes, or may change, every weight and its state, and passes over all of them, as it
 * does for dense rows. A net whose first layer is dropout, or whose scaling has a center that is not 0, takes no sparse
 * rows: zeros must stay zeros. BP_SCALE_LARGEST keeps them.
 * @param type            of the values: BP_F32 or BP_F64
 * @param values, columns [starts[rows]]
 * @param starts          [rows + 1]
 * @param inputs          numbers of a row, zeros included
 * @param hold            BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG (also another type, and where starts or columns do not ascend, a column is not below `inputs`, or a value
 * is not finite; the sentence names row and number), MEMORY, SHAPE (rows or inputs is 0 or too large).
 * Threads: exclusive.
 */
BP_API bp_status bp_data_set_sparse(bp_data *data, int32_t type, const void *values, const int32_t *columns,
                                    const int64_t *starts, size_t rows, size_t inputs, int32_t hold);

/**
 * The target, in place of target or labels of before. Type and stride as in bp_data_set_inputs().
 * @param type   BP_F32, BP_F64, BP_U8 (each worth BP_DATA_BYTE), BP_I32 or BP_I64
 * @param target [bp_data_rows(data)][max(stride, outputs)], of which each row's first `outputs` numbers are used
 * @param stride from row to row, in numbers; 0: as many as outputs
 * @param hold   BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG, MEMORY, SHAPE (outputs is 0 or too large; a stride below the outputs), STATE (no inputs yet, or the data
 * set shows rows of another, or another shows its rows). Threads: exclusive.
 */
BP_API bp_status bp_data_set_target(bp_data *data, int32_t type, const void *target, size_t outputs, size_t stride,
                                    int32_t hold);

/**
 * A label from 0 to classes - 1 for each row, in place of target or labels of before.
 * @param type   BP_U8, BP_I32 or BP_I64
 * @param labels [bp_data_rows(data)]
 * @param hold   BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG (also another type, and a label out of range), MEMORY, SHAPE (classes is below 2 or above INT32_MAX),
 * STATE (as for a target). Threads: exclusive.
 */
BP_API bp_status bp_data_set_labels(bp_data *data, int32_t type, const void *labels, size_t classes, int32_t hold);

/**
 * A weight for each row, finite and at least 0, that its loss is multiplied with.
 * @param type    BP_F32 or BP_F64
 * @param weights [bp_data_rows(data)]
 * @param hold    BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG (also another type), MEMORY, SHAPE, STATE (as for a target). Threads: exclusive.
 */
BP_API bp_status bp_data_set_weights(bp_data *data, int32_t type, const void *weights, int32_t hold);

/** Options of a data set, which say how bp_data_next() reads, and what a file may not have more of. The first value is
 *  in brackets. Texts are set by bp_data_set_text() only: each is a list of items with commas between, and unset at
 *  first. */
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
    /** Whether the target is a class. 1: it is, also where it is of numbers in a CSV file, or of floats that are whole
     *  or of shape (n, 1) in a NumPy file; 0: it is numbers; -1: it is in a CSV file if its first value is text, in a
     *  NumPy file if it has one dimension and is of integers or bool [-1]. */
    BP_DATA_CLASS = 8040,
    /** What the labels of a LIBSVM file are. 1: numbers, a target of one number; 0: classes, whole numbers; -1: classes
     *  if all are whole numbers, else numbers [-1]. */
    BP_DATA_NUMBERS = 8050,
    /** What a byte of 1 is worth in an array of BP_U8 that is set from then on, as input or target [1]. Labels are not
     *  changed by it. */
    BP_DATA_BYTE = 8090,
    /** The format of files, a BP_FORMAT_* [BP_FORMAT_AUTO]. */
    BP_DATA_FORMAT = 8200,
    /** A text. The columns of a CSV file that are the target, in this order: numbers from 1, or from the end from -1;
     *  names; and ranges of either, such as 3..5, a..c or -3.. to the last. "target=-1", "target=species",
     *  "target=3,'first name'". What is in quotes is a name, whatever it looks like. */
    BP_DATA_TARGET = 8210,
    /** A text. The path of the second file of IDX and NPY. */
    BP_DATA_LABELS_FILE = 8275,
    /** A text. The names of one or two arrays of an NPZ file, with or without ".npy": the inputs, and the target. */
    BP_DATA_ARRAY = 8276,
    /** The inputs of a LIBSVM file. 0: as many as its greatest index says [0]. */
    BP_DATA_WIDTH = 8277,
    /** The most different texts that a column of inputs of a CSV file may have: each becomes an input [1000]. */
    BP_DATA_MOST_TEXTS = 8450,
    /** The most bytes that a record may have: a row of a CSV file without its line's end, a line of a LIBSVM file up to
     *  its last number, or the header of an .npy file [16777216]. */
    BP_DATA_MOST_RECORD = 8490,
    /** How many bytes a packed file may unpack to for each of its own, before its first row [100]. The first MiB is
     *  free. Above 1032, which is as much as there can be, there is no bound. */
    BP_DATA_MOST_RATIO = 8500,
    /** The most classes that a file may have [1000000]. */
    BP_DATA_MOST_CLASSES = 8510
};

/** Values of BP_DATA_MISSING. */
enum {
    BP_MISSING_REFUSE = 18010, /**< it is an error */
    BP_MISSING_DROP = 18020,   /**< its row is left out */
    BP_MISSING_MEAN = 18030    /**< an input becomes the mean of its column; a row without its target is left out */
};

/** Sets an option for the reading that follows.
 *  @param key a BP_DATA_* that is no text
 *  Errors: ARG. Threads: exclusive. */
BP_API bp_status bp_data_set(bp_data *data, int32_t key, double value);
/** The value of an option.
 *  @param key        a BP_DATA_* that is no text
 *  @param[out] value [1]
 *  Errors: ARG. Threads: shared. */
BP_API bp_status bp_data_get(const bp_data *data, int32_t key, double *value);

/**
 * Sets options by their names, as bp_net_set_text() does: `target=price separator=";" header=yes missing=mean`. The
 * separator is a character, or auto; header, class and numbers are yes, no or auto. A text without a value, `target=`,
 * becomes unset again.
 * Errors: FORMAT, ARG, MEMORY. Threads: exclusive.
 */
BP_API bp_status bp_data_set_text(bp_data *data, const char *text);
/** As bp_net_get_text(): all options, as bp_data_set_text() takes them, without texts that are not set. */
BP_API bp_status bp_data_get_text(const bp_data *data, char *text, size_t capacity, size_t *size);

/* ------------------------------------------------------------------------------------------------------------ files */

/**
 * Formats of files, values of BP_DATA_FORMAT. A file may be gzipped, except of NPZ. Numbers in texts are decimal, with
 * a point in every locale, and become the nearest double.
 */
enum {
    /** The format that the first bytes, unpacked, belong to: NPY, NPZ, IDX, or LIBSVM (a number, then index:value
     *  alone). Else the format of the name, ".gz" left out: .csv .tsv .txt, .libsvm .svmlight .svm, .idx and what ends
     *  in -ubyte, .npy, .npz. Else CSV. */
    BP_FORMAT_AUTO = 29010,
    /** A table of text: inputs, and a target or labels. Numbers are held as f64.
     *
     *  A line is a row, and its fields are quoted or not, as in RFC 4180; lines end in LF, CR LF or CR. Blank lines,
     *  blanks around a field and a byte order mark are passed over. Text is UTF-8.
     *
     *  BP_DATA_TARGET names the columns that are the target; all others are inputs. If one column alone is the target
     *  and its first value is text, it is a class, as is one of numbers with class=yes. The labels count the classes in
     *  order: numbers by value, then text by its bytes. There are at least 2 classes.
     *
     *  A column of inputs whose first value is text becomes, in its place, an input for each text in the rows that are
     *  read: 1 in the rows that have the text, 0 in the others, in the order of the texts' bytes. Numbers there are
     *  texts like others; a first value with a decimal comma is an error. So is a column of more different texts than
     *  BP_DATA_MOST_TEXTS, because free text is no input; a field thus takes the memory of 1000 numbers at most, unless
     *  that is set. Another file gives the same inputs only if it has the same texts: read one file and split it.
     *  Otherwise the names of its inputs are others, and bp_net_evaluate() and bp_train_create() refuse them.
     *
     *  Names in the file are those of the inputs and of the target's columns, the class's column too; classes have
     *  their text, and the inputs of a column of text are called "NAME=TEXT". A column without a name has its number
     *  from 1 in place of it, "1=F", where other inputs have names. A name is UTF-8 of at most 10,000 bytes,
     *  "NAME=TEXT" too; others are an error. So is, where BP_DATA_HEADER is -1, a column that has text in the first row
     *  alone and numbers in all others: that text may be a name. */
    BP_FORMAT_CSV = 29020,
    /** LIBSVM (SVMlight): sparse inputs, held as f64, and labels or a target, see BP_DATA_NUMBERS.
     *
     *  A line is a row: its label, then index:value for each input that is not 0, the indices ascending; blanks between
     *  them. They count from 1, but where one in the file is 0, from 0, as scikit-learn takes it (zero_based="auto");
     *  of files that belong together either all should have a 0 or none. BP_DATA_WIDTH says how many inputs there are.
     *  Blank lines, what follows a '#', `qid:` with its number and a byte order mark are passed over. Lines end in LF,
     *  CR LF or CR. Classes are in order of their numbers, and named by them: "-1", "1". There are at least 2. */
    BP_FORMAT_LIBSVM = 29040,
    /** IDX, the format of MNIST. The first dimension is the rows, the product of the others the inputs. Bytes stay
     *  bytes, each worth 1/255 of itself; other numbers (i8, i16, i32, f32, f64) become f64 as they are.
     *
     *  BP_DATA_LABELS_FILE is the file of the labels: whole numbers from 0, below BP_DATA_MOST_CLASSES, in one
     *  dimension, as many as there are rows. The classes are 1 more than the largest, at least 2. */
    BP_FORMAT_IDX = 29050,
    /** .npy, which numpy.save() writes: versions 1.0, 2.0 and 3.0 (NEP 1).
     *
     *  An array of shape (n,) is n rows of 1 number, one of (n, m, ...) n rows of as many numbers as the product of the
     *  others, in C order, whichever order the file has. Numbers of either byte order are what they are to NumPy: f2
     *  and f4 are held as f32, f8 as f64, u1 and bool (0 or 1) as bytes, other integers as f64, to the nearest double
     *  above 2^53. Infinities and NaN pass. Nothing of Python is run: pickled objects, complex numbers, texts, dates
     *  and fields are refused.
     *
     *  BP_DATA_LABELS_FILE is the file of the target, a row for each row of the inputs. Integers or bool of shape (n,)
     *  are labels from 0, below BP_DATA_MOST_CLASSES, as scikit-learn's y: the classes are 1 more than the largest, at
     *  least 2. All else is a target of numbers. BP_DATA_CLASS can say otherwise. */
    BP_FORMAT_NPY = 29060,
    /** .npz, which numpy.savez() and numpy.savez_compressed() write: arrays as in NPY in a ZIP archive, large ones by
     *  zip64, of stored or deflated members, whose sizes and CRC-32 are checked. The archive's directory alone says
     *  where a member is.
     *  BP_DATA_ARRAY names the arrays. In a sentence the byte is that of the unpacked array, or in the archive's own
     *  records that of the file. */
    BP_FORMAT_NPZ = 29070
};

/**
 * A data set on malloc and free that has read a whole file: bp_data_create(), bp_data_set_text(), bp_data_open() and
 * bp_data_next() in one.
 * @param[out] data the handle; NULL after a failure
 * @param path      of the file, in UTF-8
 * @param options   as in bp_data_set_text(), "target=species", or NULL: none
 * Errors: as bp_data_create(), bp_data_set_text(), bp_data_open() and bp_data_next(). Threads: any.
 */
BP_API bp_status bp_data_load(bp_data **data, const char *path, const char *options);

/**
 * Has bp_data_next() read this file, in place of one that was open before. The path is kept until then; the file is
 * looked at when it is read, with the options that are set by then. What the data set holds stays.
 * @param path of the file, in UTF-8
 * Errors: ARG, MEMORY. Threads: exclusive.
 */
BP_API bp_status bp_data_open(bp_data *data, const char *path);

/**
 * Reads the open file. Its rows replace all that the data set had; after a failure the data set is as it was, and
 * another call tries again. Returns BP_DONE, and changes nothing, once the file has been read.
 *
 * An option that says where something is (BP_DATA_TARGET, BP_DATA_LABELS_FILE, BP_DATA_ARRAY, BP_DATA_WIDTH) is refused
 * in a file whose format has no use for it. Other options that a format does not use are passed over.
 * @param rows 0: all of them. No other number is possible yet
 * Errors: ARG (the options fit no column or array of the file, or leave none for the inputs), FORMAT (the sentence
 * names the file and the line and column, or the byte; also where there are not as many labels as rows), IO, MEMORY,
 * STATE (no file is open), UNSUPPORTED (rows is not 0, the option is of another format, a type of numbers that is not
 * read, an encrypted archive, or a file that is packed, and libbp was built without zlib). Threads: exclusive.
 */
BP_API bp_status bp_data_next(bp_data *data, size_t rows);

/* ------------------------------------------------------------------------------------------------ sizes and numbers */

/** Rows shown. 0 for NULL. Threads: shared. */
BP_API size_t bp_data_rows(const bp_data *data);
/** Inputs of a row. 0 for NULL or before there are any. Threads: shared. */
BP_API size_t bp_data_inputs(const bp_data *data);
/** Numbers of a row's target, or classes where there are labels; else, and for NULL, 0. Threads: shared. */
BP_API size_t bp_data_outputs(const bp_data *data);
/** Classes, where there are labels; else, and for NULL, 0. Threads: shared. */
BP_API size_t bp_data_classes(const bp_data *data);
/** 1 if rows have weights, else 0, as for NULL. Threads: shared. */
BP_API int32_t bp_data_weighted(const bp_data *data);
/** 1 if the inputs are sparse, else 0, as for NULL. Threads: shared. */
BP_API int32_t bp_data_sparse(const bp_data *data);
/** How many numbers sparse inputs give in `rows` rows from `row` on; 0 if they are not sparse, if there are not so many
 *  rows, and for NULL. A row whose borrowed starts were changed and lie beyond the arrays counts 0. Threads: shared. */
BP_API size_t bp_data_nonzeros(const bp_data *data, size_t row, size_t rows);

/**
 * Inputs of `rows` rows from `row` on, converted.
 * @param[out] x [rows][inputs]
 * Errors: ARG (also where there are not so many rows), STATE (there are none). Threads: shared.
 */
BP_API bp_status bp_data_get_inputs_f32(const bp_data *data, size_t row, size_t rows, float *x);
/** See bp_data_get_inputs_f32(). */
BP_API bp_status bp_data_get_inputs_f64(const bp_data *data, size_t row, size_t rows, double *x);
/**
 * The same rows as they are given, of sparse inputs; converted.
 * @param[out] values, columns [nonzeros]
 * @param[out] starts          [rows + 1], the first 0
 * Errors: ARG (also where there are not so many rows), STATE (the inputs are not sparse). Threads: shared.
 */
BP_API bp_status bp_data_get_sparse_f32(const bp_data *data, size_t row, size_t rows, float *values, int32_t *columns,
                                        int64_t *starts);
/** See bp_data_get_sparse_f32(). */
BP_API bp_status bp_data_get_sparse_f64(const bp_data *data, size_t row, size_t rows, double *values, int32_t *columns,
                                        int64_t *starts);
/** As bp_data_get_inputs_f32(), the target.
 *  @param[out] target [rows][outputs] */
BP_API bp_status bp_data_get_target_f32(const bp_data *data, size_t row, size_t rows, float *target);
/** See bp_data_get_target_f32(). */
BP_API bp_status bp_data_get_target_f64(const bp_data *data, size_t row, size_t rows, double *target);
/** As bp_data_get_inputs_f32(), the labels.
 *  @param[out] labels [rows] */
BP_API bp_status bp_data_get_labels(const bp_data *data, size_t row, size_t rows, int32_t *labels);
/** As bp_data_get_inputs_f32(), the weights.
 *  @param[out] weights [rows] */
BP_API bp_status bp_data_get_weights(const bp_data *data, size_t row, size_t rows, double *weights);

/**
 * The name of an input, of a number of the target (BP_TEXT_OUTPUT) or of a class; NULL if it has none, and for NULL. It
 * is byte for byte as the file has it, with whatever control characters. Names of outputs and classes go with the
 * target and the labels. Valid until the last data set that shows it is destroyed or filled again.
 * @param what a BP_TEXT_*
 * Threads: shared.
 */
BP_API const char *bp_data_name(const bp_data *data, int32_t what, size_t index);

/**
 * Two data sets with all rows between them: `fraction` of the rows, drawn by `seed`, and the others, each in the order
 * of `data`. The same rows for a seed on every machine. Nothing but indices is copied; `data` may be destroyed before
 * them.
 * @param[out] first, second the handles; NULL after a failure
 * Errors: ARG (also a fraction not between 0 and 1, or one place for both), MEMORY, SHAPE (a part would have no rows).
 * Threads: shared.
 */
BP_API bp_status bp_data_split(const bp_data *data, double fraction, uint64_t seed, bp_data **first, bp_data **second);

/** As bp_data_split(), with that fraction of every class.
 *  Errors: also STATE (no labels). */
BP_API bp_status bp_data_split_by_class(const bp_data *data, double fraction, uint64_t seed, bp_data **first,
                                        bp_data **second);

/**
 * Fold number `fold` of `folds` for cross-validation: the rows held out, and the others. Over all folds each row is
 * held out once. The numbers of rows held out differ by 1 at most between folds, and, where there are labels, also
 * those of every class.
 * @param[out] others, held the handles; NULL after a failure
 * Errors: ARG (folds is below 2 or above the rows, or there is no such fold), MEMORY, SHAPE. Threads: shared.
 */
BP_API bp_status bp_data_fold(const bp_data *data, size_t folds, size_t fold, uint64_t seed, bp_data **others,
                              bp_data **held);

/**
 * A data set of the rows given by number, in that order; a row may come more than once.
 * @param rows          [count]
 * @param[out] selected the handle; NULL after a failure
 * Errors: ARG (also where there is no such row), MEMORY, SHAPE (count is 0 or too large). Threads: shared.
 */
BP_API bp_status bp_data_select(const bp_data *data, const size_t *rows, size_t count, bp_data **selected);

/**
 * Gives the net what it keeps of the data set's columns: names of inputs, outputs and classes, and its scaling, fitted
 * by
 * BP_OPT_SCALE_INPUTS and BP_OPT_SCALE_TARGETS to these rows, which should be those that it is trained on. Where the
 * data set has no names of a kind, the net's stay. Weights of rows do not count, and labels are never scaled. A
 * training does the same by itself: with the names that the net lacks, and with the scaling if the net has none and is
 * still as bp_net_init() left it. A failure changes nothing.
 * Errors: ARG, MEMORY, SHAPE (the numbers of inputs or outputs do not fit), STATE (the net before init, or no rows),
 * UNSUPPORTED (sparse inputs and a scale that takes 0 elsewhere), NONFINITE (a number is infinite or NaN, or a column's
 * range).
 * Threads: exclusive on the net, shared on the data set.
 */
BP_API bp_status bp_net_take_columns(bp_net *net, const bp_data *data);

/* -------------------------------------------------------------------------------------- a net on rows of a data set */

/**
 * As bp_net_forward_f32(), of rows of a data set of any number type, dense or sparse: `rows` of them from `first` on.
 * Numbers of another type than the net's are converted. They are copied, so that any backward may follow.
 * bp_net_read_f32() of BP_ARRAY_OUTPUTS gives y.
 *
 * The first call for so many rows may allocate; later ones for no more rows, nor numbers in sparse rows, do not.
 * @param rows at least 1
 * Errors: ARG (also where there are not so many rows; and where borrowed sparse rows have changed and no longer fit, or
 * a sparse value is not finite in the net's type), MEMORY, SHAPE (rows is 0 or too large; the data set and the net do
 * not match, in number or name), STATE (before init, or the data set has no rows), UNSUPPORTED (a net that takes no
 * sparse rows).
 * Threads: exclusive on the net, shared on the data set.
 */
BP_API bp_status bp_net_forward_rows(bp_net *net, const bp_data *data, size_t first, size_t rows);

/**
 * As bp_net_backward_f32() or bp_net_backward_labels(), by the target or labels of rows of a data set, and their
 * weights: each row's loss is multiplied with its weight. The loss is still the mean over the rows, and `step` divides
 * by their number: weights whose mean is 1 keep its size.
 * @param rows      as in the forward
 * @param[out] loss [1], the mean over the rows, or NULL
 * Errors: as bp_net_forward_rows() and bp_net_backward_f32(), ARG (also where borrowed labels or weights have changed
 * and no longer fit), STATE (also a data set without target and labels). Threads: exclusive on the net, shared on the
 * data set.
 */
BP_API bp_status bp_net_backward_rows(bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss);

/**
 * As bp_net_train_f32(), on rows of a data set: bp_net_forward_rows(), bp_net_backward_rows() and bp_net_step(), to the
 * same bits.
 * @param rows      at least 1
 * @param[out] loss [1], the mean over the rows, or NULL
 * Errors: as bp_net_backward_rows() and bp_net_step(). Threads: exclusive on the net, shared on the data set.
 */
BP_API bp_status bp_net_train_rows(bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss);

/**
 * The loss BP_OPT_LOSS of the evaluation pass, the mean over the rows, each row's multiplied with its weight.
 * @param rows      at least 1
 * @param[out] loss [1], as it is: it may be infinite or NaN
 * @param scratch   as in bp_net_predict_f32(), or NULL. It keeps what memory rows take that must be converted
 * Errors: as bp_net_predict_rows_f32(), ARG (also where borrowed labels or weights have changed and no longer fit),
 * STATE (also a data set without target and labels), UNSUPPORTED (loss, last layer and target do not go together).
 * Threads: shared on both, a scratch per thread.
 */
BP_API bp_status bp_net_loss_rows(const bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss,
                                  bp_scratch *scratch);

/**
 * As bp_net_predict_f32(), of rows of a data set, as in bp_net_forward_rows().
 * @param rows    at least 1
 * @param[out] y  [rows][bp_net_outputs(net)]
 * @param scratch as in bp_net_predict_f32(), or NULL. It keeps what memory rows take that must be converted
 * Errors: as bp_net_forward_rows() and bp_net_predict_f32(). Threads: shared on both, a scratch per thread.
 */
BP_API bp_status bp_net_predict_rows_f32(const bp_net *net, const bp_data *data, size_t first, size_t rows, float *y,
                                         bp_scratch *scratch);
/** See bp_net_predict_rows_f32(). */
BP_API bp_status bp_net_predict_rows_f64(const bp_net *net, const bp_data *data, size_t first, size_t rows, double *y,
                                         bp_scratch *scratch);

/* ---------------------------------------------------------------------------------------------------------- metrics */

/**
 * What bp_net_evaluate() measures, for outputs y and targets t of all rows of a data set. Where there are weights, each
 * row counts by its weight, as with scikit-learn's sample_weight: a mean is sum w v / sum w. BIT_FAIL counts all alike.
 *
 * Those of numbers (LOSS, MSE, MAE, R2, BIT_FAIL) take a label as one-hot, and with one output as 0 or 1. Those of
 * classes (ACCURACY to F1, LOG_LOSS, AUC) need labels. The predicted class is the first of the greatest outputs, and of
 * a single output, which is meant for the probability of class 1, it is 1 if the output is 0.5 or more, else 0. Means
 * over the classes are over those that occur, in the data or among the predictions.
 *
 * The values are scikit-learn 1.2's (Pedregosa et al., 2011) where it has the metric. Sums are in double and in the
 * order of the rows: the same bits on every machine for the same outputs.
 */
enum {
    BP_METRIC_LOSS = 11010,      /**< the net's BP_OPT_LOSS, the mean over the rows, infinite or NaN if it is so */
    BP_METRIC_ACCURACY = 11020,  /**< rows whose class is predicted, as a fraction */
    BP_METRIC_TOP_3 = 11030,     /**< rows whose class is among the 3 greatest outputs, the first of equals first, as a
                                      fraction. For 3 classes or more */
    BP_METRIC_TOP_5 = 11040,     /**< the same among 5. For 5 classes or more */
    BP_METRIC_PRECISION = 11050, /**< the mean over the classes of hits / predicted, 0 where none is predicted
                                      (average='macro', zero_division=0) */
    BP_METRIC_RECALL = 11060,    /**< the mean over the classes of hits / rows, 0 where there are no rows */
    BP_METRIC_F1 = 11070,        /**< the mean over the classes of 2 hits / (predicted + rows) */
    BP_METRIC_MSE = 11080,       /**< the mean of (y - t)^2 over outputs and rows */
    BP_METRIC_MAE = 11090,       /**< the mean of |y - t| over outputs and rows */
    BP_METRIC_R2 = 11100,        /**< the mean over the outputs of 1 - sum (y - t)^2 / sum (t - mean t)^2; of a constant
                                      target, as that of a single row is, 1 if all y are t, else 0 */
    BP_METRIC_LOG_LOSS = 11110,  /**< the mean over the rows of -ln(p / sum p), p being the output of the row's class,
                                      and with one output y 1 - y or y. All are clipped to [eps, 1 - eps] first, eps
                                      being 2^-23 for f32 nets and 2^-52 for f64. Not for log-softmax */
    BP_METRIC_AUC = 11120,       /**< the area under the ROC curve: of the pairs of a row of the class and one of
                                      another the share where the first has the greater output, equal ones half
                                      (Hanley, McNeil, 1982). With one output it is of class 1; with two of the second;
                                      with more the mean over all, each against the rest. Keeps two doubles for each
                                      row and class (for two classes: for each row). Not where a class has no rows, or
                                      all */
    BP_METRIC_BIT_FAIL = 11130   /**< how many outputs of all rows differ from t by 0.35 or more (FANN's bit fail at its
                                      first limit, but FANN halves the difference of symmetric activations) */
};

/**
 * Predicts all rows of a data set, some hundreds at a time, and measures the outputs. Memory comes from the data set's
 * allocator and, for a scratch, from the net's.
 * @param data       with the net's inputs, and a target of its outputs or labels of as many classes (one output: 2)
 * @param metric     a BP_METRIC_*
 * @param[out] value [1], untouched after a failure
 * Errors: ARG, MEMORY, SHAPE (data and net do not match, in number or name), STATE (before init, or data without rows,
 * target and labels), UNSUPPORTED (a metric of classes without labels, or softmax of one output, or the metric, the
 * loss or the labels do not fit the last layer, or all weights are 0: see docs/combinations.md), NONFINITE (an output
 * or a target is NaN; not for BP_METRIC_LOSS).
 * Threads: shared, for both.
 */
BP_API bp_status bp_net_evaluate(const bp_net *net, const bp_data *data, int32_t metric, double *value);

/**
 * Counts rows by their label and the predicted class, as BP_METRIC_ACCURACY sees them. Weights are not used.
 * @param[out] counts [max(bp_net_outputs(net), 2)][max(bp_net_outputs(net), 2)], a row for the true class and a column
 * for the
 *                    predicted one; as many classes as outputs, 2 for one output. After NONFINITE or ARG some rows have
 *                    been counted
 * Errors: as bp_net_evaluate(). Threads: shared, for both.
 */
BP_API bp_status bp_net_confusion(const bp_net *net, const bp_data *data, size_t *counts);

#ifdef __cplusplus
}
#endif

#endif

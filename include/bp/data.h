/* SPDX-License-Identifier: MIT */
#ifndef BP_DATA_H
#define BP_DATA_H

#include <bp/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @file data.h
 * Data sets, the readers of files, and the metrics of a net on a data set.
 */

/* ------------------------------------------------------------------------------------------------------------- data */

/**
 * A data set: rows of inputs. Each row has a target or a label, and may have a weight. Several data sets can share the
 * same numbers, for example after a split; the numbers are kept until the last of these data sets is destroyed.
 */
typedef struct bp_data bp_data;

/** How a data set holds an array: as a copy, or by borrowing the caller's array. Do not change or free a borrowed array
 *  until every data set that uses it is destroyed or has got other inputs. If you change it, results come from the new
 *  numbers. If changed labels, weights or sparse rows are no longer valid, a call that uses them returns ARG, and its
 *  sentence names the number or row of the array. No call reads or writes outside a changed array, as long as the whole
 *  array still exists. */
enum {
    BP_HOLD_COPY = 23010,  /**< a copy of its own */
    BP_HOLD_BORROW = 23020 /**< the caller's array */
};

/**
 * Makes an empty data set. bp_data_set_inputs() and related functions fill it.
 * @param[out] data the handle; NULL after a failure
 * @param allocator where its memory comes from, or NULL: malloc and free
 * Errors: ARG, MEMORY. Threads: any.
 */
BP_API bp_status bp_data_create(bp_data **data, const bp_allocator *allocator);

/** Destroys a data set, and releases the memory that no other data set uses. NULL is fine. Threads: exclusive. */
BP_API void bp_data_destroy(bp_data *data);

/**
 * Sets the inputs. This removes the former target, labels, weights and names.
 *
 * If the arrays are not larger than those before, and are held in the same way, the call allocates nothing, unless
 * another data set still uses the former rows. So one data set can take batch after batch.
 * @param type   of the numbers: BP_F32, BP_F64, BP_U8 (each multiplied by BP_DATA_BYTE), BP_I32 or BP_I64
 * @param x      [rows][max(stride, inputs)]. Only the first `inputs` numbers of each row are used; the last row may end
 *               after them
 * @param stride the distance from row to row, in numbers, so that some columns of a table can be inputs; 0: `inputs`
 * @param hold   BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG (also another type), MEMORY, SHAPE (rows or inputs is 0 or too large; the stride is less than inputs).
 * Threads: exclusive.
 */
BP_API bp_status bp_data_set_inputs(bp_data *data, int32_t type, const void *x, size_t rows, size_t inputs,
                                    size_t stride, int32_t hold);

/**
 * Sets the inputs as sparse rows, in which almost all numbers are 0. The form is CSR (compressed sparse rows): row i
 * has the numbers values[starts[i]] to values[starts[i + 1] - 1], in the columns at the same indices of `columns`. All
 * other numbers of the row are 0. Columns count from 0, and ascend within a row. starts[0] may be other than 0. Like
 * bp_data_set_inputs(), this removes the former target, labels, weights and names.
 *
 * Every result is the same, to the bit, as with the same rows in dense form. The cost depends on how many numbers are
 * given, not on how many inputs there are. This is true for forward, for the gradient of the first layer's weights, and
 * for the step of these weights if the optimiser does not change a parameter whose gradient is 0: SGD without momentum
 * and Adagrad, clipped or not, without L1, L2 and weight decay. Every other step can change every weight and its state,
 * and costs as much as with dense rows. So does the first step after these weights were written or loaded.
 *
 * Zeros must stay zeros. So sparse rows are refused by a net whose first layer is dropout, or whose scaling has a
 * center that is not 0. With BP_SCALE_LARGEST they stay zeros.
 * @param type            of the values: BP_F32 or BP_F64
 * @param values, columns [starts[rows]]
 * @param starts          [rows + 1]
 * @param inputs          numbers in a row, including zeros
 * @param hold            BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG (also another type; starts or columns do not ascend, a column is not below `inputs`, or a value is not
 * finite: the sentence names row and number), MEMORY, SHAPE (rows or inputs is 0 or too large).
 * Threads: exclusive.
 */
BP_API bp_status bp_data_set_sparse(bp_data *data, int32_t type, const void *values, const int32_t *columns,
                                    const int64_t *starts, size_t rows, size_t inputs, int32_t hold);

/**
 * Sets the target. It replaces the former target or labels. Type and stride are as in bp_data_set_inputs().
 * @param type   BP_F32, BP_F64, BP_U8 (each multiplied by BP_DATA_BYTE), BP_I32 or BP_I64
 * @param target [bp_data_rows(data)][max(stride, outputs)]. Only the first `outputs` numbers of each row are used
 * @param stride the distance from row to row, in numbers; 0: `outputs`
 * @param hold   BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG, MEMORY, SHAPE (outputs is 0 or too large; the stride is less than outputs), STATE (no inputs yet, or the
 * data set shares its rows with another data set). Threads: exclusive.
 */
BP_API bp_status bp_data_set_target(bp_data *data, int32_t type, const void *target, size_t outputs, size_t stride,
                                    int32_t hold);

/**
 * Sets a label from 0 to classes - 1 for each row. The labels replace the former target or labels.
 * @param type   BP_U8, BP_I32 or BP_I64
 * @param labels [bp_data_rows(data)]
 * @param hold   BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG (also another type, and a label out of range), MEMORY, SHAPE (classes is below 2 or above INT32_MAX),
 * STATE (as for a target). Threads: exclusive.
 */
BP_API bp_status bp_data_set_labels(bp_data *data, int32_t type, const void *labels, size_t classes, int32_t hold);

/**
 * Sets a weight for each row, finite and at least 0. The loss of the row is multiplied by it.
 * @param type    BP_F32 or BP_F64
 * @param weights [bp_data_rows(data)]
 * @param hold    BP_HOLD_COPY or BP_HOLD_BORROW
 * Errors: ARG (also another type), MEMORY, SHAPE, STATE (as for a target). Threads: exclusive.
 */
BP_API bp_status bp_data_set_weights(bp_data *data, int32_t type, const void *weights, int32_t hold);

/** Options of a data set: how bp_data_next() reads a file, and limits on what a file may have. The first (default)
 *  value is in brackets. Only bp_data_set_text() sets texts. A text is a list of items with commas between them; it is
 *  unset at first. */
enum {
    /** The character between two fields, as a number [0]. 0: the first of tab, semicolon, bar, comma and space that the
     *  first line has outside of quotes. A space means any run of spaces and tabs. */
    BP_DATA_SEPARATOR = 8010,
    /** 1: the first line has the columns' names; 0: it does not; -1: it does if none of its fields is a number [-1]. */
    BP_DATA_HEADER = 8020,
    /** What to do with a missing value, a BP_MISSING_* [BP_MISSING_REFUSE]. A value is missing if its field is empty or
     *  is ?, NA, NaN or null, in upper or lower case. If a column of text becomes several inputs, the mean of each of
     *  them is the share of its text. */
    BP_DATA_MISSING = 8030,
    /** Whether the target is a class. 1: it is a class, also if it has numbers in a CSV file, or whole floats or the
     *  shape (n, 1) in a NumPy file. 0: it is numbers. -1: in a CSV file it is a class if its first value is text, in a
     *  NumPy file if it has one dimension and is of integers or bool [-1]. */
    BP_DATA_CLASS = 8040,
    /** What the labels of a LIBSVM file are. 1: numbers, a target of one number; 0: classes, whole numbers; -1: classes
     *  if all are whole numbers, else numbers [-1]. */
    BP_DATA_NUMBERS = 8050,
    /** The factor of the bytes in a BP_U8 array of inputs or targets: a byte of 1 becomes this number [1]. It applies
     *  to arrays that are set later, and not to labels. */
    BP_DATA_BYTE = 8090,
    /** The format of files, a BP_FORMAT_* [BP_FORMAT_AUTO]. */
    BP_DATA_FORMAT = 8200,
    /** A text: the columns of a CSV file that are the target, in this order. An item is the number of a column, from 1
     *  on, or counted from the end, from -1 on; or a name; or a range of either, such as 3..5, a..c, or -3.. which ends
     *  with the last column. "target=-1", "target=species", "target=3,'first name'". An item in quotes is always a
     *  name. */
    BP_DATA_TARGET = 8210,
    /** A text: the path of the second file of IDX and NPY. */
    BP_DATA_LABELS_FILE = 8275,
    /** A text: the names of one or two arrays of an NPZ file, with or without ".npy": the inputs, and the target. */
    BP_DATA_ARRAY = 8276,
    /** The number of inputs of a LIBSVM file. 0: as many as the greatest index in the file needs [0]. */
    BP_DATA_WIDTH = 8277,
    /** The most different texts that a column of inputs of a CSV file may have: each becomes an input [1000]. */
    BP_DATA_MOST_TEXTS = 8450,
    /** The most bytes that a record may have: a row of a CSV file without its line end, a line of a LIBSVM file up to
     *  its last number, or the header of an .npy file [16777216]. */
    BP_DATA_MOST_RECORD = 8490,
    /** How many bytes each byte of a packed file may unpack to, before the first row [100]. The first MiB is not
     *  counted. A packed file can reach at most 1032, so a greater value sets no limit. */
    BP_DATA_MOST_RATIO = 8500,
    /** The most classes that a file may have [1000000]. */
    BP_DATA_MOST_CLASSES = 8510,
    BP_DATA_IS_SPARSE = 8910,  /**< read only: 1 if the inputs are sparse rows, else 0 */
    BP_DATA_IS_WEIGHTED = 8920 /**< read only: 1 if rows have weights, else 0 */
};

/** Values of BP_DATA_MISSING. */
enum {
    BP_MISSING_REFUSE = 18010, /**< a missing value is an error */
    BP_MISSING_DROP = 18020,   /**< a row with a missing value is left out */
    BP_MISSING_MEAN = 18030    /**< a missing input becomes the mean of its column; a row without target is left out */
};

/** Sets an option for later calls.
 *  @param key a BP_DATA_* that is not a text and not read only
 *  Errors: ARG. Threads: exclusive. */
BP_API bp_status bp_data_set(bp_data *data, int32_t key, double value);
/** The value of an option.
 *  @param key        a BP_DATA_* that is not a text
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
/** As bp_net_get_text(): gives all options as a text for bp_data_set_text(), without texts that are not set and
 *  without read-only options. */
BP_API bp_status bp_data_get_text(const bp_data *data, char *text, size_t capacity, size_t *size);

/* ------------------------------------------------------------------------------------------------------------ files */

/**
 * Formats of files, values of BP_DATA_FORMAT. A file may be gzipped, except an NPZ file. Numbers in texts are decimal,
 * have a decimal point in every locale, and are converted to the nearest double.
 */
enum {
    /** The library recognises the format: by the first bytes, after unpacking, if they show NPY, NPZ, IDX, or LIBSVM (a
     *  number, then only index:value). Else by the end of the name, without ".gz": .csv .tsv .txt, .libsvm .svmlight
     *  .svm, .idx and -ubyte, .npy, .npz. Else it is CSV. */
    BP_FORMAT_AUTO = 29010,
    /** A table of text: inputs, and a target or labels. Numbers are held as f64.
     *
     *  A line is a row. Its fields are quoted or not, as in RFC 4180; lines end in LF, CR LF or CR. Blank lines, blanks
     *  around a field and a byte order mark are ignored. Text is UTF-8.
     *
     *  BP_DATA_TARGET names the columns that are the target; all others are inputs. The target is a class if it is one
     *  column and its first value is text, or if it is one column of numbers and class=yes is set. The labels number
     *  the classes in this order: numbers by value, then texts by their bytes. There are at least 2 classes.
     *
     *  A column of inputs whose first value is text is replaced by one input for each different text in the rows that
     *  are read: 1 in the rows that have the text, 0 in the others. These inputs are in the order of the texts' bytes.
     *  Numbers in such a column are texts too. A first value with a decimal comma is an error. More different texts
     *  than BP_DATA_MOST_TEXTS are an error too, because free text cannot be an input. So, with the default of that
     *  option, a field takes the memory of 1000 numbers at most. Another file gives the same inputs only if it has the
     *  same texts; else the names of its inputs differ, and bp_net_evaluate() and bp_train_create() refuse them. So
     *  read one file and split it.
     *
     *  The names in the file become the names of the inputs and of the target's columns, also if the target is a class.
     *  The name of a class is its text, and an input from a column of text is called "NAME=TEXT". If other inputs have
     *  names, a column without a name has its number, from 1, in place of NAME: "1=F". A name, also "NAME=TEXT", is
     *  UTF-8 of at most 10,000 bytes; any other is an error. If BP_DATA_HEADER is -1, a column with text in the first
     *  row only and numbers in all other rows is an error too: that text may be a name. */
    BP_FORMAT_CSV = 29020,
    /** LIBSVM (SVMlight): sparse inputs, held as f64, and labels or a target, see BP_DATA_NUMBERS.
     *
     *  A line is a row: its label, then index:value for each input that is not 0, with blanks between them. Indices
     *  ascend within a line. They count from 1; but if any index in the file is 0, they count from 0, as in
     *  scikit-learn (zero_based="auto"). So among files that belong together, either all should have an index 0, or
     *  none. BP_DATA_WIDTH sets the number of inputs. Blank lines, text after a '#', `qid:` with its number and a byte
     *  order mark are ignored. Lines end in LF, CR LF or CR. Classes are in order of their numbers, which are also
     *  their names: "-1", "1". There are at least 2. */
    BP_FORMAT_LIBSVM = 29040,
    /** IDX, the format of MNIST. The first dimension is the number of rows; the product of the others is the number of
     *  inputs. Bytes stay bytes, each multiplied by 1/255; other numbers (i8, i16, i32, f32, f64) become f64 unchanged.
     *
     *  BP_DATA_LABELS_FILE is the file of the labels: whole numbers from 0, below BP_DATA_MOST_CLASSES, in one
     *  dimension, one for each row. The number of classes is 1 more than the largest label, at least 2. */
    BP_FORMAT_IDX = 29050,
    /** .npy, which numpy.save() writes: versions 1.0, 2.0 and 3.0 (NEP 1).
     *
     *  An array of shape (n,) is n rows of 1 number. An array of shape (n, m, ...) is n rows; a row has as many numbers
     *  as the product of the other dimensions, in C order, also if the file has Fortran order. Numbers of both byte
     *  orders have the same values as in NumPy. f2 and f4 are held as f32, f8 as f64, u1 and bool (0 or 1) as bytes,
     *  other integers as f64, rounded to the nearest double above 2^53. Infinities and NaN are accepted. No Python code
     *  is run: pickled objects, complex numbers, texts, dates and fields are refused.
     *
     *  BP_DATA_LABELS_FILE is the file of the target, with a row for each row of the inputs. Integers or bool of shape
     *  (n,) are labels from 0, below BP_DATA_MOST_CLASSES, as scikit-learn's y. The number of classes is 1 more than
     *  the largest label, at least 2. Any other array is a target of numbers. BP_DATA_CLASS can change this. */
    BP_FORMAT_NPY = 29060,
    /** .npz, which numpy.savez() and numpy.savez_compressed() write: a ZIP archive of arrays as in NPY. Its members are
     *  stored or deflated, and their sizes and CRC-32 are checked. Large archives use zip64. Only the archive's
     *  directory is used to find a member. BP_DATA_ARRAY names the arrays. A byte position in a sentence is in the
     *  unpacked array, or, for the archive's own records, in the file. */
    BP_FORMAT_NPZ = 29070
};

/**
 * Makes a data set and reads a whole file into it: bp_data_create(), bp_data_set_text(), bp_data_open() and
 * bp_data_next() in one call. Its memory comes from malloc and free.
 * @param[out] data the handle; NULL after a failure
 * @param path      of the file, in UTF-8
 * @param options   as in bp_data_set_text(), "target=species", or NULL: none
 * Errors: as bp_data_create(), bp_data_set_text(), bp_data_open() and bp_data_next(). Threads: any.
 */
BP_API bp_status bp_data_load(bp_data **data, const char *path, const char *options);

/**
 * Sets the file that bp_data_next() reads. It replaces a file that was open before. This call only keeps a copy of the
 * path: bp_data_next() opens the file and reads it, with the options that are set at that time. The rows of the data
 * set stay.
 * @param path of the file, in UTF-8
 * Errors: ARG, MEMORY. Threads: exclusive.
 */
BP_API bp_status bp_data_open(bp_data *data, const char *path);

/**
 * Reads the open file. Its rows replace everything in the data set. After a failure the data set is as it was, and
 * another call tries again. If the file has been read before, the call returns BP_DONE and changes nothing.
 *
 * Options that say where something is (BP_DATA_TARGET, BP_DATA_LABELS_FILE, BP_DATA_ARRAY, BP_DATA_WIDTH) are refused
 * if the format of the file does not use them. Other options that the format does not use are ignored.
 * @param rows 0: all rows. No other number is possible yet
 * Errors: ARG (the options fit no column or array of the file, or leave none for the inputs), FORMAT (the sentence
 * names the file and the line and column, or the byte; also if the numbers of labels and rows differ), IO, MEMORY,
 * STATE (no file is open), UNSUPPORTED (rows is not 0, the option is of another format, a type of numbers that is not
 * read, an encrypted archive, or the file is packed and libbp was built without zlib). Threads: exclusive.
 */
BP_API bp_status bp_data_next(bp_data *data, size_t rows);

/* ------------------------------------------------------------------------------------------------ sizes and numbers */

/** Number of rows. 0 for NULL. Threads: shared. */
BP_API size_t bp_data_rows(const bp_data *data);
/** Number of inputs in a row. 0 if there are none yet, and for NULL. Threads: shared. */
BP_API size_t bp_data_inputs(const bp_data *data);
/** Numbers in a row's target, or classes if there are labels. 0 if there is neither, and for NULL. Threads: shared. */
BP_API size_t bp_data_outputs(const bp_data *data);
/** Number of classes, if there are labels. 0 if there are none, and for NULL. Threads: shared. */
BP_API size_t bp_data_classes(const bp_data *data);
/** How many numbers are given in `rows` sparse rows from `first` on. 0 if the inputs are not sparse, if there are fewer
 *  rows, and for NULL; SIZE_MAX if there are more than a size_t can count. A row counts 0 if its borrowed starts were
 *  changed and lie outside the arrays. Threads: shared. */
BP_API size_t bp_data_nonzeros(const bp_data *data, size_t first, size_t rows);

/**
 * Copies the inputs of `rows` rows from `first` on. Each number is converted to `type`. Sparse rows are copied with
 * their zeros. Of borrowed arrays that have changed, numbers are copied as they are, finite or not; labels, weights and
 * columns are checked.
 * @param type   BP_F32 or BP_F64
 * @param[out] x [rows][inputs], numbers of this type
 * Errors: ARG (also another type, and if there are fewer rows), STATE (there are none). Threads: shared.
 */
BP_API bp_status bp_data_copy_inputs(const bp_data *data, size_t first, size_t rows, int32_t type, void *x);
/**
 * As bp_data_copy_inputs(), but copies sparse inputs in sparse form.
 * @param[out] values  [nonzeros], numbers of this type; an array is needed even for none
 * @param[out] columns [nonzeros]
 * @param[out] starts  [rows + 1], the first 0
 * Errors: ARG (also another type, and if there are fewer rows), STATE (the inputs are not sparse).
 */
BP_API bp_status bp_data_copy_sparse(const bp_data *data, size_t first, size_t rows, int32_t type, void *values,
                                     int32_t *columns, int64_t *starts);
/** As bp_data_copy_inputs(), the target.
 *  @param[out] target [rows][outputs], numbers of this type */
BP_API bp_status bp_data_copy_target(const bp_data *data, size_t first, size_t rows, int32_t type, void *target);
/** Copies the labels of `rows` rows from `first` on.
 *  @param[out] labels [rows]; after an error the first ones may have been written
 *  Errors: ARG (also if there are fewer rows), STATE (there are none). Threads: shared. */
BP_API bp_status bp_data_copy_labels(const bp_data *data, size_t first, size_t rows, int32_t *labels);
/** As bp_data_copy_labels(), the weights.
 *  @param[out] weights [rows] */
BP_API bp_status bp_data_copy_weights(const bp_data *data, size_t first, size_t rows, double *weights);

/**
 * The name of an input, of a number of the target (BP_TEXT_OUTPUT) or of a class; NULL if it has none, and for NULL. It
 * has exactly the bytes that are in the file, including control characters. A new target or new labels remove the names
 * of outputs and classes. Valid until the last data set that shares it is destroyed or filled again.
 * @param what a BP_TEXT_*
 * Threads: shared.
 */
BP_API const char *bp_data_name(const bp_data *data, int32_t what, size_t index);

/**
 * Splits a data set into two new ones. The first has a random `fraction` of the rows, the second has the others, both
 * in the order of `data`. With labels, it is this fraction of the rows of each class, rounded to the nearest number of
 * rows, a half down. The same seed gives the same rows on every machine. Only indices are copied; `data` may be
 * destroyed before the new ones.
 * @param[out] first, second the handles; NULL after a failure
 * Errors: ARG (also a fraction not between 0 and 1, or `first` is `second`), MEMORY, SHAPE (a part would have no rows).
 * Threads: shared.
 */
BP_API bp_status bp_data_split(const bp_data *data, double fraction, uint64_t seed, bp_data **first, bp_data **second);

/**
 * Makes fold number `fold`, from 0, of `folds` for cross-validation: the rows held out, and the others. Each row is
 * held out in exactly one fold. The number of rows held out differs by at most 1 between folds; with labels, this is
 * also true for the rows of each class.
 * @param[out] others, held the handles; NULL after a failure
 * Errors: ARG (folds is below 2 or above the rows, or there is no such fold), MEMORY, SHAPE. Threads: shared.
 */
BP_API bp_status bp_data_fold(const bp_data *data, size_t folds, size_t fold, uint64_t seed, bp_data **others,
                              bp_data **held);

/**
 * Makes `view` show the rows of `data` whose indices are in `rows`, in this order. A row may appear more than once. The
 * rows and names that `view` had are gone; its options stay. Only indices are copied; `data` may be destroyed before
 * `view`. A call with no more rows than one before allocates nothing. A failure changes nothing.
 * @param view a data set other than `data`, which may be empty
 * @param rows [count]
 * Errors: ARG (also if there is no such row, or `view` is `data`), MEMORY, SHAPE (count is 0 or too large).
 * Threads: exclusive on `view`, shared on `data`.
 */
BP_API bp_status bp_data_show(bp_data *view, const bp_data *data, const size_t *rows, size_t count);

/**
 * Sets the names and the scaling of the net from a data set. The names are those of inputs, outputs and classes; if the
 * data set has no names of a kind, the net's names stay. The scaling is fitted to the rows of the data set, as
 * BP_OPT_SCALE_INPUTS and BP_OPT_SCALE_TARGETS say; use the rows that the net is trained on. Weights of rows are not
 * used, and labels are never scaled. A training does the same by itself: it takes the names that the net does not have,
 * and fits the scaling if the net has none and is still as bp_net_init() left it. A failure changes nothing.
 * Errors: ARG, MEMORY, SHAPE (the numbers of inputs or outputs do not fit), STATE (the net before init, or no rows),
 * UNSUPPORTED (the inputs are sparse, and the scale would change zeros), NONFINITE (a number or the range of a column
 * is infinite or NaN).
 * Threads: exclusive on the net, shared on the data set.
 */
BP_API bp_status bp_net_take_columns(bp_net *net, const bp_data *data);

/* -------------------------------------------------------------------------------------- a net on rows of a data set */

/**
 * As bp_net_forward_f32(), with `rows` rows of a data set from `first` on, of any number type, dense or sparse. Numbers
 * of another type than the net's are converted. The net copies the rows, so any backward may follow. To get y, call
 * bp_net_read_f32() with BP_ARRAY_OUTPUTS.
 *
 * The first call may allocate. Later calls do not, if they have no more rows than before, and no more numbers in sparse
 * rows.
 * @param rows at least 1
 * Errors: ARG (also if there are fewer rows, borrowed sparse rows have changed and are no longer valid, or a sparse
 * value is not finite in the net's type), MEMORY, SHAPE (rows is 0 or too large; the data set and the net do not match,
 * in number or name), STATE (before init, or the data set has no rows), UNSUPPORTED (a net that takes no sparse rows).
 * Threads: exclusive on the net, shared on the data set.
 */
BP_API bp_status bp_net_forward_rows(bp_net *net, const bp_data *data, size_t first, size_t rows);

/**
 * As bp_net_backward_f32() or bp_net_backward_labels(), with the target or labels of rows of a data set, and their
 * weights. The loss of each row is multiplied by its weight. The loss that is returned is still the mean over the rows,
 * and bp_net_step() still divides by their number. So weights with mean 1 keep the size of loss and step.
 * @param rows      as in the forward
 * @param[out] loss [1], the mean over the rows, or NULL
 * Errors: as bp_net_forward_rows() and bp_net_backward_f32(), ARG (also if borrowed labels or weights have changed and
 * are no longer valid), STATE (also a data set without target and labels). Threads: exclusive on the net, shared on the
 * data set.
 */
BP_API bp_status bp_net_backward_rows(bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss);

/**
 * As bp_net_train_f32(), with rows of a data set: bp_net_forward_rows(), bp_net_backward_rows() and bp_net_step() in
 * one call, with the same bits.
 * @param rows      at least 1
 * @param[out] loss [1], the mean over the rows, or NULL
 * Errors: as bp_net_backward_rows() and bp_net_step(). Threads: exclusive on the net, shared on the data set.
 */
BP_API bp_status bp_net_train_rows(bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss);

/**
 * The loss BP_OPT_LOSS of the evaluation pass: the mean over the rows, the loss of each row multiplied by its weight.
 * @param rows      at least 1
 * @param[out] loss [1]; it may be infinite or NaN
 * @param scratch   as in bp_net_predict_f32(), or NULL. It keeps the memory for rows that must be converted
 * Errors: as bp_net_predict_rows_f32(), ARG (also if borrowed labels or weights have changed and are no longer valid),
 * STATE (also a data set without target and labels), UNSUPPORTED (loss, last layer and target cannot be combined).
 * Threads: shared on both, a scratch per thread.
 */
BP_API bp_status bp_net_loss_rows(const bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss,
                                  bp_scratch *scratch);

/**
 * As bp_net_predict_f32(), with rows of a data set, as in bp_net_forward_rows().
 * @param rows    at least 1
 * @param[out] y  [rows][bp_net_outputs(net)]
 * @param scratch as in bp_net_predict_f32(), or NULL. It keeps the memory for rows that must be converted
 * Errors: as bp_net_forward_rows() and bp_net_predict_f32(). Threads: shared on both, a scratch per thread.
 */
BP_API bp_status bp_net_predict_rows_f32(const bp_net *net, const bp_data *data, size_t first, size_t rows, float *y,
                                         bp_scratch *scratch);
/** See bp_net_predict_rows_f32(). */
BP_API bp_status bp_net_predict_rows_f64(const bp_net *net, const bp_data *data, size_t first, size_t rows, double *y,
                                         bp_scratch *scratch);

/* ---------------------------------------------------------------------------------------------------------- metrics */

/**
 * Metrics, which bp_net_evaluate() computes from outputs y and targets t of all rows of a data set. If rows have
 * weights, each row counts by its weight, as with scikit-learn's sample_weight: a mean is sum w v / sum w. BIT_FAIL
 * ignores weights.
 *
 * Metrics of numbers (LOSS, MSE, MAE, R2, BIT_FAIL) take a label as one-hot, or with one output as 0 or 1. Metrics of
 * classes (ACCURACY to F1, LOG_LOSS, AUC) need labels. The predicted class is that of the greatest output, of equal
 * ones the first. A single output is taken as the probability of class 1: the predicted class is 1 if it is 0.5 or
 * more, else 0. Means over the classes are over the classes that occur in the data or among the predictions.
 *
 * If scikit-learn 1.2 (Pedregosa et al., 2011) has the metric, the values are the same as its values. Sums are in
 * double and in the order of the rows: the same outputs give the same bits on every machine.
 */
enum {
    BP_METRIC_LOSS = 11010,      /**< the mean over the rows of the net's BP_OPT_LOSS; it may be infinite or NaN */
    BP_METRIC_ACCURACY = 11020,  /**< the fraction of rows whose class is predicted */
    BP_METRIC_TOP_3 = 11030,     /**< the fraction of rows whose class is among the 3 greatest outputs; of equal outputs
                                      the first ones count as greater. For 3 classes or more */
    BP_METRIC_TOP_5 = 11040,     /**< the same with 5. For 5 classes or more */
    BP_METRIC_PRECISION = 11050, /**< the mean over the classes of hits / predicted, 0 for a class that is never
                                      predicted (average='macro', zero_division=0) */
    BP_METRIC_RECALL = 11060,    /**< the mean over the classes of hits / rows, 0 for a class without rows */
    BP_METRIC_F1 = 11070,        /**< the mean over the classes of 2 hits / (predicted + rows) */
    BP_METRIC_MSE = 11080,       /**< the mean of (y - t)^2 over outputs and rows */
    BP_METRIC_MAE = 11090,       /**< the mean of |y - t| over outputs and rows */
    BP_METRIC_R2 = 11100,        /**< the mean over the outputs of 1 - sum (y - t)^2 / sum (t - mean t)^2. For a
                                      constant target, also that of a single row, it is 1 if all y equal t, else 0 */
    BP_METRIC_LOG_LOSS = 11110,  /**< the mean over the rows of -ln(p / sum p), where p is the output of the row's
                                      class. With one output y, the two p are 1 - y and y. All p are first clipped to
                                      [eps, 1 - eps], where eps is 2^-23 for f32 nets and 2^-52 for f64. Not for
                                      log-softmax */
    BP_METRIC_AUC = 11120,       /**< the area under the ROC curve: of all pairs of a row of the class and a row of
                                      another class, the share in which the first has the greater output; equal outputs
                                      count half (Hanley, McNeil, 1982). With one output it is that of class 1; with
                                      two, that of the second class; with more, the mean over all classes, each against
                                      the rest. Takes memory for two doubles for each row and class (with two classes:
                                      for each row). It is refused if a class has no rows, or all */
    BP_METRIC_BIT_FAIL = 11130   /**< how many outputs of all rows differ from t by 0.35 or more (FANN's bit fail at its
                                      first limit, but FANN halves the difference of symmetric activations) */
};

/**
 * Predicts all rows of a data set, some hundreds at a time, and computes a metric of the outputs. Memory comes from the
 * data set's allocator; that of a scratch comes from the net's allocator.
 * @param data       with the net's inputs, and a target of its outputs or labels of as many classes (one output: 2)
 * @param metric     a BP_METRIC_*
 * @param[out] value [1], untouched after a failure
 * Errors: ARG, MEMORY, SHAPE (data and net do not match, in number or name), STATE (before init, or data without rows
 * or without target and labels), UNSUPPORTED (a metric of classes without labels; softmax of one output; the metric,
 * the loss or the labels do not fit the last layer; all weights are 0: see docs/combinations.md), NONFINITE (an output
 * or a target is NaN; not for BP_METRIC_LOSS).
 * Threads: shared, for both.
 */
BP_API bp_status bp_net_evaluate(const bp_net *net, const bp_data *data, int32_t metric, double *value);

/**
 * Counts rows by their label and their predicted class, which is that of BP_METRIC_ACCURACY. Weights are not used.
 * @param[out] counts [max(bp_net_outputs(net), 2)][max(bp_net_outputs(net), 2)], a row for each true class and a column
 *                    for each predicted class. There are as many classes as outputs, or 2 for one output. After
 *                    NONFINITE or ARG only some rows have been counted
 * Errors: as bp_net_evaluate(). Threads: shared, for both.
 */
BP_API bp_status bp_net_confusion(const bp_net *net, const bp_data *data, size_t *counts);

#ifdef __cplusplus
}
#endif

#endif

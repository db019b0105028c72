/* SPDX-License-Identifier: MIT
 *
 * What a model file says of its net in __metadata__: texts under names that begin with "bp.". docs/format.md lists
 * them. */
#ifndef BP_FILES_MODEL_METADATA_H
#define BP_FILES_MODEL_METADATA_H

#include "files/safetensors/safetensors.h"

/* The version of the format that is written. A file of a greater minor version is read, of a greater major one
 * refused. */
enum { BP_FORMAT_MAJOR = 1, BP_FORMAT_MINOR = 0 };
#define BP_FORMAT_TEXT "1.0"

/* Arenas of the shape of the parameters that a file may have: these, and the optimiser's state. */
enum { BP_FILE_ARENAS = 1 + BP_MODEL_STATES };

enum { BP_METADATA_KEY = 64, BP_METADATA_TEXT = 64 };

/* Names of what is there once for each input, layer, ... are made by snprintf() of these. */
#define BP_META_PREFIX "bp."
#define BP_META_FORMAT "bp.format"
#define BP_META_VERSION "bp.version"
#define BP_META_DTYPE "bp.dtype"
#define BP_META_INPUTS "bp.inputs"
#define BP_META_LAYERS "bp.layers"
#define BP_META_SEED "bp.seed"
#define BP_META_SAMPLES "bp.samples"
#define BP_META_FRESH "bp.fresh"
#define BP_META_STEPS "bp.optimizer.steps"
#define BP_META_OPTION "bp.option.%s"
#define BP_META_LAYER "bp.layer.%zu.%s"
#define BP_META_NAME "bp.%s.%zu.name"      /* input, output or class */
#define BP_META_SCALING "bp.%s.scaling.%s" /* input or output; center or factor */
#define BP_META_TRAIN "bp.train."
#define BP_META_TRAIN_ROWS BP_META_TRAIN "rows"
#define BP_META_TRAIN_VALID_ROWS BP_META_TRAIN "valid_rows"
#define BP_META_TRAIN_BEGUN BP_META_TRAIN "begun"
#define BP_META_TRAIN_OPTION BP_META_TRAIN "option.%s"
#define BP_META_TRAIN_STATE BP_META_TRAIN "state.%s"
#define BP_TENSOR_TRAIN_PREFIX "train."
#define BP_TENSOR_TRAIN BP_TENSOR_TRAIN_PREFIX "%s"

/* What the names of BP_NAMES_OF_* are called there. */
extern const char *const bp_metadata_kinds[BP_NAME_KINDS];

/* The name of a layer's weights, or of its bias: in arena 0 of the parameters, from 1 on of the optimiser's state. */
void bp_metadata_tensor(char key[BP_METADATA_KEY], size_t arena, size_t layer, bool bias);

/* The shortest text that bp_number_parse() makes this number of; nan, inf and -inf, which it refuses, else. */
struct bp_number bp_metadata_number(double value);

/* Each looks for a name and says by `there` whether it is in the file; with `there` NULL it must be. Where it is not,
 * the value stays as it was. */
bp_status bp_metadata_text(const struct bp_safetensors *file, const char *key, char text[BP_METADATA_TEXT],
                           bool *there);
bp_status bp_metadata_whole(const struct bp_safetensors *file, const char *key, uint64_t *value, bool *there);
bp_status bp_metadata_value(const struct bp_safetensors *file, const char *key, double *value, bool *there);
/* It must be there, and may be infinite or NaN. */
bp_status bp_metadata_any_value(const struct bp_safetensors *file, const char *key, double *value);
/* `count` numbers with a blank between them. */
bp_status bp_metadata_values(const struct bp_safetensors *file, const char *key, size_t count, double *values,
                             bool *there);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef BP_FILES_CHECKPOINT_LOAD_TRAINING_H
#define BP_FILES_CHECKPOINT_LOAD_TRAINING_H

#include "files/model/load.h"

extern const struct bp_load_training bp_load_of_training;

#endif

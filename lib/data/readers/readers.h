/* SPDX-License-Identifier: MIT
 *
 * What reads a format. The reader of the format called `name` in data/formats.h is the struct bp_format
 * bp_format_<name>, which stands in a file of its own. */
#ifndef BP_DATA_READERS_READERS_H
#define BP_DATA_READERS_READERS_H

#include "base/call.h"
#include "data/data_set.h"
#include "data/formats.h"
#include "data/readers/input_file.h"

/* A file on its way into a data set. */
struct bp_reading {
    bp_data *data;
    const struct bp_call *call;
    const char *path;
    struct bp_reader file; /* open, before its first byte, and filled. The caller closes it */
};

struct bp_format {
    /* Whether a file whose first bytes, unpacked, are these is of the format. NULL: none says so. */
    bool (*begins)(const unsigned char *bytes, size_t size);
    /* How names of such files end, without ".gz": each in small letters, with a blank behind. */
    const char *endings;
    /* The options with BP_OPTION_OF_FORMAT that it uses; 0 ends them. */
    int32_t uses[3];
    /* Reads the file and puts its table into the data set by bp_data_take(). A failure leaves the data set as it was,
     * and its sentence names the file. */
    bp_status (*read)(struct bp_reading *reading);
};

#define BP_FORMAT_DECLARATION(key, name, help) extern const struct bp_format bp_format_##name;
BP_FORMATS(BP_FORMAT_DECLARATION)
#undef BP_FORMAT_DECLARATION

#endif

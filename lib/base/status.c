/* SPDX-License-Identifier: MIT */
#include <bp/bp.h>

const char *bp_status_string(bp_status status)
{
    switch (status) {
    case BP_OK:
        return "success";
    case BP_ERR_ARG:
        return "an argument is NULL, unknown or out of its bounds";
    case BP_ERR_MEMORY:
        return "the allocator had no memory";
    case BP_ERR_SHAPE:
        return "a size is 0, too large, or does not match";
    case BP_ERR_STATE:
        return "the calls came in the wrong order";
    case BP_ERR_UNSUPPORTED:
        return "the combination has no meaning, or the feature or number type was not built in";
    case BP_ERR_NONFINITE:
        return "a loss, a gradient or a step is infinite or NaN";
    case BP_ERR_IO:
        return "a file could not be opened, read or written";
    case BP_ERR_FORMAT:
        return "a file or a text does not have the expected format";
    case BP_ERR_CANCELLED:
        return "cancelled";
    case BP_DONE:
        return "training is finished";
    default:
        return "unknown status";
    }
}

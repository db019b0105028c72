/* SPDX-License-Identifier: MIT */
#include "base/row_set.h"

void bp_row_buffers_release(const bp_allocator *allocator, struct bp_row_buffers *buffers)
{
    struct bp_buffer *const all[] = {&buffers->x,      &buffers->columns, &buffers->starts,
                                     &buffers->target, &buffers->labels,  &buffers->weights};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        bp_buffer_release(allocator, all[i]);
}

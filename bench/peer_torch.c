/* SPDX-License-Identifier: MIT
 *
 * PyTorch in a child process: bench/peer_torch.py. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <bp/bp.h>

#include "peers.h"

double torch_microseconds(const struct work *work)
{
    char widths[100] = "", command[1000];
    for (size_t i = 0; i <= work_layers(work); i++)
        snprintf(widths + strlen(widths), sizeof(widths) - strlen(widths), "%s%zu", i ? "," : "", work->widths[i]);
    snprintf(command, sizeof(command), "/usr/bin/python3 %s/peer_torch.py %zu %s %s %s %s %d 2>/dev/null", BENCH_FOLDER,
             work->rows, widths, bp_key_name(work->hidden), bp_key_name(work->output), bp_key_name(work->optimizer),
             work->predict);
    FILE *child = popen(command, "r");
    double microseconds = NAN;
    if (!child)
        return NAN;
    if (fscanf(child, "%lf", &microseconds) != 1)
        microseconds = NAN;
    pclose(child);
    return microseconds;
}
